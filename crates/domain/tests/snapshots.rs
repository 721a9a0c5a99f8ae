//! What is stored or sent, as it is written: a changed snapshot is a changed format.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use floorhand_domain::fact::{Fact, ReceivedUnits, ShortReason, Units};
use floorhand_domain::id::{HandlingUnitId, ItemId, LocationId, OrderId, OrderLineId};
use floorhand_domain::inbound::*;
use floorhand_domain::master::*;
use floorhand_domain::outbound::*;
use floorhand_domain::reason::Reason;
use floorhand_domain::scan::{self, Kind, Label, Meaning, Reading, Scan, Source};
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::*;
use floorhand_domain::workflow::pick::{
    self, Cart, Closed, Hand, News, Novelty, PieceRange, Saved, Short, Stage, Swap,
};
use floorhand_domain::workflow::sign_in::{self, SignIn};
use floorhand_domain::workflow::{Accepted, Class, Expect, What};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// Written, and read back as the same.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, rows: &[T]) {
    for row in rows {
        let json = serde_json::to_string(row).unwrap();
        assert_eq!(*row, serde_json::from_str::<T>(&json).unwrap(), "{json}");
    }
    insta::assert_json_snapshot!(name, rows);
}

fn units() -> Vec<Units> {
    let unit = |lot: &str, serial: &str, unit: &str, qty| Units {
        lot: lot.into(),
        serial: serial.into(),
        handling_unit: unit.into(),
        qty,
        grams: 0,
    };
    vec![unit("", "", "", 2), unit("L1", "", "H1", 6), unit("L1", "S1", "", 1)]
}

