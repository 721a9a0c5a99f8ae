//! Which unit a label stands for at a location whose stock is known: what moving and counting have
//! in common.

use super::label::merge;
use super::refusal::Refusal;
use crate::fact::Units;
use crate::id::{HandlingUnitId, ItemId, Lot, Serial};
use crate::scan::{self, Kind, Known, Label, Reading};
use crate::stock::Stock;
use crate::task::Line;

/// Units of one scan or one typed number at the most. More is a slip of the finger.
pub const QTY_MAX: i64 = 1_000_000;

/// Why a label is no unit yet, and what of it stays for the next scan of the same unit.
pub(crate) struct NotYet {
    pub refusal: Refusal,
    pub keep: Box<Label>,
}

impl NotYet {
    /// The unit is to be read anew.
    pub fn anew(refusal: Refusal) -> Self {
        Self { refusal, keep: Box::default() }
    }
}

/// Adds a label to what was read of the same unit. The label that comes back names its item.
///
/// `asked` is the only item that the step takes, where there is one; `hand` the item that is in the
/// hand already. A part of a label, an element string without item or serial number, waits for the
/// code of its item and never counts by itself.
pub(crate) fn read(
    begun: &Label,
    label: &Label,
    asked: Option<&ItemId>,
    hand: Option<&ItemId>,
    line: Option<&Line>,
    known: &Known,
) -> Result<Label, NotYet> {
    let item = match (&label.item, &begun.item) {
        (Some(item), _) => Some(item.clone()),
        (None, Some(item)) => Some(within(item, label, line, known).map_err(NotYet::anew)?),
        (None, None) => whose(label, hand, line, known).map_err(NotYet::anew)?,
    };
    if let (Some(scanned), Some(needed)) = (&item, asked.or(hand))
        && scanned != needed
    {
        // What was begun stays: the wrong unit is put back, the right one is still to be read.
        let refusal = Refusal::WrongItem { scanned: scanned.clone(), needed: needed.clone() };
        return Err(NotYet { refusal, keep: Box::new(begun.clone()) });
    }
    let merged =
        merge(begun, label, None).map_err(|(first, second)| NotYet::anew(Refusal::LabelClash { first, second }))?;
    let part = label.item.is_none() && label.qty == 0 && label.serial.is_none() && begun.item.is_none();
    match item.filter(|_| !part) {
        Some(item) => Ok(Label { item: Some(item), ..merged }),
        None => Err(NotYet { refusal: Refusal::MissingData { field: Kind::Item }, keep: Box::new(merged) }),
    }
}

/// The items that have the lot or serial number of a label.
fn owners<'a>(label: &Label, line: Option<&'a Line>, known: &'a Known) -> Vec<&'a ItemId> {
    let mut items: Vec<&ItemId> = Vec::new();
    if let Some(serial) = &label.serial {
        items.extend(known.serials.iter().filter(|(_, own)| own == serial).map(|(item, _)| item));
        items.extend(line.filter(|line| line.serial == *serial).map(|line| &line.item));
    }
    if let (true, Some(lot)) = (items.is_empty(), &label.lot) {
        items.extend(known.lots.iter().filter(|(_, own)| own == lot).map(|(item, _)| item));
        items.extend(line.filter(|line| line.lot == *lot).map(|line| &line.item));
    }
    items.sort_unstable();
    items.dedup();
    items
}

/// Once the item is known, lots and serial numbers are sought inside it. An element string may name
/// one that nobody knows yet; a code of its own names one that is known, perhaps of another item.
fn within(item: &ItemId, label: &Label, line: Option<&Line>, known: &Known) -> Result<ItemId, Refusal> {
    if label.qty == 0 || owners(label, line, known).contains(&item) {
        return Ok(item.clone());
    }
    Err(match (&label.serial, &label.lot) {
        (Some(scanned), _) => Refusal::WrongSerial { scanned: scanned.clone(), needed: Serial::default() },
        (None, Some(scanned)) => Refusal::WrongLot { scanned: scanned.clone(), needed: Lot::default() },
        (None, None) => Refusal::Scan(scan::Refusal::UnknownCode),
    })
}

/// The item of a label that names none. `None` = nobody has it; its item is still to be scanned.
fn whose(label: &Label, hand: Option<&ItemId>, line: Option<&Line>, known: &Known) -> Result<Option<ItemId>, Refusal> {
    let owners = owners(label, line, known);
    match (owners.as_slice(), hand) {
        (several, Some(hand)) if several.contains(&hand) => Ok(Some(hand.clone())),
        ([], _) => Ok(None),
        ([one], _) => Ok(Some((*one).clone())),
        (several, _) => {
            let readings = several.iter().map(|item| Reading::new(Kind::Item, item.as_str())).collect();
            Err(Refusal::Scan(scan::Refusal::Ambiguous { readings }))
        }
    }
}

