//! Tasks that begin on the floor: opened there, or taken over from somebody who left them.

use super::approved;
use super::effect::{Act, Effect, Stop};
use crate::claim::{self, Claim};
use crate::entity;
use crate::error::Result;
use crate::vals;
use floorhand_domain::id::{ItemId, LocationId, TaskId};
use floorhand_domain::reason::Reason;
use floorhand_domain::task::{Task, TaskKind, TaskState};

fn own(act: &Act<'_>) -> Claim {
    Claim {
        id: format!("fact:{}/{}/{}", act.device, act.epoch, act.seq),
        device: act.device.to_owned(),
        operator: act.operator.to_owned(),
        expires_at: 0,
    }
}

/// `TaskOpened`: the core adopts the task under the name that the device gave it, once.
pub(super) async fn opened(act: &mut Act<'_>, id: &TaskId, kind: TaskKind, location: &LocationId) -> Effect {
    let warehouse = act.warehouse();
    if id.is_none() || !matches!(kind, TaskKind::Count | TaskKind::Move) {
        return Ok(Err(Stop::Reject(Reason::BadFact, "only counts and moves are opened on the floor".to_owned())));
    }
    if let Some(known) = entity::task(act.tx, warehouse, id).await? {
        if known.kind != kind || (!known.device.is_none() && known.device.as_str() != act.device) {
            act.flag(Reason::ClaimLost, format!("task:{id}"), "another task has this name");
        }
        return Ok(Ok(()));
    }
    let zone = entity::location(act.tx, warehouse, location).await?.map(|place| place.zone).unwrap_or_default();
    let mut task = Task { id: id.clone(), kind, zone, state: TaskState::Open, released_ms: act.now, ..Task::default() };
    entity::put_task(act.tx, act.changes, &task).await?;
    let claim = own(act);
    claim::give(act.tx, act.changes, &mut task, &claim, act.now).await?;
    Ok(Ok(()))
}

/// `TaskTakenOver`: given to the new holder where the lease ended, the holder is signed out, or a
/// supervisor allowed it.
pub(super) async fn taken_over(act: &mut Act<'_>, id: &TaskId) -> Effect {
    let warehouse = act.warehouse();
    let Some(mut task) = entity::task(act.tx, warehouse, id).await? else {
        return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("task {id} is not known"))));
    };
    let subject = format!("task:{id}");
    let free = match claim::live(act.tx, warehouse, id, act.now).await? {
        None => true,
        Some(held) if held.device == act.device && held.operator == act.operator => true,
        Some(held) => {
            signed_out(act, &held).await?
                || approved::holds(act, &subject, &[Reason::Claimed, Reason::TakeOver], &ItemId::default(), 0).await?
        }
    };
    if !free || entity::is_over(&task) {
        act.flag(Reason::ClaimLost, subject, "the task is somebody else's or over");
        return Ok(Ok(()));
    }
    let claim = own(act);
    claim::give(act.tx, act.changes, &mut task, &claim, act.now).await?;
    Ok(Ok(()))
}

/// Whether the holder of a claim has left the device: the last sign-in or sign-out there is not their
/// sign-in. Where neither is known, they are taken to be there.
async fn signed_out(act: &Act<'_>, held: &Claim) -> Result<bool> {
    let row = act
        .tx
        .row(
            "SELECT type, agg FROM fact_log WHERE warehouse_id = $1 AND device = $2 AND type IN ('SignedIn', 'SignedOut') \
             ORDER BY epoch DESC, seq DESC LIMIT 1",
            vals![act.warehouse(), &held.device],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    Ok(row.str("type")? == "SignedOut" || row.str("agg")? != format!("operator:{}", held.operator))
}
