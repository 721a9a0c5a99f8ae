//! Money for what came back, and what suppliers are asked to make good.

use super::log::moment;
use super::once::{self, NOTE_MAX, Once};
use super::paging::{Page, Params};
use super::reply::{Id, InvalidBody, Json as Body, Refusal};
use crate::auth::Admin;
use crate::clock;
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::orders::Fault;
use crate::returns::claims::{self, Claim};
use crate::returns::refunds::{self, Refund};
use crate::returns::state::{ClaimEvent, ClaimState, Machine as _, RefundEvent, RefundState};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A refund at the most, in minor units.
const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// Money for units that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundView {
    /// Its identifier.
    pub id: String,
    /// The device whose `ReturnInspected` it follows from.
    pub device: String,
    /// The fact's epoch.
    pub epoch: u64,
    /// The fact's number.
    pub seq: u64,
    /// The return.
    pub inspection: String,
    /// The RMA. Empty = nobody announced it.
    pub rma: String,
    /// The order.
    pub order: String,
    /// The line of the order.
    pub line: String,
    /// The item.
    pub item: String,
    /// Units that count.
    pub qty: i64,
    /// In minor units of the site's currency.
    pub amount_minor: i64,
    /// Where it stands.
    pub state: RefundState,
    /// Why it is held or was refused: a reason code. Empty = nothing to say.
    pub reason: String,
    /// Who inspected; they may not decide.
    pub operator: String,
    /// When the core judged the inspection, RFC 3339.
    pub at: String,
    /// When somebody decided, RFC 3339. Empty = nobody had to, or has.
    pub decided_at: String,
    /// Who decided.
    pub decided_by: String,
    /// As what: `supervisor` or `manager`.
    pub role: String,
    /// Why.
    pub note: String,
}

/// The body of `POST /v1/refunds/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundDecisionBody {
    /// Chosen by the caller, so that a request sent again is one.
    pub id: String,
    /// `release` or `refuse`.
    pub decision: String,
    /// Another amount than the one that stands there, in minor units; more only where that is 0.
    #[serde(default)]
    pub amount_minor: Option<i64>,
    /// Why, in words.
    #[serde(default)]
    pub note: Option<String>,
}

fn view(one: Refund) -> RefundView {
    let (device, epoch, seq) = one.fact;
    RefundView {
        id: one.id,
        device,
        epoch,
        seq,
        inspection: one.inspection.0,
        rma: one.rma.0,
        order: one.order.0,
        line: one.line.0,
        item: one.item.0,
        qty: one.qty,
        amount_minor: one.amount_minor,
        state: one.state,
        reason: one.reason,
        operator: one.operator.0,
        at: moment(one.at_ms),
        decided_at: if one.decided_ms == 0 { String::new() } else { moment(one.decided_ms) },
        decided_by: one.decided_by,
        role: one.role,
        note: one.note,
    }
}

