//! One region of bars: lines through it, what each says, and which codes enough lines agree on.

use super::bars::stacked::{Stacked, Vote};
use super::bars::{self, Hit, Row};
use super::budget::Budget;
use super::profile::{Line, PER_PIXEL, Pass, Profile};
use super::region::Bars;
use super::{Format, Formats, Luma, Read, Tier};

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
/// A region lower than this, in pixels, is read row by row: there is nothing to take a mean of.
const THIN: f32 = 14.0;
/// Correlation of neighbouring lines above which they see the same bars.
const ALIKE: f32 = 0.6;
/// Lines after which a region without any such pair is left.
const LOOKED_AT: usize = 6;
/// Pairs after which nothing more is compared.
const ALIKE_NEEDED: usize = 2;
/// How near the edge of the picture a line must end for the light beyond to be taken for granted.
const CUT: f32 = 0.5;

/// Lines that must say the same.
fn needed(format: Format) -> usize {
    match format {
        // Their own check, if any, lets one in ten or more pass.
        Format::Itf => 4,
        Format::Itf14 | Format::Ean8 | Format::UpcE | Format::Codabar => 3,
        _ => 2,
    }
}

/// A code as lines saw it.
struct Tally {
    hit: Hit,
    /// What voted: lines, or sets of readers.
    voters: Vec<usize>,
    /// Where its ends were seen, on the line highest up and on the one lowest down, with their place.
    top: (f32, [(f32, f32); 2]),
    bottom: (f32, [(f32, f32); 2]),
}

/// Voters from here on are sets of readers, below are lines.
const SETS: usize = 1 << 16;

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
    /// What is noted as the tier.
    pub tier: Tier,
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
}

impl Reader {
    /// Reads a region; `false` where it was left because its lines have nothing in common.
    pub(crate) fn read(
        &mut self,
        luma: Luma<'_>,
        region: &Bars,
        formats: Formats,
        plan: Plan,
        budget: &mut Budget,
        found: &mut Vec<Read>,
    ) -> bool {
        let margin = (region.half_length * 2.0 * MARGIN_SHARE).max(MARGIN_LEAST);
        let length = 2.0 * (region.half_length + margin);
        let high = 2.0 * region.half_height * HEIGHT_SHARE;
        let thin = high < THIN;
        let (taps, least_apart) = if thin { (1, 1.0) } else { (TAPS, LEAST_APART) };
        let lines = plan.lines.min((high / least_apart) as usize + 1);
        let apart = high / lines as f32;
        let mut tallies: Vec<Tally> = Vec::new();
        let mut bars = 0;
        // What they gather belongs to lines of one pass.
        let mut stacked: Vec<Option<Stacked>> = plan.passes.iter().map(|_| Stacked::new(formats)).collect();
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
                return true;
            }
            if !self.profile.sample(luma, &line, taps, TAP_SPREAD) {
                continue;
            }
            if plan.bars_only && bars < ALIKE_NEEDED {
                bars += usize::from(self.like_before(&line, usize::from(!down), number));
                if number >= LOOKED_AT && bars == 0 {
                    return false;
                }
                if plan.wait && bars == 0 && lines > 2 * LOOKED_AT {
                    continue;
                }
            }
            for (pass, stacked) in plan.passes.iter().zip(&mut stacked) {
                self.line(&line, *pass, luma, formats, (place, aside), stacked.as_mut(), &mut tallies);
            }
            if settle(&mut tallies, plan.tier, found) && !plan.all {
                return true;
            }
        }
        true
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

    #[expect(clippy::too_many_arguments, reason = "one step of the loop above")]
    fn line(
        &mut self,
        line: &Line,
        pass: Pass,
        luma: Luma<'_>,
        formats: Formats,
        (number, aside): (usize, f32),
        mut stacked: Option<&mut Stacked>,
        tallies: &mut Vec<Tally>,
    ) {
        self.profile.edges(pass, &mut self.edges);
        if self.edges.len() < FEWEST_EDGES {
            return;
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
                tally(tallies, hit, vote, number, aside, [line.point(from), line.point(to)]);
            }
        }
    }
}

fn tally(tallies: &mut Vec<Tally>, hit: Hit, vote: Vote, line: usize, aside: f32, ends: [(f32, f32); 2]) {
    let voters = match vote {
        Vote::Line => [Some(line), None],
        Vote::Set(set) => [Some(SETS + set), None],
        Vote::Both => [Some(SETS), Some(SETS + 1)],
    };
    let place = tallies.iter().position(|own| own.hit.format == hit.format && own.hit.content == hit.content);
    let own = match place.and_then(|place| tallies.get_mut(place)) {
        Some(own) => own,
        None => {
            tallies.push(Tally { hit, voters: Vec::new(), top: (aside, ends), bottom: (aside, ends) });
            let Some(own) = tallies.last_mut() else { return };
            own
        }
    };
    for voter in voters.into_iter().flatten() {
        if !own.voters.contains(&voter) {
            own.voters.push(voter);
        }
    }
    if aside < own.top.0 {
        own.top = (aside, ends);
    }
    if aside > own.bottom.0 {
        own.bottom = (aside, ends);
    }
}

/// Moves codes with enough votes to what was found; says whether there were any.
fn settle(tallies: &mut [Tally], tier: Tier, found: &mut Vec<Read>) -> bool {
    let mut any = false;
    for index in 0..tallies.len() {
        let Some(own) = tallies.get(index) else { continue };
        // Another text in the same place is a vote against.
        let against: usize = tallies
            .iter()
            .filter(|other| other.hit.content != own.hit.content && overlap(own, other))
            .map(|other| other.voters.len())
            .sum();
        let votes = own.voters.len();
        if votes < needed(own.hit.format) + against {
            continue;
        }
        any = true;
        let [top_start, top_end] = own.top.1;
        let [bottom_start, bottom_end] = own.bottom.1;
        let read = Read {
            content: own.hit.content.clone(),
            aim_id: own.hit.aim_id,
            format: own.hit.format,
            tier,
            votes: u8::try_from(votes).unwrap_or(u8::MAX),
            corners: [top_start, top_end, bottom_end, bottom_start],
        };
        match found.iter_mut().find(|own| own.format == read.format && own.content == read.content) {
            Some(own) => own.votes = own.votes.max(read.votes),
            None => found.push(read),
        }
    }
    any
}

fn overlap(one: &Tally, other: &Tally) -> bool {
    // Both lie along the same direction: it is enough to compare the longer axis of the first.
    let [(x0, y0), (x1, y1)] = one.top.1;
    let wide = (x1 - x0).abs() >= (y1 - y0).abs();
    let reach = |ends: &[(f32, f32); 2]| {
        let [a, b] = ends.map(|(x, y)| if wide { x } else { y });
        (a.min(b), a.max(b))
    };
    let (low, high) = reach(&one.top.1);
    let (other_low, other_high) = reach(&other.top.1);
    low < other_high && other_low < high
}
