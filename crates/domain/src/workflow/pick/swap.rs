//! Other stock than was planned: the oldest lot first, substitution, what is promised to others.

use super::unit::available;
use super::{Hand, Pick, Refusal, Swap};
use crate::fact::{Fact, Units};
use crate::id::{HandlingUnitId, ItemId, LineId, LocationId, Lot};
use crate::master::{Fefo, HandlingUnit, HandlingUnitKind};
use crate::reason::Reason;
use crate::scan::{Claim, lot_case, separator_missing};
use crate::stock::{Status, Stock};
use crate::task::Line;
use crate::workflow::Site;

/// Whether goods may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are what was planned, or the question was answered before.
    Take,
    /// The question is answered now.
    Swap,
}

/// How a scan came to be judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// Whether the book has the goods here.
    pub here: bool,
    /// Whether it is the same code again that was asked about.
    pub again: bool,
}

/// The key of a swap.
pub(super) fn of(taken: &Units) -> Swap {
    Swap { lot: taken.lot.clone(), handling_unit: taken.handling_unit.clone() }
}

/// Whether units may be taken for a line. Their date was judged before; their lot is
/// booked here, or named by the line.
///
/// # Errors
/// `FEFO`, `SWAP_PICKED`, `WRONG_LOT` and `WRONG_HU` where the site allows no swap; `SWAP?` where the same code
/// again swaps.
pub(super) fn judge(
    pick: &Pick,
    row: &Line,
    hand: &Hand,
    taken: &Units,
    ask: Ask,
    site: &Site<'_>,
) -> Result<Verdict, Refusal> {
    let settings = site.settings;
    let swapped = hand.swap.as_ref();
    let lot_known = taken.lot == row.lot || swapped.is_some_and(|swap| swap.lot == taken.lot);
    let unit_known =
        taken.handling_unit == row.handling_unit || swapped.is_some_and(|s| s.handling_unit == taken.handling_unit);
    let other_lot = !lot_known && !row.lot.is_none() && !taken.lot.is_none();
    let other_unit = !unit_known && (!row.handling_unit.is_none() || !ask.here);
    if other_lot && !settings.substitute_lot {
        return Err(Refusal::WrongLot { scanned: taken.lot.clone(), needed: row.lot.clone() });
    }
    if other_unit && !settings.substitute_unit {
        return Err(Refusal::WrongHu { scanned: taken.handling_unit.clone() });
    }
    let own = Others { pick, row, hand, site };
    let unit_promised = !unit_known && own.unit_is_promised(taken);
    let lot_promised = !lot_known && own.lot_is_promised(taken);
    if (other_unit || unit_promised) && own.is_part_picked(&taken.handling_unit) {
        return Err(Refusal::SwapPicked { scanned: taken.handling_unit.clone() });
    }
    let older = if lot_known || !row.serial.is_none() { None } else { own.older(taken) };
    match (settings.fefo, &older) {
        (Fefo::Force, Some(needed)) => {
            return Err(Refusal::Fefo { scanned: taken.lot.clone(), needed: needed.clone() });
        }
        (Fefo::Warn, Some(_)) => {}
        _ if other_lot || other_unit || unit_promised || lot_promised => {}
        _ => return Ok(Verdict::Take),
    }
    if ask.again {
        return Ok(Verdict::Swap);
    }
    Err(Refusal::Swap {
        lot: taken.lot.clone(),
        handling_unit: taken.handling_unit.clone(),
        needed_lot: if row.lot.is_none() { older.unwrap_or_default() } else { row.lot.clone() },
        needed_unit: row.handling_unit.clone(),
    })
}

/// What else is here, and who else wants it.
struct Others<'a> {
    pick: &'a Pick,
    row: &'a Line,
    hand: &'a Hand,
    site: &'a Site<'a>,
}

