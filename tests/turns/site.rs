//! A small warehouse in the store of a device.
#![allow(dead_code)]

use super::kit::Fake;
use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use floorhand::store::{Identity, Options, Store};
use floorhand_domain::master::{
    Barcode, Fefo, HandlingUnit, HandlingUnitKind, Item, Location, LocationKind, Operator, Role, Settings, TypedCodes,
    Unit,
};
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{Line, PickMode, Slot, Task};
use floorhand_wire::feed::{BootstrapResponse, Row, SCHEMA, kind, stock_key};
use serde_json::Value;
use std::path::{Path, PathBuf};

pub const WAREHOUSE: i64 = 7;

pub struct Site {
    rows: Vec<(&'static str, String, Value)>,
}

impl Site {
    pub fn put(&mut self, kind: &'static str, id: &str, row: impl serde::Serialize) {
        self.rows.push((kind, id.to_owned(), serde_json::to_value(row).unwrap()));
    }

    pub fn location(&mut self, id: &str, kind: LocationKind, sequence: i64) {
        self.put(
            kind::LOCATION,
            id,
            Location { id: id.into(), code: id.into(), kind, sequence, ..Location::default() },
        );
    }

    pub fn item(&mut self, item: Item, gtin: &str) {
        let id = item.id.clone();
        self.put(kind::BARCODE, gtin, Barcode { code: gtin.into(), item: id.clone(), qty: 1, unit: Unit::Each });
        self.put(kind::ITEM, id.as_str(), item);
    }

    /// Changes a row that was put before.
    pub fn change(&mut self, kind: &str, id: &str, set: Value) {
        let row = self.rows.iter_mut().find(|row| row.0 == kind && row.1 == id).unwrap();
        row.2.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
    }

    pub fn stock(&mut self, stock: Stock) {
        self.put(kind::STOCK, &stock_key(&stock), stock);
    }

    pub fn operator(&mut self, id: &str, pin: &str, kib: u32, passes: u32) {
        self.operator_as(id, pin, kib, passes, &[Role::Pick]);
    }

    pub fn operator_as(&mut self, id: &str, pin: &str, kib: u32, passes: u32, roles: &[Role]) {
        let salt = SaltString::encode_b64(b"salt of a test").unwrap();
        let params = Params::new(kib, passes, 1, None).unwrap();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let operator = Operator {
            id: id.into(),
            name: format!("Name of {id}"),
            badge_hash: floorhand_wire::badge_hash(WAREHOUSE, id),
            pin_phc: argon.hash_password(pin.as_bytes(), &salt).unwrap().to_string(),
            roles: roles.to_vec(),
            valid_to_ms: 0,
            language: String::new(),
        };
        self.put(kind::OPERATOR, id, operator);
    }

    /// A task over (slot, location, item, units).
    pub fn task(&mut self, id: &str, priority: i64, slots: u8, lines: &[(u8, &str, &str, i64)]) {
        let order = |slot: u8| format!("{id}-order-{slot}");
        self.put(
            kind::TASK,
            id,
            Task {
                id: id.into(),
                priority,
                mode: if slots > 1 { PickMode::Cluster } else { PickMode::Single },
                lines: u32::try_from(lines.len()).unwrap(),
                slots: (1..=slots).map(|slot| Slot { slot, order: order(slot).into(), ..Slot::default() }).collect(),
                drop_off: "PACK-01".into(),
                ..Task::default()
            },
        );
        for (n, (slot, location, item, qty)) in lines.iter().enumerate() {
            let line = Line {
                id: format!("{id}-{n:03}").into(),
                task: id.into(),
                seq: i64::try_from(n).unwrap(),
                order: order(*slot).into(),
                order_line: format!("{}:{n}", order(*slot)).into(),
                slot: *slot,
                location: (*location).into(),
                item: (*item).into(),
                qty: *qty,
                ..Line::default()
            };
            self.put(kind::LINE, line.id.as_str(), &line);
        }
    }

