//! The work list.

use super::common::{Rows, ask, clock_or_empty, fill, int};
use super::ui;
use crate::view::{Work, WorkListView};
use slint::Global;

pub(super) fn apply(root: &ui::AppWindow, rows: &Rows, view: &WorkListView, attention: u32) {
    let data = ui::WorkListData::get(root);
    if let Some(first) = &view.first {
        data.set_first(work(first));
    }
    data.set_some(view.first.is_some());
    let (code, number, text) = ask(&view.ask);
    data.set_ask(code);
    data.set_ask_number(number);
    data.set_ask_text(text);
    fill(&rows.work, view.others.iter().map(work).collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
    data.set_attention(int(attention));
    data.set_deliveries(view.deliveries.map_or(-1, int));
    data.set_next_release(clock_or_empty(view.empty.next_release));
    data.set_synced_minutes(view.empty.synced_minutes_ago.map_or(-1, int));
}

fn work(work: &Work) -> ui::Work {
    ui::Work {
        kind: work.kind.as_str().into(),
        lines: int(work.lines),
        aisle: work.aisle.as_str().into(),
        name: work.name.as_str().into(),
        due: clock_or_empty(work.due),
        state: work.state.as_str().into(),
        holder: work.holder.as_str().into(),
        totes: int(work.totes),
    }
}
