//! Counts, count plans and replenishment.

use super::log::moment;
use super::once::Once;
use super::paging::{Page, Params};
use super::reply::{Id, InvalidBody, Json as Body, Refusal};
use crate::auth::Admin;
use crate::clock;
use crate::counts;
use crate::counts::plan::{self, Planned};
use crate::counts::state::State as CountState;
use crate::db::Row;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::putaway::replenish::{self, Replenished};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A count of a place by one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountView {
    /// Its identifier.
    pub id: String,
    /// The task.
    pub task: String,
    /// The line. Empty = it was opened on the floor.
    pub line: String,
    /// Where.
    pub location: String,
    /// The only item that is counted. Empty = everything there.
    pub item: String,
    /// Who counted.
    pub operator: String,
    /// On which device.
    pub device: String,
    /// How often the place was counted before for the same reason.
    pub round: i64,
    /// `started`, `matched`, `posted`, `contested`, `recount`, `wanted`, `declined` or `lapsed`.
    pub state: String,
    /// When it was begun, RFC 3339.
    pub started_at: String,
    /// When it was submitted, RFC 3339. Empty = it was not.
    pub submitted_at: String,
    /// The task line that asks for it to be counted again. Empty = none.
    pub recount_line: String,
    /// The exception over it. Empty = none.
    pub exception: String,
}

/// Goods of a count; empty until it is submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountLineView {
    /// The item.
    pub item: String,
    /// Its lot. Empty = none.
    pub lot: String,
    /// The serial number. Empty = none.
    pub serial: String,
    /// The handling unit. Empty = loose.
    pub handling_unit: String,
    /// Units that the book had at the device's cursor.
    pub book: i64,
    /// Units that were scanned.
    pub counted: i64,
    /// Counted minus book.
    pub variance: i64,
}

/// A count with its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountDetail {
    /// The count.
    #[serde(flatten)]
    pub count: CountView,
    /// Its goods.
    pub lines: Vec<CountLineView>,
}

/// The body of `POST /v1/counts/plan`: exactly one of `zone`, `abc`, `locations` and `items`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanBody {
    /// Chosen by the caller, so that a request sent again is one plan.
    pub id: String,
    /// Every bin of this zone.
    #[serde(default)]
    pub zone: Option<String>,
    /// Items of this class by turnover, `A`, `B` or `C`, wherever they are.
    #[serde(default)]
    pub abc: Option<String>,
    /// These locations, whole; 1 to 500.
    #[serde(default)]
    pub locations: Option<Vec<String>>,
    /// These items, wherever they are; 1 to 500.
    #[serde(default)]
    pub items: Option<Vec<String>>,
    /// Lines of one task at the most, 1 to 100; 20 where nothing is said.
    #[serde(default)]
    pub per_task: Option<u32>,
}

/// The body of `POST /v1/replenish`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplenishBody {
    /// Chosen by the caller, so that a request sent again is one.
    pub id: String,
    /// What.
    pub item: String,
    /// Where to.
    pub to: String,
    /// Units; as many as there is room for where nothing is said.
    #[serde(default)]
    pub qty: Option<i64>,
}

fn view(row: &Row) -> Result<CountView> {
    Ok(CountView {
        id: row.text("id")?,
        task: row.text("task")?,
        line: row.text("line")?,
        location: row.text("location")?,
        item: row.text("item")?,
        operator: row.text("operator")?,
        device: row.text("device")?,
        round: row.i64("round")?,
        state: row.text("state")?,
        started_at: moment(row.i64("started_ms")?),
        submitted_at: moment(row.i64("submitted_ms")?),
        recount_line: row.text("recount_line")?,
        exception: row.text("exception")?,
    })
}

