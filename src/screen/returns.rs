//! Returns.

use super::common::{Rows, ask, fill, goods, int};
use super::pack::{kilos, state};
use super::receive::{amount_text, point, typed_text};
use super::ui;
use crate::view::{Inspect, OutcomeChoice, ReturnRow, ReturnStage, ReturnsView};
use slint::{Global, SharedString};

pub(super) fn stage(stage: &ReturnStage) -> &'static str {
    match stage {
        ReturnStage::Open { .. } => "open",
        ReturnStage::Identity => "identity",
        ReturnStage::Lot { .. } => "lot",
        ReturnStage::Serial { .. } => "serial",
        ReturnStage::Quantity { .. } => "quantity",
        ReturnStage::Weigh { .. } => "weigh",
        ReturnStage::Inspect(Inspect { parts: Some(_), .. }) => "parts",
        ReturnStage::Inspect(_) => "inspect",
        ReturnStage::Put { .. } => "put",
    }
}

pub(super) fn apply(root: &ui::AppWindow, rows: &Rows, view: &ReturnsView, language: &str) {
    let data = ui::ReturnsData::get(root);
    data.set_number(view.number.as_str().into());
    data.set_unannounced(view.unannounced);
    data.set_withdrawn(view.withdrawn);
    data.set_done(int(view.done));
    data.set_total(int(view.total));
    fill(&rows.returned, view.lines.iter().map(|row| line(row, language)).collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
    data.set_opened(view.open.is_some());
    if let Some(open) = &view.open {
        data.set_goods(goods(&open.goods));
        data.set_code(open.code.as_str().into());
        data.set_quantity(amount_text(&open.quantity, language));
        data.set_words(open.words.as_str().into());
        data.set_unmatched(open.unmatched);
    }
    let (code, number, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number);
    data.set_ask_text(text);
    data.set_typed(SharedString::new());
    data.set_keypad(false);
    data.set_ok(false);
    data.set_sign(SharedString::new());
    match &view.stage {
        ReturnStage::Open { choices, last } => {
            let choices = choices.iter().map(|one| ui::ReturnChoice {
                number: one.number.as_str().into(),
                order: one.order.as_str().into(),
                units: int(one.units),
            });
            fill(&rows.return_choices, choices.collect());
            data.set_ended(last.is_some());
            if let Some(last) = last {
                data.set_last_number(last.number.as_str().into());
                data.set_last_units(int(last.units));
                data.set_refund(last.refund.as_str().into());
            }
        }
        ReturnStage::Identity => {}
        ReturnStage::Lot { typed, keypad, ok } | ReturnStage::Serial { typed, keypad, ok } => {
            data.set_typed(typed.as_str().into());
            data.set_keypad(*keypad);
            data.set_ok(*ok);
        }
        ReturnStage::Quantity { typed, open, ok } => {
            data.set_typed(typed_text(typed, language));
            data.set_still_open(open.as_ref().map(|amount| amount_text(amount, language)).unwrap_or_default());
            data.set_keypad(true);
            data.set_ok(*ok);
            if view.open.as_ref().is_some_and(|open| open.quantity.decimals > 0) {
                data.set_sign(point(language).to_string().into());
            }
        }
        ReturnStage::Weigh { typed, keypad, ok, scale_grams, expected_grams } => {
            let scale = scale_grams.map(|grams| kilos(grams, language)).unwrap_or_default();
            data.set_scale(if typed.is_empty() { scale } else { typed_text(typed, language) });
            data.set_typed(typed_text(typed, language));
            data.set_keypad(*keypad);
            data.set_ok(*ok);
            data.set_sign(point(language).to_string().into());
            data.set_expected(expected_grams.map(|grams| kilos(grams, language)).unwrap_or_default());
        }
        ReturnStage::Inspect(form) => inspect(&data, rows, form, language),
        ReturnStage::Put { grade, outcome, bin, choices } => {
            data.set_grade(grade.as_str().into());
            data.set_outcome(outcome.as_str().into());
            data.set_bin(bin.as_str().into());
            fill(&rows.outcomes, choices.iter().map(choice).collect());
        }
    }
    data.set_stage(stage(&view.stage).into());
}

fn inspect(data: &ui::ReturnsData<'_>, rows: &Rows, form: &Inspect, language: &str) {
    if let Some((scale, expected)) = form.parts {
        data.set_scale(kilos(scale, language));
        data.set_expected(kilos(expected, language));
    }
    let questions = form.questions.iter().map(|one| ui::Question {
        code: one.code.as_str().into(),
        answered: one.yes.is_some(),
        yes: one.yes == Some(true),
    });
    fill(&rows.questions, questions.collect());
    let grades = form.grades.iter().map(|one| ui::Grade {
        code: one.code.as_str().into(),
        allowed: one.allowed,
        chosen: one.chosen,
    });
    fill(&rows.grades, grades.collect());
    let chosen = form.grades.iter().find(|one| one.chosen).map(|one| one.code.as_str());
    data.set_grade(chosen.unwrap_or_default().into());
    data.set_reason(form.reason.as_str().into());
    data.set_photos(int(form.photos));
    data.set_photo_needed(form.photo_needed);
    data.set_ok(form.ok);
}

fn line(row: &ReturnRow, language: &str) -> ui::PackLine {
    ui::PackLine {
        goods: goods(&row.goods),
        got: amount_text(&row.here, language),
        of: amount_text(&row.expected, language),
        lot: SharedString::new(),
        state: state(row.state).into(),
    }
}

fn choice(one: &OutcomeChoice) -> ui::Outcome {
    ui::Outcome { code: one.code.as_str().into(), bin: one.bin.as_str().into(), why: one.why.as_str().into() }
}
