//! Barcode readers: bytes in, whole scans out.
//!
//! A source runs on a thread of its own and calls one closure, in order, for each thing that
//! happens. It sends nothing to the screen and decides nothing about a code: an AIM identifier and
//! the separators of GS1 pass untouched.

pub mod camera;
pub mod feedback;
pub mod frame;
pub mod keyboard;
pub mod line;
pub mod serial;
pub mod ssi;
mod thread;
pub mod wedge;

use std::path::PathBuf;

/// What a reader has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerEvent {
    /// A code, or what came in its place.
    Scan {
        /// The bytes without prefix and suffix; at most [`frame::Config::bytes_max`], and one more
        /// when the burst was longer than that.
        raw: Vec<u8>,
        /// Closed as the reader is set up to close a code. `false`: half a code, noise, too long.
        complete: bool,
        /// When it ended, by the monotonic clock.
        at_mono_ms: u64,
        /// Counts the scans of this source from 1 and is never used twice: an answer names it.
        number: u64,
    },
    /// The reader can be read.
    Attached {
        /// Where.
        path: PathBuf,
    },
    /// The reader cannot be read; the source goes on trying. Said once, not at each try.
    Lost {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: LostReason,
    },
}

/// Why a reader cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostReason {
    /// It was there and went away.
    HangUp,
    /// There is no such device.
    Missing,
    /// Another program holds it.
    Busy,
    /// This program may not open it.
    Denied,
    /// Anything else; the log has the error.
    Failed,
}

impl LostReason {
    /// The name in events and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HangUp => "hang-up",
            Self::Missing => "missing",
            Self::Busy => "busy",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// Takes what a source says. It may block (a bounded channel); the bytes then wait in the kernel.
pub type Emit = Box<dyn Fn(ScannerEvent) + Send>;

/// A reader.
pub trait ScannerSource: Send {
    /// Starts its thread. A device that is not there yet is no error: it is waited for.
    /// Starting twice is the same as starting once.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    fn start(&mut self, emit: Emit) -> std::io::Result<()>;

    /// Ends its thread and waits for it. Nothing is emitted afterwards.
    fn stop(&mut self);
}

/// The monotonic clock that scans are stamped with.
#[must_use]
pub fn mono_ms() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    let rest = u64::try_from(now.tv_nsec).unwrap_or_default();
    seconds.saturating_mul(1_000).saturating_add(rest / 1_000_000)
}
