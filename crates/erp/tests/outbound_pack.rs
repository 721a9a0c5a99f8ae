//! What packing and shipping do to cartons, orders and stock (workflows, section 4).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/world.rs"]
mod world;

use bench::*;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::ItemId;
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use serde_json::json;
use world::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_order_is_packed_labelled_and_leaves() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    let (task, lines) = bench.world.order("S-1", &[("X", 3), ("Y", 1)]).await;
    device.tell(&assigned(&task, "T1"));
    device.tell(&picked(&lines[0], "T1", lines[0].qty));
    device.pull();
    assert!(device.row("pack-order", "S-1").is_none(), "nothing to pack while it is picked");
    device.tell(&picked(&lines[1], "T1", lines[1].qty));
    device.tell(&dropped(&task, &["T1"]));
    device.pull();
    let row = device.row("pack-order", "S-1").unwrap().clone();
    assert_eq!(
        (row["state"].as_str(), row["carrier"].as_str(), row["dock"].as_str()),
        (Some("open"), Some("SIM"), Some(DOCK))
    );
    assert_eq!(row["suggested"], json!(["S"]));
    assert_eq!(row["lines"][0]["picked"][0], json!({"handling_unit": "T1", "qty": 3}));
    let work = device.row("task", row["task"].as_str().unwrap()).unwrap();
    assert_eq!((work["kind"].as_str(), work["slots"][0]["order"].as_str()), (Some("pack"), Some("S-1")));
    assert_eq!(device.tell(&opens("S-1", "C1")), fine());
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C1", "T1", 2)), fine());
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C1", "T1", 1)), fine());
    assert_eq!(device.tell(&packs("S-1", 2, "Y", "C1", "T1", 1)), fine());
    assert_eq!(bench.order("S-1")["state"], "packed");
    assert_eq!(device.tell(&weighs("S-1", "C1", 1_000, 1_010)), fine());
    assert_eq!(device.tell(&closes("S-1", "C1")), fine());
    device.pull();
    let carton = device.row("carton", "C1").unwrap().clone();
    assert_eq!(
        (carton["state"].as_str(), carton["grams"].as_i64(), carton["blocked"].as_bool()),
        (Some("closed"), Some(1_000), Some(false))
    );
    assert!(
        carton["tracking"].as_str().unwrap().starts_with("SIM")
            && carton["zpl"].as_str().unwrap().contains("SIMULATED")
    );
    assert_eq!(device.row("handling-unit", "C1").unwrap()["kind"], "carton");
    // A reprint is the same label, counted.
    assert_eq!(device.tell(&prints("S-1", "C1", 1, "")), fine());
    assert_eq!(device.tell(&prints("S-1", "C1", 2, "torn")), fine());
    assert_eq!(device.tell(&labels("S-1", "C1")), fine());
    assert_eq!(device.tell(&finishes("S-1", true)), fine());
    device.pull();
    let again = device.row("carton", "C1").unwrap();
    assert_eq!((again["copies"].as_i64(), &again["tracking"]), (Some(2), &carton["tracking"]));
    assert_eq!(device.row("pack-order", "S-1").unwrap()["state"], "packed");
    assert_eq!(device.row("task", row["task"].as_str().unwrap()).unwrap()["state"], "done");
    let shipment = &bench.get("/v1/shipments?order=S-1")["items"][0];
    assert_eq!(
        (shipment["id"].as_str(), shipment["state"].as_str(), shipment["service"].as_str()),
        (Some("S-1-S1"), Some("packed"), Some("parcel"))
    );
    assert_eq!(device.tell(&ships("S-1", "C1")), fine());
    device.pull();
    assert_eq!(device.row("pack-order", "S-1").unwrap()["state"], "shipped");
    let shipped = device.rows("shipped");
    assert_eq!(shipped.len(), 2);
    assert_eq!(
        (shipped[0]["line"].as_str(), shipped[0]["qty"].as_i64(), &shipped[0]["tracking"]),
        (Some("S-1:1"), Some(3), &carton["tracking"])
    );
    assert_eq!(bench.world.stock("CUSTOMER", "X", "allocated").await, 3);
    assert_eq!(bench.world.stock(BENCH, "X", "allocated").await, 0);
    let order = bench.order("S-1");
    assert_eq!((order["state"].as_str(), order["lines"][0]["shipped"].as_i64()), (Some("shipped"), Some(3)));
    assert_eq!(
        (order["cartons"][0]["state"].as_str(), order["cartons"][0]["content"][0]["qty"].as_i64()),
        (Some("shipped"), Some(3))
    );
    let shipments = bench.get("/v1/shipments?state=shipped");
    assert_eq!(shipments["items"][0]["cartons"][0]["id"], "C1");
    // Scanned once more at the door, nothing leaves twice.
    assert_eq!(device.tell(&ships("S-1", "C1")), flagged("HU_ELSEWHERE"));
    assert_eq!(bench.world.stock("CUSTOMER", "X", "allocated").await, 3);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k08_two_cartons_of_one_order_have_a_weight_and_a_label_each() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 5)]).await;
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 3));
    device.tell(&weighs("S-1", "C1", 400, 0));
    device.tell(&closes("S-1", "C1"));
    device.pull();
    assert_eq!(device.row("pack-order", "S-1").unwrap()["lines"][0]["packed"], 3);
    assert_eq!(device.tell(&opens("S-1", "C2")), fine());
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C2", "T1", 2)), fine());
    device.tell(&weighs("S-1", "C2", 300, 0));
    device.tell(&closes("S-1", "C2"));
    device.tell(&finishes("S-1", true));
    let order = bench.order("S-1");
    let cartons = order["cartons"].as_array().unwrap();
    assert_eq!((cartons[0]["grams"].as_i64(), cartons[1]["grams"].as_i64()), (Some(400), Some(300)));
    assert_ne!(cartons[0]["tracking"], cartons[1]["tracking"]);
    // One leaves: a part of the shipment has.
    assert_eq!(device.tell(&ships("S-1", "C1")), fine());
    assert_eq!(bench.get("/v1/shipments")["items"][0]["state"], "part-shipped");
    assert_eq!(device.tell(&ships("S-1", "C2")), fine());
    assert_eq!(bench.get("/v1/shipments")["items"][0]["state"], "shipped");
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k09_k10_a_weight_beyond_the_tolerance_takes_a_supervisor() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    person(&bench, "o-sup", &[Role::Supervisor]).await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 1)]).await;
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 1));
    assert_eq!(device.tell(&weighs("S-1", "C1", 1_030, 1_000)), fine());
    assert_eq!(device.tell(&weighs("S-1", "C1", 1_031, 1_000)), flagged("WEIGHT_DIFF"));
    assert_eq!(bench.exceptions("WEIGHT_DIFF").await, 1);
    let allowed = Fact::Approved {
        by: "o-sup".into(),
        decision: Reason::WeightDiff,
        subject: "order:S-1".to_owned(),
        item: ItemId::default(),
        qty: 1_031,
    };
    assert_eq!(device.tell(&allowed), fine());
    let weighed = Fact::CartonWeighed {
        order: "S-1".into(),
        carton: "C1".into(),
        grams: 1_031,
        expected_grams: 1_000,
        because: vec![Reason::WeightDiff],
    };
    assert_eq!(device.tell(&weighed), fine());
    assert_eq!(bench.exceptions("WEIGHT_DIFF").await, 2, "what a supervisor allowed is looked at");
    // An approval backs one fact.
    assert_eq!(device.tell(&weighed), flagged("WEIGHT_DIFF"));
    // Too light is allowed like too heavy.
    let Fact::Approved { by, decision, subject, item, .. } = allowed else { unreachable!() };
    assert_eq!(device.tell(&Fact::Approved { by, decision, subject, item, qty: -200 }), fine());
    let Fact::CartonWeighed { order, carton, expected_grams, because, .. } = weighed else { unreachable!() };
    assert_eq!(device.tell(&Fact::CartonWeighed { order, carton, grams: 800, expected_grams, because }), fine());
    bench.world.assert_clean().await;
}

