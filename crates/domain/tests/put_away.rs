//! Put away and move (workflows.md section 6) as tables: an event, and the answer, step and facts that
//! must follow. Test names begin with the number of their case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/floor.rs"]
mod floor;
#[path = "common/world.rs"]
mod world;

#[path = "put_away/labels.rs"]
mod labels;
#[path = "put_away/part.rs"]
mod part;
#[path = "put_away/plan.rs"]
mod plan;
#[path = "put_away/play.rs"]
mod play;
#[path = "put_away/whole.rs"]
mod whole;

use floor::Floor;
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::master::{HandlingUnit, HandlingUnitKind};
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{Kind, Label};
use floorhand_domain::stock::Status;
use floorhand_domain::task::TaskKind;
use floorhand_domain::workflow::put_away::{Hand, Load, PutAway, Refusal, Saved, Stage};
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

/// Every way in which a put-away can refuse occurs in a table.
#[test]
fn every_refusal_occurs() {
    let mut seen = BTreeSet::new();
    for (_, floor, rows) in [whole::ALL, part::ALL, labels::ALL, plan::ALL].concat() {
        let mut play = play::Play::new(floor());
        for (event, _) in rows {
            play.event(event);
        }
        seen.extend(play.refusals);
    }
    let all = [
        Reason::NeedLocation,
        Reason::NeedItem,
        Reason::NeedLot,
        Reason::NeedHu,
        Reason::WrongLocation,
        Reason::WrongItem,
        Reason::WrongLot,
        Reason::WrongSerial,
        Reason::WrongHu,
        Reason::SerialSeen,
        Reason::MissingData,
        Reason::LabelClash,
        Reason::QtyOver,
        Reason::QtyBad,
        Reason::ScanEach,
        Reason::HuRule,
        Reason::Place,
        Reason::PlaceForbidden,
        Reason::PlaceFull,
        Reason::PlaceMix,
        Reason::Allocated,
        Reason::BookShort,
        Reason::UnknownCode,
        Reason::WrongKind,
        Reason::Ambiguous,
        Reason::NotNow,
    ];
    assert_eq!(seen, BTreeSet::from(all));
}

#[test]
fn moving_without_a_plan_opens_a_task() {
    let (flow, opened) = PutAway::ad_hoc("K9".into());
    assert_eq!(opened, Fact::TaskOpened { task: "K9".into(), kind: TaskKind::Move, location: "".into() });
    assert_eq!((flow.task.kind, flow.step_name()), (TaskKind::Move, "put-away.source"));
    assert_eq!(flow.counts(), (0, 0));
}

/// M6 and M7 as the book has them afterwards.
#[test]
fn what_was_moved_is_where_the_facts_say() {
    let play = play::check(&part::from_one_unit_to_another(), part::M06);
    assert_eq!((play.floor.units_at("A1", "X"), play.floor.units_at("A2", "X")), (6, 7));

    let play = play::check(&whole::carton_on_pallet(), whole::M07);
    let of = |id: &str| play.floor.world.units.iter().find(|unit| unit.id.as_str() == id).unwrap().clone();
    assert_eq!((of("H1").parent.as_str(), of("H1").location.as_str()), ("", "A2"));
    assert_eq!(of(world::SSCC).location.as_str(), "A1");
    assert_eq!((play.floor.units_at("A1", "X"), play.floor.units_at("A2", "X")), (0, 10));
}

#[test]
fn saved_put_aways() {
    let hand = Hand {
        item: "V".into(),
        status: Status::Damaged,
        units: vec![Units { lot: "L1".into(), serial: "".into(), handling_unit: "H1".into(), qty: 3, grams: 0 }],
        label: Label { item: Some("V".into()), qty: 1, ..Label::default() },
        from: Some("H1".into()),
        typed: true,
        book: 2,
        promised: 4,
        free: 1,
        because: vec![Reason::Allocated, Reason::BookShort],
    };
    let unit = HandlingUnit { id: "H1".into(), kind: HandlingUnitKind::Pallet, ..HandlingUnit::default() };
    let saved = |ad_hoc, other, stage| Saved { task: "K1".into(), ad_hoc, other, stage };
    let source = |at: &str, hand| Stage::Source { line: "L1".into(), at: at.into(), hand };
    let rows = vec![
        saved(false, 0, source("", Hand::default())),
        saved(true, 2, source("A1", hand.clone())),
        saved(false, 0, Stage::Destination { line: "L1".into(), load: Load::Part { from: "A1".into(), hand } }),
        saved(
            true,
            0,
            Stage::Destination {
                line: "".into(),
                load: Load::Whole { unit, from: "A1".into(), because: vec![Reason::Allocated] },
            },
        ),
        saved(false, 0, Stage::EmptyNow { line: "L1".into(), location: "A1".into(), item: "X".into() }),
    ];
    for row in &rows {
        assert_eq!(*row, serde_json::from_str::<Saved>(&serde_json::to_string(row).unwrap()).unwrap());
    }
    insta::assert_json_snapshot!(rows);
}

#[test]
fn refusals_of_moving() {
    let rows = vec![
        Refusal::NeedLocation { needed: "A1".into() },
        Refusal::NeedItem { location: "A1".into() },
        Refusal::NeedHu { item: "X".into() },
        Refusal::MissingData { field: Kind::Serial },
        Refusal::WrongHu { scanned: "H1".into(), needed: "H2".into() },
        Refusal::HuRule { scanned: "H1".into() },
        Refusal::Place { scanned: "A1".into(), needed: "A2".into() },
        Refusal::PlaceForbidden { scanned: "A1".into(), needed: "".into() },
        Refusal::PlaceFull { scanned: "A1".into(), free: 3 },
        Refusal::PlaceMix { scanned: "A1".into(), holds: "X".into() },
        Refusal::Allocated { item: "X".into(), promised: 5 },
        Refusal::BookShort { book: 3 },
    ];
    insta::assert_json_snapshot!(rows);
}
