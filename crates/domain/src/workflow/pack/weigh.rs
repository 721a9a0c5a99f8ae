//! Closing a carton: a photograph where the policy asks for one, then its weight, which closes it.

use super::{PHOTOS_MAX, Pack, PackStep, Pending, Photo, Stage};
use crate::fact::Fact;
use crate::id::{HandlingUnitId, ItemId, OperatorId};
use crate::master::Settings;
use crate::outbound::CartonState;
use crate::reason::Reason;
use crate::scan::Kind;
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Site, What};

/// What a carton may weigh more or less than expected, in grams.
#[must_use]
pub fn tolerance(expected: i64, settings: &Settings) -> i64 {
    let percent = expected.saturating_mul(i64::from(settings.weight_tol_percent)) / 100;
    percent.max(settings.weight_tol_min_grams)
}

impl Pack {
    /// What units of an item weigh together, in grams. Pieces that differ in weight count with the mean of what was
    /// picked. `None` = not known.
    #[must_use]
    pub fn grams_of(&self, item: &ItemId, qty: i64) -> Option<i64> {
        let (mut pieces, mut grams) = (0_i64, 0_i64);
        for (_, left) in self.picks_of(item).filter(|(_, left)| left.grams > 0) {
            (pieces, grams) = (pieces.saturating_add(left.picked), grams.saturating_add(left.grams));
        }
        if pieces > 0 {
            return Some(grams.saturating_mul(qty).saturating_add(pieces / 2) / pieces);
        }
        self.item(item).map(|row| row.weight_grams).filter(|grams| *grams > 0).map(|grams| grams.saturating_mul(qty))
    }

    /// What a carton should weigh with all that is in it, in grams. `None` = the weight of something is not known.
    #[must_use]
    pub fn expected_grams(&self, carton: &HandlingUnitId) -> Option<i64> {
        let own = self.carton(carton)?;
        let mut sum = own.carton_type.as_ref()?.tare_grams;
        for one in &own.content {
            sum = sum.saturating_add(self.grams_of(&one.item, one.qty)?);
        }
        Some(sum)
    }

    /// The button or code that closes the carton at hand.
    pub(super) fn close(mut self, site: &Site<'_>) -> PackStep {
        let carton = match &self.stage {
            Stage::Verify { carton, .. } | Stage::Photo { carton } => carton.clone(),
            _ => return self.not_now(),
        };
        if let Some(refusal) = self.barred() {
            return self.refuse(refusal);
        }
        if self.carton(&carton).is_none_or(|own| own.content.is_empty()) {
            return self.refuse(Refusal::MissingData { field: Kind::Item });
        }
        let least = site.settings.pack_photo_minor;
        if least > 0 && self.order.value_minor >= least && !self.photos.contains_key(&carton) {
            self.stage = Stage::Photo { carton };
            return self.refuse(Refusal::PhotoNeeded);
        }
        self.stage = Stage::Weigh { carton: carton.clone() };
        self.accept(Class::StepComplete, What::Page, carton.0)
    }

    pub(super) fn photo(mut self, photo: &Photo) -> PackStep {
        let (carton, closing) = match &self.stage {
            Stage::Photo { carton } => (carton.clone(), true),
            Stage::Verify { carton, .. } | Stage::Weigh { carton } => (carton.clone(), false),
            _ => return self.not_now(),
        };
        let taken = self.photos.entry(carton.clone()).or_default();
        if *taken >= PHOTOS_MAX {
            return self.not_now();
        }
        *taken += 1;
        let fact = Fact::PhotoTaken {
            photo: photo.id.clone(),
            subject: self.subject(),
            purpose: "pack".to_owned(),
            hash: photo.hash.clone(),
            bytes: photo.bytes,
        };
        if closing {
            self.stage = Stage::Weigh { carton };
        }
        let class = if closing { Class::StepComplete } else { Class::Accepted };
        let mut step = self.accept(class, What::Photo, "");
        step.facts.push(fact);
        step
    }

    /// The scale stands still. A weight as expected closes the carton, and its label is to be printed; `by`: a
    /// supervisor allowed another one.
    pub(super) fn weighed(mut self, grams: i64, by: Option<OperatorId>, site: &Site<'_>) -> PackStep {
        let Stage::Weigh { carton } = &self.stage else { return self.not_now() };
        let carton = carton.clone();
        // The carton was lifted off the scale: what was asked about its weight stays.
        if grams <= 0 {
            return self.refuse(Refusal::QtyBad);
        }
        self.pending = None;
        if let Some(refusal) = self.barred() {
            return self.refuse(refusal);
        }
        let expected = self.expected_grams(&carton);
        let off = expected.map_or(0, |expected| grams.saturating_sub(expected));
        let differs = expected.is_some_and(|expected| off.abs() > tolerance(expected, site.settings));
        if differs && by.is_none() {
            let refusal = self.weight_diff(&carton, expected.unwrap_or(0), grams, site.settings);
            self.pending = Some(Pending::Weight { grams, off });
            return self.refuse(refusal);
        }
        let mut facts = Vec::new();
        let mut because = Vec::new();
        if let Some(by) = by.filter(|_| differs) {
            because.push(Reason::WeightDiff);
            facts.push(Fact::Approved {
                by,
                decision: Reason::WeightDiff,
                subject: self.subject(),
                item: ItemId::default(),
                qty: off,
            });
        }
        let order = self.order.id.clone();
        facts.push(Fact::CartonWeighed {
            order: order.clone(),
            carton: carton.clone(),
            grams,
            expected_grams: expected.unwrap_or(0),
            because,
        });
        facts.push(Fact::CartonClosed { order, carton: carton.clone(), location: self.bench.clone() });
        self.photos.remove(&carton);
        if let Some(own) = self.carton_mut(&carton) {
            own.carton.state = CartonState::Closed;
            own.carton.grams = grams;
        }
        self.stage = self.label_stage(carton.clone());
        let mut step = self.accept(Class::StepComplete, What::Closed, carton.0);
        step.facts = facts;
        step
    }

    /// The refusal with the item of which one unit explains the difference best: too light, one that was scanned
    /// and is not in the carton; too heavy, one of the order that is in it and was not scanned.
    fn weight_diff(&self, carton: &HandlingUnitId, expected: i64, measured: i64, settings: &Settings) -> Refusal {
        let off = measured.saturating_sub(expected);
        let within = tolerance(expected, settings);
        let inside =
            |item: &ItemId| self.carton(carton).is_some_and(|own| own.content.iter().any(|one| one.item == *item));
        let lines = self.lines.iter().map(|line| &line.item).filter(|item| off > 0 || inside(item));
        let weights = lines.filter_map(|item| Some((item, self.grams_of(item, 1)?)));
        let best = weights
            .map(|(item, grams)| ((off.abs() - grams).abs(), item, grams))
            .filter(|(rest, ..)| *rest <= within)
            .min_by_key(|(rest, ..)| *rest);
        let (item, grams) = best.map(|(_, item, grams)| (item.clone(), grams)).unwrap_or_default();
        Refusal::CartonWeight { expected, measured, item, grams }
    }
}
