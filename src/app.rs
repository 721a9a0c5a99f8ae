//! All state of the app, and the one function that changes it.
//!
//! [`App::update`] is pure: it takes the state by value, an input, the time, and what the store
//! found for it; back come the next state, the facts to commit and the effects to perform after
//! the commit. What the operator sees next is already on disk.

mod actions;
mod attention;
mod deliveries;
mod dock;
mod form;
mod goods;
mod goods_taps;
mod keys;
mod locking;
mod looks;
mod outcomes;
mod pack;
mod pack_taps;
mod pages;
mod picking;
mod returns;
mod returns_taps;
mod scanning;
mod secret;
mod signing;
mod state;
mod turn;
mod typed;
mod what_is;
mod work;

use crate::event::Catalogue;
use crate::view::{Look, Profile};
use floorhand_domain::id::{OperatorId, TaskId};
use floorhand_domain::master::{Role, Settings};
use floorhand_domain::scan::Lookup;
use floorhand_domain::task::{Slot, Task};
use floorhand_domain::workflow::Accepted;
use floorhand_domain::workflow::count::Count;
use floorhand_domain::workflow::pick::{self, Pick};
use floorhand_domain::workflow::put_away::PutAway;
use floorhand_domain::workflow::receive::Receive;
use floorhand_domain::workflow::sign_in::SignIn;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub use actions::Action;
pub(crate) use actions::is_short;
pub use deliveries::{DELIVERY_ROWS, DeliveriesFlow, DeliveryData};
pub use goods_taps::date_of;
pub use pack::{AtBench, BenchFlow, LabelTold, OrderData, PackFlow, QUEUE_ROWS};
pub use pack_taps::old_cartons;
pub use returns::{Ended, Offer, ReturnData, Returning, ReturnsOpen, number_of};
pub use state::{
    Answer, AttentionRow, Blocked, Doing, Flow, HistoryRow, Kept, LeadAsked, LinkState, List, Lock, OpenPage, Photo,
    PickFlow, Printing, ReaderState, Refusal, Refused, Session, Station, Under, Wall,
};
pub use turn::{Audit, Effect, Found, Guard, Input, Now, Signal, TaskData, Turn};
pub use what_is::Told;
pub use work::{Refusal as WorkRefusal, WORK_ROWS, WorkWindow};

/// The state of the app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
    #[serde(with = "floorhand_domain::shared")]
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
    /// How it looks while nobody is signed in.
    #[serde(skip_serializing_if = "is_plain")]
    pub station_look: Look,
    /// The wall clock of the last turn, for the strip.
    pub clock: Wall,
    /// Nothing can be done before this is mended.
    pub blocked: Option<Blocked>,
    /// The readers, in the order in which they were named.
    pub readers: Vec<ReaderState>,
    /// The station is locked.
    pub lock: Option<Lock>,
    /// Steps that their operators left.
    pub kept: Vec<Kept>,
    /// Running time of the last scan or touch, in milliseconds since boot.
    pub touched_ms: u64,
    /// The access of whoever is signed in has ended: the step under way is the last.
    pub ended: bool,
    /// A task that somebody left and that asks to be taken over; any other scan drops the question.
    pub asked: Option<TaskId>,
    /// The keypad of the step is open.
    pub keypad: bool,
    /// Deliveries that goods may come for, for the row of the work list.
    pub due: u32,
    /// The page of an open sheet, from 0.
    pub sheet_page: u32,
    /// Today at the station, at the last turn.
    pub today: String,
    /// The wall clock of the last turn in milliseconds since 1970, for how late a delivery is.
    pub now_ms: i64,
    /// The task under way that is somebody else's by now: it is left once nothing of it is in the hands.
    pub lost: Option<TaskId>,
    /// What a lead is asked about needs attention, while the page of the approval is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Box<LeadAsked>>,
    /// What is around the packing bench.
    #[serde(skip_serializing_if = "AtBench::is_empty")]
    pub bench: AtBench,
    /// The approval of the typed code that is about to be taken, by identity.
    pub granted: Option<String>,
    /// Approvals of typed codes that were taken and stand in no fact yet.
    pub backed: Vec<String>,
    /// The photograph that is looked at, before it is used.
    pub shot: Option<Photo>,
    /// The label that is being printed for the goods of a receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printing: Option<Box<Printing>>,
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
    /// What is under way that is no pick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doing: Option<Doing>,
    /// Whether the station is locked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// Steps that their operators left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Kept>,
    /// Approvals of typed codes that were taken and stand in no fact yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backed: Vec<String>,
    /// Our totes in the slots of the pick under way: the core may give it to somebody else, who has others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub totes: Vec<Slot>,
    /// The list on the screen, where it is not the one that the station has at home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
}

