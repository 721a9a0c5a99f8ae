//! Receiving, put-away and counting, turn by turn: the floor's loop with a real store, without a network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use floorhand::app::App;
use floorhand::clock::Clock;
use floorhand::event::Event;
use floorhand::runner::{EVENTS_MAX, Parts, Runner};
use floorhand::store::{Identity, Options, Store};
use floorhand::view::{CountStage, Look, Page, Profile, Tap, View};
use floorhand_domain::fact::Fact;
use floorhand_domain::inbound::{Delivery, DeliveryLine, DeliveryState};
use floorhand_domain::master::{Barcode, HandlingUnit, Item, Location, LocationKind, Operator, Role, Settings, Unit};
use floorhand_domain::scan::{Scan, Source};
use floorhand_domain::stock::{Status, Stock};
use floorhand_wire::feed::{BootstrapResponse, Row, SCHEMA, kind, stock_key};
use floorhand_wire::push::WireFact;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const WAREHOUSE: i64 = 7;
const STREAM: &str = "wh:7";
const PIN: &str = "8642";
const MINUTE_MS: u64 = 60_000;

#[derive(Debug, Clone)]
struct Time(Arc<Mutex<(u64, Timestamp)>>);

impl Time {
    fn advance(&self, ms: u64) -> u64 {
        let mut time = self.0.lock().unwrap();
        time.0 += ms;
        time.1 += Duration::from_millis(ms);
        time.0
    }
}

impl Clock for Time {
    fn mono_ms(&self) -> u64 {
        self.0.lock().unwrap().0
    }

    fn wall(&self) -> Zoned {
        self.0.lock().unwrap().1.to_zoned(TimeZone::UTC)
    }

    fn boot_id(&self) -> String {
        "boot-1".to_owned()
    }
}

struct Floor {
    runner: Runner,
    dir: PathBuf,
    time: Time,
}

impl Floor {
    fn new(dir: &Path) -> Self {
        save(dir);
        Self::open(dir, Time(Arc::new(Mutex::new((1_000_000, "2026-06-01T06:00:00Z".parse().unwrap())))))
    }

    fn open(dir: &Path, time: Time) -> Self {
        let store = Store::open_with(dir, &Options { reserve_bytes: 0, ..Options::default() }).unwrap();
        let (send, events) = sync_channel(EVENTS_MAX);
        let runner = Runner::new(Parts {
            store,
            transport: None,
            show: Box::new(drop),
            events,
            again: send,
            clock: Box::new(time.clone()),
            look: Look::default(),
            outlet: Box::new(floorhand::outlet::Nothing),
            readers: Vec::new(),
            profile: Profile::Handheld,
            printer: false,
        })
        .unwrap();
        Self { runner, dir: dir.to_owned(), time }
    }

    fn restart(self) -> Self {
        let Self { runner, dir, time } = self;
        drop(runner);
        Self::open(&dir, time)
    }

    fn app(&self) -> &App {
        self.runner.app()
    }

    fn view(&self) -> View {
        floorhand::present::view(self.app())
    }

    fn read(&mut self, code: &str) {
        self.time.advance(2_000);
        self.runner.step(Event::Scan(Scan { raw: code.as_bytes().to_vec(), source: Source::Serial, complete: true }));
    }

    #[track_caller]
    fn scan(&mut self, code: &str, step: &str) {
        self.read(code);
        let view = self.view();
        assert!(view.refusal.is_none(), "{code}: {:?}", view.refusal);
        assert!(view.question.is_none(), "{code}: {:?}", view.question);
        assert_eq!(self.app().step_name(), step, "after {code}");
    }

    #[track_caller]
    fn refused(&mut self, code: &str, reason: &str) {
        self.read(code);
        let view = self.view();
        let told = view.refusal.map(|refusal| refusal.reason).or(view.question.map(|question| question.reason));
        assert_eq!(told.unwrap_or_default(), reason, "{code} at {}", self.app().step_name());
    }

    fn tap(&mut self, tap: Tap) {
        let at = self.time.advance(700);
        self.runner.step(Event::Tap(tap, at));
    }

