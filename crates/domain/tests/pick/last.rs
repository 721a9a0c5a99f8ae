//! The last of a place, the last of a tote, and what is taken back.

use crate::cases;
use crate::world::World;

/// The book has two of X at A1.
fn two(line: i64) -> World {
    World::new()
        .line(&format!("L1 A1 X {line}"))
        .line("L2 A2 Y 1")
        .stock("A1 X 2")
        .stock("A2 Y 5")
        .set(|settings| settings.zero_check = true)
}

fn five() -> World {
    World::new().line("L1 A1 X 5").stock("A1 X 20")
}

fn shared() -> World {
    World::new()
        .line("L1 A1 X 1")
        .line("L2 A1 Y 1 slot=2")
        .stock("A1 X 5")
        .stock("A1 Y 5")
        .set(|settings| settings.share_tote = true)
        .with(|world| world.task.slots[1].tote = "T1".into())
}

cases! {
    p27_nothing_left_by_the_book_asks_and_no_goes_on: two(2), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("/empty yes", "NOT_NOW @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "step item X @ tote L1 2"),
        ("T1", "step tote T1 @ empty L1 + Picked L1 X (2) T1"),
        ("A1", "NOT_NOW @ empty L1"),
        ("/release", "NOT_NOW @ empty L1"),
        ("/cut", "cut @ empty L1"),
        ("/empty no", "step checked A1 @ location L2 + ZeroChecked A1 X false"),
    ];
    p27_yes_goes_on_too: two(2), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "step item X @ tote L1 2"),
        ("T1", "step tote T1 @ empty L1 + Picked L1 X (2) T1"),
        ("/empty yes", "step checked A1 @ location L2 + ZeroChecked A1 X true"),
    ];
    p27_with_the_line_still_open_it_comes_back: two(3), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("T1", "step tote T1 @ empty L1 + Picked L1 X (2) T1"),
        ("/empty no", "step checked A1 @ item L1 0 + ZeroChecked A1 X false"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (1) T1"),
    ];
    p27_a_shortage_is_asked_about_once: two(3), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("/short", "ok page @ short L1 2"),
        ("/reason none", "ok page @ short L1 2 NoneFound 0"),
        ("A1", "step shelf A1 @ tote L1 2 short NoneFound"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (2) T1 + PickedShort L1 1 NoneFound 0"),
    ];
    p27_while_the_book_has_more_nothing_is_asked: two(1), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (1) T1"),
    ];
    p27_what_is_damaged_is_still_there: two(2).stock("A1 X 1 status=damaged"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "step item X @ tote L1 2"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (2) T1"),
    ];
    p27_the_site_may_switch_it_off: two(2).set(|settings| settings.zero_check = false), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "step item X @ tote L1 2"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (2) T1"),
    ];
    p21_the_rest_goes_to_the_next_tote_of_the_same_order: five(), [
        ("/full", "NOT_NOW @ location L1"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 X (2) T1"),
        ("/full", "ok tote-full T1 @ next-tote L1 0 + ToteClosed 1 T1"),
        ("/full", "NOT_NOW @ next-tote L1 0"),
        ("X", "WRONG_KIND id=X needed=tote scanned=item @ next-tote L1 0"),
        ("T1", "TOTE_NOT_EMPTY scanned=T1 @ next-tote L1 0"),
        ("T8", "TOTE_NOT_EMPTY scanned=T8 @ next-tote L1 0"),
        ("T9", "TOTE_OTHER scanned=T9 slot=1 @ next-tote L1 0"),
        ("/cut", "cut @ next-tote L1 0"),
        ("T3", "step tote T3 @ item L1 0 + ToteAssigned 1 O1 T3"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("X", "step item X @ tote L1 3"),
        ("T1", "TOTE_OTHER needed=T3 scanned=T1 slot=1 @ tote L1 3"),
        ("T3", "step tote T3 @ drop-off + Picked L1 X (3) T3"),
        ("/cut", "cut @ drop-off"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T1 T3"),
    ];
    p21_what_is_in_the_hand_stays_there: five(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("/full", "ok tote-full T1 @ next-tote L1 2 + ToteClosed 1 T1"),
        ("/release", "NOT_NOW @ next-tote L1 2"),
        ("T3", "step tote T3 @ item L1 2 + ToteAssigned 1 O1 T3"),
    ];
    p21_at_the_tote_with_a_shortage_declared: five(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/short", "ok page @ short L1 1"),
        ("/reason none", "ok page @ short L1 1 NoneFound 0"),
        ("/full", "NOT_NOW @ short L1 1 NoneFound 0"),
        ("A1", "step shelf A1 @ tote L1 1 short NoneFound"),
        ("/full", "ok tote-full T1 @ next-tote L1 1 short NoneFound + ToteClosed 1 T1"),
        ("/cut", "cut @ next-tote L1 1 short NoneFound"),
        ("T3", "step tote T3 @ tote L1 1 short NoneFound + ToteAssigned 1 O1 T3"),
        ("T3", "step tote T3 @ drop-off + Picked L1 X (1) T3 + PickedShort L1 4 NoneFound 0"),
    ];
    p21_a_shared_tote_gives_up_all_its_slots: shared(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("/full", "ok tote-full T1 @ next-tote L1 1 + ToteClosed 1 T1 + ToteClosed 2 T1"),
        ("T3", "step tote T3 @ tote L1 1 + ToteAssigned 1 O1 T3"),
        ("T3", "step tote T3 @ totes 2 + Picked L1 X (1) T3"),
        ("T3", "step tote T3 @ location L2 + ToteAssigned 2 O2 T3"),
    ];
    p21_a_line_cancelled_meanwhile_needs_no_tote: two(2), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("/full", "ok tote-full T1 @ next-tote L1 0 + ToteClosed 1 T1"),
        ("/cancel L1", "note page @ totes 1 cancelled O1"),
        ("T3", "step tote T3 @ location L2 + ToteAssigned 1 O1 T3"),
    ];
    p37_a_pick_is_taken_back: two(1), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (1) T1"),
        ("/undo L1", "ok undone X @ location L1 + Undone 1/7"),
        ("/cut", "cut @ location L1"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (1) T1"),
        ("A2", "step shelf A2 @ item L2 0"),
        ("Y", "step item Y @ tote L2 1"),
        ("/undo L1", "NOT_NOW @ tote L2 1"),
        ("T1", "step tote T1 @ drop-off + Picked L2 Y (1) T1"),
        ("/undo L2", "ok undone Y @ location L2 + Undone 1/7"),
    ];
    p37_a_line_closed_short_builds_on_its_pick: five(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 X (1) T1"),
        ("/short", "ok page @ short L1 0"),
        ("/undo L1", "NOT_NOW @ short L1 0"),
        ("/reason none", "ok page @ short L1 0 NoneFound 0"),
        ("A1", "step short A1 @ drop-off + PickedShort L1 4 NoneFound 0"),
        ("/undo L1", "NOT_NOW @ drop-off"),
    ];
    p28_an_urgent_order_is_announced_after_the_line: two(2).set(|settings| settings.zero_check = false), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/urgent K9", "ok page @ item L1 1"),
        ("/urgent K9", "ok page @ item L1 1"),
        ("/cut", "cut @ item L1 1"),
        ("X", "step item X @ tote L1 2"),
        ("T1", "note tote T1 @ location L2 urgent K9 + Picked L1 X (2) T1"),
        ("A2", "step shelf A2 @ item L2 0"),
        ("Y", "step item Y @ tote L2 1"),
        ("T1", "step tote T1 @ drop-off + Picked L2 Y (1) T1"),
    ];
    p28_between_two_lines_it_is_said_at_once: two(2), [
        ("/urgent K9", "ok page @ location L1 urgent K9"),
        ("A1", "step shelf A1 @ item L1 0"),
    ];
    p28_an_order_added_to_the_task_is_news: two(1), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("/more L9 A7 X 1 slot=3", "ok page @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "note tote T1 @ location L2 urgent O3 + Picked L1 X (1) T1"),
    ];
}
