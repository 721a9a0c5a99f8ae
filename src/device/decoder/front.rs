//! The decoder that is built in: finds regions, reads them in tiers, stops when the work allowed is
//! done.

use super::budget::Budget;
use super::gate::Tiles;
use super::linear::{Plan as LinePlan, Reader};
use super::matrix::{self, Binary};
use super::plane::Plane;
use super::profile::{Pass, Threshold};
use super::region::{self, Bars, Cells};
use super::{Decoder, Effort, Format, Formats, Luma, Read, Rect, Request, Tier};

/// Largest picture whose tiles are measured, in pixels: a frame of 1920 × 1080. Larger ones are
/// halved until they fit; codes are then read in the picture their size asks for.
const MOST_MEASURED: usize = 2_100_000;
/// Halvings at most: 50 megapixels fit after three.
const MOST_HALVINGS: usize = 4;
/// Longest region, in pixels, that is read without halving it: beyond, bars are wide enough.
const LONGEST_REGION: f32 = 2000.0;
/// Largest crop for a matrix, in pixels, before it is halved.
const MOST_CROP: usize = 450 * 450;
/// A picture of no more pixels is searched for a matrix as a whole at once: it is little more than a box.
const SMALL_PICTURE: usize = 300 * 300;
/// White put around such a picture, in pixels.
const FRAME: usize = 6;
/// Crops below this side, in pixels, are also doubled.
const DOUBLE_BELOW: usize = 260;
/// Pixels around a box of cells that are cropped with it: its tiles may miss the edge, and the light
/// around belongs to the code.
const CROP_MARGIN: usize = 20;
/// A frame whose strongest tile is below this, in squared grey levels, has nothing in it.
const GATE: f32 = 30.0;
/// Points one pixel of a crop costs, against one sample of a line.
const CROP_POINTS: usize = 2;

/// One round over a picture; the next one is only begun where it found nothing.
struct Round {
    /// Regions of bars that are read, and as many joined ones.
    regions: usize,
    lines: LinePlan,
    /// Boxes of cells that are searched.
    crops: usize,
    tries: &'static [Try],
    /// Whether regions are also looked for in the picture once more halved: bars wider than a tile.
    halved: bool,
    /// Whether the whole picture is read instead of its regions.
    whole: bool,
    tier: Tier,
}

/// One way of looking at a crop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Try {
    /// As it is; halved where it is large.
    Plain,
    /// As it is, also where it is large.
    Fine,
    /// Blurred: dots become areas.
    Smooth,
    /// Doubled, where it is small: cells may be a pixel and a half.
    Double,
    /// With one threshold.
    Global,
    /// Halved, where it is neither small nor large: blur, noise and broken print even out.
    Half,
}

/// Thresholds over 28 pixels to either side: a few bars and spaces of the widest code.
const AROUND: Pass = Pass { threshold: Threshold::Around(28), sharp: true };
/// For bars as narrow as the blur; beside wide ones the sharpening throws up ridges that it takes for peaks.
const PEAKS: Pass = Pass { threshold: Threshold::Peaks, sharp: true };
/// For uneven light and fine bars.
const CLOSE: Pass = Pass { threshold: Threshold::Around(10), sharp: true };
/// For pictures that are sharp as they are.
const PLAIN: Pass = Pass { threshold: Threshold::Around(28), sharp: false };
const PLAIN_PEAKS: Pass = Pass { threshold: Threshold::Peaks, sharp: false };

/// The quick tiers.
const FIRST: Round = Round {
    regions: 4,
    lines: LinePlan {
        lines: 15,
        passes: &[AROUND, PLAIN_PEAKS],
        all: false,
        bars_only: true,
        wait: false,
        tier: Tier::Linear,
    },
    crops: 3,
    tries: &[Try::Plain, Try::Smooth],
    halved: false,
    whole: false,
    tier: Tier::Matrix,
};

/// All lines, all thresholds, blurred and doubled crops.
const SECOND: Round = Round {
    regions: 6,
    lines: LinePlan {
        lines: 23,
        passes: &[PLAIN, PEAKS, CLOSE, AROUND, PLAIN_PEAKS],
        all: false,
        bars_only: true,
        wait: true,
        tier: Tier::Full,
    },
    crops: 6,
    tries: &[Try::Double, Try::Fine, Try::Global, Try::Half],
    halved: true,
    whole: false,
    tier: Tier::Full,
};

