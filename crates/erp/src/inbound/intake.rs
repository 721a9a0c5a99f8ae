//! Purchase orders and deliveries coming in: accepted once, announced to the devices.

use super::read::{NewDelivery, NewDeliveryLine, NewPurchaseOrder};
use super::rows::{self, Line};
use super::settle;
use super::state::{DeliveryLineState, LineEvent, Machine, OrderState, UnitEvent, UnitState};
use crate::db::Tx;
use crate::entity::{self, name};
use crate::error::Result;
use crate::feed::Changes;
use crate::orders::Fault;
use crate::orders::intake::Faults;
use crate::vals;
use floorhand_domain::id::{ItemId, LineId, LocationId, PurchaseOrderId, TaskId};
use floorhand_domain::inbound::{Announced, Delivery, DeliveryLine, DeliveryState};
use floorhand_domain::master::{HandlingUnit, LocationKind};
use serde::Serialize;
use std::collections::BTreeSet;

/// What became of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// It is new.
    New,
    /// The same was accepted before; nothing was done.
    Again,
    /// Something else has its identifier.
    Clash,
    /// Something in it does not exist or does not fit.
    Refused(Vec<Fault>),
}

/// What became of a request of that key, where it was accepted before.
async fn known(tx: &Tx, warehouse: i64, key: &str, hash: &str) -> Result<Option<Accepted>> {
    let row =
        tx.row("SELECT body_hash FROM request_log WHERE warehouse_id = $1 AND id = $2", vals![warehouse, key]).await?;
    row.map(|row| Ok(if row.str("body_hash")? == hash { Accepted::Again } else { Accepted::Clash })).transpose()
}

async fn note(tx: &Tx, warehouse: i64, key: &str, kind: &str, hash: &str, now_ms: i64) -> Result<()> {
    let noted = tx
        .execute(
            "INSERT INTO request_log (warehouse_id, id, kind, body_hash, response, created_ms) \
             VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT (warehouse_id, id) DO NOTHING",
            vals![warehouse, key, kind, hash, now_ms],
        )
        .await?;
    if noted == 0 {
        return Err(crate::Error::problem(503, "busy", "The same is being accepted right now; send it again."));
    }
    Ok(())
}

fn hash(body: &impl Serialize) -> Result<String> {
    Ok(blake3::hash(&serde_json::to_vec(body)?).to_hex().to_string())
}

async fn check_door(tx: &Tx, warehouse: i64, door: &LocationId, faults: &mut Faults) -> Result<()> {
    if door.is_none() {
        return Ok(());
    }
    let is_dock = entity::location(tx, warehouse, door).await?.is_some_and(|door| door.kind == LocationKind::Dock);
    if !is_dock {
        faults.add("door", format!("no dock {:?}; GET /v1/locations?kind=dock lists the docks", door.0));
    }
    Ok(())
}

/// A delivery has a task of its own identifier.
async fn is_taken(tx: &Tx, warehouse: i64, id: &str) -> Result<bool> {
    Ok(rows::delivery(tx, warehouse, &id.into()).await?.is_some()
        || entity::task(tx, warehouse, &TaskId::from(id)).await?.is_some())
}

/// Accepts a purchase order and announces a delivery of its own with its number.
///
/// # Errors
/// When the database refuses.
pub async fn accept_order(tx: &Tx, changes: &mut Changes, order: &NewPurchaseOrder, now_ms: i64) -> Result<Accepted> {
    let warehouse = changes.warehouse();
    let (key, hash) = (format!("purchase-order:{}", order.id), hash(order)?);
    if let Some(known) = known(tx, warehouse, &key, &hash).await? {
        return Ok(known);
    }
    let mut faults = Faults::default();
    check_door(tx, warehouse, &order.door, &mut faults).await?;
    let mut items = BTreeSet::new();
    for (n, line) in order.lines.iter().enumerate() {
        if items.insert(&line.item) && entity::item(tx, &line.item).await?.is_none() {
            faults.add(
                format!("lines[{n}].item"),
                format!("no item {:?} in the catalogue; GET /v1/items lists the items", line.item.0),
            );
        }
    }
    if is_taken(tx, warehouse, order.id.as_str()).await? {
        faults.add("id", "a delivery or task has this identifier; send another");
    }
    if let Err(faults) = faults.or(()) {
        return Ok(Accepted::Refused(faults));
    }
    note(tx, warehouse, &key, "purchase-order", &hash, now_ms).await?;
    tx.execute(
        "INSERT INTO purchase_order (warehouse_id, id, supplier, state, created_ms) VALUES ($1, $2, $3, $4, $5)",
        vals![warehouse, &order.id, &order.supplier, name(&OrderState::Open), now_ms],
    )
    .await?;
    let mut lines = Vec::new();
    for (n, line) in (1i64..).zip(&order.lines) {
        let id = format!("{}:{n}", order.id);
        tx.execute(
            "INSERT INTO purchase_order_line (warehouse_id, id, order_id, line_no, item, ordered, received, damaged, \
             over_percent, min_shelf_days, state) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8, 'open')",
            vals![warehouse, &id, &order.id, n, &line.item, line.ordered, line.over_percent, line.min_shelf_days],
        )
        .await?;
        lines.push(Wanted {
            order: order.id.clone(),
            order_line: id,
            item: line.item.clone(),
            qty: line.ordered,
            over_percent: line.over_percent,
            min_shelf_days: line.min_shelf_days,
            lot: String::new(),
        });
    }
    let delivery = Delivery {
        id: order.id.as_str().into(),
        supplier: order.supplier.clone(),
        orders: vec![order.id.clone()],
        door: order.door.clone(),
        due_ms: order.due_ms,
        ..Delivery::default()
    };
    announce(tx, changes, delivery, &lines, &[], now_ms).await?;
    Ok(Accepted::New)
}

