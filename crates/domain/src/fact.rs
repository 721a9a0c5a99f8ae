//! Facts: immutable records of what a person did or saw. The name of a variant is the type of
//! the fact on the wire and for ever; a changed meaning is a new version or a new fact.

mod backed;
mod kind;
mod moves;
mod units;

pub use moves::{Awaiting, content_moves, release_moves};
pub use units::{ReceivedUnits, ShortReason, Units};

use crate::id::{
    CartonTypeId, CountId, DeliveryId, HandlingUnitId, InspectionId, ItemId, LineId, LocationId, Lot, OperatorId,
    OrderId, OrderLineId, PhotoId, ReceiptId, RmaId, Serial, TaskId,
};
use crate::master::{HandlingUnitKind, IsoDate};
use crate::reason::Reason;
use crate::returns::{ChecklistAnswer, Disposition, Grade, ReturnReason};
use crate::stock::Status;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

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
        /// What for: `damaged`, `unknown`, `pack`.
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
        /// Why it was printed again, by code: `torn`, `lost`, `unreadable`, `other`; `reopened` where its carton was
        /// opened and closed again, `carrier` where the carrier's data came after an internal label. Empty = the
        /// first print.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        /// Of a carton, whether it is our own label, the carrier's data not having been known. `None` = nobody said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        internal: Option<bool>,
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
    /// Other stock of the item than the line names was taken for it, after a question.
    Substituted {
        /// The task.
        task: TaskId,
        /// The line.
        line: LineId,
        /// Where.
        location: LocationId,
        /// The item.
        item: ItemId,
        /// What the line named; `qty` = the units that are swapped.
        asked: Units,
        /// What is taken instead.
        taken: Units,
    },
    /// Something is elsewhere than the book says: the place is to be counted.
    CountAsked {
        /// The task it was met in. Empty = none.
        #[serde(default)]
        task: TaskId,
        /// Where.
        location: LocationId,
        /// Which item. Empty = everything there.
        #[serde(default, skip_serializing_if = "ItemId::is_none")]
        item: ItemId,
        /// The lot that was seen. Empty = none.
        #[serde(default, skip_serializing_if = "Lot::is_none")]
        lot: Lot,
        /// The handling unit that was seen. Empty = none.
        #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
        handling_unit: HandlingUnitId,
    },
    /// A unit of a batch was sorted from the common tote into the tote of its order.
    Sorted {
        /// The task.
        task: TaskId,
        /// The line.
        line: LineId,
        /// The item.
        item: ItemId,
        /// The common tote.
        from: HandlingUnitId,
        /// The tote of the order.
        tote: HandlingUnitId,
        /// How many of which lot or serial.
        units: Vec<Units>,
    },
    /// A tote that another zone set down was taken up again.
    ToteTaken {
        /// The task.
        task: TaskId,
        /// The tote.
        tote: HandlingUnitId,
        /// Where it stood.
        location: LocationId,
    },
    /// A carton was opened for an order.
    CartonOpened {
        /// The order.
        order: OrderId,
        /// The pack task. Empty = none.
        #[serde(default)]
        task: TaskId,
        /// The carton: its own label.
        carton: HandlingUnitId,
        /// Its type.
        carton_type: CartonTypeId,
        /// The bench.
        location: LocationId,
    },
    /// Units were verified and put into a carton.
    Packed {
        /// The order.
        order: OrderId,
        /// The line of the order.
        line: OrderLineId,
        /// Into which carton.
        carton: HandlingUnitId,
        /// The bench.
        location: LocationId,
        /// What.
        item: ItemId,
        /// How many of which lot or serial; the handling unit is the tote they came in.
        units: Vec<Units>,
    },
    /// Units were taken out of a carton again. A closed carton is open by that, and its label is void.
    Unpacked {
        /// The order.
        order: OrderId,
        /// The line of the order.
        line: OrderLineId,
        /// Out of which carton.
        carton: HandlingUnitId,
        /// The bench.
        location: LocationId,
        /// What.
        item: ItemId,
        /// How many of which lot or serial; the handling unit is the tote they go back into, empty = loose.
        units: Vec<Units>,
    },
    /// A carton was weighed.
    CartonWeighed {
        /// The order.
        order: OrderId,
        /// The carton.
        carton: HandlingUnitId,
        /// What the scale said, in grams.
        grams: i64,
        /// What was expected, in grams; 0 = an item's weight is not known.
        #[serde(default)]
        expected_grams: i64,
        /// `WEIGHT_DIFF` where a supervisor allowed it; its `Approved` is before it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        because: Vec<Reason>,
    },
    /// A carton was closed.
    CartonClosed {
        /// The order.
        order: OrderId,
        /// The carton.
        carton: HandlingUnitId,
        /// The bench.
        location: LocationId,
    },
    /// The label of a carton was seen on it.
    Labelled {
        /// The order.
        order: OrderId,
        /// The carton.
        carton: HandlingUnitId,
    },
    /// An order was packed: what is not in a carton by now is not sent with it.
    OrderPacked {
        /// The order.
        order: OrderId,
        /// The pack task. Empty = none.
        #[serde(default)]
        task: TaskId,
        /// Whether everything that was ordered is in cartons.
        complete: bool,
    },
    /// A carton was loaded, and has left.
    Shipped {
        /// The order.
        order: OrderId,
        /// The carton.
        carton: HandlingUnitId,
        /// The dock of its carrier.
        location: LocationId,
    },
    /// A return was begun.
    ReturnOpened {
        /// Its name.
        inspection: InspectionId,
        /// The RMA. Empty = nobody announced it.
        #[serde(default, skip_serializing_if = "RmaId::is_none")]
        rma: RmaId,
        /// The order it came from. Empty = not known.
        #[serde(default, skip_serializing_if = "OrderId::is_none")]
        order: OrderId,
        /// The bench.
        location: LocationId,
    },
    /// Somebody with the role decided otherwise than the policy. The inspection that it belongs to follows.
    DispositionOverridden {
        /// The return.
        inspection: InspectionId,
        /// What.
        item: ItemId,
        /// Units.
        qty: i64,
        /// What the policy proposed.
        proposed: Disposition,
        /// What was chosen.
        chosen: Disposition,
        /// Who chose.
        by: OperatorId,
        /// Why, by code.
        reason: String,
    },
    /// Returned units were inspected and put to their place. The only thing that a refund follows from.
    ReturnInspected {
        /// The return.
        inspection: InspectionId,
        /// The RMA. Empty = nobody announced it.
        #[serde(default, skip_serializing_if = "RmaId::is_none")]
        rma: RmaId,
        /// The order it was matched to. Empty = to none.
        #[serde(default, skip_serializing_if = "OrderId::is_none")]
        order: OrderId,
        /// The line of that order. Empty = none.
        #[serde(default, skip_serializing_if = "OrderLineId::is_none")]
        line: OrderLineId,
        /// What.
        item: ItemId,
        /// Its lot. Empty = none.
        #[serde(default, skip_serializing_if = "Lot::is_none")]
        lot: Lot,
        /// Its serial number. Empty = none.
        #[serde(default, skip_serializing_if = "Serial::is_none")]
        serial: Serial,
        /// Units.
        qty: i64,
        /// How good they are.
        grade: Grade,
        /// Why they came back.
        reason: ReturnReason,
        /// The answers to the checklist, by code.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answers: Vec<ChecklistAnswer>,
        /// What becomes of them.
        disposition: Disposition,
        /// What they weigh, in grams; 0 = not weighed.
        #[serde(default, skip_serializing_if = "units::is_zero")]
        grams: i64,
        /// Photographs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<PhotoId>,
        /// Where they were put.
        location: LocationId,
        /// Into which handling unit. Empty = loose.
        #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
        handling_unit: HandlingUnitId,
        /// Rules that a supervisor set aside: `WRONG_LOT`, `SERIAL_SEEN`, `WEIGHT_DIFF`; each has its `Approved`
        /// before it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        because: Vec<Reason>,
    },
    /// An exception was answered by whoever it was given to.
    ExceptionAnswered {
        /// Which.
        exception: String,
        /// `approve`, `decline`, `done`, `pass-on`.
        answer: String,
        /// The words. Empty = none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
        /// To whom it is passed on. Empty = to nobody.
        #[serde(default, skip_serializing_if = "OperatorId::is_none")]
        to: OperatorId,
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
