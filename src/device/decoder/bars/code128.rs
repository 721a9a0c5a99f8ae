//! Code 128 and GS1-128 (ISO/IEC 15417).

use std::sync::LazyLock;

use super::{Hit, Row};
use crate::device::decoder::Format;

/// Widths of the characters; the last three are the starts A, B and C.
const CHARACTERS: [u32; 106] = [
    212222, 222122, 222221, 121223, 121322, 131222, 122213, 122312, 132212, 221213, 221312, 231212, 112232, 122132,
    122231, 113222, 123122, 123221, 223211, 221132, 221231, 213212, 223112, 312131, 311222, 321122, 321221, 312212,
    322112, 322211, 212123, 212321, 232121, 111323, 131123, 131321, 112313, 132113, 132311, 211313, 231113, 231311,
    112133, 112331, 132131, 113123, 113321, 133121, 313121, 211331, 231131, 213113, 213311, 213131, 311123, 311321,
    331121, 312113, 312311, 332111, 314111, 221411, 431111, 111224, 111422, 121124, 121421, 141122, 141221, 112214,
    112412, 122114, 122411, 142112, 142211, 241211, 221114, 413111, 241112, 134111, 111242, 121142, 121241, 114212,
    124112, 124211, 411212, 421112, 421211, 212141, 214121, 412121, 111143, 111341, 131141, 114113, 114311, 411113,
    411311, 113141, 114131, 311141, 411131, 211412, 211214, 211232,
];
/// The stop without its last bar.
const STOP: u32 = 233111;
/// The character whose place the stop takes.
const STOP_VALUE: u8 = 106;
const START_A: u8 = 103;
/// Modules of a character.
const MODULES: f32 = 11.0;
/// Light needed before and after, in modules; the standard asks 10, labels are cut closer.
const QUIET: f32 = 4.0;
/// Largest deviation of a character, squared modules over the distances between like edges.
const DEVIATION: f32 = 1.1;
/// The same, mean over all characters.
const MEAN_DEVIATION: f32 = 0.45;
/// Weight of the summed bars; ink spreads.
const BAR_WEIGHT: f32 = 0.15;
/// How far a character's width may be from that of its neighbour.
const DRIFT: f32 = 0.22;
/// Characters of one code, start to stop; 48 is the most GS1-128 allows, others go further.
const MOST: usize = 90;

struct Shape {
    /// Distances between like edges.
    edges: [f32; 4],
    bars: f32,
}

fn shape(pattern: u32) -> Shape {
    let [a, b, c, d, e] = [100_000, 10_000, 1_000, 100, 10].map(|place| (pattern / place % 10) as f32);
    Shape { edges: [a + b, b + c, c + d, d + e], bars: a + c + e }
}

/// The characters in the order of their values, then the stop.
static SHAPES: LazyLock<Vec<Shape>> =
    LazyLock::new(|| CHARACTERS.into_iter().chain(std::iter::once(STOP)).map(shape).collect());

/// How far six runs are from a character.
fn deviation(shape: &Shape, [e, f, g, h]: [f32; 4], bars: f32) -> f32 {
    let [p, q, r, s] = shape.edges;
    (e - p).powi(2) + (f - q).powi(2) + (g - r).powi(2) + (h - s).powi(2) + BAR_WEIGHT * (bars - shape.bars).powi(2)
}

/// The character of six runs, and how far they are from it.
fn character(runs: &[f32; 6], spread: f32, among: std::ops::Range<usize>) -> Option<(u8, f32)> {
    let scale = MODULES / runs.iter().sum::<f32>();
    let [a, b, c, d, e, _] = runs.map(|run| run * scale);
    let (edges, bars) = ([a + b, b + c, c + d, d + e], a + c + e - 3.0 * spread);
    let mut best = (0, f32::MAX);
    for (value, shape) in SHAPES.iter().enumerate().take(among.end).skip(among.start) {
        let far = deviation(shape, edges, bars);
        if far < best.1 {
            best = (value as u8, far);
        }
    }
    (best.1 <= DEVIATION).then_some(best)
}

/// By how many modules a bar is wider than it should be.
fn spread_of(runs: &[f32; 6], value: u8) -> f32 {
    let scale = MODULES / runs.iter().sum::<f32>();
    let [a, _, c, _, e, _] = runs.map(|run| run * scale);
    SHAPES.get(usize::from(value)).map_or(0.0, |shape| ((a + c + e - shape.bars) / 3.0).clamp(-0.6, 0.6))
}