#[test]
fn facts() {
    let facts = vec![
        Fact::SignedIn { operator: "OP1".into() },
        Fact::SignInFailed { operator: "OP1".into(), fails: 2 },
        Fact::LockedOut { operator: "OP1".into(), minutes: 15 },
        Fact::SignedOut { operator: "OP1".into() },
        Fact::TaskClaimed { task: "K1".into() },
        Fact::TaskReleased { task: "K1".into() },
        Fact::ToteAssigned { task: "K1".into(), slot: 1, order: "O1".into(), tote: "T1".into() },
        Fact::Picked {
            task: "K1".into(),
            line: "L1".into(),
            location: "A1".into(),
            item: "X".into(),
            tote: "T1".into(),
            units: units(),
            typed: true,
        },
        Fact::PickedShort {
            task: "K1".into(),
            line: "L1".into(),
            location: "A1".into(),
            item: "X".into(),
            qty: 3,
            reason: ShortReason::Damaged,
            damaged: 2,
            lot: "L1".into(),
            handling_unit: "H1".into(),
        },
        Fact::ToteClosed { task: "K1".into(), slot: 1, tote: "T1".into() },
        Fact::DroppedOff { task: "K1".into(), location: "B1".into(), totes: vec!["T1".into(), "T2".into()] },
        Fact::Undone { epoch: 1, seq: 17 },
        Fact::ScanRefused {
            raw: "]C010\\x1d".to_owned(),
            step: "pick.item".to_owned(),
            reason: Reason::WrongItem,
            meanings: vec!["item".to_owned()],
            task: "K1".into(),
        },
        Fact::BarcodeReported { raw: "4006381333931".to_owned(), location: "A1".into() },
        Fact::NoteAdded { entry: "1/17".to_owned(), note: "Seen at A2".to_owned() },
        Fact::TaskTakenOver { task: "K1".into(), from: "OP2".into() },
        Fact::TaskOpened { task: "K2".into(), kind: TaskKind::Count, location: "A1".into() },
        Fact::ZeroChecked {
            task: "K1".into(),
            line: "L1".into(),
            location: "A1".into(),
            item: "X".into(),
            empty: true,
        },
        Fact::Approved {
            by: "OP2".into(),
            decision: Reason::ReceiptOver,
            subject: "receipt:R1".to_owned(),
            item: "X".into(),
            qty: 106,
        },
        Fact::PhotoTaken {
            photo: "F1".into(),
            subject: "receipt:R1".to_owned(),
            purpose: "damaged".to_owned(),
            hash: "ab".repeat(32),
            bytes: 120_000,
        },
        Fact::LabelPrinted {
            label: "H9".into(),
            copy: 1,
            subject: "receipt:R1".to_owned(),
            reason: String::new(),
            internal: None,
        },
        Fact::DeliveryOpened { receipt: "R1".into(), delivery: "D1".into(), location: "DOCK-1".into() },
        Fact::Received {
            receipt: "R1".into(),
            delivery: "D1".into(),
            line: "L7".into(),
            location: "DOCK-1".into(),
            item: "X".into(),
            lot: "L1".into(),
            expiry: Some("2027-03-31".to_owned()),
            units: vec![
                ReceivedUnits { serial: "".into(), qty: 8, status: Status::InTransit },
                ReceivedUnits { serial: "".into(), qty: 2, status: Status::Damaged },
                ReceivedUnits { serial: "S1".into(), qty: 1, status: Status::Quarantined },
            ],
            handling_unit: "H9".into(),
            new_unit: Some(HandlingUnitKind::Pallet),
            because: vec![Reason::ReceiptOver],
            photos: vec!["F1".into()],
            typed: true,
        },
        Fact::UnknownReceived {
            receipt: "R1".into(),
            delivery: "D1".into(),
            location: "DOCK-1".into(),
            raw: "4006381333931".to_owned(),
            words: "BLUE CUPS".to_owned(),
            qty: 6,
            photos: vec!["F2".into()],
        },
        Fact::ReceiptClosed { receipt: "R1".into(), delivery: "D1".into(), complete: true },
        Fact::Moved {
            task: "K3".into(),
            line: "L8".into(),
            unit: "".into(),
            item: "X".into(),
            units: units(),
            status: Status::Quarantined,
            from: "DOCK-1".into(),
            to: "Q-01".into(),
            into: "H2".into(),
            because: vec![Reason::Allocated],
            typed: false,
        },
        Fact::CountStarted {
            count: "C1".into(),
            task: "K4".into(),
            line: "L9".into(),
            location: "A1".into(),
            item: "X".into(),
        },
        Fact::Counted {
            count: "C1".into(),
            task: "K4".into(),
            location: "A1".into(),
            item: "X".into(),
            lot: "L1".into(),
            serial: "S1".into(),
            handling_unit: "H1".into(),
            qty: 1,
            typed: true,
            unexpected: true,
        },
        Fact::CountSubmitted { count: "C1".into(), task: "K4".into(), location: "A1".into(), nothing: true },
    ];
    let kinds: BTreeSet<&str> = facts.iter().map(Fact::kind).collect();
    assert_eq!(kinds.len(), facts.len());
    for fact in &facts {
        let json = serde_json::to_value(fact).unwrap();
        assert_eq!(json["type"], fact.kind());
        assert_eq!(fact.version(), 1);
    }
    check("facts", &facts);
    let aggregates: Vec<_> = facts.iter().map(|fact| (fact.kind(), fact.aggregate())).collect();
    insta::assert_json_snapshot!("fact_aggregates", aggregates);
    let moves: Vec<_> =
        facts.iter().map(|fact| (fact.kind(), fact.moves())).filter(|(_, moves)| !moves.is_empty()).collect();
    insta::assert_json_snapshot!("fact_moves", moves);
}

