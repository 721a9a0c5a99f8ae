//! Put away and move: source → quantity → destination → empty now?
//!
//! A task has lines that say what goes where; without one, a person moves what is scanned. A whole
//! handling unit moves by its label alone, a part of the stock by location and item.

mod destination;
mod source;
mod state;

pub use super::refusal::Refusal;
pub use state::{Hand, Load, Pending, Saved, Stage};

use super::{Accepted, Class, Meant, Next, Site, Step, What};
use crate::fact::Fact;
use crate::id::{LineId, LocationId, OperatorId, TaskId};
use crate::reason::Reason;
use crate::scan::{self, Lookup};
use crate::shared::Shared;
use crate::task::{Line, LineState, Task, TaskKind, TaskState, Why};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A put-away or move under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PutAway {
    /// The head of the task.
    pub task: Task,
    /// The lines as loaded; none where a person moves something without a plan.
    pub lines: Shared<[Line]>,
    /// What happened to each of them since, same index.
    pub progress: Vec<Progress>,
    /// Whether a person moves something that nobody planned.
    pub ad_hoc: bool,
    /// How often another place was asked for since the line began.
    pub other: usize,
    /// Where it stands.
    pub stage: Stage,
    /// A question, or a refusal that a supervisor may set aside. Not stored: it lapses with a power cut.
    pub pending: Option<Pending>,
}

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Units moved.
    pub moved: i64,
    /// Where it stands.
    pub state: LineState,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A scan.
    Scan(Meant),
    /// A number was typed: so many are in the hand.
    Typed(i64),
    /// What is in the hand is all that moves.
    Enough,
    /// Show another place.
    Other,
    /// What is in the hand was put back; nothing was moved.
    Back,
    /// Whether the source is empty.
    Empty(bool),
    /// A supervisor allowed what was refused last. Whether this one may was checked before.
    Approved {
        /// Who.
        by: OperatorId,
    },
    /// Give the task back.
    Release,
    /// The ERP changed the task; lines as they are shown now.
    Changed(Task, Arc<[Line]>),
}

/// How it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// Everything is moved.
    Done,
    /// Given back.
    Released,
    /// Withdrawn by the ERP.
    Gone,
}

/// What an event makes of it.
pub type PutAwayStep = Step<PutAway, Exit, Refusal>;

impl PutAway {
    /// A task at its first step. `None` = no line is open.
    #[must_use]
    pub fn start(task: Task, lines: Arc<[Line]>) -> Option<Self> {
        let stage = Stage::Source { line: LineId::default(), at: LocationId::default(), hand: Hand::default() };
        let (progress, lines) = (progress_of(&lines), lines.into());
        let mut flow = Self { task, progress, lines, ad_hoc: false, other: 0, stage, pending: None };
        flow.stage = flow.next_stage()?;
        Some(flow)
    }

    /// "Move this": work that nobody planned, and the fact that opens it, to be committed with it.
    #[must_use]
    pub fn ad_hoc(task: TaskId) -> (Self, Fact) {
        let opened = Fact::TaskOpened { task: task.clone(), kind: TaskKind::Move, location: LocationId::default() };
        let stage = Stage::Source { line: LineId::default(), at: LocationId::default(), hand: Hand::default() };
        let task = Task { id: task, kind: TaskKind::Move, ..Task::default() };
        let lines = Shared::default();
        (Self { task, lines, progress: Vec::new(), ad_hoc: true, other: 0, stage, pending: None }, opened)
    }

    /// What was saved, over the lines as they are shown now. A stage whose line is gone or closed gives
    /// way to the next one. `None` = no line is open any more.
    #[must_use]
    pub fn resume(saved: Saved, task: Task, lines: Arc<[Line]>) -> Option<Self> {
        let mut flow = Self {
            task,
            progress: progress_of(&lines),
            lines: lines.into(),
            ad_hoc: saved.ad_hoc,
            other: saved.other,
            stage: saved.stage,
            pending: None,
        };
        flow.settle().then_some(flow)
    }

