//! What the store has of an order, and what follows from it: what is left to pack, what is in the cartons.

use super::{Pack, Stage};
use crate::fact::Units;
use crate::id::{HandlingUnitId, ItemId, LocationId, Lot, OrderId, Serial};
use crate::master::Item;
use crate::outbound::{Carton, CartonState, CartonType, PackLine, PackOrder};
use crate::scan::Known;
use crate::stock::Stock;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the store has of an order: base and own facts together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fresh {
    /// The order.
    pub order: PackOrder,
    /// Its cartons.
    pub cartons: Vec<Carton>,
    /// Their types; further ones do no harm.
    pub carton_types: Vec<CartonType>,
    /// What the book has in these cartons and in the totes that were picked into; further rows do no harm.
    pub content: Vec<Stock>,
    /// The items of the lines; further ones do no harm.
    pub items: Vec<Item>,
}

impl Fresh {
    /// What the answer of the store says about one of its orders; `None` = it has no such order.
    #[must_use]
    pub fn of(order: &OrderId, known: &Known) -> Option<Self> {
        Some(Self {
            order: known.orders.iter().find(|row| row.id == *order)?.clone(),
            cartons: known.cartons.iter().filter(|row| row.order == *order).cloned().collect(),
            carton_types: known.carton_types.clone(),
            content: known.content.clone(),
            items: known.items.clone(),
        })
    }
}

/// Units of one item, lot and serial number in a carton.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Content {
    /// What.
    pub item: ItemId,
    /// Its lot. Empty = none.
    pub lot: Lot,
    /// Its serial number. Empty = none.
    pub serial: Serial,
    /// Units, above zero.
    pub qty: i64,
}

/// A carton with what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Filled {
    /// Its row.
    pub carton: Carton,
    /// Its type, where it is known.
    pub carton_type: Option<CartonType>,
    /// What is in it.
    pub content: Vec<Content>,
}

/// Units that were picked together: how many of them are not in a carton yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Left {
    /// The line, as an index.
    pub line: usize,
    /// Their lot. Empty = none was recorded.
    pub lot: Lot,
    /// Their serial number. Empty = none was recorded.
    pub serial: Serial,
    /// The tote they came in. Empty = loose.
    pub tote: HandlingUnitId,
    /// Units picked.
    pub picked: i64,
    /// What these weigh together, in grams; 0 = not weighed.
    pub grams: i64,
    /// Units that are left.
    pub qty: i64,
}

impl Left {
    /// What some of its units weigh, in grams; 0 = not weighed.
    pub(super) fn grams_of(&self, qty: i64) -> i64 {
        if self.picked <= 0 { 0 } else { self.grams.saturating_mul(qty) / self.picked }
    }
}

impl Pack {
    /// The order over its rows; the stage is still to be set.
    pub(super) fn of(fresh: Fresh, bench: LocationId) -> Self {
        let Fresh { mut order, cartons, carton_types, content, items } = fresh;
        let mut lines = std::mem::take(&mut order.lines);
        lines.sort_by(|a, b| (a.seq, &a.id).cmp(&(b.seq, &b.id)));
        let packed: Vec<i64> = lines.iter().map(|line| line.packed).collect();
        let cartons: Vec<Filled> = cartons
            .into_iter()
            .filter(|carton| carton.state != CartonState::Void)
            .map(|carton| Filled {
                carton_type: carton_types.iter().find(|row| row.id == carton.carton_type).cloned(),
                content: content_of(&carton.id, &content),
                carton,
            })
            .collect();
        let left = left_of(&lines, &cartons, &content);
        Self {
            order,
            bench,
            lines: lines.into(),
            items: items.into(),
            packed,
            left,
            cartons,
            tote: HandlingUnitId::default(),
            photos: BTreeMap::new(),
            partial: false,
            stage: Stage::Carton,
            pending: None,
        }
    }

    /// A carton of the order.
    #[must_use]
    pub fn carton(&self, id: &HandlingUnitId) -> Option<&Filled> {
        self.cartons.iter().find(|own| own.carton.id == *id)
    }

    pub(super) fn carton_mut(&mut self, id: &HandlingUnitId) -> Option<&mut Filled> {
        self.cartons.iter_mut().find(|own| own.carton.id == *id)
    }

    /// Units of a line that were picked and are not in a carton. What was picked above the order is not among them: it
    /// stays in its tote, and goes back.
    #[must_use]
    pub fn open_qty(&self, line: usize) -> i64 {
        let (Some(row), Some(packed)) = (self.lines.get(line), self.packed.get(line)) else { return 0 };
        let left: i64 = self.left.iter().filter(|left| left.line == line).map(|left| left.qty).sum();
        to_pack(row, *packed, left)
    }

    /// Units that were picked, up to what was ordered, and are not in a carton.
    #[must_use]
    pub fn left_qty(&self) -> i64 {
        let mut sums = vec![0_i64; self.lines.len()];
        for left in &self.left {
            if let Some(sum) = sums.get_mut(left.line) {
                *sum = sum.saturating_add(left.qty);
            }
        }
        let rows = self.lines.iter().zip(&self.packed).zip(sums);
        rows.map(|((row, packed), left)| to_pack(row, *packed, left)).sum()
    }

    /// Lines of which something that was ordered is in no carton.
    #[must_use]
    pub fn open_lines(&self) -> i64 {
        let open = self.lines.iter().zip(&self.packed).filter(|(line, packed)| line.ordered > **packed);
        i64::try_from(open.count()).unwrap_or(i64::MAX)
    }
}

