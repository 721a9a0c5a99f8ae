//! The way through a count: location, end, nothing here, recounts, power cuts.

use crate::cases;
use crate::floor::Floor;
use floorhand_domain::master::{LocationKind, RecountBy};

fn two() -> Floor {
    Floor::new().line("L1 A1 - 0").line("L2 A2 - 0").stock("A1 X 2").stock("A1 Y 4").stock("A2 X 1")
}

cases! {
    the_planned_location_begins: two(), [
        ("X", "NEED_LOCATION needed=A1 @ location L1 A1"),
        ("A2", "WRONG_LOCATION needed=A1 scanned=A2 @ location L1 A1"),
        ("H1", "WRONG_KIND id=H1 needed=location scanned=handling-unit @ location L1 A1"),
        ("/type 3", "NOT_NOW @ location L1 A1"),
        ("/nothing", "NOT_NOW @ location L1 A1"),
        ("/back", "NOT_NOW @ location L1 A1"),
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("A2", "WRONG_LOCATION needed=A1 scanned=A2 @ contents L1 A1 0"),
    ];
    c09_nothing_is_there: two(), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("/nothing", "ok page @ nothing L1 A1"),
        ("A2", "WRONG_LOCATION needed=A1 scanned=A2 @ nothing L1 A1"),
        ("X", "WRONG_KIND id=X needed=location scanned=item @ nothing L1 A1"),
        ("/cut", "cut @ nothing L1 A1"),
        ("A1", "step count A1 @ location L2 A2 + Counted X 0 + Counted Y 0 + CountSubmitted C1 nothing"),
        ("/cut", "cut @ location L2 A2"),
        ("A2", "step shelf A2 @ contents L2 A2 0 + CountStarted C2 L2 A2"),
    ];
    c09_something_is_there_after_all: two(), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("/nothing", "ok page @ nothing L1 A1"),
        ("/nothing", "NOT_NOW @ nothing L1 A1"),
        ("/back", "ok page @ contents L1 A1 0"),
        ("X", "ok item X @ contents L1 A1 1 + Counted X 1"),
        ("/nothing", "NOT_NOW @ contents L1 A1 1"),
    ];
    c09_a_spot_count_of_what_is_not_there: Floor::new().line("L1 A1 X 0").stock("A1 Y 4"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1 X"),
        ("/nothing", "ok page @ nothing L1 A1"),
        ("A1", "task count A1 @ Done + Counted X 0 + CountSubmitted C1 nothing"),
    ];
    c10_what_was_not_scanned_is_counted_zero: two(), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("X", "ok item X @ contents L1 A1 1 + Counted X 1"),
        ("A1", "PARTIAL? open=1 @ contents L1 A1 1"),
        ("X", "ok item X @ contents L1 A1 2 + Counted X 1"),
        ("A1", "PARTIAL? open=1 @ contents L1 A1 2"),
        ("/cut", "cut @ contents L1 A1 2"),
        ("A1", "PARTIAL? open=1 @ contents L1 A1 2"),
        ("A1", "step count A1 @ location L2 A2 + Counted Y 0 + CountSubmitted C1"),
    ];
    c10_a_location_read_twice_is_no_empty_one: Floor::new().line("L1 A1 - 0"), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("A1", "PARTIAL? open=0 @ contents L1 A1 0"),
        ("A1", "task count A1 @ Done + CountSubmitted C1"),
    ];
    c14_cut_after_seven_scans: two(), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("X", "ok item X @ contents L1 A1 1 + Counted X 1"),
        ("X", "ok item X @ contents L1 A1 2 + Counted X 1"),
        ("X", "ok item X @ contents L1 A1 3 + Counted X 1"),
        ("Y", "ok item Y @ contents L1 A1 4 + Counted Y 1"),
        ("Y", "ok item Y @ contents L1 A1 5 + Counted Y 1"),
        ("Y", "ok item Y @ contents L1 A1 6 + Counted Y 1"),
        ("Y", "ok item Y @ contents L1 A1 7 + Counted Y 1"),
        ("/cut", "cut @ contents L1 A1 7"),
        ("A1", "step count A1 @ location L2 A2 + CountSubmitted C1"),
    ];
    c05_somebody_else_must_count_again: Floor::new().line("L1 A1 - 0 round=1 by=OP1").line("L2 A2 - 0 round=1 by=OP2"), [
        ("A2", "step shelf A2 @ contents L2 A2 0 + CountStarted C1 L2 A2"),
        ("A2", "PARTIAL? open=0 @ contents L2 A2 0"),
        ("A2", "step count A2 @ location L1 A1 + CountSubmitted C1"),
        ("A1", "COUNT_SAME @ location L1 A1"),
        ("/release", "step released K1 @ Released + TaskReleased K1"),
    ];
    c05_a_site_may_let_anybody: Floor::new().line("L1 A1 - 0 round=1 by=OP1").set(|s| s.recount_by = RecountBy::Any), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
    ];
    without_a_plan_any_location_of_the_building: Floor::new().stock("A7 X 1").with(|world| {
        let mut loss = world.locations[0].clone();
        (loss.id, loss.code, loss.kind) = ("LOSS".into(), "LOSS".into(), LocationKind::Virtual);
        world.locations.push(loss);
    }), [
        ("LOSS", "PLACE_FORBIDDEN scanned=LOSS @ location "),
        ("A7", "step shelf A7 @ contents A7 0 + CountStarted C1 A7"),
        ("X", "ok item X @ contents A7 1 + Counted X 1"),
        ("/release", "NOT_NOW @ contents A7 1"),
        ("/undo", "ok undone X @ contents A7 0 + Undone 2"),
        ("X", "ok item X @ contents A7 1 + Counted X 1"),
        ("A7", "task count A7 @ Done + CountSubmitted C1"),
    ];
    the_erp_withdraws_a_line: two(), [
        ("A1", "step shelf A1 @ contents L1 A1 0 + CountStarted C1 L1 A1"),
        ("X", "ok item X @ contents L1 A1 1 + Counted X 1"),
        ("/cancel L1", "note page @ location L2 A2"),
        ("/cancel L3", "ok page @ location L2 A2"),
        ("/cancel L2", "note task K1 @ Gone"),
    ];
    the_erp_withdraws_the_task: two(), [
        ("/withdraw", "note task K1 @ Gone"),
    ];
}
