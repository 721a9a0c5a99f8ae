//! Where returned units are put: the ledger, their handling unit, and the work that brings them to a shelf.

use super::judge::Came;
use crate::entity;
use crate::error::Result;
use crate::ledger;
use crate::push::effect::Act;
use crate::push::put_away::booked;
use crate::push::{moved, pick};
use crate::putaway::{self, Away, rules};
use crate::vals;
use floorhand_domain::id::{ItemId, Lot};
use floorhand_domain::master::{Item, LocationKind};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Move, Status};

/// The reason of moves that bring goods back.
pub(crate) const RETURNED: &str = "returned";
/// The reason of moves that give them their disposition.
pub(crate) const DISPOSED: &str = "disposed";

/// Books the units at their place. `moves` = those of the fact; `status` = what the units get, `forced` where that
/// is not what the fact says.
pub(super) async fn book(
    act: &mut Act<'_>,
    came: &Came<'_>,
    kept: &Item,
    moves: Vec<Move>,
    (status, forced): (Status, bool),
) -> Result<()> {
    keep_lot(act, came).await?;
    into_unit(act, came).await?;
    if !forced {
        standing(act, came, kept, status).await?;
    }
    let source = act.ledger_source();
    let mut last = None;
    for mut what in moves {
        let disposed = what.from.status == Status::Returned;
        if disposed {
            what.to.status = status;
        }
        if what.from != what.to {
            let reason = if disposed { DISPOSED } else { RETURNED };
            ledger::post(act.tx, act.changes, &what, reason, &source).await?;
        }
        last = Some(what);
    }
    if let Some(what) = last {
        // Only now: a unit that was picked before its return was known is at one place again.
        pick::once(act, &what).await?;
        put_away(act, &what).await?;
    }
    putaway::refresh(act.tx, act.changes, came.location).await
}

async fn keep_lot(act: &Act<'_>, came: &Came<'_>) -> Result<()> {
    if came.lot.is_none() {
        return Ok(());
    }
    act.tx
        .execute(
            "INSERT INTO lot (warehouse_id, item, lot, expiry) VALUES ($1, $2, $3, '') \
             ON CONFLICT (warehouse_id, item, lot) DO NOTHING",
            vals![act.warehouse(), came.item, came.lot],
        )
        .await
        .map(|_| ())
}

/// The handling unit is where the units were put, with all that is in it.
async fn into_unit(act: &mut Act<'_>, came: &Came<'_>) -> Result<()> {
    if came.unit.is_none() {
        return Ok(());
    }
    let unit = moved::known_unit(act, came.unit, came.location).await?;
    if !unit.order.is_none() || unit.sealed {
        act.flag(Reason::HuRule, format!("handling-unit:{}", unit.id), "it is an order's, or sealed");
    }
    if unit.location != *came.location {
        moved::bring(act, &unit, came.location, &unit.parent).await?;
    }
    Ok(())
}

/// Flags units that may not stand where they were put.
async fn standing(act: &mut Act<'_>, came: &Came<'_>, kept: &Item, status: Status) -> Result<()> {
    let warehouse = act.warehouse();
    let Some(place) = entity::location(act.tx, warehouse, came.location).await? else { return Ok(()) };
    let there = putaway::standing(act.tx, warehouse, came.location).await?;
    let goods =
        rules::Goods { item: came.item.clone(), class: kept.class, lot: came.lot.clone(), status, qty: came.qty };
    if let Err(reason) = rules::may_stand(&place, &there, &goods) {
        let detail = format!("{} {} were put there", came.qty, status.as_str());
        act.flag(reason, format!("{}|{}", came.location, came.item), detail);
    }
    Ok(())
}

/// Units that are not where they belong are to be put away: what is in no bin, or in one for another status. A
/// handling unit is put away once, with all that is in it, however many inspections fill it; loose units that somebody
/// took away before their return was known are not there.
async fn put_away(act: &mut Act<'_>, what: &Move) -> Result<()> {
    let warehouse = act.warehouse();
    let place = entity::location(act.tx, warehouse, &what.to.location).await?;
    if place.is_none_or(|place| place.kind == LocationKind::Bin && place.status == what.to.status) {
        return Ok(());
    }
    let asked = act
        .tx
        .rows(
            "SELECT l.* FROM task t JOIN task_line l ON l.warehouse_id = t.warehouse_id AND l.task = t.id \
             WHERE t.warehouse_id = $1 AND t.state IN ('open', 'claimed') AND t.kind = 'put-away' AND l.state = 'open' \
             AND l.handling_unit = $2 AND l.handling_unit <> '' ORDER BY l.id LIMIT 1",
            vals![warehouse, &what.to.handling_unit],
        )
        .await?;
    if let Some(row) = asked.first() {
        let mut line = entity::line_of(row)?;
        line.qty = line.qty.saturating_add(what.qty);
        if line.item != what.item {
            (line.item, line.lot) = (ItemId::default(), Lot::default());
        } else if line.lot != what.lot {
            line.lot = Lot::default();
        }
        return entity::put_line(act.tx, act.changes, &line).await;
    }
    let mut one = Away {
        at: what.to.location.clone(),
        item: what.item.clone(),
        lot: what.lot.clone(),
        serial: what.serial.clone(),
        status: what.to.status,
        qty: what.qty,
        handling_unit: what.to.handling_unit.clone(),
    };
    let goods = if one.handling_unit.is_none() {
        one.qty = one.qty.min(booked(act, &one).await?);
        vec![one]
    } else {
        putaway::content(act.tx, warehouse, &one).await?
    };
    putaway::open_task(act.tx, act.changes, &goods, act.now).await.map(|_| ())
}
