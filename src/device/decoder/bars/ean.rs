//! EAN-13, UPC-A, EAN-8 and UPC-E.

use floorhand_gs1::Gtin;

use super::{Hit, Row};
use crate::device::decoder::{Format, Formats};

/// Widths of the digits, left half, odd parity; the right half has them too, bars for spaces.
/// Reversed they are the left half's even parity.
const DIGITS: [[u8; 4]; 10] = [
    [3, 2, 1, 1],
    [2, 2, 2, 1],
    [2, 1, 2, 2],
    [1, 4, 1, 1],
    [1, 1, 3, 2],
    [1, 2, 3, 1],
    [1, 1, 1, 4],
    [1, 3, 1, 2],
    [1, 2, 1, 3],
    [3, 1, 1, 2],
];
/// Parities of the six left digits, first digit highest, that say the thirteenth.
const FIRST_DIGIT: [u8; 10] = [0x00, 0x0B, 0x0D, 0x0E, 0x13, 0x19, 0x1C, 0x15, 0x16, 0x1A];
/// Parities of the six digits of UPC-E that say its check digit, number system 0; inverted for 1.
const CHECK_DIGIT: [u8; 10] = [0x38, 0x34, 0x32, 0x31, 0x2C, 0x26, 0x23, 0x2A, 0x29, 0x25];
/// Light needed before and after, in modules. The standard asks 7 to 11; labels are cut closer.
const QUIET: f32 = 3.5;
/// Light needed after an EAN-13, in modules: with its parities, guards and check it is seldom read out of
/// something longer, and packages are often printed to its very end.
const QUIET_AFTER: f32 = 2.5;
/// Largest deviation of a digit from its pattern, squared modules.
const DIGIT_DEVIATION: f32 = 0.55;
/// The same, mean over the digits of a code.
const MEAN_DEVIATION: f32 = 0.20;
/// Weight of the width of the bars against that of the distances between like edges: ink spreads.
const BAR_WEIGHT: f32 = 0.3;
/// Modules of a digit.
const DIGIT_MODULES: f32 = 7.0;
/// How far the width of a digit may be from that of its neighbour (perspective, curved labels).
const DRIFT: f32 = 0.22;

/// A code that starts with a bar.
pub(super) fn read(row: &Row, start: usize, formats: Formats) -> Option<Hit> {
    let [a, b, c] = row.runs::<3>(start)?;
    let (low, high) = (a.min(*b).min(*c), a.max(*b).max(*c));
    // The guard is three equal modules; blur and ink make them differ.
    if high > 3.0 * low || row.light_before(start) < QUIET * (a + b + c) / 3.0 * 0.8 {
        return None;
    }
    None.or_else(|| {
        (formats.has(Format::Ean13) || formats.has(Format::UpcA)).then(|| ean13(row, start, formats)).flatten()
    })
    .or_else(|| formats.has(Format::Ean8).then(|| ean8(row, start)).flatten())
    .or_else(|| formats.has(Format::UpcE).then(|| upce(row, start)).flatten())
}

/// Checks guards and light of a code of so many runs and modules; gives how much wider than a module its
/// thin bars are.
fn frame(row: &Row, start: usize, runs: usize, modules: f32, after: f32, guards: &[(usize, usize)]) -> Option<f32> {
    if start + runs >= row.len() {
        return None;
    }
    let module = row.span(start, start + runs) / modules;
    if row.light_before(start) < QUIET * module || row.light_from(start + runs) < after * module {
        return None;
    }
    let (mut bars, mut count) = (0.0, 0.0);
    for (from, length) in guards {
        let width = row.span(start + from, start + from + length) / module;
        if (width - *length as f32).abs() > 0.28 * *length as f32 {
            return None;
        }
        for run in start + from..start + from + length {
            // A guard is bars and spaces of one module.
            let one = row.width(run) / module;
            if !(0.3..2.2).contains(&one) {
                return None;
            }
            if run % 2 == 1 {
                bars += one;
                count += 1.0;
            }
        }
    }
    Some(bars / count - 1.0)
}

struct Digits {
    values: Vec<u8>,
    parity: u8,
    deviation: f32,
    module: f32,
}

impl Digits {
    /// Reads so many digits from a run on.
    fn read(&mut self, row: &Row, from: usize, count: usize, spread: f32, even: bool) -> Option<()> {
        for digit in 0..count {
            let runs = row.runs::<4>(from + 4 * digit)?;
            let width: f32 = runs.iter().sum();
            let module = width / DIGIT_MODULES;
            if (module / self.module - 1.0).abs() > DRIFT {
                return None;
            }
            // Perspective changes slowly; one digit counts for a quarter.
            self.module += (module - self.module) / 4.0;
            let (value, odd, deviation) = digit_of(runs, module, spread, (from % 2) == 1, even)?;
            self.deviation += deviation;
            self.values.push(value);
            self.parity = (self.parity << 1) | u8::from(!odd);
            // The guards are where they should be: as good as a character.
            row.saw(self.values.len() + 1);
        }
        Some(())
    }
}

