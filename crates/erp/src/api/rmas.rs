//! Returns that are announced: from an order, or without one.

use super::log::moment;
use super::once::{self, NOTE_MAX, Once};
use super::paging::{Page, Params};
use super::reply::{Id, InvalidBody, Json as Body, Refusal};
use super::scannable::{LineBarcode, Near, Wanted, barcodes};
use crate::auth::{Admin, Decider};
use crate::clock;
use crate::db::Tx;
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::orders::intake::{Fault, Faults, LINE_QTY_MAX, is_id, shown, whole};
use crate::push::rerun_awaiting;
use crate::returns::rmas::{self, Accepted, Held, LINES_MAX, NewRma, NewRmaLine};
use crate::returns::shipped;
use crate::returns::state::RmaEvent;
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use floorhand_domain::returns::{ReturnReason, RmaLine, ShippedLine};
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Characters of what a customer says at the most.
const WORDS_MAX: usize = 500;

/// The body of `POST /v1/rmas`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RmaBody {
    /// Chosen by the caller, 1 to 64 letters, digits, `-`, `_`, `.`; it is what the label reads as. Posted again it
    /// is the same return.
    pub id: String,
    /// The order it comes from. Without one nothing is matched: what comes is quarantined.
    #[serde(default)]
    pub order: Option<String>,
    /// The sales channel, which the policy may ask for; that of the order where nothing is said.
    #[serde(default)]
    pub channel: Option<String>,
    /// Why, where a line does not say; `other` where nothing is said.
    #[serde(default)]
    pub reason: Option<String>,
    /// What comes back; everything that can still come back of the order where nothing is said.
    #[serde(default)]
    pub lines: Option<Vec<RmaLineBody>>,
}

/// A line of [`RmaBody`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RmaLineBody {
    /// The line of the order, as `GET /v1/orders/{id}` names it.
    #[serde(default)]
    pub line: Option<String>,
    /// The item; the first line of the order that has it, where no line is named.
    #[serde(default)]
    pub item: Option<String>,
    /// Units, 1 to 100000.
    pub qty: i64,
    /// `changed-mind`, `wrong-size`, `not-as-described`, `damaged-in-transit`, `defective`, `wrong-item`,
    /// `undeliverable` or `other`.
    #[serde(default)]
    pub reason: Option<String>,
    /// The customer's words.
    #[serde(default)]
    pub words: Option<String>,
}

/// The body of `POST /v1/rmas/{id}/cancel` and `…/close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RmaActionBody {
    /// Chosen by the caller, so that a request sent again is one.
    pub id: String,
    /// Why, in words.
    #[serde(default)]
    pub note: Option<String>,
}

/// A return that was announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RmaView {
    /// Its identifier.
    pub id: String,
    /// The order. Empty = not known.
    pub order: String,
    /// The sales channel. Empty = not said.
    pub channel: String,
    /// `open`, `partial`, `closed` or `cancelled`.
    pub state: String,
    /// When it was announced, RFC 3339.
    pub created_at: String,
    /// Why it was closed or cancelled.
    pub note: String,
    /// What its label reads as, as Code 128.
    pub code: String,
    /// The same as a reader sends it.
    pub scan: String,
    /// What is announced.
    pub lines: Vec<RmaLineView>,
}

/// A line of a [`RmaView`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RmaLineView {
    /// The line of the order. Empty = of no order.
    pub line: String,
    /// The item.
    pub item: String,
    /// Units announced.
    pub qty: i64,
    /// Units that came and count.
    pub came: i64,
    /// Units of the order line that can still come back.
    pub open: i64,
    /// Why.
    pub reason: String,
    /// The customer's words.
    pub words: String,
    /// The codes that are on such units; only where one return is asked for.
    pub barcodes: Vec<LineBarcode>,
}

