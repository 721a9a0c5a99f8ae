//! Base: the core's rows, as they came and as they are looked up.

use super::identity::{meta, set_meta};
use super::{Store, StoreError, batch, int, overlay, project, uint};
use floorhand_wire::feed::{Applied, BootstrapResponse, PullResponse, Row, StreamPage, cursor, kind, row_sum};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const APPLIED: &str = "applied";
const RESTORED: &str = "restored";
/// Identifiers named in [`Changes`] at the most; beyond it the app takes everything as changed.
const IDS_MAX: usize = 2_000;

/// What rows brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Kinds of rows that changed.
    pub kinds: Vec<String>,
    /// Identifiers of rows that changed, of whatever kind.
    pub ids: Vec<String>,
    /// Whether the rows answered an older question and were left alone.
    pub stale: bool,
    /// Whether every stream of this device is complete now, none being fetched anew.
    pub complete: bool,
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

/// Fetches a stream anew. What is shown stays as it is until the new rows are whole.
pub(super) fn boot_stream(conn: &Connection, stream: &str) -> Result<(), StoreError> {
    conn.execute("DELETE FROM stage WHERE stream = ?1", [stream])?;
    conn.execute(
        "UPDATE cursor SET state = 'boot', boot_pos = 0, boot_after = '', whole = 0, next_pos = pos WHERE stream = ?1",
        [stream],
    )?;
    Ok(())
}

pub(super) fn drop_stream(conn: &Connection, stream: &str) -> Result<(), StoreError> {
    for (kind, id, body) in rows_of(conn, stream, false)? {
        project::remove(conn, &kind, &id, &body)?;
    }
    conn.execute("DELETE FROM base WHERE stream = ?1", [stream])?;
    conn.execute("DELETE FROM stage WHERE stream = ?1", [stream])?;
    conn.execute("DELETE FROM cursor WHERE stream = ?1", [stream])?;
    Ok(())
}

