//! The outbox as sync sees it: what to send next, what became of it.

use super::identity::set_identity;
use super::{Store, StoreError, base, commit, int, overlay, uint};
use floorhand_domain::fact::Fact;
use floorhand_wire::chain::GENESIS;
use floorhand_wire::push::{Outcome, PushResponse, Was, WireFact};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

/// How often one fact is followed to the number that it has now.
const MOVES_MAX: usize = 1_000;

/// An acknowledgement is marked with the core's time at most this often.
const MARK_EVERY_MS: i64 = 24 * 60 * 60 * 1000;

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

impl Batch {
    /// The number of the last.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.first_seq + u64::try_from(self.facts.len()).unwrap_or_default().saturating_sub(1)
    }
}

/// What an answer to a push changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pushed {
    /// Whether more is acknowledged than before.
    pub advanced: bool,
}

/// Where sending goes on after the core said what it expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewound {
    /// There: the core forgot what came after it (a restored backup).
    To(u64),
    /// What it expects is no longer kept here; this is the first number that is. What is left gets
    /// new numbers in a new epoch.
    Hole(u64),
    /// It expects more than was acknowledged, which is no gap. Nothing changed.
    Ahead,
}

/// Numbers an epoch of its own from now on; the one before ends with the last fact it has.
pub(super) fn open_epoch(conn: &Connection, epoch: u64, before: u64, next_seq: u64) -> Result<(), StoreError> {
    let newest: i64 = conn.query_row("SELECT COALESCE(MAX(epoch), 0) FROM epoch", [], |row| row.get(0))?;
    if int(epoch) <= newest {
        return Err(StoreError::Bad("the core gave an epoch that is not newer than those of this device"));
    }
    conn.execute(
        "UPDATE epoch SET end_seq = ?2 WHERE epoch = ?1 AND end_seq < 0",
        [int(before), int(next_seq.saturating_sub(1))],
    )?;
    conn.execute("INSERT INTO epoch(epoch, end_seq, acked, durable) VALUES(?1, -1, 0, 0)", [int(epoch)])?;
    Ok(())
}

/// What the answer to a push says of a fact. The device's stream is the authority: a final outcome
/// that came with it is not undone by an older answer, and what was parked stays parked until the
/// stream brings its effect along. Returns whether the overlay has to be replayed.
fn told_by_push(
    conn: &Connection,
    epoch: u64,
    seq: u64,
    outcome: Outcome,
    code: &str,
    reference: &str,
) -> Result<bool, StoreError> {
    let was: Option<String> = conn
        .prepare_cached("SELECT outcome FROM outbox WHERE epoch = ?1 AND seq = ?2")?
        .query_row([int(epoch), int(seq)], |row| row.get(0))
        .optional()?;
    match (was.as_deref(), outcome) {
        (None, _) | (Some("applied" | "applied-flagged" | "rejected"), Outcome::Parked) => return Ok(false),
        (Some("parked"), Outcome::Applied | Outcome::AppliedFlagged) => return Ok(false),
        _ => {}
    }
    put_outcome(conn, epoch, seq, outcome, code, reference)?;
    differs(conn, epoch, seq, outcome)
}

/// Whether what is shown of a fact is not what its outcome says.
fn differs(conn: &Connection, epoch: u64, seq: u64, outcome: Outcome) -> Result<bool, StoreError> {
    Ok(match outcome {
        Outcome::Rejected => overlay::has(conn, epoch, seq)?,
        Outcome::Parked => {
            // The rows came before the news that they lack this fact.
            let applied = base::applied(conn)?;
            (epoch, seq) <= (applied.epoch, applied.through) && !overlay::has(conn, epoch, seq)?
        }
        Outcome::Applied | Outcome::AppliedFlagged => false,
    })
}

/// What the device's stream says of a fact, in the transaction that brings its effect. Returns
/// whether the overlay has to be replayed.
pub(super) fn told_by_stream(
    conn: &Connection,
    epoch: u64,
    seq: u64,
    outcome: Outcome,
    code: &str,
    reference: &str,
) -> Result<bool, StoreError> {
    put_outcome(conn, epoch, seq, outcome, code, reference)?;
    differs(conn, epoch, seq, outcome)
}

fn put_outcome(
    conn: &Connection,
    epoch: u64,
    seq: u64,
    outcome: Outcome,
    code: &str,
    reference: &str,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "UPDATE outbox SET outcome = ?3, code = ?4, ref = ?5 WHERE epoch = ?1 AND seq = ?2
           AND (outcome, code, ref) <> (?3, ?4, ?5)",
    )?
    .execute(params![int(epoch), int(seq), outcome.as_str(), code, reference])?;
    Ok(())
}

impl Store {
    /// Whether the core was restored and its rows are not complete yet. Until they are, what it still
    /// knows of our facts is open, and sending them again waits.
    #[must_use]
    pub fn is_restored(&self) -> bool {
        self.restored
    }