impl<'a> Others<'a> {
    /// Open lines of other tasks.
    fn claims(&self) -> impl Iterator<Item = &'a Claim> {
        let (own, item) = (&self.pick.task.id, &self.row.item);
        self.site.known.claims.iter().filter(move |claim| claim.task != *own && claim.item == *item)
    }

    /// Units in the hand of this kind; the book still has them on the shelf.
    fn in_hand(&self, fits: impl Fn(&Units) -> bool) -> i64 {
        self.hand.units.iter().filter(|unit| fits(unit)).map(|unit| unit.qty).sum()
    }

    /// Whether the handling unit holds no more than others are to take out of it.
    fn unit_is_promised(&self, taken: &Units) -> bool {
        let unit = &taken.handling_unit;
        let promised: i64 = self.claims().filter(|claim| claim.handling_unit == *unit).map(|claim| claim.qty).sum();
        if unit.is_none() || promised == 0 {
            return false;
        }
        let held = stock_of(self.row, unit, self.site).map(|stock| stock.qty).sum::<i64>();
        held - promised - self.in_hand(|own| own.handling_unit == *unit) < taken.qty
    }

    /// Whether there is no more of the lot here than others are to take.
    fn lot_is_promised(&self, taken: &Units) -> bool {
        let here = |claim: &&Claim| claim.location == self.row.location && claim.lot == taken.lot;
        let promised: i64 = self.claims().filter(here).map(|claim| claim.qty).sum();
        if taken.lot.is_none() || promised == 0 {
            return false;
        }
        let held: i64 = available(self.row, self.site).filter(|s| s.lot == taken.lot).map(|s| s.qty).sum();
        held - promised - self.in_hand(|own| own.lot == taken.lot) < taken.qty
    }

    fn is_part_picked(&self, unit: &HandlingUnitId) -> bool {
        self.claims().any(|claim| claim.handling_unit == *unit && claim.picked > 0)
    }

    /// The oldest lot here that is older than the one taken, has not expired and is free or the line's own.
    fn older(&self, taken: &Units) -> Option<Lot> {
        let stock = || available(self.row, self.site);
        let date = stock().filter(|s| s.lot == taken.lot).find_map(|s| s.expiry.as_ref()).or_else(|| {
            let named = |(item, lot, _): &&(_, Lot, String)| *item == self.row.item && *lot == taken.lot;
            self.site.known.expiries.iter().find(named).map(|(_, _, date)| date)
        })?;
        let left = |lot: &Lot| {
            let held: i64 = stock().filter(|s| s.lot == *lot).map(|s| s.qty).sum();
            let promised: i64 = if self.row.lot == *lot {
                0
            } else {
                self.claims().filter(|c| c.location == self.row.location && c.lot == *lot).map(|c| c.qty).sum()
            };
            held - promised - self.in_hand(|own| own.lot == *lot)
        };
        stock()
            .filter_map(|s| s.expiry.as_ref().map(|expiry| (expiry, &s.lot)))
            .filter(|(expiry, lot)| *expiry < date && *expiry >= self.site.today && **lot != taken.lot)
            .filter(|(_, lot)| !lot.is_none() && left(lot) > 0)
            .min()
            .map(|(_, lot)| lot.clone())
    }
}

/// What the book has of the line's item in a handling unit, here or where it is booked.
fn stock_of<'a>(row: &'a Line, unit: &'a HandlingUnitId, site: &Site<'a>) -> impl Iterator<Item = &'a Stock> {
    let here = available(row, site).any(|stock| stock.handling_unit == *unit);
    let own = move |stock: &&Stock| stock.item == row.item && stock.status == Status::Available && stock.qty > 0;
    let at_hand = available(row, site).filter(move |stock| here && stock.handling_unit == *unit);
    at_hand.chain(site.known.content.iter().filter(own).filter(move |_| !here))
}

/// What a handling unit that is scanned would give: its lot, where it holds one alone.
///
/// # Errors
/// `EXPIRED` where all that it holds is past its date.
pub(super) fn of_unit(row: &Line, unit: &HandlingUnit, site: &Site<'_>) -> Result<Units, Refusal> {
    let held: Vec<&Stock> = stock_of(row, &unit.id, site).collect();
    let fresh = |stock: &&&Stock| stock.expiry.as_ref().is_none_or(|date| date >= site.today);
    if !held.is_empty() && !held.iter().any(|stock| fresh(&stock)) {
        let date = held.iter().filter_map(|stock| stock.expiry.clone()).min().unwrap_or_default();
        return Err(Refusal::Expired { date });
    }
    let mut lots: Vec<&Lot> = held.iter().map(|stock| &stock.lot).collect();
    lots.sort_unstable();
    lots.dedup();
    let lot = match lots.as_slice() {
        [one] => (*one).clone(),
        _ => Lot::default(),
    };
    Ok(Units { lot, handling_unit: unit.id.clone(), qty: 1, ..Units::default() })
}

