//! A grid of cells in perspective: laid where the cells that are known beforehand look as they should,
//! and how dark each of the others is.

use rxing::common::BitMatrix;

use super::grey::{Point, View, distance, grey, plus, times, unit};
use crate::device::decoder::Luma;

/// The cells of a symbol: how many, and what is known of them.
pub(crate) struct Shape {
    pub rows: usize,
    pub columns: usize,
    /// Dark, light or carrying data, row by row.
    cells: Vec<Option<bool>>,
}

impl Shape {
    pub(crate) fn new(rows: usize, columns: usize, known: impl Fn(usize, usize) -> Option<bool>) -> Self {
        let cells = (0..rows * columns).map(|index| known(index / columns, index % columns)).collect();
        Self { rows, columns, cells }
    }

    fn known(&self, row: usize, column: usize) -> Option<bool> {
        self.cells.get(row * self.columns + column).copied().flatten()
    }

    /// The middle of a cell in the unit square.
    fn middle(&self, row: f32, column: f32) -> Point {
        ((column + 0.5) / self.columns as f32, (row + 0.5) / self.rows as f32)
    }

    /// All cells that are known, and the light ones around the symbol.
    pub(crate) fn beacons(&self) -> Vec<(Point, bool)> {
        let mut cells = Vec::new();
        for (index, cell) in self.cells.iter().enumerate() {
            if let Some(dark) = cell {
                let (row, column) = (index / self.columns, index % self.columns);
                cells.push((self.middle(row as f32, column as f32), *dark));
            }
        }
        for row in 0..self.rows {
            cells.push((self.middle(row as f32, -1.0), false));
            cells.push((self.middle(row as f32, self.columns as f32), false));
        }
        for column in 0..self.columns {
            cells.push((self.middle(-1.0, column as f32), false));
            cells.push((self.middle(self.rows as f32, column as f32), false));
        }
        cells
    }
}

/// Steps in which the corners are moved, in cells: from what the search leaves open to what sampling
/// needs.
const MOVES: [f32; 4] = [0.5, 0.3, 0.15, 0.08];

/// The least fit of all known cells that is worth decoding, and after the first moves.
const LEAST_FIT: f32 = 0.45;
const HOPELESS: f32 = 0.38;
/// A smaller gain than this is no reason to move all corners once more.
const LEAST_GAIN: f32 = 0.002;
/// Known cells the fit is taken over; larger symbols have more, and so many are enough to lay them by.
const MOST_BEACONS: usize = 700;

/// Lays the grid: moves the four corners until the known cells look as they should. Gives the corners
/// and how well they fit, from 0 to 1.
pub(crate) fn lay(luma: Luma<'_>, shape: &Shape, mut corners: [Point; 4]) -> Option<([Point; 4], f32)> {
    let cells = shape.beacons();
    let cells: Vec<(Point, bool)> = cells.iter().step_by(cells.len().div_ceil(MOST_BEACONS)).copied().collect();
    let mut best = fit(luma, &cells, &corners);
    for by in MOVES {
        // Twice, as the corners lean on each other.
        for _ in 0..2 {
            let before = best;
            for index in 0..corners.len() {
                let [a, b, _, d] = corners;
                let right = times(unit(a, b), by * distance(a, b) / shape.columns as f32);
                let down = times(unit(a, d), by * distance(a, d) / shape.rows as f32);
                for step in [right, times(right, -1.0), down, times(down, -1.0)] {
                    let mut moved = corners;
                    if let Some(corner) = moved.get_mut(index) {
                        *corner = plus(*corner, step);
                    }
                    let new = fit(luma, &cells, &moved);
                    if new > best {
                        (best, corners) = (new, moved);
                    }
                }
            }
            if best - before < LEAST_GAIN {
                break;
            }
        }
        if best < HOPELESS {
            return None;
        }
    }
    (best > LEAST_FIT).then_some((corners, best))
}