/// The digit four runs say, whether its parity is odd, and how far they are from its pattern.
fn digit_of(runs: &[f32; 4], module: f32, spread: f32, bar_first: bool, even: bool) -> Option<(u8, bool, f32)> {
    let [a, b, c, d] = runs.map(|run| run / module);
    let (first, second) = (a + b, b + c);
    let bars = if bar_first { a + c } else { b + d } - 2.0 * spread;
    let mut best = (0, true, f32::MAX);
    for (value, pattern) in (0_u8..).zip(DIGITS) {
        let [p, q, r, s] = pattern.map(f32::from);
        let mut consider = |odd: bool, [p, q, r, s]: [f32; 4]| {
            let dark = if bar_first { p + r } else { q + s };
            let deviation = (first - p - q).powi(2) + (second - q - r).powi(2) + BAR_WEIGHT * (bars - dark).powi(2);
            if deviation < best.2 {
                best = (value, odd, deviation);
            }
        };
        consider(true, [p, q, r, s]);
        if even {
            consider(false, [s, r, q, p]);
        }
    }
    (best.2 <= DIGIT_DEVIATION).then_some(best)
}

fn digits(row: &Row, start: usize, runs: usize, modules: f32) -> Digits {
    Digits {
        values: Vec::with_capacity(13),
        parity: 0,
        deviation: 0.0,
        module: row.span(start, start + runs) / modules,
    }
}

fn ean13(row: &Row, start: usize, formats: Formats) -> Option<Hit> {
    let spread = frame(row, start, 59, 95.0, QUIET_AFTER, &[(0, 3), (27, 5), (56, 3)])?;
    let mut read = digits(row, start, 59, 95.0);
    read.values.push(0);
    read.read(row, start + 3, 6, spread, true)?;
    let first = FIRST_DIGIT.iter().position(|parity| *parity == read.parity)?;
    if let Some(place) = read.values.first_mut() {
        *place = first as u8;
    }
    read.read(row, start + 32, 6, spread, false)?;
    if !check(&read.values) || read.deviation > 12.0 * MEAN_DEVIATION {
        return None;
    }
    let format = if first == 0 && formats.has(Format::UpcA) {
        Format::UpcA
    } else if formats.has(Format::Ean13) {
        Format::Ean13
    } else {
        return None;
    };
    Some(hit(row, format, "]E0", text(&read.values), start, 59))
}

fn ean8(row: &Row, start: usize) -> Option<Hit> {
    let spread = frame(row, start, 43, 67.0, QUIET, &[(0, 3), (19, 5), (40, 3)])?;
    let mut read = digits(row, start, 43, 67.0);
    read.read(row, start + 3, 4, spread, false)?;
    read.read(row, start + 24, 4, spread, false)?;
    (check(&read.values) && read.deviation <= 8.0 * MEAN_DEVIATION)
        .then(|| hit(row, Format::Ean8, "]E4", text(&read.values), start, 43))
}

fn upce(row: &Row, start: usize) -> Option<Hit> {
    let spread = frame(row, start, 33, 51.0, QUIET, &[(0, 3), (27, 6)])?;
    let mut read = digits(row, start, 33, 51.0);
    read.read(row, start + 3, 6, spread, true)?;
    let (system, check) = CHECK_DIGIT.iter().position(|parity| *parity == read.parity).map_or_else(
        || CHECK_DIGIT.iter().position(|parity| *parity ^ 0x3F == read.parity).map(|check| (1, check)),
        |check| Some((0, check)),
    )?;
    if read.deviation > 6.0 * MEAN_DEVIATION {
        return None;
    }
    let short: String = std::iter::once(system)
        .chain(read.values.iter().copied())
        .chain(std::iter::once(check as u8))
        .map(|digit| char::from(b'0' + digit))
        .collect();
    // The expansion also checks the digit.
    let gtin = Gtin::from_upc_e(&short).ok()?;
    let content = gtin.as_str().as_bytes().get(1..)?.to_vec();
    Some(hit(row, Format::UpcE, "]E0", content, start, 33))
}

fn hit(row: &Row, format: Format, aim_id: &'static str, content: Vec<u8>, start: usize, runs: usize) -> Hit {
    Hit { format, aim_id, content, span: row.place(start, start + runs) }
}

fn text(digits: &[u8]) -> Vec<u8> {
    digits.iter().map(|digit| b'0' + digit).collect()
}

/// Modulo 10 with weights 3 and 1 from the right, the check digit last (GS1 General Specifications 7.9).
pub(super) fn check(digits: &[u8]) -> bool {
    let sum: u32 =
        digits.iter().rev().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    sum.is_multiple_of(10)
}
