//! The sync engine: order, back-off, cursor, epoch. It reads no clock and draws no random number: both
//! come in with each input. One request up and one down are in flight at the most.

use super::{Claim, Input, Link, NetAnswer, NetError, Notice, Request, SyncTurn};
use crate::store::{ClockMark, Contact, RetryState, Store, StoreError};
use floorhand_wire::enrol::{EpochReason, EpochRequest, EpochResponse};
use floorhand_wire::feed::{BootstrapResponse, PullResponse};
use floorhand_wire::problem::Problem;
use floorhand_wire::push::{PushRequest, PushResponse};
use floorhand_wire::{BOOTSTRAP_ROWS_MAX, PULL_ROWS_MAX, PULL_WAIT_MAX_S, PUSH_BYTES_MAX, PUSH_FACTS_MAX};

/// First step of the back-off.
pub const BACKOFF_BASE_MS: u64 = 1_000;
/// Longest wait between two tries.
pub const BACKOFF_CAP_MS: u64 = 60_000;
/// Longest wait once nothing has answered for [`LONG_OUTAGE_MS`].
pub const BACKOFF_LONG_CAP_MS: u64 = 300_000;
/// After this long without an answer tries become rarer.
pub const LONG_OUTAGE_MS: u64 = 3_600_000;
/// A new fact starts a try at once, but not more often than this.
pub const KICK_MS: u64 = 1_000;
/// An answer that has not come after this long will not come: the request is taken as lost.
pub const LOST_MS: u64 = 60_000;
/// Bytes kept for the head of a push.
const HEAD_BYTES: usize = 1_024;
/// The same facts sent this often without an acknowledgement are worth a line in the log.
const RESENDS_LOGGED: u32 = 5;

/// What one direction is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Nothing; the next try is due then. `None` = nothing to do.
    Idle(Option<u64>),
    /// A request is in flight, since then.
    Busy(u64),
}

/// The engine.
#[derive(Debug)]
pub struct Sync {
    boot_id: String,
    up: Way,
    down: Way,
    epoch_busy: Option<u64>,
    want_epoch: Option<EpochRequest>,
    retry: RetryState,
    last_try_ms: u64,
    batch: usize,
    resends: (u64, u64, u32),
    claims: Vec<Claim>,
    online: Option<bool>,
    caught_up: bool,
    revoked: bool,
    now_ms: u64,
    random: u64,
}

/// Claims kept while the network is away; the fact says the same anyway.
const CLAIMS_MAX: usize = 16;

