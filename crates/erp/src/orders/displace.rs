//! Somebody took stock that was promised to others: what they lose is promised to them elsewhere. What they have
//! picked already is never touched.

use super::promise::{Want, date_of, promise, reallocate_not_at};
use super::sums::{Delta, settle_line};
use crate::db::Tx;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::outbound::hold;
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, ItemId, LineId, LocationId, Lot, OrderId, OrderLineId, TaskId};
use floorhand_domain::task::{Line, LineState};

/// Stock that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken<'a> {
    /// Where.
    pub location: &'a LocationId,
    /// What.
    pub item: &'a ItemId,
    /// Its lot. Empty = none.
    pub lot: &'a Lot,
    /// Its handling unit. Empty = loose.
    pub handling_unit: &'a HandlingUnitId,
    /// The line it was taken for, which keeps its promise.
    pub by: &'a LineId,
}

/// A line that lost units.
#[derive(Debug, Clone)]
struct Loser {
    order: OrderId,
    order_line: OrderLineId,
    line: Option<Line>,
    qty: i64,
}

/// Takes from the promises of others what the stock does not cover any more, the latest first, and promises them
/// as much elsewhere. Returns the tasks whose holders have picked of it already: they are not touched.
///
/// # Errors
/// When the database refuses.
pub async fn displace(tx: &Tx, changes: &mut Changes, taken: &Taken<'_>, now: i64) -> Result<Vec<TaskId>> {
    let warehouse = changes.warehouse();
    let values = vals![warehouse, taken.item, taken.location, taken.lot, taken.handling_unit];
    let rows = tx
        .lock(
            "SELECT id, order_id, order_line, qty, task_line FROM allocation WHERE warehouse_id = $1 AND item = $2 \
             AND location = $3 AND lot = $4 AND handling_unit = $5 ORDER BY task_line || '', id",
            values,
        )
        .await?;
    let there = tx
        .row(
            "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS n FROM balance WHERE warehouse_id = $1 AND item = $2 \
             AND location = $3 AND lot = $4 AND handling_unit = $5 AND status = 'available'",
            values,
        )
        .await?
        .map_or(Ok(0), |row| row.i64("n"))?;
    let mut promised = 0;
    for row in &rows {
        promised += row.i64("qty")?;
    }
    let mut over = promised - there.max(0);
    let (mut losers, mut begun) = (Vec::new(), Vec::new());
    for row in rows.iter().rev() {
        let task_line = LineId(row.text("task_line")?);
        if over <= 0 || task_line == *taken.by {
            continue;
        }
        let line = entity::line(tx, warehouse, &task_line).await?;
        if let Some(line) = line.as_ref().filter(|line| line.picked > 0) {
            begun.push(line.task.clone());
            continue;
        }
        let qty = row.i64("qty")?.min(over);
        over -= qty;
        shrink(tx, warehouse, row.str("id")?, row.i64("qty")? - qty).await?;
        let loser =
            Loser { order: row.text("order_id")?.into(), order_line: row.text("order_line")?.into(), line, qty };
        tx.execute(
            "UPDATE order_line SET allocated = allocated - $3 WHERE warehouse_id = $1 AND id = $2",
            vals![warehouse, &loser.order_line, qty],
        )
        .await?;
        losers.push(loser);
    }
    // Every promise is released before the first unit is promised anew.
    for loser in losers {
        elsewhere(tx, changes, taken, &loser, now).await?;
    }
    Ok(begun)
}

async fn shrink(tx: &Tx, warehouse: i64, id: &str, to: i64) -> Result<()> {
    if to <= 0 {
        tx.execute("DELETE FROM allocation WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id]).await?;
    } else {
        tx.execute("UPDATE allocation SET qty = $3 WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id, to])
            .await?;
    }
    Ok(())
}

async fn elsewhere(tx: &Tx, changes: &mut Changes, taken: &Taken<'_>, loser: &Loser, now: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    match &loser.line {
        Some(line) => {
            let mut line = line.clone();
            if loser.qty >= line.qty {
                line.state = LineState::Cancelled;
            } else {
                line.qty -= loser.qty;
            }
            entity::put_line(tx, changes, &line).await?;
            if let Some(task) = entity::task(tx, warehouse, &line.task).await? {
                reallocate_not_at(tx, changes, &task, &line, loser.qty, "").await?;
            }
        }
        None => {
            let today = date_of(now);
            let want = Want {
                order: &loser.order,
                order_line: &loser.order_line,
                item: taken.item,
                qty: loser.qty,
                today: &today,
                not_at: "",
            };
            let found = promise(tx, warehouse, &want).await?;
            tx.execute(
                "UPDATE order_line SET allocated = allocated + $3 WHERE warehouse_id = $1 AND id = $2",
                vals![warehouse, &loser.order_line, found],
            )
            .await?;
        }
    }
    settle_line(tx, warehouse, &loser.order_line, Delta::default()).await?;
    // Who has nothing left to do is not kept waiting.
    match &loser.line {
        Some(line) => hold::end_empty(tx, changes, &line.task, now).await,
        None => Ok(()),
    }
}
