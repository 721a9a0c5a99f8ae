//! Claims: a lease on a task. Leases are intervals of the core's clock, never instants of another.

use crate::auth::Device;
use crate::clock;
use crate::db::{Db, Tx};
use crate::entity;
use crate::error::{Error, Result, problem};
use crate::feed::Changes;
use crate::server::Core;
use crate::vals;
use axum::Json;
use axum::extract::{Path, State};
use floorhand_domain::id::{DeviceId, OperatorId, TaskId};
use floorhand_domain::master::Role;
use floorhand_domain::task::{Task, TaskKind, TaskState};
use floorhand_wire::enrol::{ClaimRequest, ClaimResponse};

/// A claim that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Chosen by whoever made it.
    pub id: String,
    /// The device.
    pub device: String,
    /// The operator.
    pub operator: String,
    /// When it ends, in milliseconds since 1970.
    pub expires_at: i64,
}

/// The claim on a task that holds now; the task's row must be locked.
///
/// # Errors
/// When the database refuses.
pub async fn live(tx: &Tx, warehouse: i64, task: &TaskId, now: i64) -> Result<Option<Claim>> {
    let row = tx
        .row(
            "SELECT id, device, operator, expires_at FROM claim \
             WHERE warehouse_id = $1 AND task = $2 AND expires_at > $3",
            vals![warehouse, task, now],
        )
        .await?;
    row.map(|row| {
        Ok(Claim {
            id: row.text("id")?,
            device: row.text("device")?,
            operator: row.text("operator")?,
            expires_at: row.i64("expires_at")?,
        })
    })
    .transpose()
}

/// Gives a task to an operator on a device and returns the seconds that it holds.
///
/// # Errors
/// When the database refuses.
pub async fn give(tx: &Tx, changes: &mut Changes, task: &mut Task, claim: &Claim, now: i64) -> Result<u64> {
    let warehouse = changes.warehouse();
    let minutes = i64::from(entity::settings(tx, warehouse).await?.claim_lease_minutes.max(1));
    tx.execute(
        "INSERT INTO claim (warehouse_id, task, id, device, operator, expires_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (warehouse_id, task) DO UPDATE SET id = excluded.id, device = excluded.device, \
         operator = excluded.operator, expires_at = excluded.expires_at",
        vals![warehouse, &task.id, &claim.id, &claim.device, &claim.operator, now + minutes * 60_000],
    )
    .await?;
    task.state = TaskState::Claimed;
    task.holder = OperatorId(claim.operator.clone());
    task.device = DeviceId(claim.device.clone());
    task.lease_until_ms = now + minutes * 60_000;
    task.left_by = OperatorId::default();
    entity::put_task(tx, changes, task).await?;
    Ok((minutes * 60).cast_unsigned())
}

/// Marks the tasks that an operator holds on a device as left, or no longer: a holder who has signed out
/// keeps the claim, and others may take it over.
///
/// # Errors
/// When the database refuses.
pub async fn leave(tx: &Tx, changes: &mut Changes, device: &str, operator: &OperatorId, left: bool) -> Result<()> {
    let warehouse = changes.warehouse();
    let held = tx
        .rows(
            "SELECT task FROM claim WHERE warehouse_id = $1 AND device = $2 AND operator = $3 ORDER BY task LIMIT 100",
            vals![warehouse, device, operator],
        )
        .await?;
    for row in &held {
        let Some(mut task) = entity::task(tx, warehouse, &TaskId(row.text("task")?)).await? else { continue };
        let by = if left { operator.clone() } else { OperatorId::default() };
        if task.state == TaskState::Claimed && task.left_by != by {
            task.left_by = by;
            entity::put_task(tx, changes, &task).await?;
        }
    }
    Ok(())
}

/// Takes the claim off a task; the caller writes the task.
///
/// # Errors
/// When the database refuses.
pub async fn end(tx: &Tx, warehouse: i64, task: &mut Task) -> Result<()> {
    tx.execute("DELETE FROM claim WHERE warehouse_id = $1 AND task = $2", vals![warehouse, &task.id]).await?;
    task.holder = OperatorId::default();
    task.device = DeviceId::default();
    task.lease_until_ms = 0;
    task.left_by = OperatorId::default();
    if task.state == TaskState::Claimed {
        task.state = TaskState::Open;
    }
    Ok(())
}

