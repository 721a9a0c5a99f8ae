//! The serial reader over real ptys: scanning.md case 60, and what a floor does to cables.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use floorhand::device::scanner::serial::{Config, Serial};
use floorhand::device::scanner::{LostReason, ScannerEvent, ScannerSource};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::time::{Duration, Instant};

/// Bounds every wait; nothing here is expected to take more than a second.
const PATIENCE: Duration = Duration::from_secs(20);

struct Line {
    folder: tempfile::TempDir,
    master: Option<OwnedFd>,
    source: Serial,
    events: Receiver<ScannerEvent>,
}

fn pty() -> (OwnedFd, PathBuf) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    (master, name.into())
}

fn link(to: &Path, link: &Path) {
    let _ = std::fs::remove_file(link);
    std::os::unix::fs::symlink(to, link).unwrap();
}

impl Line {
    fn new() -> Self {
        let mut line = Line::unplugged();
        line.plug();
        line.start();
        line
    }

    fn unplugged() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Serial::new(Config::new(folder.path().join("reader")));
        Line { folder, master: None, source, events: channel().1 }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("reader")
    }

    fn start(&mut self) {
        let (send, events) = channel();
        self.source.start(Box::new(move |event| send.send(event).unwrap())).unwrap();
        self.events = events;
        if self.master.is_some() {
            assert_eq!(self.next(), ScannerEvent::Attached { path: self.path() });
        }
    }

    fn plug(&mut self) {
        let (master, name) = pty();
        link(&name, &self.path());
        self.master = Some(master);
    }

    fn unplug(&mut self) {
        self.master = None;
    }

    fn write(&self, bytes: &[u8]) {
        let (mut left, end) = (bytes, Instant::now() + PATIENCE);
        while !left.is_empty() {
            let count = rustix::io::write(self.master.as_ref().unwrap(), left).unwrap();
            left = &left[count..];
            assert!(Instant::now() < end);
        }
    }

    fn next(&self) -> ScannerEvent {
        self.events.recv_timeout(PATIENCE).unwrap()
    }

    /// The next scan: in brackets if not complete, long ones by their length.
    fn scan(&self) -> String {
        match self.next() {
            ScannerEvent::Scan { raw, complete, .. } => {
                let body = if raw.len() > 60 { format!("{} bytes", raw.len()) } else { raw.escape_ascii().to_string() };
                if complete { body } else { format!("[{body}]") }
            }
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(&self, writes: &[&[u8]], expected: &[&str]) {
        for bytes in writes {
            self.write(bytes);
            std::thread::sleep(Duration::from_millis(20));
        }
        let scans: Vec<String> = expected.iter().map(|_| self.scan()).collect();
        assert_eq!(scans, expected);
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(self.events.try_recv().ok(), None);
    }
}

#[test]
fn two_codes_glued() {
    Line::new().check(&[b"]E09521234543213\r]C19100A-01-02\r"], &["]E09521234543213", "]C19100A-01-02"]);
}

#[test]
fn one_code_split_over_three_reads() {
    Line::new().check(&[b"]E0952", b"12345", b"43213\r"], &["]E09521234543213"]);
}

#[test]
fn late_line_feed() {
    Line::new().check(&[b"A-01\r", b"\nA-02\r\n", b"\n"], &["A-01", "A-02"]);
}

#[test]
fn separator_passes() {
    Line::new().check(&[b"]C1010952123454321310AB\x1d21SN\r"], &["]C1010952123454321310AB\\x1d21SN"]);
}

#[test]
fn control_bytes_mean_nothing_to_the_line() {
    // In a line that is not raw these would interrupt, erase, suspend or end the input.
    Line::new()
        .check(&[b"\x04\x11\x13\x16\x1a\x1c\x7f\xffA\x01\r"], &["\\x04\\x11\\x13\\x16\\x1a\\x1c\\x7f\\xffA\\x01"]);
}

#[test]
fn half_a_code_then_a_whole_one() {
    let line = Line::new();
    line.check(&[b"]E095212"], &["[]E095212]"]);
    line.check(&[b"]E09521234543213\r"], &["]E09521234543213"]);
}

#[test]
fn burst_of_5000_bytes_is_one_scan() {
    let line = Line::new();
    line.check(&[&b"7".repeat(5_000)], &["[513 bytes]"]);
    line.check(&[b"A-01\r"], &["A-01"]);
}

#[test]
fn noise_is_delivered_and_over_with_silence() {
    let line = Line::new();
    let noise: Vec<u8> = (0..3_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    line.write(&noise);
    let mut seen = 0;
    while let Ok(event) = line.events.recv_timeout(Duration::from_millis(600)) {
        let ScannerEvent::Scan { raw, .. } = event else { panic!("{event:?}") };
        assert!(!raw.is_empty() && raw.len() <= 513);
        seen += 1;
    }
    assert!(seen > 0);
    line.check(&[b"A-01\r"], &["A-01"]);
}

#[test]
fn two_hundred_codes_in_two_seconds() {
    let line = Line::new();
    let started = Instant::now();
    for n in 0_u64..200 {
        line.write(format!("]C1{n:08}\r").as_bytes());
        let due = Duration::from_millis(n * 10);
        std::thread::sleep(due.saturating_sub(started.elapsed()));
    }
    let scans: Vec<String> = (0..200).map(|_| line.scan()).collect();
    let expected: Vec<String> = (0..200).map(|n| format!("]C1{n:08}")).collect();
    assert_eq!(scans, expected);
    std::thread::sleep(Duration::from_millis(300));
    assert!(line.events.try_recv().is_err());
}

#[test]
fn a_full_queue_holds_the_codes_in_the_kernel() {
    let mut line = Line::unplugged();
    line.plug();
    let (send, events) = sync_channel(1);
    line.source.start(Box::new(move |event| send.send(event).unwrap())).unwrap();
    for n in 0..100 {
        line.write(format!("{n:06}\r").as_bytes());
    }
    std::thread::sleep(Duration::from_millis(400));
    assert!(matches!(events.recv_timeout(PATIENCE).unwrap(), ScannerEvent::Attached { .. }));
    for n in 0..100 {
        let ScannerEvent::Scan { raw, complete, .. } = events.recv_timeout(PATIENCE).unwrap() else { panic!() };
        assert_eq!((raw, complete), (format!("{n:06}").into_bytes(), true));
    }
}

#[test]
fn times_rise() {
    let line = Line::new();
    let before = floorhand::device::scanner::mono_ms();
    let mut last = before;
    for _ in 0..3 {
        line.write(b"A\r");
        let ScannerEvent::Scan { at_mono_ms, .. } = line.next() else { panic!() };
        assert!(at_mono_ms >= last);
        last = at_mono_ms;
    }
    assert!(last - before < 20_000);
}

#[test]
fn hang_up_and_return() {
    let mut line = Line::new();
    line.check(&[b"A-01\r"], &["A-01"]);
    line.write(b"half");
    std::thread::sleep(Duration::from_millis(20));
    line.unplug();
    assert_eq!(line.scan(), "[half]");
    assert_eq!(line.next(), ScannerEvent::Lost { path: line.path(), reason: LostReason::HangUp });
    // Several attempts fail meanwhile; they are not told.
    std::thread::sleep(Duration::from_millis(700));
    assert!(line.events.try_recv().is_err());
    line.plug();
    assert_eq!(line.next(), ScannerEvent::Attached { path: line.path() });
    line.check(&[b"A-02\r"], &["A-02"]);
}

#[test]
fn a_reader_that_is_not_there_yet_is_waited_for() {
    let mut line = Line::unplugged();
    line.start();
    assert_eq!(line.next(), ScannerEvent::Lost { path: line.path(), reason: LostReason::Missing });
    line.plug();
    assert_eq!(line.next(), ScannerEvent::Attached { path: line.path() });
    line.check(&[b"A-01\r"], &["A-01"]);
}

#[test]
fn a_reader_that_another_program_holds_is_waited_for() {
    let mut first = Line::new();
    let mut second = Serial::new(Config::new(first.path()));
    let (send, events) = channel();
    second.start(Box::new(move |event| send.send(event).unwrap())).unwrap();
    let lost = ScannerEvent::Lost { path: first.path(), reason: LostReason::Busy };
    assert_eq!(events.recv_timeout(PATIENCE).unwrap(), lost);
    first.check(&[b"A-01\r"], &["A-01"]);
    first.source.stop();
    assert_eq!(events.recv_timeout(PATIENCE).unwrap(), ScannerEvent::Attached { path: first.path() });
}

#[test]
fn a_file_is_no_reader() {
    let mut line = Line::unplugged();
    std::fs::write(line.path(), b"A-01\r").unwrap();
    line.start();
    assert_eq!(line.next(), ScannerEvent::Lost { path: line.path(), reason: LostReason::Failed });
}

#[test]
fn stops_at_once_and_starts_again() {
    let mut line = Line::new();
    for _ in 0..3 {
        let started = Instant::now();
        line.source.stop();
        // The thread blocks without a time limit: only the wake-up ends it.
        assert!(started.elapsed() < Duration::from_secs(5));
        assert!(line.events.recv_timeout(PATIENCE).is_err(), "the closure is gone");
        line.start();
        line.check(&[b"A-01\r"], &["A-01"]);
    }
    // Also while it waits for a reader that is gone.
    line.unplug();
    assert!(matches!(line.next(), ScannerEvent::Lost { .. }));
    line.source.stop();
}
