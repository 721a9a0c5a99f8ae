//! Pack and load (workflows.md section 4) and what of section 0 they show, as tables: an event, and the answer, step
//! and facts that must follow. Test names begin with the number of their case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/world.rs"]
mod world;

#[path = "pack/bench.rs"]
mod bench;
#[path = "pack/close.rs"]
mod close;
#[path = "pack/ends.rs"]
mod ends;
#[path = "pack/labels.rs"]
mod labels;
#[path = "pack/load.rs"]
mod load;
#[path = "pack/open.rs"]
mod open;
#[path = "pack/play.rs"]
mod play;
#[path = "pack/shown.rs"]
mod shown;
#[path = "pack/stored.rs"]
mod stored;
#[path = "pack/take_out.rs"]
mod take_out;
#[path = "pack/verify.rs"]
mod verify;

use floorhand_domain::reason::Reason;
use std::collections::BTreeSet;

/// A table: its bench, its rows.
type Case = (fn() -> bench::Bench, &'static [(&'static str, &'static str)]);

/// Makes a test of every table, and a list of all of them for the test of what they cover.
macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident: $bench:expr, [$($row:expr),+ $(,)?];)+) => {
        $($(#[$doc])* #[test] fn $name() { $crate::play::check(&$bench, &[$($row),+]); })+
        pub const ALL: &[$crate::Case] = &[$((|| $bench, &[$($row),+])),+];
    };
}
pub(crate) use cases;

/// Every way in which packing can refuse occurs in a table.
#[test]
fn every_refusal_occurs() {
    let mut seen = BTreeSet::new();
    for (bench, rows) in [close::ALL, ends::ALL, labels::ALL, open::ALL, take_out::ALL, verify::ALL].concat() {
        seen.extend(play::reasons(&bench(), rows));
    }
    let all = [
        Reason::UnknownCode,
        Reason::WrongKind,
        Reason::Ambiguous,
        Reason::NotNow,
        Reason::LabelClash,
        Reason::MissingData,
        Reason::NotInOrder,
        Reason::QtyOver,
        Reason::QtyBad,
        Reason::ScanEach,
        Reason::NeedLot,
        Reason::WrongLot,
        Reason::WrongSerial,
        Reason::SerialSeen,
        Reason::WrongHu,
        Reason::CartonBad,
        Reason::PhotoNeeded,
        Reason::WeightDiff,
        Reason::PrintFailed,
        Reason::LabelOld,
        Reason::OrderHeld,
        Reason::OrderCancelled,
        Reason::Partial,
        Reason::NotComplete,
    ];
    assert_eq!(seen, BTreeSet::from(all));
}
