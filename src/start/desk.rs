//! The devices of a station, as the floor thread speaks to them.

use crate::app::{LabelTold, Signal};
use crate::device::indicator::signals::Signals;
use crate::device::indicator::trigger::{Trigger, TriggerEvent};
use crate::device::outcome::Outcome;
use crate::device::scale::source::Scale;
use crate::device::scale::{ScaleEvent, config as scale};
use crate::device::scanner::camera::{Handle as Camera, Seen, Why};
use crate::device::scanner::feedback::{self, Answers, Feedback};
use crate::device::sound::Sound;
use crate::device::sound::settings::Settings;
use crate::device::{indicator, printer, sound};
use crate::event::Event;
use crate::outlet::{Asked, CartonLabel, Finder, Outlet, Picture, Weight};
use crate::screen::{Frame, Handle};
use crate::view::{Look, Sound as Loudness};
use anyhow::{Result, anyhow};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

/// Of the station's volume, where somebody wants it low.
const LOW_PERCENT: u16 = 40;
/// A word about what the camera sees stays at least so long, to be read.
const SEEN_EVERY_MS: u64 = 250;

/// Sound, lamps and the ways back to the readers.
pub struct Desk {
    signals: Option<Signals>,
    sound: Sound,
    settings: Settings,
    answers: Vec<Option<Answers>>,
    cameras: Vec<Camera>,
    /// Whether the finder is on the screen: only then pictures are sent there.
    shown: Arc<AtomicBool>,
    /// The newest of these pictures.
    seen: Arc<Mutex<Option<Picture>>>,
    /// The printer of labels, and where its outcome is told.
    printer: Option<printer::config::Config>,
    events: Option<SyncSender<Event>>,
    /// The scale, and how often it was asked.
    scale: Option<Scale>,
    asks: u64,
    /// Held while the station works.
    _trigger: Option<Trigger>,
}

impl Desk {
    /// The devices that `--gpio` and `--sound` name.
    ///
    /// # Errors
    /// What is wrong with a name, or that the machine has no thread left.
    pub fn open(gpio: Option<&str>, sound: &str, answers: Vec<Option<Answers>>, cameras: Vec<Camera>) -> Result<Self> {
        let settings: Settings = sound.parse().map_err(|error| anyhow!("--sound {sound}: {error}"))?;
        let (mut signals, mut trigger) = (None, None);
        if let Some(spec) = gpio {
            let config: indicator::config::Config = spec.parse().map_err(|error| anyhow!("--gpio {spec}: {error}"))?;
            if config.trigger.is_some() {
                let held = cameras.clone();
                trigger = Some(Trigger::start(config.clone(), Box::new(move |event| pulled(&held, &event)))?);
            }
            signals = Some(Signals::start(config, Box::new(said_of_lines))?);
        }
        let buzzer = signals.clone().map(|signals| Box::new(signals) as Box<dyn indicator::Buzzer>);
        let sound = Sound::start(settings, buzzer, Box::new(said_of_sound))?;
        let shown = Arc::new(AtomicBool::new(false));
        let seen = Arc::default();
        let (printer, events, scale, asks) = (None, None, None, 0);
        Ok(Self {
            signals,
            sound,
            settings,
            answers,
            cameras,
            shown,
            seen,
            printer,
            events,
            scale,
            asks,
            _trigger: trigger,
        })
    }

    /// Prints labels there, and tells the outcome as events.
    pub fn print_on(&mut self, printer: Option<printer::config::Config>, events: &SyncSender<Event>) {
        self.printer = printer;
        self.events = Some(events.clone());
    }

