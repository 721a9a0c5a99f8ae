//! `ReturnInspected`: units came back, were graded and put somewhere. The one fact that money and claims follow
//! from. What somebody has in front of them is booked, whatever the book says.

use super::judge::{Came, Found, disposed, judge};
use super::{begin, put, references};
use crate::db::Val;
use crate::entity;
use crate::error::{Error, Result};
use crate::ledger;
use crate::push::effect::{Act, Effect, Stop};
use crate::push::pick::{UNITS_MAX, known};
use crate::returns::claims::{self, Claim};
use crate::returns::refunds::{self, Refund};
use crate::returns::rmas::{self, Held};
use crate::returns::shipped;
use crate::returns::state::{ClaimState, Machine as _, RefundEvent, RefundState};
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::RmaId;
use floorhand_domain::master::Item;
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::{Disposition, ShippedLine, credit};

/// Answers of one fact at the most.
const ANSWERS_MAX: usize = 100;
/// Photographs of one fact at the most.
const PHOTOS_MAX: usize = 32;
/// Characters of an answered question's code at the most.
const CODE_MAX: usize = 64;

fn came_of(fact: &Fact) -> Option<Came<'_>> {
    let Fact::ReturnInspected {
        inspection,
        rma,
        order,
        line,
        item,
        lot,
        serial,
        qty,
        grade,
        reason,
        answers,
        disposition,
        grams,
        photos,
        location,
        handling_unit,
        because,
    } = fact
    else {
        return None;
    };
    Some(Came {
        inspection,
        rma,
        order,
        line,
        item,
        lot,
        serial,
        qty: *qty,
        grade: *grade,
        reason: *reason,
        answers,
        disposition: *disposition,
        grams: *grams,
        photos,
        location,
        unit: handling_unit,
        because,
    })
}

fn reads(came: &Came<'_>) -> bool {
    !came.inspection.is_none()
        && (1..=UNITS_MAX).contains(&came.qty)
        && (came.serial.is_none() || came.qty == 1)
        && came.grams >= 0
        && came.line.is_none() == came.order.is_none()
        && came.answers.len() <= ANSWERS_MAX
        && came.answers.iter().all(|answer| answer.question.chars().count() <= CODE_MAX)
        && came.photos.len() <= PHOTOS_MAX
        && !ledger::is_outside(came.location)
}

/// `ReturnInspected`.
pub(super) async fn inspected(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Some(came) = came_of(fact) else { return Err(Error::Stored("not an inspection".to_owned())) };
    if !reads(&came) {
        return Ok(Err(Stop::Reject(Reason::BadFact, "units, order or place do not read".to_owned())));
    }
    if let Err(stop) = known(act, came.item, came.location).await? {
        return Ok(Err(stop));
    }
    if let Err(stop) = references(act, came.rma, came.order).await? {
        return Ok(Err(stop));
    }
    begin(act, came.inspection, came.rma, came.order, came.location).await?;
    let warehouse = act.warehouse();
    let kept = entity::item(act.tx, came.item).await?.unwrap_or_default();
    let mut rma = announced(act, &came).await?;
    let mut rows =
        if came.order.is_none() { Vec::new() } else { shipped::of_order(act.tx, warehouse, came.order).await? };
    let mut found = judge(act, &came, &rows, rma.as_ref()).await?;
    disposed(act, &came, &rows, rma.as_ref(), &kept, &mut found).await?;
    let disposition = if found.aside.is_some() { Disposition::Quarantine } else { came.disposition };
    let (asked, got) = (came.disposition.status(), disposition.status());
    put::book(act, &came, &kept, fact.moves(), (got, asked != got)).await?;
    let counted = came.qty - found.excess;
    let value = value_of(&came, &rows, &kept);
    if counted > 0 && !came.line.is_none() {
        let before = rows.clone();
        credit(&mut rows, came.line, came.lot, came.serial, counted);
        for (row, _) in rows.iter().zip(&before).filter(|(row, old)| row.returned != old.returned) {
            shipped::put(act.tx, act.changes, row).await?;
        }
    }
    if let Some(held) = rma.as_mut().filter(|_| counted > 0) {
        rmas::came(act.tx, act.changes, held, (came.line, came.item), counted, act.now).await?;
    }
    note(act, &came, &found, disposition).await?;
    if !came.line.is_none() {
        refund(act, &came, &found, value).await?;
    }
    if disposition == Disposition::VendorClaim {
        claim(act, &came, if kept.value_minor > 0 { kept.value_minor } else { value }).await?;
    }
    Ok(Ok(()))
}

