//! Counts of places: work that asks for them ([`tasks`]), the book at a device's cursor ([`book`]), what
//! a count comes to ([`mod@judge`], pure), and the moves that follow ([`post`]).
//!
//! The variance is posted, never the count; what somebody else moved meanwhile is counted again.

pub mod book;
pub mod judge;
pub mod plan;
pub mod post;
pub mod state;
pub mod tasks;

pub use judge::{Compared, Key, Verdict, judge};
pub use tasks::{Wanted, ask};

use crate::db::{Row, Tx, Val};
use crate::error::Result;
use crate::vals;
use floorhand_domain::id::{CountId, ItemId, LineId, LocationId, OperatorId, TaskId};
use state::State;
use std::collections::{BTreeMap, BTreeSet};

/// A row of table `stock_count`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Its identifier, chosen by the device.
    pub id: CountId,
    /// The task.
    pub task: TaskId,
    /// The line. Empty = none.
    pub line: LineId,
    /// Where.
    pub location: LocationId,
    /// The only item that is counted. Empty = everything there.
    pub item: ItemId,
    /// Who began it; see [`people`] for everybody.
    pub operator: OperatorId,
    /// On which device.
    pub device: String,
    /// Epoch and number of its `CountStarted`.
    pub started: (u64, u64),
    /// Position of the warehouse stream that the device had then; -1 = not known.
    pub base_pos: i64,
    /// How often the place was counted before for the same reason.
    pub round: u32,
    /// Where it stands.
    pub state: State,
    /// When it was begun, in milliseconds since 1970.
    pub started_ms: i64,
    /// When it was submitted; 0 = it was not.
    pub submitted_ms: i64,
    /// Epoch and number of its `CountSubmitted`; 0 = none.
    pub submitted: (u64, u64),
    /// The line that asks for it to be counted again. Empty = none.
    pub recount_line: LineId,
    /// The exception over it. Empty = none.
    pub exception: String,
}

impl Count {
    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.text("id")?.into(),
            task: row.text("task")?.into(),
            line: row.text("line")?.into(),
            location: row.text("location")?.into(),
            item: row.text("item")?.into(),
            operator: row.text("operator")?.into(),
            device: row.text("device")?,
            started: (row.u64("epoch")?, row.u64("seq")?),
            base_pos: row.i64("base_pos")?,
            round: u32::try_from(row.i64("round")?).unwrap_or(u32::MAX),
            state: State::stored(row.str("state")?)?,
            started_ms: row.i64("started_ms")?,
            submitted_ms: row.i64("submitted_ms")?,
            submitted: (row.u64("submit_epoch")?, row.u64("submit_seq")?),
            recount_line: row.text("recount_line")?.into(),
            exception: row.text("exception")?,
        })
    }

    /// Whether two counts looked at the same goods.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.location == other.location && (self.item == other.item || self.item.is_none() || other.item.is_none())
    }
}

/// One count, locked.
///
/// # Errors
/// When the database refuses.
pub async fn get(tx: &Tx, warehouse: i64, id: &CountId) -> Result<Option<Count>> {
    tx.lock("SELECT * FROM stock_count WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
        .await?
        .first()
        .map(Count::of)
        .transpose()
}

/// Writes a count.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &Tx, warehouse: i64, count: &Count) -> Result<()> {
    tx.execute(
        "INSERT INTO stock_count (warehouse_id, id, task, line, location, item, operator, device, epoch, seq, base_pos, \
         round, state, started_ms, submitted_ms, submit_epoch, submit_seq, recount_line, exception) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         ON CONFLICT (warehouse_id, id) DO UPDATE SET round = excluded.round, state = excluded.state, \
         submitted_ms = excluded.submitted_ms, submit_epoch = excluded.submit_epoch, submit_seq = excluded.submit_seq, \
         recount_line = excluded.recount_line, exception = excluded.exception",
        &[
            Val::from(warehouse),
            Val::from(&count.id),
            Val::from(&count.task),
            Val::from(&count.line),
            Val::from(&count.location),
            Val::from(&count.item),
            Val::from(&count.operator),
            Val::from(&count.device),
            Val::from(count.started.0.cast_signed()),
            Val::from(count.started.1.cast_signed()),
            Val::from(count.base_pos),
            Val::from(count.round),
            Val::from(count.state.as_str()),
            Val::from(count.started_ms),
            Val::from(count.submitted_ms),
            Val::from(count.submitted.0.cast_signed()),
            Val::from(count.submitted.1.cast_signed()),
            Val::from(&count.recount_line),
            Val::from(&count.exception),
        ],
    )
    .await
    .map(|_| ())
}

