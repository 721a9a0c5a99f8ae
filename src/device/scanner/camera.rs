//! A camera as a reader.
//!
//! Three threads and the decoder's: one takes frames from the camera and keeps only the newest, one
//! has them read within a time limit and decides what is believed, one hands scans over. What the
//! decisions are is in [`pipeline`], what a frame may cost in [`worker`].

pub mod config;
pub mod files;
pub mod frame;
mod mailbox;
#[cfg(feature = "nokhwa")]
pub mod nokhwa;
pub mod pipeline;
pub mod preview;
mod shared;
pub mod torch;
pub mod v4l;
pub mod worker;

pub use config::{Backend, Config, ConfigError};
pub use files::Loader;
pub use frame::{Frame, FrameSource, FrameStream};
pub use pipeline::{Mode, Sight, Why};
pub use preview::Preview;
pub use shared::{Handle, Seen, Watch};
pub use worker::{Counts, Factory};

use super::feedback::Answers;
use super::thread::{Control, End, Outlet, attend, reason};
use super::{Emit, LostReason, ScannerEvent, ScannerSource, mono_ms};
use crate::device::decoder::Read;
use mailbox::Mailbox;
use pipeline::{Light, Pipeline, Settings};
use rustix::io::Errno;
use shared::Shared;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use worker::{Outcome, Worker};

/// Longest wait for a frame before a thread looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(100);
/// Nothing wanted for so long: the camera rests.
const REST_MS: u64 = 10_000;

/// A camera that reads codes.
pub struct Camera {
    name: PathBuf,
    settings: Settings,
    source: Arc<Mutex<Box<dyn FrameSource>>>,
    factory: Factory,
    limit: Duration,
    handle: Handle,
    answers: Answers,
    running: Option<Running>,
}

struct Running {
    capture: JoinHandle<()>,
    read: JoinHandle<()>,
    control: Arc<Control>,
    mailbox: Arc<Mailbox>,
}

impl Camera {
    /// The camera, or the files, that a text has named. `load` is needed for files alone.
    #[must_use]
    pub fn new(config: &Config, factory: Factory, load: Loader) -> Self {
        let source: Box<dyn FrameSource> = match config.backend {
            Backend::Files => Box::new(files::Files::new(config.path.clone(), config.pace, load)),
            #[cfg(feature = "nokhwa")]
            Backend::Nokhwa => Box::new(nokhwa::Nokhwa::new(config)),
            #[cfg(not(feature = "nokhwa"))]
            Backend::Nokhwa => Box::new(v4l::V4l::new(config)),
            Backend::V4l => Box::new(v4l::V4l::new(config)),
        };
        Self::with_source(config, source, factory)
    }

    /// A camera of another kind.
    #[must_use]
    pub fn with_source(config: &Config, source: Box<dyn FrameSource>, factory: Factory) -> Self {
        Camera {
            name: config.path.clone(),
            settings: config.settings.clone(),
            source: Arc::new(Mutex::new(source)),
            factory,
            limit: worker::LIMIT,
            handle: Handle::new(config.settings.mode),
            answers: Answers::default(),
            running: None,
        }
    }

