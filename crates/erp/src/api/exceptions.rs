//! Exceptions: what there is to look at, the facts behind it, and what was done about it.

use super::approvals::{self, ApprovalView};
use super::log::{FactView, fact, moment};
use super::once::{self, NOTE_MAX, Once};
use super::paging::{Page, Params};
use super::reply::{Id, InvalidBody, Json as Body, Refusal};
use crate::attention::state::{ExceptionEvent, ExceptionState};
use crate::attention::{self, By};
use crate::auth::Admin;
use crate::clock;
use crate::counts;
use crate::db::{Row, Tx};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::orders::Fault;
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Facts behind an exception at the most: those of its aggregate up to the one that opened it.
const FACTS_MAX: i64 = 200;
/// Numbers before that fact among which they are sought.
const FACTS_BACK: i64 = 2000;
/// Characters of an owner at the most.
const OWNER_MAX: usize = 64;

/// What a supervisor must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExceptionView {
    /// Its identifier.
    pub id: String,
    /// Reason code.
    pub kind: String,
    /// `open` or `closed`.
    pub state: String,
    /// What it is about.
    pub subject: String,
    /// What is the matter.
    pub detail: String,
    /// When, RFC 3339.
    pub at: String,
    /// The device whose fact opened it.
    pub device: String,
    /// The fact's epoch.
    pub epoch: i64,
    /// The fact's number.
    pub seq: i64,
    /// The fact's type.
    pub fact: String,
    /// Who looks after it. Empty = nobody yet.
    pub owner: String,
    /// How it ended: `close`, `approve`, `decline` or `overtaken`. Empty = it has not.
    pub resolution: String,
}

/// Something that was done about an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    /// `note`, `reassign`, `recount`, `close`, `approve`, `decline` or `overtaken`.
    pub event: String,
    /// When, RFC 3339.
    pub at: String,
    /// The name of the token, or `core`.
    pub by: String,
    /// The operator it stands for. Empty = none.
    pub operator: String,
    /// Who looks after the exception from then on. Empty = nobody.
    pub owner: String,
    /// Why.
    pub note: String,
    /// Where the exception stood then.
    pub state: String,
}

/// An exception with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExceptionDetail {
    /// The exception.
    #[serde(flatten)]
    pub exception: ExceptionView,
    /// The fact that opened it and those of its aggregate before it, at most 200.
    pub facts: Vec<FactView>,
    /// Everything that was done about it.
    pub events: Vec<EventView>,
    /// The decision that it asks for, where it asks for one.
    pub approval: Option<ApprovalView>,
}

/// The body of `POST /v1/exceptions/{id}/resolve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResolveBody {
    /// Chosen by the caller, so that a request sent again is one.
    pub id: String,
    /// `close`, `reassign`, `recount` (a count task for its place) or `note`.
    pub resolution: String,
    /// Why, in words.
    #[serde(default)]
    pub note: Option<String>,
    /// With `reassign`: to whom.
    #[serde(default)]
    pub owner: Option<String>,
}

