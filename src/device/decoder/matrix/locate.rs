//! The solid edges of a Data Matrix: two straight sides of a dark area that meet at about a right
//! angle, and then the two tracks of dark and light cells across from them.

use super::binary::Dark;
use super::blob;
use super::grey::{Line, Point, cross, distance, dot, grey, minus, plus, times, unit};
use crate::device::decoder::Luma;

/// Dark areas of a crop that are looked at, the largest first.
const MOST_AREAS: usize = 8;
/// Corners of a dark area that may be the one between the solid edges.
const MOST_CORNERS: usize = 3;
/// A hull of more corners is no Data Matrix: dark cells along the other sides give a handful.
const MOST_HULL_CORNERS: usize = 12;
/// By how much a corner of the hull stands out: pixels, and a share of the longest way across. A solid
/// edge is hardly wider at its end; where blur and noise bend it more, its parts are joined again.
const DEPTH: (f32, f32) = (0.9, 0.016);
/// Cosine of the angle by which parts of one side may differ (10°), and how many there are at most.
const STRAIGHT: f32 = 0.985;
const MOST_PARTS: usize = 3;
/// Corners of the hull that may lie in the place of one, and the share of a side that they take.
const MOST_CUTS: usize = 3;
const CUT: f32 = 0.15;
/// Shortest solid edge, in pixels: eight cells of 1.4 pixels.
const SHORTEST: f32 = 11.0;
/// The solid edges of 8 × 144 cells are the most uneven.
const LONGEST_TO_SHORTEST: f32 = 18.5;
/// Cosine of the angle between the solid edges at most: 50°, steeper is not readable.
const MOST_SKEW: f32 = 0.64;
/// Share of a solid edge that must be dark one pixel inside.
const SOLID: f32 = 0.75;
/// Share of what lies beside it that may be dark: one cell there is light.
const SOILED: f32 = 0.2;
/// Pixels inside a side where it is looked whether it is dark, and outside where it must be light.
const INSIDE: f32 = 1.0;
const OUTSIDE: f32 = -1.5;
/// Places along a solid edge where its exact way is measured.
const PLACES: usize = 40;
/// Pixels to either side in which the edge is looked for, and how fine.
const REACH: f32 = 3.0;
const FINE: f32 = 0.5;
/// Grey levels over a pixel and a half that make an edge.
const STEP: f32 = 6.0;

/// The solid edges: from the end of the left one to the corner to the end of the lower one, as they
/// lie in a symbol that stands upright.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Solid {
    pub top: Point,
    pub corner: Point,
    pub right: Point,
}

/// What may be the solid edges of a symbol.
pub(crate) fn solids(dark: &Dark<'_>) -> Vec<Solid> {
    blob::hulls(dark, MOST_AREAS).iter().flat_map(|hull| of_hull(dark, hull)).collect()
}

