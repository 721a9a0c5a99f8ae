//! Where a pick stands, and what is stored of it.

use super::path::open_of;
use crate::fact::{Fact, ShortReason, Units};
use crate::id::{HandlingUnitId, LineId, LocationId, Lot, TaskId};
use crate::scan::Label;
use crate::task::{Line, LineState, Task};
use crate::workflow::Meant;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Totes of one task that can be closed full at the most.
pub const CLOSED_MAX: usize = 64;
/// News that wait for the end of a line at the most; later ones are not announced.
pub const NEWS_MAX: usize = 8;

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Units in totes.
    pub picked: i64,
    /// Units of a batch that are in the tote of their order.
    #[serde(default)]
    pub sorted: i64,
    /// Where it stands.
    pub state: LineState,
}

impl Progress {
    pub(super) fn of(lines: &[Line]) -> Vec<Self> {
        lines.iter().map(|line| Self { picked: line.picked, sorted: line.sorted, state: line.state }).collect()
    }

    /// Units of a batch that are still in the common tote, for an order that still wants them.
    pub(super) fn unsorted(&self) -> i64 {
        if self.state == LineState::Cancelled { 0 } else { (self.picked - self.sorted).max(0) }
    }
}

/// The row that is stored with every step: small, whatever the size of the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The task.
    pub task: TaskId,
    /// Lines put last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<LineId>,
    /// What became of the totes.
    #[serde(default, skip_serializing_if = "Cart::is_plain")]
    pub cart: Cart,
    /// What is still to be announced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub news: Vec<News>,
    /// Where it stands.
    pub stage: Stage,
}

/// What became of the totes, beside which tote is in which slot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cart {
    /// Full totes that gave their slot to another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Closed>,
    /// Totes that were taken up where another zone had set them down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<HandlingUnitId>,
    /// Totes that are set down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<HandlingUnitId>,
    /// Whether what is left in the common tote of a batch stays there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rest_left: bool,
}

impl Cart {
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A full tote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// The slot it was in.
    pub slot: u8,
    /// The tote.
    pub tote: HandlingUnitId,
}

/// Something beside the present line changed. It is announced between two lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// What.
    pub what: Novelty,
    /// The order or task.
    pub code: String,
    /// Whether it is to be shown now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub due: bool,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Novelty {
    /// Something urgent arrived.
    Urgent,
    /// An order was cancelled; its open lines are gone.
    Cancelled,
    /// An order is on hold; its open lines are gone until it is released.
    Held,
}

/// Where a pick stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// A tote is needed for a slot: an empty one, or the one that another zone set down.
    Totes {
        /// The slot, from 1; 0 = the common tote of a batch.
        slot: u8,
    },
    /// Go to the location of a line.
    Location {
        /// The line.
        line: LineId,
    },
    /// Take the item; units are counted into the hand, and weighed where pieces differ.
    Item {
        /// The line.
        line: LineId,
        /// What is in the hand.
        hand: Hand,
    },
    /// Put what is in the hand into the tote.
    Tote {
        /// The line.
        line: LineId,
        /// What is in the hand.
        hand: Hand,
        /// The rest of the line is missing: recorded together with what was found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short: Option<Short>,
    },
    /// Why is it short?
    Short {
        /// The line.
        line: LineId,
        /// What is in the hand.
        hand: Hand,
        /// What was said so far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short: Option<Short>,
    },
    /// Bring the totes to their place.
    DropOff {
        /// Another place that was asked about; lapses with a power cut.
        #[serde(skip)]
        asked: Option<LocationId>,
    },
    /// The tote is full: another one for the same order. What is in the hand stays there.
    NextTote {
        /// The line.
        line: LineId,
        /// What is in the hand.
        hand: Hand,
        /// The rest of the line is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        short: Option<Short>,
    },
    /// The book says that nothing of the item is left: is the location empty now?
    Empty {
        /// The line that took the last of it.
        line: LineId,
    },
    /// A batch is picked: its units go from the common tote into those of the orders.
    Sort {
        /// The line whose tote is next. Empty = scan an item first.
        line: LineId,
        /// What is in the hand; `from` is the common tote it came out of.
        hand: Hand,
    },
    /// Bring the totes to their places one by one: a tote, then its location.
    DropOne {
        /// The tote. Empty = scan one first.
        tote: HandlingUnitId,
        /// Another place that was asked about; lapses with a power cut.
        #[serde(skip)]
        asked: Option<LocationId>,
    },
}

