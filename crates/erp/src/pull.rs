//! State down by deltas: everything after the device's cursor, read in one snapshot.

use crate::auth::{AnyDevice, Device};
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result, problem};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::{Query, State};
use floorhand_wire::feed::{Applied, PullResponse, Row, SCHEMA, StreamPage, cursor};
use floorhand_wire::{PULL_ROWS_MAX, PULL_WAIT_MAX_S, STREAM_GLOBAL, device_stream, warehouse_stream};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How often a waiting pull looks by itself: another process may write to the same database.
const POLL_EVERY: Duration = Duration::from_secs(1);
/// A device's sign of life is stored at most this often.
const SEEN_EVERY_MS: i64 = 60_000;

/// Query of a pull.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PullQuery {
    /// Where the device is. Absent = at the beginning.
    #[serde(default)]
    cursor: String,
    limit: Option<u32>,
    /// Seconds to wait for something new.
    #[serde(default)]
    wait: u32,
    /// The server epoch that the cursor is of, when the device says it.
    server_epoch: Option<String>,
}

/// The streams of a device in the order of their names.
pub(crate) fn streams_of(device: &AnyDevice) -> [(i64, String); 3] {
    [
        (device.warehouse, device_stream(&device.id)),
        (0, STREAM_GLOBAL.to_owned()),
        (device.warehouse, warehouse_stream(device.warehouse)),
    ]
}

/// The device's base is not one of this core: it fetches base anew and keeps its outbox.
fn must_resync(stream: Option<String>) -> Error {
    let mut problem = problem(410, "must_resync", "Fetch the stream anew; keep the outbox.");
    problem.stream = stream;
    Error::Problem(Box::new(problem))
}

/// `GET /v1/sync/pull`.
pub(crate) async fn pull(
    State(core): State<Core>,
    Device(device): Device,
    Query(query): Query<PullQuery>,
) -> Result<Json<PullResponse>> {
    if query.server_epoch.as_deref().is_some_and(|epoch| epoch != core.server_epoch()) {
        return Err(must_resync(None));
    }
    let from = cursor::decode(&query.cursor).ok_or_else(|| must_resync(None))?;
    let streams = streams_of(&device);
    if let Some(stranger) = from.keys().find(|stream| streams.iter().all(|(_, known)| known != *stream)) {
        return Err(must_resync(Some(stranger.clone())));
    }
    seen(&core, &device, &query.cursor).await?;
    let limit = query.limit.unwrap_or(PULL_ROWS_MAX).clamp(1, PULL_ROWS_MAX);
    let deadline = Instant::now() + Duration::from_secs(u64::from(query.wait.min(PULL_WAIT_MAX_S)));
    let mut first_applied = None;
    loop {
        // Taken before the look, so that what is published in between is not slept over.
        let published = core.db.published();
        let (device, streams, from) = (&device, &streams, &from);
        let (pages, applied) = core
            .db
            .read(|tx| async move { Ok((pages(&tx, streams, from, limit).await?, applied(&tx, device).await?)) })
            .await?;
        let news = pages.iter().any(|page| !page.rows.is_empty() || !page.complete)
            || *first_applied.get_or_insert(applied) != applied;
        if news || Instant::now() >= deadline {
            return Ok(Json(answer(&core, pages, applied)));
        }
        let next = deadline.min(Instant::now() + POLL_EVERY);
        tokio::select! {
            () = published => {}
            () = tokio::time::sleep_until(next) => {}
            () = core.closing() => return Ok(Json(answer(&core, pages, applied))),
        }
    }
}

fn answer(core: &Core, pages: Vec<StreamPage>, applied: Applied) -> PullResponse {
    let positions: BTreeMap<String, u64> = pages.iter().map(|page| (page.s.clone(), page.to)).collect();
    PullResponse {
        server_epoch: core.server_epoch().to_owned(),
        server_time: clock::rfc3339(clock::now_ms()),
        schema: SCHEMA,
        applied,
        cursor: cursor::encode(&positions),
        streams: pages,
    }
}

