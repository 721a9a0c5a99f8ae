//! What a site tells about its own codes: prefixes and masks of labels, restricted numbers, and
//! how strict dates are taken. Part of the site's settings, sent by the ERP core.

use super::Kind;
use floorhand_gs1::restricted::{self, ValueKind};
use floorhand_gs1::{Gtin, Sscc};
use serde::{Deserialize, Serialize};

/// Patterns, restricted masks and GLNs of a site at the most, of each.
pub const RULES_MAX: usize = 32;

/// How a site's codes are taken. All that is left out has a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Labels of the house, told by a prefix.
    pub patterns: Vec<Pattern>,
    /// The internal AIs, 91 to 99, that may name a location.
    pub location_ais: Vec<u8>,
    /// The internal AIs, 91 to 99, that may name a tote or another handling unit.
    pub unit_ais: Vec<u8>,
    /// The site's own GLNs. AI 414 with another one names no location here. Empty = any is taken.
    pub glns: Vec<String>,
    /// How restricted circulation numbers are divided. A number that no mask fits counts only
    /// where the barcode table has it as it stands.
    pub restricted: Vec<RestrictedMask>,
    /// What a best-before date (AI 15) that has passed does. AI 17 always blocks.
    pub best_before: DatePolicy,
    /// Whether a code whose frame was not closed is taken where its symbology vouches for its
    /// length and its check digit is right: EAN and UPC. Anything else unclosed never is.
    pub accept_unclosed: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            patterns: vec![Pattern { kind: Kind::Location, prefix: "LOC-".to_owned(), mask: String::new() }],
            location_ais: (91..=99).collect(),
            unit_ais: (91..=99).collect(),
            glns: Vec::new(),
            restricted: Vec::new(),
            best_before: DatePolicy::Warn,
            accept_unclosed: false,
        }
    }
}

/// What a date that has passed does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatePolicy {
    /// Nothing.
    Ignore,
    /// The scan counts, and a person is told.
    #[default]
    Warn,
    /// The scan is refused, as with an expiry date.
    Block,
}

/// Labels of one kind that begin alike.
///
/// A text that fits is looked up without the prefix, beside what it is as it stands: the first hit
/// never wins, and two hits are refused as ambiguous.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// What such a label names.
    pub kind: Kind,
    /// What it begins with.
    pub prefix: String,
    /// What must follow: `#` stands for a digit, `@` for a letter from A to Z, `?` for any
    /// character, anything else for itself. Empty = at least one character, whichever.
    #[serde(default)]
    pub mask: String,
}

impl Pattern {
    /// The code behind the prefix, where the text fits.
    #[must_use]
    pub fn code<'a>(&self, text: &'a str) -> Option<&'a str> {
        let code = text.strip_prefix(self.prefix.as_str()).filter(|code| !code.is_empty())?;
        let fits = |(mask, own): (char, char)| match mask {
            '#' => own.is_ascii_digit(),
            '@' => own.is_ascii_uppercase(),
            '?' => true,
            other => other == own,
        };
        let same_length = self.mask.chars().count() == code.chars().count();
        (self.mask.is_empty() || (same_length && self.mask.chars().zip(code.chars()).all(fits))).then_some(code)
    }
}

/// How the twelve digits before the check digit of a restricted number are divided: prefix, item,
/// value. What such a number holds is defined per country or company, so a site must say it
/// (GS1 General Specifications, section 2.1.11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictedMask {
    /// What it begins with, for example `28`.
    pub prefix: String,
    /// Digits that name the item. The barcode table knows it by prefix and item, `2812345`.
    pub item_digits: u8,
    /// Digits of the value.
    pub value_digits: u8,
    /// How many of them are decimals.
    #[serde(default)]
    pub decimals: u8,
    /// What the value is.
    pub value: RestrictedValue,
}

/// What the value in a restricted number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestrictedValue {
    /// Kilograms.
    Weight,
    /// The price in the site's currency.
    Price,
    /// Pieces.
    Count,
}

/// A restricted number, divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Divided {
    /// Key in the barcode table: prefix and item.
    pub(super) key: String,
    /// Grams, where the value is a weight of whole grams.
    pub(super) weight_grams: Option<u64>,
    /// Price in hundredths of the currency's unit.
    pub(super) price_cents: Option<u64>,
    /// Pieces.
    pub(super) count: Option<u64>,
}

impl RestrictedMask {
    fn mask(&self) -> restricted::Mask {
        restricted::Mask {
            prefix: self.prefix.clone(),
            item_digits: self.item_digits,
            value_digits: self.value_digits,
            decimals: self.decimals,
            kind: match self.value {
                RestrictedValue::Weight => ValueKind::Weight,
                RestrictedValue::Price => ValueKind::Price,
                RestrictedValue::Count => ValueKind::Count,
            },
        }
    }

