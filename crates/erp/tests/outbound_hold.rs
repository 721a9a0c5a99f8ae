//! Orders held or cancelled while they are picked: what that does on the floor (workflows, sections 3 and 4).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/world.rs"]
mod world;

use bench::*;
use floorhand_domain::fact::{Fact, ShortReason};
use floorhand_domain::task::{Line, LineState, TaskState};
use serde_json::json;
use world::*;

fn short(line: &Line, qty: i64) -> Fact {
    Fact::PickedShort {
        task: line.task.clone(),
        line: line.id.clone(),
        location: line.location.clone(),
        item: line.item.clone(),
        qty,
        reason: ShortReason::NoneFound,
        damaged: 0,
        lot: "".into(),
        handling_unit: "".into(),
    }
}

/// The pick task that is open or claimed, with its open lines.
async fn on_floor(bench: &Bench) -> (floorhand_domain::task::Task, Vec<Line>) {
    let id = bench.world.text("SELECT id FROM task WHERE kind = 'pick' AND state IN ('open', 'claimed')").await;
    let id = id.as_str().into();
    let mut lines = bench.world.lines(&id).await;
    lines.retain(|line| line.state == LineState::Open);
    (bench.world.task(&id).await, lines)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hold_takes_what_is_left_of_a_pick_off_the_floor_and_the_release_brings_it_back() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    let (task, lines) = bench.world.order("S-1", &[("X", 2), ("Y", 2)]).await;
    device.tell(&claimed(&task));
    device.tell(&assigned(&task, "T1"));
    assert_eq!(device.tell(&picked(&lines[0], "T1", 2)), fine());
    assert_eq!(bench.set("S-1", "hold").status, 200);
    device.pull();
    assert_eq!(device.row("line", lines[1].id.as_str()).unwrap()["state"], "cancelled");
    assert_eq!(device.row("task", task.id.as_str()).unwrap()["held"], json!(["S-1"]));
    assert_eq!(device.row("pack-order", "S-1").unwrap()["state"], "held");
    // What is in the tote is set down and waits there; the rest stays promised.
    assert_eq!(device.tell(&dropped(&task, &["T1"])), fine());
    assert_eq!(bench.world.task(&task.id).await.state, TaskState::Done);
    assert_eq!(bench.world.stock(BENCH, "X", "allocated").await + bench.world.stock(BENCH, "Y", "allocated").await, 2);
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM task WHERE kind IN ('pack', 'put-away')").await, 0);
    assert_eq!(bench.world.number("SELECT CAST(SUM(qty) AS BIGINT) FROM allocation WHERE task = ''").await, 2);
    assert_eq!(bench.order("S-1")["state"], "released");
    bench.world.assert_clean().await;

    assert_eq!(bench.set("S-1", "release").status, 200);
    let (again, rest) = on_floor(&bench).await;
    assert_eq!((rest.len(), &rest[0].item, rest[0].qty), (1, &lines[1].item, 2));
    device.pull();
    assert!(device.row("task", again.id.as_str()).unwrap().get("held").is_none());
    device.tell(&assigned(&again, "T2"));
    assert_eq!(device.tell(&picked(&rest[0], "T2", 2)), fine());
    assert_eq!(device.tell(&dropped(&again, &["T2"])), fine());
    device.pull();
    assert_eq!(device.row("pack-order", "S-1").unwrap()["state"], "open");
    assert_eq!(bench.order("S-1")["state"], "picked");
    assert_eq!(bench.exceptions("OVER_PICK").await, 0);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_device_picks_that_did_not_hear_of_the_hold_stands_and_is_not_asked_for_again() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    let (task, lines) = bench.world.order("S-1", &[("X", 3)]).await;
    device.tell(&claimed(&task));
    device.tell(&assigned(&task, "T1"));
    assert_eq!(bench.set("S-1", "hold").status, 200);
    assert_eq!(bench.world.task(&task.id).await.state, TaskState::Cancelled, "nothing of it was begun");
    assert_eq!(device.tell(&picked(&lines[0], "T1", 2)), flagged("SHIP_HOLD"));
    assert_eq!(device.tell(&short(&lines[0], 1)), flagged("SHIP_HOLD"));
    assert_eq!(device.tell(&dropped(&task, &["T1"])), fine());
    assert_eq!(bench.exceptions("OVER_PICK").await + bench.exceptions("CLAIM_LOST").await, 0);
    let line = &bench.order("S-1")["lines"][0];
    assert_eq!((line["picked"].as_i64(), line["allocated"].as_i64()), (Some(2), Some(1)));
    bench.world.assert_clean().await;
    assert_eq!(bench.set("S-1", "release").status, 200);
    let (_, rest) = on_floor(&bench).await;
    assert_eq!((rest.len(), rest[0].qty), (1, 1));
    assert_eq!(device.tell(&picked(&rest[0], "T2", 1)), fine());
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_order_of_a_cart_is_held_and_the_others_go_on() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    for id in ["S-1", "S-2"] {
        bench.must("POST", "/v1/orders", &json!({"id": id, "release": "hold", "lines": [{"item": "X", "qty": 2}]}));
    }
    bench.must("POST", "/v1/releases", &json!({"mode": "cluster"}));
    let (task, _) = on_floor(&bench).await;
    assert_eq!(bench.set("S-1", "hold").status, 200);
    device.pull();
    assert_eq!(device.row("task", task.id.as_str()).unwrap()["held"], json!(["S-1"]));
    let (same, left) = on_floor(&bench).await;
    assert_eq!((&same.id, left.len(), left[0].order.as_str()), (&task.id, 1, "S-2"));
    // Held, it may still be cancelled, and then it comes back no more.
    assert_eq!(bench.set("S-1", "cancel").status, 200);
    assert_eq!(bench.world.number("SELECT COUNT(*) FROM allocation WHERE order_id = 'S-1'").await, 0);
    device.pull();
    assert!(device.row("pack-order", "S-1").is_none_or(|row| row["state"] == "cancelled"));
    assert_eq!(device.tell(&picked(&left[0], "T2", 2)), fine());
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn held_and_released_twice_it_is_asked_for_once() {
    let bench = Bench::new().await;
    bench.world.order("S-1", &[("X", 12)]).await;
    for _ in 0..2 {
        assert_eq!(bench.set("S-1", "hold").status, 200);
        assert_eq!(bench.world.number("SELECT COUNT(*) FROM task WHERE state IN ('open', 'claimed')").await, 0);
        assert_eq!(bench.set("S-1", "release").status, 200);
        let (_, lines) = on_floor(&bench).await;
        assert_eq!(
            lines.iter().map(|line| (line.location.as_str(), line.qty)).collect::<Vec<_>>(),
            [("A1", 10), ("A2", 2)]
        );
        bench.world.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p30_a_shortage_of_a_cancelled_order_is_flagged_as_such() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    let (task, lines) = bench.world.order("S-1", &[("X", 2), ("Y", 2)]).await;
    device.tell(&claimed(&task));
    assert_eq!(bench.set("S-1", "cancel").status, 200);
    assert_eq!(device.tell(&picked(&lines[0], "T1", 2)), flagged("ORDER_CANCELLED"));
    assert_eq!(device.tell(&short(&lines[1], 2)), flagged("ORDER_CANCELLED"));
    assert_eq!(device.tell(&dropped(&task, &["T1"])), fine());
    let kinds = ["OVER_PICK", "CLAIM_LOST", "ORDER_CANCELLED"];
    let mut found = Vec::new();
    for kind in kinds {
        found.push(bench.exceptions(kind).await);
    }
    assert_eq!(found, [0, 0, 2], "{kinds:?}");
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn held_and_released_while_the_carrier_is_asked_it_is_asked_once() {
    let bench = Bench::new().await;
    bench.must("PUT", "/v1/carriers", &carriers());
    let mut device = bench.world.enrol().await;
    bench.picked(&mut device, "S-1", "T1", &[("X", 2)]).await;
    device.tell(&opens("S-1", "C1"));
    device.tell(&packs("S-1", 1, "X", "C1", "T1", 2));
    assert_eq!(device.tell(&closes("S-1", "C1")), fine());
    for _ in 0..2 {
        assert_eq!(bench.set("S-1", "hold").status, 200);
        assert_eq!(bench.set("S-1", "release").status, 200);
    }
    let asked = "SELECT COUNT(*) FROM adapter_queue WHERE fact_ref = 'C1' AND adapter LIKE 'label:%'";
    assert_eq!(bench.world.number(asked).await, 1);
}
