//! The loop: receive → look up → update → commit → show → perform.
//!
//! It runs on the *floor* thread, which alone holds the store. One input is one turn is one
//! transaction; what the operator sees is already on disk.

mod bench;
mod goods;
mod load;
mod net;
mod returns;
mod scanning;

use crate::app::{App, Effect, Found, Guard, Input, Now, ReaderState, Signal, Station, Turn};
use crate::clock::{Clock, wall};
use crate::device::scanner::keyboard::{Key as WedgeKey, Keyboard, Keys, Limits};
use crate::event::Event;
use crate::outlet::{Finder, Outlet};
use crate::replay::{Limits as LogLimits, Outside, Recorder, Took};
use crate::store::{Commit, LoginGuard, Pref, ScanRow, Stamp, Store, StoreError};
use crate::sync::Sync;
use crate::sync::transport::Transport;
use crate::view::{Key, KeyPress, Look, Profile, Tap, View};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{OperatorId, SignInId};
use floorhand_domain::scan::{Known, Scan, Source};
use floorhand_domain::workflow::Site;
use floorhand_domain::workflow::sign_in::lockout_minutes;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

pub(crate) use load::viewer;
pub use load::{snapshot, task_data};

/// Events that may wait; then a reader waits in the kernel's buffer, where nothing is lost.
pub const EVENTS_MAX: usize = 1024;
/// Quiet time before the store is tidied.
const IDLE_MS: u64 = 5_000;
const MINUTE_MS: u64 = 60_000;
/// Time after which what is in the buffer of the event log is written.
const LOG_FLUSH_MS: u64 = 1_000;
/// PINs that wait to be compared at the most.
const CHECKS_MAX: usize = 4;

/// What the runner shows a view on.
pub type Show = Box<dyn Fn(View) + Send>;

/// The floor thread.
pub struct Runner {
    store: Store,
    sync: Sync,
    transport: Option<Transport>,
    app: App,
    saved: String,
    shown: Option<View>,
    show: Show,
    events: Receiver<Event>,
    again: SyncSender<Event>,
    clock: Box<dyn Clock>,
    boot_id: String,
    keyboard: Keyboard,
    /// PINs to compare; the first is being compared.
    checks: VecDeque<(OperatorId, String)>,
    sync_due_ms: Option<u64>,
    idle_due_ms: Option<u64>,
    minute_due_ms: u64,
    outlet: Box<dyn Outlet>,
    /// The last outcome that was signalled in this event.
    signalled: Option<Signal>,
    /// A typed code that a supervisor must allow.
    typed: Option<String>,
    /// Half a code, and when it came.
    torn: Option<(Vec<u8>, u64)>,
    /// The lamp of the open finder; `None` = no finder is open.
    finder: Option<bool>,
    quit: bool,
    /// The event log; `None` = it cannot be written.
    log: Option<Recorder>,
    log_due_ms: Option<u64>,
    bench: bench::Bench,
}

/// Everything the runner is made of.
pub struct Parts {
    /// The store, open.
    pub store: Store,
    /// The network thread; `None` = works without one.
    pub transport: Option<Transport>,
    /// What shows a view.
    pub show: Show,
    /// Where events come from.
    pub events: Receiver<Event>,
    /// Where the runner's own helpers send events to.
    pub again: SyncSender<Event>,
    /// The clocks.
    pub clock: Box<dyn Clock>,
    /// How the screen looks before anybody signs in.
    pub look: Look,
    /// The devices around.
    pub outlet: Box<dyn Outlet>,
    /// The readers, in the order in which they were named.
    pub readers: Vec<ReaderState>,
    /// What kind of station it is.
    pub profile: Profile,
    /// Whether there is a printer for labels.
    pub printer: bool,
    /// Whether there is a scale.
    pub scale: bool,
}

