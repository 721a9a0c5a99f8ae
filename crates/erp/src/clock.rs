//! The core's clock: the only one that decides what came first and what has expired.

use jiff::Timestamp;

/// Milliseconds since 1970.
#[must_use]
pub fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// A moment as RFC 3339 in UTC; the epoch where `ms` is beyond the calendar.
#[must_use]
pub fn rfc3339(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