    /// Whether there is a fact that the core has not acknowledged.
    #[must_use]
    pub fn has_unacked(&self) -> bool {
        self.epochs.iter().any(|epoch| epoch.acked < epoch.last)
    }

    /// Epoch and number of the first fact that is not acknowledged.
    #[must_use]
    pub fn first_unacked(&self) -> Option<(u64, u64)> {
        let epoch = self.epochs.iter().find(|epoch| epoch.acked < epoch.last)?;
        Some((epoch.epoch, epoch.acked + 1))
    }

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
                // Damage took the facts in between; see `outbox_hole`.
                break;
            }
            batch.facts.push(serde_json::from_str(text)?);
        }
        Ok((!batch.facts.is_empty()).then_some(batch))
    }

    /// Where facts that are not acknowledged are missing, which only damage can do: the epoch and the
    /// first number missing. What is left behind it needs new numbers in a new epoch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_hole(&self) -> Result<Option<(u64, u64)>, StoreError> {
        let Some(epoch) = self.epochs.iter().find(|epoch| epoch.acked < epoch.last) else { return Ok(None) };
        let there: i64 = self
            .conn
            .prepare_cached("SELECT EXISTS(SELECT 1 FROM outbox WHERE epoch = ?1 AND seq = ?2)")?
            .query_row([int(epoch.epoch), int(epoch.acked + 1)], |row| row.get(0))?;
        Ok((there == 0).then_some((epoch.epoch, epoch.acked + 1)))
    }

    /// Takes over what the core said of the facts of an epoch that were sent, up to `sent_through`.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn apply_push(&mut self, epoch: u64, sent_through: u64, response: &PushResponse) -> Result<Pushed, StoreError> {
        let Some(at) = self.epochs.iter().position(|e| e.epoch == epoch) else { return Ok(Pushed::default()) };
        let Some(known) = self.epochs.get(at).copied() else { return Ok(Pushed::default()) };
        // Only what was sent can be acknowledged: a core that has more under our numbers has them
        // from a copy of this store, and what is here is not what it has.
        let through = response.acked_through.unwrap_or(known.acked).min(sent_through).min(known.last);
        let acked = known.acked.max(through);
        let durable = known.durable.max(response.durable_through.min(acked));
        let server_ms =
            response.server_time.parse::<jiff::Timestamp>().map(|at| at.as_millisecond()).unwrap_or_default();
        self.write(|conn| {
            let mut replay = false;
            if self.restored {
                // What the old core rejected or parked, the restored one may have taken.
                conn.prepare_cached(
                    "UPDATE outbox SET outcome = '' WHERE epoch = ?1 AND seq > ?2 AND seq <= ?3 AND outcome IN ('rejected', 'parked')",
                )?
                .execute([int(epoch), int(known.acked), int(acked)])?;
            }
            // What the core has not logged it cannot have judged.
            for row in response.outcomes.iter().filter(|row| row.seq <= acked) {
                replay |= told_by_push(conn, epoch, row.seq, row.outcome, &row.code, &row.reference)?;
            }
            if (acked, durable) != (known.acked, known.durable) {
                conn.prepare_cached("UPDATE epoch SET acked = ?2, durable = ?3 WHERE epoch = ?1")?.execute([
                    int(epoch),
                    int(acked),
                    int(durable),
                ])?;
            }
            if acked > known.acked && server_ms > 0 {
                conn.prepare_cached(
                    "INSERT OR REPLACE INTO ack_mark(epoch, through, server_ms) SELECT ?1, ?2, ?3 WHERE NOT EXISTS(
                       SELECT 1 FROM ack_mark WHERE epoch = ?1 AND server_ms > ?4)",
                )?
                .execute([int(epoch), int(acked), server_ms, server_ms - MARK_EVERY_MS])?;
            }
            if replay {
                overlay::replay(conn, base::applied(conn)?)?;
            }
            Ok(())
        })?;
        if let Some(epoch) = self.epochs.get_mut(at) {
            (epoch.acked, epoch.durable) = (acked, durable);
        }
        Ok(Pushed { advanced: acked > known.acked })
    }

    /// The core expects an earlier number: it forgot what came after. What was acknowledged since is
    /// not; sending goes on there.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn rewind(&mut self, epoch: u64, expect_seq: u64) -> Result<Rewound, StoreError> {
        let Some(known) = self.epochs.iter().find(|known| known.epoch == epoch).copied() else {
            return Ok(Rewound::Ahead);
        };
        if expect_seq == 0 || expect_seq > known.acked {
            return Ok(Rewound::Ahead);
        }
        let first: Option<i64> = self.conn.query_row(
            "SELECT MIN(seq) FROM outbox WHERE epoch = ?1 AND seq >= ?2",
            [int(epoch), int(expect_seq)],
            |row| row.get(0),
        )?;
        let kept = first.map_or(known.last + 1, uint);
        if kept > expect_seq {
            return Ok(Rewound::Hole(kept));
        }
        self.write(|conn| {
            let acked = [int(epoch), int(expect_seq - 1)];
            conn.execute("UPDATE epoch SET acked = ?2, durable = MIN(durable, ?2) WHERE epoch = ?1", acked)?;
            conn.execute("DELETE FROM ack_mark WHERE epoch = ?1 AND through > ?2", acked)?;
            base::set_restored(conn, true)
        })?;
        self.reload()?;
        Ok(Rewound::To(expect_seq))
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
            open_epoch(conn, to_epoch, self.head.epoch, self.head.next_seq)?;
            conn.execute(
                "UPDATE epoch SET end_seq = MIN(end_seq, ?2), acked = MIN(acked, ?2), durable = MIN(durable, ?2)
                 WHERE epoch = ?1",
                [int(from_epoch), int(from_seq.saturating_sub(1))],
            )?;
            let mut rows = conn.prepare(
                "SELECT seq, bytes FROM outbox WHERE epoch = ?1 AND seq >= ?2 AND moved_epoch = 0 ORDER BY seq",
            )?;
            let tail: Vec<(i64, String)> = rows
                .query_map([int(from_epoch), int(from_seq)], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let mut prev = GENESIS.to_owned();
            for (n, (seq, bytes)) in (1u64..).zip(&tail) {
                let old: WireFact = serde_json::from_str(bytes)?;
                let fact =
                    WireFact { seq: n, was: Some(Was { epoch: from_epoch, seq: uint(*seq) }), ..old }.seal(&prev)?;
                commit::put(conn, to_epoch, &fact)?;
                conn.execute(
                    "UPDATE outbox SET moved_epoch = ?3, moved_seq = ?4 WHERE epoch = ?1 AND seq = ?2",
                    [int(from_epoch), *seq, int(to_epoch), int(n)],
                )?;
                prev = fact.hash;
            }
            renumber(conn, (from_epoch, from_seq), to_epoch)?;
            set_identity(conn, &identity)?;
            // The rows may have counted the core's own facts under our old numbers as ours.
            overlay::replay(conn, base::applied(conn)?)
        })?;
        self.reload()
    }
}

