//! Cases that end in the core: the floor thread with its own sync engine, against a real core.

use super::SHIRT;
use super::erp::{Core, Line, PIN, Wire};
use super::kit::{Fake, Floor, Setup};
use floorhand::store::Store;
use floorhand::view::{Band, Tap};
use floorhand_domain::id::TaskId;
use floorhand_domain::master::{Role, TypedCodes};
use floorhand_domain::task::TaskState;
use std::path::Path;

/// A device that knows the tasks, with somebody signed in.
fn station(core: &Core, name: &str, operator: &str, clock: &Fake, tasks: &[&TaskId]) -> (Floor, Line) {
    let (dir, line) = core.device(name);
    let floor = Floor::start_with(&dir, clock, Setup { online: true, ..Setup::default() });
    floor.synced("the rows of the core", |floor| {
        let store = Store::open_read_only(&floor.dir).unwrap();
        let known = |task: &&TaskId| store.task_shown(task).unwrap().is_some();
        store.operators_synced_ms().is_some() && tasks.iter().all(known)
    });
    floor.sign_in_as(operator, PIN);
    (floor, line)
}

fn pending(floor: &Floor) -> i64 {
    floor.status()["outbox"]["pending"].as_i64().unwrap()
}

#[track_caller]
fn sent(floor: &Floor) {
    // No two pushes within a second.
    floor.wait_ms(1_000);
    floor.synced("the core to have every fact", |floor| pending(floor) == 0);
}

/// Opens a task with a tote.
fn begin(floor: &Floor, task: &TaskId, tote: &str) {
    floor.accepted(task.as_str());
    floor.accepted(tote);
    assert_eq!(floor.step(), "pick.location");
}

/// Goes on by the best code of each step until the step begins so.
#[track_caller]
fn go_on(floor: &Floor, step: &str) {
    for _ in 0..30 {
        if floor.step().starts_with(step) {
            return;
        }
        floor.accepted(&floor.best());
    }
    panic!("no {step}");
}

fn picked(dir: &Path, task: &TaskId) -> Vec<i64> {
    let lines = Store::open_read_only(dir).unwrap().lines_shown(task).unwrap();
    lines.iter().map(|line| line.picked).collect()
}

#[test]
fn g04_a_lost_reply_is_asked_for_again_and_has_one_effect() {
    let core = Core::new();
    let task = core.order("S-1", &[("SHIRT", 3)]);
    let (floor, line) = station(&core, "H-1", "OP-1", &Fake::new(), &[&task]);
    begin(&floor, &task, "T-1");
    go_on(&floor, "pick.tote");
    sent(&floor);
    let pushes = line.pushes();
    line.set(Wire::Deaf);
    floor.accepted(&floor.best());
    floor.synced("the core to have the pick", |_| core.facts_of("Picked").len() == 1);
    floor.synced("the device to ask again", |_| line.pushes() >= pushes + 2);
    assert!(pending(&floor) > 0, "nobody told the device");
    line.set(Wire::Up);
    sent(&floor);
    assert_eq!(core.facts_of("Picked"), ["H-1:Picked:applied:"]);
    assert_eq!(core.count("SELECT COUNT(*) FROM move WHERE reason = 'pick'"), 1);
    assert_eq!((core.stock("A-01", "SHIRT"), core.stock("TRANSIT", "SHIRT")), (17, 3));
    floor.stop();
    core.assert_clean();
}

