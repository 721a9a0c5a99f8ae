//! Codes that are typed by hand: who may, who allows it otherwise, and what the consent stands behind.
//!
//! A consent is for one code. What that code makes refers to it, at once or, where the step ends later, with the
//! first fact that the step makes; once the step is left or what was typed is put back, it is gone.

use super::{App, Doing, Effect, Flow, Found, Input, Now, OpenPage, Turn};
use crate::view::{Key, KeyPress, Tap};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{ItemId, OperatorId};
use floorhand_domain::master::{Role, TypedCodes};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::Source;

/// Codes of one step that were typed with consent at the most; of more the newest count.
const BACKED_MAX: usize = 16;

/// What is known of the consents before a turn.
pub(super) struct Tie {
    /// The consent to the code that is taken now.
    given: Option<String>,
    /// What the step was about.
    about: String,
    /// Goes back: with what was in the hands then.
    back: Option<Option<Doing>>,
}

impl App {
    /// Whether a code that is typed now is taken as it is; else a supervisor allows each, or nobody may type.
    #[must_use]
    pub fn takes_typed(&self) -> bool {
        let decides = self.may(Role::Supervisor) || self.may(Role::Manager);
        match self.settings.typed_codes {
            TypedCodes::Allowed => true,
            TypedCodes::Supervisor => self.session.is_none() || decides,
            TypedCodes::Never => self.session.is_none(),
        }
    }

    /// A code was typed that somebody else must allow.
    pub(super) fn code_typed_in(self, code: String, found: &Found) -> Turn {
        let (reason, number, approver) = (Reason::NotAllowed, 0, None);
        match self.settings.typed_codes {
            TypedCodes::Never => self.not_allowed(found),
            _ => self.show(OpenPage::Approve { reason, number, approver, typed: true, code }),
        }
    }

    /// Whether the open page asks for a typed code.
    #[must_use]
    pub fn waits_typed(&self) -> bool {
        matches!(self.page, Some(OpenPage::Approve { typed: true, .. }))
    }

    /// The typed code counts now, as a scan would.
    pub(super) fn typed_allowed(mut self, by: OperatorId, now: &Now) -> Turn {
        let fact = Fact::Approved {
            by,
            decision: Reason::NotAllowed,
            subject: self.aggregate(),
            item: ItemId::default(),
            qty: 0,
        };
        // The first fact of a turn has the identity of the turn.
        self.granted = Some(now.id.clone());
        let mut turn = self.turn();
        turn.facts.push(fact);
        turn.effects.push(Effect::TypedScan);
        turn
    }

    /// The aggregate of what is being done.
    fn aggregate(&self) -> String {
        match &self.flow {
            Flow::Receive(flow) => format!("receipt:{}", flow.at.receipt),
            Flow::Pack(flow) => format!("order:{}", flow.at.order.id),
            _ if self.task().is_none() => self.return_subject().unwrap_or_else(|| "scan".to_owned()),
            _ => format!("task:{}", self.task()),
        }
    }

    /// What the consents before this input stand behind. One that was given for a code is for that code alone.
    pub(super) fn tie(&mut self, input: &Input) -> Tie {
        let mut given = None;
        if matches!(input, Input::Scan { .. } | Input::Tap(_) | Input::PinChecked { .. } | Input::CodeTyped(_)) {
            given = self.granted.take();
        }
        let typed = matches!(input, Input::Scan { scan, .. } if scan.source == Source::Typed);
        let back = match input {
            Input::Tap(tap) if !self.backed.is_empty() => goes_back(&self.button(tap.clone())).then(|| self.doing()),
            _ => None,
        };
        Tie { given: given.filter(|_| typed), about: self.aggregate(), back }
    }
}

impl Turn {
    /// Ties the consents to what was recorded.
    pub(super) fn tied(mut self, tie: Tie) -> Self {
        let mut backed = std::mem::take(&mut self.app.backed);
        // A badge that was typed is no code of the step.
        let counts = self.audit.as_ref().is_some_and(|audit| audit.accepted)
            && !matches!(self.app.page, Some(OpenPage::Approve { .. }));
        backed.extend(tie.given.filter(|_| counts));
        if backed.is_empty() {
            return self;
        }
        if self.facts.iter().any(Fact::is_backed) {
            backed.drain(..backed.len().saturating_sub(BACKED_MAX));
            self.allowed_by = backed;
            return self;
        }
        let about = self.app.aggregate();
        let left = self.app.doing().is_none() || about != tie.about || self.facts.iter().any(Fact::takes_back);
        let put_back = tie.back.is_some_and(|before| before != self.app.doing());
        if !left && !put_back {
            self.app.backed = backed;
        }
        self
    }
}

fn goes_back(tap: &Tap) -> bool {
    matches!(tap, Tap::Back | Tap::No | Tap::FoundIt | Tap::NotMe | Tap::Key(KeyPress { key: Key::Escape, .. }))
}
