//! Deliveries as the floor sees them: the core's rows and own receipts.

use super::{Store, StoreError, shown};
use floorhand_domain::id::{DeliveryId, ItemId, LineId};
use floorhand_domain::inbound::{Announced, Delivery, DeliveryLine};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Lines of a delivery read at the most.
pub const DELIVERY_LINES_MAX: usize = 2_000;
/// Deliveries that a scan may name.
const NAMED_MAX: i64 = 8;
/// Announced rows of one handling unit.
const ANNOUNCED_MAX: i64 = 64;

impl Store {
    /// Deliveries that goods may come for, the earliest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn deliveries_shown(&self, limit: usize) -> Result<Vec<Delivery>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT body FROM p_delivery WHERE state = 'open' ORDER BY due_ms = 0, due_ms, id LIMIT ?1",
        )?;
        let mut rows = rows.query([i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
        }
        Ok(found)
    }

    /// One delivery.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn delivery(&self, id: &DeliveryId) -> Result<Option<Delivery>, StoreError> {
        shown::body(&self.conn, "SELECT body FROM p_delivery WHERE id = ?1", id.as_str())
    }

    /// The lines of a delivery with own receipts in them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn delivery_lines(&self, id: &DeliveryId) -> Result<Vec<DeliveryLine>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT body, COALESCE((SELECT SUM(o.received) FROM ov_delivery_line o WHERE o.line = p_delivery_line.id), 0)
             FROM p_delivery_line WHERE delivery = ?1 ORDER BY seq, id LIMIT ?2",
        )?;
        let mut rows = rows.query(params![id.as_str(), i64::try_from(DELIVERY_LINES_MAX).unwrap_or(i64::MAX)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let mut line: DeliveryLine = serde_json::from_str(&row.get::<_, String>(0)?)?;
            line.received += row.get::<_, i64>(1)?;
            found.push(line);
        }
        Ok(found)
    }
}

/// One line with own receipts in it.
pub(super) fn line(conn: &Connection, id: &LineId) -> Result<Option<DeliveryLine>, StoreError> {
    let found: Option<(String, i64)> = conn
        .prepare_cached(
            "SELECT body, COALESCE((SELECT SUM(o.received) FROM ov_delivery_line o WHERE o.line = p_delivery_line.id), 0)
             FROM p_delivery_line WHERE id = ?1",
        )?
        .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((body, more)) = found else { return Ok(None) };
    let mut line: DeliveryLine = serde_json::from_str(&body)?;
    line.received += more;
    Ok(Some(line))
}

/// Adds the deliveries that have this number, or hold an order with it.
pub(super) fn named(conn: &Connection, number: &str, found: &mut Vec<Delivery>) -> Result<(), StoreError> {
    collect(
        conn,
        "SELECT body FROM p_delivery WHERE id = ?1 OR id IN (SELECT delivery FROM p_delivery_line WHERE order_id = ?1)
         ORDER BY state DESC, due_ms, id LIMIT ?2",
        number,
        found,
    )
}

/// Adds the open deliveries that await an item.
pub(super) fn awaiting(conn: &Connection, item: &ItemId, found: &mut Vec<Delivery>) -> Result<(), StoreError> {
    collect(
        conn,
        "SELECT body FROM p_delivery WHERE state = 'open' AND id IN (SELECT delivery FROM p_delivery_line
           WHERE item = ?1 AND state = 'open') ORDER BY due_ms, id LIMIT ?2",
        item.as_str(),
        found,
    )
}

/// What a handling unit is announced to hold, and adds its delivery.
pub(super) fn announced(
    conn: &Connection,
    unit: &str,
    deliveries: &mut Vec<Delivery>,
) -> Result<Vec<Announced>, StoreError> {
    let mut rows = conn.prepare_cached("SELECT body FROM p_announced WHERE unit = ?1 ORDER BY id LIMIT ?2")?;
    let mut rows = rows.query(params![unit, ANNOUNCED_MAX])?;
    let mut found: Vec<Announced> = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
    }
    if !found.is_empty() {
        collect(
            conn,
            "SELECT body FROM p_delivery WHERE id IN (SELECT delivery FROM p_announced WHERE unit = ?1) LIMIT ?2",
            unit,
            deliveries,
        )?;
    }
    Ok(found)
}

fn collect(conn: &Connection, statement: &str, key: &str, found: &mut Vec<Delivery>) -> Result<(), StoreError> {
    let mut rows = conn.prepare_cached(statement)?;
    let mut rows = rows.query(params![key, NAMED_MAX])?;
    while let Some(row) = rows.next()? {
        let delivery: Delivery = serde_json::from_str(&row.get::<_, String>(0)?)?;
        if !found.iter().any(|known| known.id == delivery.id) {
            found.push(delivery);
        }
    }
    Ok(())
}
