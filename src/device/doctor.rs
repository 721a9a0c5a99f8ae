//! What hardware is there, whether it can be used, and what to do if not: `floorhand doctor`.
//!
//! [`probe`] looks and asks; it changes nothing and prints nothing. [`text`] is the only place with
//! sentences: the command line's.

mod readers;
pub mod text;

use super::indicator::{self, cdev};
use super::printer;
use super::scale;
use super::scanner::LostReason;
use super::sound;
use rustix::fs::Access;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Entries of a folder that are looked at.
const ENTRIES_MAX: usize = 4_096;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Barcode readers: serial and typing.
    Readers,
    /// Cameras.
    Camera,
    /// GPIO chips and the lines that are set up.
    Gpio,
    /// Sound cards.
    Sound,
    /// The scale that is set up.
    Scale,
    /// The printer that is set up.
    Printer,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It can be used.
    Ok,
    /// There is none, and none is asked for.
    Absent,
    /// It can be used, but not as well as it might.
    Warn,
    /// It cannot be used.
    Fail,
}

/// One thing found, or missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// About what.
    pub area: Area,
    /// Which: a path, an address, a label; empty for a whole area.
    pub name: String,
    /// How it stands.
    pub state: State,
    /// What it is, for programs; never changes its meaning.
    pub code: &'static str,
    /// What was seen: names, numbers, texts of the system.
    pub detail: String,
    /// What to do.
    pub advice: Option<Advice>,
}

/// What to do about a finding; [`text::advice`] has the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// Plug it in.
    PlugIn,
    /// Join the group `floor` and install the udev rules.
    JoinGroup,
    /// Join the group `audio`.
    JoinAudio,
    /// Keep ModemManager away by the udev rules.
    InstallRules,
    /// End the other program.
    EndHolder,
    /// If it is a reader, name it.
    NameReader,
    /// Look at chip and line names.
    CheckLines,
    /// Build with the feature.
    BuildFeature,
    /// Look at power, cable, protocol and speed of the scale.
    CheckScale,
    /// Set the scale to zero.
    ZeroScale,
    /// Set the unit.
    SetUnit,
    /// Have the scale serviced.
    ServiceScale,
    /// Look at address, power and network of the printer.
    CheckPrinter,
    /// Look at paper, ribbon and head.
    CheckMedia,
    /// Press the pause key.
    EndPause,
    /// Wait, then look again.
    Wait,
    /// Look at the log.
    ReadLog,
}

/// What is set up, and where to look.
#[derive(Debug, Clone)]
pub struct Config {
    /// What stands for `/`: `dev`, `sys`, `proc` and `run` are looked for under it.
    pub root: PathBuf,
    /// Serial readers that are set up.
    pub readers: Vec<PathBuf>,
    /// Lines that are set up.
    pub gpio: Option<indicator::config::Config>,
    /// Sound, if it is wanted.
    pub sound: Option<sound::settings::Settings>,
    /// The scale that is set up.
    pub scale: Option<scale::config::Config>,
    /// The printer that is set up.
    pub printer: Option<printer::config::Config>,
    /// Whether a device may be read and written.
    pub may_use: fn(&Path) -> bool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            root: PathBuf::from("/"),
            readers: Vec::new(),
            gpio: None,
            sound: None,
            scale: None,
            printer: None,
            may_use: |path| rustix::fs::access(path, Access::READ_OK | Access::WRITE_OK).is_ok(),
        }
    }
}

/// Looks at everything, asks scale and printer. Takes a few seconds at most, when one of these is silent.
#[must_use]
pub fn probe(config: &Config) -> Vec<Finding> {
    let mut found = readers::probe(config);
    found.extend(cameras(config));
    found.extend(gpio(config));
    found.extend(sounds(config));
    found.push(scales(config));
    found.push(printers(config));
    found
}

/// The worst of all.
#[must_use]
pub fn worst(findings: &[Finding]) -> State {
    findings.iter().map(|finding| finding.state).max().unwrap_or(State::Ok)
}

