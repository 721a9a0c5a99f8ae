//! Pack: carton → verify → photograph → weigh and close → label, carton after carton.
//!
//! Picked never means packed: every each or case is scanned into the open carton. What others packed, and what a
//! device packed before a power cut, comes back in [`Fresh`], so that the saved row is small whatever the order.

mod carton;
mod finish;
mod fresh;
mod label;
mod open;
mod share;
mod shown;
mod take_out;
mod verify;
mod weigh;

pub use fresh::{Content, Filled, Fresh, Left};
pub use label::{Print, PrintReason};
pub use open::open;
pub use shown::{BoxRow, Mark, Row};
pub use weigh::tolerance;

use super::receive::Photo;
use super::refusal::Refusal;
use super::{Accepted, Class, Meant, Next, Site, Step, What};
use crate::fact::Fact;
use crate::id::{HandlingUnitId, LocationId, OperatorId, OrderId};
use crate::master::Item;
use crate::outbound::{PackLine, PackOrder, PackState};
use crate::scan::{self, Kind, Label, Lookup};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Photographs of one carton.
pub const PHOTOS_MAX: u32 = 8;

/// An order at the packing bench.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pack {
    /// The order; its lines are in `lines`.
    pub order: PackOrder,
    /// The bench.
    pub bench: LocationId,
    /// The lines in their order.
    #[serde(with = "crate::shared")]
    pub lines: Arc<[PackLine]>,
    /// The items of the lines.
    #[serde(with = "crate::shared")]
    pub items: Arc<[Item]>,
    /// Units in cartons of each line over all benches, same index.
    pub packed: Vec<i64>,
    /// What was picked and is not in a carton yet, in the order of the lines.
    pub left: Vec<Left>,
    /// The cartons of the order with what is in them.
    pub cartons: Vec<Filled>,
    /// The tote that goods come from first. Empty = any.
    pub tote: HandlingUnitId,
    /// Photographs of each carton since something was put in or taken out last.
    pub photos: BTreeMap<HandlingUnitId, u32>,
    /// Whether what is not packed stays behind.
    pub partial: bool,
    /// Where it stands.
    pub stage: Stage,
    /// A question, or what may be allowed; lapses with a power cut.
    pending: Option<Pending>,
}

/// Where an order at the bench stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// Scan the type of a new carton, or the label of an open one.
    Carton,
    /// Scan everything into the carton; then close it.
    Verify {
        /// Which.
        carton: HandlingUnitId,
        /// Parts of the label of the next unit.
        #[serde(default, skip_serializing_if = "Label::is_blank")]
        label: Label,
    },
    /// Scan what is taken out of the carton again.
    TakeOut {
        /// Which.
        carton: HandlingUnitId,
        /// Parts of the label of the unit.
        #[serde(default, skip_serializing_if = "Label::is_blank")]
        label: Label,
    },
    /// Closing: a photograph is due.
    Photo {
        /// Which.
        carton: HandlingUnitId,
    },
    /// Closing: put it on the scale; with a weight as expected it is closed.
    Weigh {
        /// Which.
        carton: HandlingUnitId,
    },
    /// Closed: its label is printed and scanned on it.
    Label {
        /// Which.
        carton: HandlingUnitId,
        /// Why its label is to be printed now. `None` = it is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        print: Option<PrintReason>,
    },
    /// All that was picked is in labelled cartons, and lines are open.
    Finish,
}

/// The row that is stored with every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The order.
    pub order: OrderId,
    /// The bench.
    pub bench: LocationId,
    /// The tote that goods come from first.
    #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
    pub tote: HandlingUnitId,
    /// Photographs of cartons that are not closed yet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub photos: BTreeMap<HandlingUnitId, u32>,
    /// Whether what is not packed stays behind.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Where it stands.
    pub stage: Stage,
}

/// What the next event may answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Pending {
    /// The same button again: what is not packed stays behind.
    Finish,
    /// A supervisor may allow this weight.
    Weight {
        /// What the scale said.
        grams: i64,
        /// By how much it differs.
        off: i64,
    },
}

