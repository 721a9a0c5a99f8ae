//! What came in is to be put away.

use super::effect::Act;
use crate::entity;
use crate::error::Result;
use crate::inbound::rows::Brought;
use crate::putaway::{self, Away};
use crate::vals;
use floorhand_domain::master::LocationKind;
use floorhand_domain::stock::Move;

/// What moves brought out of transit.
pub(super) fn to_shelves(released: &[Move]) -> Vec<Away> {
    let away = |what: &Move| Away {
        at: what.to.location.clone(),
        item: what.item.clone(),
        lot: what.lot.clone(),
        serial: what.serial.clone(),
        status: what.to.status,
        qty: what.qty,
        handling_unit: what.to.handling_unit.clone(),
    };
    released.iter().map(away).collect()
}

/// What was set aside as it came: damaged, too much, or not expected.
pub(super) fn to_quarantine(brought: &[&Brought]) -> Vec<Away> {
    let away = |row: &&Brought| Away {
        at: row.location.clone(),
        item: row.item.clone(),
        lot: row.lot.clone(),
        serial: row.serial.clone(),
        status: row.status,
        qty: row.qty,
        handling_unit: row.handling_unit.clone(),
    };
    brought.iter().map(away).collect()
}

/// Opens the task that puts goods away, to shelves, to quarantine and to what is damaged. Goods that are in a bin by
/// now stay there, and what somebody took away before its receipt was known is not there.
pub(super) async fn open_put_away(act: &mut Act<'_>, goods: Vec<Away>) -> Result<()> {
    let mut asked: Vec<Away> = Vec::new();
    for one in goods {
        let at = entity::location(act.tx, act.warehouse(), &one.at).await?;
        if at.is_none_or(|at| at.kind == LocationKind::Bin) {
            continue;
        }
        let told: i64 = asked.iter().filter(|own| same(own, &one)).map(|own| own.qty).sum();
        let qty = one.qty.min(booked(act, &one).await? - told);
        if qty > 0 {
            asked.push(Away { qty, ..one });
        }
    }
    putaway::open_task(act.tx, act.changes, &asked, act.now).await?;
    Ok(())
}

fn same(a: &Away, b: &Away) -> bool {
    Away { qty: 0, ..a.clone() } == Away { qty: 0, ..b.clone() }
}

/// Units that the book has of these goods where they stand.
pub(super) async fn booked(act: &Act<'_>, one: &Away) -> Result<i64> {
    act.tx
        .row(
            "SELECT qty FROM balance WHERE warehouse_id = $1 AND location = $2 AND item = $3 AND lot = $4 AND serial = $5 \
             AND handling_unit = $6 AND status = $7",
            vals![
                act.warehouse(),
                &one.at,
                &one.item,
                &one.lot,
                &one.serial,
                &one.handling_unit,
                one.status.as_str()
            ],
        )
        .await?
        .map_or(Ok(0), |row| row.i64("qty"))
}