    pub(super) fn divide(&self, number: &Gtin) -> Option<Divided> {
        let found = self.mask().decode(number)?;
        let scaled = |kind, places| (self.value == kind).then(|| found.value.scaled(places)).flatten();
        Some(Divided {
            key: format!("{}{}", self.prefix, found.item),
            weight_grams: scaled(RestrictedValue::Weight, 3),
            price_cents: scaled(RestrictedValue::Price, 2),
            count: scaled(RestrictedValue::Count, 0),
        })
    }
}

/// What is wrong with a site's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum RuleFault {
    /// More than [`RULES_MAX`] of a kind; those behind are not used.
    TooMany,
    /// A pattern without prefix would fit everything, and PINs, quantities and dates are typed.
    Pattern {
        /// Which, counted from 0.
        index: usize,
    },
    /// Prefix, item and value of a mask must make 12 digits, and decimals be part of the value.
    Restricted {
        /// Which, counted from 0.
        index: usize,
    },
    /// Two masks fit the same numbers.
    Overlap {
        /// The later one, counted from 0.
        index: usize,
    },
    /// Not an internal AI, 91 to 99.
    Ai {
        /// Which.
        ai: u8,
    },
    /// Not 13 digits with a right check digit.
    Gln {
        /// Which, counted from 0.
        index: usize,
    },
}

impl Rules {
    /// What is wrong with them. Whoever saves or loads settings tells it; a rule at fault fits
    /// nothing, so that it can never let a wrong scan pass.
    #[must_use]
    pub fn faults(&self) -> Vec<RuleFault> {
        let mut found = Vec::new();
        if [self.patterns.len(), self.restricted.len(), self.glns.len()].iter().any(|len| *len > RULES_MAX) {
            found.push(RuleFault::TooMany);
        }
        for (index, pattern) in self.patterns.iter().enumerate() {
            if pattern.prefix.is_empty() || matches!(pattern.kind, Kind::Pin | Kind::Quantity | Kind::Expiry) {
                found.push(RuleFault::Pattern { index });
            }
        }
        for (index, mask) in self.restricted.iter().enumerate() {
            if !mask.mask().is_valid() || mask.prefix.is_empty() {
                found.push(RuleFault::Restricted { index });
            }
            let overlaps = |other: &RestrictedMask| {
                other.prefix.starts_with(&mask.prefix) || mask.prefix.starts_with(&other.prefix)
            };
            if self.restricted.iter().take(index).any(overlaps) {
                found.push(RuleFault::Overlap { index });
            }
        }
        let ais = self.location_ais.iter().chain(&self.unit_ais);
        found.extend(ais.filter(|ai| !(91..=99).contains(*ai)).map(|ai| RuleFault::Ai { ai: *ai }));
        for (index, gln) in self.glns.iter().enumerate() {
            if gln.len() != 13 || !floorhand_gs1::check::is_valid(gln.as_bytes()) {
                found.push(RuleFault::Gln { index });
            }
        }
        found
    }

    /// Whether the site writes the codes of badges so.
    #[must_use]
    pub fn names_badge(&self, text: &str) -> bool {
        self.fitting(text).any(|(kind, _)| kind == Kind::Badge)
    }

    /// What the patterns make of a text, each with its kind.
    pub(crate) fn fitting<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Kind, &'a str)> + 'a {
        self.patterns
            .iter()
            .take(RULES_MAX)
            .filter(|pattern| !pattern.prefix.is_empty())
            .filter_map(move |pattern| Some((pattern.kind, pattern.code(text)?)))
    }

    /// A restricted number divided by its mask. Where two masks fit, neither counts.
    pub(super) fn divided(&self, number: &Gtin) -> Option<Divided> {
        let mut fitting = self.restricted.iter().take(RULES_MAX).filter_map(|mask| mask.divide(number));
        fitting.next().filter(|_| fitting.next().is_none())
    }

    pub(super) fn names_location(&self, ai: &str) -> bool {
        is_listed(&self.location_ais, ai)
    }

    pub(super) fn names_unit(&self, ai: &str) -> bool {
        is_listed(&self.unit_ais, ai)
    }

    pub(super) fn is_own(&self, gln: &str) -> bool {
        self.glns.is_empty() || self.glns.iter().take(RULES_MAX).any(|own| own == gln)
    }
}

fn is_listed(list: &[u8], ai: &str) -> bool {
    ai.parse().is_ok_and(|ai: u8| (91..=99).contains(&ai) && list.contains(&ai))
}

/// The SSCC in a text of 18 digits, or of 20 that begin with the digits of AI 00.
#[must_use]
pub fn bare_sscc(text: &str) -> Option<Sscc> {
    let digits = if text.len() == 20 { text.strip_prefix("00")? } else { text };
    Sscc::from_digits(digits).ok()
}
