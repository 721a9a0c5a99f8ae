//! Lamps, buzzer and vibration: one thread that plays the latest outcome.

use super::config::Config;
use super::{Buzzer, Error, Indicator, Light, Lines, Output, open_lines};
use crate::device::outcome::{Beat, Lamp, Outcome, level};
use crate::device::scanner::mono_ms;
use crate::device::wake::{RETRY_MAX_MS, Wake};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Half of the period of [`Light::Blink`].
const BLINK: &[Beat] = &[Beat { hz: 0, on_ms: 500, off_ms: 500 }];
const OUTPUTS: usize = Output::ALL.len();

/// What each output does at a time. Pure.
#[derive(Debug, Clone, Default)]
pub struct Player {
    tracks: [Track; OUTPUTS],
}

#[derive(Debug, Clone, Copy, Default)]
struct Track {
    light: Light,
    light_since_ms: u64,
    playing: Option<(&'static [Beat], u64)>,
}

impl Player {
    /// Plays an outcome on lamps and, where it is wanted, motor; what they played before ends. The
    /// buzzer is not touched: whether there is to be a sound is decided elsewhere.
    pub fn outcome(&mut self, outcome: Outcome, vibration: bool, now_ms: u64) {
        let (lamp, beats) = outcome.lamp();
        for output in Output::ALL {
            if output != Output::Buzzer {
                self.play(output, &[], now_ms);
            }
        }
        self.play(Output::from(lamp), beats, now_ms);
        if vibration {
            self.play(Output::Vibration, outcome.vibration(), now_ms);
        }
    }

    /// Plays a pattern on one output.
    pub fn play(&mut self, output: Output, beats: &'static [Beat], now_ms: u64) {
        if let Some(track) = self.track(output) {
            track.playing = (!beats.is_empty()).then_some((beats, now_ms));
        }
    }

    /// What a lamp shows while nothing plays.
    pub fn light(&mut self, lamp: Lamp, light: Light, now_ms: u64) {
        if let Some(track) = self.track(Output::from(lamp)) {
            if track.light != light {
                track.light_since_ms = now_ms;
            }
            track.light = light;
        }
    }

    /// Whether each output is on, in the sequence of [`Output::ALL`], and when that changes.
    #[must_use]
    pub fn levels(&self, now_ms: u64) -> ([bool; OUTPUTS], Option<u64>) {
        let both = self.tracks.map(|track| track.level(now_ms));
        let next = both.iter().filter_map(|(_, next)| *next).min();
        (both.map(|(on, _)| on), next)
    }

    fn track(&mut self, output: Output) -> Option<&mut Track> {
        Output::ALL.iter().position(|it| *it == output).and_then(|at| self.tracks.get_mut(at))
    }
}

impl Track {
    fn level(self, now_ms: u64) -> (bool, Option<u64>) {
        if let Some((beats, since_ms)) = self.playing
            && let (on, Some(left_ms)) = level(beats, now_ms.saturating_sub(since_ms))
        {
            return (on, Some(now_ms.saturating_add(left_ms)));
        }
        match self.light {
            Light::Off => (false, None),
            Light::On => (true, None),
            Light::Blink => {
                let period_ms = crate::device::outcome::length_ms(BLINK);
                let elapsed_ms = now_ms.saturating_sub(self.light_since_ms) % period_ms;
                let (on, left_ms) = level(BLINK, elapsed_ms);
                (on, left_ms.map(|left_ms| now_ms.saturating_add(left_ms)))
            }
        }
    }
}

/// What is waiting for the thread: the latest of each kind, no more.
#[derive(Debug, Default)]
struct Mail {
    outcome: Option<(Outcome, bool)>,
    buzz: Option<&'static [Beat]>,
    lights: [Option<Light>; OUTPUTS],
    stop: bool,
}

/// Plays outcomes. Clones speak to the same thread; it ends with the last of them.
#[derive(Debug, Clone)]
pub struct Signals {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    mail: Arc<Mutex<Mail>>,
    wake: Wake,
    thread: Option<JoinHandle<()>>,
}

/// Opens the lines of [`Signals`]; `None`: there are none, for good.
pub type Open = Box<dyn FnMut() -> Result<Option<Box<dyn Lines>>, Error> + Send>;
/// Takes what went wrong; once, until it works again (`None`).
pub type Emit = Box<dyn Fn(Option<Error>) + Send>;

impl Signals {
    /// Plays on the lines of `config`.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    pub fn start(config: Config, emit: Emit) -> std::io::Result<Self> {
        Self::start_with(Box::new(move || open_lines(&config)), emit)
    }

