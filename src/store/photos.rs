//! Photographs on their way to the core. A row is `kept` with its file on the disk, `due` once its fact is
//! recorded, and gone, file and all, once the core has it. `held`: the core does not know its fact yet.
//! `refused`: the core never will take it, or its file is not what was written.

use super::own::PHOTOS_DIR;
use super::{Store, StoreError};
use floorhand_domain::id::PhotoId;
use rusqlite::{Connection, OptionalExtension as _};

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

/// The fact of a photograph is recorded.
pub(super) fn recorded(conn: &Connection, photo: &PhotoId) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE photo SET state = 'due' WHERE id = ?1 AND state = 'kept'")?
        .execute([photo.as_str()])?;
    Ok(())
}