    /// What to store.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved { task: self.task.id.clone(), ad_hoc: self.ad_hoc, other: self.other, stage: self.stage.clone() }
    }

    /// The line that the stage is about. `None` = nobody planned it.
    #[must_use]
    pub fn line(&self) -> Option<&Line> {
        self.row(self.line_id())
    }

    /// What is in the hand, where units of an item are moved.
    #[must_use]
    pub fn hand(&self) -> Option<&Hand> {
        match &self.stage {
            Stage::Source { hand, .. } | Stage::Destination { load: Load::Part { hand, .. }, .. } => Some(hand),
            _ => None,
        }
    }

    /// Where it is taken: as scanned, or as planned. Empty = not known yet.
    #[must_use]
    pub fn source(&self) -> LocationId {
        match &self.stage {
            Stage::Source { at, .. } if !at.is_none() => at.clone(),
            Stage::Source { .. } => self.line().map(|line| line.location.clone()).unwrap_or_default(),
            Stage::Destination { load, .. } => load.from().clone(),
            Stage::EmptyNow { location, .. } => location.clone(),
        }
    }

    /// The place that is suggested now, and why. `None` = none.
    #[must_use]
    pub fn suggested(&self) -> Option<(&LocationId, Why)> {
        let plan = &self.line()?.plan;
        let first = (!plan.to.is_none()).then_some((&plan.to, plan.why));
        let all: Vec<_> = first.into_iter().chain(plan.others.iter().map(|place| (place, Why::None))).collect();
        all.get(self.other.checked_rem(all.len())?).copied()
    }

    /// Whether a supervisor can let through what was refused last.
    #[must_use]
    pub fn awaits_approval(&self) -> bool {
        matches!(self.pending, Some(Pending::Approval { .. }))
    }

    /// Units of a line still to move.
    #[must_use]
    pub fn open_qty(&self, line: &LineId) -> i64 {
        self.lines
            .iter()
            .zip(&self.progress)
            .find(|(l, _)| l.id == *line)
            .map_or(0, |(l, p)| if p.state == LineState::Open { (l.qty - p.moved).max(0) } else { 0 })
    }

    /// Lines that are closed, and all there are (withdrawn ones do not count).
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let closed = self.progress.iter().filter(|p| matches!(p.state, LineState::Done | LineState::Short)).count();
        let all = self.progress.iter().filter(|p| p.state != LineState::Cancelled).count();
        (closed, all)
    }

    /// The line after the present one.
    #[must_use]
    pub fn line_after(&self) -> Option<&Line> {
        let now = self.line_id();
        self.open_lines().filter(|line| line.id != *now).min_by_key(|line| line.seq)
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        match &self.stage {
            Stage::Source { hand, .. } if hand.units.is_empty() => "put-away.source",
            Stage::Source { .. } => "put-away.quantity",
            Stage::Destination { .. } => "put-away.destination",
            Stage::EmptyNow { .. } => "put-away.empty",
        }
    }

    /// What the step needs from the store beside what the scan itself names.
    pub fn widen(&self, lookup: &mut Lookup) {
        lookup.about = true;
        lookup.here = self.source();
        match &self.stage {
            Stage::Source { hand, .. } => {
                let named = self.line().map(|line| (line.item.clone(), line.handling_unit.clone())).unwrap_or_default();
                // The item that a label began with is not named by the next part of it.
                let begun = hand.label.item.clone().filter(|_| named.0.is_none());
                lookup.item = if hand.units.is_empty() { begun.unwrap_or(named.0) } else { hand.item.clone() };
                lookup.inside.extend(Some(named.1).filter(|unit| !unit.is_none()));
            }
            Stage::Destination { load: Load::Whole { unit, .. }, .. } => lookup.inside.push(unit.id.clone()),
            Stage::Destination { load: Load::Part { hand, .. }, .. } => lookup.item = hand.item.clone(),
            Stage::EmptyNow { item, .. } => lookup.item = item.clone(),
        }
    }

    /// What the event makes of it.
    #[must_use]
    pub fn update(mut self, event: Event, site: &Site<'_>) -> PutAwayStep {
        let pending = self.pending.take();
        match event {
            Event::Scan(meant) => match self.stage.clone() {
                Stage::Source { line, at, hand } => {
                    let now = source::Now::new(&self, line, at, hand, pending);
                    source::scan(self, now, &meant, site)
                }
                Stage::Destination { line, load } => destination::scan(self, pending, line, load, &meant, site),
                Stage::EmptyNow { .. } => self.not_now(),
            },
            Event::Typed(qty) => source::typed(self, pending, qty, site),
            Event::Enough => source::enough(self),
            Event::Other => self.next_place(),
            Event::Back => self.back(),
            Event::Empty(empty) => self.checked(empty),
            Event::Approved { by } => self.approved(pending, by),
            Event::Release => self.release(),
            Event::Changed(task, lines) => self.changed(pending, task, lines),
        }
    }

    fn next_place(mut self) -> PutAwayStep {
        let more = self.line().is_some_and(|line| !line.plan.others.is_empty());
        if !more || matches!(self.stage, Stage::EmptyNow { .. }) {
            return self.not_now();
        }
        self.other = self.other.wrapping_add(1);
        let shown = self.suggested().map(|(place, _)| place.0.clone()).unwrap_or_default();
        self.accept(Class::Accepted, What::Page, shown)
    }

    fn back(mut self) -> PutAwayStep {
        let line = match &self.stage {
            Stage::Source { line, at, hand } if !at.is_none() || *hand != Hand::default() => line.clone(),
            Stage::Destination { line, .. } => line.clone(),
            _ => return self.not_now(),
        };
        self.stage = Stage::Source { line, at: LocationId::default(), hand: Hand::default() };
        // The line may have been closed by others while its goods were in the hand.
        if self.task.state == TaskState::Cancelled || !self.settle() {
            return self.gone();
        }
        self.accept(Class::Accepted, What::Page, "")
    }

    /// The answer to "empty now?". A line that was moved short closes with yes: the rest goes back.
    fn checked(mut self, empty: bool) -> PutAwayStep {
        let Stage::EmptyNow { line, location, item } = self.stage.clone() else { return self.not_now() };
        if empty && self.open_qty(&line) > 0 {
            self.set_progress(&line, |progress| progress.state = LineState::Short);
        }
        let task = self.task.id.clone();
        let fact = Fact::ZeroChecked { task, line, location: location.clone(), item, empty };
        self.go_on(vec![fact], What::Checked, location.0)
    }

    /// Exactly what was refused last goes through.
    fn approved(mut self, pending: Option<Pending>, by: OperatorId) -> PutAwayStep {
        let Some(Pending::Approval { stage, item, qty }) = pending else { return self.not_now() };
        self.stage = stage;
        let (subject, decision) = (format!("task:{}", self.task.id), Reason::Allocated);
        let fact = Fact::Approved { by: by.clone(), decision, subject, item, qty };
        let mut step = self.accept(Class::Accepted, What::Approved, by.0);
        step.facts.push(fact);
        step
    }

    fn release(self) -> PutAwayStep {
        match &self.stage {
            Stage::Source { hand, .. } if hand.units.is_empty() => {}
            _ => return self.not_now(),
        }
        let task = self.task.id.clone();
        Step {
            next: Next::Finish(Exit::Released),
            answer: Ok(Accepted::new(Class::StepComplete, What::Released, task.0.clone())),
            facts: vec![Fact::TaskReleased { task }],
        }
    }

    /// What is on the way is put somewhere first, whatever became of its line: the goods are in the hand, and
    /// the core judges the fact.
    fn changed(mut self, pending: Option<Pending>, task: Task, lines: Arc<[Line]>) -> PutAwayStep {
        let before = (self.stage.clone(), self.open_qty(self.line_id()));
        let cancelled = task.state == TaskState::Cancelled;
        (self.progress, self.lines, self.task) = (progress_of(&lines), lines.into(), task);
        if (cancelled && !self.carries()) || !self.settle() {
            return self.gone();
        }
        let same = self.stage == before.0;
        // A question is about the units that were open when it was asked.
        self.pending = pending.filter(|_| same && self.open_qty(self.line_id()) == before.1);
        let class = if same { Class::Accepted } else { Class::Attention };
        self.accept(class, What::Page, "")
    }

    fn gone(self) -> PutAwayStep {
        let answer = Ok(Accepted::new(Class::Attention, What::Task, self.task.id.0));
        Step { next: Next::Finish(Exit::Gone), facts: Vec::new(), answer }
    }

    /// Whether something was taken and not put anywhere yet.
    fn carries(&self) -> bool {
        matches!(self.stage, Stage::Destination { .. })
    }

    /// Brings the stage in line with the lines: one about a closed line moves on, and what is taken never passes
    /// what is open. What is on the way already stays. Whether anything is left to do.
    fn settle(&mut self) -> bool {
        let line = self.line_id().clone();
        if self.ad_hoc || self.carries() || matches!(self.stage, Stage::EmptyNow { .. }) {
            return true;
        }
        if !self.open_lines().any(|open| open.id == line) {
            self.other = 0;
            return self.next_stage().map(|stage| self.stage = stage).is_some();
        }
        if self.hand().is_some_and(|hand| hand.qty() > self.open_qty(&line)) {
            self.stage = Stage::Source { line, at: LocationId::default(), hand: Hand::default() };
        }
        true
    }

    /// After a fact: the next stage, or the end.
    fn go_on(mut self, facts: Vec<Fact>, what: What, code: String) -> PutAwayStep {
        let ended = self.ad_hoc || self.task.state == TaskState::Cancelled;
        let next = if ended { None } else { self.next_stage() };
        let Some(stage) = next else {
            let answer = Ok(Accepted::new(Class::TaskComplete, what, code));
            return Step { next: Next::Finish(Exit::Done), facts, answer };
        };
        self.other = 0;
        self.stage = stage;
        Step { facts, ..self.accept(Class::StepComplete, what, code) }
    }

    /// The source of the next open line.
    fn next_stage(&self) -> Option<Stage> {
        let line = self.open_lines().min_by_key(|line| line.seq)?.id.clone();
        Some(Stage::Source { line, at: LocationId::default(), hand: Hand::default() })
    }

    /// A line without item is about a whole handling unit, whatever is in it.
    fn open_lines(&self) -> impl Iterator<Item = &Line> {
        let open =
            |line: &Line, p: &Progress| p.state == LineState::Open && (line.qty > p.moved || line.item.is_none());
        self.lines.iter().zip(&self.progress).filter(move |(line, p)| open(line, p)).map(|(line, _)| line)
    }

    fn line_id(&self) -> &LineId {
        match &self.stage {
            Stage::Source { line, .. } | Stage::Destination { line, .. } | Stage::EmptyNow { line, .. } => line,
        }
    }

    fn row(&self, line: &LineId) -> Option<&Line> {
        self.lines.iter().find(|row| row.id == *line)
    }

    fn set_progress(&mut self, line: &LineId, change: impl FnOnce(&mut Progress)) {
        let found = self.lines.iter().position(|l| l.id == *line);
        if let Some(progress) = found.and_then(|n| self.progress.get_mut(n)) {
            change(progress);
        }
    }

    fn accept(self, class: Class, what: What, code: impl Into<String>) -> PutAwayStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Ok(Accepted::new(class, what, code)) }
    }

    fn refuse(self, refusal: impl Into<Refusal>) -> PutAwayStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Err(refusal.into()) }
    }

    fn not_now(self) -> PutAwayStep {
        self.refuse(scan::Refusal::NotNow)
    }
}

fn progress_of(lines: &[Line]) -> Vec<Progress> {
    lines.iter().map(|line| Progress { moved: line.picked, state: line.state }).collect()
}