    /// Plays on what `open` opens; after a failure it is opened anew for the next pattern, at most
    /// every 5 s.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    pub fn start_with(open: Open, emit: Emit) -> std::io::Result<Self> {
        let mail = Arc::new(Mutex::new(Mail::default()));
        let wake = Wake::new()?;
        let thread = {
            let (mail, wake) = (Arc::clone(&mail), wake.clone());
            let desk = Desk { open, emit, lines: None, shown: [None; OUTPUTS], failed_ms: None, said: false };
            std::thread::Builder::new().name("signals".into()).spawn(move || run(desk, &mail, &wake))?
        };
        Ok(Signals { shared: Arc::new(Shared { mail, wake, thread: Some(thread) }) })
    }

    /// Plays the lamp of an outcome and, where it is wanted, its vibration; the latest wins. Never
    /// blocks.
    pub fn outcome(&self, outcome: Outcome, vibration: bool) {
        self.post(|mail| mail.outcome = Some((outcome, vibration)));
    }

    fn post(&self, change: impl FnOnce(&mut Mail)) {
        change(&mut lock(&self.shared.mail));
        self.shared.wake.wake();
    }
}

impl Buzzer for Signals {
    fn buzz(&self, beats: &'static [Beat]) {
        self.post(|mail| mail.buzz = Some(beats));
    }
}

impl Indicator for Signals {
    fn light(&self, lamp: Lamp, light: Light) {
        let at = Output::ALL.iter().position(|it| *it == Output::from(lamp));
        self.post(|mail| {
            if let Some(slot) = at.and_then(|at| mail.lights.get_mut(at)) {
                *slot = Some(light);
            }
        });
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        lock(&self.mail).stop = true;
        self.wake.wake();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the lamps has panicked");
        }
    }
}

fn lock(mail: &Mutex<Mail>) -> MutexGuard<'_, Mail> {
    mail.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(mut desk: Desk, mail: &Mutex<Mail>, wake: &Wake) {
    let mut player = Player::default();
    loop {
        let Mail { outcome, buzz, lights, stop } = std::mem::take(&mut *lock(mail));
        let now_ms = mono_ms();
        let asked = outcome.is_some() || buzz.is_some() || lights.iter().any(Option::is_some);
        if let Some((outcome, vibration)) = outcome {
            player.outcome(outcome, vibration, now_ms);
        }
        if let Some(beats) = buzz {
            player.play(Output::Buzzer, beats, now_ms);
        }
        for (lamp, light) in [Lamp::Good, Lamp::Bad, Lamp::Attention].into_iter().zip(lights) {
            light.into_iter().for_each(|light| player.light(lamp, light, now_ms));
        }
        if stop {
            desk.show([false; OUTPUTS]);
            return;
        }
        let (levels, next_ms) = player.levels(now_ms);
        desk.ready(asked, now_ms);
        desk.show(levels);
        // Without lines there is nothing to wake for but the next request.
        let until_ms = next_ms.filter(|_| desk.lines.is_some());
        if let Err(error) = wake.wait(None, until_ms) {
            return tracing::error!(%error, "lamps and buzzer stop");
        }
    }
}

/// The lines, and what they show.
struct Desk {
    open: Open,
    emit: Emit,
    lines: Option<Box<dyn Lines>>,
    shown: [Option<bool>; OUTPUTS],
    failed_ms: Option<u64>,
    said: bool,
}

impl Desk {
    /// Opens the lines if that is asked for and not tried a moment ago.
    fn ready(&mut self, asked: bool, now_ms: u64) {
        let too_soon = self.failed_ms.is_some_and(|at| now_ms.saturating_sub(at) < RETRY_MAX_MS);
        if self.lines.is_some() || !asked || too_soon {
            return;
        }
        match (self.open)() {
            Ok(lines) => {
                self.lines = lines;
                self.shown = [None; OUTPUTS];
                self.failed_ms = None;
                if std::mem::take(&mut self.said) {
                    (self.emit)(None);
                }
            }
            Err(error) => self.fail(error, now_ms),
        }
    }

    fn show(&mut self, levels: [bool; OUTPUTS]) {
        let Some(lines) = &mut self.lines else { return };
        let mut failed = None;
        for ((output, on), shown) in Output::ALL.into_iter().zip(levels).zip(&mut self.shown) {
            // Lines are off when they are opened.
            if shown.unwrap_or(false) != on {
                match lines.set(output, on) {
                    Ok(()) => *shown = Some(on),
                    Err(error) => failed = Some(error),
                }
            }
        }
        if let Some(error) = failed {
            self.lines = None;
            self.fail(error, mono_ms());
        }
    }

