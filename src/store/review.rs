//! What people look back on: counts, needs attention.

use super::{Store, StoreError, int};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{ItemId, LocationId, OperatorId, OrderId, SignInId, TaskId};
use floorhand_domain::master::Operator;
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::attention::{Decision, Entry};
use floorhand_wire::feed::ExceptionRow;
use floorhand_wire::push::WireFact;
use rusqlite::{OptionalExtension as _, params};

/// Open exceptions that are looked at, at the most.
const EXCEPTIONS_MAX: i64 = 500;
/// People listed at the most.
const PEOPLE_MAX: i64 = 200;

pub use super::audit::{ScanCounts, ScanEntry};
pub use crate::view::AttentionTab;

/// Facts by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Not yet acknowledged.
    pub pending: u32,
    /// Waiting in the core.
    pub parked: u32,
    /// Rejected and not yet seen to.
    pub rejected: u32,
}

/// Entries of the needs-attention list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttentionCounts {
    /// Rejected facts, open exceptions, and refused scans of this session.
    pub refused: u32,
    /// Parked facts.
    pub parked: u32,
    /// Facts not yet acknowledged.
    pub waiting: u32,
}

/// Who looks at the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Viewer {
    /// The session whose refused scans are listed.
    pub signin: SignInId,
    /// Who.
    pub operator: OperatorId,
    /// Whether they decide: then everybody's exceptions are listed.
    pub decides: bool,
}

/// What kind of entry it is.
pub type Mark = String;

/// An entry of the needs-attention list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttentionRow {
    /// `scan/ID`, `fact/EPOCH/SEQ` or `exc/ID`.
    pub entry: String,
    /// `refused`, `rejected`, `flagged`, `parked`, `waiting`.
    pub mark: Mark,
    /// Reason code, or the type of a waiting fact.
    pub reason: String,
    /// When, RFC 3339.
    pub at: String,
    /// Type of the fact. Empty = a scan.
    pub fact: String,
    /// Its task. Empty = none.
    pub task: TaskId,
    /// Its item. Empty = none.
    pub item: ItemId,
    /// Its location. Empty = none.
    pub location: LocationId,
    /// Its order. Empty = none.
    pub order: OrderId,
    /// Units; 0 = none.
    pub qty: i64,
    /// What was scanned, printable. Empty = nothing.
    pub raw: String,
    /// The step that was asked. Empty = none.
    pub step: String,
    /// What can be done about it follows from this. `None` = nothing can.
    pub about: Option<Entry>,
}

// `outcome <> ''` says nothing new, but lets SQLite use the index of the rows that have an outcome.
const PARKED: &str = "outcome = 'parked' AND outcome <> '' AND moved_epoch = 0";
const REJECTED: &str = "outcome = 'rejected' AND outcome <> '' AND seen_by_operator = 0 AND moved_epoch = 0";

