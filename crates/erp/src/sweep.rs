//! What time alone brings about: leases end, tasks that are over and exceptions that are closed leave the
//! devices, old secrets go; what was shipped is forgotten once nobody can bring it back.

pub mod returns;

use crate::claim;
use crate::clock;
use crate::db::{Db, Row};
use crate::entity;
use crate::error::Result;
use crate::feed::Changes;
use crate::inbound::rows;
use crate::outbound::state::{CartonEvent, CartonState};
use crate::outbound::{cartons, labels};
use crate::vals;
use floorhand_domain::id::{DeliveryId, OrderId, TaskId};
use floorhand_domain::task::TaskKind;
use floorhand_wire::feed::kind;
use std::time::Duration;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(30);
/// Looks from one for tasks that are over to the next: about an hour.
const TASKS_EVERY: u32 = 120;
/// How long devices see a task that is over, or an exception that is closed.
const TASK_SHOWN_MS: i64 = 2 * 24 * 3_600_000;
/// How long a device that is away finds the outcome of a fact that was parked: 90 days.
const OUTCOME_SHOWN_MS: i64 = 90 * 24 * 3_600_000;
/// Tasks that one look takes off at the most.
const TASKS_MAX: i64 = 200;

/// Looks for ever.
pub(crate) async fn run(db: Db) {
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for look in (0..TASKS_EVERY).cycle() {
        every.tick().await;
        let now = clock::now_ms();
        let mut swept = leases_and_secrets(&db, now).await.and(labels::run(&db).await.map(|_| ()));
        if look == 0 {
            swept = swept.and(tasks(&db, now).await).and(exceptions(&db, now).await).and(orders(&db, now).await);
            swept = swept.and(returns::shipped(&db, now).await).and(returns::over(&db, now).await);
            swept = swept.and(returns::photos(&db, now).await);
            swept = swept.and(emptied(&db, now).await).and(outcomes(&db, now).await);
        }
        if let Err(error) = swept {
            tracing::warn!(error = crate::error::chain(&error), "not swept");
        }
    }
}

/// Frees tasks whose lease has ended by `now` and forgets nonces and tokens that have.
///
/// # Errors
/// When the database refuses.
pub async fn leases_and_secrets(db: &Db, now: i64) -> Result<()> {
    claim::expire(db, now).await?;
    db.write(|tx| async move {
        tx.execute("DELETE FROM nonce WHERE expires_ms <= $1", vals![now]).await?;
        tx.execute("DELETE FROM token WHERE expires_ms <= $1", vals![now]).await
    })
    .await
    .map(|_| ())
}

