//! What the threads of all sources have in common: how they are woken and stopped, how they come
//! back to a device that went away, and how their events leave without holding them up.

use super::{Emit, LostReason, ScannerEvent, mono_ms};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::inotify;
use rustix::io::Errno;
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// First wait before a lost reader is tried again; each further wait is twice as long.
pub const RETRY_FIRST_MS: u64 = 200;
/// Longest wait before a lost reader is tried again.
pub const RETRY_MAX_MS: u64 = 5_000;
/// Events that wait for a receiver that takes none. With so many the source reads no more: the
/// bytes then wait in the kernel. One read may still add what it held.
pub const QUEUE_MAX: usize = 16;

/// Wakes and stops the thread of a source.
#[derive(Debug)]
pub struct Control {
    wake: OwnedFd,
    stopped: AtomicBool,
}

impl Control {
    pub fn new() -> std::io::Result<Self> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Control { wake, stopped: AtomicBool::new(false) })
    }

    /// Ends the poll(2) that the thread is in, or the next one.
    pub fn wake(&self) {
        match rustix::io::write(&self.wake, &1_u64.to_ne_bytes()) {
            // AGAIN: it has been woken very often, and not looked yet.
            Ok(_) | Err(Errno::AGAIN) => {}
            Err(error) => tracing::error!(%error, "cannot wake the thread of a reader"),
        }
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.wake();
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Forgets that it was woken; what there is to do is looked up after this.
    pub fn clear(&self) {
        let mut count = [0_u8; 8];
        // AGAIN: it was not.
        let _ = rustix::io::read(&self.wake, &mut count);
    }

    /// Waits for one of `events` on `device`, for [`Self::wake`], or until `until_ms`. With no
    /// events at all the device is not looked at: what it has to say stays there.
    ///
    /// `None`: nothing has happened by `until_ms`. `Some(empty)`: woken only.
    pub fn wait(
        &self,
        device: BorrowedFd<'_>,
        events: PollFlags,
        until_ms: Option<u64>,
    ) -> Result<Option<PollFlags>, Errno> {
        loop {
            let timeout = until_ms.map(|at| timespec(at.saturating_sub(mono_ms())));
            let mut fds = [PollFd::new(&self.wake, PollFlags::IN), PollFd::from_borrowed_fd(device, events)];
            let watched = if events.is_empty() { 1 } else { 2 };
            match poll(fds.get_mut(..watched).unwrap_or_default(), timeout.as_ref()) {
                Err(Errno::INTR) => continue,
                Err(errno) => return Err(errno),
                Ok(0) => return Ok(None),
                Ok(_) => {}
            }
            let [wake, device] = fds;
            if !wake.revents().is_empty() {
                self.clear();
            }
            return Ok(Some(device.revents()));
        }
    }
}

/// Hands events to the receiver from a thread of its own, in order: a receiver that blocks holds up
/// neither the reading nor the feedback.
#[derive(Debug)]
pub struct Outlet {
    shared: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    control: Arc<Control>,
}

#[derive(Debug, Default)]
struct State {
    events: VecDeque<ScannerEvent>,
    /// The source has seen that there is no room, and waits for some.
    full: bool,
    closed: bool,
}

impl Outlet {
    /// Starts the thread. It wakes `control` when there is room again.
    pub fn start(emit: Emit, control: Arc<Control>) -> std::io::Result<Self> {
        let shared = Arc::new(Queue { state: Mutex::default(), changed: Condvar::new(), control });
        let queue = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("scanner-emit".into()).spawn(move || {
            while let Some(event) = queue.next() {
                emit(event);
            }
        })?;
        Ok(Outlet { shared, thread: Some(thread) })
    }

    pub fn put(&self, event: ScannerEvent) {
        self.shared.lock().events.push_back(event);
        self.shared.changed.notify_one();
    }

    /// Whether the source may read on; if not, it is woken when it may.
    pub fn has_room(&self) -> bool {
        let mut state = self.shared.lock();
        state.full = state.events.len() >= QUEUE_MAX;
        !state.full
    }
}

