//! What receiving does to stock, deliveries and purchase orders, case by case (workflows, section 5).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/dock.rs"]
mod dock;
#[path = "support/world.rs"]
mod world;

use dock::*;
use floorhand_domain::fact::{Fact, ReceivedUnits};
use floorhand_domain::id::*;
use floorhand_domain::master::HandlingUnitKind;
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::Status::{Damaged, InTransit, Quarantined};
use floorhand_domain::task::TaskKind;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r04_to_the_limit_and_not_beyond() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 100)]);
    assert_eq!(yard.delivery("PO-1")["content"][0]["limit"], 105);
    assert_eq!(device.tell(&opened("R-1", "PO-1")), applied());
    assert_eq!(yard.delivery("PO-1")["state"], "started");
    assert_eq!(device.tell(&got("R-1", "PO-1", 1, "X", 105)), applied());
    assert_eq!(yard.docked("X").await, [105, 0, 0, 0]);
    device.pull();
    assert_eq!(device.row("delivery-line", "PO-1:1").unwrap()["received"], 105);
    // One more that no supervisor allowed: it is there, and set aside.
    assert_eq!(device.tell(&got("R-1", "PO-1", 1, "X", 1)), flagged("OVER_RECEIPT"));
    assert_eq!(yard.docked("X").await, [105, 0, 1, 0]);
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r05_approved_excess_is_quarantined_with_an_exception() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 100)]);
    assert_eq!(device.tell(&opened("R-1", "PO-1")), applied());
    approve(&yard, &mut device, "R-1", Reason::ReceiptOver).await;
    let units = [(105, InTransit), (1, Quarantined)];
    let over = got_as("R-1", "PO-1", 1, "X", &units, &[Reason::ReceiptOver]);
    assert_eq!(device.tell(&over), flagged("OVER_RECEIPT"));
    assert_eq!(yard.docked("X").await, [105, 0, 1, 0]);
    assert_eq!(yard.exceptions("RECEIPT_OVER").await, 0);
    yard.world.assert_clean().await;
}

