//! Parts of the stock by a task of the ERP.

use crate::cases;
use crate::floor::Floor;

fn x(qty: i64) -> Floor {
    Floor::new().line(&format!("L1 A9 X {qty} to=A1")).line("L2 A9 Y 2 to=A2").stock("A9 X 40").stock("A9 Y 2")
}

fn replenish() -> Floor {
    Floor::new().line("L1 A9 X 20 to=A1").stock("A9 X 14")
}

cases! {
    a_line_is_moved_in_full: x(3), [
        ("X", "NEED_LOCATION needed=A9 @ source L1"),
        ("A2", "WRONG_LOCATION needed=A9 scanned=A2 @ source L1"),
        ("A9", "step shelf A9 @ source L1 A9"),
        ("Y", "WRONG_ITEM needed=X scanned=Y @ source L1 A9"),
        ("X", "ok item X @ source L1 A9 1 X"),
        ("X6", "QTY_OVER open=2 @ source L1 A9 1 X"),
        ("/type 3", "SCAN_EACH @ source L1 A9 1 X"),
        ("X", "ok item X @ source L1 A9 2 X"),
        ("X", "step item X @ put L1 3 X from A9 to A1"),
        ("X", "QTY_OVER open=0 @ put L1 3 X from A9 to A1"),
        ("Y", "WRONG_ITEM needed=X scanned=Y @ put L1 3 X from A9 to A1"),
        ("/cut", "cut @ put L1 3 X from A9 to A1"),
        ("A9", "WRONG_LOCATION needed=A1 scanned=A9 @ put L1 3 X from A9 to A1"),
        ("A1", "step moved A1 @ source L2 + Moved L1 X (3) A9 > A1"),
        ("A9", "step shelf A9 @ source L2 A9"),
        ("Y", "ok item Y @ source L2 A9 1 Y"),
        ("Y", "step item Y @ put L2 2 Y from A9 to A2"),
        ("A2", "step moved A2 @ empty L2 A9 Y + Moved L2 Y (2) A9 > A2"),
        ("/cut", "cut @ empty L2 A9 Y"),
        ("/empty yes", "task checked A9 @ Done + ZeroChecked L2 A9 Y true"),
    ];
    a_part_of_a_line_leaves_the_rest_open: x(8), [
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X", "ok item X @ source L1 A9 1 X"),
        ("/type 9", "QTY_OVER open=8 @ source L1 A9 1 X"),
        ("/type 5", "ok quantity 5 @ source L1 A9 5 X"),
        ("A1", "step moved A1 @ source L1 + Moved L1 X (5) A9 > A1 typed"),
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X", "ok item X @ source L1 A9 1 X"),
        ("X", "ok item X @ source L1 A9 2 X"),
        ("X", "step item X @ put L1 3 X from A9 to A1"),
        ("/type 2", "ok quantity 2 @ source L1 A9 2 X"),
        ("X", "step item X @ put L1 3 X from A9 to A1"),
        ("A1", "step moved A1 @ source L2 + Moved L1 X (3) A9 > A1 typed"),
    ];
    m11_what_is_not_there_goes_back: replenish(), [
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X12", "ok item X @ source L1 A9 12 X"),
        ("X", "ok item X @ source L1 A9 13 X"),
        ("X", "ok item X @ source L1 A9 14 X"),
        ("A1", "step moved A1 @ empty L1 A9 X + Moved L1 X (14) A9 > A1"),
        ("/cut", "cut @ empty L1 A9 X"),
        ("/empty yes", "task checked A9 @ Done + ZeroChecked L1 A9 X true"),
    ];
    m11_what_is_there_after_all_is_moved: replenish(), [
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X12", "ok item X @ source L1 A9 12 X"),
        ("X", "ok item X @ source L1 A9 13 X"),
        ("X", "ok item X @ source L1 A9 14 X"),
        ("A1", "step moved A1 @ empty L1 A9 X + Moved L1 X (14) A9 > A1"),
        ("/empty no", "step checked A9 @ source L1 + ZeroChecked L1 A9 X false"),
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X6", "step item X @ put L1 6 X from A9 to A1"),
    ];
    m12_cut_after_the_move: x(1), [
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X", "step item X @ put L1 1 X from A9 to A1"),
        ("A1", "step moved A1 @ source L2 + Moved L1 X (1) A9 > A1"),
        ("/cut", "cut @ source L2"),
    ];
    a_line_for_a_whole_unit_is_filled_by_it: Floor::new().line("L1 D1 X 10 hu=H1 to=A7").stock("D1 X 10 hu=H1"), [
        ("H1", "step hu H1 @ put L1 H1 from D1 to A7"),
        ("A7", "task moved A7 @ Done + Moved L1 H1 D1 > A7"),
    ];
    a_line_for_a_part_of_a_unit_is_narrowed_by_it: Floor::new().line("L1 D1 X 4 hu=H1 to=A7").stock("D1 X 10 hu=H1")
        .stock("D1 X 10 hu=H2"), [
        ("H2", "WRONG_HU needed=H1 scanned=H2 @ source L1"),
        ("X", "NEED_LOCATION needed=D1 @ source L1"),
        ("H1", "ok hu H1 @ source L1 D1 from=H1"),
        ("X", "ok item X @ source L1 D1 1 X from=H1"),
        ("X", "ok item X @ source L1 D1 2 X from=H1"),
        ("A7", "step moved A7 @ source L1 + Moved L1 X (2 in H1) D1 > A7"),
    ];
    a_line_names_its_lot_and_serial: Floor::new().line("L1 A1 V 2 lot=L1 to=A7").line("L2 A1 S 1 serial=N1 to=A7")
        .stock("A1 V 5 lot=L1").stock("A1 V 5 lot=L2").stock("A1 S 1 serial=N1").stock("A1 S 1 serial=N2"), [
        ("A1", "step shelf A1 @ source L1 A1"),
        ("L2", "WRONG_LOT needed=L1 scanned=L2 @ source L1 A1"),
        ("V", "NEED_LOT item=V @ source L1 A1 [V]"),
        ("(10)L1", "ok lot L1 @ source L1 A1 1 V"),
        ("L1", "step lot L1 @ put L1 2 V from A1 to A7"),
        ("A7", "step moved A7 @ source L2 + Moved L1 V (2 L1) A1 > A7"),
        ("A1", "step shelf A1 @ source L2 A1"),
        ("N2", "WRONG_SERIAL needed=N1 scanned=N2 @ source L2 A1"),
        ("N1", "step serial N1 @ put L2 1 S from A1 to A7"),
    ];
    what_is_asked_for_may_be_taken_though_the_book_has_none: Floor::new().line("L1 A1 V 1 lot=L1 to=A7"), [
        ("A1", "step shelf A1 @ source L1 A1"),
        ("(01)V(10)L1", "step item V @ put L1 1 V from A1 to A7"),
    ];
    goods_that_were_released_since_are_no_longer_in_transit:
        Floor::new().line("L1 D1 X 1 status=in-transit to=A7").stock("D1 X 5").stock("D1 X 5 status=damaged"), [
        ("D1", "step shelf D1 @ source L1 D1"),
        ("X", "step item X @ put L1 1 X from D1 to A7"),
        ("A7", "task moved A7 @ Done + Moved L1 X (1) D1 > A7"),
    ];
    the_erp_withdraws_a_line: x(3), [
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X", "ok item X @ source L1 A9 1 X"),
        ("/qty L1 2", "ok page @ source L1 A9 1 X"),
        ("X", "step item X @ put L1 2 X from A9 to A1"),
        ("/back", "ok page @ source L1"),
        ("/cancel L1", "note page @ source L2"),
        ("/cancel L2", "note task K1 @ Gone"),
    ];
    what_is_on_the_way_is_put_somewhere_first: x(3), [
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X", "ok item X @ source L1 A9 1 X"),
        ("X", "ok item X @ source L1 A9 2 X"),
        ("X", "step item X @ put L1 3 X from A9 to A1"),
        ("/qty L1 1", "ok page @ put L1 3 X from A9 to A1"),
        ("/cancel L1", "ok page @ put L1 3 X from A9 to A1"),
        ("A1", "step moved A1 @ source L2 + Moved L1 X (3) A9 > A1"),
    ];
    a_withdrawn_task_ends_when_the_hands_are_empty: x(3), [
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X", "ok item X @ source L1 A9 1 X"),
        ("X", "ok item X @ source L1 A9 2 X"),
        ("X", "step item X @ put L1 3 X from A9 to A1"),
        ("/withdraw", "ok page @ put L1 3 X from A9 to A1"),
        ("/back", "note task K1 @ Gone"),
    ];
    a_question_lasts_as_long_as_what_it_is_about: x(3), [
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X", "ok item X @ source L1 A9 1 X"),
        ("X", "ok item X @ source L1 A9 2 X"),
        ("X", "step item X @ put L1 3 X from A9 to A1"),
        ("A7", "PLACE? needed=A1 scanned=A7 @ put L1 3 X from A9 to A1"),
        ("/cancel L2", "ok page @ put L1 3 X from A9 to A1"),
        ("A7", "task moved A7 @ Done + Moved L1 X (3) A9 > A7 PLACE?"),
    ];
    the_erp_withdraws_the_task: x(3), [
        ("/withdraw", "note task K1 @ Gone"),
    ];
    goods_in_the_hand_are_put_back_before_the_task_is_given_back: x(3), [
        ("A9", "step shelf A9 @ source L1 A9"),
        ("X", "ok item X @ source L1 A9 1 X"),
        ("/release", "NOT_NOW @ source L1 A9 1 X"),
        ("/back", "ok page @ source L1"),
        ("/release", "step released K1 @ Released + TaskReleased K1"),
    ];
}
