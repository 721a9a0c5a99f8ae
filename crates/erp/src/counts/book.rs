//! The book as a device had it when it began to count.

use super::{Count, Key};
use crate::db::Tx;
use crate::error::Result;
use crate::feed::Changes;
use crate::ledger::Source;
use crate::vals;
use floorhand_domain::id::ItemId;
use floorhand_domain::stock::Place;
use std::collections::{BTreeMap, BTreeSet};

/// The book at a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Book {
    /// Units by goods; no entry where there are none.
    pub at: BTreeMap<Key, i64>,
    /// Items that somebody else moved there after the cursor.
    pub touched: BTreeSet<ItemId>,
}

/// Units that came to or left the counted place, and by whom.
struct Step {
    key: Key,
    by: i64,
    own: bool,
}

/// The book at the cursor of the count: the balance, minus the moves after it that are not this
/// device's own of before. A cursor that is not known leaves the book of now, and everything touched.
///
/// # Errors
/// When the database refuses.
pub async fn at(tx: &Tx, changes: &Changes, count: &Count) -> Result<Book> {
    let warehouse = changes.warehouse();
    let mut book = Book::default();
    for row in tx
        .rows(
            "SELECT item, lot, serial, handling_unit, CAST(SUM(qty) AS BIGINT) AS qty FROM balance \
             WHERE warehouse_id = $1 AND location = $2 AND (item = $3 OR $3 = '') \
             GROUP BY item, lot, serial, handling_unit",
            vals![warehouse, &count.location, &count.item],
        )
        .await?
    {
        book.at.insert(Key::of(&row)?, row.i64("qty")?);
    }
    if count.base_pos < 0 {
        book.touched = book.at.keys().map(|key| key.item.clone()).collect();
        for key in super::scanned(tx, warehouse, &count.id).await?.into_keys() {
            book.touched.insert(key.item);
        }
        return Ok(book);
    }
    let mut steps = stored(tx, warehouse, count).await?;
    steps.extend(pending(changes, count));
    for step in steps.into_iter().filter(|step| !step.own) {
        book.touched.insert(step.key.item.clone());
        *book.at.entry(step.key).or_default() -= step.by;
    }
    book.at.retain(|_, qty| *qty != 0);
    Ok(book)
}

/// Whether a move is this device's own of before the count began.
fn is_own(count: &Count, device: &str, epoch: u64, seq: u64) -> bool {
    device == count.device && (epoch, seq) < count.started
}

/// Moves with a position after the cursor. One that only changes a status moves nothing.
async fn stored(tx: &Tx, warehouse: i64, count: &Count) -> Result<Vec<Step>> {
    tx.rows(
        "SELECT item, lot, serial, to_hu AS handling_unit, qty, src_device, src_epoch, src_seq FROM move \
         WHERE warehouse_id = $1 AND to_loc = $2 AND pos > $3 AND (item = $4 OR $4 = '') \
         AND NOT (from_loc = to_loc AND from_hu = to_hu) \
         UNION ALL SELECT item, lot, serial, from_hu, -qty, src_device, src_epoch, src_seq FROM move \
         WHERE warehouse_id = $1 AND from_loc = $2 AND pos > $3 AND (item = $4 OR $4 = '') \
         AND NOT (from_loc = to_loc AND from_hu = to_hu)",
        vals![warehouse, &count.location, count.base_pos, &count.item],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Step {
            key: Key::of(row)?,
            by: row.i64("qty")?,
            own: is_own(count, row.str("src_device")?, row.u64("src_epoch")?, row.u64("src_seq")?),
        })
    })
    .collect()
}

/// Moves of this transaction: in the balances already, without a position yet.
fn pending(changes: &Changes, count: &Count) -> Vec<Step> {
    let mut steps = Vec::new();
    for posted in &changes.moves {
        let (what, source) = posted.parts();
        let named = count.item.is_none() || count.item == what.item;
        let stays = what.from.location == what.to.location && what.from.handling_unit == what.to.handling_unit;
        if !named || stays {
            continue;
        }
        let own = match source {
            Source::Fact { device, epoch, seq } => is_own(count, device, *epoch, *seq),
            Source::Request(_) => false,
        };
        let mut step = |place: &Place, by: i64| {
            if place.location == count.location {
                let key = Key {
                    item: what.item.clone(),
                    lot: what.lot.clone(),
                    serial: what.serial.clone(),
                    handling_unit: place.handling_unit.clone(),
                };
                steps.push(Step { key, by, own });
            }
        };
        step(&what.to, what.qty);
        step(&what.from, -what.qty);
    }
    steps
}
