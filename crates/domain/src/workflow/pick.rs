//! Pick: totes → location → item → quantity → tote → drop-off; between them the
//! questions: other stock, is it empty now, the next tote. A batch is sorted before the drop-off.
//!
//! The lines of a task are shared and never copied; what changes is small. A scan of a task of
//! 2,000 lines costs what a scan of a task of one line costs.

mod changes;
mod drop;
mod item;
mod path;
mod refusal;
mod short;
mod sort;
mod state;
mod swap;
mod tote;
mod unit;
mod weigh;

pub use refusal::Refusal;
pub use state::{
    CLOSED_MAX, Cart, Closed, Event, Exit, Hand, NEWS_MAX, News, Novelty, PieceRange, Progress, Saved, Short, Stage,
    Swap, ToteLeft,
};

use super::{Accepted, Class, Meant, Next, Site, Step, What};
use crate::fact::Units;
use crate::id::{HandlingUnitId, LineId, LocationId};
use crate::master::LocationKind;
use crate::scan::{self, Lookup, Meaning};
use crate::shared::Shared;
use crate::task::{Line, LineState, Task};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A pick task under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// The head of the task, with the totes in its slots.
    pub task: Task,
    /// What the planned drop-off location is for; others of its kind are accepted after a question.
    pub drop_off_kind: LocationKind,
    /// The lines as loaded.
    pub lines: Shared<[Line]>,
    /// What happened to each of them since, same index.
    pub progress: Vec<Progress>,
    /// Lines that were put last, in the order in which they were.
    pub skipped: Vec<LineId>,
    /// What became of the totes.
    #[serde(default)]
    pub cart: Cart,
    /// What is to be announced between two lines.
    #[serde(default)]
    pub news: Vec<News>,
    /// Where the pick stands.
    pub stage: Stage,
}

/// What an event makes of a pick.
pub type PickStep = Step<Pick, Exit, Refusal>;

impl Pick {
    /// A pick at its first step, or at the step it was left at by somebody.
    #[must_use]
    pub fn start(task: Task, lines: Arc<[Line]>, drop_off_kind: LocationKind) -> Self {
        let mut pick = Self {
            task,
            drop_off_kind,
            progress: Progress::of(&lines),
            lines: lines.into(),
            skipped: Vec::new(),
            cart: Cart::default(),
            news: Vec::new(),
            stage: Stage::DropOff { asked: None },
        };
        pick.stage = pick.next_stage(&LocationId::default());
        pick
    }

    /// The pick that was saved, over the lines as they are shown now. A stage whose line is gone
    /// or closed gives way to the next one.
    #[must_use]
    pub fn resume(saved: Saved, task: Task, lines: Arc<[Line]>, drop_off_kind: LocationKind) -> Self {
        let mut pick = Self {
            task,
            drop_off_kind,
            progress: Progress::of(&lines),
            lines: lines.into(),
            skipped: saved.skipped,
            cart: saved.cart,
            news: saved.news,
            stage: saved.stage,
        };
        pick.settle();
        pick
    }

