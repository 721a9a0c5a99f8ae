//! What people do on the screen.

use super::{AttentionTab, Hand, Sound, TextSize, Theme};
use serde::Serialize;

/// Everything a finger or a key can say.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// The window was closed.
    Close,
}

/// A changed setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Setting {
    /// Size of words.
    Text(TextSize),
    /// Hand.
    Hand(Hand),
    /// Colours.
    Theme(Theme),
    /// Language, `en`, `de`.
    Language(String),
    /// Loudness.
    Sound(Sound),
    /// Vibration.
    Buzz(bool),
}

/// A key press, before anyone decides what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