/// What can happen at the bench.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A scan.
    Scan {
        /// What it means.
        meant: Meant,
        /// A number that nothing has yet, for the carton that the scan may open.
        fresh: HandlingUnitId,
    },
    /// A carton of the order was chosen from the list.
    Choose(HandlingUnitId),
    /// Something is taken out of a carton: the scan of the unit follows. No carton = the one at hand.
    TakeOut(HandlingUnitId),
    /// Back to the carton: nothing is taken out, or it is not closed yet.
    Back,
    /// Close the carton.
    Close,
    /// A photograph of the carton.
    Photo(Photo),
    /// The scale stands still with this weight, in grams. At [`Stage::Weigh`] a weight that already stood before is
    /// sent once more.
    Weighed(i64),
    /// The printer said that the label is printed.
    Printed {
        /// Whose.
        carton: HandlingUnitId,
        /// Whether it was our own that was sent.
        internal: bool,
    },
    /// The printer did not answer in time, or said that it failed.
    PrintFailed(HandlingUnitId),
    /// Print the label of a closed carton, for the first time or again.
    Print {
        /// Which. Empty = the one at hand.
        carton: HandlingUnitId,
        /// Why; [`PrintReason::First`] only where it was never printed.
        why: PrintReason,
    },
    /// The label is not printed yet: on with the next carton.
    Later,
    /// What is not packed stays behind.
    Finish,
    /// A supervisor allowed what was refused last.
    Approved {
        /// Who.
        by: OperatorId,
    },
    /// The ERP changed the order, or another bench did; as it is shown now, own facts in it.
    Changed(Box<Fresh>),
}

/// How an order leaves the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Packed.
    Packed {
        /// Whether everything that was ordered is in cartons.
        complete: bool,
    },
    /// Cancelled with nothing in a carton, or packed elsewhere.
    Gone,
}

/// What an event makes of an order at the bench.
pub type PackStep = Step<Pack, Exit, Refusal>;

/// What a supervisor is asked to allow: a carton's weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// What the scale said, in grams.
    pub grams: i64,
    /// By how much it differs, in grams; below zero = too light.
    pub off: i64,
}

impl Pack {
    /// An order at its first step, and the fact that claims its task, where it has one and is not packed yet.
    #[must_use]
    pub fn start(fresh: Fresh, bench: LocationId) -> (Self, Option<Fact>) {
        let mut pack = Self::of(fresh, bench);
        pack.stage = pack.next_stage();
        let task = pack.order.task.clone();
        let claims = !task.is_none() && pack.order.state != PackState::Packed;
        (pack, claims.then_some(Fact::TaskClaimed { task }))
    }

    /// The order that was saved, over what is known of it now.
    #[must_use]
    pub fn resume(saved: Saved, fresh: Fresh) -> Self {
        let mut pack = Self::of(fresh, saved.bench);
        (pack.tote, pack.photos, pack.partial, pack.stage) = (saved.tote, saved.photos, saved.partial, saved.stage);
        pack.settle();
        pack
    }

