//! Orders as benches see them, and the pack tasks for them. Called after every fact that touches an order, so that
//! the row on the feed is what the book says.

use super::cartons;
use super::picks::{self, Pick};
use crate::carriers::{self, DAY_MINUTES, Parcel};
use crate::cartonize::{Goods, cartonize};
use crate::claim;
use crate::counts::tasks::new_task_id;
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::fact::Units;
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId, OrderId, TaskId};
use floorhand_domain::master::{Item, LocationKind};
use floorhand_domain::outbound::{CartonState, PackLine, PackOrder, PackState};
use floorhand_domain::stock::TRANSIT;
use floorhand_domain::task::{Slot, Task, TaskKind, TaskState};
use floorhand_wire::feed::kind;
use std::collections::HashMap;

/// An order with what packing needs of it.
#[derive(Debug)]
struct Work {
    id: OrderId,
    head: Row,
    lines: Vec<Row>,
    picks: Vec<Pick>,
    items: HashMap<ItemId, Item>,
}

impl Work {
    async fn read(tx: &Tx, warehouse: i64, id: &OrderId) -> Result<Option<Self>> {
        let head = tx
            .lock("SELECT * FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
            .await?
            .into_iter()
            .next();
        let Some(head) = head else { return Ok(None) };
        let lines = tx
            .rows(
                "SELECT * FROM order_line WHERE warehouse_id = $1 AND order_id = $2 ORDER BY line_no",
                vals![warehouse, id],
            )
            .await?;
        let picks = picks::of_order(tx, warehouse, id).await?;
        Ok(Some(Self { id: id.clone(), head, lines, picks, items: HashMap::new() }))
    }

    async fn look_up(&mut self, tx: &Tx) -> Result<()> {
        for row in &self.lines {
            let id: ItemId = row.text("item")?.into();
            if !self.items.contains_key(&id)
                && let Some(item) = entity::item(tx, &id).await?
            {
                self.items.insert(id, item);
            }
        }
        Ok(())
    }

    fn cancelled(&self) -> Result<bool> {
        Ok(self.head.str("state")? == "cancelled")
    }

    fn held(&self) -> Result<bool> {
        self.head.flag("held")
    }

    fn sum(&self, column: &str) -> Result<i64> {
        self.lines.iter().map(|row| row.i64(column)).sum()
    }

    /// Units picked and in no carton.
    fn left(&self) -> Result<i64> {
        let mut left = 0;
        for row in &self.lines {
            left += (row.i64("picked")? - row.i64("put_back")? - row.i64("packed")?).max(0);
        }
        Ok(left)
    }

    /// Units by item that were picked.
    fn goods(&self) -> Vec<Goods> {
        let mut goods: Vec<Goods> = Vec::new();
        for pick in &self.picks {
            if let Some(known) = goods.iter_mut().find(|one| one.item == pick.item) {
                known.qty += pick.units.qty;
                continue;
            }
            let item = self.items.get(&pick.item);
            goods.push(Goods {
                item: pick.item.clone(),
                qty: pick.units.qty,
                size_mm: item.map(|item| item.size_mm).unwrap_or_default(),
                grams: item.map_or(0, |item| item.weight_grams),
            });
        }
        goods
    }

    /// Weight of what was picked: weighed where pieces differ, else by the items.
    fn grams(&self) -> i64 {
        let of = |pick: &Pick| match pick.units.grams {
            0 => self.items.get(&pick.item).map_or(0, |item| item.weight_grams.saturating_mul(pick.units.qty)),
            weighed => weighed,
        };
        self.picks.iter().map(of).sum()
    }

    /// Value of what was ordered and not cancelled.
    fn value(&self) -> Result<i64> {
        let mut value: i64 = 0;
        for row in &self.lines {
            let each = self.items.get(&ItemId(row.text("item")?)).map_or(0, |item| item.value_minor);
            let units = if row.str("state")? == "cancelled" { 0 } else { row.i64("qty")? };
            value = value.saturating_add(each.saturating_mul(units));
        }
        Ok(value)
    }
}

/// Makes the pack task of an order once it is due, and tells devices how the order stands.
///
/// # Errors
/// When the database refuses.
pub async fn refresh(tx: &Tx, changes: &mut Changes, order: &OrderId, now: i64) -> Result<()> {
    if order.is_none() {
        return Ok(());
    }
    let warehouse = changes.warehouse();
    if !concerns(tx, warehouse, order).await? {
        return Ok(());
    }
    let Some(mut work) = Work::read(tx, warehouse, order).await? else { return Ok(()) };
    let (held, cancelled) = (work.held()?, work.cancelled()?);
    let left = work.left()?;
    let task = TaskId(work.head.text("pack_task")?);
    let shown = work.head.flag("shown")?;
    // What is held is set aside.
    let to_pack = !cancelled && !held && left > 0;
    let bench = if to_pack && task.is_none() { at_bench(tx, warehouse, order).await? } else { None };
    let due = to_pack && task.is_none() && (bench.is_some() || !under_way(tx, warehouse, order).await?);
    if !shown && !due && !((held || cancelled) && work.sum("picked")? > 0) {
        return Ok(());
    }
    work.look_up(tx).await?;
    let task = if due { begin(tx, changes, &work, bench, now).await? } else { task };
    let choice = if due || work.head.str("carrier")?.is_empty() {
        choose(tx, warehouse, &work, now).await?
    } else {
        Choice::kept(&work.head)?
    };
    tx.execute(
        "UPDATE customer_order SET pack_task = $3, shown = 1, carrier = $4, service = $5, dock = $6 \
         WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, order, &task, &choice.carrier, &choice.service, &choice.dock],
    )
    .await?;
    let row = row(tx, warehouse, &work, task, &choice, left).await?;
    changes.put_here(kind::PACK_ORDER, order.as_str(), &row)
}

/// Whether benches see an order or might: while it is picked, nothing else of it is read.
async fn concerns(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<bool> {
    let row = tx
        .row(
            "SELECT shown, held, state FROM customer_order WHERE warehouse_id = $1 AND id = $2",
            vals![warehouse, order],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    Ok(row.flag("shown")?
        || row.flag("held")?
        || row.str("state")? == "cancelled"
        || !under_way(tx, warehouse, order).await?
        || at_bench(tx, warehouse, order).await?.is_some())
}

/// Whether something of an order is still to be picked, or is on a cart.
async fn under_way(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<bool> {
    let open = tx
        .row(
            "SELECT l.id FROM task_line l JOIN task t ON t.warehouse_id = l.warehouse_id AND t.id = l.task \
             WHERE l.warehouse_id = $1 AND l.order_id = $2 AND l.state = 'open' AND t.state IN ('open', 'claimed') LIMIT 1",
            vals![warehouse, order],
        )
        .await?;
    if open.is_some() {
        return Ok(true);
    }
    Ok(tx
        .row(
            "SELECT h.id FROM order_pick p JOIN handling_unit h ON h.warehouse_id = p.warehouse_id AND h.id = p.handling_unit \
             JOIN balance b ON b.warehouse_id = p.warehouse_id AND b.handling_unit = p.handling_unit AND b.item = p.item \
             WHERE p.warehouse_id = $1 AND p.order_id = $2 AND h.location = $3 AND b.location = $3 AND b.qty > 0 LIMIT 1",
            vals![warehouse, order, TRANSIT],
        )
        .await?
        .is_some())
}

/// A bench on which a tote of the order stands with goods in it, and that tote.
async fn at_bench(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<Option<(LocationId, HandlingUnitId)>> {
    let row = tx
        .row(
            "SELECT h.location, h.id FROM order_pick p \
             JOIN handling_unit h ON h.warehouse_id = p.warehouse_id AND h.id = p.handling_unit \
             JOIN location l ON l.warehouse_id = h.warehouse_id AND l.id = h.location \
             WHERE p.warehouse_id = $1 AND p.order_id = $2 AND l.kind = $3 AND EXISTS (SELECT 1 FROM balance b \
             WHERE b.warehouse_id = h.warehouse_id AND b.handling_unit = h.id AND b.location = h.location AND b.qty > 0) \
             ORDER BY h.id LIMIT 1",
            vals![warehouse, order, entity::name(&LocationKind::Pack)],
        )
        .await?;
    row.map(|row| Ok((row.text("location")?.into(), row.text("id")?.into()))).transpose()
}

async fn begin(
    tx: &Tx,
    changes: &mut Changes,
    work: &Work,
    bench: Option<(LocationId, HandlingUnitId)>,
    now: i64,
) -> Result<TaskId> {
    let warehouse = changes.warehouse();
    let (bench, tote) = match bench {
        Some((bench, tote)) => (bench, tote),
        None => {
            let tote = work.picks.iter().map(|pick| pick.units.handling_unit.clone()).find(|tote| !tote.is_none());
            (LocationId::default(), tote.unwrap_or_default())
        }
    };
    let zone = entity::location(tx, warehouse, &bench).await?.map(|place| place.zone).unwrap_or_default();
    let task = Task {
        id: new_task_id(tx, warehouse, "PK").await?,
        kind: TaskKind::Pack,
        priority: work.head.i64("priority")?,
        cutoff_ms: work.head.i64("cutoff_ms")?,
        zone,
        slots: vec![Slot { slot: 1, order: work.id.clone(), tote, ..Slot::default() }],
        drop_off: bench,
        released_ms: now,
        ..Task::default()
    };
    entity::put_task(tx, changes, &task).await?;
    Ok(task.id)
}

/// Ends the pack task of an order: it is packed, or cancelled.
///
/// # Errors
/// When the database refuses.
pub async fn end(tx: &Tx, changes: &mut Changes, order: &OrderId, state: TaskState) -> Result<()> {
    let warehouse = changes.warehouse();
    let row = tx
        .row("SELECT pack_task FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, order])
        .await?;
    let Some(row) = row else { return Ok(()) };
    let id = TaskId(row.text("pack_task")?);
    if let Some(mut task) = entity::task(tx, warehouse, &id).await?.filter(|task| !entity::is_over(task)) {
        claim::end(tx, warehouse, &mut task).await?;
        task.state = state;
        entity::put_task(tx, changes, &task).await?;
    }
    tx.execute("UPDATE customer_order SET pack_task = '' WHERE warehouse_id = $1 AND id = $2", vals![warehouse, order])
        .await
        .map(|_| ())
}

/// Who takes an order.
#[derive(Debug, Default)]
struct Choice {
    carrier: String,
    service: String,
    dock: String,
}

impl Choice {
    fn kept(head: &Row) -> Result<Self> {
        Ok(Self { carrier: head.text("carrier")?, service: head.text("service")?, dock: head.text("dock")? })
    }
}

/// Carrier and service by the rules of the site, from what was picked.
async fn choose(tx: &Tx, warehouse: i64, work: &Work, now: i64) -> Result<Choice> {
    let known = carriers::stored(tx, warehouse).await?;
    let minute = now.div_euclid(60_000).rem_euclid(i64::from(DAY_MINUTES));
    let parcel = Parcel {
        grams: work.grams(),
        country: work.head.text("country")?,
        channel: work.head.text("channel")?,
        value_minor: work.value()?,
        minute: u32::try_from(minute).unwrap_or(0),
    };
    let Some(rule) = carriers::choose(&known.rules, &parcel) else { return Ok(Choice::default()) };
    let dock = known.get(&rule.carrier).map(|one| one.dock.clone()).unwrap_or_default();
    Ok(Choice { carrier: rule.carrier.clone(), service: rule.service.clone(), dock })
}

async fn row(tx: &Tx, warehouse: i64, work: &Work, task: TaskId, choice: &Choice, to_pack: i64) -> Result<PackOrder> {
    let types = cartons::types(tx, warehouse).await?;
    let suggested = cartonize(&work.goods(), &types, &choice.carrier).into_iter().map(|one| one.carton).collect();
    let left = if work.cancelled()? { in_totes(tx, warehouse, &work.id).await? } else { Vec::new() };
    let mut lines = Vec::with_capacity(work.lines.len());
    for row in &work.lines {
        let id = row.text("id")?;
        let item: ItemId = row.text("item")?.into();
        let mut picked: Vec<Units> =
            work.picks.iter().filter(|pick| pick.line.as_str() == id).map(|pick| pick.units.clone()).collect();
        // The first line of an item stands for what is in totes of it.
        if !lines.iter().any(|line: &PackLine| line.item == item) {
            picked.extend(left.iter().filter(|(of, _)| *of == item).map(|(_, units)| units.clone()));
        }
        lines.push(PackLine {
            id: id.into(),
            seq: row.i64("line_no")?,
            item,
            ordered: if row.str("state")? == "cancelled" { 0 } else { (row.i64("qty")? - row.i64("shipped")?).max(0) },
            picked,
            packed: row.i64("packed")? - row.i64("shipped")?,
        });
    }
    Ok(PackOrder {
        id: work.id.clone(),
        state: state(tx, warehouse, work, &task, to_pack).await?,
        task,
        carrier: choice.carrier.clone(),
        service: choice.service.clone(),
        dock: choice.dock.as_str().into(),
        cutoff_ms: work.head.i64("cutoff_ms")?,
        value_minor: work.value()?,
        partial: entity::parse(work.head.str("partial")?)?,
        suggested,
        lines,
    })
}

/// What lies in the totes of a cancelled order: nobody's any more, but who scans them is told whose it was.
async fn in_totes(tx: &Tx, warehouse: i64, order: &OrderId) -> Result<Vec<(ItemId, Units)>> {
    tx.rows(
        "SELECT b.item, b.lot, b.serial, b.handling_unit, CAST(SUM(b.qty) AS BIGINT) AS qty FROM handling_unit h \
         JOIN balance b ON b.warehouse_id = h.warehouse_id AND b.handling_unit = h.id AND b.qty > 0 \
         WHERE h.warehouse_id = $1 AND h.order_id = $2 AND h.kind = 'tote' \
         GROUP BY b.item, b.lot, b.serial, b.handling_unit ORDER BY b.handling_unit, b.item, b.lot, b.serial",
        vals![warehouse, order],
    )
    .await?
    .iter()
    .map(|row| {
        let units = Units {
            lot: row.text("lot")?.into(),
            serial: row.text("serial")?.into(),
            handling_unit: row.text("handling_unit")?.into(),
            qty: row.i64("qty")?,
            grams: 0,
        };
        Ok((row.text("item")?.into(), units))
    })
    .collect()
}

async fn state(tx: &Tx, warehouse: i64, work: &Work, task: &TaskId, left: i64) -> Result<PackState> {
    if work.cancelled()? {
        return Ok(PackState::Cancelled);
    }
    let (packed, shipped) = (work.sum("packed")?, work.sum("shipped")?);
    if packed > 0 && left == 0 && shipped >= packed {
        return Ok(PackState::Shipped);
    }
    if work.held()? {
        return Ok(PackState::Held);
    }
    let cartons = cartons::of_order(tx, warehouse, &work.id).await?;
    let closed = cartons.iter().all(|held| held.carton.state != CartonState::Open);
    Ok(if packed > 0 && left == 0 && task.is_none() && closed { PackState::Packed } else { PackState::Open })
}
