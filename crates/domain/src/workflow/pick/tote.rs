//! Totes: into a slot, goods into them, down at the end.

use super::{Exit, Hand, Pick, PickStep, Refusal, Short, Stage, order_of};
use crate::fact::Fact;
use crate::id::{HandlingUnitId, LineId, LocationId};
use crate::master::HandlingUnitKind;
use crate::scan::{self, Kind, Meaning};
use crate::task::LineState;
use crate::workflow::{Accepted, Class, Meant, Next, Site, Step, What};

/// An empty tote for a slot.
pub(super) fn assign(mut pick: Pick, slot: u8, meant: &Meant, site: &Site<'_>) -> PickStep {
    let order = order_of(&pick, slot);
    let unit = match meant.tote() {
        Ok(unit) => unit,
        Err(refusal) => return pick.refuse(Refusal::Scan(refusal)),
    };
    let scanned = unit.id.clone();
    let elsewhere = pick.task.slots.iter().any(|s| s.slot != slot && s.tote == scanned);
    let shared = elsewhere && site.settings.share_tote;
    let foreign = unit.order != order;
    if !shared && (elsewhere || (foreign && !unit.order.is_none())) {
        return pick.refuse(Refusal::ToteOther { scanned, needed: HandlingUnitId::default(), slot });
    }
    if !shared && site.known.filled.contains(&scanned) && (foreign || unit.order.is_none()) {
        return pick.refuse(Refusal::ToteNotEmpty { scanned });
    }
    for place in pick.task.slots.iter_mut().filter(|s| s.slot == slot) {
        place.tote = scanned.clone();
    }
    let fact = Fact::ToteAssigned { task: pick.task.id.clone(), slot, order, tote: scanned.clone() };
    pick.stage = pick.next_stage(&LocationId::default());
    let mut step = pick.accept(Class::StepComplete, What::Tote, scanned.0);
    step.facts.push(fact);
    step
}

/// What is in the hand goes into the tote of its order. Below what was asked, the remainder stays
/// open, unless it was declared missing.
pub(super) fn put(
    mut pick: Pick,
    line: &LineId,
    hand: Hand,
    short: Option<Short>,
    meant: &Meant,
    site: &Site<'_>,
) -> PickStep {
    let Some(row) = pick.lines.iter().find(|l| l.id == *line).cloned() else {
        return pick.refuse(Refusal::Scan(scan::Refusal::NotNow));
    };
    let units = meant.handling_units();
    let unit = match units.as_slice() {
        [unit] if unit.kind == HandlingUnitKind::Tote => unit,
        [] | [_] => {
            let same = meant.meanings.iter().any(
                |m| matches!(m, Meaning::Goods { label } if label.item.as_ref().is_none_or(|item| *item == row.item)),
            );
            if same {
                let open = pick.open_qty(line) - hand.qty();
                return pick.refuse(Refusal::QtyOver { open: if short.is_some() { 0 } else { open } });
            }
            return pick.refuse(Refusal::Scan(meant.misfit(Kind::Tote)));
        }
        _ => return pick.refuse(Refusal::Scan(meant.ambiguous(&[Kind::Tote, Kind::HandlingUnit]))),
    };
    let needed = pick.tote_of(row.slot);
    let shared = site.settings.share_tote && pick.task.slots.iter().any(|s| s.tote == unit.id);
    if unit.id != needed && !shared {
        let scanned = unit.id.clone();
        return pick.refuse(Refusal::ToteOther { scanned, needed, slot: row.slot });
    }
    let qty = hand.qty();
    let mut facts = vec![Fact::Picked {
        task: pick.task.id.clone(),
        line: line.clone(),
        location: row.location.clone(),
        item: row.item.clone(),
        tote: unit.id.clone(),
        units: hand.units,
        typed: hand.typed,
    }];
    pick.set_progress(line, |progress| {
        progress.picked += qty;
        if progress.picked >= row.qty {
            progress.state = LineState::Done;
        }
    });
    pick.forget_skip(line);
    if let Some(short) = short
        && pick.open_qty(line) > 0
    {
        facts.push(pick.close_short(&row, short));
    }
    let code = unit.id.0.clone();
    pick.stage = if pick.open_qty(line) > 0 {
        Stage::Item { line: line.clone(), hand: Hand::default() }
    } else {
        pick.next_stage(&row.location)
    };
    let mut step = pick.accept(Class::StepComplete, What::Tote, code);
    step.facts = facts;
    step
}

/// The totes go to the planned place; another of its kind asks.
pub(super) fn drop_off(mut pick: Pick, asked: Option<LocationId>, meant: &Meant, site: &Site<'_>) -> PickStep {
    let needed = pick.task.drop_off.clone();
    // Any other scan drops the question.
    pick.stage = Stage::DropOff { asked: None };
    let scanned = match meant.location() {
        Ok(id) => id.clone(),
        Err(refusal) => return pick.refuse(Refusal::Scan(refusal)),
    };
    if scanned != needed && asked.as_ref() != Some(&scanned) {
        let kind = site.known.locations.iter().find(|l| l.id == scanned).map(|l| l.kind);
        if kind != Some(pick.drop_off_kind) {
            return pick.refuse(Refusal::PlaceForbidden { scanned, needed });
        }
        pick.stage = Stage::DropOff { asked: Some(scanned.clone()) };
        return pick.refuse(Refusal::Place { scanned, needed });
    }
    let totes = pick.task.slots.iter().filter(|s| !s.tote.is_none()).map(|s| s.tote.clone()).collect();
    Step {
        next: Next::Finish(Exit::Done),
        facts: vec![Fact::DroppedOff { task: pick.task.id.clone(), location: scanned.clone(), totes }],
        answer: Ok(Accepted::new(Class::TaskComplete, What::DropOff, scanned.0)),
    }
}
