//! What leaves: orders held, released and cancelled, shipments, types of cartons, carriers.

use super::log::moment;
use super::once::{self, NOTE_MAX, Once};
use super::orders::{OrderView, view};
use super::paging::{Page, Params};
use super::reply::{Id, InvalidBody, Json as Body, Refusal};
use crate::auth::{Admin, Decider};
use crate::carriers::{self, Carriers};
use crate::clock;
use crate::db::Tx;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::ledger::Source;
use crate::orders::Fault;
use crate::orders::intake::is_id;
use crate::outbound::cartons::{self, Held, TYPES_MAX};
use crate::outbound::hold;
use crate::outbound::shipments::Shipment;
use crate::outbound::state::{HoldEvent, ShipmentState};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_domain::outbound::{CartonType, LabelOn};
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Characters of a carton type's name at the most.
const NAME_MAX: usize = 80;
/// Millimetres of a side of a carton at the most.
const SIDE_MAX: i64 = 10_000;
/// Grams that a carton may weigh or hold at the most.
const GRAMS_MAX: i64 = 10_000_000;

/// The body of `POST /v1/orders/{id}/hold`, `…/release` and `…/cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderActionBody {
    /// Chosen by the caller, so that a request sent again is one.
    pub id: String,
    /// Why, in words.
    #[serde(default)]
    pub note: Option<String>,
}

/// A carton.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CartonView {
    /// Its label.
    pub id: String,
    /// Its type.
    pub carton_type: String,
    /// `open`, `closed`, `labelled`, `shipped` or `void`.
    pub state: String,
    /// What it weighed, in grams; 0 = not weighed.
    pub grams: i64,
    /// Times its label was printed.
    pub copies: u32,
    /// The carrier's number. Empty = none yet.
    pub tracking: String,
    /// Whether the carrier's label is on it: it was the last one that a bench printed.
    pub labelled_by_carrier: bool,
    /// The shipment that it belongs to.
    pub shipment: String,
    /// When it left, RFC 3339. Empty = it has not.
    pub shipped_at: String,
    /// What is in it, or was when it left.
    pub content: Vec<CartonContentView>,
}

/// What is in a carton.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CartonContentView {
    /// The line of the order. Empty = none.
    pub line: String,
    /// The item.
    pub item: String,
    /// Its lot. Empty = none.
    pub lot: String,
    /// Its serial number. Empty = none.
    pub serial: String,
    /// Units.
    pub qty: i64,
}

/// A shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShipmentView {
    /// Its identifier.
    pub id: String,
    /// The order.
    pub order: String,
    /// The carrier, by code. Empty = none was chosen.
    pub carrier: String,
    /// Its service, by code.
    pub service: String,
    /// Where it stands.
    pub state: ShipmentState,
    /// When its first carton was opened, RFC 3339.
    pub opened_at: String,
    /// When its last carton left, RFC 3339. Empty = not all have.
    pub shipped_at: String,
    /// Its cartons.
    pub cartons: Vec<CartonView>,
}

/// A type of carton.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CartonTypeView {
    /// Its identifier, scannable; posted again it is changed.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// Inner length, width and height in millimetres; 0 = not known.
    pub inner_mm: [i64; 3],
    /// What it may weigh when it is full, in grams; 0 = no limit.
    #[serde(default)]
    pub max_grams: i64,
    /// What it weighs itself, in grams.
    #[serde(default)]
    pub tare_grams: i64,
    /// The carriers that take it, by code. Empty = all.
    #[serde(default)]
    pub carriers: Vec<String>,
}

impl From<CartonType> for CartonTypeView {
    fn from(one: CartonType) -> Self {
        let CartonType { id, name, inner_mm, max_grams, tare_grams, carriers } = one;
        Self { id: id.0, name, inner_mm, max_grams, tare_grams, carriers }
    }
}

/// The types of cartons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CartonTypes {
    /// By identifier.
    pub items: Vec<CartonTypeView>,
}

