//! What was refused and may yet be let in: by a supervisor, or without an order.

use super::entry::Kept;
use super::{Approval, Asked, ReturnStep, Returns};
use crate::id::OperatorId;
use crate::reason::Reason;
use crate::returns::ShippedLine;
use crate::scan::Label;
use crate::workflow::Site;
use crate::workflow::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// What was let in though a rule forbids it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Leave {
    /// By a supervisor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// Without an order: quarantined, and no refund is asked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unmatched: bool,
}

impl Leave {
    /// Whether a supervisor set this rule aside.
    #[must_use]
    pub fn allows(&self, decision: Reason) -> bool {
        self.approvals.iter().any(|approval| approval.decision == decision)
    }

    /// Takes over what another let in. The last decision about a rule counts.
    pub(super) fn add(&mut self, other: &Leave) {
        for approval in &other.approvals {
            self.approvals.retain(|own| own.decision != approval.decision);
            self.approvals.push(approval.clone());
        }
        self.unmatched |= other.unmatched;
    }
}

/// A label with all that the store knew about it when it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Read {
    /// What it says; the item is known, or that of the entry.
    pub label: Label,
    /// What is kept of the item.
    pub kept: Kept,
    /// Whether the serial number is in stock.
    pub in_stock: bool,
    /// The unit of this serial number as it was shipped with other orders.
    pub elsewhere: Vec<ShippedLine>,
}

/// What is judged by the rules, and judged again once one of them was set aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Input {
    /// A label, or a part of one.
    Read(Box<Read>),
    /// A typed number.
    Typed(i64),
    /// The weight that was read last.
    Weight,
}

/// What was refused last; anything but its answer drops it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Pending {
    /// What was refused.
    input: Input,
    /// What was set aside before.
    leave: Leave,
    /// For whoever decides.
    asked: Asked,
    /// Whether a supervisor can set the rule aside.
    approve: bool,
}

impl Returns {
    /// What a supervisor may allow now. Whether this one may is judged by role before
    /// [`Event::Approved`](super::Event::Approved).
    #[must_use]
    pub fn asked(&self) -> Option<&Asked> {
        self.pending.as_ref().filter(|pending| pending.approve).map(|pending| &pending.asked)
    }

    /// Whether what was refused may be inspected without an order now.
    #[must_use]
    pub fn may_be_unmatched(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| !pending.approve)
    }

    /// Judges it; what is refused and could be let in is remembered until the next event.
    pub(super) fn run(mut self, input: Input, leave: Leave, site: &Site<'_>) -> ReturnStep {
        match self.judge(&input, &leave, site) {
            Ok((class, what, code)) => self.accept(class, what, code),
            Err(refusal) => {
                let fresh = self.entry().is_none() && matches!(input, Input::Read(_));
                let no_order = matches!(refusal, Refusal::RetNotShipped { .. } | Refusal::RetOver { .. });
                if refusal.can_be_approved() || (no_order && fresh) {
                    let asked = self.asked_about(&input, &refusal);
                    let approve = refusal.can_be_approved();
                    self.pending = Some(Pending { input, leave, asked, approve });
                }
                self.refuse(refusal)
            }
        }
    }

    /// A supervisor allowed what was refused last. Everything else is judged again.
    pub(super) fn allowed(self, pending: Option<Pending>, by: OperatorId, site: &Site<'_>) -> ReturnStep {
        let Some(Pending { input, mut leave, asked, approve: true }) = pending else { return self.not_now() };
        leave.approvals.push(Approval { by, decision: asked.decision });
        self.run(input, leave, site)
    }

    /// What was refused is inspected without an order.
    pub(super) fn unmatched(self, pending: Option<Pending>, site: &Site<'_>) -> ReturnStep {
        let Some(Pending { input, leave, approve: false, .. }) = pending else { return self.not_now() };
        self.run(input, Leave { unmatched: true, ..leave }, site)
    }

    fn asked_about(&self, input: &Input, refusal: &Refusal) -> Asked {
        let (item, qty) = match (input, self.entry()) {
            (Input::Read(read), entry) => {
                let item = read.label.item.clone().or_else(|| entry.map(|entry| entry.item.clone()));
                (item.unwrap_or_default(), entry.map_or(0, |entry| entry.qty).max(read.label.qty).max(1))
            }
            (_, Some(entry)) => (entry.item.clone(), entry.qty),
            (_, None) => (crate::id::ItemId::default(), 0),
        };
        Asked { decision: refusal.reason(), item, qty, limit: 0 }
    }
}
