//! Flat things in grey, 0 black to 1 white, and how they lie in a frame.

use crate::rng::Rng;

pub struct Sheet {
    pub data: Vec<f32>,
    pub width: usize,
    pub height: usize,
}

/// Cells of a letter.
const GLYPH: (usize, usize) = (8, 13);
/// Strokes letters are made of, in cells: near enough to print.
const STROKES: [[f32; 4]; 10] = [
    [1.0, 1.0, 6.0, 1.0],
    [1.0, 5.0, 6.0, 5.0],
    [1.0, 9.0, 6.0, 9.0],
    [1.0, 1.0, 1.0, 5.0],
    [6.0, 1.0, 6.0, 5.0],
    [1.0, 5.0, 1.0, 9.0],
    [6.0, 5.0, 6.0, 9.0],
    [1.0, 9.0, 6.0, 1.0],
    [1.0, 1.0, 6.0, 9.0],
    [3.5, 1.0, 3.5, 9.0],
];

impl Sheet {
    pub fn new(width: usize, height: usize, grey: f32) -> Self {
        Self { data: vec![grey; width * height], width, height }
    }

    pub fn set(&mut self, x: usize, y: usize, grey: f32) {
        if x < self.width && y < self.height {
            self.data[y * self.width + x] = grey;
        }
    }

    pub fn fill(&mut self, (left, top): (usize, usize), (width, height): (usize, usize), grey: f32) {
        for y in top..(top + height).min(self.height) {
            for x in left..(left + width).min(self.width) {
                self.data[y * self.width + x] = grey;
            }
        }
    }

    pub fn paste(&mut self, other: &Self, (left, top): (usize, usize)) {
        for y in 0..other.height {
            for x in 0..other.width {
                self.set(left + x, top + y, other.data[y * other.width + x]);
            }
        }
    }

    /// Nearest pixel, `None` outside.
    pub fn at(&self, x: f32, y: f32) -> Option<f32> {
        (x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32)
            .then(|| self.data[y as usize * self.width + x as usize])
    }

    /// Between the four nearest pixels; the edge goes on outside.
    pub fn between(&self, x: f32, y: f32) -> f32 {
        let (x, y) = ((x - 0.5).clamp(0.0, (self.width - 1) as f32), (y - 0.5).clamp(0.0, (self.height - 1) as f32));
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(self.width - 1), (y0 + 1).min(self.height - 1));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let row = |y: usize| self.data[y * self.width + x0] * (1.0 - fx) + self.data[y * self.width + x1] * fx;
        row(y0) * (1.0 - fy) + row(y1) * fy
    }

    /// One letter; `size` pixels to a cell.
    fn glyph(&mut self, rng: &mut Rng, (left, top): (usize, usize), size: usize, ink: f32) {
        let mut strokes = Vec::new();
        for _ in 0..3 + rng.below(3) {
            strokes.push(STROKES[rng.below(STROKES.len())]);
        }
        for [x0, y0, x1, y1] in strokes {
            let steps = (12 * size).max(12);
            for step in 0..=steps {
                let t = step as f32 / steps as f32;
                let (x, y) = (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t);
                let at = ((x * size as f32) as usize + left, (y * size as f32) as usize + top);
                self.fill(at, (size.max(2), size.max(2)), ink);
            }
        }
    }

    /// Lines of words.
    pub fn print(
        &mut self,
        rng: &mut Rng,
        (left, top): (usize, usize),
        (right, bottom): (usize, usize),
        size: usize,
        ink: f32,
    ) {
        let mut y = top;
        while y + GLYPH.1 * size <= bottom.min(self.height) {
            let mut x = left;
            let end = right - rng.below((right - left) / 2 + 1);
            while x + GLYPH.0 * size <= end {
                for _ in 0..2 + rng.below(7) {
                    if x + GLYPH.0 * size <= end {
                        self.glyph(rng, (x, y), size, ink);
                        x += GLYPH.0 * size;
                    }
                }
                x += GLYPH.0 * size;
            }
            y += GLYPH.1 * size;
        }
    }
}

/// A plane seen in perspective: rows of a matrix that takes (x, y, 1) of the frame to the sheet.
#[derive(Clone, Copy)]
pub struct View {
    back: [[f32; 3]; 3],
    there: [[f32; 3]; 3],
}

