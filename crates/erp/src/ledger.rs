//! The double-entry ledger. A move takes units from one place to another, so that nothing appears
//! or vanishes; balances follow from the moves and can be recomputed from them.

mod bulk;

pub(crate) use bulk::{Receipt, post_many};

use crate::db::{Tx, Val};
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, LocationId};
use floorhand_domain::stock::{CUSTOMER, LOSS, Move, Place, SUPPLIER, Stock};
use floorhand_wire::feed::{kind, stock_key};
use uuid::Uuid;

/// What a move follows from; with a running number it is unique for ever, so that nothing is
/// posted twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A fact of a device.
    Fact {
        /// The device.
        device: String,
        /// The fact's epoch.
        epoch: u64,
        /// Its number.
        seq: u64,
    },
    /// A write with an identifier chosen by its caller.
    Request(String),
}

impl Source {
    fn columns(&self) -> (String, i64, i64) {
        match self {
            Self::Fact { device, epoch, seq } => (device.clone(), epoch.cast_signed(), seq.cast_signed()),
            // A device's identifier holds no colon.
            Self::Request(id) => (format!("req:{id}"), 0, 0),
        }
    }
}

/// A move that waits for its position.
#[derive(Debug)]
pub(crate) struct PostedMove {
    what: Move,
    reason: String,
    source: Source,
    n: i64,
}

/// What the two places hold after a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// Units left where they were taken; below zero where the book was short.
    pub from_qty: i64,
    /// Units where they went.
    pub to_qty: i64,
}

/// Whether goods at this location are outside the building: their balances close the books and no
/// device sees them.
#[must_use]
pub fn is_outside(location: &LocationId) -> bool {
    [SUPPLIER, CUSTOMER, LOSS].contains(&location.as_str())
}

/// Posts a move: both balances change, their rows go on the feed.
///
/// # Errors
/// When the quantity is not above zero, both places are one, or the database refuses.
pub async fn post(tx: &Tx, changes: &mut Changes, what: &Move, reason: &str, source: &Source) -> Result<Posted> {
    if what.qty <= 0 {
        return Err(Error::Stored(format!("a move of {} units", what.qty)));
    }
    if what.from == what.to {
        return Err(Error::Stored("a move to where it comes from".to_owned()));
    }
    // Always the smaller place first, so that two moves in opposite directions cannot deadlock.
    let (from_qty, to_qty) = if what.from < what.to {
        let from = change(tx, changes, what, &what.from, -what.qty).await?;
        (from, change(tx, changes, what, &what.to, what.qty).await?)
    } else {
        let to = change(tx, changes, what, &what.to, what.qty).await?;
        (change(tx, changes, what, &what.from, -what.qty).await?, to)
    };
    let n = changes.moves.iter().filter(|posted| posted.source == *source).count();
    changes.moves.push(PostedMove {
        what: what.clone(),
        reason: reason.to_owned(),
        source: source.clone(),
        n: i64::try_from(n).unwrap_or(i64::MAX),
    });
    Ok(Posted { from_qty, to_qty })
}

async fn change(tx: &Tx, changes: &mut Changes, what: &Move, place: &Place, by: i64) -> Result<i64> {
    let warehouse = changes.warehouse();
    let key = |last: i64| {
        [
            Val::from(warehouse),
            Val::from(&place.location),
            Val::from(&what.item),
            Val::from(&what.lot),
            Val::from(&what.serial),
            Val::from(&place.handling_unit),
            Val::from(place.status.as_str()),
            Val::from(last),
        ]
    };
    let qty = tx
        .row(
            "INSERT INTO balance (warehouse_id, location, item, lot, serial, handling_unit, status, qty) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (warehouse_id, location, item, lot, serial, handling_unit, status) \
             DO UPDATE SET qty = balance.qty + excluded.qty RETURNING qty",
            &key(by),
        )
        .await?
        .ok_or_else(|| Error::Stored("balance".to_owned()))?
        .i64("qty")?;
    if qty == 0 {
        tx.execute(
            "DELETE FROM balance WHERE warehouse_id = $1 AND location = $2 AND item = $3 AND lot = $4 \
             AND serial = $5 AND handling_unit = $6 AND status = $7 AND qty = $8",
            &key(0),
        )
        .await?;
    }
    if !is_outside(&place.location) {
        let expiry =
            if what.lot.is_none() { None } else { entity::expiry(tx, warehouse, &what.item, &what.lot).await? };
        let stock = Stock {
            location: place.location.clone(),
            item: what.item.clone(),
            lot: what.lot.clone(),
            serial: what.serial.clone(),
            handling_unit: place.handling_unit.clone(),
            status: place.status,
            qty,
            expiry,
        };
        let id = stock_key(&stock);
        if qty == 0 {
            changes.delete_here(kind::STOCK, &id);
        } else {
            changes.put_here(kind::STOCK, &id, &stock)?;
        }
    }
    Ok(qty)
}

/// The balances of a handling unit inside the building, in key order, locked.
///
/// # Errors
/// When the database refuses.
pub async fn content_of(tx: &Tx, warehouse: i64, handling_unit: &HandlingUnitId) -> Result<Vec<Stock>> {
    let rows = tx
        .lock(
            "SELECT location, item, lot, serial, handling_unit, status, qty, '' AS expiry FROM balance \
             WHERE warehouse_id = $1 AND handling_unit = $2 \
             ORDER BY location, item, lot, serial, status",
            vals![warehouse, handling_unit],
        )
        .await?;
    let stock = rows.iter().map(entity::stock_of).collect::<Result<Vec<Stock>>>()?;
    Ok(stock.into_iter().filter(|stock| !is_outside(&stock.location)).collect())
}

impl PostedMove {
    /// What moves, and what it follows from.
    pub(crate) fn parts(&self) -> (&Move, &Source) {
        (&self.what, &self.source)
    }

    /// Writes moves at a position.
    pub(crate) async fn insert(moves: &[Self], tx: &Tx, warehouse: i64, pos: i64, now: i64) -> Result<()> {
        let mut rows = Vec::with_capacity(moves.len() * 16);
        for posted in moves {
            let Move { item, lot, serial, qty, from, to } = &posted.what;
            let (device, epoch, seq) = posted.source.columns();
            rows.extend([
                Val::from(Uuid::now_v7().to_string()),
                Val::from(item),
                Val::from(lot),
                Val::from(serial),
                Val::from(*qty),
                Val::from(&from.location),
                Val::from(&to.location),
                Val::from(&from.handling_unit),
                Val::from(&to.handling_unit),
                Val::from(from.status.as_str()),
                Val::from(to.status.as_str()),
                Val::from(&posted.reason),
                Val::from(device),
                Val::from(epoch),
                Val::from(seq),
                Val::from(posted.n),
            ]);
        }
        tx.execute_many(
            "INSERT INTO move (warehouse_id, pos, at_ms, id, item, lot, serial, qty, from_loc, to_loc, from_hu, to_hu, \
             from_status, to_status, reason, src_device, src_epoch, src_seq, n) \
             VALUES {$1, $2, $3, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?}",
            vals![warehouse, pos, now],
            &rows,
        )
        .await?;
        Ok(())
    }
}
