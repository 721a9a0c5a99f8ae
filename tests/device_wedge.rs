//! Readers that type: the simulated twin over a pty, and a real input device where the machine lets
//! us make one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

use floorhand::device::scanner::wedge::{Config, Wedge};
use floorhand::device::scanner::{LostReason, ScannerEvent, ScannerSource};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Bounds every wait; nothing here is expected to take more than a few seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// "A1" and Enter, on a US keyboard.
const A1: &str = "0 42 1\n1 30 1\n2 30 0\n3 42 0\n4 2 1\n5 2 0\n6 28 1\n7 28 0\n";

struct Twin {
    folder: tempfile::TempDir,
    master: Option<OwnedFd>,
    source: Wedge,
    events: Receiver<ScannerEvent>,
}

impl Twin {
    fn new(options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = wedge(&folder.path().join("reader"), options);
        let mut twin = Twin { folder, master: None, source, events: channel().1 };
        twin.plug();
        twin.events = start(&mut twin.source);
        assert_eq!(twin.next(), ScannerEvent::Attached { path: twin.path() });
        twin
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("reader")
    }

    fn plug(&mut self) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let _ = std::fs::remove_file(self.path());
        std::os::unix::fs::symlink(name, self.path()).unwrap();
        self.master = Some(master);
    }

    fn write(&self, text: &str) {
        let mut left = text.as_bytes();
        while !left.is_empty() {
            let count = rustix::io::write(self.master.as_ref().unwrap(), left).unwrap();
            left = &left[count..];
        }
    }

    fn next(&self) -> ScannerEvent {
        self.events.recv_timeout(PATIENCE).unwrap()
    }

    /// The next scan: in brackets if not complete.
    #[track_caller]
    fn scans(&self, expected: &str) {
        assert_eq!(scan(&self.events), expected);
    }
}

fn wedge(path: &Path, options: &str) -> Wedge {
    Wedge::new(format!("wedge:{},events=text{options}", path.display()).parse::<Config>().unwrap())
}

fn start(source: &mut Wedge) -> Receiver<ScannerEvent> {
    let (send, events) = channel();
    source.start(Box::new(move |event| drop(send.send(event)))).unwrap();
    events
}

fn scan(events: &Receiver<ScannerEvent>) -> String {
    match events.recv_timeout(PATIENCE).unwrap() {
        ScannerEvent::Scan { raw, complete, .. } => {
            let body = raw.escape_ascii().to_string();
            if complete { body } else { format!("[{body}]") }
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn codes() {
    let twin = Twin::new("");
    twin.write(A1);
    twin.scans("A1");
    twin.write(&A1.repeat(200));
    (0..200).for_each(|_| twin.scans("A1"));
}

#[test]
fn scans_are_counted() {
    let twin = Twin::new("");
    twin.write(&A1.repeat(3));
    for expected in 1..=3 {
        let ScannerEvent::Scan { number, .. } = twin.next() else { panic!() };
        assert_eq!(number, expected);
    }
}

#[test]
fn half_a_code_expires() {
    let twin = Twin::new(",idle=200");
    twin.write("0 30 1\n1 30 0\n");
    twin.scans("[a]");
    twin.write(A1);
    twin.scans("A1");
}

#[test]
fn hang_up_and_return() {
    let mut twin = Twin::new("");
    twin.write("0 30 1\n");
    twin.master = None;
    // What was typed is cut off, whether it was read before or not.
    let mut event = twin.next();
    if let ScannerEvent::Scan { complete, .. } = event {
        assert!(!complete);
        event = twin.next();
    }
    assert_eq!(event, ScannerEvent::Lost { path: twin.path(), reason: LostReason::HangUp });
    twin.plug();
    assert_eq!(twin.next(), ScannerEvent::Attached { path: twin.path() });
    twin.write(A1);
    twin.scans("A1");
}

#[test]
fn a_reader_that_another_program_holds_is_waited_for() {
    let mut first = Twin::new("");
    let mut second = wedge(&first.path(), "");
    let events = start(&mut second);
    let busy = ScannerEvent::Lost { path: first.path(), reason: LostReason::Busy };
    assert_eq!(events.recv_timeout(PATIENCE).unwrap(), busy);
    first.source.stop();
    assert_eq!(events.recv_timeout(PATIENCE).unwrap(), ScannerEvent::Attached { path: first.path() });
    second.stop();
}

#[test]
fn what_is_no_input_device_is_no_reader() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reader");
    let mut source = Wedge::new(format!("wedge:{}", path.display()).parse().unwrap());
    let events = start(&mut source);
    let lost = |reason| ScannerEvent::Lost { path: path.clone(), reason };
    assert_eq!(events.recv_timeout(PATIENCE).unwrap(), lost(LostReason::Missing));
    source.stop();
    std::fs::write(&path, A1).unwrap();
    let events = start(&mut source);
    assert_eq!(events.recv_timeout(PATIENCE).unwrap(), lost(LostReason::Failed));
}

#[test]
fn a_name_that_no_device_has() {
    let mut source = Wedge::new("wedge:name=no such reader anywhere".parse().unwrap());
    let events = start(&mut source);
    let path = PathBuf::from("name=no such reader anywhere");
    let missing = ScannerEvent::Lost { path, reason: LostReason::Missing };
    assert_eq!(events.recv_timeout(PATIENCE).unwrap(), missing);
}

/// A keyboard of the kernel's own making, grabbed, typed on, pulled out and put in again.
#[test]
fn a_real_input_device() {
    use evdev::uinput::VirtualDevice;
    use evdev::{AttributeSet, InputEvent, KeyCode};
    const NAME: &str = "Floorhand test barcode reader";
    let plug = || {
        let keys: AttributeSet<KeyCode> = (1..128).map(KeyCode::new).collect();
        VirtualDevice::builder()?.name(NAME).with_keys(&keys)?.build()
    };
    let Ok(mut device) = plug() else { return println!("skipped: this machine has no uinput for us") };
    let Some(Ok(_)) = device.enumerate_dev_nodes_blocking().unwrap().next() else {
        return println!("skipped: uinput makes no device node here");
    };
    let config = || format!("wedge:name={NAME}").parse::<Config>().unwrap();
    let mut source = Wedge::new(config());
    let events = start(&mut source);
    let ScannerEvent::Attached { path } = events.recv_timeout(PATIENCE).unwrap() else { panic!() };
    assert!(path.starts_with("/dev/input"));
    let press = |device: &mut VirtualDevice| {
        for (code, value) in [(42, 1), (30, 1), (30, 0), (42, 0), (29, 1), (27, 1), (27, 0), (29, 0), (28, 1), (28, 0)]
        {
            device.emit(&[InputEvent::new(evdev::EventType::KEY.0, code, value)]).unwrap();
        }
    };
    press(&mut device);
    assert_eq!(scan(&events), "A\\x1d");
    let mut second = Wedge::new(config());
    let refused = start(&mut second);
    let busy = refused.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(busy, ScannerEvent::Lost { reason: LostReason::Busy, .. }), "{busy:?}");
    second.stop();
    drop(device);
    let lost = events.recv_timeout(PATIENCE).unwrap();
    assert!(matches!(lost, ScannerEvent::Lost { reason: LostReason::HangUp, .. }), "{lost:?}");
    let mut device = plug().unwrap();
    assert!(matches!(events.recv_timeout(PATIENCE).unwrap(), ScannerEvent::Attached { .. }));
    press(&mut device);
    assert_eq!(scan(&events), "A\\x1d");
}