fn read(body: &Value) -> std::result::Result<NewRma, Vec<Fault>> {
    let mut faults = Faults::default();
    let Value::Object(fields) = body else {
        return Err(vec![Fault::new("", "the body must be a JSON object with id and order or lines")]);
    };
    let given = |name: &str| fields.get(name).filter(|value| !value.is_null());
    let name = |faults: &mut Faults, field: &str, must: bool| match given(field).map(|value| (value, value.as_str())) {
        None if must => {
            faults.add(field, "is missing; send 1 to 64 letters, digits, '-', '_' or '.'");
            String::new()
        }
        None => String::new(),
        Some((_, Some(text))) if is_id(text) => text.to_owned(),
        Some((value, _)) => {
            faults.add(field, format!("must be 1 to 64 letters, digits, '-', '_' or '.'; got {}", shown(value)));
            String::new()
        }
    };
    let id = name(&mut faults, "id", true);
    let order = name(&mut faults, "order", false);
    let channel = name(&mut faults, "channel", false);
    let usual = why(&mut faults, "reason", given("reason"), ReturnReason::Other);
    let lines = match given("lines") {
        None => Vec::new(),
        Some(Value::Array(lines)) if !lines.is_empty() && lines.len() <= LINES_MAX => {
            lines.iter().enumerate().map(|(n, line)| read_line(&mut faults, n, line, &order, usual)).collect()
        }
        Some(_) => {
            faults.add("lines", format!("must be a list of 1 to {LINES_MAX} lines"));
            Vec::new()
        }
    };
    faults.or(NewRma { id: id.into(), order: order.into(), channel, lines, reason: usual })
}

fn why(faults: &mut Faults, field: &str, value: Option<&Value>, usual: ReturnReason) -> ReturnReason {
    let Some(value) = value else { return usual };
    match ReturnReason::ALL.into_iter().find(|reason| value.as_str() == Some(reason.as_str())) {
        Some(reason) => reason,
        None => {
            let all: Vec<&str> = ReturnReason::ALL.into_iter().map(ReturnReason::as_str).collect();
            faults.add(field, format!("must be one of {}; got {}", all.join(", "), shown(value)));
            usual
        }
    }
}

fn read_line(faults: &mut Faults, n: usize, line: &Value, order: &str, usual: ReturnReason) -> NewRmaLine {
    let given = |name: &str| line.get(name).filter(|value| !value.is_null());
    let text = |faults: &mut Faults, name: &str, max: usize| match given(name) {
        None => String::new(),
        Some(Value::String(text)) if text.chars().count() <= max && !text.contains('\0') => text.clone(),
        Some(other) => {
            faults.add(format!("lines[{n}].{name}"), format!("must be at most {max} characters; got {}", shown(other)));
            String::new()
        }
    };
    let (own, item) = (text(faults, "line", 2 * 64 + 1), text(faults, "item", 64));
    if own.is_empty() && item.is_empty() {
        faults.add(format!("lines[{n}]"), "must name a line of the order or an item");
    }
    if order.is_empty() && !own.is_empty() {
        faults.add(format!("lines[{n}].line"), "is of an order; say which, or name an item");
    }
    let qty = match given("qty") {
        Some(value) => whole(faults, &format!("lines[{n}].qty"), value, 1, LINE_QTY_MAX),
        None => {
            faults.add(format!("lines[{n}].qty"), format!("is missing; send a whole number from 1 to {LINE_QTY_MAX}"));
            1
        }
    };
    let words = text(faults, "words", WORDS_MAX);
    let reason = why(faults, &format!("lines[{n}].reason"), given("reason"), usual);
    NewRmaLine { line: own.into(), item: item.into(), qty, reason, words }
}

/// A return as it is answered, `with` the codes that are on its goods.
async fn view(tx: &Tx, warehouse: i64, held: Held, with: bool) -> Result<RmaView> {
    let order = &held.rma.order;
    let sent = if order.is_none() { Vec::new() } else { shipped::of_order(tx, warehouse, order).await? };
    let mut lines = Vec::with_capacity(held.rma.lines.len());
    for (line, came) in held.rma.lines.iter().zip(&held.came) {
        lines.push(RmaLineView {
            line: line.line.0.clone(),
            item: line.item.0.clone(),
            qty: line.qty,
            came: *came,
            open: floorhand_domain::returns::open_of(&sent, &line.line),
            reason: line.reason.as_str().to_owned(),
            words: line.words.clone(),
            barcodes: if with { codes(tx, warehouse, line, &sent).await? } else { Vec::new() },
        });
    }
    Ok(RmaView {
        code: held.rma.id.0.clone(),
        scan: format!("]C0{}", held.rma.id),
        id: held.rma.id.0,
        order: held.rma.order.0,
        channel: held.rma.channel,
        state: entity::name(&held.rma.state),
        created_at: moment(held.created_ms),
        note: held.note,
        lines,
    })
}

