//! Parked facts: run again after an upgrade of the core or a supervisor's decision. What comes of
//! them goes to the device by its stream.

use super::apply::{self, Context, Judged, Stored};
use crate::clock;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::reason::Reason;
use floorhand_wire::device_stream;
use floorhand_wire::feed::{OutcomeRow, kind};
use floorhand_wire::push::{Outcome, WireFact};
use serde_json::Value;

/// Runs every parked fact again, per device and in sequence, and returns how many are parked no more.
///
/// # Errors
/// When the database refuses.
pub async fn rerun_parked(db: &Db) -> Result<u64> {
    let devices = db
        .read(|tx| async move {
            tx.rows("SELECT DISTINCT warehouse_id, device FROM parked ORDER BY warehouse_id, device", &[]).await
        })
        .await?;
    let mut freed = 0;
    for row in &devices {
        let (warehouse, device) = (row.i64("warehouse_id")?, row.text("device")?);
        let device = &device;
        freed += db.write(|tx| async move { rerun_device(&tx, warehouse, device).await }).await?;
    }
    if freed > 0 {
        tracing::info!(freed, "parked facts took effect");
    }
    Ok(freed)
}

/// What a parked fact says that waits for this thing to become known.
pub(super) fn awaits(thing: &str, id: &str) -> String {
    format!("{thing} {id} is not known yet")
}

/// Runs parked facts again where one waits for this thing, which is known now.
///
/// # Errors
/// When the database refuses.
pub async fn rerun_awaiting(db: &Db, thing: &str, id: &str) -> Result<u64> {
    let detail = &awaits(thing, id);
    let waits = db
        .read(|tx| async move { tx.row("SELECT seq FROM parked WHERE detail = $1 LIMIT 1", vals![detail]).await })
        .await?;
    if waits.is_some() { rerun_parked(db).await } else { Ok(0) }
}

async fn rerun_device(tx: &Tx, warehouse: i64, device: &str) -> Result<u64> {
    tx.lock("SELECT id FROM device WHERE warehouse_id = $1 AND id = $2", vals![warehouse, device]).await?;
    let rows = tx
        .rows(
            "SELECT f.epoch, f.seq, f.type, f.agg, f.operator, f.occurred_at, f.time_quality, f.bytes, f.prev, f.hash, \
             p.code AS parked_code \
             FROM parked p JOIN fact_log f ON f.warehouse_id = p.warehouse_id AND f.device = p.device \
             AND f.epoch = p.epoch AND f.seq = p.seq \
             WHERE p.warehouse_id = $1 AND p.device = $2 ORDER BY p.epoch, p.seq",
            vals![warehouse, device],
        )
        .await?;
    let mut changes = Changes::new(warehouse);
    let mut freed = 0;
    for row in &rows {
        let (epoch, seq) = (row.u64("epoch")?, row.u64("seq")?);
        let wire = envelope(row.blob("bytes")?, row.str("prev")?, row.str("hash")?)?;
        let (type_name, agg, operator) = (row.text("type")?, row.text("agg")?, row.text("operator")?);
        let time_quality = row.text("time_quality")?;
        let stored = Stored {
            seq,
            kind: &type_name,
            agg: &agg,
            operator: &operator,
            occurred_at: row.i64("occurred_at")?,
            time_quality: &time_quality,
            wire: wire.as_ref(),
        };
        let mut context = Context { tx, changes: &mut changes, device, epoch, now: clock::now_ms() };
        let judged = if apply::waits(&context, &agg, seq).await? {
            None
        } else {
            Some(apply::judge(&mut context, &stored).await?)
        };
        freed += settle(tx, &mut changes, device, (epoch, seq), row.str("parked_code")?, judged).await?;
    }
    changes.publish(tx).await?;
    Ok(freed)
}

async fn settle(
    tx: &Tx,
    changes: &mut Changes,
    device: &str,
    (epoch, seq): (u64, u64),
    before: &str,
    judged: Option<Judged>,
) -> Result<u64> {
    let warehouse = changes.warehouse();
    let parked = judged.as_ref().is_none_or(|judged| judged.outcome == Outcome::Parked);
    if parked {
        let (code, detail) = judged
            .map_or_else(|| (Reason::Behind.code().to_owned(), String::new()), |judged| (judged.code, judged.detail));
        tx.execute(
            "UPDATE parked SET tries = tries + 1, code = $5, detail = $6 \
             WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
            vals![warehouse, device, epoch.cast_signed(), seq.cast_signed(), &code, detail],
        )
        .await?;
        if code != before {
            tell(tx, changes, device, (epoch, seq), Outcome::Parked, &code, "").await?;
        }
        return Ok(0);
    }
    let Some(judged) = judged else { return Ok(0) };
    tx.execute(
        "DELETE FROM parked WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
        vals![warehouse, device, epoch.cast_signed(), seq.cast_signed()],
    )
    .await?;
    tell(tx, changes, device, (epoch, seq), judged.outcome, &judged.code, &judged.reference).await?;
    Ok(1)
}

/// Stores the outcome with the fact and with its copies under other numbers, and tells each device.
async fn tell(
    tx: &Tx,
    changes: &mut Changes,
    device: &str,
    (epoch, seq): (u64, u64),
    outcome: Outcome,
    code: &str,
    reference: &str,
) -> Result<()> {
    let warehouse = changes.warehouse();
    tx.execute(
        "UPDATE fact_log SET outcome = $5, code = $6, ref = $7 \
         WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
        vals![warehouse, device, epoch.cast_signed(), seq.cast_signed(), outcome.as_str(), code, reference],
    )
    .await?;
    let copies = tx
        .rows(
            "UPDATE fact_log SET outcome = $3, code = $4, ref = $5 WHERE warehouse_id = $1 AND dup_of = $2 AND dup_of <> '' \
             RETURNING device, epoch, seq",
            vals![warehouse, format!("{device}/{epoch}/{seq}"), outcome.as_str(), code, reference],
        )
        .await?;
    let mut told = vec![(device.to_owned(), epoch, seq)];
    for copy in &copies {
        told.push((copy.text("device")?, copy.u64("epoch")?, copy.u64("seq")?));
    }
    for (device, epoch, seq) in told {
        let row = OutcomeRow { epoch, seq, outcome, code: code.to_owned(), reference: reference.to_owned() };
        changes.put(&device_stream(&device), kind::OUTCOME, &format!("{epoch}/{seq}"), &row)?;
    }
    Ok(())
}

/// The envelope from the log: the canonical bytes leave out only the two hashes.
fn envelope(bytes: &[u8], prev: &str, hash: &str) -> Result<Option<WireFact>> {
    let mut fact: Value = serde_json::from_slice(bytes)?;
    let object = fact.as_object_mut().ok_or_else(|| Error::Stored("a fact that is no object".to_owned()))?;
    object.insert("prev".to_owned(), prev.into());
    object.insert("hash".to_owned(), hash.into());
    Ok(serde_json::from_value(fact).ok())
}
