//! How a receipt begins and ends, goods that nobody awaits, and what a power cut leaves.

use crate::cases;
use crate::dock::{Dock, Play};
use floorhand_domain::master::Hold;
use floorhand_domain::workflow::Site;
use floorhand_domain::workflow::receive::{Field, Progress, RowState, Shelf, days_between};

fn x() -> Dock {
    Dock::new().line("L1 X 12")
}

cases! {
    r07_a_wrong_item_may_be_received_as_unexpected: x(), [
        ("/unexpected", "NOT_NOW @ item"),
        ("Y6", "WRONG_ITEM scanned=Y @ item"),
        ("/unexpected", "step item Y @ quantity Y 6 held"),
        ("Y", "ok item Y @ quantity Y 7 held"),
        ("X", "WRONG_ITEM needed=Y scanned=X @ quantity Y 7 held"),
        ("/unexpected", "NOT_NOW @ quantity Y 7 held"),
        ("/type 40", "step quantity 40 @ condition Y 40 held"),
        ("/cut", "cut @ condition Y 40 held"),
        ("H1", "step received H1 @ item + Received - Y (40 quarantined) in H1 UNPLANNED typed"),
        ("Y", "WRONG_ITEM scanned=Y @ item"),
        ("X", "step item X @ quantity X 1"),
        ("/drop", "ok page @ item"),
        ("/unexpected", "NOT_NOW @ item"),
    ];
    r08_goods_of_an_unknown_code: x(), [
        ("/unknown 3 P1 box", "NOT_NOW @ item"),
        ("nonsense", "UNKNOWN_CODE @ item"),
        ("/unknown 0 P1 box", "QTY_BAD @ item"),
        ("/unknown 3 -", "PHOTO_NEEDED @ item"),
        (
            "/unknown 3 P1 blue box",
            "step unknown nonsense @ item + PhotoTaken P1 unknown:R1/nonsense unknown + UnknownReceived nonsense 3 \"blue box\" 1",
        ),
        ("/unknown 3 P1 box", "NOT_NOW @ item"),
        ("nonsense", "UNKNOWN_CODE @ item"),
        ("X", "step item X @ quantity X 1"),
        ("/unknown 3 P1 box", "NOT_NOW @ quantity X 1"),
        ("]E05901234123457", "UNKNOWN_CODE @ quantity X 1"),
        (
            "/unknown 1 - box",
            "step unknown 5901234123457 @ quantity X 1 + UnknownReceived 5901234123457 1 \"box\" 0",
        ),
    ];
    r15_a_final_close_with_open_lines_is_pressed_twice: x(), [
        ("X", "step item X @ quantity X 1"),
        ("/type 10", "step quantity 10 @ condition X 10"),
        ("/final", "NOT_NOW @ condition X 10"),
        ("H1", "step received H1 @ item + Received L1 X (10 in-transit) in H1 typed"),
        ("/final", "PARTIAL? open=1 @ item"),
        ("X", "step item X @ quantity X 1"),
        ("/drop", "ok page @ item"),
        ("/final", "PARTIAL? open=1 @ item"),
        ("/cut", "cut @ item"),
        ("/final", "PARTIAL? open=1 @ item"),
        ("/final", "task closed DL1 @ Closed + ReceiptClosed complete=true"),
    ];
    r16_more_to_come: x(), [
        ("X", "step item X @ quantity X 1"),
        ("/type 10", "step quantity 10 @ condition X 10"),
        ("H1", "step received H1 @ item + Received L1 X (10 in-transit) in H1 typed"),
        ("/final", "PARTIAL? open=1 @ item"),
        ("/close", "task closed DL1 @ Closed + ReceiptClosed complete=false"),
    ];
    nothing_open_closes_at_once: x(), [
        ("X12", "step item X @ condition X 12"),
        ("/loose", "step received D1 @ item + Received L1 X (12 in-transit)"),
        ("/final", "task closed DL1 @ Closed + ReceiptClosed complete=true"),
    ];
    r17_a_cut_keeps_the_step_and_what_was_entered: Dock::new().line("L1 V 10"), [
        ("V", "step item V @ lot V 1"),
        ("/cut", "cut @ lot V 1"),
        ("L9", "step lot L9 @ expiry V 1 L9"),
        ("/cut", "cut @ expiry V 1 L9"),
        ("/date 2027-01-31", "step expiry 2027-01-31 @ quantity V 1 L9 2027-01-31"),
        ("V6", "ok item V @ quantity V 7 L9 2027-01-31"),
        ("/cut", "cut @ quantity V 7 L9 2027-01-31"),
        ("/damaged 1", "step condition 1 @ condition V 7 L9 2027-01-31 damaged=1"),
        ("/photo P1", "ok photo @ condition V 7 L9 2027-01-31 damaged=1 + PhotoTaken P1 receipt:R1 damaged"),
        ("/next", "step page @ unit V 7 L9 2027-01-31 damaged=1"),
        ("/cut", "cut @ unit V 7 L9 2027-01-31 damaged=1"),
        ("H1", "step received H1 @ item + Received L1 V L9 2027-01-31 (6 in-transit, 1 damaged) in H1 P1"),
    ];
    r18_blind_goods_are_quarantined: Dock::blind(), [
        ("X", "step item X @ quantity X 1 held"),
        ("/type 300", "step quantity 300 @ condition X 300 held"),
        ("H1", "step received H1 @ item + Received - X (300 quarantined) in H1 UNPLANNED typed"),
        ("V", "step item V @ lot V 1 held"),
        ("/drop", "ok page @ item"),
        ("/final", "task closed @ Closed + ReceiptClosed complete=true"),
    ];
    r20_a_delivery_closed_meanwhile_does_not_stop_the_work: x(), [
        ("X", "step item X @ quantity X 1"),
        ("/closed", "note delivery DL1 @ quantity X 1"),
        ("H1", "step received H1 @ item + Received L1 X (1 in-transit) in H1"),
        ("/other L1 1", "ok delivery DL1 @ item"),
    ];
    dropped_counts_leave_nothing: x(), [
        ("/drop", "NOT_NOW @ item"),
        ("X6", "step item X @ quantity X 6"),
        ("/drop", "ok page @ item"),
        ("X6", "step item X @ quantity X 6"),
    ];
}

