//! Photographs: what a device took, kept as files beside the database.

use super::reply::Id;
use crate::attention::state::{ExceptionEvent, ExceptionState};
use crate::attention::{self, By};
use crate::auth::{Admin, Device};
use crate::clock;
use crate::db::private_dir;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::server::Core;
use crate::vals;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use floorhand_wire::PHOTO_BYTES_MAX;
use floorhand_wire::problem::Problem;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The directory in the data directory.
const DIRECTORY: &str = "photos";

fn not_found(id: &str) -> Error {
    let detail = format!("There is no photograph {id:?} here; its fact comes first.");
    Error::problem(404, "not_found", detail)
}

/// `POST /v1/photos/{id}`: the picture to a `PhotoTaken` that was pushed before.
#[utoipa::path(post, path = "/v1/photos/{id}", tag = "sync", security(("device" = [])),
    params(("id" = String, Path, description = "The photograph, as in its `PhotoTaken`.")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file, at most 3 MiB."),
    responses((status = 204, description = "It is stored, now or before."),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Its fact is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "It is too large.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It does not have the hash of its fact.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn post(
    State(core): State<Core>,
    Device(device): Device,
    Id(id): Id,
    body: Bytes,
) -> Result<StatusCode> {
    if body.len() > PHOTO_BYTES_MAX {
        let detail = format!("A photograph has at most {PHOTO_BYTES_MAX} bytes; send a smaller one.");
        return Err(Error::problem(413, "too_large", detail));
    }
    let (id, warehouse) = (&id, device.warehouse);
    let row = core
        .db
        .read(|tx| async move {
            tx.row(
                "SELECT hash FROM photo WHERE warehouse_id = $1 AND id = $2 AND device = $3",
                vals![warehouse, id, &device.id],
            )
            .await
        })
        .await?
        .ok_or_else(|| not_found(id))?;
    let hash = row.text("hash")?;
    if blake3::hash(&body).to_hex().as_str() != hash {
        return Err(Error::problem(422, "bad_hash", "The picture does not have the hash that its fact names."));
    }
    let directory = core.data_dir().join(DIRECTORY);
    tokio::task::spawn_blocking(move || keep(&directory, &hash, &body))
        .await
        .map_err(|_| Error::Stored("the photograph was not written".to_owned()))??;
    let now = clock::now_ms();
    core.db
        .write(|tx| async move {
            let stored = tx
                .row(
                    "UPDATE photo SET stored_ms = $3 WHERE warehouse_id = $1 AND id = $2 AND stored_ms = 0 \
                     RETURNING exception",
                    vals![warehouse, id, now],
                )
                .await?;
            let missed = stored.map_or(Ok(String::new()), |row| row.text("exception"))?;
            let mut changes = Changes::new(warehouse);
            if let Some(exception) = attention::get(&tx, warehouse, &missed).await?
                && exception.state == ExceptionState::Open
            {
                let by = By { name: "core", operator: "", note: "the photograph came" };
                attention::act(&tx, &mut changes, &exception, ExceptionEvent::Overtaken, "", by, now).await?;
            }
            changes.publish(&tx).await
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Writes the file whole or not at all, for this user alone. Its name is its hash, so the same picture
/// is one file and a name is never a path.
fn keep(directory: &Path, hash: &str, bytes: &[u8]) -> Result<()> {
    private_dir(directory)?;
    let path = directory.join(hash);
    if path.is_file() {
        return Ok(());
    }
    let new = directory.join(format!("{hash}.{}", uuid::Uuid::now_v7().simple()));
    let say = || format!("write photograph {}", path.display());
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&new).map_err(Error::io(say()))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io(say()))?;
    std::fs::rename(&new, &path).map_err(Error::io(say()))?;
    std::fs::File::open(directory).and_then(|folder| folder.sync_all()).map_err(Error::io(say()))
}

/// `GET /v1/photos/{id}`.
#[utoipa::path(get, path = "/v1/photos/{id}", tag = "inbound", security(("admin" = [])),
    params(("id" = String, Path, description = "The photograph.")),
    responses((status = 200, description = "The file.", body = Vec<u8>, content_type = "image/jpeg"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "It has not come.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn one(State(core): State<Core>, admin: Admin, Id(id): Id) -> Result<Response> {
    let id = &id;
    let row = core
        .db
        .read(|tx| async move {
            tx.row(
                "SELECT hash FROM photo WHERE warehouse_id = $1 AND id = $2 AND stored_ms > 0",
                vals![admin.warehouse, id],
            )
            .await
        })
        .await?
        .ok_or_else(|| not_found(id))?;
    let path = core.data_dir().join(DIRECTORY).join(row.text("hash")?);
    let bytes = tokio::task::spawn_blocking(move || std::fs::read(path))
        .await
        .map_err(|_| Error::Stored("the photograph was not read".to_owned()))?
        .map_err(Error::io("read photograph"))?;
    let kind = match bytes.as_slice() {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        _ => "application/octet-stream",
    };
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