    /// What to store.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved {
            order: self.order.id.clone(),
            bench: self.bench.clone(),
            tote: self.tote.clone(),
            photos: self.photos.clone(),
            partial: self.partial,
            stage: self.stage.clone(),
        }
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        match &self.stage {
            Stage::Carton => "pack.carton",
            Stage::Verify { .. } if self.is_verified() => "pack.close",
            Stage::Verify { .. } => "pack.verify",
            Stage::TakeOut { .. } => "pack.take-out",
            Stage::Photo { .. } => "pack.photo",
            Stage::Weigh { .. } => "pack.weigh",
            Stage::Label { .. } => "pack.label",
            Stage::Finish => "pack.finish",
        }
    }

    /// What the step needs from the store beside what the scan names.
    pub fn widen(&self, look: &mut Lookup) {
        look.outbound = true;
    }

    /// What a supervisor may allow now.
    #[must_use]
    pub fn asked(&self) -> Option<Asked> {
        match self.pending {
            Some(Pending::Weight { grams, off }) => Some(Asked { grams, off }),
            _ => None,
        }
    }

    /// What the event makes of it.
    #[must_use]
    pub fn update(mut self, event: Event, site: &Site<'_>) -> PackStep {
        // What machines and the ERP say answers no question; any scan or button does, and drops it.
        let pending = match &event {
            Event::Photo(_) | Event::Weighed(_) | Event::Printed { .. } | Event::PrintFailed(_) | Event::Changed(_) => {
                None
            }
            _ => self.pending.take(),
        };
        match event {
            Event::Scan { meant, fresh } => self.scan(&meant, fresh, pending, site),
            Event::Choose(carton) => self.choose(&carton),
            Event::TakeOut(carton) => self.take_out(carton),
            Event::Back => self.back(),
            Event::Close => self.close(site),
            Event::Photo(photo) => self.photo(&photo),
            Event::Weighed(grams) => self.weighed(grams, None, site),
            Event::Printed { carton, internal } => self.printed(&carton, internal),
            Event::PrintFailed(label) => self.print_failed(label),
            Event::Print { carton, why } => self.print(carton, why),
            Event::Later => self.later(),
            Event::Finish => self.finish(pending, site),
            Event::Approved { by } => match pending {
                Some(Pending::Weight { grams, .. }) => self.weighed(grams, Some(by), site),
                _ => self.not_now(),
            },
            Event::Changed(fresh) => self.changed(*fresh),
        }
    }

    fn scan(self, meant: &Meant, fresh: HandlingUnitId, pending: Option<Pending>, site: &Site<'_>) -> PackStep {
        match self.stage.clone() {
            Stage::Carton => self.scan_carton(meant, fresh, pending, site),
            Stage::Verify { carton, label } => self.scan_goods(carton, &label, meant, fresh, site),
            Stage::Photo { carton } | Stage::Weigh { carton } => {
                self.scan_goods(carton, &Label::default(), meant, fresh, site)
            }
            Stage::TakeOut { carton, label } => self.scan_out(carton, &label, meant, site),
            Stage::Label { carton, .. } => self.scan_label(&carton, meant),
            Stage::Finish => self.scan_finish(meant, pending, site),
        }
    }

    fn changed(mut self, fresh: Fresh) -> PackStep {
        if fresh.order.id != self.order.id {
            return self.not_now();
        }
        let before = self.order.state;
        let owed: Vec<HandlingUnitId> = self.owed().cloned().collect();
        let pending = self.pending.take();
        let mut next = Self::resume(self.saved(), fresh);
        next.pending = pending.filter(|_| next.stage == self.stage);
        next.print_owed(&owed);
        let state = next.order.state;
        let elsewhere = matches!(state, PackState::Packed | PackState::Shipped)
            && !matches!(before, PackState::Packed | PackState::Shipped)
            && next.open_carton().is_none();
        let code = next.order.id.0.clone();
        if elsewhere || next.is_given_up() {
            return Step {
                next: Next::Finish(Exit::Gone),
                facts: Vec::new(),
                answer: Ok(Accepted::new(Class::Attention, What::Task, code)),
            };
        }
        let class = if state == before { Class::Accepted } else { Class::Attention };
        next.accept(class, What::Task, code)
    }

    /// Why nothing of the order may be closed or printed now.
    fn barred(&self) -> Option<Refusal> {
        let order = self.order.id.clone();
        match self.order.state {
            PackState::Held => Some(Refusal::OrderHeld { order }),
            PackState::Cancelled => Some(Refusal::OrderCancelled { order }),
            PackState::Open | PackState::Packed | PackState::Shipped => None,
        }
    }

    /// Whether it was cancelled, and nothing of it is in a carton.
    fn is_given_up(&self) -> bool {
        self.order.state == PackState::Cancelled && self.cartons.iter().all(|own| own.content.is_empty())
    }

    fn subject(&self) -> String {
        format!("order:{}", self.order.id)
    }

    fn accept(self, class: Class, what: What, code: impl Into<String>) -> PackStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Ok(Accepted::new(class, what, code)) }
    }

    fn refuse(self, refusal: Refusal) -> PackStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Err(refusal) }
    }

    fn not_now(self) -> PackStep {
        self.refuse(Refusal::Scan(scan::Refusal::NotNow))
    }

    fn misfit(self, meant: &Meant, needed: Kind) -> PackStep {
        self.refuse(Refusal::Scan(meant.misfit(needed)))
    }
}
