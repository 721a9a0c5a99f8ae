//! Moves: units of an item, whole handling units, and whether a place is empty.

use super::approved;
use super::effect::{Act, Effect, Stop, finish_task};
use super::pick::{self, UNITS_MAX};
use super::tote;
use crate::entity;
use crate::error::{Error, Result};
use crate::ledger;
use crate::orders::follow::{Went, follow};
use crate::putaway::rules::{Goods, may_stand};
use crate::putaway::{self, replenish};
use crate::vals;
use floorhand_domain::fact::{Fact, content_moves};
use floorhand_domain::id::{HandlingUnitId, ItemId, LineId, LocationId, TaskId};
use floorhand_domain::master::{HandlingUnit, HandlingUnitKind, LocationKind};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Move, Status};
use floorhand_domain::task::{Line, LineState, TaskKind};

/// Handling units on one another that move together at the most.
const NESTED_MAX: usize = 500;

/// `Moved`.
pub(super) async fn moved(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::Moved { task, line, unit, item, units, from, to, into, .. } = fact else {
        return Err(Error::Stored("not a move".to_owned()));
    };
    let whole = !unit.is_none();
    let plain = whole == units.is_empty()
        && (whole || !item.is_none())
        && units.iter().all(|one| one.qty > 0 && one.qty <= UNITS_MAX && (one.serial.is_none() || one.qty == 1))
        && !ledger::is_outside(from)
        && !ledger::is_outside(to)
        && (into.is_none() || into != unit);
    if !plain {
        return Ok(Err(Stop::Reject(Reason::BadFact, "units or places do not read".to_owned())));
    }
    if !whole && entity::item(act.tx, item).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("item {item} is not known"))));
    }
    for place in [from, to] {
        if entity::location(act.tx, act.warehouse(), place).await?.is_none() {
            return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {place} is not known"))));
        }
    }
    let moves = if whole { whole_unit(act, unit, from, to, into).await? } else { part(act, fact).await? };
    // What was put back leaves its tote free.
    for emptied in units.iter().map(|one| &one.handling_unit).chain([unit]).filter(|id| !id.is_none()) {
        tote::free(act, emptied).await?;
    }
    let qty = units.iter().map(|one| one.qty).sum();
    allocations(act, fact, &moves).await?;
    standing(act, &moves, to).await?;
    progress(act, task, line, unit, qty).await?;
    if whole {
        overtaken(act, unit, line, to).await?;
    } else {
        forestalled(act, from, item, line).await?;
    }
    putaway::refresh(act.tx, act.changes, to).await?;
    Ok(Ok(()))
}

/// Units of an item, loose or out of and into handling units.
async fn part(act: &mut Act<'_>, fact: &Fact) -> Result<Vec<Move>> {
    if let Fact::Moved { into, to, .. } = fact
        && !into.is_none()
    {
        let unit = known_unit(act, into, to).await?;
        if unit.location != *to {
            bring(act, &unit, to, &unit.parent).await?;
        }
    }
    let moves = fact.moves();
    pick::post(act, &moves, "move").await?;
    Ok(moves)
}

/// A handling unit with all that is in and on it, wherever the book has it.
async fn whole_unit(
    act: &mut Act<'_>,
    id: &HandlingUnitId,
    from: &LocationId,
    to: &LocationId,
    into: &HandlingUnitId,
) -> Result<Vec<Move>> {
    let unit = known_unit(act, id, from).await?;
    if unit.location != *from {
        let detail = format!("the book had it at {}, it was taken at {from}", unit.location);
        act.flag(Reason::HuElsewhere, format!("handling-unit:{id}"), detail);
    }
    let mut parent = into.clone();
    if !into.is_none() {
        let outer = known_unit(act, into, to).await?;
        if nested(act, id).await?.iter().any(|inner| inner.id == *into) {
            act.flag(Reason::HuRule, format!("handling-unit:{into}"), format!("it stands in or on {id}"));
            parent = HandlingUnitId::default();
        } else if outer.location != *to {
            bring(act, &outer, to, &outer.parent).await?;
        }
    }
    move_unit(act, &unit, to, &parent).await
}

