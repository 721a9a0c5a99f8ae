//! Light: short exposures as long as they show something, the torch when they do not.

use super::super::frame::Control;

/// The brightness, 0 to 255 on average, below which a frame is dark.
pub const DARK_BELOW: u8 = 40;
/// Dark for so long: the next means is tried.
pub const DARK_MS: u64 = 300;

/// What is done about the dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Means {
    #[default]
    Short,
    Torch,
    Long,
}

/// Follows the brightness of the frames. The torch stays on until the trigger is pulled again: going
/// by the brightness it makes it would flicker.
#[derive(Debug, Default)]
pub struct Light {
    means: Means,
    dark_since_ms: Option<u64>,
    /// A person has switched the torch.
    by_hand: Option<bool>,
}

impl Light {
    /// What to set at the start and at the end of a pull.
    pub fn start(&mut self) -> Vec<Control> {
        let torch = self.by_hand.unwrap_or(false);
        *self = Light { by_hand: self.by_hand, ..Self::default() };
        vec![Control::ShortExposure(true), Control::Torch(torch)]
    }

    /// A person switches the torch; from then on it is theirs, until `None`.
    pub fn by_hand(&mut self, torch: Option<bool>) -> Control {
        self.by_hand = torch;
        Control::Torch(self.is_on())
    }

    /// Whether the torch is meant to be on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.by_hand.unwrap_or(self.means != Means::Short)
    }

    /// Takes the brightness of a frame: what is to be set, if anything.
    pub fn frame(&mut self, at_ms: u64, brightness: u8) -> Option<Control> {
        if brightness >= DARK_BELOW {
            self.dark_since_ms = None;
            return None;
        }
        let since = *self.dark_since_ms.get_or_insert(at_ms);
        if at_ms.saturating_sub(since) < DARK_MS {
            return None;
        }
        self.dark_since_ms = Some(at_ms);
        match self.means {
            Means::Short if self.by_hand.is_none() => {
                self.means = Means::Torch;
                Some(Control::Torch(true))
            }
            Means::Short | Means::Torch => {
                self.means = Means::Long;
                Some(Control::ShortExposure(false))
            }
            Means::Long => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, by_hand: Option<bool>, frames: &[(u64, u8, Option<Control>)]) {
        let mut light = Light::default();
        light.by_hand(by_hand);
        light.start();
        for (at_ms, brightness, expected) in frames {
            assert_eq!(light.frame(*at_ms, *brightness), *expected, "{name} at {at_ms}");
        }
    }

    #[test]
    fn the_dark() {
        let (torch, long) = (Some(Control::Torch(true)), Some(Control::ShortExposure(false)));
        check("bright", None, &[(0, 40, None), (400, 200, None)]);
        check("dark", None, &[(0, 39, None), (299, 0, None), (300, 0, torch), (599, 0, None), (600, 0, long)]);
        check("a bright frame between", None, &[(0, 0, None), (200, 90, None), (400, 0, None), (699, 0, None)]);
        check("for good", None, &[(0, 0, None), (300, 0, torch), (600, 0, long), (2_000, 0, None)]);
        check("off by hand", Some(false), &[(0, 0, None), (300, 0, long), (600, 0, None)]);
    }

    #[test]
    fn a_pull_starts_anew() {
        let mut light = Light::default();
        light.frame(0, 0);
        light.frame(300, 0);
        assert!(light.is_on());
        assert_eq!(light.start(), [Control::ShortExposure(true), Control::Torch(false)]);
        assert!(!light.is_on());
        assert_eq!(light.by_hand(Some(true)), Control::Torch(true));
        assert_eq!(light.start(), [Control::ShortExposure(true), Control::Torch(true)]);
    }
}
