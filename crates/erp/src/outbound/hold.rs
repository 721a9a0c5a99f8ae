//! Orders that are held, released or cancelled: what that does on the floor and to labels.

use super::state::{CartonState, HoldEvent, HoldState, Machine as _, ShipmentEvent};
use super::{cartons, labels, packing, put_back, shipments};
use crate::claim;
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::ledger::Source;
use crate::orders;
use crate::orders::state::{Of, State};
use crate::orders::sums::settle_order;
use crate::vals;
use floorhand_domain::id::{LineId, OrderId, TaskId};
use floorhand_domain::task::{LineState, TaskState};
use std::collections::BTreeSet;

async fn head(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<Row> {
    tx.lock("SELECT * FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, order])
        .await?
        .into_iter()
        .next()
        .ok_or_else(|| {
            Error::problem(404, "not_found", format!("There is no order {order}; GET /v1/orders lists them."))
        })
}

/// Whether an order is held.
///
/// # Errors
/// When its row does not read.
pub fn state_of(head: &Row) -> Result<HoldState> {
    Ok(if head.flag("held")? { HoldState::Held } else { HoldState::Free })
}

/// Holds an order or releases it. What is still to be picked of it leaves the floor with the hold, its stock kept, and
/// comes back with the release; what is in totes is set down. Labels of its cartons are given only while it is free.
///
/// # Errors
/// 404 when there is no such order, 409 when it is so already, cancelled, or gone; when the database refuses.
pub async fn set(
    tx: &Tx,
    changes: &mut Changes,
    order: &OrderId,
    event: HoldEvent,
    note: &str,
    now: i64,
) -> Result<()> {
    let warehouse = changes.warehouse();
    let head = head(tx, warehouse, order).await?;
    let state = State::stored(head.str("state")?)?;
    if matches!(state, State::Cancelled | State::Shipped) {
        return Err(Error::problem(409, "wrong_state", format!("Order {order} is {}.", state.as_str())));
    }
    let next = state_of(&head)?.after(event)?;
    tx.execute(
        "UPDATE customer_order SET held = $3, hold_note = $4 WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, order, next == HoldState::Held, if next == HoldState::Held { note } else { "" }],
    )
    .await?;
    match next {
        HoldState::Held => pause(tx, changes, order, now).await?,
        HoldState::Free => orders::resume(tx, changes, order, now).await?,
    }
    for mut held in cartons::of_order(tx, warehouse, order).await? {
        // A carton that was closed while the order was held has no label yet.
        let waits = matches!(held.carton.state, CartonState::Closed | CartonState::Labelled);
        if next == HoldState::Free && waits && held.carton.tracking.is_empty() {
            labels::want(tx, changes, &mut held, now).await?;
        }
        cartons::put(tx, changes, &held).await?;
    }
    packing::refresh(tx, changes, order, now).await
}

/// Withdraws an order: its promises and open lines go, what was picked goes back, its labels are void.
///
/// # Errors
/// 404 when there is no such order, 409 when something of it has left or it is cancelled; when the database
/// refuses.
pub async fn cancel(tx: &Tx, changes: &mut Changes, order: &OrderId, source: &Source, now: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    let head = head(tx, warehouse, order).await?;
    let state = State::stored(head.str("state")?)?;
    let left = tx
        .row("SELECT id FROM shipped WHERE warehouse_id = $1 AND order_id = $2 LIMIT 1", vals![warehouse, order])
        .await?
        .is_some();
    if left || state == State::Cancelled || !state.may_become(Of::Order, State::Cancelled) {
        let how = if left { "partly gone" } else { state.as_str() };
        return Err(Error::problem(409, "wrong_state", format!("Order {order} is {how}.")));
    }
    tx.execute(
        "UPDATE customer_order SET state = 'cancelled', held = 0 WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, order],
    )
    .await?;
    withdraw(tx, changes, order, now).await?;
    packing::end(tx, changes, order, TaskState::Cancelled).await?;
    for shipment in shipments::of_order(tx, warehouse, order).await? {
        shipments::on(tx, warehouse, &shipment.id, ShipmentEvent::Cancel, now).await?;
    }
    for mut held in cartons::of_order(tx, warehouse, order).await? {
        labels::void(tx, warehouse, &held, now).await?;
        (held.carton.tracking, held.carton.zpl) = (String::new(), String::new());
        cartons::put(tx, changes, &held).await?;
    }
    put_back::order(tx, changes, order, source, now).await?;
    packing::refresh(tx, changes, order, now).await
}

/// Takes an order off the floor: promises, lines of pick tasks, and the tasks that have nothing else.
async fn withdraw(tx: &Tx, changes: &mut Changes, order: &OrderId, now: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    tx.execute("DELETE FROM allocation WHERE warehouse_id = $1 AND order_id = $2", vals![warehouse, order]).await?;
    tx.execute(
        "UPDATE order_line SET allocated = 0, backordered = 0, state = 'cancelled' WHERE warehouse_id = $1 AND order_id = $2",
        vals![warehouse, order],
    )
    .await?;
    let (tasks, _) = close_lines(tx, changes, order).await?;
    for id in &tasks {
        end_empty(tx, changes, id, now).await?;
    }
    Ok(())
}

/// What is to be picked of an order leaves the floor; its promises stay, on no task.
async fn pause(tx: &Tx, changes: &mut Changes, order: &OrderId, now: i64) -> Result<()> {
    let (tasks, lines) = close_lines(tx, changes, order).await?;
    for line in &lines {
        unassign(tx, changes.warehouse(), line).await?;
    }
    for id in &tasks {
        // The row says which of its orders are held.
        if let Some(task) = entity::task(tx, changes.warehouse(), id).await? {
            entity::put_task(tx, changes, &task).await?;
        }
        end_empty(tx, changes, id, now).await?;
    }
    Ok(())
}

/// Withdraws the open pick lines of an order. Returns their tasks, and them.
async fn close_lines(tx: &Tx, changes: &mut Changes, order: &OrderId) -> Result<(Vec<TaskId>, Vec<LineId>)> {
    let warehouse = changes.warehouse();
    let rows = tx
        .rows(
            "SELECT l.* FROM task_line l JOIN task t ON t.warehouse_id = l.warehouse_id AND t.id = l.task \
             WHERE l.warehouse_id = $1 AND l.order_id = $2 AND l.state = 'open' AND t.state IN ('open', 'claimed') \
             ORDER BY l.task, l.id",
            vals![warehouse, order],
        )
        .await?;
    let (mut tasks, mut lines) = (Vec::new(), Vec::new());
    for row in &rows {
        let mut line = entity::line_of(row)?;
        line.state = LineState::Cancelled;
        entity::put_line(tx, changes, &line).await?;
        if !tasks.contains(&line.task) {
            tasks.push(line.task);
        }
        lines.push(line.id);
    }
    Ok((tasks, lines))
}

/// Takes the promises of a line off its task: one row a place, as [`crate::orders::promise`] writes them.
async fn unassign(tx: &Tx, warehouse: i64, line: &LineId) -> Result<()> {
    let rows = tx
        .lock("SELECT * FROM allocation WHERE warehouse_id = $1 AND task_line = $2 ORDER BY id", vals![warehouse, line])
        .await?;
    for row in &rows {
        let raised = tx
            .execute(
                "UPDATE allocation SET qty = qty + $7 WHERE warehouse_id = $1 AND order_line = $2 AND location = $3 \
                 AND lot = $4 AND handling_unit = $5 AND serial = $6 AND task = ''",
                vals![
                    warehouse,
                    row.str("order_line")?,
                    row.str("location")?,
                    row.str("lot")?,
                    row.str("handling_unit")?,
                    row.str("serial")?,
                    row.i64("qty")?
                ],
            )
            .await?;
        let sql = if raised == 0 {
            "UPDATE allocation SET task = '', task_line = '' WHERE warehouse_id = $1 AND id = $2"
        } else {
            "DELETE FROM allocation WHERE warehouse_id = $1 AND id = $2"
        };
        tx.execute(sql, vals![warehouse, row.str("id")?]).await?;
    }
    Ok(())
}

/// Whether goods are in totes of a task that were not set down.
pub(crate) async fn carries(tx: &Tx, warehouse: i64, task: &TaskId) -> Result<bool> {
    Ok(tx
        .row(
            "SELECT t.tote FROM task_tote t WHERE t.warehouse_id = $1 AND t.task = $2 AND t.state <> 'dropped' \
             AND EXISTS (SELECT 1 FROM balance b WHERE b.warehouse_id = t.warehouse_id \
             AND b.handling_unit = t.tote AND b.qty > 0) LIMIT 1",
            vals![warehouse, task],
        )
        .await?
        .is_some())
}

/// Ends a task in which nothing is left to do. One with goods in its totes is
/// over when these are dropped off.
pub(crate) async fn end_empty(tx: &Tx, changes: &mut Changes, id: &TaskId, now: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    let Some(mut task) = entity::task(tx, warehouse, id).await?.filter(|task| !entity::is_over(task)) else {
        return Ok(());
    };
    let lines = entity::lines(tx, warehouse, id).await?;
    let touched = lines.iter().any(|line| line.picked > 0);
    if lines.iter().any(|line| line.state == LineState::Open) || (touched && carries(tx, warehouse, id).await?) {
        return Ok(());
    }
    claim::end(tx, warehouse, &mut task).await?;
    task.state = if touched { TaskState::Done } else { TaskState::Cancelled };
    entity::put_task(tx, changes, &task).await?;
    for line in &lines {
        entity::drop_line_row(changes, &line.id);
    }
    for slot in &task.slots {
        if let Some(mut unit) = entity::handling_unit(tx, warehouse, &slot.tote).await?
            && unit.order == slot.order
        {
            unit.order = OrderId::default();
            entity::put_handling_unit(tx, changes, &unit).await?;
        }
    }
    let orders: BTreeSet<OrderId> = lines.into_iter().map(|line| line.order).collect();
    for order in &orders {
        settle_order(tx, warehouse, order).await?;
        packing::refresh(tx, changes, order, now).await?;
    }
    Ok(())
}
