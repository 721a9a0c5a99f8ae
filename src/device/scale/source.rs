//! The thread at the line of a scale.

use super::codec::Request;
use super::config::Config;
use super::session::{Action, Session};
use super::{NotWeighed, Reading, ScaleEvent};
use crate::device::scanner::{LostReason, mono_ms};
use crate::device::wake::{Backoff, RETRY_FIRST_MS, Ready, Wake};
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{ControlModes, OptionalActions};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Bytes taken in one read.
const READ_BYTES: usize = 256;

/// Takes what a scale says.
pub type Emit = Box<dyn Fn(ScaleEvent) + Send>;

/// A scale and its thread. Dropping it stops it; nothing is emitted afterwards.
#[derive(Debug)]
pub struct Scale {
    mail: Arc<Mutex<Mail>>,
    wake: Wake,
    thread: Option<JoinHandle<()>>,
}

/// What is waiting for the thread: the latest, no more.
#[derive(Debug, Default)]
struct Mail {
    weigh: Option<Weigh>,
    control: Option<Request>,
    stop: bool,
}

#[derive(Debug, Clone, Copy)]
enum Weigh {
    Begin(u64),
    End,
}

impl Scale {
    /// Opens the line, now or when it is there.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    pub fn start(config: Config, emit: Emit) -> std::io::Result<Self> {
        let (mail, wake) = (Arc::<Mutex<Mail>>::default(), Wake::new()?);
        let line = Line { config, mail: Arc::clone(&mail), wake: wake.clone(), emit };
        let thread = std::thread::Builder::new().name("scale".into()).spawn(move || line.run())?;
        Ok(Scale { mail, wake, thread: Some(thread) })
    }

    /// Asks until a weight counts or time is up; `ask` comes back with the answer. A weighing under way
    /// ends without a word. Never blocks.
    pub fn weigh(&self, ask: u64) {
        self.post(|mail| mail.weigh = Some(Weigh::Begin(ask)));
    }

    /// Ends a weighing without a word. What was said before may still be on its way. Never blocks.
    pub fn cancel(&self) {
        self.post(|mail| mail.weigh = Some(Weigh::End));
    }

    /// Sets to zero, takes or forgets the tare, if the protocol can and the line is open. What came of
    /// it is in the next reading. Never blocks.
    pub fn control(&self, request: Request) {
        self.post(|mail| mail.control = Some(request));
    }

    fn post(&self, change: impl FnOnce(&mut Mail)) {
        change(&mut lock(&self.mail));
        self.wake.wake();
    }
}

impl Drop for Scale {
    fn drop(&mut self) {
        self.post(|mail| mail.stop = true);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the scale has panicked");
        }
    }
}

/// Opens the line, asks, and returns the first reading: what `floorhand doctor` does. Takes at most
/// [`super::session::SILENT_MAX`] times [`super::session::REPLY_WAIT_MS`].
///
/// # Errors
/// Why there is no reading: the line first, then the scale.
pub fn ask_once(config: &Config) -> Result<Reading, AskError> {
    let tty = open(config).map_err(|errno| AskError::Line(reason(errno)))?;
    let wake = Wake::new().map_err(|_| AskError::Line(LostReason::Failed))?;
    let mut session = Session::new(config);
    let mut actions = session.weigh(0, mono_ms());
    loop {
        for action in actions {
            match action {
                Action::Send(bytes) => write(&tty, bytes).map_err(|errno| AskError::Line(reason(errno)))?,
                Action::Emit(ScaleEvent::Reading { reading, .. }) => return Ok(reading),
                Action::Emit(ScaleEvent::NotWeighed { reason, .. }) => return Err(AskError::Scale(reason)),
                Action::Emit(_) => {}
            }
        }
        actions = match step(&tty, &wake, &mut session) {
            Ok(Step::Actions(actions)) => actions,
            Ok(Step::Woken) => Vec::new(),
            Err(reason) => return Err(AskError::Line(reason)),
        };
    }
}

/// Why a scale gives no reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskError {
    /// The line cannot be used.
    Line(LostReason),
    /// The scale does not say what it shows.
    Scale(NotWeighed),
}

/// What the thread owns.
struct Line {
    config: Config,
    mail: Arc<Mutex<Mail>>,
    wake: Wake,
    emit: Emit,
}

/// Why serving a line ended.
enum End {
    Stopped,
    Lost(LostReason),
}

impl Line {
    fn run(self) {
        let mut backoff = Backoff::default();
        let mut said_lost = false;
        loop {
            let reason = match open(&self.config) {
                Ok(tty) => {
                    (self.emit)(ScaleEvent::Attached { path: self.config.path.clone() });
                    said_lost = false;
                    let since_ms = mono_ms();
                    let End::Lost(reason) = self.serve(&tty) else { return };
                    // A line that opens and hangs up at once is waited for like a missing one.
                    if mono_ms().saturating_sub(since_ms) >= RETRY_FIRST_MS {
                        backoff = Backoff::default();
                    }
                    reason
                }
                Err(errno) => {
                    if !said_lost {
                        tracing::warn!(path = %self.config.path.display(), error = %errno, "scale cannot be opened");
                    }
                    reason(errno)
                }
            };
            if !said_lost {
                (self.emit)(ScaleEvent::Lost { path: self.config.path.clone(), reason });
                said_lost = true;
            }
            // Whoever asked meanwhile has waited for this attempt.
            if let Some(Weigh::Begin(ask)) = lock(&self.mail).weigh.take() {
                (self.emit)(ScaleEvent::NotWeighed { ask, reason: NotWeighed::Absent });
            }
            if self.waits(backoff.next_ms()) {
                return;
            }
        }
    }

