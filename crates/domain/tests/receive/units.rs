//! Handling units: known, new, printed, announced.

use crate::cases;
use crate::dock::Dock;
use crate::world::SSCC;

/// A pallet's label that nobody knows.
pub const NEW_SSCC: &str = "006141411234567890";

fn x() -> Dock {
    Dock::new().line("L1 X 20")
}

fn announced() -> Dock {
    x().line("L2 V 12")
        .unit("H9 of=DL1")
        .asn("H9 L1 X 6")
        .asn("H9 L2 V 12 lot=L7 exp=2027-01-31")
        .unit("H8 of=DL2")
        .asn("H8 L5 X 6 of=DL2")
}

cases! {
    r12_the_same_new_label_again_makes_it_a_handling_unit: x(), [
        ("X", "step item X @ quantity X 1"),
        ("P-77", "UNKNOWN_CODE @ quantity X 1"),
        ("/next", "step page @ condition X 1"),
        ("P-77", "NEW_HU? scanned=P-77 @ condition X 1"),
        ("P-78", "NEW_HU? scanned=P-78 @ condition X 1"),
        ("P-77", "NEW_HU? scanned=P-77 @ condition X 1"),
        ("X", "ok item X @ condition X 2"),
        ("P-77", "NEW_HU? scanned=P-77 @ condition X 2"),
        ("/cut", "cut @ condition X 2"),
        ("P-77", "NEW_HU? scanned=P-77 @ condition X 2"),
        ("P-77", "step received P-77 @ item + Received L1 X (2 in-transit) in P-77 new"),
        ("X", "step item X @ quantity X 1"),
        ("P-77", "step received P-77 @ item + Received L1 X (1 in-transit) in P-77"),
    ];
    r12_a_new_pallet_is_known_by_its_number: x(), [
        ("X", "step item X @ quantity X 1"),
        (NEW_SSCC, "UNKNOWN_CODE @ quantity X 1"),
        ("(00)006141411234567890", "NEW_HU? scanned=006141411234567890 @ quantity X 1"),
        (NEW_SSCC, "UNKNOWN_CODE @ quantity X 1"),
        ("/next", "step page @ condition X 1"),
        (NEW_SSCC, "NEW_HU? scanned=006141411234567890 @ condition X 1"),
        (
            "(00)006141411234567890",
            "step received 006141411234567890 @ item + Received L1 X (1 in-transit) in 006141411234567890 new",
        ),
    ];
    g12_a_bare_number_counts_only_where_a_unit_is_asked: x(), [
        (SSCC, "WRONG_KIND id=106141411234567897 needed=item scanned=handling-unit @ item"),
        ("X", "step item X @ quantity X 1"),
        (SSCC, "WRONG_KIND id=106141411234567897 needed=item scanned=handling-unit @ quantity X 1"),
        ("/next", "step page @ condition X 1"),
        (SSCC, "step received 106141411234567897 @ item + Received L1 X (1 in-transit) in 106141411234567897"),
    ];
    r13_a_unit_of_somebody_else:
        x().unit("H9 of=DL2").unit("H8 of=DL1 at=A1").stock("A1 Y 1 hu=H8").stock("A1 Y 3 hu=H2"), [
        ("X", "step item X @ quantity X 1"),
        ("H9", "HU_RULE scanned=H9 @ quantity X 1"),
        ("T9", "HU_RULE scanned=T9 @ quantity X 1"),
        ("T8", "HU_RULE scanned=T8 @ quantity X 1"),
        ("H2", "HU_RULE scanned=H2 @ quantity X 1"),
        ("H8", "HU_RULE scanned=H8 @ quantity X 1"),
        ("T1", "step received T1 @ item + Received L1 X (1 in-transit) in T1"),
        ("X", "step item X @ quantity X 1"),
        ("T1", "step received T1 @ item + Received L1 X (1 in-transit) in T1"),
    ];
    a_printed_label_is_used_at_once: x(), [
        ("/print U1", "NOT_NOW @ item"),
        ("X", "step item X @ quantity X 1"),
        (
            "/print U1",
            "step received U1 @ item + LabelPrinted U1 1 receipt:R1 + Received L1 X (1 in-transit) in U1 new",
        ),
    ];
    no_pallet: x(), [
        ("/loose", "NOT_NOW @ item"),
        ("X6", "step item X @ quantity X 6"),
        ("/loose", "step received D1 @ item + Received L1 X (6 in-transit)"),
    ];
    announced_content_is_confirmed_row_by_row: announced(), [
        ("H9", "step hu H9 @ content H9 2"),
        ("Y", "WRONG_ITEM scanned=Y @ content H9 2"),
        ("/unexpected", "NOT_NOW @ content H9 2"),
        ("X", "step received H9 @ content H9 1 + Received L1 X (6 in-transit) in H9"),
        ("/cut", "cut @ content H9 1"),
        ("X", "WRONG_ITEM needed=V scanned=X @ content H9 1"),
        ("(01)V(10)L8", "WRONG_LOT needed=L7 scanned=L8 @ content H9 1"),
        ("(01)V(10)L7(17)270228", "LABEL_CLASH first=2027-01-31 second=2027-02-28 @ content H9 1"),
        ("V", "step received H9 @ item + Received L2 V L7 2027-01-31 (12 in-transit) in H9"),
        ("H9", "QTY_OVER open=0 @ item"),
    ];
    announced_content_can_be_left_and_taken_up_again: announced(), [
        ("H9", "step hu H9 @ content H9 2"),
        ("X", "step received H9 @ content H9 1 + Received L1 X (6 in-transit) in H9"),
        ("/drop", "ok page @ item"),
        ("/cut", "cut @ item"),
        ("H9", "step hu H9 @ content H9 1"),
        ("/drop", "ok page @ item"),
        ("(01)V(10)L7(17)270131", "step item V @ quantity V 1 L7 2027-01-31"),
        ("H9", "step received H9 @ item + Received L2 V L7 2027-01-31 (1 in-transit) in H9"),
    ];
    announced_for_another_delivery: announced(), [
        ("H8", "HU_RULE scanned=H8 @ item"),
        ("H1", "WRONG_KIND id=H1 needed=item scanned=handling-unit @ item"),
        ("T1", "WRONG_KIND id=T1 needed=item scanned=tote @ item"),
    ];
    announced_without_a_row_of_its_own:
        Dock::new().line("L1 V 20")
            .asn("006141411234567890 L1 V 6 lot=L1 exp=2027-01-31")
            .asn("006141411234567890 L1 V 3 lot=L2 exp=2027-02-28"), [
        (NEW_SSCC, "UNKNOWN_CODE @ item"),
        ("(00)006141411234567890", "step hu 006141411234567890 @ content 006141411234567890 2"),
        ("V", "NEED_LOT item=V @ content 006141411234567890 2"),
        (
            "(01)V(10)L2",
            "step received 006141411234567890 @ content 006141411234567890 1 + Received L1 V L2 2027-02-28 (3 in-transit) in 006141411234567890 new",
        ),
        (
            "V",
            "step received 006141411234567890 @ item + Received L1 V L1 2027-01-31 (6 in-transit) in 006141411234567890",
        ),
    ];
    announced_lot_that_expired: x().line("L2 V 12").unit("H9 of=DL1").asn("H9 L2 V 12 lot=L7 exp=2026-06-14"), [
        ("H9", "step hu H9 @ content H9 1"),
        ("V", "EXPIRED date=2026-06-14 @ content H9 1"),
        ("/quarantine", "step received H9 @ item + Received L2 V L7 2026-06-14 (12 quarantined) in H9 EXPIRED"),
    ];
    announced_without_a_date: x().line("L2 V 12").unit("H9 of=DL1").asn("H9 L2 V 12 lot=L7"), [
        ("H9", "step hu H9 @ content H9 1"),
        ("V", "step item V @ expiry V 12 L7"),
        ("/cut", "cut @ expiry V 12 L7"),
        ("V", "MISSING_DATA field=expiry @ expiry V 12 L7"),
        ("/date 2027-01-31", "step received H9 @ item + Received L2 V L7 2027-01-31 (12 in-transit) in H9"),
    ];
    announced_and_completed_by_a_second_label: x().line("L2 V 12").unit("H9 of=DL1").asn("H9 L2 V 12 lot=L7"), [
        ("H9", "step hu H9 @ content H9 1"),
        ("V", "step item V @ expiry V 12 L7"),
        (
            "(01)V(10)L7(17)270131",
            "step received H9 @ item + Received L2 V L7 2027-01-31 (12 in-transit) in H9",
        ),
    ];
    trusted_content_is_received_at_once: announced().with(|dock| dock.world.settings.trust_asn = true), [
        (
            "H9",
            "step received H9 @ item + Received L1 X (6 in-transit) in H9 + Received L2 V L7 2027-01-31 (12 in-transit) in H9",
        ),
        ("H9", "QTY_OVER open=0 @ item"),
    ];
    trusted_content_leaves_what_is_wrong_to_be_confirmed:
        announced().asn("H9 L2 V 1 lot=OLD exp=2026-06-14").asn("H9 L4 S 1").line("L4 S 2")
            .with(|dock| dock.world.settings.trust_asn = true), [
        (
            "H9",
            "note received H9 @ content H9 2 + Received L1 X (6 in-transit) in H9 + Received L2 V L7 2027-01-31 (12 in-transit) in H9",
        ),
        ("(01)S(21)N1", "step item S @ serial S 1"),
        ("H9", "step received H9 @ content H9 1 + Received L4 S (1 in-transit #N1) in H9"),
        ("V", "EXPIRED date=2026-06-14 @ content H9 1"),
    ];
}
