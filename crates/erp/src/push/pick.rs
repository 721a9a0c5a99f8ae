//! Picks: taken, found short, undone.

use super::effect::{Act, Effect, Stop, finish_task};
use super::promise::{self, Of};
use super::receive;
use super::tote;
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::{Error, Result};
use crate::ledger;
use crate::orders;
use crate::orders::sums::{Delta, settle_line};
use crate::outbound::{packing, picks, put_back};
use crate::vals;
use floorhand_domain::fact::{Fact, ShortReason};
use floorhand_domain::id::{ItemId, LocationId, OrderId, Serial};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Move, TRANSIT};
use floorhand_domain::task::{Line, LineState, Task};
use floorhand_wire::push::WireFact;
use serde_json::Value;

/// Units in one fact at the most: what a person can do at once, far from where sums overflow.
pub(super) const UNITS_MAX: i64 = 1_000_000;

/// Whether item and location of a physical fact are known; without them it cannot be booked.
pub(super) async fn known(act: &Act<'_>, item: &ItemId, location: &LocationId) -> Effect {
    if entity::item(act.tx, item).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("item {item} is not known"))));
    }
    if entity::location(act.tx, act.warehouse(), location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    Ok(Ok(()))
}

/// Posts the moves of a fact and flags what the book cannot cover. Returns the units moved.
pub(super) async fn post(act: &mut Act<'_>, moves: &[Move], reason: &str) -> Result<i64> {
    let source = act.ledger_source();
    let mut units = 0;
    let mut short = None;
    for what in moves {
        let posted = ledger::post(act.tx, act.changes, what, reason, &source).await?;
        if posted.from_qty < 0 && short.is_none() && !ledger::is_outside(&what.from.location) {
            short = Some((what.clone(), posted.from_qty));
        }
        units += what.qty;
        once(act, what).await?;
    }
    if let Some((what, left)) = short {
        let subject = format!("{}|{}", what.from.location, what.item);
        let detail = format!("the book says {left} of lot {:?} in {:?}", what.lot.0, what.from.handling_unit.0);
        act.flag(Reason::NegStock, &subject, &detail);
        act.count(&what.from.location, &what.item, "negative").await?;
    }
    Ok(units)
}

/// Flags a serial number that is at two places.
pub(super) async fn once(act: &mut Act<'_>, what: &Move) -> Result<()> {
    if !what.serial.is_none() && in_places(act, &what.item, &what.serial).await? > 1 {
        let subject = format!("{}|{}", what.item, what.serial);
        act.flag(Reason::SerialTwice, subject, "the serial number is at two places");
    }
    Ok(())
}

/// Units of a serial number in the building; above one, it is there twice.
async fn in_places(act: &Act<'_>, item: &ItemId, serial: &Serial) -> Result<i64> {
    act.tx
        .row(
            "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS n FROM balance WHERE warehouse_id = $1 AND item = $2 \
             AND serial = $3 AND qty > 0 AND location NOT IN ('SUPPLIER', 'CUSTOMER', 'LOSS')",
            vals![act.warehouse(), item, serial],
        )
        .await?
        .map_or(Ok(0), |row| row.i64("n"))
}

/// Flags a place that holds less than was promised of it, so that a supervisor sees it before the
/// picker of the other order does.
pub(super) async fn check_promises(act: &mut Act<'_>, item: &ItemId, location: &LocationId) -> Result<()> {
    let row = act
        .tx
        .row(
            "SELECT CAST((SELECT COALESCE(SUM(qty), 0) FROM allocation WHERE warehouse_id = $1 AND item = $2 \
             AND location = $3) AS BIGINT) AS promised, \
             CAST((SELECT COALESCE(SUM(qty), 0) FROM balance WHERE warehouse_id = $1 AND item = $2 \
             AND location = $3 AND status = 'available') AS BIGINT) AS there",
            vals![act.warehouse(), item, location],
        )
        .await?;
    let Some(row) = row else { return Ok(()) };
    let (promised, there) = (row.i64("promised")?, row.i64("there")?);
    if promised > there {
        let subject = format!("{location}|{item}");
        let already = act.flags.iter().any(|flag| flag.reason == Reason::NegStock && flag.subject == subject);
        if !already {
            act.flag(Reason::NegStock, subject, format!("{promised} are promised, the book says {there}"));
        }
    }
    Ok(())
}

