//! Typed rows: each `put_…` writes an entity to its table and its row to the feed, so that the two
//! cannot differ; each `…_of` reads one from a row.

use crate::db::{Row, Tx, Val};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, ItemId, LineId, LocationId, Lot, OperatorId, OrderId, TaskId};
use floorhand_domain::master::{Barcode, HandlingUnit, Item, Location, Operator, Settings};
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{Line, Plan, Slot, Task, TaskState};
use floorhand_wire::STREAM_GLOBAL;
use floorhand_wire::feed::kind;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The warehouse of a core that serves only one.
pub const DEFAULT_WAREHOUSE: i64 = 1;

/// The name of an enum value as it is stored and sent.
#[must_use]
pub fn name<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The enum value of that name.
///
/// # Errors
/// When there is none.
pub fn parse<T: DeserializeOwned>(name: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).map_err(|error| Error::Stored(error.to_string()))
}

fn small(row: &Row, column: &str) -> Result<u8> {
    u8::try_from(row.i64(column)?).map_err(|_| Error::Column { column: column.to_owned(), wanted: "0 to 255" })
}

fn count(row: &Row, column: &str) -> Result<u32> {
    u32::try_from(row.i64(column)?).map_err(|_| Error::Column { column: column.to_owned(), wanted: "a count" })
}

/// Writes an item.
///
/// # Errors
/// When the database refuses.
pub async fn put_item(tx: &Tx, changes: &mut Changes, item: &Item) -> Result<()> {
    let [length, width, height] = item.size_mm;
    tx.execute(
        "INSERT INTO item (warehouse_id, id, name, variant, size, class, lot_tracked, serial_tracked, \
         expiry_tracked, weight_grams, abc, value_minor, min_shelf_days, decimals, length_mm, width_mm, height_mm, \
         piece_min_grams, piece_max_grams, hygiene) \
         VALUES (0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET name = excluded.name, variant = excluded.variant, \
         size = excluded.size, class = excluded.class, lot_tracked = excluded.lot_tracked, \
         serial_tracked = excluded.serial_tracked, expiry_tracked = excluded.expiry_tracked, \
         weight_grams = excluded.weight_grams, abc = excluded.abc, value_minor = excluded.value_minor, \
         min_shelf_days = excluded.min_shelf_days, decimals = excluded.decimals, \
         length_mm = excluded.length_mm, width_mm = excluded.width_mm, height_mm = excluded.height_mm, \
         piece_min_grams = excluded.piece_min_grams, piece_max_grams = excluded.piece_max_grams, \
         hygiene = excluded.hygiene",
        &[
            Val::from(&item.id),
            Val::from(&item.name),
            Val::from(&item.variant),
            Val::from(&item.size),
            Val::from(name(&item.class)),
            Val::from(item.lot_tracked),
            Val::from(item.serial_tracked),
            Val::from(item.expiry_tracked),
            Val::from(item.weight_grams),
            Val::from(&item.abc),
            Val::from(item.value_minor),
            Val::from(item.min_shelf_days),
            Val::from(item.decimals),
            Val::from(length),
            Val::from(width),
            Val::from(height),
            Val::from(item.piece_min_grams),
            Val::from(item.piece_max_grams),
            Val::from(item.hygiene),
        ],
    )
    .await?;
    changes.put(STREAM_GLOBAL, kind::ITEM, item.id.as_str(), item)
}

/// An item from a row of table `item`.
///
/// # Errors
/// When a column is missing or does not read.
pub fn item_of(row: &Row) -> Result<Item> {
    Ok(Item {
        id: row.text("id")?.into(),
        name: row.text("name")?,
        variant: row.text("variant")?,
        size: row.text("size")?,
        class: parse(row.str("class")?)?,
        lot_tracked: row.flag("lot_tracked")?,
        serial_tracked: row.flag("serial_tracked")?,
        expiry_tracked: row.flag("expiry_tracked")?,
        weight_grams: row.i64("weight_grams")?,
        abc: row.text("abc")?,
        value_minor: row.i64("value_minor")?,
        min_shelf_days: count(row, "min_shelf_days")?,
        decimals: small(row, "decimals")?,
        size_mm: [row.i64("length_mm")?, row.i64("width_mm")?, row.i64("height_mm")?],
        piece_min_grams: row.i64("piece_min_grams")?,
        piece_max_grams: row.i64("piece_max_grams")?,
        hygiene: row.flag("hygiene")?,
    })
}

