//! Lock-outs that run.

use super::{LoginGuard, Store, StoreError, int, uint};
use rusqlite::params;

/// Lock-outs that are kept up at a time.
const LOCKS_MAX: usize = 100;

impl Store {
    /// Writes lock-outs that run with what is left of them. Over a reboot what was written last lasts on, counted
    /// from the boot: never less than was left, and no clock that could be set has a say. To be called every minute.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_locks(&mut self, mono_ms: u64, boot_id: &str) -> Result<(), StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT operator, fails, boot_id, since_ms, locked_ms FROM login_guard WHERE locked_ms > 0 LIMIT ?1",
        )?;
        let found = rows.query_map([i64::try_from(LOCKS_MAX).unwrap_or(i64::MAX)], |row| {
            Ok(LoginGuard {
                operator: row.get::<_, String>(0)?.into(),
                fails: row.get(1)?,
                boot_id: row.get(2)?,
                since_ms: uint(row.get(3)?),
                locked_ms: uint(row.get(4)?),
            })
        })?;
        let guards = found.collect::<Result<Vec<_>, _>>()?;
        drop(rows);
        if guards.is_empty() {
            return Ok(());
        }
        self.write(|conn| {
            for guard in &guards {
                conn.prepare_cached(
                    "UPDATE login_guard SET boot_id = ?2, since_ms = ?3, locked_ms = ?4 WHERE operator = ?1",
                )?
                .execute(params![
                    guard.operator.as_str(),
                    boot_id,
                    int(mono_ms),
                    int(guard.left_ms(mono_ms, boot_id))
                ])?;
            }
            Ok(())
        })
    }
}
