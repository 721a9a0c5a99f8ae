//! Shortages: why, how many damaged, and the location that confirms.

use crate::cases;
use crate::world::World;

fn x(qty: i64) -> World {
    World::new().line(&format!("L1 A1 X {qty}")).line("L2 A2 Y 1").stock("A1 X 20").stock("A2 Y 5")
}

cases! {
    p23_nothing_found_closes_the_line_at_its_location: x(3), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("/short", "ok page @ short L1 0"),
        ("A1", "NOT_NOW @ short L1 0"),
        ("/cut", "cut @ short L1 0"),
        ("/reason none", "ok page @ short L1 0 NoneFound 0"),
        ("/cut", "cut @ short L1 0 NoneFound 0"),
        ("A2", "WRONG_LOCATION needed=A1 scanned=A2 @ short L1 0 NoneFound 0"),
        ("X", "WRONG_KIND id=X needed=location scanned=item @ short L1 0 NoneFound 0"),
        ("nonsense", "UNKNOWN_CODE @ short L1 0 NoneFound 0"),
        ("A1", "step short A1 @ location L2 + PickedShort L1 3 NoneFound 0"),
    ];
    two_locations_of_one_code_confirm_nothing: x(3).place("C1", "A1").place("A1-SIGN", "SIGN").with(|world| {
        world.lines[0].location = "A1".into();
    }), [
        ("/short", "ok page @ short L1 0"),
        ("/reason unreachable", "ok page @ short L1 0 Unreachable 0"),
        ("A1", "AMBIGUOUS location A1 or location C1 @ short L1 0 Unreachable 0"),
    ];
    units_in_the_hand_go_to_the_tote_first: x(5), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("/short", "ok page @ short L1 2"),
        ("/reason wrong", "ok page @ short L1 2 WrongStock 0"),
        ("A1", "step shelf A1 @ tote L1 2 short WrongStock"),
        ("/cut", "cut @ tote L1 2 short WrongStock"),
        ("X", "QTY_OVER open=0 @ tote L1 2 short WrongStock"),
        ("T2", "TOTE_OTHER needed=T1 scanned=T2 slot=1 @ tote L1 2 short WrongStock"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (2) T1 + PickedShort L1 3 WrongStock 0"),
    ];
    what_is_in_a_tote_stands: x(5), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 X (1) T1"),
        ("/short", "ok page @ short L1 0"),
        ("/reason none", "ok page @ short L1 0 NoneFound 0"),
        ("A1", "step short A1 @ location L2 + PickedShort L1 4 NoneFound 0"),
    ];
    damaged_asks_how_many: x(5), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
        ("/damaged 1", "NOT_NOW @ item L1 2"),
        ("/short", "ok page @ short L1 2"),
        ("/damaged 1", "NOT_NOW @ short L1 2"),
        ("/reason damaged", "ok page @ short L1 2 Damaged 0"),
        ("A1", "NOT_NOW @ short L1 2 Damaged 0"),
        ("/damaged 0", "QTY_BAD @ short L1 2 Damaged 0"),
        ("/damaged -2", "QTY_BAD @ short L1 2 Damaged 0"),
        ("/damaged 4", "QTY_OVER open=3 @ short L1 2 Damaged 0"),
        ("/damaged 2", "ok quantity 2 @ short L1 2 Damaged 2"),
        ("A1", "step shelf A1 @ tote L1 2 short Damaged"),
        ("T1", "step tote T1 @ location L2 + Picked L1 X (2) T1 + PickedShort L1 3 Damaged 2"),
    ];
    another_reason_forgets_the_damaged: x(5), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("/short", "ok page @ short L1 0"),
        ("/reason damaged", "ok page @ short L1 0 Damaged 0"),
        ("/damaged 2", "ok quantity 2 @ short L1 0 Damaged 2"),
        ("/reason none", "ok page @ short L1 0 NoneFound 0"),
        ("/damaged 2", "NOT_NOW @ short L1 0 NoneFound 0"),
        ("A1", "step short A1 @ location L2 + PickedShort L1 5 NoneFound 0"),
    ];
    found_after_all_goes_on_where_it_was: x(5), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/short", "ok page @ short L1 1"),
        ("/reason none", "ok page @ short L1 1 NoneFound 0"),
        ("/found", "ok page @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
    ];
    found_after_all_never_skips_the_location: x(5), [
        ("/found", "NOT_NOW @ location L1"),
        ("/short", "ok page @ short L1 0"),
        ("/cut", "cut @ short L1 0"),
        ("/reason unreachable", "ok page @ short L1 0 Unreachable 0"),
        ("/found", "ok page @ location L1"),
        ("X", "NEED_LOCATION needed=A1 scanned=X @ location L1"),
    ];
    a_shortage_may_be_declared_on_the_way: x(5), [
        ("/short", "ok page @ short L1 0"),
        ("/reason unreachable", "ok page @ short L1 0 Unreachable 0"),
        ("A1", "step short A1 @ location L2 + PickedShort L1 5 Unreachable 0"),
    ];
    a_shortage_taken_back_at_the_tote: x(3), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("X", "ok item X @ item L1 1"),
        ("/short", "ok page @ short L1 1"),
        ("/reason none", "ok page @ short L1 1 NoneFound 0"),
        ("A1", "step shelf A1 @ tote L1 1 short NoneFound"),
        ("/short", "ok page @ short L1 1"),
        ("/found", "ok page @ item L1 1"),
        ("X", "ok item X @ item L1 2"),
    ];
    buttons_of_other_steps_do_nothing_here: x(5), [
        ("/short", "ok page @ short L1 0"),
        ("/short", "NOT_NOW @ short L1 0"),
        ("/skip", "NOT_NOW @ short L1 0"),
        ("/type 3", "NOT_NOW @ short L1 0"),
        ("/release", "step released K1 @ Released + TaskReleased K1"),
    ];
}
