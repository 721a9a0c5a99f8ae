//! How the units of one scan are shared out to the picks of the order, and back.

use super::{Left, Pack};
use crate::fact::{Fact, Units};
use crate::id::{HandlingUnitId, ItemId, Lot, Serial};
use crate::workflow::goods;
use crate::workflow::refusal::Refusal;
use std::collections::BTreeMap;

/// Units of one item, lot and serial number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub item: ItemId,
    /// Empty = the item has none.
    pub lot: Lot,
    /// Empty = the item has none.
    pub serial: Serial,
    pub qty: i64,
}

impl Unit {
    /// Whether a pick can be of these units, exactly or as far as it recorded what it took.
    fn is_of(&self, left: &Left) -> bool {
        let lot = self.lot.is_none() || left.lot.is_none() || left.lot == self.lot;
        lot && (left.serial.is_none() || left.serial == self.serial)
    }

    fn is_exact(&self, left: &Left) -> bool {
        self.is_of(left) && left.serial == self.serial && (self.lot.is_none() || left.lot == self.lot)
    }
}

/// Units of one pick, by its index.
struct Share {
    left: usize,
    qty: i64,
}

impl Pack {
    /// The item of a line, where the store knows it.
    #[must_use]
    pub fn item(&self, id: &ItemId) -> Option<&crate::master::Item> {
        self.items.iter().find(|item| item.id == *id)
    }

    /// The picks of an item.
    pub(super) fn picks_of<'a>(&'a self, item: &'a ItemId) -> impl Iterator<Item = (usize, &'a Left)> {
        let of = move |left: &Left| self.lines.get(left.line).is_some_and(|line| line.item == *item);
        self.left.iter().enumerate().filter(move |(_, left)| of(left))
    }

    /// Puts the units into the carton: a fact for each line, in their order. Within a line the tote at hand gives
    /// first.
    ///
    /// # Errors
    /// `QTY_OVER` where all lines together have less left; nothing changes.
    pub(super) fn put_in(&mut self, carton: &HandlingUnitId, unit: &Unit) -> Result<Vec<Fact>, Refusal> {
        let mut room: BTreeMap<usize, i64> = BTreeMap::new();
        for (_, left) in self.picks_of(&unit.item) {
            room.entry(left.line).or_insert_with(|| self.open_qty(left.line));
        }
        let mut picks: Vec<(usize, &Left)> =
            self.picks_of(&unit.item).filter(|(_, left)| left.qty > 0 && unit.is_of(left)).collect();
        picks.sort_by_key(|(index, left)| (left.line, !unit.is_exact(left), left.tote != self.tote, *index));
        let mut shares: Vec<Share> = Vec::new();
        let mut wanted = unit.qty;
        for (index, left) in picks {
            let Some(room) = room.get_mut(&left.line) else { continue };
            let qty = wanted.min(left.qty).min(*room);
            if qty > 0 {
                (wanted, *room) = (wanted - qty, *room - qty);
                shares.push(Share { left: index, qty });
            }
        }
        if wanted > 0 {
            return Err(Refusal::QtyOver { open: unit.qty - wanted });
        }
        Ok(self.write(carton, unit, &shares, 1))
    }

    /// Takes the units out of the carton: a fact for each line, the last one first, so that what was filled last is
    /// open first. They go back into the totes they came in.
    ///
    /// # Errors
    /// `QTY_OVER` where the carton holds less; nothing changes.
    pub(super) fn put_back(&mut self, carton: &HandlingUnitId, unit: &Unit) -> Result<Vec<Fact>, Refusal> {
        let held = |one: &super::Content| {
            one.item == unit.item && one.lot == unit.lot && one.serial == unit.serial && one.qty > 0
        };
        let content = self.carton(carton).map(|own| own.content.as_slice()).unwrap_or_default();
        let here: i64 = content.iter().filter(|one| held(one)).map(|one| one.qty).sum();
        if here < unit.qty {
            return Err(Refusal::QtyOver { open: here });
        }
        let mut picks: Vec<(usize, &Left)> =
            self.picks_of(&unit.item).filter(|(_, left)| unit.is_of(left) && left.qty < left.picked).collect();
        picks.sort_by_key(|(index, left)| {
            let back = std::cmp::Reverse;
            (back(left.line), !unit.is_exact(left), left.tote != self.tote, back(*index))
        });
        let mut shares: Vec<Share> = Vec::new();
        let mut wanted = unit.qty;
        for (index, left) in picks {
            let qty = wanted.min(left.picked - left.qty);
            if qty > 0 {
                wanted -= qty;
                shares.push(Share { left: index, qty });
            }
        }
        // More is in the carton than the picks know of: what is not theirs goes back with the last of them.
        if wanted > 0 {
            match (shares.first_mut(), self.picks_of(&unit.item).last()) {
                (Some(share), _) => share.qty = share.qty.saturating_add(wanted),
                (None, Some((left, _))) => shares.push(Share { left, qty: wanted }),
                (None, None) => return Err(Refusal::NotInOrder { scanned: unit.item.clone() }),
            }
        }
        Ok(self.write(carton, unit, &shares, -1))
    }

    /// Writes the shares down. `sign`: 1 = into the carton, -1 = out of it.
    fn write(&mut self, carton: &HandlingUnitId, unit: &Unit, shares: &[Share], sign: i64) -> Vec<Fact> {
        let mut by_line: Vec<(usize, Vec<Units>)> = Vec::new();
        for share in shares {
            let Some(left) = self.left.get_mut(share.left) else { continue };
            left.qty = left.qty.saturating_sub(sign * share.qty);
            let units = Units {
                lot: unit.lot.clone(),
                serial: unit.serial.clone(),
                handling_unit: left.tote.clone(),
                qty: share.qty,
                grams: left.grams_of(share.qty),
            };
            match by_line.iter_mut().find(|(line, _)| *line == left.line) {
                Some((_, all)) => goods::add(all, units),
                None => by_line.push((left.line, vec![units])),
            }
        }
        if let Some(own) = self.carton_mut(carton) {
            super::fresh::put(&mut own.content, &unit.item, &unit.lot, &unit.serial, sign * unit.qty);
        }
        let mut facts = Vec::new();
        for (index, units) in by_line {
            let qty: i64 = units.iter().map(|units| units.qty).sum();
            if let Some(packed) = self.packed.get_mut(index) {
                *packed = packed.saturating_add(sign * qty).max(0);
            }
            let Some(line) = self.lines.get(index).map(|line| line.id.clone()) else { continue };
            let (order, carton, location) = (self.order.id.clone(), carton.clone(), self.bench.clone());
            let item = unit.item.clone();
            facts.push(match sign {
                1 => Fact::Packed { order, line, carton, location, item, units },
                _ => Fact::Unpacked { order, line, carton, location, item, units },
            });
        }
        facts
    }
}
