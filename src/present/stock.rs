//! Put-away, move and count at each of their stages.

use super::pick::plate;
use super::{amount, ask, goods};
use crate::app::{Answer, App, Refusal, Under};
use crate::view::{
    Ask, CountContents, CountRow, CountStage, CountView, Goods, Paging, Plate, Profile, Progress, StockStage, StockView,
};
use floorhand_domain::id::{ItemId, LocationId};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::Kind;
use floorhand_domain::stock::Status;
use floorhand_domain::task::{TaskKind, Why};
use floorhand_domain::workflow::count::{self, Count, Key};
use floorhand_domain::workflow::put_away::{self, Load, PutAway};
use floorhand_domain::workflow::refusal;

fn named(app: &App, id: &ItemId) -> Goods {
    let mut shown = goods(app.item_met(id));
    if shown.name.is_empty() {
        shown.name.clone_from(&id.0);
    }
    shown
}

fn sign(app: &App, id: &LocationId) -> Plate {
    if id.is_none() {
        return Plate::default();
    }
    let known = app.catalogue().and_then(|names| names.locations.get(id.as_str()));
    let mut shown = plate(known, None);
    if shown.code.is_empty() {
        shown.code.clone_from(&id.0);
    }
    shown
}

fn n(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What the last refusal says is missing, so that the page asks for it.
pub(super) fn missing(app: &App) -> Option<&'static str> {
    let Answer::Refused(refused) = &app.answer else { return None };
    match (&refused.refusal, refused.refusal.reason()) {
        (_, Reason::NeedLot) => Some("lot"),
        (_, Reason::NeedHu) => Some("hu"),
        (_, Reason::NeedItem) => Some("item"),
        (Refusal::Goods(refusal::Refusal::MissingData { field: Kind::Serial }), _) => Some("serial"),
        (Refusal::Goods(refusal::Refusal::MissingData { field: Kind::Lot }), _) => Some("lot"),
        _ => None,
    }
}

pub(super) fn put_away(app: &App, flow: &Under<PutAway>) -> StockView {
    let at = &flow.at;
    let (done, total) = at.counts();
    let (asked, stage) = match &at.stage {
        put_away::Stage::Source { hand, at: place, .. } if hand.units.is_empty() => source(app, at, place),
        put_away::Stage::Source { hand, line, .. } => {
            let most = match at.line() {
                Some(_) => at.open_qty(line),
                None => hand.book,
            };
            let stage = StockStage::Quantity {
                goods: named(app, &hand.item),
                place: at.source().0,
                counted: amount(hand.qty(), app.item_met(&hand.item)),
                most: amount(most, app.item_met(&hand.item)),
                typed: app.typed.clone(),
                keypad: app.number_decimals().is_some(),
                ok: matches!(app.number_typed(), Some(Ok(_))),
            };
            let code = if app.typed.is_empty() { "next-item" } else { "type-quantity" };
            (ask(missing(app).unwrap_or(code), 0, ""), stage)
        }
        put_away::Stage::Destination { load, .. } => destination(app, at, load),
        put_away::Stage::EmptyNow { location, item, .. } => {
            let stage = StockStage::EmptyNow { place: location.0.clone(), goods: named(app, item) };
            (ask("empty-now", 0, ""), stage)
        }
    };
    let kind = match at.task.kind {
        TaskKind::PutAway => "put-away",
        _ if at.ad_hoc => "move",
        _ => "replenish",
    };
    StockView {
        kind: kind.to_owned(),
        progress: Progress {
            done: n(done),
            now: if at.line().is_some() { n(done + 1) } else { 0 },
            total: n(total),
            cart: String::new(),
        },
        ask: asked,
        stage,
    }
}

fn source(app: &App, at: &PutAway, place: &LocationId) -> (Ask, StockStage) {
    let line = at.line();
    let planned = line.filter(|line| !line.item.is_none());
    let pallet = line.map(|line| line.handling_unit.0.clone()).unwrap_or_default();
    let from = line.map(|line| &line.location).filter(|_| place.is_none());
    let code = missing(app).unwrap_or(match (line, place.is_none()) {
        (Some(line), _) if !line.handling_unit.is_none() => "pallet",
        (Some(_), true) => "shelf",
        (None, true) => "source",
        (_, false) => "item",
    });
    let stage = StockStage::Source {
        plate: from.map(|id| sign(app, id)).unwrap_or_default(),
        place: place.0.clone(),
        goods: planned.map(|line| named(app, &line.item)),
        quantity: planned.map(|line| amount(at.open_qty(&line.id), app.item_met(&line.item))).unwrap_or_default(),
        pallet,
    };
    (ask(code, 0, ""), stage)
}

