//! Take out: what was packed leaves the carton again.

use crate::bench::Bench;
use crate::cases;
use crate::verify::open;

cases! {
    k16_out_of_a_closed_carton: open(Bench::new().line("P1 X 2").but(|order| order.value_minor = 10_000)), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/close", "PHOTO_NEEDED @ photo C1"),
        ("/photo F1", "step photo @ weigh C1 + PhotoTaken F1 pack"),
        ("/weigh 300", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 300 of 300 + CartonClosed C1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("/out", "ok page C1 @ take-out C1 0"),
        ("/back", "ok page C1 @ label C1"),
        ("/out", "ok page C1 @ take-out C1 0"),
        ("/cut", "cut @ take-out C1 0"),
        ("X", "step taken-out X @ verify C1 1 + Unpacked P1 X (1 T1) out of C1"),
        // Its label is void: photograph, weight and label are asked for anew.
        ("/close", "PHOTO_NEEDED @ photo C1"),
        ("/photo F2", "step photo @ weigh C1 + PhotoTaken F2 pack"),
        ("/weigh 300", "WEIGHT_DIFF expected=200 grams=100 item=X measured=300 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 2 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 2 reopened"),
        ("C1", "step labelled C1 @ carton 1 + Labelled C1"),
    ];
    k16_the_old_label_does_not_pass: open(Bench::new().line("P1 X 2")), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 300", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 300 of 300 + CartonClosed C1"),
        ("/tracking C1 1Z999", "ok task O1 @ label C1 prints 1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1 of the carrier"),
        ("/out", "ok page C1 @ take-out C1 0"),
        ("X", "step taken-out X @ verify C1 1 + Unpacked P1 X (1 T1) out of C1"),
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 300", "step closed C1 @ label C1 prints 2 + CartonWeighed C1 300 of 300 + CartonClosed C1"),
        ("C1", "LABEL_OLD label=C1 @ label C1 prints 2"),
        // The carrier's number of before is nobody's by now.
        ("1Z999", "UNKNOWN_CODE @ label C1 prints 2"),
        ("/silent", "PRINT_FAILED label=C1 @ label C1"),
        ("/cut", "cut @ label C1"),
        ("C1", "LABEL_OLD label=C1 @ label C1"),
        // A label that is due asks for no reason.
        ("/print", "ok page C1 @ label C1 prints 2"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 2 reopened"),
        ("C1", "task packed O1 @ Packed { complete: true } + Labelled C1 + OrderPacked K-O1 complete=true"),
    ];
    k16_a_label_that_may_have_come_out_is_void_too: open(Bench::new().line("P1 X 2")), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 300", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 300 of 300 + CartonClosed C1"),
        ("/silent", "PRINT_FAILED label=C1 @ label C1"),
        ("/out", "ok page C1 @ take-out C1 0"),
        ("X", "step taken-out X @ verify C1 1 + Unpacked P1 X (1 T1) out of C1"),
        ("X", "step item X @ close C1 0 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 300", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 300 of 300 + CartonClosed C1"),
        ("C1", "LABEL_OLD label=C1 @ label C1 prints 1"),
        ("/printed", "ok printed C1 @ label C1 + LabelPrinted C1 1"),
        ("C1", "task packed O1 @ Packed { complete: true } + Labelled C1 + OrderPacked K-O1 complete=true"),
    ];
    out_of_a_carton_chosen_by_its_label: open(Bench::new().line("P1 X 1").line("P2 Y 1")), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "step page C1 @ weigh C1"),
        ("/weigh 200", "step closed C1 @ label C1 prints 1 + CartonWeighed C1 200 of 200 + CartonClosed C1"),
        ("C1", "step labelled C1 @ carton 1 + LabelPrinted C1 1 + Labelled C1"),
        ("/out", "NOT_NOW @ carton 1"),
        ("/out C1", "ok page C1 @ take-out C1 1"),
        ("/back", "ok page C1 @ carton 1"),
        ("BOX-S", "step carton C2 @ verify C2 1 + CartonOpened C2 BOX-S K-O1"),
        ("/out", "NOT_NOW @ verify C2 1"),
        ("Y", "step item Y @ close C2 0 + Packed P2 Y (1 T1) in C2"),
        ("/out", "ok page C2 @ take-out C2 0"),
        ("X", "QTY_OVER open=0 @ take-out C2 0"),
        ("C1", "ok page C1 @ take-out C1 0"),
        ("X", "step taken-out X @ verify C1 1 + Unpacked P1 X (1 T1) out of C1"),
        // The other one is still open, and its goods go on from there.
        ("C2", "step carton C2 @ verify C2 1"),
        ("X", "step item X @ close C2 0 + Packed P1 X (1 T1) in C2"),
        ("/close", "step page C2 @ weigh C2"),
        ("/weigh 400", "step closed C2 @ label C2 prints 1 + CartonWeighed C2 400 of 400 + CartonClosed C2"),
        // The emptied carton does not keep the order open.
        ("C2", "task packed O1 @ Packed { complete: true } + LabelPrinted C2 1 + Labelled C2 + OrderPacked K-O1 complete=true"),
    ];
    what_was_filled_last_opens_first: open(Bench::new().line("P1 X 4").line("P2 X 4 tote=T2").line("P3 Y 1")), [
        ("X6", "ok item X @ verify C1 3 + Packed P1 X (4 T1) in C1 + Packed P2 X (2 T2) in C1"),
        ("/out", "ok page C1 @ take-out C1 3"),
        ("Y", "QTY_OVER open=0 @ take-out C1 3"),
        ("V", "NOT_IN_ORDER scanned=V @ take-out C1 3"),
        ("A1", "WRONG_KIND id=A1 needed=item scanned=location @ take-out C1 3"),
        ("H1", "WRONG_HU needed=C1 scanned=H1 @ take-out C1 3"),
        ("X12", "QTY_OVER open=6 @ take-out C1 3"),
        ("X", "step taken-out X @ verify C1 4 + Unpacked P2 X (1 T2) out of C1"),
        ("/out", "ok page C1 @ take-out C1 4"),
        ("/back", "ok page C1 @ verify C1 4"),
        ("X", "ok item X @ verify C1 3 + Packed P2 X (1 T2) in C1"),
        ("/out", "ok page C1 @ take-out C1 3"),
        ("X6", "step taken-out X @ verify C1 9 + Unpacked P2 X (2 T2) out of C1 + Unpacked P1 X (4 T1) out of C1"),
        ("/out", "NOT_NOW @ verify C1 9"),
    ];
    lots_and_serials_are_told_apart: open(Bench::new().line("P1 V 2 lot=L1").line("P1 V 2 lot=L2").line("P2 S 1 serial=N1").line("P2 S 1 serial=N2").line("P3 X 1")), [
        ("(01)V(10)L1", "ok item V @ verify C1 6 + Packed P1 V (1 L1 T1) in C1"),
        ("(01)V(10)L2", "ok item V @ verify C1 5 + Packed P1 V (1 L2 T1) in C1"),
        ("N1", "ok item S @ verify C1 4 + Packed P2 S (1 #N1 T1) in C1"),
        ("/out", "ok page C1 @ take-out C1 4"),
        ("V", "NEED_LOT item=V @ take-out C1 4 item V"),
        ("/cut", "cut @ take-out C1 4 item V"),
        ("L2", "step taken-out V @ verify C1 5 + Unpacked P1 V (1 L2 T1) out of C1"),
        ("/out", "ok page C1 @ take-out C1 5"),
        ("(01)V(10)L2", "WRONG_LOT needed=L1 scanned=L2 @ take-out C1 5"),
        ("N2", "WRONG_SERIAL needed=N1 scanned=N2 @ take-out C1 5"),
        ("(10)L2", "MISSING_DATA field=item @ take-out C1 5 lot L2"),
        ("(10)L1", "LABEL_CLASH first=L2 second=L1 @ take-out C1 5"),
        ("N1", "step taken-out S @ verify C1 6 + Unpacked P2 S (1 #N1 T1) out of C1"),
        ("N1", "ok item S @ verify C1 5 + Packed P2 S (1 #N1 T1) in C1"),
    ];
}