#[test]
fn r01_what_a_scan_opens() {
    let dock = Dock::new()
        .line("L1 X 10")
        .line("L2 X 5 of=DL2")
        .line("L3 V 5 of=DL2")
        .unit("H9 of=DL2")
        .asn("H9 L2 X 5 of=DL2")
        .asn("006141411234567890 L2 X 5 of=DL2")
        .asn("H5 L9 X 5 of=DL9");
    for (text, expected) in [
        ("X", "DL1 DL2"),
        ("PO1", "DL1 DL2"),
        ("PO2", "DL2"),
        ("DL1", "DL1"),
        ("V6", "DL2"),
        ("H9", "DL2"),
        ("(00)006141411234567890", "DL2"),
        ("PO9", "GONE delivery=DL9"),
        ("DL9", "GONE delivery=DL9"),
        ("H5", "GONE delivery=DL9"),
        ("Y", "WRONG_ITEM scanned=Y"),
        ("H1", "WRONG_HU scanned=H1"),
        ("A1", "WRONG_KIND id=A1 needed=delivery scanned=location"),
        ("nonsense", "UNKNOWN_CODE"),
    ] {
        assert_eq!(dock.opens(text), expected, "{text}");
    }
}

#[test]
fn days_are_counted_by_the_calendar() {
    for (from, to, days) in [
        ("2026-06-15", "2026-06-15", Some(0)),
        ("2026-06-15", "2026-06-14", Some(-1)),
        ("2026-11-21", "2028-03-14", Some(479)),
        ("2026-06-15", "2026-08-14", Some(60)),
        ("2028-02-28", "2028-03-01", Some(2)),
        ("2027-02-28", "2027-03-01", Some(1)),
        ("2100-02-28", "2100-03-01", Some(1)),
        ("2000-02-28", "2000-03-01", Some(2)),
        ("1970-01-01", "2026-06-15", Some(20_619)),
        ("0000-01-01", "0000-12-31", Some(365)),
        ("2026-12-31", "2027-01-01", Some(1)),
        ("2026-06-15", "2026-02-29", None),
        ("2026-06-15", "2026-13-01", None),
        ("2026-06-15", "2026-00-10", None),
        ("2026-06-15", "2026-06-00", None),
        ("2026-06-15", "2026-06-31", None),
        ("2026-6-15", "2026-06-15", None),
        ("2026-06-15", "2026-06-15-1", None),
        ("2026-06-15", "", None),
        ("2026-06-15", "+026-06-15", None),
    ] {
        assert_eq!(days_between(from, to), days, "{from} to {to}");
    }
}