/// A reason for a shortage, not yet confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Short {
    /// Why.
    pub reason: ShortReason,
    /// Units found damaged.
    #[serde(default)]
    pub damaged: i64,
}

/// Units counted but not yet in a tote, and the label that is being read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hand {
    /// The units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Units>,
    /// Parts of the label of the next unit.
    #[serde(default, skip_serializing_if = "is_default")]
    pub label: Label,
    /// The handling unit the step was narrowed to; an empty one = the loose stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<HandlingUnitId>,
    /// Whether the number was typed.
    #[serde(default)]
    pub typed: bool,
    /// Whether the location was not scanned yet: a shortage declared on the way there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_the_way: bool,
    /// Other stock than was planned that a repeated scan said to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swap: Option<Swap>,
    /// The last of the units are still to be weighed; this is what a piece may weigh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_weigh: Option<PieceRange>,
    /// The lot that a count was asked for last, so that it is asked for once.
    #[serde(default, skip_serializing_if = "Lot::is_none")]
    pub reported: Lot,
    /// The code that was asked about: the same again swaps. Lapses with a power cut.
    #[serde(skip)]
    pub asked: Option<String>,
}

/// Other stock that is taken for a line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Swap {
    /// Its lot. Empty = any, or none.
    #[serde(default, skip_serializing_if = "Lot::is_none")]
    pub lot: Lot,
    /// Its handling unit. Empty = loose.
    #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
    pub handling_unit: HandlingUnitId,
}

/// What one piece of an item may weigh, in grams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceRange {
    /// At least.
    pub least: i64,
    /// At most.
    pub most: i64,
}

impl PieceRange {
    /// What so many pieces weigh at least and at most.
    #[must_use]
    pub fn of(self, pieces: i64) -> Self {
        Self { least: self.least.saturating_mul(pieces), most: self.most.saturating_mul(pieces) }
    }

    pub(super) fn holds(self, grams: i64) -> bool {
        (self.least..=self.most).contains(&grams)
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Hand {
    /// Units in it.
    #[must_use]
    pub fn qty(&self) -> i64 {
        self.units.iter().map(|unit| unit.qty).sum()
    }

    /// Pieces that are still to be weighed; 0 = none.
    #[must_use]
    pub fn unweighed(&self) -> i64 {
        self.to_weigh.and(self.units.last()).map_or(0, |unit| unit.qty)
    }

    /// What the next units of the same line begin with.
    pub(super) fn emptied(self) -> Self {
        Self { swap: self.swap, reported: self.reported, ..Self::default() }
    }
}

/// What can happen to a pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A scan.
    Scan(Meant),
    /// A number was typed: so many are in the hand.
    Typed(i64),
    /// Put this line last. At the sorting: leave the rest in the common tote.
    Skip,
    /// Something is missing.
    Short,
    /// Why it is missing.
    Reason(ShortReason),
    /// How many are damaged.
    Damaged(i64),
    /// It was found after all.
    Found,
    /// Give the task back.
    Release,
    /// The ERP changed the task; lines as they are shown now.
    Changed(Task, Arc<[Line]>),
    /// The scale says what the pieces that are to be weighed weigh together: grams, from a reading that is
    /// stable, twice equal and of a known unit.
    Weighed(i64),
    /// The tote is full.
    ToteFull,
    /// Whether the location is empty.
    Empty(bool),
    /// An own `Picked` of this task that still holds does not hold.
    Undo {
        /// Its epoch.
        epoch: u64,
        /// Its sequence number.
        seq: u64,
        /// The fact itself.
        fact: Fact,
    },
    /// Another task is urgent; announced between two lines.
    Urgent(TaskId),
}

/// How a pick ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// Everything is dropped off.
    Done,
    /// Given back.
    Released,
    /// Withdrawn by the ERP.
    Gone,
}

/// A tote that is still to be set down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToteLeft {
    /// The tote.
    pub tote: HandlingUnitId,
    /// Its slot.
    pub slot: u8,
    /// Where it goes.
    pub to: LocationId,
}

/// Units still to take of a line, by the progress beside it.
pub(super) fn is_open((line, progress): &(&Line, &Progress)) -> bool {
    open_of(line, progress) > 0
}
