//! Sign-in: badge, PIN, sign-out.

use super::{Answer, App, Effect, Flow, Found, Guard, Now, OpenPage, Refusal, Signal, Turn};
use floorhand_domain::fact::Fact;
use floorhand_domain::workflow::sign_in::{Event, Exit, PIN_DIGITS, SignIn};
use floorhand_domain::workflow::{Accepted, Class, Meant, Next, Site};

impl App {
    pub(super) fn sign_in_scan(
        mut self,
        state: SignIn,
        meant: Meant,
        now: &Now,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>) {
        let text = meant.text.clone();
        self.typed.clear();
        let settings = self.settings.clone();
        let site = Site { known: &found.known, settings: &settings, today: &now.today };
        let step = state.clone().update(Event::Scan(meant), &site, found.grants);
        // A refused badge does not throw out the operator who is about to type a PIN.
        if let Next::Continue(next) = step.next {
            self.flow = Flow::SignIn(if step.answer.is_ok() { next } else { state });
        }
        match step.answer {
            Ok(accepted) => {
                self.accepted(accepted.clone(), accepted.code.clone());
                let mut turn = self.turn();
                turn.facts = step.facts;
                turn.effects.push(Effect::Signal(accepted.class.into()));
                (turn, Ok(accepted))
            }
            Err(refusal) => {
                let refusal = Refusal::SignIn(refusal);
                self.show_refusal(refusal.clone(), text, found);
                (self.turn(), Err(refusal))
            }
        }
    }

    /// A digit of the PIN; the fourth sends it.
    pub(super) fn pin_digit(mut self, digit: u8) -> Turn {
        if self.typed.len() < PIN_DIGITS {
            self.typed.push(char::from(b'0' + digit.min(9)));
        }
        if self.typed.len() < PIN_DIGITS {
            return self.turn();
        }
        let Some(operator) = self.pin_of().map(|(operator, _)| operator.clone()) else { return self.turn() };
        let pin = std::mem::take(&mut self.typed);
        let mut turn = self.turn();
        // The failure is on disk before the hash is compared, so that pulling the battery in
        // between gains no try.
        turn.guard = Some(Guard::Count(operator.clone()));
        turn.effects.push(Effect::VerifyPin { operator, pin });
        turn
    }

    pub(super) fn pin_checked(mut self, right: bool, now: &Now, found: &Found) -> Turn {
        if matches!(self.page, Some(OpenPage::Approve { .. })) {
            return self.approval_checked(right, now, found);
        }
        if self.lock.is_some() {
            return self.unlocked(right, now, found);
        }
        let Flow::SignIn(state) = self.flow.clone() else { return self.turn() };
        let SignIn::Pin { operator, .. } = &state else { return self.turn() };
        let who = operator.clone();
        let settings = self.settings.clone();
        let site = Site { known: &found.known, settings: &settings, today: &now.today };
        let step = state.update(Event::PinChecked { right, fails: found.fails }, &site, found.grants);
        let mut guard = right.then(|| Guard::Clear(who.clone()));
        for fact in &step.facts {
            if let Fact::LockedOut { minutes, .. } = fact {
                guard = Some(Guard::Lock(who.clone(), *minutes));
            }
        }
        let mut effects = Vec::new();
        match step.next {
            Next::Continue(next) => self.flow = Flow::SignIn(next),
            Next::Finish(Exit::SignedIn { operator, name }) => {
                self.begin_session(operator, name, now, found);
                self.go_home(&mut effects);
            }
        }
        match step.answer {
            Ok(accepted) => {
                effects.push(Effect::Signal(accepted.class.into()));
                self.accepted(accepted.clone(), accepted.code);
            }
            Err(refusal) => {
                self.show_refusal(Refusal::SignIn(refusal), String::new(), found);
                effects.push(Effect::Signal(Signal::Refused));
            }
        }
        let mut turn = self.turn();
        turn.facts = step.facts;
        turn.guard = guard;
        turn.effects = effects;
        turn
    }

    pub(super) fn sign_out(mut self) -> Turn {
        self.keep_step();
        let Some(session) = self.session.take() else { return self.turn() };
        (self.lock, self.ended, self.asked) = (None, false, None);
        self.look = self.station_look.clone();
        // A task under way stays claimed; it is offered again at the next sign-in.
        self.flow = Flow::SignIn(SignIn::Badge);
        self.page = None;
        self.answer = Answer::None;
        self.work = std::sync::Arc::default();
        let mut turn = self.turn();
        turn.facts.push(Fact::SignedOut { operator: session.operator });
        turn
    }

    pub(super) fn not_me(mut self) -> Turn {
        self.typed.clear();
        self.answer = Answer::None;
        if let Some(lock) = &mut self.lock {
            lock.other = None;
            return self.turn();
        }
        if let Some(OpenPage::Approve { approver, .. }) = &mut self.page {
            *approver = None;
            return self.turn();
        }
        self.flow = Flow::SignIn(SignIn::Badge);
        self.turn()
    }
}

impl Turn {
    /// The access of whoever is signed in has ended: after the step that was under way they are signed out.
    pub(super) fn signed_off(mut self, answers: u64) -> Turn {
        let over = match &self.app.flow {
            Flow::Work | Flow::Deliveries(_) | Flow::Bench(_) | Flow::ReturnsOpen(_) => true,
            _ => {
                self.app.answers > answers
                    && matches!(&self.app.answer, Answer::Accepted { accepted, .. } if accepted.class != Class::Accepted)
            }
        };
        if !over {
            return self;
        }
        let facts = std::mem::take(&mut self.facts);
        let (audit, guard, effects) = (self.audit.take(), self.guard.take(), std::mem::take(&mut self.effects));
        let mut turn = self.app.sign_out();
        turn.app.answer = Answer::Notice("access-ended");
        turn.facts.splice(0..0, facts);
        (turn.audit, turn.guard) = (audit, guard);
        turn.effects.splice(0..0, effects);
        turn.effects.push(Effect::Signal(Signal::Attention));
        turn
    }
}