/// Where a whole handling unit with the line's item is booked that is seen here. Totes travel, and what was
/// picked is somebody's: neither is believed.
pub(super) fn stands_elsewhere<'a>(row: &Line, unit: &HandlingUnit, site: &Site<'a>) -> Option<&'a LocationId> {
    let content = &site.known.content;
    let (first, ours) = (content.first()?, content.iter().any(|stock| stock.item == row.item));
    let whole = content.iter().all(|s| s.location == first.location && s.status == Status::Available);
    let there = first.location != row.location && unit.kind != HandlingUnitKind::Tote;
    (whole && ours && there).then_some(&first.location)
}

/// The fact that a whole handling unit is here. Nothing of the line is done by it.
pub(super) fn moved(pick: &Pick, row: &Line, unit: &HandlingUnit, from: &LocationId, swap: bool) -> Fact {
    Fact::Moved {
        task: pick.task.id.clone(),
        line: LineId::default(),
        unit: unit.id.clone(),
        item: ItemId::default(),
        units: Vec::new(),
        status: Status::Available,
        from: from.clone(),
        to: row.location.clone(),
        into: HandlingUnitId::default(),
        because: if swap { vec![Reason::Swap] } else { Vec::new() },
        typed: false,
    }
}

/// The fact that other stock is taken: for all that is open of the line, as far as there is that much of it.
pub(super) fn substituted(pick: &Pick, row: &Line, taken: &Units, open: i64, site: &Site<'_>) -> Fact {
    let of_it = |stock: &&Stock| taken.lot.is_none() || stock.lot == taken.lot;
    let held: i64 = if taken.handling_unit.is_none() {
        available(row, site).filter(of_it).filter(|stock| stock.handling_unit.is_none()).map(|stock| stock.qty).sum()
    } else {
        stock_of(row, &taken.handling_unit, site).filter(of_it).map(|stock| stock.qty).sum()
    };
    let qty = open.min(held).max(taken.qty);
    let asked = Units { lot: row.lot.clone(), handling_unit: row.handling_unit.clone(), qty, ..Units::default() };
    Fact::Substituted {
        task: pick.task.id.clone(),
        line: row.id.clone(),
        location: row.location.clone(),
        item: row.item.clone(),
        asked,
        taken: Units { qty, grams: 0, ..taken.clone() },
    }
}

/// The content of a handling unit where it is just what a line for a whole handling unit asks for.
/// Pieces that are weighed are not.
pub(super) fn whole(row: &Line, hand: &Hand, unit: &HandlingUnit, open: i64, site: &Site<'_>) -> Vec<Units> {
    let content = &site.known.content;
    let by_weight = site.known.item(&row.item).is_none_or(|item| item.piece_max_grams > 0);
    let lot_fits =
        |lot: &Lot| row.lot.is_none() || *lot == row.lot || hand.swap.as_ref().is_some_and(|swap| swap.lot == *lot);
    let fits = |stock: &Stock| {
        stock.item == row.item
            && stock.status == Status::Available
            && stock.expiry.as_ref().is_none_or(|date| date >= site.today)
            && row.serial.is_none()
            && lot_fits(&stock.lot)
    };
    let held: i64 = content.iter().map(|stock| stock.qty).sum();
    let planned = !row.handling_unit.is_none() && hand.from.as_ref() == Some(&unit.id);
    if by_weight || !planned || held != open || !content.iter().all(fits) {
        return Vec::new();
    }
    let units = |stock: &Stock| Units {
        lot: stock.lot.clone(),
        serial: stock.serial.clone(),
        handling_unit: stock.handling_unit.clone(),
        qty: stock.qty,
        grams: 0,
    };
    content.iter().filter(|stock| stock.qty > 0).map(units).collect()
}

/// Whether a lot is booked elsewhere or nowhere, so that this place is to be counted. One that is most likely a
/// lot of this place misread, its separator lost or its capitals changed, is not.
pub(super) fn is_stray(row: &Line, lot: &Lot, site: &Site<'_>) -> bool {
    let here = || site.known.stock.iter().filter(|stock| stock.item == row.item && stock.location == row.location);
    let tracked = site.known.item(&row.item).is_some_and(|item| item.lot_tracked) || !row.lot.is_none();
    if !tracked {
        return false;
    }
    let known = here().map(|stock| stock.lot.as_str()).chain(Some(row.lot.as_str()));
    !known.filter(|own| !own.is_empty()).any(|own| {
        own == lot.as_str() || separator_missing(lot.as_str(), own).is_some() || lot_case(lot.as_str(), own).is_some()
    })
}
