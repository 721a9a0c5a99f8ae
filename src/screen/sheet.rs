//! More, Can't scan, Problem, Language; a code typed by hand.

use super::Frame;
use super::common::{Rows, ask, fill, goods, int};
use super::ui;
use crate::view::{CameraView, SheetRow, SheetView, TypeCodeView};
use slint::Global;

pub(super) fn apply(root: &ui::AppWindow, rows: &Rows, view: &SheetView) {
    let data = ui::SheetData::get(root);
    fill(&rows.sheet, view.rows.iter().map(row).collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
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

pub(super) fn camera(root: &ui::AppWindow, view: &CameraView) {
    let data = ui::CameraData::get(root);
    let (code, number, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number);
    data.set_ask_text(text);
    data.set_goods(goods(&view.goods));
    data.set_quantity(int(view.quantity));
    data.set_place(view.place.as_str().into());
    data.set_done(int(view.progress.done));
    data.set_now(int(view.progress.now));
    data.set_total(int(view.progress.total));
    data.set_kind(view.kind.as_str().into());
    data.set_light(view.light);
    data.set_seen(view.seen.as_str().into());
    data.set_why(view.why.as_str().into());
}

/// The newest picture of the camera, in grey.
pub(super) fn frame(root: &ui::AppWindow, frame: &Frame) {
    let mut pixels = slint::SharedPixelBuffer::<slint::Rgb8Pixel>::new(frame.width, frame.height);
    for (pixel, grey) in pixels.make_mut_slice().iter_mut().zip(&frame.grey) {
        *pixel = slint::Rgb8Pixel { r: *grey, g: *grey, b: *grey };
    }
    let data = ui::CameraData::get(root);
    data.set_picture(slint::Image::from_rgb8(pixels));
    data.set_live(true);
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
