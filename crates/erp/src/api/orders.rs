//! Orders: listed, posted, released.

use super::outbound::{CartonView, cartons_of};
use super::paging::{Page, Params};
use super::reply::{Id, InvalidBody, Json as Body, Refusal};
use crate::auth::Admin;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::orders::state::{Of, State as OrderState};
use crate::orders::{
    Accepted, NewOrder, ReleaseMode, ReleaseRequest, Released, accept, release as put_out, release_one,
};
use crate::push::rerun_awaiting;
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// The body of `POST /v1/orders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderBody {
    /// Chosen by the caller, 1 to 64 letters, digits, `-`, `_`, `.`; posted again it is the same order.
    pub id: String,
    /// Who ordered.
    #[serde(default)]
    pub customer: Option<String>,
    /// -100 to 100; higher comes first; 0 where nothing is said.
    #[serde(default)]
    pub priority: Option<i64>,
    /// When the carrier leaves, RFC 3339.
    #[serde(default)]
    pub cutoff: Option<String>,
    /// `auto` (the default): a pick task is made at once. `hold`: it waits for `POST /v1/releases`.
    #[serde(default)]
    pub release: Option<ReleaseMode>,
    /// What was ordered, 1 to 5000 lines.
    pub lines: Vec<OrderLineBody>,
    /// Where it was ordered; carriers are chosen by it.
    #[serde(default)]
    pub channel: Option<String>,
    /// Where it goes, two capital letters (ISO 3166); carriers are chosen by it.
    #[serde(default)]
    pub country: Option<String>,
    /// Whether it may leave in parts: `allow`, `ask` (the default) or `never`.
    #[serde(default)]
    pub partial: Option<String>,
}

/// A line of [`OrderBody`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderLineBody {
    /// Unique within the order; its number from 1 where nothing is said.
    #[serde(default)]
    pub id: Option<String>,
    /// The item.
    pub item: String,
    /// Units, 1 to 100000.
    pub qty: i64,
}

/// The body of `POST /v1/releases`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseBody {
    /// `single`: one order a task. `cluster`: several orders on one cart. `batch`: several in one tote, sorted at
    /// the end. `zone`: as cluster, with a task for each zone; totes are handed over.
    pub mode: String,
    /// Orders on one cart at the most, 1 to 12; 4 where nothing is said.
    #[serde(default)]
    pub max_orders: Option<u8>,
    /// Only these orders, at most 500. Without them every order that waits.
    #[serde(default)]
    pub orders: Option<Vec<String>>,
    /// Chosen by the caller, so that a request sent again is one release.
    #[serde(default)]
    pub id: Option<String>,
    /// Only orders of this priority or higher, where none are named.
    #[serde(default)]
    pub min_priority: Option<i64>,
    /// Only orders whose carrier leaves before, RFC 3339, where none are named.
    #[serde(default)]
    pub cutoff_before: Option<String>,
    /// Only orders all of whose goods are in this zone.
    #[serde(default)]
    pub zone: Option<String>,
    /// Grams on one cart at the most; an order that is heavier goes alone.
    #[serde(default)]
    pub max_grams: Option<i64>,
    /// Cubic centimetres on one cart at the most; an order that is larger goes alone.
    #[serde(default)]
    pub max_cm3: Option<i64>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderView {
    /// Its identifier.
    pub id: String,
    /// Who ordered. Empty = not said.
    pub customer: String,
    /// Higher comes first.
    pub priority: i64,
    /// When the carrier leaves, RFC 3339. Empty = no cut-off.
    pub cutoff: String,
    /// Where it stands.
    pub state: OrderState,
    /// When it came in, RFC 3339.
    pub created_at: String,
    /// The pick tasks it is in.
    pub tasks: Vec<String>,
    /// Its lines.
    pub lines: Vec<OrderLineView>,
    /// Whether nothing of it may leave.
    pub held: bool,
    /// Where it was ordered. Empty = not said.
    pub channel: String,
    /// Where it goes. Empty = not said.
    pub country: String,
    /// The carrier that was chosen, by code. Empty = none yet.
    pub carrier: String,
    /// Its service, by code.
    pub service: String,
    /// Its cartons; only where one order is asked for.
    pub cartons: Vec<CartonView>,
}

/// A line of an order: `qty` is `allocated` and `picked` and `backordered` together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderLineView {
    /// Its identifier in the whole warehouse: the order's, a colon, the line's.
    pub id: String,
    /// Its number in the order, from 1.
    pub no: i64,
    /// What was ordered.
    pub item: String,
    /// Units ordered.
    pub qty: i64,
    /// Units promised and not picked yet.
    pub allocated: i64,
    /// Units picked, without those that went back into stock.
    pub picked: i64,
    /// Units in cartons or gone.
    pub packed: i64,
    /// Units gone.
    pub shipped: i64,
    /// Units on backorder.
    pub backordered: i64,
    /// Units that were ever declared missing by a picker.
    pub short: i64,
    /// Where it stands.
    pub state: OrderState,
}

