//! Take out: a unit leaves the carton again. A closed carton is open by that, and its label is void.

use super::{Exit, Pack, PackStep, Stage};
use crate::id::HandlingUnitId;
use crate::outbound::{CartonState, PackState};
use crate::scan::{Kind, Label, Meaning, Wants};
use crate::workflow::goods::{self, NotYet};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Accepted, Class, Meant, Next, Site, Step, What};

impl Pack {
    /// The button. No carton = the one at hand.
    pub(super) fn take_out(mut self, carton: HandlingUnitId) -> PackStep {
        let carton = if carton.is_none() { self.at_hand().unwrap_or_default() } else { carton };
        if !self.holds(&carton) {
            return self.not_now();
        }
        self.stage = Stage::TakeOut { carton: carton.clone(), label: Label::default() };
        self.accept(Class::Accepted, What::Page, carton.0)
    }

    /// Whether something can be taken out of it.
    fn holds(&self, carton: &HandlingUnitId) -> bool {
        self.carton(carton).is_some_and(|own| own.carton.state != CartonState::Shipped && !own.content.is_empty())
    }

    /// The carton that the stage is about.
    #[must_use]
    pub fn at_hand(&self) -> Option<HandlingUnitId> {
        match &self.stage {
            Stage::Verify { carton, .. }
            | Stage::TakeOut { carton, .. }
            | Stage::Photo { carton }
            | Stage::Weigh { carton }
            | Stage::Label { carton, .. } => Some(carton.clone()),
            Stage::Carton | Stage::Finish => None,
        }
    }

    /// The unit, or the label of the carton it is taken out of.
    pub(super) fn scan_out(
        mut self,
        carton: HandlingUnitId,
        begun: &Label,
        meant: &Meant,
        site: &Site<'_>,
    ) -> PackStep {
        let wants = Wants::only(Kind::Item).or(Kind::Lot).or(Kind::Serial).or(Kind::HandlingUnit);
        let label = match meant.fit(&wants) {
            Ok(Meaning::Goods { label }) => label,
            Ok(Meaning::HandlingUnit { unit }) if self.holds(&unit.id) => return self.take_out(unit.id.clone()),
            Ok(Meaning::HandlingUnit { unit }) => {
                return self.refuse(Refusal::WrongHu { scanned: unit.id.clone(), needed: carton });
            }
            Ok(_) => return self.misfit(meant, Kind::Item),
            Err(refusal) => return self.refuse(Refusal::Scan(refusal)),
        };
        let read = match self.read(begun, label, site) {
            Ok(read) => read,
            Err(NotYet { refusal, keep }) => {
                self.stage = Stage::TakeOut { carton, label: *keep };
                return self.refuse(refusal);
            }
        };
        let done = self.unit_in(&carton, &read).and_then(|unit| Ok((self.put_back(&carton, &unit)?, unit)));
        match done {
            Ok((facts, unit)) => {
                self.reopened(&carton);
                self.stage = Stage::Verify { carton, label: Label::default() };
                if self.is_given_up() {
                    let answer = Ok(Accepted::new(Class::TaskComplete, What::TakenOut, unit.item.0));
                    return Step { next: Next::Finish(Exit::Gone), facts, answer };
                }
                let mut step = self.accept(Class::StepComplete, What::TakenOut, unit.item.0);
                step.facts = facts;
                step
            }
            Err(refusal) => {
                let label = if goods::stays(&refusal) { read } else { Label::default() };
                self.stage = Stage::TakeOut { carton, label };
                self.refuse(refusal)
            }
        }
    }

    /// It is photographed, weighed, closed and labelled anew: the label that it had is void at the carrier.
    fn reopened(&mut self, carton: &HandlingUnitId) {
        self.photos.remove(carton);
        self.partial = false;
        if self.order.state == PackState::Packed {
            self.order.state = PackState::Open;
        }
        if let Some(own) = self.carton_mut(carton) {
            own.carton.reopened(own.carton.state);
        }
    }

    /// Back to where the carton stands: nothing is taken out, or it is not closed yet.
    pub(super) fn back(mut self) -> PackStep {
        let Some(carton) = self.at_hand() else { return self.not_now() };
        match &self.stage {
            Stage::TakeOut { .. } => {
                self.stage = match self.carton(&carton).map(|own| own.carton.state) {
                    Some(CartonState::Open) => Stage::Verify { carton: carton.clone(), label: Label::default() },
                    Some(CartonState::Closed) => self.label_stage(carton.clone()),
                    _ => self.next_stage(),
                };
            }
            Stage::Photo { .. } | Stage::Weigh { .. } => {
                self.partial = false;
                self.stage = Stage::Verify { carton: carton.clone(), label: Label::default() };
            }
            Stage::Verify { label, .. } if !label.is_blank() => {
                self.stage = Stage::Verify { carton: carton.clone(), label: Label::default() };
            }
            _ => return self.not_now(),
        }
        self.accept(Class::Accepted, What::Page, carton.0)
    }
}
