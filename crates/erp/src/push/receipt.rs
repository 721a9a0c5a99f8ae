//! Receipts: opened, closed; and the photographs that belong to them.

use super::effect::{Act, Effect, Stop};
use super::put_away::{open_put_away, to_quarantine, to_shelves};
use super::receive::QUARANTINE;
use crate::entity;
use crate::error::{Error, Result};
use crate::inbound::rows::{self, Brought, Receipt};
use crate::inbound::settle;
use crate::inbound::state::{
    DeliveryEvent, DeliveryLineState, DeliveryState, LineEvent, Machine, ReceiptEvent, ReceiptState,
};
use crate::ledger;
use crate::putaway::Away;
use crate::vals;
use floorhand_domain::fact::{Awaiting, Fact, release_moves};
use floorhand_domain::id::{DeliveryId, LineId, LocationId, ReceiptId};
use floorhand_domain::inbound::{Came, Delivery, differs, is_held};
use floorhand_domain::master::Hold;
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Move, Status, Stock};
use std::collections::BTreeSet;

/// Characters of what a photograph's fact says at the most.
const PHOTO_TEXT_MAX: usize = 200;

/// The receipt of a fact. One that the core does not know yet is opened by whatever comes of it first.
pub(super) async fn of(
    act: &mut Act<'_>,
    id: &ReceiptId,
    delivery: &DeliveryId,
    location: &LocationId,
) -> Result<Receipt> {
    if let Some(known) = rows::receipt(act.tx, act.warehouse(), id).await? {
        return Ok(known);
    }
    let receipt = Receipt {
        id: id.clone(),
        delivery: delivery.clone(),
        location: location.clone(),
        device: act.device.to_owned(),
        operator: act.operator.to_owned(),
        opened_ms: act.now,
        ..Receipt::default()
    };
    rows::put_receipt(act.tx, act.warehouse(), &receipt).await?;
    if let Some(mut delivery) = rows::delivery(act.tx, act.warehouse(), delivery).await?
        && let Some(started) = delivery.state.next(DeliveryEvent::Start)
    {
        delivery.state = started;
        rows::put_delivery(act.tx, act.changes, &delivery, act.now).await?;
    }
    Ok(receipt)
}

