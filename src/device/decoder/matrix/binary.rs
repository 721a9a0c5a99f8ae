//! A crop in black and white: a threshold for each block of pixels, between the darkest and the lightest
//! around it.

use rxing::common::{BitArray, BitMatrix};

use crate::device::decoder::Luma;

/// Side of the blocks a threshold is found for, in pixels.
const BLOCK: usize = 8;
/// Blocks to either side that are looked at for one: 40 pixels hold both dark and light cells.
const REACH: usize = 2;
/// Grey levels they must span; flatter ones are all light or all dark.
const FLAT: u8 = 24;
/// The level of a flat one, below which no pixel is dark.
const UNKNOWN: u8 = 0;
/// Blocks into something flat that a threshold is taken over from its edge.
const MOST_FILLED: usize = 4;
/// Sides below this, in pixels, get one threshold: there is less than a handful of blocks.
const SMALL: usize = 40;
/// Smallest crop that can hold a matrix, in pixels.
const LEAST_SIDE: usize = 10;

/// The threshold for what may only just be dark lies nearer to the light than midway by this part of the
/// way from dark to light: blur makes thin lines pale.
const PALER: u8 = 10;

/// A crop in black and white, beside what it was made of.
pub(crate) struct Bits<'a> {
    pub luma: Luma<'a>,
    pub matrix: BitMatrix,
    dark: Dark<'a>,
    levels: Levels,
    middle: Vec<u8>,
}

impl<'a> Bits<'a> {
    /// What is dark.
    pub(crate) fn dark(&self) -> &Dark<'a> {
        &self.dark
    }

    /// What is dark, and what is so pale that it may only just be.
    pub(crate) fn pale(&self) -> Dark<'a> {
        Dark::new(self.luma, &self.levels.pale(&self.middle), self.levels.columns)
    }
}

/// Makes a crop black (set) and white.
pub(crate) fn binary(luma: Luma<'_>) -> Option<Bits<'_>> {
    if luma.width < LEAST_SIDE || luma.height < LEAST_SIDE {
        return None;
    }
    let small = luma.width < SMALL || luma.height < SMALL;
    let levels = if small { Levels::one(luma) } else { Levels::local(luma) };
    let middle = levels.middle();
    let dark = Dark::new(luma, &middle, levels.columns);
    let mut matrix = BitMatrix::new(luma.width as u32, luma.height as u32).ok()?;
    for y in 0..luma.height {
        let mut bits = BitArray::with_size(luma.width);
        for (index, word) in dark.row(y).iter().enumerate() {
            bits.setBulk(index * WORD, *word);
        }
        matrix.setRow(y as u32, &bits);
    }
    Some(Bits { luma, matrix, dark, levels, middle })
}

/// The dark pixels of a crop.
pub(crate) struct Dark<'a> {
    pub luma: Luma<'a>,
    /// Its rows, so many words each, the first pixel lowest.
    words: Vec<usize>,
    row_words: usize,
}

/// Pixels of a word, and bytes.
const WORD: usize = usize::BITS as usize;
const WORD_BYTES: usize = WORD / 8;

impl<'a> Dark<'a> {
    fn new(luma: Luma<'a>, levels: &[u8], columns: usize) -> Self {
        let row_words = luma.width.div_ceil(WORD);
        let mut words = Vec::with_capacity(row_words * luma.height);
        let mut bytes = Vec::with_capacity(row_words * WORD_BYTES);
        for (band, levels) in levels.chunks(columns.max(1)).enumerate() {
            for y in band * BLOCK..((band + 1) * BLOCK).min(luma.height) {
                let (blocks, rest) = luma.row(y).as_chunks::<BLOCK>();
                bytes.clear();
                bytes.extend(blocks.iter().zip(levels).map(|(pixels, level)| gather(pixels, *level)));
                if let Some(level) = levels.last().filter(|_| !rest.is_empty()) {
                    let mut pixels = [u8::MAX; BLOCK];
                    pixels.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                    // What is added is light, whatever the level.
                    bytes.push(gather(&pixels, *level) & ((1 << rest.len()) - 1));
                }
                bytes.resize(row_words * WORD_BYTES, 0);
                words.extend(bytes.as_chunks::<WORD_BYTES>().0.iter().map(|word| usize::from_le_bytes(*word)));
            }
        }
        Self { luma, words, row_words }
    }

    fn row(&self, y: usize) -> &[usize] {
        self.words.get(y * self.row_words..(y + 1) * self.row_words).unwrap_or_default()
    }

    pub(crate) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.row(y).get(x / WORD).is_some_and(|word| word >> (x % WORD) & 1 == 1)
    }

    /// The first pixel from `x` on in a row that is dark, or light; the width where there is none.
    fn next(&self, row: &[usize], x: usize, dark: bool) -> usize {
        let mut skip = x % WORD;
        for (index, word) in row.iter().enumerate().skip(x / WORD) {
            let word = (if dark { *word } else { !*word }) >> skip << skip;
            skip = 0;
            if word != 0 {
                return (index * WORD + word.trailing_zeros() as usize).min(self.luma.width);
            }
        }
        self.luma.width
    }

    /// Where dark pixels of a row begin and end.
    pub(crate) fn runs(&self, y: usize) -> impl Iterator<Item = (usize, usize)> {
        let row = self.row(y);
        let mut x = 0;
        std::iter::from_fn(move || {
            let from = self.next(row, x, true);
            if from >= self.luma.width {
                return None;
            }
            x = self.next(row, from, false);
            Some((from, x))
        })
    }
}

