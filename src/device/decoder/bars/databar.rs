//! Finder patterns and characters of the DataBar family (ISO/IEC 24724), and the codes that lie whole in a row.
//!
//! A pair is a finder pattern with the characters on either side of it. Every second pair is printed mirrored,
//! which its colours show: the first element of a pattern is light, of a mirrored one dark.

use rxing::oned::rss::rss_utils::getRSSvalue;

use super::expanded::text;
use super::{Hit, Row};
use crate::device::decoder::Format;

/// Elements of a finder pattern and of a character.
const FINDER: usize = 5;
const CHARACTER: usize = 8;
/// Elements from one finder pattern to the next: two characters and itself.
const STEP: usize = FINDER + 2 * CHARACTER;
/// Widths of the finder patterns but for their last element, one module.
const OMNI_FINDERS: [[u8; 4]; 9] = [
    [3, 8, 2, 1],
    [3, 5, 5, 1],
    [3, 3, 7, 1],
    [3, 1, 9, 1],
    [2, 7, 4, 1],
    [2, 5, 6, 1],
    [2, 3, 8, 1],
    [1, 5, 7, 1],
    [1, 3, 9, 1],
];
const EXPANDED_FINDERS: [[u8; 4]; 6] =
    [[1, 8, 4, 1], [3, 6, 4, 1], [3, 4, 6, 1], [3, 2, 8, 1], [2, 6, 5, 1], [2, 2, 9, 1]];
/// Modules of a finder pattern.
const FINDER_MODULES: f32 = 15.0;
/// How far the width of a finder pattern, or of the inner character, may be from what the outer one says:
/// blur, ink and perspective.
const DRIFT: f32 = 0.16;
/// Largest deviation of a finder, squared modules over the distances between like edges.
const FINDER_DEVIATION: f32 = 1.2;
/// Largest deviation of a character, squared modules over its seven distances between like edges.
const DEVIATION: f32 = 1.3;
/// Weight of the summed bars, as for the other codes: ink spreads.
const BAR_WEIGHT: f32 = 0.15;
/// Widest element of any character, in modules.
const WIDEST: u8 = 9;

/// How much a finder pattern with both its characters is worth as a sign of a code, in characters.
const PAIR_PROMISE: usize = 3;

/// A character: its value, and its part of the sum that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Character {
    pub value: u32,
    pub sum: u32,
}

/// A finder pattern with its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    /// Which pattern, and whether it is mirrored.
    pub finder: usize,
    pub mirrored: bool,
    /// The character on its left; the one on its right is lacking only at the end of an expanded code.
    pub left: Character,
    pub right: Option<Character>,
}

/// The kinds of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Sixteen modules, at the ends of an omnidirectional code.
    Outside,
    /// Fifteen modules, in its middle.
    Inside,
    /// Seventeen modules.
    Expanded,
}

impl Kind {
    fn modules(self) -> u8 {
        match self {
            Self::Outside => 16,
            Self::Inside => 15,
            Self::Expanded => 17,
        }
    }

