//! The light of a handheld: an LED under `/sys/class/leds`.

use std::path::{Path, PathBuf};

/// Where LEDs are found.
pub const LEDS: &str = "/sys/class/leds";

/// An LED.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torch {
    brightness: PathBuf,
    full: String,
}

impl Torch {
    /// The LED of a folder; `None`: it cannot be switched.
    #[must_use]
    pub fn at(folder: &Path) -> Option<Self> {
        let full = std::fs::read_to_string(folder.join("max_brightness")).ok()?.trim().to_owned();
        (full.parse::<u32>().ok()? > 0).then(|| Torch { brightness: folder.join("brightness"), full })
    }

    /// The first LED whose function is a torch or a flash: names end in `:torch`, `:flash` (the
    /// kernel's LED_FUNCTION names), with a number where there are several.
    #[must_use]
    pub fn find(folder: &Path) -> Option<Self> {
        let mut found: Vec<PathBuf> = folder.read_dir().ok()?.flatten().map(|entry| entry.path()).collect();
        found.sort_unstable();
        let of = |name: &str| {
            found.iter().find(|path| {
                let last = path.file_name().and_then(|file| file.to_str()).and_then(|file| file.rsplit(':').next());
                last.is_some_and(|function| function.trim_end_matches(['-', '_', '0', '1', '2', '3']) == name)
            })
        };
        Self::at(of("torch").or_else(|| of("flash"))?)
    }

    /// Switches it. `false`: it could not be.
    #[must_use]
    pub fn switch(&self, on: bool) -> bool {
        let value = if on { &self.full } else { "0" };
        std::fs::write(&self.brightness, value)
            .inspect_err(|error| tracing::warn!(led = %self.brightness.display(), %error, "torch not switched"))
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], expected: Option<&str>) {
        let leds = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::create_dir(leds.path().join(name)).unwrap();
            std::fs::write(leds.path().join(name).join("max_brightness"), "255\n").unwrap();
        }
        let torch = Torch::find(leds.path());
        let path = |name: &str| leds.path().join(name).join("brightness");
        assert_eq!(torch.as_ref().map(|torch| torch.brightness.clone()), expected.map(path), "{names:?}");
        if let Some(torch) = torch {
            for (on, value) in [(true, "255"), (false, "0")] {
                assert!(torch.switch(on));
                assert_eq!(std::fs::read_to_string(&torch.brightness).unwrap(), value);
            }
        }
    }

    #[test]
    fn found_by_function() {
        check(&["input3::capslock", "mmc0::"], None);
        check(&["white:flash", "input3::capslock"], Some("white:flash"));
        check(&["white:flash", "white:torch"], Some("white:torch"));
        check(&["white:torch-1", "white:torch-2"], Some("white:torch-1"));
        check(&["flashing:status"], None);
    }

    #[test]
    fn no_led() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Torch::at(folder.path()), None);
        std::fs::write(folder.path().join("max_brightness"), "0").unwrap();
        assert_eq!(Torch::at(folder.path()), None);
        assert_eq!(Torch::find(&folder.path().join("none")), None);
    }
}
