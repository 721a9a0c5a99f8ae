//! Overlay: what own facts do to what is shown, until the base contains them.

use super::{StoreError, int, shown};
use floorhand_domain::fact::{Fact, drop_off_moves};
use floorhand_domain::id::OperatorId;
use floorhand_domain::stock::{Move, Place};
use floorhand_wire::feed::Applied;
use rusqlite::{Connection, params};

/// The tables, each with the columns `epoch` and `seq`.
const TABLES: [&str; 5] = ["ov_stock", "ov_line", "ov_task", "ov_slot", "ov_handling_unit"];

/// Adds the effects of a fact.
pub(super) fn add(
    conn: &Connection,
    epoch: u64,
    seq: u64,
    fact: &Fact,
    operator: &OperatorId,
) -> Result<(), StoreError> {
    let tag = (int(epoch), int(seq));
    match fact {
        Fact::TaskClaimed { task } => put_task(conn, tag, task.as_str(), "claimed", operator.as_str())?,
        Fact::TaskReleased { task } => put_task(conn, tag, task.as_str(), "open", "")?,
        Fact::ToteAssigned { task, slot, order, tote } => {
            conn.prepare_cached("INSERT INTO ov_slot(task, slot, epoch, seq, tote) VALUES(?1, ?2, ?3, ?4, ?5)")?
                .execute(params![task.as_str(), slot, tag.0, tag.1, tote.as_str()])?;
            put_unit(conn, tag, tote.as_str(), Some(order.as_str()), None)?;
        }
        Fact::Picked { task, line, units, .. } => {
            let picked: i64 = units.iter().map(|unit| unit.qty).sum();
            put_line(conn, tag, task.as_str(), line.as_str(), picked, false)?;
            put_moves(conn, tag, &fact.moves())?;
        }
        Fact::PickedShort { task, line, .. } => {
            put_line(conn, tag, task.as_str(), line.as_str(), 0, true)?;
            put_moves(conn, tag, &fact.moves())?;
        }
        Fact::DroppedOff { task, location, totes } => {
            let mut moves = Vec::new();
            for tote in totes {
                moves.extend(drop_off_moves(&shown::tote_content(conn, tote)?, location));
                put_unit(conn, tag, tote.as_str(), None, Some(location.as_str()))?;
            }
            put_moves(conn, tag, &moves)?;
            put_task(conn, tag, task.as_str(), "done", "")?;
        }
        _ => {}
    }
    Ok(())
}

fn put_task(conn: &Connection, tag: (i64, i64), task: &str, state: &str, holder: &str) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO ov_task(task, epoch, seq, state, holder) VALUES(?1, ?2, ?3, ?4, ?5)")?
        .execute(params![task, tag.0, tag.1, state, holder])?;
    Ok(())
}

fn put_line(
    conn: &Connection,
    tag: (i64, i64),
    task: &str,
    line: &str,
    picked: i64,
    short: bool,
) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO ov_line(task, line, epoch, seq, picked, short) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![task, line, tag.0, tag.1, picked, i64::from(short)])?;
    Ok(())
}

fn put_unit(
    conn: &Connection,
    tag: (i64, i64),
    id: &str,
    order: Option<&str>,
    location: Option<&str>,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO ov_handling_unit(id, epoch, seq, sets_order, for_order, sets_location, location)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        id,
        tag.0,
        tag.1,
        i64::from(order.is_some()),
        order.unwrap_or_default(),
        i64::from(location.is_some()),
        location.unwrap_or_default()
    ])?;
    Ok(())
}

fn put_moves(conn: &Connection, tag: (i64, i64), moves: &[Move]) -> Result<(), StoreError> {
    let mut n = 0;
    for step in moves {
        let expiry = shown::expiry_of(conn, &step.item, &step.lot)?;
        for (place, delta) in [(&step.from, -step.qty), (&step.to, step.qty)] {
            put_delta(conn, tag, n, step, place, delta, &expiry)?;
            n += 1;
        }
    }
    Ok(())
}

fn put_delta(
    conn: &Connection,
    tag: (i64, i64),
    n: i64,
    step: &Move,
    place: &Place,
    delta: i64,
    expiry: &str,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO ov_stock(location, item, lot, serial, handling_unit, status, epoch, seq, n, delta, expiry)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        place.location.as_str(),
        step.item.as_str(),
        step.lot.as_str(),
        step.serial.as_str(),
        place.handling_unit.as_str(),
        place.status.as_str(),
        tag.0,
        tag.1,
        n,
        delta,
        expiry
    ])?;
    Ok(())
}

/// Takes away the effects that the base contains now; those of parked facts stay.
pub(super) fn settle(conn: &Connection, applied: Applied) -> Result<(), StoreError> {
    for table in TABLES {
        conn.prepare_cached(&format!(
            "DELETE FROM {table} WHERE (epoch, seq) <= (?1, ?2) AND NOT EXISTS(
               SELECT 1 FROM outbox WHERE outbox.epoch = {table}.epoch AND outbox.seq = {table}.seq AND outcome = 'parked')"
        ))?
        .execute([int(applied.epoch), int(applied.through)])?;
    }
    Ok(())
}

/// Takes away the effects of one fact.
pub(super) fn remove(conn: &Connection, epoch: u64, seq: u64) -> Result<(), StoreError> {
    for table in TABLES {
        conn.prepare_cached(&format!("DELETE FROM {table} WHERE epoch = ?1 AND seq = ?2"))?
            .execute([int(epoch), int(seq)])?;
    }
    Ok(())
}

/// Gives the effects of one fact to its new number.
pub(super) fn rename(conn: &Connection, from: (u64, u64), to: (u64, u64)) -> Result<(), StoreError> {
    for table in TABLES {
        conn.prepare_cached(&format!("UPDATE {table} SET epoch = ?3, seq = ?4 WHERE epoch = ?1 AND seq = ?2"))?
            .execute([int(from.0), int(from.1), int(to.0), int(to.1)])?;
    }
    Ok(())
}

/// Takes away the effects of a fact that was parked, if the base contains its place by now.
pub(super) fn settle_one(conn: &Connection, epoch: u64, seq: u64) -> Result<(), StoreError> {
    let applied = super::base::applied(conn)?;
    if (epoch, seq) <= (applied.epoch, applied.through) {
        remove(conn, epoch, seq)?;
    }
    Ok(())
}
