//! Goods that come in: received, received without a known name, taken back. What somebody has in front
//! of them is booked whatever the book says; what nobody planned, or is too much, is quarantined.

use super::approved;
use super::effect::{Act, Effect, Stop};
use super::pick::{UNITS_MAX, known, post, still_there};
use super::put_away::open_put_away;
use super::receipt;
use crate::db::Row;
use crate::entity;
use crate::error::{Error, Result};
use crate::inbound::rows::{self, Brought, Line, Receipt};
use crate::inbound::settle;
use crate::inbound::state::{DeliveryLineState, Machine, OrderState, ReceiptState, UnitEvent, UnitState};
use crate::ledger;
use crate::putaway::Away;
use crate::vals;
use floorhand_domain::fact::{Fact, ReceivedUnits, content_moves};
use floorhand_domain::id::{
    DeliveryId, HandlingUnitId, ItemId, LineId, LocationId, Lot, OperatorId, ReceiptId, Serial,
};
use floorhand_domain::master::{HandlingUnit, HandlingUnitKind, Role};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Move, Place, SUPPLIER, Status};
use floorhand_gs1::Gtin;

/// The reason of moves that bring goods in.
pub(crate) const RECEIVED: &str = "received";
/// Percent above the ordered quantity that a supervisor lets in; a manager lets in any (workflows, section 0.7).
const SUPERVISOR_OVER_PERCENT: i64 = 20;

/// Rules that a supervisor may set aside for goods that come in.
const DECISIONS: [Reason; 3] = [Reason::ReceiptOver, Reason::ShelfLife, Reason::SerialSeen];

/// The reason of moves that set goods aside.
pub(super) const QUARANTINE: &str = "quarantine";

/// `Received`.
pub(super) async fn received(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::Received {
        receipt: receipt_id,
        delivery,
        line: line_id,
        location,
        item,
        lot,
        expiry,
        units,
        handling_unit,
        new_unit,
        because,
        ..
    } = fact
    else {
        return Err(Error::Stored("not a receipt of goods".to_owned()));
    };
    let plain = |unit: &ReceivedUnits| {
        unit.qty > 0
            && unit.qty <= UNITS_MAX
            && (unit.serial.is_none() || unit.qty == 1)
            && matches!(unit.status, Status::InTransit | Status::Quarantined | Status::Damaged)
    };
    if receipt_id.is_none() || units.is_empty() || !units.iter().all(plain) {
        return Ok(Err(Stop::Reject(Reason::BadFact, "units or receipt do not read".to_owned())));
    }
    if let Err(stop) = known(act, item, location).await? {
        return Ok(Err(stop));
    }
    let receipt = receipt::of(act, receipt_id, delivery, location).await?;
    let (mut line, mut unplanned) = plan(act, &receipt, line_id, item).await?;
    if because.contains(&Reason::Unplanned) {
        unplanned.get_or_insert_with(|| "received as unexpected".to_owned());
    }
    keep_lot(act, item, lot, expiry.as_deref()).await?;
    if !handling_unit.is_none() {
        place_unit(act, handling_unit, new_unit.unwrap_or(HandlingUnitKind::Pallet), delivery, location).await?;
    }
    post(act, &fact.moves(), RECEIVED).await?;
    let subject = format!("{location}|{item}");
    for decision in DECISIONS {
        if !because.contains(&decision) {
            continue;
        }
        let qty = units.iter().fold(0i64, |sum, unit| sum.saturating_add(unit.qty));
        let aside = units.iter().filter(|unit| unit.status == Status::Quarantined).map(|unit| unit.qty).sum();
        let asked = match decision {
            Reason::ShelfLife => qty,
            // Unless they are set aside for another reason too.
            Reason::ReceiptOver if because.iter().all(|reason| DECISIONS.contains(reason)) => aside,
            _ => 0,
        };
        let Some(by) = approved::lets_in(act, receipt_id, decision, item, asked).await? else {
            act.flag(decision, &subject, "no approval of a supervisor holds");
            continue;
        };
        if decision == Reason::ReceiptOver
            && let Some(line) = &line
        {
            let came = line.of.received.saturating_add(qty);
            within_authority(act, &by, (line.of.ordered, came), &subject).await?;
        }
    }
    let sum = |status: Status| units.iter().filter(|unit| unit.status == status).map(|unit| unit.qty).sum::<i64>();
    let (good, held, damaged) = (sum(Status::InTransit), sum(Status::Quarantined), sum(Status::Damaged));
    let mut excess = 0;
    if let Some(line) = &mut line {
        settle::add(act.tx, act.changes, line, good + held + damaged, damaged).await?;
        let limit = line.of.limit(entity::settings(act.tx, act.warehouse()).await?.over_receipt_percent);
        let over = (line.of.received - limit).min(good + held + damaged);
        if over > 0 {
            let detail = format!("{} of {} ordered, {limit} at the most", line.of.received, line.of.ordered);
            act.flag(Reason::OverReceipt, format!("delivery-line:{}", line.of.id), detail);
            excess = (over - held).clamp(0, good);
        }
    }
    if let Some(why) = unplanned {
        act.flag(Reason::Unplanned, &subject, why);
        excess = good;
    }
    if because.contains(&Reason::Expired) {
        act.ask(Reason::Expired.code(), &subject, &format!("lot {lot} is past its date")).await?;
        excess = good;
    }
    let of = Brought {
        line: line.map(|line| line.of.id).unwrap_or_default(),
        item: item.clone(),
        lot: lot.clone(),
        serial: Serial::default(),
        location: location.clone(),
        handling_unit: handling_unit.clone(),
        qty: 0,
        status: Status::InTransit,
    };
    book(act, receipt_id, &of, units, excess).await?;
    if receipt.state == ReceiptState::Closed {
        // Nothing closes it again: what came late is set aside and put away now.
        let goods = units.iter().map(|unit| Away {
            at: location.clone(),
            item: item.clone(),
            lot: lot.clone(),
            serial: unit.serial.clone(),
            status: if unit.status == Status::Damaged { Status::Damaged } else { Status::Quarantined },
            qty: unit.qty,
            handling_unit: handling_unit.clone(),
        });
        open_put_away(act, goods.collect()).await?;
    }
    Ok(Ok(()))
}

