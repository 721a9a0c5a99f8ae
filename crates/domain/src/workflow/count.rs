//! Cycle count: location → contents → the location again.
//!
//! The count is blind: nothing here keeps what the book has. It is read with every scan, to tell what
//! is booked from what is not, and forgotten. What was counted is in the facts, a scan each, so that
//! the stored row stays small whatever the location holds.

mod contents;
mod judge;
mod state;

pub use super::refusal::Refusal;
pub use contents::ZEROS_MAX;
pub use judge::{Judged, Verdict, judge};
pub use state::{Key, Last, Pending, Saved, Sheet, Stage, Tally, Totals, totals_of};

use super::{Accepted, Class, Meant, Next, Site, Step, What};
use crate::fact::Fact;
use crate::id::{CountId, ItemId, LineId, LocationId, OperatorId, TaskId};
use crate::master::{LocationKind, RecountBy, Settings};
use crate::scan::{self, Lookup, Meaning};
use crate::shared::Shared;
use crate::task::{Line, LineState, Task, TaskKind, TaskState};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A count under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// The head of the task.
    pub task: Task,
    /// The lines as loaded; none where a person counts without a plan.
    pub lines: Shared<[Line]>,
    /// Where each of them stands, same index.
    pub states: Vec<LineState>,
    /// Whether nobody planned it.
    pub ad_hoc: bool,
    /// Who counts.
    pub operator: OperatorId,
    /// Who may count again.
    pub recount_by: RecountBy,
    /// Where it stands.
    pub stage: Stage,
    /// What the present count has, from its facts.
    #[serde(with = "state::pairs")]
    pub totals: Totals,
    /// A question. Not stored: it lapses with a power cut.
    pub pending: Option<Pending>,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A scan.
    Scan {
        /// What was scanned.
        meant: Meant,
        /// A new identifier, for the count that the scan of a location begins; unused otherwise.
        count: CountId,
    },
    /// A number was typed: the last scan stood for so many units. What it gave is filled up to that
    /// number by a `Counted` of its own; a number below it is refused, for a correction is an undo.
    Typed(i64),
    /// Nothing is there.
    Nothing,
    /// Something is there after all.
    Back,
    /// The last own `Counted` of this count that still holds does not hold.
    Undo {
        /// Its epoch.
        epoch: u64,
        /// Its sequence number.
        seq: u64,
        /// The fact itself.
        fact: Fact,
    },
    /// Give the task back.
    Release,
    /// The ERP changed the task; lines as they are shown now.
    Changed(Task, Arc<[Line]>),
}

/// How it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// Everything is counted.
    Done,
    /// Given back.
    Released,
    /// Withdrawn by the ERP.
    Gone,
}

/// What an event makes of it.
pub type CountStep = Step<Count, Exit, Refusal>;

impl Count {
    /// A task at its first step. `None` = no line is open. Lines that this operator may not count come last.
    #[must_use]
    pub fn start(task: Task, lines: Arc<[Line]>, operator: OperatorId, settings: &Settings) -> Option<Self> {
        let stage = Stage::Location { line: LineId::default(), needed: LocationId::default() };
        let mut flow = Self {
            task,
            states: states_of(&lines),
            lines: lines.into(),
            ad_hoc: false,
            operator,
            recount_by: settings.recount_by,
            stage,
            totals: Totals::new(),
            pending: None,
        };
        flow.stage = flow.next_stage()?;
        Some(flow)
    }

    /// "Count here": work that nobody planned, and the fact that opens it, to be committed with it.
    /// `location` empty = the one that is scanned first.
    #[must_use]
    pub fn ad_hoc(task: TaskId, location: LocationId, operator: OperatorId, settings: &Settings) -> (Self, Fact) {
        let opened = Fact::TaskOpened { task: task.clone(), kind: TaskKind::Count, location: location.clone() };
        let flow = Self {
            task: Task { id: task, kind: TaskKind::Count, ..Task::default() },
            lines: Shared::default(),
            states: Vec::new(),
            ad_hoc: true,
            operator,
            recount_by: settings.recount_by,
            stage: Stage::Location { line: LineId::default(), needed: location },
            totals: Totals::new(),
            pending: None,
        };
        (flow, opened)
    }

