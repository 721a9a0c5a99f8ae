//! Scripted scales on ptys.

use super::super::codec::Protocol;
use super::super::weight::{Unit, Weight};
use super::*;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};

/// The other end of the line.
struct Pty {
    fd: OwnedFd,
    path: PathBuf,
}

impl Pty {
    fn open() -> Pty {
        let fd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&fd).unwrap();
        unlockpt(&fd).unwrap();
        let path = PathBuf::from(ptsname(&fd, Vec::new()).unwrap().into_string().unwrap());
        Pty { fd, path }
    }

    /// Answers each question with the next of these, then closes the line when `script` has ended.
    fn play(self, question: &'static [u8], script: &[&'static str]) -> JoinHandle<()> {
        let script = script.to_vec();
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for answer in script {
                while !held.ends_with(question) {
                    let mut byte = [0];
                    match rustix::io::read(&self.fd, &mut byte) {
                        Ok(1) => held.extend(byte),
                        _ => return,
                    }
                }
                held.clear();
                for piece in answer.as_bytes().chunks(3) {
                    rustix::io::write(&self.fd, piece).unwrap();
                }
            }
        })
    }
}

/// A path that can be put in and pulled out.
fn plug(folder: &Path, pty: &Pty) -> PathBuf {
    let link = folder.join("scale");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(&pty.path, &link).unwrap();
    link
}

/// Events of a test at the most.
const EVENTS_MAX: usize = 1_024;

fn start(config: Config) -> (Scale, Receiver<ScaleEvent>) {
    let (sender, receiver) = sync_channel(EVENTS_MAX);
    let scale = Scale::start(config, Box::new(move |event| drop(sender.send(event)))).unwrap();
    (scale, receiver)
}

/// The next event that is no reading.
fn next(events: &Receiver<ScaleEvent>) -> ScaleEvent {
    events.iter().find(|event| !matches!(event, ScaleEvent::Reading { .. })).unwrap()
}

fn toledo(path: impl Into<PathBuf>) -> Config {
    Config { unit: Some(Unit::Kilogram), ..Config::new(path, Protocol::Toledo8217) }
}

fn check(config: fn(&Path) -> Config, question: &'static [u8], script: &[&'static str], expected: &ScaleEvent) {
    let pty = Pty::open();
    let path = pty.path.clone();
    let (scale, events) = start(config(&path));
    assert_eq!(next(&events), ScaleEvent::Attached { path });
    // A last question that is never put: the line stays open until the scale's thread closes it.
    let player = pty.play(question, &[script, &[""]].concat());
    scale.weigh(5);
    assert_eq!(next(&events), *expected);
    drop(scale);
    player.join().unwrap();
}

#[test]
fn scales_answer() {
    let weighed = |digits, decimals, unit, net| ScaleEvent::Weighed {
        ask: 5,
        weight: Weight { digits, decimals, unit: Some(unit) },
        net,
    };
    let not = |reason| ScaleEvent::NotWeighed { ask: 5, reason };
    let nci: fn(&Path) -> Config = |path| Config::new(path, Protocol::Nci);
    let sics: fn(&Path) -> Config = |path| Config::new(path, Protocol::MtSics);
    let toledo: fn(&Path) -> Config = |path| toledo(path);
    check(toledo, b"W", &["\x02?A\r", "\x02 1.234\r", "\x02 1.234\r"], &weighed(1_234, 3, Unit::Kilogram, false));
    check(nci, b"W\r", &["\n0001.23kg\r\n00\r\x03"; 2], &weighed(123, 2, Unit::Kilogram, false));
    check(
        sics,
        b"SI\r\n",
        &["S D 3.1 lb\r\n", "S S 3.2 lb\r\n", "S S 3.2 lb\r\n"],
        &weighed(32, 1, Unit::Pound, false),
    );
    // Noise first, half an answer, then the answers.
    check(
        nci,
        b"W\r",
        &["zz", "\n0001.2", "\n1.2kg\r\n00\r\x03", "\n1.2kg\r\n00\r\x03"],
        &weighed(12, 1, Unit::Kilogram, false),
    );
    check(nci, b"W\r", &["", "", "", ""], &not(NotWeighed::Silent));
    check(toledo, b"W", &["hello", "hello", "hello", ""], &not(NotWeighed::Noise));
}

#[test]
fn a_scale_that_is_pulled_out_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let pty = Pty::open();
    let path = plug(folder.path(), &pty);
    let (scale, events) = start(toledo(&path));
    assert_eq!(next(&events), ScaleEvent::Attached { path: path.clone() });

    // Pulled out in the middle of a weighing: the script ends, and the line with it.
    let player = pty.play(b"W", &["\x02?A\r"]);
    scale.weigh(1);
    assert_eq!(next(&events), ScaleEvent::NotWeighed { ask: 1, reason: NotWeighed::Absent });
    player.join().unwrap();
    assert!(matches!(next(&events), ScaleEvent::Lost { .. }));

    // Nothing there: said at once, and not again that it is lost.
    std::fs::remove_file(&path).unwrap();
    scale.weigh(2);
    assert_eq!(next(&events), ScaleEvent::NotWeighed { ask: 2, reason: NotWeighed::Absent });

    let pty = Pty::open();
    plug(folder.path(), &pty);
    assert_eq!(next(&events), ScaleEvent::Attached { path });
    let player = pty.play(b"W", &["\x02 2.000\r", "\x02 2.000\r", ""]);
    scale.weigh(3);
    assert!(matches!(next(&events), ScaleEvent::Weighed { ask: 3, .. }));
    drop(scale);
    player.join().unwrap();
}

#[test]
fn a_scale_that_was_never_there_is_lost_once() {
    let (scale, events) = start(toledo("/nowhere/scale"));
    assert_eq!(next(&events), ScaleEvent::Lost { path: "/nowhere/scale".into(), reason: LostReason::Missing });
    scale.weigh(1);
    assert_eq!(next(&events), ScaleEvent::NotWeighed { ask: 1, reason: NotWeighed::Absent });
    drop(scale);
    assert_eq!(events.into_iter().count(), 0);
}

#[test]
fn control_bytes_reach_the_scale() {
    let pty = Pty::open();
    let (scale, events) = start(toledo(&pty.path));
    assert!(matches!(next(&events), ScaleEvent::Attached { .. }));
    scale.control(Request::Zero);
    let mut byte = [0];
    assert_eq!(rustix::io::read(&pty.fd, &mut byte), Ok(1));
    assert_eq!(&byte, b"Z");
}

#[test]
fn the_doctor_asks_once() {
    let pty = Pty::open();
    let config = toledo(&pty.path);
    let player = pty.play(b"W", &["\x02?P\r", ""]);
    assert_eq!(ask_once(&config), Ok(Reading { zero: true, ..Reading::default() }));
    drop(player);
    let silent = Pty::open();
    assert_eq!(ask_once(&toledo(&silent.path)), Err(AskError::Scale(NotWeighed::Silent)));
    assert_eq!(ask_once(&toledo("/nowhere/scale")), Err(AskError::Line(LostReason::Missing)));
    assert_eq!(ask_once(&toledo("/dev/null")), Err(AskError::Line(LostReason::Failed)));
}
