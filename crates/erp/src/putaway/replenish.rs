//! Work that brings stock to a place that is picked empty.

use super::{Away, Suggestion, add_line, begin, finish, open_lines, standing};
use crate::db::Tx;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::orders::Fault;
use crate::orders::promise::{Want, choose, date_of};
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId, Lot, OrderId, OrderLineId, TaskId};
use floorhand_domain::stock::Status;
use floorhand_domain::task::{TaskKind, Why};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Units of one request at the most.
const QTY_MAX: i64 = 1_000_000;
/// Characters of an identifier at the most.
const ID_MAX: usize = 64;
/// More than any stock: every piece that may be taken is looked at.
const ALL: i64 = i64::MAX / 4;

/// A request for stock at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Chosen by the caller, so that a repeated request is one.
    pub id: String,
    /// What.
    pub item: ItemId,
    /// Where to.
    pub to: LocationId,
    /// Units; 0 = as many as there is room for.
    pub qty: i64,
}

/// What a request came to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Replenished {
    /// The move task. Empty = there is nothing to bring.
    pub task: String,
    /// Units it brings.
    pub qty: i64,
    /// Units that were asked for, or that there is room for, and that nobody can bring.
    pub missing: i64,
}

impl Request {
    /// Reads a request as it is posted.
    ///
    /// # Errors
    /// Every fault found, named by its field.
    pub fn read(body: &Value) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut text = |name: &str| {
            let text = body.get(name).and_then(Value::as_str).filter(|text| (1..=ID_MAX).contains(&text.len()));
            if text.is_none() {
                faults.push(Fault::new(name, format!("must be a text of 1 to {ID_MAX} characters")));
            }
            text.unwrap_or_default().to_owned()
        };
        let (id, item, to) = (text("id"), text("item"), text("to"));
        let qty = match body.get("qty").filter(|value| !value.is_null()) {
            None => 0,
            Some(value) => value.as_i64().filter(|qty| (1..=QTY_MAX).contains(qty)).unwrap_or_else(|| {
                faults.push(Fault::new("qty", format!("must be a whole number from 1 to {QTY_MAX}")));
                0
            }),
        };
        let request = Self { id, item: item.into(), to: to.into(), qty };
        if faults.is_empty() { Ok(request) } else { Err(faults) }
    }
}

/// Makes a move task that brings stock to a place, first what expires first, of what is neither promised
/// nor on its way already.
///
/// # Errors
/// When the database refuses. Faults name what is not known, or a place without a limit and no quantity.
pub async fn replenish(
    tx: &Tx,
    changes: &mut Changes,
    request: &Request,
    now: i64,
) -> Result<std::result::Result<Replenished, Vec<Fault>>> {
    let warehouse = changes.warehouse();
    let mut faults = Vec::new();
    if entity::item(tx, &request.item).await?.is_none() {
        faults.push(Fault::new("item", format!("{:?} is no item", request.item.0)));
    }
    let place = entity::location(tx, warehouse, &request.to).await?;
    let Some(place) = place else {
        faults.push(Fault::new("to", format!("{:?} is no location", request.to.0)));
        return Ok(Err(faults));
    };
    if request.qty == 0 && place.capacity == 0 {
        faults.push(Fault::new("qty", "the place has no limit, so say how many"));
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let coming: i64 = open_lines(tx, warehouse)
        .await?
        .iter()
        .filter(|line| line.plan.to == request.to)
        .map(floorhand_domain::task::Line::open_qty)
        .sum();
    let there: i64 = standing(tx, warehouse, &request.to).await?.iter().map(|own| own.qty.max(0)).sum();
    let room = if place.capacity == 0 { i64::MAX } else { (place.capacity - there - coming).max(0) };
    let asked = if request.qty == 0 { room } else { request.qty };
    let (task, qty) = bring(tx, changes, &request.item, &request.to, asked.min(room), "", now).await?;
    Ok(Ok(Replenished { task: task.map(|task| task.0).unwrap_or_default(), qty, missing: asked - qty }))
}

/// Makes a move task for up to `qty` units and returns it with the units that it brings. `not_from`: a place
/// that somebody just found empty; '' = none.
///
/// # Errors
/// When the database refuses.
pub async fn bring(
    tx: &Tx,
    changes: &mut Changes,
    item: &ItemId,
    to: &LocationId,
    qty: i64,
    not_from: &str,
    now: i64,
) -> Result<(Option<TaskId>, i64)> {
    let warehouse = changes.warehouse();
    let today = date_of(now);
    let (order, order_line) = (OrderId::default(), OrderLineId::default());
    // What other lines fetch is asked for too, and then left to them.
    let mut fetched: HashMap<(LocationId, Lot, HandlingUnitId), i64> = HashMap::new();
    for line in open_lines(tx, warehouse).await?.into_iter().filter(|line| line.item == *item) {
        let open = line.open_qty();
        *fetched.entry((line.location, line.lot, line.handling_unit)).or_default() += open;
    }
    let want = Want { order: &order, order_line: &order_line, item, qty: ALL, today: &today, not_at: to.as_str() };
    let chosen = if qty > 0 { choose(tx, warehouse, &want).await? } else { Vec::new() };
    let mut pieces = Vec::new();
    let mut missing = qty;
    for taken in chosen.into_iter().filter(|taken| taken.location.as_str() != not_from) {
        let key = (taken.location.clone(), taken.lot.clone(), taken.handling_unit.clone());
        let others = fetched.get_mut(&key).map_or(0, |left| {
            let by = taken.qty.min(*left);
            *left -= by;
            by
        });
        let qty = (taken.qty - others).min(missing);
        if qty > 0 {
            missing -= qty;
            pieces.push((taken, qty));
        }
    }
    let Some((first, _)) = pieces.first() else { return Ok((None, 0)) };
    let task = begin(tx, changes, TaskKind::Move, &first.location, now).await?;
    let fixed = entity::location(tx, warehouse, to).await?.is_some_and(|place| place.fixed_item == *item);
    let why = if fixed { Why::Fixed } else { Why::SameItem };
    let suggestion = Suggestion { to: to.clone(), why, others: Vec::new() };
    let mut lines = 0;
    for (taken, qty) in &pieces {
        let goods = Away {
            at: taken.location.clone(),
            item: item.clone(),
            lot: taken.lot.clone(),
            status: Status::Available,
            qty: *qty,
            handling_unit: taken.handling_unit.clone(),
            ..Away::default()
        };
        add_line(tx, changes, &task, lines, &goods, &suggestion).await?;
        lines += 1;
    }
    Ok((Some(finish(tx, changes, task, lines).await?), qty - missing))
}