/// The whole picture.
const THIRD: Round = Round {
    regions: 0,
    lines: LinePlan {
        lines: WHOLE_LINES,
        passes: &[AROUND, PLAIN_PEAKS],
        all: true,
        bars_only: false,
        wait: false,
        tier: Tier::Frame,
    },
    crops: 0,
    tries: &[Try::Plain, Try::Half],
    halved: false,
    whole: true,
    tier: Tier::Frame,
};

/// Rounds and points of work of an effort.
fn plan(effort: Effort) -> (&'static [Round], u64) {
    match effort {
        Effort::Quick => (&[FIRST], QUICK_POINTS),
        Effort::Full => (&[FIRST, SECOND, THIRD], FULL_POINTS),
        Effort::Still => (&[FIRST, SECOND, THIRD], STILL_POINTS),
    }
}

/// About 5 ms of a desktop processor: a sixth of the time between two frames.
const QUICK_POINTS: u64 = 300_000;
/// About 20 ms: every third frame may take so long.
const FULL_POINTS: u64 = 1_500_000;
/// About 60 ms: a quarter of the 250 ms a photograph may take, for slower processors.
const STILL_POINTS: u64 = 4_000_000;

/// Lines across and down the whole picture in the last round, at most and at least, and pixels they
/// cross one way.
const WHOLE_LINES: usize = 41;
const FEWEST_WHOLE_LINES: usize = 9;
const WHOLE_SAMPLES: usize = 20_000;

/// The decoder that is built in. It keeps room between frames, nothing of their content.
#[derive(Default)]
pub struct FrontEnd {
    halves: Vec<Plane>,
    tiles: Tiles,
    reader: Reader,
    /// Regions of this frame that hold no bars.
    barren: Vec<Bars>,
    /// Whether a large crop of this frame was searched in full.
    fine_done: bool,
    smooth: Plane,
    double: Plane,
    half: Plane,
    crop: Plane,
    whole: Plane,
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
        let levels = Levels::new(luma, &mut halves, rounds.iter().any(|round| round.halved));
        let found = self.read(&levels, rounds, Budget::new(points), request);
        self.halves = halves;
        found
    }
}

/// A picture and its halvings.
struct Levels<'a> {
    full: Luma<'a>,
    halves: &'a [Plane],
    /// Halvings after which it is small enough to be measured.
    measured: usize,
}

impl<'a> Levels<'a> {
    fn new(full: Luma<'a>, room: &'a mut Vec<Plane>, once_more: bool) -> Self {
        let mut pixels = full.pixels();
        let mut measured = 0;
        while pixels > MOST_MEASURED && measured < MOST_HALVINGS {
            pixels /= 4;
            measured += 1;
        }
        let count = measured + usize::from(once_more);
        room.resize_with(count.max(room.len()), Plane::default);
        let mut last: Option<Plane> = None;
        for plane in room.iter_mut().take(count) {
            let mut made = std::mem::take(plane);
            made.halve(last.as_ref().map_or(full, Plane::luma));
            if let Some(last) = last.replace(made) {
                *plane = last;
            }
        }
        // Each was put one place too far on.
        room.truncate(count);
        if let Some(last) = last {
            room.push(last);
            room.remove(0);
        }
        Self { full, halves: room, measured }
    }

    fn at(&self, halvings: usize) -> Luma<'_> {
        match halvings.checked_sub(1) {
            None => self.full,
            Some(index) => self.halves.get(index).map_or(self.full, Plane::luma),
        }
    }

    fn count(&self) -> usize {
        self.halves.len() + 1
    }
}

fn scaled(rect: Rect, from: usize, to: usize) -> Rect {
    let scale = |value: usize| if from >= to { value << (from - to) } else { value >> (to - from) };
    Rect { x: scale(rect.x), y: scale(rect.y), width: scale(rect.width), height: scale(rect.height) }
}

