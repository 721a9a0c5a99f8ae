//! What the screen shows and what people do on it, as plain data.
//!
//! [`View`] is the whole screen: codes and numbers, no sentences. The words are
//! in `ui/*.slint`, chosen by code. [`Tap`] is everything that a finger or a key
//! can say; what it means is decided by the state, never by the page.
//!
//! Codes that the pages have words for are listed at each field.

mod amount;
mod ask;
mod language;
mod load;
mod pack;
mod pages;
mod pick;
mod receive;
mod returns;
mod stock;
mod tap;

use serde::{Deserialize, Serialize};

pub use amount::*;
pub use ask::*;
pub use language::*;
pub use load::*;
pub use pack::*;
pub use pages::*;
pub use pick::*;
pub use receive::*;
pub use returns::*;
pub use stock::*;
pub use tap::*;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Dark or light.
    pub theme: Theme,
    /// Size of words.
    pub text: TextSize,
    /// The hand that holds the device: mirrors buttons, never words.
    pub hand: Hand,
    /// A code of [`LANGUAGES`].
    pub language: String,
    /// How loud.
    pub sound: Sound,
    /// Whether outcomes are felt.
    pub buzz: bool,
}

impl Default for Look {
    fn default() -> Self {
        Look {
            theme: Theme::Dark,
            text: TextSize::T100,
            hand: Hand::Right,
            language: "en".into(),
            sound: Sound::High,
            buzz: true,
        }
    }
}

/// How loud outcomes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sound {
    /// Silent: vibration and light stay.
    Off,
    /// Low; a refusal ignores it.
    Low,
    /// High.
    High,
}

impl Sound {
    /// The name in what is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Low => "low",
            Self::High => "high",
        }
    }
}

/// The two colour themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// Graphite.
    Dark,
    /// Daylight.
    Light,
}

/// The three sizes of words, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
            TextSize::T100 => 3,
            TextSize::T130 | TextSize::T160 => 2,
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

    /// Rows of a count, or a recount, that fit below the last one, with the page buttons; on a wide screen beside it.
    pub fn count_rows(self, again: bool, wide: bool) -> u32 {
        match self {
            TextSize::T100 if wide => 6,
            TextSize::T130 if wide => 4,
            TextSize::T160 if wide => 3,
            TextSize::T100 if !again => 2,
            TextSize::T100 | TextSize::T130 | TextSize::T160 => 1,
        }
    }

    /// Rows of a sheet that fit on a page, with the page buttons where there are more.
    pub fn sheet_rows(self) -> u32 {
        match self {
            TextSize::T100 | TextSize::T130 => 7,
            TextSize::T160 => 6,
        }
    }

    /// Rows of What is this that fit on a page, with the page buttons.
    pub fn what_is_rows(self, wide: bool) -> u32 {
        match self {
            TextSize::T100 if wide => 6,
            TextSize::T130 if wide => 5,
            TextSize::T160 if wide => 4,
            TextSize::T100 => 3,
            TextSize::T130 => 2,
            TextSize::T160 => 1,
        }
    }
}

/// The hand that works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hand {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// The kind of station: decides the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// A device held in one hand, portrait.
    #[default]
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
        /// `quantity` (a typed number), `short` (a line closed short), `task` (a pick done), `moved` (goods put away
        /// or moved), `counted` (a location counted), `nothing` (a location counted empty), `zero` (answer to Is it
        /// empty now).
        /// `delivery`, `expiry`, `condition`, `photo`, `posted` (a delivery closed), `unknown` (an unknown barcode
        /// recorded).
        /// `carton`, `closed` (a carton), `printed`, `packed` (an order), `taken-out`, `return` (one opened),
        /// `returned` (put where it goes), `return-done`.
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
    /// `restarted` (same step as before), `best-before` (the scan was taken, its date is past), `count-saved` (sent
    /// later), `count-waiting` (the office looks at it), `count-again`, `count-other` (another person counts),
    /// `count-done` (nothing to correct or corrected), `undone`, `approved`, `taken-over`, `task-opened`.
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
    /// `delivery`, `expiry`, `quantity`, `condition`, `photo`, `words`, `unknown`; empty when there is nothing to compare.
    /// With `MISSING_DATA` also `answer`, `reason`, `weight`.
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
    /// The name in the sentence: holder of the task, lot, location, date; for `SHELF_LIFE` the days needed.
    pub name: String,
    /// What is likely wrong with the label or the reader: `separator-missing`, `restricted-number`, …;
    /// then the help says what to do about that. Empty: nothing known.
    pub hint: String,
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
    /// `type-damaged`, `type-code`, `code` (text: the code), `start` (press, no scan), `empty-now`, `pallet`,
    /// `source` (pallet or shelf), `new-shelf`, `shelf-finish`, `anything`, `approver-badge`, `approver-pin`.
    /// Receiving:
    /// `delivery`, `choose-delivery`, `hu-or-item`, `announced`, `type-lot`, `type-date`, `type-serial`, `condition`,
    /// `photo`, `pallet-label`, `label`, `badge-post`, `closing`, `type-words`.
    /// Packing: `next-tote`, `choose-order`, `carton`, `close`, `take-out`, `weigh`, `put-in`, `take-one-out`,
    /// `check-items`, `carton-label`, `printing`, `not-printed`, `held`, `finish`.
    /// Returns: `return`, `choose-return`, `returned-item`, `answer`, `go-on`, `bin`, `place`.
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
    /// The deliveries of a day.
    Deliveries(DeliveriesView),
    /// Goods of a delivery, at one of its stages.
    Receive(ReceiveView),
    /// What differs, before a delivery is posted.
    Discrepancies(DiscrepanciesView),
    /// A photo of what is wrong.
    Photo(PhotoView),
    /// An unknown barcode: photo, words, quantity.
    Unknown(UnknownView),
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
    /// The readers and how they are.
    Readers(ReadersView),
    /// The camera's finder, over the step.
    Camera(CameraView),
    /// Version, station, licences.
    About(AboutView),
    /// Nothing can be done before this is mended.
    Block(BlockView),
    /// Put-away or move, at one of its stages.
    Stock(StockView),
    /// A count, at one of its stages.
    Count(CountView),
    /// What is this.
    WhatIs(WhatIsView),
    /// A supervisor's badge and PIN, over any step.
    Approve(ApproveView),
    /// An order at the packing bench.
    Pack(PackView),
    /// Cartons leave.
    Load(LoadView),
    /// Goods that came back, at one of their stages.
    Returns(ReturnsView),
}
