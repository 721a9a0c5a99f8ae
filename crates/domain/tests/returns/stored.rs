//! What a return stores, as it is written: a changed snapshot is a changed format.

use crate::bench::{Bench, Play};
use floorhand_domain::returns::{Disposition, Grade, ReturnPolicy, ReturnReason, Rma, RmaState, ShippedLine};
use floorhand_domain::workflow::refusal::Refusal;
use floorhand_domain::workflow::returns::{Refund, Saved};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, rows: &[T]) {
    for row in rows {
        let json = serde_json::to_string(row).unwrap();
        assert_eq!(*row, serde_json::from_str::<T>(&json).unwrap(), "{json}");
    }
    insta::assert_json_snapshot!(name, rows);
}

fn bench(opens: &str) -> Bench {
    Bench::new(opens)
        .sent("L1 X 8 value=500 track=TR1 channel=shop")
        .sent("L2 E 1 serial=N1 grams=800")
        .sent("L3 V 3 lot=L1 back=1")
        .rma("R1 O1 L2:E:1:defective state=partial")
}

fn play(opens: &str, events: &[&str]) -> Play {
    let mut play = Play::new(bench(opens));
    for event in events {
        play.event(event);
    }
    play
}

fn saved(opens: &str, events: &[&str]) -> Saved {
    play(opens, events).flow.unwrap().saved()
}

#[test]
fn saved_returns() {
    check(
        "saved_returns",
        &[
            saved("R1", &[]),
            saved("", &["X"]),
            saved("O1", &["(10)L1"]),
            saved("O1", &["V", "L9", "/ok SV1"]),
            saved("O1", &["X6", "/next", "/no sealed", "/grade C", "/why other", "/photo P1"]),
            saved("R1", &["N1", "/kg 520", "/no complete"]),
            saved(
                "R1",
                &[
                    "N1",
                    "/kg 520",
                    "/no complete",
                    "/next",
                    "/yes sealed",
                    "/yes works",
                    "/photo P1",
                    "/next",
                    "/as liquidate manager old",
                ],
            ),
        ],
    );
}

#[test]
fn facts_of_returns() {
    let first = play(
        "R1",
        &[
            "N1",
            "/kg 520",
            "/ok SV1",
            "/no complete",
            "/yes sealed",
            "/yes works",
            "/photo P1",
            "/next",
            "/as liquidate manager old",
            "Q1",
        ],
    );
    let second = play("O1", &["X", "/next", "/yes sealed", "/yes complete", "/yes clean", "/why other", "/next", "H1"]);
    let third = play("", &["Y", "/next", "/yes sealed", "/yes complete", "/yes clean", "/why other", "/next", "Q1"]);
    let facts = [first.facts, second.facts, third.facts].concat();
    check("facts_of_returns", &facts);
    let moves: Vec<_> = facts.iter().map(|fact| (fact.kind(), fact.aggregate(), fact.moves())).collect();
    insta::assert_json_snapshot!("moves_of_returns", moves);
}

#[test]
fn rows_of_returns() {
    let bench = bench("R1");
    check::<ShippedLine>("shipped_lines", &bench.shipped);
    check::<Rma>("announced_returns", &bench.rmas);
    check::<ReturnPolicy>("return_policies", &[ReturnPolicy::default()]);
    check("grades", &Grade::ALL);
    check("dispositions", &Disposition::ALL);
    check("return_reasons", &ReturnReason::ALL);
    check("rma_states", &[RmaState::Open, RmaState::Partial, RmaState::Closed, RmaState::Cancelled]);
    check("refunds", &[Refund::None, Refund::Waiting]);
    for disposition in Disposition::ALL {
        assert_eq!(serde_json::to_value(disposition).unwrap(), disposition.as_str());
    }
    for reason in ReturnReason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
    }
    for grade in Grade::ALL {
        assert_eq!(serde_json::to_value(grade).unwrap(), grade.as_str());
    }
}

#[test]
fn refusals_of_returns() {
    check(
        "refusals_of_returns",
        &[
            Refusal::GoneReturn { rma: "R1".into() },
            Refusal::RetNotShipped { scanned: "X".to_owned() },
            Refusal::RetOver { open: 8 },
            Refusal::OtherLot { scanned: "L9".into(), needed: "L1".into() },
            Refusal::WeightDiff { grams: 520, expected: 800 },
            Refusal::MissingAnswer { what: "sealed".to_owned() },
            Refusal::NotAllowed,
            Refusal::PlaceForbidden { scanned: "A1".into(), needed: "".into() },
        ],
    );
}

/// An order of 2,000 lines answers as a small one does, and its saved row stays small.
#[test]
fn an_order_of_2000_lines_behaves_the_same() {
    let bench = |lines: usize| {
        let mut bench = Bench::new("O1").sent("L0 X 12");
        for n in 1..lines {
            bench = bench.sent(&format!("L{n} {} 6", ["Y", "V"][n % 2]));
        }
        Play::new(bench)
    };
    let (mut small, mut large) = (bench(1), bench(2_000));
    for event in ["X", "nonsense", "X12", "/type 13", "/next", "/cut", "/no sealed", "/photo P1", "/drop", "X12"] {
        assert_eq!(small.event(event), large.event(event), "{event}");
        let bytes = serde_json::to_string(&large.flow.as_ref().unwrap().saved()).unwrap().len();
        assert!(bytes < 800, "{bytes} bytes");
    }
}
