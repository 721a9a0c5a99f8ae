//! What a code is; the approval of a supervisor.

use super::common::{Rows, fill, goods, int, shortened};
use super::stock::number;
use super::ui;
use crate::view::{ApproveStage, ApproveView, Reading, WhatIsView};
use slint::{Global, SharedString};

/// Things known that there is room for.
const FACTS_SHOWN: usize = 3;

pub(super) fn approve_stage(stage: ApproveStage) -> &'static str {
    match stage {
        ApproveStage::Badge => "badge",
        ApproveStage::Pin => "pin",
    }
}

pub(super) fn what_is(root: &ui::AppWindow, rows: &Rows, view: &WhatIsView, language: &str) {
    let data = ui::WhatIsData::get(root);
    let shown = view.shown.min(view.readings.len().saturating_sub(1));
    let none = Reading::default();
    let reading = view.readings.get(shown).unwrap_or(&none);
    let next = view.readings.get(shown + 1).or(view.readings.first());
    data.set_code(view.code.as_str().into());
    data.set_kind(reading.kind.as_str().into());
    data.set_name(reading.code.as_str().into());
    data.set_is_goods(reading.goods.is_some());
    data.set_goods(reading.goods.as_ref().map(goods).unwrap_or_default());
    let facts = reading.facts.iter().take(FACTS_SHOWN);
    let fact = |what: &str, value: &str| ui::WhatFact { what: what.into(), value: value.into() };
    fill(&rows.facts, facts.map(|known| fact(&known.what, &known.value)).collect());
    let lines = reading.rows.iter().map(|row| ui::WhatLine {
        goods: row.goods.as_str().into(),
        place: row.place.as_str().into(),
        pallet: shortened(&row.pallet),
        lot: row.lot.as_str().into(),
        quantity: number(&row.quantity, language),
        unit: row.quantity.unit.as_str().into(),
        status: row.status.as_str().into(),
    });
    fill(&rows.known, lines.collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
    data.set_shown(i32::try_from(shown).unwrap_or(i32::MAX));
    data.set_next_kind(next.map(|next| SharedString::from(next.kind.as_str())).unwrap_or_default());
    data.set_readings(i32::try_from(view.readings.len()).unwrap_or(i32::MAX));
}

pub(super) fn approve(root: &ui::AppWindow, view: &ApproveView) {
    let data = ui::ApproveData::get(root);
    data.set_reason(view.reason.as_str().into());
    data.set_number(int(view.number));
    data.set_name(view.name.as_str().into());
    data.set_approver(view.approver.as_str().into());
    data.set_digits(i32::from(view.digits));
    data.set_length(i32::from(view.length));
    data.set_stage(approve_stage(view.stage).into());
}
