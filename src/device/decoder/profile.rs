//! Profiles: the brightness along a line, and where it crosses between bar and space.

use super::Luma;

/// Samples of a line per pixel.
pub(crate) const PER_PIXEL: f32 = 2.0;
/// Samples of one line at most: what a picture 4096 pixels wide gives.
const MOST_SAMPLES: usize = 8192;
/// How much a sample is raised against those a pixel to either side. Undoes part of the blur of
/// lens and motion: narrow bars come out of the average of their neighbours.
const SHARPEN: i32 = 1;
/// Samples of a pixel, the reach of the sharpening.
const PIXEL: usize = PER_PIXEL as usize;
/// Samples over which extremes are gathered before they are compared with their neighbours.
const BLOCK: usize = 8;
/// Least difference of dark and light within a window for bars to be looked for in it, in grey
/// levels (samples carry [`SCALE`]).
const CONTRAST_LEAST: i32 = 10;
/// A window with less than this share of the contrast of the whole line is flat.
const FLAT_SHARE: i32 = 8;
/// Share of the contrast of its surroundings a peak must have to be one.
const PEAK_SHARE: i32 = 8;
/// Fraction bits of a sample.
const SCALE: i32 = 16;

/// A straight line through a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    /// Where it starts.
    pub x: f32,
    /// Where it starts.
    pub y: f32,
    /// Unit vector of its direction.
    pub along: (f32, f32),
    /// Its length in pixels.
    pub length: f32,
    /// How far into the line it was cut from it starts, in pixels.
    pub cut: f32,
}

impl Line {
    /// The point at a distance from the start.
    pub(crate) fn point(&self, at: f32) -> (f32, f32) {
        (self.x + at * self.along.0, self.y + at * self.along.1)
    }

    /// The part of the line that lies within a picture.
    pub(crate) fn clipped(&self, width: usize, height: usize) -> Option<Self> {
        let mut from = 0.0_f32;
        let mut to = self.length;
        for (start, step, size) in [(self.x, self.along.0, width), (self.y, self.along.1, height)] {
            // A pixel reaches half its size to either side of its place.
            let (low, high) = (-0.5, size as f32 - 0.5);
            if step.abs() < 1e-6 {
                if start < low || start > high {
                    return None;
                }
                continue;
            }
            let (one, other) = ((low - start) / step, (high - start) / step);
            from = from.max(one.min(other));
            to = to.min(one.max(other));
        }
        (to - from >= 8.0).then(|| {
            let (x, y) = self.point(from);
            Self { x, y, along: self.along, length: to - from, cut: from }
        })
    }
}

/// One way of telling bars from spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pass {
    pub threshold: Threshold,
    /// Whether the profile is sharpened first. It brings out bars that blur has swallowed, and moves the
    /// edges of those it has not.
    pub sharp: bool,
}

/// How the threshold between bar and space is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threshold {
    /// Middle between the darkest and the lightest within about this many pixels to either side.
    Around(u8),
    /// Middle between each peak and the next valley.
    Peaks,
}

/// Room for the samples of lines.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    raw: Vec<i32>,
    sharp: Vec<i32>,
    blocks: Vec<(i32, i32)>,
    levels: Vec<i32>,
    peaks: Vec<(usize, i32)>,
}

impl Profile {
    /// Samples a line: the mean of `taps` parallel lines `spread` pixels apart; `false` where the picture is
    /// too small for that.
    pub(crate) fn sample(&mut self, luma: Luma<'_>, line: &Line, taps: usize, spread: f32) -> bool {
        if line.along == (1.0, 0.0)
            && line.x < 0.0
            && line.length as usize == luma.width
            && luma.width <= MOST_SAMPLES / PIXEL
        {
            self.sample_row(luma, (line.y.max(0.0) + 0.5) as usize, taps);
            return true;
        }
        let count = ((line.length * PER_PIXEL) as usize).min(MOST_SAMPLES);
        self.raw.clear();
        self.raw.resize(count, 0);
        let middle = (taps.max(1) - 1) as f32 / 2.0;
        for tap in 0..taps.max(1) {
            let aside = (tap as f32 - middle) * spread;
            let (x, y) = (line.x - aside * line.along.1, line.y + aside * line.along.0);
            if !add_line(luma, (x, y), line.along, &mut self.raw) {
                return false;
            }
        }
        let share = taps.max(1) as i32;
        for value in &mut self.raw {
            *value /= share;
        }
        true
    }

    /// Makes ready what edges are looked for in.
    fn ready(&mut self, sharp: bool) {
        if sharp {
            self.sharpen();
        } else {
            self.sharp.clone_from(&self.raw);
        }
    }