/// What a delivery is to bring of a line of a purchase order.
#[derive(Debug, Clone)]
struct Wanted {
    order: PurchaseOrderId,
    order_line: String,
    item: ItemId,
    qty: i64,
    over_percent: i64,
    min_shelf_days: u32,
    lot: String,
}

/// Accepts a delivery. The own deliveries of its orders are withdrawn for it, where nothing came of them.
///
/// # Errors
/// When the database refuses.
pub async fn accept_delivery(tx: &Tx, changes: &mut Changes, delivery: &NewDelivery, now_ms: i64) -> Result<Accepted> {
    let warehouse = changes.warehouse();
    let (key, hash) = (format!("delivery:{}", delivery.id), hash(delivery)?);
    if let Some(known) = known(tx, warehouse, &key, &hash).await? {
        return Ok(known);
    }
    let mut faults = Faults::default();
    check_door(tx, warehouse, &delivery.door, &mut faults).await?;
    if is_taken(tx, warehouse, delivery.id.as_str()).await? {
        faults.add("id", "a delivery or task has this identifier; send another");
    }
    let (mut replaced, mut open, mut supplier) = (Vec::new(), Vec::new(), delivery.supplier.clone());
    for (n, order) in delivery.orders.iter().enumerate() {
        if rows::order_state(tx, warehouse, order).await? != Some(OrderState::Open) {
            faults.add(
                format!("orders[{n}]"),
                "no open purchase order has this number; GET /v1/purchase-orders lists them",
            );
            continue;
        }
        if supplier.is_empty() {
            supplier = tx
                .row("SELECT supplier FROM purchase_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, order])
                .await?
                .map_or(Ok(String::new()), |row| row.text("supplier"))?;
        }
        let own = rows::delivery(tx, warehouse, &order.as_str().into()).await?;
        replaced.extend(own.filter(|own| matches!(own.state, DeliveryState::Due | DeliveryState::Arrived)));
        open.extend(still_open(tx, warehouse, order).await?);
    }
    let lines = wanted(&delivery.lines, open, &mut faults);
    let announced = contents(delivery, &lines, &mut faults);
    for (n, unit) in delivery.units.iter().enumerate() {
        let known = entity::handling_unit(tx, warehouse, &unit.label.as_str().into()).await?;
        if UnitState::of(known.as_ref()).next(UnitEvent::Announce).is_none() {
            faults.add(format!("units[{n}].label"), "is a handling unit that is known already");
        }
    }
    if let Err(faults) = faults.or(()) {
        return Ok(Accepted::Refused(faults));
    }
    note(tx, warehouse, &key, "delivery", &hash, now_ms).await?;
    for mut old in replaced {
        settle::cancel(tx, changes, &mut old, now_ms).await?;
    }
    let head = Delivery {
        id: delivery.id.clone(),
        supplier,
        orders: delivery.orders.clone(),
        door: delivery.door.clone(),
        due_ms: delivery.due_ms,
        pallets: u32::try_from(delivery.units.len()).unwrap_or(u32::MAX),
        ..Delivery::default()
    };
    for unit in &delivery.units {
        let unit = HandlingUnit {
            id: unit.label.as_str().into(),
            kind: unit.kind,
            delivery: delivery.id.clone(),
            ..HandlingUnit::default()
        };
        entity::put_handling_unit(tx, changes, &unit).await?;
    }
    announce(tx, changes, head, &lines, &announced, now_ms).await?;
    for order in &delivery.orders {
        settle::order(tx, warehouse, order).await?;
    }
    Ok(Accepted::New)
}

/// What no other delivery of an order is to bring. Its own delivery, of which nothing came, counts as open.
async fn still_open(tx: &Tx, warehouse: i64, order: &PurchaseOrderId) -> Result<Vec<Wanted>> {
    tx.rows(
        "SELECT o.id, o.item, o.over_percent, o.min_shelf_days, o.ordered, CAST(o.received + COALESCE(( \
         SELECT SUM(CASE WHEN l.ordered > l.received THEN l.ordered - l.received ELSE 0 END) FROM delivery_line l \
         JOIN delivery d ON d.warehouse_id = l.warehouse_id AND d.id = l.delivery \
         WHERE l.warehouse_id = o.warehouse_id AND l.order_line = o.id AND l.order_id = o.order_id AND l.state = 'open' \
         AND (d.id <> o.order_id OR d.state = 'started')), 0) AS BIGINT) AS taken \
         FROM purchase_order_line o WHERE o.warehouse_id = $1 AND o.order_id = $2 ORDER BY o.line_no",
        vals![warehouse, order],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Wanted {
            order: order.clone(),
            order_line: row.text("id")?,
            item: row.text("item")?.into(),
            qty: (row.i64("ordered")? - row.i64("taken")?).max(0),
            over_percent: row.i64("over_percent")?,
            min_shelf_days: u32::try_from(row.i64("min_shelf_days")?).unwrap_or(0),
            lot: String::new(),
        })
    })
    .collect()
}

