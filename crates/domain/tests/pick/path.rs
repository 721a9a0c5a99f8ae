//! The way through a task: locations, lines, skipping, resuming, dropping off, giving back.

use crate::cases;
use crate::world::World;

fn one(line: &str) -> World {
    World::new().line(line).stock("A1 X 20").stock("A1 Y 20")
}

fn two() -> World {
    one("L1 A1 X 1").line("L2 A2 Y 1").stock("A2 Y 5")
}

fn three() -> World {
    two().line("L3 A7 X 1").stock("A7 X 5")
}

/// At the drop-off with one tote.
fn at_the_end() -> World {
    one("L1 A1 X 1")
}

cases! {
    g1_five_fast_scans_count_five_in_order: one("L1 A1 X 7"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("X", "ok item X @ item L1 3"),
        ("X", "ok item X @ item L1 4"),
        ("X", "ok item X @ item L1 5"),
    ];
    g7_a_question_lapses_with_a_power_cut: at_the_end(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
        ("B2", "PLACE? needed=B1 scanned=B2 @ drop-off B2?"),
        ("/cut", "cut @ drop-off"),
        ("B2", "PLACE? needed=B1 scanned=B2 @ drop-off B2?"),
        ("B2", "task drop B2 @ Done + DroppedOff B2 T1"),
    ];
    p1_location_item_tote_next_line: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (1) T1"),
        ("A2", "step shelf A2 @ item L2 0"),
        ("Y", "step item Y @ tote L2 1"),
        ("T1", "step tote T1 @ drop-off + Picked L2 Y (1) T1"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T1"),
    ];
    p2_another_location_is_refused: two(), [
        ("A2", "WRONG_LOCATION needed=A1 scanned=A2 @ location L1"),
        ("B1", "WRONG_LOCATION needed=A1 scanned=B1 @ location L1"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("A2", "WRONG_LOCATION needed=A1 scanned=A2 @ item L1 0"),
    ];
    p3_the_location_comes_first: two(), [
        ("X", "NEED_LOCATION needed=A1 scanned=X @ location L1"),
        ("(01)Y", "NEED_LOCATION needed=A1 scanned=Y @ location L1"),
    ];
    p4_a_wrong_item_and_an_unknown_code_change_nothing: one("L1 A1 X 3"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("Y", "WRONG_ITEM needed=X scanned=Y @ item L1 1"),
        ("(01)Y", "WRONG_ITEM needed=X scanned=Y @ item L1 1"),
        ("nonsense", "UNKNOWN_CODE @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
    ];
    p8_a_location_never_stands_for_the_item: one("L1 A1 X 1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("A1", "ok shelf A1 @ item L1 0 from="),
        ("Y", "WRONG_ITEM needed=X scanned=Y @ item L1 0 from="),
        ("X", "step item X @ tote L1 1 from="),
    ];
    other_kinds_and_misreads_at_the_location: two(), [
        ("T1", "WRONG_KIND id=T1 needed=location scanned=tote @ location L1"),
        ("H1", "WRONG_KIND id=H1 needed=location scanned=handling-unit @ location L1"),
        ("BADGE-OP1", "WRONG_KIND id=OP1 needed=location scanned=badge @ location L1"),
        ("K1", "WRONG_KIND id=K1 needed=location scanned=task @ location L1"),
        ("nonsense", "UNKNOWN_CODE @ location L1"),
        ("]E05901234123450", "CHECKSUM @ location L1"),
        ("A\u{1}1", "BAD_READ @ location L1"),
    ];
    a_location_is_known_by_its_internal_element: two(), [
        ("(91)LOC-A2", "WRONG_LOCATION needed=A1 scanned=A2 @ location L1"),
        ("(91)LOC-A1", "step shelf A1 @ item L1 0"),
    ];
    two_locations_of_one_code_are_ambiguous: two().place("C1", "A1"), [
        ("A1", "AMBIGUOUS location A1 or location C1 @ location L1"),
    ];
    p22_the_only_line_left_comes_back: one("L1 A1 X 1"), [
        ("/skip", "ok skipped L1 @ location L1"),
        ("/skip", "ok skipped L1 @ location L1"),
        ("B1", "WRONG_LOCATION needed=A1 scanned=B1 @ location L1"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("/skip", "ok skipped L1 @ location L1"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
    ];
    p22_skipped_lines_come_last_in_the_order_of_skipping: three(), [
        ("/skip", "ok skipped L1 @ location L2"),
        ("/skip", "ok skipped L2 @ location L3"),
        ("/cut", "cut @ location L3"),
        ("A7", "step shelf A7 @ item L3 0"),
        ("X", "step item X @ tote L3 1"),
        ("T1", "step tote T1 @ location L1 + Picked L3 X (1) T1"),
        ("/skip", "ok skipped L1 @ location L2"),
        ("/skip", "ok skipped L2 @ location L1"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (1) T1"),
    ];
    a_line_with_units_in_the_hand_is_not_skipped: one("L1 A1 X 3"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/skip", "NOT_NOW @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 X (1) T1"),
        ("/skip", "ok skipped L1 @ location L1"),
    ];
    the_next_line_at_the_same_location_asks_for_the_item: one("L1 A1 X 1").line("L2 A1 Y 1").line("L3 A2 X 1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ item L2 0 + Picked L1 X (1) T1"),
        ("X", "WRONG_ITEM needed=Y scanned=X @ item L2 0"),
        ("Y", "step item Y @ tote L2 1"),
        ("T1", "step tote T1 @ location L3 + Picked L2 Y (1) T1"),
    ];
    p32_another_place_asks_and_only_its_own_repeat_confirms: at_the_end(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
        ("B2", "PLACE? needed=B1 scanned=B2 @ drop-off B2?"),
        ("B3", "PLACE? needed=B1 scanned=B3 @ drop-off B3?"),
        ("B3", "task drop B3 @ Done + DroppedOff B3 T1"),
    ];
    p32_any_other_scan_drops_the_question: at_the_end(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
        ("B2", "PLACE? needed=B1 scanned=B2 @ drop-off B2?"),
        ("X", "WRONG_KIND id=X needed=location scanned=item @ drop-off"),
        ("B2", "PLACE? needed=B1 scanned=B2 @ drop-off B2?"),
        ("nonsense", "UNKNOWN_CODE @ drop-off"),
        ("B2", "PLACE? needed=B1 scanned=B2 @ drop-off B2?"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T1"),
    ];
    places_of_another_kind_are_forbidden: at_the_end(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
        ("A1", "PLACE_FORBIDDEN needed=B1 scanned=A1 @ drop-off"),
        ("A1", "PLACE_FORBIDDEN needed=B1 scanned=A1 @ drop-off"),
        ("D1", "PLACE_FORBIDDEN needed=B1 scanned=D1 @ drop-off"),
        ("/skip", "NOT_NOW @ drop-off"),
        ("/short", "NOT_NOW @ drop-off"),
        ("/type 3", "NOT_NOW @ drop-off"),
        ("/release", "NOT_NOW @ drop-off"),
    ];
    two_places_of_one_code_are_ambiguous_at_the_end: at_the_end().place("B7", "B1"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
        ("B1", "AMBIGUOUS location B1 or location B7 @ drop-off"),
    ];
    p36_a_power_cut_keeps_what_was_counted: one("L1 A1 X 3"), [
        ("/cut", "cut @ location L1"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("/cut", "cut @ item L1 2"),
        ("X", "step item X @ tote L1 3"),
        ("/cut", "cut @ tote L1 3"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (3) T1"),
        ("/cut", "cut @ drop-off"),
    ];
    a_task_is_given_back_with_an_empty_hand_only: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("/release", "NOT_NOW @ tote L1 1"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (1) T1"),
        ("/release", "step released K1 @ Released + TaskReleased K1"),
    ];
    units_in_the_hand_hold_the_task: one("L1 A1 X 3"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/release", "NOT_NOW @ item L1 1"),
        ("/short", "ok page @ short L1 1"),
        ("/release", "NOT_NOW @ short L1 1"),
    ];
}
