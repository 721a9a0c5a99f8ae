//! What facts carry: units that were taken or received together, and why there were less.

use crate::id::{HandlingUnitId, Lot, Serial};
use crate::stock::Status;
use serde::{Deserialize, Serialize};

/// Units of one lot, serial or handling unit that were taken together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Units {
    /// Their lot. Empty = none.
    #[serde(default, skip_serializing_if = "Lot::is_none")]
    pub lot: Lot,
    /// Their serial number; then `qty` is 1. Empty = none.
    #[serde(default, skip_serializing_if = "Serial::is_none")]
    pub serial: Serial,
    /// The handling unit they were taken out of. Empty = loose.
    #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
    pub handling_unit: HandlingUnitId,
    /// How many, above zero.
    pub qty: i64,
    /// What they weigh together in grams, where pieces of the item differ in weight; 0 = not weighed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub grams: i64,
}

pub(super) fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Units of one serial number and status that were received together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReceivedUnits {
    /// Their serial number; then `qty` is 1. Empty = none.
    #[serde(default, skip_serializing_if = "Serial::is_none")]
    pub serial: Serial,
    /// How many, above zero.
    pub qty: i64,
    /// In-transit until the receipt is closed; quarantined or damaged where they are not good.
    pub status: Status,
}

/// Why a line was closed with less than was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShortReason {
    /// Nothing is there.
    NoneFound,
    /// What is there is damaged.
    Damaged,
    /// Other goods are there.
    WrongStock,
    /// It cannot be reached.
    Unreachable,
}
