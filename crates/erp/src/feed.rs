//! The feed: the latest state of everything a device may see, one row an entity, numbered without
//! holes in the order of the commits.
//!
//! A reader that has seen position `c` must never later meet a new row at or below `c`. So the head
//! of a stream is locked as the last thing of a transaction, and only then positions are given out.

mod bulk;

use crate::clock;
use crate::db::{ROWS_AT_ONCE, Tx, Val};
use crate::error::{Error, Result};
use crate::ledger::PostedMove;
use crate::vals;
use floorhand_wire::feed::row_sum;
use floorhand_wire::{STREAM_GLOBAL, warehouse_stream};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// What one transaction changes for the devices, and the moves that it posts.
#[derive(Debug)]
pub struct Changes {
    warehouse: i64,
    rows: Vec<Change>,
    pub(crate) moves: Vec<PostedMove>,
}

#[derive(Debug)]
struct Change {
    stream: String,
    kind: String,
    id: String,
    /// `None` = a tombstone.
    body: Option<String>,
}

/// A point of [`Changes`] to go back to.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    rows: usize,
    moves: usize,
}

impl Changes {
    /// Nothing changed yet in this warehouse.
    #[must_use]
    pub fn new(warehouse: i64) -> Self {
        Self { warehouse, rows: Vec::new(), moves: Vec::new() }
    }

    /// The warehouse of the transaction; there is only one in each.
    #[must_use]
    pub fn warehouse(&self) -> i64 {
        self.warehouse
    }

    /// Sets a row. The last state of a row within the transaction counts.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn put(&mut self, stream: &str, kind: &str, id: &str, body: &impl Serialize) -> Result<()> {
        let body = serde_json::to_string(body)?;
        self.rows.push(Change {
            stream: stream.to_owned(),
            kind: kind.to_owned(),
            id: id.to_owned(),
            body: Some(body),
        });
        Ok(())
    }

    /// Sets a row of the warehouse's stream.
    ///
    /// # Errors
    /// As for [`Changes::put`].
    pub fn put_here(&mut self, kind: &str, id: &str, body: &impl Serialize) -> Result<()> {
        self.put(&warehouse_stream(self.warehouse), kind, id, body)
    }

    /// Removes a row.
    pub fn delete(&mut self, stream: &str, kind: &str, id: &str) {
        self.rows.push(Change { stream: stream.to_owned(), kind: kind.to_owned(), id: id.to_owned(), body: None });
    }

    /// Removes a row of the warehouse's stream.
    pub fn delete_here(&mut self, kind: &str, id: &str) {
        self.delete(&warehouse_stream(self.warehouse), kind, id);
    }

    /// This point, for [`Changes::rewind`]; goes with a savepoint of the transaction.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { rows: self.rows.len(), moves: self.moves.len() }
    }

    /// Forgets what was collected since `mark`.
    pub fn rewind(&mut self, mark: Mark) {
        self.rows.truncate(mark.rows);
        self.moves.truncate(mark.moves);
    }

    /// Gives out positions and writes rows and moves. It must be the last thing of the transaction:
    /// it takes the locks that every other writer of the warehouse waits for.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn publish(self, tx: &Tx) -> Result<()> {
        if self.rows.is_empty() {
            return if self.moves.is_empty() { Ok(()) } else { Err(Error::Stored("moves without rows".to_owned())) };
        }
        let here = warehouse_stream(self.warehouse);
        let mut streams: BTreeMap<String, Vec<Change>> = BTreeMap::new();
        let has_moves = !self.moves.is_empty();
        if has_moves {
            // Moves take the warehouse's position, also when only virtual places changed.
            streams.entry(here.clone()).or_default();
        }
        for change in self.rows {
            streams.entry(change.stream.clone()).or_default().push(change);
        }
        let now = clock::now_ms();
        // Locked in the order of their names, so that two writers cannot wait for each other.
        for (stream, changes) in streams {
            let warehouse = if stream == STREAM_GLOBAL { 0 } else { self.warehouse };
            let pos = publish_stream(tx, warehouse, &stream, latest(changes), now).await?;
            if has_moves && stream == here {
                PostedMove::insert(&self.moves, tx, self.warehouse, pos, now).await?;
            }
        }
        tx.mark_published();
        Ok(())
    }
}

