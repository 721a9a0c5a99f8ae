//! Packing: cartons opened, filled, weighed, closed and labelled; orders packed. What two benches did to one order
//! adds up, and what was done to an order that is held or cancelled stands and is flagged.

use super::approved;
use super::effect::{Act, Effect, Stop};
use super::late;
use super::other_stock::bring;
use super::pick::{self, UNITS_MAX};
use super::ship;
use super::tote;
use crate::db::Row;
use crate::entity;
use crate::error::{Error, Result};
use crate::ledger;
use crate::orders::sums::{Delta, settle_line, settle_order};
use crate::outbound::cartons::{self, Content, Held};
use crate::outbound::state::{CartonEvent, CartonState, ShipmentEvent};
use crate::outbound::{labels, packing, picks, put_back, shipments};
use crate::vals;
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::{CartonTypeId, HandlingUnitId, ItemId, LocationId, OrderId, OrderLineId};
use floorhand_domain::master::{HandlingUnit, HandlingUnitKind};
use floorhand_domain::outbound::{Carton, LabelOn, PartialShip};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Move, Place, Status};
use floorhand_domain::task::TaskState;

/// Grams of a carton at the most: what a scale at a bench shows.
const GRAMS_MAX: i64 = 10_000_000;

/// The effect of a fact of this module.
pub(super) async fn effect(act: &mut Act<'_>, fact: &Fact) -> Effect {
    match fact {
        Fact::CartonOpened { order, carton, carton_type, location, .. } => {
            opened(act, order, carton, carton_type, location).await
        }
        Fact::Packed { .. } => packed(act, fact).await,
        Fact::Unpacked { .. } => unpacked(act, fact).await,
        Fact::CartonWeighed { .. } => weighed(act, fact).await,
        Fact::CartonClosed { order, carton, location } => closed(act, order, carton, location).await,
        Fact::Labelled { order, carton } => labelled(act, order, carton).await,
        Fact::OrderPacked { order, complete, .. } => order_packed(act, order, *complete).await,
        Fact::Shipped { order, carton, location } => ship::shipped(act, order, carton, location).await,
        _ => Err(Error::Stored("not of this module".to_owned())),
    }
}

