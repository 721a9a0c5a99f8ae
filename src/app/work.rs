//! The work list: choosing a task by tap or scan.

use super::{
    Answer, App, DeliveriesFlow, Effect, Flow, Found, Now, PickFlow, Refusal as AnyRefusal, Signal, TaskData, Turn,
    Under,
};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{LocationId, OperatorId, TaskId};
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{self, Kind, Wants};
use floorhand_domain::task::{Line, LineState, Slot, Task, TaskKind, TaskState};
use floorhand_domain::workflow::count::Count;
use floorhand_domain::workflow::pick::Pick;
use floorhand_domain::workflow::put_away::{self, PutAway};
use floorhand_domain::workflow::{Accepted, Class, Meant, What};
use serde::{Deserialize, Serialize};

/// Tasks kept in the list at the most; more are offered when these are done.
pub const WORK_ROWS: usize = 50;

/// Why a task was not opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Somebody left it: again to take it over.
    TakeOver {
        /// Which.
        task: TaskId,
        /// Who.
        holder: String,
    },
    /// Somebody else must count again.
    CountSame {
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
            Self::TakeOver { .. } => Reason::TakeOver,
            Self::CountSame { .. } => Reason::CountSame,
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

/// The role that a kind of work needs. `None` = this app does not do it.
#[must_use]
pub fn role_of(kind: TaskKind) -> Option<Role> {
    match kind {
        TaskKind::Pick => Some(Role::Pick),
        TaskKind::PutAway | TaskKind::Move => Some(Role::Stock),
        TaskKind::Count => Some(Role::Count),
        TaskKind::Receive => Some(Role::Receive),
        TaskKind::Pack => Some(Role::Pack),
        TaskKind::Return => Some(Role::Returns),
    }
}

impl App {
    /// The tasks that whoever is signed in may do; what can be taken comes before what somebody else has
    /// left here.
    #[must_use]
    pub fn permitted(&self, mut tasks: Vec<Task>) -> Vec<Task> {
        tasks.retain(|task| role_of(task.kind).is_some_and(|role| self.may(role)));
        tasks.sort_by_key(|task| !self.may_take(task));
        tasks
    }

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
        // A delivery opens by its own number, an order in it, an announced pallet.
        if found.task.is_none()
            && let Some(delivery) = found.delivery.clone()
        {
            return self.open_delivery(*delivery, now, found);
        }
        // Several are offered, to whoever may receive.
        if found.task.is_none() && self.may(Role::Receive) && self.deliveries_named(meant, now, &found.known).len() > 1
        {
            self.flow = Flow::Deliveries(DeliveriesFlow::default());
            let (mut turn, result) = self.deliveries_scan(meant.clone(), now, found);
            turn.effects.push(Effect::LoadDeliveries);
            return (turn, result);
        }
        // An order is packed by its number, its tote, its carton.
        if found.task.is_none() && !self.orders_named(meant, now, &found.known).is_empty() {
            return self.bench_scan(meant, now, found);
        }
        let asked = self.asked.take();
        // A tote stands for the task that it belongs to.
        let by_tote =
            |data: &TaskData| meant.tote().is_ok_and(|unit| data.task.slots.iter().any(|slot| slot.tote == unit.id));
        let result = match (&found.task, meant.fit(&Wants::only(Kind::Task))) {
            (Some(data), fit) if fit.is_ok() || by_tote(data) => {
                let data = data.clone();
                self.asked = asked;
                match self.check(&data) {
                    Ok(()) => return self.open(data, now, found),
                    Err(refusal) => refusal,
                }
            }
            (_, Ok(_)) => Refusal::Scan(scan::Refusal::UnknownCode),
            (_, Err(refusal)) => Refusal::Scan(refusal),
        };
        self.cannot(result, meant.text.clone(), found)
    }

    /// Whether a task is free for whoever is signed in, as far as its row says.
    #[must_use]
    pub fn may_take(&self, task: &Task) -> bool {
        let mine = self.session.as_ref().is_some_and(|s| s.operator == task.holder);
        task.state == TaskState::Open || mine || task.holder.is_none()
    }

    /// A tap on a task.
    pub(super) fn choose_task(self, now: &Now, found: &Found) -> Turn {
        let Some(data) = found.task.clone() else { return self.turn() };
        match self.check(&data) {
            Ok(()) => self.open(data, now, found).0,
            Err(refusal) => {
                let (mut turn, _) = self.cannot(refusal, String::new(), found);
                turn.effects.push(Effect::Signal(Signal::Refused));
                turn.effects.push(Effect::LoadWork);
                turn
            }
        }
    }

    fn check(&self, data: &TaskData) -> Result<(), Refusal> {
        let task = data.task.id.clone();
        let role = role_of(data.task.kind);
        if role.is_some_and(|role| !self.may(role)) {
            return Err(Refusal::NotAllowed { task });
        }
        if role.is_none() || matches!(data.task.state, TaskState::Done | TaskState::Cancelled) {
            return Err(Refusal::Gone { task });
        }
        let me = self.session.as_ref().map(|session| session.operator.clone()).unwrap_or_default();
        // Two may receive one delivery; nobody holds it.
        if matches!(data.task.kind, TaskKind::Receive | TaskKind::Return) {
            return Ok(());
        }
        if self.left_by(data).is_some() {
            if self.asked.as_ref() == Some(&task) {
                return Ok(());
            }
            return Err(Refusal::TakeOver { task, holder: data.holder.clone() });
        }
        if !data.free {
            return Err(Refusal::Claimed { task, holder: data.holder.clone() });
        }
        let counted = |line: &&Line| line.state == LineState::Open;
        if data.task.kind == TaskKind::Count
            && !data.lines.is_empty()
            && data.lines.iter().filter(counted).all(|line| Count::may_start(line, &me, &self.settings).is_err())
        {
            return Err(Refusal::CountSame { task });
        }
        Ok(())
    }

    /// Who left the task, so that it is to be taken over. `None` = nobody, or whoever is signed in.
    fn left_by(&self, data: &TaskData) -> Option<OperatorId> {
        let me = self.session.as_ref().map(|session| &session.operator);
        let by = if data.task.left_by.is_none() { &data.task.holder } else { &data.task.left_by };
        (data.left && !by.is_none() && Some(by) != me).then(|| by.clone())
    }

    fn open(mut self, data: TaskData, now: &Now, found: &Found) -> (Turn, Result<Accepted, AnyRefusal>) {
        let task = data.task.id.clone();
        if data.task.kind == TaskKind::Receive {
            return match found.delivery.clone() {
                Some(delivery) => self.open_delivery(*delivery, now, found),
                None => self.cannot(Refusal::Gone { task }, String::new(), found),
            };
        }
        if data.task.kind == TaskKind::Pack {
            let taken = self.left_by(&data).map(|from| Fact::TaskTakenOver { task: task.clone(), from });
            return match found.order.clone() {
                Some(order) => self.open_order(*order, taken),
                None => self.cannot(Refusal::Gone { task }, String::new(), found),
            };
        }
        if data.task.kind == TaskKind::Return {
            return match found.returned.clone() {
                Some(data) => self.open_return(*data, None, now, found),
                None => self.cannot(Refusal::Gone { task }, String::new(), found),
            };
        }
        let accepted = Accepted::new(Class::StepComplete, What::Task, task.0.clone());
        let fact = match self.left_by(&data) {
            Some(from) => Fact::TaskTakenOver { task: task.clone(), from },
            None => Fact::TaskClaimed { task: task.clone() },
        };
        let operator = self.session.as_ref().map(|session| session.operator.clone()).unwrap_or_default();
        let kept = self.kept.iter().position(|kept| kept.doing.subject() == task.as_str());
        let kept = kept.map(|at| self.kept.remove(at).doing);
        let resumed = kept.and_then(|doing| self.resumed(doing, Some(data.clone()), None, &operator));
        let flow = resumed.or_else(|| self.begun(data, operator));
        let Some(flow) = flow else {
            return self.cannot(Refusal::Gone { task }, String::new(), found);
        };
        self.page = None;
        self.asked = None;
        self.typed.clear();
        self.accepted(accepted.clone(), String::new());
        self.flow = flow;
        let mut turn = self.turn();
        turn.facts.push(fact);
        turn.effects.push(Effect::Signal(Signal::StepComplete));
        (turn, Ok(accepted))
    }

    /// A task at its first step. `None` = nothing of it is open.
    fn begun(&self, data: TaskData, operator: OperatorId) -> Option<Flow> {
        Some(match data.task.kind {
            TaskKind::PutAway | TaskKind::Move => {
                let at = match data.lines.is_empty() {
                    // It was opened here, and nobody planned a line of it.
                    true => PutAway::ad_hoc(data.task.id).0,
                    false => PutAway::start(data.task, data.lines)?,
                };
                Flow::PutAway(Box::new(Under::new(at, data.catalogue)))
            }
            TaskKind::Count => {
                let at = match data.lines.is_empty() {
                    true => Count::ad_hoc(data.task.id, LocationId::default(), operator, &self.settings).0,
                    false => Count::start(data.task, data.lines, operator, &self.settings)?,
                };
                Flow::Count(Box::new(Under::new(at, data.catalogue)))
            }
            _ => Flow::Pick(Box::new(PickFlow {
                pick: Pick::start(data.task, data.lines, data.drop_off_kind),
                catalogue: data.catalogue,
            })),
        })
    }

    fn cannot(mut self, refusal: Refusal, text: String, found: &Found) -> (Turn, Result<Accepted, AnyRefusal>) {
        self.asked = match &refusal {
            Refusal::TakeOver { task, .. } => Some(task.clone()),
            _ => None,
        };
        let refusal = AnyRefusal::Work(refusal);
        self.show_refusal(refusal.clone(), text, found);
        (self.turn(), Err(refusal))
    }

    /// Whether somebody else works on the task at another device.
    pub(super) fn is_elsewhere(&self, data: &TaskData) -> bool {
        !data.free && data.task.device.as_str() != self.station.device
    }

    /// Whether nothing of the task under way is in the hands: no goods, no tote, no count that was begun.
    fn rests(&self) -> bool {
        match &self.flow {
            Flow::Pick(flow) => {
                let carries = flow.pick.task.slots.iter().any(|slot| !slot.tote.is_none());
                !carries && flow.pick.hand().is_none_or(|hand| hand.units.is_empty())
            }
            Flow::PutAway(flow) => match &flow.at.stage {
                put_away::Stage::Source { hand, .. } => hand.units.is_empty(),
                _ => false,
            },
            Flow::Count(flow) => flow.at.count_id().is_none(),
            _ => false,
        }
    }

    pub(super) fn show_work(mut self) -> Turn {
        self.asked = None;
        self.flow = Flow::Work;
        self.page = None;
        self.typed.clear();
        self.answer = Answer::None;
        let mut turn = self.turn();
        turn.effects.push(Effect::LoadWork);
        turn
    }
}

