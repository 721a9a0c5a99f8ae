//! Orders going to the floor as pick tasks: one order a task, or several orders on one cart with a
//! tote each.

use super::intake::{Fault, decide, mark_released};
use super::intake::{ID_CHARS_MAX, PRIORITY_MAX};
use super::promise::{date_of, line_id, line_seq};
use super::state::State;
use super::waves::{self, Limits, Load};
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId, Lot, OrderId, OrderLineId, Serial, TaskId};
use floorhand_domain::task::{Line, LineState, PickMode, Slot, Task, TaskKind, TaskState};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use utoipa::ToSchema;

/// Orders of one release at the most; the answer says whether there are more.
pub const RELEASE_ORDERS_MAX: i64 = 500;
/// The same for lists in memory.
const ORDERS_MAX: usize = 500;
/// Grams or cubic centimetres of one cart at the most.
const LOAD_MAX: i64 = 100_000_000;
/// Totes on one cart at the most.
pub const SLOTS_MAX: u8 = 12;
/// Totes on one cart where nothing was said.
pub const SLOTS_DEFAULT: u8 = 4;

/// Which orders are to be released, and how.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema, Serialize)]
pub struct ReleaseRequest {
    /// Chosen by the caller, so that a repeated request is one release. Empty = not repeatable.
    pub id: String,
    /// `single`, `cluster`, `batch` or `zone`.
    #[schema(value_type = String)]
    pub mode: PickMode,
    /// Orders on one cart at the most.
    pub max_orders: u8,
    /// These orders only. Empty = every order that waits.
    pub orders: Vec<String>,
    /// Which of the orders that wait.
    pub wave: Wave,
}

/// Which orders belong to a wave, and what one cart takes beside their number. 0 and empty = any.
#[derive(Debug, Clone, PartialEq, Eq, Default, ToSchema, Serialize)]
pub struct Wave {
    /// Only orders of this priority or higher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_priority: Option<i64>,
    /// Only orders whose carrier leaves before, in milliseconds since 1970.
    #[serde(skip_serializing_if = "is_zero")]
    pub cutoff_before_ms: i64,
    /// Only orders all of whose goods are in this zone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub zone: String,
    /// Grams on one cart at the most.
    #[serde(skip_serializing_if = "is_zero")]
    pub max_grams: i64,
    /// Cubic centimetres on one cart at the most.
    #[serde(skip_serializing_if = "is_zero")]
    pub max_cm3: i64,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Wave {
    fn read(body: &Value, faults: &mut Vec<Fault>) -> Self {
        let given = |name: &str| body.get(name).filter(|value| !value.is_null());
        let mut number = |name: &str, min: i64, max: i64| match given(name) {
            None => None,
            Some(value) => {
                let read = value.as_i64().filter(|number| (min..=max).contains(number));
                if read.is_none() {
                    faults.push(Fault::new(name, format!("must be a whole number from {min} to {max}")));
                }
                read
            }
        };
        let min_priority = number("min_priority", -PRIORITY_MAX, PRIORITY_MAX);
        let max_grams = number("max_grams", 1, LOAD_MAX).unwrap_or(0);
        let max_cm3 = number("max_cm3", 1, LOAD_MAX).unwrap_or(0);
        let cutoff_before_ms =
            match given("cutoff_before").map(|value| value.as_str().and_then(|text| text.parse().ok())) {
                None => 0,
                Some(Some(moment)) => jiff::Timestamp::as_millisecond(moment),
                Some(None) => {
                    faults.push(Fault::new("cutoff_before", "must be a moment like 2026-11-21T16:00:00Z"));
                    0
                }
            };
        let zone = match given("zone") {
            None => String::new(),
            Some(Value::String(zone)) if (1..=ID_CHARS_MAX).contains(&zone.len()) => zone.clone(),
            Some(_) => {
                faults.push(Fault::new("zone", format!("must be a text of 1 to {ID_CHARS_MAX} characters")));
                String::new()
            }
        };
        Self { min_priority, cutoff_before_ms, zone, max_grams, max_cm3 }
    }
}

impl ReleaseRequest {
    /// Reads a request as it is posted.
    ///
    /// # Errors
    /// Every fault found, named by its field.
    pub fn read(body: &Value) -> std::result::Result<Self, Vec<Fault>> {
        let given = |name: &str| body.get(name).filter(|value| !value.is_null());
        let mut faults = Vec::new();
        if !body.is_object() {
            return Err(vec![Fault::new("", "the body must be a JSON object with mode")]);
        }
        let mode = match given("mode").and_then(Value::as_str) {
            Some("single") => PickMode::Single,
            Some("cluster") => PickMode::Cluster,
            Some("batch") => PickMode::Batch,
            Some("zone") => PickMode::Zone,
            _ => {
                faults.push(Fault::new("mode", "must be \"single\", \"cluster\", \"batch\" or \"zone\""));
                PickMode::Single
            }
        };
        let max_orders = match given("max_orders") {
            None => SLOTS_DEFAULT,
            Some(value) => {
                match value.as_u64().and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=SLOTS_MAX).contains(n)) {
                    Some(n) => n,
                    None => {
                        faults.push(Fault::new("max_orders", format!("must be a whole number from 1 to {SLOTS_MAX}")));
                        1
                    }
                }
            }
        };
        let id = match given("id") {
            None => String::new(),
            Some(Value::String(id)) if (1..=super::intake::ID_CHARS_MAX).contains(&id.len()) => id.clone(),
            Some(_) => {
                faults.push(Fault::new(
                    "id",
                    format!("must be a text of 1 to {} characters", super::intake::ID_CHARS_MAX),
                ));
                String::new()
            }
        };
        let orders = match given("orders") {
            None => Vec::new(),
            Some(Value::Array(orders)) if orders.len() <= ORDERS_MAX && orders.iter().all(Value::is_string) => {
                orders.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(_) => {
                faults.push(Fault::new(
                    "orders",
                    format!("must be a list of at most {RELEASE_ORDERS_MAX} order identifiers"),
                ));
                Vec::new()
            }
        };
        let wave = Wave::read(body, &mut faults);
        if faults.is_empty() { Ok(Self { id, mode, max_orders, orders, wave }) } else { Err(faults) }
    }
}

