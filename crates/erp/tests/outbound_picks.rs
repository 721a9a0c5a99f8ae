//! Picks from other stock than planned, of cancelled orders, in batches and by zones (workflows, section 3).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/world.rs"]
mod world;

use bench::*;
use floorhand_domain::fact::{Fact, ShortReason, Units};
use floorhand_domain::master::HandlingUnit;
use floorhand_domain::stock::{Move, Place, SUPPLIER, Status};
use floorhand_domain::task::{Line, LineState};
use floorhand_erp::feed::Changes;
use floorhand_erp::{entity, ledger};
use world::*;

/// Opening stock of Y, which the world has 5 of, in handling units.
async fn goods(world: &World, at: &str, item: &str, unit: &str, qty: i64) {
    let unit = HandlingUnit { id: unit.into(), location: at.into(), ..HandlingUnit::default() };
    let what = Move {
        item: item.into(),
        lot: "".into(),
        serial: "".into(),
        qty,
        from: Place { location: SUPPLIER.into(), ..Place::default() },
        to: Place { location: at.into(), handling_unit: unit.id.clone(), status: Status::Available },
    };
    let source = ledger::Source::Request(uuid::Uuid::now_v7().to_string());
    let (unit, what, source) = (&unit, &what, &source);
    world
        .db()
        .write(|tx| async move {
            let mut changes = Changes::new(WH);
            entity::put_handling_unit(&tx, &mut changes, unit).await?;
            ledger::post(&tx, &mut changes, what, "opening", source).await?;
            changes.publish(&tx).await
        })
        .await
        .unwrap();
}

async fn item(world: &World, id: &str) {
    let item = &floorhand_domain::master::Item { id: id.into(), name: id.to_owned(), ..Default::default() };
    world
        .db()
        .write(|tx| async move {
            let mut changes = Changes::new(WH);
            entity::put_item(&tx, &mut changes, item).await?;
            changes.publish(&tx).await
        })
        .await
        .unwrap();
}

fn unit(label: &str, qty: i64) -> Units {
    Units { handling_unit: label.into(), qty, ..Units::default() }
}

fn swaps(line: &Line, asked: Units, taken: Units, at: &str) -> Fact {
    Fact::Substituted {
        task: line.task.clone(),
        line: line.id.clone(),
        location: at.into(),
        item: line.item.clone(),
        asked,
        taken,
    }
}

fn takes(line: &Line, label: &str, tote: &str, qty: i64) -> Fact {
    match picked(line, tote, qty) {
        Fact::Picked { task, line, location, item, tote, typed, .. } => {
            Fact::Picked { task, line, location, item, tote, typed, units: vec![unit(label, qty)] }
        }
        other => other,
    }
}

