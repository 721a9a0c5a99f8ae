//! Weight, checklist, grade, reason and photographs.

use super::entry::{Entry, Field};
use super::leave::{Input, Leave};
use super::{PHOTOS_MAX, Photo, ReturnStep, Returns};
use crate::fact::Fact;
use crate::master::Settings;
use crate::reason::Reason;
use crate::returns::{ChecklistAnswer, Grade, Question, ReturnReason, RmaLine};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Site, What};

/// Whether a weight is within the tolerance: so many percent of what was expected, and so many grams at the
/// least.
fn is_close(grams: i64, expected: i64, settings: &Settings) -> bool {
    let percent = expected.saturating_mul(i64::from(settings.weight_tol_percent)) / 100;
    grams.saturating_sub(expected).saturating_abs() <= percent.max(settings.weight_tol_min_grams)
}

impl Returns {
    /// The questions of the entry, in order; while the weight is asked about, only those about its parts.
    #[must_use]
    pub fn questions(&self) -> Vec<&Question> {
        let Some(entry) = self.entry() else { return Vec::new() };
        let parts = entry.field() == Field::Parts;
        self.questions_of(entry).iter().filter(|question| question.parts || !parts).collect()
    }

    fn questions_of(&self, entry: &Entry) -> &[Question] {
        self.policy.checklist(entry.kept.class).map(|list| list.questions.as_slice()).unwrap_or_default()
    }

    /// What was announced of the units: the customer's reason and words. `None` = nothing.
    #[must_use]
    pub fn announced_now(&self) -> Option<&RmaLine> {
        self.entry().and_then(|entry| self.announced_of(entry))
    }

    pub(super) fn announced_of(&self, entry: &Entry) -> Option<&RmaLine> {
        let lines = self.lines_for(entry);
        lines.iter().find_map(|(line, _)| self.announced(line))
    }

    /// What the units should weigh together, in grams; 0 = not known, nothing is compared.
    #[must_use]
    pub fn expected_grams(&self) -> i64 {
        self.entry().map_or(0, |entry| entry.sent.unit_grams.saturating_mul(entry.qty))
    }

    pub(super) fn weighed(mut self, grams: i64, site: &Site<'_>) -> ReturnStep {
        if !matches!(self.field(), Some(Field::Weigh | Field::Parts)) {
            return self.not_now();
        }
        if grams <= 0 {
            return self.refuse(Refusal::QtyBad);
        }
        let expected = self.expected_grams();
        let off = expected > 0 && !is_close(grams, expected, site.settings);
        let parts: Vec<String> = match self.entry() {
            Some(entry) => {
                let parts = self.questions_of(entry).iter().filter(|question| question.parts);
                parts.map(|question| question.code.clone()).collect()
            }
            None => Vec::new(),
        };
        if let Some(entry) = self.entry_mut() {
            (entry.grams, entry.weight_off) = (grams, off);
            // The parts are looked at again.
            if off {
                entry.answers.retain(|answer| !parts.contains(&answer.question));
            }
            entry.at = if off && !parts.is_empty() { Field::Parts } else { Field::Weigh };
        }
        self.run(Input::Weight, Leave::default(), site)
    }

    /// The weight is as expected, or a part is missing, or a supervisor allowed it.
    pub(super) fn weight_holds(&self, entry: &Entry) -> Result<(), Refusal> {
        let mut parts = self.questions_of(entry).iter().filter(|question| question.parts);
        let explained = parts.any(|question| entry.answer(&question.code) == Some(false));
        if !entry.weight_off || explained || entry.leave.allows(Reason::WeightDiff) {
            return Ok(());
        }
        let expected = entry.sent.unit_grams.saturating_mul(entry.qty);
        Err(Refusal::WeightDiff { grams: entry.grams, expected })
    }

    pub(super) fn answer(mut self, question: String, yes: bool) -> ReturnStep {
        let asked = matches!(self.field(), Some(Field::Parts | Field::Inspect | Field::Photo));
        if !asked || !self.questions().iter().any(|own| own.code == question) {
            return self.not_now();
        }
        let code = question.clone();
        self.changing(move |entry| {
            entry.answers.retain(|answer| answer.question != question);
            entry.answers.push(ChecklistAnswer { question, yes });
        });
        // A grade that the answers no longer leave was not chosen.
        let best = self.best();
        self.changing(|entry| entry.grade = entry.grade.filter(|grade| *grade >= best));
        self.accept(Class::Accepted, What::Condition, code)
    }

