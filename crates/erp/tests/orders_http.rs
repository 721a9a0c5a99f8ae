//! Orders over real HTTP: accepted once, promised what there is, released.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "api_client/client.rs"]
mod client;

use client::{Site, ask};
use serde_json::{Value, json};

fn order(id: &str, lines: &[(&str, i64)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(item, qty)| json!({"item": item, "qty": qty})).collect();
    json!({"id": id, "lines": lines})
}

/// Units of an item that no order has been promised.
fn free(site: &Site, item: &str) -> i64 {
    let rows = site.all(&format!("/v1/stock?item={item}&status=available"), 1000);
    rows.iter().map(|row| row["qty"].as_i64().unwrap() - row["allocated"].as_i64().unwrap()).sum()
}

#[test]
fn an_order_is_accepted_once() {
    let site = Site::demo();
    let body = json!({"id": "WEB-1", "customer": "Ada K.", "priority": 5, "cutoff": "2031-05-05T15:00:00Z",
        "lines": [{"item": "AP-0001-M", "qty": 2}, {"id": "b", "item": "EL-0001", "qty": 1}]});
    let first = site.post("/v1/orders", &body);
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(first.header("location"), Some("/v1/orders/WEB-1"));
    let view = first.json();
    assert_eq!((view["state"].as_str(), view["priority"].as_i64()), (Some("released"), Some(5)));
    assert_eq!(view["lines"][1]["id"], "WEB-1:b");
    assert!(
        view["lines"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["state"] == "allocated" && line["allocated"] == line["qty"])
    );
    let task = view["tasks"][0].as_str().unwrap();
    let again = site.post("/v1/orders", &body);
    assert_eq!((again.status, again.json()), (200, view.clone()));
    // Defaults said or not said are the same order.
    let mut spelt = body.clone();
    spelt["release"] = json!("auto");
    assert_eq!(site.post("/v1/orders", &spelt).status, 200);
    let mut other = body.clone();
    other["lines"][0]["qty"] = json!(3);
    site.post("/v1/orders", &other).problem(409, "id_taken");
    assert_eq!(site.get("/v1/orders/WEB-1").json(), view);
    let task = site.get(&format!("/v1/tasks/{task}")).json();
    assert_eq!(
        (task["mode"].as_str(), task["priority"].as_i64(), task["cutoff"].as_str()),
        (Some("single"), Some(5), Some("2031-05-05T15:00:00Z"))
    );
    // Units with serial numbers are promised without naming them.
    let device = task["lines"].as_array().unwrap().iter().find(|line| line["item"] == "EL-0001").unwrap();
    assert_eq!((device["serial"].as_str(), device["qty"].as_i64()), (Some(""), Some(1)));
    site.verify();
}

#[test]
fn faults_name_the_field_and_the_way_out() {
    let site = Site::demo();
    let cases = [
        (json!({"id": "A", "lines": [{"item": "no such", "qty": 1}]}), "lines[0].item", "GET /v1/items"),
        (json!({"id": "A", "lines": [{"item": "AP-0001-M", "qty": 0}]}), "lines[0].qty", "from 1"),
        (json!({"id": "A"}), "lines", "send a list"),
        (json!({"lines": [{"item": "AP-0001-M", "qty": 1}]}), "id", "send"),
        (json!("order"), "", "object"),
    ];
    for (body, field, words) in cases {
        let problem = site.post("/v1/orders", &body).problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains(words), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(words));
    }
    ask(site.address, "POST", "/v1/orders", Some(&site.token), Some("{\"id\":")).problem(400, "bad_json");
    let huge = format!("{{\"id\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
    ask(site.address, "POST", "/v1/orders", Some(&site.token), Some(&huge)).problem(413, "too_large");
    site.get("/v1/orders/A").problem(404, "not_found");
    site.verify();
}

#[test]
fn what_is_missing_is_on_backorder() {
    let site = Site::demo();
    let item = "GE-0004";
    let there = free(&site, item);
    assert!(there > 0);
    let view = site.post("/v1/orders", &order("BIG", &[(item, there + 7), ("AP-0001-S", 1)])).json();
    let line = &view["lines"][0];
    assert_eq!((line["allocated"].as_i64(), line["backordered"].as_i64()), (Some(there), Some(7)));
    assert_eq!((line["state"].as_str(), view["state"].as_str()), (Some("part-backordered"), Some("released")));
    let none = site.post("/v1/orders", &order("NONE", &[(item, 1)])).json();
    assert_eq!(
        (none["state"].as_str(), none["lines"][0]["state"].as_str()),
        (Some("backordered"), Some("backordered"))
    );
    assert_eq!(none["tasks"], json!([]));
    assert_eq!(free(&site, item), 0);
    // A release finds nothing for it, and says so.
    let released = site.post("/v1/releases", &json!({"mode": "single"})).json();
    assert_eq!((released["tasks"].clone(), released["more"].as_bool()), (json!([]), Some(false)));
    site.verify();
}

