//! Which scale, as named on the command line.

use super::codec::Protocol;
use super::weight::Unit;
use std::path::PathBuf;
use std::str::FromStr;

/// A scale: `scale:PATH,protocol=8217|nci|mt-sics[,unit=g|kg|lb|oz][,baud=9600][,line=7e1|8n1][,wait=5000]`.
///
/// `unit` is needed for Toledo 8217, which sends none; elsewhere it is used when the scale sends none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The device, or a link to it; resolved anew at each attempt.
    pub path: PathBuf,
    /// What it speaks.
    pub protocol: Protocol,
    /// The unit of a weight that is sent without one.
    pub unit: Option<Unit>,
    /// Speed of the line.
    pub baud: u32,
    /// Seven data bits with even parity, as 8217 has it; else eight without.
    pub seven_even: bool,
    /// How long a weight is waited for.
    pub wait_ms: u64,
}

/// How long a weight is waited for, if nothing else is said: people lay a carton down and let go.
pub const WAIT_MS: u64 = 5_000;

impl Config {
    /// A scale at `path`, with everything else as the protocol has it.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, protocol: Protocol) -> Self {
        let seven_even = protocol == Protocol::Toledo8217;
        Config { path: path.into(), protocol, unit: None, baud: 9_600, seven_even, wait_ms: WAIT_MS }
    }
}

/// What is wrong with the text that names a scale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a scale.
    #[error("not of the form scale:PATH,protocol=…")]
    Kind,
    /// No path.
    #[error("the path is missing after scale:")]
    NoPath,
    /// No protocol.
    #[error("the protocol is missing (there are 8217, nci, mt-sics)")]
    NoProtocol,
    /// An option that does not exist.
    #[error("unknown option {0:?} (there are protocol, unit, baud, line, wait)")]
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

impl FromStr for Config {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let rest = text.strip_prefix("scale:").ok_or(ConfigError::Kind)?;
        let mut parts = rest.split(',');
        let path = parts.next().filter(|path| !path.is_empty()).ok_or(ConfigError::NoPath)?;
        let mut protocol = None;
        let mut line = None;
        let mut config = Config::new(path, Protocol::Toledo8217);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let bad = |option| ConfigError::Value { option, value: value.to_owned() };
            match name {
                "protocol" => protocol = Some(Protocol::parse(value).ok_or_else(|| bad("protocol"))?),
                "unit" => config.unit = Some(Unit::parse(value.as_bytes()).ok_or_else(|| bad("unit"))?),
                "baud" => config.baud = value.parse().ok().filter(|baud| *baud > 0).ok_or_else(|| bad("baud"))?,
                "line" => {
                    line = match value {
                        "7e1" => Some(true),
                        "8n1" => Some(false),
                        _ => return Err(bad("line")),
                    }
                }
                "wait" => {
                    let wait = value.parse().ok().filter(|ms| (500..=60_000).contains(ms));
                    config.wait_ms = wait.ok_or_else(|| bad("wait"))?;
                }
                _ => return Err(ConfigError::Option(name.to_owned())),
            }
        }
        config.protocol = protocol.ok_or(ConfigError::NoProtocol)?;
        config.seven_even = line.unwrap_or(config.protocol == Protocol::Toledo8217);
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_named_in_text() {
        let parse = |text: &str| text.parse::<Config>();
        let toledo = parse("scale:/dev/ttyUSB0,protocol=8217,unit=lb").unwrap();
        assert_eq!(toledo, Config { unit: Some(Unit::Pound), ..Config::new("/dev/ttyUSB0", Protocol::Toledo8217) });
        assert!(toledo.seven_even);
        let sics = parse("scale:/dev/ttyACM0,line=7e1,protocol=mt-sics,baud=19200,wait=900").unwrap();
        assert_eq!((sics.protocol, sics.baud, sics.seven_even, sics.wait_ms), (Protocol::MtSics, 19_200, true, 900));
        assert!(!parse("scale:/x,protocol=nci").unwrap().seven_even);
        let value = |option, value: &str| Err(ConfigError::Value { option, value: value.into() });
        for (text, error) in [
            ("/dev/ttyUSB0", Err(ConfigError::Kind)),
            ("scale:", Err(ConfigError::NoPath)),
            ("scale:/x", Err(ConfigError::NoProtocol)),
            ("scale:/x,protocol=usb", value("protocol", "usb")),
            ("scale:/x,protocol=nci,unit=stone", value("unit", "stone")),
            ("scale:/x,protocol=nci,baud=0", value("baud", "0")),
            ("scale:/x,protocol=nci,line=8e2", value("line", "8e2")),
            ("scale:/x,protocol=nci,wait=1", value("wait", "1")),
            ("scale:/x,protocol=nci,tare=1", Err(ConfigError::Option("tare".into()))),
        ] {
            assert_eq!(parse(text), error, "{text}");
        }
    }
}
