//! Receive (workflows.md section 5) and what of section 0 it shows, as tables: an event, and the answer,
//! step and facts that must follow. Test names begin with the number of their case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/world.rs"]
mod world;

#[path = "receive/dock.rs"]
mod dock;
#[path = "receive/ends.rs"]
mod ends;
#[path = "receive/fields.rs"]
mod fields;
#[path = "receive/limits.rs"]
mod limits;
#[path = "receive/random.rs"]
mod random;
#[path = "receive/stored.rs"]
mod stored;
#[path = "receive/units.rs"]
mod units;

use floorhand_domain::reason::Reason;
use std::collections::BTreeSet;

/// A table: its dock, its rows.
type Case = (fn() -> dock::Dock, &'static [(&'static str, &'static str)]);

/// Makes a test of every table, and a list of all of them for the test of what they cover.
macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident: $dock:expr, [$($row:expr),+ $(,)?];)+) => {
        $($(#[$doc])* #[test] fn $name() { $crate::dock::check(&$dock, &[$($row),+]); })+
        pub const ALL: &[$crate::Case] = &[$((|| $dock, &[$($row),+])),+];
    };
}
pub(crate) use cases;

/// Every way in which a receipt can refuse occurs in a table.
#[test]
fn every_refusal_occurs() {
    let mut seen = BTreeSet::new();
    for (dock, rows) in [ends::ALL, fields::ALL, limits::ALL, units::ALL].concat() {
        seen.extend(dock::reasons(&dock(), rows));
    }
    let all = [
        Reason::WrongItem,
        Reason::WrongLot,
        Reason::SerialSeen,
        Reason::NeedLot,
        Reason::MissingData,
        Reason::LabelClash,
        Reason::Expired,
        Reason::ShelfLife,
        Reason::QtyOver,
        Reason::QtyBad,
        Reason::ScanEach,
        Reason::ReceiptOver,
        Reason::PhotoNeeded,
        Reason::NewHu,
        Reason::HuRule,
        Reason::Partial,
        Reason::UnknownCode,
        Reason::WrongKind,
        Reason::Ambiguous,
        Reason::Checksum,
        Reason::BadRead,
        Reason::NotNow,
    ];
    assert_eq!(seen, BTreeSet::from(all));
}
