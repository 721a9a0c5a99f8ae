//! Overlay: what own facts do to what is shown, until the base contains them.

mod goods;
mod outbound;

use super::{StoreError, batch, int, shown, uint};
use floorhand_domain::fact::{Fact, content_moves};
use floorhand_domain::id::{HandlingUnitId, LocationId, OperatorId, TaskId};
use floorhand_domain::stock::{Move, Place, TRANSIT};
use floorhand_domain::task::{Task, TaskKind, TaskState};
use floorhand_wire::feed::Applied;
use floorhand_wire::push::WireFact;
use rusqlite::{Connection, OptionalExtension as _, params};

/// The tables, each with the columns `epoch` and `seq`.
const TABLES: [&str; 11] = [
    "ov_stock",
    "ov_line",
    "ov_task",
    "ov_slot",
    "ov_handling_unit",
    "ov_delivery_line",
    "ov_receipt",
    "ov_carton",
    "ov_pack_line",
    "ov_pack_order",
    "ov_returned",
];

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
        Fact::TaskClaimed { task } | Fact::TaskTakenOver { task, .. } => {
            put_task(conn, tag, task, "claimed", operator.as_str())?;
        }
        Fact::TaskOpened { task, kind, .. } => open_task(conn, tag, task, *kind, operator)?,
        Fact::Received { .. } => goods::received(conn, tag, fact)?,
        Fact::ReceiptClosed { receipt, complete, .. } => goods::closed(conn, tag, receipt, *complete)?,
        Fact::Moved { .. } => goods::moved(conn, tag, fact)?,
        Fact::ZeroChecked { task, line, empty, .. } => goods::checked(conn, tag, task, line, *empty)?,
        Fact::CountSubmitted { task, count, location, .. } => goods::counted(conn, tag, task, count, location)?,
        Fact::TaskReleased { task } => put_task(conn, tag, task, "open", "")?,
        Fact::ToteAssigned { task, slot, order, tote } => {
            put_slot(conn, tag, task, *slot, tote.as_str())?;
            put_unit(conn, tag, tote.as_str(), &Unit { order: Some(order.as_str()), ..Unit::default() })?;
        }
        Fact::ToteClosed { task, slot, .. } => put_slot(conn, tag, task, *slot, "")?,
        Fact::Picked { task, line, .. } => {
            put_line(conn, tag, task.as_str(), line.as_str(), picked(fact), 0)?;
            put_moves(conn, tag, &fact.moves())?;
        }
        Fact::PickedShort { task, line, .. } => {
            put_line(conn, tag, task.as_str(), line.as_str(), 0, 1)?;
            put_moves(conn, tag, &fact.moves())?;
        }
        Fact::DroppedOff { task, location, totes } => drop_off(conn, tag, task, location, totes)?,
        Fact::Undone { epoch, seq } => undo(conn, tag, *epoch, *seq)?,
        Fact::Sorted { task, line, units, .. } => {
            let sorted: i64 = units.iter().map(|unit| unit.qty).sum();
            conn.prepare_cached(
                "INSERT INTO ov_line(task, line, epoch, seq, picked, short, sorted) VALUES(?1, ?2, ?3, ?4, 0, 0, ?5)",
            )?
            .execute(params![task.as_str(), line.as_str(), tag.0, tag.1, sorted])?;
            put_moves(conn, tag, &fact.moves())?;
        }
        Fact::ToteTaken { tote, .. } => take_up(conn, tag, tote)?,
        Fact::CartonOpened { .. }
        | Fact::Packed { .. }
        | Fact::Unpacked { .. }
        | Fact::CartonWeighed { .. }
        | Fact::CartonClosed { .. }
        | Fact::Labelled { .. }
        | Fact::LabelPrinted { .. }
        | Fact::OrderPacked { .. }
        | Fact::Shipped { .. } => outbound::packed(conn, tag, fact)?,
        Fact::ReturnInspected { .. } => outbound::inspected(conn, tag, fact)?,
        _ => {}
    }
    Ok(())
}

/// A tote that another zone set down is on the cart again.
fn take_up(conn: &Connection, tag: (i64, i64), tote: &HandlingUnitId) -> Result<(), StoreError> {
    let cart = LocationId::from(TRANSIT);
    put_moves(conn, tag, &content_moves(&shown::tote_content(conn, tote)?, &cart))?;
    put_unit(conn, tag, tote.as_str(), &Unit { location: Some(&cart), ..Unit::default() })
}

fn picked(fact: &Fact) -> i64 {
    match fact {
        Fact::Picked { units, .. } => units.iter().map(|unit| unit.qty).sum(),
        _ => 0,
    }
}

