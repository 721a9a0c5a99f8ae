//! Whether a supervisor allowed what a fact says was allowed.

use super::effect::Act;
use super::pick::decoded;
use crate::error::Result;
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::ItemId;
use floorhand_domain::reason::Reason;

/// Whether an applied `Approved` of this device, before this fact and in its aggregate, has that
/// decision, for this item or for none in particular.
pub(super) async fn approval_holds(act: &Act<'_>, agg: &str, item: &ItemId, decision: Reason) -> Result<bool> {
    let rows = act
        .tx
        .rows(
            "SELECT bytes FROM fact_log WHERE warehouse_id = $1 AND device = $2 AND agg = $3 AND type = 'Approved' \
             AND dup_of = '' AND undone = 0 AND outcome IN ('applied', 'applied-flagged') \
             AND (epoch < $4 OR (epoch = $4 AND seq < $5))",
            vals![act.warehouse(), act.device, agg, act.epoch.cast_signed(), act.seq.cast_signed()],
        )
        .await?;
    for row in &rows {
        if let Some(Fact::Approved { decision: allowed, item: of, .. }) = decoded(row.blob("bytes")?)
            && allowed == decision
            && (of.is_none() || of == *item)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
