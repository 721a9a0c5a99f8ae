//! A printer on a thread of its own, with a bounded queue.

use super::config::Config;
use super::{PrintError, State, ask, print};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// Documents that may wait.
pub const JOBS_MAX: usize = 16;

/// What a printer has to say. `job` is the number that came with the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterEvent {
    /// The document was taken, and the printer is well.
    Printed {
        /// Which.
        job: u64,
    },
    /// The document is not known to be printed. It is not tried again: that is for a person to say.
    NotPrinted {
        /// Which.
        job: u64,
        /// Why.
        error: PrintError,
    },
    /// The answer to [`Printer::check`].
    State(State),
}

/// Takes what a printer says.
pub type Emit = Box<dyn Fn(PrinterEvent) + Send>;

/// A printer and its thread. Dropping it lets the document that is being sent end (within the waits
/// of its configuration) and drops those that wait.
#[derive(Debug)]
pub struct Printer {
    jobs: Option<SyncSender<Job>>,
    stop: std::sync::Arc<std::sync::atomic::AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Job {
    Print(u64, Vec<u8>),
    Check,
}

/// The queue is full, or its thread has ended; nothing will be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the printer's queue is full")]
pub struct QueueFull;

impl Printer {
    /// Starts the thread; nothing is sent yet.
    ///
    /// # Errors
    /// When the machine has no thread left.
    pub fn start(config: Config, emit: Emit) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(JOBS_MAX);
        let stop = std::sync::Arc::<std::sync::atomic::AtomicBool>::default();
        let stopped = std::sync::Arc::clone(&stop);
        let thread =
            std::thread::Builder::new().name("printer".into()).spawn(move || run(&config, &queue, &stopped, &emit))?;
        Ok(Printer { jobs: Some(jobs), stop, thread: Some(thread) })
    }

    /// Queues a document; `job` comes back with what became of it. Never blocks.
    ///
    /// # Errors
    /// When [`JOBS_MAX`] documents wait already.
    pub fn print(&self, job: u64, document: Vec<u8>) -> Result<(), QueueFull> {
        self.queue(Job::Print(job, document))
    }

    /// Asks how the printer is. Never blocks.
    ///
    /// # Errors
    /// When [`JOBS_MAX`] documents wait already.
    pub fn check(&self) -> Result<(), QueueFull> {
        self.queue(Job::Check)
    }

    fn queue(&self, job: Job) -> Result<(), QueueFull> {
        match self.jobs.as_ref().map(|jobs| jobs.try_send(job)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => Err(QueueFull),
        }
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        self.jobs = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the printer has panicked");
        }
    }
}

fn run(config: &Config, queue: &Receiver<Job>, stop: &std::sync::atomic::AtomicBool, emit: &Emit) {
    for job in queue {
        if stop.load(std::sync::atomic::Ordering::Relaxed) {
            return;
        }
        emit(match job {
            Job::Check => PrinterEvent::State(ask(config).0),
            Job::Print(job, document) => match print(config, &document) {
                Ok(()) => PrinterEvent::Printed { job },
                Err(error) => {
                    tracing::warn!(job, %error, "label not printed");
                    PrinterEvent::NotPrinted { job, error }
                }
            },
        });
    }
}