/// Tombstones for tasks that have been over for long enough at `now`; the tables keep them.
///
/// # Errors
/// When the database refuses.
pub async fn tasks(db: &Db, now: i64) -> Result<()> {
    let old = db
        .read(|tx| async move {
            tx.rows(
                "SELECT f.warehouse_id, f.id FROM feed_row f CROSS JOIN task t \
                 WHERE f.kind IN ('task', 'pack-order', 'handling-unit', 'outcome') AND f.kind = $1 AND f.deleted = 0 \
                 AND f.changed_ms <= $2 AND t.warehouse_id = f.warehouse_id AND t.id = f.id \
                 AND t.state IN ('done', 'cancelled') ORDER BY f.warehouse_id, f.id LIMIT $3",
                vals![kind::TASK, now - TASK_SHOWN_MS, TASKS_MAX],
            )
            .await
        })
        .await?;
    for row in &old {
        let (warehouse, id) = (row.i64("warehouse_id")?, TaskId(row.text("id")?));
        let id = &id;
        db.write(|tx| async move {
            let over = entity::task(&tx, warehouse, id).await?.filter(entity::is_over);
            let mut changes = Changes::new(warehouse);
            if let Some(task) = over {
                changes.delete_here(kind::TASK, id.as_str());
                if task.kind == TaskKind::Receive {
                    rows::drop_rows(&tx, &mut changes, &DeliveryId(id.0.clone())).await?;
                }
            }
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(())
}

/// Tombstones for orders that have left or were cancelled long enough ago at `now`, once nothing is in their cartons
/// in the building, and for these; the tables keep them.
///
/// # Errors
/// When the database refuses.
pub async fn orders(db: &Db, now: i64) -> Result<()> {
    let old = db
        .read(|tx| async move {
            tx.rows(
                "SELECT f.warehouse_id, f.id FROM feed_row f CROSS JOIN customer_order o \
                 WHERE f.kind IN ('task', 'pack-order', 'handling-unit', 'outcome') AND f.kind = $1 AND f.deleted = 0 \
                 AND f.changed_ms <= $2 AND o.warehouse_id = f.warehouse_id AND o.id = f.id \
                 AND o.state IN ('shipped', 'cancelled') AND NOT EXISTS (SELECT 1 FROM carton c CROSS JOIN balance b \
                 WHERE c.warehouse_id = o.warehouse_id AND c.order_id = o.id AND c.state NOT IN ('shipped', 'void') \
                 AND b.warehouse_id = c.warehouse_id AND b.handling_unit = c.id AND b.qty <> 0) \
                 ORDER BY f.warehouse_id, f.id LIMIT $3",
                vals![kind::PACK_ORDER, now - TASK_SHOWN_MS, TASKS_MAX],
            )
            .await
        })
        .await?;
    for row in &old {
        let (warehouse, id) = (row.i64("warehouse_id")?, OrderId(row.text("id")?));
        let id = &id;
        db.write(|tx| async move {
            let mut changes = Changes::new(warehouse);
            changes.delete_here(kind::PACK_ORDER, id.as_str());
            tx.execute("UPDATE customer_order SET shown = 0 WHERE warehouse_id = $1 AND id = $2", vals![warehouse, id])
                .await?;
            for mut held in cartons::of_order(&tx, warehouse, id).await? {
                if held.carton.state != CartonState::Shipped && held.on(CartonEvent::Empty) {
                    cartons::put(&tx, &mut changes, &held).await?;
                }
                changes.delete_here(kind::CARTON, held.carton.id.as_str());
                changes.delete_here(kind::HANDLING_UNIT, held.carton.id.as_str());
            }
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(())
}

/// Tombstones for pallets and cartons that have stood empty for long enough at `now`; the table keeps them. Who uses
/// the label again makes the handling unit known again.
///
/// # Errors
/// When the database refuses.
pub async fn emptied(db: &Db, now: i64) -> Result<()> {
    let old = db
        .read(|tx| async move {
            tx.rows(
                "SELECT f.warehouse_id, f.stream, f.id FROM feed_row f CROSS JOIN handling_unit h \
                 WHERE f.kind IN ('task', 'pack-order', 'handling-unit', 'outcome') AND f.kind = $1 AND f.deleted = 0 \
                 AND f.changed_ms <= $2 AND h.warehouse_id = f.warehouse_id AND h.id = f.id \
                 AND h.kind IN ('pallet', 'carton') AND h.location <> '' AND NOT EXISTS (SELECT 1 FROM balance b \
                 WHERE b.warehouse_id = h.warehouse_id AND b.handling_unit = h.id AND b.qty <> 0) \
                 AND NOT EXISTS (SELECT 1 FROM handling_unit i WHERE i.warehouse_id = h.warehouse_id AND i.parent = h.id \
                 AND i.parent <> '') AND NOT EXISTS (SELECT 1 FROM carton c WHERE c.warehouse_id = h.warehouse_id \
                 AND c.id = h.id AND c.state <> 'void') ORDER BY f.warehouse_id, f.id LIMIT $3",
                vals![kind::HANDLING_UNIT, now - TASK_SHOWN_MS, TASKS_MAX],
            )
            .await
        })
        .await?;
    take_off(db, kind::HANDLING_UNIT, &old).await
}

/// Tombstones for outcomes of facts that were parked, told long ago at `now`: whoever was away for longer than that
/// begins anew.
///
/// # Errors
/// When the database refuses.
pub async fn outcomes(db: &Db, now: i64) -> Result<()> {
    let old = db
        .read(|tx| async move {
            tx.rows(
                "SELECT f.warehouse_id, f.stream, f.id FROM feed_row f \
                 WHERE f.kind IN ('task', 'pack-order', 'handling-unit', 'outcome') AND f.kind = $1 AND f.deleted = 0 \
                 AND f.changed_ms <= $2 ORDER BY f.warehouse_id, f.stream, f.id LIMIT $3",
                vals![kind::OUTCOME, now - OUTCOME_SHOWN_MS, TASKS_MAX],
            )
            .await
        })
        .await?;
    take_off(db, kind::OUTCOME, &old).await
}

async fn take_off(db: &Db, kind: &str, old: &[Row]) -> Result<()> {
    for row in old {
        let (warehouse, stream, id) = (row.i64("warehouse_id")?, row.text("stream")?, row.text("id")?);
        let (stream, id) = (&stream, &id);
        db.write(|tx| async move {
            let mut changes = Changes::new(warehouse);
            changes.delete(stream, kind, id);
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(())
}

/// Tombstones for exceptions that have been closed for long enough at `now`; the tables keep them.
///
/// # Errors
/// When the database refuses.
pub async fn exceptions(db: &Db, now: i64) -> Result<()> {
    let old = db
        .read(|tx| async move {
            tx.rows(
                "SELECT f.warehouse_id, f.stream, f.id FROM exception e JOIN feed_row f \
                 ON f.warehouse_id = e.warehouse_id AND f.kind = $1 AND f.id = e.id \
                 AND f.stream IN ('dev:' || e.fact_device, 'wh:' || CAST(e.warehouse_id AS TEXT)) \
                 WHERE e.state = 'closed' AND f.deleted = 0 AND f.changed_ms <= $2 \
                 ORDER BY f.warehouse_id, f.stream, f.id LIMIT $3",
                vals![kind::EXCEPTION, now - TASK_SHOWN_MS, TASKS_MAX],
            )
            .await
        })
        .await?;
    for row in &old {
        let (warehouse, stream, id) = (row.i64("warehouse_id")?, row.text("stream")?, row.text("id")?);
        let (stream, id) = (&stream, &id);
        db.write(|tx| async move {
            let mut changes = Changes::new(warehouse);
            changes.delete(stream, kind::EXCEPTION, id);
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(())
}