/// One item.
///
/// # Errors
/// When the database refuses.
pub async fn item(tx: &Tx, id: &ItemId) -> Result<Option<Item>> {
    tx.row("SELECT * FROM item WHERE warehouse_id = 0 AND id = $1", vals![id]).await?.as_ref().map(item_of).transpose()
}

/// Writes a barcode.
///
/// # Errors
/// When the database refuses.
pub async fn put_barcode(tx: &Tx, changes: &mut Changes, barcode: &Barcode) -> Result<()> {
    tx.execute(
        "INSERT INTO barcode (warehouse_id, code, item, qty, unit) VALUES (0, $1, $2, $3, $4) \
         ON CONFLICT (warehouse_id, code) DO UPDATE SET item = excluded.item, qty = excluded.qty, \
         unit = excluded.unit",
        vals![&barcode.code, &barcode.item, barcode.qty, name(&barcode.unit)],
    )
    .await?;
    changes.put(STREAM_GLOBAL, kind::BARCODE, &barcode.code, barcode)
}

/// A barcode from a row of table `barcode`.
///
/// # Errors
/// When a column is missing or does not read.
pub fn barcode_of(row: &Row) -> Result<Barcode> {
    Ok(Barcode {
        code: row.text("code")?,
        item: row.text("item")?.into(),
        qty: row.i64("qty")?,
        unit: parse(row.str("unit")?)?,
    })
}

/// Writes a location.
///
/// # Errors
/// When the database refuses.
pub async fn put_location(tx: &Tx, changes: &mut Changes, location: &Location) -> Result<()> {
    tx.execute(
        "INSERT INTO location (warehouse_id, id, code, kind, zone, sequence, aisle, bay, shelf, level, levels, \
         place, places, status, capacity, mixing, item_class, fixed_item) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET code = excluded.code, kind = excluded.kind, \
         zone = excluded.zone, sequence = excluded.sequence, aisle = excluded.aisle, bay = excluded.bay, \
         shelf = excluded.shelf, level = excluded.level, levels = excluded.levels, place = excluded.place, \
         places = excluded.places, status = excluded.status, capacity = excluded.capacity, \
         mixing = excluded.mixing, item_class = excluded.item_class, fixed_item = excluded.fixed_item",
        &[
            Val::from(changes.warehouse()),
            Val::from(&location.id),
            Val::from(&location.code),
            Val::from(name(&location.kind)),
            Val::from(&location.zone),
            Val::from(location.sequence),
            Val::from(&location.aisle),
            Val::from(&location.bay),
            Val::from(&location.shelf),
            Val::from(location.level),
            Val::from(location.levels),
            Val::from(location.place),
            Val::from(location.places),
            Val::from(location.status.as_str()),
            Val::from(location.capacity),
            Val::from(name(&location.mixing)),
            Val::from(location.item_class.as_ref().map(name).unwrap_or_default()),
            Val::from(&location.fixed_item),
        ],
    )
    .await?;
    changes.put_here(kind::LOCATION, location.id.as_str(), location)
}

/// A location from a row of table `location`.
///
/// # Errors
/// When a column is missing or does not read.
pub fn location_of(row: &Row) -> Result<Location> {
    Ok(Location {
        id: row.text("id")?.into(),
        code: row.text("code")?,
        kind: parse(row.str("kind")?)?,
        zone: row.text("zone")?,
        sequence: row.i64("sequence")?,
        aisle: row.text("aisle")?,
        bay: row.text("bay")?,
        shelf: row.text("shelf")?,
        level: small(row, "level")?,
        levels: small(row, "levels")?,
        place: small(row, "place")?,
        places: small(row, "places")?,
        status: parse(row.str("status")?)?,
        capacity: row.i64("capacity")?,
        mixing: parse(row.str("mixing")?)?,
        item_class: Some(row.str("item_class")?).filter(|class| !class.is_empty()).map(parse).transpose()?,
        fixed_item: row.text("fixed_item")?.into(),
    })
}

