//! What the ERP changes while somebody picks.

use crate::cases;
use crate::world::World;

fn two() -> World {
    World::new().line("L1 A1 X 3").line("L2 A2 Y 1 slot=2").stock("A1 X 20").stock("A2 Y 5")
}

cases! {
    p29_a_cancelled_line_gives_way_to_the_next: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/cancel L1", "note page @ location L2 cancelled O1"),
        ("X", "NEED_LOCATION needed=A2 scanned=X @ location L2"),
    ];
    p29_another_line_cancelled_leaves_the_step: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/cancel L2", "ok page @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("X", "step item X @ tote L1 3"),
        ("T1", "note tote T1 @ drop-off cancelled O2 + Picked L1 X (3) T1"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T1 T2"),
    ];
    p29_cancelled_at_the_tote_and_in_a_shortage: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("/short", "ok page @ short L1 0"),
        ("/cancel L1", "note page @ location L2 cancelled O1"),
        ("A2", "step shelf A2 @ item L2 0"),
        ("Y", "step item Y @ tote L2 1"),
        ("/cancel L2", "note page @ drop-off cancelled O2"),
    ];
    p29_what_is_in_a_tote_is_still_dropped_off: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 X (1) T1"),
        ("/cancel L1", "note page @ location L2 cancelled O1"),
        ("/cancel L2", "note page @ drop-off cancelled O1"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T1 T2"),
    ];
    an_order_on_hold_loses_its_lines_and_says_so: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 X (1) T1"),
        ("/hold O1", "note page @ location L2 held O1"),
        ("A2", "step shelf A2 @ item L2 0"),
    ];
    no_tote_is_asked_for_a_cancelled_order: two().bare_cart(), [
        ("/cancel L1", "note page @ totes 2 cancelled O1"),
        ("T2", "step tote T2 @ location L2 + ToteAssigned 2 O2 T2"),
    ];
    the_last_order_cancelled_ends_the_asking_for_totes: two().bare_cart(), [
        ("T1", "step tote T1 @ totes 2 + ToteAssigned 1 O1 T1"),
        ("/cancel L2", "note page @ location L1 cancelled O2"),
    ];
    cancelled_between_two_starts: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/cancel L1", "note page @ location L2 cancelled O1"),
        ("/cut", "cut @ location L2"),
    ];
    a_line_raised_at_the_tote_asks_for_more: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("X", "step item X @ tote L1 3"),
        ("/qty L1 5", "note page @ item L1 3"),
        ("X", "ok item X @ item L1 4"),
        ("X", "step item X @ tote L1 5"),
    ];
    a_line_lowered_to_what_is_in_the_hand_asks_for_the_tote: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("/qty L1 2", "note page @ tote L1 2"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (2) T1"),
    ];
    a_line_lowered_below_what_is_in_the_hand_is_counted_anew: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("/qty L1 1", "note page @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
    ];
    a_raised_line_calls_back_from_the_drop_off: two(), [
        ("/cancel L2", "ok page @ location L1 cancelled O2"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 X (1) T1"),
        ("/short", "ok page @ short L1 0"),
        ("/reason none", "ok page @ short L1 0 NoneFound 0"),
        ("A1", "step short A1 @ drop-off + PickedShort L1 2 NoneFound 0"),
        ("/qty L1 9", "ok page @ drop-off"),
    ];
    p25_what_was_missing_comes_back_as_a_line_elsewhere: World::new().line("L1 A1 X 3").stock("A7 X 9"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("/short", "ok page @ short L1 0"),
        ("/reason none", "ok page @ short L1 0 NoneFound 0"),
        ("A1", "step short A1 @ drop-off + PickedShort L1 3 NoneFound 0"),
        ("/more L9 A7 X 3", "note page @ location L9"),
        ("A7", "step shelf A7 @ item L9 0"),
        ("X", "ok item X @ item L9 1"),
    ];
    a_withdrawn_task_ends: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/withdraw", "note task K1 @ Gone"),
    ];
}
