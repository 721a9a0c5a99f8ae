//! Picking: the pick machine inside the app.

use super::{Answer, App, Effect, Flow, Found, Now, PickFlow, Refusal, Signal, TaskData, Turn};
use floorhand_domain::fact::{Fact, ShortReason};
use floorhand_domain::task::LineState;
use floorhand_domain::workflow::pick::{Event, Exit, Pick, Stage};
use floorhand_domain::workflow::{Accepted, Meant, Next, Site, What};
use std::sync::Arc;

/// Longest number that can be typed.
const DIGITS_MAX: usize = 5;

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
            Stage::Item { hand, line } => {
                let qty = flow.pick.line().filter(|l| l.id == *line).map_or(0, |l| l.qty);
                !hand.units.is_empty()
                    && qty >= self.settings.type_from
                    && hand.units.iter().all(|u| u.serial.is_none())
            }
            Stage::Short { short: Some(short), .. } => short.reason == ShortReason::Damaged && short.damaged == 0,
            _ => false,
        }
    }

    pub(super) fn number_digit(mut self, digit: u8) -> Turn {
        if self.keypad_open() && self.typed.len() < DIGITS_MAX {
            self.typed.push(char::from(b'0' + digit.min(9)));
        }
        self.turn()
    }

    pub(super) fn number_ok(mut self, now: &Now, found: &Found) -> Turn {
        let Ok(number) = self.typed.parse::<i64>() else { return self.turn() };
        let Flow::Pick(flow) = &self.flow else { return self.turn() };
        let event = match &flow.pick.stage {
            Stage::Short { .. } => Event::Damaged(number),
            _ => Event::Typed(number),
        };
        self.typed.clear();
        self.pick_do(event, now, found)
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
        turn
    }
}

fn same_step(before: &Pick, after: &Pick) -> bool {
    before.stage == after.stage
}

fn cancelled(pick: &Pick) -> usize {
    pick.progress.iter().filter(|p| p.state == LineState::Cancelled).count()
}
