//! Returns at each of their stages.

use super::{amount, ask, goods, number};
use crate::app::{App, Ended, Flow, Returning, ReturnsOpen, number_of};
use crate::view::{
    AskedQuestion, Band, Goods, GradeChoice, Inspect, LineState, OutcomeChoice, Paging, ReturnChoice, ReturnDone,
    ReturnRow, ReturnStage, ReturnedGoods, ReturnsView,
};
use floorhand_domain::id::ItemId;
use floorhand_domain::returns::Grade;
use floorhand_domain::scan::Known;
use floorhand_domain::workflow::returns::{Entry, Event, Field, Returns, Row};
use floorhand_domain::workflow::{Accepted, Site, What};

/// Whether the last answer is about a return.
pub(super) fn tells(app: &App) -> bool {
    matches!(app.flow, Flow::ReturnsOpen(_) | Flow::Returns(_))
}

/// The last accepted scan, in the words of returns.
pub(super) fn band(app: &App, accepted: &Accepted) -> Band {
    let (what, code) = match &app.flow {
        Flow::ReturnsOpen(open) => {
            ("return-done", open.last.as_ref().map(|last| last.number.clone()).unwrap_or_default())
        }
        _ if accepted.what == What::Return => ("return", accepted.code.clone()),
        _ => ("returned", accepted.code.clone()),
    };
    Band::Accepted { what: what.to_owned(), code, name: String::new(), serial: app.answers }
}

/// The reason of the entry, by code. Empty = it must be chosen.
pub(super) fn reason(app: &App) -> &'static str {
    match &app.flow {
        Flow::Returns(flow) => flow.under.at.reason_now().map_or("", |reason| reason.as_str()),
        _ => "",
    }
}

pub(super) fn open(app: &App, open: &ReturnsOpen) -> ReturnsView {
    let per_page = app.offer_rows();
    let total = count(open.offers.len());
    let pages = total.div_ceil(per_page).max(1);
    let page = open.page.min(pages - 1);
    let shown = open.offers.iter().skip(index(page * per_page)).take(index(per_page));
    let choices = shown.map(|offer| ReturnChoice {
        number: offer.rma.0.clone(),
        order: offer.order.0.clone(),
        units: number(offer.units),
    });
    let code = if open.offers.is_empty() { "return" } else { "choose-return" };
    ReturnsView {
        number: String::new(),
        unannounced: false,
        withdrawn: false,
        done: 0,
        total: 0,
        lines: Vec::new(),
        paging: Paging { page, pages },
        open: None,
        ask: ask(code, 0, ""),
        stage: ReturnStage::Open { choices: choices.collect(), last: open.last.as_ref().map(done) },
    }
}

