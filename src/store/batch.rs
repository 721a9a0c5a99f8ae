//! The outbox as sync sees it: what to send next, what became of it.

use super::identity::set_identity;
use super::{Store, StoreError, commit, int, overlay, uint};
use floorhand_wire::chain::GENESIS;
use floorhand_wire::push::{Outcome, PushResponse, Was, WireFact};
use rusqlite::{Connection, params};
use serde_json::Value;

/// Facts to send: of one epoch, without gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Their epoch.
    pub epoch: u64,
    /// The number of the first.
    pub first_seq: u64,
    /// The facts as stored.
    pub facts: Vec<Value>,
}

/// What an answer to a push changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pushed {
    /// Whether more is acknowledged than before.
    pub advanced: bool,
}

/// Where sending goes on after the core said what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewound {
    /// The next number to send.
    pub next_seq: u64,
}

/// Numbers the epoch that follows `before`, whose last number is `next_seq - 1`.
pub(super) fn open_epoch(conn: &Connection, epoch: u64, before: u64, next_seq: u64) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE epoch SET end_seq = ?2 WHERE epoch = ?1 AND end_seq < 0",
        [int(before), int(next_seq.saturating_sub(1))],
    )?;
    conn.execute("INSERT INTO epoch(epoch, end_seq, acked, durable) VALUES(?1, -1, 0, 0)", [int(epoch)])?;
    Ok(())
}

/// Stores what became of a fact; a final outcome is never overwritten by an older one.
pub(super) fn set_outcome(
    conn: &Connection,
    epoch: u64,
    seq: u64,
    outcome: Outcome,
    code: &str,
    reference: &str,
) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE outbox SET outcome = ?3, code = ?4, ref = ?5 WHERE epoch = ?1 AND seq = ?2")?
        .execute(params![int(epoch), int(seq), outcome.as_str(), code, reference])?;
    // What was rejected has no effect; what was parked and now has one is in the rows that came with it.
    if outcome != Outcome::Parked {
        if outcome == Outcome::Rejected {
            overlay::remove(conn, epoch, seq)?;
        } else {
            overlay::settle_one(conn, epoch, seq)?;
        }
    }
    Ok(())
}

