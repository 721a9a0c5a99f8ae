//! Returns inspection (workflows.md section 8), as tables: an event, and the answer, step and facts that must
//! follow. Test names begin with the number of their case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/floor.rs"]
mod floor;
#[path = "common/world.rs"]
mod world;

#[path = "returns/bench.rs"]
mod bench;
#[path = "returns/identity.rs"]
mod identity;
#[path = "returns/inspect.rs"]
mod inspect;
#[path = "returns/policy.rs"]
mod policy;
#[path = "returns/put.rs"]
mod put;
#[path = "returns/stored.rs"]
mod stored;

use floorhand_domain::reason::Reason;
use std::collections::BTreeSet;

/// A table: its bench, its rows.
type Case = (fn() -> bench::Bench, &'static [(&'static str, &'static str)]);

/// Makes a test of every table, and a list of all of them for the test of what they cover.
macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident: $bench:expr, [$($row:expr),+ $(,)?];)+) => {
        $($(#[$doc])* #[test] fn $name() { $crate::bench::check(&$bench, &[$($row),+]); })+
        pub const ALL: &[$crate::Case] = &[$((|| $bench, &[$($row),+])),+];
    };
}
pub(crate) use cases;

/// Every way in which a return can refuse occurs in a table.
#[test]
fn every_refusal_occurs() {
    let mut seen = BTreeSet::new();
    for (bench, rows) in [identity::ALL, inspect::ALL, put::ALL].concat() {
        seen.extend(bench::reasons(&bench(), rows));
    }
    seen.extend(put::place_reasons());
    let all = [
        Reason::RetNotShipped,
        Reason::RetOver,
        Reason::WrongItem,
        Reason::WrongLot,
        Reason::WrongSerial,
        Reason::SerialSeen,
        Reason::MissingData,
        Reason::LabelClash,
        Reason::QtyBad,
        Reason::ScanEach,
        Reason::WeightDiff,
        Reason::PhotoNeeded,
        Reason::NotAllowed,
        Reason::PlaceForbidden,
        Reason::PlaceFull,
        Reason::PlaceMix,
        Reason::HuRule,
        Reason::UnknownCode,
        Reason::WrongKind,
        Reason::Ambiguous,
        Reason::Checksum,
        Reason::NotNow,
    ];
    assert_eq!(seen, BTreeSet::from(all));
}
