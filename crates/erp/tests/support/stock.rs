//! Facts and goods of moves and counts, on top of the world.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::world::*;
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::*;
use floorhand_domain::master::*;
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Move, Place, SUPPLIER, Status};
use floorhand_domain::task::{Line, Task, TaskKind};
use floorhand_erp::feed::Changes;
use floorhand_erp::ledger::{self, Source};
use floorhand_erp::{auth, entity};
use serde_json::{Value, json};

pub fn pair(outcome: &str, code: &str) -> (String, String) {
    (outcome.to_owned(), code.to_owned())
}

pub fn fine() -> (String, String) {
    pair("applied", "")
}

impl World {
    /// An operator with roles, named by them in the book.
    pub async fn person(&self, id: &str, roles: &[Role]) {
        let operator = Operator {
            id: id.into(),
            name: id.to_owned(),
            badge_hash: floorhand_wire::badge_hash(WH, id),
            pin_phc: "$argon2id$test".to_owned(),
            roles: roles.to_vec(),
            valid_to_ms: 0,
            language: String::new(),
        };
        let operator = &operator;
        self.db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                entity::put_operator(&tx, &mut changes, operator).await?;
                changes.publish(&tx).await
            })
            .await
            .unwrap();
    }

    pub async fn end(&self, operator: &str) {
        self.db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                entity::end_operator(&tx, &mut changes, &operator.into()).await?;
                changes.publish(&tx).await
            })
            .await
            .unwrap();
    }

    /// An item of this value in minor units.
    pub async fn item(&self, id: &str, value_minor: i64) {
        let item = Item { id: id.into(), name: id.to_owned(), value_minor, ..Item::default() };
        let item = &item;
        self.db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                entity::put_item(&tx, &mut changes, item).await?;
                changes.publish(&tx).await
            })
            .await
            .unwrap();
    }

    pub async fn place(&self, place: Location) {
        let place = &Location { code: place.id.0.clone(), zone: "A".to_owned(), ..place };
        self.db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                entity::put_location(&tx, &mut changes, place).await?;
                changes.publish(&tx).await
            })
            .await
            .unwrap();
    }

    pub async fn unit(&self, id: &str, at: &str, parent: &str) {
        let unit =
            HandlingUnit { id: id.into(), location: at.into(), parent: parent.into(), ..HandlingUnit::default() };
        let unit = &unit;
        self.db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                entity::put_handling_unit(&tx, &mut changes, unit).await?;
                changes.publish(&tx).await
            })
            .await
            .unwrap();
    }

    /// Opening stock.
    pub async fn goods(&self, at: &str, item: &str, lot: &str, unit: &str, status: Status, qty: i64) {
        let source = Source::Request(uuid::Uuid::now_v7().to_string());
        let what = Move {
            item: item.into(),
            lot: lot.into(),
            serial: "".into(),
            qty,
            from: Place { location: SUPPLIER.into(), ..Place::default() },
            to: Place { location: at.into(), handling_unit: unit.into(), status },
        };
        let (what, source) = (&what, &source);
        self.db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                ledger::post(&tx, &mut changes, what, "opening", source).await?;
                changes.publish(&tx).await
            })
            .await
            .unwrap();
    }

    pub async fn location_of(&self, unit: &str) -> (String, String) {
        let id = &HandlingUnitId::from(unit);
        let unit = self.db().read(|tx| async move { entity::handling_unit(&tx, WH, id).await }).await.unwrap().unwrap();
        (unit.location.0, unit.parent.0)
    }

    /// The open lines of a kind of task, along their identifiers.
    pub async fn open_lines(&self, kind: TaskKind) -> Vec<Line> {
        self.db()
            .read(|tx| async move {
                tx.rows(
                    "SELECT l.* FROM task t JOIN task_line l ON l.warehouse_id = t.warehouse_id AND l.task = t.id \
                     WHERE t.kind = $1 AND t.state IN ('open', 'claimed') AND l.state = 'open' ORDER BY l.location, l.id",
                    floorhand_erp::vals![kind.as_str()],
                )
                .await?
                .iter()
                .map(entity::line_of)
                .collect()
            })
            .await
            .unwrap()
    }

    pub async fn token(&self, role: &str, operator: &str) -> String {
        auth::create_operator_token(self.db(), WH, &format!("{role} {operator}"), role, operator).await.unwrap()
    }

    pub fn get(&self, token: &str, path: &str) -> Answer {
        http(self.addr, "GET", path, token, None)
    }

    pub fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        http(self.addr, "POST", path, token, Some(&body.to_string()))
    }

    /// Plans a count of whole locations and returns its task and lines.
    pub async fn plan(&self, id: &str, locations: &[&str]) -> (Task, Vec<Line>) {
        let token = self.token("supervisor", "").await;
        let answer = self.post(&token, "/v1/counts/plan", &json!({"id": id, "locations": locations}));
        assert_eq!(answer.status, 200, "{}", answer.body);
        let task = TaskId(answer.body["tasks"][0].as_str().unwrap().to_owned());
        (self.task(&task).await, self.lines(&task).await)
    }
}

