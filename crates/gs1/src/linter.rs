//! Content rules of components, by the names the GS1 Barcode Syntax Dictionary uses.
//!
//! Two rules, [`Linter::GcpPos1`] and [`Linter::GcpPos2`], check the form of the GS1
//! Company Prefix only (four digits); whether the prefix was ever issued is known to
//! an online register, which this crate does not ask.

mod coupon;
mod lists;
mod rules;

use crate::ai::CharSet;
use std::fmt;
use std::ops::Range;

/// A rule about the content of one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Linter {
    /// Digits only.
    CsetNumeric,
    /// Character set 82 only.
    Cset82,
    /// Character set 39 only.
    Cset39,
    /// File-safe base64 with right padding.
    Cset64,
    /// Mod-10 check digit at the end.
    Csum,
    /// Check character pair at the end.
    CsumAlpha,
    /// A GS1 Company Prefix from the first character.
    GcpPos1,
    /// A GS1 Company Prefix from the second character.
    GcpPos2,
    /// Date YYMMDD, day 00 allowed.
    Yymmd0,
    /// Date YYMMDD.
    Yymmdd,
    /// Date YYYYMMDD, day 00 allowed.
    Yyyymmd0,
    /// Date YYYYMMDD.
    Yyyymmdd,
    /// Hour 00 to 23.
    Hh,
    /// Minute 00 to 59.
    Mi,
    /// Second 00 to 59.
    Ss,
    /// Hour and minute.
    Hhmi,
    /// All zeros.
    Zero,
    /// Digits, not all zeros.
    NonZero,
    /// Digits without a leading zero.
    NoZeroPrefix,
    /// Piece number and total, each half of the digits.
    PieceOfTotal,
    /// Position and end of a sequence, `2/3`.
    PosInSeqSlash,
    /// 0 or 1.
    YesNo,
    /// Hyphens only.
    Hyphen,
    /// Numeric country code.
    Iso3166,
    /// Numeric country code or 999.
    Iso3166Or999,
    /// Country code of two letters.
    Iso3166Alpha2,
    /// Numeric currency code.
    Iso4217,
    /// Biological sex code 0, 1, 2 or 9.
    Iso5218,
    /// Percent-encoded text.
    PercentEncoded,
    /// Winding direction 0, 1 or 9.
    Winding,
    /// International bank account number.
    Iban,
    /// Latitude in ten-millionths of a degree north of the South Pole, 0 to 180 degrees.
    Latitude,
    /// Longitude in ten-millionths of a degree, 0 to 360 degrees.
    Longitude,
    /// AIDC media type: 01 to 10, 80 to 99.
    MediaType,
    /// Package type code (UN/ECE Recommendation 21 with the additions of GS1).
    PackageType,
    /// One character of the importer index.
    ImporterIndex,
    /// At least one character that is no digit.
    HasNonDigit,
    /// North American coupon code.
    CouponCode,
    /// North American positive offer file coupon.
    CouponPosOffer,
}

/// What a rule found, and where in the component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintError {
    /// What is wrong.
    pub kind: LintKind,
    /// Byte positions in the component.
    pub span: Range<usize>,
}

