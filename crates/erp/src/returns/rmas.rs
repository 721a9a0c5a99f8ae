//! Returns that are announced: from an order, or without one.

use super::shipped;
use super::state::{Machine as _, RmaEvent, RmaState};
use crate::db::{Row, Tx};
use crate::entity;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::orders::Fault;
use crate::vals;
use floorhand_domain::id::{ItemId, OrderId, OrderLineId, RmaId};
use floorhand_domain::returns::{ReturnReason, Rma, RmaLine, open_of};
use floorhand_wire::feed::kind;

/// Lines of one return at the most.
pub const LINES_MAX: usize = 500;

/// A return as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NewRma {
    /// Chosen by the caller; it is on the label.
    pub id: RmaId,
    /// The order. Empty = not known.
    pub order: OrderId,
    /// The sales channel. Empty = that of the order.
    pub channel: String,
    /// What is announced. None = everything that can still come back of the order.
    pub lines: Vec<NewRmaLine>,
    /// Why, where a line does not say.
    pub reason: ReturnReason,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NewRmaLine {
    /// The line of the order. Empty = the first of the item.
    pub line: OrderLineId,
    /// The item. Empty = that of the line.
    pub item: ItemId,
    /// Units.
    pub qty: i64,
    /// Why.
    pub reason: ReturnReason,
    /// The customer's words.
    pub words: String,
}

/// What became of a return that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// It is announced.
    New,
    /// It was before.
    Again,
    /// Another return has its identifier.
    Clash,
    /// It cannot be.
    Refused(Vec<Fault>),
}

/// A return with what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// What devices are told.
    pub rma: Rma,
    /// Units that came, by line.
    pub came: Vec<i64>,
    /// Why it was closed or cancelled.
    pub note: String,
    /// When it was announced, in milliseconds since 1970.
    pub created_ms: i64,
}

