//! Pick (workflows.md section 3): totes → location → item → quantity → tote → drop-off.
//!
//! The lines of a task are shared and never copied; what changes is small. A scan of a task of
//! 2,000 lines costs what a scan of a task of one line costs.

mod item;
mod refusal;
mod tote;

pub use refusal::Refusal;

use super::{Accepted, Class, Meant, Next, Site, Step, What};
use crate::fact::{Fact, ShortReason, Units};
use crate::id::{HandlingUnitId, LineId, LocationId, OrderId, TaskId};
use crate::master::LocationKind;
use crate::scan::{self, Label, Meaning};
use crate::task::{Line, LineState, Task};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// A pick task under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// The head of the task, with the totes in its slots.
    pub task: Task,
    /// What the planned drop-off location is for; others of its kind are accepted after a question.
    pub drop_off_kind: LocationKind,
    /// The lines as loaded.
    #[serde(with = "crate::shared")]
    pub lines: Arc<[Line]>,
    /// What happened to each of them since, same index.
    pub progress: Vec<Progress>,
    /// Lines that were put last, in the order in which they were.
    pub skipped: Vec<LineId>,
    /// Where the pick stands.
    pub stage: Stage,
}

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Units in totes.
    pub picked: i64,
    /// Where it stands.
    pub state: LineState,
}

/// The row that is stored with every step: small, whatever the size of the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The task.
    pub task: TaskId,
    /// Lines put last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<LineId>,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a pick stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// An empty tote is needed for a slot.
    Totes {
        /// The slot, from 1.
        slot: u8,
    },
    /// Go to the location of a line.
    Location {
        /// The line.
        line: LineId,
    },
    /// Take the item; units are counted into the hand.
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
    #[serde(default, skip_serializing_if = "label_is_empty")]
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
}

fn label_is_empty(label: &Label) -> bool {
    *label == Label::default()
}

impl Hand {
    /// Units in it.
    #[must_use]
    pub fn qty(&self) -> i64 {
        self.units.iter().map(|unit| unit.qty).sum()
    }
}

/// What can happen to a pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A scan.
    Scan(Meant),
    /// A number was typed: so many are in the hand.
    Typed(i64),
    /// Put this line last.
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

/// What an event makes of a pick.
pub type PickStep = Step<Pick, Exit, Refusal>;

impl Pick {
    /// A pick at its first step, or at the step it was left at by somebody.
    #[must_use]
    pub fn start(task: Task, lines: Arc<[Line]>, drop_off_kind: LocationKind) -> Self {
        let mut pick = Self {
            task,
            drop_off_kind,
            progress: progress_of(&lines),
            lines,
            skipped: Vec::new(),
            stage: Stage::DropOff { asked: None },
        };
        pick.stage = pick.next_stage(&LocationId::default());
        pick
    }

    /// The pick that was saved, over the lines as they are shown now. A stage whose line is gone
    /// or closed gives way to the next one.
    #[must_use]
    pub fn resume(saved: Saved, task: Task, lines: Arc<[Line]>, drop_off_kind: LocationKind) -> Self {
        let mut pick = Self {
            task,
            drop_off_kind,
            progress: progress_of(&lines),
            lines,
            skipped: saved.skipped,
            stage: saved.stage,
        };
        pick.settle();
        pick
    }