    #[track_caller]
    fn sheet(&mut self, row: &str) {
        self.tap(Tap::More);
        let rows = self.app().sheet_rows();
        let at = rows.iter().position(|(code, ..)| *code == row).expect("a row of the sheet");
        while self.app().sheet_window(rows.len()).0 + self.app().sheet_fit() <= at {
            self.tap(Tap::PageDown);
        }
        let first = self.app().sheet_window(rows.len()).0;
        self.tap(Tap::Choose(at - first));
    }

    fn pin(&mut self, right: bool) {
        for digit in PIN.bytes() {
            self.tap(Tap::Digit(digit - b'0'));
        }
        self.time.advance(300);
        self.runner.step(Event::PinChecked { right });
    }

    #[track_caller]
    fn sign_in(&mut self, badge: &str) {
        self.scan(badge, "sign-in.pin");
        self.pin(true);
        assert_eq!(self.app().step_name(), "work-list");
    }

    fn facts(&self) -> Vec<Fact> {
        let store = Store::open_read_only(&self.dir).unwrap();
        let batch = store.outbox_batch(500, 1_000_000).unwrap();
        let facts = batch.map(|batch| batch.facts).unwrap_or_default();
        facts
            .into_iter()
            .map(|fact| serde_json::from_value::<WireFact>(fact).unwrap().decode().unwrap())
            .filter(|fact| !matches!(fact, Fact::ScanRefused { .. } | Fact::SignedIn { .. }))
            .collect()
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.facts().iter().map(Fact::kind).collect()
    }

    /// Units of an item in a handling unit or loose at a place, by status.
    fn stock(&self, unit: &str) -> Vec<(String, Status, i64)> {
        let store = Store::open_read_only(&self.dir).unwrap();
        let content = store.tote_content(&unit.into()).unwrap();
        content.into_iter().map(|stock| (stock.location.0, stock.status, stock.qty)).collect()
    }
}

fn save(dir: &Path) {
    let mut rows: Vec<Row> = Vec::new();
    let mut head = 0;
    let mut put = |kind: &str, id: &str, body: serde_json::Value| {
        head += 1;
        rows.push(Row(kind.to_owned(), id.to_owned(), head, body));
    };
    put(kind::SETTINGS, "settings", serde_json::to_value(Settings::default()).unwrap());
    let people = [
        ("o-1", "BDG-1", vec![Role::Pick, Role::Receive, Role::Stock, Role::Count]),
        ("o-2", "BDG-2", vec![Role::Count]),
        ("o-9", "BDG-9", vec![Role::Supervisor]),
    ];
    for (id, badge, roles) in people {
        let params = Params::new(8, 1, 1, None).unwrap();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = SaltString::encode_b64(b"salt of a test").unwrap();
        let operator = Operator {
            id: id.into(),
            name: format!("Name of {id}"),
            badge_hash: floorhand_wire::badge_hash(WAREHOUSE, badge),
            pin_phc: argon.hash_password(PIN.as_bytes(), &salt).unwrap().to_string(),
            roles,
            valid_to_ms: 0,
            language: String::new(),
        };
        put(kind::OPERATOR, id, serde_json::to_value(operator).unwrap());
    }
    let places = [
        ("A-01", LocationKind::Bin, Status::Available),
        ("A-02", LocationKind::Bin, Status::Available),
        ("Q-01", LocationKind::Bin, Status::Quarantined),
        ("DOCK-1", LocationKind::Dock, Status::Available),
    ];
    for (id, kind, status) in places {
        let place = Location { id: id.into(), code: id.into(), kind, status, ..Location::default() };
        put(floorhand_wire::feed::kind::LOCATION, id, serde_json::to_value(place).unwrap());
    }
    for (id, code) in [("SHIRT", "09521234543213"), ("MUG", "MUG-BLUE")] {
        put(
            kind::ITEM,
            id,
            serde_json::to_value(Item { id: id.into(), name: format!("The {id}"), ..Item::default() }).unwrap(),
        );
        let barcode = Barcode { code: code.into(), item: id.into(), qty: 1, unit: Unit::Each };
        put(kind::BARCODE, code, serde_json::to_value(barcode).unwrap());
    }
    let stock = Stock { location: "A-01".into(), item: "SHIRT".into(), qty: 3, ..Stock::default() };
    put(kind::STOCK, &stock_key(&stock), serde_json::to_value(&stock).unwrap());
    let pallet = HandlingUnit { id: "P-7".into(), location: "DOCK-1".into(), ..HandlingUnit::default() };
    put(kind::HANDLING_UNIT, "P-7", serde_json::to_value(pallet).unwrap());
    let delivery = Delivery {
        id: "ASN-1".into(),
        supplier: "Vita Nord".to_owned(),
        orders: vec!["PO-1".into()],
        door: "DOCK-1".into(),
        lines: 1,
        state: DeliveryState::Arrived,
        ..Delivery::default()
    };
    put(kind::DELIVERY, "ASN-1", serde_json::to_value(delivery).unwrap());
    let line = DeliveryLine {
        id: "ASN-1-1".into(),
        delivery: "ASN-1".into(),
        seq: 1,
        order: "PO-1".into(),
        item: "SHIRT".into(),
        ordered: 2,
        over_percent: -1,
        ..DeliveryLine::default()
    };
    put(kind::DELIVERY_LINE, "ASN-1-1", serde_json::to_value(line).unwrap());

    let mut store = Store::open_with(dir, &Options { reserve_bytes: 0, ..Options::default() }).unwrap();
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
    rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    let page = BootstrapResponse {
        server_epoch: "se-1".into(),
        server_time: "2026-06-01T06:00:00Z".into(),
        schema: SCHEMA,
        stream: STREAM.into(),
        pos: head,
        rows,
        after: None,
    };
    store.apply_bootstrap("", &page).unwrap();
    store.close().unwrap();
}

