//! What suppliers deliver: deliveries, their lines, announced content.

use crate::id::{DeliveryId, HandlingUnitId, ItemId, LineId, LocationId, Lot, PurchaseOrderId};
use crate::master::{Hold, IsoDate};
use serde::{Deserialize, Serialize};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// Announced.
    #[default]
    Due,
    /// The truck is at a door.
    Arrived,
    /// Something was received.
    Started,
    /// Closed for good.
    Closed,
    /// Withdrawn.
    Cancelled,
}

impl DeliveryState {
    /// Whether goods of it may be received as planned.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Due | Self::Arrived | Self::Started)
    }
}

/// A delivery (ASN): one truck of one supplier. A purchase order without one has a delivery of its own
/// with the order's number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Delivery {
    /// Its identifier, as on the delivery note; scannable.
    pub id: DeliveryId,
    /// The supplier's name.
    pub supplier: String,
    /// The purchase orders in it; scannable.
    #[serde(default)]
    pub orders: Vec<PurchaseOrderId>,
    /// The door it is sent to: a location of kind dock. Empty = any.
    #[serde(default)]
    pub door: LocationId,
    /// When it is due, in milliseconds since 1970; 0 = unknown.
    #[serde(default)]
    pub due_ms: i64,
    /// Announced pallets; 0 = unknown.
    #[serde(default)]
    pub pallets: u32,
    /// Number of lines.
    #[serde(default)]
    pub lines: u32,
    /// Where it stands.
    #[serde(default)]
    pub state: DeliveryState,
}

/// Where a line of a delivery stands. The same states are those of a line of a purchase order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryLineState {
    /// Goods are awaited.
    #[default]
    Open,
    /// Everything has come.
    Received,
    /// Closed with a difference.
    Differs,
    /// Withdrawn.
    Cancelled,
}

/// A line of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeliveryLine {
    /// Its identifier.
    pub id: LineId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its place in the delivery; smaller comes first.
    pub seq: i64,
    /// The purchase order that asked for it.
    pub order: PurchaseOrderId,
    /// What was ordered.
    pub item: ItemId,
    /// Units ordered.
    pub ordered: i64,
    /// Units received, over all receipts that the core knows.
    #[serde(default)]
    pub received: i64,
    /// Percent above the ordered quantity that may be received; negative = the site's.
    #[serde(default = "site_default")]
    pub over_percent: i64,
    /// Days until expiry that the goods must have; 0 = the item's.
    #[serde(default)]
    pub min_shelf_days: u32,
    /// The announced lot. Empty = any.
    #[serde(default)]
    pub lot: Lot,
    /// Where it stands.
    #[serde(default)]
    pub state: DeliveryLineState,
}

/// What came of a line, when a receipt is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Came {
    /// Units in all, over all receipts, whatever their state.
    pub received: i64,
    /// Damaged ones among those of this receipt.
    pub damaged: i64,
}

/// Whether a line differs from what was ordered: damaged goods, more than the limit, or less where
/// nothing more is to come.
#[must_use]
pub fn differs(line: &DeliveryLine, came: Came, site_percent: u32, complete: bool) -> bool {
    came.damaged > 0 || came.received > line.limit(site_percent) || (complete && came.received < line.ordered)
}

/// Whether good units of a receipt are held at its close: those of a line that differs, or of any line
/// where the site holds whole receipts.
#[must_use]
pub fn is_held(hold: Hold, line_differs: bool, any_differs: bool) -> bool {
    match hold {
        Hold::None => false,
        Hold::Line => line_differs,
        Hold::Receipt => any_differs,
    }
}

fn site_default() -> i64 {
    -1
}

impl DeliveryLine {
    /// Units that may be received in all: ordered × (1 + tolerance), rounded down.
    #[must_use]
    pub fn limit(&self, site_percent: u32) -> i64 {
        let percent = if self.over_percent < 0 { i64::from(site_percent) } else { self.over_percent };
        self.ordered.saturating_mul(100_i64.saturating_add(percent)) / 100
    }
}

/// Announced content of a handling unit: one item of one lot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Announced {
    /// Its identifier.
    pub id: String,
    /// The SSCC or label of the handling unit.
    pub unit: HandlingUnitId,
    /// The delivery.
    pub delivery: DeliveryId,
    /// The line it belongs to.
    pub line: LineId,
    /// The item.
    pub item: ItemId,
    /// Its lot. Empty = none.
    #[serde(default)]
    pub lot: Lot,
    /// Expiry of the lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<IsoDate>,
    /// Units in it.
    pub qty: i64,
}