    /// What to store.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved { task: self.task.id.clone(), skipped: self.skipped.clone(), stage: self.stage.clone() }
    }

    /// The line that the stage is about.
    #[must_use]
    pub fn line(&self) -> Option<&Line> {
        match &self.stage {
            Stage::Location { line }
            | Stage::Item { line, .. }
            | Stage::Tote { line, .. }
            | Stage::Short { line, .. } => self.lines.iter().find(|l| l.id == *line),
            Stage::Totes { .. } | Stage::DropOff { .. } => None,
        }
    }

    /// Units in the hand.
    #[must_use]
    pub fn hand(&self) -> Option<&Hand> {
        match &self.stage {
            Stage::Item { hand, .. } | Stage::Tote { hand, .. } | Stage::Short { hand, .. } => Some(hand),
            _ => None,
        }
    }

    /// Units of a line still to take.
    #[must_use]
    pub fn open_qty(&self, line: &LineId) -> i64 {
        self.lines
            .iter()
            .zip(&self.progress)
            .find(|(l, _)| l.id == *line)
            .map_or(0, |(l, p)| if p.state == LineState::Open { (l.qty - p.picked).max(0) } else { 0 })
    }

    /// Lines that are closed, and all there are (withdrawn ones do not count).
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let closed = self.progress.iter().filter(|p| matches!(p.state, LineState::Done | LineState::Short)).count();
        let all = self.progress.iter().filter(|p| p.state != LineState::Cancelled).count();
        (closed, all)
    }

    /// The tote in a slot. Empty = none yet.
    #[must_use]
    pub fn tote_of(&self, slot: u8) -> HandlingUnitId {
        self.task.slots.iter().find(|s| s.slot == slot).map(|s| s.tote.clone()).unwrap_or_default()
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        match &self.stage {
            Stage::Totes { .. } => "pick.totes",
            Stage::Location { .. } => "pick.location",
            Stage::Item { hand, .. } if hand.units.is_empty() => "pick.item",
            Stage::Item { .. } => "pick.quantity",
            Stage::Tote { .. } => "pick.tote",
            Stage::Short { .. } => "pick.short",
            Stage::DropOff { .. } => "pick.drop-off",
        }
    }

    /// What the event makes of it.
    #[must_use]
    pub fn update(self, event: Event, site: &Site<'_>) -> PickStep {
        match event {
            Event::Scan(meant) => self.scan(&meant, site),
            Event::Typed(qty) => item::typed(self, qty, site),
            Event::Skip => self.skip(),
            Event::Short => self.short(),
            Event::Reason(reason) => self.reason(reason),
            Event::Damaged(qty) => self.damaged(qty),
            Event::Found => self.found(),
            Event::Release => self.release(),
            Event::Changed(task, lines) => self.changed(task, lines),
        }
    }

    fn scan(self, meant: &Meant, site: &Site<'_>) -> PickStep {
        match self.stage.clone() {
            Stage::Totes { slot } => tote::assign(self, slot, meant, site),
            Stage::Location { line } => self.location(&line, meant),
            Stage::Item { line, hand } => item::scan(self, &line, hand, meant, site),
            Stage::Tote { line, hand, short } => tote::put(self, &line, hand, short, meant, site),
            Stage::Short { line, hand, short } => self.confirm_short(&line, hand, short, meant),
            Stage::DropOff { asked } => tote::drop_off(self, asked, meant, site),
        }
    }

    fn location(mut self, line: &LineId, meant: &Meant) -> PickStep {
        let Some(needed) = self.lines.iter().find(|l| l.id == *line).map(|l| l.location.clone()) else {
            return self.refuse(Refusal::Scan(scan::Refusal::NotNow));
        };
        match meant.location() {
            Ok(found) if *found == needed => {
                self.stage = Stage::Item { line: line.clone(), hand: Hand::default() };
                self.accept(Class::StepComplete, What::Shelf, needed.0)
            }
            Ok(found) => self.refuse(Refusal::WrongLocation { scanned: found.clone(), needed }),
            Err(refusal @ scan::Refusal::WrongKind { .. }) => {
                let goods = meant.meanings.iter().find_map(|meaning| match meaning {
                    Meaning::Goods { label } => label.item.clone(),
                    _ => None,
                });
                self.refuse(match goods {
                    Some(scanned) => Refusal::NeedLocation { needed, scanned },
                    None => Refusal::Scan(refusal),
                })
            }
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    fn skip(mut self) -> PickStep {
        let line = match &self.stage {
            Stage::Location { line } => line.clone(),
            Stage::Item { line, hand } if hand.units.is_empty() => line.clone(),
            _ => return self.refuse(Refusal::Scan(scan::Refusal::NotNow)),
        };
        self.skipped.retain(|skipped| *skipped != line);
        self.skipped.push(line.clone());
        self.stage = self.next_stage(&LocationId::default());
        self.accept(Class::Accepted, What::Skipped, line.0)
    }

    fn short(mut self) -> PickStep {
        match self.stage.clone() {
            Stage::Item { line, hand } | Stage::Tote { line, hand, .. } if hand.qty() < self.open_qty(&line) => {
                self.stage = Stage::Short { line, hand, short: None };
                self.accept(Class::Accepted, What::Page, "")
            }
            // A shelf that cannot be reached is known before one stands at it.
            Stage::Location { line } => {
                self.stage = Stage::Short { line, hand: Hand { on_the_way: true, ..Hand::default() }, short: None };
                self.accept(Class::Accepted, What::Page, "")
            }
            _ => self.refuse(Refusal::Scan(scan::Refusal::NotNow)),
        }
    }

    fn reason(mut self, reason: ShortReason) -> PickStep {
        let Stage::Short { line, hand, .. } = self.stage.clone() else {
            return self.refuse(Refusal::Scan(scan::Refusal::NotNow));
        };
        self.stage = Stage::Short { line, hand, short: Some(Short { reason, damaged: 0 }) };
        self.accept(Class::Accepted, What::Page, "")
    }

    fn damaged(mut self, qty: i64) -> PickStep {
        let Stage::Short { line, hand, short: Some(Short { reason: ShortReason::Damaged, .. }) } = self.stage.clone()
        else {
            return self.refuse(Refusal::Scan(scan::Refusal::NotNow));
        };
        let missing = self.open_qty(&line) - hand.qty();
        if qty <= 0 {
            return self.refuse(Refusal::QtyBad);
        }
        if qty > missing {
            return self.refuse(Refusal::QtyOver { open: missing });
        }
        self.stage = Stage::Short { line, hand, short: Some(Short { reason: ShortReason::Damaged, damaged: qty }) };
        self.accept(Class::Accepted, What::Quantity, qty.to_string())
    }

    fn found(mut self) -> PickStep {
        let Stage::Short { line, hand, .. } = self.stage.clone() else {
            return self.refuse(Refusal::Scan(scan::Refusal::NotNow));
        };
        // Back to where the shortage was declared: one step nearer would skip the location's scan.
        self.stage = if hand.on_the_way { Stage::Location { line } } else { Stage::Item { line, hand } };
        self.accept(Class::Accepted, What::Page, "")
    }

    /// The shelf confirms a shortage. What was found goes to the tote first; with nothing in the
    /// hand the line closes here.
    fn confirm_short(mut self, line: &LineId, hand: Hand, short: Option<Short>, meant: &Meant) -> PickStep {
        let Some(row) = self.lines.iter().find(|l| l.id == *line).cloned() else {
            return self.refuse(Refusal::Scan(scan::Refusal::NotNow));
        };
        let ready = short.filter(|s| s.reason != ShortReason::Damaged || s.damaged > 0);
        let Some(short) = ready else {
            return self.refuse(Refusal::Scan(scan::Refusal::NotNow));
        };
        match meant.location() {
            Ok(found) if *found == row.location => {
                if hand.units.is_empty() {
                    let fact = self.close_short(&row, short);
                    self.stage = self.next_stage(&row.location);
                    let mut step = self.accept(Class::StepComplete, What::Short, row.location.0);
                    step.facts.push(fact);
                    return step;
                }
                self.stage = Stage::Tote { line: line.clone(), hand, short: Some(short) };
                self.accept(Class::StepComplete, What::Shelf, row.location.0)
            }
            Ok(found) => self.refuse(Refusal::WrongLocation { scanned: found.clone(), needed: row.location }),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    /// Closes a line for the unpicked remainder only.
    fn close_short(&mut self, row: &Line, short: Short) -> Fact {
        let missing = self.open_qty(&row.id);
        self.set_progress(&row.id, |p| p.state = LineState::Short);
        self.forget_skip(&row.id);
        Fact::PickedShort {
            task: self.task.id.clone(),
            line: row.id.clone(),
            location: row.location.clone(),
            item: row.item.clone(),
            qty: missing,
            reason: short.reason,
            damaged: short.damaged.min(missing),
            lot: row.lot.clone(),
            handling_unit: row.handling_unit.clone(),
        }
    }

    fn release(self) -> PickStep {
        if self.hand().is_some_and(|hand| !hand.units.is_empty()) || matches!(self.stage, Stage::DropOff { .. }) {
            return self.refuse(Refusal::Scan(scan::Refusal::NotNow));
        }
        let task = self.task.id.clone();
        Step {
            next: Next::Finish(Exit::Released),
            answer: Ok(Accepted::new(Class::StepComplete, What::Released, task.0.clone())),
            facts: vec![Fact::TaskReleased { task }],
        }
    }

    fn changed(mut self, task: Task, lines: Arc<[Line]>) -> PickStep {
        if task.state == crate::task::TaskState::Cancelled {
            return Step {
                next: Next::Finish(Exit::Gone),
                facts: Vec::new(),
                answer: Ok(Accepted::new(Class::Attention, What::Task, self.task.id.0)),
            };
        }
        let before = self.stage.clone();
        self.progress = progress_of(&lines);
        self.lines = lines;
        self.task = task;
        self.settle();
        let class = if self.stage == before { Class::Accepted } else { Class::Attention };
        self.accept(class, What::Page, "")
    }

    /// Brings the stage in line with the lines: one that has none, or a closed one, moves on, a
    /// drop-off waits while a line is open, and what is in the hand never passes what is open.
    fn settle(&mut self) {
        let line = match &self.stage {
            Stage::Totes { slot } => {
                if !self.tote_of(*slot).is_none() || !self.slot_is_needed(*slot) {
                    self.stage = self.next_stage(&LocationId::default());
                }
                return;
            }
            Stage::DropOff { .. } => {
                if self.next_line().is_some() {
                    self.stage = self.next_stage(&LocationId::default());
                }
                return;
            }
            Stage::Location { line }
            | Stage::Item { line, .. }
            | Stage::Tote { line, .. }
            | Stage::Short { line, .. } => line.clone(),
        };
        let open = self.open_qty(&line);
        let in_hand = self.hand().map_or(0, Hand::qty);
        self.stage = match self.stage.clone() {
            _ if open == 0 => self.next_stage(&LocationId::default()),
            Stage::Location { .. } if self.slot_without_tote().is_some() => self.next_stage(&LocationId::default()),
            Stage::Item { .. } | Stage::Tote { .. } | Stage::Short { .. } if in_hand > open => {
                Stage::Item { line, hand: Hand::default() }
            }
            Stage::Item { hand, .. } | Stage::Short { hand, .. } if in_hand == open => {
                Stage::Tote { line, hand, short: None }
            }
            Stage::Tote { hand, short: None, .. } if in_hand < open => Stage::Item { line, hand },
            stage => stage,
        };
    }

    /// The next open line: skipped ones last, in the order in which they were skipped.
    fn next_line(&self) -> Option<&Line> {
        self.next_line_but(None)
    }

    fn next_line_but(&self, but: Option<&LineId>) -> Option<&Line> {
        let open = || {
            self.lines
                .iter()
                .zip(&self.progress)
                .filter(|(line, p)| p.state == LineState::Open && line.qty > p.picked && Some(&line.id) != but)
                .map(|(line, _)| line)
        };
        let turn: HashMap<&LineId, usize> = self.skipped.iter().enumerate().map(|(n, id)| (id, n)).collect();
        open()
            .filter(|line| !turn.contains_key(&line.id))
            .min_by_key(|line| line.seq)
            .or_else(|| open().min_by_key(|line| turn.get(&line.id)))
    }

    /// The line after the present one, for "Then take".
    #[must_use]
    pub fn line_after(&self) -> Option<&Line> {
        let now = self.line().map(|line| line.id.clone());
        self.next_line_but(now.as_ref())
    }

    /// The stage that comes next for somebody who stands at `here`.
    fn next_stage(&self, here: &LocationId) -> Stage {
        if let Some(slot) = self.slot_without_tote() {
            return Stage::Totes { slot };
        }
        match self.next_line() {
            Some(line) if line.location == *here => Stage::Item { line: line.id.clone(), hand: Hand::default() },
            Some(line) => Stage::Location { line: line.id.clone() },
            None => Stage::DropOff { asked: None },
        }
    }

    /// The first slot that goods are still to go into and that has no tote.
    fn slot_without_tote(&self) -> Option<u8> {
        self.task.slots.iter().find(|slot| slot.tote.is_none() && self.slot_is_needed(slot.slot)).map(|slot| slot.slot)
    }

    fn slot_is_needed(&self, slot: u8) -> bool {
        let open = |line: &Line, p: &Progress| p.state == LineState::Open && line.qty > p.picked;
        self.lines.iter().zip(&self.progress).any(|(line, p)| line.slot == slot && open(line, p))
    }

    /// A line that is closed has no place among those put last, so that the saved row stays small.
    fn forget_skip(&mut self, line: &LineId) {
        if self.open_qty(line) == 0 {
            self.skipped.retain(|skipped| skipped != line);
        }
    }

    fn set_progress(&mut self, line: &LineId, change: impl FnOnce(&mut Progress)) {
        let found = self.lines.iter().position(|l| l.id == *line);
        if let Some(progress) = found.and_then(|n| self.progress.get_mut(n)) {
            change(progress);
        }
    }

    fn accept(self, class: Class, what: What, code: impl Into<String>) -> PickStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Ok(Accepted::new(class, what, code)) }
    }

    fn refuse(self, refusal: Refusal) -> PickStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Err(refusal) }
    }
}

fn progress_of(lines: &[Line]) -> Vec<Progress> {
    lines.iter().map(|line| Progress { picked: line.picked, state: line.state }).collect()
}

/// The order of a line.
fn order_of(pick: &Pick, slot: u8) -> OrderId {
    pick.task.slots.iter().find(|s| s.slot == slot).map(|s| s.order.clone()).unwrap_or_default()
}
