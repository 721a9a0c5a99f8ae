//! What the core says meanwhile: P24–P26, P28–P31. What it decides is tested there; here is what the device makes of it.

use super::kit::line::changed;
use super::kit::world::SHIRT;
use super::*;
use floorhand::app::Signal;
use floorhand::view::Band;
use floorhand_domain::task::{LineState, TaskKind, TaskState};
use floorhand_wire::feed::{ExceptionRow, kind};
use floorhand_wire::push::Outcome;

fn notice(floor: &Floor) -> String {
    match floor.view().band {
        Band::Notice { code } => code,
        band => format!("{band:?}"),
    }
}

fn attentions(floor: &mut Floor) -> usize {
    floor.signals().into_iter().filter(|signal| *signal == Signal::Attention).count()
}

/// An exception over a fact of this device.
fn exception(id: &str, code: &str, seq: u64, fact: &str) -> kit::line::Changed {
    let row = ExceptionRow {
        id: id.to_owned(),
        kind: code.to_owned(),
        state: "open".to_owned(),
        epoch: 1,
        seq,
        fact: fact.to_owned(),
        at: "2026-06-01T07:00:00Z".to_owned(),
        ..ExceptionRow::default()
    };
    changed(kind::EXCEPTION, id, row)
}

fn short(floor: &mut Floor, at: &str, step: &str) {
    problem(floor, "short");
    floor.tap(Tap::Choose(0));
    floor.scan(at, step);
}

#[test]
fn p24_another_line_on_the_missing_goods_is_released() {
    let lines = vec![line("A-01", "SHIRT", 2), line("A-01", "SHIRT", 3), line("A-02", "MUG", 1)];
    let mut floor = at_item(stocked(), lines);
    short(&mut floor, "A-01", "pick.item");
    floor.recorded(&["PickedShort PT-1-1 2 NoneFound"]);
    floor.judged(&[]);
    let gone = floor.row(kind::LINE, "PT-1-2", |row: &mut Line| row.state = LineState::Short);
    let one = floor.row(kind::LINE, "PT-1-1", |row: &mut Line| row.state = LineState::Short);
    let anew = Line { id: "PT-1-4".into(), task: "PT-1".into(), seq: 9, ..line("A-07", "SHIRT", 5) };
    floor.arrives(vec![gone, one, changed(kind::LINE, "PT-1-4", anew)]);
    assert_eq!(floor.step(), "pick.location");
    floor.scan("A-02", "pick.item");
    floor.scan("MUG-BLUE", "pick.tote");
    floor.scan("T-1", "pick.location");
    floor.scan("A-07", "pick.item");
    assert_eq!(counted(&floor), (0, 5));
}

#[test]
fn p25_what_is_found_elsewhere_comes_as_a_line_of_my_task() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 2)]);
    short(&mut floor, "A-01", "pick.drop-off");
    floor.judged(&[]);
    let one = floor.row(kind::LINE, "PT-1-1", |row: &mut Line| row.state = LineState::Short);
    let anew = Line { id: "PT-1-2".into(), task: "PT-1".into(), seq: 2, ..line("A-07", "SHIRT", 2) };
    floor.arrives(vec![one, changed(kind::LINE, "PT-1-2", anew)]);
    assert_eq!((floor.step(), notice(&floor).as_str()), ("pick.location", "line-added"));
    floor.refused("A-01", "WRONG_LOCATION");
    floor.scan("A-07", "pick.item");
}

#[test]
fn p26_a_shortage_declared_offline_is_met_later() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 2), line("A-02", "MUG", 2)]);
    short(&mut floor, "A-01", "pick.location");
    floor.scan("A-02", "pick.item");
    floor.scan("MUG-BLUE", "pick.quantity");
    floor = floor.restart();
    // Hours later the core has it, and goods came in meanwhile: the step goes on, the rest comes after it.
    floor.judged(&[]);
    let one = floor.row(kind::LINE, "PT-1-1", |row: &mut Line| row.state = LineState::Short);
    let anew = Line { id: "PT-1-3".into(), task: "PT-1".into(), seq: 3, ..line("A-07", "SHIRT", 2) };
    floor.arrives(vec![one, changed(kind::LINE, "PT-1-3", anew)]);
    assert_eq!((floor.step(), counted(&floor)), ("pick.quantity", (1, 2)));
    floor.scan("MUG-BLUE", "pick.tote");
    floor.scan("T-1", "pick.location");
    floor.scan("A-07", "pick.item");
}

fn urgent(floor: &mut Floor, priority: i64, holder: &str) {
    let state = if holder.is_empty() { TaskState::Open } else { TaskState::Claimed };
    let task =
        Task { id: "PT-9".into(), kind: TaskKind::Pick, priority, state, holder: holder.into(), ..Task::default() };
    floor.arrives(vec![changed(kind::TASK, "PT-9", task)]);
}

#[test]
fn p28_an_urgent_order_is_announced_after_the_line() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 3), line("A-02", "MUG", 1)]);
    floor.scans(2, SHIRT, "pick.quantity");
    floor.signals();
    urgent(&mut floor, 9, "");
    assert_eq!((floor.step(), counted(&floor), attentions(&mut floor)), ("pick.quantity", (2, 3), 0));
    assert_ne!(notice(&floor), "urgent-order");
    floor = floor.restart();
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.location");
    assert_eq!((notice(&floor).as_str(), attentions(&mut floor)), ("urgent-order", 1));
    // The same row again is no news.
    urgent(&mut floor, 9, "");
    floor.scan("A-02", "pick.item");
    assert_eq!((notice(&floor) == "urgent-order", attentions(&mut floor)), (false, 0));
    floor.scan("MUG-BLUE", "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    assert_eq!(attentions(&mut floor), 0);
}

