//! Counts while facts of the same device wait: its book has what it did itself (workflows, section 7; G16).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::Fact;
use floorhand_domain::stock::Status;
use floorhand_domain::task::TaskKind;
use floorhand_erp::push::rerun_parked;
use serde_json::{Value, json};
use stock::*;
use world::*;

/// A hundred cheap W at A9, an empty pallet at A1, and a device that knows it.
async fn hundred() -> (World, world::Device) {
    let world = World::new().await;
    world.item("W", 100).await;
    world.goods("A9", "W", "", "", Status::Available, 100).await;
    world.unit("P-1", "A1", "").await;
    let mut device = world.enrol().await;
    device.pull();
    (world, device)
}

/// Counts A9 and says how the end of the count was judged.
async fn count(world: &World, device: &mut world::Device, id: &str, found: i64) -> (String, String) {
    let (_, lines) = world.plan(id, &["A9"]).await;
    Counting::of(id, &lines[0]).run(device, &[("W", found)])
}

/// What a fact of a type that nobody knows yet is from now on: the core is upgraded.
async fn becomes(world: &World, sent: &Value, fact: &Fact) {
    let mut wire = sent.clone();
    let object = wire.as_object_mut().unwrap();
    object.insert("type".to_owned(), json!(fact.kind()));
    object.insert("v".to_owned(), json!(fact.version()));
    object.insert("body".to_owned(), floorhand_wire::push::WireFact::body_of(fact).unwrap());
    let (bytes, seq) = (floorhand_wire::chain::canonical(&wire), sent["seq"].as_i64().unwrap());
    let bytes = &bytes;
    world
        .db()
        .write(|tx| async move {
            tx.execute("UPDATE fact_log SET bytes = $1 WHERE seq = $2", floorhand_erp::vals![bytes.clone(), seq]).await
        })
        .await
        .unwrap();
}

async fn waiting(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM parked").await
}

