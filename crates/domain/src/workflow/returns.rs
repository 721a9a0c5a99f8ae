//! Returns inspection: identity → quantity → weight → checklist, grade and reason →
//! photograph → disposition and place, over and over, then finish.
//!
//! What is inspected stays in the [`Entry`] until it is put somewhere; only then it becomes facts, one for each
//! order line that it fills. What can still come back is told by what was shipped.

mod case;
mod entry;
mod identity;
mod inspect;
mod leave;
mod matching;
mod open;
mod put;
mod shown;

pub use super::receive::{Approval, Asked, Photo};
pub use entry::{Entry, Field, Kept, Override, Sent};
pub use leave::Leave;
pub use open::{Opens, open, widen_open};
pub use shown::{Choice, Row};

use super::refusal::Refusal;
use super::{Accepted, Class, Meant, Next, Site, Step, What};
use crate::fact::Fact;
use crate::id::{InspectionId, LocationId, Lot, OperatorId, OrderId, OrderLineId, RmaId, Serial};
use crate::master::Role;
use crate::returns::{Disposition, Grade, ReturnPolicy, ReturnReason, Rma, RmaState, ShippedLine};
use crate::scan::{self, Kind, Label, Lookup};
use leave::{Input, Pending};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Photographs of one entry.
pub const PHOTOS_MAX: usize = 8;

/// A return under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returns {
    /// Its name.
    pub inspection: InspectionId,
    /// What was announced. `None` = nobody announced it.
    pub rma: Option<Rma>,
    /// The order it came from. Empty = not known.
    pub order: OrderId,
    /// The bench.
    pub bench: LocationId,
    /// What was shipped of the order, with what came back of it, own facts included.
    #[serde(with = "crate::shared")]
    pub shipped: Arc<[ShippedLine]>,
    /// Checklists, rules and which grades are photographed.
    #[serde(with = "crate::shared")]
    pub policy: Arc<ReturnPolicy>,
    /// What this return brought.
    pub tally: Tally,
    /// Where it stands.
    pub stage: Stage,
    /// What may be allowed; lapses with the next event and with a power cut.
    pending: Option<Pending>,
}

/// What a return brought, summed up from its facts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Units by order line.
    pub lines: BTreeMap<OrderLineId, i64>,
    /// Units that were matched to no order.
    pub unmatched: i64,
}

impl Tally {
    /// All units.
    #[must_use]
    pub fn units(&self) -> i64 {
        self.lines.values().fold(self.unmatched, |sum, qty| sum.saturating_add(*qty))
    }

    fn note(&mut self, fact: &Fact) {
        let Fact::ReturnInspected { line, qty, .. } = fact else { return };
        let sum = if line.is_none() { &mut self.unmatched } else { self.lines.entry(line.clone()).or_default() };
        *sum = sum.saturating_add(*qty);
    }
}

/// Where a return stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// Scan what came back.
    Identity {
        /// Parts of a label that came before the item.
        #[serde(default, skip_serializing_if = "Label::is_blank")]
        label: Label,
    },
    /// Units of one item are inspected; [`Returns::field`] says what is asked.
    Entry {
        /// What is known of them.
        entry: Box<Entry>,
    },
}

impl Stage {
    fn identity() -> Self {
        Self::Identity { label: Label::default() }
    }
}

/// The row that is stored with every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The return.
    pub inspection: InspectionId,
    /// What was announced. Empty = nothing.
    #[serde(default, skip_serializing_if = "RmaId::is_none")]
    pub rma: RmaId,
    /// The order. Empty = not known.
    #[serde(default, skip_serializing_if = "OrderId::is_none")]
    pub order: OrderId,
    /// The bench.
    pub bench: LocationId,
    /// Where it stands.
    pub stage: Stage,
}