/// The lines of a delivery: those that it names, or all that is open.
fn wanted(named: &[NewDeliveryLine], mut open: Vec<Wanted>, faults: &mut Faults) -> Vec<Wanted> {
    if named.is_empty() {
        open.retain(|line| line.qty > 0);
        if open.is_empty() && !faults.any() {
            faults.add("orders", "nothing is open of them; name the lines if more is to come");
        }
        return open;
    }
    let mut lines = Vec::new();
    for (n, line) in named.iter().enumerate() {
        // The first line with enough open; else the last of the item, since suppliers send what they send.
        let mut fitting = open.iter().filter(|open| open.order == line.order && open.item == line.item);
        let found = fitting.clone().find(|open| open.qty >= line.qty).or_else(|| fitting.next_back()).cloned();
        let Some(found) = found else {
            faults.add(format!("lines[{n}].item"), format!("order {} has no line of this item", line.order));
            continue;
        };
        if let Some(rest) = open.iter_mut().find(|open| open.order_line == found.order_line) {
            rest.qty = (rest.qty - line.qty).max(0);
        }
        lines.push(Wanted { qty: line.qty, lot: line.lot.clone(), ..found });
    }
    lines
}

/// The announced content with the number of the line that each is for.
fn contents(delivery: &NewDelivery, lines: &[Wanted], faults: &mut Faults) -> Vec<(usize, Announced)> {
    let mut rest: Vec<i64> = lines.iter().map(|line| line.qty).collect();
    let mut found = Vec::new();
    for (n, unit) in delivery.units.iter().enumerate() {
        for (k, content) in unit.content.iter().enumerate() {
            let fits = |at: &usize| lines.get(*at).is_some_and(|line| line.item == content.item);
            let fitting: Vec<usize> = (0..lines.len()).filter(fits).collect();
            let open = fitting.iter().find(|at| rest.get(**at).is_some_and(|rest| *rest > 0));
            let Some(at) = open.or(fitting.last()).copied() else {
                faults.add(format!("units[{n}].content[{k}].item"), "no line of this delivery is of this item");
                continue;
            };
            if let Some(rest) = rest.get_mut(at) {
                *rest -= content.qty;
            }
            let announced = Announced {
                id: format!("{}:{}:{}", delivery.id, unit.label, k + 1),
                unit: unit.label.as_str().into(),
                delivery: delivery.id.clone(),
                line: LineId::default(),
                item: content.item.clone(),
                lot: content.lot.as_str().into(),
                expiry: Some(content.expiry.clone()).filter(|expiry| !expiry.is_empty()),
                qty: content.qty,
            };
            found.push((at, announced));
        }
    }
    found
}

async fn announce(
    tx: &Tx,
    changes: &mut Changes,
    mut delivery: Delivery,
    lines: &[Wanted],
    announced: &[(usize, Announced)],
    now_ms: i64,
) -> Result<()> {
    delivery.lines = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    rows::put_delivery(tx, changes, &delivery, now_ms).await?;
    let line_id = |n: usize| LineId(format!("{}:{}", delivery.id, n + 1));
    for (n, line) in lines.iter().enumerate() {
        let of = DeliveryLine {
            id: line_id(n),
            delivery: delivery.id.clone(),
            seq: i64::try_from(n + 1).unwrap_or(i64::MAX),
            order: line.order.clone(),
            item: line.item.clone(),
            ordered: line.qty,
            received: 0,
            over_percent: line.over_percent,
            min_shelf_days: line.min_shelf_days,
            lot: line.lot.as_str().into(),
            state: DeliveryLineState::Open,
        };
        rows::put_line(tx, changes, &Line { of, order_line: line.order_line.clone(), damaged: 0 }).await?;
        // A line of an order that came short waits for goods again.
        if let Some(open) = DeliveryLineState::Differs.next(LineEvent::Reopen) {
            tx.execute(
                "UPDATE purchase_order_line SET state = $3 WHERE warehouse_id = $1 AND id = $2 AND state = 'differs'",
                vals![changes.warehouse(), &line.order_line, name(&open)],
            )
            .await?;
        }
    }
    for (n, row) in announced {
        rows::put_announced(tx, changes, &Announced { line: line_id(*n), ..row.clone() }).await?;
    }
    Ok(())
}
