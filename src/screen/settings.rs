//! Settings, About, and the page that stops everything.

use super::common::{Rows, clock_or_empty, fill, int};
use super::ui;
use crate::view::{AboutView, BlockView, Look, ReaderRow, ReadersView, SettingsView, Sound};
use slint::Global;

pub(super) fn apply(root: &ui::AppWindow, view: &SettingsView, look: &Look) {
    let data = ui::SettingsData::get(root);
    data.set_operator(view.operator.as_str().into());
    data.set_language(look.language.as_str().into());
    data.set_sound(match look.sound {
        Sound::Off => 0,
        Sound::Low => 1,
        Sound::High => 2,
    });
    data.set_buzz(look.buzz);
}

pub(super) fn readers(root: &ui::AppWindow, rows: &Rows, view: &ReadersView) {
    let row = |row: &ReaderRow| ui::Reader {
        kind: row.kind.as_str().into(),
        name: row.name.as_str().into(),
        feedback: row.feedback.as_str().into(),
        state: row.state.as_str().into(),
    };
    fill(&rows.readers, view.rows.iter().map(row).collect());
    ui::ReadersData::get(root).set_count(int(u32::try_from(view.rows.len()).unwrap_or(u32::MAX)));
}

pub(super) fn about(root: &ui::AppWindow, view: &AboutView) {
    let data = ui::AboutData::get(root);
    data.set_version(view.version.as_str().into());
    data.set_station(view.station.as_str().into());
    data.set_device(view.device.as_str().into());
    data.set_core(view.core.as_str().into());
    data.set_last_sync(clock_or_empty(view.last_sync));
}

pub(super) fn block(root: &ui::AppWindow, view: &BlockView) {
    let data = ui::BlockData::get(root);
    data.set_code(view.code.as_str().into());
    data.set_detail(view.detail.as_str().into());
    data.set_retry(view.retry);
}
