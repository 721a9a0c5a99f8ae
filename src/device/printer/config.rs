//! Which printer, as named on the command line.

use std::str::FromStr;

/// The port of raw printing.
pub const PORT: u16 = 9_100;
/// How long an answer is waited for; no answer by then means not ready.
pub const WAIT_MS: u64 = 2_000;
/// Longest name of a host (RFC 1035).
const HOST_BYTES_MAX: usize = 253;

/// A printer: `zpl:HOST[:PORT][,wait=2000]`; an IPv6 address stands in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Name or address.
    pub host: String,
    /// See [`PORT`].
    pub port: u16,
    /// See [`WAIT_MS`].
    pub wait_ms: u64,
}

/// What is wrong with the text that names a printer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a printer.
    #[error("not of the form zpl:HOST[:PORT]")]
    Kind,
    /// No host, or one that cannot be.
    #[error("host {0:?} cannot be")]
    Host(String),
    /// A port that cannot be.
    #[error("port {0:?} cannot be")]
    Port(String),
    /// An option that does not exist.
    #[error("unknown option {0:?} (there is wait)")]
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
        let rest = text.strip_prefix("zpl:").ok_or(ConfigError::Kind)?;
        let mut parts = rest.split(',');
        let address = parts.next().unwrap_or_default();
        let (host, port) = match address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, rest)) => (host, rest.strip_prefix(':').or((!rest.is_empty()).then_some(rest))),
            None => address.split_once(':').map_or((address, None), |(host, port)| (host, Some(port))),
        };
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'%');
        if host.is_empty() || host.len() > HOST_BYTES_MAX || !host.bytes().all(fits) {
            return Err(ConfigError::Host(host.to_owned()));
        }
        let port = match port {
            Some(port) => {
                port.parse().ok().filter(|port| *port > 0).ok_or_else(|| ConfigError::Port(port.to_owned()))?
            }
            None => PORT,
        };
        let mut config = Config { host: host.to_owned(), port, wait_ms: WAIT_MS };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if name != "wait" {
                return Err(ConfigError::Option(name.to_owned()));
            }
            let wait = value.parse().ok().filter(|ms| (100..=10_000).contains(ms));
            config.wait_ms = wait.ok_or_else(|| ConfigError::Value { option: "wait", value: value.to_owned() })?;
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printer_is_named_in_text() {
        let ok = |host: &str, port, wait_ms| Ok(Config { host: host.into(), port, wait_ms });
        for (text, expected) in [
            ("zpl:printer-7.local", ok("printer-7.local", 9_100, 2_000)),
            ("zpl:10.0.0.7:6101,wait=1500", ok("10.0.0.7", 6_101, 1_500)),
            ("zpl:[fe80::1]", ok("fe80::1", 9_100, 2_000)),
            ("zpl:[fe80::1]:9101", ok("fe80::1", 9_101, 2_000)),
            ("10.0.0.7", Err(ConfigError::Kind)),
            ("zpl:", Err(ConfigError::Host(String::new()))),
            ("zpl:a b", Err(ConfigError::Host("a b".into()))),
            ("zpl:p:0", Err(ConfigError::Port("0".into()))),
            ("zpl:p:x", Err(ConfigError::Port("x".into()))),
            ("zpl:[::1]x", Err(ConfigError::Port("x".into()))),
            ("zpl:p,speed=1", Err(ConfigError::Option("speed".into()))),
            ("zpl:p,wait=5", Err(ConfigError::Value { option: "wait", value: "5".into() })),
        ] {
            assert_eq!(text.parse::<Config>(), expected, "{text}");
        }
    }
}
