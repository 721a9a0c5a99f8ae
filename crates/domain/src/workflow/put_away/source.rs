//! The source: a handling unit as a whole, or units of an item that are counted into the hand.

use super::destination::{self, Target};
use super::{Hand, Load, Pending, PutAway, PutAwayStep, Refusal, Stage};
use crate::fact::Units;
use crate::id::{HandlingUnitId, ItemId, LineId, LocationId, Lot, Serial};
use crate::master::{HandlingUnit, LocationKind};
use crate::reason::Reason;
use crate::scan::{self, Kind, Label, Meaning, Wants};
use crate::stock::{Status, Stock};
use crate::task::Line;
use crate::workflow::goods::{self, NotYet, QTY_MAX, Search};
use crate::workflow::{Class, Meant, Site, What};

/// The step as it was when an event arrived.
pub(super) struct Now {
    line: LineId,
    row: Option<Line>,
    at: LocationId,
    hand: Hand,
    pending: Option<Pending>,
}

impl Now {
    pub(super) fn new(flow: &PutAway, line: LineId, at: LocationId, hand: Hand, pending: Option<Pending>) -> Self {
        Self { row: flow.row(&line).cloned(), line, at, hand, pending }
    }

    fn source(&self, hand: Hand) -> Stage {
        Stage::Source { line: self.line.clone(), at: self.at.clone(), hand }
    }

    fn destination(&self, hand: Hand) -> Stage {
        Stage::Destination { line: self.line.clone(), load: Load::Part { from: self.at.clone(), hand } }
    }
}

/// A scan at the source.
pub(super) fn scan(flow: PutAway, now: Now, meant: &Meant, site: &Site<'_>) -> PutAwayStep {
    let wants = wants(&now);
    match meant.fit(&wants) {
        Ok(Meaning::Location { id }) => location(flow, now, id, site),
        Ok(Meaning::HandlingUnit { unit }) => handling_unit(flow, now, unit, site),
        Ok(Meaning::Goods { label }) => count(flow, now, label, meant, site),
        Ok(_) => flow.refuse(meant.misfit(wants.needed)),
        Err(scan::Refusal::WrongKind { .. }) if now.at.is_none() && names_goods(meant) && takes_items(&now) => {
            let needed = now.row.map(|row| row.location).unwrap_or_default();
            flow.refuse(Refusal::NeedLocation { needed })
        }
        Err(refusal) => flow.refuse(refusal),
    }
}

/// What is in the hand is all that moves: its destination is asked for.
pub(super) fn enough(mut flow: PutAway) -> PutAwayStep {
    match flow.stage.clone() {
        Stage::Source { line, at, hand } if !hand.units.is_empty() => {
            flow.stage = Stage::Destination { line, load: Load::Part { from: at, hand } };
            flow.accept(Class::StepComplete, What::Page, "")
        }
        _ => flow.not_now(),
    }
}

fn names_goods(meant: &Meant) -> bool {
    meant.meanings.iter().any(|meaning| matches!(meaning, Meaning::Goods { .. }))
}

/// A line without item is about a whole handling unit.
fn takes_items(now: &Now) -> bool {
    now.row.as_ref().is_none_or(|row| !row.item.is_none())
}

fn wants(now: &Now) -> Wants {
    let asks_unit = now.row.as_ref().is_none_or(|row| !row.handling_unit.is_none());
    let needed = match (&now.row, now.at.is_none()) {
        (Some(row), true) if !row.handling_unit.is_none() => Kind::HandlingUnit,
        (_, true) => Kind::Location,
        _ if !takes_items(now) => Kind::HandlingUnit,
        _ => Kind::Item,
    };
    let mut wants = Wants::only(needed).or(Kind::Location).or(Kind::HandlingUnit).or(Kind::Tote);
    if !now.at.is_none() && takes_items(now) {
        wants = wants.or(Kind::Item).or(Kind::Lot).or(Kind::Serial);
    }
    wants.bare_sscc = asks_unit || now.hand.label.item.is_some() || !now.hand.units.is_empty();
    wants
}

