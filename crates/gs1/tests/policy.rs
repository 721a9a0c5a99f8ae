//! What the crate decides beyond the numbered cases: ambiguity, notes, limits.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, missing_docs)]

use floorhand_gs1::association::{Clash, Unit};
use floorhand_gs1::{Ai, Circulation, Content, ErrorKind, Gtin, Mode, Note, Read, Sscc, Warning, element, read};

fn scan(text: &str) -> Read {
    read(text.replace("{GS}", "\x1d").as_bytes(), Mode::Lenient)
}

fn strict(text: &str) -> Read {
    read(text.replace("{GS}", "\x1d").as_bytes(), Mode::Strict)
}

#[test]
fn a_swallowed_element_is_kept_as_read() {
    let result = scan("]C1010952123454321310LOT-4217271231");
    assert_eq!(result.elements().unwrap().lot(), Some("LOT-4217271231"));
}

#[test]
fn repeated_separators_are_collapsed_with_a_warning() {
    let result = scan("]C110A{GS}{GS}21B");
    assert_eq!(result.elements().unwrap().to_bracketed(), "(10)A(21)B");
    assert_eq!(result.warnings, [Warning::RepeatedSeparator { at: 4 }]);
    assert_eq!(strict("]C110A{GS}{GS}21B").error.unwrap().kind, ErrorKind::UnexpectedSeparator);
    assert_eq!(strict("]C1{GS}10A").error.unwrap().kind, ErrorKind::UnexpectedSeparator);
}

#[test]
fn digits_with_a_wrong_check_digit_are_text_with_a_note() {
    let result = scan("9521234543214");
    assert_eq!(result.plain(), Some("9521234543214"));
    assert!(result.has_note(&Note::LooksLikeGtinBadCheck));
    assert_eq!(result.error, None);
}

#[test]
fn a_misread_element_string_is_text_with_a_note() {
    let result = scan("010952123454321410ABC");
    assert!(result.plain().is_some());
    assert!(result.notes.iter().any(|note| matches!(note, Note::BrokenElements(error) if error.is_checksum())));
}

#[test]
fn text_that_might_be_internal_data_stays_text_first() {
    let result = scan("91LOC-A");
    assert_eq!(result.plain(), Some("91LOC-A"));
    assert!(matches!(&result.readings[1], Content::Elements(found) if found.value("91") == Some("LOC-A")));
    assert_eq!(scan("LOC-A-01").readings.len(), 1);
}

#[test]
fn bare_sscc_is_only_an_alternative() {
    let result = scan("123456789012345675");
    assert!(matches!(result.content(), Some(Content::Plain(_))));
    assert!(result.readings.contains(&Content::Sscc(Sscc::from_digits("123456789012345675").unwrap())));
}

#[test]
fn restricted_numbers_are_marked() {
    assert!(scan("]E02112345678900").has_note(&Note::RestrictedCirculation(Circulation::Regional)));
    let ordinary = scan("]E04006381333931");
    assert_eq!(ordinary.gtin().unwrap().circulation(), Circulation::Open);
    assert!(ordinary.notes.is_empty());
}

#[test]
fn add_on_symbol() {
    let result = scan("]E3952123454321312");
    assert_eq!(result.gtin().unwrap().as_str(), "09521234543213");
    assert!(matches!(result.content(), Some(Content::Gtin(found)) if found.add_on.as_deref() == Some("12")));
}

#[test]
fn bytes_that_are_no_text_are_shown_escaped() {
    let result = read(b"]C0A\xff\x07B", Mode::Lenient);
    assert_eq!(result.plain(), Some(r"A\xff\x07B"));
    assert!(result.has_note(&Note::NotText));
    assert_eq!(read(b"]C0A\\B", Mode::Lenient).plain(), Some(r"A\B"));
}

#[test]
fn limits() {
    let value = "A".repeat(90);
    assert!(element::parse_bracketed(&format!("(91){value}")).is_ok());
    let fault = element::parse_bracketed(&format!("(91){value}A")).unwrap_err();
    assert!(matches!(fault.kind, ErrorKind::TooLong(ai) if ai == "91"));
    let many = |count: usize| "(91)A".repeat(count);
    assert!(element::parse_bracketed(&many(64)).is_ok());
    assert_eq!(element::parse_bracketed(&many(65)).unwrap_err().kind, ErrorKind::TooManyElements);
    let raw = |count: usize| format!("^{}", vec!["91A"; count].join("^"));
    assert!(element::parse_caret(&raw(64)).is_ok());
    assert_eq!(element::parse_caret(&raw(65)).unwrap_err().kind, ErrorKind::TooManyElements);
    let long = vec![b'1'; element::MAX_INPUT_BYTES + 1];
    assert_eq!(read(&long, Mode::Lenient).error.unwrap().kind, ErrorKind::InputTooLong);
}

#[test]
fn errors_read_as_sentences() {
    let fault = scan("]C1010952123454321317271300").error.unwrap();
    assert_eq!(fault.to_string(), "value of (17) breaks rule yymmd0: illegal month (bytes 23 to 25)");
    assert_eq!(fault.code(), "invalid-value");
}

