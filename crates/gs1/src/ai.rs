//! Application identifiers: what each one looks like and what it goes with.
//!
//! The table follows release 2026-01-27 of the GS1 Barcode Syntax Dictionary;
//! a test compares every entry with the dictionary when that file is at hand.

mod index;
mod table_goods;
mod table_logistic;
mod table_measure;
mod table_special;

use crate::linter::Linter;
use std::fmt;

/// An application identifier: two to four digits, such as `01` or `3103`.
///
/// The digits are well formed; whether GS1 assigned a meaning to them is what
/// [`Ai::entry`] says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ai {
    digits: [u8; 4],
    len: u8,
}

impl Ai {
    /// Makes an identifier of two to four ASCII digits; `None` for anything else.
    ///
    /// ```
    /// use floorhand_gs1::Ai;
    /// assert_eq!(Ai::new("01").unwrap().as_str(), "01");
    /// assert!(Ai::new("1").is_none());
    /// ```
    #[must_use]
    pub fn new(digits: &str) -> Option<Ai> {
        Ai::from_bytes(digits.as_bytes())
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Ai> {
        if !(2..=4).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut digits = [0; 4];
        for (to, from) in digits.iter_mut().zip(bytes) {
            *to = *from;
        }
        Some(Ai { digits, len: u8::try_from(bytes.len()).ok()? })
    }

    /// The digits, as printed between the brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or("")
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.digits.get(..usize::from(self.len)).unwrap_or(&[])
    }

    /// The last digit as a number: the number of decimals of a measure or an amount.
    #[must_use]
    pub fn last_digit(&self) -> u8 {
        self.as_bytes().last().map_or(0, |digit| digit.wrapping_sub(b'0'))
    }

    /// What the dictionary says of this identifier; `None` when it has no meaning.
    #[must_use]
    pub fn entry(&self) -> Option<&'static Entry> {
        index::find(self.as_bytes()).filter(|(own, _)| own.len == self.len).map(|(_, entry)| entry)
    }

    /// Whether this identifier fits a pattern such as `01`, `310n` or `35nn`,
    /// where each `n` stands for one digit.
    #[must_use]
    pub fn fits(&self, pattern: &str) -> bool {
        let own = self.as_bytes();
        own.len() == pattern.len() && own.iter().zip(pattern.bytes()).all(|(a, b)| b == b'n' || *a == b)
    }
}

impl fmt::Display for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Ai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({})", self.as_str())
    }
}

impl PartialEq<str> for Ai {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Ai {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

/// The characters a component may hold (GS1 General Specifications, section 7.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharSet {
    /// `N`: digits.
    Numeric,
    /// `X`: the 82 characters of ISO/IEC 646 that GS1 allows; no space.
    Set82,
    /// `Y`: the 39 characters of a component/part identifier.
    Set39,
    /// `Z`: file-safe base64.
    Set64,
}

/// One part of a value. Only the last mandatory part, or an optional one, varies in length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// The characters it may hold.
    pub set: CharSet,
    /// Fewest characters.
    pub min: u8,
    /// Most characters.
    pub max: u8,
    /// May be absent when the data ends before it.
    pub optional: bool,
    /// Rules about its content, applied in this order after the character set.
    pub linters: &'static [Linter],
}

/// Alternatives, of which one group must be wholly present; a group is a list of
/// patterns (see [`Ai::fits`]).
pub type Alternatives = &'static [&'static [&'static str]];

/// One line of the table: one identifier, or a range differing in the last digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// First identifier.
    pub first: &'static str,
    /// Last identifier; the same as `first` unless this is a range.
    pub last: &'static str,
    /// Whether a separator (FNC1) must follow unless the element is the last one.
    /// `false` for the identifiers of predefined length.
    pub fnc1_required: bool,
    /// May stand in the query of a Digital Link.
    pub link_attribute: bool,
    /// The parts of the value, one to five.
    pub components: &'static [Component],
    /// Each of these must hold: one of its groups is present on the same thing.
    pub required: &'static [Alternatives],
    /// Patterns that must not be present on the same thing; an identifier never excludes itself.
    pub excluded: &'static [&'static str],
    /// `Some` for a primary key of a Digital Link: the alternative lists of ordered,
    /// optional qualifiers (no list: the key stands alone).
    pub link_key: Option<&'static [&'static [&'static str]]>,
}

impl Entry {
    /// Fewest characters of a value.
    #[must_use]
    pub fn min_len(&self) -> usize {
        self.components.iter().filter(|part| !part.optional).map(|part| usize::from(part.min)).sum()
    }

