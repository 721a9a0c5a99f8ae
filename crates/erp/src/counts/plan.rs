//! Planned counts: of a zone, of a class of items, of named places or items.

use super::tasks::{Wanted, open_line, open_task};
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::orders::Fault;
use crate::vals;
use floorhand_domain::id::ItemId;
use floorhand_domain::master::Location;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Places of one plan at the most; the answer says whether there are more.
pub const PLACES_MAX: usize = 500;
/// Lines of one task at the most.
pub const PER_TASK_MAX: usize = 100;
/// Lines of one task where nothing was said.
pub const PER_TASK: usize = 20;
/// Characters of an identifier at the most.
const ID_MAX: usize = 64;

/// What is to be counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum What {
    /// Every bin of a zone.
    Zone(String),
    /// Items of a class by turnover, wherever they are.
    Abc(String),
    /// These locations, whole.
    Locations(Vec<String>),
    /// These items, wherever they are.
    Items(Vec<String>),
}

/// A request for a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Chosen by the caller, so that a repeated request is one plan.
    pub id: String,
    /// What is to be counted.
    pub what: What,
    /// Lines of one task at the most.
    pub per_task: usize,
}

/// What a plan made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Planned {
    /// The count tasks.
    pub tasks: Vec<String>,
    /// Their lines.
    pub lines: usize,
    /// Places that were asked for already.
    pub already: usize,
    /// Whether there are places beyond the bound of one plan; the same plan under another id takes them.
    pub more: bool,
}

impl Request {
    /// Reads a request as it is posted.
    ///
    /// # Errors
    /// Every fault found, named by its field.
    pub fn read(body: &Value) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let given = |name: &str| body.get(name).filter(|value| !value.is_null());
        let text = |value: &Value| value.as_str().filter(|text| (1..=ID_MAX).contains(&text.len())).map(str::to_owned);
        let id = given("id").and_then(text).unwrap_or_else(|| {
            faults.push(Fault::new("id", format!("must be a text of 1 to {ID_MAX} characters")));
            String::new()
        });
        let list = |value: &Value| -> Option<Vec<String>> {
            let list = value.as_array().filter(|list| (1..=PLACES_MAX).contains(&list.len()))?;
            let mut list = list.iter().map(text).collect::<Option<Vec<String>>>()?;
            list.sort_unstable();
            list.dedup();
            Some(list)
        };
        let mut found = Vec::new();
        for name in ["zone", "abc", "locations", "items"] {
            let Some(value) = given(name) else { continue };
            let what = match name {
                "zone" => text(value).map(What::Zone),
                "abc" => text(value).filter(|class| ["A", "B", "C"].contains(&class.as_str())).map(What::Abc),
                "locations" => list(value).map(What::Locations),
                _ => list(value).map(What::Items),
            };
            match what {
                Some(what) => found.push(what),
                None if name == "abc" => faults.push(Fault::new(name, "must be \"A\", \"B\" or \"C\"")),
                None if name == "zone" => faults.push(Fault::new(name, "must be the name of a zone")),
                None => faults.push(Fault::new(name, format!("must be a list of 1 to {PLACES_MAX} identifiers"))),
            }
        }
        let per_task = match given("per_task") {
            None => PER_TASK,
            Some(value) => value
                .as_u64()
                .and_then(|n| usize::try_from(n).ok())
                .filter(|n| (1..=PER_TASK_MAX).contains(n))
                .unwrap_or_else(|| {
                    faults.push(Fault::new("per_task", format!("must be a whole number from 1 to {PER_TASK_MAX}")));
                    1
                }),
        };
        let what = match (found.pop(), found.is_empty()) {
            (Some(what), true) => what,
            _ => {
                if faults.is_empty() {
                    faults.push(Fault::new("", "name one of zone, abc, locations, items"));
                }
                What::Zone(String::new())
            }
        };
        if faults.is_empty() { Ok(Self { id, what, per_task }) } else { Err(faults) }
    }
}

