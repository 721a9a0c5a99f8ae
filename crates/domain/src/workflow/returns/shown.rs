//! What the page shows: lines with what can still come back, and what may be chosen.

use super::Returns;
use crate::id::{ItemId, OrderLineId};
use crate::master::Role;
use crate::returns::{Disposition, open_of};
use crate::workflow::Site;

/// A line of what can come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the order.
    pub line: OrderLineId,
    /// The item.
    pub item: ItemId,
    /// Units announced; 0 = none.
    pub announced: i64,
    /// Units shipped.
    pub shipped: i64,
    /// Units that can still come back.
    pub open: i64,
    /// Units that came with this return.
    pub here: i64,
}

/// A disposition that can be chosen instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub disposition: Disposition,
    /// Whether it is what the policy proposes.
    pub proposed: bool,
    /// Whether these roles may choose it.
    pub allowed: bool,
    /// Whether nobody may choose it: hygiene goods that were opened.
    pub barred: bool,
}

impl Returns {
    /// The announced lines in their order; where nothing was announced, those that were shipped.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        let announced = self.rma.iter().flat_map(|rma| &rma.lines).map(|row| (&row.line, &row.item));
        let shipped = self.shipped.iter().map(|row| (&row.line, &row.item));
        let lines: Vec<_> = announced.chain(shipped).collect();
        let planned = self.rma.as_ref().is_some_and(|rma| !rma.lines.is_empty());
        for (line, item) in lines {
            let here = self.tally.lines.get(line).copied().unwrap_or(0);
            let known = rows.iter().any(|row| row.line == *line);
            if known || (planned && here == 0 && self.announced(line).is_none()) {
                continue;
            }
            let own = self.shipped.iter().filter(|row| row.line == *line);
            rows.push(Row {
                line: line.clone(),
                item: item.clone(),
                announced: self.announced(line).map_or(0, |row| row.qty),
                shipped: own.fold(0_i64, |sum, row| sum.saturating_add(row.qty)),
                open: open_of(&self.shipped, line),
                here,
            });
        }
        rows
    }

    /// Every disposition, and whether somebody with these roles may choose it now. Empty before its step.
    #[must_use]
    pub fn choices(&self, roles: &[Role], site: &Site<'_>) -> Vec<Choice> {
        let Some(entry) = self.entry().filter(|_| self.disposition().is_some()) else { return Vec::new() };
        let proposed = self.proposed_of(entry);
        let case = self.case_of(entry);
        let of = |disposition| Choice {
            disposition,
            proposed: disposition == proposed,
            allowed: disposition == proposed || self.may_choose(entry, disposition, roles, &site.settings.limits),
            barred: case.bars(disposition),
        };
        Disposition::ALL.into_iter().map(of).collect()
    }
}