    /// The way to its trigger, light and viewfinder; the same before, during and after a run.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl ScannerSource for Camera {
    fn start(&mut self, emit: Emit) -> std::io::Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let control = Arc::new(Control::new()?);
        let outlet = Arc::new(Outlet::start(emit, Arc::clone(&control))?);
        let mailbox = Arc::new(Mailbox::default());
        let shared = self.handle.shared();
        shared.start();
        let reader = Reader {
            pipeline: Pipeline::new(self.settings.clone()),
            worker: Worker::new(Arc::clone(&self.factory), self.limit),
            light: Light::default(),
            preview_ms: None,
            shared: Arc::clone(&shared),
            mailbox: Arc::clone(&mailbox),
            outlet: Arc::clone(&outlet),
            control: Arc::clone(&control),
            answers: self.answers.clone(),
        };
        let read = std::thread::Builder::new().name("camera-read".into()).spawn(move || reader.run())?;
        let capture = Capture {
            name: self.name.clone(),
            source: Arc::clone(&self.source),
            shared,
            mailbox: Arc::clone(&mailbox),
            control: Arc::clone(&control),
        };
        let spawned = std::thread::Builder::new().name("camera-capture".into()).spawn(move || capture.run(&outlet));
        match spawned {
            Ok(capture) => self.running = Some(Running { capture, read, control, mailbox }),
            Err(error) => {
                control.stop();
                mailbox.close();
                return Err(error);
            }
        }
        Ok(())
    }

    fn stop(&mut self) {
        if let Some(Running { capture, read, control, mailbox }) = self.running.take() {
            control.stop();
            self.handle.shared().wake();
            mailbox.close();
            for thread in [capture, read] {
                if thread.join().is_err() {
                    tracing::error!("a thread of a camera has panicked");
                }
            }
        }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the thread that takes frames owns.
struct Capture {
    name: PathBuf,
    source: Arc<Mutex<Box<dyn FrameSource>>>,
    shared: Arc<Shared>,
    mailbox: Arc<Mailbox>,
    control: Arc<Control>,
}

impl Capture {
    fn run(self, outlet: &Outlet) {
        let folder = self.name.parent().unwrap_or(Path::new("/"));
        attend(&self.control, outlet, &self.name, folder, || self.open(), |stream| self.stream(stream));
    }

    fn open(&self) -> Result<(PathBuf, Box<dyn FrameStream>), Errno> {
        if self.shared.is_broken() {
            return Err(Errno::TIMEDOUT);
        }
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        catch_unwind(AssertUnwindSafe(|| source.open())).unwrap_or(Err(Errno::IO))
    }

    /// Takes frames until the camera goes away or is stopped. Crates for cameras panic on what
    /// drivers do: that is a camera that has gone.
    fn stream(&self, mut stream: Box<dyn FrameStream>) -> End {
        let end = catch_unwind(AssertUnwindSafe(|| self.frames(&mut *stream)));
        let closed = catch_unwind(AssertUnwindSafe(move || drop(stream)));
        if end.is_err() || closed.is_err() {
            tracing::error!(path = %self.name.display(), "the camera's driver has panicked");
        }
        end.unwrap_or(End::Lost(LostReason::Failed))
    }

    fn frames(&self, stream: &mut dyn FrameStream) -> End {
        let mut frame = Frame::default();
        let mut idle_since_ms = None;
        let mut pulls = self.shared.pulls_before();
        self.shared.set_again();
        loop {
            if self.control.is_stopped() {
                return End::Stopped;
            }
            if self.shared.is_broken() {
                return End::Lost(LostReason::Failed);
            }
            let orders = self.shared.orders();
            for order in orders.controls {
                if !stream.set(order) {
                    tracing::debug!(?order, "the camera has no such control");
                }
            }
            if std::mem::replace(&mut pulls, orders.pulls) != orders.pulls {
                stream.triggered();
            }
            if !orders.wanted {
                let now_ms = mono_ms();
                if now_ms.saturating_sub(*idle_since_ms.get_or_insert(now_ms)) >= REST_MS {
                    stream.rest();
                }
                self.shared.wait(LOOK);
                continue;
            }
            idle_since_ms = None;
            match stream.next(&mut frame, LOOK) {
                // A frame that a pull has overtaken belongs to what was before.
                Ok(true) if self.shared.pulls() == pulls => frame = self.mailbox.put(frame),
                Ok(_) => {}
                Err(errno) => {
                    tracing::warn!(path = %self.name.display(), error = %errno, "camera lost");
                    return End::Lost(reason(errno));
                }
            }
        }
    }
}

/// What the thread that has frames read owns.
struct Reader {
    pipeline: Pipeline,
    worker: Worker,
    light: Light,
    preview_ms: Option<u64>,
    shared: Arc<Shared>,
    mailbox: Arc<Mailbox>,
    outlet: Arc<Outlet>,
    control: Arc<Control>,
    answers: Answers,
}

impl Reader {
    fn run(mut self) {
        while !self.control.is_stopped() {
            let frame = self.mailbox.take(LOOK);
            self.obey();
            if let Some(frame) = frame {
                self.look(frame);
            }
            self.shared.set_broken(self.worker.is_broken(), self.worker.counts());
        }
    }

    /// Does what was asked for since the last frame.
    fn obey(&mut self) {
        let wishes = self.shared.wishes();
        if let Some(formats) = wishes.formats {
            self.pipeline.set_formats(formats);
        }
        if let Some(at_ms) = wishes.new_step_ms {
            self.pipeline.new_step(at_ms);
        }
        if let Some((held, at_ms)) = wishes.trigger {
            self.pipeline.trigger(held, at_ms);
        }
        // The torch does not outlast the pull.
        let let_go = wishes.trigger.is_some() && !self.pipeline.is_on();
        if wishes.starts || let_go {
            self.shared.set(self.light.start());
        }
        if let Some(torch) = wishes.torch {
            self.shared.set([self.light.by_hand(torch)]);
        }
    }

    fn look(&mut self, frame: Frame) {
        // With no room for scans nothing is read: a scan is never dropped.
        if !self.pipeline.is_on() || !self.outlet.has_room() {
            self.mailbox.give_back(frame);
            return;
        }
        let (at_ms, width, height) = (frame.at_mono_ms, frame.width, frame.height);
        let brightness = preview::brightness(&frame);
        self.shared.set(self.light.frame(at_ms, brightness));
        let request = self.pipeline.request(width, height);
        let frame = Arc::new(frame);
        let began_ms = mono_ms();
        let outcome = self.worker.decode(&frame, &request);
        self.pipeline.spent(mono_ms().saturating_sub(began_ms));
        // The trigger may have been let go, or another step begun, in the meantime.
        self.obey();
        let reads = if let Outcome::Read(reads) = outcome { reads } else { Vec::new() };
        self.judge(&frame, reads, brightness);
        if let Ok(frame) = Arc::try_unwrap(frame) {
            self.mailbox.give_back(frame);
        }
    }

    fn judge(&mut self, frame: &Frame, reads: Vec<Read>, brightness: u8) {
        let sights = self.pipeline.frame(frame.at_mono_ms, frame.width, frame.height, reads);
        for sight in sights.iter().filter(|sight| sight.why == Why::Accepted) {
            let raw = [sight.aim_id.as_bytes(), &sight.content].concat();
            let number = self.answers.next_number();
            self.outlet.put(ScannerEvent::Scan { raw, complete: true, at_mono_ms: frame.at_mono_ms, number });
        }
        let torch = self.light.is_on();
        let last_ms = &mut self.preview_ms;
        self.shared.show(|| {
            let due = last_ms.is_none_or(|at| frame.at_mono_ms.saturating_sub(at) >= preview::EVERY_MS);
            if due {
                *last_ms = Some(frame.at_mono_ms);
            }
            Seen {
                at_mono_ms: frame.at_mono_ms,
                width: frame.width,
                height: frame.height,
                aim: pipeline::aim(frame.width, frame.height),
                dark: brightness < pipeline::DARK_BELOW,
                torch,
                sights,
                preview: due.then(|| Preview::of(frame)),
            }
        });
    }
}

#[cfg(test)]
#[path = "camera/tests.rs"]
mod tests;
