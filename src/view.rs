//! What the screen shows and what people do on it, as plain data.
//!
//! [`View`] is the whole screen: codes and numbers, no sentences. The words are
//! in `ui/*.slint`, chosen by code. [`Tap`] is everything that a finger or a key
//! can say; what it means is decided by the state, never by the page.
//!
//! Codes that the pages have words for are listed at each field.

use serde::Serialize;

/// The whole screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    /// Colours, sizes, hand and language.
    pub look: Look,
    /// The line on top of every page.
    pub strip: Strip,
    /// The line under the head: the last accepted scan, or a notice.
    pub band: Band,
    /// A refused scan; covers head and band until the next scan.
    pub refusal: Option<Refusal>,
    /// A question that the same scan, or the same button, answers.
    pub question: Option<Question>,
    /// The page.
    pub page: Page,
}

/// How the screen looks. Kept with the badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Look {
    /// Dark or light.
    pub theme: Theme,
    /// Size of words.
    pub text: TextSize,
    /// The hand that holds the device: mirrors buttons, never words.
    pub hand: Hand,
    /// `en`, `de`.
    pub language: String,
}

impl Default for Look {
    fn default() -> Self {
        Look { theme: Theme::Dark, text: TextSize::T100, hand: Hand::Right, language: "en".into() }
    }
}

/// The two colour themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Theme {
    /// Graphite.
    Dark,
    /// Daylight.
    Light,
}

/// The three sizes of words, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TextSize {
    /// 100 %.
    T100,
    /// 130 %.
    T130,
    /// 160 %.
    T160,
}

impl TextSize {
    /// The size in percent.
    pub fn percent(self) -> u16 {
        match self {
            TextSize::T100 => 100,
            TextSize::T130 => 130,
            TextSize::T160 => 160,
        }
    }

    /// Other tasks that fit below the first one.
    pub fn work_rows(self) -> u32 {
        match self {
            TextSize::T100 => 3,
            TextSize::T130 | TextSize::T160 => 2,
        }
    }

    /// Entries of Needs attention that fit on a page, one of them open, with the page buttons.
    pub fn attention_rows(self) -> u32 {
        match self {
            TextSize::T100 | TextSize::T130 => 3,
            TextSize::T160 => 2,
        }
    }

    /// Scans that fit on a page, with the page buttons.
    pub fn history_rows(self) -> u32 {
        match self {
            TextSize::T100 => 6,
            TextSize::T130 => 5,
            TextSize::T160 => 4,
        }
    }
}

/// The hand that works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Hand {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// The kind of station: decides the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Profile {
    /// A device held in one hand, portrait.
    Handheld,
    /// A packing table with a touch screen.
    Packing,
    /// A terminal at a receiving dock.
    Dock,
}

/// A time of day, as people at the station read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

/// The connection to the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Link {
    /// Reached lately.
    Online,
    /// Reached, and facts are on their way.
    Sending,
    /// Not reached.
    Offline,
}

/// The status strip. A tap on it opens Needs attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Strip {
    /// Short name of the operator; empty before sign-in (then the product's name stands there).
    pub operator: String,
    /// Name of the station.
    pub station: String,
    /// Connection.
    pub link: Link,
    /// Facts not yet acknowledged.
    pub waiting: u32,
    /// Open entries in Needs attention, without the waiting ones.
    pub attention: u32,
    /// Charge in percent; `None` where there is no battery.
    pub battery: Option<u8>,
    /// Time of day.
    pub clock: Clock,
}

/// The line under the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Band {
    /// No line.
    None,
    /// The last accepted scan. Green for 1.2 s (the screen counts that), then quiet.
    Accepted {
        /// `badge`, `shelf`, `item`, `lot`, `serial`, `tote`, `cart`, `drop`, `pallet`, `label`, `order`,
        /// `quantity` (a typed number), `short` (a line closed short), `task` (a task done).
        what: String,
        /// The code; its last six signs are kept if it is long. May be empty.
        code: String,
        /// A name shown instead of the code, if not empty.
        name: String,
        /// Number of the scan or key press: a new number makes the line fresh again.
        serial: u64,
    },
    /// The core is out of reach.
    Offline,
    /// The core is back.
    OnlineAgain,
    /// Something beside the scan changed. Words: `urgent-order`, `order-cancelled`, `order-held`,
    /// `task-reassigned`, `line-added`, `access-ended`, `find-network`, `line-skipped`, `task-released`,
    /// `restarted` (same step as before).
    Notice {
        /// See above.
        code: String,
    },
}

