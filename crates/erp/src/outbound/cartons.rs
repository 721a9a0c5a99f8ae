//! Cartons: rows, what is in them, what devices are told, and the types there are.

use super::state::{CartonEvent, CartonState, Machine as _};
use crate::db::{Row, Tx, Val};
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, ItemId, Lot, OrderId, OrderLineId, Serial};
use floorhand_domain::outbound::{Carton, CartonType, LabelOn};
use floorhand_wire::feed::kind;

/// Types of cartons at the most.
pub const TYPES_MAX: usize = 200;

/// A row of table `carton`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// What devices are told of it.
    pub carton: Carton,
    /// The shipment that it belongs to. Empty = none.
    pub shipment: String,
    /// Labels it was ever given or asked for.
    pub labels: i64,
    /// The carrier whose label it has or waits for. Empty = none.
    pub carrier: String,
    /// When it was opened first, in milliseconds since 1970.
    pub opened_ms: i64,
    /// When it left; 0 = it has not.
    pub shipped_ms: i64,
}

impl Held {
    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            carton: Carton {
                id: row.text("id")?.into(),
                order: row.text("order_id")?.into(),
                carton_type: row.text("carton_type")?.into(),
                state: entity::parse(row.str("state")?)?,
                grams: row.i64("grams")?,
                copies: u32::try_from(row.i64("copies")?).unwrap_or(u32::MAX),
                tracking: row.text("tracking")?,
                zpl: row.text("zpl")?,
                blocked: false,
                label: LabelOn::of(row.str("label")?),
            },
            shipment: row.text("shipment")?,
            labels: row.i64("labels")?,
            carrier: row.text("carrier")?,
            opened_ms: row.i64("opened_ms")?,
            shipped_ms: row.i64("shipped_ms")?,
        })
    }

    /// What happens to it. `false` where that cannot happen; then nothing changed.
    pub fn on(&mut self, event: CartonEvent) -> bool {
        match self.carton.state.next(event) {
            Some(next) => {
                self.carton.state = next;
                true
            }
            None => false,
        }
    }

    /// Forgets label, weight and copies: they are asked for again.
    pub fn reopen(&mut self, before: CartonState) {
        self.carton.reopened(before);
        self.carton.copies = 0;
    }
}

/// Whether nothing of an order may leave: it is held or cancelled.
///
/// # Errors
/// When the database refuses.
pub async fn blocked(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<bool> {
    Ok(tx
        .row(
            "SELECT id FROM customer_order WHERE warehouse_id = $1 AND id = $2 AND (held <> 0 OR state = 'cancelled')",
            vals![warehouse, order],
        )
        .await?
        .is_some())
}

/// One carton, locked.
///
/// # Errors
/// When the database refuses.
pub async fn get(tx: &Tx, warehouse: i64, id: &HandlingUnitId) -> Result<Option<Held>> {
    tx.lock("SELECT * FROM carton WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(Held::of)
        .transpose()
}

/// The cartons of an order.
///
/// # Errors
/// When the database refuses.
pub async fn of_order(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<Vec<Held>> {
    tx.lock("SELECT * FROM carton WHERE warehouse_id = $1 AND order_id = $2 ORDER BY id", vals![warehouse, order])
        .await?
        .iter()
        .map(Held::of)
        .collect()
}

/// Writes a carton. Devices get its label only while it may leave.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &Tx, changes: &mut Changes, held: &Held) -> Result<()> {
    let warehouse = changes.warehouse();
    let carton = &held.carton;
    tx.execute(
        "INSERT INTO carton (warehouse_id, id, order_id, shipment, carton_type, state, grams, copies, labels, carrier, \
         tracking, zpl, opened_ms, shipped_ms, label) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET order_id = excluded.order_id, shipment = excluded.shipment, \
         carton_type = excluded.carton_type, state = excluded.state, grams = excluded.grams, copies = excluded.copies, \
         labels = excluded.labels, carrier = excluded.carrier, tracking = excluded.tracking, zpl = excluded.zpl, \
         shipped_ms = excluded.shipped_ms, label = excluded.label",
        &[
            Val::from(warehouse),
            Val::from(&carton.id),
            Val::from(&carton.order),
            Val::from(&held.shipment),
            Val::from(&carton.carton_type),
            Val::from(entity::name(&carton.state)),
            Val::from(carton.grams),
            Val::from(carton.copies),
            Val::from(held.labels),
            Val::from(&held.carrier),
            Val::from(&carton.tracking),
            Val::from(&carton.zpl),
            Val::from(held.opened_ms),
            Val::from(held.shipped_ms),
            Val::from(carton.label.code()),
        ],
    )
    .await?;
    let blocked = carton.state != CartonState::Shipped && blocked(tx, warehouse, &carton.order).await?;
    let zpl = if blocked { String::new() } else { carton.zpl.clone() };
    changes.put_here(kind::CARTON, carton.id.as_str(), &Carton { zpl, blocked, ..carton.clone() })
}

/// What is in a carton of one line, item, lot and serial number, and the tote that it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The line of the order. Empty = none.
    pub line: OrderLineId,
    /// What.
    pub item: ItemId,
    /// Its lot.
    pub lot: Lot,
    /// Its serial number.
    pub serial: Serial,
    /// The tote that it came in. Empty = loose.
    pub tote: HandlingUnitId,
    /// Units.
    pub qty: i64,
}

/// What the facts put into a carton.
///
/// # Errors
/// When the database refuses.
pub async fn content(tx: &Tx, warehouse: i64, carton: &HandlingUnitId) -> Result<Vec<Content>> {
    tx.rows(
        "SELECT order_line, item, lot, serial, tote, qty FROM carton_line WHERE warehouse_id = $1 AND carton = $2 \
         ORDER BY order_line, item, lot, serial, tote",
        vals![warehouse, carton],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Content {
            line: row.text("order_line")?.into(),
            item: row.text("item")?.into(),
            lot: row.text("lot")?.into(),
            serial: row.text("serial")?.into(),
            tote: row.text("tote")?.into(),
            qty: row.i64("qty")?,
        })
    })
    .collect()
}

