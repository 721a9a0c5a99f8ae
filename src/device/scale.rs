//! Scales on a serial line: three protocols as pure codecs, and a source that asks.
//!
//! A weight counts only when it is stable, came twice alike, and its unit is known
//! ([`session::Session`]). [`source::Scale`] is the thread at the line; it costs nothing while
//! nobody weighs.

pub mod codec;
pub mod config;
pub mod session;
pub mod source;
pub mod weight;

use super::scanner::LostReason;
use std::path::PathBuf;
use weight::Weight;

/// What a scale shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// What it weighs, if it says so. A reading that does not count has one as well where the
    /// protocol sends it, for the screen.
    pub weight: Option<Weight>,
    /// Less the tare.
    pub net: bool,
    /// Still moving.
    pub motion: bool,
    /// More than it can weigh.
    pub over: bool,
    /// Less than it can weigh, or below zero.
    pub under: bool,
    /// At the centre of zero: nothing on it.
    pub zero: bool,
    /// It must be set to zero before it weighs again.
    pub zero_lost: bool,
    /// It is broken or not calibrated, by its own word.
    pub fault: bool,
}

impl Reading {
    /// Stable, in range, more than nothing and with a known unit: equal to another such reading, it
    /// counts.
    #[must_use]
    pub fn countable(&self) -> Option<Weight> {
        let bad = self.motion || self.over || self.under || self.zero_lost || self.fault;
        self.weight.filter(|weight| !bad && weight.unit.is_some() && weight.digits > 0)
    }
}

/// What a scale has to say. `ask` is the number that [`source::Scale::weigh`] was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScaleEvent {
    /// The line is open.
    Attached {
        /// Where.
        path: PathBuf,
    },
    /// The line cannot be used; it is tried again. Said once, not at each try.
    Lost {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: LostReason,
    },
    /// What it shows at the moment; said when that changes, while somebody weighs.
    Reading {
        /// For whom.
        ask: u64,
        /// What.
        reading: Reading,
    },
    /// The weight that counts.
    Weighed {
        /// For whom.
        ask: u64,
        /// Stable, twice equal, unit known.
        weight: Weight,
        /// Less the tare.
        net: bool,
    },
    /// There is no weight.
    NotWeighed {
        /// For whom.
        ask: u64,
        /// Why.
        reason: NotWeighed,
    },
}

/// Why there is no weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWeighed {
    /// The line is not open, or went away meanwhile.
    Absent,
    /// The scale does not answer.
    Silent,
    /// What comes is no answer of this protocol.
    Noise,
    /// It answers that it does not know, or cannot do, what it was asked.
    Refused,
    /// It never came to rest.
    Motion,
    /// Too much on it.
    Over,
    /// Below zero.
    Under,
    /// Nothing on it.
    Empty,
    /// It wants to be set to zero.
    ZeroLost,
    /// It reports a fault of its own.
    Fault,
    /// It sends no unit, or one that is not known; set `unit=` in its configuration.
    UnitUnknown,
}

impl NotWeighed {
    /// Whether the scale is there and works: what is on it is no weight yet.
    #[must_use]
    pub fn is_answer(self) -> bool {
        matches!(self, Self::Motion | Self::Over | Self::Under | Self::Empty | Self::ZeroLost)
    }

    /// The name in events and findings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "scale-absent",
            Self::Silent => "scale-silent",
            Self::Noise => "scale-noise",
            Self::Refused => "scale-refused",
            Self::Motion => "scale-motion",
            Self::Over => "scale-over",
            Self::Under => "scale-under",
            Self::Empty => "scale-empty",
            Self::ZeroLost => "scale-zero-lost",
            Self::Fault => "scale-fault",
            Self::UnitUnknown => "scale-unit-unknown",
        }
    }
}
