//! More, Can't scan, Problem, Language; a code typed by hand.

use super::common::{Rows, ask, fill, int};
use super::ui;
use crate::view::{SheetRow, SheetView, TypeCodeView};
use slint::Global;

pub(super) fn apply(root: &ui::AppWindow, rows: &Rows, view: &SheetView) {
    let data = ui::SheetData::get(root);
    fill(&rows.sheet, view.rows.iter().map(row).collect());
    data.set_kind(view.kind.as_str().into());
}

fn row(row: &SheetRow) -> ui::Row {
    ui::Row {
        code: row.code.as_str().into(),
        disabled: row.disabled,
        reason: row.reason.as_str().into(),
        asked: row.asked,
        chosen: row.chosen,
        count: int(row.count),
    }
}

pub(super) fn type_code(root: &ui::AppWindow, view: &TypeCodeView) {
    let data = ui::TypeCodeData::get(root);
    let (code, number, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number);
    data.set_ask_text(text);
    data.set_typed(view.typed.as_str().into());
    data.set_ok(view.ok);
}
