//! Projections: base rows in the form in which they are looked up.

use super::identity::{meta, set_meta};
use super::{Store, StoreError, schema};
use floorhand_domain::inbound::{Announced, Delivery, DeliveryLine, DeliveryLineState};
use floorhand_domain::master::{Barcode, HandlingUnit, HandlingUnitKind, Item, Location, Operator, Settings, Unit};
use floorhand_domain::outbound::{Carton, CartonType, PackOrder, PackState};
use floorhand_domain::returns::{ReturnPolicy, Rma, ShippedLine};
use floorhand_domain::stock::Stock;
use floorhand_domain::task::{Line, LineState, Task, TaskState};
use floorhand_wire::feed::{ExceptionRow, kind};
use rusqlite::{Connection, params};
use serde::de::DeserializeOwned;

const VERSION: &str = "projection";

/// Puts one row where it is looked up; `was` is the row as it was, empty = none. A body that a newer
/// core writes differently is kept in the base and projected by the program that understands it; until
/// then it is not shown, since what it was is not what it is.
pub(super) fn put(conn: &Connection, row_kind: &str, id: &str, body: &str, was: &str) -> Result<(), StoreError> {
    let done = match row_kind {
        kind::ITEM => parsed(body).and_then(|_: Item| {
            sql(
                conn,
                "INSERT INTO p_item(id, body) VALUES(?1, ?2) ON CONFLICT(id) DO UPDATE SET body = excluded.body",
                params![id, body],
            )
        }),
        kind::BARCODE => parsed(body).and_then(|row| barcode(conn, &row)),
        kind::LOCATION => parsed(body).and_then(|row| location(conn, &row, body)),
        kind::STOCK => parsed(body).and_then(|row| stock(conn, &row)),
        kind::HANDLING_UNIT => parsed(body).and_then(|row| unit(conn, &row)),
        kind::OPERATOR => parsed(body).and_then(|row| operator(conn, &row, body)),
        kind::TASK => parsed(body).and_then(|row| task(conn, &row, body)),
        kind::LINE => parsed(body).and_then(|row| line(conn, &row, body)),
        kind::DELIVERY => parsed(body).and_then(|row| delivery(conn, &row, body)),
        kind::DELIVERY_LINE => parsed(body).and_then(|row| delivery_line(conn, &row, body)),
        kind::ANNOUNCED => parsed(body).and_then(|row: Announced| {
            sql(
                conn,
                "INSERT INTO p_announced(id, unit, delivery, body) VALUES(?1, ?2, ?3, ?4)
                 ON CONFLICT(id) DO UPDATE SET unit = excluded.unit, delivery = excluded.delivery, body = excluded.body",
                params![id, row.unit.as_str(), row.delivery.as_str(), body],
            )
        }),
        kind::PACK_ORDER => parsed(body).and_then(|row| pack_order(conn, &row, body)),
        kind::CARTON => parsed(body).and_then(|row: Carton| {
            sql(
                conn,
                "INSERT INTO p_carton(id, order_id, tracking, relabel, body) VALUES(?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT(id) DO UPDATE SET order_id = excluded.order_id, tracking = excluded.tracking,
                   relabel = excluded.relabel, body = excluded.body",
                params![id, row.order.as_str(), row.tracking, row.owes_label(), body],
            )
        }),
        kind::CARTON_TYPE => parsed(body).and_then(|_: CartonType| {
            sql(
                conn,
                "INSERT INTO p_carton_type(id, body) VALUES(?1, ?2) ON CONFLICT(id) DO UPDATE SET body = excluded.body",
                params![id, body],
            )
        }),
        kind::RMA => parsed(body).and_then(|row: Rma| {
            sql(
                conn,
                "INSERT INTO p_rma(id, order_id, body) VALUES(?1, ?2, ?3)
                 ON CONFLICT(id) DO UPDATE SET order_id = excluded.order_id, body = excluded.body",
                params![id, row.order.as_str(), body],
            )
        }),
        kind::SHIPPED => parsed(body).and_then(|row| shipped(conn, &row, body)),
        kind::RETURN_POLICY => parsed(body).and_then(|_: ReturnPolicy| {
            sql(
                conn,
                "INSERT INTO p_settings(id, body) VALUES(?1, ?2) ON CONFLICT(id) DO UPDATE SET body = excluded.body",
                params![kind::RETURN_POLICY, body],
            )
        }),
        kind::SETTINGS => parsed(body).and_then(|_: Settings| {
            sql(
                conn,
                "INSERT INTO p_settings(id, body) VALUES(?1, ?2) ON CONFLICT(id) DO UPDATE SET body = excluded.body",
                params![id, body],
            )
        }),
        kind::EXCEPTION => parsed(body).and_then(|row: ExceptionRow| {
            sql(
                conn,
                "INSERT INTO p_exception(id, state, body) VALUES(?1, ?2, ?3)
                 ON CONFLICT(id) DO UPDATE SET state = excluded.state, body = excluded.body",
                params![id, row.state, body],
            )
        }),
        _ => Ok(()),
    };
    match done {
        Err(StoreError::Form(error)) => {
            tracing::error!(kind = row_kind, id, %error, "a row could not be understood; it is kept");
            if was.is_empty() { Ok(()) } else { remove(conn, row_kind, id, was) }
        }
        other => other,
    }
}