impl FrontEnd {
    fn read(&mut self, levels: &Levels<'_>, rounds: &[Round], mut budget: Budget, request: &Request) -> Vec<Read> {
        let mut found = Vec::new();
        self.barren.clear();
        self.fine_done = false;
        for round in rounds {
            if round.whole {
                self.whole(levels, round, request, &mut budget, &mut found);
            } else {
                let last = if round.halved { levels.count() } else { levels.measured + 1 };
                for level in levels.measured..last {
                    self.tiles.measure(levels.at(level));
                    // A picture smaller than two tiles says nothing by them.
                    let small = levels.at(level).pixels() <= SMALL_PICTURE;
                    if small || self.tiles.iter().any(|(_, _, tile)| tile.trace() > GATE) {
                        self.level(levels, level, round, request, &mut budget, &mut found);
                    }
                    if !found.is_empty() {
                        break;
                    }
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        if let Some(aim) = request.aim {
            let (x, y) = ((aim.x + aim.width / 2) as f32, (aim.y + aim.height / 2) as f32);
            let far = |read: &Read| {
                let (sum_x, sum_y) = read.corners.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / 4.0, b + y / 4.0));
                (sum_x - x).powi(2) + (sum_y - y).powi(2)
            };
            found.sort_by(|a, b| far(a).total_cmp(&far(b)));
        }
        found
    }

    /// Regions of one level.
    fn level(
        &mut self,
        levels: &Levels<'_>,
        level: usize,
        plan: &Round,
        request: &Request,
        budget: &mut Budget,
        found: &mut Vec<Read>,
    ) {
        let aim = request.aim.map(|aim| scaled(aim, 0, level));
        if request.formats.iter().any(Format::is_linear) {
            for bars in region::linear(&self.tiles, aim, plan.regions) {
                if self.barren.contains(&bars) {
                    continue;
                }
                self.bars(levels, level, &bars, plan.lines, request.formats, budget, found);
            }
        }
        if request.formats.has(Format::Qr) || request.formats.has(Format::DataMatrix) {
            for cells in region::matrix(&self.tiles, aim, plan.crops) {
                self.cells(levels, level, &cells, plan, request.formats, budget, found);
            }
            let luma = levels.at(level);
            if found.is_empty() && level == 0 && luma.pixels() <= SMALL_PICTURE {
                let whole = Cells::whole(luma.width, luma.height);
                self.cells(levels, level, &whole, plan, request.formats, budget, found);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one step of the loop above")]
    fn bars(
        &mut self,
        levels: &Levels<'_>,
        level: usize,
        bars: &Bars,
        plan: LinePlan,
        formats: Formats,
        budget: &mut Budget,
        found: &mut Vec<Read>,
    ) {
        // As large as it is in the picture, unless that is larger than needed.
        let mut at = level;
        let mut scale = 1.0;
        while at > 0 && bars.half_length * scale * 4.0 <= LONGEST_REGION {
            at -= 1;
            scale *= 2.0;
        }
        let region = bars.scaled(scale);
        let full = (1_usize << at) as f32;
        if found.iter().any(|read| {
            let (x, y) = middle(&read.corners);
            let inside = region.holds(x / full, y / full, 0.0);
            // A region around a code that was read, and little more.
            inside && region.half_length * full < 0.75 * distance(read.corners)
        }) {
            return;
        }
        let before = found.len();
        if !self.reader.read(levels.at(at), &region, formats, plan, budget, found) {
            self.barren.push(*bars);
        }
        for read in found.iter_mut().skip(before) {
            read.corners = read.corners.map(|(x, y)| (x * full, y * full));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one step of the loop above")]
    fn cells(
        &mut self,
        levels: &Levels<'_>,
        level: usize,
        cells: &Cells,
        plan: &Round,
        formats: Formats,
        budget: &mut Budget,
        found: &mut Vec<Read>,
    ) {
        let mut at = level;
        let mut rect = cells.rect;
        while at > 0 && rect.width * rect.height * 4 <= MOST_CROP {
            at -= 1;
            rect = scaled(rect, 1, 0);
        }
        let rect = Rect {
            x: rect.x.saturating_sub(CROP_MARGIN),
            y: rect.y.saturating_sub(CROP_MARGIN),
            width: rect.width + CROP_MARGIN + CROP_MARGIN.min(rect.x),
            height: rect.height + CROP_MARGIN + CROP_MARGIN.min(rect.y),
        };
        let luma = levels.at(at);
        let crop = luma.crop(rect);
        let mut framed = std::mem::take(&mut self.crop);
        let (crop, corner) = if crop.pixels() == luma.pixels() && crop.pixels() <= SMALL_PICTURE {
            // A code may fill the picture: its light is put back.
            framed.frame(crop, FRAME);
            (framed.luma(), (-(FRAME as f32), -(FRAME as f32)))
        } else {
            (crop, (rect.x as f32, rect.y as f32))
        };
        for way in plan.tries {
            if self.crop(crop, corner, at, *way, formats, plan.tier, budget, found) {
                break;
            }
        }
        self.crop = framed;
    }

    /// Looks at a crop in one way; says whether it held a code.
    #[expect(clippy::too_many_arguments, reason = "one step of the loop above")]
    fn crop(
        &mut self,
        crop: Luma<'_>,
        (left, top): (f32, f32),
        at: usize,
        way: Try,
        formats: Formats,
        tier: Tier,
        budget: &mut Budget,
        found: &mut Vec<Read>,
    ) -> bool {
        let small = crop.width.max(crop.height) <= DOUBLE_BELOW;
        let large = crop.pixels() > MOST_CROP;
        if way == Try::Fine && large {
            if self.fine_done {
                return false;
            }
            self.fine_done = true;
        }
        let halved = match way {
            Try::Plain | Try::Global => large,
            Try::Fine if large => false,
            Try::Smooth if !large => false,
            Try::Half if !large && !small => true,
            Try::Double if small => false,
            _ => return false,
        };
        if halved {
            self.half.halve(crop);
        }
        let (luma, scale) = match way {
            _ if halved => (self.half.luma(), 2.0),
            Try::Smooth => {
                self.smooth.smooth(crop);
                (self.smooth.luma(), 1.0)
            }
            Try::Double => {
                self.double.double(crop);
                (self.double.luma(), 0.5)
            }
            _ => (crop, 1.0),
        };
        if !budget.take(luma.pixels() * CROP_POINTS) {
            return false;
        }
        let how = if way == Try::Global { Binary::Global } else { Binary::Local };
        let Some(bits) = matrix::binary(luma, how) else { return false };
        let mut hits = Vec::new();
        matrix::read(&bits, formats, 4, &mut hits);
        let any = !hits.is_empty();
        let full = (1_usize << at) as f32;
        for hit in hits {
            let corners = hit.corners.map(|(x, y)| ((x * scale + left) * full, (y * scale + top) * full));
            if !found.iter().any(|own| own.format == hit.format && own.content == hit.content) {
                found.push(Read {
                    content: hit.content,
                    aim_id: hit.aim_id,
                    format: hit.format,
                    tier,
                    votes: 1,
                    corners,
                });
            }
        }
        any
    }

    /// The whole picture, where nothing was found in regions.
    fn whole(
        &mut self,
        levels: &Levels<'_>,
        plan: &Round,
        request: &Request,
        budget: &mut Budget,
        found: &mut Vec<Read>,
    ) {
        let mut luma = levels.at(levels.measured);
        let mut full = (1_usize << levels.measured) as f32;
        // A small one was looked at as it is, and may have modules of a single pixel.
        let mut doubled = std::mem::take(&mut self.whole);
        if levels.full.pixels() <= SMALL_PICTURE {
            doubled.double(levels.full);
            luma = doubled.luma();
            full = 0.5;
        }
        if request.formats.iter().any(Format::is_linear) {
            let fit = WHOLE_SAMPLES / luma.width.max(luma.height);
            let lines = LinePlan { lines: fit.clamp(FEWEST_WHOLE_LINES, WHOLE_LINES), ..plan.lines };
            let region = Bars::whole(luma.width, luma.height);
            self.reader.read(luma, &region, request.formats, lines, budget, found);
            let before = found.len();
            let mut turned = std::mem::take(&mut self.crop);
            turned.turn(luma);
            let region = Bars::whole(luma.height, luma.width);
            self.reader.read(turned.luma(), &region, request.formats, lines, budget, found);
            self.crop = turned;
            for read in found.iter_mut().skip(before) {
                read.corners = read.corners.map(|(x, y)| (y, x));
            }
        }
        if found.is_empty() && (request.formats.has(Format::Qr) || request.formats.has(Format::DataMatrix)) {
            for way in plan.tries {
                if self.crop(luma, (0.0, 0.0), 0, *way, request.formats, plan.tier, budget, found) {
                    break;
                }
            }
        }
        for read in found.iter_mut() {
            read.corners = read.corners.map(|(x, y)| (x * full, y * full));
        }
        self.whole = doubled;
    }
}

fn middle(corners: &[(f32, f32); 4]) -> (f32, f32) {
    let (x, y) = corners.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    (x / 4.0, y / 4.0)
}

fn distance([(x0, y0), (x1, y1), ..]: [(f32, f32); 4]) -> f32 {
    (x1 - x0).hypot(y1 - y0)
}
