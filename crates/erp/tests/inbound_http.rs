//! Purchase orders and deliveries over HTTP: accepted once, refused with the way out, announced to the
//! devices; barcodes, photographs, and the three numbers of availability.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/dock.rs"]
mod dock;
#[path = "support/world.rs"]
mod world;

use dock::*;
use floorhand_domain::fact::Fact;
use floorhand_domain::stock::Status::{Damaged, InTransit, Quarantined};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use world::http;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn accepted_once() {
    let yard = Yard::new().await;
    let order = json!({"id": "PO-1", "supplier": "Acme", "door": DOCK, "due": "2026-11-22T08:00:00Z",
        "lines": [{"item": "X", "ordered": 10, "over_percent": 0}, {"item": "L", "ordered": 5, "min_shelf_days": 90}]});
    let first = yard.post("/v1/purchase-orders", &order);
    assert_eq!(first.status, 201, "{}", first.body);
    assert!(first.head.contains("location: /v1/purchase-orders/po-1"), "{}", first.head);
    let again = yard.post("/v1/purchase-orders", &order);
    assert_eq!((again.status, &again.body), (200, &first.body));
    let mut other = order.clone();
    other["lines"][0]["ordered"] = json!(11);
    let clash = yard.post("/v1/purchase-orders", &other);
    assert_eq!((clash.status, clash.body["code"].as_str()), (409, Some("id_taken")));
    assert_eq!(yard.delivery("PO-1")["content"][0]["limit"], 10);

    let asn = json!({"id": "ASN-1", "orders": ["PO-1"], "door": DOCK, "units": [
        {"label": "395200000000000012", "content": [{"item": "X", "qty": 10}]},
        {"label": "P-2", "kind": "carton", "content": [{"item": "L", "qty": 5, "lot": "L1", "expiry": "2027-03-31"}]}]});
    let first = yard.post("/v1/deliveries", &asn);
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!((first.body["supplier"].as_str(), first.body["pallets"].as_i64()), (Some("Acme"), Some(2)));
    assert_eq!(yard.post("/v1/deliveries", &asn).status, 200);
    let mut other = asn.clone();
    other["door"] = Value::Null;
    assert_eq!(yard.post("/v1/deliveries", &other).body["code"], "id_taken");
    // The order's own delivery gave way; a second announcement of the same finds nothing open.
    assert_eq!(yard.delivery("PO-1")["state"], "cancelled");
    let third = yard.post("/v1/deliveries", &json!({"id": "ASN-2", "orders": ["PO-1"]}));
    assert_eq!((third.status, third.body["errors"][0]["field"].as_str()), (422, Some("orders")));
    // More of it may be sent by name.
    let named = json!({"id": "ASN-2", "orders": ["PO-1"], "lines": [{"order": "PO-1", "item": "X", "qty": 3}]});
    assert_eq!(yard.post("/v1/deliveries", &named).status, 201);

    let mut device = yard.world.enrol().await;
    device.pull();
    let head = device.row("delivery", "ASN-1").unwrap();
    assert_eq!((head["orders"][0].as_str(), head["lines"].as_i64()), (Some("PO-1"), Some(2)));
    let line = device.row("delivery-line", "ASN-1:2").unwrap();
    assert_eq!((line["item"].as_str(), line["min_shelf_days"].as_i64()), (Some("L"), Some(90)));
    let row = device.row("announced", "ASN-1:P-2:1").unwrap();
    assert_eq!((row["line"].as_str(), row["expiry"].as_str()), (Some("ASN-1:2"), Some("2027-03-31")));
    assert_eq!(device.row("handling-unit", "395200000000000012").unwrap()["kind"], "pallet");
    let task = device.row("task", "ASN-1").unwrap();
    assert_eq!(
        (task["kind"].as_str(), task["state"].as_str(), task["zone"].as_str()),
        (Some("receive"), Some("open"), Some("DOCK"))
    );
    yard.world.assert_clean().await;
}

