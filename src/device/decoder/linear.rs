//! One region of bars: lines through it, what each says, and which codes enough lines agree on.

mod votes;

use super::bars::stacked::{Stacked, Vote};
use super::bars::{self, Hit, Row};
use super::budget::Budget;
use super::profile::{Line, PER_PIXEL, Pass, Profile};
use super::region::Bars;
use super::{Formats, Luma, Read, Tier};
use votes::Votes;

/// Lines that are read in parallel for one profile, and how far they lie apart, in pixels.
const TAPS: usize = 3;
const TAP_SPREAD: f32 = 1.0;
/// Fewest edges of a line worth reading: a short row of a stacked DataBar has 21 elements and two guards.
const FEWEST_EDGES: usize = 20;
/// Room for the light before and after a code, as a share of the region's length, and at least so many
/// pixels: tiles at the ends may have too few bars to count.
const MARGIN_SHARE: f32 = 0.15;
const MARGIN_LEAST: f32 = 28.0;
/// Share of the region's height that lines are spread over.
const HEIGHT_SHARE: f32 = 0.94;
/// Least distance of two lines, in pixels: closer ones see the same pixels.
const LEAST_APART: f32 = 2.0;
/// Share of that distance at which lines of different regions are still two.
const DISTINCT: f32 = 0.75;
/// A region lower than this, in pixels, is read row by row: there is nothing to take a mean of.
const THIN: f32 = 14.0;
/// Correlation of neighbouring lines above which they see the same bars.
const ALIKE: f32 = 0.6;
/// Lines after which a region without any such pair is left.
const LOOKED_AT: usize = 6;
/// Pairs after which nothing more is compared.
const ALIKE_NEEDED: usize = 2;
/// Characters of a code that a line must show for its region to be read with patience. Three in a row are
/// seldom in leaves or cloth: each must fit its pattern and be as wide as the one before.
const PROMISE: usize = 3;
/// How near the edge of the picture a line must end for the light beyond to be taken for granted.
const CUT: f32 = 0.5;

/// How a region is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Lines at most.
    pub lines: usize,
    /// Ways of telling bars from spaces, each over all lines.
    pub passes: &'static [Pass],
    /// Whether to go on after the first code.
    pub all: bool,
    /// Whether to leave a region whose lines have nothing in common.
    pub bars_only: bool,
    /// Whether to wait for two lines with the same bars before any is read, where there are many.
    pub wait: bool,
    /// Lines after which a region is left that does not even show the start of a code.
    pub patience: usize,
    /// What is noted as the tier.
    pub tier: Tier,
}

/// What became of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its lines have nothing in common.
    Barren,
    /// Its lines have the same bars, or there are few, and no code was read.
    Bars,
    /// There are parts of a code, and no code was read.
    Promising,
    /// A code was read.
    Read,
}

/// Room for reading regions.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    profile: Profile,
    edges: Vec<f32>,
    row: Row,
    hits: Vec<Hit>,
    /// The last profile on either side of the middle, and where it was cut.
    before: [(f32, Vec<i32>); 2],
    votes: Votes,
}

impl Reader {
    /// Begins another frame.
    pub(crate) fn start(&mut self) {
        self.votes.clear();
    }

