//! What becomes of the units: what the policy proposes, and what somebody with the role chose.

use super::entry::{Entry, Field, Override};
use super::{ReturnStep, Returns};
use crate::id::OperatorId;
use crate::master::{Limits, Role};
use crate::returns::{Case, Disposition, Grade, ReturnReason, best_grade, may_override};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Site, What};

impl Returns {
    /// The best grade that the answers leave.
    #[must_use]
    pub fn best(&self) -> Grade {
        self.entry().map_or(Grade::A, |entry| self.best_of(entry))
    }

    pub(super) fn best_of(&self, entry: &Entry) -> Grade {
        let list = self.policy.checklist(entry.kept.class);
        best_grade(list.map(|list| list.questions.as_slice()).unwrap_or_default(), &entry.answers)
    }

    /// The grades that the answers leave, best first.
    #[must_use]
    pub fn grades(&self) -> Vec<Grade> {
        let best = self.best();
        Grade::ALL.into_iter().filter(|grade| *grade >= best).collect()
    }

    /// The grade: the one that was chosen, else the best that the answers leave.
    #[must_use]
    pub fn grade_now(&self) -> Grade {
        self.entry().map_or(Grade::A, |entry| self.grade_of(entry))
    }

    pub(super) fn grade_of(&self, entry: &Entry) -> Grade {
        let best = self.best_of(entry);
        entry.grade.map_or(best, |chosen| chosen.max(best))
    }

    /// Why the units came back: as somebody chose, else as announced.
    #[must_use]
    pub fn reason_now(&self) -> Option<ReturnReason> {
        self.entry().and_then(|entry| self.reason_of(entry))
    }

    pub(super) fn reason_of(&self, entry: &Entry) -> Option<ReturnReason> {
        entry.reason.or_else(|| self.announced_of(entry).map(|row| row.reason))
    }

    pub(super) fn case_of<'a>(&'a self, entry: &'a Entry) -> Case<'a> {
        let rma = self.rma.as_ref().map(|rma| rma.channel.as_str()).filter(|channel| !channel.is_empty());
        Case {
            class: entry.kept.class,
            hygiene: entry.kept.hygiene,
            grade: self.grade_of(entry),
            reason: self.reason_of(entry).unwrap_or(ReturnReason::Other),
            channel: rma.unwrap_or(&entry.sent.channel),
            value_minor: entry.sent.value_minor,
        }
    }

    /// What the policy proposes. Goods of no order, and those of a return that was cancelled, are quarantined.
    pub(super) fn proposed_of(&self, entry: &Entry) -> Disposition {
        if self.must_wait(entry) {
            return Disposition::Quarantine;
        }
        self.policy.propose(&self.case_of(entry))
    }

    /// What becomes of the units, at its step.
    #[must_use]
    pub fn disposition(&self) -> Option<Disposition> {
        self.entry().filter(|entry| entry.field() == Field::Put).map(|entry| self.disposition_of(entry))
    }

    pub(super) fn disposition_of(&self, entry: &Entry) -> Disposition {
        entry.overridden.as_ref().map_or_else(|| self.proposed_of(entry), |own| own.chosen)
    }

    /// Somebody else decides about them: nobody here can choose.
    pub(super) fn must_wait(&self, entry: &Entry) -> bool {
        entry.is_unmatched() || self.is_withdrawn()
    }

    pub(super) fn may_choose(&self, entry: &Entry, chosen: Disposition, roles: &[Role], limits: &Limits) -> bool {
        let value = entry.sent.value_minor.saturating_mul(entry.qty);
        !self.must_wait(entry) && may_override(&self.case_of(entry), chosen, value, roles, limits)
    }

    /// Another disposition than the policy proposes.
    pub(super) fn overrule(
        mut self,
        chosen: Disposition,
        by: OperatorId,
        roles: &[Role],
        reason: &str,
        site: &Site<'_>,
    ) -> ReturnStep {
        let Some(entry) = self.entry().filter(|entry| entry.field() == Field::Put) else { return self.not_now() };
        let back = chosen == self.proposed_of(entry);
        if !back && !self.may_choose(entry, chosen, roles, &site.settings.limits) {
            return self.refuse(Refusal::NotAllowed);
        }
        if !back && reason.trim().is_empty() {
            return self.refuse(Refusal::MissingAnswer { what: "override".to_owned() });
        }
        let own = Override { chosen, by, reason: reason.trim().to_owned() };
        if let Some(entry) = self.entry_mut() {
            entry.overridden = (!back).then_some(own);
        }
        self.accept(Class::Accepted, What::Condition, chosen.as_str())
    }
}
