//! The way through the lines and what comes after it: which stage is next, and which still holds.

use super::state::is_open;
use super::{Hand, Pick, Progress, Stage, ToteLeft};
use crate::id::{HandlingUnitId, LineId, LocationId, OrderId};
use crate::task::{Line, LineState, PickMode, Slot};
use std::collections::HashMap;

/// Units still to take of a line.
pub(super) fn open_of(line: &Line, progress: &Progress) -> i64 {
    if progress.state == LineState::Open { (line.qty - progress.picked).max(0) } else { 0 }
}

impl Pick {
    pub(super) fn row(&self, line: &LineId) -> Option<&Line> {
        self.lines.iter().find(|row| row.id == *line)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&Line, &Progress)> {
        self.lines.iter().zip(&self.progress)
    }

    /// Whether several orders are picked into one tote and sorted at the end.
    #[must_use]
    pub fn is_batch(&self) -> bool {
        self.task.mode == PickMode::Batch && self.task.slots.iter().any(|slot| slot.slot == 0)
    }

    /// Whether everything is picked and units of a batch are to be sorted.
    pub(super) fn sorting(&self) -> bool {
        self.is_batch() && !self.cart.rest_left && !self.rows().any(|row| is_open(&row))
    }

    /// The slot whose tote takes what is picked for a line.
    #[must_use]
    pub fn slot_of(&self, line: &Line) -> u8 {
        if self.is_batch() && !self.sorting() { 0 } else { line.slot }
    }

