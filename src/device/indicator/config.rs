//! Which lines do what, as named on the command line.

use super::Output;
use std::str::FromStr;

/// How long the trigger must be still before a change counts.
pub const DEBOUNCE_MS: u64 = 20;
/// From when on a press is a long one.
pub const LONG_PRESS_MS: u64 = 500;
/// Longest name of a chip or line; the kernel keeps 31 bytes.
const NAME_BYTES_MAX: usize = 64;

/// Lines of one chip:
/// `gpio:chip=LABEL[,trigger=LINE][,lamp-good=LINE][,lamp-bad=LINE][,lamp-attention=LINE][,buzzer=LINE]`
/// `[,vibration=LINE][,active-low][,pull=up|down|none][,debounce=20][,long=500]`.
///
/// `LABEL` is the label of the chip (`pinctrl-bcm2835`), its name (`gpiochip0`) or its path. `LINE` is
/// the name of the line, or its number as `#17`; `!` before it turns its sense round. With `rppal:`
/// instead of `gpio:` there is no chip, and lines are BCM numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What the lines are reached through.
    pub backend: Backend,
    /// The line somebody presses.
    pub trigger: Option<Line>,
    /// The lines that light, buzz and shake; each output at most once.
    pub outputs: Vec<(Output, Line)>,
    /// The resistor at the trigger.
    pub pull: Pull,
    /// See [`DEBOUNCE_MS`].
    pub debounce_ms: u64,
    /// See [`LONG_PRESS_MS`].
    pub long_press_ms: u64,
}

/// What lines are reached through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// A chip of the kernel: label, name or path.
    Chip(String),
    /// The registers of a Raspberry Pi.
    Rppal,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub id: LineId,
    /// Low means pressed or lit.
    pub active_low: bool,
}

/// Which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineId {
    /// By the name the board gives it.
    Name(String),
    /// By its number on the chip.
    Number(u32),
}

impl std::fmt::Display for LineId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => write!(f, "#{number}"),
        }
    }
}

/// The resistor at an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pull {
    /// As the board has it.
    #[default]
    AsIs,
    /// Switched off.
    None,
    /// To the supply.
    Up,
    /// To ground.
    Down,
}

/// What is wrong with the text that names lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Neither of the two kinds.
    #[error("not of the form gpio:chip=… or rppal:…")]
    Kind,
    /// No chip.
    #[error("the chip is missing: gpio:chip=LABEL")]
    NoChip,
    /// No line at all.
    #[error("no line is named")]
    NoLine,
    /// An option that does not exist.
    #[error(
        "unknown option {0:?} (there are chip, trigger, lamp-good, lamp-bad, lamp-attention, buzzer, vibration, \
         active-low, pull, debounce, long)"
    )]
    Option(String),
    /// An option that stands twice.
    #[error("option {0} stands twice")]
    Twice(&'static str),
    /// An option with a value it cannot have.
    #[error("option {option} cannot be {value:?}")]
    Value {
        /// Which.
        option: &'static str,
        /// What stood there.
        value: String,
    },
}

impl FromStr for Config {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let (rppal, rest) = match (text.strip_prefix("gpio:"), text.strip_prefix("rppal:")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return Err(ConfigError::Kind),
        };
        let mut chip = None;
        let mut all_low = false;
        let mut config = Config {
            backend: Backend::Rppal,
            trigger: None,
            outputs: Vec::new(),
            pull: Pull::AsIs,
            debounce_ms: DEBOUNCE_MS,
            long_press_ms: LONG_PRESS_MS,
        };
        for part in rest.split(',').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let bad = |option| ConfigError::Value { option, value: value.to_owned() };
            if let Some(output) = Output::ALL.into_iter().find(|output| output.as_str() == name) {
                if config.outputs.iter().any(|(there, _)| *there == output) {
                    return Err(ConfigError::Twice(output.as_str()));
                }
                let line = line(value, rppal).ok_or_else(|| bad(output.as_str()))?;
                config.outputs.push((output, line));
                continue;
            }
            match name {
                "chip" if !rppal => {
                    let label = Some(value).filter(|name| is_name(name)).ok_or_else(|| bad("chip"))?;
                    if chip.replace(label.to_owned()).is_some() {
                        return Err(ConfigError::Twice("chip"));
                    }
                }
                "trigger" => {
                    let line = line(value, rppal).ok_or_else(|| bad("trigger"))?;
                    if config.trigger.replace(line).is_some() {
                        return Err(ConfigError::Twice("trigger"));
                    }
                }
                "active-low" if value.is_empty() => all_low = true,
                "pull" => {
                    config.pull = match value {
                        "up" => Pull::Up,
                        "down" => Pull::Down,
                        "none" => Pull::None,
                        _ => return Err(bad("pull")),
                    }
                }
                "debounce" => config.debounce_ms = number(value, 0, 1_000).ok_or_else(|| bad("debounce"))?,
                "long" => config.long_press_ms = number(value, 50, 10_000).ok_or_else(|| bad("long"))?,
                _ => return Err(ConfigError::Option(name.to_owned())),
            }
        }
        if !rppal {
            config.backend = Backend::Chip(chip.ok_or(ConfigError::NoChip)?);
        }
        if config.trigger.is_none() && config.outputs.is_empty() {
            return Err(ConfigError::NoLine);
        }
        if all_low {
            let outputs = config.outputs.iter_mut().map(|(_, line)| line);
            config.trigger.iter_mut().chain(outputs).for_each(|line| line.active_low = !line.active_low);
        }
        Ok(config)
    }
}

