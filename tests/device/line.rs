//! A serial line with a reader at the other end: a pty.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use floorhand::device::scanner::feedback::Profile;
use floorhand::device::scanner::serial::{Config, Serial};
use floorhand::device::scanner::{ScannerEvent, ScannerSource};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Bounds every wait; nothing here is expected to take more than a second.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Line {
    folder: tempfile::TempDir,
    pub master: Option<OwnedFd>,
    pub source: Serial,
    pub events: Receiver<ScannerEvent>,
}

pub fn pty() -> (OwnedFd, PathBuf) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    (master, name.into())
}

pub fn link(to: &Path, link: &Path) {
    let _ = std::fs::remove_file(link);
    std::os::unix::fs::symlink(to, link).unwrap();
}

pub fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}

impl Line {
    pub fn new() -> Self {
        let mut line = Line::unplugged();
        line.plug();
        line.start();
        line
    }

    pub fn unplugged() -> Self {
        Line::unplugged_with("")
    }

    /// One that is set up with these options.
    pub fn with(options: &str) -> Self {
        let mut line = Line::unplugged_with(options);
        line.plug();
        line.start();
        line
    }

    pub fn told(profile: Profile) -> Self {
        Line::with(&format!(",feedback={}", profile.as_str()))
    }

    pub fn unplugged_with(options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config: Config = format!("serial:{}{options}", folder.path().join("reader").display()).parse().unwrap();
        Line { folder, master: None, source: Serial::new(config), events: channel().1 }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("reader")
    }

    pub fn start(&mut self) {
        let (send, events) = channel();
        self.source.start(Box::new(move |event| send.send(event).unwrap())).unwrap();
        self.events = events;
        if self.master.is_some() {
            assert_eq!(self.next(), ScannerEvent::Attached { path: self.path() });
        }
    }

    pub fn plug(&mut self) {
        let (master, name) = pty();
        link(&name, &self.path());
        self.master = Some(master);
    }

    pub fn unplug(&mut self) {
        self.master = None;
    }

    pub fn write(&self, bytes: &[u8]) {
        write(self.master.as_ref().unwrap(), bytes);
    }

    /// What the reader is told, as far as it comes within `quiet_ms` of the last byte.
    pub fn heard(&self, quiet_ms: i64) -> Vec<u8> {
        let (mut heard, master) = (Vec::new(), self.master.as_ref().unwrap());
        let quiet = Timespec { tv_sec: 0, tv_nsec: quiet_ms * 1_000_000 };
        let mut buffer = [0; 4_096];
        while poll(&mut [PollFd::new(master, PollFlags::IN)], Some(&quiet)).unwrap() > 0 {
            // EIO: nobody has the other end open, and all that was said has been read.
            let Ok(count) = rustix::io::read(master, &mut buffer) else { break };
            heard.extend_from_slice(&buffer[..count]);
        }
        heard
    }

    /// As many bytes as that, however long they take; and no more.
    #[track_caller]
    pub fn hears(&self, expected: &[u8]) {
        let (mut heard, end) = (Vec::new(), Instant::now() + PATIENCE);
        while heard.len() < expected.len() && Instant::now() < end {
            heard.extend(self.heard(20));
        }
        heard.extend(self.heard(250));
        assert_eq!(shown(&heard), shown(expected));
    }

    pub fn number(&self) -> u64 {
        match self.next() {
            ScannerEvent::Scan { number, .. } => number,
            other => panic!("{other:?}"),
        }
    }

    pub fn next(&self) -> ScannerEvent {
        self.events.recv_timeout(PATIENCE).unwrap()
    }

    /// The next scan: in brackets if not complete, long ones by their length.
    pub fn scan(&self) -> String {
        match self.next() {
            ScannerEvent::Scan { raw, complete, .. } => {
                let body = if raw.len() > 60 { format!("{} bytes", raw.len()) } else { raw.escape_ascii().to_string() };
                if complete { body } else { format!("[{body}]") }
            }
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub fn check(&self, writes: &[&[u8]], expected: &[&str]) {
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

/// Writes all of it; a full pty is waited for.
pub fn write(master: &OwnedFd, bytes: &[u8]) {
    let mut left = bytes;
    while !left.is_empty() {
        let count = rustix::io::write(master, left).unwrap();
        left = &left[count..];
    }
}
