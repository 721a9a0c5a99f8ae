//! The order of things in a push: numbers, hashes, replays; what a fact means is not asked here.

use super::Taken;
use super::apply::{self, Context};
use super::exception;
use crate::auth::AnyDevice;
use crate::clock;
use crate::db::{Engine, Tx, Val};
use crate::enrol::open_epoch;
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::TaskId;
use floorhand_wire::chain;
use floorhand_wire::push::{FactOutcome, Outcome, PushRequest, WireFact};
use serde_json::Value;
use std::collections::BTreeSet;

/// A fact of a batch, its hash checked against its content.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) seq: u64,
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) v: u32,
    pub(super) agg: String,
    pub(super) operator: String,
    pub(super) prev: String,
    pub(super) hash: String,
    /// The canonical form, as the hash covers it and the log keeps it.
    pub(super) bytes: Vec<u8>,
    pub(super) occurred_at: i64,
    pub(super) time_quality: &'static str,
    /// `None` where the envelope itself does not read.
    pub(super) wire: Option<WireFact>,
}

/// Reads a batch: contiguous numbers, one chain, each hash that of its fact.
pub(super) fn read(ask: &PushRequest, now: i64) -> Result<Vec<Incoming>> {
    if ask.epoch == 0 || i64::try_from(ask.epoch).is_err() {
        return Err(Error::problem(400, "bad_epoch", "Epochs count from 1."));
    }
    let mut batch: Vec<Incoming> = Vec::with_capacity(ask.facts.len());
    for (fact, expected) in ask.facts.iter().zip(ask.first_seq..) {
        let incoming = read_one(fact, ask, now)?;
        if incoming.seq != expected || expected == 0 || i64::try_from(expected).is_err() {
            return Err(Error::problem(
                400,
                "bad_sequence",
                format!("Fact {} stands where {expected} belongs.", incoming.seq),
            ));
        }
        if chain::hash(&incoming.prev, &incoming.bytes) != incoming.hash {
            return Err(Error::problem(
                400,
                "bad_hash",
                format!("The hash of fact {expected} is not that of its content."),
            ));
        }
        if batch.last().is_some_and(|last| last.hash != incoming.prev) {
            return Err(Error::problem(
                400,
                "bad_chain",
                format!("Fact {expected} does not follow the one before it."),
            ));
        }
        batch.push(incoming);
    }
    Ok(batch)
}