#[test]
fn held_orders_share_a_cart() {
    let site = Site::demo();
    let before = site.all("/v1/tasks", 1000).len();
    for n in 0..7 {
        let mut body = order(&format!("H-{n}"), &[("AP-0001-M", 1), ("CO-0001", 1)]);
        body["release"] = json!("hold");
        body["priority"] = json!(n);
        let view = site.post("/v1/orders", &body).json();
        assert_eq!((view["state"].as_str(), view["tasks"].clone()), (Some("open"), json!([])));
        assert_eq!(view["lines"][0]["state"], "allocated");
    }
    assert_eq!(site.all("/v1/tasks", 1000).len(), before);
    site.verify();
    let request = json!({"mode": "cluster", "max_orders": 3, "id": "wave-1"});
    let released = site.post("/v1/releases", &request);
    assert_eq!(released.status, 200, "{}", released.body);
    let said = released.json();
    assert_eq!(
        (said["orders"].as_i64(), said["tasks"].as_array().unwrap().len(), said["lines"].as_i64()),
        (Some(7), 3, Some(14))
    );
    // Sent again it is the same release; with other content it is refused.
    assert_eq!(site.post("/v1/releases", &request).json(), said);
    site.post("/v1/releases", &json!({"mode": "single", "id": "wave-1"})).problem(409, "id_taken");
    let first = site.get(&format!("/v1/tasks/{}", said["tasks"][0].as_str().unwrap())).json();
    // The most urgent share the first cart.
    let slots: Vec<&str> =
        first["slots"].as_array().unwrap().iter().map(|slot| slot["order"].as_str().unwrap()).collect();
    assert_eq!(
        (slots, first["priority"].as_i64(), first["mode"].as_str()),
        (vec!["H-6", "H-5", "H-4"], Some(6), Some("cluster"))
    );
    assert!(site.all("/v1/orders?state=open", 1000).is_empty());
    site.post("/v1/releases", &json!({"mode": "cluster", "max_orders": 13})).problem(422, "invalid");
    site.post("/v1/releases", &json!({"mode": "swarm"})).problem(422, "invalid");
    site.post("/v1/releases", &json!({"mode": "single", "orders": ["none"]})).problem(404, "not_found");
    let mut twice = order("H-9", &[("AP-0001-M", 1)]);
    twice["release"] = json!("hold");
    site.post("/v1/orders", &twice);
    let named = site.post("/v1/releases", &json!({"mode": "cluster", "orders": ["H-9", "H-9", "H-1"]})).json();
    assert_eq!((named["orders"].as_i64(), named["lines"].as_i64()), (Some(1), Some(1)), "{named}");
    site.verify();
}

#[test]
fn lots_are_promised_first_expiring_first() {
    let site = Site::demo();
    let rows = site.all("/v1/stock?status=available", 1000);
    let mut items: Vec<&str> =
        rows.iter().filter(|row| row["lot"] != "").map(|row| row["item"].as_str().unwrap()).collect();
    items.dedup();
    let two = items.iter().find(|item| {
        let mut lots: Vec<&Value> = rows.iter().filter(|row| row["item"] == **item).map(|row| &row["lot"]).collect();
        lots.sort_by_key(|lot| lot.to_string());
        lots.dedup();
        lots.len() == 2
    });
    let item = *two.expect("an item with two lots");
    let mut lots: Vec<(&str, &str, i64)> = rows
        .iter()
        .filter(|row| row["item"] == item)
        .map(|row| {
            (
                row["expiry"].as_str().unwrap(),
                row["lot"].as_str().unwrap(),
                row["qty"].as_i64().unwrap() - row["allocated"].as_i64().unwrap(),
            )
        })
        .collect();
    lots.sort_unstable();
    let older = lots[0].2;
    let view = site.post("/v1/orders", &order("FEFO", &[(item, older + 1)])).json();
    let task = site.get(&format!("/v1/tasks/{}", view["tasks"][0].as_str().unwrap())).json();
    let mut got: Vec<(&str, i64)> = task["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["lot"].as_str().unwrap(), line["qty"].as_i64().unwrap()))
        .collect();
    got.sort_by_key(|(_, qty)| -qty);
    assert_eq!(got, [(lots[0].1, older), (lots[1].1, 1)]);
    site.verify();
}

#[test]
fn many_at_once_never_promise_twice() {
    let site = Site::demo();
    let item = "GE-0007";
    let there = free(&site, item);
    let wanted = there / 8 + 1;
    std::thread::scope(|scope| {
        for n in 0..12 {
            let site = &site;
            scope.spawn(move || {
                let body = order(&format!("RUSH-{}", n % 10), &[(item, wanted)]);
                let answer = site.post("/v1/orders", &body);
                assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
            });
        }
    });
    let orders = site.all("/v1/orders", 1000);
    let rush: Vec<&Value> = orders.iter().filter(|order| order["id"].as_str().unwrap().starts_with("RUSH")).collect();
    assert_eq!(rush.len(), 10);
    let promised: i64 = rush.iter().map(|order| order["lines"][0]["allocated"].as_i64().unwrap()).sum();
    let missing: i64 = rush.iter().map(|order| order["lines"][0]["backordered"].as_i64().unwrap()).sum();
    assert_eq!((promised, missing), (there, 10 * wanted - there));
    assert_eq!(free(&site, item), 0);
    site.verify();
}

#[test]
fn a_long_order_is_one_task() {
    let site = Site::demo();
    let items = site.all("/v1/items", 1000);
    let lines: Vec<Value> = (0..2_000).map(|n| json!({"item": items[n % items.len()]["id"], "qty": 1})).collect();
    let answer = site.post("/v1/orders", &json!({"id": "LONG", "lines": lines}));
    assert_eq!(answer.status, 201, "{}", answer.body);
    let view = answer.json();
    assert_eq!(view["tasks"].as_array().unwrap().len(), 1);
    let task = site.get(&format!("/v1/tasks/{}", view["tasks"][0].as_str().unwrap())).json();
    let asked: i64 = task["lines"].as_array().unwrap().iter().map(|line| line["qty"].as_i64().unwrap()).sum();
    let missing: i64 = view["lines"].as_array().unwrap().iter().map(|line| line["backordered"].as_i64().unwrap()).sum();
    assert_eq!(asked + missing, 2_000);
    site.verify();
}
