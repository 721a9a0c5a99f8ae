//! Packing.

use super::common::{Rows, ask, clock_or_empty, fill, goods, int};
use super::receive::{amount_text, point};
use super::ui;
use crate::view::{CartonRow, CartonView, Goods, LabelState, LineState, PackRow, PackStage, PackView, QueueRow};
use slint::{Global, SharedString};

/// Kinds of carton that are named beside the suggested one.
const OTHERS_MAX: usize = 3;

pub(super) fn stage(stage: &PackStage) -> &'static str {
    match stage {
        PackStage::Next => "next",
        PackStage::Choose => "choose",
        PackStage::Carton { .. } => "carton",
        PackStage::Verify => "verify",
        PackStage::TakeOut => "take-out",
        PackStage::Photo => "photo",
        PackStage::Weigh { off: None } => "weigh",
        PackStage::Weigh { off: Some(_) } => "off",
        PackStage::Label { .. } => "label",
        PackStage::Finish { .. } => "finish",
    }
}

pub(super) fn apply(root: &ui::AppWindow, rows: &Rows, view: &PackView, language: &str) {
    let data = ui::PackData::get(root);
    data.set_order(view.order.as_str().into());
    data.set_service(view.service.as_str().into());
    data.set_urgent(view.urgent);
    data.set_due(clock_or_empty(view.due));
    data.set_tote(view.tote.as_str().into());
    data.set_left(int(view.left));
    fill(&rows.pack_lines, view.lines.iter().map(|row| line(row, language)).collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
    data.set_cartons(int(view.cartons));
    carton(&data, rows, view.carton.as_ref(), language);
    fill(&rows.queue, view.queue.orders.iter().map(next_order).collect());
    data.set_waiting(int(view.queue.waiting));
    data.set_today(int(view.queue.today));
    let (code, number, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number);
    data.set_ask_text(text);
    match &view.stage {
        PackStage::Next | PackStage::Choose | PackStage::Verify | PackStage::TakeOut | PackStage::Photo => {}
        PackStage::Carton { suggested, others, old } => {
            data.set_suggested(suggested.as_ref().map(|kind| kind.name.as_str()).unwrap_or_default().into());
            data.set_inside(suggested.as_ref().map(|kind| inside(kind.inner_mm)).unwrap_or_default());
            let named: Vec<&str> = others.iter().take(OTHERS_MAX).map(String::as_str).collect();
            data.set_others(named.join(", ").into());
            let old = old.iter().map(|own| ui::OldCarton {
                number: int(own.number),
                kind: own.kind.as_str().into(),
                units: int(own.units),
                closed: own.closed,
            });
            fill(&rows.old_cartons, old.collect());
        }
        PackStage::Weigh { off: None } => {}
        PackStage::Weigh { off: Some(off) } => {
            data.set_light(off.scale_grams < off.expected_grams);
            data.set_off(int(off.scale_grams.abs_diff(off.expected_grams)));
            data.set_off_expected(kilos(off.expected_grams, language));
            data.set_off_scale(kilos(off.scale_grams, language));
            let most = off.scale_grams.max(off.expected_grams).max(1);
            data.set_off_expected_part(part(off.expected_grams, most));
            data.set_off_scale_part(part(off.scale_grams, most));
            data.set_suspected(off.item.is_some());
            data.set_suspect(off.item.as_ref().map(goods).unwrap_or_default());
            data.set_suspect_grams(int(off.item_grams));
        }
        PackStage::Label { state, belt, later } => {
            data.set_label(
                match state {
                    LabelState::Printing => "printing",
                    LabelState::Printed => "printed",
                    LabelState::Internal => "internal",
                    LabelState::Missing => "missing",
                }
                .into(),
            );
            data.set_belt(belt.as_str().into());
            data.set_later(*later);
        }
        PackStage::Finish { open } => data.set_lines_open(int(*open)),
    }
    data.set_stage(stage(&view.stage).into());
}

fn carton(data: &ui::PackData<'_>, rows: &Rows, carton: Option<&CartonView>, language: &str) {
    data.set_carton(carton.map_or(0, |own| int(own.number)));
    let Some(own) = carton else {
        fill(&rows.carton, Vec::new());
        return;
    };
    data.set_kind(own.kind.as_str().into());
    fill(&rows.carton, own.rows.iter().map(box_line).collect());
    data.set_more(int(own.more));
    data.set_units(int(own.units));
    data.set_photos(int(own.photos));
    data.set_expected(own.expected_grams.map(|grams| kilos(grams, language)).unwrap_or_default());
    data.set_scale(own.scale_grams.map(|grams| kilos(grams, language)).unwrap_or_default());
    let expected = own.expected_grams.unwrap_or(0).max(1);
    data.set_scale_part(own.scale_grams.map_or(0.0, |grams| part(grams, expected)));
    data.set_tolerance_part(part(own.tolerance_grams, expected));
    let close = |grams: u32| own.expected_grams.is_some_and(|expected| grams.abs_diff(expected) <= own.tolerance_grams);
    data.set_fits(own.scale_grams.is_some_and(close));
}

/// A part of the whole; bars end at twice of it.
fn part(grams: u32, whole: u32) -> f32 {
    let permille = (u64::from(grams) * 1000 / u64::from(whole.max(1))).min(2000);
    u16::try_from(permille).map_or(2.0, |permille| f32::from(permille) / 1000.0)
}

pub(super) fn line(row: &PackRow, language: &str) -> ui::PackLine {
    ui::PackLine {
        goods: goods(&row.goods),
        got: amount_text(&row.packed, language),
        of: amount_text(&row.asked, language),
        lot: row.lot.as_str().into(),
        state: state(row.state).into(),
    }
}

pub(super) fn state(state: LineState) -> &'static str {
    match state {
        LineState::Open | LineState::Now => "open",
        LineState::Started => "started",
        LineState::Done | LineState::Over => "done",
        LineState::Short => "short",
    }
}

