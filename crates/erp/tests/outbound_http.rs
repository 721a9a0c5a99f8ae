//! Holds, cancellations, carriers and carton types over HTTP: who may, once, and what is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/world.rs"]
mod world;

use bench::*;
use floorhand_erp::auth;
use serde_json::json;
use world::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn holds_and_cancellations_take_a_supervisor_and_happen_once() {
    let bench = Bench::new().await;
    bench.world.order("S-1", &[("X", 2)]).await;
    let read = auth::create_admin_token(bench.world.db(), WH, "reader", "read").await.unwrap();
    let sup = auth::create_admin_token(bench.world.db(), WH, "sup", "supervisor").await.unwrap();
    let body = json!({"id": "r-1", "note": "payment"}).to_string();
    for action in ["hold", "release", "cancel"] {
        let path = format!("/v1/orders/S-1/{action}");
        assert_eq!(http(bench.world.addr, "POST", &path, &read, Some(&body)).status, 403);
        assert_eq!(http(bench.world.addr, "POST", &path, "", Some(&body)).status, 401);
        let none = http(bench.world.addr, "POST", &format!("/v1/orders/NOPE/{action}"), &sup, Some(&body));
        assert_eq!((none.status, none.body["code"].as_str()), (404, Some("not_found")));
    }
    let path = "/v1/orders/S-1/hold";
    let first = http(bench.world.addr, "POST", path, &sup, Some(&body));
    assert_eq!((first.status, first.body["held"].as_bool()), (200, Some(true)), "{}", first.body);
    let again = http(bench.world.addr, "POST", path, &sup, Some(&body));
    assert_eq!((again.status, &again.body), (200, &first.body));
    let other = http(bench.world.addr, "POST", path, &sup, Some(&json!({"id": "r-1"}).to_string()));
    assert_eq!((other.status, other.body["code"].as_str()), (409, Some("id_taken")));
    let none = bench.send("POST", path, &json!({}));
    assert_eq!((none.status, none.body["errors"][0]["field"].as_str()), (422, Some("id")));
    assert_eq!(bench.set("S-1", "release").status, 200);
    assert_eq!(bench.set("S-1", "release").status, 409);
    assert_eq!(bench.set("S-1", "cancel").status, 200);
    assert_eq!(bench.set("S-1", "hold").status, 409);
    let order = bench.order("S-1");
    assert_eq!((order["state"].as_str(), order["lines"][0]["state"].as_str()), (Some("cancelled"), Some("cancelled")));
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM allocation").await, 0);
    assert_eq!(bench.world.text("SELECT state FROM task WHERE kind = 'pick'").await, "cancelled");
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_held_is_not_released_to_the_floor() {
    let bench = Bench::new().await;
    bench.must("POST", "/v1/orders", &json!({"id": "S-1", "release": "hold", "lines": [{"item": "X", "qty": 1}]}));
    bench.set("S-1", "hold");
    let made = bench.must("POST", "/v1/releases", &json!({"mode": "single"}));
    assert_eq!(made["tasks"].as_array().unwrap().len(), 0);
    bench.set("S-1", "release");
    let made = bench.must("POST", "/v1/releases", &json!({"mode": "single"}));
    assert_eq!(made["tasks"].as_array().unwrap().len(), 1);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_has_left_is_not_cancelled() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 2)]).await;
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 1));
    device.tell(&closes("S-1", "C1"));
    device.tell(&ships("S-1", "C1"));
    let refused = bench.set("S-1", "cancel");
    assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("wrong_state")));
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn carriers_and_carton_types_are_set_and_read() {
    let bench = Bench::new().await;
    assert_eq!(bench.get("/v1/carriers"), carriers());
    let types = bench.get("/v1/carton-types");
    assert_eq!((types["items"][0]["id"].as_str(), types["items"][1]["id"].as_str()), (Some("M"), Some("S")));
    let mut device = bench.world.enrol().await;
    device.pull();
    assert_eq!(device.row("carton-type", "S").unwrap()["inner_mm"], json!([300, 200, 100]));
    for (method, path, body, field) in [
        (
            "PUT",
            "/v1/carriers",
            json!({"carriers": [{"code": "A", "adapter": "telex"}], "rules": []}),
            "carriers[0].adapter",
        ),
        (
            "PUT",
            "/v1/carriers",
            json!({"carriers": [], "rules": [{"carrier": "A", "service": "x"}]}),
            "rules[0].carrier",
        ),
        ("PUT", "/v1/carriers", json!({"rules": 1}), ""),
        ("POST", "/v1/carton-types", json!({"id": "a b", "inner_mm": [1, 1, 1]}), "id"),
        ("POST", "/v1/carton-types", json!({"id": "A", "inner_mm": [1, 1]}), ""),
        ("POST", "/v1/carton-types", json!({"id": "A", "inner_mm": [1, 1, -1]}), "inner_mm"),
        ("POST", "/v1/carton-types", json!({"id": "A", "inner_mm": [1, 1, 1], "max_grams": -1}), "max_grams"),
        ("POST", "/v1/carton-types", json!({"id": "A", "inner_mm": [1, 1, 1], "carriers": ["x,y"]}), "carriers"),
    ] {
        let answer = bench.send(method, path, &body);
        assert_eq!(
            (answer.status, answer.body["errors"][0]["field"].as_str()),
            (422, Some(field)),
            "{body}: {}",
            answer.body
        );
    }
    assert_eq!(bench.get("/v1/carriers"), carriers(), "what was refused changed nothing");
    let read = auth::create_admin_token(bench.world.db(), WH, "reader", "read").await.unwrap();
    let answer = http(bench.world.addr, "PUT", "/v1/carriers", &read, Some(&carriers().to_string()));
    assert_eq!(answer.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn carrier_and_service_follow_the_rules_of_the_site() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.must(
        "PUT",
        "/v1/carriers",
        &json!({"carriers": [{"code": "A", "adapter": "simulated"}, {"code": "B", "adapter": "simulated"}],
            "rules": [{"carrier": "A", "service": "export", "countries": ["FR"]}, {"carrier": "B", "service": "shop", "channel": "shop"}]}),
    );
    for (id, more, expected) in [
        ("S-1", json!({"country": "FR", "channel": "shop"}), ("A", "export")),
        ("S-2", json!({"country": "DE", "channel": "shop"}), ("B", "shop")),
        ("S-3", json!({}), ("", "")),
    ] {
        let mut body = json!({"id": id, "lines": [{"item": "X", "qty": 1}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = bench.must("POST", "/v1/orders", &body);
        let task = made["tasks"][0].as_str().unwrap().into();
        let line = bench.world.lines(&task).await.swap_remove(0);
        assert_eq!(device.tell(&picked(&line, "T1", 1)), fine());
        device.pull();
        let row = device.row("pack-order", id).map(|row| (row["carrier"].clone(), row["service"].clone()));
        let dropped = device.tell(&dropped(&bench.world.task(&task).await, &["T1"]));
        assert_eq!((row, dropped), (None, fine()), "{id}");
        device.pull();
        let row = device.row("pack-order", id).unwrap();
        assert_eq!((row["carrier"].as_str().unwrap(), row["service"].as_str().unwrap()), expected, "{id}");
        device.tell(&opens(id, &format!("C-{id}")));
        device.tell(&packs(id, 1, "X", &format!("C-{id}"), "T1", 1));
        device.tell(&closes(id, &format!("C-{id}")));
        let tracking = bench.order(id)["cartons"][0]["tracking"].as_str().unwrap().to_owned();
        assert_eq!(tracking.chars().next().map(String::from).unwrap_or_default(), expected.0, "{id}");
    }
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_label_waits_for_its_carrier_and_comes_later() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    bench.world.run("UPDATE setting SET v = REPLACE(v, '\"simulated\"', '\"telex\"') WHERE k = 'carriers'").await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 1)]).await;
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 1));
    assert_eq!(device.tell(&closes("S-1", "C1")), fine(), "no label keeps a fact waiting");
    assert_eq!(bench.order("S-1")["cartons"][0]["tracking"], "");
    assert_eq!(bench.world.text("SELECT state FROM adapter_queue").await, "wanted");
    assert!(bench.world.number("SELECT next_at FROM adapter_queue").await > floorhand_erp::clock::now_ms());
    bench.must("PUT", "/v1/carriers", &carriers());
    bench.world.run("UPDATE adapter_queue SET next_at = 0").await;
    // Held and released meanwhile, it is still asked for once.
    bench.set("S-1", "hold");
    bench.set("S-1", "release");
    assert!(bench.order("S-1")["cartons"][0]["tracking"].as_str().unwrap().starts_with("SIM"));
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM adapter_queue").await, 1);
    bench.world.assert_clean().await;
}