    /// Everything but tasks.
    pub fn new() -> Self {
        let mut site = Self { rows: Vec::new() };
        // Whoever works here may type a code by themselves, and take any lot.
        let settings = Settings { typed_codes: TypedCodes::Allowed, fefo: Fefo::None, ..Settings::default() };
        site.put(kind::SETTINGS, "settings", settings);
        site.operator("OP-1", "1111", 8, 1);
        site.operator("OP-2", "2222", 8, 1);
        site.operator("OP-SLOW", "3333", 128 * 1024, 3);
        for (n, id) in ["A-01", "A-02", "A-03", "A-04", "A-05"].iter().enumerate() {
            site.location(id, LocationKind::Bin, i64::try_from(n).unwrap());
        }
        site.location("PACK-01", LocationKind::Pack, 90);
        site.location("PACK-02", LocationKind::Pack, 91);
        for n in 1..=8 {
            let id = format!("T-{n}");
            site.put(
                kind::HANDLING_UNIT,
                &id,
                HandlingUnit { id: id.as_str().into(), location: "PACK-01".into(), ..HandlingUnit::default() },
            );
        }
        let item = |id: &str| Item { id: id.into(), name: format!("The {id}"), ..Item::default() };
        let stock = |location: &str, item: &str, qty| Stock {
            location: location.into(),
            item: item.into(),
            qty,
            ..Stock::default()
        };
        site.item(item("SHIRT"), "09521234543213");
        let case = Barcode { code: "19521234543210".into(), item: "SHIRT".into(), qty: 6, unit: Unit::Case };
        site.put(kind::BARCODE, "19521234543210", case);
        site.stock(stock("A-01", "SHIRT", 100));
        // Two lots that are good, one that is not, and a damaged one that is none of ours.
        site.item(Item { lot_tracked: true, expiry_tracked: true, ..item("CREAM") }, "09520123456788");
        for (lot, expiry, status) in [
            ("L-NEW", "2028-01-31", Status::Available),
            ("L-OLD", "2027-01-31", Status::Available),
            ("L-PAST", "2026-01-31", Status::Available),
            ("L-BROKEN", "2026-12-31", Status::Damaged),
        ] {
            let lot = Stock { lot: lot.into(), expiry: Some(expiry.into()), status, ..stock("A-02", "CREAM", 50) };
            site.stock(lot);
        }
        site.item(Item { serial_tracked: true, ..item("PHONE") }, "09521101530001");
        for serial in ["S-1", "S-2", "S-3", "S-4", "S-5", "S-6"] {
            let status = if serial == "S-1" { Status::Damaged } else { Status::Available };
            site.stock(Stock { serial: serial.into(), status, ..stock("A-03", "PHONE", 1) });
        }
        // In two cartons at one place: one of them must be named.
        site.item(item("CABLE"), "04012345678901");
        for unit in ["006141411234567890", "CARTON-7"] {
            let row = HandlingUnit {
                id: unit.into(),
                kind: HandlingUnitKind::Carton,
                location: "A-04".into(),
                ..HandlingUnit::default()
            };
            site.put(kind::HANDLING_UNIT, unit, row);
            site.stock(Stock { handling_unit: unit.into(), ..stock("A-04", "CABLE", 40) });
        }
        // Known by a code of the house only.
        site.put(kind::ITEM, "MUG", item("MUG"));
        let house = Barcode { code: "MUG-BLUE".into(), item: "MUG".into(), qty: 1, unit: Unit::Each };
        site.put(kind::BARCODE, "MUG-BLUE", house);
        site.stock(stock("A-05", "MUG", 30));
        site
    }

    /// Writes it as the core's rows of an enrolled device.
    pub fn save(mut self, dir: &Path) {
        let mut store = Store::open_with(dir, &Options { reserve_bytes: 0, ..Options::default() }).unwrap();
        store
            .save_enrolment(&Identity {
                device: "d-7".into(),
                station: "H-07".into(),
                profile: "handheld".into(),
                warehouse: WAREHOUSE,
                epoch: 1,
                core_url: "http://127.0.0.1:1".into(),
                server_epoch: "se-1".into(),
                streams: vec!["wh:7".into()],
            })
            .unwrap();
        self.rows.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let rows: Vec<Row> =
            (1..).zip(self.rows).map(|(pos, (kind, id, body))| Row(kind.to_owned(), id, pos, body)).collect();
        let page = BootstrapResponse {
            server_epoch: "se-1".into(),
            server_time: "2026-06-01T10:00:00Z".into(),
            schema: SCHEMA,
            stream: "wh:7".into(),
            pos: u64::try_from(rows.len()).unwrap(),
            rows,
            after: None,
        };
        store.apply_bootstrap("", &page).unwrap();
        store.close().unwrap();
    }
}

/// Two tasks: the urgent one has a long line and one of a single unit.
pub fn warehouse() -> (tempfile::TempDir, Fake) {
    let folder = tempfile::tempdir().unwrap();
    let mut site = Site::new();
    site.task("PT-1", 5, 1, &[(1, "A-01", "SHIRT", 8), (1, "A-05", "MUG", 1)]);
    site.task("PT-2", 1, 1, &[(1, "A-02", "CREAM", 2)]);
    site.save(&folder.path().join("device"));
    (folder, Fake::new())
}

pub fn device(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("device")
}
