//! Pick (workflows.md section 3) and what of section 0 a pick shows, as tables: an event, and the
//! answer, step and facts that must follow. Test names begin with the number of their case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/world.rs"]
mod world;

#[path = "pick/batch.rs"]
mod batch;
#[path = "pick/changes.rs"]
mod changes;
#[path = "pick/destinations.rs"]
mod destinations;
#[path = "pick/goods.rs"]
mod goods;
#[path = "pick/labels.rs"]
mod labels;
#[path = "pick/last.rs"]
mod last;
#[path = "pick/path.rs"]
mod path;
#[path = "pick/play.rs"]
mod play;
#[path = "pick/short.rs"]
mod short;
#[path = "pick/swap.rs"]
mod swap;
#[path = "pick/tote.rs"]
mod tote;
#[path = "pick/weight.rs"]
mod weight;

use floorhand_domain::reason::Reason;
use std::collections::BTreeSet;

/// A table: its name, its world, its rows.
type Case = (&'static str, fn() -> world::World, &'static [(&'static str, &'static str)]);

/// Makes a test of every table, and a list of all of them for the test of what they cover.
macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident: $world:expr, [$($row:expr),+ $(,)?];)+) => {
        $($(#[$doc])* #[test] fn $name() { $crate::play::check(&$world, &[$($row),+]); })+
        pub const ALL: &[$crate::Case] = &[$((stringify!($name), || $world, &[$($row),+])),+];
    };
}
pub(crate) use cases;

/// Every way in which a pick can refuse occurs in a table.
#[test]
fn every_refusal_occurs() {
    let mut seen = BTreeSet::new();
    let first = [path::ALL, goods::ALL, labels::ALL, tote::ALL, short::ALL, changes::ALL];
    let more = [swap::ALL, weight::ALL, last::ALL, batch::ALL, destinations::ALL];
    for (_, world, rows) in [first.concat(), more.concat()].concat() {
        seen.extend(play::reasons(&world(), rows));
    }
    let all = [
        Reason::NeedLocation,
        Reason::WrongLocation,
        Reason::WrongItem,
        Reason::WrongLot,
        Reason::WrongSerial,
        Reason::SerialSeen,
        Reason::WrongHu,
        Reason::NeedLot,
        Reason::NeedHu,
        Reason::MissingData,
        Reason::LabelClash,
        Reason::Expired,
        Reason::QtyOver,
        Reason::QtyBad,
        Reason::ScanEach,
        Reason::ToteOther,
        Reason::ToteNotEmpty,
        Reason::Place,
        Reason::PlaceForbidden,
        Reason::UnknownCode,
        Reason::WrongKind,
        Reason::Ambiguous,
        Reason::Checksum,
        Reason::BadRead,
        Reason::NotNow,
        Reason::Swap,
        Reason::SwapPicked,
        Reason::Fefo,
        Reason::WeightOut,
        Reason::OrderCancelled,
    ];
    assert_eq!(seen, BTreeSet::from(all));
}
