//! Schema versions, and how a connection is set up.

use super::{Options, StoreError};
use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// The oldest SQLite that may write: the first without the WAL-reset bug.
const SQLITE_NEEDED: i32 = 3_051_003;
/// Prepared statements kept.
const STATEMENTS_KEPT: usize = 160;
/// Version of the projections. Raise it when [`super::project`] writes them differently: they are
/// then rebuilt from the base at the next start.
pub(super) const PROJECTION: &str = "4";

/// Every schema version that ever shipped, in order. Files are added, never edited.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_store.sql"),
    include_str!("../../migrations/0002_outbox_rows.sql"),
    include_str!("../../migrations/0003_stock.sql"),
    include_str!("../../migrations/0004_outbound.sql"),
    include_str!("../../migrations/0005_packing.sql"),
    include_str!("../../migrations/0006_returns.sql"),
    include_str!("../../migrations/0007_labels.sql"),
];

pub(super) fn assert_version() -> Result<(), StoreError> {
    let found = rusqlite::version_number();
    if found < SQLITE_NEEDED {
        return Err(StoreError::Version { found, needed: SQLITE_NEEDED });
    }
    Ok(())
}

pub(super) fn set_up(conn: &Connection, read_only: bool, options: &Options) -> Result<(), StoreError> {
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // A plan looks at the statement alone: else every new value makes SQLite prepare it again.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.execute_batch(
        "PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;
         PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;",
    )?;
    if read_only {
        conn.execute_batch("PRAGMA query_only=ON")?;
        return Ok(());
    }
    let mode: String = conn.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Bad("the file system cannot hold a write-ahead log"));
    }
    conn.execute_batch(
        "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=8388608; PRAGMA cache_size=-16384;",
    )?;
    if options.max_pages > 0 {
        conn.execute_batch(&format!("PRAGMA max_page_count={}", options.max_pages))?;
    }
    Ok(())
}

fn version(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Brings the schema to the newest version, each step in a transaction of its own.
pub(super) fn migrate(conn: &Connection) -> Result<(), StoreError> {
    let found = version(conn)?;
    if found > known() {
        return Err(StoreError::Newer { found, known: known() });
    }
    for (n, sql) in (1i64..).zip(MIGRATIONS).filter(|(n, _)| *n > found) {
        let done = conn.execute_batch(&format!("BEGIN IMMEDIATE; {sql}; PRAGMA user_version={n}; COMMIT;"));
        if let Err(error) = done {
            if !conn.is_autocommit() {
                conn.execute_batch("ROLLBACK")?;
            }
            return Err(error.into());
        }
    }
    Ok(())
}

/// For a reader, that cannot migrate.
pub(super) fn assert_schema(conn: &Connection) -> Result<(), StoreError> {
    let found = version(conn)?;
    if found > known() {
        return Err(StoreError::Newer { found, known: known() });
    }
    if found < known() {
        return Err(StoreError::Bad("the store has an older schema; start the app once"));
    }
    Ok(())
}
