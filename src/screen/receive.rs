//! Deliveries, receiving, differences, photos.

use super::common::{Rows, ask, clock_or_empty, fill, goods, int, shortened};
use super::ui;
use crate::view::{
    Amount, Closing, DatePart, Day, DeliveriesView, DeliveryRow, DeliveryState, Difference, DifferenceKind,
    DiscrepanciesView, Field, FieldState, FieldValue, Language, LineState, PhotoView, ReceiveLine, ReceiveStage,
    ReceiveView, UnknownView,
};
use slint::{Global, SharedString};

/// Signs of a code in a field of the stepper; a longer one keeps its end.
const FIELD_SIGNS_MAX: usize = 9;

pub(super) fn deliveries(root: &ui::AppWindow, rows: &Rows, view: &DeliveriesView) {
    let data = ui::DeliveriesData::get(root);
    data.set_choosing(view.choosing);
    data.set_day(view.day.map(day).unwrap_or_default());
    data.set_done(int(view.done));
    data.set_total(int(view.total));
    fill(&rows.deliveries, view.rows.iter().map(delivery).collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
    data.set_plain(view.now.is_none());
    if let Some(now) = &view.now {
        data.set_door(now.door.as_str().into());
        data.set_supplier(now.supplier.as_str().into());
        data.set_pallets(int(now.pallets));
        data.set_lines(int(now.lines));
    }
    data.set_ask(view.ask.code.as_str().into());
}

fn delivery(row: &DeliveryRow) -> ui::Delivery {
    let (state, late) = match row.state {
        DeliveryState::Due => ("due", 0),
        DeliveryState::Late { minutes } => ("late", minutes),
        DeliveryState::Arrived => ("arrived", 0),
        DeliveryState::Started => ("started", 0),
        DeliveryState::Done => ("done", 0),
    };
    ui::Delivery {
        due: clock_or_empty(row.due),
        supplier: row.supplier.as_str().into(),
        order: row.order.as_str().into(),
        pallets: int(row.pallets),
        lines: int(row.lines),
        state: state.into(),
        late: int(late),
        door: row.door.as_str().into(),
        now: row.now,
    }
}

pub(super) fn stage(stage: &ReceiveStage) -> &'static str {
    match stage {
        ReceiveStage::Scan => "scan",
        ReceiveStage::Announced { .. } => "announced",
        ReceiveStage::Lot { .. } => "lot",
        ReceiveStage::Expiry { .. } => "expiry",
        ReceiveStage::Serial { .. } => "serial",
        ReceiveStage::Quantity { .. } => "quantity",
        ReceiveStage::Condition { .. } => "condition",
        ReceiveStage::Pallet { .. } => "pallet",
    }
}

