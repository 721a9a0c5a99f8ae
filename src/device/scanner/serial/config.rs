//! How a serial reader is named and set up, as text.

use super::super::feedback::Profile;
use super::super::frame::{Config as Framing, Ends};
use super::super::line::Settings;
use std::path::PathBuf;
use std::str::FromStr;

/// A serial reader as named on the command line: `serial:PATH` and, after commas,
/// `baud=9600`, `mode=8N1`, `flow=rtscts`, `ends=cr+lf+crlf+tab+stx+idle`, `prefix=TEXT`, `idle=150`,
/// `feedback=PROFILE`, `protocol=ssi`, `wake=yes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The device, or a link to it; resolved anew at each attempt.
    pub path: PathBuf,
    /// Settings of the line.
    pub line: Settings,
    /// How codes are framed.
    pub framing: Framing,
    /// How codes are packed.
    pub protocol: Protocol,
    /// How the reader is told what became of a scan.
    pub feedback: Profile,
    /// A byte of [`super::super::ssi::WAKEUP`] goes before what is sent after a rest. For readers on
    /// SSI without RTS and CTS that fall asleep.
    pub wake: bool,
}

/// How codes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// As text between marks.
    #[default]
    Plain,
    /// In packets of Zebra's Simple Serial Interface.
    Ssi,
}

impl Config {
    /// A reader at `path`, with everything else as readers are delivered.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Config {
            path: path.into(),
            line: Settings::READER,
            framing: Framing::default(),
            protocol: Protocol::Plain,
            feedback: Profile::None,
            wake: false,
        }
    }
}

/// What is wrong with the text that names a reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a serial reader.
    #[error("not of the form serial:PATH")]
    Kind,
    /// No path.
    #[error("the path is missing after serial:")]
    NoPath,
    /// An option that does not exist.
    #[error("unknown option {0:?} (there are baud, mode, flow, ends, prefix, idle, feedback, protocol, wake)")]
    Option(String),
    /// An option with a value it cannot have.
    #[error("option {option} cannot be {value:?}")]
    Value {
        /// Which.
        option: &'static str,
        /// What stood there.
        value: String,
    },
    /// Two options that exclude each other.
    #[error("feedback={feedback} needs protocol={protocol}")]
    Protocol {
        /// The profile.
        feedback: &'static str,
        /// The protocol it speaks.
        protocol: &'static str,
    },
}

impl FromStr for Config {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let rest = text.strip_prefix("serial:").ok_or(ConfigError::Kind)?;
        let mut parts = rest.split(',');
        let path = parts.next().filter(|p| !p.is_empty()).ok_or(ConfigError::NoPath)?;
        let mut config = Config::new(path);
        let (mut protocol, mut feedback) = (None, None);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let bad = |option| ConfigError::Value { option, value: value.to_owned() };
            match name {
                "baud" => config.line.baud = value.parse().ok().filter(|b| *b > 0).ok_or_else(|| bad("baud"))?,
                "mode" => config.line = config.line.with_mode(value).ok_or_else(|| bad("mode"))?,
                "flow" => match value {
                    "rtscts" => config.line.rts_cts = true,
                    "none" => config.line.rts_cts = false,
                    _ => return Err(bad("flow")),
                },
                "idle" => config.framing.idle_ms = idle(value).ok_or_else(|| bad("idle"))?,
                "prefix" => config.framing.prefix = Some(prefix(value).ok_or_else(|| bad("prefix"))?),
                "ends" => config.framing.ends = ends(value).ok_or_else(|| bad("ends"))?,
                "feedback" => feedback = Some(value.parse().map_err(|_| bad("feedback"))?),
                "protocol" => match value {
                    "plain" => protocol = Some(Protocol::Plain),
                    "ssi" => protocol = Some(Protocol::Ssi),
                    _ => return Err(bad("protocol")),
                },
                "wake" => match value {
                    "yes" => config.wake = true,
                    "no" => config.wake = false,
                    _ => return Err(bad("wake")),
                },
                _ => return Err(ConfigError::Option(name.to_owned())),
            }
        }
        (config.protocol, config.feedback) = packed(protocol, feedback)?;
        config.framing.tidy();
        Ok(config)
    }
}

