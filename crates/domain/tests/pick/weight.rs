//! Pieces that differ in weight, 500 to 1,000 g each: by label and by scale.

use crate::cases;
use crate::world::World;

fn c(qty: i64) -> World {
    World::new().line(&format!("L1 A1 C {qty}")).stock("A1 C 50")
}

fn d() -> World {
    World::new().line("L1 A1 D 3").stock("A1 D 5 lot=L1").stock("A1 D 5 lot=L2")
}

cases! {
    p38_a_label_says_one_piece_and_its_weight: c(2).line("L2 A1 C 1 slot=2"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)C(3103)000750", "ok item C @ item L1 1"),
        ("(01)C(3103)000800", "step item C @ tote L1 2"),
        ("T1", "step tote T1 @ item L2 0 + Picked L1 C (2 1550 g) T1"),
        ("(01)C(3103)000600", "step item C @ tote L2 1"),
        ("T2", "step tote T2 @ drop-off + Picked L2 C (1 600 g) T2"),
    ];
    p38_pieces_of_one_label_are_weighed_together: c(3), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)C(30)2(3103)001500", "ok item C @ item L1 2"),
        ("(01)C(30)2(3103)001500", "QTY_OVER open=1 @ item L1 2"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 C (2 1500 g) T1"),
    ];
    a_weight_outside_the_range_of_a_piece_is_refused: c(3), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)C(3103)001001", "WEIGHT_OUT grams=1001 least=500 most=1000 @ item L1 0"),
        ("(01)C(3103)000499", "WEIGHT_OUT grams=499 least=500 most=1000 @ item L1 0"),
        ("(01)C(30)2(3103)000999", "WEIGHT_OUT grams=999 least=1000 most=2000 @ item L1 0"),
        ("(01)C(3103)001000", "ok item C @ item L1 1"),
    ];
    the_scale_weighs_what_has_no_weight_yet: c(3), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("/weigh 700", "NOT_NOW @ item L1 0"),
        ("C", "ok item C @ item L1 1 weigh 1"),
        ("T1", "MISSING_DATA field=weight @ item L1 1 weigh 1"),
        ("/short", "MISSING_DATA field=weight @ item L1 1 weigh 1"),
        ("/weigh 0", "WEIGHT_OUT grams=0 least=500 most=1000 @ item L1 1 weigh 1"),
        ("C", "ok item C @ item L1 2 weigh 2"),
        ("(01)C(3103)000750", "MISSING_DATA field=weight @ item L1 2 weigh 2"),
        ("/cut", "cut @ item L1 2 weigh 2"),
        ("/weigh 700", "WEIGHT_OUT grams=700 least=1000 most=2000 @ item L1 2 weigh 2"),
        ("/weigh 1400", "ok weight 1400 @ item L1 2"),
        ("/weigh 1400", "NOT_NOW @ item L1 2"),
        ("C", "ok item C @ item L1 3 weigh 1"),
        ("C", "QTY_OVER open=0 @ item L1 3 weigh 1"),
        ("/weigh 700", "step weight 700 @ tote L1 3"),
        ("T1", "step tote T1 @ drop-off + Picked L1 C (3 2100 g) T1"),
    ];
    typed_pieces_are_weighed_together: c(8), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("C", "ok item C @ item L1 1 weigh 1"),
        ("/type 8", "ok quantity 8 @ item L1 8 weigh 8"),
        ("/weigh 6000", "step weight 6000 @ tote L1 8"),
        ("T1", "step tote T1 @ drop-off + Picked L1 C (8 6000 g) T1 typed"),
    ];
    weighed_pieces_are_not_typed: c(8), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)C(3103)000750", "ok item C @ item L1 1"),
        ("/type 8", "SCAN_EACH @ item L1 1"),
    ];
    pieces_of_several_lots_are_weighed_apart: d(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)D(10)L1", "ok item D @ item L1 1 weigh 1"),
        ("(01)D(10)L2", "MISSING_DATA field=weight @ item L1 1 weigh 1"),
        ("/weigh 900", "ok weight 900 @ item L1 1"),
        ("(01)D(10)L2", "ok item D @ item L1 2 weigh 1"),
        ("/weigh 800", "ok weight 800 @ item L1 2"),
        ("(01)D(10)L1", "ok item D @ item L1 3 weigh 1"),
        ("/weigh 700", "step weight 700 @ tote L1 3"),
        ("T1", "step tote T1 @ drop-off + Picked L1 D (2 L1 1600 g, 1 L2 800 g) T1"),
    ];
    the_weight_stays_until_the_lot_is_read: d(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)D(3103)000750", "NEED_LOT item=D @ item L1 0 [D]"),
        ("/cut", "cut @ item L1 0 [D]"),
        ("L1", "ok lot L1 @ item L1 1"),
        ("T1", "step tote T1 @ item L1 0 + Picked L1 D (1 L1 750 g) T1"),
    ];
    two_weights_of_one_unit_clash: d(), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)D(3103)000750", "NEED_LOT item=D @ item L1 0 [D]"),
        ("(01)D(10)L1(3103)000760", "LABEL_CLASH first=750 second=760 @ item L1 0"),
    ];
    a_weight_says_nothing_about_goods_of_one_weight: World::new().line("L1 A1 X 1").stock("A1 X 5"), [
        ("A1", "step shelf A1 @ item L1 0"),
        ("(01)X(3103)000750", "step item X @ tote L1 1"),
        ("T1", "step tote T1 @ drop-off + Picked L1 X (1) T1"),
    ];
}
