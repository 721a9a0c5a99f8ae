//! What a scan can mean and what the step needs, by indexes only.

use super::{LOOK_UP_ROWS_MAX, Store, StoreError, deliveries, outbound, shown};
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId, Lot, Serial};
use floorhand_domain::master::{Barcode, Item, Unit};
use floorhand_domain::scan::{Known, Lookup, Promised};
use floorhand_domain::stock::Stock;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

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
        if !look.here.is_none() {
            known.stock = match (look.item.is_none(), look.about || look.any_status) {
                (true, _) => shown::stock_at(conn, &look.here, None)?,
                (false, true) => shown::stock_in_any_status(conn, &look.here, &look.item)?,
                (false, false) => shown::stock_at(conn, &look.here, Some(&look.item))?,
            };
            known.stock.retain(|stock| stock.qty > 0);
        }
        self.about(conn, look, &mut known)?;
        outbound::look_up(conn, look, &mut known)?;
        if look.claims {
            known.claims = shown::claims(conn, &look.here, &look.item, &look.handling_units)?;
        }
        // What the scan names comes before what merely stands there: of a full dock only the rest is cut off.
        let items = known
            .barcodes
            .iter()
            .map(|barcode| &barcode.item)
            .chain(known.lots.iter().map(|(item, _)| item))
            .chain(known.serials.iter().map(|(item, _)| item))
            .chain((!look.item.is_none()).then_some(&look.item))
            .chain(known.announced.iter().map(|row| &row.item))
            .chain(known.orders.iter().flat_map(|order| &order.lines).map(|line| &line.item))
            .chain(known.shipped.iter().map(|row| &row.item))
            .chain(known.content.iter().chain(&known.stock).chain(&known.there).map(|stock| &stock.item));
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        for id in items {
            if seen.len() >= ITEMS_MAX {
                break;
            }
            if seen.insert(id) {
                found.extend(item(conn, id)?);
            }
        }
        known.items = found;
        Ok(known)
    }

    /// What the step needs beside what the scan can mean.
    fn about(&self, conn: &Connection, look: &Lookup, known: &mut Known) -> Result<(), StoreError> {
        for unit in &look.inside {
            put_content(conn, unit, &mut known.content)?;
        }
        if !look.about && !look.claims {
            return Ok(());
        }
        for (item, lot) in &known.lots {
            let expiry = shown::expiry_of(conn, item, lot)?;
            if !expiry.is_empty() {
                known.expiries.push((item.clone(), lot.clone(), expiry));
            }
        }
        for label in &look.handling_units {
            put_content(conn, &HandlingUnitId(label.clone()), &mut known.content)?;
        }
        if !look.about {
            return Ok(());
        }
        for number in &look.deliveries {
            deliveries::named(conn, number, &mut known.deliveries)?;
        }
        for label in &look.handling_units {
            known.announced.extend(deliveries::announced(conn, label, &mut known.deliveries)?);
        }
        for location in &known.locations {
            known.there.extend(shown::stock_at(conn, &location.id, None)?);
        }
        for unit in &known.handling_units {
            if let Some(place) = shown::body(conn, "SELECT body FROM p_location WHERE id = ?1", unit.location.as_str())?
            {
                known.unit_places.push(place);
                known.unit_there.extend(shown::stock_at(conn, &unit.location, None)?);
            }
        }
        let mut items: Vec<ItemId> = known.barcodes.iter().map(|barcode| barcode.item.clone()).collect();
        for item in &items {
            deliveries::awaiting(conn, item, &mut known.deliveries)?;
        }
        self.promises(conn, look, known)?;
        if look.where_is {
            items.extend(known.lots.iter().map(|(item, _)| item.clone()));
            items.extend(known.serials.iter().map(|(item, _)| item.clone()));
            items.sort_unstable();
            items.dedup();
            for item in items.iter().take(WHERE_ITEMS_MAX) {
                known.places.extend(shown::places_of(conn, item, LOOK_UP_ROWS_MAX)?);
            }
        }
        Ok(())
    }

    /// What is promised of the goods at the step's location and of those in the handling units that the scan
    /// names, where these stand.
    fn promises(&self, conn: &Connection, look: &Lookup, known: &mut Known) -> Result<(), StoreError> {
        let mut asked: Vec<(LocationId, ItemId)> = Vec::new();
        if !look.here.is_none() {
            let named =
                known.barcodes.iter().map(|barcode| &barcode.item).chain((!look.item.is_none()).then_some(&look.item));
            let named =
                named.chain(known.lots.iter().map(|(item, _)| item)).chain(known.serials.iter().map(|(item, _)| item));
            asked.extend(named.map(|item| (look.here.clone(), item.clone())));
        }
        asked.extend(known.content.iter().map(|stock| (stock.location.clone(), stock.item.clone())));
        asked.sort_unstable();
        asked.dedup();
        for (location, item) in asked.into_iter().take(LOOK_UP_ROWS_MAX) {
            let qty = shown::promised(conn, &location, &item)?;
            if qty > 0 {
                if !known.locations.iter().any(|scanned| scanned.id == location) {
                    known.there.extend(shown::stock_in_any_status(conn, &location, &item)?);
                }
                known.promised.push(Promised { location, item, qty });
            }
        }
        Ok(())
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

/// Items that are told of one scan at the most.
const ITEMS_MAX: usize = 4 * LOOK_UP_ROWS_MAX;
/// Items whose places are told of one scan.
const WHERE_ITEMS_MAX: usize = 4;

fn put_content(conn: &Connection, unit: &HandlingUnitId, found: &mut Vec<Stock>) -> Result<(), StoreError> {
    for inner in shown::with_children(conn, unit)? {
        for stock in shown::tote_content(conn, &inner)? {
            if !found.contains(&stock) && found.len() < super::STOCK_ROWS_MAX {
                found.push(stock);
            }
        }
    }
    Ok(())
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

/// The items that have a lot of this name anywhere in the stock, or a serial number that is somewhere.
fn owners(conn: &Connection, column: &str, name: &str) -> Result<Vec<String>, StoreError> {
    let statement = match column {
        "lot" => {
            "SELECT DISTINCT item FROM (SELECT item FROM p_stock WHERE lot = ?1 AND lot <> ''
               UNION ALL SELECT item FROM ov_stock WHERE lot = ?1 AND lot <> '') LIMIT ?2"
        }
        _ => {
            "SELECT DISTINCT item FROM (SELECT item, location, qty FROM p_stock WHERE serial = ?1 AND serial <> ''
               UNION ALL SELECT item, location, delta FROM ov_stock WHERE serial = ?1 AND serial <> '')
             GROUP BY item, location HAVING SUM(qty) > 0 LIMIT ?2"
        }
    };
    let mut rows = conn.prepare_cached(statement)?;
    let limit = i64::try_from(LOOK_UP_ROWS_MAX).unwrap_or(i64::MAX);
    let found = rows.query_map(params![name, limit], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}
