//! The floor thread with a real store and a clock of the test's own. Whatever is shown is compared with what is
//! on the disk at that moment.
#![allow(dead_code)]

use floorhand::app::Signal;
use floorhand::clock::Clock;
use floorhand::event::Event;
use floorhand::outlet::{Asked, Finder, Outlet};
use floorhand::runner::{Parts, Runner};
use floorhand::status::status;
use floorhand::store::{Options, Store, StoreError};
use floorhand::sync::transport::Transport;
use floorhand::view::{Key, KeyPress, Look, Page, PickStage, Tap, View};
use floorhand_domain::fact::Fact;
use floorhand_domain::scan::{Scan, Source};
use floorhand_wire::push::WireFact;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub const PATIENCE: Duration = Duration::from_secs(30);
pub const MINUTE_MS: u64 = 60_000;
pub const TODAY: &str = "2026-06-01";

// ---- a clock that tests own ----

#[derive(Debug, Clone)]
pub struct Fake(Arc<Mutex<Time>>);

#[derive(Debug, Clone)]
pub struct Time {
    mono_ms: u64,
    wall: Timestamp,
    boot: String,
}

impl Fake {
    pub fn new() -> Self {
        let wall = "2026-06-01T10:00:00Z".parse().unwrap();
        Self(Arc::new(Mutex::new(Time { mono_ms: 1_000_000, wall, boot: "boot-1".to_owned() })))
    }

    pub fn advance(&self, ms: u64) -> u64 {
        let mut time = self.0.lock().unwrap();
        time.mono_ms += ms;
        time.wall += Duration::from_millis(ms);
        time.mono_ms
    }

