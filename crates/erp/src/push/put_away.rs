//! What a receipt released is to be put away.

use super::effect::Act;
use crate::entity;
use crate::error::Result;
use crate::putaway::{self, Away};
use floorhand_domain::master::LocationKind;
use floorhand_domain::stock::Move;

/// Opens the task that puts away what `released` brings out of transit, to shelves and to quarantine; goods
/// that are in a bin by now stay there.
pub(super) async fn open_put_away(act: &mut Act<'_>, released: &[Move]) -> Result<()> {
    let mut goods: Vec<Away> = Vec::new();
    for what in released {
        let at = entity::location(act.tx, act.warehouse(), &what.to.location).await?;
        if at.is_none_or(|at| at.kind == LocationKind::Bin) {
            continue;
        }
        goods.push(Away {
            at: what.to.location.clone(),
            item: what.item.clone(),
            lot: what.lot.clone(),
            serial: what.serial.clone(),
            status: what.to.status,
            qty: what.qty,
            handling_unit: what.to.handling_unit.clone(),
        });
    }
    putaway::open_task(act.tx, act.changes, &goods, act.now).await?;
    Ok(())
}
