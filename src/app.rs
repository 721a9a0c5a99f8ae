//! All state of the app, and the one function that changes it.
//!
//! [`App::update`] is pure: it takes the state by value, an input, the time, and what the store
//! found for it; back come the next state, the facts to commit and the effects to perform after
//! the commit. What the operator sees next is already on disk.

mod keys;
mod pages;
mod picking;
mod signing;
mod state;
mod turn;
mod work;

use crate::event::Catalogue;
use crate::view::Look;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::TaskId;
use floorhand_domain::master::Settings;
use floorhand_domain::scan::{self, Lookup, Scan};
use floorhand_domain::task::Task;
use floorhand_domain::workflow::pick::{self, Pick};
use floorhand_domain::workflow::sign_in::{self, SignIn};
use floorhand_domain::workflow::{Accepted, Meant};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub use state::{
    Answer, AttentionRow, Blocked, Flow, HistoryRow, LinkState, OpenPage, PickFlow, ReaderState, Refusal, Refused,
    Session, Station, Wall,
};
pub use turn::{Audit, Effect, Found, Guard, Input, Now, Signal, TaskData, Turn};
pub use work::{Refusal as WorkRefusal, WORK_ROWS, WorkWindow};

/// The state of the app.
#[derive(Debug, Clone, PartialEq)]
pub struct App {
    /// What this machine is.
    pub station: Station,
    /// The site's settings.
    pub settings: Settings,
    /// Who is signed in.
    pub session: Option<Session>,
    /// What is being done.
    pub flow: Flow,
    /// A page that lies over it; scans still count and close it.
    pub page: Option<OpenPage>,
    /// Digits typed into an open keypad.
    pub typed: String,
    /// The work there is, in the order in which it is offered.
    pub work: Arc<[Task]>,
    /// The page of the work list, from 0.
    pub work_page: u32,
    /// The last answer, until the next scan.
    pub answer: Answer,
    /// Counts accepted answers, so that the screen can tell a new one from the last.
    pub answers: u64,
    /// The connection and what waits for it.
    pub link: LinkState,
    /// How the screen looks.
    pub look: Look,
    /// The wall clock of the last turn, for the strip.
    pub clock: Wall,
    /// Nothing can be done before this is mended.
    pub blocked: Option<Blocked>,
    /// The readers, in the order in which they were named.
    pub readers: Vec<ReaderState>,
}

/// What is stored with every turn that changed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Saved {
    /// Who is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The pick under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pick: Option<pick::Saved>,
    /// The operator whose PIN is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn>,
}

impl App {
    /// The app of a station where nobody is signed in.
    #[must_use]
    pub fn new(station: Station, settings: Settings, look: Look) -> Self {
        Self {
            station,
            settings,
            session: None,
            flow: Flow::SignIn(SignIn::Badge),
            page: None,
            typed: String::new(),
            work: Arc::default(),
            work_page: 0,
            answer: Answer::None,
            answers: 0,
            link: LinkState::default(),
            look,
            clock: Wall::default(),
            blocked: None,
            readers: Vec::new(),
        }
    }

    /// The app as it was saved. The task of a pick is read anew by the caller; one that is gone
    /// leads back to the work list.
    #[must_use]
    pub fn resume(mut self, saved: Saved, task: Option<TaskData>) -> Self {
        self.session = saved.session;
        self.flow = match (&self.session, saved.pick, task) {
            (None, _, _) => Flow::SignIn(saved.sign_in.unwrap_or_default()),
            (Some(_), Some(pick), Some(data)) if pick.task == data.task.id => Flow::Pick(Box::new(PickFlow {
                pick: Pick::resume(pick, data.task, data.lines, data.drop_off_kind),
                catalogue: data.catalogue,
            })),
            (Some(_), _, _) => Flow::Work,
        };
        self
    }

