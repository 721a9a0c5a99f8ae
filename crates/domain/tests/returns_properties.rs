//! What holds for every sequence of scans, buttons and power cuts of a return.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "returns/bench.rs"]
mod bench;
#[path = "common/floor.rs"]
mod floor;
#[path = "common/world.rs"]
mod world;

use bench::{Bench, Play};
use floorhand_domain::fact::Fact;
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::{Disposition, Grade, ShippedLine};
use floorhand_domain::scan::Label;
use floorhand_domain::workflow::returns::{Field, Refund, Returns, Saved, Stage};
use proptest::prelude::*;
use std::collections::BTreeMap;
use world::SSCC;

/// Codes of every kind, right and wrong, whole and in parts; and buttons.
const EVENTS: &[&str] = &[
    "X",
    "X6",
    "X12",
    "(01)X6",
    "Y",
    "Y6",
    "V",
    "(01)V(10)L1",
    "(01)V(10)L2",
    "(01)V6(10)L9",
    "(10)L1",
    "(10)L9",
    "L1",
    "L2",
    "L9",
    "S",
    "S6",
    "N1",
    "N2",
    "N7",
    "N9",
    "(01)S(21)N1",
    "(01)S(21)N4",
    "(21)N2",
    "E",
    "E1",
    "E2",
    "Z",
    "(01)Z(10)L1(21)M1",
    "M1",
    "A1",
    "A2",
    "Q1",
    "X1",
    "B1",
    "H1",
    "H2",
    "T1",
    "T9",
    SSCC,
    "C1",
    "O1",
    "R1",
    "K1",
    "BADGE-OP1",
    "nonsense",
    "SAME",
    "]E05901234123457",
    "/lot L1",
    "/lot L9",
    "/serial N1",
    "/serial N5",
    "/type 1",
    "/type 6",
    "/type 9",
    "/type 0",
    "/none",
    "/none",
    "/kg 800",
    "/kg 520",
    "/kg 1600",
    "/kg 0",
    "/yes sealed",
    "/no sealed",
    "/yes complete",
    "/no complete",
    "/yes clean",
    "/no clean",
    "/yes works",
    "/no works",
    "/grade A",
    "/grade B",
    "/grade D",
    "/why other",
    "/why defective",
    "/photo P1",
    "/photo P2",
    "/next",
    "/next",
    "/back",
    "/as restock manager why",
    "/as restock supervisor why",
    "/as write-off manager why",
    "/as liquidate operator why",
    "/as quarantine manager",
    "/ok SV1",
    "/ok SV1",
    "/drop",
    "/other L0 2",
    "/withdrawn",
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
        8 => any::<usize>().prop_map(Do::Right),
        4 => (0..EVENTS.len()).prop_map(Do::Any),
        1 => Just(Do::Again),
        1 => Just(Do::Cut),
    ]
}

fn benches() -> impl Strategy<Value = Bench> {
    let line = (0..9usize, 1..14i64, 0..4i64, 0..3usize, 0..3usize);
    (proptest::collection::vec(line, 1..7), 0..3usize, any::<[bool; 2]>()).prop_map(|(lines, opens, [stock, weigh])| {
        let mut bench = Bench::new(["O1", "R1", ""][opens]);
        let mut announced = String::from("R1 O1");
        for (n, (item, qty, back, lot, of)) in lines.into_iter().enumerate() {
            let (item, unit) = [
                ("X", ""),
                ("X", ""),
                ("Y", ""),
                ("V", ""),
                ("V", ""),
                ("S", "N1"),
                ("S", "N2"),
                ("E", "E1"),
                ("Z", "M1"),
            ][item];
            let lot = if ["V", "Z"].contains(&item) { ["L1", "L2", "L1"][lot] } else { "" };
            let (qty, back) = if unit.is_empty() { (qty, back) } else { (1, back / 3) };
            // A serial number is shipped once.
            if !unit.is_empty() && bench.shipped.iter().any(|row| row.serial.as_str() == unit) {
                continue;
            }
            let (line, order) = if of == 0 { (format!("L{}", n / 2), "O1") } else { (format!("L{n}"), "O1") };
            let spec =
                format!("{line} {item} {qty} order={order} lot={lot} serial={unit} back={back} grams=800 value=5000");
            // A line is of one item.
            if bench.shipped.iter().any(|row| row.line.as_str() == line && row.item.as_str() != item) {
                continue;
            }
            bench = bench.sent(&spec);
            if of > 0 {
                announced.push_str(&format!(" {line}:{item}:{}:changed-mind", qty.min(3)));
            }
        }
        bench = bench.sent("L70 S 1 serial=N7 order=O7").rma(&announced);
        if stock {
            bench = bench.stock("A1 S 1 serial=N9").stock("A1 X 3").stock("Q1 X 4 hu=H1 status=quarantined");
        }
        bench.with(|bench| {
            bench.policy.checklists[0].weigh = weigh;
            *bench =
                bench.clone().with(|own| own.floor.world = own.floor.world.clone().code("SAME", "X").code("SAME", "Y"));
        })
    })
}