#[test]
fn g15_a_clock_that_is_a_year_back_changes_neither_effect_nor_order() {
    let shift = |wall: &str| {
        let core = Core::new();
        let tasks = ["S-1", "S-2"].map(|id| core.order(id, &[("SHIRT", 2), ("MUG", 1)]));
        let (right, other) = (Fake::new(), Fake::new());
        other.reboot(wall);
        let (a, _line_a) = station(&core, "H-1", "OP-1", &right, &[&tasks[0]]);
        let (b, _line_b) = station(&core, "H-2", "OP-2", &other, &[&tasks[1]]);
        // By turns, so that what the clocks say and what came first disagree.
        begin(&a, &tasks[0], "T-1");
        sent(&a);
        begin(&b, &tasks[1], "T-2");
        sent(&b);
        for step in ["pick.tote", "pick.location", "pick.tote", "pick.drop-off"] {
            for floor in [&a, &b] {
                go_on(floor, step);
                sent(floor);
            }
        }
        for floor in [b, a] {
            floor.accepted(&floor.best());
            sent(&floor);
            floor.stop();
        }
        core.assert_clean();
        let stock = ["A-01", "A-05", "PACK-01"].map(|at| (core.stock(at, "SHIRT"), core.stock(at, "MUG")));
        (core.facts(), stock, tasks.map(|task| core.task(&task).state))
    };
    let right = shift("2026-06-01T10:00:00Z");
    assert_eq!(shift("2025-06-01T10:00:00Z"), right);
    let (facts, stock, states) = right;
    assert!(facts.iter().all(|fact| fact.contains(":applied:")), "{facts:?}");
    assert_eq!(stock, [(16, 0), (0, 18), (4, 2)]);
    assert_eq!(states, [TaskState::Done, TaskState::Done]);
}

#[test]
fn g17_what_somebody_demoted_allowed_is_rejected_and_the_move_stands() {
    let core = Core::new();
    core.person("OP-SUP", &[Role::Supervisor]);
    // Every shirt is promised.
    let task = core.order("S-1", &[("SHIRT", 20)]);
    let (floor, line) = station(&core, "H-1", "OP-1", &Fake::new(), &[&task]);
    sent(&floor);
    line.set(Wire::Down);
    floor.choose("move-this");
    floor.accepted("A-01");
    floor.refused(SHIRT, "ALLOCATED");
    floor.badge("OP-SUP");
    floor.pin(PIN);
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("put-away.quantity", 1));
    floor.refused("A-03", "PLACE?");
    floor.accepted("A-03");
    core.person("OP-SUP", &[Role::Stock]);
    line.set(Wire::Up);
    sent(&floor);
    assert_eq!(core.facts_of("Approved"), ["H-1:Approved:rejected:NOT_ALLOWED"]);
    assert_eq!(core.facts_of("Moved"), ["H-1:Moved:applied-flagged:ALLOCATED"]);
    assert_eq!((core.stock("A-01", "SHIRT"), core.stock("A-03", "SHIRT")), (19, 1));
    // Whoever was told that it counts is told that it does not.
    floor.synced("the outcome", |floor| floor.status()["outbox"]["rejected"] == 1);
    floor.stop();
    core.assert_clean();
}

#[test]
fn g17_a_typed_code_that_somebody_demoted_allowed_flags_what_it_made() {
    let core = Core::new();
    core.person("OP-SUP", &[Role::Supervisor]);
    core.typed_codes(TypedCodes::Supervisor);
    let (floor, line) = station(&core, "H-1", "OP-1", &Fake::new(), &[]);
    sent(&floor);
    line.set(Wire::Down);
    // Two moves: for the one a code was typed, for the other none.
    for typed in [true, false] {
        floor.choose("move-this");
        floor.accepted("A-01");
        match typed {
            true => {
                floor.tap(Tap::TypeCode);
                SHIRT.trim_start_matches("]E0").chars().for_each(|sign| floor.tap(Tap::Sign(sign)));
                floor.tap(Tap::Ok);
                floor.badge("OP-SUP");
                floor.pin(PIN);
            }
            false => floor.accepted(SHIRT),
        }
        assert_eq!((floor.step().as_str(), floor.in_hand()), ("put-away.quantity", 1));
        floor.refused("A-03", "PLACE?");
        floor.accepted("A-03");
    }
    core.person("OP-SUP", &[Role::Stock]);
    line.set(Wire::Up);
    sent(&floor);
    assert_eq!(core.facts_of("Approved"), ["H-1:Approved:rejected:NOT_ALLOWED"]);
    assert_eq!(core.facts_of("Moved"), ["H-1:Moved:applied-flagged:NOT_ALLOWED", "H-1:Moved:applied:"]);
    assert_eq!((core.stock("A-01", "SHIRT"), core.stock("A-03", "SHIRT")), (18, 2));
    floor.stop();
    core.assert_clean();
}