/// Something was put into a handling unit that the book has elsewhere: the scan is believed.
pub(super) async fn bring(
    act: &mut Act<'_>,
    unit: &HandlingUnit,
    to: &LocationId,
    parent: &HandlingUnitId,
) -> Result<()> {
    if !unit.location.is_none() {
        let detail = format!("the book had it at {}, it is at {to}", unit.location);
        act.flag(Reason::HuElsewhere, format!("handling-unit:{}", unit.id), detail);
    }
    move_unit(act, unit, to, parent).await?;
    overtaken(act, &unit.id, &LineId::default(), to).await
}

/// Posts the content of a handling unit and of all in and on it to a location.
async fn move_unit(
    act: &mut Act<'_>,
    unit: &HandlingUnit,
    to: &LocationId,
    parent: &HandlingUnitId,
) -> Result<Vec<Move>> {
    let warehouse = act.warehouse();
    let mut units = vec![HandlingUnit { parent: parent.clone(), ..unit.clone() }];
    units.extend(nested(act, &unit.id).await?);
    let mut moves = Vec::new();
    for mut unit in units {
        let content = ledger::content_of(act.tx, warehouse, &unit.id).await?;
        moves.extend(content_moves(&content, to));
        unit.location = to.clone();
        entity::put_handling_unit(act.tx, act.changes, &unit).await?;
    }
    pick::post(act, &moves, "move").await?;
    Ok(moves)
}

/// A handling unit by its label. One that is not in the book is there all the same.
pub(super) async fn known_unit(act: &mut Act<'_>, id: &HandlingUnitId, at: &LocationId) -> Result<HandlingUnit> {
    if let Some(unit) = entity::handling_unit(act.tx, act.warehouse(), id).await? {
        return Ok(unit);
    }
    act.flag(Reason::UnknownReference, format!("handling-unit:{id}"), "it was not known; it is now");
    let unit = HandlingUnit {
        id: id.clone(),
        kind: HandlingUnitKind::Carton,
        location: at.clone(),
        ..HandlingUnit::default()
    };
    entity::put_handling_unit(act.tx, act.changes, &unit).await?;
    Ok(unit)
}

/// What stands in or on a handling unit, at any depth.
async fn nested(act: &Act<'_>, id: &HandlingUnitId) -> Result<Vec<HandlingUnit>> {
    let mut found: Vec<HandlingUnit> = Vec::new();
    let mut next = vec![id.clone()];
    while let Some(parent) = next.pop() {
        let rows = act
            .tx
            .lock(
                "SELECT * FROM handling_unit WHERE warehouse_id = $1 AND parent = $2 AND parent <> '' ORDER BY id",
                vals![act.warehouse(), &parent],
            )
            .await?;
        for row in &rows {
            let unit = entity::handling_unit_of(row)?;
            if unit.id == *id || found.iter().any(|known| known.id == unit.id) || found.len() >= NESTED_MAX {
                continue;
            }
            next.push(unit.id.clone());
            found.push(unit);
        }
    }
    Ok(found)
}

/// Promises follow what moved. That needs a supervisor, and picked stock does not move at all: what was
/// done all the same is flagged.
async fn allocations(act: &mut Act<'_>, fact: &Fact, moves: &[Move]) -> Result<()> {
    let picked = moves.iter().find(|what| what.from.status == Status::Allocated);
    if let Some(what) = picked {
        let subject = format!("{}|{}", what.from.location, what.item);
        act.flag(Reason::Allocated, subject, "it was picked for an order");
    }
    let mut followed: Vec<(ItemId, LocationId, i64)> = Vec::new();
    for what in moves.iter().filter(|what| what.from.status == Status::Available) {
        let went = Went {
            item: &what.item,
            lot: &what.lot,
            from: (&what.from.location, &what.from.handling_unit),
            to: (&what.to.location, &what.to.handling_unit),
            qty: what.qty,
        };
        let qty = follow(act.tx, act.changes, &went).await?;
        match followed.iter_mut().find(|(item, ..)| *item == what.item) {
            Some((_, _, sum)) => *sum += qty,
            None if qty > 0 => followed.push((what.item.clone(), what.from.location.clone(), qty)),
            None => {}
        }
    }
    // Asked for were the units in the hand; of a whole handling unit, those of one of its items.
    let taken = match fact {
        Fact::Moved { units, .. } => units.iter().fold(0i64, |sum, one| sum.saturating_add(one.qty)),
        _ => 0,
    };
    for (item, _, promised) in &followed {
        let qty = if taken > 0 { taken } else { *promised };
        if approved::holds(act, &fact.aggregate(), &[Reason::Allocated], item, qty).await? {
            return Ok(());
        }
    }
    if let Some((item, location, qty)) = followed.first() {
        act.flag(Reason::Allocated, format!("{location}|{item}"), format!("{qty} of it are promised to orders"));
    }
    Ok(())
}