/// What goods look like; drawn as a neutral sign, never as a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Picture {
    /// No picture.
    None,
    /// Shirts, trousers, shoes.
    Apparel,
    /// Devices, cables.
    Electronics,
    /// Creams, sprays, bottles.
    Cosmetics,
    /// Anything for a household.
    Home,
    /// A closed box.
    Box,
}

/// An item, in words that the operator can compare with the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Goods {
    /// Short name.
    pub name: String,
    /// What tells it from its sisters, in words: `Navy`. May be empty.
    pub variant: String,
    /// Size as on the label: `M`, `250 ml`. May be empty.
    pub size: String,
    /// Its sign.
    pub picture: Picture,
}

/// One thing scanned or needed, for comparison side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Thing {
    /// `item`, `lot`, `serial`, `shelf`, `tote`, `cart`, `badge`, `pallet`, `label`, `order`, `drop`, `number`,
    /// `unknown`; empty when there is nothing to compare.
    pub kind: String,
    /// The code as printed (or what was read).
    pub code: String,
    /// The item, where it is one.
    pub goods: Option<Goods>,
}

/// A refused scan or key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Reason code: `WRONG_ITEM`, …, all of workflows 0.6 (those of sign-in, work list and pick have words of
    /// their own), and `NOT_NOW`, `BAD_READ`, `TOO_LONG`, `DONE_ALREADY`. An unknown code is shown as it is.
    pub reason: String,
    /// What was scanned.
    pub scanned: Thing,
    /// What was needed; `kind` empty: not shown.
    pub needed: Thing,
    /// The number in the sentence: tries left, minutes, units open, days.
    pub number: u32,
    /// The name in the sentence: holder of the task, lot, location, date.
    pub name: String,
}

/// A question; the same code again, or the same button again, says yes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Question {
    /// `SWAP?`, `TAKE_OVER?`, `PLACE?`, `PARTIAL?`, `NEW_HU?`, `BOOK_SHORT?`, `UNEXPECTED?`.
    pub reason: String,
    /// What was scanned.
    pub scanned: Thing,
    /// What was planned; `kind` empty: not shown.
    pub needed: Thing,
    /// The number in the sentence.
    pub number: u32,
    /// The name in the sentence: holder of the task.
    pub name: String,
}

/// What the page asks for; stands at the foot of the plate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// `badge`, `pin`, `cart`, `task`, `tote-empty` (number: slot), `shelf`, `item`, `next-item`, `lot`, `serial`,
    /// `hu`, `tote` (number: slot, or text: its code when number is 0), `drop`, `shelf-confirm`, `type-quantity`,
    /// `type-damaged`, `type-code`, `code` (text: the code), `start` (press, no scan), `empty-now`.
    pub code: String,
    /// Number in the sentence.
    pub number: u32,
    /// Code or name in the sentence.
    pub text: String,
}

/// The pages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Page {
    /// Badge, PIN, unlock.
    SignIn(SignInView),
    /// Next work and other work, or none.
    WorkList(WorkListView),
    /// A pick, at one of its stages.
    Pick(PickView),
    /// Refused, parked, waiting.
    Attention(AttentionView),
    /// Scans of today.
    History(HistoryView),
    /// Text, hand, screen, language (their values are in [`Look`]).
    Settings(SettingsView),
    /// More, Can't scan, Problem, Language: rows to choose from.
    Sheet(SheetView),
    /// A code typed by hand.
    TypeCode(TypeCodeView),
    /// Version, station, licences.
    About(AboutView),
    /// Nothing can be done before this is mended.
    Block(BlockView),
}