/// The order of a fact; one that the core does not know flags it. One that is held or cancelled flags it too.
pub(super) async fn order_of(act: &mut Act<'_>, order: &OrderId) -> Result<Option<Row>> {
    let row = act
        .tx
        .lock("SELECT * FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![act.warehouse(), order])
        .await?
        .into_iter()
        .next();
    match &row {
        None => {
            act.flag(Reason::UnknownReference, format!("order:{order}"), "the order is not known");
        }
        Some(row) if row.str("state")? == "cancelled" => {
            act.flag(Reason::ShipHold, format!("order:{order}"), "the order was cancelled; it must not leave");
        }
        Some(row) if row.flag("held")? => {
            act.flag(Reason::ShipHold, format!("order:{order}"), "the order is on hold; it must not leave");
        }
        Some(_) => {}
    }
    Ok(row)
}

/// A carton by its label. One that is not known is there all the same, as an open carton of this order.
pub(super) async fn carton_of(
    act: &mut Act<'_>,
    order: &OrderId,
    id: &HandlingUnitId,
    at: &LocationId,
    new: bool,
) -> Result<Held> {
    let warehouse = act.warehouse();
    if let Some(held) = cartons::get(act.tx, warehouse, id).await? {
        if held.carton.order != *order {
            let detail = format!("the carton is of order {}", held.carton.order);
            act.flag(Reason::HuRule, format!("handling-unit:{id}"), detail);
        }
        return Ok(held);
    }
    if !new {
        act.flag(Reason::UnknownReference, format!("handling-unit:{id}"), "the carton was not known; it is now");
    }
    let shipment = shipments::open(act.tx, warehouse, order, act.now).await?;
    let carton = Carton { id: id.clone(), order: order.clone(), ..Carton::default() };
    let held = Held { carton, shipment: shipment.id, opened_ms: act.now, ..Held::default() };
    cartons::put(act.tx, act.changes, &held).await?;
    let known = entity::handling_unit(act.tx, warehouse, id).await?;
    let unit = HandlingUnit {
        id: id.clone(),
        kind: HandlingUnitKind::Carton,
        location: at.clone(),
        order: order.clone(),
        ..known.unwrap_or_default()
    };
    entity::put_handling_unit(act.tx, act.changes, &unit).await?;
    Ok(held)
}

/// Seals the handling unit of a carton, or opens it.
async fn seal(act: &mut Act<'_>, id: &HandlingUnitId, sealed: bool) -> Result<()> {
    if let Some(mut unit) = entity::handling_unit(act.tx, act.warehouse(), id).await?
        && unit.sealed != sealed
    {
        unit.sealed = sealed;
        entity::put_handling_unit(act.tx, act.changes, &unit).await?;
    }
    Ok(())
}

fn never(act: &mut Act<'_>, id: &HandlingUnitId, held: &Held) {
    act.flag(Reason::NotNow, format!("handling-unit:{id}"), format!("the carton is {:?}", held.carton.state));
}

/// `CartonOpened`.
async fn opened(
    act: &mut Act<'_>,
    order: &OrderId,
    id: &HandlingUnitId,
    kind: &CartonTypeId,
    location: &LocationId,
) -> Effect {
    let warehouse = act.warehouse();
    if id.is_none() || order.is_none() {
        return Ok(Err(Stop::Reject(Reason::BadFact, "the carton has no label".to_owned())));
    }
    if entity::location(act.tx, warehouse, location).await?.is_none() {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("location {location} is not known"))));
    }
    let head = order_of(act, order).await?;
    let mut held = carton_of(act, order, id, location, true).await?;
    // One that left before anybody heard of it is named late, and that is all.
    let unnamed = held.carton.state == CartonState::Shipped && held.carton.carton_type.is_none();
    if held.carton.state != CartonState::Open && !unnamed {
        take_up(act, &mut held).await?;
    }
    held.carton.carton_type = kind.clone();
    let types = cartons::types(act.tx, warehouse).await?;
    let carrier = head.map(|row| row.text("carrier")).transpose()?.unwrap_or_default();
    match types.iter().find(|one| one.id == *kind) {
        None => {
            act.flag(Reason::UnknownReference, format!("carton-type:{kind}"), "the type of carton is not known");
        }
        Some(one) if !carrier.is_empty() && !one.suits(&carrier) => {
            act.flag(Reason::CartonBad, format!("handling-unit:{id}"), format!("{carrier} does not take {kind}"));
        }
        Some(_) => {}
    }
    cartons::put(act.tx, act.changes, &held).await?;
    packing::refresh(act.tx, act.changes, order, act.now).await?;
    Ok(Ok(()))
}

/// A carton is open again: label and weight do not hold any more.
async fn take_up(act: &mut Act<'_>, held: &mut Held) -> Result<()> {
    let id = held.carton.id.clone();
    let was = held.carton.state;
    if late::has_left(act, held) {
        return Ok(());
    }
    if !held.on(CartonEvent::Fill) {
        never(act, &id, held);
        return Ok(());
    }
    if was != CartonState::Open {
        labels::void(act.tx, act.warehouse(), held, act.now).await?;
        held.reopen(was);
        seal(act, &id, false).await?;
        shipments::on(act.tx, act.warehouse(), &held.shipment, ShipmentEvent::Reopen, act.now).await?;
    }
    Ok(())
}

fn reads(units: &[Units]) -> bool {
    !units.is_empty()
        && units.iter().all(|unit| unit.qty > 0 && unit.qty <= UNITS_MAX && (unit.serial.is_none() || unit.qty == 1))
}

