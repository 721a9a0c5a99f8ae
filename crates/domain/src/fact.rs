//! Facts: immutable records of what a person did or saw. The name of a variant is the type of
//! the fact on the wire and for ever; a changed meaning is a new version or a new fact.

use crate::id::{
    CountId, DeliveryId, HandlingUnitId, ItemId, LineId, LocationId, Lot, OperatorId, OrderId, PhotoId, ReceiptId,
    Serial, TaskId,
};
use crate::master::{HandlingUnitKind, IsoDate};
use crate::reason::Reason;
use crate::stock::{Move, Place, SUPPLIER, Status, Stock, TRANSIT};
use crate::task::TaskKind;
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
    /// The operator took over a task that somebody had left.
    TaskTakenOver {
        /// Which.
        task: TaskId,
        /// From whom.
        from: OperatorId,
    },
    /// Work that nobody planned was begun: the core adopts the task under the name that the device gave it.
    TaskOpened {
        /// Its name.
        task: TaskId,
        /// Count or move.
        kind: TaskKind,
        /// Count: where. Empty = not known yet.
        #[serde(default, skip_serializing_if = "LocationId::is_none")]
        location: LocationId,
    },
    /// Somebody looked whether a location is empty.
    ZeroChecked {
        /// The task it was part of. Empty = none.
        #[serde(default)]
        task: TaskId,
        /// The line it was part of. Empty = none.
        #[serde(default)]
        line: LineId,
        /// Where.
        location: LocationId,
        /// What the book says is used up there.
        item: ItemId,
        /// Whether it is.
        empty: bool,
    },
    /// A supervisor allowed what the rule forbids. The fact that it backs follows it in the same aggregate
    /// and names the decision.
    Approved {
        /// Who allowed it, by badge and PIN.
        by: OperatorId,
        /// The rule.
        decision: Reason,
        /// The aggregate that it belongs to, e.g. `receipt:…`, `task:…`.
        subject: String,
        /// The item. Empty = none.
        #[serde(default, skip_serializing_if = "ItemId::is_none")]
        item: ItemId,
        /// The quantity it was asked for; 0 = none.
        #[serde(default)]
        qty: i64,
    },
    /// A photograph was taken.
    PhotoTaken {
        /// Which.
        photo: PhotoId,
        /// The aggregate that it belongs to.
        subject: String,
        /// What for: `damaged`, `unknown`.
        purpose: String,
        /// BLAKE3 of the picture's file, 64 hex digits.
        hash: String,
        /// Its size.
        bytes: u64,
    },
    /// A label was printed.
    LabelPrinted {
        /// What it says.
        label: HandlingUnitId,
        /// 1 = the first print.
        copy: u32,
        /// The aggregate that it belongs to.
        subject: String,
    },
    /// A receipt was begun.
    DeliveryOpened {
        /// The receipt.
        receipt: ReceiptId,
        /// The delivery. Empty = blind.
        #[serde(default)]
        delivery: DeliveryId,
        /// The dock.
        location: LocationId,
    },
    /// Goods were received: of one item, lot and handling unit.
    Received {
        /// The receipt.
        receipt: ReceiptId,
        /// The delivery. Empty = blind.
        #[serde(default)]
        delivery: DeliveryId,
        /// The line. Empty = nobody announced it.
        #[serde(default)]
        line: LineId,
        /// The dock.
        location: LocationId,
        /// What.
        item: ItemId,
        /// Its lot. Empty = none.
        #[serde(default, skip_serializing_if = "Lot::is_none")]
        lot: Lot,
        /// When the lot expires.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expiry: Option<IsoDate>,
        /// The units by serial number and status.
        units: Vec<ReceivedUnits>,
        /// Into which handling unit. Empty = loose at the dock.
        #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
        handling_unit: HandlingUnitId,
        /// The handling unit is new, and of this kind.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new_unit: Option<HandlingUnitKind>,
        /// Why units are quarantined or were let in: `UNPLANNED`, `EXPIRED`, `RECEIPT_OVER`, `SHELF_LIFE`,
        /// `SERIAL_SEEN`. An approved one has its `Approved` before it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        because: Vec<Reason>,
        /// Photographs of what is damaged.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<PhotoId>,
        /// Whether the number was typed.
        #[serde(default)]
        typed: bool,
    },
    /// Goods with a code that nobody knows were received. They wait until the code is named.
    UnknownReceived {
        /// The receipt.
        receipt: ReceiptId,
        /// The delivery. Empty = blind.
        #[serde(default)]
        delivery: DeliveryId,
        /// The dock.
        location: LocationId,
        /// The code, printable.
        raw: String,
        /// What it is, in the words of whoever received it.
        words: String,
        /// Units.
        qty: i64,
        /// Photographs.
        #[serde(default)]
        photos: Vec<PhotoId>,
    },
    /// A receipt was closed.
    ReceiptClosed {
        /// The receipt.
        receipt: ReceiptId,
        /// The delivery. Empty = blind.
        #[serde(default)]
        delivery: DeliveryId,
        /// Whether nothing more is to come; then open lines differ.
        complete: bool,
    },
    /// Goods were moved: a whole handling unit, or units of one item.
    Moved {
        /// The task. Empty = none.
        #[serde(default)]
        task: TaskId,
        /// The line. Empty = none.
        #[serde(default)]
        line: LineId,
        /// The whole handling unit that moved, with all that is in and on it. Empty = units of an item.
        #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
        unit: HandlingUnitId,
        /// The item. Empty with a whole handling unit.
        #[serde(default, skip_serializing_if = "ItemId::is_none")]
        item: ItemId,
        /// How many of which lot, serial, handling unit. Empty with a whole handling unit.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        units: Vec<Units>,
        /// Their status.
        #[serde(default)]
        status: Status,
        /// Where it was taken.
        from: LocationId,
        /// Where it went.
        to: LocationId,
        /// Into which handling unit. Empty = none; a whole one then stands by itself.
        #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
        into: HandlingUnitId,
        /// Rules that a supervisor or a second scan set aside: `ALLOCATED`, `BOOK_SHORT?`, `PLACE?`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        because: Vec<Reason>,
        /// Whether the number was typed.
        #[serde(default)]
        typed: bool,
    },
    /// The count of a location was begun. The book is judged at the cursor that this fact carries.
    CountStarted {
        /// The count.
        count: CountId,
        /// The task.
        task: TaskId,
        /// The line. Empty = the task has none, it was opened here.
        #[serde(default)]
        line: LineId,
        /// Where.
        location: LocationId,
        /// The only item that is counted. Empty = everything there.
        #[serde(default, skip_serializing_if = "ItemId::is_none")]
        item: ItemId,
    },
    /// Units were counted; every scan is one.
    Counted {
        /// The count.
        count: CountId,
        /// The task.
        task: TaskId,
        /// Where.
        location: LocationId,
        /// What.
        item: ItemId,
        /// Its lot. Empty = none.
        #[serde(default, skip_serializing_if = "Lot::is_none")]
        lot: Lot,
        /// Its serial number. Empty = none.
        #[serde(default, skip_serializing_if = "Serial::is_none")]
        serial: Serial,
        /// In which handling unit. Empty = loose.
        #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
        handling_unit: HandlingUnitId,
        /// Units, added to what this count has of them; 0 = looked for and not there.
        qty: i64,
        /// Whether the number was typed.
        #[serde(default)]
        typed: bool,
        /// Whether the book has none of it here.
        #[serde(default)]
        unexpected: bool,
    },
    /// The count of a location is complete: what it did not name is not there.
    CountSubmitted {
        /// The count.
        count: CountId,
        /// The task.
        task: TaskId,
        /// Where.
        location: LocationId,
        /// Whether nothing at all is there.
        #[serde(default)]
        nothing: bool,
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
            Self::TaskTakenOver { .. } => "TaskTakenOver",
            Self::TaskOpened { .. } => "TaskOpened",
            Self::ZeroChecked { .. } => "ZeroChecked",
            Self::Approved { .. } => "Approved",
            Self::PhotoTaken { .. } => "PhotoTaken",
            Self::LabelPrinted { .. } => "LabelPrinted",
            Self::DeliveryOpened { .. } => "DeliveryOpened",
            Self::Received { .. } => "Received",
            Self::UnknownReceived { .. } => "UnknownReceived",
            Self::ReceiptClosed { .. } => "ReceiptClosed",
            Self::Moved { .. } => "Moved",
            Self::CountStarted { .. } => "CountStarted",
            Self::Counted { .. } => "Counted",
            Self::CountSubmitted { .. } => "CountSubmitted",
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
            | Self::DroppedOff { task, .. }
            | Self::TaskTakenOver { task, .. }
            | Self::TaskOpened { task, .. }
            | Self::CountStarted { task, .. }
            | Self::Counted { task, .. }
            | Self::CountSubmitted { task, .. } => format!("task:{task}"),
            Self::ZeroChecked { task, location, .. } if task.is_none() => format!("location:{location}"),
            Self::ZeroChecked { task, .. } => format!("task:{task}"),
            Self::Moved { task, unit, item, .. } => match (task.is_none(), unit.is_none()) {
                (false, _) => format!("task:{task}"),
                (true, false) => format!("unit:{unit}"),
                (true, true) => format!("item:{item}"),
            },
            // Goods of an unknown code wait for their name, and nothing waits behind them.
            Self::UnknownReceived { receipt, raw, .. } => format!("unknown:{receipt}/{raw}"),
            Self::DeliveryOpened { receipt, .. }
            | Self::Received { receipt, .. }
            | Self::ReceiptClosed { receipt, .. } => format!("receipt:{receipt}"),
            Self::Approved { subject, .. } | Self::PhotoTaken { subject, .. } | Self::LabelPrinted { subject, .. } => {
                subject.clone()
            }
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
    /// `DroppedOff`, `Moved` of a whole handling unit and `ReceiptClosed` move what the book has in them;
    /// that is in the book, not in the fact, so they have no moves here: see [`content_moves`] and
    /// [`release_moves`].
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
            Self::Received { location, item, lot, units, handling_unit, .. } => units
                .iter()
                .map(|unit| Move {
                    item: item.clone(),
                    lot: lot.clone(),
                    serial: unit.serial.clone(),
                    qty: unit.qty,
                    from: Place {
                        location: SUPPLIER.into(),
                        handling_unit: HandlingUnitId::default(),
                        status: Status::Available,
                    },
                    to: Place { location: location.clone(), handling_unit: handling_unit.clone(), status: unit.status },
                })
                .collect(),
            Self::Moved { unit, item, units, status, from, to, into, .. } if unit.is_none() => units
                .iter()
                .map(|taken| Move {
                    item: item.clone(),
                    lot: taken.lot.clone(),
                    serial: taken.serial.clone(),
                    qty: taken.qty,
                    from: Place { location: from.clone(), handling_unit: taken.handling_unit.clone(), status: *status },
                    to: Place { location: to.clone(), handling_unit: into.clone(), status: *status },
                })
                .filter(|step| step.from != step.to)
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// What a receipt has of one item, lot and handling unit, good units only; they are in transit until
/// it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Awaiting {
    /// The item.
    pub item: ItemId,
    /// Its lot. Empty = none.
    pub lot: Lot,
    /// The serial number. Empty = none.
    pub serial: Serial,
    /// The handling unit it was received into. Empty = loose.
    pub handling_unit: HandlingUnitId,
    /// Units.
    pub qty: i64,
    /// Whether it is held: quarantined instead of available.
    pub hold: bool,
}

