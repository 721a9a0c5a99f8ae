//! What a count comes to. Pure functions over what was booked and what was scanned.

use crate::db::Row;
use crate::error::Result;
use floorhand_domain::id::{HandlingUnitId, ItemId, Lot, Serial};
use floorhand_domain::master::Limits;
use std::collections::{BTreeMap, BTreeSet};

/// Goods at a counted place that are told apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Key {
    /// The item.
    pub item: ItemId,
    /// Its lot. Empty = none.
    pub lot: Lot,
    /// The serial number. Empty = none.
    pub serial: Serial,
    /// The handling unit. Empty = loose.
    pub handling_unit: HandlingUnitId,
}

impl Key {
    pub(super) fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            item: row.text("item")?.into(),
            lot: row.text("lot")?.into(),
            serial: row.text("serial")?.into(),
            handling_unit: row.text("handling_unit")?.into(),
        })
    }
}

/// Book and count of the same goods, in units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Which.
    pub key: Key,
    /// What the book had at the device's cursor.
    pub book: i64,
    /// What was scanned.
    pub counted: i64,
}

impl Compared {
    /// Counted minus book.
    #[must_use]
    pub fn variance(&self) -> i64 {
        self.counted - self.book
    }
}

/// Puts book and count side by side: what was not named is not there.
#[must_use]
pub fn compare(book: &BTreeMap<Key, i64>, counted: &BTreeMap<Key, i64>) -> Vec<Compared> {
    let keys: BTreeSet<&Key> = book.keys().chain(counted.keys()).collect();
    keys.into_iter()
        .map(|key| Compared {
            key: key.clone(),
            book: book.get(key).copied().unwrap_or(0),
            counted: counted.get(key).copied().unwrap_or(0),
        })
        .filter(|line| line.book != 0 || line.counted != 0)
        .collect()
}

/// What the counts before this one say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// How often the place was counted before for the same reason.
    pub number: u32,
    /// How often it may be counted again.
    pub recounts: u32,
    /// Whether the count before found the same.
    pub same_as_before: bool,
    /// Whether somebody else should have counted.
    pub same_person: bool,
}

/// What a count comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is what the book says.
    Equal,
    /// The variance is posted.
    Post,
    /// Somebody else moved the stock: count again.
    Contested,
    /// Beyond the limits: count again.
    Recount,
    /// Beyond the limits, and counting again is of no more use.
    Ask,
}

/// Judges a count. `touched`: items that somebody else moved there after the device's cursor. `values`:
/// of one unit, in minor units of the site's currency; an item that is absent has none.
///
/// The limits hold for each item (units and percent of its book, lots and handling units taken without
/// their sign), and for the value of the whole count. A book of zero has no percent.
#[must_use]
pub fn judge(
    lines: &[Compared],
    touched: &BTreeSet<ItemId>,
    values: &BTreeMap<ItemId, i64>,
    limits: &Limits,
    round: Round,
) -> Verdict {
    let varied: Vec<&Compared> = lines.iter().filter(|line| line.variance() != 0).collect();
    if varied.is_empty() {
        return Verdict::Equal;
    }
    if varied.iter().any(|line| touched.contains(&line.key.item)) {
        return Verdict::Contested;
    }
    if within(lines, values, limits) {
        return Verdict::Post;
    }
    if round.same_person {
        return Verdict::Recount;
    }
    if round.same_as_before || round.number >= round.recounts {
        return Verdict::Ask;
    }
    Verdict::Recount
}

fn within(lines: &[Compared], values: &BTreeMap<ItemId, i64>, limits: &Limits) -> bool {
    let mut items: BTreeMap<&ItemId, (i64, i64)> = BTreeMap::new();
    for line in lines {
        let (off, book) = items.entry(&line.key.item).or_default();
        *off = off.saturating_add(line.variance().abs());
        *book = book.saturating_add(line.book);
    }
    let each = items.values().all(|(off, book)| {
        let percent = *book == 0 || off.saturating_mul(100) <= limits.count_percent.saturating_mul(book.abs());
        *off <= limits.count_units && percent
    });
    each && value(lines, values) <= limits.count_value_minor
}

