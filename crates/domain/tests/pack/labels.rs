//! The label: printed, printed again, scanned.

use crate::bench::Bench;
use crate::cases;
use crate::verify::open;
use floorhand_domain::outbound::PartialShip;

/// X and Y, a carton each; the first one is about to be weighed after the scan of X and the close.
fn two() -> Bench {
    open(Bench::new().line("P1 X 1").line("P2 Y 1"))
}

cases! {
    k08_the_rest_goes_into_a_second_carton: open(Bench::new().line("P1 X 3").line("P2 Y 2")), [
        ("X", "ok item X @ verify C1 4 + Packed P1 X (1 T1) in C1"),
        ("X", "ok item X @ verify C1 3 + Packed P1 X (1 T1) in C1"),
        ("X", "ok item X @ verify C1 2 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 400", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 400 of 400 + CartonClosed C1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("C1", "step labelled C1 @ carton 2 + Labelled C1"),
        ("C1", "WRONG_HU scanned=C1 @ carton 2"),
        ("BOX-S", "step carton C2 @ verify C2 2 + CartonOpened C2 BOX-S K-O1"),
        ("X", "QTY_OVER open=0 @ verify C2 2"),
        ("Y", "ok item Y @ verify C2 1 + Packed P2 Y (1 T1) in C2"),
        ("Y", "step item Y @ close C2 0 + Packed P2 Y (1 T1) in C2"),
        ("/close", "step page C2 @ weigh C2"),
        ("/weigh 550", "step closed C2 @ label C2 prints 1 + CartonWeighed C2 550 of 550 + CartonClosed C2"),
        ("/printed", "ok printed C2 @ label C2 + LabelPrinted C2 1"),
        ("C2", "task packed O1 @ Packed { complete: true } + Labelled C2 + OrderPacked K-O1 complete=true"),
    ];
    k11_a_silent_printer: two(), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/silent", "PRINT_FAILED label=C1 @ label C1"),
        ("/silent", "NOT_NOW @ label C1"),
        ("/cut", "cut @ label C1"),
        ("/print torn", "NOT_NOW @ label C1"),
        ("/print", "ok page C1 @ label C1 prints 1"),
        ("/silent", "PRINT_FAILED label=C1 @ label C1"),
        // Packing goes on; the label is asked for once more at the end.
        ("/later", "ok page C1 @ carton 1"),
        ("BOX-M", "step carton C2 @ verify C2 1 + CartonOpened C2 BOX-M K-O1"),
        ("Y", "step item Y @ close C2 0 + Packed P2 Y (1 T1) in C2"),
        ("/close", "step page C2 @ weigh C2"),
        ("/weigh 350", "step closed C2 @ label C2 prints 1 + CartonWeighed C2 350 of 350 + CartonClosed C2"),
        ("/later", "NOT_NOW @ label C2 prints 1"),
        ("/printed", "ok printed C2 @ label C2 + LabelPrinted C2 1"),
        ("C2", "step labelled C2 @ label C1 prints 1 + Labelled C2"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("C1", "task packed O1 @ Packed { complete: true } + Labelled C1 + OrderPacked K-O1 complete=true"),
    ];
    k11_a_reply_after_the_wait: two(), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/silent", "PRINT_FAILED label=C1 @ label C1"),
        ("/later", "ok page C1 @ carton 1"),
        ("/printed C1", "ok printed C1 @ carton 1 + LabelPrinted C1 1"),
        ("/printed C1", "NOT_NOW @ carton 1"),
        ("C1", "step labelled C1 @ carton 1 + Labelled C1"),
    ];
    k12_a_label_printed_again: two(), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("/printed", "NOT_NOW @ label C1"),
        ("/print", "NOT_NOW @ label C1"),
        ("/print torn", "ok page C1 @ label C1 prints 2"),
        ("/cut", "cut @ label C1 prints 2"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 2 torn"),
        ("C1", "step labelled C1 @ carton 1 + Labelled C1"),
        ("/print lost C1", "ok page C1 @ label C1 prints 3"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 3 lost"),
        ("C1", "step labelled C1 @ carton 1 + Labelled C1"),
        ("/print lost C9", "NOT_NOW @ carton 1"),
    ];
    k13_the_label_of_another_carton: two(), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("/later", "ok page C1 @ carton 1"),
        ("BOX-M", "step carton C2 @ verify C2 1 + CartonOpened C2 BOX-M K-O1"),
        ("Y", "step item Y @ close C2 0 + Packed P2 Y (1 T1) in C2"),
        ("/close", "step page C2 @ weigh C2"),
        ("/weigh 350", "step closed C2 @ label C2 prints 1 + CartonWeighed C2 350 of 350 + CartonClosed C2"),
        ("/printed", "ok printed C2 @ label C2 + LabelPrinted C2 1"),
        ("/choose C1", "step carton C1 @ label C1"),
        ("C2", "WRONG_HU needed=C1 scanned=C2 @ label C1"),
        ("X", "WRONG_KIND id=X needed=handling-unit scanned=item @ label C1"),
        ("nonsense", "UNKNOWN_CODE @ label C1"),
        ("C1", "step labelled C1 @ label C2 + Labelled C1"),
        ("C2", "task packed O1 @ Packed { complete: true } + Labelled C2 + OrderPacked K-O1 complete=true"),
    ];
    k18_a_hold_after_the_label: two(), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/state held", "note task O1 @ label C1"),
        ("/print", "ORDER_HELD order=O1 @ label C1"),
        // It was on its way to the printer: what is printed is printed.
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("/print torn", "ORDER_HELD order=O1 @ label C1"),
        ("C1", "step labelled C1 @ carton 1 + Labelled C1"),
        ("BOX-M", "ORDER_HELD order=O1 @ carton 1"),
    ];
    k20_a_cut_between_close_and_print: two(), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/cut", "cut @ label C1 prints 1"),
        ("/weigh 200", "NOT_NOW @ label C1 prints 1"),
        ("/close", "NOT_NOW @ label C1 prints 1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("/cut", "cut @ label C1"),
        ("C1", "step labelled C1 @ carton 1 + Labelled C1"),
    ];
    the_carrier_label_follows_the_internal_one: two(), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("/tracking C1 1Z999", "ok task O1 @ label C1 prints 2"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 2 carrier of the carrier"),
        ("/changed", "ok task O1 @ label C1"),
        // Either code of it is its label.
        ("1Z999", "step labelled C1 @ carton 1 + Labelled C1"),
    ];
    the_carrier_label_of_a_packed_order: open(Bench::new().line("P1 X 1")), [
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("C1", "task packed O1 @ Packed { complete: true } + Labelled C1 + OrderPacked K-O1 complete=true"),
        ("/tracking C1 1Z999", "end"),
        // Opened again by its carton: the label prints, is scanned, and the order was packed before.
        ("/open", "open @ label C1 prints 2"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 2 carrier of the carrier"),
        ("1Z999", "task packed O1 @ Packed { complete: true } + Labelled C1"),
    ];
    the_carriers_data_comes_while_our_own_prints: two(), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/tracking C1 1Z999", "ok task O1 @ label C1 prints 1"),
        ("/own", "ok printed C1 @ label C1 prints 2 + LabelPrinted C1 1"),
        ("C1", "LABEL_OLD label=C1 @ label C1 prints 2"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 2 carrier of the carrier"),
        ("C1", "step labelled C1 @ carton 1 + Labelled C1"),
    ];
    a_label_that_came_out_in_silence: two(), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/silent", "PRINT_FAILED label=C1 @ label C1"),
        ("C1", "step labelled C1 @ carton 1 + LabelPrinted C1 1 + Labelled C1"),
        // It is ours: the carrier's is owed once it is there.
        ("/tracking C1 1Z999", "ok task O1 @ carton 1"),
        ("C1", "step carton C1 @ label C1 prints 2"),
        ("/silent", "PRINT_FAILED label=C1 @ label C1"),
        ("C1", "LABEL_OLD label=C1 @ label C1"),
        // The carrier's number is on the carrier's label alone.
        ("1Z999", "step labelled C1 @ carton 1 + LabelPrinted C1 2 carrier of the carrier + Labelled C1"),
    ];
    what_is_left_of_a_packed_order_ends_it_again: open(Bench::new().line("P1 X 1").line("P2 Y 1").but(|order| order.partial = PartialShip::Allow)), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/finish", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("C1", "task packed O1 @ Packed { complete: false } + Labelled C1 + OrderPacked K-O1 complete=false"),
        ("/open", "open @ carton 1"),
        ("BOX-M", "step carton C2 @ verify C2 1 + CartonOpened C2 BOX-M K-O1"),
        ("Y", "step item Y @ close C2 0 + Packed P2 Y (1 T1) in C2"),
        ("/close", "step page C2 @ weigh C2"),
        ("/weigh 350", "step closed C2 @ label C2 prints 1 + CartonWeighed C2 350 of 350 + CartonClosed C2"),
        ("/printed", "ok printed C2 @ label C2 + LabelPrinted C2 1"),
        ("C2", "task packed O1 @ Packed { complete: true } + Labelled C2 + OrderPacked K-O1 complete=true"),
    ];
}
