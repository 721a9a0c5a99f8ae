//! The DataBar family and Codabar, by the readers of `rxing`.
//!
//! Its DataBar readers gather pairs and rows over the lines they are given. One set lives for one
//! region of one frame, so that two labels are never joined; lines go in turn to two of them, so
//! that rows that were put together are confirmed by lines the other never saw.

use std::panic::{AssertUnwindSafe, catch_unwind};

use floorhand_gs1::{Ai, Element, Elements, element};
use rxing::common::BitArray;
use rxing::oned::rss::RSS14Reader;
use rxing::oned::rss::expanded::RSSExpandedReader;
use rxing::oned::{CodaBarReader, OneDReader};
use rxing::{DecodeHints, RXingResult};

use super::{Hit, Row};
use crate::device::decoder::{Format, Formats};

/// Bits of a row at most; beyond that the readers' time grows and nothing is won.
const MOST_BITS: f32 = 4800.0;
/// Bits per pixel at most: edges are not known better than a sixth of one.
const FINEST: f32 = 6.0;
/// Letters of a Codabar at least, without its start and stop.
const FEWEST_CODABAR: usize = 6;
/// Runs of so many letters, with start and stop.
const FEWEST_CODABAR_RUNS: usize = 8 * (FEWEST_CODABAR + 2);

/// Which line a code counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vote {
    /// The line just read.
    Line,
    /// All lines that went to one of the two sets of readers.
    Set(usize),
    /// Two lines at once.
    Both,
}

/// The readers of one region of one frame.
pub(crate) struct Stacked {
    formats: Formats,
    hints: DecodeHints,
    rows: [Set; 2],
}

#[derive(Default)]
struct Set {
    omni: RSS14Reader,
    expanded: RSSExpandedReader,
}

impl Stacked {
    /// Readers for the formats among these that are theirs; `None` where there are none.
    pub(crate) fn new(formats: Formats) -> Option<Self> {
        let any = [Format::DataBar, Format::DataBarExpanded, Format::Codabar].into_iter().any(|own| formats.has(own));
        any.then(|| Self {
            formats,
            hints: DecodeHints { AssumeGs1: Some(true), ..DecodeHints::default() },
            rows: [Set::default(), Set::default()],
        })
    }

    /// Reads a row as it lies. `line` is its place in the region, from the top; neighbours go to different
    /// sets of readers.
    pub(crate) fn read(&mut self, row: &Row, line: usize, found: &mut Vec<(Hit, Vote)>) {
        let (omni_here, expanded_here) = finders(row);
        let databar = omni_here && self.formats.has(Format::DataBar);
        let stacked = expanded_here && self.formats.has(Format::DataBarExpanded);
        let codabar = self.formats.has(Format::Codabar) && row.len() > FEWEST_CODABAR_RUNS;
        if !databar && !stacked && !codabar {
            return;
        }
        let length = row.at.last().copied().unwrap_or_default();
        let scale = (MOST_BITS / length.max(1.0)).clamp(1.0, FINEST);
        let Some(bits) = bits(row, length, scale) else { return };
        let hints = self.hints.clone();
        let parity = line % 2;
        let Some(set) = self.rows.get_mut(parity) else { return };
        let number = line as u32;
        if databar {
            // It answers only after two lines said the same on either half.
            if let Some(read) = guarded(|| set.omni.decode_row(number, &bits, &hints).ok()) {
                found.extend(omni(&read, scale, length).map(|hit| (hit, Vote::Both)));
            }
        }
        if stacked {
            let alone = guarded(|| RSSExpandedReader::new().decode_row(number, &bits, &hints).ok());
            if let Some(read) = alone {
                found.extend(expanded(&read, scale, length).map(|hit| (hit, Vote::Line)));
            } else if let Some(read) = guarded(|| set.expanded.decode_row(number, &bits, &hints).ok()) {
                found.extend(expanded(&read, scale, length).map(|hit| (hit, Vote::Set(parity))));
            }
        }
        if codabar && let Some(read) = guarded(|| CodaBarReader::default().decode_row(number, &bits, &hints).ok()) {
            let content = read.getText().as_bytes().to_vec();
            if content.len() >= FEWEST_CODABAR {
                let span = span(&read, scale, length);
                found.push((Hit { format: Format::Codabar, aim_id: "]F0", content, span }, Vote::Line));
            }
        }
    }
}

/// Runs a reader of `rxing`; a panic in it is no code.
pub(crate) fn guarded<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

/// Widths of the finder patterns but for their last element, one module.
const OMNI_FINDERS: [[u8; 4]; 9] = [
    [3, 8, 2, 1],
    [3, 5, 5, 1],
    [3, 3, 7, 1],
    [3, 1, 9, 1],
    [2, 7, 4, 1],
    [2, 5, 6, 1],
    [2, 3, 8, 1],
    [1, 5, 7, 1],
    [1, 3, 9, 1],
];
const EXPANDED_FINDERS: [[u8; 4]; 6] =
    [[1, 8, 4, 1], [3, 6, 4, 1], [3, 4, 6, 1], [3, 2, 8, 1], [2, 6, 5, 1], [2, 2, 9, 1]];
/// Modules of a finder pattern.
const FINDER_MODULES: f32 = 15.0;
/// Largest deviation of a finder, squared modules over the distances between like edges.
const FINDER_DEVIATION: f32 = 1.5;
/// Modules of the eight elements beside a finder: 15 and 16, in the expanded form 17; blur and
/// perspective allowed for.
const OMNI_CHARACTER: std::ops::Range<f32> = 13.2..17.8;
const EXPANDED_CHARACTER: std::ops::Range<f32> = 15.2..18.8;

