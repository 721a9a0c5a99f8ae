//! Promises follow stock that moves: their rows, and the open lines of the tasks that fetch it.

use super::promise::{line_id, line_seq};
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, ItemId, LineId, LocationId, Lot};
use floorhand_domain::task::{Line, LineState};
use uuid::Uuid;

/// Available stock that was moved; the book has it at its new place already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Went<'a> {
    /// What.
    pub item: &'a ItemId,
    /// Its lot. Empty = none.
    pub lot: &'a Lot,
    /// Where it was.
    pub from: (&'a LocationId, &'a HandlingUnitId),
    /// Where it is.
    pub to: (&'a LocationId, &'a HandlingUnitId),
    /// Units.
    pub qty: i64,
}

/// A promise.
#[derive(Debug, Clone)]
struct Promise {
    id: String,
    lot: String,
    handling_unit: String,
    qty: i64,
    task_line: String,
}

impl Promise {
    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            lot: row.text("lot")?,
            handling_unit: row.text("handling_unit")?,
            qty: row.i64("qty")?,
            task_line: row.text("task_line")?,
        })
    }
}

/// Moves as many promised units along as what is left behind cannot cover, and returns how many these
/// are. Promises of no task yet go first, then the latest.
///
/// # Errors
/// When the database refuses.
pub async fn follow(tx: &Tx, changes: &mut Changes, went: &Went<'_>) -> Result<i64> {
    let warehouse = changes.warehouse();
    let mut promises = tx
        .lock(
            "SELECT id, lot, handling_unit, qty, task_line FROM allocation \
             WHERE warehouse_id = $1 AND item = $2 AND location = $3",
            vals![warehouse, went.item, went.from.0],
        )
        .await?
        .iter()
        .map(Promise::of)
        .collect::<Result<Vec<Promise>>>()?;
    promises.sort_by(|a, b| (&a.task_line, &b.id).cmp(&(&b.task_line, &a.id)));
    if promises.is_empty() {
        return Ok(0);
    }
    let left = tx
        .row(
            "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS there, \
             CAST(COALESCE(SUM(CASE WHEN lot = $4 AND handling_unit = $5 THEN qty ELSE 0 END), 0) AS BIGINT) AS same \
             FROM balance WHERE warehouse_id = $1 AND item = $2 AND location = $3 AND status = 'available'",
            vals![warehouse, went.item, went.from.0, went.lot, went.from.1],
        )
        .await?;
    let (there, same) = match left {
        Some(row) => (row.i64("there")?.max(0), row.i64("same")?.max(0)),
        None => (0, 0),
    };
    let exactly = |own: &Promise| own.lot == went.lot.as_str() && own.handling_unit == went.from.1.as_str();
    let named: i64 = promises.iter().filter(|own| exactly(own)).map(|own| own.qty).sum();
    let all: i64 = promises.iter().map(|own| own.qty).sum();
    let by_name = (named - same).clamp(0, went.qty);
    let stays = went.from.0 == went.to.0;
    let by_place = if stays { 0 } else { (all - by_name - there).clamp(0, went.qty - by_name) };
    let mut followed = 0;
    for (wanted, named) in [(by_name, true), (by_place, false)] {
        let mut wanted = wanted;
        for own in &mut promises {
            let fits = exactly(own)
                || (!named
                    && (own.lot.is_empty() || own.lot == went.lot.as_str())
                    && (own.handling_unit.is_empty() || own.handling_unit == went.from.1.as_str()));
            let qty = own.qty.min(wanted);
            if !fits || qty <= 0 {
                continue;
            }
            wanted -= qty;
            followed += qty;
            own.qty -= qty;
            carry(tx, changes, &own.id, qty, went).await?;
        }
    }
    Ok(followed)
}

/// Carries units of a promise to the new place, with those of its line.
async fn carry(tx: &Tx, changes: &mut Changes, id: &str, qty: i64, went: &Went<'_>) -> Result<()> {
    let warehouse = changes.warehouse();
    let rows = tx
        .lock("SELECT qty, task_line FROM allocation WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?;
    let Some(row) = rows.first() else { return Ok(()) };
    let (held, line) = (row.i64("qty")?, LineId(row.text("task_line")?));
    let line = if line.is_none() { line } else { point(tx, changes, &line, qty, held, went).await? };
    if qty >= held {
        tx.execute(
            "UPDATE allocation SET location = $3, handling_unit = $4, task_line = $5 WHERE warehouse_id = $1 AND id = $2",
            vals![warehouse, id, went.to.0, went.to.1, &line],
        )
        .await?;
        return Ok(());
    }
    tx.execute("UPDATE allocation SET qty = qty - $3 WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id, qty])
        .await?;
    tx.execute(
        "INSERT INTO allocation (warehouse_id, id, order_id, order_line, location, item, lot, serial, handling_unit, \
         qty, task, task_line) SELECT warehouse_id, $3, order_id, order_line, $4, item, lot, serial, $5, $6, task, $7 \
         FROM allocation WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, id, Uuid::now_v7().to_string(), went.to.0, went.to.1, qty, &line],
    )
    .await?;
    Ok(())
}

/// Points the line of a promise, or a part of it that becomes a line of its own, to the new place.
async fn point(tx: &Tx, changes: &mut Changes, id: &LineId, qty: i64, held: i64, went: &Went<'_>) -> Result<LineId> {
    let warehouse = changes.warehouse();
    let Some(mut line) = entity::line(tx, warehouse, id).await? else { return Ok(id.clone()) };
    let Some(mut task) = entity::task(tx, warehouse, &line.task).await? else { return Ok(id.clone()) };
    let sequence = entity::location(tx, warehouse, went.to.0).await?.map_or(0, |place| place.sequence);
    let count = i64::from(task.lines);
    if line.state != LineState::Open || entity::is_over(&task) {
        return Ok(id.clone());
    }
    if qty >= held && qty >= line.open_qty() {
        line.location = went.to.0.clone();
        line.handling_unit = went.to.1.clone();
        line.seq = line_seq(sequence, line.seq);
        entity::put_line(tx, changes, &line).await?;
        return Ok(line.id);
    }
    let mut part = Line { qty, picked: 0, ..line.clone() };
    part.id = line_id(task.id.as_str(), count + 1);
    part.seq = line_seq(sequence, count + 1);
    part.location = went.to.0.clone();
    part.handling_unit = went.to.1.clone();
    line.qty -= qty;
    entity::put_line(tx, changes, &line).await?;
    entity::put_line(tx, changes, &part).await?;
    task.lines = task.lines.saturating_add(1);
    entity::put_task(tx, changes, &task).await?;
    Ok(part.id)
}
