//! What was refused and may yet be let in: by a supervisor, or into quarantine.

use super::entry::Tracks;
use super::unit::Target;
use super::{Receive, ReceiveStep};
use crate::id::{HandlingUnitId, ItemId, OperatorId};
use crate::inbound::Announced;
use crate::master::IsoDate;
use crate::reason::Reason;
use crate::scan::Label;
use crate::workflow::Site;
use crate::workflow::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// A supervisor's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who allowed it.
    pub by: OperatorId,
    /// The rule that was set aside.
    pub decision: Reason,
}

/// What was let in though a rule forbids it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Leave {
    /// By a supervisor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// Into quarantine, and why: `UNPLANNED`, `EXPIRED`, `MISSING_DATA`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Reason>,
}

impl Leave {
    /// Whether a supervisor set this rule aside.
    #[must_use]
    pub fn allows(&self, decision: Reason) -> bool {
        self.approvals.iter().any(|approval| approval.decision == decision)
    }

    /// Whether the goods are quarantined for this reason.
    #[must_use]
    pub fn holds(&self, because: Reason) -> bool {
        self.held.contains(&because)
    }

    pub(super) fn hold(&mut self, because: Reason) {
        if !self.holds(because) {
            self.held.push(because);
        }
    }

    /// Takes over what another let in. Of a rule about the whole entry the last decision counts; each known
    /// serial number has one of its own.
    pub(super) fn add(&mut self, other: &Leave) {
        for approval in &other.approvals {
            if approval.decision != Reason::SerialSeen {
                self.approvals.retain(|own| own.decision != approval.decision);
            }
            self.approvals.push(approval.clone());
        }
        other.held.iter().for_each(|because| self.hold(*because));
    }
}

/// A label with all that the store knew about it when it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Read {
    /// What it says; the item is known.
    pub label: Label,
    /// What the item tracks.
    pub tracks: Tracks,
    /// The expiry date that the book has of that lot.
    pub book: Option<IsoDate>,
    /// Whether the serial number is in stock.
    pub seen: bool,
    /// The announced content that it confirms.
    pub row: Option<Announced>,
}

/// What is judged by the rules, and judged again once one of them was set aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Input {
    /// A label, or a part of one.
    Read(Box<Read>),
    /// A typed number.
    Typed(i64),
    /// There is no date on the pack.
    NoDate,
    /// Into a handling unit.
    Put(Target),
}

/// What the next event may answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Pending {
    /// The same label again makes it a handling unit.
    NewUnit(HandlingUnitId),
    /// The same button again closes.
    Close {
        /// Whether nothing more is to come.
        complete: bool,
    },
    /// A rule refused this and may be set aside.
    Refused {
        /// What was refused.
        input: Input,
        /// What was set aside before.
        leave: Leave,
        /// The rule.
        rule: Reason,
        /// For whoever decides.
        asked: Asked,
    },
    /// Goods may be received under this unknown code.
    Unknown(String),
    /// The next serial number of the entry is that of a damaged unit.
    Damaged,
}

/// What a supervisor is asked to allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The rule.
    pub decision: Reason,
    /// The item.
    pub item: ItemId,
    /// `RECEIPT_OVER`: units above the limit. Otherwise the units it is about.
    pub qty: i64,
    /// `RECEIPT_OVER`: units that may be received in all. Otherwise 0.
    pub limit: i64,
}

impl Receive {
    /// What a supervisor may allow now. Whether this one may is judged by role and limit before
    /// [`Event::Approved`](super::Event::Approved).
    #[must_use]
    pub fn asked(&self) -> Option<&Asked> {
        match &self.pending {
            Some(Pending::Refused {
                asked,
                rule: Reason::ReceiptOver | Reason::ShelfLife | Reason::SerialSeen,
                ..
            }) => Some(asked),
            _ => None,
        }
    }