/// W in H1 and H2 at A1, five each; S-A is promised H1, S-B is promised H2.
async fn two_units(world: &World) -> (Line, Line) {
    item(world, "W").await;
    goods(world, "A1", "W", "H1", 5).await;
    goods(world, "A1", "W", "H2", 5).await;
    let (_, a) = world.order("S-A", &[("W", 5)]).await;
    let (_, b) = world.order("S-B", &[("W", 5)]).await;
    assert_eq!((a[0].handling_unit.as_str(), b[0].handling_unit.as_str()), ("H1", "H2"));
    (a[0].clone(), b[0].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p16_what_is_swapped_out_is_promised_to_the_other_anew() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (a, b) = two_units(&world).await;
    assert_eq!(device.tell(&swaps(&a, unit("H1", 5), unit("H2", 5), "A1")), fine());
    let mine = world.lines(&a.task).await;
    assert_eq!((mine.len(), mine[0].handling_unit.as_str(), mine[0].qty), (1, "H2", 5));
    let theirs = world.lines(&b.task).await;
    let open: Vec<&Line> = theirs.iter().filter(|line| line.state == LineState::Open).collect();
    assert_eq!((open.len(), open[0].handling_unit.as_str(), open[0].qty), (1, "H1", 5));
    assert_eq!(device.tell(&takes(&a, "H2", "T1", 5)), fine());
    assert_eq!(device.tell(&takes(open[0], "H1", "T2", 5)), fine());
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p16_where_nothing_else_is_the_other_is_on_backorder() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (a, b) = two_units(&world).await;
    let (_, c) = world.order("S-C", &[("X", 1)]).await;
    // Somebody took H1 for another order before the swap reached the core.
    assert_eq!(
        device.tell(&takes(&Line { item: "W".into(), location: "A1".into(), ..c[0].clone() }, "H1", "T3", 5)).0,
        "applied-flagged"
    );
    assert_eq!(device.tell(&swaps(&a, unit("H1", 5), unit("H2", 5), "A1")), fine());
    assert!(world.lines(&b.task).await.iter().all(|line| line.state != LineState::Open));
    assert_eq!(world.text("SELECT state FROM order_line WHERE id = 'S-B:1'").await, "backordered");
    assert_eq!(world.text("SELECT state FROM customer_order WHERE id = 'S-B'").await, "backordered");
    assert_eq!(world.task(&b.task).await.state, floorhand_domain::task::TaskState::Cancelled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p17_what_somebody_began_to_pick_is_never_taken_from_them() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (a, b) = two_units(&world).await;
    assert_eq!(device.tell(&takes(&b, "H2", "T2", 2)), fine());
    assert_eq!(device.tell(&swaps(&a, unit("H1", 5), unit("H2", 5), "A1")), flagged("SWAP_PICKED"));
    let theirs = world.lines(&b.task).await;
    assert_eq!((theirs.len(), theirs[0].state, theirs[0].qty), (1, LineState::Open, 5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p19_a_whole_unit_that_is_booked_elsewhere_moves_here() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    item(&world, "W").await;
    goods(&world, "A1", "W", "H1", 5).await;
    goods(&world, "A9", "W", "H5", 5).await;
    let (_, lines) = world.order("S-1", &[("W", 5)]).await;
    assert_eq!(lines[0].handling_unit.as_str(), "H1");
    assert_eq!(device.tell(&swaps(&lines[0], unit("H1", 5), unit("H5", 5), "A1")), fine());
    assert_eq!((world.stock("A9", "W", "available").await, world.stock("A1", "W", "available").await), (0, 10));
    assert_eq!(world.text("SELECT location FROM handling_unit WHERE id = 'H5'").await, "A1");
    assert_eq!(device.tell(&takes(&lines[0], "H5", "T1", 5)), fine());
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p14_a_part_of_a_line_is_swapped() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    item(&world, "W").await;
    goods(&world, "A1", "W", "H1", 5).await;
    goods(&world, "A1", "W", "H2", 5).await;
    let (_, lines) = world.order("S-1", &[("W", 5)]).await;
    assert_eq!(device.tell(&swaps(&lines[0], unit("H1", 2), unit("H2", 2), "A1")), fine());
    let now = world.lines(&lines[0].task).await;
    assert_eq!(
        (now.len(), now[0].handling_unit.as_str(), now[0].qty),
        (1, "H1", 5),
        "the device goes on with one line"
    );
    assert_eq!(promised(&world).await, "H1 3, H2 2");
    world.assert_clean().await;
}

async fn promised(world: &World) -> String {
    let rows = world
        .db()
        .read(
            |tx| async move { tx.rows("SELECT handling_unit, qty FROM allocation ORDER BY handling_unit", &[]).await },
        )
        .await
        .unwrap();
    let rows = rows.iter().map(|row| format!("{} {}", row.str(0).unwrap(), row.i64(1).unwrap()));
    rows.collect::<Vec<_>>().join(", ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p14_a_part_swapped_offline_is_picked_by_the_first_line_without_a_fault() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    item(&world, "W").await;
    goods(&world, "A1", "W", "H1", 10).await;
    goods(&world, "A1", "W", "H2", 4).await;
    let (task, lines) = world.order("S-1", &[("W", 10)]).await;
    assert_eq!(lines[0].handling_unit.as_str(), "H1");
    // All of it is said before the core answers.
    let mut facts = vec![device.say(&assigned(&task, "T1"))];
    facts.push(device.say(&swaps(&lines[0], unit("H1", 4), unit("H2", 4), "A1")));
    facts.push(device.say(&takes(&lines[0], "H2", "T1", 4)));
    facts.push(device.say(&takes(&lines[0], "H1", "T1", 4)));
    let undo = device.next - 1;
    assert!(device.push(&facts).outcomes.is_empty());
    assert_eq!(promised(&world).await, "H1 2");
    // What is put back is promised where it came from.
    assert_eq!(device.tell(&Fact::Undone { epoch: 1, seq: undo }), fine());
    assert_eq!(device.tell(&Fact::Undone { epoch: 1, seq: undo - 1 }), fine());
    assert_eq!(promised(&world).await, "H1 6, H2 4");
    world.assert_clean().await;
    for (label, qty) in [("H1", 6), ("H2", 4)] {
        assert_eq!(device.tell(&takes(&lines[0], label, "T1", qty)), fine());
    }
    let now = world.lines(&task.id).await;
    assert_eq!((now.len(), now[0].state, now[0].picked), (1, LineState::Done, 10));
    assert_eq!(world.number("SELECT allocated FROM order_line WHERE id = 'S-1:1'").await, 0);
    assert_eq!(device.tell(&dropped(&task, &["T1"])), fine());
    assert_eq!(world.text("SELECT state FROM customer_order WHERE id = 'S-1'").await, "picked");
    assert_eq!(world.number("SELECT COUNT(*) FROM exception").await, 0);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p14_a_short_after_a_part_swap_gives_back_all_that_was_promised() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    item(&world, "W").await;
    goods(&world, "A1", "W", "H1", 10).await;
    goods(&world, "A1", "W", "H2", 4).await;
    goods(&world, "A9", "W", "H5", 20).await;
    let (task, lines) = world.order("S-1", &[("W", 10)]).await;
    assert_eq!(device.tell(&swaps(&lines[0], unit("H1", 4), unit("H2", 4), "A1")), fine());
    assert_eq!(device.tell(&takes(&lines[0], "H2", "T1", 3)), fine());
    assert_eq!(device.tell(&short(&lines[0], 7)), fine());
    let now = world.lines(&task.id).await;
    let open: Vec<(&str, i64)> = now
        .iter()
        .filter(|line| line.state == LineState::Open)
        .map(|line| (line.location.as_str(), line.qty))
        .collect();
    assert_eq!(open, [("A9", 7)]);
    assert_eq!(promised(&world).await, "H5 7");
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p18_a_lot_that_is_not_booked_here_is_counted() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, _) = world.order("S-1", &[("X", 1)]).await;
    let ask = |location: &str| Fact::CountAsked {
        task: task.id.clone(),
        location: location.into(),
        item: "X".into(),
        lot: "L3".into(),
        handling_unit: "".into(),
    };
    assert_eq!(device.tell(&ask("A1")), fine());
    assert_eq!(device.tell(&ask("A1")), fine());
    assert_eq!(world.number("SELECT COUNT(*) FROM task_line l JOIN task t ON t.id = l.task WHERE t.kind = 'count' AND l.location = 'A1'").await, 1);
    assert_eq!(device.tell(&ask("NOPE")), pair("rejected", "UNKNOWN_REFERENCE"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p23_p25_a_short_touches_nobody_else_and_finds_stock_elsewhere() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, mine) = world.order("S-1", &[("X", 4)]).await;
    let (_, theirs) = world.order("S-2", &[("X", 4)]).await;
    assert_eq!((mine[0].location.as_str(), theirs[0].location.as_str()), ("A1", "A1"));
    assert_eq!(device.tell(&short(&mine[0], 4)), fine());
    let after = world.lines(&theirs[0].task).await;
    assert_eq!((after[0].state, after[0].location.as_str(), after[0].qty), (LineState::Open, "A1", 4));
    assert_eq!(world.number("SELECT qty FROM allocation WHERE order_id = 'S-2'").await, 4);
    let mine = world.lines(&mine[0].task).await;
    let open: Vec<&Line> = mine.iter().filter(|line| line.state == LineState::Open).collect();
    assert_eq!((open[0].location.as_str(), open[0].qty), ("A2", 4));
    assert_eq!(world.number("SELECT COUNT(*) FROM task WHERE kind = 'count'").await, 1);
    // None anywhere else: what is missing is on backorder.
    assert_eq!(device.tell(&short(open[0], 4)), fine());
    let backordered = world.number("SELECT backordered FROM order_line WHERE id = 'S-1:1'").await;
    let promised = world.number("SELECT allocated FROM order_line WHERE id = 'S-1:1'").await;
    assert_eq!(backordered + promised, 4);
    world.assert_clean().await;
}

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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p24_two_of_my_lines_on_the_same_goods_are_short_together() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, mine) = world.order("S-1", &[("X", 2), ("X", 3)]).await;
    assert_eq!(device.tell(&short(&mine[0], mine[0].qty)), fine());
    let lines = world.lines(&mine[0].task).await;
    let at = |location: &str, state: LineState| {
        lines
            .iter()
            .filter(|line| line.location.as_str() == location && line.state == state)
            .map(|line| line.qty)
            .sum::<i64>()
    };
    assert_eq!((at("A1", LineState::Short), at("A1", LineState::Open), at("A2", LineState::Open)), (5, 0, 5));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p26_a_short_declared_offline_is_met_by_what_came_in_meanwhile() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, mine) = world.order("S-1", &[("Y", 5)]).await;
    goods(&world, "A2", "Y", "", 5).await;
    assert_eq!(device.tell(&short(&mine[0], 5)), fine());
    let lines = world.lines(&mine[0].task).await;
    let open: Vec<&Line> = lines.iter().filter(|line| line.state == LineState::Open).collect();
    assert_eq!((open[0].location.as_str(), open[0].qty), ("A2", 5));
    assert_eq!(world.number("SELECT COUNT(*) FROM task WHERE kind = 'count'").await, 1);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p29_a_cancelled_order_loses_its_lines_and_its_goods_go_back() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    let (task, lines) = bench.world.order("S-1", &[("X", 2), ("Y", 1)]).await;
    device.tell(&claimed(&task));
    device.tell(&assigned(&task, "T1"));
    assert_eq!(device.tell(&picked(&lines[0], "T1", lines[0].qty)), fine());
    assert_eq!(bench.set("S-1", "cancel").status, 200);
    device.pull();
    assert_eq!(device.row("line", lines[1].id.as_str()).unwrap()["state"], "cancelled");
    let back: Vec<_> = device.rows("line").into_iter().filter(|line| line["handling_unit"] == "T1").collect();
    assert_eq!(
        (back.len(), back[0]["qty"].as_i64(), back[0]["location"].as_str()),
        (1, lines[0].qty.into(), Some("TRANSIT"))
    );
    // Who scans the tote is told that its order was cancelled.
    let row = device.row("pack-order", "S-1").unwrap();
    assert_eq!((row["state"].as_str(), row["lines"].to_string().contains("T1")), (Some("cancelled"), true));
    // It is set down, and found where it stands.
    assert_eq!(device.tell(&dropped(&task, &["T1"])), fine());
    assert_eq!(bench.world.task(&task.id).await.state, floorhand_domain::task::TaskState::Done);
    device.pull();
    let back: Vec<_> = device.rows("line").into_iter().filter(|line| line["handling_unit"] == "T1").collect();
    assert_eq!(back[0]["location"], BENCH);
    assert_eq!(bench.order("S-1")["state"], "cancelled");
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p30_a_pick_for_a_cancelled_order_stands_is_flagged_and_goes_back() {
    let bench = Bench::new().await;
    let mut device = bench.world.enrol().await;
    let (task, lines) = bench.world.order("S-1", &[("X", 2), ("Y", 2)]).await;
    device.tell(&claimed(&task));
    device.tell(&assigned(&task, "T1"));
    assert_eq!(bench.set("S-1", "cancel").status, 200);
    assert_eq!(device.tell(&picked(&lines[0], "T1", 2)).1, "ORDER_CANCELLED");
    assert_eq!(device.tell(&picked(&lines[1], "T1", 2)).1, "ORDER_CANCELLED");
    assert_eq!(bench.world.stock("TRANSIT", "X", "available").await, 2);
    assert_eq!(
        bench.world.number("SELECT COUNT(*) FROM task WHERE kind = 'put-away'").await,
        1,
        "one task for the tote"
    );
    assert_eq!(bench.world.number("SELECT qty FROM task_line WHERE handling_unit = 'T1'").await, 4);
    bench.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p31_two_pickers_offline_pick_one_line() {
    let world = World::new().await;
    let (mut a, mut b) = (world.enrol().await, world.enrol().await);
    b.operator = "o-2".to_owned();
    let (_, lines) = world.order("S-1", &[("X", 2)]).await;
    assert_eq!(a.tell(&picked(&lines[0], "T1", 2)), fine());
    assert_eq!(b.tell(&picked(&lines[0], "T2", 2)), flagged("OVER_PICK"));
    assert_eq!(world.stock("TRANSIT", "X", "allocated").await, 4);
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p34_a_batch_is_sorted_into_the_totes_of_its_orders() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (_, one) = world.order("S-1", &[("X", 2)]).await;
    assert_eq!(device.tell(&picked(&one[0], "T1", 2)), fine());
    let sorts = |tote: &str, qty: i64| Fact::Sorted {
        task: one[0].task.clone(),
        line: one[0].id.clone(),
        item: "X".into(),
        from: "T1".into(),
        tote: tote.into(),
        units: vec![Units { qty, ..Units::default() }],
    };
    assert_eq!(device.tell(&sorts("T2", 2)), fine());
    assert_eq!(world.text("SELECT handling_unit FROM order_pick WHERE order_id = 'S-1'").await, "T2");
    assert_eq!(world.text("SELECT order_id FROM handling_unit WHERE id = 'T2'").await, "S-1");
    assert_eq!(device.tell(&sorts("T1", 1)), pair("rejected", "BAD_FACT"));
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p35_a_tote_is_taken_up_by_the_next_zone() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 2), ("Y", 1)]).await;
    device.tell(&assigned(&task, "T1"));
    device.tell(&picked(&lines[0], "T1", lines[0].qty));
    device.tell(&dropped(&task, &["T1"]));
    assert_eq!(
        world.stock("PACK-01", "X", "allocated").await + world.stock("PACK-01", "Y", "allocated").await,
        lines[0].qty
    );
    let taken = Fact::ToteTaken { task: task.id.clone(), tote: "T1".into(), location: "PACK-01".into() };
    assert_eq!(device.tell(&taken), fine());
    assert_eq!(world.task(&task.id).await.slots[0].tote.as_str(), "T1");
    assert_eq!(world.text("SELECT location FROM handling_unit WHERE id = 'T1'").await, "TRANSIT");
    assert_eq!(device.tell(&picked(&lines[1], "T1", lines[1].qty)), fine());
    assert_eq!(device.tell(&dropped(&task, &["T1"])), fine());
    assert_eq!(world.text("SELECT state FROM customer_order WHERE id = 'S-1'").await, "picked");
    world.assert_clean().await;
}
