//! Which order the units belong to, and how many of them can still come back: never more than was shipped.

use super::Returns;
use super::entry::{Entry, Field, Sent};
use super::leave::Read;
use crate::id::{ItemId, Lot, OrderLineId, Serial};
use crate::reason::Reason;
use crate::returns::{RmaLine, ShippedLine, open_of};
use crate::workflow::Site;
use crate::workflow::goods::QTY_MAX;
use crate::workflow::refusal::Refusal;

/// Units of an entry that belong to an order line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    /// The line. Empty = of no order.
    pub line: OrderLineId,
    /// Units, above zero.
    pub qty: i64,
}

impl Returns {
    fn rows_of(&self, item: &ItemId) -> impl Iterator<Item = &ShippedLine> {
        self.shipped.iter().filter(|row| row.item == *item)
    }

    /// The announced line of an order line.
    pub(super) fn announced(&self, line: &OrderLineId) -> Option<&RmaLine> {
        self.rma.as_ref().and_then(|rma| rma.lines.iter().find(|row| row.line == *line))
    }

    /// Matches the units to what was shipped, as far as they are known.
    pub(super) fn match_up(&self, entry: &mut Entry, read: &Read) -> Result<(), Refusal> {
        if entry.leave.unmatched {
            return self.by_itself(entry, read);
        }
        if self.order.is_none() {
            let found = || read.elsewhere.iter().filter(|row| row.serial == entry.serial);
            let unit = found().find(|row| row.open_qty() > 0).or(found().next()).filter(|_| entry.kept.serial);
            return match unit.cloned() {
                Some(row) => self.of_unit(entry, &row).and_then(|()| self.match_lot(entry)),
                None if entry.line.is_none() => self.by_itself(entry, read),
                // Its serial number matched it before.
                None => self.match_lot(entry),
            };
        }
        let Some(first) = self.rows_of(&entry.item).next() else {
            return Err(match read.elsewhere.first() {
                Some(row) => Refusal::WrongSerial { scanned: row.serial.clone(), needed: Serial::default() },
                None => Refusal::RetNotShipped { scanned: entry.item.0.clone() },
            });
        };
        entry.order = self.order.clone();
        entry.sent = Sent::of(first, &entry.kept);
        let unit = self.rows_of(&entry.item).find(|row| !entry.serial.is_none() && row.serial == entry.serial).cloned();
        if let Some(row) = &unit {
            self.of_unit(entry, row)?;
        } else if !entry.serial.is_none() && !self.rows_of(&entry.item).any(|row| row.serial.is_none()) {
            return Err(Refusal::WrongSerial { scanned: entry.serial.clone(), needed: self.only_serial(&entry.item) });
        }
        self.within(entry)?;
        self.match_lot(entry)
    }

    /// The rules about how many, judged again where only the number changed.
    pub(super) fn match_number(&self, entry: &mut Entry) -> Result<(), Refusal> {
        self.within(entry)?;
        if entry.order.is_none() || entry.order != self.order { Ok(()) } else { self.match_lot(entry) }
    }

    /// Units that belong to no order: they are quarantined, whatever their number.
    fn by_itself(&self, entry: &mut Entry, read: &Read) -> Result<(), Refusal> {
        (entry.order, entry.line) = Default::default();
        entry.sent = Sent::of_item(&entry.kept);
        if read.in_stock && !entry.serial.is_none() && !entry.leave.allows(Reason::SerialSeen) {
            return Err(Refusal::SerialSeen { serial: entry.serial.clone() });
        }
        if entry.qty > QTY_MAX { Err(Refusal::QtyBad) } else { Ok(()) }
    }

    /// The unit of a serial number that was shipped.
    fn of_unit(&self, entry: &mut Entry, row: &ShippedLine) -> Result<(), Refusal> {
        if row.open_qty() == 0 && !entry.leave.allows(Reason::SerialSeen) {
            return Err(Refusal::SerialSeen { serial: row.serial.clone() });
        }
        (entry.order, entry.line) = (row.order.clone(), row.line.clone());
        entry.sent = Sent::of(row, &entry.kept);
        // Of another order only this unit is known; it never comes back twice.
        if self.order.is_none() && row.open_qty() == 0 {
            return Err(Refusal::RetOver { open: 0 });
        }
        Ok(())
    }

    /// Another lot than was shipped, or more of it, is refused, unless a supervisor allows it.
    fn match_lot(&self, entry: &mut Entry) -> Result<(), Refusal> {
        if entry.lot.is_none() {
            return Ok(());
        }
        let by_unit = !entry.line.is_none();
        let is_lot = |lot: &Lot| *lot == entry.lot || lot.is_none();
        let of_lot = || self.rows_of(&entry.item).filter(|row| is_lot(&row.lot));
        let fits = match by_unit {
            true => is_lot(&entry.sent.lot),
            false => entry.qty <= of_lot().map(ShippedLine::open_qty).fold(0, i64::saturating_add),
        };
        if !fits && !entry.leave.allows(Reason::WrongLot) {
            return Err(Refusal::OtherLot { scanned: entry.lot.clone(), needed: self.needed_lot(entry) });
        }
        if let Some(row) = of_lot().next().filter(|_| !by_unit) {
            entry.sent = Sent::of(row, &entry.kept);
        }
        Ok(())
    }

    /// The only other lot that can still come back. Empty = there are several.
    fn needed_lot(&self, entry: &Entry) -> Lot {
        if !entry.line.is_none() {
            return entry.sent.lot.clone();
        }
        let open = self.rows_of(&entry.item).filter(|row| row.open_qty() > 0 && row.lot != entry.lot);
        let mut lots: Vec<&Lot> = open.map(|row| &row.lot).collect();
        lots.sort_unstable();
        lots.dedup();
        if let [one] = lots.as_slice() { (*one).clone() } else { Lot::default() }
    }