/// A move of loose available units without a task.
pub fn moving(from: &str, to: &str, item: &str, qty: i64) -> Fact {
    Fact::Moved {
        task: TaskId::default(),
        line: LineId::default(),
        unit: HandlingUnitId::default(),
        item: item.into(),
        units: vec![Units { qty, ..Units::default() }],
        status: Status::Available,
        from: from.into(),
        to: to.into(),
        into: HandlingUnitId::default(),
        because: Vec::new(),
        typed: false,
    }
}

/// A move of a whole handling unit without a task.
pub fn moving_unit(unit: &str, from: &str, to: &str) -> Fact {
    Fact::Moved {
        task: TaskId::default(),
        line: LineId::default(),
        unit: unit.into(),
        item: ItemId::default(),
        units: Vec::new(),
        status: Status::Available,
        from: from.into(),
        to: to.into(),
        into: HandlingUnitId::default(),
        because: Vec::new(),
        typed: false,
    }
}

/// The same for a line of a task.
pub fn for_line(fact: Fact, on: &Line) -> Fact {
    match fact {
        Fact::Moved { unit, item, units, status, from, to, into, because, typed, .. } => Fact::Moved {
            task: on.task.clone(),
            line: on.id.clone(),
            unit,
            item,
            units,
            status,
            from,
            to,
            into,
            because,
            typed,
        },
        other => other,
    }
}

pub fn approved(by: &str, decision: Reason, subject: &str) -> Fact {
    Fact::Approved { by: by.into(), decision, subject: subject.to_owned(), item: ItemId::default(), qty: 0 }
}

/// Facts of one count.
#[derive(Debug, Clone)]
pub struct Counting {
    pub id: CountId,
    pub task: TaskId,
    pub line: LineId,
    pub location: LocationId,
    pub item: ItemId,
}

impl Counting {
    pub fn of(id: &str, line: &Line) -> Self {
        Self {
            id: id.into(),
            task: line.task.clone(),
            line: line.id.clone(),
            location: line.location.clone(),
            item: line.item.clone(),
        }
    }

    pub fn started(&self) -> Fact {
        Fact::CountStarted {
            count: self.id.clone(),
            task: self.task.clone(),
            line: self.line.clone(),
            location: self.location.clone(),
            item: self.item.clone(),
        }
    }

    pub fn counted(&self, item: &str, qty: i64) -> Fact {
        Fact::Counted {
            count: self.id.clone(),
            task: self.task.clone(),
            location: self.location.clone(),
            item: item.into(),
            lot: Lot::default(),
            serial: Serial::default(),
            handling_unit: HandlingUnitId::default(),
            qty,
            typed: true,
            unexpected: false,
        }
    }

    pub fn submitted(&self) -> Fact {
        Fact::CountSubmitted {
            count: self.id.clone(),
            task: self.task.clone(),
            location: self.location.clone(),
            nothing: false,
        }
    }

    /// The whole count after a pull; returns the outcome of its end.
    pub fn run(&self, device: &mut Device, found: &[(&str, i64)]) -> (String, String) {
        device.pull();
        assert_eq!(device.tell(&self.started()), fine());
        for (item, qty) in found {
            assert_eq!(device.tell(&self.counted(item, *qty)), fine());
        }
        device.tell(&self.submitted())
    }
}