/// Picking from other stock than was planned, batches and zones.
#[test]
fn facts_of_picking() {
    let stock =
        |lot: &str, unit: &str| Units { lot: lot.into(), handling_unit: unit.into(), qty: 2, ..Units::default() };
    let facts = vec![
        Fact::Picked {
            task: "K1".into(),
            line: "L1".into(),
            location: "A1".into(),
            item: "C".into(),
            tote: "T1".into(),
            units: vec![Units { grams: 1_500, ..stock("L1", "") }],
            typed: false,
        },
        Fact::Substituted {
            task: "K1".into(),
            line: "L1".into(),
            location: "A1".into(),
            item: "X".into(),
            asked: stock("L1", "H1"),
            taken: stock("L2", "H2"),
        },
        Fact::CountAsked {
            task: "K1".into(),
            location: "A1".into(),
            item: "X".into(),
            lot: "L3".into(),
            handling_unit: "H3".into(),
        },
        Fact::Sorted {
            task: "K1".into(),
            line: "L1".into(),
            item: "X".into(),
            from: "T0".into(),
            tote: "T1".into(),
            units: vec![stock("L1", "")],
        },
        Fact::ToteTaken { task: "K1".into(), tote: "T1".into(), location: "H1".into() },
    ];
    check("facts_of_picking", &facts);
    let aggregates: Vec<_> = facts.iter().map(|fact| (fact.kind(), fact.aggregate())).collect();
    insta::assert_json_snapshot!("fact_aggregates_of_picking", aggregates);
    let moves: Vec<_> =
        facts.iter().map(|fact| (fact.kind(), fact.moves())).filter(|(_, moves)| !moves.is_empty()).collect();
    insta::assert_json_snapshot!("fact_moves_of_picking", moves);
}

#[test]
fn reasons() {
    let codes: Vec<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    for reason in Reason::ALL {
        assert_eq!(Reason::parse(reason.code()), Some(*reason));
        assert_eq!(reason.asks(), reason.code().ends_with('?'));
    }
    let different: BTreeSet<_> = codes.iter().collect();
    assert_eq!(different.len(), codes.len());
    assert_eq!(Reason::parse("NO_SUCH_CODE"), None);
    assert!(serde_json::from_str::<Reason>("\"NO_SUCH_CODE\"").is_err());
    check("reasons", Reason::ALL);
    use ShortReason::{Damaged, NoneFound, Unreachable, WrongStock};
    check("short_reasons", &[NoneFound, Damaged, WrongStock, Unreachable]);
}

#[test]
fn rows_of_deliveries() {
    use DeliveryState::{Arrived, Cancelled, Closed, Due, Started};
    check("delivery_states", &[Due, Arrived, Started, Closed, Cancelled]);
    let delivery = Delivery {
        id: "D1".into(),
        supplier: "Vita Nord".to_owned(),
        orders: vec!["P1".into(), "P2".into()],
        door: "DOCK-4".into(),
        due_ms: 1_700_000_000_000,
        pallets: 3,
        lines: 6,
        state: Arrived,
    };
    check("deliveries", &[delivery]);
    let line = DeliveryLine {
        id: "L7".into(),
        delivery: "D1".into(),
        seq: 1,
        order: "P1".into(),
        item: "X".into(),
        ordered: 100,
        received: 40,
        over_percent: -1,
        min_shelf_days: 90,
        lot: "L1".into(),
        state: DeliveryLineState::Open,
    };
    check("delivery_lines", &[line]);
    let announced = Announced {
        id: "A1".to_owned(),
        unit: "340123450000000017".into(),
        delivery: "D1".into(),
        line: "L7".into(),
        item: "X".into(),
        lot: "L1".into(),
        expiry: Some("2027-03-31".to_owned()),
        qty: 48,
    };
    check("announced", &[announced]);
    let plan = Plan {
        to: "B3".into(),
        why: Why::SameItem,
        others: vec!["B4".into()],
        status: Status::Quarantined,
        round: 1,
        counted_by: "OP1".into(),
        trigger: "recount".to_owned(),
    };
    check("plans", &[plan, Plan::default()]);
}

