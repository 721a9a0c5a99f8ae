//! A reader that types, read from its input device (evdev) and not through the window.
//!
//! The device is grabbed: what the reader types reaches nobody else, and a program that has it
//! already shows as [`super::LostReason::Busy`]. One thread sleeps in poll(2) without a time limit;
//! only while half a code is held does it wake by itself. A second thread hands the codes over. A
//! reader that types cannot be told anything: there is no feedback but the screen, sound and lamp.

mod config;
pub mod decode;
pub mod find;
pub mod keymap;
pub mod replay;

pub use config::{Config, ConfigError, IDLE_MS};

use super::feedback::Answers;
use super::frame::Frame;
use super::thread::{Control, End, Outlet, attend, reason};
use super::{Emit, ScannerEvent, ScannerSource, line, mono_ms};
use decode::{Decoder, Input};
use evdev::raw_stream::RawDevice;
use evdev::{EventSummary, KeyCode, LedCode, SynchronizationCode};
use rustix::event::PollFlags;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Bytes of text taken in one read.
const READ_BYTES: usize = 1_024;

/// A reader that types.
#[derive(Debug)]
pub struct Wedge {
    config: Config,
    /// Counts the scans; nobody listens.
    answers: Answers,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    thread: JoinHandle<()>,
    control: Arc<Control>,
}

impl Wedge {
    /// One that has not started.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Wedge { config, answers: Answers::default(), running: None }
    }
}

impl ScannerSource for Wedge {
    fn start(&mut self, emit: Emit) -> std::io::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let control = Arc::new(Control::new()?);
        let outlet = Outlet::start(emit, Arc::clone(&control))?;
        let (config, answers) = (self.config.clone(), self.answers.clone());
        let reader = Reader { config, answers, control: Arc::clone(&control), outlet };
        let thread = std::thread::Builder::new().name("scanner-wedge".into()).spawn(move || reader.run())?;
        self.running = Some(Running { thread, control });
        Ok(())
    }

    fn stop(&mut self) {
        if let Some(Running { thread, control }) = self.running.take() {
            control.stop();
            if thread.join().is_err() {
                tracing::error!("the thread of a reader has panicked");
            }
        }
    }
}

impl Drop for Wedge {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the thread owns.
struct Reader {
    config: Config,
    answers: Answers,
    control: Arc<Control>,
    outlet: Outlet,
}

impl Reader {
    fn run(self) {
        let name = self.config.target.shown();
        let folder = match &self.config.target {
            find::Target::Path(path) => path.parent().unwrap_or(Path::new("/")).to_owned(),
            _ => find::DEVICES.into(),
        };
        attend(&self.control, &self.outlet, &name, &folder, || self.open(), |device| self.read(device));
    }

    fn open(&self) -> Result<(PathBuf, Device), Errno> {
        let path = find::find(&self.config.target).ok_or(Errno::NOENT)?;
        let device = if self.config.text {
            let tty = line::open(&path, &line::Settings::READER)?;
            Device::Text(tty, replay::Lines::default())
        } else {
            Device::Keys(Box::new(grabbed(&path)?))
        };
        Ok((path, device))
    }

    fn read(&self, mut device: Device) -> End {
        let mut decoder = Decoder::new(self.config.keys.clone());
        let (held, caps) = device.state();
        decoder.resync(held, caps);
        loop {
            if self.control.is_stopped() {
                return End::Stopped;
            }
            let listens = self.outlet.has_room();
            let events = if listens { PollFlags::IN } else { PollFlags::empty() };
            let until = if listens { decoder.deadline_ms() } else { None };
            let read = match self.control.wait(device.as_fd(), events, until) {
                Ok(None) => {
                    self.emit(decoder.tick(mono_ms()));
                    continue;
                }
                Ok(Some(ready)) if ready.is_empty() => continue,
                Ok(Some(_)) => device.read(),
                Err(errno) => Err(errno),
            };
            match read {
                Ok(inputs) => {
                    for input in inputs {
                        self.emit(decoder.push(input, mono_ms()));
                        if decoder.is_stale() {
                            tracing::warn!("the kernel has dropped keys of a reader");
                            let (held, caps) = device.state();
                            decoder.resync(held, caps);
                        }
                    }
                }
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(errno) => {
                    self.emit(decoder.flush(mono_ms()));
                    return End::Lost(reason(errno));
                }
            }
        }
    }

    fn emit(&self, frame: Option<Frame>) {
        if let Some(Frame { raw, complete, at_ms }) = frame {
            let number = self.answers.next_number();
            self.outlet.put(ScannerEvent::Scan { raw, complete, at_mono_ms: at_ms, number });
        }
    }
}

/// Where keys come from.
enum Device {
    Keys(Box<RawDevice>),
    Text(OwnedFd, replay::Lines),
}

impl Device {
    /// What has come; [`Errno::PIPE`] when nothing comes any more.
    fn read(&mut self) -> Result<Vec<Input>, Errno> {
        match self {
            Self::Keys(device) => {
                let events = device.fetch_events().map_err(errno)?;
                Ok(events.filter_map(|event| input(event.destructure())).collect())
            }
            Self::Text(tty, lines) => {
                let mut buffer = [0; READ_BYTES];
                match rustix::io::read(&*tty, &mut buffer)? {
                    0 => Err(Errno::PIPE),
                    count => Ok(lines.push(buffer.get(..count).unwrap_or_default())),
                }
            }
        }
    }

    /// The keys that are held, and Caps Lock.
    fn state(&self) -> (Vec<u16>, bool) {
        let Self::Keys(device) = self else { return (Vec::new(), false) };
        let held = device.get_key_state().map(|keys| keys.iter().map(KeyCode::code).collect());
        let caps = device.get_led_state().is_ok_and(|lamps| lamps.contains(LedCode::LED_CAPSL));
        (held.unwrap_or_default(), caps)
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Keys(device) => device.as_fd(),
            Self::Text(tty, _) => tty.as_fd(),
        }
    }
}

/// Opens an input device for this program alone.
fn grabbed(path: &Path) -> Result<RawDevice, Errno> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let node = rustix::fs::open(path, flags, Mode::empty())?;
    let mut device = RawDevice::from_fd(node).map_err(errno)?;
    device.grab().map_err(errno)?;
    Ok(device)
}

/// The kernel's error; anything else is as good as a broken device.
fn errno(error: std::io::Error) -> Errno {
    Errno::from_io_error(&error).unwrap_or(Errno::INVAL)
}

fn input(event: EventSummary) -> Option<Input> {
    match event {
        EventSummary::Key(_, code, value) => Some(Input::Key { code: code.code(), value }),
        EventSummary::Synchronization(_, SynchronizationCode::SYN_DROPPED, _) => Some(Input::Dropped),
        EventSummary::Synchronization(_, SynchronizationCode::SYN_REPORT, _) => Some(Input::Report),
        _ => None,
    }
}
