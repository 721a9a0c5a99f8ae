//! What came back adds up: facts, ledger, shipped rows, refunds and claims say the same.

use super::{Check, Findings, all_wrong, count};
use crate::db::Tx;
use crate::error::Result;

pub(super) async fn checks(tx: &Tx) -> Result<Vec<Check>> {
    Ok(vec![
        lines(tx).await?,
        facts(tx).await?,
        moves(tx).await?,
        refunds(tx).await?,
        claims(tx).await?,
        announced(tx).await?,
    ])
}

/// Of no order line more came back than was shipped, and what its rows say is what the inspections brought.
async fn lines(tx: &Tx) -> Result<Check> {
    let mut findings = Findings::default();
    let rows = tx
        .rows(
            "SELECT s.order_line, CAST(SUM(s.qty) AS BIGINT) AS qty, CAST(SUM(s.returned) AS BIGINT) AS returned, \
             CAST(COALESCE((SELECT SUM(r.qty - r.excess) FROM returned r WHERE r.warehouse_id = s.warehouse_id \
             AND r.order_line = s.order_line), 0) AS BIGINT) AS came FROM shipped s WHERE s.order_line <> '' \
             GROUP BY s.warehouse_id, s.order_line",
            &[],
        )
        .await?;
    for row in &rows {
        findings.looked_at += 1;
        let (shipped, returned, came) = (row.i64("qty")?, row.i64("returned")?, row.i64("came")?);
        if returned > shipped || returned != came {
            findings.add(format!(
                "order line {}: {shipped} shipped, {returned} returned, {came} inspected",
                row.str("order_line")?
            ));
        }
    }
    for row in tx
        .rows(
            "SELECT r.order_line FROM returned r WHERE r.order_line <> '' AND r.qty > r.excess AND NOT EXISTS \
             (SELECT 1 FROM shipped s WHERE s.warehouse_id = r.warehouse_id AND s.order_line = r.order_line) LIMIT 20",
            &[],
        )
        .await?
    {
        findings.add(format!("order line {}: came back and was never shipped", row.str("order_line")?));
    }
    Ok(findings.check("returned <= shipped by order line"))
}

/// Every inspection that holds is noted, and nothing else is.
async fn facts(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT f.device, f.epoch, f.seq, 'not noted' AS what FROM fact_log f WHERE f.type = 'ReturnInspected' \
             AND f.dup_of = '' AND f.outcome IN ('applied', 'applied-flagged') AND NOT EXISTS (SELECT 1 FROM returned r \
             WHERE r.warehouse_id = f.warehouse_id AND r.device = f.device AND r.epoch = f.epoch AND r.seq = f.seq) \
             UNION ALL SELECT r.device, r.epoch, r.seq, 'no fact' FROM returned r WHERE NOT EXISTS ( \
             SELECT 1 FROM fact_log f WHERE f.warehouse_id = r.warehouse_id AND f.device = r.device \
             AND f.epoch = r.epoch AND f.seq = r.seq AND f.type = 'ReturnInspected' \
             AND f.outcome IN ('applied', 'applied-flagged')) LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM returned").await?;
    all_wrong("inspections = facts", looked_at, &rows, |row| {
        Ok(format!("{}/{}/{}: {}", row.str("device")?, row.i64("epoch")?, row.i64("seq")?, row.str("what")?))
    })
}

/// Each inspection moved its units from the customer, and into the status of its disposition.
async fn moves(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT r.device, r.epoch, r.seq, r.qty FROM returned r WHERE r.qty <> COALESCE((SELECT SUM(m.qty) FROM move m \
             WHERE m.warehouse_id = r.warehouse_id AND m.src_device = r.device AND m.src_epoch = r.epoch \
             AND m.src_seq = r.seq AND m.reason = 'returned' AND m.from_loc = 'CUSTOMER' AND m.item = r.item \
             AND m.lot = r.lot AND m.serial = r.serial AND m.to_loc = r.location AND m.to_status = 'returned'), 0) \
             OR r.qty <> COALESCE((SELECT SUM(m.qty) FROM move m WHERE m.warehouse_id = r.warehouse_id \
             AND m.src_device = r.device AND m.src_epoch = r.epoch AND m.src_seq = r.seq AND m.reason = 'disposed' \
             AND m.from_status = 'returned' AND m.to_status = CASE r.disposition WHEN 'restock' THEN 'available' \
             WHEN 'write-off' THEN 'damaged' ELSE 'quarantined' END), 0) LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM move WHERE reason IN ('returned', 'disposed')").await?;
    let mut check = all_wrong("inspections = moves", looked_at, &rows, |row| {
        Ok(format!(
            "{}/{}/{}: {} units are not all moved",
            row.str("device")?,
            row.i64("epoch")?,
            row.i64("seq")?,
            row.i64("qty")?
        ))
    })?;
    let strange = count(
        tx,
        "SELECT COUNT(*) AS n FROM move m WHERE m.reason IN ('returned', 'disposed') AND NOT EXISTS (SELECT 1 FROM returned r \
         WHERE r.warehouse_id = m.warehouse_id AND r.device = m.src_device AND r.epoch = m.src_epoch AND r.seq = m.src_seq)",
    )
    .await?;
    if strange > 0 {
        check.ok = false;
        check.detail = format!("{strange} moves without an inspection; {}", check.detail);
    }
    Ok(check)
}

