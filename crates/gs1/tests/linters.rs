//! The published vectors for the content rules: error and place, alone and through
//! real identifiers.

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

use floorhand_gs1::linter::{CouponFault, CouponPart, LintKind, Linter};
use floorhand_gs1::{ErrorKind, element, unescape};
use tsv::Outcome::{Failed, Passed, Skipped};

const PREFIX_REGISTER: &str = "company prefixes are not looked up";

/// The published name of a fault, without its common beginning.
fn published(kind: LintKind) -> String {
    let name = match kind {
        LintKind::NonDigit => "NON_DIGIT_CHARACTER",
        LintKind::NotInSet82 => "INVALID_CSET82_CHARACTER",
        LintKind::NotInSet39 => "INVALID_CSET39_CHARACTER",
        LintKind::NotInSet64 => "INVALID_CSET64_CHARACTER",
        LintKind::Padding64 => "INVALID_CSET64_PADDING",
        LintKind::TooShortForCheckDigit => "TOO_SHORT_FOR_CHECK_DIGIT",
        LintKind::IncorrectCheckDigit => "INCORRECT_CHECK_DIGIT",
        LintKind::TooShortForCheckPair => "TOO_SHORT_FOR_CHECK_PAIR",
        LintKind::IncorrectCheckPair => "INCORRECT_CHECK_PAIR",
        LintKind::TooShortForPrefix => "TOO_SHORT_FOR_GCP",
        LintKind::InvalidPrefix => "INVALID_GCP_PREFIX",
        LintKind::InvalidImporterIndex => "INVALID_IMPORT_IDX_CHARACTER",
        LintKind::ZeroValue => "ILLEGAL_ZERO_VALUE",
        LintKind::NotZero => "NOT_ZERO",
        LintKind::ZeroPrefix => "ILLEGAL_ZERO_PREFIX",
        LintKind::NotZeroOrOne => "NOT_ZERO_OR_ONE",
        LintKind::InvalidWinding => "INVALID_WINDING_DIRECTION",
        LintKind::NotHyphen => "NOT_HYPHEN",
        LintKind::NotIso3166 => "NOT_ISO3166",
        LintKind::NotIso3166Or999 => "NOT_ISO3166_OR_999",
        LintKind::NotIso3166Alpha2 => "NOT_ISO3166_ALPHA2",
        LintKind::NotIso4217 => "NOT_ISO4217",
        LintKind::InvalidSex => "INVALID_BIOLOGICAL_SEX_CODE",
        LintKind::IbanTooShort => "IBAN_TOO_SHORT",
        LintKind::IbanTooLong => "IBAN_TOO_LONG",
        LintKind::IbanCharacter => "INVALID_IBAN_CHARACTER",
        LintKind::IbanCountry => "ILLEGAL_IBAN_COUNTRY_CODE",
        LintKind::IbanChecksum => "INCORRECT_IBAN_CHECKSUM",
        LintKind::DateTooShort => "DATE_TOO_SHORT",
        LintKind::DateTooLong => "DATE_TOO_LONG",
        LintKind::IllegalMonth => "ILLEGAL_MONTH",
        LintKind::IllegalDay => "ILLEGAL_DAY",
        LintKind::HourTooShort => "HOUR_TOO_SHORT",
        LintKind::HourTooLong => "HOUR_TOO_LONG",
        LintKind::IllegalHour => "ILLEGAL_HOUR",
        LintKind::HourMinuteTooShort => "HOUR_WITH_MINUTE_TOO_SHORT",
        LintKind::HourMinuteTooLong => "HOUR_WITH_MINUTE_TOO_LONG",
        LintKind::MinuteTooShort => "MINUTE_TOO_SHORT",
        LintKind::MinuteTooLong => "MINUTE_TOO_LONG",
        LintKind::IllegalMinute => "ILLEGAL_MINUTE",
        LintKind::SecondTooShort => "SECOND_TOO_SHORT",
        LintKind::SecondTooLong => "SECOND_TOO_LONG",
        LintKind::IllegalSecond => "ILLEGAL_SECOND",
        LintKind::PieceLength => "INVALID_LENGTH_FOR_PIECE_OF_TOTAL",
        LintKind::ZeroPiece => "ZERO_PIECE_NUMBER",
        LintKind::ZeroTotal => "ZERO_TOTAL_PIECES",
        LintKind::PieceExceedsTotal => "PIECE_NUMBER_EXCEEDS_TOTAL",
        LintKind::SequenceMalformed => "POSITION_IN_SEQUENCE_MALFORMED",
        LintKind::PositionExceedsEnd => "POSITION_EXCEEDS_END",
        LintKind::InvalidPercent => "INVALID_PERCENT_SEQUENCE",
        LintKind::LatitudeLength => "LATITUDE_INVALID_LENGTH",
        LintKind::InvalidLatitude => "INVALID_LATITUDE",
        LintKind::LongitudeLength => "LONGITUDE_INVALID_LENGTH",
        LintKind::InvalidLongitude => "INVALID_LONGITUDE",
        LintKind::InvalidMediaType => "INVALID_MEDIA_TYPE",
        LintKind::InvalidPackageType => "INVALID_PACKAGE_TYPE",
        LintKind::OnlyDigits => "REQUIRES_NON_DIGIT_CHARACTER",
        LintKind::Coupon(part, what) => return coupon(part, what),
        other => panic!("{other:?}"),
    };
    name.to_owned()
}

