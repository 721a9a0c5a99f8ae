//! A desk for returns on top of the bench: goods that were shipped, people with roles, and the facts of returns.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::bench::*;
use crate::world::*;
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::*;
use floorhand_domain::master::{HandlingUnit, Item, ItemClass, Location, LocationKind, Operator, Role};
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::{ChecklistAnswer, Disposition, Grade, ReturnReason};
use floorhand_domain::stock::{Move, Place, SUPPLIER, Status};
use floorhand_erp::feed::Changes;
use floorhand_erp::ledger::{self, Source};
use floorhand_erp::{auth, entity};
use serde_json::{Value, json};

pub const QUARANTINE: &str = "Q1";
pub const SCRAP: &str = "D1";

pub struct Desk {
    pub bench: Bench,
}

impl Desk {
    /// The bench with Q1 for quarantined and D1 for damaged goods; items X (1000), Y (2500), Z (serials, 5000), L
    /// (lots, 700), H (hygiene, 800), W (not known what it is worth); o-1 inspects, o-sup and o-man decide.
    pub async fn new() -> Self {
        let bench = Bench::new().await;
        let item = |id: &str, value_minor| Item {
            id: id.into(),
            name: id.to_owned(),
            value_minor,
            weight_grams: 100,
            ..Item::default()
        };
        let items = [
            item("X", 1_000),
            item("Y", 2_500),
            Item { serial_tracked: true, ..item("Z", 5_000) },
            Item { lot_tracked: true, ..item("L", 700) },
            Item { hygiene: true, class: ItemClass::Cosmetics, ..item("H", 800) },
            item("W", 0),
        ];
        let held = |id: &str, status| Location {
            id: id.into(),
            code: id.to_owned(),
            kind: LocationKind::Bin,
            sequence: 800,
            status,
            ..Location::default()
        };
        let places = [held(QUARANTINE, Status::Quarantined), held(SCRAP, Status::Damaged)];
        let people = [
            ("o-1", vec![Role::Pick, Role::Pack, Role::Returns]),
            ("o-2", vec![Role::Returns]),
            ("o-sup", vec![Role::Supervisor]),
            ("o-man", vec![Role::Manager]),
        ];
        let (items, places, people) = (&items, &places, &people);
        bench
            .world
            .db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                for item in items {
                    entity::put_item(&tx, &mut changes, item).await?;
                }
                for place in places {
                    entity::put_location(&tx, &mut changes, place).await?;
                }
                for (id, roles) in people {
                    let operator = Operator {
                        id: (*id).into(),
                        name: (*id).to_owned(),
                        badge_hash: floorhand_wire::badge_hash(WH, id),
                        pin_phc: "$argon2id$test".to_owned(),
                        roles: roles.clone(),
                        valid_to_ms: 0,
                        language: String::new(),
                    };
                    entity::put_operator(&tx, &mut changes, &operator).await?;
                }
                changes.publish(&tx).await
            })
            .await
            .unwrap();
        Self { bench }
    }

    pub fn world(&self) -> &World {
        &self.bench.world
    }

    /// Ships an order of one line through all its facts, out of stock that is bought for it.
    pub async fn ship(&self, device: &mut Device, order: &str, item: &str, units: &[(&str, &str, i64)]) {
        let (tote, carton) = (format!("T-{order}"), format!("C-{order}"));
        let units: Vec<Units> = units
            .iter()
            .map(|(lot, serial, qty)| Units {
                lot: (*lot).into(),
                serial: (*serial).into(),
                qty: *qty,
                ..Units::default()
            })
            .collect();
        let (tote, item, bought) = (&tote, &ItemId::from(item), &units);
        self.world()
            .db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                let source = Source::Request(format!("bought:{order}"));
                for unit in bought {
                    let what = Move {
                        item: item.clone(),
                        lot: unit.lot.clone(),
                        serial: unit.serial.clone(),
                        qty: unit.qty,
                        from: Place { location: SUPPLIER.into(), ..Place::default() },
                        to: Place { location: "A9".into(), ..Place::default() },
                    };
                    ledger::post(&tx, &mut changes, &what, "opening", &source).await?;
                }
                let tote = HandlingUnit { id: tote.as_str().into(), ..HandlingUnit::default() };
                entity::put_handling_unit(&tx, &mut changes, &tote).await?;
                changes.publish(&tx).await
            })
            .await
            .unwrap();
        let qty = units.iter().map(|unit| unit.qty).sum();
        let (task, lines) = self.world().order(order, &[(item.as_str(), qty)]).await;
        device.tell(&assigned(&task, tote));
        // Wherever it was promised: these units are taken.
        device.tell(&Fact::Picked {
            task: task.id.clone(),
            line: lines[0].id.clone(),
            location: "A9".into(),
            item: item.clone(),
            tote: tote.as_str().into(),
            units: units.clone(),
            typed: false,
        });
        device.tell(&dropped(&task, &[tote]));
        device.tell(&opens(order, &carton));
        device.tell(&Fact::Packed {
            order: order.into(),
            line: format!("{order}:1").into(),
            carton: carton.as_str().into(),
            location: BENCH.into(),
            item: item.clone(),
            units: units.iter().map(|unit| Units { handling_unit: tote.as_str().into(), ..unit.clone() }).collect(),
        });
        device.tell(&closes(order, &carton));
        device.tell(&finishes(order, true));
        assert_eq!(device.tell(&ships(order, &carton)), fine(), "{order} has left");
        device.pull();
    }

    /// Announces a return over HTTP.
    pub fn announce(&self, id: &str, order: &str, qty: i64) -> Value {
        let lines = json!([{"line": format!("{order}:1"), "qty": qty, "reason": "changed-mind"}]);
        self.bench.must("POST", "/v1/rmas", &json!({"id": id, "order": order, "lines": lines}))
    }

    pub async fn token(&self, role: &str, operator: &str) -> String {
        auth::create_operator_token(self.world().db(), WH, &format!("{role} {operator}"), role, operator).await.unwrap()
    }

    pub fn post_as(&self, token: &str, path: &str, body: &Value) -> Answer {
        http(self.world().addr, "POST", path, token, Some(&body.to_string()))
    }

    /// State, amount and reason of each refund of an order.
    pub fn refunds(&self, order: &str) -> Vec<(String, i64, String)> {
        let list = self.bench.get(&format!("/v1/refunds?order={order}"));
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        let items = list["items"].as_array().unwrap();
        items
            .iter()
            .map(|one| (text(one, "state"), one["amount_minor"].as_i64().unwrap(), text(one, "reason")))
            .collect()
    }

    /// Units that count as returned of an order's first line, as devices are told.
    pub fn returned(&self, device: &mut Device, order: &str) -> i64 {
        device.pull();
        let own = device.rows("shipped").into_iter().filter(|row| row["order"] == order);
        own.map(|row| row["returned"].as_i64().unwrap()).sum()
    }

    /// Open put-away lines: where, how many, in which handling unit.
    pub async fn put_aways(&self) -> Vec<(String, i64, String)> {
        self.world()
            .db()
            .read(|tx| async move {
                tx.rows(
                    "SELECT l.location, l.qty, l.handling_unit FROM task t JOIN task_line l ON l.task = t.id \
                     AND l.warehouse_id = t.warehouse_id WHERE t.kind = 'put-away' AND l.state = 'open' \
                     ORDER BY l.location, l.handling_unit, l.item, l.qty, l.id",
                    &[],
                )
                .await?
                .iter()
                .map(|row| Ok((row.text(0)?, row.i64(1)?, row.text(2)?)))
                .collect()
            })
            .await
            .unwrap()
    }
}

