//! Where goods are put: suggestions by the rules of the places ([`rules`], pure), put-away and
//! replenishment tasks, and suggestions made anew when the world has moved.

pub mod replenish;
pub mod rules;

use crate::counts::tasks::new_task_id;
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::ledger;
use crate::orders::promise::{line_id, line_seq};
use crate::vals;
use floorhand_domain::id::{HandlingUnitId, ItemId, LineId, LocationId, Lot, Serial, TaskId};
use floorhand_domain::master::{Location, LocationKind};
use floorhand_domain::stock::{Move, Status};
use floorhand_domain::task::{Line, LineState, Plan, Task, TaskKind, TaskState, Why};
use rules::{Goods, Standing, may_stand};

/// Further places that a suggestion names.
const OTHERS_MAX: usize = 3;
/// Places of each sort that are looked at for a suggestion.
const CANDIDATES_MAX: i64 = 50;
/// Open lines whose suggestions are taken into account.
const TAKEN_MAX: i64 = 5000;

/// Goods that are to be put away together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Away {
    /// Where they stand.
    pub at: LocationId,
    /// What.
    pub item: ItemId,
    /// Its lot. Empty = none.
    pub lot: Lot,
    /// The unit. Empty = none.
    pub serial: Serial,
    /// In which status.
    pub status: Status,
    /// Units.
    pub qty: i64,
    /// In which handling unit; those in one go together. Empty = loose.
    pub handling_unit: HandlingUnitId,
}

/// A suggestion for goods that go together: the fields of a [`Plan`] that say where to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestion {
    /// Where to. Empty = nowhere fits.
    pub to: LocationId,
    /// Why there.
    pub why: Why,
    /// Further places that would do, best first.
    pub others: Vec<LocationId>,
}

impl Suggestion {
    /// As part of a line, for stock of that status.
    #[must_use]
    pub fn plan(&self, status: Status) -> Plan {
        Plan { to: self.to.clone(), why: self.why, others: self.others.clone(), status, ..Plan::default() }
    }
}

/// Suggests a place for goods that go together: the item's own place, one where only the same item is (the
/// same lot first), the nearest empty one; each only where the goods fit by the rules of the place. Goods of
/// several items, as on a pallet, go where nothing is.
///
/// # Errors
/// When the database refuses.
pub async fn suggest(tx: &Tx, warehouse: i64, goods: &[Away]) -> Result<Suggestion> {
    suggest_for(tx, warehouse, goods, None).await
}

/// As [`suggest`], without what the line itself was told before.
async fn suggest_for(tx: &Tx, warehouse: i64, goods: &[Away], not_for: Option<&LineId>) -> Result<Suggestion> {
    let Some(first) = goods.first() else { return Ok(Suggestion::default()) };
    let wanted = wanted(tx, goods).await?;
    let taken = taken(tx, warehouse, not_for).await?;
    let near = entity::location(tx, warehouse, &first.at).await?.map_or(0, |place| place.sequence);
    let one_item = goods.iter().all(|one| one.item == first.item);
    let mut found: Vec<(LocationId, Why)> = Vec::new();
    let sorts = [
        (Why::Fixed, fixed(tx, warehouse, &first.item).await?),
        (Why::SameItem, same_item(tx, warehouse, first).await?),
        (Why::Empty, empty(tx, warehouse, first.status, near).await?),
    ];
    for (why, places) in sorts {
        for row in &places {
            if found.len() > OTHERS_MAX {
                break;
            }
            let place = entity::location_of(row)?;
            let others = !place.fixed_item.is_none() && place.fixed_item != first.item;
            if place.id == first.at || others || found.iter().any(|(known, _)| *known == place.id) {
                continue;
            }
            let mut there = standing(tx, warehouse, &place.id).await?;
            there.extend(taken.iter().filter(|(to, _)| *to == place.id).map(|(_, standing)| standing.clone()));
            let alone = why != Why::SameItem || there.iter().all(|own| own.qty <= 0 || own.item == first.item);
            if alone && (one_item || why == Why::Empty) && fits(&place, there, &wanted) {
                found.push((place.id, why));
            }
        }
    }
    let mut found = found.into_iter();
    let Some((to, why)) = found.next() else { return Ok(Suggestion::default()) };
    Ok(Suggestion { to, why, others: found.map(|(place, _)| place).take(OTHERS_MAX).collect() })
}