/// The correlation of the known cells with what they should be.
pub(crate) fn fit(luma: Luma<'_>, cells: &[(Point, bool)], corners: &[Point; 4]) -> f32 {
    let Some(view) = View::new(*corners) else { return 0.0 };
    let (mut sum, mut squares, mut dark_sum, mut dark) = (0.0, 0.0, 0.0, 0.0_f32);
    for (place, is_dark) in cells {
        let value = grey(luma, view.there(*place));
        sum += value;
        squares += value * value;
        if *is_dark {
            dark_sum += value;
            dark += 1.0;
        }
    }
    let count = cells.len() as f32;
    let light = count - dark;
    let spread = squares / count - (sum / count).powi(2);
    if spread <= 1.0 || dark < 1.0 || light < 1.0 {
        return 0.0;
    }
    let apart = (sum - dark_sum) / light - dark_sum / dark;
    apart * (dark * light).sqrt() / count / spread.sqrt()
}

/// Shares of a cell's light that come from each neighbour along one axis, from sharp to as blurred as
/// can be told apart.
const BLURS: [f32; 4] = [0.0, 0.10, 0.17, 0.22];
/// Rounds of taking the neighbours' light away.
const ROUNDS: usize = 8;
/// Distance from the threshold, in shares of the contrast, below which a cell is doubtful.
const DOUBTFUL: f32 = 0.12;

/// Reads a symbol whose grid lies: hands its cells, and those that are doubtful, to `solve`.
pub(crate) fn read<T>(
    luma: Luma<'_>,
    shape: &Shape,
    corners: &[Point; 4],
    mut solve: impl FnMut(&BitMatrix, &BitMatrix) -> Option<T>,
) -> Option<T> {
    let greys = Greys::sample(luma, shape, &View::new(*corners)?);
    let flat = greys.flat();
    BLURS.iter().find_map(|blur| {
        let cells = greys.sharp(&flat, *blur);
        let bits = greys.bits(&cells, |value| value > 0.5)?;
        let weak = greys.bits(&cells, |value| (value - 0.5).abs() < DOUBTFUL)?;
        solve(&bits, &weak)
    })
}

/// The greys of the cells of a symbol and of one row of light around it.
struct Greys<'a> {
    shape: &'a Shape,
    values: Vec<f32>,
}

impl<'a> Greys<'a> {
    fn sample(luma: Luma<'_>, shape: &'a Shape, view: &View) -> Self {
        // A few points of each cell, as far apart as a third of it.
        const POINTS: [(f32, f32); 5] = [(0.0, 0.0), (-0.17, -0.17), (0.17, -0.17), (0.17, 0.17), (-0.17, 0.17)];
        let mut values = Vec::with_capacity((shape.rows + 2) * (shape.columns + 2));
        for row in 0..shape.rows + 2 {
            for column in 0..shape.columns + 2 {
                let (row, column) = (row as f32 - 1.0, column as f32 - 1.0);
                let sum: f32 =
                    POINTS.iter().map(|(x, y)| grey(luma, view.there(shape.middle(row + y, column + x)))).sum();
                values.push(sum / POINTS.len() as f32);
            }
        }
        Self { shape, values }
    }

    fn wide(&self) -> usize {
        self.shape.columns + 2
    }

    /// What is known of a cell, the frame of light being row 0 and column 0.
    fn known(&self, row: usize, column: usize) -> Option<bool> {
        match (row.checked_sub(1), column.checked_sub(1)) {
            (Some(row), Some(column)) if row < self.shape.rows && column < self.shape.columns => {
                self.shape.known(row, column)
            }
            _ => Some(false),
        }
    }

    /// The values between the light (0) and the dark (1) around each.
    fn flat(&self) -> Vec<f32> {
        let (wide, high) = (self.wide(), self.shape.rows + 2);
        let low = spread(&extreme(&self.values, wide, high, f32::min), wide, high);
        let top = spread(&extreme(&self.values, wide, high, f32::max), wide, high);
        self.values
            .iter()
            .zip(low.iter().zip(&top))
            .map(|(value, (low, top))| ((top - value) / (top - low).max(1.0)).clamp(-0.2, 1.2))
            .collect()
    }

