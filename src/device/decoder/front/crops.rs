//! Boxes of cells: cut out, made larger, smaller or smoother, and searched for a matrix.

use super::super::gate::TILE;
use super::super::matrix;
use super::super::plane::Plane;
use super::super::region::Cells;
use super::super::{Luma, Read, Rect};
use super::levels::{Levels, scaled};
use super::plan::{Round, Try};
use super::{SMALL_PICTURE, Work};

/// Largest crop for a matrix, in pixels, before it is halved.
const MOST_CROP: usize = 450 * 450;
/// White put around a picture that is little more than a box, in pixels.
const FRAME: usize = 6;
/// Crops below this side, in pixels, are also doubled.
const DOUBLE_BELOW: usize = 260;
/// Pixels around a box of cells that are cropped with it: its tiles may miss the edge, and the light
/// around belongs to the code.
const CROP_MARGIN: usize = 20;
/// Points one pixel of a crop costs, against one sample of a line.
const CROP_POINTS: usize = 2;
/// Codes that are read in one crop at most.
const MOST_CODES: usize = 4;

/// What a look at a crop gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Nothing,
    /// Something is like a code.
    Like,
    /// A code was read.
    Read,
}

/// Room for crops.
#[derive(Default)]
pub(super) struct Crops {
    /// Whether a large crop of this frame was searched in full.
    fine_done: bool,
    /// Boxes of this frame that were searched, and whether they look like a code that was not read.
    seen: Vec<(Rect, bool)>,
    smooth: Plane,
    double: Plane,
    half: Plane,
    framed: Plane,
}

impl Crops {
    /// Makes ready for the next frame.
    pub(super) fn start(&mut self) {
        self.fine_done = false;
        self.seen.clear();
    }

    /// Whether a box was searched and looks like a code that was not read.
    pub(super) fn like_a_code(&self, cells: &Cells) -> bool {
        self.seen.iter().any(|(rect, like)| *rect == cells.rect && *like)
    }

    /// Searches a box of the picture at a level.
    pub(super) fn search(
        &mut self,
        levels: &Levels<'_>,
        level: usize,
        cells: &Cells,
        round: &Round,
        work: &mut Work<'_>,
    ) {
        // Boxes of other tiles, and of rounds before, hold the same pixels.
        let known = self.seen.iter().find(|(rect, _)| alike(cells.rect, *rect)).map(|(_, like)| *like);
        if known == Some(false) {
            return;
        }
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
        let mut framed = std::mem::take(&mut self.framed);
        let (crop, corner) = if crop.pixels() == luma.pixels() && crop.pixels() <= SMALL_PICTURE {
            // A code may fill the picture: its light is put back.
            framed.frame(crop, FRAME);
            (framed.luma(), (-(FRAME as f32), -(FRAME as f32)))
        } else {
            (crop, (rect.x as f32, rect.y as f32))
        };
        let tries = if known.is_none() { round.tries } else { &[] };
        let mut like = known.unwrap_or_default();
        let mut read = false;
        for way in tries.iter().chain(round.more) {
            // Where the first looks saw nothing like a code, more are not worth while.
            if read || round.more.contains(way) && !like {
                break;
            }
            let look = self.look(crop, corner, at, *way, round, work);
            read |= look == Look::Read;
            like |= look == Look::Like;
        }
        like &= !read;
        self.seen.push((cells.rect, like));
        self.framed = framed;
    }

    /// Looks at a crop, whose corner lies there in the picture after so many halvings, in one way.
    pub(super) fn look(
        &mut self,
        crop: Luma<'_>,
        (left, top): (f32, f32),
        at: usize,
        way: Try,
        round: &Round,
        work: &mut Work<'_>,
    ) -> Look {
        let small = crop.width.max(crop.height) <= DOUBLE_BELOW;
        let large = crop.pixels() > MOST_CROP;
        if way == Try::Fine && large && std::mem::replace(&mut self.fine_done, true) {
            return Look::Nothing;
        }
        let halved = match way {
            Try::Plain => large,
            Try::Fine if large => false,
            Try::Smooth if !large => false,
            Try::Half if !large && !small => true,
            Try::Double if small => false,
            _ => return Look::Nothing,
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
        if !work.budget.take(luma.pixels() * CROP_POINTS) {
            return Look::Nothing;
        }
        let Some(bits) = matrix::binary(luma) else { return Look::Nothing };
        let mut hits = Vec::new();
        let like = matrix::read(&bits, work.request.formats, MOST_CODES, &mut hits);
        let look = match (hits.is_empty(), like) {
            (false, _) => Look::Read,
            (true, true) => Look::Like,
            (true, false) => Look::Nothing,
        };
        let full = (1_usize << at) as f32;
        for hit in hits {
            let corners = hit.corners.map(|(x, y)| ((x * scale + left) * full, (y * scale + top) * full));
            if !work.found.iter().any(|own| own.format == hit.format && own.content == hit.content) {
                work.found.push(Read {
                    content: hit.content,
                    aim_id: hit.aim_id,
                    format: hit.format,
                    tier: round.tier,
                    votes: 1,
                    corners,
                });
            }
        }
        look
    }
}

/// Whether two boxes are the same but for less than a tile at each side.
fn alike(one: Rect, other: Rect) -> bool {
    let near = |a: usize, b: usize| a.abs_diff(b) < TILE;
    near(one.x, other.x)
        && near(one.y, other.y)
        && near(one.x + one.width, other.x + other.width)
        && near(one.y + one.height, other.y + other.height)
}
