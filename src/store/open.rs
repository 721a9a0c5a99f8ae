//! Opening and closing.

use super::{Contact, DB_FILE, Epoch, Head, Options, Store, StoreError, disk, identity, schema, uint};
use floorhand_wire::chain::GENESIS;
use floorhand_wire::feed::Applied;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

/// A check of a store that was not closed in order, running beside the app.
#[derive(Debug)]
pub(super) struct Check(Receiver<Result<(), StoreError>>);

impl Check {
    /// What it found, once it is through.
    pub(super) fn result(&self) -> Option<Result<(), StoreError>> {
        match self.0.try_recv() {
            Ok(found) => Some(found),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Ok(())),
        }
    }
}

/// A check finds one thing.
const FINDINGS_MAX: usize = 1;
/// The start waits this long for the check; a larger file is checked to the end beside the app.
const CHECK_WAIT: Duration = Duration::from_secs(2);

impl Store {
    /// Opens the store in `dir` for writing; makes it if there is none.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has it, [`StoreError::Corrupt`] when it is damaged.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(dir, &Options::default())
    }

    /// As [`Store::open`], with limits of its own.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(dir: &Path, options: &Options) -> Result<Self, StoreError> {
        schema::assert_version()?;
        disk::make_dir(dir)?;
        let mut lock = disk::Lock::take(dir)?;
        let path = dir.join(DB_FILE);
        disk::make_file(&path)?;
        let conn =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        schema::set_up(&conn, false, options)?;
        let late = if lock.unclean { check(&path)? } else { None };
        schema::migrate(&conn)?;
        lock.running()?;
        disk::make_reserve(dir, options.reserve_bytes);
        let mut store = Self::with(conn, dir, options, Some(lock));
        store.check = late;
        store.project_anew()?;
        store.reload()?;
        Ok(store)
    }

    /// Opens the store in `dir` for reading, beside the app that writes it.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when there is none.
    pub fn open_read_only(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(DB_FILE);
        if !path.is_file() {
            return Err(StoreError::NotThere(dir.to_owned()));
        }
        // Read-write at the file level, since a reader of a write-ahead log needs its index; query_only
        // keeps this connection from changing anything.
        let conn =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        let options = Options::default();
        schema::set_up(&conn, true, &options)?;
        schema::assert_schema(&conn)?;
        let mut store = Self::with(conn, dir, &options, None);
        store.read_only = true;
        store.reload()?;
        Ok(store)
    }

    fn with(conn: Connection, dir: &Path, options: &Options, lock: Option<disk::Lock>) -> Self {
        Self {
            conn,
            dir: dir.to_owned(),
            options: *options,
            read_only: false,
            lock,
            check: None,
            identity: None,
            contact: identity::Contact::default(),
            contact_stored: identity::Contact::default(),
            epochs: Vec::new(),
            head: Head { epoch: 0, next_seq: 1, last_hash: GENESIS.to_owned() },
            base_at: std::collections::BTreeMap::new(),
            applied: Applied::default(),
            restored: false,
            checkpointed_at: 0,
        }
    }

    /// Closes in order: what was written is moved into the file, and the next start need not check it.
    ///
    /// # Errors
    /// When the log cannot be moved or the mark cannot be written; nothing is lost then either.
    pub fn close(mut self) -> Result<(), StoreError> {
        if !self.read_only {
            self.checkpoint(true)?;
        }
        if let Some(lock) = &mut self.lock {
            lock.clean()?;
        }
        Ok(())
    }

    /// Reads what is kept in memory: who this is, where the chain stands, what the base contains.
    pub(super) fn reload(&mut self) -> Result<(), StoreError> {
        self.identity = identity::read_identity(&self.conn)?;
        let stored = identity::read_contact(&self.conn)?;
        if self.contact == Contact::default() {
            self.contact = stored.clone();
        }
        self.contact_stored = stored;
        self.applied = match identity::meta(&self.conn, super::base::APPLIED)? {
            Some(text) => serde_json::from_str(&text)?,
            None => Applied::default(),
        };
        self.restored = super::base::restored(&self.conn)?;
        self.base_at = super::base::positions(&self.conn)?;
        let epoch = self.identity.as_ref().map_or(0, |identity| identity.epoch);
        let newest: Option<(i64, String)> = self
            .conn
            .query_row(
                "SELECT seq, hash FROM outbox WHERE epoch = ?1 ORDER BY seq DESC LIMIT 1",
                [super::int(epoch)],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let (last, last_hash) = newest.map_or((0, GENESIS.to_owned()), |(seq, hash)| (uint(seq), hash));
        self.head = Head { epoch, next_seq: last + 1, last_hash };
        let mut rows = self.conn.prepare("SELECT epoch, end_seq, acked, durable FROM epoch ORDER BY epoch")?;
        self.epochs = rows
            .query_map([], |row| {
                let end: i64 = row.get(1)?;
                Ok(Epoch {
                    epoch: uint(row.get(0)?),
                    last: if end < 0 { last } else { uint(end) },
                    acked: uint(row.get(2)?),
                    durable: uint(row.get(3)?),
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(())
    }
}

/// Looks at every page of the file, on a connection and a thread of its own.
fn check(path: &Path) -> Result<Option<Check>, StoreError> {
    let (say, found) = std::sync::mpsc::sync_channel(FINDINGS_MAX);
    let path = path.to_owned();
    let look = move || {
        let conn =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        conn.execute_batch("PRAGMA busy_timeout=5000; PRAGMA query_only=ON")?;
        let said: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said == "ok" { Ok(()) } else { Err(StoreError::Corrupt(said)) }
    };
    std::thread::Builder::new()
        .name("check".to_owned())
        .spawn(move || drop(say.send(look())))
        .map_err(StoreError::io("starting the check of the store"))?;
    match found.recv_timeout(CHECK_WAIT) {
        Ok(Ok(())) | Err(RecvTimeoutError::Disconnected) => Ok(None),
        Ok(Err(error)) => Err(error),
        Err(RecvTimeoutError::Timeout) => Ok(Some(Check(found))),
    }
}
