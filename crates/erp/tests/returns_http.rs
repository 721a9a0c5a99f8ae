//! Announced returns, refunds and the policy over HTTP: who may, once, and what is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/world.rs"]
mod world;

use bench::*;
use desk::*;
use floorhand_erp::sweep;
use serde_json::{Value, json};
use world::*;

const DAY_MS: i64 = 24 * 3_600_000;

fn now() -> i64 {
    floorhand_erp::clock::now_ms()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn returns_are_announced_listed_closed_and_cancelled() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "Z", &[("", "N1", 1), ("", "N2", 1)]).await;
    // Of the whole order, where nothing else is said.
    let body = json!({"id": "RMA-1", "order": "S-1", "reason": "defective"});
    let first = desk.bench.send("POST", "/v1/rmas", &body);
    assert_eq!(first.status, 201, "{}", first.body);
    let line = &first.body["lines"][0];
    assert_eq!(
        (line["line"].as_str(), line["qty"].as_i64(), line["open"].as_i64(), line["reason"].as_str()),
        (Some("S-1:1"), Some(2), Some(2), Some("defective"))
    );
    assert_eq!((first.body["scan"].as_str(), first.body["state"].as_str()), (Some("]C0RMA-1"), Some("open")));
    let scans: Vec<&str> =
        line["barcodes"].as_array().unwrap().iter().map(|code| code["scan"].as_str().unwrap()).collect();
    assert_eq!(scans, ["]C0N1", "]C0N2"]);
    assert_eq!(desk.bench.send("POST", "/v1/rmas", &body).status, 200);
    let other = desk.bench.send("POST", "/v1/rmas", &json!({"id": "RMA-1", "order": "S-1"}));
    assert_eq!((other.status, other.body["code"].as_str()), (409, Some("id_taken")));
    for (body, field) in [
        (json!([]), ""),
        (json!({"order": "S-1"}), "id"),
        (json!({"id": "a b"}), "id"),
        (json!({"id": "R-2"}), "lines"),
        (json!({"id": "R-2", "order": "NOPE"}), "order"),
        (json!({"id": "R-2", "order": "S-1", "reason": "whim"}), "reason"),
        (json!({"id": "R-2", "order": "S-1", "lines": []}), "lines"),
        (json!({"id": "R-2", "order": "S-1", "lines": [{"item": "Z", "qty": 3}]}), "lines[0].qty"),
        (json!({"id": "R-2", "order": "S-1", "lines": [{"item": "Z", "qty": 0}]}), "lines[0].qty"),
        (json!({"id": "R-2", "order": "S-1", "lines": [{"item": "X", "qty": 1}]}), "lines[0]"),
        (json!({"id": "R-2", "order": "S-1", "lines": [{"qty": 1}]}), "lines[0]"),
        (json!({"id": "R-2", "lines": [{"line": "S-1:1", "qty": 1}]}), "lines[0].line"),
        (json!({"id": "R-2", "lines": [{"item": "NOTHING", "qty": 1}]}), "lines[0].item"),
    ] {
        let answer = desk.bench.send("POST", "/v1/rmas", &body);
        assert_eq!((answer.status, answer.body["errors"][0]["field"].as_str()), (422, Some(field)), "{body}");
    }
    let sup = desk.token("supervisor", "").await;
    let read = desk.token("read", "").await;
    assert_eq!(desk.post_as(&sup, "/v1/rmas", &json!({"id": "R-2", "order": "S-1"})).status, 403);
    let ask = json!({"id": "r-1", "note": "changed their mind"});
    for action in ["cancel", "close"] {
        let path = format!("/v1/rmas/RMA-1/{action}");
        assert_eq!(desk.post_as(&read, &path, &ask).status, 403);
        assert_eq!(desk.post_as("", &path, &ask).status, 401);
        assert_eq!(desk.post_as(&sup, &format!("/v1/rmas/NOPE/{action}"), &ask).status, 404);
        assert_eq!(desk.post_as(&sup, &path, &json!({})).status, 422);
    }
    let closed = desk.post_as(&sup, "/v1/rmas/RMA-1/close", &ask);
    assert_eq!((closed.status, closed.body["state"].as_str()), (200, Some("closed")));
    assert_eq!(desk.post_as(&sup, "/v1/rmas/RMA-1/close", &ask).body, closed.body);
    let late = desk.post_as(&sup, "/v1/rmas/RMA-1/cancel", &json!({"id": "r-2"}));
    assert_eq!((late.status, late.body["code"].as_str()), (409, Some("wrong_state")));
    let listed = desk.bench.get("/v1/rmas?state=closed&order=S-1");
    assert_eq!(
        (listed["items"].as_array().unwrap().len(), listed["items"][0]["note"].as_str()),
        (1, Some("changed their mind"))
    );
    assert_eq!(http(desk.world().addr, "GET", "/v1/rmas?state=odd", &desk.bench.admin, None).status, 400);
    assert_eq!(http(desk.world().addr, "GET", "/v1/rmas/NOPE", &desk.bench.admin, None).status, 404);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_held_refund_is_decided_once_by_somebody_else_within_their_limit() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "Y", &[("", "", 21)]).await;
    desk.ship(&mut device, "S-2", "W", &[("", "", 1)]).await;
    assert_eq!(device.tell(&Back::new("i-1", "S-1", "Y", 22).fact()), flagged("OVER_RETURN"));
    assert_eq!(device.tell(&Back::new("i-2", "S-2", "W", 1).fact()), fine());
    let list = desk.bench.get("/v1/refunds?state=held");
    let path = |n: usize| format!("/v1/refunds/{}", list["items"][n]["id"].as_str().unwrap());
    let say = |id: &str, decision: &str| json!({"id": id, "decision": decision});
    let (own, sup, man, read) = (
        desk.token("supervisor", "o-1").await,
        desk.token("supervisor", "o-sup").await,
        desk.token("manager", "o-man").await,
        desk.token("read", "").await,
    );
    assert_eq!(desk.post_as(&read, &path(0), &say("a", "release")).status, 403);
    assert_eq!(desk.post_as(&sup, "/v1/refunds/NOPE", &say("b", "release")).status, 404);
    assert_eq!(desk.post_as(&sup, &path(0), &say("c", "maybe")).status, 422);
    // Above 500 a manager decides; nobody about their own inspection.
    assert_eq!(desk.post_as(&own, &path(1), &say("d", "refuse")).body["code"], "not_allowed");
    assert_eq!(desk.post_as(&sup, &path(0), &say("e", "release")).body["code"], "not_allowed");
    let more = json!({"id": "f", "decision": "release", "amount_minor": 52_501});
    assert_eq!(desk.post_as(&man, &path(0), &more).body["code"], "too_much");
    let less = json!({"id": "g", "decision": "release", "amount_minor": 40_000, "note": "one was used"});
    let done = desk.post_as(&man, &path(0), &less);
    assert_eq!(
        (done.status, done.body["state"].as_str(), done.body["amount_minor"].as_i64(), done.body["role"].as_str()),
        (200, Some("released"), Some(40_000), Some("manager"))
    );
    assert_eq!(desk.post_as(&man, &path(0), &less).body, done.body);
    assert_eq!(desk.post_as(&man, &path(0), &say("h", "refuse")).body["code"], "wrong_state");
    // What it was sold for is not known: somebody says it.
    assert_eq!(desk.post_as(&sup, &path(1), &say("i", "release")).body["code"], "no_amount");
    let known = json!({"id": "j", "decision": "release", "amount_minor": 990});
    assert_eq!(desk.post_as(&sup, &path(1), &known).status, 200);
    device.pull();
    let mut shown: Vec<i64> = device.rows("refund").iter().map(|row| row["amount_minor"].as_i64().unwrap()).collect();
    shown.sort_unstable();
    assert_eq!(shown, [990, 40_000]);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_policy_is_a_table_that_is_set_whole() {
    let desk = Desk::new().await;
    let policy = desk.bench.get("/v1/return-policy");
    assert_eq!((policy["window_days"].as_i64(), policy["rules"].as_array().unwrap().len()), (Some(30), 8));
    let with = |field: &str, value: Value| {
        let mut changed = policy.clone();
        changed[field] = value;
        changed
    };
    for (body, field) in [
        (json!({"rules": []}), ""),
        (with("rule", json!([])), ""),
        (with("rules", json!([{"disposition": "burn"}])), ""),
        (with("rules", json!([{"disposition": "restock", "grad": "A"}])), ""),
        (with("window_days", json!(0)), "window_days"),
        (with("rules", json!([{"disposition": "restock", "value_from_minor": -1}])), "rules[0]"),
    ] {
        let answer = desk.bench.send("PUT", "/v1/return-policy", &body);
        assert_eq!((answer.status, answer.body["errors"][0]["field"].as_str()), (422, Some(field)), "{body}");
    }
    let sup = desk.token("supervisor", "").await;
    let body = with("window_days", json!(14));
    let refused = http(desk.world().addr, "PUT", "/v1/return-policy", &sup, Some(&body.to_string()));
    assert_eq!(refused.status, 403);
    assert_eq!(desk.bench.must("PUT", "/v1/return-policy", &body), body);
    assert_eq!(desk.bench.get("/v1/return-policy"), body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn devices_forget_what_nobody_can_bring_back_any_more() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 2)]).await;
    desk.ship(&mut device, "S-2", "X", &[("", "", 1)]).await;
    desk.announce("RMA-1", "S-1", 2);
    let db = desk.world().db();
    sweep::returns::shipped(db, now() + 59 * DAY_MS).await.unwrap();
    device.pull();
    assert_eq!(device.rows("shipped").len(), 2);
    // The window of 30 days and the margin are over; what is announced stays.
    sweep::returns::shipped(db, now() + 61 * DAY_MS).await.unwrap();
    device.pull();
    let left: Vec<&str> = device.rows("shipped").iter().map(|row| row["order"].as_str().unwrap()).collect();
    assert_eq!(left, ["S-1"]);
    // It comes all the same, years late: the core knows, the devices are not told again.
    assert_eq!(device.tell(&Back::new("i-1", "S-2", "X", 1).fact()), fine());
    assert_eq!(device.tell(&Back { rma: "RMA-1".to_owned(), ..Back::new("i-2", "S-1", "X", 2) }.fact()), fine());
    device.pull();
    assert_eq!((device.rows("shipped").len(), device.rows("refund").len()), (1, 2));
    assert_eq!(device.row("rma", "RMA-1").unwrap()["state"], "closed");
    // What is over is forgotten after two days.
    sweep::returns::over(db, now() + DAY_MS).await.unwrap();
    device.pull();
    assert_eq!((device.rows("rma").len(), device.rows("refund").len()), (1, 2));
    sweep::returns::over(db, now() + 3 * DAY_MS).await.unwrap();
    sweep::returns::shipped(db, now() + 61 * DAY_MS).await.unwrap();
    device.pull();
    assert_eq!((device.rows("rma").len(), device.rows("refund").len(), device.rows("shipped").len()), (0, 0, 0));
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_picture_that_does_not_come_is_an_exception_until_it_comes() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    device.tell(&photographed("p-1", "i-1", b"picture"));
    let db = desk.world().db();
    sweep::returns::photos(db, now() + DAY_MS / 2).await.unwrap();
    assert_eq!(desk.bench.exceptions("PHOTO_MISSING").await, 0);
    sweep::returns::photos(db, now() + 2 * DAY_MS).await.unwrap();
    sweep::returns::photos(db, now() + 3 * DAY_MS).await.unwrap();
    let list = desk.bench.get("/v1/exceptions?kind=PHOTO_MISSING");
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (list["items"][0]["subject"].as_str(), list["items"][0]["fact"].as_str(), list["items"][0]["seq"].as_i64()),
        (Some("photo:p-1"), Some("PhotoTaken"), Some(1))
    );
    device.pull();
    assert_eq!(device.rows("exception")[0]["state"], "open");
    let sent = http(desk.world().addr, "POST", "/v1/photos/p-1", &device.bearer, Some("picture"));
    assert_eq!(sent.status, 204);
    device.pull();
    assert_eq!(device.rows("exception")[0]["state"], "closed");
    // Served as it came; sent again nothing happens.
    assert!(http(desk.world().addr, "GET", "/v1/photos/p-1", &desk.bench.admin, None).status == 200);
    assert_eq!(http(desk.world().addr, "POST", "/v1/photos/p-1", &device.bearer, Some("picture")).status, 204);
    assert_eq!(desk.bench.get("/v1/exceptions?kind=PHOTO_MISSING")["items"][0]["resolution"], "overtaken");
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn verify_sees_what_does_not_add_up() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 3)]).await;
    desk.announce("RMA-1", "S-1", 3);
    assert_eq!(device.tell(&Back { rma: "RMA-1".to_owned(), ..Back::new("i-1", "S-1", "X", 1) }.fact()), fine());
    desk.world().assert_clean().await;
    for (harm, mend, check) in [
        (
            "UPDATE shipped SET returned = returned + 1",
            "UPDATE shipped SET returned = returned - 1",
            "returned <= shipped by order line",
        ),
        ("UPDATE refund SET qty = qty + 1", "UPDATE refund SET qty = qty - 1", "refunds = inspections"),
        ("UPDATE refund SET state = 'waiting'", "UPDATE refund SET state = 'released'", "refunds = inspections"),
        (
            "UPDATE returned SET disposition = 'write-off'",
            "UPDATE returned SET disposition = 'restock'",
            "inspections = moves",
        ),
        (
            "UPDATE rma_line SET came = came + 1",
            "UPDATE rma_line SET came = came - 1",
            "announced returns = inspections",
        ),
        ("UPDATE returned SET seq = seq + 1000", "UPDATE returned SET seq = seq - 1000", "inspections = facts"),
        (
            "UPDATE returned SET disposition = 'vendor-claim'",
            "UPDATE returned SET disposition = 'restock'",
            "vendor claims = inspections",
        ),
    ] {
        desk.world().run(harm).await;
        let broken = desk.world().broken().await;
        assert!(broken.iter().any(|name| name == check), "{harm}: {broken:?}");
        desk.world().run(mend).await;
        desk.world().assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_demo_has_returns_to_try() {
    let world = World::demo(1).await;
    let admin = world.admin().await;
    let list = http(world.addr, "GET", "/v1/rmas", &admin, None).body;
    let ids: Vec<&str> = list["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["RMA-5001", "RMA-5002", "RMA-5003"]);
    for (n, open) in [(0, 2), (1, 1), (2, 0)] {
        assert_eq!(list["items"][n]["lines"][0]["open"], open, "{}", list["items"][n]);
    }
    for id in ids {
        let one = http(world.addr, "GET", &format!("/v1/rmas/{id}"), &admin, None).body;
        assert_eq!(one["scan"], format!("]C0{id}"));
        assert!(id == "RMA-5003" || !one["lines"][0]["barcodes"].as_array().unwrap().is_empty(), "{one}");
    }
    let mut device = world.enrol().await;
    device.pull();
    assert_eq!((device.rows("rma").len(), device.rows("shipped").len()), (3, 3));
    assert!(device.row("return-policy", "return-policy").is_some());
    // As new, and put back on a shelf.
    let order = list["items"][0]["order"].as_str().unwrap();
    let item = list["items"][0]["lines"][0]["item"].as_str().unwrap();
    let shelf =
        world.text("SELECT id FROM location WHERE kind = 'bin' AND status = 'available' ORDER BY id LIMIT 1").await;
    device.operator = "op-1004".to_owned();
    let back = Back { rma: "RMA-5001".to_owned(), location: shelf, ..Back::new("i-1", order, item, 2) };
    assert_eq!(device.tell(&back.fact()), fine());
    world.assert_clean().await;
}
