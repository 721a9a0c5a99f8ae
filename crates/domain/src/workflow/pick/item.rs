//! The item step: labels add up to a unit, units add up to the quantity.

use super::{Hand, Pick, PickStep, Refusal, Stage, ambiguous, handling_units, misfit};
use crate::fact::Units;
use crate::id::{HandlingUnitId, ItemId, LineId, Lot};
use crate::master::HandlingUnitKind;
use crate::scan::{self, Kind, Label, Meaning};
use crate::task::Line;
use crate::workflow::{Class, Meant, Site, What};

/// A scan at the item step.
pub(super) fn scan(mut pick: Pick, line: &LineId, hand: Hand, meant: &Meant, site: &Site<'_>) -> PickStep {
    let Some(row) = pick.lines.iter().find(|l| l.id == *line).cloned() else {
        return pick.refuse(Refusal::Scan(scan::Refusal::NotNow));
    };
    let goods: Vec<&Label> = meant
        .meanings
        .iter()
        .filter_map(|meaning| match meaning {
            Meaning::Goods { label } => Some(label),
            _ => None,
        })
        .collect();
    let here = meant.meanings.iter().any(|m| matches!(m, Meaning::Location { id } if *id == row.location));
    let units = handling_units(meant);
    // Every kind that the step can use counts as fitting; two of them, and nobody guesses.
    match (goods.as_slice(), here, units.as_slice()) {
        ([label], false, []) => count(pick, &row, hand, label, site),
        ([], true, []) => {
            // The location again stands for the loose stock, never for the item.
            let mut hand = hand;
            hand.from = Some(HandlingUnitId::default());
            pick.stage = Stage::Item { line: line.clone(), hand };
            pick.accept(Class::Accepted, What::Shelf, row.location.0)
        }
        ([], false, [unit]) if unit.kind == HandlingUnitKind::Tote => {
            if hand.units.is_empty() {
                return pick.refuse(misfit(meant, Kind::Item));
            }
            super::tote::put(pick, line, hand, None, meant, site)
        }
        ([], false, [unit]) => {
            if !site.known.stock.iter().any(|stock| stock.handling_unit == unit.id) {
                let scanned = unit.id.clone();
                return pick.refuse(Refusal::WrongHu { scanned });
            }
            let mut hand = hand;
            hand.from = Some(unit.id.clone());
            let code = unit.id.0.clone();
            pick.stage = Stage::Item { line: line.clone(), hand };
            pick.accept(Class::Accepted, What::HandlingUnit, code)
        }
        ([], false, []) => match super::locations(meant).as_slice() {
            [scanned] => {
                let scanned = scanned.clone();
                pick.refuse(Refusal::WrongLocation { scanned, needed: row.location })
            }
            _ => pick.refuse(misfit(meant, Kind::Item)),
        },
        _ => pick.refuse(ambiguous(meant)),
    }
}

/// What a part of a label tells about the item, where it does not name it.
enum Whose {
    /// The item of the line.
    Ours,
    /// Another item.
    Other(ItemId),
    /// Several items have it.
    Several,
    /// No item has it.
    Nobody,
}

fn whose(row: &Line, hand: &Hand, label: &Label, site: &Site<'_>) -> Whose {
    if hand.label.item.as_ref() == Some(&row.item) || hand.units.iter().any(|u| u.qty > 0) {
        return Whose::Ours;
    }
    let mut items: Vec<&ItemId> = Vec::new();
    if let Some(serial) = &label.serial {
        items.extend(site.known.serials.iter().filter(|(_, s)| s == serial).map(|(item, _)| item));
    } else if let Some(lot) = &label.lot {
        items.extend(site.known.lots.iter().filter(|(_, l)| l == lot).map(|(item, _)| item));
    }
    items.sort_unstable();
    items.dedup();
    match items.as_slice() {
        [] => Whose::Nobody,
        [one] if **one == row.item => Whose::Ours,
        [one] => Whose::Other((*one).clone()),
        _ => Whose::Several,
    }
}

