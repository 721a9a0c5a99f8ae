//! The five outcomes that can be told apart without looking, and what each sounds, feels and lights
//! like: plain data, played by [`super::indicator`] and [`super::sound`].

/// What a scan or a change came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Accepted, same step.
    Accepted,
    /// The step is complete.
    StepComplete,
    /// The task is complete.
    TaskComplete,
    /// Refused.
    Refused,
    /// A question, or something beside the scan changed.
    Attention,
}

/// A part of a pattern: on, then off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// Pitch in hertz; 0 where there is none (lamp, vibration). A buzzer on a line has its own.
    pub hz: u16,
    /// On for so many milliseconds.
    pub on_ms: u16,
    /// Then off for so many; the last beat of a pattern has 0.
    pub off_ms: u16,
}

/// A lamp of the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lamp {
    /// Green.
    Good,
    /// Red.
    Bad,
    /// Amber or white.
    Attention,
}

const fn beat(hz: u16, on_ms: u16, off_ms: u16) -> Beat {
    Beat { hz, on_ms, off_ms }
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 5] =
        [Self::Accepted, Self::StepComplete, Self::TaskComplete, Self::Refused, Self::Attention];

    /// The name in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::StepComplete => "step-complete",
            Self::TaskComplete => "task-complete",
            Self::Refused => "refused",
            Self::Attention => "attention",
        }
    }

    /// The sound. No two have the same rhythm, so that a buzzer of one pitch tells them apart as
    /// well: one click; two short; two short and one long; two long; three very short, twice.
    #[must_use]
    pub fn tones(self) -> &'static [Beat] {
        const ACCEPTED: &[Beat] = &[beat(1_760, 70, 0)];
        const STEP: &[Beat] = &[beat(1_320, 70, 50), beat(1_760, 70, 0)];
        const TASK: &[Beat] = &[beat(1_047, 90, 60), beat(1_319, 90, 60), beat(1_760, 260, 0)];
        const REFUSED: &[Beat] = &[beat(220, 180, 100), beat(220, 180, 0)];
        const ATTENTION: &[Beat] = &[
            beat(880, 60, 60),
            beat(880, 60, 60),
            beat(880, 60, 2_000),
            beat(880, 60, 60),
            beat(880, 60, 60),
            beat(880, 60, 0),
        ];
        match self {
            Self::Accepted => ACCEPTED,
            Self::StepComplete => STEP,
            Self::TaskComplete => TASK,
            Self::Refused => REFUSED,
            Self::Attention => ATTENTION,
        }
    }

    /// The vibration. It stays when sound is off.
    #[must_use]
    pub fn vibration(self) -> &'static [Beat] {
        match self {
            Self::Accepted => const { &[beat(0, 30, 0)] },
            Self::StepComplete => const { &[beat(0, 30, 40), beat(0, 30, 0)] },
            Self::TaskComplete => const { &[beat(0, 120, 0)] },
            Self::Refused => const { &[beat(0, 200, 100), beat(0, 200, 0)] },
            Self::Attention => const { &[beat(0, 80, 80), beat(0, 80, 80), beat(0, 80, 0)] },
        }
    }

    /// The lamp and how it lights: long enough to be seen from the corner of an eye.
    #[must_use]
    pub fn lamp(self) -> (Lamp, &'static [Beat]) {
        match self {
            Self::Accepted => (Lamp::Good, const { &[beat(0, 300, 0)] }),
            Self::StepComplete => (Lamp::Good, const { &[beat(0, 200, 100), beat(0, 200, 0)] }),
            Self::TaskComplete => (Lamp::Good, const { &[beat(0, 1_000, 0)] }),
            Self::Refused => (Lamp::Bad, const { &[beat(0, 1_500, 0)] }),
            Self::Attention => {
                (Lamp::Attention, const { &[beat(0, 250, 250), beat(0, 250, 250), beat(0, 250, 250), beat(0, 250, 0)] })
            }
        }
    }
}

/// How long a pattern lasts.
#[must_use]
pub fn length_ms(beats: &[Beat]) -> u64 {
    beats.iter().map(|beat| u64::from(beat.on_ms) + u64::from(beat.off_ms)).sum()
}

/// Whether a pattern is on, so long after its start, and how long until that changes; after its end
/// it is off and changes no more.
#[must_use]
pub fn level(beats: &[Beat], mut elapsed_ms: u64) -> (bool, Option<u64>) {
    for beat in beats {
        for (on, length) in [(true, u64::from(beat.on_ms)), (false, u64::from(beat.off_ms))] {
            if elapsed_ms < length {
                return (on, Some(length - elapsed_ms));
            }
            elapsed_ms -= length;
        }
    }
    (false, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pattern of every outcome is short, and ends with something that is on.
    #[test]
    fn patterns_are_bounded_and_end_on() {
        for outcome in Outcome::ALL {
            for beats in [outcome.tones(), outcome.vibration(), outcome.lamp().1] {
                assert!((1..=6).contains(&beats.len()), "{outcome:?}");
                assert!(length_ms(beats) <= 3_000, "{outcome:?}");
                assert!(beats.iter().all(|beat| beat.on_ms > 0), "{outcome:?}");
                assert_eq!(beats.last().map(|beat| beat.off_ms), Some(0), "{outcome:?}");
            }
        }
    }

    /// Rhythm alone tells them apart: as many beats of about the same length, no two outcomes have.
    #[test]
    fn rhythms_differ() {
        let class = |beats: &[Beat]| -> Vec<u16> {
            beats.iter().map(|beat| if beat.on_ms < 65 { 0 } else { u16::from(beat.on_ms >= 150) + 1 }).collect()
        };
        for (at, one) in Outcome::ALL.iter().enumerate() {
            for other in Outcome::ALL.iter().skip(at + 1) {
                assert_ne!(class(one.tones()), class(other.tones()), "{one:?} {other:?}");
                assert_ne!(one.vibration(), other.vibration(), "{one:?} {other:?}");
                assert_ne!(one.lamp(), other.lamp(), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn levels_follow_the_beats() {
        let beats = Outcome::Refused.tones();
        for (elapsed, expected) in [
            (0, (true, Some(180))),
            (179, (true, Some(1))),
            (180, (false, Some(100))),
            (279, (false, Some(1))),
            (280, (true, Some(180))),
            (459, (true, Some(1))),
            (460, (false, None)),
            (u64::MAX, (false, None)),
        ] {
            assert_eq!(level(beats, elapsed), expected, "{elapsed}");
        }
        assert_eq!(level(&[], 0), (false, None));
    }
}
