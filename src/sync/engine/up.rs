//! Facts up: one claim, epoch or push at a time.

use super::{RESENDS_LOGGED, Sync, Tail, Up, retry_after_ms};
use crate::store::{Batch, Contact, PhotoHeld, Rewound, Store, StoreError};
use crate::sync::lane::{BACKOFF_BASE_MS, BACKOFF_LONG_CAP_MS, Way};
use crate::sync::{NetError, Notice, Request, SyncTurn};
use floorhand_wire::enrol::{EpochReason, EpochRequest, EpochResponse};
use floorhand_wire::problem::Problem;
use floorhand_wire::push::{PushRequest, PushResponse};
use floorhand_wire::{PUSH_BYTES_MAX, PUSH_FACTS_MAX};

/// Bytes kept for the head of a push.
const HEAD_BYTES: usize = 1_024;

impl Sync {
    /// One request up: an epoch before facts that need it, a claim before the facts of its work.
    pub(super) fn send_up(&mut self, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        let Some(device) = store.identity().map(|identity| identity.device.clone()) else {
            self.up.way = Way::Idle(None);
            return Ok(());
        };
        if store.is_restored() && !self.no_rows && !self.revoked {
            // A restored core judges anew what it forgot. Its rows say what that is; they come first.
            let rows_ms = self.down.due_ms().unwrap_or(self.now_ms);
            self.up.way = Way::Idle(Some(rows_ms.max(self.now_ms + BACKOFF_BASE_MS)));
            return Ok(());
        }
        if let Some(tail) = self.tail {
            let request = EpochRequest { device, reason: tail.reason, salvaged_from: Some(tail.epoch) };
            turn.requests.push(Request::Epoch(request));
            self.up.send(Up::Epoch, self.now_ms);
            return Ok(());
        }
        if !self.claims.is_empty() {
            let claim = self.claims.remove(0);
            self.up.send(Up::Claim { task: claim.task.clone() }, self.now_ms);
            turn.requests.push(Request::Claim { task: claim.task, operator: claim.operator, id: claim.id });
            return Ok(());
        }
        let Some(batch) = store.outbox_batch(self.batch, PUSH_BYTES_MAX - HEAD_BYTES)? else {
            self.up.way = Way::Idle(None);
            if let Some((epoch, from_seq)) = store.outbox_hole()? {
                tracing::error!(epoch, from_seq, "facts are missing here; those behind them get new numbers");
                self.tail = Some(Tail { epoch, from_seq, reason: EpochReason::Corrupt });
                self.up.way = Way::Idle(Some(self.now_ms));
            } else if !self.revoked {
                self.send_photo(store, turn)?;
            }
            return Ok(());
        };
        self.count_resends(&batch);
        self.up.send(
            Up::Push { epoch: batch.epoch, first_seq: batch.first_seq, sent_through: batch.last_seq() },
            self.now_ms,
        );
        turn.requests.push(Request::Push(PushRequest {
            device,
            epoch: batch.epoch,
            first_seq: batch.first_seq,
            boot_id: self.boot_id.clone(),
            sent_mono_ms: self.now_ms,
            facts: batch.facts,
        }));
        Ok(())
    }

    /// With no fact left to send, the next photograph.
    fn send_photo(&mut self, store: &mut Store, turn: &mut SyncTurn) -> Result<(), StoreError> {
        if let Some((id, bytes)) = store.next_photo()? {
            self.up.send(Up::Photo { id: id.clone() }, self.now_ms);
            turn.requests.push(Request::Photo { id, bytes });
        }
        Ok(())
    }

    pub(super) fn photo_answered(
        &mut self,
        id: &str,
        result: Result<(), NetError>,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        let held = match &result {
            Ok(()) => {
                self.up.succeeded();
                return store.photo_sent(id);
            }
            Err(NetError::Problem(problem)) => match (problem.code.as_str(), problem.status) {
                ("revoked", _) => {
                    self.revoke(turn);
                    return Ok(());
                }
                // Its fact waits in the core behind another.
                (_, 404) => PhotoHeld::TillStart,
                (_, 413 | 422) => PhotoHeld::ForGood,
                _ => return self.back_off_up(result.as_ref().err(), store),
            },
            Err(error) => return self.back_off_up(Some(error), store),
        };
        tracing::warn!(photo = id, ?held, "the core did not take a photograph");
        self.tell_online(true, store)?;
        store.hold_photo(id, held)
    }

    fn count_resends(&mut self, batch: &Batch) {
        let again = (self.resends.0, self.resends.1) == (batch.epoch, batch.first_seq);
        self.resends = (batch.epoch, batch.first_seq, if again { self.resends.2.saturating_add(1) } else { 0 });
        if self.resends.2 == RESENDS_LOGGED {
            tracing::warn!(
                epoch = batch.epoch,
                seq = batch.first_seq,
                "the same facts were sent {RESENDS_LOGGED} times"
            );
        }
    }

