//! Packing that is known only after its carton has left: what was put in left with it, what was taken out did not.

use super::effect::Act;
use crate::db::Row;
use crate::entity;
use crate::error::Result;
use crate::ledger;
use crate::orders::sums::{Delta, settle_line};
use crate::outbound::cartons::Held;
use crate::outbound::shipments;
use crate::vals;
use floorhand_domain::fact::Units;
use floorhand_domain::id::{ItemId, LocationId, OrderLineId};
use floorhand_domain::outbound::CartonState;
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::ShippedLine;
use floorhand_domain::stock::{CUSTOMER, Move, Place, Status};
use floorhand_wire::feed::kind;

/// The reason of moves that take back what never left.
pub(crate) const UNSHIPPED: &str = "unshipped";

/// Whether a carton has left; a fact that changes what is in it is flagged then.
pub(super) fn has_left(act: &mut Act<'_>, held: &Held) -> bool {
    let left = held.carton.state == CartonState::Shipped;
    if left {
        act.flag(Reason::HuElsewhere, format!("handling-unit:{}", held.carton.id), "the carton has left already");
    }
    left
}

/// What was packed into a carton that has left, left with it. The fact's own moves have put it in.
pub(super) async fn packed(
    act: &mut Act<'_>,
    held: &Held,
    at: &LocationId,
    (line, item, units): (&OrderLineId, &ItemId, &[Units]),
    head: Option<&Row>,
) -> Result<()> {
    let warehouse = act.warehouse();
    let source = act.ledger_source();
    let carton = &held.carton.id;
    for unit in units {
        let place = |location: &LocationId| Place {
            location: location.clone(),
            handling_unit: carton.clone(),
            status: Status::Allocated,
        };
        let what = Move {
            item: item.clone(),
            lot: unit.lot.clone(),
            serial: unit.serial.clone(),
            qty: unit.qty,
            from: place(at),
            to: place(&CUSTOMER.into()),
        };
        ledger::post(act.tx, act.changes, &what, "shipped", &source).await?;
        let rows = rows(act, held).await?;
        let same = |row: &&ShippedLine| {
            row.line == *line && row.item == *item && row.lot == unit.lot && row.serial == unit.serial
        };
        if let Some(known) = rows.iter().find(same) {
            set(act, &ShippedLine { qty: known.qty + unit.qty, ..known.clone() }).await?;
            continue;
        }
        let number = |row: &ShippedLine| row.id.rsplit_once(':').and_then(|(_, n)| n.parse::<u32>().ok()).unwrap_or(0);
        let next = rows.iter().map(number).max().unwrap_or(0).saturating_add(1);
        let known = entity::item(act.tx, item).await?;
        let row = ShippedLine {
            id: format!("{carton}:{next}"),
            order: held.carton.order.clone(),
            line: line.clone(),
            carton: carton.clone(),
            tracking: held.carton.tracking.clone(),
            item: item.clone(),
            lot: unit.lot.clone(),
            serial: unit.serial.clone(),
            qty: unit.qty,
            returned: 0,
            unit_grams: known.as_ref().map_or(0, |item| item.weight_grams),
            value_minor: known.as_ref().map_or(0, |item| item.value_minor),
            channel: head.map(|row| row.text("channel")).transpose()?.unwrap_or_default(),
        };
        crate::returns::shipped::insert(act.tx, act.changes, &row, act.now).await?;
    }
    if !line.is_none() {
        let qty: i64 = units.iter().map(|unit| unit.qty).sum();
        settle_line(act.tx, warehouse, line, Delta { shipped: qty, ..Delta::default() }).await?;
    }
    Ok(())
}

/// What was taken out of a carton before it left is in the building: back into the carton at the bench, from which the
/// fact's own moves take it. What the carton did not have stays for these to find missing.
pub(super) async fn unpacked(
    act: &mut Act<'_>,
    held: &Held,
    at: &LocationId,
    (line, item, units): (&OrderLineId, &ItemId, &[Units]),
) -> Result<()> {
    let warehouse = act.warehouse();
    let source = act.ledger_source();
    let carton = &held.carton.id;
    for unit in units {
        let mut left = unit.qty;
        let mut rows = rows(act, held).await?;
        rows.retain(|row| row.item == *item && row.lot == unit.lot && row.serial == unit.serial);
        rows.sort_by_key(|row| row.line != *line);
        for row in rows {
            let by = left.min(row.qty - row.returned);
            if by <= 0 {
                continue;
            }
            let Some(status) = outside(act, held, item, unit, by).await? else { continue };
            left -= by;
            let place =
                |location: &LocationId| Place { location: location.clone(), handling_unit: carton.clone(), status };
            let what = Move {
                item: item.clone(),
                lot: unit.lot.clone(),
                serial: unit.serial.clone(),
                qty: by,
                from: place(&CUSTOMER.into()),
                to: place(at),
            };
            ledger::post(act.tx, act.changes, &what, UNSHIPPED, &source).await?;
            set(act, &ShippedLine { qty: row.qty - by, ..row.clone() }).await?;
            if !row.line.is_none() {
                settle_line(act.tx, warehouse, &row.line, Delta { shipped: -by, ..Delta::default() }).await?;
            }
        }
    }
    Ok(())
}

/// The status in which the customer has so many units out of a carton.
async fn outside(act: &Act<'_>, held: &Held, item: &ItemId, unit: &Units, qty: i64) -> Result<Option<Status>> {
    let rows = act
        .tx
        .rows(
            "SELECT status FROM balance WHERE warehouse_id = $1 AND location = $2 AND item = $3 AND lot = $4 \
             AND serial = $5 AND handling_unit = $6 AND qty >= $7 ORDER BY status",
            vals![act.warehouse(), CUSTOMER, item, &unit.lot, &unit.serial, &held.carton.id, qty],
        )
        .await?;
    rows.first().map(|row| row.str("status").map(Status::parse)).transpose().map(Option::flatten)
}

async fn rows(act: &Act<'_>, held: &Held) -> Result<Vec<ShippedLine>> {
    act.tx
        .lock(
            "SELECT * FROM shipped WHERE warehouse_id = $1 AND carton = $2 ORDER BY id || ''",
            vals![act.warehouse(), &held.carton.id],
        )
        .await?
        .iter()
        .map(shipments::line_of)
        .collect()
}

async fn set(act: &mut Act<'_>, row: &ShippedLine) -> Result<()> {
    let warehouse = act.warehouse();
    if row.qty == 0 {
        act.tx.execute("DELETE FROM shipped WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &row.id]).await?;
        act.changes.delete_here(kind::SHIPPED, &row.id);
        return Ok(());
    }
    act.tx
        .execute("UPDATE shipped SET qty = $3 WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &row.id, row.qty])
        .await?;
    act.changes.put_here(kind::SHIPPED, &row.id, row)
}