/// The line of the order that units are packed for. Units of none are in the carton all the same.
async fn line_of(act: &mut Act<'_>, order: &OrderId, id: &OrderLineId, item: &ItemId) -> Result<Option<Row>> {
    let row = act
        .tx
        .row(
            "SELECT * FROM order_line WHERE warehouse_id = $1 AND id = $2 AND order_id = $3 AND item = $4",
            vals![act.warehouse(), id, order, item],
        )
        .await?;
    if row.is_none() {
        act.flag(
            Reason::NotInOrder,
            format!("order:{order}|{item}"),
            format!("line {id} of the order is not about it"),
        );
    }
    Ok(row)
}

/// Picked goods of a cancelled order were released where they stand; whoever packs them all the same takes them
/// from there.
async fn claim_back(act: &mut Act<'_>, moves: &[Move]) -> Result<Vec<Move>> {
    let warehouse = act.warehouse();
    let source = act.ledger_source();
    let mut claimed = Vec::new();
    for what in moves {
        let qty_in = |status: Status| {
            vals![
                warehouse,
                &what.from.location,
                &what.item,
                &what.lot,
                &what.serial,
                &what.from.handling_unit,
                status.as_str()
            ]
            .to_vec()
        };
        let (mut picked, mut released) = (0, 0);
        for (status, sum) in [(Status::Allocated, &mut picked), (Status::Available, &mut released)] {
            let row = act
                .tx
                .row(
                    "SELECT qty FROM balance WHERE warehouse_id = $1 AND location = $2 AND item = $3 AND lot = $4 \
                     AND serial = $5 AND handling_unit = $6 AND status = $7",
                    &qty_in(status),
                )
                .await?;
            *sum = row.map_or(Ok(0), |row| row.i64("qty"))?;
        }
        let qty = (what.qty - picked.max(0)).min(released);
        if qty > 0 {
            let from = Place { status: Status::Available, ..what.from.clone() };
            let again = Move { qty, from, to: what.from.clone(), ..what.clone() };
            ledger::post(act.tx, act.changes, &again, "claim-back", &source).await?;
            claimed.push(again);
        }
    }
    Ok(claimed)
}

/// What was claimed back is picked after all, and nobody puts it away.
async fn restore(act: &mut Act<'_>, of: &picks::Of<'_>, put_back: i64, claimed: &[Move]) -> Result<()> {
    let warehouse = act.warehouse();
    let mut left = put_back;
    for what in claimed {
        let qty = what.qty.min(left);
        let tote = &what.from.handling_unit;
        put_back::claimed(act.tx, act.changes, tote, what.qty, act.now).await?;
        if qty > 0 {
            left -= qty;
            let unit = Units { lot: what.lot.clone(), serial: what.serial.clone(), qty, ..Units::default() };
            picks::add(act.tx, warehouse, of, &unit, tote, qty).await?;
            settle_line(act.tx, warehouse, of.line, Delta { put_back: -qty, ..Delta::default() }).await?;
        }
    }
    Ok(())
}