#[test]
fn s07_who_was_revoked_meanwhile_ends_after_the_step() {
    let core = Core::new();
    let task = core.order("S-1", &[("SHIRT", 3), ("MUG", 2)]);
    let (floor, line) = station(&core, "H-1", "OP-1", &Fake::new(), &[&task]);
    begin(&floor, &task, "T-1");
    sent(&floor);
    line.set(Wire::Down);
    core.end_operator("OP-1");
    // Offline, and unknowing: a line is picked, the next is begun.
    go_on(&floor, "pick.tote");
    go_on(&floor, "pick.location");
    floor.accepted("A-05");
    floor.accepted("MUG-BLUE");
    assert!(pending(&floor) > 0);
    line.set(Wire::Up);
    floor.synced("the core to have every fact", |floor| {
        pending(floor) == 0 && Store::open_read_only(&floor.dir).unwrap().operator(&"OP-1".into()).unwrap().is_none()
    });
    assert_eq!(core.facts_of("Picked"), ["H-1:Picked:applied-flagged:OPERATOR_ENDED"]);
    assert_eq!(core.stock("TRANSIT", "SHIRT"), 3);
    // The step is ended, not broken off.
    assert_eq!((floor.step().as_str(), floor.in_hand()), ("pick.quantity", 1));
    floor.accepted("MUG-BLUE");
    assert_eq!(floor.step(), "sign-in.badge");
    assert!(matches!(floor.view().band, Band::Notice { code } if code == "access-ended"));
    floor.badge("OP-1");
    assert_eq!(floor.refusal(), "BADGE_UNKNOWN");
    floor.stop();
    core.assert_clean();
}

#[test]
fn w04_w05_a_left_task_is_taken_over_at_the_synced_step_and_late_facts_are_added() {
    let core = Core::new();
    let task = core.order("S-1", &[("SHIRT", 3), ("MUG", 2)]);
    let (b, line) = station(&core, "H-2", "OP-2", &Fake::new(), &[&task]);
    let (a, _line) = station(&core, "H-1", "OP-1", &Fake::new(), &[&task]);
    begin(&b, &task, "T-2");
    go_on(&b, "pick.tote");
    go_on(&b, "pick.location");
    sent(&b);
    line.set(Wire::Down);
    core.leases_end();
    // B goes on without a network; A takes the task over as it is synced.
    go_on(&b, "pick.quantity");
    a.synced("the lease to end", |floor| {
        let row = Store::open_read_only(&floor.dir).unwrap().task_shown(&task).unwrap().unwrap();
        row.left_by.as_str() == "OP-2"
    });
    a.refused(task.as_str(), "TAKE_OVER?");
    a.accepted(task.as_str());
    sent(&a);
    assert_eq!(core.facts_of("TaskTakenOver"), ["H-1:TaskTakenOver:applied:"]);
    assert_eq!((core.task(&task).holder.as_str(), picked(&a.dir, &task)), ("OP-1", vec![3, 0]));
    go_on(&a, "pick.item");
    assert_eq!(a.status()["quantity"]["needed"], 2);
    // What B did is added; A's task stays A's.
    go_on(&b, "pick.tote");
    b.accepted(&b.best());
    line.set(Wire::Up);
    sent(&b);
    assert_eq!(core.facts_of("Picked").len(), 2);
    assert_eq!((core.stock("TRANSIT", "SHIRT"), core.stock("TRANSIT", "MUG")), (3, 2));
    assert_eq!(core.task(&task).holder.as_str(), "OP-1");
    a.synced("A to see it", |floor| picked(&floor.dir, &task) == [3, 2]);
    a.stop();
    b.stop();
    core.assert_clean();
}

