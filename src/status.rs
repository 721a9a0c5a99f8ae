//! `floorhand status`: what the step asks for, every code that it accepts, the keys of its buttons, and how sync
//! stands.

mod actions;
mod goods;
mod needs;
mod pack;
mod returns;

use crate::app::{App, Flow};
use crate::store::{Store, StoreError};
use floorhand_domain::fact::ShortReason;
use floorhand_domain::id::ItemId;
use floorhand_domain::master::Barcode;
use floorhand_domain::scan::Kind;
use floorhand_domain::stock::Status;
use floorhand_domain::task::Line;
use floorhand_domain::workflow::Expect;
use floorhand_domain::workflow::pick::{Hand, Pick, Stage};
use floorhand_domain::workflow::sign_in::SignIn;
use serde_json::{Value, json};

/// Codes of one kind listed at the most.
const CODES_MAX: usize = 100;
const GS: char = '\u{1d}';

/// The status as JSON.
///
/// # Errors
/// When the store cannot be read.
pub fn status(store: &Store, today: &str) -> Result<Value, StoreError> {
    let app = crate::runner::snapshot(store)?;
    let counts = store.outbox_counts()?;
    let head = store.head();
    let (done, needed) = quantity(&app);
    let task = match &app.flow {
        Flow::Pick(flow) => json!({"id": flow.pick.task.id, "kind": flow.pick.task.kind.as_str()}),
        Flow::PutAway(flow) => json!({"id": flow.at.task.id, "kind": flow.at.task.kind.as_str()}),
        Flow::Count(flow) => json!({"id": flow.at.task.id, "kind": flow.at.task.kind.as_str()}),
        Flow::Receive(flow) => json!({"id": flow.at.delivery_id(), "kind": "receive", "receipt": flow.at.receipt}),
        Flow::Pack(flow) => json!({"id": flow.at.order.task, "kind": "pack", "order": flow.at.order.id}),
        Flow::Returns(flow) => returns::task(&flow.under.at),
        _ => Value::Null,
    };
    Ok(json!({
        "operator": app.session.as_ref().map(|s| s.name.clone()),
        "operator_id": app.session.as_ref().map(|s| s.operator.clone()),
        "task": task,
        "step": app.step_name(),
        "expects": expects(store, &app, today)?,
        "actions": actions::of(&app),
        "quantity": {"done": done, "needed": needed},
        "entry": match &app.flow {
            Flow::Receive(flow) => goods::entry(flow),
            Flow::Returns(flow) => returns::entry(&app, flow),
            Flow::ReturnsOpen(open) => returns::last(open),
            _ => Value::Null,
        },
        "outbox": {"pending": counts.pending, "parked": counts.parked, "rejected": counts.rejected},
        "sync": {"state": store.sync_state(), "last_ok": store.last_ok()},
        "epoch": head.epoch,
        "seq": head.next_seq.saturating_sub(1),
        "attention": needs::attention(store, &app)?,
    }))
}

fn quantity(app: &App) -> (i64, i64) {
    match &app.flow {
        Flow::Pick(flow) => {
            let needed = flow.pick.line().map_or(0, |line| flow.pick.open_qty(&line.id));
            (flow.pick.hand().map_or(0, Hand::qty), needed)
        }
        Flow::PutAway(flow) => goods::quantity_of(flow),
        Flow::Receive(flow) => (flow.at.entry().map_or(0, |entry| entry.qty), flow.at.expected()),
        Flow::Pack(flow) => pack::quantity_of(flow),
        Flow::Load(flow) => (i64::from(flow.at.loaded), 0),
        Flow::Returns(flow) => (flow.under.at.entry().map_or(0, |entry| entry.qty), flow.under.at.expected()),
        _ => (0, 0),
    }
}

/// What the step asks for, best first.
///
/// # Errors
/// When the store cannot be read.
pub fn expects(store: &Store, app: &App, today: &str) -> Result<Vec<Expect>, StoreError> {
    let one = |kind, codes| vec![Expect { kind, codes }];
    if app.lock.is_some() {
        return Ok(one(Kind::Pin, Vec::new()));
    }
    Ok(match &app.flow {
        // Badges are known by hash and PINs by heart: neither is listed anywhere.
        Flow::SignIn(SignIn::Badge) => one(Kind::Badge, Vec::new()),
        Flow::SignIn(SignIn::Pin { .. }) => one(Kind::Pin, Vec::new()),
        Flow::Work => {
            let free = app.work.iter().filter(|task| app.may_take(task));
            one(Kind::Task, free.take(CODES_MAX).map(|task| task.id.0.clone()).collect())
        }
        Flow::Pick(flow) => pick(store, &flow.pick, today)?,
        Flow::Deliveries(flow) => goods::deliveries(flow),
        Flow::Receive(flow) => goods::receive(store, flow)?,
        Flow::PutAway(flow) => goods::put_away(store, flow)?,
        Flow::Count(flow) => goods::counting(store, flow)?,
        Flow::Bench(flow) => pack::bench(app, flow),
        Flow::Pack(flow) => pack::packing(store, flow)?,
        Flow::Load(flow) => pack::loading(store, flow)?,
        Flow::ReturnsOpen(open) => returns::open(store, open)?,
        Flow::Returns(flow) => returns::returning(store, flow)?,
    })
}

