//! Shown = base ⊕ overlay: tasks, lines, stock, handling units as the floor sees them.

use super::{STOCK_ROWS_MAX, Store, StoreError, TOTES_READ_MAX, project};
use floorhand_domain::id::{
    DeviceId, HandlingUnitId, ItemId, LineId, LocationId, Lot, OperatorId, OrderId, Serial, TaskId,
};
use floorhand_domain::master::{HandlingUnit, Location, Operator, Settings};
use floorhand_domain::scan::Claim;
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{Line, LineState, Task, TaskState};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Lines closed.
    pub closed: u32,
    /// Lines there are.
    pub total: u32,
}

/// One JSON row by its key.
pub(super) fn body<T: DeserializeOwned>(
    conn: &Connection,
    statement: &str,
    key: &str,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = conn.prepare_cached(statement)?.query_row([key], |row| row.get(0)).optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

impl Store {
    /// A location.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn location(&self, id: &LocationId) -> Result<Option<Location>, StoreError> {
        body(&self.conn, "SELECT body FROM p_location WHERE id = ?1", id.as_str())
    }

    /// An operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn operator(&self, id: &OperatorId) -> Result<Option<Operator>, StoreError> {
        body(&self.conn, "SELECT body FROM p_operator WHERE id = ?1", id.as_str())
    }

    /// The site's settings, or the defaults.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn settings(&self) -> Result<Settings, StoreError> {
        Ok(body(&self.conn, "SELECT body FROM p_settings WHERE id = ?1", "settings")?.unwrap_or_default())
    }

    /// A handling unit.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn handling_unit(&self, id: &HandlingUnitId) -> Result<Option<HandlingUnit>, StoreError> {
        handling_unit(&self.conn, id)
    }

    /// A task.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn task_shown(&self, id: &TaskId) -> Result<Option<Task>, StoreError> {
        let task: Option<Task> = match body(&self.conn, "SELECT body FROM p_task WHERE id = ?1", id.as_str())? {
            Some(task) => Some(task),
            // Begun here, and not known to the core yet.
            None => body(&self.conn, "SELECT body FROM ov_task WHERE task = ?1 AND body <> '' LIMIT 1", id.as_str())?,
        };
        task.map(|task| self.over_task(task)).transpose()
    }

    fn over_task(&self, mut task: Task) -> Result<Task, StoreError> {
        let last: Option<(String, String)> = self
            .conn
            .prepare_cached("SELECT state, holder FROM ov_task WHERE task = ?1 ORDER BY epoch DESC, seq DESC LIMIT 1")?
            .query_row([task.id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((state, holder)) = last {
            task.state = match state.as_str() {
                "claimed" => TaskState::Claimed,
                "done" => TaskState::Done,
                "cancelled" => TaskState::Cancelled,
                _ => TaskState::Open,
            };
            task.holder = OperatorId(holder);
            task.device = if task.state == TaskState::Claimed {
                DeviceId(self.identity.as_ref().map(|identity| identity.device.clone()).unwrap_or_default())
            } else {
                DeviceId::default()
            };
        }
        let mut rows =
            self.conn.prepare_cached("SELECT slot, tote FROM ov_slot WHERE task = ?1 ORDER BY epoch, seq")?;
        let mut rows = rows.query([task.id.as_str()])?;
        while let Some(row) = rows.next()? {
            let (slot, tote): (u8, String) = (row.get(0)?, row.get(1)?);
            for place in task.slots.iter_mut().filter(|place| place.slot == slot) {
                place.tote = HandlingUnitId(tote.clone());
            }
        }
        Ok(task)
    }

    /// The work offered to an operator: own started tasks first, then by priority, cut-off, zone, age.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn tasks_shown(&self, me: &OperatorId, zone: &str, limit: usize) -> Result<Vec<Task>, StoreError> {
        let device = self.identity.as_ref().map(|identity| identity.device.clone()).unwrap_or_default();
        // Own facts can hide some of the rows, so more are read than are asked for.
        let read = i64::try_from(limit.saturating_mul(4)).unwrap_or(i64::MAX);
        let mut rows = self.conn.prepare_cached(
            "SELECT body FROM p_task WHERE state = 'claimed' AND (holder = ?1 OR device = ?2)
             UNION ALL SELECT body FROM p_task WHERE id IN (SELECT task FROM ov_task)
               AND NOT (state = 'claimed' AND (holder = ?1 OR device = ?2))
             UNION ALL SELECT body FROM ov_task WHERE body <> '' AND task NOT IN (SELECT id FROM p_task)
             UNION ALL SELECT body FROM (SELECT body FROM p_task WHERE state = 'open' AND id NOT IN (SELECT task FROM ov_task)
               ORDER BY priority DESC, cutoff_ms = 0, cutoff_ms, released_ms, id LIMIT ?3)",
        )?;
        let mut rows = rows.query(params![me.as_str(), device, read])?;
        let mut tasks = Vec::new();
        while let Some(row) = rows.next()? {
            let task = self.over_task(serde_json::from_str(&row.get::<_, String>(0)?)?)?;
            let here = task.device.as_str() == device;
            match task.state {
                TaskState::Open => tasks.push(task),
                TaskState::Claimed if task.holder == *me || here => tasks.push(task),
                _ => {}
            }
        }
        let mine = |task: &Task| task.state == TaskState::Claimed && task.holder == *me;
        tasks.sort_by(|a, b| {
            let key = |task: &Task| {
                (
                    !mine(task),
                    std::cmp::Reverse(task.priority),
                    task.cutoff_ms == 0,
                    task.cutoff_ms,
                    !zone.is_empty() && task.zone != zone,
                    task.released_ms,
                )
            };
            key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
        });
        tasks.truncate(limit);
        Ok(tasks)
    }

    /// The lines of a task, on the path.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn lines_shown(&self, task: &TaskId) -> Result<Vec<Line>, StoreError> {
        let mut rows = self.conn.prepare_cached("SELECT body FROM p_line WHERE task = ?1 ORDER BY seq, id")?;
        let mut rows = rows.query([task.as_str()])?;
        let mut lines: Vec<Line> = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(serde_json::from_str(&row.get::<_, String>(0)?)?);
        }
        let over = over_lines(&self.conn, task)?;
        for line in &mut lines {
            if let Some(over) = over.get(line.id.as_str()) {
                over_line(line, *over);
            }
        }
        Ok(lines)
    }

    /// One line.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn line_shown(&self, id: &LineId) -> Result<Option<Line>, StoreError> {
        let Some(mut line) = body::<Line>(&self.conn, "SELECT body FROM p_line WHERE id = ?1", id.as_str())? else {
            return Ok(None);
        };
        let over = over_of(&self.conn, &line.task, id)?;
        over_line(&mut line, over);
        Ok(Some(line))
    }

    /// How far a task is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn progress(&self, task: &TaskId) -> Result<Progress, StoreError> {
        progress(&self.conn, task)
    }

    /// Stock of an item at a location.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn stock_shown(&self, location: &LocationId, item: &ItemId) -> Result<Vec<Stock>, StoreError> {
        stock_at(&self.conn, location, Some(item))
    }

    /// What is in a tote.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn tote_content(&self, tote: &HandlingUnitId) -> Result<Vec<Stock>, StoreError> {
        tote_content(&self.conn, tote)
    }

    /// Totes that hold nothing and are kept for no order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn empty_totes(&self, limit: usize) -> Result<Vec<HandlingUnit>, StoreError> {
        let mut rows = self.conn.prepare_cached(
            "SELECT id FROM p_handling_unit WHERE for_order = '' AND kind = 'tote' ORDER BY id LIMIT ?1",
        )?;
        let mut rows = rows.query([i64::try_from(TOTES_READ_MAX).unwrap_or(i64::MAX)])?;
        let mut totes = Vec::new();
        while totes.len() < limit
            && let Some(row) = rows.next()?
        {
            let id = HandlingUnitId(row.get(0)?);
            if let Some(unit) = handling_unit(&self.conn, &id)?
                && unit.order.is_none()
                && !is_filled(&self.conn, &id)?
            {
                totes.push(unit);
            }
        }
        Ok(totes)
    }

    /// The step the app was left on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn app_state(&self) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT body FROM app_state WHERE id = 1")?
            .query_row([], |row| row.get(0))
            .optional()?)
    }

    /// How an operator likes the screen.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn pref(&self, operator: &OperatorId) -> Result<Option<String>, StoreError> {
        let mut row = self.conn.prepare_cached("SELECT body FROM pref WHERE operator = ?1")?;
        Ok(row.query_row([operator.as_str()], |row| row.get(0)).optional()?)
    }

    /// Wrong PINs of an operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn login_guard(&self, operator: &OperatorId) -> Result<Option<super::LoginGuard>, StoreError> {
        let mut row = self
            .conn
            .prepare_cached("SELECT fails, boot_id, since_ms, locked_ms FROM login_guard WHERE operator = ?1")?;
        let found = row.query_row([operator.as_str()], |row| {
            Ok(super::LoginGuard {
                operator: operator.clone(),
                fails: row.get(0)?,
                boot_id: row.get(1)?,
                since_ms: super::uint(row.get(2)?),
                locked_ms: super::uint(row.get(3)?),
            })
        });
        Ok(found.optional()?)
    }
}

