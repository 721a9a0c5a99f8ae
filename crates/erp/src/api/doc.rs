//! The description of everything the core answers, as OpenAPI 3.1.

use super::{
    approvals, availability, barcodes, counts, deliveries, exceptions, items, log, orders, outbound, photos,
    purchase_orders, refunds, reply::InvalidBody, returns, rmas, tasks,
};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use floorhand_wire::enrol::{
    ClaimRequest, ClaimResponse, EnrolRequest, EnrolResponse, EpochRequest, EpochResponse, NonceResponse, TokenRequest,
    TokenResponse,
};
use floorhand_wire::feed::{BootstrapResponse, ExceptionRow, OutcomeRow, PullResponse, RefundRow, Row};
use floorhand_wire::problem::Problem;
use floorhand_wire::push::{PushRequest, PushResponse, WireFact};
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Floorhand ERP core",
        description = "Read API, orders, and the sync protocol of the devices. Lists are paged by `after`; refusals are \
            RFC 7807 problems. Every answer carries `floorhand-server-time` and `floorhand-server-epoch`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        log::healthz, items::items, items::locations, items::stock, orders::list, orders::one, orders::post, orders::release,
        tasks::list, tasks::one, log::facts, log::devices,
        sync::enrol, sync::nonce, sync::token, sync::epoch, sync::claim, sync::push, sync::pull, sync::bootstrap,
        purchase_orders::list, purchase_orders::one, purchase_orders::post, purchase_orders::close,
        purchase_orders::cancel, deliveries::list, deliveries::one, deliveries::post, deliveries::arrive,
        deliveries::close, deliveries::cancel, deliveries::receipt, availability::list, barcodes::post,
        photos::one, photos::post,
        exceptions::list, exceptions::one, exceptions::resolve, approvals::list, approvals::decide,
        counts::list, counts::one, counts::plan, counts::replenish,
        outbound::hold_order, outbound::release_order, outbound::cancel_order, outbound::shipments,
        outbound::carton_types, outbound::set_carton_type, outbound::get_carriers, outbound::set_carriers,
        rmas::list, rmas::one, rmas::post, rmas::cancel, rmas::close, returns::list, returns::get_policy,
        returns::set_policy, refunds::list, refunds::decide, refunds::claims, refunds::set_claim,
    ),
    components(schemas(Problem, InvalidBody, WireFact, Row, OutcomeRow, ExceptionRow, RefundRow)),
    modifiers(&Tokens),
    tags(
        (name = "read", description = "What there is, for people and programs with an admin token."),
        (name = "orders", description = "Work coming in."),
        (name = "inbound", description = "Goods coming in."),
        (name = "returns", description = "Goods coming back, and the money for them."),
        (name = "decide", description = "What supervisors decide and ask for, with a token of theirs."),
        (name = "sync", description = "Between devices and the core."),
    )
)]
struct Api;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut Document) {
        let scheme = |words: &str| {
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(words)).build())
        };
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("admin", scheme("Printed by `floorhand-erp admin-token`."));
        components.add_security_scheme("device", scheme("From `POST /v1/token`, good for 30 minutes."));
    }
}

/// The description.
#[must_use]
pub fn openapi() -> Document {
    Api::openapi()
}

/// The description as it is served and kept beside the sources.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn openapi_json() -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&openapi())?;
    text.push('\n');
    Ok(text)
}

/// `GET /openapi.json`.
pub(super) async fn serve() -> crate::error::Result<Response> {
    Ok(([(header::CONTENT_TYPE, "application/json")], openapi_json()?).into_response())
}

/// The sync protocol for the description; the handlers are in modules of their own.
#[allow(dead_code)]
mod sync {
    use super::{
        BootstrapResponse, ClaimRequest, ClaimResponse, EnrolRequest, EnrolResponse, EpochRequest, EpochResponse,
        NonceResponse, Problem, PullResponse, PushRequest, PushResponse, TokenRequest, TokenResponse,
    };

    #[utoipa::path(post, path = "/v1/enrol", tag = "sync", request_body = EnrolRequest,
        responses((status = 200, description = "The device is known.", body = EnrolResponse),
            (status = 403, description = "The code is not valid.", body = Problem, content_type = "application/problem+json")))]
    pub(super) fn enrol() {}

    #[utoipa::path(post, path = "/v1/nonce", tag = "sync",
        responses((status = 200, description = "Good for one token request within 60 seconds.", body = NonceResponse)))]
    pub(super) fn nonce() {}

    #[utoipa::path(post, path = "/v1/token", tag = "sync", request_body = TokenRequest,
        responses((status = 200, description = "A bearer token.", body = TokenResponse),
            (status = 401, description = "Unknown device, nonce or signature.", body = Problem, content_type = "application/problem+json")))]
    pub(super) fn token() {}

    #[utoipa::path(post, path = "/v1/epoch", tag = "sync", security(("device" = [])), request_body = EpochRequest,
        responses((status = 200, description = "The epoch for new facts.", body = EpochResponse),
            (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
    pub(super) fn epoch() {}

    #[utoipa::path(post, path = "/v1/tasks/{id}/claim", tag = "sync", security(("device" = [])), request_body = ClaimRequest,
        params(("id" = String, Path, description = "The task.")),
        responses((status = 200, description = "The task is held.", body = ClaimResponse),
            (status = 403, description = "`operator_ended`, or `not_allowed`: the work takes another role.", body = Problem, content_type = "application/problem+json"),
            (status = 404, description = "No such task.", body = Problem, content_type = "application/problem+json"),
            (status = 409, description = "Somebody else holds it.", body = Problem, content_type = "application/problem+json")))]
    pub(super) fn claim() {}

    #[utoipa::path(post, path = "/v1/sync/push", tag = "sync", security(("device" = [])), request_body = PushRequest,
        responses((status = 200, description = "The facts are in the log; also when some were rejected.", body = PushResponse),
            (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
            (status = 409, description = "`gap` or `fork`.", body = Problem, content_type = "application/problem+json"),
            (status = 413, description = "Too much at once.", body = Problem, content_type = "application/problem+json")))]
    pub(super) fn push() {}

    #[utoipa::path(get, path = "/v1/sync/pull", tag = "sync", security(("device" = [])),
        params(("cursor" = Option<String>, Query, description = "From the answer before; absent = from the beginning."),
            ("limit" = Option<u32>, Query, description = "Rows at the most."),
            ("wait" = Option<u32>, Query, description = "Seconds to wait where there is nothing new, at most 25.")),
        responses((status = 200, description = "Rows that changed.", body = PullResponse),
            (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
            (status = 410, description = "`must_resync`: bootstrap the stream.", body = Problem, content_type = "application/problem+json")))]
    pub(super) fn pull() {}

    #[utoipa::path(get, path = "/v1/sync/bootstrap", tag = "sync", security(("device" = [])),
        params(("stream" = String, Query, description = "The stream."),
            ("after" = Option<String>, Query, description = "From the page before."),
            ("limit" = Option<u32>, Query, description = "Rows at the most, 2000.")),
        responses((status = 200, description = "Rows in key order.", body = BootstrapResponse),
            (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
    pub(super) fn bootstrap() {}
}
