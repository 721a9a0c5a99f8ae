//! The item step: labels add up to a unit, units add up to the quantity.

use super::swap::{self, Ask, Verdict};
use super::unit::{Whose, available, complete, whose};
use super::{Hand, Pick, PickStep, PieceRange, Refusal, Stage, weigh};
use crate::fact::Fact;
use crate::id::{HandlingUnitId, LineId};
use crate::master::{HandlingUnit, HandlingUnitKind};
use crate::scan::{self, Kind, Label, Meaning};
use crate::task::Line;
use crate::workflow::label::merge;
use crate::workflow::{Class, Meant, Site, Step, What};

/// What the item step takes.
pub(super) const TAKEN: [Kind; 6] =
    [Kind::Item, Kind::Lot, Kind::Serial, Kind::Location, Kind::Tote, Kind::HandlingUnit];

/// A scan at the item step.
pub(super) fn scan(mut pick: Pick, line: &LineId, mut hand: Hand, meant: &Meant, site: &Site<'_>) -> PickStep {
    let Some(row) = pick.row(line).cloned() else { return pick.not_now() };
    // The same code again answers the question; any other drops it.
    let again = hand.asked.take().is_some_and(|asked| asked == meant.text);
    pick.stage = Stage::Item { line: line.clone(), hand: hand.clone() };
    let goods = labels(meant);
    let here = meant.meanings.iter().any(|m| matches!(m, Meaning::Location { id } if *id == row.location));
    let units = meant.handling_units();
    // Every kind that the step can use counts as fitting; two of them, and nobody guesses.
    match (goods.as_slice(), here, units.as_slice()) {
        ([label], false, []) => Count { row: &row, meant, again, site }.label(pick, hand, label),
        ([], true, []) => {
            // The location again stands for the loose stock, where there is any, never for the item.
            hand.from = available(&row, site).any(|stock| stock.handling_unit.is_none()).then(HandlingUnitId::default);
            pick.stage = Stage::Item { line: line.clone(), hand };
            pick.accept(Class::Accepted, What::Shelf, row.location.0)
        }
        ([], false, [unit]) => Count { row: &row, meant, again, site }.handling_unit(pick, hand, unit),
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

/// The goods that a scan can mean.
pub(super) fn labels(meant: &Meant) -> Vec<&Label> {
    meant
        .meanings
        .iter()
        .filter_map(|meaning| match meaning {
            Meaning::Goods { label } => Some(label),
            _ => None,
        })
        .collect()
}

/// What the scan of a step is judged by.
struct Count<'a> {
    row: &'a Line,
    meant: &'a Meant,
    /// Whether it answers the question that was asked last.
    again: bool,
    site: &'a Site<'a>,
}

impl Count<'_> {
    /// A handling unit: one that holds the goods narrows the step to its content, a tote ends it.
    fn handling_unit(&self, mut pick: Pick, mut hand: Hand, unit: &HandlingUnit) -> PickStep {
        let Self { row, meant, site, .. } = *self;
        let on_cart = pick.task.slots.iter().any(|slot| slot.tote == unit.id);
        let here = available(row, site).any(|stock| stock.handling_unit == unit.id);
        let holds = unit.id == row.handling_unit || here;
        if unit.kind == HandlingUnitKind::Tote && (on_cart || !holds) {
            if hand.units.is_empty() {
                return pick.refuse(Refusal::Scan(meant.misfit(Kind::Item)));
            }
            if hand.to_weigh.is_some() {
                return pick.refuse(Refusal::MissingData { field: Kind::Weight });
            }
            return super::tote::put(pick, &row.id, hand, None, meant, site);
        }
        // A bare number counts only where a handling unit is asked for.
        let asked = hand.label.item.is_some() || !row.handling_unit.is_none();
        if meant.bare_sscc && !asked {
            return pick.refuse(Refusal::Scan(meant.misfit(Kind::Item)));
        }
        // A whole handling unit that is booked elsewhere is believed: it is seen here.
        let elsewhere = if here { None } else { swap::stands_elsewhere(row, unit, site) };
        if !holds && elsewhere.is_none() {
            return pick.refuse(Refusal::WrongHu { scanned: unit.id.clone() });
        }
        let taken = match swap::of_unit(row, unit, site) {
            Ok(taken) => taken,
            Err(refusal) => return pick.refuse(refusal),
        };
        let ask = Ask { here: elsewhere.is_none(), again: self.again };
        let verdict = match swap::judge(&pick, row, &hand, &taken, ask, site) {
            Ok(verdict) => verdict,
            Err(refusal) => return self.ask(pick, hand, refusal),
        };
        let mut facts = Vec::new();
        facts.extend(elsewhere.map(|from| swap::moved(&pick, row, unit, from, verdict == Verdict::Swap)));
        let open = pick.open_qty(&row.id) - hand.qty();
        if verdict == Verdict::Swap {
            facts.push(swap::substituted(&pick, row, &taken, open, site));
            hand.swap = Some(swap::of(&taken));
        }
        hand.from = Some(unit.id.clone());
        let whole = if hand.units.is_empty() { swap::whole(row, &hand, unit, open, site) } else { Vec::new() };
        let filled = !whole.is_empty();
        if filled {
            (hand.units, hand.label) = (whole, Label::default());
        }
        pick.stage = pick.with_hand(row.id.clone(), hand, None);
        let class = if filled { Class::StepComplete } else { Class::Accepted };
        Step { facts, ..pick.accept(class, What::HandlingUnit, unit.id.0.clone()) }
    }

    /// One label, or a part of one.
    fn label(&self, mut pick: Pick, mut hand: Hand, label: &Label) -> PickStep {
        let Self { row, site, .. } = *self;
        let line = row.id.clone();
        if let Err(refusal) = self.is_ours(&hand, label) {
            let known = hand.label.item.is_some() || !hand.units.is_empty();
            let anothers = site.known.lots.iter().any(|(_, lot)| Some(lot) == label.lot.as_ref());
            return if known && !anothers { self.report(pick, hand, refusal) } else { pick.refuse(refusal) };
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
        let mut units = match outcome {
            Ok(units) => units,
            Err(refusal) => {
                // What the label said stays for the next scan of the same unit, unless it was wrong.
                let keep =
                    matches!(refusal, Refusal::NeedLot { .. } | Refusal::NeedHu { .. } | Refusal::MissingData { .. });
                hand.label = if keep { unit } else { Label::default() };
                pick.stage = Stage::Item { line, hand: hand.clone() };
                return self.report(pick, hand, refusal);
            }
        };
        let open = pick.open_qty(&line) - hand.qty();
        if units.qty > open {
            hand.label = Label::default();
            pick.stage = Stage::Item { line, hand };
            return pick.refuse(Refusal::QtyOver { open });
        }
        let verdict = match swap::judge(&pick, row, &hand, &units, Ask { here: true, again: self.again }, site) {
            Ok(verdict) => verdict,
            // What was begun stays for the answer to the question.
            Err(refusal @ Refusal::Swap { .. }) => return self.ask(pick, hand, refusal),
            Err(refusal) => {
                hand.label = Label::default();
                pick.stage = Stage::Item { line, hand };
                return pick.refuse(refusal);
            }
        };
        units.grams = unit.grams;
        let mut facts = Vec::new();
        if verdict == Verdict::Swap {
            facts.push(swap::substituted(&pick, row, &units, open, site));
            hand.swap = Some(swap::of(&units));
        }
        hand.label = Label::default();
        let before = Stage::Item { line: line.clone(), hand: Hand { asked: None, ..hand.clone() } };
        if let Err(refusal) = weigh::add(&mut hand, units, self.piece_range()) {
            pick.stage = before;
            // The swap was answered, whatever the weight.
            return Step { facts, ..pick.refuse(refusal) };
        }
        let (what, code) = self.named(label);
        pick.stage = pick.with_hand(line, hand, None);
        let full = matches!(pick.stage, Stage::Tote { .. });
        Step { facts, ..pick.accept(if full { Class::StepComplete } else { Class::Accepted }, what, code) }
    }

    /// Whether a label is of the line's item.
    fn is_ours(&self, hand: &Hand, label: &Label) -> Result<(), Refusal> {
        let row = self.row;
        match &label.item {
            Some(item) if *item != row.item => {
                Err(Refusal::WrongItem { scanned: item.clone(), needed: row.item.clone() })
            }
            Some(_) => Ok(()),
            None => match whose(row, hand, label, self.site) {
                Whose::Ours => Ok(()),
                Whose::Other(scanned) => Err(Refusal::WrongItem { scanned, needed: row.item.clone() }),
                Whose::Several(readings) => Err(Refusal::Scan(scan::Refusal::Ambiguous { readings })),
                Whose::Nobody => Err(match (&label.serial, &label.lot) {
                    (Some(serial), _) => Refusal::WrongSerial { scanned: serial.clone(), needed: row.serial.clone() },
                    (None, Some(lot)) => Refusal::WrongLot { scanned: lot.clone(), needed: row.lot.clone() },
                    (None, None) => Refusal::Scan(scan::Refusal::UnknownCode),
                }),
            },
        }
    }

    /// Refuses, or asks; then the same code again is the answer.
    fn ask(&self, mut pick: Pick, mut hand: Hand, refusal: Refusal) -> PickStep {
        hand.asked = matches!(refusal, Refusal::Swap { .. }).then(|| self.meant.text.clone());
        pick.stage = Stage::Item { line: self.row.id.clone(), hand };
        pick.refuse(refusal)
    }

    /// Refuses. A lot that is booked elsewhere or nowhere asks for a count of this place, once.
    fn report(&self, mut pick: Pick, mut hand: Hand, refusal: Refusal) -> PickStep {
        let row = self.row;
        let Refusal::WrongLot { scanned, .. } = &refusal else { return pick.refuse(refusal) };
        if !swap::is_stray(row, scanned, self.site) || hand.reported == *scanned {
            return pick.refuse(refusal);
        }
        hand.reported = scanned.clone();
        let fact = Fact::CountAsked {
            task: pick.task.id.clone(),
            location: row.location.clone(),
            item: row.item.clone(),
            lot: scanned.clone(),
            handling_unit: HandlingUnitId::default(),
        };
        pick.stage = Stage::Item { line: row.id.clone(), hand };
        Step { facts: vec![fact], ..pick.refuse(refusal) }
    }

    /// What a piece may weigh, where pieces of the item differ.
    fn piece_range(&self) -> Option<PieceRange> {
        let item = self.site.known.item(&self.row.item).filter(|item| item.piece_max_grams > 0)?;
        Some(PieceRange { least: item.piece_min_grams.max(1), most: item.piece_max_grams })
    }

    fn named(&self, label: &Label) -> (What, String) {
        match (&label.item, &label.serial, &label.lot) {
            (None, Some(serial), _) => (What::Serial, serial.0.clone()),
            (None, None, Some(lot)) => (What::Lot, lot.0.clone()),
            _ => (What::Item, self.row.item.0.clone()),
        }
    }
}

/// Whether a number may be typed: something was scanned, what is asked for at this place is large enough, and no unit
/// stands for itself.
pub(super) fn may_type(pick: &Pick, row: &Line, hand: &Hand, type_from: i64) -> bool {
    let total = pick.together(row).map(|(other, _)| other.qty).sum::<i64>();
    let serial = hand.units.iter().any(|unit| !unit.serial.is_none());
    // What was weighed is so many pieces and no more.
    let weighed = hand.to_weigh.is_none() && hand.units.iter().any(|unit| unit.grams > 0);
    !hand.units.is_empty() && total >= type_from && !serial && !weighed
}

/// A typed number says how many are in the hand now. It needs one scan first, and a line that is
/// large enough.
pub(super) fn typed(mut pick: Pick, qty: i64, site: &Site<'_>) -> PickStep {
    let Stage::Item { line, mut hand } = pick.stage.clone() else { return pick.not_now() };
    let Some(row) = pick.row(&line).cloned() else { return pick.not_now() };
    hand.asked = None;
    pick.stage = Stage::Item { line: line.clone(), hand: hand.clone() };
    if !may_type(&pick, &row, &hand, site.settings.type_from) {
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
    pick.stage = pick.with_hand(line, hand, None);
    let full = matches!(pick.stage, Stage::Tote { .. });
    pick.accept(if full { Class::StepComplete } else { Class::Accepted }, What::Quantity, qty.to_string())
}