fn of_hull(dark: &Dark<'_>, hull: &[Point]) -> Vec<Solid> {
    let Some(first) = hull.first() else { return Vec::new() };
    let across = hull.iter().map(|point| distance(*point, *first)).fold(0.0, f32::max);
    let corners = blob::corners(hull, DEPTH.0 + DEPTH.1 * across);
    if corners.len() < 3 || corners.len() > MOST_HULL_CORNERS {
        return Vec::new();
    }
    let count = corners.len();
    let turns = (0..count).flat_map(|index| (1..=MOST_CUTS).map(move |cuts| (index, cuts)));
    let mut found: Vec<(f32, Solid)> = turns
        .filter_map(|(index, cuts)| {
            // The hull goes round clockwise: from the right end over the corner to the upper end.
            let solid = turn(&corners, index, cuts)?;
            let Solid { top, corner, right } = &solid;
            let (up, along) = (distance(*top, *corner), distance(*right, *corner));
            if up.min(along) < SHORTEST || up.max(along) > LONGEST_TO_SHORTEST * up.min(along) {
                return None;
            }
            if dot(unit(*corner, *top), unit(*corner, *right)).abs() > MOST_SKEW {
                return None;
            }
            let solid_share = share(dark, *right, *corner, INSIDE).min(share(dark, *corner, *top, INSIDE));
            if solid_share < SOLID {
                return None;
            }
            let outside = share(dark, *right, *corner, OUTSIDE).max(share(dark, *corner, *top, OUTSIDE));
            (outside < SOILED).then_some((solid_share * (up + along), solid))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().take(MOST_CORNERS).filter_map(|(_, solid)| exact(dark.luma, solid)).collect()
}

/// The corner between the side that ends at a corner of the hull and the one that begins one corner on, or a
/// few where blur has cut it off.
fn turn(corners: &[Point], index: usize, cuts: usize) -> Option<Solid> {
    let count = corners.len();
    let on = || corners.iter().cycle().skip(index);
    let from = on().nth(cuts - 1).copied()?;
    let to = on().next().copied()?;
    let right = far_end(corners.iter().rev().cycle().skip(count - 1 - index).take(count));
    let top = far_end(on().skip(cuts - 1).take(count));
    let corner = if cuts == 1 {
        to
    } else {
        let lower = Line { at: right, along: unit(right, to) };
        let left = Line { at: top, along: unit(from, top) };
        lower.meets(&left)?
    };
    let cut = distance(corner, from).max(distance(corner, to));
    (cut <= CUT * distance(right, corner).min(distance(top, corner))).then_some(Solid { top, corner, right })
}

/// The end of the side that begins at the first of some corners: over those that hardly bend it.
fn far_end<'a>(mut corners: impl Iterator<Item = &'a Point>) -> Point {
    let start = corners.next().copied().unwrap_or_default();
    let mut end = corners.next().copied().unwrap_or_default();
    for next in corners.take(MOST_PARTS - 1) {
        if dot(unit(start, end), unit(end, *next)) < STRAIGHT {
            break;
        }
        end = *next;
    }
    end
}

/// To the inside of a side of a hull.
fn inward(from: Point, to: Point) -> Point {
    let (x, y) = unit(from, to);
    (-y, x)
}

/// The share of a side that is dark so many pixels inside.
fn share(dark: &Dark<'_>, from: Point, to: Point, depth: f32) -> f32 {
    let inside = times(inward(from, to), depth);
    let count = (distance(from, to) * 0.9) as usize;
    let start = plus(from, times(minus(to, from), 0.05));
    let step = times(minus(to, from), 0.9 / count.max(1) as f32);
    let dark = (0..count)
        .filter(|n| {
            let (x, y) = plus(plus(start, times(step, *n as f32)), inside);
            dark.is_dark(x as usize, y as usize)
        })
        .count();
    dark as f32 / count.max(1) as f32
}

/// The same edges to a fraction of a pixel.
fn exact(luma: Luma<'_>, rough: Solid) -> Option<Solid> {
    let lower = edge(luma, rough.right, rough.corner)?;
    let left = edge(luma, rough.corner, rough.top)?;
    let corner = lower.meets(&left)?;
    let top = end(luma, corner, rough.top, left, inward(rough.corner, rough.top));
    let right = end(luma, corner, rough.right, lower, inward(rough.right, rough.corner));
    Some(Solid { top, corner, right })
}

/// The line of the steepest change from dark inside to light outside, through what most places say.
fn edge(luma: Luma<'_>, from: Point, to: Point) -> Option<Line> {
    let inside = inward(from, to);
    let along = unit(from, to);
    let length = distance(from, to);
    let count = ((2.0 * REACH / FINE) as usize) + 1;
    let mut places: Vec<(f32, f32)> = Vec::with_capacity(PLACES);
    let mut greys = Vec::with_capacity(count);
    for n in 0..PLACES {
        let t = length * (0.06 + 0.88 * n as f32 / (PLACES - 1) as f32);
        let middle = plus(from, times(along, t));
        greys.clear();
        greys.extend((0..count).map(|k| grey(luma, plus(middle, times(inside, REACH - FINE * k as f32)))));
        let rise = |k: usize| greys.get(k + 3).zip(greys.get(k)).map_or(0.0, |(after, before)| after - before);
        let Some(best) = (0..count - 3).max_by(|a, b| rise(*a).total_cmp(&rise(*b))) else { continue };
        if rise(best) < STEP {
            continue;
        }
        // The middle of the change, weighted.
        let (mut sum, mut weight) = (0.0, 0.0);
        for k in best.saturating_sub(2)..=(best + 2).min(count - 4) {
            let by = rise(k).max(0.0);
            sum += by * (REACH - FINE * (k as f32 + 1.5));
            weight += by;
        }
        places.push((t, sum / weight));
    }
    if places.len() < PLACES / 2 {
        return None;
    }
    let least = places.len() / 2;
    let mut fit = line_of(&places)?;
    for keep in [1.5, 1.0, 0.6] {
        let near: Vec<(f32, f32)> =
            places.iter().copied().filter(|(t, off)| (off - fit.0 - fit.1 * t).abs() < keep).collect();
        if near.len() < least {
            break;
        }
        fit = line_of(&near)?;
    }
    let start = plus(from, times(inside, fit.0));
    let stop = plus(plus(from, times(along, length)), times(inside, fit.0 + fit.1 * length));
    Some(Line { at: start, along: unit(start, stop) })
}

/// The line of least squares.
fn line_of(places: &[(f32, f32)]) -> Option<(f32, f32)> {
    let count = places.len() as f32;
    let (sum_t, sum_o) = places.iter().fold((0.0, 0.0), |(a, b), (t, o)| (a + t, b + o));
    let (mean_t, mean_o) = (sum_t / count, sum_o / count);
    let (over, under) = places
        .iter()
        .fold((0.0, 0.0), |(a, b), (t, o)| (a + (t - mean_t) * (o - mean_o), b + (t - mean_t) * (t - mean_t)));
    (under > 0.0).then(|| (mean_o - mean_t * over / under, over / under))
}

/// Where a solid edge ends: the steepest change along it, near its rough end.
fn end(luma: Luma<'_>, corner: Point, rough: Point, line: Line, inside: Point) -> Point {
    let along = if dot(line.along, minus(rough, corner)) < 0.0 { times(line.along, -1.0) } else { line.along };
    let length = dot(minus(rough, corner), along);
    let reach = (length * 0.06).clamp(2.5, 12.0);
    let steps = (2.0 * reach / FINE) as usize;
    let at = |n: usize| length - reach + FINE * n as f32;
    let look = |n: usize| grey(luma, plus(plus(corner, times(along, at(n))), inside));
    let greys: Vec<f32> = (0..steps).map(look).collect();
    let rise = |n: usize| greys.get(n + 3).zip(greys.get(n)).map_or(0.0, |(after, before)| after - before);
    let best = (0..steps.saturating_sub(3)).max_by(|a, b| rise(*a).total_cmp(&rise(*b))).unwrap_or_default();
    let to = if rise(best) < STEP { length } else { at(best) + 1.5 * FINE };
    plus(corner, times(along, to))
}

/// A track of dark and light cells along a side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Track {
    /// Its outer edge.
    pub line: Line,
    /// Length of a cell, in pixels.
    pub cell: f32,
    /// How well dark and light alternate, from 0 to 1.
    pub fit: f32,
}

