//! What holds for every sequence of scans, buttons and power cuts, whatever the delivery.

use crate::dock::{Dock, Play};
use crate::units::NEW_SSCC;
use crate::world::{SSCC, TODAY};
use floorhand_domain::fact::Fact;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::Label;
use floorhand_domain::stock::Status;
use floorhand_domain::workflow::receive::{Entry, Field, Receive, Saved, Stage};
use proptest::prelude::*;
use std::collections::BTreeMap;

const CODES: &[&str] = &[
    "X",
    "X6",
    "X12",
    "Y",
    "Y6",
    "(01)X(17)260101",
    "V",
    "V6",
    "(01)V(10)L1(17)270331",
    "(01)V(10)L1(17)270430",
    "(01)V6(10)L9(17)270131",
    "(01)V(10)L8(17)260701",
    "(10)L9(17)270131",
    "(10)L1",
    "L1",
    "L9",
    "OLD",
    "(01)V(10)OLD",
    "S",
    "S6",
    "(01)S(21)N1",
    "(01)S(21)N2",
    "(21)N3",
    "N1",
    "N2",
    "N3",
    "N4",
    "Z",
    "(01)Z(10)L1(21)M1",
    "H1",
    "H2",
    "H9",
    "H8",
    "H7",
    SSCC,
    "(00)106141411234567897",
    NEW_SSCC,
    "(00)006141411234567890",
    "T1",
    "T9",
    "P-1",
    "P-2",
    "A1",
    "D1",
    "K1",
    "BADGE-OP1",
    "nonsense",
    "SAME",
    "]E05901234123457",
    "DL1",
    "PO1",
    "W",
    "10L1",
];

const BUTTONS: &[&str] = &[
    "/next",
    "/type 1",
    "/type 6",
    "/type 9",
    "/type 13",
    "/type 0",
    "/date 2027-03-31",
    "/date 2026-06-20",
    "/date 2020-01-01",
    "/nodate",
    "/lot L9",
    "/serial N5",
    "/damaged 0",
    "/damaged 1",
    "/damaged 2",
    "/photo P1",
    "/photo P2",
    "/loose",
    "/print U1",
    "/repeat",
    "/quarantine",
    "/quarantine",
    "/unexpected",
    "/unexpected",
    "/unknown 2 P9 box",
    "/ok SV1",
    "/ok SV1",
    "/ok SV1",
    "/drop",
    "/close",
    "/final",
    "/other L1 3",
    "/closed",
    "/gone L2",
];

/// Events that do what the step asks for.
fn right(play: &Play, n: usize) -> &'static str {
    let Some(receive) = &play.receive else { return "X" };
    let choose = |list: &[&'static str]| list[n % list.len()];
    match receive.entry().map(Entry::field) {
        None => choose(&["X", "X6", "Y6", "(01)V6(10)L9(17)270131", "V", "S", "H9"]),
        Some(Field::Lot) => choose(&["L1", "L9"]),
        Some(Field::Expiry) => choose(&["/date 2027-03-31", "(17)270131"]),
        Some(Field::Serial) => choose(&["N1", "N2", "N3", "N5", "/next", "H1"]),
        Some(Field::Quantity) => choose(&["/next", "/loose", "H1", "P-1", "/type 6"]),
        Some(Field::Condition | Field::Unit) => choose(&["/loose", "H1", "P-1", "P-1", "/photo P1", "/damaged 1"]),
    }
}

#[derive(Debug, Clone)]
enum Do {
    Right(usize),
    Code(usize),
    Button(usize),
    Again,
    Cut,
}

fn event() -> impl Strategy<Value = Do> {
    prop_oneof![
        5 => any::<usize>().prop_map(Do::Right),
        4 => (0..CODES.len()).prop_map(Do::Code),
        3 => (0..BUTTONS.len()).prop_map(Do::Button),
        1 => Just(Do::Again),
        1 => Just(Do::Cut),
    ]
}