/// Two are taken from A9 by a fact that waits; the count after it finds so many.
async fn after_an_unknown_fact(found: i64, posted: i64) {
    let (world, mut device) = hundred().await;
    let body = json!({"goods": [{"item": "W", "qty": 2}], "way": {"from": "A9", "to": "A3"}});
    let sent = device.say_raw("Carried", 1, "cart:7", body);
    assert_eq!(device.push(std::slice::from_ref(&sent)).outcomes[0].code, "UNKNOWN_TYPE");
    assert_eq!(count(&world, &mut device, "c-1", found).await, pair("parked", "BEHIND"));
    assert_eq!(world.stock("A9", "W", "available").await, 100, "nothing is posted against half a book");
    assert_eq!(world.text("SELECT state FROM stock_count").await, "started");
    // Another place of the same device, and the same place of another device, are none of its business.
    let (_, lines) = world.plan("c-2", &["A2"]).await;
    assert_eq!(Counting::of("c-2", &lines[0]).run(&mut device, &[("X", 10)]), fine());
    assert_eq!(world.text("SELECT state FROM stock_count WHERE id = 'c-2'").await, "matched");
    assert_eq!(rerun_parked(world.db()).await.unwrap(), 0);
    assert_eq!(waiting(&world).await, 2);
    becomes(&world, &sent, &moving("A9", "A3", "W", 2)).await;
    assert_eq!(rerun_parked(world.db()).await.unwrap(), 2);
    assert_eq!(world.stock("A9", "W", "available").await, found);
    assert_eq!(world.stock("LOSS", "W", "available").await, posted);
    let state = if posted == 0 { "matched" } else { "posted" };
    assert_eq!(world.text("SELECT state FROM stock_count WHERE id = 'c-1'").await, state);
    device.pull();
    assert_eq!(device.row("outcome", &format!("1/{}", sent["seq"])).unwrap()["outcome"], "applied");
    assert!(world.open_lines(TaskKind::Count).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g16_a_count_after_a_fact_that_waits_is_judged_after_it() {
    after_an_unknown_fact(98, 0).await;
    after_an_unknown_fact(97, 1).await;
}

/// A fact of a known type that waits behind another of its aggregate, and whether a count of A9 waits for it.
async fn behind(fact: &Fact, item: &str, waits: bool) {
    let (world, mut device) = hundred().await;
    let first = device.say_raw("Carried", 1, &fact.aggregate(), json!({}));
    device.push(&[first]);
    assert_eq!(device.tell(fact), pair("parked", "BEHIND"), "{fact:?}");
    let (_, lines) = world.plan("c-1", &["A9"]).await;
    let counting = Counting { item: item.into(), ..Counting::of("c-1", &lines[0]) };
    let expected = if waits { pair("parked", "BEHIND") } else { fine() };
    assert_eq!(counting.run(&mut device, &[("W", 100)]), expected, "{fact:?} of {item:?}");
    assert_eq!(waiting(&world).await, 2 + i64::from(waits));
    // Whatever was in the way is gone: both take effect, in their order.
    world.run("DELETE FROM parked WHERE code = 'UNKNOWN_TYPE'").await;
    assert_eq!(rerun_parked(world.db()).await.unwrap(), 1 + u64::from(waits));
    assert_eq!(waiting(&world).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g16_a_count_waits_for_what_may_move_goods_there_and_for_nothing_else() {
    behind(&moving("A9", "A3", "W", 2), "", true).await;
    behind(&moving("A3", "A9", "Z", 1), "", true).await;
    behind(&moving("A9", "A3", "W", 2), "W", true).await;
    behind(&moving_unit("P-1", "A1", "A9"), "W", true).await;
    // Other goods than are counted, other places, and what moves nothing.
    behind(&moving("A9", "A3", "Y", 2), "W", false).await;
    behind(&moving("A1", "A3", "X", 2), "", false).await;
    behind(&Fact::BarcodeReported { raw: "A9".to_owned(), location: "A9".into() }, "", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g16_what_waits_during_the_count_and_what_is_taken_back_are_waited_for_too() {
    let (world, mut device) = hundred().await;
    let (task, lines) = world.order("S-1", &[("W", 2)]).await;
    assert_eq!(lines[0].location.as_str(), "A9");
    device.tell(&claimed(&task));
    device.tell(&assigned(&task, "T1"));
    assert_eq!(device.tell(&picked(&lines[0], "T1", 2)), fine());
    let undo = Fact::Undone { epoch: 1, seq: device.next - 1 };
    let first = device.say_raw("Carried", 1, &undo.aggregate(), json!({}));
    device.push(&[first]);
    assert_eq!(device.tell(&undo), pair("parked", "BEHIND"));
    // Both are in the bin again, and the book has not heard of it.
    assert_eq!(count(&world, &mut device, "c-1", 100).await, pair("parked", "BEHIND"));
    world.run("DELETE FROM parked WHERE code = 'UNKNOWN_TYPE'").await;
    assert_eq!(rerun_parked(world.db()).await.unwrap(), 2);
    assert_eq!(world.text("SELECT state FROM stock_count").await, "matched");
    assert_eq!(world.stock("A9", "W", "available").await, 100);

    let (world, mut device) = hundred().await;
    let (_, lines) = world.plan("c-1", &["A9"]).await;
    let counting = Counting::of("c-1", &lines[0]);
    device.pull();
    device.tell(&counting.started());
    device.tell(&counting.counted("W", 98));
    // A pallet that stands there by now is named, not its place.
    world.unit("P-1", "A9", "").await;
    let sent = device.say_raw("Rolled", 1, "unit:P-1", json!({"unit": "P-1"}));
    device.push(std::slice::from_ref(&sent));
    assert_eq!(device.tell(&counting.submitted()), pair("parked", "BEHIND"));
    becomes(&world, &sent, &moving("A9", "A3", "W", 2)).await;
    assert_eq!(rerun_parked(world.db()).await.unwrap(), 2);
    // Moved while it was counted: nobody knows whether before or after the look.
    assert_eq!(world.text("SELECT state FROM stock_count").await, "contested");
    assert_eq!(world.stock("A9", "W", "available").await, 98);
}
