//! Waves over HTTP: which orders, which carts, which zones.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/world.rs"]
mod world;

use bench::*;
use serde_json::{Value, json};

async fn three(bench: &Bench) {
    for (id, item, priority, cutoff) in
        [("S-1", "X", 0, "2026-11-21T18:00:00Z"), ("S-2", "Y", 10, "2026-11-21T14:00:00Z"), ("S-3", "Z", 0, "")]
    {
        let mut body = json!({"id": id, "release": "hold", "priority": priority, "lines": [{"item": item, "qty": 1}]});
        if !cutoff.is_empty() {
            body["cutoff"] = json!(cutoff);
        }
        bench.must("POST", "/v1/orders", &body);
    }
}

fn released(bench: &Bench, body: &Value) -> Vec<Vec<String>> {
    let made = bench.must("POST", "/v1/releases", body);
    made["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| {
            let task = bench.get(&format!("/v1/tasks/{}", task.as_str().unwrap()));
            let mut orders: Vec<String> = task["lines"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| line["order"].as_str().unwrap().to_owned())
                .collect();
            orders.sort();
            orders.dedup();
            orders
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_wave_is_chosen_by_priority_and_cutoff() {
    for (wave, expected) in [
        (json!({"mode": "single", "min_priority": 5}), vec![vec!["S-2"]]),
        (json!({"mode": "single", "cutoff_before": "2026-11-21T15:00:00Z"}), vec![vec!["S-2"]]),
        (json!({"mode": "cluster"}), vec![vec!["S-1", "S-2", "S-3"]]),
        (json!({"mode": "cluster", "max_orders": 2}), vec![vec!["S-1", "S-2"], vec!["S-3"]]),
        (json!({"mode": "single", "zone": "NOWHERE"}), vec![]),
        (json!({"mode": "single", "zone": "A"}), vec![vec!["S-2"], vec!["S-1"], vec!["S-3"]]),
    ] {
        let bench = Bench::new().await;
        three(&bench).await;
        assert_eq!(released(&bench, &wave), expected, "{wave}");
        bench.world.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn carts_are_as_heavy_as_allowed() {
    let bench = Bench::new().await;
    three(&bench).await;
    bench.world.run("UPDATE item SET weight_grams = 600").await;
    let wave = json!({"mode": "cluster", "max_grams": 1_200});
    assert_eq!(released(&bench, &wave), [vec!["S-1", "S-2"], vec!["S-3"]]);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn by_zones_every_zone_has_a_task_and_the_tote_goes_on() {
    let bench = Bench::new().await;
    bench.world.run("UPDATE location SET zone = 'B' WHERE id = 'A3'").await;
    let body = json!({"id": "S-1", "release": "hold", "lines": [{"item": "X", "qty": 1}, {"item": "Z", "qty": 1}]});
    bench.must("POST", "/v1/orders", &body);
    assert_eq!(released(&bench, &json!({"mode": "zone"})), [vec!["S-1"], vec!["S-1"]]);
    let zones = bench
        .world
        .db()
        .read(|tx| async move { tx.rows("SELECT zone FROM task WHERE kind = 'pick' ORDER BY zone", &[]).await })
        .await
        .unwrap();
    let zones: Vec<String> = zones.iter().map(|row| row.text("zone").unwrap()).collect();
    assert_eq!(zones, ["A", "B"]);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_batch_has_a_common_tote_beside_those_of_its_orders() {
    let bench = Bench::new().await;
    three(&bench).await;
    assert_eq!(released(&bench, &json!({"mode": "batch"})).len(), 1);
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM task_slot WHERE slot = 0 AND order_id = ''").await, 1);
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM task_slot").await, 4);
    assert_eq!(bench.world.number("SELECT MIN(slot) FROM task_line").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn faults_name_the_field() {
    let bench = Bench::new().await;
    for (body, field) in [
        (json!({"mode": "swarm"}), "mode"),
        (json!({"mode": "single", "min_priority": 101}), "min_priority"),
        (json!({"mode": "single", "max_grams": 0}), "max_grams"),
        (json!({"mode": "single", "max_cm3": "1"}), "max_cm3"),
        (json!({"mode": "single", "cutoff_before": "noon"}), "cutoff_before"),
        (json!({"mode": "single", "zone": 7}), "zone"),
    ] {
        let answer = bench.send("POST", "/v1/releases", &body);
        assert_eq!(
            (answer.status, answer.body["errors"][0]["field"].as_str()),
            (422, Some(field)),
            "{body}: {}",
            answer.body
        );
    }
}
