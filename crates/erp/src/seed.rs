//! A warehouse to try things in: believable, the same for the same numbers, of any size.
//!
//! Everything is made from its index, so that memory does not grow with the size, and written in
//! batches of one transaction each.

mod catalogue;
mod chance;
mod demand;
mod goods;
mod layout;
mod people;
mod returned;
mod shipping;
mod supply;

pub use people::{DemoOperator, DemoStation};

use self::demand::at;
use crate::db::{Db, Tx};
use crate::entity::{self, DEFAULT_WAREHOUSE};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::inbound;
use crate::ledger::{self, Source};
use crate::orders::{Accepted, NewOrder, ReleaseRequest, accept, release};
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, OrderId};
use floorhand_domain::master::{HandlingUnit, HandlingUnitKind, Location, Settings};
use floorhand_domain::stock::{CUSTOMER, Move, Place, SUPPLIER, Status};
use floorhand_domain::task::PickMode;
use goods::Size;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Items, bins and totes in one transaction.
const BATCH: usize = 250;
/// Orders in one transaction.
const ORDER_BATCH: usize = 50;
/// Totes.
const TOTES: usize = 60;
/// Where empty totes stand.
const TOTES_AT: &str = "STAGE-1";
/// Key in `core_meta` of what was sown.
const META: &str = "seed";

/// What to sow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Items of the catalogue.
    pub items: usize,
    /// Bins.
    pub locations: usize,
    /// Orders.
    pub orders: usize,
    /// Lines of one more, long order; 0 = none.
    pub long_order: usize,
    /// Chooses among all the warehouses of that size.
    pub seed: u64,
    /// The day it is meant to be: dates of expiry and cut-offs follow it.
    pub today: Date,
}

impl Options {
    /// The usual size.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self { items: 160, locations: 240, orders: 40, long_order: 0, seed: 1, today }
    }

    /// What makes no warehouse.
    fn check(&self) -> Result<()> {
        let limits = [
            ("items", self.items, 1, 1_000_000),
            ("locations", self.locations, 1, 200_000),
            ("orders", self.orders, 0, 1_000_000),
            ("long-order", self.long_order, 0, self.items.min(crate::orders::intake::ORDER_LINES_MAX)),
        ];
        for (name, value, min, max) in limits {
            if !(min..=max).contains(&value) {
                return Err(Error::problem(400, "invalid", format!("{name} must be from {min} to {max}, not {value}")));
            }
        }
        Ok(())
    }

    fn size(&self) -> Size {
        Size { seed: self.seed, items: self.items, bins: self.locations, orders: self.orders, today: self.today }
    }
}

/// How much of everything there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The day that dates follow.
    pub today: Date,
    /// Items.
    pub items: i64,
    /// Barcodes of items.
    pub barcodes: i64,
    /// Bins to pick from.
    pub bins: i64,
    /// All locations, virtual ones included.
    pub locations: i64,
    /// Lots.
    pub lots: i64,
    /// Totes.
    pub handling_units: i64,
    /// Rows of stock.
    pub stock_rows: i64,
    /// Units in stock.
    pub stock_units: i64,
    /// Orders.
    pub orders: i64,
    /// Their lines.
    pub order_lines: i64,
    /// Lines of which something is on backorder.
    pub backordered_lines: i64,
    /// Pick tasks.
    pub tasks: i64,
    /// Pick tasks with several totes.
    pub cluster_tasks: i64,
    /// Lines of pick tasks.
    pub task_lines: i64,
    /// Purchase orders.
    #[serde(default)]
    pub purchase_orders: i64,
    /// Deliveries that are awaited.
    #[serde(default)]
    pub deliveries: i64,
    /// Announced pallets.
    #[serde(default)]
    pub pallets: i64,
    /// Returns that are announced.
    #[serde(default)]
    pub returns: i64,
}

/// What was sown, and how to sign in to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Who can sign in.
    pub operators: Vec<DemoOperator>,
    /// Where devices can be enrolled.
    pub stations: Vec<DemoStation>,
    /// How much of everything there is.
    pub counts: Counts,
}

#[derive(Debug, Serialize, Deserialize)]
struct Sown {
    options: Options,
    counts: Option<Counts>,
}

