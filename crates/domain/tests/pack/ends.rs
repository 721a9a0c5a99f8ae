//! How an order ends.

use crate::bench::Bench;
use crate::cases;
use crate::play::Play;
use crate::verify::open;
use floorhand_domain::fact::Fact;
use floorhand_domain::outbound::{CartonState, PartialShip};

/// One line is packed and one is open.
fn short() -> Bench {
    open(Bench::new().line("P1 X 1").line("P2 Y 0 ordered=2"))
}

cases! {
    k04_what_was_picked_above_the_order_stays_behind: open(Bench::new().line("P1 X 5 ordered=3")), [
        ("X", "ok item X @ verify C1 2 + Packed P1 X (1 T1) in C1"),
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("X", "QTY_OVER open=0 @ close C1 0"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 400", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 400 of 400 + CartonClosed C1"),
        ("C1", "task packed O1 @ Packed { complete: true } + LabelPrinted C1 1 + Labelled C1 + OrderPacked K-O1 complete=true"),
    ];
    k15_the_rest_stays_behind_after_a_question: open(Bench::new().line("P1 X 1").line("P2 Y 1")), [
        ("/finish", "MISSING_DATA field=item @ verify C1 2"),
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/finish", "PARTIAL? open=1 @ verify C1 1"),
        ("Y6", "QTY_OVER open=1 @ verify C1 1"),
        ("/finish", "PARTIAL? open=1 @ verify C1 1"),
        ("/cut", "cut @ verify C1 1"),
        ("/finish", "PARTIAL? open=1 @ verify C1 1"),
        ("/finish", "step page C1 @ weigh C1"),
        ("/finish", "ok page C1 @ weigh C1"),
        ("/cut", "cut @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/finish", "ok page @ label C1 prints 1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("C1", "task packed O1 @ Packed { complete: false } + Labelled C1 + OrderPacked K-O1 complete=false"),
    ];
    k15_an_order_that_may_not_leave_in_parts: short().but(|order| order.partial = PartialShip::Never), [
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/finish", "NOT_COMPLETE open=1 @ close C1 0"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("C1", "step labelled C1 @ finish + LabelPrinted C1 1 + Labelled C1"),
        ("CMD-close", "NOT_COMPLETE open=1 @ finish"),
        ("/finish", "NOT_COMPLETE open=1 @ finish"),
        ("/more P2 Y 2 ordered=2", "ok task O1 @ carton 2"),
    ];
    k15_an_order_that_may_leave_in_parts_unasked: short().but(|order| order.partial = PartialShip::Allow), [
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/finish", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("C1", "task packed O1 @ Packed { complete: false } + LabelPrinted C1 1 + Labelled C1 + OrderPacked K-O1 complete=false"),
    ];
    a_line_that_was_picked_short: short(), [
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("C1", "step labelled C1 @ finish + LabelPrinted C1 1 + Labelled C1"),
        ("/cut", "cut @ finish"),
        ("X", "WRONG_KIND id=X needed=command scanned=item @ finish"),
        ("C1", "WRONG_HU scanned=C1 @ finish"),
        ("/close", "NOT_NOW @ finish"),
        ("/later", "NOT_NOW @ finish"),
        ("CMD-close", "PARTIAL? open=1 @ finish"),
        ("CMD-close", "task packed O1 @ Packed { complete: false } + OrderPacked K-O1 complete=false"),
    ];
    a_change_of_mind_at_the_scale: open(Bench::new().line("P1 X 1").line("P2 Y 1")), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/finish", "PARTIAL? open=1 @ verify C1 1"),
        ("/finish", "step page C1 @ weigh C1"),
        ("/back", "ok page C1 @ verify C1 1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("C1", "step labelled C1 @ carton 1 + LabelPrinted C1 1 + Labelled C1"),
    ];
    the_last_unit_is_found_after_all: open(Bench::new().line("P1 X 1").line("P2 Y 1")), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/finish", "PARTIAL? open=1 @ verify C1 1"),
        ("/finish", "step page C1 @ weigh C1"),
        ("Y", "step item Y @ close C1 0 + Packed P2 Y (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 450", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 450 of 450 + CartonClosed C1"),
        ("C1", "task packed O1 @ Packed { complete: true } + LabelPrinted C1 1 + Labelled C1 + OrderPacked K-O1 complete=true"),
    ];
    packed_at_another_bench: open(Bench::new().line("P1 X 1")), [
        ("/other P1 1", "ok task O1 @ finish"),
        ("/state packed", "note task O1 @ Gone"),
    ];
}

/// Two kiosks offline pack the same order: both record what they do; the core adds it up and flags the second.
#[test]
fn k21_two_kiosks_offline_pack_the_same_order() {
    let packed = |_: usize| {
        let mut play = Play::new(open(Bench::new().line("P1 X 1")));
        assert_eq!(play.event("X"), "step item X @ close C1 0 + Packed P1 X (1 T1) in C1");
        play.facts.iter().filter(|fact| matches!(fact, Fact::Packed { .. })).count()
    };
    assert_eq!((0..2).map(packed).sum::<usize>(), 2);
}

/// A packed order that is opened by its carton: without a change it is left as it was; with one it is packed anew.
#[test]
fn a_packed_order_opened_once_more() {
    let mut play = Play::new(open(Bench::new().line("P1 X 1")));
    for event in ["X", "/close", "/weigh 200", "/printed", "C1"] {
        play.event(event);
    }
    assert!(play.pack.is_none());
    let again = || Play::new(play.bench.clone());
    let mut looked = again();
    assert_eq!(looked.stage(), "finish");
    assert_eq!(looked.event("/finish"), "task packed O1 @ Packed { complete: true }");
    let mut opened = again();
    let told: Vec<String> = ["/out C1", "X", "X", "/close", "/weigh 200", "/printed", "C1"]
        .iter()
        .map(|event| opened.event(event))
        .collect();
    assert_eq!(
        told,
        [
            "ok page C1 @ take-out C1 0",
            "step taken-out X @ verify C1 1 + Unpacked P1 X (1 T1) out of C1",
            "step item X @ close C1 0 + Packed P1 X (1 T1) in C1",
            "step page C1 @ weigh C1",
            "step closed C1 @ label C1 prints 2 + CartonWeighed C1 200 of 200 + CartonClosed C1",
            "ok printed C1 @ label C1 + LabelPrinted C1 2 reopened",
            "task packed O1 @ Packed { complete: true } + Labelled C1 + OrderPacked K-O1 complete=true",
        ]
    );
    assert_eq!(opened.bench.cartons[0].state, CartonState::Labelled);
}