/// What a release made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Released {
    /// The pick tasks.
    pub tasks: Vec<String>,
    /// Orders released by them.
    pub orders: usize,
    /// Lines of the tasks.
    pub lines: usize,
    /// Whether orders still wait that a further release would take.
    pub more: bool,
}

/// Stock promised to an order that is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    allocation: String,
    order: OrderId,
    order_line: OrderLineId,
    location: LocationId,
    sequence: i64,
    zone: String,
    item: ItemId,
    lot: Lot,
    serial: Serial,
    handling_unit: HandlingUnitId,
    qty: i64,
    load: Load,
}

/// An order with what is to be fetched for it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Work {
    order: OrderId,
    priority: i64,
    cutoff_ms: i64,
    pieces: Vec<Piece>,
}

impl Work {
    fn load(&self) -> Load {
        self.pieces.iter().fold(Load::default(), |sum, piece| Load {
            grams: sum.grams.saturating_add(piece.load.grams),
            cm3: sum.cm3.saturating_add(piece.load.cm3),
        })
    }
}

/// The orders that wait, most urgent first. Those that only lacked stock so far come last, so that
/// they cannot keep the others waiting.
async fn waiting(tx: &Tx, warehouse: i64, wave: &Wave, limit: i64) -> Result<Vec<OrderId>> {
    tx.rows(
        "SELECT id FROM customer_order WHERE warehouse_id = $1 AND held = 0 \
         AND state IN ('open', 'part-picked', 'part-shipped', 'backordered') AND priority >= $3 \
         AND ($4 = 0 OR (cutoff_ms > 0 AND cutoff_ms < $4)) \
         ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, priority DESC, \
         CASE WHEN cutoff_ms = 0 THEN 1 ELSE 0 END, cutoff_ms, created_ms, id LIMIT $2",
        vals![warehouse, limit, wave.min_priority.unwrap_or(-PRIORITY_MAX), wave.cutoff_before_ms],
    )
    .await?
    .iter()
    .map(|row| Ok(row.text("id")?.into()))
    .collect()
}

