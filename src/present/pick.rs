//! A pick at each of its stages.

use super::{ask, goods, number};
use crate::app::{App, PickFlow};
use crate::view::{Cart, Goods, PickStage, PickView, Plate, PlateCell, Progress, Rack, ToteCell, ToteGoes, ToteState};
use floorhand_domain::fact::ShortReason;
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId};
use floorhand_domain::master::{Location, LocationKind};
use floorhand_domain::scan::Kind;
use floorhand_domain::stock::Stock;
use floorhand_domain::task::{Line, LineState};
use floorhand_domain::workflow::pick::{Pick, Refusal, Stage};

/// Cells of a cart in one row.
const CART_COLUMNS: u32 = 2;

pub(super) fn pick(app: &App, flow: &PickFlow) -> PickView {
    let pick = &flow.pick;
    let item = |id: &ItemId| goods(flow.catalogue.items.get(id.as_str()));
    let line = pick.line();
    let of_line = line.map_or_else(|| goods(None), |line| item(&line.item));
    let (ask, stage) = match &pick.stage {
        Stage::Totes { slot } => match pick.to_take_up() {
            Some((tote, place)) => take_up(flow, tote, place),
            None => (ask("tote-empty", u32::from(*slot), ""), PickStage::Totes { cart: cart(pick, *slot, true) }),
        },
        Stage::Location { line: id } => {
            let location = line.and_then(|l| flow.catalogue.locations.get(l.location.as_str()));
            let stage = PickStage::Location {
                plate: plate(location, line),
                goods: of_line,
                quantity: number(pick.open_qty(id)),
            };
            (ask("shelf", 0, ""), stage)
        }
        Stage::Item { line: id, hand } => item_stage(app, flow, id, hand, line, of_line),
        Stage::NextTote { hand, .. } => {
            let slot = line.map_or(0, |l| pick.slot_of(l));
            let full = pick.cart.closed.iter().rev().find(|closed| closed.slot == slot);
            let stage = PickStage::NextTote {
                cart: cart(pick, slot, true),
                full: full.map(|closed| closed.tote.0.clone()).unwrap_or_default(),
                goods: of_line,
                quantity: number(hand.qty()),
            };
            let single = pick.task.slots.len() <= 1;
            (ask("tote-empty", if single { 0 } else { u32::from(slot) }, ""), stage)
        }
        Stage::Empty { .. } => {
            let place = line.map(|l| l.location.0.clone()).unwrap_or_default();
            (ask("empty-now", 0, place.clone()), PickStage::EmptyNow { place, goods: of_line })
        }
        Stage::Sort { hand, .. } if hand.units.is_empty() => {
            let stage = PickStage::Sort { left: number(pick.to_sort()), tote: pick.tote_of(0).0 };
            (ask(wanted(app).unwrap_or("item"), 0, ""), stage)
        }
        Stage::Sort { hand, .. } | Stage::Tote { hand, .. } => {
            let slot = line.map_or(0, |l| pick.slot_of(l));
            let tote = pick.tote_of(slot);
            let single = pick.task.slots.len() <= 1;
            let stage = PickStage::Tote { cart: cart(pick, slot, false), goods: of_line, quantity: number(hand.qty()) };
            (ask("tote", if single { 0 } else { u32::from(slot) }, tote.0), stage)
        }
        Stage::Short { line: id, hand, short } => {
            let counting = short.is_some_and(|s| s.reason == ShortReason::Damaged && s.damaged == 0);
            let missing = pick.open_qty(id) - hand.qty();
            let stage = PickStage::Short {
                goods: of_line,
                found: number(hand.qty()),
                needed: number(pick.open_qty(id)),
                reason: short.map(|s| reason(s.reason).to_owned()).unwrap_or_default(),
                damaged: counting.then(|| app.typed.clone()),
                ok: counting && app.typed.parse::<i64>().is_ok_and(|n| n > 0 && n <= missing),
            };
            (ask(if counting { "type-damaged" } else { "shelf-confirm" }, 0, ""), stage)
        }
        Stage::DropOne { tote, .. } => drop_one(flow, tote),
        Stage::DropOff { .. } => {
            let left = pick.totes_left();
            let place = left.first().map_or_else(|| pick.task.drop_off.0.clone(), |one| one.to.0.clone());
            let stage = PickStage::DropOff {
                place: place.clone(),
                kind: if pick.drop_off_kind == LocationKind::Pack { "bench" } else { "staging" }.to_owned(),
                totes: left.into_iter().map(|one| one.tote.0).collect(),
            };
            (ask("drop", 0, place), stage)
        }
    };
    PickView { progress: progress(pick), ask, stage }
}

