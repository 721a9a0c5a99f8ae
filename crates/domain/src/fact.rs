//! Facts: immutable records of what a person did or saw. The name of a variant is the type of
//! the fact on the wire and for ever; a changed meaning is a new version or a new fact.

use crate::id::{HandlingUnitId, ItemId, LineId, LocationId, Lot, OperatorId, OrderId, Serial, TaskId};
use crate::reason::Reason;
use crate::stock::{Move, Place, Status, TRANSIT};
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

/// What a person did or saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "body")]
pub enum Fact {
    /// An operator signed in with badge and PIN, or unlocked the station.
    SignedIn {
        /// Who.
        operator: OperatorId,
    },
    /// A PIN was wrong.
    SignInFailed {
        /// Whose badge.
        operator: OperatorId,
        /// Failures in a row, this one included.
        fails: u32,
    },
    /// The badge is locked out.
    LockedOut {
        /// Whose badge.
        operator: OperatorId,
        /// For how long.
        minutes: u32,
    },
    /// The operator signed out.
    SignedOut {
        /// Who.
        operator: OperatorId,
    },
    /// The operator started a task.
    TaskClaimed {
        /// Which.
        task: TaskId,
    },
    /// The operator gave a task back; what is in totes stays there.
    TaskReleased {
        /// Which.
        task: TaskId,
    },
    /// A tote was put into a slot of the cart for an order.
    ToteAssigned {
        /// The task.
        task: TaskId,
        /// The slot, from 1.
        slot: u8,
        /// The order it is for.
        order: OrderId,
        /// The tote.
        tote: HandlingUnitId,
    },
    /// Units were taken from a location into a tote.
    Picked {
        /// The task.
        task: TaskId,
        /// The line.
        line: LineId,
        /// Where they were taken.
        location: LocationId,
        /// What was taken.
        item: ItemId,
        /// Into which tote.
        tote: HandlingUnitId,
        /// How many of which lot, serial, handling unit.
        units: Vec<Units>,
        /// Whether the number was typed after one scan.
        #[serde(default)]
        typed: bool,
    },
    /// The rest of a line could not be picked. Written for the unpicked remainder only.
    PickedShort {
        /// The task.
        task: TaskId,
        /// The line.
        line: LineId,
        /// Where.
        location: LocationId,
        /// What is missing.
        item: ItemId,
        /// Units missing, above zero.
        qty: i64,
        /// Why.
        reason: ShortReason,
        /// Units found damaged; they take that status.
        #[serde(default)]
        damaged: i64,
        /// The lot the line named. Empty = none.
        #[serde(default)]
        lot: Lot,
        /// The handling unit the line named. Empty = none.
        #[serde(default)]
        handling_unit: HandlingUnitId,
    },
    /// A tote is full and another takes its slot.
    ToteClosed {
        /// The task.
        task: TaskId,
        /// The slot.
        slot: u8,
        /// The full tote.
        tote: HandlingUnitId,
    },
    /// Totes were set down.
    DroppedOff {
        /// The task.
        task: TaskId,
        /// Where.
        location: LocationId,
        /// Which totes.
        totes: Vec<HandlingUnitId>,
    },
    /// An earlier fact of the same device does not hold.
    Undone {
        /// Epoch of that fact.
        epoch: u64,
        /// Sequence number of that fact.
        seq: u64,
    },
    /// A scan was refused.
    ScanRefused {
        /// The bytes as they came, printable, others as `\xNN`.
        raw: String,
        /// The step that was asked, as in `status`.
        step: String,
        /// The rule that refused it.
        reason: Reason,
        /// What it could have meant, as kinds.
        #[serde(default)]
        meanings: Vec<String>,
        /// The task it happened in. Empty = none.
        #[serde(default)]
        task: TaskId,
    },
    /// A person asks for a barcode to be bound to an item.
    BarcodeReported {
        /// The bytes, printable.
        raw: String,
        /// Where. Empty = unknown.
        #[serde(default)]
        location: LocationId,
    },
    /// A note on an entry of the needs-attention list.
    NoteAdded {
        /// The entry.
        entry: String,
        /// The words.
        note: String,
    },
}