/// The codes on units of a line: with the lots and serial numbers that were shipped.
async fn codes(tx: &Tx, warehouse: i64, line: &RmaLine, sent: &[ShippedLine]) -> Result<Vec<LineBarcode>> {
    let Some(item) = entity::item(tx, &line.item).await? else { return Ok(Vec::new()) };
    // Sorted here: asked for in order, SQLite walks the barcodes of all items.
    let mut known = tx
        .rows("SELECT * FROM barcode WHERE warehouse_id = 0 AND item = $1", vals![&line.item])
        .await?
        .iter()
        .map(entity::barcode_of)
        .collect::<Result<Vec<_>>>()?;
    known.sort_by(|a, b| a.code.cmp(&b.code));
    let mut near = Vec::new();
    for row in sent.iter().filter(|row| row.line == line.line && row.item == line.item) {
        let expiry = entity::expiry(tx, warehouse, &row.item, &row.lot).await?.unwrap_or_default();
        near.push(Near { lot: row.lot.clone(), serial: row.serial.clone(), expiry });
    }
    let wanted = Wanted {
        lot_tracked: item.lot_tracked,
        serial_tracked: item.serial_tracked,
        qty: line.qty,
        ..Wanted::default()
    };
    Ok(barcodes(&wanted, &known, &near))
}

