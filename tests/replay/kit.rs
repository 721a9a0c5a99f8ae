//! A small warehouse, the floor thread's loop step by step, and a shift in it.

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use floorhand::app::App;
use floorhand::clock::Clock;
use floorhand::event::Event;
use floorhand::runner::{EVENTS_MAX, Parts, Runner};
use floorhand::store::{Identity, Options, Store, StoreError};
use floorhand::sync::{NetAnswer, NetError};
use floorhand::view::{Key, KeyPress, Look, Setting, Tap, TextSize, View};
use floorhand_domain::master::{Barcode, HandlingUnit, Item, Location, LocationKind, Operator, Role, Settings, Unit};
use floorhand_domain::scan::{Scan, Source};
use floorhand_domain::stock::Stock;
use floorhand_domain::task::{Line, Slot, Task};
use floorhand_wire::feed::{
    Applied, BootstrapResponse, PullResponse, Row, SCHEMA, StreamPage, kind, row_sum, stock_key,
};
use floorhand_wire::push::PushResponse;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const WAREHOUSE: i64 = 7;
const STREAM: &str = "wh:7";
/// Badges that are nothing but badges; the second one is nobody's.
pub const BADGE: &str = "BDG-77Q1-ZXCV";
pub const OTHER_BADGE: &str = "BDG-42W8-KJHG";
pub const NO_BADGE: &str = "BDG-99X9-NOBODY";
/// Digits of the PIN that nothing else consists of.
pub const PIN: &str = "8642";
pub const SHIRT: &str = "]E09521234543213";
pub const MUG: &str = "MUG-BLUE";

#[derive(Debug, Clone)]
pub struct Time(Arc<Mutex<(u64, Timestamp)>>);

