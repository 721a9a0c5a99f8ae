//! The numbered acceptance cases of the project that concern parsing. The numbers are
//! stable names; cases about cameras, wires and devices are tested where those live.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, missing_docs)]

use floorhand_gs1::association::Unit;
use floorhand_gs1::digital_link::{self, Options};
use floorhand_gs1::error::LinkKind;
use floorhand_gs1::linter::{LintKind, Linter};
use floorhand_gs1::{
    Content, Date, DayZero, ErrorKind, Gtin, Mode, Note, Read, Sscc, Warning, association, check, element, read,
};

const GS: &str = "\x1d";

fn scan(text: &str) -> Read {
    read(text.replace("{GS}", GS).as_bytes(), Mode::Lenient)
}

fn strict(text: &str) -> Read {
    read(text.replace("{GS}", GS).as_bytes(), Mode::Strict)
}

#[track_caller]
fn bracketed(text: &str, expected: &str) -> Read {
    let result = scan(text);
    let found = result.elements().map(floorhand_gs1::Elements::to_bracketed);
    assert_eq!(found.as_deref(), Some(expected), "{result:?}");
    assert!(result.warnings.is_empty(), "{result:?}");
    result
}

#[track_caller]
fn gtin(text: &str, expected: &str) -> Read {
    let result = scan(text);
    assert_eq!(result.gtin().map(|gtin| gtin.to_string()).as_deref(), Some(expected), "{result:?}");
    assert!(matches!(result.content(), Some(Content::Gtin(_))));
    result
}

#[track_caller]
fn error(text: &str) -> floorhand_gs1::Error {
    let result = scan(text);
    assert!(result.readings.is_empty(), "{result:?}");
    result.error.expect("an error")
}

#[test]
fn case_01_gs1_128() {
    let result = bracketed("]C1011231231231233310ABC123{GS}99TESTING", "(01)12312312312333(10)ABC123(99)TESTING");
    assert_eq!(result.symbology.unwrap().name(), "gs1-128");
    let spans: Vec<_> = result.elements().unwrap().iter().map(|own| own.span.clone()).collect();
    assert_eq!(spans, [0..16, 16..24, 25..34]);
}

#[test]
fn case_02_other_gs1_symbols() {
    for (identifier, name) in [("]d2", "gs1-datamatrix"), ("]Q3", "gs1-qr"), ("]e0", "databar"), ("]J1", "gs1-dotcode")]
    {
        let text = format!("{identifier}011231231231233310ABC123{{GS}}99TESTING");
        let result = bracketed(&text, "(01)12312312312333(10)ABC123(99)TESTING");
        assert_eq!(result.symbology.unwrap().name(), name);
    }
}

#[test]
fn case_03_third_party_serial() {
    bracketed("]C10112312312312333235XYZ{GS}10ABC", "(01)12312312312333(235)XYZ(10)ABC");
}

#[test]
fn case_04_strict_refuses() {
    assert_eq!(strict("]C1").error.unwrap().kind, ErrorKind::Empty);
    assert_eq!(strict("]XX").error.unwrap().kind, ErrorKind::UnknownIdentifier);
    assert_eq!(strict("ABC").error.unwrap().kind, ErrorKind::NoIdentifier);
}

#[test]
fn case_05_illegal_caret() {
    let fault = error("]C101123123123123^10ABC");
    assert_eq!(fault.span, 17..18);
    assert_eq!(fault.code(), "invalid-value");
}

#[test]
fn case_06_ean_13() {
    gtin("]E02112345678900", "02112345678900");
    let fault = error("]E02112345678901");
    assert!(fault.is_checksum());
    assert_eq!(fault.span, 15..16);
}

#[test]
fn case_07_ean_8() {
    gtin("]E402345673", "00000002345673");
    assert!(error("]E402345674").is_checksum());
}

#[test]
fn case_08_ean_13_composite() {
    let result = gtin("]E02112345678900|]e099COMPOSITE{GS}98XYZ", "02112345678900");
    let Some(Content::Gtin(found)) = result.content() else { panic!() };
    assert_eq!(found.composite.as_ref().unwrap().to_bracketed(), "(99)COMPOSITE(98)XYZ");
    assert_eq!(found.digits, "2112345678900");
}

#[test]
fn case_09_digital_link_in_qr() {
    for scheme in ["https", "HTTPS"] {
        let result =
            bracketed(&format!("]Q1{scheme}://example.com/01/12312312312333?99=TEST"), "(01)12312312312333(99)TEST");
        assert!(result.has_note(&Note::DigitalLink));
    }
    let mixed = "HtTps://example.com/01/12312312312333?99=TEST";
    let result = scan(&format!("]Q1{mixed}"));
    assert_eq!(result.plain(), Some(mixed));
    assert_eq!(result.readings.len(), 1);
}