/// `Packed`.
async fn packed(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::Packed { order, line, carton, location, item, units } = fact else {
        return Err(Error::Stored("not packed".to_owned()));
    };
    if carton.is_none() || !reads(units) || units.iter().any(|unit| unit.handling_unit == *carton) {
        return Ok(Err(Stop::Reject(Reason::BadFact, "units or carton do not read".to_owned())));
    }
    if let Err(stop) = pick::known(act, item, location).await? {
        return Ok(Err(stop));
    }
    let warehouse = act.warehouse();
    let head = order_of(act, order).await?;
    let mut held = carton_of(act, order, carton, location, false).await?;
    take_up(act, &mut held).await?;
    cartons::put(act.tx, act.changes, &held).await?;
    let qty: i64 = units.iter().map(|unit| unit.qty).sum();
    let left = held.carton.state == CartonState::Shipped;
    if !left {
        bring(act, carton, location).await?;
    }
    for unit in units.iter().filter(|unit| !unit.handling_unit.is_none()) {
        bring(act, &unit.handling_unit, location).await?;
    }
    let moves = fact.moves();
    let claimed = claim_back(act, &moves).await?;
    let row = line_of(act, order, line, item).await?;
    // What no line of the order is about is in the carton all the same, for none.
    let line = if row.is_some() { line.clone() } else { OrderLineId::default() };
    let line = &line;
    if let Some(row) = &row {
        let of = picks::Of { order, line, item };
        restore(act, &of, row.i64("put_back")?, &claimed).await?;
        let claimed: i64 = claimed.iter().map(|what| what.qty).sum();
        let back = (row.i64("put_back")? - claimed).max(0);
        let (picked, before) = (row.i64("picked")? - back, row.i64("packed")?);
        // What was picked above the order goes back, and leaves with nobody.
        let (ordered, packed) = (row.i64("qty")?, before + qty);
        if packed > picked.min(ordered) {
            let detail = format!("{packed} are packed, {picked} were picked of {ordered}");
            act.flag(Reason::OverPack, format!("order:{order}|{item}"), detail);
        }
    }
    pick::post(act, &moves, "packed").await?;
    for unit in units.iter().filter(|unit| !unit.handling_unit.is_none()) {
        tote::free(act, &unit.handling_unit).await?;
    }
    for unit in units {
        let what = content(line, item, unit);
        cartons::add(act.tx, warehouse, carton, &what, unit.qty).await?;
    }
    if row.is_some() {
        settle_line(act.tx, warehouse, line, Delta { packed: qty, ..Delta::default() }).await?;
    }
    if left {
        late::packed(act, &held, location, (line, item, units), head.as_ref()).await?;
    }
    settled(act, order, head.as_ref()).await?;
    Ok(Ok(()))
}

fn content(line: &OrderLineId, item: &ItemId, unit: &Units) -> Content {
    Content {
        line: line.clone(),
        item: item.clone(),
        lot: unit.lot.clone(),
        serial: unit.serial.clone(),
        tote: unit.handling_unit.clone(),
        qty: unit.qty,
    }
}

/// Order and devices after units changed their place. What is loose of a cancelled order goes back.
async fn settled(act: &mut Act<'_>, order: &OrderId, head: Option<&Row>) -> Result<()> {
    let Some(head) = head else { return Ok(()) };
    settle_order(act.tx, act.warehouse(), order).await?;
    if head.str("state")? == "cancelled" {
        let source = act.ledger_source();
        put_back::order(act.tx, act.changes, order, &source, act.now).await?;
    }
    packing::refresh(act.tx, act.changes, order, act.now).await
}

/// A tote that units of an order were put into is that order's; another's stays so.
async fn bind(act: &mut Act<'_>, tote: &HandlingUnitId, order: &OrderId) -> Result<()> {
    if let Some(mut unit) = entity::handling_unit(act.tx, act.warehouse(), tote).await?
        && unit.order.is_none()
    {
        unit.order = order.clone();
        entity::put_handling_unit(act.tx, act.changes, &unit).await?;
    }
    Ok(())
}

