//! The item step: labels add up to a unit, units add up to the quantity.

use super::{Hand, Pick, PickStep, Refusal, Stage};
use crate::fact::Units;
use crate::id::{HandlingUnitId, ItemId, LineId, Lot, Serial};
use crate::master::{HandlingUnit, HandlingUnitKind};
use crate::scan::{self, Kind, Label, Meaning};
use crate::stock::{Status, Stock};
use crate::task::Line;
use crate::workflow::label::merge;
use crate::workflow::{Class, Meant, Site, What};

/// What the item step takes.
const TAKEN: [Kind; 6] = [Kind::Item, Kind::Lot, Kind::Serial, Kind::Location, Kind::Tote, Kind::HandlingUnit];

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
    let units = meant.handling_units();
    // Every kind that the step can use counts as fitting; two of them, and nobody guesses.
    match (goods.as_slice(), here, units.as_slice()) {
        ([label], false, []) => count(pick, &row, hand, label, site),
        ([], true, []) => {
            // The location again stands for the loose stock, where there is any, never for the item.
            let mut hand = hand;
            hand.from = available(&row, site).any(|stock| stock.handling_unit.is_none()).then(HandlingUnitId::default);
            pick.stage = Stage::Item { line: line.clone(), hand };
            pick.accept(Class::Accepted, What::Shelf, row.location.0)
        }
        ([], false, [unit]) => handling_unit(pick, &row, hand, unit, meant, site),
        ([], false, []) => match meant.locations().as_slice() {
            [scanned] => {
                let scanned = scanned.clone();
                pick.refuse(Refusal::WrongLocation { scanned, needed: row.location })
            }
            _ => pick.refuse(Refusal::Scan(meant.misfit(Kind::Item))),
        },
        _ => pick.refuse(Refusal::Scan(meant.ambiguous(&TAKEN))),
    }
}

/// A handling unit: one that holds the goods narrows the step to its content, a tote ends it.
fn handling_unit(
    mut pick: Pick,
    row: &Line,
    mut hand: Hand,
    unit: &HandlingUnit,
    meant: &Meant,
    site: &Site<'_>,
) -> PickStep {
    let on_cart = pick.task.slots.iter().any(|slot| slot.tote == unit.id);
    let holds = unit.id == row.handling_unit || available(row, site).any(|stock| stock.handling_unit == unit.id);
    if unit.kind == HandlingUnitKind::Tote && (on_cart || !holds) {
        if hand.units.is_empty() {
            return pick.refuse(Refusal::Scan(meant.misfit(Kind::Item)));
        }
        return super::tote::put(pick, &row.id, hand, None, meant, site);
    }
    // A bare number counts only where a handling unit is asked for (workflows.md section 0.4).
    let asked = hand.label.item.is_some() || !row.handling_unit.is_none();
    if meant.bare_sscc && !asked {
        return pick.refuse(Refusal::Scan(meant.misfit(Kind::Item)));
    }
    if !holds || (!row.handling_unit.is_none() && unit.id != row.handling_unit) {
        return pick.refuse(Refusal::WrongHu { scanned: unit.id.clone() });
    }
    hand.from = Some(unit.id.clone());
    pick.stage = Stage::Item { line: row.id.clone(), hand };
    pick.accept(Class::Accepted, What::HandlingUnit, unit.id.0.clone())
}

/// The stock of the line's item at its location that may be taken.
fn available<'a>(row: &'a Line, site: &Site<'a>) -> impl Iterator<Item = &'a Stock> {
    let fits = |stock: &&Stock| {
        stock.item == row.item && stock.location == row.location && stock.status == Status::Available && stock.qty > 0
    };
    site.known.stock.iter().filter(fits)
}

/// What a part of a label tells about the item, where it does not name it.
enum Whose {
    /// The item of the line.
    Ours,
    /// Another item.
    Other(ItemId),
    /// Several items have it.
    Several(Vec<scan::Reading>),
    /// No item has it.
    Nobody,
}

