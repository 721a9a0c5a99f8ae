//! Picks from other stock than planned, batches and zones.

use super::effect::{Act, Effect, Stop};
use super::pick::{self, UNITS_MAX};
use super::promise;
use super::tote;
use crate::entity;
use crate::error::{Error, Result};
use crate::ledger;
use crate::orders::displace::{Taken, displace};
use crate::orders::follow::{Went, follow};
use crate::outbound::{packing, picks};
use floorhand_domain::fact::{Fact, Units, content_moves};
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId, TaskId};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Status, TRANSIT};
use floorhand_domain::task::{Line, LineState};

/// The effect of a fact of this module.
pub(super) async fn effect(act: &mut Act<'_>, fact: &Fact) -> Effect {
    match fact {
        Fact::Substituted { .. } => substituted(act, fact).await,
        Fact::CountAsked { location, item, .. } => count_asked(act, location, item).await,
        Fact::Sorted { .. } => sorted(act, fact).await,
        Fact::ToteTaken { task, tote, location } => tote_taken(act, task, tote, location).await,
        _ => Err(Error::Stored("not of this module".to_owned())),
    }
}

/// `Substituted`: the other stock is promised to the line from now on; what others lose by it is promised to them
/// elsewhere. A whole handling unit that the book has elsewhere is believed to be here.
async fn substituted(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::Substituted { task: task_id, line: line_id, location, item, asked, taken } = fact else {
        return Err(Error::Stored("not a substitution".to_owned()));
    };
    if asked.qty <= 0 || asked.qty > UNITS_MAX {
        return Ok(Err(Stop::Reject(Reason::BadFact, "the quantity does not read".to_owned())));
    }
    if let Err(stop) = pick::known(act, item, location).await? {
        return Ok(Err(stop));
    }
    if !taken.handling_unit.is_none() {
        believe(act, &taken.handling_unit, location).await?;
    }
    let warehouse = act.warehouse();
    if act.task(task_id).await?.is_none() {
        return Ok(Ok(()));
    }
    let line = entity::line(act.tx, warehouse, line_id).await?.filter(|line| line.task == *task_id);
    let Some(line) = line else {
        act.flag(Reason::UnknownReference, format!("line:{line_id}"), "the line is not one of the task");
        return Ok(Ok(()));
    };
    if line.state != LineState::Open {
        act.flag(Reason::ClaimLost, format!("task:{task_id}"), "the line was closed by somebody else");
        return Ok(Ok(()));
    }
    point(act, &line, asked, taken, location).await?;
    let lost = Taken { location, item, lot: &taken.lot, handling_unit: &taken.handling_unit, by: line_id };
    let begun = displace(act.tx, act.changes, &lost, act.now).await?;
    if let Some(other) = begun.first().filter(|_| !taken.handling_unit.is_none()) {
        let detail = format!("task {other} has picked of it already");
        act.flag(Reason::SwapPicked, format!("handling-unit:{}", taken.handling_unit), detail);
    }
    Ok(Ok(()))
}

/// A handling unit is where it was scanned, with all that is in it; promises of its content come along.
async fn believe(act: &mut Act<'_>, unit: &HandlingUnitId, location: &LocationId) -> Result<()> {
    let warehouse = act.warehouse();
    let Some(mut held) = entity::handling_unit(act.tx, warehouse, unit).await? else {
        act.flag(Reason::UnknownReference, format!("handling-unit:{unit}"), "it was not known");
        return Ok(());
    };
    let content = ledger::content_of(act.tx, warehouse, unit).await?;
    let moves = content_moves(&content, location);
    if held.location == *location && moves.is_empty() {
        return Ok(());
    }
    pick::post(act, &moves, "substitute").await?;
    for what in moves.iter().filter(|what| what.from.status == Status::Available) {
        let went = Went {
            item: &what.item,
            lot: &what.lot,
            from: (&what.from.location, &what.from.handling_unit),
            to: (&what.to.location, &what.to.handling_unit),
            qty: what.qty,
        };
        follow(act.tx, act.changes, &went).await?;
    }
    held.location = location.clone();
    entity::put_handling_unit(act.tx, act.changes, &held).await
}

/// Points the promise behind the units that are swapped to the other stock, and the line itself where these are all
/// that is open of it. The line stays one: the device goes on with it.
async fn point(act: &mut Act<'_>, line: &Line, asked: &Units, taken: &Units, location: &LocationId) -> Result<()> {
    let named = Units { lot: asked.lot.clone(), handling_unit: asked.handling_unit.clone(), ..Units::default() };
    promise::point(act, line, asked.qty, (&line.location, &named), (location, taken)).await?;
    if asked.qty < line.open_qty() {
        return Ok(());
    }
    let mut own = line.clone();
    (own.lot, own.serial) = (taken.lot.clone(), taken.serial.clone());
    (own.handling_unit, own.location) = (taken.handling_unit.clone(), location.clone());
    entity::put_line(act.tx, act.changes, &own).await
}