/// What can happen to a return.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A scan.
    Scan(Meant),
    /// A lot was typed into its field. The site knows it as if it had been scanned.
    Lot(Lot),
    /// A serial number was typed into its field. The site knows it as if it had been scanned.
    Serial(Serial),
    /// A number was typed: so many units are counted now.
    Typed(i64),
    /// After `RET_NOT_SHIPPED` or `RET_OVER`: inspect what was refused without an order, quarantined.
    Unmatched,
    /// A stable reading of the scale, of all the units together, in grams.
    Weighed(i64),
    /// An answer to a question of the checklist.
    Answer {
        /// The question, by code.
        question: String,
        /// Yes or no.
        yes: bool,
    },
    /// Another grade than the answers propose, among those that they leave.
    Grade(Grade),
    /// Why the goods came back.
    Reason(ReturnReason),
    /// A photograph of the goods of this entry.
    Photo(Photo),
    /// On to the next step.
    Next,
    /// From the disposition back to the checklist.
    Back,
    /// Another disposition than the policy proposes; the proposed one takes that back.
    Override {
        /// What is chosen.
        chosen: Disposition,
        /// Who chose: signed in, or by badge and PIN.
        by: OperatorId,
        /// What they may do.
        roles: Vec<Role>,
        /// Why, by code.
        reason: String,
    },
    /// A supervisor allowed what was refused last.
    Approved {
        /// Who.
        by: OperatorId,
    },
    /// Forget the entry under way, or the label begun.
    Drop,
    /// Nothing more of this return is here.
    Done,
    /// The core changed the return, or what was shipped; as they are shown now, own facts included.
    Changed(Option<Rma>, Arc<[ShippedLine]>),
}

/// Whether money is to go back. Only the core decides; here it can only be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refund {
    /// None is asked: nothing came that belongs to an order.
    #[default]
    None,
    /// The core has not decided.
    Waiting,
}

/// How a return ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// Everything that came is inspected.
    Finished {
        /// Units of this return.
        units: i64,
        /// What becomes of the money.
        refund: Refund,
    },
}

/// What an event makes of a return.
pub type ReturnStep = Step<Returns, Exit, Refusal>;

impl Returns {
    /// A return at its first step, and the fact that begins it. `shipped` = all that was shipped of the order.
    /// Neither RMA nor order = nobody knows where it came from.
    #[must_use]
    pub fn start(
        inspection: InspectionId,
        rma: Option<Rma>,
        order: OrderId,
        shipped: Arc<[ShippedLine]>,
        policy: Arc<ReturnPolicy>,
        bench: LocationId,
    ) -> (Self, Fact) {
        let fact = Fact::ReturnOpened {
            inspection: inspection.clone(),
            rma: rma.as_ref().map(|rma| rma.id.clone()).unwrap_or_default(),
            order: order.clone(),
            location: bench.clone(),
        };
        let (tally, stage) = (Tally::default(), Stage::identity());
        (Self { inspection, rma, order, bench, shipped, policy, tally, stage, pending: None }, fact)
    }

    /// The return that was saved, over the rows as they are shown now. `past` = the facts of this return;
    /// others than `ReturnInspected` are passed over.
    #[must_use]
    pub fn resume(
        saved: Saved,
        rma: Option<Rma>,
        shipped: Arc<[ShippedLine]>,
        policy: Arc<ReturnPolicy>,
        past: &[Fact],
    ) -> Self {
        let (mut flow, _) = Self::start(saved.inspection, rma, saved.order, shipped, policy, saved.bench);
        past.iter().for_each(|fact| flow.tally.note(fact));
        flow.stage = saved.stage;
        flow
    }

