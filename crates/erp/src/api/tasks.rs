//! Tasks with their lines and the codes that satisfy them.

use super::paging::{Page, Params};
use super::reply::Id;
use super::scannable::{LineBarcode, Near, Wanted, barcodes};
use crate::auth::Admin;
use crate::clock;
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::{Error, Result};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_domain::master::Barcode;
use floorhand_domain::task::Line;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskView {
    /// Its identifier, also scannable.
    pub id: String,
    /// `pick`, …
    pub kind: String,
    /// `single` or `cluster`.
    pub mode: String,
    /// `open`, `claimed`, `done` or `cancelled`.
    pub state: String,
    /// Higher comes first.
    pub priority: i64,
    /// When the carrier leaves, RFC 3339. Empty = no cut-off.
    pub cutoff: String,
    /// The zone of its first line.
    pub zone: String,
    /// The operator who holds the claim. Empty = nobody.
    pub holder: String,
    /// The device that holds the claim. Empty = none.
    pub device: String,
    /// Where the totes go.
    pub drop_off: String,
    /// What the label there reads as.
    pub drop_off_code: String,
    /// When it was released, RFC 3339.
    pub released_at: String,
    /// The totes of the cart.
    pub slots: Vec<SlotView>,
    /// Its lines along the path.
    pub lines: Vec<TaskLineView>,
}

/// One tote on the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SlotView {
    /// Number on the cart, from 1.
    pub slot: i64,
    /// The order that goes into it.
    pub order: String,
    /// The tote standing there. Empty = none yet.
    pub tote: String,
}

/// A line of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskLineView {
    /// Its identifier.
    pub id: String,
    /// Its place on the path; smaller comes first.
    pub seq: i64,
    /// The order it is for.
    pub order: String,
    /// The line of that order.
    pub order_line: String,
    /// The slot of the cart that it goes into.
    pub slot: u8,
    /// Where to take it.
    pub location: String,
    /// What the label there reads as.
    pub location_code: String,
    /// What to take.
    pub item: String,
    /// Its name.
    pub name: String,
    /// Its variant. Empty = none.
    pub variant: String,
    /// Its size. Empty = none.
    pub size: String,
    /// Which lot. Empty = any.
    pub lot: String,
    /// Which unit. Empty = any.
    pub serial: String,
    /// Which handling unit. Empty = loose or any.
    pub handling_unit: String,
    /// Units asked for.
    pub qty: i64,
    /// Units in totes.
    pub picked: i64,
    /// `open`, `done`, `short` or `cancelled`.
    pub state: String,
    /// Put-away, move: where `to` and `why`. Count: its `round`, who `counted_by`, its `trigger`.
    #[schema(value_type = Object)]
    pub plan: Value,
    /// The codes that satisfy the line, best first.
    pub barcodes: Vec<LineBarcode>,
}

/// Which tasks are meant; every query of a page says the same.
struct Which<'a> {
    warehouse: i64,
    first: String,
    last: String,
    state: &'a str,
    kind: &'a str,
    holder: &'a str,
}