/// What own facts do to a line: units picked and sorted, and whether one closed it short.
#[derive(Clone, Copy, Default)]
struct Over {
    picked: i64,
    short: bool,
    sorted: i64,
}

fn over_lines(conn: &Connection, task: &TaskId) -> Result<HashMap<String, Over>, StoreError> {
    let mut rows = conn.prepare_cached(
        "SELECT line, SUM(picked), MAX(short), SUM(sorted) FROM ov_line WHERE task = ?1 GROUP BY line",
    )?;
    let found = rows.query_map([task.as_str()], |row| {
        Ok((row.get(0)?, Over { picked: row.get(1)?, short: row.get::<_, i64>(2)? > 0, sorted: row.get(3)? }))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn over_of(conn: &Connection, task: &TaskId, line: &LineId) -> Result<Over, StoreError> {
    let over = conn
        .prepare_cached(
            "SELECT COALESCE(SUM(picked), 0), COALESCE(MAX(short), 0), COALESCE(SUM(sorted), 0) FROM ov_line
             WHERE task = ?1 AND line = ?2",
        )?
        .query_row([task.as_str(), line.as_str()], |row| {
            Ok(Over { picked: row.get(0)?, short: row.get::<_, i64>(1)? > 0, sorted: row.get(2)? })
        })?;
    Ok(over)
}

fn over_line(line: &mut Line, over: Over) {
    line.picked += over.picked;
    line.sorted += over.sorted;
    line.state = over_state(line.state, line.qty, line.picked, over.picked, over.short);
}

fn over_state(state: LineState, qty: i64, picked: i64, change: i64, short: bool) -> LineState {
    match state {
        LineState::Open if picked >= qty => LineState::Done,
        LineState::Open if short => LineState::Short,
        // An undone pick opens its line again.
        LineState::Done if change < 0 && picked < qty => LineState::Open,
        other => other,
    }
}

/// How far a task is, from the index of its lines.
pub(super) fn progress(conn: &Connection, task: &TaskId) -> Result<Progress, StoreError> {
    let over = over_lines(conn, task)?;
    let mut rows = conn.prepare_cached("SELECT id, state, qty, picked FROM p_line WHERE task = ?1 ORDER BY seq")?;
    let mut rows = rows.query([task.as_str()])?;
    let mut progress = Progress::default();
    while let Some(row) = rows.next()? {
        let (id, state): (String, String) = (row.get(0)?, row.get(1)?);
        let (qty, picked): (i64, i64) = (row.get(2)?, row.get(3)?);
        let over = over.get(&id).copied().unwrap_or_default();
        let state = over_state(project::line_state_of(&state), qty, picked + over.picked, over.picked, over.short);
        progress.total += 1;
        progress.closed += u32::from(state != LineState::Open);
    }
    Ok(progress)
}

/// Units of a line that the base has open.
pub(super) fn left_of(conn: &Connection, line: &LineId) -> Result<i64, StoreError> {
    let left: Option<i64> = conn
        .prepare_cached("SELECT qty - picked FROM p_line WHERE id = ?1 AND state = 'open'")?
        .query_row([line.as_str()], |row| row.get(0))
        .optional()?;
    Ok(left.unwrap_or(0).max(0))
}

/// Whether a line of the task still asks for something.
pub(super) fn has_open_line(conn: &Connection, task: &TaskId) -> Result<bool, StoreError> {
    let progress = progress(conn, task)?;
    Ok(progress.closed < progress.total)
}

/// The handling units that are kept for an order of the task.
pub(super) fn units_of_task(conn: &Connection, task: &TaskId) -> Result<Vec<HandlingUnitId>, StoreError> {
    let Some(row): Option<Task> = body(conn, "SELECT body FROM p_task WHERE id = ?1", task.as_str())? else {
        return Ok(Vec::new());
    };
    let mut units = Vec::new();
    for slot in &row.slots {
        let mut rows = conn.prepare_cached(
            "SELECT id FROM p_handling_unit WHERE for_order = ?1
             UNION SELECT id FROM ov_handling_unit WHERE for_order = ?1 AND for_order <> ''",
        )?;
        let found = rows.query_map([slot.order.as_str()], |row| Ok(HandlingUnitId(row.get(0)?)))?;
        for unit in found {
            units.push(unit?);
        }
    }
    Ok(units)
}

pub(super) fn handling_unit(conn: &Connection, id: &HandlingUnitId) -> Result<Option<HandlingUnit>, StoreError> {
    let mut unit = conn
        .prepare_cached(
            "SELECT kind, location, for_order, parent, delivery, sealed FROM p_handling_unit WHERE id = ?1",
        )?
        .query_row([id.as_str()], |row| {
            Ok(HandlingUnit {
                id: id.clone(),
                kind: project::unit_of(&row.get::<_, String>(0)?),
                location: LocationId(row.get(1)?),
                order: OrderId(row.get(2)?),
                parent: HandlingUnitId(row.get(3)?),
                delivery: row.get::<_, String>(4)?.into(),
                sealed: row.get::<_, i64>(5)? != 0,
            })
        })
        .optional()?;
    let mut rows = conn.prepare_cached(
        "SELECT sets_order, for_order, sets_location, location, sets_parent, parent, kind, delivery
         FROM ov_handling_unit WHERE id = ?1 ORDER BY epoch, seq",
    )?;
    let mut rows = rows.query([id.as_str()])?;
    while let Some(row) = rows.next()? {
        let kind: String = row.get(6)?;
        if !kind.is_empty() && unit.is_none() {
            unit = Some(HandlingUnit { id: id.clone(), kind: project::unit_of(&kind), ..HandlingUnit::default() });
        }
        let Some(unit) = &mut unit else { continue };
        if unit.delivery.is_none() {
            unit.delivery = row.get::<_, String>(7)?.into();
        }
        if row.get::<_, i64>(0)? != 0 {
            unit.order = OrderId(row.get(1)?);
        }
        if row.get::<_, i64>(2)? != 0 {
            unit.location = LocationId(row.get(3)?);
        }
        if row.get::<_, i64>(4)? != 0 {
            unit.parent = HandlingUnitId(row.get(5)?);
        }
    }
    Ok(unit)
}

/// A handling unit and what stands on it, one level after the other.
pub(super) fn with_children(conn: &Connection, id: &HandlingUnitId) -> Result<Vec<HandlingUnitId>, StoreError> {
    let mut found = vec![id.clone()];
    let mut next = 0;
    while let Some(parent) = found.get(next).cloned()
        && found.len() < CHILDREN_MAX
    {
        next += 1;
        let mut rows = conn.prepare_cached(
            "SELECT id FROM p_handling_unit WHERE parent = ?1 AND parent <> ''
             UNION SELECT id FROM ov_handling_unit WHERE parent = ?1 AND parent <> '' AND sets_parent = 1 LIMIT ?2",
        )?;
        let limit = i64::try_from(CHILDREN_MAX).unwrap_or(i64::MAX);
        let children: Vec<String> =
            rows.query_map(params![parent.as_str(), limit], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for child in children.into_iter().map(HandlingUnitId) {
            let here = handling_unit(conn, &child)?.is_some_and(|unit| unit.parent == parent);
            if here && !found.contains(&child) {
                found.push(child);
            }
        }
    }
    Ok(found)
}

/// Handling units on one another that are looked at.
const CHILDREN_MAX: usize = 200;

pub(super) fn is_filled(conn: &Connection, id: &HandlingUnitId) -> Result<bool, StoreError> {
    Ok(tote_content(conn, id)?.iter().any(|stock| stock.qty > 0))
}

/// What is in a handling unit, wherever it stands.
pub(super) fn tote_content(conn: &Connection, id: &HandlingUnitId) -> Result<Vec<Stock>, StoreError> {
    if id.is_none() {
        return Ok(Vec::new());
    }
    rows(
        conn,
        "SELECT location, item, lot, serial, handling_unit, status, SUM(qty), MAX(expiry) FROM (
           SELECT location, item, lot, serial, handling_unit, status, qty, expiry FROM p_stock
             WHERE handling_unit = ?1 AND handling_unit <> ''
           UNION ALL SELECT location, item, lot, serial, handling_unit, status, delta, expiry FROM ov_stock
             WHERE handling_unit = ?1 AND handling_unit <> '')
         GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(qty) <> 0 LIMIT ?2",
        params![id.as_str(), rows_max()],
    )
}

/// Stock at a location, of one item or of all.
pub(super) fn stock_at(
    conn: &Connection,
    location: &LocationId,
    item: Option<&ItemId>,
) -> Result<Vec<Stock>, StoreError> {
    match item {
        Some(item) => rows(
            conn,
            "SELECT location, item, lot, serial, handling_unit, status, SUM(qty), MAX(expiry) FROM (
               SELECT location, item, lot, serial, handling_unit, status, qty, expiry FROM p_stock
                 WHERE location = ?1 AND item = ?2
               UNION ALL SELECT location, item, lot, serial, handling_unit, status, delta, expiry FROM ov_stock
                 WHERE location = ?1 AND item = ?2)
             WHERE status = 'available' GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(qty) <> 0 LIMIT ?3",
            params![location.as_str(), item.as_str(), rows_max()],
        ),
        None => rows(
            conn,
            "SELECT location, item, lot, serial, handling_unit, status, SUM(qty), MAX(expiry) FROM (
               SELECT location, item, lot, serial, handling_unit, status, qty, expiry FROM p_stock WHERE location = ?1
               UNION ALL SELECT location, item, lot, serial, handling_unit, status, delta, expiry FROM ov_stock
                 WHERE location = ?1)
             GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(qty) <> 0 LIMIT ?2",
            params![location.as_str(), rows_max()],
        ),
    }
}

/// Stock of an item in every status at a location.
pub(super) fn stock_in_any_status(
    conn: &Connection,
    location: &LocationId,
    item: &ItemId,
) -> Result<Vec<Stock>, StoreError> {
    rows(
        conn,
        "SELECT location, item, lot, serial, handling_unit, status, SUM(qty), MAX(expiry) FROM (
           SELECT location, item, lot, serial, handling_unit, status, qty, expiry FROM p_stock
             WHERE location = ?1 AND item = ?2
           UNION ALL SELECT location, item, lot, serial, handling_unit, status, delta, expiry FROM ov_stock
             WHERE location = ?1 AND item = ?2)
         GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(qty) <> 0 LIMIT ?3",
        params![location.as_str(), item.as_str(), rows_max()],
    )
}

