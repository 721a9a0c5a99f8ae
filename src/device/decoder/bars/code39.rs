//! Code 39 (ISO/IEC 16388).

use super::{Hit, Row};
use crate::device::decoder::Format;

const LETTERS: &[u8; 43] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
/// Wide elements of each letter, the first element highest.
const PATTERNS: [u16; 43] = [
    0x034, 0x121, 0x061, 0x160, 0x031, 0x130, 0x070, 0x025, 0x124, 0x064, 0x109, 0x049, 0x148, 0x019, 0x118, 0x058,
    0x00D, 0x10C, 0x04C, 0x01C, 0x103, 0x043, 0x142, 0x013, 0x112, 0x052, 0x007, 0x106, 0x046, 0x016, 0x181, 0x0C1,
    0x1C0, 0x091, 0x190, 0x0D0, 0x085, 0x184, 0x0C4, 0x0A8, 0x0A2, 0x08A, 0x02A,
];
/// The asterisk at both ends.
const ENDS: u16 = 0x094;
/// Light needed before and after, as a share of a letter's width (the standard asks ten narrow elements,
/// about three quarters).
const QUIET: f32 = 0.3;
/// A wide element is at least this much wider than the widest narrow one; the standard says 2 to 3, blur
/// takes of it.
const WIDE: f32 = 1.30;
/// Narrow elements of one kind differ by less than this.
const ALIKE: f32 = 1.9;
/// How far a letter's width may be from that of its neighbour.
const DRIFT: f32 = 0.16;
/// Largest gap between letters, as a share of a letter.
const GAP: f32 = 0.5;
/// Fewest letters: shorter ones are read out of anything.
const FEWEST: usize = 4;
/// Most letters.
const MOST: usize = 48;

/// Sets the bits of the elements of one kind (bars, or spaces) that are wide.
fn wide<const N: usize>(runs: [f32; N], how_many: usize) -> Option<[bool; N]> {
    let mut sorted = runs;
    sorted.sort_by(f32::total_cmp);
    let narrow = N - how_many;
    let (Some(least), Some(most), Some(next)) =
        (sorted.first(), narrow.checked_sub(1).and_then(|index| sorted.get(index)), sorted.get(narrow))
    else {
        return None;
    };
    if *next < WIDE * most || *most > ALIKE * least {
        return None;
    }
    let middle = (most + next) / 2.0;
    Some(runs.map(|run| run > middle))
}

/// The pattern of nine elements: two wide bars and a wide space, or three wide spaces.
fn pattern(runs: &[f32; 9]) -> Option<u16> {
    let [a, b, c, d, e, f, g, h, i] = *runs;
    let bars = [a, c, e, g, i];
    let spaces = [b, d, f, h];
    let (bars, spaces) = match (wide(bars, 2), wide(spaces, 1)) {
        (Some(bars), Some(spaces)) => (bars, spaces),
        _ => {
            let low = bars.iter().copied().fold(f32::MAX, f32::min);
            let high = bars.iter().copied().fold(0.0, f32::max);
            if high > ALIKE * low {
                return None;
            }
            ([false; 5], wide(spaces, 3)?)
        }
    };
    let [a, c, e, g, i] = bars;
    let [b, d, f, h] = spaces;
    Some([a, b, c, d, e, f, g, h, i].into_iter().fold(0, |bits, wide| (bits << 1) | u16::from(wide)))
}

/// A code that starts with a bar.
pub(super) fn read(row: &Row, start: usize) -> Option<Hit> {
    let first = row.runs::<9>(start)?;
    let mut width: f32 = first.iter().sum();
    if row.light_before(start) < QUIET * width || pattern(first)? != ENDS {
        return None;
    }
    let mut content = Vec::new();
    let mut at = start + 9;
    loop {
        let gap = row.width(at);
        let runs = row.runs::<9>(at + 1)?;
        let here: f32 = runs.iter().sum();
        if gap > GAP * width || (here / width - 1.0).abs() > DRIFT || content.len() > MOST {
            return None;
        }
        width += (here - width) / 4.0;
        let pattern = pattern(runs)?;
        at += 10;
        if pattern == ENDS {
            break;
        }
        let letter = PATTERNS.iter().position(|own| *own == pattern)?;
        content.push(*LETTERS.get(letter)?);
        row.saw(content.len() + 1);
    }
    (content.len() >= FEWEST && row.light_from(at) >= QUIET * width).then(|| Hit {
        format: Format::Code39,
        aim_id: "]A0",
        content,
        span: row.place(start, at),
    })
}