/// Takes one row away from where it is looked up; `body` is the row as it was.
pub(super) fn remove(conn: &Connection, row_kind: &str, id: &str, body: &str) -> Result<(), StoreError> {
    let statement = match row_kind {
        kind::ITEM => "DELETE FROM p_item WHERE id = ?1",
        kind::BARCODE => "DELETE FROM p_barcode WHERE code = ?1",
        kind::LOCATION => "DELETE FROM p_location WHERE id = ?1",
        kind::HANDLING_UNIT => "DELETE FROM p_handling_unit WHERE id = ?1",
        kind::OPERATOR => "DELETE FROM p_operator WHERE id = ?1",
        kind::TASK => "DELETE FROM p_task WHERE id = ?1",
        kind::LINE => "DELETE FROM p_line WHERE id = ?1",
        kind::SETTINGS => "DELETE FROM p_settings WHERE id = ?1",
        kind::EXCEPTION => "DELETE FROM p_exception WHERE id = ?1",
        kind::DELIVERY => "DELETE FROM p_delivery WHERE id = ?1",
        kind::DELIVERY_LINE => "DELETE FROM p_delivery_line WHERE id = ?1",
        kind::ANNOUNCED => "DELETE FROM p_announced WHERE id = ?1",
        kind::PACK_ORDER => {
            sql(conn, "DELETE FROM p_pack_unit WHERE order_id = ?1", params![id])?;
            "DELETE FROM p_pack_order WHERE id = ?1"
        }
        kind::CARTON => "DELETE FROM p_carton WHERE id = ?1",
        kind::CARTON_TYPE => "DELETE FROM p_carton_type WHERE id = ?1",
        kind::RMA => "DELETE FROM p_rma WHERE id = ?1",
        kind::SHIPPED => "DELETE FROM p_shipped WHERE id = ?1",
        kind::RETURN_POLICY => "DELETE FROM p_settings WHERE id = ?1",
        kind::STOCK => return remove_stock(conn, body),
        _ => return Ok(()),
    };
    sql(conn, statement, params![id])
}

fn parsed<T: DeserializeOwned>(body: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_str(body)?)
}

fn sql(conn: &Connection, statement: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
    conn.prepare_cached(statement)?.execute(values)?;
    Ok(())
}

fn barcode(conn: &Connection, row: &Barcode) -> Result<(), StoreError> {
    let unit = match row.unit {
        Unit::Each => "each",
        Unit::Inner => "inner",
        Unit::Case => "case",
    };
    sql(
        conn,
        "INSERT INTO p_barcode(code, item, qty, unit) VALUES(?1, ?2, ?3, ?4)
         ON CONFLICT(code) DO UPDATE SET item = excluded.item, qty = excluded.qty, unit = excluded.unit",
        params![row.code, row.item.as_str(), row.qty, unit],
    )
}

fn location(conn: &Connection, row: &Location, body: &str) -> Result<(), StoreError> {
    sql(
        conn,
        "INSERT INTO p_location(id, code, body) VALUES(?1, ?2, ?3)
         ON CONFLICT(id) DO UPDATE SET code = excluded.code, body = excluded.body",
        params![row.id.as_str(), row.code, body],
    )
}

