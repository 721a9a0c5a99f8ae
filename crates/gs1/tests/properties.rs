//! Properties over generated data: nothing panics, nothing is lost on a round trip.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, missing_docs)]

use floorhand_gs1::ai::{self, CharSet, Entry};
use floorhand_gs1::association::Unit;
use floorhand_gs1::digital_link::{self, Options};
use floorhand_gs1::linter::Linter;
use floorhand_gs1::{Content, Date, DayZero, Elements, Gtin, Mode, Sscc, check, element, escape, read, unescape};
use proptest::prelude::*;

const SET_82: &str = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/// A bracketed element of an entry whose rules a random value can meet.
fn element_of(entry: &'static Entry) -> BoxedStrategy<String> {
    let part = entry.components[0];
    let (set, min, max) = (part.set, usize::from(part.min), usize::from(part.max));
    let characters: Vec<char> = match set {
        CharSet::Numeric => ('0'..='9').collect(),
        _ => SET_82.chars().collect(),
    };
    let checked = part.linters.contains(&Linter::Csum);
    let numbers: (u32, u32) = (entry.first.parse().unwrap(), entry.last.parse().unwrap());
    let width = entry.first.len();
    (prop::collection::vec(prop::sample::select(characters), min..=max), numbers.0..=numbers.1)
        .prop_map(move |(mut value, ai)| {
            if checked {
                value.pop();
                let body: String = value.iter().collect();
                value.push(char::from(b'0' + check::digit(body.as_bytes()).unwrap()));
            }
            let value: String = value.into_iter().collect();
            format!("({ai:0width$}){}", value.replace('(', "\\("))
        })
        .boxed()
}

/// Entries of one component without rules, or with nothing but a check digit.
fn simple() -> Vec<&'static Entry> {
    ai::entries()
        .filter(|entry| {
            entry.components.len() == 1
                && matches!(entry.components[0].set, CharSet::Numeric | CharSet::Set82)
                && entry.components[0]
                    .linters
                    .iter()
                    .all(|rule| matches!(rule, Linter::Csum | Linter::GcpPos1 | Linter::GcpPos2))
                && (entry.components[0].set == CharSet::Numeric || entry.components[0].linters.is_empty())
        })
        .collect()
}

fn label() -> impl Strategy<Value = Elements> {
    let one = prop::sample::select(simple()).prop_flat_map(element_of);
    prop::collection::vec(one, 1..12)
        .prop_filter_map("repeats with another value", |parts| element::parse_bracketed(&parts.concat()).ok())
}

