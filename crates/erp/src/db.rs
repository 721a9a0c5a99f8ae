//! The database: SQLite by default, PostgreSQL by URL, one set of statements for both.
//!
//! Statements are static strings with `$1` placeholders. Sums are cast (`CAST(SUM(x) AS BIGINT)`)
//! and whatever may be NULL is wrapped in `COALESCE`.

mod dialect;
mod many;
mod migrate;
mod value;

pub use dialect::Engine;
pub(crate) use many::ROWS_AT_ONCE;
pub use migrate::newest as schema_newest;
pub use value::{Index, Row, Val};

use crate::backup::synced;
use crate::error::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};

/// Attempts of one write before it is given up.
pub const WRITE_ATTEMPTS_MAX: u32 = 8;
/// Connections that read on SQLite, and all connections on PostgreSQL.
const POOL_MAX: u32 = 8;
/// The file in the data directory.
const FILE: &str = "erp.sqlite";
/// The first SQLite without the WAL-reset fault.
const SQLITE_MIN: (u32, u32, u32) = (3, 51, 3);

/// A handle on the database; clones share its connections.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    pools: Pools,
    wake: Notify,
}

enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Db").field(&self.engine()).finish()
    }
}

impl Db {
    /// Opens the database and brings its schema up to date. Without a URL it is a SQLite file in
    /// `data_dir`, which is made if need be and kept from other users.
    ///
    /// # Errors
    /// When directory or database cannot be opened, SQLite is too old, or the schema is newer.
    pub async fn open(data_dir: &Path, database_url: Option<&str>) -> Result<Self> {
        private_dir(data_dir)?;
        let pools = match database_url {
            Some(url) => Pools::Postgres(open_postgres(url).await?),
            None => open_sqlite(&data_dir.join(FILE)).await?,
        };
        let db = Self(Arc::new(Inner { pools, wake: Notify::new() }));
        if db.engine() == Engine::Sqlite {
            db.assert_sqlite_version().await?;
        }
        migrate::run(&db).await?;
        Ok(db)
    }

    /// Which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.0.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a closure in a transaction that writes and commits it; on success everything it wrote
    /// is on disk. The closure runs again, up to [`WRITE_ATTEMPTS_MAX`] times, when another writer
    /// was in the way, so it must have no effect but on the transaction. Any other error rolls back.
    ///
    /// # Errors
    /// What the closure returned, a failed commit, or [`Error::Busy`].
    pub async fn write<T, F, Fut>(&self, mut work: F) -> Result<T>
    where
        F: FnMut(Tx) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        for attempt in 0..WRITE_ATTEMPTS_MAX {
            if attempt > 0 {
                let ceiling = 10u64 << attempt.min(6);
                tokio::time::sleep(Duration::from_millis(rand::random_range(0..=ceiling))).await;
            }
            let outcome = match self.begin(true).await {
                Ok(tx) => match work(tx.clone()).await {
                    Ok(value) => tx.commit().await.map(|()| (value, tx.published())),
                    Err(error) => {
                        tx.rollback().await;
                        Err(error)
                    }
                },
                Err(error) => Err(error),
            };
            match outcome {
                Ok((value, published)) => {
                    if published {
                        self.0.wake.notify_waiters();
                    }
                    return Ok(value);
                }
                Err(error) if error.is_transient() => {
                    tracing::debug!(attempt, error = crate::error::chain(&error), "write runs again");
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy(WRITE_ATTEMPTS_MAX))
    }

    /// Runs a closure that sees one snapshot of the database.
    ///
    /// # Errors
    /// What the closure returned, or when no transaction can be started.
    pub async fn read<T, F, Fut>(&self, work: F) -> Result<T>
    where
        F: FnOnce(Tx) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        let tx = self.begin(false).await?;
        let outcome = work(tx.clone()).await;
        tx.rollback().await;
        outcome
    }

