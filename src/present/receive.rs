//! Deliveries, the goods of one, its differences.

use super::{amount, ask, clock_of, day, goods, number};
use crate::app::{App, DeliveriesFlow, OpenPage, Under};
use crate::view::{
    Closing, DatePart, DeliveriesView, DeliveryRow, DeliveryState, Difference, DifferenceKind, DiscrepanciesView,
    DoorPlate, Field, FieldState, FieldValue, Goods, Life, LineState, OpenLine, Paging, PhotoView, ReceiveLine,
    ReceiveStage, ReceiveView, Repeat, Sums, UnknownView,
};
use floorhand_domain::inbound::{self, Delivery};
use floorhand_domain::master::Item;
use floorhand_domain::scan::Known;
use floorhand_domain::workflow::Site;
use floorhand_domain::workflow::receive::{self, Entry, Own, Receive, RowState, Stage, SummaryLine};

const MINUTE_MS: i64 = 60_000;
/// Names of matching lines that are shown.
const MATCHING_MAX: usize = 3;

pub(super) fn deliveries(app: &App, flow: &DeliveriesFlow) -> DeliveriesView {
    let shown = flow.shown();
    let per_page = app.delivery_rows();
    let total = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    let pages = total.div_ceil(per_page).max(1);
    let page = flow.page.min(pages - 1);
    let now = shown
        .iter()
        .position(|row| matches!(row.state, inbound::DeliveryState::Started | inbound::DeliveryState::Arrived));
    let now = now.or((!shown.is_empty()).then_some(0));
    let first = usize::try_from(page * per_page).unwrap_or(0);
    let rows = shown
        .iter()
        .enumerate()
        .skip(first)
        .take(usize::try_from(per_page).unwrap_or(0))
        .map(|(n, row)| delivery_row(app, row, Some(n) == now))
        .collect();
    let choosing = !flow.choices.is_empty();
    DeliveriesView {
        choosing,
        day: day(&app.today),
        done: 0,
        total,
        rows,
        paging: Paging { page, pages },
        now: now.and_then(|n| shown.get(n)).filter(|_| !choosing).map(|row| DoorPlate {
            door: door(row),
            supplier: row.supplier.clone(),
            pallets: row.pallets,
            lines: row.lines,
        }),
        ask: ask(if choosing { "choose-delivery" } else { "delivery" }, 0, ""),
    }
}

/// The number or letter of a door: what stands behind the last dash of its location.
fn door(row: &Delivery) -> String {
    row.door.as_str().rsplit('-').next().unwrap_or_default().to_owned()
}

fn delivery_row(app: &App, row: &Delivery, now: bool) -> DeliveryRow {
    let late = app.now_ms.saturating_sub(row.due_ms) / MINUTE_MS;
    let state = match row.state {
        inbound::DeliveryState::Due if row.due_ms > 0 && late > 0 && app.now_ms > 0 => {
            DeliveryState::Late { minutes: u32::try_from(late).unwrap_or(u32::MAX) }
        }
        inbound::DeliveryState::Due => DeliveryState::Due,
        inbound::DeliveryState::Arrived => DeliveryState::Arrived,
        inbound::DeliveryState::Started => DeliveryState::Started,
        inbound::DeliveryState::Closed | inbound::DeliveryState::Cancelled => DeliveryState::Done,
    };
    DeliveryRow {
        due: clock_of(row.due_ms),
        supplier: row.supplier.clone(),
        order: order(row),
        pallets: row.pallets,
        lines: row.lines,
        state,
        door: door(row),
        now,
    }
}

fn order(row: &Delivery) -> String {
    row.orders.first().map_or_else(|| row.id.0.clone(), |order| order.0.clone())
}

