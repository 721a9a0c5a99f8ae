//! What holds for every sequence of scans, buttons and power cuts of a put-away or move.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/floor.rs"]
mod floor;
#[path = "put_away/play.rs"]
#[allow(dead_code)]
mod play;
#[path = "common/world.rs"]
mod world;

use floor::Floor;
use floorhand_domain::fact::Fact;
use floorhand_domain::master::{LocationKind, Mixing};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::Label;
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::LineState;
use floorhand_domain::workflow::put_away::{Load, PutAway, Saved, Stage};
use play::Play;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use world::SSCC;

/// Codes of every kind, right and wrong, whole and in parts; and buttons.
const EVENTS: &[&str] = &[
    "X",
    "X6",
    "X12",
    "(01)X",
    "Y",
    "Y6",
    "V",
    "(01)V(10)L1",
    "(01)V(10)L2",
    "(10)L1",
    "(10)L2(17)270131",
    "L1",
    "L2",
    "OLD",
    "S",
    "S6",
    "(01)S(21)N1",
    "(21)N2",
    "N1",
    "N2",
    "N3",
    "N9",
    "(21)N9",
    "H1",
    "H2",
    "H5",
    SSCC,
    "(00)106141411234567897",
    "T1",
    "T8",
    "T9",
    "A1",
    "A2",
    "A7",
    "A9",
    "B1",
    "B2",
    "D1",
    "K1",
    "nonsense",
    "SAME",
    "LOSS",
    "/type 1",
    "/type 3",
    "/type 6",
    "/type 40",
    "/type 0",
    "/other",
    "/back",
    "/empty yes",
    "/empty no",
    "/approve OP2",
    "/release",
];

const STOCK: &[&str] = &[
    "A1 X 40",
    "A1 X 9 hu=H1",
    "A1 X 5 hu=H2",
    "A2 X 3",
    "D1 X 12 hu=106141411234567897 status=in-transit",
    "D1 Y 4 status=in-transit",
    "A2 Y 3 hu=T8",
    "A7 Y 40",
    "A1 V 9 lot=L1 exp=2027-01-31",
    "A1 V 9 lot=L2 exp=2027-02-28",
    "A1 V 9 lot=OLD exp=2020-06-14",
    "A2 V 40 lot=L1",
    "A1 S 1 serial=N1",
    "A1 S 1 serial=N2",
    "A7 S 1 serial=N3",
    "A9 W 5 lot=L1",
    "A9 X 4 status=damaged",
    "B1 X 2 hu=T9 status=allocated",
    "D1 V 6 hu=H5 lot=L2 status=quarantined",
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
        6 => any::<usize>().prop_map(Do::Right),
        3 => (0..EVENTS.len()).prop_map(Do::Any),
        2 => Just(Do::Again),
        1 => Just(Do::Cut),
    ]
}

fn warehouse() -> impl Strategy<Value = Floor> {
    let line = (0..4usize, 0..5usize, 1..14i64, 0..3usize);
    let stock = proptest::collection::vec(any::<bool>(), STOCK.len());
    (proptest::collection::vec(line, 0..4), stock, any::<[bool; 6]>()).prop_map(|(lines, stock, is)| {
        let mut floor = Floor::new().with(|world| {
            *world = world.clone().code("SAME", "X").code("SAME", "Y");
            let mut loss = world.locations[0].clone();
            (loss.id, loss.code, loss.kind) = ("LOSS".into(), "LOSS".into(), LocationKind::Virtual);
            world.locations.push(loss);
        });
        for (spec, _) in STOCK.iter().zip(stock).filter(|(_, there)| *there) {
            floor = floor.stock(spec);
        }
        for (n, (at, item, qty, to)) in lines.into_iter().enumerate() {
            let (what, at) = match item {
                4 => ("- 0 hu=H1".to_owned(), "A1"),
                item => (format!("{} {qty}", ["X", "Y", "V", "S"][item]), ["A1", "A2", "A7", "D1"][at]),
            };
            floor = floor.line(&format!("L{n} {at} {what} to={} others=A9,A2", ["A1", "A2", "A7"][to]));
        }
        if is[0] {
            floor = floor.promise("A1 X 45").promise("A2 Y 2");
        }
        floor = floor.place("A9", |p| p.status = if is[1] { Status::Damaged } else { Status::Available });
        floor = floor.place("A7", |p| p.mixing = if is[2] { Mixing::Lot } else { Mixing::Any });
        floor = floor.place("A2", |p| p.capacity = if is[3] { 50 } else { 0 });
        floor.set(|s| (s.other_place, s.zero_check) = (is[4], is[5]))
    })
}