/// The value of what differs, in minor units.
#[must_use]
pub fn value(lines: &[Compared], values: &BTreeMap<ItemId, i64>) -> i64 {
    lines.iter().fold(0, |sum: i64, line| {
        let each = values.get(&line.key.item).copied().unwrap_or(0);
        sum.saturating_add(line.variance().abs().saturating_mul(each))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Item, lot, book, count.
    type Seen<'a> = (&'a str, &'a str, i64, i64);

    fn key(item: &str, lot: &str) -> Key {
        Key { item: item.into(), lot: lot.into(), ..Key::default() }
    }

    fn check(rows: &[Seen<'_>], each: i64, touched: &[&str], round: Round, expected: Verdict) {
        let side = |of: fn(&Seen<'_>) -> i64| {
            rows.iter().map(|row| (key(row.0, row.1), of(row))).collect::<BTreeMap<Key, i64>>()
        };
        let lines = compare(&side(|row| row.2), &side(|row| row.3));
        let values = rows.iter().map(|row| (row.0.into(), each)).collect();
        let touched = touched.iter().map(|item| ItemId::from(*item)).collect();
        let got = judge(&lines, &touched, &values, &Limits::default(), round);
        assert_eq!(got, expected, "{rows:?} at {each}, touched {touched:?}, {round:?}");
    }

    #[test]
    fn a_count_is_judged_by_all_three_limits() {
        let first = Round { recounts: 2, ..Round::default() };
        let cases: &[(&[Seen<'_>], i64, Verdict)] = &[
            (&[("X", "", 5, 5)], 100, Verdict::Equal),
            (&[], 100, Verdict::Equal),
            (&[("X", "", 100, 99)], 100, Verdict::Post),
            (&[("X", "", 100, 98)], 500, Verdict::Post),
            // Units, percent, value: each alone is enough.
            (&[("X", "", 1000, 997)], 1, Verdict::Recount),
            (&[("X", "", 49, 48)], 1, Verdict::Recount),
            (&[("X", "", 50, 49)], 1, Verdict::Post),
            (&[("X", "", 100, 98)], 501, Verdict::Recount),
            // Nothing booked: no percent.
            (&[("Z", "", 0, 1)], 100, Verdict::Post),
            (&[("Z", "", 0, 3)], 100, Verdict::Recount),
            // A book below zero has its percent of what is missing.
            (&[("X", "", -100, -98)], 1, Verdict::Post),
            // Lots that were taken for each other are no match.
            (&[("X", "L1", 100, 99), ("X", "L2", 100, 101)], 1, Verdict::Post),
            (&[("X", "L1", 100, 98), ("X", "L2", 100, 102)], 1, Verdict::Recount),
            // Each item by itself, the value together.
            (&[("X", "", 100, 98), ("Y", "", 100, 98)], 250, Verdict::Post),
            (&[("X", "", 100, 98), ("Y", "", 100, 98)], 251, Verdict::Recount),
        ];
        for (rows, each, expected) in cases {
            check(rows, *each, &[], first, *expected);
        }
    }

    #[test]
    fn what_others_moved_is_contested_only_where_it_differs() {
        let first = Round { recounts: 2, ..Round::default() };
        check(&[("X", "", 100, 99)], 1, &["X"], first, Verdict::Contested);
        check(&[("X", "", 100, 100)], 1, &["X"], first, Verdict::Equal);
        check(&[("X", "", 100, 99), ("Y", "", 5, 5)], 1, &["Y"], first, Verdict::Post);
        check(&[("X", "", 100, 0)], 1, &["X"], Round { number: 2, recounts: 2, ..first }, Verdict::Contested);
    }

    #[test]
    fn rounds_end_with_a_supervisor() {
        let beyond: &[Seen<'_>] = &[("X", "", 10, 5)];
        let round = |number, same_as_before, same_person| Round { number, recounts: 2, same_as_before, same_person };
        let cases = [
            (round(0, false, false), Verdict::Recount),
            (round(1, false, false), Verdict::Recount),
            (round(1, true, false), Verdict::Ask),
            (round(2, false, false), Verdict::Ask),
            (round(2, true, true), Verdict::Recount),
            (Round::default(), Verdict::Ask),
        ];
        for (round, expected) in cases {
            check(beyond, 1, &[], round, expected);
        }
    }
}
