//! Orders at the packing bench, cartons, and what was shipped, as the floor sees them: the core's rows and own facts.

use super::{Store, StoreError, shown};
use floorhand_domain::id::{CartonTypeId, HandlingUnitId, OrderId, RmaId};
use floorhand_domain::outbound::{Carton, CartonState, CartonType, LabelOn, PackOrder, PackState};
use floorhand_domain::returns::{ReturnPolicy, Rma, ShippedLine, credit};
use floorhand_domain::scan::{Known, Lookup};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Orders that a scan may name.
pub(super) const NAMED_MAX: i64 = 8;
/// Cartons of one order.
const CARTONS_MAX: i64 = 200;
/// Rows of what was shipped that one scan brings.
const SHIPPED_MAX: i64 = 500;

impl Store {
    /// Orders to be packed, the earliest cut-off first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn pack_orders_shown(&self, limit: usize) -> Result<Vec<PackOrder>, StoreError> {
        let ids: Vec<String> = self
            .conn
            .prepare_cached(
                "SELECT id FROM p_pack_order WHERE state = 'open'
                   AND NOT EXISTS(SELECT 1 FROM ov_pack_order WHERE order_id = p_pack_order.id AND state = 'packed')
                 ORDER BY cutoff_ms = 0, cutoff_ms, id LIMIT ?1",
            )?
            .query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(order(&self.conn, &id)?.filter(|order| order.state == PackState::Open));
        }
        Ok(found)
    }

    /// An order with what was packed here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn pack_order(&self, id: &OrderId) -> Result<Option<PackOrder>, StoreError> {
        order(&self.conn, id.as_str())
    }

    /// The cartons of an order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn cartons(&self, order: &OrderId) -> Result<Vec<Carton>, StoreError> {
        cartons_of(&self.conn, order.as_str())
    }

    /// One carton.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn carton(&self, id: &HandlingUnitId) -> Result<Option<Carton>, StoreError> {
        carton(&self.conn, id.as_str())
    }

    /// A type of carton.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn carton_type(&self, id: &CartonTypeId) -> Result<Option<CartonType>, StoreError> {
        carton_type(&self.conn, id.as_str())
    }

    /// An announced return.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rma(&self, id: &RmaId) -> Result<Option<Rma>, StoreError> {
        shown::body(&self.conn, "SELECT body FROM p_rma WHERE id = ?1", id.as_str())
    }

    /// What was shipped of an order, own inspections taken into account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn shipped(&self, order: &OrderId) -> Result<Vec<ShippedLine>, StoreError> {
        let mut found = Vec::new();
        put_shipped(&self.conn, order.as_str(), &mut found)?;
        Ok(found)
    }

    /// What the site decided about returns.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn return_policy(&self) -> Result<ReturnPolicy, StoreError> {
        let found = shown::body(&self.conn, "SELECT body FROM p_settings WHERE id = ?1", "return-policy")?;
        Ok(found.unwrap_or_default())
    }
}

/// Adds what leaves and comes back to the answer of a look-up.
pub(super) fn look_up(conn: &Connection, look: &Lookup, known: &mut Known) -> Result<(), StoreError> {
    if look.outbound {
        outbound(conn, look, known)?;
    }
    if look.returned {
        returned(conn, look, known)?;
    }
    Ok(())
}

