//! Shipments: what leaves together of an order.

use super::state::{Machine as _, ShipmentEvent, ShipmentState};
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, OrderId};
use floorhand_domain::returns::ShippedLine;
use floorhand_wire::feed::kind;

/// A row of table `shipment`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shipment {
    /// Its identifier: the order's, `-S` and its number.
    pub id: String,
    /// The order.
    pub order: OrderId,
    /// Its number within the order, from 1.
    pub n: i64,
    /// The carrier, by code.
    pub carrier: String,
    /// Its service, by code.
    pub service: String,
    /// Where it stands.
    pub state: ShipmentState,
    /// Whether nothing more goes into it.
    pub finished: bool,
    /// When its first carton was opened, in milliseconds since 1970.
    pub opened_ms: i64,
    /// When its last carton left; 0 = not all have.
    pub shipped_ms: i64,
}

impl Shipment {
    /// A shipment from a row of table `shipment`.
    ///
    /// # Errors
    /// When a column does not read.
    pub fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            order: row.text("order_id")?.into(),
            n: row.i64("n")?,
            carrier: row.text("carrier")?,
            service: row.text("service")?,
            state: entity::parse(row.str("state")?)?,
            finished: row.flag("finished")?,
            opened_ms: row.i64("opened_ms")?,
            shipped_ms: row.i64("shipped_ms")?,
        })
    }
}

/// The shipments of an order, in the order of their numbers.
///
/// # Errors
/// When the database refuses.
pub async fn of_order(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<Vec<Shipment>> {
    tx.lock("SELECT * FROM shipment WHERE warehouse_id = $1 AND order_id = $2 ORDER BY n", vals![warehouse, order])
        .await?
        .iter()
        .map(Shipment::of)
        .collect()
}

/// Writes a shipment.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &Tx, warehouse: i64, shipment: &Shipment) -> Result<()> {
    tx.execute(
        "INSERT INTO shipment (warehouse_id, id, order_id, n, carrier, service, state, finished, opened_ms, shipped_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET carrier = excluded.carrier, service = excluded.service, \
         state = excluded.state, finished = excluded.finished, shipped_ms = excluded.shipped_ms",
        vals![
            warehouse,
            &shipment.id,
            &shipment.order,
            shipment.n,
            &shipment.carrier,
            &shipment.service,
            entity::name(&shipment.state),
            shipment.finished,
            shipment.opened_ms,
            shipment.shipped_ms
        ],
    )
    .await
    .map(|_| ())
}

/// The shipment of an order that cartons still go into; a new one where there is none.
///
/// # Errors
/// When the database refuses.
pub async fn open(tx: &Tx, warehouse: i64, order: &OrderId, now: i64) -> Result<Shipment> {
    let known = of_order(tx, warehouse, order).await?;
    if let Some(open) = known.iter().find(|one| !one.finished && one.state == ShipmentState::Open) {
        return Ok(open.clone());
    }
    let n = known.last().map_or(0, |last| last.n) + 1;
    let row = tx
        .row("SELECT carrier, service FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, order])
        .await?;
    let (carrier, service) = match &row {
        Some(row) => (row.text("carrier")?, row.text("service")?),
        None => (String::new(), String::new()),
    };
    let shipment = Shipment {
        id: format!("{order}-S{n}"),
        order: order.clone(),
        n,
        carrier,
        service,
        opened_ms: now,
        ..Shipment::default()
    };
    put(tx, warehouse, &shipment).await?;
    Ok(shipment)
}

/// What happens to a shipment; what cannot happen changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn on(tx: &Tx, warehouse: i64, id: &str, event: ShipmentEvent, now: i64) -> Result<()> {
    let rows = tx.lock("SELECT * FROM shipment WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id]).await?;
    let Some(mut shipment) = rows.first().map(Shipment::of).transpose()? else { return Ok(()) };
    let mut event = event;
    if event == ShipmentEvent::Finish {
        shipment.finished = true;
    }
    if event == ShipmentEvent::Reopen {
        shipment.finished = false;
    }
    // Nothing more goes in and nothing is left: that is its end, whichever came last.
    let all_left = shipment.finished && none_left(tx, warehouse, id).await?;
    let ends = event == ShipmentEvent::Load
        || (event == ShipmentEvent::Finish && shipment.state == ShipmentState::PartShipped);
    if ends && all_left {
        event = ShipmentEvent::LoadLast;
    }
    if let Some(state) = shipment.state.next(event) {
        shipment.state = state;
        if state == ShipmentState::Shipped {
            shipment.shipped_ms = now;
        }
        put(tx, warehouse, &shipment).await?;
    }
    Ok(())
}

/// Whether no carton of a shipment is in the building.
async fn none_left(tx: &Tx, warehouse: i64, id: &str) -> Result<bool> {
    Ok(tx
        .row(
            "SELECT id FROM carton WHERE warehouse_id = $1 AND shipment = $2 AND state NOT IN ('shipped', 'void') LIMIT 1",
            vals![warehouse, id],
        )
        .await?
        .is_none())
}

/// Gives what left in a carton the carrier's number that was not known then.
///
/// # Errors
/// When the database refuses.
pub async fn track(tx: &Tx, changes: &mut Changes, carton: &HandlingUnitId, tracking: &str) -> Result<()> {
    let warehouse = changes.warehouse();
    let values = vals![warehouse, carton, tracking];
    tx.execute("UPDATE shipped SET tracking = $3 WHERE warehouse_id = $1 AND carton = $2 AND tracking <> $3", values)
        .await?;
    for row in tx
        .rows("SELECT * FROM shipped WHERE warehouse_id = $1 AND carton = $2 ORDER BY id", vals![warehouse, carton])
        .await?
    {
        let line = line_of(&row)?;
        if row.flag("shown")? {
            changes.put_here(kind::SHIPPED, &line.id, &line)?;
        }
    }
    Ok(())
}

/// What left, from a row of table `shipped`.
///
/// # Errors
/// When a column does not read.
pub fn line_of(row: &Row) -> Result<ShippedLine> {
    Ok(ShippedLine {
        id: row.text("id")?,
        order: row.text("order_id")?.into(),
        line: row.text("order_line")?.into(),
        carton: row.text("carton")?.into(),
        tracking: row.text("tracking")?,
        item: row.text("item")?.into(),
        lot: row.text("lot")?.into(),
        serial: row.text("serial")?.into(),
        qty: row.i64("qty")?,
        returned: row.i64("returned")?,
        unit_grams: row.i64("unit_grams")?,
        value_minor: row.i64("value_minor")?,
        channel: row.text("channel")?,
    })
}
