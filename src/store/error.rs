//! What can go wrong with the store.

use rusqlite::{ErrorCode, ffi};

/// Failures of a read that more room on the disk does not mend.
const DAMAGE: [i32; 4] =
    [ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_SHORT_READ, ffi::SQLITE_IOERR_CORRUPTFS, ffi::SQLITE_IOERR_DATA];

/// What went wrong. Nothing was changed by the call that returns it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no store in the directory.
    #[error("nothing there; enrol this device first")]
    NotThere(std::path::PathBuf),
    /// Another process has it.
    #[error("in use by another process")]
    Locked(std::path::PathBuf),
    /// The disk is full or refuses to write.
    #[error("the disk is full or refuses to write")]
    Full(#[source] rusqlite::Error),
    /// It was opened to be read.
    #[error("the store was opened to be read only")]
    ReadOnly,
    /// It is damaged.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// SQLite is too old to be trusted with a write-ahead log.
    #[error("SQLite {found} is older than {needed}")]
    Version {
        /// The version linked.
        found: i32,
        /// The version needed.
        needed: i32,
    },
    /// A newer program wrote it.
    #[error("the store has schema {found}, this program knows {known}")]
    Newer {
        /// Its schema.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// Facts need an enrolled device.
    #[error("this device is not enrolled")]
    NotEnrolled,
    /// A fact is larger than the protocol allows.
    #[error("a fact {kind} of {bytes} bytes is larger than the protocol allows")]
    TooLarge {
        /// Its type.
        kind: String,
        /// Its size.
        bytes: usize,
    },
    /// The caller asked for something that cannot be.
    #[error("{0}")]
    Bad(&'static str),
    /// A file beside the database.
    #[error("{what}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// The device's key cannot be read.
    #[error("the device key cannot be read; enrol this device again")]
    Key,
    /// SQLite refused.
    #[error("SQLite refused")]
    Sqlite(#[source] rusqlite::Error),
    /// A stored or received value does not have its form.
    #[error("a value does not have the form it should have")]
    Form(#[from] serde_json::Error),
}

impl StoreError {
    /// Whether the reason is a disk that takes no more.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether the file itself is damaged.
    #[must_use]
    pub fn is_corrupt(&self) -> bool {
        matches!(self, Self::Corrupt(_))
    }

    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
        match error.sqlite_error_code() {
            Some(ErrorCode::SystemIoFailure) if DAMAGE.contains(&extended) => Self::Corrupt(error.to_string()),
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => Self::Full(error),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            _ => Self::Sqlite(error),
        }
    }
}
