//! What the page shows: lines with their state, the fields of the entry, days left.

use super::Receive;
use super::dates::days_between;
use super::entry::{Entry, Field};
use crate::inbound::{DeliveryLine, DeliveryLineState};
use crate::master::IsoDate;
use crate::reason::Reason;
use crate::workflow::Site;

/// Where a line stands, as the list shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowState {
    /// Nothing came yet.
    Open,
    /// Its item is being counted.
    Now,
    /// Less than was ordered came.
    Short,
    /// As much as was ordered came.
    Done,
    /// More than was ordered came.
    Over,
    /// Withdrawn.
    Cancelled,
}

/// A line in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// The line.
    pub line: &'a DeliveryLine,
    /// Units received over all receipts.
    pub got: i64,
    /// Where it stands.
    pub state: RowState,
}

/// Whether a field of the stepper is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Filled.
    Done,
    /// Asked now.
    Now,
    /// Asked later.
    Next,
}

/// A field of the stepper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRow {
    /// Which.
    pub field: Field,
    /// Whether it is filled.
    pub progress: Progress,
    /// Its value: a lot, a date as `YYYY-MM-DD`, the last serial number, a number, a label. Condition: units
    /// damaged. Empty = none yet.
    pub value: String,
}

/// Days until expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// Days left; negative = expired.
    pub left: i64,
    /// Days that are needed; 0 = any.
    pub needed: i64,
}

impl Receive {
    /// The lines in their order.
    #[must_use]
    pub fn rows(&self) -> Vec<Row<'_>> {
        let planned = self.entry().filter(|entry| !entry.leave.holds(Reason::Unplanned));
        let now = planned.and_then(|entry| {
            let lines = self.lines_of(&entry.item, &entry.line, &entry.lot);
            let got = |index: &usize| self.received.get(*index).copied().unwrap_or(0);
            let open = lines.iter().find(|(index, line)| line.ordered > got(index)).or(lines.last());
            open.map(|(index, _)| *index)
        });
        let mut rows: Vec<Row<'_>> = self
            .lines
            .iter()
            .zip(&self.received)
            .enumerate()
            .map(|(index, (line, got))| {
                let state = match got.cmp(&line.ordered) {
                    _ if Some(index) == now => RowState::Now,
                    _ if line.state == DeliveryLineState::Cancelled => RowState::Cancelled,
                    std::cmp::Ordering::Equal => RowState::Done,
                    std::cmp::Ordering::Greater => RowState::Over,
                    std::cmp::Ordering::Less if *got > 0 => RowState::Short,
                    std::cmp::Ordering::Less => RowState::Open,
                };
                Row { line, got: *got, state }
            })
            .collect();
        rows.sort_by_key(|row| row.line.seq);
        rows
    }

    /// Lines of which everything came, and all there are; withdrawn ones do not count.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let rows =
            || self.lines.iter().zip(&self.received).filter(|(row, _)| row.state != DeliveryLineState::Cancelled);
        (rows().filter(|(row, got)| **got >= row.ordered).count(), rows().count())
    }

    /// Units of the entry's item that are still expected, over its open lines; 0 = none, or nobody
    /// announced any.
    #[must_use]
    pub fn expected(&self) -> i64 {
        let Some(entry) = self.entry().filter(|entry| !entry.leave.holds(Reason::Unplanned)) else { return 0 };
        let lines = self.lines_of(&entry.item, &entry.line, &entry.lot);
        let open = |index: usize, row: &DeliveryLine| row.ordered - self.received.get(index).copied().unwrap_or(0);
        lines.iter().map(|(index, row)| open(*index, row).max(0)).sum()
    }

    /// Days left and needed, once the expiry date is known.
    #[must_use]
    pub fn shelf(&self, site: &Site<'_>) -> Option<Shelf> {
        let entry = self.entry()?;
        self.shelf_of(entry.expiry.as_ref()?, site)
    }

    /// Days left and needed with that date, for one that is being typed.
    #[must_use]
    pub fn shelf_of(&self, date: &IsoDate, site: &Site<'_>) -> Option<Shelf> {
        let needed = self.bounds(self.entry()?, site).min_days;
        Some(Shelf { left: days_between(site.today, date)?, needed })
    }
}

impl Entry {
    /// The fields of the stepper, in their order: only what the item tracks.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldRow> {
        let now = self.field();
        let number = |number: i64| if number > 0 { number.to_string() } else { String::new() };
        let all = [
            (Field::Lot, self.tracks.lot, self.lot.0.clone()),
            (Field::Expiry, self.tracks.expiry || self.expiry.is_some(), self.expiry.clone().unwrap_or_default()),
            (Field::Serial, self.tracks.serial, self.serials.last().map(|serial| serial.0.clone()).unwrap_or_default()),
            (Field::Quantity, true, number(self.qty)),
            (Field::Condition, true, number(self.damaged)),
            (Field::Unit, true, self.into.0.clone()),
        ];
        let of = |(field, shown, value): (Field, bool, String)| {
            let progress = match field.cmp(&now) {
                std::cmp::Ordering::Less => Progress::Done,
                std::cmp::Ordering::Equal => Progress::Now,
                std::cmp::Ordering::Greater => Progress::Next,
            };
            shown.then_some(FieldRow { field, progress, value })
        };
        all.into_iter().filter_map(of).collect()
    }
}