    /// What was saved, over the lines as they are shown now. `facts` are the `Counted` of the saved
    /// count that still hold. `None` = no line is open any more.
    #[must_use]
    pub fn resume<'a>(
        saved: Saved,
        task: Task,
        lines: Arc<[Line]>,
        operator: OperatorId,
        settings: &Settings,
        facts: impl IntoIterator<Item = &'a Fact>,
    ) -> Option<Self> {
        let mut flow = Self {
            task,
            states: states_of(&lines),
            lines: lines.into(),
            ad_hoc: saved.ad_hoc,
            operator,
            recount_by: settings.recount_by,
            stage: saved.stage,
            totals: Totals::new(),
            pending: None,
        };
        if let Some(id) = flow.count_id() {
            flow.totals = totals_of(id, facts);
        }
        flow.settle().then_some(flow)
    }

    /// What to store.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved { task: self.task.id.clone(), ad_hoc: self.ad_hoc, stage: self.stage.clone() }
    }

    /// Whether an operator may count a line: who counts again is the site's choice.
    ///
    /// # Errors
    /// [`Refusal::CountSame`] where somebody else must, [`Refusal::NotAllowed`] where only whoever counted
    /// it may.
    pub fn may_start(line: &Line, operator: &OperatorId, settings: &Settings) -> Result<(), Refusal> {
        may_count(line, operator, settings.recount_by)
    }

    /// The line that the stage is about. `None` = nobody planned it.
    #[must_use]
    pub fn line(&self) -> Option<&Line> {
        let id = self.line_id();
        self.lines.iter().find(|line| line.id == *id)
    }

    /// Whether it was counted before.
    #[must_use]
    pub fn is_recount(&self) -> bool {
        self.line().is_some_and(|line| line.plan.round > 0)
    }

    /// The location: where to go, or where the count is. Empty = any.
    #[must_use]
    pub fn location(&self) -> &LocationId {
        match &self.stage {
            Stage::Location { needed, .. } => needed,
            Stage::Contents { location, .. } | Stage::Nothing { location, .. } => location,
        }
    }

    /// The count under way. `None` = the location was not scanned yet.
    #[must_use]
    pub fn count_id(&self) -> Option<&CountId> {
        match &self.stage {
            Stage::Location { .. } => None,
            Stage::Contents { count, .. } | Stage::Nothing { count, .. } => Some(count),
        }
    }

    /// The only item that is counted. `None` = everything.
    #[must_use]
    pub fn spot(&self) -> Option<&ItemId> {
        self.line().map(|line| &line.item).filter(|item| !item.is_none())
    }

    /// Units counted of an item, over all lots and handling units.
    #[must_use]
    pub fn total_of(&self, item: &ItemId) -> i64 {
        self.totals.iter().filter(|(key, _)| key.item == *item).fold(0, |sum, (_, qty)| sum.saturating_add(*qty))
    }

    /// What was scanned last, for the page.
    #[must_use]
    pub fn sheet(&self) -> Option<&Sheet> {
        match &self.stage {
            Stage::Contents { sheet, .. } => Some(sheet),
            _ => None,
        }
    }

    /// Lines that are closed, and all there are (withdrawn ones do not count).
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let closed = self.states.iter().filter(|state| matches!(state, LineState::Done | LineState::Short)).count();
        let all = self.states.iter().filter(|state| **state != LineState::Cancelled).count();
        (closed, all)
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        match &self.stage {
            Stage::Location { .. } => "count.location",
            Stage::Contents { .. } => "count.contents",
            Stage::Nothing { .. } => "count.nothing",
        }
    }

    /// What the step needs from the store beside what the scan itself names.
    pub fn widen(&self, lookup: &mut Lookup) {
        lookup.about = true;
        lookup.here = self.location().clone();
        // The item that a label began with is not named by the next part of it.
        let begun = self.sheet().and_then(|sheet| sheet.label.item.as_ref());
        lookup.item = self.spot().or(begun).cloned().unwrap_or_default();
    }

    /// What the event makes of it.
    #[must_use]
    pub fn update(mut self, event: Event, site: &Site<'_>) -> CountStep {
        let pending = self.pending.take();
        match event {
            Event::Scan { meant, count } => match self.stage.clone() {
                Stage::Location { line, needed } => self.begin(line, needed, &meant, count, site),
                Stage::Contents { sheet, .. } => contents::scan(self, pending, sheet, &meant, site),
                Stage::Nothing { location, .. } => contents::nothing(self, &location, &meant, site),
            },
            Event::Typed(qty) => contents::typed(self, qty),
            Event::Nothing => self.nothing(),
            Event::Back => self.back(),
            Event::Undo { epoch, seq, fact } => contents::undo(self, epoch, seq, &fact),
            Event::Release => self.release(),
            Event::Changed(task, lines) => self.changed(pending, task, lines),
        }
    }

    /// The location begins the count.
    fn begin(mut self, line: LineId, needed: LocationId, meant: &Meant, count: CountId, site: &Site<'_>) -> CountStep {
        let scanned = match meant.location() {
            Ok(id) => id.clone(),
            Err(scan::Refusal::WrongKind { .. })
                if meant.meanings.iter().any(|meaning| matches!(meaning, Meaning::Goods { .. })) =>
            {
                return self.refuse(Refusal::NeedLocation { needed });
            }
            Err(refusal) => return self.refuse(refusal),
        };
        if !needed.is_none() && scanned != needed {
            return self.refuse(Refusal::WrongLocation { scanned, needed });
        }
        let kind = site.known.locations.iter().find(|own| own.id == scanned).map(|own| own.kind);
        if matches!(kind, Some(LocationKind::Virtual | LocationKind::Transit)) {
            return self.refuse(Refusal::PlaceForbidden { scanned, needed });
        }
        let row = self.line();
        if let Some(Err(refusal)) = row.map(|row| Self::may_start(row, &self.operator, site.settings)) {
            return self.refuse(refusal);
        }
        let fact = Fact::CountStarted {
            count: count.clone(),
            task: self.task.id.clone(),
            line: line.clone(),
            location: scanned.clone(),
            item: row.map(|row| row.item.clone()).unwrap_or_default(),
        };
        self.totals.clear();
        self.stage = Stage::Contents { line, count, location: scanned.clone(), sheet: Sheet::default() };
        Step { facts: vec![fact], ..self.accept(Class::StepComplete, What::Shelf, scanned.0) }
    }

    fn nothing(mut self) -> CountStep {
        match self.stage.clone() {
            Stage::Contents { line, count, location, .. } if self.totals.is_empty() => {
                self.stage = Stage::Nothing { line, count, location };
                self.accept(Class::Accepted, What::Page, "")
            }
            _ => self.not_now(),
        }
    }

    fn back(mut self) -> CountStep {
        let Stage::Nothing { line, count, location } = self.stage.clone() else { return self.not_now() };
        self.stage = Stage::Contents { line, count, location, sheet: Sheet::default() };
        self.accept(Class::Accepted, What::Page, "")
    }

    fn release(self) -> CountStep {
        if !self.totals.is_empty() {
            return self.not_now();
        }
        let task = self.task.id.clone();
        Step {
            next: Next::Finish(Exit::Released),
            answer: Ok(Accepted::new(Class::StepComplete, What::Released, task.0.clone())),
            facts: vec![Fact::TaskReleased { task }],
        }
    }

    fn changed(mut self, pending: Option<Pending>, task: Task, lines: Arc<[Line]>) -> CountStep {
        let id = self.task.id.0.clone();
        let gone = task.state == TaskState::Cancelled;
        let before = self.stage.clone();
        (self.states, self.lines, self.task) = (states_of(&lines), lines.into(), task);
        if gone || !self.settle() {
            return Step {
                next: Next::Finish(Exit::Gone),
                facts: Vec::new(),
                answer: Ok(Accepted::new(Class::Attention, What::Task, id)),
            };
        }
        let same = self.stage == before;
        self.pending = pending.filter(|_| same);
        let class = if same { Class::Accepted } else { Class::Attention };
        self.accept(class, What::Page, "")
    }

    /// A stage about a closed line moves on. Where others counted it meanwhile, what is counted here is submitted
    /// all the same: the core compares. Whether anything is left to do.
    fn settle(&mut self) -> bool {
        let line = self.line_id().clone();
        let withdrawn = |(row, state): (&Line, &LineState)| row.id == line && *state == LineState::Cancelled;
        let compared = !self.totals.is_empty() && !self.lines.iter().zip(&self.states).any(withdrawn);
        if self.ad_hoc || compared || self.open_lines().any(|open| open.id == line) {
            return true;
        }
        self.totals.clear();
        self.next_stage().map(|stage| self.stage = stage).is_some()
    }

    /// After the submission: the next line, or the end.
    fn go_on(mut self, facts: Vec<Fact>) -> CountStep {
        let (line, code) = (self.line_id().clone(), self.location().0.clone());
        let found = self.lines.iter().position(|row| row.id == line);
        if let Some(state) = found.and_then(|n| self.states.get_mut(n)) {
            *state = LineState::Done;
        }
        self.totals.clear();
        let next = if self.ad_hoc { None } else { self.next_stage() };
        let Some(stage) = next else {
            let answer = Ok(Accepted::new(Class::TaskComplete, What::Count, code));
            return Step { next: Next::Finish(Exit::Done), facts, answer };
        };
        self.stage = stage;
        Step { facts, ..self.accept(Class::StepComplete, What::Count, code) }
    }

    fn next_stage(&self) -> Option<Stage> {
        let barred = |line: &Line| may_count(line, &self.operator, self.recount_by).is_err();
        let line = self.open_lines().min_by_key(|line| (barred(line), line.seq))?;
        Some(Stage::Location { line: line.id.clone(), needed: line.location.clone() })
    }

    fn open_lines(&self) -> impl Iterator<Item = &Line> {
        let open = |(_, state): &(&Line, &LineState)| **state == LineState::Open;
        self.lines.iter().zip(&self.states).filter(open).map(|(line, _)| line)
    }

    fn line_id(&self) -> &LineId {
        match &self.stage {
            Stage::Location { line, .. } | Stage::Contents { line, .. } | Stage::Nothing { line, .. } => line,
        }
    }

    fn accept(self, class: Class, what: What, code: impl Into<String>) -> CountStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Ok(Accepted::new(class, what, code)) }
    }

    fn refuse(self, refusal: impl Into<Refusal>) -> CountStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Err(refusal.into()) }
    }

    fn not_now(self) -> CountStep {
        self.refuse(scan::Refusal::NotNow)
    }
}

fn may_count(line: &Line, operator: &OperatorId, by: RecountBy) -> Result<(), Refusal> {
    let before = &line.plan.counted_by;
    if line.plan.round == 0 || before.is_none() {
        return Ok(());
    }
    match by {
        RecountBy::Other if before == operator => Err(Refusal::CountSame),
        RecountBy::Same if before != operator => Err(Refusal::NotAllowed),
        _ => Ok(()),
    }
}

fn states_of(lines: &[Line]) -> Vec<LineState> {
    lines.iter().map(|line| line.state).collect()
}
