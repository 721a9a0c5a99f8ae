//! The description of the API is kept beside the sources, so that a change of it is seen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;

/// `UPDATE_OPENAPI=1` writes the file anew, and fails once so that it is noticed.
#[test]
fn the_description_is_the_one_in_the_repository() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = floorhand_erp::api::openapi_json().unwrap();
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if now != kept && std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, &now).unwrap();
        panic!("{} was written anew; look at the difference and run the test again", file.display());
    }
    assert!(
        now == kept,
        "openapi.json is not what the core answers; run with UPDATE_OPENAPI=1 and look at the difference"
    );
}

#[test]
fn every_operation_is_described() {
    let document = serde_json::to_value(floorhand_erp::api::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    for path in [
        "/healthz",
        "/v1/items",
        "/v1/locations",
        "/v1/stock",
        "/v1/orders",
        "/v1/orders/{id}",
        "/v1/releases",
        "/v1/tasks",
        "/v1/tasks/{id}",
        "/v1/facts",
        "/v1/exceptions",
        "/v1/exceptions/{id}",
        "/v1/exceptions/{id}/resolve",
        "/v1/approvals",
        "/v1/approvals/{id}",
        "/v1/counts",
        "/v1/counts/{id}",
        "/v1/counts/plan",
        "/v1/replenish",
        "/v1/devices",
        "/v1/enrol",
        "/v1/nonce",
        "/v1/token",
        "/v1/epoch",
        "/v1/tasks/{id}/claim",
        "/v1/sync/push",
        "/v1/sync/pull",
        "/v1/sync/bootstrap",
        "/v1/purchase-orders",
        "/v1/purchase-orders/{id}",
        "/v1/purchase-orders/{id}/close",
        "/v1/purchase-orders/{id}/cancel",
        "/v1/deliveries",
        "/v1/deliveries/{id}",
        "/v1/deliveries/{id}/arrive",
        "/v1/deliveries/{id}/close",
        "/v1/deliveries/{id}/cancel",
        "/v1/receipts/{id}",
        "/v1/availability",
        "/v1/barcodes",
        "/v1/photos/{id}",
        "/v1/orders/{id}/hold",
        "/v1/orders/{id}/release",
        "/v1/orders/{id}/cancel",
        "/v1/shipments",
        "/v1/carton-types",
        "/v1/carriers",
        "/v1/rmas",
        "/v1/rmas/{id}",
        "/v1/rmas/{id}/cancel",
        "/v1/rmas/{id}/close",
        "/v1/returns",
        "/v1/return-policy",
        "/v1/refunds",
        "/v1/refunds/{id}",
        "/v1/vendor-claims",
        "/v1/vendor-claims/{id}",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    // Every reference leads somewhere.
    let text = document.to_string();
    for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "schema {name} is missing");
    }
}
