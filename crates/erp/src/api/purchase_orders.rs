//! Purchase orders: posted, listed, closed.

use super::paging::{Page, Params};
use super::reply::{Id, InvalidBody, Json as Body, Refusal};
use crate::auth::Admin;
use crate::clock;
use crate::db::Tx;
use crate::entity::parse;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::inbound::state::{OrderEvent, OrderState};
use crate::inbound::{Accepted, NewPurchaseOrder, accept_order, settle};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use floorhand_domain::id::PurchaseOrderId;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// The body of `POST /v1/purchase-orders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PurchaseOrderBody {
    /// Its number, chosen by the caller, 1 to 64 letters, digits, `-`, `_`, `.`; posted again it is the same order.
    pub id: String,
    /// The supplier's name.
    pub supplier: String,
    /// The dock of its own delivery. None = any.
    #[serde(default)]
    pub door: Option<String>,
    /// When it is due, RFC 3339.
    #[serde(default)]
    pub due: Option<String>,
    /// What is ordered, 1 to 2000 lines.
    pub lines: Vec<PurchaseOrderLineBody>,
}

/// A line of [`PurchaseOrderBody`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PurchaseOrderLineBody {
    /// The item.
    pub item: String,
    /// Units, 1 to 100000.
    pub ordered: i64,
    /// Percent above that may be received, 0 to 1000; the site's where nothing is said.
    #[serde(default)]
    pub over_percent: Option<i64>,
    /// Days until expiry that the goods must have; the item's where nothing is said.
    #[serde(default)]
    pub min_shelf_days: Option<i64>,
}

/// A purchase order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PurchaseOrderView {
    /// Its number.
    pub id: String,
    /// The supplier's name.
    pub supplier: String,
    /// Where it stands.
    pub state: OrderState,
    /// When it came in, RFC 3339.
    pub created_at: String,
    /// The deliveries that bring it, its own one among them.
    pub deliveries: Vec<String>,
    /// Its lines.
    pub lines: Vec<PurchaseOrderLineView>,
}

/// A line of a purchase order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PurchaseOrderLineView {
    /// Its identifier in the whole warehouse.
    pub id: String,
    /// Its number in the order, from 1.
    pub no: i64,
    /// What was ordered.
    pub item: String,
    /// Units ordered.
    pub ordered: i64,
    /// Units received, damaged ones included.
    pub received: i64,
    /// Damaged ones among them.
    pub damaged: i64,
    /// Percent above that may be received; -1 = the site's.
    pub over_percent: i64,
    /// Days until expiry that the goods must have; 0 = the item's.
    pub min_shelf_days: i64,
    /// `open`, `received`, `differs` or `cancelled`.
    pub state: String,
}

