//! Purchase orders and deliveries as they are posted, checked in themselves.

use crate::orders::Fault;
use crate::orders::intake::{Faults, LINE_QTY_MAX, is_id, shown, whole};
use floorhand_domain::id::{DeliveryId, ItemId, LocationId, PurchaseOrderId};
use floorhand_domain::master::HandlingUnitKind;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Lines of one purchase order, and of one delivery, at the most.
pub const LINES_MAX: usize = 2_000;
/// Purchase orders in one delivery at the most.
pub const ORDERS_MAX: usize = 50;
/// Handling units that one delivery announces at the most.
pub const UNITS_MAX: usize = 1_000;
/// Different contents of one handling unit at the most.
pub const CONTENT_MAX: usize = 100;
/// Percent above what was ordered at the most.
pub const OVER_PERCENT_MAX: i64 = 1_000;
/// Days of shelf life that may be asked for at the most.
pub const SHELF_DAYS_MAX: i64 = 36_500;
/// Characters of a supplier's name, and of a lot, at the most.
const TEXT_MAX: usize = 200;

/// A purchase order, checked in itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPurchaseOrder {
    /// Chosen by the caller: posted again it is the same order.
    pub id: PurchaseOrderId,
    /// The supplier's name.
    pub supplier: String,
    /// The door of its own delivery. Empty = any.
    pub door: LocationId,
    /// When it is due, in milliseconds since 1970; 0 = unknown.
    pub due_ms: i64,
    /// What was ordered.
    pub lines: Vec<NewOrderLine>,
}

/// A line of a [`NewPurchaseOrder`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrderLine {
    /// What.
    pub item: ItemId,
    /// How many.
    pub ordered: i64,
    /// Percent above that may be received; -1 = the site's.
    pub over_percent: i64,
    /// Days until expiry that the goods must have; 0 = the item's.
    pub min_shelf_days: u32,
}

/// A delivery, checked in itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDelivery {
    /// Chosen by the caller: posted again it is the same delivery.
    pub id: DeliveryId,
    /// The supplier's name. Empty = that of the first order.
    pub supplier: String,
    /// The purchase orders in it.
    pub orders: Vec<PurchaseOrderId>,
    /// The door. Empty = any.
    pub door: LocationId,
    /// When it is due, in milliseconds since 1970; 0 = unknown.
    pub due_ms: i64,
    /// What it brings of the orders. Empty = everything that is still open of them.
    pub lines: Vec<NewDeliveryLine>,
    /// Announced handling units.
    pub units: Vec<NewUnit>,
}

/// A line of a [`NewDelivery`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDeliveryLine {
    /// The order that asked for it.
    pub order: PurchaseOrderId,
    /// What.
    pub item: ItemId,
    /// How many.
    pub qty: i64,
    /// The lot. Empty = any.
    pub lot: String,
}

/// A handling unit that a delivery announces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUnit {
    /// Its label: an SSCC of 18 digits or another code.
    pub label: String,
    /// What it is.
    pub kind: HandlingUnitKind,
    /// What is in it.
    pub content: Vec<NewContent>,
}

/// What is in a [`NewUnit`]: one item of one lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContent {
    /// What.
    pub item: ItemId,
    /// How many.
    pub qty: i64,
    /// The lot. Empty = none.
    pub lot: String,
    /// When the lot expires. Empty = unknown.
    pub expiry: String,
}

/// An object of the body with the path to it.
struct Fields<'a> {
    of: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    fn given(&self, name: &str) -> Option<&'a Value> {
        self.of.get(name).filter(|value| !value.is_null())
    }

    fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn text(&self, faults: &mut Faults, name: &str) -> String {
        match self.given(name) {
            None => String::new(),
            Some(Value::String(text)) if text.chars().count() <= TEXT_MAX && !text.contains('\0') => text.clone(),
            Some(_) => {
                faults.add(self.path(name), format!("must be a text of at most {TEXT_MAX} characters"));
                String::new()
            }
        }
    }

    fn needed(&self, faults: &mut Faults, name: &str, what: &str) -> String {
        let text = self.text(faults, name);
        if text.is_empty() && self.given(name).is_none_or(Value::is_string) {
            faults.add(self.path(name), format!("is missing; send {what}"));
        }
        text
    }

    fn id(&self, faults: &mut Faults, name: &str) -> String {
        let id = self.needed(faults, name, "1 to 64 letters, digits, '-', '_' or '.'");
        if !id.is_empty() && !is_id(&id) {
            faults.add(self.path(name), "must be 1 to 64 letters, digits, '-', '_' or '.'");
        }
        id
    }

    fn units(&self, faults: &mut Faults, name: &str) -> i64 {
        let path = self.path(name);
        match self.given(name) {
            Some(value) => whole(faults, &path, value, 1, LINE_QTY_MAX),
            None => {
                faults.add(path, format!("is missing; send a whole number from 1 to {LINE_QTY_MAX}"));
                1
            }
        }
    }

    fn number(&self, faults: &mut Faults, name: &str, max: i64, default: i64) -> i64 {
        self.given(name).map_or(default, |value| whole(faults, &self.path(name), value, 0, max))
    }

    fn moment(&self, faults: &mut Faults, name: &str) -> i64 {
        let Some(value) = self.given(name) else { return 0 };
        match value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
            Some(moment) => moment.as_millisecond(),
            None => {
                faults
                    .add(self.path(name), format!("must be a moment like 2026-11-21T16:00:00Z; got {}", shown(value)));
                0
            }
        }
    }

    /// The objects of a list with `min` to `max` of them.
    fn list(&self, faults: &mut Faults, name: &str, (min, max): (usize, usize)) -> Vec<Fields<'a>> {
        let path = self.path(name);
        let list = match self.given(name) {
            None if min == 0 => return Vec::new(),
            Some(Value::Array(list)) if (min..=max).contains(&list.len()) => list,
            _ => {
                faults.add(path, format!("must be a list of {min} to {max} objects"));
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for (n, value) in list.iter().enumerate() {
            let path = format!("{path}[{n}]");
            match value {
                Value::Object(of) => found.push(Fields { of, path }),
                _ => faults.add(path, "must be an object"),
            }
        }
        found
    }
}

