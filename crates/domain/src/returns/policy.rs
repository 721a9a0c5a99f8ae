//! What the answers and the policy make of returned goods: pure rules. Device and
//! core ask the same functions.

use super::{Checklist, ChecklistAnswer, Disposition, Grade, PolicyRule, Question, ReturnPolicy, ReturnReason};
use crate::master::{ItemClass, Limits, Role};

/// Returned goods, as far as the policy asks about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case<'a> {
    /// The class of the item.
    pub class: ItemClass,
    /// Whether it is a hygiene item.
    pub hygiene: bool,
    /// How good the goods are.
    pub grade: Grade,
    /// Why they came back.
    pub reason: ReturnReason,
    /// The sales channel. Empty = none.
    pub channel: &'a str,
    /// Value of one unit in minor units; 0 = not known.
    pub value_minor: i64,
}

impl Case<'_> {
    /// Whether nobody may choose this: hygiene goods that were opened are never sold again.
    #[must_use]
    pub fn bars(&self, chosen: Disposition) -> bool {
        chosen == Disposition::Restock && self.hygiene && self.grade > Grade::A
    }

    fn fits(&self, rule: &PolicyRule) -> bool {
        rule.class.is_none_or(|class| class == self.class)
            && rule.hygiene.is_none_or(|hygiene| hygiene == self.hygiene)
            && rule.grade.is_none_or(|grade| grade == self.grade)
            && rule.reason.is_none_or(|reason| reason == self.reason)
            && (rule.channel.is_empty() || rule.channel == self.channel)
            && rule.value_from_minor.is_none_or(|from| self.value_minor >= from)
            && rule.value_below_minor.is_none_or(|below| self.value_minor < below)
    }
}

impl ReturnPolicy {
    /// What becomes of the goods: the first rule that matches decides; else, or where the rule names what
    /// nobody may choose, quarantine.
    #[must_use]
    pub fn propose(&self, case: &Case<'_>) -> Disposition {
        let first = self.rules.iter().find(|rule| case.fits(rule)).map(|rule| rule.disposition);
        first.filter(|disposition| !case.bars(*disposition)).unwrap_or_default()
    }

    /// The checklist of a class: its own, or that of `General`. `None` = neither has one, nothing is asked.
    #[must_use]
    pub fn checklist(&self, class: ItemClass) -> Option<&Checklist> {
        let of = |class| self.checklists.iter().find(|list| list.class == class);
        of(class).or_else(|| of(ItemClass::General))
    }

    /// Whether goods of this grade are photographed.
    #[must_use]
    pub fn asks_photo(&self, grade: Grade) -> bool {
        self.photo_grades.contains(&grade)
    }
}

/// The best grade that the answers leave: every No caps it. With no answer, A.
#[must_use]
pub fn best_grade(questions: &[Question], answers: &[ChecklistAnswer]) -> Grade {
    let is_no = |code: &str| answers.iter().any(|answer| answer.question == code && !answer.yes);
    questions.iter().filter(|question| is_no(&question.code)).map(|question| question.no_caps).max().unwrap_or_default()
}

/// Whether somebody with these roles may choose this instead of what the policy proposes. `value_minor` =
/// value of all the units, in minor units.
#[must_use]
pub fn may_override(case: &Case<'_>, chosen: Disposition, value_minor: i64, roles: &[Role], limits: &Limits) -> bool {
    let supervisor = roles.contains(&Role::Supervisor) && value_minor <= limits.supervisor_write_off_minor;
    !case.bars(chosen) && (supervisor || roles.contains(&Role::Manager))
}
