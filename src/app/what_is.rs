//! What is this: anything may be scanned, nothing is changed.

use super::{App, Effect, OpenPage, Signal, Turn};
use floorhand_domain::id::OperatorId;
use floorhand_domain::scan::{Known, Meaning};
use floorhand_domain::workflow::{Accepted, Class, Meant, What};
use serde::{Deserialize, Serialize};

/// Meanings of one code that are told.
const READINGS_MAX: usize = 8;

/// What is told about the code that was scanned last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Told {
    /// What was read, printable.
    pub code: String,
    /// Everything that it means.
    pub meanings: Vec<Meaning>,
    /// What the store knows about it. Badges are told by name alone: their hashes are left out.
    pub known: Box<Known>,
}

impl App {
    /// A scan while the page is open tells what it is; the step under it does not see it.
    pub(super) fn what_is_scan(mut self, meant: Meant, known: &Known) -> (Turn, Accepted) {
        let accepted = Accepted::new(Class::Accepted, What::Page, meant.text.clone());
        let mut known = known.clone();
        for operator in &mut known.operators {
            operator.badge_hash.clear();
            operator.pin_phc.clear();
            operator.id = OperatorId::default();
        }
        let mut meanings = meant.meanings;
        meanings.truncate(READINGS_MAX);
        // A badge has no code that may be shown: the name of whose it is stands for it.
        let code = if known.operators.is_empty() { meant.text } else { String::new() };
        self.page = Some(OpenPage::WhatIs { told: Told { code, meanings, known: Box::new(known) }, shown: 0, page: 0 });
        let mut turn = self.turn();
        turn.effects.push(Effect::Signal(Signal::Accepted));
        (turn, accepted)
    }
}