/// What is wrong with the content of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LintKind {
    /// Not a digit.
    NonDigit,
    /// Not in character set 82.
    NotInSet82,
    /// Not in character set 39.
    NotInSet39,
    /// Not in the base64 alphabet.
    NotInSet64,
    /// Wrong base64 padding.
    Padding64,
    /// Nothing to compute a check digit of.
    TooShortForCheckDigit,
    /// The check digit is wrong.
    IncorrectCheckDigit,
    /// Too short to hold a check pair.
    TooShortForCheckPair,
    /// The check pair is wrong.
    IncorrectCheckPair,
    /// Too short to hold a company prefix.
    TooShortForPrefix,
    /// The company prefix does not start with four digits.
    InvalidPrefix,
    /// Not a character of the importer index.
    InvalidImporterIndex,
    /// All zeros.
    ZeroValue,
    /// Not all zeros.
    NotZero,
    /// A leading zero.
    ZeroPrefix,
    /// Neither 0 nor 1.
    NotZeroOrOne,
    /// Not a winding direction.
    InvalidWinding,
    /// Not a hyphen.
    NotHyphen,
    /// Not a numeric country code.
    NotIso3166,
    /// Neither a numeric country code nor 999.
    NotIso3166Or999,
    /// Not a country code of two letters.
    NotIso3166Alpha2,
    /// Not a numeric currency code.
    NotIso4217,
    /// Not a biological sex code.
    InvalidSex,
    /// IBAN too short.
    IbanTooShort,
    /// IBAN too long.
    IbanTooLong,
    /// IBAN with a character other than digits and capital letters.
    IbanCharacter,
    /// IBAN of an unknown country.
    IbanCountry,
    /// IBAN with a wrong checksum.
    IbanChecksum,
    /// Date too short.
    DateTooShort,
    /// Date too long.
    DateTooLong,
    /// Month not 01 to 12.
    IllegalMonth,
    /// No such day in that month.
    IllegalDay,
    /// Hour not two digits.
    HourTooShort,
    /// Hour not two digits.
    HourTooLong,
    /// Hour above 23.
    IllegalHour,
    /// Hour and minute not four digits.
    HourMinuteTooShort,
    /// Hour and minute not four digits.
    HourMinuteTooLong,
    /// Minute not two digits.
    MinuteTooShort,
    /// Minute not two digits.
    MinuteTooLong,
    /// Minute above 59.
    IllegalMinute,
    /// Second not two digits.
    SecondTooShort,
    /// Second not two digits.
    SecondTooLong,
    /// Second above 59.
    IllegalSecond,
    /// Piece and total not of the same length.
    PieceLength,
    /// Piece number zero.
    ZeroPiece,
    /// Total zero.
    ZeroTotal,
    /// Piece number above the total.
    PieceExceedsTotal,
    /// Not of the form `2/3`.
    SequenceMalformed,
    /// Position above the end of the sequence.
    PositionExceedsEnd,
    /// `%` without two hexadecimal digits.
    InvalidPercent,
    /// Latitude not ten digits.
    LatitudeLength,
    /// Latitude above 180 degrees.
    InvalidLatitude,
    /// Longitude not ten digits.
    LongitudeLength,
    /// Longitude above 360 degrees.
    InvalidLongitude,
    /// Not a media type.
    InvalidMediaType,
    /// Not a package type.
    InvalidPackageType,
    /// Digits only where another character is demanded.
    OnlyDigits,
    /// A fault in a coupon.
    Coupon(CouponPart, CouponFault),
}

/// A field of a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the fields")]
pub enum CouponPart {
    Whole,
    Format,
    Funder,
    CompanyPrefix,
    OfferCode,
    SaveValue,
    FirstRequirement,
    FirstCode,
    FirstFamily,
    AdditionalRules,
    SecondRequirement,
    SecondCode,
    SecondFamily,
    SecondPrefix,
    ThirdRequirement,
    ThirdCode,
    ThirdFamily,
    ThirdPrefix,
    ExpirationDate,
    StartDate,
    SerialNumber,
    Retailer,
    SaveValueCode,
    AppliesTo,
    StoreCoupon,
    DontMultiply,
}

/// What is wrong with a field of a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CouponFault {
    /// The field, or its length indicator, is absent.
    Missing,
    /// The length indicator has a value it may not have.
    Length,
    /// Fewer digits than the length indicator promises.
    Truncated,
    /// A value it may not have.
    Invalid,
    /// The expiration date is before the start date.
    BeforeStart,
    /// Digits left over.
    Excess,
}