pub(super) async fn carton_view(tx: &Tx, warehouse: i64, held: Held) -> Result<CartonView> {
    let content = cartons::content(tx, warehouse, &held.carton.id).await?;
    Ok(CartonView {
        id: held.carton.id.0,
        carton_type: held.carton.carton_type.0,
        state: entity::name(&held.carton.state),
        grams: held.carton.grams,
        copies: held.carton.copies,
        labelled_by_carrier: held.carton.label == LabelOn::Carrier,
        tracking: held.carton.tracking,
        shipment: held.shipment,
        shipped_at: if held.shipped_ms == 0 { String::new() } else { moment(held.shipped_ms) },
        content: content
            .into_iter()
            .map(|one| CartonContentView {
                line: one.line.0,
                item: one.item.0,
                lot: one.lot.0,
                serial: one.serial.0,
                qty: one.qty,
            })
            .collect(),
    })
}

/// The cartons of an order.
pub(super) async fn cartons_of(tx: &Tx, warehouse: i64, order: &str) -> Result<Vec<CartonView>> {
    let mut views = Vec::new();
    for held in cartons::of_order(tx, warehouse, &order.into()).await? {
        views.push(carton_view(tx, warehouse, held).await?);
    }
    Ok(views)
}

/// `GET /v1/shipments`.
#[utoipa::path(get, path = "/v1/shipments", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("order" = Option<String>, Query, description = "Only those of this order."),
        ("state" = Option<String>, Query, description = "Only `open`, `packed`, `part-shipped`, `shipped` or `cancelled` ones."),
    ),
    responses((status = 200, description = "Shipments by identifier, with their cartons.", body = Page<ShipmentView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn shipments(
    State(core): State<Core>,
    admin: Admin,
    params: Params,
) -> Result<Json<Page<ShipmentView>>> {
    let params = &params.known(&["order", "state"])?;
    let after: String = params.after()?;
    let state = params.filter_of("state", &["open", "packed", "part-shipped", "shipped", "cancelled"])?;
    core.db
        .read(|tx| async move {
            let rows = tx
                .rows(
                    "SELECT * FROM shipment WHERE warehouse_id = $1 AND id > $2 AND (order_id = $3 OR $3 = '') \
                     AND (state = $4 OR $4 = '') ORDER BY id LIMIT $5",
                    vals![admin.warehouse, after, params.filter("order"), state, params.fetch()],
                )
                .await?;
            let rows = rows.iter().map(Shipment::of).collect::<Result<Vec<Shipment>>>()?;
            let page = Page::cut(rows, params, |one| one.id.clone())?;
            let mut items = Vec::with_capacity(page.items.len());
            for one in page.items {
                let cartons = cartons_of(&tx, admin.warehouse, one.order.as_str()).await?;
                items.push(ShipmentView {
                    cartons: cartons.into_iter().filter(|carton| carton.shipment == one.id).collect(),
                    id: one.id,
                    order: one.order.0,
                    carrier: one.carrier,
                    service: one.service,
                    state: one.state,
                    opened_at: moment(one.opened_ms),
                    shipped_at: if one.shipped_ms == 0 { String::new() } else { moment(one.shipped_ms) },
                });
            }
            Ok(Json(Page { items, next: page.next }))
        })
        .await
}

/// What is done to an order.
#[derive(Debug, Clone, Copy)]
enum Action {
    Hold,
    Release,
    Cancel,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Cancel => "cancel",
        }
    }
}

#[derive(Debug, Clone, Serialize)]
struct Ask {
    action: &'static str,
    id: String,
    note: String,
}