/// One bit for each of eight pixels, set where it is no lighter than the level.
fn gather(pixels: &[u8; BLOCK], level: u8) -> u8 {
    let flags = pixels.map(|pixel| u8::from(pixel <= level));
    // Each byte is 0 or 1: the product brings byte n to bit 56 + n.
    (u64::from_le_bytes(flags).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// The darkest and the lightest around each block.
struct Levels {
    low: Vec<u8>,
    high: Vec<u8>,
    columns: usize,
    /// One threshold for all instead.
    one: Option<u8>,
}

impl Levels {
    /// One threshold for all, wherever it is asked for.
    fn one(luma: Luma<'_>) -> Self {
        let (columns, rows) = (luma.width.div_ceil(BLOCK), luma.height.div_ceil(BLOCK));
        Self { low: vec![0; columns * rows], high: Vec::new(), columns, one: Some(split(luma)) }
    }

    fn local(luma: Luma<'_>) -> Self {
        let (columns, rows) = (luma.width.div_ceil(BLOCK), luma.height.div_ceil(BLOCK));
        let mut low: Vec<u8> = Vec::with_capacity(columns * rows);
        let mut high: Vec<u8> = Vec::with_capacity(columns * rows);
        let mut darkest = vec![0_u8; luma.width];
        let mut lightest = vec![0_u8; luma.width];
        for band in 0..rows {
            darkest.fill(u8::MAX);
            lightest.fill(u8::MIN);
            for y in band * BLOCK..((band + 1) * BLOCK).min(luma.height) {
                for (pixel, (low, high)) in luma.row(y).iter().zip(darkest.iter_mut().zip(&mut lightest)) {
                    *low = (*low).min(*pixel);
                    *high = (*high).max(*pixel);
                }
            }
            low.extend(darkest.chunks(BLOCK).map(|block| block.iter().copied().min().unwrap_or(u8::MAX)));
            high.extend(lightest.chunks(BLOCK).map(|block| block.iter().copied().max().unwrap_or(u8::MIN)));
        }
        let low = around(&low, columns, REACH, |near| near.iter().copied().min().unwrap_or(u8::MAX));
        let high = around(&high, columns, REACH, |near| near.iter().copied().max().unwrap_or(u8::MIN));
        Self { low, high, columns, one: None }
    }

    /// The thresholds midway.
    fn middle(&self) -> Vec<u8> {
        if let Some(level) = self.one {
            return vec![level; self.low.len()];
        }
        let between = |(low, high): (&u8, &u8)| {
            let apart = high.saturating_sub(*low);
            if apart > FLAT { low + apart / 2 } else { UNKNOWN }
        };
        let mut levels: Vec<u8> = self.low.iter().zip(&self.high).map(between).collect();
        // A flat one takes that of its neighbours, so that the inside of something dark stays dark.
        for _ in 0..MOST_FILLED {
            if !levels.contains(&UNKNOWN) {
                break;
            }
            let near = around(&levels, self.columns, 1, |near| near.iter().copied().max().unwrap_or(UNKNOWN));
            for (level, near) in levels.iter_mut().zip(near) {
                if *level == UNKNOWN {
                    *level = near;
                }
            }
        }
        around(&levels, self.columns, 1, |near| {
            let (sum, count) = near.iter().fold((0_u16, 0_u16), |(sum, n), level| (sum + u16::from(*level), n + 1));
            (sum / count.max(1)) as u8
        })
    }

    /// Thresholds nearer to the light than those midway.
    fn pale(&self, middle: &[u8]) -> Vec<u8> {
        if self.one.is_some() {
            return middle.to_vec();
        }
        let lift = |(level, (low, high)): (&u8, (&u8, &u8))| {
            let apart = high.saturating_sub(*low);
            let by = if apart > FLAT { apart / PALER } else { 0 };
            level.saturating_add(by)
        };
        middle.iter().zip(self.low.iter().zip(&self.high)).map(lift).collect()
    }
}

/// The threshold that parts the pixels best into two groups (Otsu 1979).
fn split(luma: Luma<'_>) -> u8 {
    let mut counts = [0_u32; 256];
    for y in 0..luma.height {
        for pixel in luma.row(y) {
            if let Some(count) = counts.get_mut(usize::from(*pixel)) {
                *count += 1;
            }
        }
    }
    let total = luma.pixels() as f64;
    let sum: f64 = (0..).zip(counts).map(|(grey, count)| f64::from(grey) * f64::from(count)).sum();
    let (mut below, mut sum_below, mut best) = (0.0, 0.0, (0, 0.0));
    for (grey, count) in (0_u8..=255).zip(counts) {
        below += f64::from(count);
        sum_below += f64::from(grey) * f64::from(count);
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = (sum_below / below - (sum - sum_below) / above).powi(2) * below * above;
        if apart > best.1 {
            best = (grey, apart);
        }
    }
    best.0
}

/// What a function makes of the blocks around each, first along rows, then along columns.
fn around(values: &[u8], columns: usize, reach: usize, make: impl Fn(&[u8]) -> u8) -> Vec<u8> {
    let pass = |values: &[u8], wide: usize| -> Vec<u8> {
        let high = values.len() / wide.max(1);
        let mut out = vec![0; values.len()];
        for (row, values) in values.chunks(wide.max(1)).enumerate() {
            for column in 0..wide {
                let near = values.get(column.saturating_sub(reach)..(column + reach + 1).min(wide));
                if let Some(place) = out.get_mut(column * high + row) {
                    *place = make(near.unwrap_or_default());
                }
            }
        }
        out
    };
    pass(&pass(values, columns), values.len() / columns.max(1))
}
