//! What the page shows and `status` tells: the checklist, the cartons, what is asked for.

use super::{Content, Left, Pack, Stage};
use crate::id::{HandlingUnitId, ItemId, Lot};
use crate::outbound::PackLine;
use crate::scan::{COMMAND_PREFIX, Kind};
use crate::workflow::Expect;
use std::collections::BTreeSet;

/// How far a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Nothing of it is in a carton.
    Open,
    /// Some of it is.
    Started,
    /// All that was picked is; less was picked than was ordered.
    Short,
    /// All that was ordered is.
    Done,
}

/// A line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'a> {
    /// The line.
    pub line: &'a PackLine,
    /// Units picked: what is to be packed.
    pub asked: i64,
    /// Units in cartons over all benches.
    pub packed: i64,
    /// How far it is.
    pub mark: Mark,
    /// The one lot that is left to pack. Empty = none, or several.
    pub lot: Lot,
    /// The totes where units of it are left.
    pub totes: Vec<&'a HandlingUnitId>,
}

/// A row of the content of a carton.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxRow {
    /// What.
    pub item: ItemId,
    /// Units.
    pub qty: i64,
    /// What they weigh, in grams; 0 = not known.
    pub grams: i64,
}

impl Pack {
    /// The lines in their fixed order.
    #[must_use]
    pub fn checklist(&self) -> Vec<Row<'_>> {
        let mut rows: Vec<Row<'_>> = self
            .lines
            .iter()
            .zip(&self.packed)
            .map(|(line, packed)| {
                let (asked, packed) = (line.picked_qty(), *packed);
                let mark = if packed >= line.ordered {
                    Mark::Done
                } else if asked > 0 && packed >= asked {
                    Mark::Short
                } else if packed > 0 {
                    Mark::Started
                } else {
                    Mark::Open
                };
                Row { line, asked, packed, mark, lot: Lot::default(), totes: Vec::new() }
            })
            .collect();
        let mut several = BTreeSet::new();
        for left in self.left.iter().filter(|left| left.qty > 0) {
            let Some(row) = rows.get_mut(left.line).filter(|row| row.packed < row.asked) else { continue };
            if row.lot != left.lot && !row.totes.is_empty() {
                several.insert(left.line);
            }
            row.lot = left.lot.clone();
            if !row.totes.contains(&&left.tote) {
                row.totes.push(&left.tote);
            }
        }
        for line in several {
            if let Some(row) = rows.get_mut(line) {
                row.lot = Lot::default();
            }
        }
        rows
    }

    /// What is in a carton, an item a row.
    #[must_use]
    pub fn box_rows(&self, carton: &HandlingUnitId) -> Vec<BoxRow> {
        let mut rows: Vec<BoxRow> = Vec::new();
        for one in self.carton(carton).map(|own| own.content.as_slice()).unwrap_or_default() {
            match rows.iter_mut().find(|row| row.item == one.item) {
                Some(row) => row.qty = row.qty.saturating_add(one.qty),
                None => rows.push(BoxRow { item: one.item.clone(), qty: one.qty, grams: 0 }),
            }
        }
        for row in &mut rows {
            row.grams = self.grams_of(&row.item, row.qty).unwrap_or(0);
        }
        rows
    }

    /// The number of a carton among those of the order, from 1; 0 = it has none such.
    #[must_use]
    pub fn number_of(&self, carton: &HandlingUnitId) -> usize {
        self.cartons.iter().position(|own| own.carton.id == *carton).map_or(0, |at| at + 1)
    }

    /// The goods that the step takes: what is left, or what can be taken out.
    #[must_use]
    pub fn wanted(&self) -> Vec<Content> {
        if let Stage::TakeOut { carton, .. } = &self.stage {
            return self.carton(carton).map(|own| own.content.clone()).unwrap_or_default();
        }
        if !matches!(self.stage, Stage::Verify { .. }) {
            return Vec::new();
        }
        let mut room: Vec<i64> = (0..self.lines.len()).map(|line| self.open_qty(line)).collect();
        let mut wanted = Vec::new();
        for Left { line, lot, serial, qty, .. } in self.left.iter().filter(|left| left.qty > 0) {
            let (Some(row), Some(room)) = (self.lines.get(*line), room.get_mut(*line)) else { continue };
            let qty = (*qty).min(*room);
            if qty > 0 {
                *room -= qty;
                wanted.push(Content { item: row.item.clone(), lot: lot.clone(), serial: serial.clone(), qty });
            }
        }
        wanted
    }

    /// What the step asks for, best first. Codes of goods are in the store: [`Pack::wanted`] says of which.
    #[must_use]
    pub fn expects(&self) -> Vec<Expect> {
        let of = |kind, codes| Expect { kind, codes };
        let close = || of(Kind::Command, vec![format!("{COMMAND_PREFIX}close")]);
        match &self.stage {
            Stage::Carton => {
                let suggested = self.suggested();
                let others = self.order.suggested.iter().filter(|other| **other != suggested);
                let types = std::iter::once(&suggested).chain(others).filter(|kind| !kind.is_none());
                vec![of(Kind::CartonType, types.map(|kind| kind.0.clone()).collect())]
            }
            Stage::Verify { .. } if self.is_verified() => vec![close()],
            Stage::Verify { .. } => vec![of(Kind::Item, Vec::new()), close()],
            Stage::TakeOut { .. } => vec![of(Kind::Item, Vec::new())],
            // Neither a photograph nor a weight is scanned.
            Stage::Photo { .. } | Stage::Weigh { .. } => Vec::new(),
            Stage::Label { carton, .. } => vec![of(Kind::HandlingUnit, vec![carton.0.clone()])],
            Stage::Finish => vec![close()],
        }
    }
}
