//! Promises of stock: the rows behind [`super::allocate`]. The stock stays where it is and
//! available; a promise only keeps others from it.

use super::allocate::{Ask, PromisedRow, StockRow, Taken, allocate};
use crate::clock;
use crate::db::{Row, Tx, Val};
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{ItemId, LineId, OrderId, OrderLineId};
use floorhand_domain::stock::Status;
use floorhand_domain::task::{Line, LineState, Task};
use uuid::Uuid;

/// Distance between two locations in [`Line::seq`], so that lines of one location have numbers of
/// their own and a line added later falls into its place on the path.
const SEQ_STEP: i64 = 10_000;

/// Place on the path of the `n`-th line of a task, at a location of that sequence.
pub(crate) fn line_seq(sequence: i64, n: i64) -> i64 {
    sequence.saturating_mul(SEQ_STEP).saturating_add(n.rem_euclid(SEQ_STEP))
}

/// Identifier of the `n`-th line of a task.
pub(crate) fn line_id(task: &str, n: i64) -> LineId {
    format!("{task}-{n:04}").into()
}

/// The date of a moment, in UTC.
#[must_use]
pub fn date_of(ms: i64) -> String {
    clock::rfc3339(ms).chars().take(10).collect()
}

/// Who wants what.
#[derive(Debug, Clone)]
pub(crate) struct Want<'a> {
    pub order: &'a OrderId,
    pub order_line: &'a OrderLineId,
    pub item: &'a ItemId,
    pub qty: i64,
    pub today: &'a str,
    /// Empty = anywhere.
    pub not_at: &'a str,
}

/// Chooses stock for a line; nothing is written. The balances of the item stay locked.
pub(crate) async fn choose(tx: &Tx, warehouse: i64, want: &Want<'_>) -> Result<Vec<Taken>> {
    // Locked in key order, so that two orders for one item wait for each other here. `qty` is asked
    // for so that the primary key alone does not answer: SQLite would walk all of it.
    tx.lock(
        "SELECT qty FROM balance WHERE warehouse_id = $1 AND item = $2 AND status = 'available' \
         ORDER BY location, lot, serial, handling_unit",
        vals![warehouse, want.item],
    )
    .await?;
    let stock = tx
        .rows(
            "SELECT b.location, l.kind, l.sequence, b.lot, b.handling_unit, COALESCE(MAX(t.expiry), '') AS expiry, \
             CAST(SUM(b.qty) AS BIGINT) AS qty FROM balance b \
             JOIN location l ON l.warehouse_id = b.warehouse_id AND l.id = b.location \
             LEFT JOIN lot t ON t.warehouse_id = b.warehouse_id AND t.item = b.item AND t.lot = b.lot \
             WHERE b.warehouse_id = $1 AND b.item = $2 AND b.status = 'available' AND l.kind = 'bin' \
             GROUP BY b.location, l.kind, l.sequence, b.lot, b.handling_unit",
            vals![warehouse, want.item],
        )
        .await?
        .iter()
        .map(stock_row)
        .collect::<Result<Vec<StockRow>>>()?;
    let promised = tx
        .rows(
            "SELECT location, lot, handling_unit, CAST(SUM(qty) AS BIGINT) AS qty FROM allocation \
             WHERE warehouse_id = $1 AND item = $2 GROUP BY location, lot, handling_unit",
            vals![warehouse, want.item],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(PromisedRow {
                location: row.text("location")?.into(),
                lot: row.text("lot")?.into(),
                handling_unit: row.text("handling_unit")?.into(),
                qty: row.i64("qty")?,
            })
        })
        .collect::<Result<Vec<PromisedRow>>>()?;
    let expires = entity::item(tx, want.item).await?.is_some_and(|item| item.expiry_tracked);
    let ask = Ask { qty: want.qty, expires, today: want.today, not_at: want.not_at };
    Ok(allocate(&ask, &stock, &promised))
}

fn stock_row(row: &Row) -> Result<StockRow> {
    Ok(StockRow {
        location: row.text("location")?.into(),
        kind: entity::parse(row.str("kind")?)?,
        sequence: row.i64("sequence")?,
        lot: row.text("lot")?.into(),
        handling_unit: row.text("handling_unit")?.into(),
        status: Status::Available,
        qty: row.i64("qty")?,
        expiry: row.text("expiry")?,
    })
}

async fn write(tx: &Tx, warehouse: i64, want: &Want<'_>, taken: &Taken, line: Option<(&Task, &LineId)>) -> Result<()> {
    tx.execute(
        "INSERT INTO allocation (warehouse_id, id, order_id, order_line, location, item, lot, serial, handling_unit, \
         qty, task, task_line) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10, $11)",
        &[
            Val::from(warehouse),
            Val::from(Uuid::now_v7().to_string()),
            Val::from(want.order),
            Val::from(want.order_line),
            Val::from(&taken.location),
            Val::from(want.item),
            Val::from(&taken.lot),
            Val::from(&taken.handling_unit),
            Val::from(taken.qty),
            Val::from(line.map_or("", |(task, _)| task.id.as_str())),
            Val::from(line.map_or("", |(_, line)| line.as_str())),
        ],
    )
    .await?;
    Ok(())
}