    /// Resolves when a write of this process has published rows. Take it before looking, so that
    /// nothing published in between is slept over; other processes are noticed by polling.
    pub fn published(&self) -> impl Future<Output = ()> + '_ {
        self.0.wake.notified()
    }

    /// Copies the embedded database as it is now into a directory that has none, and waits until it is on disk.
    ///
    /// # Errors
    /// When the data are in PostgreSQL, or the copy cannot be written.
    pub async fn copy_into(&self, dir: &Path) -> Result<()> {
        let Pools::Sqlite { writer, .. } = &self.0.pools else {
            let way_out = "the data are in PostgreSQL; back them up with its tools";
            return Err(Error::problem(409, "not_embedded", way_out));
        };
        let file = dir.join(FILE);
        private_file(&file)?;
        // Takes text, and an empty file as a new one.
        let name = file.to_string_lossy().into_owned();
        sqlx::query("VACUUM INTO $1").bind(name).execute(writer).await?;
        synced(&file)?;
        synced(dir)
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match &self.0.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    async fn begin(&self, write: bool) -> Result<Tx> {
        let engine = self.engine();
        let begin = if write { engine.begin_write() } else { engine.begin_read() };
        let conn = match &self.0.pools {
            Pools::Sqlite { writer, readers } => {
                Conn::Sqlite(if write { writer } else { readers }.begin_with(begin).await?)
            }
            Pools::Postgres(pool) => Conn::Postgres(pool.begin_with(begin).await?),
        };
        Ok(Tx { conn: Arc::new(Mutex::new(Some(conn))), engine, write, published: Arc::new(AtomicBool::new(false)) })
    }

    async fn assert_sqlite_version(&self) -> Result<()> {
        self.read(|tx| async move {
            let text = match tx.row("SELECT sqlite_version() AS version", &[]).await? {
                Some(row) => row.text("version")?,
                None => String::new(),
            };
            let mut parts = text.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
            let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
            if found < SQLITE_MIN { Err(Error::SqliteVersion(text)) } else { Ok(()) }
        })
        .await
    }
}

async fn open_postgres(url: &str) -> Result<PgPool> {
    // synchronous_commit may be off in the server's configuration; an acknowledgement must not be.
    let options = PgConnectOptions::from_str(url)?
        .application_name("floorhand-erp")
        .options([("synchronous_commit", "on"), ("lock_timeout", "15s")]);
    Ok(PgPoolOptions::new()
        .max_connections(POOL_MAX)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await?)
}

async fn open_sqlite(file: &Path) -> Result<Pools> {
    private_file(file)?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(512)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("journal_size_limit", "67108864");
    let pool = |max: u32, options: SqliteConnectOptions| {
        SqlitePoolOptions::new()
            .max_connections(max)
            .min_connections(1)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
    };
    let writer = pool(1, options.clone()).await?;
    let readers = pool(POOL_MAX, options.pragma("query_only", "ON")).await?;
    Ok(Pools::Sqlite { writer, readers })
}

/// Makes a directory that only this user may enter, or restricts one that is ours. A directory that
/// holds other things is left as it is: the files in it are restricted by themselves.
///
/// # Errors
/// When it cannot be made or restricted.
pub fn private_dir(dir: &Path) -> Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    if !dir.is_dir() {
        return std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(Error::io(format!("make directory {}", dir.display())));
    }
    let empty =
        std::fs::read_dir(dir).map_err(Error::io(format!("read directory {}", dir.display())))?.next().is_none();
    if empty || is_data_dir(dir) {
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
            .map_err(Error::io(format!("restrict directory {}", dir.display())))?;
    }
    Ok(())
}

/// Whether the directory holds a core's SQLite database.
#[must_use]
pub fn is_data_dir(dir: &Path) -> bool {
    dir.join(FILE).is_file()
}

/// Makes an empty file that only this user may read, or restricts one that is there. SQLite gives
/// its journal files the same mode.
///
/// # Errors
/// When it cannot be made or restricted.
pub fn private_file(file: &Path) -> Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(file)
        .and_then(|_| std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)))
        .map_err(Error::io(format!("make file {}", file.display())))
}

enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction. Clones are the same transaction; dropped without commit it is rolled back.
#[derive(Clone)]
pub struct Tx {
    conn: Arc<Mutex<Option<Conn>>>,
    engine: Engine,
    write: bool,
    published: Arc<AtomicBool>,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Tx").field(&self.engine).finish()
    }
}

fn ended() -> Error {
    Error::Stored("the transaction has ended".to_owned())
}

macro_rules! bind {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Val::I64(value) => query.bind(*value),
                Val::Text(value) => query.bind(value.as_str()),
                Val::Blob(value) => query.bind(value.as_slice()),
            };
        }
        query
    }};
}