/// A location: where it is taken, the loose stock there, or already where it goes.
fn location(mut flow: PutAway, now: Now, id: &LocationId, site: &Site<'_>) -> PutAwayStep {
    let Now { line, row, at, mut hand, pending } = now;
    let begun = hand.label.item.is_some();
    let narrows = *id == at && begun;
    if !hand.units.is_empty() && !narrows {
        let load = Load::Part { from: at, hand };
        return destination::put(flow, pending, line, load, Target::Location(id.clone()), site);
    }
    if let Some(row) = row.as_ref().filter(|row| row.location != *id) {
        return flow.refuse(Refusal::WrongLocation { scanned: id.clone(), needed: row.location.clone() });
    }
    let kind = site.known.locations.iter().find(|own| own.id == *id).map(|own| own.kind);
    if matches!(kind, Some(LocationKind::Virtual | LocationKind::Transit)) {
        return flow.refuse(Refusal::PlaceForbidden { scanned: id.clone(), needed: LocationId::default() });
    }
    if *id != at {
        flow.stage = Stage::Source { line, at: id.clone(), hand: Hand::default() };
        return flow.accept(Class::StepComplete, What::Shelf, id.0.clone());
    }
    // The location again stands for the loose stock, where there is any, never for the item.
    let item = hand.label.item.as_ref().or(row.as_ref().map(|row| &row.item)).filter(|item| !item.is_none());
    match item {
        Some(item) => {
            let loose = movable(site, &at, item).any(|stock| stock.handling_unit.is_none());
            hand.from = loose.then(HandlingUnitId::default);
        }
        None => {
            let mut items = site.known.stock.iter().filter(|stock| stock.location == at).map(|stock| &stock.item);
            let first = items.next();
            if items.any(|item| Some(item) != first) {
                return flow.refuse(Refusal::NeedItem { location: at });
            }
        }
    }
    flow.stage = Stage::Source { line, at, hand };
    flow.accept(Class::Accepted, What::Shelf, id.0.clone())
}

/// What the book has of an item at a location. Picked goods never move here.
fn movable<'a>(site: &Site<'a>, at: &'a LocationId, item: &'a ItemId) -> impl Iterator<Item = &'a Stock> {
    site.known.stock.iter().filter(move |stock| {
        stock.location == *at && stock.item == *item && stock.status != Status::Allocated && stock.qty > 0
    })
}

/// A handling unit: it moves as a whole, or is where the units are taken, or where they go.
fn handling_unit(mut flow: PutAway, now: Now, unit: &HandlingUnit, site: &Site<'_>) -> PutAwayStep {
    let scanned = unit.id.clone();
    let holds = now.hand.units.iter().any(|taken| taken.handling_unit == unit.id);
    if !now.hand.units.is_empty() && now.hand.label.item.is_none() && !holds {
        let load = Load::Part { from: now.at, hand: now.hand };
        return destination::put(flow, now.pending, now.line, load, Target::Unit(unit.clone()), site);
    }
    let item = now.hand.label.item.clone().or(now.row.as_ref().map(|row| row.item.clone())).unwrap_or_default();
    let from = match &now.row {
        Some(row) => row.location.clone(),
        None => now.at.clone(),
    };
    if let Some(row) = now.row.as_ref().filter(|row| !row.handling_unit.is_none() && row.handling_unit != unit.id) {
        return flow.refuse(Refusal::WrongHu { scanned, needed: row.handling_unit.clone() });
    }
    let begun = now.hand.label.item.is_some() || holds;
    let whole = !begun
        && match &now.row {
            None => true,
            Some(row) => row.handling_unit == unit.id && is_whole(&flow, row, site),
        };
    if whole {
        return take_whole(flow, now, unit, site);
    }
    if !holds && !movable(site, &from, &item).any(|stock| stock.handling_unit == unit.id) {
        let needed = now.row.map(|row| row.handling_unit).unwrap_or_default();
        return flow.refuse(Refusal::WrongHu { scanned, needed });
    }
    let hand = Hand { from: Some(unit.id.clone()), ..now.hand };
    flow.stage = Stage::Source { line: now.line, at: from, hand };
    flow.accept(Class::Accepted, What::HandlingUnit, scanned.0)
}

/// Whether the line is about all that is in and on the unit.
fn is_whole(flow: &PutAway, row: &Line, site: &Site<'_>) -> bool {
    if row.item.is_none() {
        return true;
    }
    let inside: Vec<&Stock> = content(site).collect();
    let ours = |stock: &&Stock| stock.item == row.item && (row.lot.is_none() || stock.lot == row.lot);
    let qty = inside.iter().fold(0_i64, |sum, stock| sum.saturating_add(stock.qty));
    inside.iter().all(ours) && (inside.is_empty() || qty == flow.open_qty(&row.id))
}

