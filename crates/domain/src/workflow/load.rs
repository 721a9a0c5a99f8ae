//! Load: the label of a carton at the dock of its carrier, and it leaves.

use super::refusal::Refusal;
use super::{Accepted, Class, Meant, Next, Site, Step, What};
use crate::fact::Fact;
use crate::id::{HandlingUnitId, LocationId};
use crate::master::LocationKind;
use crate::outbound::{Carton, CartonState, PackOrder, PackState, PartialShip};
use crate::scan::{Kind, Lookup, Meaning, Wants};
use serde::{Deserialize, Serialize};

/// Cartons are being loaded. It is what is stored with every step, too.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Load {
    /// The dock. Empty = it is to be scanned.
    #[serde(default, skip_serializing_if = "LocationId::is_none")]
    pub dock: LocationId,
    /// Cartons loaded at it.
    #[serde(default)]
    pub loaded: u32,
}

/// What can happen at the dock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A scan.
    Scan(Meant),
    /// All is loaded.
    Done,
}

/// How loading ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is loaded.
    Done,
}

/// What an event makes of it.
pub type LoadStep = Step<Load, Exit, Refusal>;

impl Load {
    /// Loading at a dock. Empty = it is to be scanned.
    #[must_use]
    pub fn start(dock: LocationId) -> Self {
        Self { dock, loaded: 0 }
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        if self.dock.is_none() { "load.dock" } else { "load.carton" }
    }

    /// What the step needs from the store beside what the scan names.
    pub fn widen(&self, look: &mut Lookup) {
        look.outbound = true;
    }

    /// The kinds of thing that the step takes, what it asks for first.
    #[must_use]
    pub fn asks(&self) -> &'static [Kind] {
        if self.dock.is_none() { &[Kind::Location] } else { &[Kind::HandlingUnit, Kind::Location] }
    }

    /// What the event makes of it.
    #[must_use]
    pub fn update(self, event: Event, site: &Site<'_>) -> LoadStep {
        match event {
            Event::Scan(meant) => self.scan(&meant, site),
            Event::Done => {
                // Where nothing was loaded, nothing is said of it.
                let answer = match self.loaded {
                    0 => Accepted::new(Class::Accepted, What::Page, ""),
                    loaded => Accepted::new(Class::TaskComplete, What::Shipped, loaded.to_string()),
                };
                Step { next: Next::Finish(Exit::Done), facts: Vec::new(), answer: Ok(answer) }
            }
        }
    }

    fn scan(self, meant: &Meant, site: &Site<'_>) -> LoadStep {
        let wants = match self.dock.is_none() {
            true => Wants::only(Kind::Location),
            false => Wants::only(Kind::HandlingUnit).or(Kind::Location),
        };
        match meant.fit(&wants) {
            Ok(Meaning::Location { id }) => self.at(id.clone(), site),
            Ok(Meaning::HandlingUnit { unit }) => self.load(&unit.id, &meant.text, site),
            Ok(_) => self.refuse(Refusal::Scan(meant.misfit(wants.needed))),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    fn at(mut self, id: LocationId, site: &Site<'_>) -> LoadStep {
        let is_dock = |kind| matches!(kind, LocationKind::Dock | LocationKind::Staging);
        if !site.known.locations.iter().any(|row| row.id == id && is_dock(row.kind)) {
            return self.refuse(Refusal::PlaceForbidden { scanned: id, needed: LocationId::default() });
        }
        if self.dock != id {
            (self.dock, self.loaded) = (id.clone(), 0);
        }
        self.accept(Class::StepComplete, What::Shelf, id.0, Vec::new())
    }

    fn load(mut self, id: &HandlingUnitId, read: &str, site: &Site<'_>) -> LoadStep {
        let carton = site.known.cartons.iter().find(|row| row.id == *id);
        let order = carton.and_then(|row| site.known.orders.iter().find(|order| order.id == row.order));
        let (Some(carton), Some(order)) = (carton, order) else {
            return self.refuse(Refusal::WrongHu { scanned: id.clone(), needed: HandlingUnitId::default() });
        };
        if let Some(refusal) = refusal_of(carton, order, &self.dock, read) {
            return self.refuse(refusal);
        }
        self.loaded = self.loaded.saturating_add(1);
        let fact = Fact::Shipped { order: order.id.clone(), carton: id.clone(), location: self.dock.clone() };
        self.accept(Class::StepComplete, What::Shipped, id.0.clone(), vec![fact])
    }

    fn accept(self, class: Class, what: What, code: String, facts: Vec<Fact>) -> LoadStep {
        Step { next: Next::Continue(self), facts, answer: Ok(Accepted::new(class, what, code)) }
    }

    fn refuse(self, refusal: Refusal) -> LoadStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Err(refusal) }
    }
}

/// Why a carton may not leave here. `read`: what was scanned; the carrier's number is on the carrier's label alone,
/// whatever this device has heard of its print.
fn refusal_of(carton: &Carton, order: &PackOrder, dock: &LocationId, read: &str) -> Option<Refusal> {
    let id = order.id.clone();
    match (carton.state, order.state) {
        (CartonState::Shipped, _) => return Some(Refusal::OrderGone { order: id }),
        (_, PackState::Cancelled) => return Some(Refusal::OrderCancelled { order: id }),
        (_, PackState::Held) => return Some(Refusal::OrderHeld { order: id }),
        _ if carton.blocked => return Some(Refusal::OrderHeld { order: id }),
        // It is not closed: nobody knows what is in it.
        (CartonState::Open | CartonState::Void, _) => {
            return Some(Refusal::WrongHu { scanned: carton.id.clone(), needed: HandlingUnitId::default() });
        }
        _ if carton.owes_label() && !carton.is_number(read) => {
            return Some(Refusal::LabelOld { label: carton.id.clone() });
        }
        (CartonState::Closed | CartonState::Labelled, _) => {}
    }
    if !order.dock.is_none() && order.dock != *dock {
        return Some(Refusal::WrongLocation { scanned: dock.clone(), needed: order.dock.clone() });
    }
    let open = order.lines.iter().filter(|line| line.ordered > line.packed).count();
    if order.partial == PartialShip::Never && order.state == PackState::Open && open > 0 {
        return Some(Refusal::NotComplete { open: i64::try_from(open).unwrap_or(i64::MAX) });
    }
    None
}