fn drop_off(
    conn: &Connection,
    tag: (i64, i64),
    task: &TaskId,
    location: &LocationId,
    totes: &[HandlingUnitId],
) -> Result<(), StoreError> {
    let mut moves = Vec::new();
    for (n, tote) in totes.iter().enumerate() {
        if totes.iter().take(n).any(|earlier| earlier == tote) {
            continue;
        }
        moves.extend(content_moves(&shown::tote_content(conn, tote)?, location));
        put_unit(conn, tag, tote.as_str(), &Unit { location: Some(location), ..Unit::default() })?;
    }
    put_moves(conn, tag, &moves)?;
    // Totes with other destinations are set down one by one; the last one ends the task.
    if !shown::has_open_line(conn, task)? && !on_the_way(conn, task)? {
        put_task(conn, tag, task, "done", "")?;
    }
    Ok(())
}

/// Whether goods for an order of the task are still on the cart.
fn on_the_way(conn: &Connection, task: &TaskId) -> Result<bool, StoreError> {
    for unit in shown::units_of_task(conn, task)? {
        let content = shown::tote_content(conn, &unit)?;
        if content.iter().any(|stock| stock.qty > 0 && stock.location.as_str() == TRANSIT) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What does not hold gives back what it moved: a pick, a receipt, a move of units.
fn undo(conn: &Connection, tag: (i64, i64), epoch: u64, seq: u64) -> Result<(), StoreError> {
    let (epoch, seq) = batch::stands_at(conn, epoch, seq)?;
    let named: Option<(String, String)> = conn
        .prepare_cached("SELECT bytes, outcome FROM outbox WHERE epoch = ?1 AND seq = ?2")?
        .query_row([int(epoch), int(seq)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((bytes, outcome)) = named else { return Ok(()) };
    let Ok(fact) = serde_json::from_str::<WireFact>(&bytes)?.decode() else { return Ok(()) };
    if outcome == "rejected" {
        return Ok(());
    }
    match &fact {
        Fact::Picked { task, line, .. } => put_line(conn, tag, task.as_str(), line.as_str(), -picked(&fact), 0)?,
        Fact::Received { .. } => goods::unreceived(conn, tag, &fact, (int(epoch), int(seq)))?,
        _ => return Ok(()),
    }
    let back: Vec<Move> = fact.moves().into_iter().map(|step| Move { from: step.to, to: step.from, ..step }).collect();
    put_moves(conn, tag, &back)
}

/// Work that was begun here and that the core does not know yet.
fn open_task(
    conn: &Connection,
    tag: (i64, i64),
    task: &TaskId,
    kind: TaskKind,
    operator: &OperatorId,
) -> Result<(), StoreError> {
    let row = Task { id: task.clone(), kind, state: TaskState::Claimed, holder: operator.clone(), ..Task::default() };
    conn.prepare_cached(
        "INSERT INTO ov_task(task, epoch, seq, state, holder, body) VALUES(?1, ?2, ?3, 'claimed', ?4, ?5)",
    )?
    .execute(params![task.as_str(), tag.0, tag.1, operator.as_str(), serde_json::to_string(&row)?])?;
    Ok(())
}

fn put_task(conn: &Connection, tag: (i64, i64), task: &TaskId, state: &str, holder: &str) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO ov_task(task, epoch, seq, state, holder) VALUES(?1, ?2, ?3, ?4, ?5)
           ON CONFLICT(task, epoch, seq) DO UPDATE SET state = excluded.state, holder = excluded.holder",
    )?
    .execute(params![task.as_str(), tag.0, tag.1, state, holder])?;
    Ok(())
}

fn put_slot(conn: &Connection, tag: (i64, i64), task: &TaskId, slot: u8, tote: &str) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO ov_slot(task, slot, epoch, seq, tote) VALUES(?1, ?2, ?3, ?4, ?5)")?
        .execute(params![task.as_str(), slot, tag.0, tag.1, tote])?;
    Ok(())
}

fn put_line(
    conn: &Connection,
    tag: (i64, i64),
    task: &str,
    line: &str,
    picked: i64,
    short: i64,
) -> Result<(), StoreError> {
    conn.prepare_cached("INSERT INTO ov_line(task, line, epoch, seq, picked, short) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![task, line, tag.0, tag.1, picked, short])?;
    Ok(())
}

/// What a fact says of a handling unit; what it does not say stays.
#[derive(Default)]
struct Unit<'a> {
    /// The order whose goods it holds.
    order: Option<&'a str>,
    /// Where it stands.
    location: Option<&'a LocationId>,
    /// What it stands on.
    parent: Option<&'a HandlingUnitId>,
    /// It is new, and of this kind. Empty = it was there.
    kind: &'a str,
    /// The delivery that brought it.
    delivery: &'a str,
}

fn put_unit(conn: &Connection, tag: (i64, i64), id: &str, unit: &Unit<'_>) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO ov_handling_unit(id, epoch, seq, sets_order, for_order, sets_location, location, sets_parent, parent,
           kind, delivery) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT(id, epoch, seq) DO NOTHING",
    )?
    .execute(params![
        id,
        tag.0,
        tag.1,
        i64::from(unit.order.is_some()),
        unit.order.unwrap_or_default(),
        i64::from(unit.location.is_some()),
        unit.location.map(LocationId::as_str).unwrap_or_default(),
        i64::from(unit.parent.is_some()),
        unit.parent.map(HandlingUnitId::as_str).unwrap_or_default(),
        unit.kind,
        unit.delivery
    ])?;
    Ok(())
}

