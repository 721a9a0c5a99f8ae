//! Element strings: from raw data, from the bracketed form, and back.
//!
//! Parsing is strict and follows the GS1 General Specifications, section 7.8. A
//! separator missing after a value of variable length cannot be noticed: the value
//! swallows what follows. The parser never guesses where it should have been split.

pub(crate) mod parse;

pub use parse::{Piece, Pieces, parse, parse_bracketed, parse_caret, pieces};

use crate::ai::Ai;
use crate::association::{self, Report};
use crate::date::{Date, DayZero};
use crate::gtin::Gtin;
use crate::measure::{self, Amount, Measure};
use crate::sscc::Sscc;
use std::fmt;
use std::ops::Range;

/// Most elements in one element string.
pub const MAX_ELEMENTS: usize = 64;
/// Most characters of one value.
pub const MAX_VALUE_BYTES: usize = 90;
/// Longest input that is looked at.
pub const MAX_INPUT_BYTES: usize = 8192;
/// FNC1 as a reader sends it.
pub const GS: u8 = 0x1D;

/// How much a reader may deviate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As specified.
    Strict,
    /// Deviations seen in the field are accepted, each with a [`Warning`].
    Lenient,
}

/// A deviation that lenient reading accepted. Positions are byte positions in the data, without
/// the AIM identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A separator before the first element was dropped.
    LeadingSeparator {
        /// Where it stood.
        at: usize,
    },
    /// Several separators in a row were read as one.
    RepeatedSeparator {
        /// Where the second one stood.
        at: usize,
    },
    /// `]E0` with 12 digits: a zero was put in front.
    PaddedUpcA,
    /// `]E0` with 8 digits: read as a UPC-E and expanded.
    ExpandedUpcE,
    /// The brackets of the readable form were sent by the reader.
    Bracketed,
    /// A DataBar of 14 digits without its AI 01.
    MissingGtinIdentifier,
    /// The reader fell silent without the mark that ends a code. Never set by this crate, which sees
    /// codes without their frame: for those who cut them.
    MissingTerminator,
}

impl Warning {
    /// A stable machine name, such as `leading-separator`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Warning::LeadingSeparator { .. } => "leading-separator",
            Warning::RepeatedSeparator { .. } => "repeated-separator",
            Warning::PaddedUpcA => "padded-upc-a",
            Warning::ExpandedUpcE => "expanded-upc-e",
            Warning::Bracketed => "bracketed",
            Warning::MissingGtinIdentifier => "missing-gtin-identifier",
            Warning::MissingTerminator => "missing-terminator",
        }
    }

    /// Where it was seen, where that is one place.
    #[must_use]
    pub fn at(&self) -> Option<usize> {
        match self {
            Warning::LeadingSeparator { at } | Warning::RepeatedSeparator { at } => Some(*at),
            _ => None,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::LeadingSeparator { .. } => f.write_str("separator before the first element dropped"),
            Warning::RepeatedSeparator { at } => write!(f, "separators in a row read as one (byte {at})"),
            Warning::PaddedUpcA => f.write_str("12 digits padded to an EAN-13"),
            Warning::ExpandedUpcE => f.write_str("8 digits expanded from a UPC-E"),
            Warning::Bracketed => f.write_str("the reader sent the readable form with brackets"),
            Warning::MissingGtinIdentifier => f.write_str("14 digits of a DataBar read as (01)"),
            Warning::MissingTerminator => f.write_str("the mark that ends a code is missing"),
        }
    }
}

/// One application identifier with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The identifier.
    pub ai: Ai,
    /// The value, byte for byte as read.
    pub value: String,
    /// Where identifier and value stood in the input.
    pub span: Range<usize>,
}

/// The elements of one element string, in the sequence they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elements {
    /// The elements; an identifier may appear again with the same value.
    pub elements: Vec<Element>,
    /// What lenient reading accepted.
    pub warnings: Vec<Warning>,
}

impl Element {
    /// Makes an element after checking the value against the table.
    ///
    /// # Errors
    /// When the identifier is unknown or the value breaks its rules; the span counts
    /// from the start of the value.
    pub fn new(ai: Ai, value: &str) -> Result<Element, crate::Error> {
        parse::check_value(ai, value.as_bytes())?;
        Ok(Element { ai, value: value.to_owned(), span: 0..value.len() })
    }
}