    /// Weighs there, and tells what the scale says as events.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    pub fn weigh_on(&mut self, scale: Option<scale::Config>, events: &SyncSender<Event>) -> Result<()> {
        let Some(config) = scale else { return Ok(()) };
        let events = events.clone();
        self.scale = Some(Scale::start(
            config,
            Box::new(move |event| {
                if let Some(event) = of_scale(&event) {
                    let _ = events.send(event);
                }
            }),
        )?);
        Ok(())
    }

    /// Has a document printed beside the floor thread; a printer that does not answer is waited for there.
    fn print_document(
        &self,
        wait_ms: Option<u64>,
        document: impl FnOnce() -> Result<Vec<u8>, printer::zpl::LabelError> + Send + 'static,
        told: impl FnOnce(bool) -> Event + Send + 'static,
    ) -> bool {
        let (Some(mut config), Some(events)) = (self.printer.clone(), self.events.clone()) else { return false };
        config.wait_ms = wait_ms.unwrap_or(config.wait_ms);
        let spawned = std::thread::Builder::new().name("printer".to_owned()).spawn(move || {
            let done = match document() {
                Ok(document) => printer::print(&config, &document).map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            if let Err(error) = &done {
                tracing::warn!(error, "label not printed");
            }
            let _ = events.send(told(done.is_ok()));
        });
        spawned.is_ok()
    }

    /// Sends what the cameras see to the screen while the finder is open, and to the floor thread what
    /// changed of it. Neither is waited for.
    pub fn watch(&self, screen: &Handle, events: &SyncSender<Event>) {
        for camera in &self.cameras {
            let (shown, screen, events) = (Arc::clone(&self.shown), screen.clone(), events.clone());
            let kept = Arc::clone(&self.seen);
            let mut last: (String, &'static str) = (String::new(), "");
            let mut said_ms = 0;
            camera.watch(Some(Box::new(move |seen: Seen| {
                if !shown.load(Ordering::Relaxed) {
                    return;
                }
                let now = sight(&seen);
                if now != last && seen.at_mono_ms >= said_ms + SEEN_EVERY_MS {
                    said_ms = seen.at_mono_ms;
                    let event = Event::Seen { code: now.0.clone(), why: now.1 };
                    if events.try_send(event).is_ok() {
                        last = now;
                    }
                }
                if let Some(preview) = seen.preview {
                    let side = |pixels| u32::try_from(pixels).unwrap_or_default();
                    let picture = Picture {
                        width: side(preview.width),
                        height: side(preview.height),
                        grey: preview.data.clone(),
                    };
                    *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(picture);
                    screen.frame(Frame {
                        width: side(preview.width),
                        height: side(preview.height),
                        grey: preview.data,
                    });
                }
            })));
        }
    }
}

/// The code to speak of, and why it does not count; in the words of `CameraView`.
fn sight(seen: &Seen) -> (String, &'static str) {
    let Some(sight) = seen.sights.iter().find(|sight| sight.why != Why::Accepted) else {
        return (String::new(), "");
    };
    let why = match sight.why {
        Why::AnotherFrame { .. } | Why::Disagree => "again",
        Why::OutsideAim => "outside",
        Why::Duplicate => "duplicate",
        Why::Several => "several",
        Why::FormatOff | Why::Rule => "format",
        Why::Accepted => "",
    };
    (floorhand_gs1::escape(&sight.content), why)
}

fn pulled(cameras: &[Camera], event: &TriggerEvent) {
    let held = match event {
        TriggerEvent::Pressed { .. } => true,
        TriggerEvent::Released { .. } => false,
        _ => return,
    };
    for camera in cameras {
        camera.trigger(held);
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
            signals.outcome(outcome, look.buzz);
        }
    }

    fn answer(&mut self, asked: Asked, signal: Signal) {
        if let Some(Some(answers)) = self.answers.get(asked.reader) {
            answers.answer(asked.number, of_outcome(signal));
        }
    }

    fn finder(&mut self, order: Finder) {
        match order {
            Finder::Open => self.shown.store(true, Ordering::Relaxed),
            Finder::Close => {
                self.shown.store(false, Ordering::Relaxed);
                *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            Finder::Light(_) | Finder::NewStep => {}
        }
        for camera in &self.cameras {
            match order {
                Finder::Open => camera.trigger(true),
                Finder::Close => {
                    camera.torch(None);
                    camera.trigger(false);
                }
                Finder::Light(on) => camera.torch(Some(on)),
                Finder::NewStep => camera.new_step(),
            }
        }
    }

    fn picture(&mut self) -> Option<Picture> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn print(&mut self, label: &str) -> bool {
        let (label, told) = (label.to_owned(), label.to_owned());
        let document = move || label_of(&label);
        self.print_document(None, document, |done| Event::Printed(if done { told } else { String::new() }))
    }

    fn print_carton(&mut self, label: CartonLabel) -> bool {
        let (id, wait_ms, internal) = (label.id.clone(), label.wait_ms, Some(label.zpl.is_empty()));
        let document = move || carton_label(&label);
        let told = move |done| Event::CartonLabel(LabelTold { label: id, done, internal });
        self.print_document(Some(wait_ms), document, told)
    }

    fn weigh(&mut self, on: bool) {
        let Some(scale) = &self.scale else { return };
        if on {
            self.asks = self.asks.wrapping_add(1);
            scale.weigh(self.asks);
        } else {
            scale.cancel();
        }
    }
}

/// What the floor thread is told of the scale.
fn of_scale(event: &ScaleEvent) -> Option<Event> {
    let said = |grams, steady, ended| Some(Event::Scale { weight: Weight { grams, steady }, ended });
    match event {
        ScaleEvent::Attached { path } => {
            tracing::info!(path = %path.display(), "scale is ready");
            None
        }
        ScaleEvent::Lost { path, reason } => {
            tracing::warn!(path = %path.display(), reason = reason.as_str(), "scale is gone");
            None
        }
        // One that shows no number answers all the same.
        ScaleEvent::Reading { reading, .. } => {
            said(reading.weight.map_or(Some(0), |shown| shown.grams()), false, false)
        }
        ScaleEvent::Weighed { weight, .. } => said(weight.grams(), true, true),
        ScaleEvent::NotWeighed { reason, .. } => {
            tracing::debug!(reason = reason.as_str(), "no weight");
            // A scale that answers is there, whatever lies on it.
            said(reason.is_answer().then_some(0), false, true)
        }
    }
}

/// The carrier's label; without one our own, which says the carton's number.
fn carton_label(label: &CartonLabel) -> Result<Vec<u8>, printer::zpl::LabelError> {
    if !label.zpl.is_empty() {
        return Ok(label.zpl.clone().into_bytes());
    }
    printer::zpl::unit_label(&printer::zpl::UnitLabel {
        title: &label.order,
        code: &label.id,
        code_text: &label.id,
        gs1: false,
        lines: &[],
    })
}

/// The label of a handling unit that has no number of the standard.
fn label_of(label: &str) -> Result<Vec<u8>, printer::zpl::LabelError> {
    printer::zpl::unit_label(&printer::zpl::UnitLabel {
        title: label,
        code: label,
        code_text: label,
        gs1: false,
        lines: &[],
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::scale::NotWeighed;

    #[test]
    fn a_scale_that_answers_is_there() {
        use NotWeighed::{Absent, Empty, Fault, Motion, Noise, Over, Refused, Silent, Under, UnitUnknown, ZeroLost};
        let there = [Motion, Over, Under, Empty, ZeroLost].map(|reason| (reason, Some(0)));
        let away = [Absent, Silent, Noise, Refused, Fault, UnitUnknown].map(|reason| (reason, None));
        for (reason, grams) in there.into_iter().chain(away) {
            let Some(Event::Scale { weight, ended: true }) = of_scale(&ScaleEvent::NotWeighed { ask: 1, reason })
            else {
                panic!("{reason:?}")
            };
            assert_eq!((weight.grams, weight.steady), (grams, false), "{reason:?}");
        }
    }
}
