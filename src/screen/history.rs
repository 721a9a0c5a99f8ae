//! Scans of today.

use super::common::{Rows, clock, fill, int};
use super::ui;
use crate::view::{HistoryView, ScanRow};
use slint::Global;

pub(super) fn apply(root: &ui::AppWindow, rows: &Rows, view: &HistoryView) {
    let data = ui::HistoryData::get(root);
    data.set_refused_only(view.refused_only);
    data.set_today(int(view.today));
    data.set_refused(int(view.refused));
    fill(&rows.scans, view.rows.iter().map(scan).collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
}

fn scan(row: &ScanRow) -> ui::Scan {
    ui::Scan {
        mark: match (row.accepted, row.typed) {
            (false, _) => "refused",
            (true, true) => "typed",
            (true, false) => "accepted",
        }
        .into(),
        accepted: row.accepted,
        typed: row.typed,
        code: row.code.as_str().into(),
        needed: row.needed.as_str().into(),
        raw: row.raw.as_str().into(),
        at: clock(row.at),
    }
}