/// The count before this one for the same reason: the one that this line asks to repeat, or an earlier
/// one of the very same line.
///
/// # Errors
/// When the database refuses.
pub async fn before(tx: &Tx, warehouse: i64, count: &Count) -> Result<Option<Count>> {
    if count.line.is_none() {
        return Ok(None);
    }
    tx.row(
        "SELECT * FROM stock_count WHERE warehouse_id = $1 AND (recount_line = $2 OR line = $2) AND id <> $3 \
         AND submitted_ms > 0 ORDER BY CASE WHEN line = $2 THEN 0 ELSE 1 END, submitted_ms DESC, id DESC LIMIT 1",
        vals![warehouse, &count.line, &count.id],
    )
    .await?
    .as_ref()
    .map(Count::of)
    .transpose()
}

/// What was scanned, without what was taken back.
///
/// # Errors
/// When the database refuses.
pub async fn scanned(tx: &Tx, warehouse: i64, id: &CountId) -> Result<BTreeMap<Key, i64>> {
    tx.rows(
        "SELECT item, lot, serial, handling_unit, CAST(SUM(qty) AS BIGINT) AS qty FROM count_scan \
         WHERE warehouse_id = $1 AND count_id = $2 AND undone = 0 GROUP BY item, lot, serial, handling_unit",
        vals![warehouse, id],
    )
    .await?
    .iter()
    .map(|row| Ok((Key::of(row)?, row.i64("qty")?)))
    .collect()
}

/// Everybody who took part in a count: who began it, scanned (also what was taken back), or submitted it. A count
/// goes on when a station changes hands.
///
/// # Errors
/// When the database refuses.
pub async fn people(tx: &Tx, warehouse: i64, count: &Count) -> Result<BTreeSet<OperatorId>> {
    let (epoch, seq) = count.submitted;
    let mut people = BTreeSet::from([count.operator.clone()]);
    for row in tx
        .rows(
            "SELECT f.operator FROM count_scan s JOIN fact_log f ON f.warehouse_id = s.warehouse_id \
             AND f.device = s.device AND f.epoch = s.epoch AND f.seq = s.seq \
             WHERE s.warehouse_id = $1 AND s.count_id = $2 \
             UNION SELECT operator FROM fact_log WHERE warehouse_id = $1 AND device = $3 AND epoch = $4 AND seq = $5",
            vals![warehouse, &count.id, &count.device, epoch.cast_signed(), seq.cast_signed()],
        )
        .await?
    {
        people.insert(row.text("operator")?.into());
    }
    people.retain(|one| !one.is_none());
    Ok(people)
}

/// What a submitted count came to.
///
/// # Errors
/// When the database refuses.
pub async fn lines(tx: &Tx, warehouse: i64, id: &CountId) -> Result<Vec<Compared>> {
    tx.rows(
        "SELECT * FROM count_line WHERE warehouse_id = $1 AND count_id = $2 ORDER BY item, lot, serial, handling_unit",
        vals![warehouse, id],
    )
    .await?
    .iter()
    .map(|row| Ok(Compared { key: Key::of(row)?, book: row.i64("book")?, counted: row.i64("counted")? }))
    .collect()
}

/// Writes what a count came to.
///
/// # Errors
/// When the database refuses.
pub async fn put_lines(tx: &Tx, warehouse: i64, id: &CountId, lines: &[Compared]) -> Result<()> {
    for line in lines {
        tx.execute(
            "INSERT INTO count_line (warehouse_id, count_id, item, lot, serial, handling_unit, book, counted) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            vals![
                warehouse,
                id,
                &line.key.item,
                &line.key.lot,
                &line.key.serial,
                &line.key.handling_unit,
                line.book,
                line.counted
            ],
        )
        .await?;
    }
    Ok(())
}

/// Counts of the same goods over which somebody is still asked: contested ones and such that wait for
/// approval.
///
/// # Errors
/// When the database refuses.
pub async fn unsettled(tx: &Tx, warehouse: i64, count: &Count) -> Result<Vec<Count>> {
    let found = tx
        .lock(
            "SELECT * FROM stock_count WHERE warehouse_id = $1 AND location = $2 AND state IN ('contested', 'wanted') \
             AND exception <> '' AND id <> $3 ORDER BY id",
            vals![warehouse, &count.location, &count.id],
        )
        .await?
        .iter()
        .map(Count::of)
        .collect::<Result<Vec<Count>>>()?;
    Ok(found.into_iter().filter(|other| other.overlaps(count)).collect())
}