/// Promises stock to an order line, not yet for a task. Returns the units promised; the sums of the
/// order line are the caller's to write.
pub(super) async fn promise(tx: &Tx, warehouse: i64, want: &Want<'_>) -> Result<i64> {
    let mut found = 0;
    for taken in choose(tx, warehouse, want).await? {
        found += taken.qty;
        // One promise a place: what an earlier one, still without a task, has there is raised.
        let raised = tx
            .execute(
                "UPDATE allocation SET qty = qty + $6 WHERE warehouse_id = $1 AND order_line = $2 AND location = $3 \
                 AND lot = $4 AND handling_unit = $5 AND serial = '' AND task = ''",
                vals![warehouse, want.order_line, &taken.location, &taken.lot, &taken.handling_unit, taken.qty],
            )
            .await?;
        if raised == 0 {
            write(tx, warehouse, want, &taken, None).await?;
        }
    }
    Ok(found)
}

/// After a short pick: promises up to `qty` units of the line's item to its order line at other
/// locations and adds them to the same task, as new lines or by raising an open one. Returns the
/// units promised; what is missing is the caller's to put on backorder. Raises
/// `order_line.allocated`, not its state.
///
/// # Errors
/// When the database refuses.
pub async fn reallocate(tx: &Tx, changes: &mut Changes, task: &Task, line: &Line, qty: i64) -> Result<i64> {
    reallocate_not_at(tx, changes, task, line, qty, line.location.as_str()).await
}

/// The same for a line that lost its stock to somebody else: only the place that is named is left out. Empty =
/// none is.
pub(super) async fn reallocate_not_at(
    tx: &Tx,
    changes: &mut Changes,
    task: &Task,
    line: &Line,
    qty: i64,
    not_at: &str,
) -> Result<i64> {
    let warehouse = changes.warehouse();
    let today = date_of(clock::now_ms());
    let want = Want { order: &line.order, order_line: &line.order_line, item: &line.item, qty, today: &today, not_at };
    let chosen = choose(tx, warehouse, &want).await?;
    if chosen.is_empty() {
        return Ok(0);
    }
    let mut count = tx
        .row("SELECT COUNT(*) AS n FROM task_line WHERE warehouse_id = $1 AND task = $2", vals![warehouse, &task.id])
        .await?
        .ok_or_else(|| Error::Stored("count".to_owned()))?
        .i64("n")?;
    let mut found = 0;
    let before = count;
    for taken in &chosen {
        found += taken.qty;
        let open = tx
            .row(
                "SELECT * FROM task_line WHERE warehouse_id = $1 AND task = $2 AND order_line = $3 AND location = $4 \
                 AND lot = $5 AND handling_unit = $6 AND serial = '' AND state = 'open' ORDER BY seq, id",
                vals![warehouse, &task.id, &line.order_line, &taken.location, &taken.lot, &taken.handling_unit],
            )
            .await?;
        if let Some(row) = open {
            let mut raised = entity::line_of(&row)?;
            raised.qty += taken.qty;
            entity::put_line(tx, changes, &raised).await?;
            let rows = tx
                .execute(
                    "UPDATE allocation SET qty = qty + $3 WHERE warehouse_id = $1 AND task_line = $2 AND location = $4 \
                     AND lot = $5 AND handling_unit = $6 AND serial = ''",
                    vals![warehouse, &raised.id, taken.qty, &taken.location, &taken.lot, &taken.handling_unit],
                )
                .await?;
            if rows == 0 {
                write(tx, warehouse, &want, taken, Some((task, &raised.id))).await?;
            }
            continue;
        }
        count += 1;
        let added = Line {
            id: line_id(task.id.as_str(), count),
            task: task.id.clone(),
            seq: line_seq(taken.sequence, count),
            order: line.order.clone(),
            order_line: line.order_line.clone(),
            slot: line.slot,
            location: taken.location.clone(),
            item: line.item.clone(),
            lot: taken.lot.clone(),
            handling_unit: taken.handling_unit.clone(),
            qty: taken.qty,
            state: LineState::Open,
            ..Line::default()
        };
        entity::put_line(tx, changes, &added).await?;
        write(tx, warehouse, &want, taken, Some((task, &added.id))).await?;
    }
    if count != before {
        // Read again: the caller may have changed the head since it read `task`.
        let mut head = entity::task(tx, warehouse, &task.id).await?.unwrap_or_else(|| task.clone());
        head.lines = u32::try_from(count).unwrap_or(u32::MAX);
        entity::put_task(tx, changes, &head).await?;
    }
    tx.execute(
        "UPDATE order_line SET allocated = allocated + $3 WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, &line.order_line, found],
    )
    .await?;
    Ok(found)
}
