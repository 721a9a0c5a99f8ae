//! What a packing bench and the dock need: an order with all that is known of it, what waits, what was done today.

use super::outbound::{self, NAMED_MAX};
use super::{STOCK_ROWS_MAX, Store, StoreError, shown};
use floorhand_domain::id::{HandlingUnitId, LocationId, OrderId, TaskId};
use floorhand_domain::outbound::{Carton, CartonState, CartonType, PackOrder, PackState};
use floorhand_domain::stock::Stock;
use floorhand_domain::workflow::pack::Fresh;
use rusqlite::{Connection, OptionalExtension as _};

/// Types of cartons that a bench knows of at the most.
const TYPES_MAX: usize = 100;
/// Cartons that are looked at for a label that they need.
const RELABEL_MAX: i64 = 200;

impl Store {
    /// An order with its cartons, what is in them, and what is in the totes it was picked into. `None` = there is no
    /// such order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn packing(&self, id: &OrderId) -> Result<Option<Fresh>, StoreError> {
        self.read(|conn| {
            let Some(order) = outbound::order(conn, id.as_str())? else { return Ok(None) };
            let cartons = outbound::cartons_of(conn, id.as_str())?;
            let totes = order.lines.iter().flat_map(|line| &line.picked).map(|units| &units.handling_unit);
            let mut units: Vec<&HandlingUnitId> = totes.chain(cartons.iter().map(|carton| &carton.id)).collect();
            units.retain(|unit| !unit.is_none());
            units.sort_unstable();
            units.dedup();
            let mut content: Vec<Stock> = Vec::new();
            for unit in units {
                content.extend(shown::tote_content(conn, unit)?);
                content.truncate(STOCK_ROWS_MAX);
            }
            let mut items = Vec::new();
            let mut ids: Vec<_> = order.lines.iter().map(|line| &line.item).collect();
            ids.sort_unstable();
            ids.dedup();
            for id in ids {
                items.extend(shown::body(conn, "SELECT body FROM p_item WHERE id = ?1", id.as_str())?);
            }
            Ok(Some(Fresh { carton_types: carton_types(conn)?, order, cartons, content, items }))
        })
    }

    /// The order of a pack task. `None` = the task packs none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn order_of_task(&self, task: &TaskId) -> Result<Option<OrderId>, StoreError> {
        let found: Option<String> = self
            .conn
            .prepare_cached("SELECT id FROM p_pack_order WHERE task = ?1 AND task <> '' LIMIT 1")?
            .query_row([task.as_str()], |row| row.get(0))
            .optional()?;
        Ok(found.map(OrderId))
    }

    /// The bench of a station: the location of its name, else the first where orders are packed. Empty = none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn bench_of(&self, station: &str) -> Result<LocationId, StoreError> {
        let found: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT id FROM p_location WHERE json_extract(body, '$.kind') = 'pack' ORDER BY id <> ?1, id LIMIT 1",
            )?
            .query_row([station], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or_default().into())
    }

    /// How many orders wait to be packed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn orders_waiting(&self) -> Result<u32, StoreError> {
        let all: i64 = self
            .conn
            .prepare_cached(
                "SELECT COUNT(*) FROM p_pack_order WHERE state = 'open'
                   AND NOT EXISTS(SELECT 1 FROM ov_pack_order WHERE order_id = p_pack_order.id AND state = 'packed')",
            )?
            .query_row([], |row| row.get(0))?;
        Ok(u32::try_from(all).unwrap_or(u32::MAX))
    }

    /// Closed cartons that need another label before they leave, by number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn cartons_to_relabel(&self) -> Result<Vec<HandlingUnitId>, StoreError> {
        // The core's row says which may; what was printed here since, which do.
        let ids: Vec<String> = self
            .conn
            .prepare_cached("SELECT id FROM p_carton WHERE relabel = 1 ORDER BY id LIMIT ?1")?
            .query_map([RELABEL_MAX], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for id in ids {
            let Some(carton) = outbound::carton(&self.conn, &id)?.filter(Carton::owes_label) else { continue };
            let order = outbound::order(&self.conn, carton.order.as_str())?;
            if order.is_some_and(|order| matches!(order.state, PackState::Open | PackState::Packed)) {
                found.push(carton.id);
            }
        }
        Ok(found)
    }

    /// How many orders were packed here since then (an instant as facts carry it).
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn packed_since(&self, since: &str) -> Result<u32, StoreError> {
        let all: i64 = self
            .conn
            .prepare_cached(
                "SELECT COUNT(*) FROM outbox WHERE type = 'OrderPacked' AND wall >= ?1 AND outcome <> 'rejected'
                   AND moved_epoch = 0",
            )?
            .query_row([since], |row| row.get(0))?;
        Ok(u32::try_from(all).unwrap_or(u32::MAX))
    }

    /// Closed cartons that may leave, each with its order: what is to be loaded.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn cartons_to_load(&self, limit: usize) -> Result<Vec<(Carton, PackOrder)>, StoreError> {
        let ids: Vec<String> = self
            .conn
            .prepare_cached("SELECT id FROM p_carton UNION SELECT carton FROM ov_carton ORDER BY 1")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut found = Vec::new();
        for id in ids {
            let ready = outbound::carton(&self.conn, &id)?
                .filter(|carton| matches!(carton.state, CartonState::Closed | CartonState::Labelled))
                .filter(|carton| !carton.blocked && !carton.owes_label());
            let Some(carton) = ready else { continue };
            let order = outbound::order(&self.conn, carton.order.as_str())?;
            let Some(order) = order.filter(|row| matches!(row.state, PackState::Open | PackState::Packed)) else {
                continue;
            };
            found.push((carton, order));
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// The open put-away tasks that bring back what is in a handling unit.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn put_backs(&self, unit: &HandlingUnitId) -> Result<Vec<TaskId>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT DISTINCT task FROM p_line WHERE state = 'open' AND json_extract(body, '$.handling_unit') = ?1
               AND json_extract(body, '$.handling_unit') <> '' ORDER BY task LIMIT ?2",
        )?;
        let found = rows.query_map(rusqlite::params![unit.as_str(), NAMED_MAX], |row| row.get::<_, String>(0))?;
        Ok(found.map(|task| task.map(TaskId)).collect::<Result<_, _>>()?)
    }
}

/// All types of cartons; a site has a handful.
fn carton_types(conn: &Connection) -> Result<Vec<CartonType>, StoreError> {
    let mut rows = conn.prepare_cached("SELECT body FROM p_carton_type ORDER BY id LIMIT ?1")?;
    let mut rows = rows.query([i64::try_from(TYPES_MAX).unwrap_or(i64::MAX)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
    }
    Ok(found)
}
