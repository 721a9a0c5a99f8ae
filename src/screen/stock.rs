//! Goods that are put away, moved and counted.

use super::common::{Rows, ask, fill, goods, int, shortened};
use super::pick::plate;
use super::ui;
use crate::view::{Amount, CountContents, CountRow, CountStage, CountView, Language, Plate, StockStage, StockView};
use slint::{Global, SharedString};

pub(super) fn stock_stage(stage: &StockStage) -> &'static str {
    match stage {
        StockStage::Source { .. } => "source",
        StockStage::Quantity { .. } => "quantity",
        StockStage::Destination { .. } => "destination",
        StockStage::EmptyNow { .. } => "empty-now",
    }
}

pub(super) fn count_stage(stage: &CountStage) -> &'static str {
    match stage {
        CountStage::Location { .. } => "location",
        CountStage::Contents(_) => "contents",
        CountStage::Nothing => "nothing",
        CountStage::Again { .. } => "again",
    }
}

/// The sign between whole and part, as people of that language write it.
fn point(language: &str) -> char {
    Language::point(language)
}

/// A quantity as people read it; zeros at the end of the part are left out.
pub(super) fn number(amount: &Amount, language: &str) -> SharedString {
    let Some(scale) = 10_u32.checked_pow(u32::from(amount.decimals)) else { return SharedString::new() };
    let (whole, part) = (amount.units / scale, amount.units % scale);
    if part == 0 {
        return whole.to_string().into();
    }
    let part = format!("{part:0width$}", width = usize::from(amount.decimals));
    format!("{whole}{}{}", point(language), part.trim_end_matches('0')).into()
}

/// The same, empty where there is none.
fn number_or_empty(amount: &Amount, language: &str) -> SharedString {
    if amount.units == 0 { SharedString::new() } else { number(amount, language) }
}

fn typed(digits: &str, language: &str) -> SharedString {
    digits.replace('.', &point(language).to_string()).into()
}

fn point_key(amount: &Amount, language: &str) -> SharedString {
    if amount.decimals == 0 { SharedString::new() } else { point(language).to_string().into() }
}

/// The sign of a place, which the pages share.
fn sign(root: &ui::AppWindow, rows: &Rows, sign: &Plate) -> bool {
    plate(&ui::PickData::get(root), rows, sign);
    !sign.code.is_empty()
}

pub(super) fn stock(root: &ui::AppWindow, rows: &Rows, view: &StockView, language: &str) {
    let data = ui::StockData::get(root);
    data.set_kind(view.kind.as_str().into());
    data.set_done(int(view.progress.done));
    data.set_now(int(view.progress.now));
    data.set_total(int(view.progress.total));
    let (code, number_asked, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number_asked);
    data.set_ask_text(text);
    // What a stage does not name is not there.
    let mut shown = Shown::default();
    match &view.stage {
        StockStage::Source { plate, place, goods: what, quantity, pallet } => {
            data.set_sign(sign(root, rows, plate));
            data.set_goods(what.as_ref().map(goods).unwrap_or_default());
            shown = Shown { place, pallet, quantity: Some(quantity), ..shown };
        }
        StockStage::Quantity { goods: what, place, counted, most, typed: digits, keypad, ok } => {
            data.set_goods(goods(what));
            data.set_counted(number(counted, language));
            data.set_some(counted.units > 0);
            data.set_most(number_or_empty(most, language));
            data.set_typed(typed(digits, language));
            data.set_keypad(*keypad);
            data.set_point(point_key(counted, language));
            data.set_ok(*ok);
            shown = Shown { place, quantity: Some(most), ..shown };
            data.set_unit(counted.unit.as_str().into());
        }
        StockStage::Destination { plate, why, other, goods: what, quantity, pallet, status } => {
            data.set_sign(sign(root, rows, plate));
            data.set_goods(goods(what));
            data.set_other(*other);
            shown = Shown { pallet, why, status, quantity: Some(quantity), ..shown };
        }
        StockStage::EmptyNow { place, goods: what } => {
            let pick = ui::PickData::get(root);
            pick.set_place(place.as_str().into());
            pick.set_goods(goods(what));
            data.set_goods(goods(what));
            shown = Shown { place, ..shown };
        }
    }
    data.set_place(shown.place.into());
    data.set_pallet(shown.pallet.into());
    data.set_label(shortened(shown.pallet));
    data.set_why(shown.why.into());
    data.set_status(shown.status.into());
    data.set_quantity(shown.quantity.map(|amount| number_or_empty(amount, language)).unwrap_or_default());
    if let Some(amount) = shown.quantity.filter(|amount| amount.units > 0) {
        data.set_unit(amount.unit.as_str().into());
    } else if !matches!(view.stage, StockStage::Quantity { .. }) {
        data.set_unit(SharedString::new());
    }
    data.set_stage(stock_stage(&view.stage).into());
}

