//! Whether a supervisor allowed what a fact says was allowed.

use super::effect::Act;
use super::pick::decoded;
use crate::error::Result;
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::{ItemId, OperatorId};
use floorhand_domain::reason::Reason;

/// Who allowed it: by an applied `Approved` of this device, before this fact and in its aggregate, of that
/// decision, for this item or for none in particular. Empty = nobody did.
pub(super) async fn approvers(act: &Act<'_>, agg: &str, item: &ItemId, decision: Reason) -> Result<Vec<OperatorId>> {
    let rows = act
        .tx
        .rows(
            "SELECT bytes FROM fact_log WHERE warehouse_id = $1 AND device = $2 AND agg = $3 AND type = 'Approved' \
             AND dup_of = '' AND undone = 0 AND outcome IN ('applied', 'applied-flagged') \
             AND (epoch < $4 OR (epoch = $4 AND seq < $5))",
            vals![act.warehouse(), act.device, agg, act.epoch.cast_signed(), act.seq.cast_signed()],
        )
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        if let Some(Fact::Approved { by, decision: allowed, item: of, .. }) = decoded(row.blob("bytes")?)
            && allowed == decision
            && (of.is_none() || of == *item)
        {
            found.push(by);
        }
    }
    Ok(found)
}
