//! How a camera is named and set up, as text.

use super::files::Pace;
use super::pipeline::{Mode, Pattern, Rule, Settings};
use crate::device::decoder::{Format, Formats};
use std::path::PathBuf;
use std::str::FromStr;

/// A camera as named on the command line: `camera:PATH` or `camera:files:PATH` and, after commas,
/// `backend=v4l|nokhwa`, `mode=trigger|continuous`, `formats=ean-13+code-128`, `aim=strict|prefer`,
/// `focus=40`, `torch=/sys/class/leds/NAME`, `rule=FORMAT:4-12` or `rule=FORMAT:A99-99|X999` for the
/// formats without a check of their own; for files `rate=15`, `repeat=4`, `pace=rate|trigger`,
/// `again=yes`. `rate` also bounds the frames of a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The device, a link to it, a file or a folder; resolved anew at each attempt.
    pub path: PathBuf,
    /// What reads it.
    pub backend: Backend,
    /// When codes are looked for, and which are believed.
    pub settings: Settings,
    /// How files are shown; `rate` counts for cameras too.
    pub pace: Pace,
    /// A fixed focus, in the camera's own measure; `None`: as the camera likes.
    pub focus: Option<i64>,
    /// The folder of the LED that lights; `None`: the first that is named as a torch or flash.
    pub torch: Option<PathBuf>,
}

/// What reads a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// The crate `v4l`.
    #[default]
    V4l,
    /// The crate `nokhwa`, where it is built in.
    Nokhwa,
    /// Picture files.
    Files,
}

/// What is wrong with the text that names a camera.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a camera.
    #[error("not of the form camera:PATH")]
    Kind,
    /// No path.
    #[error("the path is missing after camera:")]
    NoPath,
    /// An option that does not exist.
    #[error(
        "unknown option {0:?} (there are backend, mode, formats, aim, focus, torch, rule, rate, repeat, pace, again)"
    )]
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

/// Most frames a second that can be asked for.
const RATE_MAX: u32 = 1_000;
/// Longest content a rule can speak of: no linear code holds more.
const LENGTH_MAX: usize = 128;

impl Config {
    /// A camera at `path`, with everything else as usual.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Config {
            path: path.into(),
            backend: Backend::V4l,
            settings: Settings::default(),
            pace: Pace { rate: 30, ..Pace::default() },
            focus: None,
            torch: None,
        }
    }
}

impl FromStr for Config {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let rest = text.strip_prefix("camera:").ok_or(ConfigError::Kind)?;
        let (rest, files) = rest.strip_prefix("files:").map_or((rest, false), |rest| (rest, true));
        let mut parts = rest.split(',');
        let path = parts.next().filter(|path| !path.is_empty()).ok_or(ConfigError::NoPath)?;
        let mut config = Config::new(path);
        if files {
            config.backend = Backend::Files;
            config.pace = Pace::default();
        }
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let known = OPTIONS.iter().find(|option| **option == name);
            let option = known.ok_or_else(|| ConfigError::Option(name.to_owned()))?;
            config.set(option, value, files).ok_or_else(|| ConfigError::Value { option, value: value.to_owned() })?;
        }
        Ok(config)
    }
}

const OPTIONS: [&str; 11] =
    ["backend", "mode", "formats", "aim", "focus", "torch", "rule", "rate", "repeat", "pace", "again"];

impl Config {
    fn set(&mut self, option: &str, value: &str, files: bool) -> Option<()> {
        match (option, value) {
            ("backend", "v4l") if !files => self.backend = Backend::V4l,
            ("backend", "nokhwa") if !files && cfg!(feature = "nokhwa") => self.backend = Backend::Nokhwa,
            ("mode", "trigger") => self.settings.mode = Mode::Trigger,
            ("mode", "continuous") => self.settings.mode = Mode::Continuous,
            ("formats", names) => self.settings.formats = formats(names)?,
            ("aim", "strict") => self.settings.strict_aim = true,
            ("aim", "prefer") => self.settings.strict_aim = false,
            ("focus", number) => self.focus = Some(number.parse().ok()?),
            ("torch", path) if path.starts_with('/') => self.torch = Some(path.into()),
            ("rule", text) => {
                let (format, rule) = rule(text)?;
                self.settings.rules.set(format, rule);
            }
            ("rate", number) => self.pace.rate = number.parse().ok().filter(|rate| (1..=RATE_MAX).contains(rate))?,
            ("repeat", number) if files => self.pace.repeat = number.parse().ok().filter(|times| *times > 0)?,
            ("pace", "rate") if files => self.pace.by_trigger = false,
            ("pace", "trigger") if files => self.pace.by_trigger = true,
            ("again", "yes") if files => self.pace.again = true,
            ("again", "no") if files => self.pace.again = false,
            _ => return None,
        }
        Some(())
    }
}

