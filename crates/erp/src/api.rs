//! The read API and the orders coming in, for people and programs with an admin token. Described
//! at `/openapi.json`.

mod approvals;
mod availability;
mod barcodes;
mod counts;
mod deliveries;
mod doc;
mod exceptions;
mod items;
mod log;
mod once;
mod orders;
mod outbound;
mod paging;
mod photos;
mod purchase_orders;
mod refunds;
mod reply;
mod returns;
mod rmas;
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
        .route("/v1/exceptions", get(exceptions::list))
        .route("/v1/exceptions/{id}", get(exceptions::one))
        .route("/v1/exceptions/{id}/resolve", post(exceptions::resolve))
        .route("/v1/approvals", get(approvals::list))
        .route("/v1/approvals/{id}", post(approvals::decide))
        .route("/v1/counts", get(counts::list))
        .route("/v1/counts/plan", post(counts::plan))
        .route("/v1/counts/{id}", get(counts::one))
        .route("/v1/replenish", post(counts::replenish))
        .route("/v1/devices", get(log::devices))
        .route("/v1/purchase-orders", get(purchase_orders::list).post(purchase_orders::post))
        .route("/v1/purchase-orders/{id}", get(purchase_orders::one))
        .route("/v1/purchase-orders/{id}/close", post(purchase_orders::close))
        .route("/v1/purchase-orders/{id}/cancel", post(purchase_orders::cancel))
        .route("/v1/deliveries", get(deliveries::list).post(deliveries::post))
        .route("/v1/deliveries/{id}", get(deliveries::one))
        .route("/v1/deliveries/{id}/arrive", post(deliveries::arrive))
        .route("/v1/deliveries/{id}/close", post(deliveries::close))
        .route("/v1/deliveries/{id}/cancel", post(deliveries::cancel))
        .route("/v1/receipts/{id}", get(deliveries::receipt))
        .route("/v1/availability", get(availability::list))
        .route("/v1/barcodes", post(barcodes::post))
        .route("/v1/photos/{id}", get(photos::one).post(photos::post))
        .route("/v1/orders/{id}/hold", post(outbound::hold_order))
        .route("/v1/orders/{id}/release", post(outbound::release_order))
        .route("/v1/orders/{id}/cancel", post(outbound::cancel_order))
        .route("/v1/shipments", get(outbound::shipments))
        .route("/v1/carton-types", get(outbound::carton_types).post(outbound::set_carton_type))
        .route("/v1/carriers", get(outbound::get_carriers).put(outbound::set_carriers))
        .route("/v1/rmas", get(rmas::list).post(rmas::post))
        .route("/v1/rmas/{id}", get(rmas::one))
        .route("/v1/rmas/{id}/cancel", post(rmas::cancel))
        .route("/v1/rmas/{id}/close", post(rmas::close))
        .route("/v1/returns", get(returns::list))
        .route("/v1/return-policy", get(returns::get_policy).put(returns::set_policy))
        .route("/v1/refunds", get(refunds::list))
        .route("/v1/refunds/{id}", post(refunds::decide))
        .route("/v1/vendor-claims", get(refunds::claims))
        .route("/v1/vendor-claims/{id}", post(refunds::set_claim))
        .fallback(reply::no_such_path)
        .method_not_allowed_fallback(reply::no_such_method)
        .with_state(core)
}
