//! What holds for every sequence of scans, buttons and power cuts, whatever the task.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "pick/play.rs"]
#[allow(dead_code)]
mod play;
#[path = "common/world.rs"]
mod world;

use floorhand_domain::fact::Fact;
use floorhand_domain::id::LineId;
use floorhand_domain::scan::Label;
use floorhand_domain::stock::Stock;
use floorhand_domain::task::LineState;
use floorhand_domain::workflow::pick::{Pick, Saved, Stage};
use play::Play;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use world::{SSCC, World};

/// Codes of every kind, right and wrong, whole and in parts.
const CODES: &[&str] = &[
    "X",
    "X6",
    "X12",
    "Y",
    "(01)X",
    "(01)X6",
    "(01)Y",
    "(01)X(10)ANY",
    "(01)X(17)200101",
    "V",
    "V6",
    "(01)V(10)L1",
    "(01)V(10)L2",
    "(10)L1",
    "(10)L2(17)270131",
    "(17)270131",
    "L1",
    "L2",
    "OLD",
    "(01)V(10)OLD",
    "S",
    "S6",
    "(01)S(21)N1",
    "(01)S(21)N2",
    "(21)N3",
    "N1",
    "N2",
    "N3",
    "N9",
    "(01)S(21)N9",
    "H1",
    "H2",
    "H5",
    SSCC,
    "(00)106141411234567897",
    "T1",
    "T2",
    "T3",
    "T4",
    "T8",
    "T9",
    "A1",
    "A2",
    "A7",
    "A9",
    "B1",
    "B2",
    "B3",
    "D1",
    "K1",
    "BADGE-OP1",
    "nonsense",
    "SAME",
    "]E05901234123450",
    "A\u{1}",
    "(91)LOC-A1",
    "10L1",
    "(01)V",
    "(01)S(10)L1",
];

const BUTTONS: &[&str] = &[
    "/type 1",
    "/type 3",
    "/type 6",
    "/type 8",
    "/type 12",
    "/type 0",
    "/skip",
    "/short",
    "/reason none",
    "/reason damaged",
    "/damaged 1",
    "/damaged 3",
    "/damaged 0",
    "/found",
    "/release",
];

#[derive(Debug, Clone)]
enum Do {
    /// What leads on from here.
    Right(usize),
    Code(usize),
    Button(usize),
    Cut,
}

fn event() -> impl Strategy<Value = Do> {
    prop_oneof![
        6 => any::<usize>().prop_map(Do::Right),
        3 => (0..CODES.len()).prop_map(Do::Code),
        1 => (0..BUTTONS.len()).prop_map(Do::Button),
        1 => Just(Do::Cut),
    ]
}

fn warehouse() -> impl Strategy<Value = World> {
    let line = (0..3usize, 0..4usize, 1..14i64, 1..4u8, 0..4usize);
    let stock = proptest::collection::vec(any::<bool>(), STOCK.len());
    (proptest::collection::vec(line, 1..6), stock, any::<bool>(), any::<bool>()).prop_map(
        |(lines, stock, bare, share)| {
            let mut world = World::new().code("SAME", "X").code("SAME", "Y");
            for (n, (place, item, qty, slot, names)) in lines.into_iter().enumerate() {
                let item = ["X", "Y", "V", "S"][item];
                let names = match (item, names) {
                    ("V", 0) => " lot=L1",
                    ("V", 1) => " lot=OLD",
                    ("S", 0) => " serial=N2",
                    ("X" | "V", 2) => " hu=H1",
                    _ => "",
                };
                let qty = if names.contains("serial") { 1 } else { qty };
                world = world.line(&format!("L{n} {} {item} {qty} slot={slot}{names}", ["A1", "A2", "A7"][place]));
            }
            for (spec, there) in STOCK.iter().zip(stock) {
                if there {
                    world = world.stock(spec);
                }
            }
            world.settings.share_tote = share;
            if bare { world.bare_cart() } else { world }
        },
    )
}

const STOCK: &[&str] = &[
    "A1 X 40",
    "A1 X 9 hu=H1",
    "A1 X 9 hu=H2",
    "A2 X 40",
    "A7 X 5 hu=106141411234567897",
    "A1 Y 40",
    "A2 Y 3 hu=T3",
    "A7 Y 40",
    "A1 V 9 lot=L1 exp=2027-01-31",
    "A1 V 9 lot=L2 exp=2027-02-28",
    "A1 V 9 lot=OLD exp=2026-06-14",
    "A2 V 40 lot=L1",
    "A7 V 9 lot=L1 hu=H1",
    "A7 V 9 lot=L2 hu=H2",
    "A1 S 1 serial=N1",
    "A1 S 1 serial=N2",
    "A2 S 1 serial=N3",
    "A7 S 1 serial=N2",
    "A9 W 5 lot=L1",
    "A1 X 4 status=damaged hu=H5",
];

