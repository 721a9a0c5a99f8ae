//! The sizes of a Data Matrix, and what is known of their cells beforehand.

use super::grey::Point;
use super::grid::{Shape, fit};
use crate::device::decoder::Luma;

/// Rows and columns of a symbol, and regions down and across (ISO/IEC 16022, table 7; the long
/// rectangles: ISO/IEC 21471, table 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub rows: usize,
    pub columns: usize,
    down: usize,
    across: usize,
}

const fn size(rows: usize, columns: usize, down: usize, across: usize) -> Size {
    Size { rows, columns, down, across }
}

pub(crate) const SIZES: [Size; 48] = [
    size(10, 10, 1, 1),
    size(12, 12, 1, 1),
    size(14, 14, 1, 1),
    size(16, 16, 1, 1),
    size(18, 18, 1, 1),
    size(20, 20, 1, 1),
    size(22, 22, 1, 1),
    size(24, 24, 1, 1),
    size(26, 26, 1, 1),
    size(32, 32, 2, 2),
    size(36, 36, 2, 2),
    size(40, 40, 2, 2),
    size(44, 44, 2, 2),
    size(48, 48, 2, 2),
    size(52, 52, 2, 2),
    size(64, 64, 4, 4),
    size(72, 72, 4, 4),
    size(80, 80, 4, 4),
    size(88, 88, 4, 4),
    size(96, 96, 4, 4),
    size(104, 104, 4, 4),
    size(120, 120, 6, 6),
    size(132, 132, 6, 6),
    size(144, 144, 6, 6),
    size(8, 18, 1, 1),
    size(8, 32, 1, 2),
    size(12, 26, 1, 1),
    size(12, 36, 1, 2),
    size(16, 36, 1, 2),
    size(16, 48, 1, 2),
    size(8, 48, 1, 2),
    size(8, 64, 1, 4),
    size(8, 80, 1, 4),
    size(8, 96, 1, 4),
    size(8, 120, 1, 6),
    size(8, 144, 1, 6),
    size(12, 64, 1, 4),
    size(12, 88, 1, 4),
    size(16, 64, 1, 4),
    size(20, 36, 1, 2),
    size(20, 44, 1, 2),
    size(20, 64, 1, 4),
    size(22, 48, 1, 2),
    size(24, 48, 1, 2),
    size(24, 64, 1, 4),
    size(26, 40, 1, 2),
    size(26, 48, 1, 2),
    size(26, 64, 1, 4),
];

impl Size {
    /// Whether a cell is dark in every symbol of this size; `None` where it carries data.
    pub(crate) fn known(&self, row: usize, column: usize) -> Option<bool> {
        let (high, wide) = (self.rows / self.down, self.columns / self.across);
        let (row, column) = (row % high, column % wide);
        if column == 0 || row == high - 1 {
            Some(true)
        } else if row == 0 {
            Some(column % 2 == 0)
        } else if column == wide - 1 {
            Some(row % 2 == 1)
        } else {
            None
        }
    }

    pub(crate) fn shape(&self) -> Shape {
        Shape::new(self.rows, self.columns, |row, column| self.known(row, column))
    }
}

/// The least fit of all known cells, before the grid is laid exactly.
const LEAST_FIT: f32 = 0.22;

/// The sizes that may be meant by measured columns and rows, the best fit first.
pub(crate) fn likely(luma: Luma<'_>, columns: f32, rows: f32, corners: &[Point; 4], most: usize) -> Vec<Size> {
    let mut sizes: Vec<(f32, Size)> = SIZES
        .iter()
        .filter(|size| {
            // What is measured errs by a share of it.
            let near = |cells: usize, measured: f32| (cells as f32 - measured).abs() < 1.8 + 0.06 * cells as f32;
            near(size.columns, columns) && near(size.rows, rows)
        })
        .map(|size| (fit(luma, &size.shape().beacons(), corners), *size))
        .filter(|(fit, _)| *fit > LEAST_FIT)
        .collect();
    sizes.sort_by(|a, b| b.0.total_cmp(&a.0));
    sizes.into_iter().take(most).map(|(_, size)| size).collect()
}