fn to_pack(row: &PackLine, packed: i64, left: i64) -> i64 {
    row.picked_qty().min(row.ordered).saturating_sub(packed).min(left).max(0)
}

fn content_of(carton: &HandlingUnitId, book: &[Stock]) -> Vec<Content> {
    let mut all: Vec<Content> = Vec::new();
    for stock in book.iter().filter(|stock| stock.handling_unit == *carton && stock.qty > 0) {
        put(&mut all, &stock.item, &stock.lot, &stock.serial, stock.qty);
    }
    all
}

/// Adds units to those of the same item, lot and serial number; below zero takes them away.
pub(super) fn put(all: &mut Vec<Content>, item: &ItemId, lot: &Lot, serial: &Serial, qty: i64) {
    match all.iter_mut().find(|one| one.item == *item && one.lot == *lot && one.serial == *serial) {
        Some(one) => one.qty = one.qty.saturating_add(qty),
        None => all.push(Content { item: item.clone(), lot: lot.clone(), serial: serial.clone(), qty }),
    }
    all.retain(|one| one.qty > 0);
}

/// What is left of the picks once the content of the cartons is taken from them. A line gives up what is packed of
/// it, and a tote what the book has no more in it, as far as both can be told.
fn left_of(lines: &[PackLine], cartons: &[Filled], book: &[Stock]) -> Vec<Left> {
    let mut left: Vec<Left> = Vec::new();
    for (line, row) in lines.iter().enumerate() {
        let first = left.len();
        row.picked.iter().for_each(|units| picked(&mut left, first, line, units));
    }
    let mut gone: Vec<Content> = cartons.iter().flat_map(|own| own.content.clone()).collect();
    if gone.is_empty() {
        return left;
    }
    let mut of_line: Vec<i64> = lines.iter().map(|line| line.packed).collect();
    let mut of_tote = missing_of(lines, &left, book);
    // Lines that were picked from a single tote have no choice, and come first.
    let mut choices = vec![0_usize; lines.len()];
    for row in &left {
        if let Some(count) = choices.get_mut(row.line) {
            *count += 1;
        }
    }
    let mut order: Vec<usize> = (0..left.len()).collect();
    order.sort_by_key(|index| left.get(*index).and_then(|row| choices.get(row.line)).copied());
    for exact in [true, false] {
        for (by_line, by_tote) in [(true, true), (true, false), (false, true), (false, false)] {
            gone.retain(|one| one.qty > 0);
            if gone.is_empty() {
                return left;
            }
            for index in &order {
                let Some(row) = left.get_mut(*index).filter(|row| row.qty > 0) else { continue };
                let Some((line, room)) = lines.get(row.line).zip(of_line.get_mut(row.line)) else { continue };
                let mut none = 0;
                let key = (row.tote.clone(), line.item.clone(), row.lot.clone(), row.serial.clone());
                let absent = of_tote.get_mut(&key).unwrap_or(&mut none);
                for one in &mut gone {
                    if one.qty == 0 || one.item != line.item || !fits(row, one, exact) {
                        continue;
                    }
                    let mut qty = row.qty.min(one.qty);
                    qty = if by_line { qty.min(*room) } else { qty };
                    qty = if by_tote { qty.min(*absent) } else { qty };
                    if qty > 0 {
                        row.qty -= qty;
                        one.qty -= qty;
                        *room -= qty;
                        *absent -= qty;
                    }
                }
            }
        }
    }
    left
}

/// Adds a pick to those of its line, which begin at `first`.
fn picked(left: &mut Vec<Left>, first: usize, line: usize, units: &Units) {
    let same = |one: &&mut Left| one.lot == units.lot && one.serial == units.serial && one.tote == units.handling_unit;
    match left.iter_mut().skip(first).find(same) {
        Some(one) => {
            one.picked = one.picked.saturating_add(units.qty);
            one.grams = one.grams.saturating_add(units.grams);
            one.qty = one.picked;
        }
        None => left.push(Left {
            line,
            lot: units.lot.clone(),
            serial: units.serial.clone(),
            tote: units.handling_unit.clone(),
            picked: units.qty,
            grams: units.grams,
            qty: units.qty,
        }),
    }
}

/// Whether content of a carton can be what was picked; exactly, or where the pick recorded less.
fn fits(row: &Left, one: &Content, exact: bool) -> bool {
    let same = row.lot == one.lot && row.serial == one.serial;
    let loose = (row.lot.is_none() || row.lot == one.lot) && (row.serial.is_none() || row.serial == one.serial);
    if exact { same } else { loose }
}

/// What was picked into a tote.
type Key = (HandlingUnitId, ItemId, Lot, Serial);

/// Units that the book has no more in the totes that they were picked into.
fn missing_of(lines: &[PackLine], left: &[Left], book: &[Stock]) -> BTreeMap<Key, i64> {
    let mut missing: BTreeMap<Key, i64> = BTreeMap::new();
    for row in left {
        let Some(line) = lines.get(row.line) else { continue };
        let key = (row.tote.clone(), line.item.clone(), row.lot.clone(), row.serial.clone());
        let sum = missing.entry(key).or_default();
        *sum = sum.saturating_add(row.picked);
    }
    for stock in book {
        let key = (stock.handling_unit.clone(), stock.item.clone(), stock.lot.clone(), stock.serial.clone());
        if let Some(sum) = missing.get_mut(&key) {
            *sum = sum.saturating_sub(stock.qty.max(0)).max(0);
        }
    }
    missing
}