/// Adds units to a carton, or takes them out where `qty` is below zero.
///
/// # Errors
/// When the database refuses.
pub async fn add(tx: &Tx, warehouse: i64, carton: &HandlingUnitId, what: &Content, qty: i64) -> Result<()> {
    let left = tx
        .row(
            "INSERT INTO carton_line (warehouse_id, carton, order_line, item, lot, serial, tote, qty) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (warehouse_id, carton, order_line, item, lot, serial, tote) \
             DO UPDATE SET qty = carton_line.qty + excluded.qty RETURNING qty",
            vals![warehouse, carton, &what.line, &what.item, &what.lot, &what.serial, &what.tote, qty],
        )
        .await?
        .ok_or_else(|| Error::Stored("carton line".to_owned()))?
        .i64("qty")?;
    if left == 0 {
        tx.execute(
            "DELETE FROM carton_line WHERE warehouse_id = $1 AND carton = $2 AND order_line = $3 AND item = $4 AND lot = $5 \
             AND serial = $6 AND tote = $7 AND qty = 0",
            vals![warehouse, carton, &what.line, &what.item, &what.lot, &what.serial, &what.tote],
        )
        .await?;
    }
    Ok(())
}

/// Takes units out of a carton, whichever tote they came in; that of `what` first. Returns how many of which.
/// What the carton does not have is owed to that tote.
///
/// # Errors
/// When the database refuses.
pub async fn take(tx: &Tx, warehouse: i64, carton: &HandlingUnitId, what: &Content) -> Result<Vec<Content>> {
    let mut there = content(tx, warehouse, carton).await?;
    there.retain(|one| {
        one.line == what.line
            && one.item == what.item
            && one.lot == what.lot
            && one.serial == what.serial
            && one.qty > 0
    });
    there.sort_by_key(|one| one.tote != what.tote);
    let mut left = what.qty;
    let mut taken = Vec::new();
    for one in there {
        let qty = one.qty.min(left);
        if qty > 0 {
            left -= qty;
            add(tx, warehouse, carton, &one, -qty).await?;
            taken.push(Content { qty, ..one });
        }
    }
    if left > 0 {
        add(tx, warehouse, carton, what, -left).await?;
        taken.push(Content { qty: left, ..what.clone() });
    }
    Ok(taken)
}

fn type_of(row: &Row) -> Result<CartonType> {
    Ok(CartonType {
        id: row.text("id")?.into(),
        name: row.text("name")?,
        inner_mm: [row.i64("length_mm")?, row.i64("width_mm")?, row.i64("height_mm")?],
        max_grams: row.i64("max_grams")?,
        tare_grams: row.i64("tare_grams")?,
        carriers: row.str("carriers")?.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
    })
}

/// The types of cartons.
///
/// # Errors
/// When the database refuses.
pub async fn types(tx: &Tx, warehouse: i64) -> Result<Vec<CartonType>> {
    tx.rows("SELECT * FROM carton_type WHERE warehouse_id = $1 ORDER BY id", vals![warehouse])
        .await?
        .iter()
        .map(type_of)
        .collect()
}

/// Writes a type of carton.
///
/// # Errors
/// When the database refuses.
pub async fn put_type(tx: &Tx, changes: &mut Changes, one: &CartonType) -> Result<()> {
    let [length, width, height] = one.inner_mm;
    tx.execute(
        "INSERT INTO carton_type (warehouse_id, id, name, length_mm, width_mm, height_mm, max_grams, tare_grams, carriers) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET name = excluded.name, length_mm = excluded.length_mm, \
         width_mm = excluded.width_mm, height_mm = excluded.height_mm, max_grams = excluded.max_grams, \
         tare_grams = excluded.tare_grams, carriers = excluded.carriers",
        vals![
            changes.warehouse(),
            &one.id,
            &one.name,
            length,
            width,
            height,
            one.max_grams,
            one.tare_grams,
            one.carriers.join(",")
        ],
    )
    .await?;
    changes.put_here(kind::CARTON_TYPE, one.id.as_str(), one)
}