    /// The value of a character by the widths of its odd and even elements (ISO/IEC 24724, annexes B and C).
    fn value(self, odd: [u32; 4], even: [u32; 4]) -> Option<u32> {
        let odd_sum: u32 = odd.iter().sum();
        let even_sum: u32 = even.iter().sum();
        // Sums and what belongs to each: widest odd element, combinations of the other kind, first value.
        let (sum, table): (u32, &[(u32, u32, u32)]) = match self {
            Self::Outside => (odd_sum, &[(8, 1, 0), (6, 10, 161), (4, 34, 961), (3, 70, 2015), (1, 126, 2715)]),
            Self::Inside => (even_sum, &[(2, 4, 0), (4, 20, 336), (6, 48, 1036), (8, 81, 1516)]),
            Self::Expanded => (odd_sum, &[(7, 4, 0), (5, 20, 348), (4, 52, 1388), (3, 104, 2948), (1, 204, 3988)]),
        };
        // The first row belongs to the largest sum.
        let largest = if self == Self::Inside { 10 } else { 12 };
        if sum % 2 != 0 || sum > largest {
            return None;
        }
        let (widest, combinations, first) = *table.get(((largest - sum) / 2) as usize)?;
        let fits = |widths: [u32; 4], widest: u32, narrow: bool| {
            widths.iter().all(|width| *width <= widest) && (!narrow || widths.contains(&1))
        };
        // Whether the odd or the even elements hold one of a single module.
        let narrow_odd = self != Self::Outside;
        if !fits(odd, widest, narrow_odd) || !fits(even, 9 - widest, !narrow_odd) {
            return None;
        }
        let odd_value = getRSSvalue(&odd, widest, narrow_odd);
        let even_value = getRSSvalue(&even, 9 - widest, !narrow_odd);
        Some(
            first
                + if self == Self::Inside {
                    even_value * combinations + odd_value
                } else {
                    odd_value * combinations + even_value
                },
        )
    }
}

/// The pattern that five elements are, and by how many modules its bars are wider than they should be.
fn finder(widths: [f32; FINDER], module: f32, patterns: &[[u8; 4]], first_dark: bool) -> Option<(usize, f32)> {
    let [a, b, c, d, e] = widths.map(|width| width / module);
    let mut best = None;
    let mut least = FINDER_DEVIATION;
    for (index, pattern) in patterns.iter().enumerate() {
        let [p, q, r, s] = pattern.map(f32::from);
        let far =
            (a + b - p - q).powi(2) + (b + c - q - r).powi(2) + (c + d - r - s).powi(2) + (d + e - s - 1.0).powi(2);
        if far < least {
            least = far;
            // The first, third and fifth are of one colour.
            let more = (a + c + e - p - r - 1.0 - (b + d - q - s)) / FINDER as f32;
            best = Some((index, (if first_dark { more } else { -more }).clamp(-0.6, 0.6)));
        }
    }
    best
}

/// The whole modules of eight elements that lie nearest to their widths.
struct Fit {
    kind: Kind,
    /// Widths in modules, bars made as wide as they should be.
    widths: [f32; CHARACTER],
    /// Distances between like edges.
    edges: [f32; CHARACTER - 1],
    /// Sum of the elements of the first one's colour.
    odd: f32,
    best: Option<(u32, [u8; CHARACTER])>,
    least: f32,
}

impl Fit {
    /// Tries the two whole widths beside each element's own, `place` on, `far` being the deviation so far.
    fn search(&mut self, chosen: &mut [u8; CHARACTER], place: usize, left: u8, far: f32) {
        let before = place.checked_sub(1).and_then(|before| chosen.get(before).copied());
        let (Some(width), edge) =
            (self.widths.get(place).copied(), place.checked_sub(1).and_then(|at| self.edges.get(at)).copied())
        else {
            if left == 0 {
                self.judge(*chosen, far);
            }
            return;
        };
        let low = width.floor().clamp(1.0, f32::from(WIDEST - 1)) as u8;
        for own in [low, low + 1] {
            let more = match (edge, before) {
                (Some(edge), Some(before)) => (edge - f32::from(before) - f32::from(own)).powi(2),
                _ => 0.0,
            };
            if own > left || far + more >= self.least {
                continue;
            }
            if let Some(at) = chosen.get_mut(place) {
                *at = own;
            }
            self.search(chosen, place + 1, left - own, far + more);
        }
    }

    fn judge(&mut self, chosen: [u8; CHARACTER], far: f32) {
        let [a, b, c, d, e, f, g, h] = chosen.map(u32::from);
        let far = far + BAR_WEIGHT * (self.odd - (a + c + e + g) as f32).powi(2);
        if far < self.least
            && let Some(value) = self.kind.value([a, c, e, g], [b, d, f, h])
        {
            self.least = far;
            self.best = Some((value, chosen));
        }
    }
}