/// What is in the handling unit that was scanned, and on it.
fn content<'a>(site: &Site<'a>) -> impl Iterator<Item = &'a Stock> {
    site.known.content.iter().filter(|stock| stock.qty > 0)
}

fn take_whole(mut flow: PutAway, now: Now, unit: &HandlingUnit, site: &Site<'_>) -> PutAwayStep {
    let inside: Vec<&Stock> = content(site).collect();
    if !unit.order.is_none() || inside.iter().any(|stock| stock.status == Status::Allocated) {
        return flow.refuse(Refusal::HuRule { scanned: unit.id.clone() });
    }
    let booked = inside.first().map(|stock| stock.location.clone()).unwrap_or_else(|| unit.location.clone());
    let from = match &now.row {
        _ if !now.at.is_none() => now.at.clone(),
        Some(row) => row.location.clone(),
        None => booked,
    };
    if from.is_none() {
        return flow.refuse(Refusal::NeedLocation { needed: from });
    }
    let load = |because| Load::Whole { unit: unit.clone(), from: from.clone(), because };
    if flow.ad_hoc
        && let Some((item, qty, promised)) = taken_from_orders(&inside, &from, site)
    {
        let stage = Stage::Destination { line: now.line, load: load(vec![Reason::Allocated]) };
        flow.pending = Some(Pending::Approval { stage, item: item.clone(), qty });
        return flow.refuse(Refusal::Allocated { item, promised });
    }
    flow.stage = Stage::Destination { line: now.line, load: load(Vec::new()) };
    flow.accept(Class::StepComplete, What::HandlingUnit, unit.id.0.clone())
}

/// The first item of which less would stay than is promised: with the units taken and those promised.
fn taken_from_orders(inside: &[&Stock], from: &LocationId, site: &Site<'_>) -> Option<(ItemId, i64, i64)> {
    let mut items: Vec<&ItemId> = inside.iter().map(|stock| &stock.item).collect();
    items.sort_unstable();
    items.dedup();
    let sum = |rows: &mut dyn Iterator<Item = &Stock>, item: &ItemId| {
        rows.filter(|s| s.location == *from && s.item == *item && s.status == Status::Available && s.qty > 0)
            .fold(0_i64, |sum, stock| sum.saturating_add(stock.qty))
    };
    items.into_iter().find_map(|item| {
        let promised = site.known.promised_of(from, item);
        let taken = sum(&mut inside.iter().copied(), item);
        let there = sum(&mut site.known.there.iter(), item).max(sum(&mut site.known.stock.iter(), item));
        (taken > 0 && promised > 0 && there.saturating_sub(taken) < promised).then(|| (item.clone(), taken, promised))
    })
}

/// One label, or a part of one.
fn count(mut flow: PutAway, mut now: Now, label: &Label, meant: &Meant, site: &Site<'_>) -> PutAwayStep {
    let asked = now.row.as_ref().map(|row| row.item.clone());
    let in_hand = (!now.hand.units.is_empty()).then(|| now.hand.item.clone());
    let row = now.row.as_ref();
    let unit = goods::read(&now.hand.label, label, asked.as_ref(), in_hand.as_ref(), row, site.known)
        .and_then(|unit| resolve(&now, unit, site));
    let (item, status, units) = match unit {
        Ok(unit) => unit,
        Err(NotYet { refusal, keep }) => {
            if now.hand.label != *keep {
                now.hand.label = *keep;
                flow.stage = now.source(now.hand.clone());
            }
            return flow.refuse(refusal);
        }
    };
    // The item again confirms a number that was typed.
    if let Some(Pending::Book { code, stage }) = &now.pending
        && code.is_empty()
        && in_hand.as_ref() == Some(&item)
    {
        flow.stage = stage.clone();
        return flow.accept(Class::StepComplete, What::Item, item.0);
    }
    if now.hand.label != Label::default() {
        now.hand.label = Label::default();
        flow.stage = now.source(now.hand.clone());
    }
    let (what, shown) = named(label, &item);
    let mut hand = Hand { item: item.clone(), status, ..now.hand.clone() };
    goods::add(&mut hand.units, units.clone());
    let last = hand.units.iter().find(|one| is_same(one, &units)).map_or(0, |one| one.qty);
    if flow.ad_hoc {
        let here = || movable(site, &now.at, &item).filter(move |stock| stock.status == status);
        let sum = |rows: &mut dyn Iterator<Item = &Stock>| rows.fold(0_i64, |sum, stock| sum.saturating_add(stock.qty));
        hand.book = sum(&mut here().filter(|stock| is_of(stock, &units)));
        // Only what may be sold is promised.
        hand.promised = if status == Status::Available { site.known.promised_of(&now.at, &item) } else { 0 };
        hand.free = if hand.promised > 0 { sum(&mut here()).saturating_sub(hand.promised).max(0) } else { 0 };
    }
    // The question lapses when its answer is another code.
    let confirmed = matches!(&now.pending, Some(Pending::Book { code, .. }) if *code == meant.text);
    take(flow, &now, hand, Taken { last, confirmed, code: meant.text.clone(), what, shown })
}