impl Time {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new((1_000_000, "2026-06-01T06:00:00Z".parse().unwrap()))))
    }

    pub fn advance(&self, ms: u64) -> u64 {
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

/// A device on which people work, one event after the other.
pub struct Floor {
    pub runner: Runner,
    pub dir: PathBuf,
    clock: Time,
    site: Site,
    acked: u64,
}

impl Floor {
    pub fn new(dir: &Path) -> Self {
        let site = Site::new();
        site.save(dir);
        Self::open(dir, &Time::new(), site, 0)
    }

    fn open(dir: &Path, clock: &Time, site: Site, acked: u64) -> Self {
        let store = store_at(dir);
        let (send, events) = sync_channel(EVENTS_MAX);
        let runner = Runner::new(Parts {
            store,
            transport: None,
            show: Box::new(drop),
            events,
            again: send,
            clock: Box::new(clock.clone()),
            look: Look::default(),
            outlet: Box::new(floorhand::outlet::Nothing),
            readers: Vec::new(),
            profile: floorhand::view::Profile::Handheld,
            scale: false,
            printer: false,
        })
        .unwrap();
        Self { runner, dir: dir.to_owned(), clock: clock.clone(), site, acked }
    }

    /// Ends and starts anew.
    pub fn restart(self) -> Self {
        let Self { runner, dir, clock, site, acked } = self;
        drop(runner);
        Self::open(&dir, &clock, site, acked)
    }

    pub fn app(&self) -> &App {
        self.runner.app()
    }

    pub fn view(&self) -> View {
        floorhand::present::view(self.app())
    }

    pub fn scan_as(&mut self, code: &str, source: Source, complete: bool) {
        self.clock.advance(2_000);
        self.runner.step(Event::Scan(Scan { raw: code.as_bytes().to_vec(), source, complete }));
    }

    pub fn refused(&mut self, code: &str, reason: &str) {
        self.scan_as(code, Source::Serial, true);
        let told = self.view().refusal.map(|refusal| refusal.reason).unwrap_or_default();
        assert_eq!(told, reason, "{code} at {}", self.app().step_name());
    }

    /// A scan that leads to this step.
    pub fn scan(&mut self, code: &str, step: &str) {
        self.scan_as(code, Source::Serial, true);
        let refusal = self.view().refusal;
        assert!(refusal.is_none(), "{code}: {refusal:?}");
        assert_eq!(self.app().step_name(), step, "after {code}");
    }

    pub fn tap(&mut self, tap: Tap) {
        let at = self.clock.advance(700);
        self.runner.step(Event::Tap(tap, at));
    }

    pub fn key(&mut self, key: Key) {
        self.tap(Tap::Key(KeyPress { key, ctrl: false, alt: false, shift: false }));
    }

    pub fn sheet(&mut self, open: Tap, row: &str) {
        self.tap(open);
        self.press(row);
    }

    /// Presses a row of the open sheet, on whatever page it is.
    pub fn press(&mut self, row: &str) {
        let rows = self.app().sheet_rows();
        let at = rows.iter().position(|(code, ..)| *code == row).expect("a row of the sheet");
        while self.app().sheet_window(rows.len()).0 + self.app().sheet_fit() <= at {
            self.tap(Tap::PageDown);
        }
        let first = self.app().sheet_window(rows.len()).0;
        self.tap(Tap::Choose(at - first));
    }

    /// Types a PIN; whether it is right is said from beside.
    pub fn pin(&mut self, digits: &str, right: bool) {
        for (n, digit) in digits.chars().enumerate() {
            match n {
                0 | 1 => self.tap(Tap::Digit(u8::try_from(digit.to_digit(10).unwrap()).unwrap())),
                _ => self.key(Key::Text(digit.to_string())),
            }
        }
        self.clock.advance(300);
        self.runner.step(Event::PinChecked { right });
    }

    pub fn sign_in(&mut self) {
        self.scan(BADGE, "sign-in.pin");
        self.pin(PIN, true);
        assert_eq!(self.app().step_name(), "work-list");
    }

    /// The core takes every fact so far.
    pub fn online(&mut self) {
        self.clock.advance(20 * 60_000);
        // What was not sent is due by now.
        self.sheet(Tap::More, "about");
        self.tap(Tap::Back);
        self.refused("NOTHING-KNOWS-THIS", "UNKNOWN_CODE");
        let first_seq = self.acked + 1;
        self.acked = first_seq;
        let response = PushResponse {
            acked_through: Some(first_seq),
            durable_through: first_seq,
            quarantined_through: None,
            outcomes: Vec::new(),
            server_epoch: "se-1".into(),
            server_time: "2026-06-01T06:30:00Z".into(),
        };
        self.runner.step(Event::Net(Box::new(NetAnswer::Push { epoch: 1, first_seq, result: Ok(response) })));
        assert!(self.app().link.online);
    }

    pub fn offline(&mut self) {
        let error = || NetError::Unreachable("no route".into());
        // Whatever is on its way does not arrive.
        let claim = NetAnswer::Claim { task: "PT-1".into(), result: Err(error()) };
        let push = NetAnswer::Push { epoch: 1, first_seq: self.acked + 1, result: Err(error()) };
        let pull = NetAnswer::Pull(Box::new(Err(error())));
        for answer in [claim, push, pull] {
            self.runner.step(Event::Net(Box::new(answer)));
        }
        assert!(!self.app().link.online);
    }

    /// The core asks for more units of a line.
    pub fn asks_for_more(&mut self, line: usize, qty: i64) {
        // The engine asks for rows with the next fact.
        self.refused("NOTHING-KNOWS-THIS", "UNKNOWN_CODE");
        let from = self.site.head;
        let mut row = self.site.lines.get(line).unwrap().clone();
        row.qty = qty;
        let rows = vec![self.site.put(kind::LINE, &row.id.0.clone(), &row)];
        let sum = self.site.rows.iter().map(|row| row_sum(&row.0, &row.1, row.2)).fold(0_u64, u64::wrapping_add);
        let page = StreamPage {
            s: STREAM.into(),
            from,
            to: self.site.head,
            complete: true,
            rows,
            live: u64::try_from(self.site.rows.len()).unwrap(),
            sum: format!("{sum:016x}"),
        };
        let response = PullResponse {
            server_epoch: "se-1".into(),
            server_time: "2026-06-01T06:31:00Z".into(),
            schema: SCHEMA,
            applied: Applied { epoch: 1, through: self.acked },
            streams: vec![page],
            cursor: format!("{STREAM}={}", self.site.head),
        };
        self.runner.step(Event::Net(Box::new(NetAnswer::Pull(Box::new(Ok(response))))));
    }
}

/// Signs in after what is wrong, picks two tasks with refusals, a short pick and questions, without a
/// network and with one, looks at lists and settings, ends and starts anew, signs out.
pub fn shift(dir: &Path) -> Floor {
    let mut floor = Floor::new(dir);
    floor.refused(SHIRT, "WRONG_KIND");
    floor.refused(NO_BADGE, "BADGE_UNKNOWN");
    floor.scan_as("BDG-77", Source::Serial, false);
    floor.key(Key::Text("B".into()));
    floor.scan(BADGE, "sign-in.pin");
    floor.pin("1357", false);
    floor.tap(Tap::Digit(8));
    floor.tap(Tap::Backspace);
    floor.tap(Tap::NotMe);
    // The badge by hand.
    floor.sheet(Tap::CantScan, "type");
    for sign in BADGE.chars() {
        if sign.is_ascii_digit() { floor.key(Key::Text(sign.to_string())) } else { floor.tap(Tap::Sign(sign)) }
    }
    floor.tap(Tap::Ok);
    assert_eq!(floor.app().step_name(), "sign-in.pin");
    floor.pin(PIN, true);
    assert_eq!(floor.app().step_name(), "work-list");

    floor.tap(Tap::OpenHistory);
    floor.tap(Tap::ShowRefused);
    floor.tap(Tap::PageDown);
    floor.tap(Tap::OpenAttention);
    floor.tap(Tap::Back);
    floor.tap(Tap::OpenSettings);
    floor.tap(Tap::Setting(Setting::Text(TextSize::T130)));
    floor.tap(Tap::Back);

    floor.refused("A-01", "WRONG_KIND");
    floor.scan("PT-1", "pick.totes");
    floor.refused(OTHER_BADGE, "WRONG_KIND");
    floor.scan("T-1", "pick.location");
    floor.refused(SHIRT, "NEED_LOCATION");
    floor.refused("A-02", "WRONG_LOCATION");
    floor.scan("A-01", "pick.item");
    floor.refused(MUG, "WRONG_ITEM");
    floor.scan(SHIRT, "pick.quantity");
    floor.online();
    floor.asks_for_more(0, 9);
    floor.tap(Tap::Digit(1));
    floor.tap(Tap::Digit(0));
    floor.tap(Tap::Ok);
    floor.tap(Tap::Digit(9));
    floor.key(Key::Enter);
    assert_eq!(floor.app().step_name(), "pick.tote");
    floor.refused("T-2", "TOTE_OTHER");
    floor.scan("T-1", "pick.location");
    floor.offline();
    floor = floor.restart();
    assert_eq!(floor.app().step_name(), "pick.location");
    // One of two is there.
    floor.scan("A-02", "pick.item");
    floor.scan(MUG, "pick.quantity");
    floor.tap(Tap::OnlyHere);
    floor.tap(Tap::FoundIt);
    floor.tap(Tap::OnlyHere);
    floor.tap(Tap::Choose(0));
    floor.scan_as("A-02", Source::Camera, true);
    floor.scan("T-1", "pick.drop-off");
    floor.refused("A-01", "PLACE_FORBIDDEN");
    // Another bench of the same kind: asks once.
    floor.scan_as("PACK-02", Source::Serial, true);
    assert_eq!(floor.app().step_name(), "pick.drop-off");
    floor.scan_as("PACK-02", Source::Serial, true);
    assert_eq!(floor.app().step_name(), "work-list");

    floor.tap(Tap::Primary);
    floor.sheet(Tap::More, "release");
    floor.tap(Tap::Back);
    floor.sheet(Tap::More, "release");
    floor.press("release");
    assert_eq!(floor.app().step_name(), "work-list");
    floor.sheet(Tap::More, "sign-out");
    floor.press("sign-out");
    assert_eq!(floor.app().step_name(), "sign-in.badge");
    floor
}

/// What the core says.
#[derive(Clone)]
struct Site {
    rows: Vec<Row>,
    lines: Vec<Line>,
    head: u64,
}

impl Site {
    fn put(&mut self, kind: &str, id: &str, body: &impl serde::Serialize) -> Row {
        self.head += 1;
        let row = Row(kind.to_owned(), id.to_owned(), self.head, serde_json::to_value(body).unwrap());
        self.rows.retain(|old| (&old.0, &old.1) != (&row.0, &row.1));
        self.rows.push(row.clone());
        row
    }

    fn new() -> Self {
        let mut site = Self { rows: Vec::new(), lines: Vec::new(), head: 0 };
        site.put(kind::SETTINGS, "settings", &Settings::default());
        for (id, badge) in [("o-1", BADGE), ("o-2", OTHER_BADGE)] {
            let params = Params::new(8, 1, 1, None).unwrap();
            let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let salt = SaltString::encode_b64(b"salt of a test").unwrap();
            let operator = Operator {
                id: id.into(),
                name: format!("Name of {id}"),
                badge_hash: floorhand_wire::badge_hash(WAREHOUSE, badge),
                pin_phc: argon.hash_password(PIN.as_bytes(), &salt).unwrap().to_string(),
                roles: vec![Role::Pick],
                valid_to_ms: 0,
                language: String::new(),
            };
            site.put(kind::OPERATOR, id, &operator);
        }
        let places = [("A-01", LocationKind::Bin), ("A-02", LocationKind::Bin), ("A-03", LocationKind::Bin)];
        let benches = [("PACK-01", LocationKind::Pack), ("PACK-02", LocationKind::Pack)];
        for (n, (id, kind)) in (0..).zip(places.into_iter().chain(benches)) {
            let location = Location { id: id.into(), code: id.into(), kind, sequence: n, ..Location::default() };
            site.put(kind::LOCATION, id, &location);
        }
        for id in ["T-1", "T-2"] {
            let tote = HandlingUnit { id: id.into(), location: "PACK-01".into(), ..HandlingUnit::default() };
            site.put(kind::HANDLING_UNIT, id, &tote);
        }
        for (id, code, at, qty) in [("SHIRT", "09521234543213", "A-01", 100), ("MUG", MUG, "A-02", 30)] {
            site.put(kind::ITEM, id, &Item { id: id.into(), name: format!("The {id}"), ..Item::default() });
            let barcode = Barcode { code: code.into(), item: id.into(), qty: 1, unit: Unit::Each };
            site.put(kind::BARCODE, code, &barcode);
            let stock = Stock { location: at.into(), item: id.into(), qty, ..Stock::default() };
            site.put(kind::STOCK, &stock_key(&stock), &stock);
        }
        site.task("PT-1", 5, &[("A-01", "SHIRT", 8), ("A-02", "MUG", 2)]);
        site.task("PT-2", 1, &[("A-02", "MUG", 1)]);
        site
    }

    fn task(&mut self, id: &str, priority: i64, lines: &[(&str, &str, i64)]) {
        let order = format!("{id}-order");
        let task = Task {
            id: id.into(),
            priority,
            lines: u32::try_from(lines.len()).unwrap(),
            slots: vec![Slot { slot: 1, order: order.as_str().into(), ..Slot::default() }],
            drop_off: "PACK-01".into(),
            ..Task::default()
        };
        self.put(kind::TASK, id, &task);
        for (n, (location, item, qty)) in (0..).zip(lines) {
            let line = Line {
                id: format!("{id}-{n:03}").into(),
                task: id.into(),
                seq: n,
                order: order.as_str().into(),
                order_line: format!("{order}:{n}").into(),
                slot: 1,
                location: (*location).into(),
                item: (*item).into(),
                qty: *qty,
                ..Line::default()
            };
            self.put(kind::LINE, &line.id.0.clone(), &line);
            self.lines.push(line);
        }
    }

    /// Writes it as the core's rows of an enrolled device.
    fn save(&self, dir: &Path) {
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
        let mut rows = self.rows.clone();
        rows.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let page = BootstrapResponse {
            server_epoch: "se-1".into(),
            server_time: "2026-06-01T06:00:00Z".into(),
            schema: SCHEMA,
            stream: STREAM.into(),
            pos: self.head,
            rows,
            after: None,
        };
        store.apply_bootstrap("", &page).unwrap();
        store.close().unwrap();
    }
}

/// Opens the store. A program that another test starts holds every lock of this process for a moment.
fn store_at(dir: &Path) -> Store {
    for _ in 0..100 {
        match Store::open_with(dir, &Options { reserve_bytes: 0, ..Options::default() }) {
            Err(StoreError::Locked(_)) => std::thread::sleep(Duration::from_millis(20)),
            opened => return opened.unwrap(),
        }
    }
    panic!("the store stays locked");
}
