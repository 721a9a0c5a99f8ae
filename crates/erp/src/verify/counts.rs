//! Counts and promises: what a count posted is its variance, nobody is asked twice to count one place,
//! and promises are of places that exist.

use super::{Check, all_wrong, count};
use crate::db::Tx;
use crate::error::Result;

pub(super) async fn checks(tx: &Tx) -> Result<Vec<Check>> {
    Ok(vec![postings(tx).await?, asked_once(tx).await?, places(tx).await?])
}

/// What was posted for each count is counted minus book of it, and nothing else was posted as a count.
async fn postings(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT count_id, item, lot, serial, hu, CAST(SUM(n) AS BIGINT) AS n FROM ( \
             SELECT l.warehouse_id, l.count_id, l.item, l.lot, l.serial, l.handling_unit AS hu, l.counted - l.book AS n \
             FROM count_line l JOIN stock_count c ON c.warehouse_id = l.warehouse_id AND c.id = l.count_id \
             WHERE c.state = 'posted' \
             UNION ALL SELECT m.warehouse_id, COALESCE(f.id, r.id, 'none'), m.item, m.lot, m.serial, \
             CASE WHEN m.to_loc = 'LOSS' THEN m.from_hu ELSE m.to_hu END, \
             CASE WHEN m.to_loc = 'LOSS' THEN m.qty ELSE -m.qty END FROM move m \
             LEFT JOIN stock_count f ON f.warehouse_id = m.warehouse_id AND f.device = m.src_device \
             AND f.submit_epoch = m.src_epoch AND f.submit_seq = m.src_seq \
             LEFT JOIN stock_count r ON r.warehouse_id = m.warehouse_id AND 'req:count:' || r.id = m.src_device \
             WHERE m.reason = 'count' \
             ) AS entries GROUP BY warehouse_id, count_id, item, lot, serial, hu HAVING SUM(n) <> 0 LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM stock_count").await?;
    all_wrong("counts posted their variance", looked_at, &rows, |row| {
        Ok(format!(
            "count {}: {} {} {}: variance and moves differ by {}",
            row.str("count_id")?,
            row.str("item")?,
            row.str("lot")?,
            row.str("serial")?,
            row.i64("n")?
        ))
    })
}

/// One open line of a count for a location and item.
async fn asked_once(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT l.location, l.item, COUNT(*) AS n FROM task t \
             JOIN task_line l ON l.warehouse_id = t.warehouse_id AND l.task = t.id \
             WHERE t.kind = 'count' AND t.state IN ('open', 'claimed') AND l.state = 'open' \
             GROUP BY l.warehouse_id, l.location, l.item HAVING COUNT(*) > 1 LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM task WHERE kind = 'count'").await?;
    all_wrong("a place is asked to be counted once", looked_at, &rows, |row| {
        Ok(format!("{} {}: {} open lines", row.str("location")?, row.str("item")?, row.i64("n")?))
    })
}

/// Promises are of locations and handling units that exist.
async fn places(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT a.order_line, a.location, a.handling_unit FROM allocation a \
             LEFT JOIN location l ON l.warehouse_id = a.warehouse_id AND l.id = a.location \
             LEFT JOIN handling_unit h ON h.warehouse_id = a.warehouse_id AND h.id = a.handling_unit \
             WHERE COALESCE(l.id, '') = '' OR (a.handling_unit <> '' AND COALESCE(h.id, '') = '') LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM allocation").await?;
    all_wrong("promises are of places that exist", looked_at, &rows, |row| {
        Ok(format!("order line {}: {} {}", row.str("order_line")?, row.str("location")?, row.str("handling_unit")?))
    })
}