/// `CountAsked`.
async fn count_asked(act: &mut Act<'_>, location: &LocationId, item: &ItemId) -> Effect {
    if entity::location(act.tx, act.warehouse(), location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    act.count(location, item, "asked").await?;
    Ok(Ok(()))
}

/// `Sorted`: from the common tote into that of the order, both on the cart.
async fn sorted(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::Sorted { task, line: line_id, item, from, tote: into, units } = fact else {
        return Err(Error::Stored("not sorted".to_owned()));
    };
    let plain = !from.is_none()
        && !into.is_none()
        && from != into
        && !units.is_empty()
        && units.iter().all(|unit| unit.qty > 0 && unit.qty <= UNITS_MAX && (unit.serial.is_none() || unit.qty == 1));
    if !plain {
        return Ok(Err(Stop::Reject(Reason::BadFact, "units or totes do not read".to_owned())));
    }
    if entity::item(act.tx, item).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("item {item} is not known"))));
    }
    let warehouse = act.warehouse();
    let transit = LocationId::from(TRANSIT);
    for unit in [from, into] {
        bring(act, unit, &transit).await?;
    }
    pick::post(act, &fact.moves(), "sorted").await?;
    let line = entity::line(act.tx, warehouse, line_id).await?.filter(|line| line.task == *task);
    let Some(line) = line else {
        act.flag(Reason::UnknownReference, format!("line:{line_id}"), "the line is not one of the task");
        return Ok(Ok(()));
    };
    let mut held = tote::unit(act, into).await?;
    if !held.order.is_none() && held.order != line.order {
        act.flag(Reason::ToteOther, format!("handling-unit:{into}"), format!("it was bound to order {}", held.order));
    }
    held.order = line.order.clone();
    held.location = transit;
    entity::put_handling_unit(act.tx, act.changes, &held).await?;
    tote::note(act, task, into, line.slot, &line.order, "on-cart").await?;
    let of = picks::Of { order: &line.order, line: &line.order_line, item };
    for unit in units {
        picks::add(act.tx, warehouse, &of, unit, from, -unit.qty).await?;
        picks::add(act.tx, warehouse, &of, unit, into, unit.qty).await?;
    }
    packing::refresh(act.tx, act.changes, &line.order, act.now).await?;
    Ok(Ok(()))
}

/// A handling unit that somebody has in their hands is there, wherever it was set down.
pub(super) async fn bring(act: &mut Act<'_>, unit: &HandlingUnitId, to: &LocationId) -> Result<()> {
    let warehouse = act.warehouse();
    let Some(mut held) = entity::handling_unit(act.tx, warehouse, unit).await? else { return Ok(()) };
    let content = ledger::content_of(act.tx, warehouse, unit).await?;
    let source = act.ledger_source();
    for what in content_moves(&content, to) {
        ledger::post(act.tx, act.changes, &what, "brought", &source).await?;
    }
    if held.location != *to {
        held.location = to.clone();
        entity::put_handling_unit(act.tx, act.changes, &held).await?;
    }
    Ok(())
}

/// `ToteTaken`: it is on a cart again, in the slot of its order.
async fn tote_taken(act: &mut Act<'_>, id: &TaskId, tote: &HandlingUnitId, location: &LocationId) -> Effect {
    let warehouse = act.warehouse();
    if tote.is_none() || entity::location(act.tx, warehouse, location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    let mut held = tote::unit(act, tote).await?;
    if !held.location.is_none() && held.location != *location && held.location.as_str() != TRANSIT {
        let detail = format!("the book had it at {}, it was taken at {location}", held.location);
        act.flag(Reason::HuElsewhere, format!("handling-unit:{tote}"), detail);
    }
    held.location = TRANSIT.into();
    entity::put_handling_unit(act.tx, act.changes, &held).await?;
    bring(act, tote, &TRANSIT.into()).await?;
    let Some(mut task) = act.task(id).await? else { return Ok(Ok(())) };
    if tote::lost(act, &task).await? {
        act.flag(Reason::ClaimLost, format!("task:{id}"), "the task is somebody else's or over");
        let slot = task.slots.iter().find(|slot| slot.order == held.order).map_or(0, |slot| slot.slot);
        tote::note(act, id, tote, slot, &held.order, "on-cart").await?;
        return Ok(Ok(()));
    }
    let slot = task.slots.iter_mut().find(|slot| slot.order == held.order && !held.order.is_none());
    let number = slot.as_ref().map_or(0, |slot| slot.slot);
    if let Some(slot) = slot {
        slot.tote = tote.clone();
        entity::put_task(act.tx, act.changes, &task).await?;
    }
    tote::note(act, id, tote, number, &held.order, "on-cart").await?;
    Ok(Ok(()))
}
