//! Work that asks for a place to be counted: one open line a location and item.

use crate::db::Tx;
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::orders::promise::{line_id, line_seq};
use crate::vals;
use floorhand_domain::id::{ItemId, LineId, LocationId, OperatorId, TaskId};
use floorhand_domain::master::{Location, LocationKind};
use floorhand_domain::task::{Line, LineState, Plan, Task, TaskKind, TaskState};

/// Work that something gave rise to comes before what was planned.
const PRIORITY_ASKED: i64 = 1;

/// A place that is to be counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Where.
    pub location: LocationId,
    /// The only item. Empty = everything there.
    pub item: ItemId,
    /// Why, as in [`Plan::trigger`].
    pub trigger: String,
    /// How often it was counted before; above 0 it is a recount.
    pub round: u32,
    /// Who counted it last. Empty = nobody.
    pub counted_by: OperatorId,
}

impl Wanted {
    /// A first count.
    #[must_use]
    pub fn new(location: &LocationId, item: &ItemId, trigger: &str) -> Self {
        Self { location: location.clone(), item: item.clone(), trigger: trigger.to_owned(), ..Self::default() }
    }

    fn plan(&self) -> Plan {
        Plan {
            round: self.round,
            counted_by: self.counted_by.clone(),
            trigger: self.trigger.clone(),
            ..Plan::default()
        }
    }
}

/// A number for a task that people can read out and scan.
pub(crate) async fn new_task_id(tx: &Tx, warehouse: i64, prefix: &str) -> Result<TaskId> {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for _ in 0..100 {
        let code: String = rand::random::<[u8; 7]>()
            .iter()
            .filter_map(|byte| DIGITS.get(usize::from(byte % 32)).map(|digit| char::from(*digit)))
            .collect();
        let id: TaskId = format!("{prefix}-{code}").into();
        let taken = tx.row("SELECT id FROM task WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &id]).await?;
        if taken.is_none() {
            return Ok(id);
        }
    }
    Err(Error::Stored("no number is left for a task".to_owned()))
}

/// The open line of a count for this place, where there is one. `covered`: one of the whole location
/// does too.
pub(super) async fn open_line(
    tx: &Tx,
    warehouse: i64,
    location: &LocationId,
    item: &ItemId,
    covered: bool,
) -> Result<Option<Line>> {
    tx.row(
        "SELECT l.* FROM task_line l JOIN task t ON t.warehouse_id = l.warehouse_id AND t.id = l.task \
         WHERE l.warehouse_id = $1 AND l.location = $2 AND l.state = 'open' AND t.kind = 'count' \
         AND t.state IN ('open', 'claimed') AND (l.item = $3 OR ($4 = 1 AND l.item = '')) ORDER BY l.item DESC LIMIT 1",
        vals![warehouse, location, item, covered],
    )
    .await?
    .as_ref()
    .map(entity::line_of)
    .transpose()
}

/// Makes sure that a place is asked to be counted, and returns the line that does. Places that nobody
/// can go to are not asked for.
///
/// # Errors
/// When the database refuses.
pub async fn ask(tx: &Tx, changes: &mut Changes, wanted: &Wanted, now: i64) -> Result<Option<LineId>> {
    let warehouse = changes.warehouse();
    // Locked, so that two who ask at once find each other's line.
    tx.lock("SELECT id FROM location WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &wanted.location]).await?;
    let Some(place) = entity::location(tx, warehouse, &wanted.location).await? else { return Ok(None) };
    if matches!(place.kind, LocationKind::Transit | LocationKind::Virtual) {
        return Ok(None);
    }
    let recount = wanted.round > 0 || !wanted.counted_by.is_none();
    if let Some(mut line) = open_line(tx, warehouse, &wanted.location, &wanted.item, !recount).await? {
        if recount && line.plan.round <= wanted.round {
            line.plan = wanted.plan();
            entity::put_line(tx, changes, &line).await?;
        }
        return Ok(Some(line.id));
    }
    let lines = open_task(tx, changes, PRIORITY_ASKED, &[(place, wanted.clone())], now).await?.1;
    Ok(lines.into_iter().next())
}

/// One task for these places, along the path.
///
/// # Errors
/// When the database refuses.
pub(super) async fn open_task(
    tx: &Tx,
    changes: &mut Changes,
    priority: i64,
    places: &[(Location, Wanted)],
    now: i64,
) -> Result<(TaskId, Vec<LineId>)> {
    let id = new_task_id(tx, changes.warehouse(), "CT").await?;
    let task = Task {
        id: id.clone(),
        kind: TaskKind::Count,
        priority,
        zone: places.first().map(|(place, _)| place.zone.clone()).unwrap_or_default(),
        state: TaskState::Open,
        lines: u32::try_from(places.len()).unwrap_or(u32::MAX),
        released_ms: now,
        ..Task::default()
    };
    entity::put_task(tx, changes, &task).await?;
    let mut lines = Vec::with_capacity(places.len());
    for (n, (place, wanted)) in (1i64..).zip(places) {
        let line = Line {
            id: line_id(id.as_str(), n),
            task: id.clone(),
            seq: line_seq(place.sequence, n),
            location: place.id.clone(),
            item: wanted.item.clone(),
            // A count is one thing to do; how many units there are is what it finds out.
            qty: 1,
            state: LineState::Open,
            plan: wanted.plan(),
            ..Line::default()
        };
        entity::put_line(tx, changes, &line).await?;
        lines.push(line.id);
    }
    Ok((id, lines))
}