/// How units came into the hand.
struct Taken {
    /// Units in the hand of the kind that came last.
    last: i64,
    /// Whether this answers the question about the book.
    confirmed: bool,
    /// What was scanned. Empty = it was typed.
    code: String,
    what: What,
    shown: String,
}

/// Puts a hand in the place of the one before, if the rules let it.
fn take(mut flow: PutAway, now: &Now, mut hand: Hand, taken: Taken) -> PutAwayStep {
    let typed = taken.code.is_empty();
    if !flow.ad_hoc {
        let open = flow.open_qty(&now.line);
        if hand.qty() > open {
            let open = if typed { open } else { open - now.hand.qty() };
            return flow.refuse(Refusal::QtyOver { open });
        }
        let full = hand.qty() == open;
        flow.stage = if full { now.destination(hand) } else { now.source(hand) };
        return flow.accept(if full { Class::StepComplete } else { Class::Accepted }, taken.what, taken.shown);
    }
    // A number that was typed is all there is; scans may go on.
    let stage = |hand: Hand| if typed { now.destination(hand) } else { now.source(hand) };
    let short = taken.last > hand.book && !hand.because.contains(&Reason::BookShort);
    if short {
        hand.because.push(Reason::BookShort);
    }
    if hand.promised > 0 && hand.qty() > hand.free {
        let (item, qty, promised) = (hand.item.clone(), hand.qty(), hand.promised);
        if !hand.because.contains(&Reason::Allocated) {
            hand.because.push(Reason::Allocated);
        }
        // Once allowed, that many are free.
        hand.free = qty;
        flow.pending = Some(Pending::Approval { stage: stage(hand), item: item.clone(), qty });
        return flow.refuse(Refusal::Allocated { item, promised });
    }
    if short && !taken.confirmed {
        let book = hand.book;
        flow.pending = Some(Pending::Book { code: taken.code, stage: stage(hand) });
        return flow.refuse(Refusal::BookShort { book });
    }
    flow.stage = stage(hand);
    flow.accept(if typed { Class::StepComplete } else { Class::Accepted }, taken.what, taken.shown)
}

fn is_same(one: &Units, other: &Units) -> bool {
    one.lot == other.lot && one.serial == other.serial && one.handling_unit == other.handling_unit
}

fn is_of(stock: &Stock, units: &Units) -> bool {
    stock.handling_unit == units.handling_unit
        && (units.lot.is_none() || stock.lot == units.lot)
        && (units.serial.is_none() || stock.serial == units.serial)
}

fn named(label: &Label, item: &ItemId) -> (What, String) {
    match (&label.item, &label.serial, &label.lot) {
        (None, Some(serial), _) => (What::Serial, serial.0.clone()),
        (None, None, Some(lot)) => (What::Lot, lot.0.clone()),
        _ => (What::Item, item.0.clone()),
    }
}