/// Releases orders that wait. Stock that came in since is promised to them first.
///
/// # Errors
/// 404 when an order that is named does not exist; when the database refuses.
pub async fn release(tx: &Tx, changes: &mut Changes, request: &ReleaseRequest, now_ms: i64) -> Result<Released> {
    let warehouse = changes.warehouse();
    let mut ids: Vec<OrderId> = if request.orders.is_empty() {
        waiting(tx, warehouse, &request.wave, RELEASE_ORDERS_MAX + 1).await?
    } else {
        let mut seen = HashSet::new();
        request.orders.iter().filter(|id| seen.insert(id.as_str())).map(|id| id.as_str().into()).collect()
    };
    let mut more = ids.len() > ORDERS_MAX;
    ids.truncate(ORDERS_MAX);
    let today = date_of(now_ms);
    let mut works = Vec::new();
    for id in &ids {
        let row = tx
            .lock(
                "SELECT state, priority, cutoff_ms, held FROM customer_order WHERE warehouse_id = $1 AND id = $2",
                vals![warehouse, id],
            )
            .await?
            .into_iter()
            .next()
            .ok_or_else(|| {
                Error::problem(404, "not_found", format!("There is no order {id}; GET /v1/orders lists them."))
            })?;
        let state = State::stored(row.str("state")?)?;
        let waits = matches!(state, State::Open | State::PartPicked | State::PartShipped | State::Backordered);
        if waits && !row.flag("held")? {
            decide(tx, warehouse, id, &today).await?;
            let work = Work {
                order: id.clone(),
                priority: row.i64("priority")?,
                cutoff_ms: row.i64("cutoff_ms")?,
                pieces: pieces(tx, warehouse, id).await?,
            };
            let zone = &request.wave.zone;
            let inside = zone.is_empty() || work.pieces.iter().all(|piece| piece.zone == *zone);
            if !work.pieces.is_empty() && inside {
                works.push(work);
            }
        }
    }
    // A release that found nothing to fetch among so many would find nothing again.
    more = more && !works.is_empty();
    let orders = match request.mode {
        PickMode::Single => 1,
        PickMode::Cluster | PickMode::Batch | PickMode::Zone => usize::from(request.max_orders.clamp(1, SLOTS_MAX)),
    };
    let mut released = Released { more, ..Released::default() };
    let drop_off = if works.is_empty() { LocationId::default() } else { drop_off(tx, warehouse, request.mode).await? };
    let limits = Limits { orders, grams: request.wave.max_grams, cm3: request.wave.max_cm3 };
    let loads: Vec<Load> = works.iter().map(Work::load).collect();
    for cart in waves::carts(&loads, &limits) {
        let cart: Vec<Work> = cart.iter().filter_map(|n| works.get(*n)).cloned().collect();
        for (cart, to) in legs(tx, warehouse, request.mode, &cart, &drop_off).await? {
            let (task, lines) = put_on_floor(tx, changes, request.mode, &to, &cart, now_ms).await?;
            released.tasks.push(task.to_string());
            released.lines += lines;
        }
        released.orders += cart.len();
    }
    Ok(released)
}

/// A cart with where it goes. By zones it is one for each, the totes of all but the last set down where the next
/// zone finds them.
async fn legs(
    tx: &Tx,
    warehouse: i64,
    mode: PickMode,
    cart: &[Work],
    drop_off: &LocationId,
) -> Result<Vec<(Vec<Work>, LocationId)>> {
    let stops: Vec<(&str, i64)> =
        cart.iter().flat_map(|work| &work.pieces).map(|piece| (piece.zone.as_str(), piece.sequence)).collect();
    let zones = if mode == PickMode::Zone { waves::zones(&stops) } else { Vec::new() };
    if zones.len() < 2 {
        return Ok(vec![(cart.to_vec(), drop_off.clone())]);
    }
    let hand_over = place(tx, warehouse, "staging").await?;
    let last = zones.len() - 1;
    let leg = |(n, zone): (usize, &&str)| {
        let own = cart.iter().map(|work| {
            let pieces = work.pieces.iter().filter(|piece| piece.zone == **zone).cloned().collect();
            Work { pieces, ..work.clone() }
        });
        let to = if n == last { drop_off } else { &hand_over };
        (own.filter(|work| !work.pieces.is_empty()).collect(), to.clone())
    };
    Ok(zones.iter().enumerate().map(leg).collect())
}