/// `GET /v1/counts`.
#[utoipa::path(get, path = "/v1/counts", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only counts in this state."),
        ("location" = Option<String>, Query, description = "Only counts of this location."),
        ("task" = Option<String>, Query, description = "Only counts of this task."),
    ),
    responses((status = 200, description = "Counts by identifier.", body = Page<CountView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<CountView>>> {
    let params = &params.known(&["state", "location", "task"])?;
    let after: String = params.after()?;
    let states: Vec<&str> = CountState::ALL.into_iter().map(CountState::as_str).collect();
    let state = params.filter_of("state", &states)?;
    let rows = core
        .db
        .read(|tx| async move {
            tx.rows(
                "SELECT * FROM stock_count WHERE warehouse_id = $1 AND id > $2 AND (state = $3 OR $3 = '') \
                 AND (location = $4 OR $4 = '') AND (task = $5 OR $5 = '') ORDER BY id LIMIT $6",
                vals![admin.warehouse, after, state, params.filter("location"), params.filter("task"), params.fetch()],
            )
            .await
        })
        .await?;
    let views = rows.iter().map(view).collect::<Result<Vec<CountView>>>()?;
    Page::cut(views, params, |count| count.id.clone()).map(Json)
}

/// `GET /v1/counts/{id}`.
#[utoipa::path(get, path = "/v1/counts/{id}", tag = "read", security(("admin" = [])),
    params(("id" = String, Path, description = "The count.")),
    responses((status = 200, description = "The count with book, count and variance.", body = CountDetail),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such count.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn one(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<CountDetail>> {
    let id = &id;
    core.db
        .read(|tx| async move {
            let row = tx
                .row("SELECT * FROM stock_count WHERE warehouse_id = $1 AND id = $2", vals![admin.warehouse, id])
                .await?
                .ok_or_else(|| {
                    Error::problem(404, "not_found", format!("There is no count {id:?}; GET /v1/counts lists them."))
                })?;
            let lines = counts::lines(&tx, admin.warehouse, &id.as_str().into())
                .await?
                .into_iter()
                .map(|line| CountLineView {
                    book: line.book,
                    counted: line.counted,
                    variance: line.variance(),
                    item: line.key.item.0,
                    lot: line.key.lot.0,
                    serial: line.key.serial.0,
                    handling_unit: line.key.handling_unit.0,
                })
                .collect();
            Ok(Json(CountDetail { count: view(&row)?, lines }))
        })
        .await
}

/// `POST /v1/counts/plan`: makes count tasks.
#[utoipa::path(post, path = "/v1/counts/plan", tag = "decide", security(("admin" = [])), request_body = PlanBody,
    responses((status = 200, description = "What was planned.", body = Planned),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token plans nothing.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn plan(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Json<Planned>, Refusal> {
    admin.decider()?;
    let request = plan::Request::read(&body).map_err(Refusal::Faults)?;
    let once = Once::new(admin.warehouse, "count-plan", "", &request.id, &request)?;
    let (request, once, warehouse, now) = (&request, &once, admin.warehouse, clock::now_ms());
    let planned = core
        .db
        .write(|tx| async move {
            if let Some(planned) = once.before(&tx).await? {
                return Ok(Ok(planned));
            }
            let mut changes = Changes::new(warehouse);
            let planned = match plan::plan(&tx, &mut changes, request, now).await? {
                Ok(planned) => planned,
                Err(faults) => return Ok(Err(faults)),
            };
            once.keep(&tx, &planned, now).await?;
            changes.publish(&tx).await?;
            Ok(Ok(planned))
        })
        .await?
        .map_err(Refusal::Faults)?;
    tracing::info!(tasks = planned.tasks.len(), lines = planned.lines, "planned {} places to count", planned.lines);
    Ok(Json(planned))
}

/// `POST /v1/replenish`: makes a move task that brings stock to a place.
#[utoipa::path(post, path = "/v1/replenish", tag = "decide", security(("admin" = [])), request_body = ReplenishBody,
    responses((status = 200, description = "What is brought.", body = Replenished),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token plans nothing.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn replenish(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Json<Replenished>, Refusal> {
    admin.decider()?;
    let request = replenish::Request::read(&body).map_err(Refusal::Faults)?;
    let once = Once::new(admin.warehouse, "replenish", "", &request.id, &request)?;
    let (request, once, warehouse, now) = (&request, &once, admin.warehouse, clock::now_ms());
    let brought = core
        .db
        .write(|tx| async move {
            if let Some(brought) = once.before(&tx).await? {
                return Ok(Ok(brought));
            }
            let mut changes = Changes::new(warehouse);
            let brought = match replenish::replenish(&tx, &mut changes, request, now).await? {
                Ok(brought) => brought,
                Err(faults) => return Ok(Err(faults)),
            };
            once.keep(&tx, &brought, now).await?;
            changes.publish(&tx).await?;
            Ok(Ok(brought))
        })
        .await?
        .map_err(Refusal::Faults)?;
    tracing::info!(task = brought.task, qty = brought.qty, "replenishing {} units", brought.qty);
    Ok(Json(brought))
}
