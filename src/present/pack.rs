//! An order at the packing bench at each of its stages, and the bench without one.

use super::stock::missing;
use super::{amount, ask, clock_of, goods, number};
use crate::app::{App, BenchFlow, PackFlow, old_cartons};
use crate::view::{
    Ask, CartonKind, CartonRow, CartonView, Goods, LabelState, LineState, OldCarton, PackRow, PackStage, PackView,
    Paging, Queue, QueueRow, WeightOff,
};
use floorhand_domain::id::{CartonTypeId, HandlingUnitId, ItemId};
use floorhand_domain::outbound::{CartonState, LabelOn, PackOrder, PackState};
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::pack::{self, Mark, Pack, Stage};
use floorhand_domain::workflow::refusal::Refusal;

/// A service that goes before others.
const URGENT: &str = "express";

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn fit(rows: u32) -> usize {
    usize::try_from(rows).unwrap_or(1).max(1)
}

fn is_urgent(service: &str) -> bool {
    service.to_ascii_lowercase().contains(URGENT)
}

fn named(at: &Pack, id: &ItemId) -> Goods {
    let mut shown = goods(at.item(id));
    if shown.name.is_empty() {
        shown.name.clone_from(&id.0);
    }
    shown
}

fn waiting(order: &PackOrder) -> QueueRow {
    let tote = order.lines.iter().flat_map(|line| &line.picked).map(|units| &units.handling_unit);
    let tote = tote.into_iter().find(|tote| !tote.is_none());
    QueueRow {
        code: tote.map_or_else(|| order.id.0.clone(), |tote| tote.0.clone()),
        service: order.service.clone(),
        urgent: is_urgent(&order.service),
        due: clock_of(order.cutoff_ms),
        units: number(order.lines.iter().map(|line| (line.picked_qty() - line.packed).max(0)).sum()),
        relabel: false,
    }
}

/// A carton that needs another label.
fn relabel(carton: &HandlingUnitId) -> QueueRow {
    QueueRow { code: carton.0.clone(), service: String::new(), urgent: false, due: None, units: 0, relabel: true }
}

/// What waits, without the order at hand: cartons that need a label first, they are packed and stand in the way.
fn queue(app: &App, at_hand: Option<&PackOrder>) -> Queue {
    let others = app.bench.queue.iter().filter(|order| at_hand.is_none_or(|own| own.id != order.id));
    let rows = fit(app.look.text.queue_rows());
    let labels = if app.bench.queue.is_empty() { rows } else { (rows / 2).max(1) };
    let hidden = at_hand.is_some_and(|own| app.bench.queue.iter().any(|order| order.id == own.id));
    Queue {
        orders: app.bench.relabel.iter().take(labels).map(relabel).chain(others.map(waiting)).take(rows).collect(),
        waiting: app.bench.waiting.saturating_sub(u32::from(hidden)),
        today: app.bench.today,
    }
}

/// The bench without an order.
pub(super) fn bench(app: &App, flow: &BenchFlow) -> PackView {
    let rows = app.bench_rows();
    let choosing = !flow.choices.is_empty();
    let mut waits = queue(app, None);
    if choosing {
        let first = fit(flow.page.saturating_add(1)).saturating_sub(1).saturating_mul(rows);
        waits.orders = flow.choices.iter().skip(first).take(rows).map(waiting).collect();
        // The same tote stands for each: they are told apart by their numbers.
        for (row, order) in waits.orders.iter_mut().zip(flow.choices.iter().skip(first)) {
            row.code.clone_from(&order.id.0);
        }
    }
    PackView {
        order: String::new(),
        service: String::new(),
        urgent: false,
        due: None,
        tote: String::new(),
        left: 0,
        lines: Vec::new(),
        paging: Paging { page: flow.page, pages: count(flow.choices.len().div_ceil(rows).max(1)) },
        carton: None,
        cartons: 0,
        queue: waits,
        ask: ask(if choosing { "choose-order" } else { "next-tote" }, 0, ""),
        stage: if choosing { PackStage::Choose } else { PackStage::Next },
    }
}