impl App {
    /// The core gave this pick to somebody else: what is in our totes is set down, the open lines are theirs.
    pub(super) fn keep_own_totes(&self, data: &mut TaskData) {
        if let Flow::Pick(flow) = &self.flow {
            own_totes(data, &flow.pick.task.slots);
        }
    }
}

/// Puts our totes into the slots of a pick that is somebody else's, and closes what is open of it.
pub(super) fn own_totes(data: &mut TaskData, slots: &[Slot]) {
    data.task.slots = slots.to_vec();
    let theirs = |line: &Line| match line.state {
        LineState::Open => Line { state: LineState::Cancelled, ..line.clone() },
        _ => line.clone(),
    };
    data.lines = data.lines.iter().map(theirs).collect();
}

impl Turn {
    /// Work that is somebody else's by now is left as soon as nothing of it is in the hands: what was done of it
    /// stands, the rest is theirs.
    pub(super) fn given_up(mut self) -> Self {
        let Some(task) = self.app.lost.clone() else { return self };
        if task != self.app.task() {
            self.app.lost = None;
        } else if self.app.rests() {
            self.app.lost = None;
            self.app.go_home(&mut self.effects);
            self.app.answer = Answer::Notice("task-reassigned");
            self.effects.push(Effect::Signal(Signal::Attention));
        }
        self
    }
}
