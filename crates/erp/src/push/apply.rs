//! One fact: decode, judge in a savepoint, log. Errors and panics of the judgement park the fact.

use super::effect::{self, Verdict};
use super::exception;
use super::intake::Incoming;
use crate::db::{Row, Tx};
use crate::error::{Error, Result};
use crate::feed::Changes;
use crate::vals;
use floorhand_domain::reason::Reason;
use floorhand_wire::push::{DecodeError, FactOutcome, Outcome, Was, WireFact};
use std::panic::AssertUnwindSafe;
use std::task::Poll;

/// What the facts of one push share.
pub(super) struct Context<'a> {
    pub(super) tx: &'a Tx,
    pub(super) changes: &'a mut Changes,
    pub(super) device: &'a str,
    pub(super) epoch: u64,
    /// The core's clock, read once in a transaction.
    pub(super) now: i64,
}

/// A fact as its judgement sees it, fresh from a push or from the log.
#[derive(Debug)]
pub(super) struct Stored<'a> {
    pub(super) seq: u64,
    pub(super) kind: &'a str,
    pub(super) agg: &'a str,
    pub(super) operator: &'a str,
    pub(super) occurred_at: i64,
    pub(super) time_quality: &'a str,
    pub(super) wire: Option<&'a WireFact>,
}

/// An outcome with its code and reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    pub(super) code: String,
    pub(super) reference: String,
    pub(super) detail: String,
}

impl Judged {
    fn parked(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Parked,
            code: reason.code().to_owned(),
            reference: String::new(),
            detail: detail.into(),
        }
    }
}

/// The outcome in a row of the log.
pub(super) fn outcome_of(row: &Row) -> Result<Outcome> {
    let name = row.str("outcome")?;
    Outcome::parse(name).ok_or_else(|| Error::Stored(format!("outcome {name:?}")))
}

/// Takes a new fact: judges and logs it.
pub(super) async fn one(context: &mut Context<'_>, fact: &Incoming, park: bool) -> Result<FactOutcome> {
    let warehouse = context.changes.warehouse();
    let known = context
        .tx
        .row(
            "SELECT device, epoch, seq, outcome, code, ref FROM fact_log \
             WHERE warehouse_id = $1 AND id = $2 AND dup_of = ''",
            vals![warehouse, &fact.id],
        )
        .await?;
    let (judged, dup_of) = match known {
        // The same fact under another number: re-numbered after a salvage or a fork. One effect.
        Some(row) => {
            let judged = Judged {
                outcome: outcome_of(&row)?,
                code: row.text("code")?,
                reference: row.text("ref")?,
                detail: String::new(),
            };
            (judged, format!("{}/{}/{}", row.str("device")?, row.i64("epoch")?, row.i64("seq")?))
        }
        None => {
            let stored = Stored {
                seq: fact.seq,
                kind: &fact.kind,
                agg: &fact.agg,
                operator: &fact.operator,
                occurred_at: fact.occurred_at,
                time_quality: fact.time_quality,
                wire: fact.wire.as_ref(),
            };
            let judged = if park {
                Judged::parked(Reason::Failed, "pushed in vain too often")
            } else if waits(context, &fact.agg, fact.seq).await? {
                Judged::parked(Reason::Behind, "")
            } else {
                judge(context, &stored).await?
            };
            (judged, String::new())
        }
    };
    let was = fact.wire.as_ref().and_then(|wire| wire.was.clone()).unwrap_or(Was { epoch: 0, seq: 0 });
    context
        .tx
        .execute(
            "INSERT INTO fact_log (warehouse_id, device, epoch, seq, id, dup_of, type, v, agg, bytes, prev, hash, \
             received_at, occurred_at, time_quality, operator, outcome, code, ref, undone, was_epoch, was_seq) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, $20, $21)",
            vals![
                warehouse,
                context.device,
                context.epoch.cast_signed(),
                fact.seq.cast_signed(),
                &fact.id,
                &dup_of,
                &fact.kind,
                fact.v,
                &fact.agg,
                fact.bytes.clone(),
                &fact.prev,
                &fact.hash,
                context.now,
                fact.occurred_at,
                fact.time_quality,
                &fact.operator,
                judged.outcome.as_str(),
                &judged.code,
                &judged.reference,
                was.epoch.cast_signed(),
                was.seq.cast_signed()
            ],
        )
        .await?;
    if judged.outcome == Outcome::Parked && dup_of.is_empty() {
        tracing::warn!(
            device = context.device,
            epoch = context.epoch,
            seq = fact.seq,
            code = judged.code,
            detail = judged.detail,
            "fact parked"
        );
        context
            .tx
            .execute(
                "INSERT INTO parked (warehouse_id, device, epoch, seq, agg, code, detail, tries) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
                vals![
                    warehouse,
                    context.device,
                    context.epoch.cast_signed(),
                    fact.seq.cast_signed(),
                    &fact.agg,
                    &judged.code,
                    &judged.detail
                ],
            )
            .await?;
    }
    Ok(FactOutcome {
        seq: fact.seq,
        outcome: judged.outcome,
        code: judged.code,
        reference: judged.reference,
        msg_key: String::new(),
    })
}