fn coupon(part: CouponPart, what: CouponFault) -> String {
    // The noun, and what follows it in length indicators and in codes.
    let (noun, code) = match part {
        CouponPart::Whole => return "COUPON_EXCESS_DATA".to_owned(),
        CouponPart::Format => ("FORMAT_CODE", true),
        CouponPart::Funder => ("FUNDER", false),
        CouponPart::CompanyPrefix => ("GCP", false),
        CouponPart::OfferCode => ("OFFER_CODE", false),
        CouponPart::SaveValue => ("SAVE_VALUE", false),
        CouponPart::FirstRequirement => ("1ST_PURCHASE_REQUIREMENT", false),
        CouponPart::FirstCode => ("1ST_PURCHASE_REQUIREMENT_CODE", true),
        CouponPart::FirstFamily => ("1ST_PURCHASE_FAMILY_CODE", false),
        CouponPart::AdditionalRules => ("ADDITIONAL_PURCHASE_RULES_CODE", true),
        CouponPart::SecondRequirement => ("2ND_PURCHASE_REQUIREMENT", false),
        CouponPart::SecondCode => ("2ND_PURCHASE_REQUIREMENT_CODE", true),
        CouponPart::SecondFamily => ("2ND_PURCHASE_FAMILY_CODE", false),
        CouponPart::SecondPrefix => ("2ND_PURCHASE_GCP", false),
        CouponPart::ThirdRequirement => ("3RD_PURCHASE_REQUIREMENT", false),
        CouponPart::ThirdCode => ("3RD_PURCHASE_REQUIREMENT_CODE", true),
        CouponPart::ThirdFamily => ("3RD_PURCHASE_FAMILY_CODE", false),
        CouponPart::ThirdPrefix => ("3RD_PURCHASE_GCP", false),
        CouponPart::ExpirationDate => match what {
            CouponFault::BeforeStart => return "COUPON_EXPIRATION_BEFORE_START".to_owned(),
            CouponFault::Truncated => return "COUPON_TOO_SHORT_FOR_EXPIRATION_DATE".to_owned(),
            // Misspelt where it is published.
            _ => return "COUPON_INVALID_EXIPIRATION_DATE".to_owned(),
        },
        CouponPart::StartDate => match what {
            CouponFault::Truncated => return "COUPON_TOO_SHORT_FOR_START_DATE".to_owned(),
            _ => return "COUPON_INVALID_START_DATE".to_owned(),
        },
        CouponPart::SerialNumber => ("SERIAL_NUMBER", false),
        CouponPart::Retailer => ("RETAILER_GCP_OR_GLN", false),
        CouponPart::SaveValueCode => ("SAVE_VALUE_CODE", true),
        CouponPart::AppliesTo => ("SAVE_VALUE_APPLIES_TO_ITEM", true),
        CouponPart::StoreCoupon => ("STORE_COUPON_FLAG", true),
        CouponPart::DontMultiply => ("DONT_MULTIPLY_FLAG", true),
    };
    match what {
        CouponFault::Missing if code => format!("COUPON_MISSING_{noun}"),
        CouponFault::Missing => format!("COUPON_MISSING_{noun}_VLI"),
        CouponFault::Length => format!("COUPON_INVALID_{noun}_LENGTH"),
        CouponFault::Truncated => format!("COUPON_TRUNCATED_{noun}"),
        CouponFault::Invalid => format!("COUPON_INVALID_{noun}"),
        CouponFault::BeforeStart | CouponFault::Excess => panic!("{part:?} {what:?}"),
    }
}

/// The input with the faulty bytes between asterisks, as the vectors show it.
fn marked(input: &[u8], span: &std::ops::Range<usize>) -> String {
    let mut out = input[..span.start].to_vec();
    out.push(b'*');
    out.extend_from_slice(&input[span.clone()]);
    out.push(b'*');
    out.extend_from_slice(&input[span.end..]);
    floorhand_gs1::escape(&out)
}

#[test]
fn linters() {
    tsv::run("linters.tsv", |row| {
        let Some(rule) = Linter::from_name(&row[1]) else {
            return Failed("no such rule".to_owned());
        };
        // These rows need the register of company prefixes: the same text passes or
        // fails depending on its answer.
        let asks_register = row[3] == "GS1_LINTER_GCP_DATASOURCE_OFFLINE"
            || (row[3] == "GS1_LINTER_INVALID_GCP_PREFIX" && (rule == Linter::CouponCode || row[2] == "I1234567"));
        if asks_register {
            return Skipped(PREFIX_REGISTER);
        }
        let input = unescape(&row[2]).unwrap();
        match rule.check(&input) {
            Ok(()) if row[0] == "PASS" => Passed,
            Ok(()) => Failed("accepted".to_owned()),
            Err(error) => {
                let name = format!("GS1_LINTER_{}", published(error.kind));
                let markup = unescape(&row[4]).unwrap();
                let same =
                    row[0] == "FAIL" && name == row[3] && marked(&input, &error.span) == floorhand_gs1::escape(&markup);
                if same { Passed } else { Failed(format!("{name} {}", marked(&input, &error.span))) }
            }
        }
    });
}

#[test]
fn ai_linter_errors() {
    tsv::run("ai_linter_errors.tsv", |row| {
        let input = unescape(&row[0]).unwrap();
        let result = element::parse_bracketed(std::str::from_utf8(&input).unwrap());
        let name = match &result {
            Ok(_) => "GS1_LINTER_OK".to_owned(),
            Err(error) => match error.kind {
                ErrorKind::Invalid(_, _, kind) => format!("GS1_LINTER_{}", published(kind)),
                _ => format!("{error}"),
            },
        };
        if name == row[1] { Passed } else { Failed(name) }
    });
}