impl Tx {
    /// Which engine it runs on; to be asked by the dialect only.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Runs a statement and returns the number of rows it changed.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn execute(&self, sql: &'static str, values: &[Val]) -> Result<u64> {
        match self.conn.lock().await.as_mut().ok_or_else(ended)? {
            Conn::Sqlite(tx) => Ok(bind!(sqlx::query(sql), values).execute(&mut **tx).await?.rows_affected()),
            Conn::Postgres(tx) => Ok(bind!(sqlx::query(sql), values).execute(&mut **tx).await?.rows_affected()),
        }
    }

    /// Runs a query and returns all its rows.
    ///
    /// # Errors
    /// When the database refuses it or a column is NULL.
    pub async fn rows(&self, sql: &'static str, values: &[Val]) -> Result<Vec<Row>> {
        match self.conn.lock().await.as_mut().ok_or_else(ended)? {
            Conn::Sqlite(tx) => value::from_sqlite(&bind!(sqlx::query(sql), values).fetch_all(&mut **tx).await?),
            Conn::Postgres(tx) => value::from_postgres(&bind!(sqlx::query(sql), values).fetch_all(&mut **tx).await?),
        }
    }

    /// Runs a query and returns its first row.
    ///
    /// # Errors
    /// As for [`Tx::rows`].
    pub async fn row(&self, sql: &'static str, values: &[Val]) -> Result<Option<Row>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Runs a SELECT and keeps its rows locked until the end of the transaction. In a transaction
    /// that only reads nothing is locked, so that both kinds can share a query.
    ///
    /// # Errors
    /// As for [`Tx::rows`].
    pub async fn lock(&self, sql: &'static str, values: &[Val]) -> Result<Vec<Row>> {
        match self.conn.lock().await.as_mut().ok_or_else(ended)? {
            Conn::Sqlite(tx) => value::from_sqlite(&bind!(sqlx::query(sql), values).fetch_all(&mut **tx).await?),
            Conn::Postgres(tx) => {
                let lock = if self.write { self.engine.for_update() } else { "" };
                let sql = AssertSqlSafe(format!("{sql}{lock}"));
                value::from_postgres(&bind!(sqlx::query(sql), values).fetch_all(&mut **tx).await?)
            }
        }
    }

    /// Runs statements of a migration.
    pub(crate) async fn script(&self, sql: &str) -> Result<()> {
        let sql = AssertSqlSafe(self.engine.fill(sql));
        match self.conn.lock().await.as_mut().ok_or_else(ended)? {
            Conn::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ())?,
            Conn::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ())?,
        }
        Ok(())
    }

    /// [`Tx::execute`] with a statement that is made while running.
    async fn execute_made(&self, sql: String, values: &[Val]) -> Result<u64> {
        let sql = AssertSqlSafe(sql);
        match self.conn.lock().await.as_mut().ok_or_else(ended)? {
            Conn::Sqlite(tx) => Ok(bind!(sqlx::query(sql), values).execute(&mut **tx).await?.rows_affected()),
            Conn::Postgres(tx) => Ok(bind!(sqlx::query(sql), values).execute(&mut **tx).await?.rows_affected()),
        }
    }

    /// [`Tx::rows`] with a statement that is made while running.
    async fn rows_made(&self, sql: String, values: &[Val]) -> Result<Vec<Row>> {
        let sql = AssertSqlSafe(sql);
        match self.conn.lock().await.as_mut().ok_or_else(ended)? {
            Conn::Sqlite(tx) => value::from_sqlite(&bind!(sqlx::query(sql), values).fetch_all(&mut **tx).await?),
            Conn::Postgres(tx) => value::from_postgres(&bind!(sqlx::query(sql), values).fetch_all(&mut **tx).await?),
        }
    }

    /// Remembers this point for [`Tx::back_to_savepoint`]. Savepoints do not nest here.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn savepoint(&self) -> Result<()> {
        self.execute("SAVEPOINT step", &[]).await.map(|_| ())
    }

    /// Forgets everything since [`Tx::savepoint`].
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn back_to_savepoint(&self) -> Result<()> {
        self.execute("ROLLBACK TO SAVEPOINT step", &[]).await?;
        self.release_savepoint().await
    }

    /// Keeps everything since [`Tx::savepoint`].
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn release_savepoint(&self) -> Result<()> {
        self.execute("RELEASE SAVEPOINT step", &[]).await.map(|_| ())
    }

    /// Says that rows were published, so that waiting readers are woken after the commit.
    pub(crate) fn mark_published(&self) {
        self.published.store(true, Ordering::Relaxed);
    }

    fn published(&self) -> bool {
        self.published.load(Ordering::Relaxed)
    }

    async fn commit(&self) -> Result<()> {
        match self.conn.lock().await.take().ok_or_else(ended)? {
            Conn::Sqlite(tx) => Ok(tx.commit().await?),
            Conn::Postgres(tx) => Ok(tx.commit().await?),
        }
    }

    /// Rolls back now instead of when the connection is used next. A failure leaves the connection
    /// to the driver, which will not hand it out with an open transaction.
    async fn rollback(&self) {
        let conn = self.conn.lock().await.take();
        let outcome = match conn {
            Some(Conn::Sqlite(tx)) => tx.rollback().await,
            Some(Conn::Postgres(tx)) => tx.rollback().await,
            None => Ok(()),
        };
        if let Err(error) = outcome {
            tracing::debug!(error = crate::error::chain(&error), "rollback");
        }
    }
}
