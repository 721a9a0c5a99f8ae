//! One turn, one transaction: facts, their overlay, the scan, the step.

use super::{COMMIT_FACTS_MAX, Store, StoreError, int, overlay, photos};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{OperatorId, SignInId, TaskId};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::Source;
use floorhand_wire::FACT_BYTES_MAX;
use floorhand_wire::push::WireFact;
use rusqlite::{Connection, params};

/// The moment of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp {
    /// Milliseconds since boot.
    pub mono_ms: u64,
    /// The boot.
    pub boot_id: String,
    /// The wall clock, RFC 3339.
    pub wall: String,
}

/// A scan for the log. Time and operator are those of the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRow {
    /// The bytes as they came.
    pub raw: Vec<u8>,
    /// Name of the symbology. Empty = the reader did not say.
    pub symbology: String,
    /// Where it came from.
    pub source: Source,
    /// The step that was asked.
    pub step: String,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Reason code. Empty = accepted.
    pub reason: String,
    /// What was accepted, or why not, as JSON.
    pub decision: String,
    /// The task. Empty = none.
    pub task: TaskId,
}

/// Wrong PINs of an operator.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoginGuard {
    /// Whose.
    pub operator: OperatorId,
    /// How many in a row.
    pub fails: u32,
    /// The boot that `since_ms` counts from.
    pub boot_id: String,
    /// When the lock began, in milliseconds since boot.
    pub since_ms: u64,
    /// How long it lasts; 0 = not locked.
    pub locked_ms: u64,
}

impl LoginGuard {
    /// Milliseconds the lock still lasts. Over a reboot what was left when it was written last counts from the boot.
    #[must_use]
    pub fn left_ms(&self, now_mono_ms: u64, boot_id: &str) -> u64 {
        if self.boot_id == boot_id {
            self.locked_ms.saturating_sub(now_mono_ms.saturating_sub(self.since_ms))
        } else {
            self.locked_ms.saturating_sub(now_mono_ms)
        }
    }
}

/// How an operator likes the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pref {
    /// Whose; empty = the station's.
    pub operator: OperatorId,
    /// JSON.
    pub body: String,
}

/// Everything that one turn stores.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// When.
    pub stamp: Stamp,
    /// Who. Empty = nobody is signed in.
    pub operator: OperatorId,
    /// In which session. Empty = none.
    pub signin: SignInId,
    /// What was done or seen.
    pub facts: Vec<Fact>,
    /// An identity for each fact (UUID v7).
    pub fact_ids: Vec<String>,
    /// Approvals of typed codes that these facts rest on, by identity.
    pub allowed_by: Vec<String>,
    /// The scan.
    pub scan: Option<ScanRow>,
    /// The step the app is on now, if it changed.
    pub app_state: Option<String>,
    /// Wrong PINs, if they changed.
    pub login_guard: Option<LoginGuard>,
    /// Looks, if they changed.
    pub pref: Option<Pref>,
}

/// What a commit wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Committed {
    /// Epoch and number of each fact.
    pub facts: Vec<(u64, u64)>,
    /// The row of the scan log; 0 = none.
    pub scan_id: i64,
}

