//! The lock of an idle station, the hand-over to somebody else, and a supervisor's approval: all ask for
//! a badge or a PIN over a step that stays as it is.

use super::{
    Answer, App, Doing, Effect, Flow, Found, Guard, Kept, Lock, Now, OpenPage, Refusal, Session, Signal, Turn,
};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::OperatorId;
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::sign_in::{self, Event, Exit, SignIn};
use floorhand_domain::workflow::{Accepted, Meant, Next, Site};

/// Steps of operators who left them that are kept at the most; the oldest goes, its task stays claimed.
const KEPT_MAX: usize = 8;
const MINUTE_MS: u64 = 60_000;

impl App {
    /// Whose PIN is asked for now, with the name that is shown.
    #[must_use]
    pub fn pin_of(&self) -> Option<(&OperatorId, &str)> {
        if let Some(OpenPage::Approve { approver: Some((operator, name)), .. }) = &self.page {
            return Some((operator, name));
        }
        if let Some(lock) = &self.lock {
            return match (&lock.other, &self.session) {
                (Some((operator, name)), _) => Some((operator, name)),
                (None, Some(session)) => Some((&session.operator, &session.name)),
                (None, None) => None,
            };
        }
        match &self.flow {
            Flow::SignIn(SignIn::Pin { operator, name }) => Some((operator, name)),
            _ => None,
        }
    }

    /// Whether a scan is judged as a badge.
    #[must_use]
    pub fn wants_badge(&self) -> bool {
        self.lock.is_some()
            || matches!(self.flow, Flow::SignIn(_))
            || matches!(self.page, Some(OpenPage::Approve { .. }))
            || self.approvable().is_some()
    }

    /// Locks the station after the site's idle minutes. Running time counts, whatever the clock says.
    pub(super) fn lock_when_idle(mut self, now: &Now) -> Turn {
        let idle_ms = now.mono_ms.saturating_sub(self.touched_ms);
        let limit_ms = u64::from(self.settings.autolock_minutes) * MINUTE_MS;
        if self.session.is_some() && self.lock.is_none() && limit_ms > 0 && idle_ms >= limit_ms {
            return self.lock();
        }
        if self.lock.is_none() {
            self.link.fresh = false;
        }
        self.turn()
    }

    /// Locks the station: the step stays, nothing is recorded.
    pub(super) fn lock(mut self) -> Turn {
        if self.session.is_some() {
            self.lock = Some(Lock { other: None });
            self.page = None;
            self.typed.clear();
            self.answer = Answer::None;
        }
        self.turn()
    }

    /// A scan at a locked station: a badge, or nothing. What it would have meant is not kept.
    pub(super) fn locked_scan(mut self, meant: Meant, now: &Now, found: &Found) -> (Turn, Result<Accepted, Refusal>) {
        self.typed.clear();
        let text = meant.text.clone();
        let settings = self.settings.clone();
        let site = Site { known: &found.known, settings: &settings, today: &now.today };
        let any_badge = !found.known.operators.is_empty();
        let step = SignIn::Badge.update(Event::Scan(meant), &site, found.grants);
        match (step.answer, step.next) {
            (Ok(accepted), Next::Continue(SignIn::Pin { operator, name })) => {
                let own = self.session.as_ref().is_some_and(|session| session.operator == operator);
                self.lock = Some(Lock { other: (!own).then_some((operator, name)) });
                self.answer = Answer::None;
                let mut turn = self.turn();
                turn.effects.push(Effect::Signal(Signal::Accepted));
                (turn, Ok(accepted))
            }
            (answer, _) => {
                let told = answer.err().filter(|_| any_badge).unwrap_or(sign_in::Refusal::Locked);
                let refusal = Refusal::SignIn(told);
                self.show_refusal(refusal.clone(), text, found);
                (self.turn(), Err(refusal))
            }
        }
    }

