//! The trigger: edges in, presses out.

use super::config::Config;
use super::{Edge, Error, TriggerInput, Waited, open_trigger};
use crate::device::scanner::mono_ms;
use crate::device::wake::{Backoff, Ready, Wake};
use std::thread::JoinHandle;

/// What a trigger has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TriggerEvent {
    /// Down.
    Pressed {
        /// When, by the monotonic clock.
        at_mono_ms: u64,
    },
    /// Still down after [`Config::long_press_ms`]; once a press.
    Long {
        /// When, by the monotonic clock.
        at_mono_ms: u64,
    },
    /// Up again.
    Released {
        /// When, by the monotonic clock.
        at_mono_ms: u64,
        /// After a [`TriggerEvent::Long`].
        long: bool,
    },
    /// The line can be read.
    Attached,
    /// The line cannot be read; it is tried again. Said once, not at each try.
    Lost(Error),
}

/// Takes what a trigger says.
pub type Emit = Box<dyn Fn(TriggerEvent) + Send>;

/// Makes presses of edges. Pure: times are arguments.
///
/// With a debounce time an edge counts when the line has been still for so long after it; it is
/// then stamped with its own time, not with the time it was believed.
#[derive(Debug, Clone)]
pub struct Press {
    debounce_ms: u64,
    long_ms: u64,
    waiting: Option<Edge>,
    down_since: Option<u64>,
    long: bool,
}

impl Press {
    /// A trigger that is up.
    #[must_use]
    pub fn new(debounce_ms: u64, long_ms: u64) -> Self {
        Press { debounce_ms, long_ms, waiting: None, down_since: None, long: false }
    }

    /// An edge; call [`Press::tick`] first for what was due before it.
    pub fn edge(&mut self, edge: Edge) -> Option<TriggerEvent> {
        if self.debounce_ms == 0 {
            return self.settle(edge);
        }
        self.waiting = Some(edge);
        None
    }

    /// Something may be due at `now_ms`; call until `None`.
    pub fn tick(&mut self, now_ms: u64) -> Option<TriggerEvent> {
        let still = self.waiting.is_some_and(|edge| edge.at_mono_ms.saturating_add(self.debounce_ms) <= now_ms);
        let long_at = self.long_at();
        if long_at.is_some_and(|at| at <= now_ms) {
            self.long = true;
            return long_at.map(|at_mono_ms| TriggerEvent::Long { at_mono_ms });
        }
        if still { self.waiting.take().and_then(|edge| self.settle(edge)) } else { None }
    }

    /// When [`Press::tick`] is due; `None`: not before the next edge.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        let still_at = self.waiting.map(|edge| edge.at_mono_ms.saturating_add(self.debounce_ms));
        [still_at, self.long_at()].into_iter().flatten().min()
    }

    /// When this press becomes a long one; not while a release is being believed.
    fn long_at(&self) -> Option<u64> {
        let at = self.down_since.filter(|_| !self.long)?.saturating_add(self.long_ms);
        let released = self.waiting.is_some_and(|edge| !edge.pressed && edge.at_mono_ms < at);
        (!released).then_some(at)
    }

    fn settle(&mut self, edge: Edge) -> Option<TriggerEvent> {
        let at_mono_ms = edge.at_mono_ms;
        match (edge.pressed, self.down_since) {
            (true, None) => {
                self.down_since = Some(at_mono_ms);
                self.long = false;
                Some(TriggerEvent::Pressed { at_mono_ms })
            }
            (false, Some(_)) => {
                self.down_since = None;
                Some(TriggerEvent::Released { at_mono_ms, long: self.long })
            }
            // A change that was none: the kernel lost an edge, or it bounced.
            _ => None,
        }
    }
}

/// Reads an input until it stops or fails.
///
/// # Errors
/// The error of the input.
fn listen(input: &mut dyn TriggerInput, long_ms: u64, wake: &Wake, emit: &Emit) -> Result<(), Error> {
    let mut press = Press::new(input.debounce_ms(), long_ms);
    loop {
        let deadline_ms = press.deadline_ms();
        let now_ms = match input.wait(wake, deadline_ms) {
            Ok(Waited::Stop) => return Ok(()),
            Ok(Waited::Time) => deadline_ms.unwrap_or_else(mono_ms),
            Ok(Waited::Edge(edge)) => {
                drain(&mut press, edge.at_mono_ms, emit);
                press.edge(edge).into_iter().for_each(emit);
                continue;
            }
            Err(error) => {
                // Nobody holds what has gone.
                let at_mono_ms = mono_ms();
                press.settle(Edge { pressed: false, at_mono_ms }).into_iter().for_each(emit);
                return Err(error);
            }
        };
        drain(&mut press, now_ms, emit);
    }
}

fn drain(press: &mut Press, now_ms: u64, emit: &Emit) {
    while let Some(event) = press.tick(now_ms) {
        emit(event);
    }
}

/// A trigger and its thread. Dropping it stops it.
#[derive(Debug)]
pub struct Trigger {
    wake: Wake,
    thread: Option<JoinHandle<()>>,
}

