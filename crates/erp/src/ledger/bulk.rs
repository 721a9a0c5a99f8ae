//! Very many moves from one place outside the building, a few statements for many of them.

use super::{PostedMove, Source, is_outside};
use crate::db::{Row, Tx, Val};
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{ItemId, LocationId, Lot, Serial};
use floorhand_domain::master::IsoDate;
use floorhand_domain::stock::{Move, Place, Stock};
use floorhand_wire::feed::{kind, stock_key};
use std::collections::BTreeMap;

/// Units that come in.
#[derive(Debug, Clone)]
pub(crate) struct Receipt {
    /// Of what.
    pub item: ItemId,
    /// Of which lot. Empty = none.
    pub lot: Lot,
    /// When the lot expires, where it does.
    pub expiry: Option<IsoDate>,
    /// Which unit. Empty = none.
    pub serial: Serial,
    /// How many, above zero.
    pub qty: i64,
    /// Where to, inside the building.
    pub to: Place,
}

/// Posts what [`super::post`] would post one by one, in the order given. No two receipts may bring
/// the same item, lot and serial number to one place. The moves are numbered from `first`, so that
/// a source can go on where it stopped.
///
/// # Errors
/// When a quantity is not above zero, a place is not what it has to be, or the database refuses.
pub(crate) async fn post_many(
    tx: &Tx,
    changes: &mut Changes,
    from: &LocationId,
    receipts: Vec<Receipt>,
    reason: &str,
    source: &Source,
    first: i64,
) -> Result<()> {
    let warehouse = changes.warehouse();
    let from = Place { location: from.clone(), ..Place::default() };
    if !is_outside(&from.location) || receipts.iter().any(|one| one.qty <= 0 || is_outside(&one.to.location)) {
        return Err(Error::Stored("a receipt of nothing, or not from outside to inside".to_owned()));
    }
    let mut rows = Vec::with_capacity(receipts.len() * 7);
    let mut out: BTreeMap<(&ItemId, &Lot, &Serial), i64> = BTreeMap::new();
    for one in &receipts {
        rows.extend(key(&one.to, &one.item, &one.lot, &one.serial, one.qty));
        *out.entry((&one.item, &one.lot, &one.serial)).or_default() += one.qty;
    }
    for ((item, lot, serial), qty) in out {
        rows.extend(key(&from, item, lot, serial, -qty));
    }
    let after = tx
        .rows_many(
            "INSERT INTO balance (warehouse_id, location, item, lot, serial, handling_unit, status, qty) \
             VALUES {$1, ?, ?, ?, ?, ?, ?, ?} \
             ON CONFLICT (warehouse_id, location, item, lot, serial, handling_unit, status) \
             DO UPDATE SET qty = balance.qty + excluded.qty \
             RETURNING location, item, lot, serial, handling_unit, status, qty, '' AS expiry",
            vals![warehouse],
            &rows,
        )
        .await?;
    let mut held = BTreeMap::new();
    for row in &after {
        let stock = entity::stock_of(row)?;
        if stock.qty == 0 {
            forget(tx, warehouse, row).await?;
        }
        held.insert(stock_key(&stock), stock.qty);
    }
    for (n, one) in (first..).zip(receipts) {
        let Receipt { item, lot, expiry, serial, qty, to } = one;
        let mut stock = Stock {
            location: to.location.clone(),
            item: item.clone(),
            lot: lot.clone(),
            serial: serial.clone(),
            handling_unit: to.handling_unit.clone(),
            status: to.status,
            qty: 0,
            expiry,
        };
        let id = stock_key(&stock);
        stock.qty = *held.get(&id).ok_or_else(|| Error::Stored(format!("balance {id}")))?;
        if stock.qty == 0 {
            changes.delete_here(kind::STOCK, &id);
        } else {
            changes.put_here(kind::STOCK, &id, &stock)?;
        }
        changes.moves.push(PostedMove {
            what: Move { item, lot, serial, qty, from: from.clone(), to },
            reason: reason.to_owned(),
            source: source.clone(),
            n,
        });
    }
    Ok(())
}

fn key(place: &Place, item: &ItemId, lot: &Lot, serial: &Serial, qty: i64) -> [Val; 7] {
    [
        Val::from(&place.location),
        Val::from(item),
        Val::from(lot),
        Val::from(serial),
        Val::from(&place.handling_unit),
        Val::from(place.status.as_str()),
        Val::from(qty),
    ]
}

/// Takes a balance of zero away.
async fn forget(tx: &Tx, warehouse: i64, row: &Row) -> Result<()> {
    tx.execute(
        "DELETE FROM balance WHERE warehouse_id = $1 AND location = $2 AND item = $3 AND lot = $4 \
         AND serial = $5 AND handling_unit = $6 AND status = $7 AND qty = 0",
        vals![
            warehouse,
            row.str("location")?,
            row.str("item")?,
            row.str("lot")?,
            row.str("serial")?,
            row.str("handling_unit")?,
            row.str("status")?
        ],
    )
    .await
    .map(|_| ())
}