/// One label, or a part of one.
fn count(mut pick: Pick, row: &Line, mut hand: Hand, label: &Label, site: &Site<'_>) -> PickStep {
    let line = row.id.clone();
    match &label.item {
        Some(item) if *item != row.item => {
            let refusal = Refusal::WrongItem { scanned: item.clone(), needed: row.item.clone() };
            return pick.refuse(refusal);
        }
        Some(_) => {}
        None => match whose(row, &hand, label, site) {
            Whose::Ours => {}
            Whose::Other(scanned) => return pick.refuse(Refusal::WrongItem { scanned, needed: row.item.clone() }),
            Whose::Several => {
                let kind = if label.serial.is_some() { Kind::Serial } else { Kind::Lot };
                return pick.refuse(Refusal::Scan(scan::Refusal::Ambiguous { kinds: vec![kind] }));
            }
            Whose::Nobody => {
                let refusal = match (&label.serial, &label.lot) {
                    (Some(serial), _) => Refusal::WrongSerial { scanned: serial.clone(), needed: row.serial.clone() },
                    (None, Some(lot)) => Refusal::WrongLot { scanned: lot.clone(), needed: row.lot.clone() },
                    (None, None) => Refusal::Scan(scan::Refusal::UnknownCode),
                };
                return pick.refuse(refusal);
            }
        },
    }
    let unit = match merge(&hand.label, label, &row.item) {
        Ok(unit) => unit,
        Err((first, second)) => {
            // The unit is cleared: the next label begins a new one.
            hand.label = Label::default();
            pick.stage = Stage::Item { line, hand };
            return pick.refuse(Refusal::LabelClash { first, second });
        }
    };
    match complete(row, &hand, unit.clone(), site) {
        Ok(units) => {
            let open = pick.open_qty(&line) - hand.qty();
            if units.qty > open {
                hand.label = Label::default();
                pick.stage = Stage::Item { line, hand };
                return pick.refuse(Refusal::QtyOver { open });
            }
            let (what, code) = named(label, row);
            add(&mut hand, units);
            hand.label = Label::default();
            let full = hand.qty() >= pick.open_qty(&line);
            pick.stage = if full { Stage::Tote { line, hand, short: None } } else { Stage::Item { line, hand } };
            pick.accept(if full { Class::StepComplete } else { Class::Accepted }, what, code)
        }
        Err(refusal) => {
            // What the label said stays for the next scan of the same unit, unless it was wrong.
            let keep = matches!(refusal, Refusal::NeedLot { .. } | Refusal::NeedHu { .. } | Refusal::MissingData { .. });
            hand.label = if keep { unit } else { Label::default() };
            pick.stage = Stage::Item { line, hand };
            pick.refuse(refusal)
        }
    }
}

fn named(label: &Label, row: &Line) -> (What, String) {
    match (&label.item, &label.serial, &label.lot) {
        (None, Some(serial), _) => (What::Serial, serial.0.clone()),
        (None, None, Some(lot)) => (What::Lot, lot.0.clone()),
        _ => (What::Item, row.item.0.clone()),
    }
}

/// Adds the parts of a label to what was read of the same unit. An equal repeat is harmless.
fn merge(first: &Label, second: &Label, item: &ItemId) -> Result<Label, (String, String)> {
    fn part<T: Clone + PartialEq + ToString>(a: Option<&T>, b: Option<&T>) -> Result<Option<T>, (String, String)> {
        match (a, b) {
            (Some(a), Some(b)) if a != b => Err((a.to_string(), b.to_string())),
            (a, b) => Ok(b.or(a).cloned()),
        }
    }
    Ok(Label {
        item: Some(item.clone()),
        qty: if second.item.is_some() { second.qty } else { first.qty.max(1) },
        lot: part(first.lot.as_ref(), second.lot.as_ref())?,
        serial: part(first.serial.as_ref(), second.serial.as_ref())?,
        expiry: part(first.expiry.as_ref(), second.expiry.as_ref())?,
    })
}

