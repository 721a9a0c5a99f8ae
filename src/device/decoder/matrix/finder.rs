//! The finder patterns of QR: dark, light, dark, light, dark as 1 : 1 : 3 : 1 : 1, across and down.

use rxing::common::BitMatrix;
use rxing::common::cpp_essentials::{ConcentricPattern, LocateConcentricPattern};
use rxing::qrcode::cpp_port::detector::{FinderPatternSet, GenerateFinderPatternSets};

use super::binary::Dark;

/// Finder patterns of which sets of three are formed: their number grows with its cube.
const MOST_FINDERS: usize = 24;
/// Rows from one that is looked at to the next: the middle of a pattern is at least three pixels high.
const ROWS: usize = 2;
/// How far the way from edge to like edge may be off, in cells and in pixels: of two cells, and of four. Ink
/// that spreads moves both edges of a pair the same way.
const OFF_TWO: (f32, f32) = (0.6, 0.75);
const OFF_FOUR: (f32, f32) = (0.9, 0.75);
/// Length of each run, in cells: of an outer one and of the middle one.
const OUTER: (f32, f32) = (0.25, 2.1);
const MIDDLE: (f32, f32) = (1.8, 4.6);
/// As many times as wide a pattern may be along another direction.
const SKEW: usize = 3;
/// Smallest cell, in pixels.
const LEAST_CELL: f32 = 1.0;

/// Sets of three patterns that go together, most plausible first. With a `matrix` their places are exact and
/// their diagonals are looked at too; without, more is let through.
pub(crate) fn sets(dark: &Dark<'_>, matrix: Option<&BitMatrix>) -> Vec<FinderPatternSet> {
    let mut finders = finders(dark, matrix);
    finders.sort_by_key(|finder| std::cmp::Reverse(finder.size));
    finders.truncate(MOST_FINDERS);
    if finders.len() < 3 { Vec::new() } else { GenerateFinderPatternSets(&mut finders) }
}

fn finders(dark: &Dark<'_>, matrix: Option<&BitMatrix>) -> Vec<ConcentricPattern> {
    let mut found: Vec<ConcentricPattern> = Vec::new();
    for y in (1..dark.luma.height).step_by(ROWS) {
        let mut before: [(usize, usize); 2] = [(0, 0); 2];
        for run in dark.runs(y) {
            let [first, second] = before;
            before = [second, run];
            let lengths = [
                first.1 - first.0,
                second.0.saturating_sub(first.1),
                second.1 - second.0,
                run.0.saturating_sub(second.1),
                run.1 - run.0,
            ];
            if first.1 == 0 || !is_pattern(lengths) {
                continue;
            }
            let x = (second.0 + second.1) as f32 / 2.0;
            let near = |other: &ConcentricPattern| {
                (other.p.x - x).abs().max((other.p.y - y as f32).abs()) < other.size as f32 / 2.0
            };
            if found.iter().any(near) {
                continue;
            }
            found.extend(match matrix {
                Some(matrix) => {
                    let wide: usize = lengths.iter().sum();
                    let middle = rxing::point(x, y as f32 + 0.5);
                    LocateConcentricPattern::<true, 5, 7>(matrix, &[1, 1, 3, 1, 1], middle, (wide * SKEW) as i32)
                }
                None => confirmed(dark, x as usize, y, lengths),
            });
            if found.len() >= 4 * MOST_FINDERS {
                return found;
            }
        }
    }
    found
}

/// Whether five runs are as long as those of a pattern.
fn is_pattern(lengths: [usize; 5]) -> bool {
    let [a, b, middle, c, d] = lengths.map(|length| length as f32);
    let pairs = [a + b, b + middle, middle + c, c + d];
    let cell = pairs.iter().sum::<f32>() / 12.0;
    let near = |way: f32, cells: f32, off: (f32, f32)| (way - cells * cell).abs() <= off.0 * cell + off.1;
    let within = |length: f32, limits: (f32, f32)| length >= limits.0 * cell && length <= limits.1 * cell;
    let [first, second, third, fourth] = pairs;
    cell >= LEAST_CELL
        && near(first, 2.0, OFF_TWO)
        && near(second, 4.0, OFF_FOUR)
        && near(third, 4.0, OFF_FOUR)
        && near(fourth, 2.0, OFF_TWO)
        && [a, b, c, d].iter().all(|length| within(*length, OUTER))
        && within(middle, MIDDLE)
}

/// The pattern around a place, where the column and the row through its middle say so too.
fn confirmed(dark: &Dark<'_>, x: usize, y: usize, lengths: [usize; 5]) -> Option<ConcentricPattern> {
    let wide: usize = lengths.iter().sum();
    let (down, middle_y) = crossing(|step| Some((x, y.checked_add_signed(step)?)), dark, wide, y)?;
    let (across, middle_x) = crossing(|step| Some((x.checked_add_signed(step)?, middle_y as usize)), dark, wide, x)?;
    let high: usize = down.iter().sum();
    let wide: usize = across.iter().sum();
    // Skewed at most as much as can be read.
    if high > 2 * wide || wide > 2 * high {
        return None;
    }
    Some(ConcentricPattern { p: rxing::point(middle_x, middle_y), size: ((high + wide) / 2) as i32 })
}

/// The five runs of a pattern along a line through its middle, and the middle of them.
fn crossing(
    at: impl Fn(isize) -> Option<(usize, usize)>,
    dark: &Dark<'_>,
    about: usize,
    from: usize,
) -> Option<([usize; 5], f32)> {
    let is = |step: isize| at(step).filter(|(x, y)| *x < dark.luma.width && *y < dark.luma.height);
    let is_dark = |step: isize| is(step).is_some_and(|(x, y)| dark.is_dark(x, y));
    if !is_dark(0) {
        return None;
    }
    let most = 2 * about as isize;
    // To the ends of the middle run, of the light one beside it and of the dark one after that.
    let ends = |way: isize| -> Option<[isize; 3]> {
        let mut step = 0;
        let mut ends = [0; 3];
        for (index, end) in ends.iter_mut().enumerate() {
            while is(step * way).is_some() && is_dark(step * way) == (index != 1) {
                step += 1;
                if step > most {
                    return None;
                }
            }
            *end = step;
        }
        Some(ends)
    };
    let ([a, b, c], [d, e, f]) = (ends(-1)?, ends(1)?);
    let lengths = [c - b, b - a, a + d - 1, e - d, f - e].map(|length| length.max(0) as usize);
    is_pattern(lengths).then(|| (lengths, from as f32 + (d - a + 1) as f32 / 2.0))
}