/// What is not said follows from what is.
fn packed(protocol: Option<Protocol>, feedback: Option<Profile>) -> Result<(Protocol, Profile), ConfigError> {
    let mismatch = |feedback: Profile, protocol| ConfigError::Protocol { feedback: feedback.as_str(), protocol };
    match (protocol, feedback) {
        (Some(Protocol::Plain), Some(Profile::ZebraSsi)) => Err(mismatch(Profile::ZebraSsi, "ssi")),
        (Some(Protocol::Ssi) | None, Some(Profile::ZebraSsi)) | (Some(Protocol::Ssi), None) => {
            Ok((Protocol::Ssi, Profile::ZebraSsi))
        }
        (Some(Protocol::Ssi), Some(Profile::None)) => Ok((Protocol::Ssi, Profile::None)),
        (Some(Protocol::Ssi), Some(other)) => Err(mismatch(other, "plain")),
        (_, other) => Ok((Protocol::Plain, other.unwrap_or_default())),
    }
}

/// Silence in milliseconds, up to ten seconds.
pub fn idle(text: &str) -> Option<u64> {
    text.parse().ok().filter(|ms| (1..=10_000).contains(ms))
}

/// A prefix; `\xNN` stands for a byte.
pub fn prefix(text: &str) -> Option<Vec<u8>> {
    floorhand_gs1::unescape(text).filter(|prefix| !prefix.is_empty())
}

/// What closes a code, as `cr+lf`.
pub fn ends(text: &str) -> Option<Ends> {
    let mut ends = Ends::NONE;
    for name in text.split('+') {
        match name {
            "cr" => ends.cr = true,
            "lf" => ends.lf = true,
            "crlf" => ends.crlf = true,
            "tab" => ends.tab = true,
            "stx" => ends.stx_etx = true,
            "idle" => ends.idle = true,
            _ => return None,
        }
    }
    Some(ends)
}

#[cfg(test)]
mod tests {
    use super::super::super::line::Parity;
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        text.parse()
    }

    #[test]
    fn names() {
        assert_eq!(parse("serial:/dev/ttyACM0"), Ok(Config::new("/dev/ttyACM0")));
        let full = parse("serial:/dev/ttyUSB0,baud=115200,mode=7E1,flow=rtscts,ends=stx,prefix=~,idle=300").unwrap();
        assert_eq!(full.line, Settings { baud: 115_200, seven_bits: true, parity: Parity::Even, rts_cts: true });
        assert_eq!(full.framing.ends, Ends { stx_etx: true, ..Ends::NONE });
        assert_eq!(full.framing.prefix.as_deref(), Some(b"~".as_slice()));
        assert_eq!(full.framing.idle_ms, 300);
        let prefixed = parse(r"serial:/dev/ttyUSB0,prefix=\x02").unwrap();
        assert!(!prefixed.framing.ends.stx_etx && prefixed.framing.ends.cr);
        assert!(parse("serial:/x,wake=yes").unwrap().wake);
    }

    #[test]
    fn protocols() {
        for (options, protocol, feedback) in [
            ("", Protocol::Plain, Profile::None),
            (",feedback=honeywell-hostack", Protocol::Plain, Profile::HoneywellHostAck),
            (",feedback=zebra-bel,protocol=plain", Protocol::Plain, Profile::ZebraBel),
            (",protocol=ssi", Protocol::Ssi, Profile::ZebraSsi),
            (",feedback=zebra-ssi", Protocol::Ssi, Profile::ZebraSsi),
            (",protocol=ssi,feedback=none", Protocol::Ssi, Profile::None),
        ] {
            let config = parse(&format!("serial:/x{options}")).unwrap();
            assert_eq!((config.protocol, config.feedback), (protocol, feedback), "{options}");
        }
    }

    #[test]
    fn wrong() {
        let value = |option, value: &str| ConfigError::Value { option, value: value.into() };
        for (text, error) in [
            ("/dev/ttyACM0", ConfigError::Kind),
            ("serial:", ConfigError::NoPath),
            ("serial:,baud=1", ConfigError::NoPath),
            ("serial:/x,speed=1", ConfigError::Option("speed".into())),
            ("serial:/x,baud=0", value("baud", "0")),
            ("serial:/x,baud=fast", value("baud", "fast")),
            ("serial:/x,mode=8N2", value("mode", "8N2")),
            ("serial:/x,flow=xon", value("flow", "xon")),
            ("serial:/x,idle=0", value("idle", "0")),
            ("serial:/x,ends=cr+ff", value("ends", "cr+ff")),
            ("serial:/x,prefix=", value("prefix", "")),
            ("serial:/x,feedback=loud", value("feedback", "loud")),
            ("serial:/x,protocol=", value("protocol", "")),
            ("serial:/x,wake=1", value("wake", "1")),
            (
                "serial:/x,protocol=plain,feedback=zebra-ssi",
                ConfigError::Protocol { feedback: "zebra-ssi", protocol: "ssi" },
            ),
            (
                "serial:/x,protocol=ssi,feedback=zebra-bel",
                ConfigError::Protocol { feedback: "zebra-bel", protocol: "plain" },
            ),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}
