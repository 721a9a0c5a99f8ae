//! What was shipped: nothing else can come back.

use crate::db::Tx;
use crate::error::Result;
use crate::feed::Changes;
use crate::outbound::shipments::line_of;
use crate::vals;
use floorhand_domain::id::OrderId;
use floorhand_domain::returns::ShippedLine;
use floorhand_wire::feed::kind;

/// What was shipped of an order, in the order in which it left, locked.
///
/// # Errors
/// When the database refuses.
pub async fn of_order(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<Vec<ShippedLine>> {
    tx.lock("SELECT * FROM shipped WHERE warehouse_id = $1 AND order_id = $2 ORDER BY id", vals![warehouse, order])
        .await?
        .iter()
        .map(line_of)
        .collect()
}

/// Notes what left. Nothing of it came back yet.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &Tx, changes: &mut Changes, row: &ShippedLine, now: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO shipped (warehouse_id, id, order_id, order_line, carton, tracking, item, lot, serial, qty, \
         returned, unit_grams, value_minor, channel, shipped_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $14)",
        vals![
            changes.warehouse(),
            &row.id,
            &row.order,
            &row.line,
            &row.carton,
            &row.tracking,
            &row.item,
            &row.lot,
            &row.serial,
            row.qty,
            row.unit_grams,
            row.value_minor,
            &row.channel,
            now
        ],
    )
    .await?;
    changes.put_here(kind::SHIPPED, &row.id, row)
}

/// Writes how much of a row came back. Devices that have the row learn it.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &Tx, changes: &mut Changes, row: &ShippedLine) -> Result<()> {
    let shown = tx
        .row(
            "UPDATE shipped SET returned = $3 WHERE warehouse_id = $1 AND id = $2 RETURNING shown",
            vals![changes.warehouse(), &row.id, row.returned],
        )
        .await?
        .map_or(Ok(false), |found| found.flag("shown"))?;
    if shown { changes.put_here(kind::SHIPPED, &row.id, row) } else { Ok(()) }
}

/// Whether the core knows an order.
///
/// # Errors
/// When the database refuses.
pub async fn knows_order(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<bool> {
    Ok(tx
        .row("SELECT id FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, order])
        .await?
        .is_some())
}