fn is_plain(look: &Look) -> bool {
    *look == Look::default()
}

impl Default for App {
    fn default() -> Self {
        Self::new(Station::default(), Settings::default(), Look::default())
    }
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
            station_look: look.clone(),
            look,
            clock: Wall::default(),
            blocked: None,
            readers: Vec::new(),
            lock: None,
            kept: Vec::new(),
            touched_ms: 0,
            ended: false,
            asked: None,
            keypad: false,
            due: 0,
            sheet_page: 0,
            today: String::new(),
            now_ms: 0,
            lost: None,
            lead: None,
            bench: AtBench::default(),
            granted: None,
            backed: Vec::new(),
            shot: None,
            printing: None,
        }
    }

    /// The app as it was saved. The task of a pick is read anew by the caller; one that is gone
    /// leads back to the work list.
    #[must_use]
    pub fn resume(mut self, saved: Saved, mut task: Option<TaskData>, delivery: Option<DeliveryData>) -> Self {
        let list = saved.list;
        self.session = saved.session;
        self.kept = saved.kept;
        self.backed = saved.backed;
        self.lock = (saved.locked && self.session.is_some()).then_some(Lock { other: None });
        self.lost = task.as_ref().filter(|data| self.is_elsewhere(data)).map(|data| data.task.id.clone());
        if let Some(data) = task.as_mut().filter(|_| self.lost.is_some() && saved.pick.is_some()) {
            work::own_totes(data, &saved.totes);
        }
        if let (Some(session), Some(doing)) = (self.session.clone(), saved.doing) {
            self.flow = self.resumed(doing, task, delivery, &session.operator).unwrap_or_else(|| self.home());
            self.keep_capture();
            return self;
        }
        self.flow = match (&self.session, saved.pick, task) {
            (None, _, _) => Flow::SignIn(saved.sign_in.unwrap_or_default()),
            (Some(_), Some(pick), Some(data)) if pick.task == data.task.id => Flow::Pick(Box::new(PickFlow {
                pick: Pick::resume(pick, data.task, data.lines, data.drop_off_kind),
                catalogue: data.catalogue,
            })),
            (Some(_), _, _) => list.map_or_else(|| self.home(), List::flow),
        };
        self
    }

    /// A flow as it was left. `None` = what it was about is gone.
    fn resumed(
        &self,
        doing: Doing,
        task: Option<TaskData>,
        delivery: Option<DeliveryData>,
        operator: &OperatorId,
    ) -> Option<Flow> {
        Some(match (doing, task, delivery) {
            (Doing::Pick(saved), Some(data), _) => Flow::Pick(Box::new(PickFlow {
                pick: Pick::resume(saved, data.task, data.lines, data.drop_off_kind),
                catalogue: data.catalogue,
            })),
            (Doing::Receive(saved), _, Some(data)) => {
                let at = Receive::resume(saved, data.delivery, data.lines, &data.past);
                Flow::Receive(Box::new(Under::new(at, data.catalogue)))
            }
            (Doing::PutAway(saved), Some(data), _) => {
                let at = PutAway::resume(saved, data.task, data.lines)?;
                Flow::PutAway(Box::new(Under::new(at, data.catalogue)))
            }
            (Doing::Count(saved), Some(data), _) => {
                let operator = operator.clone();
                let at = Count::resume(saved, data.task, data.lines, operator, &self.settings, &data.past)?;
                Flow::Count(Box::new(Under::new(at, data.catalogue)))
            }
            (Doing::Load(saved), _, _) => Flow::Load(Box::new(Under::new(saved, Arc::default()))),
            _ => return None,
        })
    }

    /// Where a station is when nothing is being done: a dock at its deliveries, others at the work list.
    fn home(&self) -> Flow {
        if self.station.profile == Profile::Dock && self.may(Role::Receive) {
            Flow::Deliveries(DeliveriesFlow::default())
        } else if self.station.profile == Profile::Packing && self.may(Role::Pack) {
            Flow::Bench(BenchFlow::default())
        } else {
            Flow::Work
        }
    }

    /// Leaves what was done.
    fn go_home(&mut self, effects: &mut Vec<Effect>) {
        self.flow = self.home();
        self.typed.clear();
        self.keypad = false;
        effects.push(match self.flow {
            Flow::Deliveries(_) => Effect::LoadDeliveries,
            Flow::Bench(_) => Effect::LoadBench,
            _ => Effect::LoadWork,
        });
    }

    /// What to store.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved {
            list: List::of(&self.flow).filter(|list| Some(*list) != List::of(&self.home())),
            session: self.session.clone(),
            pick: match &self.flow {
                Flow::Pick(flow) => Some(flow.pick.saved()),
                _ => None,
            },
            sign_in: match &self.flow {
                Flow::SignIn(state @ SignIn::Pin { .. }) => Some(state.clone()),
                _ => None,
            },
            doing: self.doing().filter(|doing| !matches!(doing, Doing::Pick(_))),
            locked: self.lock.is_some(),
            kept: self.kept.clone(),
            backed: self.backed.clone(),
            totes: match &self.flow {
                Flow::Pick(flow) => flow.pick.task.slots.iter().filter(|slot| !slot.tote.is_none()).cloned().collect(),
                _ => Vec::new(),
            },
        }
    }

    /// What the step needs from the store beside what the scan itself names.
    pub fn widen(&self, lookup: &mut Lookup) {
        match &self.flow {
            _ if matches!(self.page, Some(OpenPage::WhatIs { .. })) => (lookup.about, lookup.where_is) = (true, true),
            Flow::Pick(flow) => flow.pick.widen(lookup),
            Flow::Receive(flow) => {
                lookup.about = true;
                flow.at.widen(lookup);
            }
            Flow::PutAway(flow) => flow.at.widen(lookup),
            Flow::Count(flow) => flow.at.widen(lookup),
            Flow::Bench(_) => lookup.outbound = true,
            Flow::Pack(flow) => flow.at.widen(lookup),
            Flow::Load(flow) => flow.at.widen(lookup),
            Flow::Work | Flow::Deliveries(_) => {
                (lookup.about, lookup.outbound) = (true, self.may(Role::Pack));
                lookup.returned = self.may(Role::Returns);
            }
            Flow::SignIn(_) => {}
            Flow::ReturnsOpen(_) => floorhand_domain::workflow::returns::widen_open(lookup),
            Flow::Returns(flow) => Self::widen_return(flow, lookup),
        }
        for list in [
            &mut lookup.barcodes,
            &mut lookup.locations,
            &mut lookup.handling_units,
            &mut lookup.badges,
            &mut lookup.tasks,
            &mut lookup.lots,
            &mut lookup.serials,
            &mut lookup.deliveries,
        ] {
            list.truncate(LOOKUP_CODES_MAX);
        }
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        if self.lock.is_some() {
            return "sign-in.unlock";
        }
        match &self.flow {
            Flow::Deliveries(_) => "deliveries",
            Flow::Bench(_) => "pack.next",
            Flow::Pack(flow) => flow.at.step_name(),
            Flow::Load(flow) => flow.at.step_name(),
            Flow::Receive(flow) => flow.at.step_name(),
            Flow::PutAway(flow) => flow.at.step_name(),
            Flow::Count(flow) => flow.at.step_name(),
            Flow::SignIn(SignIn::Badge) => "sign-in.badge",
            Flow::SignIn(SignIn::Pin { .. }) => "sign-in.pin",
            Flow::Work => "work-list",
            Flow::Pick(flow) => flow.pick.step_name(),
            Flow::ReturnsOpen(_) => "returns",
            Flow::Returns(flow) => flow.under.at.step_name(),
        }
    }

    /// The task under way. Empty = none.
    #[must_use]
    pub fn task(&self) -> TaskId {
        match &self.flow {
            Flow::Pick(flow) => flow.pick.task.id.clone(),
            Flow::PutAway(flow) => flow.at.task.id.clone(),
            Flow::Count(flow) => flow.at.task.id.clone(),
            _ => self.pack_task(),
        }
    }

    /// What the input makes of the app.
    #[must_use]
    pub fn update(mut self, input: Input, now: &Now, found: &Found) -> Turn {
        self.clock = now.wall;
        self.today.clone_from(&now.today);
        self.now_ms = now.unix_ms;
        if matches!(input, Input::Scan { .. } | Input::Tap(_) | Input::PinChecked { .. }) || self.touched_ms == 0 {
            self.touched_ms = now.mono_ms;
        }
        let answers = self.answers;
        let tie = self.tie(&input);
        let turn = self.take(input, now, found).given_up();
        let mut turn = if turn.app.ended { turn.signed_off(answers) } else { turn };
        turn.app.keep_capture();
        turn.tied(tie)
    }

    fn take(mut self, input: Input, now: &Now, found: &Found) -> Turn {
        match input {
            Input::Scan { scan, read } => {
                self.link.fresh = false;
                self.scan(scan, &read, now, found)
            }
            Input::Tap(tap) => self.tap(tap, now, found),
            Input::Deliveries(rows) => {
                self.due = u32::try_from(rows.len()).unwrap_or(u32::MAX);
                if let Flow::Deliveries(flow) = &mut self.flow {
                    flow.rows = rows.into();
                }
                self.turn()
            }
            Input::Bench { queue, relabel, waiting, today } => {
                let (queue, relabel) = (queue.into(), relabel.into());
                self.bench_told(AtBench { queue, relabel, waiting, today, ..AtBench::default() })
            }
            Input::OrderChanged(data) => self.order_changed(*data, now, found),
            Input::Scale { grams, steady } => self.scale_said(grams, steady, now, found),
            Input::CartonLabel(told) => self.carton_label(told, now, found),
            Input::DeliveryChanged(data) => self.delivery_changed(*data, now, found),
            Input::Photo(photo) => self.photo_taken(photo, now, found),
            Input::CodeTyped(code) => self.code_typed_in(code, found),
            Input::Printed(label) => self.label_printed(label, now, found),
            Input::ReturnChanged(data) => self.return_changed(*data, now, found),
            Input::Refunded(refund) => self.refunded(refund),
            Input::Revoked => {
                self.ended = self.session.is_some();
                self.turn()
            }
            Input::PinChecked { right } => self.pin_checked(right, now, found),
            Input::Work(tasks) => {
                self.work = self.permitted(tasks).into();
                self.turn()
            }
            Input::TaskChanged(mut data) => {
                if data.task.id == self.task() {
                    self.lost = self.is_elsewhere(&data).then(|| data.task.id.clone());
                    if self.lost.is_some() {
                        self.keep_own_totes(&mut data);
                    }
                }
                let mut turn = self.task_changed(*data, now, found);
                if turn.app.lost.is_some() && matches!(turn.app.answer, Answer::Notice("order-cancelled")) {
                    turn.app.answer = Answer::Notice("task-reassigned");
                }
                turn
            }
            Input::Link(link) => self.link_changed(link),
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
                self.lock_when_idle(now)
            }
            Input::Urgent(task) => self.urgent(*task, now, found),
        }
    }

    /// The names of the task under way.
    #[must_use]
    pub fn catalogue(&self) -> Option<&Catalogue> {
        match &self.flow {
            Flow::Pick(flow) => Some(&flow.catalogue),
            Flow::Receive(flow) => Some(&flow.catalogue),
            Flow::PutAway(flow) => Some(&flow.catalogue),
            Flow::Count(flow) => Some(&flow.catalogue),
            Flow::Returns(flow) => Some(&flow.under.catalogue),
            _ => None,
        }
    }

    fn accepted(&mut self, accepted: Accepted, name: String) {
        self.answers += 1;
        self.answer = Answer::Accepted { accepted, name };
    }

    /// A turn that records nothing.
    fn turn(self) -> Turn {
        let (facts, allowed_by, effects) = (Vec::new(), Vec::new(), Vec::new());
        Turn { app: self, facts, allowed_by, audit: None, guard: None, effects }
    }
}

/// Codes of one kind looked up for a scan at the most.
const LOOKUP_CODES_MAX: usize = 8;