impl Store {
    /// Facts by what became of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_counts(&self) -> Result<Counts, StoreError> {
        let pending: u64 = self.epochs.iter().map(|epoch| epoch.last.saturating_sub(epoch.acked)).sum();
        let count = |which: &str| -> Result<u32, StoreError> {
            let mut row = self.conn.prepare_cached(&format!("SELECT COUNT(*) FROM outbox WHERE {which}"))?;
            Ok(row.query_row([], |row| row.get(0))?)
        };
        let pending = u32::try_from(pending).unwrap_or(u32::MAX);
        Ok(Counts { pending, parked: count(PARKED)?, rejected: count(REJECTED)? })
    }

    /// Entries of the needs-attention list.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn attention_counts(&self, viewer: &Viewer) -> Result<AttentionCounts, StoreError> {
        let signin = &viewer.signin;
        let counts = self.outbox_counts()?;
        let exceptions = u32::try_from(self.open_exceptions(viewer)?.len()).unwrap_or(u32::MAX);
        let refused: u32 = self
            .conn
            .prepare_cached("SELECT COUNT(*) FROM scan_log WHERE signin = ?1 AND accepted = 0")?
            .query_row([signin.as_str()], |row| row.get(0))?;
        Ok(AttentionCounts {
            refused: counts.rejected + exceptions + refused,
            parked: counts.parked,
            waiting: counts.pending,
        })
    }

    /// Open exceptions that concern somebody, newest first: over facts of this device, theirs, and for whoever
    /// decides all. Those that were answered here and not yet heard of are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_exceptions(&self, viewer: &Viewer) -> Result<Vec<ExceptionRow>, StoreError> {
        let answered = self.answered()?;
        let mut rows =
            self.conn.prepare_cached("SELECT body FROM p_exception WHERE state = 'open' ORDER BY id DESC LIMIT ?1")?;
        let mut rows = rows.query([EXCEPTIONS_MAX])?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            let row: ExceptionRow = serde_json::from_str(&row.get::<_, String>(0)?)?;
            if answered.contains(&format!("exception:{}", row.id)) {
                continue;
            }
            // One that is nobody's yet came to this device alone.
            let theirs = row.owner.is_empty() || row.owner == viewer.operator.as_str() || viewer.decides;
            if theirs || self.own_fact(&row)?.is_some() {
                list.push(row);
            }
        }
        Ok(list)
    }

    /// The aggregates of own answers that the base does not contain yet.
    fn answered(&self) -> Result<Vec<String>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT agg FROM outbox WHERE (epoch, seq) > (?1, ?2) AND type = 'ExceptionAnswered' AND outcome <> 'rejected'
               AND moved_epoch = 0
             UNION ALL SELECT agg FROM outbox WHERE outcome = 'parked' AND outcome <> '' AND type = 'ExceptionAnswered'",
        )?;
        let found = rows.query_map([int(self.applied.epoch), int(self.applied.through)], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The fact of this device that an exception is over. `None` = it is another device's.
    fn own_fact(&self, row: &ExceptionRow) -> Result<Option<WireFact>, StoreError> {
        let found: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT bytes FROM outbox WHERE epoch = ?1 AND seq = ?2 AND type = ?3 AND (?4 = '' OR operator = ?4)",
            )?
            .query_row(params![int(row.epoch), int(row.seq), row.fact, row.by], |row| row.get(0))
            .optional()?;
        Ok(found.map(|bytes| serde_json::from_str(&bytes)).transpose()?)
    }

    /// People to whom something can be given, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn people(&self) -> Result<Vec<Operator>, StoreError> {
        let mut rows = self.conn.prepare_cached("SELECT body FROM p_operator ORDER BY id LIMIT ?1")?;
        let mut rows = rows.query([PEOPLE_MAX])?;
        let mut list: Vec<Operator> = Vec::new();
        while let Some(row) = rows.next()? {
            list.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
        }
        list.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(list)
    }

    /// One page of a tab, what weighs most first, then newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn attention(
        &self,
        tab: AttentionTab,
        viewer: &Viewer,
        page: u32,
        per_page: u32,
    ) -> Result<Vec<AttentionRow>, StoreError> {
        let signin = &viewer.signin;
        let skip = usize::try_from(page.saturating_mul(per_page)).unwrap_or(usize::MAX);
        let take = usize::try_from(per_page).unwrap_or(usize::MAX);
        let until = int(u64::try_from(skip.saturating_add(take)).unwrap_or(u64::MAX));
        let mut list = Vec::new();
        match tab {
            AttentionTab::Parked => list.extend(self.facts(PARKED, until)?),
            AttentionTab::Waiting => {
                for epoch in self.epochs.iter().rev().filter(|epoch| epoch.acked < epoch.last) {
                    let which = format!("epoch = {} AND seq > {} AND seq <= {}", epoch.epoch, epoch.acked, epoch.last);
                    list.extend(self.facts(&which, until)?);
                }
            }
            AttentionTab::Refused => {
                list.extend(self.facts(REJECTED, until)?);
                list.extend(self.exceptions(viewer)?);
                list.extend(self.refused_scans(signin, until)?);
            }
        }
        Ok(list.into_iter().skip(skip).take(take).collect())
    }

    fn facts(&self, which: &str, limit: i64) -> Result<Vec<AttentionRow>, StoreError> {
        let mut rows = self.conn.prepare_cached(&format!(
            "SELECT epoch, seq, type, wall, outcome, code, bytes FROM outbox WHERE {which} ORDER BY epoch DESC, seq DESC LIMIT ?1"
        ))?;
        let mut rows = rows.query([limit])?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            let (epoch, seq): (i64, i64) = (row.get(0)?, row.get(1)?);
            let (fact, outcome, code): (String, String, String) = (row.get(2)?, row.get(4)?, row.get(5)?);
            let (mark, reason) = match outcome.as_str() {
                "rejected" | "parked" => (outcome.clone(), code),
                _ => ("waiting".to_owned(), fact.clone()),
            };
            let mut entry = AttentionRow {
                entry: format!("fact/{epoch}/{seq}"),
                mark,
                reason,
                at: row.get(3)?,
                ..AttentionRow::default()
            };
            let wire: WireFact = serde_json::from_str(&row.get::<_, String>(6)?)?;
            tell(&mut entry, &wire);
            entry.about = match outcome.as_str() {
                "rejected" => Some(Entry::Rejected { fact: format!("{epoch}/{seq}"), decision: decision_of(&wire) }),
                "parked" => Some(Entry::Parked { fact: format!("{epoch}/{seq}") }),
                _ => None,
            };
            entry.fact = fact;
            list.push(entry);
        }
        Ok(list)
    }

    fn exceptions(&self, viewer: &Viewer) -> Result<Vec<AttentionRow>, StoreError> {
        let mut list = Vec::new();
        for row in self.open_exceptions(viewer)? {
            let fact = self.own_fact(&row)?;
            let by = fact.as_ref().map_or(row.by.clone(), |fact| fact.operator.clone());
            let about = Reason::parse(&row.kind).map(|reason| Entry::Exception {
                id: row.id.clone(),
                reason,
                owner: OperatorId(row.owner),
                by: OperatorId(by),
                task: TaskId(row.task.clone()),
                waits: row.waits,
            });
            let mut entry = AttentionRow {
                entry: format!("exc/{}", row.id),
                mark: "flagged".to_owned(),
                reason: row.kind,
                at: row.at,
                ..AttentionRow::default()
            };
            match fact {
                Some(fact) => tell(&mut entry, &fact),
                // What another device did is told by what it is about.
                None => entry.raw = row.subject,
            }
            if !row.task.is_empty() {
                entry.task = TaskId(row.task);
            }
            (entry.fact, entry.about) = (row.fact, about);
            list.push(entry);
        }
        Ok(list)
    }

    fn refused_scans(&self, signin: &SignInId, limit: i64) -> Result<Vec<AttentionRow>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT id, at, raw, step, reason, task FROM scan_log WHERE signin = ?1 AND accepted = 0 ORDER BY id DESC LIMIT ?2",
        )?;
        let found = rows.query_map(params![signin.as_str(), limit], |row| {
            let (raw, code) = (floorhand_gs1::escape(&row.get::<_, Vec<u8>>(2)?), row.get::<_, String>(4)?);
            let about = Reason::parse(&code).map(|reason| Entry::Refused {
                raw: raw.clone(),
                reason,
                location: LocationId::default(),
            });
            Ok(AttentionRow {
                entry: format!("scan/{}", row.get::<_, i64>(0)?),
                mark: "refused".to_owned(),
                at: row.get(1)?,
                raw,
                step: row.get(3)?,
                reason: code,
                task: TaskId(row.get(5)?),
                about,
                ..AttentionRow::default()
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

/// What a supervisor had allowed by the fact. `None` = it was no decision.
fn decision_of(wire: &WireFact) -> Option<Decision> {
    match wire.decode() {
        Ok(Fact::Approved { decision, subject, item, qty, .. }) => Some(Decision { decision, subject, item, qty }),
        _ => None,
    }
}

/// What the fact was about.
fn tell(entry: &mut AttentionRow, fact: &WireFact) {
    let text = |key: &str| fact.body.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    entry.task = TaskId(text("task"));
    entry.item = ItemId(text("item"));
    entry.location = LocationId(text("location"));
    entry.order = OrderId(text("order"));
    entry.raw = text("raw");
    entry.step = text("step");
    entry.qty = fact.body.get("qty").and_then(serde_json::Value::as_i64).unwrap_or_else(|| {
        let units = fact.body.get("units").and_then(|units| units.as_array()).map(Vec::as_slice).unwrap_or_default();
        units.iter().filter_map(|unit| unit.get("qty")?.as_i64()).sum()
    });
}
