//! Returns in `status`.

use super::{CODES_MAX, GS, codes_of, codes_within, is_gtin};
use crate::app::{App, Flow, Returning, ReturnsOpen};
use crate::store::{Store, StoreError};
use floorhand_domain::returns::{ReturnReason, ShippedLine};
use floorhand_domain::scan::Kind;
use floorhand_domain::workflow::Expect;
use floorhand_domain::workflow::returns::{Field, Returns};
use serde_json::{Value, json};

/// A row of a sheet by its digit, on the first page.
const DIGITS: usize = 6;
/// The digit of "Other reason" among the reasons of another outcome.
const OTHER: &str = "4";

fn one(kind: Kind, codes: Vec<String>) -> Vec<Expect> {
    vec![Expect { kind, codes }]
}

pub(super) fn task(at: &Returns) -> Value {
    json!({"id": at.rma_id(), "kind": "return", "order": at.order, "inspection": at.inspection})
}

/// The return that ended last, and what is offered.
pub(super) fn last(open: &ReturnsOpen) -> Value {
    json!({"last": open.last, "offers": open.offers})
}

pub(super) fn entry(app: &App, flow: &Returning) -> Value {
    let at = &flow.under.at;
    let Some(entry) = at.entry() else { return Value::Null };
    let questions = at.questions();
    let asked: Vec<Value> =
        questions.iter().map(|question| json!({"code": question.code, "yes": entry.answer(&question.code)})).collect();
    json!({
        "item": entry.item,
        "lot": entry.lot,
        "serial": entry.serial,
        "order": entry.order,
        "grams": entry.grams,
        "expected_grams": at.expected_grams(),
        "questions": asked,
        "grade": at.grade_now(),
        "grades": at.grades(),
        "reason": at.reason_now(),
        "photos": entry.photos.len(),
        "photo_needed": at.field() == Some(Field::Photo),
        "disposition": at.disposition(),
        "outcomes": app.outcomes().iter().map(|(own, why)| json!({"code": own, "why": why})).collect::<Vec<_>>(),
    })
}

pub(super) fn open(store: &Store, open: &ReturnsOpen) -> Result<Vec<Expect>, StoreError> {
    let codes = match open.offers.as_slice() {
        [] => store.rmas_open(CODES_MAX)?.into_iter().map(|rma| rma.id.0).collect(),
        offers => offers.iter().map(|offer| offer.rma.0.clone()).filter(|id| !id.is_empty()).collect(),
    };
    Ok(one(Kind::Return, codes))
}

pub(super) fn returning(store: &Store, flow: &Returning) -> Result<Vec<Expect>, StoreError> {
    let at = &flow.under.at;
    let (Some(field), Some(entry)) = (at.field(), at.entry()) else { return Ok(one(Kind::Item, items(store, at)?)) };
    let rows = || at.shipped.iter().filter(|row| row.item == entry.item && row.open_qty() > 0);
    Ok(match field {
        Field::Lot => {
            let mut lots: Vec<&str> = rows().map(|row| row.lot.as_str()).filter(|lot| !lot.is_empty()).collect();
            lots.sort_unstable();
            lots.dedup();
            one(Kind::Lot, lots.into_iter().take(CODES_MAX).map(|lot| format!("]C110{lot}")).collect())
        }
        Field::Serial => {
            let serials = rows().map(|row| row.serial.as_str()).filter(|serial| !serial.is_empty());
            one(Kind::Serial, serials.take(CODES_MAX).map(|serial| format!("]C121{serial}")).collect())
        }
        Field::Quantity if at.expected() > 0 => {
            one(Kind::Item, codes_within(store, &entry.item, at.expected().saturating_sub(entry.qty))?)
        }
        Field::Quantity => one(Kind::Item, codes_of(store, &entry.item)?),
        // Kilograms, as they are typed.
        Field::Weigh => {
            let grams = at.expected_grams();
            let kilos = (grams > 0).then(|| format!("{}.{:03}", grams / 1_000, grams % 1_000));
            one(Kind::Weight, kilos.into_iter().collect())
        }
        Field::Parts | Field::Inspect | Field::Photo => Vec::new(),
        Field::Put => {
            let bin = at.disposition().map(|outcome| flow.bin(outcome)).filter(|bin| !bin.is_none());
            let mut codes = Vec::new();
            if let Some(bin) = bin {
                codes.push(store.location(&bin)?.map_or_else(|| bin.0.clone(), |place| place.code));
            }
            one(Kind::Location, codes)
        }
    })
}

/// Every code of what can still come back; of what was announced where something was.
fn items(store: &Store, at: &Returns) -> Result<Vec<String>, StoreError> {
    let mut codes = Vec::new();
    let rows = at.rows();
    let announced = rows.iter().any(|row| row.announced > 0);
    for row in rows {
        let left = if announced { (row.announced - row.here).min(row.open) } else { row.open };
        if left <= 0 {
            continue;
        }
        let item = store.item(&row.item)?.unwrap_or_default();
        if !item.lot_tracked && !item.serial_tracked {
            codes.extend(codes_within(store, &row.item, left)?);
            continue;
        }
        let barcodes = store.barcodes_of(&row.item)?;
        let each = barcodes.iter().find(|barcode| barcode.qty == 1 && is_gtin(&barcode.code));
        let own = at.shipped.iter().filter(|sent| sent.line == row.line && sent.open_qty() > 0);
        codes.extend(own.map(|sent| match each {
            Some(barcode) => labelled(&barcode.code, sent),
            None if sent.serial.is_none() => sent.lot.0.clone(),
            None => sent.serial.0.clone(),
        }));
    }
    codes.truncate(CODES_MAX);
    Ok(codes)
}

/// The label of a unit that was shipped.
fn labelled(gtin: &str, sent: &ShippedLine) -> String {
    let lot = if sent.lot.is_none() { String::new() } else { format!("10{}", sent.lot) };
    let serial = if sent.serial.is_none() { String::new() } else { format!("21{}", sent.serial) };
    let gap = if lot.is_empty() || serial.is_empty() { String::new() } else { GS.to_string() };
    format!("]C101{gtin}{lot}{gap}{serial}")
}

/// What leads through a page, with all the keys from the step on and what is still to be scanned.
pub(super) fn through_pages(app: &App) -> Vec<(String, Vec<String>, Value)> {
    let Flow::Returns(flow) = &app.flow else { return Vec::new() };
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    match flow.under.at.field() {
        Some(Field::Inspect | Field::Photo) => {
            let rows = ReturnReason::ALL.iter().take(DIGITS).enumerate();
            let mut found: Vec<_> = rows
                .map(|(n, reason)| {
                    (format!("because-{}", reason.as_str()), keys(&["F9", &(n + 1).to_string()]), Value::Null)
                })
                .collect();
            found.push(("photo".to_owned(), keys(&["F8", "F8", "F8"]), Value::Null));
            found
        }
        Some(Field::Put) => {
            let row = |(n, (outcome, why)): (usize, (floorhand_domain::returns::Disposition, &str))| {
                let digit = (n + 1).to_string();
                let name = format!("as-{}", outcome.as_str());
                match why {
                    "" if app.proposed_outcome(flow) == Some(outcome) => Some((name, keys(&[&digit]), Value::Null)),
                    "" => Some((name, keys(&[&digit, OTHER]), Value::Null)),
                    "role" => Some((name, keys(&[&digit]), json!({"then": "badge"}))),
                    _ => None,
                }
            };
            app.outcomes().into_iter().enumerate().filter_map(row).collect()
        }
        _ => Vec::new(),
    }
}