/// The value and widths of a character.
fn character(widths: [f32; CHARACTER], kind: Kind, spread: f32, first_dark: bool) -> Option<(u32, [u8; CHARACTER])> {
    let module = widths.iter().sum::<f32>() / f32::from(kind.modules());
    let mut sign = if first_dark { -spread } else { spread };
    let widths = widths.map(|width| {
        let own = width / module + sign;
        sign = -sign;
        own
    });
    let [a, b, c, d, e, f, g, h] = widths;
    let mut fit = Fit {
        kind,
        widths,
        edges: [a + b, b + c, c + d, d + e, e + f, f + g, g + h],
        odd: a + c + e + g,
        best: None,
        least: DEVIATION,
    };
    fit.search(&mut [0; CHARACTER], 0, kind.modules(), 0.0);
    fit.best
}

/// A character of the omnidirectional code.
fn omni_character(widths: [f32; CHARACTER], kind: Kind, spread: f32, first_dark: bool) -> Option<Character> {
    let (value, chosen) = character(widths, kind, spread, first_dark)?;
    // Weights 1, 9, 81, 729 for the odd elements, three times those for the even ones.
    let (sum, _) = chosen.as_chunks::<2>().0.iter().fold((0, 1), |(sum, weight), [odd, even]| {
        (sum + weight * (u32::from(*odd) + 3 * u32::from(*even)), weight * 9)
    });
    Some(Character { value, sum })
}

/// Weights of the elements of the expanded code modulo 211, a row for each character.
const WEIGHTS: [[u32; 8]; 23] = [
    [1, 3, 9, 27, 81, 32, 96, 77],
    [20, 60, 180, 118, 143, 7, 21, 63],
    [189, 145, 13, 39, 117, 140, 209, 205],
    [193, 157, 49, 147, 19, 57, 171, 91],
    [62, 186, 136, 197, 169, 85, 44, 132],
    [185, 133, 188, 142, 4, 12, 36, 108],
    [113, 128, 173, 97, 80, 29, 87, 50],
    [150, 28, 84, 41, 123, 158, 52, 156],
    [46, 138, 203, 187, 139, 206, 196, 166],
    [76, 17, 51, 153, 37, 111, 122, 155],
    [43, 129, 176, 106, 107, 110, 119, 146],
    [16, 48, 144, 10, 30, 90, 59, 177],
    [109, 116, 137, 200, 178, 112, 125, 164],
    [70, 210, 208, 202, 184, 130, 179, 115],
    [134, 191, 151, 31, 93, 68, 204, 190],
    [148, 22, 66, 198, 172, 94, 71, 2],
    [6, 18, 54, 162, 64, 192, 154, 40],
    [120, 149, 25, 75, 14, 42, 126, 167],
    [79, 26, 78, 23, 69, 207, 199, 175],
    [103, 98, 83, 38, 114, 131, 182, 124],
    [161, 61, 183, 127, 170, 88, 53, 159],
    [55, 165, 73, 8, 24, 72, 5, 15],
    [45, 135, 194, 160, 58, 174, 100, 89],
];

/// A character of the expanded code; `left` says on which side of its pattern it is printed.
fn expanded_character(
    widths: [f32; CHARACTER],
    spread: f32,
    finder: usize,
    mirrored: bool,
    left: bool,
) -> Option<Character> {
    let (value, chosen) = character(widths, Kind::Expanded, spread, mirrored)?;
    // The first character is the check itself and has no weights.
    let weights =
        (4 * finder + 2 * usize::from(mirrored) + usize::from(!left)).checked_sub(1).and_then(|row| WEIGHTS.get(row));
    let sum =
        weights.map_or(0, |weights| weights.iter().zip(chosen).map(|(weight, width)| weight * u32::from(width)).sum());
    Some(Character { value, sum })
}

