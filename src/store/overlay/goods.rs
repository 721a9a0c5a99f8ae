//! What receipts, moves and counts do to what is shown.

use super::super::{StoreError, deliveries, int, project, shown};
use super::{Unit, put_line, put_moves, put_moves_of, put_task, put_unit};
use floorhand_domain::fact::{Awaiting, Fact, content_moves, release_moves};
use floorhand_domain::id::{CountId, HandlingUnitId, LineId, LocationId, ReceiptId, TaskId};
use floorhand_domain::inbound::{Came, differs, is_held};
use floorhand_domain::stock::Status;
use floorhand_wire::push::WireFact;
use rusqlite::{Connection, params};

/// Adds the effects of a receipt.
pub(super) fn received(conn: &Connection, tag: (i64, i64), fact: &Fact) -> Result<(), StoreError> {
    let Fact::Received { receipt, delivery, line, location, item, lot, expiry, units, handling_unit, new_unit, .. } =
        fact
    else {
        return Ok(());
    };
    let known = shown::handling_unit(conn, handling_unit)?;
    let met = known.is_some_and(|unit| unit.location != *location || unit.delivery.is_none());
    if new_unit.is_some() || met {
        let unit = Unit {
            location: Some(location),
            kind: new_unit.map(project::unit_kind).unwrap_or_default(),
            delivery: delivery.as_str(),
            ..Unit::default()
        };
        put_unit(conn, tag, handling_unit.as_str(), &unit)?;
    }
    put_moves_of(conn, tag, &fact.moves(), expiry.as_deref())?;
    let qty: i64 = units.iter().map(|unit| unit.qty).sum();
    if !line.is_none() {
        put_delivery_line(conn, tag, delivery.as_str(), line, qty)?;
    }
    for (n, unit) in (0i64..).zip(units) {
        conn.prepare_cached(
            "INSERT INTO receipt_unit(receipt, epoch, seq, n, line, item, lot, serial, handling_unit, qty, status)
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT(receipt, epoch, seq, n) DO NOTHING",
        )?
        .execute(params![
            receipt.as_str(),
            tag.0,
            tag.1,
            n,
            line.as_str(),
            item.as_str(),
            lot.as_str(),
            unit.serial.as_str(),
            handling_unit.as_str(),
            unit.qty,
            unit.status.as_str()
        ])?;
    }
    Ok(())
}

/// What a receipt brought does not hold.
pub(super) fn unreceived(conn: &Connection, tag: (i64, i64), fact: &Fact, of: (i64, i64)) -> Result<(), StoreError> {
    let Fact::Received { delivery, line, units, .. } = fact else { return Ok(()) };
    let qty: i64 = units.iter().map(|unit| unit.qty).sum();
    if !line.is_none() {
        put_delivery_line(conn, tag, delivery.as_str(), line, -qty)?;
    }
    conn.prepare_cached("DELETE FROM receipt_unit WHERE epoch = ?1 AND seq = ?2")?.execute([of.0, of.1])?;
    Ok(())
}

fn put_delivery_line(
    conn: &Connection,
    tag: (i64, i64),
    delivery: &str,
    line: &LineId,
    qty: i64,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO ov_delivery_line(delivery, line, epoch, seq, received) VALUES(?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![delivery, line.as_str(), tag.0, tag.1, qty])?;
    Ok(())
}

/// Good units of the receipt become available, or are held where their line differs.
pub(super) fn closed(
    conn: &Connection,
    tag: (i64, i64),
    receipt: &ReceiptId,
    complete: bool,
) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO ov_receipt(receipt, epoch, seq) VALUES(?1, ?2, ?3)")?.execute(params![
        receipt.as_str(),
        tag.0,
        tag.1
    ])?;
    let settings: floorhand_domain::master::Settings =
        shown::body(conn, "SELECT body FROM p_settings WHERE id = ?1", "settings")?.unwrap_or_default();
    let brought = brought(conn, receipt)?;
    let mut held: Vec<(LineId, bool)> = Vec::new();
    for unit in &brought {
        if unit.line.is_none() || held.iter().any(|(line, _)| *line == unit.line) {
            continue;
        }
        let damaged =
            brought.iter().filter(|u| u.line == unit.line && u.status == Status::Damaged).map(|u| u.qty).sum();
        let differs = deliveries::line(conn, &unit.line)?.is_some_and(|line| {
            differs(&line, Came { received: line.received, damaged }, settings.over_receipt_percent, complete)
        });
        held.push((unit.line.clone(), differs));
    }
    let any = held.iter().any(|(_, differs)| *differs);
    let mut awaiting = Vec::new();
    let mut book = Vec::new();
    for unit in brought.into_iter().filter(|unit| unit.status == Status::InTransit) {
        let differs = held.iter().any(|(line, differs)| *line == unit.line && *differs);
        if !awaiting.iter().any(|known: &Awaiting| known.item == unit.what.item) {
            book.extend(shown::stock_of_item(conn, &unit.what.item, Status::InTransit)?);
        }
        awaiting.push(Awaiting { hold: is_held(settings.diff_hold, differs, any), ..unit.what });
    }
    put_moves(conn, tag, &release_moves(&awaiting, &book))
}

struct Brought {
    line: LineId,
    what: Awaiting,
    qty: i64,
    status: Status,
}

