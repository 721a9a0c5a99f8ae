//! Picking: the pick machine inside the app.

use super::{Answer, App, Effect, Flow, Found, Now, PickFlow, Refusal, Signal, TaskData, Turn, WORK_ROWS};
use floorhand_domain::fact::{Fact, ShortReason};
use floorhand_domain::master::Role;
use floorhand_domain::quantity;
use floorhand_domain::task::{LineState, Task, TaskKind, TaskState};
use floorhand_domain::workflow::pick::{Event, Exit, Pick, Stage};
use floorhand_domain::workflow::{Accepted, Meant, Next, Site, What};
use std::sync::Arc;

/// Longest number that can be typed.
const DIGITS_MAX: usize = 5;
/// Longest weight in kilograms that can be typed.
const GRAMS_MAX: usize = 7;
/// A weight is typed in kilograms and kept in grams.
const KILO_DECIMALS: u8 = 3;

impl App {
    pub(super) fn pick_scan(
        self,
        flow: PickFlow,
        meant: Meant,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        let text = meant.text.clone();
        self.pick_event(flow, Event::Scan(meant), text, now, found)
    }

    fn pick_event(
        mut self,
        flow: PickFlow,
        event: Event,
        text: String,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        let PickFlow { pick, catalogue } = flow;
        let settings = self.settings.clone();
        let site = Site { known: &found.known, settings: &settings, today: &now.today };
        let step = pick.update(event, &site);
        let mut effects = Vec::new();
        match step.next {
            Next::Continue(pick) => {
                self.flow = Flow::Pick(Box::new(PickFlow { pick, catalogue: Arc::clone(&catalogue) }))
            }
            Next::Finish(Exit::Done | Exit::Released | Exit::Gone) => {
                self.flow = Flow::Work;
                effects.push(Effect::LoadWork);
            }
        }
        let result = match step.answer {
            Ok(accepted) => {
                if accepted.what == What::Page {
                    self.answer = Answer::None;
                } else {
                    let name = match accepted.what {
                        What::Item => {
                            catalogue.items.get(&accepted.code).map(|item| item.name.clone()).unwrap_or_default()
                        }
                        _ => String::new(),
                    };
                    effects.push(Effect::Signal(accepted.class.into()));
                    self.accepted(accepted.clone(), name);
                }
                Ok(accepted)
            }
            Err(refusal) => {
                let refusal = Refusal::Pick(refusal);
                self.show_refusal(refusal.clone(), text, found);
                Err(refusal)
            }
        };
        let mut turn = self.turn();
        turn.facts = step.facts;
        turn.effects = effects;
        (turn, result)
    }

    /// An event of a button or key.
    pub(super) fn pick_do(mut self, event: Event, now: &Now, found: &Found) -> Turn {
        let Flow::Pick(flow) = self.flow.clone() else { return self.turn() };
        self.page = None;
        self.typed.clear();
        let (mut turn, result) = self.pick_event(*flow, event, String::new(), now, found);
        if result.is_err() {
            turn.effects.push(Effect::Signal(Signal::Refused));
        }
        turn
    }

    /// Whether a number can be typed now.
    #[must_use]
    pub fn keypad_open(&self) -> bool {
        let Flow::Pick(flow) = &self.flow else { return false };
        match &flow.pick.stage {
            Stage::Item { .. } => flow.pick.weighs() || flow.pick.may_type(self.settings.type_from),
            Stage::Short { short: Some(short), .. } => short.reason == ShortReason::Damaged && short.damaged == 0,
            _ => false,
        }
    }

    /// A digit of the number, or the point of a weight in kilograms.
    pub(super) fn number_digit(mut self, sign: char, now: &Now, found: &Found) -> Turn {
        let (weighs, at_item) = match &self.flow {
            Flow::Pick(flow) => (flow.pick.weighs(), matches!(flow.pick.stage, Stage::Item { .. })),
            _ => (false, false),
        };
        if !self.keypad_open() {
            // The machine says why nothing is typed here.
            return match sign.to_digit(10) {
                Some(digit) if at_item => self.pick_do(Event::Typed(digit.into()), now, found),
                _ => self.turn(),
            };
        }
        let longest = if weighs { GRAMS_MAX } else { DIGITS_MAX };
        let fits = sign.is_ascii_digit() || (weighs && sign == '.' && !self.typed.contains('.'));
        if fits && self.typed.len() < longest {
            self.typed.push(sign);
        }
        self.turn()
    }