/// Where a unit is sought.
pub(crate) struct Search<'a> {
    /// The item of the label.
    pub item: &'a ItemId,
    /// What the book has of it at the location and may be meant.
    pub here: Vec<&'a Stock>,
    /// The handling unit that the step was narrowed to; an empty one = the loose stock.
    pub from: Option<&'a HandlingUnitId>,
    /// Lot, serial number and handling unit that the line names; empty = any.
    pub named: (&'a Lot, &'a Serial, &'a HandlingUnitId),
    /// The step has the serial number already.
    pub seen: &'a dyn Fn(&Serial) -> bool,
}

/// What a label with an item stands for.
pub(crate) struct Unit {
    /// Units of a lot, serial number and handling unit.
    pub units: Units,
    /// Whether the item is kept by lot.
    pub by_lot: bool,
    /// Whether the book has such a unit here.
    pub booked: bool,
}

/// Whether a label says all that is needed, and which unit it is. What exists once is taken, several
/// must be told apart.
///
/// # Errors
/// What is missing, or contradicts the book.
pub(crate) fn unit(search: &Search<'_>, label: &Label, known: &Known) -> Result<Unit, Refusal> {
    let item = known.item(search.item);
    let (named_lot, named_serial, named_unit) = search.named;
    let narrowed = |stock: &&&Stock| search.from.is_none_or(|from| stock.handling_unit == *from);
    let here: Vec<&Stock> = search.here.iter().filter(narrowed).copied().collect();
    // An item that the store does not know is kept as its stock is.
    let has = |test: fn(&Stock) -> bool| here.iter().any(|stock| test(stock));
    let by_lot = item.map_or_else(|| has(|s| !s.lot.is_none()), |i| i.lot_tracked) || !named_lot.is_none();
    let by_serial = item.map_or_else(|| has(|s| !s.serial.is_none()), |i| i.serial_tracked) || !named_serial.is_none();

    let mut serial = Serial::default();
    let mut lot = label.lot.clone().filter(|_| by_lot);
    if by_serial {
        if label.qty > 1 {
            return Err(Refusal::ScanEach);
        }
        serial = label.serial.clone().ok_or(Refusal::MissingData { field: Kind::Serial })?;
        if (search.seen)(&serial) {
            return Err(Refusal::SerialSeen { serial });
        }
        let booked = here.iter().find(|s| s.serial == serial).map(|s| &s.lot).filter(|lot| !lot.is_none());
        match (&lot, booked) {
            (Some(read), Some(booked)) if read != booked => {
                return Err(Refusal::WrongLot { scanned: read.clone(), needed: booked.clone() });
            }
            (None, Some(booked)) => lot = Some(booked.clone()),
            _ => {}
        }
    }
    if by_lot && lot.is_none() {
        let mut lots: Vec<&Lot> = here.iter().map(|stock| &stock.lot).collect();
        lots.sort_unstable();
        lots.dedup();
        lot = match lots.as_slice() {
            [one] if named_lot.is_none() || named_lot == *one => Some((*one).clone()),
            _ => return Err(Refusal::NeedLot { item: search.item.clone() }),
        };
    }
    let fits = |stock: &&&Stock| {
        lot.as_ref().is_none_or(|lot| stock.lot == *lot) && (serial.is_none() || stock.serial == serial)
    };
    let mut places: Vec<&HandlingUnitId> = here.iter().filter(fits).map(|stock| &stock.handling_unit).collect();
    places.sort_unstable();
    places.dedup();
    let handling_unit = match (search.from, places.as_slice()) {
        (Some(from), _) => from.clone(),
        (None, []) => named_unit.clone(),
        (None, [one]) => (*one).clone(),
        (None, _) => return Err(Refusal::NeedHu { item: search.item.clone() }),
    };
    // Goods of another handling unit than the one the line names are promised to somebody else.
    if !named_unit.is_none() && handling_unit != *named_unit {
        return Err(Refusal::NeedHu { item: search.item.clone() });
    }
    let booked = !places.is_empty();
    let qty = label.qty.max(1);
    Ok(Unit { units: Units { lot: lot.unwrap_or_default(), serial, handling_unit, qty, grams: 0 }, by_lot, booked })
}

/// Whether what a label said stays for the next scan of the same unit.
pub(crate) fn stays(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::NeedLot { .. } | Refusal::NeedHu { .. } | Refusal::MissingData { .. })
}

/// Adds units to those of the same lot, serial number and handling unit.
pub(crate) fn add(all: &mut Vec<Units>, units: Units) {
    let same = all
        .iter_mut()
        .find(|one| one.lot == units.lot && one.serial == units.serial && one.handling_unit == units.handling_unit);
    match same {
        Some(one) => {
            one.qty = one.qty.saturating_add(units.qty);
            one.grams = one.grams.saturating_add(units.grams);
        }
        None => all.push(units),
    }
}
