//! A packing bench on top of the world: carriers, carton types, and the facts of packing.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::world::*;
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::*;
use floorhand_domain::master::{Location, LocationKind};
use floorhand_domain::task::{Line, Task};
use floorhand_erp::entity;
use floorhand_erp::feed::Changes;
use serde_json::{Value, json};

pub const BENCH: &str = "PACK-01";
pub const DOCK: &str = "DOCK-9";

pub fn pair(outcome: &str, code: &str) -> (String, String) {
    (outcome.to_owned(), code.to_owned())
}

pub fn fine() -> (String, String) {
    pair("applied", "")
}

pub fn flagged(code: &str) -> (String, String) {
    pair("applied-flagged", code)
}

pub struct Bench {
    pub world: World,
    pub admin: String,
}

impl Bench {
    /// The world with a simulated carrier SIM at a dock, and carton types S and M; M is not for SIM.
    pub async fn new() -> Self {
        let world = World::new().await;
        let admin = world.admin().await;
        let dock = &Location {
            id: DOCK.into(),
            code: DOCK.to_owned(),
            kind: LocationKind::Dock,
            sequence: 950,
            ..Location::default()
        };
        world
            .db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                entity::put_location(&tx, &mut changes, dock).await?;
                changes.publish(&tx).await
            })
            .await
            .unwrap();
        let bench = Self { world, admin };
        bench.must("PUT", "/v1/carriers", &carriers());
        for (id, inner, carriers) in [("S", [300, 200, 100], json!([])), ("M", [400, 300, 200], json!(["OTHER"]))] {
            let body = json!({"id": id, "name": id, "inner_mm": inner, "max_grams": 20_000, "tare_grams": 100, "carriers": carriers});
            bench.must("POST", "/v1/carton-types", &body);
        }
        bench
    }

    pub fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        http(self.world.addr, method, path, &self.admin, Some(&body.to_string()))
    }

    pub fn must(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.send(method, path, body);
        assert!(matches!(answer.status, 200 | 201), "{method} {path}: {} {}", answer.status, answer.body);
        answer.body
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = http(self.world.addr, "GET", path, &self.admin, None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    pub fn order(&self, id: &str) -> Value {
        self.get(&format!("/v1/orders/{id}"))
    }

    /// Holds, releases or cancels an order.
    pub fn set(&self, order: &str, action: &str) -> Answer {
        let body = json!({"id": uuid::Uuid::now_v7().to_string(), "note": "asked by the shop"});
        self.send("POST", &format!("/v1/orders/{order}/{action}"), &body)
    }

    /// An order picked into a tote that stands on the bench.
    pub async fn picked(&self, device: &mut Device, id: &str, tote: &str, lines: &[(&str, i64)]) -> (Task, Vec<Line>) {
        let (task, lines) = self.world.order(id, lines).await;
        assert_eq!(device.tell(&assigned(&task, tote)), fine());
        for line in &lines {
            assert_eq!(device.tell(&picked(line, tote, line.qty)), fine());
        }
        assert_eq!(device.tell(&dropped(&task, &[tote])), fine());
        (task, lines)
    }

    pub async fn exceptions(&self, kind: &str) -> usize {
        self.get(&format!("/v1/exceptions?kind={kind}"))["items"].as_array().unwrap().len()
    }
}

pub fn carriers() -> Value {
    json!({"carriers": [{"code": "SIM", "name": "Simulated parcels", "adapter": "simulated", "dock": DOCK}],
        "rules": [{"carrier": "SIM", "service": "parcel", "max_grams": 31_500}]})
}

pub fn opens(order: &str, carton: &str) -> Fact {
    opens_as(order, carton, "S")
}

pub fn opens_as(order: &str, carton: &str, kind: &str) -> Fact {
    Fact::CartonOpened {
        order: order.into(),
        task: TaskId::default(),
        carton: carton.into(),
        carton_type: kind.into(),
        location: BENCH.into(),
    }
}

pub fn units(tote: &str, qty: i64) -> Vec<Units> {
    vec![Units { handling_unit: tote.into(), qty, ..Units::default() }]
}

pub fn packs(order: &str, no: i64, item: &str, carton: &str, tote: &str, qty: i64) -> Fact {
    Fact::Packed {
        order: order.into(),
        line: format!("{order}:{no}").into(),
        carton: carton.into(),
        location: BENCH.into(),
        item: item.into(),
        units: units(tote, qty),
    }
}

pub fn unpacks(order: &str, no: i64, item: &str, carton: &str, tote: &str, qty: i64) -> Fact {
    Fact::Unpacked {
        order: order.into(),
        line: format!("{order}:{no}").into(),
        carton: carton.into(),
        location: BENCH.into(),
        item: item.into(),
        units: units(tote, qty),
    }
}

pub fn weighs(order: &str, carton: &str, grams: i64, expected_grams: i64) -> Fact {
    Fact::CartonWeighed { order: order.into(), carton: carton.into(), grams, expected_grams, because: Vec::new() }
}

pub fn closes(order: &str, carton: &str) -> Fact {
    Fact::CartonClosed { order: order.into(), carton: carton.into(), location: BENCH.into() }
}

pub fn prints(order: &str, carton: &str, copy: u32, reason: &str) -> Fact {
    let (label, subject, reason) = (carton.into(), format!("order:{order}"), reason.to_owned());
    Fact::LabelPrinted { label, copy, subject, reason, internal: Some(false) }
}

pub fn labels(order: &str, carton: &str) -> Fact {
    Fact::Labelled { order: order.into(), carton: carton.into() }
}

pub fn finishes(order: &str, complete: bool) -> Fact {
    Fact::OrderPacked { order: order.into(), task: TaskId::default(), complete }
}

pub fn ships(order: &str, carton: &str) -> Fact {
    Fact::Shipped { order: order.into(), carton: carton.into(), location: DOCK.into() }
}