#[derive(Default)]
struct Shown<'a> {
    place: &'a str,
    pallet: &'a str,
    why: &'a str,
    status: &'a str,
    quantity: Option<&'a Amount>,
}

pub(super) fn count(root: &ui::AppWindow, rows: &Rows, view: &CountView, language: &str) {
    let data = ui::CountData::get(root);
    data.set_done(int(view.progress.done));
    data.set_now(int(view.progress.now));
    data.set_total(int(view.progress.total));
    let (code, number_asked, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number_asked);
    data.set_ask_text(text);
    data.set_place(view.place.as_str().into());
    data.set_spot(view.only.is_some());
    data.set_only(view.only.as_ref().map(goods).unwrap_or_default());
    match &view.stage {
        CountStage::Location { plate } => data.set_sign(sign(root, rows, plate)),
        CountStage::Contents(found) => contents(&data, rows, found, view, language),
        CountStage::Nothing => {}
        CountStage::Again { why, own, contents: found } => {
            data.set_why(why.as_str().into());
            data.set_own(own.as_ref().map(|own| number(own, language)).unwrap_or_default());
            contents(&data, rows, found, view, language);
        }
    }
    data.set_stage(count_stage(&view.stage).into());
}

fn contents(data: &ui::CountData<'_>, rows: &Rows, found: &CountContents, view: &CountView, language: &str) {
    let line = |row: &CountRow| ui::CountLine {
        goods: goods(&row.goods),
        lot: row.lot.as_str().into(),
        pallet: shortened(&row.pallet),
        counted: number(&row.counted, language),
        unit: row.counted.unit.as_str().into(),
    };
    // Before the first one of a spot count, its item is known all the same.
    let last = found.last.as_ref().map(line).unwrap_or_else(|| ui::CountLine {
        goods: view.only.as_ref().map(goods).unwrap_or_default(),
        ..Default::default()
    });
    data.set_last(last);
    data.set_some(found.last.is_some());
    fill(&rows.counted, found.rows.iter().map(line).collect());
    data.set_page(int(found.paging.page));
    data.set_pages(int(found.paging.pages));
    data.set_typed(typed(&found.typed, language));
    data.set_keypad(found.keypad);
    data.set_may_type(found.may_type);
    data.set_point(found.last.as_ref().map(|last| point_key(&last.counted, language)).unwrap_or_default());
    data.set_ok(found.ok);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(units: u32, decimals: u8, language: &str, expected: &str) {
        let amount = Amount { units, decimals, unit: String::new() };
        assert_eq!(number(&amount, language), expected, "{units} {decimals} {language}");
    }

    #[test]
    fn quantities_are_written_as_people_read_them() {
        check(48, 0, "en", "48");
        check(0, 3, "en", "0");
        check(750, 3, "en", "0.75");
        check(750, 3, "de", "0,75");
        check(12_005, 3, "en", "12.005");
        check(2_000, 3, "de", "2");
        check(u32::MAX, 9, "en", "4.294967295");
        check(1, 10, "en", "");
    }
}