impl Store {
    /// The next facts to send: the oldest epoch first, at most so many facts and bytes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_batch(&self, facts_max: usize, bytes_max: usize) -> Result<Option<Batch>, StoreError> {
        let Some(epoch) = self.epochs.iter().find(|epoch| epoch.acked < epoch.last) else { return Ok(None) };
        let mut rows = self.conn.prepare_cached(
            "SELECT seq, bytes FROM outbox WHERE epoch = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4",
        )?;
        let limit = i64::try_from(facts_max).unwrap_or(i64::MAX);
        let mut rows = rows.query(params![int(epoch.epoch), int(epoch.acked), int(epoch.last), limit])?;
        let mut batch = Batch { epoch: epoch.epoch, first_seq: epoch.acked + 1, facts: Vec::new() };
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            let seq = uint(row.get(0)?);
            let text = row.get_ref(1)?.as_str().map_err(|error| StoreError::Corrupt(error.to_string()))?;
            bytes += text.len() + 1;
            if !batch.facts.is_empty() && bytes > bytes_max {
                break;
            }
            if seq != batch.first_seq + u64::try_from(batch.facts.len()).unwrap_or(0) {
                return Err(StoreError::Corrupt(format!("the outbox has a hole before {}/{seq}", epoch.epoch)));
            }
            batch.facts.push(serde_json::from_str(text)?);
        }
        Ok((!batch.facts.is_empty()).then_some(batch))
    }

    /// Takes over what the core said of facts of an epoch.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn apply_push(&mut self, epoch: u64, response: &PushResponse) -> Result<Pushed, StoreError> {
        let Some(at) = self.epochs.iter().position(|e| e.epoch == epoch) else { return Ok(Pushed::default()) };
        let Some(known) = self.epochs.get(at).copied() else { return Ok(Pushed::default()) };
        // An acknowledgement of what was never written cannot be ours.
        let through = response.acked_through.unwrap_or(known.acked).min(known.last);
        let acked = known.acked.max(through);
        let durable = known.durable.max(response.durable_through.min(acked));
        let server_ms =
            response.server_time.parse::<jiff::Timestamp>().map(|at| at.as_millisecond()).unwrap_or_default();
        self.write(|conn| {
            for outcome in &response.outcomes {
                set_outcome(conn, epoch, outcome.seq, outcome.outcome, &outcome.code, &outcome.reference)?;
            }
            if (acked, durable) != (known.acked, known.durable) {
                conn.prepare_cached("UPDATE epoch SET acked = ?2, durable = ?3 WHERE epoch = ?1")?.execute([
                    int(epoch),
                    int(acked),
                    int(durable),
                ])?;
            }
            if acked > known.acked {
                conn.prepare_cached("INSERT OR REPLACE INTO ack_mark(epoch, through, server_ms) VALUES(?1, ?2, ?3)")?
                    .execute([int(epoch), int(acked), server_ms])?;
            }
            Ok(())
        })?;
        if let Some(epoch) = self.epochs.get_mut(at) {
            (epoch.acked, epoch.durable) = (acked, durable);
        }
        Ok(Pushed { advanced: acked > known.acked })
    }

    /// The core expects another number: it forgot some (a restored backup), or has more than we know
    /// of (a lost answer). Sending goes on there.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn rewind(&mut self, epoch: u64, expect_seq: u64) -> Result<Rewound, StoreError> {
        let acked = expect_seq.saturating_sub(1);
        self.write(|conn| {
            conn.execute(
                "UPDATE epoch SET acked = ?2, durable = MIN(durable, ?2) WHERE epoch = ?1",
                [int(epoch), int(acked)],
            )?;
            Ok(())
        })?;
        if let Some(known) = self.epochs.iter_mut().find(|known| known.epoch == epoch) {
            known.acked = acked.min(known.last);
            known.durable = known.durable.min(acked);
        }
        Ok(Rewound { next_seq: expect_seq })
    }

    /// Gives the facts of an epoch from a number on new numbers in a new epoch. They keep their
    /// identity and say what they were, so that the core takes each for one.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn move_tail(&mut self, from_epoch: u64, from_seq: u64, to_epoch: u64) -> Result<(), StoreError> {
        let mut identity = self.identity.clone().ok_or(StoreError::NotEnrolled)?;
        identity.epoch = to_epoch;
        self.write(|conn| {
            open_epoch(conn, to_epoch, from_epoch, from_seq)?;
            conn.execute(
                "UPDATE epoch SET end_seq = ?2 WHERE epoch = ?1",
                [int(from_epoch), int(from_seq.saturating_sub(1))],
            )?;
            conn.execute("UPDATE epoch SET acked = MIN(acked, end_seq) WHERE epoch = ?1", [int(from_epoch)])?;
            let mut rows = conn.prepare("SELECT seq, bytes FROM outbox WHERE epoch = ?1 AND seq >= ?2 ORDER BY seq")?;
            let tail: Vec<(i64, String)> = rows
                .query_map([int(from_epoch), int(from_seq)], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let mut prev = GENESIS.to_owned();
            for (n, (seq, bytes)) in (1u64..).zip(&tail) {
                let old: WireFact = serde_json::from_str(bytes)?;
                let fact =
                    WireFact { seq: n, was: Some(Was { epoch: from_epoch, seq: uint(*seq) }), ..old }.seal(&prev)?;
                commit::put(conn, to_epoch, &fact)?;
                overlay::rename(conn, (from_epoch, uint(*seq)), (to_epoch, n))?;
                conn.execute(
                    "UPDATE outbox SET moved_epoch = ?3, moved_seq = ?4 WHERE epoch = ?1 AND seq = ?2",
                    [int(from_epoch), *seq, int(to_epoch), int(n)],
                )?;
                prev = fact.hash;
            }
            set_identity(conn, &identity)
        })?;
        self.reload()
    }
}