impl Drop for Outlet {
    /// What was put is still handed over.
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_one();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the receiver of a reader's events has panicked");
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<ScannerEvent> {
        let mut state = self.lock();
        loop {
            if let Some(event) = state.events.pop_front() {
                if std::mem::take(&mut state.full) {
                    self.control.wake();
                }
                return Some(event);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Why reading ended.
#[derive(Debug)]
pub enum End {
    /// The source was stopped.
    Stopped,
    /// The device is no longer there, or no longer ours.
    Lost(LostReason),
}

/// Opens a device, reads it until it goes away, and comes back to it, until the source is stopped.
///
/// `name` stands for the device in [`ScannerEvent::Lost`]; `folder` is where it appears: what
/// happens there ends a wait early.
pub fn attend<D>(
    control: &Control,
    outlet: &Outlet,
    name: &Path,
    folder: &Path,
    open: impl Fn() -> Result<(PathBuf, D), Errno>,
    mut read: impl FnMut(D) -> End,
) {
    let mut retry_ms = RETRY_FIRST_MS;
    let mut said_lost = false;
    let mut changes = None;
    while !control.is_stopped() {
        let reason = match open() {
            Ok((path, device)) => {
                outlet.put(ScannerEvent::Attached { path });
                (said_lost, changes) = (false, None);
                let attached_ms = mono_ms();
                let reason = match read(device) {
                    End::Stopped => return,
                    End::Lost(reason) => reason,
                };
                // A device that opens and hangs up at once is waited for like a missing one.
                if mono_ms().saturating_sub(attached_ms) >= RETRY_FIRST_MS {
                    retry_ms = RETRY_FIRST_MS;
                }
                reason
            }
            Err(error) => {
                if !said_lost {
                    tracing::warn!(path = %name.display(), %error, "reader cannot be opened");
                }
                reason(error)
            }
        };
        if !said_lost {
            outlet.put(ScannerEvent::Lost { path: name.to_owned(), reason });
            said_lost = true;
        }
        // The watch stays from one attempt to the next: nothing appears unseen between them.
        let watch = changes.take().or_else(|| watch(folder));
        if pause(control, watch.as_ref(), retry_ms) {
            retry_ms = RETRY_FIRST_MS;
        } else {
            retry_ms = retry_ms.saturating_mul(2).min(RETRY_MAX_MS);
            changes = watch;
        }
    }
}

/// Sleeps for `ms`, at the most; `true`: something has appeared where `watch` looks. Then it has
/// slept for [`RETRY_FIRST_MS`] after that, so that udev has set the owner and made its links.
fn pause(control: &Control, watch: Option<&OwnedFd>, ms: u64) -> bool {
    let (mut until, mut appeared) = (mono_ms().saturating_add(ms), false);
    while !control.is_stopped() {
        let nothing = control.wake.as_fd();
        let (device, events) = match watch {
            Some(watch) if !appeared => (watch.as_fd(), PollFlags::IN),
            _ => (nothing, PollFlags::empty()),
        };
        match control.wait(device, events, Some(until)) {
            Ok(None) => break,
            Ok(Some(ready)) if !ready.is_empty() => {
                appeared = true;
                until = mono_ms().saturating_add(RETRY_FIRST_MS);
            }
            Ok(Some(_)) => {}
            Err(error) => {
                tracing::error!(%error, "cannot wait for a reader");
                return false;
            }
        }
    }
    appeared
}

/// Watches the nearest folder above that exists. Without a watch there is the wait alone.
fn watch(folder: &Path) -> Option<OwnedFd> {
    use inotify::{CreateFlags, WatchFlags};
    let watch = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
    let wanted = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ATTRIB | WatchFlags::ONLYDIR;
    folder.ancestors().find(|at| inotify::add_watch(&watch, *at, wanted).is_ok())?;
    Some(watch)
}

/// What an error says about a device.
pub fn reason(errno: Errno) -> LostReason {
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
    use std::sync::mpsc::sync_channel;

    #[test]
    fn waits_are_bounded() {
        assert_eq!(timespec(1_250), Timespec { tv_sec: 1, tv_nsec: 250_000_000 });
        assert_eq!(timespec(0), Timespec { tv_sec: 0, tv_nsec: 0 });
    }

    #[test]
    fn a_wake_is_seen_once() {
        let control = Control::new().unwrap();
        let wait = |until| control.wait(control.wake.as_fd(), PollFlags::empty(), Some(until)).unwrap();
        assert_eq!(wait(0), None);
        control.wake();
        control.wake();
        assert_eq!(wait(u64::MAX), Some(PollFlags::empty()));
        assert_eq!(wait(0), None);
    }

    #[test]
    fn a_receiver_that_blocks_holds_up_nothing_and_gets_all() {
        const EVENTS_MAX: usize = 1;
        let control = Arc::new(Control::new().unwrap());
        let (send, events) = sync_channel(EVENTS_MAX);
        let outlet = Outlet::start(Box::new(move |event| send.send(event).unwrap()), Arc::clone(&control)).unwrap();
        let lost = |n: usize| ScannerEvent::Lost { path: n.to_string().into(), reason: LostReason::Busy };
        for n in 0..100 {
            outlet.put(lost(n));
        }
        assert!(!outlet.has_room());
        for n in 0..100 {
            assert_eq!(events.recv().unwrap(), lost(n));
        }
        // It was woken, since it had seen that there was no room.
        let wait = control.wait(control.wake.as_fd(), PollFlags::empty(), None).unwrap();
        assert_eq!(wait, Some(PollFlags::empty()));
        assert!(outlet.has_room());
        outlet.put(lost(7));
        drop(outlet);
        assert_eq!(events.recv().unwrap(), lost(7));
        assert!(events.recv().is_err(), "the closure is gone");
    }
}
