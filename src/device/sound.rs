//! One sound per outcome, made in code; where there is no sound card, the buzzer.
//!
//! [`Sound::play`] never blocks: a thread plays the latest. A card that cannot be opened is said once
//! and tried again with the next sound, at most every [`RETRY_MS`]; until then the buzzer sounds.
//! Nothing is played at night or at volume 0; lamps and vibration do not go through here, so they stay.

#[cfg(feature = "audio")]
pub mod card;
pub mod settings;
pub mod tones;

use super::indicator::Buzzer;
use super::outcome::Outcome;
use super::scanner::mono_ms;
use super::wake::{Ready, Wake};
use settings::Settings;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tones::Tones;

/// Time between two attempts to open a sound card.
pub const RETRY_MS: u64 = 10_000;
/// A card that has been quiet so long is closed: an open one wakes the processor without end.
pub const CLOSE_AFTER_MS: u64 = 60_000;

/// A sound card.
pub trait Card {
    /// Plays this instead of what plays now. Never waits for its end.
    ///
    /// # Errors
    /// When the card has gone; it is then opened anew.
    fn play(&mut self, tones: Tones) -> Result<(), SoundError>;
}

/// Why there is no sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SoundError {
    /// The machine has no sound card.
    #[error("there is no sound card")]
    NoDevice,
    /// The card was there and went away, or stopped.
    #[error("the sound card stopped: {0}")]
    Stopped(String),
    /// It cannot be opened: another program has it, or it may not be opened.
    #[error("the sound card cannot be opened: {0}")]
    Failed(String),
    /// Built without the feature `audio`.
    #[error("built without the feature audio")]
    NotBuilt,
}

impl SoundError {
    /// The name in events and findings.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoDevice => "sound-no-device",
            Self::Stopped(_) => "sound-stopped",
            Self::Failed(_) => "sound-failed",
            Self::NotBuilt => "sound-not-built",
        }
    }
}

/// The names of the sound cards in the text of `/proc/asound/cards`.
#[must_use]
pub fn card_names(proc_asound_cards: &str) -> Vec<String> {
    // ` 0 [PCH            ]: HDA-Intel - HDA Intel PCH`, and a second line with more.
    let name = |line: &str| {
        let (number, rest) = line.split_once('[')?;
        number.trim().parse::<u8>().ok()?;
        rest.split_once("]: ").map(|(_, name)| name.trim().to_owned())
    };
    proc_asound_cards.lines().filter_map(name).collect()
}

/// Opens a sound card; called on the thread that plays.
pub type Open = Box<dyn FnMut() -> Result<Box<dyn Card>, SoundError> + Send>;
/// Takes what went wrong; once, until there is sound again (`None`).
pub type Emit = Box<dyn Fn(Option<SoundError>) + Send>;

/// Sounds and their thread. Dropping it ends both.
#[derive(Debug)]
pub struct Sound {
    settings: Mutex<Settings>,
    mail: Arc<Mutex<Mail>>,
    wake: Wake,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Mail {
    play: Option<(Outcome, u8)>,
    stop: bool,
}

impl Sound {
    /// With the default sound card of the machine, and a buzzer for want of one.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    pub fn start(settings: Settings, buzzer: Option<Box<dyn Buzzer>>, emit: Emit) -> std::io::Result<Self> {
        #[cfg(feature = "audio")]
        let open: Open = Box::new(|| card::Rodio::open().map(|card| Box::new(card) as Box<dyn Card>));
        #[cfg(not(feature = "audio"))]
        let open: Open = Box::new(|| Err(SoundError::NotBuilt));
        Self::start_with(open, settings, buzzer, emit)
    }

