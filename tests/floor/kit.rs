//! A warehouse that a test lays out, and a device on which people work in it: the floor's loop with a real
//! store, without a network.
#![allow(dead_code)]

#[path = "bench.rs"]
pub mod bench;
#[path = "line.rs"]
pub mod line;
#[path = "words.rs"]
mod words;
#[path = "world.rs"]
pub mod world;

use floorhand::app::{App, Signal};
use floorhand::clock::Clock;
use floorhand::event::Event;
use floorhand::outlet::{Asked, CartonLabel, Finder, Outlet, Picture, Weight};
use floorhand::runner::{EVENTS_MAX, Parts, Runner};
use floorhand::store::Store;
use floorhand::view::{Look, Page, Profile, Tap, View};
use floorhand_domain::fact::Fact;
use floorhand_domain::scan::{Lookup, Scan, Source};
use floorhand_domain::stock::{Status, Stock};
use floorhand_wire::push::WireFact;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use words::stock_words;
pub use words::words_of;
use world::{PIN, START, World, store_at};

#[derive(Debug, Clone)]
pub struct Time(Arc<Mutex<(u64, Timestamp)>>);

impl Time {
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

/// A camera that sees something, and a printer that prints.
#[derive(Debug, Clone, Default)]
struct Devices {
    printed: Arc<Mutex<Vec<String>>>,
    signals: Arc<Mutex<Vec<Signal>>>,
    labels: Arc<Mutex<Vec<CartonLabel>>>,
    weighs: Arc<Mutex<bool>>,
}

impl Outlet for Devices {
    fn signal(&mut self, signal: Signal, _: &Look, _: u16) {
        self.signals.lock().unwrap().push(signal);
    }

    fn answer(&mut self, _: Asked, _: Signal) {}

    fn finder(&mut self, _: Finder) {}

    fn picture(&mut self) -> Option<Picture> {
        Some(Picture { width: 2, height: 2, grey: vec![40, 80, 120, 160] })
    }

    fn print(&mut self, label: &str) -> bool {
        self.printed.lock().unwrap().push(label.to_owned());
        true
    }

    fn print_carton(&mut self, label: CartonLabel) -> bool {
        self.labels.lock().unwrap().push(label);
        true
    }

    fn weigh(&mut self, on: bool) {
        *self.weighs.lock().unwrap() = on;
    }
}

impl World {
    /// A device that knows all this.
    pub fn floor(self) -> Floor {
        let dir = tempfile::tempdir().unwrap();
        let core = line::Core::of(&self);
        self.save(dir.path());
        let time = Time(Arc::new(Mutex::new((1_000_000, START.parse().unwrap()))));
        Floor { core, ..Floor::open(Arc::new(dir), time, Profile::Handheld) }
    }
}

/// A device on which people work, one event after the other.
pub struct Floor {
    pub runner: Runner,
    pub time: Time,
    dir: Arc<TempDir>,
    devices: Devices,
    /// Facts that were looked at.
    seen: usize,
    /// What the core would answer.
    core: line::Core,
    profile: Profile,
    /// What the core says, where it says more later.
    later: Option<World>,
    /// The printer takes its time: [`Floor::labels_come`].
    pub slow_printer: bool,
}

impl Floor {
    fn open(dir: Arc<TempDir>, time: Time, profile: Profile) -> Self {
        let (send, events) = sync_channel(EVENTS_MAX);
        let devices = Devices::default();
        let runner = Runner::new(Parts {
            store: store_at(dir.path()),
            transport: None,
            show: Box::new(drop),
            events,
            again: send,
            clock: Box::new(time.clone()),
            look: Look::default(),
            outlet: Box::new(devices.clone()),
            readers: Vec::new(),
            profile,
            printer: true,
            scale: true,
        })
        .unwrap();
        Self {
            runner,
            time,
            dir,
            devices,
            seen: 0,
            profile,
            core: line::Core::default(),
            later: None,
            slow_printer: false,
        }
    }

    /// The power is cut, and comes again.
    pub fn restart(self) -> Self {
        let Self { runner, dir, time, seen, profile, core, later, .. } = self;
        drop(runner);
        Self { seen, core: core.cut(), later, ..Self::open(dir, time, profile) }
    }

