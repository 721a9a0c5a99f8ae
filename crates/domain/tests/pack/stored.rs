//! What packing stores, as it is written: a changed snapshot is a changed format.

use crate::bench::Bench;
use crate::play::Play;
use crate::verify::open;
use floorhand_domain::scan;
use floorhand_domain::workflow::load::Load;
use floorhand_domain::workflow::pack::Saved;
use floorhand_domain::workflow::refusal::Refusal;

fn saved(bench: Bench, events: &[&str]) -> Saved {
    let mut play = Play::new(bench);
    for event in events {
        play.event(event);
    }
    let saved = play.pack.unwrap().saved();
    let json = serde_json::to_string(&saved).unwrap();
    assert_eq!(saved, serde_json::from_str::<Saved>(&json).unwrap(), "{json}");
    saved
}

#[test]
fn saved_packs() {
    let bench = || Bench::new().line("P1 V 1 lot=L1").line("P1 V 1 lot=L2").line("P2 Y 0 ordered=1");
    let valued = || open(bench()).but(|order| order.value_minor = 10_000);
    let closed = ["(01)V(10)L1", "(01)V(10)L2", "/close", "/weigh 180"];
    insta::assert_json_snapshot!(
        "saved_packs",
        [
            saved(bench(), &[]),
            saved(open(bench()), &["T1", "V"]),
            saved(open(bench()), &["(01)V(10)L1", "/out"]),
            saved(valued(), &["(01)V(10)L1", "/close"]),
            saved(valued(), &["(01)V(10)L1", "/finish", "/photo F1", "/finish", "/finish"]),
            saved(open(bench()), &closed),
            saved(open(bench()), &[&closed[..], &["/printed"]].concat()),
            saved(open(bench()), &[&closed[..], &["/printed", "/print torn"]].concat()),
            saved(open(bench()), &[&closed[..], &["C1"]].concat()),
        ]
    );
    insta::assert_json_snapshot!("saved_loads", [Load::start("".into()), Load { dock: "D1".into(), loaded: 3 }]);
}

#[test]
fn refusals() {
    let rows = [
        Refusal::NotInOrder { scanned: "X".into() },
        Refusal::CartonBad { scanned: "BOX-P".into(), needed: "BOX-M".into() },
        Refusal::CartonWeight { expected: 1_000, measured: 1_031, item: "X".into(), grams: 30 },
        Refusal::PrintFailed { label: "C1".into() },
        Refusal::LabelOld { label: "C1".into() },
        Refusal::OrderHeld { order: "O1".into() },
        Refusal::OrderCancelled { order: "O1".into() },
        Refusal::OrderGone { order: "O1".into() },
        Refusal::Scan(scan::Refusal::NotNow),
    ];
    for row in &rows {
        let json = serde_json::to_string(row).unwrap();
        assert_eq!(*row, serde_json::from_str::<Refusal>(&json).unwrap(), "{json}");
    }
    insta::assert_json_snapshot!("pack_refusals", rows);
    let approved: Vec<_> = rows.iter().filter(|row| row.can_be_approved()).map(Refusal::reason).collect();
    assert_eq!(approved, [floorhand_domain::reason::Reason::WeightDiff]);
}

/// An order of 2,000 lines answers as one of a few does, and its saved row stays small.
#[test]
fn an_order_of_2000_lines_behaves_the_same() {
    let of = |lines: usize| {
        let mut bench = Bench::new().line("P0 X 7");
        for n in 1..lines {
            bench = bench.line(&format!("P{n} {} 6", ["Y", "V"][n % 2]));
        }
        Play::new(open(bench))
    };
    let (mut small, mut large) = (of(3), of(2_000));
    for event in ["X6", "X6", "nonsense", "/cut", "X", "/out", "X", "/close", "/weigh 700"] {
        let answer = |told: String| told.split(" @ ").next().unwrap().to_owned();
        assert_eq!(answer(small.event(event)), answer(large.event(event)), "{event}");
        assert!(serde_json::to_string(&large.pack.as_ref().unwrap().saved()).unwrap().len() < 1_000);
    }
}
