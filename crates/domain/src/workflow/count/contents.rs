//! The contents of a location: every scan is a fact of its own.

use super::state::key_of;
use super::{Count, CountStep, Key, Last, Pending, Refusal, Sheet, Stage, Tally};
use crate::fact::Fact;
use crate::id::{HandlingUnitId, LocationId, Lot, Serial};
use crate::master::HandlingUnit;
use crate::scan::{Kind, Label, Meaning, Wants};
use crate::stock::Stock;
use crate::workflow::goods::{self, NotYet, QTY_MAX, Search};
use crate::workflow::{Class, Meant, Site, Step, What};
use std::collections::BTreeSet;

/// Booked kinds that a submission names as not there at the most. The core takes what is not named as
/// not there anyway.
pub const ZEROS_MAX: usize = 500;

/// A scan of the contents.
pub(super) fn scan(flow: Count, pending: Option<Pending>, sheet: Sheet, meant: &Meant, site: &Site<'_>) -> CountStep {
    let pending = match pending {
        Some(Pending::Unexpected { code, tallies }) if code == meant.text => {
            let shown = tallies.first().map(|tally| tally.key.item.0.clone()).unwrap_or_default();
            return record(flow, sheet, tallies, What::Item, shown);
        }
        other => other,
    };
    let mut wants =
        Wants::only(Kind::Item).or(Kind::Lot).or(Kind::Serial).or(Kind::Location).or(Kind::HandlingUnit).or(Kind::Tote);
    wants.bare_sscc = true;
    match meant.fit(&wants) {
        Ok(Meaning::Location { id }) => location(flow, pending, sheet, id, site),
        Ok(Meaning::HandlingUnit { unit }) => handling_unit(flow, sheet, unit, meant, site),
        Ok(Meaning::Goods { label }) => count(flow, sheet, label, meant, site),
        Ok(_) => flow.refuse(meant.misfit(Kind::Item)),
        Err(refusal) => flow.refuse(refusal),
    }
}

/// One label, or a part of one.
fn count(mut flow: Count, mut sheet: Sheet, label: &Label, meant: &Meant, site: &Site<'_>) -> CountStep {
    let spot = flow.spot().cloned();
    let found = goods::read(&sheet.label, label, spot.as_ref(), None, None, site.known)
        .and_then(|unit| resolve(&flow, &sheet, &unit, site));
    sheet.label = match &found {
        Ok(_) => Label::default(),
        Err(not_yet) => (*not_yet.keep).clone(),
    };
    let tally = match found {
        Ok(tally) => tally,
        Err(NotYet { refusal, .. }) => {
            set(&mut flow, sheet);
            return flow.refuse(refusal);
        }
    };
    let (what, code) = match (&label.item, &label.serial, &label.lot) {
        (None, Some(serial), _) => (What::Serial, serial.0.clone()),
        (None, None, Some(lot)) => (What::Lot, lot.0.clone()),
        _ => (What::Item, tally.key.item.0.clone()),
    };
    // What was counted here once, after the question, is not asked about again.
    if tally.unexpected && !flow.totals.contains_key(&tally.key) {
        let item = tally.key.item.clone();
        set(&mut flow, sheet);
        flow.pending = Some(Pending::Unexpected { code: meant.text.clone(), tallies: vec![tally] });
        return flow.refuse(Refusal::Unexpected { item });
    }
    record(flow, sheet, vec![tally], what, code)
}

/// Which units a label with an item stands for, and whether the book has such here.
fn resolve(flow: &Count, sheet: &Sheet, label: &Label, site: &Site<'_>) -> Result<Tally, NotYet> {
    let item = label.item.clone().unwrap_or_default();
    let here: Vec<&Stock> = booked(flow, site).filter(|stock| stock.item == item).collect();
    let none = (Lot::default(), Serial::default(), HandlingUnitId::default());
    let seen = |serial: &Serial| flow.totals.keys().any(|key| key.item == item && key.serial == *serial);
    let named = (&none.0, &none.1, &none.2);
    let search = Search { item: &item, here, from: sheet.from.as_ref(), named, seen: &seen };
    let unit = goods::unit(&search, label, site.known).map_err(|refusal| match goods::stays(&refusal) {
        true => NotYet { refusal, keep: Box::new(label.clone()) },
        false => NotYet::anew(refusal),
    })?;
    let units = unit.units;
    let key = Key { item, lot: units.lot, serial: units.serial, handling_unit: units.handling_unit };
    Ok(Tally { key, qty: units.qty, unexpected: !unit.booked })
}