const SHIRT: &str = "]E09521234543213";

#[test]
fn goods_are_received_closed_and_put_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut floor = Floor::new(folder.path());
    floor.sign_in("BDG-1");
    floor.sheet("deliveries");
    assert_eq!(floor.app().step_name(), "deliveries");
    floor.scan("PO-1", "receive.item");
    floor.refused("MUG-BLUE", "WRONG_ITEM");
    floor.scan(SHIRT, "receive.quantity");
    // A power cut: the entry is there as it was (R17).
    floor = floor.restart();
    assert_eq!(floor.app().step_name(), "receive.quantity");
    floor.scan(SHIRT, "receive.condition");
    // R4: one above the limit of two is refused whole.
    floor.refused(SHIRT, "RECEIPT_OVER");
    // R12: the same unknown label again makes a handling unit.
    floor.refused("P-1", "NEW_HU?");
    floor.scan("P-1", "receive.item");
    assert_eq!(floor.stock("P-1"), [("DOCK-1".to_owned(), Status::InTransit, 2)]);
    floor.tap(Tap::CloseDelivery);
    let Page::Discrepancies(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!((page.done, page.total, page.different), (1, 1, 0));
    floor.read("BDG-1");
    assert_eq!(floor.app().step_name(), "work-list");
    assert_eq!(floor.stock("P-1"), [("DOCK-1".to_owned(), Status::Available, 2)]);
    assert_eq!(floor.kinds(), ["DeliveryOpened", "Received", "ReceiptClosed"]);

    // Without a plan every valid place asks (M2).
    floor.sheet("move-this");
    floor.scan("P-1", "put-away.destination");
    floor.refused("Q-01", "PLACE_FORBIDDEN");
    floor.refused("A-02", "PLACE?");
    floor.scan("A-02", "work-list");
    assert_eq!(floor.stock("P-1"), [("A-02".to_owned(), Status::Available, 2)]);
    let moved = floor.facts();
    assert_eq!(moved[3].kind(), "TaskOpened");
    assert!(matches!(&moved[4], Fact::Moved { unit, to, .. } if unit.as_str() == "P-1" && to.as_str() == "A-02"));
}