impl Fact {
    /// The type as sent and stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } => "SignedIn",
            Self::SignInFailed { .. } => "SignInFailed",
            Self::LockedOut { .. } => "LockedOut",
            Self::SignedOut { .. } => "SignedOut",
            Self::TaskClaimed { .. } => "TaskClaimed",
            Self::TaskReleased { .. } => "TaskReleased",
            Self::ToteAssigned { .. } => "ToteAssigned",
            Self::Picked { .. } => "Picked",
            Self::PickedShort { .. } => "PickedShort",
            Self::ToteClosed { .. } => "ToteClosed",
            Self::DroppedOff { .. } => "DroppedOff",
            Self::Undone { .. } => "Undone",
            Self::ScanRefused { .. } => "ScanRefused",
            Self::BarcodeReported { .. } => "BarcodeReported",
            Self::NoteAdded { .. } => "NoteAdded",
        }
    }

    /// The version of its body. All are at 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        1
    }

    /// The aggregate it belongs to: facts of one aggregate wait for each other, others do not.
    #[must_use]
    pub fn aggregate(&self) -> String {
        match self {
            Self::TaskClaimed { task }
            | Self::TaskReleased { task }
            | Self::ToteAssigned { task, .. }
            | Self::Picked { task, .. }
            | Self::PickedShort { task, .. }
            | Self::ToteClosed { task, .. }
            | Self::DroppedOff { task, .. } => format!("task:{task}"),
            Self::SignedIn { operator }
            | Self::SignInFailed { operator, .. }
            | Self::LockedOut { operator, .. }
            | Self::SignedOut { operator } => format!("operator:{operator}"),
            Self::Undone { epoch, seq } => format!("fact:{epoch}/{seq}"),
            Self::ScanRefused { .. } | Self::BarcodeReported { .. } => "scan".to_owned(),
            Self::NoteAdded { entry, .. } => format!("note:{entry}"),
        }
    }

    /// The ledger moves that follow from the fact alone. Device and core use this one function,
    /// so that what the screen shows and what the book says cannot differ.
    ///
    /// `DroppedOff` moves whatever the book has in its totes; that is in the book, not in the
    /// fact, so it has no moves here: see [`drop_off_moves`].
    #[must_use]
    pub fn moves(&self) -> Vec<Move> {
        match self {
            Self::Picked { location, item, tote, units, .. } => units
                .iter()
                .map(|unit| Move {
                    item: item.clone(),
                    lot: unit.lot.clone(),
                    serial: unit.serial.clone(),
                    qty: unit.qty,
                    from: Place {
                        location: location.clone(),
                        handling_unit: unit.handling_unit.clone(),
                        status: Status::Available,
                    },
                    to: Place { location: TRANSIT.into(), handling_unit: tote.clone(), status: Status::Allocated },
                })
                .collect(),
            Self::PickedShort { location, item, lot, handling_unit, damaged, .. } if *damaged > 0 => vec![Move {
                item: item.clone(),
                lot: lot.clone(),
                serial: Serial::default(),
                qty: *damaged,
                from: Place {
                    location: location.clone(),
                    handling_unit: handling_unit.clone(),
                    status: Status::Available,
                },
                to: Place { location: location.clone(), handling_unit: handling_unit.clone(), status: Status::Damaged },
            }],
            _ => Vec::new(),
        }
    }
}

/// The moves of a drop-off: everything the book has in the tote goes to the location.
#[must_use]
pub fn drop_off_moves(content: &[crate::stock::Stock], to: &LocationId) -> Vec<Move> {
    content
        .iter()
        .filter(|stock| stock.qty > 0 && stock.location != *to)
        .map(|stock| Move {
            item: stock.item.clone(),
            lot: stock.lot.clone(),
            serial: stock.serial.clone(),
            qty: stock.qty,
            from: Place {
                location: stock.location.clone(),
                handling_unit: stock.handling_unit.clone(),
                status: stock.status,
            },
            to: Place { location: to.clone(), handling_unit: stock.handling_unit.clone(), status: stock.status },
        })
        .collect()
}
