//! Where a count stands, and what is stored of it.

use crate::fact::Fact;
use crate::id::{CountId, HandlingUnitId, ItemId, LineId, LocationId, Lot, Serial, TaskId};
use crate::scan::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Units counted of each kind.
pub type Totals = BTreeMap<Key, i64>;

/// What is counted apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Key {
    /// The item.
    pub item: ItemId,
    /// Its lot. Empty = none.
    #[serde(default, skip_serializing_if = "Lot::is_none")]
    pub lot: Lot,
    /// Its serial number. Empty = none.
    #[serde(default, skip_serializing_if = "Serial::is_none")]
    pub serial: Serial,
    /// In which handling unit. Empty = loose.
    #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
    pub handling_unit: HandlingUnitId,
}

/// The row that is stored with every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The task.
    pub task: TaskId,
    /// Whether nobody planned it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ad_hoc: bool,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a count stands. An empty line means that there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// Go to the location.
    Location {
        /// The line.
        line: LineId,
        /// Which. Empty = any.
        needed: LocationId,
    },
    /// Count what is there.
    Contents {
        /// The line.
        line: LineId,
        /// The count.
        count: CountId,
        /// The location.
        location: LocationId,
        /// What was scanned last.
        #[serde(default, skip_serializing_if = "is_default")]
        sheet: Sheet,
    },
    /// Nothing is there: the location confirms.
    Nothing {
        /// The line.
        line: LineId,
        /// The count.
        count: CountId,
        /// The location.
        location: LocationId,
    },
}

/// What the next scan of the contents depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sheet {
    /// Parts of the label of the next unit.
    #[serde(skip_serializing_if = "is_default")]
    pub label: Label,
    /// The handling unit that is being counted; an empty one = the loose stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<HandlingUnitId>,
    /// The last scan, which a typed number may replace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Box<Last>>,
}

/// The last scan of units without serial number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Of what.
    pub key: Key,
    /// Units that it gave, a number typed since included.
    pub given: i64,
    /// Whether the book has none of it here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unexpected: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What was asked last. Anything but the answer drops it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pending {
    /// Not booked here: the same code again counts it.
    Unexpected {
        /// What was scanned.
        code: String,
        /// What it counts.
        tallies: Vec<Tally>,
    },
    /// Booked goods were not counted: the location again counts none of them.
    Partial,
}

/// Units that one scan counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Of what.
    pub key: Key,
    /// Units.
    pub qty: i64,
    /// Whether the book has none of it here.
    pub unexpected: bool,
}

/// What the facts of one count come to. Facts that were undone are to be left out.
#[must_use]
pub fn totals_of<'a>(id: &CountId, facts: impl IntoIterator<Item = &'a Fact>) -> Totals {
    let mut totals = Totals::new();
    for fact in facts {
        if let Fact::Counted { count, qty, .. } = fact
            && count == id
            && let Some(key) = key_of(fact)
        {
            let total = totals.entry(key).or_default();
            *total = total.saturating_add(*qty);
        }
    }
    totals
}

pub(super) fn key_of(fact: &Fact) -> Option<Key> {
    match fact {
        Fact::Counted { item, lot, serial, handling_unit, .. } => Some(Key {
            item: item.clone(),
            lot: lot.clone(),
            serial: serial.clone(),
            handling_unit: handling_unit.clone(),
        }),
        _ => None,
    }
}

/// Totals as a list of pairs, since a key of JSON is a text.
pub(super) mod pairs {
    use super::{Key, Totals};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(totals: &Totals, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(totals.iter())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Totals, D::Error> {
        Ok(Vec::<(Key, i64)>::deserialize(deserializer)?.into_iter().collect())
    }
}
