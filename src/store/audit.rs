//! The scan log.

use super::{SCANS_COUNTED_MAX, Store, StoreError};
use floorhand_domain::id::{OperatorId, TaskId};
use floorhand_domain::scan::Source;
use rusqlite::{Row, params};
use serde::Serialize;

/// A scan as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanEntry {
    /// Number in the log.
    pub id: i64,
    /// When, RFC 3339.
    pub at: String,
    /// When, in milliseconds since boot.
    pub mono_ms: i64,
    /// The bytes, printable, others as `\xNN`.
    pub raw: String,
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
    /// Who. Empty = nobody was signed in.
    pub operator: OperatorId,
    /// The task. Empty = none.
    pub task: TaskId,
}

/// Scans since some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanCounts {
    /// All.
    pub scans: u32,
    /// The refused ones.
    pub refused: u32,
}

fn entry(row: &Row<'_>) -> rusqlite::Result<ScanEntry> {
    let source: String = row.get(5)?;
    Ok(ScanEntry {
        id: row.get(0)?,
        at: row.get(1)?,
        mono_ms: row.get(2)?,
        raw: floorhand_gs1::escape(&row.get::<_, Vec<u8>>(3)?),
        symbology: row.get(4)?,
        source: match source.as_str() {
            "wedge" => Source::Wedge,
            "camera" => Source::Camera,
            "typed" => Source::Typed,
            _ => Source::Serial,
        },
        step: row.get(6)?,
        accepted: row.get::<_, i64>(7)? != 0,
        reason: row.get(8)?,
        decision: row.get(9)?,
        operator: OperatorId(row.get(10)?),
        task: TaskId(row.get(11)?),
    })
}

impl Store {
    /// Scans, newest first, older than `before_id`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn scan_log_page(
        &self,
        refused_only: bool,
        before_id: Option<i64>,
        limit: usize,
    ) -> Result<Vec<ScanEntry>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT id, at, mono_ms, raw, symbology, source, step, accepted, reason, decision, operator, task FROM scan_log
             WHERE id < ?1 AND (?2 = 0 OR accepted = 0) ORDER BY id DESC LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = rows.query_map(params![before_id.unwrap_or(i64::MAX), i64::from(refused_only), limit], entry)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Scans, oldest first, newer than `after_id`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn scan_log_since(&self, after_id: i64, limit: usize) -> Result<Vec<ScanEntry>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT id, at, mono_ms, raw, symbology, source, step, accepted, reason, decision, operator, task FROM scan_log
             WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let found = rows.query_map(params![after_id, i64::try_from(limit).unwrap_or(i64::MAX)], entry)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Scans since a wall-clock time, RFC 3339 in UTC; of the newest [`SCANS_COUNTED_MAX`] at the most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn scan_counts(&self, since_wall: &str) -> Result<ScanCounts, StoreError> {
        // The log is in the order of its numbers; going back from the newest stops at the first older one.
        let mut rows = self.conn.prepare_cached("SELECT at, accepted FROM scan_log ORDER BY id DESC LIMIT ?1")?;
        let mut rows = rows.query([i64::try_from(SCANS_COUNTED_MAX).unwrap_or(i64::MAX)])?;
        let mut counts = ScanCounts::default();
        while let Some(row) = rows.next()? {
            if row.get_ref(0)?.as_str().unwrap_or_default() < since_wall {
                break;
            }
            counts.scans += 1;
            counts.refused += u32::from(row.get::<_, i64>(1)? == 0);
        }
        Ok(counts)
    }
}
