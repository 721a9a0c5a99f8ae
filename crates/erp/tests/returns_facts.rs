//! What inspections do to stock, money and announced returns (workflows, section 8).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/world.rs"]
mod world;

use bench::*;
use desk::*;
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::{ChecklistAnswer, Disposition, Grade, ReturnReason};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t01_t15_t17_good_units_are_sold_again_and_the_money_goes_back_once_the_core_says_so() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 3)]).await;
    desk.announce("RMA-1", "S-1", 3);
    device.pull();
    assert_eq!(
        device.row("rma", "RMA-1").unwrap(),
        &json!({"id": "RMA-1", "order": "S-1", "state": "open",
            "lines": [{"line": "S-1:1", "item": "X", "qty": 3, "reason": "changed-mind"}]})
    );
    assert_eq!(device.rows("shipped")[0]["value_minor"], 1_000);
    assert_eq!(device.tell(&begins("i-1", "RMA-1", "S-1")), fine());
    // Put down at the bench: a task brings them to a shelf.
    let two = Back { rma: "RMA-1".to_owned(), location: BENCH.to_owned(), ..Back::new("i-1", "S-1", "X", 2) };
    assert_eq!(device.tell(&two.fact()), fine());
    assert_eq!(desk.world().stock(BENCH, "X", "available").await, 2);
    assert_eq!(desk.put_aways().await, [(BENCH.to_owned(), 2, String::new())]);
    assert_eq!(desk.refunds("S-1"), [released(2_000)]);
    device.pull();
    let refund = device.rows("refund")[0].clone();
    assert_eq!(
        (refund["state"].as_str(), refund["amount_minor"].as_i64(), refund["seq"].as_u64(), refund["rma"].as_str()),
        (Some("released"), Some(2_000), Some(device.next - 1), Some("RMA-1"))
    );
    assert_eq!(device.row("rma", "RMA-1").unwrap()["state"], "partial");
    // The last one goes to its shelf at once: nothing is left to put away.
    let one = Back { qty: 1, location: "A1".to_owned(), ..two };
    assert_eq!(device.tell(&one.fact()), fine());
    assert_eq!(desk.put_aways().await.len(), 1);
    assert_eq!(desk.returned(&mut device, "S-1"), 3);
    assert_eq!(device.row("rma", "RMA-1").unwrap()["state"], "closed");
    let rma = desk.bench.get("/v1/rmas/RMA-1");
    assert_eq!((rma["lines"][0]["came"].as_i64(), rma["lines"][0]["open"].as_i64()), (Some(3), Some(0)));
    let returns = desk.bench.get("/v1/returns?rma=RMA-1");
    assert_eq!(returns["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        (returns["items"][0]["grade"].as_str(), returns["items"][0]["refund_state"].as_str()),
        (Some("A"), Some("released"))
    );
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t03_t07_more_than_was_shipped_is_quarantined_and_not_refunded() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 3)]).await;
    // Five came of three: the fact stands, two of them count for nothing, and somebody looks at the rest.
    let five = Back::new("i-1", "S-1", "X", 5);
    assert_eq!(device.tell(&five.fact()), flagged("OVER_RETURN"));
    assert_eq!(desk.world().stock("A1", "X", "quarantined").await, 5);
    assert_eq!(desk.refunds("S-1"), [held(3_000, "OVER_RETURN")]);
    assert_eq!(desk.returned(&mut device, "S-1"), 3);
    // They lie where they may not lie: that is to be mended.
    assert_eq!(desk.put_aways().await, [("A1".to_owned(), 5, String::new())]);
    // At zero every further unit is too much.
    assert_eq!(device.tell(&Back::new("i-2", "S-1", "X", 1).fact()), flagged("OVER_RETURN"));
    assert_eq!(desk.refunds("S-1")[1], refused("OVER_RETURN"));
    // Another item, and an order that never left.
    let other = Back::new("i-3", "S-1", "Y", 1);
    assert_eq!(device.tell(&other.fact()), flagged("RET_NOT_SHIPPED"));
    desk.world().order("S-2", &[("X", 1)]).await;
    assert_eq!(device.tell(&Back::new("i-4", "S-2", "X", 1).fact()), flagged("RET_NOT_SHIPPED"));
    assert_eq!(desk.refunds("S-2"), [refused("RET_NOT_SHIPPED")]);
    assert_eq!(desk.bench.exceptions("OVER_RETURN").await, 2);
    assert_eq!(desk.bench.exceptions("RET_NOT_SHIPPED").await, 2);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t04_t06_t09_a_serial_number_comes_back_once_and_to_its_own_order() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "Z", &[("", "N1", 1), ("", "N2", 1)]).await;
    desk.ship(&mut device, "S-2", "Z", &[("", "N3", 1)]).await;
    let unit = |inspection: &str, order: &str, serial: &str| Back {
        serial: serial.to_owned(),
        ..Back::new(inspection, order, "Z", 1)
    };
    // Nobody announced it; its number says which order it is of.
    assert_eq!(device.tell(&unit("i-1", "S-1", "N1").fact()), fine());
    assert_eq!(desk.refunds("S-1"), [released(5_000)]);
    // The other order's unit.
    assert_eq!(device.tell(&unit("i-2", "S-1", "N3").fact()), flagged("WRONG_SERIAL"));
    // The same unit again, though another of the line can still come back.
    assert_eq!(device.tell(&unit("i-3", "S-1", "N1").fact()), flagged("OVER_RETURN"));
    assert_eq!(desk.refunds("S-1")[1..], [refused("WRONG_SERIAL"), refused("OVER_RETURN")]);
    assert_eq!(desk.returned(&mut device, "S-1"), 1);
    // A supervisor allowed it: it counts, and the money waits for somebody to look.
    let again = Back { because: vec![Reason::SerialSeen], ..unit("i-4", "S-1", "N1") };
    assert_eq!(device.tell(&again.approved("o-sup", Reason::SerialSeen)), fine());
    assert_eq!(device.tell(&again.fact()), flagged("SERIAL_SEEN"));
    assert_eq!(desk.refunds("S-1")[3], held(5_000, "SERIAL_SEEN"));
    assert_eq!(desk.returned(&mut device, "S-1"), 2);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t05_goods_of_no_order_are_quarantined_with_an_exception_and_no_refund() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    assert_eq!(device.tell(&begins("i-1", "", "")), fine());
    let strange = Back::new("i-1", "", "Y", 2).graded(Grade::A, Disposition::Quarantine, QUARANTINE);
    assert_eq!(device.tell(&strange.fact()), flagged("UNPLANNED"));
    assert_eq!(desk.world().stock(QUARANTINE, "Y", "quarantined").await, 2);
    assert_eq!(desk.bench.exceptions("UNPLANNED").await, 1);
    assert!(desk.bench.get("/v1/refunds")["items"].as_array().unwrap().is_empty());
    device.pull();
    assert!(device.rows("refund").is_empty());
    assert!(desk.put_aways().await.is_empty());
    // A device that would sell them again is overruled.
    assert_eq!(device.tell(&Back::new("i-1", "", "Y", 1).fact()), flagged("UNPLANNED"));
    assert_eq!(desk.world().stock("A1", "Y", "quarantined").await, 1);
    // A return that was announced without an order.
    desk.bench.must("POST", "/v1/rmas", &json!({"id": "RMA-9", "lines": [{"item": "Y", "qty": 1}]}));
    assert_eq!(device.tell(&begins("i-2", "RMA-9", "")), fine());
    let known = Back { inspection: "i-2".to_owned(), qty: 1, ..strange };
    assert_eq!(device.tell(&known.fact()), flagged("UNPLANNED"));
    assert_eq!(desk.bench.get("/v1/rmas/RMA-9")["state"], "closed");
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t08_another_lot_takes_a_supervisor_and_is_an_exception_all_the_same() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "L", &[("L1", "", 3)]).await;
    let lot = |inspection: &str, lot: &str| Back { lot: lot.to_owned(), ..Back::new(inspection, "S-1", "L", 1) };
    assert_eq!(device.tell(&lot("i-1", "L1").fact()), fine());
    // Nobody allowed it: set aside, and the money is held.
    assert_eq!(device.tell(&lot("i-2", "L7").fact()), flagged("WRONG_LOT"));
    let says_so = Back { because: vec![Reason::WrongLot], ..lot("i-3", "L8") };
    assert_eq!(device.tell(&says_so.approved("o-2", Reason::WrongLot)), rejected("NOT_ALLOWED"));
    // The rejected decision backs nothing; what it stood for is flagged.
    assert_eq!(device.tell(&says_so.fact()), flagged("WRONG_LOT"));
    assert_eq!(desk.refunds("S-1"), [released(700), held(700, "WRONG_LOT"), held(700, "WRONG_LOT")]);
    assert_eq!(desk.world().stock("A1", "L", "quarantined").await, 2);

    desk.ship(&mut device, "S-2", "L", &[("L2", "", 1)]).await;
    let allowed =
        Back { because: vec![Reason::WrongLot], order: "S-2".to_owned(), line: "S-2:1".to_owned(), ..lot("i-4", "L9") };
    let before = desk.bench.exceptions("WRONG_LOT").await;
    assert_eq!(device.tell(&allowed.approved("o-sup", Reason::WrongLot)), fine());
    assert_eq!(device.tell(&allowed.fact()), flagged("WRONG_LOT"));
    assert_eq!(desk.bench.exceptions("WRONG_LOT").await, before + 1);
    assert_eq!(desk.refunds("S-2"), [released(700)]);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t13_nobody_sells_opened_hygiene_goods_again() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "H", &[("", "", 3)]).await;
    let photo = photographed("p-1", "i-1", b"picture");
    assert_eq!(device.tell(&photo), fine());
    let opened = Back { photos: vec!["p-1".into()], ..Back::new("i-1", "S-1", "H", 1) };
    let restock = opened.clone().graded(Grade::B, Disposition::Restock, "A1");
    assert_eq!(device.tell(&restock.overridden("o-man", Disposition::WriteOff)), fine());
    assert_eq!(device.tell(&restock.fact()), flagged("NOT_ALLOWED"));
    assert_eq!(desk.world().stock("A1", "H", "quarantined").await, 1);
    assert_eq!(desk.refunds("S-1"), [held(800, "NOT_ALLOWED")]);
    // What the policy proposes is nobody's decision: thrown away.
    let scrap = opened.clone().graded(Grade::B, Disposition::WriteOff, SCRAP);
    assert_eq!(device.tell(&scrap.fact()), fine());
    assert_eq!(desk.world().stock(SCRAP, "H", "damaged").await, 1);
    // Closed ones are as good as new.
    assert_eq!(device.tell(&Back::new("i-1", "S-1", "H", 1).fact()), fine());
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t14_another_disposition_takes_the_role_up_to_its_limit() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 60)]).await;
    device.tell(&photographed("p-1", "i-1", b"picture"));
    let base = Back { photos: vec!["p-1".into()], ..Back::new("i-1", "S-1", "X", 1) };
    let restock = base.graded(Grade::B, Disposition::Restock, "A1");
    // Whoever inspects cannot choose; the decision is rejected, the goods are set aside.
    assert_eq!(device.tell(&restock.overridden("o-1", Disposition::Refurbish)), rejected("NOT_ALLOWED"));
    assert_eq!(device.tell(&restock.fact()), flagged("NOT_ALLOWED"));
    assert_eq!(desk.refunds("S-1"), [held(1_000, "NOT_ALLOWED")]);
    // A supervisor can; once.
    assert_eq!(device.tell(&restock.overridden("o-sup", Disposition::Refurbish)), fine());
    assert_eq!(device.tell(&restock.fact()), fine());
    assert_eq!(device.tell(&restock.fact()), flagged("NOT_ALLOWED"));
    // Up to 200; a manager more.
    let many = Back { qty: 21, ..restock.clone() };
    assert_eq!(device.tell(&many.overridden("o-sup", Disposition::Refurbish)), rejected("NOT_ALLOWED"));
    assert_eq!(device.tell(&many.overridden("o-man", Disposition::Refurbish)), fine());
    assert_eq!(device.tell(&many.fact()), fine());
    // A decision about other goods, without a reason, or by somebody who has left, backs nothing.
    let no_reason = floorhand_domain::fact::Fact::DispositionOverridden {
        inspection: "i-1".into(),
        item: "X".into(),
        qty: 1,
        proposed: Disposition::Refurbish,
        chosen: Disposition::Restock,
        by: "o-sup".into(),
        reason: " ".to_owned(),
    };
    assert_eq!(device.tell(&no_reason), rejected("BAD_FACT"));
    assert_eq!(device.tell(&restock.overridden("o-old", Disposition::Refurbish)), rejected("NOT_ALLOWED"));
    let elsewhere = Back { inspection: "i-2".to_owned(), ..restock.clone() };
    assert_eq!(device.tell(&elsewhere.overridden("o-sup", Disposition::Refurbish)), fine());
    assert_eq!(device.tell(&restock.fact()), flagged("NOT_ALLOWED"));
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t12_a_better_grade_than_the_answers_leave_is_not_believed() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 2)]).await;
    let missing = vec![ChecklistAnswer { question: "complete".to_owned(), yes: false }];
    let back = Back { answers: missing, ..Back::new("i-1", "S-1", "X", 1) };
    assert_eq!(device.tell(&back.fact()), flagged("NOT_ALLOWED"));
    device.tell(&photographed("p-1", "i-1", b"picture"));
    let worn = Back { photos: vec!["p-1".into()], ..back }.graded(Grade::C, Disposition::Liquidate, QUARANTINE);
    assert_eq!(device.tell(&worn.fact()), fine());
    assert_eq!(desk.refunds("S-1"), [held(1_000, "NOT_ALLOWED"), released(1_000)]);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t15_quarantined_goods_at_a_pick_location_are_flagged_and_fetched() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 4)]).await;
    device.tell(&photographed("p-1", "i-1", b"picture"));
    let opened = Back { photos: vec!["p-1".into()], ..Back::new("i-1", "S-1", "X", 1) };
    let wrong = opened.clone().graded(Grade::B, Disposition::Refurbish, "A2");
    assert_eq!(device.tell(&wrong.fact()), flagged("PLACE_FORBIDDEN"));
    assert_eq!(desk.put_aways().await, [("A2".to_owned(), 1, String::new())]);
    // Several inspections fill one handling unit; it is put away once.
    for _ in 0..3 {
        let into = Back { unit: "R-1".to_owned(), ..opened.clone().graded(Grade::B, Disposition::Refurbish, BENCH) };
        device.tell(&into.fact());
    }
    assert_eq!(desk.world().stock(BENCH, "X", "quarantined").await, 3);
    assert_eq!(desk.put_aways().await[1..], [(BENCH.to_owned(), 3, "R-1".to_owned())]);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t16_what_the_supplier_is_at_fault_for_is_claimed_back() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "Z", &[("", "N1", 1), ("", "N2", 1)]).await;
    device.tell(&photographed("p-1", "i-1", b"picture"));
    let broken = |serial: &str| {
        Back {
            serial: serial.to_owned(),
            reason: ReturnReason::Defective,
            photos: vec!["p-1".into()],
            ..Back::new("i-1", "S-1", "Z", 1)
        }
        .graded(Grade::C, Disposition::VendorClaim, QUARANTINE)
    };
    assert_eq!(device.tell(&broken("N1").fact()), fine());
    assert_eq!(device.tell(&broken("N2").fact()), fine());
    assert_eq!(desk.world().stock(QUARANTINE, "Z", "quarantined").await, 2);
    let claims = desk.bench.get("/v1/vendor-claims?state=open");
    let (first, second) = (claims["items"][0]["id"].as_str().unwrap(), claims["items"][1]["id"].as_str().unwrap());
    assert_eq!(
        (claims["items"][0]["serial"].as_str(), claims["items"][0]["amount_minor"].as_i64()),
        (Some("N1"), Some(5_000))
    );
    // The goods go back; the claim goes on without them.
    let path = format!("/v1/vendor-claims/{first}");
    let sup = desk.token("supervisor", "o-sup").await;
    let sent = desk.post_as(&sup, &path, &json!({"id": "c-1", "action": "send"}));
    assert_eq!((sent.status, sent.body["state"].as_str()), (200, Some("sent")), "{}", sent.body);
    assert_eq!(desk.post_as(&sup, &path, &json!({"id": "c-1", "action": "send"})).body, sent.body);
    assert_eq!(desk.world().stock(QUARANTINE, "Z", "quarantined").await, 1);
    assert_eq!(desk.post_as(&sup, &path, &json!({"id": "c-2", "action": "cancel"})).status, 409);
    assert_eq!(desk.post_as(&sup, &path, &json!({"id": "c-3", "action": "accept"})).body["state"], "accepted");
    let other = format!("/v1/vendor-claims/{second}");
    assert_eq!(desk.post_as(&sup, &other, &json!({"id": "c-4", "action": "cancel"})).body["state"], "cancelled");
    let read = desk.token("read", "").await;
    assert_eq!(desk.post_as(&read, &other, &json!({"id": "c-5", "action": "send"})).status, 403);
    assert_eq!(desk.post_as(&sup, "/v1/vendor-claims/NOPE", &json!({"id": "c-6", "action": "send"})).status, 404);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t10_a_photograph_that_is_missing_is_an_exception_and_no_more() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 2)]).await;
    let opened = Back::new("i-1", "S-1", "X", 1).graded(Grade::B, Disposition::Refurbish, QUARANTINE);
    assert_eq!(device.tell(&opened.fact()), flagged("PHOTO_MISSING"));
    let unknown = Back { photos: vec!["p-none".into()], ..opened };
    assert_eq!(device.tell(&unknown.fact()), flagged("PHOTO_MISSING"));
    assert_eq!(desk.refunds("S-1"), [released(1_000), released(1_000)]);
    assert_eq!(desk.world().stock(QUARANTINE, "X", "quarantined").await, 2);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_cannot_be_an_inspection_is_rejected() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 2)]).await;
    let good = Back::new("i-1", "S-1", "X", 1);
    for (bad, code) in [
        (Back { qty: 0, ..good.clone() }, "BAD_FACT"),
        (Back { qty: 1_000_001, ..good.clone() }, "BAD_FACT"),
        (Back { serial: "N1".to_owned(), qty: 2, ..good.clone() }, "BAD_FACT"),
        (Back { inspection: String::new(), ..good.clone() }, "BAD_FACT"),
        (Back { line: String::new(), ..good.clone() }, "BAD_FACT"),
        (Back { location: "CUSTOMER".to_owned(), ..good.clone() }, "BAD_FACT"),
        (Back { location: "NOWHERE".to_owned(), ..good.clone() }, "UNKNOWN_REFERENCE"),
        (Back { item: "NOTHING".to_owned(), ..good.clone() }, "UNKNOWN_REFERENCE"),
    ] {
        assert_eq!(device.tell(&bad.fact()), rejected(code), "{bad:?}");
    }
    assert_eq!(device.tell(&begins("", "", "")), rejected("BAD_FACT"));
    assert!(desk.refunds("S-1").is_empty());
    assert_eq!(desk.world().number("SELECT COUNT(*) FROM returned").await, 0);
    desk.world().assert_clean().await;
}
