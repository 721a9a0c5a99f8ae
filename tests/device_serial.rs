//! The serial reader over real ptys: scanning.md case 60, and what a floor does to cables.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "device/line.rs"]
mod line;

use floorhand::device::scanner::serial::{Config, Serial};
use floorhand::device::scanner::{LostReason, ScannerEvent, ScannerSource};
use line::{Line, PATIENCE};
use std::sync::mpsc::{channel, sync_channel};
use std::time::{Duration, Instant};

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
fn a_read_of_no_bytes_is_a_hang_up() {
    let line = Line::new();
    line.check(&[b"A-01\r"], &["A-01"]);
    // A line that takes ^D as its end gives a read of 0 bytes.
    let tty = std::fs::File::options().read(true).write(true).open(line.path()).unwrap();
    let mut termios = rustix::termios::tcgetattr(&tty).unwrap();
    termios.local_modes.insert(rustix::termios::LocalModes::ICANON);
    rustix::termios::tcsetattr(&tty, rustix::termios::OptionalActions::Now, &termios).unwrap();
    line.write(b"\x04");
    assert_eq!(line.next(), ScannerEvent::Lost { path: line.path(), reason: LostReason::HangUp });
    // It is there all the same, and opened as it should be.
    assert_eq!(line.next(), ScannerEvent::Attached { path: line.path() });
    line.check(&[b"A-02\r"], &["A-02"]);
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

#[test]
fn a_reader_without_suffix() {
    let line = Line::with(",ends=idle,idle=100");
    line.check(&[b"A-0", b"1"], &["A-01"]);
    line.check(&[b"A-02"], &["A-02"]);
}