fn pairs(elements: &Elements) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = elements.iter().map(|own| (own.ai.to_string(), own.value.clone())).collect();
    pairs.sort();
    pairs.dedup();
    pairs
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn raw_to_bracketed_to_raw(label in label()) {
        let raw = label.to_raw();
        let parsed = element::parse(&raw, Mode::Strict).unwrap();
        let again = element::parse_bracketed(&parsed.to_bracketed()).unwrap();
        prop_assert_eq!(again.to_raw(), raw.clone());
        prop_assert_eq!(pairs(&parsed), pairs(&label));
        prop_assert_eq!(element::parse_caret(&label.to_caret()).unwrap().to_raw(), raw);
    }

    #[test]
    fn spans_name_the_bytes_of_each_element(label in label()) {
        let raw = label.to_raw();
        for own in &element::parse(&raw, Mode::Strict).unwrap() {
            let text = format!("{}{}", own.ai, own.value);
            prop_assert_eq!(&raw[own.span.clone()], text.as_bytes());
        }
    }

    #[test]
    fn pieces_are_what_is_parsed(label in label(), noise in prop::collection::vec(any::<u8>(), 0..8), lenient: bool) {
        let mode = if lenient { Mode::Lenient } else { Mode::Strict };
        let mut raw = label.to_raw();
        raw.extend_from_slice(&noise);
        let pieces: Result<Vec<_>, _> = element::pieces(&raw, mode).collect();
        let pieces = pieces.map(|list| list.into_iter().map(|one| (one.ai, one.value.to_owned(), one.span)).collect());
        match element::parse(&raw, mode) {
            Ok(all) => {
                let all = all.elements.into_iter().map(|own| (own.ai, own.value, own.span)).collect::<Vec<_>>();
                prop_assert_eq!(pieces, Ok(all));
            }
            // Pieces are not compared with each other.
            Err(error) if error.code() == "differing-repeat" => {}
            Err(error) => prop_assert_eq!(pieces, Err(error)),
        }
    }

    #[test]
    fn labels_make_one_unit_in_any_sequence(labels in prop::collection::vec(label(), 1..4)) {
        let all = |labels: Vec<&Elements>| {
            let mut unit = Unit::default();
            let added = labels.into_iter().try_for_each(|label| unit.add(label));
            added.map(|()| (pairs(unit.elements()), unit.report().is_complete()))
        };
        let (there, back) = (all(labels.iter().collect()), all(labels.iter().rev().collect()));
        prop_assert_eq!(there.is_ok(), back.is_ok());
        if let (Ok(there), Ok(back)) = (there, back) {
            prop_assert_eq!(there, back);
        }
    }

    #[test]
    fn raw_to_digital_link_to_raw(
        gtin in "[0-9]{13}",
        serial in prop::option::of("[!-/:;<=>?A-Za-z_0-9&&[^#$]]{1,20}"),
        lot in prop::option::of("[A-Za-z0-9/%+.]{1,20}"),
        internal in prop::option::of("[A-Z%&+/=?]{1,30}"),
    ) {
        let mut text = format!("(01){gtin}{}", check::digit(gtin.as_bytes()).unwrap());
        for (ai, value) in [("21", serial), ("10", lot), ("99", internal)] {
            if let Some(value) = value {
                text.push_str(&format!("({ai}){}", value.replace('(', "\\(")));
            }
        }
        let label = element::parse_bracketed(&text).unwrap();
        let uri = digital_link::generate(&label, None).unwrap();
        let again = digital_link::parse(&uri, &Options::default()).unwrap();
        prop_assert_eq!(pairs(&again), pairs(&label));
        prop_assert_eq!(digital_link::generate(&again, None).unwrap(), uri);
    }

    #[test]
    fn any_label_that_makes_a_link_comes_back(label in label()) {
        if let Ok(uri) = digital_link::generate(&label, None) {
            let again = digital_link::parse(&uri, &Options::default()).unwrap();
            prop_assert_eq!(pairs(&again), pairs(&label));
        }
    }

    #[test]
    fn reading_random_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), lenient: bool) {
        let mode = if lenient { Mode::Lenient } else { Mode::Strict };
        let result = read(&bytes, mode);
        prop_assert_eq!(result.readings.is_empty(), result.error.is_some());
        if let Some(error) = result.error {
            prop_assert!(error.span.start <= error.span.end && error.span.end <= bytes.len(), "{:?}", error);
        }
    }

    #[test]
    fn reading_likely_bytes_never_panics(
        head in prop::sample::select(vec!["]C1", "]d2", "]Q1", "]E0", "]E3", "]E4", "]e0", "]I1", "]I0", "]J0", "]X0", ""]),
        body in "[0-9A-Za-z()|\\]/:?&=%\\x1d\\\\^ é]{0,60}",
        prefix in prop::sample::select(vec!["", "01", "(01)", "https://a/01/", "\u{1d}", "8110", "8112", "8007", "|]e0"]),
    ) {
        let text = format!("{head}{prefix}{body}");
        for mode in [Mode::Lenient, Mode::Strict] {
            let result = read(text.as_bytes(), mode);
            prop_assert_eq!(result.readings.is_empty(), result.error.is_some());
            if let Some(error) = &result.error {
                prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len(), "{:?}", error);
            }
            let _ = element::parse_bracketed(&text);
            let _ = element::parse_caret(&text);
            let _ = digital_link::parse(&text, &Options { zero_suppressed_gtin: true });
            let _ = floorhand_gs1::encode::scan_data(floorhand_gs1::encode::Carrier::DataBarOmni, &text);
        }
    }

    #[test]
    fn linters_never_panic_and_name_bytes_inside(
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..40), prop::collection::vec(b'0'..=b'9', 0..70)],
    ) {
        for rule in Linter::ALL {
            if let Err(error) = rule.check(&bytes) {
                prop_assert!(error.span.start <= error.span.end && error.span.end <= bytes.len(), "{:?} {:?}", rule, error);
                let _ = error.to_string();
            }
        }
    }

    #[test]
    fn numbers_never_panic(text in "\\PC{0,20}") {
        let _ = Gtin::from_digits(&text);
        let _ = Gtin::from_upc_e(&text);
        let _ = Sscc::from_digits(&text);
        let _ = Date::from_yymmdd(&text, u16::MAX, DayZero::LastOfMonth);
        let _ = Date::from_yyyymmdd(&text);
        let _ = ai::Ai::new(&text);
    }

    #[test]
    fn a_gtin_keeps_its_digits(body in "[0-9]{7}|[0-9]{11,13}") {
        let digits = format!("{body}{}", check::digit(body.as_bytes()).unwrap());
        let gtin = Gtin::from_digits(&digits).unwrap();
        prop_assert!(gtin.as_str().ends_with(&digits));
        prop_assert_eq!(Gtin::from_digits(gtin.short()).unwrap(), gtin);
        if let Some(short) = gtin.to_upc_e() {
            prop_assert_eq!(Gtin::from_upc_e(&short).unwrap(), gtin);
        }
        let result = read(digits.as_bytes(), Mode::Lenient);
        prop_assert!(matches!(result.content(), Some(Content::Gtin(scan)) if scan.gtin == gtin));
    }

    #[test]
    fn a_upc_e_comes_back(system in 0..=1u8, body in "[0-9]{6}") {
        let expanded = (0..10).find_map(|last| Gtin::from_upc_e(&format!("{system}{body}{last}")).ok()).unwrap();
        let short = expanded.to_upc_e().unwrap();
        prop_assert_eq!(Gtin::from_upc_e(&short).unwrap(), expanded);
    }

    #[test]
    fn escaping_is_reversible(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let text = escape(&bytes);
        prop_assert!(text.chars().all(|c| !c.is_control()));
        prop_assert_eq!(unescape(&text).unwrap(), bytes);
    }
}
