//! A batch: totals into one tote, then sorted into those of the orders.

use crate::cases;
use crate::world::World;
use floorhand_domain::task::{PickMode, Slot};

fn as_batch(world: World) -> World {
    world.bare_cart().with(|world| {
        world.task.mode = PickMode::Batch;
        world.task.slots.insert(0, Slot::default());
    })
}

/// Two of X for order 1, three of X and one of Y for order 2.
fn batch() -> World {
    let world = World::new().line("L1 A1 X 2").line("L2 A1 X 3 slot=2").line("L3 A2 Y 1 slot=2");
    as_batch(world.stock("A1 X 20").stock("A2 Y 5"))
}

/// Picked, with the totes of the orders in their places.
fn picked() -> World {
    batch().stock("TRANSIT X 5 hu=T4 status=allocated").stock("TRANSIT Y 1 hu=T4 status=allocated").with(|world| {
        for (slot, tote) in ["T4", "T1", "T2"].into_iter().enumerate() {
            world.task.slots[slot].tote = tote.into();
        }
        for line in &mut world.lines {
            line.picked = line.qty;
            line.state = floorhand_domain::task::LineState::Done;
        }
    })
}

fn lots() -> World {
    let world = World::new().line("L1 A1 V 1 lot=L1").line("L2 A1 V 1 slot=2 lot=L2");
    as_batch(world.stock("A1 V 5 lot=L1").stock("A1 V 5 lot=L2"))
        .stock("TRANSIT V 1 hu=T4 lot=L1 status=allocated")
        .stock("TRANSIT V 1 hu=T4 lot=L2 status=allocated")
        .with(|world| {
            for (slot, tote) in ["T4", "T1", "T2"].into_iter().enumerate() {
                world.task.slots[slot].tote = tote.into();
            }
            for line in &mut world.lines {
                (line.picked, line.state) = (1, floorhand_domain::task::LineState::Done);
            }
        })
}

