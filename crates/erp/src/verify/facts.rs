//! I3 and I4: every fact once, in unbroken sequence and chain, with at most one effect; and the
//! quantities of task lines folded anew from the facts.

use super::{Check, Findings, PAGE, all_wrong, count};
use crate::db::Tx;
use crate::error::Result;
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_wire::chain::{self, GENESIS};
use floorhand_wire::push::{Outcome, WireFact};
use serde_json::Value;
use std::collections::HashMap;

pub(super) async fn checks(tx: &Tx) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let (chains, picked) = log(tx).await?;
    checks.push(chains.check("I4 fact log: no gap, unbroken chain"));
    checks.push(effects(tx).await?);
    checks.push(parked(tx).await?);
    checks.push(lines(tx, picked).await?);
    checks.push(order_lines(tx).await?);
    Ok(checks)
}

/// Units picked by facts, by warehouse and task line.
type Picked = HashMap<(i64, String), i64>;

async fn log(tx: &Tx) -> Result<(Findings, Picked)> {
    let mut findings = Findings::default();
    let mut picked = Picked::new();
    // Last number and hash of each epoch, as the log has them.
    let mut ends: HashMap<(i64, String, i64), (i64, String)> = HashMap::new();
    let (mut warehouse, mut device, mut epoch, mut seq) = (-1, String::new(), 0, 0);
    loop {
        let rows = tx
            .rows(
                "SELECT warehouse_id, device, epoch, seq, type, dup_of, bytes, prev, hash, outcome, undone FROM fact_log \
                 WHERE (warehouse_id, device, epoch, seq) > ($1, $2, $3, $4) \
                 ORDER BY warehouse_id, device, epoch, seq LIMIT $5",
                vals![warehouse, &device, epoch, seq, PAGE],
            )
            .await?;
        for row in &rows {
            (warehouse, device, epoch, seq) =
                (row.i64("warehouse_id")?, row.text("device")?, row.i64("epoch")?, row.i64("seq")?);
            findings.looked_at += 1;
            let end = ends.entry((warehouse, device.clone(), epoch)).or_insert_with(|| (0, GENESIS.to_owned()));
            let (prev, hash) = (row.text("prev")?, row.text("hash")?);
            if seq != end.0 + 1 {
                findings.add(format!("{device}/{epoch}: {seq} follows {}", end.0));
            } else if prev != end.1 {
                findings.add(format!("{device}/{epoch}/{seq}: does not follow the one before"));
            }
            if chain::hash(&prev, row.blob("bytes")?) != hash {
                findings.add(format!("{device}/{epoch}/{seq}: hash is not that of the bytes"));
            }
            *end = (seq, hash);
            let counts = ["Picked", "Moved"].contains(&row.str("type")?)
                && row.str("dup_of")?.is_empty()
                && row.i64("undone")? == 0
                && Outcome::parse(row.str("outcome")?)
                    .is_some_and(|outcome| matches!(outcome, Outcome::Applied | Outcome::AppliedFlagged));
            if counts && let Some((line, units)) = picked_in(row.blob("bytes")?) {
                *picked.entry((warehouse, line)).or_default() += units;
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    for row in tx.rows("SELECT warehouse_id, device, epoch, last_seq, last_hash FROM device_epoch", &[]).await? {
        let (device, epoch) = (row.text("device")?, row.i64("epoch")?);
        let key = (row.i64("warehouse_id")?, device.clone(), epoch);
        let (last, hash) = ends.remove(&key).unwrap_or_else(|| (0, GENESIS.to_owned()));
        if row.i64("last_seq")? != last || row.str("last_hash")? != hash {
            findings.add(format!("{device}/{epoch}: the log ends at {last}, not at {}", row.i64("last_seq")?));
        }
    }
    for (_, device, epoch) in ends.into_keys() {
        findings.add(format!("{device}/{epoch}: facts of an epoch that is not known"));
    }
    Ok((findings, picked))
}

fn picked_in(bytes: &[u8]) -> Option<(String, i64)> {
    let mut fact: Value = serde_json::from_slice(bytes).ok()?;
    let object = fact.as_object_mut()?;
    object.insert("prev".to_owned(), Value::from(""));
    object.insert("hash".to_owned(), Value::from(""));
    match serde_json::from_value::<WireFact>(fact).ok()?.decode().ok()? {
        Fact::Picked { line, units, .. } => Some((line.0, units.iter().map(|unit| unit.qty).sum())),
        Fact::Moved { line, unit, units, .. } if unit.is_none() => {
            Some((line.0, units.iter().map(|unit| unit.qty).sum()))
        }
        _ => None,
    }
}

/// I3: no two facts with one id unless one says that it is a copy; copies, rejected and parked
/// facts move nothing; every move of a fact has its fact.
async fn effects(tx: &Tx) -> Result<Check> {
    let mut findings =
        Findings { looked_at: count(tx, "SELECT COUNT(*) AS n FROM fact_log").await?, ..Findings::default() };
    let rows = tx
        .rows(
            "SELECT id, COUNT(*) AS n FROM fact_log WHERE dup_of = '' GROUP BY warehouse_id, id HAVING COUNT(*) > 1 LIMIT 20",
            &[],
        )
        .await?;
    for row in rows {
        findings.add(format!("{} facts with id {}", row.i64("n")?, row.str("id")?));
    }
    let rows = tx
        .rows(
            "SELECT m.src_device, m.src_epoch, m.src_seq, COALESCE(f.outcome, 'no fact') AS outcome \
             FROM move m LEFT JOIN fact_log f ON f.warehouse_id = m.warehouse_id AND f.device = m.src_device \
             AND f.epoch = m.src_epoch AND f.seq = m.src_seq AND f.dup_of = '' \
             WHERE m.src_epoch > 0 AND COALESCE(f.outcome, '') NOT IN ('applied', 'applied-flagged') LIMIT 20",
            &[],
        )
        .await?;
    for row in rows {
        findings.add(format!(
            "{}/{}/{} moved goods: {}",
            row.str("src_device")?,
            row.i64("src_epoch")?,
            row.i64("src_seq")?,
            row.str("outcome")?
        ));
    }
    let rows = tx
        .rows(
            "SELECT f.device, f.epoch, f.seq FROM fact_log f LEFT JOIN exception e ON e.warehouse_id = f.warehouse_id \
             AND 'exc/' || e.id = f.ref WHERE f.outcome IN ('applied-flagged', 'rejected') AND COALESCE(e.id, '') = '' LIMIT 20",
            &[],
        )
        .await?;
    for row in rows {
        findings.add(format!("{}/{}/{} has no exception", row.str("device")?, row.i64("epoch")?, row.i64("seq")?));
    }
    Ok(findings.check("I3 one effect and one outcome a fact"))
}

/// The list of parked facts and the outcomes in the log say the same. Facts may be parked: that is
/// no fault of the data, so their number is told and not judged.
async fn parked(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT f.device, f.epoch, f.seq FROM fact_log f LEFT JOIN parked p ON p.warehouse_id = f.warehouse_id \
             AND p.device = f.device AND p.epoch = f.epoch AND p.seq = f.seq \
             WHERE f.dup_of = '' AND (f.outcome = 'parked') <> (COALESCE(p.seq, 0) <> 0) LIMIT 20",
            &[],
        )
        .await?;
    let parked = count(tx, "SELECT COUNT(*) AS n FROM parked").await?;
    let mut check = all_wrong("parked facts", parked, &rows, |row| {
        Ok(format!("{}/{}/{}: list and log differ", row.str("device")?, row.i64("epoch")?, row.i64("seq")?))
    })?;
    if check.ok {
        check.detail = format!("{parked} parked");
    }
    Ok(check)
}

/// Each task line has picked, or moved, what the facts say. A whole handling unit does what is left of its
/// lines, and a count does its line: what these have done is judged by their state.
async fn lines(tx: &Tx, mut picked: Picked) -> Result<Check> {
    let mut findings = Findings::default();
    let (mut warehouse, mut id) = (-1, String::new());
    loop {
        let rows = tx
            .rows(
                "SELECT l.warehouse_id, l.id, l.picked, l.qty, l.state, l.handling_unit, COALESCE(t.kind, '') AS kind \
                 FROM task_line l LEFT JOIN task t ON t.warehouse_id = l.warehouse_id AND t.id = l.task \
                 WHERE (l.warehouse_id, l.id) > ($1, $2) ORDER BY l.warehouse_id, l.id LIMIT $3",
                vals![warehouse, &id, PAGE],
            )
            .await?;
        for row in &rows {
            (warehouse, id) = (row.i64("warehouse_id")?, row.text("id")?);
            findings.looked_at += 1;
            let by_facts = picked.remove(&(warehouse, id.clone())).unwrap_or(0);
            let (stored, qty, state) = (row.i64("picked")?, row.i64("qty")?, row.str("state")?);
            let kind = row.str("kind")?;
            let whole = matches!(kind, "put-away" | "move") && !row.str("handling_unit")?.is_empty();
            let told = match (kind, state) {
                ("count", "done") => qty,
                ("count", _) => 0,
                (_, "done") if whole && stored == qty => qty,
                _ => by_facts,
            };
            if stored != told {
                findings.add(format!("line {id}: {stored} stored, {told} by facts"));
            }
            if (state == "open" && stored >= qty) || (state == "done" && stored < qty) {
                findings.add(format!("line {id}: {state} with {stored} of {qty}"));
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    Ok(findings.check("task lines = facts"))
}

/// Each order line has picked what its task lines say and is promised what its allocations say.
async fn order_lines(tx: &Tx) -> Result<Check> {
    let rows = tx
        .rows(
            "SELECT o.id, o.picked, o.allocated, \
             CAST((SELECT COALESCE(SUM(l.picked), 0) FROM task_line l WHERE l.warehouse_id = o.warehouse_id \
                   AND l.order_id = o.order_id AND l.order_line = o.id) AS BIGINT) AS by_lines, \
             CAST((SELECT COALESCE(SUM(a.qty), 0) FROM allocation a WHERE a.warehouse_id = o.warehouse_id \
                   AND a.order_line = o.id) AS BIGINT) AS by_allocations \
             FROM order_line o",
            &[],
        )
        .await?;
    let mut findings = Findings { looked_at: u64::try_from(rows.len()).unwrap_or(0), ..Findings::default() };
    for row in &rows {
        let id = row.str("id")?;
        let (picked, by_lines) = (row.i64("picked")?, row.i64("by_lines")?);
        let (allocated, by_allocations) = (row.i64("allocated")?, row.i64("by_allocations")?);
        if picked != by_lines {
            findings.add(format!("order line {id}: {picked} picked, {by_lines} by task lines"));
        }
        if allocated != by_allocations {
            findings.add(format!("order line {id}: {allocated} allocated, {by_allocations} by allocations"));
        }
    }
    Ok(findings.check("order lines = task lines and allocations"))
}