/// `GET /v1/refunds`.
#[utoipa::path(get, path = "/v1/refunds", tag = "returns", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only `released`, `held` or `refused` ones."),
        ("order" = Option<String>, Query, description = "Only those of this order."),
        ("rma" = Option<String>, Query, description = "Only those of this RMA."),
    ),
    responses((status = 200, description = "Refunds by time.", body = Page<RefundView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<RefundView>>> {
    let params = &params.known(&["state", "order", "rma"])?;
    let after: (i64, String) = params.after()?;
    let state = params.filter_of("state", &["released", "held", "refused"])?;
    let rows = core
        .db
        .read(|tx| async move {
            let (at, id) = after;
            tx.rows(
                "SELECT * FROM refund WHERE warehouse_id = $1 AND (at_ms, id) > ($2, $3) AND (state = $4 OR $4 = '') \
                 AND (order_id = $5 OR $5 = '') AND (rma = $6 OR $6 = '') ORDER BY at_ms, id LIMIT $7",
                vals![admin.warehouse, at, id, state, params.filter("order"), params.filter("rma"), params.fetch()],
            )
            .await
        })
        .await?;
    let found = rows.iter().map(Refund::of).collect::<Result<Vec<Refund>>>()?;
    let page = Page::cut(found, params, |one| (one.at_ms, one.id.clone()))?;
    Ok(Json(Page { items: page.items.into_iter().map(view).collect(), next: page.next }))
}

/// `POST /v1/refunds/{id}`: decides a held refund. The device that inspected learns it.
#[utoipa::path(post, path = "/v1/refunds/{id}", tag = "decide", security(("admin" = [])),
    request_body = RefundDecisionBody, params(("id" = String, Path, description = "The refund.")),
    responses((status = 200, description = "Decided.", body = RefundView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token decides nothing, not so much, or not about its operator's own inspection.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such refund.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is not held, or another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn decide(
    State(core): State<Core>,
    admin: Admin,
    Id(id): Id,
    Body(body): Body,
) -> std::result::Result<Json<RefundView>, Refusal> {
    let who = admin.decider()?;
    let mut faults = Vec::new();
    let request = once::id(&body, &mut faults);
    let decision = once::word(&body, "decision", &["release", "refuse"], &mut faults);
    let note = once::text(&body, "note", NOTE_MAX, &mut faults);
    let amount = match body.get("amount_minor").filter(|value| !value.is_null()) {
        None => None,
        Some(value) => {
            let amount = value.as_i64().filter(|amount| (1..=AMOUNT_MAX).contains(amount));
            if amount.is_none() || decision == "refuse" {
                faults.push(Fault::new("amount_minor", format!("must be from 1 to {AMOUNT_MAX}, with a release")));
            }
            amount
        }
    };
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let ask = (request, decision, note, amount);
    let once = Once::new(admin.warehouse, "refund", &id, &ask.0, &ask)?;
    let (id, ask, once, who, warehouse, now) = (&id, &ask, &once, &who, admin.warehouse, clock::now_ms());
    let answer = core
        .db
        .write(|tx| async move {
            if let Some(answer) = once.before::<RefundView>(&tx).await? {
                return Ok(answer);
            }
            let mut refund = refunds::get(&tx, warehouse, id).await?.ok_or_else(|| {
                Error::problem(404, "not_found", format!("There is no refund {id:?}; GET /v1/refunds lists them."))
            })?;
            let event = if ask.1 == "release" { RefundEvent::Release } else { RefundEvent::Refuse };
            refund.state = refund.state.after(event)?;
            let own = [who.operator.as_str(), who.name.as_str()].contains(&refund.operator.as_str());
            if own && !refund.operator.is_none() {
                return Err(Error::problem(403, "not_allowed", "Nobody decides about what they inspected themselves."));
            }
            if let Some(amount) = ask.3 {
                if refund.amount_minor > 0 && amount > refund.amount_minor {
                    let detail = format!("The goods were sold for {}; that is the most.", refund.amount_minor);
                    return Err(Error::problem(409, "too_much", detail));
                }
                refund.amount_minor = amount;
            }
            if event == RefundEvent::Release && refund.amount_minor == 0 {
                return Err(Error::problem(
                    409,
                    "no_amount",
                    "What they were sold for is not known; say amount_minor.",
                ));
            }
            let limits = entity::settings(&tx, warehouse).await?.limits;
            if event == RefundEvent::Release && !who.manager && refund.amount_minor > limits.supervisor_value_minor {
                let detail = "The value is above the limit of a supervisor; a manager must decide.";
                return Err(Error::problem(403, "not_allowed", detail));
            }
            let name = if who.operator.is_empty() { &who.name } else { &who.operator };
            (refund.decided_ms, refund.decided_by) = (now, name.clone());
            (refund.role, refund.note) = (who.role().to_owned(), ask.2.clone());
            let mut changes = Changes::new(warehouse);
            refunds::put(&tx, &mut changes, &refund).await?;
            changes.publish(&tx).await?;
            let answer = view(refund);
            once.keep(&tx, &answer, now).await?;
            Ok(answer)
        })
        .await?;
    tracing::info!(refund = id, decision = ask.1, by = who.name, "refund: {}", ask.1);
    Ok(Json(answer))
}

/// What a supplier is asked to make good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VendorClaimView {
    /// Its identifier.
    pub id: String,
    /// The device whose `ReturnInspected` it follows from.
    pub device: String,
    /// The fact's epoch.
    pub epoch: u64,
    /// The fact's number.
    pub seq: u64,
    /// Who delivered such goods last. Empty = not known.
    pub supplier: String,
    /// The item.
    pub item: String,
    /// Its lot. Empty = none.
    pub lot: String,
    /// Its serial number. Empty = none.
    pub serial: String,
    /// Units.
    pub qty: i64,
    /// What they are worth, in minor units of the site's currency; 0 = not known.
    pub amount_minor: i64,
    /// Why they came back.
    pub reason: String,
    /// Where it stands.
    pub state: ClaimState,
    /// When it was opened, RFC 3339.
    pub at: String,
    /// When something happened to it last, RFC 3339.
    pub changed_at: String,
    /// Who did that. Empty = the core.
    pub changed_by: String,
    /// Why.
    pub note: String,
}

/// The body of `POST /v1/vendor-claims/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VendorClaimBody {
    /// Chosen by the caller, so that a request sent again is one.
    pub id: String,
    /// `send` (the goods leave quarantine for the supplier), `accept`, `decline` or `cancel`.
    pub action: String,
    /// Why, in words.
    #[serde(default)]
    pub note: Option<String>,
}

fn claim_view(one: Claim) -> VendorClaimView {
    let (device, epoch, seq) = one.fact;
    VendorClaimView {
        id: one.id,
        device,
        epoch,
        seq,
        supplier: one.supplier,
        item: one.item.0,
        lot: one.lot.0,
        serial: one.serial.0,
        qty: one.qty,
        amount_minor: one.amount_minor,
        reason: one.reason,
        state: one.state,
        at: moment(one.at_ms),
        changed_at: moment(one.changed_ms),
        changed_by: one.changed_by,
        note: one.note,
    }
}

/// `GET /v1/vendor-claims`.
#[utoipa::path(get, path = "/v1/vendor-claims", tag = "returns", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only `open`, `sent`, `accepted`, `declined` or `cancelled` ones."),
        ("supplier" = Option<String>, Query, description = "Only those against this supplier."),
    ),
    responses((status = 200, description = "Claims by time.", body = Page<VendorClaimView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn claims(
    State(core): State<Core>,
    admin: Admin,
    params: Params,
) -> Result<Json<Page<VendorClaimView>>> {
    let params = &params.known(&["state", "supplier"])?;
    let after: (i64, String) = params.after()?;
    let state = params.filter_of("state", &["open", "sent", "accepted", "declined", "cancelled"])?;
    let rows = core
        .db
        .read(|tx| async move {
            let (at, id) = after;
            tx.rows(
                "SELECT * FROM vendor_claim WHERE warehouse_id = $1 AND (at_ms, id) > ($2, $3) AND (state = $4 OR $4 = '') \
                 AND (supplier = $5 OR $5 = '') ORDER BY at_ms, id LIMIT $6",
                vals![admin.warehouse, at, id, state, params.filter("supplier"), params.fetch()],
            )
            .await
        })
        .await?;
    let found = rows.iter().map(Claim::of).collect::<Result<Vec<Claim>>>()?;
    let page = Page::cut(found, params, |one| (one.at_ms, one.id.clone()))?;
    Ok(Json(Page { items: page.items.into_iter().map(claim_view).collect(), next: page.next }))
}

/// `POST /v1/vendor-claims/{id}`: something happens to a claim.
#[utoipa::path(post, path = "/v1/vendor-claims/{id}", tag = "decide", security(("admin" = [])),
    request_body = VendorClaimBody, params(("id" = String, Path, description = "The claim.")),
    responses((status = 200, description = "How it stands now.", body = VendorClaimView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token decides nothing.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such claim.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is over, its goods are not in quarantine any more, or another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn set_claim(
    State(core): State<Core>,
    admin: Admin,
    Id(id): Id,
    Body(body): Body,
) -> std::result::Result<Json<VendorClaimView>, Refusal> {
    let who = admin.decider()?;
    let mut faults = Vec::new();
    let ask = (
        once::id(&body, &mut faults),
        once::word(&body, "action", &["send", "accept", "decline", "cancel"], &mut faults),
        once::text(&body, "note", NOTE_MAX, &mut faults),
    );
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let once = Once::new(admin.warehouse, "vendor-claim", &id, &ask.0, &ask)?;
    let (id, ask, once, who, warehouse, now) = (&id, &ask, &once, &who, admin.warehouse, clock::now_ms());
    let answer = core
        .db
        .write(|tx| async move {
            if let Some(answer) = once.before::<VendorClaimView>(&tx).await? {
                return Ok(answer);
            }
            let mut claim = claims::get(&tx, warehouse, id).await?.ok_or_else(|| {
                Error::problem(404, "not_found", format!("There is no claim {id:?}; GET /v1/vendor-claims lists them."))
            })?;
            let event = match ask.1.as_str() {
                "send" => ClaimEvent::Send,
                "accept" => ClaimEvent::Accept,
                "decline" => ClaimEvent::Decline,
                _ => ClaimEvent::Cancel,
            };
            let name = if who.operator.is_empty() { &who.name } else { &who.operator };
            let mut changes = Changes::new(warehouse);
            claims::on(&tx, &mut changes, &mut claim, event, (name, &ask.2), now).await?;
            let answer = claim_view(claim);
            once.keep(&tx, &answer, now).await?;
            changes.publish(&tx).await?;
            Ok(answer)
        })
        .await?;
    tracing::info!(claim = id, action = ask.1, by = who.name, "vendor claim: {}", ask.1);
    Ok(Json(answer))
}