impl Runner {
    /// The app as it was left.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(parts: Parts) -> Result<Self, StoreError> {
        let Parts { mut store, transport, show, events, again, clock, look, outlet, readers, profile, printer, scale } =
            parts;
        let boot_id = clock.boot_id();
        let resumed = load::resume(&store, look, profile)?;
        let mut app = load::lock(resumed, &store, clock.mono_ms(), &boot_id)?;
        app.station.printer = printer;
        app.station.scale = scale;
        app.station.camera = readers.iter().any(|reader| reader.kind == "camera");
        app.readers = readers;
        match store.drop_unused_photos() {
            Ok(0) => {}
            Ok(photos) => tracing::info!(photos, "photographs that were not used are removed"),
            Err(error) => tracing::error!(error = chain(&error), "unused photographs could not be removed"),
        }
        let sync = Sync::new(&store, &boot_id);
        let now_ms = clock.mono_ms();
        let log = Recorder::open(store.dir(), LogLimits::default(), rand::random(), &app)
            .inspect_err(|error| tracing::error!(%error, "the event log cannot be written"))
            .ok();
        // What is on the disk, so that a step that could not be resumed is written with the next turn.
        let saved = store.app_state()?.unwrap_or(serde_json::to_string(&crate::app::Saved::default())?);
        Ok(Self {
            sync,
            transport,
            saved,
            app,
            shown: None,
            show,
            events,
            again,
            clock,
            boot_id,
            keyboard: Keyboard::new(Limits::default()),
            checks: VecDeque::new(),
            sync_due_ms: None,
            idle_due_ms: Some(now_ms + IDLE_MS),
            minute_due_ms: now_ms,
            outlet,
            signalled: None,
            typed: None,
            torn: None,
            finder: None,
            quit: false,
            log,
            log_due_ms: None,
            bench: bench::Bench::default(),
            store,
        })
    }

    /// Runs until it is asked to end. The store is closed in order.
    ///
    /// # Errors
    /// When the store cannot be closed.
    pub fn run(mut self) -> Result<(), StoreError> {
        self.start();
        while !self.quit {
            let now_ms = self.clock.mono_ms();
            let wait = self.next_due_ms().saturating_sub(now_ms);
            match self.events.recv_timeout(Duration::from_millis(wait)) {
                Ok(event) => {
                    self.idle_due_ms = Some(self.clock.mono_ms() + IDLE_MS);
                    self.event(event);
                }
                Err(RecvTimeoutError::Timeout) => self.timers(),
                Err(RecvTimeoutError::Disconnected) => self.quit = true,
            }
        }
        self.log.iter_mut().for_each(Recorder::flush);
        self.store.close()
    }

    /// One event, as the loop takes it; when this returns, its answer is on the disk and has been shown.
    pub fn step(&mut self, event: Event) {
        self.event(event);
    }

    /// The state of the app.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// What is done before the first event.
    pub fn start(&mut self) {
        self.refresh_link();
        self.load_work();
        self.load_deliveries();
        self.load_bench();
        self.sync_input(crate::sync::Input::Start);
        self.present();
    }

    fn next_due_ms(&self) -> u64 {
        let bench_due = self.bench.due_ms();
        let keys_due = self.keyboard.deadline_ms();
        [self.sync_due_ms, self.idle_due_ms, self.log_due_ms, keys_due, bench_due, Some(self.minute_due_ms)]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(u64::MAX)
    }

    fn timers(&mut self) {
        let now_ms = self.clock.mono_ms();
        if self.keyboard.deadline_ms().is_some_and(|due| due <= now_ms)
            && let Some(keys) = self.keyboard.tick(now_ms)
        {
            self.keys(keys);
        }
        if self.sync_due_ms.is_some_and(|due| due <= now_ms) {
            self.sync_due_ms = None;
            self.sync_input(crate::sync::Input::Tick);
        }
        self.bench_due(now_ms);
        if self.log_due_ms.is_some_and(|due| due <= now_ms) {
            self.log_due_ms = None;
            self.log.iter_mut().for_each(Recorder::flush);
        }
        if self.minute_due_ms <= now_ms {
            let past = u64::try_from(self.clock.wall().second()).unwrap_or(0) * 1000;
            self.minute_due_ms = now_ms + MINUTE_MS.saturating_sub(past).max(1000);
            self.refresh_link();
            if let Err(error) = self.store.keep_locks(now_ms, &self.boot_id) {
                tracing::error!(error = chain(&error), "lock-outs could not be kept");
            }
            self.input(Input::Minute, &Found::default());
        }
        if self.idle_due_ms.is_some_and(|due| due <= now_ms) {
            self.idle_due_ms = None;
            match self.store.idle() {
                Ok(idle) if idle.more => self.idle_due_ms = Some(now_ms + IDLE_MS),
                Ok(_) => {}
                Err(error) => tracing::error!(error = chain(&error), "store could not be tidied"),
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Scan(scan) => self.scan(scan),
            Event::Asked(scan, asked) => {
                self.signalled = None;
                self.scan(scan);
                self.outlet.answer(asked, self.signalled.unwrap_or(Signal::Attention));
            }
            Event::Seen { code, why } => self.input(Input::Seen { code, why }, &Found::default()),
            Event::Tap(Tap::Key(press), at_ms) => self.key(press, at_ms),
            Event::Tap(tap, _) => self.tap(tap),
            Event::PinChecked { right } => self.pin_checked(right),
            Event::Printed(label) => self.printed(label),
            Event::CartonLabel(told) => self.carton_label(told),
            Event::Scale { weight, ended } => self.scale(weight, ended),
            Event::Net(answer) => self.sync_input(crate::sync::Input::Answer(*answer)),
            Event::Reader { reader, state } => {
                let name = self.app.readers.get(reader).map(|known| known.name.as_str()).unwrap_or_default();
                tracing::info!(reader = name, state, "reader {name} is {state}");
                self.input(Input::Reader { reader, state }, &Found::default());
            }
            Event::Shutdown => self.quit = true,
        }
    }

    /// A key is part of a code, or something a person typed. Where a field is open for digits or
    /// text there is nothing to tell apart.
    fn key(&mut self, press: KeyPress, at_ms: u64) {
        let plain = !press.ctrl && !press.alt;
        let direct = match &press.key {
            Key::Text(text) if text == "\t" => false,
            Key::Text(text) => {
                plain
                    && (self.app.wants_text() || (self.app.wants_digits() && text.bytes().all(|b| b.is_ascii_digit())))
            }
            _ => false,
        };
        let keys: Vec<WedgeKey> = match &press.key {
            Key::Text(text) => text.chars().filter_map(|sign| WedgeKey::of(sign, press.ctrl)).collect(),
            Key::Enter => vec![WedgeKey::Enter],
            _ => Vec::new(),
        };
        if direct || keys.is_empty() {
            // What is held back was pressed before.
            if let Some(held) = self.keyboard.tick(u64::MAX) {
                self.keys(held);
            }
            return self.tap(Tap::Key(press));
        }
        for key in keys {
            for found in self.keyboard.key(key, at_ms) {
                self.keys(found);
            }
        }
    }

    fn keys(&mut self, keys: Keys) {
        let press = |key| Tap::Key(KeyPress { key, ctrl: false, alt: false, shift: false });
        match keys {
            Keys::Scan { raw, complete, mean_gap_ms, .. } => {
                tracing::debug!(mean_gap_ms, "a reader typed");
                self.scan(Scan { raw, source: Source::Wedge, complete });
            }
            Keys::Typed(text) => {
                for sign in text.chars() {
                    self.tap(press(Key::Text(sign.to_string())));
                }
            }
            Keys::Enter => self.tap(press(Key::Enter)),
            Keys::Tab => {}
        }
    }

    fn tap(&mut self, tap: Tap) {
        // What the button needs from the store is read before the turn.
        let tap = self.app.button(tap);
        if let Some(code) = self.app.code_typed(&tap) {
            if self.app.takes_typed() {
                return self.scan(Scan { raw: code.into_bytes(), source: Source::Typed, complete: true });
            }
            let told = if self.is_badge(&code) { String::new() } else { code.clone() };
            self.typed = Some(code);
            return self.input(Input::CodeTyped(told), &Found::default());
        }
        if self.app.blocked.is_some()
            && matches!(tap, Tap::Ok | Tap::Primary | Tap::Key(KeyPress { key: Key::Enter, .. }))
        {
            // It says "try again" and nothing else: what lies under it is not meant.
            self.app.blocked = None;
            return self.present();
        }
        let found = self.found_for(&tap);
        self.input(Input::Tap(tap), &found);
    }

    /// The answer counts only for the operator whose PIN it was: meanwhile another badge may have
    /// been scanned.
    fn pin_checked(&mut self, right: bool) {
        let Some((checked, _)) = self.checks.pop_front() else { return };
        self.compare_next();
        match self.app.pin_of() {
            Some((operator, _)) if *operator == checked => {}
            _ => return tracing::info!(operator = checked.as_str(), "a PIN was compared for somebody who has left"),
        }
        let fails = self.store.login_guard(&checked).ok().flatten().map_or(0, |guard| guard.fails);
        // An approval is judged with the stock of the step.
        let mut found = self.found_for(&Tap::Ok);
        found.fails = fails;
        found.known.operators.extend(self.store.operator(&checked).ok().flatten());
        self.input(Input::PinChecked { right }, &found);
    }

    /// One turn: update, commit, show, perform.
    fn input(&mut self, input: Input, found: &Found) {
        let now = self.now();
        let kept = self.log.is_some().then(|| input.clone());
        let turn = self.app.clone().update(input, &now, found);
        let facts = turn.facts.len();
        match self.commit(&turn, &now) {
            Ok(claims) => {
                let Turn { app, effects, audit, facts: recorded, .. } = turn;
                let answered = app.answers != self.app.answers;
                let before = std::mem::replace(&mut self.app, app);
                let made = Outside::of(&self.app);
                self.follow_finder(answered);
                if facts > 0 || audit.is_some() {
                    // The store takes what is done again.
                    self.app.blocked = None;
                }
                self.app.link.waiting = self.app.link.waiting.saturating_add(u32::try_from(facts).unwrap_or(0));
                self.present();
                self.record(&before, kept.as_ref(), &now, found, &recorded, &made);
                for effect in effects {
                    self.perform(effect);
                }
                self.follow_bench();
                // A page that only opened has no sound, and was accepted all the same.
                if self.signalled.is_none() && audit.is_some_and(|audit| audit.accepted) {
                    self.signalled = Some(Signal::Accepted);
                }
                if !self.app.waits_typed() {
                    self.typed = None;
                }
                if facts > 0 {
                    self.sync_input(crate::sync::Input::FactCommitted { claims });
                }
            }
            Err(error) => self.not_saved(&error),
        }
    }

    /// Nothing was stored, so nothing has happened: the state stays, the screen says why.
    fn not_saved(&mut self, error: &StoreError) {
        tracing::error!(error = chain(error), "not saved");
        let (input, now, found) = (Input::NotSaved { full: error.is_full() }, self.now(), Found::default());
        let turn = self.app.clone().update(input.clone(), &now, &found);
        let before = std::mem::replace(&mut self.app, turn.app);
        let made = Outside::of(&self.app);
        self.present();
        self.record(&before, Some(&input), &now, &found, &turn.facts, &made);
        for effect in turn.effects {
            self.perform(effect);
        }
    }

    /// Writes a turn to the event log, once its answer is shown.
    fn record(
        &mut self,
        before: &App,
        input: Option<&Input>,
        now: &Now,
        found: &Found,
        facts: &[Fact],
        made: &Outside,
    ) {
        if let (Some(log), Some(input), Some(view)) = (&mut self.log, input, &self.shown) {
            log.turn(&Took { before, input, now, found, facts, made, after: &self.app, view });
            self.log_due_ms = self.log_due_ms.or(Some(now.mono_ms.saturating_add(LOG_FLUSH_MS)));
        }
    }

    fn now(&self) -> Now {
        let at = self.clock.wall();
        Now {
            mono_ms: self.clock.mono_ms(),
            wall: wall(&at),
            today: at.date().to_string(),
            unix_ms: at.timestamp().as_millisecond(),
            id: uuid::Uuid::now_v7().to_string(),
        }
    }

    /// Stores facts, scan and state in one transaction; a turn that changed none of them stores nothing.
    fn commit(&mut self, turn: &Turn, now: &Now) -> Result<Vec<crate::sync::Claim>, StoreError> {
        let saved = serde_json::to_string(&turn.app.saved())?;
        let changed = saved != self.saved;
        if !changed && turn.facts.is_empty() && turn.audit.is_none() && turn.guard.is_none() {
            return Ok(Vec::new());
        }
        // A fact names who was signed in when it was done: signing out is still the operator's deed.
        let session = turn.app.session.as_ref().or(self.app.session.as_ref());
        let commit = Commit {
            stamp: Stamp {
                mono_ms: now.mono_ms,
                boot_id: self.boot_id.clone(),
                wall: self.clock.wall().timestamp().to_string(),
            },
            operator: session.map(|s| s.operator.clone()).unwrap_or_default(),
            signin: session.map(|s| SignInId(s.signin.clone())).unwrap_or_default(),
            fact_ids: turn
                .facts
                .iter()
                .enumerate()
                .map(|(n, _)| if n == 0 { now.id.clone() } else { uuid::Uuid::now_v7().to_string() })
                .collect(),
            facts: turn.facts.clone(),
            allowed_by: turn.allowed_by.clone(),
            scan: turn.audit.as_ref().map(|audit| ScanRow {
                raw: audit.scan.raw.clone(),
                symbology: audit.symbology.clone(),
                source: audit.scan.source,
                step: audit.step.clone(),
                accepted: audit.accepted,
                reason: audit.reason.map(|reason| reason.code().to_owned()).unwrap_or_default(),
                decision: audit.decision.clone(),
                task: audit.task.clone(),
            }),
            app_state: changed.then(|| saved.clone()),
            login_guard: match &turn.guard {
                Some(guard) => Some(self.guard(guard, now)?),
                None => None,
            },
            pref: None,
        };
        self.store.commit(&commit)?;
        self.saved = saved;
        Ok(crate::sync::claims_of(&commit))
    }

    fn guard(&self, guard: &Guard, now: &Now) -> Result<LoginGuard, StoreError> {
        let (operator, fails, locked_ms) = match guard {
            Guard::Clear(operator) => (operator, 0, 0),
            Guard::Count(operator) => {
                let fails = self.store.login_guard(operator)?.map_or(0, |guard| guard.fails) + 1;
                // At the limit the lock is on disk with the failure: a power cut before the comparison
                // must not open it.
                let (known, settings) = (Known::default(), &self.app.settings);
                let minutes = lockout_minutes(fails, &Site { known: &known, settings, today: &String::new() });
                (operator, fails, u64::from(minutes) * MINUTE_MS)
            }
            Guard::Lock(operator, minutes) => {
                let fails = self.store.login_guard(operator)?.map_or(0, |guard| guard.fails);
                (operator, fails, u64::from(*minutes) * MINUTE_MS)
            }
        };
        Ok(LoginGuard {
            operator: operator.clone(),
            fails,
            boot_id: self.boot_id.clone(),
            since_ms: now.mono_ms,
            locked_ms,
        })
    }

    fn present(&mut self) {
        let view = crate::present::view(&self.app);
        if self.shown.as_ref() != Some(&view) {
            (self.show)(view.clone());
            self.shown = Some(view);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::VerifyPin { operator, pin } => self.verify_pin(operator, pin),
            Effect::LoadWork => self.load_work(),
            Effect::LoadDeliveries => self.load_deliveries(),
            Effect::LoadBench => self.load_bench(),
            Effect::TakePhoto => self.take_photo(),
            Effect::PrintLabel(label) => self.print_label(&label),
            Effect::TypedScan => {
                if let Some(code) = self.typed.take() {
                    self.scan(Scan { raw: code.into_bytes(), source: Source::Typed, complete: true });
                }
            }
            Effect::ReloadTask(task) => self.reload(&task),
            Effect::LoadPage => self.load_page(),
            // The screen has said it already.
            Effect::Signal(signal) => self.signal(signal),
            Effect::TrySound => {
                for signal in [Signal::Accepted, Signal::StepComplete, Signal::TaskComplete, Signal::Refused] {
                    self.signal(signal);
                }
            }
            Effect::SaveLook => self.save_look(),
            Effect::Quit => self.quit = true,
        }
    }

    fn signal(&mut self, signal: Signal) {
        self.signalled = Some(signal);
        let at = self.app.clock;
        self.outlet.signal(signal, &self.app.look, u16::from(at.hour) * 60 + u16::from(at.minute));
    }

    /// The camera runs while its finder is shown, and forgets what it read at each answer.
    fn follow_finder(&mut self, answered: bool) {
        let light = self.shows_camera();
        match (self.finder, light) {
            (None, Some(_)) => self.outlet.finder(Finder::Open),
            (Some(_), None) => self.outlet.finder(Finder::Close),
            // A camera may also look on while no finder is shown.
            _ if answered => self.outlet.finder(Finder::NewStep),
            _ => {}
        }
        if light.is_some() && self.finder.unwrap_or(false) != light.unwrap_or(false) {
            self.outlet.finder(Finder::Light(light.unwrap_or(false)));
        }
        self.finder = light;
    }

    /// Argon2id takes its time by design: it runs beside the floor thread, so that no scan waits for it.
    /// One after the other, so that each answer is known to be whose.
    fn verify_pin(&mut self, operator: OperatorId, pin: String) {
        if self.checks.len() >= CHECKS_MAX {
            // It was counted as a failure, and stays one.
            return tracing::warn!(operator = operator.as_str(), "PINs come faster than they can be compared");
        }
        self.checks.push_back((operator, pin));
        if self.checks.len() == 1 {
            self.compare_next();
        }
    }

    fn compare_next(&self) {
        let Some((operator, pin)) = self.checks.front().cloned() else { return };
        let hash = self.store.operator(&operator).ok().flatten().map(|row| row.pin_phc).unwrap_or_default();
        let again = self.again.clone();
        let spawned = std::thread::Builder::new().name("pin".to_owned()).spawn(move || {
            use argon2::{Argon2, PasswordHash, PasswordVerifier};
            let right = PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok());
            let _ = again.send(Event::PinChecked { right });
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "PIN could not be compared");
            let _ = self.again.try_send(Event::PinChecked { right: false });
        }
    }

    fn save_look(&mut self) {
        let operator = self.app.session.as_ref().map(|s| s.operator.clone()).unwrap_or_default();
        let now = self.now();
        let commit = Commit {
            stamp: Stamp {
                mono_ms: now.mono_ms,
                boot_id: self.boot_id.clone(),
                wall: self.clock.wall().timestamp().to_string(),
            },
            pref: Some(Pref { operator, body: load::look_body(&self.app) }),
            ..Commit::default()
        };
        if let Err(error) = self.store.commit(&commit) {
            tracing::error!(error = chain(&error), "looks could not be kept");
        }
    }
}

/// The station, from what enrolment said.
#[must_use]
pub fn station(store: &Store) -> Station {
    match store.identity() {
        Some(identity) => Station {
            name: identity.station.clone(),
            device: identity.device.clone(),
            core: identity.core_url.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            profile: profile_of(&identity.profile),
            ..Station::default()
        },
        None => Station { version: env!("CARGO_PKG_VERSION").to_owned(), ..Station::default() },
    }
}

/// The kind of station that enrolment named.
#[must_use]
pub fn profile_of(name: &str) -> Profile {
    match name {
        "packing" => Profile::Packing,
        "dock" => Profile::Dock,
        _ => Profile::Handheld,
    }
}

/// An error with everything that caused it, in one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