/// Sign in: badge, then PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignInView {
    /// Badge, PIN, unlock or locked out.
    pub stage: SignInStage,
    /// Full name of the operator, once the badge is known.
    pub name: String,
    /// Digits typed so far.
    pub digits: u8,
    /// Digits of a PIN.
    pub length: u8,
}

/// Where sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum SignInStage {
    /// Waits for a badge.
    Badge,
    /// Waits for the PIN.
    Pin,
    /// The station locked itself: waits for the PIN of its operator, or another badge.
    Unlock,
    /// Too many wrong PINs.
    LockedOut {
        /// Minutes left.
        minutes: u32,
    },
}

/// The work list. [`Tap::Primary`] takes `first`, [`Tap::Choose`] the row of that index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkListView {
    /// The task to do next; `None`: nothing left, see `empty`.
    pub first: Option<Work>,
    /// What starts the first task: `cart`, `tote-empty`, `task`, `start`.
    pub ask: Ask,
    /// Other tasks, one page of them.
    pub others: Vec<Work>,
    /// Page shown of the other tasks, from 0, and how many there are.
    pub paging: Paging,
    /// Shown when there is no work.
    pub empty: NoWork,
}

/// One task in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Work {
    /// `pick`, `put-away`, `move`, `count`, `return`, `pack`, `receive`.
    pub kind: String,
    /// Lines, or units of work, left.
    pub lines: u32,
    /// Aisle or zone of the first line, a code. May be empty.
    pub aisle: String,
    /// Name of the task as printed: order or wave. May be empty.
    pub name: String,
    /// When it has to be done.
    pub due: Option<Clock>,
    /// Who stands on it: `open`, `mine` (started by me), `left` (started, and left by `holder`).
    pub state: String,
    /// The holder, for `left`.
    pub holder: String,
    /// Totes it needs: more than 1 is a cluster.
    pub totes: u32,
}

/// Why the list is empty and when to look again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NoWork {
    /// Next planned release.
    pub next_release: Option<Clock>,
    /// Age of the last sync; `None`: never.
    pub synced_minutes_ago: Option<u32>,
}

/// A long list, a page at a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Paging {
    /// Page shown, from 0.
    pub page: u32,
    /// Pages there are; 0 and 1 show no page buttons.
    pub pages: u32,
}

/// Title line of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Lines closed, from the first on.
    pub done: u32,
    /// Number of the line that is open, from 1; 0: none.
    pub now: u32,
    /// All lines; 0 shows no progress.
    pub total: u32,
    /// Name of the cart, `06`. May be empty.
    pub cart: String,
}

/// A pick task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PickView {
    /// Line n of m.
    pub progress: Progress,
    /// What to scan.
    pub ask: Ask,
    /// Where the pick stands.
    pub stage: PickStage,
}