#[test]
fn the_page_shows_lines_fields_and_days() {
    let dock = Dock::new()
        .line("L1 X 96 got=96")
        .line("L2 Y 180 got=168")
        .line("L3 V 240 days=90")
        .line("L4 W 120")
        .line("L5 S 2 got=3");
    let mut play = Play::new(dock);
    for event in ["V", "L9"] {
        play.event(event);
    }
    let receive = play.receive.as_ref().unwrap();
    let states: Vec<_> = receive.rows().iter().map(|row| (row.got, row.state)).collect();
    use RowState::{Done, Now, Open, Over, Short};
    assert_eq!(states, [(96, Done), (168, Short), (0, Now), (0, Open), (3, Over)]);
    assert_eq!((receive.counts(), receive.expected()), ((2, 5), 240));
    let fields: Vec<_> = receive.entry().unwrap().fields();
    let fields: Vec<_> = fields.iter().map(|row| (row.field, row.progress, row.value.as_str())).collect();
    assert_eq!(
        fields,
        [
            (Field::Lot, Progress::Done, "L9"),
            (Field::Expiry, Progress::Now, ""),
            (Field::Quantity, Progress::Next, "1"),
            (Field::Condition, Progress::Next, ""),
            (Field::Unit, Progress::Next, ""),
        ]
    );
    let (settings, today) = (play.dock.world.settings.clone(), "2026-11-21".to_owned());
    let known = Default::default();
    let site = Site { known: &known, settings: &settings, today: &today };
    assert_eq!(receive.shelf_of(&"2028-03-14".to_owned(), &site), Some(Shelf { left: 479, needed: 90 }));
    assert_eq!(receive.shelf(&site), None);
}

#[test]
fn what_may_be_allowed_is_told() {
    let mut play = Play::new(Dock::new().line("L1 X 10 got=4").line("L2 V 5 days=90"));
    for (event, asked) in [
        ("X6", None),
        ("X", Some((1, 10))),
        ("X12", Some((12, 10))),
        ("/type 9", Some((3, 10))),
        ("/drop", None),
        ("X12", Some((6, 10))),
        ("(01)V(10)L9(17)260814", Some((1, 0))),
        ("Y", None),
    ] {
        play.event(event);
        let told = play.receive.as_ref().unwrap().asked().map(|asked| (asked.qty, asked.limit));
        assert_eq!(told, asked, "{event}");
    }
    let receive = play.receive.as_ref().unwrap();
    assert!(receive.may_be_unexpected() && !receive.may_quarantine() && receive.unknown_code().is_none());
}

/// R15, R16 and the page of discrepancies: what becomes available, and what does not.
#[test]
fn a_summary_before_the_close() {
    let dock = || Dock::new().line("L1 X 12").line("L2 Y 6").line("L3 V 6").line("L4 W 6");
    let events = [
        "X",
        "/type 10",
        "/loose",
        "Y6",
        "/damaged 2",
        "/photo P1",
        "/photo P2",
        "/loose",
        "(01)V6(10)L1(17)270131",
        "V",
        "/ok SV1",
        "/loose",
        "(01)W6(10)L1(17)270131",
        "/loose",
        "S",
        "/unexpected",
        "N1",
        "/loose",
        "nonsense",
        "/unknown 3 P3 box",
    ];
    for (hold, complete, expected) in [
        (Hold::Line, true, "L1 short 2 held; L2 damaged 2 held; L3 over 1 held; L4 | 30 29 | 6 27"),
        (Hold::Line, false, "L1 short 2; L2 damaged 2 held; L3 over 1 held; L4 | 30 29 | 16 17"),
        (Hold::Receipt, false, "L1 short 2 held; L2 damaged 2 held; L3 over 1 held; L4 held | 30 29 | 0 33"),
        (Hold::None, true, "L1 short 2; L2 damaged 2; L3 over 1; L4 | 30 29 | 26 7"),
    ] {
        let mut play = Play::new(dock().with(|dock| dock.world.settings.diff_hold = hold));
        let told: Vec<String> = events.iter().map(|event| play.event(event)).collect();
        play.cut();
        let receive = play.receive.as_ref().unwrap();
        let summary = receive.summary(&play.dock.world.settings, complete);
        let lines: Vec<String> = summary
            .lines
            .iter()
            .map(|line| {
                let number = |name: &str, n: i64| if n > 0 { format!(" {name} {n}") } else { String::new() };
                let held = if line.held { " held" } else { "" };
                let (short, over) = (number("short", line.short), number("over", line.over));
                format!("{}{short}{over}{}{held}", line.line, number("damaged", line.own.damaged))
            })
            .collect();
        let totals =
            [summary.expected, summary.received, summary.to_shelf, summary.to_quarantine].map(|n| n.to_string());
        let found = format!("{} | {} | {}", lines.join("; "), totals[..2].join(" "), totals[2..].join(" "));
        assert_eq!(found, expected, "{hold:?} {complete}: {told:#?}");
        assert_eq!(summary.lines[1].own.photos, 2);
        assert_eq!((summary.extra[0].item.as_str(), summary.extra[0].own.held), ("S", 1));
        assert_eq!((summary.strange[0].qty, summary.strange[0].photos), (3, 1));
    }
}
