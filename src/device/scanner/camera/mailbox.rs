//! Room for one frame: the newest.

use super::frame::Frame;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where the capture thread leaves frames and the reading thread finds them.
#[derive(Debug, Default)]
pub struct Mailbox {
    slots: Mutex<Slots>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Slots {
    newest: Option<Frame>,
    /// A frame nobody needs; its room is used again.
    spare: Option<Frame>,
    closed: bool,
}

impl Mailbox {
    /// Leaves a frame in the place of one that was not fetched; gives one to fill.
    pub fn put(&self, frame: Frame) -> Frame {
        let mut slots = self.lock();
        let old = slots.newest.replace(frame);
        self.changed.notify_one();
        old.or_else(|| slots.spare.take()).unwrap_or_default()
    }

    /// Fetches the newest frame, and waits for it; `None`: none has come, or it is closed.
    pub fn take(&self, timeout: Duration) -> Option<Frame> {
        let slots = self.lock();
        let waits = |slots: &mut Slots| slots.newest.is_none() && !slots.closed;
        let (mut slots, _) =
            self.changed.wait_timeout_while(slots, timeout, waits).unwrap_or_else(PoisonError::into_inner);
        slots.newest.take()
    }

    /// Gives a frame back that is no longer needed.
    pub fn give_back(&self, frame: Frame) {
        self.lock().spare = Some(frame);
    }

    /// Ends every wait, now and later.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_is_kept() {
        let mailbox = Mailbox::default();
        let frame = |at_mono_ms| Frame { at_mono_ms, ..Frame::default() };
        assert_eq!(mailbox.put(frame(1)), Frame::default());
        assert_eq!(mailbox.put(frame(2)), frame(1));
        assert_eq!(mailbox.take(Duration::ZERO), Some(frame(2)));
        assert_eq!(mailbox.take(Duration::ZERO), None);
        mailbox.give_back(frame(2));
        assert_eq!(mailbox.put(frame(3)), frame(2));
        assert_eq!(mailbox.take(Duration::MAX), Some(frame(3)));
        mailbox.close();
        assert_eq!(mailbox.take(Duration::MAX), None);
    }
}