/// Events that could lead on from here.
fn right(play: &Play, n: usize) -> String {
    let Some(flow) = &play.flow else { return "X".to_owned() };
    let choose = |list: &[&str]| list[n % list.len()].to_owned();
    match flow.field() {
        None => {
            let open: Vec<&ShippedLine> = flow.shipped.iter().filter(|row| row.open_qty() > 0).collect();
            let Some(row) = open.get(n % (open.len() + 1)) else {
                return choose(&["X6", "(01)V(10)L1", "N7", "E1", "(01)Z(10)L1(21)M1"]);
            };
            match (row.lot.is_none(), row.serial.is_none()) {
                (true, true) => row.item.0.clone(),
                (false, true) => format!("(01){}(10){}", row.item, row.lot),
                (true, false) => row.serial.0.clone(),
                (false, false) => format!("(01){}(10){}(21){}", row.item, row.lot, row.serial),
            }
        }
        Some(Field::Lot) => choose(&["L1", "L2", "/lot L9"]),
        Some(Field::Serial) => choose(&["N1", "N2", "/serial N5", "E1", "M1"]),
        Some(Field::Quantity) => choose(&["/next", "X", "/type 6", "V"]),
        Some(Field::Weigh) => {
            let right = flow.expected_grams().max(1);
            choose(&[&format!("/kg {right}"), &format!("/kg {}", right * 2), "/ok SV1"])
        }
        Some(Field::Parts) => choose(&["/no complete", "/yes complete", "/next", "/ok SV1"]),
        Some(Field::Inspect) => {
            let entry = flow.entry().unwrap();
            let open = flow.questions().into_iter().find(|question| entry.answer(&question.code).is_none());
            match (open, flow.reason_now()) {
                (Some(question), _) => choose(&[&format!("/yes {}", question.code), &format!("/no {}", question.code)]),
                (None, None) => choose(&["/why other", "/why defective"]),
                (None, Some(_)) => choose(&["/next", "/next", "/grade C"]),
            }
        }
        Some(Field::Photo) => choose(&["/photo P1", "/photo P2", "/next"]),
        Some(Field::Put) => choose(&["A1", "Q1", "X1", "H1", "/as restock manager why", "/as quarantine manager odd"]),
    }
}

/// The saved row without what a refusal may change: the label begun, the weight that differs.
fn steady(flow: &Returns) -> Saved {
    let mut saved = flow.saved();
    match &mut saved.stage {
        Stage::Identity { label } => *label = Label::default(),
        Stage::Entry { entry } if entry.field_before_inspection() => {
            (entry.grams, entry.weight_off, entry.at) = (0, false, Field::Weigh);
            entry.answers.clear();
        }
        Stage::Entry { .. } => {}
    }
    saved
}

trait BeforeInspection {
    fn field_before_inspection(&self) -> bool;
}

impl BeforeInspection for floorhand_domain::workflow::returns::Entry {
    fn field_before_inspection(&self) -> bool {
        self.missing().is_none() && matches!(self.at, Field::Weigh | Field::Parts)
    }
}

