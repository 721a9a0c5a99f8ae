//! What receiving, moving and counting ask for.

use super::{CODES_MAX, GS, codes_of, codes_within, is_gtin, scannable, unit_code};
use crate::app::{DeliveriesFlow, Under};
use crate::store::{Store, StoreError};
use floorhand_domain::id::{HandlingUnitId, LocationId, Lot};
use floorhand_domain::master::ItemClass;
use floorhand_domain::place::Goods;
use floorhand_domain::scan::Kind;
use floorhand_domain::stock::Stock;
use floorhand_domain::task::Line;
use floorhand_domain::workflow::Expect;
use floorhand_domain::workflow::count::{self, Count};
use floorhand_domain::workflow::put_away::{self, Load, PutAway};
use floorhand_domain::workflow::receive::{Field, Receive};
use serde_json::{Value, json};

/// Handling units listed for goods that are received.
const UNITS_MAX: usize = 20;
/// Places listed for goods that nobody planned a place for.
const PLACES_MAX: usize = 5;

fn one(kind: Kind, codes: Vec<String>) -> Vec<Expect> {
    vec![Expect { kind, codes }]
}

fn place(store: &Store, id: &LocationId) -> Result<Vec<String>, StoreError> {
    if id.is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![store.location(id)?.map_or_else(|| id.0.clone(), |location| location.code)])
}

pub(super) fn deliveries(flow: &DeliveriesFlow) -> Vec<Expect> {
    one(Kind::Delivery, flow.shown().iter().take(CODES_MAX).map(|row| row.id.0.clone()).collect())
}

pub(super) fn receive(store: &Store, flow: &Under<Receive>) -> Result<Vec<Expect>, StoreError> {
    let at = &flow.at;
    let Some(entry) = at.entry() else {
        let mut codes = Vec::new();
        match &at.opened {
            Some(opened) => {
                for row in &opened.rows {
                    codes.extend(codes_within(store, &row.item, row.qty)?);
                }
            }
            None => {
                for row in at.rows().iter().filter(|row| row.got < row.line.ordered).take(CODES_MAX) {
                    codes.extend(codes_within(store, &row.line.item, row.line.ordered - row.got)?);
                }
            }
        }
        codes.truncate(CODES_MAX);
        return Ok(one(Kind::Item, codes));
    };
    Ok(match entry.field() {
        // What was announced; otherwise what is on the goods is scanned, or typed once the keypad is open.
        Field::Lot => {
            let mut lots: Vec<_> =
                at.lines.iter().filter(|line| line.item == entry.item).map(|line| &line.lot).collect();
            lots.retain(|lot| !lot.is_none());
            lots.sort_unstable();
            lots.dedup();
            one(Kind::Lot, lots.into_iter().take(CODES_MAX).map(|lot| format!("]C110{lot}")).collect())
        }
        // Day, month and year are typed, or the date is scanned.
        Field::Expiry => one(Kind::Expiry, Vec::new()),
        Field::Serial => one(Kind::Serial, Vec::new()),
        Field::Quantity => {
            let open = at.expected() - entry.qty;
            let codes = if at.expected() == 0 {
                codes_of(store, &entry.item)?
            } else {
                codes_within(store, &entry.item, open)?
            };
            one(Kind::Item, codes)
        }
        Field::Condition => one(Kind::Quantity, Vec::new()),
        Field::Unit => {
            let free = store.free_units(&at.delivery_id(), UNITS_MAX)?;
            one(Kind::HandlingUnit, free.iter().map(|unit| unit_code(unit.id.as_str())).collect())
        }
    })
}

pub(super) fn put_away(store: &Store, flow: &Under<PutAway>) -> Result<Vec<Expect>, StoreError> {
    let at = &flow.at;
    Ok(match &at.stage {
        put_away::Stage::Source { at: place_at, hand, .. } if hand.units.is_empty() => match at.line() {
            Some(line) if !line.handling_unit.is_none() && line.item.is_none() => unit(&line.handling_unit),
            Some(line) if place_at.is_none() => {
                let mut expects = one(Kind::Location, place(store, &line.location)?);
                if !line.handling_unit.is_none() {
                    expects.splice(0..0, unit(&line.handling_unit));
                }
                expects
            }
            Some(line) => source(store, line, hand, at.open_qty(&line.id))?,
            None if place_at.is_none() => {
                [one(Kind::HandlingUnit, Vec::new()), one(Kind::Location, Vec::new())].concat()
            }
            None => one(Kind::Item, Vec::new()),
        },
        // More of the same, or the destination already.
        put_away::Stage::Source { at: from, hand, .. } => {
            let mut expects = match at.line() {
                Some(line) => source(store, line, hand, at.open_qty(&line.id) - hand.qty())?,
                None => one(Kind::Item, codes_of(store, &hand.item)?),
            };
            expects.extend(destination(store, at, &part(store, hand)?, from)?);
            expects
        }
        put_away::Stage::Destination { load: Load::Part { from, hand }, .. } => {
            destination(store, at, &part(store, hand)?, from)?
        }
        put_away::Stage::Destination { load: Load::Whole { unit, from, .. }, .. } => {
            let mut content = Vec::new();
            for stock in store.tote_content(&unit.id)? {
                let class = store.item(&stock.item)?.map(|item| item.class);
                content.push((stock, class));
            }
            destination(store, at, &content, from)?
        }
        put_away::Stage::EmptyNow { .. } => one(Kind::Quantity, Vec::new()),
    })
}

