//! What must hold for every input of `floorhand-gs1`.

use floorhand_gs1::association::Unit;
use floorhand_gs1::digital_link::{self, Options};
use floorhand_gs1::encode::{Carrier, scan_data};
use floorhand_gs1::linter::Linter;
use floorhand_gs1::{Ai, Content, Date, DayZero, Elements, Error, Gtin, Mode, Sscc, element};
use std::ops::Range;

type Pair = (String, String);

fn pairs(elements: &Elements) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = elements.iter().map(|own| (own.ai.to_string(), own.value.clone())).collect();
    pairs.sort();
    pairs.dedup();
    pairs
}

fn inside(span: &Range<usize>, len: usize) {
    assert!(span.start <= span.end && span.end <= len, "{span:?} of {len}");
}

fn fault(error: &Error, len: usize) {
    inside(&error.span, len);
    assert!(!error.code().is_empty() && !error.to_string().is_empty());
}

/// What holds for all that was parsed.
fn parsed(elements: &Elements, len: usize) {
    assert!(!elements.is_empty() && elements.len() <= element::MAX_ELEMENTS);
    for own in elements {
        inside(&own.span, len);
        assert!(own.value.is_ascii() && own.value.len() <= element::MAX_VALUE_BYTES);
        assert_eq!(element::Element::new(own.ai, &own.value).map(|again| again.value).as_ref(), Ok(&own.value));
    }
    let raw = elements.to_raw();
    let strict = element::parse(&raw, Mode::Strict).expect("what is written can be read");
    assert_eq!(pairs(&strict), pairs(elements));
    let bracketed = element::parse_bracketed(&elements.to_bracketed()).expect("brackets can be read");
    assert_eq!(bracketed.to_raw(), raw);
    assert_eq!(element::parse_caret(&elements.to_caret()).expect("carets can be read").to_raw(), raw);
    let report = elements.associations();
    let _ = (elements.measures(), elements.amounts(), elements.expiry(2026), elements.best_before(0), elements.count());
    let mut unit = Unit::default();
    assert_eq!(unit.add(elements).is_ok(), report.is_consistent());
    if let Ok(uri) = digital_link::generate(elements, None) {
        let again = digital_link::parse(&uri, &Options::default()).expect("a link that was written can be read");
        assert_eq!(pairs(&again), pairs(elements));
    }
}

/// Raw data; the first bit chooses the mode.
pub fn raw(data: &[u8]) {
    let (mode, data) = match data.split_first() {
        Some((first, rest)) if first & 1 == 1 => (Mode::Lenient, rest),
        Some((_, rest)) => (Mode::Strict, rest),
        None => (Mode::Strict, data),
    };
    let pieces: Result<Vec<_>, _> =
        element::pieces(data, mode).map(|piece| piece.map(|own| (own.ai, own.value, own.span))).collect();
    match element::parse(data, mode) {
        Ok(found) => {
            parsed(&found, data.len());
            let all: Vec<(Ai, &str, Range<usize>)> =
                found.iter().map(|own| (own.ai, own.value.as_str(), own.span.clone())).collect();
            assert_eq!(pieces, Ok(all));
            for (ai, value, span) in pieces.unwrap_or_default() {
                assert_eq!(data.get(span), Some(format!("{ai}{value}").as_bytes()));
            }
        }
        Err(error) => fault(&error, data.len()),
    }
}

/// The bracketed form, and `^` for FNC1.
pub fn bracketed(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for found in [element::parse_bracketed(text), element::parse_caret(text)] {
        match found {
            Ok(found) => parsed(&found, data.len()),
            Err(error) => fault(&error, data.len()),
        }
    }
    for carrier in [Carrier::Qr, Carrier::Gs1_128, Carrier::DataBarOmni, Carrier::Ean13, Carrier::UpcE, Carrier::Itf14]
    {
        if let Ok(scan) = scan_data(carrier, text) {
            let read = floorhand_gs1::read(&scan, Mode::Strict);
            assert!(read.symbology.is_some(), "{read:?}");
        }
    }
}

/// Digital Links.
pub fn link(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for zero_suppressed_gtin in [false, true] {
        match digital_link::parse(text, &Options { zero_suppressed_gtin }) {
            Ok(found) => {
                for own in &found {
                    inside(&own.span, data.len());
                }
                let uri = digital_link::generate(&found, None).expect("a link that was read can be written");
                let again = digital_link::parse(&uri, &Options::default()).expect("and read again");
                assert_eq!(pairs(&again), pairs(&found), "{uri}");
            }
            Err(error) => fault(&error, data.len()),
        }
    }
}

/// Whole scans; numbers, dates and content rules by themselves.
pub fn scan(data: &[u8]) {
    for mode in [Mode::Lenient, Mode::Strict] {
        let read = floorhand_gs1::read(data, mode);
        assert_eq!(read.readings.is_empty(), read.error.is_some());
        assert!(!read.text.chars().any(char::is_control));
        if let Some(error) = &read.error {
            fault(error, data.len());
        }
        for warning in &read.warnings {
            assert!(mode == Mode::Lenient && !warning.code().is_empty() && !warning.to_string().is_empty());
        }
        for note in &read.notes {
            assert!(!note.code().is_empty() && !note.to_string().is_empty());
        }
        for content in &read.readings {
            match content {
                Content::Elements(elements) => assert!(elements.associations().conflicts.is_empty()),
                Content::Gtin(scan) => {
                    let short = if scan.digits.len() == 8 { Gtin::from_upc_e(&scan.digits).ok() } else { None };
                    assert!(Gtin::from_digits(&scan.digits).ok().or(short).is_some());
                    assert_eq!(Gtin::from_digits(scan.gtin.short()).ok(), Some(scan.gtin));
                }
                Content::Sscc(sscc) => assert_eq!(Sscc::from_digits(sscc.as_str()).as_ref(), Ok(sscc)),
                Content::Plain(text) => assert_eq!(*text, read.text),
            }
        }
    }
    let escaped = floorhand_gs1::escape(data);
    assert_eq!(floorhand_gs1::unescape(&escaped).as_deref(), Some(data));
    for rule in Linter::ALL {
        if let Err(error) = rule.check(data) {
            inside(&error.span, data.len());
        }
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = (Gtin::from_digits(text), Gtin::from_upc_e(text), Sscc::from_digits(text), Ai::new(text));
        let _ = (Date::from_yymmdd(text, u16::MAX, DayZero::LastOfMonth), Date::from_yyyymmdd(text));
        let _ = (floorhand_gs1::ai::entry(text), floorhand_gs1::unescape(text));
    }
}