/// `GET /v1/exceptions`.
#[utoipa::path(get, path = "/v1/exceptions", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only `open` or `closed` ones."),
        ("kind" = Option<String>, Query, description = "Only those with this reason code."),
        ("subject" = Option<String>, Query, description = "Only those about this."),
    ),
    responses((status = 200, description = "Exceptions by time.", body = Page<ExceptionView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<ExceptionView>>> {
    let params = &params.known(&["state", "kind", "subject"])?;
    let after: (i64, String) = params.after()?;
    let state = params.filter_of("state", &["open", "closed"])?;
    let rows = core
        .db
        .read(|tx| async move {
            let (at, id) = after;
            tx.rows(
                "SELECT * FROM exception WHERE warehouse_id = $1 AND (at_ms, id) > ($2, $3) AND (state = $4 OR $4 = '') \
                 AND (kind = $5 OR $5 = '') AND (subject = $6 OR $6 = '') ORDER BY at_ms, id LIMIT $7",
                vals![
                    admin.warehouse,
                    at,
                    id,
                    state,
                    params.filter("kind"),
                    params.filter("subject"),
                    params.fetch()
                ],
            )
            .await
        })
        .await?;
    let views =
        rows.iter().map(|row| Ok((row.i64("at_ms")?, view(row)?))).collect::<Result<Vec<(i64, ExceptionView)>>>()?;
    let page = Page::cut(views, params, |(at, exception)| (*at, exception.id.clone()))?;
    Ok(Json(Page { items: page.items.into_iter().map(|(_, exception)| exception).collect(), next: page.next }))
}

fn view(row: &Row) -> Result<ExceptionView> {
    Ok(ExceptionView {
        id: row.text("id")?,
        kind: row.text("kind")?,
        state: row.text("state")?,
        subject: row.text("subject")?,
        detail: row.text("detail")?,
        at: moment(row.i64("at_ms")?),
        device: row.text("fact_device")?,
        epoch: row.i64("fact_epoch")?,
        seq: row.i64("fact_seq")?,
        fact: row.text("fact_type")?,
        owner: row.text("owner")?,
        resolution: row.text("resolution")?,
    })
}

/// `GET /v1/exceptions/{id}`.
#[utoipa::path(get, path = "/v1/exceptions/{id}", tag = "read", security(("admin" = [])),
    params(("id" = String, Path, description = "The exception.")),
    responses((status = 200, description = "The exception with the facts behind it.", body = ExceptionDetail),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such exception.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn one(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Json<ExceptionDetail>> {
    let id = &id;
    core.db.read(|tx| async move { detail(&tx, admin.warehouse, id).await }).await.map(Json)
}

fn none(id: &str) -> Error {
    Error::problem(404, "not_found", format!("There is no exception {id:?}; GET /v1/exceptions lists them."))
}

async fn detail(tx: &Tx, warehouse: i64, id: &str) -> Result<ExceptionDetail> {
    let row = tx
        .row("SELECT * FROM exception WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .ok_or_else(|| none(id))?;
    let exception = view(&row)?;
    let values =
        vals![warehouse, &exception.device, exception.epoch, exception.seq, exception.seq - FACTS_BACK, FACTS_MAX];
    let mut facts = tx
        .rows(
            "SELECT f.* FROM fact_log f JOIN fact_log own ON own.warehouse_id = f.warehouse_id AND own.device = f.device \
             AND own.epoch = f.epoch AND own.seq = $4 WHERE f.warehouse_id = $1 AND f.device = $2 AND f.epoch = $3 \
             AND f.seq <= $4 AND f.seq > $5 AND (f.agg = own.agg OR f.seq = own.seq) ORDER BY f.seq DESC LIMIT $6",
            values,
        )
        .await?
        .iter()
        .map(fact)
        .collect::<Result<Vec<FactView>>>()?;
    facts.reverse();
    let events = tx
        .rows(
            "SELECT * FROM exception_event WHERE warehouse_id = $1 AND exception = $2 ORDER BY n",
            vals![warehouse, id],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(EventView {
                event: row.text("event")?,
                at: moment(row.i64("at_ms")?),
                by: row.text("by_name")?,
                operator: row.text("operator")?,
                owner: row.text("owner")?,
                note: row.text("note")?,
                state: row.text("state")?,
            })
        })
        .collect::<Result<Vec<EventView>>>()?;
    let approval = approvals::over(tx, warehouse, id).await?;
    Ok(ExceptionDetail { exception, facts, events, approval })
}

/// A resolution that was read.
#[derive(Debug, Clone, Serialize)]
struct Resolution {
    id: String,
    event: String,
    note: String,
    owner: String,
}

fn read(body: &Value) -> std::result::Result<Resolution, Vec<Fault>> {
    let mut faults = Vec::new();
    let id = once::id(body, &mut faults);
    let event = once::word(body, "resolution", &["close", "reassign", "recount", "note"], &mut faults);
    let note = once::text(body, "note", NOTE_MAX, &mut faults);
    let owner = once::text(body, "owner", OWNER_MAX, &mut faults);
    if event == "reassign" && owner.is_empty() {
        faults.push(Fault::new("owner", "must say to whom"));
    }
    if event == "note" && note.is_empty() {
        faults.push(Fault::new("note", "must say something"));
    }
    if faults.is_empty() { Ok(Resolution { id, event, note, owner }) } else { Err(faults) }
}

/// `POST /v1/exceptions/{id}/resolve`: the first answer decides; on a closed one only the note is kept.
#[utoipa::path(post, path = "/v1/exceptions/{id}/resolve", tag = "decide", security(("admin" = [])),
    request_body = ResolveBody, params(("id" = String, Path, description = "The exception.")),
    responses((status = 200, description = "How it stands now.", body = ExceptionDetail),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token decides nothing.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such exception.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It waits for an approval, or another request has this identifier.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn resolve(
    State(core): State<Core>,
    admin: Admin,
    Id(id): Id,
    Body(body): Body,
) -> std::result::Result<Json<ExceptionDetail>, Refusal> {
    let who = admin.decider()?;
    let ask = read(&body).map_err(Refusal::Faults)?;
    let once = Once::new(admin.warehouse, "resolve", &id, &ask.id, &ask)?;
    let (id, ask, once, who, warehouse, now) = (&id, &ask, &once, &who, admin.warehouse, clock::now_ms());
    let answer = core
        .db
        .write(|tx| async move {
            if let Some(answer) = once.before(&tx).await? {
                return Ok(answer);
            }
            let exception = attention::get(&tx, warehouse, id).await?.ok_or_else(|| none(id))?;
            let wanted = attention::approval_over(&tx, warehouse, id)
                .await?
                .filter(|approval| approval.state == attention::state::ApprovalState::Wanted);
            let event = match ask.event.as_str() {
                "close" => ExceptionEvent::Closed,
                "reassign" => ExceptionEvent::Reassigned,
                "recount" => ExceptionEvent::Recounted,
                _ => ExceptionEvent::Noted,
            };
            if let (ExceptionEvent::Closed, Some(approval)) = (event, wanted) {
                return Err(Error::problem(
                    409,
                    "approval_wanted",
                    format!("It waits for a decision; POST /v1/approvals/{} decides.", approval.id),
                ));
            }
            let mut changes = Changes::new(warehouse);
            if event == ExceptionEvent::Recounted && exception.state == ExceptionState::Open {
                recount(&tx, &mut changes, &exception.subject, now).await?;
            }
            let by = By { name: &who.name, operator: &who.operator, note: &ask.note };
            attention::act(&tx, &mut changes, &exception, event, &ask.owner, by, now).await?;
            changes.publish(&tx).await?;
            let answer = detail(&tx, warehouse, id).await?;
            once.keep(&tx, &answer, now).await?;
            Ok(answer)
        })
        .await?;
    tracing::info!(exception = id, event = ask.event, by = who.name, "exception {}", ask.event);
    Ok(Json(answer))
}

/// A count task for what an exception is about, which must be a place.
async fn recount(tx: &Tx, changes: &mut Changes, subject: &str, now: i64) -> Result<()> {
    let (location, item) = subject.split_once('|').unwrap_or((subject, ""));
    let wanted = counts::Wanted::new(&location.into(), &item.into(), "asked");
    match counts::ask(tx, changes, &wanted, now).await? {
        Some(_) => Ok(()),
        None => Err(Error::problem(409, "no_place", "It is about no place that can be counted.")),
    }
}
