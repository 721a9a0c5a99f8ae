//! What holds for every sequence of scans, buttons, readings and power cuts at the packing bench.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "pack/bench.rs"]
mod bench;
#[path = "pack/play.rs"]
mod play;
#[path = "common/world.rs"]
mod world;

use bench::Bench;
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::outbound::{CartonState, PackState, PartialShip};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::Stock;
use floorhand_domain::workflow::pack::{Pack, Stage, tolerance};
use play::{Play, code_of};
use proptest::prelude::*;
use std::collections::BTreeMap;

const EVENTS: &[&str] = &[
    "X",
    "X6",
    "X12",
    "Y",
    "Y6",
    "V",
    "(01)V(10)L1",
    "(01)V(10)L2",
    "(01)V6(10)L1",
    "(10)L1",
    "(10)L2",
    "L1",
    "L2",
    "S",
    "S6",
    "N1",
    "N2",
    "N3",
    "(01)S(21)N1",
    "(01)S(21)N2",
    "(01)S(21)N9",
    "(21)N1",
    "W",
    "(01)W(10)L1",
    "Z",
    "(01)Z(10)L1(21)M1",
    "BOX-M",
    "BOX-S",
    "BOX-P",
    "C1",
    "C2",
    "C3",
    "C4",
    "T1",
    "T2",
    "T3",
    "H1",
    "A1",
    "O1",
    "nonsense",
    "CMD-close",
    "BADGE-OP1",
    "/close",
    "/close",
    "/photo F1",
    "/weigh 0",
    "/weigh 200",
    "/weigh 450",
    "/weigh 90000",
    "/printed",
    "/printed",
    "/printed C1",
    "/silent",
    "/print",
    "/print torn",
    "/print lost C1",
    "/later",
    "/finish",
    "/finish",
    "/ok SV1",
    "/ok SV1",
    "/out",
    "/out C1",
    "/out C2",
    "/back",
    "/choose C1",
    "/choose C2",
    "/state held",
    "/state cancelled",
    "/state open",
    "/state open",
    "/state open",
    "/changed",
    "/tracking",
    "/beside",
];

#[derive(Debug, Clone)]
enum Do {
    Right(usize),
    Any(usize),
    Again,
    Cut,
}

fn event() -> impl Strategy<Value = Do> {
    prop_oneof![
        6 => any::<usize>().prop_map(Do::Right),
        4 => (0..EVENTS.len()).prop_map(Do::Any),
        1 => Just(Do::Again),
        1 => Just(Do::Cut),
    ]
}

fn benches() -> impl Strategy<Value = Bench> {
    let line = (0..6usize, 0..8i64, 0..3i64, 0..2usize, 0..2usize);
    (proptest::collection::vec(line, 1..6), any::<bool>(), 0..3u8).prop_map(|(lines, valued, partial)| {
        let mut bench = Bench::new();
        for (n, (item, qty, short, lot, tote)) in lines.into_iter().enumerate() {
            let name = ["X", "Y", "V", "S", "W", "Z"][item];
            let (lot, tote) = (["L1", "L2"][lot], ["T1", "T2"][tote]);
            match name {
                // Every unit of a serial number is there once.
                "S" | "Z" if n > 1 || qty == 0 => {}
                "S" => bench = bench.line(&format!("P{n} S 1 serial=N{} tote={tote}", n + 1)),
                "Z" => bench = bench.line(&format!("P{n} Z 1 serial=M{} lot=L1 tote={tote}", n + 1)),
                "V" | "W" => {
                    let ordered = qty + short;
                    bench = bench.line(&format!("P{n} {name} {qty} lot={lot} tote={tote} ordered={ordered}"));
                }
                _ => {
                    bench = bench.line(&format!("P{n} {name} {qty} tote={tote}"));
                    bench = bench.line(&format!("P{n} {name} 1 tote=T1"));
                }
            }
        }
        bench.but(|order| {
            order.value_minor = if valued { 10_000 } else { 0 };
            order.partial = [PartialShip::Allow, PartialShip::Ask, PartialShip::Never][usize::from(partial)];
        })
    })
}

