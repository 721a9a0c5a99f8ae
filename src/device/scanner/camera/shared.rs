//! What the app and the threads of a camera tell each other.

use super::frame::Control;
use super::pipeline::{Mode, Sight};
use super::preview::Preview;
use super::worker::Counts;
use crate::device::decoder::{Formats, Rect};
use crate::device::scanner::mono_ms;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A frame as the viewfinder shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// When it was taken, by the monotonic clock.
    pub at_mono_ms: u64,
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Where the person aims, in pixels of the frame.
    pub aim: Rect,
    /// It is too dark to read.
    pub dark: bool,
    /// The torch is meant to be on.
    pub torch: bool,
    /// The codes in it, and what became of each.
    pub sights: Vec<Sight>,
    /// The frame made small; not with every frame.
    pub preview: Option<Preview>,
}

/// Takes what the viewfinder shows. It is called on the thread that reads: it must not wait.
pub type Watch = Box<dyn FnMut(Seen) + Send>;

/// The way from the app to a camera: cheap to clone, good for as long as the camera is, and harmless
/// after.
#[derive(Clone)]
pub struct Handle(Arc<Shared>);

impl Handle {
    pub(super) fn new(mode: Mode) -> Self {
        let state = State { mode, ..State::default() };
        Handle(Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), watch: Mutex::default() }))
    }

    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.0)
    }

    /// The trigger is pulled or let go. A pull lets the same code be read again.
    pub fn trigger(&self, held: bool) {
        self.0.change(|state| {
            if held && !state.held {
                state.pulls += 1;
                state.wishes.starts = true;
            }
            state.held = held;
            state.wishes.trigger = Some((held, mono_ms()));
        });
    }

    /// Another step has begun: the same code may be read again.
    pub fn new_step(&self) {
        self.0.change(|state| state.wishes.new_step_ms = Some(mono_ms()));
    }

    /// The formats the step takes; `None`: those of the site.
    pub fn set_formats(&self, formats: Option<Formats>) {
        self.0.change(|state| state.wishes.formats = Some(formats));
    }

    /// A person switches the light; `None` gives it back to the camera.
    pub fn torch(&self, on: Option<bool>) {
        self.0.change(|state| state.wishes.torch = Some(on));
    }

    /// Who takes what the viewfinder shows, if anybody. Not to be called by the one who takes it.
    pub fn watch(&self, watch: Option<Watch>) {
        *self.0.watch.lock().unwrap_or_else(PoisonError::into_inner) = watch;
    }

    /// What has gone wrong with decoders so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.lock().counts
    }
}

/// Both sides see this.
pub struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    watch: Mutex<Option<Watch>>,
}

#[derive(Default)]
struct State {
    mode: Mode,
    held: bool,
    /// How often the trigger was pulled.
    pulls: u64,
    /// Pulls a source has not seen yet are told to it when it opens.
    pulls_told: u64,
    wishes: Wishes,
    torch: Option<Control>,
    exposure: Option<Control>,
    /// The controls are to be set (again).
    torch_due: bool,
    exposure_due: bool,
    broken: bool,
    counts: Counts,
}

/// What the reading thread is to do.
#[derive(Default)]
pub struct Wishes {
    pub formats: Option<Option<Formats>>,
    pub new_step_ms: Option<u64>,
    pub trigger: Option<(bool, u64)>,
    /// The light begins anew.
    pub starts: bool,
    pub torch: Option<Option<bool>>,
}

/// What the capture thread is to do.
pub struct Orders {
    pub wanted: bool,
    pub pulls: u64,
    pub controls: Vec<Control>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// A run begins: what holds is told to it.
    pub fn start(&self) {
        self.change(|state| {
            state.broken = false;
            state.wishes.starts = true;
            let now_ms = mono_ms();
            let held = state.held;
            state.wishes.trigger.get_or_insert((held, now_ms));
        });
    }

    /// Ends [`Self::wait`].
    pub fn wake(&self) {
        self.changed.notify_all();
    }

    /// Waits until something changes.
    pub fn wait(&self, timeout: Duration) {
        drop(self.changed.wait_timeout(self.lock(), timeout));
    }

    /// What the reading thread is to do since it asked last.
    pub fn wishes(&self) -> Wishes {
        std::mem::take(&mut self.lock().wishes)
    }

    /// Asks for controls to be set.
    pub fn set(&self, controls: impl IntoIterator<Item = Control>) {
        let mut state = self.lock();
        for control in controls {
            match control {
                Control::Torch(_) => (state.torch, state.torch_due) = (Some(control), true),
                Control::ShortExposure(_) => (state.exposure, state.exposure_due) = (Some(control), true),
            }
        }
    }

    /// A camera that has been opened knows nothing of what was set.
    pub fn set_again(&self) {
        let mut state = self.lock();
        (state.torch_due, state.exposure_due) = (true, true);
    }

    /// How often the trigger was pulled.
    pub fn pulls(&self) -> u64 {
        self.lock().pulls
    }

    /// The pulls that earlier openings were told of.
    pub fn pulls_before(&self) -> u64 {
        self.lock().pulls_told
    }

    /// What the capture thread is to do.
    pub fn orders(&self) -> Orders {
        let mut state = self.lock();
        let torch = state.torch.filter(|_| std::mem::take(&mut state.torch_due));
        let exposure = state.exposure.filter(|_| std::mem::take(&mut state.exposure_due));
        state.pulls_told = state.pulls;
        let wanted = state.held || state.mode == Mode::Continuous;
        Orders { wanted, pulls: state.pulls, controls: torch.into_iter().chain(exposure).collect() }
    }

    /// Says whether there is a decoder, and what has gone wrong.
    pub fn set_broken(&self, broken: bool, counts: Counts) {
        let mut state = self.lock();
        if broken && !state.broken {
            tracing::error!(?counts, "too many decoders are stuck; the camera is given up");
        }
        (state.broken, state.counts) = (broken, counts);
    }

    /// Whether there is no decoder any more.
    pub fn is_broken(&self) -> bool {
        self.lock().broken
    }

    /// Shows a frame, if anybody watches.
    pub fn show(&self, seen: impl FnOnce() -> Seen) {
        if let Some(watch) = &mut *self.watch.lock().unwrap_or_else(PoisonError::into_inner) {
            watch(seen());
        }
    }
}
