//! A pick, at each of its stages.

use super::common::{Rows, ask, fill, goods, int};
use super::ui;
use crate::view::{Cart, PickStage, PickView, Plate, ToteGoes, ToteState};
use slint::{Global, SharedString};

/// Totes with their places that fit on the page.
const DROPS_SHOWN: usize = 4;

pub(super) fn stage(stage: &PickStage) -> &'static str {
    match stage {
        PickStage::Totes { .. } => "totes",
        PickStage::Location { .. } => "location",
        PickStage::Item { .. } => "item",
        PickStage::Quantity { .. } => "quantity",
        PickStage::Tote { .. } => "tote",
        PickStage::EmptyNow { .. } => "empty-now",
        PickStage::Short { .. } => "short",
        PickStage::NextTote { .. } => "next-tote",
        PickStage::TakeUp { .. } => "take-up",
        PickStage::Weigh { .. } => "weigh",
        PickStage::Sort { .. } => "sort",
        // One that is being brought looks as if all were.
        PickStage::DropOne { tote, .. } if tote.is_empty() => "drop-one",
        PickStage::DropOne { .. } | PickStage::DropOff { .. } => "drop-off",
    }
}

pub(super) fn apply(root: &ui::AppWindow, rows: &Rows, view: &PickView) {
    let data = ui::PickData::get(root);
    let progress = &view.progress;
    data.set_done(int(progress.done));
    data.set_now(int(progress.now));
    data.set_total(int(progress.total));
    data.set_cart_name(progress.cart.as_str().into());
    let (code, number, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number);
    data.set_ask_text(text);
    match &view.stage {
        PickStage::Totes { cart: map } => cart(&data, rows, map),
        PickStage::Location { plate: sign, goods: what, quantity } => {
            plate(&data, rows, sign);
            data.set_goods(goods(what));
            data.set_quantity(int(*quantity));
        }
        PickStage::Item { goods: what, quantity, lot, tote, place } => {
            data.set_goods(goods(what));
            data.set_quantity(int(*quantity));
            data.set_lot(lot.as_str().into());
            data.set_tote(tote.as_str().into());
            data.set_place(place.as_str().into());
        }
        PickStage::Quantity { goods: what, counted, needed, typed, keypad, ok } => {
            data.set_goods(goods(what));
            data.set_counted(int(*counted));
            data.set_needed(int(*needed));
            data.set_typed(typed.as_str().into());
            data.set_keypad(*keypad);
            data.set_ok(*ok);
        }
        PickStage::Tote { cart: map, goods: what, quantity } => {
            cart(&data, rows, map);
            data.set_goods(goods(what));
            data.set_quantity(int(*quantity));
        }
        PickStage::EmptyNow { place, goods: what } => {
            data.set_place(place.as_str().into());
            data.set_goods(goods(what));
        }
        PickStage::Short { goods: what, found, needed, reason, damaged, ok } => {
            data.set_goods(goods(what));
            data.set_counted(int(*found));
            data.set_needed(int(*needed));
            data.set_reason(reason.as_str().into());
            data.set_asks_damaged(damaged.is_some());
            data.set_typed(damaged.as_deref().map(SharedString::from).unwrap_or_default());
            data.set_ok(*ok);
        }
        PickStage::NextTote { cart: map, full, goods: what, quantity } => {
            cart(&data, rows, map);
            data.set_tote(full.as_str().into());
            data.set_goods(goods(what));
            data.set_quantity(int(*quantity));
        }
        PickStage::TakeUp { tote, place, goods: names, units } => {
            data.set_tote(tote.as_str().into());
            data.set_place(place.as_str().into());
            data.set_inside(names.join(" · ").into());
            data.set_quantity(int(*units));
        }
        PickStage::Weigh { goods: what, pieces, typed, ok } => {
            data.set_goods(goods(what));
            data.set_quantity(int(*pieces));
            data.set_typed(typed.as_str().into());
            data.set_ok(*ok);
        }
        PickStage::Sort { left, tote } => {
            data.set_quantity(int(*left));
            data.set_tote(tote.as_str().into());
        }
        PickStage::DropOne { tote, place, kind, totes } => {
            data.set_place(place.as_str().into());
            data.set_drop_kind(kind.as_str().into());
            let goes =
                |one: &ToteGoes| ui::ToteGoes { tote: one.tote.as_str().into(), place: one.place.as_str().into() };
            fill(&rows.drops, totes.iter().take(DROPS_SHOWN).map(goes).collect());
            data.set_drop_totes(tote.as_str().into());
            data.set_drop_count(i32::try_from(totes.len()).unwrap_or(i32::MAX).min(if tote.is_empty() {
                i32::MAX
            } else {
                1
            }));
        }
        PickStage::DropOff { place, kind, totes } => {
            data.set_place(place.as_str().into());
            data.set_drop_kind(kind.as_str().into());
            data.set_drop_totes(totes.join("  ").into());
            data.set_drop_count(i32::try_from(totes.len()).unwrap_or(i32::MAX));
        }
    }
    data.set_stage(stage(&view.stage).into());
}

pub(super) fn plate(data: &ui::PickData<'_>, rows: &Rows, plate: &Plate) {
    data.set_plate_code(plate.code.as_str().into());
    let cells = plate
        .cells
        .iter()
        .map(|cell| ui::Cell { caption: cell.caption.as_str().into(), text: cell.text.as_str().into() });
    fill(&rows.cells, cells.collect());
    if let Some(rack) = plate.rack {
        data.set_level(int(rack.level));
        data.set_levels(int(rack.levels));
        data.set_rack_place(int(rack.place));
        data.set_rack_places(int(rack.places));
    }
    data.set_rack(plate.rack.is_some());
}

fn cart(data: &ui::PickData<'_>, rows: &Rows, cart: &Cart) {
    data.set_columns(int(cart.columns.max(1)));
    let totes = cart.cells.iter().map(|cell| ui::Tote {
        slot: int(cell.slot),
        state: match cell.state {
            ToteState::Quiet => "quiet",
            ToteState::Target => "target",
            ToteState::Next => "next",
            ToteState::Done => "done",
            ToteState::Full => "full",
        }
        .into(),
        quantity: int(cell.quantity),
        tote: cell.tote.as_str().into(),
    });
    fill(&rows.totes, totes.collect());
}
