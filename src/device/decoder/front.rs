//! The decoder that is built in: finds regions, reads them in rounds, stops when the work allowed is
//! done.

mod crops;
mod levels;
mod plan;

use super::budget::Budget;
use super::gate::Tiles;
use super::linear::{Outcome, Plan as LinePlan, Reader};
use super::plane::Plane;
use super::region::{self, Bars, Cells};
use super::{Decoder, Effort, Format, Luma, Read, Request};
use crops::{Crops, Look};
use levels::{Levels, scaled};
use plan::{FEWEST_WHOLE_LINES, Round, WHOLE_SAMPLES, plan};

/// Longest region, in pixels, that is read without halving it: beyond, bars are wide enough.
const LONGEST_REGION: f32 = 2000.0;
/// A picture of no more pixels is searched for a matrix as a whole at once: it is little more than a box.
const SMALL_PICTURE: usize = 300 * 300;
/// Side of a picture, in pixels, below which tiles say little: it is a handful of them high.
const THIN_PICTURE: usize = 64;
/// A frame whose strongest tile is below this, in squared grey levels, has nothing in it.
const GATE: f32 = 30.0;
/// Share of a code's length that a region around it may have before something else may be in it too.
const AROUND_CODE: f32 = 0.75;

/// The decoder that is built in. It keeps room between frames, nothing of their content.
#[derive(Default)]
pub struct FrontEnd {
    halves: Vec<Plane>,
    tiles: Tiles,
    /// Tiles of the picture's half.
    coarse: Tiles,
    half: Plane,
    reader: Reader,
    crops: Crops,
    /// Regions of this frame that were read, and what came of it.
    seen: Vec<(Bars, Outcome)>,
    turned: Plane,
    doubled: Plane,
}

/// What a frame is asked for, what it may cost, and what was found.
struct Work<'a> {
    request: &'a Request,
    budget: Budget,
    found: Vec<Read>,
}

impl Work<'_> {
    fn linear(&self) -> bool {
        self.request.formats.iter().any(Format::is_linear)
    }

    fn matrix(&self) -> bool {
        self.request.formats.has(Format::Qr) || self.request.formats.has(Format::DataMatrix)
    }
}

impl FrontEnd {
    /// A decoder with no room yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Decoder for FrontEnd {
    fn decode(&mut self, luma: Luma<'_>, request: &Request) -> Vec<Read> {
        if !luma.is_sound() {
            return Vec::new();
        }
        let (rounds, points) = plan(request.effort);
        let mut halves = std::mem::take(&mut self.halves);
        let levels = Levels::new(luma, &mut halves);
        let mut work = Work { request, budget: Budget::new(points), found: Vec::new() };
        self.read(&levels, rounds, &mut work);
        self.halves = halves;
        nearest_first(&mut work.found, request);
        work.found
    }
}

/// Sorts by the distance from the middle of the aim.
fn nearest_first(found: &mut [Read], request: &Request) {
    if let Some(aim) = request.aim {
        let (x, y) = ((aim.x + aim.width / 2) as f32, (aim.y + aim.height / 2) as f32);
        let far = |read: &Read| {
            let (own_x, own_y) = middle(&read.corners);
            (own_x - x).powi(2) + (own_y - y).powi(2)
        };
        found.sort_by(|a, b| far(a).total_cmp(&far(b)));
    }
}

impl FrontEnd {
    fn read(&mut self, levels: &Levels<'_>, rounds: &[Round], work: &mut Work<'_>) {
        self.seen.clear();
        self.crops.start();
        self.reader.start();
        let luma = levels.at(levels.measured());
        self.tiles.measure(luma);
        let small = luma.pixels() <= SMALL_PICTURE;
        // A picture smaller than two tiles says nothing by them.
        if !small && !self.tiles.iter().any(|(_, _, tile)| tile.trace() > GATE) {
            return;
        }
        let mut halved = false;
        let thin = luma.width.min(luma.height) <= THIN_PICTURE;
        for round in rounds {
            if round.whole {
                // Where tiles say enough, what they missed is hardly found without them.
                if work.found.is_empty() && (small || thin || work.request.effort == Effort::Still) {
                    self.whole(levels, round, work);
                }
                continue;
            }
            // Once something is read, only what looked like another code is worth more.
            let again = !work.found.is_empty();
            self.round(levels, false, round, again, work);
            if work.found.is_empty() {
                if !std::mem::replace(&mut halved, true) {
                    self.half.halve(luma);
                    self.coarse.measure_half(self.half.luma());
                }
                self.round(levels, true, round, again, work);
            }
        }
    }