fn whose(row: &Line, hand: &Hand, label: &Label, site: &Site<'_>) -> Whose {
    let mut items: Vec<&ItemId> = Vec::new();
    if let Some(serial) = &label.serial {
        items.extend(site.known.serials.iter().filter(|(_, s)| s == serial).map(|(item, _)| item));
        items.extend((row.serial == *serial).then_some(&row.item));
    }
    if let (true, Some(lot)) = (items.is_empty(), &label.lot) {
        items.extend(site.known.lots.iter().filter(|(_, l)| l == lot).map(|(item, _)| item));
        items.extend((row.lot == *lot).then_some(&row.item));
    }
    // Once the item is known, lots and serials are sought inside it.
    if hand.label.item.is_some() || !hand.units.is_empty() {
        let names = label.lot.is_some() || label.serial.is_some();
        return if names && !items.contains(&&row.item) { Whose::Nobody } else { Whose::Ours };
    }
    items.sort_unstable();
    items.dedup();
    match items.as_slice() {
        [] => Whose::Nobody,
        [one] if **one == row.item => Whose::Ours,
        [one] => Whose::Other((*one).clone()),
        several => Whose::Several(several.iter().map(|item| scan::Reading::new(Kind::Item, item.as_str())).collect()),
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
            Whose::Several(readings) => return pick.refuse(Refusal::Scan(scan::Refusal::Ambiguous { readings })),
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
    let unit = match merge(&hand.label, label, Some(&row.item)) {
        Ok(unit) => unit,
        Err((first, second)) => {
            // The unit is cleared: the next label begins a new one.
            hand.label = Label::default();
            pick.stage = Stage::Item { line, hand };
            return pick.refuse(Refusal::LabelClash { first, second });
        }
    };
    // An element string without the item is a part of a label: it may stand on a unit beside the
    // item's own code, so it waits for that code and never counts by itself. A serial number is one
    // unit and no other; a code of its own for a lot counts.
    let part = label.item.is_none() && label.qty == 0 && label.serial.is_none() && hand.label.item.is_none();
    let unit = Label { item: unit.item.filter(|_| !part), ..unit };
    let outcome = complete(row, &hand, &unit, site);
    let outcome = match outcome {
        Ok(_) | Err(Refusal::NeedLot { .. } | Refusal::NeedHu { .. }) if part => {
            Err(Refusal::MissingData { field: Kind::Item })
        }
        outcome => outcome,
    };
    match outcome {
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
            let keep =
                matches!(refusal, Refusal::NeedLot { .. } | Refusal::NeedHu { .. } | Refusal::MissingData { .. });
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

/// Whether the label says all that is needed, and whether it is what is needed.
fn complete(row: &Line, hand: &Hand, unit: &Label, site: &Site<'_>) -> Result<Units, Refusal> {
    let item = site.known.item(&row.item);
    // A lot or serial that the line names is asked for, whatever is known about the item.
    // An item that the store does not know is kept as its stock is.
    let has = |named: fn(&Stock) -> bool| available(row, site).any(named);
    let lot_tracked = item.map_or_else(|| has(|stock| !stock.lot.is_none()), |i| i.lot_tracked) || !row.lot.is_none();
    let serial_tracked =
        item.map_or_else(|| has(|stock| !stock.serial.is_none()), |i| i.serial_tracked) || !row.serial.is_none();
    // A handling unit narrows the step to its content.
    let here: Vec<&Stock> = available(row, site)
        .filter(|stock| hand.from.as_ref().is_none_or(|from| stock.handling_unit == *from))
        .collect();

    let mut lot = unit.lot.clone();
    let mut serial = Serial::default();
    if serial_tracked {
        serial = of_serial(row, hand, unit, &here)?;
        let booked =
            here.iter().find(|stock| stock.serial == serial).map(|stock| &stock.lot).filter(|lot| !lot.is_none());
        match (&lot, booked) {
            (Some(read), Some(booked)) if lot_tracked && read != booked => {
                return Err(Refusal::WrongLot { scanned: read.clone(), needed: booked.clone() });
            }
            (None, Some(booked)) => lot = Some(booked.clone()),
            _ => {}
        }
    }
    if !lot_tracked {
        if let Some(date) = unit.expiry.as_ref().filter(|date| *date < site.today) {
            return Err(Refusal::Expired { date: date.clone() });
        }
        // The lot of a serial is the book's; any other that a label names is not kept by lot.
        let lot =
            lot.filter(|lot| here.iter().any(|stock| stock.serial == serial && stock.lot == *lot) && !serial.is_none());
        return from_where(row, hand, &here, lot.as_ref(), unit.qty, serial);
    }
    let mut lots: Vec<&Lot> = here.iter().map(|stock| &stock.lot).collect();
    lots.sort_unstable();
    lots.dedup();
    let lot = match (lot, lots.as_slice()) {
        (Some(lot), _) => lot,
        (None, [one]) if row.lot.is_none() || row.lot == **one => (*one).clone(),
        (None, _) => return Err(Refusal::NeedLot { item: row.item.clone() }),
    };
    let dates = available(row, site)
        .filter(|stock| stock.lot == lot)
        .filter_map(|stock| stock.expiry.as_ref())
        .chain(unit.expiry.as_ref());
    if let Some(date) = dates.filter(|date| *date < site.today).min() {
        return Err(Refusal::Expired { date: date.clone() });
    }
    // The lot that the line names may be taken though the book ran out of it: what is seen counts.
    let asked = if row.lot.is_none() { lots.contains(&&lot) } else { row.lot == lot };
    if !asked {
        return Err(Refusal::WrongLot { scanned: lot, needed: row.lot.clone() });
    }
    from_where(row, hand, &here, Some(&lot), unit.qty, serial)
}

/// The serial number of a unit: one unit, not counted before, and booked here.
fn of_serial(row: &Line, hand: &Hand, unit: &Label, here: &[&Stock]) -> Result<Serial, Refusal> {
    if unit.qty > 1 {
        return Err(Refusal::ScanEach);
    }
    let Some(serial) = &unit.serial else {
        return Err(Refusal::MissingData { field: Kind::Serial });
    };
    if hand.units.iter().any(|u| u.serial == *serial) {
        return Err(Refusal::SerialSeen { serial: serial.clone() });
    }
    let named = row.serial.is_none() || row.serial == *serial;
    if !named || !here.iter().any(|stock| stock.serial == *serial) {
        return Err(Refusal::WrongSerial { scanned: serial.clone(), needed: row.serial.clone() });
    }
    Ok(serial.clone())
}

/// Which handling unit it comes out of: the one scanned, or the only one there is.
fn from_where(
    row: &Line,
    hand: &Hand,
    here: &[&Stock],
    lot: Option<&Lot>,
    qty: i64,
    serial: Serial,
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
    // Goods of another handling unit than the one the line names are promised to somebody else.
    if !row.handling_unit.is_none() && handling_unit != row.handling_unit {
        return Err(Refusal::NeedHu { item: row.item.clone() });
    }
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