/// Makes count tasks: each of one zone and of `per_task` lines at the most. Places that are asked for
/// already are left as they are.
///
/// # Errors
/// When the database refuses. Faults name places and items that are not known.
pub async fn plan(
    tx: &Tx,
    changes: &mut Changes,
    request: &Request,
    now: i64,
) -> Result<std::result::Result<Planned, Vec<Fault>>> {
    let warehouse = changes.warehouse();
    let (trigger, rows) = match &request.what {
        What::Zone(zone) => ("zone", zone_rows(tx, warehouse, zone).await?),
        What::Abc(class) => ("abc", abc_rows(tx, warehouse, class).await?),
        What::Locations(names) => match location_rows(tx, warehouse, names).await? {
            Ok(rows) => ("", rows),
            Err(faults) => return Ok(Err(faults)),
        },
        What::Items(names) => match item_rows(tx, warehouse, names).await? {
            Ok(rows) => ("", rows),
            Err(faults) => return Ok(Err(faults)),
        },
    };
    let mut planned = Planned::default();
    let mut zones: BTreeMap<String, Vec<(Location, Wanted)>> = BTreeMap::new();
    for row in rows {
        let place = entity::location_of(&row)?;
        let item: ItemId = row.text("counted_item")?.into();
        if open_line(tx, warehouse, &place.id, &item, false).await?.is_some() {
            planned.already += 1;
            continue;
        }
        if planned.lines == PLACES_MAX {
            planned.more = true;
            break;
        }
        planned.lines += 1;
        let wanted = Wanted::new(&place.id, &item, trigger);
        zones.entry(place.zone.clone()).or_default().push((place, wanted));
    }
    for places in zones.into_values() {
        for places in places.chunks(request.per_task) {
            planned.tasks.push(open_task(tx, changes, 0, places, now).await?.0.0);
        }
    }
    Ok(Ok(planned))
}

/// Rows read to find a plan's places: those asked for already are skipped among them.
const ROWS_MAX: i64 = 5000;

async fn zone_rows(tx: &Tx, warehouse: i64, zone: &str) -> Result<Vec<Row>> {
    tx.rows(
        "SELECT l.*, '' AS counted_item FROM location l WHERE l.warehouse_id = $1 AND l.zone = $2 AND l.kind = 'bin' \
         ORDER BY l.sequence, l.id LIMIT $3",
        vals![warehouse, zone, ROWS_MAX],
    )
    .await
}

async fn abc_rows(tx: &Tx, warehouse: i64, class: &str) -> Result<Vec<Row>> {
    tx.rows(
        "SELECT l.*, b.item AS counted_item FROM (SELECT DISTINCT warehouse_id, location, item FROM balance \
         WHERE warehouse_id = $1) b JOIN item i ON i.warehouse_id = 0 AND i.id = b.item AND i.abc = $2 \
         JOIN location l ON l.warehouse_id = b.warehouse_id AND l.id = b.location AND l.kind = 'bin' \
         ORDER BY l.sequence, l.id, b.item LIMIT $3",
        vals![warehouse, class, ROWS_MAX],
    )
    .await
}

async fn location_rows(tx: &Tx, warehouse: i64, names: &[String]) -> Result<std::result::Result<Vec<Row>, Vec<Fault>>> {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for name in names {
        let row = tx
            .row(
                "SELECT l.*, '' AS counted_item FROM location l WHERE l.warehouse_id = $1 AND l.id = $2 \
                 AND l.kind NOT IN ('transit', 'virtual')",
                vals![warehouse, name],
            )
            .await?;
        match row {
            Some(row) => rows.push(row),
            None => faults.push(Fault::new("locations", format!("{name:?} is no location that can be counted"))),
        }
    }
    Ok(if faults.is_empty() { Ok(rows) } else { Err(faults) })
}

async fn item_rows(tx: &Tx, warehouse: i64, names: &[String]) -> Result<std::result::Result<Vec<Row>, Vec<Fault>>> {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for name in names {
        if entity::item(tx, &name.as_str().into()).await?.is_none() {
            faults.push(Fault::new("items", format!("{name:?} is no item")));
            continue;
        }
        rows.extend(
            tx.rows(
                "SELECT l.*, b.item AS counted_item FROM (SELECT DISTINCT warehouse_id, location, item FROM balance \
                 WHERE warehouse_id = $1 AND item = $2) b \
                 JOIN location l ON l.warehouse_id = b.warehouse_id AND l.id = b.location AND l.kind = 'bin' \
                 ORDER BY l.sequence, l.id LIMIT $3",
                vals![warehouse, name, ROWS_MAX],
            )
            .await?,
        );
    }
    Ok(if faults.is_empty() { Ok(rows) } else { Err(faults) })
}
