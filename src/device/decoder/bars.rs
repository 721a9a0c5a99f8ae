//! Linear codes out of the widths of bars and spaces along a line.
//!
//! Our own readers work on distances between like edges (the start of one bar to the start of the
//! next), which ink that spreads and a threshold that sits too high or low do not change. Codabar
//! goes to the reader of `rxing`.

mod code128;
mod code39;
mod databar;
mod ean;
mod expanded;
mod itf;
pub(crate) mod stacked;

use std::cell::Cell;

use super::{Format, Formats};

/// Bars and spaces of one line. Runs count from 0, the light before the first bar; odd ones are bars.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// Where each run starts, in pixels from the start of the line; one more than there are runs.
    pub at: Vec<f32>,
    widths: Vec<f32>,
    /// Whether the picture ends where the line begins and ends: nothing is known of the light there.
    cut: (bool, bool),
    /// How much of a code a reader has seen in it at most, in characters.
    promise: Cell<usize>,
}

/// A code in a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hit {
    pub format: Format,
    pub aim_id: &'static str,
    pub content: Vec<u8>,
    /// Where it starts and ends, in pixels along the row.
    pub span: (f32, f32),
}

impl Row {
    /// Fills the row from edges in pixels, the first into the dark, their number even.
    pub(crate) fn fill(&mut self, edges: &[f32], length: f32, cut: (bool, bool)) {
        self.at.clear();
        self.at.push(0.0);
        self.at.extend_from_slice(edges);
        self.at.push(length);
        self.cut = cut;
        self.promise.set(0);
        self.measure();
    }

    /// Turns the row round.
    pub(crate) fn reverse(&mut self) {
        let length = self.at.last().copied().unwrap_or_default();
        self.at.reverse();
        for at in &mut self.at {
            *at = length - *at;
        }
        self.cut = (self.cut.1, self.cut.0);
        self.measure();
    }

    fn measure(&mut self) {
        self.widths.clear();
        self.widths.extend(self.at.windows(2).map(|pair| match pair {
            [from, to] => to - from,
            _ => 0.0,
        }));
    }

    /// Notes that a reader has seen so many characters of a code, the start included.
    fn saw(&self, characters: usize) {
        self.promise.set(self.promise.get().max(characters));
    }

    /// How much of a code was seen in it at most, in characters.
    pub(crate) fn promise(&self) -> usize {
        self.promise.get()
    }

    /// How many runs there are.
    pub(crate) fn len(&self) -> usize {
        self.widths.len()
    }

    fn width(&self, run: usize) -> f32 {
        self.widths.get(run).copied().unwrap_or_default()
    }

    /// `N` runs from one on.
    fn runs<const N: usize>(&self, from: usize) -> Option<&[f32; N]> {
        self.widths.get(from..from + N)?.first_chunk::<N>()
    }

    /// The distance from the start of one run to that of another.
    fn span(&self, from: usize, to: usize) -> f32 {
        match (self.at.get(from), self.at.get(to)) {
            (Some(from), Some(to)) => to - from,
            _ => 0.0,
        }
    }

    /// Where a code of these runs starts and ends.
    fn place(&self, from: usize, to: usize) -> (f32, f32) {
        let at = |run: usize| self.at.get(run).copied().unwrap_or_default();
        (at(from), at(to))
    }

    /// The light before a bar.
    fn light_before(&self, run: usize) -> f32 {
        match run {
            0 => 0.0,
            1 if self.cut.0 => f32::MAX,
            _ => self.width(run - 1),
        }
    }

    /// The light that starts with a run.
    fn light_from(&self, run: usize) -> f32 {
        if run + 1 == self.len() && self.cut.1 { f32::MAX } else { self.width(run) }
    }
}

/// Reads a row in the way it lies; [`Row::reverse`] it for the other.
pub(crate) fn read(row: &Row, formats: Formats, found: &mut Vec<Hit>) {
    let ean = [Format::Ean13, Format::UpcA, Format::Ean8, Format::UpcE].into_iter().any(|format| formats.has(format));
    let code128 = formats.has(Format::Code128);
    let code39 = formats.has(Format::Code39);
    let itf = formats.has(Format::Itf14) || formats.has(Format::Itf);
    let mut start = 1;
    while start + FEWEST_RUNS < row.len() + 1 {
        let hit = None
            .or_else(|| ean.then(|| ean::read(row, start, formats)).flatten())
            .or_else(|| code128.then(|| code128::read(row, start)).flatten())
            .or_else(|| code39.then(|| code39::read(row, start)).flatten())
            .or_else(|| itf.then(|| itf::read(row, start, formats)).flatten());
        match hit {
            Some(hit) => {
                // On with the first bar after it.
                start = row.at.partition_point(|at| *at <= hit.span.1).max(start + 2) | 1;
                found.push(hit);
            }
            None => start += 2,
        }
    }
}

/// Runs of the shortest code, an UPC-E, without the light around it.
pub(crate) const FEWEST_RUNS: usize = 33;
