//! Samples of a pattern, one after the other. Pure; nothing is stored.
//!
//! A sine with odd harmonics up to about 2 kHz: a small speaker gives a plain 220 Hz too weakly to be
//! heard in a hall. Each beat rises and falls over [`EDGE_MS`], so that it begins and ends without a
//! crack.

use crate::device::outcome::Beat;

/// Samples a second, one channel.
pub const RATE_HZ: u32 = 48_000;
/// Rise and fall of each beat.
pub const EDGE_MS: u32 = 4;
/// The largest sample at volume 100: a little below full scale, since a card resamples.
pub const PEAK: f32 = 0.9;
/// Harmonics above this are left out.
const HARMONIC_HZ_MAX: u16 = 2_000;

/// An iterator over samples from −[`PEAK`] to [`PEAK`].
#[derive(Debug, Clone)]
pub struct Tones {
    beats: std::slice::Iter<'static, Beat>,
    beat: Option<Beat>,
    /// Sample of the beat that comes next.
    at: u32,
    left: usize,
    gain: f32,
}

impl Tones {
    /// A pattern at a volume from 0 to 100; half the volume is heard as about half as loud.
    #[must_use]
    pub fn new(beats: &'static [Beat], volume: u8) -> Self {
        let volume = f32::from(volume.min(100)) / 100.0;
        let mut iter = beats.iter();
        let beat = iter.next().copied();
        Tones { beats: iter, beat, at: 0, left: beats.iter().map(samples).sum(), gain: PEAK * volume * volume }
    }
}

fn samples(beat: &Beat) -> usize {
    [beat.on_ms, beat.off_ms].into_iter().map(|ms| of_ms(u32::from(ms)) as usize).sum()
}

const fn of_ms(ms: u32) -> u32 {
    ms * (RATE_HZ / 1_000)
}

impl Iterator for Tones {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        let mut beat = self.beat?;
        while self.at >= of_ms(u32::from(beat.on_ms) + u32::from(beat.off_ms)) {
            self.at = 0;
            self.beat = self.beats.next().copied();
            beat = self.beat?;
        }
        let sample = sample(beat, self.at) * self.gain;
        self.at += 1;
        self.left = self.left.saturating_sub(1);
        Some(sample)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

/// One sample of a beat, from −1 to 1.
fn sample(beat: Beat, at: u32) -> f32 {
    let on = of_ms(u32::from(beat.on_ms));
    if at >= on {
        return 0.0;
    }
    let edge = of_ms(EDGE_MS).min(on / 2).max(1);
    let ramp = (at.min(on - 1 - at) as f32 / edge as f32).min(1.0);
    let envelope = 0.5 - 0.5 * (std::f32::consts::PI * ramp).cos();
    // The phase in whole turns is exact in integers; a float would drift over a beat.
    let mut sum = 0.0;
    let harmonics = (1..).step_by(2).take_while(|nth| *nth == 1 || beat.hz.saturating_mul(*nth) <= HARMONIC_HZ_MAX);
    for nth in harmonics.take(5) {
        let turns = u64::from(at) * u64::from(beat.hz) * u64::from(nth) % u64::from(RATE_HZ);
        sum += (std::f32::consts::TAU * turns as f32 / RATE_HZ as f32).sin() / f32::from(nth);
    }
    // The beginning of a square wave: never above 1.
    envelope * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::outcome::{Outcome, length_ms};

    fn all(outcome: Outcome, volume: u8) -> Vec<f32> {
        Tones::new(outcome.tones(), volume).collect()
    }

    #[test]
    fn sounds_have_their_length_do_not_clip_and_end_in_silence() {
        for outcome in Outcome::ALL {
            let samples = all(outcome, 100);
            assert_eq!(samples.len() as u64, length_ms(outcome.tones()) * 48, "{outcome:?}");
            assert_eq!(Tones::new(outcome.tones(), 100).size_hint(), (samples.len(), Some(samples.len())));
            let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!((0.5..=PEAK).contains(&peak), "{outcome:?} {peak}");
            for end in [samples.first(), samples.last()] {
                assert!(end.unwrap().abs() < 1e-6, "{outcome:?} {end:?}");
            }
            // No crack: no step between two samples larger than its harmonics make.
            let step = samples.windows(2).fold(0.0_f32, |step, pair| step.max((pair[1] - pair[0]).abs()));
            assert!(step < 0.25, "{outcome:?} {step}");
        }
    }

    #[test]
    fn pauses_are_silent() {
        let refused = all(Outcome::Refused, 100);
        assert!(refused[180 * 48..280 * 48].iter().all(|sample| *sample == 0.0));
        assert!(refused[280 * 48..].iter().any(|sample| sample.abs() > 0.3));
    }

    /// Loudness of each 10 ms: rhythm. No two sounds have the same.
    #[test]
    fn rhythms_differ() {
        let rhythm = |outcome| -> Vec<bool> {
            all(outcome, 100).chunks(480).map(|part| part.iter().any(|sample| sample.abs() > 0.1)).collect()
        };
        let rhythms: Vec<_> = Outcome::ALL.into_iter().map(rhythm).collect();
        for (at, one) in rhythms.iter().enumerate() {
            assert!(rhythms.iter().skip(at + 1).all(|other| other != one), "{at}");
        }
    }

    #[test]
    fn pitch_is_that_of_the_table() {
        // Upward crossings of a click of 1,760 Hz in 70 ms.
        let samples = all(Outcome::Accepted, 100);
        let crossings = samples.windows(2).filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0).count();
        assert!((122..=124).contains(&crossings), "{crossings}");
    }

    #[test]
    fn volume_is_a_square() {
        let peak = |volume| all(Outcome::Accepted, volume).into_iter().fold(0.0_f32, f32::max);
        assert!((peak(50) / peak(100) - 0.25).abs() < 1e-3);
        assert_eq!(peak(0), 0.0);
        assert_eq!(peak(255), peak(100));
    }
}