    /// Takes away what the blur brought in from the neighbours: what is looked for lies between 0 and 1
    /// and, blurred again, gives what was seen; known cells stay as they are.
    fn sharp(&self, flat: &[f32], blur: f32) -> Vec<f32> {
        if blur == 0.0 {
            return flat.to_vec();
        }
        let (wide, high) = (self.wide(), self.shape.rows + 2);
        let known: Vec<Option<f32>> = (0..high * wide)
            .map(|index| self.known(index / wide, index % wide).map(|dark| if dark { 1.0 } else { 0.0 }))
            .collect();
        // What was called dark and light was blurred too: by half of what a lone cell loses.
        let stretch = 1.0 + blur;
        let seen: Vec<f32> = flat.iter().map(|value| 0.5 + (value - 0.5) * (2.0 - stretch)).collect();
        let mut sharp: Vec<f32> = seen.iter().zip(&known).map(|(value, known)| known.unwrap_or(*value)).collect();
        for _ in 0..ROUNDS {
            let blurred = blurred(&sharp, wide, high, blur);
            for (((value, known), seen), blurred) in sharp.iter_mut().zip(&known).zip(&seen).zip(&blurred) {
                if known.is_none() {
                    *value = (*value + 1.4 * (seen - blurred)).clamp(0.0, 1.0);
                }
            }
        }
        sharp
    }

    /// The symbol without the light around it.
    fn bits(&self, cells: &[f32], set: impl Fn(f32) -> bool) -> Option<BitMatrix> {
        let mut bits = BitMatrix::new(self.shape.columns as u32, self.shape.rows as u32).ok()?;
        for (row, values) in cells.chunks(self.wide()).skip(1).take(self.shape.rows).enumerate() {
            for (column, value) in values.iter().skip(1).take(self.shape.columns).enumerate() {
                if set(*value) {
                    bits.set(column as u32, row as u32);
                }
            }
        }
        Some(bits)
    }
}

/// Cells to either side over which dark and light are told apart: there are both among seven.
const AROUND: usize = 3;

/// The least or greatest value around each.
fn extreme(values: &[f32], wide: usize, high: usize, pick: fn(f32, f32) -> f32) -> Vec<f32> {
    each_way(values, wide, high, |values| values.iter().copied().reduce(pick).unwrap_or_default())
}

/// The mean around each.
fn spread(values: &[f32], wide: usize, high: usize) -> Vec<f32> {
    each_way(values, wide, high, |values| values.iter().sum::<f32>() / values.len().max(1) as f32)
}

/// What a function makes of the values around each, first along rows, then along columns.
fn each_way(values: &[f32], wide: usize, high: usize, make: impl Fn(&[f32]) -> f32) -> Vec<f32> {
    let pass = |values: &[f32], wide: usize, high: usize| -> Vec<f32> {
        // Gives columns as rows, so that two passes give rows again.
        let mut out = vec![0.0; values.len()];
        for (row, values) in values.chunks(wide).enumerate() {
            for column in 0..wide {
                let from = column.saturating_sub(AROUND);
                let to = (column + AROUND + 1).min(wide);
                if let Some(place) = out.get_mut(column * high + row) {
                    *place = make(values.get(from..to).unwrap_or_default());
                }
            }
        }
        out
    };
    pass(&pass(values, wide, high), high, wide)
}

/// Each cell with its share of the neighbours, along rows and columns.
fn blurred(values: &[f32], wide: usize, high: usize, blur: f32) -> Vec<f32> {
    let pass = |values: &[f32], wide: usize, high: usize| -> Vec<f32> {
        let mut out = vec![0.0; values.len()];
        for (row, values) in values.chunks(wide).enumerate() {
            for (column, value) in values.iter().enumerate() {
                let before = column.checked_sub(1).and_then(|left| values.get(left)).unwrap_or(value);
                let after = values.get(column + 1).unwrap_or(value);
                if let Some(place) = out.get_mut(column * high + row) {
                    *place = value + blur * (before + after - 2.0 * value);
                }
            }
        }
        out
    };
    pass(&pass(values, wide, high), high, wide)
}
