//! The pages that lie over the work.

use super::{Paging, ask, clock, number, receive, what_is};
use crate::app::{App, Flow, OpenPage};
use crate::view::{
    AboutView, Ask, AttentionCard, AttentionTab, AttentionView, CameraView, HistoryView, Page, PickStage, Progress,
    ReaderRow, ReadersView, ScanRow, SettingsView, SheetRow, SheetView, TypeCodeView,
};
use floorhand_domain::id::OperatorId;

pub(super) fn page(app: &App, page: &OpenPage) -> Page {
    match page {
        OpenPage::More { asked } => sheet(app, "more", *asked),
        OpenPage::CantScan => sheet(app, "cant-scan", None),
        OpenPage::Problem => sheet(app, "problem", None),
        OpenPage::Languages => sheet(app, "language", None),
        OpenPage::PrintAgain => sheet(app, "print-again", None),
        OpenPage::TypeCode { typed } => {
            Page::TypeCode(TypeCodeView { ask: step_ask(app), typed: typed.clone(), ok: !typed.trim().is_empty() })
        }
        OpenPage::Readers => Page::Readers(ReadersView {
            rows: app
                .readers
                .iter()
                .map(|reader| ReaderRow {
                    kind: reader.kind.to_owned(),
                    name: reader.name.clone(),
                    feedback: reader.feedback.clone(),
                    state: reader.state.to_owned(),
                })
                .collect(),
        }),
        OpenPage::WhatIs { told, shown, page } => Page::WhatIs(what_is::what_is(app, told, *shown, *page)),
        OpenPage::Approve { .. } => Page::Approve(what_is::approve(app, page)),
        OpenPage::Differences { .. } => match &app.flow {
            Flow::Receive(flow) => Page::Discrepancies(receive::differences(app, flow, page)),
            _ => sheet(app, "more", None),
        },
        OpenPage::Photo { .. } => Page::Photo(receive::photo(app, page)),
        OpenPage::Unknown { .. } => Page::Unknown(receive::unknown(app, page)),
        OpenPage::Entry { .. } => sheet(app, "entry", None),
        OpenPage::Note { typed, .. } => {
            Page::TypeCode(TypeCodeView { ask: ask("note", 0, ""), typed: typed.clone(), ok: !typed.trim().is_empty() })
        }
        OpenPage::People { people, .. } => self::people(app, people),
        OpenPage::Reasons => sheet(app, "return-reason", None),
        OpenPage::Override { .. } => sheet(app, "override", None),
        OpenPage::Camera { light, seen, why } => Page::Camera(camera(app, *light, seen, why)),
        OpenPage::Attention { tab, page, open, rows, total } => Page::Attention(AttentionView {
            tab: *tab,
            refused: app.link.rejected
                + if *tab == AttentionTab::Refused { total.saturating_sub(app.link.rejected) } else { 0 },
            parked: app.link.parked,
            waiting: app.link.waiting,
            cards: rows
                .iter()
                .enumerate()
                .map(|(n, row)| AttentionCard {
                    mark: row.mark.clone(),
                    reason: row.reason.clone(),
                    at: clock(row.at),
                    kind: row.kind.clone(),
                    quantity: number(row.quantity),
                    goods: row.goods.clone(),
                    place: row.place.clone(),
                    order: String::new(),
                    code: row.code.clone(),
                    open: n == *open,
                    ask: ask("code", 0, ""),
                    acts: !app.offered(row.about.as_ref()).is_empty(),
                })
                .collect(),
            paging: paging(app, *page, *total),
        }),
        OpenPage::History { refused_only, page, rows, today, refused } => Page::History(HistoryView {
            refused_only: *refused_only,
            today: *today,
            refused: *refused,
            rows: rows
                .iter()
                .map(|row| ScanRow {
                    accepted: row.accepted,
                    typed: row.typed,
                    code: row.code.clone(),
                    needed: row.needed.clone(),
                    raw: row.raw.clone(),
                    at: clock(row.at),
                })
                .collect(),
            paging: paging(app, *page, if *refused_only { *refused } else { *today }),
        }),
        OpenPage::Settings => {
            Page::Settings(SettingsView { operator: app.session.as_ref().map(|s| s.name.clone()).unwrap_or_default() })
        }
        OpenPage::About => Page::About(AboutView {
            version: app.station.version.clone(),
            station: app.station.name.clone(),
            device: app.station.device.clone(),
            core: app.station.core.clone(),
            last_sync: app.link.last_ok.map(clock),
        }),
    }
}

