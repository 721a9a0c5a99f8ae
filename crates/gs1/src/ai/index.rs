//! From the first bytes of an element to its line of the table, by two look-ups.
//!
//! The first two digits of an identifier tell how many it has (GS1 General
//! Specifications, section 7.8.2), the digits after them choose the line. Both tables are
//! made by the compiler from the lines themselves.

use super::{Ai, Entry, table_goods, table_logistic, table_measure, table_special};

const TABLES: [&[Entry]; 4] = [table_goods::TABLE, table_measure::TABLE, table_logistic::TABLE, table_special::TABLE];

const COUNT: usize = TABLES[0].len() + TABLES[1].len() + TABLES[2].len() + TABLES[3].len();

/// All lines, in the sequence of the tables.
pub(super) static ENTRIES: [&Entry; COUNT] = all();

static INDEX: Index = index();

/// Room for the digits after the first two of all identifiers: 1, 10 or 100 for each beginning.
const SLOTS: usize = 2048;
/// No identifier there.
const NONE: u8 = u8::MAX;

struct Index {
    /// For each two digits: the length of the identifiers that begin with them (0 = there are none)
    /// and their first slot.
    groups: [(u8, u16); 100],
    /// The line for each slot.
    slots: [u8; SLOTS],
}

/// The identifier that `data` begins with, and its line.
pub(super) fn find(data: &[u8]) -> Option<(Ai, &'static Entry)> {
    let (&[a, b], rest) = data.split_first_chunk::<2>()?;
    let (len, base) = *INDEX.groups.get(two(a, b)?)?;
    let (digits, slot) = match (len, rest) {
        (2, _) => ([a, b, 0, 0], 0),
        (3, &[c, ..]) => ([a, b, c, 0], two(b'0', c)?),
        (4, &[c, d, ..]) => ([a, b, c, d], two(c, d)?),
        _ => return None,
    };
    let line = *INDEX.slots.get(usize::from(base) + slot)?;
    Some((Ai { digits, len }, ENTRIES.get(usize::from(line))?))
}

fn two(tens: u8, ones: u8) -> Option<usize> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| usize::from(10 * (tens - b'0') + (ones - b'0')))
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler, where a wrong index is an error")]
const fn all() -> [&'static Entry; COUNT] {
    let mut out = [&TABLES[0][0]; COUNT];
    let (mut table, mut row, mut at) = (0, 0, 0);
    while table < TABLES.len() {
        let lines: &'static [Entry] = TABLES[table];
        while row < lines.len() {
            out[at] = &lines[row];
            at += 1;
            row += 1;
        }
        row = 0;
        table += 1;
    }
    out
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler, where a wrong index is an error")]
const fn index() -> Index {
    let all = all();
    assert!(COUNT < NONE as usize, "a line number is one byte");
    let mut out = Index { groups: [(0, 0); 100], slots: [NONE; SLOTS] };
    let mut free = 0;
    let mut line = 0;
    while line < COUNT {
        let (first, last) = (all[line].first.as_bytes(), all[line].last.as_bytes());
        let group = value(first, 0, 2);
        if out.groups[group].0 == 0 {
            out.groups[group] = (first.len() as u8, free as u16);
            free += if first.len() == 2 { 1 } else { 10usize.pow(first.len() as u32 - 2) };
        }
        assert!(out.groups[group].0 as usize == first.len(), "two digits tell the length");
        let base = out.groups[group].1 as usize;
        if first.len() == 2 && value(first, 0, 2) != value(last, 0, 2) {
            // A range of two digits, such as 91 to 99, is one group for each.
            let mut each = group;
            while each <= value(last, 0, 2) {
                if each != group {
                    out.groups[each] = (2, free as u16);
                    free += 1;
                }
                out.slots[out.groups[each].1 as usize] = line as u8;
                each += 1;
            }
        } else {
            let mut slot = base + value(first, 2, first.len());
            while slot <= base + value(last, 2, last.len()) {
                assert!(out.slots[slot] == NONE, "two lines for one identifier");
                out.slots[slot] = line as u8;
                slot += 1;
            }
        }
        line += 1;
    }
    assert!(free <= SLOTS, "more beginnings than there is room for");
    out
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler, where a wrong index is an error")]
const fn value(digits: &[u8], from: usize, to: usize) -> usize {
    let mut sum = 0;
    let mut at = from;
    while at < to {
        sum = 10 * sum + (digits[at] - b'0') as usize;
        at += 1;
    }
    sum
}
