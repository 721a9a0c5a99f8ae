//! Sign-in: badge, PIN, sign-out.

use super::{Answer, App, Effect, Flow, Found, Guard, Now, Refusal, Session, Signal, Turn};
use floorhand_domain::fact::Fact;
use floorhand_domain::workflow::sign_in::{Event, Exit, PIN_DIGITS, SignIn};
use floorhand_domain::workflow::{Accepted, Meant, Next, Site};

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
        let Flow::SignIn(SignIn::Pin { operator, .. }) = &self.flow else { return self.turn() };
        let operator = operator.clone();
        let pin = std::mem::take(&mut self.typed);
        let mut turn = self.turn();
        // The failure is on disk before the hash is compared, so that pulling the battery in
        // between gains no try.
        turn.guard = Some(Guard::Count(operator.clone()));
        turn.effects.push(Effect::VerifyPin { operator, pin });
        turn
    }

    pub(super) fn pin_checked(mut self, right: bool, now: &Now, found: &Found) -> Turn {
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
                let row = found.known.operators.iter().find(|o| o.id == operator);
                if let Some(language) = row.map(|o| o.language.as_str()).filter(|l| !l.is_empty()) {
                    language.clone_into(&mut self.look.language);
                }
                self.session = Some(Session {
                    operator,
                    name,
                    roles: row.map(|o| o.roles.clone()).unwrap_or_default(),
                    signin: now.id.clone(),
                });
                self.flow = Flow::Work;
                effects.push(Effect::LoadWork);
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
        let Some(session) = self.session.take() else { return self.turn() };
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
        self.flow = Flow::SignIn(SignIn::Badge);
        self.turn()
    }
}
