//! The true line: enrol, token, bootstrap, push, pull; and the ways it breaks on the network.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use floorhand_domain::task::{LineState, TaskState};
use serde_json::json;
use world::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_pick_from_enrolment_to_a_picked_order() {
    let world = World::new().await;
    let code = floorhand_erp::enrol::create_code(world.db(), WH, "H-07", "handheld").await.unwrap();
    let mut device = Device::keyed(world.addr);
    let enrolled = device.enrol(&code);
    assert_eq!(enrolled["streams"], json!(["global", "wh:1", format!("dev:{}", device.id)]));
    assert_eq!((enrolled["station"].as_str(), enrolled["profile"].as_str()), (Some("H-07"), Some("handheld")));
    // The answer lost and asked again is the same; another key does not get in with a used code.
    assert_eq!(device.enrol(&code)["device"], enrolled["device"]);
    let thief = Device::keyed(world.addr);
    let ask = json!({"code": code, "pubkey": thief.pubkey()}).to_string();
    assert_eq!(http(world.addr, "POST", "/v1/enrol", "", Some(&ask)).status, 403);
    assert_eq!(device.pull_raw("", 10, 0).status, 401);
    device.sign_on();

    let (task, lines) = world.order("S-1", &[("X", 3), ("Y", 2)]).await;
    let streams: Vec<String> = serde_json::from_value(enrolled["streams"].clone()).unwrap();
    assert!(device.bootstrap(&streams, 4) > 5);
    device.pull();
    assert_eq!(device.row("task", task.id.as_str()).unwrap()["state"], "open");
    assert_eq!(device.rows("line").len(), 2);
    assert_eq!(device.rows("item").len(), 3);
    assert_eq!(device.rows("settings").len(), 1);

    let facts = [
        device.say(&claimed(&task)),
        device.say(&assigned(&task, "T1")),
        device.say(&picked(&lines[0], "T1", lines[0].qty)),
        device.say(&picked(&lines[1], "T1", lines[1].qty)),
        device.say(&dropped(&task, &["T1"])),
    ];
    let answer = device.push(&facts);
    assert_eq!((answer.acked_through, answer.durable_through), (Some(5), 0));
    assert_eq!(answer.outcomes, []);

    let page = device.pull();
    assert_eq!((page.applied.epoch, page.applied.through), (1, 5));
    assert_eq!(device.row("task", task.id.as_str()).unwrap()["state"], "done");
    assert_eq!(device.rows("line").len(), 0);
    assert_eq!(device.row("handling-unit", "T1").unwrap()["location"], "PACK-01");
    assert_eq!(device.row("stock", "A1|X||||available").unwrap()["qty"], 7);
    assert_eq!(device.row("stock", "PACK-01|X|||T1|allocated").unwrap()["qty"], 3);
    assert_eq!(world.stock("TRANSIT", "X", "allocated").await, 0);
    assert_eq!(world.text("SELECT state FROM customer_order WHERE id = 'S-1'").await, "picked");
    assert_eq!(world.number("SELECT COUNT(*) FROM allocation").await, 0);
    // Deltas and bootstrap give the same base.
    let by_deltas = device.base.clone();
    device.bootstrap(&streams, 7);
    assert_eq!(device.base, by_deltas);
    // From nothing by small pages too.
    device.base.clear();
    device.cursor.clear();
    device.pull_by(3);
    assert_eq!(device.base, by_deltas);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g04_g05_a_batch_sent_again_has_its_stored_outcomes_and_one_effect() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 3)]).await;
    let facts =
        [device.say(&claimed(&task)), device.say(&picked(&lines[0], "T1", 5)), device.say(&picked(&lines[0], "T1", 1))];
    // The reply of the first is lost: the device knows nothing and sends the same, and more.
    let first = device.push(&facts);
    assert_eq!(first.outcomes.len(), 2);
    assert_eq!(first.outcomes[0].code, "OVER_PICK");
    let moves = world.number("SELECT COUNT(*) FROM move").await;
    let again = device.push(&facts);
    assert_eq!((again.acked_through, &again.outcomes), (first.acked_through, &first.outcomes));
    let mut more = facts.to_vec();
    more.push(device.say(&dropped(&task, &["T1"])));
    let third = device.push(&more[1..]);
    assert_eq!(third.acked_through, Some(4));
    assert_eq!(third.outcomes, first.outcomes);
    assert_eq!(world.number("SELECT COUNT(*) FROM move WHERE reason = 'pick'").await, 2);
    assert_eq!(world.number("SELECT COUNT(*) FROM move").await, moves + 1);
    assert_eq!(world.stock("A1", "X", "available").await, 4);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_fact_under_two_numbers_has_one_effect() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, lines) = world.order("S-1", &[("X", 3)]).await;
    let fact = picked(&lines[0], "T1", 4);
    let body = floorhand_wire::push::WireFact::body_of(&fact).unwrap();
    let one = device.say_as("same", "Picked", 1, &fact.aggregate(), body.clone());
    let first = device.push(&[one]);
    // After a salvage the same fact comes in the next epoch.
    let ask = json!({"device": device.id, "reason": "restored"}).to_string();
    let answer = http(world.addr, "POST", "/v1/epoch", &device.bearer, Some(&ask));
    assert_eq!((answer.status, answer.body["epoch"].as_u64()), (200, Some(2)));
    (device.epoch, device.next, device.last) = (2, 1, floorhand_wire::chain::GENESIS.to_owned());
    let copy = device.say_as("same", "Picked", 1, &fact.aggregate(), body);
    let second = device.push(&[copy]);
    assert_eq!(second.acked_through, Some(1));
    assert_eq!(second.outcomes[0].outcome, first.outcomes[0].outcome);
    assert_eq!(second.outcomes[0].reference, first.outcomes[0].reference);
    assert_eq!(world.stock("A1", "X", "available").await, 6);
    assert_eq!(device.pull().applied.epoch, 2);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn gaps_forks_and_broken_batches_change_nothing() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, lines) = world.order("S-1", &[("X", 3)]).await;
    let facts: Vec<_> = (0..4).map(|_| device.say(&picked(&lines[0], "T1", 1))).collect();
    device.push(&facts[..2]);

    let gap = device.push_raw(&facts[3..]);
    assert_eq!((gap.status, gap.body["code"].as_str(), gap.body["expect_seq"].as_u64()), (409, Some("gap"), Some(3)));
    assert!(gap.head.contains("application/problem+json"));
    assert!(gap.head.contains("floorhand-server-epoch:") && gap.head.contains("floorhand-server-time:"));

    // A copy of the store made before fact 2 goes its own way.
    let mut twin = device.clone();
    (twin.next, twin.last) = (2, facts[0]["hash"].as_str().unwrap().to_owned());
    let other = twin.say(&picked(&lines[0], "T2", 2));
    for _ in 0..2 {
        let fork = twin.push_raw(std::slice::from_ref(&other));
        assert_eq!((fork.status, fork.body["code"].as_str(), fork.body["seq"].as_u64()), (409, Some("fork"), Some(2)));
        assert_eq!(fork.body["server_hash"], facts[1]["hash"]);
    }
    let next = twin.say(&picked(&lines[0], "T2", 2));
    assert_eq!(twin.push_raw(&[next]).body["code"], "fork");
    assert_eq!(world.number("SELECT COUNT(*) FROM fact_quarantine").await, 2);
    assert_eq!(world.number("SELECT COUNT(*) FROM exception WHERE kind = 'FORK'").await, 2);

    let mut forged = facts[2].clone();
    forged["body"]["units"][0]["qty"] = json!(3);
    assert_eq!(device.push_raw(&[forged]).body["code"], "bad_hash");
    let swapped = device.push_raw(&[facts[3].clone(), facts[2].clone()]);
    assert_eq!((swapped.status, swapped.body["code"].as_str()), (400, Some("bad_sequence")));
    let long = format!("{{\"device\":\"{}\",\"pad\":\"{}\"}}", device.id, "x".repeat(300_000));
    assert_eq!(http(world.addr, "POST", "/v1/sync/push", &device.bearer, Some(&long)).status, 413);
    assert_eq!(http(world.addr, "POST", "/v1/sync/push", &device.bearer, Some("{")).status, 400);
    let many: Vec<_> = (0..201).map(|_| json!({})).collect();
    assert_eq!(device.push_raw(&many).status, 413);

    assert_eq!(world.stock("A1", "X", "available").await, 8);
    assert_eq!(device.push(&facts[2..]).acked_through, Some(4));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g16_unknown_types_are_parked_with_what_waits_behind_them() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (one, lines) = world.order("S-1", &[("X", 1)]).await;
    let (two, others) = world.order("S-2", &[("X", 1)]).await;
    let agg = format!("task:{}", one.id);
    let facts = [
        device.say_raw("Teleported", 1, &agg, json!({"task": one.id})),
        device.say(&picked(&lines[0], "T1", 1)),
        device.say(&picked(&others[0], "T2", 1)),
        device.say_raw("Picked", 1, "task:none", json!({"task": 7})),
        device.say_raw("Picked", 9, "task:else", json!({})),
    ];
    let answer = device.push(&facts);
    assert_eq!(answer.acked_through, Some(5));
    let got: Vec<_> = answer.outcomes.iter().map(|o| (o.seq, o.outcome.as_str(), o.code.as_str())).collect();
    assert_eq!(
        got,
        [
            (1, "parked", "UNKNOWN_TYPE"),
            (2, "parked", "BEHIND"),
            (4, "rejected", "BAD_FACT"),
            (5, "parked", "UNKNOWN_TYPE")
        ]
    );
    assert_eq!(world.lines(&one.id).await[0].picked, 0);
    assert_eq!(world.lines(&two.id).await[0].state, LineState::Done);
    world.assert_clean().await;

    // The core is upgraded: what it did not know before is a fact of a known type now.
    let body = floorhand_wire::push::WireFact::body_of(&claimed(&one)).unwrap();
    let wire = json!({"seq": 1, "id": facts[0]["id"], "type": "TaskClaimed", "v": 1, "operator": "o-1", "mono_ms": 1,
        "boot_id": "boot", "wall": "", "agg": agg, "body": body});
    let bytes = floorhand_wire::chain::canonical(&wire);
    let bytes = &bytes;
    let real = world
        .db()
        .write(|tx| async move {
            let real = tx.row("SELECT bytes FROM fact_log WHERE seq = 1", &[]).await?.unwrap().blob(0)?.to_vec();
            tx.execute("UPDATE fact_log SET bytes = $1 WHERE seq = 1", floorhand_erp::vals![bytes.clone()]).await?;
            Ok(real)
        })
        .await
        .unwrap();
    assert_eq!(floorhand_erp::push::rerun_parked(world.db()).await.unwrap(), 2);
    let real = &real;
    world
        .db()
        .write(|tx| async move {
            tx.execute("UPDATE fact_log SET bytes = $1 WHERE seq = 1", floorhand_erp::vals![real.clone()]).await
        })
        .await
        .unwrap();
    device.pull();
    assert_eq!(device.row("outcome", "1/1").unwrap()["outcome"], "applied");
    assert_eq!(device.row("outcome", "1/2").unwrap()["outcome"], "applied");
    assert_eq!(device.row("outcome", "1/5"), None);
    assert_eq!(world.task(&one.id).await.state, TaskState::Claimed);
    assert_eq!(world.lines(&one.id).await[0].picked, 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM parked").await, 1);
    // A resent batch has the outcomes of now.
    let again = device.push(&facts);
    let got: Vec<_> = again.outcomes.iter().map(|o| o.seq).collect();
    assert_eq!(got, [4, 5]);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revoked_device_is_told_nothing_and_its_facts_wait_in_quarantine() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, lines) = world.order("S-1", &[("X", 3)]).await;
    floorhand_erp::enrol::revoke(world.db(), WH, &device.id).await.unwrap();
    assert_eq!(device.pull_raw("", 10, 0).body["code"], "revoked");
    let token = device.token();
    assert_eq!((token.status, token.body["scope"].as_str()), (200, Some("quarantine_push")));
    let fact = device.say(&picked(&lines[0], "T1", 1));
    let answer = device.push(&[fact]);
    assert_eq!((answer.acked_through, answer.quarantined_through), (None, Some(1)));
    assert_eq!(world.stock("A1", "X", "available").await, 10);
    assert_eq!(world.number("SELECT COUNT(*) FROM fact_quarantine WHERE reason = 'revoked'").await, 1);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tokens_hold_only_for_a_fresh_nonce_and_the_right_key() {
    let world = World::new().await;
    let device = world.enrol().await;
    let mut other = device.clone();
    other.key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    assert_eq!(other.token().status, 401);
    let ask = json!({"device": device.id, "nonce": "x", "sig": "x"}).to_string();
    assert_eq!(http(world.addr, "POST", "/v1/token", "", Some(&ask)).status, 401);
    world.run("UPDATE token SET expires_ms = 1").await;
    assert_eq!(device.pull_raw("", 10, 0).status, 401);
    assert_eq!(device.push_raw(&[]).status, 401);
    // No secret is stored as it is.
    let stored = world.text("SELECT token_hash FROM token LIMIT 1").await;
    assert!(!device.bearer.contains(&stored) && stored.len() == 64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cursor_that_is_not_of_this_core_asks_for_a_new_base() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    device.pull();
    for cursor in ["nonsense", "wh:1=999999", "wh:2=1"] {
        let answer = device.pull_raw(cursor, 10, 0);
        assert_eq!((answer.status, answer.body["code"].as_str()), (410, Some("must_resync")), "{cursor}");
    }
    let path = format!("/v1/sync/pull?cursor={}&server_epoch=other", device.cursor);
    assert_eq!(http(world.addr, "GET", &path, &device.bearer, None).status, 410);
    let old = http_with(world.addr, "GET", "/v1/sync/pull", &device.bearer, None, "Floorhand-Protocol: 99\r\n");
    assert_eq!((old.status, old.body["code"].as_str()), (426, Some("too_old")));
    let foreign = http(world.addr, "GET", "/v1/sync/bootstrap?stream=dev:d-99", &device.bearer, None);
    assert_eq!(foreign.status, 403);
    for (method, path, body, status) in [
        ("GET", "/v1/nowhere", "", 404),
        ("GET", "/v1/sync/push", "", 405),
        ("POST", "/v1/enrol", "{", 400),
        ("POST", "/v1/enrol", "{}", 422),
        ("GET", "/v1/sync/pull?limit=many", "", 400),
    ] {
        let answer = http(world.addr, method, path, &device.bearer, Some(body));
        assert_eq!((answer.status, answer.body["status"].as_u64()), (status, Some(status.into())), "{path}");
        assert!(answer.head.contains("application/problem+json") && answer.head.contains("floorhand-server-epoch"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_long_poll_wakes_when_something_happens_and_ends_at_shutdown() {
    let mut world = World::new().await;
    let mut device = world.enrol().await;
    device.pull();
    let waiting = device.clone();
    let poll = tokio::spawn(async move { waiting.pull_raw(&waiting.cursor, 100, 25).body });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!poll.is_finished());
    world.order("S-1", &[("X", 3)]).await;
    let body = tokio::time::timeout(std::time::Duration::from_secs(20), poll).await.unwrap().unwrap();
    assert_eq!(
        body["streams"].as_array().unwrap().iter().map(|s| s["rows"].as_array().unwrap().len()).sum::<usize>(),
        2
    );

    device.pull();
    let waiting = device.clone();
    let poll = tokio::spawn(async move { waiting.pull_raw(&waiting.cursor, 100, 25).status });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let began = std::time::Instant::now();
    world.stop().await;
    assert_eq!(poll.await.unwrap(), 200);
    assert!(began.elapsed() < std::time::Duration::from_secs(15));
}