    /// Samples a row of the picture: as [`Profile::sample`] for a line that lies in one, in less time.
    fn sample_row(&mut self, luma: Luma<'_>, y: usize, taps: usize) {
        let reach = taps / 2;
        let rows = y.saturating_sub(reach)..=(y + reach).min(luma.height.saturating_sub(1));
        let share = rows.clone().count().max(1) as i32;
        let mut sums = std::mem::take(&mut self.levels);
        sums.clear();
        sums.resize(luma.width, 0);
        for near in rows {
            for (sum, pixel) in sums.iter_mut().zip(luma.row(near)) {
                *sum += i32::from(*pixel);
            }
        }
        self.raw.clear();
        // Half a pixel before each, and on it.
        let mut before = sums.first().copied().unwrap_or_default();
        for sum in &sums {
            self.raw.push((before + sum) * SCALE / (2 * share));
            self.raw.push(sum * SCALE / share);
            before = *sum;
        }
        self.levels = sums;
    }

    /// How alike the edges of this profile are to those of another, 1 being equal. `shift` says by how many
    /// samples the other starts later in the picture; a little more or less is allowed, since a
    /// direction is not known to the degree.
    pub(crate) fn likeness(&self, other: &[i32], shift: i64) -> f32 {
        let mut best = 0.0_f32;
        for slack in -SLACK..=SLACK {
            let by = shift + slack;
            let (own, other) = if by >= 0 {
                (self.raw.get(by as usize..).unwrap_or_default(), other)
            } else {
                (self.raw.as_slice(), other.get(by.unsigned_abs() as usize..).unwrap_or_default())
            };
            best = best.max(correlation(own, other));
        }
        best
    }

    /// The samples as they were taken.
    pub(crate) fn raw(&self) -> &[i32] {
        &self.raw
    }

    fn sharpen(&mut self) {
        self.sharp.clear();
        let raw = self.raw.as_slice();
        let (Some(first), Some(last)) = (raw.first().copied(), raw.last().copied()) else { return };
        let before = std::iter::repeat_n(first, PIXEL).chain(raw.iter().copied());
        let after = raw.iter().copied().skip(PIXEL).chain(std::iter::repeat_n(last, PIXEL));
        self.sharp.extend(
            raw.iter()
                .zip(before)
                .zip(after)
                .map(|((here, before), after)| here + SHARPEN * (2 * here - before - after) / 2),
        );
    }

    /// Where the line crosses from light to dark and back, in pixels from its start; the first
    /// crossing is always into the dark. Nothing where there is no contrast.
    pub(crate) fn edges(&mut self, pass: Pass, out: &mut Vec<f32>) {
        out.clear();
        self.ready(pass.sharp);
        match pass.threshold {
            Threshold::Around(pixels) => {
                let reach = (f32::from(pixels) * PER_PIXEL) as usize / BLOCK;
                if self.levels_around(reach.max(1)) {
                    self.cross(out);
                }
            }
            Threshold::Peaks => self.cross_peaks(out),
        }
        // A bar that the end of the line cuts ends there.
        if out.len() % 2 == 1 {
            out.push(self.sharp.len() as f32 / PER_PIXEL);
        }
    }

    fn gather_blocks(&mut self) -> (i32, i32) {
        self.blocks.clear();
        // Those of the profile as it is: sharpening throws up ridges beside edges.
        self.blocks.extend(self.raw.chunks(BLOCK).map(|block| {
            block.iter().fold((i32::MAX, i32::MIN), |(low, high), value| (low.min(*value), high.max(*value)))
        }));
        self.blocks.iter().fold((i32::MAX, i32::MIN), |(low, high), block| (low.min(block.0), high.max(block.1)))
    }

    /// One threshold for each block; `false` where the whole line is flat.
    fn levels_around(&mut self, reach: usize) -> bool {
        let (low, high) = self.gather_blocks();
        if high.saturating_sub(low) < CONTRAST_LEAST * SCALE {
            return false;
        }
        let whole = (low + high) / 2;
        self.levels.clear();
        let count = self.blocks.len();
        for index in 0..count {
            let from = index.saturating_sub(reach);
            let to = index.saturating_add(reach).saturating_add(1).min(count);
            let (near_low, near_high) = self
                .blocks
                .get(from..to)
                .unwrap_or_default()
                .iter()
                .fold((i32::MAX, i32::MIN), |(low, high), block| (low.min(block.0), high.max(block.1)));
            // In a flat place every crossing would be noise.
            let flat = near_high - near_low < ((high - low) / FLAT_SHARE).max(CONTRAST_LEAST * SCALE);
            self.levels.push(if flat { whole } else { (near_low + near_high) / 2 });
        }
        true
    }

    fn cross(&self, out: &mut Vec<f32>) {
        let mut dark = false;
        let mut before = None;
        for (block, (values, level)) in self.sharp.chunks(BLOCK).zip(&self.levels).enumerate() {
            for (place, value) in values.iter().enumerate() {
                let now = value < level;
                if now != dark {
                    dark = now;
                    let at = (block * BLOCK + place) as f32;
                    // Between the sample before and this one; where the level itself jumped, at one of them.
                    let part = match before.map(|before: i32| before - value) {
                        None | Some(0) => 0.0,
                        Some(gap) => (level - value) as f32 / gap as f32,
                    };
                    out.push((at - part.clamp(0.0, 1.0)) / PER_PIXEL);
                }
                before = Some(*value);
            }
        }
    }

