//! The rules over one input; nothing changes where they refuse it.

use super::entry::Entry;
use super::leave::{Input, Leave, Read};
use super::unit::Target;
use super::{Receive, Stage};
use crate::fact::Fact;
use crate::id::ItemId;
use crate::reason::Reason;
use crate::scan::{self, Label};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Site, What};

/// What was accepted: how good the news is, what it was, its code, the facts.
pub(super) type Judged = Result<(Class, What, String, Vec<Fact>), Refusal>;

impl Receive {
    pub(super) fn judge(&mut self, input: &Input, leave: &Leave, site: &Site<'_>) -> Judged {
        match input {
            Input::Read(read) => self.judge_read(read, leave, site),
            Input::Typed(qty) => {
                let entry = self.entry().ok_or(Refusal::Scan(scan::Refusal::NotNow))?;
                let next = entry.typed(*qty, leave, &self.bounds(entry, site))?;
                Ok(self.enter(next, What::Quantity, qty.to_string()))
            }
            Input::NoDate => {
                let entry = self.entry().ok_or(Refusal::Scan(scan::Refusal::NotNow))?;
                let next = entry.undated(leave, &self.bounds(entry, site))?;
                Ok(self.enter(next, What::Expiry, String::new()))
            }
            Input::Put(target) => self.put(target, leave, site),
        }
    }

    fn judge_read(&mut self, read: &Read, leave: &Leave, site: &Site<'_>) -> Judged {
        let item = read.label.item.clone().unwrap_or_default();
        let (entry, fresh) = match &self.stage {
            Stage::Entry { entry } => (Entry::clone(entry), false),
            Stage::Item { .. } => match self.begun(&item, read, leave) {
                Ok(entry) => (entry, true),
                Err(refusal) => return Err(self.cleared(refusal)),
            },
        };
        let mut judged = leave.clone();
        if fresh && self.delivery.is_none() {
            judged.hold(Reason::Unplanned);
        }
        // Only what is let in decides whether the lines of the delivery are asked.
        let mut probe = entry.clone();
        probe.leave.add(&judged);
        if let (true, Some(lot)) = (probe.lot.is_none(), &read.label.lot) {
            probe.lot = lot.clone();
        }
        let bounds = self.bounds(&probe, site);
        match entry.take(read, &judged, &bounds, fresh) {
            Ok(next) => {
                let (what, code) = told(&read.label, &next.item);
                let unit = next.into.clone();
                // Damaged goods wait for their photograph; what was read counts all the same.
                let announced = !unit.is_none() && !next.tracks.serial && next.ready().is_ok();
                let done = self.enter(next, what, code);
                if !announced {
                    return Ok(done);
                }
                let new = self.opened.as_ref().is_some_and(|opened| opened.new);
                self.put(&Target { unit, new, printed: false }, &Leave::default(), site)
            }
            Err(refusal @ Refusal::LabelClash { .. }) if !fresh && entry.missing().is_none() => Err(refusal),
            // The labels of this unit disagree: it is to be read anew.
            Err(refusal @ Refusal::LabelClash { .. }) => {
                self.stage = Stage::item();
                Err(refusal)
            }
            Err(refusal) if fresh => Err(self.cleared(refusal)),
            Err(refusal) => Err(refusal),
        }
    }

    /// A label that was refused leaves no part behind.
    fn cleared(&mut self, refusal: Refusal) -> Refusal {
        if let Stage::Item { label, .. } = &mut self.stage {
            *label = Label::default();
        }
        refusal
    }

    /// The entry that a label begins.
    fn begun(&self, item: &ItemId, read: &Read, leave: &Leave) -> Result<Entry, Refusal> {
        let unplanned = self.delivery.is_none() || leave.holds(Reason::Unplanned);
        if !unplanned && !self.is_planned(item) {
            return Err(Refusal::WrongItem { scanned: item.clone(), needed: ItemId::default() });
        }
        let mut entry = Entry::new(item.clone(), read.tracks);
        if let Some(row) = &read.row {
            entry.line = row.line.clone();
            entry.into = row.unit.clone();
            entry.row = row.id.clone();
        }
        Ok(entry)
    }

    fn enter(&mut self, next: Entry, what: What, code: String) -> (Class, What, String, Vec<Fact>) {
        let before = self.entry().map(Entry::field);
        let class = if before == Some(next.field()) { Class::Accepted } else { Class::StepComplete };
        self.stage = Stage::Entry { entry: Box::new(next) };
        (class, what, code, Vec::new())
    }
}

/// What a label told.
fn told(label: &Label, item: &ItemId) -> (What, String) {
    match label {
        Label { item: Some(_), .. } => (What::Item, item.0.clone()),
        Label { serial: Some(serial), .. } => (What::Serial, serial.0.clone()),
        Label { lot: Some(lot), .. } => (What::Lot, lot.0.clone()),
        Label { expiry: Some(date), .. } => (What::Expiry, date.clone()),
        _ => (What::Item, item.0.clone()),
    }
}
