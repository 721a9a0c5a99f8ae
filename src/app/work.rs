//! The work list: choosing a task by tap or scan.

use super::{Answer, App, Effect, Flow, Found, Now, PickFlow, Refusal as AnyRefusal, Signal, TaskData, Turn};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::TaskId;
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{self, Kind, Wants};
use floorhand_domain::task::{Task, TaskKind, TaskState};
use floorhand_domain::workflow::pick::Pick;
use floorhand_domain::workflow::{Accepted, Class, Meant, What};
use serde::Serialize;

/// Tasks kept in the list at the most; more are offered when these are done.
pub const WORK_ROWS: usize = 50;

/// Why a task was not opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// Withdrawn, or done.
    Gone {
        /// Which.
        task: TaskId,
    },
    /// Somebody else works on it.
    Claimed {
        /// Which.
        task: TaskId,
        /// Who.
        holder: String,
    },
    /// The role does not allow it.
    NotAllowed {
        /// Which.
        task: TaskId,
    },
    /// What any step can answer.
    #[serde(untagged)]
    Scan(scan::Refusal),
}

impl Refusal {
    /// Its code.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Scan(inner) => inner.reason(),
            Self::Gone { .. } => Reason::Gone,
            Self::Claimed { .. } => Reason::Claimed,
            Self::NotAllowed { .. } => Reason::NotAllowed,
        }
    }
}

/// The tasks below the first that are on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkWindow {
    /// Index of the first of them in the list.
    pub first: usize,
    /// How many fit.
    pub rows: usize,
    /// The page shown, from 0.
    pub page: u32,
    /// Pages there are.
    pub pages: u32,
}

impl App {
    /// Which tasks are on the screen: a band and the page buttons each take the place of a row.
    #[must_use]
    pub fn work_window(&self) -> WorkWindow {
        let others = u32::try_from(self.work.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let band = match &self.answer {
            Answer::Accepted { accepted, .. } => !matches!(accepted.what, What::Page | What::Task),
            Answer::Notice(_) => true,
            Answer::None | Answer::Refused(_) => !self.link.online || self.link.fresh,
        };
        let fit = self.look.text.work_rows().saturating_sub(u32::from(band)).max(1);
        let rows = if others <= fit { fit } else { fit.saturating_sub(1).max(1) };
        let pages = others.div_ceil(rows).max(1);
        let page = self.work_page.min(pages - 1);
        let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        WorkWindow { first: 1 + index(page * rows), rows: index(rows), page, pages }
    }

    /// The task that the scan names, by its own code or by a tote that belongs to it.
    #[must_use]
    pub fn task_named(&self, known: &scan::Known, text: &str) -> Option<TaskId> {
        if let Some(task) = known.tasks.iter().find(|task| task.id.as_str() == text) {
            return Some(task.id.clone());
        }
        let unit = known.handling_units.iter().find(|unit| unit.id.as_str() == text)?;
        self.work.iter().find(|task| task.slots.iter().any(|slot| slot.tote == unit.id)).map(|task| task.id.clone())
    }

    pub(super) fn work_scan(mut self, meant: &Meant, now: &Now, found: &Found) -> (Turn, Result<Accepted, AnyRefusal>) {
        let result = match (&found.task, meant.fit(&Wants::only(Kind::Task))) {
            (Some(data), Ok(_)) => {
                let data = data.clone();
                match self.check(&data) {
                    Ok(()) => return self.open(data, now),
                    Err(refusal) => refusal,
                }
            }
            (None, Ok(_)) => Refusal::Scan(scan::Refusal::UnknownCode),
            (_, Err(refusal)) => Refusal::Scan(refusal),
        };
        let refusal = AnyRefusal::Work(result);
        self.show_refusal(refusal.clone(), meant.text.clone(), found);
        (self.turn(), Err(refusal))
    }

    /// Whether a task is free for whoever is signed in, as far as its row says.
    #[must_use]
    pub fn may_take(&self, task: &Task) -> bool {
        let mine = self.session.as_ref().is_some_and(|s| s.operator == task.holder);
        task.state == TaskState::Open || mine || task.holder.is_none()
    }

    /// A tap on a task.
    pub(super) fn choose_task(mut self, now: &Now, found: &Found) -> Turn {
        let Some(data) = found.task.clone() else { return self.turn() };
        match self.check(&data) {
            Ok(()) => self.open(data, now).0,
            Err(refusal) => {
                self.show_refusal(AnyRefusal::Work(refusal), String::new(), found);
                let mut turn = self.turn();
                turn.effects.push(Effect::Signal(Signal::Refused));
                turn.effects.push(Effect::LoadWork);
                turn
            }
        }
    }

    fn check(&self, data: &TaskData) -> Result<(), Refusal> {
        let task = data.task.id.clone();
        let roles = self.session.as_ref().map(|s| s.roles.as_slice()).unwrap_or_default();
        if data.task.kind == TaskKind::Pick && !roles.contains(&Role::Pick) {
            return Err(Refusal::NotAllowed { task });
        }
        if data.task.kind != TaskKind::Pick || matches!(data.task.state, TaskState::Done | TaskState::Cancelled) {
            return Err(Refusal::Gone { task });
        }
        if !data.free {
            return Err(Refusal::Claimed { task, holder: data.holder.clone() });
        }
        Ok(())
    }

    fn open(mut self, data: TaskData, _now: &Now) -> (Turn, Result<Accepted, AnyRefusal>) {
        let task = data.task.id.clone();
        let accepted = Accepted::new(Class::StepComplete, What::Task, task.0.clone());
        self.page = None;
        self.accepted(accepted.clone(), String::new());
        self.flow = Flow::Pick(Box::new(PickFlow {
            pick: Pick::start(data.task, data.lines, data.drop_off_kind),
            catalogue: data.catalogue,
        }));
        let mut turn = self.turn();
        turn.facts.push(Fact::TaskClaimed { task });
        turn.effects.push(Effect::Signal(Signal::StepComplete));
        (turn, Ok(accepted))
    }

    pub(super) fn show_work(mut self) -> Turn {
        self.flow = Flow::Work;
        self.page = None;
        self.typed.clear();
        self.answer = Answer::None;
        let mut turn = self.turn();
        turn.effects.push(Effect::LoadWork);
        turn
    }
}