fn stock(conn: &Connection, row: &Stock) -> Result<(), StoreError> {
    sql(
        conn,
        "INSERT INTO p_stock(location, item, lot, serial, handling_unit, status, qty, expiry)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT(location, item, lot, serial, handling_unit, status) DO UPDATE SET qty = excluded.qty, expiry = excluded.expiry",
        params![
            row.location.as_str(),
            row.item.as_str(),
            row.lot.as_str(),
            row.serial.as_str(),
            row.handling_unit.as_str(),
            row.status.as_str(),
            row.qty,
            row.expiry.as_deref().unwrap_or_default()
        ],
    )
}

fn remove_stock(conn: &Connection, body: &str) -> Result<(), StoreError> {
    let Ok(row) = serde_json::from_str::<Stock>(body) else { return Ok(()) };
    sql(
        conn,
        "DELETE FROM p_stock WHERE location = ?1 AND item = ?2 AND lot = ?3 AND serial = ?4 AND handling_unit = ?5 AND status = ?6",
        params![
            row.location.as_str(),
            row.item.as_str(),
            row.lot.as_str(),
            row.serial.as_str(),
            row.handling_unit.as_str(),
            row.status.as_str()
        ],
    )
}

fn unit(conn: &Connection, row: &HandlingUnit) -> Result<(), StoreError> {
    sql(
        conn,
        "INSERT INTO p_handling_unit(id, kind, location, for_order, parent, delivery, sealed)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT(id) DO UPDATE SET kind = excluded.kind, location = excluded.location,
           for_order = excluded.for_order, parent = excluded.parent, delivery = excluded.delivery,
           sealed = excluded.sealed",
        params![
            row.id.as_str(),
            unit_kind(row.kind),
            row.location.as_str(),
            row.order.as_str(),
            row.parent.as_str(),
            row.delivery.as_str(),
            i64::from(row.sealed)
        ],
    )
}

fn delivery(conn: &Connection, row: &Delivery, body: &str) -> Result<(), StoreError> {
    let state = if row.state.is_open() { "open" } else { "closed" };
    sql(
        conn,
        "INSERT INTO p_delivery(id, state, due_ms, body) VALUES(?1, ?2, ?3, ?4)
         ON CONFLICT(id) DO UPDATE SET state = excluded.state, due_ms = excluded.due_ms, body = excluded.body",
        params![row.id.as_str(), state, row.due_ms, body],
    )
}

fn delivery_line(conn: &Connection, row: &DeliveryLine, body: &str) -> Result<(), StoreError> {
    let state = if row.state == DeliveryLineState::Open { "open" } else { "closed" };
    sql(
        conn,
        "INSERT INTO p_delivery_line(id, delivery, seq, item, order_id, state, received, body)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT(id) DO UPDATE SET delivery = excluded.delivery, seq = excluded.seq, item = excluded.item,
           order_id = excluded.order_id, state = excluded.state, received = excluded.received, body = excluded.body",
        params![
            row.id.as_str(),
            row.delivery.as_str(),
            row.seq,
            row.item.as_str(),
            row.order.as_str(),
            state,
            row.received,
            body
        ],
    )
}

fn pack_order(conn: &Connection, row: &PackOrder, body: &str) -> Result<(), StoreError> {
    let state = if row.state == PackState::Open { "open" } else { "closed" };
    sql(
        conn,
        "INSERT INTO p_pack_order(id, task, state, cutoff_ms, body) VALUES(?1, ?2, ?3, ?4, ?5)
         ON CONFLICT(id) DO UPDATE SET task = excluded.task, state = excluded.state, cutoff_ms = excluded.cutoff_ms,
           body = excluded.body",
        params![row.id.as_str(), row.task.as_str(), state, row.cutoff_ms, body],
    )?;
    sql(conn, "DELETE FROM p_pack_unit WHERE order_id = ?1", params![row.id.as_str()])?;
    for units in row.lines.iter().flat_map(|line| &line.picked).filter(|units| !units.handling_unit.is_none()) {
        sql(
            conn,
            "INSERT INTO p_pack_unit(unit, order_id) VALUES(?1, ?2) ON CONFLICT(unit, order_id) DO NOTHING",
            params![units.handling_unit.as_str(), row.id.as_str()],
        )?;
    }
    Ok(())
}

fn shipped(conn: &Connection, row: &ShippedLine, body: &str) -> Result<(), StoreError> {
    sql(
        conn,
        "INSERT INTO p_shipped(id, order_id, line, carton, tracking, serial, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT(id) DO UPDATE SET order_id = excluded.order_id, line = excluded.line, carton = excluded.carton,
           tracking = excluded.tracking, serial = excluded.serial, body = excluded.body",
        params![
            row.id,
            row.order.as_str(),
            row.line.as_str(),
            row.carton.as_str(),
            row.tracking,
            row.serial.as_str(),
            body
        ],
    )
}

