//! What holds for every sequence of scans, buttons and power cuts of a count.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/floor.rs"]
mod floor;
#[path = "count/play.rs"]
#[allow(dead_code)]
mod play;
#[path = "common/world.rs"]
mod world;

use floor::Floor;
use floorhand_domain::fact::Fact;
use floorhand_domain::scan::Label;
use floorhand_domain::workflow::count::{Count, Key, Saved, Stage, totals_of};
use play::Play;
use proptest::prelude::*;
use std::collections::BTreeSet;
use world::SSCC;

/// Codes of every kind, right and wrong, whole and in parts; and buttons.
const EVENTS: &[&str] = &[
    "X",
    "X6",
    "X12",
    "(01)X",
    "Y",
    "V",
    "(01)V(10)L1",
    "(01)V(10)L2",
    "(01)V(10)L9",
    "(10)L1",
    "(10)L2(17)270131",
    "L1",
    "L2",
    "S",
    "S6",
    "(01)S(21)N1",
    "(21)N2",
    "N1",
    "N2",
    "N3",
    "(21)N9",
    "(01)S(21)N9",
    "H1",
    "H2",
    "H5",
    SSCC,
    "T1",
    "A1",
    "A2",
    "A7",
    "D1",
    "K1",
    "nonsense",
    "SAME",
    "/type 1",
    "/type 3",
    "/type 40",
    "/type 0",
    "/nothing",
    "/back",
    "/undo",
    "/release",
];

const STOCK: &[&str] = &[
    "A1 X 40",
    "A1 X 9 hu=H1",
    "A1 X 5 hu=H2",
    "A2 X 3",
    "A2 Y 3 hu=T8",
    "A1 V 9 lot=L1",
    "A1 V 9 lot=L2",
    "A2 V 40 lot=L1",
    "A1 S 1 serial=N1",
    "A1 S 1 serial=N2",
    "A7 S 1 serial=N3",
    "A1 X 4 status=damaged",
    "A1 Y 6 hu=H5",
    "A1 Y 2",
];

#[derive(Debug, Clone)]
enum Do {
    /// What leads on from here.
    Right(usize),
    Any(usize),
    /// The same again.
    Again,
    Cut,
}

fn event() -> impl Strategy<Value = Do> {
    prop_oneof![
        5 => any::<usize>().prop_map(Do::Right),
        3 => (0..EVENTS.len()).prop_map(Do::Any),
        3 => Just(Do::Again),
        1 => Just(Do::Cut),
    ]
}

fn warehouse() -> impl Strategy<Value = Floor> {
    let line = (0..2usize, 0..6usize, 0..2u32, any::<bool>());
    let stock = proptest::collection::vec(any::<bool>(), STOCK.len());
    (proptest::collection::vec(line, 0..4), stock, any::<[bool; 2]>()).prop_map(|(lines, stock, sealed)| {
        let mut floor = Floor::new().with(|world| *world = world.clone().code("SAME", "X").code("SAME", "Y"));
        for (spec, _) in STOCK.iter().zip(stock).filter(|(_, there)| *there) {
            floor = floor.stock(spec);
        }
        for (n, (at, item, round, mine)) in lines.into_iter().enumerate() {
            let item = ["-", "-", "-", "X", "V", "S"][item];
            let by = if mine { "OP1" } else { "OP2" };
            floor = floor.line(&format!("L{n} {} {item} 0 round={round} by={by}", ["A1", "A2"][at]));
        }
        floor.unit("H1", |unit| unit.sealed = sealed[0]).unit("H5", |unit| unit.sealed = sealed[1])
    })
}

/// Codes that could lead on from here.
fn right(play: &Play, n: usize) -> String {
    let flow = play.flow.as_ref().unwrap();
    let mut codes: Vec<String> = vec![flow.location().0.clone()];
    if flow.location().is_none() {
        codes = vec!["A1".to_owned()];
    }
    if matches!(flow.stage, Stage::Contents { .. }) {
        for stock in play.floor.world.stock.iter().filter(|s| s.location == *flow.location()) {
            codes.push(match (stock.lot.is_none(), stock.serial.is_none()) {
                (false, _) => format!("(01){}(10){}", stock.item, stock.lot),
                (_, false) => format!("(01){}(21){}", stock.item, stock.serial),
                _ => stock.item.0.clone(),
            });
            codes.extend(Some(stock.handling_unit.0.clone()).filter(|unit| !unit.is_empty()));
        }
        codes.push("/type 12".to_owned());
    }
    codes[n % codes.len()].clone()
}