/// Whether all of the goods fit side by side.
fn fits(place: &Location, mut there: Vec<Standing>, goods: &[Goods]) -> bool {
    for one in goods {
        if may_stand(place, &there, one).is_err() {
            return false;
        }
        there.push(Standing { item: one.item.clone(), lot: one.lot.clone(), qty: one.qty });
    }
    true
}

/// What stands at a location by the book.
pub(crate) async fn standing(tx: &Tx, warehouse: i64, location: &LocationId) -> Result<Vec<Standing>> {
    tx.rows(
        "SELECT item, lot, CAST(SUM(qty) AS BIGINT) AS qty FROM balance WHERE warehouse_id = $1 AND location = $2 \
         GROUP BY item, lot",
        vals![warehouse, location],
    )
    .await?
    .iter()
    .map(|row| Ok(Standing { item: row.text("item")?.into(), lot: row.text("lot")?.into(), qty: row.i64("qty")? }))
    .collect()
}

/// What open lines were told to bring, and where to: those places are as good as taken.
async fn taken(tx: &Tx, warehouse: i64, not_for: Option<&LineId>) -> Result<Vec<(LocationId, Standing)>> {
    let lines = open_lines(tx, warehouse).await?;
    Ok(lines
        .into_iter()
        .filter(|line| !line.plan.to.is_none() && not_for != Some(&line.id))
        .map(|line| {
            let qty = line.open_qty();
            (line.plan.to, Standing { item: line.item, lot: line.lot, qty })
        })
        .collect())
}

/// The open lines of put-aways and moves.
async fn open_lines(tx: &Tx, warehouse: i64) -> Result<Vec<Line>> {
    tx.rows(
        "SELECT l.* FROM task t JOIN task_line l ON l.warehouse_id = t.warehouse_id AND l.task = t.id \
         WHERE t.warehouse_id = $1 AND t.state IN ('open', 'claimed') AND t.kind IN ('put-away', 'move') \
         AND l.state = 'open' ORDER BY l.id LIMIT $2",
        vals![warehouse, TAKEN_MAX],
    )
    .await?
    .iter()
    .map(entity::line_of)
    .collect()
}

async fn fixed(tx: &Tx, warehouse: i64, item: &ItemId) -> Result<Vec<Row>> {
    tx.rows(
        "SELECT * FROM location WHERE warehouse_id = $1 AND fixed_item = $2 AND fixed_item <> '' AND kind = 'bin' \
         ORDER BY sequence, id LIMIT $3",
        vals![warehouse, item, CANDIDATES_MAX],
    )
    .await
}

async fn same_item(tx: &Tx, warehouse: i64, goods: &Away) -> Result<Vec<Row>> {
    tx.rows(
        "SELECT l.* FROM (SELECT location, MAX(CASE WHEN lot = $3 THEN 1 ELSE 0 END) AS same_lot FROM balance \
         WHERE warehouse_id = $1 AND item = $2 AND status = $4 AND qty > 0 GROUP BY location) b \
         JOIN location l ON l.warehouse_id = $1 AND l.id = b.location AND l.kind = 'bin' \
         ORDER BY b.same_lot DESC, l.sequence, l.id LIMIT $5",
        vals![warehouse, &goods.item, &goods.lot, goods.status.as_str(), CANDIDATES_MAX],
    )
    .await
}

/// Bins without any stock, those nearest on the path first.
async fn empty(tx: &Tx, warehouse: i64, status: Status, near: i64) -> Result<Vec<Row>> {
    tx.rows(
        "SELECT l.* FROM location l WHERE l.warehouse_id = $1 AND l.kind = 'bin' AND l.status = $2 \
         AND NOT EXISTS (SELECT 1 FROM balance b WHERE b.warehouse_id = l.warehouse_id AND b.location = l.id \
         AND b.qty <> 0) ORDER BY ABS(l.sequence - $3), l.sequence, l.id LIMIT $4",
        vals![warehouse, status.as_str(), near, CANDIDATES_MAX],
    )
    .await
}