    pub(super) fn grade(mut self, grade: Grade) -> ReturnStep {
        if !matches!(self.field(), Some(Field::Inspect | Field::Photo)) {
            return self.not_now();
        }
        if grade < self.best() {
            return self.refuse(Refusal::NotAllowed);
        }
        self.changing(|entry| entry.grade = Some(grade));
        self.accept(Class::Accepted, What::Condition, grade.as_str())
    }

    pub(super) fn reason(mut self, reason: ReturnReason) -> ReturnStep {
        if !matches!(self.field(), Some(Field::Inspect | Field::Photo)) {
            return self.not_now();
        }
        self.changing(|entry| entry.reason = Some(reason));
        self.accept(Class::Accepted, What::Condition, reason.as_str())
    }

    fn changing(&mut self, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entry_mut() {
            change(entry);
        }
    }

    pub(super) fn photo(mut self, photo: &Photo) -> ReturnStep {
        let fact = Fact::PhotoTaken {
            photo: photo.id.clone(),
            subject: self.subject(),
            purpose: "returned".to_owned(),
            hash: photo.hash.clone(),
            bytes: photo.bytes,
        };
        let before = self.field();
        let Some(entry) = self.entry_mut() else { return self.not_now() };
        if entry.photos.len() >= PHOTOS_MAX || entry.photos.contains(&photo.id) {
            return self.not_now();
        }
        entry.photos.push(photo.id.clone());
        let class = if self.field() == before { Class::Accepted } else { Class::StepComplete };
        ReturnStep { facts: vec![fact], ..self.accept(class, What::Photo, "") }
    }

    /// What is missing before the units can go anywhere.
    ///
    /// # Errors
    /// `MISSING_DATA` with a question or `reason`, `WEIGHT_DIFF`, `PHOTO_NEEDED`.
    pub(super) fn inspected(&self) -> Result<(), Refusal> {
        let Some(entry) = self.entry() else { return Ok(()) };
        self.answered(entry, false)?;
        if self.reason_of(entry).is_none() {
            return Err(Refusal::MissingAnswer { what: "reason".to_owned() });
        }
        self.weight_holds(entry)?;
        if self.policy.asks_photo(self.grade_of(entry)) && entry.photos.is_empty() {
            return Err(Refusal::PhotoNeeded);
        }
        Ok(())
    }

    fn answered(&self, entry: &Entry, parts: bool) -> Result<(), Refusal> {
        let mut asked = self.questions_of(entry).iter().filter(|question| question.parts || !parts);
        match asked.find(|question| entry.answer(&question.code).is_none()) {
            Some(open) => Err(Refusal::MissingAnswer { what: open.code.clone() }),
            None => Ok(()),
        }
    }

    /// On to the next step, if this one is complete.
    pub(super) fn next_step(mut self, site: &Site<'_>) -> ReturnStep {
        let (Some(field), Some(entry)) = (self.field(), self.entry().cloned()) else { return self.not_now() };
        let next = match field {
            Field::Lot | Field::Serial => Err(Refusal::MissingData { field: field.kind() }),
            Field::Quantity => Ok(self.counted(entry)),
            Field::Weigh if entry.weight_off => return self.run(Input::Weight, Leave::default(), site),
            Field::Weigh => Err(Refusal::MissingAnswer { what: "weight".to_owned() }),
            Field::Parts => match self.answered(&entry, true) {
                Ok(()) => return self.run(Input::Weight, Leave::default(), site),
                Err(refusal) => Err(refusal),
            },
            Field::Inspect | Field::Photo => match self.inspected() {
                // What a supervisor may allow is remembered.
                Err(Refusal::WeightDiff { .. }) => return self.run(Input::Weight, Leave::default(), site),
                inspected => inspected.map(|()| Entry { at: Field::Put, ..entry }),
            },
            Field::Put => return self.not_now(),
        };
        match next {
            Ok(next) => {
                self.changing(|entry| *entry = next);
                self.accept(Class::StepComplete, What::Page, "")
            }
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Back to the checklist: another grade has another disposition.
    pub(super) fn back(mut self) -> ReturnStep {
        if self.field() != Some(Field::Put) {
            return self.not_now();
        }
        self.changing(|entry| (entry.at, entry.overridden) = (Field::Inspect, None));
        self.accept(Class::Accepted, What::Page, "")
    }
}
