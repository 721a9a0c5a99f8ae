//! QR: finder patterns as `rxing` finds them, then our own grid on the grey picture.

use rxing::qrcode::cpp_port::detector::FinderPatternSet;

use super::grey::{Point, distance, minus, plus, times};
use super::grid::{self, Shape};
use crate::device::decoder::Luma;

/// Columns of the smallest symbol, and those each version has more (ISO/IEC 18004, 5.3.1).
const SMALLEST: usize = 21;
const MORE: usize = 4;
/// Largest version that is laid as one plane: a larger one is seldom flat enough.
const LARGEST: usize = 10;
/// Versions that are tried for what the finder patterns measure.
const MOST_VERSIONS: usize = 2;
/// Share of the best fit below which another version is not tried.
const CLOSE: f32 = 0.8;
/// The least fit of the known cells, before the grid is laid exactly.
const LEAST_FIT: f32 = 0.25;
/// Columns of a finder pattern, and from its middle to the corner of the symbol.
const FINDER: f32 = 7.0;
const TO_CORNER: f32 = 3.5;

/// Where the alignment patterns of a version have their middles (ISO/IEC 18004, table E.1).
fn alignment(version: usize) -> &'static [usize] {
    match version {
        2 => &[6, 18],
        3 => &[6, 22],
        4 => &[6, 26],
        5 => &[6, 30],
        6 => &[6, 34],
        7 => &[6, 22, 38],
        8 => &[6, 24, 42],
        9 => &[6, 26, 46],
        10 => &[6, 28, 50],
        _ => &[],
    }
}

/// What is known of a symbol of a version beforehand.
fn shape(version: usize) -> Shape {
    let wide = SMALLEST + MORE * (version - 1);
    let places = alignment(version);
    Shape::new(wide, wide, |row, column| {
        // From the nearer edges, where there is a finder pattern.
        let (near_row, near_column) = (row.min(wide - 1 - row), column.min(wide - 1 - column));
        if near_row < 8 && near_column < 8 && (row < 8 || column < 8) {
            if near_row == 7 || near_column == 7 {
                return Some(false);
            }
            let ring = near_row.abs_diff(3).max(near_column.abs_diff(3));
            return Some(ring != 2);
        }
        for place in places {
            for other in places {
                let ring = row.abs_diff(*place).max(column.abs_diff(*other));
                let at_finder = |place: usize, other: usize| place == 6 && (other == 6 || other + 7 == wide);
                if ring <= 2 && !at_finder(*place, *other) && !at_finder(*other, *place) {
                    return Some(ring != 1);
                }
            }
        }
        if row == 6 || column == 6 {
            return Some((row + column) % 2 == 0);
        }
        None
    })
}

/// Lays the grid of a symbol on its three finder patterns and gives it to `decode`, with its corners.
pub(crate) fn read<T>(
    luma: Luma<'_>,
    set: &FinderPatternSet,
    mut decode: impl FnMut(&rxing::common::BitMatrix, [Point; 4]) -> Option<T>,
) -> Option<T> {
    let middles = [set.tl, set.tr, set.bl].map(|finder| (finder.p.x, finder.p.y));
    let [left, right, below] = middles;
    let cell = (set.tl.size + set.tr.size + set.bl.size) as f32 / 3.0 / FINDER;
    let measured = (distance(left, right) + distance(left, below)) / 2.0 / cell.max(0.5) + FINDER;
    let mut versions: Vec<(f32, Shape, [Point; 4])> = (1..=LARGEST)
        .map(|version| (version, SMALLEST + MORE * (version - 1)))
        .filter(|(_, wide)| (*wide as f32 - measured).abs() < 2.0 + 0.15 * *wide as f32)
        .map(|(version, wide)| {
            let shape = shape(version);
            let corners = corners(middles, wide as f32);
            (grid::fit(luma, &shape.beacons(), &corners), shape, corners)
        })
        .filter(|(fit, ..)| *fit > LEAST_FIT)
        .collect();
    versions.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best = versions.first().map_or(0.0, |(fit, ..)| *fit);
    versions.retain(|(fit, ..)| *fit > CLOSE * best);
    versions.iter().take(MOST_VERSIONS).find_map(|(_, shape, corners)| {
        let (corners, _) = grid::lay(luma, shape, *corners)?;
        grid::read(luma, shape, &corners, |bits, _| decode(bits, corners))
    })
}

/// The corners of a symbol so wide, as three finder patterns say: a parallelogram.
fn corners([left, right, below]: [Point; 3], wide: f32) -> [Point; 4] {
    let along = times(minus(right, left), 1.0 / (wide - FINDER));
    let down = times(minus(below, left), 1.0 / (wide - FINDER));
    let at = |column: f32, row: f32| plus(left, plus(times(along, column - TO_CORNER), times(down, row - TO_CORNER)));
    [at(0.0, 0.0), at(wide, 0.0), at(wide, wide), at(0.0, wide)]
}
