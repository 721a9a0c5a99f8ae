//! What opens a return, and what came back: never more than was shipped.

use crate::bench::{Bench, Play};
use crate::cases;
use crate::floor::refused;
use crate::world::TODAY;
use floorhand_domain::master::Settings;
use floorhand_domain::outbound::PackOrder;
use floorhand_domain::scan::Meaning;
use floorhand_domain::workflow::Site;
use floorhand_domain::workflow::returns::{Row, open, widen_open};

fn eight() -> Bench {
    Bench::new("O1").sent("L1 X 8")
}

fn lots() -> Bench {
    Bench::new("O1").sent("L1 V 3 lot=L1").sent("L1 V 2 lot=L2")
}

fn units() -> Bench {
    Bench::new("O1")
        .sent("L1 S 1 serial=N1")
        .sent("L1 S 1 serial=N2")
        .sent("L7 S 1 serial=N7 order=O7 carton=C7")
        .stock("A1 S 1 serial=N9")
}

fn post() -> Bench {
    Bench::new("")
        .sent("L1 X 8 carton=C1 track=TR1")
        .sent("L2 S 1 serial=N1 carton=C1")
        .sent("L5 X 1 order=O5 carton=C5")
        .sent("L6 X 1 order=O6 carton=C6")
        .sent("L7 S 1 serial=N7 order=O7 carton=106141411234567897")
        .sent("L8 S 1 serial=N7 order=O8 back=1 carton=C8")
        .rma("R5 O5 L5:X:1:other")
        .rma("R6 O6 L6:X:1:other")
        .rma("R66 O6 L6:X:1:other state=partial")
        .rma("R8 O8 L8:S:1:other state=cancelled")
        .rma("R7 O7 L7:S:1:other state=closed")
        .stock("A1 S 1 serial=N9")
}

#[test]
fn what_a_scan_opens() {
    let bench = post();
    for (scan, opens) in [
        // T1
        ("R5", "R5/O5"),
        ("R66", "R66/O6"),
        // T2
        ("C1", "-/O1"),
        ("TR1", "-/O1"),
        ("106141411234567897", "-/O7"),
        ("(00)106141411234567897", "-/O7"),
        ("O1", "-/O1"),
        // An order whose return was announced is opened as that return; several are offered.
        ("O5", "R5/O5"),
        ("C6", "R6/O6 R66/O6"),
        // T3
        ("O9", "UNKNOWN_CODE"),
        ("N9", "RET_NOT_SHIPPED scanned=N9"),
        // T4: whoever has the unit now.
        ("N1", "-/O1"),
        ("N7", "-/O7"),
        ("(21)N7", "-/O7"),
        ("R7", "GONE rma=R7"),
        ("R8", "GONE rma=R8"),
        ("X", "WRONG_KIND id=X needed=return scanned=item"),
        ("A1", "WRONG_KIND id=A1 needed=return scanned=location"),
        ("nonsense", "UNKNOWN_CODE"),
    ] {
        assert_eq!(bench.opens(scan), opens, "{scan}");
    }
}

/// An order that is known and never left.
#[test]
fn t03_an_order_that_never_left() {
    let bench = Bench::new("").sent("L1 X 1");
    let (mut meant, mut known) = bench.meant("O2", widen_open).unwrap();
    let row = PackOrder { id: "O2".into(), ..PackOrder::default() };
    meant.meanings.push(Meaning::Order { id: row.id.clone() });
    known.orders.push(row);
    let (today, settings) = (TODAY.to_owned(), Settings::default());
    let refusal = open(&meant, &Site { known: &known, settings: &settings, today: &today }).unwrap_err();
    assert_eq!(refused(&refusal), "RET_NOT_SHIPPED scanned=O2");
}

fn rows(bench: Bench) -> Vec<String> {
    let play = Play::new(bench);
    let one = |row: &Row| {
        format!("{} {} announced {} shipped {} open {}", row.line, row.item, row.announced, row.shipped, row.open)
    };
    play.flow.unwrap().rows().iter().map(one).collect()
}

#[test]
fn t01_an_rma_shows_its_lines() {
    let bench =
        Bench::new("R1").sent("L1 X 8 back=2").sent("L2 Y 1").sent("L3 V 4").rma("R1 O1 L3:V:2:other L1:X:3:defective");
    assert_eq!(rows(bench), ["L3 V announced 2 shipped 4 open 4", "L1 X announced 3 shipped 8 open 6"]);
}

#[test]
fn t02_a_parcel_shows_what_was_shipped() {
    let bench = lots().sent("L2 X 1 back=1").sent("L7 X 1 order=O7");
    assert_eq!(rows(bench), ["L1 V announced 0 shipped 5 open 5", "L2 X announced 0 shipped 1 open 0"]);
}

