//! Matrix codes in a crop: made black and white, then searched for QR and Data Matrix.

use rxing::common::{BitArray, BitMatrix, DecoderRXingResult, DetectorRXingResult};
use rxing::datamatrix::decoder::Decoder as DataMatrixDecoder;
use rxing::datamatrix::detector::{Detector as PlainDetector, zxing_cpp_detector};
use rxing::qrcode::cpp_port::{decoder as qr_decoder, detector as qr_detector};

use super::bars::stacked::guarded;
use super::{Format, Formats, Luma};

/// Side of the blocks a threshold is found for, in pixels.
const BLOCK: usize = 8;
/// Blocks to either side whose thresholds are averaged.
const REACH: usize = 2;
/// Grey levels a block must span for its mean to be a threshold; a flatter one is all light or all dark.
const FLAT: u8 = 24;
/// Sides below this, in pixels, get one threshold: there is less than a handful of blocks.
const SMALL: usize = 40;
/// Finder patterns of which sets of three are formed: their number grows with its cube.
const MOST_FINDERS: usize = 24;
/// Sets of three that are tried; they come most plausible first.
const MOST_SETS: usize = 12;
/// Smallest crop that can hold a matrix, in pixels.
const LEAST_SIDE: usize = 10;

/// A code in a crop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hit {
    pub format: Format,
    pub aim_id: &'static str,
    pub content: Vec<u8>,
    /// Its corners in pixels of the crop.
    pub corners: [(f32, f32); 4],
}

/// How a crop is made black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    /// By the mean of the surroundings.
    Local,
    /// By one threshold between its two groups of grey.
    Global,
}

