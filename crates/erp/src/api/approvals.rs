//! Decisions that wait for somebody with the authority.

use super::log::moment;
use super::once::{self, NOTE_MAX, Once};
use super::paging::{Page, Params};
use super::reply::{Id, InvalidBody, Json as Body, Refusal};
use crate::attention::state::{ApprovalEvent, ApprovalState};
use crate::attention::{self, Decided};
use crate::auth::Admin;
use crate::clock;
use crate::db::{Row, Tx};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A decision that waits, or waited, for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalView {
    /// Its identifier.
    pub id: String,
    /// The reason code of what is to be decided.
    pub kind: String,
    /// The exception over it.
    pub exception: String,
    /// What it is about: for `VARIANCE` a count.
    pub subject: String,
    /// Whose fact it is; they may not decide it.
    pub operator: String,
    /// What it is worth, in minor units of the site's currency.
    pub amount_minor: i64,
    /// `wanted`, `approved`, `declined` or `lapsed`.
    pub state: String,
    /// When it was asked for, RFC 3339.
    pub asked_at: String,
    /// When it was decided, RFC 3339. Empty = it was not.
    pub decided_at: String,
    /// By whom. Empty = by nobody.
    pub decided_by: String,
    /// As what: `supervisor` or `manager`.
    pub role: String,
    /// Why.
    pub note: String,
}

/// The body of `POST /v1/approvals/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecideBody {
    /// Chosen by the caller, so that a request sent again is one.
    pub id: String,
    /// `approve` or `decline`.
    pub decision: String,
    /// Why, in words.
    #[serde(default)]
    pub note: Option<String>,
}

fn view(row: &Row) -> Result<ApprovalView> {
    Ok(ApprovalView {
        id: row.text("id")?,
        kind: row.text("kind")?,
        exception: row.text("exception")?,
        subject: row.text("subject")?,
        operator: row.text("operator")?,
        amount_minor: row.i64("amount_minor")?,
        state: row.text("state")?,
        asked_at: moment(row.i64("asked_ms")?),
        decided_at: moment(row.i64("decided_ms")?),
        decided_by: row.text("decided_by")?,
        role: row.text("role")?,
        note: row.text("note")?,
    })
}

/// The latest approval over an exception.
pub(super) async fn over(tx: &Tx, warehouse: i64, exception: &str) -> Result<Option<ApprovalView>> {
    tx.row(
        "SELECT * FROM approval WHERE warehouse_id = $1 AND exception = $2 ORDER BY asked_ms DESC, id DESC LIMIT 1",
        vals![warehouse, exception],
    )
    .await?
    .as_ref()
    .map(view)
    .transpose()
}

/// `GET /v1/approvals`.
#[utoipa::path(get, path = "/v1/approvals", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only `wanted`, `approved`, `declined` or `lapsed` ones."),
        ("kind" = Option<String>, Query, description = "Only those with this reason code."),
    ),
    responses((status = 200, description = "Approvals by time.", body = Page<ApprovalView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<ApprovalView>>> {
    let params = &params.known(&["state", "kind"])?;
    let after: (i64, String) = params.after()?;
    let states: Vec<&str> = ApprovalState::ALL.into_iter().map(ApprovalState::as_str).collect();
    let state = params.filter_of("state", &states)?;
    let rows = core
        .db
        .read(|tx| async move {
            let (at, id) = after;
            tx.rows(
                "SELECT * FROM approval WHERE warehouse_id = $1 AND (asked_ms, id) > ($2, $3) AND (state = $4 OR $4 = '') \
                 AND (kind = $5 OR $5 = '') ORDER BY asked_ms, id LIMIT $6",
                vals![admin.warehouse, at, id, state, params.filter("kind"), params.fetch()],
            )
            .await
        })
        .await?;
    let views =
        rows.iter().map(|row| Ok((row.i64("asked_ms")?, view(row)?))).collect::<Result<Vec<(i64, ApprovalView)>>>()?;
    let page = Page::cut(views, params, |(at, approval)| (*at, approval.id.clone()))?;
    Ok(Json(Page { items: page.items.into_iter().map(|(_, approval)| approval).collect(), next: page.next }))
}

/// What is kept of a decision: how the approval stands, and whether it was decided before.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    approval: ApprovalView,
    late: bool,
}

/// `POST /v1/approvals/{id}`: the first decision holds.
#[utoipa::path(post, path = "/v1/approvals/{id}", tag = "decide", security(("admin" = [])),
    request_body = DecideBody, params(("id" = String, Path, description = "The approval.")),
    responses((status = 200, description = "Decided.", body = ApprovalView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token decides nothing, not so much, or not about its operator's own facts.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such approval.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was decided before (what was said is kept as a note), or another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn decide(
    State(core): State<Core>,
    admin: Admin,
    Id(id): Id,
    Body(body): Body,
) -> std::result::Result<Json<ApprovalView>, Refusal> {
    let who = admin.decider()?;
    let mut faults = Vec::new();
    let ask = (
        once::id(&body, &mut faults),
        once::word(&body, "decision", &["approve", "decline"], &mut faults),
        once::text(&body, "note", NOTE_MAX, &mut faults),
    );
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let once = Once::new(admin.warehouse, "decide", &id, &ask.0, &ask)?;
    let (id, ask, once, who, warehouse, now) = (&id, &ask, &once, &who, admin.warehouse, clock::now_ms());
    let kept = core
        .db
        .write(|tx| async move {
            if let Some(kept) = once.before::<Kept>(&tx).await? {
                return Ok(kept);
            }
            let none = || {
                Error::problem(404, "not_found", format!("There is no approval {id:?}; GET /v1/approvals lists them."))
            };
            let approval = attention::approval(&tx, warehouse, id).await?.ok_or_else(none)?;
            let event = if ask.1 == "approve" { ApprovalEvent::Approved } else { ApprovalEvent::Declined };
            let mut changes = Changes::new(warehouse);
            let decided = attention::decide(&tx, &mut changes, &approval, event, who, &ask.2, now).await?;
            if let Decided::NotAllowed(why) = decided {
                return Err(Error::problem(403, "not_allowed", why));
            }
            changes.publish(&tx).await?;
            let row = tx
                .row("SELECT * FROM approval WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
                .await?
                .ok_or_else(none)?;
            let kept = Kept { approval: view(&row)?, late: matches!(decided, Decided::Late(_)) };
            once.keep(&tx, &kept, now).await?;
            Ok(kept)
        })
        .await?;
    if kept.late {
        let state = &kept.approval.state;
        return Err(Refusal::problem(409, "decided", format!("It is {state} already; your answer is kept as a note.")));
    }
    tracing::info!(approval = id, decision = ask.1, by = who.name, "approval: {}", ask.1);
    Ok(Json(kept.approval))
}
