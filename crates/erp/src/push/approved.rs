//! Decisions that a supervisor gave on a device. They counted there at once; one without authority is
//! rejected here, and the fact that it backed stays and is flagged.

use super::effect::{Act, Effect, Stop};
use crate::claim;
use crate::error::{Error, Result};
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{ItemId, OperatorId, ReceiptId};
use floorhand_domain::master::Role;
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
pub(super) async fn roles(act: &Act<'_>, operator: &OperatorId) -> Result<Vec<Role>> {
    if !claim::may_work(act.tx, act.warehouse(), operator.as_str(), act.now).await? {
        return Ok(Vec::new());
    }
    claim::roles(act.tx, act.warehouse(), operator.as_str()).await
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
    if !roles.iter().any(|role| matches!(role, Role::Supervisor | Role::Manager)) {
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
/// rules, for the item and not for fewer units. It takes along those before it that it replaced: whoever was asked
/// again for more gave the first one for nothing. `qty`: 0 = it is about no number of units. Returns whether there is
/// one.
pub(super) async fn holds(
    act: &mut Act<'_>,
    subject: &str,
    decisions: &[Reason],
    item: &ItemId,
    qty: i64,
) -> Result<bool> {
    let mut found = false;
    for one in given(act, subject, decisions, item).await? {
        if one.used.1 == 0 && (found || qty == 0 || one.qty == 0 || one.qty >= qty) {
            found = true;
            one.use_up(act).await?;
        }
    }
    Ok(found)
}

/// Uses up the decision that lets goods in, and returns who gave it. The facts of one entry follow each other and
/// share it, up to as many units as were allowed. `qty`: of this fact; 0 = that was not asked.
pub(super) async fn lets_in(
    act: &mut Act<'_>,
    receipt: &ReceiptId,
    decision: Reason,
    item: &ItemId,
    qty: i64,
) -> Result<Option<OperatorId>> {
    let own = (act.epoch.cast_signed(), act.seq.cast_signed());
    for one in given(act, &format!("receipt:{receipt}"), &[decision], item).await? {
        if one.used.1 != 0 && one.used != (own.0, own.1 - 1) {
            continue;
        }
        // Of several facts of one entry the last has what is above the order; a serial number is one unit of some.
        let before = if decision == Reason::ShelfLife { one.let_in(act, receipt, item).await? } else { 0 };
        if one.qty > 0 && before.saturating_add(qty) > one.qty {
            continue;
        }
        one.use_up(act).await?;
        return Ok(Some(one.by));
    }
    Ok(None)
}

/// A decision that somebody gave.
struct Given {
    epoch: i64,
    seq: i64,
    by: OperatorId,
    /// Units that it was asked for; 0 = any.
    qty: i64,
    /// The fact that it backed last; 0 = none.
    used: (i64, i64),
}

impl Given {
    async fn use_up(&self, act: &Act<'_>) -> Result<()> {
        act.tx
            .execute(
                "UPDATE granted SET used_epoch = $5, used_seq = $6 \
                 WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
                vals![
                    act.warehouse(),
                    act.device,
                    self.epoch,
                    self.seq,
                    act.epoch.cast_signed(),
                    act.seq.cast_signed()
                ],
            )
            .await
            .map(|_| ())
    }

    /// Units that it has let in already.
    async fn let_in(&self, act: &Act<'_>, receipt: &ReceiptId, item: &ItemId) -> Result<i64> {
        if self.used.1 == 0 {
            return Ok(0);
        }
        act.tx
            .row(
                "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS qty FROM receipt_line WHERE warehouse_id = $1 \
                 AND src_device = $2 AND receipt = $3 AND item = $4 AND (src_epoch > $5 OR (src_epoch = $5 AND src_seq > $6)) \
                 AND (src_epoch < $7 OR (src_epoch = $7 AND src_seq < $8))",
                vals![
                    act.warehouse(),
                    act.device,
                    receipt,
                    item,
                    self.epoch,
                    self.seq,
                    act.epoch.cast_signed(),
                    act.seq.cast_signed()
                ],
            )
            .await?
            .map_or(Ok(0), |row| row.i64("qty"))
    }
}

/// The decisions of these rules that somebody gave on this device for an aggregate, before this fact and for the item
/// or for none in particular; the last one first.
async fn given(act: &Act<'_>, subject: &str, decisions: &[Reason], item: &ItemId) -> Result<Vec<Given>> {
    let rows = act
        .tx
        .lock(
            "SELECT epoch, seq, by_operator, decision, qty, used_epoch, used_seq FROM granted WHERE warehouse_id = $1 \
             AND device = $2 AND subject = $3 AND (epoch < $4 OR (epoch = $4 AND seq < $5)) AND (item = '' OR item = $6) \
             ORDER BY epoch DESC, seq DESC",
            vals![act.warehouse(), act.device, subject, act.epoch.cast_signed(), act.seq.cast_signed(), item],
        )
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        let decision = row.str("decision")?;
        if decisions.iter().any(|wanted| wanted.code() == decision) {
            found.push(Given {
                epoch: row.i64("epoch")?,
                seq: row.i64("seq")?,
                by: row.text("by_operator")?.into(),
                qty: row.i64("qty")?,
                used: (row.i64("used_epoch")?, row.i64("used_seq")?),
            });
        }
    }
    Ok(found)
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