#[test]
fn more_than_ordered_needs_a_supervisor_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut floor = Floor::new(folder.path());
    floor.sign_in("BDG-1");
    floor.sheet("deliveries");
    floor.scan("ASN-1", "receive.item");
    floor.scan(SHIRT, "receive.quantity");
    floor.scan(SHIRT, "receive.condition");
    floor.refused(SHIRT, "RECEIPT_OVER");
    // Nobody approves their own, and an operator approves nothing.
    floor.read("BDG-1");
    floor.read("BDG-2");
    assert_eq!(floor.kinds(), ["DeliveryOpened"]);
    floor.read("BDG-9");
    assert!(matches!(floor.view().page, Page::Approve(_)), "{:?}", floor.view().page);
    floor.pin(true);
    assert!(matches!(floor.view().page, Page::Receive(_)), "{:?}", floor.view().page);
    floor.scan("P-7", "receive.item");
    let facts = floor.facts();
    assert_eq!(facts.iter().map(Fact::kind).collect::<Vec<_>>(), ["DeliveryOpened", "Approved", "Received"]);
    // R5: what is above the limit is quarantined at once.
    let mut units = floor.stock("P-7");
    units.sort_by_key(|(_, status, _)| status.as_str());
    let dock = |status, qty| ("DOCK-1".to_owned(), status, qty);
    assert_eq!(units, [dock(Status::InTransit, 2), dock(Status::Quarantined, 1)]);
}

#[test]
fn a_place_is_counted_blind_and_a_scan_too_many_undone() {
    let folder = tempfile::tempdir().unwrap();
    let mut floor = Floor::new(folder.path());
    floor.sign_in("BDG-2");
    floor.sheet("count-here");
    floor.scan("A-01", "count.contents");
    for _ in 0..4 {
        floor.scan(SHIRT, "count.contents");
    }
    floor.tap(Tap::Undo);
    // C14: what was counted is there after a power cut.
    floor = floor.restart();
    let Page::Count(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    let CountStage::Contents(contents) = page.stage else { panic!("{:?}", page.stage) };
    let rows = contents.last.into_iter().chain(contents.rows).map(|row| row.counted.units).collect::<Vec<_>>();
    assert_eq!(rows, [3]);
    floor.refused("MUG-BLUE", "UNEXPECTED?");
    // Another scan drops the question (workflows.md 0.2): nothing is counted of it.
    floor.scan("A-01", "work-list");
    let count = ["Counted"; 4];
    let expected: Vec<&str> =
        ["TaskOpened", "CountStarted"].into_iter().chain(count).chain(["Undone", "CountSubmitted"]).collect();
    assert_eq!(floor.kinds(), expected);
}

#[test]
fn s4_s5_an_idle_station_locks_and_keeps_the_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut floor = Floor::new(folder.path());
    floor.sign_in("BDG-1");
    floor.sheet("deliveries");
    floor.scan("ASN-1", "receive.item");
    floor.scan(SHIRT, "receive.quantity");
    floor.sheet("lock");
    assert_eq!(floor.app().step_name(), "sign-in.unlock");
    floor.refused(SHIRT, "LOCKED");
    // Not opened by a restart either.
    floor = floor.restart();
    assert_eq!(floor.app().step_name(), "sign-in.unlock");
    floor.pin(false);
    assert_eq!(floor.app().step_name(), "sign-in.unlock");
    floor.pin(true);
    assert_eq!(floor.app().step_name(), "receive.quantity");
    let Page::Receive(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert!(page.open.is_some());
    // The scan at the locked station was not kept: one is counted.
    assert!(!floor.kinds().contains(&"Received"));
    floor.time.advance(10 * MINUTE_MS);
}

#[test]
fn what_is_this_tells_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut floor = Floor::new(folder.path());
    floor.sign_in("BDG-1");
    floor.sheet("what-is");
    floor.read(SHIRT);
    let Page::WhatIs(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!(page.readings[0].rows[0].place, "A-01");
    floor.read("BDG-9");
    let Page::WhatIs(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert!(!format!("{page:?}").contains("BDG-9"));
    assert_eq!(floor.kinds(), [""; 0]);
}
