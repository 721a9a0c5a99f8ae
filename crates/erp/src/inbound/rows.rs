//! Typed rows of deliveries, their lines, announced content and receipts. Each `put_…` writes an entity
//! and its row of the feed.

use super::state::{OrderState, ReceiptState};
use crate::claim;
use crate::db::{Row, Tx, Val};
use crate::entity::{name, parse};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::{entity, vals};
use floorhand_domain::id::{DeliveryId, ItemId, LineId, LocationId, Lot, PurchaseOrderId, ReceiptId, TaskId};
use floorhand_domain::inbound::{Announced, Delivery, DeliveryLine, DeliveryState};
use floorhand_domain::stock::Status;
use floorhand_domain::task::{Task, TaskKind, TaskState};
use floorhand_wire::feed::kind;

/// A line of a delivery with what devices are not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As devices see it.
    pub of: DeliveryLine,
    /// The line of the purchase order behind it.
    pub order_line: String,
    /// Damaged units among those received.
    pub damaged: i64,
}

/// What one device receives of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// Its identifier, chosen by the device.
    pub id: ReceiptId,
    /// The delivery. Empty = blind.
    pub delivery: DeliveryId,
    /// The dock.
    pub location: LocationId,
    /// The device.
    pub device: String,
    /// Who opened it.
    pub operator: String,
    /// Where it stands.
    pub state: ReceiptState,
    /// Whether nothing more was to come when it was closed.
    pub complete: bool,
    /// When it was opened, in milliseconds since 1970 of the core's clock.
    pub opened_ms: i64,
    /// When it was closed; 0 = it is open.
    pub closed_ms: i64,
}

/// What a fact brought: units of one item, lot, serial number and status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The line of the delivery. Empty = nobody asked for it.
    pub line: LineId,
    /// The item.
    pub item: ItemId,
    /// Its lot. Empty = none.
    pub lot: Lot,
    /// Its serial number. Empty = none.
    pub serial: floorhand_domain::id::Serial,
    /// Where it was received.
    pub location: LocationId,
    /// Into which handling unit. Empty = loose.
    pub handling_unit: floorhand_domain::id::HandlingUnitId,
    /// Units.
    pub qty: i64,
    /// In-transit until the receipt is closed; then what became of it.
    pub status: Status,
}

/// Writes a delivery, and the task that stands for it in the work lists. Nobody has to claim it: two
/// people may receive one delivery.
///
/// # Errors
/// When the database refuses.
pub async fn put_delivery(tx: &Tx, changes: &mut Changes, delivery: &Delivery, now_ms: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    let orders: Vec<&str> = delivery.orders.iter().map(PurchaseOrderId::as_str).collect();
    tx.execute(
        "INSERT INTO delivery (warehouse_id, id, supplier, orders, door, due_ms, pallets, lines, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET supplier = excluded.supplier, orders = excluded.orders, \
         door = excluded.door, due_ms = excluded.due_ms, pallets = excluded.pallets, lines = excluded.lines, \
         state = excluded.state",
        vals![
            warehouse,
            &delivery.id,
            &delivery.supplier,
            orders.join(","),
            &delivery.door,
            delivery.due_ms,
            delivery.pallets,
            delivery.lines,
            name(&delivery.state)
        ],
    )
    .await?;
    changes.put_here(kind::DELIVERY, delivery.id.as_str(), delivery)?;
    let id = TaskId(delivery.id.0.clone());
    let mut task = entity::task(tx, warehouse, &id).await?.unwrap_or_else(|| Task {
        id: id.clone(),
        kind: TaskKind::Receive,
        released_ms: now_ms,
        ..Task::default()
    });
    task.lines = delivery.lines;
    task.cutoff_ms = delivery.due_ms;
    task.zone = match entity::location(tx, warehouse, &delivery.door).await? {
        Some(door) => door.zone,
        None => String::new(),
    };
    if !delivery.state.is_open() {
        claim::end(tx, warehouse, &mut task).await?;
        task.state = if delivery.state == DeliveryState::Cancelled { TaskState::Cancelled } else { TaskState::Done };
    }
    entity::put_task(tx, changes, &task).await
}