#[test]
fn a_limit_is_rounded_down() {
    let line = |ordered, over_percent| DeliveryLine { ordered, over_percent, ..DeliveryLine::default() };
    for (ordered, over, site, limit) in [(100, -1, 5, 105), (19, -1, 5, 19), (20, -1, 5, 21), (10, 0, 5, 10)] {
        assert_eq!(line(ordered, over).limit(site), limit, "{ordered} {over} {site}");
    }
}

#[test]
fn rows_of_master_data() {
    let item = Item {
        id: "SKU-1".into(),
        name: "Day cream".to_owned(),
        variant: "Rose".to_owned(),
        size: "50 ml".to_owned(),
        class: ItemClass::Cosmetics,
        lot_tracked: true,
        serial_tracked: false,
        expiry_tracked: true,
        weight_grams: 120,
        ..Item::default()
    };
    check("item", &[item, Item::default()]);
    check("item_classes", &[ItemClass::Apparel, ItemClass::Electronics, ItemClass::Cosmetics, ItemClass::General]);
    let barcode = |unit, qty| Barcode { code: "04006381333931".to_owned(), item: "SKU-1".into(), qty, unit };
    check("barcode", &[barcode(Unit::Each, 1), barcode(Unit::Inner, 6), barcode(Unit::Case, 24)]);
    let location = Location {
        id: "B-14-32".into(),
        code: "LOC-B-14-32".to_owned(),
        kind: LocationKind::Bin,
        zone: "B".to_owned(),
        sequence: 120,
        aisle: "B".to_owned(),
        bay: "14".to_owned(),
        shelf: "32".to_owned(),
        level: 3,
        levels: 5,
        place: 2,
        places: 4,
        ..Location::default()
    };
    check("location", &[location, Location::default()]);
    use LocationKind::{Bin, Dock, Pack, Staging, Transit, Virtual};
    check("location_kinds", &[Bin, Dock, Staging, Pack, Transit, Virtual]);
    let unit = |kind| HandlingUnit {
        id: "T1".into(),
        kind,
        location: "A1".into(),
        order: "O1".into(),
        ..HandlingUnit::default()
    };
    check(
        "handling_unit",
        &[unit(HandlingUnitKind::Tote), unit(HandlingUnitKind::Carton), unit(HandlingUnitKind::Pallet)],
    );
    use Role::{Count, Manager, Pack as Packs, Pick, Receive, Returns, Stock as Stocks, Supervisor};
    let operator = Operator {
        id: "OP1".into(),
        name: "Mara K.".to_owned(),
        badge_hash: "00ff".to_owned(),
        pin_phc: "$argon2id$".to_owned(),
        roles: vec![Pick, Packs, Receive, Stocks, Count, Returns, Supervisor, Manager],
        valid_to_ms: 1_790_000_000_000,
        language: "de".to_owned(),
    };
    check("operator", &[operator]);
    check("settings", &[Settings::default()]);
    // A site that says nothing has the defaults.
    assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
}