/// An order at the bench.
pub(super) fn packing(app: &App, flow: &PackFlow) -> PackView {
    let at = &flow.at;
    let (asked, stage) = stage(app, flow);
    let rows = app.look.text.pack_rows(app.station.profile).max(1);
    let pages = app.pack_pages();
    let page = app.work_page.min(pages.saturating_sub(1));
    let list = at.checklist();
    let shown = list.iter().skip(fit(page.saturating_mul(rows).saturating_add(1)).saturating_sub(1)).take(fit(rows));
    PackView {
        order: at.order.id.0.clone(),
        service: at.order.service.clone(),
        urgent: is_urgent(&at.order.service),
        due: clock_of(at.order.cutoff_ms),
        tote: tote(at),
        left: number(at.left_qty()),
        lines: shown.map(|row| line(at, row)).collect(),
        paging: Paging { page, pages },
        carton: at.at_hand().map(|id| carton(app, flow, &id)),
        cartons: count(at.cartons.len()),
        queue: queue(app, Some(&at.order)),
        ask: asked,
        stage,
    }
}

/// The tote that goods come from first: the one that was scanned, or the only one.
fn tote(at: &Pack) -> String {
    if !at.tote.is_none() {
        return at.tote.0.clone();
    }
    let mut totes = at.left.iter().filter(|left| left.qty > 0).map(|left| &left.tote);
    match totes.next() {
        Some(first) if totes.all(|tote| tote == first) => first.0.clone(),
        _ => String::new(),
    }
}

fn line(at: &Pack, row: &pack::Row<'_>) -> PackRow {
    let item = at.item(&row.line.item);
    PackRow {
        goods: named(at, &row.line.item),
        packed: amount(row.packed, item),
        asked: amount(row.asked, item),
        lot: row.lot.0.clone(),
        state: match row.mark {
            Mark::Open => LineState::Open,
            Mark::Started => LineState::Started,
            Mark::Short => LineState::Short,
            Mark::Done => LineState::Done,
        },
    }
}

fn kind_name(flow: &PackFlow, id: &CartonTypeId) -> String {
    let known = flow.types.iter().find(|kind| kind.id == *id).filter(|kind| !kind.name.is_empty());
    known.map_or_else(|| id.0.clone(), |kind| kind.name.clone())
}

fn carton(app: &App, flow: &PackFlow, id: &HandlingUnitId) -> CartonView {
    let at = &flow.at;
    let suspect = suspect(app).map(|(item, ..)| item);
    let all = at.box_rows(id);
    let most = fit(app.look.text.carton_rows());
    let fits = if all.len() > most { most.saturating_sub(1) } else { most };
    let mut shown: Vec<_> = all.iter().take(fits).collect();
    // The one to look for is always shown.
    if let Some(row) = all.iter().skip(fits).find(|row| suspect == Some(&row.item)) {
        shown.pop();
        shown.push(row);
    }
    let rows = shown.into_iter().map(|row| CartonRow {
        goods: named(at, &row.item),
        units: number(row.qty),
        grams: number(row.grams),
        marked: suspect == Some(&row.item),
    });
    let expected = at.expected_grams(id);
    CartonView {
        number: count(at.number_of(id)),
        kind: at.carton(id).map(|own| kind_name(flow, &own.carton.carton_type)).unwrap_or_default(),
        rows: rows.collect(),
        more: count(all.len().saturating_sub(fits)),
        units: number(all.iter().map(|row| row.qty).sum()),
        photos: at.photos.get(id).copied().unwrap_or(0),
        expected_grams: expected.map(number),
        tolerance_grams: expected.map_or(0, |grams| number(pack::tolerance(grams, &app.settings))),
        scale_grams: scale(app, at),
    }
}

/// What the scale says; without one, what is typed.
fn scale(app: &App, at: &Pack) -> Option<u32> {
    let typed = matches!(at.stage, Stage::Weigh { .. }).then(|| app.typed.parse().ok()).flatten();
    typed.or(app.bench.grams).filter(|grams| *grams > 0).map(number)
}

