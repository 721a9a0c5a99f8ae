//! What the threads of the devices share: being woken while they wait, and when to try again.

use super::scanner::mono_ms;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::Errno;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;

/// First wait before a lost device is tried again; each further wait is twice as long.
pub const RETRY_FIRST_MS: u64 = 200;
/// Longest wait before a lost device is tried again.
pub const RETRY_MAX_MS: u64 = 5_000;

/// Wakes a thread that waits in [`Wake::wait`]. Waking one that does not wait is kept for its next
/// wait; waking twice is the same as once.
#[derive(Debug, Clone)]
pub struct Wake {
    fd: Arc<OwnedFd>,
}

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// Somebody called [`Wake::wake`].
    Woken,
    /// The device has something to read, or has gone.
    Device,
    /// The time is up.
    Time,
}

impl Wake {
    /// One that nobody waits for yet.
    ///
    /// # Errors
    /// When the process has no descriptor left.
    pub fn new() -> std::io::Result<Self> {
        let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Wake { fd: Arc::new(fd) })
    }

    /// Ends the wait of the other side. Never blocks.
    pub fn wake(&self) {
        // A full counter (it would take 2^64 calls) is as good as a written one.
        if let Err(error) = rustix::io::write(&*self.fd, &1_u64.to_ne_bytes())
            && error != Errno::AGAIN
        {
            tracing::error!(%error, "cannot wake the thread of a device");
        }
    }

    /// Waits for the device, for [`Wake::wake`], or until a time of the monotonic clock; without a
    /// time it costs nothing while nothing happens.
    ///
    /// # Errors
    /// What poll(2) says.
    pub fn wait(&self, device: Option<BorrowedFd<'_>>, until_mono_ms: Option<u64>) -> Result<Ready, Errno> {
        loop {
            let timeout = until_mono_ms.map(|at| timespec(at.saturating_sub(mono_ms())));
            let mut fds = vec![PollFd::new(&*self.fd, PollFlags::IN)];
            fds.extend(device.map(|device| PollFd::from_borrowed_fd(device, PollFlags::IN)));
            match poll(&mut fds, timeout.as_ref()) {
                Err(Errno::INTR) => continue,
                Err(errno) => return Err(errno),
                Ok(0) => return Ok(Ready::Time),
                Ok(_) => {}
            }
            if fds.first().is_some_and(|wake| !wake.revents().is_empty()) {
                let mut count = [0_u8; 8];
                // Nothing to read means that another wait has read it.
                let _ = rustix::io::read(&*self.fd, &mut count);
                return Ok(Ready::Woken);
            }
            return Ok(Ready::Device);
        }
    }
}

/// How long to wait before a lost device is tried again: 0.2 s, then twice as long up to 5 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    next_ms: u64,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { next_ms: RETRY_FIRST_MS }
    }
}

impl Backoff {
    /// The wait before the next attempt.
    pub fn next_ms(&mut self) -> u64 {
        let now = self.next_ms;
        self.next_ms = now.saturating_mul(2).min(RETRY_MAX_MS);
        now
    }
}

fn timespec(ms: u64) -> Timespec {
    let seconds = i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
    let nanos = i64::try_from(ms % 1_000).unwrap_or_default().saturating_mul(1_000_000);
    Timespec { tv_sec: seconds, tv_nsec: nanos }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..7).map(|_| backoff.next_ms()).collect();
        assert_eq!(waits, [200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    }

    #[test]
    fn a_wake_is_kept_for_the_next_wait_and_counts_once() {
        let wake = Wake::new().unwrap();
        wake.wake();
        wake.clone().wake();
        assert_eq!(wake.wait(None, None), Ok(Ready::Woken));
        assert_eq!(wake.wait(None, Some(0)), Ok(Ready::Time));
    }
}
