//! The device's SQLite file: the only place with SQL.
//!
//! One file `floorhand.db` in the data directory holds what the core said (base), what this device
//! did that the core's rows do not contain yet (overlay), the facts themselves (outbox), the scan
//! log and the step the app is on. One [`Store`] writes it; [`Store::open_read_only`] looks at it
//! from beside.
//!
//! What the floor sees is *shown* = base ⊕ overlay, everywhere.

mod audit;
mod base;
mod batch;
mod bench;
mod choices;
mod commit;
mod deliveries;
mod disk;
mod error;
mod guards;
mod identity;
mod look_up;
mod open;
mod outbound;
mod overlay;
mod own;
mod photos;
mod project;
mod returned;
mod review;
mod schema;
mod shown;
mod upkeep;

pub use base::Changes;
pub use batch::{Batch, Pushed, Rewound};
pub use commit::{Commit, Committed, LoginGuard, Pref, ScanRow, Stamp};
pub use disk::{Space, SpaceLevel};
pub use error::StoreError;
pub use identity::{ClockMark, Contact, DeviceKey, Identity, RetryState};
pub use photos::PhotoHeld;
pub use returned::RefundShown;
pub use review::{AttentionCounts, AttentionRow, AttentionTab, Counts, Mark, ScanCounts, ScanEntry, Viewer};
pub use shown::Progress;
pub use upkeep::Idle;

use floorhand_wire::feed::Applied;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the database in the data directory.
pub const DB_FILE: &str = "floorhand.db";
/// Scans kept in the log at the most.
pub const SCAN_LOG_ROWS_MAX: u64 = 100_000;
/// Acknowledged facts kept at the most once the core holds them durably.
pub const OUTBOX_ROWS_MAX: u64 = 100_000;
/// Days an acknowledged fact is kept at least, by the core's clock.
pub const OUTBOX_DAYS: i64 = 14;
/// Facts of one commit at the most: more than any step records at once.
pub const COMMIT_FACTS_MAX: usize = 4_096;
/// A sealed handling unit is counted row by row, and what is not there is said kind by kind.
const _: () = assert!(COMMIT_FACTS_MAX > STOCK_ROWS_MAX + floorhand_domain::workflow::count::ZEROS_MAX);
/// One photograph, serial number or announced row is one fact.
const _: () = assert!(COMMIT_FACTS_MAX > 2 * floorhand_domain::workflow::receive::SERIALS_MAX);
/// Rows that one look-up returns of a kind at the most.
pub const LOOK_UP_ROWS_MAX: usize = 64;
/// Rows of stock read for one place at the most.
pub const STOCK_ROWS_MAX: usize = 2_000;
/// Handling units looked at in search of empty totes at the most.
pub const TOTES_READ_MAX: usize = 1_000;
/// Scans counted back from the newest at the most: more than a device sees in a day.
pub const SCANS_COUNTED_MAX: usize = 20_000;
/// Bytes set aside to be given back when the disk is full.
pub const RESERVE_BYTES: u64 = 16 * 1024 * 1024;

/// What tests set differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Bytes of the reserve file; 0 = none.
    pub reserve_bytes: u64,
    /// Pages of the database at the most; 0 = SQLite's own limit.
    pub max_pages: u32,
    /// Scans kept in the log.
    pub scan_log_rows_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { reserve_bytes: RESERVE_BYTES, max_pages: 0, scan_log_rows_max: SCAN_LOG_ROWS_MAX }
    }
}

/// Where the chain of own facts stands: what the next fact gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The epoch of new facts; 0 = not enrolled.
    pub epoch: u64,
    /// The number of the next fact.
    pub next_seq: u64,
    /// The hash it builds on.
    pub last_hash: String,
}

/// Numbering of own facts in one epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Epoch {
    epoch: u64,
    /// The last number that counts; of the open epoch the last one written.
    last: u64,
    acked: u64,
    durable: u64,
}

/// The store. Lives on one thread.
pub struct Store {
    conn: Connection,
    dir: PathBuf,
    options: Options,
    read_only: bool,
    lock: Option<disk::Lock>,
    check: Option<open::Check>,
    identity: Option<Identity>,
    contact: Contact,
    /// As it is on the disk.
    contact_stored: Contact,
    epochs: Vec<Epoch>,
    head: Head,
    /// Positions of the rows that are shown, as every fact names them.
    base_at: BTreeMap<String, u64>,
    applied: Applied,
    /// The core was restored, and its rows are not complete yet.
    restored: bool,
    /// `total_changes` of the connection at the last checkpoint that left nothing behind.
    checkpointed_at: u64,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("dir", &self.dir).field("head", &self.head).finish_non_exhaustive()
    }
}

impl Store {
    /// The data directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What the next fact gets.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// How far the rows shown contain the facts of this device.
    #[must_use]
    pub fn applied(&self) -> Applied {
        self.applied
    }

    /// Runs `work` in one read transaction: one state of the store, and the locks are taken once.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if !self.conn.is_autocommit() {
            return work(&self.conn);
        }
        self.conn.prepare_cached("BEGIN")?.execute([])?;
        let done = work(&self.conn);
        let ended = self.conn.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]));
        if let Err(error) = ended {
            if !self.conn.is_autocommit() {
                self.conn.execute_batch("ROLLBACK")?;
            }
            return Err(error.into());
        }
        done
    }

    /// Runs `work` in one write transaction: all of it is on the disk, or nothing is changed.
    fn write<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.read_only {
            return Err(StoreError::ReadOnly);
        }
        let done = self
            .conn
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(|mut begin| begin.execute([]))
            .map_err(StoreError::from);
        let done = done.and_then(|_| work(&self.conn)).and_then(|value| {
            self.conn.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]))?;
            Ok(value)
        });
        if let Err(error) = &done {
            if !self.conn.is_autocommit()
                && let Err(rollback) = self.conn.execute_batch("ROLLBACK")
            {
                tracing::error!(%rollback, "the transaction could not be rolled back");
            }
            if error.is_full() {
                disk::free_reserve(&self.dir);
            }
        }
        done
    }
}

/// A number as SQLite stores it; beyond its range the largest, which no counter here reaches.
fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number as it was stored by [`int`].
fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