async fn act(
    core: Core,
    admin: Admin,
    order: String,
    body: Value,
    action: Action,
) -> std::result::Result<Json<OrderView>, Refusal> {
    let Decider { name, .. } = admin.decider()?;
    let mut faults = Vec::new();
    let id = once::id(&body, &mut faults);
    let note = once::text(&body, "note", NOTE_MAX, &mut faults);
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let ask = Ask { action: action.as_str(), id, note };
    let once = Once::new(admin.warehouse, "order", &order, &ask.id, &ask)?;
    let (order, ask, once, warehouse, now) = (&order, &ask, &once, admin.warehouse, clock::now_ms());
    let answer = core
        .db
        .write(|tx| async move {
            if let Some(answer) = once.before(&tx).await? {
                return Ok(answer);
            }
            let mut changes = Changes::new(warehouse);
            let id = order.as_str().into();
            match action {
                Action::Hold => hold::set(&tx, &mut changes, &id, HoldEvent::Hold, &ask.note, now).await?,
                Action::Release => hold::set(&tx, &mut changes, &id, HoldEvent::Release, &ask.note, now).await?,
                Action::Cancel => {
                    let source = Source::Request(format!("order-cancel-{order}-{}", ask.id));
                    hold::cancel(&tx, &mut changes, &id, &source, now).await?;
                }
            }
            let answer = view(&tx, warehouse, order).await?;
            once.keep(&tx, &answer, now).await?;
            changes.publish(&tx).await?;
            Ok(answer)
        })
        .await?;
    tracing::info!(order, by = name, "order {order}: {}", action.as_str());
    if let Err(error) = crate::outbound::labels::run(&core.db).await {
        tracing::warn!(error = crate::error::chain(&error), "labels were not fetched");
    }
    Ok(Json(answer))
}