/// Flags what is more than whoever allowed it may let in. `ordered` and `came`: units of the line.
async fn within_authority(
    act: &mut Act<'_>,
    by: &OperatorId,
    (ordered, came): (i64, i64),
    subject: &str,
) -> Result<()> {
    let limit = ordered.saturating_mul(100 + SUPERVISOR_OVER_PERCENT) / 100;
    if came <= limit {
        return Ok(());
    }
    if approved::roles(act, by).await?.contains(&Role::Manager) {
        return Ok(());
    }
    act.flag(Reason::ReceiptOver, subject, format!("{came} came, a supervisor lets in {limit} at the most"));
    Ok(())
}

/// The line that goods are for, and why they are unplanned, where they are.
async fn plan(
    act: &mut Act<'_>,
    receipt: &Receipt,
    line: &LineId,
    item: &ItemId,
) -> Result<(Option<Line>, Option<String>)> {
    let warehouse = act.warehouse();
    if receipt.delivery.is_none() {
        return Ok((None, Some("received without a delivery".to_owned())));
    }
    let Some(delivery) = rows::delivery(act.tx, warehouse, &receipt.delivery).await? else {
        return Ok((None, Some(format!("delivery {} is not known", receipt.delivery))));
    };
    let found = rows::line(act.tx, warehouse, line).await?;
    let Some(line) = found.filter(|line| line.of.delivery == delivery.id && line.of.item == *item) else {
        return Ok((None, Some(format!("no line of delivery {} asks for it", delivery.id))));
    };
    let order = rows::order_state(act.tx, warehouse, &line.of.order).await?;
    let why = if !delivery.state.is_open() {
        Some(format!("delivery {} is {}", delivery.id, entity::name(&delivery.state)))
    } else if order.is_some_and(|state| state != OrderState::Open) {
        Some(format!("purchase order {} is not open", line.of.order))
    } else if line.of.state == DeliveryLineState::Cancelled {
        Some(format!("line {} was withdrawn", line.of.id))
    } else if receipt.state == ReceiptState::Closed {
        Some(format!("receipt {} was closed before", receipt.id))
    } else {
        None
    };
    Ok((Some(line), why))
}