/// How far the end of a track may lie off a parallelogram, as a share of the other side.
const LEAN: f32 = 0.16;
/// Cells the phase may be off at the far end of a track between two tries.
const PHASE: f32 = 0.3;
/// Cells of a track at least; and at most, as the work grows with their square: larger symbols are
/// printed with large cells, which any search finds.
const FEWEST_CELLS: f32 = 7.5;
const MOST_CELLS: f32 = 56.0;
/// Cells along a side that is so many times as long as the other one.
const LONGEST_CELLS: f32 = 146.0;
const LONG: f32 = 2.2;
/// The least fit of a track, and the least of it times the root of the cells: few cells alternate by chance.
const LEAST_FIT: f32 = 0.5;
const LEAST_WORTH: f32 = 2.6;

/// The best track from the end of one solid edge along the other one; its outer edge leaves `from`,
/// its cells being between `depth` · 1.5 and `depth` · 3 long.
pub(crate) fn track(luma: Luma<'_>, from: Point, to: Point, back: Point, depth: f32) -> Option<Track> {
    // `back` is the corner beside `from`: the symbol lies towards it.
    let inside = unit(from, back);
    let length = distance(from, to);
    // A long low symbol leaves the track little room to lean: its many cells cost little.
    let most = if length > LONG * distance(from, back) { LONGEST_CELLS } else { MOST_CELLS };
    if length > most * 3.0 * depth || length < FEWEST_CELLS * 1.5 * depth {
        return None;
    }
    let spread = LEAN * distance(from, back);
    let shift = depth.max(1.0);
    let tries = (spread / shift) as i32;
    let step = depth / 2.0;
    let count = (length * 1.12 / step) as usize;
    let mut best: Option<(f32, Track)> = None;
    let mut greys: Vec<f32> = Vec::with_capacity(count + 1);
    for n in -tries..=tries {
        let target = plus(to, times(inside, n as f32 * shift));
        let along = unit(from, target);
        let start = plus(from, times(inside, depth));
        greys.clear();
        greys.extend((0..=count).map(|k| grey(luma, plus(start, times(along, k as f32 * step)))));
        let mut cell = depth * 1.5;
        while cell < depth * 3.0 {
            let cells = length / cell;
            if (FEWEST_CELLS..most).contains(&cells) {
                let (fit, number) = alternate(&greys, cell / step, (cells * 0.97) as usize);
                let worth = fit * (number as f32).sqrt();
                if fit > LEAST_FIT && worth > LEAST_WORTH && best.as_ref().is_none_or(|(before, _)| worth > *before) {
                    best = Some((worth, Track { line: Line { at: from, along }, cell, fit }));
                }
            }
            cell *= 1.0 + PHASE * cell / length;
        }
    }
    best.map(|(_, track)| track)
}

