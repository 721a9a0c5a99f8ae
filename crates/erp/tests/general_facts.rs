//! Cases of workflows.md section 0.9 that only the core can judge: what comes late, twice, or from a wrong clock.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::Fact;
use floorhand_domain::id::ItemId;
use floorhand_domain::reason::Reason;
use floorhand_domain::task::TaskState;
use floorhand_wire::push::WireFact;
use serde_json::Value;
use world::*;

/// A fact as a device says it whose wall clock shows this, in this boot.
fn say_at(device: &mut Device, fact: &Fact, wall: &str, boot: &str) -> Value {
    let before = device.last.clone();
    let said: WireFact = serde_json::from_value(device.say(fact)).unwrap();
    let said = WireFact { wall: wall.to_owned(), boot_id: boot.to_owned(), ..said }.seal(&before).unwrap();
    device.last = said.hash.clone();
    serde_json::to_value(&said).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g05_a_batch_that_comes_late_and_twice_has_one_effect_per_number() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 3)]).await;
    let first = [device.say(&claimed(&task)), device.say(&picked(&lines[0], "T1", 4))];
    let second = [device.say(&picked(&lines[0], "T1", 1)), device.say(&dropped(&task, &["T1"]))];
    let answers = [device.push(&first), device.push(&second)];
    assert_eq!(answers[0].outcomes[0].code, "OVER_PICK");
    let moves = world.number("SELECT COUNT(*) FROM move").await;
    // Each once more, the first behind the second.
    for (batch, before) in [(&second, &answers[1]), (&first, &answers[0]), (&second, &answers[1])] {
        let again = device.push(batch);
        assert_eq!((again.acked_through, &again.outcomes), (Some(4), &before.outcomes));
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM move").await, moves);
    assert_eq!(world.number("SELECT COUNT(*) FROM fact_log").await, 4);
    assert_eq!(world.stock("A1", "X", "available").await, 5);
    assert_eq!(world.number("SELECT COUNT(*) FROM exception").await, 2);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g15_a_wall_clock_a_year_back_changes_neither_effect_nor_order() {
    let right = "2026-11-21T08:14:02Z";
    let mut told = Vec::new();
    for (wall, boot) in [(right, "boot"), ("2025-11-21T08:14:02Z", "boot"), ("2025-11-21T08:14:02Z", "boot before")] {
        let world = World::new().await;
        let (mut a, mut b) = (world.enrol().await, world.enrol().await);
        b.operator = "o-2".to_owned();
        let (task, lines) = world.order("S-1", &[("X", 3), ("Y", 2)]).await;
        // A is right; B's clock says that all it does is a year old, though it comes after.
        let mut outcomes = Vec::new();
        let turns: [(bool, Fact); 6] = [
            (true, claimed(&task)),
            (false, claimed(&task)),
            (true, picked(&lines[0], "T1", 3)),
            (false, picked(&lines[0], "T2", 1)),
            (false, picked(&lines[1], "T2", 2)),
            (true, dropped(&task, &["T1"])),
        ];
        for (first, fact) in turns {
            let device = if first { &mut a } else { &mut b };
            let said = if first { say_at(device, &fact, right, "boot") } else { say_at(device, &fact, wall, boot) };
            let answer = device.push(&[said]);
            outcomes.push(answer.outcomes.first().map(|one| (one.outcome, one.code.clone())));
        }
        let codes: Vec<&str> = outcomes.iter().map(|one| one.as_ref().map_or("", |(_, code)| code.as_str())).collect();
        assert_eq!(codes, ["", "CLAIM_LOST", "", "OVER_PICK", "", ""], "{wall} {boot}");
        assert_eq!(world.task(&task.id).await.holder.as_str(), "o-1");
        assert_ne!(world.task(&task.id).await.state, TaskState::Done);
        let stock = [world.stock("A1", "X", "available").await, world.stock("A1", "Y", "available").await];
        assert_eq!(stock, [6, 3]);
        // The feed gives them to everybody in the order in which they were committed.
        a.pull();
        let lines: Vec<Value> = a.rows("line").into_iter().cloned().collect();
        told.push((outcomes, lines));
        world.assert_clean().await;
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:#?}");
}

/// A fact that rests on an approval.
fn say_by(device: &mut Device, fact: &Fact, approval: &str) -> Value {
    let before = device.last.clone();
    let said: WireFact = serde_json::from_value(device.say(fact)).unwrap();
    let said = WireFact { allowed_by: vec![approval.to_owned()], ..said }.seal(&before).unwrap();
    device.last = said.hash.clone();
    serde_json::to_value(&said).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g17_the_consent_to_a_typed_code_stands_behind_one_deed() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    world.run("UPDATE operator SET roles = 'supervisor' WHERE id = 'o-2'").await;
    let (task, lines) = world.order("S-1", &[("X", 8)]).await;
    let consent = |by: &str, decision| Fact::Approved {
        by: by.into(),
        decision,
        subject: format!("task:{}", task.id),
        item: ItemId::default(),
        qty: 0,
    };
    let begun = device.say(&claimed(&task));
    device.push(&[begun]);
    let typed = device.say(&consent("o-2", Reason::NotAllowed));
    let other = device.say(&consent("o-2", Reason::Allocated));
    let nobody = device.say(&consent("o-1", Reason::NotAllowed));
    let id = |fact: &Value| fact["id"].as_str().unwrap().to_owned();
    let (one, two) = (picked(&lines[0], "T1", 1), picked(&lines[0], "T1", 1));
    let batch = [
        // Two facts that one scan made share it; later it is used up.
        typed.clone(),
        other.clone(),
        nobody.clone(),
        say_by(&mut device, &one, &id(&typed)),
        say_by(&mut device, &two, &id(&typed)),
        device.say(&one),
        say_by(&mut device, &two, &id(&typed)),
        // Of another rule, of somebody without authority, of nobody.
        say_by(&mut device, &one, &id(&other)),
        say_by(&mut device, &two, &id(&nobody)),
        say_by(&mut device, &one, "unheard-of"),
    ];
    let answer = device.push(&batch);
    let first = typed["seq"].as_u64().unwrap();
    // What was simply applied is not told one by one.
    let told: Vec<(u64, &str)> = answer.outcomes.iter().map(|one| (one.seq - first, one.code.as_str())).collect();
    assert_eq!(told, [2, 6, 7, 8, 9].map(|at| (at, "NOT_ALLOWED")));
    // What was done stands.
    assert_eq!(world.stock("A1", "X", "available").await, 10 - 7);
    world.assert_clean().await;
}