/// One location.
///
/// # Errors
/// When the database refuses.
pub async fn location(tx: &Tx, warehouse: i64, id: &LocationId) -> Result<Option<Location>> {
    tx.row("SELECT * FROM location WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .as_ref()
        .map(location_of)
        .transpose()
}

/// Writes a handling unit.
///
/// # Errors
/// When the database refuses.
pub async fn put_handling_unit(tx: &Tx, changes: &mut Changes, unit: &HandlingUnit) -> Result<()> {
    tx.execute(
        "INSERT INTO handling_unit (warehouse_id, id, kind, location, order_id, parent, delivery, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET kind = excluded.kind, location = excluded.location, \
         order_id = excluded.order_id, parent = excluded.parent, delivery = excluded.delivery, \
         sealed = excluded.sealed",
        vals![
            changes.warehouse(),
            &unit.id,
            name(&unit.kind),
            &unit.location,
            &unit.order,
            &unit.parent,
            &unit.delivery,
            unit.sealed
        ],
    )
    .await?;
    changes.put_here(kind::HANDLING_UNIT, unit.id.as_str(), unit)
}

/// A handling unit from a row of table `handling_unit`.
///
/// # Errors
/// When a column is missing or does not read.
pub fn handling_unit_of(row: &Row) -> Result<HandlingUnit> {
    Ok(HandlingUnit {
        id: row.text("id")?.into(),
        kind: parse(row.str("kind")?)?,
        location: row.text("location")?.into(),
        order: row.text("order_id")?.into(),
        parent: row.text("parent")?.into(),
        delivery: row.text("delivery")?.into(),
        sealed: row.flag("sealed")?,
    })
}

/// One handling unit, locked.
///
/// # Errors
/// When the database refuses.
pub async fn handling_unit(tx: &Tx, warehouse: i64, id: &HandlingUnitId) -> Result<Option<HandlingUnit>> {
    tx.lock("SELECT * FROM handling_unit WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(handling_unit_of)
        .transpose()
}

/// Writes the expiry of a lot; empty = none.
///
/// # Errors
/// When the database refuses.
pub async fn put_lot(tx: &Tx, warehouse: i64, item: &ItemId, lot: &Lot, expiry: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO lot (warehouse_id, item, lot, expiry) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (warehouse_id, item, lot) DO UPDATE SET expiry = excluded.expiry",
        vals![warehouse, item, lot, expiry],
    )
    .await?;
    Ok(())
}

/// The expiry of a lot, where it has one.
///
/// # Errors
/// When the database refuses.
pub async fn expiry(tx: &Tx, warehouse: i64, item: &ItemId, lot: &Lot) -> Result<Option<String>> {
    let row = tx
        .row("SELECT expiry FROM lot WHERE warehouse_id = $1 AND item = $2 AND lot = $3", vals![warehouse, item, lot])
        .await?;
    Ok(row.map(|row| row.text("expiry")).transpose()?.filter(|expiry| !expiry.is_empty()))
}

/// Writes an operator who may sign in.
///
/// # Errors
/// When the database refuses.
pub async fn put_operator(tx: &Tx, changes: &mut Changes, operator: &Operator) -> Result<()> {
    let roles: Vec<String> = operator.roles.iter().map(name).collect();
    tx.execute(
        "INSERT INTO operator (warehouse_id, id, name, badge_hash, pin_phc, roles, valid_to_ms, language, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active') \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET name = excluded.name, badge_hash = excluded.badge_hash, \
         pin_phc = excluded.pin_phc, roles = excluded.roles, valid_to_ms = excluded.valid_to_ms, \
         language = excluded.language, state = excluded.state",
        vals![
            changes.warehouse(),
            &operator.id,
            &operator.name,
            &operator.badge_hash,
            &operator.pin_phc,
            roles.join(","),
            operator.valid_to_ms,
            &operator.language
        ],
    )
    .await?;
    changes.put_here(kind::OPERATOR, operator.id.as_str(), operator)
}

/// Ends an operator's access: devices forget the badge with their next pull.
///
/// # Errors
/// When the database refuses.
pub async fn end_operator(tx: &Tx, changes: &mut Changes, id: &OperatorId) -> Result<()> {
    tx.execute(
        "UPDATE operator SET state = 'ended' WHERE warehouse_id = $1 AND id = $2",
        vals![changes.warehouse(), id],
    )
    .await?;
    changes.delete_here(kind::OPERATOR, id.as_str());
    Ok(())
}

/// Writes the site's settings.
///
/// # Errors
/// When the database refuses.
pub async fn put_settings(tx: &Tx, changes: &mut Changes, settings: &Settings) -> Result<()> {
    tx.execute(
        "INSERT INTO setting (warehouse_id, k, v) VALUES ($1, 'settings', $2) \
         ON CONFLICT (warehouse_id, k) DO UPDATE SET v = excluded.v",
        vals![changes.warehouse(), serde_json::to_string(settings)?],
    )
    .await?;
    changes.put_here(kind::SETTINGS, "settings", settings)
}

/// The site's settings, or the defaults.
///
/// # Errors
/// When the database refuses or they do not read.
pub async fn settings(tx: &Tx, warehouse: i64) -> Result<Settings> {
    match tx.row("SELECT v FROM setting WHERE warehouse_id = $1 AND k = 'settings'", vals![warehouse]).await? {
        Some(row) => Ok(serde_json::from_str(row.str("v")?)?),
        None => Ok(Settings::default()),
    }
}

/// Writes the head of a task with its slots. The row of a task that is done or cancelled stays on
/// the feed with that state for two days ([`crate::sweep`]); those of its lines are taken off at
/// once by [`drop_line_row`].
///
/// # Errors
/// When the database refuses.
pub async fn put_task(tx: &Tx, changes: &mut Changes, task: &Task) -> Result<()> {
    let warehouse = changes.warehouse();
    tx.execute(
        "INSERT INTO task (warehouse_id, id, kind, mode, priority, cutoff_ms, zone, state, holder, device, lines, \
         drop_off, released_ms, lease_until_ms, left_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET kind = excluded.kind, mode = excluded.mode, \
         priority = excluded.priority, cutoff_ms = excluded.cutoff_ms, zone = excluded.zone, \
         state = excluded.state, holder = excluded.holder, device = excluded.device, lines = excluded.lines, \
         drop_off = excluded.drop_off, released_ms = excluded.released_ms, \
         lease_until_ms = excluded.lease_until_ms, left_by = excluded.left_by",
        &[
            Val::from(warehouse),
            Val::from(&task.id),
            Val::from(name(&task.kind)),
            Val::from(name(&task.mode)),
            Val::from(task.priority),
            Val::from(task.cutoff_ms),
            Val::from(&task.zone),
            Val::from(name(&task.state)),
            Val::from(&task.holder),
            Val::from(&task.device),
            Val::from(task.lines),
            Val::from(&task.drop_off),
            Val::from(task.released_ms),
            Val::from(task.lease_until_ms),
            Val::from(&task.left_by),
        ],
    )
    .await?;
    for slot in &task.slots {
        tx.execute(
            "INSERT INTO task_slot (warehouse_id, task, slot, order_id, tote, drop_off) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (warehouse_id, task, slot) DO UPDATE SET order_id = excluded.order_id, tote = excluded.tote, \
             drop_off = excluded.drop_off",
            vals![warehouse, &task.id, slot.slot, &slot.order, &slot.tote, &slot.drop_off],
        )
        .await?;
    }
    let held = held_orders(tx, warehouse, task).await?;
    changes.put_here(kind::TASK, task.id.as_str(), &Task { held, ..task.clone() })
}

/// The orders on a cart that are on hold.
async fn held_orders(tx: &Tx, warehouse: i64, task: &Task) -> Result<Vec<OrderId>> {
    if task.slots.is_empty() {
        return Ok(Vec::new());
    }
    tx.rows(
        "SELECT o.id FROM task_slot s JOIN customer_order o ON o.warehouse_id = s.warehouse_id AND o.id = s.order_id \
         WHERE s.warehouse_id = $1 AND s.task = $2 AND o.held <> 0 ORDER BY s.slot",
        vals![warehouse, &task.id],
    )
    .await?
    .iter()
    .map(|row| Ok(row.text("id")?.into()))
    .collect()
}

/// The head of a task from a row of table `task`; its slots are read apart.
///
/// # Errors
/// When a column is missing or does not read.
pub fn task_of(row: &Row) -> Result<Task> {
    Ok(Task {
        id: row.text("id")?.into(),
        kind: parse(row.str("kind")?)?,
        mode: parse(row.str("mode")?)?,
        priority: row.i64("priority")?,
        cutoff_ms: row.i64("cutoff_ms")?,
        zone: row.text("zone")?,
        state: parse(row.str("state")?)?,
        holder: row.text("holder")?.into(),
        device: row.text("device")?.into(),
        lines: count(row, "lines")?,
        slots: Vec::new(),
        drop_off: row.text("drop_off")?.into(),
        released_ms: row.i64("released_ms")?,
        lease_until_ms: row.i64("lease_until_ms")?,
        left_by: row.text("left_by")?.into(),
        held: Vec::new(),
    })
}

/// The slots of a task in their order.
///
/// # Errors
/// When the database refuses.
pub async fn slots(tx: &Tx, warehouse: i64, task: &TaskId) -> Result<Vec<Slot>> {
    tx.rows(
        "SELECT slot, order_id, tote, drop_off FROM task_slot WHERE warehouse_id = $1 AND task = $2 ORDER BY slot",
        vals![warehouse, task],
    )
    .await?
    .iter()
    .map(|row| {
        Ok(Slot {
            slot: small(row, "slot")?,
            order: row.text("order_id")?.into(),
            tote: row.text("tote")?.into(),
            drop_off: row.text("drop_off")?.into(),
            ..Slot::default()
        })
    })
    .collect()
}

/// One task with its slots, locked.
///
/// # Errors
/// When the database refuses.
pub async fn task(tx: &Tx, warehouse: i64, id: &TaskId) -> Result<Option<Task>> {
    let rows = tx.lock("SELECT * FROM task WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut task = task_of(row)?;
    task.slots = slots(tx, warehouse, id).await?;
    Ok(Some(task))
}

/// Whether nothing is to be done any more.
#[must_use]
pub fn is_over(task: &Task) -> bool {
    matches!(task.state, TaskState::Done | TaskState::Cancelled)
}

/// Writes a line of a task that is not over.
///
/// # Errors
/// When the database refuses.
pub async fn put_line(tx: &Tx, changes: &mut Changes, line: &Line) -> Result<()> {
    write_line(tx, changes.warehouse(), line).await?;
    changes.put_here(kind::LINE, line.id.as_str(), line)
}

/// Takes a line of a task that is over off the feed; the table keeps it.
pub fn drop_line_row(changes: &mut Changes, line: &LineId) {
    changes.delete_here(kind::LINE, line.as_str());
}

pub(crate) async fn write_line(tx: &Tx, warehouse: i64, line: &Line) -> Result<()> {
    tx.execute(
        "INSERT INTO task_line (warehouse_id, id, task, seq, order_id, order_line, slot, location, item, lot, serial, \
         handling_unit, qty, picked, state, plan) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET seq = excluded.seq, slot = excluded.slot, \
         location = excluded.location, lot = excluded.lot, serial = excluded.serial, \
         handling_unit = excluded.handling_unit, qty = excluded.qty, picked = excluded.picked, state = excluded.state, \
         plan = excluded.plan",
        &[
            Val::from(warehouse),
            Val::from(&line.id),
            Val::from(&line.task),
            Val::from(line.seq),
            Val::from(&line.order),
            Val::from(&line.order_line),
            Val::from(line.slot),
            Val::from(&line.location),
            Val::from(&line.item),
            Val::from(&line.lot),
            Val::from(&line.serial),
            Val::from(&line.handling_unit),
            Val::from(line.qty),
            Val::from(line.picked),
            Val::from(name(&line.state)),
            Val::from(if line.plan == Plan::default() { String::new() } else { serde_json::to_string(&line.plan)? }),
        ],
    )
    .await?;
    Ok(())
}

/// A line from a row of table `task_line`.
///
/// # Errors
/// When a column is missing or does not read.
pub fn line_of(row: &Row) -> Result<Line> {
    Ok(Line {
        id: row.text("id")?.into(),
        task: row.text("task")?.into(),
        seq: row.i64("seq")?,
        order: row.text("order_id")?.into(),
        order_line: row.text("order_line")?.into(),
        slot: small(row, "slot")?,
        location: row.text("location")?.into(),
        item: row.text("item")?.into(),
        lot: row.text("lot")?.into(),
        serial: row.text("serial")?.into(),
        handling_unit: row.text("handling_unit")?.into(),
        qty: row.i64("qty")?,
        picked: row.i64("picked")?,
        state: parse(row.str("state")?)?,
        plan: match row.str("plan")? {
            "" => Plan::default(),
            plan => serde_json::from_str(plan)?,
        },
        ..Line::default()
    })
}

/// The lines of a task along the path.
///
/// # Errors
/// When the database refuses.
pub async fn lines(tx: &Tx, warehouse: i64, task: &TaskId) -> Result<Vec<Line>> {
    tx.rows("SELECT * FROM task_line WHERE warehouse_id = $1 AND task = $2 ORDER BY seq, id", vals![warehouse, task])
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
    tx.lock("SELECT * FROM task_line WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(line_of)
        .transpose()
}

/// A balance from a row with the columns of table `balance` and `expiry` ('' = none).
///
/// # Errors
/// When a column is missing or does not read.
pub fn stock_of(row: &Row) -> Result<Stock> {
    let status = row.str("status")?;
    Ok(Stock {
        location: row.text("location")?.into(),
        item: row.text("item")?.into(),
        lot: row.text("lot")?.into(),
        serial: row.text("serial")?.into(),
        handling_unit: row.text("handling_unit")?.into(),
        status: Status::parse(status).ok_or_else(|| Error::Stored(format!("status {status:?}")))?,
        qty: row.i64("qty")?,
        expiry: Some(row.text("expiry")?).filter(|expiry| !expiry.is_empty()),
    })
}
