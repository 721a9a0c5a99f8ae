//! A reader on a serial line: `/dev/ttyACM*`, `/dev/ttyUSB*`, `/dev/serial/by-id/*`, any pty.
//!
//! One thread. It sleeps in poll(2) without a time limit until bytes come, the line goes away or
//! [`Serial::stop`] wakes it through an eventfd; only while half a code is held does it wake by
//! itself. This goes through rustix and not through `serialport`, whose port blocks in its own
//! timed read and cannot be waited for together with a second descriptor in safe code.

use super::frame::{Config as Framing, Deframer, Ends, Frame};
use super::{Emit, LostReason, ScannerEvent, ScannerSource, mono_ms};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{ControlModes, OptionalActions};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::thread::JoinHandle;

/// First wait before a lost reader is tried again; each further wait is twice as long.
pub const RETRY_FIRST_MS: u64 = 200;
/// Longest wait before a lost reader is tried again.
pub const RETRY_MAX_MS: u64 = 5_000;
/// Bytes taken in one read.
const READ_BYTES: usize = 1_024;

/// A serial reader as named on the command line:
/// `serial:PATH[,baud=9600][,ends=cr+lf+crlf+tab+stx][,prefix=TEXT][,idle=150]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The device, or a link to it; resolved anew at each attempt.
    pub path: PathBuf,
    /// Speed of the line; always 8 data bits, no parity, 1 stop bit.
    pub baud: u32,
    /// How codes are framed.
    pub framing: Framing,
}

impl Config {
    /// A reader at `path`, with everything else as readers are delivered.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Config { path: path.into(), baud: 9_600, framing: Framing::default() }
    }
}

/// What is wrong with the text that names a reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a serial reader.
    #[error("not of the form serial:PATH")]
    Kind,
    /// No path.
    #[error("the path is missing after serial:")]
    NoPath,
    /// An option that does not exist.
    #[error("unknown option {0:?} (there are baud, ends, prefix, idle)")]
    Option(String),
    /// An option with a value it cannot have.
    #[error("option {option} cannot be {value:?}")]
    Value {
        /// Which.
        option: &'static str,
        /// What stood there.
        value: String,
    },
}

impl FromStr for Config {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let rest = text.strip_prefix("serial:").ok_or(ConfigError::Kind)?;
        let mut parts = rest.split(',');
        let path = parts.next().filter(|p| !p.is_empty()).ok_or(ConfigError::NoPath)?;
        let mut config = Config::new(path);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let bad = |option| ConfigError::Value { option, value: value.to_owned() };
            match name {
                "baud" => config.baud = value.parse().ok().filter(|b| *b > 0).ok_or_else(|| bad("baud"))?,
                "idle" => {
                    config.framing.idle_ms =
                        value.parse().ok().filter(|ms| (1..=10_000).contains(ms)).ok_or_else(|| bad("idle"))?;
                }
                "prefix" => {
                    let prefix =
                        floorhand_gs1::unescape(value).filter(|p| !p.is_empty()).ok_or_else(|| bad("prefix"))?;
                    config.framing.prefix = Some(prefix);
                }
                "ends" => config.framing.ends = ends(value).ok_or_else(|| bad("ends"))?,
                _ => return Err(ConfigError::Option(name.to_owned())),
            }
        }
        // A site that sends STX as a mere prefix does not frame by STX and ETX.
        if config.framing.prefix.as_ref().is_some_and(|p| p.contains(&0x02)) {
            config.framing.ends.stx_etx = false;
        }
        Ok(config)
    }
}

fn ends(text: &str) -> Option<Ends> {
    let mut ends = Ends::NONE;
    for name in text.split('+') {
        match name {
            "cr" => ends.cr = true,
            "lf" => ends.lf = true,
            "crlf" => ends.crlf = true,
            "tab" => ends.tab = true,
            "stx" => ends.stx_etx = true,
            _ => return None,
        }
    }
    Some(ends)
}

/// A reader on a serial line.
#[derive(Debug)]
pub struct Serial {
    config: Config,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    thread: JoinHandle<()>,
    wake: Arc<OwnedFd>,
}

impl Serial {
    /// One that has not started.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Serial { config, running: None }
    }
}

