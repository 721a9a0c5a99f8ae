//! What the core says, laid out by a test.

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use floorhand::store::{Identity, Options, Store};
use floorhand_domain::inbound::{Announced, Delivery, DeliveryLine, DeliveryState};
use floorhand_domain::master::{Barcode, HandlingUnit, Item, Location, LocationKind, Operator, Role, Settings, Unit};
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{Line, Task, TaskKind};
use floorhand_wire::feed::{BootstrapResponse, Row, SCHEMA, kind, stock_key};
use std::path::Path;

const WAREHOUSE: i64 = 7;
pub const STREAM: &str = "wh:7";
/// Everybody's PIN.
pub const PIN: &str = "8642";
/// The day on which the tests happen is 2026-06-01.
pub const START: &str = "2026-06-01T06:00:00Z";

/// The item by its GTIN.
pub const SHIRT: &str = "]E09521234543213";
/// The GTIN of an item that is kept by lot and expiry.
pub const VITAMIN: &str = "09521234000013";
/// The GTIN of an item of which every unit has a serial number.
pub const PUMP: &str = "09521234000020";
/// The badge of an operator of every trade.
pub const ALL: &str = "BDG-1";
/// The badge of one who counts.
pub const COUNTER: &str = "BDG-2";
/// The badge of a supervisor.
pub const SUPERVISOR: &str = "BDG-9";
/// The badge of a manager.
pub const MANAGER: &str = "BDG-10";

/// What the core says.
#[derive(Debug, Clone)]
pub struct World {
    pub rows: Vec<Row>,
    pub head: u64,
    settings: Settings,
}

impl World {
    /// People, places and items; no goods, no work.
    pub fn new() -> Self {
        let world = Self { rows: Vec::new(), head: 0, settings: Settings::default() }
            .operator("o-1", ALL, &[Role::Pick, Role::Receive, Role::Stock, Role::Count])
            .operator("o-2", COUNTER, &[Role::Count])
            .operator("o-9", SUPERVISOR, &[Role::Supervisor])
            .operator("o-10", MANAGER, &[Role::Manager])
            .place("Q-01", |place| place.status = Status::Quarantined)
            .place("DOCK-1", |place| place.kind = LocationKind::Dock);
        ["A-01", "A-02", "B-01", "B-02"]
            .into_iter()
            .fold(world, |world, id| world.place(id, |_| ()))
            .item("SHIRT", "09521234543213", |_| ())
            .code("SHIRT-12", "SHIRT", 12)
            .item("MUG", "MUG-BLUE", |_| ())
            .item("VITAMIN", VITAMIN, |item| (item.lot_tracked, item.expiry_tracked) = (true, true))
            .item("PUMP", PUMP, |item| item.serial_tracked = true)
            .item("RICE", "RICE", |item| item.decimals = 3)
    }

    pub fn put(mut self, kind: &str, id: &str, body: &impl serde::Serialize) -> Self {
        self.head += 1;
        self.rows.retain(|row| (row.0.as_str(), row.1.as_str()) != (kind, id));
        self.rows.push(Row(kind.to_owned(), id.to_owned(), self.head, serde_json::to_value(body).unwrap()));
        self
    }

    pub fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    pub fn operator(self, id: &str, badge: &str, roles: &[Role]) -> Self {
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        let salt = SaltString::encode_b64(b"salt of a test").unwrap();
        let operator = Operator {
            id: id.into(),
            name: format!("Name of {id}"),
            badge_hash: floorhand_wire::badge_hash(WAREHOUSE, badge),
            pin_phc: argon.hash_password(PIN.as_bytes(), &salt).unwrap().to_string(),
            roles: roles.to_vec(),
            valid_to_ms: 0,
            language: String::new(),
        };
        self.put(kind::OPERATOR, id, &operator)
    }

    /// An operator's language, as the core says.
    pub fn speaks(mut self, operator: &str, language: &str) -> Self {
        let row =
            self.rows.iter_mut().find(|row| (row.0.as_str(), row.1.as_str()) == (kind::OPERATOR, operator)).unwrap();
        row.3["language"] = language.into();
        self
    }

    pub fn place(self, id: &str, change: impl FnOnce(&mut Location)) -> Self {
        let mut place = Location { id: id.into(), code: id.into(), ..Location::default() };
        change(&mut place);
        self.put(kind::LOCATION, id, &place)
    }

    pub fn item(self, id: &str, code: &str, change: impl FnOnce(&mut Item)) -> Self {
        let mut item = Item { id: id.into(), name: format!("The {id}"), ..Item::default() };
        change(&mut item);
        self.put(kind::ITEM, id, &item).code(code, id, 1)
    }

    /// A code that stands for so many units of an item.
    pub fn code(self, code: &str, item: &str, qty: i64) -> Self {
        let unit = if qty == 1 { Unit::Each } else { Unit::Case };
        self.put(kind::BARCODE, code, &Barcode { code: code.into(), item: item.into(), qty, unit })
    }