/// Flags goods that may not stand where they were put, by the book of now. The first fault is enough.
async fn standing(act: &mut Act<'_>, moves: &[Move], to: &LocationId) -> Result<()> {
    let warehouse = act.warehouse();
    let Some(place) = entity::location(act.tx, warehouse, to).await? else { return Ok(()) };
    let there = putaway::standing(act.tx, warehouse, to).await?;
    for what in moves.iter().filter(|what| what.from.location != *to) {
        let mut beside = there.clone();
        if let Some(own) = beside.iter_mut().find(|own| own.item == what.item && own.lot == what.lot) {
            own.qty -= what.qty;
        }
        let class = entity::item(act.tx, &what.item).await?.map(|item| item.class).unwrap_or_default();
        let goods =
            Goods { item: what.item.clone(), class, lot: what.lot.clone(), status: what.to.status, qty: what.qty };
        if let Err(reason) = may_stand(&place, &beside, &goods) {
            act.flag(reason, format!("{to}|{}", what.item), format!("{} were put there", what.qty));
            return Ok(());
        }
    }
    Ok(())
}

/// The line goes on; a task that was opened on the floor is over with its move.
async fn progress(
    act: &mut Act<'_>,
    task_id: &TaskId,
    line_id: &LineId,
    unit: &HandlingUnitId,
    qty: i64,
) -> Result<()> {
    if task_id.is_none() {
        return Ok(());
    }
    let warehouse = act.warehouse();
    let Some(task) = act.task(task_id).await? else { return Ok(()) };
    let lines = entity::lines(act.tx, warehouse, task_id).await?;
    let named = lines.iter().find(|line| line.id == *line_id);
    if named.is_none() && !line_id.is_none() {
        act.flag(Reason::UnknownReference, format!("line:{line_id}"), "the line is not one of the task");
    }
    if named.is_some_and(|line| line.state != LineState::Open) && task.device.as_str() != act.device {
        act.flag(Reason::ClaimLost, format!("task:{task_id}"), "the line was closed by somebody else");
    }
    // A whole handling unit does every line of the task that is about it.
    let done = lines.iter().filter(|line| {
        Some(&line.id) == named.map(|named| &named.id)
            || (named.is_some() && !unit.is_none() && line.handling_unit == *unit && line.state == LineState::Open)
    });
    for line in done.cloned().collect::<Vec<_>>() {
        let mut line = line;
        line.picked += if unit.is_none() { qty } else { (line.qty - line.picked).max(0) };
        if line.state == LineState::Open && line.picked >= line.qty {
            line.state = LineState::Done;
        }
        pick::write(act, Some(&task), &line).await?;
    }
    finish_task(act, task_id).await
}

/// Others were asked to put the same handling unit away: where it stands in a bin that is done, else they
/// find it where it is.
async fn overtaken(act: &mut Act<'_>, unit: &HandlingUnitId, line: &LineId, to: &LocationId) -> Result<()> {
    let warehouse = act.warehouse();
    let stored = entity::location(act.tx, warehouse, to).await?.is_some_and(|place| place.kind == LocationKind::Bin);
    let rows = act
        .tx
        .rows(
            "SELECT l.* FROM task t JOIN task_line l ON l.warehouse_id = t.warehouse_id AND l.task = t.id \
             WHERE t.warehouse_id = $1 AND t.state IN ('open', 'claimed') AND t.kind = 'put-away' \
             AND l.state = 'open' AND l.handling_unit = $2 AND l.id <> $3 ORDER BY l.id",
            vals![warehouse, unit, line],
        )
        .await?;
    for row in &rows {
        let mut other = entity::line_of(row)?;
        other.location = to.clone();
        if stored {
            other.state = LineState::Cancelled;
        }
        entity::put_line(act.tx, act.changes, &other).await?;
        if stored {
            finish_task(act, &other.task).await?;
        }
    }
    Ok(())
}