    /// Reads a region of a picture, one pixel of which is as wide as `scale` pixels of the frame.
    #[expect(clippy::too_many_arguments, reason = "one step of the loop over regions")]
    pub(crate) fn read(
        &mut self,
        luma: Luma<'_>,
        scale: f32,
        region: &Bars,
        formats: Formats,
        plan: Plan,
        budget: &mut Budget,
        found: &mut Vec<Read>,
    ) -> Outcome {
        let margin = (region.half_length * 2.0 * MARGIN_SHARE).max(MARGIN_LEAST);
        let length = 2.0 * (region.half_length + margin);
        let high = 2.0 * region.half_height * HEIGHT_SHARE;
        let thin = high < THIN;
        let (taps, least_apart) = if thin { (1, 1.0) } else { (TAPS, LEAST_APART) };
        let lines = plan.lines.min((high / least_apart) as usize + 1);
        let apart = high / lines as f32;
        self.votes.begin();
        let mut bars = 0;
        let mut promise = 0;
        let mut read = 0;
        let mut stacked = Stacked::new(formats);
        for number in 0..lines {
            // From the middle out, in turn to either side.
            let step = number.div_ceil(2);
            let down = number % 2 == 0;
            let aside = step as f32 * if down { apart } else { -apart };
            // Its place from the top, for the readers of stacked codes.
            let place = if down { lines + step } else { lines.saturating_sub(step) };
            let (along_x, along_y) = region.along;
            let line = Line {
                x: region.x - (length / 2.0) * along_x - aside * along_y,
                y: region.y - (length / 2.0) * along_y + aside * along_x,
                along: region.along,
                length,
                cut: 0.0,
            };
            let Some(line) = line.clipped(luma.width, luma.height) else { continue };
            if !budget.take((line.length * PER_PIXEL) as usize * (1 + plan.passes.len()) / 2) {
                break;
            }
            if !self.profile.sample(luma, &line, taps, TAP_SPREAD) {
                continue;
            }
            if plan.bars_only && bars < ALIKE_NEEDED {
                bars += usize::from(self.like_before(&line, usize::from(!down), number));
                if number >= LOOKED_AT && bars == 0 && promise < PROMISE {
                    return Outcome::Barren;
                }
                if plan.wait && bars == 0 && lines > 2 * LOOKED_AT {
                    continue;
                }
            }
            for pass in plan.passes {
                let picture = (luma, scale, DISTINCT * least_apart);
                let shown = self.line(&line, *pass, picture, formats, place, stacked.as_mut());
                promise = promise.max(shown);
            }
            if self.votes.settle(plan.tier, found) && !plan.all {
                return Outcome::Read;
            }
            read += 1;
            if read >= plan.patience && promise < PROMISE {
                break;
            }
        }
        if promise >= PROMISE { Outcome::Promising } else { Outcome::Bars }
    }

    /// Whether the profile just taken has the same bars as the one before it on the same side: leaves, cloth
    /// and letters have not.
    fn like_before(&mut self, line: &Line, side: usize, number: usize) -> bool {
        let Some((cut, before)) = self.before.get_mut(side) else { return false };
        let shift = ((*cut - line.cut) * PER_PIXEL).round() as i64;
        // The first on either side has none before it.
        let alike = number > 2 && self.profile.likeness(before, shift) > ALIKE;
        *cut = line.cut;
        before.clear();
        before.extend_from_slice(self.profile.raw());
        alike
    }

    /// Reads a line in one way; says how many characters of a code it shows.
    fn line(
        &mut self,
        line: &Line,
        pass: Pass,
        (luma, scale, apart): (Luma<'_>, f32, f32),
        formats: Formats,
        number: usize,
        mut stacked: Option<&mut Stacked>,
    ) -> usize {
        self.profile.edges(pass, &mut self.edges);
        if self.edges.len() < FEWEST_EDGES {
            return 0;
        }
        let ends = [line.point(0.0), line.point(line.length)].map(|(x, y)| {
            x < CUT || y < CUT || x > luma.width as f32 - 1.0 - CUT || y > luma.height as f32 - 1.0 - CUT
        });
        self.row.fill(&self.edges, line.length, (ends[0], ends[1]));
        let mut stacked_hits = Vec::new();
        for reversed in [false, true] {
            if reversed {
                self.row.reverse();
            }
            self.hits.clear();
            bars::read(&self.row, formats, &mut self.hits);
            stacked_hits.clear();
            if let Some(stacked) = stacked.as_deref_mut() {
                stacked.read(&self.row, number, &mut stacked_hits);
            }
            let own = self.hits.drain(..).map(|hit| (hit, Vote::Line));
            for (hit, vote) in own.chain(stacked_hits.drain(..)) {
                let (from, to) = hit.span;
                let (from, to) = if reversed { (line.length - from, line.length - to) } else { (from, to) };
                let ends = [from, to].map(|at| line.point(at)).map(|(x, y)| (x * scale, y * scale));
                self.votes.add(hit, vote, apart * scale, ends);
            }
        }
        self.row.promise()
    }
}
