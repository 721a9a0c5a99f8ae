//! What was received adds up: facts, ledger, deliveries and purchase orders say the same.

use super::{Check, Findings, all_wrong, count};
use crate::db::Tx;
use crate::error::Result;

pub(super) async fn checks(tx: &Tx) -> Result<Vec<Check>> {
    Ok(vec![lines(tx).await?, ledger(tx).await?])
}

/// Each line of a delivery has received what the receipts say, and each line of a purchase order what
/// its deliveries say.
async fn lines(tx: &Tx) -> Result<Check> {
    let mut findings = Findings::default();
    let rows = tx
        .rows(
            "SELECT l.id, l.received, l.damaged, \
             CAST(COALESCE((SELECT SUM(r.qty) FROM receipt_line r WHERE r.warehouse_id = l.warehouse_id AND r.line = l.id \
             AND r.undone = 0), 0) AS BIGINT) AS by_receipts, \
             CAST(COALESCE((SELECT SUM(r.qty) FROM receipt_line r WHERE r.warehouse_id = l.warehouse_id AND r.line = l.id \
             AND r.undone = 0 AND r.status = 'damaged'), 0) AS BIGINT) AS damaged_by_receipts FROM delivery_line l \
             UNION ALL SELECT o.id, o.received, o.damaged, \
             CAST(COALESCE((SELECT SUM(l.received) FROM delivery_line l WHERE l.warehouse_id = o.warehouse_id \
             AND l.order_id = o.order_id AND l.order_line = o.id), 0) AS BIGINT), \
             CAST(COALESCE((SELECT SUM(l.damaged) FROM delivery_line l WHERE l.warehouse_id = o.warehouse_id \
             AND l.order_id = o.order_id AND l.order_line = o.id), 0) AS BIGINT) FROM purchase_order_line o",
            &[],
        )
        .await?;
    for row in &rows {
        findings.looked_at += 1;
        let stored = (row.i64("received")?, row.i64("damaged")?);
        let summed = (row.i64("by_receipts")?, row.i64("damaged_by_receipts")?);
        if stored != summed {
            findings.add(format!("line {}: (received, damaged) {stored:?} stored, {summed:?} summed", row.str("id")?));
        }
    }
    Ok(findings.check("inbound lines = receipts"))
}

/// Each fact brought in by the ledger what its receipt lines say.
async fn ledger(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT src_device, src_epoch, src_seq, item, CAST(SUM(qty) AS BIGINT) AS qty FROM ( \
             SELECT warehouse_id, src_device, src_epoch, src_seq, item, lot, serial, qty FROM move \
             WHERE reason = 'received' AND from_loc = 'SUPPLIER' \
             UNION ALL SELECT warehouse_id, src_device, src_epoch, src_seq, item, lot, serial, -qty FROM receipt_line \
             ) AS parts GROUP BY warehouse_id, src_device, src_epoch, src_seq, item, lot, serial HAVING SUM(qty) <> 0 LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM receipt_line").await?;
    all_wrong("receipts = moves from the supplier", looked_at, &rows, |row| {
        Ok(format!(
            "{}/{}/{}: {} of {} moved beyond the receipt",
            row.str("src_device")?,
            row.i64("src_epoch")?,
            row.i64("src_seq")?,
            row.i64("qty")?,
            row.str("item")?
        ))
    })
}