#[test]
fn rows_of_stock_and_tasks() {
    let stock = |status| Stock {
        location: "A1".into(),
        item: "X".into(),
        lot: "L1".into(),
        serial: "S1".into(),
        handling_unit: "H1".into(),
        status,
        qty: 1,
        expiry: Some("2027-01-31".to_owned()),
    };
    use Status::{Allocated, Available, Damaged, InTransit, Quarantined, Returned};
    let all = [Available, Allocated, InTransit, Quarantined, Returned, Damaged];
    for status in all {
        assert_eq!(Status::parse(status.as_str()), Some(status));
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
    }
    check("stock", &all.map(stock));
    check("stock_least", &[Stock { location: "A1".into(), item: "X".into(), qty: -3, ..Stock::default() }]);
    let task = Task {
        id: "K1".into(),
        kind: TaskKind::Pick,
        mode: PickMode::Cluster,
        priority: 5,
        cutoff_ms: 1_790_000_000_000,
        zone: "B".to_owned(),
        state: TaskState::Claimed,
        holder: "OP1".into(),
        device: "D1".into(),
        lines: 12,
        slots: vec![
            Slot { slot: 1, order: "O1".into(), tote: "T1".into(), ..Slot::default() },
            Slot { slot: 2, order: "O2".into(), tote: "".into(), ..Slot::default() },
        ],
        drop_off: "B1".into(),
        released_ms: 1_789_000_000_000,
        lease_until_ms: 1_700_000_600_000,
        left_by: "OP2".into(),
        held: vec!["O2".into()],
    };
    check("task", &[task, Task::default()]);
    use TaskKind::{Count, Move, Pack, Pick, PutAway, Receive, Return};
    let kinds = [Pick, Pack, Receive, PutAway, Move, Count, Return];
    for kind in kinds {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    check("task_kinds", &kinds);
    check("task_states", &[TaskState::Open, TaskState::Claimed, TaskState::Done, TaskState::Cancelled]);
    check("pick_modes", &[PickMode::Single, PickMode::Cluster, PickMode::Batch, PickMode::Zone]);
    let line = Line {
        id: "L1".into(),
        task: "K1".into(),
        seq: 10,
        order: "O1".into(),
        order_line: "O1-1".into(),
        slot: 1,
        location: "A1".into(),
        item: "X".into(),
        lot: "L1".into(),
        serial: "S1".into(),
        handling_unit: "H1".into(),
        qty: 3,
        picked: 1,
        state: LineState::Open,
        ..Line::default()
    };
    check("line", &[line, Line::default()]);
    let slot = Slot {
        slot: 1,
        order: "O1".into(),
        tote: "T3".into(),
        drop_off: "B2".into(),
        closed: vec!["T1".into()],
        from: "H-01".into(),
    };
    check("slots", &[slot, Slot::default()]);
    check("lines_of_batches", &[Line { id: "L1".into(), qty: 3, picked: 3, sorted: 2, ..Line::default() }]);
    let claim = scan::Claim {
        task: "K9".into(),
        line: "L9".into(),
        location: "A1".into(),
        item: "X".into(),
        lot: "L1".into(),
        handling_unit: "H2".into(),
        qty: 3,
        picked: 2,
    };
    check("claims", &[claim, scan::Claim::default()]);
    check("labels_with_weight", &[Label { item: Some("C".into()), qty: 1, grams: 750, ..Label::default() }]);
    check("line_states", &[LineState::Open, LineState::Done, LineState::Short, LineState::Cancelled]);
}

#[test]
fn saved_picks() {
    let saved =
        |stage| Saved { task: "K1".into(), skipped: Vec::new(), cart: Cart::default(), news: Vec::new(), stage };
    let full = Hand {
        units: units(),
        label: Label {
            item: Some("X".into()),
            qty: 6,
            lot: Some("L1".into()),
            serial: Some("S2".into()),
            expiry: Some("2027-01-31".to_owned()),
            grams: 0,
        },
        from: Some("H1".into()),
        typed: true,
        ..Hand::default()
    };
    let way = Hand { on_the_way: true, ..Hand::default() };
    let short = Some(Short { reason: ShortReason::Damaged, damaged: 2 });
    let line = || "L1".into();
    check(
        "saved_picks",
        &[
            saved(Stage::Totes { slot: 2 }),
            Saved { skipped: vec!["L3".into(), "L2".into()], ..saved(Stage::Location { line: line() }) },
            saved(Stage::Item { line: line(), hand: Hand::default() }),
            saved(Stage::Item { line: line(), hand: full.clone() }),
            saved(Stage::Tote { line: line(), hand: full.clone(), short: None }),
            saved(Stage::Tote { line: line(), hand: full.clone(), short }),
            saved(Stage::Short { line: line(), hand: way, short: None }),
            saved(Stage::Short { line: line(), hand: full, short }),
            saved(Stage::DropOff { asked: None }),
        ],
    );
    let swap = Some(Swap { lot: "L2".into(), handling_unit: "H2".into() });
    let to_weigh = Some(PieceRange { least: 500, most: 1_000 });
    let hand = Hand { swap, to_weigh, reported: "L3".into(), ..Hand::default() };
    let cart = Cart {
        closed: vec![Closed { slot: 1, tote: "T1".into() }],
        taken: vec!["T2".into()],
        dropped: vec!["T3".into()],
        rest_left: true,
    };
    let news = vec![
        News { what: Novelty::Urgent, code: "K9".to_owned(), due: false },
        News { what: Novelty::Cancelled, code: "O2".to_owned(), due: true },
    ];
    check(
        "saved_picks_whole",
        &[
            saved(Stage::Item { line: line(), hand: hand.clone() }),
            saved(Stage::NextTote { line: line(), hand: hand.clone(), short }),
            saved(Stage::Empty { line: line() }),
            saved(Stage::Sort { line: line(), hand }),
            Saved { cart, news, ..saved(Stage::DropOne { tote: "T1".into(), asked: None }) },
        ],
    );
    // A question is not stored.
    let asked = serde_json::to_string(&saved(Stage::DropOff { asked: Some("B2".into()) })).unwrap();
    assert_eq!(asked, serde_json::to_string(&saved(Stage::DropOff { asked: None })).unwrap());
}

#[test]
fn saved_sign_ins() {
    check("saved_sign_ins", &[SignIn::Badge, SignIn::Pin { operator: "OP1".into(), name: "Mara K.".to_owned() }]);
}

/// Refusals and answers are kept in the scan log.
#[test]
fn decisions() {
    use pick::Refusal as No;
    use scan::Refusal as Any;
    let refusals = vec![
        No::NeedLocation { needed: "A1".into(), scanned: "X".into() },
        No::WrongLocation { scanned: "A2".into(), needed: "A1".into() },
        No::WrongItem { scanned: "Y".into(), needed: "X".into() },
        No::WrongLot { scanned: "L2".into(), needed: "L1".into() },
        No::WrongSerial { scanned: "S2".into(), needed: "".into() },
        No::SerialSeen { serial: "S1".into() },
        No::WrongHu { scanned: "H2".into() },
        No::NeedLot { item: "X".into() },
        No::NeedHu { item: "X".into() },
        No::MissingData { field: Kind::Serial },
        No::LabelClash { first: "L1".to_owned(), second: "L2".to_owned() },
        No::Expired { date: "2026-01-31".to_owned() },
        No::QtyOver { open: 3 },
        No::QtyBad,
        No::ScanEach,
        No::ToteOther { scanned: "T2".into(), needed: "T1".into(), slot: 1 },
        No::ToteNotEmpty { scanned: "T2".into() },
        No::Place { scanned: "B2".into(), needed: "B1".into() },
        No::PlaceForbidden { scanned: "A1".into(), needed: "B1".into() },
        No::Scan(Any::UnknownCode),
        No::Scan(Any::WrongKind { scanned: Kind::Badge, id: "OP1".to_owned(), needed: Kind::Item }),
        No::Scan(Any::Ambiguous { readings: vec![Reading::new(Kind::Item, "A1"), Reading::new(Kind::Location, "C7")] }),
        No::Scan(Any::Checksum),
        No::Scan(Any::BadRead),
        No::Scan(Any::NotNow),
    ];
    check("pick_refusals", &refusals);
    check(
        "pick_refusals_whole",
        &[
            No::Swap {
                lot: "L2".into(),
                handling_unit: "H2".into(),
                needed_lot: "L1".into(),
                needed_unit: "H1".into(),
            },
            No::SwapPicked { scanned: "H2".into() },
            No::Fefo { scanned: "L2".into(), needed: "L1".into() },
            No::WeightOut { grams: 1_200, least: 500, most: 1_000 },
            No::OrderCancelled { order: "O1".into() },
        ],
    );
    use sign_in::Refusal as Not;
    check(
        "sign_in_refusals",
        &[
            Not::BadgeUnknown,
            Not::GrantOld,
            Not::LockedOut { minutes: 15 },
            Not::PinWrong { left: 3 },
            Not::Scan(Any::WrongKind { scanned: Kind::Item, id: "X".to_owned(), needed: Kind::Badge }),
        ],
    );
    use What::*;
    let all = [
        Badge,
        SignedIn,
        Shelf,
        Item,
        Lot,
        Serial,
        HandlingUnit,
        Tote,
        Quantity,
        Short,
        Skipped,
        DropOff,
        Task,
        Released,
        Page,
        ToteFull,
        Taken,
        Weight,
        Sorted,
    ];
    check("accepted", &all.map(|what| Accepted::new(Class::Accepted, what, "code")));
    check("classes", &[Class::Accepted, Class::StepComplete, Class::TaskComplete, Class::Attention]);
    let names: Vec<_> = all.iter().map(|what| what.as_str()).collect();
    insta::assert_json_snapshot!("accepted_names", names);
}

#[test]
fn scans_and_meanings() {
    let raw = |source| Scan { raw: b"]E05901234123457".to_vec(), source, complete: true };
    check("scans", &[Source::Serial, Source::Wedge, Source::Camera, Source::Typed].map(raw));
    let label = Label {
        item: Some("X".into()),
        qty: 6,
        lot: Some("L1".into()),
        serial: Some("S1".into()),
        expiry: Some("2027-01-31".to_owned()),
        grams: 0,
    };
    check(
        "meanings",
        &[
            Meaning::Goods { label },
            Meaning::Goods { label: Label { lot: Some("L1".into()), ..Label::default() } },
            Meaning::Goods { label: Label { serial: Some("S1".into()), qty: 1, ..Label::default() } },
            Meaning::Location { id: "A1".into() },
            Meaning::HandlingUnit { unit: HandlingUnit { id: "T1".into(), ..HandlingUnit::default() } },
            Meaning::Badge { operator: "OP1".into() },
            Meaning::Task { id: "K1".into() },
            Meaning::Delivery { id: "DL1".into() },
        ],
    );
    use Kind::{Badge, Item, Location, Lot, Pin, Quantity, Serial, Task, Tote};
    let kinds = [
        Item,
        Lot,
        Serial,
        Location,
        Tote,
        Kind::HandlingUnit,
        Badge,
        Pin,
        Quantity,
        Task,
        Kind::Delivery,
        Kind::Expiry,
    ];
    for kind in kinds {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    check("kinds", &kinds);
    check("kind_of_weights", &[Kind::Weight]);
    check("expect", &[Expect { kind: Location, codes: vec!["A1".to_owned()] }]);
}

#[test]
fn facts_of_packing() {
    let (order, carton): (OrderId, HandlingUnitId) = ("O1".into(), "C1".into());
    let location: LocationId = "PACK-1".into();
    let (line, item, units) = (OrderLineId::from("O1-1"), ItemId::from("X"), units());
    let facts = vec![
        Fact::CartonOpened {
            order: order.clone(),
            task: "K1".into(),
            carton: carton.clone(),
            carton_type: "BOX-M".into(),
            location: location.clone(),
        },
        Fact::Packed {
            order: order.clone(),
            line: line.clone(),
            carton: carton.clone(),
            location: location.clone(),
            item: item.clone(),
            units: units.clone(),
        },
        Fact::Unpacked {
            order: order.clone(),
            line,
            carton: carton.clone(),
            location: location.clone(),
            item,
            units: vec![Units { grams: 900, ..units[1].clone() }],
        },
        Fact::CartonWeighed {
            order: order.clone(),
            carton: carton.clone(),
            grams: 1_031,
            expected_grams: 1_000,
            because: vec![Reason::WeightDiff],
        },
        Fact::CartonWeighed {
            order: order.clone(),
            carton: carton.clone(),
            grams: 1_000,
            expected_grams: 0,
            because: Vec::new(),
        },
        Fact::CartonClosed { order: order.clone(), carton: carton.clone(), location: location.clone() },
        Fact::LabelPrinted {
            label: carton.clone(),
            copy: 2,
            subject: "order:O1".to_owned(),
            reason: "torn".to_owned(),
            internal: Some(true),
        },
        Fact::Labelled { order: order.clone(), carton: carton.clone() },
        Fact::OrderPacked { order: order.clone(), task: "K1".into(), complete: false },
        Fact::Shipped { order, carton, location: "DOCK-2".into() },
    ];
    check("packing_facts", &facts);
    assert!(facts.iter().all(|fact| fact.aggregate() == "order:O1" && fact.version() == 1));
    let moves: Vec<_> =
        facts.iter().map(|fact| (fact.kind(), fact.moves())).filter(|(_, moves)| !moves.is_empty()).collect();
    insta::assert_json_snapshot!("packing_moves", moves);
}

#[test]
fn rows_of_packing() {
    let line = PackLine { id: "O1-1".into(), seq: 10, item: "X".into(), ordered: 9, picked: units(), packed: 3 };
    let order = PackOrder {
        id: "O1".into(),
        task: "K1".into(),
        state: PackState::Held,
        carrier: "fast".to_owned(),
        service: "express".to_owned(),
        dock: "DOCK-2".into(),
        cutoff_ms: 1_700_000_000_000,
        value_minor: 12_900,
        partial: PartialShip::Never,
        suggested: vec!["BOX-M".into(), "BOX-S".into()],
        lines: vec![line],
    };
    check("pack_orders", &[order, PackOrder { id: "O2".into(), ..PackOrder::default() }]);
    let carton = Carton {
        id: "C1".into(),
        order: "O1".into(),
        carton_type: "BOX-M".into(),
        state: CartonState::Labelled,
        grams: 1_770,
        copies: 2,
        tracking: "1Z999".to_owned(),
        zpl: "^XA^XZ".to_owned(),
        blocked: true,
        label: LabelOn::Internal,
    };
    check("cartons", &[carton, Carton { id: "C2".into(), order: "O1".into(), ..Carton::default() }]);
    let kind = CartonType {
        id: "BOX-M".into(),
        name: "Box M".to_owned(),
        inner_mm: [400, 300, 200],
        max_grams: 20_000,
        tare_grams: 350,
        carriers: vec!["fast".to_owned()],
    };
    check("carton_types", &[kind]);
    use CartonState::{Closed, Labelled, Open, Void};
    check("labels_on_cartons", &LabelOn::ALL);
    assert!(LabelOn::ALL.into_iter().all(|label| LabelOn::of(label.code()) == label));
    check("carton_states", &[Open, Closed, Labelled, CartonState::Shipped, Void]);
    check(
        "pack_states",
        &[PackState::Open, PackState::Held, PackState::Cancelled, PackState::Packed, PackState::Shipped],
    );
    check("partial_ship", &[PartialShip::Allow, PartialShip::Ask, PartialShip::Never]);
    let accepted = [What::Carton, What::TakenOut, What::Printed, What::Labelled, What::Packed, What::Shipped];
    check("packing_accepted", &accepted.map(|what| Accepted::new(Class::Accepted, what, what.as_str())));
    let meanings = [
        Meaning::Order { id: "O1".into() },
        Meaning::CartonType { id: "BOX-M".into() },
        Meaning::Command { id: "close".to_owned() },
    ];
    for meaning in &meanings {
        assert_eq!(serde_json::to_value(meaning.kind()).unwrap(), meaning.kind().as_str());
    }
    check("packing_meanings", &meanings);
}