#[test]
fn labels_of_one_unit_agree_or_are_refused_with_both_sides() {
    let label = |text: &str| element::parse_bracketed(text).unwrap();
    let check = |labels: &[&str], refused: &str, expected: &str| {
        let mut unit = Unit::default();
        let (last, before) = labels.split_last().unwrap();
        before.iter().for_each(|text| unit.add(&label(text)).unwrap());
        let clash = unit.add(&label(last)).err();
        assert_eq!(clash.as_ref().map(ToString::to_string).unwrap_or_default(), refused, "{labels:?}");
        assert_eq!(unit.elements().to_bracketed(), expected, "{labels:?}");
        assert!(unit.report().is_consistent(), "{labels:?}");
    };
    check(&["(01)09521234543213", "(10)A(17)271231"], "", "(01)09521234543213(10)A(17)271231");
    check(&["(10)A", "(10)A"], "", "(10)A");
    check(&["(10)A", "(10)a"], "(10) is A on one label and a on another", "(10)A");
    // Nothing of a refused label stays, not even what agreed.
    check(&["(10)A", "(21)S(10)B"], "(10) is A on one label and B on another", "(10)A");
    check(&["(01)09521234543213", "(37)5"], "(01) excludes (37)", "(01)09521234543213");
    check(&["(37)5", "(01)09521234543213"], "(01) excludes (37)", "(37)5");
    check(&["(3103)000750", "(3102)000075"], "(3103) excludes (3102)", "(3103)000750");
}

#[test]
fn a_unit_takes_plain_numbers_and_forgets() {
    let mut unit = Unit::default();
    unit.add_gtin(Gtin::from_digits("9521234543213").unwrap()).unwrap();
    unit.add(&element::parse_bracketed("(10)LOT-42").unwrap()).unwrap();
    assert!(unit.report().is_complete());
    let clash = unit.add_gtin(Gtin::from_digits("9521234543220").unwrap()).unwrap_err();
    assert!(matches!(&clash, Clash::Differs { ai, .. } if *ai == Ai::new("01").unwrap()), "{clash}");
    assert_eq!(clash.code(), "differs");
    unit.clear();
    assert!(unit.elements().is_empty());
}

#[test]
fn a_unit_has_a_limit() {
    let numbers: Vec<String> = floorhand_gs1::ai::entries()
        .filter(|entry| entry.excluded.is_empty())
        .map(|entry| format!("({}){}", entry.first, "1".repeat(entry.min_len())))
        .filter(|text| element::parse_bracketed(text).is_ok())
        .collect();
    assert!(numbers.len() > element::MAX_ELEMENTS, "{}", numbers.len());
    let mut unit = Unit::default();
    let outcomes: Vec<Result<(), Clash>> =
        numbers.iter().map(|text| unit.add(&element::parse_bracketed(text).unwrap())).collect();
    let (taken, refused) = outcomes.split_at(element::MAX_ELEMENTS);
    assert!(taken.iter().all(Result::is_ok));
    assert!(refused.iter().all(|outcome| *outcome == Err(Clash::TooMany)));
    assert_eq!(unit.elements().len(), element::MAX_ELEMENTS);
}

#[test]
fn warnings_and_notes_have_names_and_sentences() {
    let named = |text: &str| {
        let result = scan(text);
        let notes = result.notes.iter().map(|note| (note.code(), note.to_string()));
        result.warnings.iter().map(|warning| (warning.code(), warning.to_string())).chain(notes).collect::<Vec<_>>()
    };
    let check = |text: &str, expected: &[(&str, &str)]| {
        let found = named(text);
        let found: Vec<(&str, &str)> = found.iter().map(|(code, text)| (*code, text.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    };
    let no_text = ("not-text", "not printable text");
    check("]C1{GS}10A", &[("leading-separator", "separator before the first element dropped"), no_text]);
    check("]C110A{GS}{GS}21B", &[("repeated-separator", "separators in a row read as one (byte 4)"), no_text]);
    check("]E0042100005264", &[("padded-upc-a", "12 digits padded to an EAN-13")]);
    check("]E004252614", &[("expanded-upc-e", "8 digits expanded from a UPC-E")]);
    check("]C1(10)A", &[("bracketed", "the reader sent the readable form with brackets")]);
    check("]e009521234543213", &[("missing-gtin-identifier", "14 digits of a DataBar read as (01)")]);
    check("]E02112345678900", &[("restricted-circulation", "a number for use within a region")]);
    check("]E00412345678903", &[("restricted-circulation", "a number for use within one company")]);
    check("]Q1https://example.com/a", &[("web-address", "a web address, not a GS1 code")]);
    check("]Q1https://example.com/01/12312312312333", &[("digital-link", "a GS1 Digital Link")]);
    check(
        "]Q1https://example.com/01/12312312312333/",
        &[
            ("web-address", "a web address, not a GS1 code"),
            (
                "broken-digital-link",
                "a web address with a GS1 key: not a Digital Link: the path ends in a slash (bytes 40 to 41)",
            ),
        ],
    );
    let bare = ("no-identifier", "the reader sent no symbology identifier");
    check("12345670", &[bare, ("eight-digits", "eight digits may be an EAN-8 or a UPC-E")]);
    check("9521234543214", &[bare, ("looks-like-gtin", "as long as a GTIN, but the check digit is wrong")]);
    assert_eq!(Warning::MissingTerminator.to_string(), "the mark that ends a code is missing");
    assert_eq!(
        (Warning::RepeatedSeparator { at: 4 }.at(), Warning::Bracketed.at()),
        (Some(4), None),
        "only what has one place names it"
    );
}

#[test]
fn pieces_stop_at_the_first_fault() {
    let found: Vec<_> = element::pieces(b"10A\x1d17271300\x1d21B", Mode::Strict).collect();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].as_ref().unwrap().value, "A");
    assert_eq!(found[1].as_ref().unwrap_err().span, 8..10);
    assert_eq!(element::pieces(b"", Mode::Lenient).count(), 1, "nothing is an error");
    assert!(element::pieces(b"10A\xff", Mode::Lenient).next().unwrap().is_err());
}
