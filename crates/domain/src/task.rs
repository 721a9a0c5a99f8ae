//! Tasks: work the ERP asks the floor to do, and their lines.

use crate::id::{
    DeviceId, HandlingUnitId, ItemId, LineId, LocationId, Lot, OperatorId, OrderId, OrderLineId, Serial, TaskId,
};
use crate::stock::Status;
use serde::{Deserialize, Serialize};

/// What a task asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskKind {
    /// Take goods for orders.
    #[default]
    Pick,
    /// Pack and ship.
    Pack,
    /// Receive.
    Receive,
    /// Put away.
    PutAway,
    /// Move.
    Move,
    /// Count.
    Count,
    /// Inspect a return.
    Return,
}

impl TaskKind {
    /// The name in SQL, on the wire and in `status`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pick => "pick",
            Self::Pack => "pack",
            Self::Receive => "receive",
            Self::PutAway => "put-away",
            Self::Move => "move",
            Self::Count => "count",
            Self::Return => "return",
        }
    }
}

/// How a pick is organised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PickMode {
    /// One order, one tote.
    #[default]
    Single,
    /// Several orders on one cart, a tote each.
    Cluster,
    /// Several orders in one tote, sorted into theirs at the end.
    Batch,
    /// The lines of one zone; the tote goes on to the next.
    Zone,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskState {
    /// Nobody works on it.
    #[default]
    Open,
    /// Somebody works on it.
    Claimed,
    /// All done.
    Done,
    /// Withdrawn.
    Cancelled,
}

/// One tote on the cart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Slot {
    /// Number on the cart, from 1; 0 = the common tote of a batch, which is for no order.
    pub slot: u8,
    /// The order that goes into it.
    pub order: OrderId,
    /// The tote standing there. Empty = none yet.
    #[serde(default)]
    pub tote: HandlingUnitId,
    /// Where this tote goes. Empty = where the others go.
    #[serde(default, skip_serializing_if = "LocationId::is_none")]
    pub drop_off: LocationId,
    /// Totes of this slot that were closed full and are still on the cart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<HandlingUnitId>,
    /// Where another zone set `tote` down, so that it is to be taken up there. Empty = it was not.
    #[serde(default, skip_serializing_if = "LocationId::is_none")]
    pub from: LocationId,
}

/// The head of a task; its lines are rows of their own, so that a change of one line of a task
/// of 2,000 is one small row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Task {
    /// Its identifier, also scannable.
    pub id: TaskId,
    /// What it asks for.
    #[serde(default)]
    pub kind: TaskKind,
    /// How it is organised.
    #[serde(default)]
    pub mode: PickMode,
    /// Higher comes first.
    #[serde(default)]
    pub priority: i64,
    /// When the carrier leaves, in milliseconds since 1970; 0 = no cut-off.
    #[serde(default)]
    pub cutoff_ms: i64,
    /// The zone of its first line.
    #[serde(default)]
    pub zone: String,
    /// Where it stands.
    #[serde(default)]
    pub state: TaskState,
    /// Who holds the claim. Empty = nobody.
    #[serde(default)]
    pub holder: OperatorId,
    /// The device that holds the claim. Empty = none.
    #[serde(default)]
    pub device: DeviceId,
    /// Number of lines.
    #[serde(default)]
    pub lines: u32,
    /// The totes of the cart, in the order of their slots.
    #[serde(default)]
    pub slots: Vec<Slot>,
    /// Where the totes go. Other locations of its kind are accepted after a question.
    #[serde(default)]
    pub drop_off: LocationId,
    /// When it was released, in milliseconds since 1970.
    #[serde(default)]
    pub released_ms: i64,
    /// Until when the claim holds, in milliseconds since 1970 of the core's clock; 0 = nobody holds it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub lease_until_ms: i64,
    /// Who left it unfinished: the lease ended, or the holder signed out. Empty = nobody.
    #[serde(default, skip_serializing_if = "OperatorId::is_none")]
    pub left_by: OperatorId,
    /// Orders on the cart that are on hold: their open lines were withdrawn, what is in totes of them is set aside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<OrderId>,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    /// Something is still to be done.
    #[default]
    Open,
    /// Done in full.
    Done,
    /// Closed with less than was asked.
    Short,
    /// Withdrawn.
    Cancelled,
}

/// Why a place was suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nothing was suggested.
    #[default]
    None,
    /// The item has this place as its own.
    Fixed,
    /// The same item is there.
    SameItem,
    /// It is empty and fits.
    Empty,
}

/// What a line of a put-away, move or count asks for beside what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// Put-away, move: the suggested place. Empty = none.
    #[serde(skip_serializing_if = "LocationId::is_none")]
    pub to: LocationId,
    /// Why it was suggested.
    #[serde(skip_serializing_if = "is_default")]
    pub why: Why,
    /// Further places that would do, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<LocationId>,
    /// The status of the stock to be moved.
    #[serde(skip_serializing_if = "is_default")]
    pub status: Status,
    /// Count: how often it was counted before; above 0 it is a recount.
    #[serde(skip_serializing_if = "is_default")]
    pub round: u32,
    /// Count: who counted it last. Empty = nobody.
    #[serde(skip_serializing_if = "OperatorId::is_none")]
    pub counted_by: OperatorId,
    /// Count: why it is to be counted: `zone`, `abc`, `short-pick`, `zero-check`, `negative`,
    /// `recount`, `asked`. Empty = planned.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub trigger: String,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A line of a task.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Line {
    /// Its identifier.
    pub id: LineId,
    /// The task it belongs to.
    pub task: TaskId,
    /// Its place on the path; smaller comes first.
    pub seq: i64,
    /// The order it is for.
    pub order: OrderId,
    /// The line of that order.
    pub order_line: OrderLineId,
    /// The slot of the cart that it goes into.
    pub slot: u8,
    /// Where to take it.
    pub location: LocationId,
    /// What to take.
    pub item: ItemId,
    /// Which lot was allocated. Empty = any.
    #[serde(default)]
    pub lot: Lot,
    /// Which unit was allocated. Empty = any.
    #[serde(default)]
    pub serial: Serial,
    /// Which handling unit was allocated. Empty = loose or any.
    #[serde(default)]
    pub handling_unit: HandlingUnitId,
    /// Units asked for.
    pub qty: i64,
    /// Units in totes.
    #[serde(default)]
    pub picked: i64,
    /// Units of a batch that were sorted out of the common tote into that of their order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sorted: i64,
    /// Where it stands.
    #[serde(default)]
    pub state: LineState,
    /// Put-away, move, count: what is planned.
    #[serde(default, skip_serializing_if = "is_default")]
    pub plan: Plan,
}

impl Line {
    /// Units still to take; 0 once closed.
    #[must_use]
    pub fn open_qty(&self) -> i64 {
        if self.state == LineState::Open { (self.qty - self.picked).max(0) } else { 0 }
    }
}
