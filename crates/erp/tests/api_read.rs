//! The read API over real HTTP: pages, filters, refusals, and what it says about codes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "api_client/client.rs"]
mod client;

use client::{Site, ask};
use serde_json::Value;
use std::collections::HashSet;

#[test]
fn pages_join_to_the_whole_list() {
    let site = Site::demo();
    let counts = &site.summary.counts;
    // What left before the devices came is no work, and counted for itself.
    let shipped = site.all("/v1/orders", 1000).iter().filter(|row| row["state"] == "shipped").count() as i64;
    assert!(shipped > 0);
    let lists = [
        ("/v1/items", counts.items, 13),
        ("/v1/locations", counts.locations, 50),
        ("/v1/stock", counts.stock_rows, 101),
        ("/v1/orders", counts.orders + shipped, 7),
        ("/v1/tasks?kind=pick", counts.tasks, 5),
        ("/v1/tasks?kind=receive&state=open", counts.deliveries, 2),
        ("/v1/purchase-orders", counts.purchase_orders, 2),
        ("/v1/deliveries?state=due", counts.deliveries, 2),
        ("/v1/availability", counts.items, 33),
        ("/v1/facts", 0, 5),
        ("/v1/exceptions", 0, 5),
        ("/v1/devices", 0, 5),
        ("/v1/stock?status=available&item=EL-0001", 0, 1),
    ];
    for (list, count, limit) in lists {
        let whole = site.all(list, 1000);
        if count > 0 || !list.contains('?') {
            assert_eq!(whole.len() as i64, count, "{list}");
        }
        assert_eq!(site.all(list, limit), whole, "{list} in pages of {limit}");
        // A page that ends with the list has no next one.
        if !whole.is_empty() && whole.len() <= 1000 {
            assert_eq!(site.all(list, whole.len()), whole, "{list}");
        }
    }
    assert_eq!(site.get("/v1/items").json()["items"].as_array().unwrap().len(), 100);
}

#[test]
fn filters_select() {
    let site = Site::demo();
    let same = |list: &str, field: &str, value: &str| {
        let rows = site.all(list, 1000);
        assert!(!rows.is_empty(), "{list}");
        assert!(rows.iter().all(|row| row[field] == value), "{list}");
        rows.len()
    };
    same("/v1/items?class=cosmetics", "class", "cosmetics");
    same("/v1/locations?kind=pack", "kind", "pack");
    same("/v1/locations?zone=B", "zone", "B");
    assert_eq!(same("/v1/orders?state=released", "state", "released") as i64, site.summary.counts.orders);
    assert_eq!(same("/v1/tasks?kind=pick&state=open", "state", "open") as i64, site.summary.counts.tasks);
    same("/v1/stock?item=EL-0001", "item", "EL-0001");
    let bin = site.all("/v1/stock?item=EL-0001", 1000)[0]["location"].as_str().unwrap().to_owned();
    same(&format!("/v1/stock?location={bin}"), "location", &bin);
    same("/v1/stock?location=SUPPLIER", "location", "SUPPLIER");
    assert!(site.all("/v1/stock", 1000).iter().all(|row| row["location"] != "SUPPLIER"));
    assert!(site.all("/v1/tasks?state=done", 1000).is_empty());
    assert!(site.all("/v1/orders?state=cancelled", 1000).is_empty());
}

#[test]
fn refusals_are_problems() {
    let site = Site::demo();
    for path in [
        "/v1/items",
        "/v1/locations",
        "/v1/stock",
        "/v1/orders",
        "/v1/tasks",
        "/v1/facts",
        "/v1/exceptions",
        "/v1/devices",
    ] {
        ask(site.address, "GET", path, None, None).problem(401, "unauthorised");
        ask(site.address, "GET", path, Some("wrong"), None).problem(401, "unauthorised");
        site.get(&format!("{path}?limit=0")).problem(400, "bad_parameter");
        site.get(&format!("{path}?limit=1001")).problem(400, "bad_parameter");
        site.get(&format!("{path}?limit=ten")).problem(400, "bad_parameter");
        site.get(&format!("{path}?after=%21")).problem(400, "bad_parameter");
        let unknown = site.get(&format!("{path}?colour=red")).problem(400, "bad_parameter");
        assert!(unknown["detail"].as_str().unwrap().contains("colour"));
        ask(site.address, "DELETE", path, Some(&site.token), None).problem(405, "method_not_allowed");
    }
    site.get("/v1/tasks?state=lost").problem(400, "bad_parameter");
    site.get("/v1/tasks?state=open&state=done").problem(400, "bad_parameter");
    site.get("/v1/orders/%FF").problem(400, "bad_parameter");
    site.get("/v1/orders/none").problem(404, "not_found");
    site.get("/v1/tasks/none").problem(404, "not_found");
    site.get("/v2/items").problem(404, "not_found");
    site.get("/").problem(404, "not_found");
    ask(site.address, "POST", "/v1/orders", None, Some("{}")).problem(401, "unauthorised");
}

