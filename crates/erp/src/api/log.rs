//! Facts, devices, and whether the core is alive.

use super::paging::{Page, Params};
use crate::auth::Admin;
use crate::clock;
use crate::db::Row;
use crate::error::{Error, Result};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// RFC 3339, or empty where there is no moment.
pub(super) fn moment(ms: i64) -> String {
    if ms == 0 { String::new() } else { clock::rfc3339(ms) }
}

/// Whether the core is alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// Version of the program.
    pub version: String,
}

/// `GET /healthz`: alive, and its database answers.
#[utoipa::path(get, path = "/healthz", tag = "read",
    responses((status = 200, description = "Alive.", body = Health),
        (status = 503, description = "The database does not answer.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn healthz(State(core): State<Core>) -> Result<Json<Health>> {
    core.db.read(|tx| async move { tx.row("SELECT COUNT(*) AS n FROM core_meta", &[]).await }).await.map_err(
        |error| {
            tracing::error!(error = crate::error::chain(&error), "health check");
            Error::problem(503, "unavailable", "The database does not answer; try again.")
        },
    )?;
    Ok(Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }))
}

/// A fact as the core has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactView {
    /// The device that recorded it.
    pub device: String,
    /// The device's epoch.
    pub epoch: i64,
    /// Its number in the epoch.
    pub seq: i64,
    /// Its identifier.
    pub id: String,
    /// The same fact under an earlier number. Empty = this is the first.
    pub dup_of: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Version of its body.
    pub v: i64,
    /// What it is about.
    pub agg: String,
    /// Who. Empty = nobody signed in.
    pub operator: String,
    /// When it came in, RFC 3339.
    pub received_at: String,
    /// When it happened as far as the core can tell, RFC 3339.
    pub occurred_at: String,
    /// How far that can be trusted.
    pub time_quality: String,
    /// `applied`, `applied-flagged`, `rejected` or `parked`.
    pub outcome: String,
    /// Why. Empty = nothing to say.
    pub code: String,
    /// What to look at. Empty = nothing.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Whether a later fact took it back.
    pub undone: bool,
    /// What was done or seen.
    #[schema(value_type = Object)]
    pub body: Value,
}

type FactKey = (i64, String, i64, i64);

