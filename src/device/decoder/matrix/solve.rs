//! From the cells of a Data Matrix to its text: codewords, their correction (ISO/IEC 16022, Annex E),
//! and `rxing`'s table of what they mean.

use rxing::common::{BitMatrix, DecoderRXingResult};
use rxing::datamatrix::decoder::{BitMatrixParser, DataBlock, decoded_bit_stream_parser};

/// Correction codewords that are kept back where doubtful ones are left out, to notice a wrong word.
const KEPT_BACK: usize = 2;

/// Corrects and reads a symbol that stands upright. `weak` marks doubtful cells: their codewords may
/// be left out when that helps.
pub(crate) fn solve(bits: &BitMatrix, weak: Option<&BitMatrix>) -> Option<DecoderRXingResult> {
    let mut parser = BitMatrixParser::new(bits).ok()?;
    let words = parser.readCodewords().ok()?;
    let weak = match weak {
        Some(weak) => BitMatrixParser::new(weak).ok()?.readCodewords().ok()?,
        None => vec![0; words.len()],
    };
    let version = parser.getVersion();
    // Some printers put the blocks of the largest symbol in another order.
    let orders: &[bool] = if version.getSymbolSizeRows() == LARGEST { &[false, true] } else { &[false] };
    orders.iter().find_map(|order| {
        let blocks = DataBlock::getDataBlocks(&words, version, *order).ok()?;
        let doubts = DataBlock::getDataBlocks(&weak, version, *order).ok()?;
        let count = blocks.len();
        let total: usize = blocks.iter().map(|block| block.getNumDataCodewords() as usize).sum();
        let mut data = vec![0; total];
        for (index, (block, doubt)) in blocks.iter().zip(&doubts).enumerate() {
            let own = block.getNumDataCodewords() as usize;
            let check = block.getCodewords().len() - own;
            let mut word = block.getCodewords().to_vec();
            let left_out: Vec<usize> =
                doubt.getCodewords().iter().enumerate().filter(|(_, bits)| **bits != 0).map(|(at, _)| at).collect();
            if !correct(&mut word, check, &left_out) {
                return None;
            }
            for (place, byte) in data.iter_mut().skip(index).step_by(count).zip(word.iter().take(own)) {
                *place = *byte;
            }
        }
        decoded_bit_stream_parser::decode(&data, false).ok()
    })
}

/// Rows of the largest symbol.
const LARGEST: u32 = 144;

/// Corrects a word of the code, the last `check` bytes of it being the correction; `left_out` are places
/// not believed. `false` where it holds more errors than can be corrected for certain.
pub(crate) fn correct(word: &mut [u8], check: usize, left_out: &[usize]) -> bool {
    let mut weights = Vec::with_capacity(check);
    let mut power = 1;
    for _ in 0..check {
        power = times(power, 2);
        weights.push(word.iter().fold(0, |sum, byte| times(sum, power) ^ byte));
    }
    if weights.iter().all(|weight| *weight == 0) {
        return true;
    }
    // With doubtful places fewer errors can be found: not worth it where most are doubtful.
    let room = if left_out.is_empty() { check } else { check.saturating_sub(KEPT_BACK) };
    if left_out.len() > room {
        return false;
    }
    let places: Vec<u8> = (0..word.len()).map(|index| raise(2, word.len() - 1 - index)).collect();
    let mut known = vec![1_u8];
    for place in left_out.iter().filter_map(|index| places.get(*index)) {
        known = product(&known, &[1, *place]);
    }
    // Berlekamp and Massey, starting from the places that are known (Blahut 1983).
    let (mut locator, mut before, mut length) = (known.clone(), known, left_out.len());
    for round in left_out.len() + 1..=check {
        let off = locator
            .iter()
            .enumerate()
            .filter_map(|(index, value)| Some(times(*value, *weights.get(round.checked_sub(index + 1)?)?)))
            .fold(0, |sum, value| sum ^ value);
        before.insert(0, 0);
        if off == 0 {
            continue;
        }
        let grown: Vec<u8> = (0..locator.len().max(before.len()))
            .map(|index| {
                let own = locator.get(index).copied().unwrap_or_default();
                own ^ times(off, before.get(index).copied().unwrap_or_default())
            })
            .collect();
        if 2 * length < round + left_out.len() {
            let by = inverse(off);
            before = locator.iter().map(|value| times(*value, by)).collect();
            length = round + left_out.len() - length;
        }
        locator = grown;
    }
    // So many unknown errors take two correction bytes each.
    if length < left_out.len() || 2 * (length - left_out.len()) + left_out.len() > room {
        return false;
    }
    let mut sizes = product(&weights, &locator);
    sizes.truncate(check);
    let slope: Vec<u8> =
        locator.iter().enumerate().skip(1).map(|(index, value)| if index % 2 == 1 { *value } else { 0 }).collect();
    let mut roots = 0;
    for (byte, place) in word.iter_mut().zip(&places) {
        let at = inverse(*place);
        if value(&locator, at) == 0 {
            roots += 1;
            let under = value(&slope, at);
            if under == 0 {
                return false;
            }
            *byte ^= times(value(&sizes, at), inverse(under));
        }
    }
    let mut power = 1;
    roots == length
        && (0..check).all(|_| {
            power = times(power, 2);
            word.iter().fold(0, |sum, byte| times(sum, power) ^ byte) == 0
        })
}

/// The product in the field of 256 elements over x⁸ + x⁵ + x³ + x² + 1 (301).
fn times(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    for _ in 0..8 {
        product ^= a & (b & 1).wrapping_neg();
        a = (a << 1) ^ (0x2D & (a >> 7).wrapping_neg());
        b >>= 1;
    }
    product
}

fn raise(base: u8, mut by: usize) -> u8 {
    let (mut square, mut power) = (base, 1);
    while by > 0 {
        if by % 2 == 1 {
            power = times(power, square);
        }
        square = times(square, square);
        by /= 2;
    }
    power
}

fn inverse(value: u8) -> u8 {
    raise(value, 254)
}

/// The product of two polynomials, the lowest coefficient first.
fn product(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut out = vec![0; (a.len() + b.len()).saturating_sub(1)];
    for (index, one) in a.iter().enumerate() {
        for (place, other) in out.iter_mut().skip(index).zip(b) {
            *place ^= times(*one, *other);
        }
    }
    out
}

fn value(polynomial: &[u8], at: u8) -> u8 {
    polynomial.iter().rev().fold(0, |sum, coefficient| times(sum, at) ^ coefficient)
}