/// Sows the demo. Sowing the same again changes nothing and returns the same.
///
/// # Errors
/// When the numbers make no warehouse, the database holds other data, or it refuses.
pub async fn demo(db: &Db, options: &Options) -> Result<Summary> {
    options.check()?;
    let counts = match begin(db, options).await? {
        Some(counts) => counts,
        None => {
            let size = options.size();
            let bins = layout::bins(options.locations);
            places(db, &bins).await?;
            staff(db, options).await?;
            catalogue(db, &size, &bins).await?;
            demand(db, &size, options.long_order).await?;
            supply(db, &size).await?;
            shipping::sow(db).await?;
            returned::sow(db, &size).await?;
            end(db, options).await?
        }
    };
    Ok(Summary { operators: people::operators(options.seed), stations: people::stations(), counts })
}

/// Notes that sowing begins. The counts, where it was done before.
async fn begin(db: &Db, options: &Options) -> Result<Option<Counts>> {
    db.write(|tx| async move {
        if let Some(row) = tx.row("SELECT v FROM core_meta WHERE k = $1", vals![META]).await? {
            let sown: Sown = serde_json::from_str(row.str("v")?)?;
            return match sown.counts {
                Some(counts) if sown.options == *options => Ok(Some(counts)),
                Some(_) => Err(refused("these data were sown with other numbers; use an empty --data directory")),
                None => Err(refused("an earlier seed was interrupted; remove the --data directory and begin anew")),
            };
        }
        if tx.row("SELECT id FROM item LIMIT 1", &[]).await?.is_some() {
            return Err(refused("these data hold items already; use an empty --data directory"));
        }
        note(&tx, options, None).await.map(|()| None)
    })
    .await
}

fn refused(detail: &str) -> Error {
    Error::problem(409, "not_empty", detail)
}

async fn note(tx: &Tx, options: &Options, counts: Option<Counts>) -> Result<()> {
    let sown = Sown { options: options.clone(), counts };
    tx.execute(
        "INSERT INTO core_meta (k, v) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET v = excluded.v",
        vals![META, serde_json::to_string(&sown)?],
    )
    .await
    .map(|_| ())
}

async fn places(db: &Db, bins: &[Location]) -> Result<()> {
    let others = layout::others(bins.len());
    let all: Vec<&Location> = others.iter().chain(bins).collect();
    for batch in all.chunks(BATCH) {
        db.write(|tx| async move {
            let mut changes = Changes::new(DEFAULT_WAREHOUSE);
            for location in batch {
                entity::put_location(&tx, &mut changes, location).await?;
            }
            changes.publish(&tx).await
        })
        .await?;
    }
    db.write(|tx| async move {
        let mut changes = Changes::new(DEFAULT_WAREHOUSE);
        for n in 1..=TOTES {
            let tote = HandlingUnit {
                id: format!("T-{n:04}").into(),
                kind: HandlingUnitKind::Tote,
                location: TOTES_AT.into(),
                ..HandlingUnit::default()
            };
            entity::put_handling_unit(&tx, &mut changes, &tote).await?;
        }
        changes.publish(&tx).await
    })
    .await
}

async fn staff(db: &Db, options: &Options) -> Result<()> {
    let until = options.today.checked_add(1.year()).map_or(0, |day| at(day, 0));
    let operators = people::operators(options.seed)
        .iter()
        .map(|one| people::hashed(options.seed, DEFAULT_WAREHOUSE, one, until))
        .collect::<Result<Vec<_>>>()?;
    let operators = &operators;
    db.write(|tx| async move {
        let mut changes = Changes::new(DEFAULT_WAREHOUSE);
        entity::put_settings(&tx, &mut changes, &Settings::default()).await?;
        for operator in operators {
            entity::put_operator(&tx, &mut changes, operator).await?;
        }
        for (name, profile) in people::STATIONS {
            tx.execute(
                "INSERT INTO station (warehouse_id, name, profile, device) VALUES ($1, $2, $3, '') \
                 ON CONFLICT (warehouse_id, name) DO NOTHING",
                vals![DEFAULT_WAREHOUSE, *name, *profile],
            )
            .await?;
        }
        changes.publish(&tx).await
    })
    .await
}