/// Makes a put-away task for what a receipt released into status available, unless it is in a bin already.
///
/// # Errors
/// When the database refuses.
pub async fn open_released(tx: &Tx, changes: &mut Changes, released: &[Move], now: i64) -> Result<Option<TaskId>> {
    let mut goods = Vec::new();
    for what in released.iter().filter(|what| what.to.status == Status::Available) {
        let at = entity::location(tx, changes.warehouse(), &what.to.location).await?;
        if at.is_some_and(|at| at.kind != LocationKind::Bin) {
            goods.push(Away {
                at: what.to.location.clone(),
                item: what.item.clone(),
                lot: what.lot.clone(),
                serial: what.serial.clone(),
                status: what.to.status,
                qty: what.qty,
                handling_unit: what.to.handling_unit.clone(),
            });
        }
    }
    open_task(tx, changes, &goods, now).await
}

/// Makes a put-away task with a line and a suggestion for each handling unit, and for the loose units of an
/// item and lot. The line of a handling unit with several items names none. Returns nothing where there are
/// no goods.
///
/// # Errors
/// When the database refuses.
pub async fn open_task(tx: &Tx, changes: &mut Changes, goods: &[Away], now: i64) -> Result<Option<TaskId>> {
    let mut groups: Vec<Vec<Away>> = Vec::new();
    for one in goods.iter().filter(|one| one.qty > 0) {
        let together = groups.iter_mut().find(|group| group.first().is_some_and(|own| go_together(own, one)));
        match together {
            Some(group) => group.push(one.clone()),
            None => groups.push(vec![one.clone()]),
        }
    }
    let Some(first) = groups.first().and_then(|group| group.first()) else { return Ok(None) };
    let task = begin(tx, changes, TaskKind::PutAway, &first.at, now).await?;
    let mut lines = 0;
    for group in &groups {
        // Written one by one, so that the next group knows what this one takes.
        let suggestion = suggest(tx, changes.warehouse(), group).await?;
        if let Some(whole) = joined(group) {
            add_line(tx, changes, &task, lines, &whole, &suggestion).await?;
            lines += 1;
        }
    }
    finish(tx, changes, task, lines).await.map(Some)
}

/// What is in one handling unit moves together, and so do loose units of one item and lot.
fn go_together(a: &Away, b: &Away) -> bool {
    let loose = a.item == b.item && a.lot == b.lot && a.status == b.status;
    a.at == b.at && a.handling_unit == b.handling_unit && (!a.handling_unit.is_none() || loose)
}

/// A group as one: what its members do not share is left open.
fn joined(group: &[Away]) -> Option<Away> {
    let mut whole = group.first()?.clone();
    for one in group.iter().skip(1) {
        whole.qty = whole.qty.saturating_add(one.qty);
        if whole.item != one.item {
            whole.item = ItemId::default();
        }
        if whole.item.is_none() || whole.lot != one.lot {
            whole.lot = Lot::default();
        }
        whole.serial = Serial::default();
    }
    Some(whole)
}

/// The head of a task whose lines follow.
async fn begin(tx: &Tx, changes: &mut Changes, kind: TaskKind, from: &LocationId, now: i64) -> Result<Task> {
    let warehouse = changes.warehouse();
    let prefix = if kind == TaskKind::PutAway { "PA" } else { "MV" };
    let zone = entity::location(tx, warehouse, from).await?.map(|place| place.zone).unwrap_or_default();
    let id = new_task_id(tx, warehouse, prefix).await?;
    let task = Task { id, kind, zone, state: TaskState::Open, released_ms: now, ..Task::default() };
    entity::put_task(tx, changes, &task).await?;
    Ok(task)
}