/// An event that does what the step asks for.
fn right(pack: &Pack, n: usize) -> String {
    match &pack.stage {
        Stage::Carton => ["BOX-M", "BOX-S"][n % 2].to_owned(),
        Stage::Verify { .. } | Stage::TakeOut { .. } => {
            let wanted = pack.wanted();
            if n.is_multiple_of(5) {
                return "/out".to_owned();
            }
            if wanted.is_empty() || n.is_multiple_of(7) {
                return "/close".to_owned();
            }
            let one = &wanted[n % wanted.len()];
            match one.qty >= 6 && n.is_multiple_of(2) {
                true => code_of(one).replace(one.item.as_str(), &format!("{}6", one.item)),
                false => code_of(one),
            }
        }
        Stage::Photo { .. } => "/photo F1".to_owned(),
        Stage::Weigh { .. } if pack.asked().is_some() => "/ok SV1".to_owned(),
        Stage::Weigh { .. } if n.is_multiple_of(4) => "/weigh 90000".to_owned(),
        Stage::Weigh { carton } => format!("/weigh {}", pack.expected_grams(carton).unwrap_or(777).max(1)),
        Stage::Label { carton, .. } => match pack.to_print() {
            Some(_) => "/printed".to_owned(),
            None => carton.0.clone(),
        },
        Stage::Finish => "/finish".to_owned(),
    }
}

/// Units by line, lot, serial number: what facts brought into cartons.
fn packed<'a>(facts: impl Iterator<Item = &'a Fact>) -> BTreeMap<(String, String, String), i64> {
    let mut sums = BTreeMap::new();
    let mut add = |line: &str, units: &[Units], sign: i64| {
        for unit in units {
            assert!(unit.qty > 0);
            *sums.entry((line.to_owned(), unit.lot.0.clone(), unit.serial.0.clone())).or_default() += sign * unit.qty;
        }
    };
    for fact in facts {
        match fact {
            Fact::Packed { line, units, .. } => add(line.as_str(), units, 1),
            Fact::Unpacked { line, units, .. } => add(line.as_str(), units, -1),
            _ => {}
        }
    }
    sums
}

/// What was packed is what was picked and no more; nothing appears or vanishes.
fn conserved(play: &Play, before: &[Stock]) {
    let order = &play.bench.orders[0];
    let all = || packed(play.facts.iter().chain(&play.others));
    for ((line, lot, serial), qty) in all() {
        let row = order.lines.iter().find(|row| row.id.0 == line).unwrap();
        let fits = |units: &&Units| units.lot.0 == lot && units.serial.0 == serial;
        let picked: i64 = row.picked.iter().filter(fits).map(|units| units.qty).sum();
        assert!((0..=picked).contains(&qty), "{line} {lot} {serial}: {qty} of {picked}");
    }
    for row in &order.lines {
        let own: i64 = all().iter().filter(|((line, ..), _)| *line == row.id.0).map(|(_, qty)| qty).sum();
        assert_eq!(row.packed, own, "{}", row.id);
        assert!(own <= row.picked_qty());
    }
    assert!(play.bench.world.stock.iter().all(|stock| stock.qty >= 0));
    let sum = |stock: &[Stock]| stock.iter().map(|row| row.qty).sum::<i64>();
    assert_eq!(sum(&play.bench.world.stock), sum(before));
}

