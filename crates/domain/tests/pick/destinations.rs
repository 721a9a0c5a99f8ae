//! Totes that go down one by one: places that differ, and the hand-over between zones.

use crate::cases;
use crate::world::World;
use floorhand_domain::task::PickMode;

/// Order 1 goes to bench B1, order 2 to dock D1. Both are picked.
fn two() -> World {
    World::new().line("L1 A1 X 1").line("L2 A1 X 1 slot=2").stock("A1 X 20").with(|world| {
        world.task.slots[1].drop_off = "D1".into();
    })
}

fn zone(line: &str) -> World {
    World::new().line(line).stock("A1 X 5").stock("A2 Y 5").with(|world| world.task.mode = PickMode::Zone)
}

/// What zone 1 picked stands at B1.
fn handed_over() -> World {
    zone("L2 A2 Y 1").stock("B1 X 1 hu=T1 status=allocated").with(|world| world.task.slots[0].from = "B1".into())
}

/// As before, but this device has not heard of it: it knows the tote and its order.
fn unheard_of() -> World {
    handed_over().with(|world| {
        world.task.slots[0].from = "".into();
        world.task.slots[0].tote = "".into();
        world.units[0].location = "B1".into();
    })
}

cases! {
    p33_each_tote_is_asked_for_singly: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ item L2 0 + Picked L1 X (1) T1"),
        ("X", "step item X @ tote L2 1"),
        ("T2", "step tote T2 @ drop-one + Picked L2 X (1) T2"),
        ("B1", "WRONG_KIND id=B1 needed=tote scanned=location @ drop-one"),
        ("T3", "TOTE_OTHER needed=T1 scanned=T3 slot=1 @ drop-one"),
        ("T2", "ok tote T2 @ drop-one T2"),
        ("B1", "PLACE_FORBIDDEN needed=D1 scanned=B1 @ drop-one T2"),
        ("X", "WRONG_KIND id=X needed=location scanned=item @ drop-one T2"),
        ("/cut", "cut @ drop-one T2"),
        ("/release", "NOT_NOW @ drop-one T2"),
        ("D1", "step drop D1 @ drop-one + DroppedOff D1 T2"),
        ("/cut", "cut @ drop-one"),
        ("/undo L2", "NOT_NOW @ drop-one"),
        ("T2", "TOTE_OTHER needed=T1 scanned=T2 slot=1 @ drop-one"),
        ("T1", "ok tote T1 @ drop-one T1"),
        ("B2", "PLACE? needed=B1 scanned=B2 @ drop-one T1 B2?"),
        ("T1", "ok tote T1 @ drop-one T1"),
        ("B2", "PLACE? needed=B1 scanned=B2 @ drop-one T1 B2?"),
        ("/cut", "cut @ drop-one T1"),
        ("B2", "PLACE? needed=B1 scanned=B2 @ drop-one T1 B2?"),
        ("B2", "task drop B2 @ Done + DroppedOff B2 T1"),
    ];
    p33_a_pick_of_a_tote_that_is_still_here_is_taken_back: two(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ item L2 0 + Picked L1 X (1) T1"),
        ("X", "step item X @ tote L2 1"),
        ("T2", "step tote T2 @ drop-one + Picked L2 X (1) T2"),
        ("T2", "ok tote T2 @ drop-one T2"),
        ("/undo L1", "ok undone X @ location L1 + Undone 1/7"),
    ];
    p33_one_other_place_for_all_is_asked_for_once: two().with(|world| world.task.slots[0].drop_off = "D1".into()), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ item L2 0 + Picked L1 X (1) T1"),
        ("X", "step item X @ tote L2 1"),
        ("T2", "step tote T2 @ drop-off + Picked L2 X (1) T2"),
        ("B1", "PLACE_FORBIDDEN needed=D1 scanned=B1 @ drop-off"),
        ("D1", "task drop D1 @ Done + DroppedOff D1 T1 T2"),
    ];
    p35_zone_1_sets_its_tote_down_at_the_hand_over: zone("L1 A1 X 1").bare_cart(), [
        ("T1", "step tote T1 @ location L1 + ToteAssigned 1 O1 T1"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-one + Picked L1 X (1) T1"),
        ("B1", "WRONG_KIND id=B1 needed=tote scanned=location @ drop-one"),
        ("T1", "ok tote T1 @ drop-one T1"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T1"),
    ];
    p35_zone_2_takes_it_up_and_goes_on: handed_over(), [
        ("A2", "WRONG_KIND id=A2 needed=tote scanned=location @ totes 1"),
        ("T2", "TOTE_OTHER needed=T1 scanned=T2 slot=1 @ totes 1"),
        ("T1", "step taken T1 @ location L2 + ToteTaken T1 B1"),
        ("/cut", "cut @ location L2"),
        ("A2", "step shelf A2 @ item L2 0"),
        ("Y", "step item Y @ tote L2 1"),
        ("T1", "step tote T1 @ drop-one + Picked L2 Y (1) T1"),
        ("T1", "ok tote T1 @ drop-one T1"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T1"),
    ];
    p35_the_tote_of_the_order_is_known_by_its_order: unheard_of(), [
        ("T2", "step tote T2 @ location L2 + ToteAssigned 1 O1 T2"),
    ];
    p35_a_tote_that_holds_goods_of_the_order_was_handed_over: unheard_of(), [
        ("T1", "step taken T1 @ location L2 + ToteAssigned 1 O1 T1 + ToteTaken T1 B1"),
    ];
}