    pub(super) fn pushed(
        &mut self,
        epoch: u64,
        (first_seq, sent_through): (u64, u64),
        response: &PushResponse,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        if response.acked_through.is_none() && response.quarantined_through.is_none() {
            // An empty object is no answer of the core, whoever sent it.
            let error = NetError::NotOurs("a push was answered without a number".to_owned());
            return self.back_off_up(Some(&error), store);
        }
        // Until the answer is stored it was not heard.
        self.up.way = Way::Idle(Some(self.now_ms + BACKOFF_BASE_MS));
        if self.heard(&response.server_time, &response.server_epoch, false, store, turn)? {
            // What a restored core says of our facts means something only together with its rows.
            // They are sent again after these, and get the same answer.
            return Ok(());
        }
        if store.first_unacked() != Some((epoch, first_seq)) {
            // The core was restored while these were on their way: what comes before is open again.
            self.up.way = Way::Idle(Some(self.now_ms));
            return Ok(());
        }
        let pushed = store.apply_push(epoch, sent_through, response)?;
        self.batch = self.batch.saturating_mul(2).clamp(1, PUSH_FACTS_MAX);
        turn.notices.push(Notice::OutcomesChanged);
        if response.quarantined_through.is_some() {
            // What a revoked device did waits for a supervisor; asking every second helps nobody.
            self.revoke(turn);
            self.up.hold(self.now_ms + BACKOFF_LONG_CAP_MS);
            return Ok(());
        }
        self.revoked = false;
        // An answer that acknowledges nothing must not become a tight loop.
        if pushed.advanced {
            self.forks = 0;
            self.up.succeeded();
            self.up.way = Way::Idle(Some(self.now_ms));
            store.set_contact(Contact { retry: self.up.retry.clone(), ..store.contact().clone() })?;
        } else {
            self.back_off_up(None, store)?;
        }
        Ok(())
    }

    pub(super) fn push_failed(
        &mut self,
        epoch: u64,
        (first_seq, sent_through): (u64, u64),
        error: &NetError,
        store: &mut Store,
        turn: &mut SyncTurn,
    ) -> Result<(), StoreError> {
        match error {
            NetError::TimedOut => self.batch = (self.batch / 2).max(1),
            NetError::Problem(problem) if problem.status == 413 => {
                let smaller = (self.batch / 2).max(1);
                let halved = smaller < self.batch;
                self.batch = smaller;
                self.tell_online(true, store)?;
                return if halved { Ok(()) } else { self.back_off_up(Some(error), store) };
            }
            NetError::Problem(problem) if problem.code == "gap" => {
                self.tell_online(true, store)?;
                return match store.rewind(epoch, problem.expect_seq.unwrap_or(first_seq))? {
                    Rewound::To(seq) => {
                        tracing::warn!(epoch, seq, "the core lost facts of ours; they are sent again");
                        self.down.arm(self.now_ms);
                        self.caught_up = false;
                        Ok(())
                    }
                    Rewound::Hole(from_seq) => {
                        tracing::error!(epoch, from_seq, "the core lost facts that are no longer kept here");
                        self.tail = Some(Tail { epoch, from_seq, reason: EpochReason::Restored });
                        Ok(())
                    }
                    Rewound::Ahead => self.back_off_up(Some(error), store),
                };
            }
            NetError::Problem(problem) if problem.code == "fork" => {
                self.tell_online(true, store)?;
                return self.fork(epoch, (first_seq, sent_through), problem, store);
            }
            NetError::Problem(problem) if problem.code == "revoked" => {
                self.revoke(turn);
                self.tell_online(true, store)?;
                self.up.hold(self.now_ms + BACKOFF_LONG_CAP_MS);
                return Ok(());
            }
            _ => {}
        }
        self.back_off_up(Some(error), store)
    }

    fn fork(
        &mut self,
        epoch: u64,
        (first_seq, sent_through): (u64, u64),
        problem: &Problem,
        store: &mut Store,
    ) -> Result<(), StoreError> {
        // Only of what was sent can the core know that it differs.
        let from_seq = problem.seq.filter(|seq| (1..=sent_through).contains(seq)).unwrap_or(first_seq);
        tracing::error!(epoch, seq = from_seq, "the core has other facts under our numbers; a new epoch is asked for");
        self.tail = Some(Tail { epoch, from_seq, reason: EpochReason::Restored });
        self.forks = self.forks.saturating_add(1);
        // A core that forks whatever it is sent must not be given an epoch after the other.
        if self.forks > 1 { self.back_off_up(None, store) } else { Ok(()) }
    }

    pub(super) fn renumber(&mut self, response: &EpochResponse, store: &mut Store) -> Result<(), StoreError> {
        self.tell_online(true, store)?;
        if let Some(tail) = self.tail {
            store.move_tail(tail.epoch, tail.from_seq, response.epoch)?;
            self.tail = None;
        }
        Ok(())
    }

    /// The next try up, later. Kept on the disk, so that a restart does not forget it.
    pub(super) fn back_off_up(&mut self, error: Option<&NetError>, store: &mut Store) -> Result<(), StoreError> {
        self.caught_up = false;
        self.up.back_off(self.now_ms, self.random, retry_after_ms(error));
        self.failed(error, self.up.retry.attempt == 1, store)?;
        if self.up.retry.attempt.is_power_of_two() {
            store.set_contact(Contact { retry: self.up.retry.clone(), ..store.contact().clone() })?;
        }
        Ok(())
    }
}
