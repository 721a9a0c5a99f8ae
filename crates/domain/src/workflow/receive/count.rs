//! A scan: which of its meanings the step takes.

use super::entry::{Entry, Field, Tracks};
use super::leave::{Input, Leave, Pending, Read};
use super::{Receive, ReceiveStep, Stage};
use crate::id::{HandlingUnitId, Lot, Serial};
use crate::scan::{self, Kind, Label, Meaning, Wants, bare_sscc};
use crate::workflow::label::{NAME_CHARS_MAX, is_name, own_name};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Meant, Site, What};

/// Characters of the label of a handling unit at the most.
const UNIT_CHARS_MAX: usize = 40;

impl Receive {
    pub(super) fn scan(self, meant: &Meant, pending: Option<Pending>, site: &Site<'_>) -> ReceiveStep {
        let Some(entry) = self.entry().cloned() else { return self.scan_item(meant, site) };
        if pending == Some(Pending::Damaged)
            && let Some(step) = self.mark_broken(&entry, meant)
        {
            return step;
        }
        let field = entry.field();
        if let Some(label) = name(&entry, field, meant, site) {
            return match label {
                Ok(label) => self.take(label, &entry, site),
                Err(refusal) => self.refuse(refusal),
            };
        }
        if meant.meanings.is_empty() {
            return self.scan_unknown(&entry, field, meant, pending, site);
        }
        let ready = entry.missing().is_none();
        let asked = match field {
            Field::Condition | Field::Unit => Kind::HandlingUnit,
            Field::Quantity => Kind::Item,
            other => other.kind(),
        };
        let mut wants = Wants::only(asked).or(Kind::Item).or(Kind::Lot).or(Kind::Serial);
        if ready {
            wants = wants.or(Kind::HandlingUnit).or(Kind::Tote);
        }
        match meant.fit(&wants) {
            Ok(Meaning::HandlingUnit { unit }) => {
                let unit = unit.clone();
                self.into_known(&unit, site)
            }
            Ok(Meaning::Goods { label }) => self.take(label.clone(), &entry, site),
            Ok(_) => self.refuse(Refusal::Scan(meant.misfit(asked))),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    /// A label of the goods that are being counted.
    fn take(self, label: Label, entry: &Entry, site: &Site<'_>) -> ReceiveStep {
        if let Some(scanned) = label.item.clone().filter(|item| *item != entry.item) {
            return self.refuse(Refusal::WrongItem { scanned, needed: entry.item.clone() });
        }
        let read = self.read_of(label, entry.tracks, site);
        self.run(Input::Read(Box::new(read)), Leave::default(), site)
    }

    /// A lot or a serial number that was typed into its field.
    pub(super) fn typed_label(self, label: Label, field: Field, site: &Site<'_>) -> ReceiveStep {
        let Some(entry) = self.entry().cloned() else { return self.not_now() };
        let text = label.lot.as_ref().map(Lot::as_str).or(label.serial.as_ref().map(Serial::as_str));
        let blank = text.is_none_or(|text| text.trim().is_empty() || text.chars().count() > NAME_CHARS_MAX);
        if entry.field() != field {
            return self.not_now();
        }
        if blank {
            return self.refuse(Refusal::MissingData { field: field.kind() });
        }
        self.take(label, &entry, site)
    }

    /// A label with what the store knows about it.
    pub(super) fn read_of(&self, label: Label, tracks: Tracks, site: &Site<'_>) -> Read {
        let item = label.item.clone().or_else(|| self.entry().map(|entry| entry.item.clone())).unwrap_or_default();
        let lot = label.lot.clone().unwrap_or_default();
        let book = site.known.expiries.iter().find(|(own, name, _)| *own == item && *name == lot && tracks.lot);
        let seen = |serial: &Serial| site.known.serials.iter().any(|(own, name)| *own == item && name == serial);
        Read {
            book: book.map(|(_, _, date)| date.clone()),
            seen: label.serial.as_ref().is_some_and(seen),
            label,
            tracks,
            row: None,
        }
    }

    /// A code that means nothing: a new label, or goods that nobody knows.
    fn scan_unknown(
        mut self,
        entry: &Entry,
        field: Field,
        meant: &Meant,
        pending: Option<Pending>,
        site: &Site<'_>,
    ) -> ReceiveStep {
        let asked = matches!(field, Field::Condition | Field::Unit);
        let vouched = bare_sscc(&meant.text).filter(|_| !meant.bare_sscc || asked);
        let label = match vouched {
            Some(sscc) => Some(sscc.as_str().to_owned()),
            None => Some(meant.text.clone()).filter(|text| asked && is_name(text, UNIT_CHARS_MAX)),
        };
        match label.filter(|_| entry.missing().is_none()) {
            Some(id) => self.into_new(HandlingUnitId(id), pending, site),
            None => {
                self.pending = Some(Pending::Unknown(meant.text.clone()));
                self.refuse(Refusal::Scan(scan::Refusal::UnknownCode))
            }
        }
    }

    /// The serial number of a damaged unit, after the button said so.
    fn mark_broken(&self, entry: &Entry, meant: &Meant) -> Option<ReceiveStep> {
        let named = meant.meanings.iter().find_map(|meaning| match meaning {
            Meaning::Goods { label } => label.serial.clone(),
            _ => None,
        });
        let serial = named.unwrap_or_else(|| Serial(meant.text.clone()));
        if !entry.serials.contains(&serial) {
            return None;
        }
        let mut next = entry.clone();
        if !next.broken.contains(&serial) {
            next.broken.push(serial.clone());
        }
        next.damaged =
            next.serials.iter().filter(|own| next.broken.contains(own)).count().try_into().unwrap_or(i64::MAX);
        let mut receive = self.clone();
        receive.stage = Stage::Entry { entry: Box::new(next) };
        Some(receive.accept(Class::Accepted, What::Condition, serial.0))
    }
}

/// A text that names a lot or a serial number by itself. `None` = it is something else. At the field of a
/// lot or a serial number any text is one, known or not, within the item;
/// elsewhere only the lot that is being counted, and what the item has.
fn name(entry: &Entry, field: Field, meant: &Meant, site: &Site<'_>) -> Option<Result<Label, Refusal>> {
    let only_names = meant
        .meanings
        .iter()
        .all(|meaning| matches!(meaning, Meaning::Goods { label } if label.item.is_none() && label.qty == 1));
    if !only_names {
        return None;
    }
    let text = own_name(&meant.text, field.kind(), &site.settings.scan);
    let is_lot = entry.lot.as_str() == text
        || site.known.lots.iter().any(|(item, lot)| *item == entry.item && lot.as_str() == text);
    let is_serial = entry.serials.iter().any(|serial| serial.as_str() == text)
        || site.known.serials.iter().any(|(item, serial)| *item == entry.item && serial.as_str() == text);
    let lot = || Label { lot: Some(Lot::from(text)), qty: 1, ..Label::default() };
    let serial = || Label { serial: Some(Serial::from(text)), qty: 1, ..Label::default() };
    match (is_lot && entry.tracks.lot, is_serial && entry.tracks.serial) {
        (true, true) => {
            let readings = [Kind::Lot, Kind::Serial].map(|kind| scan::Reading::new(kind, text));
            Some(Err(Refusal::Scan(scan::Refusal::Ambiguous { readings: readings.into() })))
        }
        (true, false) => Some(Ok(lot())),
        (false, true) => Some(Ok(serial())),
        (false, false) if bare_sscc(&meant.text).is_some() || !is_name(text, NAME_CHARS_MAX) => None,
        (false, false) => match field {
            Field::Lot => Some(Ok(lot())),
            Field::Serial => Some(Ok(serial())),
            _ => None,
        },
    }
}