    /// Most characters of a value.
    #[must_use]
    pub fn max_len(&self) -> usize {
        self.components.iter().map(|part| usize::from(part.max)).sum()
    }

    /// Whether a value carries a check digit or a check pair, so that a random
    /// text is unlikely to be taken for it.
    #[must_use]
    pub fn has_check(&self) -> bool {
        self.components
            .iter()
            .any(|part| part.linters.iter().any(|rule| matches!(rule, Linter::Csum | Linter::CsumAlpha)))
    }

    /// How many identifiers this line stands for.
    #[must_use]
    pub fn count(&self) -> usize {
        let last = |digits: &str| digits.bytes().last().map_or(0, usize::from);
        last(self.last).saturating_sub(last(self.first)) + 1
    }
}

/// All lines of the table, in the sequence of their identifiers within each of
/// the four groups (goods, measures, logistics and parties, special use).
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    index::ENTRIES.iter().copied()
}

/// The line for one identifier, such as `"3103"`.
#[must_use]
pub fn entry(digits: &str) -> Option<&'static Entry> {
    let (ai, entry) = leading(digits.as_bytes())?;
    (usize::from(ai.len) == digits.len()).then_some(entry)
}

/// The identifier that `data` starts with. No identifier is the beginning of
/// another, so that there is at most one.
#[must_use]
pub fn leading(data: &[u8]) -> Option<(Ai, &'static Entry)> {
    index::find(data)
}

const fn part(set: CharSet, min: u8, max: u8) -> Component {
    Component { set, min, max, optional: false, linters: &[] }
}

/// `len` digits.
const fn n(len: u8) -> Component {
    part(CharSet::Numeric, len, len)
}

/// One to `max` digits.
const fn nv(max: u8) -> Component {
    part(CharSet::Numeric, 1, max)
}

/// `len` characters of set 82.
const fn x(len: u8) -> Component {
    part(CharSet::Set82, len, len)
}

/// One to `max` characters of set 82.
const fn xv(max: u8) -> Component {
    part(CharSet::Set82, 1, max)
}

/// One to `max` characters of set 39.
const fn yv(max: u8) -> Component {
    part(CharSet::Set39, 1, max)
}

/// One to `max` characters of base64.
const fn zv(max: u8) -> Component {
    part(CharSet::Set64, 1, max)
}

impl Component {
    const fn lint(self, linters: &'static [Linter]) -> Component {
        Component { linters, ..self }
    }

    const fn optional(self) -> Component {
        Component { optional: true, ..self }
    }
}

/// A range of identifiers with the parts of their values.
const fn e(first: &'static str, last: &'static str, components: &'static [Component]) -> Entry {
    Entry {
        first,
        last,
        fnc1_required: true,
        link_attribute: false,
        components,
        required: &[],
        excluded: &[],
        link_key: None,
    }
}

/// One identifier with the parts of its value.
const fn a(ai: &'static str, components: &'static [Component]) -> Entry {
    e(ai, ai, components)
}

impl Entry {
    /// Of predefined length: no separator needed after it.
    const fn fixed(self) -> Entry {
        Entry { fnc1_required: false, ..self }
    }

    const fn attr(self) -> Entry {
        Entry { link_attribute: true, ..self }
    }

    const fn req(self, required: &'static [Alternatives]) -> Entry {
        Entry { required, ..self }
    }

    const fn ex(self, excluded: &'static [&'static str]) -> Entry {
        Entry { excluded, ..self }
    }

    const fn key(self, qualifiers: &'static [&'static [&'static str]]) -> Entry {
        Entry { link_key: Some(qualifiers), ..self }
    }
}

const GTIN: Alternatives = &[&["01"]];
const SSCC: Alternatives = &[&["00"]];
const TRADE: Alternatives = &[&["01"], &["02"]];
const LOGISTIC: Alternatives = &[&["00"], &["01"]];
const MEASURED: Alternatives = &[&["30"], &["31nn"], &["32nn"], &["35nn"], &["36nn"]];
const GOODS: Alternatives = &[&["01"], &["02"], &["8006"], &["8026"]];
const PIECE: Alternatives = &[&["01"], &["8006"]];
const BATCHED: Alternatives = &[&["01"], &["02"], &["03"], &["8006"], &["8026"]];
const DEVICE: Alternatives = &[&["01", "21", "8040"]];
const PERSON: Alternatives = &[&["8017"], &["8018"]];
const RECIPIENT: Alternatives = &[&["8018"]];
