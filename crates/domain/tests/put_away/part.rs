//! A part of the stock of a location, without a plan.

use crate::cases;
use crate::floor::Floor;

pub fn from_one_unit_to_another() -> Floor {
    Floor::new().stock("A1 X 10 hu=H1").stock("A2 X 3 hu=H2")
}

pub const M06: &[(&str, &str)] = &[
    ("A1", "step shelf A1 @ source A1"),
    ("X", "ok item X @ source A1 1 X"),
    ("X", "ok item X @ source A1 2 X"),
    ("X", "ok item X @ source A1 3 X"),
    ("X", "ok item X @ source A1 4 X"),
    ("H2", "task moved H2 @ Done + Moved X (4 in H1) A1 > A2 into H2"),
];

fn x(qty: i64) -> Floor {
    Floor::new().stock(&format!("A1 X {qty}"))
}

cases! {
    m06_units_go_from_one_handling_unit_into_another: from_one_unit_to_another(), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "ok item X @ source A1 1 X"),
        ("/cut", "cut @ source A1 1 X"),
        ("H1", "ok hu H1 @ source A1 1 X from=H1"),
        ("X", "ok item X @ source A1 2 X from=H1"),
        ("T9", "HU_RULE scanned=T9 @ source A1 2 X from=H1"),
        ("H2", "task moved H2 @ Done + Moved X (2 in H1) A1 > A2 into H2"),
    ];
    m06_a_unit_that_was_brought_along_stands_here: x(10), [
        ("A1", "step shelf A1 @ source A1"),
        ("X6", "ok item X @ source A1 6 X"),
        ("H5", "task moved H5 @ Done + Moved X (6) A1 > A1 into H5"),
    ];
    m06_goods_of_another_status_are_barred: x(10).stock("A2 X 3 hu=H2 status=damaged").stock("A2 X 3 hu=H1")
        .unit("H1", |unit| unit.sealed = true), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "ok item X @ source A1 1 X"),
        ("H2", "HU_RULE scanned=H2 @ source A1 1 X"),
        ("H1", "HU_RULE scanned=H1 @ source A1 1 X"),
    ];
    m08_above_the_book_the_item_again_confirms: x(3), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "ok item X @ source A1 1 X"),
        ("X", "ok item X @ source A1 2 X"),
        ("X", "ok item X @ source A1 3 X"),
        ("X", "BOOK_SHORT? book=3 @ source A1 3 X"),
        ("X", "ok item X @ source A1 4 X"),
        ("X", "ok item X @ source A1 5 X"),
        ("A2", "PLACE? scanned=A2 @ source A1 5 X"),
        ("A2", "step moved A2 @ empty A1 X + Moved X (5) A1 > A2 PLACE? BOOK_SHORT?"),
        ("X", "NOT_NOW @ empty A1 X"),
        ("/cut", "cut @ empty A1 X"),
        ("/empty yes", "task checked A1 @ Done + ZeroChecked A1 X true"),
    ];
    m08_a_typed_number_above_the_book_asks_for_the_item: x(3), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "ok item X @ source A1 1 X"),
        ("/type 5", "BOOK_SHORT? book=3 @ source A1 1 X"),
        ("Y", "WRONG_ITEM needed=X scanned=Y @ source A1 1 X"),
        ("X", "ok item X @ source A1 2 X"),
        ("/type 5", "BOOK_SHORT? book=3 @ source A1 2 X"),
        ("X", "step item X @ put 5 X from A1"),
        ("/cut", "cut @ put 5 X from A1"),
        ("X", "ok item X @ source A1 6 X"),
        ("/type 2", "step quantity 2 @ put 2 X from A1"),
        ("A2", "PLACE? scanned=A2 @ put 2 X from A1"),
        ("A2", "task moved A2 @ Done + Moved X (2) A1 > A2 PLACE? typed"),
    ];
    m08_the_same_number_again_confirms_as_well: x(3), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "ok item X @ source A1 1 X"),
        ("/type 5", "BOOK_SHORT? book=3 @ source A1 1 X"),
        ("/type 6", "BOOK_SHORT? book=3 @ source A1 1 X"),
        ("/type 6", "step quantity 6 @ put 6 X from A1"),
    ];
    m08_an_item_that_is_not_booked_at_all: Floor::new().stock("A1 Y 3"), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "BOOK_SHORT? book=0 @ source A1"),
        ("X6", "BOOK_SHORT? book=0 @ source A1"),
        ("X6", "ok item X @ source A1 6 X"),
    ];
    m09_promised_units_need_a_supervisor: x(10).promise("A1 X 8"), [
        ("A1", "step shelf A1 @ source A1"),
        ("/approve OP2", "NOT_NOW @ source A1"),
        ("X", "ok item X @ source A1 1 X"),
        ("X", "ok item X @ source A1 2 X"),
        ("X", "ALLOCATED item=X promised=8 @ source A1 2 X"),
        ("/approve OP2", "ok approved OP2 @ source A1 3 X + Approved OP2 ALLOCATED task:K1 X 3"),
        ("X", "ALLOCATED item=X promised=8 @ source A1 3 X"),
        ("/type 5", "ALLOCATED item=X promised=8 @ source A1 3 X"),
        ("/approve OP2", "ok approved OP2 @ put 5 X from A1 + Approved OP2 ALLOCATED task:K1 X 5"),
        ("A2", "PLACE? scanned=A2 @ put 5 X from A1"),
        ("A2", "task moved A2 @ Done + Moved X (5) A1 > A2 PLACE? ALLOCATED typed"),
    ];
    m09_above_the_book_and_promised: x(2).promise("A1 X 2"), [
        ("A1", "step shelf A1 @ source A1"),
        ("X6", "ALLOCATED item=X promised=2 @ source A1"),
        ("/approve OP2", "ok approved OP2 @ source A1 6 X + Approved OP2 ALLOCATED task:K1 X 6"),
        ("D1", "PLACE? scanned=D1 @ source A1 6 X"),
        ("D1", "step moved D1 @ empty A1 X + Moved X (6) A1 > D1 PLACE? ALLOCATED BOOK_SHORT?"),
        ("/empty no", "task checked A1 @ Done + ZeroChecked A1 X false"),
    ];
    m09_what_may_not_be_sold_is_not_promised: Floor::new().stock("A1 X 5 status=damaged").promise("A1 X 5")
        .place("A2", |p| p.status = floorhand_domain::stock::Status::Damaged), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "ok item X @ source A1 1 X"),
        ("A2", "PLACE? scanned=A2 @ source A1 1 X"),
        ("A2", "task moved A2 @ Done + Moved X (1) A1 > A2 damaged PLACE?"),
    ];
    any_number_may_be_typed_without_a_plan: x(3), [
        ("/type 2", "SCAN_EACH @ source"),
        ("A1", "step shelf A1 @ source A1"),
        ("/type 2", "SCAN_EACH @ source A1"),
        ("X", "ok item X @ source A1 1 X"),
        ("/type 0", "QTY_BAD @ source A1 1 X"),
        ("/type -1", "QTY_BAD @ source A1 1 X"),
        ("/type 9223372036854775807", "QTY_BAD @ source A1 1 X"),
        ("/type 2", "step quantity 2 @ put 2 X from A1"),
    ];
    a_location_never_stands_for_the_item: x(3).stock("A1 Y 3").stock("A2 X 3"), [
        ("X", "NEED_LOCATION @ source"),
        ("A1", "step shelf A1 @ source A1"),
        ("A1", "NEED_ITEM location=A1 @ source A1"),
        ("A2", "step shelf A2 @ source A2"),
        ("A2", "ok shelf A2 @ source A2"),
        ("X", "ok item X @ source A2 1 X"),
        ("A2", "WRONG_LOCATION scanned=A2 @ source A2 1 X"),
        ("Y", "WRONG_ITEM needed=X scanned=Y @ source A2 1 X"),
        ("/release", "NOT_NOW @ source A2 1 X"),
        ("/back", "ok page @ source"),
        ("/back", "NOT_NOW @ source"),
        ("/empty yes", "NOT_NOW @ source"),
        ("/release", "step released K1 @ Released + TaskReleased K1"),
    ];
    no_zero_check_where_the_site_wants_none: x(1).set(|s| s.zero_check = false), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "ok item X @ source A1 1 X"),
        ("A2", "PLACE? scanned=A2 @ source A1 1 X"),
        ("A2", "task moved A2 @ Done + Moved X (1) A1 > A2 PLACE?"),
    ];
    a_code_of_an_item_and_a_location_is_ambiguous: x(3).with(|world| *world = world.clone().code("A2", "X")), [
        ("A1", "step shelf A1 @ source A1"),
        ("A2", "AMBIGUOUS item X or location A2 @ source A1"),
    ];
}