/// What the book has at the location, of the item that is asked for or of everything.
fn booked<'a>(flow: &'a Count, site: &Site<'a>) -> impl Iterator<Item = &'a Stock> {
    let (location, spot) = (flow.location(), flow.spot());
    site.known.stock.iter().filter(move |stock| {
        stock.location == *location && stock.qty > 0 && spot.is_none_or(|item| stock.item == *item)
    })
}

fn key(stock: &Stock) -> Key {
    Key {
        item: stock.item.clone(),
        lot: stock.lot.clone(),
        serial: stock.serial.clone(),
        handling_unit: stock.handling_unit.clone(),
    }
}

/// A handling unit: a sealed one stands for its content, an open one narrows what follows to it.
fn handling_unit(mut flow: Count, mut sheet: Sheet, unit: &HandlingUnit, meant: &Meant, site: &Site<'_>) -> CountStep {
    if !unit.sealed {
        sheet.from = Some(unit.id.clone());
        set(&mut flow, sheet);
        return flow.accept(Class::Accepted, What::HandlingUnit, unit.id.0.clone());
    }
    let inside = || site.known.content.iter().filter(|stock| stock.qty > 0);
    let Some(first) = inside().next() else {
        return flow.refuse(Refusal::WrongHu { scanned: unit.id.clone(), needed: HandlingUnitId::default() });
    };
    // A sealed unit is one thing with a number of its own.
    if inside().any(|stock| flow.totals.contains_key(&key(stock))) {
        return flow.refuse(Refusal::SerialSeen { serial: Serial(unit.id.0.clone()) });
    }
    let mut tallies: Vec<Tally> = Vec::new();
    for stock in inside().filter(|stock| flow.spot().is_none_or(|item| stock.item == *item)) {
        let (key, unexpected) = (key(stock), stock.location != *flow.location());
        match tallies.iter_mut().find(|tally| tally.key == key) {
            Some(tally) => tally.qty = tally.qty.saturating_add(stock.qty),
            None => tallies.push(Tally { key, qty: stock.qty, unexpected }),
        }
    }
    if let (true, Some(needed)) = (tallies.is_empty(), flow.spot().cloned()) {
        return flow.refuse(Refusal::WrongItem { scanned: first.item.clone(), needed });
    }
    if let Some(item) = tallies.iter().find(|tally| tally.unexpected).map(|tally| tally.key.item.clone()) {
        flow.pending = Some(Pending::Unexpected { code: meant.text.clone(), tallies });
        return flow.refuse(Refusal::Unexpected { item });
    }
    record(flow, sheet, tallies, What::HandlingUnit, unit.id.0.clone())
}

/// Records what a scan counts.
fn record(mut flow: Count, mut sheet: Sheet, tallies: Vec<Tally>, what: What, code: String) -> CountStep {
    sheet.label = Label::default();
    sheet.last = match tallies.as_slice() {
        [one] if one.key.serial.is_none() && what != What::HandlingUnit => {
            Some(Box::new(Last { key: one.key.clone(), given: one.qty, unexpected: one.unexpected }))
        }
        _ => None,
    };
    let mut facts = Vec::new();
    for tally in tallies {
        facts.push(counted(&flow, &tally, false));
        let total = flow.totals.entry(tally.key).or_default();
        *total = total.saturating_add(tally.qty);
    }
    set(&mut flow, sheet);
    Step { facts, ..flow.accept(Class::Accepted, what, code) }
}

fn counted(flow: &Count, tally: &Tally, typed: bool) -> Fact {
    let Key { item, lot, serial, handling_unit } = tally.key.clone();
    Fact::Counted {
        count: flow.count_id().cloned().unwrap_or_default(),
        task: flow.task.id.clone(),
        location: flow.location().clone(),
        item,
        lot,
        serial,
        handling_unit,
        qty: tally.qty,
        typed,
        unexpected: tally.unexpected,
    }
}

fn set(flow: &mut Count, now: Sheet) {
    if let Stage::Contents { sheet, .. } = &mut flow.stage {
        *sheet = now;
    }
}