fn line(text: &str, numbers_only: bool) -> Option<Line> {
    let (active_low, name) = text.strip_prefix('!').map_or((false, text), |name| (true, name));
    let number = |digits: &str| digits.parse::<u32>().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()));
    let id = match name.strip_prefix('#') {
        Some(digits) => LineId::Number(number(digits)?),
        None if numbers_only => LineId::Number(number(name)?),
        None => LineId::Name(Some(name).filter(|name| is_name(name))?.to_owned()),
    };
    Some(Line { id, active_low })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

fn number(text: &str, least: u64, most: u64) -> Option<u64> {
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, active_low: bool) -> Line {
        Line { id: LineId::Name(name.into()), active_low }
    }

    #[test]
    fn lines_are_named_in_text() {
        let config: Config =
            "gpio:chip=pinctrl-bcm2835,trigger=!TRIG,lamp-good=#17,buzzer=GPIO 22,active-low,pull=up,long=800"
                .parse()
                .unwrap();
        assert_eq!(config.backend, Backend::Chip("pinctrl-bcm2835".into()));
        assert_eq!(config.trigger, Some(named("TRIG", false)));
        assert_eq!(
            config.outputs,
            [
                (Output::LampGood, Line { id: LineId::Number(17), active_low: true }),
                (Output::Buzzer, named("GPIO 22", true)),
            ]
        );
        assert_eq!((config.pull, config.debounce_ms, config.long_press_ms), (Pull::Up, 20, 800));

        let config: Config = "rppal:trigger=4,vibration=!27".parse().unwrap();
        assert_eq!(config.backend, Backend::Rppal);
        assert_eq!(config.trigger, Some(Line { id: LineId::Number(4), active_low: false }));
        assert_eq!(config.outputs, [(Output::Vibration, Line { id: LineId::Number(27), active_low: true })]);
    }

    #[test]
    fn errors_say_which_option() {
        let value = |option, value: &str| ConfigError::Value { option, value: value.into() };
        for (text, error) in [
            ("serial:/dev/ttyACM0", ConfigError::Kind),
            ("gpio:", ConfigError::NoChip),
            ("gpio:trigger=T", ConfigError::NoChip),
            ("gpio:chip=c", ConfigError::NoLine),
            ("gpio:chip=,trigger=T", value("chip", "")),
            ("gpio:chip=a,chip=b,trigger=T", ConfigError::Twice("chip")),
            ("gpio:chip=c,trigger=T,trigger=U", ConfigError::Twice("trigger")),
            ("gpio:chip=c,buzzer=T,buzzer=U", ConfigError::Twice("buzzer")),
            ("gpio:chip=c,trigger=", value("trigger", "")),
            ("gpio:chip=c,trigger=#x", value("trigger", "#x")),
            ("gpio:chip=c,trigger=#+1", value("trigger", "#+1")),
            ("gpio:chip=c,lamp=L", ConfigError::Option("lamp".into())),
            ("gpio:chip=c,active-low=1,trigger=T", ConfigError::Option("active-low".into())),
            ("gpio:chip=c,trigger=T,pull=sideways", value("pull", "sideways")),
            ("gpio:chip=c,trigger=T,debounce=-1", value("debounce", "-1")),
            ("gpio:chip=c,trigger=T,long=9", value("long", "9")),
            ("rppal:chip=c,trigger=4", ConfigError::Option("chip".into())),
            ("rppal:trigger=GPIO4", value("trigger", "GPIO4")),
        ] {
            assert_eq!(text.parse::<Config>(), Err(error), "{text}");
        }
    }
}
