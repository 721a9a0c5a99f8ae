//! What a scan at the bench opens.

use crate::id::OrderId;
use crate::outbound::{CartonState, PackOrder, PackState};
use crate::scan::{Kind, Meaning, Wants};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Meant, Site};

/// The orders that a scan can open: one is opened, several are offered. It may be a tote, an order, a pack task, or
/// the label of a carton that has not left; by its carton a packed order is opened once more, to take something out.
///
/// # Errors
/// `ORDER_HELD`, `ORDER_CANCELLED`, `GONE` where no order of the scan can be packed; `WRONG_HU` for a tote or carton
/// that holds nothing for an order; `WRONG_KIND`, `UNKNOWN_CODE` for anything else.
pub fn open(meant: &Meant, site: &Site<'_>) -> Result<Vec<OrderId>, Refusal> {
    let wants = Wants::only(Kind::Tote).or(Kind::HandlingUnit).or(Kind::Order).or(Kind::Task);
    let taken = |meaning: &&Meaning| wants.needed == meaning.kind() || wants.also.contains(&meaning.kind());
    let Some(first) = meant.meanings.iter().find(taken) else {
        return Err(Refusal::Scan(meant.misfit(Kind::Tote)));
    };
    // The store brings the orders of every reading: where these lead to several, a person chooses.
    let mut rows: Vec<&PackOrder> = site.known.orders.iter().collect();
    rows.sort_by(|a, b| (a.cutoff_ms == 0, a.cutoff_ms, &a.id).cmp(&(b.cutoff_ms == 0, b.cutoff_ms, &b.id)));
    rows.dedup_by(|a, b| a.id == b.id);
    let by_carton = |order: &PackOrder| {
        meant.handling_units().iter().any(|unit| {
            site.known.cartons.iter().any(|carton| {
                carton.id == unit.id
                    && carton.order == order.id
                    && !matches!(carton.state, CartonState::Shipped | CartonState::Void)
            })
        })
    };
    let may = |order: &PackOrder| match order.state {
        PackState::Open => true,
        PackState::Packed => by_carton(order),
        PackState::Held | PackState::Cancelled | PackState::Shipped => false,
    };
    let open: Vec<OrderId> = rows.iter().filter(|order| may(order)).map(|order| order.id.clone()).collect();
    if !open.is_empty() {
        return Ok(open);
    }
    let of = |state| rows.iter().find(|order| order.state == state).map(|order| order.id.clone());
    Err(match (of(PackState::Held), of(PackState::Cancelled), rows.first(), first) {
        (Some(order), ..) => Refusal::OrderHeld { order },
        (None, Some(order), ..) => Refusal::OrderCancelled { order },
        (None, None, Some(order), _) => Refusal::OrderGone { order: order.id.clone() },
        (None, None, None, Meaning::HandlingUnit { unit }) => {
            Refusal::WrongHu { scanned: unit.id.clone(), needed: crate::id::HandlingUnitId::default() }
        }
        (None, None, None, _) => Refusal::Scan(meant.misfit(Kind::Tote)),
    })
}
