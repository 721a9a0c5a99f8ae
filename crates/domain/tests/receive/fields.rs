//! Lot, expiry date, serial number, and labels that add up.

use crate::cases;
use crate::dock::Dock;

fn v() -> Dock {
    Dock::new().line("L1 V 10")
}

fn s() -> Dock {
    Dock::new().line("L1 S 3")
}

cases! {
    r02_nothing_passes_without_lot_and_expiry: v(), [
        ("V", "step item V @ lot V 1"),
        ("/next", "MISSING_DATA field=lot @ lot V 1"),
        ("/type 3", "MISSING_DATA field=lot @ lot V 1"),
        ("/loose", "MISSING_DATA field=lot @ lot V 1"),
        ("/print U1", "MISSING_DATA field=lot @ lot V 1"),
        ("V", "MISSING_DATA field=lot @ lot V 1"),
        ("H1", "WRONG_KIND id=H1 needed=lot scanned=handling-unit @ lot V 1"),
        ("A1", "WRONG_KIND id=A1 needed=lot scanned=location @ lot V 1"),
        ("/date 2027-03-31", "NOT_NOW @ lot V 1"),
        ("L9", "step lot L9 @ expiry V 1 L9"),
        ("L9", "ok lot L9 @ expiry V 1 L9"),
        ("/next", "MISSING_DATA field=expiry @ expiry V 1 L9"),
        ("/date 2027-02-30", "BAD_READ @ expiry V 1 L9"),
        ("/date 2027-03-31", "step expiry 2027-03-31 @ quantity V 1 L9 2027-03-31"),
        ("L9", "ok lot L9 @ quantity V 2 L9 2027-03-31"),
        ("/loose", "step received D1 @ item + Received L1 V L9 2027-03-31 (2 in-transit)"),
    ];
    r03_a_known_lot_brings_its_expiry: v().stock("A1 V 5 lot=L1 exp=2027-03-31"), [
        ("V", "step item V @ lot V 1"),
        ("L1", "step lot L1 @ quantity V 1 L1 2027-03-31"),
        ("(10)L1(17)270430", "LABEL_CLASH first=2027-03-31 second=2027-04-30 @ quantity V 1 L1 2027-03-31"),
        ("(10)L1(17)270331", "ok lot L1 @ quantity V 1 L1 2027-03-31"),
        ("(01)V(10)L1(17)270331", "ok item V @ quantity V 2 L1 2027-03-31"),
    ];
    r03_a_label_against_the_book_clears_the_unit: v().stock("A1 V 5 lot=L1 exp=2027-03-31"), [
        ("V", "step item V @ lot V 1"),
        ("(10)L1(17)270430", "LABEL_CLASH first=2027-03-31 second=2027-04-30 @ item"),
        ("(01)V(10)L1(17)270430", "LABEL_CLASH first=2027-03-31 second=2027-04-30 @ item"),
        ("V", "step item V @ lot V 1"),
        ("/lot L1", "step lot L1 @ quantity V 1 L1 2027-03-31"),
    ];
    r09_expired_goods_only_go_to_quarantine: v().stock("A1 V 1 lot=OLD exp=2026-06-14"), [
        ("V", "step item V @ lot V 1"),
        ("OLD", "EXPIRED date=2026-06-14 @ lot V 1"),
        ("/ok SV1", "NOT_NOW @ lot V 1"),
        ("/quarantine", "NOT_NOW @ lot V 1"),
        ("OLD", "EXPIRED date=2026-06-14 @ lot V 1"),
        ("/quarantine", "step lot OLD @ quantity V 1 OLD 2026-06-14 held"),
        ("/cut", "cut @ quantity V 1 OLD 2026-06-14 held"),
        ("H1", "step received H1 @ item + Received L1 V OLD 2026-06-14 (1 quarantined) in H1 EXPIRED"),
        ("(01)V(10)L9(17)260614", "EXPIRED date=2026-06-14 @ item"),
        ("(01)V(10)L9(17)260615", "step item V @ quantity V 1 L9 2026-06-15"),
    ];
    r09_a_date_blocks_where_none_is_kept: Dock::new().line("L1 X 10"), [
        ("(01)X(17)260614", "EXPIRED date=2026-06-14 @ item"),
        ("/quarantine", "step item X @ quantity X 1 held"),
        ("/loose", "step received D1 @ item + Received L1 X (1 quarantined) EXPIRED"),
        ("(01)X(17)260615", "step item X @ quantity X 1"),
    ];
    r10_short_shelf_life_needs_a_supervisor: v().line("L2 W 5 days=90"), [
        ("W", "step item W @ lot W 1"),
        ("L9", "step lot L9 @ expiry W 1 L9"),
        ("/date 2026-08-14", "SHELF_LIFE days=60 needed=90 @ expiry W 1 L9"),
        ("/quarantine", "NOT_NOW @ expiry W 1 L9"),
        ("/date 2026-08-14", "SHELF_LIFE days=60 needed=90 @ expiry W 1 L9"),
        ("/ok SV1", "step expiry 2026-08-14 @ quantity W 1 L9 2026-08-14"),
        ("/cut", "cut @ quantity W 1 L9 2026-08-14"),
        ("(01)W(10)L9(17)260814", "ok item W @ quantity W 2 L9 2026-08-14"),
        (
            "/loose",
            "step received D1 @ item + Approved SV1 SHELF_LIFE W 2 + Received L2 W L9 2026-08-14 (2 in-transit) SHELF_LIFE",
        ),
        ("(01)W(10)L8(17)260913", "step item W @ quantity W 1 L8 2026-09-13"),
    ];
    r10_the_items_own_minimum_counts_where_the_line_has_none: v().item("V", |item| item.min_shelf_days = 30), [
        ("(01)V(10)L9(17)260714", "SHELF_LIFE days=29 needed=30 @ item"),
        ("/ok SV1", "step item V @ quantity V 1 L9 2026-07-14"),
        ("/drop", "ok page @ item"),
        ("(01)V(10)L9(17)260715", "step item V @ quantity V 1 L9 2026-07-15"),
    ];
    r10_two_rules_need_two_decisions: Dock::new().line("L1 V 1 days=90"), [
        ("(01)V6(10)L9(17)260814", "SHELF_LIFE days=60 needed=90 @ item"),
        ("/ok SV1", "RECEIPT_OVER limit=1 received=0 @ item"),
        ("/ok SV2", "step item V @ condition V 6 L9 2026-08-14"),
        (
            "/loose",
            "step received D1 @ item + Approved SV1 SHELF_LIFE V 6 + Approved SV2 RECEIPT_OVER V 5 + Received L1 V L9 2026-08-14 (1 in-transit, 5 quarantined) SHELF_LIFE RECEIPT_OVER",
        ),
    ];
    no_date_on_the_pack_only_goes_to_quarantine: v(), [
        ("V", "step item V @ lot V 1"),
        ("/nodate", "NOT_NOW @ lot V 1"),
        ("L9", "step lot L9 @ expiry V 1 L9"),
        ("/nodate", "MISSING_DATA field=expiry @ expiry V 1 L9"),
        ("/quarantine", "step expiry @ quantity V 1 L9 held"),
        ("V6", "ok item V @ quantity V 7 L9 held"),
        ("/loose", "step received D1 @ item + Received L1 V L9 (7 quarantined) MISSING_DATA"),
        ("V", "step item V @ lot V 1"),
        ("L9", "step lot L9 @ expiry V 1 L9"),
        ("/nodate", "MISSING_DATA field=expiry @ expiry V 1 L9"),
        ("/quarantine", "step expiry @ quantity V 1 L9 held"),
        ("(10)L9(17)270131", "ok lot L9 @ quantity V 1 L9 2027-01-31"),
        ("/loose", "step received D1 @ item + Received L1 V L9 2027-01-31 (1 in-transit)"),
    ];
    g6_a_lot_of_two_items_is_ambiguous_until_the_item_is_known:
        v().stock("A1 V 5 lot=L1 exp=2027-03-31").stock("A1 W 5 lot=L1 exp=2027-05-31"), [
        ("L1", "AMBIGUOUS item V or item W @ item"),
        ("V", "step item V @ lot V 1"),
        ("L1", "step lot L1 @ quantity V 1 L1 2027-03-31"),
    ];
    a_known_lot_names_its_item: v().stock("A1 V 5 lot=L1 exp=2027-03-31").stock("A1 W 5 lot=L2"), [
        ("L1", "step item V @ quantity V 1 L1 2027-03-31"),
        ("/drop", "ok page @ item"),
        ("L2", "WRONG_ITEM scanned=W @ item"),
        ("L3", "UNKNOWN_CODE @ item"),
    ];
    g9_lot_then_item_is_one_unit: v(), [
        ("(10)L9(17)270131", "MISSING_DATA field=item @ item L9 2027-01-31"),
        ("/cut", "cut @ item L9 2027-01-31"),
        ("(01)V", "step item V @ quantity V 1 L9 2027-01-31"),
        ("V6", "ok item V @ quantity V 7 L9 2027-01-31"),
    ];
    g9_a_second_code_of_the_unit_counts_it_once: v(), [
        ("V", "step item V @ lot V 1"),
        ("(01)V6(10)L9(17)270131", "step item V @ quantity V 6 L9 2027-01-31"),
        ("(10)L9", "ok lot L9 @ quantity V 6 L9 2027-01-31"),
    ];
    g10_another_lot_of_the_same_unit_clears_it: v(), [
        ("V", "step item V @ lot V 1"),
        ("(10)L1", "step lot L1 @ expiry V 1 L1"),
        ("(10)L2", "LABEL_CLASH first=L1 second=L2 @ item"),
        ("(10)L1", "MISSING_DATA field=item @ item L1"),
        ("(10)L2", "LABEL_CLASH first=L1 second=L2 @ item"),
    ];
    another_lot_is_another_entry: v(), [
        ("(01)V(10)L1(17)270131", "step item V @ quantity V 1 L1 2027-01-31"),
        ("(01)V(10)L2(17)270131", "WRONG_LOT needed=L1 scanned=L2 @ quantity V 1 L1 2027-01-31"),
        ("/loose", "step received D1 @ item + Received L1 V L1 2027-01-31 (1 in-transit)"),
        ("(01)V(10)L2(17)270131", "step item V @ quantity V 1 L2 2027-01-31"),
    ];
    what_names_other_goods_is_no_lot: v(), [
        ("V", "step item V @ lot V 1"),
        ("]E05901234123457", "UNKNOWN_CODE @ lot V 1"),
        ("(01)05901234123457(10)L9", "UNKNOWN_CODE @ lot V 1"),
        ("X", "WRONG_ITEM needed=V scanned=X @ lot V 1"),
        ("106141411234567897", "WRONG_KIND id=106141411234567897 needed=lot scanned=handling-unit @ lot V 1"),
        ("ABCDEFGHIJKLMNOPQRSTU", "UNKNOWN_CODE @ lot V 1"),
        ("BADGE-OP1", "WRONG_KIND id=OP1 needed=lot scanned=badge @ lot V 1"),
        ("]E05901234123450", "CHECKSUM @ lot V 1"),
        ("A\u{1}", "BAD_READ @ lot V 1"),
        ("/lot 12345670", "step lot 12345670 @ expiry V 1 12345670"),
        ("/lot L1", "NOT_NOW @ expiry V 1 12345670"),
    ];
    serial_units_are_scanned_one_by_one: s(), [
        ("S6", "SCAN_EACH @ item"),
        ("S", "step item S @ serial S 0"),
        ("S", "MISSING_DATA field=serial @ serial S 0"),
        ("H1", "WRONG_KIND id=H1 needed=serial scanned=handling-unit @ serial S 0"),
        ("N1", "ok serial N1 @ serial S 1"),
        ("N1", "SERIAL_SEEN serial=N1 @ serial S 1"),
        ("/type 3", "SCAN_EACH @ serial S 1"),
        ("S", "MISSING_DATA field=serial @ serial S 1"),
        ("(01)S(21)N2", "ok item S @ serial S 2"),
        ("/cut", "cut @ serial S 2"),
        ("/serial N3", "step serial N3 @ condition S 3"),
        ("(01)S(21)N4", "RECEIPT_OVER limit=3 received=0 @ condition S 3"),
        (
            "H1",
            "step received H1 @ item + Received L1 S (1 in-transit #N1, 1 in-transit #N2, 1 in-transit #N3) in H1",
        ),
    ];
    a_serial_number_in_stock_needs_a_supervisor: s().stock("A1 S 1 serial=N4"), [
        ("S", "step item S @ serial S 0"),
        ("N4", "SERIAL_SEEN serial=N4 @ serial S 0"),
        ("N1", "ok serial N1 @ serial S 1"),
        ("/ok SV1", "NOT_NOW @ serial S 1"),
        ("N4", "SERIAL_SEEN serial=N4 @ serial S 1"),
        ("/ok SV1", "ok serial N4 @ serial S 2"),
        (
            "/loose",
            "step received D1 @ item + Approved SV1 SERIAL_SEEN S 1 + Received L1 S (1 in-transit #N1, 1 in-transit #N4) SERIAL_SEEN",
        ),
    ];
    a_serial_number_is_not_received_twice: s(), [
        ("(01)S(21)N1", "step item S @ serial S 1"),
        ("/loose", "step received D1 @ item + Received L1 S (1 in-transit #N1)"),
        ("(01)S(21)N1", "SERIAL_SEEN serial=N1 @ item"),
    ];
    it_is_told_which_unit_is_damaged: s(), [
        ("(01)S(21)N1", "step item S @ serial S 1"),
        ("N2", "ok serial N2 @ serial S 2"),
        ("/damaged 1", "SCAN_EACH @ serial S 2"),
        ("N2", "ok condition N2 @ serial S 2 damaged=1"),
        ("N2", "SERIAL_SEEN serial=N2 @ serial S 2 damaged=1"),
        ("/photo P1", "ok photo @ serial S 2 damaged=1 + PhotoTaken P1 receipt:R1 damaged"),
        ("/loose", "step received D1 @ item + Received L1 S (1 in-transit #N1, 1 damaged #N2) P1"),
    ];
    lot_expiry_and_serial_together: Dock::new().line("L1 Z 2"), [
        ("(01)Z(21)M1", "step item Z @ lot Z 1"),
        ("L9", "step lot L9 @ expiry Z 1 L9"),
        ("/date 2027-01-31", "step expiry 2027-01-31 @ serial Z 1 L9 2027-01-31"),
        ("L9", "ok lot L9 @ serial Z 1 L9 2027-01-31"),
        ("(01)Z(10)L8(21)M2", "WRONG_LOT needed=L9 scanned=L8 @ serial Z 1 L9 2027-01-31"),
        ("M2", "step serial M2 @ condition Z 2 L9 2027-01-31"),
    ];
    r19_repeat_takes_lot_and_expiry_never_the_quantity: v(), [
        ("/repeat", "NOT_NOW @ item"),
        ("(01)V6(10)L9(17)270131", "step item V @ quantity V 6 L9 2027-01-31"),
        ("/loose", "step received D1 @ item + Received L1 V L9 2027-01-31 (6 in-transit)"),
        ("/cut", "cut @ item"),
        ("/repeat", "ok page @ item repeat"),
        ("V", "step item V @ quantity V 1 L9 2027-01-31"),
        ("/drop", "ok page @ item"),
        ("V", "step item V @ lot V 1"),
        ("/repeat", "step lot L9 @ quantity V 1 L9 2027-01-31"),
        ("/repeat", "NOT_NOW @ quantity V 1 L9 2027-01-31"),
        ("/drop", "ok page @ item"),
        ("/repeat", "ok page @ item repeat"),
        ("(01)V(10)L8", "step item V @ expiry V 1 L8"),
        ("/repeat", "NOT_NOW @ expiry V 1 L8"),
    ];
}