fn put_moves(conn: &Connection, tag: (i64, i64), moves: &[Move]) -> Result<(), StoreError> {
    put_moves_of(conn, tag, moves, None)
}

/// Moves of goods whose expiry is known by the fact, where it is not by the stock.
fn put_moves_of(conn: &Connection, tag: (i64, i64), moves: &[Move], expiry: Option<&str>) -> Result<(), StoreError> {
    let mut n = 0;
    for step in moves {
        let expiry = match expiry {
            Some(expiry) => expiry.to_owned(),
            None => shown::expiry_of(conn, &step.item, &step.lot)?,
        };
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

/// Whether no own fact is waiting to be contained in the base.
pub(super) fn is_empty(conn: &Connection) -> Result<bool, StoreError> {
    let any: i64 = conn
        .prepare_cached(
            "SELECT EXISTS(SELECT 1 FROM ov_stock) OR EXISTS(SELECT 1 FROM ov_line) OR EXISTS(SELECT 1 FROM ov_task)
               OR EXISTS(SELECT 1 FROM ov_slot) OR EXISTS(SELECT 1 FROM ov_handling_unit)
               OR EXISTS(SELECT 1 FROM ov_delivery_line) OR EXISTS(SELECT 1 FROM ov_receipt)
               OR EXISTS(SELECT 1 FROM ov_carton) OR EXISTS(SELECT 1 FROM ov_pack_line)
               OR EXISTS(SELECT 1 FROM ov_pack_order) OR EXISTS(SELECT 1 FROM ov_returned)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(any == 0)
}

/// Whether a fact is waiting to be contained in the base whose effect is what the book has: a drop-off,
/// a move of a handling unit, the close of a receipt.
pub(super) fn has_content(conn: &Connection) -> Result<bool, StoreError> {
    let any: i64 = conn
        .prepare_cached(
            "SELECT EXISTS(SELECT 1 FROM ov_handling_unit WHERE sets_location = 1) OR EXISTS(SELECT 1 FROM ov_receipt)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(any != 0)
}

/// Takes away the effects that the base contains now; those of parked facts stay. A device sends
/// its epochs in order, so what contains a fact of one epoch contains all of the epochs before.
pub(super) fn settle(conn: &Connection, applied: Applied) -> Result<(), StoreError> {
    goods::settle(conn, (applied.epoch, applied.through))?;
    for table in TABLES {
        conn.prepare_cached(&format!(
            "DELETE FROM {table} WHERE (epoch, seq) <= (?1, ?2) AND NOT EXISTS(
               SELECT 1 FROM outbox WHERE outbox.epoch = {table}.epoch AND outbox.seq = {table}.seq AND outcome = 'parked')"
        ))?
        .execute([int(applied.epoch), int(applied.through)])?;
    }
    Ok(())
}

/// Takes away all effects and adds them again: of the facts that the base does not contain and of
/// the parked ones, in their order. Needed where a fact in the middle fell away, since later ones
/// may build on it, and where the core went back to an older state.
pub(super) fn replay(conn: &Connection, applied: Applied) -> Result<(), StoreError> {
    for table in TABLES {
        conn.prepare_cached(&format!("DELETE FROM {table}"))?.execute([])?;
    }
    let mut rows = conn.prepare_cached(
        "SELECT epoch, seq, bytes FROM (
           SELECT epoch, seq, bytes FROM outbox
             WHERE (epoch, seq) > (?1, ?2) AND outcome NOT IN ('rejected', 'parked') AND moved_epoch = 0
           UNION ALL SELECT epoch, seq, bytes FROM outbox WHERE outcome = 'parked' AND outcome <> '' AND moved_epoch = 0)
         ORDER BY epoch, seq",
    )?;
    let mut rows = rows.query([int(applied.epoch), int(applied.through)])?;
    while let Some(row) = rows.next()? {
        let wire: WireFact = serde_json::from_str(&row.get::<_, String>(2)?)?;
        // What a newer program recorded has no effect that this one could show.
        let Ok(fact) = wire.decode() else { continue };
        add(conn, uint(row.get(0)?), uint(row.get(1)?), &fact, &OperatorId(wire.operator))?;
    }
    Ok(())
}

/// Whether a fact has effects that are shown now.
pub(super) fn has(conn: &Connection, epoch: u64, seq: u64) -> Result<bool, StoreError> {
    for table in TABLES {
        let any: i64 = conn
            .prepare_cached(&format!("SELECT EXISTS(SELECT 1 FROM {table} WHERE epoch = ?1 AND seq = ?2)"))?
            .query_row([int(epoch), int(seq)], |row| row.get(0))?;
        if any != 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
