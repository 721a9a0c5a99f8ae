//! Receive: item → lot, expiry, serial → quantity → condition → handling unit,
//! over and over, then close.
//!
//! What is counted stays in the [`Entry`] until its handling unit is known; only then it becomes facts.
//! The lines of a delivery are shared and never copied, and the saved row is small whatever their number:
//! what was received before is told by the receipt's own facts.

mod bounds;
mod close;
mod count;
mod dates;
mod entry;
mod facts;
mod item;
mod judge;
mod leave;
mod open;
mod press;

mod shown;
mod tally;
mod unit;

pub use dates::days_between;
pub use entry::{Entry, Field, SERIALS_MAX, Tracks};
pub use leave::{Approval, Asked, Leave};
pub use open::open;
pub use shown::{FieldRow, Progress, Row, RowState, Shelf};
pub use tally::{Extra, Last, Own, Strange, Summary, SummaryLine, Tally};

use super::refusal::Refusal;
use super::{Accepted, Class, Meant, Next, Site, Step, What};
use crate::fact::Fact;
use crate::id::{DeliveryId, HandlingUnitId, LocationId, Lot, OperatorId, PhotoId, ReceiptId, Serial};
use crate::inbound::{Announced, Delivery, DeliveryLine};
use crate::master::IsoDate;
use crate::reason::Reason;
use crate::scan::{self, Kind, Label, Lookup};
use crate::shared::Shared;
use leave::{Input, Pending};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Rows of announced content that are confirmed one after the other; scanning the handling unit again
/// brings the rest.
pub const CONTENT_MAX: usize = 100;
/// Photographs of one entry.
pub const PHOTOS_MAX: usize = 8;
/// Characters of the words about goods of an unknown code.
pub const WORDS_MAX: usize = 200;

/// A receipt under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receive {
    /// The receipt.
    pub receipt: ReceiptId,
    /// The delivery. `None` = blind: nobody announced anything.
    pub delivery: Option<Delivery>,
    /// Where.
    pub dock: LocationId,
    /// The lines as loaded, in any order.
    pub lines: Shared<[DeliveryLine]>,
    /// Units received of each line over all receipts, same index.
    pub received: Vec<i64>,
    /// What this receipt brought.
    pub tally: Tally,
    /// A handling unit whose announced content is confirmed now.
    pub opened: Option<Opened>,
    /// Where it stands.
    pub stage: Stage,
    /// What was said so far of goods of an unknown code; it outlasts a lock and a power cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<Box<Capture>>,
    /// A question, or what may be allowed; lapses with the next event and with a power cut.
    pending: Option<Pending>,
}

/// Goods of an unknown code that are being described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The code, printable.
    pub raw: String,
    /// Words so far.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Digits of the quantity so far.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub typed: String,
    /// Photographs so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
    /// The field that is asked: 0 photo, 1 words, 2 quantity.
    #[serde(default)]
    pub field: usize,
}

/// A handling unit with announced content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its label.
    pub unit: HandlingUnitId,
    /// What is still to be confirmed.
    pub rows: Vec<Announced>,
    /// Whether nobody knows it yet, so that the first fact makes it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
}

/// Where a receipt stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// Scan an item.
    Item {
        /// Parts of a label that came before the item.
        #[serde(default, skip_serializing_if = "Label::is_blank")]
        label: Label,
        /// Whether the next item takes lot and expiry of its last entry.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        repeat: bool,
    },
    /// Goods of one item are being counted; [`Entry::field`] says what is asked.
    Entry {
        /// What is known of them.
        entry: Box<Entry>,
    },
}

/// The row that is stored with every step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The receipt.
    pub receipt: ReceiptId,
    /// The delivery. Empty = blind.
    #[serde(default)]
    pub delivery: DeliveryId,
    /// Where.
    pub dock: LocationId,
    /// A handling unit whose announced content is being confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Opened>,
    /// Where it stands.
    pub stage: Stage,
    /// What was said so far of goods of an unknown code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<Box<Capture>>,
}

/// A photograph that was taken and stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Which.
    pub id: PhotoId,
    /// BLAKE3 of the picture's file, 64 hex digits.
    pub hash: String,
    /// Its size.
    pub bytes: u64,
}