fn brought(conn: &Connection, receipt: &ReceiptId) -> Result<Vec<Brought>, StoreError> {
    let mut rows = conn.prepare_cached(
        "SELECT r.line, r.item, r.lot, r.serial, r.handling_unit, r.qty, r.status FROM receipt_unit r
           LEFT JOIN outbox o ON o.epoch = r.epoch AND o.seq = r.seq
         WHERE r.receipt = ?1 AND COALESCE(o.outcome, '') <> 'rejected' ORDER BY r.epoch, r.seq, r.n",
    )?;
    let found = rows.query_map([receipt.as_str()], |row| {
        let (qty, status): (i64, String) = (row.get(5)?, row.get(6)?);
        Ok(Brought {
            line: LineId(row.get(0)?),
            what: Awaiting {
                item: row.get::<_, String>(1)?.into(),
                lot: row.get::<_, String>(2)?.into(),
                serial: row.get::<_, String>(3)?.into(),
                handling_unit: row.get::<_, String>(4)?.into(),
                qty,
                hold: false,
            },
            qty,
            status: Status::parse(&status).unwrap_or_default(),
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Goods moved: units of an item, or a handling unit with all that is in and on it.
pub(super) fn moved(conn: &Connection, tag: (i64, i64), fact: &Fact) -> Result<(), StoreError> {
    let Fact::Moved { task, line, unit, units, to, into, .. } = fact else { return Ok(()) };
    let mut qty: i64 = units.iter().map(|unit| unit.qty).sum();
    if unit.is_none() {
        put_moves(conn, tag, &fact.moves())?;
        // One that was booked nowhere was brought along.
        if shown::handling_unit(conn, into)?.is_some_and(|unit| unit.location.is_none()) {
            put_unit(conn, tag, into.as_str(), &Unit { location: Some(to), ..Unit::default() })?;
        }
    } else {
        // A line about a handling unit is done with it, whatever the book has in it.
        let carried = carry(conn, tag, unit, to, Some(into))?;
        qty = carried.max(shown::left_of(conn, line)?);
    }
    if !line.is_none() {
        put_line(conn, tag, task.as_str(), line.as_str(), qty, 0)?;
    }
    end_when_done(conn, tag, task)
}

/// Brings a handling unit and what stands on it to a place; returns the units in them.
fn carry(
    conn: &Connection,
    tag: (i64, i64),
    unit: &HandlingUnitId,
    to: &LocationId,
    into: Option<&HandlingUnitId>,
) -> Result<i64, StoreError> {
    let mut moves = Vec::new();
    let mut qty = 0;
    for inner in shown::with_children(conn, unit)? {
        let content = shown::tote_content(conn, &inner)?;
        qty += content.iter().map(|stock| stock.qty.max(0)).sum::<i64>();
        moves.extend(content_moves(&content, to));
        let parent = into.filter(|_| inner == *unit);
        put_unit(conn, tag, inner.as_str(), &Unit { location: Some(to), parent, ..Unit::default() })?;
    }
    put_moves(conn, tag, &moves)?;
    Ok(qty)
}

/// A task without open lines is done; one that was opened here has none, and is done with its deed.
fn end_when_done(conn: &Connection, tag: (i64, i64), task: &TaskId) -> Result<(), StoreError> {
    if !task.is_none() && !shown::has_open_line(conn, task)? {
        put_task(conn, tag, task, "done", "")?;
    }
    Ok(())
}

/// The count of a location is complete: its line is done. A task may have a line for each of several items there.
pub(super) fn counted(
    conn: &Connection,
    tag: (i64, i64),
    task: &TaskId,
    count: &CountId,
    location: &LocationId,
) -> Result<(), StoreError> {
    let own = line_of(conn, task, count)?;
    let lines: Vec<(String, i64)> = conn
        .prepare_cached("SELECT id, qty FROM p_line WHERE task = ?1 AND location = ?2 AND state = 'open'")?
        .query_map([task.as_str(), location.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (line, qty) in lines {
        if own.is_none() || own.as_str() == line {
            put_line(conn, tag, task.as_str(), &line, qty, 0)?;
        }
    }
    end_when_done(conn, tag, task)
}

/// The line that a count of this device was begun for. Empty = it is not known any more.
fn line_of(conn: &Connection, task: &TaskId, of: &CountId) -> Result<LineId, StoreError> {
    let mut rows = conn.prepare_cached(
        "SELECT bytes FROM outbox WHERE type = 'CountStarted' AND agg = ?1 ORDER BY epoch DESC, seq DESC",
    )?;
    let mut rows = rows.query([format!("task:{task}")])?;
    while let Some(row) = rows.next()? {
        let wire: WireFact = serde_json::from_str(&row.get::<_, String>(0)?)?;
        if let Ok(Fact::CountStarted { count, line, .. }) = wire.decode()
            && count == *of
        {
            return Ok(line);
        }
    }
    Ok(LineId::default())
}

/// Somebody looked whether a place is empty: the rest of a line that found it so goes back.
pub(super) fn checked(
    conn: &Connection,
    tag: (i64, i64),
    task: &TaskId,
    line: &LineId,
    empty: bool,
) -> Result<(), StoreError> {
    if empty && !line.is_none() {
        put_line(conn, tag, task.as_str(), line.as_str(), 0, 1)?;
        end_when_done(conn, tag, task)?;
    }
    Ok(())
}

/// Rows of receipts that the base contains now are no longer needed.
pub(super) fn settle(conn: &Connection, through: (u64, u64)) -> Result<(), StoreError> {
    conn.prepare_cached(
        "DELETE FROM receipt_unit WHERE receipt IN (SELECT receipt FROM ov_receipt WHERE (epoch, seq) <= (?1, ?2)
           AND NOT EXISTS(SELECT 1 FROM outbox WHERE outbox.epoch = ov_receipt.epoch AND outbox.seq = ov_receipt.seq
             AND outcome = 'parked'))",
    )?
    .execute([int(through.0), int(through.1)])?;
    Ok(())
}