fn rows_of(at: &Receive, app: &App) -> (Vec<ReceiveLine>, Paging, u32) {
    let all = at.rows();
    let per_page = app.look.text.receive_rows(app.station.profile).max(1);
    let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let pages = total.div_ceil(per_page).max(1);
    let now = all.iter().position(|row| row.state == RowState::Now);
    // The page of the open line, unless somebody turned pages.
    let page = match now {
        Some(n) => u32::try_from(n).unwrap_or(0) / per_page,
        None => app.work_page.min(pages - 1),
    };
    let unit = |id| app.item_met(id);
    let lines = all
        .iter()
        .skip(usize::try_from(page * per_page).unwrap_or(0))
        .take(usize::try_from(per_page).unwrap_or(0))
        .map(|row| {
            let item = unit(&row.line.item);
            ReceiveLine {
                goods: named(item, row.line.item.as_str()),
                got: amount(row.got, item),
                expected: Some(amount(row.line.ordered, item)),
                state: match row.state {
                    RowState::Open | RowState::Cancelled => LineState::Open,
                    RowState::Now => LineState::Now,
                    RowState::Short => LineState::Started,
                    RowState::Done => LineState::Done,
                    RowState::Over => LineState::Over,
                },
            }
        })
        .collect();
    let now = now.map_or(0, |n| u32::try_from(n + 1).unwrap_or(u32::MAX));
    (lines, Paging { page, pages }, now)
}

fn named(item: Option<&Item>, id: &str) -> Goods {
    let mut shown = goods(item);
    if shown.name.is_empty() {
        id.clone_into(&mut shown.name);
    }
    shown
}