/// The return that was announced. Goods of no order that is known belong to that of their inspection.
async fn announced(act: &Act<'_>, came: &Came<'_>) -> Result<Option<Held>> {
    let warehouse = act.warehouse();
    if !came.rma.is_none() {
        return rmas::get(act.tx, warehouse, came.rma).await;
    }
    let row = act
        .tx
        .row("SELECT rma FROM inspection WHERE warehouse_id = $1 AND id = $2", vals![warehouse, came.inspection])
        .await?;
    let id: RmaId = row.map_or(Ok(String::new()), |row| row.text("rma"))?.into();
    if id.is_none() || !came.line.is_none() {
        return Ok(None);
    }
    Ok(rmas::get(act.tx, warehouse, &id).await?.filter(|held| held.rma.order.is_none()))
}

/// What one unit was worth when it left, in minor units; 0 = not known.
fn value_of(came: &Came<'_>, rows: &[ShippedLine], kept: &Item) -> i64 {
    let own = || rows.iter().filter(|row| row.line == *came.line && row.item == *came.item);
    let unit = own().find(|row| !came.serial.is_none() && row.serial == *came.serial);
    let lot = own().find(|row| row.lot == *came.lot);
    let value = unit.or(lot).or(own().next()).map_or(0, |row| row.value_minor);
    if value > 0 { value } else { kept.value_minor }
}

async fn note(act: &Act<'_>, came: &Came<'_>, found: &Found, disposition: Disposition) -> Result<()> {
    let approved: Vec<&str> = found.approved.iter().map(|reason| reason.code()).collect();
    act.tx
        .execute(
            "INSERT INTO returned (warehouse_id, device, epoch, seq, inspection, rma, order_id, order_line, item, lot, \
             serial, qty, excess, grade, reason, answers, asked, disposition, grams, photos, location, handling_unit, \
             approved, operator, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
             $17, $18, $19, $20, $21, $22, $23, $24, $25)",
            &[
                Val::from(act.warehouse()),
                Val::from(act.device),
                Val::from(act.epoch.cast_signed()),
                Val::from(act.seq.cast_signed()),
                Val::from(came.inspection),
                Val::from(came.rma),
                Val::from(came.order),
                Val::from(came.line),
                Val::from(came.item),
                Val::from(came.lot),
                Val::from(came.serial),
                Val::from(came.qty),
                Val::from(found.excess),
                Val::from(came.grade.as_str()),
                Val::from(came.reason.as_str()),
                Val::from(serde_json::to_string(came.answers)?),
                Val::from(came.disposition.as_str()),
                Val::from(disposition.as_str()),
                Val::from(came.grams),
                Val::from(serde_json::to_string(came.photos)?),
                Val::from(came.location),
                Val::from(came.unit),
                Val::from(approved.join(",")),
                Val::from(act.operator),
                Val::from(act.now),
            ],
        )
        .await
        .map(|_| ())
}

/// Decides about the money: nothing speaks against it, somebody must look, or there is nothing to pay back.
async fn refund(act: &mut Act<'_>, came: &Came<'_>, found: &Found, value: i64) -> Result<()> {
    let qty = came.qty - found.excess;
    let amount_minor = value.saturating_mul(qty);
    let (event, reason) = match found.hold {
        _ if qty == 0 => (RefundEvent::Refuse, found.hold),
        Some(reason) => (RefundEvent::Hold, Some(reason)),
        None if amount_minor == 0 => (RefundEvent::Hold, Some(Reason::MissingData)),
        None => (RefundEvent::Release, None),
    };
    let id = refunds::id_of(act.device, act.epoch, act.seq);
    if reason == Some(Reason::MissingData) {
        act.ask(Reason::MissingData.code(), &format!("refund:{id}"), "it is not known what the units were sold for")
            .await?;
    }
    let refund = Refund {
        id,
        fact: (act.device.to_owned(), act.epoch, act.seq),
        inspection: came.inspection.clone(),
        rma: came.rma.clone(),
        order: came.order.clone(),
        line: came.line.clone(),
        item: came.item.clone(),
        qty,
        amount_minor,
        state: RefundState::default().after(event)?,
        reason: reason.map(|reason| reason.code().to_owned()).unwrap_or_default(),
        operator: act.operator.into(),
        at_ms: act.now,
        ..Refund::default()
    };
    refunds::put(act.tx, act.changes, &refund).await
}

/// The supplier is to make it good.
async fn claim(act: &Act<'_>, came: &Came<'_>, value: i64) -> Result<()> {
    let warehouse = act.warehouse();
    let claim = Claim {
        id: claims::id_of(act.device, act.epoch, act.seq),
        fact: (act.device.to_owned(), act.epoch, act.seq),
        supplier: claims::supplier_of(act.tx, warehouse, came.item, came.lot).await?,
        item: came.item.clone(),
        lot: came.lot.clone(),
        serial: came.serial.clone(),
        qty: came.qty,
        amount_minor: value.saturating_mul(came.qty),
        reason: came.reason.as_str().to_owned(),
        state: ClaimState::default(),
        at_ms: act.now,
        changed_ms: act.now,
        ..Claim::default()
    };
    claims::put(act.tx, warehouse, &claim).await
}