impl Elements {
    /// The first element of an identifier, such as `"01"`.
    ///
    /// ```
    /// use floorhand_gs1::element;
    /// let label = element::parse_bracketed("(01)09521234543213(10)LOT-42").unwrap();
    /// assert_eq!(label.get("10").unwrap().value, "LOT-42");
    /// ```
    #[must_use]
    pub fn get(&self, ai: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.ai == *ai)
    }

    /// The value of an identifier.
    #[must_use]
    pub fn value(&self, ai: &str) -> Option<&str> {
        self.get(ai).map(|element| element.value.as_str())
    }

    /// The elements in sequence.
    pub fn iter(&self) -> std::slice::Iter<'_, Element> {
        self.elements.iter()
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// AI 01: the trade item that carries the code.
    #[must_use]
    pub fn gtin(&self) -> Option<Gtin> {
        Gtin::from_digits(self.value("01")?).ok()
    }

    /// AI 02: the trade items inside a logistic unit.
    #[must_use]
    pub fn content_gtin(&self) -> Option<Gtin> {
        Gtin::from_digits(self.value("02")?).ok()
    }

    /// AI 00: the logistic unit.
    #[must_use]
    pub fn sscc(&self) -> Option<Sscc> {
        Sscc::from_digits(self.value("00")?).ok()
    }

    /// AI 10: the lot, byte-exact.
    #[must_use]
    pub fn lot(&self) -> Option<&str> {
        self.value("10")
    }

    /// AI 21: the serial number, byte-exact.
    #[must_use]
    pub fn serial(&self) -> Option<&str> {
        self.value("21")
    }

    /// AI 17, or the date of AI 7003: not to be used after this day.
    /// `current_year` (four digits) decides the century.
    #[must_use]
    pub fn expiry(&self, current_year: u16) -> Option<Date> {
        self.date("17", current_year).or_else(|| {
            let text = self.value("7003")?.get(..6)?;
            Date::from_yymmdd(text, current_year, DayZero::Refuse)
        })
    }

    /// AI 15: best before this day.
    #[must_use]
    pub fn best_before(&self, current_year: u16) -> Option<Date> {
        self.date("15", current_year)
    }

    /// AI 11: the day of production.
    #[must_use]
    pub fn production_date(&self, current_year: u16) -> Option<Date> {
        self.date("11", current_year)
    }

    /// The date of AI 11, 12, 13, 15, 16 or 17; day 00 is the last of the month.
    #[must_use]
    pub fn date(&self, ai: &str, current_year: u16) -> Option<Date> {
        if !matches!(ai, "11" | "12" | "13" | "15" | "16" | "17") {
            return None;
        }
        Date::from_yymmdd(self.value(ai)?, current_year, DayZero::LastOfMonth)
    }

    /// AI 30 (pieces of a variable-measure item) or AI 37 (pieces in a logistic unit).
    #[must_use]
    pub fn count(&self) -> Option<u32> {
        self.value("30").or_else(|| self.value("37"))?.parse().ok()
    }

    /// AIs 31nn to 36nn: all measures, in sequence.
    #[must_use]
    pub fn measures(&self) -> Vec<Measure> {
        self.iter().filter_map(measure::measure).collect()
    }

    /// AIs 390n to 395n: all amounts, in sequence.
    #[must_use]
    pub fn amounts(&self) -> Vec<Amount> {
        self.iter().filter_map(measure::amount).collect()
    }

    /// What these elements alone lack or contradict; see [`association::check`] for
    /// several codes of one thing.
    #[must_use]
    pub fn associations(&self) -> Report {
        association::check(self.iter())
    }

    /// The element string as a reader sends it: GS where a separator is needed, none
    /// at the start or the end.
    #[must_use]
    pub fn to_raw(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut separate = false;
        for element in &self.elements {
            if separate {
                out.push(GS);
            }
            out.extend_from_slice(element.ai.as_str().as_bytes());
            out.extend_from_slice(element.value.as_bytes());
            separate = element.ai.entry().is_none_or(|entry| entry.fnc1_required);
        }
        out
    }

    /// The element string with `^` for FNC1, also in front.
    ///
    /// ```
    /// use floorhand_gs1::element;
    /// let label = element::parse_bracketed("(10)12345(11)991225").unwrap();
    /// assert_eq!(label.to_caret(), "^1012345^11991225");
    /// ```
    #[must_use]
    pub fn to_caret(&self) -> String {
        std::iter::once('^')
            .chain(self.to_raw().iter().map(|byte| if *byte == GS { '^' } else { char::from(*byte) }))
            .collect()
    }

    /// The readable form; a bracket that opens inside a value is written `\(`.
    #[must_use]
    pub fn to_bracketed(&self) -> String {
        let mut out = String::new();
        for element in &self.elements {
            out.push('(');
            out.push_str(element.ai.as_str());
            out.push(')');
            for character in element.value.chars() {
                if character == '(' {
                    out.push('\\');
                }
                out.push(character);
            }
        }
        out
    }
}

impl<'a> IntoIterator for &'a Elements {
    type Item = &'a Element;
    type IntoIter = std::slice::Iter<'a, Element>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
