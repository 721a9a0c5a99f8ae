//! Physical, sellable and promised: three numbers, never one.

use super::paging::{Page, Params};
use crate::auth::Admin;
use crate::error::{Error, Result};
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much there is of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Availability {
    /// The item.
    pub item: String,
    /// Where, with `by=location`; empty there = at no place yet: inbound without a door, backorders.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub location: String,
    /// Units in the building in whatever status.
    pub physical: i64,
    /// Units in status available that no order was promised.
    pub sellable: i64,
    /// Sellable, and what is still to come of open deliveries or has come and is not released, less
    /// backorders.
    pub promised: i64,
}

/// `GET /v1/availability`.
#[utoipa::path(get, path = "/v1/availability", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("item" = Option<String>, Query, description = "Only this item."),
        ("by" = Option<String>, Query, description = "`location`: a row a place; needs `item`."),
    ),
    responses((status = 200, description = "Three numbers an item, by item.", body = Page<Availability>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<Availability>>> {
    let params = &params.known(&["item", "by"])?;
    let after: Option<(String, String)> = params.after()?;
    let (item, by) = (params.filter("item"), params.filter_of("by", &["location"])?);
    if item.is_empty() && !by.is_empty() {
        return Err(Error::problem(400, "bad_parameter", "by=location needs an item; name one"));
    }
    let more = i64::from(after.is_some());
    let (last_item, last_location) = after.unwrap_or_default();
    let rows = core
        .db
        .read(|tx| async move {
            tx.rows(
                "WITH page AS (SELECT id FROM item WHERE warehouse_id = 0 \
                 AND (id = $2 OR ($2 = '' AND id > $4)) ORDER BY id LIMIT $6) \
                 SELECT item, location, CAST(SUM(physical) AS BIGINT) AS physical, CAST(SUM(sellable) AS BIGINT) AS sellable, \
                 CAST(SUM(sellable + inbound - backordered) AS BIGINT) AS promised FROM ( \
                 SELECT p.id AS item, '' AS location, 0 AS physical, 0 AS sellable, 0 AS inbound, 0 AS backordered FROM page p \
                 UNION ALL SELECT p.id, CASE WHEN $3 = 'location' THEN b.location ELSE '' END, b.qty, \
                 CASE WHEN b.status = 'available' THEN b.qty ELSE 0 END, \
                 CASE WHEN b.status = 'in-transit' THEN b.qty ELSE 0 END, 0 \
                 FROM page p JOIN balance b ON b.warehouse_id = $1 AND b.item = p.id \
                 AND b.location NOT IN ('SUPPLIER', 'CUSTOMER', 'LOSS') \
                 UNION ALL SELECT p.id, CASE WHEN $3 = 'location' THEN a.location ELSE '' END, 0, -a.qty, 0, 0 \
                 FROM page p JOIN allocation a ON a.warehouse_id = $1 AND a.item = p.id \
                 UNION ALL SELECT p.id, CASE WHEN $3 = 'location' THEN d.door ELSE '' END, 0, 0, l.ordered - l.received, 0 \
                 FROM page p JOIN delivery_line l ON l.warehouse_id = $1 AND l.item = p.id AND l.state = 'open' \
                 AND l.ordered > l.received JOIN delivery d ON d.warehouse_id = l.warehouse_id AND d.id = l.delivery \
                 AND d.state IN ('due', 'arrived', 'started') \
                 UNION ALL SELECT p.id, '', 0, 0, 0, o.backordered FROM page p JOIN order_line o ON o.warehouse_id = $1 \
                 AND o.item = p.id AND o.state <> 'cancelled' \
                 ) AS parts WHERE ($3 = '' OR $7 = 0 OR location > $5) GROUP BY item, location \
                 ORDER BY item, location LIMIT $6",
                vals![admin.warehouse, item, by, last_item, last_location, params.fetch(), more],
            )
            .await
        })
        .await?;
    let views = rows
        .iter()
        .map(|row| {
            Ok(Availability {
                item: row.text("item")?,
                location: row.text("location")?,
                physical: row.i64("physical")?,
                sellable: row.i64("sellable")?,
                promised: row.i64("promised")?,
            })
        })
        .collect::<Result<Vec<Availability>>>()?;
    Page::cut(views, params, |row| Some((row.item.clone(), row.location.clone()))).map(Json)
}