/// The stages of a pick.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum PickStage {
    /// Bind empty totes: cart map (a single slot shows one large number). Ask: `tote-empty`.
    Totes {
        /// The cart; the target cell is the slot that waits.
        cart: Cart,
    },
    /// Go to a shelf. Ask: `shelf`.
    Location {
        /// The sign on the rack.
        plate: Plate,
        /// What is taken there.
        goods: Goods,
        /// How many.
        quantity: u32,
    },
    /// Find the item. Ask: `item`, `lot`, `serial` or `hu`.
    Item {
        /// The item.
        goods: Goods,
        /// How many.
        quantity: u32,
        /// Lot to take. May be empty.
        lot: String,
        /// Tote that comes next, its code. May be empty.
        tote: String,
        /// The shelf one stands at.
        place: String,
    },
    /// Count up. Ask: `next-item`, or `type-quantity` while digits are typed. Keypad: [`Tap::Digit`],
    /// [`Tap::Backspace`], [`Tap::Ok`]; [`Tap::OnlyHere`] opens the short pick.
    Quantity {
        /// The item.
        goods: Goods,
        /// Counted so far.
        counted: u32,
        /// Asked for.
        needed: u32,
        /// Digits typed, as typed; empty: none.
        typed: String,
        /// False: no keypad (each one must be scanned).
        keypad: bool,
        /// OK would be accepted.
        ok: bool,
    },
    /// Put into the tote. Ask: `tote`.
    Tote {
        /// The cart, or one slot for a single pick.
        cart: Cart,
        /// The item.
        goods: Goods,
        /// Units in hand.
        quantity: u32,
    },
    /// Is the shelf empty now? [`Tap::Yes`], [`Tap::No`].
    EmptyNow {
        /// The shelf.
        place: String,
        /// The item.
        goods: Goods,
    },
    /// Why is it short? Rows are chosen by [`Tap::Choose`]: 0 `none-found`, 1 `damaged`, 2 `wrong-stock`,
    /// 3 `unreachable`. [`Tap::FoundIt`] goes back. Ask: `shelf-confirm` once a reason stands.
    Short {
        /// The item.
        goods: Goods,
        /// Found so far.
        found: u32,
        /// Asked for.
        needed: u32,
        /// `none-found`, `damaged`, `wrong-stock`, `unreachable`; empty: not yet chosen.
        reason: String,
        /// For `damaged`: how many, as typed; `Some` shows the keypad until [`Tap::Ok`].
        damaged: Option<String>,
        /// OK would be accepted.
        ok: bool,
    },
    /// Bring the totes to their place. Ask: `drop` (or `tote` when destinations differ).
    DropOff {
        /// Staging place or pack bench: the code on its sign.
        place: String,
        /// `staging`, `bench`.
        kind: String,
        /// Totes to leave there, their codes.
        totes: Vec<String>,
    },
}

/// The sign on the rack, split as the site's code mask says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plate {
    /// The whole code, shown in one line where `cells` is empty.
    pub code: String,
    /// One to four segments, in the order of the code.
    pub cells: Vec<PlateCell>,
    /// Where in the rack, if known.
    pub rack: Option<Rack>,
}

/// One segment of a location code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlateCell {
    /// `aisle`, `bay`, `shelf`, `level`, `place`, `zone`, `area`; empty: no caption.
    pub caption: String,
    /// The signs.
    pub text: String,
}

/// A compartment of a rack; levels count from the floor, places from the left, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rack {
    /// Level of the target.
    pub level: u32,
    /// Levels there are.
    pub levels: u32,
    /// Place of the target on its level.
    pub place: u32,
    /// Places there are on a level.
    pub places: u32,
}

/// A cart, drawn in its rows and columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cart {
    /// Cells in a row; 0 or 1 with a single cell shows one large cell.
    pub columns: u32,
    /// The totes, row by row.
    pub cells: Vec<ToteCell>,
}

/// A place of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToteCell {
    /// Number of the slot, from 1.
    pub slot: u32,
    /// Its state.
    pub state: ToteState,
    /// Units to put (target, next) or put (done).
    pub quantity: u32,
    /// Code of the tote bound to it. May be empty.
    pub tote: String,
}

/// State of a place of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ToteState {
    /// Nothing to do with it now.
    Quiet,
    /// The one to scan now.
    Target,
    /// The one after that.
    Next,
    /// Served.
    Done,
    /// Takes no more.
    Full,
}

/// Needs attention. [`Tap::Tab`] changes the tab, [`Tap::Choose`] opens a card.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttentionView {
    /// The tab shown.
    pub tab: AttentionTab,
    /// Entries refused or rejected.
    pub refused: u32,
    /// Entries parked.
    pub parked: u32,
    /// Facts waiting.
    pub waiting: u32,
    /// One page of entries of this tab.
    pub cards: Vec<AttentionCard>,
    /// Page shown.
    pub paging: Paging,
}