cases! {
    a_batch_asks_for_the_total_of_a_place: batch(), [
        ("T4", "step tote T4 @ location L1 + ToteAssigned 0  T4"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X6", "QTY_OVER open=4 @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("X", "ok item X @ item L1 3"),
        ("T4", "step tote T4 @ item L1 0 + Picked L1 X (2) T4 + Picked L2 X (1) T4"),
        ("/cut", "cut @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "step item X @ tote L1 2"),
        ("T1", "TOTE_OTHER needed=T4 scanned=T1 slot=0 @ tote L1 2"),
        ("T4", "step tote T4 @ location L3 + Picked L2 X (2) T4"),
        ("A2", "step shelf A2 @ item L3 0"),
        ("Y", "step item Y @ tote L3 1"),
        ("T4", "step tote T4 @ totes 1 + Picked L3 Y (1) T4"),
        ("T4", "TOTE_OTHER scanned=T4 slot=1 @ totes 1"),
        ("T1", "step tote T1 @ totes 2 + ToteAssigned 1 O1 T1"),
        ("T2", "step tote T2 @ sort 0 + ToteAssigned 2 O2 T2"),
        ("X", "ok item X @ sort L1 slot 1 1 from=T4"),
    ];
    p34_the_device_names_the_slot_and_takes_no_other_tote: picked(), [
        ("T1", "WRONG_KIND id=T1 needed=item scanned=tote @ sort 0"),
        ("A1", "WRONG_KIND id=A1 needed=item scanned=location @ sort 0"),
        ("V", "WRONG_ITEM scanned=V @ sort 0"),
        ("X", "ok item X @ sort L1 slot 1 1 from=T4"),
        ("T2", "TOTE_OTHER needed=T1 scanned=T2 slot=1 @ sort L1 slot 1 1 from=T4"),
        ("T4", "TOTE_OTHER needed=T1 scanned=T4 slot=1 @ sort L1 slot 1 1 from=T4"),
        ("/cut", "cut @ sort L1 slot 1 1 from=T4"),
        ("/release", "NOT_NOW @ sort L1 slot 1 1 from=T4"),
        ("T1", "step sorted T1 @ sort 0 + Sorted L1 X (1) T4 T1"),
        ("/cut", "cut @ sort 0"),
        ("X", "ok item X @ sort L1 slot 1 1 from=T4"),
        ("X", "QTY_OVER open=0 @ sort L1 slot 1 1 from=T4"),
        ("Y", "WRONG_ITEM needed=X scanned=Y @ sort L1 slot 1 1 from=T4"),
        ("/skip", "NOT_NOW @ sort L1 slot 1 1 from=T4"),
        ("T1", "step sorted T1 @ sort 0 + Sorted L1 X (1) T4 T1"),
        ("X", "ok item X @ sort L2 slot 2 1 from=T4"),
        ("X", "ok item X @ sort L2 slot 2 2 from=T4"),
        ("X", "ok item X @ sort L2 slot 2 3 from=T4"),
        ("T2", "step sorted T2 @ sort 0 + Sorted L2 X (3) T4 T2"),
        ("X", "QTY_OVER open=0 @ sort 0"),
        ("Y", "ok item Y @ sort L3 slot 2 1 from=T4"),
        ("T2", "step sorted T2 @ drop-off + Sorted L3 Y (1) T4 T2"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T1 T2"),
    ];
    p34_a_lot_goes_to_the_order_that_named_it: lots(), [
        ("V", "NEED_LOT item=V @ sort 0 [V]"),
        ("L2", "ok item V @ sort L2 slot 2 1 from=T4"),
        ("T2", "step sorted T2 @ sort 0 + Sorted L2 V (1 L2) T4 T2"),
        ("(01)V(10)L9", "WRONG_LOT scanned=L9 @ sort 0"),
        ("(10)L1", "MISSING_DATA field=item @ sort 0 [L1]"),
        ("(01)V(10)L2", "LABEL_CLASH first=L1 second=L2 @ sort 0"),
        ("(01)V(10)L1", "ok item V @ sort L1 slot 1 1 from=T4"),
        ("T1", "step sorted T1 @ drop-off + Sorted L1 V (1 L1) T4 T1"),
    ];
    a_shortage_of_a_batch_closes_what_is_left_of_each_line: batch(), [
        ("T4", "step tote T4 @ location L1 + ToteAssigned 0  T4"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/short", "ok page @ short L1 1"),
        ("/reason damaged", "ok page @ short L1 1 Damaged 0"),
        ("/damaged 2", "ok quantity 2 @ short L1 1 Damaged 2"),
        ("A1", "step shelf A1 @ tote L1 1 short Damaged"),
        ("T4", "step tote T4 @ location L3 + Picked L1 X (1) T4 + PickedShort L1 1 Damaged 1 + PickedShort L2 3 Damaged 1"),
    ];
    what_is_picked_as_one_is_skipped_as_one: batch(), [
        ("T4", "step tote T4 @ location L1 + ToteAssigned 0  T4"),
        ("/skip", "ok skipped L1 @ location L3"),
        ("/skip", "ok skipped L3 @ location L1"),
    ];
    p29_goods_of_a_cancelled_order_are_left_and_set_down_with_their_tote: picked(), [
        ("X", "ok item X @ sort L1 slot 1 1 from=T4"),
        ("X", "ok item X @ sort L1 slot 1 2 from=T4"),
        ("/cancel L2", "ok page @ sort L1 slot 1 2 from=T4"),
        ("T1", "note sorted T1 @ sort 0 cancelled O2 + Sorted L1 X (2) T4 T1"),
        ("X", "ORDER_CANCELLED order=O2 @ sort 0"),
        ("Y", "ok item Y @ sort L3 slot 2 1 from=T4"),
        ("T2", "step sorted T2 @ drop-off + Sorted L3 Y (1) T4 T2"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T4 T1 T2"),
    ];
    what_is_not_found_in_the_common_tote_is_left: picked(), [
        ("/skip", "ok skipped @ drop-off"),
        ("/cut", "cut @ drop-off"),
        ("B1", "task drop B1 @ Done + DroppedOff B1 T4 T1 T2"),
    ];
    p21_the_tote_of_an_order_is_full_while_sorting: picked(), [
        ("/full", "NOT_NOW @ sort 0"),
        ("X", "ok item X @ sort L1 slot 1 1 from=T4"),
        ("/full", "ok tote-full T1 @ next-tote L1 1 from=T4 + ToteClosed 1 T1"),
        ("/cut", "cut @ next-tote L1 1 from=T4"),
        ("T3", "step tote T3 @ sort L1 slot 1 1 from=T4 + ToteAssigned 1 O1 T3"),
        ("T3", "step sorted T3 @ sort 0 + Sorted L1 X (1) T4 T3"),
    ];
    p21_the_common_tote_is_full: batch(), [
        ("T4", "step tote T4 @ location L1 + ToteAssigned 0  T4"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("T4", "step tote T4 @ item L1 0 + Picked L1 X (1) T4"),
        ("/full", "ok tote-full T4 @ next-tote L1 0 + ToteClosed 0 T4"),
        ("T3", "step tote T3 @ item L1 0 + ToteAssigned 0  T3"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("X", "ok item X @ item L1 3"),
        ("X", "step item X @ tote L1 4"),
        ("T3", "step tote T3 @ location L3 + Picked L1 X (1) T3 + Picked L2 X (3) T3"),
        ("A2", "step shelf A2 @ item L3 0"),
        ("Y", "step item Y @ tote L3 1"),
        ("T3", "step tote T3 @ totes 1 + Picked L3 Y (1) T3"),
        ("T1", "step tote T1 @ totes 2 + ToteAssigned 1 O1 T1"),
        ("T2", "step tote T2 @ sort 0 + ToteAssigned 2 O2 T2"),
        ("X", "ok item X @ sort L1 slot 1 1 from=T4"),
        ("X", "QTY_OVER open=0 @ sort L1 slot 1 1 from=T4"),
        ("T1", "step sorted T1 @ sort 0 + Sorted L1 X (1) T4 T1"),
        ("X", "ok item X @ sort L1 slot 1 1 from=T3"),
    ];
    p37_what_is_sorted_is_not_taken_back: batch(), [
        ("T4", "step tote T4 @ location L1 + ToteAssigned 0  T4"),
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("X", "ok item X @ item L1 3"),
        ("X", "ok item X @ item L1 4"),
        ("X", "step item X @ tote L1 5"),
        ("T4", "step tote T4 @ location L3 + Picked L1 X (2) T4 + Picked L2 X (3) T4"),
        ("/undo L2", "ok undone X @ location L2 + Undone 1/7"),
        ("A1", "step shelf A1 @ item L2 0"),
        ("X", "ok item X @ item L2 1"),
        ("X", "ok item X @ item L2 2"),
        ("X", "step item X @ tote L2 3"),
        ("T4", "step tote T4 @ location L3 + Picked L2 X (3) T4"),
        ("A2", "step shelf A2 @ item L3 0"),
        ("Y", "step item Y @ tote L3 1"),
        ("T4", "step tote T4 @ totes 1 + Picked L3 Y (1) T4"),
        ("T1", "step tote T1 @ totes 2 + ToteAssigned 1 O1 T1"),
        ("T2", "step tote T2 @ sort 0 + ToteAssigned 2 O2 T2"),
        ("Y", "ok item Y @ sort L3 slot 2 1 from=T4"),
        ("T2", "step sorted T2 @ sort 0 + Sorted L3 Y (1) T4 T2"),
        ("/undo L3", "NOT_NOW @ sort 0"),
    ];
}
