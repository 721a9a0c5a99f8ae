//! Totes: into a slot, goods into them, another one where one is full.

use super::{CLOSED_MAX, Closed, Hand, Pick, PickStep, Refusal, Short, Stage, weigh};
use crate::fact::{Fact, Units};
use crate::id::{HandlingUnitId, LineId, LocationId};
use crate::master::{HandlingUnit, HandlingUnitKind};
use crate::scan::{Kind, Meaning};
use crate::stock::Status;
use crate::task::{Line, LineState, PickMode};
use crate::workflow::{Class, Meant, Site, Step, What};

/// A tote for a slot: an empty one, or the one that another zone set down.
pub(super) fn assign(mut pick: Pick, slot: u8, meant: &Meant, site: &Site<'_>) -> PickStep {
    match bind(&mut pick, slot, meant, site) {
        Ok((what, tote, facts)) => {
            pick.stage = pick.next_stage(&LocationId::default());
            Step { facts, ..pick.accept(Class::StepComplete, what, tote.0) }
        }
        Err(refusal) => pick.refuse(refusal),
    }
}

/// The next tote of the same order; what was in the hand goes on.
pub(super) fn next(mut pick: Pick, line: &LineId, meant: &Meant, site: &Site<'_>) -> PickStep {
    let Some(slot) = pick.row(line).map(|row| pick.slot_of(row)) else { return pick.not_now() };
    match bind(&mut pick, slot, meant, site) {
        Ok((what, tote, facts)) => {
            if let Stage::NextTote { line, hand, short } = pick.stage.clone() {
                pick.stage = pick.with_hand(line, hand, short);
            }
            Step { facts, ..pick.accept(Class::StepComplete, what, tote.0) }
        }
        Err(refusal) => pick.refuse(refusal),
    }
}

fn bind(
    pick: &mut Pick,
    slot: u8,
    meant: &Meant,
    site: &Site<'_>,
) -> Result<(What, HandlingUnitId, Vec<Fact>), Refusal> {
    let order = pick.order_of(slot);
    let unit = meant.tote().map_err(Refusal::Scan)?;
    let scanned = unit.id.clone();
    let task = pick.task.id.clone();
    let taken = |location: &LocationId| Fact::ToteTaken {
        task: task.clone(),
        tote: unit.id.clone(),
        location: location.clone(),
    };
    if let Some(place) = pick.task.slots.iter().find(|place| place.slot == slot && pick.to_take(place)) {
        if place.tote != scanned {
            return Err(Refusal::ToteOther { scanned, needed: place.tote.clone(), slot });
        }
        let fact = taken(&place.from);
        pick.cart.taken.push(scanned.clone());
        return Ok((What::Taken, scanned, vec![fact]));
    }
    let elsewhere = pick.task.slots.iter().any(|s| s.slot != slot && s.tote == scanned);
    // The common tote of a batch is nobody's.
    let common = slot == 0 || pick.task.slots.iter().any(|s| s.slot == 0 && s.tote == scanned);
    let shared = elsewhere && site.settings.share_tote && !common;
    let foreign = unit.order != order;
    let full = pick.task.slots.iter().any(|place| pick.closed_of(place).any(|closed| *closed == scanned));
    if full || pick.cart.dropped.contains(&scanned) {
        return Err(Refusal::ToteNotEmpty { scanned });
    }
    if !shared && (elsewhere || (foreign && !unit.order.is_none())) {
        return Err(Refusal::ToteOther { scanned, needed: HandlingUnitId::default(), slot });
    }
    let filled = site.known.filled.contains(&scanned);
    if !shared && filled && (foreign || unit.order.is_none()) {
        return Err(Refusal::ToteNotEmpty { scanned });
    }
    for place in pick.task.slots.iter_mut().filter(|s| s.slot == slot) {
        place.tote = scanned.clone();
    }
    let mut facts = vec![Fact::ToteAssigned { task: task.clone(), slot, order, tote: scanned.clone() }];
    // The tote of the order that another zone filled, though nobody told this device where it stands.
    if pick.task.mode == PickMode::Zone && filled && !shared {
        facts.push(taken(&unit.location));
        return Ok((What::Taken, scanned, facts));
    }
    Ok((What::Tote, scanned, facts))
}

/// The tote is full and gives its slot to the next one; with shared totes it gives up all that it has.
pub(super) fn full(mut pick: Pick) -> PickStep {
    let (line, hand, short) = match pick.stage.clone() {
        Stage::Item { line, hand } => (line, hand, None),
        Stage::Tote { line, hand, short } => (line, hand, short),
        Stage::Sort { line, hand } if !line.is_none() => (line, hand, None),
        _ => return pick.not_now(),
    };
    let Some(slot) = pick.row(&line).map(|row| pick.slot_of(row)) else { return pick.not_now() };
    let tote = pick.tote_of(slot);
    if tote.is_none() || pick.cart.closed.len() >= CLOSED_MAX {
        return pick.not_now();
    }
    let mut facts = Vec::new();
    for place in pick.task.slots.iter_mut().filter(|place| place.tote == tote) {
        place.tote = HandlingUnitId::default();
        pick.cart.closed.push(Closed { slot: place.slot, tote: tote.clone() });
        facts.push(Fact::ToteClosed { task: pick.task.id.clone(), slot: place.slot, tote: tote.clone() });
    }
    pick.stage = Stage::NextTote { line, hand: Hand { asked: None, ..hand }, short };
    Step { facts, ..pick.accept(Class::Accepted, What::ToteFull, tote.0) }
}

