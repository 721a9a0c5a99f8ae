//! Where the units go, and the facts that this makes.

use super::entry::Entry;
use super::matching::Share;
use super::{Exit, Refund, ReturnStep, Returns, Stage};
use crate::fact::Fact;
use crate::id::{HandlingUnitId, LocationId};
use crate::master::HandlingUnit;
use crate::place::{self, Goods, WhyNot};
use crate::reason::Reason;
use crate::returns::credit;
use crate::scan::{Kind, Meaning, Wants};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Accepted, Class, Meant, Next, Site, Step, What};

impl Returns {
    /// What the units are, for the places in which they may stand: `None` before their disposition.
    #[must_use]
    pub fn goods(&self) -> Option<Goods<'_>> {
        let status = self.disposition()?.status();
        let entry = self.entry()?;
        Some(Goods { item: &entry.item, class: Some(entry.kept.class), lot: &entry.lot, status, qty: entry.qty })
    }

    pub(super) fn scan_place(self, meant: &Meant, site: &Site<'_>) -> ReturnStep {
        let mut wants = Wants::only(Kind::Location).or(Kind::HandlingUnit).or(Kind::Tote);
        wants.bare_sscc = true;
        let target = match meant.fit(&wants) {
            Ok(Meaning::Location { id }) => self.may_stand(id, site).map(|()| (id.clone(), HandlingUnitId::default())),
            Ok(Meaning::HandlingUnit { unit }) => self.may_hold(unit, site).map(|at| (at, unit.id.clone())),
            Ok(_) => Err(Refusal::Scan(meant.misfit(Kind::Location))),
            Err(refusal) => Err(Refusal::Scan(refusal)),
        };
        match target.and_then(|target| self.checked().map(|()| target)) {
            Ok((location, unit)) => self.put(&location, &unit),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Others may have inspected of the same lines meanwhile; a changed policy may ask for more.
    fn checked(&self) -> Result<(), Refusal> {
        if let Some(entry) = self.entry().filter(|entry| !entry.is_unmatched()) {
            let open = self.lines_for(entry).iter().fold(0_i64, |sum, (_, open)| sum.saturating_add(*open));
            if entry.qty > open {
                return Err(Refusal::RetOver { open });
            }
        }
        self.inspected()
    }

    fn may_stand(&self, id: &LocationId, site: &Site<'_>) -> Result<(), Refusal> {
        let (scanned, needed) = (id.clone(), LocationId::default());
        let row = site.known.locations.iter().find(|own| own.id == *id);
        let (Some(row), Some(goods)) = (row, self.goods()) else {
            return Err(Refusal::PlaceForbidden { scanned, needed });
        };
        place::may_stand_together(row, &site.known.there, &[goods]).map_err(|why| match why {
            WhyNot::Forbidden => Refusal::PlaceForbidden { scanned, needed },
            WhyNot::Full { free } => Refusal::PlaceFull { scanned, free },
            WhyNot::Mix { holds } => Refusal::PlaceMix { scanned, holds },
        })
    }

    /// Whether the units may go into a handling unit, and where that stands: at the bench, where nobody knows.
    fn may_hold(&self, unit: &HandlingUnit, site: &Site<'_>) -> Result<LocationId, Refusal> {
        let status = self.goods().map(|goods| goods.status);
        let mut held = site.known.content.iter().filter(|stock| stock.handling_unit == unit.id && stock.qty > 0);
        let booked = held.clone().next().map(|stock| stock.location.clone());
        if !unit.order.is_none() || unit.sealed || held.any(|stock| Some(stock.status) != status) {
            return Err(Refusal::HuRule { scanned: unit.id.clone() });
        }
        let stands = booked.or(Some(unit.location.clone()).filter(|at| !at.is_none()));
        let at = stands.unwrap_or_else(|| self.bench.clone());
        if site.known.locations.iter().any(|row| row.id == at) {
            self.may_stand(&at, site)?;
        }
        Ok(at)
    }

    /// The units are put there: facts are written, and the next ones are asked for.
    fn put(mut self, location: &LocationId, unit: &HandlingUnitId) -> ReturnStep {
        let Some(entry) = self.entry().cloned() else { return self.not_now() };
        let shares = self.share_out(&entry);
        let mut facts = Vec::new();
        let mut grams = entry.grams;
        for (n, share) in shares.iter().enumerate() {
            // Each line has its part of the weight; what does not divide stays with the last.
            let last = n + 1 == shares.len();
            let part = if last { grams } else { entry.grams.saturating_mul(share.qty) / entry.qty.max(1) };
            grams -= part;
            facts.extend(self.decisions(&entry, share));
            facts.push(self.inspected_fact(&entry, share, part, location, unit));
        }
        if entry.order == self.order && !entry.order.is_none() {
            let mut shipped = self.shipped.to_vec();
            for share in &shares {
                credit(&mut shipped, &share.line, &entry.lot, &entry.serial, share.qty);
            }
            self.shipped = shipped.into();
        }
        facts.iter().for_each(|fact| self.tally.note(fact));
        self.stage = Stage::identity();
        let code = if unit.is_none() { location.0.clone() } else { unit.0.clone() };
        // After units of no order a person says when it is enough.
        if !entry.is_unmatched() && self.is_all() {
            let exit = self.exit();
            let answer = Ok(Accepted::new(Class::TaskComplete, What::Received, code));
            return Step { next: Next::Finish(exit), facts, answer };
        }
        ReturnStep { facts, ..self.accept(Class::StepComplete, What::Received, code) }
    }

    /// What supervisors decided about the units of one line, before the fact that they back.
    fn decisions(&self, entry: &Entry, share: &Share) -> Vec<Fact> {
        let mut facts: Vec<Fact> = entry
            .leave
            .approvals
            .iter()
            .map(|approval| Fact::Approved {
                by: approval.by.clone(),
                decision: approval.decision,
                subject: self.subject(),
                item: entry.item.clone(),
                qty: share.qty,
            })
            .collect();
        let proposed = self.proposed_of(entry);
        facts.extend(entry.overridden.iter().filter(|own| own.chosen != proposed).map(|own| {
            Fact::DispositionOverridden {
                inspection: self.inspection.clone(),
                item: entry.item.clone(),
                qty: share.qty,
                proposed,
                chosen: own.chosen,
                by: own.by.clone(),
                reason: own.reason.clone(),
            }
        }));
        facts
    }

    fn inspected_fact(
        &self,
        entry: &Entry,
        share: &Share,
        grams: i64,
        location: &LocationId,
        unit: &HandlingUnitId,
    ) -> Fact {
        let matched = !entry.is_unmatched();
        let mut because: Vec<Reason> = entry.leave.approvals.iter().map(|approval| approval.decision).collect();
        because.sort_unstable_by_key(|reason| reason.code());
        Fact::ReturnInspected {
            inspection: self.inspection.clone(),
            rma: if matched { self.rma_id() } else { crate::id::RmaId::default() },
            order: entry.order.clone(),
            line: share.line.clone(),
            item: entry.item.clone(),
            lot: entry.lot.clone(),
            serial: entry.serial.clone(),
            qty: share.qty,
            grade: self.grade_of(entry),
            reason: self.reason_of(entry).unwrap_or(crate::returns::ReturnReason::Other),
            answers: entry.answers.clone(),
            disposition: self.disposition_of(entry),
            grams,
            photos: entry.photos.clone(),
            location: location.clone(),
            handling_unit: unit.clone(),
            because,
        }
    }

    /// Whether everything came that was announced or, where nothing was, that was shipped.
    fn is_all(&self) -> bool {
        let rows = self.rows();
        let announced = rows.iter().any(|row| row.announced > 0);
        let awaited = |row: &super::Row| if announced { self.awaited(&row.line).min(row.open) } else { row.open };
        !rows.is_empty() && rows.iter().all(|row| awaited(row) == 0)
    }

    fn exit(&self) -> Exit {
        let matched = self.tally.lines.values().any(|qty| *qty > 0);
        Exit::Finished { units: self.tally.units(), refund: if matched { Refund::Waiting } else { Refund::None } }
    }

    /// Nothing more of this return is here; the rest can still come.
    pub(super) fn done(self) -> ReturnStep {
        // What is being inspected is put somewhere or dropped first.
        if self.entry().is_some() {
            return self.not_now();
        }
        let exit = self.exit();
        let answer = Ok(Accepted::new(Class::TaskComplete, What::Closed, self.inspection.0));
        Step { next: Next::Finish(exit), facts: Vec::new(), answer }
    }
}