/// One return, locked.
///
/// # Errors
/// When the database refuses.
pub async fn get(tx: &Tx, warehouse: i64, id: &RmaId) -> Result<Option<Held>> {
    let rows = tx.lock("SELECT * FROM rma WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id]).await?;
    match rows.first() {
        Some(row) => whole(tx, warehouse, row).await.map(Some),
        None => Ok(None),
    }
}

/// A return from its row, with its lines.
///
/// # Errors
/// When the database refuses.
pub async fn whole(tx: &Tx, warehouse: i64, row: &Row) -> Result<Held> {
    let mut held = Held {
        rma: Rma {
            id: row.text("id")?.into(),
            order: row.text("order_id")?.into(),
            channel: row.text("channel")?,
            state: entity::parse(row.str("state")?)?,
            lines: Vec::new(),
        },
        came: Vec::new(),
        note: row.text("note")?,
        created_ms: row.i64("created_ms")?,
    };
    let lines = tx
        .rows("SELECT * FROM rma_line WHERE warehouse_id = $1 AND rma = $2 ORDER BY n", vals![warehouse, &held.rma.id])
        .await?;
    for line in &lines {
        held.came.push(line.i64("came")?);
        held.rma.lines.push(RmaLine {
            line: line.text("order_line")?.into(),
            item: line.text("item")?.into(),
            qty: line.i64("qty")?,
            reason: entity::parse(line.str("reason")?)?,
            words: line.text("words")?,
        });
    }
    Ok(held)
}

/// Announces a return.
///
/// # Errors
/// When the database refuses.
pub async fn accept(tx: &Tx, changes: &mut Changes, new: &NewRma, now: i64) -> Result<Accepted> {
    let warehouse = changes.warehouse();
    let hash = blake3::hash(&serde_json::to_vec(new)?).to_hex().to_string();
    let known =
        tx.lock("SELECT body_hash FROM rma WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &new.id]).await?;
    if let Some(row) = known.first() {
        return Ok(if row.str("body_hash")? == hash { Accepted::Again } else { Accepted::Clash });
    }
    let mut faults = Vec::new();
    let (channel, lines) = match new.order.is_none() {
        true => (new.channel.clone(), unmatched(tx, new, &mut faults).await?),
        false => of_order(tx, warehouse, new, &mut faults).await?,
    };
    if lines.is_empty() && faults.is_empty() {
        faults.push(Fault::new("lines", "nothing of the order can come back any more"));
    }
    if !faults.is_empty() {
        return Ok(Accepted::Refused(faults));
    }
    tx.execute(
        "INSERT INTO rma (warehouse_id, id, order_id, channel, state, note, body_hash, created_ms, changed_ms) \
         VALUES ($1, $2, $3, $4, $5, '', $6, $7, $7)",
        vals![warehouse, &new.id, &new.order, &channel, entity::name(&RmaState::Open), &hash, now],
    )
    .await?;
    for (n, line) in (1i64..).zip(&lines) {
        tx.execute(
            "INSERT INTO rma_line (warehouse_id, rma, n, order_line, item, qty, came, reason, words) \
             VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)",
            vals![warehouse, &new.id, n, &line.line, &line.item, line.qty, line.reason.as_str(), &line.words],
        )
        .await?;
    }
    let rma = Rma { id: new.id.clone(), order: new.order.clone(), channel, state: RmaState::Open, lines };
    changes.put_here(kind::RMA, rma.id.as_str(), &rma)?;
    Ok(Accepted::New)
}

/// The lines of a return of no known order: the items must be known, nothing else can be asked.
async fn unmatched(tx: &Tx, new: &NewRma, faults: &mut Vec<Fault>) -> Result<Vec<RmaLine>> {
    let mut lines = Vec::new();
    if new.lines.is_empty() {
        faults.push(Fault::new("lines", "say what comes back, where there is no order"));
    }
    for (n, line) in new.lines.iter().enumerate() {
        if entity::item(tx, &line.item).await?.is_none() {
            faults.push(Fault::new(
                format!("lines[{n}].item"),
                "no such item in the catalogue; GET /v1/items lists the items",
            ));
        }
        lines.push(RmaLine {
            line: OrderLineId::default(),
            item: line.item.clone(),
            qty: line.qty,
            reason: line.reason,
            words: line.words.clone(),
        });
    }
    Ok(lines)
}

/// The lines of a return of an order: never more than was ordered and is not back yet. What is on a truck may not
/// be known to have left; what really comes is judged against what was shipped.
async fn of_order(tx: &Tx, warehouse: i64, new: &NewRma, faults: &mut Vec<Fault>) -> Result<(String, Vec<RmaLine>)> {
    let head = tx
        .row("SELECT channel FROM customer_order WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &new.order])
        .await?;
    let Some(head) = head else {
        faults.push(Fault::new("order", "no such order; GET /v1/orders lists them"));
        return Ok((String::new(), Vec::new()));
    };
    let channel = if new.channel.is_empty() { head.text("channel")? } else { new.channel.clone() };
    let shipped = shipped::of_order(tx, warehouse, &new.order).await?;
    let ordered = tx
        .rows(
            "SELECT id, item, qty FROM order_line WHERE warehouse_id = $1 AND order_id = $2 ORDER BY line_no",
            vals![warehouse, &new.order],
        )
        .await?;
    let mut lines: Vec<RmaLine> = Vec::new();
    if new.lines.is_empty() {
        for row in &ordered {
            let (line, item): (OrderLineId, ItemId) = (row.text("id")?.into(), row.text("item")?.into());
            let qty = open_of(&shipped, &line);
            if qty > 0 {
                lines.push(RmaLine { line, item, qty, reason: new.reason, words: String::new() });
            }
        }
        return Ok((channel, lines));
    }
    for (n, asked) in new.lines.iter().enumerate() {
        let mut found = None;
        for row in &ordered {
            let (line, item): (OrderLineId, ItemId) = (row.text("id")?.into(), row.text("item")?.into());
            let fits = (asked.line.is_none() || asked.line == line) && (asked.item.is_none() || asked.item == item);
            if fits && !lines.iter().any(|own| own.line == line) {
                found = Some((line, item, row.i64("qty")?));
                break;
            }
        }
        let Some((line, item, ordered)) = found else {
            faults.push(Fault::new(format!("lines[{n}]"), "the order has no such line, or it is named twice"));
            continue;
        };
        let back: i64 = shipped.iter().filter(|row| row.line == line).map(|row| row.returned).sum();
        let left = ordered.saturating_sub(back).max(0);
        if asked.qty > left {
            faults
                .push(Fault::new(format!("lines[{n}].qty"), format!("must be at most {left}: no more can come back")));
        }
        lines.push(RmaLine { line, item, qty: asked.qty, reason: asked.reason, words: asked.words.clone() });
    }
    Ok((channel, lines))
}

/// Something happens to a return; devices learn it.
///
/// # Errors
/// 409 when that cannot happen to it; when the database refuses.
pub async fn on(tx: &Tx, changes: &mut Changes, held: &mut Held, event: RmaEvent, note: &str, now: i64) -> Result<()> {
    held.rma.state = held.rma.state.after(event)?;
    note.clone_into(&mut held.note);
    tx.execute(
        "UPDATE rma SET state = $3, note = $4, changed_ms = $5 WHERE warehouse_id = $1 AND id = $2",
        vals![changes.warehouse(), &held.rma.id, entity::name(&held.rma.state), note, now],
    )
    .await?;
    changes.put_here(kind::RMA, held.rma.id.as_str(), &held.rma)
}

/// Units came for a return: of this line of its order, or of the item where it names no line. What was not
/// announced counts for nothing.
///
/// # Errors
/// When the database refuses.
pub async fn came(
    tx: &Tx,
    changes: &mut Changes,
    held: &mut Held,
    (line, item): (&OrderLineId, &ItemId),
    qty: i64,
    now: i64,
) -> Result<()> {
    let own = |row: &RmaLine| if row.line.is_none() { row.item == *item } else { row.line == *line };
    let Some(n) = held.rma.lines.iter().position(own) else { return Ok(()) };
    if let Some(sum) = held.came.get_mut(n) {
        *sum = sum.saturating_add(qty);
    }
    tx.execute(
        "UPDATE rma_line SET came = came + $4 WHERE warehouse_id = $1 AND rma = $2 AND n = $3",
        vals![changes.warehouse(), &held.rma.id, i64::try_from(n).unwrap_or(i64::MAX).saturating_add(1), qty],
    )
    .await?;
    let all = held.rma.lines.iter().zip(&held.came).all(|(line, came)| *came >= line.qty);
    let event = if all { RmaEvent::Fill } else { RmaEvent::Come };
    // What comes for one that is closed or cancelled does not open it again.
    if held.rma.state.next(event).is_some_and(|next| next != held.rma.state) {
        on(tx, changes, held, event, "", now).await?;
    }
    Ok(())
}

/// One return, or why there is none.
///
/// # Errors
/// 404 where there is none; when the database refuses.
pub async fn must(tx: &Tx, warehouse: i64, id: &RmaId) -> Result<Held> {
    get(tx, warehouse, id)
        .await?
        .ok_or_else(|| Error::problem(404, "not_found", format!("There is no return {id}; GET /v1/rmas lists them.")))
}