fn item_stage(
    app: &App,
    flow: &PickFlow,
    id: &floorhand_domain::id::LineId,
    hand: &floorhand_domain::workflow::pick::Hand,
    line: Option<&Line>,
    goods: Goods,
) -> (crate::view::Ask, PickStage) {
    let pick = &flow.pick;
    let open = pick.open_qty(id);
    if pick.weighs() {
        let stage = PickStage::Weigh {
            goods,
            pieces: number(hand.unweighed()),
            typed: app.typed.clone(),
            ok: app.pick_number().is_some(),
        };
        return (ask(if app.typed.is_empty() { "weigh" } else { "type-weight" }, 0, ""), stage);
    }
    let code = wanted(app).unwrap_or(if hand.units.is_empty() { "item" } else { "next-item" });
    if hand.units.is_empty() {
        let stage = PickStage::Item {
            goods,
            quantity: number(open),
            lot: line.map(|l| l.lot.0.clone()).unwrap_or_default(),
            tote: line.map(|l| pick.tote_of(pick.slot_of(l)).0).unwrap_or_default(),
            place: line.map(|l| l.location.0.clone()).unwrap_or_default(),
        };
        return (ask(code, 0, ""), stage);
    }
    let typing = !app.typed.is_empty();
    let stage = PickStage::Quantity {
        goods,
        counted: number(hand.qty()),
        needed: number(open),
        typed: app.typed.clone(),
        keypad: app.keypad_open(),
        ok: app.typed.parse::<i64>().is_ok_and(|n| n > 0 && n <= open),
    };
    (ask(if typing { "type-quantity" } else { code }, 0, ""), stage)
}

/// What the label of the unit does not say, by the last refusal. `None` = nothing is missing.
fn wanted(app: &App) -> Option<&'static str> {
    let crate::app::Answer::Refused(refused) = &app.answer else { return None };
    match &refused.refusal {
        crate::app::Refusal::Pick(Refusal::NeedLot { .. }) => Some("lot"),
        crate::app::Refusal::Pick(Refusal::NeedHu { .. }) => Some("hu"),
        crate::app::Refusal::Pick(Refusal::MissingData { field: Kind::Serial }) => Some("serial"),
        crate::app::Refusal::Pick(Refusal::MissingData { field: Kind::Weight }) => Some("weigh"),
        _ => None,
    }
}