/// The last state of each row, in the order in which the rows were last changed.
fn latest(changes: Vec<Change>) -> Vec<Change> {
    let mut last: HashMap<(String, String), usize> = HashMap::with_capacity(changes.len());
    for (n, change) in changes.iter().enumerate() {
        last.insert((change.kind.clone(), change.id.clone()), n);
    }
    let mut keep: Vec<bool> = vec![false; changes.len()];
    for n in last.into_values() {
        if let Some(flag) = keep.get_mut(n) {
            *flag = true;
        }
    }
    changes.into_iter().zip(keep).filter_map(|(change, keep)| keep.then_some(change)).collect()
}

/// Returns the head after the rows.
async fn publish_stream(tx: &Tx, warehouse: i64, stream: &str, mut changes: Vec<Change>, now: i64) -> Result<i64> {
    let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let head = tx
        .row(
            "INSERT INTO stream_head (warehouse_id, stream, pos, live, sum) VALUES ($1, $2, $3, 0, 0) \
             ON CONFLICT (warehouse_id, stream) DO UPDATE SET pos = stream_head.pos + $3 \
             RETURNING pos, live, sum",
            vals![warehouse, stream, count],
        )
        .await?
        .ok_or_else(|| Error::Stored(format!("head of {stream}")))?;
    let last = head.i64("pos")?;
    // The checksum wraps; the bits are what counts, not the sign.
    let (live, sum) = (head.i64("live")?, head.i64("sum")?.cast_unsigned());
    let mut covered = bulk::Covered { pos: last - count, live, sum };
    if changes.len() >= ROWS_AT_ONCE {
        bulk::write(tx, warehouse, stream, std::mem::take(&mut changes), now, &mut covered).await?;
    }
    let bulk::Covered { mut pos, mut live, mut sum } = covered;
    for change in changes {
        pos += 1;
        let old = tx
            .row(
                "SELECT pos, deleted FROM feed_row WHERE warehouse_id = $1 AND stream = $2 AND kind = $3 AND id = $4",
                vals![warehouse, stream, &change.kind, &change.id],
            )
            .await?;
        if let Some(old) = old.filter(|old| old.i64("deleted").is_ok_and(|deleted| deleted == 0)) {
            live -= 1;
            sum = sum.wrapping_sub(row_sum(&change.kind, &change.id, old.u64("pos")?));
        }
        let deleted = change.body.is_none();
        if !deleted {
            live += 1;
            sum = sum.wrapping_add(row_sum(&change.kind, &change.id, pos.cast_unsigned()));
        }
        tx.execute(
            "INSERT INTO feed_row (warehouse_id, stream, kind, id, pos, deleted, body, changed_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (warehouse_id, stream, kind, id) DO UPDATE SET \
             pos = excluded.pos, deleted = excluded.deleted, body = excluded.body, changed_ms = excluded.changed_ms",
            &[
                Val::from(warehouse),
                Val::from(stream),
                Val::from(change.kind),
                Val::from(change.id),
                Val::from(pos),
                Val::from(deleted),
                Val::from(change.body.unwrap_or_default()),
                Val::from(now),
            ],
        )
        .await?;
    }
    tx.execute(
        "UPDATE stream_head SET live = $3, sum = $4 WHERE warehouse_id = $1 AND stream = $2",
        vals![warehouse, stream, live, sum.cast_signed()],
    )
    .await?;
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_state_of_a_row_is_kept() {
        let mut changes = Changes::new(1);
        changes.put_here("stock", "a", &1).unwrap();
        let mark = changes.mark();
        changes.put_here("stock", "b", &2).unwrap();
        changes.rewind(mark);
        changes.put_here("task", "t", &3).unwrap();
        changes.delete_here("stock", "a");
        let kept = latest(changes.rows);
        let kept: Vec<_> = kept.iter().map(|c| (c.kind.as_str(), c.id.as_str(), c.body.as_deref())).collect();
        assert_eq!(kept, [("task", "t", Some("3")), ("stock", "a", None)]);
    }
}