/// How a sheet lies.
#[derive(Clone, Copy)]
pub struct Pose {
    /// Where the middle of the sheet lies in the frame.
    pub centre: (f32, f32),
    /// Pixels of the frame to one of the sheet.
    pub scale: f32,
    pub turn: f32,
    /// Shortened to this share in a direction.
    pub squeeze: f32,
    pub squeeze_turn: f32,
    /// Perspective: change of the scale for each pixel.
    pub lean: (f32, f32),
}

fn times(a: [[f32; 3]; 3], b: [[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|r| std::array::from_fn(|c| (0..3).map(|k| a[r][k] * b[k][c]).sum()))
}

fn inverse(m: [[f32; 3]; 3]) -> [[f32; 3]; 3] {
    let minor = |r: usize, c: usize| {
        let (r0, r1) = ((r + 1) % 3, (r + 2) % 3);
        let (c0, c1) = ((c + 1) % 3, (c + 2) % 3);
        m[r0][c0] * m[r1][c1] - m[r0][c1] * m[r1][c0]
    };
    let whole: f32 = (0..3).map(|c| m[0][c] * minor(0, c)).sum();
    std::array::from_fn(|r| std::array::from_fn(|c| minor(c, r) / whole))
}

fn apply(m: &[[f32; 3]; 3], x: f32, y: f32) -> (f32, f32) {
    let [a, b, c] = m.map(|row| row[0] * x + row[1] * y + row[2]);
    (a / c, b / c)
}

impl View {
    pub fn new(sheet: &Sheet, pose: &Pose) -> Self {
        let turn = |angle: f32| {
            let (sin, cos) = angle.sin_cos();
            [[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]]
        };
        let shift = |x: f32, y: f32| [[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]];
        let size = |x: f32, y: f32| [[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, 1.0]];
        let mut there = shift(-(sheet.width as f32) / 2.0, -(sheet.height as f32) / 2.0);
        for step in [
            size(pose.scale, pose.scale),
            turn(pose.turn - pose.squeeze_turn),
            size(pose.squeeze, 1.0),
            turn(pose.squeeze_turn),
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [pose.lean.0, pose.lean.1, 1.0]],
            shift(pose.centre.0, pose.centre.1),
        ] {
            there = times(step, there);
        }
        Self { back: inverse(there), there }
    }

    /// From the frame to the sheet.
    pub fn back(&self, x: f32, y: f32) -> (f32, f32) {
        apply(&self.back, x, y)
    }

    /// From the sheet to the frame.
    pub fn there(&self, x: f32, y: f32) -> (f32, f32) {
        apply(&self.there, x, y)
    }

    /// Lays the sheet into the frame, each pixel the mean of nine points.
    pub fn lay(&self, sheet: &Sheet, frame: &mut Sheet) {
        let (width, height) = (sheet.width as f32, sheet.height as f32);
        let corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)].map(|(x, y)| self.there(x, y));
        let low = corners.iter().fold((f32::MAX, f32::MAX), |a, b| (a.0.min(b.0), a.1.min(b.1)));
        let high = corners.iter().fold((f32::MIN, f32::MIN), |a, b| (a.0.max(b.0), a.1.max(b.1)));
        let bound = |value: f32, most: usize| (value.max(0.0) as usize).min(most);
        for y in bound(low.1, frame.height)..bound(high.1 + 1.0, frame.height) {
            for x in bound(low.0, frame.width)..bound(high.0 + 1.0, frame.width) {
                let (mut sum, mut hits) = (0.0, 0_u8);
                for n in 0..9_u8 {
                    let (dx, dy) = (f32::from(n % 3) / 3.0 + 1.0 / 6.0, f32::from(n / 3) / 3.0 + 1.0 / 6.0);
                    let (u, v) = self.back(x as f32 + dx, y as f32 + dy);
                    if let Some(grey) = sheet.at(u, v) {
                        sum += grey;
                        hits += 1;
                    }
                }
                if hits > 0 {
                    let under = &mut frame.data[y * frame.width + x];
                    *under += (sum - *under * f32::from(hits)) / 9.0;
                }
            }
        }
    }
}