fn unit(id: &HandlingUnitId) -> Vec<Expect> {
    one(Kind::HandlingUnit, vec![unit_code(id.as_str())])
}

/// The item of a line; before it the handling unit that it is taken from, where the line names one.
fn source(store: &Store, line: &Line, hand: &put_away::Hand, open: i64) -> Result<Vec<Expect>, StoreError> {
    if !line.handling_unit.is_none() && hand.from.is_none() && hand.units.is_empty() {
        return Ok(unit(&line.handling_unit));
    }
    let mut codes = Vec::new();
    let mut barcodes = store.barcodes_of(&line.item)?;
    barcodes.retain(|barcode| barcode.qty <= open);
    barcodes.sort_by(|a, b| a.qty.cmp(&b.qty).then_with(|| a.code.cmp(&b.code)));
    for stock in store.stock_shown(&line.location, &line.item)? {
        let ours = stock.qty > 0 && stock.handling_unit == line.handling_unit;
        let named =
            (line.lot.is_none() || stock.lot == line.lot) && (line.serial.is_none() || stock.serial == line.serial);
        let taken = hand.units.iter().any(|one| !one.serial.is_none() && one.serial == stock.serial);
        if ours && named && !taken && !(stock.lot.is_none() && stock.serial.is_none()) {
            let lot = if stock.lot.is_none() { String::new() } else { format!("10{}", stock.lot) };
            let serial = if stock.serial.is_none() { String::new() } else { format!("21{}", stock.serial) };
            let gap = if lot.is_empty() || serial.is_empty() { String::new() } else { GS.to_string() };
            let gtins = barcodes.iter().filter(|barcode| is_gtin(&barcode.code));
            let whole = gtins.filter(|barcode| serial.is_empty() || barcode.qty == 1);
            codes.extend(whole.map(|barcode| format!("]C101{}{lot}{gap}{serial}", barcode.code)));
        }
    }
    if codes.is_empty() {
        codes.extend(barcodes.iter().map(scannable));
    }
    codes.truncate(CODES_MAX);
    Ok(one(Kind::Item, codes))
}

/// Goods that are moved, with the family of their item.
type Moved = Vec<(Stock, Option<ItemClass>)>;

fn part(store: &Store, hand: &put_away::Hand) -> Result<Moved, StoreError> {
    let class = store.item(&hand.item)?.map(|item| item.class);
    let stock = |lot: &Lot, qty| Stock {
        item: hand.item.clone(),
        lot: lot.clone(),
        status: hand.status,
        qty,
        ..Stock::default()
    };
    Ok(hand.units.iter().map(|one| (stock(&one.lot, one.qty), class)).collect())
}

/// The place that is suggested; without a suggestion, places where the goods may stand.
fn destination(store: &Store, at: &PutAway, moved: &Moved, from: &LocationId) -> Result<Vec<Expect>, StoreError> {
    if let Some((id, _)) = at.suggested() {
        return Ok(one(Kind::Location, place(store, id)?));
    }
    let goods: Vec<Goods<'_>> = moved
        .iter()
        .map(|(stock, class)| Goods {
            item: &stock.item,
            class: *class,
            lot: &stock.lot,
            status: stock.status,
            qty: stock.qty,
        })
        .collect();
    let mut codes = Vec::new();
    for id in store.places_for(&goods, from, PLACES_MAX)? {
        codes.extend(place(store, &id)?);
    }
    Ok(one(Kind::Location, codes))
}

pub(super) fn counting(store: &Store, flow: &Under<Count>) -> Result<Vec<Expect>, StoreError> {
    let at = &flow.at;
    let codes = place(store, at.location())?;
    Ok(match &at.stage {
        count::Stage::Location { .. } | count::Stage::Nothing { .. } => one(Kind::Location, codes),
        // What is there is for whoever counts to find; the location finishes.
        count::Stage::Contents { .. } => {
            let items = match at.spot() {
                Some(item) => codes_of(store, item)?,
                None => Vec::new(),
            };
            vec![Expect { kind: Kind::Item, codes: items }, Expect { kind: Kind::Location, codes }]
        }
    })
}

/// What is known of the goods that are being received.
pub(super) fn entry(flow: &Under<Receive>) -> Value {
    let Some(entry) = flow.at.entry() else { return Value::Null };
    json!({
        "item": entry.item,
        "lot": entry.lot,
        "expiry": entry.expiry,
        "serials": entry.serials.len(),
        "damaged": entry.damaged,
        "photos": entry.photos.len(),
    })
}

pub(super) fn quantity_of(flow: &Under<PutAway>) -> (i64, i64) {
    let needed = flow.at.line().map_or(0, |line| flow.at.open_qty(&line.id));
    (flow.at.hand().map_or(0, put_away::Hand::qty), needed)
}
