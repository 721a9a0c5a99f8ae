//! What facts do to tasks, stock and orders, and what is flagged when the world has moved on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::{Fact, ShortReason, Units};
use floorhand_domain::id::TaskId;
use floorhand_domain::task::{Line, LineState, TaskState};
use floorhand_erp::auth;
use world::*;

fn short(line: &Line, qty: i64, reason: ShortReason, damaged: i64) -> Fact {
    Fact::PickedShort {
        task: line.task.clone(),
        line: line.id.clone(),
        location: line.location.clone(),
        item: line.item.clone(),
        qty,
        reason,
        damaged,
        lot: line.lot.clone(),
        handling_unit: line.handling_unit.clone(),
    }
}

fn pair(outcome: &str, code: &str) -> (String, String) {
    (outcome.to_owned(), code.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_pick_and_negative_stock_are_applied_and_flagged() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, lines) = world.order("S-1", &[("X", 3)]).await;
    assert_eq!(device.tell(&picked(&lines[0], "T1", 4)), pair("applied-flagged", "OVER_PICK"));
    assert_eq!(world.lines(&lines[0].task).await[0].picked, 4);
    // The book has 6 left; the picker took 8.
    let (_, lines) = world.order("S-2", &[("X", 6)]).await;
    assert_eq!(device.tell(&picked(&lines[0], "T2", 6)), pair("applied", ""));
    let (_, lines) = world.order("S-3", &[("X", 2)]).await;
    assert_eq!(lines[0].location.as_str(), "A2");
    assert_eq!(device.tell(&picked_at(&lines[0], "A1", "T3", 2)), pair("applied-flagged", "NEG_STOCK"));
    assert_eq!(world.stock("A1", "X", "available").await, -2);
    device.pull();
    assert_eq!(device.row("stock", "A1|X||||available").unwrap()["qty"], -2);
    let mut kinds: Vec<_> = device.rows("exception").iter().map(|row| row["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["NEG_STOCK", "OVER_PICK"]);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn w06_two_devices_pick_one_line() {
    let world = World::new().await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    b.operator = "o-2".to_owned();
    let (task, lines) = world.order("S-1", &[("X", 3)]).await;
    assert_eq!(a.tell(&claimed(&task)), pair("applied", ""));
    assert_eq!(b.tell(&claimed(&task)), pair("applied-flagged", "CLAIM_LOST"));
    assert_eq!(world.task(&task.id).await.holder.as_str(), "o-1");
    assert_eq!(a.tell(&picked(&lines[0], "T1", 3)), pair("applied", ""));
    assert_eq!(b.tell(&picked(&lines[0], "T2", 3)), pair("applied-flagged", "OVER_PICK"));
    assert_eq!(world.stock("A1", "X", "available").await, 4);
    assert_eq!(world.stock("TRANSIT", "X", "allocated").await, 6);
    // The exception is told to the device that caused it.
    a.pull();
    b.pull();
    assert_eq!((a.rows("exception").len(), b.rows("exception").len()), (0, 2));
    assert_eq!(a.tell(&dropped(&task, &["T1"])), pair("applied", ""));
    assert_eq!(world.task(&task.id).await.state, TaskState::Claimed);
    // The tote of the one who lost is there, and somebody must look after it.
    assert_eq!(b.tell(&dropped(&task, &["T2"])), pair("applied-flagged", "CLAIM_LOST"));
    assert_eq!(
        (world.stock("PACK-01", "X", "allocated").await, world.stock("TRANSIT", "X", "allocated").await),
        (6, 0)
    );
    assert_eq!(world.text("SELECT location FROM handling_unit WHERE id = 'T2'").await, "PACK-01");
    assert_eq!(world.task(&task.id).await.state, TaskState::Done);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn w06_the_tote_of_the_one_who_lost_comes_after_the_task_is_done() {
    let world = World::new().await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    b.operator = "o-2".to_owned();
    let (task, lines) = world.order("S-1", &[("X", 2), ("Y", 1)]).await;
    for (fact, outcome) in [
        (claimed(&task), pair("applied", "")),
        (assigned(&task, "T1"), pair("applied", "")),
        (picked(&lines[0], "T1", lines[0].qty), pair("applied", "")),
        (picked(&lines[1], "T1", lines[1].qty), pair("applied", "")),
        (dropped(&task, &["T1"]), pair("applied", "")),
    ] {
        assert_eq!(a.tell(&fact), outcome);
    }
    assert_eq!(world.task(&task.id).await.state, TaskState::Done);
    assert_eq!(b.tell(&claimed(&task)), pair("applied-flagged", "CLAIM_LOST"));
    assert_eq!(b.tell(&assigned(&task, "T2")), pair("applied-flagged", "CLAIM_LOST"));
    assert_eq!(b.tell(&picked(&lines[0], "T2", 1)), pair("applied-flagged", "OVER_PICK"));
    assert_eq!(b.tell(&dropped(&task, &["T2"])), pair("applied-flagged", "CLAIM_LOST"));
    assert_eq!(world.stock("TRANSIT", lines[0].item.as_str(), "allocated").await, 0);
    // The one who held it sets down once more what is empty: that is nobody's fault.
    assert_eq!(a.tell(&dropped(&task, &["T3"])), pair("applied", ""));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_claim_takes_the_role_of_the_work() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    // A picker opens a count: nobody else would see it while the claim held.
    let token = auth::create_operator_token(world.db(), WH, "plans", "supervisor", "").await.unwrap();
    let answer = http(world.addr, "POST", "/v1/counts/plan", &token, Some(r#"{"id":"p-1","locations":["A1"]}"#));
    let count = TaskId(answer.body["tasks"][0].as_str().unwrap().to_owned());
    let refused = device.claim(&count, "o-1", "c-1");
    assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("not_allowed")), "{}", refused.body);
    assert_eq!(
        (world.task(&count).await.state, world.number("SELECT COUNT(*) FROM claim").await),
        (TaskState::Open, 0)
    );
    world.run("UPDATE operator SET roles = 'pick,count' WHERE id = 'o-2'").await;
    assert_eq!(device.claim(&count, "o-2", "c-2").status, 200);
    device.pull();
    assert_eq!(device.row("task", count.as_str()).unwrap()["holder"], "o-2");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn claims_are_leases() {
    let world = World::new().await;
    let (mut a, b) = (world.enrol().await, world.enrol().await);
    let (task, _) = world.order("S-1", &[("X", 3)]).await;
    let answer = a.claim(&task.id, "o-1", "c-1");
    assert_eq!((answer.status, answer.body["lease_s"].as_u64()), (200, Some(14400)));
    assert_eq!(a.claim(&task.id, "o-1", "c-1").status, 200);
    let refused = b.claim(&task.id, "o-2", "c-2");
    assert_eq!((refused.status, refused.body["holder"].as_str()), (409, Some("o-1")));
    assert_eq!(b.claim(&task.id, "o-old", "c-2").body["code"], "operator_ended");
    assert_eq!(b.claim(&"PT-NONE".into(), "o-2", "c-2").status, 404);
    let now = floorhand_erp::clock::now_ms();
    assert_eq!(floorhand_erp::claim::expire(world.db(), now + 14_000_000).await.unwrap(), 0);
    assert_eq!(floorhand_erp::claim::expire(world.db(), now + 15_000_000).await.unwrap(), 1);
    a.pull();
    assert_eq!(a.row("task", task.id.as_str()).unwrap()["state"], "open");
    assert_eq!(b.claim(&task.id, "o-2", "c-3").status, 200);
    assert_eq!(a.tell(&Fact::TaskReleased { task: task.id.clone() }), pair("applied", ""));
    assert_eq!(world.task(&task.id).await.holder.as_str(), "o-2");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_short_pick_is_fetched_elsewhere_in_the_same_task() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 4)]).await;
    let (_, others) = world.order("S-2", &[("X", 5)]).await;
    assert_eq!((lines[0].location.as_str(), others[0].location.as_str()), ("A1", "A1"));
    assert_eq!(device.tell(&picked(&lines[0], "T1", 1)), pair("applied", ""));
    assert_eq!(device.tell(&short(&lines[0], 3, ShortReason::NoneFound, 0)), pair("applied", ""));
    let now = world.lines(&task.id).await;
    assert_eq!((now[0].state, now[0].picked), (LineState::Short, 1));
    assert_eq!((now[1].location.as_str(), now[1].qty, now[1].state), ("A2", 3, LineState::Open));
    assert_eq!(world.task(&task.id).await.lines, 2);
    // The other order's promise at A1 stands.
    assert_eq!(
        world
            .number("SELECT CAST(SUM(qty) AS BIGINT) FROM allocation WHERE order_id = 'S-2' AND location = 'A1'")
            .await,
        5
    );
    assert_eq!(world.number("SELECT COUNT(*) FROM exception").await, 0);
    assert_eq!(world.text("SELECT l.location || ' ' || l.item FROM task t JOIN task_line l ON l.task = t.id WHERE t.kind = 'count'").await, "A1 X");
    device.pull();
    assert_eq!(device.row("line", now[1].id.as_str()).unwrap()["qty"], 3);
    assert_eq!(device.tell(&picked(&now[1], "T1", 3)), pair("applied", ""));
    assert_eq!(device.tell(&dropped(&task, &["T1"])), pair("applied", ""));
    assert_eq!(world.task(&task.id).await.state, TaskState::Done);
    assert_eq!(world.text("SELECT state FROM customer_order WHERE id = 'S-1'").await, "picked");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_nowhere_else_is_backordered() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("Y", 4)]).await;
    assert_eq!(device.tell(&picked(&lines[0], "T1", 1)), pair("applied", ""));
    assert_eq!(device.tell(&short(&lines[0], 3, ShortReason::Damaged, 2)), pair("applied", ""));
    assert_eq!(world.stock("A1", "Y", "damaged").await, 2);
    assert_eq!(world.stock("A1", "Y", "available").await, 2);
    assert_eq!(world.task(&task.id).await.state, TaskState::Open);
    assert_eq!(device.tell(&dropped(&task, &["T1"])), pair("applied", ""));
    assert_eq!(world.task(&task.id).await.state, TaskState::Done);
    assert_eq!(world.text("SELECT state FROM customer_order WHERE id = 'S-1'").await, "part-picked");
    assert_eq!(world.number("SELECT backordered FROM order_line WHERE order_id = 'S-1'").await, 3);
    world.assert_clean().await;
    // Nothing found at all: no tote, no drop-off, the task is over with its last line.
    let (task, lines) = world.order("S-2", &[("Y", 2)]).await;
    assert_eq!(device.tell(&short(&lines[0], 2, ShortReason::NoneFound, 0)), pair("applied", ""));
    assert_eq!(world.task(&task.id).await.state, TaskState::Done);
    assert_eq!(world.text("SELECT state FROM customer_order WHERE id = 'S-2'").await, "backordered");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_undone_pick_goes_back_unless_something_builds_on_it() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 3)]).await;
    device.tell(&assigned(&task, "T1"));
    assert_eq!(device.tell(&picked(&lines[0], "T1", 3)), pair("applied", ""));
    let undo = Fact::Undone { epoch: 1, seq: 2 };
    assert_eq!(device.tell(&undo), pair("applied", ""));
    let line = &world.lines(&task.id).await[0];
    assert_eq!((line.state, line.picked), (LineState::Open, 0));
    assert_eq!(world.stock("A1", "X", "available").await, 10);
    assert_eq!(world.number("SELECT allocated FROM order_line").await, 3);
    world.assert_clean().await;
    assert_eq!(device.tell(&undo), pair("applied-flagged", "NOT_NOW"));
    assert_eq!(device.tell(&Fact::Undone { epoch: 1, seq: 99 }), pair("applied-flagged", "UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&picked(&lines[0], "T1", 3)), pair("applied", ""));
    let seq = device.next - 1;
    assert_eq!(device.tell(&dropped(&task, &["T1"])), pair("applied", ""));
    assert_eq!(device.tell(&Fact::Undone { epoch: 1, seq }), pair("applied-flagged", "NOT_NOW"));
    assert_eq!(world.stock("PACK-01", "X", "allocated").await, 3);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_cannot_be_booked_is_rejected_and_the_rest_flagged() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 3)]).await;
    let unknown = Line { item: "NOPE".into(), ..lines[0].clone() };
    assert_eq!(device.tell(&picked(&unknown, "T1", 1)), pair("rejected", "UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&picked(&lines[0], "T1", 0)), pair("rejected", "BAD_FACT"));
    assert_eq!(device.tell(&picked(&lines[0], "T1", i64::MAX)), pair("rejected", "BAD_FACT"));
    let stray = Line { id: "L-NOPE".into(), ..lines[0].clone() };
    assert_eq!(device.tell(&picked(&stray, "T1", 1)), pair("applied-flagged", "UNKNOWN_REFERENCE"));
    assert_eq!(world.stock("A1", "X", "available").await, 9);
    assert_eq!(device.tell(&picked(&lines[0], "T-NEW", 1)), pair("applied-flagged", "UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&picked(&lines[0], "T-NEW", 1)), pair("applied", ""));
    device.operator = "o-old".to_owned();
    assert_eq!(device.tell(&picked(&lines[0], "T-NEW", 1)), pair("applied-flagged", "OPERATOR_ENDED"));
    device.operator = "o-1".to_owned();
    world.run("UPDATE customer_order SET state = 'cancelled'").await;
    assert_eq!(device.tell(&picked(&lines[0], "T-NEW", 1)), pair("applied-flagged", "ORDER_CANCELLED"));
    let report = Fact::BarcodeReported { raw: "123".to_owned(), location: "A1".into() };
    assert_eq!(device.tell(&report), pair("applied", ""));
    assert_eq!(world.number("SELECT COUNT(*) FROM exception WHERE subject = 'code:123'").await, 1);
    assert_eq!(device.tell(&dropped(&task, &["T1", "T-NEW"])), pair("applied", ""));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_tote_is_followed_by_another_and_serials_are_single() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 5)]).await;
    device.tell(&assigned(&task, "T1"));
    device.tell(&picked(&lines[0], "T1", 2));
    device.tell(&Fact::ToteClosed { task: task.id.clone(), slot: 1, tote: "T1".into() });
    assert!(world.task(&task.id).await.slots[0].tote.is_none());
    device.tell(&assigned(&task, "T2"));
    device.tell(&picked(&lines[0], "T2", 3));
    device.tell(&dropped(&task, &["T2"]));
    assert_ne!(world.task(&task.id).await.state, TaskState::Done);
    device.tell(&dropped(&task, &["T1"]));
    assert_eq!(world.task(&task.id).await.state, TaskState::Done);

    let serial = |line: &Line, serial: &str, tote: &str| Fact::Picked {
        task: line.task.clone(),
        line: line.id.clone(),
        location: line.location.clone(),
        item: "Z".into(),
        tote: tote.into(),
        units: vec![Units { serial: serial.into(), qty: 1, ..Units::default() }],
        typed: false,
    };
    let (_, lines) = world.order("S-2", &[("Z", 1)]).await;
    assert_eq!(device.tell(&serial(&lines[0], "Z1", "T3")), pair("applied", ""));
    let (_, lines) = world.order("S-3", &[("Z", 1)]).await;
    // The same serial a second time: both picks stand, a supervisor looks.
    assert_eq!(device.tell(&serial(&lines[0], "Z1", "T4")).0, "applied-flagged");
    assert_eq!(world.number("SELECT COUNT(*) FROM exception WHERE kind = 'SERIAL_TWICE'").await, 1);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_are_over_leave_the_devices_after_two_days() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (open, _) = world.order("S-1", &[("X", 1)]).await;
    let (task, lines) = world.order("S-2", &[("X", 1)]).await;
    device.tell(&picked(&lines[0], "T1", 1));
    device.tell(&dropped(&task, &["T1"]));
    let now = floorhand_erp::clock::now_ms();
    for (hours, shown) in [(47, true), (49, false)] {
        floorhand_erp::sweep::tasks(world.db(), now + hours * 3_600_000).await.unwrap();
        floorhand_erp::sweep::leases_and_secrets(world.db(), now + hours * 3_600_000).await.unwrap();
        assert_eq!(device.pull_raw("", 1, 0).status, 401);
        device.sign_on();
        device.pull();
        assert_eq!(device.row("task", task.id.as_str()).is_some(), shown);
    }
    assert!(device.row("task", open.id.as_str()).is_some());
    assert_eq!(world.task(&task.id).await.state, TaskState::Done);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_undo_that_was_renumbered_finds_its_pick() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 3)]).await;
    device.tell(&claimed(&task));
    // Facts 2 and 3 of epoch 1 never reached the core; they come again as 1 and 2 of epoch 2.
    device.epoch = 2;
    (device.next, device.last) = (1, floorhand_wire::chain::GENESIS.to_owned());
    let pick = device.say_was(&picked(&lines[0], "T1", 3), 1, 2);
    let undo = device.say_was(&Fact::Undone { epoch: 1, seq: 2 }, 1, 3);
    assert_eq!(device.push(&[pick, undo]).outcomes, []);
    assert_eq!(world.stock("A1", "X", "available").await, 10);
    assert_eq!(world.lines(&task.id).await[0].picked, 0);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn devices_that_push_at_once_leave_clean_books() {
    let world = World::new().await;
    let mut tasks = Vec::new();
    for n in 0..6 {
        tasks.push(world.order(&format!("S-{n}"), &[("X", 2), ("Y", 1)]).await);
    }
    let tasks = std::sync::Arc::new(tasks);
    let mut devices = Vec::new();
    for n in 0..4usize {
        let mut device = world.enrol().await;
        let tasks = std::sync::Arc::clone(&tasks);
        devices.push(tokio::spawn(async move {
            let tote = format!("T{}", n + 1);
            // Everybody works on everything, each in an order of their own.
            for k in 0..tasks.len() {
                let (task, lines) = &tasks[(k * (n + 1) + n) % tasks.len()];
                let mut facts = vec![device.say(&claimed(task)), device.say(&assigned(task, &tote))];
                for line in lines {
                    facts.push(device.say(&picked(line, &tote, 1)));
                }
                facts.push(device.say(&short(&lines[0], 1, ShortReason::Unreachable, 0)));
                facts.push(device.say(&dropped(task, &[&tote])));
                let answer = device.push(&facts);
                assert!(
                    answer.outcomes.iter().all(|outcome| outcome.outcome.as_str() == "applied-flagged"),
                    "{answer:?}"
                );
            }
            device
        }));
    }
    for device in devices {
        let mut device = device.await.unwrap();
        device.pull();
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM parked").await, 0);
    world.assert_clean().await;
}