/// Why nothing more of an order is to be picked.
pub(super) async fn stopped(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<Option<Reason>> {
    let row = tx
        .row("SELECT state, held FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, order])
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(match (row.str("state")?, row.flag("held")?) {
        ("cancelled", _) => Some(Reason::OrderCancelled),
        (_, true) => Some(Reason::ShipHold),
        _ => None,
    })
}

fn say_stopped(act: &mut Act<'_>, reason: Reason, order: &OrderId) {
    let detail = match reason {
        Reason::OrderCancelled => "the order was cancelled; put back",
        _ => "the order is on hold; it must not leave",
    };
    act.flag(reason, format!("order:{order}"), detail);
}

pub(super) async fn is_cancelled(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<bool> {
    Ok(tx
        .row(
            "SELECT id FROM customer_order WHERE warehouse_id = $1 AND id = $2 AND state = 'cancelled'",
            vals![warehouse, order],
        )
        .await?
        .is_some())
}

/// Writes a line; the lines of a task that is over are not on the feed any more.
pub(super) async fn write(act: &mut Act<'_>, task: Option<&Task>, line: &Line) -> Result<()> {
    if task.is_none_or(entity::is_over) {
        entity::write_line(act.tx, act.warehouse(), line).await
    } else {
        entity::put_line(act.tx, act.changes, line).await
    }
}

/// `Picked`.
pub(super) async fn picked(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::Picked { task: task_id, line: line_id, location, item, tote, units, .. } = fact else {
        return Err(Error::Stored("not a pick".to_owned()));
    };
    let plain = !tote.is_none()
        && !units.is_empty()
        && units.iter().all(|unit| unit.qty > 0 && unit.qty <= UNITS_MAX && (unit.serial.is_none() || unit.qty == 1));
    if !plain {
        return Ok(Err(Stop::Reject(Reason::BadFact, "units or tote do not read".to_owned())));
    }
    if let Err(stop) = known(act, item, location).await? {
        return Ok(Err(stop));
    }
    let mut held = tote::unit(act, tote).await?;
    let warehouse = act.warehouse();
    let task = act.task(task_id).await?;
    let line = entity::line(act.tx, warehouse, line_id).await?.filter(|line| line.task == *task_id);
    let qty: i64 = units.iter().map(|unit| unit.qty).sum();
    let mut unpromised = qty;
    if let Some(mut line) = line.clone() {
        let stop = stopped(act.tx, warehouse, &line.order).await?;
        if let Some(reason) = stop {
            say_stopped(act, reason, &line.order);
        }
        let was_open = line.state == LineState::Open;
        // Nobody else was asked for what was withdrawn.
        let withdrawn = line.state == LineState::Cancelled && stop.is_some();
        line.picked += qty;
        if was_open && line.picked > line.qty {
            absorb(act, task.as_ref(), &mut line).await?;
        }
        if !(was_open || withdrawn) || line.picked > line.qty {
            let detail = format!("{} of {} are picked", line.picked, line.qty);
            act.flag(Reason::OverPick, format!("{location}|{item}"), detail);
        }
        if was_open && line.picked >= line.qty {
            line.state = LineState::Done;
        }
        write(act, task.as_ref(), &line).await?;
        let of = if withdrawn { Of::Waiting(&line.order_line) } else { Of::Line(&line.id) };
        let met = if withdrawn { qty } else { promise::held(act.tx, warehouse, of).await? - line.open_qty() };
        // What is taken elsewhere than it was promised was promised to nobody there.
        unpromised -= promise::take(act, of, &line.order_line, met, (location, units)).await?.here;
        settle_line(act.tx, warehouse, &line.order_line, Delta { picked: qty, ..Delta::default() }).await?;
        for unit in units {
            picks::add(
                act.tx,
                warehouse,
                &picks::Of { order: &line.order, line: &line.order_line, item },
                unit,
                tote,
                unit.qty,
            )
            .await?;
        }
    } else if task.is_some() {
        act.flag(Reason::UnknownReference, format!("line:{line_id}"), "the line is not one of the task");
    }
    post(act, &fact.moves(), "pick").await?;
    tote::pay(act, tote).await?;
    if unpromised > 0 {
        check_promises(act, item, location).await?;
    }
    // The common tote of a batch is no order's.
    let common = task.as_ref().is_some_and(|task| task.slots.iter().any(|slot| slot.slot == 0 && slot.tote == *tote));
    if held.location.as_str() != TRANSIT || held.order.is_none() {
        held.location = TRANSIT.into();
        if held.order.is_none() && !common {
            held.order = line.as_ref().map(|line| line.order.clone()).unwrap_or_default();
        }
        entity::put_handling_unit(act.tx, act.changes, &held).await?;
    }
    if let Some(line) = &line {
        let slot = if common { 0 } else { line.slot };
        tote::note(act, task_id, tote, slot, &held.order, "on-cart").await?;
        if is_cancelled(act.tx, warehouse, &line.order).await? {
            let source = act.ledger_source();
            put_back::order(act.tx, act.changes, &line.order, &source, act.now).await?;
        }
        packing::refresh(act.tx, act.changes, &line.order, act.now).await?;
    }
    Ok(Ok(()))
}

/// A line that was divided since the device read it is picked as the one that it was: what is too much for it is taken
/// off the other open lines of the same order line, which nobody need fetch any more.
async fn absorb(act: &mut Act<'_>, task: Option<&Task>, line: &mut Line) -> Result<()> {
    let Some(task) = task.filter(|task| !entity::is_over(task)) else { return Ok(()) };
    let others = entity::lines(act.tx, act.warehouse(), &task.id).await?;
    for mut other in others {
        let by = (line.picked - line.qty).min(other.open_qty());
        if other.id == line.id || other.order_line != line.order_line || other.item != line.item || by <= 0 {
            continue;
        }
        line.qty += by;
        let of = Of::Line(&other.id);
        let met = (promise::held(act.tx, act.warehouse(), of).await? - (other.open_qty() - by)).max(0);
        promise::take(act, of, &other.order_line, met, (&other.location, &[])).await?;
        match (by < other.open_qty(), other.picked) {
            (true, _) => other.qty -= by,
            (false, 0) => other.state = LineState::Cancelled,
            (false, picked) => (other.qty, other.state) = (picked, LineState::Done),
        }
        write(act, Some(task), &other).await?;
    }
    Ok(())
}

/// `PickedShort`.
pub(super) async fn short(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::PickedShort { task: task_id, line: line_id, location, item, qty, reason, damaged, lot, handling_unit } =
        fact
    else {
        return Err(Error::Stored("not a short pick".to_owned()));
    };
    if *qty <= 0 || *qty > UNITS_MAX || *damaged < 0 || *damaged > UNITS_MAX {
        return Ok(Err(Stop::Reject(Reason::BadFact, "the quantity does not read".to_owned())));
    }
    if let Err(stop) = known(act, item, location).await? {
        return Ok(Err(stop));
    }
    let warehouse = act.warehouse();
    post(act, &fact.moves(), "damaged").await?;
    act.count(location, item, "short-pick").await?;
    let task = act.task(task_id).await?;
    let lines = match &task {
        Some(task) => entity::lines(act.tx, warehouse, &task.id).await?,
        None => Vec::new(),
    };
    let (Some(task), Some(line)) = (task, lines.iter().find(|line| line.id == *line_id).cloned()) else {
        if act.flags.is_empty() {
            act.flag(Reason::UnknownReference, format!("line:{line_id}"), "the line is not one of the task");
        }
        return Ok(Ok(()));
    };
    if line.state != LineState::Open {
        // Somebody else closed it meanwhile; there is nothing left to release.
        match stopped(act.tx, warehouse, &line.order).await?.filter(|_| line.state == LineState::Cancelled) {
            Some(reason) => say_stopped(act, reason, &line.order),
            None if task.device.as_str() != act.device => {
                act.flag(Reason::ClaimLost, format!("task:{task_id}"), "the line was closed by somebody else");
            }
            None => {}
        }
        return Ok(Ok(()));
    }
    // Where nothing at all was found, my other lines on the same goods there are short as well.
    let all_gone = line.picked == 0 && *damaged == 0 && *reason != ShortReason::Damaged;
    let mut closing = vec![line.clone()];
    if all_gone {
        closing.extend(
            lines
                .iter()
                .filter(|other| {
                    other.id != line.id
                        && other.state == LineState::Open
                        && other.picked == 0
                        && other.location == *location
                        && other.item == *item
                        && other.lot == *lot
                        && other.handling_unit == *handling_unit
                })
                .cloned(),
        );
    }
    let mut released = Vec::new();
    for mut line in closing {
        let missing = line.open_qty();
        promise::drop_all(act, &line).await?;
        line.state = LineState::Short;
        write(act, Some(&task), &line).await?;
        released.push((line, missing));
    }
    // Every promise is released before the first unit is promised anew.
    for (line, missing) in released {
        if !is_cancelled(act.tx, warehouse, &line.order).await? {
            let current = entity::task(act.tx, warehouse, task_id).await?.unwrap_or_else(|| task.clone());
            orders::reallocate(act.tx, act.changes, &current, &line, missing).await?;
        }
        settle_line(act.tx, warehouse, &line.order_line, Delta { short: missing, ..Delta::default() }).await?;
    }
    if *damaged > 0 {
        check_promises(act, item, location).await?;
    }
    finish_task(act, task_id).await?;
    Ok(Ok(()))
}

/// `Undone`: a pick of this device whose goods still lie in the tote on the cart goes back.
pub(super) async fn undone(act: &mut Act<'_>, epoch: u64, seq: u64) -> Effect {
    let warehouse = act.warehouse();
    let subject = format!("fact:{epoch}/{seq}");
    let row = target(act, epoch, seq).await?;
    let Some(row) = row else {
        act.flag(Reason::UnknownReference, &subject, "the fact to undo is not known");
        return Ok(Ok(()));
    };
    if row.str("outcome")? == "parked" {
        return Ok(Err(Stop::Park(Reason::Behind, "the fact to undo is parked".to_owned())));
    }
    let fact = decoded(row.blob("bytes")?);
    if let Some(Fact::Received { receipt, .. }) = &fact {
        return receive::undone(act, &row, receipt, &subject).await;
    }
    if let Some(Fact::Counted { count, .. }) = &fact {
        return super::count::undone(act, (row.u64("epoch")?, row.u64("seq")?), count).await;
    }
    let Some(Fact::Picked { task: task_id, line: line_id, item, tote, units, .. }) = &fact else {
        act.flag(Reason::NotNow, &subject, "such a fact cannot be undone");
        return Ok(Ok(()));
    };
    let back: Vec<Move> =
        fact.iter().flat_map(Fact::moves).map(|what| Move { from: what.to, to: what.from, ..what }).collect();
    let applied = row.str("outcome")?.starts_with("applied") && row.i64("undone")? == 0;
    if !applied || !still_there(act, &back).await? {
        act.flag(Reason::NotNow, &subject, format!("what went into {tote} is not there to be put back"));
        return Ok(Ok(()));
    }
    post(act, &back, "undo").await?;
    act.tx
        .execute(
            "UPDATE fact_log SET undone = 1 WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
            vals![warehouse, act.device, row.i64("epoch")?, row.i64("seq")?],
        )
        .await?;
    let task = entity::task(act.tx, warehouse, task_id).await?;
    let line = entity::line(act.tx, warehouse, line_id).await?.filter(|line| line.task == *task_id);
    if let Some(mut line) = line {
        let qty: i64 = units.iter().map(|unit| unit.qty).sum();
        line.picked -= qty;
        let alive = task.as_ref().is_some_and(|task| !entity::is_over(task));
        if alive && line.state == LineState::Done && line.picked < line.qty {
            line.state = LineState::Open;
        }
        write(act, task.as_ref(), &line).await?;
        if line.state == LineState::Open && !is_cancelled(act.tx, warehouse, &line.order).await? {
            let before = promise::held(act.tx, warehouse, Of::Line(&line.id)).await?;
            promise::restore(act, &line, qty.min(line.open_qty() - before), units).await?;
        }
        settle_line(act.tx, warehouse, &line.order_line, Delta { picked: -qty, ..Delta::default() }).await?;
        for unit in units {
            picks::add(
                act.tx,
                warehouse,
                &picks::Of { order: &line.order, line: &line.order_line, item },
                unit,
                tote,
                -unit.qty,
            )
            .await?;
        }
        packing::refresh(act.tx, act.changes, &line.order, act.now).await?;
    }
    Ok(Ok(()))
}

/// The fact that an `Undone` names. Where facts were re-numbered it names the old pair; after a fork
/// that pair is another fact's here, so what was re-numbered together is looked for first.
pub(super) async fn target(act: &Act<'_>, epoch: u64, seq: u64) -> Result<Option<Row>> {
    let values = vals![act.warehouse(), act.device, epoch.cast_signed(), seq.cast_signed()];
    let direct = act
        .tx
        .row(
            "SELECT epoch, seq, bytes, outcome, undone FROM fact_log \
             WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4 AND dup_of = ''",
            values,
        )
        .await?;
    let moved = act
        .tx
        .row(
            "SELECT epoch, seq, bytes, outcome, undone FROM fact_log WHERE warehouse_id = $1 AND device = $2 \
             AND was_epoch > 0 AND was_epoch = $3 AND was_seq = $4 AND dup_of = '' ORDER BY epoch, seq LIMIT 1",
            values,
        )
        .await?;
    let together = act.was.is_some_and(|was| was.epoch == epoch);
    Ok(if together { moved.or(direct) } else { direct.or(moved) })
}

pub(super) fn decoded(bytes: &[u8]) -> Option<Fact> {
    let mut fact: Value = serde_json::from_slice(bytes).ok()?;
    let object = fact.as_object_mut()?;
    object.insert("prev".to_owned(), Value::from(""));
    object.insert("hash".to_owned(), Value::from(""));
    serde_json::from_value::<WireFact>(fact).ok()?.decode().ok()
}

/// Whether each move finds its units where it takes them.
pub(super) async fn still_there(act: &Act<'_>, moves: &[Move]) -> Result<bool> {
    for what in moves {
        let row = act
            .tx
            .row(
                "SELECT qty FROM balance WHERE warehouse_id = $1 AND location = $2 AND item = $3 AND lot = $4 \
                 AND serial = $5 AND handling_unit = $6 AND status = $7 AND qty >= $8",
                vals![
                    act.warehouse(),
                    &what.from.location,
                    &what.item,
                    &what.lot,
                    &what.serial,
                    &what.from.handling_unit,
                    what.from.status.as_str(),
                    what.qty
                ],
            )
            .await?;
        if row.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
