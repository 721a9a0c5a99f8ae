//! What packing, shipping and returns do to what is shown.

use super::super::{StoreError, outbound, shown};
use super::{Unit, put_moves, put_task, put_unit};
use floorhand_domain::fact::{Fact, Units, content_moves};
use floorhand_domain::id::{CartonTypeId, HandlingUnitId, LocationId, OrderId};
use floorhand_domain::outbound::{CartonState, LabelOn};
use floorhand_domain::stock::{CUSTOMER, Move};
use rusqlite::{Connection, params};

type Tag = (i64, i64);

/// What a fact says of a carton; what it does not say stays.
#[derive(Default)]
struct Said<'a> {
    state: Option<CartonState>,
    carton_type: Option<&'a CartonTypeId>,
    grams: Option<i64>,
    copies: u32,
    label: LabelOn,
}

fn put_carton(
    conn: &Connection,
    tag: Tag,
    carton: &HandlingUnitId,
    order: &str,
    said: &Said<'_>,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO ov_carton(carton, order_id, epoch, seq, state, type, grams, copies, label)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(carton, epoch, seq) DO NOTHING",
    )?
    .execute(params![
        carton.as_str(),
        order,
        tag.0,
        tag.1,
        said.state.map(outbound::state_name).unwrap_or_default(),
        said.carton_type.map(CartonTypeId::as_str).unwrap_or_default(),
        said.grams.unwrap_or(-1),
        said.copies,
        said.label.code()
    ])?;
    Ok(())
}

/// Adds the effects of a fact about a carton or an order that is packed.
pub(super) fn packed(conn: &Connection, tag: Tag, fact: &Fact) -> Result<(), StoreError> {
    match fact {
        Fact::CartonOpened { order, carton, carton_type, location, .. } => {
            let said = Said {
                state: Some(CartonState::Open),
                carton_type: Some(carton_type),
                grams: Some(0),
                ..Said::default()
            };
            put_carton(conn, tag, carton, order.as_str(), &said)?;
            let unit =
                Unit { order: Some(order.as_str()), location: Some(location), kind: "carton", ..Unit::default() };
            put_unit(conn, tag, carton.as_str(), &unit)
        }
        Fact::Packed { order, line, carton, location, units, .. } => {
            put_line(conn, tag, order, line.as_str(), qty(units))?;
            put_brought(conn, tag, carton, units, location, &fact.moves())
        }
        Fact::Unpacked { order, line, carton, location, units, .. } => {
            put_line(conn, tag, order, line.as_str(), -qty(units))?;
            put_order(conn, tag, order, "open")?;
            let said = Said { state: Some(CartonState::Open), grams: Some(0), ..Said::default() };
            put_carton(conn, tag, carton, order.as_str(), &said)?;
            put_brought(conn, tag, carton, units, location, &fact.moves())
        }
        Fact::CartonWeighed { order, carton, grams, .. } => {
            put_carton(conn, tag, carton, order.as_str(), &Said { grams: Some(*grams), ..Said::default() })
        }
        Fact::CartonClosed { order, carton, .. } => {
            put_carton(conn, tag, carton, order.as_str(), &Said { state: Some(CartonState::Closed), ..Said::default() })
        }
        Fact::Labelled { order, carton } => put_carton(
            conn,
            tag,
            carton,
            order.as_str(),
            &Said { state: Some(CartonState::Labelled), ..Said::default() },
        ),
        Fact::LabelPrinted { label, copy, subject, internal, .. } => match subject.strip_prefix("order:") {
            Some(order) => {
                let label_on = internal.map(LabelOn::printed).unwrap_or_default();
                let said = Said { copies: *copy, label: label_on, ..Said::default() };
                put_carton(conn, tag, label, order, &said)
            }
            None => Ok(()),
        },
        Fact::OrderPacked { order, task, .. } => {
            put_order(conn, tag, order, "packed")?;
            if task.is_none() { Ok(()) } else { put_task(conn, tag, task, "done", "") }
        }
        Fact::Shipped { order, carton, .. } => {
            let away = LocationId::from(CUSTOMER);
            put_carton(
                conn,
                tag,
                carton,
                order.as_str(),
                &Said { state: Some(CartonState::Shipped), ..Said::default() },
            )?;
            put_moves(conn, tag, &content_moves(&shown::tote_content(conn, carton)?, &away))?;
            put_unit(conn, tag, carton.as_str(), &Unit { location: Some(&away), ..Unit::default() })
        }
        _ => Ok(()),
    }
}

/// Carton and totes that somebody has at the bench are there with all that is in them, wherever the book has them.
fn put_brought(
    conn: &Connection,
    tag: Tag,
    carton: &HandlingUnitId,
    units: &[Units],
    bench: &LocationId,
    moves: &[Move],
) -> Result<(), StoreError> {
    let mut here: Vec<&HandlingUnitId> = units.iter().map(|unit| &unit.handling_unit).chain([carton]).collect();
    here.retain(|unit| !unit.is_none());
    here.sort_unstable();
    here.dedup();
    let mut all = Vec::new();
    for unit in here {
        let brought = content_moves(&shown::tote_content(conn, unit)?, bench);
        let elsewhere = shown::handling_unit(conn, unit)?.is_some_and(|known| known.location != *bench);
        if elsewhere || !brought.is_empty() {
            put_unit(conn, tag, unit.as_str(), &Unit { location: Some(bench), ..Unit::default() })?;
        }
        all.extend(brought);
    }
    all.extend_from_slice(moves);
    put_moves(conn, tag, &all)
}

fn put_order(conn: &Connection, tag: Tag, order: &OrderId, state: &str) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO ov_pack_order(order_id, epoch, seq, state) VALUES(?1, ?2, ?3, ?4)")?
        .execute(params![order.as_str(), tag.0, tag.1, state])?;
    Ok(())
}

fn qty(units: &[Units]) -> i64 {
    units.iter().map(|unit| unit.qty).sum()
}

fn put_line(conn: &Connection, tag: Tag, order: &OrderId, line: &str, packed: i64) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO ov_pack_line(order_id, line, epoch, seq, packed) VALUES(?1, ?2, ?3, ?4, ?5)")?
        .execute(params![order.as_str(), line, tag.0, tag.1, packed])?;
    Ok(())
}

/// Adds the effects of an inspection: goods that came back, and can come back no second time.
pub(super) fn inspected(conn: &Connection, tag: Tag, fact: &Fact) -> Result<(), StoreError> {
    let Fact::ReturnInspected { order, line, lot, serial, qty, .. } = fact else { return Ok(()) };
    if !line.is_none() {
        conn.prepare_cached(
            "INSERT INTO ov_returned(order_id, line, epoch, seq, lot, serial, qty) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![order.as_str(), line.as_str(), tag.0, tag.1, lot.as_str(), serial.as_str(), qty])?;
    }
    put_moves(conn, tag, &fact.moves())
}
