//! The app turn by turn: the floor thread with a real store, a clock of the test's own, no network and
//! no window. Whatever is shown is compared with what is on the disk at that moment.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use floorhand::app::{App, Found, Input, LinkState, Now, Saved, Session, Station};
use floorhand::clock::Clock;
use floorhand::event::Event;
use floorhand::runner::{Parts, Runner};
use floorhand::status::status;
use floorhand::store::{Identity, Options, Store, StoreError};
use floorhand::view::{Band, Key, KeyPress, Look, Page, PickStage, SignInStage, Tap, View};
use floorhand_domain::master::{
    Barcode, HandlingUnit, HandlingUnitKind, Item, Location, LocationKind, Operator, Role, Settings, Unit,
};
use floorhand_domain::scan::{Scan, Source};
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{Line, PickMode, Slot, Task};
use floorhand_wire::feed::{BootstrapResponse, Row, SCHEMA, kind, stock_key};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use proptest::prelude::*;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);
const WAREHOUSE: i64 = 7;
const MINUTE_MS: u64 = 60_000;
const TODAY: &str = "2026-06-01";

// ---- a clock that tests own ----

#[derive(Debug, Clone)]
struct Fake(Arc<Mutex<Time>>);

#[derive(Debug, Clone)]
struct Time {
    mono_ms: u64,
    wall: Timestamp,
    boot: String,
}

impl Fake {
    fn new() -> Self {
        let wall = "2026-06-01T10:00:00Z".parse().unwrap();
        Self(Arc::new(Mutex::new(Time { mono_ms: 1_000_000, wall, boot: "boot-1".to_owned() })))
    }

    fn advance(&self, ms: u64) -> u64 {
        let mut time = self.0.lock().unwrap();
        time.mono_ms += ms;
        time.wall += Duration::from_millis(ms);
        time.mono_ms
    }

    /// Another boot: running time begins anew, and the wall clock may be anything.
    fn reboot(&self, wall: &str) {
        let mut time = self.0.lock().unwrap();
        *time = Time { mono_ms: 5_000, wall: wall.parse().unwrap(), boot: format!("{}+", time.boot) };
    }
}

impl Clock for Fake {
    fn mono_ms(&self) -> u64 {
        self.0.lock().unwrap().mono_ms
    }

    fn wall(&self) -> Zoned {
        self.0.lock().unwrap().wall.to_zoned(TimeZone::UTC)
    }

    fn boot_id(&self) -> String {
        self.0.lock().unwrap().boot.clone()
    }
}

// ---- the floor thread under test ----

struct Floor {
    dir: PathBuf,
    clock: Fake,
    shown: Arc<Mutex<Shown>>,
    events: Option<SyncSender<Event>>,
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

#[derive(Default)]
struct Shown {
    views: Vec<View>,
    /// What the screen said and the disk did not.
    lies: Vec<String>,
}

impl Floor {
    fn start(dir: &Path, clock: &Fake) -> Self {
        Self::start_with(dir, clock, &Options { reserve_bytes: 0, ..Options::default() })
    }

    fn start_with(dir: &Path, clock: &Fake, options: &Options) -> Self {
        let store = Store::open_with(dir, options).unwrap();
        let shown = Arc::new(Mutex::new(Shown::default()));
        let (seen, at) = (Arc::clone(&shown), dir.to_owned());
        // Nothing waits in this channel: an event that could be sent has been taken, and all before it
        // are done with.
        let (send, events) = sync_channel(0);
        let runner = Runner::new(Parts {
            store,
            transport: None,
            show: Box::new(move |view| {
                let disk = said(&at);
                let mut seen = seen.lock().unwrap();
                seen.lies.extend(lie(&view, &disk));
                seen.views.push(view);
            }),
            events,
            again: send.clone(),
            clock: Box::new(clock.clone()),
            look: Look::default(),
            outlet: Box::new(floorhand::outlet::Nothing),
            readers: Vec::new(),
            profile: floorhand::view::Profile::Handheld,
            printer: false,
        })
        .unwrap();
        let thread = std::thread::spawn(move || runner.run());
        let floor = Self { dir: dir.to_owned(), clock: clock.clone(), shown, events: Some(send), thread: Some(thread) };
        floor.settle();
        floor
    }

    fn send(&self, event: Event) {
        self.events.as_ref().unwrap().send(event).expect("the floor thread lives");
        self.settle();
    }