fn destination(app: &App, at: &PutAway, load: &Load) -> (Ask, StockStage) {
    let suggested = at.suggested();
    let why = match suggested.map(|(_, why)| why) {
        Some(Why::Fixed) => "fixed",
        Some(Why::SameItem) => "same-item",
        Some(Why::Empty) => "empty",
        Some(Why::None) => "planned",
        None => "",
    };
    let (goods, quantity, pallet, status) = match load {
        Load::Part { hand, .. } => {
            let quantity = amount(hand.qty(), app.item_met(&hand.item));
            (named(app, &hand.item), quantity, String::new(), hand.status)
        }
        Load::Whole { unit, .. } => {
            let line = at.line().filter(|line| !line.item.is_none());
            let goods = line.map_or_else(|| goods(None), |line| named(app, &line.item));
            let quantity = line.map(|line| amount(line.qty, app.item_met(&line.item))).unwrap_or_default();
            (goods, quantity, unit.id.0.clone(), at.line().map(|line| line.plan.status).unwrap_or_default())
        }
    };
    let stage = StockStage::Destination {
        plate: suggested.map(|(id, _)| sign(app, id)).unwrap_or_default(),
        why: why.to_owned(),
        other: at.line().is_some_and(|line| !line.plan.others.is_empty()),
        goods,
        quantity,
        pallet,
        status: status_word(status).to_owned(),
    };
    (ask(if suggested.is_some() { "shelf" } else { "new-shelf" }, 0, ""), stage)
}

/// A status that bars most places. Empty: none.
pub(super) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Quarantined => "quarantined",
        Status::Returned => "returned",
        Status::Damaged => "damaged",
        Status::Available | Status::Allocated | Status::InTransit => "",
    }
}

pub(super) fn counting(app: &App, flow: &Under<Count>) -> CountView {
    let at = &flow.at;
    let (done, total) = at.counts();
    let finishing = matches!(app.answer, Answer::Notice("count-finish"));
    let contents = || contents(app, at);
    let (code, stage) = match &at.stage {
        count::Stage::Location { needed, .. } => ("shelf", CountStage::Location { plate: sign(app, needed) }),
        count::Stage::Nothing { .. } => ("shelf-confirm", CountStage::Nothing),
        count::Stage::Contents { .. } => {
            let code = match (missing(app), finishing, app.typed.is_empty()) {
                (Some(code), ..) => code,
                (_, true, _) => "shelf-finish",
                (_, _, false) => "type-quantity",
                _ if at.totals.is_empty() => "item",
                _ => "next-item",
            };
            let stage = if at.is_recount() {
                let line = at.line();
                let again = line.is_some_and(|line| line.plan.counted_by == at.operator);
                let own = |(item, qty): &(ItemId, i64)| amount(*qty, app.item_met(item));
                CountStage::Again {
                    why: if again { "no-match" } else { "asked" }.to_owned(),
                    own: line.and_then(|line| flow.catalogue.own.get(line.id.as_str())).map(own),
                    contents: contents(),
                }
            } else {
                CountStage::Contents(contents())
            };
            (code, stage)
        }
    };
    CountView {
        progress: Progress {
            done: n(done),
            now: if at.line().is_some() { n(done + 1) } else { 0 },
            total: n(total),
            cart: String::new(),
        },
        ask: ask(code, 0, ""),
        place: at.location().0.clone(),
        only: at.spot().map(|item| named(app, item)),
        stage,
    }
}

fn contents(app: &App, at: &Count) -> CountContents {
    let last = at.sheet().and_then(|sheet| sheet.last.as_ref()).map(|last| last.key.clone());
    let row = |key: &Key, qty: i64| CountRow {
        goods: named(app, &key.item),
        lot: if key.serial.is_none() { key.lot.0.clone() } else { key.serial.0.clone() },
        pallet: key.handling_unit.0.clone(),
        counted: amount(qty, app.item_met(&key.item)),
    };
    let mut others: Vec<CountRow> =
        at.totals.iter().filter(|(key, _)| Some(*key) != last.as_ref()).map(|(key, qty)| row(key, *qty)).collect();
    let large = match &last {
        Some(key) => at.totals.get(key).map(|qty| row(key, *qty)),
        None => others.pop(),
    };
    let per_page = app.look.text.count_rows(at.is_recount(), app.station.profile != Profile::Handheld).max(1);
    let pages = n(others.len()).div_ceil(per_page).max(1);
    let page = app.work_page.min(pages - 1);
    CountContents {
        last: large,
        rows: others
            .into_iter()
            .skip(usize::try_from(page * per_page).unwrap_or(0))
            .take(usize::try_from(per_page).unwrap_or(0))
            .collect(),
        paging: Paging { page, pages },
        typed: app.typed.clone(),
        keypad: app.keypad,
        may_type: last.is_some(),
        ok: matches!(app.number_typed(), Some(Ok(_))),
    }
}
