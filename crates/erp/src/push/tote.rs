//! Totes: put on a cart, filled, closed, set down.

use super::effect::{Act, Effect, Stop, finish_task};
use crate::claim;
use crate::entity;
use crate::error::Result;
use crate::ledger;
use crate::outbound::{packing, put_back};
use crate::vals;
use floorhand_domain::fact::content_moves;
use floorhand_domain::id::{HandlingUnitId, LocationId, OrderId, TaskId};
use floorhand_domain::master::{HandlingUnit, HandlingUnitKind};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Move, Place, Status, Stock, TRANSIT};
use floorhand_domain::task::{LineState, Task, TaskState};
use std::collections::BTreeSet;

/// The handling unit of a tote label. One that is not in the book is made, since it is there in
/// somebody's hands, and flagged.
pub(super) async fn unit(act: &mut Act<'_>, tote: &HandlingUnitId) -> Result<HandlingUnit> {
    if let Some(unit) = entity::handling_unit(act.tx, act.warehouse(), tote).await? {
        return Ok(unit);
    }
    act.flag(Reason::UnknownReference, format!("handling-unit:{tote}"), "the tote was not known; it is now");
    Ok(HandlingUnit {
        id: tote.clone(),
        kind: HandlingUnitKind::Tote,
        location: LocationId::default(),
        order: OrderId::default(),
        ..HandlingUnit::default()
    })
}

/// Notes that the task has this tote, in this state.
pub(super) async fn note(
    act: &Act<'_>,
    task: &TaskId,
    tote: &HandlingUnitId,
    slot: u8,
    order: &OrderId,
    state: &str,
) -> Result<()> {
    act.tx
        .execute(
            "INSERT INTO task_tote (warehouse_id, task, tote, slot, order_id, state) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (warehouse_id, task, tote) DO UPDATE SET state = excluded.state",
            vals![act.warehouse(), task, tote, slot, order, state],
        )
        .await
        .map(|_| ())
}

async fn is_empty(act: &Act<'_>, tote: &HandlingUnitId) -> Result<bool> {
    Ok(ledger::content_of(act.tx, act.warehouse(), tote).await?.iter().all(|stock| stock.qty <= 0))
}

/// What was taken out of a tote before the book knew that it was in it is owed by the tote where it was taken; goods of
/// the same kind that the book has in it by now are those.
pub(super) async fn pay(act: &mut Act<'_>, tote: &HandlingUnitId) -> Result<()> {
    let mut content = ledger::content_of(act.tx, act.warehouse(), tote).await?;
    let source = act.ledger_source();
    let (owed, there): (Vec<Stock>, Vec<Stock>) = content.drain(..).partition(|stock| stock.qty < 0);
    let mut there: Vec<Stock> = there.into_iter().filter(|stock| stock.qty > 0).collect();
    for debt in owed {
        let mut left = -debt.qty;
        let same = |own: &&mut Stock| own.item == debt.item && own.lot == debt.lot && own.serial == debt.serial;
        for own in there.iter_mut().filter(same) {
            let qty = own.qty.min(left);
            if qty == 0 {
                continue;
            }
            (own.qty, left) = (own.qty - qty, left - qty);
            let place =
                |of: &Stock| Place { location: of.location.clone(), handling_unit: tote.clone(), status: of.status };
            let what = Move {
                item: debt.item.clone(),
                lot: debt.lot.clone(),
                serial: debt.serial.clone(),
                qty,
                from: place(own),
                to: place(&debt),
            };
            ledger::post(act.tx, act.changes, &what, "brought", &source).await?;
        }
    }
    Ok(())
}

/// Takes the order off a tote that holds nothing picked any more, so that it may be used again.
pub(super) async fn free(act: &mut Act<'_>, tote: &HandlingUnitId) -> Result<()> {
    let unit = entity::handling_unit(act.tx, act.warehouse(), tote).await?;
    let Some(mut unit) = unit.filter(|unit| unit.kind == HandlingUnitKind::Tote && !unit.order.is_none()) else {
        return Ok(());
    };
    let content = ledger::content_of(act.tx, act.warehouse(), tote).await?;
    if content.iter().all(|stock| stock.status != Status::Allocated || stock.qty <= 0) {
        unit.order = OrderId::default();
        entity::put_handling_unit(act.tx, act.changes, &unit).await?;
    }
    Ok(())
}

/// Takes the order off totes of a task that hold nothing, so that they may be used again.
pub(super) async fn free_empty(act: &mut Act<'_>, task: &TaskId) -> Result<()> {
    let totes = act
        .tx
        .rows(
            "SELECT tote FROM task_tote WHERE warehouse_id = $1 AND task = $2 AND state <> 'dropped' ORDER BY tote",
            vals![act.warehouse(), task],
        )
        .await?;
    for row in totes {
        let tote = HandlingUnitId(row.text("tote")?);
        let unit = entity::handling_unit(act.tx, act.warehouse(), &tote).await?;
        if let Some(mut unit) = unit
            && is_empty(act, &tote).await?
        {
            unit.order = OrderId::default();
            entity::put_handling_unit(act.tx, act.changes, &unit).await?;
        }
    }
    Ok(())
}

async fn is_anothers(act: &Act<'_>, task: &Task) -> Result<bool> {
    let held = claim::live(act.tx, act.warehouse(), &task.id, act.now).await?;
    Ok(entity::is_over(task) || held.is_some_and(|held| held.device != act.device))
}

