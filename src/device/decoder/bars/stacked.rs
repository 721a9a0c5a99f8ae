//! The DataBar family, whose codes may be printed in several rows, and Codabar by the reader of `rxing`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::BitArray;
use rxing::oned::{CodaBarReader, OneDReader};
use rxing::{DecodeHints, RXingResult};

use super::databar::{self, Pair, Pairs};
use super::{Hit, Row};
use crate::device::decoder::{Format, Formats};

/// Bits of a row of Codabar at most; beyond that the reader's time grows and nothing is won.
const MOST_BITS: f32 = 4800.0;
/// Bits per pixel at most: edges are not known better than a sixth of one.
const FINEST: f32 = 6.0;
/// Lines that must have seen a pair before it is put together with those of other rows.
const ROW_VOTES: usize = 2;
/// Pairs that are remembered in a region; two codes have no more.
const MOST_PAIRS: usize = 48;
/// Letters of a Codabar at least, without its start and stop.
const FEWEST_CODABAR: usize = 6;
/// Runs of so many letters, with start and stop.
const FEWEST_CODABAR_RUNS: usize = 8 * (FEWEST_CODABAR + 2);

/// Which line a code counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vote {
    /// The line just read.
    Line,
    /// Two lines at once: every part was seen by two.
    Both,
}

/// A pair that lines saw.
#[derive(Debug)]
struct Seen {
    pair: Pair,
    lines: Vec<usize>,
}

/// What was gathered in one region of one frame, so that two labels are never joined.
#[derive(Debug)]
pub(crate) struct Stacked {
    formats: Formats,
    pairs: Pairs,
    omni: Vec<Seen>,
    expanded: Vec<Seen>,
    hits: Vec<Hit>,
}

impl Stacked {
    /// Readers for the formats among these that are theirs; `None` where there are none.
    pub(crate) fn new(formats: Formats) -> Option<Self> {
        let any = [Format::DataBar, Format::DataBarExpanded, Format::Codabar].into_iter().any(|own| formats.has(own));
        any.then(|| Self { formats, pairs: Pairs::default(), omni: Vec::new(), expanded: Vec::new(), hits: Vec::new() })
    }

    /// Reads a row as it lies. `line` is its place in the region, from the top.
    pub(crate) fn read(&mut self, row: &Row, line: usize, found: &mut Vec<(Hit, Vote)>) {
        let (omni, expanded) = (self.formats.has(Format::DataBar), self.formats.has(Format::DataBarExpanded));
        if omni || expanded {
            databar::pairs(row, omni, expanded, &mut self.pairs);
            databar::whole(row, &self.pairs, &mut self.hits);
            let whole = !self.hits.is_empty();
            found.extend(self.hits.drain(..).map(|hit| (hit, Vote::Line)));
            let mut more = false;
            for (seen, pairs) in [(&mut self.omni, &self.pairs.omni), (&mut self.expanded, &self.pairs.expanded)] {
                for (_, pair) in pairs {
                    more |= note(seen, pair, line);
                }
            }
            if more && !whole {
                self.gathered(row, found);
            }
        }
        if self.formats.has(Format::Codabar) && row.len() > FEWEST_CODABAR_RUNS {
            found.extend(codabar(row).map(|hit| (hit, Vote::Line)));
        }
    }

    /// Codes of pairs that different rows hold.
    fn gathered(&self, row: &Row, found: &mut Vec<(Hit, Vote)>) {
        let length = row.at.last().copied().unwrap_or_default();
        let hit = |format, content| (Hit { format, aim_id: "]e0", content, span: (0.0, length) }, Vote::Both);
        if let (Some(left), Some(right)) =
            (sure(&self.omni, |pair| !pair.mirrored), sure(&self.omni, |pair| pair.mirrored))
            && let Some(content) = databar::omni(&left, &right)
        {
            found.push(hit(Format::DataBar, content));
        }
        if let Some(first) = sure(&self.expanded, |pair| pair.finder == 0 && !pair.mirrored) {
            let pair = |place: usize, finder: usize, whole: bool| {
                let mirrored = place % 2 == 1;
                sure(&self.expanded, |pair| {
                    pair.finder == finder && pair.mirrored == mirrored && (pair.right.is_some() || !whole)
                })
            };
            if let Some(content) = databar::expanded(&first, pair) {
                found.push(hit(Format::DataBarExpanded, content));
            }
        }
    }
}

/// Counts a pair for a line; says whether enough lines have seen it now.
fn note(seen: &mut Vec<Seen>, pair: &Pair, line: usize) -> bool {
    match seen.iter_mut().find(|own| own.pair == *pair) {
        Some(own) if own.lines.contains(&line) => false,
        Some(own) => {
            own.lines.push(line);
            own.lines.len() >= ROW_VOTES
        }
        None => {
            if seen.len() < MOST_PAIRS {
                seen.push(Seen { pair: *pair, lines: vec![line] });
            }
            false
        }
    }
}

/// The pair among some that enough lines saw; none where two were: they may belong to two codes.
fn sure(seen: &[Seen], among: impl Fn(&Pair) -> bool) -> Option<Pair> {
    let mut fit = seen.iter().filter(|own| own.lines.len() >= ROW_VOTES && among(&own.pair));
    let first = fit.next()?;
    fit.next().is_none().then_some(first.pair)
}

fn codabar(row: &Row) -> Option<Hit> {
    let length = row.at.last().copied().unwrap_or_default();
    let scale = (MOST_BITS / length.max(1.0)).clamp(1.0, FINEST);
    let bits = bits(row, length, scale)?;
    let read = guarded(|| CodaBarReader::default().decode_row(0, &bits, &DecodeHints::default()).ok())?;
    let content = read.getText().as_bytes().to_vec();
    (content.len() >= FEWEST_CODABAR).then(|| {
        let span = span(&read, scale, length);
        Hit { format: Format::Codabar, aim_id: "]F0", content, span }
    })
}

/// Runs a reader of `rxing`; a panic in it is no code.
pub(crate) fn guarded<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_a_reader_is_no_code() {
        assert_eq!(guarded(|| Some(3)), Some(3));
        assert_eq!(guarded::<u8>(|| panic!("a row of nothing")), None);
    }
}