fn outbound(conn: &Connection, look: &Lookup, known: &mut Known) -> Result<(), StoreError> {
    let mut orders: Vec<String> = Vec::new();
    for text in &look.tasks {
        keys(conn, "SELECT id FROM p_pack_order WHERE id = ?1 OR task = ?1 ORDER BY id LIMIT ?2", text, &mut orders)?;
    }
    let mut cartons: Vec<String> = Vec::new();
    for label in look.handling_units.iter().chain(&look.tasks) {
        keys(
            conn,
            "SELECT id FROM p_carton WHERE id = ?1 UNION SELECT id FROM p_carton WHERE tracking = ?1 AND tracking <> ''
               UNION SELECT carton FROM ov_carton WHERE carton = ?1 ORDER BY 1 LIMIT ?2",
            label,
            &mut cartons,
        )?;
        keys(conn, "SELECT order_id FROM p_pack_unit WHERE unit = ?1 ORDER BY order_id LIMIT ?2", label, &mut orders)?;
    }
    for id in cartons {
        // A carrier's number goes when the carton is opened again, here too.
        let named = |carton: &Carton| {
            let mut texts = look.handling_units.iter().chain(&look.tasks);
            texts.any(|text| *text == carton.id.0 || *text == carton.tracking)
        };
        if let Some(carton) = carton(conn, &id)?.filter(named) {
            orders.push(carton.order.0.clone());
            known.cartons.push(carton);
        }
    }
    orders.sort_unstable();
    orders.dedup();
    for id in orders {
        known.orders.extend(order(conn, &id)?);
        for carton in cartons_of(conn, &id)? {
            if !known.cartons.iter().any(|known| known.id == carton.id) {
                known.cartons.push(carton);
            }
        }
    }
    let suggested = known.orders.iter().flat_map(|order| &order.suggested);
    let used = known.cartons.iter().map(|carton| &carton.carton_type);
    let mut types: Vec<String> = suggested.chain(used).map(|id| id.0.clone()).collect();
    types.extend(look.tasks.iter().cloned());
    types.sort_unstable();
    types.dedup();
    for id in types {
        known.carton_types.extend(carton_type(conn, &id)?);
    }
    Ok(())
}

fn returned(conn: &Connection, look: &Lookup, known: &mut Known) -> Result<(), StoreError> {
    let mut orders: Vec<String> = Vec::new();
    for text in &look.tasks {
        keys(conn, "SELECT order_id FROM p_rma WHERE id = ?1 LIMIT ?2", text, &mut orders)?;
        keys(conn, "SELECT DISTINCT order_id FROM p_shipped WHERE order_id = ?1 LIMIT ?2", text, &mut orders)?;
    }
    for label in look.handling_units.iter().chain(&look.tasks) {
        keys(
            conn,
            "SELECT order_id FROM p_shipped WHERE carton = ?1
               UNION SELECT order_id FROM p_shipped WHERE tracking = ?1 AND tracking <> '' ORDER BY 1 LIMIT ?2",
            label,
            &mut orders,
        )?;
    }
    for serial in look.serials.iter().chain(&look.tasks) {
        keys(
            conn,
            "SELECT DISTINCT order_id FROM p_shipped WHERE serial = ?1 AND serial <> '' ORDER BY 1 LIMIT ?2",
            serial,
            &mut orders,
        )?;
    }
    orders.retain(|order| !order.is_empty());
    orders.sort_unstable();
    orders.dedup();
    for text in &look.tasks {
        known.returns.extend(shown::body::<Rma>(conn, "SELECT body FROM p_rma WHERE id = ?1", text)?);
    }
    for order in &orders {
        put_shipped(conn, order, &mut known.shipped)?;
        let mut rows = conn.prepare_cached("SELECT body FROM p_rma WHERE order_id = ?1 ORDER BY id LIMIT ?2")?;
        let mut rows = rows.query(params![order, NAMED_MAX])?;
        while let Some(row) = rows.next()? {
            let rma: Rma = serde_json::from_str(&row.get::<_, String>(0)?)?;
            if !known.returns.iter().any(|known| known.id == rma.id) {
                known.returns.push(rma);
            }
        }
    }
    Ok(())
}

fn keys(conn: &Connection, statement: &str, key: &str, found: &mut Vec<String>) -> Result<(), StoreError> {
    let mut rows = conn.prepare_cached(statement)?;
    let mut rows = rows.query(params![key, NAMED_MAX])?;
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        if !found.contains(&id) {
            found.push(id);
        }
    }
    Ok(())
}

pub(super) fn order(conn: &Connection, id: &str) -> Result<Option<PackOrder>, StoreError> {
    let Some(mut order) = shown::body::<PackOrder>(conn, "SELECT body FROM p_pack_order WHERE id = ?1", id)? else {
        return Ok(None);
    };
    let mut rows = conn.prepare_cached("SELECT line, packed FROM ov_pack_line WHERE order_id = ?1")?;
    let mut rows = rows.query([id])?;
    while let Some(row) = rows.next()? {
        let (line, packed): (String, i64) = (row.get(0)?, row.get(1)?);
        if let Some(own) = order.lines.iter_mut().find(|own| own.id.as_str() == line) {
            own.packed += packed;
        }
    }
    // Packed here, and perhaps opened again since.
    let said: Option<String> = conn
        .prepare_cached("SELECT state FROM ov_pack_order WHERE order_id = ?1 ORDER BY epoch DESC, seq DESC LIMIT 1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    order.state = match (said.as_deref(), order.state) {
        (Some("packed"), PackState::Open) => PackState::Packed,
        (Some("open"), PackState::Packed) => PackState::Open,
        (_, state) => state,
    };
    Ok(Some(order))
}

