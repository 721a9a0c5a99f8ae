//! Sign in: badge, then PIN, both without a network.
//!
//! A PIN is checked in two steps: the failure is counted and committed first, then the hash is
//! compared outside, then the count is taken back if it was right. Pulling the battery between
//! the two gains nothing.

use super::{Accepted, Class, Meant, Next, Site, Step, What};
use crate::fact::Fact;
use crate::id::OperatorId;
use crate::master::Operator;
use crate::reason::Reason;
use crate::scan::{self, Kind, Meaning};
use serde::{Deserialize, Serialize};

/// Digits of a PIN.
pub const PIN_DIGITS: usize = 4;

/// Where sign-in stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum SignIn {
    /// Waits for a badge.
    #[default]
    Badge,
    /// Waits for the PIN of this operator.
    Pin {
        /// Whose.
        operator: OperatorId,
        /// The name to show.
        name: String,
    },
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A scan.
    Scan(Meant),
    /// A PIN was typed and counted as a failure; now it was compared.
    PinChecked {
        /// Whether it was right.
        right: bool,
        /// Failures in a row, this one included.
        fails: u32,
    },
    /// Not me.
    Back,
}

/// How it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// Somebody is signed in.
    SignedIn {
        /// Who.
        operator: OperatorId,
        /// The name to show.
        name: String,
    },
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// No operator has this badge here.
    BadgeUnknown,
    /// The operators were not refreshed for too long.
    GrantOld,
    /// The badge is locked out.
    LockedOut {
        /// Minutes left, rounded up.
        minutes: u32,
    },
    /// The station is locked: its operator's PIN opens it, or another badge.
    Locked,
    /// The role does not allow it.
    NotAllowed,
    /// Wrong PIN.
    PinWrong {
        /// Tries left.
        left: u32,
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
            Self::BadgeUnknown => Reason::BadgeUnknown,
            Self::GrantOld => Reason::GrantOld,
            Self::LockedOut { .. } => Reason::LockedOut,
            Self::PinWrong { .. } => Reason::PinWrong,
            Self::Locked => Reason::Locked,
            Self::NotAllowed => Reason::NotAllowed,
        }
    }
}

/// What the store knows about the badges of this device, beside the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Grants {
    /// Days since the operators were refreshed last, by running time and the core's clock.
    pub age_days: u32,
    /// Minutes the scanned operator is still locked out, rounded up; 0 = not.
    pub locked_minutes: u32,
}

impl SignIn {
    /// What the event makes of it.
    #[must_use]
    pub fn update(self, event: Event, site: &Site<'_>, grants: Grants) -> Step<Self, Exit, Refusal> {
        match (self, event) {
            (_, Event::Scan(meant)) => badge(&meant, site, grants),
            (Self::Pin { operator, name }, Event::PinChecked { right, fails }) => {
                pin(operator, name, right, fails, site)
            }
            (_, Event::Back) => Step {
                next: Next::Continue(Self::Badge),
                facts: Vec::new(),
                answer: Ok(Accepted::new(Class::Accepted, What::Page, "")),
            },
            (state, Event::PinChecked { .. }) => refuse(state, Refusal::Scan(scan::Refusal::NotNow)),
        }
    }
}

fn refuse(state: SignIn, refusal: Refusal) -> Step<SignIn, Exit, Refusal> {
    Step { next: Next::Continue(state), facts: Vec::new(), answer: Err(refusal) }
}

fn badge(meant: &Meant, site: &Site<'_>, grants: Grants) -> Step<SignIn, Exit, Refusal> {
    let found: Vec<&Operator> = site.known.operators.iter().collect();
    match found.as_slice() {
        [] => {
            let refusal = match meant.meanings.first() {
                Some(meaning) if !matches!(meaning, Meaning::Badge { .. }) => Refusal::Scan(scan::Refusal::WrongKind {
                    scanned: meaning.kind(),
                    id: meaning.id().to_owned(),
                    needed: Kind::Badge,
                }),
                _ => Refusal::BadgeUnknown,
            };
            refuse(SignIn::Badge, refusal)
        }
        [operator] => {
            if grants.age_days >= site.settings.grant_age_days {
                return refuse(SignIn::Badge, Refusal::GrantOld);
            }
            if grants.locked_minutes > 0 {
                return refuse(SignIn::Badge, Refusal::LockedOut { minutes: grants.locked_minutes });
            }
            Step {
                next: Next::Continue(SignIn::Pin { operator: operator.id.clone(), name: operator.name.clone() }),
                facts: Vec::new(),
                answer: Ok(Accepted::new(Class::StepComplete, What::Badge, operator.name.clone())),
            }
        }
        several => {
            let readings = several.iter().map(|one| scan::Reading::new(Kind::Badge, one.name.as_str())).collect();
            refuse(SignIn::Badge, Refusal::Scan(scan::Refusal::Ambiguous { readings }))
        }
    }
}

fn pin(operator: OperatorId, name: String, right: bool, fails: u32, site: &Site<'_>) -> Step<SignIn, Exit, Refusal> {
    if right {
        return Step {
            next: Next::Finish(Exit::SignedIn { operator: operator.clone(), name: name.clone() }),
            facts: vec![Fact::SignedIn { operator }],
            answer: Ok(Accepted::new(Class::StepComplete, What::SignedIn, name)),
        };
    }
    let failed = Fact::SignInFailed { operator: operator.clone(), fails };
    let tries = site.settings.lockout_tries;
    if fails >= tries {
        let minutes = lockout_minutes(fails, site);
        return Step {
            next: Next::Continue(SignIn::Badge),
            facts: vec![failed, Fact::LockedOut { operator, minutes }],
            answer: Err(Refusal::LockedOut { minutes }),
        };
    }
    Step {
        next: Next::Continue(SignIn::Pin { operator, name }),
        facts: vec![failed],
        answer: Err(Refusal::PinWrong { left: tries - fails }),
    }
}

/// Minutes of lock-out after so many failures in a row: the site's minutes at the limit, doubled
/// with every further failure, a day at the most; 0 below the limit.
#[must_use]
pub fn lockout_minutes(fails: u32, site: &Site<'_>) -> u32 {
    const DAY_MINUTES: u32 = 24 * 60;
    if fails < site.settings.lockout_tries {
        return 0;
    }
    let doublings = (fails - site.settings.lockout_tries).min(10);
    site.settings.lockout_minutes.saturating_mul(1 << doublings).min(DAY_MINUTES)
}
