//! Interleaved 2 of 5 (ISO/IEC 16390).

use super::{Hit, Row, ean};
use crate::device::decoder::{Format, Formats};

/// Wide elements of each digit, the first highest.
const PATTERNS: [u8; 10] = [0x06, 0x11, 0x09, 0x18, 0x05, 0x14, 0x0C, 0x03, 0x12, 0x0A];
/// Digits of the code that GS1 knows.
const GTIN_DIGITS: usize = 14;
/// Fewest digits of one without a check.
const FEWEST: usize = 6;
/// Most digits.
const MOST: usize = 40;
/// Light needed before and after, in narrow elements (the standard asks ten).
const QUIET: f32 = 4.0;
/// A wide element is at least this much wider than the widest narrow one of its kind.
const WIDE: f32 = 1.30;
/// Narrow elements of one kind, and wide ones, differ by less than this.
const ALIKE: f32 = 2.0;
/// How far a pair's width may be from that of its neighbour.
const DRIFT: f32 = 0.16;

/// The digit of five elements of one kind.
fn digit(runs: [f32; 5]) -> Option<u8> {
    let mut sorted = runs;
    sorted.sort_by(f32::total_cmp);
    let [least, _, most, next, last] = sorted;
    if next < WIDE * most || most > ALIKE * least || last > ALIKE * next {
        return None;
    }
    let middle = (most + next) / 2.0;
    let bits = runs.iter().fold(0, |bits, run| (bits << 1) | u8::from(*run > middle));
    PATTERNS.iter().position(|own| *own == bits).map(|digit| digit as u8)
}

/// A code that starts with a bar.
pub(super) fn read(row: &Row, start: usize, formats: Formats) -> Option<Hit> {
    let [a, b, c, d] = row.runs::<4>(start)?;
    let narrow = (a + b + c + d) / 4.0;
    let (low, high) = (a.min(*b).min(*c).min(*d), a.max(*b).max(*c).max(*d));
    if high > 2.5 * low || row.light_before(start) < QUIET * narrow {
        return None;
    }
    let mut digits = Vec::with_capacity(GTIN_DIGITS);
    let mut at = start + 4;
    let mut width = None;
    loop {
        // The end: a wide bar, a narrow space, a narrow bar, light.
        if row.light_from(at + 3) >= QUIET * narrow && !digits.is_empty() {
            let [a, b, c] = row.runs::<3>(at)?;
            if *a > WIDE * c && *b < ALIKE * narrow && *c < ALIKE * narrow && *a < 5.0 * narrow {
                break;
            }
            return None;
        }
        let [a, b, c, d, e, f, g, h, i, j] = *row.runs::<10>(at)?;
        let here: f32 = [a, b, c, d, e, f, g, h, i, j].iter().sum();
        let before = width.unwrap_or(here);
        if (here / before - 1.0).abs() > DRIFT || digits.len() >= MOST || !(10.0..26.0).contains(&(here / narrow)) {
            return None;
        }
        width = Some(before + (here - before) / 4.0);
        digits.push(digit([a, c, e, g, i])?);
        digits.push(digit([b, d, f, h, j])?);
        at += 10;
        row.saw(digits.len());
    }
    let (format, aim_id) = if digits.len() == GTIN_DIGITS && ean::check(&digits) && formats.has(Format::Itf14) {
        (Format::Itf14, "]I1")
    } else if digits.len() >= FEWEST && formats.has(Format::Itf) {
        (Format::Itf, "]I0")
    } else {
        return None;
    };
    let content = digits.iter().map(|digit| b'0' + digit).collect();
    Some(Hit { format, aim_id, content, span: row.place(start, at + 3) })
}
