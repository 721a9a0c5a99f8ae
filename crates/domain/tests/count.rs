//! Cycle count (workflows.md section 7) as tables: an event, and the answer, step and facts that must
//! follow; and the judgement of a variance. Test names begin with the number of their case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/floor.rs"]
mod floor;
#[path = "common/world.rs"]
mod world;

#[path = "count/contents.rs"]
mod contents;
#[path = "count/judged.rs"]
mod judged;
#[path = "count/path.rs"]
mod path;
#[path = "count/play.rs"]
mod play;

use floor::Floor;
use floorhand_domain::fact::Fact;
use floorhand_domain::master::{RecountBy, Settings};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{Known, Label};
use floorhand_domain::task::{Line, Plan, TaskKind};
use floorhand_domain::workflow::count::{Count, Event, Key, Last, Refusal, Saved, Sheet, Stage, totals_of};
use std::collections::BTreeSet;

/// A table: its name, its warehouse, its rows.
type Case = (&'static str, fn() -> Floor, &'static [(&'static str, &'static str)]);

/// Makes a test of every table, and a list of all of them for the test of what they cover.
macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident: $floor:expr, [$($row:expr),+ $(,)?];)+) => {
        $($(#[$doc])* #[test] fn $name() { $crate::play::check(&$floor, &[$($row),+]); })+
        pub const ALL: &[$crate::Case] = &[$((stringify!($name), || $floor, &[$($row),+])),+];
    };
}
pub(crate) use cases;

/// Every way in which a count can refuse occurs in a table.
#[test]
fn every_refusal_occurs() {
    let mut seen = BTreeSet::new();
    for (_, floor, rows) in [contents::ALL, path::ALL].concat() {
        let mut play = play::Play::new(floor());
        for (event, _) in rows {
            play.event(event);
        }
        seen.extend(play.refusals);
    }
    let all = [
        Reason::NeedLocation,
        Reason::NeedLot,
        Reason::NeedHu,
        Reason::WrongLocation,
        Reason::WrongItem,
        Reason::WrongLot,
        Reason::WrongHu,
        Reason::SerialSeen,
        Reason::MissingData,
        Reason::LabelClash,
        Reason::QtyBad,
        Reason::ScanEach,
        Reason::Partial,
        Reason::PlaceForbidden,
        Reason::Unexpected,
        Reason::CountSame,
        Reason::UnknownCode,
        Reason::WrongKind,
        Reason::Ambiguous,
        Reason::NotNow,
    ];
    assert_eq!(seen, BTreeSet::from(all));
}

/// C1: no booked quantity is in the machine, in what it stores, in what it answers or records.
#[test]
fn c01_nothing_of_a_count_carries_a_booked_quantity() {
    const BOOKED: [&str; 3] = ["73911", "86420", "95173"];
    let floor = Floor::new()
        .line("L1 A1 - 0")
        .stock("A1 X 73911")
        .stock("A1 V 86420 lot=L1")
        .stock("A1 Y 95173 hu=H1")
        .stock("A1 Y 95173 hu=H2");
    let mut play = play::Play::new(floor);
    let events = [
        "A1", "X", "X6", "/type 9", "Y", "H1", "Y", "A1", "V", "(10)L1", "Z", "W", "(10)L2", "(10)L2", "A1", "/undo",
        "/nothing", "A1", "/cut", "A1", "A1",
    ];
    for event in events {
        let told = play.event(event);
        let state = play.flow.as_ref().map(|flow| format!("{flow:?} {:?}", flow.saved())).unwrap_or_default();
        let seen = format!("{told} {state} {:?}", play.facts);
        assert!(BOOKED.iter().all(|booked| !seen.contains(booked)), "{event}: {seen}");
    }
    assert!(play.flow.is_none());
}

#[test]
fn c05_who_may_count_again() {
    let check = |round, before: &str, by, expected: Result<(), Reason>| {
        let plan = Plan { round, counted_by: before.into(), ..Plan::default() };
        let line = Line { plan, ..Line::default() };
        let settings = Settings { recount_by: by, ..Settings::default() };
        let got = Count::may_start(&line, &"OP1".into(), &settings).map_err(|refusal| refusal.reason());
        assert_eq!(got, expected, "{round} {before} {by:?}");
    };
    for by in [RecountBy::Other, RecountBy::Same, RecountBy::Any] {
        check(0, "", by, Ok(()));
        check(0, "OP1", by, Ok(()));
        check(1, "", by, Ok(()));
    }
    check(1, "OP1", RecountBy::Other, Err(Reason::CountSame));
    check(1, "OP2", RecountBy::Other, Ok(()));
    check(1, "OP1", RecountBy::Same, Ok(()));
    check(2, "OP2", RecountBy::Same, Err(Reason::NotAllowed));
    check(1, "OP1", RecountBy::Any, Ok(()));
    check(1, "OP2", RecountBy::Any, Ok(()));
}

#[test]
fn counting_without_a_plan_opens_a_task() {
    let (flow, opened) = Count::ad_hoc("K9".into(), "A1".into(), "OP1".into(), &Settings::default());
    assert_eq!(opened, Fact::TaskOpened { task: "K9".into(), kind: TaskKind::Count, location: "A1".into() });
    assert_eq!((flow.location().as_str(), flow.step_name(), flow.spot()), ("A1", "count.location", None));
}

/// C11: the fact of another count, or of anything else, is not undone here.
#[test]
fn c11_only_what_this_count_has_is_undone() {
    let mut play = play::Play::new(Floor::new().line("L1 A1 - 0").stock("A1 X 2"));
    for event in ["A1", "X"] {
        play.event(event);
    }
    let mut other = play.facts.last().unwrap().clone();
    if let Fact::Counted { count, .. } = &mut other {
        *count = "C9".into();
    }
    for fact in [other, Fact::TaskReleased { task: "K1".into() }] {
        let told = play.step(Event::Undo { epoch: 1, seq: 1, fact }, &Known::default());
        assert_eq!(told, "NOT_NOW @ contents L1 A1 1");
    }
}

/// What the page of a recount shows of the count before: the operator's own number, from own facts.
#[test]
fn totals_are_those_of_one_count() {
    let play = play::check(
        &Floor::new().line("L1 A1 - 0").line("L2 A2 - 0").stock("A1 X 2"),
        &[
            ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
            ("X", "ok item X @ contents L1 A1 1 + Counted X 1"),
            ("/type 23", "ok quantity 23 @ contents L1 A1 23 + Counted X 22 typed"),
            ("A1", "step count A1 @ location L2 A2 + CountSubmitted C1"),
            ("A2", "step shelf A2 @ contents L2 A2 0 + CountStarted C2 L2 A2"),
            ("X", "UNEXPECTED? item=X @ contents L2 A2 0"),
            ("X", "ok item X @ contents L2 A2 1 + Counted X 1 unexpected"),
        ],
    );
    let of = |id: &str| totals_of(&id.into(), &play.facts).into_values().collect::<Vec<_>>();
    assert_eq!((of("C1"), of("C2"), of("C3")), (vec![23], vec![1], vec![]));
    let flow = play.flow.unwrap();
    assert_eq!((flow.total_of(&"X".into()), flow.total_of(&"Y".into()), flow.counts()), (1, 0, (1, 2)));
}

#[test]
fn saved_counts() {
    let key = Key { item: "V".into(), lot: "L1".into(), serial: "".into(), handling_unit: "H1".into() };
    let sheet = Sheet {
        label: Label { item: Some("V".into()), qty: 1, ..Label::default() },
        from: Some("H1".into()),
        last: Some(Box::new(Last { key, given: 12, unexpected: true })),
    };
    let saved = |ad_hoc, stage| Saved { task: "K1".into(), ad_hoc, stage };
    let contents = |sheet| Stage::Contents { line: "L1".into(), count: "C1".into(), location: "A1".into(), sheet };
    let rows = vec![
        saved(false, Stage::Location { line: "L1".into(), needed: "A1".into() }),
        saved(true, Stage::Location { line: "".into(), needed: "".into() }),
        saved(false, contents(Sheet::default())),
        saved(false, contents(sheet)),
        saved(false, Stage::Nothing { line: "L1".into(), count: "C1".into(), location: "A1".into() }),
    ];
    for row in &rows {
        assert_eq!(*row, serde_json::from_str::<Saved>(&serde_json::to_string(row).unwrap()).unwrap());
    }
    insta::assert_json_snapshot!(rows);
}

#[test]
fn refusals_of_counting() {
    let rows = vec![
        Refusal::Unexpected { item: "X".into() },
        Refusal::Partial { open: 2 },
        Refusal::CountSame,
        Refusal::NotAllowed,
        Refusal::SerialSeen { serial: "N1".into() },
        Refusal::QtyBad,
    ];
    insta::assert_json_snapshot!(rows);
}
