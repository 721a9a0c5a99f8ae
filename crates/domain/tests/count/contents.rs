//! What is counted, how much, out of which handling unit.

use crate::cases;
use crate::floor::Floor;
use crate::world::SSCC;

fn all() -> Floor {
    Floor::new().line("L1 A1 - 0")
}

fn spot(item: &str) -> Floor {
    Floor::new().line(&format!("L1 A1 {item} 0"))
}

cases! {
    c02_what_was_counted_is_recorded_scan_by_scan: all().stock("A1 X 3"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("X", "ok item X @ contents L1 A1 1 + Counted X 1"),
        ("X", "ok item X @ contents L1 A1 2 + Counted X 1"),
        ("X", "ok item X @ contents L1 A1 3 + Counted X 1"),
        ("A1", "task count A1 @ Done + CountSubmitted C1"),
    ];
    g8_a_case_counts_what_its_row_says: all().stock("A1 X 30"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("X12", "ok item X @ contents L1 A1 12 + Counted X 12"),
        ("X6", "ok item X @ contents L1 A1 18 + Counted X 6"),
        ("nonsense", "UNKNOWN_CODE @ contents L1 A1 18"),
        ("K1", "WRONG_KIND id=K1 needed=item scanned=task @ contents L1 A1 18"),
    ];
    a_number_fills_up_the_last_scan: all().stock("A1 X 30").stock("A1 Y 3"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("/type 5", "SCAN_EACH @ contents L1 A1 0"),
        ("X12", "ok item X @ contents L1 A1 12 + Counted X 12"),
        ("/type 0", "QTY_BAD @ contents L1 A1 12"),
        ("/type 11", "QTY_BAD @ contents L1 A1 12"),
        ("/type 1000001", "QTY_BAD @ contents L1 A1 12"),
        ("/type 12", "ok quantity 12 @ contents L1 A1 12"),
        ("/type 20", "ok quantity 20 @ contents L1 A1 20 + Counted X 8 typed"),
        ("/cut", "cut @ contents L1 A1 20"),
        ("/type 23", "ok quantity 23 @ contents L1 A1 23 + Counted X 3 typed"),
        ("Y", "ok item Y @ contents L1 A1 24 + Counted Y 1"),
        ("/type 3", "ok quantity 3 @ contents L1 A1 26 + Counted Y 2 typed"),
    ];
    several_lots_need_the_lot: all().stock("A1 V 2 lot=L1").stock("A1 V 2 lot=L2"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("V", "NEED_LOT item=V @ contents L1 A1 0 [V]"),
        ("/cut", "cut @ contents L1 A1 0 [V]"),
        ("(10)L2", "ok lot L2 @ contents L1 A1 1 + Counted V 1 L2"),
        ("L1", "ok lot L1 @ contents L1 A1 2 + Counted V 1 L1"),
        ("(10)L1", "MISSING_DATA field=item @ contents L1 A1 2 [L1]"),
        ("(01)V(10)L2", "LABEL_CLASH first=L1 second=L2 @ contents L1 A1 2"),
        ("V", "NEED_LOT item=V @ contents L1 A1 2 [V]"),
        ("(01)W", "LABEL_CLASH first=V second=W @ contents L1 A1 2"),
    ];
    the_only_lot_is_taken: all().stock("A1 V 2 lot=L1"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("V", "ok item V @ contents L1 A1 1 + Counted V 1 L1"),
    ];
    a_lot_that_is_not_booked_asks: all().stock("A1 V 2 lot=L1"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("(01)V(10)L9", "UNEXPECTED? item=V @ contents L1 A1 0"),
        ("(01)V(10)L9", "ok item V @ contents L1 A1 1 + Counted V 1 L9 unexpected"),
        ("(01)V(10)L9", "ok item V @ contents L1 A1 2 + Counted V 1 L9 unexpected"),
        ("(01)W", "NEED_LOT item=W @ contents L1 A1 2 [W]"),
        ("(10)L7", "UNEXPECTED? item=W @ contents L1 A1 2"),
        ("(10)L7", "ok item W @ contents L1 A1 3 + Counted W 1 L7 unexpected"),
    ];
    every_unit_has_its_serial: all().stock("A1 S 1 serial=N1").stock("A1 Z 1 serial=N2 lot=L1").stock("A9 S 1 serial=N3"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("S", "MISSING_DATA field=serial @ contents L1 A1 0 [S]"),
        ("(21)N1", "ok serial N1 @ contents L1 A1 1 + Counted S 1 #N1"),
        ("N1", "SERIAL_SEEN serial=N1 @ contents L1 A1 1"),
        ("/type 3", "SCAN_EACH @ contents L1 A1 1"),
        ("S6", "SCAN_EACH @ contents L1 A1 1"),
        ("N2", "ok serial N2 @ contents L1 A1 2 + Counted Z 1 L1 #N2"),
        ("(01)Z(10)L9(21)N2", "SERIAL_SEEN serial=N2 @ contents L1 A1 2"),
        ("N3", "UNEXPECTED? item=S @ contents L1 A1 2"),
        ("N3", "ok item S @ contents L1 A1 3 + Counted S 1 #N3 unexpected"),
        ("/undo", "ok undone S @ contents L1 A1 2 + Undone 3"),
        ("/undo", "ok undone Z @ contents L1 A1 1 + Undone 2"),
        ("(01)Z(10)L9(21)N2", "WRONG_LOT needed=L1 scanned=L9 @ contents L1 A1 1"),
    ];
    g6_a_lot_of_several_items_is_ambiguous: all().stock("A1 V 2 lot=L1").stock("A9 W 2 lot=L1"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("L1", "AMBIGUOUS item V or item W @ contents L1 A1 0"),
    ];
    c08_what_is_not_booked_asks_once: all().stock("A1 X 1"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("Y", "UNEXPECTED? item=Y @ contents L1 A1 0"),
        ("X", "ok item X @ contents L1 A1 1 + Counted X 1"),
        ("Y", "UNEXPECTED? item=Y @ contents L1 A1 1"),
        ("Y6", "UNEXPECTED? item=Y @ contents L1 A1 1"),
        ("/cut", "cut @ contents L1 A1 1"),
        ("Y6", "UNEXPECTED? item=Y @ contents L1 A1 1"),
        ("Y6", "ok item Y @ contents L1 A1 7 + Counted Y 6 unexpected"),
        ("Y", "ok item Y @ contents L1 A1 8 + Counted Y 1 unexpected"),
        ("/type 4", "ok quantity 4 @ contents L1 A1 11 + Counted Y 3 typed unexpected"),
        ("A1", "task count A1 @ Done + CountSubmitted C1"),
    ];
    c11_one_scan_too_many: all().stock("A1 X 2"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("/undo", "nothing to undo"),
        ("X", "ok item X @ contents L1 A1 1 + Counted X 1"),
        ("X", "ok item X @ contents L1 A1 2 + Counted X 1"),
        ("X", "ok item X @ contents L1 A1 3 + Counted X 1"),
        ("/undo", "ok undone X @ contents L1 A1 2 + Undone 3"),
        ("/cut", "cut @ contents L1 A1 2"),
        ("/type 4", "SCAN_EACH @ contents L1 A1 2"),
        ("X", "ok item X @ contents L1 A1 3 + Counted X 1"),
        ("/type 5", "ok quantity 5 @ contents L1 A1 7 + Counted X 4 typed"),
        ("/undo", "ok undone X @ contents L1 A1 3 + Undone 6"),
        ("/type 2", "ok quantity 2 @ contents L1 A1 4 + Counted X 1 typed"),
        ("A1", "task count A1 @ Done + CountSubmitted C1"),
    ];
    a_spot_count_takes_one_item: spot("X").stock("A1 X 2").stock("A1 Y 2").stock("A1 Y 3 hu=H1")
        .unit("H1", |unit| unit.sealed = true), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1 X"),
        ("Y", "WRONG_ITEM needed=X scanned=Y @ contents L1 A1 0"),
        ("H1", "WRONG_ITEM needed=X scanned=Y @ contents L1 A1 0"),
        ("X", "ok item X @ contents L1 A1 1 + Counted X 1"),
        ("A1", "task count A1 @ Done + CountSubmitted C1"),
    ];
    a_sealed_unit_stands_for_its_content: all().stock("A1 X 7 hu=H1").stock("A1 V 2 hu=H1 lot=L1").stock("A1 X 1")
        .stock("A9 Y 4 hu=H2").unit("H1", |unit| unit.sealed = true).unit("H2", |unit| unit.sealed = true)
        .unit("H5", |unit| unit.sealed = true), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("H1", "ok hu H1 @ contents L1 A1 9 + Counted X 7 in H1 + Counted V 2 L1 in H1"),
        ("H1", "SERIAL_SEEN serial=H1 @ contents L1 A1 9"),
        ("/type 9", "SCAN_EACH @ contents L1 A1 9"),
        ("H5", "WRONG_HU scanned=H5 @ contents L1 A1 9"),
        ("H2", "UNEXPECTED? item=Y @ contents L1 A1 9"),
        ("H2", "ok item Y @ contents L1 A1 13 + Counted Y 4 in H2 unexpected"),
        ("X", "NEED_HU item=X @ contents L1 A1 13 [X]"),
        ("A1", "ok shelf A1 @ contents L1 A1 13 from= [X]"),
        ("X", "ok item X @ contents L1 A1 14 from= + Counted X 1"),
        ("A1", "task count A1 @ Done + CountSubmitted C1"),
    ];
    an_open_unit_narrows_what_follows: all().stock("A1 X 2 hu=H1").stock("A1 X 2 hu=H2").stock("A1 Y 1"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("X", "NEED_HU item=X @ contents L1 A1 0 [X]"),
        ("H1", "ok hu H1 @ contents L1 A1 0 from=H1 [X]"),
        ("X", "ok item X @ contents L1 A1 1 from=H1 + Counted X 1 in H1"),
        ("/cut", "cut @ contents L1 A1 1 from=H1"),
        ("Y", "UNEXPECTED? item=Y @ contents L1 A1 1 from=H1"),
        ("H2", "ok hu H2 @ contents L1 A1 1 from=H2"),
        ("X", "ok item X @ contents L1 A1 2 from=H2 + Counted X 1 in H2"),
        ("A1", "ok shelf A1 @ contents L1 A1 2 from="),
        ("X", "UNEXPECTED? item=X @ contents L1 A1 2 from="),
        ("Y", "ok item Y @ contents L1 A1 3 from= + Counted Y 1"),
        ("A1", "task count A1 @ Done + CountSubmitted C1"),
    ];
    the_only_unit_that_holds_it_is_meant: all().stock("A1 X 2 hu=H1"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("X", "ok item X @ contents L1 A1 1 + Counted X 1 in H1"),
        ("H1", "ok hu H1 @ contents L1 A1 1 from=H1"),
        ("A1", "ok shelf A1 @ contents L1 A1 1"),
        ("A1", "task count A1 @ Done + CountSubmitted C1"),
    ];
    g12_a_bare_sscc_names_a_unit: all().stock(&format!("A1 X 2 hu={SSCC}")), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("106141411234567897", "ok hu 106141411234567897 @ contents L1 A1 0 from=106141411234567897"),
        ("X", "ok item X @ contents L1 A1 1 from=106141411234567897 + Counted X 1 in 106141411234567897"),
    ];
}
