//! Sums and states of order lines and orders, written where they change.

use super::state::{State, Sums, of_order};
use crate::db::{Row, Tx};
use crate::error::Result;
use crate::vals;
use floorhand_domain::id::{OrderId, OrderLineId};

/// By how much the sums of an order line change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Delta {
    /// Units picked; below zero where a pick is taken back.
    pub(crate) picked: i64,
    /// Units declared missing.
    pub(crate) short: i64,
    /// Units that were picked and go back into stock.
    pub(crate) put_back: i64,
    /// Units packed; below zero where they are taken out.
    pub(crate) packed: i64,
    /// Units shipped.
    pub(crate) shipped: i64,
}

/// The sums in a row of `order_line`.
pub(crate) fn sums_of(row: &Row) -> Result<Sums> {
    Ok(Sums {
        qty: row.i64("qty")?,
        allocated: row.i64("allocated")?,
        picked: row.i64("picked")? - row.i64("put_back")?,
        backordered: row.i64("backordered")?,
        packed: row.i64("packed")?,
        shipped: row.i64("shipped")?,
    })
}

/// Brings an order line in order after its sums changed: what was picked after all is not on backorder, what is
/// neither picked nor promised is.
pub(crate) async fn settle_line(tx: &Tx, warehouse: i64, id: &OrderLineId, delta: Delta) -> Result<()> {
    tx.execute(
        "UPDATE order_line SET picked = picked + $3, short = short + $4, put_back = put_back + $5, packed = packed + $6, \
         shipped = shipped + $7 WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, id, delta.picked, delta.short, delta.put_back, delta.packed, delta.shipped],
    )
    .await?;
    let Some(row) = tx
        .row(
            "SELECT qty, allocated, picked, put_back, backordered, packed, shipped, state FROM order_line \
             WHERE warehouse_id = $1 AND id = $2",
            vals![warehouse, id],
        )
        .await?
    else {
        return Ok(());
    };
    if row.str("state")? == "cancelled" {
        return Ok(());
    }
    let sums = sums_of(&row)?;
    let backordered = (sums.qty - sums.allocated - sums.picked).max(0);
    let state = Sums { backordered, ..sums }.state().as_str();
    tx.execute(
        "UPDATE order_line SET backordered = $3, state = $4 WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, id, backordered, state],
    )
    .await?;
    Ok(())
}

/// Sets the state of an order once no pick task works on it any more.
pub(crate) async fn settle_order(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<()> {
    if on_floor(tx, warehouse, order).await? {
        return Ok(());
    }
    let lines = tx
        .rows("SELECT state FROM order_line WHERE warehouse_id = $1 AND order_id = $2", vals![warehouse, order])
        .await?
        .iter()
        .map(|row| State::stored(row.str("state")?))
        .collect::<Result<Vec<State>>>()?;
    if lines.is_empty() {
        return Ok(());
    }
    let state = of_order(&lines, true).as_str();
    tx.execute(
        "UPDATE customer_order SET state = $3 WHERE warehouse_id = $1 AND id = $2 AND state <> 'cancelled'",
        vals![warehouse, order, state],
    )
    .await?;
    Ok(())
}

/// Whether a pick task still works on an order.
async fn on_floor(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<bool> {
    Ok(tx
        .row(
            "SELECT l.id FROM task_line l JOIN task t ON t.warehouse_id = l.warehouse_id AND t.id = l.task \
             WHERE l.warehouse_id = $1 AND l.order_id = $2 AND t.state IN ('open', 'claimed') LIMIT 1",
            vals![warehouse, order],
        )
        .await?
        .is_some())
}
