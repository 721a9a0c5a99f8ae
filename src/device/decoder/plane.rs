//! Pictures of our own: halved, doubled, smoothed and cut out of a frame.

use super::{Luma, Rect};

impl<'a> Luma<'a> {
    /// A picture without gaps between its rows. `None` where the pixels do not suffice.
    #[must_use]
    pub fn packed(data: &'a [u8], width: usize, height: usize) -> Option<Self> {
        let luma = Self { data, width, height, stride: width };
        luma.is_sound().then_some(luma)
    }

    /// Whether the measures fit the pixels; a picture where they do not is not looked at.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let Some(before_last) = self.height.checked_sub(1).and_then(|rows| rows.checked_mul(self.stride)) else {
            return false;
        };
        self.width > 0
            && self.stride >= self.width
            && before_last.checked_add(self.width).is_some_and(|needed| needed <= self.data.len())
    }

    /// One row; empty below the picture.
    #[must_use]
    pub fn row(&self, y: usize) -> &'a [u8] {
        if y >= self.height {
            return &[];
        }
        let start = y * self.stride;
        self.data.get(start..start + self.width).unwrap_or_default()
    }

    /// A part of the picture, without copying; what lies outside is cut off.
    #[must_use]
    pub fn crop(&self, rect: Rect) -> Self {
        let x = rect.x.min(self.width);
        let y = rect.y.min(self.height);
        let width = rect.width.min(self.width - x);
        let height = rect.height.min(self.height - y);
        let data = self.data.get(y * self.stride + x..).unwrap_or_default();
        Self { data, width, height, stride: self.stride }
    }

    /// Pixels in all.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.width * self.height
    }
}

/// Side of the squares a picture is turned by.
const TURN: usize = 32;

/// A picture with its own pixels; its room is kept when it is filled again.
#[derive(Debug, Default, Clone)]
pub(crate) struct Plane {
    data: Vec<u8>,
    width: usize,
    height: usize,
}

impl Plane {
    pub(crate) fn luma(&self) -> Luma<'_> {
        Luma { data: &self.data, width: self.width, height: self.height, stride: self.width }
    }

    fn start(&mut self, width: usize, height: usize) {
        self.data.clear();
        self.data.reserve(width * height);
        self.width = width;
        self.height = height;
    }

    /// Copies a picture with so many pixels of white around it.
    pub(crate) fn frame(&mut self, from: Luma<'_>, border: usize) {
        self.start(from.width + 2 * border, from.height + 2 * border);
        let full = self.width;
        self.data.extend(std::iter::repeat_n(u8::MAX, border * full));
        for y in 0..from.height {
            self.data.extend(std::iter::repeat_n(u8::MAX, border));
            self.data.extend_from_slice(from.row(y));
            self.data.extend(std::iter::repeat_n(u8::MAX, border));
        }
        self.data.extend(std::iter::repeat_n(u8::MAX, border * full));
    }

    /// Turns a picture over its diagonal: columns become rows.
    pub(crate) fn turn(&mut self, from: Luma<'_>) {
        self.start(from.height, from.width);
        self.data.resize(from.pixels(), 0);
        // In squares that stay in the cache.
        for top in (0..from.height).step_by(TURN) {
            for left in (0..from.width).step_by(TURN) {
                for y in top..(top + TURN).min(from.height) {
                    let pixels = from.row(y).get(left..(left + TURN).min(from.width)).unwrap_or_default();
                    let places = self.data.iter_mut().skip(left * from.height + y).step_by(from.height);
                    for (place, pixel) in places.zip(pixels) {
                        *place = *pixel;
                    }
                }
            }
        }
    }

    /// Halves a picture; every pixel is the mean of four.
    pub(crate) fn halve(&mut self, from: Luma<'_>) {
        self.start(from.width / 2, from.height / 2);
        for y in 0..self.height {
            let above = from.row(2 * y).as_chunks::<2>().0;
            let below = from.row(2 * y + 1).as_chunks::<2>().0;
            self.data.extend(above.iter().zip(below).map(|([a, b], [c, d])| {
                let sum = u16::from(*a) + u16::from(*b) + u16::from(*c) + u16::from(*d);
                ((sum + 2) / 4) as u8
            }));
        }
    }

    /// Doubles a picture, linear between pixels.
    pub(crate) fn double(&mut self, from: Luma<'_>) {
        self.start(from.width * 2, from.height * 2);
        for y in 0..from.height {
            let near = from.row(y);
            for far in [from.row(y.saturating_sub(1)), from.row((y + 1).min(from.height - 1))] {
                // Three quarters of the nearer row and of the nearer column.
                let mut left = None;
                let mut columns = near.iter().zip(far).map(|(n, f)| 3 * u16::from(*n) + u16::from(*f)).peekable();
                while let Some(here) = columns.next() {
                    let before = left.unwrap_or(here);
                    let after = columns.peek().copied().unwrap_or(here);
                    self.data.push(((3 * here + before + 8) / 16) as u8);
                    self.data.push(((3 * here + after + 8) / 16) as u8);
                    left = Some(here);
                }
            }
        }
    }

    /// Smooths a picture over 3×3 pixels, the middle weighted most (1, 2, 1 each way).
    pub(crate) fn smooth(&mut self, from: Luma<'_>) {
        self.start(from.width, from.height);
        let mut columns: Vec<u16> = Vec::with_capacity(from.width + 2);
        for y in 0..from.height {
            let above = from.row(y.saturating_sub(1));
            let here = from.row(y);
            let below = from.row((y + 1).min(from.height - 1));
            columns.clear();
            columns.push(0);
            columns.extend(
                above.iter().zip(here).zip(below).map(|((a, h), b)| u16::from(*a) + 2 * u16::from(*h) + u16::from(*b)),
            );
            // The edge columns repeat outwards.
            if let [edge, first, ..] = columns.as_mut_slice() {
                *edge = *first;
            }
            let last = columns.last().copied().unwrap_or_default();
            columns.push(last);
            self.data.extend(columns.windows(3).map(|three| match three {
                [a, b, c] => ((a + 2 * b + c + 8) / 16) as u8,
                _ => 0,
            }));
        }
    }
}
