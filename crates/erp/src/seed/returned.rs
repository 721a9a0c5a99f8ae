//! What customers of the demo send back: orders that left some days ago, most of them with a return announced. One
//! can be restocked, one goes into quarantine, one comes back without a number, and one was never shipped.

use super::catalogue::{kind, product};
use super::demand::{at, order_id};
use super::goods::Size;
use crate::db::{Db, Tx};
use crate::entity::{self, DEFAULT_WAREHOUSE};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::ledger::{self, Source};
use crate::orders::state::State;
use crate::orders::{NewLine, NewOrder, ReleaseMode};
use crate::outbound::cartons::{self, Content, Held};
use crate::outbound::shipments::{self, Shipment};
use crate::outbound::state::{CartonState, ShipmentState};
use crate::returns::rmas::{self, Accepted, NewRma, NewRmaLine};
use crate::returns::{policy, shipped};
use crate::vals;
use floorhand_domain::fact::Units;
use floorhand_domain::id::{HandlingUnitId, OrderLineId};
use floorhand_domain::master::{HandlingUnit, HandlingUnitKind, Item, ItemClass};
use floorhand_domain::outbound::{Carton, PartialShip};
use floorhand_domain::returns::{ReturnPolicy, ReturnReason, ShippedLine};
use floorhand_domain::stock::{CUSTOMER, Move, Place, SUPPLIER, Status};
use floorhand_wire::feed::kind as feed;
use jiff::ToSpan;

/// Where it was packed.
const BENCH: &str = "PACK-01";
/// Days since it left.
const DAYS: i64 = 5;

/// An order that left, and the return that is announced of it.
struct Sent {
    class: ItemClass,
    qty: i64,
    value_minor: i64,
    /// Empty = nobody announced it.
    rma: &'static str,
    reason: ReturnReason,
    words: &'static str,
}

/// By their numbers: `SO-9001` and on.
const SENT: &[Sent] = &[
    Sent {
        class: ItemClass::Apparel,
        qty: 2,
        value_minor: 2_495,
        rma: "RMA-5001",
        reason: ReturnReason::WrongSize,
        words: "Runs small",
    },
    Sent {
        class: ItemClass::Cosmetics,
        qty: 1,
        value_minor: 1_890,
        rma: "RMA-5002",
        reason: ReturnReason::Defective,
        words: "Pump is stuck",
    },
    Sent {
        class: ItemClass::Electronics,
        qty: 1,
        value_minor: 8_900,
        rma: "",
        reason: ReturnReason::ChangedMind,
        words: "",
    },
];
/// The return of an order that never left.
const NEVER_SHIPPED: &str = "RMA-5003";

/// Sows them, with the policy of returns.
pub(super) async fn sow(db: &Db, size: &Size) -> Result<()> {
    let day = size.today.checked_sub(DAYS.days()).unwrap_or(size.today);
    let (left, now) = (at(day, 15), at(size.today, 5));
    db.write(|tx| async move {
        let mut changes = Changes::new(DEFAULT_WAREHOUSE);
        policy::put(&tx, &mut changes, &ReturnPolicy::default()).await?;
        for (n, sent) in (9_001..).zip(SENT) {
            let Some(index) = (0..size.items.min(1_000)).find(|index| kind(*index).class == sent.class) else {
                continue;
            };
            let order = leave(&tx, &mut changes, size, (n, index), sent, left).await?;
            if !sent.rma.is_empty() {
                announce(&tx, &mut changes, sent.rma, &order, sent, now).await?;
            }
        }
        if size.orders > 0 {
            let first = order_id(0);
            let line = tx
                .row(
                    "SELECT id, item FROM order_line WHERE warehouse_id = $1 AND order_id = $2 ORDER BY line_no LIMIT 1",
                    vals![DEFAULT_WAREHOUSE, &first],
                )
                .await?;
            if let (Some(line), Some(sent)) = (line, SENT.first()) {
                let one = Sent { qty: 1, words: "Took it to a shop", ..*sent };
                let order = NewOrder { id: first.into(), ..left_order(0, &line.text("item")?, 1) };
                announce(&tx, &mut changes, NEVER_SHIPPED, &order, &one, now).await?;
            }
        }
        changes.publish(&tx).await
    })
    .await
}

fn left_order(n: usize, item: &str, qty: i64) -> NewOrder {
    NewOrder {
        id: format!("SO-{n}").into(),
        customer: "Lena K.".to_owned(),
        priority: 0,
        cutoff_ms: 0,
        release: ReleaseMode::Hold,
        lines: vec![NewLine { id: "1".to_owned(), item: item.into(), qty }],
        channel: "shop".to_owned(),
        country: "DE".to_owned(),
        partial: PartialShip::Ask,
    }
}

/// An order as it is once all of it has left in one carton, before devices were there to record its picks.
async fn leave(
    tx: &Tx,
    changes: &mut Changes,
    size: &Size,
    (n, index): (usize, usize),
    sent: &Sent,
    left: i64,
) -> Result<NewOrder> {
    let item = product(index).item;
    let order = left_order(n, item.id.as_str(), sent.qty);
    let Some(line) = order.lines.first().map(|line| order.line_key(line)) else { return Ok(order) };
    let lot = size.batches(index).first().map(|batch| batch.lot.clone()).unwrap_or_default();
    let serial = if item.serial_tracked { format!("R{n}0001") } else { String::new() };
    let units = Units { lot: lot.into(), serial: serial.into(), qty: sent.qty, ..Units::default() };
    let carton: HandlingUnitId = format!("PCL-{n}").into();
    book(tx, &order, &line, left).await?;
    goods(tx, changes, &order, (&item, &units), &carton).await?;
    packed(tx, changes, &order, &line, (&item, &units), &carton, left).await?;
    let row = ShippedLine {
        id: format!("{carton}:1"),
        order: order.id.clone(),
        line,
        tracking: format!("SIMR{n}"),
        carton,
        item: item.id,
        lot: units.lot,
        serial: units.serial,
        qty: units.qty,
        returned: 0,
        unit_grams: item.weight_grams,
        value_minor: sent.value_minor,
        channel: order.channel.clone(),
    };
    shipped::insert(tx, changes, &row, left).await?;
    Ok(order)
}

