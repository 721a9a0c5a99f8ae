//! What receiving, moving and counting ask for.

use super::{CODES_MAX, codes_of};
use crate::app::{DeliveriesFlow, Under};
use crate::store::{Store, StoreError};
use floorhand_domain::id::LocationId;
use floorhand_domain::scan::Kind;
use floorhand_domain::workflow::Expect;
use floorhand_domain::workflow::count::{self, Count};
use floorhand_domain::workflow::put_away::{self, Load, PutAway};
use floorhand_domain::workflow::receive::{Field, Receive};

fn one(kind: Kind, codes: Vec<String>) -> Vec<Expect> {
    vec![Expect { kind, codes }]
}

fn place(store: &Store, id: &LocationId) -> Result<Vec<String>, StoreError> {
    if id.is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![store.location(id)?.map_or_else(|| id.0.clone(), |location| location.code)])
}

pub(super) fn deliveries(flow: &DeliveriesFlow) -> Vec<Expect> {
    one(Kind::Delivery, flow.shown().iter().take(CODES_MAX).map(|row| row.id.0.clone()).collect())
}

pub(super) fn receive(store: &Store, flow: &Under<Receive>) -> Result<Vec<Expect>, StoreError> {
    let at = &flow.at;
    let Some(entry) = at.entry() else {
        let mut codes = Vec::new();
        for row in at.rows().iter().filter(|row| row.got < row.line.ordered).take(CODES_MAX) {
            codes.extend(codes_of(store, &row.line.item)?);
        }
        codes.truncate(CODES_MAX);
        return Ok(one(Kind::Item, codes));
    };
    Ok(match entry.field() {
        Field::Lot => one(Kind::Lot, Vec::new()),
        Field::Expiry => one(Kind::Expiry, Vec::new()),
        Field::Serial => one(Kind::Serial, Vec::new()),
        Field::Quantity => one(Kind::Item, codes_of(store, &entry.item)?),
        Field::Condition => one(Kind::Quantity, Vec::new()),
        Field::Unit => one(Kind::HandlingUnit, Vec::new()),
    })
}

pub(super) fn put_away(store: &Store, flow: &Under<PutAway>) -> Result<Vec<Expect>, StoreError> {
    let at = &flow.at;
    Ok(match &at.stage {
        put_away::Stage::Source { at: place_at, hand, .. } => match at.line() {
            Some(line) if !line.handling_unit.is_none() && line.item.is_none() => {
                one(Kind::HandlingUnit, vec![line.handling_unit.0.clone()])
            }
            Some(line) if place_at.is_none() && hand.units.is_empty() => {
                let mut expects = one(Kind::Location, place(store, &line.location)?);
                if !line.handling_unit.is_none() {
                    expects.insert(0, Expect { kind: Kind::HandlingUnit, codes: vec![line.handling_unit.0.clone()] });
                }
                expects
            }
            Some(line) => one(Kind::Item, codes_of(store, &line.item)?),
            None => one(Kind::HandlingUnit, Vec::new()),
        },
        put_away::Stage::Destination { load: Load::Whole { .. } | Load::Part { .. }, .. } => {
            let codes = match at.suggested() {
                Some((id, _)) => place(store, id)?,
                None => Vec::new(),
            };
            one(Kind::Location, codes)
        }
        put_away::Stage::EmptyNow { .. } => one(Kind::Quantity, Vec::new()),
    })
}

pub(super) fn counting(store: &Store, flow: &Under<Count>) -> Result<Vec<Expect>, StoreError> {
    let at = &flow.at;
    let codes = place(store, at.location())?;
    Ok(match &at.stage {
        count::Stage::Location { .. } | count::Stage::Nothing { .. } => one(Kind::Location, codes),
        // What is there is for whoever counts to find; the location finishes.
        count::Stage::Contents { .. } => {
            let items = match at.spot() {
                Some(item) => codes_of(store, item)?,
                None => Vec::new(),
            };
            vec![Expect { kind: Kind::Item, codes: items }, Expect { kind: Kind::Location, codes }]
        }
    })
}

pub(super) fn quantity_of(flow: &Under<PutAway>) -> (i64, i64) {
    let needed = flow.at.line().map_or(0, |line| flow.at.open_qty(&line.id));
    (flow.at.hand().map_or(0, put_away::Hand::qty), needed)
}
