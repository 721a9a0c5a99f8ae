//! Backups: devices keep what they sent until one holds it, and refill the core that is restored from it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::Fact;
use floorhand_erp::Core;
use std::path::Path;
use std::process::Command;
use world::*;

fn back_up(data: &Path, to: &Path) -> (Option<i32>, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_floorhand-erp"));
    program.args(["backup", "--data"]).arg(data).arg("--to").arg(to).env("FLOORHAND_LOG", "error");
    let output = tokio::task::block_in_place(|| program.output().unwrap());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn note(n: u32) -> Fact {
    Fact::NoteAdded { entry: "e".to_owned(), note: format!("note {n}") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_checked_backup_holds_is_durable_and_the_rest_is_sent_again_after_it() {
    if std::env::var_os("FLOORHAND_TEST_PG").is_some() {
        return;
    }
    let mut world = World::new().await;
    let mut device = world.enrol().await;
    let (task, lines) = world.order("S-1", &[("X", 3)]).await;
    let mut sent = vec![device.say(&claimed(&task)), device.say(&assigned(&task, "T1"))];
    let answer = device.push(&sent);
    assert_eq!((answer.acked_through, answer.durable_through), (Some(2), 0), "no backup, nothing is durable");
    std::fs::create_dir_all(world.dir.path().join("photos")).unwrap();
    std::fs::write(world.dir.path().join("photos/abc"), b"picture").unwrap();

    // While the core runs.
    let copies = tempfile::tempdir().unwrap();
    let first = copies.path().join("first");
    let (code, out, err) = back_up(world.dir.path(), &first);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("all hold"), "{out}");
    assert_eq!(std::fs::read(first.join("photos/abc")).unwrap(), b"picture");
    sent.push(device.say(&picked(&lines[0], "T1", 3)));
    let answer = device.push(&sent[2..]);
    assert_eq!((answer.acked_through, answer.durable_through), (Some(3), 2));
    // Not over another one, and the mark stays.
    let (code, _, err) = back_up(world.dir.path(), &first);
    assert_eq!(code, Some(1));
    assert!(err.contains("holds something"), "{err}");

    // A copy that is not sound counts for nothing.
    world.run("UPDATE balance SET qty = qty + 1 WHERE item = 'Y'").await;
    let (code, out, err) = back_up(world.dir.path(), &copies.path().join("broken"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("BROKEN") && err.contains("counts for nothing"), "{err}");
    sent.push(device.say(&note(1)));
    assert_eq!(device.push(&sent[3..]).durable_through, 2);
    world.run("UPDATE balance SET qty = qty - 1 WHERE item = 'Y'").await;

    // The core is lost; the first copy takes its place. What it lacks is asked for and comes in.
    let before = world.core.server_epoch().to_owned();
    world.stop().await;
    world.core = Core::open(&first, None).await.unwrap();
    world.start().await;
    assert_ne!(world.core.server_epoch(), before, "the devices notice");
    device.addr = world.addr;
    device.sign_on();
    let late = device.say(&note(2));
    let gap = device.push_raw(std::slice::from_ref(&late));
    assert_eq!((gap.status, gap.body["expect_seq"].as_u64()), (409, Some(3)));
    sent.push(late);
    let answer = device.push(&sent[2..]);
    assert_eq!((answer.acked_through, answer.durable_through, answer.outcomes.len()), (Some(5), 0, 0));
    assert_eq!(world.stock("TRANSIT", "X", "allocated").await, 3);
    world.assert_clean().await;
}
