//! Buttons: what is entered by hand, and what is not scanned.

use super::entry::Field;
use super::leave::{Input, Leave, Pending};
use super::{PHOTOS_MAX, Photo, Receive, ReceiveStep, Stage, WORDS_MAX};
use crate::fact::Fact;
use crate::master::IsoDate;
use crate::scan::Label;
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Site, What};

impl Receive {
    /// A typed expiry date.
    pub(super) fn date(self, date: IsoDate, site: &Site<'_>) -> ReceiveStep {
        let Some(entry) = self.entry().filter(|entry| entry.field() == Field::Expiry) else { return self.not_now() };
        let read = self.read_of(Label { expiry: Some(date), ..Label::default() }, entry.tracks, site);
        self.run(Input::Read(Box::new(read)), Leave::default(), site)
    }

    /// No date on the pack: an item whose lots expire is received without one only into quarantine, where
    /// somebody finds the date out.
    pub(super) fn no_date(self, site: &Site<'_>) -> ReceiveStep {
        self.run(Input::NoDate, Leave::default(), site)
    }

    pub(super) fn next_field(mut self) -> ReceiveStep {
        let Stage::Entry { entry } = &mut self.stage else { return self.not_now() };
        if let Some(field) = entry.missing() {
            return self.refuse(Refusal::MissingData { field: field.kind() });
        }
        entry.at = match entry.at {
            Field::Quantity | Field::Serial => Field::Condition,
            Field::Condition => match entry.ready() {
                Ok(()) => Field::Unit,
                Err(refusal) => return self.refuse(refusal),
            },
            _ => return self.not_now(),
        };
        self.accept(Class::StepComplete, What::Page, "")
    }

    /// How many of the counted units are damaged. Of units with serial numbers it must be told which, unless
    /// it is all of them.
    pub(super) fn damaged(mut self, qty: i64) -> ReceiveStep {
        let Stage::Entry { entry } = &mut self.stage else { return self.not_now() };
        let counted = entry.qty;
        if qty < 0 {
            return self.refuse(Refusal::QtyBad);
        }
        if qty > counted {
            return self.refuse(Refusal::QtyOver { open: counted });
        }
        if entry.tracks.serial && qty > 0 && qty < counted {
            self.pending = Some(Pending::Damaged);
            return self.refuse(Refusal::ScanEach);
        }
        entry.damaged = qty;
        entry.broken = if entry.tracks.serial && qty > 0 { entry.serials.clone() } else { Vec::new() };
        let before = entry.field();
        if entry.missing().is_none() {
            entry.at = match (qty, entry.at) {
                (0, Field::Condition) => Field::Unit,
                (0, at) => at,
                (_, _) => Field::Condition,
            };
        }
        let class = if entry.field() == before { Class::Accepted } else { Class::StepComplete };
        self.accept(class, What::Condition, qty.to_string())
    }

    /// A photograph of the goods that are being counted; between two entries, of the receipt.
    pub(super) fn photo(mut self, photo: Photo) -> ReceiveStep {
        if let Stage::Entry { entry } = &mut self.stage {
            if entry.photos.len() >= PHOTOS_MAX || entry.photos.contains(&photo.id) {
                return self.not_now();
            }
            entry.photos.push(photo.id.clone());
        }
        let fact = Self::photo_fact(&photo, self.subject(), "damaged");
        let mut step = self.accept(Class::Accepted, What::Photo, "");
        step.facts.push(fact);
        step
    }

    /// Lot and expiry of the item's last entry; its quantity never.
    pub(super) fn repeat(mut self, site: &Site<'_>) -> ReceiveStep {
        match &mut self.stage {
            Stage::Item { .. } if self.tally.last.is_empty() => self.not_now(),
            Stage::Item { repeat, .. } => {
                *repeat = true;
                self.accept(Class::Accepted, What::Page, "")
            }
            Stage::Entry { entry } => {
                let last = self.tally.last.get(&entry.item);
                let same = |lot| entry.lot.is_none() || entry.lot == lot;
                let asked = matches!(entry.field(), Field::Lot | Field::Expiry);
                let Some(last) = last.filter(|last| asked && same(last.lot.clone())) else { return self.not_now() };
                let lot = Some(last.lot.clone()).filter(|lot| !lot.is_none());
                let label = Label { lot, expiry: last.expiry.clone(), ..Label::default() };
                let tracks = entry.tracks;
                let read = self.read_of(label, tracks, site);
                self.run(Input::Read(Box::new(read)), Leave::default(), site)
            }
        }
    }

    pub(super) fn forget(mut self) -> ReceiveStep {
        let was_entry = self.entry().is_some();
        if !was_entry && self.opened.is_none() && self.stage == Stage::item() {
            return self.not_now();
        }
        // An entry that confirms announced content leads back to it; the next press leaves that.
        if !was_entry {
            self.opened = None;
        }
        self.stage = Stage::item();
        self.accept(Class::Accepted, What::Page, "")
    }

    /// Receives goods under a code that nobody knows.
    pub(super) fn unknown(
        mut self,
        pending: Option<Pending>,
        words: String,
        qty: i64,
        photos: Vec<Photo>,
    ) -> ReceiveStep {
        let Some(Pending::Unknown(raw)) = pending else { return self.not_now() };
        let words: String = words.trim().chars().take(WORDS_MAX).collect();
        let refusal = if qty <= 0 {
            Some(Refusal::QtyBad)
        } else if photos.is_empty() && words.is_empty() {
            Some(Refusal::PhotoNeeded)
        } else {
            None
        };
        if let Some(refusal) = refusal {
            self.pending = Some(Pending::Unknown(raw));
            return self.refuse(refusal);
        }
        let received = Fact::UnknownReceived {
            receipt: self.receipt.clone(),
            delivery: self.delivery_id(),
            location: self.dock.clone(),
            raw: raw.clone(),
            words,
            qty,
            photos: photos.iter().take(PHOTOS_MAX).map(|photo| photo.id.clone()).collect(),
        };
        self.tally.note(&received);
        self.capture = None;
        let subject = received.aggregate();
        let shown = photos.iter().take(PHOTOS_MAX);
        let mut facts: Vec<_> = shown.map(|photo| Self::photo_fact(photo, subject.clone(), "unknown")).collect();
        facts.push(received);
        let mut step = self.accept(Class::StepComplete, What::Recorded, raw);
        step.facts = facts;
        step
    }
}