/// Notes a lot with its expiry. The book's date stands where the label has another.
async fn keep_lot(act: &mut Act<'_>, item: &ItemId, lot: &Lot, expiry: Option<&str>) -> Result<()> {
    if lot.is_none() {
        return Ok(());
    }
    let read = expiry.unwrap_or_default();
    match entity::expiry(act.tx, act.warehouse(), item, lot).await? {
        Some(book) if !read.is_empty() && book != read => {
            let detail = format!("the book says {book}, the label {read}");
            act.flag(Reason::LabelClash, format!("lot:{item}|{lot}"), detail);
        }
        Some(_) => {}
        None => entity::put_lot(act.tx, act.warehouse(), item, lot, read).await?,
    }
    Ok(())
}

/// The handling unit is at the dock now, with all that the book has in it.
async fn place_unit(
    act: &mut Act<'_>,
    id: &HandlingUnitId,
    kind: HandlingUnitKind,
    delivery: &DeliveryId,
    location: &LocationId,
) -> Result<()> {
    let found = entity::handling_unit(act.tx, act.warehouse(), id).await?;
    UnitState::of(found.as_ref()).after(UnitEvent::Meet)?;
    let mut unit = found.unwrap_or_else(|| HandlingUnit {
        id: id.clone(),
        kind,
        delivery: delivery.clone(),
        ..HandlingUnit::default()
    });
    if !unit.delivery.is_none() && unit.delivery != *delivery {
        act.flag(Reason::HuRule, format!("handling-unit:{id}"), format!("it is of delivery {}", unit.delivery));
    }
    if unit.delivery.is_none() {
        unit.delivery = delivery.clone();
    }
    let elsewhere = content_moves(&ledger::content_of(act.tx, act.warehouse(), id).await?, location);
    if let Some(first) = elsewhere.first() {
        act.flag(Reason::HuElsewhere, format!("handling-unit:{id}"), format!("it was at {}", first.from.location));
        post(act, &elsewhere, "found").await?;
    }
    unit.location = location.clone();
    entity::put_handling_unit(act.tx, act.changes, &unit).await
}

/// Notes what came, unit by unit, and quarantines the last `excess` good ones of them at once.
async fn book(
    act: &mut Act<'_>,
    receipt: &ReceiptId,
    of: &Brought,
    units: &[ReceivedUnits],
    mut excess: i64,
) -> Result<()> {
    let mut rows = Vec::new();
    for unit in units.iter().rev() {
        let aside = if unit.status == Status::InTransit { excess.min(unit.qty) } else { 0 };
        excess -= aside;
        for (qty, status) in [(aside, Status::Quarantined), (unit.qty - aside, unit.status)] {
            if qty > 0 {
                rows.push((Brought { serial: unit.serial.clone(), qty, status, ..of.clone() }, aside > 0));
            }
        }
    }
    let source = act.ledger_source();
    for (n, (row, split)) in (0i64..).zip(rows.iter().rev()) {
        note(act, receipt, row, n).await?;
        if *split && row.status == Status::Quarantined {
            let place =
                |status| Place { location: row.location.clone(), handling_unit: row.handling_unit.clone(), status };
            let aside = Move {
                item: row.item.clone(),
                lot: row.lot.clone(),
                serial: row.serial.clone(),
                qty: row.qty,
                from: place(Status::InTransit),
                to: place(Status::Quarantined),
            };
            ledger::post(act.tx, act.changes, &aside, QUARANTINE, &source).await?;
        }
    }
    Ok(())
}

async fn note(act: &Act<'_>, receipt: &ReceiptId, row: &Brought, n: i64) -> Result<()> {
    act.tx
        .execute(
            "INSERT INTO receipt_line (warehouse_id, src_device, src_epoch, src_seq, n, receipt, line, item, lot, serial, \
             location, handling_unit, qty, status, undone) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)",
            vals![
                act.warehouse(),
                act.device,
                act.epoch.cast_signed(),
                act.seq.cast_signed(),
                n,
                receipt,
                &row.line,
                &row.item,
                &row.lot,
                &row.serial,
                &row.location,
                &row.handling_unit,
                row.qty,
                row.status.as_str()
            ],
        )
        .await
        .map(|_| ())
}

