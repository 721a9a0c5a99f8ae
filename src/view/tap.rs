//! What people do on the screen.

use super::{AttentionTab, Hand, Sound, TextSize, Theme};
use serde::{Deserialize, Serialize};

/// Everything a finger or a key can say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Tap {
    /// A key of a keyboard, or of a reader that types.
    Key(KeyPress),
    /// A digit of the keypad.
    Digit(u8),
    /// A sign of the text keypad: A–Z, 0–9, `-`.
    Sign(char),
    /// ⌫.
    Backspace,
    /// OK of a keypad; Try again of a blocking page.
    Ok,
    /// The main action of the page: the plate of the work list.
    Primary,
    /// Back.
    Back,
    /// More.
    More,
    /// Can't scan.
    CantScan,
    /// Problem.
    Problem,
    /// A row, a card, a reason, a tote: its index as shown.
    Choose(usize),
    /// "Only n here".
    OnlyHere,
    /// "I found it".
    FoundIt,
    /// Yes.
    Yes,
    /// No.
    No,
    /// "Not me", at the PIN.
    NotMe,
    /// Opens the work list.
    OpenWork,
    /// Opens Needs attention.
    OpenAttention,
    /// Opens the scans.
    OpenHistory,
    /// Opens the settings.
    OpenSettings,
    /// Opens the languages.
    OpenLanguages,
    /// Opens About.
    OpenAbout,
    /// A tab of Needs attention.
    Tab(AttentionTab),
    /// All scans.
    ShowAll,
    /// Refused scans only.
    ShowRefused,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// A setting.
    Setting(Setting),
    /// Plays the sounds.
    TrySound,
    /// The lamp of the camera, on or off.
    Light,
    /// A code is to be typed.
    TypeCode,
    /// The decimal point of a keypad.
    Point,
    /// The next suggested place of a put-away.
    OtherPlace,
    /// "Shelf empty", in a count.
    ShelfEmpty,
    /// The last one counted, or done, is taken back.
    Undo,
    /// The count of this place is complete.
    Finish,
    /// The keypad of the step, shown or hidden.
    Keypad,
    /// Opens the deliveries.
    OpenDeliveries,
    /// "No paper": a delivery that nobody announced.
    Blind,
    /// "Not on list": a delivery, or goods, that the list does not have.
    NotListed,
    /// A field of the open line, its index as shown: back to it.
    Field(usize),
    /// "No date on pack".
    NoDate,
    /// Some are damaged.
    Damaged,
    /// Lot and date as on the line before.
    Repeat,
    /// "Close delivery".
    CloseDelivery,
    /// A label for a new pallet.
    PrintLabel,
    /// Without a pallet, loose at the dock.
    NoPallet,
    /// Closing a delivery: the rest is to come.
    MoreToCome,
    /// Closing a delivery: what is open is short.
    Final,
    /// The chosen line, or the delivery, is counted again.
    CountAgain,
    /// Opens the camera for a photo.
    Photo,
    /// Takes the photo.
    Shutter,
    /// Takes it again.
    Again,
    /// Keeps it.
    Use,
    /// Folds the matching lines to a number, or shows them.
    Fold,
    /// The window was closed.
    Close,
    /// Closes the carton; what is left goes into another.
    NewCarton,
    /// Something comes out of the carton again.
    TakeOut,
    /// Closes the carton.
    CloseCarton,
    /// The scale is read anew.
    WeighAgain,
    /// A lead is to allow what was refused.
    AskLead,
    /// The label is printed, or printed again.
    PrintAgain,
    /// The label can wait.
    Later,
    /// A question of a checklist, its index as shown, and yes or no.
    Answer(usize, bool),
    /// A grade, its index from the best.
    Grade(u8),
    /// Opens the reasons of a return.
    Reasons,
    /// Another outcome of a return, its index as shown.
    Disposition(usize),
    /// Goods that belong to no order.
    Unmatched,
    /// On to the next step.
    Next,
}

/// A changed setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// Size of words.
    Text(TextSize),
    /// Hand.
    Hand(Hand),
    /// Colours.
    Theme(Theme),
    /// A code of [`super::LANGUAGES`].
    Language(String),
    /// Loudness.
    Sound(Sound),
    /// Vibration.
    Buzz(bool),
}

/// A key press, before anyone decides what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPress {
    /// What the key is.
    pub key: Key,
    /// Control held.
    pub ctrl: bool,
    /// Alt held.
    pub alt: bool,
    /// Shift held.
    pub shift: bool,
}

/// Keys that matter. Tab, Shift-Tab, and Enter on a focused button stay with the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Key {
    /// Printable text, usually one sign; a reader's GS (0x1D) comes as such too.
    Text(String),
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Backspace.
    Backspace,
    /// Page up, or arrow up.
    PageUp,
    /// Page down, or arrow down.
    PageDown,
    /// F1 to F12.
    Function(u8),
}