/// `Unpacked`: a closed carton is open by it, its label void, its weight forgotten.
async fn unpacked(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::Unpacked { order, line, carton, location, item, units } = fact else {
        return Err(Error::Stored("not unpacked".to_owned()));
    };
    if carton.is_none() || !reads(units) || units.iter().any(|unit| unit.handling_unit == *carton) {
        return Ok(Err(Stop::Reject(Reason::BadFact, "units or carton do not read".to_owned())));
    }
    if let Err(stop) = pick::known(act, item, location).await? {
        return Ok(Err(stop));
    }
    let warehouse = act.warehouse();
    // Taking goods out of an order that must not leave is what is asked for: that flags nothing.
    let flagged = act.flags.len();
    let head = order_of(act, order).await?;
    if head.is_some() {
        act.flags.truncate(flagged);
    }
    let mut held = carton_of(act, order, carton, location, false).await?;
    take_up(act, &mut held).await?;
    cartons::put(act.tx, act.changes, &held).await?;
    if held.carton.state == CartonState::Shipped {
        late::unpacked(act, &held, location, (line, item, units)).await?;
    } else {
        bring(act, carton, location).await?;
    }
    for unit in units.iter().filter(|unit| !unit.handling_unit.is_none()) {
        bring(act, &unit.handling_unit, location).await?;
    }
    let moves = fact.moves();
    for what in claim_back(act, &moves).await? {
        put_back::claimed(act.tx, act.changes, &what.from.handling_unit, what.qty, act.now).await?;
    }
    pick::post(act, &moves, "unpacked").await?;
    for unit in units.iter().filter(|unit| !unit.handling_unit.is_none()) {
        bind(act, &unit.handling_unit, order).await?;
    }
    let row = line_of(act, order, line, item).await?;
    let line = if row.is_some() { line.clone() } else { OrderLineId::default() };
    let line = &line;
    let of = picks::Of { order, line, item };
    for unit in units {
        for out in cartons::take(act.tx, warehouse, carton, &content(line, item, unit)).await? {
            // They lie in the tote that they were put into, whichever they came in.
            if row.is_some() && out.tote != unit.handling_unit {
                picks::add(act.tx, warehouse, &of, unit, &out.tote, -out.qty).await?;
                picks::add(act.tx, warehouse, &of, unit, &unit.handling_unit, out.qty).await?;
            }
        }
    }
    if row.is_some() {
        let qty: i64 = units.iter().map(|unit| unit.qty).sum();
        settle_line(act.tx, warehouse, line, Delta { packed: -qty, ..Delta::default() }).await?;
    }
    settled(act, order, head.as_ref()).await?;
    Ok(Ok(()))
}

/// `CartonWeighed`. A difference beyond the tolerance takes a supervisor, and is looked at in any case.
async fn weighed(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::CartonWeighed { order, carton, grams, expected_grams, because } = fact else {
        return Err(Error::Stored("not weighed".to_owned()));
    };
    if carton.is_none() || !(1..=GRAMS_MAX).contains(grams) || !(0..=GRAMS_MAX).contains(expected_grams) {
        return Ok(Err(Stop::Reject(Reason::BadFact, "the weight does not read".to_owned())));
    }
    order_of(act, order).await?;
    let mut held = carton_of(act, order, carton, &LocationId::default(), false).await?;
    let settings = entity::settings(act.tx, act.warehouse()).await?;
    let percent = expected_grams.saturating_mul(i64::from(settings.weight_tol_percent)) / 100;
    let off = grams - expected_grams;
    let differs = *expected_grams > 0 && off.abs() > percent.max(settings.weight_tol_min_grams);
    if differs || because.contains(&Reason::WeightDiff) {
        let subject = format!("handling-unit:{carton}");
        let detail = format!("{grams} g, expected {expected_grams} g");
        let item = ItemId::default();
        if approved::holds(act, &fact.aggregate(), &[Reason::WeightDiff], &item, 0).await? {
            act.ask(Reason::WeightDiff.code(), &subject, &detail).await?;
        } else {
            act.flag(Reason::WeightDiff, subject, detail);
        }
    }
    held.carton.grams = *grams;
    cartons::put(act.tx, act.changes, &held).await?;
    Ok(Ok(()))
}

