//! Loading at the dock.

use super::common::{ask, int};
use super::ui;
use crate::view::LoadView;
use slint::Global;

pub(super) fn apply(root: &ui::AppWindow, view: &LoadView) {
    let data = ui::LoadData::get(root);
    data.set_dock(view.dock.as_str().into());
    data.set_loaded(int(view.loaded));
    let (code, number, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number);
    data.set_ask_text(text);
}