async fn person(bench: &Bench, id: &str, roles: &[Role]) {
    let operator = floorhand_domain::master::Operator {
        id: id.into(),
        name: id.to_owned(),
        badge_hash: floorhand_wire::badge_hash(WH, id),
        pin_phc: "$argon2id$test".to_owned(),
        roles: roles.to_vec(),
        valid_to_ms: 0,
        language: String::new(),
    };
    let operator = &operator;
    bench
        .world
        .db()
        .write(|tx| async move {
            let mut changes = floorhand_erp::feed::Changes::new(WH);
            floorhand_erp::entity::put_operator(&tx, &mut changes, operator).await?;
            changes.publish(&tx).await
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k15_the_remainder_goes_back_and_is_on_backorder() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 3), ("Y", 1)]).await;
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 2));
    device.tell(&closes("S-1", "C1"));
    assert_eq!(device.tell(&finishes("S-1", false)), fine());
    let order = bench.order("S-1");
    assert_eq!(order["state"], "part-picked");
    let line = |n: usize| {
        let line = &order["lines"][n];
        (
            line["picked"].as_i64().unwrap(),
            line["packed"].as_i64().unwrap(),
            line["backordered"].as_i64().unwrap(),
            line["state"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(line(0), (2, 2, 1, "part-picked".to_owned()));
    assert_eq!(line(1), (0, 0, 1, "backordered".to_owned()));
    // What lies in the tote is nobody's, and somebody is asked to put it away.
    assert_eq!(
        (bench.world.stock(BENCH, "X", "available").await, bench.world.stock(BENCH, "Y", "available").await),
        (1, 1)
    );
    assert_eq!(
        bench
            .world
            .text("SELECT l.handling_unit FROM task_line l JOIN task t ON t.id = l.task WHERE t.kind = 'put-away'")
            .await,
        "T1"
    );
    device.tell(&ships("S-1", "C1"));
    assert_eq!(bench.order("S-1")["state"], "part-shipped");
    // The rest is promised again, picked, and leaves as a shipment of its own.
    let made = bench.must("POST", "/v1/releases", &json!({"mode": "single", "orders": ["S-1"]}));
    let task = made["tasks"][0].as_str().unwrap().into();
    let (task, lines) = (bench.world.task(&task).await, bench.world.lines(&task).await);
    assert_eq!(bench.order("S-1")["state"], "released");
    device.tell(&assigned(&task, "T2"));
    for line in &lines {
        assert_eq!(device.tell(&picked(line, "T2", line.qty)), fine());
    }
    device.tell(&dropped(&task, &["T2"]));
    device.pull();
    let row = device.row("pack-order", "S-1").unwrap();
    // What has left is not asked for again.
    let line = &row["lines"][0];
    assert_eq!(
        (row["state"].as_str(), line["ordered"].as_i64(), line["packed"].as_i64()),
        (Some("open"), Some(1), Some(0))
    );
    assert_eq!(line["picked"], json!([{"handling_unit": "T2", "qty": 1}]));
    device.tell(&opens("S-1", "C2"));
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C2", "T2", 1)), fine());
    assert_eq!(device.tell(&packs("S-1", 2, "Y", "C2", "T2", 1)), fine());
    device.tell(&closes("S-1", "C2"));
    device.tell(&finishes("S-1", true));
    assert_eq!(device.tell(&ships("S-1", "C2")), fine());
    let order = bench.order("S-1");
    assert_eq!((order["state"].as_str(), order["lines"][0]["shipped"].as_i64()), (Some("shipped"), Some(3)));
    let shipments = bench.get("/v1/shipments?order=S-1");
    let states: Vec<&str> =
        shipments["items"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["shipped", "shipped"]);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k15_an_order_that_may_not_leave_in_parts_is_flagged() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    let body = json!({"id": "S-1", "partial": "never", "lines": [{"item": "X", "qty": 2}]});
    let made = bench.must("POST", "/v1/orders", &body);
    let task = made["tasks"][0].as_str().unwrap().into();
    let (task, lines) = (bench.world.task(&task).await, bench.world.lines(&task).await);
    device.tell(&assigned(&task, "T1"));
    device.tell(&picked(&lines[0], "T1", 2));
    device.tell(&dropped(&task, &["T1"]));
    device.pull();
    assert_eq!(device.row("pack-order", "S-1").unwrap()["partial"], "never");
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 1));
    assert_eq!(device.tell(&finishes("S-1", false)), flagged("NOT_COMPLETE"));
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k16_what_is_taken_out_opens_the_carton_and_voids_its_label() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 2)]).await;
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 2));
    device.tell(&weighs("S-1", "C1", 500, 0));
    device.tell(&closes("S-1", "C1"));
    device.tell(&prints("S-1", "C1", 1, ""));
    device.pull();
    let first = device.row("carton", "C1").unwrap()["tracking"].clone();
    assert_eq!(device.tell(&unpacks("S-1", 1, "X", "C1", "T3", 1)), fine());
    device.pull();
    let carton = device.row("carton", "C1").unwrap();
    assert_eq!(
        (carton["state"].as_str(), carton["grams"].as_i64(), carton["copies"].as_i64(), carton["tracking"].as_str()),
        (Some("open"), Some(0), Some(0), Some(""))
    );
    let row = device.row("pack-order", "S-1").unwrap();
    assert_eq!((row["state"].as_str(), row["lines"][0]["packed"].as_i64()), (Some("open"), Some(1)));
    assert_eq!(row["lines"][0]["picked"].as_array().unwrap().len(), 2, "one lies in the tote that it was put into");
    assert_eq!(bench.order("S-1")["state"], "picked");
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C1", "T3", 1)), fine());
    device.tell(&closes("S-1", "C1"));
    device.pull();
    let next = &device.row("carton", "C1").unwrap()["tracking"];
    assert!(next != &first && !next.as_str().unwrap().is_empty());
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM adapter_queue WHERE state = 'wanted'").await, 0);
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM adapter_queue WHERE adapter = 'void:SIM'").await, 1);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k18_k19_a_hold_blocks_the_label_and_flags_what_was_done() {
    let bench = Bench::new().await;
    let (mut device, mut door) = (bench.world.enrol().await, bench.world.enrol().await);
    bench.picked(&mut device, "S-1", "T1", &[("X", 2)]).await;
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 1));
    device.tell(&closes("S-1", "C1"));
    assert_eq!(bench.set("S-1", "hold").status, 200);
    door.pull();
    let carton = door.row("carton", "C1").unwrap();
    assert_eq!((carton["blocked"].as_bool(), carton["zpl"].as_str()), (Some(true), Some("")));
    assert_eq!(door.row("pack-order", "S-1").unwrap()["state"], "held");
    // The bench did not know yet.
    assert_eq!(device.tell(&labels("S-1", "C1")), flagged("SHIP_HOLD"));
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C2", "T1", 1)), flagged("SHIP_HOLD"));
    assert_eq!(device.tell(&closes("S-1", "C2")), flagged("SHIP_HOLD"));
    assert_eq!(bench.order("S-1")["cartons"][1]["tracking"], "", "no label is asked for");
    assert_eq!(bench.set("S-1", "hold").status, 409);
    assert_eq!(bench.set("S-1", "release").status, 200);
    door.pull();
    for carton in ["C1", "C2"] {
        let row = door.row("carton", carton).unwrap();
        assert!(row["blocked"] == false && row["zpl"].as_str().unwrap().contains("SIMULATED"), "{row}");
    }
    assert_eq!(device.tell(&ships("S-1", "C1")), fine());
    // Held again, the other leaves all the same: it is gone, and somebody must know.
    assert_eq!(bench.set("S-1", "hold").status, 200);
    assert_eq!(device.tell(&ships("S-1", "C2")), flagged("SHIP_HOLD"));
    assert_eq!(bench.world.stock("CUSTOMER", "X", "allocated").await, 2);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k21_two_benches_pack_one_order() {
    let bench = Bench::new().await;
    let (mut a, mut b) = (bench.world.enrol().await, bench.world.enrol().await);
    b.operator = "o-2".to_owned();
    bench.picked(&mut a, "S-1", "T1", &[("X", 2)]).await;
    for device in [&mut a, &mut b] {
        device.pull();
    }
    assert_eq!(a.tell(&opens("S-1", "C1")), fine());
    assert_eq!(a.tell(&packs("S-1", 1, "X", "C1", "T1", 2)), fine());
    assert_eq!(a.tell(&closes("S-1", "C1")), fine());
    assert_eq!(a.tell(&finishes("S-1", true)), fine());
    assert_eq!(b.tell(&opens("S-1", "C2")), fine());
    assert_eq!(b.tell(&packs("S-1", 1, "X", "C2", "T1", 2)), flagged("OVER_PACK"));
    assert_eq!(b.tell(&closes("S-1", "C2")), fine());
    assert_eq!(bench.order("S-1")["lines"][0]["packed"], 4);
    assert!(bench.exceptions("OVER_PACK").await == 1);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k22_cancelled_before_packing_everything_goes_back() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 3)]).await;
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 1));
    device.tell(&closes("S-1", "C1"));
    device.pull();
    let task = device.row("pack-order", "S-1").unwrap()["task"].as_str().unwrap().to_owned();
    assert_eq!(bench.set("S-1", "cancel").status, 200);
    device.pull();
    let row = device.row("pack-order", "S-1").unwrap();
    assert_eq!(row["state"], "cancelled");
    assert_eq!(
        row["lines"][0]["picked"].as_array().unwrap().iter().filter(|units| units["handling_unit"] == "T1").count(),
        2
    );
    assert_eq!(device.row("task", &task).unwrap()["state"], "cancelled");
    let carton = device.row("carton", "C1").unwrap();
    assert_eq!((carton["blocked"].as_bool(), carton["tracking"].as_str()), (Some(true), Some("")));
    assert_eq!(
        (bench.world.stock(BENCH, "X", "available").await, bench.world.stock(BENCH, "X", "allocated").await),
        (3, 0)
    );
    let mut units: Vec<&str> = device.rows("line").iter().filter_map(|line| line["handling_unit"].as_str()).collect();
    units.sort_unstable();
    assert_eq!(units, ["C1", "T1"]);
    // Packed by a bench that did not know: it stands, flagged, and goes back as well.
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C1", "T1", 1)), flagged("SHIP_HOLD"));
    assert_eq!(device.tell(&unpacks("S-1", 1, "X", "C1", "T2", 2)), fine());
    assert_eq!(
        (bench.world.stock(BENCH, "X", "available").await, bench.world.stock(BENCH, "X", "allocated").await),
        (3, 0)
    );
    assert_eq!(bench.get("/v1/shipments")["items"][0]["state"], "cancelled");
    assert_eq!(bench.set("S-1", "cancel").status, 409);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k07_k03_what_does_not_belong_is_flagged() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 2)]).await;
    bench.picked(&mut device, "S-2", "T2", &[("X", 1)]).await;
    assert_eq!(device.tell(&opens_as("S-1", "C1", "M")), flagged("CARTON_BAD"));
    assert_eq!(device.tell(&opens_as("S-1", "C1", "XXL")), flagged("UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&opens("S-9", "C9")), flagged("UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&packs("S-1", 1, "Y", "C1", "T1", 1)).1, "NOT_IN_ORDER");
    assert_eq!(device.tell(&packs("S-2", 1, "X", "C1", "T2", 1)), flagged("HU_RULE"));
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C1", "T1", 0)), pair("rejected", "BAD_FACT"));
    assert_eq!(device.tell(&packs("S-1", 1, "NOPE", "C1", "T1", 1)), pair("rejected", "UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&weighs("S-1", "C1", 0, 0)), pair("rejected", "BAD_FACT"));
    assert_eq!(device.tell(&labels("S-1", "C1")), flagged("NOT_NOW"));
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_has_an_effect_twice() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 2)]).await;
    let facts: Vec<_> = [
        opens("S-1", "C1"),
        packs("S-1", 1, "X", "C1", "T1", 2),
        closes("S-1", "C1"),
        finishes("S-1", true),
        ships("S-1", "C1"),
    ]
    .iter()
    .map(|fact| device.say(fact))
    .collect();
    for _ in 0..3 {
        assert!(device.push(&facts).outcomes.is_empty());
    }
    assert_eq!(bench.world.stock("CUSTOMER", "X", "allocated").await, 2);
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM shipped").await, 1);
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM adapter_queue").await, 1);
    // All of it came at once, and the carrier's number after it.
    device.pull();
    assert!(device.rows("shipped")[0]["tracking"].as_str().unwrap().starts_with("SIM"));
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_tote_is_free_once_it_is_empty_and_what_left_is_forgotten_by_devices_in_time() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 2)]).await;
    device.tell(&opens("S-1", "C1"));
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C1", "T1", 2)), fine());
    assert_eq!(bench.world.text("SELECT order_id FROM handling_unit WHERE id = 'T1'").await, "");
    device.tell(&closes("S-1", "C1"));
    device.tell(&finishes("S-1", true));
    device.tell(&ships("S-1", "C1"));
    // The next order takes the same tote.
    bench.picked(&mut device, "S-2", "T1", &[("X", 1)]).await;
    let later = floorhand_erp::clock::now_ms() + 3 * 24 * 3_600_000;
    floorhand_erp::sweep::orders(bench.world.db(), later).await.unwrap();
    device.pull();
    assert!(device.row("pack-order", "S-1").is_none() && device.row("carton", "C1").is_none());
    assert!(device.row("pack-order", "S-2").is_some());
    assert_eq!(device.rows("shipped").len(), 1, "what may come back is known");
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cartons_of_a_cancelled_order_leave_the_devices_once_they_are_empty() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 2)]).await;
    device.tell(&opens("S-1", "C1"));
    assert_eq!(device.tell(&packs("S-1", 1, "X", "C1", "T1", 2)), fine());
    device.tell(&closes("S-1", "C1"));
    assert_eq!(bench.set("S-1", "cancel").status, 200);
    let later = floorhand_erp::clock::now_ms() + 3 * 24 * 3_600_000;
    floorhand_erp::sweep::orders(bench.world.db(), later).await.unwrap();
    device.pull();
    assert!(device.row("carton", "C1").is_some() && device.row("pack-order", "S-1").is_some(), "goods are in it");
    assert_eq!(device.tell(&unpacks("S-1", 1, "X", "C1", "T2", 2)), fine());
    floorhand_erp::sweep::orders(bench.world.db(), later).await.unwrap();
    device.pull();
    assert!(device.row("carton", "C1").is_none() && device.row("pack-order", "S-1").is_none());
    assert!(device.row("handling-unit", "C1").is_none());
    assert_eq!(bench.world.text("SELECT state FROM carton").await, "void");
    bench.world.assert_clean().await;
}