/// A delivery from a row of table `delivery`.
///
/// # Errors
/// When a column is missing or does not read.
pub fn delivery_of(row: &Row) -> Result<Delivery> {
    let count = |column: &'static str| {
        u32::try_from(row.i64(column)?).map_err(|_| Error::Column { column: column.to_owned(), wanted: "a count" })
    };
    Ok(Delivery {
        id: row.text("id")?.into(),
        supplier: row.text("supplier")?,
        orders: row.str("orders")?.split(',').filter(|id| !id.is_empty()).map(PurchaseOrderId::from).collect(),
        door: row.text("door")?.into(),
        due_ms: row.i64("due_ms")?,
        pallets: count("pallets")?,
        lines: count("lines")?,
        state: parse(row.str("state")?)?,
    })
}

/// One delivery, locked.
///
/// # Errors
/// When the database refuses.
pub async fn delivery(tx: &Tx, warehouse: i64, id: &DeliveryId) -> Result<Option<Delivery>> {
    tx.lock("SELECT * FROM delivery WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(delivery_of)
        .transpose()
}

/// Writes a line of a delivery.
///
/// # Errors
/// When the database refuses.
pub async fn put_line(tx: &Tx, changes: &mut Changes, line: &Line) -> Result<()> {
    let of = &line.of;
    tx.execute(
        "INSERT INTO delivery_line (warehouse_id, id, delivery, seq, order_id, order_line, item, ordered, received, \
         damaged, over_percent, min_shelf_days, lot, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET received = excluded.received, damaged = excluded.damaged, \
         state = excluded.state",
        &[
            Val::from(changes.warehouse()),
            Val::from(&of.id),
            Val::from(&of.delivery),
            Val::from(of.seq),
            Val::from(&of.order),
            Val::from(&line.order_line),
            Val::from(&of.item),
            Val::from(of.ordered),
            Val::from(of.received),
            Val::from(line.damaged),
            Val::from(of.over_percent),
            Val::from(of.min_shelf_days),
            Val::from(&of.lot),
            Val::from(name(&of.state)),
        ],
    )
    .await?;
    changes.put_here(kind::DELIVERY_LINE, of.id.as_str(), of)
}

/// A line from a row of table `delivery_line`.
///
/// # Errors
/// When a column is missing or does not read.
pub fn line_of(row: &Row) -> Result<Line> {
    Ok(Line {
        of: DeliveryLine {
            id: row.text("id")?.into(),
            delivery: row.text("delivery")?.into(),
            seq: row.i64("seq")?,
            order: row.text("order_id")?.into(),
            item: row.text("item")?.into(),
            ordered: row.i64("ordered")?,
            received: row.i64("received")?,
            over_percent: row.i64("over_percent")?,
            min_shelf_days: u32::try_from(row.i64("min_shelf_days")?)
                .map_err(|_| Error::Column { column: "min_shelf_days".to_owned(), wanted: "a count" })?,
            lot: row.text("lot")?.into(),
            state: parse(row.str("state")?)?,
        },
        order_line: row.text("order_line")?,
        damaged: row.i64("damaged")?,
    })
}

/// The lines of a delivery in their order, locked.
///
/// # Errors
/// When the database refuses.
pub async fn lines(tx: &Tx, warehouse: i64, delivery: &DeliveryId) -> Result<Vec<Line>> {
    tx.lock(
        "SELECT * FROM delivery_line WHERE warehouse_id = $1 AND delivery = $2 ORDER BY seq",
        vals![warehouse, delivery],
    )
    .await?
    .iter()
    .map(line_of)
    .collect()
}

/// One line, locked.
///
/// # Errors
/// When the database refuses.
pub async fn line(tx: &Tx, warehouse: i64, id: &LineId) -> Result<Option<Line>> {
    tx.lock("SELECT * FROM delivery_line WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(line_of)
        .transpose()
}

/// Writes announced content of a handling unit.
///
/// # Errors
/// When the database refuses.
pub async fn put_announced(tx: &Tx, changes: &mut Changes, announced: &Announced) -> Result<()> {
    tx.execute(
        "INSERT INTO announced (warehouse_id, id, unit, delivery, line, item, lot, expiry, qty) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        vals![
            changes.warehouse(),
            &announced.id,
            &announced.unit,
            &announced.delivery,
            &announced.line,
            &announced.item,
            &announced.lot,
            announced.expiry.clone().unwrap_or_default(),
            announced.qty
        ],
    )
    .await?;
    changes.put_here(kind::ANNOUNCED, &announced.id, announced)
}

/// What a delivery announced, by handling unit.
///
/// # Errors
/// When the database refuses.
pub async fn announced(tx: &Tx, warehouse: i64, delivery: &DeliveryId) -> Result<Vec<Announced>> {
    tx.rows(
        "SELECT * FROM announced WHERE warehouse_id = $1 AND delivery = $2 ORDER BY unit, id",
        vals![warehouse, delivery],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Announced {
            id: row.text("id")?,
            unit: row.text("unit")?.into(),
            delivery: row.text("delivery")?.into(),
            line: row.text("line")?.into(),
            item: row.text("item")?.into(),
            lot: row.text("lot")?.into(),
            expiry: Some(row.text("expiry")?).filter(|expiry| !expiry.is_empty()),
            qty: row.i64("qty")?,
        })
    })
    .collect()
}

