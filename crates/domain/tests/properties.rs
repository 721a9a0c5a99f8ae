//! What holds for every sequence of scans, buttons and power cuts, whatever the task.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "pick/play.rs"]
#[allow(dead_code)]
mod play;
#[path = "pick/random.rs"]
mod random;
#[path = "common/world.rs"]
mod world;

use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::{LineId, Lot};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{Known, Label};
use floorhand_domain::stock::TRANSIT;
use floorhand_domain::task::LineState;
use floorhand_domain::workflow::pick::{Event, Pick, Saved, Stage};
use play::Play;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use random::{BUTTONS, CODES, Do, event, may_accept, place_of, right, warehouse};
use std::collections::{BTreeMap, BTreeSet};
use world::World;

/// The saved row without what a refusal may change: the label begun, the question asked.
fn steady(pick: &Pick) -> Saved {
    let mut saved = pick.saved();
    match &mut saved.stage {
        Stage::Item { hand, .. } | Stage::Sort { hand, .. } => {
            hand.label = Label::default();
            (hand.asked, hand.swap, hand.reported) = (None, None, Lot::default());
        }
        Stage::DropOff { asked } | Stage::DropOne { asked, .. } => *asked = None,
        _ => {}
    }
    // What was announced is forgotten with the next event.
    saved.news.clear();
    saved
}

/// The facts that hold: an `Undone` names the place of another in the list.
fn standing(facts: &[Fact]) -> impl Iterator<Item = &Fact> {
    let undone: BTreeSet<u64> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Undone { seq, .. } => Some(*seq),
            _ => None,
        })
        .collect();
    facts.iter().enumerate().filter(move |(n, _)| !undone.contains(&(*n as u64))).map(|(_, fact)| fact)
}

/// Units that facts gave to each line: in totes, and missing.
fn tally(facts: &[Fact]) -> BTreeMap<LineId, (i64, i64)> {
    let mut sums: BTreeMap<LineId, (i64, i64)> = BTreeMap::new();
    for fact in standing(facts) {
        match fact {
            Fact::Picked { line, item, units, .. } => {
                let weighs = |unit: &Units| (500 * unit.qty..=1_000 * unit.qty).contains(&unit.grams);
                assert!(units.iter().all(|u| if item.as_str() == "C" { weighs(u) } else { u.grams == 0 }), "{fact:?}");
                assert!(!units.is_empty() && units.iter().all(|u| u.qty > 0), "{fact:?}");
                assert!(units.iter().all(|u| u.serial.is_none() || u.qty == 1), "{fact:?}");
                sums.entry(line.clone()).or_default().0 += units.iter().map(|u| u.qty).sum::<i64>();
            }
            Fact::PickedShort { line, qty, damaged, .. } => {
                assert!(*qty > 0 && *damaged >= 0 && damaged <= qty, "{fact:?}");
                sums.entry(line.clone()).or_default().1 += qty;
            }
            _ => {}
        }
    }
    sums
}

