//! State down as a whole: key-ordered pages of the rows alive, without any state in the core.

use crate::auth::Device;
use crate::clock;
use crate::error::{Error, Result};
use crate::pull::{head, row_of, streams_of};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::{Query, State};
use floorhand_wire::BOOTSTRAP_ROWS_MAX;
use floorhand_wire::feed::{BootstrapResponse, Row, SCHEMA};
use serde::Deserialize;

/// Query of a bootstrap page.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct BootstrapQuery {
    stream: String,
    /// `kind,id` of the last row of the page before. Absent = the first page.
    #[serde(default)]
    after: String,
    limit: Option<u32>,
}

/// `GET /v1/sync/bootstrap`.
pub(crate) async fn bootstrap(
    State(core): State<Core>,
    Device(device): Device,
    Query(query): Query<BootstrapQuery>,
) -> Result<Json<BootstrapResponse>> {
    let streams = streams_of(&device);
    let (warehouse, stream) = streams
        .iter()
        .find(|(_, stream)| *stream == query.stream)
        .ok_or_else(|| Error::problem(403, "forbidden", "The stream is not one of this device."))?;
    // Kinds hold no comma; identifiers may.
    let (kind, id) = match query.after.split_once(',') {
        Some(after) => after,
        None if query.after.is_empty() => ("", ""),
        None => return Err(Error::problem(400, "bad_after", "`after` is not one that a page gave.")),
    };
    let limit = query.limit.unwrap_or(BOOTSTRAP_ROWS_MAX).clamp(1, BOOTSTRAP_ROWS_MAX);
    let (pos, mut rows) = core
        .db
        .read(|tx| async move {
            let head = head(&tx, *warehouse, stream).await?;
            let rows = tx
                .rows(
                    "SELECT kind, id, pos, deleted, body FROM feed_row \
                     WHERE warehouse_id = $1 AND stream = $2 AND deleted = 0 AND (kind, id) > ($3, $4) \
                     ORDER BY kind, id LIMIT $5",
                    vals![*warehouse, stream, kind, id, limit + 1],
                )
                .await?;
            Ok((head.pos, rows.iter().map(row_of).collect::<Result<Vec<Row>>>()?))
        })
        .await?;
    // One row more than asked tells whether there is a next page.
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let after = rows.last().filter(|_| more).map(|Row(kind, id, ..)| format!("{kind},{id}"));
    Ok(Json(BootstrapResponse {
        server_epoch: core.server_epoch().to_owned(),
        server_time: clock::rfc3339(clock::now_ms()),
        schema: SCHEMA,
        stream: stream.clone(),
        pos,
        rows,
        after,
    }))
}
