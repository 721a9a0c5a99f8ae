//! Tasks that change hands, operators whose access ended, decisions without authority: W4 to W6, G17, S7.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::Fact;
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::task::{LineState, Task, TaskKind, TaskState};
use stock::*;
use world::*;

fn taken(task: &Task, from: &str) -> Fact {
    Fact::TaskTakenOver { task: task.id.clone(), from: from.into() }
}

async fn lease_ends(world: &World) {
    let now = floorhand_erp::clock::now_ms();
    floorhand_erp::claim::expire(world.db(), now + 15_000_000).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn w4_w5_a_left_task_is_taken_over_and_late_facts_are_added() {
    let world = World::new().await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    b.operator = "o-2".to_owned();
    let (task, lines) = world.order("S-1", &[("X", 3), ("Y", 1)]).await;
    assert_eq!(b.tell(&claimed(&task)), fine());
    assert_eq!(b.tell(&picked(&lines[0], "T1", 1)), fine());
    // B's lease has not ended.
    assert_eq!(a.tell(&taken(&task, "o-2")), pair("applied-flagged", "CLAIM_LOST"));
    assert_eq!(world.task(&task.id).await.holder.as_str(), "o-2");
    lease_ends(&world).await;
    assert_eq!(a.tell(&taken(&task, "o-2")), fine());
    let now = world.task(&task.id).await;
    assert_eq!((now.holder.as_str(), now.device.as_str(), now.state), ("o-1", a.id.as_str(), TaskState::Claimed));
    // B's step is A's, and what B still sends is added.
    a.pull();
    assert_eq!(a.row("line", lines[0].id.as_str()).unwrap()["picked"], 1);
    assert_eq!(b.tell(&picked(&lines[0], "T1", 2)), fine());
    assert_eq!(a.tell(&picked(&lines[1], "T2", 1)), fine());
    let lines = world.lines(&task.id).await;
    assert!(lines.iter().all(|line| line.state == LineState::Done), "{lines:?}");
    assert_eq!(world.task(&task.id).await.holder.as_str(), "o-1");
    assert_eq!(a.tell(&dropped(&task, &["T1", "T2"])), fine());
    assert_eq!(a.tell(&taken(&task, "o-2")), pair("applied-flagged", "CLAIM_LOST"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_signed_out_has_left_and_a_supervisor_may_allow_the_rest() {
    let world = World::new().await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    world.person("o-sup", &[Role::Supervisor]).await;
    b.operator = "o-2".to_owned();
    let (task, _) = world.order("S-1", &[("X", 3)]).await;
    b.tell(&Fact::SignedIn { operator: "o-2".into() });
    b.tell(&claimed(&task));
    assert_eq!(a.tell(&taken(&task, "o-2")), pair("applied-flagged", "CLAIM_LOST"));
    b.tell(&Fact::SignedOut { operator: "o-2".into() });
    assert_eq!(a.tell(&taken(&task, "o-2")), fine());
    // B is back, and A is there: a supervisor decides, once.
    a.tell(&Fact::SignedIn { operator: "o-1".into() });
    let subject = format!("task:{}", task.id);
    assert_eq!(b.tell(&approved("o-sup", Reason::Claimed, &subject)), fine());
    assert_eq!(b.tell(&taken(&task, "o-1")), fine());
    assert_eq!(world.task(&task.id).await.holder.as_str(), "o-2");
    assert_eq!(b.tell(&Fact::SignedIn { operator: "o-2".into() }), fine());
    assert_eq!(a.tell(&taken(&task, "o-2")), pair("applied-flagged", "CLAIM_LOST"));
    // Somebody else signed in on B's device: o-2 is not there any more (S8).
    b.operator = "o-1".to_owned();
    b.tell(&Fact::SignedIn { operator: "o-1".into() });
    assert_eq!(b.tell(&taken(&task, "o-2")), fine());
    assert_eq!(world.task(&task.id).await.holder.as_str(), "o-1");
    assert_eq!(a.tell(&taken(&Task { id: "PT-NONE".into(), ..task }, "o-2")), pair("rejected", "UNKNOWN_REFERENCE"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn w6_two_devices_start_one_task() {
    let world = World::new().await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    b.operator = "o-2".to_owned();
    let (task, lines) = world.plan("p-1", &["A2"]).await;
    a.pull();
    b.pull();
    assert_eq!(a.tell(&claimed(&task)), fine());
    assert_eq!(b.tell(&claimed(&task)), pair("applied-flagged", "CLAIM_LOST"));
    assert_eq!(world.task(&task.id).await.holder.as_str(), "o-1");
    // No fact is lost: both counts stand.
    for (device, id) in [(&mut a, "c-1"), (&mut b, "c-2")] {
        assert_eq!(Counting::of(id, &lines[0]).run(device, &[("X", 10)]), fine());
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM stock_count WHERE state = 'matched'").await, 2);
    assert_eq!(world.task(&task.id).await.state, TaskState::Done);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g17_a_decision_without_authority_is_rejected_and_its_fact_stays() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    world.person("o-sup", &[Role::Stock, Role::Supervisor]).await;
    world.person("o-man", &[Role::Manager]).await;
    let (_, lines) = world.order("S-1", &[("X", 10)]).await;
    assert_eq!(lines[0].location.as_str(), "A1");
    // Demoted since the badge was scanned.
    world.person("o-sup", &[Role::Stock]).await;
    let facts = [device.say(&approved("o-sup", Reason::Allocated, "item:X")), device.say(&moving("A1", "A9", "X", 4))];
    let got: Vec<_> =
        device.push(&facts).outcomes.iter().map(|one| (one.outcome.as_str().to_owned(), one.code.clone())).collect();
    assert_eq!(got, [pair("rejected", "NOT_ALLOWED"), pair("applied-flagged", "ALLOCATED")]);
    assert_eq!(world.stock("A9", "X", "available").await, 4);
    let cases = [
        ("o-man", Reason::Allocated, "applied"),
        ("o-man", Reason::Expired, "rejected"),
        ("o-1", Reason::Allocated, "rejected"),
        ("o-none", Reason::Allocated, "rejected"),
        ("o-old", Reason::Allocated, "rejected"),
    ];
    for (by, decision, expected) in cases {
        assert_eq!(device.tell(&approved(by, decision, "item:X")).0, expected, "{by} {decision:?}");
    }
    // Nobody approves their own fact.
    device.operator = "o-man".to_owned();
    assert_eq!(device.tell(&approved("o-man", Reason::Allocated, "item:X")), pair("rejected", "NOT_ALLOWED"));
    // A decision for another thing backs nothing.
    device.operator = "o-1".to_owned();
    world.run("UPDATE granted SET used_seq = 1").await;
    let other = Fact::Approved {
        by: "o-man".into(),
        decision: Reason::Allocated,
        subject: "item:X".to_owned(),
        item: "Y".into(),
        qty: 0,
    };
    assert_eq!(device.tell(&other), fine());
    assert_eq!(device.tell(&moving("A1", "A9", "X", 1)), pair("applied-flagged", "ALLOCATED"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s7_what_a_revoked_operator_did_stands_and_is_flagged() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A2"]).await;
    device.pull();
    world.end("o-1").await;
    assert_eq!(device.tell(&moving("A1", "A9", "X", 2)), pair("applied-flagged", "OPERATOR_ENDED"));
    assert_eq!(world.stock("A9", "X", "available").await, 2);
    let count = Counting::of("c-1", &lines[0]);
    for fact in [count.started(), count.counted("X", 10), count.submitted()] {
        assert_eq!(device.tell(&fact), pair("applied-flagged", "OPERATOR_ENDED"));
    }
    assert_eq!(world.text("SELECT state FROM stock_count").await, "matched");
    assert!(world.open_lines(TaskKind::Count).await.is_empty());
    world.assert_clean().await;
}