pub(super) fn cartons_of(conn: &Connection, order: &str) -> Result<Vec<Carton>, StoreError> {
    let ids: Vec<String> = conn
        .prepare_cached(
            "SELECT id FROM p_carton WHERE order_id = ?1 UNION SELECT carton FROM ov_carton WHERE order_id = ?1
               ORDER BY 1 LIMIT ?2",
        )?
        .query_map(params![order, CARTONS_MAX], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(carton(conn, &id)?);
    }
    Ok(found)
}

pub(super) fn carton(conn: &Connection, id: &str) -> Result<Option<Carton>, StoreError> {
    let mut found: Option<Carton> = shown::body(conn, "SELECT body FROM p_carton WHERE id = ?1", id)?;
    let mut rows = conn.prepare_cached(
        "SELECT order_id, state, type, grams, copies, label FROM ov_carton WHERE carton = ?1 ORDER BY epoch, seq",
    )?;
    let mut rows = rows.query([id])?;
    while let Some(row) = rows.next()? {
        let (order, state, kind): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let carton = found.get_or_insert_with(|| Carton { id: id.into(), order: order.into(), ..Carton::default() });
        let opened = Some(kind).filter(|kind| !kind.is_empty());
        if let Some(kind) = &opened {
            carton.carton_type = kind.as_str().into();
        }
        if !state.is_empty() {
            let before = std::mem::replace(&mut carton.state, state_of(&state));
            if carton.state == CartonState::Open && opened.is_none() {
                // Something was taken out of it.
                carton.reopened(before);
            }
        }
        let label: String = row.get(5)?;
        if !label.is_empty() {
            carton.label = LabelOn::of(&label);
        }
        let grams: i64 = row.get(3)?;
        if grams >= 0 {
            carton.grams = grams;
        }
        carton.copies = carton.copies.max(u32::try_from(row.get::<_, i64>(4)?).unwrap_or(0));
    }
    Ok(found)
}

fn carton_type(conn: &Connection, id: &str) -> Result<Option<CartonType>, StoreError> {
    shown::body(conn, "SELECT body FROM p_carton_type WHERE id = ?1", id)
}

/// The name of a state in the overlay.
pub(super) fn state_name(state: CartonState) -> &'static str {
    match state {
        CartonState::Open => "open",
        CartonState::Closed => "closed",
        CartonState::Labelled => "labelled",
        CartonState::Shipped => "shipped",
        CartonState::Void => "void",
    }
}

fn state_of(name: &str) -> CartonState {
    [CartonState::Closed, CartonState::Labelled, CartonState::Shipped, CartonState::Void]
        .into_iter()
        .find(|state| state_name(*state) == name)
        .unwrap_or_default()
}

/// Adds what was shipped of an order; what came back here is taken from rows of its lot and serial number first.
fn put_shipped(conn: &Connection, order: &str, found: &mut Vec<ShippedLine>) -> Result<(), StoreError> {
    let mut rows = conn.prepare_cached("SELECT body FROM p_shipped WHERE order_id = ?1 ORDER BY id LIMIT ?2")?;
    let mut rows = rows.query(params![order, SHIPPED_MAX])?;
    let mut shipped: Vec<ShippedLine> = Vec::new();
    while let Some(row) = rows.next()? {
        shipped.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
    }
    let mut rows = conn.prepare_cached("SELECT line, lot, serial, qty FROM ov_returned WHERE order_id = ?1")?;
    let mut rows = rows.query([order])?;
    while let Some(row) = rows.next()? {
        let (line, lot, serial): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        credit(&mut shipped, &line.into(), &lot.into(), &serial.into(), row.get(3)?);
    }
    found.extend(shipped);
    Ok(())
}