/// Makes one pick task of one order, where stock was promised to it. Returns its identifier.
///
/// # Errors
/// When the database refuses.
pub async fn release_one(tx: &Tx, changes: &mut Changes, order: &OrderId, now_ms: i64) -> Result<Option<TaskId>> {
    let request = ReleaseRequest {
        id: String::new(),
        mode: PickMode::Single,
        max_orders: 1,
        orders: vec![order.to_string()],
        wave: Wave::default(),
    };
    Ok(release(tx, changes, &request, now_ms).await?.tasks.into_iter().next().map(TaskId))
}

/// Puts back on the floor what a hold took off it, as a pick of its own. Nothing is promised anew.
///
/// # Errors
/// When the database refuses.
pub async fn resume(tx: &Tx, changes: &mut Changes, order: &OrderId, now_ms: i64) -> Result<()> {
    let warehouse = changes.warehouse();
    let rows = tx
        .lock(
            "SELECT state, priority, cutoff_ms FROM customer_order WHERE warehouse_id = $1 AND id = $2",
            vals![warehouse, order],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(()) };
    if State::stored(row.str("state")?)? != State::Released {
        return Ok(());
    }
    let pieces = pieces(tx, warehouse, order).await?;
    if pieces.is_empty() {
        return Ok(());
    }
    let work = Work { order: order.clone(), priority: row.i64("priority")?, cutoff_ms: row.i64("cutoff_ms")?, pieces };
    let drop_off = drop_off(tx, warehouse, PickMode::Single).await?;
    put_on_floor(tx, changes, PickMode::Single, &drop_off, &[work], now_ms).await.map(|_| ())
}

