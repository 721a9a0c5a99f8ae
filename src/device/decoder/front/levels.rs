//! A picture and its halvings.

use super::super::plane::Plane;
use super::super::{Luma, Rect};

/// Largest picture whose tiles are measured, in pixels: a frame of 1920 × 1080. Larger ones are
/// halved until they fit; codes are then read in the picture their size asks for.
const MOST_MEASURED: usize = 2_100_000;
/// Halvings at most: 50 megapixels fit after three.
const MOST_HALVINGS: usize = 4;

/// A picture and its halvings.
pub(super) struct Levels<'a> {
    pub full: Luma<'a>,
    halves: &'a [Plane],
}

impl<'a> Levels<'a> {
    pub(super) fn new(full: Luma<'a>, room: &'a mut Vec<Plane>) -> Self {
        let mut pixels = full.pixels();
        let mut count = 0;
        while pixels > MOST_MEASURED && count < MOST_HALVINGS {
            pixels /= 4;
            count += 1;
        }
        room.resize_with(count, Plane::default);
        let mut last = full;
        let mut rest = room.as_mut_slice();
        while let Some((plane, after)) = std::mem::take(&mut rest).split_first_mut() {
            plane.halve(last);
            last = plane.luma();
            rest = after;
        }
        Self { full, halves: room }
    }

    /// The picture after so many halvings.
    pub(super) fn at(&self, halvings: usize) -> Luma<'_> {
        match halvings.checked_sub(1) {
            None => self.full,
            Some(index) => self.halves.get(index).map_or(self.full, Plane::luma),
        }
    }

    /// Halvings after which it is small enough to be measured.
    pub(super) fn measured(&self) -> usize {
        self.halves.len()
    }
}

/// A rectangle in the picture after other halvings.
pub(super) fn scaled(rect: Rect, from: usize, to: usize) -> Rect {
    let scale = |value: usize| if from >= to { value << (from - to) } else { value >> (to - from) };
    Rect { x: scale(rect.x), y: scale(rect.y), width: scale(rect.width), height: scale(rect.height) }
}