    /// Returns when everything sent before is done with.
    fn settle(&self) {
        self.events
            .as_ref()
            .unwrap()
            .send(Event::Reader { reader: usize::MAX, state: "ready" })
            .expect("the floor thread lives");
    }

    fn scan_as(&self, raw: &[u8], source: Source, complete: bool) {
        self.send(Event::Scan(Scan { raw: raw.to_vec(), source, complete }));
    }

    fn scan(&self, code: &str) {
        self.scan_as(code.as_bytes(), Source::Serial, true);
    }

    fn tap(&self, tap: Tap) {
        let at = self.clock.advance(500);
        self.send(Event::Tap(tap, at));
    }

    /// A person presses a key: half a second after the one before, and what the app holds back for a
    /// moment, in case it is a reader, is let go.
    fn key(&self, key: Key) {
        self.tap(press(key));
        self.clock.advance(500);
        // Timers run when the thread has nothing else to do.
        self.settle();
        std::thread::sleep(Duration::from_millis(15));
        self.settle();
    }

    fn keys(&self, text: &str) {
        for sign in text.chars() {
            self.key(Key::Text(sign.to_string()));
        }
    }

    /// A reader that types: a few milliseconds between its keys.
    fn burst(&self, text: &str, gap_ms: u64) {
        for sign in text.chars() {
            let at = self.clock.advance(gap_ms);
            let key = if sign == '\r' { Key::Enter } else { Key::Text(sign.to_string()) };
            self.send(Event::Tap(press(key), at));
        }
    }

    #[track_caller]
    fn until(&self, what: &str, mut ask: impl FnMut(&Self) -> bool) {
        let started = Instant::now();
        while !ask(self) {
            assert!(started.elapsed() < PATIENCE, "waited for {what}: {:?} {}", self.view(), self.status());
            std::thread::sleep(Duration::from_millis(5));
            self.settle();
        }
        // What is on the disk may not be shown yet.
        self.settle();
    }

    fn view(&self) -> View {
        self.shown.lock().unwrap().views.last().expect("something is shown").clone()
    }

    fn views(&self) -> usize {
        self.shown.lock().unwrap().views.len()
    }

    fn status(&self) -> Value {
        said(&self.dir)
    }

    fn step(&self) -> String {
        self.status()["step"].as_str().unwrap().to_owned()
    }

    /// The best code that the step accepts.
    fn best(&self) -> String {
        let status = self.status();
        status["expects"][0]["codes"][0].as_str().unwrap_or_else(|| panic!("nothing is expected: {status}")).to_owned()
    }

    fn in_hand(&self) -> i64 {
        self.status()["quantity"]["done"].as_i64().unwrap()
    }

    fn refusal(&self) -> String {
        self.view().refusal.map(|refusal| refusal.reason).unwrap_or_default()
    }

    fn question(&self) -> String {
        self.view().question.map(|question| question.reason).unwrap_or_default()
    }

    fn log(&self) -> Vec<floorhand::store::ScanEntry> {
        Store::open_read_only(&self.dir).unwrap().scan_log_since(0, 10_000).unwrap()
    }

    /// The last scan: its reason, or nothing.
    fn last(&self) -> (bool, String, Source) {
        let row = self.log().pop().expect("a scan in the log");
        (row.accepted, row.reason, row.source)
    }

    #[track_caller]
    fn accepted(&self, code: &str) {
        let before = self.status();
        self.scan(code);
        let (accepted, reason, _) = self.last();
        assert!(accepted, "{code:?} was refused with {reason} at {before}");
    }

    fn badge(&self, badge: &str) {
        self.scan(badge);
    }

    fn seq(&self) -> u64 {
        self.status()["seq"].as_u64().unwrap()
    }

    fn pin(&self, pin: &str) {
        let facts = self.seq();
        for digit in pin.bytes() {
            self.tap(Tap::Digit(digit - b'0'));
        }
        // The comparison runs beside the floor thread; whatever comes out is a fact.
        self.until("the answer to a PIN", |floor| floor.seq() > facts);
    }

    fn sign_in(&self) {
        self.badge("OP-1");
        self.pin("1111");
        assert_eq!(self.step(), "work-list");
    }

    /// Signs out in More; it asks once.
    fn sign_out(&self) {
        self.tap(Tap::More);
        // It stands last, on the last page.
        let row = loop {
            let Page::Sheet(sheet) = self.view().page else { panic!("{:?}", self.view().page) };
            match sheet.rows.iter().position(|row| row.code == "sign-out") {
                Some(row) => break row,
                None => assert!(sheet.paging.page + 1 < sheet.paging.pages, "{sheet:?}"),
            }
            self.tap(Tap::PageDown);
        };
        self.tap(Tap::Choose(row));
        assert_ne!(self.status()["operator"], Value::Null, "one stray touch signs out");
        self.tap(Tap::Choose(row));
    }