/// The step that lies under the finder, as far as the finder shows it.
fn camera(app: &App, light: bool, seen: &str, why: &str) -> CameraView {
    let mut view = CameraView {
        ask: step_ask(app),
        goods: super::goods(None),
        quantity: 0,
        place: String::new(),
        progress: Progress::default(),
        kind: String::new(),
        light,
        seen: seen.to_owned(),
        why: why.to_owned(),
    };
    if let Flow::Pick(flow) = &app.flow {
        let page = super::pick::pick(app, flow);
        view.progress = page.progress;
        view.kind = "pick".to_owned();
        match page.stage {
            PickStage::Location { plate, .. } => view.place = plate.code,
            PickStage::Item { goods, quantity, .. } => (view.goods, view.quantity) = (goods, quantity),
            PickStage::Quantity { goods, counted, needed, .. } => {
                (view.goods, view.quantity) = (goods, needed.saturating_sub(counted));
            }
            PickStage::DropOff { place, .. } | PickStage::DropOne { place, .. } | PickStage::TakeUp { place, .. } => {
                view.place = place;
            }
            PickStage::Short { .. } | PickStage::Totes { .. } | PickStage::Tote { .. } | PickStage::EmptyNow { .. } => {
            }
            PickStage::NextTote { .. } | PickStage::Weigh { .. } | PickStage::Sort { .. } => {}
        }
    }
    view
}

fn step_ask(app: &App) -> Ask {
    match &app.flow {
        Flow::Pick(flow) => super::pick::pick(app, flow).ask,
        Flow::Work => ask("task", 0, ""),
        Flow::SignIn(_) => ask("badge", 0, ""),
        Flow::Deliveries(flow) => receive::deliveries(app, flow).ask,
        Flow::Receive(flow) => receive::receive(app, flow).ask,
        Flow::PutAway(flow) => super::stock::put_away(app, flow).ask,
        Flow::Count(flow) => super::stock::counting(app, flow).ask,
        Flow::Bench(flow) => super::pack::bench(app, flow).ask,
        Flow::Pack(flow) => super::pack::packing(app, flow).ask,
        Flow::Load(flow) => super::load::load(flow).ask,
        Flow::ReturnsOpen(open) => super::returns::open(app, open).ask,
        Flow::Returns(flow) => super::returns::returning(app, flow).ask,
    }
}

fn sheet(app: &App, kind: &str, asked: Option<&str>) -> Page {
    let all = app.sheet_rows();
    let (first, paging) = app.sheet_window(all.len());
    let rows = all
        .into_iter()
        .skip(first)
        .take(app.sheet_fit())
        .map(|(code, enabled, reason)| SheetRow {
            code: code.to_owned(),
            disabled: !enabled,
            reason: if enabled && reason != "draft" { String::new() } else { reason.to_owned() },
            asked: asked == Some(code),
            chosen: match kind {
                "language" => app.look.language == code,
                "return-reason" => super::returns::reason(app) == code,
                _ => false,
            },
            count: if code == "attention" { app.link.parked + app.link.rejected } else { 0 },
        })
        .collect();
    Page::Sheet(SheetView { kind: kind.to_owned(), rows, paging })
}

/// To whom an entry may be given.
fn people(app: &App, people: &[(OperatorId, String)]) -> Page {
    let (first, paging) = app.sheet_window(people.len());
    let rows = people.iter().skip(first).take(app.sheet_fit()).map(|(_, name)| SheetRow {
        code: "person".to_owned(),
        disabled: false,
        reason: name.clone(),
        asked: false,
        chosen: false,
        count: 0,
    });
    Page::Sheet(SheetView { kind: "people".to_owned(), rows: rows.collect(), paging })
}

fn paging(app: &App, page: u32, total: u32) -> Paging {
    Paging { page, pages: total.div_ceil(app.list_rows()).max(1) }
}