    pub fn app(&self) -> &App {
        self.runner.app()
    }

    pub fn view(&self) -> View {
        floorhand::present::view(self.app())
    }

    pub fn step(&self) -> &'static str {
        self.app().step_name()
    }

    pub fn read(&mut self, code: &str) {
        self.time.advance(2_000);
        self.runner.step(Event::Scan(Scan { raw: bytes(code), source: Source::Serial, complete: true }));
    }

    /// A scan that is accepted and leads to this step.
    #[track_caller]
    pub fn scan(&mut self, code: &str, step: &str) {
        self.read(code);
        assert_eq!(self.told(), "", "{code}");
        assert_eq!(self.step(), step, "after {code}");
    }

    /// So many scans of one code.
    #[track_caller]
    pub fn scans(&mut self, times: usize, code: &str, step: &str) {
        (0..times).for_each(|_| self.scan(code, step));
    }

    /// A scan that is refused or asks, for this reason, and records nothing.
    #[track_caller]
    pub fn refused(&mut self, code: &str, reason: &str) {
        let before = self.facts().len();
        self.read(code);
        assert_eq!(self.told(), reason, "{code} at {}", self.step());
        assert_eq!(self.facts().len(), before, "{code} recorded {:?}", self.facts().last());
    }

    /// The reason that is shown. Empty = none.
    pub fn told(&self) -> String {
        let view = self.view();
        let told = view.refusal.map(|refusal| refusal.reason).or(view.question.map(|question| question.reason));
        told.unwrap_or_default()
    }

    pub fn tap(&mut self, tap: Tap) {
        let at = self.time.advance(700);
        self.runner.step(Event::Tap(tap, at));
        if !self.slow_printer {
            self.labels_come();
        }
    }

    /// The labels that were asked for come out of the printer; gives how many.
    pub fn labels_come(&mut self) -> usize {
        let labels = std::mem::take(&mut *self.devices.printed.lock().unwrap());
        let came = labels.len();
        for label in labels {
            self.runner.step(Event::Printed(label));
        }
        came
    }

    /// A button that leads to this step.
    #[track_caller]
    pub fn press(&mut self, tap: Tap, step: &str) {
        let name = format!("{tap:?}");
        self.tap(tap);
        assert_eq!((self.told().as_str(), self.step()), ("", step), "after {name}");
    }

    /// A button that is refused for this reason, and records nothing.
    #[track_caller]
    pub fn pressed_in_vain(&mut self, tap: Tap, reason: &str) {
        let before = self.facts().len();
        let name = format!("{tap:?}");
        self.tap(tap);
        assert_eq!(self.told(), reason, "after {name}");
        assert_eq!(self.facts().len(), before, "{name} recorded {:?}", self.facts().last());
    }

    /// Types a number and confirms it.
    pub fn number(&mut self, number: &str) {
        self.digits(number);
        self.tap(Tap::Ok);
    }

    pub fn digits(&mut self, digits: &str) {
        for sign in digits.bytes() {
            self.tap(if sign == b'.' { Tap::Point } else { Tap::Digit(sign - b'0') });
        }
    }

    /// Types letters and digits.
    pub fn words(&mut self, words: &str) {
        words.chars().for_each(|sign| self.tap(Tap::Sign(sign)));
    }

    pub fn photo(&mut self) {
        self.tap(Tap::Photo);
        self.tap(Tap::Shutter);
        self.tap(Tap::Use);
    }

    /// A row of More.
    #[track_caller]
    pub fn sheet(&mut self, row: &str) {
        self.tap(Tap::More);
        let rows = self.app().sheet_rows();
        let at = rows.iter().position(|(code, ..)| *code == row).expect("a row of the sheet");
        while self.app().sheet_window(rows.len()).0 + self.app().sheet_fit() <= at {
            self.tap(Tap::PageDown);
        }
        let first = self.app().sheet_window(rows.len()).0;
        self.tap(Tap::Choose(at - first));
    }

    /// The signals since this was asked last.
    pub fn signals(&mut self) -> Vec<Signal> {
        std::mem::take(&mut *self.devices.signals.lock().unwrap())
    }

    /// The scale says a weight that counts.
    pub fn weighs(&mut self, grams: i64) {
        self.time.advance(500);
        self.runner.step(Event::Scale { weight: Weight { grams: Some(grams), steady: true }, ended: true });
    }