/// What is true of every fact, told by what is printed on it and by the bench as it was before.
fn sound(before: &Play, facts: &[Fact]) {
    let mut decided: Vec<Reason> = Vec::new();
    let mut overridden = None;
    for fact in facts {
        match fact {
            Fact::Approved { decision, .. } => decided.push(*decision),
            Fact::DispositionOverridden { proposed, chosen, reason, .. } => {
                assert!(proposed != chosen && !reason.is_empty(), "{fact:?}");
                overridden = Some(*chosen);
            }
            Fact::ReturnInspected {
                order,
                line,
                rma,
                item,
                lot,
                serial,
                qty,
                grade,
                answers,
                disposition,
                photos,
                because,
                location,
                ..
            } => {
                assert!(*qty > 0 && (serial.is_none() || *qty == 1), "{fact:?}");
                assert_eq!(order.is_none(), line.is_none(), "{fact:?}");
                assert!(!order.is_none() || rma.is_none(), "{fact:?}");
                assert_eq!(["V", "W", "Z"].contains(&item.as_str()), !lot.is_none(), "{fact:?}");
                assert_eq!(["S", "E", "Z"].contains(&item.as_str()), !serial.is_none(), "{fact:?}");
                assert_eq!(
                    *because,
                    {
                        decided.sort_unstable_by_key(|own| own.code());
                        decided.clone()
                    },
                    "{fact:?}"
                );
                decided.clear();
                // Goods of no order are quarantined; opened hygiene goods are never sold again.
                assert!(!order.is_none() || *disposition == Disposition::Quarantine, "{fact:?}");
                let hygiene = item.as_str() == "Y" && *grade > Grade::A;
                assert!(!hygiene || *disposition != Disposition::Restock, "{fact:?}");
                let no = |code: &str| answers.iter().any(|answer| answer.question == code && !answer.yes);
                assert!(!no("sealed") || *grade >= Grade::B, "{fact:?}");
                assert!(!(no("complete") || no("clean")) || *grade >= Grade::C, "{fact:?}");
                assert!(!no("works") || *grade == Grade::D, "{fact:?}");
                assert!(*grade == Grade::A || !photos.is_empty(), "{fact:?}");
                if let Some(chosen) = overridden.take() {
                    assert_eq!(chosen, *disposition, "{fact:?}");
                }
                let place = match location.as_str() {
                    "Q1" => Some(floorhand_domain::stock::Status::Quarantined),
                    "X1" => Some(floorhand_domain::stock::Status::Damaged),
                    "A1" | "A2" => Some(floorhand_domain::stock::Status::Available),
                    _ => None,
                };
                assert!(place.is_none_or(|status| status == disposition.status()), "{fact:?}");
                // What was sent, but for another lot or an earlier unit that a supervisor let in.
                let rows = || before.bench.shipped.iter().filter(|row| row.order == *order && row.line == *line);
                assert!(order.is_none() || rows().any(|row| row.item == *item), "{fact:?}");
                let same = |lots: bool| rows().any(|row| if lots { row.lot == *lot } else { row.serial == *serial });
                let lots = order.is_none() || because.contains(&Reason::WrongLot) || lot.is_none() || same(true);
                assert!(lots, "{fact:?}");
                assert!(order.is_none() || serial.is_none() || same(false), "{fact:?}");
            }
            Fact::PhotoTaken { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(decided.is_empty() && overridden.is_none(), "{facts:?}");
}

/// Never more than shipped, over everything that came back; facts, tally, lines and stock agree.
fn conserved(start: &Bench, others: i64, play: &Play) {
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut all = 0;
    for fact in &play.facts {
        if let Fact::ReturnInspected { order, line, qty, .. } = fact {
            *sums.entry((order.0.clone(), line.0.clone())).or_default() += qty;
            all += qty;
        }
    }
    for ((order, line), sum) in sums.iter().filter(|((order, _), _)| !order.is_empty()) {
        let rows = || start.shipped.iter().filter(|row| row.order.0 == *order && row.line.0 == *line);
        let (sent, back): (i64, i64) = (rows().map(|row| row.qty).sum(), rows().map(|row| row.returned).sum());
        assert!(*sum <= (sent - back).max(0), "{order} {line}: {sum} of {sent} - {back}");
        let now: i64 = play
            .bench
            .shipped
            .iter()
            .filter(|row| row.order.0 == *order && row.line.0 == *line)
            .map(|row| row.returned)
            .sum();
        assert_eq!(now, back + sum + if line == "L0" { others } else { 0 }, "{order} {line}");
    }
    let outside = play.bench.floor.world.stock.iter().filter(|stock| stock.location.as_str() == "CUSTOMER");
    assert_eq!(outside.map(|stock| stock.qty).sum::<i64>(), -all);
    let Some(flow) = &play.flow else { return };
    assert_eq!(flow.tally.units(), all);
    for row in flow.rows().iter().filter(|row| !row.line.is_none()) {
        let own = sums.iter().filter(|((_, line), _)| *line == row.line.0).map(|(_, sum)| *sum).sum::<i64>();
        assert_eq!(row.here, own, "{row:?}");
    }
    assert_eq!(flow.shipped, play.bench.own_rows());
}

fn run(bench: Bench, events: Vec<Do>) -> Play {
    let start = bench.clone();
    let mut play = Play::new(bench);
    let mut last = "X".to_owned();
    let mut others = 0;
    let mut asked = false;
    for event in events {
        let text = match event {
            Do::Cut => "/cut".to_owned(),
            Do::Again => last,
            Do::Right(n) => right(&play, n),
            Do::Any(n) => EVENTS[n].to_owned(),
        };
        last = text.clone();
        if text == "/other L0 2" && play.bench.shipped.iter().any(|row| row.line.as_str() == "L0") {
            others += 2;
        }
        let before = play.clone();
        let told = play.event(&text);
        let was = before.flow.as_ref().unwrap();
        let refused = play.refusals.len() > before.refusals.len();
        let new = play.facts[before.facts.len()..].to_vec();
        if text == "/cut" || (refused && !told.starts_with("LABEL_CLASH")) {
            assert_eq!(steady(play.flow.as_ref().unwrap()), steady(was), "{text}: {told}");
            assert!(new.is_empty(), "{text}: {told}");
        }
        if let Some(entry) = was.entry()
            && new.iter().any(|fact| matches!(fact, Fact::ReturnInspected { .. }))
        {
            let units = |fact: &Fact| if let Fact::ReturnInspected { qty, .. } = fact { *qty } else { 0 };
            assert_eq!(new.iter().map(units).sum::<i64>(), entry.qty, "{text}: {told}");
        }
        sound(&before, &new);
        conserved(&start, others, &play);
        if play.flow.is_none() {
            break;
        }
        // With nothing to be allowed, whoever resumes gets the same answer.
        if !asked && text != "/cut" {
            let mut resumed = before;
            resumed.cut();
            assert_eq!(resumed.event(&text), told, "{text} after a cut");
        }
        let keeps = text.starts_with("/photo") || text.starts_with("/other") || text == "/withdrawn";
        asked = refused || (asked && keeps);
    }
    play
}

fn can_come_back(bench: &Bench) -> bool {
    let flow = Play::new(bench.clone()).flow.unwrap();
    flow.rows().iter().any(|row| row.open > 0)
}

fn inspected(play: &Play) -> bool {
    play.facts.iter().any(|fact| matches!(fact, Fact::ReturnInspected { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_sequence_keeps_the_rules(bench in benches(), events in proptest::collection::vec(event(), 1..90)) {
        run(bench, events);
    }

    /// Whatever was done before, the return can be ended, and the refund only waits.
    #[test]
    fn no_sequence_gets_stuck(bench in benches(), events in proptest::collection::vec(event(), 1..60)) {
        let mut play = run(bench, events);
        if play.flow.is_some() {
            play.event("/drop");
            let matched = play.facts.iter().any(|fact| matches!(fact, Fact::ReturnInspected { order, .. } if !order.is_none()));
            let told = play.event("/done");
            let refund = if matched { Refund::Waiting } else { Refund::None };
            prop_assert!(told.contains(&format!("{refund:?}")), "{}", told);
        }
        prop_assert!(play.flow.is_none());
    }

    /// Doing what each step asks ends every return whose units can still come back.
    #[test]
    fn doing_what_is_asked_inspects_something(bench in benches().prop_filter("nothing can come back", can_come_back)) {
        let mut play = Play::new(bench);
        for n in 0..3_000usize {
            if play.flow.is_none() || inspected(&play) {
                break;
            }
            let text = right(&play, n.wrapping_mul(7) + n / 11);
            play.event(&text);
        }
        prop_assert!(inspected(&play));
    }
}
