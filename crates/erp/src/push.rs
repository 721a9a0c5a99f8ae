//! Facts up: the push transaction (docs of the protocol, section 4).
//!
//! The device row is locked first and the stream heads last; between them every fact is judged in
//! a savepoint of its own. The whole is one closure that may run again, and a retry of a batch that
//! was committed meets its own hashes and gets the stored outcomes.

mod answered;
mod apply;
mod approved;
mod awaited;
mod count;
mod effect;
pub(crate) mod exception;
mod intake;
mod late;
mod moved;
mod other_stock;
mod pack;
mod park;
mod pick;
mod promise;
mod put_away;
mod receipt;
mod receive;
mod returned;
mod ship;
mod task;
mod tote;

pub use park::{rerun_awaiting, rerun_parked};

use crate::auth::AnyDevice;
use crate::clock;
use crate::error::{Error, Result, problem};
use crate::outbound::labels;
use crate::server::Core;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::IntoResponse;
use floorhand_wire::push::{FactOutcome, PushRequest, PushResponse};
use floorhand_wire::{PUSH_BYTES_MAX, PUSH_FACTS_MAX};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Pushes in vain, by a device with the same first fact, until that fact is parked.
const TROUBLE_MAX: u32 = 5;
/// Devices with pushes in vain that are remembered.
const TROUBLE_DEVICES_MAX: usize = 10_000;

/// Which devices have pushed the same first fact in vain, and how often, so that no single fact
/// stops a shift. Kept in memory: a restart of the core is one more chance for the fact.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trouble(Arc<Mutex<HashMap<String, InVain>>>);

/// The first fact of a push that failed, and how often it did.
#[derive(Debug, Clone, Copy)]
struct InVain {
    epoch: u64,
    seq: u64,
    times: u32,
}

impl Trouble {
    fn times(&self, device: &str, epoch: u64, seq: u64) -> u32 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(device).filter(|one| (one.epoch, one.seq) == (epoch, seq)).map_or(0, |one| one.times)
    }

    fn add(&self, device: &str, epoch: u64, seq: u64) {
        let times = self.times(device, epoch, seq) + 1;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < TROUBLE_DEVICES_MAX || known.contains_key(device) {
            known.insert(device.to_owned(), InVain { epoch, seq, times });
        }
    }

    fn forget(&self, device: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(device);
    }
}

/// What a push came to.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Logged up to this number; the last backup that was checked holds them up to `durable`.
    Acked { through: u64, outcomes: Vec<FactOutcome>, durable: u64 },
    /// The device was revoked.
    Quarantined { through: u64 },
    /// A fact before these is missing.
    Gap { expect_seq: u64 },
    /// The core has another fact under this number.
    Fork { seq: u64, server_hash: String },
}

/// `POST /v1/sync/push`.
pub(crate) async fn push(
    State(core): State<Core>,
    device: AnyDevice,
    body: std::result::Result<Bytes, BytesRejection>,
) -> Result<Json<PushResponse>> {
    let too_large = || Error::problem(413, "too_large", "Send at most 200 facts and 256 KB; halve the batch.");
    let body = body.map_err(|rejection| match rejection.into_response().status().as_u16() {
        413 => too_large(),
        _ => Error::problem(400, "bad_request", "The body could not be read."),
    })?;
    if body.len() > PUSH_BYTES_MAX {
        return Err(too_large());
    }
    let ask: PushRequest = serde_json::from_slice(&body)
        .map_err(|error| Error::problem(400, "bad_request", format!("The push does not read: {error}")))?;
    if ask.facts.len() > PUSH_FACTS_MAX {
        return Err(too_large());
    }
    if ask.device != device.id {
        return Err(Error::problem(403, "forbidden", "The token is of another device."));
    }
    let batch = intake::read(&ask, clock::now_ms())?;
    let park_first = core.trouble.times(&device.id, ask.epoch, ask.first_seq) >= TROUBLE_MAX;
    let (device, ask, batch) = (&device, &ask, &batch);
    let taken = core.db.write(|tx| async move { intake::take(&tx, device, ask, batch, park_first).await }).await;
    match &taken {
        Err(error @ Error::Busy(_)) => {
            tracing::warn!(device = device.id, seq = ask.first_seq, error = %error, "push in vain");
            core.trouble.add(&device.id, ask.epoch, ask.first_seq);
        }
        _ => core.trouble.forget(&device.id),
    }
    // Facts may want labels. They are in the log, so nothing that happens here changes the answer.
    if matches!(taken, Ok(Taken::Acked { .. }))
        && let Err(error) = labels::run(&core.db).await
    {
        tracing::warn!(error = crate::error::chain(&error), "labels were not fetched");
    }
    let mut answer = PushResponse {
        server_epoch: core.server_epoch().to_owned(),
        server_time: clock::rfc3339(clock::now_ms()),
        ..PushResponse::default()
    };
    match taken? {
        Taken::Acked { through, outcomes, durable } => {
            answer.acked_through = Some(through);
            answer.durable_through = durable;
            answer.outcomes = outcomes;
            Ok(Json(answer))
        }
        Taken::Quarantined { through } => {
            answer.quarantined_through = Some(through);
            Ok(Json(answer))
        }
        Taken::Gap { expect_seq } => {
            let mut problem = problem(409, "gap", "Facts are missing before these; send from expect_seq.");
            problem.expect_seq = Some(expect_seq);
            Err(Error::Problem(Box::new(problem)))
        }
        Taken::Fork { seq, server_hash } => {
            tracing::error!(
                device = device.id,
                epoch = ask.epoch,
                seq,
                "fork: the device's store was copied or restored"
            );
            let mut problem =
                problem(409, "fork", "The core has another fact here; start a new epoch and send the tail in it.");
            problem.seq = Some(seq);
            problem.server_hash = Some(server_hash);
            Err(Error::Problem(Box::new(problem)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_first_fact_in_a_row_counts() {
        let trouble = Trouble::default();
        for _ in 0..TROUBLE_MAX {
            trouble.add("d-1", 1, 7);
        }
        assert_eq!(trouble.times("d-1", 1, 7), TROUBLE_MAX);
        assert_eq!((trouble.times("d-1", 1, 8), trouble.times("d-1", 2, 7), trouble.times("d-2", 1, 7)), (0, 0, 0));
        trouble.add("d-1", 1, 8);
        assert_eq!((trouble.times("d-1", 1, 7), trouble.times("d-1", 1, 8)), (0, 1));
        trouble.forget("d-1");
        assert_eq!(trouble.times("d-1", 1, 8), 0);
    }
}