/// Stock of an item in one status, wherever it is.
pub(super) fn stock_of_item(conn: &Connection, item: &ItemId, status: Status) -> Result<Vec<Stock>, StoreError> {
    rows(
        conn,
        "SELECT location, item, lot, serial, handling_unit, status, SUM(qty), MAX(expiry) FROM (
           SELECT location, item, lot, serial, handling_unit, status, qty, expiry FROM p_stock
             WHERE item = ?1 AND status = ?2
           UNION ALL SELECT location, item, lot, serial, handling_unit, status, delta, expiry FROM ov_stock
             WHERE item = ?1 AND status = ?2)
         GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(qty) <> 0 LIMIT ?3",
        params![item.as_str(), status.as_str(), rows_max()],
    )
}

/// Where an item is, outside the virtual locations; the largest first.
pub(super) fn places_of(conn: &Connection, item: &ItemId, limit: usize) -> Result<Vec<Stock>, StoreError> {
    rows(
        conn,
        "SELECT location, item, lot, serial, handling_unit, status, SUM(qty), MAX(expiry) FROM (
           SELECT location, item, lot, serial, handling_unit, status, qty, expiry FROM p_stock WHERE item = ?1
           UNION ALL SELECT location, item, lot, serial, handling_unit, status, delta, expiry FROM ov_stock
             WHERE item = ?1)
         WHERE location NOT IN ('SUPPLIER', 'CUSTOMER', 'LOSS')
         GROUP BY 1, 2, 3, 4, 5, 6 HAVING SUM(qty) <> 0 ORDER BY 7 DESC, 1 LIMIT ?2",
        params![item.as_str(), i64::try_from(limit).unwrap_or(i64::MAX)],
    )
}