/// What can happen to a receipt.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A scan.
    Scan(Meant),
    /// A lot was typed into its field. The site knows it as if it had been scanned.
    Lot(Lot),
    /// A serial number was typed into its field. The site knows it as if it had been scanned.
    Serial(Serial),
    /// An expiry date was typed.
    Date(IsoDate),
    /// There is no date on the pack: refused, then [`Event::Quarantine`] may receive the goods all the same.
    NoDate,
    /// A number was typed: so many units are counted now.
    Typed(i64),
    /// On to the next field.
    Next,
    /// So many of the counted units are damaged; 0 = all are good.
    Damaged(i64),
    /// A photograph of the goods of this entry, or of the receipt.
    Photo(Photo),
    /// No handling unit: the goods stand loose at the dock.
    Loose,
    /// A new label was printed for the goods.
    Printed(HandlingUnitId),
    /// Lot and expiry as in the item's last entry.
    Repeat,
    /// After `EXPIRED` or the missing date: receive what was refused, quarantined.
    Quarantine,
    /// After `WRONG_ITEM`: receive what was refused without a line, quarantined.
    Unexpected,
    /// After `UNKNOWN_CODE`: receive the goods under their unknown code.
    Unknown {
        /// What it is.
        words: String,
        /// Units.
        qty: i64,
        /// Photographs.
        photos: Vec<Photo>,
    },
    /// A supervisor allowed what was refused last.
    Approved {
        /// Who.
        by: OperatorId,
    },
    /// Forget the entry under way, the opened handling unit or the label begun.
    Drop,
    /// Close the receipt.
    Close {
        /// Whether nothing more is to come.
        complete: bool,
    },
    /// The last own fact of the receipt does not hold. `past`: those that stand beside it.
    Undo {
        /// Its epoch.
        epoch: u64,
        /// Its number.
        seq: u64,
        /// What it said.
        fact: Box<Fact>,
        /// The facts of the receipt without it, in their order.
        past: Vec<Fact>,
    },
    /// The ERP changed the delivery; lines as they are shown now, with what this device received.
    Changed(Delivery, Arc<[DeliveryLine]>),
}

/// How a receipt ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// Closed.
    Closed,
}

/// What an event makes of a receipt.
pub type ReceiveStep = Step<Receive, Exit, Refusal>;

impl Stage {
    pub(super) fn item() -> Self {
        Self::Item { label: Label::default(), repeat: false }
    }
}

impl Receive {
    /// A receipt at its first step, and the fact that begins it. No delivery = blind.
    #[must_use]
    pub fn start(
        receipt: ReceiptId,
        delivery: Option<Delivery>,
        lines: Arc<[DeliveryLine]>,
        dock: LocationId,
    ) -> (Self, Fact) {
        let fact = Fact::DeliveryOpened {
            receipt: receipt.clone(),
            delivery: delivery.as_ref().map(|row| row.id.clone()).unwrap_or_default(),
            location: dock.clone(),
        };
        let received = lines.iter().map(|line| line.received).collect();
        let (lines, tally, stage) = (lines.into(), Tally::default(), Stage::item());
        let (opened, capture, pending) = (None, None, None);
        (Self { receipt, delivery, dock, lines, received, tally, opened, stage, capture, pending }, fact)
    }

    /// The receipt that was saved, over the lines as they are shown now. `past` = the facts of this receipt
    /// in their order: `Received` and `UnknownReceived`; others are passed over.
    #[must_use]
    pub fn resume(saved: Saved, delivery: Option<Delivery>, lines: Arc<[DeliveryLine]>, past: &[Fact]) -> Self {
        let (mut receive, _) = Self::start(saved.receipt, delivery, lines, saved.dock);
        past.iter().for_each(|fact| receive.tally.note(fact));
        (receive.opened, receive.stage) = (saved.opened, saved.stage);
        receive.pending = saved.capture.as_ref().map(|capture| Pending::Unknown(capture.raw.clone()));
        receive.capture = saved.capture;
        receive
    }