    /// With the card that `open` opens.
    ///
    /// # Errors
    /// When the machine has no thread or no descriptor left.
    pub fn start_with(
        open: Open,
        settings: Settings,
        buzzer: Option<Box<dyn Buzzer>>,
        emit: Emit,
    ) -> std::io::Result<Self> {
        let (mail, wake) = (Arc::<Mutex<Mail>>::default(), Wake::new()?);
        let thread = {
            let (mail, wake) = (Arc::clone(&mail), wake.clone());
            let player = move || run(Player::new(open, buzzer, emit), &mail, &wake);
            std::thread::Builder::new().name("sound".into()).spawn(player)?
        };
        Ok(Sound { settings: Mutex::new(settings), mail, wake, thread: Some(thread) })
    }

    /// Volume and night from now on.
    pub fn set(&self, settings: Settings) {
        *lock(&self.settings) = settings;
    }

    /// Sounds an outcome at this minute of the day (0 to 1,439); the latest wins. Never blocks.
    pub fn play(&self, outcome: Outcome, minute_of_day: u16) {
        let volume = lock(&self.settings).volume_of(outcome, minute_of_day);
        if volume > 0 {
            lock(&self.mail).play = Some((outcome, volume));
            self.wake.wake();
        }
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        lock(&self.mail).stop = true;
        self.wake.wake();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the sounds has panicked");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(mut player: Player, mail: &Mutex<Mail>, wake: &Wake) {
    loop {
        let Mail { play, stop } = std::mem::take(&mut *lock(mail));
        if stop {
            return;
        }
        if let Some((outcome, volume)) = play {
            player.play(outcome, volume, mono_ms());
        }
        match wake.wait(None, player.closes_ms()) {
            Ok(Ready::Time) => player.close(),
            Ok(Ready::Woken | Ready::Device) => {}
            Err(error) => return tracing::error!(%error, "sounds stop"),
        }
    }
}

/// What the thread owns.
struct Player {
    open: Open,
    buzzer: Option<Box<dyn Buzzer>>,
    emit: Emit,
    card: Option<Box<dyn Card>>,
    played_ms: u64,
    failed_ms: Option<u64>,
    said: bool,
}

impl Player {
    fn new(open: Open, buzzer: Option<Box<dyn Buzzer>>, emit: Emit) -> Self {
        Player { open, buzzer, emit, card: None, played_ms: 0, failed_ms: None, said: false }
    }

    fn play(&mut self, outcome: Outcome, volume: u8, now_ms: u64) {
        if let Err(error) = self.play_on_card(outcome, volume, now_ms) {
            self.buzzer.iter().for_each(|buzzer| buzzer.buzz(outcome.tones()));
            if let Some(error) = error
                && !std::mem::replace(&mut self.said, true)
            {
                tracing::warn!(%error, "no sound");
                (self.emit)(Some(error));
            }
        }
    }

    /// `Err(None)`: it was tried a moment ago.
    fn play_on_card(&mut self, outcome: Outcome, volume: u8, now_ms: u64) -> Result<(), Option<SoundError>> {
        let tones = || Tones::new(outcome.tones(), volume);
        if let Some(card) = &mut self.card {
            match card.play(tones()) {
                Ok(()) => {
                    self.played_ms = now_ms;
                    return Ok(());
                }
                // It may have been pulled out and put in again: opened anew at once.
                Err(error) => tracing::info!(%error, "the sound card is opened anew"),
            }
            self.card = None;
        }
        if self.failed_ms.is_some_and(|at| now_ms.saturating_sub(at) < RETRY_MS) {
            return Err(None);
        }
        let opened = (self.open)().and_then(|mut card| card.play(tones()).map(|()| card));
        match opened {
            Ok(card) => {
                self.card = Some(card);
                self.played_ms = now_ms;
                self.failed_ms = None;
                if std::mem::take(&mut self.said) {
                    (self.emit)(None);
                }
                Ok(())
            }
            Err(error) => {
                self.failed_ms = Some(now_ms);
                Err(Some(error))
            }
        }
    }

    fn closes_ms(&self) -> Option<u64> {
        self.card.as_ref().map(|_| self.played_ms.saturating_add(CLOSE_AFTER_MS))
    }

    fn close(&mut self) {
        self.card = None;
    }
}

#[cfg(test)]
#[path = "sound/tests.rs"]
mod tests;
