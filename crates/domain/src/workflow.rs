//! Workflows as plain machines: a state, an event, what the site knows; back come the next state,
//! the facts to record and the answer for the person. Nothing else happens here.

use crate::fact::Fact;
use crate::master::{IsoDate, Settings};
use crate::scan::{Kind, Known, Meaning};
use serde::{Deserialize, Serialize};

pub mod attention;
pub mod count;
pub(crate) mod goods;
pub(crate) mod label;
pub mod load;
pub mod pack;
pub mod pick;
pub mod put_away;
pub mod receive;
pub mod refusal;
pub mod returns;
pub mod sign_in;

/// What one event makes of a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<State, Exit, Refusal> {
    /// Where the workflow goes.
    pub next: Next<State, Exit>,
    /// To be committed before the new state may be shown.
    pub facts: Vec<Fact>,
    /// The one source of beep, colour and words.
    pub answer: Result<Accepted, Refusal>,
}

/// Where a workflow goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Next<State, Exit> {
    /// On with this state.
    Continue(State),
    /// It has ended.
    Finish(Exit),
}

/// What the site knows when an event arrives.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// What the store found for the scan, and the stock the step needs.
    pub known: &'a Known,
    /// The site's settings.
    pub settings: &'a Settings,
    /// Today at the site.
    pub today: &'a IsoDate,
}

/// A scan with everything it can mean.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Meant {
    /// All that it can mean. Empty = unknown.
    pub meanings: Vec<Meaning>,
    /// What was read, printable.
    pub text: String,
    /// Whether its digits are an SSCC without their identifier, which counts only where one is
    /// expected.
    #[serde(default)]
    pub bare_sscc: bool,
}

/// How good the news is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Accepted, same step.
    Accepted,
    /// The step is complete.
    StepComplete,
    /// The task is complete.
    TaskComplete,
    /// Something beside the scan changed.
    Attention,
}

/// What was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A badge.
    Badge,
    /// A PIN: somebody is signed in.
    SignedIn,
    /// A location.
    Shelf,
    /// An item.
    Item,
    /// A lot.
    Lot,
    /// A serial number.
    Serial,
    /// A handling unit.
    HandlingUnit,
    /// A tote.
    Tote,
    /// A typed quantity.
    Quantity,
    /// A line was closed short.
    Short,
    /// A line was put last.
    Skipped,
    /// Totes were set down.
    DropOff,
    /// An expiry date.
    Expiry,
    /// How good the goods are: good, damaged.
    Condition,
    /// A photograph.
    Photo,
    /// A delivery was opened.
    Delivery,
    /// Goods were received.
    Received,
    /// Goods of an unknown code were recorded.
    Recorded,
    /// A receipt was closed.
    Closed,
    /// Goods were moved.
    Moved,
    /// A location was looked at.
    Checked,
    /// A count of a location is complete.
    Count,
    /// The last fact was undone.
    Undone,
    /// A supervisor allowed it.
    Approved,
    /// A task was opened.
    Task,
    /// A task was given back.
    Released,
    /// A question was opened or closed by a button; nothing is recorded.
    Page,
    /// A carton was opened, or chosen.
    Carton,
    /// A unit was taken out of a carton.
    TakenOut,
    /// A label was printed.
    Printed,
    /// The label of a carton was seen on it.
    Labelled,
    /// An order was packed.
    Packed,
    /// A carton was loaded.
    Shipped,
    /// A tote is full.
    ToteFull,
    /// A tote that another zone set down was taken up.
    Taken,
    /// A weight.
    Weight,
    /// Units of a batch went into the tote of their order.
    Sorted,
    /// A return was opened.
    Return,
}

impl What {
    /// The name in the scan log and for the page that has the words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Badge => "badge",
            Self::SignedIn => "signed-in",
            Self::Shelf => "shelf",
            Self::Item => "item",
            Self::Lot => "lot",
            Self::Serial => "serial",
            Self::HandlingUnit => "hu",
            Self::Tote => "tote",
            Self::Quantity => "quantity",
            Self::Short => "short",
            Self::Skipped => "skipped",
            Self::DropOff => "drop",
            Self::Expiry => "expiry",
            Self::Condition => "condition",
            Self::Photo => "photo",
            Self::Delivery => "delivery",
            Self::Received => "received",
            Self::Recorded => "unknown",
            Self::Closed => "closed",
            Self::Moved => "moved",
            Self::Checked => "checked",
            Self::Count => "count",
            Self::Undone => "undone",
            Self::Approved => "approved",
            Self::Task => "task",
            Self::Released => "released",
            Self::Page => "page",
            Self::Carton => "carton",
            Self::TakenOut => "taken-out",
            Self::Printed => "printed",
            Self::Labelled => "labelled",
            Self::Packed => "packed",
            Self::Shipped => "shipped",
            Self::ToteFull => "tote-full",
            Self::Taken => "taken",
            Self::Weight => "weight",
            Self::Sorted => "sorted",
            Self::Return => "return",
        }
    }
}

/// An accepted scan or key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// How good the news is.
    pub class: Class,
    /// What it was.
    pub what: What,
    /// Its code, as shown.
    pub code: String,
}

impl Accepted {
    /// An accepted thing.
    #[must_use]
    pub fn new(class: Class, what: What, code: impl Into<String>) -> Self {
        Self { class, what, code: code.into() }
    }
}

/// What a step asks for, and every code that it accepts as correct: the contents of `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expect {
    /// The kind of thing.
    pub kind: Kind,
    /// Codes, best first, as a reader with AIM identifiers sends them.
    pub codes: Vec<String>,
}
