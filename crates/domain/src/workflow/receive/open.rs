//! What a scan at the page of deliveries opens.

use crate::id::DeliveryId;
use crate::inbound::Delivery;
use crate::scan::{Kind, Meaning, Wants};
use crate::workflow::refusal::Refusal;
use crate::workflow::{Meant, Site};

/// The deliveries that a scan can open: one is opened, several are offered. It may be the number of a
/// delivery or of a purchase order, an announced handling unit, or an item that deliveries await.
///
/// # Errors
/// `GONE` where all it names are closed or cancelled; `WRONG_ITEM`, `WRONG_HU` where nobody announced it;
/// `WRONG_KIND`, `UNKNOWN_CODE` for anything else.
pub fn open(meant: &Meant, site: &Site<'_>) -> Result<Vec<DeliveryId>, Refusal> {
    let wants = Wants::only(Kind::HandlingUnit).or(Kind::Delivery).or(Kind::Item);
    let taken = |meaning: &&Meaning| wants.needed == meaning.kind() || wants.also.contains(&meaning.kind());
    let announced = meant.meanings.is_empty() && !site.known.announced.is_empty();
    let Some(first) = meant.meanings.iter().find(taken) else {
        return if announced { among(site) } else { Err(Refusal::Scan(meant.misfit(Kind::Delivery))) };
    };
    // The store brings the deliveries of every reading: where these lead to several, a person chooses.
    match (among(site), first) {
        (Ok(found), _) => Ok(found),
        (Err(gone @ Refusal::Gone { .. }), _) => Err(gone),
        (Err(_), Meaning::Goods { label }) => Err(Refusal::WrongItem {
            scanned: label.item.clone().unwrap_or_default(),
            needed: crate::id::ItemId::default(),
        }),
        (Err(_), Meaning::HandlingUnit { unit }) => {
            Err(Refusal::WrongHu { scanned: unit.id.clone(), needed: crate::id::HandlingUnitId::default() })
        }
        (Err(refusal), _) => Err(refusal),
    }
}

fn among(site: &Site<'_>) -> Result<Vec<DeliveryId>, Refusal> {
    let mut open: Vec<&Delivery> = site.known.deliveries.iter().filter(|row| row.state.is_open()).collect();
    open.sort_by_key(|row| (row.due_ms, row.id.clone()));
    open.dedup_by_key(|row| row.id.clone());
    if !open.is_empty() {
        return Ok(open.into_iter().map(|row| row.id.clone()).collect());
    }
    match site.known.deliveries.first() {
        Some(row) => Err(Refusal::Gone { delivery: row.id.clone() }),
        None => Err(Refusal::Scan(crate::scan::Refusal::UnknownCode)),
    }
}