#[test]
fn health_and_description_need_no_token() {
    let site = Site::demo();
    let health = ask(site.address, "GET", "/healthz", None, None);
    assert_eq!((health.status, health.json()["status"].as_str()), (200, Some("ok")));
    assert!(health.header("floorhand-server-time").is_some() && health.header("floorhand-server-epoch").is_some());
    let description = ask(site.address, "GET", "/openapi.json", None, None);
    assert_eq!(description.status, 200);
    assert_eq!(description.body, floorhand_erp::api::openapi_json().unwrap());
}

#[test]
fn stock_shows_what_is_promised() {
    let site = Site::demo();
    let promised: i64 = site.all("/v1/stock", 1000).iter().map(|row| row["allocated"].as_i64().unwrap()).sum();
    let ordered: i64 = lines(&site).iter().map(|line| line["qty"].as_i64().unwrap()).sum();
    assert_eq!(promised, ordered);
    assert!(site.all("/v1/stock", 1000).iter().all(|row| row["allocated"].as_i64() <= row["qty"].as_i64()));
}

fn lines(site: &Site) -> Vec<Value> {
    site.all("/v1/tasks?kind=pick", 4).iter().flat_map(|task| task["lines"].as_array().unwrap().clone()).collect()
}

/// Reads every code of every line as a reader would send it, and compares with the line.
#[test]
fn every_line_tells_codes_that_mean_it() {
    let site = Site::demo();
    let items = site.all("/v1/items", 1000);
    let stock = site.all("/v1/stock", 1000);
    let mut symbologies = HashSet::new();
    for line in lines(&site) {
        let item = items.iter().find(|item| item["id"] == line["item"]).unwrap();
        let own: HashSet<&str> =
            item["barcodes"].as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap()).collect();
        let codes = line["barcodes"].as_array().unwrap();
        assert!(!codes.is_empty(), "{line}");
        assert_eq!(codes[0]["qty"], 1, "{line}");
        assert_eq!(line["location_code"], line["location"]);
        for code in codes {
            let scan = code["scan"].as_str().unwrap();
            let read = floorhand_gs1::read(scan.as_bytes(), floorhand_gs1::Mode::Strict);
            let gtin = read.gtin().unwrap_or_else(|| panic!("{scan}: {:?}", read.error));
            assert!(own.contains(gtin.as_str()), "{scan} is not of {}", item["id"]);
            assert!(code["qty"].as_i64() <= line["qty"].as_i64());
            symbologies.insert(code["symbology"].as_str().unwrap().to_owned());
            if item["serial_tracked"] == true {
                let serial = read.elements().and_then(|elements| elements.serial().map(str::to_owned)).unwrap();
                let there = |row: &&Value| row["serial"] == serial.as_str() && row["location"] == line["location"];
                assert!(stock.iter().any(|row| there(&row)), "{serial} is not at {}", line["location"]);
            }
            if code["symbology"] == "gs1-128" && item["lot_tracked"] == true {
                let elements = read.elements().unwrap();
                assert_eq!(elements.lot(), line["lot"].as_str());
                let row = stock.iter().find(|row| row["lot"] == line["lot"] && row["item"] == line["item"]).unwrap();
                assert_eq!(elements.expiry(2031).unwrap().to_string(), row["expiry"].as_str().unwrap());
            }
        }
    }
    for symbology in ["ean-13", "itf-14", "gs1-128"] {
        assert!(symbologies.contains(symbology), "no {symbology} among {symbologies:?}");
    }
}

#[test]
fn lines_follow_the_path() {
    let site = Site::demo();
    let places = site.all("/v1/locations", 1000);
    let tasks = site.all("/v1/tasks?kind=pick", 1000);
    assert!(tasks.iter().any(|task| task["mode"] == "single") && tasks.iter().any(|task| task["mode"] == "cluster"));
    for task in &tasks {
        let slots = task["slots"].as_array().unwrap().len();
        match task["mode"].as_str().unwrap() {
            "single" => assert_eq!((slots, task["drop_off"].as_str()), (1, Some("PACK-01"))),
            _ => assert!((2..=6).contains(&slots) && task["drop_off"] == "STAGE-1", "{task}"),
        }
        let lines = task["lines"].as_array().unwrap();
        let sequence = |line: &Value| {
            places.iter().find(|place| place["id"] == line["location"]).unwrap()["sequence"].as_i64().unwrap()
        };
        assert!(
            lines
                .windows(2)
                .all(|pair| sequence(&pair[0]) <= sequence(&pair[1])
                    && pair[0]["seq"].as_i64() < pair[1]["seq"].as_i64())
        );
        assert!(lines.iter().all(|line| {
            task["slots"]
                .as_array()
                .unwrap()
                .iter()
                .any(|slot| slot["slot"] == line["slot"] && slot["order"] == line["order"])
        }));
        assert_eq!(&site.get(&format!("/v1/tasks/{}", task["id"].as_str().unwrap())).json(), task);
    }
}
