//! Items, locations, stock.

use super::paging::{Page, Params};
use crate::auth::Admin;
use crate::entity;
use crate::error::Result;
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::State;
use floorhand_wire::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// An item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemView {
    /// Its identifier, the SKU.
    pub id: String,
    /// Its name without variant.
    pub name: String,
    /// Usually the colour. Empty = none.
    pub variant: String,
    /// Its size. Empty = none.
    pub size: String,
    /// `apparel`, `electronics`, `cosmetics` or `general`.
    pub class: String,
    /// Whether stock of it is kept by lot.
    pub lot_tracked: bool,
    /// Whether every unit has a serial number.
    pub serial_tracked: bool,
    /// Whether its lots expire.
    pub expiry_tracked: bool,
    /// Weight of one unit; 0 = unknown.
    pub weight_grams: i64,
    /// Its codes.
    pub barcodes: Vec<ItemBarcode>,
}

/// A code of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemBarcode {
    /// A GTIN as 14 digits, or another code as it is read.
    pub code: String,
    /// Units in one scan.
    pub qty: i64,
    /// `each`, `inner` or `case`.
    pub unit: String,
}

/// `GET /v1/items`.
#[utoipa::path(get, path = "/v1/items", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("class" = Option<String>, Query, description = "Only items of this class."),
    ),
    responses((status = 200, description = "Items by identifier.", body = Page<ItemView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn items(State(core): State<Core>, _: Admin, params: Params) -> Result<Json<Page<ItemView>>> {
    let params = &params.known(&["class"])?;
    let after: String = params.after()?;
    let class = params.filter_of("class", &["apparel", "electronics", "cosmetics", "general"])?;
    let (rows, codes) = core
        .db
        .read(|tx| async move {
            let rows = tx
                .rows(
                    "SELECT * FROM item WHERE warehouse_id = 0 AND id > $1 AND (class = $2 OR $2 = '') ORDER BY id LIMIT $3",
                    vals![after, class, params.fetch()],
                )
                .await?;
            let ends = match (rows.first(), rows.last()) {
                (Some(first), Some(last)) => Some((first.text("id")?, last.text("id")?)),
                _ => None,
            };
            let codes = match ends {
                Some((first, last)) => {
                    tx.rows(
                        "SELECT b.code, b.item, b.qty, b.unit FROM barcode b \
                         JOIN item i ON i.warehouse_id = b.warehouse_id AND i.id = b.item \
                         WHERE b.warehouse_id = 0 AND b.item >= $1 AND b.item <= $2 AND (i.class = $3 OR $3 = '') \
                         ORDER BY b.item, b.qty, b.code",
                        vals![first, last, class],
                    )
                    .await?
                }
                None => Vec::new(),
            };
            Ok((rows, codes))
        })
        .await?;
    let mut by_item: HashMap<String, Vec<ItemBarcode>> = HashMap::new();
    for row in &codes {
        by_item.entry(row.text("item")?).or_default().push(ItemBarcode {
            code: row.text("code")?,
            qty: row.i64("qty")?,
            unit: row.text("unit")?,
        });
    }
    let views = rows
        .iter()
        .map(|row| {
            let id = row.text("id")?;
            Ok(ItemView {
                name: row.text("name")?,
                variant: row.text("variant")?,
                size: row.text("size")?,
                class: row.text("class")?,
                lot_tracked: row.flag("lot_tracked")?,
                serial_tracked: row.flag("serial_tracked")?,
                expiry_tracked: row.flag("expiry_tracked")?,
                weight_grams: row.i64("weight_grams")?,
                barcodes: by_item.remove(&id).unwrap_or_default(),
                id,
            })
        })
        .collect::<Result<Vec<ItemView>>>()?;
    Page::cut(views, params, |item| item.id.clone()).map(Json)
}

/// A location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LocationView {
    /// Its identifier, which is also what its sign says.
    pub id: String,
    /// What its label reads as.
    pub code: String,
    /// `bin`, `dock`, `staging`, `pack`, `transit` or `virtual`.
    pub kind: String,
    /// Its zone.
    pub zone: String,
    /// Its place on the pick path.
    pub sequence: i64,
    /// Aisle. Empty = none.
    pub aisle: String,
    /// Bay.
    pub bay: String,
    /// Shelf.
    pub shelf: String,
    /// Level from the floor, from 1; 0 = unknown.
    pub level: u8,
    /// Levels of the bay.
    pub levels: u8,
    /// Place on the level, from 1; 0 = unknown.
    pub place: u8,
    /// Places on the level.
    pub places: u8,
}

/// `GET /v1/locations`.
#[utoipa::path(get, path = "/v1/locations", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("kind" = Option<String>, Query, description = "Only locations of this kind."),
        ("zone" = Option<String>, Query, description = "Only locations of this zone."),
    ),
    responses((status = 200, description = "Locations by identifier.", body = Page<LocationView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn locations(
    State(core): State<Core>,
    admin: Admin,
    params: Params,
) -> Result<Json<Page<LocationView>>> {
    let params = &params.known(&["kind", "zone"])?;
    let after: String = params.after()?;
    let kind = params.filter_of("kind", &["bin", "dock", "staging", "pack", "transit", "virtual"])?;
    let rows = core
        .db
        .read(|tx| async move {
            tx.rows(
                "SELECT * FROM location WHERE warehouse_id = $1 AND id > $2 AND (kind = $3 OR $3 = '') \
                 AND (zone = $4 OR $4 = '') ORDER BY id LIMIT $5",
                vals![admin.warehouse, after, kind, params.filter("zone"), params.fetch()],
            )
            .await
        })
        .await?;
    let views = rows
        .iter()
        .map(|row| {
            let location = entity::location_of(row)?;
            Ok(LocationView {
                id: location.id.0,
                code: location.code,
                kind: row.text("kind")?,
                zone: location.zone,
                sequence: location.sequence,
                aisle: location.aisle,
                bay: location.bay,
                shelf: location.shelf,
                level: location.level,
                levels: location.levels,
                place: location.place,
                places: location.places,
            })
        })
        .collect::<Result<Vec<LocationView>>>()?;
    Page::cut(views, params, |location| location.id.clone()).map(Json)
}

/// Stock: units of one lot or serial number in one handling unit at one location in one status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockView {
    /// Where.
    pub location: String,
    /// Of what.
    pub item: String,
    /// Of which lot. Empty = none.
    pub lot: String,
    /// Which unit. Empty = none.
    pub serial: String,
    /// In which handling unit. Empty = loose.
    pub handling_unit: String,
    /// `available`, `allocated` (picked for an order), `in-transit`, `quarantined`, `returned` or `damaged`.
    pub status: String,
    /// Units; below zero where the book was short.
    pub qty: i64,
    /// Units of these that are promised to orders and not picked yet. Promises of units with serial
    /// numbers do not name them; they are shown at the first ones.
    pub allocated: i64,
    /// Expiry of the lot. Empty = none.
    pub expiry: String,
}

type StockKey = (String, String, String, String, String, String);

/// `GET /v1/stock`.
#[utoipa::path(get, path = "/v1/stock", tag = "read", security(("admin" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "Rows of a page, 1 to 1000; 100 where nothing is said."),
        ("after" = Option<String>, Query, description = "`next` of the page before."),
        ("location" = Option<String>, Query, description = "Only stock there. Supplier, customer and loss are shown only when named."),
        ("item" = Option<String>, Query, description = "Only stock of this item."),
        ("handling_unit" = Option<String>, Query, description = "Only stock in this handling unit."),
        ("status" = Option<String>, Query, description = "Only stock in this status."),
    ),
    responses((status = 200, description = "Stock by location, item, lot, serial number, handling unit, status.", body = Page<StockView>),
        (status = 400, description = "A parameter is wrong.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid token.", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn stock(State(core): State<Core>, admin: Admin, params: Params) -> Result<Json<Page<StockView>>> {
    let params = &params.known(&["location", "item", "handling_unit", "status"])?;
    let after: StockKey = params.after()?;
    let status =
        params.filter_of("status", &["available", "allocated", "in-transit", "quarantined", "returned", "damaged"])?;
    let rows = core
        .db
        .read(|tx| async move {
            let (location, item, lot, serial, handling_unit, last) = after;
            tx.rows(
                "SELECT b.location, b.item, b.lot, b.serial, b.handling_unit, b.status, b.qty, \
                 COALESCE(t.expiry, '') AS expiry, \
                 (SELECT COALESCE(CAST(SUM(a.qty) AS BIGINT), 0) FROM allocation a WHERE a.warehouse_id = b.warehouse_id \
                 AND a.item = b.item AND a.location = b.location AND a.lot = b.lot AND a.handling_unit = b.handling_unit \
                 AND a.serial = b.serial AND b.status = 'available') AS named, \
                 (SELECT COALESCE(CAST(SUM(a.qty) AS BIGINT), 0) FROM allocation a WHERE a.warehouse_id = b.warehouse_id \
                 AND a.item = b.item AND a.location = b.location AND a.lot = b.lot AND a.handling_unit = b.handling_unit \
                 AND a.serial = '' AND b.serial <> '' AND b.status = 'available') AS unnamed, \
                 (SELECT COUNT(*) FROM balance o WHERE o.warehouse_id = b.warehouse_id AND o.item = b.item \
                 AND o.location = b.location AND o.lot = b.lot AND o.handling_unit = b.handling_unit \
                 AND o.status = b.status AND o.serial < b.serial AND o.serial <> '') AS ahead \
                 FROM balance b LEFT JOIN lot t ON t.warehouse_id = b.warehouse_id AND t.item = b.item AND t.lot = b.lot \
                 WHERE b.warehouse_id = $1 \
                 AND (b.location, b.item, b.lot, b.serial, b.handling_unit, b.status) > ($2, $3, $4, $5, $6, $7) \
                 AND (b.location = $8 OR ($8 = '' AND b.location NOT IN ('SUPPLIER', 'CUSTOMER', 'LOSS'))) \
                 AND (b.item = $9 OR $9 = '') AND (b.handling_unit = $10 OR $10 = '') AND (b.status = $11 OR $11 = '') \
                 ORDER BY b.location, b.item, b.lot, b.serial, b.handling_unit, b.status LIMIT $12",
                vals![
                    admin.warehouse,
                    location,
                    item,
                    lot,
                    serial,
                    handling_unit,
                    last,
                    params.filter("location"),
                    params.filter("item"),
                    params.filter("handling_unit"),
                    status,
                    params.fetch()
                ],
            )
            .await
        })
        .await?;
    let views = rows
        .iter()
        .map(|row| {
            let unnamed = i64::from(row.i64("ahead")? < row.i64("unnamed")?);
            Ok(StockView {
                location: row.text("location")?,
                item: row.text("item")?,
                lot: row.text("lot")?,
                serial: row.text("serial")?,
                handling_unit: row.text("handling_unit")?,
                status: row.text("status")?,
                qty: row.i64("qty")?,
                allocated: row.i64("named")? + unnamed,
                expiry: row.text("expiry")?,
            })
        })
        .collect::<Result<Vec<StockView>>>()?;
    let key = |row: &StockView| -> StockKey {
        let row = row.clone();
        (row.location, row.item, row.lot, row.serial, row.handling_unit, row.status)
    };
    Page::cut(views, params, key).map(Json)
}