fn docks() -> impl Strategy<Value = Dock> {
    let line = (0..5usize, 1..14i64, 0..4i64, 0..3usize);
    (proptest::collection::vec(line, 1..6), any::<bool>(), any::<bool>(), 0..10u8).prop_map(
        |(lines, trust, stock, blind)| {
            let mut dock = if blind == 0 { Dock::blind() } else { Dock::new() };
            for (n, (item, qty, got, kind)) in lines.into_iter().enumerate() {
                let item = ["X", "Y", "V", "S", "Z"][item];
                let more = ["", " over=50 days=30", " lot=L1"][kind];
                dock = dock.line(&format!("L{n} {item} {qty} got={got}{more}"));
            }
            let first = dock.lines[0].clone();
            dock = dock
                .code("SAME", "X")
                .code("SAME", "Y")
                .unit("H9 of=DL1")
                .unit("H8 of=DL2")
                .unit("H7 of=DL1 at=A1")
                .asn(&format!("H9 L0 {} 3", first.item))
                .asn(&format!("H9 L0 {} 2 lot=L1 exp=2027-03-31", first.item))
                .asn("H8 L5 X 6 of=DL2");
            if stock {
                dock = dock
                    .stock("A1 V 5 lot=L1 exp=2027-03-31")
                    .stock("A1 V 1 lot=OLD exp=2026-06-14")
                    .stock("A1 S 1 serial=N4")
                    .stock("A1 Y 3 hu=H2")
                    .stock("A1 W 3 lot=L1");
            }
            dock.with(|dock| dock.world.settings.trust_asn = trust)
        },
    )
}

/// The saved row without what a refusal may change: the label begun.
fn steady(receive: &Receive) -> Saved {
    let mut saved = receive.saved();
    if let Stage::Item { label, .. } = &mut saved.stage {
        *label = Label::default();
    }
    saved
}

/// What is true of every fact, told by what is printed on it and no more.
fn sound(play: &Play, fact: &Fact) {
    let Fact::Received { line, item, lot, expiry, units, because, photos, handling_unit, new_unit, .. } = fact else {
        return;
    };
    assert!(!units.is_empty() && units.iter().all(|unit| unit.qty > 0), "{fact:?}");
    let good = units.iter().any(|unit| unit.status == Status::InTransit);
    let has = |reason| because.contains(&reason);
    let tracked = |items: &[&str]| items.contains(&item.as_str());
    assert_eq!(line.is_none(), has(Reason::Unplanned), "{fact:?}");
    assert!(!good || !(has(Reason::Unplanned) || has(Reason::Expired) || has(Reason::MissingData)), "{fact:?}");
    assert_eq!(tracked(&["V", "W", "Z"]), !lot.is_none(), "{fact:?}");
    assert_eq!(tracked(&["V", "W", "Z"]) && expiry.is_none(), has(Reason::MissingData), "{fact:?}");
    assert!(expiry.as_ref().is_none_or(|date| date.as_str() >= TODAY || has(Reason::Expired)), "{fact:?}");
    let numbered =
        |serial: bool| units.iter().all(|unit| unit.serial.is_none() != serial && (!serial || unit.qty == 1));
    assert!(numbered(tracked(&["S", "Z"])), "{fact:?}");
    let damaged = units.iter().any(|unit| unit.status == Status::Damaged);
    let shown = play.facts.iter().any(|fact| matches!(fact, Fact::PhotoTaken { .. }));
    assert!(!damaged || shown, "{fact:?}");
    assert!(photos.iter().all(|photo| {
        play.facts.iter().any(|fact| matches!(fact, Fact::PhotoTaken { photo: taken, .. } if taken == photo))
    }));
    assert!(!["H8", "T9"].contains(&handling_unit.as_str()), "{fact:?}");
    assert!(new_unit.is_none() || !handling_unit.is_none(), "{fact:?}");
    for reason in
        because.iter().filter(|reason| matches!(reason, Reason::ReceiptOver | Reason::ShelfLife | Reason::SerialSeen))
    {
        let decided = |fact: &Fact| matches!(fact, Fact::Approved { decision, .. } if decision == reason);
        assert!(play.facts.iter().any(decided), "{fact:?}");
    }
}