    /// `RECEIPT_OVER`: how much more than ordered would be received then, in percent, rounded up. `None` =
    /// something else is asked.
    #[must_use]
    pub fn over_percent(&self) -> Option<i64> {
        let asked = self.asked().filter(|asked| asked.decision == Reason::ReceiptOver)?;
        let (line, lot) = self.entry().map(|entry| (entry.line.clone(), entry.lot.clone())).unwrap_or_default();
        let lines = self.lines_of(&asked.item, &line, &lot);
        let ordered = lines.iter().fold(0_i64, |sum, (_, row)| sum.saturating_add(row.ordered)).max(1);
        let over = asked.limit.saturating_add(asked.qty).saturating_sub(ordered).max(0);
        Some(over.saturating_mul(100).saturating_add(ordered - 1) / ordered)
    }

    /// Whether what was refused may be received into quarantine now.
    #[must_use]
    pub fn may_quarantine(&self) -> bool {
        matches!(&self.pending, Some(Pending::Refused { rule: Reason::Expired | Reason::MissingData, .. }))
    }

    /// Whether what was refused may be received without a line now.
    #[must_use]
    pub fn may_be_unexpected(&self) -> bool {
        matches!(&self.pending, Some(Pending::Refused { rule: Reason::WrongItem, .. }))
    }

    /// The unknown code under which goods may be received now.
    #[must_use]
    pub fn unknown_code(&self) -> Option<&str> {
        match &self.pending {
            Some(Pending::Unknown(code)) => Some(code),
            _ => None,
        }
    }

    /// Judges it; what is refused and could be let in is remembered until the next event.
    pub(super) fn run(mut self, input: Input, leave: Leave, site: &Site<'_>) -> ReceiveStep {
        match self.judge(&input, &leave, site) {
            Ok((class, what, code, facts)) => {
                let mut step = self.accept(class, what, code);
                step.facts = facts;
                step
            }
            Err(refusal) => {
                let rule = refusal.reason();
                let may = match rule {
                    Reason::ReceiptOver | Reason::ShelfLife | Reason::SerialSeen | Reason::Expired => true,
                    Reason::WrongItem => self.entry().is_none() && self.opened.is_none(),
                    Reason::MissingData => input == Input::NoDate,
                    _ => false,
                };
                if may {
                    let asked = self.asked_about(&input, &refusal);
                    self.pending = Some(Pending::Refused { input, leave, rule, asked });
                }
                self.refuse(refusal)
            }
        }
    }

    /// Lets in what was refused last for one of these reasons. Everything else is judged again.
    pub(super) fn let_in(
        self,
        pending: Option<Pending>,
        rules: &[Reason],
        by: Option<OperatorId>,
        site: &Site<'_>,
    ) -> ReceiveStep {
        let Some(Pending::Refused { input, mut leave, rule, .. }) = pending else { return self.not_now() };
        if !rules.contains(&rule) {
            return self.not_now();
        }
        match by {
            Some(by) => leave.approvals.push(Approval { by, decision: rule }),
            None if rule == Reason::WrongItem => leave.hold(Reason::Unplanned),
            None => leave.hold(rule),
        }
        self.run(input, leave, site)
    }

    fn asked_about(&self, input: &Input, refusal: &Refusal) -> Asked {
        let counted = self.entry().map_or(0, |entry| entry.qty);
        let (item, units) = match input {
            Input::Read(read) => {
                let units = if read.tracks.serial { 1 } else { read.label.qty };
                (read.label.item.clone(), if self.is_ready() { counted.saturating_add(units) } else { units })
            }
            Input::Typed(qty) => (None, *qty),
            Input::NoDate | Input::Put(_) => (None, counted),
        };
        let item = item.or_else(|| self.entry().map(|entry| entry.item.clone())).unwrap_or_default();
        let (qty, limit) = match refusal {
            Refusal::ReceiptOver { limit, received } => {
                (units.max(counted).saturating_add(*received).saturating_sub(*limit), *limit)
            }
            Refusal::SerialSeen { .. } => (1, 0),
            _ => (units.max(1), 0),
        };
        Asked { decision: refusal.reason(), item, qty, limit }
    }

    fn is_ready(&self) -> bool {
        self.entry().is_some_and(|entry| entry.missing().is_none())
    }
}
