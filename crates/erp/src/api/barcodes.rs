//! Barcodes: bound to items. Facts that waited for the code are taken up.

use super::reply::{InvalidBody, Json as Body, Refusal};
use crate::auth::Admin;
use crate::entity;
use crate::feed::Changes;
use crate::orders::Fault;
use crate::orders::intake::{Faults, LINE_QTY_MAX, whole};
use crate::push::rerun_parked;
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use floorhand_domain::master::{Barcode, Unit};
use floorhand_gs1::Gtin;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Characters of a code at the most.
const CODE_MAX: usize = 90;

/// The body of `POST /v1/barcodes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BarcodeBody {
    /// A GTIN of 8, 12, 13 or 14 digits, or another code as it is read.
    pub code: String,
    /// The item it stands for.
    pub item: String,
    /// Units of the item in one scan; 1 where nothing is said.
    #[serde(default)]
    pub qty: Option<i64>,
    /// `each` (where nothing is said), `inner` or `case`.
    #[serde(default)]
    pub unit: Option<String>,
}

/// A barcode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BarcodeView {
    /// A GTIN as 14 digits, or another code as it is read.
    pub code: String,
    /// The item it stands for.
    pub item: String,
    /// Units of the item in one scan.
    pub qty: i64,
    /// `each`, `inner` or `case`.
    pub unit: String,
}

fn read(body: &Value) -> std::result::Result<Barcode, Vec<Fault>> {
    let mut faults = Faults::default();
    let given = |name: &str| body.get(name).filter(|value| !value.is_null());
    let text = |faults: &mut Faults, name: &str| match given(name).and_then(Value::as_str) {
        Some(text) if (1..=CODE_MAX).contains(&text.len()) && !text.chars().any(char::is_control) => text.to_owned(),
        _ => {
            faults.add(name, format!("must be a printable text of 1 to {CODE_MAX} bytes"));
            String::new()
        }
    };
    let code = text(&mut faults, "code");
    let barcode = Barcode {
        // GS1 General Specifications, 7.9: GTINs are compared as 14 digits.
        code: Gtin::from_digits(&code).map_or(code, |gtin| gtin.as_str().to_owned()),
        item: text(&mut faults, "item").into(),
        qty: given("qty").map_or(1, |qty| whole(&mut faults, "qty", qty, 1, LINE_QTY_MAX)),
        unit: match given("unit").map(|unit| serde_json::from_value(unit.clone())) {
            None => Unit::Each,
            Some(Ok(unit)) => unit,
            Some(Err(_)) => {
                faults.add("unit", "must be \"each\", \"inner\" or \"case\"");
                Unit::Each
            }
        },
    };
    faults.or(barcode)
}

enum Bound {
    New,
    Again,
    Taken(String),
    NoItem,
}

/// `POST /v1/barcodes`: binds a code to an item. Goods that were received under it are booked.
#[utoipa::path(post, path = "/v1/barcodes", tag = "inbound", security(("admin" = [])), request_body = BarcodeBody,
    responses((status = 201, description = "The code means the item from now on.", body = BarcodeView),
        (status = 200, description = "It does already.", body = BarcodeView),
        (status = 400, description = "The body is not JSON.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token may only read.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The code means something else.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong; each is named with the way out.", body = InvalidBody, content_type = "application/problem+json")))]
pub(super) async fn post(
    State(core): State<Core>,
    admin: Admin,
    Body(body): Body,
) -> std::result::Result<Response, Refusal> {
    admin.may_write()?;
    let barcode = read(&body).map_err(Refusal::Faults)?;
    let (wanted, warehouse) = (&barcode, admin.warehouse);
    let bound = core
        .db
        .write(|tx| async move {
            let found =
                tx.lock("SELECT * FROM barcode WHERE warehouse_id = 0 AND code = $1", vals![&wanted.code]).await?;
            if let Some(row) = found.first() {
                let known = entity::barcode_of(row)?;
                return Ok(if known == *wanted { Bound::Again } else { Bound::Taken(known.item.0) });
            }
            if entity::item(&tx, &wanted.item).await?.is_none() {
                return Ok(Bound::NoItem);
            }
            let mut changes = Changes::new(warehouse);
            entity::put_barcode(&tx, &mut changes, wanted).await?;
            changes.publish(&tx).await?;
            Ok(Bound::New)
        })
        .await?;
    let status = match bound {
        Bound::NoItem => {
            let way_out = "no such item in the catalogue; GET /v1/items lists the items";
            return Err(Refusal::Faults(vec![Fault::new("item", way_out)]));
        }
        Bound::Taken(item) => {
            let detail = format!("Code {} means {item} already, or another quantity of it.", barcode.code);
            return Err(Refusal::problem(409, "id_taken", detail));
        }
        Bound::Again => StatusCode::OK,
        Bound::New => StatusCode::CREATED,
    };
    // Also when it was there before: an earlier request may have ended between the two.
    rerun_parked(&core.db).await?;
    let view =
        BarcodeView { unit: entity::name(&barcode.unit), code: barcode.code, item: barcode.item.0, qty: barcode.qty };
    Ok((status, Json(view)).into_response())
}
