//! A reader that nobody scans with costs nothing. Alone in its process, so that there is one thread
//! of that name.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use floorhand::device::scanner::serial::{Config, Serial};
use floorhand::device::scanner::{ScannerEvent, ScannerSource};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::sync::mpsc::channel;
use std::time::Duration;

/// How often the reading thread has gone to sleep so far.
fn sleeps() -> u64 {
    let mut tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let read = |task: &std::fs::DirEntry, name| std::fs::read_to_string(task.path().join(name)).unwrap_or_default();
    // The kernel keeps 15 characters of a name.
    let reader = tasks.find(|task| read(task, "comm").trim() == "scanner-serial").unwrap();
    let status = read(&reader, "status");
    let line = status.lines().find(|l| l.starts_with("voluntary_ctxt_switches")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn waiting_for_a_code_wakes_nobody() {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let (send, events) = channel();
    let mut source = Serial::new(Config::new(name));
    source.start(Box::new(move |event| send.send(event).unwrap())).unwrap();
    rustix::io::write(&master, b"A-01\r").unwrap();
    let patience = Duration::from_secs(20);
    assert!(matches!(events.recv_timeout(patience), Ok(ScannerEvent::Attached { .. })));
    assert!(matches!(events.recv_timeout(patience), Ok(ScannerEvent::Scan { complete: true, .. })));
    std::thread::sleep(Duration::from_millis(500));
    let before = sleeps();
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(sleeps(), before);
}
