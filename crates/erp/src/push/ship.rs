//! A carton leaves: its content goes to the customer, and nothing else can come back of it.

use super::effect::{Act, Effect, Stop};
use super::pack::{carton_of, order_of};
use super::pick;
use crate::entity;
use crate::error::Result;
use crate::ledger;
use crate::orders::sums::{Delta, settle_line, settle_order};
use crate::outbound::cartons::{self, Content, Held};
use crate::outbound::state::{CartonEvent, CartonState, ShipmentEvent};
use crate::outbound::{packing, shipments};
use crate::returns::shipped as returned;
use floorhand_domain::fact::content_moves;
use floorhand_domain::id::{HandlingUnitId, LocationId, OrderId, OrderLineId};
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::ShippedLine;
use floorhand_domain::stock::{CUSTOMER, Move};
use std::collections::BTreeMap;

/// `Shipped`.
pub(super) async fn shipped(act: &mut Act<'_>, order: &OrderId, id: &HandlingUnitId, location: &LocationId) -> Effect {
    let warehouse = act.warehouse();
    if id.is_none() {
        return Ok(Err(Stop::Reject(Reason::BadFact, "the carton has no label".to_owned())));
    }
    if entity::location(act.tx, warehouse, location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    let head = order_of(act, order).await?;
    let mut held = carton_of(act, order, id, location, false).await?;
    if held.carton.state == CartonState::Shipped {
        act.flag(Reason::HuElsewhere, format!("handling-unit:{id}"), "the carton has left already");
        return Ok(Ok(()));
    }
    if held.carton.state == CartonState::Open {
        act.flag(Reason::NotNow, format!("handling-unit:{id}"), "nobody closed the carton");
    }
    if !held.on(CartonEvent::Ship) {
        act.flag(Reason::NotNow, format!("handling-unit:{id}"), "the carton was thrown away");
        return Ok(Ok(()));
    }
    let content = ledger::content_of(act.tx, warehouse, id).await?;
    let moves = content_moves(&content, &CUSTOMER.into());
    pick::post(act, &moves, "shipped").await?;
    held.shipped_ms = act.now;
    cartons::put(act.tx, act.changes, &held).await?;
    if let Some(mut unit) = entity::handling_unit(act.tx, warehouse, id).await? {
        unit.location = CUSTOMER.into();
        entity::put_handling_unit(act.tx, act.changes, &unit).await?;
    }
    let channel = head.as_ref().map(|row| row.text("channel")).transpose()?.unwrap_or_default();
    for (line, qty) in note(act, &held, &moves, &channel).await? {
        settle_line(act.tx, warehouse, &line, Delta { shipped: qty, ..Delta::default() }).await?;
    }
    shipments::on(act.tx, warehouse, &held.shipment, ShipmentEvent::Load, act.now).await?;
    settle_order(act.tx, warehouse, &held.carton.order).await?;
    packing::refresh(act.tx, act.changes, &held.carton.order, act.now).await?;
    Ok(Ok(()))
}

/// Notes what left, by line of the order, lot and serial number. Returns the units of each line.
async fn note(act: &mut Act<'_>, held: &Held, moves: &[Move], channel: &str) -> Result<BTreeMap<OrderLineId, i64>> {
    let warehouse = act.warehouse();
    let mut expected = cartons::content(act.tx, warehouse, &held.carton.id).await?;
    // Statuses apart, and lots and serials of a line together.
    let mut parts: BTreeMap<(String, String, String, String), i64> = BTreeMap::new();
    for what in moves {
        for (line, qty) in share(&mut expected, what) {
            let key = (line.0, what.item.0.clone(), what.lot.0.clone(), what.serial.0.clone());
            *parts.entry(key).or_default() += qty;
        }
    }
    let mut by_line = BTreeMap::new();
    for (n, ((line, item, lot, serial), qty)) in (1u32..).zip(parts) {
        let known = entity::item(act.tx, &item.as_str().into()).await?;
        let row = ShippedLine {
            id: format!("{}:{n}", held.carton.id),
            order: held.carton.order.clone(),
            line: line.as_str().into(),
            carton: held.carton.id.clone(),
            tracking: held.carton.tracking.clone(),
            item: item.as_str().into(),
            lot: lot.as_str().into(),
            serial: serial.as_str().into(),
            qty,
            returned: 0,
            unit_grams: known.as_ref().map_or(0, |item| item.weight_grams),
            value_minor: known.as_ref().map_or(0, |item| item.value_minor),
            channel: channel.to_owned(),
        };
        returned::insert(act.tx, act.changes, &row, act.now).await?;
        if !line.is_empty() {
            *by_line.entry(OrderLineId(line)).or_default() += qty;
        }
    }
    Ok(by_line)
}

/// The lines that units of a carton belong to, by what the facts put into it; units of none belong to no line.
fn share(expected: &mut [Content], what: &Move) -> Vec<(OrderLineId, i64)> {
    let mut left = what.qty;
    let mut shares = Vec::new();
    for one in expected.iter_mut() {
        let same = one.item == what.item && one.lot == what.lot && one.serial == what.serial;
        let qty = if same { one.qty.min(left) } else { 0 };
        if qty > 0 {
            (one.qty, left) = (one.qty - qty, left - qty);
            shares.push((one.line.clone(), qty));
        }
    }
    if left > 0 {
        shares.push((OrderLineId::default(), left));
    }
    shares
}