pub fn rejected(code: &str) -> (String, String) {
    pair("rejected", code)
}

pub fn parked(code: &str) -> (String, String) {
    pair("parked", code)
}

pub fn released(amount: i64) -> (String, i64, String) {
    ("released".to_owned(), amount, String::new())
}

pub fn held(amount: i64, reason: &str) -> (String, i64, String) {
    ("held".to_owned(), amount, reason.to_owned())
}

pub fn refused(reason: &str) -> (String, i64, String) {
    ("refused".to_owned(), 0, reason.to_owned())
}

pub fn begins(inspection: &str, rma: &str, order: &str) -> Fact {
    Fact::ReturnOpened { inspection: inspection.into(), rma: rma.into(), order: order.into(), location: BENCH.into() }
}

/// Good units of a line of an order that are put on a shelf: what most tests change one thing of.
#[derive(Debug, Clone)]
pub struct Back {
    pub inspection: String,
    pub rma: String,
    pub order: String,
    pub line: String,
    pub item: String,
    pub lot: String,
    pub serial: String,
    pub qty: i64,
    pub grade: Grade,
    pub reason: ReturnReason,
    pub answers: Vec<ChecklistAnswer>,
    pub disposition: Disposition,
    pub photos: Vec<PhotoId>,
    pub location: String,
    pub unit: String,
    pub grams: i64,
    pub because: Vec<Reason>,
}

