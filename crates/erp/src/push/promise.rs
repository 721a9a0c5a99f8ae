//! The promise behind a line of a pick: which stock is kept for it. Its rows may name several lots or handling units,
//! since part of a line may be swapped; the line itself stays one.

use super::effect::Act;
use crate::db::{Row, Tx};
use crate::error::Result;
use crate::vals;
use floorhand_domain::fact::Units;
use floorhand_domain::id::{LineId, LocationId, OrderLineId};
use floorhand_domain::task::Line;
use uuid::Uuid;

/// Whose promise it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of<'a> {
    /// That of a line of a task.
    Line(&'a LineId),
    /// That of an order line which is on no task, since its order is held.
    Waiting(&'a OrderLineId),
}

/// Units taken off a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Taken {
    /// All of them.
    pub(super) qty: i64,
    /// Those of them that were promised where they were taken.
    pub(super) here: i64,
}

#[derive(Debug)]
struct Promise {
    id: String,
    location: String,
    lot: String,
    serial: String,
    handling_unit: String,
    qty: i64,
    before: i64,
}

impl Promise {
    fn of(row: &Row) -> Result<Self> {
        let qty = row.i64("qty")?;
        Ok(Self {
            id: row.text("id")?,
            location: row.text("location")?,
            lot: row.text("lot")?,
            serial: row.text("serial")?,
            handling_unit: row.text("handling_unit")?,
            qty,
            before: qty,
        })
    }

    fn names(&self, at: &LocationId, unit: &Units) -> bool {
        self.location == at.as_str()
            && self.lot == unit.lot.as_str()
            && self.handling_unit == unit.handling_unit.as_str()
            && (self.serial.is_empty() || self.serial == unit.serial.as_str())
    }
}

async fn rows(tx: &Tx, warehouse: i64, of: Of<'_>) -> Result<Vec<Promise>> {
    let rows = match of {
        Of::Line(line) => {
            tx.lock(
                "SELECT id, location, lot, serial, handling_unit, qty FROM allocation \
                 WHERE warehouse_id = $1 AND task_line = $2 ORDER BY id || ''",
                vals![warehouse, line],
            )
            .await?
        }
        Of::Waiting(line) => {
            tx.lock(
                "SELECT id, location, lot, serial, handling_unit, qty FROM allocation \
                 WHERE warehouse_id = $1 AND order_line = $2 AND task = '' ORDER BY id || ''",
                vals![warehouse, line],
            )
            .await?
        }
    };
    rows.iter().map(Promise::of).collect()
}

/// Units promised.
pub(super) async fn held(tx: &Tx, warehouse: i64, of: Of<'_>) -> Result<i64> {
    Ok(rows(tx, warehouse, of).await?.iter().map(|own| own.qty).sum())
}

/// Takes up to `qty` units off a promise: those of the stock that is named, as many as that stock has, then any.
pub(super) async fn take(
    act: &Act<'_>,
    of: Of<'_>,
    order_line: &OrderLineId,
    qty: i64,
    (at, units): (&LocationId, &[Units]),
) -> Result<Taken> {
    let (tx, warehouse) = (act.tx, act.warehouse());
    let mut promises = rows(tx, warehouse, of).await?;
    let mut left = qty.max(0);
    for unit in units {
        let mut named = unit.qty.min(left);
        for own in promises.iter_mut().filter(|own| own.names(at, unit)) {
            let by = own.qty.min(named);
            own.qty -= by;
            named -= by;
            left -= by;
        }
    }
    for own in &mut promises {
        let by = own.qty.min(left);
        own.qty -= by;
        left -= by;
    }
    let mut taken = Taken::default();
    for own in promises.iter().filter(|own| own.qty != own.before) {
        let by = own.before - own.qty;
        taken.qty += by;
        taken.here += if own.location == at.as_str() { by } else { 0 };
        if own.qty == 0 {
            tx.execute("DELETE FROM allocation WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &own.id]).await?;
        } else {
            tx.execute(
                "UPDATE allocation SET qty = $3 WHERE warehouse_id = $1 AND id = $2",
                vals![warehouse, &own.id, own.qty],
            )
            .await?;
        }
    }
    sum(act, order_line, -taken.qty).await?;
    Ok(taken)
}

/// Promises `qty` more units of that stock to a line.
pub(super) async fn give(act: &Act<'_>, line: &Line, qty: i64, (at, unit): (&LocationId, &Units)) -> Result<()> {
    let (tx, warehouse) = (act.tx, act.warehouse());
    if qty <= 0 {
        return Ok(());
    }
    let raised = tx
        .execute(
            "UPDATE allocation SET qty = qty + $7 WHERE warehouse_id = $1 AND task_line = $2 AND location = $3 \
             AND lot = $4 AND serial = $5 AND handling_unit = $6",
            vals![warehouse, &line.id, at, &unit.lot, &unit.serial, &unit.handling_unit, qty],
        )
        .await?;
    if raised == 0 {
        tx.execute(
            "INSERT INTO allocation (warehouse_id, id, order_id, order_line, location, item, lot, serial, handling_unit, \
             qty, task, task_line) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            vals![
                warehouse,
                Uuid::now_v7().to_string(),
                &line.order,
                &line.order_line,
                at,
                &line.item,
                &unit.lot,
                &unit.serial,
                &unit.handling_unit,
                qty,
                &line.task,
                &line.id
            ],
        )
        .await?;
    }
    sum(act, &line.order_line, qty).await
}

/// Gives back what is promised to a line.
pub(super) async fn drop_all(act: &Act<'_>, line: &Line) -> Result<()> {
    take(act, Of::Line(&line.id), &line.order_line, i64::MAX, (&line.location, &[])).await.map(|_| ())
}

/// Points up to `qty` units of the promise of a line from what it named to other stock.
pub(super) async fn point(
    act: &Act<'_>,
    line: &Line,
    qty: i64,
    from: (&LocationId, &Units),
    to: (&LocationId, &Units),
) -> Result<()> {
    let asked = Units { qty, ..from.1.clone() };
    let taken = take(act, Of::Line(&line.id), &line.order_line, qty, (from.0, &[asked])).await?;
    give(act, line, taken.qty, to).await
}

/// Promises up to `qty` units to a line anew whose pick does not hold: of what was picked where the line was swapped,
/// else of what it names.
pub(super) async fn restore(act: &Act<'_>, line: &Line, qty: i64, units: &[Units]) -> Result<()> {
    let mut left = qty;
    for unit in units {
        let by = unit.qty.min(left);
        left -= by;
        let lot = if line.lot.is_none() || unit.lot.is_none() { &line.lot } else { &unit.lot };
        let other = if line.handling_unit.is_none() { &line.handling_unit } else { &unit.handling_unit };
        let named =
            Units { lot: lot.clone(), serial: line.serial.clone(), handling_unit: other.clone(), ..Units::default() };
        give(act, line, by, (&line.location, &named)).await?;
    }
    Ok(())
}

async fn sum(act: &Act<'_>, order_line: &OrderLineId, by: i64) -> Result<()> {
    if by != 0 {
        act.tx
            .execute(
                "UPDATE order_line SET allocated = allocated + $3 WHERE warehouse_id = $1 AND id = $2",
                vals![act.warehouse(), order_line, by],
            )
            .await?;
    }
    Ok(())
}
