//! The label of a closed carton: printed, printed again, and scanned on it.

use super::{Pack, PackStep, Stage};
use crate::fact::Fact;
use crate::id::HandlingUnitId;
use crate::outbound::{Carton, CartonState, LabelOn, PackState};
use crate::scan::{Kind, Meaning, Wants};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Meant, What};
use serde::{Deserialize, Serialize};

/// Why a label is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrintReason {
    /// For the first time.
    #[default]
    First,
    /// The label is torn.
    Torn,
    /// It is lost.
    Lost,
    /// It cannot be read.
    Unreadable,
    /// Another reason.
    Other,
    /// The carton was opened, which made its label void, and closed again.
    Reopened,
    /// The carrier's data came after an internal label.
    Carrier,
}

impl PrintReason {
    /// The code in the fact. Empty = the first print.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::First => "",
            Self::Torn => "torn",
            Self::Lost => "lost",
            Self::Unreadable => "unreadable",
            Self::Other => "other",
            Self::Reopened => "reopened",
            Self::Carrier => "carrier",
        }
    }

    /// Those that a person may give for another print.
    pub const ASKED: [Self; 4] = [Self::Torn, Self::Lost, Self::Unreadable, Self::Other];
}

/// A label that is to be printed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print<'a> {
    /// The carton. Without the carrier's ZPL an internal label is printed, which says its own number.
    pub carton: &'a Carton,
    /// 1 = the first print.
    pub copy: u32,
    /// Why.
    pub why: PrintReason,
}

/// Why the label of a closed carton is to be printed unasked. `None` = the one that it has will do.
pub(super) fn due(carton: &Carton) -> Option<PrintReason> {
    match carton.label {
        LabelOn::Void if carton.copies > 0 => Some(PrintReason::Reopened),
        LabelOn::Void | LabelOn::Unknown if carton.copies == 0 => Some(PrintReason::First),
        _ if carton.owes_label() => Some(PrintReason::Carrier),
        _ => None,
    }
}

/// One more print of a label.
fn print_of(carton: &mut Carton, why: PrintReason, internal: bool) -> Fact {
    carton.copies = carton.copies.saturating_add(1);
    carton.label = LabelOn::printed(internal);
    Fact::LabelPrinted {
        label: carton.id.clone(),
        copy: carton.copies,
        subject: format!("order:{}", carton.order),
        reason: why.code().to_owned(),
        internal: Some(internal),
    }
}