/// Whose label is on a carton: our own until the carrier's is printed, none that holds after it was opened.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_label_on_a_carton_is_told_from_the_one_there_is() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 2)]).await;
    let on = |device: &mut Device| {
        device.pull();
        let row = device.row("carton", "C1").unwrap();
        let label = row.get("label").map_or("", |label| label.as_str().unwrap()).to_owned();
        let carton = bench.get("/v1/shipments?order=S-1")["items"][0]["cartons"][0].clone();
        (label, carton["labelled_by_carrier"].as_bool().unwrap(), !carton["tracking"].as_str().unwrap().is_empty())
    };
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 2));
    device.tell(&closes("S-1", "C1"));
    assert_eq!(on(&mut device), (String::new(), false, true));
    let print = |copy, internal| match prints("S-1", "C1", copy, "") {
        Fact::LabelPrinted { label, copy, subject, reason, .. } => {
            Fact::LabelPrinted { label, copy, subject, reason, internal: Some(internal) }
        }
        fact => fact,
    };
    assert_eq!(device.tell(&print(1, true)), fine());
    assert_eq!(on(&mut device), ("internal".to_owned(), false, true));
    assert_eq!(device.tell(&print(2, false)), fine());
    assert_eq!(on(&mut device), ("carrier".to_owned(), true, true));
    assert_eq!(device.tell(&unpacks("S-1", 1, "X", "C1", "T1", 1)), fine());
    assert_eq!(on(&mut device), ("void".to_owned(), false, false));
}
