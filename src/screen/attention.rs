//! Needs attention.

use super::common::{Rows, ask, clock, fill, int};
use super::ui;
use crate::view::{AttentionCard, AttentionTab, AttentionView};
use slint::Global;

pub(super) fn apply(root: &ui::AppWindow, rows: &Rows, view: &AttentionView) {
    let data = ui::AttentionData::get(root);
    data.set_tab(match view.tab {
        AttentionTab::Refused => 0,
        AttentionTab::Parked => 1,
        AttentionTab::Waiting => 2,
    });
    data.set_refused(int(view.refused));
    data.set_parked(int(view.parked));
    data.set_waiting(int(view.waiting));
    fill(&rows.cards, view.cards.iter().map(card).collect());
    data.set_page(int(view.paging.page));
    data.set_pages(int(view.paging.pages));
}

fn card(card: &AttentionCard) -> ui::Card {
    let (asked, ask_number, ask_text) = ask(&card.ask);
    // A step that names no code is no step.
    let empty = asked == "code" && ask_text.is_empty();
    ui::Card {
        mark: card.mark.as_str().into(),
        reason: card.reason.as_str().into(),
        at: clock(card.at),
        kind: card.kind.as_str().into(),
        quantity: int(card.quantity),
        goods: card.goods.as_str().into(),
        place: card.place.as_str().into(),
        order: card.order.as_str().into(),
        code: card.code.as_str().into(),
        open: card.open,
        ask: if empty { Default::default() } else { asked },
        ask_number,
        ask_text,
        acts: card.acts,
    }
}