fn done(last: &Ended) -> ReturnDone {
    ReturnDone { number: last.number.clone(), units: number(last.units), refund: last.refund.clone() }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn index(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

pub(super) fn returning(app: &App, flow: &Returning) -> ReturnsView {
    let at = &flow.under.at;
    let rows = at.rows();
    let per_page = app.look.text.return_rows(app.station.profile).max(1);
    let pages = count(rows.len()).div_ceil(per_page).max(1);
    let page = app.work_page.min(pages - 1);
    let shown = rows.iter().skip(index(page * per_page)).take(index(per_page));
    let (code, stage) = stage(app, flow);
    ReturnsView {
        number: number_of(at),
        unannounced: at.rma.is_none(),
        withdrawn: at.is_withdrawn(),
        done: number(at.tally.units()),
        total: number(rows.iter().fold(0_i64, |sum, row| sum.saturating_add(expected(row)))),
        lines: shown.map(|row| line(app, row)).collect(),
        paging: Paging { page, pages },
        open: at.entry().map(|entry| opened(app, at, entry)),
        ask: ask(code, 0, ""),
        stage,
    }
}

/// Units of a line that were announced; where nothing was, all that can come back, those here included.
fn expected(row: &Row) -> i64 {
    if row.announced > 0 { row.announced } else { row.open.saturating_add(row.here) }
}

fn line(app: &App, row: &Row) -> ReturnRow {
    let item = app.item_met(&row.item);
    let expected = expected(row);
    ReturnRow {
        goods: named(app, &row.item),
        here: amount(row.here, item),
        expected: amount(expected, item),
        state: if row.here >= expected || row.open == 0 {
            LineState::Done
        } else if row.here > 0 {
            LineState::Started
        } else {
            LineState::Open
        },
    }
}

fn named(app: &App, id: &ItemId) -> Goods {
    let mut shown = goods(app.item_met(id));
    if shown.name.is_empty() {
        shown.name.clone_from(&id.0);
    }
    shown
}

fn opened(app: &App, at: &Returns, entry: &Entry) -> ReturnedGoods {
    ReturnedGoods {
        goods: named(app, &entry.item),
        code: if entry.serial.is_none() { entry.lot.0.clone() } else { entry.serial.0.clone() },
        quantity: amount(entry.qty, app.item_met(&entry.item)),
        words: at.announced_now().map(|line| line.words.clone()).unwrap_or_default(),
        // Until its serial number is read nobody knows.
        unmatched: entry.is_unmatched() && entry.missing().is_none(),
    }
}

fn stage(app: &App, flow: &Returning) -> (&'static str, ReturnStage) {
    let at = &flow.under.at;
    let (Some(field), Some(entry)) = (at.field(), at.entry()) else { return ("returned-item", ReturnStage::Identity) };
    let typed = app.typed.clone();
    let number_ok = matches!(app.number_typed(), Some(Ok(_)));
    match field {
        Field::Lot => {
            let stage = ReturnStage::Lot { ok: !typed.is_empty(), typed, keypad: app.keypad };
            (if app.keypad { "type-lot" } else { "lot" }, stage)
        }
        Field::Serial => {
            let stage = ReturnStage::Serial { ok: !typed.is_empty(), typed, keypad: app.keypad };
            (if app.keypad { "type-serial" } else { "serial" }, stage)
        }
        Field::Quantity => {
            let code = if typed.is_empty() { "next-item" } else { "type-quantity" };
            let ok = if typed.is_empty() { entry.qty > 0 } else { number_ok };
            let open = Some(at.expected()).filter(|qty| *qty > 0).map(|qty| amount(qty, app.item_met(&entry.item)));
            (code, ReturnStage::Quantity { typed, open, ok })
        }
        Field::Weigh => {
            let grams = |grams: i64| Some(number(grams)).filter(|grams| *grams > 0);
            let code = if typed.is_empty() { "weigh" } else { "type-weight" };
            let stage = ReturnStage::Weigh {
                typed,
                keypad: flow.scale.is_none(),
                ok: number_ok,
                scale_grams: grams(flow.scale.filter(|grams| *grams > 0).unwrap_or(entry.grams)),
                expected_grams: grams(at.expected_grams()),
            };
            (code, stage)
        }
        Field::Parts | Field::Inspect | Field::Photo => inspect(app, at, entry, field),
        Field::Put => put(app, flow),
    }
}

fn inspect(app: &App, at: &Returns, entry: &Entry, field: Field) -> (&'static str, ReturnStage) {
    let parts = field == Field::Parts;
    let questions = at.questions();
    let questions: Vec<AskedQuestion> = questions
        .iter()
        .map(|question| AskedQuestion { code: question.code.clone(), yes: entry.answer(&question.code) })
        .collect();
    let (left, now) = (at.grades(), at.grade_now());
    let grades = Grade::ALL.into_iter().map(|grade| GradeChoice {
        code: grade.as_str().to_owned(),
        allowed: left.contains(&grade),
        chosen: grade == now,
    });
    let reason = reason(app);
    let open = questions.iter().any(|question| question.yes.is_none()) || (!parts && reason.is_empty());
    let code = match (open, field) {
        (true, _) => "answer",
        (false, Field::Photo) => "photo",
        (false, _) => "go-on",
    };
    let form = Inspect {
        parts: parts.then(|| (number(entry.grams), number(at.expected_grams()))),
        grades: if parts { Vec::new() } else { grades.collect() },
        questions,
        reason: reason.to_owned(),
        photos: count(entry.photos.len()),
        photo_needed: at.policy.asks_photo(now),
        ok: goes_on(app, at),
    };
    (code, ReturnStage::Inspect(form))
}

/// Whether the machine would go on: it alone knows what is missing.
fn goes_on(app: &App, at: &Returns) -> bool {
    let known = Known::default();
    let site = Site { known: &known, settings: &app.settings, today: &app.today };
    at.clone().update(Event::Next, &site).answer.is_ok()
}

fn put(app: &App, flow: &Returning) -> (&'static str, ReturnStage) {
    let at = &flow.under.at;
    let outcome = at.disposition().unwrap_or_default();
    let bin = flow.bin(outcome).0;
    let code = if bin.is_empty() { "place" } else { "bin" };
    let choices = app.outcomes().into_iter().map(|(other, why)| OutcomeChoice {
        code: other.as_str().to_owned(),
        bin: flow.bin(other).0,
        why: why.to_owned(),
    });
    let stage = ReturnStage::Put {
        grade: at.grade_now().as_str().to_owned(),
        outcome: outcome.as_str().to_owned(),
        bin,
        choices: choices.collect(),
    };
    (code, stage)
}