    fn cross_peaks(&mut self, out: &mut Vec<f32>) {
        let (low, high) = self.gather_blocks();
        if high.saturating_sub(low) < CONTRAST_LEAST * SCALE {
            return;
        }
        let least = ((high - low) / PEAK_SHARE).max(CONTRAST_LEAST * SCALE / 2);
        // Extremes in turn, each at least `least` from the one before.
        self.peaks.clear();
        let mut top = (0, i32::MIN);
        let mut bottom = (0, i32::MAX);
        let mut rising = None;
        for (at, value) in self.sharp.iter().copied().enumerate() {
            if value > top.1 {
                top = (at, value);
            }
            if value < bottom.1 {
                bottom = (at, value);
            }
            match rising {
                None | Some(true) if top.1 - value >= least => {
                    self.peaks.push(top);
                    rising = Some(false);
                    bottom = (at, value);
                }
                None | Some(false) if value - bottom.1 >= least => {
                    self.peaks.push(bottom);
                    rising = Some(true);
                    top = (at, value);
                }
                _ => {}
            }
        }
        match rising {
            Some(true) => self.peaks.push(top),
            Some(false) => self.peaks.push(bottom),
            None => {}
        }
        for pair in self.peaks.windows(2) {
            let [(from, start), (to, end)] = pair else { continue };
            if out.is_empty() && end > start {
                // The line starts in the dark.
                out.push(0.0);
            }
            let level = (start + end) / 2;
            let falls = end < start;
            let span = self.sharp.get(*from..=*to).unwrap_or_default();
            let mut before = *start;
            for (place, value) in span.iter().enumerate() {
                if (*value < level) == falls && *value != level || place + 1 == span.len() {
                    let gap = (before - value) as f32;
                    let part = if gap == 0.0 { 0.0 } else { (level - value) as f32 / gap };
                    out.push(((from + place) as f32 - part.clamp(0.0, 1.0)) / PER_PIXEL);
                    break;
                }
                before = *value;
            }
        }
    }
}

/// Samples by which neighbouring lines may be shifted against each other.
const SLACK: i64 = 3;

/// Correlation of the slopes of two profiles.
fn correlation(one: &[i32], other: &[i32]) -> f32 {
    let (mut both, mut own, mut others) = (0.0_f32, 0.0_f32, 0.0_f32);
    let first = one.iter().zip(one.iter().skip(PIXEL));
    let second = other.iter().zip(other.iter().skip(PIXEL));
    for ((a, b), (c, d)) in first.zip(second) {
        let (rise, other) = ((b - a) as f32, (d - c) as f32);
        both += rise * other;
        own += rise * rise;
        others += other * other;
    }
    let scale = (own * others).sqrt();
    if scale > 0.0 { both / scale } else { 0.0 }
}

/// Fraction bits of a coordinate.
const FRACTION: u32 = 16;

/// Adds the samples of one line, bilinear between pixels, with [`SCALE`]. Beyond the picture its edge goes on.
fn add_line(luma: Luma<'_>, (x, y): (f32, f32), along: (f32, f32), sums: &mut [i32]) -> bool {
    if luma.width < 2 || luma.height < 2 {
        return false;
    }
    let one = (1_i64 << FRACTION) as f32;
    let (mut at_x, mut at_y) = ((x * one) as i64, (y * one) as i64);
    let (step_x, step_y) = ((along.0 / PER_PIXEL * one) as i64, (along.1 / PER_PIXEL * one) as i64);
    let most_x = ((luma.width as i64 - 1) << FRACTION) - 1;
    let most_y = ((luma.height as i64 - 1) << FRACTION) - 1;
    for sum in sums {
        let (here_x, here_y) = (at_x.clamp(0, most_x), at_y.clamp(0, most_y));
        let place = (here_y >> FRACTION) as usize * luma.stride + (here_x >> FRACTION) as usize;
        let (part_x, part_y) = (((here_x >> 8) & 0xFF) as i32, ((here_y >> 8) & 0xFF) as i32);
        if let (Some([a, b]), Some([c, d])) =
            (luma.data.get(place..place + 2), luma.data.get(place + luma.stride..place + luma.stride + 2))
        {
            let above = i32::from(*a) * (256 - part_x) + i32::from(*b) * part_x;
            let below = i32::from(*c) * (256 - part_x) + i32::from(*d) * part_x;
            *sum += (above * (256 - part_y) + below * part_y) / (65536 / SCALE);
        }
        at_x += step_x;
        at_y += step_y;
    }
    true
}