/// The moves of the close of a receipt: what it brought changes from in transit to available, or to
/// quarantined where it is held. `book` is the stock in transit of these items, wherever it is by now;
/// units are sought where they were received first.
#[must_use]
pub fn release_moves(awaiting: &[Awaiting], book: &[Stock]) -> Vec<Move> {
    let mut book: Vec<Stock> =
        book.iter().filter(|stock| stock.status == Status::InTransit && stock.qty > 0).cloned().collect();
    let mut moves = Vec::new();
    for wanted in awaiting {
        let mut left = wanted.qty;
        for same_unit in [true, false] {
            let here = book.iter_mut().filter(|stock| {
                stock.item == wanted.item
                    && stock.lot == wanted.lot
                    && stock.serial == wanted.serial
                    && (stock.handling_unit == wanted.handling_unit) == same_unit
            });
            for stock in here {
                let qty = left.min(stock.qty);
                if qty <= 0 {
                    continue;
                }
                (left, stock.qty) = (left - qty, stock.qty - qty);
                let place = |status| Place {
                    location: stock.location.clone(),
                    handling_unit: stock.handling_unit.clone(),
                    status,
                };
                moves.push(Move {
                    item: stock.item.clone(),
                    lot: stock.lot.clone(),
                    serial: stock.serial.clone(),
                    qty,
                    from: place(Status::InTransit),
                    to: place(if wanted.hold { Status::Quarantined } else { Status::Available }),
                });
            }
        }
    }
    moves
}

/// The moves of a handling unit: everything the book has in it goes to the location. A tote that is
/// dropped off and a pallet that is put away are one and the same.
#[must_use]
pub fn content_moves(content: &[Stock], to: &LocationId) -> Vec<Move> {
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
