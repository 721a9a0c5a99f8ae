//! Readers on serial lines, and readers that type.

use super::{Advice, Area, Config, ENTRIES_MAX, Finding, State};
use std::path::{Path, PathBuf};

/// The program that talks to every modem it finds, and takes a serial reader for one.
const MODEM_MANAGER: &str = "ModemManager";
/// Our own name among the processes.
const SELF: &str = "floorhand";

pub(super) fn probe(config: &Config) -> Vec<Finding> {
    let mut found = serial(config);
    found.extend(missing(config));
    found.extend(typing(config));
    if found.is_empty() {
        found.push(Finding::new(Area::Readers, "", State::Absent, "reader-none").advice(Advice::PlugIn));
    }
    found
}

fn serial(config: &Config) -> Vec<Finding> {
    let by_id = config.list("dev/serial/by-id", "");
    // The name that stays the same after plugging, for each line that has one.
    let lasting = |node: &str| {
        let points = |name: &&String| {
            let link = std::fs::read_link(config.root.join("dev/serial/by-id").join(name)).ok();
            link.and_then(|link| link.file_name().map(|file| file == node)).unwrap_or(false)
        };
        by_id.iter().find(points).map(|name| format!("/dev/serial/by-id/{name}"))
    };
    let scale = config.scale.as_ref().and_then(|scale| std::fs::canonicalize(&scale.path).ok());
    let holders = Holders::read(config);
    let mut nodes = config.list("dev", "ttyACM");
    nodes.extend(config.list("dev", "ttyUSB"));
    let mut found = Vec::new();
    for node in nodes {
        let real = config.root.join("dev").join(&node);
        if scale.as_deref() == Some(real.as_path()) {
            continue;
        }
        let path = format!("/dev/{node}");
        let name = lasting(&node).unwrap_or_else(|| path.clone());
        let finding = |state, code| Finding::new(Area::Readers, name.clone(), state, code).detail(path.clone());
        let ignored = config.udev(&format!("sys/class/tty/{node}"), 'c').contains("E:ID_MM_DEVICE_IGNORE=1");
        found.push(if !(config.may_use)(&real) {
            finding(State::Fail, "reader-denied").advice(Advice::JoinGroup)
        } else if let Some((pid, holder)) = holders.of(&real) {
            let by = format!("{path} {holder} ({pid})");
            match holder {
                SELF => finding(State::Ok, "reader-in-use").detail(by),
                MODEM_MANAGER => finding(State::Fail, "reader-held").detail(by).advice(Advice::InstallRules),
                _ => finding(State::Fail, "reader-held").detail(by).advice(Advice::EndHolder),
            }
        } else if holders.modem_manager && !ignored {
            finding(State::Warn, "reader-modem-manager").advice(Advice::InstallRules)
        } else {
            finding(State::Ok, "reader-serial")
        });
    }
    found
}

/// Readers that are set up and not there.
fn missing(config: &Config) -> impl Iterator<Item = Finding> {
    let there = |path: &&PathBuf| {
        let under_root = path.strip_prefix("/").map_or_else(|_| (*path).clone(), |rest| config.root.join(rest));
        under_root.exists()
    };
    let missing = config.readers.iter().filter(move |path| !there(path));
    missing.map(|path| {
        let name = path.display().to_string();
        Finding::new(Area::Readers, name, State::Fail, "reader-missing").advice(Advice::PlugIn)
    })
}

/// Readers that type, by their name; keyboards, since a reader may call itself one.
fn typing(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    for node in config.list("dev/input", "event") {
        let sys = format!("sys/class/input/{node}/device");
        let name = config.read(format!("{sys}/name")).unwrap_or_default();
        let lower = name.to_lowercase();
        let by_name = ["barcode", "scanner", "reader"].iter().any(|word| lower.contains(word));
        let keyboard = config.read(format!("{sys}/capabilities/key")).is_some_and(|keys| types_codes(&keys));
        if !by_name && !keyboard {
            continue;
        }
        let finding =
            |state, code| Finding::new(Area::Readers, format!("/dev/input/{node}"), state, code).detail(name.clone());
        let usable = (config.may_use)(&config.root.join("dev/input").join(&node));
        found.push(match (by_name, usable) {
            (true, true) => finding(State::Ok, "reader-typing"),
            (true, false) => finding(State::Fail, "reader-denied").advice(Advice::JoinGroup),
            (false, true) => finding(State::Ok, "keyboard").advice(Advice::NameReader),
            // A keyboard is the window system's business.
            (false, false) => finding(State::Ok, "keyboard"),
        });
    }
    found
}

/// Whether a bitmap of keys (hexadecimal words, the lowest last) has all digits and Enter.
pub(super) fn types_codes(bitmap: &str) -> bool {
    // KEY_1 … KEY_0 are 2 … 11, KEY_ENTER is 28.
    const NEEDED: u64 = 0b1111_1111_1100 | 1 << 28;
    let lowest = bitmap.split_whitespace().last().and_then(|word| u64::from_str_radix(word, 16).ok());
    lowest.is_some_and(|keys| keys & NEEDED == NEEDED)
}

/// Which process has which device open, as far as this one may see.
struct Holders {
    open: Vec<(PathBuf, u32, String)>,
    modem_manager: bool,
}

impl Holders {
    fn read(config: &Config) -> Self {
        let mut holders = Holders { open: Vec::new(), modem_manager: false };
        for process in config.list("proc", "") {
            let Ok(pid) = process.parse::<u32>() else { continue };
            let name = config.read(format!("proc/{process}/comm")).unwrap_or_default();
            holders.modem_manager |= name == MODEM_MANAGER;
            let files = std::fs::read_dir(config.root.join(format!("proc/{process}/fd")));
            for file in files.into_iter().flatten().take(ENTRIES_MAX).flatten() {
                let target = std::fs::read_link(file.path()).unwrap_or_default();
                if target.to_string_lossy().contains("/dev/tty") && pid != std::process::id() {
                    holders.open.push((target, pid, name.clone()));
                }
            }
        }
        holders
    }

    fn of(&self, device: &Path) -> Option<(u32, &str)> {
        let holder = self.open.iter().find(|(path, ..)| path == device);
        holder.map(|(_, pid, name)| (*pid, name.as_str()))
    }
}
