//! Quantities, limits, condition, lines in their turn.

use crate::cases;
use crate::dock::Dock;

fn x() -> Dock {
    Dock::new().line("L1 X 100")
}

cases! {
    r04_five_percent_above_are_accepted_and_no_more: x(), [
        ("X", "step item X @ quantity X 1"),
        ("/type 105", "step quantity 105 @ condition X 105"),
        ("/type 106", "RECEIPT_OVER limit=105 received=0 @ condition X 105"),
        ("X", "RECEIPT_OVER limit=105 received=0 @ condition X 105"),
        ("H1", "step received H1 @ item + Received L1 X (105 in-transit) in H1 typed"),
        ("X", "RECEIPT_OVER limit=105 received=105 @ item"),
        ("/cut", "cut @ item"),
        ("X12", "RECEIPT_OVER limit=105 received=105 @ item"),
    ];
    r04_the_lines_own_tolerance_counts: Dock::new().line("L1 X 10 over=0"), [
        ("X12", "RECEIPT_OVER limit=10 received=0 @ item"),
        ("X6", "step item X @ quantity X 6"),
        ("X6", "RECEIPT_OVER limit=10 received=0 @ quantity X 6"),
        ("X", "ok item X @ quantity X 7"),
    ];
    r05_approved_excess_is_quarantined_at_once: x(), [
        ("X", "step item X @ quantity X 1"),
        ("/type 106", "RECEIPT_OVER limit=105 received=0 @ quantity X 1"),
        ("/ok SV1", "step quantity 106 @ condition X 106"),
        ("/ok SV1", "NOT_NOW @ condition X 106"),
        ("/cut", "cut @ condition X 106"),
        ("X", "RECEIPT_OVER limit=105 received=0 @ condition X 106"),
        (
            "H1",
            "step received H1 @ item + Approved SV1 RECEIPT_OVER X 1 + Received L1 X (105 in-transit, 1 quarantined) in H1 RECEIPT_OVER typed",
        ),
    ];
    r05_a_later_decision_takes_the_place_of_the_first: x(), [
        ("X", "step item X @ quantity X 1"),
        ("/type 106", "RECEIPT_OVER limit=105 received=0 @ quantity X 1"),
        ("/ok SV1", "step quantity 106 @ condition X 106"),
        ("/type 110", "RECEIPT_OVER limit=105 received=0 @ condition X 106"),
        ("/ok SV2", "ok quantity 110 @ condition X 110"),
        ("/type 100", "ok quantity 100 @ condition X 100"),
        ("/type 107", "ok quantity 107 @ condition X 107"),
        (
            "/loose",
            "step received D1 @ item + Approved SV2 RECEIPT_OVER X 2 + Received L1 X (105 in-transit, 2 quarantined) RECEIPT_OVER typed",
        ),
    ];
    an_approval_that_was_not_needed_leaves_no_fact: x(), [
        ("X", "step item X @ quantity X 1"),
        ("/type 106", "RECEIPT_OVER limit=105 received=0 @ quantity X 1"),
        ("/ok SV1", "step quantity 106 @ condition X 106"),
        ("/type 100", "ok quantity 100 @ condition X 100"),
        ("/loose", "step received D1 @ item + Received L1 X (100 in-transit) typed"),
    ];
    r06_damaged_goods_need_a_photograph: Dock::new().line("L1 X 10"), [
        ("X", "step item X @ quantity X 1"),
        ("/type 10", "step quantity 10 @ condition X 10"),
        ("/damaged 11", "QTY_OVER open=10 @ condition X 10"),
        ("/damaged -1", "QTY_BAD @ condition X 10"),
        ("/damaged 2", "ok condition 2 @ condition X 10 damaged=2"),
        ("/next", "PHOTO_NEEDED @ condition X 10 damaged=2"),
        ("H1", "PHOTO_NEEDED @ condition X 10 damaged=2"),
        ("/photo P1", "ok photo @ condition X 10 damaged=2 + PhotoTaken P1 receipt:R1 damaged"),
        ("/cut", "cut @ condition X 10 damaged=2"),
        ("/photo P1", "NOT_NOW @ condition X 10 damaged=2"),
        ("/type 1", "QTY_BAD @ condition X 10 damaged=2"),
        ("/next", "step page @ unit X 10 damaged=2"),
        ("/next", "NOT_NOW @ unit X 10 damaged=2"),
        ("H1", "step received H1 @ item + Received L1 X (8 in-transit, 2 damaged) in H1 P1 typed"),
    ];
    r06_all_good: Dock::new().line("L1 X 10"), [
        ("X6", "step item X @ quantity X 6"),
        ("/next", "step page @ condition X 6"),
        ("/damaged 0", "step condition 0 @ unit X 6"),
        ("X", "ok item X @ unit X 7"),
        ("/loose", "step received D1 @ item + Received L1 X (7 in-transit)"),
    ];
    r14_what_others_received_counts: x(), [
        ("/other L1 40", "ok delivery DL1 @ item"),
        ("X", "step item X @ quantity X 1"),
        ("/type 50", "step quantity 50 @ condition X 50"),
        ("H1", "step received H1 @ item + Received L1 X (50 in-transit) in H1 typed"),
        ("X", "step item X @ quantity X 1"),
        ("/type 16", "RECEIPT_OVER limit=105 received=90 @ quantity X 1"),
        ("/type 15", "step quantity 15 @ condition X 15"),
    ];
    what_others_receive_meanwhile_counts_too: x(), [
        ("X", "step item X @ quantity X 1"),
        ("/type 100", "step quantity 100 @ condition X 100"),
        ("/other L1 40", "ok delivery DL1 @ condition X 100"),
        ("H1", "RECEIPT_OVER limit=105 received=40 @ condition X 100"),
        (
            "/ok SV1",
            "step received H1 @ item + Approved SV1 RECEIPT_OVER X 35 + Received L1 X (65 in-transit, 35 quarantined) in H1 RECEIPT_OVER typed",
        ),
    ];
    typed_numbers_need_a_scan_and_a_line_worth_it: Dock::new().line("L1 X 5").line("L2 Y 6"), [
        ("/type 3", "NOT_NOW @ item"),
        ("X", "step item X @ quantity X 1"),
        ("/type 3", "SCAN_EACH @ quantity X 1"),
        ("/drop", "ok page @ item"),
        ("Y", "step item Y @ quantity Y 1"),
        ("/type 0", "QTY_BAD @ quantity Y 1"),
        ("/type -2", "QTY_BAD @ quantity Y 1"),
        ("/type 3", "step quantity 3 @ condition Y 3"),
    ];
    g8_a_case_adds_its_units_and_what_is_expected_ends_the_count: Dock::new().line("L1 X 12"), [
        ("X6", "step item X @ quantity X 6"),
        ("X6", "step item X @ condition X 12"),
        ("X", "RECEIPT_OVER limit=12 received=0 @ condition X 12"),
    ];
    lines_are_filled_in_their_turn: Dock::new().line("L1 X 6").line("L2 X 7"), [
        ("X12", "step item X @ quantity X 12"),
        ("X6", "RECEIPT_OVER limit=13 received=0 @ quantity X 12"),
        ("/next", "step page @ condition X 12"),
        ("P-1", "NEW_HU? scanned=P-1 @ condition X 12"),
        (
            "P-1",
            "step received P-1 @ item + Received L1 X (6 in-transit) in P-1 new + Received L2 X (6 in-transit) in P-1",
        ),
        ("X", "step item X @ condition X 1"),
        ("P-1", "step received P-1 @ item + Received L2 X (1 in-transit) in P-1"),
    ];
    what_was_ordered_goes_before_what_is_tolerated: Dock::new().line("L1 X 20").line("L2 X 20"), [
        ("X", "step item X @ quantity X 1"),
        ("/type 42", "step quantity 42 @ condition X 42"),
        ("/loose", "step received D1 @ item + Received L1 X (21 in-transit) typed + Received L2 X (21 in-transit) typed"),
    ];
    the_line_of_the_lot_is_filled_first: Dock::new().line("L1 V 5 lot=L8").line("L2 V 5").line("L3 V 5 lot=L7"), [
        ("(01)V6(10)L7(17)270131", "step item V @ quantity V 6 L7 2027-01-31"),
        (
            "/loose",
            "step received D1 @ item + Received L3 V L7 2027-01-31 (5 in-transit) + Received L2 V L7 2027-01-31 (1 in-transit)",
        ),
    ];
    damaged_and_excess_over_two_lines: Dock::new().line("L1 X 6").line("L2 X 6"), [
        ("X12", "step item X @ condition X 12"),
        ("X6", "RECEIPT_OVER limit=12 received=0 @ condition X 12"),
        ("/ok SV1", "ok item X @ condition X 18"),
        ("/damaged 8", "ok condition 8 @ condition X 18 damaged=8"),
        ("/photo P1", "ok photo @ condition X 18 damaged=8 + PhotoTaken P1 receipt:R1 damaged"),
        (
            "/loose",
            "step received D1 @ item + Approved SV1 RECEIPT_OVER X 6 + Received L1 X (6 damaged) P1 + Received L2 X (4 in-transit, 6 quarantined, 2 damaged) RECEIPT_OVER",
        ),
    ];
    a_line_withdrawn_meanwhile: Dock::new().line("L1 X 6"), [
        ("X", "step item X @ quantity X 1"),
        ("/gone L1", "ok delivery DL1 @ quantity X 1"),
        ("H1", "step received H1 @ item + Received L1 X (1 in-transit) in H1"),
        ("X", "WRONG_ITEM scanned=X @ item"),
    ];
}
