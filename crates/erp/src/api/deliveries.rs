//! Deliveries: announced, listed, arrived, closed, cancelled; and what their receipts brought.

use super::paging::{Page, Params};
use super::purchase_orders::created;
use super::reply::{Id, InvalidBody, Json as Body, Refusal};
use crate::auth::Admin;
use crate::clock;
use crate::db::Tx;
use crate::entity::{self, name};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::inbound::rows::{self, Line, Receipt};
use crate::inbound::state::{DeliveryEvent, DeliveryLineState, DeliveryState, Machine, ReceiptState};
use crate::inbound::{Accepted, NewDelivery, accept_delivery, settle};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use floorhand_domain::id::DeliveryId;
use floorhand_domain::inbound::Delivery;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body of `POST /v1/deliveries`: an advance shipping notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryBody {
    /// Its identifier, as on the delivery note, chosen by the caller; posted again it is the same delivery.
    pub id: String,
    /// The supplier's name; that of the first order where nothing is said.
    #[serde(default)]
    pub supplier: Option<String>,
    /// Numbers of the purchase orders in it, 1 to 50. Their own deliveries are withdrawn for it.
    pub orders: Vec<String>,
    /// The dock. None = any.
    #[serde(default)]
    pub door: Option<String>,
    /// When it is due, RFC 3339.
    #[serde(default)]
    pub due: Option<String>,
    /// What it brings of the orders; without it all that is open of them.
    #[serde(default)]
    pub lines: Option<Vec<DeliveryLineBody>>,
    /// Announced handling units, at most 1000.
    #[serde(default)]
    pub units: Option<Vec<AnnouncedBody>>,
}

/// A line of [`DeliveryBody`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryLineBody {
    /// The purchase order that asked for it.
    pub order: String,
    /// The item.
    pub item: String,
    /// Units, 1 to 100000.
    pub qty: i64,
    /// The lot. None = any.
    #[serde(default)]
    pub lot: Option<String>,
}

/// An announced handling unit of [`DeliveryBody`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnnouncedBody {
    /// Its label: an SSCC of 18 digits, or another code.
    pub label: String,
    /// `pallet` (where nothing is said), `carton` or `tote`.
    #[serde(default)]
    pub kind: Option<String>,
    /// What is in it, 1 to 100 different things.
    pub content: Vec<ContentBody>,
}

/// Content of [`AnnouncedBody`]: one item of one lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContentBody {
    /// The item.
    pub item: String,
    /// Units.
    pub qty: i64,
    /// The lot. None = none.
    #[serde(default)]
    pub lot: Option<String>,
    /// When the lot expires, `YYYY-MM-DD`.
    #[serde(default)]
    pub expiry: Option<String>,
}

/// A delivery as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryHead {
    /// Its identifier.
    pub id: String,
    /// The supplier's name.
    pub supplier: String,
    /// The purchase orders in it.
    pub orders: Vec<String>,
    /// The dock. Empty = any.
    pub door: String,
    /// When it is due, RFC 3339. Empty = unknown.
    pub due: String,
    /// Announced handling units.
    pub pallets: u32,
    /// Number of its lines.
    pub lines: u32,
    /// `due`, `arrived`, `started`, `closed` or `cancelled`.
    pub state: String,
}

/// A delivery with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// Its head.
    #[serde(flatten)]
    pub head: DeliveryHead,
    /// Its lines.
    pub content: Vec<DeliveryLineView>,
    /// What it announced, by handling unit.
    pub announced: Vec<AnnouncedView>,
    /// What was received of it, by device.
    pub receipts: Vec<ReceiptView>,
    /// Where what came is not what was ordered. Short only once the line is closed.
    pub differences: Vec<Difference>,
}

/// A line of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryLineView {
    /// Its identifier.
    pub id: String,
    /// The purchase order.
    pub order: String,
    /// The item.
    pub item: String,
    /// The lot. Empty = any.
    pub lot: String,
    /// Units ordered.
    pub ordered: i64,
    /// Units that may be received in all.
    pub limit: i64,
    /// Units received, damaged ones included.
    pub received: i64,
    /// Damaged ones among them.
    pub damaged: i64,
    /// `open`, `received`, `differs` or `cancelled`.
    pub state: String,
}