    /// Until it is time for the next attempt, or somebody wants to weigh; `true`: stopped.
    fn waits(&self, ms: u64) -> bool {
        let until_ms = mono_ms().saturating_add(ms);
        loop {
            {
                let mut mail = lock(&self.mail);
                mail.control = None;
                if mail.stop || mail.weigh.is_some() {
                    return mail.stop;
                }
            }
            match self.wake.wait(None, Some(until_ms)) {
                Ok(Ready::Woken) => {}
                Ok(Ready::Time | Ready::Device) => return false,
                Err(_) => return true,
            }
        }
    }

    fn serve(&self, tty: &OwnedFd) -> End {
        let mut session = Session::new(&self.config);
        let end = self.talk(tty, &mut session);
        if let Err(errno) = self.perform(tty, session.lost()) {
            tracing::debug!(error = %errno, "the scale has gone");
        }
        end
    }

    fn talk(&self, tty: &OwnedFd, session: &mut Session) -> End {
        loop {
            let mut actions = Vec::new();
            let Mail { weigh, control, stop } = std::mem::take(&mut *lock(&self.mail));
            if stop {
                session.cancel();
                return End::Stopped;
            }
            actions.extend(control.and_then(|request| self.config.protocol.request(request)).map(Action::Send));
            match weigh {
                Some(Weigh::Begin(ask)) => actions.extend(session.weigh(ask, mono_ms())),
                Some(Weigh::End) => session.cancel(),
                None => {}
            }
            let stepped = self.perform(tty, actions).map_err(reason).and_then(|()| step(tty, &self.wake, session));
            let performed = match stepped {
                Ok(Step::Actions(actions)) => self.perform(tty, actions).map_err(reason),
                Ok(Step::Woken) => Ok(()),
                Err(reason) => Err(reason),
            };
            if let Err(reason) = performed {
                return End::Lost(reason);
            }
        }
    }

    fn perform(&self, tty: &OwnedFd, actions: Vec<Action>) -> Result<(), Errno> {
        for action in actions {
            match action {
                Action::Send(bytes) => write(tty, bytes)?,
                Action::Emit(event) => (self.emit)(event),
            }
        }
        Ok(())
    }
}

enum Step {
    Actions(Vec<Action>),
    Woken,
}

/// Waits for one thing to happen at the line.
fn step(tty: &OwnedFd, wake: &Wake, session: &mut Session) -> Result<Step, LostReason> {
    let mut buffer = [0_u8; READ_BYTES];
    match wake.wait(Some(tty.as_fd()), session.deadline_ms()).map_err(reason)? {
        Ready::Woken => Ok(Step::Woken),
        Ready::Time => Ok(Step::Actions(session.tick(mono_ms()))),
        Ready::Device => match rustix::io::read(tty, &mut buffer) {
            Ok(0) => Err(LostReason::HangUp),
            Ok(count) => Ok(Step::Actions(session.bytes(buffer.get(..count).unwrap_or_default(), mono_ms()))),
            Err(Errno::AGAIN | Errno::INTR) => Ok(Step::Actions(Vec::new())),
            Err(errno) => Err(reason(errno)),
        },
    }
}

/// A question is a few bytes: a line that does not take them is one that does not answer.
fn write(tty: &OwnedFd, bytes: &[u8]) -> Result<(), Errno> {
    match rustix::io::write(tty, bytes) {
        Ok(_) | Err(Errno::AGAIN | Errno::INTR) => Ok(()),
        Err(errno) => Err(errno),
    }
}

fn lock(mail: &Mutex<Mail>) -> MutexGuard<'_, Mail> {
    mail.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the line and sets it up. Settings that a line refuses (a pty has no speed) are logged and
/// left.
fn open(config: &Config) -> Result<OwnedFd, Errno> {
    // Without NONBLOCK opening waits for a carrier that scales do not give.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let tty = rustix::fs::open(&config.path, flags, Mode::empty())?;
    if !rustix::termios::isatty(&tty) {
        return Err(Errno::NOTTY);
    }
    rustix::fs::flock(&tty, FlockOperation::NonBlockingLockExclusive)?;
    if let Err(error) = set_up(&tty, config) {
        tracing::warn!(path = %config.path.display(), %error, "line settings refused; used as it is");
    }
    Ok(tty)
}

fn set_up(tty: impl AsFd, config: &Config) -> Result<(), Errno> {
    let mut termios = rustix::termios::tcgetattr(&tty)?;
    termios.make_raw();
    let modes = &mut termios.control_modes;
    modes.remove(ControlModes::CSTOPB | ControlModes::CRTSCTS | ControlModes::PARODD);
    modes.remove(ControlModes::CSIZE | ControlModes::PARENB);
    modes.insert(ControlModes::CREAD | ControlModes::CLOCAL);
    modes.insert(if config.seven_even { ControlModes::CS7 | ControlModes::PARENB } else { ControlModes::CS8 });
    rustix::termios::tcsetattr(&tty, OptionalActions::Now, &termios)?;
    termios.set_speed(config.baud)?;
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

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