    /// Regions and boxes of one size of tiles.
    fn round(&mut self, levels: &Levels<'_>, coarse: bool, round: &Round, again: bool, work: &mut Work<'_>) {
        let level = levels.measured();
        let tiles = if coarse { &self.coarse } else { &self.tiles };
        let aim = work.request.aim.map(|aim| scaled(aim, 0, level));
        let regions = if work.linear() { region::linear(tiles, aim, round.regions) } else { Vec::new() };
        let boxes = if work.matrix() { region::matrix(tiles, aim, round.crops) } else { Vec::new() };
        for bars in regions {
            let before = self.seen.iter().rposition(|(own, _)| *own == bars);
            let outcome = before.and_then(|at| self.seen.get(at)).map(|(_, outcome)| *outcome);
            // What showed no part of a code, alone or in much the same region, will not do so in another way.
            let outcome =
                outcome.or_else(|| self.seen.iter().find(|(own, _)| bars.alike(own)).map(|(_, outcome)| *outcome));
            let hopeless = matches!(outcome, Some(Outcome::Barren | Outcome::Bars));
            if hopeless || again && outcome != Some(Outcome::Promising) {
                continue;
            }
            let outcome = self.bars(levels, level, &bars, round.lines, work);
            self.seen.push((bars, outcome));
        }
        for cells in boxes {
            if again && !self.crops.like_a_code(&cells) {
                continue;
            }
            self.crops.search(levels, level, &cells, round, work);
        }
        let luma = levels.at(level);
        if work.found.is_empty() && work.matrix() && !coarse && level == 0 && luma.pixels() <= SMALL_PICTURE {
            let whole = Cells::whole(luma.width, luma.height);
            self.crops.search(levels, level, &whole, round, work);
        }
    }

    fn bars(&mut self, levels: &Levels<'_>, level: usize, bars: &Bars, plan: LinePlan, work: &mut Work<'_>) -> Outcome {
        // As large as it is in the picture, unless that is larger than needed.
        let mut at = level;
        let mut scale = 1.0;
        while at > 0 && bars.half_length * scale * 4.0 <= LONGEST_REGION {
            at -= 1;
            scale *= 2.0;
        }
        let region = bars.scaled(scale);
        let full = (1_usize << at) as f32;
        if work.found.iter().any(|read| {
            let (x, y) = middle(&read.corners);
            let inside = region.holds(x / full, y / full, 0.0);
            // A region around a code that was read, and little more.
            inside && region.half_length * full < AROUND_CODE * distance(read.corners)
        }) {
            return Outcome::Read;
        }
        let formats = work.request.formats;
        self.reader.read(levels.at(at), full, &region, formats, plan, &mut work.budget, &mut work.found)
    }

    /// The whole picture, where nothing was found in regions.
    fn whole(&mut self, levels: &Levels<'_>, round: &Round, work: &mut Work<'_>) {
        let mut luma = levels.at(levels.measured());
        let mut full = (1_usize << levels.measured()) as f32;
        // A small one was looked at as it is, and may have modules of a single pixel.
        let mut doubled = std::mem::take(&mut self.doubled);
        if levels.full.pixels() <= SMALL_PICTURE {
            doubled.double(levels.full);
            luma = doubled.luma();
            full = 0.5;
        }
        if work.linear() {
            let fit = WHOLE_SAMPLES / luma.width.max(luma.height);
            let most = round.lines.lines;
            let lines = LinePlan { lines: fit.clamp(FEWEST_WHOLE_LINES, most), ..round.lines };
            let formats = work.request.formats;
            let region = Bars::whole(luma.width, luma.height);
            self.reader.read(luma, full, &region, formats, lines, &mut work.budget, &mut work.found);
            let before = work.found.len();
            let mut turned = std::mem::take(&mut self.turned);
            turned.turn(luma);
            let region = Bars::whole(luma.height, luma.width);
            // Its places are turned, too.
            self.reader.start();
            self.reader.read(turned.luma(), full, &region, formats, lines, &mut work.budget, &mut work.found);
            self.turned = turned;
            for read in work.found.iter_mut().skip(before) {
                read.corners = read.corners.map(|(x, y)| (y, x));
            }
        }
        if work.found.is_empty() && work.matrix() {
            for way in round.tries {
                if self.crops.look(luma, (0.0, 0.0), 0, *way, round, work) == Look::Read {
                    break;
                }
            }
            for read in &mut work.found {
                read.corners = read.corners.map(|(x, y)| (x * full, y * full));
            }
        }
        self.doubled = doubled;
    }
}

fn middle(corners: &[(f32, f32); 4]) -> (f32, f32) {
    let (x, y) = corners.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    (x / 4.0, y / 4.0)
}

fn distance([(x0, y0), (x1, y1), ..]: [(f32, f32); 4]) -> f32 {
    (x1 - x0).hypot(y1 - y0)
}
