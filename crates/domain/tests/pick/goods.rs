//! The item step: what counts, how much, out of which handling unit; and codes with two meanings.

use crate::cases;
use crate::world::{SSCC, World};
use floorhand_domain::master::{HandlingUnitKind, Settings};

fn x(qty: i64) -> World {
    World::new().line(&format!("L1 A1 X {qty}")).stock("A1 X 50").stock("A1 Y 20")
}

fn in_units(specs: &[&str]) -> World {
    specs.iter().fold(World::new().line("L1 A1 X 1"), |world, spec| world.stock(spec))
}

/// A pallet with nothing but the number on its label.
fn pallet() -> World {
    World::new().line("L1 A1 X 2").stock(&format!("A1 X 5 hu={SSCC}"))
}

/// A site that takes nothing but what was planned.
fn no_swap(settings: &mut Settings) {
    (settings.substitute_lot, settings.substitute_unit) = (false, false);
}

/// An EAN-13 that is an element string of AI 10 as well, read without an identifier.
const EAN_10: &str = "1012345678904";

cases! {
    g8_a_case_counts_what_its_row_says: x(20), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X12", "ok item X @ item L1 12"),
        ("(01)X6", "ok item X @ item L1 18"),
        ("(01)X", "ok item X @ item L1 19"),
    ];
    g12_a_bare_sscc_counts_only_where_it_is_asked_for: pallet().stock("A1 X 5"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("106141411234567897", "WRONG_KIND id=106141411234567897 needed=item scanned=handling-unit @ item L1 0"),
        ("X", "NEED_HU item=X @ item L1 0 [X]"),
        ("106141411234567897", "ok hu 106141411234567897 @ item L1 0 from=106141411234567897 [X]"),
        ("X", "ok item X @ item L1 1 from=106141411234567897"),
    ];
    g12_an_sscc_with_its_identifier_narrows: pallet(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(00)106141411234567897", "ok hu 106141411234567897 @ item L1 0 from=106141411234567897"),
        ("X", "ok item X @ item L1 1 from=106141411234567897"),
    ];
    p5_several_units_need_their_label: in_units(&["A1 X 5 hu=H1", "A1 X 5 hu=H2"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "NEED_HU item=X @ item L1 0 [X]"),
        ("/cut", "cut @ item L1 0 [X]"),
        ("H1", "ok hu H1 @ item L1 0 from=H1 [X]"),
        ("X", "step item X @ tote L1 1 from=H1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1 in H1) T1"),
    ];
    p5_the_label_may_come_first: in_units(&["A1 X 5 hu=H1", "A1 X 5 hu=H2"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H2", "ok hu H2 @ item L1 0 from=H2"),
        ("X", "step item X @ tote L1 1 from=H2"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1 in H2) T1"),
    ];
    p5_the_location_again_is_the_loose_stock: in_units(&["A1 X 5 hu=H1", "A1 X 5"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "NEED_HU item=X @ item L1 0 [X]"),
        ("A1", "ok shelf A1 @ item L1 0 from= [X]"),
        ("X", "step item X @ tote L1 1 from="),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
    ];
    p6_the_only_unit_here_is_meant: in_units(&["A1 X 5 hu=H1", "A9 X 5"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1 in H1) T1"),
    ];
    p6_the_location_again_does_not_hide_the_only_unit: in_units(&["A1 X 5 hu=H1"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("A1", "ok shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1 in H1) T1"),
    ];
    a_unit_that_is_not_here_is_refused: in_units(&["A1 X 5 hu=H1", "A9 X 5 hu=H5", "A1 Y 5 hu=H2"]).set(no_swap), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H5", "WRONG_HU scanned=H5 @ item L1 0"),
        ("H2", "WRONG_HU scanned=H2 @ item L1 0"),
    ];
    a_line_that_names_a_unit_takes_no_other:
        World::new().line("L1 A1 X 1 hu=H1").stock("A1 X 5 hu=H1").stock("A1 X 5 hu=H2").set(no_swap), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "NEED_HU item=X @ item L1 0 [X]"),
        ("H2", "WRONG_HU scanned=H2 @ item L1 0 [X]"),
        ("H1", "ok hu H1 @ item L1 0 from=H1 [X]"),
        ("X", "step item X @ tote L1 1 from=H1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1 in H1) T1"),
    ];
    the_unit_that_the_line_names_counts_though_the_book_has_another:
        World::new().line("L1 A1 X 1 hu=H1").stock("A1 X 5 hu=H2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "NEED_HU item=X @ item L1 0 [X]"),
        ("H1", "ok hu H1 @ item L1 0 from=H1 [X]"),
        ("X", "step item X @ tote L1 1 from=H1"),
    ];
    a_tote_that_holds_the_goods_narrows: in_units(&["A1 X 5 hu=T3", "A1 X 5"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "NEED_HU item=X @ item L1 0 [X]"),
        ("T3", "ok hu T3 @ item L1 0 from=T3 [X]"),
        ("X", "step item X @ tote L1 1 from=T3"),
    ];
    stock_that_may_not_be_sold_is_no_choice: in_units(&["A1 X 5 hu=H1", "A1 X 5 hu=H2 status=damaged"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("H2", "WRONG_HU scanned=H2 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1 in H1) T1"),
    ];
    what_the_book_has_run_out_of_may_still_be_taken: in_units(&[]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
    ];
    p9_below_what_was_asked_the_rest_stays_open: x(3), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 X (2) T1"),
        ("/cut", "cut @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
    ];
    p10_a_case_above_what_is_open_is_refused_whole: x(10), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X6", "ok item X @ item L1 6"),
        ("X6", "QTY_OVER open=4 @ item L1 6"),
        ("X", "ok item X @ item L1 7"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 X (7) T1"),
        ("X6", "QTY_OVER open=3 @ item L1 0"),
    ];
    p11_a_short_line_is_not_typed: x(3), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/type 3", "SCAN_EACH @ item L1 1"),
    ];
    p11_a_long_line_is_typed_after_one_scan: x(8), [
        ("/type 8", "NOT_NOW @ location L1"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("/type 8", "SCAN_EACH @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/type 0", "QTY_BAD @ item L1 1"),
        ("/type -1", "QTY_BAD @ item L1 1"),
        ("/type 9", "QTY_OVER open=8 @ item L1 1"),
        ("/type 9223372036854775807", "QTY_OVER open=8 @ item L1 1"),
        ("/type 5", "ok quantity 5 @ item L1 5"),
        ("/type 4", "ok quantity 4 @ item L1 4"),
        ("X", "ok item X @ item L1 5"),
        ("/type 8", "step quantity 8 @ tote L1 8"),
        ("/type 7", "NOT_NOW @ tote L1 8"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (8) T1 typed"),
    ];
    what_is_typed_is_all_that_is_in_the_hand:
        World::new().line("L1 A1 V 9").stock("A1 V 9 lot=L1").stock("A1 V 9 lot=L2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L1", "ok item V @ item L1 1"),
        ("(01)V(10)L1", "ok item V @ item L1 2"),
        ("(01)V(10)L2", "ok item V @ item L1 3"),
        ("/type 2", "QTY_BAD @ item L1 3"),
        ("/type 7", "ok quantity 7 @ item L1 7"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 V (2 L1, 5 L2) T1 typed"),
    ];
    a_code_of_a_location_and_an_item_is_what_the_step_asks_for: x(2).code("A1", "X"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("A1", "AMBIGUOUS item X or location A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
    ];
    a_code_of_two_items_is_ambiguous: x(2).code("SAME", "X").code("SAME", "Y"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("SAME", "AMBIGUOUS item X or item Y @ item L1 0"),
    ];
    a_code_of_an_item_and_a_tote_is_ambiguous_at_the_item: x(2).code("T1", "X"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("T1", "AMBIGUOUS item X or tote T1 @ item L1 1"),
        ("X", "step item X @ tote L1 2"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (2) T1"),
    ];
    a_code_of_this_location_and_a_tote_is_ambiguous_at_the_item: x(2).unit("A1", HandlingUnitKind::Tote), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("A1", "AMBIGUOUS location A1 or tote A1 @ item L1 0"),
    ];
    an_ean_that_could_be_a_lot_is_an_item: x(2).code("01012345678904", "X"), [
        ("A1", "step shelf A1 @ item L1 0"),
        (EAN_10, "ok item X @ item L1 1"),
        ("]E01012345678904", "step item X @ tote L1 2"),
    ];
    labels_of_the_house_that_could_be_elements_are_what_they_are:
        x(2).place("10-04", "10-04").unit("21-0007", HandlingUnitKind::Tote).with(|world| {
            world.lines[0].location = "10-04".into();
            world.stock[0].location = "10-04".into();
            world.task.slots[0].tote = "21-0007".into();
        }), [
        ("10-05", "UNKNOWN_CODE @ location L1"),
        ("10-04", "step shelf 10-04 @ item L1 0"),
        ("10-04", "ok shelf 10-04 @ item L1 0 from="),
        ("X", "ok item X @ item L1 1 from="),
        ("21-0007", "step tote 21-0007 @ item L1 0 + Picked L1 X (1) 21-0007"),
    ];
}
