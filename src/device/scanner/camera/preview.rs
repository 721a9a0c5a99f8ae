//! A small picture for the screen, and how bright a frame is.

use super::frame::Frame;

/// Width of the picture, in pixels; smaller frames keep theirs.
pub const WIDTH: usize = 320;
/// Shortest time between two: at most 15 a second.
pub const EVERY_MS: u64 = 66;
/// Every so many pixels and rows one is looked at for the brightness.
const SAMPLE: usize = 16;

/// A frame made small, in grey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The pixels, row after row.
    pub data: Vec<u8>,
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Preview {
    /// A frame made small: the mean of each block of pixels.
    #[must_use]
    pub fn of(frame: &Frame) -> Self {
        let block = frame.width.div_ceil(WIDTH).max(1);
        let (width, height) = (frame.width / block, frame.height / block);
        let mut data = Vec::with_capacity(width * height);
        let area = u32::try_from(block * block).unwrap_or(u32::MAX);
        let mut sums = vec![0_u32; width];
        for rows in frame.data.chunks_exact((frame.width * block).max(1)).take(height) {
            sums.fill(0);
            for row in rows.chunks_exact(frame.width.max(1)) {
                for (sum, pixels) in sums.iter_mut().zip(row.chunks_exact(block)) {
                    *sum += pixels.iter().map(|pixel| u32::from(*pixel)).sum::<u32>();
                }
            }
            data.extend(sums.iter().map(|sum| u8::try_from(sum / area).unwrap_or(u8::MAX)));
        }
        Preview { data, width, height }
    }
}

/// The mean brightness of a frame, from a part of its pixels.
#[must_use]
pub fn brightness(frame: &Frame) -> u8 {
    let rows = frame.data.chunks_exact(frame.width.max(1)).step_by(SAMPLE);
    let (sum, count) = rows
        .flat_map(|row| row.iter().step_by(SAMPLE))
        .fold((0_u64, 0_u64), |(sum, count), pixel| (sum + u64::from(*pixel), count + 1));
    u8::try_from(sum.checked_div(count).unwrap_or_default()).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(width: usize, height: usize, expected: (usize, usize)) {
        // Left half dark, right half bright.
        let data = (0..width * height).map(|i| if i % width < width / 2 { 10 } else { 210 }).collect();
        let frame = Frame { data, width, height, at_mono_ms: 0 };
        let preview = Preview::of(&frame);
        assert_eq!((preview.width, preview.height), expected, "{width} x {height}");
        assert_eq!(preview.data.len(), expected.0 * expected.1);
        assert_eq!((preview.data.first(), preview.data.last()), (Some(&10), Some(&210)));
        assert!((100..=120).contains(&brightness(&frame)), "{}", brightness(&frame));
    }

    #[test]
    fn sizes() {
        check(1280, 720, (320, 180));
        check(1920, 1080, (320, 180));
        check(640, 480, (320, 240));
        check(320, 240, (320, 240));
        check(160, 120, (160, 120));
        assert!(Preview::of(&Frame::default()).data.is_empty());
        assert_eq!(brightness(&Frame::default()), 0);
    }
}