/// Units in facts, lines and tally agree; good ones never pass the limit.
fn conserved(play: &Play) {
    let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let mut all = 0;
    for fact in &play.facts {
        if let Fact::Received { line, units, .. } = fact {
            for unit in units {
                let sum = sums.entry(line.0.clone()).or_default();
                sum.0 += unit.qty;
                sum.1 += if unit.status == Status::InTransit { unit.qty } else { 0 };
                all += unit.qty;
            }
        }
    }
    let booked: i64 = play.dock.world.stock.iter().filter(|stock| stock.location.as_str() == "D1").map(|s| s.qty).sum();
    assert_eq!(booked, all);
    let Some(receive) = &play.receive else { return };
    for (line, got) in receive.lines.iter().zip(&receive.received) {
        let (own, good) = sums.get(line.id.as_str()).copied().unwrap_or_default();
        let tallied = receive.tally.lines.get(&line.id).copied().unwrap_or_default();
        assert_eq!((tallied.all(), tallied.good), (own, good), "{}", line.id);
        let shown = play.dock.lines.iter().find(|row| row.id == line.id).unwrap();
        assert_eq!(*got, shown.received, "{}", line.id);
        // What others received meanwhile may pass the limit; what is received here on top is quarantined.
        assert!(good <= line.limit(play.dock.world.settings.over_receipt_percent), "{}", line.id);
    }
    if let Some(entry) = receive.entry() {
        assert!(entry.damaged <= entry.qty && entry.qty >= 0);
        assert!(!entry.tracks.serial || usize::try_from(entry.qty).unwrap() == entry.serials.len());
        assert!(entry.broken.iter().all(|serial| entry.serials.contains(serial)));
    }
}

fn copy_of(play: &Play) -> Play {
    let (dock, receive) = (play.dock.clone(), play.receive.clone());
    Play { dock, receive, facts: play.facts.clone(), refusals: play.refusals.clone() }
}

fn run(dock: Dock, events: Vec<Do>) -> Play {
    let mut play = Play::new(dock);
    let mut last = "X";
    let mut asked = false;
    for event in events {
        let text = match event {
            Do::Cut => "/cut",
            Do::Again => last,
            Do::Right(n) => right(&play, n),
            Do::Code(n) => CODES[n],
            Do::Button(n) => BUTTONS[n],
        };
        // A label that is printed is one that nobody has.
        if text == "/print U1" && play.dock.world.units.iter().any(|unit| unit.id.as_str() == "U1") {
            continue;
        }
        last = text;
        let before = copy_of(&play);
        let told = play.event(text);
        let was = before.receive.as_ref().unwrap();
        let refused = play.refusals.len() > before.refusals.len() && text != "/cut";
        let new = &play.facts[before.facts.len()..];
        if text == "/cut" || (refused && !told.starts_with("LABEL_CLASH")) {
            assert_eq!(steady(play.receive.as_ref().unwrap()), steady(was), "{text}: {told}");
            assert!(new.is_empty(), "{text}: {told}");
        }
        if let Some(entry) = was.entry().filter(|entry| entry.into.is_none())
            && new.iter().any(|fact| matches!(fact, Fact::Received { .. }))
        {
            let units = |fact: &Fact| match fact {
                Fact::Received { units, .. } => units.iter().map(|unit| unit.qty).sum(),
                _ => 0,
            };
            assert_eq!(new.iter().map(units).sum::<i64>(), entry.qty, "{text}: {told}");
        }
        if ["A1", "D1", "K1", "BADGE-OP1", "DL1", "PO1", "nonsense"].contains(&text) && was.entry().is_none() {
            assert!(refused, "{text}: {told}");
        }
        new.to_vec().iter().for_each(|fact| sound(&play, fact));
        conserved(&play);
        if play.receive.is_none() {
            break;
        }
        // Without a question open, whoever resumes gets the same answer.
        if !asked && text != "/cut" {
            let mut resumed = before;
            resumed.refusals.clear();
            resumed.cut();
            let again = resumed.event(text);
            // A question that lapsed with the power is asked anew.
            assert!(again == told || again.contains('?'), "{text} after a cut: {again}, not {told}");
        }
        asked = refused || (asked && (text.starts_with("/photo") || text.starts_with("/other") || text == "/closed"));
    }
    play
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_sequence_keeps_the_rules(dock in docks(), events in proptest::collection::vec(event(), 1..70)) {
        run(dock, events);
    }

    /// Whatever was done before, the receipt can be closed.
    #[test]
    fn no_sequence_gets_stuck(dock in docks(), events in proptest::collection::vec(event(), 1..50)) {
        let mut play = run(dock, events);
        for event in ["/drop", "/drop", "/final", "/final"] {
            if play.receive.is_some() {
                play.event(event);
            }
        }
        prop_assert!(play.receive.is_none());
    }
}