async fn catalogue(db: &Db, size: &Size, bins: &[Location]) -> Result<()> {
    for from in (0..size.items).step_by(BATCH) {
        let to = (from + BATCH).min(size.items);
        db.write(|tx| async move {
            let mut changes = Changes::new(DEFAULT_WAREHOUSE);
            let source = Source::Request(format!("seed:stock:{from}"));
            for index in from..to {
                let product = catalogue::product(index);
                entity::put_item(&tx, &mut changes, &product.item).await?;
                for barcode in &product.barcodes {
                    entity::put_barcode(&tx, &mut changes, barcode).await?;
                }
                for batch in size.batches(index) {
                    entity::put_lot(&tx, DEFAULT_WAREHOUSE, &product.item.id, &batch.lot.into(), &batch.expiry).await?;
                }
                for heap in size.heaps(index) {
                    let Some(bin) = bins.get(heap.bin) else { continue };
                    let what = Move {
                        item: product.item.id.clone(),
                        lot: heap.lot.into(),
                        serial: heap.serial.into(),
                        qty: heap.qty,
                        from: place(SUPPLIER.into()),
                        to: place(bin.id.clone()),
                    };
                    ledger::post(&tx, &mut changes, &what, "opening", &source).await?;
                }
            }
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(())
}

fn place(location: floorhand_domain::id::LocationId) -> Place {
    Place { location, handling_unit: HandlingUnitId::default(), status: Status::Available }
}

async fn demand(db: &Db, size: &Size, long_order: usize) -> Result<()> {
    // Orders came in during the night.
    let now = at(size.today, 5);
    let (mut carts, mut singles): (Vec<Vec<OrderId>>, Vec<OrderId>) = (Vec::new(), Vec::new());
    let mut small = 0;
    let mut room = 0;
    for from in (0..size.orders).step_by(ORDER_BATCH) {
        let orders: Vec<NewOrder> =
            (from..(from + ORDER_BATCH).min(size.orders)).map(|n| demand::order(size, n)).collect();
        take_in(db, &orders, now).await?;
        for order in orders {
            if !demand::shares_cart(&order) {
                singles.push(order.id);
                continue;
            }
            if room == 0 {
                room = demand::cart_size(size, small);
                carts.push(Vec::new());
            }
            if let Some(cart) = carts.last_mut() {
                cart.push(order.id);
            }
            small += 1;
            room -= 1;
        }
    }
    if long_order > 0 {
        let order = demand::long_order(size, long_order);
        take_in(db, std::slice::from_ref(&order), now).await?;
        singles.push(order.id);
    }
    let singles = singles.chunks(ORDER_BATCH);
    for (mode, orders) in singles
        .map(|orders| (PickMode::Single, orders))
        .chain(carts.iter().map(|cart| (PickMode::Cluster, cart.as_slice())))
    {
        let request = ReleaseRequest {
            id: String::new(),
            mode: if orders.len() == 1 { PickMode::Single } else { mode },
            max_orders: u8::try_from(orders.len()).unwrap_or(u8::MAX),
            orders: orders.iter().map(ToString::to_string).collect(),
            wave: crate::orders::release::Wave::default(),
        };
        let request = &request;
        db.write(|tx| async move {
            let mut changes = Changes::new(DEFAULT_WAREHOUSE);
            release(&tx, &mut changes, request, now).await?;
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(())
}

async fn supply(db: &Db, size: &Size) -> Result<()> {
    let now = at(size.today, 5);
    for n in 0..supply::ORDERS {
        let Some(order) = supply::order(size, n) else { continue };
        let (order, delivery) = (&order, &supply::delivery(size, n, &order));
        db.write(|tx| async move {
            let mut changes = Changes::new(DEFAULT_WAREHOUSE);
            let mut done = vec![inbound::accept_order(&tx, &mut changes, order, now).await?];
            if let Some(delivery) = delivery {
                done.push(inbound::accept_delivery(&tx, &mut changes, delivery, now).await?);
            }
            if let Some(other) = done.into_iter().find(|done| *done != inbound::Accepted::New) {
                return Err(Error::Stored(format!("purchase order {}: {other:?}", order.id)));
            }
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(())
}

async fn take_in(db: &Db, orders: &[NewOrder], now_ms: i64) -> Result<()> {
    db.write(|tx| async move {
        for order in orders {
            match accept(&tx, DEFAULT_WAREHOUSE, order, now_ms).await? {
                Accepted::New(_) => {}
                other => return Err(Error::Stored(format!("order {}: {other:?}", order.id))),
            }
        }
        Ok(())
    })
    .await
}

async fn end(db: &Db, options: &Options) -> Result<Counts> {
    db.write(|tx| async move {
        let row = tx
            .row(
                "SELECT (SELECT COUNT(*) FROM item WHERE warehouse_id = 0) AS items, \
                 (SELECT COUNT(*) FROM barcode WHERE warehouse_id = 0) AS barcodes, \
                 (SELECT COUNT(*) FROM location WHERE warehouse_id = $1 AND kind = 'bin' AND status = 'available') AS bins, \
                 (SELECT COUNT(*) FROM location WHERE warehouse_id = $1) AS locations, \
                 (SELECT COUNT(*) FROM lot WHERE warehouse_id = $1) AS lots, \
                 (SELECT COUNT(*) FROM handling_unit WHERE warehouse_id = $1 AND kind = 'tote') AS handling_units, \
                 (SELECT COUNT(*) FROM balance WHERE warehouse_id = $1 AND location NOT IN ($2, $3)) AS stock_rows, \
                 (SELECT COALESCE(CAST(SUM(qty) AS BIGINT), 0) FROM balance WHERE warehouse_id = $1 \
                 AND location NOT IN ($2, $3)) AS stock_units, \
                 (SELECT COUNT(*) FROM customer_order WHERE warehouse_id = $1 AND state <> 'shipped') AS orders, \
                 (SELECT COUNT(*) FROM order_line WHERE warehouse_id = $1 AND state <> 'shipped') AS order_lines, \
                 (SELECT COUNT(*) FROM order_line WHERE warehouse_id = $1 AND backordered > 0) AS backordered_lines, \
                 (SELECT COUNT(*) FROM task WHERE warehouse_id = $1 AND kind = 'pick') AS tasks, \
                 (SELECT COUNT(*) FROM task WHERE warehouse_id = $1 AND mode = 'cluster') AS cluster_tasks, \
                 (SELECT COUNT(*) FROM task_line WHERE warehouse_id = $1) AS task_lines, \
                 (SELECT COUNT(*) FROM purchase_order WHERE warehouse_id = $1) AS purchase_orders, \
                 (SELECT COUNT(*) FROM delivery WHERE warehouse_id = $1 AND state = 'due') AS deliveries, \
                 (SELECT COUNT(*) FROM handling_unit WHERE warehouse_id = $1 AND kind = 'pallet') AS pallets, \
                 (SELECT COUNT(*) FROM rma WHERE warehouse_id = $1) AS returns",
                vals![DEFAULT_WAREHOUSE, SUPPLIER, CUSTOMER],
            )
            .await?
            .ok_or_else(|| Error::Stored("counts".to_owned()))?;
        let counts = Counts {
            today: options.today,
            items: row.i64("items")?,
            barcodes: row.i64("barcodes")?,
            bins: row.i64("bins")?,
            locations: row.i64("locations")?,
            lots: row.i64("lots")?,
            handling_units: row.i64("handling_units")?,
            stock_rows: row.i64("stock_rows")?,
            stock_units: row.i64("stock_units")?,
            orders: row.i64("orders")?,
            order_lines: row.i64("order_lines")?,
            backordered_lines: row.i64("backordered_lines")?,
            tasks: row.i64("tasks")?,
            cluster_tasks: row.i64("cluster_tasks")?,
            task_lines: row.i64("task_lines")?,
            purchase_orders: row.i64("purchase_orders")?,
            deliveries: row.i64("deliveries")?,
            pallets: row.i64("pallets")?,
            returns: row.i64("returns")?,
        };
        note(&tx, options, Some(counts.clone())).await?;
        Ok(counts)
    })
    .await
}
