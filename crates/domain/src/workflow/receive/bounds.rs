//! What the lines of a delivery allow, and how units are shared out to them.

use super::Receive;
use super::entry::Entry;
use crate::id::{ItemId, LineId, Lot};
use crate::inbound::{DeliveryLine, DeliveryLineState};
use crate::master::IsoDate;
use crate::reason::Reason;
use crate::workflow::Site;

/// What an entry may be.
pub(super) struct Bounds<'a> {
    /// Today at the site.
    pub today: &'a IsoDate,
    /// Days until expiry that the goods must have; 0 = any.
    pub min_days: i64,
    /// Units that are still expected; 0 = none.
    pub open: i64,
    /// Units that may still be received. `None` = nobody announced any, and all are quarantined.
    pub room: Option<i64>,
    /// Units received before.
    pub received: i64,
    /// Whether the number may be typed.
    pub may_type: bool,
}

/// Units of an entry that belong to a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    /// Index of the line. `None` = nobody announced them.
    pub line: Option<usize>,
    /// Units.
    pub qty: i64,
    /// Units among them above the limit.
    pub over: i64,
}

impl Receive {
    /// Whether the item is on the delivery.
    pub(super) fn is_planned(&self, item: &ItemId) -> bool {
        self.lines.iter().any(|line| line.item == *item && line.state != DeliveryLineState::Cancelled)
    }

    /// The lines of an item in the order in which they are filled: those of its lot, then those of any lot,
    /// then others; each in line order. Withdrawn ones only where there is no other, for goods that were
    /// being counted when they were withdrawn.
    pub(super) fn lines_of(&self, item: &ItemId, line: &LineId, lot: &Lot) -> Vec<(usize, &DeliveryLine)> {
        let all = || self.lines.iter().enumerate();
        let named: Vec<_> = all().filter(|(_, row)| !line.is_none() && row.id == *line).collect();
        if !named.is_empty() {
            return named;
        }
        let own = || all().filter(|(_, row)| row.item == *item);
        let mut found: Vec<_> = own().filter(|(_, row)| row.state != DeliveryLineState::Cancelled).collect();
        if found.is_empty() {
            found = own().collect();
        }
        let rank = |row: &DeliveryLine| match (row.lot.is_none(), row.lot == *lot) {
            (false, true) => 0,
            (true, _) => 1,
            (false, false) => 2,
        };
        found.sort_by_key(|(_, row)| (rank(row), row.seq));
        found
    }

    fn lines_for(&self, entry: &Entry) -> Vec<(usize, &DeliveryLine)> {
        if entry.leave.holds(Reason::Unplanned) {
            return Vec::new();
        }
        self.lines_of(&entry.item, &entry.line, &entry.lot)
    }

    fn got(&self, index: usize) -> i64 {
        self.received.get(index).copied().unwrap_or(0)
    }

    pub(super) fn bounds<'a>(&self, entry: &Entry, site: &Site<'a>) -> Bounds<'a> {
        let lines = self.lines_for(entry);
        let percent = site.settings.over_receipt_percent;
        let item_days = i64::from(entry.tracks.min_shelf_days);
        let days = |row: &DeliveryLine| match row.min_shelf_days {
            0 => item_days,
            days => i64::from(days),
        };
        let sum = |one: &dyn Fn(usize, &DeliveryLine) -> i64| {
            lines.iter().fold(0_i64, |sum, (index, row)| sum.saturating_add(one(*index, row).max(0)))
        };
        let type_from = site.settings.type_from;
        Bounds {
            today: site.today,
            min_days: lines.iter().map(|(_, row)| days(row)).max().unwrap_or(item_days),
            open: sum(&|index, row| row.ordered.saturating_sub(self.got(index))),
            room: (!lines.is_empty()).then(|| sum(&|index, row| row.limit(percent).saturating_sub(self.got(index)))),
            received: sum(&|index, _| self.got(index)),
            may_type: lines.is_empty() || lines.iter().any(|(_, row)| row.ordered >= type_from),
        }
    }

    /// Shares the units of an entry out: up to what was ordered, line by line; then up to the limits; what is
    /// above all of them stays with the last line.
    pub(super) fn share_out(&self, entry: &Entry, percent: u32) -> Vec<Share> {
        let lines = self.lines_for(entry);
        let mut shares: Vec<Share> =
            lines.iter().map(|(index, _)| Share { line: Some(*index), qty: 0, over: 0 }).collect();
        let mut left = entry.qty;
        for within_order in [true, false] {
            for ((index, row), share) in lines.iter().zip(&mut shares) {
                let upto = if within_order { row.ordered } else { row.limit(percent) };
                let free = upto.saturating_sub(self.got(*index)).saturating_sub(share.qty).max(0);
                let part = free.min(left);
                share.qty += part;
                left -= part;
            }
        }
        match shares.last_mut() {
            Some(last) => (last.qty, last.over) = (last.qty + left, left),
            None => shares.push(Share { line: None, qty: left, over: 0 }),
        }
        shares.retain(|share| share.qty > 0);
        shares
    }
}
