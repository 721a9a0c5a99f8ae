//! I6 and I7: nothing appears or vanishes, and the balances are what the moves make of them; and
//! what devices are told of stock is what the book says.

use super::{Check, Findings, PAGE, all_wrong, count};
use crate::db::Tx;
use crate::entity;
use crate::error::Result;
use crate::ledger::is_outside;
use crate::vals;
use floorhand_domain::stock::Stock;
use floorhand_wire::feed::{kind, stock_key};
use floorhand_wire::warehouse_stream;
use std::collections::HashMap;

pub(super) async fn checks(tx: &Tx) -> Result<Vec<Check>> {
    Ok(vec![closed(tx).await?, folded(tx).await?, told(tx).await?, promised(tx).await?])
}

/// I6: over all places, those outside the building included, every unit sums up to zero.
async fn closed(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT item, lot, serial, CAST(SUM(qty) AS BIGINT) AS qty FROM balance \
             GROUP BY warehouse_id, item, lot, serial HAVING SUM(qty) <> 0 LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM balance").await?;
    all_wrong("I6 sums over all locations are zero", looked_at, &rows, |row| {
        Ok(format!("{} {} {}: {}", row.str("item")?, row.str("lot")?, row.str("serial")?, row.i64("qty")?))
    })
}

/// I7: balance = fold(move).
async fn folded(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT location, item, lot, serial, hu, CAST(SUM(qty) AS BIGINT) AS qty FROM ( \
             SELECT warehouse_id, to_loc AS location, item, lot, serial, to_hu AS hu, to_status AS status, qty FROM move \
             UNION ALL SELECT warehouse_id, from_loc, item, lot, serial, from_hu, from_status, -qty FROM move \
             UNION ALL SELECT warehouse_id, location, item, lot, serial, handling_unit, status, -qty FROM balance \
             ) AS entries GROUP BY warehouse_id, location, item, lot, serial, hu, status HAVING SUM(qty) <> 0 LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM move").await?;
    all_wrong("I7 balances = moves", looked_at, &rows, |row| {
        Ok(format!(
            "{} {} lot {:?} serial {:?} in {:?}: moves minus balance = {}",
            row.str("location")?,
            row.str("item")?,
            row.str("lot")?,
            row.str("serial")?,
            row.str("hu")?,
            row.i64("qty")?
        ))
    })
}

/// The stock rows on the feed are the balances inside the building.
async fn told(tx: &Tx) -> Result<Check> {
    let mut findings = Findings::default();
    let mut book: HashMap<(i64, String), i64> = HashMap::new();
    for row in tx
        .rows(
            "SELECT warehouse_id, location, item, lot, serial, handling_unit, status, qty, '' AS expiry FROM balance",
            &[],
        )
        .await?
    {
        let stock = entity::stock_of(&row)?;
        if stock.qty == 0 {
            findings.add(format!("{}: a balance of zero is kept", stock_key(&stock)));
        }
        if !is_outside(&stock.location) {
            book.insert((row.i64("warehouse_id")?, stock_key(&stock)), stock.qty);
        }
    }
    let (mut warehouse, mut id) = (-1, String::new());
    loop {
        let rows = tx
            .rows(
                "SELECT warehouse_id, stream, id, body FROM feed_row WHERE kind = $1 AND deleted = 0 \
                 AND (warehouse_id, id) > ($2, $3) ORDER BY warehouse_id, id LIMIT $4",
                vals![kind::STOCK, warehouse, &id, PAGE],
            )
            .await?;
        for row in &rows {
            (warehouse, id) = (row.i64("warehouse_id")?, row.text("id")?);
            findings.looked_at += 1;
            let told: Stock = serde_json::from_str(row.str("body")?)?;
            let book = book.remove(&(warehouse, id.clone()));
            if row.str("stream")? != warehouse_stream(warehouse) || book != Some(told.qty) || stock_key(&told) != id {
                findings.add(format!("{id}: devices are told {}, the book says {}", told.qty, book.unwrap_or(0)));
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    for ((_, id), qty) in book {
        findings.add(format!("{id}: devices are not told of {qty}"));
    }
    Ok(findings.check("feed = balances"))
}

/// No place has promised more than it holds, unless a fact that made it so waits for a supervisor.
async fn promised(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT a.location, a.item, a.promised, CAST(COALESCE(b.there, 0) AS BIGINT) AS there FROM ( \
             SELECT warehouse_id, location, item, CAST(SUM(qty) AS BIGINT) AS promised FROM allocation \
             GROUP BY warehouse_id, location, item) a LEFT JOIN ( \
             SELECT warehouse_id, location, item, CAST(SUM(qty) AS BIGINT) AS there FROM balance \
             WHERE status = 'available' GROUP BY warehouse_id, location, item) b \
             ON b.warehouse_id = a.warehouse_id AND b.location = a.location AND b.item = a.item \
             WHERE a.promised > COALESCE(b.there, 0) AND NOT EXISTS ( \
             SELECT 1 FROM exception e WHERE e.warehouse_id = a.warehouse_id AND e.kind IN ('NEG_STOCK', 'OVER_PICK') \
             AND e.subject = a.location || '|' || a.item) LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM allocation").await?;
    all_wrong("allocations are covered or excepted", looked_at, &rows, |row| {
        Ok(format!(
            "{} {}: {} promised, {} there",
            row.str("location")?,
            row.str("item")?,
            row.i64("promised")?,
            row.i64("there")?
        ))
    })
}