/// The saved row without what a refusal may change: the label begun.
fn steady(flow: &Count) -> Saved {
    let mut saved = flow.saved();
    if let Stage::Contents { sheet, .. } = &mut saved.stage {
        sheet.label = Label::default();
    }
    saved
}

/// The keys of the book at a location, of one item or of all.
fn booked(floor: &Floor, location: &str, spot: Option<&str>) -> BTreeSet<Key> {
    let here = floor.world.stock.iter().filter(|s| s.location.as_str() == location && s.qty > 0);
    here.filter(|s| spot.is_none_or(|item| s.item.as_str() == item))
        .map(|s| Key {
            item: s.item.clone(),
            lot: s.lot.clone(),
            serial: s.serial.clone(),
            handling_unit: s.handling_unit.clone(),
        })
        .collect()
}

/// Told without the code under test, by the rules as they are printed.
fn allowed(before: &Play, fact: &Fact) {
    let flow = before.flow.as_ref().unwrap();
    match fact {
        Fact::CountStarted { line, location, .. } => {
            let row = before.floor.world.lines.iter().find(|row| row.id == *line);
            assert!(row.is_none_or(|row| row.location == *location), "{fact:?}");
            let same = |row: &floorhand_domain::task::Line| row.plan.round > 0 && row.plan.counted_by.as_str() == "OP1";
            assert!(!row.is_some_and(same), "a recount by the same person: {fact:?}");
        }
        Fact::Counted { location, item, lot, serial, handling_unit, qty, unexpected, .. } => {
            assert_eq!(location, flow.location());
            assert!(*qty >= 0 && (serial.is_none() || *qty <= 1), "{fact:?}");
            assert!(flow.spot().is_none_or(|spot| spot == item), "{fact:?}");
            let key = Key {
                item: item.clone(),
                lot: lot.clone(),
                serial: serial.clone(),
                handling_unit: handling_unit.clone(),
            };
            assert!(serial.is_none() || !flow.totals.contains_key(&key), "a serial number twice: {fact:?}");
            let book = booked(&before.floor, location.as_str(), None);
            let nothing = *qty == 0 && flow.spot() == Some(item);
            assert!(nothing || book.contains(&key) != *unexpected, "{fact:?}");
        }
        Fact::Undone { .. } | Fact::CountSubmitted { .. } | Fact::TaskReleased { .. } => {}
        other => panic!("{other:?}"),
    }
}

fn resumes(play: &mut Play) {
    let Some(mut before) = play.flow.clone() else { return };
    play.cut();
    before.pending = None;
    before.lines = play.floor.world.lines().into();
    assert_eq!(play.flow.as_ref(), Some(&before));
}

fn run(floor: Floor, events: Vec<Do>) {
    let mut play = Play::new(floor);
    let mut last = "A1".to_owned();
    for event in events {
        if play.flow.is_none() {
            break;
        }
        let text = match event {
            Do::Cut => {
                resumes(&mut play);
                continue;
            }
            Do::Right(n) => right(&play, n),
            Do::Any(n) => EVENTS[n].to_owned(),
            Do::Again => last.clone(),
        };
        let (before, refusals, facts) = (play.clone(), play.refusals.len(), play.facts.len());
        let told = play.event(&text);
        if play.refusals.len() > refusals {
            assert_eq!(steady(play.flow.as_ref().unwrap()), steady(before.flow.as_ref().unwrap()), "{text}: {told}");
            assert_eq!(play.facts.len(), facts, "{text}: {told}");
        }
        for fact in &play.facts[facts..] {
            allowed(&before, fact);
        }
        if let Some(Fact::CountSubmitted { count, location, nothing, .. }) =
            play.facts.last().filter(|_| play.facts.len() > facts)
        {
            let flow = before.flow.as_ref().unwrap();
            let named = totals_of(count, &play.facts);
            let book = booked(&play.floor, location.as_str(), flow.spot().map(|item| item.as_str()));
            assert!(book.iter().all(|key| named.contains_key(key)), "{told}");
            assert!(!nothing || named.values().all(|qty| *qty == 0) || !play.undone.is_empty(), "{told}");
        }
        // What the machine has is what its facts say.
        if let Some(flow) = &play.flow
            && let Some(id) = flow.count_id()
        {
            let held = play.held();
            let sum = totals_of(id, held.iter().map(|n| &play.facts[*n]));
            assert_eq!(flow.totals, sum, "{text}: {told}");
        }
        resumes(&mut play.clone());
        last = text;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_sequence_keeps_the_rules(floor in warehouse(), events in proptest::collection::vec(event(), 1..80)) {
        run(floor, events);
    }
}