fn pick(store: &Store, pick: &Pick, today: &str) -> Result<Vec<Expect>, StoreError> {
    let one = |kind, codes| vec![Expect { kind, codes }];
    Ok(match &pick.stage {
        Stage::Totes { slot } => {
            let order = pick.task.slots.iter().find(|s| s.slot == *slot).map(|s| s.order.clone()).unwrap_or_default();
            let totes = store.empty_totes(CODES_MAX)?;
            let free = totes
                .into_iter()
                .filter(|tote| tote.order.is_none() || tote.order == order)
                .filter(|tote| !pick.task.slots.iter().any(|s| s.tote == tote.id));
            one(Kind::Tote, free.map(|tote| tote.id.0).collect())
        }
        Stage::Location { .. } => one(Kind::Location, location(store, pick)?),
        Stage::Item { hand, .. } if hand.to_weigh.is_some() => one(Kind::Weight, Vec::new()),
        Stage::Item { hand, .. } => match pick.line() {
            Some(line) => {
                let mut expects = one(Kind::Item, items(store, pick, line, hand, today)?);
                let units = units(store, line, hand)?;
                if !units.is_empty() {
                    expects.insert(0, Expect { kind: Kind::HandlingUnit, codes: units });
                }
                expects
            }
            None => Vec::new(),
        },
        Stage::NextTote { .. } => {
            let order = pick.line().map(|line| line.order.clone()).unwrap_or_default();
            let totes = store.empty_totes(CODES_MAX)?;
            let free = totes
                .into_iter()
                .filter(|tote| tote.order.is_none() || tote.order == order)
                .filter(|tote| !pick.task.slots.iter().any(|s| s.tote == tote.id))
                .filter(|tote| !pick.cart.closed.iter().any(|closed| closed.tote == tote.id));
            one(Kind::Tote, free.map(|tote| tote.id.0).collect())
        }
        Stage::Empty { .. } => Vec::new(),
        Stage::Sort { hand, .. } if hand.units.is_empty() => one(Kind::Item, Vec::new()),
        Stage::Sort { .. } | Stage::Tote { .. } => {
            let tote = pick.line().map(|line| pick.tote_of(pick.slot_of(line)).0);
            one(Kind::Tote, tote.into_iter().collect())
        }
        Stage::Short { short, .. } => match short {
            Some(short) if short.reason != ShortReason::Damaged || short.damaged > 0 => {
                one(Kind::Location, location(store, pick)?)
            }
            _ => one(Kind::Quantity, Vec::new()),
        },
        Stage::DropOne { tote, .. } => {
            let left = pick.totes_left();
            match left.iter().find(|other| other.tote == *tote) {
                Some(this) => {
                    let code = store.location(&this.to)?.map_or_else(|| this.to.0.clone(), |place| place.code);
                    one(Kind::Location, vec![code])
                }
                None => one(Kind::Tote, left.into_iter().map(|other| other.tote.0).collect()),
            }
        }
        Stage::DropOff { .. } => {
            let code = store.location(&pick.task.drop_off)?.map_or_else(|| pick.task.drop_off.0.clone(), |l| l.code);
            one(Kind::Location, vec![code])
        }
    })
}

fn location(store: &Store, pick: &Pick) -> Result<Vec<String>, StoreError> {
    let Some(line) = pick.line() else { return Ok(Vec::new()) };
    Ok(vec![store.location(&line.location)?.map_or_else(|| line.location.0.clone(), |location| location.code)])
}

/// Handling units of which one must be scanned before the item: it lies in several of them, or the
/// line names one. A serial number says by itself where it is.
fn units(store: &Store, line: &Line, hand: &Hand) -> Result<Vec<String>, StoreError> {
    if hand.from.is_some() || store.item(&line.item)?.is_some_and(|item| item.serial_tracked) {
        return Ok(Vec::new());
    }
    let mut here = store.stock_shown(&line.location, &line.item)?;
    here.retain(|stock| stock.status == Status::Available && stock.qty > 0);
    here.retain(|stock| line.lot.is_none() || stock.lot == line.lot);
    let mut found: Vec<_> = here.into_iter().map(|stock| stock.handling_unit).collect();
    found.sort_unstable();
    found.dedup();
    let plain = match found.as_slice() {
        [] => true,
        [one] => line.handling_unit.is_none() || line.handling_unit == *one,
        _ => false,
    };
    if plain {
        return Ok(Vec::new());
    }
    found.retain(|unit| !unit.is_none() && (line.handling_unit.is_none() || line.handling_unit == *unit));
    Ok(found.iter().take(CODES_MAX).map(|unit| unit_code(unit.as_str())).collect())
}

/// A bare number counts only where a handling unit is asked for; with its identifier it always does.
fn unit_code(id: &str) -> String {
    match floorhand_gs1::Sscc::from_digits(id) {
        Ok(_) => format!("]C100{id}"),
        Err(_) => id.to_owned(),
    }
}