/// How well the middles of cells alternate, the first being dark: the correlation with what they
/// should be, and how many they were.
fn alternate(greys: &[f32], cell: f32, cells: usize) -> (f32, usize) {
    let (mut sum, mut squares, mut signed, mut number) = (0.0, 0.0, 0.0, 0_usize);
    for index in 0..cells {
        let at = (index as f32 + 0.5) * cell;
        let whole = at as usize;
        let Some([a, b]) = greys.get(whole..whole + 2) else { break };
        let value = a + (b - a) * (at - whole as f32);
        sum += value;
        squares += value * value;
        signed += if index % 2 == 0 { -value } else { value };
        number += 1;
    }
    let count = number.max(1) as f32;
    // An even number keeps the mean out of it; an odd one nearly.
    let mean = sum / count;
    if number % 2 == 1 {
        signed += mean;
    }
    let spread = (squares - count * mean * mean).max(0.0);
    if spread < count * STEP {
        return (0.0, number);
    }
    (signed / (spread * count).sqrt(), number)
}

/// The corner across, where two tracks meet, and the number of cells along each.
pub(crate) fn across(solid: &Solid, upper: &Track, right: &Track) -> Option<(Point, f32, f32)> {
    let corner = upper.line.meets(&right.line)?;
    let (wide, high) = (distance(solid.top, corner), distance(solid.right, corner));
    let turn = cross(unit(solid.top, corner), unit(corner, solid.right));
    // It must lie across, not behind.
    (turn > 0.3).then(|| (corner, wide / upper.cell, high / right.cell))
}