/// Units of an item at a location that open lines of picks ask for.
pub(super) fn promised(conn: &Connection, location: &LocationId, item: &ItemId) -> Result<i64, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT COALESCE(SUM(MAX(l.qty - l.picked - COALESCE((SELECT SUM(o.picked) FROM ov_line o
               WHERE o.task = l.task AND o.line = l.id), 0), 0)), 0)
             FROM p_line l WHERE l.location = ?1 AND l.item = ?2 AND l.state = 'open'
               AND json_extract(l.body, '$.order') <> ''",
        )?
        .query_row([location.as_str(), item.as_str()], |row| row.get(0))?)
}

fn rows_max() -> i64 {
    i64::try_from(STOCK_ROWS_MAX).unwrap_or(i64::MAX)
}

fn rows(conn: &Connection, statement: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Stock>, StoreError> {
    let mut rows = conn.prepare_cached(statement)?;
    let found = rows.query_map(values, |row| {
        let (status, expiry): (String, String) = (row.get(5)?, row.get(7)?);
        Ok(Stock {
            location: LocationId(row.get(0)?),
            item: ItemId(row.get(1)?),
            lot: Lot(row.get(2)?),
            serial: Serial(row.get(3)?),
            handling_unit: HandlingUnitId(row.get(4)?),
            status: Status::parse(&status).unwrap_or_default(),
            qty: row.get(6)?,
            expiry: (!expiry.is_empty()).then_some(expiry),
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The expiry of a lot, as the stock rows have it.
pub(super) fn expiry_of(conn: &Connection, item: &ItemId, lot: &Lot) -> Result<String, StoreError> {
    if lot.is_none() {
        return Ok(String::new());
    }
    let found: Option<String> = conn
        .prepare_cached(
            "SELECT expiry FROM (SELECT expiry FROM p_stock WHERE lot = ?1 AND item = ?2 AND lot <> ''
               UNION ALL SELECT expiry FROM ov_stock WHERE lot = ?1 AND item = ?2 AND lot <> '') WHERE expiry <> '' LIMIT 1",
        )?
        .query_row([lot.as_str(), item.as_str()], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Open lines of picks that name a lot or a handling unit of an item at a location, or one of these handling units.
pub(super) fn claims(
    conn: &Connection,
    location: &LocationId,
    item: &ItemId,
    units: &[String],
) -> Result<Vec<Claim>, StoreError> {
    let mut found: Vec<Claim> = Vec::new();
    let mut ids: Vec<String> = conn
        .prepare_cached(
            "SELECT id FROM p_line WHERE location = ?1 AND item = ?2 AND state = 'open'
               AND (json_extract(body, '$.lot') <> '' OR json_extract(body, '$.handling_unit') <> '') LIMIT ?3",
        )?
        .query_map(params![location.as_str(), item.as_str(), rows_max()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for unit in units {
        let mut named = conn.prepare_cached(
            "SELECT id FROM p_line WHERE json_extract(body, '$.handling_unit') = ?1
               AND json_extract(body, '$.handling_unit') <> '' AND state = 'open' LIMIT ?2",
        )?;
        let named = named.query_map(params![unit, rows_max()], |row| row.get::<_, String>(0))?;
        for id in named {
            let id = id?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    for id in ids {
        let Some(mut line) = body::<Line>(conn, "SELECT body FROM p_line WHERE id = ?1", &id)? else { continue };
        if line.order.is_none() {
            continue;
        }
        let over = over_of(conn, &line.task, &line.id)?;
        over_line(&mut line, over);
        if line.open_qty() > 0 {
            found.push(Claim {
                qty: line.open_qty(),
                picked: line.picked,
                task: line.task,
                line: line.id,
                location: line.location,
                item: line.item,
                lot: line.lot,
                handling_unit: line.handling_unit,
            });
        }
    }
    Ok(found)
}