/// `CartonClosed`: the carrier is asked for a label, unless the order must not leave.
async fn closed(act: &mut Act<'_>, order: &OrderId, id: &HandlingUnitId, location: &LocationId) -> Effect {
    if id.is_none() {
        return Ok(Err(Stop::Reject(Reason::BadFact, "the carton has no label".to_owned())));
    }
    let warehouse = act.warehouse();
    order_of(act, order).await?;
    let mut held = carton_of(act, order, id, location, false).await?;
    if held.carton.state == CartonState::Closed {
        return Ok(Ok(()));
    }
    if held.carton.state == CartonState::Shipped {
        // It was closed before it left; its label is on it, and the carrier's number comes after.
        if held.labels == 0 && !cartons::blocked(act.tx, warehouse, &held.carton.order).await? {
            labels::want(act.tx, act.changes, &mut held, act.now).await?;
            cartons::put(act.tx, act.changes, &held).await?;
        }
        return Ok(Ok(()));
    }
    if held.on(CartonEvent::Close) {
        seal(act, id, true).await?;
        if !cartons::blocked(act.tx, warehouse, &held.carton.order).await? {
            labels::want(act.tx, act.changes, &mut held, act.now).await?;
        }
        cartons::put(act.tx, act.changes, &held).await?;
        packing::refresh(act.tx, act.changes, order, act.now).await?;
    } else {
        never(act, id, &held);
    }
    Ok(Ok(()))
}

/// `LabelPrinted` of a carton: how often, whose label it is, and whether it may be out at all.
pub(super) async fn label_printed(act: &mut Act<'_>, id: &HandlingUnitId, copy: u32, internal: Option<bool>) -> Effect {
    let Some(mut held) = cartons::get(act.tx, act.warehouse(), id).await? else { return Ok(Ok(())) };
    order_of(act, &held.carton.order.clone()).await?;
    held.carton.copies = held.carton.copies.max(copy);
    // One that was opened meanwhile has no label that holds.
    if let Some(internal) = internal.filter(|_| held.carton.state != CartonState::Open) {
        held.carton.label = LabelOn::printed(internal);
    }
    cartons::put(act.tx, act.changes, &held).await?;
    Ok(Ok(()))
}

/// `Labelled`.
async fn labelled(act: &mut Act<'_>, order: &OrderId, id: &HandlingUnitId) -> Effect {
    if id.is_none() {
        return Ok(Err(Stop::Reject(Reason::BadFact, "the carton has no label".to_owned())));
    }
    order_of(act, order).await?;
    let mut held = carton_of(act, order, id, &LocationId::default(), false).await?;
    if matches!(held.carton.state, CartonState::Labelled | CartonState::Shipped) {
        return Ok(Ok(()));
    }
    if held.on(CartonEvent::Label) {
        cartons::put(act.tx, act.changes, &held).await?;
    } else {
        never(act, id, &held);
    }
    Ok(Ok(()))
}

/// `OrderPacked`: what is not in a carton by now goes back and is on backorder; what is still on a cart gets a
/// pack task of its own.
async fn order_packed(act: &mut Act<'_>, order: &OrderId, complete: bool) -> Effect {
    let warehouse = act.warehouse();
    let Some(head) = order_of(act, order).await? else { return Ok(Ok(())) };
    let partial: PartialShip = entity::parse(head.str("partial")?)?;
    if partial == PartialShip::Never && !complete {
        act.flag(Reason::NotComplete, format!("order:{order}"), "the order may not leave in parts");
    }
    for mut held in cartons::of_order(act.tx, warehouse, order).await? {
        let empty = held.carton.state == CartonState::Open
            && cartons::content(act.tx, warehouse, &held.carton.id).await?.is_empty();
        if empty && held.on(CartonEvent::Empty) {
            cartons::put(act.tx, act.changes, &held).await?;
        }
    }
    if head.str("state")? != "cancelled" {
        let source = act.ledger_source();
        put_back::remainder(act.tx, act.changes, order, &source, act.now).await?;
    }
    packing::end(act.tx, act.changes, order, TaskState::Done).await?;
    for shipment in shipments::of_order(act.tx, warehouse, order).await?.iter().filter(|one| !one.finished) {
        shipments::on(act.tx, warehouse, &shipment.id, ShipmentEvent::Finish, act.now).await?;
    }
    settle_order(act.tx, warehouse, order).await?;
    packing::refresh(act.tx, act.changes, order, act.now).await?;
    Ok(Ok(()))
}