/// `GET /v1/orders`.
#[utoipa::path(get, path = "/v1/orders", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only orders in this state."),
    ),
    responses((status = 200, description = "Orders by identifier.", body = Page<OrderView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<OrderView>>> {
    let params = &params.known(&["state"])?;
    let after: String = params.after()?;
    let states: Vec<&str> = OrderState::all_of(Of::Order).map(OrderState::as_str).collect();
    let state = params.filter_of("state", &states)?;
    core.db
        .read(|tx| async move {
            let ids = tx
                .rows(
                    "SELECT id FROM customer_order WHERE warehouse_id = $1 AND id > $2 AND (state = $3 OR $3 = '') \
                     ORDER BY id LIMIT $4",
                    vals![admin.warehouse, after, state, params.fetch()],
                )
                .await?
                .iter()
                .map(|row| row.text("id"))
                .collect::<Result<Vec<String>>>()?;
            let page = Page::cut(ids, params, String::clone)?;
            let items = match (page.items.first(), page.items.last()) {
                (Some(first), Some(last)) => views(&tx, admin.warehouse, first, last, state).await?,
                _ => Vec::new(),
            };
            Ok(Json(Page { items, next: page.next }))
        })
        .await
}

/// `GET /v1/orders/{id}`.
#[utoipa::path(get, path = "/v1/orders/{id}", tag = "read", security(("admin" = [])),
    params(("id" = String, Path, description = "The order.")),
    responses((status = 200, description = "The order.", body = OrderView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such order.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn one(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<OrderView>> {
    let id = &id;
    core.db.read(|tx| async move { view(&tx, admin.warehouse, id).await }).await.map(Json)
}

pub(super) async fn view(tx: &Tx, warehouse: i64, id: &str) -> Result<OrderView> {
    let mut view = views(tx, warehouse, id, id, "").await?.into_iter().next().ok_or_else(|| {
        Error::problem(404, "not_found", format!("There is no order {id:?}; GET /v1/orders lists them."))
    })?;
    view.cartons = cartons_of(tx, warehouse, id).await?;
    Ok(view)
}

async fn views(tx: &Tx, warehouse: i64, first: &str, last: &str, state: &str) -> Result<Vec<OrderView>> {
    let which = vals![warehouse, first, last, state];
    let orders = tx
        .rows(
            "SELECT * FROM customer_order o WHERE o.warehouse_id = $1 AND o.id >= $2 AND o.id <= $3 \
             AND (o.state = $4 OR $4 = '') ORDER BY o.id",
            which,
        )
        .await?;
    let lines = tx
        .rows(
            "SELECT l.* FROM customer_order o JOIN order_line l ON l.warehouse_id = o.warehouse_id AND l.order_id = o.id \
             WHERE o.warehouse_id = $1 AND o.id >= $2 AND o.id <= $3 AND (o.state = $4 OR $4 = '') \
             ORDER BY l.order_id, l.line_no",
            which,
        )
        .await?;
    let tasks = tx
        .rows(
            "SELECT DISTINCT l.order_id, l.task FROM customer_order o \
             JOIN task_line l ON l.warehouse_id = o.warehouse_id AND l.order_id = o.id \
             WHERE o.warehouse_id = $1 AND o.id >= $2 AND o.id <= $3 AND (o.state = $4 OR $4 = '') \
             ORDER BY l.order_id, l.task",
            which,
        )
        .await?;
    let mut by_order: HashMap<String, (Vec<OrderLineView>, Vec<String>)> = HashMap::new();
    for row in &lines {
        by_order.entry(row.text("order_id")?).or_default().0.push(OrderLineView {
            id: row.text("id")?,
            no: row.i64("line_no")?,
            item: row.text("item")?,
            qty: row.i64("qty")?,
            allocated: row.i64("allocated")?,
            picked: row.i64("picked")? - row.i64("put_back")?,
            packed: row.i64("packed")?,
            shipped: row.i64("shipped")?,
            backordered: row.i64("backordered")?,
            short: row.i64("short")?,
            state: OrderState::stored(row.str("state")?)?,
        });
    }
    for row in &tasks {
        by_order.entry(row.text("order_id")?).or_default().1.push(row.text("task")?);
    }
    orders
        .iter()
        .map(|row| {
            let id = row.text("id")?;
            let (lines, tasks) = by_order.remove(&id).unwrap_or_default();
            let cutoff_ms = row.i64("cutoff_ms")?;
            Ok(OrderView {
                customer: row.text("customer")?,
                priority: row.i64("priority")?,
                cutoff: if cutoff_ms == 0 { String::new() } else { clock::rfc3339(cutoff_ms) },
                state: OrderState::stored(row.str("state")?)?,
                created_at: clock::rfc3339(row.i64("created_ms")?),
                tasks,
                lines,
                held: row.flag("held")?,
                channel: row.text("channel")?,
                country: row.text("country")?,
                carrier: row.text("carrier")?,
                service: row.text("service")?,
                cartons: Vec::new(),
                id,
            })
        })
        .collect()
}

/// `POST /v1/orders`: accepts an order, promises stock to it and makes a pick task of it.
#[utoipa::path(post, path = "/v1/orders", tag = "orders", security(("admin" = [])), request_body = OrderBody,
    responses((status = 201, description = "Accepted.", body = OrderView),
        (status = 200, description = "The same order was accepted before; this is how it stands.", body = OrderView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another order has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn post(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Response, Refusal> {
    admin.may_write()?;
    let order = NewOrder::read(&body).map_err(Refusal::Faults)?;
    let (order, warehouse, now) = (&order, admin.warehouse, clock::now_ms());
    let (accepted, view) = core
        .db
        .write(|tx| async move {
            let accepted = accept(&tx, warehouse, order, now).await?;
            if matches!(accepted, Accepted::New(_)) && order.release == ReleaseMode::Auto {
                let mut changes = Changes::new(warehouse);
                release_one(&tx, &mut changes, &order.id, now).await?;
                changes.publish(&tx).await?;
            }
            let view = match accepted {
                Accepted::New(_) | Accepted::Again => Some(view(&tx, warehouse, order.id.as_str()).await?),
                Accepted::Clash | Accepted::Refused(_) => None,
            };
            Ok((accepted, view))
        })
        .await?;
    if view.is_some() {
        rerun_awaiting(&core.db, "order", order.id.as_str()).await?;
    }
    match (accepted, view) {
        (Accepted::Refused(faults), _) => Err(Refusal::Faults(faults)),
        (Accepted::New(_), Some(view)) => {
            tracing::info!(
                order = view.id,
                state = view.state.as_str(),
                lines = view.lines.len(),
                "order {} accepted",
                view.id
            );
            let mut response = (StatusCode::CREATED, Json(&view)).into_response();
            if let Ok(place) = HeaderValue::from_str(&format!("/v1/orders/{}", view.id)) {
                response.headers_mut().insert(header::LOCATION, place);
            }
            Ok(response)
        }
        (Accepted::Again, Some(view)) => Ok(Json(view).into_response()),
        (_, _) => Err(Refusal::problem(
            409,
            "id_taken",
            format!("Order {} was accepted with other content; send another id, or the same content.", order.id),
        )),
    }
}

/// `POST /v1/releases`: makes pick tasks of orders that wait.
#[utoipa::path(post, path = "/v1/releases", tag = "orders", security(("admin" = [])), request_body = ReleaseBody,
    responses((status = 200, description = "What was released.", body = Released),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "An order that is named does not exist.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn release(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Json<Released>, Refusal> {
    admin.may_write()?;
    let request = ReleaseRequest::read(&body).map_err(Refusal::Faults)?;
    let hash = blake3::hash(&serde_json::to_vec(&request)?).to_hex().to_string();
    let (request, hash, warehouse, now) = (&request, &hash, admin.warehouse, clock::now_ms());
    let released = core
        .db
        .write(|tx| async move {
            let key = format!("release:{}", request.id);
            if !request.id.is_empty() {
                let known = tx
                    .row(
                        "SELECT body_hash, response FROM request_log WHERE warehouse_id = $1 AND id = $2",
                        vals![warehouse, &key],
                    )
                    .await?;
                if let Some(row) = known {
                    return if row.str("body_hash")? == hash {
                        Ok(serde_json::from_str(row.str("response")?)?)
                    } else {
                        Err(Error::problem(409, "id_taken", "Another release has this id; send another id."))
                    };
                }
            }
            let mut changes = Changes::new(warehouse);
            let released = put_out(&tx, &mut changes, request, now).await?;
            if !request.id.is_empty() {
                let noted = tx
                    .execute(
                        "INSERT INTO request_log (warehouse_id, id, kind, body_hash, response, created_ms) \
                         VALUES ($1, $2, 'release', $3, $4, $5) ON CONFLICT (warehouse_id, id) DO NOTHING",
                        vals![warehouse, &key, hash, serde_json::to_string(&released)?, now],
                    )
                    .await?;
                if noted == 0 {
                    // The same request was done in another transaction since we looked.
                    return Err(Error::problem(503, "busy", "The same release is under way; send it again."));
                }
            }
            changes.publish(&tx).await?;
            Ok(released)
        })
        .await?;
    tracing::info!(tasks = released.tasks.len(), orders = released.orders, "released {} tasks", released.tasks.len());
    Ok(Json(released))
}
