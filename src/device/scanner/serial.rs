//! A reader on a serial line: `/dev/ttyACM*`, `/dev/ttyUSB*`, `/dev/serial/by-id/*`, any pty.
//!
//! One thread reads and writes. It sleeps in poll(2) without a time limit until bytes come, the line
//! goes away, the app answers a scan or [`Serial::stop`] wakes it through an eventfd; only while half
//! a code is held, or a scan has no answer, does it wake by itself. A second thread hands the events
//! over, so that a full channel holds up neither reading nor feedback. This goes through rustix and
//! not through `serialport`, whose port blocks in its own timed read and cannot be waited for
//! together with a second descriptor in safe code.

mod config;
mod outgoing;

pub use super::thread::{RETRY_FIRST_MS, RETRY_MAX_MS};
pub use config::{Config, ConfigError, Protocol};
pub(super) use config::{ends, idle, prefix};

use super::feedback::{Answers, Pending, Profile, Signal};
use super::frame::{Deframer, Frame};
use super::thread::{Control, End, Outlet, attend, reason};
use super::{Emit, LostReason, ScannerEvent, ScannerSource, line, mono_ms, ssi};
use outgoing::Outgoing;
use rustix::event::PollFlags;
use rustix::io::Errno;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Bytes taken in one read.
const READ_BYTES: usize = 1_024;
/// Rest of a line after which a reader may have fallen asleep.
const ASLEEP_MS: u64 = 1_000;

/// A reader on a serial line.
#[derive(Debug)]
pub struct Serial {
    config: Config,
    answers: Answers,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    thread: JoinHandle<()>,
    control: Arc<Control>,
}

impl Serial {
    /// One that has not started.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Serial { config, answers: Answers::default(), running: None }
    }

    /// The way to answer its scans; the same before, during and after a run.
    #[must_use]
    pub fn answers(&self) -> Answers {
        self.answers.clone()
    }
}

impl ScannerSource for Serial {
    fn start(&mut self, emit: Emit) -> std::io::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let control = Arc::new(Control::new()?);
        let outlet = Outlet::start(emit, Arc::clone(&control))?;
        self.answers.listen(Some(Arc::clone(&control)));
        let reader = Reader {
            config: self.config.clone(),
            answers: self.answers.clone(),
            control: Arc::clone(&control),
            outlet,
        };
        let thread = std::thread::Builder::new().name("scanner-serial".into()).spawn(move || reader.run())?;
        self.running = Some(Running { thread, control });
        Ok(())
    }

    fn stop(&mut self) {
        if let Some(Running { thread, control }) = self.running.take() {
            self.answers.listen(None);
            control.stop();
            if thread.join().is_err() {
                tracing::error!("the thread of a reader has panicked");
            }
        }
    }
}

impl Drop for Serial {
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
        let path = &self.config.path;
        let folder = path.parent().unwrap_or(Path::new("/"));
        attend(&self.control, &self.outlet, path, folder, || self.open(), |tty| Line::new(&self, tty).read());
    }

    fn open(&self) -> Result<(PathBuf, OwnedFd), Errno> {
        Ok((self.config.path.clone(), line::open(&self.config.path, &self.config.line)?))
    }
}

/// Takes bytes apart, as the reader packs them.
enum Codes {
    Plain(Deframer),
    Ssi(Box<ssi::Session>),
}

impl Codes {
    fn push(&mut self, bytes: &[u8], now_ms: u64) -> Vec<Frame> {
        match self {
            Self::Plain(deframer) => deframer.push(bytes, now_ms),
            Self::Ssi(session) => session.push(bytes, now_ms),
        }
    }

    fn tick(&mut self, now_ms: u64) -> Vec<Frame> {
        match self {
            Self::Plain(deframer) => deframer.tick(now_ms).into_iter().collect(),
            Self::Ssi(session) => session.tick(now_ms),
        }
    }

    fn deadline_ms(&self) -> Option<u64> {
        match self {
            Self::Plain(deframer) => deframer.deadline_ms(),
            Self::Ssi(session) => session.deadline_ms(),
        }
    }

    fn flush(&mut self, now_ms: u64) -> Option<Frame> {
        match self {
            Self::Plain(deframer) => deframer.flush(now_ms),
            Self::Ssi(session) => session.flush(now_ms),
        }
    }
}

/// A line that is open.
struct Line<'a> {
    reader: &'a Reader,
    tty: OwnedFd,
    codes: Codes,
    pending: Pending,
    out: Outgoing,
    /// When bytes last went either way.
    awake_ms: u64,
}

