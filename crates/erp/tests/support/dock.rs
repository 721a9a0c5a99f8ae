//! A dock for the small warehouse, purchase orders over HTTP, and the facts of a receipt.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use super::world::*;
use floorhand_domain::fact::{Fact, ReceivedUnits};
use floorhand_domain::master::{Item, Location, LocationKind};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::Status;
use floorhand_erp::entity;
use floorhand_erp::feed::Changes;
use serde_json::{Value, json};

pub const DOCK: &str = "DOCK-1";

/// The small warehouse with DOCK-1, item L (lots that expire), and an admin token.
pub struct Yard {
    pub world: World,
    pub admin: String,
}

impl Yard {
    pub async fn new() -> Self {
        let world = World::new().await;
        world
            .db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                let dock = Location {
                    id: DOCK.into(),
                    code: DOCK.to_owned(),
                    kind: LocationKind::Dock,
                    zone: "DOCK".to_owned(),
                    ..Location::default()
                };
                entity::put_location(&tx, &mut changes, &dock).await?;
                let lots = Item {
                    id: "L".into(),
                    name: "Item L".to_owned(),
                    lot_tracked: true,
                    expiry_tracked: true,
                    ..Item::default()
                };
                entity::put_item(&tx, &mut changes, &lots).await?;
                changes.publish(&tx).await
            })
            .await
            .unwrap();
        let admin = world.admin().await;
        Self { world, admin }
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        http(self.world.addr, "POST", path, &self.admin, Some(&body.to_string()))
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = http(self.world.addr, "GET", path, &self.admin, None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// A purchase order; its own delivery has its number, its lines are `{id}:1` and on.
    pub fn order(&self, id: &str, lines: &[(&str, i64)]) {
        let lines: Vec<Value> = lines.iter().map(|(item, qty)| json!({"item": item, "ordered": qty})).collect();
        let answer = self.post("/v1/purchase-orders", &json!({"id": id, "supplier": "Acme", "lines": lines}));
        assert_eq!(answer.status, 201, "{}", answer.body);
    }

    pub fn delivery(&self, id: &str) -> Value {
        self.get(&format!("/v1/deliveries/{id}"))
    }

    /// Units at the dock by status: in-transit, available, quarantined, damaged.
    pub async fn docked(&self, item: &str) -> [i64; 4] {
        let mut found = [0; 4];
        for (n, status) in ["in-transit", "available", "quarantined", "damaged"].into_iter().enumerate() {
            found[n] = self.world.stock(DOCK, item, status).await;
        }
        found
    }

    /// How many exceptions there are of a kind.
    pub async fn exceptions(&self, kind: &'static str) -> i64 {
        let rows =
            self.world
                .db()
                .read(|tx| async move {
                    tx.rows("SELECT id FROM exception WHERE kind = $1", floorhand_erp::vals![kind]).await
                })
                .await
                .unwrap();
        i64::try_from(rows.len()).unwrap()
    }
}

pub fn opened(receipt: &str, delivery: &str) -> Fact {
    Fact::DeliveryOpened { receipt: receipt.into(), delivery: delivery.into(), location: DOCK.into() }
}

pub fn units(list: &[(i64, Status)]) -> Vec<ReceivedUnits> {
    list.iter().map(|(qty, status)| ReceivedUnits { serial: "".into(), qty: *qty, status: *status }).collect()
}

/// Good units of an item, for line `n` of a delivery; 0 = for none.
pub fn got(receipt: &str, delivery: &str, n: u32, item: &str, qty: i64) -> Fact {
    got_as(receipt, delivery, n, item, &[(qty, Status::InTransit)], &[])
}

pub fn got_as(receipt: &str, delivery: &str, n: u32, item: &str, list: &[(i64, Status)], because: &[Reason]) -> Fact {
    Fact::Received {
        receipt: receipt.into(),
        delivery: delivery.into(),
        line: if n == 0 { "".into() } else { format!("{delivery}:{n}").into() },
        location: DOCK.into(),
        item: item.into(),
        lot: "".into(),
        expiry: None,
        units: units(list),
        handling_unit: "".into(),
        new_unit: None,
        because: because.to_vec(),
        photos: Vec::new(),
        typed: false,
    }
}

pub fn closed(receipt: &str, delivery: &str, complete: bool) -> Fact {
    Fact::ReceiptClosed { receipt: receipt.into(), delivery: delivery.into(), complete }
}

pub fn applied() -> (String, String) {
    ("applied".to_owned(), String::new())
}

pub fn flagged(code: &str) -> (String, String) {
    ("applied-flagged".to_owned(), code.to_owned())
}

pub fn parked(code: &str) -> (String, String) {
    ("parked".to_owned(), code.to_owned())
}

pub fn rejected(code: &str) -> (String, String) {
    ("rejected".to_owned(), code.to_owned())
}