/// Whether an earlier fact of the aggregate is parked, so that this one must wait behind it. A fact
/// without an aggregate waits for nothing.
pub(super) async fn waits(context: &Context<'_>, agg: &str, seq: u64) -> Result<bool> {
    if agg.is_empty() {
        return Ok(false);
    }
    let row = context
        .tx
        .row(
            "SELECT seq FROM parked WHERE warehouse_id = $1 AND device = $2 AND agg = $3 \
             AND (epoch < $4 OR (epoch = $4 AND seq < $5)) LIMIT 1",
            vals![context.changes.warehouse(), context.device, agg, context.epoch.cast_signed(), seq.cast_signed()],
        )
        .await?;
    Ok(row.is_some())
}

/// Judges a fact in a savepoint of its own. Only trouble of the database comes out as an error, and
/// then the whole closure is run again.
pub(super) async fn judge(context: &mut Context<'_>, fact: &Stored<'_>) -> Result<Judged> {
    let decoded = match fact.wire.map(WireFact::decode) {
        Some(Ok(decoded)) => decoded,
        Some(Err(DecodeError::UnknownType { .. })) => {
            return Ok(Judged::parked(Reason::UnknownType, format!("type {:?}", fact.kind)));
        }
        Some(Err(error)) => return reject(context, fact, Reason::BadFact, &error.to_string()).await,
        None => return reject(context, fact, Reason::BadFact, "the envelope does not read").await,
    };
    let tx = context.tx;
    let mark = context.changes.mark();
    tx.savepoint().await?;
    let outcome = guarded(effect::judge(context, fact, &decoded)).await;
    match outcome {
        Ok(Ok(Verdict::Park(reason, detail))) => {
            tx.back_to_savepoint().await?;
            context.changes.rewind(mark);
            Ok(Judged::parked(reason, detail))
        }
        Ok(Ok(Verdict::Reject(reason, detail))) => {
            tx.back_to_savepoint().await?;
            context.changes.rewind(mark);
            reject(context, fact, reason, &detail).await
        }
        Ok(Ok(Verdict::Applied(judged))) => {
            tx.release_savepoint().await?;
            Ok(judged)
        }
        Ok(Err(error)) if error.is_transient() || error.is_database_down() => Err(error),
        Ok(Err(error)) => {
            tx.back_to_savepoint().await?;
            context.changes.rewind(mark);
            let detail = crate::error::chain(&error);
            tracing::error!(device = context.device, seq = fact.seq, kind = fact.kind, error = detail, "fact failed");
            Ok(Judged::parked(Reason::Failed, detail))
        }
        Err(panic) => {
            tx.back_to_savepoint().await?;
            context.changes.rewind(mark);
            tracing::error!(
                device = context.device,
                seq = fact.seq,
                kind = fact.kind,
                panic,
                "fact made its handler panic"
            );
            Ok(Judged::parked(Reason::Failed, format!("panic: {panic}")))
        }
    }
}

