//! What differs between the two engines. Everything else is one set of statements.

/// The engine behind a [`super::Db`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one writer.
    Sqlite,
    /// PostgreSQL, or what speaks its protocol.
    Postgres,
}

impl Engine {
    /// Starts a transaction that writes. On SQLite the write lock is taken at once, since a later
    /// upgrade of a read lock cannot wait for another writer.
    #[must_use]
    pub fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// Starts a transaction that sees one snapshot.
    #[must_use]
    pub fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN DEFERRED",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Appended to a SELECT whose rows are to be locked. SQLite has one writer, who has them.
    #[must_use]
    pub fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// The first thing of a transaction that writes very many rows. SQLite gets a larger cache until
    /// the program ends. On PostgreSQL other writers wait at once, instead of each for a row that
    /// the other has.
    #[must_use]
    pub fn bulk(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA cache_size = -32768;",
            Self::Postgres => {
                "LOCK TABLE item, barcode, location, handling_unit, lot, balance, move, request_log, stream_head, \
                 feed_row IN EXCLUSIVE MODE;"
            }
        }
    }

    /// Tells the planner how large the tables have become. PostgreSQL knows nothing of rows that came
    /// since it last looked, and would read a whole table for each batch.
    #[must_use]
    pub fn look_at_sizes(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "ANALYZE item, barcode, location, handling_unit, lot, balance, feed_row;",
        }
    }

    /// Fills the placeholders of a migration.
    #[must_use]
    pub fn fill(self, sql: &str) -> String {
        let (int, text, blob, strict) = match self {
            Self::Sqlite => ("INTEGER", "TEXT", "BLOB", "STRICT"),
            // Byte order, as SQLite has it: pages by key must be the same on both.
            Self::Postgres => ("BIGINT", "TEXT COLLATE \"C\"", "BYTEA", ""),
        };
        sql.replace("{int}", int).replace("{text}", text).replace("{blob}", blob).replace("{strict}", strict)
    }
}
