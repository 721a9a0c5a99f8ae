//! All state of the app, and the one function that changes it.
//!
//! [`App::update`] is pure: it takes the state by value, an input, the time, and what the store
//! found for it; back come the next state, the facts to commit and the effects to perform after
//! the commit. What the operator sees next is already on disk.

mod keys;
mod pages;
mod picking;
mod scanning;
mod signing;
mod state;
mod turn;
mod work;

use crate::event::Catalogue;
use crate::view::Look;
use floorhand_domain::id::TaskId;
use floorhand_domain::master::Settings;
use floorhand_domain::scan::Lookup;
use floorhand_domain::task::Task;
use floorhand_domain::workflow::Accepted;
use floorhand_domain::workflow::pick::{self, Pick};
use floorhand_domain::workflow::sign_in::SignIn;
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

/// Codes of one kind looked up for a scan at the most.
const LOOKUP_CODES_MAX: usize = 8;