/// `GET /v1/rmas`.
#[utoipa::path(get, path = "/v1/rmas", tag = "returns", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("order" = Option<String>, Query, description = "Only those of this order."),
        ("state" = Option<String>, Query, description = "Only `open`, `partial`, `closed` or `cancelled` ones."),
    ),
    responses((status = 200, description = "Announced returns by identifier.", body = Page<RmaView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<RmaView>>> {
    let params = &params.known(&["order", "state"])?;
    let after: String = params.after()?;
    let state = params.filter_of("state", &["open", "partial", "closed", "cancelled"])?;
    core.db
        .read(|tx| async move {
            let rows = tx
                .rows(
                    "SELECT * FROM rma WHERE warehouse_id = $1 AND id > $2 AND (order_id = $3 OR $3 = '') \
                     AND (state = $4 OR $4 = '') ORDER BY id LIMIT $5",
                    vals![admin.warehouse, after, params.filter("order"), state, params.fetch()],
                )
                .await?;
            let mut found = Vec::with_capacity(rows.len());
            for row in &rows {
                found.push(rmas::whole(&tx, admin.warehouse, row).await?);
            }
            let page = Page::cut(found, params, |held| held.rma.id.0.clone())?;
            let mut items = Vec::with_capacity(page.items.len());
            for held in page.items {
                items.push(view(&tx, admin.warehouse, held, false).await?);
            }
            Ok(Json(Page { items, next: page.next }))
        })
        .await
}

/// `GET /v1/rmas/{id}`.
#[utoipa::path(get, path = "/v1/rmas/{id}", tag = "returns", security(("admin" = [])),
    params(("id" = String, Path, description = "The return.")),
    responses((status = 200, description = "The return, with the codes on its label and on its goods.", body = RmaView),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such return.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn one(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<RmaView>> {
    let id = &id.as_str().into();
    core.db
        .read(|tx| async move {
            let held = rmas::must(&tx, admin.warehouse, id).await?;
            view(&tx, admin.warehouse, held, true).await.map(Json)
        })
        .await
}

/// `POST /v1/rmas`: announces a return. Devices learn it; what was inspected for it before is judged now.
#[utoipa::path(post, path = "/v1/rmas", tag = "returns", security(("admin" = [])), request_body = RmaBody,
    responses((status = 201, description = "It is announced.", body = RmaView),
        (status = 200, description = "It was before.", body = RmaView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another return has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn post(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Response, Refusal> {
    admin.may_write()?;
    let new = read(&body).map_err(Refusal::Faults)?;
    let (new, warehouse, now) = (&new, admin.warehouse, clock::now_ms());
    let done = core
        .db
        .write(|tx| async move {
            let mut changes = Changes::new(warehouse);
            let done = rmas::accept(&tx, &mut changes, new, now).await?;
            changes.publish(&tx).await?;
            Ok(done)
        })
        .await?;
    let status = match done {
        Accepted::New => StatusCode::CREATED,
        Accepted::Again => StatusCode::OK,
        Accepted::Clash => {
            let detail = format!("Another return has the identifier {}; send another.", new.id);
            return Err(Refusal::problem(409, "id_taken", detail));
        }
        Accepted::Refused(faults) => return Err(Refusal::Faults(faults)),
    };
    rerun_awaiting(&core.db, "return", new.id.as_str()).await?;
    let answer = core
        .db
        .read(|tx| async move {
            let held = rmas::must(&tx, warehouse, &new.id).await?;
            view(&tx, warehouse, held, true).await
        })
        .await?;
    Ok((status, Json(answer)).into_response())
}

async fn act(
    core: Core,
    admin: Admin,
    id: String,
    body: Value,
    event: RmaEvent,
) -> std::result::Result<Json<RmaView>, Refusal> {
    let Decider { name, .. } = admin.decider()?;
    let mut faults = Vec::new();
    let request = once::id(&body, &mut faults);
    let note = once::text(&body, "note", NOTE_MAX, &mut faults);
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let ask = (format!("{event:?}"), request, note);
    let once = Once::new(admin.warehouse, "rma", &id, &ask.1, &ask)?;
    let rma = &id.as_str().into();
    let (ask, once, warehouse, now) = (&ask, &once, admin.warehouse, clock::now_ms());
    let answer = core
        .db
        .write(|tx| async move {
            if let Some(answer) = once.before(&tx).await? {
                return Ok(answer);
            }
            let mut held = rmas::must(&tx, warehouse, rma).await?;
            let mut changes = Changes::new(warehouse);
            rmas::on(&tx, &mut changes, &mut held, event, &ask.2, now).await?;
            changes.publish(&tx).await?;
            let answer = view(&tx, warehouse, held, false).await?;
            once.keep(&tx, &answer, now).await?;
            Ok(answer)
        })
        .await?;
    tracing::info!(rma = id, by = name, "return {id}: {event:?}");
    Ok(Json(answer))
}

/// `POST /v1/rmas/{id}/cancel`: it is withdrawn, before anything came. What comes all the same is quarantined.
#[utoipa::path(post, path = "/v1/rmas/{id}/cancel", tag = "decide", security(("admin" = [])),
    request_body = RmaActionBody, params(("id" = String, Path, description = "The return.")),
    responses((status = 200, description = "How it stands now.", body = RmaView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token decides nothing.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such return.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Something of it came, or it is over, or another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn cancel(
    State(core): State<Core>,
    admin: Admin,
    Id(id): Id,
    Body(body): Body,
) -> std::result::Result<Json<RmaView>, Refusal> {
    act(core, admin, id, body, RmaEvent::Cancel).await
}

/// `POST /v1/rmas/{id}/close`: nothing more of it is awaited.
#[utoipa::path(post, path = "/v1/rmas/{id}/close", tag = "decide", security(("admin" = [])),
    request_body = RmaActionBody, params(("id" = String, Path, description = "The return.")),
    responses((status = 200, description = "How it stands now.", body = RmaView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token decides nothing.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such return.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is over, or another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn close(
    State(core): State<Core>,
    admin: Admin,
    Id(id): Id,
    Body(body): Body,
) -> std::result::Result<Json<RmaView>, Refusal> {
    act(core, admin, id, body, RmaEvent::Close).await
}