    /// Opens a task and goes to the first step of it whose name begins so.
    fn go(&self, task: &str, step: &str) {
        self.accepted(task);
        for _ in 0..50 {
            if self.step().starts_with(step) {
                return;
            }
            self.accepted(&self.best());
        }
        panic!("{task} has no {step}");
    }

    /// Ends in good order.
    fn stop(mut self) {
        self.send_last(Event::Shutdown);
    }

    fn send_last(&mut self, event: Event) {
        if let Some(events) = self.events.take() {
            let _ = events.send(event);
        }
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            if !std::thread::panicking() {
                ended.expect("the floor thread did not panic").expect("the store was closed");
            }
        }
        let lies = std::mem::take(&mut self.shown.lock().unwrap().lies);
        if !std::thread::panicking() {
            assert!(lies.is_empty(), "the screen showed what was not on the disk: {lies:?}");
        }
    }

    /// What a power cut leaves: the files as they are now, in another folder.
    fn power_cut(&self, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(&self.dir).unwrap() {
            let entry = entry.unwrap();
            // The index of the log is memory, and gone.
            if !entry.file_name().to_string_lossy().ends_with("-shm") {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        self.send_last(Event::Shutdown);
    }
}

fn press(key: Key) -> Tap {
    Tap::Key(KeyPress { key, ctrl: false, alt: false, shift: false })
}

fn said(dir: &Path) -> Value {
    status(&Store::open_read_only(dir).unwrap(), TODAY).unwrap()
}

/// What the screen says and the disk does not.
fn lie(view: &View, disk: &Value) -> Option<String> {
    let (step, done) = (disk["step"].as_str()?, disk["quantity"]["done"].as_i64()?);
    let is = |expected: bool| (!expected).then(|| format!("{:?} at {disk}", view.page));
    match &view.page {
        Page::WorkList(_) => is(step == "work-list"),
        Page::Pick(pick) => match &pick.stage {
            PickStage::Totes { .. } => is(step == "pick.totes"),
            PickStage::Location { .. } => is(step == "pick.location"),
            PickStage::Item { .. } => is(step == "pick.item" && done == 0),
            PickStage::Quantity { counted, .. } => is(step == "pick.quantity" && done == i64::from(*counted)),
            PickStage::Tote { quantity, .. } => is(step == "pick.tote" && done == i64::from(*quantity)),
            PickStage::Short { found, .. } => is(step == "pick.short" && done == i64::from(*found)),
            PickStage::DropOff { .. } => is(step == "pick.drop-off"),
            PickStage::EmptyNow { .. } => None,
        },
        _ => None,
    }
}

// ---- a small warehouse ----

struct Site {
    rows: Vec<(&'static str, String, Value)>,
}

impl Site {
    fn put(&mut self, kind: &'static str, id: &str, row: impl serde::Serialize) {
        self.rows.push((kind, id.to_owned(), serde_json::to_value(row).unwrap()));
    }

    fn location(&mut self, id: &str, kind: LocationKind, sequence: i64) {
        self.put(
            kind::LOCATION,
            id,
            Location { id: id.into(), code: id.into(), kind, sequence, ..Location::default() },
        );
    }

    fn item(&mut self, item: Item, gtin: &str) {
        let id = item.id.clone();
        self.put(kind::BARCODE, gtin, Barcode { code: gtin.into(), item: id.clone(), qty: 1, unit: Unit::Each });
        self.put(kind::ITEM, id.as_str(), item);
    }

    fn stock(&mut self, stock: Stock) {
        self.put(kind::STOCK, &stock_key(&stock), stock);
    }

    fn operator(&mut self, id: &str, pin: &str, kib: u32, passes: u32) {
        let salt = SaltString::encode_b64(b"salt of a test").unwrap();
        let params = Params::new(kib, passes, 1, None).unwrap();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let operator = Operator {
            id: id.into(),
            name: format!("Name of {id}"),
            badge_hash: floorhand_wire::badge_hash(WAREHOUSE, id),
            pin_phc: argon.hash_password(pin.as_bytes(), &salt).unwrap().to_string(),
            roles: vec![Role::Pick],
            valid_to_ms: 0,
            language: String::new(),
        };
        self.put(kind::OPERATOR, id, operator);
    }

    /// A task over (slot, location, item, units).
    fn task(&mut self, id: &str, priority: i64, slots: u8, lines: &[(u8, &str, &str, i64)]) {
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
    fn new() -> Self {
        let mut site = Self { rows: Vec::new() };
        site.put(kind::SETTINGS, "settings", Settings::default());
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
    fn save(mut self, dir: &Path) {
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
fn warehouse() -> (tempfile::TempDir, Fake) {
    let folder = tempfile::tempdir().unwrap();
    let mut site = Site::new();
    site.task("PT-1", 5, 1, &[(1, "A-01", "SHIRT", 8), (1, "A-05", "MUG", 1)]);
    site.task("PT-2", 1, 1, &[(1, "A-02", "CREAM", 2)]);
    site.save(&folder.path().join("device"));
    (folder, Fake::new())
}

fn device(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("device")
}

// ---- sign-in ----

#[test]
fn four_wrong_pins_are_forgiven_by_a_right_one() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    for round in 0..2 {
        floor.badge("OP-1");
        assert_eq!(floor.step(), "sign-in.pin");
        for _ in 0..4 {
            floor.pin("9999");
            assert_eq!(floor.refusal(), "PIN_WRONG", "round {round}");
        }
        floor.pin("1111");
        let status = floor.status();
        assert_eq!((&status["operator"], &status["step"]), (&"Name of OP-1".into(), &"work-list".into()));
        floor.sign_out();
        assert_eq!((floor.step(), floor.status()["operator"].clone()), ("sign-in.badge".to_owned(), Value::Null));
    }
    floor.badge("NOBODY");
    assert_eq!(floor.refusal(), "BADGE_UNKNOWN");
    floor.stop();
}

#[test]
fn a_lock_out_outlives_restart_and_clock() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.badge("OP-1");
    for _ in 0..5 {
        assert_eq!(floor.step(), "sign-in.pin");
        floor.pin("9999");
    }
    assert_eq!((floor.refusal(), floor.step()), ("LOCKED_OUT".to_owned(), "sign-in.badge".to_owned()));
    clock.advance(10 * MINUTE_MS);
    floor.badge("OP-1");
    assert_eq!(floor.view().refusal.map(|r| (r.reason, r.number)), Some(("LOCKED_OUT".to_owned(), 5)));
    // Others may work.
    floor.badge("OP-2");
    assert_eq!(floor.step(), "sign-in.pin");
    floor.stop();

    // A reboot with the wall clock a year ahead: running time decides, and in a new boot it runs anew.
    clock.reboot("2027-06-01T10:00:00Z");
    let floor = Floor::start(&device(&folder), &clock);
    floor.badge("OP-1");
    assert_eq!(floor.view().refusal.map(|r| (r.reason, r.number)), Some(("LOCKED_OUT".to_owned(), 15)));
    clock.advance(14 * MINUTE_MS);
    floor.badge("OP-1");
    assert_eq!(floor.refusal(), "LOCKED_OUT");
    clock.advance(MINUTE_MS);
    floor.badge("OP-1");
    floor.pin("1111");
    assert_eq!(floor.step(), "work-list");
    floor.stop();
}

#[test]
fn a_power_cut_during_the_last_try_opens_nothing() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.badge("OP-SLOW");
    for _ in 0..4 {
        floor.pin("9999");
    }
    for digit in [3, 3, 3, 3] {
        floor.tap(Tap::Digit(digit));
    }
    // The last try is being compared; whatever comes out, nobody has seen it.
    floor.power_cut(&folder.path().join("cut"));
    let after = Floor::start(&folder.path().join("cut"), &clock);
    let Page::SignIn(page) = after.view().page else { panic!("{:?}", after.view().page) };
    assert_eq!(page.stage, SignInStage::Badge, "a PIN is asked for though the operator is locked out");
    after.badge("OP-SLOW");
    assert_eq!((after.refusal(), after.step()), ("LOCKED_OUT".to_owned(), "sign-in.badge".to_owned()));
}

#[test]
fn a_pin_opens_only_for_the_badge_it_was_typed_for() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.badge("OP-SLOW");
    for digit in [3, 3, 3, 3] {
        floor.tap(Tap::Digit(digit));
    }
    // While it is compared, somebody else's badge passes the reader.
    floor.badge("OP-1");
    assert_eq!(floor.step(), "sign-in.pin");
    std::thread::sleep(Duration::from_secs(3));
    floor.settle();
    let Page::SignIn(page) = floor.view().page else { panic!("signed in with another's PIN: {:?}", floor.view().page) };
    assert_eq!((page.name.as_str(), floor.step().as_str()), ("Name of OP-1", "sign-in.pin"));
    floor.pin("1111");
    assert_eq!(floor.status()["operator"], "Name of OP-1");
    floor.stop();
}

#[test]
fn what_somebody_left_here_comes_after_what_can_be_taken() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.sign_out();
    floor.badge("OP-2");
    floor.pin("2222");
    // PT-1 is more urgent, and its claim is another's.
    assert_eq!(floor.status()["expects"][0]["codes"], serde_json::json!(["PT-2"]));
    floor.scan("PT-1");
    assert_eq!(floor.question(), "TAKE_OVER?");
    // Anything else drops the question.
    floor.key(Key::Enter);
    assert_eq!(floor.status()["task"]["id"], "PT-2");
    floor.stop();
}

#[test]
fn s8_what_somebody_left_here_is_taken_over_at_its_step() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.sign_out();
    floor.badge("OP-2");
    floor.pin("2222");
    floor.scan("PT-1");
    assert_eq!(floor.question(), "TAKE_OVER?");
    floor.scan("PT-1");
    assert_eq!(floor.status()["task"]["id"], "PT-1");
    assert_eq!(floor.step(), "pick.item");
    floor.stop();
}

// ---- keys and taps ----

#[test]
fn keys_do_what_taps_do() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    // The badge by a reader that types, the PIN by keys.
    floor.burst("OP-1\r", 4);
    assert_eq!(floor.last(), (true, String::new(), Source::Wedge));
    floor.keys("11");
    floor.key(Key::Backspace);
    let Page::SignIn(page) = floor.view().page else { panic!("{:?}", floor.view().page) };
    assert_eq!(page.digits, 1);
    floor.key(Key::Escape);
    floor.keys("1111");
    floor.until("the work list", |floor| floor.step() == "work-list");