    fn fail(&mut self, error: Error, now_ms: u64) {
        self.failed_ms = Some(now_ms);
        if !std::mem::replace(&mut self.said, true) {
            tracing::warn!(%error, "lamps and buzzer cannot be switched");
            (self.emit)(Some(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::Recorder;
    use super::*;
    use std::sync::mpsc::channel;

    /// Every change of every output between two times.
    fn changes(player: &Player, from_ms: u64, to_ms: u64) -> Vec<(u64, Output, bool)> {
        let mut shown = [false; OUTPUTS];
        let mut now = Some(from_ms);
        let mut changes = Vec::new();
        while let Some(at) = now.filter(|at| *at <= to_ms) {
            let (levels, next) = player.levels(at);
            for ((output, on), shown) in Output::ALL.into_iter().zip(levels).zip(&mut shown) {
                if *shown != on {
                    changes.push((at, output, on));
                    *shown = on;
                }
            }
            assert!(next.is_none_or(|next| next > at), "time goes on");
            now = next;
        }
        changes
    }

    #[test]
    fn an_outcome_lights_and_shakes() {
        use Output::{Buzzer, LampBad, LampGood, Vibration};
        let mut player = Player::default();
        player.outcome(Outcome::Refused, true, 1_000);
        player.play(Buzzer, Outcome::Refused.tones(), 1_000);
        assert_eq!(
            changes(&player, 1_000, 9_000),
            [
                (1_000, LampBad, true),
                (1_000, Buzzer, true),
                (1_000, Vibration, true),
                (1_180, Buzzer, false),
                (1_200, Vibration, false),
                (1_280, Buzzer, true),
                (1_300, Vibration, true),
                (1_460, Buzzer, false),
                (1_500, Vibration, false),
                (2_500, LampBad, false),
            ]
        );
        // The latest wins, at once.
        player.outcome(Outcome::Accepted, true, 1_100);
        player.play(Buzzer, Outcome::Accepted.tones(), 1_100);
        assert_eq!(
            changes(&player, 1_100, 9_000),
            [
                (1_100, LampGood, true),
                (1_100, Buzzer, true),
                (1_100, Vibration, true),
                (1_130, Vibration, false),
                (1_170, Buzzer, false),
                (1_400, LampGood, false),
            ]
        );
    }

    #[test]
    fn a_lamp_returns_to_what_it_showed() {
        use Output::LampAttention;
        let mut player = Player::default();
        player.light(Lamp::Attention, Light::Blink, 0);
        assert_eq!(
            changes(&player, 0, 1_200),
            [(0, LampAttention, true), (500, LampAttention, false), (1_000, LampAttention, true)]
        );
        player.light(Lamp::Attention, Light::On, 0);
        player.outcome(Outcome::Attention, true, 0);
        let (levels, _) = player.levels(300);
        assert!(!levels[2], "the pattern has it dark");
        assert_eq!(player.levels(60_000), ([false, false, true, false, false], None));
    }

    #[test]
    fn the_thread_plays_and_ends_dark() {
        let recorder = Recorder::default();
        let lines = recorder.clone();
        let open: Open = Box::new(move || Ok(Some(Box::new(lines.clone()))));
        let signals = Signals::start_with(open, Box::new(|error| panic!("{error:?}"))).unwrap();
        signals.light(Lamp::Good, Light::On);
        signals.clone().buzz(Outcome::Accepted.tones());
        while recorder.set_so_far().len() < 3 {
            std::thread::yield_now();
        }
        drop(signals);
        let set = recorder.set_so_far();
        assert_eq!(set.last(), Some(&(Output::LampGood, false)), "{set:?}");
        assert!(set.contains(&(Output::LampGood, true)) && set.contains(&(Output::Buzzer, true)), "{set:?}");
        assert!(set.contains(&(Output::Buzzer, false)), "{set:?}");
    }

    #[test]
    fn a_failure_is_said_once() {
        let (sender, receiver) = channel();
        let open: Open = Box::new(|| Err(Error::Busy));
        let signals = Signals::start_with(open, Box::new(move |error| sender.send(error).unwrap())).unwrap();
        signals.outcome(Outcome::Accepted, true);
        assert_eq!(receiver.recv(), Ok(Some(Error::Busy)));
        signals.outcome(Outcome::Refused, true);
        drop(signals);
        assert_eq!(receiver.into_iter().count(), 0);
    }
}