fn check(yard: &Yard, path: &str, body: &Value, field: &str) {
    let answer = yard.post(path, body);
    assert_eq!(answer.status, 422, "{body}: {}", answer.body);
    let fields: Vec<&str> =
        answer.body["errors"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    assert_eq!(fields, [field], "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn faults_name_the_field() {
    let yard = Yard::new().await;
    let lines = json!([{"item": "X", "ordered": 1}]);
    let orders = "/v1/purchase-orders";
    for (body, field) in [
        (json!([]), ""),
        (json!({"supplier": "A", "lines": lines}), "id"),
        (json!({"id": "a b", "supplier": "A", "lines": lines}), "id"),
        (json!({"id": "P", "lines": lines}), "supplier"),
        (json!({"id": "P", "supplier": 5, "lines": lines}), "supplier"),
        (json!({"id": "P", "supplier": "A"}), "lines"),
        (json!({"id": "P", "supplier": "A", "lines": []}), "lines"),
        (json!({"id": "P", "supplier": "A", "lines": [1]}), "lines[0]"),
        (json!({"id": "P", "supplier": "A", "lines": [{"ordered": 1}]}), "lines[0].item"),
        (json!({"id": "P", "supplier": "A", "lines": [{"item": "X"}]}), "lines[0].ordered"),
        (json!({"id": "P", "supplier": "A", "lines": [{"item": "X", "ordered": 0}]}), "lines[0].ordered"),
        (json!({"id": "P", "supplier": "A", "lines": [{"item": "X", "ordered": 1.5}]}), "lines[0].ordered"),
        (json!({"id": "P", "supplier": "A", "lines": [{"item": "NOPE", "ordered": 1}]}), "lines[0].item"),
        (
            json!({"id": "P", "supplier": "A", "lines": [{"item": "X", "ordered": 1, "over_percent": -1}]}),
            "lines[0].over_percent",
        ),
        (json!({"id": "P", "supplier": "A", "lines": lines, "door": "A1"}), "door"),
        (json!({"id": "P", "supplier": "A", "lines": lines, "due": "tomorrow"}), "due"),
    ] {
        check(&yard, orders, &body, field);
    }
    yard.order("PO-1", &[("X", 5)]);
    let unit = |label: &str, item: &str| json!([{"label": label, "content": [{"item": item, "qty": 1}]}]);
    for (body, field) in [
        (json!({"id": "D"}), "orders"),
        (json!({"id": "D", "orders": ["PO-9"]}), "orders[0]"),
        (json!({"id": "D", "orders": ["PO-1", "PO-1"]}), "orders[1]"),
        (json!({"id": "PO-1", "orders": ["PO-1"]}), "id"),
        (json!({"id": "D", "orders": ["PO-1"], "lines": [{"order": "PO-1", "item": "Y", "qty": 1}]}), "lines[0].item"),
        (json!({"id": "D", "orders": ["PO-1"], "units": unit("395200000000000016", "X")}), "units[0].label"),
        (json!({"id": "D", "orders": ["PO-1"], "units": unit("T1", "X")}), "units[0].label"),
        (json!({"id": "D", "orders": ["PO-1"], "units": unit("P-1", "Y")}), "units[0].content[0].item"),
        (json!({"id": "D", "orders": ["PO-1"], "units": [{"label": "P-1", "content": []}]}), "units[0].content"),
        (
            json!({"id": "D", "orders": ["PO-1"], "units": [{"label": "P-1", "kind": "box", "content": [{"item": "X", "qty": 1}]}]}),
            "units[0].kind",
        ),
        (
            json!({"id": "D", "orders": ["PO-1"], "units": [{"label": "P-1", "content": [{"item": "X", "qty": 1, "expiry": "soon"}]}]}),
            "units[0].content[0].expiry",
        ),
    ] {
        check(&yard, "/v1/deliveries", &body, field);
    }
    assert_eq!(yard.delivery("PO-1")["state"], "due", "what was refused changed nothing");
    let broken = http(yard.world.addr, "POST", orders, &yard.admin, Some("{"));
    assert_eq!((broken.status, broken.body["code"].as_str()), (400, Some("bad_json")));
    let reader = floorhand_erp::auth::create_admin_token(yard.world.db(), world::WH, "r", "read").await.unwrap();
    let device = yard.world.enrol().await;
    for path in
        [orders, "/v1/deliveries", "/v1/barcodes", "/v1/deliveries/PO-1/close", "/v1/purchase-orders/PO-1/cancel"]
    {
        assert_eq!(http(yard.world.addr, "POST", path, &reader, Some("{}")).status, 403, "{path}");
        assert_eq!(http(yard.world.addr, "POST", path, &device.bearer, Some("{}")).status, 401, "{path}");
    }
    for path in ["/v1/deliveries/NOPE", "/v1/purchase-orders/NOPE", "/v1/receipts/NOPE", "/v1/photos/NOPE"] {
        assert_eq!(http(yard.world.addr, "GET", path, &yard.admin, None).status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deliveries_arrive_close_and_end() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    let tell = |id: &str, what: &str| {
        let answer = yard.post(&format!("/v1/deliveries/{id}/{what}"), &json!({}));
        (answer.status, answer.body["state"].as_str().or(answer.body["code"].as_str()).unwrap_or_default().to_owned())
    };
    let ok = |state: &str| (200, state.to_owned());
    let wrong = (409, "wrong_state".to_owned());
    yard.order("PO-1", &[("X", 10)]);
    assert_eq!(tell("PO-1", "arrive"), ok("arrived"));
    assert_eq!(tell("PO-1", "arrive"), ok("arrived"));
    device.tell(&got("R-1", "PO-1", 1, "X", 4));
    assert_eq!(tell("PO-1", "arrive"), wrong);
    assert_eq!(tell("PO-1", "cancel"), wrong);
    assert_eq!(yard.post("/v1/purchase-orders/PO-1/cancel", &json!({})).status, 409);
    assert_eq!(tell("PO-1", "close"), ok("closed"));
    assert_eq!(tell("PO-1", "close"), ok("closed"));
    assert_eq!(tell("PO-1", "cancel"), wrong);
    assert_eq!(yard.delivery("PO-1")["content"][0]["state"], "differs");
    // What was received before the close is released by its receipt all the same.
    assert_eq!(device.tell(&closed("R-1", "PO-1", true)), applied());
    assert_eq!(yard.docked("X").await, [0, 4, 0, 0]);
    // The rest comes with another delivery, which opens the line again.
    assert_eq!(yard.get("/v1/purchase-orders/PO-1")["lines"][0]["state"], "differs");
    let rest = yard.post("/v1/deliveries", &json!({"id": "ASN-1", "orders": ["PO-1"]}));
    assert_eq!((rest.status, rest.body["content"][0]["ordered"].as_i64()), (201, Some(6)));
    assert_eq!(yard.get("/v1/purchase-orders/PO-1")["lines"][0]["state"], "open");
    device.tell(&got("R-2", "ASN-1", 1, "X", 6));
    assert_eq!(device.tell(&closed("R-2", "ASN-1", true)), applied());
    let order = yard.get("/v1/purchase-orders/PO-1");
    assert_eq!((order["lines"][0]["received"].as_i64(), order["deliveries"].as_array().unwrap().len()), (Some(10), 2));
    // Cancelled: its announced units are unknown again.
    yard.order("PO-2", &[("X", 10)]);
    let unit = json!([{"label": "P-1", "content": [{"item": "X", "qty": 10}]}]);
    assert_eq!(yard.post("/v1/deliveries", &json!({"id": "ASN-2", "orders": ["PO-2"], "units": unit})).status, 201);
    assert_eq!(tell("ASN-2", "cancel"), ok("cancelled"));
    device.pull();
    assert!(device.row("handling-unit", "P-1").is_none());
    assert_eq!(device.row("task", "ASN-2").unwrap()["state"], "cancelled");
    assert_eq!(yard.get("/v1/deliveries?state=closed")["items"].as_array().unwrap().len(), 2);
    // Two days later devices forget what is over, the core does not.
    let later = floorhand_erp::clock::now_ms() + 49 * 3_600_000;
    floorhand_erp::sweep::tasks(yard.world.db(), later).await.unwrap();
    device.pull();
    assert!(device.row("delivery", "PO-1").is_none() && device.row("delivery-line", "PO-1:1").is_none());
    assert!(device.rows("announced").is_empty());
    assert_eq!(yard.delivery("PO-1")["state"], "closed");
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_means_one_item() {
    let yard = Yard::new().await;
    let code = |code: &str, item: &str| yard.post("/v1/barcodes", &json!({"code": code, "item": item}));
    let first = code("4006381333931", "X");
    assert_eq!((first.status, first.body["code"].as_str()), (201, Some("04006381333931")));
    assert_eq!(code("04006381333931", "X").status, 200);
    assert_eq!(code("4006381333931", "Y").status, 409);
    assert_eq!(code("OWN-7", "NOPE").status, 422);
    check(&yard, "/v1/barcodes", &json!({"code": "", "item": "X"}), "code");
    check(&yard, "/v1/barcodes", &json!({"code": "A", "item": "X", "qty": 0}), "qty");
    check(&yard, "/v1/barcodes", &json!({"code": "A", "item": "X", "unit": "box"}), "unit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn photographs_are_kept_for_this_user_alone() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    let other = yard.world.enrol().await;
    let picture = "not quite a picture";
    let taken = |photo: &str, hash: String| Fact::PhotoTaken {
        photo: photo.into(),
        subject: "receipt:R-1".to_owned(),
        purpose: "damaged".to_owned(),
        hash,
        bytes: picture.len() as u64,
    };
    let send = |device: &world::Device, body: &str| {
        http(device.addr, "POST", "/v1/photos/F-1", &device.bearer, Some(body)).status
    };
    assert_eq!(send(&device, picture), 404, "its fact comes first");
    let hash = blake3::hash(picture.as_bytes()).to_hex().to_string();
    assert_eq!(device.tell(&taken("F-1", hash.clone())), applied());
    assert_eq!(device.tell(&taken("../F", "nonsense".to_owned())), rejected("BAD_FACT"));
    assert_eq!(send(&device, "another picture"), 422);
    assert_eq!(send(&other, picture), 404);
    assert_eq!(http(device.addr, "POST", "/v1/photos/F-1", &yard.admin, Some(picture)).status, 401);
    assert_eq!(http(device.addr, "GET", "/v1/photos/F-1", &yard.admin, None).status, 404);
    assert_eq!((send(&device, picture), send(&device, picture)), (204, 204));
    assert_eq!(send(&device, &"x".repeat(3 * 1024 * 1024 + 1)), 413);
    let file = yard.world.dir.path().join("photos").join(&hash);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), picture);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let got = http(device.addr, "GET", "/v1/photos/F-1", &yard.admin, None);
    assert_eq!(got.status, 200);
    assert!(got.head.contains("nosniff"));
    assert_eq!(http(device.addr, "GET", "/v1/photos/F-1", &device.bearer, None).status, 401);
}

/// Counted anew from the moves, not from the balances, and from the rows of orders and deliveries.
async fn brute_force(yard: &Yard) -> BTreeMap<(String, String), [i64; 3]> {
    let outside = ["SUPPLIER", "CUSTOMER", "LOSS"];
    let mut numbers: BTreeMap<(String, String), [i64; 3]> = BTreeMap::new();
    let (moves, promises, lines, orders) = yard
        .world
        .db()
        .read(|tx| async move {
            Ok((
                tx.rows("SELECT * FROM move", &[]).await?,
                tx.rows("SELECT * FROM allocation", &[]).await?,
                tx.rows(
                    "SELECT l.item, l.ordered, l.received, l.state, d.state AS of, d.door FROM delivery_line l \
                     JOIN delivery d ON d.id = l.delivery",
                    &[],
                )
                .await?,
                tx.rows("SELECT item, backordered FROM order_line", &[]).await?,
            ))
        })
        .await
        .unwrap();
    let mut add = |item: String, location: String, [physical, sellable, promised]: [i64; 3]| {
        for place in [String::new(), format!("@{location}")] {
            let own = numbers.entry((item.clone(), place)).or_default();
            *own = [own[0] + physical, own[1] + sellable, own[2] + promised];
        }
    };
    for row in &moves {
        for (location, status, sign) in [("from_loc", "from_status", -1), ("to_loc", "to_status", 1)] {
            let (location, qty) = (row.text(location).unwrap(), sign * row.i64("qty").unwrap());
            if !outside.contains(&location.as_str()) {
                let sellable = if row.str(status).unwrap() == "available" { qty } else { 0 };
                let coming = if row.str(status).unwrap() == "in-transit" { qty } else { 0 };
                add(row.text("item").unwrap(), location, [qty, sellable, sellable + coming]);
            }
        }
    }
    for row in &promises {
        let qty = row.i64("qty").unwrap();
        add(row.text("item").unwrap(), row.text("location").unwrap(), [0, -qty, -qty]);
    }
    for row in &lines {
        let open =
            row.str("state").unwrap() == "open" && ["due", "arrived", "started"].contains(&row.str("of").unwrap());
        let rest = (row.i64("ordered").unwrap() - row.i64("received").unwrap()).max(0);
        if open {
            add(row.text("item").unwrap(), row.text("door").unwrap(), [0, 0, rest]);
        }
    }
    for row in &orders {
        add(row.text("item").unwrap(), String::new(), [0, 0, -row.i64("backordered").unwrap()]);
    }
    numbers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_numbers_as_counted_from_the_moves() {
    let yard = Yard::new().await;
    let mut device = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 40), ("Y", 30), ("Z", 5)]);
    let door = json!({"id": "PO-2", "supplier": "Acme", "door": DOCK, "lines": [{"item": "X", "ordered": 7}]});
    assert_eq!(yard.post("/v1/purchase-orders", &door).status, 201);
    device.tell(&got_as("R-1", "PO-1", 1, "X", &[(20, InTransit), (3, Damaged), (1, Quarantined)], &[]));
    device.tell(&got("R-1", "PO-1", 2, "Y", 30));
    device.tell(&closed("R-1", "PO-1", false));
    device.tell(&got("R-2", "PO-2", 1, "X", 2));
    let (_, picks) = yard.world.order("S-1", &[("X", 25), ("Y", 9)]).await;
    device.tell(&world::picked(&picks[0], "T1", picks[0].qty));
    device.tell(&world::picked_at(&picks[1], "A9", "T1", 1));
    let counted = brute_force(&yard).await;
    let triple = |row: &Value| [&row["physical"], &row["sellable"], &row["promised"]].map(|n| n.as_i64().unwrap());
    let rows = yard.get("/v1/availability")["items"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 4, "every item has its row");
    for row in &rows {
        let item = row["item"].as_str().unwrap();
        let expected = counted.get(&(item.to_owned(), String::new())).copied().unwrap_or_default();
        assert_eq!(triple(row), expected, "{item}");
        assert_eq!(yard.get(&format!("/v1/availability?item={item}"))["items"], json!([row]));
        // By place, page by page: the same again, place by place.
        let (mut places, mut after) = (Vec::new(), String::new());
        loop {
            let page = yard.get(&format!("/v1/availability?item={item}&by=location&limit=2{after}"));
            places.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        for place in &places {
            let at = format!("@{}", place["location"].as_str().unwrap_or_default());
            let expected = counted.get(&(item.to_owned(), at)).copied().unwrap_or_default();
            assert_eq!(triple(place), expected, "{place}");
        }
        let sum = places.iter().map(triple).fold([0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
        assert_eq!(sum, triple(row), "{item} over all places");
    }
    assert!(rows.iter().any(|row| triple(row)[1] != triple(row)[2]) && rows.iter().any(|row| triple(row)[2] < 60));
    let bad = http(yard.world.addr, "GET", "/v1/availability?by=location", &yard.admin, None);
    assert_eq!((bad.status, bad.body["code"].as_str()), (400, Some("bad_parameter")));
    yard.world.assert_clean().await;
}
