//! Counts as the core sees them: C2 to C15.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::Fact;
use floorhand_domain::id::*;
use floorhand_domain::stock::Status;
use floorhand_domain::task::{LineState, TaskKind, TaskState};
use serde_json::json;
use stock::*;
use world::*;

/// A world with units of an item at A9, worth so much each, and nothing else there.
async fn with(units: i64, each_minor: i64) -> World {
    let world = World::new().await;
    world.item("W", each_minor).await;
    world.goods("A9", "W", "", "", Status::Available, units).await;
    world
}

/// One count of so many units, each worth so much: the state of the count, the stock after it, lines that ask
/// for a recount.
async fn check(book: i64, each: i64, found: i64, state: &str, after: i64, recounts: usize) {
    let world = with(book, each).await;
    let mut device = world.enrol().await;
    let (task, lines) = world.plan("p-1", &["A9"]).await;
    assert_eq!((task.kind, lines[0].qty, lines[0].item.as_str()), (TaskKind::Count, 1, ""));
    let count = Counting::of("c-1", &lines[0]);
    let scans: Vec<(&str, i64)> = if found == 0 { vec![] } else { vec![("W", found)] };
    assert_eq!(count.run(&mut device, &scans), fine(), "{book} {found}");
    assert_eq!(world.text("SELECT state FROM stock_count").await, state, "{book} {found}");
    assert_eq!(world.stock("A9", "W", "available").await, after);
    assert_eq!(world.stock("LOSS", "W", "available").await, book - after);
    assert_eq!(world.task(&task.id).await.state, TaskState::Done);
    assert_eq!(world.lines(&task.id).await[0].state, LineState::Done);
    let open = world.open_lines(TaskKind::Count).await;
    assert_eq!(open.len(), recounts);
    if let Some(line) = open.first() {
        assert_eq!((line.plan.round, line.plan.counted_by.as_str()), (1, "o-1"));
        assert_eq!((line.plan.trigger.as_str(), line.location.as_str()), ("recount", "A9"));
        device.pull();
        assert_eq!(device.row("line", line.id.as_str()).unwrap()["plan"]["round"], 1);
    }
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c02_what_agrees_posts_nothing() {
    check(5, 100, 5, "matched", 5, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c03_within_all_limits_the_variance_is_posted() {
    check(100, 100, 99, "posted", 99, 0).await;
    check(100, 100, 101, "posted", 101, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c04_over_one_limit_it_is_counted_again() {
    check(100, 8000, 99, "recount", 100, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c09_nothing_of_four_is_counted_again() {
    check(4, 100, 0, "recount", 4, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c08_what_is_not_booked_is_found() {
    let world = with(5, 100).await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    let count = Counting::of("c-1", &lines[0]);
    assert_eq!(count.run(&mut device, &[("W", 5), ("Y", 1)]), fine());
    assert_eq!((world.stock("A9", "W", "available").await, world.stock("A9", "Y", "available").await), (5, 1));
    world.assert_clean().await;
}

/// Ten units too few, counted twice by two people: it waits for a decision.
async fn wanted(each: i64) -> (World, world::Device) {
    let world = with(100, each).await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    assert_eq!(Counting::of("c-1", &lines[0]).run(&mut device, &[("W", 90)]), fine());
    let again = world.open_lines(TaskKind::Count).await.remove(0);
    device.operator = "o-2".to_owned();
    assert_eq!(Counting::of("c-2", &again).run(&mut device, &[("W", 90)]), pair("applied-flagged", "VARIANCE"));
    (world, device)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c06_the_same_again_waits_for_a_decision() {
    let (world, _) = wanted(100).await;
    assert_eq!(world.stock("A9", "W", "available").await, 100);
    assert!(world.open_lines(TaskKind::Count).await.is_empty());
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c07_somebody_else_decides_within_the_limit() {
    // value of one: 10 units differ.
    for (each, limit) in [(100, true), (6000, false)] {
        let (world, mut device) = wanted(each).await;
        let read = world.admin().await;
        let list = world.get(&read, "/v1/approvals?state=wanted");
        let approval = &list.body["items"][0];
        assert_eq!((&approval["subject"], &approval["amount_minor"]), (&json!("c-2"), &json!(10 * each)));
        let path = format!("/v1/approvals/{}", approval["id"].as_str().unwrap());
        let yes = |id: &str| json!({"id": id, "decision": "approve", "note": "looked"});
        // Neither the counter, nor somebody who may only read.
        let counter = world.token("manager", "o-2").await;
        let refused = world.post(&counter, &path, &yes("a-1"));
        assert_eq!((refused.status, &refused.body["code"]), (403, &json!("not_allowed")));
        let reader = world.token("read", "o-1").await;
        assert_eq!(world.post(&reader, &path, &yes("a-1")).status, 403);
        let supervisor = world.token("supervisor", "o-1").await;
        let mut answer = world.post(&supervisor, &path, &yes("a-2"));
        if !limit {
            assert_eq!((answer.status, &answer.body["code"]), (403, &json!("not_allowed")));
            let manager = world.token("manager", "o-1").await;
            answer = world.post(&manager, &path, &yes("a-2"));
        }
        assert_eq!((answer.status, &answer.body["state"]), (200, &json!("approved")), "{}", answer.body);
        assert_eq!(world.stock("A9", "W", "available").await, 90);
        assert_eq!(world.text("SELECT state FROM stock_count WHERE id = 'c-2'").await, "posted");
        device.pull();
        let rows = device.rows("exception");
        assert_eq!((rows.len(), &rows[0]["kind"], &rows[0]["state"]), (1, &json!("VARIANCE"), &json!("closed")));
        world.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn declined_closes_unposted_and_the_first_decision_holds() {
    let world = with(100, 100).await;
    world.run("UPDATE setting SET v = replace(v, '\"recounts\":2', '\"recounts\":0')").await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    // No recount is left to do: the first one waits already.
    let count = Counting::of("c-1", &lines[0]);
    assert_eq!(count.run(&mut device, &[("W", 50)]), pair("applied-flagged", "VARIANCE"));
    let token = world.token("supervisor", "o-2").await;
    let id = world.text("SELECT id FROM approval").await;
    let path = format!("/v1/approvals/{id}");
    let no = json!({"id": "a-1", "decision": "decline", "note": "count by daylight"});
    let first = world.post(&token, &path, &no);
    assert_eq!((first.status, &first.body["state"]), (200, &json!("declined")));
    assert_eq!(world.post(&token, &path, &no).body, first.body);
    let late = world.post(&token, &path, &json!({"id": "a-2", "decision": "approve"}));
    assert_eq!((late.status, &late.body["code"]), (409, &json!("decided")));
    let clash = world.post(&token, &path, &json!({"id": "a-1", "decision": "approve"}));
    assert_eq!((clash.status, &clash.body["code"]), (409, &json!("id_taken")));
    assert_eq!(world.stock("A9", "W", "available").await, 100);
    assert_eq!(world.text("SELECT state FROM stock_count").await, "declined");
    let exception = world.text("SELECT id FROM exception WHERE kind = 'VARIANCE'").await;
    let detail = world.get(&token, &format!("/v1/exceptions/{exception}"));
    let events: Vec<&str> =
        detail.body["events"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["decline", "note"]);
    assert_eq!(detail.body["state"], "closed");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rounds_are_used_up_and_the_same_person_does_not_count() {
    let world = with(100, 100).await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    assert_eq!(Counting::of("c-1", &lines[0]).run(&mut device, &[("W", 90)]), fine());
    // The same person again: no round.
    let line = world.open_lines(TaskKind::Count).await.remove(0);
    let same = Counting::of("c-2", &line).run(&mut device, &[("W", 90)]);
    assert_eq!(same, pair("applied-flagged", "COUNT_SAME"));
    let rounds = [("c-3", "o-2", 91, 2, ""), ("c-4", "o-1", 92, 0, "VARIANCE")];
    for (id, operator, found, round, code) in rounds {
        let line = world.open_lines(TaskKind::Count).await.remove(0);
        device.operator = operator.to_owned();
        let (_, got) = Counting::of(id, &line).run(&mut device, &[("W", found)]);
        assert_eq!(got, code, "{id}");
        let next = world.open_lines(TaskKind::Count).await;
        assert_eq!(next.first().map_or(0, |line| line.plan.round), round, "{id}");
    }
    // A newer count that agrees with the book: nobody is asked any more.
    let (_, lines) = world.plan("p-2", &["A9"]).await;
    assert_eq!(Counting::of("c-5", &lines[0]).run(&mut device, &[("W", 100)]), fine());
    assert_eq!(world.text("SELECT state FROM approval").await, "lapsed");
    assert_eq!(world.text("SELECT state FROM stock_count WHERE id = 'c-4'").await, "lapsed");
    assert_eq!(world.number("SELECT COUNT(*) FROM exception WHERE kind = 'VARIANCE' AND state = 'open'").await, 0);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c11_a_scan_is_taken_back_until_the_count_is_submitted() {
    let world = with(5, 100).await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    let count = Counting::of("c-1", &lines[0]);
    device.pull();
    device.tell(&count.started());
    device.tell(&count.counted("W", 5));
    device.tell(&count.counted("W", 1));
    let one_too_many = Fact::Undone { epoch: 1, seq: device.next - 1 };
    assert_eq!(device.tell(&one_too_many), fine());
    assert_eq!(device.tell(&one_too_many), pair("applied-flagged", "NOT_NOW"));
    assert_eq!(device.tell(&count.submitted()), fine());
    assert_eq!(world.text("SELECT state FROM stock_count").await, "matched");
    assert_eq!(world.number("SELECT COUNT(*) FROM fact_log WHERE type = 'Counted'").await, 2);
    // Submitted: neither a scan nor the count itself can be taken back, and no scan comes in late.
    for seq in [2, 5, 7] {
        let undo = Fact::Undone { epoch: 1, seq };
        assert_eq!(device.tell(&undo).0, "applied-flagged", "{seq}");
    }
    assert_eq!(device.tell(&count.counted("W", 1)), pair("applied-flagged", "NOT_NOW"));
    assert_eq!(world.stock("A9", "W", "available").await, 5);
    world.assert_clean().await;
}

/// B takes two of a hundred while A counts so many there.
async fn moved_meanwhile(found: i64, code: &str, state: &str) {
    let world = with(100, 100).await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    b.operator = "o-2".to_owned();
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    let count = Counting::of("c-1", &lines[0]);
    a.pull();
    a.tell(&count.started());
    assert_eq!(b.tell(&moving("A9", "A3", "W", 2)), fine());
    a.pull();
    a.tell(&count.counted("W", found));
    assert_eq!(a.tell(&count.submitted()).1, code);
    assert_eq!(world.text("SELECT state FROM stock_count").await, state);
    assert_eq!(world.stock("A9", "W", "available").await, 98);
    let open = world.open_lines(TaskKind::Count).await;
    assert_eq!(open.len(), usize::from(!code.is_empty()));
    if let Some(line) = open.first() {
        // Not a round; once counted in peace, nobody is asked any more.
        assert_eq!(line.plan.round, 0);
        let again = Counting::of("c-2", line);
        assert_eq!(again.run(&mut b, &[("W", 98)]), fine());
        let open = "SELECT COUNT(*) FROM exception WHERE kind = 'CONTESTED' AND state = 'open'";
        assert_eq!(world.number(open).await, 0);
    }
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c12_what_others_moved_meanwhile_is_counted_again() {
    moved_meanwhile(98, "CONTESTED", "contested").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c13_without_variance_nobody_contests() {
    moved_meanwhile(100, "", "matched").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_book_is_that_of_the_cursor_and_of_the_devices_own_facts() {
    let world = with(100, 100).await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    let count = Counting::of("c-1", &lines[0]);
    // Offline: its own move before the count is in its book, also where both come in one batch; what
    // others did to other goods there changes nothing.
    a.pull();
    assert_eq!(b.tell(&moving("A1", "A9", "Y", 2)), fine());
    let own = moving("A9", "A3", "W", 10);
    let facts: Vec<_> = [own, count.started(), count.counted("W", 89), count.counted("Y", 0), count.submitted()]
        .iter()
        .map(|fact| a.say(fact))
        .collect();
    assert_eq!(a.push(&facts).outcomes, []);
    assert_eq!(world.text("SELECT state FROM stock_count").await, "posted");
    assert_eq!((world.stock("A9", "W", "available").await, world.stock("A9", "Y", "available").await), (89, 2));
    let token = world.admin().await;
    let detail = world.get(&token, "/v1/counts/c-1");
    let line = &detail.body["lines"][0];
    assert_eq!((&line["book"], &line["counted"], &line["variance"]), (&json!(90), &json!(89), &json!(-1)));
    // A device that never pulled has no cursor: what differs is counted again.
    let mut c = world.enrol().await;
    let (_, lines) = world.plan("p-2", &["A9"]).await;
    let count = Counting::of("c-2", &lines[0]);
    c.tell(&count.started());
    c.tell(&count.counted("W", 88));
    assert_eq!(c.tell(&count.submitted()), pair("applied-flagged", "CONTESTED"));
    assert_eq!(world.stock("A9", "W", "available").await, 89);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c15_a_count_is_submitted_once() {
    let world = with(100, 100).await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    let count = Counting::of("c-1", &lines[0]);
    device.pull();
    device.tell(&count.started());
    device.tell(&count.started());
    device.tell(&count.counted("W", 99));
    let end = device.say(&count.submitted());
    assert_eq!(device.push(std::slice::from_ref(&end)).outcomes, []);
    assert_eq!(device.push(&[end]).outcomes, []);
    assert_eq!(device.tell(&count.submitted()), fine());
    assert_eq!(world.stock("A9", "W", "available").await, 99);
    assert_eq!(world.number("SELECT COUNT(*) FROM move WHERE reason = 'count'").await, 1);
    // One that is begun and never submitted has no effect.
    let (_, lines) = world.plan("p-2", &["A9"]).await;
    let left = Counting::of("c-2", &lines[0]);
    device.tell(&left.started());
    device.tell(&left.counted("W", 1));
    assert_eq!(world.stock("A9", "W", "available").await, 99);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_second_count_of_a_line_is_a_recount() {
    let world = with(100, 100).await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    b.operator = "o-2".to_owned();
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    b.pull();
    assert_eq!(Counting::of("c-1", &lines[0]).run(&mut a, &[("W", 90)]), fine());
    // B was offline and counted the same line; both found the same.
    let count = Counting::of("c-2", &lines[0]);
    b.tell(&count.started());
    b.tell(&count.counted("W", 90));
    assert_eq!(b.tell(&count.submitted()), pair("applied-flagged", "VARIANCE"));
    assert_eq!(world.number("SELECT round FROM stock_count WHERE id = 'c-2'").await, 1);
    // The recount that A's asked for is of no more use.
    assert!(world.open_lines(TaskKind::Count).await.is_empty());
    assert_eq!(world.stock("A9", "W", "available").await, 100);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_count_from_the_floor_ends_its_task() {
    let world = with(5, 100).await;
    let mut device = world.enrol().await;
    let opened = Fact::TaskOpened { task: "CT-LOCAL".into(), kind: TaskKind::Count, location: "A9".into() };
    assert_eq!(device.tell(&opened), fine());
    let count = Counting {
        id: "c-1".into(),
        task: "CT-LOCAL".into(),
        line: LineId::default(),
        location: "A9".into(),
        item: "W".into(),
    };
    // A spot count of W: the others there are not looked at.
    world.goods("A9", "Y", "", "", Status::Available, 3).await;
    assert_eq!(count.run(&mut device, &[("W", 5)]), fine());
    assert_eq!(world.task(&"CT-LOCAL".into()).await.state, TaskState::Done);
    assert_eq!(world.stock("A9", "Y", "available").await, 3);
    assert_eq!(world.number("SELECT COUNT(*) FROM count_line").await, 1);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_no_count_can_be_is_flagged_or_rejected() {
    let world = with(5, 100).await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    let count = Counting::of("c-1", &lines[0]);
    assert_eq!(device.tell(&count.counted("W", 1)), pair("applied-flagged", "UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&count.submitted()), pair("applied-flagged", "UNKNOWN_REFERENCE"));
    let nowhere = Counting { location: "NOPE".into(), ..count.clone() };
    assert_eq!(device.tell(&nowhere.started()), pair("rejected", "UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&count.started()), fine());
    assert_eq!(device.tell(&count.counted("NOPE", 1)), pair("rejected", "UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&count.counted("W", -1)), pair("rejected", "BAD_FACT"));
    let elsewhere = Counting { location: "A3".into(), ..count.clone() };
    assert_eq!(device.tell(&elsewhere.counted("W", 1)), pair("applied-flagged", "WRONG_LOCATION"));
    let mut other = world.enrol().await;
    assert_eq!(other.tell(&count.started()), pair("applied-flagged", "UNKNOWN_REFERENCE"));
    assert_eq!(other.tell(&count.submitted()), pair("applied-flagged", "UNKNOWN_REFERENCE"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_missing_unit_that_is_promised_is_seen_by_somebody() {
    let world = with(100, 100).await;
    let mut device = world.enrol().await;
    world.order("S-1", &[("W", 100)]).await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    let count = Counting::of("c-1", &lines[0]);
    assert_eq!(count.run(&mut device, &[("W", 99)]), pair("applied-flagged", "NEG_STOCK"));
    assert_eq!(world.text("SELECT state FROM stock_count").await, "posted");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn damage_to_counts_is_found_and_named() {
    let world = with(100, 100).await;
    let mut device = world.enrol().await;
    world.order("S-1", &[("X", 2)]).await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    assert_eq!(Counting::of("c-1", &lines[0]).run(&mut device, &[("W", 99)]), fine());
    world.plan("p-2", &["A9"]).await;
    world.plan("p-3", &["A2"]).await;
    world.assert_clean().await;
    let damages: &[(&'static str, &'static str, &str)] = &[
        (
            "UPDATE count_line SET counted = counted - 1",
            "UPDATE count_line SET counted = counted + 1",
            "counts posted their variance",
        ),
        (
            "UPDATE stock_count SET state = 'matched'",
            "UPDATE stock_count SET state = 'posted'",
            "counts posted their variance",
        ),
        (
            "UPDATE task_line SET location = 'A9' WHERE location = 'A2' AND item = ''",
            "UPDATE task_line SET location = 'A2' WHERE location = 'A9' AND seq / 10000 = 20",
            "a place is asked to be counted once",
        ),
        (
            "UPDATE allocation SET handling_unit = 'H-NOPE'",
            "UPDATE allocation SET handling_unit = ''",
            "promises are of places that exist",
        ),
        (
            "UPDATE task_line SET picked = 0 WHERE state = 'done'",
            "UPDATE task_line SET picked = 1 WHERE state = 'done'",
            "task lines = facts",
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_count_of_one_item_leaves_the_others_to_be_counted() {
    let world = with(100, 100).await;
    world.run("UPDATE setting SET v = replace(v, '\"recounts\":2', '\"recounts\":0')").await;
    world.goods("A9", "Y", "", "", Status::Available, 50).await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    let whole = Counting::of("c-1", &lines[0]);
    assert_eq!(whole.run(&mut device, &[("W", 90), ("Y", 40)]), pair("applied-flagged", "VARIANCE"));
    let token = world.token("supervisor", "o-2").await;
    let planned = world.post(&token, "/v1/counts/plan", &json!({"id": "p-2", "items": ["W"]}));
    let task = TaskId(planned.body["tasks"][0].as_str().unwrap().to_owned());
    let line = world.lines(&task).await.remove(0);
    assert_eq!(Counting::of("c-2", &line).run(&mut device, &[("W", 99)]), fine());
    // Both would have been posted: the older one lapsed, and the place is counted again.
    assert_eq!(world.text("SELECT state FROM stock_count WHERE id = 'c-1'").await, "lapsed");
    let open = world.open_lines(TaskKind::Count).await;
    assert_eq!((open.len(), open[0].location.as_str(), open[0].item.as_str()), (1, "A9", ""));
    assert_eq!((world.stock("A9", "W", "available").await, world.stock("A9", "Y", "available").await), (99, 50));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_approved_loss_of_promised_stock_is_seen_by_somebody() {
    let world = with(100, 100).await;
    world.run("UPDATE setting SET v = replace(v, '\"recounts\":2', '\"recounts\":0')").await;
    let mut device = world.enrol().await;
    world.order("S-1", &[("W", 80)]).await;
    let (_, lines) = world.plan("p-1", &["A9"]).await;
    let count = Counting::of("c-1", &lines[0]);
    assert_eq!(count.run(&mut device, &[("W", 70)]), pair("applied-flagged", "VARIANCE"));
    let token = world.token("supervisor", "o-2").await;
    let path = format!("/v1/approvals/{}", world.text("SELECT id FROM approval").await);
    assert_eq!(world.post(&token, &path, &json!({"id": "a-1", "decision": "approve"})).status, 200);
    assert_eq!(world.stock("A9", "W", "available").await, 70);
    let open = world.get(&token, "/v1/exceptions?state=open&kind=NEG_STOCK&subject=A9%7CW");
    assert_eq!(open.body["items"].as_array().unwrap().len(), 1);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn serials_are_counted_one_by_one() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A3"]).await;
    let count = Counting::of("c-1", &lines[0]);
    let unit = |serial: &str| match count.counted("Z", 1) {
        Fact::Counted { count, task, location, item, lot, handling_unit, qty, typed, unexpected, .. } => {
            let serial = serial.into();
            Fact::Counted { count, task, location, item, lot, serial, handling_unit, qty, typed, unexpected }
        }
        other => other,
    };
    device.pull();
    for fact in [count.started(), unit("Z1"), unit("Z9"), count.submitted()] {
        assert_eq!(device.tell(&fact), fine());
    }
    // One is missing and one too many: that is no match.
    assert_eq!(world.text("SELECT state FROM stock_count").await, "recount");
    assert_eq!(world.number("SELECT COUNT(*) FROM count_line WHERE book <> counted").await, 2);
    world.assert_clean().await;
}
