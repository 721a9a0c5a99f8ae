//! When a text is believed: how often it must be read, and what it must look like.

use super::Key;
use crate::device::decoder::Format;

/// How many frames must agree within how long.
#[must_use]
fn needs(format: Format) -> (u8, u64) {
    match format {
        // Error correction has checked every bit.
        Format::DataMatrix | Format::Qr => (1, 400),
        // A check digit alone does not do: photographs exist that read wrong with a right one.
        Format::Ean13
        | Format::UpcA
        | Format::Code128
        | Format::DataBar
        | Format::DataBarExpanded
        | Format::DataBarLimited => (2, 400),
        // Short, or without any check.
        Format::Code39 | Format::Itf14 | Format::Itf | Format::Ean8 | Format::UpcE | Format::Codabar => (3, 600),
    }
}

/// A text that is not believed yet.
#[derive(Debug)]
pub struct Candidate {
    pub key: Key,
    need: u8,
    window_ms: u64,
    /// The frames that have read it; at most `need`.
    at_ms: Vec<u64>,
}

impl Candidate {
    pub fn new(key: Key, format: Format) -> Self {
        let (need, window_ms) = needs(format);
        Candidate { key, need, window_ms, at_ms: Vec::new() }
    }

    /// One more frame has read it: how many count, and how many it takes.
    pub fn read(&mut self, at_ms: u64) -> (u8, u8) {
        self.at_ms.retain(|at| at_ms.saturating_sub(*at) <= self.window_ms);
        // The same frame twice is one frame.
        if self.at_ms.last() != Some(&at_ms) {
            self.at_ms.push(at_ms);
        }
        (u8::try_from(self.at_ms.len()).unwrap_or(u8::MAX), self.need)
    }

    /// Whether what it has read still counts.
    pub fn is_fresh(&self, now_ms: u64) -> bool {
        self.at_ms.last().is_some_and(|at| now_ms.saturating_sub(*at) <= self.window_ms)
    }
}

/// What the content of a weak format must look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// So many characters.
    Length {
        /// At least.
        least: usize,
        /// At most.
        most: usize,
    },
    /// One of the patterns.
    Patterns(Vec<Pattern>),
}

/// The look of a label, a sign for each character: `9` a digit, `A` a capital, `X` anything, others
/// stand for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(pub String);

impl Pattern {
    fn fits(&self, content: &[u8]) -> bool {
        self.0.len() == content.len()
            && self.0.bytes().zip(content).all(|(sign, is)| match sign {
                b'9' => is.is_ascii_digit(),
                b'A' => is.is_ascii_uppercase(),
                b'X' => true,
                other => other == *is,
            })
    }
}

/// The rules for the weak formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules(Vec<(Format, Rule)>);

impl Default for Rules {
    /// The lengths that symbologies fix, and for the others lengths below which noise reads as text.
    fn default() -> Self {
        let length = |format, least, most| (format, Rule::Length { least, most });
        Rules(vec![
            length(Format::Code39, 4, 43),
            length(Format::Itf14, 14, 14),
            length(Format::Itf, 8, 40),
            // As eight digits, or as the thirteen or fourteen they stand for.
            length(Format::Ean8, 8, 14),
            length(Format::UpcE, 12, 14),
            length(Format::Codabar, 6, 40),
        ])
    }
}

impl Rules {
    /// Puts one rule in the place of those there are for a format.
    pub fn set(&mut self, format: Format, rule: Rule) {
        self.0.retain(|(other, _)| *other != format);
        self.0.push((format, rule));
    }

    /// Whether a text may be of a format. Formats without a rule may say anything.
    #[must_use]
    pub fn allow(&self, format: Format, content: &[u8]) -> bool {
        self.0.iter().filter(|(of, _)| *of == format).all(|(_, rule)| match rule {
            Rule::Length { least, most } => (*least..=*most).contains(&content.len()),
            Rule::Patterns(patterns) => patterns.iter().any(|pattern| pattern.fits(content)),
        })
    }
}