async fn reject(context: &mut Context<'_>, fact: &Stored<'_>, reason: Reason, detail: &str) -> Result<Judged> {
    let source = exception::Source { device: context.device, epoch: context.epoch, seq: fact.seq, kind: fact.kind };
    let about = exception::About { kind: reason.code(), subject: fact.agg, detail };
    let reference = exception::open(context.tx, context.changes, &source, &about, context.now, true).await?;
    Ok(Judged { outcome: Outcome::Rejected, code: reason.code().to_owned(), reference, detail: detail.to_owned() })
}

/// Runs a future and turns a panic inside it into its message. Whatever it left half done is in
/// the transaction and goes with the savepoint.
async fn guarded<F: Future>(future: F) -> std::result::Result<F::Output, String> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(move |cx| match std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panic) => Poll::Ready(Err(panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default())),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;
    use floorhand_wire::chain::GENESIS;
    use serde_json::{Value, json};

    fn note(seq: u64, note: &str, agg: &str) -> Incoming {
        let wire = WireFact {
            seq,
            id: format!("id-{seq}"),
            kind: "NoteAdded".to_owned(),
            v: 1,
            operator: String::new(),
            signin: String::new(),
            mono_ms: 0,
            boot_id: String::new(),
            wall: String::new(),
            agg: agg.to_owned(),
            base: std::collections::BTreeMap::new(),
            body: json!({"entry": "e", "note": note}),
            was: None,
            allowed_by: Vec::new(),
            prev: GENESIS.to_owned(),
            hash: String::new(),
        };
        Incoming {
            seq,
            id: wire.id.clone(),
            kind: wire.kind.clone(),
            v: 1,
            agg: agg.to_owned(),
            operator: String::new(),
            prev: wire.prev.clone(),
            hash: format!("b3:{seq}"),
            bytes: floorhand_wire::chain::canonical(&serde_json::to_value(&wire).unwrap_or(Value::Null)),
            occurred_at: 0,
            time_quality: "boot",
            wire: Some(wire),
        }
    }

    #[tokio::test]
    async fn a_panic_parks_its_aggregate_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path(), None).await.unwrap();
        let outcomes = db
            .write(|tx| async move {
                let mut changes = Changes::new(1);
                let mut context = Context { tx: &tx, changes: &mut changes, device: "d-1", epoch: 1, now: 1 };
                let mut outcomes = Vec::new();
                for fact in [note(1, "panic", "a"), note(2, "fine", "a"), note(3, "fine", "b"), note(4, "fine", "")] {
                    outcomes.push(one(&mut context, &fact, false).await?);
                }
                // Pushed in vain too often: parked without being looked at.
                outcomes.push(one(&mut context, &note(5, "fine", "c"), true).await?);
                changes.publish(&tx).await?;
                Ok(outcomes)
            })
            .await
            .unwrap();
        let got: Vec<_> = outcomes.iter().map(|o| (o.seq, o.outcome.as_str(), o.code.as_str())).collect();
        assert_eq!(
            got,
            [
                (1, "parked", "FAILED"),
                (2, "parked", "BEHIND"),
                (3, "applied", ""),
                (4, "applied", ""),
                (5, "parked", "FAILED")
            ]
        );
        // Run again, the fact that still panics and the one behind it stay; the other takes effect.
        assert_eq!(super::super::rerun_parked(&db).await.unwrap(), 1);
        let left = db
            .read(|tx| async move { tx.rows("SELECT seq, code, tries FROM parked ORDER BY seq", &[]).await })
            .await
            .unwrap();
        let left: Vec<_> = left.iter().map(|r| (r.i64(0).unwrap(), r.text(1).unwrap(), r.i64(2).unwrap())).collect();
        assert_eq!(left, [(1, "FAILED".to_owned(), 2), (2, "BEHIND".to_owned(), 2)]);
    }
}
