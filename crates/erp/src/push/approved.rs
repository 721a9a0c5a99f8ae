//! Decisions that a supervisor gave on a device. They counted there at once; one without authority is
//! rejected here, and the fact that it backed stays and is flagged.

use super::effect::{Act, Effect, Stop};
use crate::claim;
use crate::error::{Error, Result};
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{ItemId, OperatorId};
use floorhand_domain::reason::Reason;

/// What a supervisor may allow on the floor. How much more than ordered may
/// be received is judged against the delivery, where the receipt is booked.
const DECISIONS: &[Reason] = &[
    Reason::ReceiptOver,
    Reason::ShelfLife,
    Reason::SerialSeen,
    Reason::Allocated,
    Reason::Claimed,
    Reason::TakeOver,
    Reason::LockedOut,
    // A typed code where scanning is asked.
    Reason::NotAllowed,
    // Of a carton, or of what came back.
    Reason::WeightDiff,
    // Another lot than was shipped came back.
    Reason::WrongLot,
];

/// Roles of an operator who works here now; empty where access has ended.
pub(super) async fn roles(act: &Act<'_>, operator: &OperatorId) -> Result<Vec<String>> {
    if !claim::may_work(act.tx, act.warehouse(), operator.as_str(), act.now).await? {
        return Ok(Vec::new());
    }
    let row = act
        .tx
        .row("SELECT roles FROM operator WHERE warehouse_id = $1 AND id = $2", vals![act.warehouse(), operator])
        .await?;
    Ok(row.map(|row| row.text("roles")).transpose()?.unwrap_or_default().split(',').map(str::to_owned).collect())
}

/// `Approved`.
pub(super) async fn approved(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::Approved { by, decision, subject, item, qty } = fact else {
        return Err(Error::Stored("not an approval".to_owned()));
    };
    let refuse = |detail: String| Ok(Err(Stop::Reject(Reason::NotAllowed, detail)));
    if by.as_str() == act.operator {
        return refuse(format!("{by} approved their own fact"));
    }
    let roles = roles(act, by).await?;
    if !roles.iter().any(|role| role == "supervisor" || role == "manager") {
        return refuse(format!("{by} has no authority over {}", decision.code()));
    }
    // What an exception is about is judged with its answer, which follows.
    if !DECISIONS.contains(decision) && !subject.starts_with("exception:") {
        return refuse(format!("nobody can allow {}", decision.code()));
    }
    act.tx
        .execute(
            "INSERT INTO granted (warehouse_id, device, epoch, seq, by_operator, decision, subject, item, qty, used_epoch, \
             used_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)",
            vals![
                act.warehouse(),
                act.device,
                act.epoch.cast_signed(),
                act.seq.cast_signed(),
                by,
                decision.code(),
                subject,
                item,
                *qty
            ],
        )
        .await?;
    Ok(Ok(()))
}

/// Uses up the decision that backs this fact: of its aggregate, of this device, before it, of these
/// rules, for the item and not for fewer units. Returns whether there is one.
pub(super) async fn holds(
    act: &mut Act<'_>,
    subject: &str,
    decisions: &[Reason],
    item: &ItemId,
    qty: i64,
) -> Result<bool> {
    let rows = act
        .tx
        .lock(
            "SELECT epoch, seq, decision FROM granted WHERE warehouse_id = $1 AND device = $2 AND subject = $3 \
             AND (epoch < $4 OR (epoch = $4 AND seq < $5)) AND (item = '' OR item = $6) AND (qty = 0 OR qty >= $7) \
             AND used_seq = 0 ORDER BY epoch DESC, seq DESC",
            vals![act.warehouse(), act.device, subject, act.epoch.cast_signed(), act.seq.cast_signed(), item, qty],
        )
        .await?;
    for row in &rows {
        let decision = row.str("decision")?;
        if decisions.iter().any(|wanted| wanted.code() == decision) {
            act.tx
                .execute(
                    "UPDATE granted SET used_epoch = $5, used_seq = $6 \
                     WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
                    vals![
                        act.warehouse(),
                        act.device,
                        row.i64("epoch")?,
                        row.i64("seq")?,
                        act.epoch.cast_signed(),
                        act.seq.cast_signed()
                    ],
                )
                .await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Uses up the consent to a typed code that this fact names by its identity: of this device, before it, and of no
/// other deed. Facts that one scan makes follow each other, and share it. Returns whether it stands.
pub(super) async fn backs(act: &mut Act<'_>, id: &str) -> Result<bool> {
    let found = act
        .tx
        .lock(
            "SELECT granted.epoch, granted.seq, granted.used_epoch, granted.used_seq FROM granted \
             JOIN fact_log ON fact_log.warehouse_id = granted.warehouse_id AND fact_log.device = granted.device \
             AND fact_log.epoch = granted.epoch AND fact_log.seq = granted.seq \
             WHERE fact_log.warehouse_id = $1 AND fact_log.id = $2 AND fact_log.dup_of = '' AND granted.device = $3 \
             AND granted.decision = $4",
            vals![act.warehouse(), id, act.device, Reason::NotAllowed.code()],
        )
        .await?;
    let Some(row) = found.first() else { return Ok(false) };
    let (epoch, seq) = (act.epoch.cast_signed(), act.seq.cast_signed());
    let used = (row.i64("used_epoch")?, row.i64("used_seq")?);
    if used.1 != 0 && (used.0 != epoch || (used.1 - seq).abs() > 1) {
        return Ok(false);
    }
    act.tx
        .execute(
            "UPDATE granted SET used_epoch = $5, used_seq = $6 \
             WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
            vals![act.warehouse(), act.device, row.i64("epoch")?, row.i64("seq")?, epoch, seq],
        )
        .await?;
    Ok(true)
}
