//! Why a pick refuses: each with the data that its words need.

use crate::id::{HandlingUnitId, ItemId, LocationId, Lot, OrderId, Serial};
use crate::reason::Reason;
use crate::scan::{self, Kind};
use crate::workflow::refusal as goods;
use serde::{Deserialize, Serialize};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// The location comes first.
    NeedLocation {
        /// Where to go.
        needed: LocationId,
        /// What was scanned instead.
        scanned: ItemId,
    },
    /// Another location.
    WrongLocation {
        /// What was scanned.
        scanned: LocationId,
        /// Where to go.
        needed: LocationId,
    },
    /// Another item.
    WrongItem {
        /// What was scanned.
        scanned: ItemId,
        /// What to take.
        needed: ItemId,
    },
    /// Another lot, or one that is not booked here.
    WrongLot {
        /// What was scanned.
        scanned: Lot,
        /// What to take; empty = one that is booked here.
        needed: Lot,
    },
    /// Another unit, or one that is not booked here.
    WrongSerial {
        /// What was scanned.
        scanned: Serial,
        /// Which to take; empty = one that is booked here.
        needed: Serial,
    },
    /// The serial number was counted before.
    SerialSeen {
        /// Which.
        serial: Serial,
    },
    /// A handling unit that is not here.
    WrongHu {
        /// What was scanned.
        scanned: HandlingUnitId,
    },
    /// Several lots are here.
    NeedLot {
        /// The item.
        item: ItemId,
    },
    /// Several handling units hold it here.
    NeedHu {
        /// The item.
        item: ItemId,
    },
    /// A part of the label is missing.
    MissingData {
        /// Which part.
        field: Kind,
    },
    /// Two labels of one unit disagree.
    LabelClash {
        /// What was read first.
        first: String,
        /// What was read now.
        second: String,
    },
    /// Past its date.
    Expired {
        /// The date.
        date: String,
    },
    /// More than is open.
    QtyOver {
        /// Units still open.
        open: i64,
    },
    /// Not a quantity.
    QtyBad,
    /// Each unit must be scanned.
    ScanEach,
    /// The tote of another order.
    ToteOther {
        /// What was scanned.
        scanned: HandlingUnitId,
        /// The tote to use; empty = an empty one.
        needed: HandlingUnitId,
        /// Its slot.
        slot: u8,
    },
    /// The tote is not empty.
    ToteNotEmpty {
        /// Which.
        scanned: HandlingUnitId,
    },
    /// Another place than planned: again to use it.
    Place {
        /// What was scanned.
        scanned: LocationId,
        /// What was planned.
        needed: LocationId,
    },
    /// Totes may not stand there.
    PlaceForbidden {
        /// What was scanned.
        scanned: LocationId,
        /// What was planned.
        needed: LocationId,
    },
    /// Other stock of the item than was planned, or the oldest lot is another: again to swap.
    Swap {
        /// The lot that was scanned. Empty = none.
        lot: Lot,
        /// The handling unit that was scanned. Empty = loose.
        handling_unit: HandlingUnitId,
        /// The lot to take. Empty = any.
        needed_lot: Lot,
        /// The handling unit to take out of. Empty = any.
        needed_unit: HandlingUnitId,
    },
    /// Somebody else has taken out of it already.
    SwapPicked {
        /// What was scanned.
        scanned: HandlingUnitId,
    },
    /// An older lot is here.
    Fefo {
        /// What was scanned.
        scanned: Lot,
        /// The older lot.
        needed: Lot,
    },
    /// So many pieces do not weigh that.
    WeightOut {
        /// What was read, in grams.
        grams: i64,
        /// What they weigh at least, in grams.
        least: i64,
        /// What they weigh at most, in grams.
        most: i64,
    },
    /// Nobody wants it any more: the goods go back.
    OrderCancelled {
        /// The order.
        order: OrderId,
    },
    /// What any step can answer.
    #[serde(untagged)]
    Scan(scan::Refusal),
}

impl Refusal {
    /// Its code.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Scan(inner) => inner.reason(),
            Self::NeedLocation { .. } => Reason::NeedLocation,
            Self::WrongLocation { .. } => Reason::WrongLocation,
            Self::WrongItem { .. } => Reason::WrongItem,
            Self::WrongLot { .. } => Reason::WrongLot,
            Self::WrongSerial { .. } => Reason::WrongSerial,
            Self::SerialSeen { .. } => Reason::SerialSeen,
            Self::WrongHu { .. } => Reason::WrongHu,
            Self::NeedLot { .. } => Reason::NeedLot,
            Self::NeedHu { .. } => Reason::NeedHu,
            Self::MissingData { .. } => Reason::MissingData,
            Self::LabelClash { .. } => Reason::LabelClash,
            Self::Expired { .. } => Reason::Expired,
            Self::QtyOver { .. } => Reason::QtyOver,
            Self::QtyBad => Reason::QtyBad,
            Self::ScanEach => Reason::ScanEach,
            Self::ToteOther { .. } => Reason::ToteOther,
            Self::ToteNotEmpty { .. } => Reason::ToteNotEmpty,
            Self::Place { .. } => Reason::Place,
            Self::PlaceForbidden { .. } => Reason::PlaceForbidden,
            Self::Swap { .. } => Reason::Swap,
            Self::SwapPicked { .. } => Reason::SwapPicked,
            Self::Fefo { .. } => Reason::Fefo,
            Self::WeightOut { .. } => Reason::WeightOut,
            Self::OrderCancelled { .. } => Reason::OrderCancelled,
        }
    }
}

/// What moving, counting and sorting say alike about a label. The rest of their refusals is never given by a
/// label.
impl From<goods::Refusal> for Refusal {
    fn from(refusal: goods::Refusal) -> Self {
        use goods::Refusal as No;
        match refusal {
            No::WrongItem { scanned, needed } => Self::WrongItem { scanned, needed },
            No::WrongLot { scanned, needed } => Self::WrongLot { scanned, needed },
            No::WrongSerial { scanned, needed } => Self::WrongSerial { scanned, needed },
            No::SerialSeen { serial } => Self::SerialSeen { serial },
            No::NeedLot { item } => Self::NeedLot { item },
            No::NeedHu { item } => Self::NeedHu { item },
            No::MissingData { field } => Self::MissingData { field },
            No::LabelClash { first, second } => Self::LabelClash { first, second },
            No::Expired { date } => Self::Expired { date },
            No::ScanEach => Self::ScanEach,
            No::Scan(inner) => Self::Scan(inner),
            _ => Self::Scan(scan::Refusal::NotNow),
        }
    }
}