/// Codes that could lead on from this step.
fn right(play: &Play, n: usize) -> String {
    let pick = play.pick.as_ref().unwrap();
    let line = pick.line().cloned().unwrap_or_default();
    let choose = |list: Vec<String>| match list.len() {
        0 => "/short".to_owned(),
        len => list[n % len].clone(),
    };
    match &pick.stage {
        Stage::Totes { .. } => choose(["T1", "T2", "T3", "T4"].map(String::from).to_vec()),
        Stage::Location { .. } => line.location.0,
        Stage::Item { hand, .. } => {
            let here: Vec<&Stock> = play
                .world
                .stock
                .iter()
                .filter(|s| s.location == line.location && s.item == line.item && s.qty > 0)
                .collect();
            let mut codes: Vec<String> = here
                .iter()
                .map(|s| match (s.lot.is_none(), s.serial.is_none()) {
                    (false, _) => format!("(01){}(10){}", line.item, s.lot),
                    (_, false) => format!("(01){}(21){}", line.item, s.serial),
                    _ => line.item.0.clone(),
                })
                .collect();
            codes.extend([line.item.0.clone(), format!("{}6", line.item)]);
            if hand.label.item.is_some() || !line.handling_unit.is_none() {
                codes.extend(here.iter().map(|s| s.handling_unit.0.clone()).filter(|unit| !unit.is_empty()));
                codes.push(line.location.0);
            }
            if !hand.units.is_empty() {
                codes.push(pick.tote_of(line.slot).0);
            }
            choose(codes)
        }
        Stage::Tote { .. } => pick.tote_of(line.slot).0,
        Stage::Short { short: None, .. } => {
            choose(vec!["/reason none".into(), "/reason damaged".into(), "/found".into()])
        }
        Stage::Short { .. } => choose(vec![line.location.0, "/damaged 1".into()]),
        Stage::DropOff { .. } => choose(vec!["B1".into(), "B2".into()]),
    }
}

/// Whether the step may accept the code, told without the code under test: by what is printed.
fn may_accept(play: &Play, before: &Pick, code: &str) -> bool {
    let world = &play.world;
    let line = before.line().cloned().unwrap_or_default();
    let slots = &before.task.slots;
    let code = code.strip_prefix("(91)LOC-").unwrap_or(code);
    let code = code.strip_prefix("(00)").unwrap_or(code);
    let on_cart = |tote: &str| slots.iter().any(|s| s.tote.as_str() == tote);
    let its_tote = before.tote_of(line.slot).as_str() == code || (world.settings.share_tote && on_cart(code));
    match &before.stage {
        Stage::Totes { .. } => ["T1", "T2", "T3", "T4"].contains(&code),
        Stage::Location { .. } => code == line.location.as_str(),
        Stage::Item { hand, .. } => {
            if code == line.location.as_str() || (its_tote && !hand.units.is_empty()) {
                return true;
            }
            let here = || world.stock.iter().filter(|s| s.location == line.location && s.item == line.item);
            if here().any(|s| s.handling_unit.as_str() == code && !code.is_empty())
                || line.handling_unit.as_str() == code
            {
                return line.handling_unit.is_none() || line.handling_unit.as_str() == code;
            }
            let inner = code.strip_prefix("(01)").unwrap_or(code);
            let head = inner.split('(').next().unwrap();
            if [line.item.0.clone(), format!("{}6", line.item), format!("{}12", line.item)]
                .iter()
                .any(|own| own == head)
            {
                return true;
            }
            // A date completes the label of the item that was read before it.
            if code.starts_with("(17)") && hand.label.item.is_some() {
                return true;
            }
            // A lot or a serial of the item by itself.
            let part = code.strip_prefix("(21)").or(code.strip_prefix("(10)")).unwrap_or(code);
            let part = part.split('(').next().unwrap();
            let part = if code == "10L1" { "L1" } else { part };
            let named = !part.is_empty() && (line.lot.as_str() == part || line.serial.as_str() == part);
            named || here().any(|s| !part.is_empty() && (s.lot.as_str() == part || s.serial.as_str() == part))
        }
        Stage::Tote { .. } => its_tote,
        Stage::Short { short, .. } => short.is_some() && code == line.location.as_str(),
        Stage::DropOff { .. } => ["B1", "B2", "B3"].contains(&code),
    }
}

/// The saved row without what a refusal may change: the label begun, the question asked.
fn steady(pick: &Pick) -> Saved {
    let mut saved = pick.saved();
    match &mut saved.stage {
        Stage::Item { hand, .. } => hand.label = Label::default(),
        Stage::DropOff { asked } => *asked = None,
        _ => {}
    }
    saved
}

