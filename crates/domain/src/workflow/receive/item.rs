//! The item step: a label names the item, alone or with its lot and date.

use super::entry::Tracks;
use super::leave::{Input, Leave, Pending};
use super::{Receive, ReceiveStep, Stage};
use crate::id::{HandlingUnitId, ItemId, Lot};
use crate::inbound::Announced;
use crate::scan::{self, Kind, Label, Meaning, Wants, bare_sscc};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Meant, Site};

impl Receive {
    pub(super) fn scan_item(mut self, meant: &Meant, site: &Site<'_>) -> ReceiveStep {
        if meant.meanings.is_empty() {
            let number = bare_sscc(&meant.text).filter(|_| !meant.bare_sscc);
            let id = HandlingUnitId(number.map_or_else(|| meant.text.clone(), |sscc| sscc.as_str().to_owned()));
            if !meant.bare_sscc && site.known.announced.iter().any(|row| row.unit == id) {
                return self.open_handling_unit(id, true, meant, site);
            }
            self.pending = Some(Pending::Unknown(meant.text.clone()));
            return self.refuse(Refusal::Scan(scan::Refusal::UnknownCode));
        }
        let wants = Wants::only(Kind::Item).or(Kind::Lot).or(Kind::Serial).or(Kind::HandlingUnit);
        match meant.fit(&wants) {
            Ok(Meaning::HandlingUnit { unit }) => {
                let id = unit.id.clone();
                self.open_handling_unit(id, false, meant, site)
            }
            Ok(Meaning::Goods { label }) => self.begin(label.clone(), site),
            Ok(_) => self.refuse(Refusal::Scan(meant.misfit(Kind::Item))),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    fn begin(mut self, mut label: Label, site: &Site<'_>) -> ReceiveStep {
        if label.item.is_none() && label.qty > 0 {
            label.item = match owner(&label, site) {
                Ok(item) => Some(item),
                Err(refusal) => return self.refuse(Refusal::Scan(refusal)),
            };
        }
        let Stage::Item { label: begun, repeat } = &mut self.stage else { return self.not_now() };
        let repeat = *repeat;
        let mut label = match begun.join(&label) {
            Ok(label) => label,
            Err(clash) => {
                *begun = Label::default();
                return self.refuse(Refusal::LabelClash { first: clash.first, second: clash.second });
            }
        };
        let Some(item) = label.item.clone() else {
            // A part of a label waits for the code of the item.
            *begun = label;
            return self.refuse(Refusal::MissingData { field: Kind::Item });
        };
        // What is kept of an item that the store does not know cannot be told.
        let Some(tracks) = site.known.item(&item).map(Tracks::from) else {
            return self.refuse(Refusal::Scan(scan::Refusal::UnknownCode));
        };
        if repeat && self.opened.is_none() {
            self.repeated(&mut label, &item);
        }
        let read = match self.row_of(&item, label.lot.as_ref()) {
            Ok(Some(row)) => self.read_row(label, tracks, row, site),
            Ok(None) => Ok(self.read_of(label, tracks, site)),
            Err(refusal) => Err(refusal),
        };
        match read {
            Ok(read) => self.run(Input::Read(Box::new(read)), Leave::default(), site),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Lot and expiry of the item's last entry, where the label says nothing else.
    fn repeated(&self, label: &mut Label, item: &ItemId) {
        let Some(last) = self.tally.last.get(item) else { return };
        if label.lot.as_ref().is_some_and(|lot| *lot != last.lot) {
            return;
        }
        label.lot = Some(last.lot.clone()).filter(|lot| !lot.is_none());
        label.expiry = label.expiry.take().or_else(|| last.expiry.clone());
    }

    /// The announced row that a label confirms. `None` = no handling unit is open.
    fn row_of(&self, item: &ItemId, lot: Option<&Lot>) -> Result<Option<Announced>, Refusal> {
        let Some(opened) = &self.opened else { return Ok(None) };
        let own: Vec<&Announced> = opened.rows.iter().filter(|row| row.item == *item).collect();
        let Some(first) = own.first() else {
            let needed = match opened.rows.as_slice() {
                [one] => one.item.clone(),
                _ => ItemId::default(),
            };
            return Err(Refusal::WrongItem { scanned: item.clone(), needed });
        };
        let Some(lot) = lot else {
            return match own.iter().all(|row| row.lot == first.lot) {
                true => Ok(Some((*first).clone())),
                false => Err(Refusal::NeedLot { item: item.clone() }),
            };
        };
        let fits = own.iter().find(|row| row.lot == *lot).or_else(|| own.iter().find(|row| row.lot.is_none()));
        match fits {
            Some(row) => Ok(Some((*row).clone())),
            None => {
                let needed = if own.len() == 1 { first.lot.clone() } else { Lot::default() };
                Err(Refusal::WrongLot { scanned: lot.clone(), needed })
            }
        }
    }
}

/// The item that has a lot or a serial number of this name.
fn owner(label: &Label, site: &Site<'_>) -> Result<ItemId, scan::Refusal> {
    let serials = site.known.serials.iter().filter(|(_, name)| label.serial.as_ref() == Some(name));
    let lots = site.known.lots.iter().filter(|(_, name)| label.lot.as_ref() == Some(name));
    let mut items: Vec<&ItemId> = serials.map(|(item, _)| item).chain(lots.map(|(item, _)| item)).collect();
    items.sort_unstable();
    items.dedup();
    match items.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(scan::Refusal::UnknownCode),
        several => Err(scan::Refusal::Ambiguous {
            readings: several.iter().map(|item| scan::Reading::new(Kind::Item, item.as_str())).collect(),
        }),
    }
}
