//! Dark areas of a black and white crop, each with its hull: where one holds the solid edges of a
//! Data Matrix, two sides of the hull are those edges.

use super::binary::Dark;
use super::grey::{Point, cross, distance, minus};

/// Runs of dark pixels of a crop; noise makes more, and is not searched.
const MOST_RUNS: usize = 30_000;
/// Smallest side of the box of an area, in pixels: eight cells of a pixel and a half.
const LEAST_SIDE: usize = 11;

/// A stretch of dark pixels of one row, and the area it belongs to.
#[derive(Debug, Clone, Copy)]
struct Run {
    row: usize,
    from: usize,
    to: usize,
    area: usize,
}

/// The hulls of the dark areas that are large enough, largest first, at most so many.
pub(crate) fn hulls(dark: &Dark<'_>, most: usize) -> Vec<Vec<Point>> {
    let Some((runs, areas)) = areas(dark) else { return Vec::new() };
    // The box of each area, then its ends in each row.
    let mut boxes = vec![(usize::MAX, 0, usize::MAX, 0); areas.len()];
    for run in &runs {
        if let Some((left, right, top, bottom)) = boxes.get_mut(root(&areas, run.area)) {
            *left = (*left).min(run.from);
            *right = (*right).max(run.to);
            *top = (*top).min(run.row);
            *bottom = (*bottom).max(run.row + 1);
        }
    }
    let mut large: Vec<(usize, usize)> = boxes
        .iter()
        .enumerate()
        .filter(|(_, (left, right, top, bottom))| {
            *right >= left.saturating_add(LEAST_SIDE) && *bottom >= top.saturating_add(LEAST_SIDE)
        })
        .map(|(area, (left, right, top, bottom))| ((right - left) * (bottom - top), area))
        .collect();
    large.sort_unstable_by(|a, b| b.cmp(a));
    large.truncate(most);
    let mut place = vec![usize::MAX; areas.len()];
    for (index, (_, area)) in large.iter().enumerate() {
        if let Some(place) = place.get_mut(*area) {
            *place = index;
        }
    }
    let mut ends: Vec<Vec<(usize, usize, usize)>> = vec![Vec::new(); large.len()];
    for run in &runs {
        let index = place.get(root(&areas, run.area)).copied().unwrap_or(usize::MAX);
        let Some(ends) = ends.get_mut(index) else { continue };
        match ends.last_mut() {
            Some((row, from, to)) if *row == run.row => {
                *from = (*from).min(run.from);
                *to = (*to).max(run.to);
            }
            _ => ends.push((run.row, run.from, run.to)),
        }
    }
    ends.iter().map(|ends| hull(ends)).collect()
}

fn root(areas: &[usize], mut area: usize) -> usize {
    while let Some(&above) = areas.get(area).filter(|above| **above != area) {
        area = above;
    }
    area
}

/// All runs, and for each area the one it was joined to.
fn areas(dark: &Dark<'_>) -> Option<(Vec<Run>, Vec<usize>)> {
    let mut runs: Vec<Run> = Vec::new();
    let mut areas: Vec<usize> = Vec::new();
    let mut before = 0..0;
    for row in 0..dark.luma.height {
        let start = runs.len();
        let mut above = before.clone();
        for (from, to) in dark.runs(row) {
            let mut own = None;
            // Runs above that touch it, corner to corner too.
            while let Some(near) = runs.get(above.start).copied().filter(|_| above.start < above.end) {
                if near.from > to {
                    break;
                }
                if near.to >= from {
                    let other = root(&areas, near.area);
                    match own {
                        None => own = Some(other),
                        Some(area) if area != other => {
                            let (low, high) = (area.min(other), area.max(other));
                            if let Some(place) = areas.get_mut(high) {
                                *place = low;
                            }
                            own = Some(low);
                        }
                        Some(_) => {}
                    }
                }
                // One that goes on may touch the next run too.
                if near.to > to {
                    break;
                }
                above.start += 1;
            }
            let area = own.unwrap_or_else(|| {
                areas.push(areas.len());
                areas.len() - 1
            });
            runs.push(Run { row, from, to, area });
            if runs.len() > MOST_RUNS {
                return None;
            }
        }
        before = start..runs.len();
    }
    // Each is joined to an earlier one: in one go all say the first of theirs.
    for area in 0..areas.len() {
        let first = areas.get(area).and_then(|above| areas.get(*above)).copied().unwrap_or(area);
        if let Some(place) = areas.get_mut(area) {
            *place = first;
        }
    }
    Some((runs, areas))
}

/// The hull of the corners of the pixels at both ends of each row, clockwise as one sees it.
fn hull(ends: &[(usize, usize, usize)]) -> Vec<Point> {
    let chain = |points: &mut dyn Iterator<Item = Point>, side: f32| -> Vec<Point> {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., before, last] = chain.as_slice() {
                if cross(minus(*last, *before), minus(point, *last)) * side > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain
    };
    let corners = |row: usize, x: usize| [(x as f32, row as f32), (x as f32, row as f32 + 1.0)];
    let mut left = chain(&mut ends.iter().flat_map(|(row, from, _)| corners(*row, *from)), -1.0);
    let right = chain(&mut ends.iter().flat_map(|(row, _, to)| corners(*row, *to)), 1.0);
    left.reverse();
    left.extend(right);
    // Up on the left, down on the right.
    left
}

/// The corners of a hull that stand out by more than `depth` (Douglas and Peucker 1973).
pub(crate) fn corners(hull: &[Point], depth: f32) -> Vec<Point> {
    let farthest = |from: Point| {
        let far = |index: &usize| hull.get(*index).map_or(0.0, |point| distance(*point, from));
        (0..hull.len()).max_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or_default()
    };
    let Some(first) = hull.first() else { return Vec::new() };
    let one = farthest(*first);
    let two = farthest(hull.get(one).copied().unwrap_or_default());
    let (low, high) = (one.min(two), one.max(two));
    let mut keep = vec![low, high];
    let mut open = vec![(low, high), (high, low + hull.len())];
    let at = |index: usize| hull.get(index % hull.len()).copied().unwrap_or_default();
    while let Some((from, to)) = open.pop() {
        let (a, b) = (at(from), at(to));
        let length = distance(a, b).max(f32::MIN_POSITIVE);
        let off = |index: usize| cross(minus(b, a), minus(at(index), a)).abs() / length;
        let Some(index) = (from + 1..to).max_by(|a, b| off(*a).total_cmp(&off(*b))) else { continue };
        if off(index) > depth {
            keep.push(index % hull.len());
            open.push((from, index));
            open.push((index, to));
        }
    }
    keep.sort_unstable();
    keep.dedup();
    keep.into_iter().map(at).collect()
}
