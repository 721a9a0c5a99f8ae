//! Reason codes: why a scan was refused or a fact flagged.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// Why something was refused or flagged. The code is stored, sent and shown in logs; the
        /// words for people are in the pages.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason { $($(#[$doc])* $name),+ }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &'static [Reason] = &[$(Reason::$name),+];

            /// The code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The reason of that code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }

            /// Whether it asks for the same scan again instead of refusing for good.
            #[must_use]
            pub fn asks(self) -> bool {
                self.code().ends_with('?')
            }
        }
    };
}

reasons! {
    /// The code means nothing here.
    UnknownCode = "UNKNOWN_CODE",
    /// The code is of another kind than the step asks for.
    WrongKind = "WRONG_KIND",
    /// The code means several things.
    Ambiguous = "AMBIGUOUS",
    /// The check digit is wrong.
    Checksum = "CHECKSUM",
    /// Two labels of one unit disagree.
    LabelClash = "LABEL_CLASH",
    /// The location comes first.
    NeedLocation = "NEED_LOCATION",
    /// Several items are here.
    NeedItem = "NEED_ITEM",
    /// Several lots are here.
    NeedLot = "NEED_LOT",
    /// Several handling units hold it here.
    NeedHu = "NEED_HU",
    /// Not the location asked for.
    WrongLocation = "WRONG_LOCATION",
    /// Not the item asked for.
    WrongItem = "WRONG_ITEM",
    /// Not the lot asked for.
    WrongLot = "WRONG_LOT",
    /// Not the unit asked for.
    WrongSerial = "WRONG_SERIAL",
    /// Not the handling unit asked for.
    WrongHu = "WRONG_HU",
    /// The serial number was recorded before.
    SerialSeen = "SERIAL_SEEN",
    /// Not a quantity.
    QtyBad = "QTY_BAD",
    /// More than is open.
    QtyOver = "QTY_OVER",
    /// Each unit must be scanned.
    ScanEach = "SCAN_EACH",
    /// Past its expiry date.
    Expired = "EXPIRED",
    /// A field is missing.
    MissingData = "MISSING_DATA",
    /// The role does not allow it.
    NotAllowed = "NOT_ALLOWED",
    /// Withdrawn.
    Gone = "GONE",
    /// Somebody else works on it.
    Claimed = "CLAIMED",
    /// The order is on hold.
    OrderHeld = "ORDER_HELD",
    /// The order does not have it.
    NotInOrder = "NOT_IN_ORDER",
    /// The carton may not be used: its carrier does not take it.
    CartonBad = "CARTON_BAD",
    /// The printer did not answer.
    PrintFailed = "PRINT_FAILED",
    /// The label does not hold any more: a new one is to be printed.
    LabelOld = "LABEL_OLD",
    /// The weight differs beyond the tolerance.
    WeightDiff = "WEIGHT_DIFF",
    /// Somebody has picked of it already.
    SwapPicked = "SWAP_PICKED",
    /// It was never shipped, or not in that order.
    RetNotShipped = "RET_NOT_SHIPPED",
    /// More than was shipped and is not back yet.
    RetOver = "RET_OVER",
    /// The store is full.
    DiskFull = "DISK_FULL",
    /// No operator has this badge.
    BadgeUnknown = "BADGE_UNKNOWN",
    /// The PIN is wrong.
    PinWrong = "PIN_WRONG",
    /// Too many wrong PINs.
    LockedOut = "LOCKED_OUT",
    /// The station is locked.
    Locked = "LOCKED",
    /// The operators were not refreshed for too long.
    GrantOld = "GRANT_OLD",
    /// The claim is stale: again to take over.
    TakeOver = "TAKE_OVER?",
    /// Other stock of the item: again to swap.
    Swap = "SWAP?",
    /// An older lot is here.
    Fefo = "FEFO",
    /// The tote of another order.
    ToteOther = "TOTE_OTHER",
    /// The tote is not empty.
    ToteNotEmpty = "TOTE_NOT_EMPTY",
    /// The order was cancelled.
    OrderCancelled = "ORDER_CANCELLED",
    /// Another place than suggested: again to use it.
    Place = "PLACE?",
    /// Not allowed there.
    PlaceForbidden = "PLACE_FORBIDDEN",
    /// The photograph that the policy asks for is missing.
    PhotoNeeded = "PHOTO_NEEDED",
    /// The weight is not possible for so many pieces.
    WeightOut = "WEIGHT_OUT",
    /// More than was ordered, beyond the tolerance.
    ReceiptOver = "RECEIPT_OVER",
    /// Too few days until the expiry date.
    ShelfLife = "SHELF_LIFE",
    /// An unknown label: again to make it a handling unit.
    NewHu = "NEW_HU?",
    /// The goods may not go into that handling unit.
    HuRule = "HU_RULE",
    /// Lines are open: again to close all the same.
    Partial = "PARTIAL?",
    /// Lines are open, and closing is barred.
    NotComplete = "NOT_COMPLETE",
    /// The location takes no more.
    PlaceFull = "PLACE_FULL",
    /// The location mixes no such goods.
    PlaceMix = "PLACE_MIX",
    /// The stock is promised to orders.
    Allocated = "ALLOCATED",
    /// The book says less: again to move all the same.
    BookShort = "BOOK_SHORT?",
    /// Not booked here: again to count it.
    Unexpected = "UNEXPECTED?",
    /// Somebody else must count again.
    CountSame = "COUNT_SAME",
    /// The step takes no scan now.
    NotNow = "NOT_NOW",
    /// The scan was cut off or could not be read whole.
    BadRead = "BAD_READ",
    /// The book went below zero.
    NegStock = "NEG_STOCK",
    /// Picked more than was asked.
    OverPick = "OVER_PICK",
    /// More is in cartons than was picked.
    OverPack = "OVER_PACK",
    /// More came back than was shipped.
    OverReturn = "OVER_RETURN",
    /// Held or cancelled meanwhile: it must not leave.
    ShipHold = "SHIP_HOLD",
    /// A photograph that a fact names did not come.
    PhotoMissing = "PHOTO_MISSING",
    /// More was received than was ordered, over all receipts.
    OverReceipt = "OVER_RECEIPT",
    /// The receipt differs from what was ordered.
    ReceiptDiff = "RECEIPT_DIFF",
    /// Nobody announced it.
    Unplanned = "UNPLANNED",
    /// Somebody else moved the stock while it was counted.
    Contested = "CONTESTED",
    /// The count differs from the book beyond the limit.
    Variance = "VARIANCE",
    /// The handling unit is recorded at two places.
    HuElsewhere = "HU_ELSEWHERE",
    /// Recorded at two places.
    SerialTwice = "SERIAL_TWICE",
    /// The task was given to somebody else.
    ClaimLost = "CLAIM_LOST",
    /// The operator's access has ended.
    OperatorEnded = "OPERATOR_ENDED",
    /// A fact of a type that the core does not know yet.
    UnknownType = "UNKNOWN_TYPE",
    /// A fact that names something the core does not know.
    UnknownReference = "UNKNOWN_REFERENCE",
    /// A fact whose body cannot be read.
    BadFact = "BAD_FACT",
    /// A fact that could not be processed yet.
    Failed = "FAILED",
    /// Waits behind an earlier fact of the same aggregate.
    Behind = "BEHIND",
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom(format!("unknown reason code {code:?}")))
    }
}