/// Which of the two kinds of DataBar a row may hold: those with a finder pattern beside eight elements of
/// the right width. The readers themselves are slow where there is nothing.
fn finders(row: &Row) -> (bool, bool) {
    let (mut omni, mut expanded) = (false, false);
    for start in 1..row.len().saturating_sub(5) {
        let Some(runs) = row.runs::<5>(start) else { break };
        let module = row.span(start, start + 5) / FINDER_MODULES;
        let left = start.checked_sub(8).map_or(0.0, |from| row.span(from, start)) / module;
        let right = row.span(start + 5, start + 13) / module;
        // An omnidirectional finder stands between two characters, an expanded one may be the last.
        let may_omni = !omni && OMNI_CHARACTER.contains(&left) && OMNI_CHARACTER.contains(&right);
        let may_expanded = !expanded && (EXPANDED_CHARACTER.contains(&left) || EXPANDED_CHARACTER.contains(&right));
        if !may_omni && !may_expanded {
            continue;
        }
        let [a, b, c, d, e] = runs.map(|run| run / module);
        let edges = [a + b, b + c, c + d, d + e];
        let turned = [d + e, c + d, b + c, a + b];
        let like = |[p, q, r, s]: &[u8; 4]| {
            let [p, q, r, s] = [p, q, r, s].map(|width| f32::from(*width));
            let far = |[e, f, g, h]: [f32; 4]| {
                (e - p - q).powi(2) + (f - q - r).powi(2) + (g - r - s).powi(2) + (h - s - 1.0).powi(2)
            };
            far(edges) < FINDER_DEVIATION || far(turned) < FINDER_DEVIATION
        };
        omni = omni || may_omni && OMNI_FINDERS.iter().any(like);
        expanded = expanded || may_expanded && EXPANDED_FINDERS.iter().any(like);
    }
    (omni, expanded)
}

/// Light that is put to either end of a row, in pixels: the readers want some even where the picture ends.
const PAD: f32 = 24.0;

fn bits(row: &Row, length: f32, scale: f32) -> Option<BitArray> {
    let size = (((length + 2.0 * PAD) * scale) as usize).max(1);
    let mut bits = BitArray::with_size(size);
    for bar in row.at.get(1..row.at.len() - 1)?.as_chunks::<2>().0 {
        let [from, to] = bar.map(|at| (((at + PAD) * scale).round() as usize).min(size));
        for bit in from..to {
            bits.set(bit);
        }
    }
    Some(bits)
}

fn span(read: &RXingResult, scale: f32, length: f32) -> (f32, f32) {
    let (from, to) = read
        .getPoints()
        .iter()
        .map(|point| point.x / scale - PAD)
        .fold((f32::MAX, f32::MIN), |(from, to), x| (from.min(x), to.max(x)));
    if from < to { (from.max(0.0), to.min(length)) } else { (0.0, length) }
}

fn omni(read: &RXingResult, scale: f32, length: f32) -> Option<Hit> {
    let digits = read.getText().as_bytes();
    // It gives the GTIN alone, in some versions in brackets.
    let digits = digits.strip_prefix(b"(01)").unwrap_or(digits);
    (digits.len() == 14 && digits.iter().all(u8::is_ascii_digit)).then(|| Hit {
        format: Format::DataBar,
        aim_id: "]e0",
        content: [b"01", digits].concat(),
        span: span(read, scale, length),
    })
}

fn expanded(read: &RXingResult, scale: f32, length: f32) -> Option<Hit> {
    let content = element_string(read.getText())?;
    Some(Hit { format: Format::DataBarExpanded, aim_id: "]e0", content, span: span(read, scale, length) })
}

/// The element string of a bracketed text. Elements that GS1 would not allow are kept as they are printed: to
/// refuse them is not the decoder's business.
fn element_string(text: &str) -> Option<Vec<u8>> {
    if let Ok(elements) = element::parse_bracketed(text) {
        return Some(elements.to_raw());
    }
    let mut elements = Elements::default();
    let mut rest = text;
    while let Some(inside) = rest.strip_prefix('(') {
        let (ai, after) = inside.split_once(')')?;
        let ai = Ai::new(ai)?;
        let end = next_identifier(after);
        let (value, next) = after.split_at_checked(end)?;
        elements.elements.push(Element { ai, value: value.to_owned(), span: 0..0 });
        rest = next;
    }
    (rest.is_empty() && !elements.is_empty()).then(|| elements.to_raw())
}

/// Where the next identifier in brackets starts: a bracket that opens inside a value is none.
fn next_identifier(text: &str) -> usize {
    text.match_indices('(')
        .find(|(at, _)| {
            text.get(at + 1..)
                .and_then(|inside| inside.split_once(')'))
                .is_some_and(|(ai, _)| Ai::new(ai).is_some_and(|ai| ai.entry().is_some()))
        })
        .map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bracketed_texts_become_element_strings() {
        for (text, expected) in [
            ("(01)09521234543213(3103)000750", Some("01095212345432133103000750".to_owned())),
            ("(10)AB1(17)271231", Some("10AB1\u{1d}17271231".to_owned())),
            ("(10)A(B)1(17)271231", Some("10A(B)1\u{1d}17271231".to_owned())),
            ("(10)1098 1234", Some("101098 1234".to_owned())),
            ("10AB1", None),
            ("", None),
        ] {
            let found = element_string(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_panic_in_a_reader_is_no_code() {
        assert_eq!(guarded(|| Some(3)), Some(3));
        assert_eq!(guarded::<u8>(|| panic!("a row of nothing")), None);
    }
}