/// Codes that could lead on from here.
fn right(play: &Play, n: usize) -> String {
    let flow = play.flow.as_ref().unwrap();
    let stock = &play.floor.world.stock;
    let mut codes: Vec<String> = Vec::new();
    match &flow.stage {
        Stage::Source { at, hand, .. } => {
            let source = flow.source();
            if at.is_none() {
                codes.extend(
                    stock
                        .iter()
                        .filter(|s| source.is_none() || s.location == source)
                        .flat_map(|s| [s.location.0.clone(), s.handling_unit.0.clone()]),
                );
            }
            codes.extend(stock.iter().filter(|s| s.location == *at).flat_map(|s| {
                let item = &s.item;
                match (s.lot.is_none(), s.serial.is_none()) {
                    (false, _) => vec![format!("(01){item}(10){}", s.lot)],
                    (_, false) => vec![format!("(01){item}(21){}", s.serial)],
                    _ => vec![item.0.clone(), format!("{item}6")],
                }
            }));
            if !hand.units.is_empty() {
                codes.extend(["A2", "A7", "A9", "H1", "H2", "D1", "/type 6"].map(String::from));
            }
        }
        Stage::Destination { .. } => {
            codes.extend(flow.suggested().map(|(place, _)| place.0.clone()));
            codes.extend(["A2", "A7", "A9", "D1", "H2", SSCC].map(String::from));
        }
        Stage::EmptyNow { .. } => codes.extend(["/empty yes", "/empty no"].map(String::from)),
    }
    codes.retain(|code| !code.is_empty());
    if play.flow.as_ref().is_some_and(PutAway::awaits_approval) {
        codes.push("/approve OP2".to_owned());
    }
    codes.get(n % codes.len().max(1)).cloned().unwrap_or_else(|| "/back".to_owned())
}

/// Units of every item and status, over all places.
fn sums(floor: &Floor) -> BTreeMap<(String, Status), i64> {
    let mut sums = BTreeMap::new();
    for stock in &floor.world.stock {
        *sums.entry((stock.item.0.clone(), stock.status)).or_default() += stock.qty;
    }
    // An item that was not there and was taken and put back has a sum of nothing.
    sums.retain(|_, qty: &mut i64| *qty != 0);
    sums
}

/// The saved row without what a refusal may change: the label begun, which leads back to the source.
fn steady(flow: &PutAway) -> Saved {
    let mut saved = flow.saved();
    if let Stage::Destination { line, load: Load::Part { from, hand } } = saved.stage.clone() {
        saved.stage = Stage::Source { line, at: from, hand };
    }
    if let Stage::Source { hand, .. } = &mut saved.stage {
        hand.label = Label::default();
    }
    saved
}