    /// The lines that are picked as one: those of a batch that ask for the same goods at one place. With what
    /// is open of each, in line order.
    pub(super) fn together<'a>(&'a self, row: &'a Line) -> impl Iterator<Item = (&'a Line, i64)> + 'a {
        let batch = self.is_batch();
        let same = move |line: &Line| {
            line.location == row.location
                && line.item == row.item
                && line.lot == row.lot
                && line.serial == row.serial
                && line.handling_unit == row.handling_unit
        };
        self.rows()
            .filter(move |(line, _)| line.id == row.id || (batch && same(line)))
            // Elsewhere a line stands for itself: what comes behind it is not looked at.
            .take(if batch { usize::MAX } else { 1 })
            .map(|(line, progress)| (line, open_of(line, progress)))
    }

    /// Units still to take at this step: of the line, and in a batch of all lines that ask for the same.
    #[must_use]
    pub fn open_qty(&self, line: &LineId) -> i64 {
        self.row(line).map_or(0, |row| self.together(row).map(|(_, open)| open).sum())
    }

    /// Units of a batch line that are still to be sorted.
    #[must_use]
    pub fn unsorted_qty(&self, line: &LineId) -> i64 {
        self.rows().find(|(row, _)| row.id == *line).map_or(0, |(_, progress)| progress.unsorted())
    }

    /// Brings the stage in line with the lines: one that has none, or a closed one, moves on, a
    /// drop-off waits while a line is open, and what is in the hand never passes what is open.
    pub(super) fn settle(&mut self) {
        let start = LocationId::default();
        let line = match &self.stage {
            Stage::Totes { slot } => {
                let asked = self.task.slots.iter().find(|own| own.slot == *slot);
                if !asked.is_some_and(|own| self.wants_tote(own)) || !self.slot_is_needed(*slot) {
                    self.stage = self.next_stage(&start);
                }
                return;
            }
            Stage::DropOff { .. } | Stage::DropOne { .. } => {
                let next = self.next_stage(&start);
                let same = std::mem::discriminant(&next) == std::mem::discriminant(&self.stage);
                let gone = match &self.stage {
                    Stage::DropOne { tote, .. } if !tote.is_none() => {
                        !self.totes_left().iter().any(|t| t.tote == *tote)
                    }
                    _ => false,
                };
                if !same || gone {
                    self.stage = next;
                }
                return;
            }
            Stage::Sort { line, hand } => {
                let fits = line.is_none() || hand.qty() <= self.unsorted_qty(line);
                let next = self.next_stage(&start);
                if !fits || !matches!(next, Stage::Sort { .. }) {
                    self.stage = next;
                }
                return;
            }
            Stage::Empty { line } => {
                if self.row(line).is_none() {
                    self.stage = self.next_stage(&start);
                }
                return;
            }
            Stage::NextTote { line, hand, .. } if self.sorting() => {
                if hand.qty() > self.unsorted_qty(line) {
                    self.stage = self.next_stage(&start);
                }
                return;
            }
            Stage::Location { line }
            | Stage::Item { line, .. }
            | Stage::Tote { line, .. }
            | Stage::Short { line, .. }
            | Stage::NextTote { line, .. } => line.clone(),
        };
        let open = self.open_qty(&line);
        let in_hand = self.hand().map_or(0, Hand::qty);
        self.stage = match self.stage.clone() {
            _ if open == 0 => self.next_stage(&start),
            Stage::Location { .. } if self.slot_without_tote().is_some() => self.next_stage(&start),
            Stage::Item { .. } | Stage::Tote { .. } | Stage::Short { .. } if in_hand > open => {
                Stage::Item { line, hand: Hand::default() }
            }
            Stage::NextTote { .. } if in_hand > open => Stage::NextTote { line, hand: Hand::default(), short: None },
            Stage::Item { hand, .. } | Stage::Short { hand, .. } if in_hand == open && hand.to_weigh.is_none() => {
                Stage::Tote { line, hand, short: None }
            }
            Stage::Tote { hand, short: None, .. } if in_hand < open => Stage::Item { line, hand },
            Stage::NextTote { line, hand, short } if !self.lacks_tote(&line) => self.with_hand(line, hand, short),
            stage => stage,
        };
    }

    /// Whether a line waits for a tote.
    fn lacks_tote(&self, line: &LineId) -> bool {
        self.row(line).is_some_and(|row| self.tote_of(self.slot_of(row)).is_none())
    }

    /// The stage for what is in the hand, once there is a tote for it.
    pub(super) fn with_hand(&self, line: LineId, hand: Hand, short: Option<super::Short>) -> Stage {
        if self.sorting() {
            return Stage::Sort { line, hand };
        }
        let full = hand.to_weigh.is_none() && hand.qty() >= self.open_qty(&line);
        if full || short.is_some() { Stage::Tote { line, hand, short } } else { Stage::Item { line, hand } }
    }

    /// The next open line: skipped ones last, in the order in which they were skipped.
    fn next_line(&self) -> Option<&Line> {
        self.next_line_but(None)
    }

    fn next_line_but(&self, but: Option<&Line>) -> Option<&Line> {
        let batch = self.is_batch();
        // What is picked at once with the present line is not what comes after it.
        let with = |line: &Line, now: &Line| {
            line.id == now.id
                || (batch && line.location == now.location && line.item == now.item && line.lot == now.lot)
        };
        let open = || {
            self.rows().filter(is_open).map(|(line, _)| line).filter(move |line| but.is_none_or(|now| !with(line, now)))
        };
        let turn: HashMap<&LineId, usize> = self.skipped.iter().enumerate().map(|(n, id)| (id, n)).collect();
        open()
            .filter(|line| !turn.contains_key(&line.id))
            .min_by_key(|line| line.seq)
            .or_else(|| open().min_by_key(|line| turn.get(&line.id)))
    }

    /// The line after the present one, for "Then take".
    #[must_use]
    pub fn line_after(&self) -> Option<&Line> {
        self.next_line_but(self.line())
    }

    /// The stage that comes next for somebody who stands at `here`.
    pub(super) fn next_stage(&self, here: &LocationId) -> Stage {
        if let Some(slot) = self.slot_without_tote() {
            return Stage::Totes { slot };
        }
        match self.next_line() {
            Some(line) if line.location == *here => Stage::Item { line: line.id.clone(), hand: Hand::default() },
            Some(line) => Stage::Location { line: line.id.clone() },
            None if self.sorting() && self.progress.iter().any(|p| p.unsorted() > 0) => {
                Stage::Sort { line: LineId::default(), hand: Hand::default() }
            }
            None => self.drop_stage(),
        }
    }

    fn drop_stage(&self) -> Stage {
        let left = self.totes_left();
        let first = left.first().map(|one| &one.to);
        let singly = self.task.mode == PickMode::Zone
            || !self.cart.dropped.is_empty()
            || left.iter().any(|one| Some(&one.to) != first);
        if singly && !left.is_empty() {
            Stage::DropOne { tote: HandlingUnitId::default(), asked: None }
        } else {
            Stage::DropOff { asked: None }
        }
    }

    /// The totes that are still to be set down, each with its place: those on the cart and the full ones.
    #[must_use]
    pub fn totes_left(&self) -> Vec<ToteLeft> {
        let mut left: Vec<ToteLeft> = Vec::new();
        for slot in &self.task.slots {
            let common = slot.slot == 0 && self.is_batch();
            // The common tote of a batch is empty by then, unless something is left in it.
            if common && !self.rows().any(|(_, p)| p.picked > p.sorted) {
                continue;
            }
            let to = if slot.drop_off.is_none() { &self.task.drop_off } else { &slot.drop_off };
            let on_cart = (!slot.tote.is_none() && !self.to_take(slot)).then_some(&slot.tote);
            for tote in self.closed_of(slot).chain(on_cart) {
                if !self.cart.dropped.contains(tote) && !left.iter().any(|one| one.tote == *tote) {
                    left.push(ToteLeft { tote: tote.clone(), slot: slot.slot, to: to.clone() });
                }
            }
        }
        left
    }

    /// The full totes of a slot.
    pub(super) fn closed_of<'a>(&'a self, slot: &'a Slot) -> impl Iterator<Item = &'a HandlingUnitId> {
        let own = self.cart.closed.iter().filter(|closed| closed.slot == slot.slot).map(|closed| &closed.tote);
        slot.closed.iter().chain(own)
    }

    /// The common totes of a batch.
    #[must_use]
    pub fn common_totes(&self) -> Vec<HandlingUnitId> {
        let common = self.task.slots.iter().filter(|slot| slot.slot == 0);
        common.flat_map(|slot| self.closed_of(slot).chain(Some(&slot.tote))).filter(|t| !t.is_none()).cloned().collect()
    }

    /// Whether the tote of a slot is still where another zone set it down.
    pub(super) fn to_take(&self, slot: &Slot) -> bool {
        !slot.from.is_none() && !slot.tote.is_none() && !self.cart.taken.contains(&slot.tote)
    }

    fn wants_tote(&self, slot: &Slot) -> bool {
        slot.tote.is_none() || self.to_take(slot)
    }

    /// The first slot that goods are still to go into and that has no tote.
    pub(super) fn slot_without_tote(&self) -> Option<u8> {
        let wanting = |slot: &&Slot| self.wants_tote(slot) && self.slot_is_needed(slot.slot);
        self.task.slots.iter().find(wanting).map(|slot| slot.slot)
    }

    fn slot_is_needed(&self, slot: u8) -> bool {
        if self.sorting() {
            return self.rows().any(|(line, p)| line.slot == slot && p.unsorted() > 0);
        }
        let batch = self.is_batch();
        self.rows().filter(is_open).any(|(line, _)| if batch { slot == 0 } else { line.slot == slot })
    }

    /// A line that is closed has no place among those put last, so that the saved row stays small.
    pub(super) fn forget_skips(&mut self, lines: &[LineId]) {
        for line in lines {
            let open = self.rows().find(|(row, _)| row.id == *line).is_some_and(|row| is_open(&row));
            if !open {
                self.skipped.retain(|skipped| skipped != line);
            }
        }
    }

    pub(super) fn set_progress(&mut self, line: &LineId, change: impl FnOnce(&mut Progress)) {
        let found = self.lines.iter().position(|l| l.id == *line);
        if let Some(progress) = found.and_then(|n| self.progress.get_mut(n)) {
            change(progress);
        }
    }

    /// The order of a slot.
    pub(super) fn order_of(&self, slot: u8) -> OrderId {
        self.task.slots.iter().find(|s| s.slot == slot).map(|s| s.order.clone()).unwrap_or_default()
    }
}
