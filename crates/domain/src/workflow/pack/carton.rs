//! The carton that is packed into: a new one of a type, or one of the order.

use super::{Filled, Pack, PackStep, Pending, Stage};
use crate::fact::Fact;
use crate::id::{CartonTypeId, HandlingUnitId};
use crate::master::Item;
use crate::outbound::{Carton, CartonState, CartonType};
use crate::scan::{Kind, Label, Meaning, Wants};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Meant, Site, What};

impl Pack {
    /// The type that is suggested for the next carton. Empty = none.
    #[must_use]
    pub fn suggested(&self) -> CartonTypeId {
        let used = self.cartons.iter().filter(|own| !own.content.is_empty()).count();
        self.order.suggested.get(used).or(self.order.suggested.last()).cloned().unwrap_or_default()
    }

    pub(super) fn scan_carton(
        self,
        meant: &Meant,
        fresh: HandlingUnitId,
        pending: Option<Pending>,
        site: &Site<'_>,
    ) -> PackStep {
        let wants = Wants { bare_sscc: true, ..Wants::only(Kind::CartonType) };
        match meant.fit(&wants.or(Kind::HandlingUnit).or(Kind::Command)) {
            Ok(Meaning::CartonType { id }) => self.open_carton_of(&id.clone(), fresh, site),
            Ok(Meaning::HandlingUnit { unit }) => self.scan_own(&unit.id.clone(), &meant.text),
            Ok(Meaning::Command { .. }) => self.finish(pending, site),
            Ok(_) => self.misfit(meant, Kind::CartonType),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    /// A new carton. Nothing that is left fits, or the carrier does not take it: another type is asked for.
    pub(super) fn open_carton_of(mut self, id: &CartonTypeId, fresh: HandlingUnitId, site: &Site<'_>) -> PackStep {
        let Some(kind) = site.known.carton_types.iter().find(|row| row.id == *id).cloned() else {
            return self.refuse(Refusal::Scan(crate::scan::Refusal::UnknownCode));
        };
        if let Some(refusal) = self.barred() {
            return self.refuse(refusal);
        }
        if !kind.suits(&self.order.carrier) || !self.any_fits(&kind) {
            let needed = Some(self.suggested()).filter(|other| other != id).unwrap_or_default();
            return self.refuse(Refusal::CartonBad { scanned: id.clone(), needed });
        }
        if fresh.is_none() || self.carton(&fresh).is_some() {
            return self.not_now();
        }
        let fact = Fact::CartonOpened {
            order: self.order.id.clone(),
            task: self.order.task.clone(),
            carton: fresh.clone(),
            carton_type: id.clone(),
            location: self.bench.clone(),
        };
        self.cartons.push(Filled {
            carton: Carton {
                id: fresh.clone(),
                order: self.order.id.clone(),
                carton_type: id.clone(),
                ..Carton::default()
            },
            carton_type: Some(kind),
            content: Vec::new(),
        });
        self.stage = Stage::Verify { carton: fresh.clone(), label: Label::default() };
        let mut step = self.accept(Class::StepComplete, What::Carton, fresh.0);
        step.facts.push(fact);
        step
    }

    /// Whether something that is left to pack goes into such a carton, as far as sizes are known.
    fn any_fits(&self, kind: &CartonType) -> bool {
        let mut left = self.left.iter().filter(|left| left.qty > 0).peekable();
        left.peek().is_none()
            || left.any(|left| {
                let item = self.lines.get(left.line).and_then(|line| self.item(&line.item));
                item.is_none_or(|item| fits(item, kind))
            })
    }

    /// A carton chosen from the list: an open one is packed into, the label of a closed one is asked for.
    pub(super) fn choose(mut self, id: &HandlingUnitId) -> PackStep {
        let Some(stage) = self.stage_of(id) else { return self.not_now() };
        self.stage = stage;
        self.settle();
        self.accept(Class::StepComplete, What::Carton, id.0.clone())
    }

    /// Where a carton of the order stands. `None` = nothing is to be done about it.
    fn stage_of(&self, id: &HandlingUnitId) -> Option<Stage> {
        let own = &self.carton(id)?.carton;
        match own.state {
            CartonState::Open => Some(Stage::Verify { carton: id.clone(), label: Label::default() }),
            CartonState::Closed => Some(self.label_stage(id.clone())),
            CartonState::Labelled if own.owes_label() => Some(self.label_stage(id.clone())),
            _ => None,
        }
    }

    /// The order was opened by one of its cartons: one that needs a label begins with it.
    #[must_use]
    pub fn opened_by(mut self, id: &HandlingUnitId) -> Self {
        if let Some(stage @ Stage::Label { .. }) = self.stage_of(id) {
            self.stage = stage;
        }
        self
    }

    /// The label of a handling unit where a carton of the order is taken.
    pub(super) fn scan_own(self, id: &HandlingUnitId, read: &str) -> PackStep {
        let owes = self.carton(id).is_some_and(|own| own.carton.owes_label());
        match self.carton(id).map(|own| own.carton.state) {
            Some(CartonState::Open) => self.choose(id),
            Some(CartonState::Labelled) if owes => self.choose(id),
            Some(CartonState::Closed) => self.labelled(id, read),
            _ => self.refuse(Refusal::WrongHu { scanned: id.clone(), needed: HandlingUnitId::default() }),
        }
    }
}

/// Whether a unit of the item goes into such a carton, turned as needed; yes where a size is not known.
fn fits(item: &Item, kind: &CartonType) -> bool {
    let (mut unit, mut room) = (item.size_mm, kind.inner_mm);
    unit.sort_unstable();
    room.sort_unstable();
    room.contains(&0) || unit.iter().zip(room).all(|(unit, room)| *unit <= room)
}
