//! The read API and the orders coming in, for people and programs with an admin token. Described
//! at `/openapi.json`.

mod doc;
mod items;
mod log;
mod orders;
mod paging;
mod reply;
mod scannable;
mod tasks;

pub use doc::{openapi, openapi_json};
pub use reply::Refusal;

use crate::server::Core;
use axum::Router;
use axum::routing::{get, post};

/// The routes of this module, with 404 and 405 as problems for every route.
pub fn router(core: Core) -> Router {
    Router::new()
        .route("/healthz", get(log::healthz))
        .route("/openapi.json", get(doc::serve))
        .route("/v1/items", get(items::items))
        .route("/v1/locations", get(items::locations))
        .route("/v1/stock", get(items::stock))
        .route("/v1/orders", get(orders::list).post(orders::post))
        .route("/v1/orders/{id}", get(orders::one))
        .route("/v1/releases", post(orders::release))
        .route("/v1/tasks", get(tasks::list))
        .route("/v1/tasks/{id}", get(tasks::one))
        .route("/v1/facts", get(log::facts))
        .route("/v1/exceptions", get(log::exceptions))
        .route("/v1/devices", get(log::devices))
        .fallback(reply::no_such_path)
        .method_not_allowed_fallback(reply::no_such_method)
        .with_state(core)
}
