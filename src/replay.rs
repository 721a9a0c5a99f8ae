//! The event log, and its replay.
//!
//! `App::update` is pure, so the log holds, a line of JSON a turn, what went in (input, moment, what the
//! store found) and what came out: the facts, and digests of the saved state and of the view. `floorhand
//! replay` runs the turns again and says where it gets something else. The log is evidence and a tool for
//! tests, no record (the outbox is): it is written after the answer was shown, buffered and without fsync,
//! and a fault of it stops no work.
//!
//! A log is up to [`Limits::files`] files `events.N.jsonl` in the data folder, of [`Limits::file_bytes`] at the
//! most, for their owner only; the oldest is removed. Each can be replayed by itself, since it begins with the
//! whole app (`line::Start`). What a turn needs of the outside is in the turn; only the names of time zones
//! come from the machine, for when work is due.
//!
//! # What is masked
//!
//! - PIN digits, and what is typed by hand as a code: each digit is 0, each letter `A` (`mask`).
//!   Other signs of a keyboard are `A` too, where no field is open; digits only before sign-in.
//! - Codes of badges: a scan that a known badge fits, at any step; where a badge is asked for or the site writes
//!   badges so, each code that is nothing else that is known; everywhere what could not be read; what the camera saw and did not take. The codes in the
//!   lists of scans and of what needs attention. In their place stands a keyed hash, `masked-…`: the same
//!   code is the same there as long as the app runs. The key is in memory only.
//! - Hashes of badges and PINs, which are left out. `Effect::VerifyPin` is no part of a turn's line.
//!
//! Not masked: an unknown badge where none is asked for, which is a code like any other there unless the site's
//! patterns tell it.
//!
//! A masked turn is written with what the masked input makes of it: [`Recorder`] runs it a second time, and
//! goes on doing so until that app and the real one are the same again. So a log always holds together; where
//! the masked app would be at another step than the real one, the real one is written anew.

mod files;
mod line;
mod mask;
mod play;
mod read;
mod record;
mod report;

pub use files::{Limits, segments};
pub use play::{Difference, Played, Report, replay};
pub use read::LogError;
pub use record::{Outside, Recorder, Took};
pub use report::{Differs, Options, command};
