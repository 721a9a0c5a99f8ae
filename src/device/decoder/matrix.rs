//! Matrix codes in a crop: made black and white, then searched for QR and Data Matrix.

use rxing::common::{BitMatrix, DecoderRXingResult, DetectorRXingResult};
use rxing::datamatrix::decoder::Decoder as DataMatrixDecoder;
use rxing::datamatrix::detector::zxing_cpp_detector;
use rxing::qrcode::cpp_port::{decoder as qr_decoder, detector as qr_detector};

use super::bars::stacked::guarded;
use super::{Format, Formats, Luma};

mod binary;
mod blob;
mod finder;
mod grey;
mod grid;
mod locate;
mod qr;
mod size;
mod solve;
#[cfg(test)]
mod tests;

use binary::Dark;
pub(crate) use binary::{Bits, binary};

/// Sets of three that are tried; they come most plausible first.
const MOST_SETS: usize = 12;
/// Sets our own grid is laid on, which costs more.
const MOST_LAID: usize = 2;
/// A code in a crop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hit {
    pub format: Format,
    pub aim_id: &'static str,
    pub content: Vec<u8>,
    /// Its corners in pixels of the crop.
    pub corners: [(f32, f32); 4],
}

/// Searches a crop. Says whether anything in it looks like a code, read or not: three finder patterns that
/// go together, or solid edges with a track of cells.
pub(crate) fn read(bits: &Bits<'_>, formats: Formats, most: usize, found: &mut Vec<Hit>) -> bool {
    let pale = bits.pale();
    let before = found.len();
    let mut seen = false;
    if formats.has(Format::Qr) {
        seen = qr(bits, &pale, most, found);
    }
    if formats.has(Format::DataMatrix) && found.len() < most {
        let before_it = found.len();
        data_matrix(&bits.matrix, most, found);
        // Where there is a QR code there are corners and tracks enough, and no Data Matrix.
        if found.len() == before_it {
            seen |= own_data_matrix(&pale, if seen { FEW_SOLIDS } else { MOST_SOLIDS }, most, found);
        }
    }
    seen || found.len() > before
}

/// Corners between solid edges that are followed in a crop; and in one with finder patterns of QR, where there are
/// corners and tracks enough.
const MOST_SOLIDS: usize = 10;
const FEW_SOLIDS: usize = 3;

/// Half the lengths of a cell that the tracks are looked for with, in pixels, each up to twice as long.
const DEPTHS: [f32; 5] = [12.8, 6.4, 3.2, 1.6, 0.8];
/// Cells may be shorter along one side, seen from there.
const SIDES: [f32; 2] = [1.0, 0.7];
/// Sizes that are tried for what the tracks measure.
const MOST_SIZES: usize = 2;

/// Our own search: solid edges, tracks, grid. Says whether there were tracks.
fn own_data_matrix(pale: &Dark<'_>, most_solids: usize, most: usize, found: &mut Vec<Hit>) -> bool {
    let mut seen = false;
    for solid in locate::solids(pale).into_iter().take(most_solids) {
        if found.len() >= most {
            break;
        }
        if let Some(hit) = of_solid(pale.luma, &solid, &mut seen) {
            push(found, hit);
        }
    }
    seen
}

fn of_solid(luma: Luma<'_>, solid: &locate::Solid, seen: &mut bool) -> Option<Hit> {
    let across = grey::plus(solid.top, grey::minus(solid.right, solid.corner));
    DEPTHS.iter().find_map(|depth| {
        let upper = locate::track(luma, solid.top, across, solid.corner, *depth)?;
        *seen = true;
        let right = SIDES
            .iter()
            .filter_map(|by| locate::track(luma, solid.right, across, solid.corner, *depth * by))
            .max_by(|a, b| a.fit.total_cmp(&b.fit))?;
        let (corner, columns, rows) = locate::across(solid, &upper, &right)?;
        let corners = [solid.top, corner, solid.right, solid.corner];
        size::likely(luma, columns, rows, &corners, MOST_SIZES).into_iter().find_map(|size| {
            let shape = size.shape();
            let (corners, _) = grid::lay(luma, &shape, corners)?;
            let solve = |bits: &BitMatrix, weak: &BitMatrix| {
                guarded(|| solve::solve(bits, None).or_else(|| solve::solve(bits, Some(weak))))
            };
            data_matrix_hit(&grid::read(luma, &shape, &corners, solve)?, corners)
        })
    })
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

/// Says whether there were three finder patterns that go together.
fn qr(bits: &Bits<'_>, pale: &Dark<'_>, most: usize, found: &mut Vec<Hit>) -> bool {
    let before = found.len();
    let mut seen = false;
    for exact in [true, false] {
        // Where exact ones go together, pale ones are the same again.
        if seen {
            break;
        }
        let sets = guarded(|| {
            Some(if exact { finder::sets(bits.dark(), Some(&bits.matrix)) } else { finder::sets(pale, None) })
        });
        let sets = sets.unwrap_or_default();
        seen = !sets.is_empty();
        for set in sets.iter().take(MOST_SETS) {
            if found.len() >= most {
                return true;
            }
            let hit = guarded(|| {
                let symbol = qr_detector::SampleQR(&bits.matrix, set).ok()?;
                decode_qr(symbol.getBits(), corners(symbol.getPoints()))
            });
            if let Some(hit) = hit {
                push(found, hit);
            }
        }
        if found.len() > before {
            return true;
        }
        for set in sets.iter().take(MOST_LAID) {
            let hit = qr::read(bits.luma, set, |bits, corners| guarded(|| decode_qr(bits, corners)));
            if let Some(hit) = hit {
                push(found, hit);
                return true;
            }
        }
    }
    seen
}

/// Decodes the cells of a QR code.
fn decode_qr(bits: &BitMatrix, corners: [(f32, f32); 4]) -> Option<Hit> {
    let read = qr_decoder::Decode(bits).ok()?;
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
    (!content.is_empty()).then_some(Hit { format: Format::Qr, aim_id, content, corners })
}

/// The quick search of `rxing`, from the middle outwards: codes that are large and clear.
fn data_matrix(bits: &BitMatrix, most: usize, found: &mut Vec<Hit>) {
    let symbols = guarded(|| zxing_cpp_detector::detect(bits, false, true).ok());
    for symbol in symbols.unwrap_or_default() {
        if found.len() >= most {
            return;
        }
        if let Some(hit) = decode_data_matrix(symbol.getBits(), corners(symbol.getPoints())) {
            push(found, hit);
        }
    }
}

/// Decodes the cells of a Data Matrix, the solid edges left and below.
pub(crate) fn decode_data_matrix(bits: &BitMatrix, corners: [(f32, f32); 4]) -> Option<Hit> {
    let read = guarded(|| DataMatrixDecoder::new().decode(bits).ok())?;
    data_matrix_hit(&read, corners)
}

fn data_matrix_hit(read: &DecoderRXingResult, corners: [(f32, f32); 4]) -> Option<Hit> {
    // Characters of a set that is not known: a wrong text is worse than none.
    if read.getContentType() == "UnknownECI" {
        return None;
    }
    let content = read.getText().as_bytes().to_vec();
    (!content.is_empty()).then(|| Hit { format: Format::DataMatrix, aim_id: data_matrix_id(read), content, corners })
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