    pub fn pin(&mut self, right: bool) {
        self.digits(PIN);
        self.time.advance(300);
        self.runner.step(Event::PinChecked { right });
    }

    #[track_caller]
    pub fn sign_in(&mut self, badge: &str) {
        self.scan(badge, "sign-in.pin");
        self.pin(true);
        assert_eq!(self.step(), "work-list");
    }

    /// Somebody else signs in at this station.
    #[track_caller]
    pub fn hand_over(&mut self, badge: &str) {
        self.sheet("lock");
        self.read(badge);
        self.pin(true);
        assert_eq!(self.step(), "work-list");
    }

    /// Somebody with authority allows what was refused last.
    #[track_caller]
    pub fn allow(&mut self, badge: &str) {
        self.read(badge);
        let page = self.view().page;
        assert!(matches!(page, Page::Approve(_)), "{page:?}");
        self.pin(true);
        let page = self.view().page;
        assert!(!matches!(page, Page::Approve(_)), "{page:?}");
    }

    pub fn store(&self) -> Store {
        Store::open_read_only(self.dir.path()).unwrap()
    }

    fn all_facts(&self) -> Vec<Fact> {
        let batch = self.store().outbox_batch(500, 1_000_000).unwrap();
        let facts = batch.map(|batch| batch.facts).unwrap_or_default();
        facts.into_iter().map(|fact| serde_json::from_value::<WireFact>(fact).unwrap().decode().unwrap()).collect()
    }

    /// What was recorded beside refused scans and sign-ins.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = self.all_facts();
        facts.retain(|fact| !matches!(fact, Fact::ScanRefused { .. } | Fact::SignedIn { .. }));
        facts
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        self.facts().iter().map(Fact::kind).collect()
    }

    /// What was recorded since this was asked last.
    #[track_caller]
    pub fn recorded(&mut self, expected: &[&str]) {
        let (all, facts) = (self.all_facts(), self.facts());
        let new: Vec<String> = facts.iter().skip(self.seen).map(|fact| words_of(fact, &all)).collect();
        assert_eq!(new, expected);
        self.seen = facts.len();
    }

    /// What is shown of an item at a place, in every status: `2 available`, `1 in-transit L1 in P-1`.
    pub fn here(&self, location: &str, item: &str) -> Vec<String> {
        let store = self.store();
        let (location, item) = (location.into(), item.into());
        let look = Lookup { here: location, item, about: true, ..Lookup::default() };
        let rows = store.look_up(&look).unwrap().stock;
        let mut shown = store.stock_shown(&look.here, &look.item).unwrap();
        shown.retain(|stock| stock.qty > 0);
        let sold: Vec<&Stock> = rows.iter().filter(|stock| stock.status == Status::Available).collect();
        assert_eq!(sold, shown.iter().collect::<Vec<_>>());
        rows.iter().map(stock_words).collect()
    }

    /// Units of an item at a place that are shown as available.
    pub fn sold_at(&self, location: &str, item: &str) -> i64 {
        self.store().stock_shown(&location.into(), &item.into()).unwrap().iter().map(|stock| stock.qty).sum()
    }

    /// What is in a handling unit: place, status and units.
    pub fn inside(&self, unit: &str) -> Vec<(String, Status, i64)> {
        let content = self.store().tote_content(&unit.into()).unwrap();
        let mut rows: Vec<_> = content.into_iter().map(|stock| (stock.location.0, stock.status, stock.qty)).collect();
        rows.sort_by_key(|(place, status, _)| (place.clone(), status.as_str()));
        rows
    }
}

/// Bytes of a scan; `(01)…(10)…` stands for a GS1 symbol.
fn bytes(text: &str) -> Vec<u8> {
    if !text.starts_with('(') {
        return text.as_bytes().to_vec();
    }
    let mut out = String::from("]C1");
    for part in text.split('(').skip(1) {
        let (ai, value) = part.split_once(')').unwrap();
        out.push_str(ai);
        out.push_str(value);
        if matches!(ai, "10" | "21" | "30" | "37") {
            out.push('\u{1d}');
        }
    }
    out.trim_end_matches('\u{1d}').as_bytes().to_vec()
}