impl Finding {
    fn new(area: Area, name: impl Into<String>, state: State, code: &'static str) -> Self {
        Finding { area, name: name.into(), state, code, detail: String::new(), advice: None }
    }

    fn detail(self, detail: impl Into<String>) -> Self {
        Finding { detail: detail.into(), ..self }
    }

    fn advice(self, advice: Advice) -> Self {
        Finding { advice: Some(advice), ..self }
    }
}

impl Config {
    /// Entries of a folder under the root whose name begins with `prefix`, sorted as people count.
    fn list(&self, folder: &str, prefix: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.root.join(folder)).into_iter().flatten().take(ENTRIES_MAX).flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| name.starts_with(prefix)).collect();
        names.sort_by_key(|name| (name.len(), name.clone()));
        names
    }

    /// The trimmed text of a small file under the root.
    fn read(&self, path: impl AsRef<Path>) -> Option<String> {
        std::fs::read_to_string(self.root.join(path)).ok().map(|text| text.trim().to_owned())
    }

    /// What udev knows of a device, by its number in `sys`: lines `E:KEY=value`.
    fn udev(&self, sys: &str, kind: char) -> String {
        let number = self.read(format!("{sys}/dev")).unwrap_or_default();
        self.read(format!("run/udev/data/{kind}{number}")).unwrap_or_default()
    }
}

fn cameras(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    for node in config.list("dev", "video") {
        let sys = format!("sys/class/video4linux/{node}");
        let udev = config.udev(&sys, 'c');
        // A UVC camera has a second node for metadata: the first, or the one udev says captures.
        let captures = match udev.lines().find_map(|line| line.strip_prefix("E:ID_V4L_CAPABILITIES=")) {
            Some(capabilities) => capabilities.contains(":capture:"),
            None => config.read(format!("{sys}/index")).is_none_or(|index| index == "0"),
        };
        if !captures {
            continue;
        }
        let path = format!("/dev/{node}");
        let name = config.read(format!("{sys}/name")).unwrap_or_default();
        let finding = |state, code| Finding::new(Area::Camera, path.clone(), state, code).detail(name.clone());
        found.push(if (config.may_use)(&config.root.join("dev").join(&node)) {
            finding(State::Ok, "camera-found")
        } else {
            finding(State::Fail, "camera-denied").advice(Advice::JoinGroup)
        });
    }
    if found.is_empty() {
        found.push(Finding::new(Area::Camera, "", State::Absent, "camera-none"));
    }
    found
}

fn gpio(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    for node in config.list("dev", "gpiochip") {
        let real = config.root.join("dev").join(&node);
        let finding = |state, code| Finding::new(Area::Gpio, format!("/dev/{node}"), state, code);
        found.push(if (config.may_use)(&real) {
            finding(State::Ok, "gpio-chip").detail(cdev::label(&real).unwrap_or_default())
        } else {
            finding(State::Fail, "gpio-denied").advice(Advice::JoinGroup)
        });
    }
    if let Some(lines) = &config.gpio {
        let trigger = indicator::open_trigger(lines).map(|input| input.map(|_| ()));
        let outputs = indicator::open_lines(lines).map(|lines| lines.map(|_| ()));
        for (name, opened) in [("trigger", trigger), ("outputs", outputs)] {
            let advice = |error: &indicator::Error| match error {
                indicator::Error::Denied => Advice::JoinGroup,
                indicator::Error::Busy => Advice::EndHolder,
                indicator::Error::NotBuilt(_) => Advice::BuildFeature,
                _ => Advice::CheckLines,
            };
            found.push(match opened {
                Ok(None) => continue,
                Ok(Some(())) => Finding::new(Area::Gpio, name, State::Ok, "gpio-lines"),
                Err(error) => Finding::new(Area::Gpio, name, State::Fail, error.code())
                    .advice(advice(&error))
                    .detail(error.to_string()),
            });
        }
    }
    if found.is_empty() {
        found.push(Finding::new(Area::Gpio, "", State::Absent, "gpio-none"));
    }
    found
}