    // Enter is the primary action: the first task.
    floor.key(Key::Enter);
    assert_eq!(floor.status()["task"]["id"], "PT-1");
    // F1 to F3 open sheets, Escape leaves them.
    for (n, kind) in [(1, "more"), (2, "cant-scan"), (3, "problem")] {
        floor.key(Key::Function(n));
        assert!(matches!(floor.view().page, Page::Sheet(sheet) if sheet.kind == kind), "F{n} is not {kind}");
        floor.key(Key::Escape);
        assert!(matches!(floor.view().page, Page::Pick(_)));
    }
    floor.accepted(&floor.best());
    floor.accepted(&floor.best());
    floor.accepted(&floor.best());
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.quantity", 1));

    // The keypad: by keys, by taps, and taken back.
    floor.keys("5");
    assert!(
        matches!(floor.view().page, Page::Pick(p) if matches!(&p.stage, PickStage::Quantity { typed, .. } if typed == "5"))
    );
    floor.key(Key::Escape);
    floor.keys("99");
    floor.key(Key::Backspace);
    floor.key(Key::Backspace);
    floor.keys("3");
    floor.key(Key::Enter);
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.quantity", 3));
    floor.tap(Tap::Digit(9));
    floor.tap(Tap::Ok);
    assert_eq!((floor.refusal().as_str(), floor.in_hand()), ("QTY_OVER", 3));
    floor.tap(Tap::Digit(8));
    floor.tap(Tap::Ok);
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.tote", 8));
    floor.accepted(&floor.best());