#[test]
fn case_10_superfluous_digits_and_separator() {
    let fault = element::parse_caret("^01123456789012312").unwrap_err();
    assert_eq!((fault.kind, fault.span), (ErrorKind::UnknownAi, 17..18));
    assert!(element::parse_caret("^0112345678901231^").is_ok());
}

#[test]
fn case_11_optional_components() {
    let fault = element::parse_caret("^4235285285285285285285").unwrap_err();
    assert!(matches!(fault.kind, ErrorKind::TooLong(ai) if ai == "423"));
    let found = element::parse_caret("^423528528528").unwrap();
    let missing = found.associations().missing;
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].any_of, [["01"], ["02"]]);
}

#[test]
fn case_13_escaped_bracket() {
    let found = element::parse_bracketed(r"(10)12345\(11)991225").unwrap();
    assert_eq!(found.value("10"), Some("12345(11)991225"));
    assert_eq!(found.to_bracketed(), r"(10)12345\(11)991225");
}

#[test]
fn case_14_check_digits() {
    for good in ["02345673", "416000336108", "1234567890128", "12345678901231", "123456789012345675"] {
        assert!(check::is_valid(good.as_bytes()), "{good}");
        let (body, last) = good.split_at(good.len() - 1);
        let wrong = format!("{body}{}", (last.parse::<u8>().unwrap() + 1) % 10);
        assert_eq!(Linter::Csum.check(wrong.as_bytes()).unwrap_err().kind, LintKind::IncorrectCheckDigit);
    }
}

