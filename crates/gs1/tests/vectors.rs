//! The published vectors for element strings, scans and Digital Links.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs
)]

#[path = "common/tsv.rs"]
mod tsv;

use floorhand_gs1::digital_link::{self, Options};
use floorhand_gs1::encode::{Carrier, scan_data};
use floorhand_gs1::{Content, Elements, Mode, element, read, unescape};
use tsv::Outcome::{self, Failed, Passed, Skipped};

const UNKNOWN_AIS: &str = "unknown identifiers are never accepted";

fn text(escaped: &str) -> String {
    String::from_utf8(unescape(escaped).unwrap()).unwrap()
}

#[test]
fn raw_ai_validity() {
    tsv::run("raw_ai_validity.tsv", |row| {
        let result = element::parse_caret(&text(&row[1]));
        tsv::expect(&row[0], result.is_ok(), result)
    });
}

#[test]
fn bracketed_to_raw() {
    tsv::run("bracketed_to_raw.tsv", |row| {
        if row[1] == "inbuf" {
            return Skipped("placeholder without data");
        }
        let result = element::parse_bracketed(&text(&row[1]));
        let raw = result.as_ref().map(Elements::to_caret).unwrap_or_default();
        if (row[0] == "true") == result.is_ok() && raw == text(&row[2]) {
            Passed
        } else {
            Failed(format!("{result:?} {raw}"))
        }
    });
}

#[test]
fn ai_associations() {
    tsv::run("ai_associations.tsv", |row| {
        let parsed = match element::parse_bracketed(&text(&row[2])) {
            Ok(parsed) => parsed,
            Err(error) if error.code() == "unknown-ai" => return Skipped(UNKNOWN_AIS),
            Err(error) if error.code() == "differing-repeat" && row[1] == "validateAIrepeats" => {
                return tsv::expect(&row[0], false, error);
            }
            Err(error) => return Failed(error.to_string()),
        };
        let report = parsed.associations();
        let holds = match row[1].as_str() {
            "validateAIrepeats" => report.differing.is_empty(),
            "validateAImutex" => report.conflicts.is_empty(),
            "validateAIrequisites" => report.missing.is_empty(),
            "validateDigSigRequiresSerialisedKey" => report.unserialised.is_empty(),
            other => return Failed(format!("no rule {other}")),
        };
        tsv::expect(&row[0], holds, report)
    });
}

/// A scan as the vectors write its data.
fn message(content: &Content) -> String {
    match content {
        Content::Elements(elements) => elements.to_caret(),
        Content::Gtin(scan) => match &scan.composite {
            Some(composite) => format!("{}|{}", scan.digits, composite.to_caret()),
            None => scan.digits.clone(),
        },
        Content::Sscc(sscc) => sscc.to_string(),
        Content::Plain(text) => {
            let bytes = text.trim_start_matches('\\');
            let escaped = bytes.starts_with('^');
            format!("{}{text}", if escaped { "\\" } else { "" })
        }
    }
}

#[test]
fn scan_data_vectors() {
    tsv::run("scan_data.tsv", |row| {
        let scan = unescape(&row[1]).unwrap();
        let result = read(&scan, Mode::Strict);
        if row[0] == "false" {
            return tsv::expect("false", result.error.is_none(), result);
        }
        let Some(content) = result.content() else {
            return Failed(format!("{result:?}"));
        };
        // A Digital Link keeps its address in the vectors; this crate reads it.
        let data =
            if result.has_note(&floorhand_gs1::Note::DigitalLink) { result.text.clone() } else { message(content) };
        // Plain text is shown as it is, without doubled backslashes.
        let expected = text(&row[3]);
        if data == expected { Passed } else { Failed(format!("{data} instead of {expected}")) }
    });
}

#[test]
fn generate_scan_data() {
    tsv::run("generate_scan_data.tsv", |row| {
        let carrier = match row[0].as_str() {
            "QR" => Carrier::Qr,
            "DM" => Carrier::DataMatrix,
            "DotCode" => Carrier::DotCode,
            "DataBarExpanded" => Carrier::DataBarExpanded,
            "GS1_128_CCA" | "GS1_128_CCC" => Carrier::Gs1_128,
            "DataBarOmni" => Carrier::DataBarOmni,
            "DataBarLimited" => Carrier::DataBarLimited,
            "UPCA" => Carrier::UpcA,
            "UPCE" => Carrier::UpcE,
            "EAN13" => Carrier::Ean13,
            "EAN8" => Carrier::Ean8,
            _ => return Skipped("no symbol of that name"),
        };
        if row[3].contains("AddCheckDigit") && row[2] != "NULL" {
            return Skipped("check digits are not added");
        }
        let expected = (row[2] != "NULL").then(|| unescape(&row[2]).unwrap());
        let result = scan_data(carrier, &text(&row[1]));
        if result.as_ref().ok() == expected.as_ref() { Passed } else { Failed(format!("{result:?}")) }
    });
}

#[test]
fn digital_link_parse() {
    tsv::run("digital_link_parse.tsv", |row| {
        if row[3].contains("convenienceAlphas") {
            return Skipped("names instead of numbers are not accepted");
        }
        if row[3].contains("PermitUnknownAIs") {
            return Skipped(UNKNOWN_AIS);
        }
        let options = Options { zero_suppressed_gtin: row[3].contains("PermitZeroSuppressedGTINinDLuris=true") };
        let result = digital_link::parse(&text(&row[1]), &options);
        let raw = result.as_ref().map(Elements::to_caret).unwrap_or_default();
        if (row[0] == "true") == result.is_ok() && raw == text(&row[2]) {
            Passed
        } else {
            Failed(format!("{result:?} {raw}"))
        }
    });
}

#[test]
fn digital_link_generate() {
    tsv::run("digital_link_generate.tsv", |row| {
        if row[4].contains("PermitUnknownAIs") {
            return Skipped(UNKNOWN_AIS);
        }
        let stem = (row[1] != "NULL").then_some(row[1].as_str());
        let elements = match element::parse_bracketed(&text(&row[2])) {
            Ok(elements) => elements,
            Err(error) => return Failed(error.to_string()),
        };
        let result: Result<String, _> = digital_link::generate(&elements, stem);
        let uri = result.clone().unwrap_or_default();
        let outcome: Outcome = if (row[0] == "true") == result.is_ok() && uri == text(&row[3]) {
            Passed
        } else {
            Failed(format!("{result:?}"))
        };
        outcome
    });
}