/// `POST /v1/orders/{id}/hold`: nothing of it may leave. Devices learn it, and its labels are blocked.
#[utoipa::path(post, path = "/v1/orders/{id}/hold", tag = "decide", security(("admin" = [])),
    request_body = OrderActionBody, params(("id" = String, Path, description = "The order.")),
    responses((status = 200, description = "How it stands now.", body = OrderView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token decides nothing.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such order.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is held already, cancelled or gone, or another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn hold_order(
    State(core): State<Core>,
    admin: Admin,
    Id(id): Id,
    Body(body): Body,
) -> std::result::Result<Json<OrderView>, Refusal> {
    act(core, admin, id, body, Action::Hold).await
}

/// `POST /v1/orders/{id}/release`: it may leave again; labels that waited are asked for.
#[utoipa::path(post, path = "/v1/orders/{id}/release", tag = "decide", security(("admin" = [])),
    request_body = OrderActionBody, params(("id" = String, Path, description = "The order.")),
    responses((status = 200, description = "How it stands now.", body = OrderView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token decides nothing.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such order.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is not held, or another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn release_order(
    State(core): State<Core>,
    admin: Admin,
    Id(id): Id,
    Body(body): Body,
) -> std::result::Result<Json<OrderView>, Refusal> {
    act(core, admin, id, body, Action::Release).await
}

/// `POST /v1/orders/{id}/cancel`: its promises and open lines go, what was picked is put back, labels are void.
#[utoipa::path(post, path = "/v1/orders/{id}/cancel", tag = "decide", security(("admin" = [])),
    request_body = OrderActionBody, params(("id" = String, Path, description = "The order.")),
    responses((status = 200, description = "How it stands now.", body = OrderView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token decides nothing.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such order.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Something of it has left, it is cancelled, or another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn cancel_order(
    State(core): State<Core>,
    admin: Admin,
    Id(id): Id,
    Body(body): Body,
) -> std::result::Result<Json<OrderView>, Refusal> {
    act(core, admin, id, body, Action::Cancel).await
}

/// `GET /v1/carton-types`.
#[utoipa::path(get, path = "/v1/carton-types", tag = "read", security(("admin" = [])),
    responses((status = 200, description = "All of them.", body = CartonTypes),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn carton_types(State(core): State<Core>, admin: Admin) -> Result<Json<CartonTypes>> {
    core.db
        .read(|tx| async move {
            let types = cartons::types(&tx, admin.warehouse).await?;
            Ok(Json(CartonTypes { items: types.into_iter().map(CartonTypeView::from).collect() }))
        })
        .await
}

fn read_type(body: &Value) -> std::result::Result<CartonType, Vec<Fault>> {
    let view: CartonTypeView =
        serde_json::from_value(body.clone()).map_err(|error| vec![Fault::new("", error.to_string())])?;
    let mut faults = Vec::new();
    if !is_id(&view.id) {
        faults.push(Fault::new("id", "must be 1 to 64 letters, digits, '-', '_' or '.'"));
    }
    if view.name.chars().count() > NAME_MAX {
        faults.push(Fault::new("name", format!("must be at most {NAME_MAX} characters")));
    }
    if view.inner_mm.iter().any(|side| !(0..=SIDE_MAX).contains(side)) {
        faults.push(Fault::new("inner_mm", format!("must be three numbers from 0 to {SIDE_MAX}")));
    }
    for (field, grams) in [("max_grams", view.max_grams), ("tare_grams", view.tare_grams)] {
        if !(0..=GRAMS_MAX).contains(&grams) {
            faults.push(Fault::new(field, format!("must be from 0 to {GRAMS_MAX}")));
        }
    }
    if view.carriers.len() > carriers::CARRIERS_MAX || view.carriers.iter().any(|code| !is_id(code)) {
        faults.push(Fault::new("carriers", "must be codes of carriers"));
    }
    let CartonTypeView { id, name, inner_mm, max_grams, tare_grams, carriers } = view;
    let one = CartonType { id: id.into(), name, inner_mm, max_grams, tare_grams, carriers };
    if faults.is_empty() { Ok(one) } else { Err(faults) }
}

/// `POST /v1/carton-types`: sets a type of carton; devices learn it.
#[utoipa::path(post, path = "/v1/carton-types", tag = "orders", security(("admin" = [])), request_body = CartonTypeView,
    responses((status = 200, description = "It is so.", body = CartonTypeView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn set_carton_type(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Json<CartonTypeView>, Refusal> {
    admin.may_write()?;
    let one = read_type(&body).map_err(Refusal::Faults)?;
    let one = &one;
    let full = core
        .db
        .write(|tx| async move {
            let known = cartons::types(&tx, admin.warehouse).await?;
            if known.len() >= TYPES_MAX && !known.iter().any(|other| other.id == one.id) {
                return Ok(true);
            }
            let mut changes = Changes::new(admin.warehouse);
            cartons::put_type(&tx, &mut changes, one).await?;
            changes.publish(&tx).await?;
            Ok(false)
        })
        .await?;
    if full {
        return Err(Refusal::Faults(vec![Fault::new("id", format!("there are {TYPES_MAX} types already"))]));
    }
    Ok(Json(one.clone().into()))
}

/// `GET /v1/carriers`.
#[utoipa::path(get, path = "/v1/carriers", tag = "read", security(("admin" = [])),
    responses((status = 200, description = "Carriers and the rules that choose among them.", body = Carriers),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn get_carriers(State(core): State<Core>, admin: Admin) -> Result<Json<Carriers>> {
    core.db.read(|tx| async move { carriers::stored(&tx, admin.warehouse).await }).await.map(Json)
}

/// `PUT /v1/carriers`: sets carriers and rules; what was chosen stays chosen.
#[utoipa::path(put, path = "/v1/carriers", tag = "orders", security(("admin" = [])), request_body = Carriers,
    responses((status = 200, description = "It is so.", body = Carriers),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn set_carriers(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Json<Carriers>, Refusal> {
    admin.may_write()?;
    let wanted: Carriers =
        serde_json::from_value(body).map_err(|error| Refusal::Faults(vec![Fault::new("", error.to_string())]))?;
    let faults: Vec<Fault> = wanted.faults().into_iter().map(|(field, words)| Fault::new(field, words)).collect();
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let wanted = &wanted;
    core.db.write(|tx| async move { carriers::put(&tx, admin.warehouse, wanted).await }).await?;
    Ok(Json(wanted.clone()))
}