/// An `Approved` that holds.
async fn approve(yard: &Yard, device: &mut world::Device, receipt: &str, decision: Reason) {
    yard.world.run("UPDATE operator SET roles = 'supervisor' WHERE id = 'o-2'").await;
    let approved =
        Fact::Approved { by: "o-2".into(), decision, subject: format!("receipt:{receipt}"), item: "X".into(), qty: 0 };
    assert_eq!(device.tell(&approved), applied());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g17_what_no_approval_holds_for_stands_and_is_flagged() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 100)]);
    let over = got_as("R-1", "PO-1", 1, "X", &[(105, InTransit), (1, Quarantined)], &[Reason::ReceiptOver]);
    assert_eq!(device.tell(&over), flagged("RECEIPT_OVER"));
    let short = got_as("R-1", "PO-1", 1, "X", &[(1, InTransit)], &[Reason::ShelfLife]);
    assert_eq!(device.tell(&short), flagged("SHELF_LIFE"));
    // Of another decision, of another receipt: neither holds.
    approve(&yard, &mut device, "R-1", Reason::SerialSeen).await;
    approve(&yard, &mut device, "R-2", Reason::ShelfLife).await;
    assert_eq!(device.tell(&short), flagged("SHELF_LIFE"));
    approve(&yard, &mut device, "R-1", Reason::ShelfLife).await;
    assert_eq!(device.tell(&short), flagged("OVER_RECEIPT"));
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r06_damaged_units_are_told_apart_and_hold_the_line() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 10), ("Y", 5)]);
    let some = got_as("R-1", "PO-1", 1, "X", &[(8, InTransit), (2, Damaged)], &[]);
    assert_eq!(device.tell(&some), applied());
    assert_eq!(device.tell(&got("R-1", "PO-1", 2, "Y", 5)), applied());
    assert_eq!(yard.docked("X").await, [8, 0, 0, 2]);
    assert_eq!(device.tell(&closed("R-1", "PO-1", true)), flagged("RECEIPT_DIFF"));
    assert_eq!((yard.docked("X").await, yard.docked("Y").await), ([0, 0, 8, 2], [0, 5, 0, 0]));
    let delivery = yard.delivery("PO-1");
    assert_eq!(
        (delivery["state"].as_str(), delivery["content"][1]["state"].as_str()),
        (Some("closed"), Some("received"))
    );
    assert_eq!(delivery["differences"], json!([{"kind": "damaged", "line": "PO-1:1", "item": "X", "qty": 2}]));
    let order = yard.get("/v1/purchase-orders/PO-1");
    assert_eq!(
        (order["lines"][0]["damaged"].as_i64(), order["lines"][0]["state"].as_str()),
        (Some(2), Some("differs"))
    );
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r07_what_nobody_ordered_is_quarantined() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 10)]);
    let told = got_as("R-1", "PO-1", 0, "Y", &[(3, Quarantined)], &[Reason::Unplanned]);
    assert_eq!(device.tell(&told), flagged("UNPLANNED"));
    // A device that took it for planned changes nothing about it.
    assert_eq!(device.tell(&got("R-1", "PO-1", 1, "Y", 2)), flagged("UNPLANNED"));
    assert_eq!(yard.docked("Y").await, [0, 0, 5, 0]);
    assert_eq!(yard.delivery("PO-1")["content"][0]["received"], 0);
    assert_eq!(yard.delivery("PO-1")["differences"][0]["kind"], "unplanned");
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r08_an_unknown_code_waits_for_its_name() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 10)]);
    let unknown = |raw: &str| Fact::UnknownReceived {
        receipt: "R-1".into(),
        delivery: "PO-1".into(),
        location: DOCK.into(),
        raw: raw.to_owned(),
        words: "blue bottle".to_owned(),
        qty: 4,
        photos: Vec::new(),
    };
    assert_eq!(device.tell(&unknown("4006381333931")), parked("UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&unknown("NO-NAME")), parked("UNKNOWN_REFERENCE"));
    // Nothing waits behind them.
    assert_eq!(device.tell(&got("R-1", "PO-1", 1, "X", 10)), applied());
    assert_eq!(device.tell(&closed("R-1", "PO-1", true)), applied());
    assert_eq!(yard.post("/v1/barcodes", &json!({"code": "4006381333931", "item": "Y"})).status, 201);
    assert_eq!(yard.docked("Y").await, [0, 0, 4, 0]);
    assert_eq!((yard.world.number("SELECT COUNT(*) FROM parked").await, yard.exceptions("UNPLANNED").await), (1, 1));
    device.pull();
    let outcome = device.row("outcome", "1/1").unwrap();
    assert_eq!((outcome["outcome"].as_str(), outcome["code"].as_str()), (Some("applied-flagged"), Some("UNPLANNED")));
    assert_eq!(device.row("barcode", "04006381333931").unwrap()["item"], "Y");
    assert_eq!(
        yard.post("/v1/barcodes", &json!({"code": "NO-NAME", "item": "Y", "qty": 6, "unit": "case"})).status,
        201
    );
    assert_eq!(yard.docked("Y").await, [0, 0, 8, 0]);
    // Outcomes that were told long ago are taken off.
    let later = floorhand_erp::clock::now_ms() + 91 * 24 * 3_600_000;
    floorhand_erp::sweep::outcomes(yard.world.db(), later - 2 * 24 * 3_600_000).await.unwrap();
    device.pull();
    assert!(device.row("outcome", "1/1").is_some());
    floorhand_erp::sweep::outcomes(yard.world.db(), later).await.unwrap();
    device.pull();
    assert!(device.row("outcome", "1/1").is_none());
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r11_a_serial_number_in_stock_is_kept_twice() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("Z", 4)]);
    let serials = |list: &[&str]| {
        let mut fact = got("R-1", "PO-1", 1, "Z", 1);
        if let Fact::Received { units, .. } = &mut fact {
            *units = list
                .iter()
                .map(|serial| ReceivedUnits { serial: Serial::from(*serial), qty: 1, status: InTransit })
                .collect();
        }
        fact
    };
    assert_eq!(device.tell(&serials(&["Z7", "Z8"])), applied());
    // Z1 lies at A3.
    assert_eq!(device.tell(&serials(&["Z1"])), flagged("SERIAL_TWICE"));
    // The same at the same place is twice, too.
    assert_eq!(device.tell(&serials(&["Z7"])), flagged("SERIAL_TWICE"));
    assert_eq!(yard.world.stock("A3", "Z", "available").await, 2);
    assert_eq!(yard.docked("Z").await, [4, 0, 0, 0]);
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r14_two_receivers_add_up() {
    let yard = Yard::new().await;
    let (mut a, mut b) = (yard.world.enrol().await, yard.world.enrol().await);
    b.operator = "o-2".to_owned();
    yard.order("PO-1", &[("X", 100)]);
    assert_eq!(a.tell(&opened("R-A", "PO-1")), applied());
    assert_eq!(b.tell(&opened("R-B", "PO-1")), applied());
    assert_eq!(a.tell(&got("R-A", "PO-1", 1, "X", 40)), applied());
    assert_eq!(b.tell(&got("R-B", "PO-1", 1, "X", 50)), applied());
    assert_eq!(yard.delivery("PO-1")["content"][0]["received"], 90);
    assert_eq!(yard.world.number("SELECT COUNT(*) FROM exception").await, 0);
    // A is done while B still has goods: nothing is final yet.
    assert_eq!(a.tell(&closed("R-A", "PO-1", true)), applied());
    assert_eq!(yard.docked("X").await, [50, 40, 0, 0]);
    assert_eq!(yard.delivery("PO-1")["state"], "started");
    // B's further 20 pass the limit by 5, of which B set 2 aside itself.
    let more = got_as("R-B", "PO-1", 1, "X", &[(18, InTransit), (2, Quarantined)], &[]);
    assert_eq!(b.tell(&more), flagged("OVER_RECEIPT"));
    assert_eq!(yard.docked("X").await, [65, 40, 5, 0]);
    assert_eq!(b.tell(&closed("R-B", "PO-1", true)), flagged("RECEIPT_DIFF"));
    assert_eq!(yard.docked("X").await, [0, 40, 70, 0]);
    let delivery = yard.delivery("PO-1");
    assert_eq!((delivery["state"].as_str(), delivery["receipts"].as_array().unwrap().len()), (Some("closed"), 2));
    assert_eq!(delivery["differences"], json!([{"kind": "over", "line": "PO-1:1", "item": "X", "qty": 5}]));
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r15_short_and_final_holds_the_line_once() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 12), ("Y", 3), ("Z", 2)]);
    device.tell(&got("R-1", "PO-1", 1, "X", 10));
    device.tell(&got("R-1", "PO-1", 2, "Y", 3));
    assert_eq!(device.tell(&closed("R-1", "PO-1", true)), flagged("RECEIPT_DIFF"));
    assert_eq!((yard.docked("X").await, yard.docked("Y").await), ([0, 0, 10, 0], [0, 3, 0, 0]));
    // One exception a line: X came short, Z not at all.
    assert_eq!(yard.exceptions("RECEIPT_DIFF").await, 2);
    let moves = yard.world.number("SELECT COUNT(*) FROM move").await;
    assert_eq!(device.tell(&closed("R-1", "PO-1", true)), applied());
    assert_eq!(yard.world.number("SELECT COUNT(*) FROM move").await, moves);
    assert_eq!(yard.exceptions("RECEIPT_DIFF").await, 2);
    assert_eq!(yard.world.number("SELECT COUNT(*) FROM task WHERE kind = 'put-away'").await, 1);
    let order = yard.get("/v1/purchase-orders/PO-1");
    assert_eq!(order["state"], "open", "what is missing waits for a decision");
    device.pull();
    assert_eq!(device.row("delivery", "PO-1").unwrap()["state"], "closed");
    assert_eq!(device.row("task", "PO-1").unwrap()["state"], "done");
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r16_more_to_come_is_no_difference() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 12)]);
    device.tell(&got("R-1", "PO-1", 1, "X", 10));
    assert_eq!(device.tell(&closed("R-1", "PO-1", false)), applied());
    assert_eq!(yard.docked("X").await, [0, 10, 0, 0]);
    let delivery = yard.delivery("PO-1");
    assert_eq!((delivery["state"].as_str(), delivery["content"][0]["state"].as_str()), (Some("started"), Some("open")));
    assert_eq!(delivery["differences"], json!([]));
    // The two others, in another receipt.
    assert_eq!(device.tell(&got("R-2", "PO-1", 1, "X", 2)), applied());
    assert_eq!(device.tell(&closed("R-2", "PO-1", true)), applied());
    assert_eq!(yard.docked("X").await, [0, 12, 0, 0]);
    assert_eq!(yard.delivery("PO-1")["state"], "closed");
    assert_eq!(yard.get("/v1/purchase-orders/PO-1")["state"], "closed");
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r18_blind_goods_are_quarantined() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    assert_eq!(device.tell(&opened("R-1", "")), applied());
    let told = got_as("R-1", "", 0, "X", &[(3, Quarantined)], &[Reason::Unplanned]);
    assert_eq!(device.tell(&told), flagged("UNPLANNED"));
    assert_eq!(device.tell(&got("R-1", "", 0, "X", 2)), flagged("UNPLANNED"));
    assert_eq!(device.tell(&closed("R-1", "", true)), applied());
    assert_eq!(yard.docked("X").await, [0, 0, 5, 0]);
    assert_eq!(yard.get("/v1/receipts/R-1")["state"], "closed");
    // A delivery that the core does not know is as good as none.
    assert_eq!(device.tell(&opened("R-2", "ASN-NONE")), flagged("UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&got("R-2", "ASN-NONE", 1, "X", 2)), flagged("UNPLANNED"));
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r20_closed_meanwhile_is_unplanned() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    for (order, path, state) in [
        ("PO-1", "/v1/purchase-orders/PO-1/close", "closed"),
        ("PO-2", "/v1/deliveries/PO-2/close", "closed"),
        ("PO-3", "/v1/deliveries/PO-3/cancel", "cancelled"),
        ("PO-4", "/v1/purchase-orders/PO-4/cancel", "cancelled"),
    ] {
        yard.order(order, &[("X", 10)]);
        assert_eq!(yard.post(path, &json!({})).body["state"], state);
        assert_eq!(yard.delivery(order)["state"], state);
        let receipt = format!("R-{order}");
        assert_eq!(device.tell(&opened(&receipt, order)), applied());
        assert_eq!(device.tell(&got(&receipt, order, 1, "X", 5)), flagged("UNPLANNED"), "{order}");
        assert_eq!(device.tell(&closed(&receipt, order, true)), applied());
    }
    assert_eq!(yard.docked("X").await, [0, 0, 20, 0]);
    // Into a receipt that was closed before: nobody would release it any more.
    yard.order("PO-5", &[("Y", 10)]);
    device.tell(&closed("R-5", "PO-5", false));
    assert_eq!(device.tell(&got("R-5", "PO-5", 1, "Y", 5)), flagged("UNPLANNED"));
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_book_keeps_its_date_and_lots_are_noted() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("L", 20)]);
    let lot = |lot: &str, date: &str, because: &[Reason]| {
        let mut fact = got_as("R-1", "PO-1", 1, "L", &[(2, InTransit)], because);
        if let Fact::Received { lot: own, expiry, .. } = &mut fact {
            (*own, *expiry) = (lot.into(), Some(date.to_owned()));
        }
        fact
    };
    assert_eq!(device.tell(&lot("L1", "2027-03-31", &[])), applied());
    assert_eq!(device.tell(&lot("L1", "2027-03-31", &[])), applied());
    assert_eq!(device.tell(&lot("L1", "2027-04-30", &[])), flagged("LABEL_CLASH"));
    assert_eq!(yard.world.text("SELECT expiry FROM lot WHERE item = 'L' AND lot = 'L1'").await, "2027-03-31");
    // What is past its date is quarantined, and somebody is asked.
    assert_eq!(device.tell(&lot("L0", "2020-01-31", &[Reason::Expired])), applied());
    assert_eq!(yard.docked("L").await, [6, 0, 2, 0]);
    assert_eq!(yard.exceptions("EXPIRED").await, 1);
    device.pull();
    assert_eq!(device.row("stock", "DOCK-1|L|L1|||in-transit").unwrap()["expiry"], "2027-03-31");
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn handling_units_are_made_placed_and_put_away() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 20), ("Y", 20)]);
    let into = |n: u32, item: &str, qty: i64, unit: &str, new: bool| {
        let mut fact = got("R-1", "PO-1", n, item, qty);
        if let Fact::Received { handling_unit, new_unit, .. } = &mut fact {
            *handling_unit = unit.into();
            *new_unit = new.then_some(HandlingUnitKind::Carton);
        }
        fact
    };
    assert_eq!(device.tell(&into(1, "X", 6, "P-1", true)), applied());
    assert_eq!(device.tell(&into(2, "Y", 4, "P-1", false)), applied());
    assert_eq!(device.tell(&into(1, "X", 3, "", false)), applied());
    device.pull();
    let unit = device.row("handling-unit", "P-1").unwrap();
    assert_eq!(
        (unit["kind"].as_str(), unit["location"].as_str(), unit["delivery"].as_str()),
        (Some("carton"), Some(DOCK), Some("PO-1"))
    );
    assert_eq!(device.tell(&closed("R-1", "PO-1", false)), applied());
    device.pull();
    let task = device.rows("task").into_iter().find(|task| task["kind"] == "put-away").unwrap().clone();
    assert_eq!((task["zone"].as_str(), task["lines"].as_i64()), (Some("DOCK"), Some(2)));
    let lines = yard.world.lines(&TaskId::from(task["id"].as_str().unwrap())).await;
    let got_lines: Vec<_> =
        lines.iter().map(|line| (line.handling_unit.as_str(), line.item.as_str(), line.qty)).collect();
    assert_eq!(got_lines, [("P-1", "", 10), ("", "X", 3)]);
    assert_eq!(yard.world.task(&task["id"].as_str().unwrap().into()).await.kind, TaskKind::PutAway);
    // A unit of another delivery, and one that the book has elsewhere.
    yard.order("PO-2", &[("X", 20)]);
    let other = |unit: &str| {
        let mut fact = got("R-2", "PO-2", 1, "X", 1);
        if let Fact::Received { handling_unit, .. } = &mut fact {
            *handling_unit = unit.into();
        }
        fact
    };
    assert_eq!(device.tell(&other("P-1")), flagged("HU_RULE"));
    yard.world.run("UPDATE handling_unit SET location = 'A1' WHERE id = 'T1'").await;
    let (_, picks) = yard.world.order("S-1", &[("X", 2)]).await;
    assert_eq!(device.tell(&world::picked(&picks[0], "T1", 2)), applied());
    assert_eq!(device.tell(&other("T1")), flagged("HU_ELSEWHERE"));
    assert_eq!(yard.world.stock(DOCK, "X", "allocated").await, 2);
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn undone_while_the_receipt_is_open() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 10)]);
    device.tell(&opened("R-1", "PO-1"));
    let some = got_as("R-1", "PO-1", 1, "X", &[(11, InTransit), (1, Damaged)], &[]);
    assert_eq!(device.tell(&some), flagged("OVER_RECEIPT"));
    assert_eq!(yard.docked("X").await, [9, 0, 2, 1]);
    let undo = Fact::Undone { epoch: 1, seq: 2 };
    assert_eq!(device.tell(&undo), applied());
    assert_eq!(yard.docked("X").await, [0, 0, 0, 0]);
    let line = &yard.delivery("PO-1")["content"][0];
    assert_eq!((line["received"].as_i64(), line["damaged"].as_i64()), (Some(0), Some(0)));
    assert_eq!(device.tell(&undo), flagged("NOT_NOW"));
    yard.world.assert_clean().await;
    assert_eq!(device.tell(&got("R-1", "PO-1", 1, "X", 10)), applied());
    let seq = device.next - 1;
    assert_eq!(device.tell(&closed("R-1", "PO-1", true)), applied());
    assert_eq!(device.tell(&Fact::Undone { epoch: 1, seq }), flagged("NOT_NOW"));
    assert_eq!(yard.docked("X").await, [0, 10, 0, 0]);
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_cannot_be_booked_is_rejected() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 10)]);
    assert_eq!(device.tell(&got("R-1", "PO-1", 1, "NOPE", 1)), rejected("UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&got("R-1", "PO-1", 1, "X", 0)), rejected("BAD_FACT"));
    assert_eq!(device.tell(&got("R-1", "PO-1", 1, "X", i64::MAX)), rejected("BAD_FACT"));
    assert_eq!(device.tell(&got("", "PO-1", 1, "X", 1)), rejected("BAD_FACT"));
    let sold = got_as("R-1", "PO-1", 1, "X", &[(1, floorhand_domain::stock::Status::Available)], &[]);
    assert_eq!(device.tell(&sold), rejected("BAD_FACT"));
    let nowhere = Fact::DeliveryOpened { receipt: "R-9".into(), delivery: "PO-1".into(), location: "NOPE".into() };
    assert_eq!(device.tell(&nowhere), rejected("UNKNOWN_REFERENCE"));
    let label = Fact::LabelPrinted {
        label: "P-1".into(),
        copy: 1,
        subject: "receipt:R-1".to_owned(),
        reason: String::new(),
        internal: None,
    };
    assert_eq!(device.tell(&label), applied());
    assert_eq!(yard.docked("X").await, [0; 4]);
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn goods_on_the_dock_are_not_promised_to_orders() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.world.run("UPDATE setting SET v = '{\"diff_hold\":\"none\"}' WHERE k = 'settings'").await;
    yard.order("PO-1", &[("Y", 50)]);
    device.tell(&got_as("R-1", "PO-1", 1, "Y", &[(40, InTransit), (5, Damaged)], &[]));
    let numbers = || {
        let row = &yard.get("/v1/availability?item=Y")["items"][0];
        [&row["physical"], &row["sellable"], &row["promised"]].map(|number| number.as_i64().unwrap())
    };
    // 5 at A1; 40 in transit and 5 still to come; 5 damaged.
    assert_eq!(numbers(), [50, 5, 50]);
    let (_, lines) = yard.world.order("S-1", &[("Y", 8)]).await;
    assert_eq!(lines.iter().map(|line| line.qty).sum::<i64>(), 5, "only what lies in a bin");
    assert_eq!(numbers(), [50, 0, 42]);
    device.tell(&closed("R-1", "PO-1", true));
    assert_eq!(numbers(), [50, 40, 37]);
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn receivers_that_push_at_once_leave_clean_books() {
    let yard = Yard::new().await;
    yard.order("PO-1", &[("X", 100), ("Y", 100)]);
    let mut devices = Vec::new();
    for n in 0..4 {
        let mut device = yard.world.enrol().await;
        devices.push(tokio::spawn(async move {
            let receipt = format!("R-{n}");
            let mut facts = vec![device.say(&opened(&receipt, "PO-1"))];
            for k in 0..10u32 {
                facts.push(device.say(&got(&receipt, "PO-1", (k + n) % 2 + 1, ["X", "Y"][((k + n) % 2) as usize], 6)));
            }
            facts.push(device.say(&closed(&receipt, "PO-1", true)));
            let answer = device.push(&facts);
            assert!(answer.outcomes.iter().all(|outcome| outcome.outcome.as_str() == "applied-flagged"), "{answer:?}");
        }));
    }
    for device in devices {
        device.await.unwrap();
    }
    assert_eq!(yard.world.number("SELECT CAST(SUM(received) AS BIGINT) FROM delivery_line").await, 240);
    assert_eq!(yard.world.number("SELECT COUNT(*) FROM parked").await, 0);
    assert_eq!(yard.docked("X").await[0] + yard.docked("Y").await[0], 0, "all receipts are closed");
    assert_eq!(yard.delivery("PO-1")["state"], "closed");
    yard.world.assert_clean().await;
}