/// The location again: out of the handling unit that is being counted, else the end of the count.
fn location(
    mut flow: Count,
    pending: Option<Pending>,
    mut sheet: Sheet,
    id: &LocationId,
    site: &Site<'_>,
) -> CountStep {
    let needed = flow.location().clone();
    if *id != needed {
        return flow.refuse(Refusal::WrongLocation { scanned: id.clone(), needed });
    }
    let in_unit = sheet.from.as_ref().is_some_and(|unit| !unit.is_none());
    let begun = sheet.label.item.is_some();
    if in_unit || begun {
        // From here on it is about the loose stock, where there is any. A label that was begun asked for
        // that, or is given up: the count never ends in the middle of a unit.
        if begun && sheet.from.is_some() {
            sheet.label = Label::default();
        }
        let loose = booked(&flow, site).any(|stock| stock.handling_unit.is_none());
        sheet.from = (loose || begun).then(HandlingUnitId::default);
        set(&mut flow, sheet);
        return flow.accept(Class::Accepted, What::Shelf, id.0.clone());
    }
    let missing = missing(&flow, site);
    // A location that is read twice by mistake is no empty one.
    if pending != Some(Pending::Partial) && (!missing.is_empty() || flow.totals.is_empty()) {
        flow.pending = Some(Pending::Partial);
        let open = i64::try_from(missing.len()).unwrap_or(i64::MAX);
        return flow.refuse(Refusal::Partial { open });
    }
    submit(flow, missing, false)
}

/// What the book has and nobody counted.
fn missing(flow: &Count, site: &Site<'_>) -> BTreeSet<Key> {
    booked(flow, site).map(key).filter(|key| !flow.totals.contains_key(key)).collect()
}

/// What was not counted is not there.
fn submit(flow: Count, missing: BTreeSet<Key>, nothing: bool) -> CountStep {
    let zero = |key| Tally { key, qty: 0, unexpected: false };
    let mut facts: Vec<Fact> =
        missing.into_iter().take(ZEROS_MAX).map(|key| counted(&flow, &zero(key), false)).collect();
    facts.push(Fact::CountSubmitted {
        count: flow.count_id().cloned().unwrap_or_default(),
        task: flow.task.id.clone(),
        location: flow.location().clone(),
        nothing,
    });
    flow.go_on(facts)
}

/// Nothing is there, says the location.
pub(super) fn nothing(flow: Count, location: &LocationId, meant: &Meant, site: &Site<'_>) -> CountStep {
    match meant.location() {
        Ok(found) if found == location => {
            let mut missing = missing(&flow, site);
            // A spot count says of its item that there is none, booked or not.
            if let (true, Some(item)) = (missing.is_empty(), flow.spot()) {
                missing.insert(Key { item: item.clone(), ..Key::default() });
            }
            submit(flow, missing, true)
        }
        Ok(found) => flow.refuse(Refusal::WrongLocation { scanned: found.clone(), needed: location.clone() }),
        Err(refusal) => flow.refuse(refusal),
    }
}

/// The last scan stood for so many: what it gave is filled up.
pub(super) fn typed(mut flow: Count, qty: i64) -> CountStep {
    let Stage::Contents { mut sheet, .. } = flow.stage.clone() else { return flow.not_now() };
    let Some(last) = &mut sheet.last else { return flow.refuse(Refusal::ScanEach) };
    if qty <= 0 || qty > QTY_MAX || qty < last.given {
        return flow.refuse(Refusal::QtyBad);
    }
    let tally = Tally { key: last.key.clone(), qty: qty - last.given, unexpected: last.unexpected };
    last.given = qty;
    let mut facts = Vec::new();
    if tally.qty > 0 {
        facts.push(counted(&flow, &tally, true));
        let total = flow.totals.entry(tally.key).or_default();
        *total = total.saturating_add(tally.qty);
    }
    sheet.label = Label::default();
    set(&mut flow, sheet);
    Step { facts, ..flow.accept(Class::Accepted, What::Quantity, qty.to_string()) }
}

/// A fact of this count does not hold.
pub(super) fn undo(mut flow: Count, epoch: u64, seq: u64, fact: &Fact) -> CountStep {
    let (Stage::Contents { mut sheet, .. }, Fact::Counted { count, qty, .. }, Some(key)) =
        (flow.stage.clone(), fact, key_of(fact))
    else {
        return flow.not_now();
    };
    let held = flow.totals.get(&key).copied().unwrap_or(0);
    if flow.count_id() != Some(count) || held < *qty {
        return flow.not_now();
    }
    let code = key.item.0.clone();
    sheet.label = Label::default();
    sheet.last = sheet.last.and_then(|mut last| {
        last.given -= if last.key == key { *qty } else { 0 };
        (last.given > 0).then_some(last)
    });
    match held - qty {
        0 => flow.totals.remove(&key),
        left => flow.totals.insert(key, left),
    };
    set(&mut flow, sheet);
    Step { facts: vec![Fact::Undone { epoch, seq }], ..flow.accept(Class::Accepted, What::Undone, code) }
}
