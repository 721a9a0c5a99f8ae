//! What a scan at the page of returns opens.

use crate::id::{OrderId, RmaId};
use crate::returns::{RmaState, ShippedLine};
use crate::scan::{Kind, Lookup, Meaning};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Meant, Site};

/// A return that a scan can open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Opens {
    /// What was announced. Empty = nothing.
    pub rma: RmaId,
    /// The order.
    pub order: OrderId,
}

/// What the page needs from the store beside what the scan names.
pub fn widen_open(look: &mut Lookup) {
    (look.returned, look.outbound) = (true, true);
}

/// The returns that a scan can open: one is opened, several are offered. It may be the number of an announced
/// return or of an order, the label or the carrier's number of a parcel, or the serial number of a unit that
/// was shipped. An order whose return was announced is opened as that return. After a serial number the same
/// scan is the first one of the return.
///
/// # Errors
/// `GONE` for a return that was cancelled or is closed; `RET_NOT_SHIPPED` where nothing of it ever left;
/// `WRONG_KIND`, `UNKNOWN_CODE` for anything else. Each leads to a return without number, where a person says
/// so.
pub fn open(meant: &Meant, site: &Site<'_>) -> Result<Vec<Opens>, Refusal> {
    let mut found: Vec<Opens> = Vec::new();
    let mut refusal = None;
    for meaning in &meant.meanings {
        match of(meaning, site) {
            Some(Ok(more)) => found.extend(more),
            // The first reason is that of the most exact reading.
            Some(Err(why)) => refusal = refusal.or(Some(why)),
            None => {}
        }
    }
    found.sort();
    found.dedup();
    match (found.is_empty(), refusal) {
        (false, _) => Ok(found),
        (true, Some(refusal)) => Err(refusal),
        (true, None) => Err(Refusal::Scan(meant.misfit(Kind::Return))),
    }
}

/// What one meaning opens. `None` = nothing of the kind.
fn of(meaning: &Meaning, site: &Site<'_>) -> Option<Result<Vec<Opens>, Refusal>> {
    let shipped = &site.known.shipped;
    let rows: Vec<&ShippedLine> = match meaning {
        Meaning::Return { id } => {
            let rma = site.known.returns.iter().find(|rma| rma.id == *id)?;
            return Some(match rma.state {
                RmaState::Open | RmaState::Partial => Ok(vec![Opens { rma: rma.id.clone(), order: rma.order.clone() }]),
                RmaState::Closed | RmaState::Cancelled => Err(Refusal::GoneReturn { rma: rma.id.clone() }),
            });
        }
        Meaning::Order { id } => shipped.iter().filter(|row| row.order == *id).collect(),
        Meaning::Parcel { carton } => shipped.iter().filter(|row| row.carton == *carton).collect(),
        Meaning::Goods { label } => {
            let serial = label.serial.as_ref()?;
            let same =
                |row: &&ShippedLine| row.serial == *serial && label.item.as_ref().is_none_or(|item| *item == row.item);
            // A unit that was sold twice belongs to whoever has it now.
            let all: Vec<_> = shipped.iter().filter(same).collect();
            let open: Vec<_> = all.iter().copied().filter(|row| row.open_qty() > 0).collect();
            if open.is_empty() { all } else { open }
        }
        _ => return None,
    };
    if rows.is_empty() {
        return Some(Err(Refusal::RetNotShipped { scanned: meaning.id().to_owned() }));
    }
    let mut orders: Vec<&OrderId> = rows.iter().map(|row| &row.order).collect();
    orders.sort_unstable();
    orders.dedup();
    Some(Ok(orders.into_iter().flat_map(|order| announced(order, site)).collect()))
}

/// The open returns that were announced of an order, or the order itself.
fn announced(order: &OrderId, site: &Site<'_>) -> Vec<Opens> {
    let open = |state| matches!(state, RmaState::Open | RmaState::Partial);
    let own = site.known.returns.iter().filter(|rma| rma.order == *order && open(rma.state));
    let found: Vec<Opens> = own.map(|rma| Opens { rma: rma.id.clone(), order: order.clone() }).collect();
    if found.is_empty() { vec![Opens { rma: RmaId::default(), order: order.clone() }] } else { found }
}
