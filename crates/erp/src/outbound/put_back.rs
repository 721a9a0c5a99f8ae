//! Picked goods that go back into stock: their order was cancelled, or was packed without them. They are available
//! from then on where they stand, which nobody promises, and a put-away task brings them to a shelf.

use super::state::CartonState;
use super::{cartons, hold, picks};
use crate::db::Tx;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::ledger::{self, Source};
use crate::orders::sums::{Delta, settle_line};
use crate::putaway::{self, Away};
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId, Lot, OrderId, OrderLineId, Serial};
use floorhand_domain::stock::{Move, Place, Status, Stock, TRANSIT};
use floorhand_domain::task::{Line, LineState};
use std::collections::HashMap;

/// Which of the picked goods go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// All of them, those in cartons too: the order was cancelled.
    All,
    /// What stands somewhere and is in no carton: the order was packed without it. What is still on a cart
    /// comes later.
    Standing,
}

/// Everything of a cancelled order that is in the building goes back. Called again, it takes what came since.
///
/// # Errors
/// When the database refuses.
pub async fn order(tx: &Tx, changes: &mut Changes, order: &OrderId, source: &Source, now: i64) -> Result<()> {
    back(tx, changes, order, Which::All, source, now).await
}

/// What was picked for an order and is in no carton goes back, once the order is packed; it is on backorder then.
///
/// # Errors
/// When the database refuses.
pub async fn remainder(tx: &Tx, changes: &mut Changes, order: &OrderId, source: &Source, now: i64) -> Result<()> {
    back(tx, changes, order, Which::Standing, source, now).await
}

async fn back(tx: &Tx, changes: &mut Changes, order: &OrderId, which: Which, source: &Source, now: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    let mut goods = Vec::new();
    let mut lines = left_of_lines(tx, warehouse, order).await?;
    for pick in picks::of_order(tx, warehouse, order).await? {
        let Some(line_left) = lines.get_mut(&pick.line) else { continue };
        let mut left = pick.left.min(*line_left);
        let unit = &pick.units;
        for stock in
            there(tx, warehouse, &pick.item, unit.handling_unit.as_str(), &unit.lot, unit.serial.as_str()).await?
        {
            let qty = stock.qty.min(left);
            if qty <= 0 || (which == Which::Standing && stock.location.as_str() == TRANSIT) {
                continue;
            }
            left -= qty;
            *line_left -= qty;
            release(tx, changes, &stock, qty, source).await?;
            let of = picks::Of { order, line: &pick.line, item: &pick.item };
            picks::add(tx, warehouse, &of, unit, &unit.handling_unit, -qty).await?;
            settle_line(tx, warehouse, &pick.line, Delta { put_back: qty, ..Delta::default() }).await?;
            goods.push(away(&stock, qty));
        }
    }
    if which == Which::All {
        for held in cartons::of_order(tx, warehouse, order).await? {
            if held.carton.state == CartonState::Shipped {
                continue;
            }
            for stock in ledger::content_of(tx, warehouse, &held.carton.id).await? {
                if stock.status == Status::Allocated && stock.qty > 0 {
                    release(tx, changes, &stock, stock.qty, source).await?;
                    goods.push(away(&stock, stock.qty));
                }
            }
        }
    }
    ask(tx, changes, goods, now).await
}