/// Units that facts gave to each line: in totes, and missing.
fn tally(facts: &[Fact]) -> BTreeMap<LineId, (i64, i64)> {
    let mut sums: BTreeMap<LineId, (i64, i64)> = BTreeMap::new();
    for fact in facts {
        match fact {
            Fact::Picked { line, units, .. } => {
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
    let picked: BTreeSet<_> = play
        .facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Picked { location, units, .. } => {
                Some(units.iter().map(move |u| (location.clone(), u.serial.clone())))
            }
            _ => None,
        })
        .flatten()
        .filter(|(_, serial)| !serial.is_none())
        .collect();
    let serials = play.facts.iter().map(|fact| match fact {
        Fact::Picked { units, .. } => units.iter().filter(|u| !u.serial.is_none()).count(),
        _ => 0,
    });
    assert_eq!(serials.sum::<usize>(), picked.len(), "a serial number was picked twice");
    let Some(pick) = &play.pick else { return };
    for (line, progress) in pick.lines.iter().zip(&pick.progress) {
        let (picked, missing) = sums.get(&line.id).copied().unwrap_or_default();
        assert_eq!(progress.picked, picked, "{}", line.id);
        assert!(picked + missing <= line.qty, "{}: {picked} + {missing} of {}", line.id, line.qty);
        match progress.state {
            LineState::Open => assert!(missing == 0 && picked < line.qty, "{}", line.id),
            _ => assert_eq!(picked + missing, line.qty, "{}", line.id),
        }
    }
    if let (Some(line), Some(hand)) = (pick.line(), pick.hand()) {
        assert!(hand.qty() <= pick.open_qty(&line.id), "more in the hand than is open");
        assert!(pick.open_qty(&line.id) > 0, "a step about a closed line");
    }
    if matches!(pick.stage, Stage::DropOff { .. }) {
        assert!(pick.progress.iter().all(|p| p.state != LineState::Open), "a drop-off with open lines");
    }
}

/// The pick that comes back after a power cut is the one that was left.
fn resumes(play: &mut Play) {
    let Some(before) = play.pick.clone() else { return };
    play.cut();
    let after = play.pick.as_ref().unwrap();
    let mut left = before.saved();
    if let Stage::DropOff { asked } = &mut left.stage {
        *asked = None;
    }
    assert_eq!(after.saved(), left);
    assert_eq!(after.progress, before.progress);
    assert_eq!(after.task.slots, before.task.slots);
    assert_eq!(after.step_name(), before.step_name());
}

fn run(world: World, events: Vec<Do>) -> Play {
    let mut play = Play::new(world);
    for event in events {
        let text = match event {
            Do::Cut => {
                resumes(&mut play);
                continue;
            }
            Do::Right(n) => right(&play, n),
            Do::Code(n) => CODES[n].to_owned(),
            Do::Button(n) => BUTTONS[n].to_owned(),
        };
        let before = play.pick.clone().unwrap();
        let allowed = may_accept(&play, &before, &text);
        let refusals = play.refusals.len();
        let facts = play.facts.len();
        let told = play.event(&text);
        if play.refusals.len() > refusals {
            assert_eq!(steady(play.pick.as_ref().unwrap()), steady(&before), "{text}: {told}");
            assert_eq!(play.facts.len(), facts, "{text}: {told}");
        } else if !text.starts_with('/') {
            assert!(allowed, "{text} accepted at {:?}: {told}", before.stage);
        }
        conserved(&play);
        if play.pick.is_none() {
            break;
        }
        // A resumed copy at any prefix, without changing the course.
        let mut copy =
            Play { world: play.world.clone(), pick: play.pick.clone(), facts: Vec::new(), refusals: Vec::new() };
        resumes(&mut copy);
    }
    play
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
                Stage::Totes { .. } => {
                    let free = ["T1", "T2", "T3", "T4"].into_iter().find(|tote| {
                        let unit = play.world.units.iter().find(|u| u.id.as_str() == *tote).unwrap();
                        let held = play.world.stock.iter().any(|s| s.qty > 0 && s.handling_unit == unit.id);
                        unit.order.is_none() && !held
                    });
                    match free {
                        Some(tote) => tote.to_owned(),
                        // Every tote is in use: somebody brings another.
                        None => {
                            play.world = play.world.clone().unit("T-NEW", floorhand_domain::master::HandlingUnitKind::Tote);
                            "T-NEW".to_owned()
                        }
                    }
                }
                Stage::Location { .. } => line.location.0,
                Stage::Item { hand, .. } if hand.units.is_empty() => "/short".to_owned(),
                Stage::Item { .. } | Stage::Tote { .. } => pick.tote_of(line.slot).0,
                Stage::Short { short: Some(short), .. } if short.reason != floorhand_domain::fact::ShortReason::Damaged => {
                    line.location.0
                }
                Stage::Short { .. } => "/reason none".to_owned(),
                Stage::DropOff { .. } => "B1".to_owned(),
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
