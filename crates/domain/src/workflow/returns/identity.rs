//! What came back: a label names the item, alone or with its lot and serial number.

use super::entry::{Entry, Field, Kept};
use super::leave::{Input, Leave, Read};
use super::{ReturnStep, Returns, Stage};
use crate::id::{ItemId, Lot, Serial};
use crate::scan::{self, Kind, Label, Meaning, Reading, Wants, bare_sscc};
use crate::workflow::label::{NAME_CHARS_MAX, is_name, own_name};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Meant, Site, What};

impl Returns {
    pub(super) fn scan(self, meant: &Meant, site: &Site<'_>) -> ReturnStep {
        match self.field() {
            Some(Field::Put) => self.scan_place(meant, site),
            Some(Field::Weigh | Field::Parts | Field::Inspect | Field::Photo) => self.not_now(),
            field => self.scan_goods(meant, field, site),
        }
    }

    fn scan_goods(self, meant: &Meant, field: Option<Field>, site: &Site<'_>) -> ReturnStep {
        match self.name(meant, field, site) {
            Some(Ok(label)) => return self.begin(label, site),
            Some(Err(refusal)) => return self.refuse(Refusal::Scan(refusal)),
            None => {}
        }
        let asked = match field {
            Some(field @ (Field::Lot | Field::Serial)) => field.kind(),
            _ => Kind::Item,
        };
        match meant.fit(&Wants::only(asked).or(Kind::Item).or(Kind::Lot).or(Kind::Serial)) {
            Ok(Meaning::Goods { label }) => self.begin(label.clone(), site),
            Ok(_) => self.refuse(Refusal::Scan(meant.misfit(asked))),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    /// A lot or a serial number that was typed into its field.
    pub(super) fn typed_label(self, label: Label, field: Field, site: &Site<'_>) -> ReturnStep {
        let text = label.lot.as_ref().map(Lot::as_str).or(label.serial.as_ref().map(Serial::as_str));
        let blank = text.is_none_or(|text| text.trim().is_empty() || text.chars().count() > NAME_CHARS_MAX);
        if self.field() != Some(field) {
            return self.not_now();
        }
        if blank {
            return self.refuse(Refusal::MissingData { field: field.kind() });
        }
        self.begin(label, site)
    }

    /// A text that names a lot or a serial number by itself: what was shipped, or at its own field any text,
    /// within the item. `None` = it is something else.
    fn name(&self, meant: &Meant, field: Option<Field>, site: &Site<'_>) -> Option<Result<Label, scan::Refusal>> {
        let only_names = meant
            .meanings
            .iter()
            .all(|meaning| matches!(meaning, Meaning::Goods { label } if label.item.is_none() && label.qty == 1));
        if !only_names {
            return None;
        }
        let asked = field.filter(|field| matches!(field, Field::Lot | Field::Serial));
        let text = asked.map_or(meant.text.as_str(), |field| own_name(&meant.text, field.kind(), &site.settings.scan));
        let entry = self.entry();
        let own = |item: &ItemId| entry.is_none_or(|entry| entry.item == *item);
        let rows = || self.shipped.iter().filter(|row| own(&row.item));
        let is_lot =
            rows().any(|row| row.lot.as_str() == text) || entry.is_some_and(|entry| entry.lot.as_str() == text);
        let is_unit =
            rows().any(|row| row.serial.as_str() == text) || entry.is_some_and(|entry| entry.serial.as_str() == text);
        let lot = || Label { qty: 1, lot: Some(text.into()), ..Label::default() };
        let unit = || Label { qty: 1, serial: Some(text.into()), ..Label::default() };
        match (is_lot, is_unit, asked) {
            _ if text.is_empty() => None,
            (true, true, _) => {
                let readings = [Kind::Lot, Kind::Serial].map(|kind| Reading::new(kind, text));
                Some(Err(scan::Refusal::Ambiguous { readings: readings.into() }))
            }
            (true, false, _) => Some(Ok(lot())),
            (false, true, _) => Some(Ok(unit())),
            _ if bare_sscc(&meant.text).is_some() || !is_name(text, NAME_CHARS_MAX) => None,
            (false, false, Some(Field::Lot)) => Some(Ok(lot())),
            (false, false, Some(_)) => Some(Ok(unit())),
            (false, false, None) => None,
        }
    }

    /// A label of what came back, or a part of one.
    fn begin(mut self, label: Label, site: &Site<'_>) -> ReturnStep {
        if let Some(entry) = self.entry().cloned() {
            if let Some(scanned) = label.item.clone().filter(|item| *item != entry.item) {
                return self.refuse(Refusal::WrongItem { scanned, needed: entry.item });
            }
            let read = self.read_of(label, &entry.item, entry.kept, site);
            return self.run(Input::Read(Box::new(read)), Leave::default(), site);
        }
        let Stage::Identity { label: begun } = &self.stage else { return self.not_now() };
        let mut label = match begun.join(&label) {
            Ok(joined) => joined,
            Err(clash) => {
                self.stage = Stage::identity();
                return self.refuse(Refusal::LabelClash { first: clash.first, second: clash.second });
            }
        };
        let named = label.item.is_some();
        if !named && label.qty > 0 {
            match self.owner(&label, site) {
                Ok(item) => label.item = Some(item),
                Err(refusal) => {
                    self.stage = Stage::identity();
                    return self.refuse(Refusal::Scan(refusal));
                }
            }
        }
        let Some(item) = label.item.clone() else {
            // A part of a label waits for the code of the item.
            self.stage = Stage::Identity { label };
            return self.refuse(Refusal::MissingData { field: Kind::Item });
        };
        // What is kept of an item cannot be told before the store brings it: a lot that is in no stock any more
        // does not bring its own.
        let Some(kept) = site.known.item(&item).map(Kept::from) else {
            if named {
                self.stage = Stage::identity();
                return self.refuse(Refusal::Scan(scan::Refusal::UnknownCode));
            }
            self.stage = Stage::Identity { label: Label { item: None, ..label } };
            return self.refuse(Refusal::MissingData { field: Kind::Item });
        };
        let read = self.read_of(label, &item, kept, site);
        self.run(Input::Read(Box::new(read)), Leave::default(), site)
    }

    /// A label with what the store knows about it.
    fn read_of(&self, label: Label, item: &ItemId, kept: Kept, site: &Site<'_>) -> Read {
        let named = |name: &Serial| label.serial.as_ref().is_some_and(|serial| serial == name);
        let in_stock = site.known.serials.iter().any(|(own, name)| own == item && named(name));
        let other = |order: &crate::id::OrderId| self.order.is_none() || *order != self.order;
        let rows = site.known.shipped.iter();
        let elsewhere = rows.filter(|row| row.item == *item && named(&row.serial) && other(&row.order)).cloned();
        Read { elsewhere: elsewhere.collect(), label, kept, in_stock }
    }

    /// The item that has a lot or a serial number of this name: what was shipped comes first.
    fn owner(&self, label: &Label, site: &Site<'_>) -> Result<ItemId, scan::Refusal> {
        let lot = |name: &Lot| label.lot.as_ref() == Some(name);
        let serial = |name: &Serial| label.serial.as_ref() == Some(name);
        let own = self.shipped.iter().filter(|row| serial(&row.serial) || lot(&row.lot)).map(|row| &row.item);
        let shipped = site.known.shipped.iter().filter(|row| serial(&row.serial)).map(|row| &row.item);
        let serials = site.known.serials.iter().filter(|(_, name)| serial(name)).map(|(item, _)| item);
        let lots = site.known.lots.iter().filter(|(_, name)| lot(name)).map(|(item, _)| item);
        let mut items: Vec<&ItemId> = own.collect();
        if items.is_empty() {
            items = shipped.chain(serials).chain(lots).collect();
        }
        items.sort_unstable();
        items.dedup();
        match items.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(scan::Refusal::UnknownCode),
            several => Err(scan::Refusal::Ambiguous {
                readings: several.iter().map(|item| Reading::new(Kind::Item, item.as_str())).collect(),
            }),
        }
    }

    /// The rules over one input; where they refuse, only the label that was begun is forgotten.
    pub(super) fn judge(
        &mut self,
        input: &Input,
        leave: &Leave,
        site: &Site<'_>,
    ) -> Result<(Class, What, String), Refusal> {
        let before = self.field();
        let now = || Refusal::Scan(scan::Refusal::NotNow);
        let (next, what, code) = match input {
            Input::Read(read) => {
                let next = self.judge_read(read, leave)?;
                let (what, code) = told(&read.label, &next.item);
                (next, what, code)
            }
            Input::Typed(qty) => {
                let entry = self.entry().filter(|entry| entry.field() <= Field::Quantity).ok_or_else(now)?;
                (self.typed(entry, *qty, leave, site)?, What::Quantity, qty.to_string())
            }
            Input::Weight => {
                let entry = self.entry().ok_or_else(now)?;
                let mut next = entry.clone();
                next.leave.add(leave);
                self.weight_holds(&next)?;
                next.at = next.at.max(Field::Inspect);
                (next, What::Condition, entry.grams.to_string())
            }
        };
        self.stage = Stage::Entry { entry: Box::new(next) };
        let class = if self.field() == before { Class::Accepted } else { Class::StepComplete };
        Ok((class, what, code))
    }

    fn judge_read(&mut self, read: &Read, leave: &Leave) -> Result<Entry, Refusal> {
        let (entry, fresh) = match &self.stage {
            Stage::Entry { entry } => (Entry::clone(entry), false),
            Stage::Identity { .. } => {
                let item = read.label.item.clone().unwrap_or_default();
                (Entry::new(item, read.kept), true)
            }
        };
        let incomplete = entry.missing().is_some();
        let taken = self.take(entry, read, leave, fresh);
        // A label that is refused leaves no part behind, and labels that disagree are read anew.
        let anew = matches!(&taken, Err(Refusal::LabelClash { .. })) && incomplete;
        if taken.is_err() && (fresh || anew) {
            self.stage = Stage::identity();
        }
        taken
    }

    /// Adds a label, or a part of one.
    fn take(&self, entry: Entry, read: &Read, leave: &Leave, fresh: bool) -> Result<Entry, Refusal> {
        let complete = entry.missing().is_none() && !fresh;
        let label = &read.label;
        let mut next = entry.clone();
        next.leave.add(leave);
        if let Some(lot) = label.lot.as_ref().filter(|_| next.kept.lot) {
            if next.lot.is_none() {
                next.lot = lot.clone();
            } else if next.lot != *lot {
                return Err(match complete {
                    true => Refusal::WrongLot { scanned: lot.clone(), needed: next.lot },
                    false => Refusal::LabelClash { first: next.lot.0, second: lot.0.clone() },
                });
            }
        }
        if next.kept.serial {
            if label.qty > 1 {
                return Err(Refusal::ScanEach);
            }
            match &label.serial {
                Some(serial) if next.serial.is_none() => next.serial = serial.clone(),
                Some(serial) if next.serial != *serial => {
                    return Err(match complete {
                        true => Refusal::WrongSerial { scanned: serial.clone(), needed: next.serial },
                        false => Refusal::LabelClash { first: next.serial.0, second: serial.0.clone() },
                    });
                }
                _ => {}
            }
            next.qty = 1;
        } else if complete {
            next.qty = next.qty.saturating_add(label.qty.max(0));
        } else if label.item.is_some() {
            // Labels of one unit add up: the one that names the item tells how many.
            next.qty = label.qty.max(1);
        }
        if label.item.is_some()
            && !fresh
            && let Some(field) = next.missing()
            && (&next.lot, &next.serial) == (&entry.lot, &entry.serial)
        {
            return Err(Refusal::MissingData { field: field.kind() });
        }
        self.match_up(&mut next, read)?;
        self.advance(&mut next);
        Ok(next)
    }

    fn typed(&self, entry: &Entry, qty: i64, leave: &Leave, site: &Site<'_>) -> Result<Entry, Refusal> {
        if let Some(field) = entry.missing() {
            return Err(Refusal::MissingData { field: field.kind() });
        }
        if entry.kept.serial || !self.may_type(entry, site) {
            return Err(Refusal::ScanEach);
        }
        if qty <= 0 {
            return Err(Refusal::QtyBad);
        }
        let mut next = Entry { qty, ..entry.clone() };
        next.leave.add(leave);
        self.match_number(&mut next)?;
        Ok(self.counted(next))
    }
}

/// What a label told.
fn told(label: &Label, item: &ItemId) -> (What, String) {
    match label {
        Label { serial: Some(serial), .. } => (What::Serial, serial.0.clone()),
        Label { item: Some(_), .. } => (What::Item, item.0.clone()),
        Label { lot: Some(lot), .. } => (What::Lot, lot.0.clone()),
        _ => (What::Item, item.0.clone()),
    }
}
