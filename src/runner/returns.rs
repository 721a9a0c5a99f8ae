//! What returns need from the store.

use super::load::name;
use super::{Runner, chain};
use crate::app::{Doing, Ended, Flow, Found, Input, Now, ReturnData, ReturnsOpen};
use crate::event::Catalogue;
use crate::store::{Store, StoreError};
use crate::view::{Key, KeyPress, Tap};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{LocationId, RmaId};
use floorhand_domain::place::Goods;
use floorhand_domain::returns::Rma;
use floorhand_domain::scan::Known;
use floorhand_domain::stock::Status;
use floorhand_domain::task::TaskKind;
use floorhand_domain::workflow::Meant;
use floorhand_domain::workflow::returns::{Entry, Field, Opens, Saved, Stage};
use std::sync::Arc;

/// The statuses that inspected goods can have.
const STATUSES: [Status; 3] = [Status::Available, Status::Quarantined, Status::Damaged];

/// A return with everything its pages need. `kept`: the one that is gone on with.
///
/// # Errors
/// When the store cannot be read.
fn return_data(store: &Store, opens: &Opens, kept: Option<&Saved>, station: &str) -> Result<ReturnData, StoreError> {
    let rma = match opens.rma.is_none() {
        true => None,
        // Its row may be gone; its number stays with the facts.
        false => Some(store.rma(&opens.rma)?.unwrap_or_else(|| Rma {
            id: opens.rma.clone(),
            order: opens.order.clone(),
            ..Rma::default()
        })),
    };
    let shipped = if opens.order.is_none() { Vec::new() } else { store.shipped(&opens.order)? };
    let past = match kept {
        Some(saved) => store.inspected(&saved.inspection)?,
        None => Vec::new(),
    };
    let entry = kept.and_then(entry_of);
    let mut catalogue = Catalogue::default();
    let came = past.iter().filter_map(|fact| match fact {
        Fact::ReturnInspected { item, .. } => Some(item),
        _ => None,
    });
    let announced = rma.iter().flat_map(|rma| &rma.lines).map(|line| &line.item);
    let items = shipped.iter().map(|row| &row.item).chain(announced).chain(came);
    name(store, items.chain(entry.map(|entry| &entry.item)), &mut catalogue)?;
    Ok(ReturnData {
        rma,
        order: opens.order.clone(),
        shipped: shipped.into(),
        policy: Arc::new(store.return_policy()?),
        catalogue: Arc::new(catalogue),
        bench: store.returns_bench(station)?,
        past,
        bins: match entry {
            Some(entry) => bins(store, entry)?,
            None => Vec::new(),
        },
    })
}

fn entry_of(saved: &Saved) -> Option<&Entry> {
    match &saved.stage {
        Stage::Entry { entry } => Some(entry),
        Stage::Identity { .. } => None,
    }
}

/// The best bin for goods in each status.
fn bins(store: &Store, entry: &Entry) -> Result<Vec<(Status, LocationId)>, StoreError> {
    let mut found = Vec::new();
    for status in STATUSES {
        let class = Some(entry.kept.class);
        let goods = Goods { item: &entry.item, class, lot: &entry.lot, status, qty: entry.qty };
        found.extend(store.bin_for(&goods)?.map(|id| (status, id)));
    }
    Ok(found)
}

/// The return that was under way before the power went.
pub(super) fn resumed(store: &Store, doing: Option<&Doing>, station: &str) -> Result<Option<ReturnData>, StoreError> {
    let Some(Doing::Returns(saved)) = doing else { return Ok(None) };
    let opens = Opens { rma: saved.rma.clone(), order: saved.order.clone() };
    return_data(store, &opens, Some(saved), station).map(Some)
}

impl Runner {
    fn returned(&self, opens: &Opens) -> Option<Box<ReturnData>> {
        return_data(&self.store, opens, self.app.return_kept(opens), &self.app.station.name)
            .inspect_err(|error| tracing::error!(error = chain(error), "a return could not be read"))
            .ok()
            .map(Box::new)
    }

    /// The return that a scan opens, read before the turn.
    pub(super) fn find_return(&self, found: &mut Found, meant: &Meant, now: &Now, known: &Known) {
        if let [one] = self.app.returns_named(meant, now, known).as_slice() {
            found.returned = self.returned(one);
        }
    }

    /// The announced return that a task is about.
    pub(super) fn find_announced(&self, found: &mut Found) {
        let Some(data) = found.task.as_ref().filter(|data| data.task.kind == TaskKind::Return) else { return };
        let rma = self.store.rma(&RmaId(data.task.id.0.clone())).ok().flatten();
        found.returned = rma.and_then(|rma| self.returned(&Opens { rma: rma.id, order: rma.order }));
    }

    /// What a tap needs: the return that it opens, or the bins for what was inspected.
    pub(super) fn find_for_return(&self, found: &mut Found, tap: &Tap) {
        match &self.app.flow {
            Flow::ReturnsOpen(_) if self.app.page.is_none() => {
                let opens = match tap {
                    Tap::Choose(row) => self.app.return_tapped(*row),
                    Tap::Unmatched => Some(Opens::default()),
                    _ => None,
                };
                found.returned = opens.and_then(|opens| self.returned(&opens));
            }
            Flow::Returns(flow) => {
                let at = &flow.under.at;
                let on = matches!(tap, Tap::Next | Tap::Ok | Tap::Primary)
                    || matches!(tap, Tap::Key(KeyPress { key: Key::Enter, .. }));
                if let Some(entry) = at.entry().filter(|_| on && at.field() == Some(Field::Inspect)) {
                    found.bins = bins(&self.store, entry)
                        .inspect_err(|error| tracing::error!(error = chain(error), "places could not be read"))
                        .unwrap_or_default();
                }
            }
            _ => {}
        }
    }

    /// The return under way, or what was shipped, is not as it was.
    pub(super) fn reload_return(&mut self) {
        let Flow::Returns(flow) = &self.app.flow else { return };
        let at = &flow.under.at;
        let opens = Opens { rma: at.rma_id(), order: at.order.clone() };
        if let Some(data) = self.returned(&opens) {
            self.input(Input::ReturnChanged(data), &Found::default());
        }
    }

    /// What the core said meanwhile of the money of the return that ended last.
    pub(super) fn load_refund(&mut self) {
        let Flow::ReturnsOpen(ReturnsOpen { last: Some(Ended { inspection, refund, .. }), .. }) = &self.app.flow else {
            return;
        };
        if refund == "none" {
            return;
        }
        match self.store.refund(inspection) {
            Ok(said) if said.as_str() != refund => self.input(Input::Refunded(said.as_str()), &Found::default()),
            Ok(_) => {}
            Err(error) => tracing::error!(error = chain(&error), "the refund could not be read"),
        }
    }
}