/// What is promised to an order and on no task yet. CROSS JOIN keeps SQLite from beginning with all
/// the promises of the warehouse.
async fn pieces(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<Vec<Piece>> {
    tx.rows(
        "SELECT a.id, a.order_line, a.location, COALESCE(l.sequence, 0) AS sequence, COALESCE(l.zone, '') AS zone, \
         a.item, a.lot, a.serial, a.handling_unit, a.qty, COALESCE(i.weight_grams, 0) AS grams, \
         COALESCE(i.length_mm * i.width_mm * i.height_mm, 0) AS mm3 FROM order_line o CROSS JOIN allocation a \
         LEFT JOIN item i ON i.warehouse_id = 0 AND i.id = a.item \
         LEFT JOIN location l ON l.warehouse_id = a.warehouse_id AND l.id = a.location \
         WHERE o.warehouse_id = $1 AND o.order_id = $2 AND a.warehouse_id = o.warehouse_id \
         AND a.order_line = o.id AND a.task = '' \
         ORDER BY o.line_no, a.location, a.lot, a.handling_unit, a.serial",
        vals![warehouse, order],
    )
    .await?
    .iter()
    .map(|row: &Row| {
        Ok(Piece {
            allocation: row.text("id")?,
            order: order.clone(),
            order_line: row.text("order_line")?.into(),
            location: row.text("location")?.into(),
            sequence: row.i64("sequence")?,
            zone: row.text("zone")?,
            item: row.text("item")?.into(),
            lot: row.text("lot")?.into(),
            serial: row.text("serial")?.into(),
            handling_unit: row.text("handling_unit")?.into(),
            qty: row.i64("qty")?,
            load: Load {
                grams: row.i64("grams")?.saturating_mul(row.i64("qty")?),
                cm3: row.i64("mm3")?.saturating_mul(row.i64("qty")?).saturating_add(999) / 1_000,
            },
        })
    })
    .collect()
}

/// A number of a task that people can read out and scan. It follows from the orders and how often
/// they were released, so that a closure that is run again makes the same task.
async fn task_id(tx: &Tx, warehouse: i64, cart: &[Work]) -> Result<TaskId> {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for salt in 0u32..100 {
        let mut hasher = blake3::Hasher::new_derive_key("floorhand 2026-11 pick task v1");
        for work in cart {
            hasher.update(work.order.as_str().as_bytes());
            hasher.update(b"\n");
        }
        hasher.update(&salt.to_be_bytes());
        let code: String = hasher
            .finalize()
            .as_bytes()
            .iter()
            .take(7)
            .filter_map(|byte| DIGITS.get(usize::from(byte % 32)).map(|digit| char::from(*digit)))
            .collect();
        let id: TaskId = format!("PT-{code}").into();
        let taken = tx.row("SELECT id FROM task WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &id]).await?;
        if taken.is_none() {
            return Ok(id);
        }
    }
    Err(Error::Stored("no number is left for a task".to_owned()))
}

/// Carts go to staging, since their totes are packed at different benches; one order goes straight
/// to a bench. What a site does not have is replaced by the other.
async fn drop_off(tx: &Tx, warehouse: i64, mode: PickMode) -> Result<LocationId> {
    let first = match mode {
        PickMode::Single => "pack",
        PickMode::Cluster | PickMode::Batch | PickMode::Zone => "staging",
    };
    place(tx, warehouse, first).await
}

/// A place of that kind, or of the other where the site has none.
async fn place(tx: &Tx, warehouse: i64, first: &str) -> Result<LocationId> {
    let row = tx
        .row(
            "SELECT id FROM location WHERE warehouse_id = $1 AND kind IN ('pack', 'staging') \
             ORDER BY CASE WHEN kind = $2 THEN 0 ELSE 1 END, sequence, id LIMIT 1",
            vals![warehouse, first],
        )
        .await?;
    row.map_or_else(|| Ok(LocationId::default()), |row| Ok(row.text("id")?.into()))
}

async fn put_on_floor(
    tx: &Tx,
    changes: &mut Changes,
    mode: PickMode,
    drop_off: &LocationId,
    cart: &[Work],
    now_ms: i64,
) -> Result<(TaskId, usize)> {
    let warehouse = changes.warehouse();
    let id = task_id(tx, warehouse, cart).await?;
    let own = cart.iter().zip(1u8..).map(|(work, slot)| Slot { slot, order: work.order.clone(), ..Slot::default() });
    // Slot 0 of a batch is the common tote, which is no order's.
    let common = (mode == PickMode::Batch).then(Slot::default);
    let slots: Vec<Slot> = common.into_iter().chain(own).collect();
    let mut path: Vec<(u8, &Piece)> =
        cart.iter().zip(1u8..).flat_map(|(work, slot)| work.pieces.iter().map(move |piece| (slot, piece))).collect();
    path.sort_by(|(slot, a), (other, b)| {
        let key = |slot: &u8, piece: &Piece| {
            (piece.sequence, piece.location.clone(), piece.item.clone(), piece.lot.clone(), *slot)
        };
        key(slot, a).cmp(&key(other, b))
    });
    let task = Task {
        id: id.clone(),
        kind: TaskKind::Pick,
        mode,
        priority: cart.iter().map(|work| work.priority).max().unwrap_or(0),
        cutoff_ms: cart.iter().map(|work| work.cutoff_ms).filter(|cutoff| *cutoff > 0).min().unwrap_or(0),
        zone: path.first().map(|(_, piece)| piece.zone.clone()).unwrap_or_default(),
        state: TaskState::Open,
        lines: u32::try_from(path.len()).unwrap_or(u32::MAX),
        slots,
        drop_off: drop_off.clone(),
        released_ms: now_ms,
        ..Task::default()
    };
    entity::put_task(tx, changes, &task).await?;
    for (n, (slot, piece)) in (1i64..).zip(&path) {
        let line = Line {
            id: line_id(id.as_str(), n),
            task: id.clone(),
            seq: line_seq(piece.sequence, n),
            order: piece.order.clone(),
            order_line: piece.order_line.clone(),
            slot: *slot,
            location: piece.location.clone(),
            item: piece.item.clone(),
            lot: piece.lot.clone(),
            serial: piece.serial.clone(),
            handling_unit: piece.handling_unit.clone(),
            qty: piece.qty,
            picked: 0,
            state: LineState::Open,
            ..Line::default()
        };
        entity::put_line(tx, changes, &line).await?;
        tx.execute(
            "UPDATE allocation SET task = $3, task_line = $4 WHERE warehouse_id = $1 AND id = $2",
            vals![warehouse, &piece.allocation, &id, &line.id],
        )
        .await?;
    }
    for work in cart {
        mark_released(tx, warehouse, &work.order).await?;
    }
    Ok((id, path.len()))
}