/// What stands beside the outbox under the numbers that facts had before they were moved.
fn renumber(conn: &Connection, from: (u64, u64), to_epoch: u64) -> Result<(), StoreError> {
    // The overlay is written anew, and these with it.
    conn.execute("DELETE FROM receipt_unit WHERE epoch = ?1 AND seq >= ?2", [int(from.0), int(from.1)])?;
    let mut rows = conn.prepare("SELECT seq, bytes FROM outbox WHERE epoch = ?1 AND type = 'Undone' ORDER BY seq")?;
    let undone: Vec<(i64, String)> =
        rows.query_map([int(to_epoch)], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (at, bytes) in undone {
        if let Ok(Fact::Undone { epoch, seq }) = serde_json::from_str::<WireFact>(&bytes)?.decode() {
            let (epoch, seq) = stands_at(conn, epoch, seq)?;
            conn.execute(
                "UPDATE outbox SET agg = 'fact:' || ?3 || '/' || ?4 WHERE epoch = ?1 AND seq = ?2",
                [int(to_epoch), at, int(epoch), int(seq)],
            )?;
        }
    }
    Ok(())
}

/// The number that a fact has now: a fact may name another by one that it had before.
pub(super) fn stands_at(conn: &Connection, epoch: u64, seq: u64) -> Result<(u64, u64), StoreError> {
    let mut at = (epoch, seq);
    for _ in 0..MOVES_MAX {
        let moved: Option<(i64, i64)> = conn
            .prepare_cached("SELECT moved_epoch, moved_seq FROM outbox WHERE epoch = ?1 AND seq = ?2")?
            .query_row([int(at.0), int(at.1)], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match moved {
            Some((epoch, seq)) if epoch > 0 => at = (uint(epoch), uint(seq)),
            _ => break,
        }
    }
    Ok(at)
}

/// The core was restored and may have forgotten facts of any epoch, or what became of them: all that
/// its backup need not hold are sent again. It answers with what it has stored, or takes them anew.
pub(super) fn ask_again(conn: &Connection) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE epoch SET acked = MIN(acked, MAX(durable, COALESCE(
           (SELECT MIN(seq) - 1 FROM outbox WHERE outbox.epoch = epoch.epoch), acked)))",
        [],
    )?;
    // Where the core settled a parked fact after its backup, that is forgotten too.
    conn.execute(
        "UPDATE outbox SET outcome = '' WHERE outcome IN ('applied', 'applied-flagged') AND outcome <> ''",
        [],
    )?;
    base::set_restored(conn, true)
}