async fn finish(tx: &Tx, changes: &mut Changes, mut task: Task, lines: usize) -> Result<TaskId> {
    task.lines = u32::try_from(lines).unwrap_or(u32::MAX);
    entity::put_task(tx, changes, &task).await?;
    Ok(task.id)
}

async fn add_line(
    tx: &Tx,
    changes: &mut Changes,
    task: &Task,
    lines: usize,
    goods: &Away,
    suggestion: &Suggestion,
) -> Result<LineId> {
    let warehouse = changes.warehouse();
    let sequence = entity::location(tx, warehouse, &goods.at).await?.map_or(0, |place| place.sequence);
    let n = i64::try_from(lines).unwrap_or(i64::MAX).saturating_add(1);
    let line = Line {
        id: line_id(task.id.as_str(), n),
        task: task.id.clone(),
        seq: line_seq(sequence, n),
        location: goods.at.clone(),
        item: goods.item.clone(),
        lot: goods.lot.clone(),
        serial: goods.serial.clone(),
        handling_unit: goods.handling_unit.clone(),
        qty: goods.qty,
        state: LineState::Open,
        plan: suggestion.plan(goods.status),
        ..Line::default()
    };
    entity::put_line(tx, changes, &line).await?;
    Ok(line.id)
}

/// Makes the suggestions anew that name a place where the goods do not fit any more.
///
/// # Errors
/// When the database refuses.
pub async fn refresh(tx: &Tx, changes: &mut Changes, location: &LocationId) -> Result<()> {
    let warehouse = changes.warehouse();
    let told: Vec<Line> =
        open_lines(tx, warehouse).await?.into_iter().filter(|line| line.plan.to == *location).collect();
    if told.is_empty() {
        return Ok(());
    }
    let Some(place) = entity::location(tx, warehouse, location).await? else { return Ok(()) };
    let mut there = standing(tx, warehouse, location).await?;
    for mut line in told {
        let goods = goods_of(tx, warehouse, &line).await?;
        let wanted = wanted(tx, &goods).await?;
        if fits(&place, there.clone(), &wanted) {
            there.extend(wanted.into_iter().map(|one| Standing { item: one.item, lot: one.lot, qty: one.qty }));
            continue;
        }
        let suggestion = suggest_for(tx, warehouse, &goods, Some(&line.id)).await?;
        line.plan = suggestion.plan(line.plan.status);
        entity::put_line(tx, changes, &line).await?;
    }
    Ok(())
}

/// What a line brings: the content of its handling unit, or the units that it names.
async fn goods_of(tx: &Tx, warehouse: i64, line: &Line) -> Result<Vec<Away>> {
    let named = Away {
        at: line.location.clone(),
        item: line.item.clone(),
        lot: line.lot.clone(),
        serial: line.serial.clone(),
        status: line.plan.status,
        qty: line.open_qty(),
        handling_unit: line.handling_unit.clone(),
    };
    if !line.item.is_none() || line.handling_unit.is_none() {
        return Ok(vec![named]);
    }
    content(tx, warehouse, &named).await
}

/// Everything that the book has in the handling unit of these goods.
pub(crate) async fn content(tx: &Tx, warehouse: i64, of: &Away) -> Result<Vec<Away>> {
    let content = ledger::content_of(tx, warehouse, &of.handling_unit).await?;
    let goods = content.into_iter().filter(|stock| stock.qty > 0).map(|stock| Away {
        item: stock.item,
        lot: stock.lot,
        serial: stock.serial,
        status: stock.status,
        qty: stock.qty,
        ..of.clone()
    });
    Ok(goods.collect())
}

/// Goods with their family, as the rules ask for them.
async fn wanted(tx: &Tx, goods: &[Away]) -> Result<Vec<Goods>> {
    let mut wanted = Vec::with_capacity(goods.len());
    for one in goods {
        let class = entity::item(tx, &one.item).await?.map(|item| item.class).unwrap_or_default();
        wanted.push(Goods { item: one.item.clone(), class, lot: one.lot.clone(), status: one.status, qty: one.qty });
    }
    Ok(wanted)
}