/// The pairs of a row, with the run their pattern starts at.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    pub omni: Vec<(usize, Pair)>,
    pub expanded: Vec<(usize, Pair)>,
}

/// Gathers the pairs of a row in the way it lies.
pub(super) fn pairs(row: &Row, omni: bool, expanded: bool, found: &mut Pairs) {
    found.omni.clear();
    found.expanded.clear();
    // The light at either end of the row is part of no character.
    for start in 1 + CHARACTER..row.len().saturating_sub(FINDER) {
        let mirrored = start % 2 == 1;
        let own = row.span(start, start + FINDER);
        let before = row.span(start - CHARACTER, start);
        let omni_modules = if mirrored { 15.0 } else { 16.0 };
        let near = |modules: f32| (own * modules / FINDER_MODULES - before).abs() < DRIFT * before;
        let (may_omni, may_expanded) = (omni && near(omni_modules), expanded && near(17.0));
        if !may_omni && !may_expanded {
            continue;
        }
        let (Some(left), Some(mut pattern)) =
            (row.runs::<CHARACTER>(start - CHARACTER).copied(), row.runs::<FINDER>(start).copied())
        else {
            break;
        };
        if mirrored {
            pattern.reverse();
        }
        // Each character is counted from its far end.
        let right =
            (start + STEP - CHARACTER < row.len()).then(|| row.runs::<CHARACTER>(start + FINDER).copied()).flatten();
        let right = right.map(|[a, b, c, d, e, f, g, h]| [h, g, f, e, d, c, b, a]);
        let alike =
            |right: &[f32; CHARACTER], modules: f32| (right.iter().sum::<f32>() / before / modules - 1.0).abs() < DRIFT;
        if may_omni
            && let Some(right) = right.filter(|right| alike(right, (31.0 - omni_modules) / omni_modules))
            && let Some((finder, spread)) = finder(pattern, before / omni_modules, &OMNI_FINDERS, mirrored)
        {
            let kinds = if mirrored { [Kind::Inside, Kind::Outside] } else { [Kind::Outside, Kind::Inside] };
            if let Some(left) = omni_character(left, kinds[0], spread, mirrored)
                && let Some(right) = omni_character(right, kinds[1], spread, mirrored)
            {
                row.saw(PAIR_PROMISE);
                found.omni.push((start, Pair { finder, mirrored, left, right: Some(right) }));
            }
        }
        if may_expanded
            && let Some((finder, spread)) = finder(pattern, before / 17.0, &EXPANDED_FINDERS, mirrored)
            && let Some(left) = expanded_character(left, spread, finder, mirrored, true)
        {
            let right = right.filter(|right| alike(right, 1.0));
            let right = right.and_then(|right| expanded_character(right, spread, finder, mirrored, false));
            row.saw(PAIR_PROMISE - usize::from(right.is_none()));
            found.expanded.push((start, Pair { finder, mirrored, left, right }));
        }
    }
}

/// The modulus of the check of the omnidirectional code.
const OMNI_CHECK: u32 = 79;
/// Values of its inside characters, and of one half of it.
const INSIDE_VALUES: u64 = 1597;
const HALF_VALUES: u64 = 4_537_077;

/// The omnidirectional code of a left and a right half.
pub(super) fn omni(left: &Pair, right: &Pair) -> Option<Vec<u8>> {
    if left.mirrored || !right.mirrored {
        return None;
    }
    let half = |outside: Character, inside: Character| {
        (INSIDE_VALUES * u64::from(outside.value) + u64::from(inside.value), outside.sum + 4 * inside.sum)
    };
    let (left_value, left_sum) = half(left.left, left.right?);
    let (right_value, right_sum) = half(right.right?, right.left);
    // Of the 81 pairs of patterns, two are not used.
    let said = (9 * left.finder + right.finder) as u32;
    let said = said - u32::from(said > 72);
    let said = said - u32::from(said > 8);
    if (left_sum + 16 * right_sum) % OMNI_CHECK != said {
        return None;
    }
    let mut digits: Vec<u8> = format!("{:013}", HALF_VALUES * left_value + right_value).into_bytes();
    // The thirteen digits lack the check digit of the GTIN.
    if digits.len() != 13 {
        return None;
    }
    let sum: u32 =
        digits.iter().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    digits.push(b'0' + ((10 - sum % 10) % 10) as u8);
    Some([b"01", digits.as_slice()].concat())
}