fn box_line(row: &CartonRow) -> ui::BoxLine {
    ui::BoxLine { name: full_name(&row.goods).into(), units: int(row.units), grams: int(row.grams), marked: row.marked }
}

/// "Stoneware mug, Moss".
fn full_name(goods: &Goods) -> String {
    let mut words = vec![goods.name.as_str(), goods.variant.as_str(), goods.size.as_str()];
    words.retain(|word| !word.is_empty());
    words.join(", ")
}

fn next_order(row: &QueueRow) -> ui::NextOrder {
    ui::NextOrder {
        code: row.code.as_str().into(),
        service: row.service.as_str().into(),
        urgent: row.urgent,
        due: clock_or_empty(row.due),
        units: int(row.units),
        relabel: row.relabel,
    }
}

/// "40 × 30 × 20 cm"; empty where a size is not known.
fn inside([length, width, height]: [u32; 3]) -> SharedString {
    if [length, width, height].contains(&0) {
        return SharedString::new();
    }
    format!("{} × {} × {} cm", length / 10, width / 10, height / 10).into()
}

/// "1.77": kilograms with two decimals, rounded.
pub(super) fn kilos(grams: u32, language: &str) -> SharedString {
    let tens = (u64::from(grams) + 5) / 10;
    format!("{}{}{:02}", tens / 100, point(language), tens % 100).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_and_sizes_read_as_people_write_them() {
        let check = |grams, language, expected: &str| assert_eq!(kilos(grams, language), expected);
        check(1771, "en", "1.77");
        check(1775, "de", "1,78");
        check(9, "en", "0.01");
        check(0, "en", "0.00");
        assert_eq!(inside([400, 305, 200]), "40 × 30 × 20 cm");
        assert_eq!(inside([400, 0, 200]), "");
        assert_eq!((part(5, 10), part(90, 10)), (0.5, 2.0));
    }
}
