//! The destination: a location, or a handling unit that takes what is in the hand.

use super::{Hand, Load, Pending, PutAway, PutAwayStep, Refusal, Stage, source};
use crate::fact::Fact;
use crate::id::{HandlingUnitId, ItemId, LineId, LocationId};
use crate::master::{HandlingUnit, HandlingUnitKind, Location};
use crate::place::{self, Goods, WhyNot};
use crate::reason::Reason;
use crate::scan::{Kind, Meaning, Wants};
use crate::stock::{Status, Stock};
use crate::task::LineState;
use crate::workflow::{Class, Meant, Site, What};

/// Where it is to go.
pub(super) enum Target {
    /// A location.
    Location(LocationId),
    /// Into or onto a handling unit.
    Unit(HandlingUnit),
}

/// A scan at the destination.
pub(super) fn scan(
    flow: PutAway,
    pending: Option<Pending>,
    line: LineId,
    load: Load,
    meant: &Meant,
    site: &Site<'_>,
) -> PutAwayStep {
    let mut wants = Wants::only(Kind::Location).or(Kind::HandlingUnit).or(Kind::Tote);
    wants.bare_sscc = true;
    if matches!(load, Load::Part { .. }) {
        wants = wants.or(Kind::Item).or(Kind::Lot).or(Kind::Serial);
    }
    match (meant.fit(&wants), load) {
        (Ok(Meaning::Location { id }), load) => put(flow, pending, line, load, Target::Location(id.clone()), site),
        (Ok(Meaning::HandlingUnit { unit }), load) => put(flow, pending, line, load, Target::Unit(unit.clone()), site),
        (Ok(Meaning::Goods { label }), Load::Part { from, hand }) => {
            let now = source::Now::new(&flow, line, from, hand, pending);
            source::more(flow, now, label, meant, site)
        }
        (Ok(_), _) => flow.refuse(meant.misfit(Kind::Location)),
        (Err(refusal), _) => flow.refuse(refusal),
    }
}

/// Puts the load there, if the rules of the place let it. A refusal leaves the step as it is.
pub(super) fn put(
    mut flow: PutAway,
    pending: Option<Pending>,
    line: LineId,
    load: Load,
    target: Target,
    site: &Site<'_>,
) -> PutAwayStep {
    let (to, into, asked) = match target {
        Target::Location(id) => match location(&flow, &load, &id, &pending, site) {
            Ok(asked) => (id, HandlingUnitId::default(), asked),
            Err(refusal) => {
                if let Refusal::Place { scanned, .. } = &refusal {
                    flow.pending = Some(Pending::Place(scanned.clone()));
                }
                return flow.refuse(refusal);
            }
        },
        Target::Unit(unit) => match handling_unit(&flow, &load, &unit, site) {
            Ok(to) => (to, unit.id, false),
            Err(refusal) => return flow.refuse(refusal),
        },
    };
    commit(flow, line, load, to, into, asked, site)
}

/// What the load consists of. With a handling unit that was scanned, its content comes with it.
fn goods_of<'a>(load: &'a Load, site: &Site<'a>) -> Vec<Goods<'a>> {
    let class = |item: &ItemId| site.known.item(item).map(|item| item.class);
    match load {
        Load::Whole { .. } => {
            let content = site.known.content.iter().filter(|stock| stock.qty > 0);
            content
                .map(|Stock { item, lot, status, qty, .. }| Goods {
                    item,
                    class: class(item),
                    lot,
                    status: *status,
                    qty: *qty,
                })
                .collect()
        }
        Load::Part { hand: Hand { item, status, units, .. }, .. } => units
            .iter()
            .map(|one| Goods { item, class: class(item), lot: &one.lot, status: *status, qty: one.qty })
            .collect(),
    }
}

/// Whether the load may go to a location, and whether it is another than the suggested one that was
/// asked for twice.
fn location(
    flow: &PutAway,
    load: &Load,
    id: &LocationId,
    pending: &Option<Pending>,
    site: &Site<'_>,
) -> Result<bool, Refusal> {
    let suggested = flow.suggested().map(|(place, _)| place.clone());
    let needed = suggested.clone().unwrap_or_default();
    let scanned = id.clone();
    if id == load.from() {
        return Err(Refusal::WrongLocation { scanned, needed });
    }
    let Some(row) = site.known.locations.iter().find(|own| own.id == *id) else {
        return Err(Refusal::PlaceForbidden { scanned, needed });
    };
    stands(row, &site.known.there, &goods_of(load, site), &needed)?;
    if suggested.as_ref() == Some(id) {
        return Ok(false);
    }
    if suggested.is_some() && !site.settings.other_place {
        return Err(Refusal::PlaceForbidden { scanned, needed });
    }
    match pending {
        Some(Pending::Place(asked)) if asked == id => Ok(true),
        _ => Err(Refusal::Place { scanned, needed }),
    }
}