/// The base rows of a stream: all, or those without a staged row of the same key.
fn rows_of(conn: &Connection, stream: &str, unstaged: bool) -> Result<Vec<(String, String, String)>, StoreError> {
    let mut rows = conn.prepare_cached(
        "SELECT kind, id, body FROM base WHERE stream = ?1 AND (?2 = 0 OR NOT EXISTS(
           SELECT 1 FROM stage WHERE stage.stream = base.stream AND stage.kind = base.kind AND stage.id = base.id))",
    )?;
    let found =
        rows.query_map(params![stream, i64::from(unstaged)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Rows alive and their checksum, kept as rows come and go.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    live: i64,
    sum: u64,
}

impl Tally {
    /// Counts the rows themselves, where what was kept beside them may be what is wrong.
    fn recount(conn: &Connection, stream: &str) -> Result<Self, StoreError> {
        let mut tally = Self::default();
        let mut rows = conn.prepare_cached("SELECT kind, id, pos FROM base WHERE stream = ?1")?;
        let mut rows = rows.query([stream])?;
        while let Some(row) = rows.next()? {
            let (kind, id): (String, String) = (row.get(0)?, row.get(1)?);
            tally.live += 1;
            tally.sum = tally.sum.wrapping_add(row_sum(&kind, &id, uint(row.get(2)?)));
        }
        Ok(tally)
    }

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

    /// Puts one row into the base, or takes it away; says whether that changed anything.
    fn put(
        &mut self,
        conn: &Connection,
        stream: &str,
        kind: &str,
        id: &str,
        pos: u64,
        body: &str,
    ) -> Result<bool, StoreError> {
        let old: Option<(i64, String)> = conn
            .prepare_cached("SELECT pos, body FROM base WHERE stream = ?1 AND kind = ?2 AND id = ?3")?
            .query_row([stream, kind, id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match &old {
            Some((at, was)) if uint(*at) == pos && was == body => return Ok(false),
            None if body.is_empty() => return Ok(false),
            _ => {}
        }
        if let Some((at, _)) = &old {
            self.live -= 1;
            self.sum = self.sum.wrapping_sub(row_sum(kind, id, uint(*at)));
        }
        if body.is_empty() {
            conn.prepare_cached("DELETE FROM base WHERE stream = ?1 AND kind = ?2 AND id = ?3")?
                .execute([stream, kind, id])?;
            project::remove(conn, kind, id, old.as_ref().map_or("", |(_, was)| was.as_str()))?;
        } else {
            conn.prepare_cached(
                "INSERT INTO base(stream, kind, id, pos, body) VALUES(?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT(stream, kind, id) DO UPDATE SET pos = excluded.pos, body = excluded.body",
            )?
            .execute(params![stream, kind, id, int(pos), body])?;
            self.live += 1;
            self.sum = self.sum.wrapping_add(row_sum(kind, id, pos));
            project::put(conn, kind, id, body, old.as_ref().map_or("", |(_, was)| was.as_str()))?;
        }
        Ok(true)
    }
}

fn text(body: &Value) -> String {
    if body.is_null() { String::new() } else { body.to_string() }
}

/// Where a stream stands.
#[derive(Debug)]
struct At {
    boot: bool,
    pos: u64,
    next_pos: u64,
    boot_pos: u64,
    boot_after: String,
    whole: bool,
}

fn at(conn: &Connection, stream: &str) -> Result<Option<At>, StoreError> {
    let found = conn
        .prepare_cached("SELECT state, pos, next_pos, boot_pos, boot_after, whole FROM cursor WHERE stream = ?1")?
        .query_row([stream], |row| {
            Ok(At {
                boot: row.get::<_, String>(0)? == "boot",
                pos: uint(row.get(1)?),
                next_pos: uint(row.get(2)?),
                boot_pos: uint(row.get(3)?),
                boot_after: row.get(4)?,
                whole: row.get::<_, i64>(5)? != 0,
            })
        })
        .optional()?;
    Ok(found)
}

/// Whether rows are set aside until every stream is complete.
fn is_staged(conn: &Connection) -> Result<bool, StoreError> {
    let any: i64 = conn
        .prepare_cached(
            "SELECT EXISTS(SELECT 1 FROM cursor WHERE pos <> next_pos OR whole <> 0) OR EXISTS(SELECT 1 FROM stage)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(any != 0)
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
    /// together, and only when every stream is complete. Until then rows are set aside, unless no
    /// own fact is on its way that they could contain: else it would be shown twice, or vanish.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn apply_pull(&mut self, pull: &PullResponse) -> Result<Changes, StoreError> {
        // A stream that the core says nothing of is not complete.
        let all = self.base_at.keys().all(|stream| pull.streams.iter().any(|page| page.s == *stream));
        let complete = all && pull.streams.iter().all(|page| page.complete);
        let mut quiet = complete && pull.applied == self.applied && !self.restored;
        for page in &pull.streams {
            let Some(at) = at(&self.conn, &page.s)? else { continue };
            if at.boot || at.next_pos != page.from || page.to < page.from {
                return Ok(Changes { stale: true, ..Changes::default() });
            }
            quiet &= page.rows.is_empty() && page.to == at.pos;
        }
        // Nothing new is no reason to write; but what is shown is compared with the core each time.
        if quiet && !is_staged(&self.conn)? && self.agrees(pull)? {
            return Ok(Changes { complete, ..Changes::default() });
        }
        let mut changes = self.write(|conn| {
            // News of an own fact is told together with its effect, which may be on a later page.
            let told = pull.streams.iter().flat_map(|page| &page.rows).any(|row| row.0 == kind::OUTCOME);
            let aside = is_staged(conn)? || (!complete && (told || !overlay::is_empty(conn)?));
            let mut taken = Taken::default();
            for page in &pull.streams {
                if at(conn, &page.s)?.is_none() {
                    continue;
                }
                if aside {
                    set_aside(conn, &page.s, &page.rows)?;
                    conn.prepare_cached("UPDATE cursor SET next_pos = ?2 WHERE stream = ?1")?
                        .execute(params![page.s, int(page.to)])?;
                } else {
                    let rows =
                        page.rows.iter().map(|Row(kind, id, pos, body)| (kind.as_str(), id.as_str(), *pos, text(body)));
                    taken.put(conn, &page.s, rows)?;
                    conn.prepare_cached("UPDATE cursor SET pos = ?2, next_pos = ?2 WHERE stream = ?1")?
                        .execute(params![page.s, int(page.to)])?;
                }
            }
            if complete {
                if aside {
                    taken.merge(conn)?;
                }
                taken.changes.complete = true;
                for page in &pull.streams {
                    taken.changes.complete &= verify(conn, page)?;
                }
                take_applied(conn, pull.applied, taken.replay)?;
            } else if taken.replay {
                overlay::replay(conn, applied(conn)?)?;
            }
            // What was set down is what the tote holds: that is read anew where stock moved.
            let moved = taken.changes.kinds.iter().any(|changed| changed == kind::STOCK);
            if moved && overlay::has_content(conn)? {
                overlay::replay(conn, applied(conn)?)?;
            }
            Ok(taken.changes)
        })?;
        changes.complete &= complete;
        if complete {
            self.applied = pull.applied;
            self.restored = false;
        }
        self.base_at = positions(&self.conn)?;
        Ok(changes)
    }

    fn agrees(&self, pull: &PullResponse) -> Result<bool, StoreError> {
        for page in &pull.streams {
            let tally = Tally::load(&self.conn, &page.s)?;
            if uint(tally.live) != page.live || format!("{:016x}", tally.sum) != page.sum {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes over a page of a whole stream. The first time rows are shown as they come; later, or
    /// with own facts on their way, they are set aside until a pull is complete.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub fn apply_bootstrap(&mut self, after: &str, page: &BootstrapResponse) -> Result<Changes, StoreError> {
        let stream = page.stream.as_str();
        let Some(at) = at(&self.conn, stream)?.filter(|at| at.boot && at.boot_after == after) else {
            // A late answer to a question that is no longer asked.
            return Ok(Changes { stale: true, ..Changes::default() });
        };
        // A page of before the first one would hide what moved between them; one that asks for itself
        // again would never end.
        if (!after.is_empty() && page.pos < at.boot_pos) || page.after.as_deref() == Some(after) {
            return Ok(Changes { stale: true, ..Changes::default() });
        }
        let changes = self.write(|conn| {
            let first = after.is_empty();
            let known = Tally::load(conn, stream)?.live > 0;
            let whole = if first { known } else { at.whole };
            let pos = if first { page.pos } else { at.boot_pos };
            let mut taken = Taken::default();
            if whole || !overlay::is_empty(conn)? {
                set_aside(conn, stream, &page.rows)?;
            } else {
                let rows =
                    page.rows.iter().map(|Row(kind, id, pos, body)| (kind.as_str(), id.as_str(), *pos, text(body)));
                taken.put(conn, stream, rows)?;
            }
            match &page.after {
                Some(next) => conn.execute(
                    "UPDATE cursor SET boot_after = ?2, boot_pos = ?3, whole = ?4 WHERE stream = ?1",
                    params![stream, next, int(pos), i64::from(whole)],
                )?,
                None => conn.execute(
                    "UPDATE cursor SET state = 'live', boot_after = '', boot_pos = 0, whole = ?3, next_pos = ?2,
                       pos = CASE WHEN ?3 = 0 AND NOT EXISTS(SELECT 1 FROM stage WHERE stream = ?1) THEN ?2 ELSE pos END
                     WHERE stream = ?1",
                    params![stream, int(pos), i64::from(whole)],
                )?,
            };
            if taken.replay {
                overlay::replay(conn, applied(conn)?)?;
            }
            Ok(taken.changes)
        })?;
        self.base_at = positions(&self.conn)?;
        Ok(changes)
    }
}

/// What went into the base in one transaction.
#[derive(Debug, Default)]
struct Taken {
    changes: Changes,
    /// A fact that was shown has no effect after all.
    replay: bool,
}

impl Taken {
    fn put<'a>(
        &mut self,
        conn: &Connection,
        stream: &str,
        rows: impl Iterator<Item = (&'a str, &'a str, u64, String)>,
    ) -> Result<(), StoreError> {
        let mut tally = Tally::load(conn, stream)?;
        for (kind, id, pos, body) in rows {
            if tally.put(conn, stream, kind, id, pos, &body)? {
                self.changes.note(kind, id);
                self.replay |= outcome(conn, kind, &body)?;
            }
        }
        tally.save(conn, stream)
    }

    /// Moves everything that was set aside into the base.
    fn merge(&mut self, conn: &Connection) -> Result<(), StoreError> {
        let streams: Vec<String> = conn
            .prepare_cached("SELECT stream FROM cursor ORDER BY stream")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for stream in &streams {
            let whole = at(conn, stream)?.is_some_and(|at| at.whole);
            if whole {
                let gone = rows_of(conn, stream, true)?;
                self.put(
                    conn,
                    stream,
                    gone.iter().map(|(kind, id, _)| (kind.as_str(), id.as_str(), 0, String::new())),
                )?;
            }
            let mut rows =
                conn.prepare_cached("SELECT kind, id, pos, body FROM stage WHERE stream = ?1 ORDER BY pos")?;
            let staged: Vec<(String, String, i64, String)> = rows
                .query_map([stream], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
                .collect::<Result<_, _>>()?;
            self.put(
                conn,
                stream,
                staged.iter().map(|(kind, id, pos, body)| (kind.as_str(), id.as_str(), uint(*pos), body.clone())),
            )?;
            if whole {
                Tally::recount(conn, stream)?.save(conn, stream)?;
            }
            conn.prepare_cached("DELETE FROM stage WHERE stream = ?1")?.execute([stream])?;
            conn.prepare_cached("UPDATE cursor SET pos = next_pos, whole = 0 WHERE stream = ?1")?.execute([stream])?;
        }
        Ok(())
    }
}

fn set_aside(conn: &Connection, stream: &str, rows: &[Row]) -> Result<(), StoreError> {
    for Row(kind, id, pos, body) in rows {
        conn.prepare_cached(
            "INSERT INTO stage(stream, kind, id, pos, body) VALUES(?1, ?2, ?3, ?4, ?5)
             ON CONFLICT(stream, kind, id) DO UPDATE SET pos = excluded.pos, body = excluded.body",
        )?
        .execute(params![stream, kind, id, int(*pos), text(body)])?;
    }
    Ok(())
}

/// I9: what is here is what the core has, or the stream is fetched anew. Says which.
fn verify(conn: &Connection, page: &StreamPage) -> Result<bool, StoreError> {
    if at(conn, &page.s)?.is_none() {
        return Ok(true);
    }
    let tally = Tally::load(conn, &page.s)?;
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
        return Ok(false);
    }
    Ok(true)
}

/// The rows contain our own facts this far; these are no longer shown on top of them.
fn take_applied(conn: &Connection, now: Applied, replay: bool) -> Result<(), StoreError> {
    let before = applied(conn)?;
    if now != before {
        set_meta(conn, APPLIED, &serde_json::to_string(&now)?)?;
    }
    let forgot = restored(conn)?;
    if forgot {
        // What the core forgot it has not judged; it is shown from our side again.
        conn.execute(
            "UPDATE outbox SET outcome = '' WHERE outcome <> '' AND moved_epoch = 0 AND (epoch, seq) > (?1, ?2)",
            [int(now.epoch), int(now.through)],
        )?;
        set_restored(conn, false)?;
    }
    let back = (now.epoch, now.through) < (before.epoch, before.through);
    if back || forgot || replay { overlay::replay(conn, now) } else { overlay::settle(conn, now) }
}

/// An outcome that came after its push was answered. Says whether the overlay must be replayed.
fn outcome(conn: &Connection, kind_name: &str, body: &str) -> Result<bool, StoreError> {
    if kind_name != kind::OUTCOME || body.is_empty() {
        return Ok(false);
    }
    match serde_json::from_str::<floorhand_wire::feed::OutcomeRow>(body) {
        Ok(row) => batch::told_by_stream(conn, row.epoch, row.seq, row.outcome, &row.code, &row.reference),
        Err(error) => {
            tracing::error!(%error, "an outcome could not be understood; it is kept");
            Ok(false)
        }
    }
}

/// Whether the core was restored and no pull was complete since.
pub(super) fn restored(conn: &Connection) -> Result<bool, StoreError> {
    Ok(meta(conn, RESTORED)?.as_deref() == Some("1"))
}

pub(super) fn set_restored(conn: &Connection, restored: bool) -> Result<(), StoreError> {
    set_meta(conn, RESTORED, if restored { "1" } else { "0" })
}

/// How far the rows contain our own facts.
pub(super) fn applied(conn: &Connection) -> Result<Applied, StoreError> {
    Ok(meta(conn, APPLIED)?.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}
