//! Shortages: why, how many are damaged, and the location that confirms.

use super::{Hand, Pick, PickStep, Refusal, Short, Stage};
use crate::fact::{Fact, ShortReason};
use crate::id::{LineId, LocationId};
use crate::scan::Kind;
use crate::task::{Line, LineState};
use crate::workflow::{Class, Meant, Step, What};

impl Pick {
    pub(super) fn skip(mut self) -> PickStep {
        let line = match &self.stage {
            Stage::Location { line } => line.clone(),
            Stage::Item { line, hand } if hand.units.is_empty() => line.clone(),
            // What cannot be found in the common tote of a batch is left there and set down with it.
            Stage::Sort { hand, .. } if hand.units.is_empty() => {
                self.cart.rest_left = true;
                self.stage = self.next_stage(&LocationId::default());
                return self.accept(Class::Accepted, What::Skipped, "");
            }
            _ => return self.not_now(),
        };
        let Some(row) = self.row(&line).cloned() else { return self.not_now() };
        let lines: Vec<LineId> = self.together(&row).filter(|(_, open)| *open > 0).map(|(l, _)| l.id.clone()).collect();
        self.skipped.retain(|skipped| !lines.contains(skipped));
        self.skipped.extend(lines);
        self.stage = self.next_stage(&LocationId::default());
        self.accept(Class::Accepted, What::Skipped, line.0)
    }

    pub(super) fn short(mut self) -> PickStep {
        match self.stage.clone() {
            // What is found is weighed before the rest is said to be missing.
            Stage::Item { hand, .. } if hand.to_weigh.is_some() => {
                self.refuse(Refusal::MissingData { field: Kind::Weight })
            }
            Stage::Item { line, hand } | Stage::Tote { line, hand, .. } if hand.qty() < self.open_qty(&line) => {
                self.stage = Stage::Short { line, hand: Hand { asked: None, ..hand }, short: None };
                self.accept(Class::Accepted, What::Page, "")
            }
            // A shelf that cannot be reached is known before one stands at it.
            Stage::Location { line } => {
                self.stage = Stage::Short { line, hand: Hand { on_the_way: true, ..Hand::default() }, short: None };
                self.accept(Class::Accepted, What::Page, "")
            }
            _ => self.not_now(),
        }
    }

    pub(super) fn reason(mut self, reason: ShortReason) -> PickStep {
        let Stage::Short { line, hand, .. } = self.stage.clone() else {
            return self.not_now();
        };
        self.stage = Stage::Short { line, hand, short: Some(Short { reason, damaged: 0 }) };
        self.accept(Class::Accepted, What::Page, "")
    }

    pub(super) fn damaged(mut self, qty: i64) -> PickStep {
        let Stage::Short { line, hand, short: Some(Short { reason: ShortReason::Damaged, .. }) } = self.stage.clone()
        else {
            return self.not_now();
        };
        let missing = self.open_qty(&line) - hand.qty();
        if qty <= 0 {
            return self.refuse(Refusal::QtyBad);
        }
        if qty > missing {
            return self.refuse(Refusal::QtyOver { open: missing });
        }
        self.stage = Stage::Short { line, hand, short: Some(Short { reason: ShortReason::Damaged, damaged: qty }) };
        self.accept(Class::Accepted, What::Quantity, qty.to_string())
    }

    pub(super) fn found(mut self) -> PickStep {
        let Stage::Short { line, hand, .. } = self.stage.clone() else {
            return self.not_now();
        };
        // Back to where the shortage was declared: one step nearer would skip the location's scan.
        self.stage = if hand.on_the_way { Stage::Location { line } } else { Stage::Item { line, hand } };
        self.accept(Class::Accepted, What::Page, "")
    }

    /// The shelf confirms a shortage. What was found goes to the tote first; with nothing in the
    /// hand the line closes here.
    pub(super) fn confirm_short(mut self, line: &LineId, hand: Hand, short: Option<Short>, meant: &Meant) -> PickStep {
        let Some(row) = self.row(line).cloned() else {
            return self.not_now();
        };
        let ready = short.filter(|s| s.reason != ShortReason::Damaged || s.damaged > 0);
        let Some(short) = ready else {
            return self.not_now();
        };
        match meant.location() {
            Ok(found) if *found == row.location => {
                if hand.units.is_empty() {
                    let facts = self.close_short(&row, short);
                    self.stage = self.next_stage(&row.location);
                    return Step { facts, ..self.accept(Class::StepComplete, What::Short, row.location.0) };
                }
                self.stage = Stage::Tote { line: line.clone(), hand, short: Some(short) };
                self.accept(Class::StepComplete, What::Shelf, row.location.0)
            }
            Ok(found) => self.refuse(Refusal::WrongLocation { scanned: found.clone(), needed: row.location }),
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    /// Closes a line for the unpicked remainder only; in a batch all that were picked as one with it.
    pub(super) fn close_short(&mut self, row: &Line, short: Short) -> Vec<Fact> {
        let missing: Vec<(LineId, i64)> =
            self.together(row).filter(|(_, open)| *open > 0).map(|(line, open)| (line.id.clone(), open)).collect();
        let mut damaged = short.damaged;
        let mut facts = Vec::with_capacity(missing.len());
        for (line, qty) in missing {
            self.set_progress(&line, |p| p.state = LineState::Short);
            self.forget_skips(std::slice::from_ref(&line));
            let here = damaged.min(qty);
            damaged -= here;
            facts.push(Fact::PickedShort {
                task: self.task.id.clone(),
                line,
                location: row.location.clone(),
                item: row.item.clone(),
                qty,
                reason: short.reason,
                damaged: here,
                lot: row.lot.clone(),
                handling_unit: row.handling_unit.clone(),
            });
        }
        facts
    }
}