    /// What to store.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved {
            inspection: self.inspection.clone(),
            rma: self.rma_id(),
            order: self.order.clone(),
            bench: self.bench.clone(),
            stage: self.stage.clone(),
        }
    }

    /// What was announced. Empty = nothing.
    #[must_use]
    pub fn rma_id(&self) -> RmaId {
        self.rma.as_ref().map(|rma| rma.id.clone()).unwrap_or_default()
    }

    /// The units that are inspected.
    #[must_use]
    pub fn entry(&self) -> Option<&Entry> {
        match &self.stage {
            Stage::Entry { entry } => Some(entry),
            Stage::Identity { .. } => None,
        }
    }

    fn entry_mut(&mut self) -> Option<&mut Entry> {
        match &mut self.stage {
            Stage::Entry { entry } => Some(entry),
            Stage::Identity { .. } => None,
        }
    }

    /// What is asked of the entry. `None` = scan what came back.
    #[must_use]
    pub fn field(&self) -> Option<Field> {
        let entry = self.entry()?;
        let field = entry.field();
        let photo = field == Field::Inspect && self.inspected().is_err_and(|refusal| refusal == Refusal::PhotoNeeded);
        Some(if photo { Field::Photo } else { field })
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        match self.field() {
            None => "return.item",
            Some(Field::Lot) => "return.lot",
            Some(Field::Serial) => "return.serial",
            Some(Field::Quantity) => "return.quantity",
            Some(Field::Weigh) => "return.weigh",
            Some(Field::Parts) => "return.parts",
            Some(Field::Inspect) => "return.inspect",
            Some(Field::Photo) => "return.photo",
            Some(Field::Put) => "return.put",
        }
    }

    /// The kinds of thing that the step takes by scan, what it asks for first. Empty = it takes no scan.
    #[must_use]
    pub fn asks(&self) -> &'static [Kind] {
        match self.field() {
            None => &[Kind::Item, Kind::Serial, Kind::Lot],
            Some(Field::Lot) => &[Kind::Lot],
            Some(Field::Serial) => &[Kind::Serial],
            Some(Field::Quantity) => &[Kind::Item],
            Some(Field::Put) => &[Kind::Location, Kind::HandlingUnit],
            Some(Field::Weigh | Field::Parts | Field::Inspect | Field::Photo) => &[],
        }
    }

    /// What the step needs from the store beside what the scan names: what was shipped, the item of the entry,
    /// and where goods may be put.
    pub fn widen(&self, look: &mut Lookup) {
        look.returned = true;
        if let Some(entry) = self.entry() {
            look.item = entry.item.clone();
            look.about = entry.field() == Field::Put;
        }
    }

    /// What the event makes of it.
    #[must_use]
    pub fn update(mut self, event: Event, site: &Site<'_>) -> ReturnStep {
        // Any event but a photograph and news of the core drops what could be allowed.
        let pending = match &event {
            Event::Photo(_) | Event::Changed(..) => None,
            _ => self.pending.take(),
        };
        match event {
            Event::Scan(meant) => self.scan(&meant, site),
            Event::Lot(lot) => self.typed_label(Label { lot: Some(lot), ..Label::default() }, Field::Lot, site),
            Event::Serial(serial) => {
                self.typed_label(Label { serial: Some(serial), ..Label::default() }, Field::Serial, site)
            }
            Event::Typed(qty) => self.run(Input::Typed(qty), Leave::default(), site),
            Event::Unmatched => self.unmatched(pending, site),
            Event::Weighed(grams) => self.weighed(grams, site),
            Event::Answer { question, yes } => self.answer(question, yes),
            Event::Grade(grade) => self.grade(grade),
            Event::Reason(reason) => self.reason(reason),
            Event::Photo(photo) => self.photo(&photo),
            Event::Next => self.next_step(site),
            Event::Back => self.back(),
            Event::Override { chosen, by, roles, reason } => self.overrule(chosen, by, &roles, &reason, site),
            Event::Approved { by } => self.allowed(pending, by, site),
            Event::Drop => self.forget(),
            Event::Done => self.done(),
            Event::Changed(rma, shipped) => self.changed(rma, shipped),
        }
    }

    fn forget(mut self) -> ReturnStep {
        if self.stage == Stage::identity() {
            return self.not_now();
        }
        self.stage = Stage::identity();
        self.accept(Class::Accepted, What::Page, "")
    }

    fn changed(mut self, rma: Option<Rma>, shipped: Arc<[ShippedLine]>) -> ReturnStep {
        let own = self.rma_id();
        if rma.as_ref().map(|rma| &rma.id) != self.rma.as_ref().map(|rma| &rma.id) {
            return self.not_now();
        }
        // What is at the bench is inspected all the same, and quarantined.
        let before = self.is_withdrawn();
        (self.rma, self.shipped) = (rma, shipped);
        let class = if self.is_withdrawn() && !before { Class::Attention } else { Class::Accepted };
        self.accept(class, What::Page, own.0)
    }

    /// Whether the announced return was cancelled meanwhile.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.rma.as_ref().is_some_and(|rma| rma.state == RmaState::Cancelled)
    }

    /// The aggregate of its facts.
    fn subject(&self) -> String {
        format!("return:{}", self.inspection)
    }

    fn accept(self, class: Class, what: What, code: impl Into<String>) -> ReturnStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Ok(Accepted::new(class, what, code)) }
    }

    fn refuse(self, refusal: Refusal) -> ReturnStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Err(refusal) }
    }

    fn not_now(self) -> ReturnStep {
        self.refuse(Refusal::Scan(scan::Refusal::NotNow))
    }
}