/// Facts and progress agree, and no line gets more than it asks for.
fn conserved(play: &Play) {
    let sums = tally(&play.facts);
    let picked: BTreeSet<_> = standing(&play.facts)
        .filter_map(|fact| match fact {
            Fact::Picked { location, units, .. } => {
                Some(units.iter().map(move |u| (location.clone(), u.serial.clone())))
            }
            _ => None,
        })
        .flatten()
        .filter(|(_, serial)| !serial.is_none())
        .collect();
    let serials = standing(&play.facts).map(|fact| match fact {
        Fact::Picked { units, .. } => units.iter().filter(|u| !u.serial.is_none()).count(),
        _ => 0,
    });
    assert_eq!(serials.sum::<usize>(), picked.len(), "a serial number was picked twice");
    let Some(pick) = &play.pick else { return };
    for (line, progress) in pick.lines.iter().zip(&pick.progress) {
        let (picked, missing) = sums.get(&line.id).copied().unwrap_or_default();
        assert_eq!(progress.picked, picked, "{}", line.id);
        assert!(picked + missing <= line.qty, "{}: {picked} + {missing} of {}", line.id, line.qty);
        let sorted: i64 = play
            .facts
            .iter()
            .map(|fact| match fact {
                Fact::Sorted { line: own, units, .. } if *own == line.id => units.iter().map(|u| u.qty).sum(),
                _ => 0,
            })
            .sum();
        assert!(progress.sorted == sorted && sorted <= picked, "{}: {sorted} sorted of {picked}", line.id);
        let into_itself = |fact: &Fact| matches!(fact, Fact::Sorted { from, tote, .. } if from == tote);
        assert!(!play.facts.iter().any(into_itself), "{}: sorted into the common tote", line.id);
        match progress.state {
            LineState::Cancelled => {}
            LineState::Open => assert!(missing == 0 && picked < line.qty, "{}", line.id),
            _ => assert_eq!(picked + missing, line.qty, "{}", line.id),
        }
    }
    if let (Some(line), Some(hand)) = (pick.line(), pick.hand()) {
        let closed = pick.progress.iter().all(|p| p.state != LineState::Open);
        let sorting = matches!(pick.stage, Stage::Sort { .. }) || (pick.is_batch() && closed);
        let open = if sorting { pick.unsorted_qty(&line.id) } else { pick.open_qty(&line.id) };
        assert!(hand.qty() <= open, "more in the hand than is open");
        assert!(open > 0, "a step about a closed line");
        assert!(hand.to_weigh.is_none() || matches!(pick.stage, Stage::Item { .. } | Stage::NextTote { .. }));
    }
    if matches!(pick.stage, Stage::DropOff { .. } | Stage::DropOne { .. } | Stage::Sort { .. }) {
        assert!(pick.progress.iter().all(|p| p.state != LineState::Open), "a drop-off with open lines");
    }
}

/// The pick that comes back after a power cut is the one that was left.
fn resumes(play: &mut Play) {
    let Some(before) = play.pick.clone() else { return };
    play.cut();
    let after = play.pick.as_ref().unwrap();
    let mut left = before.saved();
    match &mut left.stage {
        Stage::DropOff { asked } | Stage::DropOne { asked, .. } => *asked = None,
        Stage::Item { hand, .. } => hand.asked = None,
        _ => {}
    }
    assert_eq!(after.saved(), left);
    assert_eq!(after.progress, before.progress);
    assert_eq!(after.task.slots, before.task.slots);
    assert_eq!(after.step_name(), before.step_name());
}

fn run(world: World, events: Vec<Do>) -> Play {
    let mut play = Play::new(world);
    let mut last = String::new();
    for event in events {
        let asked = play.pick.as_ref().and_then(Pick::hand).is_some_and(|hand| hand.asked.is_some());
        let text = match event {
            Do::Undo => {
                undo(&mut play);
                conserved(&play);
                continue;
            }
            // What was asked about is scanned again every other time.
            Do::Right(n) if asked && n.is_multiple_of(2) => last.clone(),
            Do::Cut => {
                resumes(&mut play);
                continue;
            }
            Do::Right(n) => right(&play, n),
            Do::Code(n) => CODES[n].to_owned(),
            Do::Button(n) => BUTTONS[n].to_owned(),
        };
        last.clone_from(&text);
        let before = play.pick.clone().unwrap();
        let allowed = may_accept(&play, &before, &text);
        let refusals = play.refusals.len();
        let facts = play.facts.len();
        let told = play.event(&text);
        if play.refusals.len() > refusals {
            assert_eq!(steady(play.pick.as_ref().unwrap()), steady(&before), "{text}: {told}");
            let told_so = |fact: &Fact| matches!(fact, Fact::CountAsked { .. } | Fact::Substituted { .. });
            assert!(play.facts[facts..].iter().all(told_so), "{text}: {told}");
        } else if !text.starts_with('/') {
            assert!(allowed, "{text} accepted at {:?}: {told}", before.stage);
        }
        conserved(&play);
        if play.pick.is_none() {
            if let Some(Fact::DroppedOff { .. }) = play.facts.last() {
                let carried = play.world.stock.iter().find(|s| s.location.as_str() == TRANSIT && s.qty != 0);
                assert_eq!(carried, None, "still on the cart after {told}");
            }
            break;
        }
        // A resumed copy at any prefix, without changing the course.
        let mut copy = Play::new(play.world.clone());
        copy.pick.clone_from(&play.pick);
        resumes(&mut copy);
    }
    play
}