/// What is in the hand goes into the tote of its order. Below what was asked, the remainder stays
/// open, unless it was declared missing.
pub(super) fn put(
    mut pick: Pick,
    line: &LineId,
    mut hand: Hand,
    short: Option<Short>,
    meant: &Meant,
    site: &Site<'_>,
) -> PickStep {
    let Some(row) = pick.row(line).cloned() else { return pick.not_now() };
    let unit = match the_tote(&pick, &row, &hand, short, meant) {
        Ok(unit) => unit,
        Err(refusal) => return pick.refuse(refusal),
    };
    let slot = pick.slot_of(&row);
    let needed = pick.tote_of(slot);
    let shared = site.settings.share_tote && slot != 0 && pick.task.slots.iter().any(|s| s.tote == unit.id);
    if unit.id != needed && !shared {
        return pick.refuse(Refusal::ToteOther { scanned: unit.id, needed, slot });
    }
    let last = takes_the_last(&row, &hand, site);
    let mut facts = picked(&mut pick, &row, &mut hand, &unit.id);
    let mut missing = false;
    if let Some(short) = short
        && pick.open_qty(line) > 0
    {
        missing = true;
        facts.extend(pick.close_short(&row, short));
    }
    // Where something was said to be missing, a count is asked for anyway.
    pick.stage = if last && !missing && site.settings.zero_check {
        Stage::Empty { line: line.clone() }
    } else {
        pick.after_put(&row, hand.emptied())
    };
    Step { facts, ..pick.accept(Class::StepComplete, What::Tote, unit.id.0) }
}

/// The tote that a scan means, while goods are in the hand.
fn the_tote(
    pick: &Pick,
    row: &Line,
    hand: &Hand,
    short: Option<Short>,
    meant: &Meant,
) -> Result<HandlingUnit, Refusal> {
    let units = meant.handling_units();
    match units.as_slice() {
        [unit] if unit.kind == HandlingUnitKind::Tote => Ok(unit.clone()),
        [] | [_] => {
            let same = meant.meanings.iter().any(
                |m| matches!(m, Meaning::Goods { label } if label.item.as_ref().is_none_or(|item| *item == row.item)),
            );
            if same {
                let open = pick.open_qty(&row.id) - hand.qty();
                return Err(Refusal::QtyOver { open: if short.is_some() { 0 } else { open } });
            }
            Err(Refusal::Scan(meant.misfit(Kind::Tote)))
        }
        _ => Err(Refusal::Scan(meant.ambiguous(&[Kind::Tote, Kind::HandlingUnit]))),
    }
}

/// Whether the book has no more of the item here than is in the hand.
fn takes_the_last(row: &Line, hand: &Hand, site: &Site<'_>) -> bool {
    let here = site.known.stock.iter().filter(|stock| {
        stock.location == row.location && stock.item == row.item && stock.qty > 0 && stock.status != Status::Allocated
    });
    let book: i64 = here.map(|stock| stock.qty).sum();
    book > 0 && book <= hand.qty()
}

/// The facts of what is in the hand: one, and in a batch one for every line that it fills, in line order.
fn picked(pick: &mut Pick, row: &Line, hand: &mut Hand, tote: &HandlingUnitId) -> Vec<Fact> {
    let shares: Vec<(LineId, i64)> = if pick.is_batch() {
        pick.together(row).filter(|(_, open)| *open > 0).map(|(line, open)| (line.id.clone(), open)).collect()
    } else {
        vec![(row.id.clone(), i64::MAX)]
    };
    let asked: i64 = row.qty;
    let mut facts = Vec::new();
    for (line, open) in shares {
        let units: Vec<Units> = weigh::take(&mut hand.units, open);
        let qty: i64 = units.iter().map(|unit| unit.qty).sum();
        if qty == 0 {
            break;
        }
        let wanted = pick.row(&line).map_or(asked, |own| own.qty);
        pick.set_progress(&line, |progress| {
            progress.picked += qty;
            if progress.picked >= wanted {
                progress.state = LineState::Done;
            }
        });
        pick.forget_skips(std::slice::from_ref(&line));
        facts.push(Fact::Picked {
            task: pick.task.id.clone(),
            line,
            location: row.location.clone(),
            item: row.item.clone(),
            tote: tote.clone(),
            units,
            typed: hand.typed,
        });
    }
    facts
}