    fn only_serial(&self, item: &ItemId) -> Serial {
        let open: Vec<&ShippedLine> = self.rows_of(item).filter(|row| row.open_qty() > 0).collect();
        if let [one] = open.as_slice() { one.serial.clone() } else { Serial::default() }
    }

    /// The lines that the units can belong to, with what can still come back: announced ones first, then as
    /// they were shipped.
    pub(super) fn lines_for(&self, entry: &Entry) -> Vec<(OrderLineId, i64)> {
        if entry.order.is_none() {
            return Vec::new();
        }
        if entry.order != self.order {
            return vec![(entry.line.clone(), 1)];
        }
        if !entry.line.is_none() {
            return vec![(entry.line.clone(), open_of(&self.shipped, &entry.line))];
        }
        // Where a supervisor allowed another lot, any line of the item has room for it.
        let of_lot = |row: &&ShippedLine| row.lot == entry.lot || row.lot.is_none();
        let by_lot = !entry.lot.is_none() && !entry.leave.allows(Reason::WrongLot);
        let mut lines: Vec<(OrderLineId, i64)> = Vec::new();
        for row in self.rows_of(&entry.item).filter(|row| !by_lot || of_lot(row)) {
            match lines.iter_mut().find(|(line, _)| *line == row.line) {
                Some((_, open)) => *open = open.saturating_add(row.open_qty()),
                None => lines.push((row.line.clone(), row.open_qty())),
            }
        }
        for (line, open) in &mut lines {
            *open = open_of(&self.shipped, line).min(if by_lot { *open } else { i64::MAX });
        }
        lines.sort_by_key(|(line, _)| self.announced(line).is_none());
        lines
    }

    /// Whether all the units can still come back.
    pub(super) fn within(&self, entry: &Entry) -> Result<(), Refusal> {
        if entry.order.is_none() {
            return if entry.qty > QTY_MAX { Err(Refusal::QtyBad) } else { Ok(()) };
        }
        let open = match (entry.order == self.order, entry.line.is_none()) {
            (false, _) => 1,
            (true, false) => open_of(&self.shipped, &entry.line),
            (true, true) => {
                let mut lines: Vec<&OrderLineId> = self.rows_of(&entry.item).map(|row| &row.line).collect();
                lines.sort_unstable();
                lines.dedup();
                lines.into_iter().fold(0_i64, |sum, line| sum.saturating_add(open_of(&self.shipped, line)))
            }
        };
        if entry.qty > open { Err(Refusal::RetOver { open }) } else { Ok(()) }
    }

    /// Whether the number may be typed: a line of so many units was shipped, or there is no line.
    pub(super) fn may_type(&self, entry: &Entry, site: &Site<'_>) -> bool {
        let sent = |line: &OrderLineId| {
            let own = self.shipped.iter().filter(|row| row.line == *line);
            own.fold(0_i64, |sum, row| sum.saturating_add(row.qty))
        };
        let lines = self.lines_for(entry);
        lines.is_empty() || lines.iter().any(|(line, _)| sent(line) >= site.settings.type_from)
    }

    /// Units of the entry that are still expected: as announced, or all that can come back; 0 = not known.
    #[must_use]
    pub fn expected(&self) -> i64 {
        self.entry().map_or(0, |entry| self.expected_of(entry))
    }

    fn expected_of(&self, entry: &Entry) -> i64 {
        let lines = self.lines_for(entry);
        let planned = lines.iter().any(|(line, _)| self.announced(line).is_some());
        lines.iter().fold(0_i64, |sum, (line, open)| {
            let left = if planned { self.awaited(line) } else { i64::MAX };
            sum.saturating_add(left.min(*open))
        })
    }

    /// Announced units of a line that did not come with this return yet.
    pub(super) fn awaited(&self, line: &OrderLineId) -> i64 {
        let came = self.tally.lines.get(line).copied().unwrap_or(0);
        self.announced(line).map_or(0, |row| row.qty.saturating_sub(came).max(0))
    }

    /// Everything that is expected is counted: on to the next step.
    pub(super) fn advance(&self, entry: &mut Entry) {
        let expected = self.expected_of(entry);
        let all = entry.kept.serial || (expected > 0 && entry.qty >= expected);
        if entry.missing().is_none() && entry.at == Field::Quantity && all {
            *entry = self.counted(entry.clone());
        }
    }

    /// The units are counted: they are weighed, where the class is.
    pub(super) fn counted(&self, mut entry: Entry) -> Entry {
        let weigh = self.policy.checklist(entry.kept.class).is_some_and(|list| list.weigh);
        entry.at = if weigh { Field::Weigh } else { Field::Inspect };
        entry
    }

    /// Shares the units out to the lines, in turn.
    pub(super) fn share_out(&self, entry: &Entry) -> Vec<Share> {
        if entry.order.is_none() {
            return vec![Share { line: OrderLineId::default(), qty: entry.qty }];
        }
        let lines = self.lines_for(entry);
        let mut left = entry.qty;
        let mut shares: Vec<Share> = lines.iter().map(|(line, _)| Share { line: line.clone(), qty: 0 }).collect();
        // What was announced comes first, up to its number; the rest fills what can still come back.
        for announced in [true, false] {
            for ((line, open), share) in lines.iter().zip(&mut shares) {
                let upto = if announced { self.awaited(line).min(*open) } else { *open };
                let part = upto.saturating_sub(share.qty).max(0).min(left);
                (share.qty, left) = (share.qty + part, left - part);
            }
        }
        shares.retain(|share| share.qty > 0);
        shares
    }
}
