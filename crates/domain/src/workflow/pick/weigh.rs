//! Pieces that differ in weight: what they weigh comes from their labels or from the scale.

use super::{Hand, Pick, PickStep, PieceRange, Refusal, Stage};
use crate::fact::Units;
use crate::scan::Kind;
use crate::workflow::{Class, What};

/// Adds units to the hand. `range` is what a piece may weigh, where pieces differ.
///
/// # Errors
/// `WEIGHT_OUT` where the label's weight is not possible, `MISSING_DATA` where other units are still to be
/// weighed.
pub(super) fn add(hand: &mut Hand, units: Units, range: Option<PieceRange>) -> Result<(), Refusal> {
    let Some(range) = range else {
        put(&mut hand.units, Units { grams: 0, ..units });
        return Ok(());
    };
    match (units.grams, hand.to_weigh, hand.units.last_mut()) {
        (0, Some(_), Some(last)) if same(last, &units) && units.serial.is_none() => last.qty += units.qty,
        (_, Some(_), _) => return Err(Refusal::MissingData { field: Kind::Weight }),
        (0, None, _) => {
            hand.units.push(units);
            hand.to_weigh = Some(range);
        }
        (grams, None, _) => {
            let PieceRange { least, most } = range.of(units.qty);
            if !range.of(units.qty).holds(grams) {
                return Err(Refusal::WeightOut { grams, least, most });
            }
            put(&mut hand.units, units);
        }
    }
    Ok(())
}

/// Units of the same lot and handling unit are one entry.
fn put(all: &mut Vec<Units>, units: Units) {
    match all.iter_mut().find(|known| same(known, &units)) {
        Some(known) if units.serial.is_none() => {
            known.qty += units.qty;
            known.grams = known.grams.saturating_add(units.grams);
        }
        _ => all.push(units),
    }
}

fn same(a: &Units, b: &Units) -> bool {
    a.lot == b.lot && a.serial == b.serial && a.handling_unit == b.handling_unit
}

/// The scale: what the pieces in the hand weigh that were not weighed yet.
pub(super) fn weighed(mut pick: Pick, grams: i64) -> PickStep {
    let Stage::Item { line, mut hand } = pick.stage.clone() else { return pick.not_now() };
    let (Some(range), Some(mut last)) = (hand.to_weigh, hand.units.pop()) else { return pick.not_now() };
    let PieceRange { least, most } = range.of(last.qty);
    if !range.of(last.qty).holds(grams) {
        return pick.refuse(Refusal::WeightOut { grams, least, most });
    }
    last.grams = grams;
    put(&mut hand.units, last);
    hand.to_weigh = None;
    hand.asked = None;
    pick.stage = pick.with_hand(line, hand, None);
    let full = matches!(pick.stage, Stage::Tote { .. });
    pick.accept(if full { Class::StepComplete } else { Class::Accepted }, What::Weight, grams.to_string())
}

/// Takes so many units from the front of a list, with their share of the weight.
pub(super) fn take(all: &mut Vec<Units>, mut qty: i64) -> Vec<Units> {
    let mut taken = Vec::new();
    while qty > 0 && !all.is_empty() {
        let mut first = all.remove(0);
        let part = first.qty.min(qty);
        qty -= part;
        if part < first.qty {
            let grams = first.grams.saturating_mul(part) / first.qty.max(1);
            taken.push(Units { qty: part, grams, ..first.clone() });
            first.qty -= part;
            first.grams -= grams;
            all.insert(0, first);
        } else {
            taken.push(first);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_weight_goes_with_the_pieces() {
        let units = |qty, grams| Units { qty, grams, ..Units::default() };
        let mut all = vec![units(3, 1_000), units(2, 0)];
        assert_eq!(take(&mut all, 2), [units(2, 666)]);
        assert_eq!(all, [units(1, 334), units(2, 0)]);
        assert_eq!(take(&mut all, 9), [units(1, 334), units(2, 0)]);
        assert!(all.is_empty() && take(&mut all, 1).is_empty());
    }
}
