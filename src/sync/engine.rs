//! The sync engine: order, back-off, cursor, epoch. It reads no clock and draws no random number: both
//! come in with each input. One request up and one down are in flight at the most.

mod down;
mod up;

use super::lane::{Lane, Way};
use super::{Claim, Input, Link, NetAnswer, NetError, Notice, Request, SyncTurn};
use crate::store::{ClockMark, Contact, Store, StoreError};
use floorhand_wire::PUSH_FACTS_MAX;
use floorhand_wire::enrol::EpochReason;

pub use super::lane::{
    BACKOFF_BASE_MS, BACKOFF_CAP_MS, BACKOFF_LONG_CAP_MS, KICK_MS, LONG_OUTAGE_MS, LOST_MS, REARM_MS, RESYNC_FORGET_MS,
};

/// From one pull to the next, once every stream is complete: a busy floor, or a core that does not
/// wait, must not keep the device busy.
pub const PULL_GAP_MS: u64 = 500;
/// With too little room nothing is downloaded; looked at again after this long.
pub const NO_ROOM_MS: u64 = 60_000;
/// Claims kept while another is being asked for; the fact says the same anyway.
pub const CLAIMS_MAX: usize = 16;
/// The same facts sent this often without an acknowledgement are worth a line in the log.
const RESENDS_LOGGED: u32 = 5;

/// A request up.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Up {
    Claim { task: String },
    Epoch,
    Push { epoch: u64, first_seq: u64, sent_through: u64 },
    Photo { id: String },
}

/// A request down.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Down {
    Pull,
    Bootstrap { stream: String, after: String },
}

/// One of the two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Facts that need new numbers in a new epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tail {
    epoch: u64,
    from_seq: u64,
    reason: EpochReason,
}

/// The engine.
#[derive(Debug)]
pub struct Sync {
    boot_id: String,
    up: Lane<Up>,
    down: Lane<Down>,
    /// Waits for a new epoch.
    tail: Option<Tail>,
    claims: Vec<Claim>,
    /// Facts of one push.
    batch: usize,
    /// Epoch and first number of the last push, and how often it was sent again.
    resends: (u64, u64, u32),
    link: Option<Link>,
    online: Option<bool>,
    /// Every stream is complete: the next pull may wait at the core.
    caught_up: bool,
    revoked: bool,
    /// Nothing can be fetched for now: the app is too old, or the disk too full.
    no_rows: bool,
    /// Forks since facts were last acknowledged.
    forks: u32,
    /// How often rows had to be fetched anew, and when last.
    resyncs: (u32, u64),
    /// Which way the answer at hand came; `None` = the input is none.
    answered: Option<Direction>,
    /// When one way last called the other one.
    rearmed_ms: Option<u64>,
    now_ms: u64,
    random: u64,
}

impl Sync {
    /// The engine of a store, in this boot.
    #[must_use]
    pub fn new(store: &Store, boot_id: &str) -> Self {
        Self {
            boot_id: boot_id.to_owned(),
            // Running time of another boot says nothing here: the delay runs anew from its start.
            up: Lane::new(boot_id, Some(&store.contact().retry)),
            down: Lane::new(boot_id, None),
            tail: None,
            claims: Vec::new(),
            batch: PUSH_FACTS_MAX,
            resends: (0, 0, 0),
            link: None,
            online: None,
            caught_up: false,
            revoked: false,
            no_rows: false,
            forks: 0,
            resyncs: (0, 0),
            answered: None,
            rearmed_ms: None,
            now_ms: 0,
            random: 0,
        }
    }