/// What is true of the facts of one event.
fn sound(play: &Play, new: &[Fact], was: &Play) {
    let rows = &was.bench.cartons;
    let state = |id: &str| rows.iter().find(|row| row.id.0 == id).map(|row| row.state);
    let pack = was.pack.as_ref().unwrap();
    for fact in new {
        match fact {
            Fact::Packed { carton, .. } => assert_eq!(state(carton.as_str()), Some(CartonState::Open)),
            Fact::CartonClosed { carton, .. } => {
                assert_eq!(state(carton.as_str()), Some(CartonState::Open));
                let weighed = |fact: &Fact| matches!(fact, Fact::CartonWeighed { carton: own, .. } if own == carton);
                assert!(new.iter().any(weighed));
                let shown = play.bench.orders[0].value_minor == 0 || pack.photos.contains_key(carton);
                assert!(shown, "closed without its photograph");
                assert!(pack.order.state == PackState::Open);
            }
            Fact::CartonWeighed { grams, expected_grams, because, carton, .. } => {
                let off = (grams - expected_grams).abs();
                let within = off <= tolerance(*expected_grams, &play.bench.world.settings);
                let known = pack.expected_grams(carton).is_some();
                assert_eq!(because.contains(&Reason::WeightDiff), known && !within);
                let approved = new.iter().any(|fact| matches!(fact, Fact::Approved { .. }));
                assert_eq!(approved, because.contains(&Reason::WeightDiff));
            }
            Fact::Labelled { carton, .. } => {
                assert!(matches!(state(carton.as_str()), Some(CartonState::Closed | CartonState::Labelled)));
            }
            Fact::OrderPacked { complete, .. } => {
                let order = &play.bench.orders[0];
                let all = order.lines.iter().all(|line| line.packed >= line.ordered);
                assert_eq!(*complete, all);
                assert!(all || order.partial != PartialShip::Never);
                let full = |id: &str| play.bench.world.stock.iter().any(|row| row.handling_unit.0 == id && row.qty > 0);
                let done = |row: &floorhand_domain::outbound::Carton| {
                    row.state == CartonState::Labelled || !full(row.id.as_str())
                };
                assert!(play.bench.cartons.iter().all(done), "{:?}", play.bench.cartons);
            }
            _ => {}
        }
    }
}

fn run(bench: Bench, events: &[Do]) -> Play {
    let before = bench.world.stock.clone();
    let mut play = Play::new(bench);
    let (mut last, mut asked) = (String::from("BOX-M"), false);
    for event in events {
        let Some(pack) = &play.pack else { break };
        let text = match event {
            Do::Cut => "/cut".to_owned(),
            Do::Again => last.clone(),
            Do::Right(n) => right(pack, *n),
            Do::Any(n) => EVENTS[*n].to_owned(),
        };
        let text = match text.as_str() {
            "/tracking" => match play.bench.cartons.last() {
                Some(row) => format!("/tracking {} TR{}", row.id, row.id),
                None => continue,
            },
            "/beside" if !play.others.is_empty() || pack.order.state != PackState::Open => continue,
            _ => text,
        };
        last.clone_from(&text);
        let was = play.clone();
        let told = play.event(&text);
        let refused = play.refusals.len() > was.refusals.len();
        let new = play.facts[was.facts.len()..].to_vec();
        assert!(!refused || new.is_empty(), "{text}: {told}");
        if ["BOX-P", "H1", "A1", "O1", "nonsense", "BADGE-OP1", "T3"].contains(&text.as_str()) {
            assert!(refused, "{text}: {told}");
        }
        sound(&play, &new, &was);
        conserved(&play, &before);
        // Without a question open, whoever resumes gets the same answer.
        if !asked && text != "/cut" && !text.starts_with("/state") && !text.starts_with("/beside") {
            let mut resumed = was;
            resumed.cut();
            let again = resumed.event(&text);
            assert_eq!(again, told, "{text} after a cut");
        }
        let machine = ["/photo", "/weigh", "/printed", "/silent", "/changed", "/state", "/tracking", "/beside"];
        asked = told.starts_with("PARTIAL?")
            || told.starts_with("WEIGHT_DIFF")
            || (asked && machine.iter().any(|word| text.starts_with(word)));
    }
    play
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn any_sequence_keeps_the_rules(bench in benches(), events in proptest::collection::vec(event(), 1..70)) {
        run(bench, &events);
    }

    /// Whatever was done before: released and worked on as the steps ask, the order is packed, or says what is
    /// missing.
    #[test]
    fn no_sequence_gets_stuck(bench in benches(), events in proptest::collection::vec(event(), 1..40)) {
        let mut play = run(bench, &events);
        if play.pack.is_some() {
            play.event("/back");
            play.event("/state open");
        }
        for _ in 0..200 {
            let Some(pack) = &play.pack else { break };
            let text = match &pack.stage {
                Stage::TakeOut { .. } => "/back".to_owned(),
                _ => right(pack, 1),
            };
            let told = play.event(&text);
            if told.starts_with("NOT_COMPLETE") || told.starts_with("MISSING_DATA") {
                break;
            }
        }
        if let Some(pack) = &play.pack {
            let nothing = pack.cartons.iter().all(|own| own.content.is_empty());
            let never = pack.order.partial == PartialShip::Never && pack.stage == Stage::Finish;
            prop_assert!(nothing || never, "{}", play.stage());
        }
    }
}