impl<'a> Line<'a> {
    fn new(reader: &'a Reader, tty: OwnedFd) -> Self {
        let framing = &reader.config.framing;
        let codes = match reader.config.protocol {
            Protocol::Plain => Codes::Plain(Deframer::new(framing.clone())),
            Protocol::Ssi => Codes::Ssi(Box::new(ssi::Session::new(framing.idle_ms, framing.bytes_max))),
        };
        Line { reader, tty, codes, pending: Pending::default(), out: Outgoing::default(), awake_ms: 0 }
    }

    /// Reads until the line goes away or the source is stopped.
    fn read(mut self) -> End {
        let mut buffer = [0_u8; READ_BYTES];
        loop {
            if self.reader.control.is_stopped() {
                return self.stopped();
            }
            self.speak(mono_ms());
            // With no room for scans the bytes stay in the kernel, and silence says nothing.
            let listens = self.reader.outlet.has_room();
            match self.wait(listens) {
                Ok(None) if listens => {
                    let frames = self.codes.tick(mono_ms());
                    self.emit(frames);
                }
                Ok(Some(ready)) if listens && !(ready - PollFlags::OUT).is_empty() => {
                    match rustix::io::read(&self.tty, &mut buffer) {
                        Ok(0) => return self.gone(LostReason::HangUp),
                        Ok(count) => self.take(buffer.get(..count).unwrap_or_default()),
                        Err(Errno::AGAIN | Errno::INTR) => {}
                        Err(errno) => return self.gone(reason(errno)),
                    }
                }
                Ok(_) => {}
                Err(errno) => return self.gone(reason(errno)),
            }
        }
    }

    fn wait(&self, listens: bool) -> Result<Option<PollFlags>, Errno> {
        let now_ms = mono_ms();
        let speaks = self.out.due_ms();
        let mut events = PollFlags::empty();
        events.set(PollFlags::IN, listens);
        events.set(PollFlags::OUT, speaks.is_some_and(|at| at <= now_ms));
        let held = if listens { self.codes.deadline_ms() } else { None };
        let until = [held, self.pending.deadline_ms(), speaks.filter(|at| *at > now_ms)];
        self.reader.control.wait(self.tty.as_fd(), events, until.into_iter().flatten().min())
    }

    fn take(&mut self, bytes: &[u8]) {
        let now_ms = mono_ms();
        self.awake_ms = now_ms;
        let frames = self.codes.push(bytes, now_ms);
        self.emit(frames);
    }

    /// No reader is left waiting for an answer, as far as the line takes it now.
    fn stopped(mut self) -> End {
        let now_ms = mono_ms();
        for signal in self.pending.due(u64::MAX) {
            self.say(signal, now_ms);
        }
        self.speak(now_ms);
        End::Stopped
    }

    fn gone(mut self, reason: LostReason) -> End {
        let frame = self.codes.flush(mono_ms());
        self.emit(frame);
        End::Lost(reason)
    }

    /// Sends what the protocol, the app and the deadline have to say.
    fn speak(&mut self, now_ms: u64) {
        if let Codes::Ssi(session) = &mut self.codes {
            for packet in session.outgoing() {
                self.out.put(packet, 0, now_ms);
            }
        }
        for (number, signal) in self.reader.answers.take() {
            match self.pending.answer(number, signal) {
                Some(signal) => self.say(signal, now_ms),
                None if self.reader.config.feedback == Profile::None => {}
                None => tracing::debug!(number, ?signal, "answer to a scan that has one, or to none"),
            }
        }
        for signal in self.pending.due(now_ms) {
            tracing::debug!(?signal, "a scan was not answered in time");
            self.say(signal, now_ms);
        }
        let tty = &self.tty;
        self.out.write(|bytes| rustix::io::write(tty, bytes), now_ms);
    }

    fn say(&mut self, signal: Signal, now_ms: u64) {
        let bytes = self.reader.config.feedback.bytes(signal);
        if bytes.is_empty() {
            return;
        }
        if let Codes::Ssi(session) = &mut self.codes {
            session.sends(&bytes, now_ms);
        }
        if self.reader.config.wake && now_ms >= self.awake_ms.saturating_add(ASLEEP_MS) {
            self.out.put(vec![ssi::WAKEUP], ssi::WAKE_PAUSE_MS, now_ms);
        }
        self.awake_ms = now_ms;
        self.out.put(bytes, 0, now_ms);
    }

    fn emit(&mut self, frames: impl IntoIterator<Item = Frame>) {
        for Frame { raw, complete, at_ms } in frames {
            let number = self.reader.answers.next_number();
            if self.reader.config.feedback != Profile::None
                && let Some(signal) = self.pending.scan(number, complete, at_ms)
            {
                self.say(signal, at_ms);
            }
            self.reader.outlet.put(ScannerEvent::Scan { raw, complete, at_mono_ms: at_ms, number });
        }
    }
}