/// `GET /v1/tasks`.
#[utoipa::path(get, path = "/v1/tasks", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only tasks in this state."),
        ("kind" = Option<String>, Query, description = "Only tasks of this kind."),
        ("holder" = Option<String>, Query, description = "Only tasks that this operator holds."),
    ),
    responses((status = 200, description = "Tasks by identifier.", body = Page<TaskView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<TaskView>>> {
    let params = &params.known(&["state", "kind", "holder"])?;
    let after: String = params.after()?;
    let state = params.filter_of("state", &["open", "claimed", "done", "cancelled"])?;
    let kind = params.filter_of("kind", &["pick", "pack", "receive", "put-away", "move", "count", "return"])?;
    core.db
        .read(|tx| async move {
            let holder = params.filter("holder");
            let mut rows = tx
                .rows(
                    "SELECT t.*, COALESCE(l.code, '') AS drop_off_code FROM task t \
                     LEFT JOIN location l ON l.warehouse_id = t.warehouse_id AND l.id = t.drop_off \
                     WHERE t.warehouse_id = $1 AND t.id > $2 AND (t.state = $3 OR $3 = '') AND (t.kind = $4 OR $4 = '') \
                     AND (t.holder = $5 OR $5 = '') ORDER BY t.id LIMIT $6",
                    vals![admin.warehouse, after, state, kind, holder, params.fetch()],
                )
                .await?;
            // The row that only shows that there is more needs no lines.
            let more = Page::cut(rows.iter().map(|row| row.text("id")).collect::<Result<Vec<String>>>()?, params, String::clone)?;
            rows.truncate(more.items.len());
            let (Some(first), Some(last)) = (more.items.first().cloned(), more.items.last().cloned()) else {
                return Ok(Json(Page { items: Vec::new(), next: None }));
            };
            let which = Which { warehouse: admin.warehouse, first, last, state, kind, holder };
            Ok(Json(Page { items: views(&tx, &which, &rows).await?, next: more.next }))
        })
        .await
}

/// `GET /v1/tasks/{id}`.
#[utoipa::path(get, path = "/v1/tasks/{id}", tag = "read", security(("admin" = [])),
    params(("id" = String, Path, description = "The task.")),
    responses((status = 200, description = "The task.", body = TaskView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such task.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn one(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<TaskView>> {
    let id = &id;
    core.db
        .read(|tx| async move {
            let rows = tx
                .rows(
                    "SELECT t.*, COALESCE(l.code, '') AS drop_off_code FROM task t \
                     LEFT JOIN location l ON l.warehouse_id = t.warehouse_id AND l.id = t.drop_off \
                     WHERE t.warehouse_id = $1 AND t.id = $2",
                    vals![admin.warehouse, id],
                )
                .await?;
            let which = Which {
                warehouse: admin.warehouse,
                first: id.clone(),
                last: id.clone(),
                state: "",
                kind: "",
                holder: "",
            };
            views(&tx, &which, &rows).await?.into_iter().next().map(Json).ok_or_else(|| {
                Error::problem(404, "not_found", format!("There is no task {id:?}; GET /v1/tasks lists them."))
            })
        })
        .await
}

async fn views(tx: &Tx, which: &Which<'_>, tasks: &[Row]) -> Result<Vec<TaskView>> {
    let mut slots = slots(tx, which).await?;
    let mut lines = lines(tx, which).await?;
    tasks
        .iter()
        .map(|row| {
            let task = entity::task_of(row)?;
            let id = task.id.0;
            Ok(TaskView {
                kind: row.text("kind")?,
                mode: row.text("mode")?,
                state: row.text("state")?,
                priority: task.priority,
                cutoff: if task.cutoff_ms == 0 { String::new() } else { clock::rfc3339(task.cutoff_ms) },
                zone: task.zone,
                holder: task.holder.0,
                device: task.device.0,
                drop_off: task.drop_off.0,
                drop_off_code: row.text("drop_off_code")?,
                released_at: clock::rfc3339(task.released_ms),
                slots: slots.remove(&id).unwrap_or_default(),
                lines: lines.remove(&id).unwrap_or_default(),
                id,
            })
        })
        .collect()
}

async fn slots(tx: &Tx, which: &Which<'_>) -> Result<HashMap<String, Vec<SlotView>>> {
    let rows = tx
        .rows(
            "SELECT s.task, s.slot, s.order_id, s.tote FROM task t \
             JOIN task_slot s ON s.warehouse_id = t.warehouse_id AND s.task = t.id \
             WHERE t.warehouse_id = $1 AND t.id >= $2 AND t.id <= $3 AND (t.state = $4 OR $4 = '') \
             AND (t.kind = $5 OR $5 = '') AND (t.holder = $6 OR $6 = '') ORDER BY s.task, s.slot",
            vals![which.warehouse, &which.first, &which.last, which.state, which.kind, which.holder],
        )
        .await?;
    let mut by_task: HashMap<String, Vec<SlotView>> = HashMap::new();
    for row in &rows {
        by_task.entry(row.text("task")?).or_default().push(SlotView {
            slot: row.i64("slot")?,
            order: row.text("order_id")?,
            tote: row.text("tote")?,
        });
    }
    Ok(by_task)
}

/// Codes by item. Here and below CROSS JOIN fixes the order of the tables for SQLite, which would
/// otherwise begin with the whole catalogue.
async fn codes(tx: &Tx, which: &Which<'_>) -> Result<HashMap<String, Vec<Barcode>>> {
    let rows = tx
        .rows(
            "SELECT DISTINCT b.item, b.code, b.qty, b.unit FROM task t CROSS JOIN task_line l CROSS JOIN barcode b \
             WHERE l.warehouse_id = t.warehouse_id AND l.task = t.id AND b.warehouse_id = 0 AND b.item = l.item \
             AND t.warehouse_id = $1 AND t.id >= $2 AND t.id <= $3 AND (t.state = $4 OR $4 = '') \
             AND (t.kind = $5 OR $5 = '') AND (t.holder = $6 OR $6 = '')",
            vals![which.warehouse, &which.first, &which.last, which.state, which.kind, which.holder],
        )
        .await?;
    let mut by_item: HashMap<String, Vec<Barcode>> = HashMap::new();
    for row in &rows {
        let code = entity::barcode_of(row)?;
        by_item.entry(code.item.0.clone()).or_default().push(code);
    }
    Ok(by_item)
}

type Spot = (String, String, String);

/// Available stock by location, item and handling unit, where the codes of a line depend on it.
async fn near(tx: &Tx, which: &Which<'_>) -> Result<HashMap<Spot, Vec<Near>>> {
    let rows = tx
        .rows(
            "SELECT DISTINCT b.location, b.item, b.handling_unit, b.lot, b.serial, COALESCE(e.expiry, '') AS expiry \
             FROM task t CROSS JOIN task_line l CROSS JOIN item i CROSS JOIN balance b \
             LEFT JOIN lot e ON e.warehouse_id = b.warehouse_id AND e.item = b.item AND e.lot = b.lot \
             WHERE l.warehouse_id = t.warehouse_id AND l.task = t.id AND i.warehouse_id = 0 AND i.id = l.item \
             AND b.warehouse_id = l.warehouse_id AND b.item = l.item AND b.location = l.location \
             AND t.warehouse_id = $1 AND t.id >= $2 AND t.id <= $3 AND (t.state = $4 OR $4 = '') \
             AND (t.kind = $5 OR $5 = '') AND (t.holder = $6 OR $6 = '') \
             AND (i.lot_tracked = 1 OR i.serial_tracked = 1) AND b.status = 'available' AND b.qty > 0 \
             ORDER BY b.location, b.item, b.handling_unit, b.lot, b.serial",
            vals![which.warehouse, &which.first, &which.last, which.state, which.kind, which.holder],
        )
        .await?;
    let mut by_spot: HashMap<Spot, Vec<Near>> = HashMap::new();
    for row in &rows {
        by_spot.entry((row.text("location")?, row.text("item")?, row.text("handling_unit")?)).or_default().push(Near {
            lot: row.text("lot")?.into(),
            serial: row.text("serial")?.into(),
            expiry: row.text("expiry")?,
        });
    }
    Ok(by_spot)
}

async fn lines(tx: &Tx, which: &Which<'_>) -> Result<HashMap<String, Vec<TaskLineView>>> {
    let rows = tx
        .rows(
            "SELECT l.*, COALESCE(p.code, l.location) AS location_code, COALESCE(i.name, '') AS name, \
             COALESCE(i.variant, '') AS variant, COALESCE(i.size, '') AS size, COALESCE(i.lot_tracked, 0) AS lot_tracked, \
             COALESCE(i.serial_tracked, 0) AS serial_tracked FROM task t \
             JOIN task_line l ON l.warehouse_id = t.warehouse_id AND l.task = t.id \
             LEFT JOIN location p ON p.warehouse_id = l.warehouse_id AND p.id = l.location \
             LEFT JOIN item i ON i.warehouse_id = 0 AND i.id = l.item \
             WHERE t.warehouse_id = $1 AND t.id >= $2 AND t.id <= $3 AND (t.state = $4 OR $4 = '') \
             AND (t.kind = $5 OR $5 = '') AND (t.holder = $6 OR $6 = '') ORDER BY l.task, l.seq, l.id",
            vals![which.warehouse, &which.first, &which.last, which.state, which.kind, which.holder],
        )
        .await?;
    let (codes, near) = (codes(tx, which).await?, near(tx, which).await?);
    let mut by_task: HashMap<String, Vec<TaskLineView>> = HashMap::new();
    for row in &rows {
        let line = entity::line_of(row)?;
        by_task.entry(line.task.0.clone()).or_default().push(line_view(row, line, &codes, &near)?);
    }
    Ok(by_task)
}

fn line_view(
    row: &Row,
    line: Line,
    codes: &HashMap<String, Vec<Barcode>>,
    near: &HashMap<Spot, Vec<Near>>,
) -> Result<TaskLineView> {
    let open = line.open_qty();
    let plan = serde_json::to_value(&line.plan)?;
    let wanted = Wanted {
        lot_tracked: row.flag("lot_tracked")?,
        serial_tracked: row.flag("serial_tracked")?,
        lot: line.lot.clone(),
        serial: line.serial.clone(),
        handling_unit: line.handling_unit.clone(),
        qty: if open > 0 { open } else { line.qty },
    };
    let spot = (line.location.0.clone(), line.item.0.clone(), line.handling_unit.0.clone());
    let codes = codes.get(line.item.as_str()).map_or(&[][..], Vec::as_slice);
    let near = near.get(&spot).map_or(&[][..], Vec::as_slice);
    Ok(TaskLineView {
        barcodes: barcodes(&wanted, codes, near),
        id: line.id.0,
        seq: line.seq,
        order: line.order.0,
        order_line: line.order_line.0,
        slot: line.slot,
        location: line.location.0,
        location_code: row.text("location_code")?,
        item: line.item.0,
        name: row.text("name")?,
        variant: row.text("variant")?,
        size: row.text("size")?,
        lot: line.lot.0,
        serial: line.serial.0,
        handling_unit: line.handling_unit.0,
        qty: line.qty,
        picked: line.picked,
        state: row.text("state")?,
        plan,
    })
}
