//! `floorhand doctor`: what is plugged in, whether it can be used, and what to do.

use crate::device::doctor::{self, Config, State, text};
use crate::device::scanner::serial;
use anyhow::{Result, anyhow, bail};
use std::fmt::Display;
use std::io::Write;
use std::str::FromStr;

/// Devices as they are named to `run`.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// Readers.
    pub scanner: Vec<String>,
    /// Lamps, buzzer, vibration and trigger.
    pub gpio: Option<String>,
    /// Sounds.
    pub sound: Option<String>,
    /// The scale.
    pub scale: Option<String>,
    /// The printer.
    pub printer: Option<String>,
}

/// Looks, and prints what it found.
///
/// # Errors
/// What is wrong with a name; or that something which is named cannot be used.
pub fn doctor(named: &Named, json: bool, out: &mut dyn Write) -> Result<()> {
    let mut config = Config::default();
    for spec in named.scanner.iter().filter(|spec| spec.starts_with("serial:")) {
        config.readers.push(parsed::<serial::Config>("scanner", spec)?.path);
    }
    config.gpio = optional("gpio", named.gpio.as_deref())?;
    config.sound = optional("sound", named.sound.as_deref())?;
    config.scale = optional("scale", named.scale.as_deref())?;
    config.printer = optional("printer", named.printer.as_deref())?;
    let found = doctor::probe(&config);
    if json {
        for finding in &found {
            writeln!(out, "{}", serde_json::to_string(finding)?)?;
        }
    } else {
        write!(out, "{}", text::render(&found))?;
    }
    if doctor::worst(&found) == State::Fail {
        bail!("something cannot be used; see above");
    }
    Ok(())
}

fn optional<T: FromStr<Err: Display>>(option: &str, spec: Option<&str>) -> Result<Option<T>> {
    spec.map(|spec| parsed(option, spec)).transpose()
}

fn parsed<T: FromStr<Err: Display>>(option: &str, spec: &str) -> Result<T> {
    spec.parse().map_err(|error| anyhow!("--{option} {spec}: {error}"))
}
