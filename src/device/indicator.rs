//! Lines of a GPIO chip: the trigger of a handheld, lamps, a buzzer, a vibration motor.
//!
//! [`trigger::Trigger`] listens and [`signals::Signals`] lights, each on a thread of its own; a call
//! never waits for hardware. What plays is plain data ([`super::outcome`]). Back ends: any chip of
//! the kernel ([`cdev`]), a Raspberry Pi by its registers (feature `rppal`), and scripted lines for
//! tests ([`fake`]).

pub mod cdev;
pub mod config;
pub mod fake;
#[cfg(feature = "rppal")]
pub mod rpi;
pub mod signals;
pub mod trigger;

use super::outcome::{Beat, Lamp};
use super::wake::Wake;
use config::{Backend, Config};

/// A line that goes on and off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// Green lamp.
    LampGood,
    /// Red lamp.
    LampBad,
    /// Amber or white lamp.
    LampAttention,
    /// A buzzer with a pitch of its own.
    Buzzer,
    /// A vibration motor.
    Vibration,
}

impl Output {
    /// All of them.
    pub const ALL: [Output; 5] = [Self::LampGood, Self::LampBad, Self::LampAttention, Self::Buzzer, Self::Vibration];

    /// The name of its option.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LampGood => "lamp-good",
            Self::LampBad => "lamp-bad",
            Self::LampAttention => "lamp-attention",
            Self::Buzzer => "buzzer",
            Self::Vibration => "vibration",
        }
    }
}

impl From<Lamp> for Output {
    fn from(lamp: Lamp) -> Self {
        match lamp {
            Lamp::Good => Self::LampGood,
            Lamp::Bad => Self::LampBad,
            Lamp::Attention => Self::LampAttention,
        }
    }
}

/// What a lamp shows while no outcome plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Light {
    /// Dark.
    #[default]
    Off,
    /// Lit.
    On,
    /// Half a second lit, half a second dark.
    Blink,
}

/// A change of the trigger line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Down, whatever the level of the line is then.
    pub pressed: bool,
    /// When, by the monotonic clock.
    pub at_mono_ms: u64,
}

/// What [`TriggerInput::wait`] ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The line changed.
    Edge(Edge),
    /// The time asked for has come.
    Time,
    /// Woken: the source is to stop.
    Stop,
}

/// A line somebody presses.
pub trait TriggerInput: Send {
    /// Waits for the next edge, without a limit if `until_mono_ms` is `None`.
    ///
    /// # Errors
    /// When the line cannot be read any more; the input is then opened anew.
    fn wait(&mut self, wake: &Wake, until_mono_ms: Option<u64>) -> Result<Waited, Error>;

    /// How long the line must be still before an edge counts, if the back end has not seen to that.
    fn debounce_ms(&self) -> u64;
}

/// Lines that light, buzz and shake.
pub trait Lines: Send {
    /// Switches one; a line that is not there is no error.
    ///
    /// # Errors
    /// When the chip refuses; the lines are then opened anew.
    fn set(&mut self, output: Output, on: bool) -> Result<(), Error>;
}

/// Lamps, as the rest of the program sees them.
pub trait Indicator: Send + Sync {
    /// What a lamp shows while no outcome plays. Never blocks.
    fn light(&self, lamp: Lamp, light: Light);
}

/// A buzzer, as the rest of the program sees it.
pub trait Buzzer: Send + Sync {
    /// Plays a pattern; the latest wins. Never blocks.
    fn buzz(&self, beats: &'static [Beat]);
}

/// Why lines cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No chip has this label, name or path.
    #[error("there is no GPIO chip {0:?}")]
    NoChip(String),
    /// The chip has no such line.
    #[error("the GPIO chip has no line {0:?}")]
    NoLine(String),
    /// This program may not open the chip.
    #[error("the GPIO chip may not be opened")]
    Denied,
    /// Another program, or the kernel, holds the line.
    #[error("a GPIO line is held by another program")]
    Busy,
    /// The crate `rppal` does not know this machine: it knows the Raspberry Pi up to 5.
    #[error("this machine is no Raspberry Pi that rppal knows; use gpio:chip=… instead of rppal:")]
    UnknownModel,
    /// Built without this back end.
    #[error("built without the feature {0}")]
    NotBuilt(&'static str),
    /// Anything else.
    #[error("GPIO: {0}")]
    Failed(String),
}

impl Error {
    /// The name in events and findings.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoChip(_) => "gpio-no-chip",
            Self::NoLine(_) => "gpio-no-line",
            Self::Denied => "gpio-denied",
            Self::Busy => "gpio-busy",
            Self::UnknownModel => "gpio-unknown-model",
            Self::NotBuilt(_) => "gpio-not-built",
            Self::Failed(_) => "gpio-failed",
        }
    }
}

/// Opens the trigger line of a configuration; `None`: it names none.
///
/// # Errors
/// See [`Error`].
pub fn open_trigger(config: &Config) -> Result<Option<Box<dyn TriggerInput>>, Error> {
    match (&config.backend, &config.trigger) {
        (_, None) => Ok(None),
        (Backend::Chip(chip), Some(line)) => Ok(Some(Box::new(cdev::Input::open(config, chip, line)?))),
        #[cfg(feature = "rppal")]
        (Backend::Rppal, Some(line)) => Ok(Some(Box::new(rpi::Input::open(config, line)?))),
        #[cfg(not(feature = "rppal"))]
        (Backend::Rppal, Some(_)) => Err(Error::NotBuilt("rppal")),
    }
}

/// Opens the lamps, buzzer and motor of a configuration, all off; `None`: it names none.
///
/// # Errors
/// See [`Error`].
pub fn open_lines(config: &Config) -> Result<Option<Box<dyn Lines>>, Error> {
    if config.outputs.is_empty() {
        return Ok(None);
    }
    match &config.backend {
        Backend::Chip(chip) => Ok(Some(Box::new(cdev::Outputs::open(config, chip)?))),
        #[cfg(feature = "rppal")]
        Backend::Rppal => Ok(Some(Box::new(rpi::Outputs::open(config)?))),
        #[cfg(not(feature = "rppal"))]
        Backend::Rppal => Err(Error::NotBuilt("rppal")),
    }
}
