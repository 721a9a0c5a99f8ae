//! What follows when goods come or nothing more is to come: states of lines, orders and deliveries.

use super::rows::{self, Line};
use super::state::{
    DeliveryEvent, DeliveryLineState, DeliveryState, LineEvent, Machine, OrderEvent, OrderState, UnitEvent, UnitState,
};
use crate::db::Tx;
use crate::entity::{self, name, parse};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{DeliveryId, PurchaseOrderId};
use floorhand_domain::inbound::Delivery;
use floorhand_wire::feed::kind;

/// Adds what came for a line, or takes it back with numbers below zero, here and at the purchase order.
///
/// # Errors
/// When the database refuses.
pub async fn add(tx: &Tx, changes: &mut Changes, line: &mut Line, received: i64, damaged: i64) -> Result<()> {
    line.of.received += received;
    line.damaged += damaged;
    let lacks = received < 0 && line.of.received < line.of.ordered;
    if lacks
        && let Some(open) = line.of.state.next(LineEvent::Reopen)
        && rows::delivery(tx, changes.warehouse(), &line.of.delivery).await?.is_some_and(|of| of.state.is_open())
    {
        line.of.state = open;
    }
    rows::put_line(tx, changes, line).await?;
    tx.execute(
        "UPDATE purchase_order_line SET received = received + $3, damaged = damaged + $4 \
         WHERE warehouse_id = $1 AND id = $2",
        vals![changes.warehouse(), &line.order_line, received, damaged],
    )
    .await
    .map(|_| ())
}

/// Brings the lines of a purchase order in line with those of its deliveries, and closes the order once
/// everything has come. A line whose last delivery brought less stays `differs` until a further delivery
/// is announced or the order is closed.
///
/// # Errors
/// When the database refuses.
pub async fn order(tx: &Tx, warehouse: i64, id: &PurchaseOrderId) -> Result<()> {
    let Some(before) = rows::order_state(tx, warehouse, id).await? else { return Ok(()) };
    let parts = tx
        .rows(
            "SELECT order_line, state FROM delivery_line WHERE warehouse_id = $1 AND order_id = $2 \
             AND state <> 'cancelled' ORDER BY order_line",
            vals![warehouse, id],
        )
        .await?;
    let lines = tx
        .lock(
            "SELECT id, ordered, received, state FROM purchase_order_line WHERE warehouse_id = $1 AND order_id = $2 \
             ORDER BY line_no",
            vals![warehouse, id],
        )
        .await?;
    let mut all_came = true;
    for row in &lines {
        let own = row.str("id")?;
        let state: DeliveryLineState = parse(row.str("state")?)?;
        let of_line = parts
            .iter()
            .filter(|part| part.str("order_line").is_ok_and(|line| line == own))
            .map(|part| parse(part.str("state")?))
            .collect::<Result<Vec<DeliveryLineState>>>()?;
        let everything = row.i64("received")? >= row.i64("ordered")?;
        let event = if of_line.is_empty() || of_line.contains(&DeliveryLineState::Open) {
            // Nothing is announced of it yet, or something still is.
            LineEvent::Reopen
        } else if everything && !of_line.contains(&DeliveryLineState::Differs) {
            LineEvent::Fill
        } else {
            LineEvent::Differ
        };
        let after = state.next(event).unwrap_or(state);
        all_came &= matches!(after, DeliveryLineState::Received | DeliveryLineState::Cancelled);
        if after != state {
            tx.execute(
                "UPDATE purchase_order_line SET state = $3 WHERE warehouse_id = $1 AND id = $2",
                vals![warehouse, own, name(&after)],
            )
            .await?;
        }
    }
    let underway = tx
        .row(
            "SELECT d.id FROM delivery_line l JOIN delivery d ON d.warehouse_id = l.warehouse_id AND d.id = l.delivery \
             WHERE l.warehouse_id = $1 AND l.order_id = $2 AND d.state IN ('due', 'arrived', 'started') LIMIT 1",
            vals![warehouse, id],
        )
        .await?;
    if all_came
        && underway.is_none()
        && let Some(after) = before.next(OrderEvent::Close)
    {
        set_order(tx, warehouse, id, after).await?;
    }
    Ok(())
}

async fn set_order(tx: &Tx, warehouse: i64, id: &PurchaseOrderId, state: OrderState) -> Result<()> {
    tx.execute(
        "UPDATE purchase_order SET state = $3 WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, id, name(&state)],
    )
    .await
    .map(|_| ())
}

/// Closes a delivery: lines that are open have what they have.
///
/// # Errors
/// 409 when it cannot be closed; when the database refuses.
pub async fn close(tx: &Tx, changes: &mut Changes, delivery: &mut Delivery, now_ms: i64) -> Result<()> {
    end(tx, changes, delivery, DeliveryEvent::Close, now_ms).await
}