impl Linter {
    /// The name in the dictionary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Linter::CsetNumeric => "csetnumeric",
            Linter::Cset82 => "cset82",
            Linter::Cset39 => "cset39",
            Linter::Cset64 => "cset64",
            Linter::Csum => "csum",
            Linter::CsumAlpha => "csumalpha",
            Linter::GcpPos1 => "gcppos1",
            Linter::GcpPos2 => "gcppos2",
            Linter::Yymmd0 => "yymmd0",
            Linter::Yymmdd => "yymmdd",
            Linter::Yyyymmd0 => "yyyymmd0",
            Linter::Yyyymmdd => "yyyymmdd",
            Linter::Hh => "hh",
            Linter::Mi => "mi",
            Linter::Ss => "ss",
            Linter::Hhmi => "hhmi",
            Linter::Zero => "zero",
            Linter::NonZero => "nonzero",
            Linter::NoZeroPrefix => "nozeroprefix",
            Linter::PieceOfTotal => "pieceoftotal",
            Linter::PosInSeqSlash => "posinseqslash",
            Linter::YesNo => "yesno",
            Linter::Hyphen => "hyphen",
            Linter::Iso3166 => "iso3166",
            Linter::Iso3166Or999 => "iso3166999",
            Linter::Iso3166Alpha2 => "iso3166alpha2",
            Linter::Iso4217 => "iso4217",
            Linter::Iso5218 => "iso5218",
            Linter::PercentEncoded => "pcenc",
            Linter::Winding => "winding",
            Linter::Iban => "iban",
            Linter::Latitude => "latitude",
            Linter::Longitude => "longitude",
            Linter::MediaType => "mediatype",
            Linter::PackageType => "packagetype",
            Linter::ImporterIndex => "importeridx",
            Linter::HasNonDigit => "hasnondigit",
            Linter::CouponCode => "couponcode",
            Linter::CouponPosOffer => "couponposoffer",
        }
    }

    /// The rule of a name; `None` when there is none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Linter> {
        Linter::ALL.iter().copied().find(|rule| rule.name() == name)
    }

    /// Every rule.
    pub const ALL: &'static [Linter] = &[
        Linter::CsetNumeric,
        Linter::Cset82,
        Linter::Cset39,
        Linter::Cset64,
        Linter::Csum,
        Linter::CsumAlpha,
        Linter::GcpPos1,
        Linter::GcpPos2,
        Linter::Yymmd0,
        Linter::Yymmdd,
        Linter::Yyyymmd0,
        Linter::Yyyymmdd,
        Linter::Hh,
        Linter::Mi,
        Linter::Ss,
        Linter::Hhmi,
        Linter::Zero,
        Linter::NonZero,
        Linter::NoZeroPrefix,
        Linter::PieceOfTotal,
        Linter::PosInSeqSlash,
        Linter::YesNo,
        Linter::Hyphen,
        Linter::Iso3166,
        Linter::Iso3166Or999,
        Linter::Iso3166Alpha2,
        Linter::Iso4217,
        Linter::Iso5218,
        Linter::PercentEncoded,
        Linter::Winding,
        Linter::Iban,
        Linter::Latitude,
        Linter::Longitude,
        Linter::MediaType,
        Linter::PackageType,
        Linter::ImporterIndex,
        Linter::HasNonDigit,
        Linter::CouponCode,
        Linter::CouponPosOffer,
    ];

    /// Applies the rule to a component.
    ///
    /// # Errors
    /// The first fault found, with its bytes.
    ///
    /// ```
    /// use floorhand_gs1::linter::{LintKind, Linter};
    /// assert!(Linter::Csum.check(b"02345673").is_ok());
    /// let fault = Linter::Yymmdd.check(b"200431").unwrap_err();
    /// assert_eq!((fault.kind, fault.span), (LintKind::IllegalDay, 4..6));
    /// ```
    pub fn check(self, data: &[u8]) -> Result<(), LintError> {
        rules::check(self, data)
    }
}

impl CharSet {
    /// The rule that checks this character set.
    #[must_use]
    pub fn linter(self) -> Linter {
        match self {
            CharSet::Numeric => Linter::CsetNumeric,
            CharSet::Set82 => Linter::Cset82,
            CharSet::Set39 => Linter::Cset39,
            CharSet::Set64 => Linter::Cset64,
        }
    }
}

fn fault(kind: LintKind, span: Range<usize>) -> LintError {
    LintError { kind, span }
}

impl fmt::Display for LintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The variants' names, set as words: `IllegalDay` reads "illegal day".
        let mut words = String::new();
        for character in format!("{self:?}").chars() {
            if character.is_ascii_uppercase() {
                words.push(' ');
            }
            if character.is_ascii_alphanumeric() {
                words.push(character.to_ascii_lowercase());
            }
        }
        f.write_str(words.trim_start())
    }
}

impl fmt::Display for LintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (bytes {} to {})", self.kind, self.span.start, self.span.end)
    }
}

impl std::error::Error for LintError {}
