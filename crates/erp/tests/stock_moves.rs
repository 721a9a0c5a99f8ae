//! Moves as the core sees them: M6 to M11, W8, and where goods are to be put.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::*;
use floorhand_domain::master::{Location, Mixing, Role};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::{Move, Place, Status};
use floorhand_domain::task::{LineState, TaskKind, TaskState, Why};
use floorhand_erp::feed::Changes;
use floorhand_erp::putaway::{self, Away};
use serde_json::json;
use stock::*;
use world::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m06_m07_parts_and_whole_units_move() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    world.unit("P1", "A2", "").await;
    world.unit("H1", "A2", "P1").await;
    world.unit("H2", "A9", "").await;
    world.goods("A2", "Y", "", "H1", Status::Available, 10).await;
    world.goods("A2", "Y", "", "P1", Status::Available, 3).await;
    // M6: 4 of 10 from H1 into H2.
    let part = match moving("A2", "A9", "Y", 4) {
        Fact::Moved { task, line, unit, item, status, from, to, because, typed, .. } => Fact::Moved {
            units: vec![Units { handling_unit: "H1".into(), qty: 4, ..Units::default() }],
            into: "H2".into(),
            task,
            line,
            unit,
            item,
            status,
            from,
            to,
            because,
            typed,
        },
        other => other,
    };
    assert_eq!(device.tell(&part), fine());
    assert_eq!(world.number("SELECT qty FROM balance WHERE handling_unit = 'H1'").await, 6);
    assert_eq!(world.number("SELECT qty FROM balance WHERE handling_unit = 'H2' AND location = 'A9'").await, 4);
    // The pallet goes with the carton on it.
    assert_eq!(device.tell(&moving_unit("P1", "A2", "A3")), fine());
    assert_eq!(world.stock("A3", "Y", "available").await, 9);
    assert_eq!(world.location_of("H1").await, ("A3".to_owned(), "P1".to_owned()));
    // M7: the carton alone leaves the pallet, which stays.
    assert_eq!(device.tell(&moving_unit("H1", "A3", "A9")), fine());
    assert_eq!(world.location_of("H1").await, ("A9".to_owned(), String::new()));
    assert_eq!(world.location_of("P1").await, ("A3".to_owned(), String::new()));
    assert_eq!((world.stock("A9", "Y", "available").await, world.stock("A3", "Y", "available").await), (10, 3));
    device.pull();
    assert_eq!(device.row("handling-unit", "H1").unwrap()["location"], "A9");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m08_more_than_the_book_says_is_moved_and_counted() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    world.goods("A2", "Y", "", "", Status::Available, 3).await;
    assert_eq!(device.tell(&moving("A2", "A9", "Y", 5)), pair("applied-flagged", "NEG_STOCK"));
    assert_eq!((world.stock("A2", "Y", "available").await, world.stock("A9", "Y", "available").await), (-2, 5));
    let counts = world.open_lines(TaskKind::Count).await;
    assert_eq!(counts.len(), 1);
    assert_eq!((counts[0].location.as_str(), counts[0].item.as_str()), ("A2", "Y"));
    assert_eq!(counts[0].plan.trigger, "negative");
    // Once more: the same line asks, and no exception beside that of the fact.
    assert_eq!(device.tell(&moving("A2", "A9", "Y", 1)), pair("applied-flagged", "NEG_STOCK"));
    assert_eq!(world.open_lines(TaskKind::Count).await.len(), 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM exception").await, 2);
    device.pull();
    assert_eq!(device.row("line", counts[0].id.as_str()).unwrap()["plan"]["trigger"], "negative");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m09_promises_follow_what_is_moved() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    world.person("o-sup", &[Role::Supervisor]).await;
    let (task, lines) = world.order("S-1", &[("X", 3)]).await;
    assert_eq!(lines[0].location.as_str(), "A1");
    // 1 of the 3 that are promised stays.
    assert_eq!(device.tell(&moving("A1", "A9", "X", 9)), pair("applied-flagged", "ALLOCATED"));
    let split = world.lines(&task.id).await;
    let got: Vec<_> = split.iter().map(|line| (line.location.as_str(), line.qty, line.state)).collect();
    assert_eq!(got, [("A1", 1, LineState::Open), ("A9", 2, LineState::Open)]);
    assert_eq!(world.task(&task.id).await.lines, 2);
    world.assert_clean().await;
    // A supervisor allowed the next one: the whole line goes along.
    assert_eq!(device.tell(&approved("o-sup", Reason::Allocated, "item:X")), fine());
    assert_eq!(device.tell(&moving("A9", "A3", "X", 9)), fine());
    assert_eq!(world.lines(&task.id).await[1].location.as_str(), "A3");
    assert_eq!(world.number("SELECT CAST(SUM(qty) AS BIGINT) FROM allocation WHERE location = 'A3'").await, 2);
    // The decision backed that one only.
    assert_eq!(device.tell(&moving("A3", "A9", "X", 9)), pair("applied-flagged", "ALLOCATED"));
    // What is free moves freely.
    assert_eq!(device.tell(&moving("A2", "A9", "X", 10)), fine());
    let lines = world.lines(&task.id).await;
    device.pull();
    assert_eq!(device.row("line", lines[1].id.as_str()).unwrap()["location"], "A9");
    for line in &lines {
        assert_eq!(device.tell(&picked(line, "T1", line.qty)), fine());
    }
    assert_eq!(device.tell(&dropped(&task, &["T1"])), fine());
    assert_eq!(world.text("SELECT state FROM customer_order WHERE id = 'S-1'").await, "picked");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m09_a_promised_unit_is_fetched_where_it_went() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    world.item("W", 0).await;
    world.unit("H1", "A2", "").await;
    world.goods("A2", "W", "", "H1", Status::Available, 5).await;
    let (task, lines) = world.order("S-1", &[("W", 5)]).await;
    assert_eq!(lines[0].handling_unit.as_str(), "H1");
    assert_eq!(device.tell(&moving_unit("H1", "A2", "A9")), pair("applied-flagged", "ALLOCATED"));
    let line = &world.lines(&task.id).await[0];
    assert_eq!((line.location.as_str(), line.handling_unit.as_str(), line.qty), ("A9", "H1", 5));
    assert_eq!(world.text("SELECT location FROM allocation").await, "A9");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m10_the_last_fact_places_a_unit() {
    let world = World::new().await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    b.operator = "o-2".to_owned();
    world.unit("H1", "A1", "").await;
    world.goods("A1", "Y", "", "H1", Status::Available, 7).await;
    assert_eq!(b.tell(&moving_unit("H1", "A1", "A2")), fine());
    assert_eq!(a.tell(&moving_unit("H1", "A1", "A9")), pair("applied-flagged", "HU_ELSEWHERE"));
    assert_eq!(world.location_of("H1").await.0, "A9");
    assert_eq!((world.stock("A9", "Y", "available").await, world.stock("A2", "Y", "available").await), (7, 0));
    // A label that nobody knows is there all the same.
    assert_eq!(a.tell(&moving_unit("H-NEW", "A1", "A9")), pair("applied-flagged", "UNKNOWN_REFERENCE"));
    assert_eq!(world.location_of("H-NEW").await.0, "A9");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m11_what_could_not_be_brought_is_open_again() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    world.item("W", 0).await;
    let own = Location { id: "FIX".into(), sequence: 5, capacity: 30, fixed_item: "W".into(), ..Location::default() };
    world.place(own).await;
    world.goods("A2", "W", "", "", Status::Available, 20).await;
    let token = world.token("supervisor", "").await;
    let ask = json!({"id": "r-1", "item": "W", "to": "FIX", "qty": 20});
    let answer = world.post(&token, "/v1/replenish", &ask);
    assert_eq!((answer.status, &answer.body["qty"], &answer.body["missing"]), (200, &json!(20), &json!(0)));
    // The same request again is the same task; its room and its stock are spoken for.
    assert_eq!(world.post(&token, "/v1/replenish", &ask).body, answer.body);
    let more = world.post(&token, "/v1/replenish", &json!({"id": "r-2", "item": "W", "to": "FIX"}));
    assert_eq!((&more.body["task"], &more.body["missing"]), (&json!(""), &json!(10)), "{}", more.body);
    world.goods("A3", "W", "", "", Status::Available, 10).await;
    let task = TaskId(answer.body["task"].as_str().unwrap().to_owned());
    let line = world.lines(&task).await.remove(0);
    assert_eq!((line.location.as_str(), line.plan.to.as_str(), line.plan.why), ("A2", "FIX", Why::Fixed));
    assert_eq!(device.tell(&for_line(moving("A2", "FIX", "W", 14), &line)), fine());
    assert_eq!(world.task(&task).await.state, TaskState::Open);
    let check = Fact::ZeroChecked {
        task: task.clone(),
        line: line.id.clone(),
        location: "A2".into(),
        item: "W".into(),
        empty: true,
    };
    assert_eq!(device.tell(&check), fine());
    let now = &world.lines(&task).await[0];
    assert_eq!((now.state, now.picked), (LineState::Short, 14));
    assert_eq!(world.task(&task).await.state, TaskState::Done);
    let rest = world.open_lines(TaskKind::Move).await;
    assert_eq!(rest.len(), 1);
    assert_eq!((rest[0].location.as_str(), rest[0].qty, rest[0].plan.to.as_str()), ("A3", 6, "FIX"));
    // The book has 6 where nothing is: somebody counts.
    let counts = world.open_lines(TaskKind::Count).await;
    assert_eq!(counts.len(), 1);
    assert_eq!((counts[0].location.as_str(), counts[0].plan.trigger.as_str()), ("A2", "zero-check"));
    assert_eq!(device.tell(&for_line(moving("A3", "FIX", "W", 6), &rest[0])), fine());
    assert_eq!(world.task(&rest[0].task).await.state, TaskState::Done);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn w8_a_task_from_the_floor_is_adopted_once() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let opened = Fact::TaskOpened { task: "MV-LOCAL".into(), kind: TaskKind::Move, location: LocationId::default() };
    let first = device.say(&opened);
    assert_eq!(device.push(std::slice::from_ref(&first)).outcomes, []);
    assert_eq!(device.push(&[first]).outcomes, []);
    // Under another number too.
    assert_eq!(device.tell(&opened), fine());
    let task = world.task(&"MV-LOCAL".into()).await;
    assert_eq!((task.kind, task.state, task.holder.as_str()), (TaskKind::Move, TaskState::Claimed, "o-1"));
    assert_eq!(world.number("SELECT COUNT(*) FROM task").await, 1);
    let mut other = world.enrol().await;
    assert_eq!(other.tell(&opened), pair("applied-flagged", "CLAIM_LOST"));
    let fact = match moving("A1", "A9", "X", 2) {
        Fact::Moved { line, unit, item, units, status, from, to, into, because, typed, .. } => {
            Fact::Moved { task: "MV-LOCAL".into(), line, unit, item, units, status, from, to, into, because, typed }
        }
        other => other,
    };
    assert_eq!(device.tell(&fact), fine());
    assert_eq!(world.task(&"MV-LOCAL".into()).await.state, TaskState::Done);
    assert_eq!(world.stock("A9", "X", "available").await, 2);
    let bad = Fact::TaskOpened { task: "PT-LOCAL".into(), kind: TaskKind::Pick, location: LocationId::default() };
    assert_eq!(device.tell(&bad), pair("rejected", "BAD_FACT"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_may_not_stand_there_is_flagged() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let bin = |id: &str| Location { id: id.into(), sequence: 40, ..Location::default() };
    world.place(Location { capacity: 4, ..bin("B1") }).await;
    world.place(Location { mixing: Mixing::Item, ..bin("B2") }).await;
    world.place(Location { status: Status::Quarantined, ..bin("B3") }).await;
    world.goods("B2", "X", "", "", Status::Available, 1).await;
    let cases = [
        ("B1", "Y", 4, fine()),
        ("B1", "Y", 1, pair("applied-flagged", "PLACE_FULL")),
        ("B2", "X", 1, fine()),
        ("B2", "Y", 1, pair("applied-flagged", "PLACE_MIX")),
        ("B3", "X", 1, pair("applied-flagged", "PLACE_FORBIDDEN")),
        ("PACK-01", "X", 1, fine()),
        ("LOSS", "X", 1, pair("rejected", "BAD_FACT")),
        ("NOPE", "X", 1, pair("rejected", "UNKNOWN_REFERENCE")),
    ];
    world.goods("A1", "Y", "", "", Status::Available, 10).await;
    for (to, item, qty, expected) in cases {
        assert_eq!(device.tell(&moving("A1", to, item, qty)), expected, "{qty} {item} to {to}");
    }
    assert_eq!(world.stock("B1", "Y", "available").await, 5);
    // Picked stock never moves; what was done is flagged.
    let (_, lines) = world.order("S-1", &[("X", 2)]).await;
    assert_eq!(device.tell(&picked(&lines[0], "T1", 2)), fine());
    assert_eq!(device.tell(&moving_unit("T1", "TRANSIT", "A9")), pair("applied-flagged", "ALLOCATED"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn places_are_suggested_by_their_rules_and_anew_when_the_world_moved() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let bin = |id: &str, sequence| Location { id: id.into(), sequence, ..Location::default() };
    world.item("W", 0).await;
    let dock = Location { kind: floorhand_domain::master::LocationKind::Dock, ..bin("DOCK", 1000) };
    world.place(dock).await;
    world.place(Location { fixed_item: "W".into(), capacity: 10, ..bin("FIX", 500) }).await;
    world.place(Location { capacity: 12, ..bin("B1", 600) }).await;
    world.place(Location { status: Status::Quarantined, ..bin("Q1", 990) }).await;
    world.goods("B1", "W", "", "", Status::Available, 2).await;
    world.goods("DOCK", "W", "", "", Status::Available, 30).await;
    let away = |qty, status| Away { at: "DOCK".into(), item: "W".into(), qty, status, ..Away::default() };
    let open = async |qty: i64, status: Status| {
        let goods = [away(qty, status)];
        let goods = &goods;
        world
            .db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                let task = putaway::open_task(&tx, &mut changes, goods, 0).await?.unwrap();
                changes.publish(&tx).await?;
                Ok(task)
            })
            .await
            .unwrap()
    };
    let plan = async |task: &TaskId| world.lines(task).await.remove(0).plan;
    // Its own place, then where it lies, then the nearest empty one; each only as far as there is room.
    let first = open(8, Status::Available).await;
    let told = plan(&first).await;
    assert_eq!((told.to.as_str(), told.why), ("FIX", Why::Fixed));
    assert_eq!(told.others.first().map(LocationId::as_str), Some("B1"));
    let second = open(8, Status::Available).await;
    assert_eq!((plan(&second).await.to.as_str(), plan(&second).await.why), ("B1", Why::SameItem));
    let third = open(8, Status::Available).await;
    assert_eq!((plan(&third).await.to.as_str(), plan(&third).await.why), ("A9", Why::Empty));
    let held = open(5, Status::Quarantined).await;
    assert_eq!((plan(&held).await.to.as_str(), plan(&held).await.why), ("Q1", Why::Empty));
    // Somebody fills B1: the second line is told another place.
    assert_eq!(device.tell(&moving("A1", "B1", "X", 5)), fine());
    assert_ne!(plan(&second).await.to.as_str(), "B1");
    device.pull();
    let line = world.lines(&second).await.remove(0);
    assert_eq!(device.row("line", line.id.as_str()).unwrap()["plan"]["to"], json!(line.plan.to.as_str()));
    // A line that is done ends its task.
    let line = world.lines(&first).await.remove(0);
    assert_eq!(device.tell(&for_line(moving("DOCK", "FIX", "W", 8), &line)), fine());
    assert_eq!(world.task(&first).await.state, TaskState::Done);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_released_pallet_is_one_line_and_others_find_it_done() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let bin = |id: &str, sequence| Location { id: id.into(), sequence, ..Location::default() };
    let dock = Location { kind: floorhand_domain::master::LocationKind::Dock, ..bin("DOCK", 1) };
    world.place(dock).await;
    world.place(Location { mixing: Mixing::Item, ..bin("B1", 2) }).await;
    world.unit("P1", "DOCK", "").await;
    let released: Vec<Move> = [("X", "P1", 4), ("Y", "P1", 5), ("X", "", 2), ("X", "", 1)]
        .into_iter()
        .map(|(item, unit, qty)| {
            let place = |status| Place { location: "DOCK".into(), handling_unit: unit.into(), status };
            Move {
                item: item.into(),
                lot: "".into(),
                serial: "".into(),
                qty,
                from: place(Status::InTransit),
                to: place(Status::Available),
            }
        })
        .collect();
    for what in &released {
        let unit = what.to.handling_unit.as_str();
        world.goods("DOCK", what.item.as_str(), "", unit, Status::Available, what.qty).await;
    }
    let moves = &released;
    let task = world
        .db()
        .write(|tx| async move {
            let mut changes = Changes::new(WH);
            let task = putaway::open_released(&tx, &mut changes, moves, 0).await?.unwrap();
            changes.publish(&tx).await?;
            Ok(task)
        })
        .await
        .unwrap();
    let lines = world.lines(&task).await;
    let got: Vec<_> = lines
        .iter()
        .map(|line| (line.handling_unit.as_str(), line.item.as_str(), line.qty, line.plan.to.as_str()))
        .collect();
    // Two items fit no place of one item; the loose ones go where the same is.
    assert_eq!(got, [("P1", "", 9, "A9"), ("", "X", 3, "A2")]);
    // Somebody without the task puts it away: nothing is left of that line.
    assert_eq!(device.tell(&moving_unit("P1", "DOCK", "A9")), fine());
    assert_eq!(world.lines(&task).await[0].state, LineState::Cancelled);
    // Of the loose ones that is asked for which is still there.
    assert_eq!(device.tell(&moving("DOCK", "A2", "X", 1)), fine());
    let left = world.lines(&task).await.remove(1);
    assert_eq!((left.qty, left.state), (2, LineState::Open));
    assert_eq!(device.tell(&for_line(moving("DOCK", "A2", "X", 2), &left)), fine());
    assert_eq!(world.task(&task).await.state, TaskState::Done);
    world.assert_clean().await;
}
