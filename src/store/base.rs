//! Base: the core's rows, as they came and as they are looked up.

use super::identity::{meta, set_meta};
use super::{Store, StoreError, batch, int, overlay, project, uint};
use floorhand_wire::feed::{Applied, BootstrapResponse, PullResponse, Row, StreamPage, cursor, kind, row_sum};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const APPLIED: &str = "applied";
/// Identifiers named in [`Changes`] at the most; beyond it the app takes everything as changed.
const IDS_MAX: usize = 2_000;

/// What rows brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Kinds of rows that changed.
    pub kinds: Vec<String>,
    /// Identifiers of rows that changed, of whatever kind.
    pub ids: Vec<String>,
}

impl Changes {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    fn note(&mut self, kind: &str, id: &str) {
        if !self.kinds.iter().any(|known| known == kind) {
            self.kinds.push(kind.to_owned());
        }
        if self.ids.len() < IDS_MAX {
            self.ids.push(id.to_owned());
        }
    }
}

/// Where the rows that are shown stand, by stream.
pub(super) fn positions(conn: &Connection) -> Result<BTreeMap<String, u64>, StoreError> {
    let mut rows = conn.prepare("SELECT stream, pos FROM cursor")?;
    let found = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, uint(row.get(1)?))))?;
    Ok(found.collect::<Result<_, _>>()?)
}

pub(super) fn add_stream(conn: &Connection, stream: &str) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO cursor(stream, state, pos, next_pos, boot_pos, boot_after, whole, live, sum)
         VALUES(?1, 'boot', 0, 0, 0, '', 0, 0, 0)",
        [stream],
    )?;
    Ok(())
}

/// Fetches a stream anew. Its rows stay as they are until the pages replace them.
pub(super) fn boot_stream(conn: &Connection, stream: &str) -> Result<(), StoreError> {
    conn.execute("UPDATE cursor SET state = 'boot', boot_pos = 0, boot_after = '' WHERE stream = ?1", [stream])?;
    conn.execute("DELETE FROM stage", [])?;
    conn.execute("UPDATE cursor SET next_pos = pos", [])?;
    Ok(())
}

pub(super) fn drop_stream(conn: &Connection, stream: &str) -> Result<(), StoreError> {
    let mut rows = conn.prepare("SELECT kind, id FROM base WHERE stream = ?1")?;
    let keys: Vec<(String, String)> =
        rows.query_map([stream], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (kind, id) in keys {
        project::remove(conn, &kind, &id)?;
    }
    conn.execute("DELETE FROM base WHERE stream = ?1", [stream])?;
    conn.execute("DELETE FROM stage WHERE stream = ?1", [stream])?;
    conn.execute("DELETE FROM cursor WHERE stream = ?1", [stream])?;
    Ok(())
}

/// Rows alive and their checksum, kept as rows come and go.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    live: i64,
    sum: u64,
}