    /// A PIN at a locked station was compared: the step goes on, or somebody else begins.
    pub(super) fn unlocked(mut self, right: bool, now: &Now, found: &Found) -> Turn {
        let Some((operator, name)) = self.pin_of().map(|(id, name)| (id.clone(), name.to_owned())) else {
            return self.turn();
        };
        let own = self.session.as_ref().is_some_and(|session| session.operator == operator);
        let (step, guard) = self.compared(&operator, name, right, now, found);
        let mut effects = Vec::new();
        match (step.answer, step.next) {
            (Ok(accepted), Next::Finish(Exit::SignedIn { operator, name })) => {
                effects.push(Effect::Signal(accepted.class.into()));
                if own {
                    if let Some(session) = &mut self.session {
                        session.signin.clone_from(&now.id);
                    }
                    self.answer = Answer::None;
                } else {
                    self.keep_step();
                    self.begin_session(operator, name, now, found);
                    self.accepted(accepted.clone(), accepted.code.clone());
                    self.go_home(&mut effects);
                }
                self.lock = None;
            }
            (Ok(_), _) => {}
            (Err(refusal), _) => {
                if matches!(refusal, sign_in::Refusal::LockedOut { .. }) {
                    self.lock = Some(Lock { other: None });
                }
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

    /// What sign-in makes of a PIN that was compared, with the change of the count of failures.
    fn compared(
        &self,
        operator: &OperatorId,
        name: String,
        right: bool,
        now: &Now,
        found: &Found,
    ) -> (floorhand_domain::workflow::Step<SignIn, Exit, sign_in::Refusal>, Option<Guard>) {
        let site = Site { known: &found.known, settings: &self.settings, today: &now.today };
        let state = SignIn::Pin { operator: operator.clone(), name };
        let step = state.update(Event::PinChecked { right, fails: found.fails }, &site, found.grants);
        let mut guard = right.then(|| Guard::Clear(operator.clone()));
        for fact in &step.facts {
            if let Fact::LockedOut { minutes, .. } = fact {
                guard = Some(Guard::Lock(operator.clone(), *minutes));
            }
        }
        (step, guard)
    }

    /// Somebody begins at this station.
    pub(super) fn begin_session(&mut self, operator: OperatorId, name: String, now: &Now, found: &Found) {
        let row = found.known.operators.iter().find(|known| known.id == operator);
        let (roles, language) = row.map(|known| (known.roles.clone(), known.language.clone())).unwrap_or_default();
        self.session = Some(Session { operator, name, roles, signin: now.id.clone(), language });
        // What was kept with the badge is read after this turn.
        self.wear(None);
        // What concerns them was there before: no news.
        self.link.news = None;
    }

    /// Keeps the step of whoever leaves it: the task stays claimed, and whoever takes it over finds it there.
    pub(super) fn keep_step(&mut self) {
        let doing = self.doing().filter(|doing| !matches!(doing, Doing::ReturnsOpen(_)));
        let (Some(session), Some(doing)) = (&self.session, doing) else { return };
        let kept = Kept { operator: session.operator.clone(), doing };
        self.kept.retain(|known| known.doing.subject() != kept.doing.subject());
        if self.kept.len() >= KEPT_MAX {
            self.kept.remove(0);
        }
        self.kept.push(kept);
    }

    /// Opens the page that asks a supervisor, for the rule that was broken last.
    pub(super) fn ask_approval(self) -> Turn {
        match self.approvable() {
            Some((reason, number)) => self.show(asking(reason, number, None)),
            None => self.turn(),
        }
    }

    /// A badge for an approval: of somebody else, who may decide this.
    pub(super) fn approval_scan(mut self, meant: Meant, now: &Now, found: &Found) -> (Turn, Result<Accepted, Refusal>) {
        let Some((reason, number)) = self.approvable() else {
            let refusal = self.general(floorhand_domain::scan::Refusal::NotNow);
            let (turn, result, _) = self.refused(refusal, meant.text, found);
            return (turn, result);
        };
        self.typed.clear();
        let settings = self.settings.clone();
        let site = Site { known: &found.known, settings: &settings, today: &now.today };
        let roles = found.known.operators.first().map(|known| known.roles.clone()).unwrap_or_default();
        let step = SignIn::Badge.update(Event::Scan(meant), &site, found.grants);
        let (answer, next) = (step.answer, step.next);
        match (answer, next) {
            (Ok(accepted), Next::Continue(SignIn::Pin { operator, name })) => {
                let own = self.session.as_ref().is_some_and(|session| session.operator == operator);
                let decides =
                    roles.contains(&Role::Manager) || (roles.contains(&Role::Supervisor) && !self.beyond_supervisor());
                if own || !decides {
                    self.ask_of(reason, number, None);
                    return self.approval_refused(sign_in::Refusal::NotAllowed);
                }
                self.ask_of(reason, number, Some((operator, name)));
                let mut turn = self.turn();
                turn.effects.push(Effect::Signal(Signal::Accepted));
                (turn, Ok(accepted))
            }
            (Err(refusal), _) => {
                self.ask_of(reason, number, None);
                self.approval_refused(refusal)
            }
            (Ok(accepted), _) => (self.turn(), Ok(accepted)),
        }
    }

    /// Asks for this approval, of whoever's PIN is to come; what is asked for stays.
    fn ask_of(&mut self, reason: Reason, number: i64, of: Option<(OperatorId, String)>) {
        match &mut self.page {
            Some(OpenPage::Approve { approver, .. }) => *approver = of,
            page => *page = Some(asking(reason, number, of)),
        }
    }

    /// Whether so much more than ordered came that only a manager may allow it.
    fn beyond_supervisor(&self) -> bool {
        if self.wishes_much() {
            return true;
        }
        let Flow::Receive(flow) = &self.flow else { return false };
        let most = i64::from(self.settings.limits.supervisor_over_percent);
        flow.at.over_percent().is_some_and(|percent| percent > most)
    }

    /// The rule that is to be set aside stays the last answer; only the buzz says that this was no approval.
    fn approval_refused(self, refusal: sign_in::Refusal) -> (Turn, Result<Accepted, Refusal>) {
        (self.turn(), Err(Refusal::SignIn(refusal)))
    }

    /// The PIN of a supervisor was compared.
    pub(super) fn approval_checked(mut self, right: bool, now: &Now, found: &Found) -> Turn {
        let Some(OpenPage::Approve { reason, number, approver: Some((operator, name)), typed, .. }) = self.page.clone()
        else {
            return self.turn();
        };
        let (mut step, guard) = self.compared(&operator, name, right, now, found);
        // A supervisor who allows something is not signed in.
        step.facts.retain(|fact| !matches!(fact, Fact::SignedIn { .. }));
        let mut turn = match step.answer {
            Ok(_) => {
                self.page = None;
                let mut turn =
                    if typed { self.typed_allowed(operator, now) } else { self.approved(operator, now, found) };
                turn.facts.splice(0..0, step.facts);
                turn
            }
            Err(refusal) => {
                let out = matches!(refusal, sign_in::Refusal::LockedOut { .. });
                let approver = self.pin_of().filter(|_| !out).map(|(id, name)| (id.clone(), name.to_owned()));
                self.ask_of(reason, number, approver);
                let mut turn = self.turn();
                turn.facts = step.facts;
                turn.effects.push(Effect::Signal(Signal::Refused));
                turn
            }
        };
        turn.guard = guard;
        turn
    }
}

fn asking(reason: Reason, number: i64, approver: Option<(OperatorId, String)>) -> OpenPage {
    OpenPage::Approve { reason, number, approver, typed: false, code: String::new() }
}
