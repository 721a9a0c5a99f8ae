//! What people look back on: counts, needs attention.

use super::{Store, StoreError, int};
use floorhand_domain::id::{ItemId, LocationId, OrderId, SignInId, TaskId};
use floorhand_wire::feed::ExceptionRow;
use floorhand_wire::push::WireFact;
use rusqlite::params;

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
    pub fn attention_counts(&self, signin: &SignInId) -> Result<AttentionCounts, StoreError> {
        let counts = self.outbox_counts()?;
        let exceptions = self.open_exceptions()?;
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

    /// Exceptions that wait for a supervisor and came from this device.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_exceptions(&self) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT COUNT(*) FROM p_exception WHERE state = 'open'")?
            .query_row([], |row| row.get(0))?)
    }

    /// One page of a tab, what weighs most first, then newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn attention(
        &self,
        tab: AttentionTab,
        signin: &SignInId,
        page: u32,
        per_page: u32,
    ) -> Result<Vec<AttentionRow>, StoreError> {
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
                list.extend(self.exceptions(until)?);
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
            tell(&mut entry, &serde_json::from_str(&row.get::<_, String>(6)?)?);
            entry.fact = fact;
            list.push(entry);
        }
        Ok(list)
    }

    fn exceptions(&self, limit: i64) -> Result<Vec<AttentionRow>, StoreError> {
        let mut rows =
            self.conn.prepare_cached("SELECT body FROM p_exception WHERE state = 'open' ORDER BY id DESC LIMIT ?1")?;
        let mut rows = rows.query([limit])?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            let row: ExceptionRow = serde_json::from_str(&row.get::<_, String>(0)?)?;
            let mut entry = AttentionRow {
                entry: format!("exc/{}", row.id),
                mark: "flagged".to_owned(),
                reason: row.kind,
                at: row.at,
                fact: row.fact,
                ..AttentionRow::default()
            };
            let mut fact = self.conn.prepare_cached("SELECT bytes FROM outbox WHERE epoch = ?1 AND seq = ?2")?;
            let mut fact = fact.query([int(row.epoch), int(row.seq)])?;
            if let Some(found) = fact.next()? {
                tell(&mut entry, &serde_json::from_str(&found.get::<_, String>(0)?)?);
            }
            list.push(entry);
        }
        Ok(list)
    }

    fn refused_scans(&self, signin: &SignInId, limit: i64) -> Result<Vec<AttentionRow>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT id, at, raw, step, reason, task FROM scan_log WHERE signin = ?1 AND accepted = 0 ORDER BY id DESC LIMIT ?2",
        )?;
        let found = rows.query_map(params![signin.as_str(), limit], |row| {
            Ok(AttentionRow {
                entry: format!("scan/{}", row.get::<_, i64>(0)?),
                mark: "refused".to_owned(),
                at: row.get(1)?,
                raw: floorhand_gs1::escape(&row.get::<_, Vec<u8>>(2)?),
                step: row.get(3)?,
                reason: row.get(4)?,
                task: TaskId(row.get(5)?),
                ..AttentionRow::default()
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
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