fn formats(names: &str) -> Option<Formats> {
    names.split('+').map(Format::of).collect()
}

/// `FORMAT:least-most` or `FORMAT:PATTERN|PATTERN`.
fn rule(text: &str) -> Option<(Format, Rule)> {
    let (format, look) = text.split_once(':')?;
    let format = Format::of(format)?;
    let number = |text: &str| text.parse::<usize>().ok().filter(|length| (1..=LENGTH_MAX).contains(length));
    if let Some((least, most)) = look.split_once('-')
        && let (Some(least), Some(most)) = (number(least), number(most))
    {
        return (least <= most).then_some((format, Rule::Length { least, most }));
    }
    let patterns: Vec<Pattern> = look.split('|').map(|pattern| Pattern(pattern.to_owned())).collect();
    let good = patterns.iter().all(|pattern| (1..=LENGTH_MAX).contains(&pattern.0.len()));
    good.then_some((format, Rule::Patterns(patterns)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<Config, &str>) {
        assert_eq!(
            text.parse::<Config>().map_err(|error| error.to_string()),
            expected.map_err(str::to_owned),
            "{text}"
        );
    }

    #[test]
    fn names() {
        let plain = Config::new("/dev/video0");
        check("camera:/dev/video0", Ok(plain.clone()));
        check("camera:/dev/video0,backend=v4l,mode=trigger,aim=strict", Ok(plain.clone()));
        let mut all = plain.clone();
        all.settings.mode = Mode::Continuous;
        all.settings.formats = [Format::Ean13, Format::Code128].into_iter().collect();
        all.settings.strict_aim = false;
        all.settings.rules.set(Format::Code39, Rule::Patterns(vec![Pattern("A99-99".into()), Pattern("X9".into())]));
        all.settings.rules.set(Format::Itf, Rule::Length { least: 6, most: 8 });
        all.pace.rate = 10;
        all.focus = Some(40);
        all.torch = Some("/sys/class/leds/a".into());
        let text = "camera:/dev/video0,mode=continuous,formats=ean-13+code-128,aim=prefer,rule=code-39:A99-99|X9,\
                    rule=itf:6-8,rate=10,focus=40,torch=/sys/class/leds/a";
        check(text, Ok(all));
        let mut files = Config { backend: Backend::Files, pace: Pace::default(), ..Config::new("/a/b") };
        check("camera:files:/a/b", Ok(files.clone()));
        files.pace = Pace { rate: 5, repeat: 2, by_trigger: true, again: true };
        check("camera:files:/a/b,rate=5,repeat=2,pace=trigger,again=yes", Ok(files));
    }

    #[test]
    fn mistakes() {
        let value = |option, value| format!("option {option} cannot be {value:?}");
        check("serial:/dev/x", Err("not of the form camera:PATH"));
        check("camera:", Err("the path is missing after camera:"));
        check("camera:files:,rate=3", Err("the path is missing after camera:"));
        for (part, option, bad) in [
            ("backend=gst", "backend", "gst"),
            ("mode", "mode", ""),
            ("formats=", "formats", ""),
            ("formats=ean-13+ean13", "formats", "ean-13+ean13"),
            ("rate=0", "rate", "0"),
            ("rate=5000", "rate", "5000"),
            ("repeat=3", "repeat", "3"),
            ("focus=near", "focus", "near"),
            ("torch=led", "torch", "led"),
            ("rule=code-39", "rule", "code-39"),
            ("rule=code39:1-2", "rule", "code39:1-2"),
            ("rule=code-39:9-2", "rule", "code-39:9-2"),
            ("rule=code-39:", "rule", "code-39:"),
        ] {
            check(&format!("camera:/dev/video0,{part}"), Err(&value(option, bad)));
        }
        let unknown = "camera:/dev/video0,fast".parse::<Config>();
        assert_eq!(unknown, Err(ConfigError::Option("fast".into())));
        check("camera:files:/a,backend=v4l", Err(&value("backend", "v4l")));
    }

    #[cfg(not(feature = "nokhwa"))]
    #[test]
    fn a_backend_that_is_not_built_in_is_said() {
        check("camera:/dev/video0,backend=nokhwa", Err("option backend cannot be \"nokhwa\""));
    }
}