/// Others were asked to put the same loose goods away: what is no longer there is not asked for. What is left is one
/// line's or another's, not each one's.
async fn forestalled(act: &mut Act<'_>, from: &LocationId, item: &ItemId, line: &LineId) -> Result<()> {
    let warehouse = act.warehouse();
    let rows = act
        .tx
        .rows(
            "SELECT l.* FROM task t JOIN task_line l ON l.warehouse_id = t.warehouse_id AND l.task = t.id \
             WHERE t.warehouse_id = $1 AND t.state IN ('open', 'claimed') AND t.kind = 'put-away' AND l.state = 'open' \
             AND l.location = $2 AND l.item = $3 AND l.handling_unit = '' AND l.id <> $4 ORDER BY l.id",
            vals![warehouse, from, item, line],
        )
        .await?;
    let mut kept: Vec<Line> = Vec::new();
    for row in &rows {
        let mut other = entity::line_of(row)?;
        let there: i64 = act
            .tx
            .row(
                "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS qty FROM balance WHERE warehouse_id = $1 \
                 AND location = $2 AND item = $3 AND lot = $4 AND handling_unit = '' AND status = $5 \
                 AND (serial = $6 OR $6 = '')",
                vals![warehouse, from, item, &other.lot, other.plan.status.as_str(), &other.serial],
            )
            .await?
            .map_or(Ok(0), |row| row.i64("qty"))?;
        let same = kept.iter().filter(|own| {
            own.lot == other.lot
                && own.plan.status == other.plan.status
                && (other.serial.is_none() || own.serial == other.serial)
        });
        let left = there - same.map(Line::open_qty).sum::<i64>();
        if left >= other.open_qty() {
            kept.push(other);
            continue;
        }
        if left > 0 {
            other.qty = other.picked + left;
        } else {
            other.state = LineState::Cancelled;
        }
        entity::put_line(act.tx, act.changes, &other).await?;
        if other.state != LineState::Open {
            finish_task(act, &other.task).await?;
        }
        kept.push(other);
    }
    Ok(())
}

/// `ZeroChecked`: what the eye and the book say of a place must be the same, else somebody counts. The
/// rest of a move whose source is empty is open work again.
pub(super) async fn zero_checked(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::ZeroChecked { task, line, location, item, empty } = fact else {
        return Err(Error::Stored("not a look at a place".to_owned()));
    };
    if let Err(stop) = pick::known(act, item, location).await? {
        return Ok(Err(stop));
    }
    let warehouse = act.warehouse();
    let booked: i64 = act
        .tx
        .row(
            "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS qty FROM balance \
             WHERE warehouse_id = $1 AND location = $2 AND item = $3",
            vals![warehouse, location, item],
        )
        .await?
        .map_or(Ok(0), |row| row.i64("qty"))?;
    if !*empty || booked != 0 {
        act.count(location, item, "zero-check").await?;
    }
    if !*empty || task.is_none() {
        return Ok(Ok(()));
    }
    let Some(known) = act.task(task).await? else { return Ok(Ok(())) };
    let found = entity::line(act.tx, warehouse, line).await?.filter(|line| line.task == *task);
    let moves = matches!(known.kind, TaskKind::Move | TaskKind::PutAway);
    let Some(mut found) = found.filter(|line| moves && line.state == LineState::Open && line.location == *location)
    else {
        return Ok(Ok(()));
    };
    let rest = found.open_qty();
    found.state = if rest == 0 { LineState::Done } else { LineState::Short };
    pick::write(act, Some(&known), &found).await?;
    finish_task(act, task).await?;
    if rest > 0 && known.kind == TaskKind::Move && !found.plan.to.is_none() {
        let (_, qty) =
            replenish::bring(act.tx, act.changes, &found.item, &found.plan.to, rest, location.as_str(), act.now)
                .await?;
        if qty < rest {
            let subject = format!("{}|{}", found.plan.to, found.item);
            act.ask("REPLENISH_SHORT", &subject, &format!("{} of {rest} are nowhere to be had", rest - qty)).await?;
        }
    }
    Ok(Ok(()))
}