    /// The typed number: pieces, or grams where a weight in kilograms is asked for. `None` = it is none.
    #[must_use]
    pub fn pick_number(&self) -> Option<i64> {
        match &self.flow {
            Flow::Pick(flow) if flow.pick.weighs() => quantity::parse(&self.typed, KILO_DECIMALS),
            _ => self.typed.parse().ok(),
        }
    }

    pub(super) fn number_ok(mut self, now: &Now, found: &Found) -> Turn {
        let Some(number) = self.pick_number() else { return self.turn() };
        let Flow::Pick(flow) = &self.flow else { return self.turn() };
        let event = match &flow.pick.stage {
            Stage::Short { .. } => Event::Damaged(number),
            _ if flow.pick.weighs() => Event::Weighed(number),
            _ => Event::Typed(number),
        };
        self.typed.clear();
        self.pick_do(event, now, found)
    }

    /// The scale: of use where a weight is asked for, nothing elsewhere.
    pub(super) fn weighed(self, grams: i64, now: &Now, found: &Found) -> Turn {
        match &self.flow {
            Flow::Pick(flow) if flow.pick.hand().is_some_and(|hand| hand.to_weigh.is_some()) => {
                self.pick_do(Event::Weighed(grams), now, found)
            }
            _ => self.turn(),
        }
    }

    /// A task came that is more urgent than the pick under way: it is told between two lines, once.
    pub(super) fn urgent(mut self, task: Task, now: &Now, found: &Found) -> Turn {
        let Flow::Pick(flow) = self.flow.clone() else { return self.turn() };
        let known = |own: &&Task| own.id == task.id && own.priority >= task.priority;
        let may = task.kind == TaskKind::Pick && self.may(Role::Pick);
        let more = task.state == TaskState::Open && task.priority > flow.pick.task.priority;
        if !may || !more || self.work.iter().any(|own| known(&own)) {
            return self.turn();
        }
        let mut work: Vec<Task> = self.work.iter().filter(|own| own.id != task.id).cloned().collect();
        work.insert(0, task.clone());
        work.truncate(WORK_ROWS);
        self.work = work.into();
        let due = flow.pick.due_news().is_some();
        let (answer, answers, typed) = (self.answer.clone(), self.answers, self.typed.clone());
        let (mut turn, _) = self.pick_event(*flow, Event::Urgent(task.id), String::new(), now, found);
        (turn.app.answer, turn.app.answers, turn.app.typed) = (answer, answers, typed);
        let told = matches!(&turn.app.flow, Flow::Pick(flow) if flow.pick.due_news().is_some());
        if told && !due {
            turn.effects.push(Effect::Signal(Signal::Attention));
        }
        turn
    }

    pub(super) fn reason_row(self, row: usize, now: &Now, found: &Found) -> Turn {
        let reason = match row {
            0 => ShortReason::NoneFound,
            1 => ShortReason::Damaged,
            2 => ShortReason::WrongStock,
            3 => ShortReason::Unreachable,
            _ => return self.turn(),
        };
        self.pick_do(Event::Reason(reason), now, found)
    }

    /// The ERP changed the task, or a person changed what is shown of it.
    pub(super) fn task_changed(self, data: TaskData, now: &Now, found: &Found) -> Turn {
        let Flow::Pick(flow) = self.flow.clone() else { return self.other_task_changed(data, now, found) };
        if flow.pick.task.id != data.task.id {
            return self.turn();
        }
        let before = flow.pick.clone();
        let flow = PickFlow { pick: flow.pick, catalogue: data.catalogue };
        let answer = self.answer.clone();
        let answers = self.answers;
        let (mut turn, _) = self.pick_event(flow, Event::Changed(data.task, data.lines), String::new(), now, found);
        turn.app.answers = answers;
        turn.app.answer = match &turn.app.flow {
            Flow::Pick(after) if same_step(&before, &after.pick) => answer,
            Flow::Pick(after) if cancelled(&after.pick) > cancelled(&before) => Answer::Notice("order-cancelled"),
            Flow::Pick(_) => Answer::Notice("line-added"),
            _ => Answer::Notice("task-reassigned"),
        };
        turn.facts.retain(|fact| !matches!(fact, Fact::ScanRefused { .. }));
        let news = |pick: &Pick| pick.due_news().is_some();
        let told = match &turn.app.flow {
            Flow::Pick(after) => !same_step(&before, &after.pick) || (news(&after.pick) && !news(&before)),
            _ => true,
        };
        if told {
            turn.effects.push(Effect::Signal(Signal::Attention));
        }
        turn
    }
}

fn same_step(before: &Pick, after: &Pick) -> bool {
    before.stage == after.stage
}

fn cancelled(pick: &Pick) -> usize {
    pick.progress.iter().filter(|p| p.state == LineState::Cancelled).count()
}