/// Makes a crop black (set) and white.
pub(crate) fn binary(luma: Luma<'_>, how: Binary) -> Option<BitMatrix> {
    if luma.width < LEAST_SIDE || luma.height < LEAST_SIDE {
        return None;
    }
    let (columns, rows) = (luma.width.div_ceil(BLOCK), luma.height.div_ceil(BLOCK));
    let small = luma.width < SMALL || luma.height < SMALL;
    let levels =
        if how == Binary::Global || small { vec![split(luma); columns * rows] } else { local(luma, columns, rows) };
    let mut matrix = BitMatrix::new(luma.width as u32, luma.height as u32).ok()?;
    let mut row_levels = Vec::with_capacity(columns * BLOCK);
    for (band, levels) in levels.chunks(columns).enumerate() {
        row_levels.clear();
        row_levels.extend(levels.iter().flat_map(|level| [*level; BLOCK]));
        for y in band * BLOCK..((band + 1) * BLOCK).min(luma.height) {
            let mut bits = BitArray::with_size(luma.width);
            for (word, (pixels, levels)) in
                luma.row(y).chunks(usize::BITS as usize).zip(row_levels.chunks(usize::BITS as usize)).enumerate()
            {
                let dark = pixels
                    .iter()
                    .zip(levels)
                    .enumerate()
                    .fold(0_usize, |word, (bit, (pixel, level))| word | (usize::from(pixel <= level) << bit));
                bits.setBulk(word * usize::BITS as usize, dark);
            }
            matrix.setRow(y as u32, &bits);
        }
    }
    Some(matrix)
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

/// A threshold for each block: the mean over the blocks around it.
fn local(luma: Luma<'_>, columns: usize, rows: usize) -> Vec<u8> {
    let mut means: Vec<u8> = Vec::with_capacity(columns * rows);
    for band in 0..rows {
        let mut blocks = vec![(u8::MAX, u8::MIN, 0_u32, 0_u32); columns];
        for y in band * BLOCK..((band + 1) * BLOCK).min(luma.height) {
            for (block, pixels) in blocks.iter_mut().zip(luma.row(y).chunks(BLOCK)) {
                let (low, high, sum, count) = block;
                for pixel in pixels {
                    *low = (*low).min(*pixel);
                    *high = (*high).max(*pixel);
                    *sum += u32::from(*pixel);
                }
                *count += pixels.len() as u32;
            }
        }
        for (column, (low, high, sum, count)) in blocks.into_iter().enumerate() {
            let level = if high.saturating_sub(low) > FLAT {
                (sum / count.max(1)) as u8
            } else {
                // A flat block is light, unless it is as dark as what the blocks before it call dark.
                let before = |up: usize, left: usize| -> Option<u8> {
                    let row = band.checked_sub(up)?;
                    let column = column.checked_sub(left)?;
                    means.get(row * columns + column).copied()
                };
                let light = low / 2;
                match (before(1, 0), before(0, 1), before(1, 1)) {
                    (Some(above), Some(left), Some(corner)) => {
                        let near = ((u16::from(above) + 2 * u16::from(left) + u16::from(corner)) / 4) as u8;
                        if low < near { near } else { light }
                    }
                    _ => light,
                }
            };
            means.push(level);
        }
    }
    spread(&means, columns, rows)
}

/// Averages over five by five blocks, fewer at the edges.
fn spread(means: &[u8], columns: usize, rows: usize) -> Vec<u8> {
    let mean_of = |values: &mut dyn Iterator<Item = u8>| -> u8 {
        let (sum, count) = values.fold((0_u32, 0_u32), |(sum, count), value| (sum + u32::from(value), count + 1));
        (sum / count.max(1)) as u8
    };
    let mut across = Vec::with_capacity(means.len());
    for row in means.chunks(columns) {
        for column in 0..columns {
            let from = column.saturating_sub(REACH);
            let to = (column + REACH + 1).min(columns);
            across.push(mean_of(&mut row.get(from..to).unwrap_or_default().iter().copied()));
        }
    }
    let mut out = Vec::with_capacity(means.len());
    for row in 0..rows {
        let from = row.saturating_sub(REACH);
        let to = (row + REACH + 1).min(rows);
        for column in 0..columns {
            out.push(mean_of(&mut (from..to).filter_map(|near| across.get(near * columns + column).copied())));
        }
    }
    out
}

/// Searches a black and white crop.
pub(crate) fn read(bits: &BitMatrix, formats: Formats, most: usize, found: &mut Vec<Hit>) {
    if formats.has(Format::Qr) {
        qr(bits, most, found);
    }
    if formats.has(Format::DataMatrix) && found.len() < most {
        data_matrix(bits, most, found);
    }
}

fn corners(points: &[rxing::Point]) -> [(f32, f32); 4] {
    match points {
        [a, b, c, d, ..] => [a, b, c, d].map(|point| (point.x, point.y)),
        [a, b, c] => {
            let d = (a.x + c.x - b.x, a.y + c.y - b.y);
            [(a.x, a.y), (b.x, b.y), (c.x, c.y), d]
        }
        _ => [(0.0, 0.0); 4],
    }
}

fn push(found: &mut Vec<Hit>, hit: Hit) {
    if !found.iter().any(|own| own.format == hit.format && own.content == hit.content) {
        found.push(hit);
    }
}

fn qr(bits: &BitMatrix, most: usize, found: &mut Vec<Hit>) {
    let sets = guarded(|| {
        let mut finders = qr_detector::FindFinderPatterns(bits, true, 0);
        finders.sort_by_key(|finder| std::cmp::Reverse(finder.size));
        finders.truncate(MOST_FINDERS);
        (finders.len() >= 3).then(|| qr_detector::GenerateFinderPatternSets(&mut finders))
    });
    for set in sets.unwrap_or_default().iter().take(MOST_SETS) {
        if found.len() >= most {
            return;
        }
        let hit = guarded(|| {
            let symbol = qr_detector::SampleQR(bits, set).ok()?;
            let read = qr_decoder::Decode(symbol.getBits()).ok()?;
            let content = read.isValid().then(|| read.text().into_bytes())?;
            let aim_id = match read.symbologyIdentifier().as_str() {
                "]Q0" => "]Q0",
                "]Q2" => "]Q2",
                "]Q3" => "]Q3",
                "]Q4" => "]Q4",
                "]Q5" => "]Q5",
                "]Q6" => "]Q6",
                _ => "]Q1",
            };
            Some(Hit { format: Format::Qr, aim_id, content, corners: corners(symbol.getPoints()) })
        });
        if let Some(hit) = hit.filter(|hit| !hit.content.is_empty()) {
            push(found, hit);
        }
    }
}

fn data_matrix(bits: &BitMatrix, most: usize, found: &mut Vec<Hit>) {
    let symbols = guarded(|| zxing_cpp_detector::detect(bits, true, true).ok());
    for symbol in symbols.unwrap_or_default() {
        if found.len() >= most {
            return;
        }
        if let Some(hit) = decode_data_matrix(symbol.getBits(), corners(symbol.getPoints())) {
            push(found, hit);
        }
    }
    if found.is_empty() {
        let hit = guarded(|| {
            let symbol = PlainDetector::new(bits).ok()?.detect().ok()?;
            decode_data_matrix(symbol.getBits(), corners(symbol.getPoints()))
        });
        found.extend(hit);
    }
}

/// Decodes the cells of a Data Matrix, the solid edges left and below.
pub(crate) fn decode_data_matrix(bits: &BitMatrix, corners: [(f32, f32); 4]) -> Option<Hit> {
    let read = guarded(|| DataMatrixDecoder::new().decode(bits).ok())?;
    let content = read.getText().as_bytes().to_vec();
    (!content.is_empty()).then(|| Hit { format: Format::DataMatrix, aim_id: data_matrix_id(&read), content, corners })
}

/// The identifier of ISO/IEC 16022, Annex N. FNC1 in the first place is told by the content type: the
/// modifier also takes a separator that happens to come fifth for it.
fn data_matrix_id(read: &DecoderRXingResult) -> &'static str {
    let gs1 = read.getContentType() == "GS1";
    match read.getSymbologyModifier() {
        4..=6 if gs1 => "]d5",
        4 => "]d4",
        6 => "]d6",
        _ if gs1 => "]d2",
        3 => "]d3",
        _ => "]d1",
    }
}