impl Store {
    /// Stores a turn. When this returns, it is on the disk; when it fails, nothing has changed.
    ///
    /// # Errors
    /// [`StoreError::Full`] when the disk takes no more; [`StoreError::NotEnrolled`] for facts of a
    /// machine that is no device.
    pub fn commit(&mut self, commit: &Commit) -> Result<Committed, StoreError> {
        if commit.facts.len() > COMMIT_FACTS_MAX || commit.facts.len() != commit.fact_ids.len() {
            return Err(StoreError::Bad("a commit needs an identity for each of its facts, and not too many of them"));
        }
        if !commit.facts.is_empty() && self.head.epoch == 0 {
            return Err(StoreError::NotEnrolled);
        }
        let mut head = self.head.clone();
        let done = self.write(|conn| {
            let mut done = Committed::default();
            for (fact, id) in commit.facts.iter().zip(&commit.fact_ids) {
                let sealed = WireFact {
                    seq: head.next_seq,
                    id: id.clone(),
                    kind: fact.kind().to_owned(),
                    v: fact.version(),
                    operator: commit.operator.0.clone(),
                    signin: commit.signin.0.clone(),
                    mono_ms: commit.stamp.mono_ms,
                    boot_id: commit.stamp.boot_id.clone(),
                    wall: commit.stamp.wall.clone(),
                    agg: fact.aggregate(),
                    base: self.base_at.clone(),
                    body: WireFact::body_of(fact)?,
                    was: None,
                    allowed_by: if fact.is_backed() { commit.allowed_by.clone() } else { Vec::new() },
                    prev: String::new(),
                    hash: String::new(),
                }
                .seal(&head.last_hash)?;
                put(conn, head.epoch, &sealed)?;
                overlay::add(conn, head.epoch, head.next_seq, fact, &commit.operator)?;
                match fact {
                    Fact::NoteAdded { entry, .. } => mark_seen(conn, entry)?,
                    Fact::Approved { subject, decision, .. } => mark_renewed(conn, subject, *decision)?,
                    Fact::PhotoTaken { photo, .. } => photos::recorded(conn, photo)?,
                    _ => {}
                }
                done.facts.push((head.epoch, head.next_seq));
                head.next_seq += 1;
                head.last_hash = sealed.hash;
            }
            if let Some(scan) = &commit.scan {
                conn.prepare_cached(
                    "INSERT INTO scan_log(at, mono_ms, boot_id, raw, symbology, source, step, accepted, reason, decision,
                       operator, signin, task) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                )?
                .execute(params![
                    commit.stamp.wall,
                    int(commit.stamp.mono_ms),
                    commit.stamp.boot_id,
                    scan.raw,
                    scan.symbology,
                    source_name(scan.source),
                    scan.step,
                    i64::from(scan.accepted),
                    scan.reason,
                    scan.decision,
                    commit.operator.as_str(),
                    commit.signin.as_str(),
                    scan.task.as_str(),
                ])?;
                done.scan_id = conn.last_insert_rowid();
            }
            if let Some(body) = &commit.app_state {
                conn.prepare_cached(
                    "INSERT INTO app_state(id, body) VALUES(1, ?1) ON CONFLICT(id) DO UPDATE SET body = excluded.body",
                )?
                .execute([body])?;
            }
            if let Some(guard) = &commit.login_guard {
                conn.prepare_cached(
                    "INSERT INTO login_guard(operator, fails, boot_id, since_ms, locked_ms) VALUES(?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT(operator) DO UPDATE SET fails = excluded.fails, boot_id = excluded.boot_id,
                       since_ms = excluded.since_ms, locked_ms = excluded.locked_ms",
                )?
                .execute(params![
                    guard.operator.as_str(),
                    guard.fails,
                    guard.boot_id,
                    int(guard.since_ms),
                    int(guard.locked_ms)
                ])?;
            }
            if let Some(pref) = &commit.pref {
                conn.prepare_cached(
                    "INSERT INTO pref(operator, body) VALUES(?1, ?2) ON CONFLICT(operator) DO UPDATE SET body = excluded.body",
                )?
                .execute(params![pref.operator.as_str(), pref.body])?;
            }
            Ok(done)
        })?;
        self.head = head;
        let last = self.head.next_seq - 1;
        if let Some(epoch) = self.epochs.iter_mut().find(|epoch| epoch.epoch == self.head.epoch) {
            epoch.last = last;
        }
        Ok(done)
    }
}

/// A rejected fact that a person put a note on needs no more attention.
fn mark_seen(conn: &Connection, entry: &str) -> Result<(), StoreError> {
    let pair = entry.strip_prefix("fact/").unwrap_or(entry).split_once('/');
    if let Some((Ok(epoch), Ok(seq))) = pair.map(|(epoch, seq)| (epoch.parse::<i64>(), seq.parse::<i64>())) {
        // A note on one that waits says nothing about what may become of it.
        conn.prepare_cached(
            "UPDATE outbox SET seen_by_operator = 1
               WHERE epoch = ?1 AND seq = ?2 AND outcome = 'rejected' AND outcome <> ''",
        )?
        .execute([epoch, seq])?;
    }
    Ok(())
}

/// A decision that was rejected and is given anew needs no more attention.
fn mark_renewed(conn: &Connection, subject: &str, decision: Reason) -> Result<(), StoreError> {
    conn.prepare_cached(
        "UPDATE outbox SET seen_by_operator = 1 WHERE outcome = 'rejected' AND outcome <> '' AND type = 'Approved'
           AND json_extract(bytes, '$.body.subject') = ?1 AND json_extract(bytes, '$.body.decision') = ?2",
    )?
    .execute([subject, decision.code()])?;
    Ok(())
}

/// Writes a sealed fact into the outbox.
pub(super) fn put(conn: &Connection, epoch: u64, fact: &WireFact) -> Result<(), StoreError> {
    let bytes = serde_json::to_string(fact)?;
    if bytes.len() > FACT_BYTES_MAX {
        return Err(StoreError::TooLarge { kind: fact.kind.clone(), bytes: bytes.len() });
    }
    conn.prepare_cached(
        "INSERT INTO outbox(epoch, seq, id, type, v, agg, operator, wall, hash, bytes, outcome, code, ref, seen_by_operator,
           moved_epoch, moved_seq) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, '', '', '', 0, 0, 0)",
    )?
    .execute(params![
        int(epoch),
        int(fact.seq),
        fact.id,
        fact.kind,
        fact.v,
        fact.agg,
        fact.operator,
        fact.wall,
        fact.hash,
        bytes
    ])?;
    Ok(())
}

pub(super) fn source_name(source: Source) -> &'static str {
    match source {
        Source::Serial => "serial",
        Source::Wedge => "wedge",
        Source::Camera => "camera",
        Source::Typed => "typed",
    }
}
