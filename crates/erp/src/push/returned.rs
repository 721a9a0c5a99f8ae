//! What comes back: a return is begun, somebody decides otherwise than the policy, units are inspected. What was
//! announced or ordered but is not known yet is waited for.

mod inspected;
mod judge;
mod put;

use super::approved;
use super::effect::{Act, Effect, Stop};
use super::park::awaits;
use super::pick::UNITS_MAX;
use crate::entity;
use crate::error::{Error, Result};
use crate::returns::{rmas, shipped};
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{InspectionId, LocationId, OrderId, RmaId};
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;

/// Characters of a reason at the most.
const REASON_MAX: usize = 200;

/// The effect of a fact of this module.
pub(super) async fn effect(act: &mut Act<'_>, fact: &Fact) -> Effect {
    match fact {
        Fact::ReturnOpened { inspection, rma, order, location } => opened(act, inspection, rma, order, location).await,
        Fact::DispositionOverridden { .. } => overridden(act, fact).await,
        Fact::ReturnInspected { .. } => inspected::inspected(act, fact).await,
        _ => Err(Error::Stored("not of this module".to_owned())),
    }
}

/// `ReturnOpened`.
async fn opened(
    act: &mut Act<'_>,
    inspection: &InspectionId,
    rma: &RmaId,
    order: &OrderId,
    location: &LocationId,
) -> Effect {
    if inspection.is_none() {
        return Ok(Err(Stop::Reject(Reason::BadFact, "no return is named".to_owned())));
    }
    if entity::location(act.tx, act.warehouse(), location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    if let Err(stop) = references(act, rma, order).await? {
        return Ok(Err(stop));
    }
    begin(act, inspection, rma, order, location).await.map(Ok)
}

/// What a fact names must be known; until then it waits.
async fn references(act: &Act<'_>, rma: &RmaId, order: &OrderId) -> Effect {
    let warehouse = act.warehouse();
    if !order.is_none() && !shipped::knows_order(act.tx, warehouse, order).await? {
        return Ok(Err(Stop::Park(Reason::UnknownReference, awaits("order", order.as_str()))));
    }
    if !rma.is_none() && rmas::get(act.tx, warehouse, rma).await?.is_none() {
        return Ok(Err(Stop::Park(Reason::UnknownReference, awaits("return", rma.as_str()))));
    }
    Ok(Ok(()))
}

/// Notes a return. One that is not known yet is begun by whatever comes of it first.
async fn begin(
    act: &Act<'_>,
    inspection: &InspectionId,
    rma: &RmaId,
    order: &OrderId,
    location: &LocationId,
) -> Result<()> {
    act.tx
        .execute(
            "INSERT INTO inspection (warehouse_id, id, rma, order_id, location, device, operator, opened_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (warehouse_id, id) DO NOTHING",
            vals![act.warehouse(), inspection, rma, order, location, act.device, act.operator, act.now],
        )
        .await
        .map(|_| ())
}

/// `DispositionOverridden`: counts at once on the device; without authority it is rejected here, and the goods that
/// it was about are set aside. Whether these goods may have that disposition at all is judged with their inspection.
async fn overridden(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::DispositionOverridden { inspection, item, qty, proposed, chosen, by, reason } = fact else {
        return Err(Error::Stored("not a disposition".to_owned()));
    };
    let words = (1..=REASON_MAX).contains(&reason.trim().chars().count());
    if inspection.is_none() || !(1..=UNITS_MAX).contains(qty) || !words {
        return Ok(Err(Stop::Reject(Reason::BadFact, "return, quantity or reason do not read".to_owned())));
    }
    let roles = approved::roles(act, by).await?;
    let manager = roles.contains(&Role::Manager);
    if !manager && !roles.contains(&Role::Supervisor) {
        let detail = format!("{by} has no authority over dispositions");
        return Ok(Err(Stop::Reject(Reason::NotAllowed, detail)));
    }
    let value = judge::least_value(act, inspection, item).await?.saturating_mul(*qty);
    let limit = entity::settings(act.tx, act.warehouse()).await?.limits.supervisor_write_off_minor;
    if !manager && value > limit {
        let detail = format!("{value} is above the limit of a supervisor, {limit}");
        return Ok(Err(Stop::Reject(Reason::NotAllowed, detail)));
    }
    act.tx
        .execute(
            "INSERT INTO overridden (warehouse_id, device, epoch, seq, inspection, item, qty, proposed, chosen, \
             by_operator, reason, used_epoch, used_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0)",
            vals![
                act.warehouse(),
                act.device,
                act.epoch.cast_signed(),
                act.seq.cast_signed(),
                inspection,
                item,
                *qty,
                proposed.as_str(),
                chosen.as_str(),
                by,
                reason
            ],
        )
        .await?;
    Ok(Ok(()))
}
