//! Stock and the moves that change it. A move takes a whole number of units from one place to
//! another; supplier, customer and loss are places too, so that nothing appears or vanishes.

use crate::id::{HandlingUnitId, ItemId, LocationId, Lot, Serial};
use crate::master::IsoDate;
use serde::{Deserialize, Serialize};

/// Where picked goods are until they are dropped off.
pub const TRANSIT: &str = "TRANSIT";
/// Where goods come from.
pub const SUPPLIER: &str = "SUPPLIER";
/// Where goods go to.
pub const CUSTOMER: &str = "CUSTOMER";
/// Where goods go that cannot be found, and come from when they are found.
pub const LOSS: &str = "LOSS";

/// What may be done with stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// May be sold.
    #[default]
    Available,
    /// Picked for an order.
    Allocated,
    /// Received, its receipt not yet closed; or on its way between two warehouses.
    InTransit,
    /// Waits for a decision.
    Quarantined,
    /// Came back, not yet inspected.
    Returned,
    /// Cannot be sold.
    Damaged,
}

impl Status {
    /// The name in SQL and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Allocated => "allocated",
            Self::InTransit => "in-transit",
            Self::Quarantined => "quarantined",
            Self::Returned => "returned",
            Self::Damaged => "damaged",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Available, Self::Allocated, Self::InTransit, Self::Quarantined, Self::Returned, Self::Damaged]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

/// A balance: so many units of one kind in one place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stock {
    /// Where.
    pub location: LocationId,
    /// Of what.
    pub item: ItemId,
    /// Of which lot. Empty = none.
    #[serde(default)]
    pub lot: Lot,
    /// Which unit. Empty = none.
    #[serde(default)]
    pub serial: Serial,
    /// In which handling unit. Empty = loose.
    #[serde(default)]
    pub handling_unit: HandlingUnitId,
    /// In which status.
    #[serde(default)]
    pub status: Status,
    /// Units; below zero where the book was short.
    pub qty: i64,
    /// Expiry of the lot, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<IsoDate>,
}

/// One side of a move.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Place {
    /// The location.
    pub location: LocationId,
    /// The handling unit there. Empty = loose.
    pub handling_unit: HandlingUnitId,
    /// The status there.
    pub status: Status,
}

/// A move of the double-entry ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// What moves.
    pub item: ItemId,
    /// Of which lot. Empty = none.
    pub lot: Lot,
    /// Which unit. Empty = none.
    pub serial: Serial,
    /// Units, above zero.
    pub qty: i64,
    /// From where.
    pub from: Place,
    /// To where.
    pub to: Place,
}
