//! Why receiving, moving, counting and packing refuse: each with the data that its words need.

use crate::id::{CartonTypeId, DeliveryId, HandlingUnitId, ItemId, LocationId, Lot, OrderId, RmaId, Serial};
use crate::master::IsoDate;
use crate::reason::Reason;
use crate::scan::{self, Kind};
use serde::{Deserialize, Serialize};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// The location comes first.
    NeedLocation {
        /// Where to go. Empty = any.
        needed: LocationId,
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
        /// What is asked for. Empty = one of several.
        needed: ItemId,
    },
    /// Another lot, or one that is not booked here.
    WrongLot {
        /// What was scanned.
        scanned: Lot,
        /// What is asked for. Empty = one that is booked here.
        needed: Lot,
    },
    /// Another unit, or one that is not booked here.
    WrongSerial {
        /// What was scanned.
        scanned: Serial,
        /// What is asked for. Empty = one that is booked here.
        needed: Serial,
    },
    /// The serial number was recorded before.
    SerialSeen {
        /// Which.
        serial: Serial,
    },
    /// Another handling unit.
    WrongHu {
        /// What was scanned.
        scanned: HandlingUnitId,
        /// What is asked for. Empty = one that is here.
        needed: HandlingUnitId,
    },
    /// Several items are there.
    NeedItem {
        /// Where.
        location: LocationId,
    },
    /// Several lots are there.
    NeedLot {
        /// Of what.
        item: ItemId,
    },
    /// Several handling units hold it there.
    NeedHu {
        /// What.
        item: ItemId,
    },
    /// A field is missing.
    MissingData {
        /// Which.
        field: Kind,
    },
    /// Two labels of one unit disagree, or a label and the book.
    LabelClash {
        /// What was known.
        first: String,
        /// What was read now.
        second: String,
    },
    /// Past its date.
    Expired {
        /// The date.
        date: IsoDate,
    },
    /// Too few days are left.
    ShelfLife {
        /// Days left.
        days: i64,
        /// Days that are needed.
        needed: i64,
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
    /// More than was ordered, beyond the tolerance.
    ReceiptOver {
        /// Units that may be received in all.
        limit: i64,
        /// Units received before.
        received: i64,
    },
    /// What is damaged needs a photograph.
    PhotoNeeded,
    /// An unknown label: again to make it a handling unit.
    NewHu {
        /// What was scanned.
        scanned: HandlingUnitId,
    },
    /// The goods may not go into that handling unit.
    HuRule {
        /// What was scanned.
        scanned: HandlingUnitId,
    },
    /// Lines are open, or booked goods were not counted: again to close all the same.
    Partial {
        /// How many.
        open: i64,
    },
    /// Lines are open, and closing is barred.
    NotComplete {
        /// How many.
        open: i64,
    },
    /// Another place than suggested: again to use it.
    Place {
        /// What was scanned.
        scanned: LocationId,
        /// What was suggested. Empty = nothing.
        needed: LocationId,
    },
    /// Such goods may not stand there.
    PlaceForbidden {
        /// What was scanned.
        scanned: LocationId,
        /// What was suggested. Empty = nothing.
        needed: LocationId,
    },
    /// It does not fit.
    PlaceFull {
        /// What was scanned.
        scanned: LocationId,
        /// Units that still fit.
        free: i64,
    },
    /// Other goods stand there, and nothing is mixed.
    PlaceMix {
        /// What was scanned.
        scanned: LocationId,
        /// What stands there.
        holds: ItemId,
    },
    /// The stock is promised to orders.
    Allocated {
        /// What.
        item: ItemId,
        /// Units that are promised.
        promised: i64,
    },
    /// The book says less: again to move all the same.
    BookShort {
        /// Units booked there.
        book: i64,
    },
    /// Not booked here: again to count it.
    Unexpected {
        /// What.
        item: ItemId,
    },
    /// The order does not have it.
    NotInOrder {
        /// What was scanned.
        scanned: ItemId,
    },
    /// The carton may not be used: the carrier does not take it, or nothing that is left fits into it.
    CartonBad {
        /// What was scanned.
        scanned: CartonTypeId,
        /// What would do. Empty = none was suggested.
        needed: CartonTypeId,
    },
    /// The carton weighs something else than it should.
    CartonWeight {
        /// What it should weigh, in grams.
        expected: i64,
        /// What the scale said, in grams.
        measured: i64,
        /// The item of which one unit explains the difference best, within the tolerance. Empty = none does.
        item: ItemId,
        /// What one unit of it weighs, in grams; 0 = no item.
        grams: i64,
    },
    /// The printer did not answer.
    PrintFailed {
        /// The label that is still to be printed.
        label: HandlingUnitId,
    },
    /// The label does not hold any more, or is not the carrier's: the new one is to be printed.
    LabelOld {
        /// What it says.
        label: HandlingUnitId,
    },
    /// Nothing of the order may leave for now.
    OrderHeld {
        /// Which.
        order: OrderId,
    },
    /// The order was cancelled: what was picked goes back.
    OrderCancelled {
        /// Which.
        order: OrderId,
    },
    /// The order is packed, or the carton has left.
    OrderGone {
        /// Which.
        order: OrderId,
    },
    /// Somebody else must count again.
    CountSame,
    /// The role does not allow it.
    NotAllowed,
    /// Closed or withdrawn.
    Gone {
        /// Which.
        delivery: DeliveryId,
    },
    /// A return that was withdrawn, or is closed.
    GoneReturn {
        /// Which.
        rma: RmaId,
    },
    /// It was never shipped, or not in that order.
    RetNotShipped {
        /// What was scanned.
        scanned: String,
    },
    /// More than was shipped and is not back yet.
    RetOver {
        /// Units that can still come back.
        open: i64,
    },
    /// Another lot than was shipped.
    OtherLot {
        /// What was scanned.
        scanned: Lot,
        /// What was shipped. Empty = one of several.
        needed: Lot,
    },
    /// The weight differs beyond the tolerance.
    WeightDiff {
        /// What the scale said, in grams.
        grams: i64,
        /// What was expected, in grams.
        expected: i64,
    },
    /// Something else than a code or a number is missing.
    MissingAnswer {
        /// What, by code: a question of the checklist, `reason`, `weight`, `override` (why another disposition),
        /// `note`, `to`, `photo`.
        what: String,
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
            Self::NeedItem { .. } => Reason::NeedItem,
            Self::NeedLot { .. } => Reason::NeedLot,
            Self::NeedHu { .. } => Reason::NeedHu,
            Self::MissingData { .. } => Reason::MissingData,
            Self::LabelClash { .. } => Reason::LabelClash,
            Self::Expired { .. } => Reason::Expired,
            Self::ShelfLife { .. } => Reason::ShelfLife,
            Self::QtyOver { .. } => Reason::QtyOver,
            Self::QtyBad => Reason::QtyBad,
            Self::ScanEach => Reason::ScanEach,
            Self::ReceiptOver { .. } => Reason::ReceiptOver,
            Self::PhotoNeeded => Reason::PhotoNeeded,
            Self::NewHu { .. } => Reason::NewHu,
            Self::HuRule { .. } => Reason::HuRule,
            Self::Partial { .. } => Reason::Partial,
            Self::NotComplete { .. } => Reason::NotComplete,
            Self::Place { .. } => Reason::Place,
            Self::PlaceForbidden { .. } => Reason::PlaceForbidden,
            Self::PlaceFull { .. } => Reason::PlaceFull,
            Self::PlaceMix { .. } => Reason::PlaceMix,
            Self::Allocated { .. } => Reason::Allocated,
            Self::BookShort { .. } => Reason::BookShort,
            Self::Unexpected { .. } => Reason::Unexpected,
            Self::NotInOrder { .. } => Reason::NotInOrder,
            Self::CartonBad { .. } => Reason::CartonBad,
            Self::CartonWeight { .. } => Reason::WeightDiff,
            Self::PrintFailed { .. } => Reason::PrintFailed,
            Self::LabelOld { .. } => Reason::LabelOld,
            Self::OrderHeld { .. } => Reason::OrderHeld,
            Self::OrderCancelled { .. } => Reason::OrderCancelled,
            Self::OrderGone { .. } => Reason::Gone,
            Self::CountSame => Reason::CountSame,
            Self::NotAllowed => Reason::NotAllowed,
            Self::Gone { .. } => Reason::Gone,
            Self::GoneReturn { .. } => Reason::Gone,
            Self::RetNotShipped { .. } => Reason::RetNotShipped,
            Self::RetOver { .. } => Reason::RetOver,
            Self::OtherLot { .. } => Reason::WrongLot,
            Self::WeightDiff { .. } => Reason::WeightDiff,
            Self::MissingAnswer { .. } => Reason::MissingData,
        }
    }

    /// Whether a supervisor's badge and PIN can set the rule aside.
    #[must_use]
    pub fn can_be_approved(&self) -> bool {
        matches!(
            self,
            Self::ReceiptOver { .. }
                | Self::ShelfLife { .. }
                | Self::SerialSeen { .. }
                | Self::Allocated { .. }
                | Self::CartonWeight { .. }
                | Self::OtherLot { .. }
                | Self::WeightDiff { .. }
        )
    }
}

impl From<scan::Refusal> for Refusal {
    fn from(refusal: scan::Refusal) -> Self {
        Self::Scan(refusal)
    }
}