impl Back {
    pub fn new(inspection: &str, order: &str, item: &str, qty: i64) -> Self {
        let line = if order.is_empty() { String::new() } else { format!("{order}:1") };
        Self {
            inspection: inspection.to_owned(),
            rma: String::new(),
            order: order.to_owned(),
            line,
            item: item.to_owned(),
            lot: String::new(),
            serial: String::new(),
            qty,
            grade: Grade::A,
            reason: ReturnReason::ChangedMind,
            answers: Vec::new(),
            disposition: Disposition::Restock,
            photos: Vec::new(),
            location: "A1".to_owned(),
            unit: String::new(),
            grams: 0,
            because: Vec::new(),
        }
    }

    /// Unusual goods: their grade, what becomes of them, and where they are put.
    pub fn graded(self, grade: Grade, disposition: Disposition, location: &str) -> Self {
        Self { grade, disposition, location: location.to_owned(), ..self }
    }

    pub fn fact(&self) -> Fact {
        Fact::ReturnInspected {
            inspection: self.inspection.as_str().into(),
            rma: self.rma.as_str().into(),
            order: self.order.as_str().into(),
            line: self.line.as_str().into(),
            item: self.item.as_str().into(),
            lot: self.lot.as_str().into(),
            serial: self.serial.as_str().into(),
            qty: self.qty,
            grade: self.grade,
            reason: self.reason,
            answers: self.answers.clone(),
            disposition: self.disposition,
            grams: self.grams,
            photos: self.photos.clone(),
            location: self.location.as_str().into(),
            handling_unit: self.unit.as_str().into(),
            because: self.because.clone(),
        }
    }

    /// Somebody chooses what this has as its disposition.
    pub fn overridden(&self, by: &str, proposed: Disposition) -> Fact {
        Fact::DispositionOverridden {
            inspection: self.inspection.as_str().into(),
            item: self.item.as_str().into(),
            qty: self.qty,
            proposed,
            chosen: self.disposition,
            by: by.into(),
            reason: "seen by me".to_owned(),
        }
    }

    /// A supervisor sets a rule aside for these units.
    pub fn approved(&self, by: &str, decision: Reason) -> Fact {
        Fact::Approved {
            by: by.into(),
            decision,
            subject: format!("return:{}", self.inspection),
            item: self.item.as_str().into(),
            qty: self.qty,
        }
    }
}

pub fn photographed(id: &str, inspection: &str, picture: &[u8]) -> Fact {
    Fact::PhotoTaken {
        photo: id.into(),
        subject: format!("return:{inspection}"),
        purpose: "returned".to_owned(),
        hash: blake3::hash(picture).to_hex().to_string(),
        bytes: u64::try_from(picture.len()).unwrap(),
    }
}
