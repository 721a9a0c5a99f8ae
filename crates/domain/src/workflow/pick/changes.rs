//! What changes beside the scans: the ERP's changes, news, what is undone, given back or looked at.

use super::{Exit, Hand, NEWS_MAX, News, Novelty, Pick, PickStep, Progress, Stage};
use crate::fact::Fact;
use crate::id::{LineId, OrderId, TaskId};
use crate::task::{Line, LineState, Task, TaskState};
use crate::workflow::{Accepted, Class, Next, Step, What};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

impl Pick {
    pub(super) fn changed(mut self, task: Task, lines: Arc<[Line]>) -> PickStep {
        if task.state == TaskState::Cancelled {
            return Step {
                next: Next::Finish(Exit::Gone),
                facts: Vec::new(),
                answer: Ok(Accepted::new(Class::Attention, What::Task, self.task.id.0)),
            };
        }
        let before = self.stage.clone();
        self.hear(&task, &lines);
        self.progress = Progress::of(&lines);
        self.lines = lines.into();
        self.task = task;
        self.settle();
        let class = if self.stage == before { Class::Accepted } else { Class::Attention };
        self.accept(class, What::Page, "")
    }

    /// Notes what a change brings that a person should be told: orders cancelled, held, urgent.
    fn hear(&mut self, task: &Task, lines: &[Line]) {
        let known: HashMap<&LineId, LineState> = self.rows().map(|(line, p)| (&line.id, p.state)).collect();
        let orders: HashSet<&OrderId> = self.lines.iter().map(|line| &line.order).collect();
        let mut found: Vec<(Novelty, String)> = Vec::new();
        for line in lines {
            let before = known.get(&line.id);
            if line.state == LineState::Cancelled && before.is_some_and(|state| *state != LineState::Cancelled) {
                let held = task.held.contains(&line.order);
                found.push((if held { Novelty::Held } else { Novelty::Cancelled }, line.order.0.clone()));
            } else if line.state == LineState::Open && before.is_none() && !orders.contains(&line.order) {
                found.push((Novelty::Urgent, line.order.0.clone()));
            }
        }
        if task.priority > self.task.priority {
            found.push((Novelty::Urgent, task.id.0.clone()));
        }
        found.into_iter().for_each(|(what, code)| self.note(what, code));
    }

    fn note(&mut self, what: Novelty, code: String) {
        let known = self.news.iter().any(|one| one.what == what && one.code == code);
        if !known && self.news.len() < NEWS_MAX {
            self.news.push(News { what, code, due: false });
        }
    }

    pub(super) fn urgent(mut self, task: TaskId) -> PickStep {
        self.note(Novelty::Urgent, task.0);
        self.accept(Class::Accepted, What::Page, "")
    }

    /// Whether nothing is under way that a word would disturb.
    fn between_lines(&self) -> bool {
        match &self.stage {
            Stage::Location { .. } | Stage::Totes { .. } | Stage::DropOff { .. } | Stage::DropOne { .. } => true,
            Stage::Sort { line, .. } => line.is_none(),
            _ => false,
        }
    }

    pub(super) fn release(self) -> PickStep {
        let busy = match &self.stage {
            Stage::DropOff { .. } | Stage::DropOne { .. } | Stage::Sort { .. } | Stage::Empty { .. } => true,
            _ => self.hand().is_some_and(|hand| !hand.units.is_empty()),
        };
        if busy {
            return self.not_now();
        }
        let task = self.task.id.clone();
        Step {
            next: Next::Finish(Exit::Released),
            answer: Ok(Accepted::new(Class::StepComplete, What::Released, task.0.clone())),
            facts: vec![Fact::TaskReleased { task }],
        }
    }

    /// Whether the location is empty, as the book says.
    pub(super) fn emptied(mut self, empty: bool) -> PickStep {
        let Stage::Empty { line } = self.stage.clone() else { return self.not_now() };
        let Some(row) = self.row(&line).cloned() else { return self.not_now() };
        // It says nothing about the line, which stands as it is.
        let fact = Fact::ZeroChecked {
            task: self.task.id.clone(),
            line: LineId::default(),
            location: row.location.clone(),
            item: row.item.clone(),
            empty,
        };
        self.stage = self.after_put(&row, Hand::default());
        Step { facts: vec![fact], ..self.accept(Class::StepComplete, What::Checked, row.location.0) }
    }

    /// After units went into a tote: the rest of the line, or what comes next.
    pub(super) fn after_put(&self, row: &Line, hand: Hand) -> Stage {
        if self.open_qty(&row.id) > 0 {
            Stage::Item { line: row.id.clone(), hand }
        } else {
            self.next_stage(&row.location)
        }
    }

    /// A `Picked` of this task does not hold, as long as nothing builds on it: its tote is not set down, its
    /// units are not sorted, its line is not closed short or cancelled. The line is open again.
    pub(super) fn undo(mut self, epoch: u64, seq: u64, fact: &Fact) -> PickStep {
        let free = match &self.stage {
            Stage::Location { .. }
            | Stage::Totes { .. }
            | Stage::Empty { .. }
            | Stage::DropOff { .. }
            | Stage::DropOne { .. } => true,
            Stage::Item { hand, .. } | Stage::Sort { hand, .. } => hand.units.is_empty(),
            Stage::Tote { .. } | Stage::Short { .. } | Stage::NextTote { .. } => false,
        };
        let Fact::Picked { task, line, tote, units, item, .. } = fact else { return self.not_now() };
        let qty: i64 = units.iter().map(|unit| unit.qty).sum();
        let holds = self.rows().find(|(row, _)| row.id == *line).is_some_and(|(_, p)| {
            matches!(p.state, LineState::Open | LineState::Done) && p.sorted == 0 && p.picked >= qty
        });
        if !free || !holds || *task != self.task.id || self.cart.dropped.contains(tote) {
            return self.not_now();
        }
        self.set_progress(line, |progress| {
            progress.picked -= qty;
            progress.state = LineState::Open;
        });
        self.stage = match self.slot_without_tote() {
            Some(slot) => Stage::Totes { slot },
            None => Stage::Location { line: line.clone() },
        };
        let code = item.0.clone();
        Step { facts: vec![Fact::Undone { epoch, seq }], ..self.accept(Class::Accepted, What::Undone, code) }
    }
}

/// Between two lines what changed meanwhile is told: with the tone of attention, unless the change itself is
/// the event, whose answer says so already.
pub(super) fn announce(mut step: PickStep, before: Option<&LineId>, changed: bool) -> PickStep {
    let Next::Continue(pick) = &mut step.next else { return step };
    let moved_on = before.is_some() && pick.line_id() != before;
    if pick.news.iter().all(|one| one.due) || !(moved_on || pick.between_lines()) {
        return step;
    }
    pick.news.iter_mut().for_each(|one| one.due = true);
    if let (false, Ok(accepted)) = (changed, &mut step.answer) {
        accepted.class = Class::Attention;
    }
    step
}