fn fields(body: &Value) -> std::result::Result<Fields<'_>, Vec<Fault>> {
    match body {
        Value::Object(of) => Ok(Fields { of, path: String::new() }),
        _ => Err(vec![Fault::new("", "the body must be a JSON object")]),
    }
}

impl NewPurchaseOrder {
    /// Reads a purchase order as it is posted. Fields it does not know are ignored.
    ///
    /// # Errors
    /// Every fault found, named by its field.
    pub fn read(body: &Value) -> std::result::Result<Self, Vec<Fault>> {
        let (body, mut faults) = (fields(body)?, Faults::default());
        let order = Self {
            id: body.id(&mut faults, "id").into(),
            supplier: body.needed(&mut faults, "supplier", "the supplier's name"),
            door: body.text(&mut faults, "door").into(),
            due_ms: body.moment(&mut faults, "due"),
            lines: body
                .list(&mut faults, "lines", (1, LINES_MAX))
                .iter()
                .map(|line| NewOrderLine {
                    item: line.needed(&mut faults, "item", "the identifier of an item").into(),
                    ordered: line.units(&mut faults, "ordered"),
                    over_percent: line.number(&mut faults, "over_percent", OVER_PERCENT_MAX, -1),
                    min_shelf_days: u32::try_from(line.number(&mut faults, "min_shelf_days", SHELF_DAYS_MAX, 0))
                        .unwrap_or(0),
                })
                .collect(),
        };
        faults.or(order)
    }
}

impl NewDelivery {
    /// Reads a delivery as it is posted. Fields it does not know are ignored.
    ///
    /// # Errors
    /// Every fault found, named by its field.
    pub fn read(body: &Value) -> std::result::Result<Self, Vec<Fault>> {
        let (body, mut faults) = (fields(body)?, Faults::default());
        let delivery = Self {
            id: body.id(&mut faults, "id").into(),
            supplier: body.text(&mut faults, "supplier"),
            orders: orders(&body, &mut faults),
            door: body.text(&mut faults, "door").into(),
            due_ms: body.moment(&mut faults, "due"),
            lines: body
                .list(&mut faults, "lines", (0, LINES_MAX))
                .iter()
                .map(|line| NewDeliveryLine {
                    order: line.needed(&mut faults, "order", "the number of a purchase order").into(),
                    item: line.needed(&mut faults, "item", "the identifier of an item").into(),
                    qty: line.units(&mut faults, "qty"),
                    lot: line.text(&mut faults, "lot"),
                })
                .collect(),
            units: units(&body, &mut faults),
        };
        faults.or(delivery)
    }
}

fn orders(body: &Fields<'_>, faults: &mut Faults) -> Vec<PurchaseOrderId> {
    let list = match body.given("orders") {
        Some(Value::Array(list)) if (1..=ORDERS_MAX).contains(&list.len()) => list,
        _ => {
            faults.add("orders", format!("must be a list of 1 to {ORDERS_MAX} numbers of purchase orders"));
            return Vec::new();
        }
    };
    let mut found: Vec<PurchaseOrderId> = Vec::new();
    for (n, value) in list.iter().enumerate() {
        match value.as_str().filter(|id| is_id(id)) {
            Some(id) if found.iter().any(|known| known.as_str() == id) => {
                faults.add(format!("orders[{n}]"), "is named twice");
            }
            Some(id) => found.push(id.into()),
            None => faults
                .add(format!("orders[{n}]"), format!("must be a number of a purchase order; got {}", shown(value))),
        }
    }
    found
}

fn units(body: &Fields<'_>, faults: &mut Faults) -> Vec<NewUnit> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for unit in body.list(faults, "units", (0, UNITS_MAX)) {
        let label = unit.id(faults, "label");
        let digits = label.len() == 18 && label.bytes().all(|byte| byte.is_ascii_digit());
        // General Specifications, 3.2: the last digit of an SSCC is its check digit.
        if digits && !floorhand_gs1::check::is_valid(label.as_bytes()) {
            faults.add(unit.path("label"), "is no SSCC: its check digit is wrong");
        }
        if !seen.insert(label.clone()) {
            faults.add(unit.path("label"), "is the label of another unit too");
        }
        let kind = match unit.given("kind").map(|kind| serde_json::from_value(kind.clone())) {
            None => HandlingUnitKind::Pallet,
            Some(Ok(kind)) => kind,
            Some(Err(_)) => {
                faults.add(unit.path("kind"), "must be \"pallet\", \"carton\" or \"tote\"");
                HandlingUnitKind::Pallet
            }
        };
        let content = unit
            .list(faults, "content", (1, CONTENT_MAX))
            .iter()
            .map(|content| {
                let expiry = content.text(faults, "expiry");
                if !expiry.is_empty() && expiry.parse::<Date>().is_err() {
                    faults.add(content.path("expiry"), "must be a date like 2027-03-31");
                }
                NewContent {
                    item: content.needed(faults, "item", "the identifier of an item").into(),
                    qty: content.units(faults, "qty"),
                    lot: content.text(faults, "lot"),
                    expiry,
                }
            })
            .collect();
        found.push(NewUnit { label, kind, content });
    }
    found
}