/// Units of each line that are picked and in no carton.
async fn left_of_lines(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<HashMap<OrderLineId, i64>> {
    tx.rows(
        "SELECT id, picked - put_back - packed AS n FROM order_line WHERE warehouse_id = $1 AND order_id = $2",
        vals![warehouse, order],
    )
    .await?
    .iter()
    .map(|row| Ok((row.text("id")?.into(), row.i64("n")?)))
    .collect()
}

/// Picked units in a tote; loose ones where orders are packed.
async fn there(tx: &Tx, warehouse: i64, item: &ItemId, unit: &str, lot: &Lot, serial: &str) -> Result<Vec<Stock>> {
    tx.lock(
        "SELECT location, item, lot, serial, handling_unit, status, qty, '' AS expiry FROM balance b \
         WHERE warehouse_id = $1 AND item = $2 AND handling_unit = $3 AND lot = $4 AND serial = $5 \
         AND status = 'allocated' AND qty > 0 AND location <> 'CUSTOMER' AND ($3 <> '' OR location IN ( \
         SELECT l.id FROM location l WHERE l.warehouse_id = $1 AND l.kind IN ('pack', 'staging'))) ORDER BY location",
        vals![warehouse, item, unit, lot, serial],
    )
    .await?
    .iter()
    .map(entity::stock_of)
    .collect()
}

async fn release(tx: &Tx, changes: &mut Changes, stock: &Stock, qty: i64, source: &Source) -> Result<()> {
    let place = |status| Place { location: stock.location.clone(), handling_unit: stock.handling_unit.clone(), status };
    let what = Move {
        item: stock.item.clone(),
        lot: stock.lot.clone(),
        serial: stock.serial.clone(),
        qty,
        from: place(stock.status),
        to: place(Status::Available),
    };
    ledger::post(tx, changes, &what, "put-back", source).await.map(|_| ())
}

fn away(stock: &Stock, qty: i64) -> Away {
    Away {
        at: stock.location.clone(),
        item: stock.item.clone(),
        lot: stock.lot.clone(),
        serial: stock.serial.clone(),
        status: Status::Available,
        qty,
        handling_unit: stock.handling_unit.clone(),
    }
}

/// Raises the open put-away lines of these handling units, and makes a task of the rest.
async fn ask(tx: &Tx, changes: &mut Changes, goods: Vec<Away>, now: i64) -> Result<()> {
    let mut fresh = Vec::new();
    for one in goods {
        let open = if one.handling_unit.is_none() {
            Vec::new()
        } else {
            open_lines(tx, changes.warehouse(), &one.handling_unit).await?
        };
        let Some(mut line) = open.into_iter().next() else {
            fresh.push(one);
            continue;
        };
        line.qty += one.qty;
        line.location = one.at;
        if line.item != one.item {
            line.item = ItemId::default();
        }
        if line.item.is_none() || line.lot != one.lot {
            line.lot = Lot::default();
        }
        if line.serial != one.serial {
            line.serial = Serial::default();
        }
        entity::put_line(tx, changes, &line).await?;
    }
    putaway::open_task(tx, changes, &fresh, now).await.map(|_| ())
}

async fn open_lines(tx: &Tx, warehouse: i64, unit: &HandlingUnitId) -> Result<Vec<Line>> {
    tx.rows(
        "SELECT l.* FROM task t JOIN task_line l ON l.warehouse_id = t.warehouse_id AND l.task = t.id \
         WHERE t.warehouse_id = $1 AND t.state IN ('open', 'claimed') AND t.kind = 'put-away' AND l.state = 'open' \
         AND l.handling_unit = $2 ORDER BY l.id",
        vals![warehouse, unit],
    )
    .await?
    .iter()
    .map(entity::line_of)
    .collect()
}

/// A handling unit was set down elsewhere: who puts it away finds it there.
///
/// # Errors
/// When the database refuses.
pub async fn follow(tx: &Tx, changes: &mut Changes, unit: &HandlingUnitId, to: &LocationId) -> Result<()> {
    for mut line in open_lines(tx, changes.warehouse(), unit).await? {
        if line.location != *to {
            line.location = to.clone();
            entity::put_line(tx, changes, &line).await?;
        }
    }
    Ok(())
}

/// Units of a handling unit are not put away after all.
///
/// # Errors
/// When the database refuses.
pub async fn claimed(tx: &Tx, changes: &mut Changes, unit: &HandlingUnitId, qty: i64, now: i64) -> Result<()> {
    if unit.is_none() {
        return Ok(());
    }
    let Some(mut line) = open_lines(tx, changes.warehouse(), unit).await?.into_iter().next() else { return Ok(()) };
    if line.qty > qty {
        line.qty -= qty;
    } else {
        line.state = LineState::Cancelled;
    }
    entity::put_line(tx, changes, &line).await?;
    hold::end_empty(tx, changes, &line.task, now).await
}
