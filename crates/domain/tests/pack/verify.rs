//! Every each and case is scanned.

use crate::bench::Bench;
use crate::cases;
use floorhand_domain::outbound::{Carton, PackState};

/// An order whose first carton is open.
pub fn open(bench: Bench) -> Bench {
    let carton = Carton { id: "C1".into(), order: "O1".into(), carton_type: "BOX-M".into(), ..Carton::default() };
    bench.with(|bench| bench.cartons.push(carton))
}

const SSCC: &str = "006141411234567890";

/// The open carton has an SSCC.
fn numbered() -> Bench {
    open(Bench::new().line("P1 X 1")).with(|bench| bench.cartons[0].id = SSCC.into())
}

cases! {
    k02_an_unknown_code_leaves_the_order_open: open(Bench::new().line("P1 X 2")), [
        ("nonsense", "UNKNOWN_CODE @ verify C1 2"),
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
    ];
    k03_an_item_that_was_not_ordered: open(Bench::new().line("P1 X 2")), [
        ("Y", "NOT_IN_ORDER scanned=Y @ verify C1 2"),
        ("Y6", "NOT_IN_ORDER scanned=Y @ verify C1 2"),
        ("(10)L1", "MISSING_DATA field=item @ verify C1 2 lot L1"),
        ("Y", "NOT_IN_ORDER scanned=Y @ verify C1 2"),
    ];
    k04_one_more_than_was_picked: open(Bench::new().line("P1 X 2").line("P2 Y 1")), [
        ("X", "ok item X @ verify C1 2 + Packed P1 X (1 T1) in C1"),
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("X", "QTY_OVER open=0 @ verify C1 1"),
        ("Y", "step item Y @ close C1 0 + Packed P2 Y (1 T1) in C1"),
        ("Y", "QTY_OVER open=0 @ close C1 0"),
    ];
    k05_a_case_fills_a_line_and_no_more: open(Bench::new().line("P1 X 6").line("P2 Y 1")), [
        ("X6", "ok item X @ verify C1 1 + Packed P1 X (6 T1) in C1"),
        ("X6", "QTY_OVER open=0 @ verify C1 1"),
    ];
    k05_the_fill_rule_over_lines: open(Bench::new().line("P1 X 4").line("P2 Y 1").line("P3 X 5 tote=T2")), [
        ("X12", "QTY_OVER open=9 @ verify C1 10"),
        ("X6", "ok item X @ verify C1 4 + Packed P1 X (4 T1) in C1 + Packed P3 X (2 T2) in C1"),
        ("X6", "QTY_OVER open=3 @ verify C1 4"),
        ("X", "ok item X @ verify C1 3 + Packed P3 X (1 T2) in C1"),
    ];
    k06_another_lot_than_was_picked: open(Bench::new().line("P1 V 2 lot=L1").line("P2 Y 1 lot=L2")), [
        ("(01)V(10)L2", "WRONG_LOT needed=L1 scanned=L2 @ verify C1 3"),
        ("V", "ok item V @ verify C1 2 + Packed P1 V (1 L1 T1) in C1"),
        ("(01)V(10)L1", "ok item V @ verify C1 1 + Packed P1 V (1 L1 T1) in C1"),
        ("(01)V(10)L1", "QTY_OVER open=0 @ verify C1 1"),
    ];
    k06_another_serial_than_was_picked: open(Bench::new().line("P1 S 1 serial=N1").line("P1 S 1 serial=N2").line("P2 X 1")), [
        ("S", "MISSING_DATA field=serial @ verify C1 3 item S"),
        ("N3", "UNKNOWN_CODE @ verify C1 3 item S"),
        ("(21)N3", "WRONG_SERIAL scanned=N3 @ verify C1 3"),
        ("(01)S(21)N1", "ok item S @ verify C1 2 + Packed P1 S (1 #N1 T1) in C1"),
        ("(01)S(21)N1", "SERIAL_SEEN serial=N1 @ verify C1 2"),
        ("(01)S(21)N3", "WRONG_SERIAL needed=N2 scanned=N3 @ verify C1 2"),
        ("S6", "SCAN_EACH @ verify C1 2"),
        ("N2", "ok item S @ verify C1 1 + Packed P1 S (1 #N2 T1) in C1"),
        ("(01)S(21)N3", "QTY_OVER open=0 @ verify C1 1"),
    ];
    several_lots_are_told_apart: open(Bench::new().line("P1 V 2 lot=L1").line("P1 V 1 lot=L2 tote=T2").line("P2 V 6 lot=L2")), [
        ("V", "NEED_LOT item=V @ verify C1 9 item V"),
        ("L2", "ok item V @ verify C1 8 + Packed P1 V (1 L2 T2) in C1"),
        ("(01)V6(10)L1", "QTY_OVER open=2 @ verify C1 8"),
        ("(01)V6(10)L2", "ok item V @ verify C1 2 + Packed P2 V (6 L2 T1) in C1"),
        ("(01)V(10)L2", "WRONG_LOT needed=L1 scanned=L2 @ verify C1 2"),
        ("V", "ok item V @ verify C1 1 + Packed P1 V (1 L1 T1) in C1"),
    ];
    a_lot_of_two_items_without_one: open(Bench::new().line("P1 V 1 lot=L1").line("P2 W 1 lot=L1")), [
        ("L1", "AMBIGUOUS item V or item W @ verify C1 2"),
        ("(01)W(10)L1", "ok item W @ verify C1 1 + Packed P2 W (1 L1 T1) in C1"),
    ];
    labels_of_one_unit_add_up: open(Bench::new().line("P1 V 1 lot=L1").line("P1 V 1 lot=L2").line("P2 Z 1 lot=L1 serial=M1")), [
        ("(10)L2", "MISSING_DATA field=item @ verify C1 3 lot L2"),
        ("/cut", "cut @ verify C1 3 lot L2"),
        ("V", "ok item V @ verify C1 2 + Packed P1 V (1 L2 T1) in C1"),
        ("Z", "MISSING_DATA field=serial @ verify C1 2 item Z"),
        ("(10)L2", "MISSING_DATA field=serial @ verify C1 2 item Z lot L2"),
        ("(10)L1", "LABEL_CLASH first=L2 second=L1 @ verify C1 2"),
        ("(10)L2", "MISSING_DATA field=item @ verify C1 2 lot L2"),
        ("/back", "ok page C1 @ verify C1 2"),
        ("/back", "NOT_NOW @ verify C1 2"),
        ("(01)Z(10)L2(21)M1", "WRONG_LOT needed=L1 scanned=L2 @ verify C1 2"),
        ("(01)Z(10)L1(21)M1", "ok item Z @ verify C1 1 + Packed P2 Z (1 L1 #M1 T1) in C1"),
    ];
    a_pick_that_recorded_no_serial_takes_any: open(Bench::new().line("P1 S 2").line("P2 X 1")), [
        ("(01)S(21)N7", "ok item S @ verify C1 2 + Packed P1 S (1 #N7 T1) in C1"),
        ("(01)S(21)N7", "SERIAL_SEEN serial=N7 @ verify C1 2"),
        ("S", "MISSING_DATA field=serial @ verify C1 2 item S"),
    ];
    a_tote_of_the_order_gives_first: open(Bench::new().line("P1 X 1").line("P1 X 2 tote=T2").line("P2 Y 1 tote=T2")), [
        ("T2", "ok tote T2 @ verify C1 4"),
        ("T3", "WRONG_KIND id=T3 needed=item scanned=tote @ verify C1 4"),
        ("X", "ok item X @ verify C1 3 + Packed P1 X (1 T2) in C1"),
        ("/cut", "cut @ verify C1 3"),
        ("X", "ok item X @ verify C1 2 + Packed P1 X (1 T2) in C1"),
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
    ];
    what_another_bench_packed_is_not_open: open(Bench::new().line("P1 X 2").line("P2 Y 1")), [
        ("/other P1 1", "ok task O1 @ verify C1 2"),
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("X", "QTY_OVER open=0 @ verify C1 1"),
    ];
    what_was_picked_meanwhile_is_open: open(Bench::new().line("P1 X 1").line("P2 Y 0 ordered=1")), [
        ("Y", "QTY_OVER open=0 @ verify C1 1"),
        ("/more P2 Y 1 ordered=1", "ok task O1 @ verify C1 2"),
        ("Y", "ok item Y @ verify C1 1 + Packed P2 Y (1 T1) in C1"),
    ];
    goods_of_a_cancelled_order_stay_out: open(Bench::new().line("P1 X 2")), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/state cancelled", "note task O1 @ verify C1 1"),
        ("X", "ORDER_CANCELLED order=O1 @ verify C1 1"),
        ("/out", "ok page C1 @ take-out C1 1"),
        ("X", "task taken-out X @ Gone + Unpacked P1 X (1 T1) out of C1"),
    ];
    a_cancelled_order_of_which_nothing_is_packed: open(Bench::new().line("P1 X 2")), [
        ("/state cancelled", "note task O1 @ Gone"),
    ];
    g12_a_bare_sscc_counts_only_where_a_label_is_asked: numbered(), [
        (SSCC, "WRONG_KIND id=006141411234567890 needed=item scanned=handling-unit @ verify 006141411234567890 1"),
        ("X", "step item X @ close 006141411234567890 0 + Packed P1 X (1 T1) in 006141411234567890"),
        ("/close", "step page 006141411234567890 @ weigh 006141411234567890"),
        ("/weigh 200", "step closed 006141411234567890 @ label 006141411234567890 prints 1 + CartonWeighed 006141411234567890 200 of 200 + CartonClosed 006141411234567890"),
        (SSCC, "task packed O1 @ Packed { complete: true } + LabelPrinted 006141411234567890 1 + Labelled 006141411234567890 + OrderPacked K-O1 complete=true"),
    ];
    a_held_order_may_be_packed_and_not_closed: open(Bench::new().line("P1 X 2").but(|order| order.state = PackState::Held)), [
        ("X", "ok item X @ verify C1 1 + Packed P1 X (1 T1) in C1"),
        ("/close", "ORDER_HELD order=O1 @ verify C1 1"),
    ];
    other_kinds_are_refused: open(Bench::new().line("P1 X 2")), [
        ("A1", "WRONG_KIND id=A1 needed=item scanned=location @ verify C1 2"),
        ("H1", "WRONG_KIND id=H1 needed=item scanned=handling-unit @ verify C1 2"),
        ("O1", "WRONG_KIND id=O1 needed=item scanned=order @ verify C1 2"),
        ("CMD-close", "MISSING_DATA field=item @ verify C1 2"),
    ];
}