async fn book(tx: &Tx, order: &NewOrder, line: &OrderLineId, left: i64) -> Result<()> {
    let state = State::Shipped.as_str();
    tx.execute(
        "INSERT INTO customer_order (warehouse_id, id, reference, customer, priority, cutoff_ms, state, created_ms, \
         body, body_hash, channel, country) VALUES ($1, $2, '', $3, 0, 0, $4, $5, $6, $7, $8, $9)",
        vals![
            DEFAULT_WAREHOUSE,
            &order.id,
            &order.customer,
            state,
            left,
            serde_json::to_string(order)?,
            order.hash()?,
            &order.channel,
            &order.country
        ],
    )
    .await?;
    for own in &order.lines {
        tx.execute(
            "INSERT INTO order_line (warehouse_id, id, order_id, line_no, item, qty, allocated, picked, short, \
             backordered, state, packed, shipped) VALUES ($1, $2, $3, 1, $4, $5, 0, 0, 0, 0, $6, $5, $5)",
            vals![DEFAULT_WAREHOUSE, line, &order.id, &own.item, own.qty, state],
        )
        .await?;
    }
    Ok(())
}

/// Through the ledger: bought, packed, gone.
async fn goods(
    tx: &Tx,
    changes: &mut Changes,
    order: &NewOrder,
    (item, units): (&Item, &Units),
    carton: &HandlingUnitId,
) -> Result<()> {
    let source = Source::Request(format!("seed:left:{}", order.id));
    let at = |location: &str, unit: &HandlingUnitId, status| Place {
        location: location.into(),
        handling_unit: unit.clone(),
        status,
    };
    let none = HandlingUnitId::default();
    let steps = [
        (at(SUPPLIER, &none, Status::Available), at(BENCH, &none, Status::Allocated), "opening"),
        (at(BENCH, &none, Status::Allocated), at(BENCH, carton, Status::Allocated), "packed"),
        (at(BENCH, carton, Status::Allocated), at(CUSTOMER, carton, Status::Allocated), "shipped"),
    ];
    for (from, to, reason) in steps {
        let what = Move {
            item: item.id.clone(),
            lot: units.lot.clone(),
            serial: units.serial.clone(),
            qty: units.qty,
            from,
            to,
        };
        ledger::post(tx, changes, &what, reason, &source).await?;
    }
    Ok(())
}

/// The carton and its shipment. Devices have forgotten both.
async fn packed(
    tx: &Tx,
    changes: &mut Changes,
    order: &NewOrder,
    line: &OrderLineId,
    (item, units): (&Item, &Units),
    carton: &HandlingUnitId,
    left: i64,
) -> Result<()> {
    let shipment = Shipment {
        id: format!("{}-S1", order.id),
        order: order.id.clone(),
        n: 1,
        carrier: "SIM-POST".to_owned(),
        service: "parcel".to_owned(),
        state: ShipmentState::Shipped,
        finished: true,
        opened_ms: left,
        shipped_ms: left,
    };
    shipments::put(tx, DEFAULT_WAREHOUSE, &shipment).await?;
    let held = Held {
        carton: Carton {
            id: carton.clone(),
            order: order.id.clone(),
            carton_type: "CT-S".into(),
            state: CartonState::Shipped,
            grams: item.weight_grams * units.qty,
            ..Carton::default()
        },
        shipment: shipment.id,
        opened_ms: left,
        shipped_ms: left,
        ..Held::default()
    };
    cartons::put(tx, changes, &held).await?;
    changes.delete_here(feed::CARTON, carton.as_str());
    let unit = HandlingUnit {
        id: carton.clone(),
        kind: HandlingUnitKind::Carton,
        location: CUSTOMER.into(),
        order: order.id.clone(),
        ..HandlingUnit::default()
    };
    entity::put_handling_unit(tx, changes, &unit).await?;
    changes.delete_here(feed::HANDLING_UNIT, carton.as_str());
    let content = Content {
        line: line.clone(),
        item: item.id.clone(),
        lot: units.lot.clone(),
        serial: units.serial.clone(),
        tote: HandlingUnitId::default(),
        qty: units.qty,
    };
    cartons::add(tx, DEFAULT_WAREHOUSE, carton, &content, units.qty).await
}

async fn announce(tx: &Tx, changes: &mut Changes, id: &str, order: &NewOrder, sent: &Sent, now: i64) -> Result<()> {
    let lines = order.lines.iter().map(|line| NewRmaLine {
        line: order.line_key(line),
        item: line.item.clone(),
        qty: sent.qty,
        reason: sent.reason,
        words: sent.words.to_owned(),
    });
    let new = NewRma {
        id: id.into(),
        order: order.id.clone(),
        channel: String::new(),
        lines: lines.collect(),
        reason: sent.reason,
    };
    match rmas::accept(tx, changes, &new, now).await? {
        Accepted::New => Ok(()),
        other => Err(Error::Stored(format!("return {id}: {other:?}"))),
    }
}