pub(super) fn receive(root: &ui::AppWindow, rows: &Rows, view: &ReceiveView, language: &str) {
    let data = ui::ReceiveData::get(root);
    let read = |amount: &Amount| amount_text(amount, language);
    data.set_supplier(view.supplier.as_str().into());
    data.set_order(view.order.as_str().into());
    data.set_done(int(view.done));
    data.set_now(int(view.now));
    data.set_total(int(view.total));
    fill(&rows.receive_lines, view.lines.iter().map(|row| line(row, language)).collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
    data.set_open(view.open.is_some());
    data.set_expected(SharedString::new());
    if let Some(open) = &view.open {
        data.set_goods(goods(&open.goods));
        data.set_code(open.code.as_str().into());
        data.set_expected(open.expected.as_ref().map(read).unwrap_or_default());
        data.set_field_now(now(&open.fields));
        fill(&rows.fields, open.fields.iter().map(|of| field(of, language)).collect());
    } else {
        fill(&rows.fields, Vec::new());
    }
    data.set_repeatable(view.repeat.is_some());
    if let Some(repeat) = &view.repeat {
        data.set_repeat_lot(repeat.lot.as_str().into());
        data.set_repeat_day(repeat.expiry.map(day).unwrap_or_default());
        data.set_repeat_on(repeat.on);
    }
    let (code, number, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number);
    data.set_ask_text(text);
    data.set_typed(SharedString::new());
    data.set_keypad(false);
    data.set_ok(false);
    data.set_point(false);
    match &view.stage {
        ReceiveStage::Scan => {}
        ReceiveStage::Announced { pallet, line, lines, quantity, lot, expiry } => {
            data.set_pallet(pallet.as_str().into());
            data.set_pallet_line(int(*line));
            data.set_pallet_lines(int(*lines));
            data.set_quantity(read(quantity));
            data.set_lot(lot.as_str().into());
            data.set_expiry(expiry.map(day).unwrap_or_default());
        }
        ReceiveStage::Lot { typed, keypad, ok } => {
            data.set_typed(typed.as_str().into());
            data.set_keypad(*keypad);
            data.set_ok(*ok);
        }
        ReceiveStage::Expiry { day, month, year, part, life, ok } => {
            data.set_day(day.as_str().into());
            data.set_month(month.as_str().into());
            data.set_year(year.as_str().into());
            data.set_part(
                match part {
                    DatePart::Day => "day",
                    DatePart::Month => "month",
                    DatePart::Year => "year",
                }
                .into(),
            );
            data.set_judged(life.is_some());
            if let Some(life) = life {
                data.set_days(life.days);
                data.set_needs(int(life.needs));
                data.set_enough(life.enough);
                data.set_no_day(life.no_day);
            }
            data.set_ok(*ok);
        }
        ReceiveStage::Serial { done, total, last, typed, keypad, ok } => {
            data.set_count(int(*done));
            data.set_of(int(*total));
            data.set_last(last.as_str().into());
            data.set_typed(typed.as_str().into());
            data.set_keypad(*keypad);
            data.set_ok(*ok);
        }
        ReceiveStage::Quantity { counted, expected, typed, keypad, cases, ok } => {
            data.set_counted(read(counted));
            data.set_expected(expected.as_ref().map(read).unwrap_or_default());
            data.set_typed(typed_text(typed, language));
            data.set_keypad(*keypad);
            data.set_point(counted.decimals > 0);
            data.set_cases(cases.map_or(0, |cases| int(cases.cases)));
            data.set_each(cases.map_or(0, |cases| int(cases.each)));
            data.set_ok(*ok);
        }
        ReceiveStage::Condition { of, damaged, photo_needed, photos, ok } => {
            data.set_counted(read(of));
            data.set_some_damaged(damaged.is_some());
            data.set_typed(damaged.as_deref().map(|typed| typed_text(typed, language)).unwrap_or_default());
            data.set_point(of.decimals > 0);
            data.set_photo_needed(*photo_needed);
            data.set_photos(int(*photos));
            data.set_ok(*ok);
        }
        ReceiveStage::Pallet { last, printed, printer } => {
            data.set_last(last.as_str().into());
            data.set_printed(printed.as_str().into());
            data.set_printer(*printer);
        }
    }
    data.set_stage(stage(&view.stage).into());
}

fn line(line: &ReceiveLine, language: &str) -> ui::ReceiveLine {
    ui::ReceiveLine {
        goods: goods(&line.goods),
        got: amount_text(&line.got, language),
        expected: line.expected.as_ref().map(|amount| amount_text(amount, language)).unwrap_or_default(),
        state: match line.state {
            LineState::Open => "open",
            LineState::Started => "started",
            LineState::Now => "now",
            LineState::Done => "done",
            LineState::Short => "short",
            LineState::Over => "over",
        }
        .into(),
    }
}

/// Index of the field that is now; the first, where none is.
fn now(fields: &[Field]) -> i32 {
    let at = fields.iter().position(|field| field.state == FieldState::Now).unwrap_or_default();
    i32::try_from(at).unwrap_or_default()
}

fn field(field: &Field, language: &str) -> ui::Field {
    let state = match field.state {
        FieldState::Done => "done",
        FieldState::Now => "now",
        FieldState::Next => "next",
    };
    let mut shown = ui::Field { code: field.code.as_str().into(), state: state.into(), ..ui::Field::default() };
    let (kind, text) = match &field.value {
        FieldValue::None => ("", SharedString::new()),
        FieldValue::Code(code) if field.code != "words" && code.chars().count() > FIELD_SIGNS_MAX => {
            ("text", shortened(code))
        }
        FieldValue::Code(code) => ("text", code.as_str().into()),
        FieldValue::Date(date) => {
            shown.day = day(*date);
            ("day", SharedString::new())
        }
        FieldValue::NoDate => ("no-date", SharedString::new()),
        FieldValue::Amount(amount) => ("text", amount_text(amount, language)),
        FieldValue::Of { done, total } => {
            shown.done = int(*done);
            shown.total = int(*total);
            ("of", SharedString::new())
        }
        FieldValue::Good => ("good", SharedString::new()),
        FieldValue::Damaged(amount) => ("damaged", amount_text(amount, language)),
        FieldValue::Loose => ("loose", SharedString::new()),
    };
    shown.kind = kind.into();
    shown.text = text;
    shown
}

pub(super) fn discrepancies(root: &ui::AppWindow, rows: &Rows, view: &DiscrepanciesView, language: &str) {
    let data = ui::DiscrepanciesData::get(root);
    data.set_supplier(view.supplier.as_str().into());
    data.set_order(view.order.as_str().into());
    data.set_done(int(view.done));
    data.set_total(int(view.total));
    data.set_different(int(view.different));
    fill(&rows.differences, view.rows.iter().map(|row| difference(row, language)).collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
    data.set_matching(int(view.matching));
    data.set_matching_names(view.matching_names.join(", ").into());
    data.set_folded(view.folded);
    data.set_summed(view.sums.is_some());
    if let Some(sums) = view.sums {
        data.set_expected(int(sums.expected));
        data.set_got(int(sums.got));
        data.set_shelf(int(sums.shelf));
        data.set_quarantine(int(sums.quarantine));
    }
    data.set_closing(
        match view.closing {
            None => "",
            Some(Closing::Unchosen) => "unchosen",
            Some(Closing::MoreToCome) => "more",
            Some(Closing::Final) => "final",
        }
        .into(),
    );
    data.set_ask(view.ask.code.as_str().into());
}

fn difference(row: &Difference, language: &str) -> ui::Difference {
    ui::Difference {
        kind: match row.kind {
            DifferenceKind::Short => "short",
            DifferenceKind::Over => "over",
            DifferenceKind::Damaged => "damaged",
            DifferenceKind::Unexpected => "unexpected",
            DifferenceKind::Unknown => "unknown",
            DifferenceKind::Matching => "done",
        }
        .into(),
        goods: goods(&row.goods),
        expected: row.expected.as_ref().map(|amount| amount_text(amount, language)).unwrap_or_default(),
        got: amount_text(&row.got, language),
        by: amount_text(&row.by, language),
        photos: int(row.photos),
        place: row.place.as_str().into(),
        chosen: row.chosen,
    }
}

pub(super) fn photo(root: &ui::AppWindow, view: &PhotoView) {
    let data = ui::PhotoData::get(root);
    if view.still && !data.get_still() {
        // What was just seen stands still.
        data.set_kept(ui::CameraData::get(root).get_picture());
    }
    data.set_still(view.still);
    data.set_purpose(view.purpose.as_str().into());
    let size = if view.goods.size.is_empty() { String::new() } else { format!(" {}", view.goods.size) };
    data.set_name(format!("{}{size}", view.goods.name).into());
    data.set_taken(int(view.taken));
    data.set_light(view.light);
    data.set_lost(view.lost);
}

pub(super) fn unknown(root: &ui::AppWindow, rows: &Rows, view: &UnknownView, language: &str) {
    let data = ui::UnknownData::get(root);
    data.set_raw(view.raw.as_str().into());
    let part = view.fields.iter().find(|field| field.state == FieldState::Now).map_or("", |field| &field.code);
    data.set_part(part.into());
    data.set_now(now(&view.fields));
    fill(&rows.unknown, view.fields.iter().map(|of| field(of, language)).collect());
    data.set_typed(view.typed.as_str().into());
    data.set_ok(view.ok);
    data.set_ask(view.ask.code.as_str().into());
}

fn day(day: Day) -> ui::Day {
    ui::Day {
        year: i32::from(day.year),
        month: i32::from(day.month),
        day: i32::from(day.day),
        weekday: i32::from(day.weekday),
    }
}

pub(super) fn point(language: &str) -> char {
    Language::point(language)
}

/// Typed digits with the point of the language.
pub(super) fn typed_text(typed: &str, language: &str) -> SharedString {
    typed.replace('.', point(language).encode_utf8(&mut [0; 4])).into()
}

/// "240", "0.75 kg": decimals without ending zeros.
pub(super) fn amount_text(amount: &Amount, language: &str) -> SharedString {
    let scale = 10_u64.pow(u32::from(amount.decimals.min(DECIMALS_MAX)));
    let units = u64::from(amount.units);
    let mut text = (units / scale).to_string();
    let rest = units % scale;
    if rest > 0 {
        let decimals = format!("{rest:0width$}", width = usize::from(amount.decimals.min(DECIMALS_MAX)));
        text.push(point(language));
        text.push_str(decimals.trim_end_matches('0'));
    }
    if !amount.unit.is_empty() {
        text.push(' ');
        text.push_str(&amount.unit);
    }
    text.into()
}

/// Decimals of a quantity, at the most.
const DECIMALS_MAX: u8 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        let check = |units, decimals, unit: &str, language, expected: &str| {
            assert_eq!(amount_text(&Amount { units, decimals, unit: unit.into() }, language), expected);
        };
        check(240, 0, "", "en", "240");
        check(750, 3, "kg", "en", "0.75 kg");
        check(750, 3, "kg", "de", "0,75 kg");
        check(12_000, 3, "kg", "en", "12 kg");
        check(5, 3, "", "en", "0.005");
        check(7, 255, "", "en", "0.000007");
        assert_eq!(typed_text("0.7", "de"), "0,7");
    }
}
