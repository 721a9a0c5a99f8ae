//! What comes next, and the end of an order.

use super::{Exit, Pack, PackStep, Pending, Stage};
use crate::fact::Fact;
use crate::id::HandlingUnitId;
use crate::outbound::{CartonState, PackState, PartialShip};
use crate::scan::{Kind, Label, Meaning, Wants};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Accepted, Class, Meant, Next, Site, Step, What};

impl Pack {
    /// Whether all that was picked is in cartons.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.left_qty() == 0
    }

    /// Whether everything that was ordered is in cartons.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.open_lines() == 0 && self.cartons.iter().any(|own| !own.content.is_empty())
    }

    /// An open carton with something in it, the last one first.
    pub(super) fn open_carton(&self) -> Option<HandlingUnitId> {
        let open = |own: &&super::Filled| own.carton.state == CartonState::Open && !own.content.is_empty();
        self.cartons.iter().rev().find(open).map(|own| own.carton.id.clone())
    }

    /// A closed carton whose label was not seen; then one that needs another label than it has.
    fn unlabelled(&self) -> Option<HandlingUnitId> {
        let closed = self.cartons.iter().find(|own| own.carton.state == CartonState::Closed);
        closed.or_else(|| self.cartons.iter().find(|own| own.carton.owes_label())).map(|own| own.carton.id.clone())
    }

    /// Where the order stands when nothing is at hand.
    pub(super) fn next_stage(&self) -> Stage {
        if let Some(carton) = self.open_carton() {
            return Stage::Verify { carton, label: Label::default() };
        }
        if !self.partial && !self.is_verified() {
            let empty = self.cartons.iter().rev().find(|own| own.carton.state == CartonState::Open);
            return match empty {
                Some(own) => Stage::Verify { carton: own.carton.id.clone(), label: Label::default() },
                None => Stage::Carton,
            };
        }
        match self.unlabelled() {
            Some(carton) => self.label_stage(carton),
            None => Stage::Finish,
        }
    }

    /// A stage whose carton is gone, or stands elsewhere by now, gives way to the next one.
    pub(super) fn settle(&mut self) {
        let carton = self.at_hand();
        let state = carton.as_ref().and_then(|id| self.carton(id)).map(|own| own.carton.state);
        let empty = carton.as_ref().and_then(|id| self.carton(id)).is_some_and(|own| own.content.is_empty());
        let stays = match (&self.stage, state) {
            (Stage::Carton, _) => !self.is_verified() && !self.partial,
            (Stage::Finish, _) => self.next_stage() == Stage::Finish,
            // Nothing is in it, and nothing is left to go into it.
            (Stage::Verify { .. }, Some(CartonState::Open)) => !(empty && self.is_verified()),
            (Stage::Verify { .. }, Some(_)) => false,
            (Stage::Photo { .. } | Stage::Weigh { .. }, Some(state)) => state == CartonState::Open,
            (Stage::TakeOut { .. }, Some(state)) => state != CartonState::Shipped,
            (Stage::Label { .. }, Some(state)) => matches!(state, CartonState::Closed | CartonState::Labelled),
            (_, None) => false,
        };
        if !stays {
            self.stage = self.next_stage();
        }
    }

    /// On with what is left, or the end of the order; `again`: it was packed before.
    pub(super) fn go_on(mut self, what: What, code: String, mut facts: Vec<Fact>, again: bool) -> PackStep {
        self.stage = self.next_stage();
        let complete = self.is_complete();
        if self.stage != Stage::Finish || !(complete || self.partial || again) {
            let mut step = self.accept(Class::StepComplete, what, code);
            step.facts = facts;
            return step;
        }
        let order = self.order.id.clone();
        if !again {
            facts.push(Fact::OrderPacked { order: order.clone(), task: self.order.task.clone(), complete });
        }
        Step {
            next: Next::Finish(Exit::Packed { complete }),
            facts,
            answer: Ok(Accepted::new(Class::TaskComplete, What::Packed, order.0)),
        }
    }

    pub(super) fn scan_finish(self, meant: &Meant, pending: Option<Pending>, site: &Site<'_>) -> PackStep {
        match meant.fit(&Wants::only(Kind::Command).or(Kind::HandlingUnit)) {
            Ok(Meaning::Command { .. }) => self.finish(pending, site),
            Ok(Meaning::HandlingUnit { unit }) => self.scan_own(&unit.id.clone(), &meant.text),
            Ok(_) => self.misfit(meant, Kind::Command),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    /// What is not packed stays behind: asked, taken or barred as the order says. A carton that is open is closed
    /// first, and the order ends with its label.
    pub(super) fn finish(mut self, pending: Option<Pending>, site: &Site<'_>) -> PackStep {
        if self.cartons.iter().all(|own| own.content.is_empty()) {
            return self.refuse(Refusal::MissingData { field: Kind::Item });
        }
        if self.order.state == PackState::Packed && self.next_stage() == Stage::Finish {
            let order = self.order.id.0.clone();
            return Step {
                next: Next::Finish(Exit::Packed { complete: self.is_complete() }),
                facts: Vec::new(),
                answer: Ok(Accepted::new(Class::TaskComplete, What::Packed, order)),
            };
        }
        let open = self.open_lines();
        if open > 0 && !self.partial {
            match self.order.partial {
                PartialShip::Never => return self.refuse(Refusal::NotComplete { open }),
                PartialShip::Ask if pending != Some(Pending::Finish) => {
                    self.pending = Some(Pending::Finish);
                    return self.refuse(Refusal::Partial { open });
                }
                PartialShip::Ask | PartialShip::Allow => self.partial = true,
            }
        }
        match self.open_carton() {
            Some(carton) => {
                let closing = matches!(&self.stage, Stage::Photo { .. } | Stage::Weigh { .. });
                if closing {
                    return self.accept(Class::Accepted, What::Page, carton.0);
                }
                self.stage = Stage::Verify { carton, label: Label::default() };
                self.close(site)
            }
            None if matches!(self.stage, Stage::Label { .. }) => self.accept(Class::Accepted, What::Page, ""),
            None => {
                let order = self.order.id.0.clone();
                self.go_on(What::Page, order, Vec::new(), false)
            }
        }
    }
}
