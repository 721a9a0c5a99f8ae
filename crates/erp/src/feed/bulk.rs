//! Very many rows of one stream, a few statements for many of them.

use super::Change;
use crate::db::{Tx, Val};
use crate::error::Result;
use crate::vals;
use floorhand_wire::feed::row_sum;

/// What the head of a stream covers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Covered {
    /// The position of the last row.
    pub pos: i64,
    /// Rows alive.
    pub live: i64,
    /// Their checksum; it wraps, the bits are what counts.
    pub sum: u64,
}

/// Writes rows of different keys at the positions behind `covered.pos`.
pub(super) async fn write(
    tx: &Tx,
    warehouse: i64,
    stream: &str,
    changes: Vec<Change>,
    now: i64,
    covered: &mut Covered,
) -> Result<()> {
    let keys: Vec<Val> = changes.iter().flat_map(|change| [Val::from(&change.kind), Val::from(&change.id)]).collect();
    let old = tx
        .rows_many(
            "SELECT kind, id, pos FROM feed_row WHERE warehouse_id = $1 AND stream = $2 AND deleted = 0 \
             AND (kind, id) IN (VALUES {?, ?})",
            vals![warehouse, stream],
            &keys,
        )
        .await?;
    for row in &old {
        covered.live -= 1;
        covered.sum = covered.sum.wrapping_sub(row_sum(row.str("kind")?, row.str("id")?, row.u64("pos")?));
    }
    let mut rows = Vec::with_capacity(changes.len() * 5);
    for Change { kind, id, body, .. } in changes {
        covered.pos += 1;
        if body.is_some() {
            covered.live += 1;
            covered.sum = covered.sum.wrapping_add(row_sum(&kind, &id, covered.pos.cast_unsigned()));
        }
        let deleted = body.is_none();
        rows.extend([Val::from(kind), Val::from(id), Val::from(covered.pos), Val::from(deleted)]);
        rows.push(Val::from(body.unwrap_or_default()));
    }
    tx.execute_many(
        "INSERT INTO feed_row (warehouse_id, stream, changed_ms, kind, id, pos, deleted, body) \
         VALUES {$1, $2, $3, ?, ?, ?, ?, ?} ON CONFLICT (warehouse_id, stream, kind, id) DO UPDATE SET \
         pos = excluded.pos, deleted = excluded.deleted, body = excluded.body, changed_ms = excluded.changed_ms",
        vals![warehouse, stream, now],
        &rows,
    )
    .await?;
    Ok(())
}
