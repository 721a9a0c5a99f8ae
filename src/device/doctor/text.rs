//! Findings for people who read English at a command line.

use super::{Advice, Area, Finding, State};
use std::fmt::Write;

/// Where the udev rules are installed.
pub const RULES: &str = "/etc/udev/rules.d/60-floorhand.rules";

/// What to do, in a sentence or two.
#[must_use]
pub fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::PlugIn => "Plug it in, and switch it on. `dmesg` says whether the kernel sees it.",
        Advice::JoinGroup => {
            "Add the user to the group `floor` (`sudo usermod -aG floor NAME`), install \
             /etc/udev/rules.d/60-floorhand.rules, run `sudo udevadm control --reload` and \
             `sudo udevadm trigger`, and sign in anew."
        }
        Advice::JoinAudio => "Add the user to the group `audio` (`sudo usermod -aG audio NAME`), and sign in anew.",
        Advice::InstallRules => {
            "ModemManager takes serial readers for modems. Name the reader in \
             /etc/udev/rules.d/60-floorhand.rules (ENV{ID_MM_DEVICE_IGNORE}=\"1\"), run \
             `sudo udevadm control --reload`, and plug it in again; or `sudo systemctl disable --now ModemManager`."
        }
        Advice::EndHolder => "Another program holds it. End that program (`sudo fuser -v PATH` names it).",
        Advice::NameReader => "A reader may call itself a keyboard. If this is one, name it in the set-up.",
        Advice::CheckLines => "Compare the set-up with `gpioinfo`: label of the chip, names or numbers of the lines.",
        Advice::BuildFeature => {
            "This program was built without it. Build with the cargo feature `audio` for sound, `rppal` for lines by \
             `rppal:`."
        }
        Advice::CheckScale => {
            "Look at power and cable, then at protocol, speed and parity: they must be those in the scale's menu."
        }
        Advice::ZeroScale => "Empty the scale and set it to zero.",
        Advice::SetUnit => "The scale does not send its unit. Add unit=kg (or g, lb, oz) to its set-up.",
        Advice::ServiceScale => "The scale reports a fault of its own. Switch it off and on; else have it serviced.",
        Advice::CheckPrinter => "Look at power and network of the printer, and at its address in the set-up.",
        Advice::CheckMedia => {
            "Look at labels, ribbon and head: a printer that lacks one of them may not answer at all."
        }
        Advice::EndPause => "Press the printer's pause key.",
        Advice::Wait => "It is busy. Look again in a moment.",
        Advice::ReadLog => "The log has the error.",
    }
}

/// A page for the terminal: area by area, each finding on a line, what to do below it.
#[must_use]
pub fn render(findings: &[Finding]) -> String {
    let mut page = String::new();
    let mut shown: Option<Area> = None;
    for finding in findings {
        if shown != Some(finding.area) {
            shown = Some(finding.area);
            let _ = writeln!(page, "{}", area(finding.area));
        }
        let parts = [finding.name.as_str(), finding.code, finding.detail.as_str()];
        let line = parts.into_iter().filter(|part| !part.is_empty()).map(plain).collect::<Vec<_>>().join("  ");
        let _ = writeln!(page, "  {:<7} {line}", state(finding.state));
        if let Some(what) = finding.advice {
            let _ = writeln!(page, "          {}", advice(what));
        }
    }
    page
}

/// Without control characters: names come from devices.
fn plain(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '?' } else { char }).collect()
}

fn area(area: Area) -> &'static str {
    match area {
        Area::Readers => "Readers",
        Area::Camera => "Camera",
        Area::Gpio => "GPIO",
        Area::Sound => "Sound",
        Area::Scale => "Scale",
        Area::Printer => "Printer",
    }
}

fn state(state: State) -> &'static str {
    match state {
        State::Ok => "ok",
        State::Absent => "none",
        State::Warn => "warn",
        State::Fail => "FAIL",
    }
}