#[test]
fn w06_two_devices_start_one_task_offline_and_no_fact_is_lost() {
    let core = Core::new();
    let task = core.order("S-1", &[("SHIRT", 3), ("MUG", 2)]);
    let (a, line_a) = station(&core, "H-1", "OP-1", &Fake::new(), &[&task]);
    let (b, line_b) = station(&core, "H-2", "OP-2", &Fake::new(), &[&task]);
    for floor in [&a, &b] {
        sent(floor);
    }
    for line in [&line_a, &line_b] {
        line.set(Wire::Down);
    }
    for (floor, tote) in [(&a, "T-1"), (&b, "T-2")] {
        begin(floor, &task, tote);
        go_on(floor, "pick.tote");
        floor.accepted(tote);
    }
    line_a.set(Wire::Up);
    sent(&a);
    line_b.set(Wire::Up);
    sent(&b);
    assert_eq!(
        core.facts_of("TaskClaimed"),
        ["H-1:TaskClaimed:applied:", "H-2:TaskClaimed:applied-flagged:CLAIM_LOST"]
    );
    assert_eq!(core.task(&task).holder.as_str(), "OP-1");
    // Both took three shirts off the shelf, and both are in the book.
    assert_eq!(core.facts_of("Picked").len(), 2);
    assert_eq!((core.stock("A-01", "SHIRT"), core.stock("TRANSIT", "SHIRT")), (14, 6));
    // B's tote is B's, whatever tote the core has for the slot; after a restart too. It is set down, and the rest is
    // A's.
    b.synced("B to learn of it", |floor| floor.step() == "pick.drop-off");
    let (dir, clock) = (b.dir.clone(), b.clock.clone());
    b.stop();
    let b = Floor::start_with(&dir, &clock, Setup { online: true, ..Setup::default() });
    assert_eq!(b.step(), "pick.drop-off");
    b.accepted(&b.best());
    assert_eq!(b.step(), "work-list");
    sent(&b);
    let down: Vec<_> = core.facts_of("DroppedOff");
    assert_eq!(down.len(), 1, "{down:?}");
    assert_eq!((core.stock("PACK-01", "SHIRT"), core.stock("TRANSIT", "SHIRT")), (3, 3));
    assert_eq!(core.count("SELECT COUNT(*) FROM balance WHERE handling_unit = 'T-2' AND location = 'PACK-01'"), 1);
    go_on(&a, "pick.tote");
    a.stop();
    b.stop();
    core.assert_clean();
}

#[test]
fn w08_a_move_made_offline_is_adopted_once_though_sent_twice() {
    let core = Core::new();
    let (floor, line) = station(&core, "H-1", "OP-1", &Fake::new(), &[]);
    sent(&floor);
    line.set(Wire::Down);
    floor.choose("move-this");
    for code in ["A-01", SHIRT, SHIRT] {
        floor.accepted(code);
    }
    floor.refused("A-03", "PLACE?");
    floor.accepted("A-03");
    assert_eq!(floor.step(), "work-list");
    assert_eq!(core.stock("A-03", "SHIRT"), 0);
    let pushes = line.pushes();
    line.set(Wire::Deaf);
    floor.synced("the core to have the move", |_| core.facts_of("Moved").len() == 1);
    floor.synced("the device to send it again", |_| line.pushes() >= pushes + 2);
    line.set(Wire::Up);
    sent(&floor);
    assert_eq!(core.facts_of("TaskOpened"), ["H-1:TaskOpened:applied:"]);
    assert_eq!(core.facts_of("Moved"), ["H-1:Moved:applied:"]);
    assert_eq!(core.count("SELECT COUNT(*) FROM task WHERE kind = 'move'"), 1);
    assert_eq!((core.stock("A-01", "SHIRT"), core.stock("A-03", "SHIRT")), (18, 2));
    floor.stop();
    core.assert_clean();
}