/// Announced content of a handling unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnnouncedView {
    /// The label of the handling unit.
    pub unit: String,
    /// The line it is for.
    pub line: String,
    /// The item.
    pub item: String,
    /// Its lot. Empty = none.
    pub lot: String,
    /// Expiry of the lot. Empty = unknown.
    pub expiry: String,
    /// Units.
    pub qty: i64,
}

/// A receipt: what one device received, from its opening to its close.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptView {
    /// Its identifier.
    pub id: String,
    /// The delivery. Empty = blind.
    pub delivery: String,
    /// The dock.
    pub location: String,
    /// The device.
    pub device: String,
    /// Who opened it.
    pub operator: String,
    /// Where it stands.
    pub state: ReceiptState,
    /// Whether nothing more was to come when it was closed.
    pub complete: bool,
    /// When the core learnt of it, RFC 3339.
    pub opened_at: String,
    /// When it was closed, RFC 3339. Empty = it is open.
    pub closed_at: String,
    /// What it brought.
    pub lines: Vec<ReceiptLineView>,
}

/// What a receipt brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptLineView {
    /// The line of the delivery. Empty = nobody asked for it.
    pub line: String,
    /// The item.
    pub item: String,
    /// Its lot. Empty = none.
    pub lot: String,
    /// Its serial number. Empty = none.
    pub serial: String,
    /// Into which handling unit. Empty = loose.
    pub handling_unit: String,
    /// Units.
    pub qty: i64,
    /// `in-transit` until the receipt is closed, then `available`; `quarantined`, `damaged`.
    pub status: String,
}

/// A difference between a line and what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// `short`, `over` (more than may be received), `damaged` or `unplanned`.
    pub kind: String,
    /// The line. Empty = nobody asked for it.
    pub line: String,
    /// The item.
    pub item: String,
    /// Units missing, too many, damaged or unplanned.
    pub qty: i64,
}

