//! Where a put-away stands, and what is stored of it.

use crate::fact::Units;
use crate::id::{HandlingUnitId, ItemId, LineId, LocationId, TaskId};
use crate::master::HandlingUnit;
use crate::reason::Reason;
use crate::scan::Label;
use crate::stock::Status;
use serde::{Deserialize, Serialize};

/// The row that is stored with every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The task.
    pub task: TaskId,
    /// Whether nobody planned it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ad_hoc: bool,
    /// How often another place was asked for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub other: usize,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a put-away stands. An empty line means that there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// What is to be moved; units are counted into the hand.
    Source {
        /// The line.
        line: LineId,
        /// The location that was scanned. Empty = not yet.
        #[serde(default, skip_serializing_if = "LocationId::is_none")]
        at: LocationId,
        /// What is in the hand.
        #[serde(default, skip_serializing_if = "is_default")]
        hand: Hand,
    },
    /// Where it goes.
    Destination {
        /// The line.
        line: LineId,
        /// What goes there.
        load: Load,
    },
    /// Is the source empty now? The book says so.
    EmptyNow {
        /// The line.
        line: LineId,
        /// The source.
        location: LocationId,
        /// What the book says is used up there.
        item: ItemId,
    },
}

/// What is moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "load", rename_all = "kebab-case")]
pub enum Load {
    /// A handling unit with all that is in and on it.
    Whole {
        /// The handling unit.
        unit: HandlingUnit,
        /// Where it was taken.
        from: LocationId,
        /// Rules that were set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        because: Vec<Reason>,
    },
    /// Units of an item.
    Part {
        /// Where they were taken.
        from: LocationId,
        /// The units.
        hand: Hand,
    },
}

impl Load {
    /// Where it was taken.
    #[must_use]
    pub fn from(&self) -> &LocationId {
        match self {
            Self::Whole { from, .. } | Self::Part { from, .. } => from,
        }
    }
}

/// Units that were counted and not yet put anywhere, and the label that is being read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Hand {
    /// Their item. Empty = nothing is in the hand.
    #[serde(skip_serializing_if = "ItemId::is_none")]
    pub item: ItemId,
    /// Their status.
    #[serde(skip_serializing_if = "is_default")]
    pub status: Status,
    /// The units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Units>,
    /// Parts of the label of the next unit.
    #[serde(skip_serializing_if = "is_default")]
    pub label: Label,
    /// The handling unit that the step was narrowed to; an empty one = the loose stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<HandlingUnitId>,
    /// Whether the number was typed.
    #[serde(skip_serializing_if = "is_default")]
    pub typed: bool,
    /// Without a plan: what the book has of the units scanned last.
    #[serde(skip_serializing_if = "is_default")]
    pub book: i64,
    /// Without a plan: units of the item that are promised to orders there.
    #[serde(skip_serializing_if = "is_default")]
    pub promised: i64,
    /// Where units are promised: how many may be taken all the same.
    #[serde(skip_serializing_if = "is_default")]
    pub free: i64,
    /// Rules that were set aside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Reason>,
}

impl Hand {
    /// Units in it.
    #[must_use]
    pub fn qty(&self) -> i64 {
        self.units.iter().fold(0, |sum, unit| sum.saturating_add(unit.qty))
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What was asked or refused last. Anything but the answer drops it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pending {
    /// Another place than the one suggested: again to use it.
    Place(LocationId),
    /// The book says less: again to move all the same.
    Book {
        /// What was scanned; empty = it was typed.
        code: String,
        /// What is in the hand then.
        stage: Stage,
    },
    /// A supervisor may let it through.
    Approval {
        /// What comes of it then.
        stage: Stage,
        /// The item that is promised.
        item: ItemId,
        /// Units of it that are taken.
        qty: i64,
    },
}