/// Whether the load may go into a handling unit, and where that stands.
fn handling_unit(flow: &PutAway, load: &Load, unit: &HandlingUnit, site: &Site<'_>) -> Result<LocationId, Refusal> {
    let barred = Err(Refusal::HuRule { scanned: unit.id.clone() });
    let goods = goods_of(load, site);
    let held = || site.known.content.iter().filter(|stock| stock.qty > 0);
    let mut statuses: Vec<Status> =
        goods.iter().map(|one| one.status).chain(held().map(|stock| stock.status)).collect();
    statuses.sort_unstable();
    statuses.dedup();
    if !unit.order.is_none() || unit.sealed || statuses.len() > 1 {
        return barred;
    }
    let fits = match load {
        Load::Whole { unit: moved, .. } => {
            // Goods that are not released yet stay with their delivery.
            let deliveries = !moved.delivery.is_none() && !unit.delivery.is_none() && moved.delivery != unit.delivery;
            let mixes = deliveries && statuses.contains(&Status::InTransit);
            let inside = unit.id == moved.id || unit.parent == moved.id || moved.parent == unit.id;
            unit.kind == HandlingUnitKind::Pallet && !inside && !mixes
        }
        Load::Part { hand, .. } => hand.units.iter().all(|units| units.handling_unit != unit.id),
    };
    if !fits {
        return barred;
    }
    // One that is empty and booked nowhere was brought along.
    let booked = held().find(|stock| stock.handling_unit == unit.id).map(|stock| stock.location.clone());
    let place = booked.or(Some(unit.location.clone()).filter(|place| !place.is_none()));
    let to = place.unwrap_or_else(|| load.from().clone());
    let suggested = flow.suggested().map(|(place, _)| place.clone());
    if !site.settings.other_place && suggested.as_ref().is_some_and(|place| *place != to) {
        return Err(Refusal::PlaceForbidden { scanned: to, needed: suggested.unwrap_or_default() });
    }
    // What goes into a unit comes to stand where that stands: the rules of the place hold.
    if let Some(row) = site.known.unit_places.iter().find(|place| place.id == to && to != *load.from()) {
        stands(row, &site.known.unit_there, &goods, &suggested.unwrap_or_default())?;
    }
    Ok(to)
}

fn stands(row: &Location, there: &[Stock], goods: &[Goods<'_>], needed: &LocationId) -> Result<(), Refusal> {
    let scanned = row.id.clone();
    place::may_stand_together(row, there, goods).map_err(|why| match why {
        WhyNot::Forbidden => Refusal::PlaceForbidden { scanned, needed: needed.clone() },
        WhyNot::Full { free } => Refusal::PlaceFull { scanned, free },
        WhyNot::Mix { holds } => Refusal::PlaceMix { scanned, holds },
    })
}

/// Records the move and goes on.
fn commit(
    mut flow: PutAway,
    line: LineId,
    load: Load,
    to: LocationId,
    into: HandlingUnitId,
    asked: bool,
    site: &Site<'_>,
) -> PutAwayStep {
    let task = flow.task.id.clone();
    let code = if into.is_none() { to.0.clone() } else { into.0.clone() };
    let (from, mut because) = match &load {
        Load::Whole { from, because, .. } => (from.clone(), because.clone()),
        Load::Part { from, hand } => (from.clone(), hand.because.clone()),
    };
    because.extend(asked.then_some(Reason::Place));
    because.sort_unstable();
    because.dedup();
    let mut empty = None;
    let (unit, hand) = match load {
        Load::Whole { unit, .. } => {
            flow.set_progress(&line, |progress| progress.state = LineState::Done);
            if let Some(qty) = flow.row(&line).map(|row| row.qty) {
                flow.set_progress(&line, |progress| progress.moved = qty);
            }
            (unit.id, Hand::default())
        }
        Load::Part { hand, .. } => {
            let asked = flow.row(&line).map_or(0, |row| row.qty);
            flow.set_progress(&line, |progress| {
                progress.moved = progress.moved.saturating_add(hand.qty());
                if progress.moved >= asked {
                    progress.state = LineState::Done;
                }
            });
            let at_source = |stock: &&Stock| stock.location == from && stock.item == hand.item && stock.qty > 0;
            let book = site.known.stock.iter().filter(at_source).fold(0_i64, |sum, s| sum.saturating_add(s.qty));
            if site.settings.zero_check && to != from && book <= hand.qty() {
                empty = Some(hand.item.clone());
            }
            (HandlingUnitId::default(), hand)
        }
    };
    let facts = vec![Fact::Moved {
        task,
        line: line.clone(),
        unit,
        item: hand.item,
        units: hand.units,
        status: hand.status,
        from: from.clone(),
        to,
        into,
        because,
        typed: hand.typed,
    }];
    let Some(item) = empty else { return flow.go_on(facts, What::Moved, code) };
    flow.stage = Stage::EmptyNow { line, location: from, item };
    PutAwayStep { facts, ..flow.accept(Class::StepComplete, What::Moved, code) }
}