/// `GET /v1/deliveries`.
#[utoipa::path(get, path = "/v1/deliveries", tag = "inbound", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only deliveries in this state."),
    ),
    responses((status = 200, description = "Deliveries by identifier.", body = Page<DeliveryHead>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<DeliveryHead>>> {
    let params = &params.known(&["state"])?;
    let after: String = params.after()?;
    let state = params.filter_of("state", &["due", "arrived", "started", "closed", "cancelled"])?;
    let rows = core
        .db
        .read(|tx| async move {
            tx.rows(
                "SELECT * FROM delivery WHERE warehouse_id = $1 AND id > $2 AND (state = $3 OR $3 = '') \
                 ORDER BY id LIMIT $4",
                vals![admin.warehouse, after, state, params.fetch()],
            )
            .await
        })
        .await?;
    let heads = rows.iter().map(|row| Ok(head(&rows::delivery_of(row)?))).collect::<Result<Vec<DeliveryHead>>>()?;
    Page::cut(heads, params, |head| head.id.clone()).map(Json)
}

fn head(delivery: &Delivery) -> DeliveryHead {
    DeliveryHead {
        id: delivery.id.to_string(),
        supplier: delivery.supplier.clone(),
        orders: delivery.orders.iter().map(ToString::to_string).collect(),
        door: delivery.door.to_string(),
        due: if delivery.due_ms == 0 { String::new() } else { clock::rfc3339(delivery.due_ms) },
        pallets: delivery.pallets,
        lines: delivery.lines,
        state: name(&delivery.state),
    }
}

/// `GET /v1/deliveries/{id}`.
#[utoipa::path(get, path = "/v1/deliveries/{id}", tag = "inbound", security(("admin" = [])),
    params(("id" = String, Path, description = "The delivery.")),
    responses((status = 200, description = "The delivery with its receipts and differences.", body = DeliveryView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such delivery.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn one(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<DeliveryView>> {
    let id = &id;
    core.db.read(|tx| async move { view(&tx, admin.warehouse, id).await }).await.map(Json)
}

async fn known(tx: &Tx, warehouse: i64, id: &str) -> Result<Delivery> {
    rows::delivery(tx, warehouse, &DeliveryId::from(id)).await?.ok_or_else(|| {
        Error::problem(404, "not_found", format!("There is no delivery {id:?}; GET /v1/deliveries lists them."))
    })
}

async fn view(tx: &Tx, warehouse: i64, id: &str) -> Result<DeliveryView> {
    let delivery = known(tx, warehouse, id).await?;
    let percent = entity::settings(tx, warehouse).await?.over_receipt_percent;
    let lines = rows::lines(tx, warehouse, &delivery.id).await?;
    let announced = rows::announced(tx, warehouse, &delivery.id).await?;
    let receipts = tx
        .rows(
            "SELECT * FROM receipt WHERE warehouse_id = $1 AND delivery = $2 ORDER BY opened_ms, id",
            vals![warehouse, id],
        )
        .await?;
    let mut views = Vec::new();
    for row in &receipts {
        views.push(receipt_view(tx, warehouse, &rows::receipt_of(row)?).await?);
    }
    let mut differences: Vec<Difference> = lines.iter().flat_map(|line| differences(line, percent)).collect();
    for line in views.iter().flat_map(|receipt| &receipt.lines).filter(|line| line.line.is_empty()) {
        differences.push(Difference {
            kind: "unplanned".to_owned(),
            line: String::new(),
            item: line.item.clone(),
            qty: line.qty,
        });
    }
    Ok(DeliveryView {
        head: head(&delivery),
        content: lines
            .iter()
            .map(|line| DeliveryLineView {
                id: line.of.id.to_string(),
                order: line.of.order.to_string(),
                item: line.of.item.to_string(),
                lot: line.of.lot.to_string(),
                ordered: line.of.ordered,
                limit: line.of.limit(percent),
                received: line.of.received,
                damaged: line.damaged,
                state: name(&line.of.state),
            })
            .collect(),
        announced: announced
            .into_iter()
            .map(|row| AnnouncedView {
                unit: row.unit.0,
                line: row.line.0,
                item: row.item.0,
                lot: row.lot.0,
                expiry: row.expiry.unwrap_or_default(),
                qty: row.qty,
            })
            .collect(),
        receipts: views,
        differences,
    })
}

fn differences(line: &Line, percent: u32) -> Vec<Difference> {
    let over = line.of.received - line.of.limit(percent);
    let short = line.of.ordered - line.of.received;
    let closed = matches!(line.of.state, DeliveryLineState::Received | DeliveryLineState::Differs);
    [("short", if closed { short } else { 0 }), ("over", over), ("damaged", line.damaged)]
        .into_iter()
        .filter(|(_, qty)| *qty > 0)
        .map(|(kind, qty)| Difference {
            kind: kind.to_owned(),
            line: line.of.id.to_string(),
            item: line.of.item.to_string(),
            qty,
        })
        .collect()
}

async fn receipt_view(tx: &Tx, warehouse: i64, receipt: &Receipt) -> Result<ReceiptView> {
    let lines = rows::brought(tx, warehouse, &receipt.id).await?;
    Ok(ReceiptView {
        id: receipt.id.to_string(),
        delivery: receipt.delivery.to_string(),
        location: receipt.location.to_string(),
        device: receipt.device.clone(),
        operator: receipt.operator.clone(),
        state: receipt.state,
        complete: receipt.complete,
        opened_at: clock::rfc3339(receipt.opened_ms),
        closed_at: if receipt.closed_ms == 0 { String::new() } else { clock::rfc3339(receipt.closed_ms) },
        lines: lines
            .into_iter()
            .map(|row| ReceiptLineView {
                line: row.line.0,
                item: row.item.0,
                lot: row.lot.0,
                serial: row.serial.0,
                handling_unit: row.handling_unit.0,
                qty: row.qty,
                status: row.status.as_str().to_owned(),
            })
            .collect(),
    })
}

/// `GET /v1/receipts/{id}`.
#[utoipa::path(get, path = "/v1/receipts/{id}", tag = "inbound", security(("admin" = [])),
    params(("id" = String, Path, description = "The receipt.")),
    responses((status = 200, description = "The receipt.", body = ReceiptView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such receipt.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn receipt(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<ReceiptView>> {
    let id = &id;
    core.db
        .read(|tx| async move {
            let receipt = rows::receipt(&tx, admin.warehouse, &id.as_str().into()).await?;
            let receipt =
                receipt.ok_or_else(|| Error::problem(404, "not_found", format!("There is no receipt {id:?} here.")))?;
            receipt_view(&tx, admin.warehouse, &receipt).await
        })
        .await
        .map(Json)
}

/// `POST /v1/deliveries`: announces a delivery.
#[utoipa::path(post, path = "/v1/deliveries", tag = "inbound", security(("admin" = [])), request_body = DeliveryBody,
    responses((status = 201, description = "Accepted.", body = DeliveryView),
        (status = 200, description = "The same delivery was accepted before; this is how it stands.", body = DeliveryView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another delivery has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn post(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Response, Refusal> {
    admin.may_write()?;
    let delivery = NewDelivery::read(&body).map_err(Refusal::Faults)?;
    let (delivery, warehouse, now) = (&delivery, admin.warehouse, clock::now_ms());
    let (accepted, view) = core
        .db
        .write(|tx| async move {
            let mut changes = Changes::new(warehouse);
            let accepted = accept_delivery(&tx, &mut changes, delivery, now).await?;
            let view = match accepted {
                Accepted::New | Accepted::Again => Some(view(&tx, warehouse, delivery.id.as_str()).await?),
                Accepted::Clash | Accepted::Refused(_) => None,
            };
            changes.publish(&tx).await?;
            Ok((accepted, view))
        })
        .await?;
    created("delivery", "/v1/deliveries", delivery.id.as_str(), accepted, view)
}

/// `POST /v1/deliveries/{id}/arrive`: the truck is at a door.
#[utoipa::path(post, path = "/v1/deliveries/{id}/arrive", tag = "inbound", security(("admin" = [])),
    params(("id" = String, Path, description = "The delivery.")),
    responses((status = 200, description = "It has arrived, now or before.", body = DeliveryView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such delivery.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is received already, or over.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn arrive(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<DeliveryView>> {
    change(&core, &admin, &id, DeliveryEvent::Arrive, DeliveryState::Arrived).await
}

/// `POST /v1/deliveries/{id}/close`: nothing more is to come.
#[utoipa::path(post, path = "/v1/deliveries/{id}/close", tag = "inbound", security(("admin" = [])),
    params(("id" = String, Path, description = "The delivery.")),
    responses((status = 200, description = "It is closed, now or before.", body = DeliveryView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such delivery.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was cancelled.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn close(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<DeliveryView>> {
    change(&core, &admin, &id, DeliveryEvent::Close, DeliveryState::Closed).await
}

/// `POST /v1/deliveries/{id}/cancel`: it does not come.
#[utoipa::path(post, path = "/v1/deliveries/{id}/cancel", tag = "inbound", security(("admin" = [])),
    params(("id" = String, Path, description = "The delivery.")),
    responses((status = 200, description = "It is cancelled, now or before.", body = DeliveryView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such delivery.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Goods of it were received, or it is closed.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn cancel(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<DeliveryView>> {
    change(&core, &admin, &id, DeliveryEvent::Cancel, DeliveryState::Cancelled).await
}

async fn change(
    core: &Core,
    admin: &Admin,
    id: &str,
    event: DeliveryEvent,
    wanted: DeliveryState,
) -> Result<Json<DeliveryView>> {
    admin.may_write()?;
    let (warehouse, now) = (admin.warehouse, clock::now_ms());
    core.db
        .write(|tx| async move {
            let mut delivery = known(&tx, warehouse, id).await?;
            if delivery.state != wanted {
                let mut changes = Changes::new(warehouse);
                match event {
                    DeliveryEvent::Close => settle::close(&tx, &mut changes, &mut delivery, now).await?,
                    DeliveryEvent::Cancel => settle::cancel(&tx, &mut changes, &mut delivery, now).await?,
                    DeliveryEvent::Arrive | DeliveryEvent::Start => {
                        delivery.state = delivery.state.after(event)?;
                        rows::put_delivery(&tx, &mut changes, &delivery, now).await?;
                    }
                }
                changes.publish(&tx).await?;
            }
            view(&tx, warehouse, id).await
        })
        .await
        .map(Json)
}