    // Short: F3, the first row by its digit; Escape finds it again; then for good.
    floor.key(Key::Function(3));
    floor.keys("1");
    assert_eq!(floor.step(), "pick.short");
    floor.key(Key::Escape);
    assert_eq!(floor.step(), "pick.location");
    floor.key(Key::Function(3));
    floor.keys("1");
    floor.keys("2");
    assert_eq!(floor.status()["expects"][0]["kind"], "quantity", "damaged asks how many");
    floor.keys("1");
    floor.key(Key::Enter);
    floor.accepted(&floor.best());
    assert_eq!(floor.step(), "pick.drop-off");
    floor.accepted(&floor.best());
    assert_eq!(floor.step(), "work-list");
    floor.stop();
}

#[test]
fn digits_choose_rows_of_the_work_list() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.keys("9");
    assert_eq!(floor.step(), "work-list");
    floor.keys("2");
    assert_eq!(floor.status()["task"]["id"], "PT-2");
    // Given back after a second press.
    for presses in 1..=2 {
        floor.key(Key::Function(1));
        floor.key(Key::Escape);
        floor.tap(Tap::More);
        let Page::Sheet(sheet) = floor.view().page else { panic!("{:?}", floor.view().page) };
        let row = sheet.rows.iter().position(|row| row.code == "release").expect("release");
        floor.tap(Tap::Choose(row));
        // Leaving the sheet in between takes the first press back.
        if presses == 1 {
            assert_eq!(floor.status()["task"]["id"], "PT-2");
            floor.key(Key::Escape);
        } else {
            floor.tap(Tap::Choose(row));
        }
    }
    assert_eq!((floor.step().as_str(), &floor.status()["task"]), ("work-list", &Value::Null));
    // The first task by a tap on its plate, the other one by its code.
    floor.tap(Tap::Primary);
    assert_eq!(floor.status()["task"]["id"], "PT-1");
    floor.stop();
}

