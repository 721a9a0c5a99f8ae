//! Photographs on their way to the core. A row is `kept` with its file on the disk, `due` once its fact is
//! recorded, and gone, file and all, once the core has it. `held`: the core does not know its fact yet.
//! `refused`: the core never will take it, or its file is not what was written.

use super::identity::{meta, set_meta};
use super::own::PHOTOS_DIR;
use super::{Store, StoreError};
use floorhand_domain::id::PhotoId;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::{BTreeMap, BTreeSet};

/// Time for which a photograph stays that nothing names.
const UNUSED_MS: u64 = 24 * 60 * 60 * 1000;
/// Photographs that are looked at in search of unused ones at the most.
const PHOTOS_MAX: i64 = 10_000;
/// Where it is kept since when photographs are unused, by the core's clock.
const UNUSED: &str = "photos_unused";

/// What the core said of a photograph that it did not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoHeld {
    /// Its fact comes first; it is offered again after a start.
    TillStart,
    /// It is not offered again.
    ForGood,
}

impl Store {
    /// The next photograph whose fact is recorded, with its file. One whose file is gone or damaged is said
    /// once and not offered again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_photo(&mut self) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        loop {
            let due: Option<(String, String)> = self
                .conn
                .prepare_cached("SELECT id, hash FROM photo WHERE state = 'due' ORDER BY id LIMIT 1")?
                .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((id, hash)) = due else { return Ok(None) };
            let file = std::fs::read(self.dir().join(PHOTOS_DIR).join(format!("{id}.jpg")));
            match file {
                Ok(bytes) if blake3::hash(&bytes).to_hex().as_str() == hash => return Ok(Some((id, bytes))),
                _ => {
                    tracing::error!(photo = id, "the file of a photograph is gone or damaged");
                    self.hold_photo(&id, PhotoHeld::ForGood)?;
                }
            }
        }
    }

    /// The core has a photograph: here it is no longer needed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn photo_sent(&mut self, id: &str) -> Result<(), StoreError> {
        self.write(|conn| {
            conn.prepare_cached("DELETE FROM photo WHERE id = ?1")?.execute([id])?;
            Ok(())
        })?;
        // A file that stays without a row takes room and harms nobody.
        let path = self.dir().join(PHOTOS_DIR).join(format!("{id}.jpg"));
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "a photograph that was sent could not be removed");
        }
        Ok(())
    }

    /// The core did not take a photograph.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn hold_photo(&mut self, id: &str, how: PhotoHeld) -> Result<(), StoreError> {
        let state = match how {
            PhotoHeld::TillStart => "held",
            PhotoHeld::ForGood => "refused",
        };
        self.write(|conn| {
            conn.prepare_cached("UPDATE photo SET state = ?2 WHERE id = ?1")?.execute([id, state])?;
            Ok(())
        })
    }

    /// Photographs that were held are offered again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn offer_photos(&mut self) -> Result<(), StoreError> {
        self.write(|conn| {
            conn.prepare_cached("UPDATE photo SET state = 'due' WHERE state = 'held'")?.execute([])?;
            Ok(())
        })
    }
}

impl Store {
    /// Removes photographs that were taken and not used: no fact and no saved step names them, and a day by the
    /// core's clock has gone since that was seen first. So does a file that no row is about, left where a removal
    /// failed. To be called at the start, when no page is open that could still use one. Returns how many went.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn drop_unused_photos(&mut self) -> Result<usize, StoreError> {
        // A time of the core's is a bound for now: it is later, never earlier.
        let now_ms = self.contact.clock.as_ref().map_or(0, |clock| clock.server_ms);
        let step = self.app_state()?.unwrap_or_default();
        let seen = meta(&self.conn, UNUSED)?.and_then(|text| serde_json::from_str(&text).ok());
        let seen: BTreeMap<String, u64> = seen.unwrap_or_default();
        let mut unused = BTreeMap::new();
        let mut old = Vec::new();
        for id in self.photo_ids("kept")? {
            if step.contains(id.as_str()) || self.is_named(&id)? {
                continue;
            }
            let since_ms = seen.get(&id).copied().filter(|ms| *ms > 0).unwrap_or(now_ms);
            match now_ms.saturating_sub(since_ms) >= UNUSED_MS {
                true => old.push(id),
                false => drop(unused.insert(id, since_ms)),
            }
        }
        if unused != seen {
            self.write(|conn| set_meta(conn, UNUSED, &serde_json::to_string(&unused)?))?;
        }
        for id in &old {
            self.write(|conn| {
                conn.prepare_cached("DELETE FROM photo WHERE id = ?1")?.execute([id])?;
                Ok(())
            })?;
        }
        Ok(old.len().max(self.drop_stray_files()?))
    }

    fn photo_ids(&self, state: &str) -> Result<Vec<String>, StoreError> {
        let mut rows = self.conn.prepare_cached("SELECT id FROM photo WHERE ?1 IN ('', state) ORDER BY id LIMIT ?2")?;
        let found = rows.query_map(params![state, PHOTOS_MAX], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Whether a fact that is still here names a photograph.
    fn is_named(&self, id: &str) -> Result<bool, StoreError> {
        let mut row = self.conn.prepare_cached("SELECT EXISTS(SELECT 1 FROM outbox WHERE instr(bytes, ?1) > 0)")?;
        Ok(row.query_row([id], |row| row.get(0))?)
    }

    fn drop_stray_files(&self) -> Result<usize, StoreError> {
        let known: BTreeSet<String> = self.photo_ids("")?.into_iter().collect();
        let Ok(files) = std::fs::read_dir(self.dir().join(PHOTOS_DIR)) else { return Ok(0) };
        let whole = known.len() < usize::try_from(PHOTOS_MAX).unwrap_or(usize::MAX);
        let mut gone = 0;
        for path in files.flatten().map(|entry| entry.path()).filter(|_| whole) {
            let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if path.extension().is_some_and(|end| end == "jpg") && !known.contains(id) {
                match std::fs::remove_file(&path) {
                    Ok(()) => gone += 1,
                    Err(error) => tracing::warn!(path = %path.display(), %error, "a photograph could not be removed"),
                }
            }
        }
        Ok(gone)
    }
}

/// The fact of a photograph is recorded.
pub(super) fn recorded(conn: &Connection, photo: &PhotoId) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE photo SET state = 'due' WHERE id = ?1 AND state = 'kept'")?
        .execute([photo.as_str()])?;
    Ok(())
}