/// The last pick that still holds is taken back, where that may be.
fn undo(play: &mut Play) {
    let gone = |n: usize| play.facts.iter().any(|fact| matches!(fact, Fact::Undone { seq, .. } if *seq == n as u64));
    let last = play.facts.iter().enumerate().rev().find(|(n, fact)| matches!(fact, Fact::Picked { .. }) && !gone(*n));
    let Some((n, fact)) = last.map(|(n, fact)| (n, fact.clone())) else { return };
    let before = play.pick.clone().unwrap();
    let told = play.step(Event::Undo { epoch: 1, seq: n as u64, fact }, &Known::default());
    if told.starts_with("NOT_NOW") {
        assert_eq!(steady(play.pick.as_ref().unwrap()), steady(&before));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_sequence_keeps_the_rules(world in warehouse(), events in proptest::collection::vec(event(), 1..90)) {
        run(world, events);
    }

    /// Whatever was done before, every line can be closed and the task ended.
    #[test]
    fn no_sequence_gets_stuck(world in warehouse(), events in proptest::collection::vec(event(), 1..60)) {
        let mut play = run(world, events);
        for _ in 0..2_000 {
            let Some(pick) = &play.pick else { return Ok(()) };
            let line = pick.line().cloned().unwrap_or_default();
            let code = match &pick.stage {
                Stage::Empty { .. } => "/empty yes".to_owned(),
                Stage::Sort { hand, .. } if hand.units.is_empty() => "/skip".to_owned(),
                Stage::Sort { .. } => pick.tote_of(line.slot).0,
                Stage::DropOne { tote, .. } => {
                    let left = pick.totes_left();
                    let named = left.iter().find(|one| one.tote == *tote);
                    named.map_or_else(|| left[0].tote.0.clone(), |one| one.to.0.clone())
                }
                Stage::Totes { .. } | Stage::NextTote { .. } => {
                    let free = ["T1", "T2", "T3", "T4"].into_iter().find(|tote| {
                        let unit = play.world.units.iter().find(|u| u.id.as_str() == *tote).unwrap();
                        let held = play.world.stock.iter().any(|s| s.qty > 0 && s.handling_unit == unit.id);
                        let used = pick.task.slots.iter().any(|slot| slot.tote == unit.id)
                            || pick.totes_left().iter().any(|one| one.tote == unit.id)
                            || pick.common_totes().contains(&unit.id)
                            || pick.cart.dropped.contains(&unit.id)
                            || pick.cart.closed.iter().any(|closed| closed.tote == unit.id);
                        unit.order.is_none() && !held && !used
                    });
                    match free {
                        Some(tote) => tote.to_owned(),
                        // Every tote is in use: somebody brings another.
                        None => {
                            let new = format!("T-NEW{}", play.world.units.len());
                            play.world = play.world.clone().unit(&new, floorhand_domain::master::HandlingUnitKind::Tote);
                            new
                        }
                    }
                }
                Stage::Location { .. } => line.location.0,
                Stage::Item { hand, .. } if hand.units.is_empty() => "/short".to_owned(),
                Stage::Item { hand, .. } if hand.to_weigh.is_some() => format!("/weigh {}", 750 * hand.unweighed()),
                Stage::Item { .. } | Stage::Tote { .. } => pick.tote_of(pick.slot_of(&line)).0,
                Stage::Short { short: Some(short), .. } if short.reason != floorhand_domain::fact::ShortReason::Damaged => {
                    line.location.0
                }
                Stage::Short { .. } => "/reason none".to_owned(),
                Stage::DropOff { .. } => place_of(pick),
            };
            play.event(&code);
            conserved(&play);
        }
        prop_assert!(false, "still at {}", play.stage());
    }

    #[test]
    fn no_bytes_break_anything(raw in proptest::collection::vec(any::<u8>(), 0..700), complete in any::<bool>()) {
        use floorhand_domain::scan::{Lookup, Scan, Source, meanings, read};
        let scan = Scan { raw, source: Source::Serial, complete };
        if let Ok(read) = read(&scan) {
            let lookup = Lookup::of(&read);
            let known = World::new().look_up(&lookup);
            let _ = meanings(&read, &known, 2026);
        }
    }
}

/// The random sequences above come by every step and every reason that one scan alone does not give.
#[test]
fn random_sequences_reach_every_step() {
    let mut runner = TestRunner::deterministic();
    let (mut steps, mut reasons) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..300 {
        let tree = (warehouse(), proptest::collection::vec(event(), 60..90)).new_tree(&mut runner).unwrap();
        let (world, events) = tree.current();
        let play = run(world, events);
        steps.extend(play.steps);
        reasons.extend(play.refusals);
    }
    let all = [
        "pick.totes",
        "pick.location",
        "pick.item",
        "pick.quantity",
        "pick.weight",
        "pick.tote",
        "pick.short",
        "pick.drop-off",
        "pick.next-tote",
        "pick.empty",
        "pick.sort",
    ];
    assert_eq!(steps, BTreeSet::from(all));
    let asked = [Reason::Swap, Reason::SwapPicked, Reason::Fefo, Reason::WeightOut, Reason::WrongLot, Reason::Place];
    assert!(asked.iter().all(|reason| reasons.contains(reason)), "{reasons:?}");
}

/// A task of 2,000 lines answers as one of a single line does, and its saved row stays small.
#[test]
fn a_task_of_2000_lines_behaves_the_same() {
    let world = |lines: usize| {
        let mut world = World::new().stock("A1 X 9000").stock("A2 X 9000");
        for n in 0..lines {
            world = world.line(&format!("L{n} {} X 2 slot={}", ["A1", "A2"][n % 2], n % 4 + 1));
        }
        Play::new(world)
    };
    let (mut small, mut large) = (world(1), world(2_000));
    let events = ["A2", "X", "A1", "Y", "X", "nonsense", "X12", "/type 2", "/cut", "X", "X", "T2"];
    for event in events {
        assert_eq!(small.event(event), large.event(event), "{event}");
    }
    large.event("T1");
    let mut steps = 0;
    while large.pick.is_some() {
        steps += 1;
        assert!(steps < 20_000, "still at {}", large.stage());
        let event = if steps % 7 == 0 && steps < 700 { "/skip".to_owned() } else { right_of_x(&large) };
        large.event(&event);
        if steps % 500 == 0 {
            large.cut();
        }
        if let Some(pick) = &large.pick {
            let bytes = serde_json::to_string(&pick.saved()).unwrap().len();
            assert!(bytes < 1_000, "{bytes} bytes at step {steps}");
        }
    }
    let sums = tally(&large.facts);
    assert_eq!(sums.len(), 2_000);
    assert!(sums.values().all(|sum| *sum == (2, 0)));
}

fn right_of_x(play: &Play) -> String {
    let pick = play.pick.as_ref().unwrap();
    let line = pick.line().cloned().unwrap_or_default();
    match &pick.stage {
        Stage::Location { .. } => line.location.0,
        Stage::Item { .. } => "X".to_owned(),
        Stage::Tote { .. } => pick.tote_of(line.slot).0,
        _ => "B1".to_owned(),
    }
}