/// Whether what is left of a task is somebody else's: another device holds it, or was the last to hold it before it
/// ended. One that was withdrawn is nobody's.
pub(super) async fn lost(act: &Act<'_>, task: &Task) -> Result<bool> {
    match task.state {
        TaskState::Cancelled => Ok(false),
        TaskState::Done => {
            let last = act
                .tx
                .row(
                    "SELECT device FROM fact_log WHERE warehouse_id = $1 AND agg = $2 \
                     AND type IN ('TaskClaimed', 'TaskTakenOver') AND outcome = 'applied' \
                     ORDER BY received_at DESC, device LIMIT 1",
                    vals![act.warehouse(), format!("task:{}", task.id)],
                )
                .await?;
            last.map_or(Ok(false), |row| Ok(row.str("device")? != act.device))
        }
        TaskState::Open | TaskState::Claimed => {
            let held = claim::live(act.tx, act.warehouse(), &task.id, act.now).await?;
            Ok(held.is_some_and(|held| held.device != act.device))
        }
    }
}

/// `ToteAssigned`.
pub(super) async fn assigned(
    act: &mut Act<'_>,
    id: &TaskId,
    slot: u8,
    order: &OrderId,
    tote: &HandlingUnitId,
) -> Effect {
    if tote.is_none() {
        return Ok(Err(Stop::Reject(Reason::BadFact, "no tote is named".to_owned())));
    }
    let mut held = unit(act, tote).await?;
    if !held.order.is_none() && held.order != *order {
        act.flag(Reason::ToteOther, format!("handling-unit:{tote}"), format!("it was bound to order {}", held.order));
    }
    held.order = order.clone();
    held.location = TRANSIT.into();
    entity::put_handling_unit(act.tx, act.changes, &held).await?;
    let Some(mut task) = act.task(id).await? else { return Ok(Ok(())) };
    note(act, id, tote, slot, order, "on-cart").await?;
    if is_anothers(act, &task).await? {
        // What is in somebody's hands is booked; the cart of the holder stays as it is.
        act.flag(Reason::ClaimLost, format!("task:{id}"), "the task is somebody else's or over");
        return Ok(Ok(()));
    }
    let Some(place) = task.slots.iter_mut().find(|place| place.slot == slot) else {
        act.flag(Reason::UnknownReference, format!("task:{id}"), format!("the task has no slot {slot}"));
        return Ok(Ok(()));
    };
    place.tote = tote.clone();
    entity::put_task(act.tx, act.changes, &task).await?;
    Ok(Ok(()))
}

/// `ToteClosed`.
pub(super) async fn closed(act: &mut Act<'_>, id: &TaskId, slot: u8, tote: &HandlingUnitId) -> Effect {
    let Some(mut task) = act.task(id).await? else { return Ok(Ok(())) };
    let order = task.slots.iter().find(|place| place.slot == slot).map(|place| place.order.clone()).unwrap_or_default();
    note(act, id, tote, slot, &order, "closed").await?;
    if let Some(place) = task.slots.iter_mut().find(|place| place.slot == slot && place.tote == *tote) {
        place.tote = HandlingUnitId::default();
        entity::put_task(act.tx, act.changes, &task).await?;
    }
    Ok(Ok(()))
}

/// The orders of which something was picked into a tote.
async fn orders_in(act: &Act<'_>, tote: &HandlingUnitId) -> Result<Vec<OrderId>> {
    act.tx
        .rows(
            "SELECT order_id FROM order_pick WHERE warehouse_id = $1 AND handling_unit = $2",
            vals![act.warehouse(), tote],
        )
        .await?
        .iter()
        .map(|row| Ok(row.text("order_id")?.into()))
        .collect()
}

/// `DroppedOff`: whatever the book has in the totes goes to the location.
pub(super) async fn dropped_off(
    act: &mut Act<'_>,
    id: &TaskId,
    location: &LocationId,
    totes: &[HandlingUnitId],
) -> Effect {
    let warehouse = act.warehouse();
    if entity::location(act.tx, warehouse, location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    let mut task = act.task(id).await?;
    let lost = match &task {
        Some(task) => lost(act, task).await?,
        None => false,
    };
    if lost {
        // They stand there; the cart and the task of the holder stay as they are.
        act.flag(Reason::ClaimLost, format!("task:{id}"), "the task is somebody else's or over");
    }
    let mut orders = BTreeSet::new();
    for tote in totes {
        let mut held = unit(act, tote).await?;
        let content = ledger::content_of(act.tx, warehouse, tote).await?;
        let source = act.ledger_source();
        for what in content_moves(&content, location) {
            ledger::post(act.tx, act.changes, &what, "drop-off", &source).await?;
        }
        pay(act, tote).await?;
        held.location = location.clone();
        if content.iter().all(|stock| stock.qty <= 0) {
            held.order = OrderId::default();
        }
        let order = held.order.clone();
        entity::put_handling_unit(act.tx, act.changes, &held).await?;
        put_back::follow(act.tx, act.changes, tote, location).await?;
        orders.extend(orders_in(act, tote).await?);
        let Some(task) = &mut task else { continue };
        let slot = task.slots.iter().find(|place| place.tote == *tote).map_or(0, |place| place.slot);
        note(act, id, tote, slot, &order, "dropped").await?;
    }
    for order in &orders {
        packing::refresh(act.tx, act.changes, order, act.now).await?;
    }
    let Some(mut task) = task else { return Ok(Ok(())) };
    if !lost && !entity::is_over(&task) {
        // A slot with lines to come needs another tote; the others keep theirs for the record.
        let lines = entity::lines(act.tx, warehouse, id).await?;
        let mut emptied = false;
        for place in task.slots.iter_mut().filter(|place| totes.contains(&place.tote)) {
            if lines.iter().any(|line| line.slot == place.slot && line.state == LineState::Open) {
                place.tote = HandlingUnitId::default();
                emptied = true;
            }
        }
        if emptied {
            entity::put_task(act.tx, act.changes, &task).await?;
        }
    }
    finish_task(act, id).await?;
    Ok(Ok(()))
}