/// The item that explains the weight that was refused: what one of it weighs, and by how much the carton is off.
fn suspect(app: &App) -> Option<(&ItemId, i64, i64)> {
    match app.weight_refused()? {
        Refusal::CartonWeight { expected, measured, item, grams } if !item.is_none() => {
            Some((item, *grams, measured - expected))
        }
        _ => None,
    }
}

fn stage(app: &App, flow: &PackFlow) -> (Ask, PackStage) {
    let at = &flow.at;
    let told = |code| ask(code, 0, "");
    match &at.stage {
        Stage::Carton => (told("carton"), carton_stage(flow)),
        Stage::Verify { .. } if at.is_verified() => (told("close"), PackStage::Verify),
        Stage::Verify { .. } => (told(missing(app).unwrap_or("next-item")), PackStage::Verify),
        Stage::TakeOut { .. } => (told(missing(app).unwrap_or("take-out")), PackStage::TakeOut),
        Stage::Photo { .. } => (told("photo"), PackStage::Photo),
        Stage::Weigh { .. } => weigh(app, at),
        Stage::Label { carton, print } => {
            let barred = matches!(at.order.state, PackState::Held | PackState::Cancelled);
            let silent = matches!(&app.answer, crate::app::Answer::Refused(refused)
                if refused.refusal.reason() == Reason::PrintFailed);
            let on = at.carton(carton).map_or(LabelOn::Unknown, |own| own.carton.label);
            let state = match print {
                Some(_) if !barred => LabelState::Printing,
                _ if barred || silent || at.is_label_due(carton) => LabelState::Missing,
                _ if on == LabelOn::Internal => LabelState::Internal,
                _ => LabelState::Printed,
            };
            let code = match state {
                _ if barred => "held",
                LabelState::Printing => "printing",
                LabelState::Missing => "not-printed",
                LabelState::Printed | LabelState::Internal => "carton-label",
            };
            let later = at.left_qty() > 0 && !at.partial;
            (told(code), PackStage::Label { state, belt: at.order.dock.0.clone(), later })
        }
        Stage::Finish => (told("finish"), PackStage::Finish { open: number(at.open_lines()) }),
    }
}

fn carton_stage(flow: &PackFlow) -> PackStage {
    let at = &flow.at;
    let suggested = at.suggested();
    let others = flow.types.iter().filter(|kind| kind.id != suggested && kind.suits(&at.order.carrier));
    let kind = (!suggested.is_none()).then(|| CartonKind {
        name: kind_name(flow, &suggested),
        inner_mm: flow.types.iter().find(|kind| kind.id == suggested).map_or([0; 3], |kind| kind.inner_mm.map(number)),
    });
    let old = old_cartons(at).into_iter().filter_map(|id| {
        let own = at.carton(&id)?;
        Some(OldCarton {
            number: count(at.number_of(&id)),
            kind: kind_name(flow, &own.carton.carton_type),
            units: number(own.content.iter().map(|one| one.qty).sum()),
            closed: own.carton.state == CartonState::Closed,
        })
    });
    PackStage::Carton {
        suggested: kind,
        others: others.map(|kind| kind_name(flow, &kind.id)).collect(),
        old: old.collect(),
    }
}

fn weigh(app: &App, at: &Pack) -> (Ask, PackStage) {
    let refused = at.asked().and(app.weight_refused());
    let Some(Refusal::CartonWeight { expected, measured, .. }) = refused else {
        return (ask("weigh", 0, ""), PackStage::Weigh { off: None });
    };
    let suspect = suspect(app);
    let code = match suspect {
        Some((.., off)) if off < 0 => "put-in",
        Some(_) => "take-one-out",
        None => "check-items",
    };
    let off = WeightOff {
        expected_grams: number(*expected),
        scale_grams: number(*measured),
        item: suspect.map(|(item, ..)| named(at, item)),
        item_grams: suspect.map_or(0, |(_, grams, _)| number(grams)),
    };
    (ask(code, 0, ""), PackStage::Weigh { off: Some(off) })
}