impl Trigger {
    /// Listens to the trigger line of `config`; where it names none, nothing ever comes. A chip that is
    /// not there yet is waited for.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    pub fn start(config: Config, emit: Emit) -> std::io::Result<Self> {
        let long_ms = config.long_press_ms;
        Self::start_with(Box::new(move || open_trigger(&config)), long_ms, emit)
    }

    /// Listens to what `open` opens, and opens it anew when it fails.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    pub fn start_with(open: Open, long_ms: u64, emit: Emit) -> std::io::Result<Self> {
        let wake = Wake::new()?;
        let theirs = wake.clone();
        let thread =
            std::thread::Builder::new().name("trigger".into()).spawn(move || run(open, long_ms, &theirs, &emit))?;
        Ok(Trigger { wake, thread: Some(thread) })
    }
}

/// Opens the input of a [`Trigger`]; `None`: there is none, for good.
pub type Open = Box<dyn FnMut() -> Result<Option<Box<dyn TriggerInput>>, Error> + Send>;

impl Drop for Trigger {
    fn drop(&mut self) {
        self.wake.wake();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the trigger has panicked");
        }
    }
}

fn run(mut open: Open, long_ms: u64, wake: &Wake, emit: &Emit) {
    let mut backoff = Backoff::default();
    let mut said = false;
    loop {
        let error = match open() {
            Ok(None) => return,
            Ok(Some(mut input)) => {
                emit(TriggerEvent::Attached);
                said = false;
                let since_ms = mono_ms();
                let Err(error) = listen(input.as_mut(), long_ms, wake, emit) else { return };
                if mono_ms().saturating_sub(since_ms) >= crate::device::wake::RETRY_MAX_MS {
                    backoff = Backoff::default();
                }
                error
            }
            Err(error) => error,
        };
        if !said {
            tracing::warn!(%error, "the trigger cannot be read");
            emit(TriggerEvent::Lost(error));
            said = true;
        }
        let until = mono_ms().saturating_add(backoff.next_ms());
        if wake.wait(None, Some(until)) != Ok(Ready::Time) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::Script;
    use super::*;
    use std::sync::mpsc::channel;

    fn check(times: &[u64], debounce_ms: u64, expected: &[TriggerEvent]) {
        let (sender, receiver) = channel();
        let emit: Emit = Box::new(move |event| sender.send(event).unwrap());
        let result = listen(&mut Script::at(times, debounce_ms), 500, &Wake::new().unwrap(), &emit);
        assert_eq!(result, Ok(()));
        drop(emit);
        assert_eq!(receiver.into_iter().collect::<Vec<_>>(), expected, "{times:?}");
    }

    #[test]
    fn presses_are_made_of_edges() {
        use TriggerEvent::{Long, Pressed, Released};
        let pressed = |at_mono_ms| Pressed { at_mono_ms };
        let released = |at_mono_ms, long| Released { at_mono_ms, long };
        let long = |at_mono_ms| Long { at_mono_ms };
        check(&[], 0, &[]);
        check(&[1_000, 1_100], 0, &[pressed(1_000), released(1_100, false)]);
        check(&[1_000, 1_499], 0, &[pressed(1_000), released(1_499, false)]);
        check(&[1_000, 1_501], 0, &[pressed(1_000), long(1_500), released(1_501, true)]);
        check(&[1_000], 0, &[pressed(1_000), long(1_500)]);
        check(
            &[0, 600, 700, 800],
            0,
            &[pressed(0), long(500), released(600, true), pressed(700), released(800, false)],
        );
        // Bounces at both ends; a spike of 5 ms is no press.
        check(&[1_000, 1_003, 1_006, 1_200, 1_204, 1_209], 20, &[pressed(1_006), released(1_209, false)]);
        check(&[1_000, 1_005], 20, &[]);
        // A spike up in a long press does not end it, and a release just before is no long press.
        check(&[1_000, 1_300, 1_305, 1_700], 20, &[pressed(1_000), long(1_500), released(1_700, true)]);
        check(&[1_000, 1_495], 20, &[pressed(1_000), released(1_495, false)]);
    }

    #[test]
    fn a_lost_line_is_said_once_and_opened_anew() {
        let (sender, receiver) = channel();
        let mut attempt = 0;
        let open: Open = Box::new(move || {
            attempt += 1;
            match attempt {
                1 | 2 => Err(Error::Busy),
                3 => Ok(Some(Box::new(Script::at(&[5, 9], 0)) as Box<dyn TriggerInput>)),
                _ => Ok(None),
            }
        });
        let trigger = Trigger::start_with(open, 500, Box::new(move |event| sender.send(event).unwrap())).unwrap();
        let events: Vec<_> = receiver.into_iter().collect();
        assert_eq!(
            events,
            [
                TriggerEvent::Lost(Error::Busy),
                TriggerEvent::Attached,
                TriggerEvent::Pressed { at_mono_ms: 5 },
                TriggerEvent::Released { at_mono_ms: 9, long: false },
            ]
        );
        drop(trigger);
    }

    #[test]
    fn it_stops_while_it_waits_for_a_chip() {
        let trigger = Trigger::start_with(Box::new(|| Err(Error::Denied)), 500, Box::new(|_| {})).unwrap();
        drop(trigger);
    }
}
