//! What time alone brings about with what comes back: what was shipped leaves the devices once nobody can bring it
//! back, and returns and refunds once they are over; a photograph that does not come is an exception.

use super::{TASK_SHOWN_MS, TASKS_MAX};
use crate::db::Db;
use crate::error::Result;
use crate::feed::Changes;
use crate::push::exception::{self, About, Source};
use crate::returns::policy;
use crate::vals;
use floorhand_domain::reason::Reason;
use floorhand_wire::feed::kind;

/// Days beyond the return window for which devices know what was shipped: parcels are under way for a while.
pub const MARGIN_DAYS: i64 = 30;
/// Rows of shipped units that one transaction takes off at the most.
const SHIPPED_MAX: i64 = 500;
/// Transactions of one look at the most.
const ROUNDS_MAX: usize = 100;
/// How long the core waits for the picture of a photograph that was taken.
pub const PHOTO_WAIT_MS: i64 = DAY_MS;
/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 3_600_000;

/// Tombstones for what left longer ago at `now` than the return window and a margin. What a return is announced
/// of, or is not over, stays; the tables keep everything.
///
/// # Errors
/// When the database refuses.
pub async fn shipped(db: &Db, now: i64) -> Result<()> {
    let warehouses = db
        .read(|tx| async move { tx.rows("SELECT DISTINCT warehouse_id FROM shipped WHERE shown = 1", &[]).await })
        .await?;
    for row in &warehouses {
        let warehouse = row.i64("warehouse_id")?;
        for _ in 0..ROUNDS_MAX {
            let taken = db
                .write(|tx| async move {
                    let days = i64::from(policy::stored(&tx, warehouse).await?.window_days) + MARGIN_DAYS;
                    let rows = tx
                        .rows(
                            "SELECT s.id FROM shipped s WHERE s.warehouse_id = $1 AND s.shown = 1 AND s.shipped_ms < $2 \
                             AND NOT EXISTS (SELECT 1 FROM rma r WHERE r.warehouse_id = s.warehouse_id \
                             AND r.order_id = s.order_id AND r.state IN ('open', 'partial')) \
                             ORDER BY s.shipped_ms, s.id LIMIT $3",
                            vals![warehouse, now - days * DAY_MS, SHIPPED_MAX],
                        )
                        .await?;
                    let mut changes = Changes::new(warehouse);
                    for row in &rows {
                        let id = row.str("id")?;
                        tx.execute(
                            "UPDATE shipped SET shown = 0 WHERE warehouse_id = $1 AND id = $2",
                            vals![warehouse, id],
                        )
                        .await?;
                        changes.delete_here(kind::SHIPPED, id);
                    }
                    changes.publish(&tx).await?;
                    Ok(rows.len())
                })
                .await?;
            if taken == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// Tombstones for returns and refunds that have been over for long enough at `now`; the tables keep them.
///
/// # Errors
/// When the database refuses.
pub async fn over(db: &Db, now: i64) -> Result<()> {
    let old = db
        .read(|tx| async move {
            let since = now - TASK_SHOWN_MS;
            let mut rows = tx
                .rows(
                    "SELECT f.warehouse_id, f.stream, f.kind, f.id FROM rma r JOIN feed_row f \
                     ON f.warehouse_id = r.warehouse_id AND f.stream = 'wh:' || CAST(r.warehouse_id AS TEXT) \
                     AND f.kind = $1 AND f.id = r.id WHERE r.state IN ('closed', 'cancelled') AND f.deleted = 0 \
                     AND f.changed_ms <= $2 ORDER BY f.warehouse_id, f.id LIMIT $3",
                    vals![kind::RMA, since, TASKS_MAX],
                )
                .await?;
            let refunds = tx
                .rows(
                    "SELECT f.warehouse_id, f.stream, f.kind, f.id FROM refund r JOIN feed_row f \
                     ON f.warehouse_id = r.warehouse_id AND f.stream = 'dev:' || r.device AND f.kind = $1 AND f.id = r.id \
                     WHERE r.state IN ('released', 'refused') AND f.deleted = 0 AND f.changed_ms <= $2 \
                     ORDER BY f.warehouse_id, f.id LIMIT $3",
                    vals![kind::REFUND, since, TASKS_MAX],
                )
                .await?;
            rows.extend(refunds);
            Ok(rows)
        })
        .await?;
    for row in &old {
        let warehouse = row.i64("warehouse_id")?;
        let (stream, of, id) = (&row.text("stream")?, &row.text("kind")?, &row.text("id")?);
        db.write(|tx| async move {
            let mut changes = Changes::new(warehouse);
            changes.delete(stream, of, id);
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(())
}

/// Opens an exception over each photograph whose fact came long enough ago at `now`, and whose picture did not.
/// The fact stands.
///
/// # Errors
/// When the database refuses.
pub async fn photos(db: &Db, now: i64) -> Result<()> {
    let missing = db
        .read(|tx| async move {
            tx.rows(
                "SELECT warehouse_id, id, device, epoch, seq, subject, purpose FROM photo WHERE stored_ms = 0 \
                 AND exception = '' AND taken_ms <= $1 ORDER BY warehouse_id, taken_ms, id LIMIT $2",
                vals![now - PHOTO_WAIT_MS, TASKS_MAX],
            )
            .await
        })
        .await?;
    for row in &missing {
        let (warehouse, id, device) = (row.i64("warehouse_id")?, &row.text("id")?, &row.text("device")?);
        let (epoch, seq) = (row.u64("epoch")?, row.u64("seq")?);
        let (subject, detail) =
            (&format!("photo:{id}"), &format!("{} of {} did not come", row.str("purpose")?, row.str("subject")?));
        db.write(|tx| async move {
            let mut changes = Changes::new(warehouse);
            let exception = exception::new_id();
            let noted = tx
                .execute(
                    "UPDATE photo SET exception = $3 WHERE warehouse_id = $1 AND id = $2 AND stored_ms = 0 \
                     AND exception = ''",
                    vals![warehouse, id, &exception],
                )
                .await?;
            if noted > 0 {
                let source = Source { device, epoch, seq, kind: "PhotoTaken" };
                let about = About { kind: Reason::PhotoMissing.code(), subject, detail };
                exception::open_as(exception, &tx, &mut changes, &source, &about, now, true).await?;
            }
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(())
}
