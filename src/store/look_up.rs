//! What a scan can mean and what the step needs, by indexes only.

use super::{LOOK_UP_ROWS_MAX, Store, StoreError, shown};
use floorhand_domain::id::{HandlingUnitId, ItemId, Lot, Serial};
use floorhand_domain::master::{Barcode, Item, Unit};
use floorhand_domain::scan::{Known, Lookup};
use rusqlite::{Connection, params};

impl Store {
    /// Answers a look-up. Its cost does not depend on the size of any table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn look_up(&self, look: &Lookup) -> Result<Known, StoreError> {
        self.read(|conn| self.look_up_in(conn, look))
    }

    fn look_up_in(&self, conn: &Connection, look: &Lookup) -> Result<Known, StoreError> {
        let mut known = Known::default();
        for code in &look.barcodes {
            known.barcodes.extend(barcode(conn, code)?);
        }
        for code in &look.locations {
            let mut rows = conn.prepare_cached("SELECT body FROM p_location WHERE code = ?1 OR id = ?1 LIMIT 8")?;
            let mut rows = rows.query([code])?;
            while let Some(row) = rows.next()? {
                known.locations.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
            }
        }
        for label in &look.handling_units {
            let id = HandlingUnitId(label.clone());
            if let Some(unit) = shown::handling_unit(conn, &id)? {
                if shown::is_filled(conn, &id)? {
                    known.filled.push(id);
                }
                known.handling_units.push(unit);
            }
        }
        if let Some(identity) = &self.identity {
            for badge in &look.badges {
                let hash = floorhand_wire::badge_hash(identity.warehouse, badge);
                let mut rows = conn.prepare_cached("SELECT body FROM p_operator WHERE badge_hash = ?1 LIMIT 2")?;
                let mut rows = rows.query([hash])?;
                while let Some(row) = rows.next()? {
                    known.operators.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
                }
            }
        }
        for task in &look.tasks {
            known.tasks.extend(self.task_shown(&task.as_str().into())?);
        }
        for lot in &look.lots {
            for item in owners(conn, "lot", lot)? {
                known.lots.push((ItemId(item), Lot(lot.clone())));
            }
        }
        for serial in &look.serials {
            for item in owners(conn, "serial", serial)? {
                known.serials.push((ItemId(item), Serial(serial.clone())));
            }
        }
        if !look.here.is_none() && !look.item.is_none() {
            known.stock = shown::stock_at(conn, &look.here, Some(&look.item))?;
            known.stock.retain(|stock| stock.qty > 0);
        }
        let mut items: Vec<&ItemId> = known
            .barcodes
            .iter()
            .map(|barcode| &barcode.item)
            .chain(known.lots.iter().map(|(item, _)| item))
            .chain(known.serials.iter().map(|(item, _)| item))
            .chain((!look.item.is_none()).then_some(&look.item))
            .collect();
        items.sort_unstable();
        items.dedup();
        items.truncate(LOOK_UP_ROWS_MAX);
        let mut found = Vec::with_capacity(items.len());
        for id in items {
            found.extend(item(conn, id)?);
        }
        known.items = found;
        Ok(known)
    }

    /// The barcodes of an item.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn barcodes_of(&self, item: &ItemId) -> Result<Vec<Barcode>, StoreError> {
        let mut rows = self
            .conn
            .prepare_cached("SELECT code, item, qty, unit FROM p_barcode WHERE item = ?1 ORDER BY code LIMIT 64")?;
        let found = rows.query_map([item.as_str()], of_row)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// An item.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn item(&self, id: &ItemId) -> Result<Option<Item>, StoreError> {
        item(&self.conn, id)
    }
}

fn of_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Barcode> {
    let unit: String = row.get(3)?;
    Ok(Barcode {
        code: row.get(0)?,
        item: ItemId(row.get(1)?),
        qty: row.get(2)?,
        unit: match unit.as_str() {
            "inner" => Unit::Inner,
            "case" => Unit::Case,
            _ => Unit::Each,
        },
    })
}

fn barcode(conn: &Connection, code: &str) -> Result<Option<Barcode>, StoreError> {
    let mut rows = conn.prepare_cached("SELECT code, item, qty, unit FROM p_barcode WHERE code = ?1")?;
    let mut rows = rows.query_map([code], of_row)?;
    Ok(rows.next().transpose()?)
}

fn item(conn: &Connection, id: &ItemId) -> Result<Option<Item>, StoreError> {
    if id.is_none() {
        return Ok(None);
    }
    shown::body(conn, "SELECT body FROM p_item WHERE id = ?1", id.as_str())
}

/// The items that have a lot or serial of this name anywhere in the stock.
fn owners(conn: &Connection, column: &str, name: &str) -> Result<Vec<String>, StoreError> {
    let statement = match column {
        "lot" => {
            "SELECT DISTINCT item FROM (SELECT item FROM p_stock WHERE lot = ?1 AND lot <> ''
               UNION ALL SELECT item FROM ov_stock WHERE lot = ?1 AND lot <> '') LIMIT ?2"
        }
        _ => {
            "SELECT DISTINCT item FROM (SELECT item FROM p_stock WHERE serial = ?1 AND serial <> ''
               UNION ALL SELECT item FROM ov_stock WHERE serial = ?1 AND serial <> '') LIMIT ?2"
        }
    };
    let mut rows = conn.prepare_cached(statement)?;
    let limit = i64::try_from(LOOK_UP_ROWS_MAX).unwrap_or(i64::MAX);
    let found = rows.query_map(params![name, limit], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}