/// `UnknownReceived`: waits until somebody names the code, and is quarantined then.
pub(super) async fn unknown(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::UnknownReceived { receipt: receipt_id, delivery, location, raw, words, qty, .. } = fact else {
        return Err(Error::Stored("not a receipt of unknown goods".to_owned()));
    };
    if receipt_id.is_none() || raw.is_empty() || *qty <= 0 || *qty > UNITS_MAX {
        return Ok(Err(Stop::Reject(Reason::BadFact, "code or quantity do not read".to_owned())));
    }
    if entity::location(act.tx, act.warehouse(), location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    let Some(item) = named(act, raw).await? else {
        return Ok(Err(Stop::Park(Reason::UnknownReference, format!("code {raw} has no item yet"))));
    };
    let receipt = receipt::of(act, receipt_id, delivery, location).await?;
    let place = |location: LocationId, status| Place { location, handling_unit: HandlingUnitId::default(), status };
    let what = Move {
        item: item.clone(),
        lot: Lot::default(),
        serial: Serial::default(),
        qty: *qty,
        from: place(SUPPLIER.into(), Status::Available),
        to: place(location.clone(), Status::Quarantined),
    };
    post(act, std::slice::from_ref(&what), RECEIVED).await?;
    act.flag(Reason::Unplanned, format!("{location}|{item}"), format!("code {raw}: {words}"));
    let row = Brought {
        line: LineId::default(),
        item,
        lot: Lot::default(),
        serial: Serial::default(),
        location: location.clone(),
        handling_unit: HandlingUnitId::default(),
        qty: *qty,
        status: Status::Quarantined,
    };
    note(act, receipt_id, &row, 0).await?;
    if receipt.state == ReceiptState::Closed {
        let away =
            Away { at: row.location, item: row.item, status: Status::Quarantined, qty: row.qty, ..Away::default() };
        open_put_away(act, vec![away]).await?;
    }
    Ok(Ok(()))
}

/// The item that a code stands for: as it was read, or as the GTIN that it is.
async fn named(act: &Act<'_>, raw: &str) -> Result<Option<ItemId>> {
    let gtin = Gtin::from_digits(raw).map(|gtin| gtin.as_str().to_owned()).unwrap_or_default();
    act.tx
        .row(
            "SELECT item FROM barcode WHERE warehouse_id = 0 AND code IN ($1, $2) \
             ORDER BY CASE WHEN code = $1 THEN 0 ELSE 1 END LIMIT 1",
            vals![raw, gtin],
        )
        .await?
        .map(|row| Ok(row.text("item")?.into()))
        .transpose()
}

/// A `Received` that its device takes back: it goes where it came from, while the receipt is open and
/// the goods are where they were put.
pub(super) async fn undone(act: &mut Act<'_>, fact: &Row, receipt: &ReceiptId, subject: &str) -> Effect {
    let warehouse = act.warehouse();
    let key = vals![warehouse, act.device, fact.i64("epoch")?, fact.i64("seq")?];
    let found = act
        .tx
        .rows(
            "SELECT * FROM receipt_line WHERE warehouse_id = $1 AND src_device = $2 AND src_epoch = $3 AND src_seq = $4 \
             AND undone = 0 ORDER BY n",
            key,
        )
        .await?
        .iter()
        .map(rows::brought_of)
        .collect::<Result<Vec<Brought>>>()?;
    let back: Vec<Move> = found
        .iter()
        .map(|row| Move {
            item: row.item.clone(),
            lot: row.lot.clone(),
            serial: row.serial.clone(),
            qty: row.qty,
            from: Place {
                location: row.location.clone(),
                handling_unit: row.handling_unit.clone(),
                status: row.status,
            },
            to: Place {
                location: SUPPLIER.into(),
                handling_unit: HandlingUnitId::default(),
                status: Status::Available,
            },
        })
        .collect();
    let open = rows::receipt(act.tx, warehouse, receipt).await?.is_some_and(|of| of.state == ReceiptState::Open);
    if found.is_empty() || !open || !still_there(act, &back).await? {
        act.flag(Reason::NotNow, subject, "what was received is not there to be taken back");
        return Ok(Ok(()));
    }
    post(act, &back, "undo").await?;
    act.tx
        .execute(
            "UPDATE receipt_line SET undone = 1 WHERE warehouse_id = $1 AND src_device = $2 AND src_epoch = $3 \
             AND src_seq = $4",
            key,
        )
        .await?;
    act.tx
        .execute(
            "UPDATE fact_log SET undone = 1 WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
            key,
        )
        .await?;
    for row in &found {
        if let Some(mut line) = rows::line(act.tx, warehouse, &row.line).await? {
            let damaged = if row.status == Status::Damaged { row.qty } else { 0 };
            settle::add(act.tx, act.changes, &mut line, -row.qty, -damaged).await?;
        }
    }
    Ok(Ok(()))
}
