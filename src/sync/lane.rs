//! One direction: what is in flight, when the next try is due, how often it failed.

use crate::store::RetryState;

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
pub const LOST_MS: u64 = 90_000;
/// A core that makes us fetch rows anew again and again is asked more and more rarely; after this
/// long without it, it counts as the first time.
pub const RESYNC_FORGET_MS: u64 = 600_000;
/// The way that got through calls the other one at most this often.
pub const REARM_MS: u64 = 10_000;
/// Shortest wait after a failure.
const BACKOFF_MIN_MS: u64 = 250;

/// What a direction is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way<S> {
    /// Nothing; the next try is due then. `None` = nothing to do.
    Idle(Option<u64>),
    /// A request is in flight.
    Busy {
        /// Which.
        sent: S,
        /// Since when.
        since_ms: u64,
    },
}

/// A direction.
#[derive(Debug)]
pub(super) struct Lane<S> {
    pub(super) way: Way<S>,
    pub(super) retry: RetryState,
    /// When the last request was sent.
    pub(super) sent_ms: u64,
    ever_sent: bool,
    /// The core asked to be left alone until then.
    hold_ms: u64,
}

impl<S: Clone + PartialEq> Lane<S> {
    pub(super) fn new(boot_id: &str, kept: Option<&RetryState>) -> Self {
        let retry = kept.filter(|kept| kept.boot_id == boot_id).cloned();
        let retry = retry.unwrap_or_else(|| RetryState { boot_id: boot_id.to_owned(), ..RetryState::default() });
        Self { way: Way::Idle(None), retry, sent_ms: 0, ever_sent: false, hold_ms: 0 }
    }

    /// The first try: when it was due before the app stopped, else at once.
    pub(super) fn start(&mut self, now_ms: u64) {
        let kept = if self.retry.attempt > 0 { self.retry.due_ms.min(now_ms + BACKOFF_LONG_CAP_MS) } else { 0 };
        self.way = Way::Idle(Some(now_ms.max(kept)));
    }

    pub(super) fn due_ms(&self) -> Option<u64> {
        match self.way {
            Way::Idle(due) => due,
            Way::Busy { since_ms, .. } => Some(since_ms + LOST_MS),
        }
    }

    pub(super) fn is_due(&self, now_ms: u64) -> bool {
        matches!(self.way, Way::Idle(Some(due)) if due <= now_ms)
    }

    /// A try at once, if none is in flight.
    pub(super) fn arm(&mut self, now_ms: u64) {
        if matches!(self.way, Way::Idle(_)) {
            self.way = Way::Idle(Some(now_ms.max(self.hold_ms)));
        }
    }

    /// A try soon, if none is in flight or due earlier.
    pub(super) fn kick(&mut self, now_ms: u64) {
        if let Way::Idle(due) = self.way {
            let soonest = if self.ever_sent { self.sent_ms + KICK_MS } else { now_ms };
            let kick = now_ms.max(soonest).max(self.hold_ms);
            self.way = Way::Idle(Some(due.map_or(kick, |due| due.min(kick))));
        }
    }

    /// A try not before that, if none is in flight.
    pub(super) fn postpone(&mut self, due_ms: u64) {
        if let Way::Idle(due) = self.way {
            self.way = Way::Idle(Some(due.map_or(due_ms, |due| due.max(due_ms))));
        }
    }

    /// What was to be sent was not handed out.
    pub(super) fn unsend(&mut self) {
        self.way = Way::Idle(None);
    }

    pub(super) fn is_idle(&self) -> bool {
        matches!(self.way, Way::Idle(_))
    }

    /// No try before that, whatever happens.
    pub(super) fn hold(&mut self, until_ms: u64) {
        self.hold_ms = until_ms;
        self.way = Way::Idle(Some(until_ms));
    }

    pub(super) fn send(&mut self, sent: S, now_ms: u64) {
        self.way = Way::Busy { sent, since_ms: now_ms };
        self.sent_ms = now_ms;
        self.ever_sent = true;
    }

    /// An answer came: to what is in flight, or to nothing that is.
    pub(super) fn settle(&mut self, is_it: impl FnOnce(&S) -> bool, now_ms: u64) -> Option<S> {
        match &self.way {
            Way::Busy { sent, .. } if is_it(sent) => {
                let sent = sent.clone();
                self.way = Way::Idle(Some(now_ms));
                Some(sent)
            }
            _ => None,
        }
    }

    /// A request whose answer never came is as good as failed. Which it was.
    pub(super) fn forget_lost(&mut self, now_ms: u64) -> Option<S> {
        match &self.way {
            Way::Busy { sent, since_ms } if now_ms >= since_ms + LOST_MS => {
                let sent = sent.clone();
                self.way = Way::Idle(Some(now_ms));
                Some(sent)
            }
            _ => None,
        }
    }

    pub(super) fn succeeded(&mut self) {
        self.hold_ms = 0;
        self.retry = RetryState { boot_id: std::mem::take(&mut self.retry.boot_id), ..RetryState::default() };
    }

    /// Full jitter below a cap that doubles.
    pub(super) fn back_off(&mut self, now_ms: u64, random: u64, at_least_ms: u64) {
        if self.retry.attempt == 0 {
            self.retry.since_ms = now_ms;
        }
        self.retry.attempt = self.retry.attempt.saturating_add(1);
        let long = now_ms.saturating_sub(self.retry.since_ms) > LONG_OUTAGE_MS;
        let cap = if long { BACKOFF_LONG_CAP_MS } else { BACKOFF_CAP_MS };
        let step = BACKOFF_BASE_MS.saturating_mul(1 << self.retry.attempt.min(16)).min(cap);
        let wait = (BACKOFF_MIN_MS + random % step).min(cap);
        if at_least_ms > 0 {
            self.hold_ms = now_ms + at_least_ms.min(BACKOFF_LONG_CAP_MS);
        }
        self.retry.due_ms = (now_ms + wait).max(self.hold_ms);
        self.way = Way::Idle(Some(self.retry.due_ms));
    }
}
