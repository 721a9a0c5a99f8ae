//! What a receipt brought, summed up from its facts.

use super::Receive;
use crate::fact::{Fact, ReceivedUnits};
use crate::id::{HandlingUnitId, ItemId, LineId, Lot};
use crate::inbound::{Announced, Came, DeliveryLineState, differs, is_held};
use crate::master::{IsoDate, Settings};
use crate::stock::Status;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Goods of unknown codes that a summary lists; further ones only count.
pub const STRANGE_MAX: usize = 100;

/// Units that came with this receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Own {
    /// Good ones, in transit until the receipt is closed.
    pub good: i64,
    /// Quarantined ones.
    pub held: i64,
    /// Damaged ones.
    pub damaged: i64,
    /// Photographs of them.
    pub photos: usize,
}

impl Own {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.good.saturating_add(self.held).saturating_add(self.damaged)
    }

    fn add(&mut self, units: &[ReceivedUnits], photos: usize) {
        for unit in units {
            let sum = match unit.status {
                Status::InTransit => &mut self.good,
                Status::Damaged => &mut self.damaged,
                _ => &mut self.held,
            };
            *sum = sum.saturating_add(unit.qty);
        }
        self.photos = self.photos.saturating_add(photos);
    }
}

/// Lot and expiry of an item's last entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Last {
    /// The lot. Empty = none.
    pub lot: Lot,
    /// When it expires.
    pub expiry: Option<IsoDate>,
}

/// Goods of a code that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Strange {
    /// The code, printable.
    pub raw: String,
    /// What it is, in somebody's words.
    pub words: String,
    /// Units.
    pub qty: i64,
    /// Photographs.
    pub photos: usize,
}

/// What a receipt brought.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Of each line.
    pub lines: BTreeMap<LineId, Own>,
    /// Of items that nobody announced.
    pub extra: BTreeMap<ItemId, Own>,
    /// Under unknown codes, the first `STRANGE_MAX` of them.
    pub strange: Vec<Strange>,
    /// Units under unknown codes, all of them.
    pub strange_qty: i64,
    /// Lot and expiry of each item's last entry.
    pub last: BTreeMap<ItemId, Last>,
    content: BTreeSet<(HandlingUnitId, LineId, ItemId, Lot)>,
}

impl Tally {
    /// Adds a fact of the receipt; one that brings nothing is passed over.
    pub fn note(&mut self, fact: &Fact) {
        match fact {
            Fact::Received { line, item, lot, expiry, units, handling_unit, photos, .. } => {
                let own = match line.is_none() {
                    true => self.extra.entry(item.clone()).or_default(),
                    false => self.lines.entry(line.clone()).or_default(),
                };
                own.add(units, photos.len());
                self.last.insert(item.clone(), Last { lot: lot.clone(), expiry: expiry.clone() });
                if !handling_unit.is_none() {
                    self.content.insert((handling_unit.clone(), line.clone(), item.clone(), lot.clone()));
                }
            }
            Fact::UnknownReceived { raw, words, qty, photos, .. } => {
                self.strange_qty = self.strange_qty.saturating_add(*qty);
                if self.strange.len() < STRANGE_MAX {
                    let (raw, words) = (raw.clone(), words.clone());
                    self.strange.push(Strange { raw, words, qty: *qty, photos: photos.len() });
                }
            }
            _ => {}
        }
    }

    /// Whether goods of this receipt are in that handling unit.
    pub(super) fn used(&self, unit: &HandlingUnitId) -> bool {
        self.content.iter().any(|(own, ..)| own == unit)
    }

    /// Whether that announced content was received.
    pub(super) fn confirmed(&self, row: &Announced) -> bool {
        self.content.iter().any(|(unit, line, item, lot)| {
            let same_lot = row.lot.is_none() || lot.is_none() || *lot == row.lot;
            *unit == row.unit && *line == row.line && *item == row.item && same_lot
        })
    }
}

/// A line, as the page of discrepancies shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryLine {
    /// The line.
    pub line: LineId,
    /// What.
    pub item: ItemId,
    /// Units ordered.
    pub ordered: i64,
    /// Units received over all receipts.
    pub received: i64,
    /// What this receipt brought.
    pub own: Own,
    /// Units received above what was ordered.
    pub over: i64,
    /// Units missing.
    pub short: i64,
    /// Whether it differs from what was ordered.
    pub differs: bool,
    /// Whether its good units are held at the close.
    pub held: bool,
}

/// Goods that nobody announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// What.
    pub item: ItemId,
    /// What came.
    pub own: Own,
}

/// A receipt before its close.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Lines in their order, without the withdrawn ones.
    pub lines: Vec<SummaryLine>,
    /// Goods that nobody announced.
    pub extra: Vec<Extra>,
    /// Goods under unknown codes.
    pub strange: Vec<Strange>,
    /// Units ordered.
    pub expected: i64,
    /// Units of the lines received over all receipts.
    pub received: i64,
    /// Units of this receipt that become available.
    pub to_shelf: i64,
    /// Units of this receipt that do not: quarantined, damaged, held, unknown.
    pub to_quarantine: i64,
}

impl Receive {
    /// What came, beside what was ordered. `complete`: nothing more is to come.
    #[must_use]
    pub fn summary(&self, settings: &Settings, complete: bool) -> Summary {
        let percent = settings.over_receipt_percent;
        let mut rows: Vec<_> = self
            .lines
            .iter()
            .zip(&self.received)
            .filter(|(line, got)| line.state != DeliveryLineState::Cancelled || **got > 0)
            .collect();
        rows.sort_by_key(|(line, _)| line.seq);
        let mut lines: Vec<SummaryLine> = rows
            .into_iter()
            .map(|(line, got)| {
                let own = self.tally.lines.get(&line.id).copied().unwrap_or_default();
                let came = Came { received: *got, damaged: own.damaged };
                SummaryLine {
                    line: line.id.clone(),
                    item: line.item.clone(),
                    ordered: line.ordered,
                    received: *got,
                    own,
                    over: got.saturating_sub(line.ordered).max(0),
                    short: line.ordered.saturating_sub(*got).max(0),
                    differs: differs(line, came, percent, complete),
                    held: false,
                }
            })
            .collect();
        let any = lines.iter().any(|line| line.differs);
        for line in &mut lines {
            line.held = is_held(settings.diff_hold, line.differs, any);
        }
        let mut all = Summary {
            extra: self.tally.extra.iter().map(|(item, own)| Extra { item: item.clone(), own: *own }).collect(),
            strange: self.tally.strange.clone(),
            expected: lines.iter().map(|line| line.ordered).sum(),
            received: lines.iter().map(|line| line.received).sum(),
            to_quarantine: self.tally.strange_qty,
            ..Summary::default()
        };
        for line in &lines {
            let shelf = if line.held { 0 } else { line.own.good };
            all.to_shelf += shelf;
            all.to_quarantine += line.own.all() - shelf;
        }
        all.to_quarantine += all.extra.iter().map(|extra| extra.own.all()).sum::<i64>();
        all.lines = lines;
        all
    }
}