#[test]
fn a_reader_that_types_and_a_person_who_does() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    let rows = floor.log().len();
    // Fast, and ended by Enter: a code.
    floor.burst("9521234543213\r", 3);
    assert_eq!((floor.last(), floor.in_hand()), ((true, String::new(), Source::Wedge), 1));
    // Fast, and ended by silence: perhaps half a code.
    floor.burst("95212345", 3);
    clock.advance(200);
    floor.until("half a code to be refused", |floor| floor.log().len() == rows + 2);
    assert_eq!((floor.last(), floor.in_hand()), ((false, "BAD_READ".to_owned(), Source::Wedge), 1));
    // The same digits from a person go into the keypad.
    floor.keys("4");
    floor.key(Key::Enter);
    assert_eq!((floor.log().len(), floor.in_hand()), (rows + 2, 4));
    // A burst of 5,000 keys is one refused scan.
    floor.burst(&"8".repeat(5_000), 1);
    clock.advance(500);
    floor.until("the burst to be refused", |floor| floor.log().len() > rows + 2);
    std::thread::sleep(Duration::from_millis(30));
    floor.settle();
    assert_eq!((floor.log().len(), floor.last().1.as_str(), floor.in_hand()), (rows + 3, "BAD_READ", 4));

    // A typed code goes the way of a scan, marked as typed. A fast typist is still typing there.
    floor.key(Key::Function(2));
    floor.keys("1");
    floor.burst("mug-", 5);
    floor.keys("blue");
    assert!(matches!(floor.view().page, Page::TypeCode(page) if page.typed == "MUG-BLUE"));
    floor.key(Key::Enter);
    assert_eq!(floor.last(), (false, "WRONG_ITEM".to_owned(), Source::Typed));
    assert!(matches!(floor.view().page, Page::Pick(_)), "the answer is shown over the step");
    floor.key(Key::Function(2));
    floor.keys("1");
    for sign in "9521234543213".chars() {
        floor.tap(Tap::Sign(sign));
    }
    floor.tap(Tap::Ok);
    assert_eq!((floor.last(), floor.in_hand()), ((true, String::new(), Source::Typed), 5));
    floor.stop();
}

// ---- refusals ----

#[test]
fn a_refusal_stays_until_the_next_scan_and_noise_closes_nothing() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.location");
    floor.scan("A-02");
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    // Looking elsewhere, and minutes, do not take it away.
    floor.key(Key::Function(1));
    floor.key(Key::Escape);
    clock.advance(3 * MINUTE_MS);
    floor.settle();
    std::thread::sleep(Duration::from_millis(15));
    floor.settle();
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    let shown = floor.view().refusal.unwrap();
    assert_eq!((shown.scanned.code.as_str(), shown.needed.code.as_str()), ("A-02", "A-01"));
    floor.scan("A-01");
    assert_eq!((floor.refusal().as_str(), floor.step().as_str()), ("", "pick.item"));

    // A page that is open, and what was typed on it, survive noise; a code closes it.
    floor.key(Key::Function(2));
    floor.keys("1");
    floor.keys("AB");
    let before = floor.status();
    for (raw, complete) in [(&b"\x00\xff\x13\x80"[..], true), (b"952123", false), (&[b'7'; 513], false)] {
        floor.scan_as(raw, Source::Serial, complete);
        assert_eq!(floor.last(), (false, "BAD_READ".to_owned(), Source::Serial));
        assert!(matches!(floor.view().page, Page::TypeCode(page) if page.typed == "AB"), "noise closed the page");
    }
    let mut after = floor.status();
    // Each refusal is a fact, and nothing else has changed.
    assert_eq!(after["seq"].as_u64().unwrap(), before["seq"].as_u64().unwrap() + 3);
    after["seq"] = before["seq"].clone();
    after["outbox"] = before["outbox"].clone();
    assert_eq!(after, before);
    floor.scan("]E09521234543213");
    assert!(matches!(floor.view().page, Page::Pick(_)));
    assert_eq!(floor.in_hand(), 1);
    floor.stop();
}

