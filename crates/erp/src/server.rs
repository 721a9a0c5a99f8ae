//! The HTTP server: the sync protocol and the read API on one router.

use crate::db::Db;
use crate::error::{Error, Result, problem, problem_response};
use crate::vals;
use crate::{api, auth, bootstrap, claim, clock, enrol, entity, pull, push, sweep};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use floorhand_wire::{HEADER_SERVER_EPOCH, HEADER_SERVER_TIME};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;

/// Bytes of a request body at the most, after decompression. A push has a smaller limit of its own.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of a plain-text refusal that go into a problem.
const PLAIN_BYTES_MAX: usize = 4096;

/// The ERP core: what every handler shares.
#[derive(Debug, Clone)]
pub struct Core {
    /// The database.
    pub db: Db,
    server_epoch: Arc<str>,
    data_dir: Arc<Path>,
    closing: Arc<watch::Sender<bool>>,
    pub(crate) trouble: push::Trouble,
}

impl Core {
    /// Opens the database and reads who this core is.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn open(data_dir: &Path, database_url: Option<&str>) -> Result<Self> {
        Self::new(Db::open(data_dir, database_url).await?, data_dir).await
    }

    /// A core on an open database, with files in `data_dir`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn new(db: Db, data_dir: &Path) -> Result<Self> {
        let fresh = auth::secret();
        let fresh = &fresh;
        let epoch = db
            .write(|tx| async move {
                tx.execute(
                    "INSERT INTO warehouse (warehouse_id, name) VALUES ($1, 'Warehouse 1') \
                     ON CONFLICT (warehouse_id) DO NOTHING",
                    vals![entity::DEFAULT_WAREHOUSE],
                )
                .await?;
                tx.execute(
                    "INSERT INTO core_meta (k, v) VALUES ('server_epoch', $1) ON CONFLICT (k) DO NOTHING",
                    vals![fresh],
                )
                .await?;
                tx.row("SELECT v FROM core_meta WHERE k = 'server_epoch'", &[])
                    .await?
                    .ok_or_else(|| Error::Stored("server_epoch".to_owned()))?
                    .text("v")
            })
            .await?;
        Ok(Self {
            db,
            server_epoch: epoch.into(),
            data_dir: data_dir.into(),
            closing: Arc::new(watch::Sender::new(false)),
            trouble: push::Trouble::default(),
        })
    }

    /// Random, replaced whenever the core is restored from a backup.
    #[must_use]
    pub fn server_epoch(&self) -> &str {
        &self.server_epoch
    }

    /// Where files are kept beside the database.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Resolves when the server is to stop, so that a long poll does not hold it up.
    pub(crate) async fn closing(&self) {
        let mut closing = self.closing.subscribe();
        // An error means that the sender is gone, which is closing too.
        let _ = closing.wait_for(|closing| *closing).await;
    }
}

/// Replaces the server epoch, which makes every device fetch its base anew and offer again what
/// the core may have forgotten. To be called after a restore, while no core runs on the data.
///
/// # Errors
/// When the database refuses.
pub async fn renew_server_epoch(db: &Db) -> Result<()> {
    let fresh = auth::secret();
    let fresh = &fresh;
    db.write(|tx| async move { tx.execute("UPDATE core_meta SET v = $1 WHERE k = 'server_epoch'", vals![fresh]).await })
        .await
        .map(|_| ())
}

/// Everything the core answers.
pub fn router(core: Core) -> Router {
    let sync = Router::new()
        .route("/v1/enrol", post(enrol::enrol))
        .route("/v1/nonce", post(enrol::nonce))
        .route("/v1/token", post(enrol::token))
        .route("/v1/epoch", post(enrol::epoch))
        .route("/v1/tasks/{id}/claim", post(claim::claim))
        .route("/v1/sync/push", post(push::push))
        .route("/v1/sync/pull", get(pull::pull))
        .route("/v1/sync/bootstrap", get(bootstrap::bootstrap))
        .with_state(core.clone());
    api::router(core.clone())
        .merge(sync)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestDecompressionLayer::new())
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        // Outermost, so that refusals and panics carry clock and epoch too.
        .layer(middleware::from_fn_with_state(core, stamp))
}

fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    problem_response(&problem(500, "internal", "The core could not do this; its log says why."))
}

/// What the framework refuses by itself (a path that is not there, a body or query that does not
/// read) comes as plain text; clients get one form of error from everywhere.
async fn as_problem(response: Response) -> Response {
    let status = response.status();
    let own = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    if own || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let text = axum::body::to_bytes(response.into_body(), PLAIN_BYTES_MAX).await.unwrap_or_default();
    let code = match status.as_u16() {
        404 => "not_found",
        405 => "method_not_allowed",
        413 => "too_large",
        415 => "unsupported_media_type",
        400..=499 => "bad_request",
        _ => "internal",
    };
    let detail = match String::from_utf8_lossy(&text).trim() {
        "" => status.canonical_reason().unwrap_or_default().to_owned(),
        text => text.to_owned(),
    };
    let mut response = problem_response(&problem(status.as_u16(), code, detail));
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

async fn stamp(State(core): State<Core>, request: Request, next: Next) -> Response {
    let mut response = as_problem(next.run(request).await).await;
    let headers = response.headers_mut();
    if let Ok(time) = HeaderValue::from_str(&clock::rfc3339(clock::now_ms())) {
        headers.insert(HeaderName::from_static(HEADER_SERVER_TIME), time);
    }
    if let Ok(epoch) = HeaderValue::from_str(core.server_epoch()) {
        headers.insert(HeaderName::from_static(HEADER_SERVER_EPOCH), epoch);
    }
    response
}

/// Serves until `shutdown` resolves, then finishes what is under way. Long polls end at once.
///
/// # Errors
/// When parked facts cannot be run again, or the socket fails.
pub async fn serve(
    core: Core,
    listener: tokio::net::TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    push::rerun_parked(&core.db).await?;
    let sweeper = tokio::spawn(sweep::run(core.db.clone()));
    let app = router(core.clone());
    let stop = async move {
        shutdown.await;
        core.closing.send_replace(true);
    };
    let outcome = axum::serve(listener, app).with_graceful_shutdown(stop).await;
    sweeper.abort();
    outcome.map_err(Error::io("serve HTTP"))
}