    /// What to store.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved {
            session: self.session.clone(),
            pick: match &self.flow {
                Flow::Pick(flow) => Some(flow.pick.saved()),
                _ => None,
            },
            sign_in: match &self.flow {
                Flow::SignIn(SignIn::Badge) | Flow::Work | Flow::Pick(_) => None,
                Flow::SignIn(state) => Some(state.clone()),
            },
        }
    }

    /// What the step needs from the store beside what the scan itself names.
    pub fn widen(&self, lookup: &mut Lookup) {
        if let Flow::Pick(flow) = &self.flow
            && let Some(line) = flow.pick.line()
        {
            lookup.here = line.location.clone();
            lookup.item = line.item.clone();
        }
        for list in [
            &mut lookup.barcodes,
            &mut lookup.locations,
            &mut lookup.handling_units,
            &mut lookup.badges,
            &mut lookup.tasks,
            &mut lookup.lots,
            &mut lookup.serials,
        ] {
            list.truncate(LOOKUP_CODES_MAX);
        }
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        match &self.flow {
            Flow::SignIn(SignIn::Badge) => "sign-in.badge",
            Flow::SignIn(SignIn::Pin { .. }) => "sign-in.pin",
            Flow::Work => "work-list",
            Flow::Pick(flow) => flow.pick.step_name(),
        }
    }

    /// The task under way. Empty = none.
    #[must_use]
    pub fn task(&self) -> TaskId {
        match &self.flow {
            Flow::Pick(flow) => flow.pick.task.id.clone(),
            _ => TaskId::default(),
        }
    }

    /// What the input makes of the app.
    #[must_use]
    pub fn update(mut self, input: Input, now: &Now, found: &Found) -> Turn {
        self.clock = now.wall;
        match input {
            Input::Scan { scan, read } => {
                self.link.fresh = false;
                self.scan(scan, &read, now, found)
            }
            Input::Tap(tap) => self.tap(tap, now, found),
            Input::PinChecked { right } => self.pin_checked(right, now, found),
            Input::Work(mut tasks) => {
                // What can be taken comes before what somebody else has left here.
                tasks.sort_by_key(|task| !self.may_take(task));
                self.work = tasks.into();
                self.turn()
            }
            Input::TaskChanged(data) => self.task_changed(*data, now, found),
            Input::Link(link) => {
                self.link = link;
                self.turn()
            }
            Input::Page(page) => {
                // Late rows of a page that was left are of no use.
                if self.page.as_ref().is_some_and(|open| std::mem::discriminant(open) == std::mem::discriminant(&page))
                {
                    self.page = Some(page);
                }
                self.turn()
            }
            Input::Seen { code, why: reason } => {
                if let Some(OpenPage::Camera { seen, why, .. }) = &mut self.page {
                    (*seen, *why) = (code, reason);
                }
                self.turn()
            }
            Input::Reader { reader, state } => {
                let lost = state != "ready";
                let changed = match self.readers.get_mut(reader) {
                    Some(known) if known.state != state => {
                        known.state = state;
                        true
                    }
                    _ => false,
                };
                let camera = self.readers.get(reader).is_some_and(|known| known.kind == "camera");
                if camera && let Some(OpenPage::Camera { seen, why, .. }) = &mut self.page {
                    (*seen, *why) = (String::new(), if lost { "lost" } else { "" });
                }
                // A reader that goes away in the middle of work is something to look at.
                let signal = changed && lost && self.session.is_some();
                let mut turn = self.turn();
                if signal {
                    turn.effects.push(Effect::Signal(Signal::Attention));
                }
                turn
            }
            Input::Settings(settings) => {
                self.settings = settings;
                self.turn()
            }
            Input::Lost(code) => {
                self.answer = Answer::Notice(code);
                let mut turn = self.turn();
                turn.effects.push(Effect::LoadWork);
                turn.effects.push(Effect::Signal(Signal::Attention));
                turn
            }
            Input::NotSaved { full } => {
                if full {
                    self.answer = Answer::Refused(Box::new(Refused {
                        refusal: Refusal::DiskFull,
                        text: String::new(),
                        scanned: None,
                        needed: None,
                        hint: "",
                    }));
                } else {
                    self.blocked = Some(Blocked { code: "STORE_BROKEN", detail: String::new() });
                }
                let mut turn = self.turn();
                turn.effects.push(Effect::Signal(Signal::Refused));
                turn
            }
            Input::Minute => {
                self.link.fresh = false;
                self.turn()
            }
        }
    }

    fn scan(mut self, scan: Scan, read: &Result<floorhand_gs1::Read, scan::Refusal>, now: &Now, found: &Found) -> Turn {
        let step = self.step_name();
        let task = self.task();
        let symbology = match read {
            Ok(read) => read.symbology.map(|s| s.name().to_owned()).unwrap_or_default(),
            Err(_) => floorhand_gs1::Symbology::split(&scan.raw).0.map(|s| s.name().to_owned()).unwrap_or_default(),
        };
        // A scan closes a page that lies over the step, and half a typed number is no number. Noise
        // closes nothing: a code that is being typed stays.
        let finder = match &self.page {
            Some(OpenPage::Camera { light, .. }) => {
                Some(OpenPage::Camera { light: *light, seen: String::new(), why: "" })
            }
            _ => None,
        };
        if read.is_ok() {
            self.page = None;
            if !matches!(self.flow, Flow::SignIn(_)) {
                self.typed.clear();
            }
        }
        let mut told = None;
        let (mut turn, result, meanings) = match read {
            Err(refusal) => {
                let text =
                    floorhand_gs1::escape(scan.raw.get(..SHOWN_BYTES_MAX.min(scan.raw.len())).unwrap_or_default());
                let refusal = self.general(refusal.clone());
                self.refused(refusal, text, found)
            }
            Ok(read) => {
                let symbol = scan::classify(read, &found.known, &self.settings.scan, &now.today);
                told = symbol.hints.first().map(|hint| hint.code());
                let meant = Meant::from(symbol);
                let kinds = meant.meanings.iter().map(|m| m.kind().as_str().to_owned()).collect();
                let misread = meant.meanings.is_empty() && scan::looks_misread(read);
                let (turn, result) = match self.flow.clone() {
                    _ if misread => {
                        let refusal = self.general(scan::Refusal::Checksum);
                        let (turn, result, _) = self.refused(refusal, meant.text, found);
                        (turn, result)
                    }
                    Flow::SignIn(state) => self.sign_in_scan(state, meant, now, found),
                    Flow::Work => self.work_scan(&meant, now, found),
                    Flow::Pick(flow) => self.pick_scan(*flow, meant, now, found),
                };
                (turn, result, kinds)
            }
        };
        let (accepted, reason, decision) = match &result {
            Ok(accepted) => (true, None, serde_json::to_string(accepted)),
            Err(refusal) => (
                false,
                Some(refusal.reason()),
                serde_json::to_value(refusal).map(|mut decision| {
                    // What is likely wrong with the label or the reader goes to the screen and the log.
                    let hint = lost_separator(refusal, found).or(told).unwrap_or_default();
                    if let (false, Some(fields)) = (hint.is_empty(), decision.as_object_mut()) {
                        fields.insert("hint".to_owned(), hint.into());
                    }
                    if let Answer::Refused(refused) = &mut turn.app.answer {
                        refused.hint = hint;
                    }
                    decision.to_string()
                }),
            ),
        };
        if reason.is_some() && finder.is_some() {
            // The finder stays open until a code is accepted.
            turn.app.page = finder;
        }
        if let Some(reason) = reason {
            turn.facts.push(Fact::ScanRefused {
                raw: floorhand_gs1::escape(scan.raw.get(..SHOWN_BYTES_MAX.min(scan.raw.len())).unwrap_or_default()),
                step: step.to_owned(),
                reason,
                meanings,
                task: task.clone(),
            });
            turn.effects.push(Effect::Signal(Signal::Refused));
        }
        turn.audit = Some(Audit {
            scan,
            symbology,
            step: step.to_owned(),
            task,
            accepted,
            reason,
            decision: decision.unwrap_or_default(),
        });
        turn
    }

    /// A refusal that any step gives, in the words of the flow.
    fn general(&self, refusal: scan::Refusal) -> Refusal {
        match &self.flow {
            Flow::SignIn(_) => Refusal::SignIn(sign_in::Refusal::Scan(refusal)),
            Flow::Work => Refusal::Work(work::Refusal::Scan(refusal)),
            Flow::Pick(_) => Refusal::Pick(pick::Refusal::Scan(refusal)),
        }
    }

    fn refused(
        mut self,
        refusal: Refusal,
        text: String,
        found: &Found,
    ) -> (Turn, Result<Accepted, Refusal>, Vec<String>) {
        self.show_refusal(refusal.clone(), text, found);
        (self.turn(), Err(refusal), Vec::new())
    }

    fn show_refusal(&mut self, refusal: Refusal, text: String, found: &Found) {
        let (scanned, needed) = match &refusal {
            Refusal::Pick(pick::Refusal::WrongItem { scanned, needed }) => {
                (Some(scanned.clone()), Some(needed.clone()))
            }
            Refusal::Pick(pick::Refusal::NeedLocation { scanned, .. }) => (Some(scanned.clone()), None),
            _ => (None, None),
        };
        let item = |id: Option<floorhand_domain::id::ItemId>| {
            id.and_then(|id| {
                found
                    .known
                    .item(&id)
                    .cloned()
                    .or_else(|| self.catalogue().and_then(|c| c.items.get(id.as_str()).cloned()))
            })
        };
        let refused = Refused { scanned: item(scanned), needed: item(needed), refusal, text, hint: "" };
        self.answer = Answer::Refused(Box::new(refused));
    }

    /// The names of the task under way.
    #[must_use]
    pub fn catalogue(&self) -> Option<&Catalogue> {
        match &self.flow {
            Flow::Pick(flow) => Some(&flow.catalogue),
            _ => None,
        }
    }

    fn accepted(&mut self, accepted: Accepted, name: String) {
        self.answers += 1;
        self.answer = Answer::Accepted { accepted, name };
    }

    /// A turn that records nothing.
    fn turn(self) -> Turn {
        Turn { app: self, facts: Vec::new(), audit: None, guard: None, effects: Vec::new() }
    }
}