/// Withdraws a delivery of which nothing was received.
///
/// # Errors
/// 409 when something was; when the database refuses.
pub async fn cancel(tx: &Tx, changes: &mut Changes, delivery: &mut Delivery, now_ms: i64) -> Result<()> {
    end(tx, changes, delivery, DeliveryEvent::Cancel, now_ms).await?;
    for announced in rows::announced(tx, changes.warehouse(), &delivery.id).await? {
        let unit = entity::handling_unit(tx, changes.warehouse(), &announced.unit).await?;
        let withdrawn = UnitState::of(unit.as_ref()).next(UnitEvent::Withdraw) == Some(UnitState::Unknown);
        if withdrawn && unit.is_some_and(|unit| unit.delivery == delivery.id) {
            tx.execute(
                "DELETE FROM handling_unit WHERE warehouse_id = $1 AND id = $2",
                vals![changes.warehouse(), &announced.unit],
            )
            .await?;
            changes.delete_here(kind::HANDLING_UNIT, announced.unit.as_str());
        }
    }
    Ok(())
}

async fn end(tx: &Tx, changes: &mut Changes, delivery: &mut Delivery, event: DeliveryEvent, now_ms: i64) -> Result<()> {
    delivery.state = delivery.state.after(event)?;
    for mut line in rows::lines(tx, changes.warehouse(), &delivery.id).await? {
        let event = match event {
            DeliveryEvent::Cancel => LineEvent::Cancel,
            _ if line.of.received >= line.of.ordered => LineEvent::Fill,
            _ => LineEvent::Differ,
        };
        if line.of.state == DeliveryLineState::Open
            && let Some(state) = line.of.state.next(event)
        {
            line.of.state = state;
            rows::put_line(tx, changes, &line).await?;
        }
    }
    rows::put_delivery(tx, changes, delivery, now_ms).await?;
    for id in delivery.orders.clone() {
        order(tx, changes.warehouse(), &id).await?;
    }
    Ok(())
}

/// Closes or cancels a purchase order: its open lines of deliveries end, and so do deliveries that have
/// no open line left.
///
/// # Errors
/// 404 when there is no such order, 409 when it cannot; when the database refuses.
pub async fn end_order(
    tx: &Tx,
    changes: &mut Changes,
    id: &PurchaseOrderId,
    event: OrderEvent,
    now_ms: i64,
) -> Result<()> {
    let warehouse = changes.warehouse();
    let state = rows::order_state(tx, warehouse, id)
        .await?
        .ok_or_else(|| Error::problem(404, "not_found", format!("There is no purchase order {id}.")))?
        .after(event)?;
    let lines = tx
        .lock(
            "SELECT * FROM delivery_line WHERE warehouse_id = $1 AND order_id = $2 ORDER BY delivery, seq",
            vals![warehouse, id],
        )
        .await?
        .iter()
        .map(rows::line_of)
        .collect::<Result<Vec<Line>>>()?;
    if event == OrderEvent::Cancel && lines.iter().any(|line| line.of.received > 0) {
        return Err(Error::problem(409, "wrong_state", "Goods of it were received; close it instead."));
    }
    let event = if event == OrderEvent::Cancel { LineEvent::Cancel } else { LineEvent::Differ };
    let mut deliveries: Vec<DeliveryId> = Vec::new();
    for mut line in lines.into_iter().filter(|line| line.of.state == DeliveryLineState::Open) {
        let full = line.of.received >= line.of.ordered && event == LineEvent::Differ;
        line.of.state = line.of.state.after(if full { LineEvent::Fill } else { event })?;
        rows::put_line(tx, changes, &line).await?;
        if !deliveries.contains(&line.of.delivery) {
            deliveries.push(line.of.delivery);
        }
    }
    let ended =
        name(&if event == LineEvent::Cancel { DeliveryLineState::Cancelled } else { DeliveryLineState::Differs });
    tx.execute(
        "UPDATE purchase_order_line SET state = CASE WHEN received >= ordered THEN 'received' ELSE $3 END \
         WHERE warehouse_id = $1 AND order_id = $2 AND state = 'open'",
        vals![warehouse, id, ended],
    )
    .await?;
    set_order(tx, warehouse, id, state).await?;
    for id in deliveries {
        let awaits = rows::lines(tx, warehouse, &id).await?.iter().any(|line| line.of.state == DeliveryLineState::Open);
        let Some(mut delivery) = rows::delivery(tx, warehouse, &id).await? else { continue };
        if !awaits && delivery.state.is_open() {
            let begun = delivery.state == DeliveryState::Started;
            if begun || event == LineEvent::Differ {
                close(tx, changes, &mut delivery, now_ms).await?;
            } else {
                cancel(tx, changes, &mut delivery, now_ms).await?;
            }
        }
    }
    Ok(())
}
