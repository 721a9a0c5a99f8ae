//! Sorting a batch: an item out of the common tote, then the tote of its order.

use super::item::{TAKEN, labels};
use super::{Hand, Pick, PickStep, Refusal, Stage};
use crate::fact::{Fact, Units};
use crate::id::{HandlingUnitId, ItemId, LineId, LocationId, Lot, Serial};
use crate::master::{HandlingUnit, HandlingUnitKind};
use crate::scan::{Kind, Label};
use crate::stock::Stock;
use crate::task::{Line, LineState};
use crate::workflow::goods::{self, Search};
use crate::workflow::{Class, Meant, Site, Step, What};

/// A scan at the sorting: an item, or with one in the hand the tote that the device names.
pub(super) fn scan(pick: Pick, line: LineId, hand: Hand, meant: &Meant, site: &Site<'_>) -> PickStep {
    let goods = labels(meant);
    let units = meant.handling_units();
    let needed = if hand.units.is_empty() { Kind::Item } else { Kind::Tote };
    match (goods.as_slice(), units.as_slice()) {
        ([label], []) => item(pick, line, hand, label, site),
        ([], [unit]) if unit.kind == HandlingUnitKind::Tote && !hand.units.is_empty() => {
            put(pick, &line, hand, unit, site)
        }
        ([], [] | [_]) => pick.refuse(Refusal::Scan(meant.misfit(needed))),
        _ => pick.refuse(Refusal::Scan(meant.ambiguous(&TAKEN))),
    }
}

/// One unit, or a part of its label. The first unit says which order is next.
fn item(mut pick: Pick, line: LineId, mut hand: Hand, label: &Label, site: &Site<'_>) -> PickStep {
    let chosen = pick.row(&line).cloned();
    let in_hand = chosen.as_ref().map(|row| &row.item);
    let read = match goods::read(&hand.label, label, None, in_hand, None, site.known) {
        Ok(read) => read,
        Err(not_yet) => {
            hand.label = *not_yet.keep;
            pick.stage = Stage::Sort { line, hand };
            return pick.refuse(not_yet.refusal.into());
        }
    };
    let item = read.item.clone().unwrap_or_default();
    if !pick.rows().any(|(row, p)| row.item == item && p.picked > 0) {
        let needed = in_hand.cloned().unwrap_or_default();
        return pick.refuse(Refusal::WrongItem { scanned: item, needed });
    }
    let unit = match in_tote(&pick, &hand, &item, &read, site) {
        Ok(unit) => unit,
        Err(refusal) => {
            hand.label = if goods::stays(&refusal) { read } else { Label::default() };
            pick.stage = Stage::Sort { line, hand };
            return pick.refuse(refusal.into());
        }
    };
    hand.label = Label::default();
    let line = match chosen {
        Some(_) => {
            let open = pick.unsorted_qty(&line) - hand.qty();
            let other_tote = hand.from.as_ref() != Some(&unit.handling_unit);
            let open = if other_tote { 0 } else { open };
            if unit.qty > open {
                pick.stage = Stage::Sort { line, hand };
                return pick.refuse(Refusal::QtyOver { open });
            }
            line
        }
        None => match whose(&pick, &item, &unit) {
            Ok(line) => line,
            Err(refusal) => {
                pick.stage = Stage::Sort { line, hand };
                return pick.refuse(refusal);
            }
        },
    };
    hand.from = Some(unit.handling_unit.clone());
    goods::add(&mut hand.units, Units { handling_unit: HandlingUnitId::default(), ..unit });
    pick.stage = Stage::Sort { line, hand };
    pick.accept(Class::Accepted, What::Item, item.0)
}