/// Every refund has its inspection, every inspection of an order line its one refund, over the units that count.
async fn refunds(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT f.id, 'no such inspection' AS what FROM refund f WHERE NOT EXISTS (SELECT 1 FROM returned r \
             WHERE r.warehouse_id = f.warehouse_id AND r.device = f.device AND r.epoch = f.epoch AND r.seq = f.seq \
             AND r.order_line = f.order_line AND r.item = f.item AND r.qty - r.excess = f.qty) \
             UNION ALL SELECT r.device || '/' || CAST(r.seq AS TEXT), 'no refund' FROM returned r WHERE r.order_line <> '' \
             AND NOT EXISTS (SELECT 1 FROM refund f WHERE f.warehouse_id = r.warehouse_id AND f.device = r.device \
             AND f.epoch = r.epoch AND f.seq = r.seq) \
             UNION ALL SELECT f.id, 'released without units or amount' FROM refund f WHERE f.state = 'released' \
             AND (f.qty <= 0 OR f.amount_minor <= 0) \
             UNION ALL SELECT f.id, 'nobody decided' FROM refund f WHERE f.state NOT IN ('released', 'held', 'refused') \
             LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM refund").await?;
    all_wrong("refunds = inspections", looked_at, &rows, |row| Ok(format!("{}: {}", row.str("id")?, row.str("what")?)))
}

/// Every claim has its inspection and every such inspection its claim; what was sent to a supplier left once.
async fn claims(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT c.id, 'no such inspection' AS what FROM vendor_claim c WHERE NOT EXISTS (SELECT 1 FROM returned r \
             WHERE r.warehouse_id = c.warehouse_id AND r.device = c.device AND r.epoch = c.epoch AND r.seq = c.seq \
             AND r.disposition = 'vendor-claim' AND r.item = c.item AND r.qty = c.qty) \
             UNION ALL SELECT r.device || '/' || CAST(r.seq AS TEXT), 'no claim' FROM returned r \
             WHERE r.disposition = 'vendor-claim' AND NOT EXISTS (SELECT 1 FROM vendor_claim c \
             WHERE c.warehouse_id = r.warehouse_id AND c.device = r.device AND c.epoch = r.epoch AND c.seq = r.seq) \
             UNION ALL SELECT c.id, 'sent, and other units moved' FROM vendor_claim c WHERE c.state = 'sent' AND c.qty <> \
             COALESCE((SELECT SUM(m.qty) FROM move m WHERE m.warehouse_id = c.warehouse_id \
             AND m.src_device = 'req:vendor-claim:' || c.id AND m.reason = 'vendor-return'), 0) LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM vendor_claim").await?;
    all_wrong("vendor claims = inspections", looked_at, &rows, |row| {
        Ok(format!("{}: {}", row.str("id")?, row.str("what")?))
    })
}

/// What came for a line of an announced return is what was inspected for it.
async fn announced(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT l.rma, l.order_line FROM rma_line l WHERE l.order_line <> '' AND l.came <> \
             COALESCE((SELECT SUM(r.qty - r.excess) FROM returned r WHERE r.warehouse_id = l.warehouse_id \
             AND r.rma = l.rma AND r.order_line = l.order_line), 0) LIMIT 20",
            &[],
        )
        .await?;
    let looked_at = count(tx, "SELECT COUNT(*) AS n FROM rma_line").await?;
    all_wrong("announced returns = inspections", looked_at, &rows, |row| {
        Ok(format!("return {}: line {} differs", row.str("rma")?, row.str("order_line")?))
    })
}
