//! The checks can fail: each kind of damage is found by the check that is there for it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use world::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn damage_is_found_and_named() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 3), ("Y", 1)]).await;
    world.order("S-2", &[("X", 2)]).await;
    device.tell(&claimed(&task));
    device.tell(&picked(&lines[0], "T1", 3));
    world.assert_clean().await;

    // Each is done, found, and undone.
    let damages: &[(&'static str, &'static str, &str)] = &[
        (
            "UPDATE balance SET qty = qty + 1 WHERE location = 'A2' AND item = 'X'",
            "UPDATE balance SET qty = qty - 1 WHERE location = 'A2' AND item = 'X'",
            "I7 balances = moves",
        ),
        (
            "UPDATE balance SET qty = qty + 1 WHERE location = 'SUPPLIER' AND item = 'X'",
            "UPDATE balance SET qty = qty - 1 WHERE location = 'SUPPLIER' AND item = 'X'",
            "I6 sums over all locations are zero",
        ),
        (
            "UPDATE move SET qty = qty + 1 WHERE reason = 'pick'",
            "UPDATE move SET qty = qty - 1 WHERE reason = 'pick'",
            "I7 balances = moves",
        ),
        (
            "UPDATE fact_log SET seq = 12 WHERE seq = 2",
            "UPDATE fact_log SET seq = 2 WHERE seq = 12",
            "I4 fact log: no gap, unbroken chain",
        ),
        (
            "UPDATE fact_log SET hash = 'b3:x' || hash WHERE seq = 2",
            "UPDATE fact_log SET hash = substr(hash, 5) WHERE seq = 2",
            "I4 fact log: no gap, unbroken chain",
        ),
        (
            "UPDATE fact_log SET outcome = 'rejected' WHERE seq = 2",
            "UPDATE fact_log SET outcome = 'applied' WHERE seq = 2",
            "I3 one effect and one outcome a fact",
        ),
        (
            "UPDATE fact_log SET outcome = 'parked' WHERE seq = 1",
            "UPDATE fact_log SET outcome = 'applied' WHERE seq = 1",
            "parked facts",
        ),
        (
            "UPDATE task_line SET picked = picked - 1 WHERE picked = 3",
            "UPDATE task_line SET picked = picked + 1 WHERE picked = 2",
            "task lines = facts",
        ),
        (
            "UPDATE order_line SET allocated = allocated + 1 WHERE item = 'Y'",
            "UPDATE order_line SET allocated = allocated - 1 WHERE item = 'Y'",
            "order lines = task lines and allocations",
        ),
        (
            "UPDATE allocation SET qty = qty + 90 WHERE order_id = 'S-2'",
            "UPDATE allocation SET qty = qty - 90 WHERE order_id = 'S-2'",
            "allocations are covered or excepted",
        ),
        (
            "UPDATE stream_head SET pos = pos + 1 WHERE stream = 'wh:1'",
            "UPDATE stream_head SET pos = pos - 1 WHERE stream = 'wh:1'",
            "I8 positions",
        ),
        (
            "UPDATE stream_head SET live = live + 1 WHERE stream = 'wh:1'",
            "UPDATE stream_head SET live = live - 1 WHERE stream = 'wh:1'",
            "I9 live and sum",
        ),
        (
            "UPDATE stream_head SET sum = sum + 1 WHERE stream = 'global'",
            "UPDATE stream_head SET sum = sum - 1 WHERE stream = 'global'",
            "I9 live and sum",
        ),
        (
            "UPDATE feed_row SET body = replace(body, '\"qty\":10', '\"qty\":11') WHERE kind = 'stock' AND id LIKE 'A2%'",
            "UPDATE feed_row SET body = replace(body, '\"qty\":11', '\"qty\":10') WHERE kind = 'stock' AND id LIKE 'A2%'",
            "feed = balances",
        ),
    ];
    for (damage, repair, check) in damages {
        assert!(world.run(damage).await > 0, "{damage}");
        let broken = world.broken().await;
        assert!(broken.iter().any(|name| name == check), "{damage}: {broken:?}");
        assert!(world.run(repair).await > 0, "{repair}");
        world.assert_clean().await;
    }
}