#[test]
fn p28_what_is_no_more_urgent_or_somebody_elses_is_not_announced() {
    for (priority, holder) in [(0, ""), (9, "o-2")] {
        let mut floor = picking(stocked(), vec![line("A-01", "SHIRT", 1)]);
        urgent(&mut floor, priority, holder);
        assert_eq!(attentions(&mut floor), 0, "{priority} {holder}");
        assert_ne!(notice(&floor), "urgent-order");
    }
    // Between two lines it is said at once.
    let mut floor = picking(stocked(), vec![line("A-01", "SHIRT", 1)]);
    floor.signals();
    urgent(&mut floor, 9, "");
    assert_eq!((notice(&floor).as_str(), attentions(&mut floor)), ("urgent-order", 1));
}

#[test]
fn p29_a_cancelled_order_loses_its_open_lines_at_the_next_step() {
    let lines = vec![line("A-01", "SHIRT", 1), of_slot(2, line("A-02", "MUG", 1)), line("A-07", "SHIRT", 2)];
    let mut floor = opened(stocked().stock("A-07", "SHIRT", 5), head(2), lines);
    floor.scan("A-01", "pick.item");
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.location");
    floor.scan("A-02", "pick.item");
    floor.judged(&[]);
    floor.signals();
    let gone = floor.row(kind::LINE, "PT-1-3", |row: &mut Line| row.state = LineState::Cancelled);
    floor.arrives(vec![gone]);
    // The step under way is another order's.
    assert_eq!((floor.step(), attentions(&mut floor)), ("pick.item", 0));
    floor.scan("MUG-BLUE", "pick.tote");
    floor.scan("T-2", "pick.drop-off");
    assert_eq!((notice(&floor).as_str(), attentions(&mut floor)), ("order-cancelled", 1));
    floor.scan("PACK-1", "work-list");
    // What was picked of it is put back by a task of its own.
    let back = Task { id: "PB-1".into(), kind: TaskKind::Move, lines: 1, ..Task::default() };
    floor.arrives(vec![changed(kind::TASK, "PB-1", back)]);
    assert!(floor.app().work.iter().any(|task| task.id.as_str() == "PB-1"));
}

#[test]
fn p29_the_line_under_way_gives_way_at_once() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 3), line("A-02", "MUG", 1)]);
    floor.scan(SHIRT, "pick.quantity");
    floor.signals();
    let gone = floor.row(kind::LINE, "PT-1-1", |row: &mut Line| row.state = LineState::Cancelled);
    floor.arrives(vec![gone]);
    assert_eq!((floor.step(), notice(&floor).as_str()), ("pick.location", "order-cancelled"));
    assert_eq!(attentions(&mut floor), 1);
    floor.scan("A-02", "pick.item");
    // The whole task can go, too, once the core has heard of it.
    floor.judged(&[]);
    floor.core_has_all();
    let task = floor.row(kind::TASK, "PT-1", |row: &mut Task| row.state = TaskState::Cancelled);
    floor.arrives(vec![task]);
    assert_eq!(floor.step(), "work-list");
}

#[test]
fn p30_a_pick_for_an_order_cancelled_meanwhile_stands_and_is_flagged() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 1), line("A-02", "MUG", 1)]);
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.location");
    let seq = floor.numbered().iter().find(|(_, kind)| *kind == "Picked").unwrap().0;
    floor.signals();
    floor.judged(&[(seq, Outcome::AppliedFlagged, "ORDER_CANCELLED")]);
    let gone = |floor: &Floor, id: &str| floor.row(kind::LINE, id, |row: &mut Line| row.state = LineState::Cancelled);
    let rows = vec![gone(&floor, "PT-1-1"), gone(&floor, "PT-1-2"), exception("e1", "ORDER_CANCELLED", seq, "Picked")];
    floor.arrives(rows);
    assert_eq!((floor.step(), notice(&floor).as_str()), ("pick.drop-off", "order-cancelled"));
    assert_eq!((shown(&floor, "PT-1-1").0, floor.view().strip.attention), (1, 1));
    floor.scan("PACK-1", "work-list");
}

#[test]
fn p31_a_line_picked_twice_stands_twice_and_says_so() {
    let mut floor = at_item(stocked(), vec![line("A-01", "SHIRT", 1), line("A-02", "MUG", 3)]);
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.location");
    floor.scan("A-02", "pick.item");
    floor.scan("MUG-BLUE", "pick.quantity");
    let seq = floor.numbered().iter().find(|(_, kind)| *kind == "Picked").unwrap().0;
    floor.signals();
    floor.judged(&[(seq, Outcome::AppliedFlagged, "OVER_PICK")]);
    floor.arrives(vec![exception("e1", "OVER_PICK", seq, "Picked")]);
    assert_eq!((floor.step(), counted(&floor)), ("pick.quantity", (1, 3)));
    assert_eq!((attentions(&mut floor), floor.view().strip.attention), (1, 1));
    assert_eq!(floor.inside("T-1")[0].2, 1);
}
