//! Lots, serial numbers, expiry dates, and labels that add up to a unit.

use crate::cases;
use crate::world::World;
use floorhand_domain::master::Settings;

/// V, kept by lot, with these lots at A1.
fn v(qty: i64, lots: &[&str]) -> World {
    let world = World::new().line(&format!("L1 A1 V {qty}"));
    lots.iter().fold(world, |world, lot| world.stock(&format!("A1 V 5 lot={lot} exp=2027-01-31")))
}

/// S, each with its serial: N1, N2 here, N3 elsewhere.
fn s(line: &str) -> World {
    World::new()
        .line(line)
        .stock("A1 S 1 serial=N1")
        .stock("A1 S 1 serial=N2")
        .stock("A1 S 1 serial=N4 status=quarantined")
        .stock("A2 S 1 serial=N3")
}

/// Z, by lot and serial: M1 of L1 and M2 of L2 here.
fn z() -> World {
    World::new().line("L1 A1 Z 2").stock("A1 Z 1 lot=L1 serial=M1").stock("A1 Z 1 lot=L2 serial=M2")
}

/// A site that takes nothing but what was planned.
fn no_swap(settings: &mut Settings) {
    (settings.substitute_lot, settings.substitute_unit) = (false, false);
}

cases! {
    g6_a_lot_of_two_items_is_ambiguous_until_the_item_is_known: v(3, &["L1", "L2"]).stock("A9 W 5 lot=L1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("L1", "AMBIGUOUS item V or item W @ item L1 0"),
        ("(10)L1", "AMBIGUOUS item V or item W @ item L1 0"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("L1", "ok lot L1 @ item L1 1"),
        ("L1", "ok lot L1 @ item L1 2"),
    ];
    g9_item_then_lot_is_one_unit: v(3, &["L1", "L2"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("/cut", "cut @ item L1 0 [V]"),
        ("(10)L1(17)270131", "ok lot L1 @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 V (1 L1) T1"),
    ];
    g9_lot_then_item_is_one_unit: v(3, &["L1", "L2"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(10)L1(17)270131", "MISSING_DATA field=item @ item L1 0 [L1 2027-01-31]"),
        ("(17)270131", "UNKNOWN_CODE @ item L1 0 [L1 2027-01-31]"),
        ("/cut", "cut @ item L1 0 [L1 2027-01-31]"),
        ("(10)L1(17)270131", "MISSING_DATA field=item @ item L1 0 [L1 2027-01-31]"),
        ("(01)V", "ok item V @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 V (1 L1) T1"),
    ];
    g9_both_labels_of_each_unit_count_it_once_where_one_lot_lies_alone: v(3, &["L1"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V", "ok item V @ item L1 1"),
        ("(10)L1(17)270131", "MISSING_DATA field=item @ item L1 1 [L1 2027-01-31]"),
        ("(01)V", "ok item V @ item L1 2"),
        ("(10)L1(17)270131", "MISSING_DATA field=item @ item L1 2 [L1 2027-01-31]"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 V (2 L1) T1"),
    ];
    g9_a_case_keeps_its_quantity_until_its_lot_is_read: v(12, &["L1", "L2"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V6", "NEED_LOT item=V @ item L1 0 [V]"),
        ("(10)L1", "ok lot L1 @ item L1 6"),
        ("V6", "NEED_LOT item=V @ item L1 6 [V]"),
        ("L2", "step lot L2 @ tote L1 12"),
        ("T1", "step tote T1 @ drop-off + Picked L1 V (6 L1, 6 L2) T1"),
    ];
    g10_labels_that_disagree_clear_the_unit: v(3, &["L1", "L2"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(10)L1", "MISSING_DATA field=item @ item L1 0 [L1]"),
        ("(10)L2", "LABEL_CLASH first=L1 second=L2 @ item L1 0"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("(01)V(10)L2", "ok item V @ item L1 1"),
        ("(10)L1(17)270131", "MISSING_DATA field=item @ item L1 1 [L1 2027-01-31]"),
        ("(01)V(17)280131", "LABEL_CLASH first=2027-01-31 second=2028-01-31 @ item L1 1"),
        ("(01)V(10)L1", "ok item V @ item L1 2"),
    ];
    g10_serial_numbers_that_disagree_clear_the_unit: z(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)Z(10)L1", "MISSING_DATA field=serial @ item L1 0 [Z L1]"),
        ("(10)L2(21)M2", "LABEL_CLASH first=L1 second=L2 @ item L1 0"),
        ("(01)Z(10)L1", "MISSING_DATA field=serial @ item L1 0 [Z L1]"),
        ("M1", "ok serial M1 @ item L1 1"),
        ("(01)Z(21)M2", "step item Z @ tote L1 2"),
        ("T1", "step tote T1 @ drop-off + Picked L1 Z (1 L1 #M1, 1 L2 #M2) T1"),
    ];
    g11_a_lost_separator_is_never_repaired: v(3, &["L1"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L117270131", "WRONG_LOT scanned=L117270131 @ item L1 0"),
        ("(01)V(10)L1(17)270131", "ok item V @ item L1 1"),
    ];
    p7_several_lots_here_need_one: v(3, &["L1", "L2"]), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("L9", "UNKNOWN_CODE @ item L1 0 [V]"),
        ("L2", "ok lot L2 @ item L1 1"),
        ("(01)V(10)L1(17)270131", "ok item V @ item L1 2"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 V (1 L2, 1 L1) T1"),
    ];
    p7_the_only_lot_here_is_taken: v(1, &["L1"]).stock("A1 V 5 lot=L2 status=damaged").stock("A9 V 5 lot=L3"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L2", "WRONG_LOT scanned=L2 @ item L1 0"),
        ("(01)V(10)L3", "WRONG_LOT scanned=L3 @ item L1 0 + CountAsked A1 V L3"),
        ("V", "step item V @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 V (1 L1) T1"),
    ];
    a_line_that_names_a_lot_takes_no_other:
        World::new().line("L1 A1 V 2 lot=L1").stock("A1 V 5 lot=L1").stock("A1 V 5 lot=L2").set(no_swap), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("L2", "WRONG_LOT needed=L1 scanned=L2 @ item L1 0"),
        ("L1", "ok lot L1 @ item L1 1"),
        ("(01)V(10)L2", "WRONG_LOT needed=L1 scanned=L2 @ item L1 1"),
    ];
    a_lot_that_the_line_names_may_be_taken_though_the_book_ran_out:
        World::new().line("L1 A1 V 3 lot=L1").stock("A1 V 2 lot=L1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("V", "ok item V @ item L1 1"),
        ("V", "ok item V @ item L1 2"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 V (2 L1) T1"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("(10)L1", "step lot L1 @ tote L1 1"),
    ];
    another_lot_lying_alone_is_not_taken_for_the_one_named:
        World::new().line("L1 A1 V 2 lot=L1").stock("A1 V 5 lot=L2").set(no_swap), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("L2", "WRONG_LOT needed=L1 scanned=L2 @ item L1 0"),
    ];
    p12_an_expired_lot_is_refused_by_book_and_by_label:
        World::new()
            .line("L1 A1 V 3")
            .stock("A1 V 5 lot=OLD exp=2026-06-14")
            .stock("A1 V 5 lot=DUE exp=2026-06-15"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)OLD", "EXPIRED date=2026-06-14 @ item L1 0"),
        ("(01)V(10)DUE(17)260614", "EXPIRED date=2026-06-14 @ item L1 0"),
        ("(01)V(10)ELSEWHERE(17)250101", "EXPIRED date=2025-01-01 @ item L1 0"),
        ("(10)DUE(17)260614", "EXPIRED date=2026-06-14 @ item L1 0"),
        ("(01)V(10)DUE(17)260615", "ok item V @ item L1 1"),
    ];
    p12_an_expired_lot_lying_alone_is_refused: World::new().line("L1 A1 V 3").stock("A1 V 5 lot=OLD exp=2026-06-14"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("V", "EXPIRED date=2026-06-14 @ item L1 0"),
    ];
    p12_a_date_blocks_goods_that_are_not_kept_by_lot: World::new().line("L1 A1 X 2").stock("A1 X 5"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)X(17)260614", "EXPIRED date=2026-06-14 @ item L1 0"),
        ("(01)X(15)250101", "ok item X @ item L1 1"),
    ];
    a_unit_narrows_the_lots_to_its_own:
        World::new().line("L1 A1 V 2").stock("A1 V 5 lot=L1 hu=H1").stock("A1 V 5 lot=L2 hu=H2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("H1", "ok hu H1 @ item L1 0 from=H1 [V]"),
        ("V", "ok item V @ item L1 1 from=H1"),
        ("(01)V(10)L2", "WRONG_LOT scanned=L2 @ item L1 1 from=H1"),
        ("H2", "ok hu H2 @ item L1 1 from=H2"),
        ("(01)V(10)L2", "step item V @ tote L1 2 from=H2"),
        ("T1", "step tote T1 @ drop-off + Picked L1 V (1 L1 in H1, 1 L2 in H2) T1"),
    ];
    a_lot_in_two_units_needs_one_of_them:
        World::new().line("L1 A1 V 2").stock("A1 V 5 lot=L1 hu=H1").stock("A1 V 5 lot=L1").stock("A1 V 5 lot=L2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)V(10)L1", "NEED_HU item=V @ item L1 0 [V L1]"),
        ("H1", "ok hu H1 @ item L1 0 from=H1 [V L1]"),
        ("V", "ok item V @ item L1 1 from=H1"),
        ("A1", "ok shelf A1 @ item L1 1 from="),
        ("(01)V(10)L2", "step item V @ tote L1 2 from="),
    ];
    a_lot_of_another_item_never_counts: World::new().line("L1 A1 X 5").stock("A1 X 9").stock("A9 V 5 lot=L1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("L1", "WRONG_ITEM needed=X scanned=V @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("L1", "WRONG_LOT scanned=L1 @ item L1 1"),
        ("(10)L1", "WRONG_LOT scanned=L1 @ item L1 1"),
        ("(10)L7", "WRONG_LOT scanned=L7 @ item L1 1"),
        ("(17)270131", "MISSING_DATA field=item @ item L1 1 [2027-01-31]"),
        ("X", "ok item X @ item L1 2"),
    ];
    a_lot_on_goods_that_are_not_kept_by_lot_is_not_recorded: World::new().line("L1 A1 X 2").stock("A1 X 5"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)X(10)ANY", "ok item X @ item L1 1"),
        ("(01)X(10)OTHER", "step item X @ tote L1 2"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (2) T1"),
    ];
    a_serial_on_goods_without_serials_is_not_recorded: World::new().line("L1 A1 X 2").stock("A1 X 5"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)X(21)123", "ok item X @ item L1 1"),
        ("(01)X(21)123", "step item X @ tote L1 2"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (2) T1"),
    ];
    serial_goods_need_their_serial_and_the_label_waits: s("L1 A1 S 2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("S", "MISSING_DATA field=serial @ item L1 0 [S]"),
        ("/cut", "cut @ item L1 0 [S]"),
        ("(21)N1", "ok serial N1 @ item L1 1"),
        ("(01)S(21)N1", "SERIAL_SEEN serial=N1 @ item L1 1"),
        ("N1", "SERIAL_SEEN serial=N1 @ item L1 1"),
        ("(01)S(21)N3", "WRONG_SERIAL scanned=N3 @ item L1 1"),
        ("N4", "WRONG_SERIAL scanned=N4 @ item L1 1"),
        ("(21)N77", "WRONG_SERIAL scanned=N77 @ item L1 1"),
        ("N77", "UNKNOWN_CODE @ item L1 1"),
        ("(01)S(21)N2", "step item S @ tote L1 2"),
        ("T1", "step tote T1 @ drop-off + Picked L1 S (1 #N1, 1 #N2) T1"),
    ];
    a_serial_alone_is_one_unit: s("L1 A1 S 2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(21)N77", "WRONG_SERIAL scanned=N77 @ item L1 0"),
        ("(21)N1", "ok serial N1 @ item L1 1"),
        ("N2", "step serial N2 @ tote L1 2"),
    ];
    a_picked_serial_is_not_picked_again: s("L1 A1 S 2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("N1", "ok serial N1 @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 S (1 #N1) T1"),
        ("N1", "WRONG_SERIAL scanned=N1 @ item L1 0"),
    ];
    serial_goods_come_neither_by_the_case_nor_by_number: s("L1 A1 S 9"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("S6", "SCAN_EACH @ item L1 0"),
        ("(01)S6(21)N1", "SCAN_EACH @ item L1 0"),
        ("(01)S(21)N1", "ok item S @ item L1 1"),
        ("/type 9", "SCAN_EACH @ item L1 1"),
    ];
    a_line_that_names_a_serial_takes_no_other: s("L1 A1 S 1 serial=N2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("N1", "WRONG_SERIAL needed=N2 scanned=N1 @ item L1 0"),
        ("(01)S(21)N1", "WRONG_SERIAL needed=N2 scanned=N1 @ item L1 0"),
        ("N2", "step serial N2 @ tote L1 1"),
    ];
    a_serial_of_another_item_is_that_item: s("L1 A1 X 1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("N1", "WRONG_ITEM needed=X scanned=S @ item L1 0"),
    ];
    an_item_without_its_row_is_kept_as_its_stock_is: v(3, &["L1", "L2"]).with(|world| world.items.clear()), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("V", "NEED_LOT item=V @ item L1 0 [V]"),
        ("L2", "ok lot L2 @ item L1 1"),
    ];
    serials_of_an_item_without_its_row_are_asked_for: s("L1 A1 S 1").with(|world| world.items.clear()), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("S", "MISSING_DATA field=serial @ item L1 0 [S]"),
        ("N2", "step serial N2 @ tote L1 1"),
    ];
    a_serial_and_a_lot_must_belong_together: z(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)Z(10)L2(21)M1", "WRONG_LOT needed=L1 scanned=L2 @ item L1 0"),
        ("(01)Z(10)L1(21)M1", "ok item Z @ item L1 1"),
    ];
}
