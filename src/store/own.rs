//! Own facts that a flow sums up, and photographs beside the store.

use super::{Store, StoreError, disk, uint};
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{CountId, ItemId, LocationId, OperatorId, ReceiptId, TaskId};
use floorhand_wire::PHOTO_BYTES_MAX;
use floorhand_wire::push::WireFact;
use rusqlite::params;
use std::collections::BTreeMap;

/// Facts of one flow that are read at the most.
const OWN_MAX: i64 = 20_000;
/// Counts of an operator that are looked at in search of one place at the most.
const COUNTS_MAX: i64 = 100;
/// Folder of photographs, in that of the store.
pub const PHOTOS_DIR: &str = "photos";

impl Store {
    /// What this device counted for a task and did not undo, with epoch and number, oldest first. Facts
    /// that the core rejected do not hold.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn counted(&self, task: &TaskId) -> Result<Vec<(u64, u64, Fact)>, StoreError> {
        self.own(&format!("task:{task}"), &format!("task:{task}"), &["Counted"])
    }

    /// The last of what was counted in one count, so that it can be undone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_counted(&self, task: &TaskId, of: &CountId) -> Result<Option<(u64, u64, Fact)>, StoreError> {
        let of = |fact: &Fact| matches!(fact, Fact::Counted { count, .. } if count == of);
        let mut rows = self.conn.prepare_cached(
            "SELECT epoch, seq, bytes FROM outbox
             WHERE type IN ('Counted', 'Received', 'UnknownReceived', 'Undone') AND type = 'Counted' AND agg = ?1
               AND outcome <> 'rejected' AND moved_epoch = 0 AND NOT EXISTS(SELECT 1 FROM outbox u
                 WHERE u.agg = 'fact:' || outbox.epoch || '/' || outbox.seq
                   AND u.type IN ('Counted', 'Received', 'UnknownReceived', 'Undone') AND u.type = 'Undone'
                   AND u.outcome <> 'rejected')
             ORDER BY epoch DESC, seq DESC",
        )?;
        let mut rows = rows.query([format!("task:{task}")])?;
        while let Some(row) = rows.next()? {
            let wire: WireFact = serde_json::from_str(&row.get::<_, String>(2)?)?;
            let (epoch, seq) = (uint(row.get(0)?), uint(row.get(1)?));
            if let Some(fact) = wire.decode().ok().filter(of) {
                return Ok(Some((epoch, seq, fact)));
            }
        }
        Ok(None)
    }

    /// The last pick of this device for a task that stands, so that it can be undone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_picked(&self, task: &TaskId) -> Result<Option<(u64, u64, Fact)>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT epoch, seq, bytes FROM outbox WHERE type = 'Picked' AND agg = ?1 AND outcome <> 'rejected'
               AND moved_epoch = 0 AND NOT EXISTS(SELECT 1 FROM outbox u
                 WHERE u.agg = 'fact:' || outbox.epoch || '/' || outbox.seq
                   AND u.type IN ('Counted', 'Received', 'UnknownReceived', 'Undone') AND u.type = 'Undone'
                   AND u.outcome <> 'rejected')
             ORDER BY epoch DESC, seq DESC LIMIT 1",
        )?;
        let mut rows = rows.query([format!("task:{task}")])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let wire: WireFact = serde_json::from_str(&row.get::<_, String>(2)?)?;
        let (epoch, seq) = (uint(row.get(0)?), uint(row.get(1)?));
        Ok(wire.decode().ok().map(|fact| (epoch, seq, fact)))
    }

    /// What a receipt of this device brought, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn received(&self, receipt: &ReceiptId) -> Result<Vec<Fact>, StoreError> {
        Ok(self.brought(receipt)?.into_iter().map(|(_, _, fact)| fact).collect())
    }

    /// As [`Store::received`], with epoch and number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn brought(&self, receipt: &ReceiptId) -> Result<Vec<(u64, u64, Fact)>, StoreError> {
        let mut found = self.own(&format!("receipt:{receipt}"), &format!("receipt:{receipt}"), &["Received"])?;
        // `0` comes after `/`.
        let unknown = (format!("unknown:{receipt}/"), format!("unknown:{receipt}0"));
        found.extend(self.own(&unknown.0, &unknown.1, &["UnknownReceived"])?);
        found.sort_by_key(|(epoch, seq, _)| (*epoch, *seq));
        Ok(found)
    }

    /// What an operator found at a location when they counted it last on this device: the item and its units.
    /// `None` = they did not, or several items were there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn own_count(&self, operator: &OperatorId, at: &LocationId) -> Result<Option<(ItemId, i64)>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT bytes FROM outbox WHERE type = 'CountSubmitted' AND operator = ?1 AND outcome <> 'rejected'
               AND moved_epoch = 0 ORDER BY epoch DESC, seq DESC LIMIT ?2",
        )?;
        let mut rows = rows.query(params![operator.as_str(), COUNTS_MAX])?;
        while let Some(row) = rows.next()? {
            let wire: WireFact = serde_json::from_str(&row.get::<_, String>(0)?)?;
            let Ok(Fact::CountSubmitted { count: of, task, location, .. }) = wire.decode() else { continue };
            if location != *at {
                continue;
            }
            let mut sums: BTreeMap<ItemId, i64> = BTreeMap::new();
            for (_, _, fact) in self.counted(&task)? {
                if let Fact::Counted { count, item, qty, .. } = fact
                    && count == of
                {
                    *sums.entry(item).or_default() += qty;
                }
            }
            let one = sums.len() == 1;
            return Ok(sums.into_iter().next().filter(|_| one));
        }
        Ok(None)
    }

    fn own(&self, from: &str, to: &str, kinds: &[&str]) -> Result<Vec<(u64, u64, Fact)>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT epoch, seq, bytes FROM outbox
             WHERE type IN ('Counted', 'Received', 'UnknownReceived', 'Undone') AND agg >= ?1 AND agg <= ?2
               AND type <> 'Undone' AND outcome <> 'rejected' AND moved_epoch = 0
               AND NOT EXISTS(SELECT 1 FROM outbox u WHERE u.agg = 'fact:' || outbox.epoch || '/' || outbox.seq
                 AND u.type IN ('Counted', 'Received', 'UnknownReceived', 'Undone') AND u.type = 'Undone'
                 AND u.outcome <> 'rejected')
             ORDER BY epoch, seq LIMIT ?3",
        )?;
        let mut rows = rows.query(params![from, to, OWN_MAX])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let wire: WireFact = serde_json::from_str(&row.get::<_, String>(2)?)?;
            if !kinds.contains(&wire.kind.as_str()) {
                continue;
            }
            if let Ok(fact) = wire.decode() {
                found.push((uint(row.get(0)?), uint(row.get(1)?), fact));
            }
        }
        Ok(found)
    }

    /// Keeps a photograph: when this returns, its file is on the disk. Returns its hash (BLAKE3, 64 hex
    /// digits).
    ///
    /// # Errors
    /// [`StoreError`]; a picture that is too large is refused.
    pub fn keep_photo(&mut self, id: &str, subject: &str, bytes: &[u8]) -> Result<String, StoreError> {
        if bytes.len() > PHOTO_BYTES_MAX {
            return Err(StoreError::Bad("the photograph is too large"));
        }
        let hash = blake3::hash(bytes).to_hex().to_string();
        disk::put_file(&self.dir().join(PHOTOS_DIR), &format!("{id}.jpg"), bytes)?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        self.write(|conn| {
            conn.prepare_cached("INSERT INTO photo(id, subject, hash, bytes, state) VALUES(?1, ?2, ?3, ?4, 'kept')")?
                .execute(params![id, subject, hash, size])?;
            Ok(())
        })?;
        Ok(hash)
    }

    /// The dock of a station: the location of its name, else the first dock there is. Empty = none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn dock_of(&self, station: &str) -> Result<floorhand_domain::id::LocationId, StoreError> {
        use rusqlite::OptionalExtension as _;
        let found: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT id FROM p_location WHERE json_extract(body, '$.kind') = 'dock' ORDER BY id <> ?1, id LIMIT 1",
            )?
            .query_row([station], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or_default().into())
    }
}