/// The patterns of an expanded code of two to eleven pairs; every second one is mirrored.
const SEQUENCES: [&[usize]; 10] = [
    &[0, 0],
    &[0, 1, 1],
    &[0, 2, 1, 3],
    &[0, 4, 1, 3, 2],
    &[0, 4, 1, 3, 3, 5],
    &[0, 4, 1, 3, 4, 5, 5],
    &[0, 0, 1, 1, 2, 2, 3, 3],
    &[0, 0, 1, 1, 2, 2, 3, 4, 4],
    &[0, 0, 1, 1, 2, 2, 3, 4, 5, 5],
    &[0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5],
];
/// The modulus of the check of the expanded code, and its fewest characters.
const EXPANDED_CHECK: u32 = 211;
const FEWEST_CHARACTERS: u32 = 4;

/// The expanded code that starts with a pair; `pair` finds the others by their place, their pattern and
/// whether both their characters are needed.
pub(super) fn expanded(first: &Pair, pair: impl Fn(usize, usize, bool) -> Option<Pair>) -> Option<Vec<u8>> {
    if first.finder != 0 || first.mirrored {
        return None;
    }
    // The first character says how many there are.
    let characters = first.left.value / EXPANDED_CHECK + FEWEST_CHARACTERS;
    let odd = characters % 2 == 1;
    let sequence = SEQUENCES.get((characters.div_ceil(2) as usize).checked_sub(2)?)?;
    let mut sum = 0;
    let mut values = Vec::with_capacity(2 * sequence.len());
    for (place, pattern) in sequence.iter().enumerate() {
        let whole = !(odd && place + 1 == sequence.len());
        let own = if place == 0 { *first } else { pair(place, *pattern, whole)? };
        if own.finder != *pattern || own.mirrored != (place % 2 == 1) {
            return None;
        }
        let characters = [Some(own.left), if whole { Some(own.right?) } else { None }];
        for character in characters.into_iter().flatten() {
            sum += character.sum;
            values.push(character.value);
        }
    }
    let (check, data) = values.split_first()?;
    if sum % EXPANDED_CHECK != check % EXPANDED_CHECK {
        return None;
    }
    text(data)
}

/// Reads the codes that lie whole in a row.
pub(super) fn whole(row: &Row, pairs: &Pairs, found: &mut Vec<Hit>) {
    for (start, left) in &pairs.omni {
        let right = pairs.omni.iter().find(|(at, _)| *at == start + STEP);
        if let Some(content) = right.and_then(|(_, right)| omni(left, right)) {
            found.push(hit(row, Format::DataBar, content, *start, 2));
        }
    }
    for (start, first) in &pairs.expanded {
        let pair = |place: usize, _: usize, _: bool| {
            pairs.expanded.iter().find(|(at, _)| *at == start + place * STEP).map(|(_, pair)| *pair)
        };
        if let Some(content) = expanded(first, pair) {
            let count = (first.left.value / EXPANDED_CHECK + FEWEST_CHARACTERS).div_ceil(2);
            found.push(hit(row, Format::DataBarExpanded, content, *start, count as usize));
        }
    }
}

fn hit(row: &Row, format: Format, content: Vec<u8>, start: usize, pairs: usize) -> Hit {
    // From the guard before the first character to that after the last.
    let span = row.place(start - CHARACTER - 1, (start + pairs * STEP - CHARACTER + 1).min(row.len()));
    Hit { format, aim_id: "]e0", content, span }
}