impl Tally {
    fn load(conn: &Connection, stream: &str) -> Result<Self, StoreError> {
        let found = conn
            .prepare_cached("SELECT live, sum FROM cursor WHERE stream = ?1")?
            .query_row([stream], |row| Ok(Self { live: row.get(0)?, sum: row.get::<_, i64>(1)?.cast_unsigned() }))
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    fn save(self, conn: &Connection, stream: &str) -> Result<(), StoreError> {
        conn.prepare_cached("UPDATE cursor SET live = ?2, sum = ?3 WHERE stream = ?1")?.execute(params![
            stream,
            self.live,
            self.sum.cast_signed()
        ])?;
        Ok(())
    }

    fn put(
        &mut self,
        conn: &Connection,
        stream: &str,
        kind: &str,
        id: &str,
        pos: u64,
        body: &str,
    ) -> Result<(), StoreError> {
        self.forget(conn, stream, kind, id)?;
        if body.is_empty() {
            conn.prepare_cached("DELETE FROM base WHERE stream = ?1 AND kind = ?2 AND id = ?3")?
                .execute([stream, kind, id])?;
            project::remove(conn, kind, id)?;
        } else {
            conn.prepare_cached(
                "INSERT INTO base(stream, kind, id, pos, body) VALUES(?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT(stream, kind, id) DO UPDATE SET pos = excluded.pos, body = excluded.body",
            )?
            .execute(params![stream, kind, id, int(pos), body])?;
            self.live += 1;
            self.sum = self.sum.wrapping_add(row_sum(kind, id, pos));
            project::put(conn, kind, id, body)?;
        }
        Ok(())
    }

    fn forget(&mut self, conn: &Connection, stream: &str, kind: &str, id: &str) -> Result<(), StoreError> {
        let old: Option<i64> = conn
            .prepare_cached("SELECT pos FROM base WHERE stream = ?1 AND kind = ?2 AND id = ?3")?
            .query_row([stream, kind, id], |row| row.get(0))
            .optional()?;
        if let Some(pos) = old {
            self.live -= 1;
            self.sum = self.sum.wrapping_sub(row_sum(kind, id, uint(pos)));
        }
        Ok(())
    }
}

fn text(body: &Value) -> String {
    if body.is_null() { String::new() } else { body.to_string() }
}

impl Store {
    /// The stream that is being fetched whole, and the key to go on after.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_bootstrap(&self) -> Result<Option<(String, String)>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT stream, boot_after FROM cursor WHERE state = 'boot' ORDER BY stream LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    /// Where the next pull goes on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn pull_cursor(&self) -> Result<String, StoreError> {
        let mut rows = self.conn.prepare_cached("SELECT stream, next_pos FROM cursor")?;
        let found = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, uint(row.get(1)?))))?;
        Ok(cursor::encode(&found.collect::<Result<BTreeMap<_, _>, _>>()?))
    }

    /// Fetches a stream anew: its rows only, never the outbox.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn start_resync(&mut self, stream: &str) -> Result<(), StoreError> {
        self.write(|conn| boot_stream(conn, stream))
    }

    /// Takes over a page of a pull. Rows, cursor and what they contain of our own facts change
    /// together, and only when every stream is complete; until then rows are set aside.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn apply_pull(&mut self, pull: &PullResponse) -> Result<Changes, StoreError> {
        let complete = pull.streams.iter().all(|page| page.complete);
        let changes = self.write(|conn| {
            for page in &pull.streams {
                stage(conn, page)?;
            }
            if !complete {
                return Ok(Changes::default());
            }
            let changes = merge(conn, pull)?;
            set_meta(conn, APPLIED, &serde_json::to_string(&pull.applied)?)?;
            overlay::settle(conn, pull.applied)?;
            Ok(changes)
        })?;
        if complete {
            self.applied = pull.applied;
            self.base_at = positions(&self.conn)?;
        }
        Ok(changes)
    }

    /// Takes over a page of a whole stream. Pages come in key order: what we have between two keys
    /// and the page does not is gone.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn apply_bootstrap(&mut self, after: &str, page: &BootstrapResponse) -> Result<Changes, StoreError> {
        let stream = page.stream.as_str();
        let changes = self.write(|conn| {
            let mut changes = Changes::default();
            let at: Option<(String, String, i64)> = conn
                .query_row("SELECT state, boot_after, boot_pos FROM cursor WHERE stream = ?1", [stream], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()?;
            let Some((_, _, boot_pos)) = at.filter(|(state, expected, _)| state == "boot" && expected == after) else {
                // A late answer to a question that is no longer asked.
                return Ok(changes);
            };
            let pos = if after.is_empty() { page.pos } else { uint(boot_pos) };
            let mut tally = Tally::load(conn, stream)?;
            for (kind, id) in gone(conn, stream, after, page)? {
                tally.put(conn, stream, &kind, &id, 0, "")?;
                changes.note(&kind, &id);
            }
            for Row(kind, id, row_pos, body) in &page.rows {
                tally.put(conn, stream, kind, id, *row_pos, &text(body))?;
                outcome(conn, kind, body)?;
                changes.note(kind, id);
            }
            tally.save(conn, stream)?;
            match &page.after {
                Some(next) => {
                    conn.execute(
                        "UPDATE cursor SET boot_after = ?2, boot_pos = ?3 WHERE stream = ?1",
                        params![stream, next, int(pos)],
                    )?;
                }
                None => {
                    conn.execute(
                        "UPDATE cursor SET state = 'live', boot_after = '', boot_pos = 0, pos = ?2, next_pos = ?2 WHERE stream = ?1",
                        params![stream, int(pos)],
                    )?;
                }
            }
            Ok(changes)
        })?;
        self.base_at = positions(&self.conn)?;
        Ok(changes)
    }
}

