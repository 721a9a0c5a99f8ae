//! Points, lines and perspective on a picture in grey.

use super::super::Luma;

/// A place in a picture; the middle of the first pixel is (0.5, 0.5).
pub(crate) type Point = (f32, f32);

pub(crate) fn minus(a: Point, b: Point) -> Point {
    (a.0 - b.0, a.1 - b.1)
}

pub(crate) fn plus(a: Point, b: Point) -> Point {
    (a.0 + b.0, a.1 + b.1)
}

pub(crate) fn times(a: Point, by: f32) -> Point {
    (a.0 * by, a.1 * by)
}

pub(crate) fn cross(a: Point, b: Point) -> f32 {
    a.0 * b.1 - a.1 * b.0
}

pub(crate) fn dot(a: Point, b: Point) -> f32 {
    a.0 * b.0 + a.1 * b.1
}

pub(crate) fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// The unit vector from one point to another.
pub(crate) fn unit(from: Point, to: Point) -> Point {
    let length = distance(from, to).max(f32::MIN_POSITIVE);
    times(minus(to, from), 1.0 / length)
}

/// The grey at a place, linear between pixels; outside, that of the nearest edge.
pub(crate) fn grey(luma: Luma<'_>, (x, y): Point) -> f32 {
    let x = (x - 0.5).clamp(0.0, (luma.width as f32 - 1.001).max(0.0));
    let y = (y - 0.5).clamp(0.0, (luma.height as f32 - 1.001).max(0.0));
    let (left, top) = (x as usize, y as usize);
    let (right, down) = (x - left as f32, y - top as f32);
    let start = top * luma.stride + left;
    let pair = |start: usize| match luma.data.get(start..start + 2) {
        Some([a, b]) => (f32::from(*a), f32::from(*b)),
        _ => (0.0, 0.0),
    };
    let (a, b) = pair(start);
    let (c, d) = pair(start + luma.stride);
    let above = a + (b - a) * right;
    let below = c + (d - c) * right;
    above + (below - above) * down
}

/// A line through a point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub at: Point,
    pub along: Point,
}

impl Line {
    /// Where two lines meet; `None` where they run nearly alongside.
    pub(crate) fn meets(&self, other: &Self) -> Option<Point> {
        let sine = cross(self.along, other.along);
        if sine.abs() < 0.2 {
            return None;
        }
        let by = cross(minus(other.at, self.at), other.along) / sine;
        Some(plus(self.at, times(self.along, by)))
    }
}

/// A plane seen in perspective: from (u, v), the unit square, to the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View([f32; 8]);

impl View {
    /// The view that takes (0, 0), (1, 0), (1, 1) and (0, 1) to four points (Heckbert 1989).
    pub(crate) fn new([a, b, c, d]: [Point; 4]) -> Option<Self> {
        let rest = (a.0 - b.0 + c.0 - d.0, a.1 - b.1 + c.1 - d.1);
        let (one, two) = (minus(b, c), minus(d, c));
        let whole = cross(one, two);
        if whole.abs() < 1.0 {
            return None;
        }
        let g = cross(rest, two) / whole;
        let h = cross(one, rest) / whole;
        Some(Self([b.0 - a.0 + g * b.0, d.0 - a.0 + h * d.0, a.0, b.1 - a.1 + g * b.1, d.1 - a.1 + h * d.1, a.1, g, h]))
    }

    pub(crate) fn there(&self, (u, v): Point) -> Point {
        let Self([a, b, c, d, e, f, g, h]) = self;
        let w = 1.0 / (g * u + h * v + 1.0);
        ((a * u + b * v + c) * w, (d * u + e * v + f) * w)
    }
}