async fn pages(
    tx: &Tx,
    streams: &[(i64, String)],
    from: &BTreeMap<String, u64>,
    limit: u32,
) -> Result<Vec<StreamPage>> {
    let mut left = i64::from(limit);
    let mut pages = Vec::with_capacity(streams.len());
    for (warehouse, stream) in streams {
        let from = from.get(stream).copied().unwrap_or(0);
        let head = head(tx, *warehouse, stream).await?;
        if from > head.pos {
            return Err(must_resync(Some(stream.clone())));
        }
        let rows = if left > 0 && from < head.pos {
            tx.rows(
                "SELECT kind, id, pos, deleted, body FROM feed_row \
                 WHERE warehouse_id = $1 AND stream = $2 AND pos > $3 ORDER BY pos LIMIT $4",
                vals![*warehouse, stream, from.cast_signed(), left],
            )
            .await?
        } else {
            Vec::new()
        };
        let rows = rows.iter().map(row_of).collect::<Result<Vec<Row>>>()?;
        let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= left;
        left -= i64::try_from(rows.len()).unwrap_or(left);
        // Rows are the latest state per entity, so positions have gaps; what was read without
        // meeting the limit reaches the head.
        let to = match rows.last() {
            Some(last) if full => last.2,
            None if full => from,
            _ => head.pos,
        };
        pages.push(StreamPage {
            s: stream.clone(),
            from,
            to,
            complete: to == head.pos,
            rows,
            live: head.live,
            sum: head.sum,
        });
    }
    Ok(pages)
}

pub(crate) struct Head {
    pub(crate) pos: u64,
    live: u64,
    sum: String,
}

/// The head of a stream; one that nothing was written to yet is at 0.
pub(crate) async fn head(tx: &Tx, warehouse: i64, stream: &str) -> Result<Head> {
    let row = tx
        .row("SELECT pos, live, sum FROM stream_head WHERE warehouse_id = $1 AND stream = $2", vals![warehouse, stream])
        .await?;
    Ok(match row {
        Some(row) => Head {
            pos: row.u64("pos")?,
            live: row.u64("live")?,
            sum: format!("{:016x}", row.i64("sum")?.cast_unsigned()),
        },
        None => Head { pos: 0, live: 0, sum: format!("{:016x}", 0) },
    })
}

/// A row of the feed from one of table `feed_row`.
pub(crate) fn row_of(row: &crate::db::Row) -> Result<Row> {
    let body = if row.flag("deleted")? { Value::Null } else { serde_json::from_str(row.str("body")?)? };
    Ok(Row(row.text("kind")?, row.text("id")?, row.u64("pos")?, body))
}

/// How far the facts of the device are in the rows. An epoch that has no facts yet does not count
/// while those of the one before are still being sent.
async fn applied(tx: &Tx, device: &AnyDevice) -> Result<Applied> {
    let row = tx
        .row(
            "SELECT epoch, last_seq FROM device_epoch WHERE warehouse_id = $1 AND device = $2 \
             ORDER BY CASE WHEN last_seq > 0 THEN 0 ELSE 1 END, epoch DESC LIMIT 1",
            vals![device.warehouse, &device.id],
        )
        .await?;
    Ok(match row {
        Some(row) => Applied { epoch: row.u64("epoch")?, through: row.u64("last_seq")? },
        None => Applied::default(),
    })
}

async fn seen(core: &Core, device: &AnyDevice, cursor: &str) -> Result<()> {
    let now = clock::now_ms();
    let stale = core
        .db
        .read(|tx| async move {
            tx.row(
                "SELECT last_seen FROM device WHERE warehouse_id = $1 AND id = $2 AND last_seen > $3",
                vals![device.warehouse, &device.id, now - SEEN_EVERY_MS],
            )
            .await
        })
        .await?
        .is_none();
    if stale {
        core.db
            .write(|tx| async move {
                tx.execute(
                    "UPDATE device SET last_seen = $3, app = $4, cursor = $5 WHERE warehouse_id = $1 AND id = $2",
                    vals![device.warehouse, &device.id, now, &device.app, cursor],
                )
                .await
            })
            .await?;
    }
    Ok(())
}
