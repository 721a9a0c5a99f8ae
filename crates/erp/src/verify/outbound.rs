//! What left adds up: facts, ledger, cartons, order lines and the rows that returns are matched to say the same.

use super::{Check, Findings, all_wrong, count};
use crate::db::Tx;
use crate::error::Result;

pub(super) async fn checks(tx: &Tx) -> Result<Vec<Check>> {
    Ok(vec![lines(tx).await?, cartons(tx).await?, facts(tx).await?, shipped(tx).await?])
}

/// Each order line has packed what its cartons say, shipped what the shipped rows say, and in totes what its
/// picks say.
async fn lines(tx: &Tx) -> Result<Check> {
    let mut findings = Findings::default();
    let rows = tx
        .rows(
            "SELECT o.id, o.picked - o.put_back AS picked, o.packed, o.shipped, \
             CAST(COALESCE((SELECT SUM(p.qty) FROM order_pick p WHERE p.warehouse_id = o.warehouse_id \
             AND p.order_line = o.id), 0) AS BIGINT) AS by_picks, \
             CAST(COALESCE((SELECT SUM(c.qty) FROM carton_line c WHERE c.warehouse_id = o.warehouse_id \
             AND c.order_line = o.id), 0) AS BIGINT) AS by_cartons, \
             CAST(COALESCE((SELECT SUM(s.qty) FROM shipped s WHERE s.warehouse_id = o.warehouse_id \
             AND s.order_line = o.id), 0) AS BIGINT) AS by_shipped FROM order_line o",
            &[],
        )
        .await?;
    for row in &rows {
        findings.looked_at += 1;
        let stored = (row.i64("picked")?, row.i64("packed")?, row.i64("shipped")?);
        let summed = (row.i64("by_picks")?, row.i64("by_cartons")?, row.i64("by_shipped")?);
        if stored != summed {
            findings.add(format!(
                "order line {}: (picked, packed, shipped) {stored:?} stored, {summed:?} summed",
                row.str("id")?
            ));
        }
    }
    Ok(findings.check("order lines = picks, cartons and shipped rows"))
}

/// Each carton has what the ledger put into it by packing and took out by unpacking.
async fn cartons(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT carton, item, CAST(SUM(qty) AS BIGINT) AS qty FROM ( \
             SELECT warehouse_id, to_hu AS carton, item, lot, serial, qty FROM move WHERE reason = 'packed' \
             UNION ALL SELECT warehouse_id, from_hu, item, lot, serial, -qty FROM move WHERE reason = 'unpacked' \
             UNION ALL SELECT warehouse_id, carton, item, lot, serial, -qty FROM carton_line \
             ) AS parts GROUP BY warehouse_id, carton, item, lot, serial HAVING SUM(qty) <> 0 LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM carton_line").await?;
    all_wrong("cartons = moves of packing", looked_at, &rows, |row| {
        Ok(format!("carton {}: {} of {} moved beyond it", row.str("carton")?, row.i64("qty")?, row.str("item")?))
    })
}

/// Every fact of packing that holds moved something, and nothing else did.
async fn facts(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT f.device, f.epoch, f.seq, f.type FROM fact_log f WHERE f.type IN ('Packed', 'Unpacked') AND f.dup_of = '' \
             AND f.outcome IN ('applied', 'applied-flagged') AND NOT EXISTS (SELECT 1 FROM move m \
             WHERE m.warehouse_id = f.warehouse_id AND m.src_device = f.device AND m.src_epoch = f.epoch \
             AND m.src_seq = f.seq AND m.reason IN ('packed', 'unpacked')) LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM fact_log WHERE type IN ('Packed', 'Unpacked')").await?;
    all_wrong("packing facts = moves", looked_at, &rows, |row| {
        Ok(format!(
            "{}/{}/{}: {} moved nothing",
            row.str("device")?,
            row.i64("epoch")?,
            row.i64("seq")?,
            row.str("type")?
        ))
    })
}

/// What left by carton is what the ledger gave to the customer, and a carton that left is empty here.
async fn shipped(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT carton, item, CAST(SUM(qty) AS BIGINT) AS qty FROM ( \
             SELECT warehouse_id, to_hu AS carton, item, lot, serial, qty FROM move \
             WHERE reason = 'shipped' AND to_loc = 'CUSTOMER' \
             UNION ALL SELECT warehouse_id, from_hu, item, lot, serial, -qty FROM move \
             WHERE reason = 'unshipped' AND from_loc = 'CUSTOMER' \
             UNION ALL SELECT warehouse_id, carton, item, lot, serial, -qty FROM shipped \
             ) AS parts GROUP BY warehouse_id, carton, item, lot, serial HAVING SUM(qty) <> 0 LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM shipped").await?;
    all_wrong("shipped rows = moves to the customer", looked_at, &rows, |row| {
        Ok(format!("carton {}: {} of {} moved beyond it", row.str("carton")?, row.i64("qty")?, row.str("item")?))
    })
}