/// Takes the rows of deliveries that are over off the feed, beside those of their tasks.
///
/// # Errors
/// When the database refuses.
pub async fn drop_rows(tx: &Tx, changes: &mut Changes, delivery: &DeliveryId) -> Result<()> {
    let warehouse = changes.warehouse();
    for line in lines(tx, warehouse, delivery).await? {
        changes.delete_here(kind::DELIVERY_LINE, line.of.id.as_str());
    }
    for row in announced(tx, warehouse, delivery).await? {
        changes.delete_here(kind::ANNOUNCED, &row.id);
    }
    changes.delete_here(kind::DELIVERY, delivery.as_str());
    Ok(())
}

/// Where a purchase order stands, if it is known; locked.
///
/// # Errors
/// When the database refuses.
pub async fn order_state(tx: &Tx, warehouse: i64, id: &PurchaseOrderId) -> Result<Option<OrderState>> {
    tx.lock("SELECT state FROM purchase_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(|row| parse(row.str("state")?))
        .transpose()
}

/// Writes a receipt. Devices know their own; others need not.
///
/// # Errors
/// When the database refuses.
pub async fn put_receipt(tx: &Tx, warehouse: i64, receipt: &Receipt) -> Result<()> {
    tx.execute(
        "INSERT INTO receipt (warehouse_id, id, delivery, location, device, operator, state, complete, opened_ms, \
         closed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET state = excluded.state, complete = excluded.complete, \
         closed_ms = excluded.closed_ms",
        vals![
            warehouse,
            &receipt.id,
            &receipt.delivery,
            &receipt.location,
            &receipt.device,
            &receipt.operator,
            name(&receipt.state),
            receipt.complete,
            receipt.opened_ms,
            receipt.closed_ms
        ],
    )
    .await
    .map(|_| ())
}

/// A receipt from a row of table `receipt`.
///
/// # Errors
/// When a column is missing or does not read.
pub fn receipt_of(row: &Row) -> Result<Receipt> {
    Ok(Receipt {
        id: row.text("id")?.into(),
        delivery: row.text("delivery")?.into(),
        location: row.text("location")?.into(),
        device: row.text("device")?,
        operator: row.text("operator")?,
        state: parse(row.str("state")?)?,
        complete: row.flag("complete")?,
        opened_ms: row.i64("opened_ms")?,
        closed_ms: row.i64("closed_ms")?,
    })
}

/// One receipt, locked.
///
/// # Errors
/// When the database refuses.
pub async fn receipt(tx: &Tx, warehouse: i64, id: &ReceiptId) -> Result<Option<Receipt>> {
    tx.lock("SELECT * FROM receipt WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(receipt_of)
        .transpose()
}

/// What a row of table `receipt_line` says was brought.
///
/// # Errors
/// When a column is missing or does not read.
pub fn brought_of(row: &Row) -> Result<Brought> {
    let status = row.str("status")?;
    Ok(Brought {
        line: row.text("line")?.into(),
        item: row.text("item")?.into(),
        lot: row.text("lot")?.into(),
        serial: row.text("serial")?.into(),
        location: row.text("location")?.into(),
        handling_unit: row.text("handling_unit")?.into(),
        qty: row.i64("qty")?,
        status: Status::parse(status).ok_or_else(|| Error::Stored(format!("status {status:?}")))?,
    })
}

/// What a receipt brought and was not taken back, in the order in which it came.
///
/// # Errors
/// When the database refuses.
pub async fn brought(tx: &Tx, warehouse: i64, receipt: &ReceiptId) -> Result<Vec<Brought>> {
    tx.rows(
        "SELECT * FROM receipt_line WHERE warehouse_id = $1 AND receipt = $2 AND undone = 0 \
         ORDER BY src_device, src_epoch, src_seq, n",
        vals![warehouse, receipt],
    )
    .await?
    .iter()
    .map(brought_of)
    .collect()
}
