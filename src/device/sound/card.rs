//! The default sound card, through the crate `rodio` (ALSA).

use super::tones::{RATE_HZ, Tones};
use super::{Card, SoundError};
use rodio::stream::{DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink};
use rodio::{Player, Source};
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An open sound card.
pub struct Rodio {
    sink: MixerDeviceSink,
    playing: Option<Player>,
    broken: Arc<Mutex<Option<String>>>,
}

impl Rodio {
    /// Opens the default card. May take tens of milliseconds.
    ///
    /// # Errors
    /// No card, or it cannot be opened.
    pub fn open() -> Result<Self, SoundError> {
        // Asked without a card, libasound writes to the standard error output, each time.
        if super::card_names(&std::fs::read_to_string("/proc/asound/cards").unwrap_or_default()).is_empty() {
            return Err(SoundError::NoDevice);
        }
        let broken = Arc::<Mutex<Option<String>>>::default();
        let theirs = Arc::clone(&broken);
        let mut sink = DeviceSinkBuilder::from_default_device()
            .map_err(error)?
            .with_error_callback(move |error| {
                if let Ok(mut broken) = theirs.lock() {
                    broken.get_or_insert_with(|| error.to_string());
                }
            })
            .open_stream()
            .map_err(error)?;
        sink.log_on_drop(false);
        Ok(Rodio { sink, playing: None, broken })
    }
}

impl Card for Rodio {
    fn play(&mut self, tones: Tones) -> Result<(), SoundError> {
        if let Some(error) = self.broken.lock().ok().and_then(|broken| broken.clone()) {
            return Err(SoundError::Stopped(error));
        }
        let player = Player::connect_new(self.sink.mixer());
        player.append(tones);
        // The one before stops when it is dropped.
        self.playing = Some(player);
        Ok(())
    }
}

impl Source for Tones {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> NonZeroU16 {
        NonZeroU16::MIN
    }

    fn sample_rate(&self) -> NonZeroU32 {
        NonZeroU32::new(RATE_HZ).unwrap_or(NonZeroU32::MIN)
    }

    fn total_duration(&self) -> Option<Duration> {
        let samples = u64::try_from(self.size_hint().0).unwrap_or(u64::MAX);
        Some(Duration::from_millis(samples / u64::from(RATE_HZ / 1_000)))
    }
}

fn error(error: DeviceSinkError) -> SoundError {
    match error {
        DeviceSinkError::NoDevice => SoundError::NoDevice,
        error => {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            SoundError::Failed(format!("{error}{cause}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::outcome::Outcome;

    /// With a card it plays, without one it says so; either way at once and without a panic.
    #[test]
    fn opening_says_what_is_there() {
        match Rodio::open() {
            Ok(mut card) => assert_eq!(card.play(Tones::new(Outcome::Accepted.tones(), 1)), Ok(())),
            Err(error) => {
                eprintln!("no card here: {error}");
                assert!(matches!(error, SoundError::NoDevice | SoundError::Failed(_)), "{error:?}");
            }
        }
        assert_eq!(Tones::new(Outcome::Accepted.tones(), 1).total_duration(), Some(Duration::from_millis(70)));
    }
}