    /// What to store.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved {
            task: self.task.id.clone(),
            skipped: self.skipped.clone(),
            cart: self.cart.clone(),
            news: self.news.clone(),
            stage: self.stage.clone(),
        }
    }

    /// The line that the stage is about.
    #[must_use]
    pub fn line(&self) -> Option<&Line> {
        self.line_id().and_then(|line| self.row(line))
    }

    fn line_id(&self) -> Option<&LineId> {
        match &self.stage {
            Stage::Location { line }
            | Stage::Item { line, .. }
            | Stage::Tote { line, .. }
            | Stage::Short { line, .. }
            | Stage::NextTote { line, .. }
            | Stage::Empty { line } => Some(line),
            Stage::Sort { line, .. } => Some(line).filter(|line| !line.is_none()),
            Stage::Totes { .. } | Stage::DropOff { .. } | Stage::DropOne { .. } => None,
        }
    }

    /// Units in the hand.
    #[must_use]
    pub fn hand(&self) -> Option<&Hand> {
        match &self.stage {
            Stage::Item { hand, .. }
            | Stage::Tote { hand, .. }
            | Stage::Short { hand, .. }
            | Stage::NextTote { hand, .. }
            | Stage::Sort { hand, .. } => Some(hand),
            _ => None,
        }
    }

    /// Lines that are closed, and all there are (withdrawn ones do not count).
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let closed = self.progress.iter().filter(|p| matches!(p.state, LineState::Done | LineState::Short)).count();
        let all = self.progress.iter().filter(|p| p.state != LineState::Cancelled).count();
        (closed, all)
    }

    /// The tote in a slot. Empty = none yet.
    #[must_use]
    pub fn tote_of(&self, slot: u8) -> HandlingUnitId {
        self.task.slots.iter().find(|s| s.slot == slot).map(|s| s.tote.clone()).unwrap_or_default()
    }

    /// What is to be shown now beside the step, with the tone of attention; the next event drops it.
    #[must_use]
    pub fn due_news(&self) -> Option<&News> {
        self.news.iter().find(|one| one.due)
    }

    /// The name of the step in `status`, logs and facts.
    #[must_use]
    pub fn step_name(&self) -> &'static str {
        match &self.stage {
            Stage::Totes { .. } => "pick.totes",
            Stage::Location { .. } => "pick.location",
            Stage::Item { hand, .. } if hand.units.is_empty() => "pick.item",
            Stage::Item { line, hand } if hand.to_weigh.is_some() && hand.qty() >= self.open_qty(line) => "pick.weight",
            Stage::Item { .. } => "pick.quantity",
            Stage::Tote { .. } => "pick.tote",
            Stage::Short { .. } => "pick.short",
            Stage::DropOff { .. } | Stage::DropOne { .. } => "pick.drop-off",
            Stage::NextTote { .. } => "pick.next-tote",
            Stage::Empty { .. } => "pick.empty",
            Stage::Sort { .. } => "pick.sort",
        }
    }

    /// What the step needs from the store beside what the scan itself names.
    pub fn widen(&self, lookup: &mut Lookup) {
        if let Some(line) = self.line() {
            lookup.here = line.location.clone();
            lookup.item = line.item.clone();
        }
        match &self.stage {
            Stage::Item { .. } => (lookup.any_status, lookup.claims) = (true, true),
            // What is damaged is there as well: the place is not empty.
            Stage::Tote { .. } => lookup.any_status = true,
            Stage::Sort { .. } => lookup.inside = self.common_totes(),
            Stage::DropOff { .. } | Stage::DropOne { .. } => {
                let places = self.totes_left().into_iter().map(|left| left.to.0);
                lookup.locations.extend(places);
                lookup.locations.sort_unstable();
                lookup.locations.dedup();
            }
            _ => {}
        }
    }

    /// Whether units that are booked here count at the item step without a question: in date, planned or free,
    /// and of the oldest lot where the site asks for it. For what `status` lists; `site` as for a scan.
    #[must_use]
    pub fn takes(&self, units: &Units, site: &Site<'_>) -> bool {
        let Stage::Item { line, hand } = &self.stage else { return false };
        let Some(row) = self.row(line) else { return false };
        let fresh = unit::available(row, site)
            .filter(|stock| stock.lot == units.lot)
            .all(|stock| stock.expiry.as_ref().is_none_or(|date| date >= site.today));
        let ask = swap::Ask { here: true, again: false };
        fresh && swap::judge(self, row, hand, units, ask, site) == Ok(swap::Verdict::Take)
    }

    /// Whether the number in the hand may be typed now; in a batch the lines of one place count together.
    #[must_use]
    pub fn may_type(&self, type_from: i64) -> bool {
        let Stage::Item { line, hand } = &self.stage else { return false };
        self.row(line).is_some_and(|row| item::may_type(self, row, hand, type_from))
    }

    /// Whether what is in the hand waits for the scale: nothing more of it is to be scanned.
    #[must_use]
    pub fn weighs(&self) -> bool {
        self.step_name() == "pick.weight"
    }

    /// The tote that another zone set down and that is asked for now, with its place. `None` = an empty one is.
    #[must_use]
    pub fn to_take_up(&self) -> Option<(&HandlingUnitId, &LocationId)> {
        let Stage::Totes { slot } = &self.stage else { return None };
        let place = self.task.slots.iter().find(|own| own.slot == *slot && self.to_take(own))?;
        Some((&place.tote, &place.from))
    }

    /// Units of a batch that are still to be sorted.
    #[must_use]
    pub fn to_sort(&self) -> i64 {
        self.progress.iter().map(Progress::unsorted).sum()
    }

    /// What the event makes of it.
    #[must_use]
    pub fn update(mut self, event: Event, site: &Site<'_>) -> PickStep {
        let changed = matches!(event, Event::Changed(..) | Event::Urgent(_));
        if !changed && let Some(shown) = self.news.iter().position(|one| one.due) {
            self.news.remove(shown);
        }
        let before = self.line_id().cloned();
        let step = match event {
            Event::Scan(meant) => self.scan(&meant, site),
            Event::Typed(qty) => item::typed(self, qty, site),
            Event::Skip => self.skip(),
            Event::Short => self.short(),
            Event::Reason(reason) => self.reason(reason),
            Event::Damaged(qty) => self.damaged(qty),
            Event::Found => self.found(),
            Event::Release => self.release(),
            Event::Changed(task, lines) => self.changed(task, lines),
            Event::Weighed(grams) => weigh::weighed(self, grams),
            Event::ToteFull => tote::full(self),
            Event::Empty(empty) => self.emptied(empty),
            Event::Undo { epoch, seq, fact } => self.undo(epoch, seq, &fact),
            Event::Urgent(task) => self.urgent(task),
        };
        changes::announce(step, before.as_ref(), changed)
    }

    fn scan(self, meant: &Meant, site: &Site<'_>) -> PickStep {
        match self.stage.clone() {
            Stage::Totes { slot } => tote::assign(self, slot, meant, site),
            Stage::Location { line } => self.location(&line, meant),
            Stage::Item { line, hand } => item::scan(self, &line, hand, meant, site),
            Stage::Tote { line, hand, short } => tote::put(self, &line, hand, short, meant, site),
            Stage::Short { line, hand, short } => self.confirm_short(&line, hand, short, meant),
            Stage::DropOff { asked } => drop::all(self, asked, meant, site),
            Stage::NextTote { line, .. } => tote::next(self, &line, meant, site),
            Stage::Empty { .. } => self.refuse(Refusal::Scan(scan::Refusal::NotNow)),
            Stage::Sort { line, hand } => sort::scan(self, line, hand, meant, site),
            Stage::DropOne { tote, asked } => drop::one(self, tote, asked, meant, site),
        }
    }

    fn location(mut self, line: &LineId, meant: &Meant) -> PickStep {
        let Some(needed) = self.lines.iter().find(|l| l.id == *line).map(|l| l.location.clone()) else {
            return self.refuse(Refusal::Scan(scan::Refusal::NotNow));
        };
        match meant.location() {
            Ok(found) if *found == needed => {
                self.stage = Stage::Item { line: line.clone(), hand: Hand::default() };
                self.accept(Class::StepComplete, What::Shelf, needed.0)
            }
            Ok(found) => self.refuse(Refusal::WrongLocation { scanned: found.clone(), needed }),
            Err(refusal @ scan::Refusal::WrongKind { .. }) => {
                let goods = meant.meanings.iter().find_map(|meaning| match meaning {
                    Meaning::Goods { label } => label.item.clone(),
                    _ => None,
                });
                self.refuse(match goods {
                    Some(scanned) => Refusal::NeedLocation { needed, scanned },
                    None => Refusal::Scan(refusal),
                })
            }
            Err(refusal) => self.refuse(Refusal::Scan(refusal)),
        }
    }

    fn accept(self, class: Class, what: What, code: impl Into<String>) -> PickStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Ok(Accepted::new(class, what, code)) }
    }

    fn refuse(self, refusal: Refusal) -> PickStep {
        Step { next: Next::Continue(self), facts: Vec::new(), answer: Err(refusal) }
    }

    fn not_now(self) -> PickStep {
        self.refuse(Refusal::Scan(scan::Refusal::NotNow))
    }
}
