//! What was picked of an order, by line, lot, serial number and tote.

use crate::db::Tx;
use crate::error::Result;
use crate::vals;
use floorhand_domain::fact::Units;
use floorhand_domain::id::{HandlingUnitId, ItemId, OrderId, OrderLineId};

/// Whose units they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Of<'a> {
    /// The order.
    pub order: &'a OrderId,
    /// Its line.
    pub line: &'a OrderLineId,
    /// What.
    pub item: &'a ItemId,
}

/// Units picked that have not left, and those of them that are in no carton.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pick {
    /// The line of the order.
    pub line: OrderLineId,
    /// What.
    pub item: ItemId,
    /// Lot, serial number and tote; how many and what they weigh.
    pub units: Units,
    /// Units that are in no carton.
    pub left: i64,
}

/// Adds units to a tote, or takes them off it where `qty` is below zero.
///
/// # Errors
/// When the database refuses.
pub async fn add(tx: &Tx, warehouse: i64, of: &Of<'_>, unit: &Units, tote: &HandlingUnitId, qty: i64) -> Result<()> {
    let grams = if unit.qty > 0 { unit.grams.saturating_mul(qty) / unit.qty } else { 0 };
    let left = tx
        .row(
            "INSERT INTO order_pick (warehouse_id, order_line, lot, serial, handling_unit, order_id, item, qty, grams) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (warehouse_id, order_line, lot, serial, handling_unit) \
             DO UPDATE SET qty = order_pick.qty + excluded.qty, grams = order_pick.grams + excluded.grams RETURNING qty",
            vals![warehouse, of.line, &unit.lot, &unit.serial, tote, of.order, of.item, qty, grams],
        )
        .await?
        .map_or(Ok(0), |row| row.i64("qty"))?;
    if left == 0 {
        tx.execute(
            "DELETE FROM order_pick WHERE warehouse_id = $1 AND order_line = $2 AND lot = $3 AND serial = $4 \
             AND handling_unit = $5 AND qty = 0",
            vals![warehouse, of.line, &unit.lot, &unit.serial, tote],
        )
        .await?;
    }
    Ok(())
}

/// Everything picked of an order that has not left, by line and tote.
///
/// # Errors
/// When the database refuses.
pub async fn of_order(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<Vec<Pick>> {
    tx.rows(
        "SELECT p.order_line, p.item, p.lot, p.serial, p.handling_unit, p.qty, p.grams, \
         CAST(COALESCE((SELECT SUM(c.qty) FROM carton_line c WHERE c.warehouse_id = p.warehouse_id \
         AND c.order_line = p.order_line AND c.lot = p.lot AND c.serial = p.serial AND c.tote = p.handling_unit), 0) \
         AS BIGINT) AS packed, \
         CAST(COALESCE((SELECT SUM(c.qty) FROM carton_line c JOIN carton k ON k.warehouse_id = c.warehouse_id \
         AND k.id = c.carton AND k.state = 'shipped' WHERE c.warehouse_id = p.warehouse_id \
         AND c.order_line = p.order_line AND c.lot = p.lot AND c.serial = p.serial AND c.tote = p.handling_unit), 0) \
         AS BIGINT) AS gone FROM order_pick p WHERE p.warehouse_id = $1 AND p.order_id = $2 \
         ORDER BY p.order_line, p.handling_unit, p.lot, p.serial",
        vals![warehouse, order],
    )
    .await?
    .iter()
    .map(|row| {
        let all = row.i64("qty")?;
        let qty = (all - row.i64("gone")?).max(0);
        Ok(Pick {
            line: row.text("order_line")?.into(),
            item: row.text("item")?.into(),
            units: Units {
                lot: row.text("lot")?.into(),
                serial: row.text("serial")?.into(),
                handling_unit: row.text("handling_unit")?.into(),
                qty,
                grams: if all > 0 { row.i64("grams")?.saturating_mul(qty) / all } else { 0 },
            },
            left: (all - row.i64("packed")?).max(0),
        })
    })
    .filter(|pick| pick.as_ref().map_or(true, |pick| pick.units.qty > 0))
    .collect()
}
