//! What the packing bench and the dock ask for.

use super::{CODES_MAX, codes_within, is_gtin, unit_code};
use crate::app::{App, BenchFlow, PackFlow, Under};
use crate::store::{Store, StoreError};
use floorhand_domain::scan::Kind;
use floorhand_domain::workflow::Expect;
use floorhand_domain::workflow::load::Load;
use floorhand_domain::workflow::pack::{Content, Stage};

const GS: char = '\u{1d}';

fn one(kind: Kind, codes: Vec<String>) -> Vec<Expect> {
    vec![Expect { kind, codes }]
}

/// Orders by their numbers; then packed cartons that need another label.
pub(super) fn bench(app: &App, flow: &BenchFlow) -> Vec<Expect> {
    if !flow.choices.is_empty() {
        return one(Kind::Order, flow.choices.iter().take(CODES_MAX).map(|order| order.id.0.clone()).collect());
    }
    let orders = app.bench.queue.iter().take(CODES_MAX).map(|order| order.id.0.clone()).collect();
    let mut expects = one(Kind::Order, orders);
    if !app.bench.relabel.is_empty() {
        let codes = app.bench.relabel.iter().take(CODES_MAX).map(|carton| unit_code(carton.as_str())).collect();
        expects.push(Expect { kind: Kind::HandlingUnit, codes });
    }
    expects
}

pub(super) fn packing(store: &Store, flow: &PackFlow) -> Result<Vec<Expect>, StoreError> {
    let at = &flow.at;
    if let Stage::Weigh { carton } = &at.stage {
        let expected = at.expected_grams(carton).map(|grams| grams.to_string());
        return Ok(one(Kind::Weight, expected.into_iter().collect()));
    }
    let mut expects = at.expects();
    for expect in &mut expects {
        match expect.kind {
            Kind::Item => {
                for unit in at.wanted() {
                    expect.codes.extend(codes(store, &unit)?);
                }
                expect.codes.truncate(CODES_MAX);
            }
            Kind::HandlingUnit => expect.codes.iter_mut().for_each(|code| *code = unit_code(code)),
            // A bench without a suggestion takes any type.
            Kind::CartonType if expect.codes.is_empty() => {
                let suits = flow.types.iter().filter(|kind| kind.suits(&at.order.carrier));
                expect.codes.extend(suits.map(|kind| kind.id.0.clone()));
            }
            _ => {}
        }
    }
    Ok(expects)
}

/// The codes of units of one lot or serial number.
fn codes(store: &Store, unit: &Content) -> Result<Vec<String>, StoreError> {
    if unit.lot.is_none() && unit.serial.is_none() {
        return codes_within(store, &unit.item, unit.qty);
    }
    let most = if unit.serial.is_none() { unit.qty } else { 1 };
    let lot = if unit.lot.is_none() { String::new() } else { format!("10{}", unit.lot) };
    let serial = if unit.serial.is_none() { String::new() } else { format!("21{}", unit.serial) };
    let gap = if lot.is_empty() || serial.is_empty() { String::new() } else { GS.to_string() };
    let mut barcodes = store.barcodes_of(&unit.item)?;
    barcodes.retain(|barcode| is_gtin(&barcode.code) && barcode.qty <= most);
    barcodes.sort_by(|a, b| a.qty.cmp(&b.qty).then_with(|| a.code.cmp(&b.code)));
    Ok(barcodes.iter().map(|barcode| format!("]C101{}{lot}{gap}{serial}", barcode.code)).collect())
}

/// The dock of what waits; at it the cartons that leave there.
pub(super) fn loading(store: &Store, flow: &Under<Load>) -> Result<Vec<Expect>, StoreError> {
    let ready = store.cartons_to_load(CODES_MAX)?;
    if flow.at.dock.is_none() {
        let mut docks: Vec<String> = Vec::new();
        for (_, order) in ready.iter().filter(|(_, order)| !order.dock.is_none()) {
            let code = store.location(&order.dock)?.map_or_else(|| order.dock.0.clone(), |place| place.code);
            if !docks.contains(&code) {
                docks.push(code);
            }
        }
        return Ok(one(Kind::Location, docks));
    }
    let here = ready.iter().filter(|(_, order)| order.dock.is_none() || order.dock == flow.at.dock);
    Ok(one(Kind::HandlingUnit, here.map(|(carton, _)| unit_code(carton.id.as_str())).collect()))
}

/// Units in cartons, and units picked.
pub(super) fn quantity_of(flow: &PackFlow) -> (i64, i64) {
    let asked: i64 = flow.at.lines.iter().map(floorhand_domain::outbound::PackLine::picked_qty).sum();
    (asked.saturating_sub(flow.at.left_qty()), asked)
}