/// Keys we have in the range of the page that the page does not have.
fn gone(
    conn: &Connection,
    stream: &str,
    after: &str,
    page: &BootstrapResponse,
) -> Result<Vec<(String, String)>, StoreError> {
    let (kind, id) = after.split_once(',').unwrap_or(("", ""));
    let there: std::collections::HashSet<(&str, &str)> =
        page.rows.iter().map(|Row(kind, id, _, _)| (kind.as_str(), id.as_str())).collect();
    let last = match (&page.after, page.rows.last()) {
        (Some(_), Some(Row(kind, id, _, _))) => Some((kind.as_str(), id.as_str())),
        _ => None,
    };
    let mut rows =
        conn.prepare_cached("SELECT kind, id FROM base WHERE stream = ?1 AND (kind, id) > (?2, ?3) ORDER BY kind, id")?;
    let mut rows = rows.query(params![stream, kind, id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let key: (String, String) = (row.get(0)?, row.get(1)?);
        if last.is_some_and(|last| (key.0.as_str(), key.1.as_str()) > last) {
            break;
        }
        if !there.contains(&(key.0.as_str(), key.1.as_str())) {
            found.push(key);
        }
    }
    Ok(found)
}

fn stage(conn: &Connection, page: &StreamPage) -> Result<(), StoreError> {
    let next: Option<i64> =
        conn.query_row("SELECT next_pos FROM cursor WHERE stream = ?1", [&page.s], |row| row.get(0)).optional()?;
    if next.map(uint) != Some(page.from) {
        // An answer to an older question; the next pull asks from where we stand.
        return Ok(());
    }
    for Row(kind, id, pos, body) in &page.rows {
        conn.prepare_cached(
            "INSERT INTO stage(stream, kind, id, pos, body) VALUES(?1, ?2, ?3, ?4, ?5)
             ON CONFLICT(stream, kind, id) DO UPDATE SET pos = excluded.pos, body = excluded.body",
        )?
        .execute(params![page.s, kind, id, int(*pos), text(body)])?;
    }
    conn.prepare_cached("UPDATE cursor SET next_pos = ?2 WHERE stream = ?1")?.execute(params![page.s, int(page.to)])?;
    Ok(())
}

fn merge(conn: &Connection, pull: &PullResponse) -> Result<Changes, StoreError> {
    let mut changes = Changes::default();
    for page in &pull.streams {
        let mut tally = Tally::load(conn, &page.s)?;
        let mut rows = conn.prepare_cached("SELECT kind, id, pos, body FROM stage WHERE stream = ?1")?;
        let staged: Vec<(String, String, i64, String)> = rows
            .query_map([&page.s], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<Result<_, _>>()?;
        for (kind, id, pos, body) in &staged {
            tally.put(conn, &page.s, kind, id, uint(*pos), body)?;
            if let Ok(body) = serde_json::from_str(body) {
                outcome(conn, kind, &body)?;
            }
            changes.note(kind, id);
        }
        tally.save(conn, &page.s)?;
        conn.prepare_cached("DELETE FROM stage WHERE stream = ?1")?.execute([&page.s])?;
        conn.prepare_cached("UPDATE cursor SET pos = next_pos WHERE stream = ?1")?.execute([&page.s])?;
        let sum = format!("{:016x}", tally.sum);
        if uint(tally.live) != page.live || sum != page.sum {
            tracing::error!(
                stream = page.s,
                live = tally.live,
                core_live = page.live,
                sum,
                core_sum = page.sum,
                "the rows differ from the core's; the stream is fetched anew"
            );
            boot_stream(conn, &page.s)?;
        }
    }
    Ok(changes)
}

/// An outcome that came after its push was answered.
fn outcome(conn: &Connection, kind_name: &str, body: &Value) -> Result<(), StoreError> {
    if kind_name != kind::OUTCOME || body.is_null() {
        return Ok(());
    }
    let row: floorhand_wire::feed::OutcomeRow = serde_json::from_value(body.clone())?;
    batch::set_outcome(conn, row.epoch, row.seq, row.outcome, &row.code, &row.reference)
}

/// How far the rows contain our own facts.
pub(super) fn applied(conn: &Connection) -> Result<Applied, StoreError> {
    Ok(meta(conn, APPLIED)?.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}
