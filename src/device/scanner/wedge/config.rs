//! How a reader that types is named and set up, as text.

use super::super::frame::Config as Framing;
use super::super::serial::{ends, idle, prefix};
use super::decode::{Config as Keys, Substitute};
use super::find::Target;
use super::keymap::{self, Layout};
use std::str::FromStr;

/// Silence after which an unfinished code is over.
pub const IDLE_MS: u64 = 5_000;

/// A reader that types, as named on the command line: `wedge:/dev/input/…`, `wedge:name=TEXT`,
/// `wedge:id=VVVV[:PPPP]` or `wedge:any`, and, after commas, `layout=us|de`, `gs=SIGN` or the name
/// of a key (`gs=right`, `gs=f8`), `ends=cr+tab`, `prefix=TEXT`, `idle=5000`, `events=text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Which device.
    pub target: Target,
    /// How it types.
    pub keys: Keys,
    /// It is the simulated twin: a pty on which events come as text.
    pub text: bool,
}

impl Config {
    /// A reader, with everything else as readers are delivered.
    #[must_use]
    pub fn new(target: Target) -> Self {
        let framing = Framing { idle_ms: IDLE_MS, ..Framing::default() };
        Config { target, keys: Keys { layout: Layout::Us, gs: None, framing }, text: false }
    }
}

/// What is wrong with the text that names a reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a reader that types.
    #[error("not of the form wedge:DEVICE")]
    Kind,
    /// No such way to name one.
    #[error("a reader that types is named by a path, name=TEXT, id=VVVV:PPPP or any, not by {0:?}")]
    Target(String),
    /// An option that does not exist.
    #[error("unknown option {0:?} (there are layout, gs, ends, prefix, idle, events)")]
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
        let rest = text.strip_prefix("wedge:").ok_or(ConfigError::Kind)?;
        let mut parts = rest.split(',');
        let target = parts.next().unwrap_or_default();
        let mut config = Config::new(target.parse().map_err(|()| ConfigError::Target(target.to_owned()))?);
        let keys = &mut config.keys;
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let bad = |option| ConfigError::Value { option, value: value.to_owned() };
            match name {
                "layout" => keys.layout = value.parse().map_err(|_| bad("layout"))?,
                "gs" => keys.gs = Some(substitute(value).ok_or_else(|| bad("gs"))?),
                "ends" => keys.framing.ends = ends(value).ok_or_else(|| bad("ends"))?,
                "prefix" => keys.framing.prefix = Some(prefix(value).ok_or_else(|| bad("prefix"))?),
                "idle" => keys.framing.idle_ms = idle(value).ok_or_else(|| bad("idle"))?,
                "events" if value == "text" => config.text = true,
                "events" => return Err(bad("events")),
                _ => return Err(ConfigError::Option(name.to_owned())),
            }
        }
        config.keys.framing.tidy();
        Ok(config)
    }
}

/// One sign (`\x2c` for a comma), or a key by name.
fn substitute(text: &str) -> Option<Substitute> {
    let bytes = floorhand_gs1::unescape(text)?;
    let mut signs = std::str::from_utf8(&bytes).ok()?.chars();
    match (signs.next()?, signs.next()) {
        (sign, None) => Some(Substitute::Character(sign)),
        _ => keymap::named(text).map(Substitute::Key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        text.parse()
    }

    #[test]
    fn names() {
        let path = "/dev/input/by-id/usb-x-event-kbd";
        assert_eq!(parse(&format!("wedge:{path}")), Ok(Config::new(Target::Path(path.into()))));
        let full = parse("wedge:name=Bar Code Scanner,layout=de,gs=|,ends=tab,prefix=~,idle=900,events=text").unwrap();
        assert_eq!(full.target, Target::Name("Bar Code Scanner".into()));
        assert_eq!((full.keys.layout, full.keys.gs), (Layout::De, Some(Substitute::Character('|'))));
        assert!(full.keys.framing.ends.tab && !full.keys.framing.ends.cr && full.text);
        assert_eq!((full.keys.framing.idle_ms, full.keys.framing.prefix.as_deref()), (900, Some(b"~".as_slice())));
    }

    #[test]
    fn substitutes() {
        for (text, expected) in [
            ("|", Substitute::Character('|')),
            ("§", Substitute::Character('§')),
            (r"\x2c", Substitute::Character(',')),
            ("right", Substitute::Key(106)),
            ("f8", Substitute::Key(66)),
        ] {
            let config = parse(&format!("wedge:any,gs={text}")).unwrap();
            assert_eq!(config.keys.gs, Some(expected), "{text}");
        }
    }

    #[test]
    fn wrong() {
        let value = |option, value: &str| ConfigError::Value { option, value: value.into() };
        for (text, error) in [
            ("/dev/input/event0", ConfigError::Kind),
            ("wedge:", ConfigError::Target(String::new())),
            ("wedge:event0", ConfigError::Target("event0".into())),
            ("wedge:any,baud=1", ConfigError::Option("baud".into())),
            ("wedge:any,layout=fr", value("layout", "fr")),
            ("wedge:any,gs=", value("gs", "")),
            ("wedge:any,gs=ab", value("gs", "ab")),
            ("wedge:any,idle=0", value("idle", "0")),
            ("wedge:any,events=binary", value("events", "binary")),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}