/// Which units a label with an item stands for, and their status.
fn resolve(now: &Now, label: Label, site: &Site<'_>) -> Result<(ItemId, Status, Units), NotYet> {
    let item = label.item.clone().unwrap_or_default();
    let mut here: Vec<&Stock> = movable(site, &now.at, &item).collect();
    if here.is_empty()
        && let Some(picked) = site.known.stock.iter().find(|stock| stock.location == now.at && stock.item == item)
    {
        // What is there was picked for an order.
        return Err(NotYet::anew(Refusal::HuRule { scanned: picked.handling_unit.clone() }));
    }
    if !now.hand.units.is_empty() {
        here.retain(|stock| stock.status == now.hand.status);
    }
    let none = (Lot::default(), Serial::default(), HandlingUnitId::default());
    let named = now.row.as_ref().map_or((&none.0, &none.1, &none.2), |row| (&row.lot, &row.serial, &row.handling_unit));
    let seen = |serial: &Serial| now.hand.units.iter().any(|unit| unit.serial == *serial);
    let search = Search { item: &item, here: here.clone(), from: now.hand.from.as_ref(), named, seen: &seen };
    let unit = goods::unit(&search, &label, site.known).map_err(|refusal| match goods::stays(&refusal) {
        true => NotYet { refusal, keep: Box::new(label.clone()) },
        false => NotYet::anew(refusal),
    })?;
    let units = unit.units;
    // The lot or serial number that the line names may be taken though the book ran out of it.
    let is_booked = |test: &dyn Fn(&Stock) -> bool| here.iter().any(|stock| test(stock));
    let wrong_lot = match named.0.is_none() {
        true => unit.by_lot && !is_booked(&|stock| stock.lot == units.lot),
        false => *named.0 != units.lot,
    };
    if wrong_lot {
        return Err(NotYet::anew(Refusal::WrongLot { scanned: units.lot, needed: named.0.clone() }));
    }
    let wrong_serial = match named.1.is_none() {
        true => !units.serial.is_none() && !is_booked(&|stock| stock.serial == units.serial),
        false => *named.1 != units.serial,
    };
    if wrong_serial {
        return Err(NotYet::anew(Refusal::WrongSerial { scanned: units.serial, needed: named.1.clone() }));
    }
    let status = if now.hand.units.is_empty() { status_of(now, &here, &units) } else { now.hand.status };
    Ok((item, status, units))
}

/// The status of the units: what is planned, if the book has such; otherwise the first that it has.
/// Goods that were released since are no longer in transit.
fn status_of(now: &Now, here: &[&Stock], units: &Units) -> Status {
    let planned = now.row.as_ref().map(|row| row.plan.status);
    let has: Vec<Status> = here.iter().filter(|stock| is_of(stock, units)).map(|stock| stock.status).collect();
    match planned {
        Some(status) if has.is_empty() || has.contains(&status) => status,
        _ => has.into_iter().min().unwrap_or_default(),
    }
}

/// A typed number says how many are in the hand now. It needs one scan first, and with a plan a line
/// that is large enough.
pub(super) fn typed(flow: PutAway, pending: Option<Pending>, qty: i64, site: &Site<'_>) -> PutAwayStep {
    let now = match flow.stage.clone() {
        Stage::Source { line, at, hand } => Now::new(&flow, line, at, hand, pending),
        Stage::Destination { line, load: Load::Part { from, hand } } => Now::new(&flow, line, from, hand, pending),
        _ => return flow.not_now(),
    };
    let serial = now.hand.units.iter().any(|unit| !unit.serial.is_none());
    let small = now.row.as_ref().is_some_and(|row| row.qty < site.settings.type_from);
    if now.hand.units.is_empty() || small || serial {
        return flow.refuse(Refusal::ScanEach);
    }
    if qty <= 0 || qty > QTY_MAX {
        return flow.refuse(Refusal::QtyBad);
    }
    let mut hand = Hand { typed: true, label: Label::default(), ..now.hand.clone() };
    let others = hand.units.iter().rev().skip(1).fold(0_i64, |sum, unit| sum.saturating_add(unit.qty));
    let last = match hand.units.last_mut() {
        Some(last) if qty > others => {
            last.qty = qty - others;
            last.qty
        }
        _ => return flow.refuse(Refusal::QtyBad),
    };
    if others == 0 && last <= hand.book {
        hand.because.retain(|reason| *reason != Reason::BookShort);
    }
    // The same number again answers as well as the item does.
    let confirmed = match &now.pending {
        Some(Pending::Book { code, stage: Stage::Destination { load: Load::Part { hand: asked, .. }, .. } }) => {
            code.is_empty() && asked.units == hand.units
        }
        _ => false,
    };
    take(flow, &now, hand, Taken { last, confirmed, code: String::new(), what: What::Quantity, shown: qty.to_string() })
}

/// Goods at the destination: one more of what is in the hand.
pub(super) fn more(flow: PutAway, now: Now, label: &Label, meant: &Meant, site: &Site<'_>) -> PutAwayStep {
    if !flow.ad_hoc && now.hand.qty() >= flow.open_qty(&now.line) {
        return match &label.item {
            Some(scanned) if *scanned != now.hand.item => {
                flow.refuse(Refusal::WrongItem { scanned: scanned.clone(), needed: now.hand.item })
            }
            _ => flow.refuse(Refusal::QtyOver { open: 0 }),
        };
    }
    count(flow, now, label, meant, site)
}