/// `DeliveryOpened`.
pub(super) async fn opened(act: &mut Act<'_>, id: &ReceiptId, delivery: &DeliveryId, location: &LocationId) -> Effect {
    if id.is_none() {
        return Ok(Err(Stop::Reject(Reason::BadFact, "no receipt is named".to_owned())));
    }
    if entity::location(act.tx, act.warehouse(), location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    of(act, id, delivery, location).await?;
    if !delivery.is_none() && rows::delivery(act.tx, act.warehouse(), delivery).await?.is_none() {
        act.flag(Reason::UnknownReference, format!("delivery:{delivery}"), "the delivery is not known");
    }
    Ok(Ok(()))
}

/// `ReceiptClosed`: what it brought is released, or held where it differs from what was ordered.
/// Closed a second time nothing happens.
pub(super) async fn closed(act: &mut Act<'_>, id: &ReceiptId, delivery: &DeliveryId, complete: bool) -> Effect {
    if id.is_none() {
        return Ok(Err(Stop::Reject(Reason::BadFact, "no receipt is named".to_owned())));
    }
    let mut receipt = of(act, id, delivery, &LocationId::default()).await?;
    let Some(state) = receipt.state.next(ReceiptEvent::Close) else { return Ok(Ok(())) };
    (receipt.state, receipt.complete, receipt.closed_ms) = (state, complete, act.now);
    rows::put_receipt(act.tx, act.warehouse(), &receipt).await?;
    let brought = rows::brought(act.tx, act.warehouse(), id).await?;
    let mut delivery = rows::delivery(act.tx, act.warehouse(), &receipt.delivery).await?;
    // Nothing more is to come only when nobody else still receives.
    let last = complete && !others_open(act, &receipt).await?;
    let differing = match &mut delivery {
        Some(delivery) => lines(act, delivery, &brought, last).await?,
        None => BTreeSet::new(),
    };
    release(act, id, &brought, &differing).await?;
    let Some(mut delivery) = delivery else { return Ok(Ok(())) };
    if last && let Some(DeliveryState::Closed) = delivery.state.next(DeliveryEvent::Close) {
        settle::close(act.tx, act.changes, &mut delivery, act.now).await?;
    } else {
        for order in &delivery.orders {
            settle::order(act.tx, act.warehouse(), order).await?;
        }
    }
    Ok(Ok(()))
}

async fn others_open(act: &Act<'_>, receipt: &Receipt) -> Result<bool> {
    let row = act
        .tx
        .row(
            "SELECT id FROM receipt WHERE warehouse_id = $1 AND delivery = $2 AND state = $3 AND id <> $4 LIMIT 1",
            vals![act.warehouse(), &receipt.delivery, entity::name(&ReceiptState::Open), &receipt.id],
        )
        .await?;
    Ok(row.is_some())
}

/// Sets the states of the lines that a receipt was about, flags those that differ and returns them.
async fn lines(act: &mut Act<'_>, delivery: &Delivery, brought: &[Brought], last: bool) -> Result<BTreeSet<LineId>> {
    let percent = entity::settings(act.tx, act.warehouse()).await?.over_receipt_percent;
    let last = last && delivery.state.is_open();
    let mut differing = BTreeSet::new();
    for mut line in rows::lines(act.tx, act.warehouse(), &delivery.id).await? {
        let own = || brought.iter().filter(|row| row.line == line.of.id);
        let touched = own().next().is_some();
        let open = line.of.state == DeliveryLineState::Open;
        if line.of.state == DeliveryLineState::Cancelled || !(touched || (last && open)) {
            continue;
        }
        let damaged = own().filter(|row| row.status == Status::Damaged).map(|row| row.qty).sum();
        let came = Came { received: line.of.received, damaged };
        let differs = differs(&line.of, came, percent, last);
        if differs {
            let detail = format!("{} of {} came, {damaged} damaged", line.of.received, line.of.ordered);
            act.flag(Reason::ReceiptDiff, format!("delivery-line:{}", line.of.id), detail);
            differing.insert(line.of.id.clone());
        }
        let everything = line.of.received >= line.of.ordered;
        let event = match (differs, everything) {
            (true, _) if everything || last => LineEvent::Differ,
            (false, true) => LineEvent::Fill,
            _ => continue,
        };
        if let Some(state) = line.of.state.next(event) {
            line.of.state = state;
            rows::put_line(act.tx, act.changes, &line).await?;
        }
    }
    Ok(differing)
}

/// Good units become available, or quarantined where they are held.
async fn release(act: &mut Act<'_>, id: &ReceiptId, brought: &[Brought], differing: &BTreeSet<LineId>) -> Result<()> {
    let warehouse = act.warehouse();
    let hold: Hold = entity::settings(act.tx, warehouse).await?.diff_hold;
    let held = |row: &Brought| is_held(hold, differing.contains(&row.line), !differing.is_empty());
    let good: Vec<&Brought> = brought.iter().filter(|row| row.status == Status::InTransit).collect();
    let awaiting: Vec<Awaiting> = good
        .iter()
        .map(|row| Awaiting {
            item: row.item.clone(),
            lot: row.lot.clone(),
            serial: row.serial.clone(),
            handling_unit: row.handling_unit.clone(),
            qty: row.qty,
            hold: held(row),
        })
        .collect();
    let mut book: Vec<Stock> = Vec::new();
    let items: BTreeSet<_> = good.iter().map(|row| &row.item).collect();
    for item in items {
        let rows = act
            .tx
            .lock(
                "SELECT location, item, lot, serial, handling_unit, status, qty, '' AS expiry FROM balance \
                 WHERE warehouse_id = $1 AND item = $2 AND status = 'in-transit' \
                 ORDER BY location, lot, serial, handling_unit",
                vals![warehouse, item],
            )
            .await?;
        for row in &rows {
            book.push(entity::stock_of(row)?);
        }
    }
    let moves = release_moves(&awaiting, &book);
    let source = act.ledger_source();
    for what in &moves {
        let reason = if what.to.status == Status::Available { "release" } else { QUARANTINE };
        ledger::post(act.tx, act.changes, what, reason, &source).await?;
    }
    let (wanted, moved): (i64, i64) =
        (awaiting.iter().map(|one| one.qty).sum(), moves.iter().map(|what: &Move| what.qty).sum());
    if moved < wanted {
        act.flag(
            Reason::NegStock,
            format!("receipt:{id}"),
            format!("the book has {moved} of {wanted} units in transit"),
        );
    }
    let lines: BTreeSet<&LineId> = good.iter().map(|row| &row.line).collect();
    for line in lines {
        let hold = is_held(hold, differing.contains(line), !differing.is_empty());
        let status = if hold { Status::Quarantined } else { Status::Available };
        act.tx
            .execute(
                "UPDATE receipt_line SET status = $4 WHERE warehouse_id = $1 AND receipt = $2 AND line = $3 \
                 AND status = 'in-transit' AND undone = 0",
                vals![warehouse, id, line, status.as_str()],
            )
            .await?;
    }
    let mut goods = to_shelves(&moves);
    // What was set aside at once waits for the same people. In one handling unit with others it goes with them, as
    // far as a place takes both.
    let aside = to_quarantine(&brought.iter().filter(|row| row.status != Status::InTransit).collect::<Vec<_>>());
    let with_others =
        |one: &Away| goods.iter().any(|own| !own.handling_unit.is_none() && own.handling_unit == one.handling_unit);
    let aside: Vec<Away> = aside.into_iter().filter(|one| !with_others(one)).collect();
    goods.extend(aside);
    open_put_away(act, goods).await
}

/// `PhotoTaken`: the picture itself comes apart, and must have this hash.
pub(super) async fn photo(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::PhotoTaken { photo, subject, purpose, hash, bytes } = fact else {
        return Err(Error::Stored("not a photograph".to_owned()));
    };
    let reads = !photo.is_none()
        && [photo.as_str(), subject, purpose].iter().all(|text| text.chars().count() <= PHOTO_TEXT_MAX)
        && blake3::Hash::from_hex(hash).is_ok();
    let Some(bytes) = i64::try_from(*bytes).ok().filter(|_| reads) else {
        return Ok(Err(Stop::Reject(Reason::BadFact, "photograph or hash do not read".to_owned())));
    };
    act.tx
        .execute(
            "INSERT INTO photo (warehouse_id, id, device, subject, purpose, hash, bytes, taken_ms, stored_ms, epoch, seq) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10) ON CONFLICT (warehouse_id, id) DO NOTHING",
            vals![
                act.warehouse(),
                photo,
                act.device,
                subject,
                purpose,
                hash.to_ascii_lowercase(),
                bytes,
                act.now,
                act.epoch.cast_signed(),
                act.seq.cast_signed()
            ],
        )
        .await?;
    Ok(Ok(()))
}