fn text(fact: &Value, key: &str) -> String {
    fact.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn read_one(fact: &Value, ask: &PushRequest, now: i64) -> Result<Incoming> {
    let seq = fact.get("seq").and_then(Value::as_u64).unwrap_or(0);
    let (prev, hash) = (text(fact, "prev"), text(fact, "hash"));
    let wire: Option<WireFact> = serde_json::from_value(fact.clone()).ok();
    let (occurred_at, time_quality) = occurred(wire.as_ref(), ask, now);
    // Whatever else is wrong with it, it is kept: only number and hashes are needed for that.
    let id = match text(fact, "id") {
        id if id.is_empty() || id.len() > 100 => format!("none:{}/{}/{seq}", ask.device, ask.epoch),
        id => id,
    };
    Ok(Incoming {
        seq,
        id,
        kind: text(fact, "type"),
        v: fact.get("v").and_then(Value::as_u64).and_then(|v| u32::try_from(v).ok()).unwrap_or(0),
        agg: text(fact, "agg"),
        operator: text(fact, "operator"),
        prev,
        hash,
        bytes: chain::canonical(fact),
        occurred_at,
        time_quality,
        wire,
    })
}

/// When it happened, by the core's clock: its age since boot holds as long as the device was not
/// started anew; after that only the device's own clock tells, which is evidence for people.
fn occurred(wire: Option<&WireFact>, ask: &PushRequest, now: i64) -> (i64, &'static str) {
    let Some(wire) = wire else { return (now, "received") };
    if wire.boot_id == ask.boot_id && wire.mono_ms <= ask.sent_mono_ms {
        let age = i64::try_from(ask.sent_mono_ms - wire.mono_ms).unwrap_or(0);
        return (now.saturating_sub(age), "boot");
    }
    match wire.wall.parse::<jiff::Timestamp>() {
        Ok(wall) => (wall.as_millisecond(), "wall"),
        Err(_) => (now, "received"),
    }
}

/// Takes a batch in one transaction.
pub(super) async fn take(
    tx: &Tx,
    device: &AnyDevice,
    ask: &PushRequest,
    batch: &[Incoming],
    park_first: bool,
) -> Result<Taken> {
    let warehouse = device.warehouse;
    let rows = tx
        .lock("SELECT state, epoch FROM device WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &device.id])
        .await?;
    let row = rows.first().ok_or_else(|| Error::problem(401, "unauthorised", "The device is not known."))?;
    if row.str("state")? != "active" {
        quarantine(tx, device, ask.epoch, batch, "revoked").await?;
        return Ok(Taken::Quarantined { through: batch.last().map_or(0, |last| last.seq) });
    }
    // A core restored from a backup may have forgotten this epoch: what a known key names counts.
    open_epoch(tx, warehouse, &device.id, ask.epoch).await?;
    let known_epoch = row.u64("epoch")?.max(ask.epoch);
    let epochs = tx
        .lock(
            "SELECT last_seq, last_hash FROM device_epoch WHERE warehouse_id = $1 AND device = $2 AND epoch = $3",
            vals![warehouse, &device.id, ask.epoch.cast_signed()],
        )
        .await?;
    let epoch_row = epochs.first().ok_or_else(|| Error::Stored("device_epoch".to_owned()))?;
    let (last_seq, last_hash) = (epoch_row.u64("last_seq")?, epoch_row.text("last_hash")?);

    let mut changes = Changes::new(warehouse);
    let mut outcomes = Vec::new();
    let known = batch.iter().take_while(|fact| fact.seq <= last_seq).count();
    let (old, new) = batch.split_at(known);
    if let Some(fork) = replay(tx, device, ask, old, &mut outcomes).await? {
        return forked(tx, changes, device, ask, batch, fork).await;
    }
    if let Some(first) = new.first() {
        if first.seq != last_seq + 1 {
            return Ok(Taken::Gap { expect_seq: last_seq + 1 });
        }
        if first.prev != last_hash {
            // The histories part at or before the last fact that the core has.
            return forked(tx, changes, device, ask, batch, (last_seq, last_hash)).await;
        }
    }
    lock_keys(tx, warehouse, new).await?;
    let now = clock::now_ms();
    let mut context = Context { tx, changes: &mut changes, device: &device.id, epoch: ask.epoch, now };
    for (n, fact) in new.iter().enumerate() {
        let outcome = apply::one(&mut context, fact, park_first && n == 0).await?;
        if outcome.outcome != Outcome::Applied {
            outcomes.push(outcome);
        }
    }
    let (through, hash) = new.last().map_or((last_seq, &last_hash), |last| (last.seq, &last.hash));
    tx.execute(
        "UPDATE device_epoch SET last_seq = $4, last_hash = $5 WHERE warehouse_id = $1 AND device = $2 AND epoch = $3",
        vals![warehouse, &device.id, ask.epoch.cast_signed(), through.cast_signed(), hash],
    )
    .await?;
    tx.execute(
        "UPDATE device SET epoch = $3, app = $4, last_seen = $5 WHERE warehouse_id = $1 AND id = $2",
        vals![warehouse, &device.id, known_epoch.cast_signed(), &device.app, now],
    )
    .await?;
    let durable = tx
        .row(
            "SELECT seq FROM backed_up WHERE warehouse_id = $1 AND device = $2 AND epoch = $3",
            vals![warehouse, &device.id, ask.epoch.cast_signed()],
        )
        .await?
        .map_or(Ok(0), |row| row.u64("seq"))?;
    changes.publish(tx).await?;
    Ok(Taken::Acked { through, outcomes, durable: durable.min(through) })
}

/// Facts that the core has: the stored outcome of each, or the place where the histories part.
async fn replay(
    tx: &Tx,
    device: &AnyDevice,
    ask: &PushRequest,
    old: &[Incoming],
    outcomes: &mut Vec<FactOutcome>,
) -> Result<Option<(u64, String)>> {
    for fact in old {
        let row = tx
            .row(
                "SELECT hash, outcome, code, ref FROM fact_log \
                 WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
                vals![device.warehouse, &device.id, ask.epoch.cast_signed(), fact.seq.cast_signed()],
            )
            .await?
            .ok_or_else(|| Error::Stored(format!("fact {}/{}/{} is missing", device.id, ask.epoch, fact.seq)))?;
        if row.str("hash")? != fact.hash {
            return Ok(Some((fact.seq, row.text("hash")?)));
        }
        let outcome = apply::outcome_of(&row)?;
        if outcome != Outcome::Applied {
            outcomes.push(FactOutcome {
                seq: fact.seq,
                outcome,
                code: row.text("code")?,
                reference: row.text("ref")?,
                msg_key: String::new(),
            });
        }
    }
    Ok(None)
}

/// Keeps a divergent batch where a supervisor can find it; the device sends its tail again in a
/// new epoch.
async fn forked(
    tx: &Tx,
    mut changes: Changes,
    device: &AnyDevice,
    ask: &PushRequest,
    batch: &[Incoming],
    (seq, server_hash): (u64, String),
) -> Result<Taken> {
    let new = quarantine(tx, device, ask.epoch, batch, "fork").await?;
    if new > 0 {
        let source = exception::Source { device: &device.id, epoch: ask.epoch, seq, kind: "" };
        let about = exception::About { kind: "FORK", subject: &device.id, detail: "the store was copied or restored" };
        exception::open(tx, &mut changes, &source, &about, clock::now_ms(), true).await?;
    }
    changes.publish(tx).await?;
    Ok(Taken::Fork { seq, server_hash })
}

/// Stores facts without any effect and returns how many of them are new there.
async fn quarantine(tx: &Tx, device: &AnyDevice, epoch: u64, batch: &[Incoming], reason: &str) -> Result<u64> {
    let mut new = 0;
    for fact in batch {
        new += tx
            .execute(
                "INSERT INTO fact_quarantine (warehouse_id, device, epoch, seq, hash, bytes, reason, received_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                 ON CONFLICT (warehouse_id, device, epoch, seq, hash) DO NOTHING",
                vals![
                    device.warehouse,
                    &device.id,
                    epoch.cast_signed(),
                    fact.seq.cast_signed(),
                    &fact.hash,
                    fact.bytes.clone(),
                    reason,
                    clock::now_ms()
                ],
            )
            .await?;
    }
    Ok(new)
}

/// Locks what the batch will change in one order for all devices: tasks, handling units, balances, places.
/// SQLite has one writer, who holds everything already.
async fn lock_keys(tx: &Tx, warehouse: i64, new: &[Incoming]) -> Result<()> {
    if tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    let mut tasks = BTreeSet::new();
    let mut units = BTreeSet::new();
    let mut balances = BTreeSet::new();
    // Places that are asked to be counted.
    let mut places = BTreeSet::new();
    for fact in new.iter().filter_map(|fact| fact.wire.as_ref()?.decode().ok()) {
        match &fact {
            Fact::TaskClaimed { task } | Fact::TaskReleased { task } => {
                tasks.insert(task.clone());
            }
            Fact::ToteAssigned { task, tote, .. }
            | Fact::Picked { task, tote, .. }
            | Fact::ToteClosed { task, tote, .. } => {
                tasks.insert(task.clone());
                units.insert(tote.clone());
            }
            Fact::PickedShort { task, .. } => {
                tasks.insert(task.clone());
            }
            Fact::DroppedOff { task, totes, .. } => {
                tasks.insert(task.clone());
                units.extend(totes.iter().cloned());
            }
            // The task of a delivery has its identifier.
            Fact::DeliveryOpened { delivery, .. } | Fact::ReceiptClosed { delivery, .. } => {
                tasks.insert(TaskId(delivery.0.clone()));
            }
            Fact::Received { delivery, handling_unit, .. } => {
                tasks.insert(TaskId(delivery.0.clone()));
                units.insert(handling_unit.clone());
            }
            Fact::TaskTakenOver { task, .. }
            | Fact::TaskOpened { task, .. }
            | Fact::CountStarted { task, .. }
            | Fact::CountSubmitted { task, .. }
            | Fact::ZeroChecked { task, .. } => {
                tasks.insert(task.clone());
            }
            Fact::Moved { task, unit, into, .. } => {
                tasks.insert(task.clone());
                units.extend([unit.clone(), into.clone()]);
            }
            _ => {}
        }
        if let Fact::PickedShort { location, .. }
        | Fact::ZeroChecked { location, .. }
        | Fact::CountSubmitted { location, .. } = &fact
        {
            places.insert(location.clone());
        }
        for what in fact.moves() {
            for place in [what.from, what.to] {
                balances.insert((what.item.clone(), what.lot.clone(), what.serial.clone(), place));
            }
        }
    }
    for task in tasks {
        tx.lock("SELECT id FROM task WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &task]).await?;
    }
    for unit in units {
        tx.lock("SELECT id FROM handling_unit WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &unit]).await?;
    }
    for (item, lot, serial, place) in balances {
        let key: [Val; 7] = [
            Val::from(warehouse),
            Val::from(&place.location),
            Val::from(&item),
            Val::from(&lot),
            Val::from(&serial),
            Val::from(&place.handling_unit),
            Val::from(place.status.as_str()),
        ];
        tx.lock(
            "SELECT qty FROM balance WHERE warehouse_id = $1 AND location = $2 AND item = $3 AND lot = $4 \
             AND serial = $5 AND handling_unit = $6 AND status = $7",
            &key,
        )
        .await?;
    }
    for place in places {
        tx.lock("SELECT id FROM location WHERE warehouse_id = $1 AND id = $2", vals![warehouse, &place]).await?;
    }
    Ok(())
}