pub(super) fn unit_kind(kind: HandlingUnitKind) -> &'static str {
    match kind {
        HandlingUnitKind::Tote => "tote",
        HandlingUnitKind::Carton => "carton",
        HandlingUnitKind::Pallet => "pallet",
    }
}

pub(super) fn unit_of(kind: &str) -> HandlingUnitKind {
    match kind {
        "carton" => HandlingUnitKind::Carton,
        "pallet" => HandlingUnitKind::Pallet,
        _ => HandlingUnitKind::Tote,
    }
}

fn operator(conn: &Connection, row: &Operator, body: &str) -> Result<(), StoreError> {
    sql(
        conn,
        "INSERT INTO p_operator(id, badge_hash, body) VALUES(?1, ?2, ?3)
         ON CONFLICT(id) DO UPDATE SET badge_hash = excluded.badge_hash, body = excluded.body",
        params![row.id.as_str(), row.badge_hash, body],
    )
}

pub(super) fn task_state(state: TaskState) -> &'static str {
    match state {
        TaskState::Open => "open",
        TaskState::Claimed => "claimed",
        TaskState::Done => "done",
        TaskState::Cancelled => "cancelled",
    }
}

fn task(conn: &Connection, row: &Task, body: &str) -> Result<(), StoreError> {
    sql(
        conn,
        "INSERT INTO p_task(id, state, holder, device, priority, cutoff_ms, zone, released_ms, body)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT(id) DO UPDATE SET state = excluded.state, holder = excluded.holder, device = excluded.device,
           priority = excluded.priority, cutoff_ms = excluded.cutoff_ms, zone = excluded.zone,
           released_ms = excluded.released_ms, body = excluded.body",
        params![
            row.id.as_str(),
            task_state(row.state),
            row.holder.as_str(),
            row.device.as_str(),
            row.priority,
            row.cutoff_ms,
            row.zone,
            row.released_ms,
            body
        ],
    )
}

fn line_state(state: LineState) -> &'static str {
    match state {
        LineState::Open => "open",
        LineState::Done => "done",
        LineState::Short => "short",
        LineState::Cancelled => "cancelled",
    }
}

pub(super) fn line_state_of(name: &str) -> LineState {
    [LineState::Done, LineState::Short, LineState::Cancelled]
        .into_iter()
        .find(|state| line_state(*state) == name)
        .unwrap_or_default()
}

fn line(conn: &Connection, row: &Line, body: &str) -> Result<(), StoreError> {
    let state = line_state(row.state);
    sql(
        conn,
        "INSERT INTO p_line(id, task, seq, state, qty, picked, body, location, item)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT(id) DO UPDATE SET task = excluded.task, seq = excluded.seq, state = excluded.state,
           qty = excluded.qty, picked = excluded.picked, body = excluded.body, location = excluded.location,
           item = excluded.item",
        params![
            row.id.as_str(),
            row.task.as_str(),
            row.seq,
            state,
            row.qty,
            row.picked,
            body,
            row.location.as_str(),
            row.item.as_str()
        ],
    )
}

impl Store {
    /// Builds the projections again from the base, when this program writes them differently from the
    /// one that wrote them.
    pub(super) fn project_anew(&mut self) -> Result<(), StoreError> {
        let known = meta(&self.conn, VERSION)?;
        if known.as_deref() == Some(schema::PROJECTION) {
            return Ok(());
        }
        self.write(|conn| {
            for table in [
                "p_item",
                "p_barcode",
                "p_location",
                "p_stock",
                "p_handling_unit",
                "p_operator",
                "p_task",
                "p_line",
                "p_exception",
                "p_settings",
                "p_delivery",
                "p_delivery_line",
                "p_announced",
                "p_pack_order",
                "p_pack_unit",
                "p_carton",
                "p_carton_type",
                "p_rma",
                "p_shipped",
            ] {
                conn.execute(&format!("DELETE FROM {table}"), [])?;
            }
            let mut rows = conn.prepare("SELECT kind, id, body FROM base")?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                put(conn, &row.get::<_, String>(0)?, &row.get::<_, String>(1)?, &row.get::<_, String>(2)?, "")?;
            }
            set_meta(conn, VERSION, schema::PROJECTION)
        })
    }
}
