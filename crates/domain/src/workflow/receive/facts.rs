//! An entry becomes facts: one for each line that it fills.

use super::bounds::Share;
use super::entry::Entry;
use super::unit::Target;
use super::{Photo, Receive};
use crate::fact::{Fact, ReceivedUnits};
use crate::id::{HandlingUnitId, Serial};
use crate::master::HandlingUnitKind;
use crate::reason::Reason;
use crate::stock::Status;

impl Receive {
    pub(super) fn subject(&self) -> String {
        format!("receipt:{}", self.receipt)
    }

    /// The facts of an entry that goes into its handling unit: decisions first, then the label, then the
    /// goods, a fact for each line.
    pub(super) fn facts_of(&self, entry: &Entry, target: &Target, percent: u32) -> Vec<Fact> {
        let shares = self.share_out(entry, percent);
        let over: i64 = shares.iter().map(|share| share.over).sum();
        let mut facts: Vec<Fact> = entry
            .leave
            .approvals
            .iter()
            .map(|approval| {
                let qty = match approval.decision {
                    Reason::ReceiptOver => over,
                    Reason::SerialSeen => 1,
                    _ => entry.qty,
                };
                (approval, qty)
            })
            .filter(|(_, qty)| *qty > 0)
            .map(|(approval, qty)| Fact::Approved {
                by: approval.by.clone(),
                decision: approval.decision,
                subject: self.subject(),
                item: entry.item.clone(),
                qty,
            })
            .collect();
        if target.printed {
            facts.push(Fact::LabelPrinted {
                label: target.unit.clone(),
                copy: 1,
                subject: self.subject(),
                reason: String::new(),
                internal: None,
            });
        }
        let mut units = units_of(entry);
        let mut new = target.new;
        let mut unshown = !entry.photos.is_empty();
        let last = shares.len().saturating_sub(1);
        for (n, share) in shares.iter().enumerate() {
            let part = part_of(&mut units, share, entry.is_held());
            let damaged = part.iter().any(|unit| unit.status == Status::Damaged);
            // Photographs belong to what is damaged; with nothing damaged, to the first fact.
            let shown = unshown && (damaged || (entry.damaged == 0 && n == 0) || n == last);
            unshown = unshown && !shown;
            facts.push(self.received_fact(entry, share, part, &target.unit, std::mem::take(&mut new), shown));
        }
        facts
    }

    fn received_fact(
        &self,
        entry: &Entry,
        share: &Share,
        units: Vec<ReceivedUnits>,
        unit: &HandlingUnitId,
        new: bool,
        shown: bool,
    ) -> Fact {
        let mut because = entry.leave.held.clone();
        for approval in &entry.leave.approvals {
            let about_others = approval.decision == Reason::ReceiptOver && share.over == 0;
            if !about_others && !because.contains(&approval.decision) {
                because.push(approval.decision);
            }
        }
        let line = share.line.and_then(|index| self.lines.get(index)).map(|row| row.id.clone());
        Fact::Received {
            receipt: self.receipt.clone(),
            delivery: self.delivery_id(),
            line: line.unwrap_or_default(),
            location: self.dock.clone(),
            item: entry.item.clone(),
            lot: entry.lot.clone(),
            expiry: entry.expiry.clone(),
            units,
            handling_unit: unit.clone(),
            new_unit: new.then_some(HandlingUnitKind::Pallet),
            because,
            photos: if shown { entry.photos.clone() } else { Vec::new() },
            typed: entry.typed,
        }
    }

    pub(super) fn photo_fact(photo: &Photo, subject: String, purpose: &str) -> Fact {
        Fact::PhotoTaken {
            photo: photo.id.clone(),
            subject,
            purpose: purpose.to_owned(),
            hash: photo.hash.clone(),
            bytes: photo.bytes,
        }
    }
}

/// All units of an entry, the damaged ones first.
fn units_of(entry: &Entry) -> Vec<ReceivedUnits> {
    let unit = |serial: &Serial, qty, status| ReceivedUnits { serial: serial.clone(), qty, status };
    let none = Serial::default();
    let mut units: Vec<ReceivedUnits> = if entry.tracks.serial {
        let status = |serial| if entry.broken.contains(serial) { Status::Damaged } else { Status::InTransit };
        entry.serials.iter().map(|serial| unit(serial, 1, status(serial))).collect()
    } else {
        vec![unit(&none, entry.damaged, Status::Damaged), unit(&none, entry.qty - entry.damaged, Status::InTransit)]
    };
    units.retain(|unit| unit.qty > 0);
    units.sort_by_key(|unit| unit.status != Status::Damaged);
    units
}

/// Takes the units of a share. Those above the limit are quarantined, and all good ones of goods that are
/// held; damaged ones stay damaged.
fn part_of(units: &mut Vec<ReceivedUnits>, share: &Share, held: bool) -> Vec<ReceivedUnits> {
    let mut part: Vec<ReceivedUnits> = Vec::new();
    let mut left = share.qty;
    while left > 0
        && let Some(first) = units.first_mut()
    {
        let qty = first.qty.min(left);
        left -= qty;
        part.push(ReceivedUnits { qty, ..first.clone() });
        first.qty -= qty;
        if first.qty == 0 {
            units.remove(0);
        }
    }
    let mut quarantined = if held { share.qty } else { share.over };
    let mut out: Vec<ReceivedUnits> = Vec::new();
    for unit in part.into_iter().rev() {
        let qty = if unit.status == Status::InTransit { unit.qty.min(quarantined) } else { 0 };
        quarantined -= qty;
        for (qty, status) in [(unit.qty - qty, unit.status), (qty, Status::Quarantined)] {
            if qty > 0 {
                out.push(ReceivedUnits { serial: unit.serial.clone(), qty, status });
            }
        }
    }
    out.reverse();
    out.sort_by_key(|unit| unit.status);
    out
}