/// Told without the code under test, by the rules as they are printed.
fn allowed(before: &Floor, fact: &Fact) {
    let Fact::Moved { unit, item, units, status, from, to, into, because, line, .. } = fact else { return };
    let inside = |id: &str| -> Vec<&Stock> {
        let on: Vec<&str> =
            before.world.units.iter().filter(|u| u.parent.as_str() == id).map(|u| u.id.as_str()).collect();
        let ours = |s: &&Stock| s.qty > 0 && (s.handling_unit.as_str() == id || on.contains(&s.handling_unit.as_str()));
        before.world.stock.iter().filter(ours).collect()
    };
    let goods: Vec<(String, String, Status, i64)> = if unit.is_none() {
        units.iter().map(|one| (item.0.clone(), one.lot.0.clone(), *status, one.qty)).collect()
    } else {
        inside(unit.as_str()).iter().map(|s| (s.item.0.clone(), s.lot.0.clone(), s.status, s.qty)).collect()
    };
    assert!(goods.iter().all(|one| one.2 != Status::Allocated && one.3 > 0), "{fact:?}");
    assert!(units.iter().all(|one| one.serial.is_none() || one.qty == 1), "{fact:?}");
    let serials: BTreeSet<_> = units.iter().filter(|one| !one.serial.is_none()).map(|one| &one.serial).collect();
    assert_eq!(serials.len(), units.iter().filter(|one| !one.serial.is_none()).count(), "{fact:?}");
    assert_eq!(unit.is_none(), !units.is_empty(), "{fact:?}");
    if !into.is_none() {
        let target = before.world.units.iter().find(|u| u.id == *into).unwrap();
        assert!(target.order.is_none() && into != unit, "{fact:?}");
        let other = |s: &&Stock| goods.iter().any(|one| one.2 != s.status);
        assert_eq!(inside(into.as_str()).iter().copied().find(other), None, "{fact:?}");
        return;
    }
    assert_ne!(from, to, "{fact:?}");
    let place = before.world.locations.iter().find(|own| own.id == *to).unwrap();
    let there: Vec<&Stock> = before.world.stock.iter().filter(|s| s.location == *to && s.qty > 0).collect();
    match place.kind {
        LocationKind::Bin => assert!(
            goods
                .iter()
                .all(|one| one.2 == place.status || (one.2 == Status::InTransit && place.status == Status::Available)),
            "{fact:?}"
        ),
        kind => assert!(!matches!(kind, LocationKind::Virtual | LocationKind::Transit), "{fact:?}"),
    }
    if place.mixing == Mixing::Lot {
        let kinds = there.iter().map(|s| (s.item.0.clone(), s.lot.0.clone()));
        let kinds: BTreeSet<_> = kinds.chain(goods.iter().map(|one| (one.0.clone(), one.1.clone()))).collect();
        assert!(kinds.len() <= 1, "{fact:?}: {kinds:?}");
    }
    if place.capacity > 0 {
        let sum: i64 = there.iter().map(|s| s.qty).chain(goods.iter().map(|one| one.3)).sum();
        assert!(sum <= place.capacity || goods.is_empty(), "{fact:?}");
    }
    let plan = before.world.lines.iter().find(|row| row.id == *line).map(|row| row.plan.clone()).unwrap_or_default();
    let offered = plan.to == *to || plan.others.contains(to);
    assert!(because.contains(&Reason::Place) || offered, "{fact:?}");
    assert!(offered || before.world.settings.other_place || plan.to.is_none(), "{fact:?}");
}

/// Facts and progress agree, and no line gets more than it asks for.
fn conserved(play: &Play) {
    let mut moved: BTreeMap<String, i64> = BTreeMap::new();
    for fact in &play.facts {
        if let Fact::Moved { line, units, .. } = fact {
            *moved.entry(line.0.clone()).or_default() += units.iter().map(|one| one.qty).sum::<i64>();
        }
    }
    let Some(flow) = &play.flow else { return };
    for (line, progress) in flow.lines.iter().zip(&flow.progress) {
        let sum = moved.get(line.id.as_str()).copied().unwrap_or(0);
        assert!(sum <= line.qty, "{}", line.id);
        assert_eq!(progress.moved, sum, "{}", line.id);
        if progress.state == LineState::Open {
            assert!(sum < line.qty || line.item.is_none(), "{}", line.id);
        }
    }
    if let (Some(line), Some(hand)) = (flow.line(), flow.hand()) {
        assert!(hand.qty() <= flow.open_qty(&line.id), "more in the hand than is open");
        assert!(hand.units.is_empty() || hand.item == line.item);
    }
}

/// What comes back after a power cut is what was left, without the question.
fn resumes(play: &mut Play) {
    let Some(mut before) = play.flow.clone() else { return };
    play.cut();
    before.pending = None;
    before.lines = play.floor.world.lines().into();
    assert_eq!(play.flow.as_ref(), Some(&before));
}

fn run(floor: Floor, events: Vec<Do>) {
    let mut play = Play::new(floor);
    let total = sums(&play.floor);
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
            allowed(&before.floor, fact);
        }
        assert_eq!(sums(&play.floor), total, "{text}: {told}");
        conserved(&play);
        // A resumed copy at any prefix, without changing the course.
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