    /// What to store.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved {
            receipt: self.receipt.clone(),
            delivery: self.delivery_id(),
            dock: self.dock.clone(),
            opened: self.opened.clone(),
            stage: self.stage.clone(),
            capture: self.capture.clone(),
        }
    }

    /// The delivery. Empty = blind.
    #[must_use]
    pub fn delivery_id(&self) -> DeliveryId {
        self.delivery.as_ref().map(|row| row.id.clone()).unwrap_or_default()
    }

    /// The goods that are being counted.
    #[must_use]
    pub fn entry(&self) -> Option<&Entry> {
        match &self.stage {
            Stage::Entry { entry } => Some(entry),
            Stage::Item { .. } => None,
        }
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        match (self.entry().map(Entry::field), &self.opened) {
            (None, None) => "receive.item",
            (None, Some(_)) => "receive.content",
            (Some(Field::Lot), _) => "receive.lot",
            (Some(Field::Expiry), _) => "receive.expiry",
            (Some(Field::Serial), _) => "receive.serial",
            (Some(Field::Quantity), _) => "receive.quantity",
            (Some(Field::Condition), _) => "receive.condition",
            (Some(Field::Unit), _) => "receive.unit",
        }
    }

    /// The kinds of thing that the step takes, what it asks for first.
    #[must_use]
    pub fn asks(&self) -> &'static [Kind] {
        let Some(entry) = self.entry() else {
            return if self.opened.is_some() { &[Kind::Item] } else { &[Kind::Item, Kind::HandlingUnit] };
        };
        match entry.field() {
            Field::Lot => &[Kind::Lot],
            Field::Expiry => &[Kind::Expiry],
            Field::Serial if entry.qty == 0 => &[Kind::Serial],
            Field::Serial => &[Kind::Serial, Kind::HandlingUnit],
            Field::Quantity => &[Kind::Item, Kind::HandlingUnit],
            Field::Condition | Field::Unit => &[Kind::HandlingUnit, Kind::Item],
        }
    }

    /// What the step needs from the store beside what the scan names: the item of the entry, for whose
    /// lots and serial numbers expiry dates and stock are told.
    pub fn widen(&self, look: &mut Lookup) {
        if let Some(entry) = self.entry() {
            look.item = entry.item.clone();
        }
    }

    /// What the event makes of it.
    #[must_use]
    pub fn update(mut self, event: Event, site: &Site<'_>) -> ReceiveStep {
        // Any event but a photograph and news of the ERP drops the question and is answered afresh.
        let pending = match &event {
            Event::Photo(_) | Event::Changed(..) => None,
            _ => self.pending.take(),
        };
        match event {
            Event::Scan(meant) => self.scan(&meant, pending, site),
            Event::Lot(lot) => self.typed_label(Label { lot: Some(lot), ..Label::default() }, Field::Lot, site),
            Event::Serial(serial) => {
                self.typed_label(Label { serial: Some(serial), ..Label::default() }, Field::Serial, site)
            }
            Event::Date(date) => self.date(date, site),
            Event::NoDate => self.no_date(site),
            Event::Typed(qty) => self.run(Input::Typed(qty), Leave::default(), site),
            Event::Next => self.next_field(),
            Event::Damaged(qty) => self.damaged(qty),
            Event::Photo(photo) => self.photo(photo),
            Event::Loose => self.run(Input::Put(unit::Target::default()), Leave::default(), site),
            Event::Printed(id) => self.run(Input::Put(unit::Target::printed(id)), Leave::default(), site),
            Event::Repeat => self.repeat(site),
            Event::Quarantine => self.let_in(pending, &[Reason::Expired, Reason::MissingData], None, site),
            Event::Unexpected => self.let_in(pending, &[Reason::WrongItem], None, site),
            Event::Approved { by } => {
                self.let_in(pending, &[Reason::ReceiptOver, Reason::ShelfLife, Reason::SerialSeen], Some(by), site)
            }
            Event::Unknown { words, qty, photos } => self.unknown(pending, words, qty, photos),
            Event::Drop => self.forget(),
            Event::Close { complete } => self.close(complete, pending),
            Event::Undo { epoch, seq, fact, past } => self.undo(epoch, seq, &fact, &past),
            Event::Changed(delivery, lines) => self.changed(delivery, lines),
        }
    }

    /// What was received last goes back where it came from. Goods in the hands, or a handling unit whose content is
    /// being confirmed, come first.
    fn undo(mut self, epoch: u64, seq: u64, fact: &Fact, past: &[Fact]) -> ReceiveStep {
        let Fact::Received { receipt, line, item, units, .. } = fact else { return self.not_now() };
        if *receipt != self.receipt || self.entry().is_some() || self.opened.is_some() {
            return self.not_now();
        }
        let qty = units.iter().fold(0_i64, |sum, unit| sum.saturating_add(unit.qty));
        let index = self.lines.iter().position(|row| row.id == *line);
        if let Some(got) = index.and_then(|index| self.received.get_mut(index)) {
            *got = got.saturating_sub(qty);
        }
        self.tally = Tally::default();
        past.iter().for_each(|fact| self.tally.note(fact));
        self.stage = Stage::item();
        let code = item.0.clone();
        Step { facts: vec![Fact::Undone { epoch, seq }], ..self.accept(Class::Accepted, What::Undone, code) }
    }

    fn changed(mut self, delivery: Delivery, lines: Arc<[DeliveryLine]>) -> ReceiveStep {
        let Some(own) = self.delivery.as_ref().filter(|own| own.id == delivery.id) else { return self.not_now() };
        let closed = own.state.is_open() && !delivery.state.is_open();
        self.received = lines.iter().map(|line| line.received).collect();
        self.lines = lines.into();
        let code = delivery.id.0.clone();
        self.delivery = Some(delivery);
        // What is at the dock is received all the same: the ERP flags it.
        self.accept(if closed { Class::Attention } else { Class::Accepted }, What::Delivery, code)
    }

    fn accept(self, class: Class, what: What, code: impl Into<String>) -> ReceiveStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Ok(Accepted::new(class, what, code)) }
    }

    fn refuse(self, refusal: Refusal) -> ReceiveStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Err(refusal) }
    }

    fn not_now(self) -> ReceiveStep {
        self.refuse(Refusal::Scan(scan::Refusal::NotNow))
    }
}