#[test]
fn the_other_half_of_a_code_is_no_code() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.location");
    let half = |raw: &[u8]| floor.scan_as(raw, Source::Serial, false);
    half(b"LOC-");
    floor.scan("A-01");
    assert_eq!((floor.refusal().as_str(), floor.step().as_str()), ("BAD_READ", "pick.location"));
    assert!(floor.log().pop().unwrap().decision.contains("\"torn\""));
    // The same code once more is nobody's other half; nor is one that comes later, or that makes no
    // sense behind the first, or that says by itself what it is.
    floor.scan("A-02");
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    half(b"LOC-");
    clock.advance(1_001);
    floor.scan("A-02");
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    half(b"95212");
    floor.scan("A-02");
    assert_eq!(floor.refusal(), "WRONG_LOCATION");
    half(b"LOC-");
    floor.scan("]C0A-01");
    assert_eq!((floor.refusal().as_str(), floor.step().as_str()), ("", "pick.item"));
    half(b"]E09521234");
    floor.scan("543213");
    assert_eq!((floor.refusal().as_str(), floor.in_hand()), ("BAD_READ", 0));
    floor.stop();
}

#[test]
fn goods_past_their_best_before_date_are_taken_and_looked_at() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    let hint = || {
        let row = floor.log().pop().unwrap();
        serde_json::from_str::<serde_json::Value>(&row.decision).unwrap()["hint"].as_str().unwrap_or("").to_owned()
    };
    floor.scan("]C1010952123454321315351231");
    assert_eq!((floor.in_hand(), hint()), (1, String::new()));
    assert!(matches!(floor.view().band, Band::Accepted { .. }));
    floor.scan("]C1010952123454321315250101");
    assert_eq!((floor.in_hand(), hint()), (2, "best-before".to_owned()));
    assert!(matches!(floor.view().band, Band::Notice { code } if code == "best-before"));
    floor.stop();
}

#[test]
fn a_power_cut_at_any_step_comes_back_to_it() {
    let (folder, clock) = warehouse();
    let mut floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    let mut steps = Vec::new();
    for n in 0..30 {
        let before = floor.status();
        let cut = folder.path().join(format!("cut-{n}"));
        floor.power_cut(&cut);
        let after = Floor::start(&cut, &clock);
        assert_eq!(after.status(), before);
        if before["task"].is_null() && n > 0 {
            break;
        }
        steps.push(before["step"].as_str().unwrap().to_owned());
        // Go on with what came back: the work list, the names, all of it must work.
        after.accepted(&after.best());
        floor.stop();
        floor = after;
    }
    for step in ["work-list", "pick.totes", "pick.location", "pick.item", "pick.quantity", "pick.tote", "pick.drop-off"]
    {
        assert!(steps.iter().any(|at| at == step), "{step} was not cut: {steps:?}");
    }
}

// ---- the disk ----

#[test]
fn a_full_disk_is_said_and_changes_nothing() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.stop();

    // A file that may not grow.
    let full = Options { reserve_bytes: 0, max_pages: 1, ..Options::default() };
    let floor = Floor::start_with(&device(&folder), &clock, &full);
    // Large rows first, then small ones, until not even the shelf's code fits. It is accepted at this
    // step as often as it is scanned.
    for code in [&format!("]C0{}", "X".repeat(400)), "]C0XXXX", "A-01"] {
        let mut tries = 0;
        floor.scan("A-01");
        while floor.refusal() != "DISK_FULL" {
            floor.scan(code);
            tries += 1;
            assert!(tries < 2_000, "the disk is never full");
        }
    }
    let (status, rows, views) = (floor.status(), floor.log().len(), floor.views());
    // What is right is refused as well, as long as it cannot be saved, and nothing of it is done.
    for _ in 0..3 {
        floor.scan("]E09521234543213");
        assert_eq!((floor.refusal().as_str(), floor.log().len()), ("DISK_FULL", rows));
        assert_eq!(floor.status(), status);
    }
    assert_eq!(floor.views(), views, "the screen moved");
    floor.stop();

    let floor = Floor::start(&device(&folder), &clock);
    assert_eq!(floor.status(), status);
    floor.accepted("]E09521234543213");
    floor.stop();
}

