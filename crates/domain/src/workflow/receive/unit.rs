//! The handling unit that the goods go into, and the one whose content was announced.

use super::entry::Entry;
use super::judge::Judged;
use super::leave::Input;
use super::leave::{Leave, Pending, Read};
use super::{CONTENT_MAX, Opened, Receive, ReceiveStep, Stage, Tracks};
use crate::id::HandlingUnitId;
use crate::inbound::Announced;
use crate::master::HandlingUnit;
use crate::scan::{self, Kind, Label};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Class, Meant, Site, What};
use serde::{Deserialize, Serialize};

/// Where the goods of an entry go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Target {
    /// The handling unit. Empty = loose at the dock.
    pub unit: HandlingUnitId,
    /// Whether the fact makes it.
    pub new: bool,
    /// Whether its label was printed for this.
    pub printed: bool,
}

impl Target {
    pub(super) fn printed(unit: HandlingUnitId) -> Self {
        Self { unit, new: true, printed: true }
    }
}

impl Receive {
    /// The goods go into a handling unit: facts are written.
    pub(super) fn put(&mut self, target: &Target, leave: &Leave, site: &Site<'_>) -> Judged {
        let entry = self.entry().ok_or(Refusal::Scan(scan::Refusal::NotNow))?;
        entry.ready()?;
        let mut entry = entry.clone();
        // Others may have received of the same lines since the units were counted.
        entry.limited(leave, &self.bounds(&entry, site))?;
        entry.leave.add(leave);
        let facts = self.facts_of(&entry, target, site.settings.over_receipt_percent);
        for share in self.share_out(&entry, site.settings.over_receipt_percent) {
            if let Some(got) = share.line.and_then(|index| self.received.get_mut(index)) {
                *got = got.saturating_add(share.qty);
            }
        }
        facts.iter().for_each(|fact| self.tally.note(fact));
        self.stage = Stage::item();
        self.confirmed(&entry);
        let code = if target.unit.is_none() { self.dock.0.clone() } else { target.unit.0.clone() };
        Ok((Class::StepComplete, What::Received, code, facts))
    }

    /// A row of announced content is confirmed; with the last one the handling unit is done.
    fn confirmed(&mut self, entry: &Entry) {
        let Some(opened) = &mut self.opened else { return };
        if opened.unit == entry.into {
            opened.new = false;
            opened.rows.retain(|row| row.id != entry.row);
        }
        if opened.rows.is_empty() {
            self.opened = None;
        }
    }

    /// A handling unit that is known.
    pub(super) fn into_known(self, unit: &HandlingUnit, site: &Site<'_>) -> ReceiveStep {
        if let Some(refusal) = self.unit_refusal(unit, site) {
            return self.refuse(refusal);
        }
        let target = Target { unit: unit.id.clone(), ..Target::default() };
        self.run(Input::Put(target), Leave::default(), site)
    }

    /// Why the goods may not go into it: it belongs to another delivery or an order, or it holds goods that
    /// did not come with this one.
    fn unit_refusal(&self, unit: &HandlingUnit, site: &Site<'_>) -> Option<Refusal> {
        // What is missing is told before the unit is judged.
        if let Some(refusal) = self.entry().and_then(|entry| entry.ready().err()) {
            return Some(refusal);
        }
        let ours = !unit.delivery.is_none() && unit.delivery == self.delivery_id();
        let foreign = !unit.delivery.is_none() && !ours;
        let filled = site.known.filled.contains(&unit.id);
        let known_here = ours || self.tally.used(&unit.id);
        let elsewhere = !unit.location.is_none() && unit.location != self.dock;
        let barred = foreign || !unit.order.is_none() || (filled && (!known_here || elsewhere));
        barred.then(|| Refusal::HuRule { scanned: unit.id.clone() })
    }

    /// A label that nobody knows: the same again makes it a handling unit.
    pub(super) fn into_new(mut self, id: HandlingUnitId, pending: Option<Pending>, site: &Site<'_>) -> ReceiveStep {
        if let Some(refusal) = self.entry().and_then(|entry| entry.ready().err()) {
            return self.refuse(refusal);
        }
        if announced_elsewhere(&self, &id, site) {
            return self.refuse(Refusal::HuRule { scanned: id });
        }
        if self.tally.used(&id) || pending == Some(Pending::NewUnit(id.clone())) {
            let new = !self.tally.used(&id);
            return self.run(Input::Put(Target { unit: id, new, printed: false }), Leave::default(), site);
        }
        self.pending = Some(Pending::NewUnit(id.clone()));
        self.refuse(Refusal::NewHu { scanned: id })
    }

    /// The rows that were announced for a handling unit, for this delivery and not received yet.
    pub(super) fn open_handling_unit(
        mut self,
        id: HandlingUnitId,
        new: bool,
        meant: &Meant,
        site: &Site<'_>,
    ) -> ReceiveStep {
        let rows = || site.known.announced.iter().filter(|row| row.unit == id);
        let own = self.delivery_id();
        if rows().next().is_none() {
            return self.refuse(Refusal::Scan(meant.misfit(Kind::Item)));
        }
        if rows().any(|row| own.is_none() || row.delivery != own) {
            return self.refuse(Refusal::HuRule { scanned: id });
        }
        let mut left: Vec<Announced> = rows().filter(|row| !self.tally.confirmed(row)).cloned().collect();
        left.truncate(CONTENT_MAX);
        if left.is_empty() {
            return self.refuse(Refusal::QtyOver { open: 0 });
        }
        let new = new && !self.tally.used(&id);
        self.stage = Stage::item();
        self.opened = Some(Opened { unit: id.clone(), rows: left.clone(), new });
        if !site.settings.trust_asn {
            return self.accept(Class::StepComplete, What::HandlingUnit, id.0);
        }
        // What cannot be taken on trust stays to be confirmed.
        let mut facts = Vec::new();
        for row in left {
            let Some(item) = site.known.item(&row.item) else { continue };
            let label = Label { item: Some(row.item.clone()), ..Label::default() };
            let Ok(read) = self.read_row(label, Tracks::from(item), row, site) else { continue };
            if let Ok((.., more)) = self.judge(&Input::Read(Box::new(read)), &Leave::default(), site) {
                facts.extend(more);
            }
            // A serial number or a date that was not announced is asked for when the row is confirmed.
            self.stage = Stage::item();
        }
        let class = if self.opened.is_none() { Class::StepComplete } else { Class::Attention };
        let what = if facts.is_empty() { What::HandlingUnit } else { What::Received };
        let mut step = self.accept(class, what, id.0);
        step.facts = facts;
        step
    }

    /// A label that confirms announced content: what both say must agree.
    pub(super) fn read_row(
        &self,
        label: Label,
        tracks: Tracks,
        row: Announced,
        site: &Site<'_>,
    ) -> Result<Read, Refusal> {
        let announced = Label {
            item: Some(row.item.clone()),
            qty: if tracks.serial { label.qty } else { row.qty },
            lot: Some(row.lot.clone()).filter(|lot| !lot.is_none()),
            serial: None,
            expiry: row.expiry.clone(),
            grams: 0,
        };
        let both =
            label.join(&announced).map_err(|clash| Refusal::LabelClash { first: clash.second, second: clash.first })?;
        let mut read = self.read_of(both, tracks, site);
        read.row = Some(row);
        Ok(read)
    }
}

fn announced_elsewhere(receive: &Receive, id: &HandlingUnitId, site: &Site<'_>) -> bool {
    let own = receive.delivery_id();
    site.known.announced.iter().any(|row| row.unit == *id && (own.is_none() || row.delivery != own))
}