/// A code that starts with a bar.
pub(super) fn read(row: &Row, start: usize) -> Option<Hit> {
    let runs = row.runs::<6>(start)?;
    let mut module = runs.iter().sum::<f32>() / MODULES;
    if row.light_before(start) < QUIET * module {
        return None;
    }
    let (first, mut total) = character(runs, 0.0, usize::from(START_A)..CHARACTERS.len())?;
    let spread = spread_of(runs, first);
    let mut values = vec![first];
    let mut at = start + 6;
    loop {
        let runs = row.runs::<6>(at)?;
        let width = runs.iter().sum::<f32>() / MODULES;
        if (width / module - 1.0).abs() > DRIFT || values.len() >= MOST {
            return None;
        }
        module += (width - module) / 4.0;
        let (value, far) = character(runs, spread, 0..CHARACTERS.len() + 1)?;
        total += far;
        at += 6;
        if value == STOP_VALUE {
            break;
        }
        values.push(value);
        row.saw(values.len());
    }
    // The last bar of the stop, two modules, and the light after it.
    let bar = row.width(at) / module;
    if !(1.2..3.2).contains(&bar) || row.light_from(at + 1) < QUIET * module {
        return None;
    }
    let count = values.len() as f32 + 1.0;
    let check = values.pop()?;
    if values.len() < 2 || total > count * MEAN_DEVIATION {
        return None;
    }
    let sum: usize = values.iter().enumerate().map(|(place, value)| place.max(1) * usize::from(*value)).sum();
    if sum % 103 != usize::from(check) {
        return None;
    }
    let (aim_id, content) = text(&values)?;
    Some(Hit { format: Format::Code128, aim_id, content, span: row.place(start, at + 1) })
}

const SHIFT: u8 = 98;
const CODE_C: u8 = 99;
const CODE_B: u8 = 100;
const CODE_A: u8 = 101;
const FNC1: u8 = 102;
/// Separator of GS1 elements, as which FNC1 is sent.
const GS: u8 = 0x1D;

#[derive(Clone, Copy, PartialEq)]
enum Set {
    A,
    B,
    C,
}

/// The text of characters, start first, without the check.
fn text(values: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let (start, data) = values.split_first()?;
    let mut set = match start {
        103 => Set::A,
        104 => Set::B,
        _ => Set::C,
    };
    let mut out = String::new();
    let mut aim_id = "]C0";
    let mut shifted = None;
    // FNC4: the next letter, or from two of them on all letters, are from the upper half of Latin 1.
    let (mut upper_all, mut upper_next) = (false, false);
    for (place, value) in data.iter().copied().enumerate() {
        let now = shifted.take().unwrap_or(set);
        if value == FNC1 {
            match place {
                0 => aim_id = "]C1",
                // After one letter or two digits: an application the industry knows (ISO/IEC 15417, Annex C).
                1 if aim_id == "]C0" => aim_id = "]C2",
                _ => out.push(char::from(GS)),
            }
            continue;
        }
        if now == Set::C {
            match value {
                0..=99 => {
                    out.push(char::from(b'0' + value / 10));
                    out.push(char::from(b'0' + value % 10));
                }
                CODE_B => set = Set::B,
                CODE_A => set = Set::A,
                _ => return None,
            }
            continue;
        }
        let letter = match value {
            0..=63 => value + 32,
            64..=95 if now == Set::A => value - 64,
            64..=95 => value + 32,
            SHIFT => {
                shifted = Some(if now == Set::A { Set::B } else { Set::A });
                continue;
            }
            CODE_C => {
                set = Set::C;
                continue;
            }
            CODE_B | CODE_A => {
                // Its own set's code says FNC4.
                if (value == CODE_B) == (now == Set::B) {
                    if upper_next {
                        upper_all = !upper_all;
                    }
                    upper_next = !upper_next;
                } else {
                    set = if value == CODE_B { Set::B } else { Set::A };
                }
                continue;
            }
            // FNC2 and FNC3 speak to the reader.
            96 | 97 => continue,
            _ => return None,
        };
        let upper = upper_all != upper_next;
        upper_next = false;
        out.push(char::from(if upper { letter | 0x80 } else { letter }));
    }
    (!out.is_empty()).then(|| (aim_id, out.into_bytes()))
}