impl Pack {
    /// The label that is to be printed now; [`Event::Printed`](super::Event::Printed) or
    /// [`Event::PrintFailed`](super::Event::PrintFailed) answers. None while the order is held or cancelled.
    #[must_use]
    pub fn to_print(&self) -> Option<Print<'_>> {
        let Stage::Label { carton, print: Some(why), .. } = &self.stage else { return None };
        if self.barred().is_some() {
            return None;
        }
        let carton = &self.carton(carton)?.carton;
        Some(Print { carton, copy: carton.copies.saturating_add(1), why: *why })
    }

    /// The cartons that need another label.
    pub(super) fn owed(&self) -> impl Iterator<Item = &HandlingUnitId> {
        self.cartons.iter().filter(|own| own.carton.owes_label()).map(|own| &own.carton.id)
    }

    /// The carrier's data came for the carton whose label is asked for: its label is printed in place of our own.
    pub(super) fn print_owed(&mut self, before: &[HandlingUnitId]) {
        let Stage::Label { carton, print: None } = &self.stage else { return };
        if !before.contains(carton) && self.owed().any(|own| own == carton) {
            self.stage = self.label_stage(carton.clone());
        }
    }

    /// Whether a new label is to be printed for a carton before the one on it can be scanned.
    #[must_use]
    pub fn is_label_due(&self, carton: &HandlingUnitId) -> bool {
        self.carton(carton).is_some_and(|own| due(&own.carton).is_some())
    }

    /// The stage that asks for the label of a closed carton. One that is due is printed by that.
    pub(super) fn label_stage(&self, carton: HandlingUnitId) -> Stage {
        let print = self.carton(&carton).and_then(|own| due(&own.carton));
        Stage::Label { carton, print }
    }

    /// Also a reply that comes after the wait was over: the label exists. Where it is not the one that is needed by
    /// now, that one is printed next.
    pub(super) fn printed(mut self, label: &HandlingUnitId, internal: bool) -> PackStep {
        let at = match &self.stage {
            Stage::Label { carton, print, .. } if carton == label => *print,
            _ => None,
        };
        let Some(own) = self.carton_mut(label) else { return self.not_now() };
        let closed = matches!(own.carton.state, CartonState::Closed | CartonState::Labelled);
        if !closed || (at.is_none() && due(&own.carton).is_none()) {
            return self.not_now();
        }
        let why = at.or(due(&own.carton)).unwrap_or_default();
        let fact = print_of(&mut own.carton, why, internal);
        let next = due(&own.carton);
        if let Stage::Label { carton, print } = &mut self.stage
            && carton == label
        {
            *print = next;
        }
        let mut step = self.accept(Class::Accepted, What::Printed, label.0.clone());
        step.facts.push(fact);
        step
    }

    /// The carton stays closed, its label pending.
    pub(super) fn print_failed(mut self, label: HandlingUnitId) -> PackStep {
        match &mut self.stage {
            Stage::Label { carton, print, .. } if *carton == label && print.is_some() => *print = None,
            _ => return self.not_now(),
        }
        self.refuse(Refusal::PrintFailed { label })
    }

    /// The button. A label that exists keeps its identity and asks for a reason.
    pub(super) fn print(mut self, carton: HandlingUnitId, why: PrintReason) -> PackStep {
        let carton = if carton.is_none() { self.at_hand().unwrap_or_default() } else { carton };
        let Some(own) = self.carton(&carton).map(|own| &own.carton) else { return self.not_now() };
        let closed = matches!(own.state, CartonState::Closed | CartonState::Labelled);
        // One that is due needs no reason from a person.
        let why = match (why, due(own)) {
            (PrintReason::First, due) => due,
            (why, _) => Some(why).filter(|why| own.copies > 0 && PrintReason::ASKED.contains(why)),
        };
        let Some(why) = why.filter(|_| closed) else { return self.not_now() };
        if let Some(refusal) = self.barred() {
            return self.refuse(refusal);
        }
        self.stage = Stage::Label { carton: carton.clone(), print: Some(why) };
        self.accept(Class::Accepted, What::Page, carton.0)
    }

    /// The label is not printed, or not found: on with what is left.
    pub(super) fn later(mut self) -> PackStep {
        let Stage::Label { carton, .. } = &self.stage else { return self.not_now() };
        let carton = carton.clone();
        let next = self.next_stage();
        if !matches!(next, Stage::Carton | Stage::Verify { .. }) {
            return self.not_now();
        }
        self.stage = next;
        self.accept(Class::Accepted, What::Page, carton.0)
    }

    pub(super) fn scan_label(self, carton: &HandlingUnitId, meant: &Meant) -> PackStep {
        match meant.fit(&Wants::only(Kind::HandlingUnit)) {
            Ok(Meaning::HandlingUnit { unit }) if unit.id == *carton => self.labelled(carton, &meant.text),
            Ok(Meaning::HandlingUnit { unit }) => {
                let refusal = Refusal::WrongHu { scanned: unit.id.clone(), needed: carton.clone() };
                self.refuse(refusal)
            }
            Ok(_) => self.misfit(meant, Kind::HandlingUnit),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    /// The label was seen on its carton: `read` is its own number or the carrier's. With the last one the order is
    /// packed. All prints of a label say the carton's number, so that one which does not hold passes only once the
    /// printer has said that there is a new one; the carrier's number is on the carrier's label alone.
    pub(super) fn labelled(mut self, id: &HandlingUnitId, read: &str) -> PackStep {
        let Some(own) = self.carton_mut(id) else { return self.not_now() };
        let by_number = own.carton.is_number(read);
        let relabelled = own.carton.state == CartonState::Labelled;
        if !by_number && (own.carton.label == LabelOn::Void || own.carton.owes_label()) {
            return self.refuse(Refusal::LabelOld { label: id.clone() });
        }
        let mut facts = Vec::new();
        // The printer did not say so, and yet here it is.
        if let Some(why) = due(&own.carton) {
            let internal = !by_number && own.carton.zpl.is_empty();
            facts.push(print_of(&mut own.carton, why, internal));
        }
        own.carton.state = CartonState::Labelled;
        facts.push(Fact::Labelled { order: self.order.id.clone(), carton: id.clone() });
        // A packed order came back for a label alone.
        let again = relabelled && self.order.state == PackState::Packed;
        self.go_on(What::Labelled, id.0.clone(), facts, again)
    }
}