/// Whether the label says all that is needed, and whether it is what is needed.
fn complete(row: &Line, hand: &Hand, unit: Label, site: &Site<'_>) -> Result<Units, Refusal> {
    let item = site.known.item(&row.item);
    let lot_tracked = item.is_some_and(|i| i.lot_tracked);
    let serial_tracked = item.is_some_and(|i| i.serial_tracked);
    let here: Vec<_> = site.known.stock.iter().filter(|stock| stock.item == row.item && stock.qty > 0).collect();

    let mut lot = unit.lot.clone();
    let serial = unit.serial.clone();
    if serial_tracked {
        let Some(serial) = &serial else {
            return Err(if unit.qty > 1 { Refusal::ScanEach } else { Refusal::MissingData { field: Kind::Serial } });
        };
        if hand.units.iter().any(|u| u.serial == *serial) {
            return Err(Refusal::SerialSeen { serial: serial.clone() });
        }
        let wrong = Refusal::WrongSerial { scanned: serial.clone(), needed: row.serial.clone() };
        if !row.serial.is_none() && row.serial != *serial {
            return Err(wrong);
        }
        match here.iter().find(|stock| stock.serial == *serial) {
            Some(stock) if lot.is_none() && !stock.lot.is_none() => lot = Some(stock.lot.clone()),
            Some(_) => {}
            None => return Err(wrong),
        }
    }
    if lot_tracked {
        let mut lots: Vec<&Lot> = here.iter().map(|stock| &stock.lot).collect();
        lots.sort_unstable();
        lots.dedup();
        let lot = match (lot.clone(), lots.as_slice()) {
            (Some(lot), _) => lot,
            (None, [one]) => (*one).clone(),
            (None, _) => return Err(Refusal::NeedLot { item: row.item.clone() }),
        };
        let wrong = Refusal::WrongLot { scanned: lot.clone(), needed: row.lot.clone() };
        let dates = here
            .iter()
            .filter(|stock| stock.lot == lot)
            .filter_map(|stock| stock.expiry.as_ref())
            .chain(unit.expiry.as_ref());
        if let Some(date) = dates.filter(|date| *date < site.today).min() {
            return Err(Refusal::Expired { date: date.clone() });
        }
        if !row.lot.is_none() && row.lot != lot || !lots.contains(&&lot) {
            return Err(wrong);
        }
        return from_where(row, hand, &here, Some(&lot), unit.qty, serial.unwrap_or_default());
    }
    if let Some(date) = unit.expiry.as_ref().filter(|date| *date < site.today) {
        return Err(Refusal::Expired { date: date.clone() });
    }
    from_where(row, hand, &here, None, unit.qty, serial.filter(|_| serial_tracked).unwrap_or_default())
}

/// Which handling unit it comes out of: the one scanned, or the only one there is.
fn from_where(
    row: &Line,
    hand: &Hand,
    here: &[&crate::stock::Stock],
    lot: Option<&Lot>,
    qty: i64,
    serial: crate::id::Serial,
) -> Result<Units, Refusal> {
    let mut places: Vec<&HandlingUnitId> = here
        .iter()
        .filter(|stock| lot.is_none_or(|lot| stock.lot == *lot) && (serial.is_none() || stock.serial == serial))
        .map(|stock| &stock.handling_unit)
        .collect();
    places.sort_unstable();
    places.dedup();
    let handling_unit = match (&hand.from, places.as_slice()) {
        (Some(from), _) => from.clone(),
        (None, []) => row.handling_unit.clone(),
        (None, [one]) => (*one).clone(),
        (None, _) => return Err(Refusal::NeedHu { item: row.item.clone() }),
    };
    Ok(Units { lot: lot.cloned().unwrap_or_default(), serial, handling_unit, qty: qty.max(1) })
}

fn add(hand: &mut Hand, units: Units) {
    let same = hand
        .units
        .iter_mut()
        .find(|u| u.lot == units.lot && u.serial == units.serial && u.handling_unit == units.handling_unit);
    match same {
        Some(known) if units.serial.is_none() => known.qty += units.qty,
        _ => hand.units.push(units),
    }
}

/// A typed number says how many are in the hand now. It needs one scan first, and a line that is
/// large enough (workflows.md section 0.3).
pub(super) fn typed(mut pick: Pick, qty: i64, site: &Site<'_>) -> PickStep {
    let Stage::Item { line, mut hand } = pick.stage.clone() else {
        return pick.refuse(Refusal::Scan(scan::Refusal::NotNow));
    };
    let Some(row) = pick.lines.iter().find(|l| l.id == line).cloned() else {
        return pick.refuse(Refusal::Scan(scan::Refusal::NotNow));
    };
    let serial = hand.units.iter().any(|unit| !unit.serial.is_none());
    if hand.units.is_empty() || row.qty < site.settings.type_from || serial {
        return pick.refuse(Refusal::ScanEach);
    }
    let open = pick.open_qty(&line);
    if qty <= 0 {
        return pick.refuse(Refusal::QtyBad);
    }
    if qty > open {
        return pick.refuse(Refusal::QtyOver { open });
    }
    let others: i64 = hand.units.iter().rev().skip(1).map(|unit| unit.qty).sum();
    match hand.units.last_mut() {
        Some(last) if qty > others => last.qty = qty - others,
        _ => return pick.refuse(Refusal::QtyBad),
    }
    hand.typed = true;
    let full = qty >= open;
    pick.stage = if full { Stage::Tote { line, hand, short: None } } else { Stage::Item { line, hand } };
    pick.accept(if full { Class::StepComplete } else { Class::Accepted }, What::Quantity, qty.to_string())
}
