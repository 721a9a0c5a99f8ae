//! The clocks of the machine: the only place that reads one.

use crate::app::Wall;
use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Where time comes from; tests own theirs.
pub trait Clock: Send {
    /// Milliseconds since boot, suspended time included.
    fn mono_ms(&self) -> u64;
    /// The wall clock. It may be wrong by years: it is shown and kept as evidence, and decides nothing
    /// but whether a lot is past its date.
    fn wall(&self) -> Zoned;
    /// Which boot `mono_ms` counts from.
    fn boot_id(&self) -> String;
}

/// The clocks of the kernel.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Clock for System {
    fn mono_ms(&self) -> u64 {
        mono_ms()
    }

    fn wall(&self) -> Zoned {
        Timestamp::now().to_zoned(TimeZone::system())
    }

    fn boot_id(&self) -> String {
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
    }
}

/// Milliseconds since boot, suspended time included.
#[must_use]
pub fn mono_ms() -> u64 {
    let at = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(at.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(at.tv_nsec).unwrap_or(0);
    seconds.saturating_mul(1000).saturating_add(nanos / 1_000_000)
}

/// CPU milliseconds of this thread.
#[must_use]
pub fn thread_cpu_ms() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = i32::try_from(now.tv_sec).unwrap_or(i32::MAX);
    let nanos = i32::try_from(now.tv_nsec).unwrap_or_default();
    f64::from(seconds) * 1_000.0 + f64::from(nanos) / 1_000_000.0
}

/// The time of day of a stored RFC 3339 time, at the station.
#[must_use]
pub fn wall_of(rfc3339: &str) -> Wall {
    rfc3339.parse::<Timestamp>().map(|at| wall(&at.to_zoned(TimeZone::system()))).unwrap_or_default()
}

/// The time of day.
#[must_use]
pub fn wall(at: &Zoned) -> Wall {
    Wall { hour: u8::try_from(at.hour()).unwrap_or(0), minute: u8::try_from(at.minute()).unwrap_or(0) }
}