/// `GET /v1/facts`.
#[utoipa::path(get, path = "/v1/facts", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("device" = Option<String>, Query, description = "Only facts of this device."),
        ("type" = Option<String>, Query, description = "Only facts of this type."),
        ("operator" = Option<String>, Query, description = "Only facts of this operator."),
        ("outcome" = Option<String>, Query, description = "Only facts with this outcome."),
    ),
    responses((status = 200, description = "Facts in the order in which they came in.", body = Page<FactView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn facts(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<FactView>>> {
    let params = &params.known(&["device", "type", "operator", "outcome"])?;
    let after: FactKey = params.after()?;
    let outcome = params.filter_of("outcome", &["applied", "applied-flagged", "rejected", "parked"])?;
    let rows = core
        .db
        .read(|tx| async move {
            let (at, device, epoch, seq) = after;
            tx.rows(
                "SELECT device, epoch, seq, id, dup_of, type, v, agg, bytes, received_at, occurred_at, time_quality, operator, \
                 outcome, code, ref, undone FROM fact_log WHERE warehouse_id = $1 \
                 AND (received_at, device, epoch, seq) > ($2, $3, $4, $5) AND (device = $6 OR $6 = '') \
                 AND (type = $7 OR $7 = '') AND (operator = $8 OR $8 = '') AND (outcome = $9 OR $9 = '') \
                 ORDER BY received_at, device, epoch, seq LIMIT $10",
                vals![
                    admin.warehouse,
                    at,
                    device,
                    epoch,
                    seq,
                    params.filter("device"),
                    params.filter("type"),
                    params.filter("operator"),
                    outcome,
                    params.fetch()
                ],
            )
            .await
        })
        .await?;
    let views =
        rows.iter().map(|row| Ok((row.i64("received_at")?, fact(row)?))).collect::<Result<Vec<(i64, FactView)>>>()?;
    let page = Page::cut(views, params, |(at, fact)| (*at, fact.device.clone(), fact.epoch, fact.seq))?;
    Ok(Json(Page { items: page.items.into_iter().map(|(_, fact)| fact).collect(), next: page.next }))
}

pub(super) fn fact(row: &Row) -> Result<FactView> {
    let whole: Value = serde_json::from_slice(row.blob("bytes")?).unwrap_or_default();
    Ok(FactView {
        device: row.text("device")?,
        epoch: row.i64("epoch")?,
        seq: row.i64("seq")?,
        id: row.text("id")?,
        dup_of: row.text("dup_of")?,
        kind: row.text("type")?,
        v: row.i64("v")?,
        agg: row.text("agg")?,
        operator: row.text("operator")?,
        received_at: moment(row.i64("received_at")?),
        occurred_at: moment(row.i64("occurred_at")?),
        time_quality: row.text("time_quality")?,
        outcome: row.text("outcome")?,
        code: row.text("code")?,
        reference: row.text("ref")?,
        undone: row.flag("undone")?,
        body: whole.get("body").cloned().unwrap_or_default(),
    })
}

/// An enrolled device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceView {
    /// Its identifier.
    pub id: String,
    /// Its station.
    pub station: String,
    /// `handheld`, `packing` or `dock`.
    pub profile: String,
    /// `active` or `revoked`.
    pub state: String,
    /// The epoch its facts are numbered in.
    pub epoch: i64,
    /// Number of its last fact in that epoch; 0 = none.
    pub last_seq: i64,
    /// Version of its app.
    pub app: String,
    /// What the machine is.
    pub model: String,
    /// Its serial number.
    pub hw_serial: String,
    /// When it was last heard of, RFC 3339. Empty = never.
    pub last_seen: String,
    /// When its access was withdrawn, RFC 3339. Empty = it was not.
    pub revoked_at: String,
}

/// `GET /v1/devices`.
#[utoipa::path(get, path = "/v1/devices", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("state" = Option<String>, Query, description = "Only `active` or `revoked` ones."),
    ),
    responses((status = 200, description = "Devices by identifier.", body = Page<DeviceView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn devices(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<DeviceView>>> {
    let params = &params.known(&["state"])?;
    let after: String = params.after()?;
    let state = params.filter_of("state", &["active", "revoked"])?;
    let rows = core
        .db
        .read(|tx| async move {
            tx.rows(
                "SELECT d.id, d.station, d.profile, d.state, d.epoch, d.app, d.model, d.hw_serial, d.last_seen, d.revoked_at, \
                 COALESCE(e.last_seq, 0) AS last_seq FROM device d \
                 LEFT JOIN device_epoch e ON e.warehouse_id = d.warehouse_id AND e.device = d.id AND e.epoch = d.epoch \
                 WHERE d.warehouse_id = $1 AND d.id > $2 AND (d.state = $3 OR $3 = '') ORDER BY d.id LIMIT $4",
                vals![admin.warehouse, after, state, params.fetch()],
            )
            .await
        })
        .await?;
    let views = rows
        .iter()
        .map(|row| {
            Ok(DeviceView {
                id: row.text("id")?,
                station: row.text("station")?,
                profile: row.text("profile")?,
                state: row.text("state")?,
                epoch: row.i64("epoch")?,
                last_seq: row.i64("last_seq")?,
                app: row.text("app")?,
                model: row.text("model")?,
                hw_serial: row.text("hw_serial")?,
                last_seen: moment(row.i64("last_seen")?),
                revoked_at: moment(row.i64("revoked_at")?),
            })
        })
        .collect::<Result<Vec<DeviceView>>>()?;
    Page::cut(views, params, |device| device.id.clone()).map(Json)
}