#[test]
fn try_again_does_that_and_nothing_else() {
    let (folder, clock) = warehouse();
    let floor = Floor::start(&device(&folder), &clock);
    floor.sign_in();
    let before = floor.status();
    // Something else keeps the file from being written.
    let other = rusqlite::Connection::open(device(&folder).join(floorhand::store::DB_FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    floor.scan("PT-2");
    assert!(matches!(floor.view().page, Page::Block(page) if page.code == "STORE_BROKEN"));
    assert_eq!(floor.status(), before);
    other.execute_batch("ROLLBACK").unwrap();
    // Enter is "try again", not the first task of the list behind it.
    floor.key(Key::Enter);
    assert!(matches!(floor.view().page, Page::WorkList(_)));
    assert_eq!(floor.status(), before);
    floor.key(Key::Enter);
    assert_eq!(floor.status()["task"]["id"], "PT-1");
    floor.stop();
}

#[test]
fn the_news_of_the_connection_is_news_once() {
    let app = App::new(Station::default(), Settings::default(), Look::default());
    let session = Session { operator: "OP-1".into(), name: "One".into(), roles: Vec::new(), signin: "s".into() };
    let app = app.resume(Saved { session: Some(session), ..Saved::default() }, None, None);
    let turn = |app: App, input| app.update(input, &Now::default(), &Found::default()).app;
    let band = |app: &App| floorhand::present::view(app).band;
    assert_eq!(band(&app), Band::Offline);
    let back = turn(app, Input::Link(LinkState { online: true, fresh: true, ..LinkState::default() }));
    assert_eq!(band(&back), Band::OnlineAgain);
    assert_eq!(band(&turn(back.clone(), Input::Minute)), Band::None);
    let scan = Scan { raw: b"A-99".to_vec(), source: Source::Serial, complete: true };
    let read = Box::new(floorhand_domain::scan::read_by(&scan, &floorhand_domain::scan::Rules::default()));
    let refused = turn(back, Input::Scan { scan, read });
    assert_eq!(band(&refused), Band::None);
}

// ---- status ----

/// Works a task by nothing but the best code of each step; each must count and lead on.
fn work_by_status(floor: &Floor, task: &str) -> usize {
    floor.accepted(task);
    let mut scans = 1;
    loop {
        let before = floor.status();
        if before["task"].is_null() {
            return scans;
        }
        floor.accepted(&floor.best());
        let after = floor.status();
        assert_ne!(
            (&after["step"], &after["quantity"], &after["expects"], &after["seq"]),
            (&before["step"], &before["quantity"], &before["expects"], &before["seq"]),
            "{} led nowhere",
            before["expects"][0]
        );
        scans += 1;
        assert!(scans < 500, "{task} has no end");
    }
}

const GOODS: [(&str, &str, i64); 5] =
    [("A-01", "SHIRT", 9), ("A-02", "CREAM", 6), ("A-03", "PHONE", 2), ("A-04", "CABLE", 5), ("A-05", "MUG", 3)];

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// A script that scans what `status` lists first finishes any task.
    #[test]
    fn the_best_code_always_leads_on(
        slots in 1_u8..=3,
        lines in prop::collection::vec((0_u8..3, 0_usize..GOODS.len(), 1_i64..=9), 1..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut site = Site::new();
        let mut phones = 0;
        let lines: Vec<(u8, &str, &str, i64)> = lines
            .iter()
            .map(|(slot, goods, qty)| {
                let (location, item, most) = GOODS[*goods];
                (slot % slots + 1, location, item, (*qty).min(most))
            })
            // There are five phones that may be taken.
            .filter(|(_, _, item, qty)| {
                phones += if *item == "PHONE" { *qty } else { 0 };
                *item != "PHONE" || phones <= 5
            })
            .collect();
        prop_assume!(!lines.is_empty());
        site.task("PT-9", 0, slots, &lines);
        site.save(&device(&folder));
        let floor = Floor::start(&device(&folder), &Fake::new());
        floor.sign_in();
        let scans = work_by_status(&floor, "PT-9");
        prop_assert!(scans > lines.len() * 2);
        prop_assert!(floor.log().iter().all(|row| row.accepted));
        let store = Store::open_read_only(&device(&folder)).unwrap();
        for line in store.lines_shown(&"PT-9".into()).unwrap() {
            prop_assert_eq!(line.picked, line.qty);
        }
        floor.stop();
    }
}