fn sounds(config: &Config) -> Vec<Finding> {
    let wanted = config.sound.is_some_and(|settings| settings.volume > 0);
    let cards = sound::card_names(&config.read("proc/asound/cards").unwrap_or_default());
    let outputs: Vec<String> = config.list("dev/snd", "pcm").into_iter().filter(|name| name.ends_with('p')).collect();
    if cards.is_empty() || outputs.is_empty() {
        let state = if wanted { State::Warn } else { State::Absent };
        let none = Finding::new(Area::Sound, "", state, "sound-none");
        return vec![if wanted { none.advice(Advice::PlugIn) } else { none }];
    }
    let usable = outputs.iter().any(|name| (config.may_use)(&config.root.join("dev/snd").join(name)));
    let mut found: Vec<Finding> = cards
        .into_iter()
        .map(|card| match usable {
            true => Finding::new(Area::Sound, card, State::Ok, "sound-card"),
            false => Finding::new(Area::Sound, card, State::Fail, "sound-denied").advice(Advice::JoinAudio),
        })
        .collect();
    if wanted && cfg!(not(feature = "audio")) {
        found.push(Finding::new(Area::Sound, "", State::Warn, "sound-not-built").advice(Advice::BuildFeature));
    }
    found
}

fn scales(config: &Config) -> Finding {
    use scale::NotWeighed;
    let Some(set_up) = &config.scale else { return Finding::new(Area::Scale, "", State::Absent, "scale-none") };
    let finding = |state, code| Finding::new(Area::Scale, set_up.path.display().to_string(), state, code);
    match scale::source::ask_once(set_up) {
        Ok(reading) => {
            let grams = reading.weight.and_then(|weight| weight.grams());
            let answers = finding(State::Ok, "scale-answers");
            if reading.fault {
                finding(State::Fail, NotWeighed::Fault.as_str()).advice(Advice::ServiceScale)
            } else if reading.zero_lost || reading.under {
                finding(State::Warn, NotWeighed::ZeroLost.as_str()).advice(Advice::ZeroScale)
            } else if reading.weight.is_some_and(|weight| weight.unit.is_none()) {
                finding(State::Fail, NotWeighed::UnitUnknown.as_str()).advice(Advice::SetUnit)
            } else if let Some(grams) = grams {
                answers.detail(format!("{grams} g"))
            } else {
                answers
            }
        }
        Err(scale::source::AskError::Scale(reason)) => finding(State::Fail, reason.as_str()).advice(Advice::CheckScale),
        Err(scale::source::AskError::Line(reason)) => {
            let (code, advice) = match reason {
                LostReason::Denied => ("scale-denied", Advice::JoinGroup),
                LostReason::Busy => ("scale-held", Advice::EndHolder),
                LostReason::Missing => ("scale-missing", Advice::PlugIn),
                LostReason::HangUp | LostReason::Failed => ("scale-failed", Advice::CheckScale),
            };
            finding(State::Fail, code).advice(advice)
        }
    }
}

fn printers(config: &Config) -> Finding {
    use printer::State as Printer;
    let Some(set_up) = &config.printer else { return Finding::new(Area::Printer, "", State::Absent, "printer-none") };
    let (printer, status) = printer::ask(set_up);
    let (state, advice) = match printer {
        Printer::Ready => (State::Ok, None),
        Printer::BufferFull => (State::Warn, Some(Advice::Wait)),
        Printer::Paused => (State::Warn, Some(Advice::EndPause)),
        Printer::PaperOut | Printer::HeadOpen | Printer::RibbonOut | Printer::Silent => {
            (State::Fail, Some(Advice::CheckMedia))
        }
        Printer::Fault | Printer::Unreachable | Printer::Unreadable => (State::Fail, Some(Advice::CheckPrinter)),
    };
    let waiting = status.map(|status| format!("{} waiting", status.formats_waiting)).unwrap_or_default();
    let name = format!("{}:{}", set_up.host, set_up.port);
    Finding { advice, ..Finding::new(Area::Printer, name, state, printer.as_str()).detail(waiting) }
}

#[cfg(test)]
#[path = "doctor/tests.rs"]
mod tests;