/// `GET /v1/purchase-orders`.
#[utoipa::path(get, path = "/v1/purchase-orders", tag = "inbound", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only orders in this state: `open`, `closed` or `cancelled`."),
    ),
    responses((status = 200, description = "Purchase orders by number.", body = Page<PurchaseOrderView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(core): State<Core>,
    admin: Admin,
    params: Params,
) -> Result<Json<Page<PurchaseOrderView>>> {
    let params = &params.known(&["state"])?;
    let after: String = params.after()?;
    let state = params.filter_of("state", &["open", "closed", "cancelled"])?;
    core.db
        .read(|tx| async move {
            let ids = tx
                .rows(
                    "SELECT id FROM purchase_order WHERE warehouse_id = $1 AND id > $2 AND (state = $3 OR $3 = '') \
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

/// `GET /v1/purchase-orders/{id}`.
#[utoipa::path(get, path = "/v1/purchase-orders/{id}", tag = "inbound", security(("admin" = [])),
    params(("id" = String, Path, description = "The order's number.")),
    responses((status = 200, description = "The order.", body = PurchaseOrderView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such order.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn one(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<PurchaseOrderView>> {
    let id = &id;
    core.db.read(|tx| async move { view(&tx, admin.warehouse, id).await }).await.map(Json)
}

async fn view(tx: &Tx, warehouse: i64, id: &str) -> Result<PurchaseOrderView> {
    views(tx, warehouse, id, id, "").await?.into_iter().next().ok_or_else(|| {
        let detail = format!("There is no purchase order {id:?}; GET /v1/purchase-orders lists them.");
        Error::problem(404, "not_found", detail)
    })
}

async fn views(tx: &Tx, warehouse: i64, first: &str, last: &str, state: &str) -> Result<Vec<PurchaseOrderView>> {
    let orders = tx
        .rows(
            "SELECT id, supplier, state, created_ms FROM purchase_order WHERE warehouse_id = $1 AND id >= $2 AND id <= $3 \
             AND (state = $4 OR $4 = '') ORDER BY id",
            vals![warehouse, first, last, state],
        )
        .await?;
    let range = vals![warehouse, first, last];
    let lines = tx
        .rows(
            "SELECT * FROM purchase_order_line WHERE warehouse_id = $1 AND order_id >= $2 AND order_id <= $3 \
             ORDER BY order_id, line_no",
            range,
        )
        .await?;
    let deliveries = tx
        .rows(
            "SELECT DISTINCT order_id, delivery FROM delivery_line WHERE warehouse_id = $1 AND order_id >= $2 \
             AND order_id <= $3 ORDER BY order_id, delivery",
            range,
        )
        .await?;
    let mut by_order: HashMap<String, (Vec<PurchaseOrderLineView>, Vec<String>)> = HashMap::new();
    for row in &lines {
        by_order.entry(row.text("order_id")?).or_default().0.push(PurchaseOrderLineView {
            id: row.text("id")?,
            no: row.i64("line_no")?,
            item: row.text("item")?,
            ordered: row.i64("ordered")?,
            received: row.i64("received")?,
            damaged: row.i64("damaged")?,
            over_percent: row.i64("over_percent")?,
            min_shelf_days: row.i64("min_shelf_days")?,
            state: row.text("state")?,
        });
    }
    for row in &deliveries {
        by_order.entry(row.text("order_id")?).or_default().1.push(row.text("delivery")?);
    }
    orders
        .iter()
        .map(|row| {
            let id = row.text("id")?;
            let (lines, deliveries) = by_order.remove(&id).unwrap_or_default();
            Ok(PurchaseOrderView {
                supplier: row.text("supplier")?,
                state: parse(row.str("state")?)?,
                created_at: clock::rfc3339(row.i64("created_ms")?),
                deliveries,
                lines,
                id,
            })
        })
        .collect()
}

/// `POST /v1/purchase-orders`: accepts an order and announces a delivery of its own with its number.
#[utoipa::path(post, path = "/v1/purchase-orders", tag = "inbound", security(("admin" = [])),
    request_body = PurchaseOrderBody,
    responses((status = 201, description = "Accepted.", body = PurchaseOrderView),
        (status = 200, description = "The same order was accepted before; this is how it stands.", body = PurchaseOrderView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another order has this number.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn post(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Response, Refusal> {
    admin.may_write()?;
    let order = NewPurchaseOrder::read(&body).map_err(Refusal::Faults)?;
    let (order, warehouse, now) = (&order, admin.warehouse, clock::now_ms());
    let (accepted, view) = core
        .db
        .write(|tx| async move {
            let mut changes = Changes::new(warehouse);
            let accepted = accept_order(&tx, &mut changes, order, now).await?;
            let view = match accepted {
                Accepted::New | Accepted::Again => Some(view(&tx, warehouse, order.id.as_str()).await?),
                Accepted::Clash | Accepted::Refused(_) => None,
            };
            changes.publish(&tx).await?;
            Ok((accepted, view))
        })
        .await?;
    created("purchase order", "/v1/purchase-orders", order.id.as_str(), accepted, view)
}

/// The answer to what was posted.
pub(super) fn created<T: Serialize>(
    what: &str,
    path: &str,
    id: &str,
    accepted: Accepted,
    view: Option<T>,
) -> std::result::Result<Response, Refusal> {
    match (accepted, view) {
        (Accepted::Refused(faults), _) => Err(Refusal::Faults(faults)),
        (Accepted::New, Some(view)) => {
            tracing::info!(id, "{what} accepted");
            let mut response = (StatusCode::CREATED, Json(&view)).into_response();
            if let Ok(place) = HeaderValue::from_str(&format!("{path}/{id}")) {
                response.headers_mut().insert(header::LOCATION, place);
            }
            Ok(response)
        }
        (Accepted::Again, Some(view)) => Ok(Json(view).into_response()),
        (_, _) => Err(Refusal::problem(
            409,
            "id_taken",
            format!("The {what} {id} was accepted with other content; send another id, or the same content."),
        )),
    }
}

/// `POST /v1/purchase-orders/{id}/close`: nothing more of it is wanted.
#[utoipa::path(post, path = "/v1/purchase-orders/{id}/close", tag = "inbound", security(("admin" = [])),
    params(("id" = String, Path, description = "The order's number.")),
    responses((status = 200, description = "It is closed, now or before.", body = PurchaseOrderView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such order.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was cancelled.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn close(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<PurchaseOrderView>> {
    end(&core, &admin, &id, OrderEvent::Close, OrderState::Closed).await
}

/// `POST /v1/purchase-orders/{id}/cancel`: it is withdrawn before anything was received.
#[utoipa::path(post, path = "/v1/purchase-orders/{id}/cancel", tag = "inbound", security(("admin" = [])),
    params(("id" = String, Path, description = "The order's number.")),
    responses((status = 200, description = "It is cancelled, now or before.", body = PurchaseOrderView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such order.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Goods of it were received, or it is closed.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn cancel(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<PurchaseOrderView>> {
    end(&core, &admin, &id, OrderEvent::Cancel, OrderState::Cancelled).await
}

async fn end(
    core: &Core,
    admin: &Admin,
    id: &str,
    event: OrderEvent,
    wanted: OrderState,
) -> Result<Json<PurchaseOrderView>> {
    admin.may_write()?;
    let (warehouse, now) = (admin.warehouse, clock::now_ms());
    core.db
        .write(|tx| async move {
            let before = view(&tx, warehouse, id).await?;
            if before.state == wanted {
                return Ok(before);
            }
            let mut changes = Changes::new(warehouse);
            settle::end_order(&tx, &mut changes, &PurchaseOrderId::from(id), event, now).await?;
            let after = view(&tx, warehouse, id).await?;
            changes.publish(&tx).await?;
            Ok(after)
        })
        .await
        .map(Json)
}