    pub fn stock(self, location: &str, item: &str, qty: i64) -> Self {
        self.stock_of(Stock { location: location.into(), item: item.into(), qty, ..Stock::default() })
    }

    pub fn stock_of(self, stock: Stock) -> Self {
        self.put(kind::STOCK, &stock_key(&stock), &stock)
    }

    /// A handling unit at a place.
    pub fn unit(self, id: &str, location: &str, change: impl FnOnce(&mut HandlingUnit)) -> Self {
        let mut unit = HandlingUnit { id: id.into(), location: location.into(), ..HandlingUnit::default() };
        change(&mut unit);
        self.put(kind::HANDLING_UNIT, id, &unit)
    }

    /// A delivery of an order at the dock: items and units ordered; its lines are `ID-1`, `ID-2`, …
    pub fn delivery(self, id: &str, order: &str, lines: &[(&str, i64)]) -> Self {
        let delivery = Delivery {
            id: id.into(),
            supplier: "Vita Nord".to_owned(),
            orders: vec![order.into()],
            door: "DOCK-1".into(),
            lines: u32::try_from(lines.len()).unwrap(),
            state: DeliveryState::Arrived,
            ..Delivery::default()
        };
        let world = self.put(kind::DELIVERY, id, &delivery);
        (1..).zip(lines).fold(world, |world, (seq, (item, ordered))| {
            let line = DeliveryLine {
                id: format!("{id}-{seq}").into(),
                delivery: id.into(),
                seq,
                order: order.into(),
                item: (*item).into(),
                ordered: *ordered,
                over_percent: -1,
                ..DeliveryLine::default()
            };
            world.put(kind::DELIVERY_LINE, &line.id.0.clone(), &line)
        })
    }

    /// What a handling unit is announced to hold, for a line of a delivery.
    pub fn announce(self, unit: &str, delivery: &str, line: i64, announced: Announced) -> Self {
        let id = format!("{unit}/{line}");
        let row = Announced {
            id: id.clone(),
            unit: unit.into(),
            delivery: delivery.into(),
            line: format!("{delivery}-{line}").into(),
            ..announced
        };
        self.put(kind::ANNOUNCED, &id, &row)
    }

    /// A task; its lines are `ID-1`, `ID-2`, …
    pub fn task(self, id: &str, of: TaskKind, lines: Vec<Line>) -> Self {
        let count = u32::try_from(lines.len()).unwrap();
        let world = self.put(kind::TASK, id, &Task { id: id.into(), kind: of, lines: count, ..Task::default() });
        (1..).zip(lines).fold(world, |world, (seq, line)| {
            let line = Line { id: format!("{id}-{seq}").into(), task: id.into(), seq, ..line };
            world.put(kind::LINE, &line.id.0.clone(), &line)
        })
    }

    /// A task with its head as it is given; its lines are `ID-1`, `ID-2`, …
    pub fn task_of(self, task: Task, lines: Vec<Line>) -> Self {
        let id = task.id.0.clone();
        let world = self.task(&id, task.kind, lines);
        let lines = world.rows.iter().filter(|row| row.0 == kind::LINE && row.3["task"] == id.as_str()).count();
        world.put(kind::TASK, &id, &Task { lines: u32::try_from(lines).unwrap(), ..task })
    }

    /// All rows, and the position of the last.
    pub fn rows(&self) -> (Vec<Row>, u64) {
        let settings = self.settings.clone();
        let whole = self.clone().put(kind::SETTINGS, "settings", &settings);
        (whole.rows, whole.head)
    }

    /// With the row of the settings.
    pub fn with_settings(self) -> Self {
        let settings = self.settings.clone();
        self.put(kind::SETTINGS, "settings", &settings)
    }

    /// Writes it to a store, as the core's rows of an enrolled device.
    pub fn save(self, dir: &Path) {
        let Self { mut rows, head, .. } = self.with_settings();
        rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let mut store = store_at(dir);
        let identity = Identity {
            device: "d-7".into(),
            station: "H-07".into(),
            profile: "handheld".into(),
            warehouse: WAREHOUSE,
            epoch: 1,
            core_url: "http://127.0.0.1:1".into(),
            server_epoch: "se-1".into(),
            streams: vec![STREAM.into()],
        };
        store.save_enrolment(&identity).unwrap();
        let page = BootstrapResponse {
            server_epoch: "se-1".into(),
            server_time: START.into(),
            schema: SCHEMA,
            stream: STREAM.into(),
            pos: head,
            rows,
            after: None,
        };
        store.apply_bootstrap("", &page).unwrap();
        store.close().unwrap();
    }
}

/// Opens the store of a device.
pub fn store_at(dir: &Path) -> Store {
    Store::open_with(dir, &Options { reserve_bytes: 0, ..Options::default() }).unwrap()
}
