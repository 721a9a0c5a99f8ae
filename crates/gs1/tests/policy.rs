//! What the crate decides beyond the numbered cases: ambiguity, notes, limits.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, missing_docs)]

use floorhand_gs1::{Circulation, Content, ErrorKind, Mode, Note, Read, Sscc, Warning, element, read};

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