impl ScannerSource for Serial {
    fn start(&mut self, emit: Emit) -> std::io::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let line = Line { config: self.config.clone(), wake: Arc::clone(&wake), emit };
        let thread = std::thread::Builder::new().name("scanner-serial".into()).spawn(move || line.run())?;
        self.running = Some(Running { thread, wake });
        Ok(())
    }

    fn stop(&mut self) {
        if let Some(Running { thread, wake }) = self.running.take() {
            if let Err(error) = rustix::io::write(&*wake, &1_u64.to_ne_bytes()) {
                tracing::error!(%error, "cannot wake the thread of a reader");
                return;
            }
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
struct Line {
    config: Config,
    wake: Arc<OwnedFd>,
    emit: Emit,
}

/// Why reading ended.
enum End {
    Stopped,
    Lost(LostReason),
}

/// What poll(2) reported.
enum Ready {
    Bytes,
    Silence,
    Stop,
}

impl Line {
    fn run(self) {
        let mut retry_ms = RETRY_FIRST_MS;
        let mut said_lost = false;
        loop {
            let reason = match open(&self.config) {
                Ok(tty) => {
                    (self.emit)(ScannerEvent::Attached { path: self.config.path.clone() });
                    said_lost = false;
                    let attached_ms = mono_ms();
                    let reason = match self.read(&tty) {
                        End::Stopped => return,
                        End::Lost(reason) => reason,
                    };
                    // A line that opens and hangs up at once is waited for like a missing one.
                    if mono_ms().saturating_sub(attached_ms) >= RETRY_FIRST_MS {
                        retry_ms = RETRY_FIRST_MS;
                    }
                    reason
                }
                Err(errno) => {
                    if !said_lost {
                        tracing::warn!(path = %self.config.path.display(), error = %errno, "reader cannot be opened");
                    }
                    reason(errno)
                }
            };
            if !said_lost {
                (self.emit)(ScannerEvent::Lost { path: self.config.path.clone(), reason });
                said_lost = true;
            }
            if self.waits(retry_ms) {
                return;
            }
            retry_ms = retry_ms.saturating_mul(2).min(RETRY_MAX_MS);
        }
    }

    /// Reads until the line goes away or the source is stopped.
    fn read(&self, tty: &OwnedFd) -> End {
        let mut deframer = Deframer::new(self.config.framing.clone());
        let mut buffer = [0_u8; READ_BYTES];
        loop {
            match self.ready(tty, deframer.deadline_ms()) {
                Ok(Ready::Stop) => return End::Stopped,
                Ok(Ready::Silence) => self.emit(deframer.tick(mono_ms())),
                Ok(Ready::Bytes) => match rustix::io::read(tty, &mut buffer) {
                    Ok(0) => return self.gone(&mut deframer, LostReason::HangUp),
                    Ok(count) => {
                        let bytes = buffer.get(..count).unwrap_or_default();
                        self.emit(deframer.push(bytes, mono_ms()));
                    }
                    Err(Errno::AGAIN | Errno::INTR) => {}
                    Err(errno) => return self.gone(&mut deframer, reason(errno)),
                },
                Err(errno) => return self.gone(&mut deframer, reason(errno)),
            }
        }
    }

    fn gone(&self, deframer: &mut Deframer, reason: LostReason) -> End {
        self.emit(deframer.flush(mono_ms()));
        End::Lost(reason)
    }

    fn ready(&self, tty: &OwnedFd, deadline_ms: Option<u64>) -> Result<Ready, Errno> {
        loop {
            let timeout = deadline_ms.map(|at| timespec(at.saturating_sub(mono_ms())));
            let mut fds = [PollFd::new(&*self.wake, PollFlags::IN), PollFd::new(tty, PollFlags::IN)];
            match poll(&mut fds, timeout.as_ref()) {
                Err(Errno::INTR) => continue,
                Err(errno) => return Err(errno),
                Ok(0) => return Ok(Ready::Silence),
                Ok(_) => {}
            }
            let [wake, _] = fds;
            return Ok(if wake.revents().is_empty() { Ready::Bytes } else { Ready::Stop });
        }
    }

    /// Sleeps; `true`: stopped meanwhile.
    fn waits(&self, ms: u64) -> bool {
        let until = mono_ms().saturating_add(ms);
        loop {
            let left = until.saturating_sub(mono_ms());
            let mut fds = [PollFd::new(&*self.wake, PollFlags::IN)];
            match poll(&mut fds, Some(&timespec(left))) {
                Ok(0) => return false,
                Err(Errno::INTR) => {}
                Ok(_) | Err(_) => return true,
            }
        }
    }

    fn emit(&self, frames: impl IntoIterator<Item = Frame>) {
        for Frame { raw, complete, at_ms } in frames {
            (self.emit)(ScannerEvent::Scan { raw, complete, at_mono_ms: at_ms });
        }
    }
}

/// Opens the line and sets it up. Settings that a line refuses (a pty has no speed) are logged and
/// left: what was opened can be read.
fn open(config: &Config) -> Result<OwnedFd, Errno> {
    // Without NONBLOCK opening waits for a carrier that readers do not give.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let tty = rustix::fs::open(&config.path, flags, Mode::empty())?;
    if !rustix::termios::isatty(&tty) {
        return Err(Errno::NOTTY);
    }
    // The lock falls with the process, also with kill -9. TIOCEXCL would outlive it wherever
    // another program (a test, a terminal server) keeps the line open.
    rustix::fs::flock(&tty, FlockOperation::NonBlockingLockExclusive)?;
    if let Err(error) = set_up(&tty, config.baud) {
        tracing::warn!(path = %config.path.display(), %error, "line settings refused; read as it is");
    }
    Ok(tty)
}

fn set_up(tty: impl AsFd, baud: u32) -> Result<(), Errno> {
    let mut termios = rustix::termios::tcgetattr(&tty)?;
    termios.make_raw();
    let modes = &mut termios.control_modes;
    modes.remove(ControlModes::CSTOPB | ControlModes::PARENB | ControlModes::CRTSCTS);
    modes.insert(ControlModes::CREAD | ControlModes::CLOCAL | ControlModes::CS8);
    // Bytes that came before keep: TCSANOW flushes nothing.
    rustix::termios::tcsetattr(&tty, OptionalActions::Now, &termios)?;
    termios.set_speed(baud)?;
    rustix::termios::tcsetattr(&tty, OptionalActions::Now, &termios)
}

fn reason(errno: Errno) -> LostReason {
    match errno {
        Errno::IO | Errno::PIPE | Errno::NODEV | Errno::NXIO | Errno::BADF => LostReason::HangUp,
        Errno::NOENT | Errno::NOTDIR => LostReason::Missing,
        Errno::BUSY | Errno::WOULDBLOCK => LostReason::Busy,
        Errno::ACCESS | Errno::PERM => LostReason::Denied,
        _ => LostReason::Failed,
    }
}

fn timespec(ms: u64) -> Timespec {
    let seconds = i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
    let rest = i32::try_from(ms % 1_000).unwrap_or_default();
    Timespec { tv_sec: seconds, tv_nsec: i64::from(rest) * 1_000_000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let parse = |text: &str| text.parse::<Config>();
        assert_eq!(parse("serial:/dev/ttyACM0"), Ok(Config::new("/dev/ttyACM0")));
        let full = parse("serial:/dev/ttyUSB0,baud=115200,ends=stx,prefix=~,idle=300").unwrap();
        assert_eq!(full.baud, 115_200);
        assert_eq!(full.framing.ends, Ends { stx_etx: true, ..Ends::NONE });
        assert_eq!(full.framing.prefix.as_deref(), Some(b"~".as_slice()));
        assert_eq!(full.framing.idle_ms, 300);
        let prefixed = parse(r"serial:/dev/ttyUSB0,prefix=\x02").unwrap();
        assert!(!prefixed.framing.ends.stx_etx && prefixed.framing.ends.cr);
        for (text, error) in [
            ("/dev/ttyACM0", ConfigError::Kind),
            ("serial:", ConfigError::NoPath),
            ("serial:,baud=1", ConfigError::NoPath),
            ("serial:/x,speed=1", ConfigError::Option("speed".into())),
            ("serial:/x,baud=0", ConfigError::Value { option: "baud", value: "0".into() }),
            ("serial:/x,baud=fast", ConfigError::Value { option: "baud", value: "fast".into() }),
            ("serial:/x,idle=0", ConfigError::Value { option: "idle", value: "0".into() }),
            ("serial:/x,ends=cr+ff", ConfigError::Value { option: "ends", value: "cr+ff".into() }),
            ("serial:/x,prefix=", ConfigError::Value { option: "prefix", value: String::new() }),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn waits_are_bounded() {
        assert_eq!(timespec(1_250), Timespec { tv_sec: 1, tv_nsec: 250_000_000 });
        assert_eq!(timespec(0), Timespec { tv_sec: 0, tv_nsec: 0 });
    }
}
