//! Lots, serial numbers, handling units: what a label must say.

use crate::cases;
use crate::floor::Floor;
use crate::world::SSCC;

fn lots() -> Floor {
    Floor::new().stock("A1 V 5 lot=L1 exp=2027-01-31").stock("A1 V 5 lot=L2 exp=2027-02-28")
}

fn units() -> Floor {
    Floor::new().stock("A1 X 5 hu=H1").stock("A1 X 5 hu=H2").stock("A1 X 2")
}

fn serials() -> Floor {
    Floor::new().stock("A1 S 1 serial=N1").stock("A1 S 1 serial=N2").stock("A9 S 1 serial=N3")
}

cases! {
    several_lots_need_the_lot: lots(), [
        ("A1", "step shelf A1 @ source A1"),
        ("V", "NEED_LOT item=V @ source A1 [V]"),
        ("/cut", "cut @ source A1 [V]"),
        ("(10)L2", "ok lot L2 @ source A1 1 V"),
        ("(01)V6(10)L2", "BOOK_SHORT? book=5 @ source A1 1 V"),
        ("(01)V(10)L1", "ok item V @ source A1 2 V"),
        ("A2", "PLACE? scanned=A2 @ source A1 2 V"),
        ("A2", "task moved A2 @ Done + Moved V (1 L2, 1 L1) A1 > A2 PLACE?"),
    ];
    the_only_lot_is_taken: Floor::new().stock("A1 V 5 lot=L1"), [
        ("A1", "step shelf A1 @ source A1"),
        ("V", "ok item V @ source A1 1 V"),
        ("A2", "PLACE? scanned=A2 @ source A1 1 V"),
        ("A2", "task moved A2 @ Done + Moved V (1 L1) A1 > A2 PLACE?"),
    ];
    g9_labels_add_up_in_any_order: lots(), [
        ("A1", "step shelf A1 @ source A1"),
        ("(10)L1(17)270131", "MISSING_DATA field=item @ source A1 [L1 2027-01-31]"),
        ("(01)V", "ok item V @ source A1 1 V"),
        ("L2", "ok lot L2 @ source A1 2 V"),
    ];
    g10_labels_that_disagree_clear_the_unit: lots(), [
        ("A1", "step shelf A1 @ source A1"),
        ("(10)L1", "MISSING_DATA field=item @ source A1 [L1]"),
        ("(01)V(10)L2", "LABEL_CLASH first=L1 second=L2 @ source A1"),
        ("(01)V(10)L2", "ok item V @ source A1 1 V"),
    ];
    g11_a_lot_that_is_not_booked_here_is_wrong: lots().stock("A9 V 1 lot=L3"), [
        ("A1", "step shelf A1 @ source A1"),
        ("(01)V(10)L1170131", "WRONG_LOT scanned=L1170131 @ source A1"),
        ("(01)V(10)L3", "WRONG_LOT scanned=L3 @ source A1"),
        ("V", "NEED_LOT item=V @ source A1 [V]"),
        ("(10)L3", "WRONG_LOT scanned=L3 @ source A1"),
    ];
    g6_a_lot_of_several_items_is_ambiguous_until_the_item_is_known: lots().stock("A1 W 5 lot=L1"), [
        ("A1", "step shelf A1 @ source A1"),
        ("L1", "AMBIGUOUS item V or item W @ source A1"),
        ("V", "NEED_LOT item=V @ source A1 [V]"),
        ("L1", "ok lot L1 @ source A1 1 V"),
        ("L1", "ok lot L1 @ source A1 2 V"),
    ];
    a_lot_of_another_item_is_wrong: lots().stock("A9 W 5 lot=L9"), [
        ("A1", "step shelf A1 @ source A1"),
        ("V", "NEED_LOT item=V @ source A1 [V]"),
        ("L9", "WRONG_LOT scanned=L9 @ source A1"),
        ("L1", "ok lot L1 @ source A1 1 V"),
        ("L9", "WRONG_ITEM needed=V scanned=W @ source A1 1 V"),
    ];
    what_is_past_its_date_may_be_moved: Floor::new().stock("A1 V 5 lot=OLD exp=2020-01-01"), [
        ("A1", "step shelf A1 @ source A1"),
        ("(01)V(10)OLD(17)200101", "ok item V @ source A1 1 V"),
    ];
    several_units_need_their_label: units(), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "NEED_HU item=X @ source A1 [X]"),
        ("H5", "WRONG_HU scanned=H5 @ source A1 [X]"),
        ("H2", "ok hu H2 @ source A1 from=H2 [X]"),
        ("X", "ok item X @ source A1 1 X from=H2"),
        ("X", "ok item X @ source A1 2 X from=H2"),
        ("H1", "task moved H1 @ Done + Moved X (2 in H2) A1 > A1 into H1"),
    ];
    the_location_again_is_the_loose_stock: units(), [
        ("A1", "step shelf A1 @ source A1"),
        ("X", "NEED_HU item=X @ source A1 [X]"),
        ("A1", "ok shelf A1 @ source A1 from= [X]"),
        ("X", "ok item X @ source A1 1 X from="),
        ("X6", "BOOK_SHORT? book=2 @ source A1 1 X from="),
        ("X", "ok item X @ source A1 2 X from="),
        ("A2", "PLACE? scanned=A2 @ source A1 2 X from="),
        ("A2", "task moved A2 @ Done + Moved X (2) A1 > A2 PLACE?"),
    ];
    every_unit_has_its_serial: serials(), [
        ("A1", "step shelf A1 @ source A1"),
        ("S", "MISSING_DATA field=serial @ source A1 [S]"),
        ("(21)N1", "ok serial N1 @ source A1 1 S"),
        ("(01)S(21)N1", "SERIAL_SEEN serial=N1 @ source A1 1 S"),
        ("/approve OP2", "NOT_NOW @ source A1 1 S"),
        ("(01)S(21)N3", "WRONG_SERIAL scanned=N3 @ source A1 1 S"),
        ("(01)S(21)NEW", "WRONG_SERIAL scanned=NEW @ source A1 1 S"),
        ("S6", "SCAN_EACH @ source A1 1 S"),
        ("/type 2", "SCAN_EACH @ source A1 1 S"),
        ("N2", "ok serial N2 @ source A1 2 S"),
        ("A2", "PLACE? scanned=A2 @ source A1 2 S"),
        ("A2", "step moved A2 @ empty A1 S + Moved S (1 #N1, 1 #N2) A1 > A2 PLACE?"),
        ("/empty yes", "task checked A1 @ Done + ZeroChecked A1 S true"),
    ];
    a_serial_that_nobody_knows_waits_for_its_item: serials(), [
        ("A1", "step shelf A1 @ source A1"),
        ("(21)N9", "MISSING_DATA field=item @ source A1 [#N9]"),
        ("S", "WRONG_SERIAL scanned=N9 @ source A1"),
    ];
    g12_a_bare_sscc_at_the_item_step_of_a_plan:
        Floor::new().line("L1 A1 X 3 to=A7").stock("A1 X 3").stock(&format!("A1 X 3 hu={SSCC}")), [
        ("A1", "step shelf A1 @ source L1 A1"),
        ("106141411234567897", "WRONG_KIND id=106141411234567897 needed=item scanned=handling-unit @ source L1 A1"),
        ("X", "NEED_HU item=X @ source L1 A1 [X]"),
        ("106141411234567897", "ok hu 106141411234567897 @ source L1 A1 from=106141411234567897 [X]"),
        ("X", "ok item X @ source L1 A1 1 X from=106141411234567897"),
    ];
    several_statuses_and_the_first_is_meant: Floor::new().stock("D1 X 5 status=damaged").stock("D1 X 5 status=in-transit"), [
        ("D1", "step shelf D1 @ source D1"),
        ("X6", "BOOK_SHORT? book=5 @ source D1"),
        ("X", "ok item X @ source D1 1 X"),
        ("A2", "PLACE? scanned=A2 @ source D1 1 X"),
        ("A2", "task moved A2 @ Done + Moved X (1) D1 > A2 in-transit PLACE?"),
    ];
}