    /// Takes an input. An error of the store leaves the engine armed: what failed is tried again.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn handle(
        &mut self,
        input: Input,
        store: &mut Store,
        now_ms: u64,
        random: u64,
    ) -> Result<SyncTurn, StoreError> {
        (self.now_ms, self.random) = (now_ms, random);
        self.answered = match &input {
            Input::Answer(NetAnswer::Pull(_) | NetAnswer::Bootstrap { .. }) => Some(Direction::Down),
            Input::Answer(_) => Some(Direction::Up),
            _ => None,
        };
        let mut turn = SyncTurn::default();
        let result = self.take(input, store, &mut turn).and_then(|()| self.drive(store, &mut turn));
        if let Err(error) = result {
            // The requests of this turn go nowhere.
            for request in &turn.requests {
                match request {
                    Request::Push(_) | Request::Epoch(_) | Request::Claim { .. } | Request::Photo { .. } => {
                        self.up.unsend();
                    }
                    Request::Pull { .. } | Request::Bootstrap { .. } => self.down.unsend(),
                }
            }
            // A full disk takes nothing a second later either.
            if self.up.is_idle() {
                self.up.back_off(now_ms, random, 0);
            }
            if self.down.is_idle() {
                self.down.back_off(now_ms, random.rotate_left(32), 0);
            }
            return Err(error);
        }
        // I11: with facts in the outbox the next try is set.
        if self.up.way == Way::Idle(None) && (store.has_unacked() || self.tail.is_some()) {
            self.up.way = Way::Idle(Some(now_ms + BACKOFF_BASE_MS));
        }
        self.tell_link(&mut turn);
        turn.due_ms = self.due_ms();
        Ok(turn)
    }

    /// When something is due next.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        [self.up.due_ms(), self.down.due_ms()].into_iter().flatten().min()
    }

    fn take(&mut self, input: Input, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        match input {
            Input::Start => {
                store.offer_photos()?;
                self.up.start(self.now_ms);
                self.down.start(self.now_ms);
            }
            Input::SyncNow | Input::LinkUp => {
                self.up.arm(self.now_ms);
                self.down.arm(self.now_ms);
            }
            Input::FactCommitted { claims } => {
                let room = if self.revoked { 0 } else { CLAIMS_MAX.saturating_sub(self.claims.len()) };
                self.claims.extend(claims.into_iter().take(room));
                self.up.kick(self.now_ms);
            }
            Input::Tick => {
                if let Some(lost) = self.up.forget_lost(self.now_ms) {
                    if matches!(lost, Up::Push { .. }) {
                        self.batch = (self.batch / 2).max(1);
                    }
                    self.back_off_up(Some(&NetError::TimedOut), store)?;
                }
                if self.down.forget_lost(self.now_ms).is_some() {
                    self.back_off_down(Some(&NetError::TimedOut), store)?;
                }
            }
            Input::Answer(answer) => self.answer(answer, store, turn)?,
        }
        Ok(())
    }

    /// Sends what is due.
    fn drive(&mut self, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        if self.up.is_due(self.now_ms) {
            self.send_up(store, turn)?;
        }
        if self.down.is_due(self.now_ms) {
            self.send_down(store, turn)?;
        }
        Ok(())
    }

    fn answer(&mut self, answer: NetAnswer, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        match answer {
            NetAnswer::Push { epoch, first_seq, result } => {
                let Some(Up::Push { sent_through, .. }) = self.up.settle(
                    |sent| matches!(sent, Up::Push { epoch: e, first_seq: f, .. } if (*e, *f) == (epoch, first_seq)),
                    self.now_ms,
                ) else {
                    return Ok(());
                };
                match result {
                    Ok(response) => self.pushed(epoch, (first_seq, sent_through), &response, store, turn),
                    Err(error) => self.push_failed(epoch, (first_seq, sent_through), &error, store, turn),
                }
            }
            NetAnswer::Epoch(result) => {
                if self.up.settle(|sent| *sent == Up::Epoch, self.now_ms).is_none() {
                    return Ok(());
                }
                match result {
                    Ok(response) => self.renumber(&response, store),
                    Err(error) => self.back_off_up(Some(&error), store),
                }
            }
            NetAnswer::Claim { task, result } => {
                if self.up.settle(|sent| *sent == Up::Claim { task: task.clone() }, self.now_ms).is_none() {
                    return Ok(());
                }
                match result {
                    Ok(_) => Ok(()),
                    Err(NetError::Problem(problem)) => {
                        if problem.code == "revoked" {
                            self.revoke(turn);
                        }
                        if problem.code == "claimed" {
                            turn.notices
                                .push(Notice::ClaimRefused { task, holder: problem.holder.unwrap_or_default() });
                        }
                        Ok(())
                    }
                    Err(error) => self.back_off_up(Some(&error), store),
                }
            }
            NetAnswer::Photo { id, result } => {
                if self.up.settle(|sent| *sent == Up::Photo { id: id.clone() }, self.now_ms).is_none() {
                    return Ok(());
                }
                self.photo_answered(&id, result, store, turn)
            }
            NetAnswer::Pull(result) => {
                if self.down.settle(|sent| *sent == Down::Pull, self.now_ms).is_none() {
                    return Ok(());
                }
                match *result {
                    Ok(response) => self.pulled(&response, store, turn),
                    Err(error) => self.pull_failed(&error, None, store, turn),
                }
            }
            NetAnswer::Bootstrap { stream, after, result } => {
                let asked = Down::Bootstrap { stream: stream.clone(), after: after.clone() };
                if self.down.settle(|sent| *sent == asked, self.now_ms).is_none() {
                    return Ok(());
                }
                match *result {
                    Ok(response) => self.booted(&after, &response, store, turn),
                    Err(error) => self.pull_failed(&error, Some(stream), store, turn),
                }
            }
        }
    }

    fn revoke(&mut self, turn: &mut SyncTurn) {
        if !self.revoked {
            turn.notices.push(Notice::AccessEnded);
        }
        self.revoked = true;
        // No pull, no claim; only facts, into quarantine.
        self.claims.clear();
    }

    /// When rows may be fetched anew: at once the first time, then more and more rarely, so that a
    /// core that never agrees does not keep device and network busy.
    fn resync_due(&mut self) -> u64 {
        let (times, at_ms) = self.resyncs;
        let times = if self.now_ms.saturating_sub(at_ms) > RESYNC_FORGET_MS { 0 } else { times };
        let wait = if times == 0 { 0 } else { BACKOFF_BASE_MS.saturating_mul(1 << times.min(16)) };
        self.resyncs = (times.saturating_add(1), self.now_ms);
        self.now_ms + wait.min(BACKOFF_LONG_CAP_MS)
    }

    /// The core answered. Says whether it was restored from a backup since it last did.
    fn heard(
        &mut self,
        server_time: &str,
        server_epoch: &str,
        complete: bool,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<bool, StoreError> {
        let known = store.identity().map(|identity| identity.server_epoch.clone()).unwrap_or_default();
        let restored = !server_epoch.is_empty() && known != server_epoch;
        if restored {
            tracing::warn!("the core was restored from a backup; its rows are fetched anew");
            store.set_server_epoch(server_epoch)?;
            self.caught_up = false;
            self.up.arm(self.now_ms);
            let due = self.resync_due();
            self.down.postpone(due);
            turn.notices.extend(all_streams(store).into_iter().map(|stream| Notice::Resync { stream }));
        }
        self.online = Some(true);
        let mut contact = Contact { online: true, ..store.contact().clone() };
        if let Ok(at) = server_time.parse::<jiff::Timestamp>() {
            let server_ms = u64::try_from(at.as_millisecond()).unwrap_or(0);
            server_time.clone_into(&mut contact.last_ok);
            contact.clock = Some(ClockMark { server_ms, mono_ms: self.now_ms, boot_id: self.boot_id.clone() });
            if complete {
                contact.complete_ms = server_ms;
            }
        }
        store.set_contact(contact)?;
        Ok(restored)
    }

    /// The core answered, but not with what was asked for.
    fn tell_online(&mut self, online: bool, store: &mut Store) -> Result<(), StoreError> {
        self.online = Some(online);
        store.set_contact(Contact { online, ..store.contact().clone() })
    }

    fn failed(&mut self, error: Option<&NetError>, first: bool, store: &mut Store) -> Result<(), StoreError> {
        let Some(error) = error else { return Ok(()) };
        if first {
            tracing::info!(%error, "the core did not do what was asked; everything is kept");
        }
        self.tell_online(matches!(error, NetError::Problem(_) | NetError::Busy { .. }), store)
    }

    /// Tells the app when the link changed.
    fn tell_link(&mut self, turn: &mut SyncTurn) {
        let Some(online) = self.online else { return };
        let link = match (online, &self.up.way) {
            (false, _) => Link::Offline,
            (true, Way::Busy { sent: Up::Push { .. }, .. }) => Link::Sending,
            (true, _) => Link::Online,
        };
        if self.link != Some(link) {
            // One way got through: the other need not wait. But where only one ever does, this must not
            // undo the other's back-off.
            let rested = self.rearmed_ms.is_none_or(|at| self.now_ms >= at + REARM_MS);
            if online && matches!(self.link, None | Some(Link::Offline)) && rested {
                self.rearmed_ms = Some(self.now_ms);
                match self.answered {
                    Some(Direction::Down) if self.up.due_ms().is_some() => self.up.arm(self.now_ms),
                    Some(Direction::Up) => self.down.arm(self.now_ms),
                    _ => {}
                }
            }
            self.link = Some(link);
            turn.notices.push(Notice::Link(link));
        }
    }
}

fn retry_after_ms(error: Option<&NetError>) -> u64 {
    match error {
        Some(NetError::Busy { retry_after_s }) => retry_after_s.saturating_mul(1_000),
        _ => 0,
    }
}

fn all_streams(store: &Store) -> Vec<String> {
    store.identity().map(|identity| identity.streams.clone()).unwrap_or_default()
}
