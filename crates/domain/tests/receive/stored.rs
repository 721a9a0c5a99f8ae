//! What a receipt stores, as it is written: a changed snapshot is a changed format.

use crate::dock::{Dock, Play};
use crate::units::NEW_SSCC;
use floorhand_domain::scan;
use floorhand_domain::workflow::receive::Saved;
use floorhand_domain::workflow::refusal::Refusal;

fn saved(dock: Dock, events: &[&str]) -> Saved {
    let mut play = Play::new(dock);
    for event in events {
        play.event(event);
    }
    let saved = play.receive.unwrap().saved();
    let json = serde_json::to_string(&saved).unwrap();
    assert_eq!(saved, serde_json::from_str::<Saved>(&json).unwrap(), "{json}");
    saved
}

#[test]
fn saved_receipts() {
    let dock = || Dock::new().line("L1 V 10 days=90").line("L2 S 2").line("L3 X 10");
    let asn = format!("{NEW_SSCC} L3 X 6");
    insta::assert_json_snapshot!(
        "saved_receipts",
        [
            saved(dock(), &[]),
            saved(Dock::blind(), &["X"]),
            saved(dock(), &["(10)L9(17)270131"]),
            saved(dock(), &["V"]),
            saved(dock(), &["(01)V6(10)L9(17)260814", "/ok SV1", "/damaged 2", "/photo P1"]),
            saved(dock(), &["S", "N1", "N2", "/damaged 1", "N2"]),
            saved(dock(), &["X", "/type 12", "/ok SV1"]),
            saved(dock().asn(&asn), &["(00)006141411234567890"]),
            saved(dock(), &["X", "/loose", "/repeat"]),
        ]
    );
}

#[test]
fn refusals() {
    let rows = [
        Refusal::MissingData { field: scan::Kind::Expiry },
        Refusal::LabelClash { first: "2027-03-31".into(), second: "2027-04-30".into() },
        Refusal::Expired { date: "2026-06-14".into() },
        Refusal::ShelfLife { days: 60, needed: 90 },
        Refusal::ReceiptOver { limit: 105, received: 90 },
        Refusal::PhotoNeeded,
        Refusal::NewHu { scanned: "P-77".into() },
        Refusal::HuRule { scanned: "H9".into() },
        Refusal::Partial { open: 2 },
        Refusal::Gone { delivery: "DL9".into() },
        Refusal::Scan(scan::Refusal::UnknownCode),
    ];
    for row in &rows {
        let json = serde_json::to_string(row).unwrap();
        assert_eq!(*row, serde_json::from_str::<Refusal>(&json).unwrap(), "{json}");
    }
    insta::assert_json_snapshot!("receive_refusals", rows);
}

/// A delivery of 2,000 lines answers as one of a single line does, and its saved row stays small.
#[test]
fn a_delivery_of_2000_lines_behaves_the_same() {
    let dock = |lines: usize| {
        let mut dock = Dock::new().line("L0 X 6");
        for n in 1..lines {
            dock = dock.line(&format!("L{n} {} 6", ["Y", "V"][n % 2]));
        }
        Play::new(dock)
    };
    let (mut small, mut large) = (dock(1), dock(2_000));
    for event in ["X", "nonsense", "X6", "/type 3", "/next", "H1", "/cut", "X", "/damaged 1", "/photo P1", "/loose"] {
        assert_eq!(small.event(event), large.event(event), "{event}");
    }
    for n in 0..200 {
        large.event("Y");
        large.event("/type 5");
        large.event("/loose");
        if n % 50 == 0 {
            large.cut();
        }
        let bytes = serde_json::to_string(&large.receive.as_ref().unwrap().saved()).unwrap().len();
        assert!(bytes < 1_000, "{bytes} bytes");
    }
    assert_eq!(large.receive.as_ref().unwrap().tally.lines.values().map(|own| own.all()).sum::<i64>(), 4 + 1_000);
}