/// A lot or serial that is the needed one with further elements behind it: their separator was lost on
/// the way. It stays refused (scanning.md 2.3).
fn lost_separator(refusal: &Refusal, found: &Found) -> Option<&'static str> {
    let lost = |read: &str, needed: &str| scan::separator_missing(read, needed).map(|hint| hint.code());
    match refusal {
        Refusal::Pick(pick::Refusal::WrongLot { scanned, needed }) if needed.as_str().is_empty() => {
            found.known.stock.iter().find_map(|stock| lost(scanned.as_str(), stock.lot.as_str()))
        }
        Refusal::Pick(pick::Refusal::WrongLot { scanned, needed }) => lost(scanned.as_str(), needed.as_str()),
        Refusal::Pick(pick::Refusal::WrongSerial { scanned, needed }) if needed.as_str().is_empty() => {
            found.known.stock.iter().find_map(|stock| lost(scanned.as_str(), stock.serial.as_str()))
        }
        Refusal::Pick(pick::Refusal::WrongSerial { scanned, needed }) => lost(scanned.as_str(), needed.as_str()),
        _ => None,
    }
}

/// Codes of one kind looked up for a scan at the most.
const LOOKUP_CODES_MAX: usize = 8;
/// Bytes of a refused scan that are kept in its fact.
const SHOWN_BYTES_MAX: usize = scan::SCAN_BYTES_MAX;
