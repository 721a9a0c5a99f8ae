//! The process is killed while it commits. What it had reported as saved is there, the chain is
//! whole, and the next start goes on.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::store::Store;
use kit::*;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

const KILLS: u64 = 20;
const WHERE: &str = "FLOORHAND_TEST_KILL_DIR";

/// The process that is killed: commits as fast as it can and says what is saved.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(WHERE) else { return };
    let mut store = Store::open_with(std::path::Path::new(&dir), &options()).unwrap();
    let mut out = std::io::stdout();
    loop {
        let n = store.head().next_seq;
        let mut turn = of(&store, vec![picked("L1", 1)]);
        turn.scan = Some(scan("4012345678901", true));
        turn.app_state = Some(format!(r#"{{"saved":{n}}}"#));
        store.commit(&turn).unwrap();
        writeln!(out, "saved {n}").unwrap();
        out.flush().unwrap();
        // Not a second of it without the log being moved somewhere in between.
        if n.is_multiple_of(40) {
            store.idle().unwrap();
        }
    }
}

#[test]
fn nothing_that_was_said_to_be_saved_is_lost() {
    // A real file system where there is one: what is tested is what reaches the file.
    let dir = tempfile::TempDir::new().unwrap();
    stocked(dir.path()).close().unwrap();
    let mut said = 0;
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture", "--test-threads", "1"])
            .env(WHERE, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // The first word shows that it runs; then a moment that differs from kill to kill.
        let first = lines.by_ref().map_while(Result::ok).find_map(|line| number(&line));
        assert!(first.is_some(), "the child saved nothing");
        std::thread::sleep(Duration::from_micros(700 * (kill * 7 % 23)));
        child.kill().unwrap();
        child.wait().unwrap();
        let last = lines.map_while(Result::ok).filter_map(|line| number(&line)).last();
        said = last.or(first).unwrap().max(said);

        let store = Store::open_with(dir.path(), &options()).unwrap();
        let there = store.head().next_seq - 1;
        assert!(there >= said, "said {said}, found {there}");
        assert!(there <= said + 1, "one commit at the most was not yet reported: said {said}, found {there}");
        assert_eq!(store.app_state().unwrap().unwrap(), format!(r#"{{"saved":{there}}}"#), "the same step");
        assert_eq!(picked_shown(&store, "L1"), i64::try_from(there).unwrap(), "shown once each");
        assert_eq!(store.scan_log_since(0, 1_000_000).unwrap().len(), usize::try_from(there).unwrap());
        drop(store);
        assert_eq!(check_chain(dir.path()), there);
    }
}

fn number(line: &str) -> Option<u64> {
    // The harness may print in front of it on the same line.
    line.rsplit_once("saved ")?.1.trim().parse().ok()
}
