//! What labels add up to, and what they do not: lots, cases, element strings, numbers that are typed.

use super::{CREAM, SHIRT, opened, picking, site};
use crate::kit::Floor;
use floorhand::view::{Key, Tap};
use floorhand_domain::fact::{Fact, Units};

const GS: char = '\u{1d}';

/// The units of the only `Picked`.
fn picked(floor: &Floor) -> Vec<Units> {
    let facts = floor.facts().into_iter();
    let mut units = facts.filter_map(|fact| match fact {
        Fact::Picked { units, .. } => Some(units),
        _ => None,
    });
    let found = units.next().expect("a Picked");
    assert!(units.next().is_none(), "one Picked");
    found
}

#[test]
fn g06_a_lot_of_several_items_means_nothing_before_the_item_is_known() {
    let (_folder, floor) = picking("CREAM", "A-02", 1);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.refused("L-BOTH", "AMBIGUOUS");
    let shown = floor.view().refusal.unwrap();
    assert_eq!(shown.reason, "AMBIGUOUS");
    // With the item known it is that item's lot.
    floor.refused(CREAM, "NEED_LOT");
    floor.accepted("L-BOTH");
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.tote", 1));
    floor.accepted(&floor.best());
    assert_eq!(picked(&floor), [Units { lot: "L-BOTH".into(), qty: 1, ..Units::default() }]);
    floor.stop();
}

#[test]
fn g08_a_case_is_what_its_barcode_says() {
    let (_folder, floor) = picking("SHIRT", "A-01", 24);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.accepted("29521234543217");
    assert_eq!(floor.in_hand(), 12);
    floor.accepted(SHIRT);
    assert_eq!(floor.in_hand(), 13);
    // As an element string too; past the line it is refused whole.
    floor.refused("]C10129521234543217", "QTY_OVER");
    assert_eq!(floor.in_hand(), 13);
    floor.stop();
}

#[test]
fn g09_labels_of_one_unit_add_up_in_either_order() {
    let item = format!("]C101{CREAM}");
    let lot = format!("]C110L-NEW{GS}17280131");
    for (first, reason, second) in [(&item, "NEED_LOT", &lot), (&lot, "MISSING_DATA", &item)] {
        let (_folder, floor) = picking("CREAM", "A-02", 1);
        floor.sign_in();
        floor.go("PT-1", "pick.item");
        // An equal repeat is harmless.
        floor.refused(first, reason);
        floor.refused(first, reason);
        floor.accepted(second);
        assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.tote", 1));
        floor.accepted(&floor.best());
        assert_eq!(picked(&floor), [Units { lot: "L-NEW".into(), qty: 1, ..Units::default() }]);
        floor.stop();
    }
}

#[test]
fn g10_labels_that_disagree_clear_the_unit() {
    let (_folder, floor) = picking("CREAM", "A-02", 2);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.refused("]C110L-NEW", "MISSING_DATA");
    floor.refused("]C110L-OLD", "LABEL_CLASH");
    // Neither lot is left: the item alone is not enough.
    floor.refused(CREAM, "NEED_LOT");
    assert_eq!(floor.in_hand(), 0);
    floor.accepted("]C110L-OLD");
    assert_eq!(floor.in_hand(), 1);
    floor.stop();
}

#[test]
fn g11_a_lot_that_swallowed_its_expiry_is_never_split() {
    let (_folder, floor) = picking("CREAM", "A-02", 2);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    // The separator behind the lot was lost on the way.
    floor.refused(&format!("]C101{CREAM}10L-NEW17280131"), "WRONG_LOT");
    let row = floor.log().pop().unwrap();
    assert!(row.decision.contains("L-NEW17280131"), "{}", row.decision);
    assert_eq!(floor.in_hand(), 0);
    // Nothing of it stays for the next label.
    floor.refused(CREAM, "NEED_LOT");
    assert!(!floor.kinds().contains(&"Picked"));
    floor.stop();
}

#[test]
fn g12_a_bare_sscc_counts_only_where_a_handling_unit_is_asked_for() {
    let (_folder, floor) = picking("CABLE", "A-04", 3);
    floor.sign_in();
    floor.go("PT-1", "pick.item");
    floor.refused("006141411234567890", "WRONG_KIND");
    // In two cartons here: now a handling unit is asked for.
    floor.refused("04012345678901", "NEED_HU");
    floor.accepted("006141411234567890");
    floor.accepted("04012345678901");
    assert!(floor.in_hand() >= 1);
    floor.stop();
}

#[test]
fn g13_kilograms_are_typed_and_grams_are_stored() {
    let (_folder, floor) = opened(site());
    floor.sign_in_as("OP-ALL", "4444");
    floor.choose("count-here");
    floor.accepted("A-05");
    floor.accepted("FLOUR-1");
    let counted = |floor: &Floor| -> i64 {
        let facts = floor.facts().into_iter();
        facts.filter_map(|fact| if let Fact::Counted { qty, .. } = fact { Some(qty) } else { None }).sum()
    };
    assert_eq!(counted(&floor), 1);
    floor.tap(Tap::Keypad);
    for typed in ["0.7505", "0", "-1", "0.000"] {
        floor.keys(typed);
        floor.key(Key::Enter);
        assert_eq!((floor.refusal().as_str(), counted(&floor)), ("QTY_BAD", 1), "{typed:?}");
        // It stays, to be mended.
        for _ in typed.chars() {
            floor.key(Key::Backspace);
        }
    }
    floor.keys("0.75");
    floor.key(Key::Enter);
    assert_eq!((floor.refusal().as_str(), counted(&floor)), ("", 750));
    floor.stop();
}