#[test]
fn case_15_yymmd0() {
    for good in ["200600", "200229"] {
        assert!(Linter::Yymmd0.check(good.as_bytes()).is_ok(), "{good}");
    }
    for bad in ["210229", "201310", "200431"] {
        assert!(Linter::Yymmd0.check(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn case_16_sscc() {
    let result = bracketed("]C100006141411234567890", "(00)006141411234567890");
    assert_eq!(result.elements().unwrap().sscc(), Sscc::from_digits("006141411234567890").ok());
    let fault = error("]C100006141411234567891");
    assert!(fault.is_checksum());
    assert_eq!(fault.span, 22..23);
}

#[test]
fn case_17_logistic_label() {
    let text = "]C100123456789012345675021234567890123137120{GS}10LOT7";
    let result = bracketed(text, "(00)123456789012345675(02)12345678901231(37)120(10)LOT7");
    assert!(result.elements().unwrap().associations().is_complete());
    assert_eq!(result.elements().unwrap().count(), Some(120));
}

#[test]
fn case_18_count_waits_for_the_sscc() {
    let content = scan("]C1021234567890123137123");
    let content = content.elements().unwrap();
    let missing = content.associations().missing;
    assert_eq!(missing.len(), 1);
    assert!(missing[0].ai == "37");
    assert_eq!(missing[0].any_of, [["00"]]);
    assert_eq!(missing[0].to_string(), "(37) needs (00)");
    let mut unit = Unit::default();
    unit.add(content).unwrap();
    assert!(!unit.report().is_complete());
    unit.add(scan("]C100123456789012345675").elements().unwrap()).unwrap();
    assert!(unit.report().is_complete());
}

#[test]
fn case_19_gtin_with_count() {
    let fault = error("]C1010952123454321337100");
    assert!(matches!(fault.kind, ErrorKind::Conflict(one, other) if one == "01" && other == "37"));
}

#[test]
fn case_20_item_label() {
    let text = "]C101095212345432131727123110LOT-42{GS}21SN0001";
    let result = bracketed(text, "(01)09521234543213(17)271231(10)LOT-42(21)SN0001");
    let label = result.elements().unwrap();
    assert_eq!(label.gtin(), Gtin::from_digits("9521234543213").ok());
    assert_eq!(label.expiry(2026).unwrap().to_string(), "2027-12-31");
    assert_eq!((label.lot(), label.serial()), (Some("LOT-42"), Some("SN0001")));
}

#[test]
fn case_21_another_sequence() {
    let sorted = |text: &str| {
        let result = scan(text);
        let mut pairs: Vec<_> =
            result.elements().unwrap().iter().map(|own| (own.ai.to_string(), own.value.clone())).collect();
        pairs.sort();
        pairs
    };
    assert_eq!(
        sorted("]C1010952123454321310LOT-42{GS}1727123121SN0001"),
        sorted("]C101095212345432131727123110LOT-42{GS}21SN0001")
    );
}

#[test]
fn case_23_day_zero() {
    let result = scan("]C1010952123454321317271200");
    assert_eq!(result.elements().unwrap().expiry(2026).unwrap().to_string(), "2027-12-31");
}

#[test]
fn case_24_impossible_dates() {
    let kind = |date: &str| match error(&format!("]C1010952123454321317{date}")).kind {
        ErrorKind::Invalid(_, _, kind) => kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind("271300"), LintKind::IllegalMonth);
    assert_eq!(kind("270229"), LintKind::IllegalDay);
    bracketed("]C1010952123454321317280229", "(01)09521234543213(17)280229");
}

#[test]
fn case_25_net_weight() {
    let result = scan("]C101095212345432133103000750");
    let measures = result.elements().unwrap().measures();
    assert_eq!(measures.len(), 1);
    assert_eq!((measures[0].value.to_string().as_str(), measures[0].grams()), ("0.750", Some(750)));
    bracketed("]C1010952123454321331030007503203001653", "(01)09521234543213(3103)000750(3203)001653");
    let fault = error("]C1010952123454321331030007503102000075");
    assert!(matches!(fault.kind, ErrorKind::Conflict(..)));
}

#[test]
fn case_26_two_codes_of_one_thing() {
    let lot = scan("]C110LOT-42");
    let item = scan("]C10109521234543213");
    let (lot, item) = (lot.elements().unwrap(), item.elements().unwrap());
    assert!(!lot.associations().is_complete());
    assert!(lot.associations().is_consistent());
    assert!(item.associations().is_complete());
    assert!(association::check(lot.iter().chain(item)).is_complete());
    for labels in [[lot, item], [item, lot]] {
        let mut unit = Unit::default();
        labels.into_iter().for_each(|label| unit.add(label).unwrap());
        assert!(unit.report().is_complete());
        assert_eq!((unit.elements().lot(), unit.elements().gtin()), (lot.lot(), item.gtin()));
    }
}

#[test]
fn case_28_without_identifier() {
    let result = bracketed("010952123454321310ABC{GS}\r\n", "(01)09521234543213(10)ABC");
    assert!(result.has_note(&Note::NoIdentifier));
    assert_eq!(result.readings.len(), 1);
}

#[test]
fn case_29_leading_separator() {
    let result = scan("{GS}01940190976854571033650100138{GS}310200200415131018");
    let label = result.elements().unwrap();
    assert_eq!(label.to_bracketed(), "(01)94019097685457(10)33650100138(3102)002004(15)131018");
    assert_eq!(label.measures()[0].value.to_string(), "20.04");
    assert_eq!(label.best_before(2026).unwrap().to_string(), "2013-10-18");
    assert_eq!(result.warnings, [Warning::LeadingSeparator { at: 0 }]);
}

#[test]
fn case_30_characters_outside_the_set() {
    for text in ["]C1010952123454321310LOT 42", "]C1010952123454321310LOT#42"] {
        let fault = error(text);
        assert!(matches!(fault.kind, ErrorKind::Invalid(ai, Linter::Cset82, LintKind::NotInSet82) if ai == "10"));
        assert_eq!(fault.span, 24..25);
    }
}

#[test]
fn case_31_too_long() {
    let fault = error("]C1010952123454321310THISLOTISLONGERTHAN20CHARS");
    assert!(matches!(fault.kind, ErrorKind::TooLong(ai) if ai == "10"));
}

#[test]
fn case_32_no_such_identifier() {
    let result = scan("]C1891234");
    assert_eq!(result.error.as_ref().unwrap().kind, ErrorKind::UnknownAi);
    assert_eq!(result.error.as_ref().unwrap().span.start, 3);
    assert_eq!(result.text, "891234");
}

#[test]
fn case_33_internal_location() {
    let result = bracketed("]C191LOC-A-01-02", "(91)LOC-A-01-02");
    assert_eq!(result.elements().unwrap().value("91"), Some("LOC-A-01-02"));
}

#[test]
fn case_34_location_number() {
    let result = bracketed("]C14149521234543213254A1", "(414)9521234543213(254)A1");
    assert!(result.elements().unwrap().associations().is_complete());
}

#[test]
fn case_35_digital_link() {
    let uri = "https://id.gs1.org/01/09521234543213/10/LOT-42/21/SN0001?17=271231";
    bracketed(uri, "(01)09521234543213(10)LOT-42(21)SN0001(17)271231");
}

#[test]
fn case_36_digital_link_of_a_unit() {
    let uri = "https://id.gs1.org/00/952012345678912345?02=09520123456788&37=25&10=ABC123";
    bracketed(uri, "(00)952012345678912345(02)09520123456788(37)25(10)ABC123");
}

#[test]
fn case_37_percent_encoding() {
    bracketed("https://id.gs1.org/414/9520123456788/254/32a%2Fb", "(414)9520123456788(254)32a/b");
}

#[test]
fn case_38_broken_digital_links() {
    let kind = |path: &str| {
        let uri = format!("https://id.gs1.org{path}");
        let result = scan(&format!("]Q1{uri}"));
        assert_eq!(result.plain(), Some(uri.as_str()));
        assert!(result.notes.iter().any(|note| matches!(note, Note::BrokenDigitalLink(_))), "{result:?}");
        digital_link::parse(&uri, &Options::default()).unwrap_err().kind
    };
    let belongs = kind("/01/09520123456788?10=ABC123");
    assert!(matches!(belongs, ErrorKind::Link(LinkKind::BelongsInPath(ai)) if ai == "10"));
    assert_eq!(kind("/01/09520123456788/21/12345/10/ABC"), ErrorKind::Link(LinkKind::Qualifiers));
    assert!(matches!(kind("/01/9520123456788"), ErrorKind::TooShort(ai) if ai == "01"));
    assert_eq!(kind("/01/09520123456788/"), ErrorKind::Link(LinkKind::TrailingSlash));
}

#[test]
fn case_40_plain_web_address() {
    let uri = "https://example.com/some/page?id=4";
    let result = scan(&format!("]Q1{uri}"));
    assert_eq!(result.plain(), Some(uri));
    assert_eq!(result.notes, [Note::WebAddress]);
    assert_eq!(result.error, None);
}

#[test]
fn case_41_upc_e() {
    for (short, long) in [
        ("04252614", "042100005264"),
        ("02345673", "023456000073"),
        ("02345147", "023450000017"),
        ("06397126", "063200009716"),
        ("08679339", "086700000939"),
    ] {
        let number = Gtin::from_upc_e(short).unwrap();
        assert_eq!(number, Gtin::from_digits(long).unwrap(), "{short}");
        assert_eq!(number.to_upc_e().as_deref(), Some(short));
    }
    assert_eq!(Gtin::from_upc_e("04252614").unwrap().as_str(), "00042100005264");
}

#[test]
fn case_42_upc_a_as_13_digits() {
    gtin("]E00123601057072", "00123601057072");
}

#[test]
fn case_43_upc_a_as_12_digits() {
    let result = gtin("]E0042100005264", "00042100005264");
    assert_eq!(result.warnings, [Warning::PaddedUpcA]);
    assert_eq!(strict("]E0042100005264").error.unwrap().kind, ErrorKind::WrongLength);
}

#[test]
fn case_44_eight_digits() {
    let result = gtin("12345670", "00000012345670");
    assert!(result.has_note(&Note::AmbiguousEightDigits));
    let both = scan("96385074");
    assert!(both.is_ambiguous());
    assert!(matches!(&both.readings[1], Content::Elements(found) if found.value("96") == Some("385074")));
}

#[test]
fn case_45_itf_14() {
    assert!(gtin("]I198765432109213", "98765432109213").gtin().unwrap().is_variable_measure());
    assert_eq!(gtin("]I112345678901231", "12345678901231").gtin().unwrap().indicator(), 1);
    assert!(error("]I112345678901232").is_checksum());
}

#[test]
fn case_46_a_case_is_not_its_unit() {
    let case = Gtin::from_digits("19521234543210").unwrap();
    let unit = Gtin::from_digits("9521234543213").unwrap();
    assert_ne!(case, unit);
    assert_eq!((case.indicator(), unit.indicator()), (1, 0));
    assert!(Gtin::from_digits("09521234543210").is_err(), "dropping the indicator breaks the check digit");
}

#[test]
fn case_48_sliding_century() {
    let date = |text| Date::from_yymmdd(text, 2026, DayZero::LastOfMonth).map(|date| date.to_string());
    assert_eq!(date("151020").as_deref(), Some("2015-10-20"));
    assert_eq!(date("520300").as_deref(), Some("2052-03-31"));
    assert_eq!(date("200200").as_deref(), Some("2020-02-29"));
    assert_eq!(date("410551"), None);
    // The two edges of the window.
    assert_eq!(date("760101").as_deref(), Some("2076-01-01"));
    assert_eq!(date("770101").as_deref(), Some("1977-01-01"));
    let late = |text| Date::from_yymmdd(text, 2076, DayZero::Refuse).map(|date| date.year);
    assert_eq!((late("260101"), late("270101")), (Some(2126), Some(2027)));
}

#[test]
fn case_49_what_decoders_hand_over() {
    let result = scan("]e0(01)09521234543213(3103)000750");
    assert_eq!(result.elements().unwrap().to_raw(), b"01095212345432133103000750");
    assert_eq!(result.warnings, [Warning::Bracketed]);
    let result = scan("]e009521234543213");
    assert_eq!(result.elements().unwrap().to_raw(), b"0109521234543213");
    assert_eq!(result.warnings, [Warning::MissingGtinIdentifier]);
    gtin("]E0042100005264", "00042100005264");
    assert_eq!(gtin("]E001234558", "00012345000058").warnings, [Warning::ExpandedUpcE]);
    gtin("]I012345678901231", "12345678901231");
}