pub(super) fn receive(app: &App, flow: &Under<Receive>) -> ReceiveView {
    let at = &flow.at;
    let (lines, paging, now) = rows_of(at, app);
    let (done, total) = at.counts();
    let (code, stage) = match at.entry() {
        None => scan_stage(app, at),
        Some(entry) => entry_stage(app, at, entry),
    };
    let open = at.entry().map(|entry| {
        let item = app.item_met(&entry.item);
        let expected = at.expected();
        OpenLine {
            goods: named(item, entry.item.as_str()),
            code: entry.item.0.clone(),
            expected: (expected > 0).then(|| amount(expected, item)),
            fields: entry.fields().iter().map(|row| field(row, entry, item)).collect(),
        }
    });
    ReceiveView {
        supplier: at.delivery.as_ref().map(|row| row.supplier.clone()).unwrap_or_default(),
        order: at.delivery.as_ref().map(order).unwrap_or_default(),
        done: count(done),
        now,
        total: count(total),
        lines,
        paging,
        open,
        repeat: repeat(at),
        ask: ask(code, 0, ""),
        stage,
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn repeat(at: &Receive) -> Option<Repeat> {
    let on = matches!(&at.stage, Stage::Item { repeat: true, .. });
    let item = at.entry().map(|entry| &entry.item);
    let last = match item {
        Some(item) => at.tally.last.get(item)?,
        None if on => return Some(Repeat { lot: String::new(), expiry: None, on }),
        None => at.tally.last.values().next_back()?,
    };
    if last.lot.is_none() && last.expiry.is_none() {
        return None;
    }
    Some(Repeat { lot: last.lot.0.clone(), expiry: last.expiry.as_deref().and_then(day), on })
}

fn scan_stage(app: &App, at: &Receive) -> (&'static str, ReceiveStage) {
    let Some(opened) = &at.opened else {
        let pallets = at.delivery.as_ref().is_some_and(|row| row.pallets > 0);
        return (if pallets { "hu-or-item" } else { "item" }, ReceiveStage::Scan);
    };
    match opened.rows.first() {
        Some(row) => (
            "item",
            ReceiveStage::Announced {
                pallet: opened.unit.0.clone(),
                line: 1,
                lines: count(opened.rows.len()),
                quantity: amount(row.qty, app.item_met(&row.item)),
                lot: row.lot.0.clone(),
                expiry: row.expiry.as_deref().and_then(day),
            },
        ),
        None => ("item", ReceiveStage::Scan),
    }
}

fn entry_stage(app: &App, at: &Receive, entry: &Entry) -> (&'static str, ReceiveStage) {
    let item = app.item_met(&entry.item);
    let typed = app.typed.clone();
    let number_ok = matches!(app.number_typed(), Some(Ok(_)));
    match entry.field() {
        receive::Field::Lot => {
            let stage = ReceiveStage::Lot { ok: !typed.is_empty(), typed, keypad: app.keypad };
            (if app.keypad { "type-lot" } else { "lot" }, stage)
        }
        receive::Field::Expiry => ("type-date", expiry_stage(app, at)),
        receive::Field::Serial => {
            let stage = ReceiveStage::Serial {
                done: number(entry.qty),
                total: number(at.expected()),
                last: entry.serials.last().map(|serial| serial.0.clone()).unwrap_or_default(),
                ok: !typed.is_empty(),
                typed,
                keypad: app.keypad,
            };
            (if app.keypad { "type-serial" } else { "serial" }, stage)
        }
        receive::Field::Quantity => {
            let large = app.number_decimals().is_some();
            let stage = ReceiveStage::Quantity {
                counted: amount(entry.qty, item),
                expected: Some(at.expected()).filter(|qty| *qty > 0).map(|qty| amount(qty, item)),
                ok: number_ok || (app.typed.is_empty() && entry.qty > 0),
                keypad: large,
                cases: None,
                typed,
            };
            (if app.typed.is_empty() { "next-item" } else { "type-quantity" }, stage)
        }
        receive::Field::Condition => {
            let some = app.keypad || entry.damaged > 0;
            let stage = ReceiveStage::Condition {
                of: amount(entry.qty, item),
                damaged: some.then(|| if typed.is_empty() { plain(entry.damaged) } else { typed }),
                photo_needed: entry.damaged > 0,
                photos: count(entry.photos.len()),
                ok: number_ok || entry.damaged == 0 || !entry.photos.is_empty(),
            };
            let code = match (entry.damaged > 0 && entry.photos.is_empty(), app.keypad) {
                (true, _) => "photo",
                (false, true) => "type-damaged",
                (false, false) => "condition",
            };
            (code, stage)
        }
        receive::Field::Unit => {
            let last = match &app.answer {
                crate::app::Answer::Notice(_) => String::new(),
                _ => entry.into.0.clone(),
            };
            ("pallet", ReceiveStage::Pallet { last, printed: String::new(), printer: app.station.printer })
        }
    }
}

fn plain(number: i64) -> String {
    if number > 0 { number.to_string() } else { String::new() }
}

fn expiry_stage(app: &App, at: &Receive) -> ReceiveStage {
    let part_of = |from: usize, to: usize| app.typed.chars().skip(from).take(to - from).collect::<String>();
    let digits = app.typed.len();
    let date = crate::app::date_of(&app.typed, &app.today);
    let whole = digits == 6 || digits == 8;
    let (known, today) = (Known::default(), app.today.clone());
    let mut with_item = known;
    with_item.items.extend(at.entry().and_then(|entry| app.item_met(&entry.item)).cloned());
    let site = Site { known: &with_item, settings: &app.settings, today: &today };
    let life = match &date {
        Some(date) => at.shelf_of(date, &site).map(|shelf| Life {
            days: i32::try_from(shelf.left).unwrap_or(i32::MAX),
            needs: u32::try_from(shelf.needed).unwrap_or(0),
            enough: shelf.left >= 0 && shelf.left >= shelf.needed,
            no_day: false,
        }),
        None if whole => Some(Life { days: 0, needs: 0, enough: false, no_day: true }),
        None => None,
    };
    ReceiveStage::Expiry {
        day: part_of(0, 2),
        month: part_of(2, 4),
        year: part_of(4, 8),
        part: match digits {
            0 | 1 => DatePart::Day,
            2 | 3 => DatePart::Month,
            _ => DatePart::Year,
        },
        life,
        ok: date.is_some(),
    }
}

fn field(row: &receive::FieldRow, entry: &Entry, item: Option<&Item>) -> Field {
    let code = match row.field {
        receive::Field::Lot => "lot",
        receive::Field::Expiry => "expiry",
        receive::Field::Serial => "serial",
        receive::Field::Quantity => "quantity",
        receive::Field::Condition => "condition",
        receive::Field::Unit => "pallet",
    };
    let done = row.progress == receive::Progress::Done;
    let value = match row.field {
        receive::Field::Expiry => match (&entry.expiry, done) {
            (Some(date), _) => day(date).map_or(FieldValue::None, FieldValue::Date),
            (None, true) => FieldValue::NoDate,
            (None, false) => FieldValue::None,
        },
        receive::Field::Serial if entry.qty > 0 => FieldValue::Of { done: number(entry.qty), total: 0 },
        receive::Field::Quantity if entry.qty > 0 => FieldValue::Amount(amount(entry.qty, item)),
        receive::Field::Condition if entry.damaged > 0 => FieldValue::Damaged(amount(entry.damaged, item)),
        receive::Field::Condition if done => FieldValue::Good,
        _ if row.value.is_empty() => FieldValue::None,
        _ => FieldValue::Code(row.value.clone()),
    };
    Field {
        code: code.to_owned(),
        state: match row.progress {
            receive::Progress::Done => FieldState::Done,
            receive::Progress::Now => FieldState::Now,
            receive::Progress::Next => FieldState::Next,
        },
        value,
    }
}

pub(super) fn differences(app: &App, flow: &Under<Receive>, open: &OpenPage) -> DiscrepanciesView {
    let OpenPage::Differences { page, chosen, folded, complete } = open else {
        return differences(app, flow, &OpenPage::Differences { page: 0, chosen: 0, folded: true, complete: None });
    };
    let summary = flow.at.summary(&app.settings, complete.unwrap_or(true));
    let (mut rows, matching) = sides(app, &summary);
    let different = count(rows.len());
    let names = matching.iter().take(MATCHING_MAX).map(|row| row.goods.name.clone()).collect();
    let matches = count(matching.len());
    if !folded {
        rows.extend(matching);
    }
    if let Some(row) = rows.get_mut(*chosen) {
        row.chosen = true;
    }
    let per_page = app.look.text.difference_rows(app.station.profile).max(1);
    let pages = count(rows.len()).div_ceil(per_page).max(1);
    let page = (*page).min(pages - 1);
    let (done, total) = flow.at.counts();
    let closing = (done < total).then_some(match complete {
        None => Closing::Unchosen,
        Some(false) => Closing::MoreToCome,
        Some(true) => Closing::Final,
    });
    let ready = closing != Some(Closing::Unchosen);
    let decimals = summary.lines.iter().any(|line| app.item_met(&line.item).is_some_and(|item| item.decimals > 0));
    DiscrepanciesView {
        supplier: flow.at.delivery.as_ref().map(|row| row.supplier.clone()).unwrap_or_default(),
        order: flow.at.delivery.as_ref().map(order).unwrap_or_default(),
        done: count(done),
        total: count(total),
        different,
        rows: rows
            .into_iter()
            .skip(usize::try_from(page * per_page).unwrap_or(0))
            .take(usize::try_from(per_page).unwrap_or(0))
            .collect(),
        paging: Paging { page, pages },
        matching: matches,
        matching_names: names,
        folded: *folded,
        sums: (!decimals).then(|| Sums {
            expected: number(summary.expected),
            got: number(summary.received),
            shelf: number(summary.to_shelf),
            quarantine: number(summary.to_quarantine),
        }),
        closing,
        ask: ask(if ready { "badge-post" } else { "closing" }, 0, ""),
    }
}

/// Lines that differ, and lines that match.
fn sides(app: &App, summary: &receive::Summary) -> (Vec<Difference>, Vec<Difference>) {
    let row = |kind, id: &floorhand_domain::id::ItemId, expected: Option<i64>, got: i64, by: i64, photos: usize| {
        let item = app.item_met(id);
        Difference {
            kind,
            goods: named(item, id.as_str()),
            expected: expected.map(|qty| amount(qty, item)),
            got: amount(got, item),
            by: amount(by, item),
            photos: count(photos),
            place: String::new(),
            chosen: false,
        }
    };
    let (mut differ, mut matching) = (Vec::new(), Vec::new());
    for line in &summary.lines {
        let (kind, by) = kind_of(line);
        let photos = if kind == DifferenceKind::Damaged { line.own.photos } else { 0 };
        let shown = row(kind, &line.item, Some(line.ordered), line.received, by, photos);
        if kind == DifferenceKind::Matching { matching.push(shown) } else { differ.push(shown) }
    }
    for extra in &summary.extra {
        let all = Own::all(&extra.own);
        differ.push(row(DifferenceKind::Unexpected, &extra.item, None, all, all, extra.own.photos));
    }
    for strange in &summary.strange {
        let mut shown = row(
            DifferenceKind::Unknown,
            &strange.words.as_str().into(),
            None,
            strange.qty,
            strange.qty,
            strange.photos,
        );
        shown.goods.name.clone_from(&strange.words);
        differ.push(shown);
    }
    (differ, matching)
}

fn kind_of(line: &SummaryLine) -> (DifferenceKind, i64) {
    if line.own.damaged > 0 {
        (DifferenceKind::Damaged, line.own.damaged)
    } else if line.over > 0 {
        (DifferenceKind::Over, line.over)
    } else if line.short > 0 {
        (DifferenceKind::Short, line.short)
    } else {
        (DifferenceKind::Matching, 0)
    }
}

pub(super) fn photo(app: &App, open: &OpenPage) -> PhotoView {
    let OpenPage::Photo { purpose, still, light, .. } = open else {
        return PhotoView {
            purpose: String::new(),
            goods: goods(None),
            taken: 0,
            still: false,
            light: false,
            lost: false,
        };
    };
    let (item, taken) = match &app.flow {
        crate::app::Flow::Receive(flow) => flow.at.entry().map(|entry| (&entry.item, entry.photos.len())),
        crate::app::Flow::Returns(flow) => flow.under.at.entry().map(|entry| (&entry.item, entry.photos.len())),
        _ => None,
    }
    .unzip();
    PhotoView {
        purpose: (*purpose).to_owned(),
        goods: goods(item.and_then(|item| app.item_met(item))),
        taken: match &app.flow {
            crate::app::Flow::Pack(flow) => flow.at.photos.values().sum(),
            _ => taken.map_or(0, count),
        },
        still: *still,
        light: *light,
        lost: !app.readers.iter().any(|reader| reader.kind == "camera" && reader.state == "ready"),
    }
}

pub(super) fn unknown(app: &App, open: &OpenPage) -> UnknownView {
    let OpenPage::Unknown { raw, words, photos, field } = open else {
        return UnknownView {
            raw: String::new(),
            fields: Vec::new(),
            typed: String::new(),
            ok: false,
            ask: ask("photo", 0, ""),
        };
    };
    let state = |at: usize| match at.cmp(field) {
        std::cmp::Ordering::Less => FieldState::Done,
        std::cmp::Ordering::Equal => FieldState::Now,
        std::cmp::Ordering::Greater => FieldState::Next,
    };
    let fields = vec![
        Field {
            code: "photo".to_owned(),
            state: state(0),
            value: match photos.len() {
                0 => FieldValue::None,
                n => FieldValue::Of { done: count(n), total: 0 },
            },
        },
        Field {
            code: "words".to_owned(),
            state: state(1),
            value: if words.is_empty() { FieldValue::None } else { FieldValue::Code(words.clone()) },
        },
        Field {
            code: "quantity".to_owned(),
            state: state(2),
            value: match floorhand_domain::quantity::parse(&app.typed, 0) {
                Some(qty) => FieldValue::Amount(amount(qty, None)),
                None => FieldValue::None,
            },
        },
    ];
    let (typed, ok, code) = match field {
        0 => (String::new(), true, "photo"),
        1 => (words.clone(), !words.trim().is_empty(), "type-words"),
        _ => {
            let ok = floorhand_domain::quantity::parse(&app.typed, 0).is_some() && !words.trim().is_empty();
            (app.typed.clone(), ok, "type-quantity")
        }
    };
    UnknownView { raw: raw.clone(), fields, typed, ok, ask: ask(code, 0, "") }
}