/// `POST /v1/tasks/{id}/claim`.
pub(crate) async fn claim(
    State(core): State<Core>,
    Device(device): Device,
    Path(task): Path<String>,
    Json(ask): Json<ClaimRequest>,
) -> Result<Json<ClaimResponse>> {
    let (device, task, ask) = (&device, &TaskId(task), &ask);
    let lease_s = core
        .db
        .write(|tx| async move {
            let now = clock::now_ms();
            let mut found = entity::task(&tx, device.warehouse, task)
                .await?
                .ok_or_else(|| Error::problem(404, "not_found", "There is no such task."))?;
            if entity::is_over(&found) {
                return Err(Error::problem(410, "gone", "The task is done or withdrawn."));
            }
            if !may_work(&tx, device.warehouse, &ask.operator, now).await? {
                return Err(Error::problem(403, "operator_ended", "The operator's access has ended."));
            }
            let role = role_of(found.kind);
            if !roles(&tx, device.warehouse, &ask.operator).await?.contains(&role) {
                let detail = format!("This work takes the role {}.", entity::name(&role));
                return Err(Error::problem(403, "not_allowed", detail));
            }
            match live(&tx, device.warehouse, task, now).await? {
                // The same request again: the same claim, with what is left of it.
                Some(held) if held.id == ask.id && held.device == device.id => {
                    return Ok(((held.expires_at - now) / 1000).cast_unsigned());
                }
                Some(held) if held.device != device.id || held.operator != ask.operator => {
                    let mut problem = problem(409, "claimed", "Somebody else works on this task.");
                    problem.holder = Some(held.operator);
                    return Err(Error::Problem(Box::new(problem)));
                }
                _ => {}
            }
            let mut changes = Changes::new(device.warehouse);
            let claim =
                Claim { id: ask.id.clone(), device: device.id.clone(), operator: ask.operator.clone(), expires_at: 0 };
            let lease_s = give(&tx, &mut changes, &mut found, &claim, now).await?;
            changes.publish(&tx).await?;
            Ok(lease_s)
        })
        .await?;
    Ok(Json(ClaimResponse { lease_s }))
}

/// Whether the operator is known and the access holds at `at_ms`. A grant without an end has 0.
///
/// # Errors
/// When the database refuses.
pub async fn may_work(tx: &Tx, warehouse: i64, operator: &str, at_ms: i64) -> Result<bool> {
    let row = tx
        .row("SELECT state, valid_to_ms FROM operator WHERE warehouse_id = $1 AND id = $2", vals![warehouse, operator])
        .await?;
    let Some(row) = row else { return Ok(false) };
    let valid_to = row.i64("valid_to_ms")?;
    Ok(row.str("state")? == "active" && (valid_to == 0 || at_ms <= valid_to))
}

/// Roles of an operator, also of one whose access has ended; empty for somebody who is not known.
///
/// # Errors
/// When the database refuses.
pub async fn roles(tx: &Tx, warehouse: i64, operator: &str) -> Result<Vec<Role>> {
    let row =
        tx.row("SELECT roles FROM operator WHERE warehouse_id = $1 AND id = $2", vals![warehouse, operator]).await?;
    let stored = row.map(|row| row.text("roles")).transpose()?.unwrap_or_default();
    Ok(stored.split(',').filter_map(|role| entity::parse(role).ok()).collect())
}

/// The role that a kind of work takes, as on the devices.
fn role_of(kind: TaskKind) -> Role {
    match kind {
        TaskKind::Pick => Role::Pick,
        TaskKind::Pack => Role::Pack,
        TaskKind::Receive => Role::Receive,
        TaskKind::PutAway | TaskKind::Move => Role::Stock,
        TaskKind::Count => Role::Count,
        TaskKind::Return => Role::Returns,
    }
}

/// Frees tasks whose lease has ended, so that every device sees them again. Facts that their former
/// holder still sends are taken all the same.
///
/// # Errors
/// When the database refuses.
pub async fn expire(db: &Db, now: i64) -> Result<usize> {
    let ended = db
        .read(|tx| async move {
            tx.rows(
                "SELECT warehouse_id, task FROM claim WHERE expires_at <= $1 ORDER BY warehouse_id, task LIMIT 500",
                vals![now],
            )
            .await
        })
        .await?;
    for row in &ended {
        let (warehouse, id) = (row.i64("warehouse_id")?, TaskId(row.text("task")?));
        let id = &id;
        db.write(|tx| async move {
            let Some(mut task) = entity::task(&tx, warehouse, id).await? else { return Ok(()) };
            if live(&tx, warehouse, id, now).await?.is_some() {
                return Ok(());
            }
            let mut changes = Changes::new(warehouse);
            let holder = std::mem::take(&mut task.holder);
            end(&tx, warehouse, &mut task).await?;
            // Begun and left: whoever goes on with it takes it over.
            task.left_by = holder;
            entity::put_task(&tx, &mut changes, &task).await?;
            changes.publish(&tx).await
        })
        .await?;
    }
    Ok(ended.len())
}