/// A tote that another zone set down, with what is in it.
fn take_up(flow: &PickFlow, tote: &HandlingUnitId, place: &LocationId) -> (crate::view::Ask, PickStage) {
    let held: &[Stock] = flow.catalogue.held.get(tote.as_str()).map(Vec::as_slice).unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for stock in held {
        let name = flow.catalogue.items.get(stock.item.as_str()).map_or(stock.item.as_str(), |item| item.name.as_str());
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    let stage = PickStage::TakeUp {
        tote: tote.0.clone(),
        place: place.0.clone(),
        goods: names,
        units: number(held.iter().map(|stock| stock.qty).sum()),
    };
    (ask("code", 0, tote.0.clone()), stage)
}

/// Totes that go to different places.
fn drop_one(flow: &PickFlow, tote: &HandlingUnitId) -> (crate::view::Ask, PickStage) {
    let pick = &flow.pick;
    let code = |place: &LocationId| {
        flow.catalogue.locations.get(place.as_str()).map_or_else(|| place.0.clone(), |known| known.code.clone())
    };
    let left = pick.totes_left();
    let to = left.iter().find(|one| one.tote == *tote).map(|one| one.to.clone());
    let kind = match &to {
        Some(place) if *place != pick.task.drop_off => flow.catalogue.locations.get(place.as_str()).map(|p| p.kind),
        _ => Some(pick.drop_off_kind),
    };
    let place = to.as_ref().map(code).unwrap_or_default();
    let asked = match &to {
        Some(_) => ask("drop", 0, place.clone()),
        None => ask("tote", 0, ""),
    };
    let stage = PickStage::DropOne {
        tote: if to.is_some() { tote.0.clone() } else { String::new() },
        place,
        kind: if kind == Some(LocationKind::Pack) { "bench" } else { "staging" }.to_owned(),
        totes: left.iter().map(|one| ToteGoes { tote: one.tote.0.clone(), place: code(&one.to) }).collect(),
    };
    (asked, stage)
}

fn progress(pick: &Pick) -> Progress {
    let (done, total) = pick.counts();
    let now = if pick.line().is_some() { done + 1 } else { 0 };
    let n = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Progress { done: n(done), now: n(now), total: n(total), cart: String::new() }
}

fn cart(pick: &Pick, target: u8, binding: bool) -> Cart {
    let next = if binding {
        pick.task.slots.iter().find(|s| s.tote.is_none() && s.slot != target).map(|s| s.slot)
    } else {
        pick.line_after().map(|line| line.slot).filter(|slot| *slot != target)
    };
    let cells = pick
        .task
        .slots
        .iter()
        .map(|slot| {
            let picked: i64 = pick
                .lines
                .iter()
                .zip(&pick.progress)
                .filter(|(line, _)| line.slot == slot.slot)
                .map(|(_, p)| p.picked)
                .sum();
            let state = if slot.slot == target {
                ToteState::Target
            } else if Some(slot.slot) == next {
                ToteState::Next
            } else if (binding && !slot.tote.is_none()) || (!binding && finished(pick, slot.slot)) {
                ToteState::Done
            } else {
                ToteState::Quiet
            };
            let quantity = match state {
                ToteState::Target => pick.hand().map_or(0, floorhand_domain::workflow::pick::Hand::qty),
                ToteState::Next if !binding => pick.line_after().map_or(0, |line| pick.open_qty(&line.id)),
                ToteState::Done => picked,
                _ => 0,
            };
            ToteCell { slot: u32::from(slot.slot), state, quantity: number(quantity), tote: slot.tote.0.clone() }
        })
        .collect();
    Cart { columns: if pick.task.slots.len() > 1 { CART_COLUMNS } else { 1 }, cells }
}

fn finished(pick: &Pick, slot: u8) -> bool {
    pick.lines.iter().zip(&pick.progress).filter(|(line, _)| line.slot == slot).all(|(_, p)| p.state != LineState::Open)
}

/// The sign on the rack: aisle, bay and shelf, as the site's mask splits the code.
pub(super) fn plate(location: Option<&Location>, line: Option<&Line>) -> Plate {
    let Some(location) = location else {
        return Plate { code: line.map(|l| l.location.0.clone()).unwrap_or_default(), cells: Vec::new(), rack: None };
    };
    let cell = |caption: &str, text: &str| PlateCell { caption: caption.to_owned(), text: text.to_owned() };
    let cells = if location.aisle.is_empty() || location.bay.is_empty() {
        Vec::new()
    } else {
        [("aisle", &location.aisle), ("bay", &location.bay), ("shelf", &location.shelf)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(caption, text)| cell(caption, text))
            .collect()
    };
    let rack = (location.level > 0 && location.levels > 0 && location.place > 0 && location.places > 0).then(|| Rack {
        level: u32::from(location.level),
        levels: u32::from(location.levels),
        place: u32::from(location.place),
        places: u32::from(location.places),
    });
    Plate { code: location.id.0.clone(), cells, rack }
}

fn reason(reason: ShortReason) -> &'static str {
    match reason {
        ShortReason::NoneFound => "none-found",
        ShortReason::Damaged => "damaged",
        ShortReason::WrongStock => "wrong-stock",
        ShortReason::Unreachable => "unreachable",
    }
}
