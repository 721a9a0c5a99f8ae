//! Totes go down at the end: all at one place, or one by one where their places differ.

use super::{Exit, Pick, PickStep, Refusal, Stage, ToteLeft};
use crate::fact::Fact;
use crate::id::{HandlingUnitId, LocationId};
use crate::scan::{Kind, Meaning, Wants};
use crate::workflow::{Accepted, Class, Meant, Next, Site, Step, What};

/// All totes go to the planned place; another of its kind asks.
pub(super) fn all(mut pick: Pick, asked: Option<LocationId>, meant: &Meant, site: &Site<'_>) -> PickStep {
    // Any other scan drops the question.
    pick.stage = Stage::DropOff { asked: None };
    let scanned = match meant.location() {
        Ok(id) => id.clone(),
        Err(refusal) => return pick.refuse(Refusal::Scan(refusal)),
    };
    let left = pick.totes_left();
    let needed = left.first().map_or_else(|| pick.task.drop_off.clone(), |one| one.to.clone());
    if let Err(refusal) = place(&pick, &scanned, &needed, asked.as_ref(), site) {
        let question = matches!(refusal, Refusal::Place { .. });
        pick.stage = Stage::DropOff { asked: question.then_some(scanned) };
        return pick.refuse(refusal);
    }
    let totes = left.into_iter().map(|one| one.tote).collect();
    let fact = Fact::DroppedOff { task: pick.task.id, location: scanned.clone(), totes };
    done(fact, scanned)
}

/// One tote: its label, then its place.
pub(super) fn one(
    mut pick: Pick,
    tote: HandlingUnitId,
    asked: Option<LocationId>,
    meant: &Meant,
    site: &Site<'_>,
) -> PickStep {
    pick.stage = Stage::DropOne { tote: tote.clone(), asked: None };
    let left = pick.totes_left();
    let chosen = left.iter().find(|one| one.tote == tote);
    let wants = match chosen {
        Some(_) => Wants::only(Kind::Location).or(Kind::Tote),
        None => Wants::only(Kind::Tote),
    };
    let scanned = match meant.fit(&wants) {
        Ok(Meaning::HandlingUnit { unit }) => return choose(pick, &left, &unit.id),
        Ok(Meaning::Location { id }) => id.clone(),
        Ok(_) => return pick.refuse(Refusal::Scan(meant.misfit(wants.needed))),
        Err(refusal) => return pick.refuse(Refusal::Scan(refusal)),
    };
    let Some(chosen) = chosen else { return pick.not_now() };
    if let Err(refusal) = place(&pick, &scanned, &chosen.to, asked.as_ref(), site) {
        let question = matches!(refusal, Refusal::Place { .. });
        pick.stage = Stage::DropOne { tote, asked: question.then_some(scanned) };
        return pick.refuse(refusal);
    }
    let fact = Fact::DroppedOff { task: pick.task.id.clone(), location: scanned.clone(), totes: vec![tote.clone()] };
    pick.cart.dropped.push(tote);
    if pick.totes_left().is_empty() {
        return done(fact, scanned);
    }
    pick.stage = Stage::DropOne { tote: HandlingUnitId::default(), asked: None };
    Step { facts: vec![fact], ..pick.accept(Class::StepComplete, What::DropOff, scanned.0) }
}

fn choose(mut pick: Pick, left: &[ToteLeft], scanned: &HandlingUnitId) -> PickStep {
    if left.iter().any(|one| one.tote == *scanned) {
        pick.stage = Stage::DropOne { tote: scanned.clone(), asked: None };
        return pick.accept(Class::Accepted, What::Tote, scanned.0.clone());
    }
    let (needed, slot) = left.first().map(|one| (one.tote.clone(), one.slot)).unwrap_or_default();
    pick.refuse(Refusal::ToteOther { scanned: scanned.clone(), needed, slot })
}

/// Whether totes may stand at a place: at the one that was planned, at another of its kind after a question.
fn place(
    pick: &Pick,
    scanned: &LocationId,
    needed: &LocationId,
    asked: Option<&LocationId>,
    site: &Site<'_>,
) -> Result<(), Refusal> {
    if scanned == needed || asked == Some(scanned) {
        return Ok(());
    }
    let kind_of = |id: &LocationId| site.known.locations.iter().find(|own| own.id == *id).map(|own| own.kind);
    let kind = if *needed == pick.task.drop_off { Some(pick.drop_off_kind) } else { kind_of(needed) };
    let (scanned, needed) = (scanned.clone(), needed.clone());
    Err(if kind.is_some() && kind_of(&scanned) == kind {
        Refusal::Place { scanned, needed }
    } else {
        Refusal::PlaceForbidden { scanned, needed }
    })
}

fn done(fact: Fact, at: LocationId) -> PickStep {
    Step {
        next: Next::Finish(Exit::Done),
        facts: vec![fact],
        answer: Ok(Accepted::new(Class::TaskComplete, What::DropOff, at.0)),
    }
}
