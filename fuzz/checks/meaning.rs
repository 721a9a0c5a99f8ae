//! What must hold for every scan, by any rules, where everything is known by every name.

use floorhand_domain::master::{Barcode, HandlingUnit, HandlingUnitKind, Location, Unit};
use floorhand_domain::scan::{
    self, DatePolicy, Kind, Known, Lookup, Meaning, Pattern, Refusal, RestrictedMask, RestrictedValue, Rules,
    SCAN_BYTES_MAX, Scan, Source, Wants,
};
use floorhand_domain::workflow::Meant;

/// Codes of one kind that one scan can name at the most.
const CODES_MAX: usize = 140;

fn rules(bits: u8) -> Rules {
    let mut rules = Rules::default();
    if bits & 1 > 0 {
        let pattern = |kind, prefix: &str, mask: &str| Pattern { kind, prefix: prefix.into(), mask: mask.into() };
        rules.patterns = vec![
            pattern(Kind::Location, "L", ""),
            pattern(Kind::Location, "LOC-", "@-##-##"),
            pattern(Kind::Tote, "T/", ""),
            pattern(Kind::Item, "9", ""),
            pattern(Kind::Badge, "B", "????"),
            pattern(Kind::Lot, "1", ""),
            pattern(Kind::Serial, "2", ""),
            pattern(Kind::Task, "K", ""),
            pattern(Kind::Pin, "P", ""),
            pattern(Kind::Tote, "", ""),
        ];
    }
    if bits & 2 > 0 {
        let mask = |prefix: &str, item_digits, value_digits, decimals, value| RestrictedMask {
            prefix: prefix.into(),
            item_digits,
            value_digits,
            decimals,
            value,
        };
        rules.restricted = vec![
            mask("28", 5, 5, 3, RestrictedValue::Weight),
            mask("2", 6, 5, 2, RestrictedValue::Price),
            mask("02", 0, 10, 0, RestrictedValue::Count),
            mask("04", 9, 255, 9, RestrictedValue::Weight),
            mask("", 12, 0, 0, RestrictedValue::Count),
        ];
    }
    if bits & 4 > 0 {
        rules.glns = vec!["9521234543213".into()];
    }
    rules.best_before = match bits & 24 {
        0 => DatePolicy::Ignore,
        8 => DatePolicy::Block,
        _ => DatePolicy::Warn,
    };
    rules.accept_unclosed = bits & 32 > 0;
    rules
}

/// Everything is known by the name it was looked up by.
fn known(look: &Lookup) -> Known {
    let mut known = Known::default();
    for code in &look.barcodes {
        known.barcodes.push(Barcode { code: code.clone(), item: "X".into(), qty: i64::MAX, unit: Unit::Case });
        known.barcodes.push(Barcode { code: code.clone(), item: "Y".into(), qty: 1, unit: Unit::Each });
    }
    for code in &look.locations {
        known.locations.push(Location { id: code.as_str().into(), code: code.clone(), ..Location::default() });
    }
    for code in &look.handling_units {
        let kind = if code.len().is_multiple_of(2) { HandlingUnitKind::Tote } else { HandlingUnitKind::Pallet };
        known.handling_units.push(HandlingUnit { id: code.as_str().into(), kind, ..HandlingUnit::default() });
    }
    known.lots = look.lots.iter().map(|lot| ("X".into(), lot.as_str().into())).collect();
    known.serials = look.serials.iter().map(|serial| ("Y".into(), serial.as_str().into())).collect();
    known
}

/// The first byte chooses rules and whether the frame was closed, the rest is the scan.
pub fn classify(data: &[u8]) {
    let Some((bits, raw)) = data.split_first() else { return };
    let rules = rules(*bits);
    let _ = rules.faults();
    let scan = Scan { raw: raw.to_vec(), source: Source::Serial, complete: bits & 128 == 0 };
    let read = match scan::read_by(&scan, &rules) {
        Ok(read) => read,
        Err(misread) => return assert!(matches!(misread.refusal, Refusal::BadRead | Refusal::Checksum)),
    };
    assert!(raw.len() <= SCAN_BYTES_MAX && (scan.complete || rules.accept_unclosed));
    let look = Lookup::by(&read, &rules);
    for list in
        [&look.barcodes, &look.locations, &look.handling_units, &look.badges, &look.tasks, &look.lots, &look.serials]
    {
        assert!(list.len() <= CODES_MAX, "{} codes", list.len());
        assert!(list.iter().all(|code| code.len() <= SCAN_BYTES_MAX));
    }
    // Where nothing is known, a scan means at the most what its elements tell about a unit.
    let nothing = scan::classify(&read, &Known::default(), &rules, "2026-06-15");
    assert!(nothing.meanings.iter().all(|meaning| matches!(meaning, Meaning::Goods { label } if label.item.is_none())));
    let symbol = scan::classify(&read, &known(&look), &rules, "2026-06-15");
    assert!(symbol.meanings.len() <= 8 * CODES_MAX);
    for (n, meaning) in symbol.meanings.iter().enumerate() {
        assert!(!symbol.meanings.iter().skip(n + 1).any(|other| other == meaning), "twice: {meaning:?}");
        let named = match meaning {
            Meaning::Goods { label } => {
                let lot = label.lot.as_ref().is_none_or(|lot| look.lots.iter().any(|own| own == lot.as_str()));
                let serial =
                    label.serial.as_ref().is_none_or(|serial| look.serials.iter().any(|own| own == serial.as_str()));
                lot && serial && label.qty >= 0
            }
            Meaning::Location { id } => look.locations.iter().any(|own| own == id.as_str()),
            Meaning::HandlingUnit { unit } => look.handling_units.iter().any(|own| own == unit.id.as_str()),
            _ => true,
        };
        assert!(named, "{meaning:?} was not looked up");
    }
    let meant = Meant::from(symbol.clone());
    for needed in [Kind::Item, Kind::Location, Kind::Tote, Kind::HandlingUnit, Kind::Lot, Kind::Serial, Kind::Badge] {
        let wants = Wants::only(needed);
        match meant.fit(&wants) {
            Ok(meaning) => assert_eq!(meaning.kind(), needed),
            Err(Refusal::Ambiguous { readings }) => {
                assert!(readings.len() > 1 && readings.iter().all(|reading| reading.kind == needed))
            }
            Err(other) => assert!(matches!(other, Refusal::UnknownCode | Refusal::WrongKind { .. }), "{other:?}"),
        }
    }
    let _ = shown(&symbol);
}

/// Every hint and detail can be shown.
fn shown(symbol: &scan::Symbol) -> usize {
    symbol.hints.iter().map(|hint| hint.code().len()).sum::<usize>() + symbol.details.incomplete.len()
}
