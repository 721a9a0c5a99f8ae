//! How loud, and when not at all.

use crate::device::outcome::Outcome;
use std::str::FromStr;

/// Minutes of a day.
pub const DAY_MINUTES: u16 = 1_440;
/// Volume if nothing else is said, and the least a refusal has: it is not to be missed because
/// somebody likes it quiet.
pub const VOLUME: u8 = 80;
/// The loudest.
pub const VOLUME_MAX: u8 = 100;

/// Sound as named on the command line: `sound:volume=0..100[,night=22:00-06:00]`, or `sound:off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// 0: off, for every outcome; 100: the loudest.
    pub volume: u8,
    /// When nothing sounds.
    pub night: Option<Night>,
}

/// A part of the day, by the clock of the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Night {
    /// The first minute.
    pub from_minute: u16,
    /// The minute it is over; before `from_minute` when midnight lies between.
    pub to_minute: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { volume: VOLUME, night: None }
    }
}

impl Settings {
    /// The volume of an outcome at a minute of the day; 0: silence. Off and night are off for all; a
    /// refusal is never quieter than [`VOLUME`].
    #[must_use]
    pub fn volume_of(&self, outcome: Outcome, minute_of_day: u16) -> u8 {
        if self.volume == 0 || self.night.is_some_and(|night| night.contains(minute_of_day)) {
            0
        } else if outcome == Outcome::Refused {
            self.volume.clamp(VOLUME, VOLUME_MAX)
        } else {
            self.volume.min(VOLUME_MAX)
        }
    }
}

impl Night {
    /// Whether a minute of the day is in it. From and to the same: never.
    #[must_use]
    pub fn contains(&self, minute_of_day: u16) -> bool {
        let Night { from_minute: from, to_minute: to } = *self;
        if from <= to { (from..to).contains(&minute_of_day) } else { minute_of_day >= from || minute_of_day < to }
    }
}

/// What is wrong with the text that names sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not sound.
    #[error("not of the form sound:volume=80")]
    Kind,
    /// An option that does not exist.
    #[error("unknown option {0:?} (there are off, volume, night)")]
    Option(String),
    /// An option with a value it cannot have.
    #[error("option {option} cannot be {value:?}")]
    Value {
        /// Which.
        option: &'static str,
        /// What stood there.
        value: String,
    },
}

impl FromStr for Settings {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let rest = text.strip_prefix("sound:").ok_or(ConfigError::Kind)?;
        let mut settings = Settings::default();
        for part in rest.split(',').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let bad = |option| ConfigError::Value { option, value: value.to_owned() };
            match name {
                "off" if value.is_empty() => settings.volume = 0,
                "volume" => {
                    let volume = value.parse().ok().filter(|volume| *volume <= VOLUME_MAX);
                    settings.volume = volume.ok_or_else(|| bad("volume"))?;
                }
                "night" => settings.night = Some(night(value).ok_or_else(|| bad("night"))?),
                _ => return Err(ConfigError::Option(name.to_owned())),
            }
        }
        Ok(settings)
    }
}

fn night(text: &str) -> Option<Night> {
    let (from, to) = text.split_once('-')?;
    Some(Night { from_minute: minute(from)?, to_minute: minute(to)? })
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() == 2 && !text.starts_with('+'));
    let (hour, minute) = (two(hour)?, two(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_named_in_text() {
        let value = |option, value: &str| Err(ConfigError::Value { option, value: value.into() });
        let night = Some(Night { from_minute: 1_320, to_minute: 360 });
        for (text, expected) in [
            ("sound:", Ok(Settings { volume: 80, night: None })),
            ("sound:volume=30,night=22:00-06:00", Ok(Settings { volume: 30, night })),
            ("sound:off", Ok(Settings { volume: 0, night: None })),
            ("volume=1", Err(ConfigError::Kind)),
            ("sound:volume=101", value("volume", "101")),
            ("sound:volume=-1", value("volume", "-1")),
            ("sound:night=22-6", value("night", "22-6")),
            ("sound:night=24:00-06:00", value("night", "24:00-06:00")),
            ("sound:loud", Err(ConfigError::Option("loud".into()))),
        ] {
            assert_eq!(text.parse::<Settings>(), expected, "{text}");
        }
    }

    #[test]
    fn nights_cross_midnight() {
        let night = |from_minute, to_minute| Night { from_minute, to_minute };
        for (night, minute, expected) in [
            (night(1_320, 360), 1_319, false),
            (night(1_320, 360), 1_320, true),
            (night(1_320, 360), 0, true),
            (night(1_320, 360), 359, true),
            (night(1_320, 360), 360, false),
            (night(60, 120), 59, false),
            (night(60, 120), 60, true),
            (night(60, 120), 120, false),
            (night(60, 60), 60, false),
        ] {
            assert_eq!(night.contains(minute), expected, "{night:?} {minute}");
        }
    }

    #[test]
    fn a_refusal_is_never_quiet_but_off_and_night_are() {
        let night = Some(Night { from_minute: 0, to_minute: 60 });
        for (volume, outcome, minute, expected) in [
            (30, Outcome::Accepted, 600, 30),
            (30, Outcome::Refused, 600, 80),
            (95, Outcome::Refused, 600, 95),
            (30, Outcome::Refused, 30, 0),
            (0, Outcome::Refused, 600, 0),
            (100, Outcome::Attention, 59, 0),
        ] {
            let settings = Settings { volume, night };
            assert_eq!(settings.volume_of(outcome, minute), expected, "{volume} {outcome:?} {minute}");
        }
    }
}
