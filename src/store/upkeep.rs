//! What is done when nobody scans: checkpoints, pruning, the check of a large file.

use super::{OUTBOX_DAYS, OUTBOX_ROWS_MAX, Space, Store, StoreError, disk, int};

/// A write-ahead log above this size is moved into the file when it is quiet.
const WAL_PASSIVE_BYTES: u64 = 4 * 1024 * 1024;
/// Above this size it is also cut.
const WAL_TRUNCATE_BYTES: u64 = 32 * 1024 * 1024;
/// Rows pruned at a time, so that a scan never waits long.
const PRUNE_ROWS: i64 = 500;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Idle {
    /// Call again when it is quiet.
    pub more: bool,
}

impl Store {
    /// Tidies up a little. To be called when nothing has happened for some seconds.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a late check finds damage; otherwise what SQLite says.
    pub fn idle(&mut self) -> Result<Idle, StoreError> {
        if self.read_only {
            return Err(StoreError::ReadOnly);
        }
        if let Some(check) = &self.check
            && let Some(found) = check.result()
        {
            self.check = None;
            found?;
        }
        let pruned = self.prune_scans()? + self.prune_outbox()?;
        let wal = std::fs::metadata(self.dir.join(format!("{}-wal", super::DB_FILE))).map_or(0, |file| file.len());
        let changes = self.conn.total_changes();
        if wal > WAL_PASSIVE_BYTES && changes != self.checkpointed_at {
            self.checkpoint(wal > WAL_TRUNCATE_BYTES)?;
            self.checkpointed_at = changes;
        }
        Ok(Idle { more: pruned > 0 })
    }

    /// Free room on the disk.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn space(&self) -> Result<Space, StoreError> {
        disk::space(&self.dir)
    }

    /// Moves the log into the file.
    pub(super) fn checkpoint(&self, truncate: bool) -> Result<(), StoreError> {
        let mode = if truncate { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "PRAGMA wal_checkpoint(PASSIVE)" };
        self.conn.query_row(mode, [], |_| Ok(()))?;
        Ok(())
    }

    fn prune_scans(&self) -> Result<usize, StoreError> {
        let keep = int(self.options.scan_log_rows_max);
        let newest: i64 = self.conn.query_row("SELECT COALESCE(MAX(id), 0) FROM scan_log", [], |row| row.get(0))?;
        if newest <= keep {
            return Ok(0);
        }
        self.write(|conn| {
            Ok(conn.execute(
                "DELETE FROM scan_log WHERE id IN (SELECT id FROM scan_log WHERE id <= ?1 ORDER BY id LIMIT ?2)",
                [newest - keep, PRUNE_ROWS],
            )?)
        })
    }

    /// Facts go only when the core holds them durably, and they are old or too many. The newest of an
    /// epoch stays, since the chain builds on it; so does what is parked, or rejected and not yet seen.
    fn prune_outbox(&self) -> Result<usize, StoreError> {
        let Some(clock) = self.contact.clock.as_ref() else { return Ok(0) };
        let old_ms = i64::try_from(clock.server_ms).unwrap_or(i64::MAX) - OUTBOX_DAYS * DAY_MS;
        let mut pruned = 0;
        for epoch in self.epochs.iter().filter(|epoch| epoch.durable > 0) {
            let through: i64 = self.conn.query_row(
                "SELECT COALESCE(MAX(through), 0) FROM ack_mark WHERE epoch = ?1 AND server_ms > 0 AND server_ms < ?2",
                [int(epoch.epoch), old_ms],
                |row| row.get(0),
            )?;
            let many = int(epoch.last.saturating_sub(OUTBOX_ROWS_MAX));
            let limit = through.max(many).min(int(epoch.durable)).min(int(epoch.acked)).min(int(epoch.last) - 1);
            if limit <= 0 || through.max(many) <= 0 {
                continue;
            }
            pruned += self.write(|conn| {
                Ok(conn.execute(
                    "DELETE FROM outbox WHERE epoch = ?1 AND seq IN (
                       SELECT seq FROM outbox WHERE epoch = ?1 AND seq <= ?2 AND outcome <> 'parked' AND (outcome <> 'rejected' OR seen_by_operator = 1) ORDER BY seq LIMIT ?3)",
                    [int(epoch.epoch), limit, PRUNE_ROWS],
                )?)
            })?;
        }
        Ok(pruned)
    }
}
