//! Counts that change hands: everybody who took part is barred from the recount and from the decision
//! (workflows, sections 0.7 and 7; C5, C7).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use floorhand_domain::master::Role;
use floorhand_domain::stock::Status;
use floorhand_domain::task::TaskKind;
use serde_json::json;
use stock::*;
use world::*;

async fn world() -> (World, world::Device) {
    let world = World::new().await;
    world.item("W", 100).await;
    world.goods("A9", "W", "", "", Status::Available, 100).await;
    for id in ["o-3", "o-4", "o-5", "o-6"] {
        world.person(id, &[Role::Count, Role::Supervisor]).await;
    }
    let device = world.enrol().await;
    (world, device)
}

/// A count that `hands` begin, scan and submit.
async fn by(world: &World, device: &mut world::Device, id: &str, hands: [&str; 3], found: i64) -> (String, String) {
    let line = match world.open_lines(TaskKind::Count).await.into_iter().next() {
        Some(line) => line,
        None => world.plan("p-1", &["A9"]).await.1.remove(0),
    };
    let count = Counting::of(id, &line);
    device.pull();
    let mut told = fine();
    for (hand, fact) in hands.into_iter().zip([count.started(), count.counted("W", found), count.submitted()]) {
        device.operator = hand.to_owned();
        told = device.tell(&fact);
    }
    told
}

/// Who may recount what o-1 began, o-2 scanned and o-3 submitted.
async fn recount(hands: [&str; 3], code: &str) {
    let (world, mut device) = world().await;
    assert_eq!(by(&world, &mut device, "c-1", ["o-1", "o-2", "o-3"], 90).await, fine());
    let line = world.open_lines(TaskKind::Count).await.remove(0);
    assert_eq!(line.plan.counted_by.as_str(), "o-3", "the devices are told who ended it");
    assert_eq!(by(&world, &mut device, "c-2", hands, 90).await, pair("applied-flagged", code), "{hands:?}");
    assert_eq!(world.stock("A9", "W", "available").await, 100);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c05_nobody_who_took_part_recounts() {
    for one in ["o-1", "o-2", "o-3"] {
        recount([one; 3], "COUNT_SAME").await;
    }
    recount(["o-1", "o-4", "o-4"], "COUNT_SAME").await;
    recount(["o-4", "o-2", "o-4"], "COUNT_SAME").await;
    recount(["o-4", "o-4", "o-3"], "COUNT_SAME").await;
    recount(["o-4", "o-5", "o-6"], "VARIANCE").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c05_a_recount_that_was_turned_away_frees_nobody() {
    let (world, mut device) = world().await;
    assert_eq!(by(&world, &mut device, "c-1", ["o-1", "o-2", "o-2"], 90).await, fine());
    assert_eq!(by(&world, &mut device, "c-2", ["o-1"; 3], 90).await, pair("applied-flagged", "COUNT_SAME"));
    // Not the one who was turned away, but of the first count all the same.
    assert_eq!(by(&world, &mut device, "c-3", ["o-2"; 3], 90).await, pair("applied-flagged", "COUNT_SAME"));
    assert_eq!(by(&world, &mut device, "c-4", ["o-3"; 3], 90).await, pair("applied-flagged", "VARIANCE"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c07_nobody_who_took_part_approves() {
    let (world, mut device) = world().await;
    assert_eq!(by(&world, &mut device, "c-1", ["o-1"; 3], 90).await, fine());
    assert_eq!(by(&world, &mut device, "c-2", ["o-3", "o-4", "o-5"], 90).await, pair("applied-flagged", "VARIANCE"));
    let path = format!("/v1/approvals/{}", world.text("SELECT id FROM approval").await);
    let yes = |id: &str| json!({"id": id, "decision": "approve", "note": "looked"});
    for own in ["o-3", "o-4", "o-5"] {
        let token = world.token("supervisor", own).await;
        let refused = world.post(&token, &path, &yes(own));
        assert_eq!((refused.status, &refused.body["code"]), (403, &json!("not_allowed")), "{own}");
    }
    assert_eq!(world.stock("A9", "W", "available").await, 100);
    let token = world.token("supervisor", "o-6").await;
    assert_eq!(world.post(&token, &path, &yes("a-1")).status, 200);
    assert_eq!(world.stock("A9", "W", "available").await, 90);
    world.assert_clean().await;
}