/// Every code of the item that counts now: plain ones, with the lot, with each serial that is here.
fn items(store: &Store, pick: &Pick, line: &Line, hand: &Hand, today: &str) -> Result<Vec<String>, StoreError> {
    let open = pick.open_qty(&line.id) - hand.qty();
    let item = store.item(&line.item)?.unwrap_or_default();
    let mut barcodes = store.barcodes_of(&line.item)?;
    barcodes.retain(|barcode| barcode.qty <= open);
    barcodes.sort_by(|a, b| a.qty.cmp(&b.qty).then_with(|| a.code.cmp(&b.code)));
    let mut here = store.stock_shown(&line.location, &line.item)?;
    here.retain(|stock| stock.status == Status::Available && stock.qty > 0);
    if let Some(from) = &hand.from {
        here.retain(|stock| stock.handling_unit == *from);
    }
    let mut codes = Vec::new();
    if item.serial_tracked {
        let each = barcodes.iter().find(|barcode| barcode.qty == 1 && is_gtin(&barcode.code));
        let seen = |serial: &floorhand_domain::id::Serial| hand.units.iter().any(|unit| unit.serial == *serial);
        let free = here
            .iter()
            .filter(|stock| stock.qty > 0 && !stock.serial.is_none() && !seen(&stock.serial))
            .filter(|stock| line.serial.is_none() || stock.serial == line.serial)
            .filter(|stock| line.lot.is_none() || stock.lot == line.lot);
        for stock in free.take(CODES_MAX) {
            codes.push(match each {
                Some(barcode) if stock.lot.is_none() => format!("]C101{}21{}", barcode.code, stock.serial),
                Some(barcode) => format!("]C101{}10{}{GS}21{}", barcode.code, stock.lot, stock.serial),
                None => stock.serial.0.clone(),
            });
        }
        return Ok(codes);
    }
    if item.lot_tracked {
        let mut lots: Vec<_> = here
            .iter()
            .filter(|stock| stock.qty > 0 && (line.lot.is_none() || stock.lot == line.lot))
            .filter(|stock| stock.expiry.as_deref().is_none_or(|date| date >= today))
            .collect();
        lots.sort_by(|a, b| a.expiry.cmp(&b.expiry).then_with(|| a.lot.cmp(&b.lot)));
        lots.dedup_by(|a, b| a.lot == b.lot);
        for barcode in barcodes.iter().filter(|barcode| is_gtin(&barcode.code)) {
            for stock in lots.iter().take(CODES_MAX) {
                let expiry =
                    stock.expiry.as_deref().and_then(yymmdd).map(|date| format!("17{date}")).unwrap_or_default();
                codes.push(format!("]C101{}{expiry}10{}", barcode.code, stock.lot));
            }
        }
        // What is seen counts: the lot that the line names, though the book ran out of it.
        if !line.lot.is_none() && !here.iter().any(|stock| stock.lot == line.lot) {
            let each = barcodes.iter().filter(|barcode| is_gtin(&barcode.code));
            codes.extend(each.map(|barcode| format!("]C101{}10{}", barcode.code, line.lot)));
        }
        // The plain code is enough where one lot lies alone.
        let mut all: Vec<_> = here.iter().filter(|stock| stock.qty > 0).map(|stock| &stock.lot).collect();
        all.sort_unstable();
        all.dedup();
        if all.len() != 1 || lots.is_empty() {
            return Ok(codes);
        }
    }
    codes.extend(barcodes.iter().map(scannable));
    Ok(codes)
}

fn is_gtin(code: &str) -> bool {
    floorhand_gs1::Gtin::from_digits(code).is_ok() && code.len() == 14
}

/// The code as a reader with AIM identifiers sends it.
fn scannable(barcode: &Barcode) -> String {
    let code = barcode.code.as_str();
    if !is_gtin(code) {
        return code.to_owned();
    }
    match code.strip_prefix('0') {
        Some(ean) => match ean.strip_prefix("00000") {
            Some(short) => format!("]E4{short}"),
            None => format!("]E0{ean}"),
        },
        None => format!("]I1{code}"),
    }
}

fn yymmdd(date: &str) -> Option<String> {
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{}{month}{day}", year.get(2..4)?))
}

/// The codes of one item as they would be scanned, whatever the step: for the printed sheet.
///
/// # Errors
/// When the store cannot be read.
pub fn codes_of(store: &Store, item: &ItemId) -> Result<Vec<String>, StoreError> {
    codes_within(store, item, i64::MAX)
}

/// The codes of one item that stand for no more than `most` units, the smallest first.
fn codes_within(store: &Store, item: &ItemId, most: i64) -> Result<Vec<String>, StoreError> {
    let mut barcodes = store.barcodes_of(item)?;
    barcodes.retain(|barcode| barcode.qty <= most);
    barcodes.sort_by(|a, b| a.qty.cmp(&b.qty).then_with(|| a.code.cmp(&b.code)));
    Ok(barcodes.iter().map(scannable).collect())
}
