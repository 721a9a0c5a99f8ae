//! What is this: every meaning of a code, with what is known about it.

use super::stock::status_word;
use super::{amount, goods, kind_word};
use crate::app::{App, OpenPage, Told};
use crate::view::{ApproveStage, ApproveView, Paging, Profile, Reading, WhatFact, WhatIsView, WhatRow};
use floorhand_domain::id::ItemId;
use floorhand_domain::master::Item;
use floorhand_domain::scan::Meaning;
use floorhand_domain::stock::Stock;
use floorhand_domain::workflow::sign_in::PIN_DIGITS;

/// Rows kept of one reading.
const ROWS_MAX: usize = 200;

pub(super) fn what_is(app: &App, told: &Told, shown: usize, page: u32) -> WhatIsView {
    let mut readings: Vec<Reading> = told.meanings.iter().map(|meaning| reading(told, meaning)).collect();
    let per_page = app.look.text.what_is_rows(app.station.profile != Profile::Handheld).max(1);
    let total = readings.get(shown).map_or(0, |reading| u32::try_from(reading.rows.len()).unwrap_or(u32::MAX));
    let pages = total.div_ceil(per_page).max(1);
    let page = page.min(pages - 1);
    for reading in &mut readings {
        reading.rows = reading
            .rows
            .drain(..)
            .skip(usize::try_from(page * per_page).unwrap_or(0))
            .take(usize::try_from(per_page).unwrap_or(0))
            .collect();
    }
    let shown = shown.min(readings.len().saturating_sub(1));
    WhatIsView { code: told.code.clone(), readings, shown, paging: Paging { page, pages } }
}

fn fact(what: &str, value: impl Into<String>) -> WhatFact {
    WhatFact { what: what.to_owned(), value: value.into() }
}

fn reading(told: &Told, meaning: &Meaning) -> Reading {
    let known = &told.known;
    let mut shown =
        Reading { kind: kind_word(meaning.kind()).to_owned(), code: meaning.id().to_owned(), ..Reading::default() };
    match meaning {
        Meaning::Goods { label } => {
            let item = label.item.as_ref().and_then(|id| known.item(id));
            shown.goods = item.map(|item| goods(Some(item)));
            let at: Vec<&Stock> = known
                .places
                .iter()
                .filter(|stock| label.item.as_ref().is_none_or(|id| stock.item == *id))
                .filter(|stock| label.lot.as_ref().is_none_or(|lot| stock.lot == *lot))
                .filter(|stock| label.serial.as_ref().is_none_or(|serial| stock.serial == *serial))
                .collect();
            if label.qty > 1 {
                shown.facts.push(fact("counts", label.qty.to_string()));
            }
            let total: i64 = at.iter().map(|stock| stock.qty).sum();
            shown.facts.push(fact("total", total.to_string()));
            if let Some(id) = &label.item {
                shown.facts.push(fact("sku", id.as_str()));
            }
            if let Some(expiry) = label.expiry.clone().or_else(|| at.iter().find_map(|stock| stock.expiry.clone())) {
                shown.facts.push(fact("expiry", expiry));
            }
            shown.rows = rows(known.items.as_slice(), &at, false);
        }
        Meaning::Location { id } => {
            let at: Vec<&Stock> = known.there.iter().filter(|stock| stock.location == *id && stock.qty != 0).collect();
            shown.facts.push(fact("lines", at.len().to_string()));
            shown.rows = rows(known.items.as_slice(), &at, true);
        }
        Meaning::HandlingUnit { unit } => {
            if !unit.location.is_none() {
                shown.facts.push(fact("place", unit.location.as_str()));
            }
            if !unit.parent.is_none() {
                shown.facts.push(fact("inside", unit.parent.as_str()));
            }
            if !unit.order.is_none() {
                shown.facts.push(fact("order", unit.order.as_str()));
            }
            let at: Vec<&Stock> = known.content.iter().filter(|stock| stock.qty != 0).collect();
            shown.rows = rows(known.items.as_slice(), &at, true);
        }
        Meaning::Task { id } => {
            if let Some(task) = known.tasks.iter().find(|task| task.id == *id) {
                shown.facts.push(fact("work", task.kind.as_str()));
                shown.facts.push(fact("lines", task.lines.to_string()));
                if !task.holder.is_none() {
                    shown.facts.push(fact("holder", task.holder.as_str()));
                }
            }
        }
        Meaning::Badge { .. } => {
            let operator = known.operators.first();
            shown.code = operator.map(|row| row.name.clone()).unwrap_or_default();
        }
        _ => {}
    }
    shown
}

fn rows(items: &[Item], stock: &[&Stock], with_goods: bool) -> Vec<WhatRow> {
    let item = |id: &ItemId| items.iter().find(|item| item.id == *id);
    stock
        .iter()
        .take(ROWS_MAX)
        .map(|stock| {
            let known = item(&stock.item);
            WhatRow {
                goods: match (with_goods, known) {
                    (true, Some(item)) => item.name.clone(),
                    (true, None) => stock.item.0.clone(),
                    (false, _) => String::new(),
                },
                place: if with_goods { String::new() } else { stock.location.0.clone() },
                pallet: stock.handling_unit.0.clone(),
                lot: if stock.serial.is_none() { stock.lot.0.clone() } else { stock.serial.0.clone() },
                quantity: amount(stock.qty, known),
                status: status_word(stock.status).to_owned(),
            }
        })
        .collect()
}

pub(super) fn approve(app: &App, page: &OpenPage) -> ApproveView {
    let (reason, number, approver, name) = match page {
        OpenPage::Approve { typed: true, approver, code, .. } => ("TYPED", 0, approver.clone(), code.as_str()),
        OpenPage::Approve { reason, number, approver, .. } => (reason.code(), *number, approver.clone(), ""),
        _ => ("", 0, None, ""),
    };
    ApproveView {
        reason: reason.to_owned(),
        number: super::number(number),
        name: name.to_owned(),
        stage: if approver.is_some() { ApproveStage::Pin } else { ApproveStage::Badge },
        approver: approver.map(|(_, name)| name).unwrap_or_default(),
        digits: u8::try_from(app.typed.len()).unwrap_or(u8::MAX),
        length: u8::try_from(PIN_DIGITS).unwrap_or(u8::MAX),
    }
}
