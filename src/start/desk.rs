//! The devices of a station, as the floor thread speaks to them.

use crate::app::Signal;
use crate::device::indicator::signals::Signals;
use crate::device::outcome::Outcome;
use crate::device::scanner::feedback::{self, Answers, Feedback};
use crate::device::sound::Sound;
use crate::device::sound::settings::Settings;
use crate::device::{indicator, sound};
use crate::outlet::{Asked, Finder, Outlet};
use crate::view::{Look, Sound as Loudness};
use anyhow::{Result, anyhow};

/// Of the station's volume, where somebody wants it low.
const LOW_PERCENT: u16 = 40;

/// Sound, lamps and the ways back to the readers.
pub struct Desk {
    signals: Option<Signals>,
    sound: Sound,
    settings: Settings,
    answers: Vec<Option<Answers>>,
}

impl Desk {
    /// The devices that `--gpio` and `--sound` name.
    ///
    /// # Errors
    /// What is wrong with a name, or that the machine has no thread left.
    pub fn open(gpio: Option<&str>, sound: &str, answers: Vec<Option<Answers>>) -> Result<Self> {
        let settings: Settings = sound.parse().map_err(|error| anyhow!("--sound {sound}: {error}"))?;
        let signals = match gpio {
            Some(spec) => {
                let config: indicator::config::Config =
                    spec.parse().map_err(|error| anyhow!("--gpio {spec}: {error}"))?;
                Some(Signals::start(config, Box::new(said_of_lines))?)
            }
            None => None,
        };
        let buzzer = signals.clone().map(|signals| Box::new(signals) as Box<dyn indicator::Buzzer>);
        let sound = Sound::start(settings, buzzer, Box::new(said_of_sound))?;
        Ok(Self { signals, sound, settings, answers })
    }
}

impl Outlet for Desk {
    fn signal(&mut self, signal: Signal, look: &Look, minute: u16) {
        let outcome = outcome(signal);
        let volume = u16::from(self.settings.volume);
        let volume = match look.sound {
            Loudness::Off => 0,
            Loudness::Low => volume * LOW_PERCENT / 100,
            Loudness::High => volume,
        };
        self.sound.set(Settings { volume: u8::try_from(volume).unwrap_or(u8::MAX), ..self.settings });
        self.sound.play(outcome, minute);
        if let Some(signals) = &self.signals {
            signals.outcome(outcome);
        }
    }

    fn answer(&mut self, asked: Asked, signal: Signal) {
        if let Some(Some(answers)) = self.answers.get(asked.reader) {
            answers.answer(asked.number, of_outcome(signal));
        }
    }

    fn finder(&mut self, _: Finder) {}
}

fn outcome(signal: Signal) -> Outcome {
    match signal {
        Signal::Accepted => Outcome::Accepted,
        Signal::StepComplete => Outcome::StepComplete,
        Signal::TaskComplete => Outcome::TaskComplete,
        Signal::Refused => Outcome::Refused,
        Signal::Attention => Outcome::Attention,
    }
}

fn of_outcome(signal: Signal) -> feedback::Signal {
    match signal {
        Signal::Accepted | Signal::StepComplete | Signal::TaskComplete => feedback::Signal::Good,
        Signal::Refused => feedback::Signal::Bad,
        Signal::Attention => feedback::Signal::Attention,
    }
}

fn said_of_sound(error: Option<sound::SoundError>) {
    match error {
        Some(error) => tracing::warn!(code = error.code(), %error, "no sound"),
        None => tracing::info!("sound works again"),
    }
}

fn said_of_lines(error: Option<indicator::Error>) {
    match error {
        Some(error) => tracing::warn!(code = error.code(), %error, "lamps and buzzer do not answer"),
        None => tracing::info!("lamps and buzzer work again"),
    }
}