/// The tabs of Needs attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum AttentionTab {
    /// Refused scans, rejected facts, exceptions.
    Refused,
    /// Facts that wait for something in the core.
    Parked,
    /// Facts that wait to be sent.
    Waiting,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttentionCard {
    /// `refused`, `flagged`, `parked`, `waiting`: decides the mark.
    pub mark: String,
    /// Reason code (`NEG_STOCK`, `ORDER_CANCELLED`, `CLAIM_LOST`, …), or for waiting facts the fact's name
    /// (`Picked`, `PickedShort`, `SignedIn`, …). An unknown code is shown as it is.
    pub reason: String,
    /// When.
    pub at: Clock,
    /// `pick`, …; empty: no task.
    pub kind: String,
    /// Units; 0: none.
    pub quantity: u32,
    /// Item, short. May be empty.
    pub goods: String,
    /// Location. May be empty.
    pub place: String,
    /// Order. May be empty.
    pub order: String,
    /// What was scanned. May be empty.
    pub code: String,
    /// Open: shows its details and, if any, its step.
    pub open: bool,
    /// What to scan to mend it; empty code: nothing.
    pub ask: Ask,
}

/// Scans of today. [`Tap::ShowAll`], [`Tap::ShowRefused`], pages by [`Tap::PageUp`], [`Tap::PageDown`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryView {
    /// Only refused ones.
    pub refused_only: bool,
    /// Scans today.
    pub today: u32,
    /// Refused ones of them.
    pub refused: u32,
    /// One page, newest first.
    pub rows: Vec<ScanRow>,
    /// Page shown.
    pub paging: Paging,
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanRow {
    /// Accepted or refused.
    pub accepted: bool,
    /// Typed by hand.
    pub typed: bool,
    /// Accepted: what it was (as in [`Band::Accepted`]); refused: the reason code.
    pub code: String,
    /// What was needed: a code or a size. May be empty.
    pub needed: String,
    /// What was read, printable.
    pub raw: String,
    /// When.
    pub at: Clock,
}

/// Settings; their values are in [`Look`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingsView {
    /// Short name of whom they are for; empty: the station.
    pub operator: String,
}

/// Rows to choose from, by [`Tap::Choose`]; [`Tap::Back`] leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetView {
    /// `more`, `cant-scan`, `problem`, `language`.
    pub kind: String,
    /// The rows.
    pub rows: Vec<SheetRow>,
}

/// One row of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetRow {
    /// More: `skip`, `history`, `attention`, `settings`, `release`, `sign-out`, `about`, `cant-scan`, `work`,
    /// `tote-full`, `undo`. Can't scan: `type`, `torn`, `again`. Problem: `short`, `tote-full`, `skip`, `lead`.
    /// Language: `en`, `de`.
    pub code: String,
    /// Cannot be chosen now; `reason` says why.
    pub disabled: bool,
    /// `no-task`, `last-line`, `offline`, `role`. May be empty.
    pub reason: String,
    /// Pressed once: asks to be pressed again.
    pub asked: bool,
    /// Is the one in use (languages).
    pub chosen: bool,
    /// A number beside it (entries in Needs attention); 0: none.
    pub count: u32,
}

/// A code typed by hand: [`Tap::Sign`], [`Tap::Backspace`], [`Tap::Ok`], [`Tap::Back`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeCodeView {
    /// What is asked: `shelf`, `item`, `tote`, …, as in [`Ask`].
    pub ask: Ask,
    /// Typed so far.
    pub typed: String,
    /// OK would be accepted.
    pub ok: bool,
}

/// About this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AboutView {
    /// Version of the app.
    pub version: String,
    /// Station.
    pub station: String,
    /// Device, short id.
    pub device: String,
    /// Address of the core.
    pub core: String,
    /// Last sync; `None`: never.
    pub last_sync: Option<Clock>,
}

/// A page that nothing leads away from until its cause is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlockView {
    /// `DISK_FULL`, `NOT_ENROLLED`, `STORE_BROKEN`, `ENROLMENT_ENDED`, `STARTING`.
    pub code: String,
    /// A path, address or code that helps whoever is called. May be empty.
    pub detail: String,
    /// [`Tap::Ok`] tries again.
    pub retry: bool,
}

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
