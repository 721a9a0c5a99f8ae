//! Photograph, weight, close.

use crate::bench::Bench;
use crate::cases;
use crate::verify::open;

/// Nine X in the carton: 1,000 g with the box.
fn nine() -> Bench {
    open(Bench::new().line("P1 X 9"))
}

cases! {
    k09_a_weight_within_the_tolerance_closes: nine(), [
        ("X6", "ok item X @ verify C1 3 + Packed P1 X (6 T1) in C1"),
        ("X", "ok item X @ verify C1 2 + Packed P1 X (1 T1) in C1"),
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/weigh 1000", "NOT_NOW @ close C1 0"),
        ("CMD-close", "step page C1 @ weigh C1"),
        ("/weigh 1031", "WEIGHT_DIFF expected=1000 grams=0 measured=1031 @ weigh C1"),
        ("/weigh 969", "WEIGHT_DIFF expected=1000 grams=0 measured=969 @ weigh C1"),
        ("/weigh 0", "QTY_BAD @ weigh C1"),
        ("/weigh 1030", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 1030 of 1000 + CartonClosed C1"),
    ];
    k10_a_supervisor_allows_the_weight: nine(), [
        ("X6", "ok item X @ verify C1 3 + Packed P1 X (6 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/ok SV1", "NOT_NOW @ weigh C1"),
        ("/weigh 800", "WEIGHT_DIFF expected=700 grams=100 item=X measured=800 @ weigh C1"),
        ("/weigh 0", "QTY_BAD @ weigh C1"),
        ("/photo F1", "ok photo @ weigh C1 + PhotoTaken F1 pack"),
        ("/ok SV1", "step closed C1 @ label C1 prints 1 + Approved SV1 WEIGHT_DIFF 100 + CartonWeighed C1 800 of 700 WEIGHT_DIFF + CartonClosed C1"),
    ];
    a_question_about_the_weight_lapses: nine(), [
        ("X6", "ok item X @ verify C1 3 + Packed P1 X (6 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 800", "WEIGHT_DIFF expected=700 grams=100 item=X measured=800 @ weigh C1"),
        ("/cut", "cut @ weigh C1"),
        ("/ok SV1", "NOT_NOW @ weigh C1"),
        ("/weigh 800", "WEIGHT_DIFF expected=700 grams=100 item=X measured=800 @ weigh C1"),
        ("nonsense", "UNKNOWN_CODE @ weigh C1"),
        ("/ok SV1", "NOT_NOW @ weigh C1"),
    ];
    what_was_forgotten_is_scanned_at_the_scale: nine(), [
        ("X6", "ok item X @ verify C1 3 + Packed P1 X (6 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 800", "WEIGHT_DIFF expected=700 grams=100 item=X measured=800 @ weigh C1"),
        ("Y", "NOT_IN_ORDER scanned=Y @ weigh C1"),
        ("X", "ok item X @ verify C1 2 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/back", "ok page C1 @ verify C1 2"),
        ("/close", "step page C1 @ weigh C1"),
        ("/close", "NOT_NOW @ weigh C1"),
        ("/weigh 800", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 800 of 800 + CartonClosed C1"),
    ];
    the_line_that_explains_the_difference: open(Bench::new().line("P1 X 1").line("P2 Y 1").line("P3 S 1 serial=N1")), [
        ("X", "ok item X @ verify C1 2 + Packed P1 X (1 T1) in C1"),
        ("Y", "ok item Y @ verify C1 1 + Packed P2 Y (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        // Too light by what Y weighs; too heavy by what S weighs, which was not scanned.
        ("/weigh 205", "WEIGHT_DIFF expected=450 grams=250 item=Y measured=205 @ weigh C1"),
        ("/weigh 350", "WEIGHT_DIFF expected=450 grams=100 item=X measured=350 @ weigh C1"),
        ("/weigh 745", "WEIGHT_DIFF expected=450 grams=300 item=S measured=745 @ weigh C1"),
        ("/weigh 1450", "WEIGHT_DIFF expected=450 grams=0 measured=1450 @ weigh C1"),
        // S is not in it, and cannot be missing.
        ("/weigh 150", "WEIGHT_DIFF expected=450 grams=0 measured=150 @ weigh C1"),
    ];
    an_item_without_a_weight_skips_the_check: open(Bench::new().line("P1 W 1 lot=L1")), [
        ("W", "step item W @ close C1 0 + Packed P1 W (1 L1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 0", "QTY_BAD @ weigh C1"),
        ("/weigh 7777", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 7777 of 0 + CartonClosed C1"),
    ];
    pieces_count_with_the_weight_they_were_picked_with: open(Bench::new().line("P1 X 3 grams=2000")), [
        ("X", "ok item X @ verify C1 2 + Packed P1 X (1 666 g T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 700", "WEIGHT_DIFF expected=767 grams=0 measured=700 @ weigh C1"),
        ("/weigh 760", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 760 of 767 + CartonClosed C1"),
    ];
    k14_a_photograph_is_due: open(Bench::new().line("P1 X 2").but(|order| order.value_minor = 10_000)), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "PHOTO_NEEDED @ photo C1"),
        ("/cut", "cut @ photo C1"),
        ("/close", "PHOTO_NEEDED @ photo C1"),
        ("/weigh 200", "NOT_NOW @ photo C1"),
        ("/photo F1", "step photo @ weigh C1 + PhotoTaken F1 pack"),
        // Something more goes in: what the picture shows is no longer what is in it.
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/photo F2", "ok photo @ close C1 0 + PhotoTaken F2 pack"),
        ("/cut", "cut @ close C1 0"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 300", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 300 of 300 + CartonClosed C1"),
        ("/photo F3", "NOT_NOW @ label C1 prints 1"),
    ];
    k14_no_photograph_below_the_value: open(Bench::new().line("P1 X 1").but(|order| order.value_minor = 9_999)), [
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
    ];
    k14_a_site_without_photographs: open(Bench::new().line("P1 X 1").but(|order| order.value_minor = 99_999)).with(|bench| bench.world.settings.pack_photo_minor = 0), [
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
    ];
    photographs_are_limited: open(Bench::new().line("P1 X 1")), [
        ("/photo 1", "ok photo @ verify C1 1 + PhotoTaken 1 pack"),
        ("/photo 2", "ok photo @ verify C1 1 + PhotoTaken 2 pack"),
        ("/photo 3", "ok photo @ verify C1 1 + PhotoTaken 3 pack"),
        ("/photo 4", "ok photo @ verify C1 1 + PhotoTaken 4 pack"),
        ("/photo 5", "ok photo @ verify C1 1 + PhotoTaken 5 pack"),
        ("/photo 6", "ok photo @ verify C1 1 + PhotoTaken 6 pack"),
        ("/photo 7", "ok photo @ verify C1 1 + PhotoTaken 7 pack"),
        ("/photo 8", "ok photo @ verify C1 1 + PhotoTaken 8 pack"),
        ("/photo 9", "NOT_NOW @ verify C1 1"),
    ];
    k17_a_hold_arrives_before_the_close: open(Bench::new().line("P1 X 2")), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/state held", "note task O1 @ verify C1 1"),
        ("CMD-close", "ORDER_HELD order=O1 @ verify C1 1"),
        ("/state open", "note task O1 @ verify C1 1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/state held", "note task O1 @ weigh C1"),
        ("/weigh 200", "ORDER_HELD order=O1 @ weigh C1"),
        ("/state cancelled", "note task O1 @ weigh C1"),
        ("/weigh 200", "ORDER_CANCELLED order=O1 @ weigh C1"),
        ("/state open", "note task O1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
    ];
}