    /// Another boot: running time begins anew, and the wall clock may be anything.
    pub fn reboot(&self, wall: &str) {
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

pub struct Floor {
    pub dir: PathBuf,
    pub clock: Fake,
    shown: Arc<Mutex<Shown>>,
    signals: Arc<Mutex<Vec<Signal>>>,
    events: Option<SyncSender<Event>>,
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

#[derive(Default)]
pub struct Shown {
    views: Vec<View>,
    /// What the screen said and the disk did not.
    lies: Vec<String>,
}

/// What is not as usual.
pub struct Setup {
    pub options: Options,
    /// Events that may wait for the floor thread.
    pub queue: usize,
    /// Whether the core that the device is enrolled at is spoken to.
    pub online: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { options: Options { reserve_bytes: 0, ..Options::default() }, queue: 0, online: false }
    }
}

/// Keeps what was signalled.
struct Heard(Arc<Mutex<Vec<Signal>>>);

impl Outlet for Heard {
    fn signal(&mut self, signal: Signal, _: &Look, _: u16) {
        self.0.lock().unwrap().push(signal);
    }

    fn answer(&mut self, _: Asked, _: Signal) {}

    fn finder(&mut self, _: Finder) {}
}

impl Floor {
    pub fn start(dir: &Path, clock: &Fake) -> Self {
        Self::start_with(dir, clock, Setup::default())
    }

    pub fn start_with(dir: &Path, clock: &Fake, setup: Setup) -> Self {
        let store = Store::open_with(dir, &setup.options).unwrap();
        let shown = Arc::new(Mutex::new(Shown::default()));
        let (seen, at) = (Arc::clone(&shown), dir.to_owned());
        let signals = Arc::new(Mutex::new(Vec::new()));
        // Nothing waits in this channel, unless a test wants it: an event that could be sent has been taken, and
        // all before it are done with.
        let (send, events) = sync_channel(setup.queue);
        let transport = setup.online.then(|| {
            let (answers, identity) = (send.clone(), store.identity().unwrap());
            let key = store.device_key().unwrap();
            Transport::start(&identity.core_url, &identity.device, key, move |answer| {
                let _ = answers.send(Event::Net(Box::new(answer)));
            })
            .unwrap()
        });
        let runner = Runner::new(Parts {
            store,
            transport,
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
            outlet: Box::new(Heard(Arc::clone(&signals))),
            readers: Vec::new(),
            profile: floorhand::view::Profile::Handheld,
            scale: false,
            printer: false,
        })
        .unwrap();
        let thread = Some(std::thread::spawn(move || runner.run()));
        let floor = Self { dir: dir.to_owned(), clock: clock.clone(), shown, signals, events: Some(send), thread };
        floor.settle();
        floor
    }

    /// The same after a power cut: the files as they were when it was written last.
    pub fn cut(self, to: &Path) -> Self {
        self.power_cut(to);
        let clock = self.clock.clone();
        self.stop();
        Self::start(to, &clock)
    }

    /// The last outcome that was signalled.
    pub fn signal(&self) -> Option<Signal> {
        self.settle();
        self.signals.lock().unwrap().last().copied()
    }

    /// Sends without waiting for an answer.
    pub fn post(&self, code: &str) {
        let scan = Scan { raw: code.as_bytes().to_vec(), source: Source::Serial, complete: true };
        self.events.as_ref().unwrap().send(Event::Scan(scan)).expect("the floor thread lives");
    }

    pub fn send(&self, event: Event) {
        self.events.as_ref().unwrap().send(event).expect("the floor thread lives");
        self.settle();
    }

    /// Returns when everything sent before is done with.
    pub fn settle(&self) {
        self.events
            .as_ref()
            .unwrap()
            .send(Event::Reader { reader: usize::MAX, state: "ready" })
            .expect("the floor thread lives");
    }

    pub fn scan_as(&self, raw: &[u8], source: Source, complete: bool) {
        self.send(Event::Scan(Scan { raw: raw.to_vec(), source, complete }));
    }

    pub fn scan(&self, code: &str) {
        self.scan_as(code.as_bytes(), Source::Serial, true);
    }

    pub fn tap(&self, tap: Tap) {
        let at = self.clock.advance(500);
        self.send(Event::Tap(tap, at));
    }

    /// A person presses a key: half a second after the one before, and what the app holds back for a
    /// moment, in case it is a reader, is let go.
    pub fn key(&self, key: Key) {
        self.tap(press(key));
        self.wait_ms(500);
    }

    pub fn keys(&self, text: &str) {
        for sign in text.chars() {
            self.key(Key::Text(sign.to_string()));
        }
    }

    /// A reader that types: a few milliseconds between its keys.
    pub fn burst(&self, text: &str, gap_ms: u64) {
        for sign in text.chars() {
            let at = self.clock.advance(gap_ms);
            let key = if sign == '\r' { Key::Enter } else { Key::Text(sign.to_string()) };
            self.send(Event::Tap(press(key), at));
        }
    }

    #[track_caller]
    pub fn until(&self, what: &str, mut ask: impl FnMut(&Self) -> bool) {
        let started = Instant::now();
        while !ask(self) {
            assert!(started.elapsed() < PATIENCE, "waited for {what}: {:?} {}", self.view(), self.status());
            std::thread::sleep(Duration::from_millis(5));
            self.settle();
        }
        // What is on the disk may not be shown yet.
        self.settle();
    }

    /// The same while a core is spoken to: time passes for the device as it does for the core.
    #[track_caller]
    pub fn synced(&self, what: &str, mut ask: impl FnMut(&Self) -> bool) {
        self.until(what, |floor| {
            floor.clock.advance(5);
            ask(floor)
        });
    }

    /// Lets time pass, and what is due by then happen.
    pub fn wait_ms(&self, ms: u64) {
        self.clock.advance(ms);
        // Timers run when the thread has nothing else to do.
        self.settle();
        std::thread::sleep(Duration::from_millis(15));
        self.settle();
    }

    pub fn view(&self) -> View {
        self.shown.lock().unwrap().views.last().expect("something is shown").clone()
    }

    pub fn views(&self) -> usize {
        self.shown.lock().unwrap().views.len()
    }

    /// The numbers in the hand that were shown, one after the other.
    pub fn counted_views(&self) -> Vec<u32> {
        let shown = self.shown.lock().unwrap();
        let counted = shown.views.iter().filter_map(|view| match &view.page {
            Page::Pick(pick) => match &pick.stage {
                PickStage::Item { .. } => Some(0),
                PickStage::Quantity { counted, .. } => Some(*counted),
                PickStage::Tote { quantity, .. } => Some(*quantity),
                _ => None,
            },
            _ => None,
        });
        let mut counted: Vec<u32> = counted.collect();
        counted.dedup();
        counted
    }

    pub fn status(&self) -> Value {
        said(&self.dir)
    }

    pub fn step(&self) -> String {
        self.status()["step"].as_str().unwrap().to_owned()
    }

    /// The best code that the step accepts.
    pub fn best(&self) -> String {
        let status = self.status();
        status["expects"][0]["codes"][0].as_str().unwrap_or_else(|| panic!("nothing is expected: {status}")).to_owned()
    }

    pub fn in_hand(&self) -> i64 {
        self.status()["quantity"]["done"].as_i64().unwrap()
    }

    pub fn refusal(&self) -> String {
        self.view().refusal.map(|refusal| refusal.reason).unwrap_or_default()
    }

    pub fn question(&self) -> String {
        self.view().question.map(|question| question.reason).unwrap_or_default()
    }

    pub fn log(&self) -> Vec<floorhand::store::ScanEntry> {
        Store::open_read_only(&self.dir).unwrap().scan_log_since(0, 10_000).unwrap()
    }

    /// The last scan: its reason, or nothing.
    pub fn last(&self) -> (bool, String, Source) {
        let row = self.log().pop().expect("a scan in the log");
        (row.accepted, row.reason, row.source)
    }

    #[track_caller]
    pub fn accepted(&self, code: &str) {
        let before = self.status();
        self.scan(code);
        let (accepted, reason, _) = self.last();
        assert!(accepted, "{code:?} was refused with {reason} at {before}");
    }

    /// A scan that is refused, or asks for itself, and changes neither step nor number.
    #[track_caller]
    pub fn refused(&self, code: &str, reason: &str) {
        let before = self.status();
        self.scan(code);
        let after = self.status();
        let told = (self.last().1, self.signal());
        assert_eq!(told, (reason.to_owned(), Some(Signal::Refused)), "{code:?} at {before}");
        assert_eq!((&after["step"], &after["quantity"]), (&before["step"], &before["quantity"]));
    }

    pub fn badge(&self, badge: &str) {
        self.scan(badge);
    }

    pub fn seq(&self) -> u64 {
        self.status()["seq"].as_u64().unwrap()
    }

    pub fn pin(&self, pin: &str) {
        let facts = self.seq();
        for digit in pin.bytes() {
            self.tap(Tap::Digit(digit - b'0'));
        }
        // The comparison runs beside the floor thread; whatever comes out is a fact.
        self.until("the answer to a PIN", |floor| floor.seq() > facts);
    }

    pub fn sign_in(&self) {
        self.sign_in_as("OP-1", "1111");
    }

    #[track_caller]
    pub fn sign_in_as(&self, badge: &str, pin: &str) {
        self.badge(badge);
        self.pin(pin);
        assert_eq!(self.step(), "work-list");
    }

    /// Signs out in More; it asks once.
    pub fn sign_out(&self) {
        let row = self.find_row("sign-out");
        self.tap(Tap::Choose(row));
        assert_ne!(self.status()["operator"], Value::Null, "one stray touch signs out");
        self.tap(Tap::Choose(row));
    }

    /// Opens More at the page of a row, and says which it is there.
    #[track_caller]
    pub fn find_row(&self, code: &str) -> usize {
        self.tap(Tap::More);
        loop {
            let Page::Sheet(sheet) = self.view().page else { panic!("{:?}", self.view().page) };
            match sheet.rows.iter().position(|row| row.code == code) {
                Some(row) => return row,
                None => assert!(sheet.paging.page + 1 < sheet.paging.pages, "no {code}: {sheet:?}"),
            }
            self.tap(Tap::PageDown);
        }
    }

    #[track_caller]
    pub fn choose(&self, code: &str) {
        let row = self.find_row(code);
        self.tap(Tap::Choose(row));
    }

    /// The facts that the core does not have, without refused scans.
    pub fn facts(&self) -> Vec<Fact> {
        let store = Store::open_read_only(&self.dir).unwrap();
        let batch = store.outbox_batch(500, 1_000_000).unwrap();
        let facts = batch.map(|batch| batch.facts).unwrap_or_default();
        let facts = facts.into_iter().map(|fact| serde_json::from_value::<WireFact>(fact).unwrap().decode().unwrap());
        facts.filter(|fact| !matches!(fact, Fact::ScanRefused { .. })).collect()
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        self.facts().iter().map(Fact::kind).collect()
    }

    /// Opens a task and goes to the first step of it whose name begins so.
    pub fn go(&self, task: &str, step: &str) {
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
    pub fn stop(mut self) {
        self.send_last(Event::Shutdown);
    }

    pub fn send_last(&mut self, event: Event) {
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
    pub fn power_cut(&self, to: &Path) {
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

pub fn press(key: Key) -> Tap {
    Tap::Key(KeyPress { key, ctrl: false, alt: false, shift: false })
}

pub fn said(dir: &Path) -> Value {
    status(&Store::open_read_only(dir).unwrap(), TODAY).unwrap()
}

/// What the screen says and the disk does not.
pub fn lie(view: &View, disk: &Value) -> Option<String> {
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
            PickStage::DropOff { .. } | PickStage::DropOne { .. } => is(step == "pick.drop-off"),
            PickStage::NextTote { .. } => is(step == "pick.next-tote"),
            PickStage::TakeUp { .. } => is(step == "pick.totes"),
            PickStage::Weigh { .. } => is(step == "pick.weight"),
            PickStage::Sort { .. } => is(step == "pick.sort" && done == 0),
            PickStage::EmptyNow { .. } => None,
        },
        _ => None,
    }
}