/// The unit in a common tote that a label stands for; the handling unit of what comes back is that tote.
fn in_tote(
    pick: &Pick,
    hand: &Hand,
    item: &ItemId,
    label: &Label,
    site: &Site<'_>,
) -> Result<Units, crate::workflow::refusal::Refusal> {
    let totes = pick.common_totes();
    let held = |tote: &HandlingUnitId| -> Vec<&Stock> {
        site.known.content.iter().filter(|s| s.item == *item && s.handling_unit == *tote && s.qty > 0).collect()
    };
    let seen = |serial: &Serial| hand.units.iter().any(|unit| unit.serial == *serial);
    // What the book has in its tote beyond what is in the hand already.
    let left = |units: &Units| {
        let same = |lot: &Lot, serial: &Serial| *lot == units.lot && *serial == units.serial;
        let book: i64 =
            held(&units.handling_unit).iter().filter(|stock| same(&stock.lot, &stock.serial)).map(|s| s.qty).sum();
        let from_it = hand.from.as_ref() == Some(&units.handling_unit);
        let in_hand = hand.units.iter().filter(|unit| from_it && same(&unit.lot, &unit.serial));
        book - in_hand.map(|unit| unit.qty).sum::<i64>()
    };
    let (mut last, mut thin) = (None, None);
    let holding = totes.iter().filter(|tote| !held(tote).is_empty());
    // Where the store has nothing in them, what is seen counts.
    let known = holding.clone().next().is_some();
    let tried: Vec<&HandlingUnitId> = if known { holding.collect() } else { totes.last().into_iter().collect() };
    for tote in tried {
        let named = (&Lot::default(), &Serial::default(), &HandlingUnitId::default());
        let search = Search { item, here: held(tote), from: Some(tote), named, seen: &seen };
        match goods::unit(&search, label, site.known) {
            Ok(found) if !known => return Ok(found.units),
            Ok(found) if found.booked && left(&found.units) >= found.units.qty => return Ok(found.units),
            Ok(found) if found.booked => thin = thin.or(Some(found.units)),
            Ok(found) => last = Some(not_in_it(&found.units)),
            Err(refusal) => last = Some(refusal),
        }
    }
    if let Some(units) = thin {
        return Ok(units);
    }
    Err(last.unwrap_or(crate::workflow::refusal::Refusal::NeedHu { item: item.clone() }))
}

fn not_in_it(units: &Units) -> crate::workflow::refusal::Refusal {
    use crate::workflow::refusal::Refusal as No;
    if units.serial.is_none() {
        No::WrongLot { scanned: units.lot.clone(), needed: Lot::default() }
    } else {
        No::WrongSerial { scanned: units.serial.clone(), needed: Serial::default() }
    }
}

/// The first line that still wants such a unit, one that named its lot or serial number before others.
fn whose(pick: &Pick, item: &ItemId, unit: &Units) -> Result<LineId, Refusal> {
    let rank = |row: &Line| {
        let other_lot = !row.lot.is_none() && row.lot != unit.lot;
        let other_serial = !row.serial.is_none() && row.serial != unit.serial;
        (other_serial, other_lot, row.seq)
    };
    let wants = || pick.rows().filter(|(row, p)| row.item == *item && p.unsorted() > 0);
    let enough = wants().filter(|(_, p)| p.unsorted() >= unit.qty).min_by_key(|(row, _)| rank(row));
    if let Some((row, _)) = enough {
        return Ok(row.id.clone());
    }
    let open = wants().map(|(_, p)| p.unsorted()).max().unwrap_or(0);
    let cancelled = pick
        .rows()
        .find(|(row, p)| row.item == *item && p.state == LineState::Cancelled && p.picked > p.sorted)
        .map(|(row, _)| row.order.clone());
    Err(match cancelled {
        Some(order) if open == 0 => Refusal::OrderCancelled { order },
        _ => Refusal::QtyOver { open },
    })
}

/// What is in the hand goes into the tote of its order.
fn put(mut pick: Pick, line: &LineId, hand: Hand, unit: &HandlingUnit, site: &Site<'_>) -> PickStep {
    let Some(row) = pick.row(line).cloned() else { return pick.not_now() };
    let needed = pick.tote_of(row.slot);
    let shared = site.settings.share_tote && pick.task.slots.iter().any(|s| s.slot != 0 && s.tote == unit.id);
    if unit.id != needed && !shared {
        return pick.refuse(Refusal::ToteOther { scanned: unit.id.clone(), needed, slot: row.slot });
    }
    let qty = hand.qty();
    let fact = Fact::Sorted {
        task: pick.task.id.clone(),
        line: line.clone(),
        item: row.item.clone(),
        from: hand.from.unwrap_or_default(),
        tote: unit.id.clone(),
        units: hand.units,
    };
    pick.set_progress(line, |progress| progress.sorted += qty);
    pick.stage = pick.next_stage(&LocationId::default());
    Step { facts: vec![fact], ..pick.accept(Class::StepComplete, What::Sorted, unit.id.0.clone()) }
}