cases! {
    t03_an_item_that_is_not_in_the_order: eight(), [
        ("Y", "RET_NOT_SHIPPED scanned=Y @ item"),
        ("V", "RET_NOT_SHIPPED scanned=V @ item"),
        ("X", "step item X @ quantity X 1"),
        ("Y", "WRONG_ITEM needed=X scanned=Y @ quantity X 1"),
    ];
    t03_without_an_order_it_is_quarantined: eight(), [
        ("/none", "NOT_NOW @ item"),
        ("Y", "RET_NOT_SHIPPED scanned=Y @ item"),
        ("X", "step item X @ quantity X 1"),
        ("/none", "NOT_NOW @ quantity X 1"),
        ("/drop", "ok page @ item"),
        ("Y6", "RET_NOT_SHIPPED scanned=Y @ item"),
        ("/none", "step item Y @ quantity Y 6 free"),
        ("Y", "ok item Y @ quantity Y 7 free"),
        ("/cut", "cut @ quantity Y 7 free"),
        ("/type 40", "step quantity 40 @ inspect Y 40 free"),
    ];
    t04_a_serial_number_tells_the_order: units().with(|bench| bench.opens = String::new()), [
        ("N7", "step serial N7 @ inspect S 1 #N7"),
        ("/yes sealed", "ok condition sealed @ inspect S 1 #N7"),
        ("/yes complete", "ok condition complete @ inspect S 1 #N7"),
        ("/yes clean", "ok condition clean @ inspect S 1 #N7"),
        ("/why other", "ok condition other @ inspect S 1 #N7"),
        ("/next", "step page @ put S 1 #N7 A restock"),
        ("/cut", "cut @ put S 1 #N7 A restock"),
        ("A1", "step received A1 @ item + O7/L7 1 S #N7 A restock at A1"),
        ("N7", "SERIAL_SEEN serial=N7 @ item"),
        ("/ok SV1", "RET_OVER open=0 @ item"),
        ("/none", "step serial N7 @ inspect S 1 #N7 free"),
    ];
    t05_nothing_matches: units().with(|bench| bench.opens = String::new()), [
        ("S", "step item S @ serial S 1 free"),
        ("N4", "step serial N4 @ inspect S 1 #N4 free"),
        ("/drop", "ok page @ item"),
        ("(01)S(21)N9", "SERIAL_SEEN serial=N9 @ item"),
        ("/ok SV1", "step serial N9 @ inspect S 1 #N9 free"),
        ("/drop", "ok page @ item"),
        ("X6", "step item X @ quantity X 6 free"),
        ("/next", "step page @ inspect X 6 free"),
    ];
    t06_the_unit_of_another_order: units(), [
        ("N7", "WRONG_SERIAL scanned=N7 @ item"),
        ("(01)S(21)N7", "WRONG_SERIAL scanned=N7 @ item"),
        ("(01)S(21)N4", "WRONG_SERIAL scanned=N4 @ item"),
        ("/ok SV1", "NOT_NOW @ item"),
        ("/none", "NOT_NOW @ item"),
        ("N1", "step serial N1 @ inspect S 1 #N1"),
        ("/drop", "ok page @ item"),
        ("S", "step item S @ serial S 1"),
        ("N4", "WRONG_SERIAL scanned=N4 @ serial S 1"),
        ("/serial N2", "step serial N2 @ inspect S 1 #N2"),
    ];
    t06_of_an_item_that_is_not_in_the_order: eight().sent("L7 S 1 serial=N7 order=O7"), [
        ("N7", "WRONG_SERIAL scanned=N7 @ item"),
        ("(01)S(21)N4", "RET_NOT_SHIPPED scanned=S @ item"),
    ];
    t07_never_more_than_was_shipped: eight(), [
        ("X12", "RET_OVER open=8 @ item"),
        ("X6", "step item X @ quantity X 6"),
        ("X12", "RET_OVER open=8 @ quantity X 6"),
        ("X6", "RET_OVER open=8 @ quantity X 6"),
        ("/type 9", "RET_OVER open=8 @ quantity X 6"),
        ("/type 0", "QTY_BAD @ quantity X 6"),
        ("X", "ok item X @ quantity X 7"),
        ("/type 8", "step quantity 8 @ inspect X 8"),
        ("X", "NOT_NOW @ inspect X 8"),
    ];
    t07_over_all_returns: Bench::new("R1").sent("L1 X 8 back=3").sent("L2 X 4").rma("R1 O1 L2:X:2:other"), [
        ("X12", "RET_OVER open=9 @ item"),
        ("X", "step item X @ quantity X 1"),
        ("X", "step item X @ inspect X 2"),
        ("/drop", "ok page @ item"),
        ("X6", "step item X @ inspect X 6"),
        ("/drop", "ok page @ item"),
        ("/other L1 4", "ok page R1 @ item"),
        ("X6", "RET_OVER open=5 @ item"),
    ];
    /// What came back elsewhere meanwhile is not taken twice.
    t07_elsewhere_meanwhile: eight(), [
        ("X6", "step item X @ quantity X 6"),
        ("/other L1 7", "ok page @ quantity X 6"),
        ("X", "RET_OVER open=1 @ quantity X 6"),
        ("/next", "step page @ inspect X 6"),
        ("/yes sealed", "ok condition sealed @ inspect X 6"),
        ("/yes complete", "ok condition complete @ inspect X 6"),
        ("/yes clean", "ok condition clean @ inspect X 6"),
        ("/why other", "ok condition other @ inspect X 6"),
        ("/next", "step page @ put X 6 A restock"),
        ("A1", "RET_OVER open=1 @ put X 6 A restock"),
        ("/drop", "ok page @ item"),
        ("X", "step item X @ inspect X 1"),
    ];
    t07_typing: Bench::new("O1").sent("L1 X 5").sent("L2 V 6 lot=L1").sent("L3 E 1 serial=N1"), [
        ("/type 2", "NOT_NOW @ item"),
        ("X", "step item X @ quantity X 1"),
        ("/type 2", "SCAN_EACH @ quantity X 1"),
        ("/drop", "ok page @ item"),
        ("V", "step item V @ lot V 1"),
        ("/type 2", "MISSING_DATA field=lot @ lot V 1"),
        ("L1", "step lot L1 @ quantity V 1 L1"),
        ("/type 2", "step quantity 2 @ inspect V 2 L1"),
        ("/type 3", "NOT_NOW @ inspect V 2 L1"),
    ];
    t08_another_lot: lots(), [
        ("(01)V(10)L9", "WRONG_LOT scanned=L9 @ item"),
        ("X", "RET_NOT_SHIPPED scanned=X @ item"),
        ("/ok SV1", "NOT_NOW @ item"),
        ("(01)V(10)L9", "WRONG_LOT scanned=L9 @ item"),
        ("/cut", "cut @ item"),
        ("/ok SV1", "NOT_NOW @ item"),
        ("V", "step item V @ lot V 1"),
        ("/lot L9", "WRONG_LOT scanned=L9 @ lot V 1"),
        ("/ok SV1", "step lot L9 @ quantity V 1 L9"),
        ("L9", "ok lot L9 @ quantity V 2 L9"),
        ("/next", "step page @ inspect V 2 L9"),
        ("/yes sealed", "ok condition sealed @ inspect V 2 L9"),
        ("/yes complete", "ok condition complete @ inspect V 2 L9"),
        ("/yes clean", "ok condition clean @ inspect V 2 L9"),
        ("/why other", "ok condition other @ inspect V 2 L9"),
        ("/next", "step page @ put V 2 L9 A restock"),
        ("A1", "step received A1 @ item + Approved WRONG_LOT 2 V SV1 + O1/L1 2 V L9 A restock at A1 WRONG_LOT"),
        // What was shipped as another lot came back as L9: one of L1 or L2 is less.
        ("(01)V(10)L1", "step item V @ inspect V 1 L1"),
    ];
    /// More of a lot than was shipped of it is another lot than was shipped.
    t08_more_of_a_lot: lots().sent("L2 V 9 lot=L3").sent("L3 W 8 lot=L1").sent("L3 W 2 lot=L2"), [
        ("(01)V(10)L2", "step item V @ quantity V 1 L2"),
        ("V", "step item V @ inspect V 2 L2"),
        ("/drop", "ok page @ item"),
        ("(01)V6(10)L2", "WRONG_LOT scanned=L2 @ item"),
        ("/ok SV1", "step item V @ quantity V 6 L2"),
        ("V12", "RET_OVER open=14 @ quantity V 6 L2"),
        ("/drop", "ok page @ item"),
        ("(01)W(10)L2", "step item W @ quantity W 1 L2"),
        ("/type 9", "WRONG_LOT needed=L1 scanned=L2 @ quantity W 1 L2"),
        ("/type 11", "RET_OVER open=10 @ quantity W 1 L2"),
        ("/type 10", "WRONG_LOT needed=L1 scanned=L2 @ quantity W 1 L2"),
        ("/ok SV1", "step quantity 10 @ inspect W 10 L2"),
    ];
    t08_each_lot_by_itself: lots(), [
        ("V", "step item V @ lot V 1"),
        ("V", "MISSING_DATA field=lot @ lot V 1"),
        ("/next", "MISSING_DATA field=lot @ lot V 1"),
        ("L2", "step lot L2 @ quantity V 1 L2"),
        ("(01)V(10)L1", "WRONG_LOT needed=L2 scanned=L1 @ quantity V 1 L2"),
        ("(01)V6(10)L2", "RET_OVER open=5 @ quantity V 1 L2"),
        ("V", "step item V @ inspect V 2 L2"),
        ("/drop", "ok page @ item"),
        // Which item it is of the store does not know.
        ("L1", "MISSING_DATA field=item @ item [L1]"),
        ("V", "step item V @ quantity V 1 L1"),
    ];
    /// Other stock of the lot brings its item.
    t08_a_lot_that_is_in_stock: lots().stock("A1 V 1 lot=L1").stock("A1 W 1 lot=L1"), [
        ("L1", "step item V @ quantity V 1 L1"),
        ("L1", "ok lot L1 @ quantity V 2 L1"),
    ];
    t08_the_lot_of_a_unit: Bench::new("O1").sent("L2 Z 1 lot=L1 serial=M1").sent("L7 Z 1 lot=L1 serial=M7 order=O7"), [
        ("(01)Z(10)L2(21)M1", "WRONG_LOT needed=L1 scanned=L2 @ item"),
        ("M1", "step serial M1 @ lot Z 1 #M1"),
        ("L2", "WRONG_LOT needed=L1 scanned=L2 @ lot Z 1 #M1"),
        ("/ok SV1", "step lot L2 @ inspect Z 1 L2 #M1"),
    ];
    t08_the_lot_of_a_unit_of_no_order: Bench::new("").sent("L7 Z 1 lot=L1 serial=M7 order=O7"), [
        ("M7", "step serial M7 @ lot Z 1 #M7"),
        ("/cut", "cut @ lot Z 1 #M7"),
        ("L2", "WRONG_LOT needed=L1 scanned=L2 @ lot Z 1 #M7"),
        ("L1", "step lot L1 @ inspect Z 1 L1 #M7"),
    ];
    t09_a_unit_that_was_inspected: units(), [
        ("N1", "step serial N1 @ inspect S 1 #N1"),
        ("N1", "NOT_NOW @ inspect S 1 #N1"),
        ("/yes sealed", "ok condition sealed @ inspect S 1 #N1"),
        ("/yes complete", "ok condition complete @ inspect S 1 #N1"),
        ("/yes clean", "ok condition clean @ inspect S 1 #N1"),
        ("/why other", "ok condition other @ inspect S 1 #N1"),
        ("/next", "step page @ put S 1 #N1 A restock"),
        ("A1", "step received A1 @ item + O1/L1 1 S #N1 A restock at A1"),
        ("/cut", "cut @ item"),
        ("(01)S(21)N1", "SERIAL_SEEN serial=N1 @ item"),
        ("N1", "SERIAL_SEEN serial=N1 @ item"),
        ("/ok SV1", "step serial N1 @ inspect S 1 #N1"),
    ];
    parts_of_a_label_add_up: lots().sent("L2 Z 1 lot=L1 serial=M1"), [
        ("(10)L2", "MISSING_DATA field=item @ item [L2]"),
        ("/cut", "cut @ item [L2]"),
        ("(10)L2", "MISSING_DATA field=item @ item [L2]"),
        ("V", "step item V @ quantity V 1 L2"),
        ("/drop", "ok page @ item"),
        ("(10)L2", "MISSING_DATA field=item @ item [L2]"),
        ("(10)L1", "LABEL_CLASH first=L2 second=L1 @ item"),
        ("(21)M1", "MISSING_DATA field=item @ item [#M1]"),
        ("(01)Z(10)L1", "step serial M1 @ inspect Z 1 L1 #M1"),
        ("/drop", "ok page @ item"),
        ("Z", "step item Z @ lot Z 1"),
        ("(10)L1", "step lot L1 @ serial Z 1 L1"),
        ("(10)L2", "LABEL_CLASH first=L1 second=L2 @ item"),
        ("/drop", "NOT_NOW @ item"),
        ("S6", "SCAN_EACH @ item"),
    ];
    what_is_no_goods: eight().sent("L2 W 1 lot=SAME").sent("L3 V 1 lot=SAME").sent("L4 S 1 serial=N1"), [
        ("A1", "WRONG_KIND id=A1 needed=item scanned=location @ item"),
        ("R1", "UNKNOWN_CODE @ item"),
        ("]E05901234123458", "CHECKSUM @ item"),
        ("SAME", "AMBIGUOUS item V or item W @ item"),
        ("V", "step item V @ lot V 1"),
        ("SAME", "step lot SAME @ inspect V 1 SAME"),
        ("/drop", "ok page @ item"),
        ("S12", "SCAN_EACH @ item"),
    ];
    /// Whoever comes back may have been sent several: what was announced is filled first.
    an_item_on_several_lines: Bench::new("R1").sent("L1 X 2").sent("L2 X 3").rma("R1 O1 L2:X:1:other"), [
        ("X", "step item X @ inspect X 1"),
        ("/drop", "ok page @ item"),
        ("X6", "RET_OVER open=5 @ item"),
    ];
}