impl Sync {
    /// The engine of a store, in this boot.
    #[must_use]
    pub fn new(store: &Store, boot_id: &str) -> Self {
        let kept = store.contact().retry.clone();
        // Running time of another boot says nothing here: the delay runs anew from its start.
        let retry = if kept.boot_id == boot_id {
            kept
        } else {
            RetryState { boot_id: boot_id.to_owned(), ..RetryState::default() }
        };
        Self {
            boot_id: boot_id.to_owned(),
            up: Way::Idle(None),
            down: Way::Idle(None),
            epoch_busy: None,
            want_epoch: None,
            retry,
            last_try_ms: 0,
            batch: PUSH_FACTS_MAX,
            resends: (0, 0, 0),
            claims: Vec::new(),
            online: None,
            caught_up: false,
            revoked: false,
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
        let mut turn = SyncTurn::default();
        let result = self.take(input, store, &mut turn).and_then(|()| self.drive(store, &mut turn));
        if let Err(error) = result {
            for way in [&mut self.up, &mut self.down] {
                if matches!(way, Way::Idle(_)) {
                    *way = Way::Idle(Some(now_ms + BACKOFF_BASE_MS));
                }
            }
            return Err(error);
        }
        turn.due_ms = self.due_ms();
        Ok(turn)
    }

    /// When something is due next.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        let of = |way: Way| match way {
            Way::Idle(due) => due,
            Way::Busy(since) => Some(since + LOST_MS),
        };
        [of(self.up), of(self.down), self.epoch_busy.map(|since| since + LOST_MS)].into_iter().flatten().min()
    }

    fn take(&mut self, input: Input, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        match input {
            Input::Start | Input::SyncNow | Input::LinkUp => {
                self.arm_up(self.now_ms);
                self.arm_down(self.now_ms);
            }
            Input::FactCommitted { claims } => {
                let room = CLAIMS_MAX.saturating_sub(self.claims.len());
                self.claims.extend(claims.into_iter().take(room));
                let kick = self.now_ms.max(self.last_try_ms + KICK_MS);
                if let Way::Idle(due) = self.up {
                    self.up = Way::Idle(Some(due.map_or(kick, |due| due.min(kick))));
                }
            }
            Input::Tick => self.forget_lost(),
            Input::Answer(answer) => self.answer(answer, store, turn)?,
        }
        Ok(())
    }

    fn arm_up(&mut self, due: u64) {
        if matches!(self.up, Way::Idle(_)) {
            self.up = Way::Idle(Some(due));
        }
    }

    fn arm_down(&mut self, due: u64) {
        if matches!(self.down, Way::Idle(_)) {
            self.down = Way::Idle(Some(due));
        }
    }

    /// A request whose answer never came is as good as failed.
    fn forget_lost(&mut self) {
        for way in [&mut self.up, &mut self.down] {
            if let Way::Busy(since) = *way
                && self.now_ms >= since + LOST_MS
            {
                *way = Way::Idle(Some(self.now_ms));
            }
        }
        if self.epoch_busy.is_some_and(|since| self.now_ms >= since + LOST_MS) {
            self.epoch_busy = None;
        }
    }

    /// Sends what is due and may be sent.
    fn drive(&mut self, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        let now = self.now_ms;
        if let Some(request) = &self.want_epoch {
            if self.epoch_busy.is_none() && matches!(self.up, Way::Idle(Some(due)) if due <= now) {
                turn.requests.push(Request::Epoch(request.clone()));
                self.epoch_busy = Some(now);
                self.last_try_ms = now;
                self.up = Way::Idle(None);
            }
            return Ok(());
        }
        if matches!(self.up, Way::Idle(Some(due)) if due <= now) {
            self.push(store, turn)?;
        }
        if self.revoked {
            self.down = Way::Idle(None);
        } else if matches!(self.down, Way::Idle(Some(due)) if due <= now) {
            self.pull(store, turn)?;
        }
        // I11: with facts in the outbox the next try is always set.
        if self.up == Way::Idle(None) && store.outbox_counts()?.pending > 0 {
            self.up = Way::Idle(Some(now + BACKOFF_BASE_MS));
        }
        Ok(())
    }

    fn push(&mut self, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        let Some(identity) = store.identity().cloned() else { return Ok(()) };
        for claim in std::mem::take(&mut self.claims) {
            turn.requests.push(Request::Claim { task: claim.task, operator: claim.operator, id: claim.id });
        }
        let Some(batch) = store.outbox_batch(self.batch, PUSH_BYTES_MAX - HEAD_BYTES)? else {
            self.up = Way::Idle(None);
            return Ok(());
        };
        let again = (self.resends.0, self.resends.1) == (batch.epoch, batch.first_seq);
        self.resends = (batch.epoch, batch.first_seq, if again { self.resends.2 + 1 } else { 0 });
        if self.resends.2 == RESENDS_LOGGED {
            tracing::warn!(
                epoch = batch.epoch,
                seq = batch.first_seq,
                "the same facts were sent {RESENDS_LOGGED} times"
            );
        }
        turn.requests.push(Request::Push(PushRequest {
            device: identity.device,
            epoch: batch.epoch,
            first_seq: batch.first_seq,
            boot_id: self.boot_id.clone(),
            sent_mono_ms: self.now_ms,
            facts: batch.facts,
        }));
        self.up = Way::Busy(self.now_ms);
        self.last_try_ms = self.now_ms;
        Ok(())
    }

    fn pull(&mut self, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        let request = match store.next_bootstrap()? {
            Some((stream, after)) => Request::Bootstrap { stream, after, limit: BOOTSTRAP_ROWS_MAX },
            None => Request::Pull {
                cursor: store.pull_cursor()?,
                server_epoch: store.identity().map(|identity| identity.server_epoch.clone()).unwrap_or_default(),
                limit: PULL_ROWS_MAX,
                wait_s: if self.caught_up { PULL_WAIT_MAX_S } else { 0 },
            },
        };
        turn.requests.push(request);
        self.down = Way::Busy(self.now_ms);
        Ok(())
    }

    fn answer(&mut self, answer: NetAnswer, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        match answer {
            NetAnswer::Push { epoch, first_seq, result } => {
                self.up = Way::Idle(Some(self.now_ms));
                match result {
                    Ok(response) => self.pushed(epoch, &response, store, turn),
                    Err(error) => self.push_failed(epoch, first_seq, error, store, turn),
                }
            }
            NetAnswer::Pull(result) => {
                self.down = Way::Idle(Some(self.now_ms));
                match *result {
                    Ok(response) => self.pulled(&response, store, turn),
                    Err(error) => self.pull_failed(error, None, store, turn),
                }
            }
            NetAnswer::Bootstrap { stream, after, result } => {
                self.down = Way::Idle(Some(self.now_ms));
                match *result {
                    Ok(response) => self.booted(&after, &response, store, turn),
                    Err(error) => self.pull_failed(error, Some(stream), store, turn),
                }
            }
            NetAnswer::Epoch(result) => {
                self.epoch_busy = None;
                self.up = Way::Idle(Some(self.now_ms));
                match result {
                    Ok(response) => self.renumbered(response, store),
                    Err(error) => self.failed(&error, store, turn).map(|due| self.up = Way::Idle(Some(due))),
                }
            }
            NetAnswer::Claim { task, result } => {
                if let Err(NetError::Problem(problem)) = result
                    && problem.code == "claimed"
                {
                    turn.notices.push(Notice::ClaimRefused { task, holder: problem.holder.unwrap_or_default() });
                }
                Ok(())
            }
        }
    }

    fn pushed(
        &mut self,
        epoch: u64,
        response: &PushResponse,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        let done = store.apply_push(epoch, response);
        if done.is_err() {
            self.up = Way::Idle(Some(self.now_ms + BACKOFF_BASE_MS));
        }
        let pushed = done?;
        self.succeeded(&response.server_time, &response.server_epoch, false, store, turn)?;
        self.batch = (self.batch.max(1) * 2).min(PUSH_FACTS_MAX);
        if response.quarantined_through.is_some() {
            // What a revoked device did waits for a supervisor; asking again every second helps nobody.
            self.revoke(turn);
            self.up = Way::Idle(Some(self.now_ms + BACKOFF_LONG_CAP_MS));
        } else {
            if self.revoked {
                self.revoked = false;
                self.arm_down(self.now_ms);
            }
            if !pushed.advanced {
                // An answer that acknowledges nothing must not become a tight loop.
                self.up = Way::Idle(Some(self.now_ms + BACKOFF_BASE_MS));
            }
        }
        turn.notices.push(Notice::OutcomesChanged);
        Ok(())
    }

    fn push_failed(
        &mut self,
        epoch: u64,
        first_seq: u64,
        error: NetError,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        let due = match &error {
            NetError::TimedOut => {
                self.batch = (self.batch / 2).max(1);
                self.failed(&error, store, turn)?
            }
            NetError::Problem(problem) => match problem.code.as_str() {
                _ if problem.status == 413 => {
                    self.batch = (self.batch / 2).max(1);
                    self.now_ms + if self.batch == 1 { BACKOFF_BASE_MS } else { 0 }
                }
                "gap" if problem.expect_seq.is_some_and(|seq| seq != first_seq) => {
                    store.rewind(epoch, problem.expect_seq.unwrap_or(first_seq))?;
                    self.now_ms
                }
                "fork" => {
                    tracing::error!(
                        epoch,
                        seq = problem.seq,
                        "the core has other facts under our numbers; a new epoch is asked for"
                    );
                    self.fork(epoch, problem, store);
                    self.now_ms
                }
                "revoked" => {
                    self.revoke(turn);
                    self.now_ms + BACKOFF_LONG_CAP_MS
                }
                _ => self.failed(&error, store, turn)?,
            },
            _ => self.failed(&error, store, turn)?,
        };
        self.up = Way::Idle(Some(due));
        Ok(())
    }

    fn fork(&mut self, epoch: u64, problem: &Problem, store: &Store) {
        let device = store.identity().map(|identity| identity.device.clone()).unwrap_or_default();
        self.want_epoch = Some(EpochRequest { device, reason: EpochReason::Restored, salvaged_from: Some(epoch) });
        self.resends = (epoch, problem.seq.unwrap_or(0), 0);
    }

    fn renumbered(&mut self, response: EpochResponse, store: &mut Store) -> Result<(), StoreError> {
        let (epoch, seq, _) = self.resends;
        if let Some(request) = self.want_epoch.take() {
            store.move_tail(request.salvaged_from.unwrap_or(epoch), seq, response.epoch)?;
        }
        Ok(())
    }

    fn pulled(&mut self, response: &PullResponse, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        let done = store.apply_pull(response);
        if done.is_err() {
            self.down = Way::Idle(Some(self.now_ms + BACKOFF_BASE_MS));
        }
        let changes = done?;
        let complete = response.streams.iter().all(|page| page.complete);
        self.succeeded(&response.server_time, &response.server_epoch, complete, store, turn)?;
        self.caught_up = complete && store.next_bootstrap()?.is_none();
        if !changes.is_empty() {
            turn.notices.push(Notice::BaseChanged(changes));
        }
        Ok(())
    }

    fn booted(
        &mut self,
        after: &str,
        response: &BootstrapResponse,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        let done = store.apply_bootstrap(after, response);
        if done.is_err() {
            self.down = Way::Idle(Some(self.now_ms + BACKOFF_BASE_MS));
        }
        let changes = done?;
        self.succeeded(&response.server_time, &response.server_epoch, false, store, turn)?;
        self.caught_up = false;
        if !changes.is_empty() {
            turn.notices.push(Notice::BaseChanged(changes));
        }
        Ok(())
    }

    fn pull_failed(
        &mut self,
        error: NetError,
        stream: Option<String>,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        self.caught_up = false;
        let due = match &error {
            NetError::Problem(problem) => match problem.code.as_str() {
                "must_resync" => {
                    // The base only, never the outbox.
                    for stream in problem.stream.clone().or(stream).map_or_else(|| all_streams(store), |one| vec![one])
                    {
                        store.start_resync(&stream)?;
                        turn.notices.push(Notice::Resync { stream });
                    }
                    self.now_ms + BACKOFF_BASE_MS
                }
                "revoked" => {
                    self.revoke(turn);
                    self.now_ms + BACKOFF_LONG_CAP_MS
                }
                "too_old" => {
                    turn.notices.push(Notice::TooOld);
                    self.now_ms + BACKOFF_LONG_CAP_MS
                }
                _ => self.failed(&error, store, turn)?,
            },
            _ => self.failed(&error, store, turn)?,
        };
        self.down = Way::Idle(Some(due));
        Ok(())
    }

    fn revoke(&mut self, turn: &mut SyncTurn) {
        if !self.revoked {
            turn.notices.push(Notice::AccessEnded);
        }
        self.revoked = true;
    }

    /// The core answered: the back-off is over, the link is up.
    fn succeeded(
        &mut self,
        server_time: &str,
        server_epoch: &str,
        complete: bool,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        self.retry = RetryState { boot_id: self.boot_id.clone(), ..RetryState::default() };
        let known = store.identity().map(|identity| identity.server_epoch.clone()).unwrap_or_default();
        if !server_epoch.is_empty() && known != server_epoch {
            tracing::warn!("the core was restored from a backup; its rows are fetched anew, facts are sent again");
            store.set_server_epoch(server_epoch)?;
            self.caught_up = false;
        }
        let mut contact = Contact { online: true, retry: self.retry.clone(), ..store.contact().clone() };
        if let Ok(at) = server_time.parse::<jiff::Timestamp>() {
            let server_ms = u64::try_from(at.as_millisecond()).unwrap_or(0);
            server_time.clone_into(&mut contact.last_ok);
            contact.clock = Some(ClockMark { server_ms, mono_ms: self.now_ms, boot_id: self.boot_id.clone() });
            if complete {
                contact.complete_ms = server_ms;
            }
        }
        store.set_contact(contact)?;
        self.link(true, turn);
        Ok(())
    }

    /// The core did not answer: full jitter below a cap that doubles.
    fn failed(&mut self, error: &NetError, store: &mut Store, turn: &mut SyncTurn) -> Result<u64, StoreError> {
        if self.retry.attempt == 0 {
            self.retry.since_ms = self.now_ms;
            tracing::info!(%error, "the core cannot be reached; everything is kept");
        }
        self.retry.attempt = self.retry.attempt.saturating_add(1);
        let long = self.now_ms.saturating_sub(self.retry.since_ms) > LONG_OUTAGE_MS;
        let cap = if long { BACKOFF_LONG_CAP_MS } else { BACKOFF_CAP_MS };
        let step = BACKOFF_BASE_MS.saturating_mul(1 << self.retry.attempt.min(16)).min(cap);
        let mut wait = BACKOFF_BASE_MS / 4 + self.random % step;
        if let NetError::Busy { retry_after_s } = error {
            wait = wait.max(retry_after_s.saturating_mul(1000).min(cap));
        }
        self.retry.due_ms = self.now_ms + wait.min(cap);
        self.caught_up = false;
        let offline = !matches!(error, NetError::Problem(_) | NetError::Busy { .. });
        if offline || store.contact().retry != self.retry {
            let online = store.contact().online && !offline;
            // Written when the state changes, not at each try: an outage of a day is not a thousand writes.
            if store.contact().online != online || self.retry.attempt == 1 {
                store.set_contact(Contact { online, retry: self.retry.clone(), ..store.contact().clone() })?;
            }
        }
        if offline {
            self.link(false, turn);
        }
        Ok(self.retry.due_ms)
    }

    fn link(&mut self, online: bool, turn: &mut SyncTurn) {
        if self.online != Some(online) {
            self.online = Some(online);
            turn.notices.push(Notice::Link(if online { Link::Online } else { Link::Offline }));
            if online {
                self.arm_up(self.now_ms);
                self.arm_down(self.now_ms);
            }
        }
    }
}

fn all_streams(store: &Store) -> Vec<String> {
    store.identity().map(|identity| identity.streams.clone()).unwrap_or_default()
}
