//! Which unit a label stands for: item, lot, serial number and handling unit, by what is booked here.

use super::{Hand, Refusal};
use crate::fact::Units;
use crate::id::{HandlingUnitId, ItemId, Lot, Serial};
use crate::scan::{self, Kind, Label};
use crate::stock::{Status, Stock};
use crate::task::Line;
use crate::workflow::Site;

/// The stock of the line's item at its location that may be taken.
pub(super) fn available<'a>(row: &'a Line, site: &Site<'a>) -> impl Iterator<Item = &'a Stock> {
    let fits = |stock: &&Stock| {
        stock.item == row.item && stock.location == row.location && stock.status == Status::Available && stock.qty > 0
    };
    site.known.stock.iter().filter(fits)
}

/// What a part of a label tells about the item, where it does not name it.
pub(super) enum Whose {
    /// The item of the line.
    Ours,
    /// Another item.
    Other(ItemId),
    /// Several items have it.
    Several(Vec<scan::Reading>),
    /// No item has it.
    Nobody,
}

pub(super) fn whose(row: &Line, hand: &Hand, label: &Label, site: &Site<'_>) -> Whose {
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

/// Whether the label says all that is needed, and whether it is what is needed.
pub(super) fn complete(row: &Line, hand: &Hand, unit: &Label, site: &Site<'_>) -> Result<Units, Refusal> {
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
        (None, [one])
            if row.lot.is_none() || row.lot == **one || hand.swap.as_ref().is_some_and(|s| s.lot == **one) =>
        {
            (*one).clone()
        }
        (None, _) => return Err(Refusal::NeedLot { item: row.item.clone() }),
    };
    let dates = available(row, site)
        .filter(|stock| stock.lot == lot)
        .filter_map(|stock| stock.expiry.as_ref())
        .chain(unit.expiry.as_ref());
    if let Some(date) = dates.filter(|date| *date < site.today).min() {
        return Err(Refusal::Expired { date: date.clone() });
    }
    // The lot that the line names may be taken though the book ran out of it: what is seen counts. Another one
    // must be booked here.
    if row.lot != lot && !lots.contains(&&lot) {
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
    // Goods of another handling unit than the one the line names are promised to somebody else, unless its label
    // was scanned twice.
    let swap = hand.swap.as_ref().is_some_and(|swap| swap.handling_unit == handling_unit);
    if !row.handling_unit.is_none() && handling_unit != row.handling_unit && !swap {
        return Err(Refusal::NeedHu { item: row.item.clone() });
    }
    Ok(Units { lot: lot.cloned().unwrap_or_default(), serial, handling_unit, qty: qty.max(1), grams: 0 })
}
