//! Which of the machine's input devices is the reader. The kernel tells in /sys without any of them
//! being opened: another program's keyboard is not touched.

use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where the devices are.
pub const DEVICES: &str = "/dev/input";
/// Where the kernel describes them.
pub const DESCRIPTIONS: &str = "/sys/class/input";
/// Devices that are looked at, at the most.
const DEVICES_MAX: usize = 256;
/// Words in the name of a reader.
const WORDS: [&str; 3] = ["barcode", "scanner", "reader"];

/// How a reader is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// By its device, or a link to it; resolved anew at each attempt.
    Path(PathBuf),
    /// By a part of its name, in any case.
    Name(String),
    /// By its USB ids.
    Id {
        /// Maker.
        vendor: u16,
        /// Product; `None`: any of this maker.
        product: Option<u16>,
    },
    /// The first whose name says that it is one.
    Any,
}

impl FromStr for Target {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some(name) = text.strip_prefix("name=") {
            return if name.is_empty() { Err(()) } else { Ok(Self::Name(name.to_owned())) };
        }
        if let Some(id) = text.strip_prefix("id=") {
            let (vendor, product) = id.split_once(':').unwrap_or((id, ""));
            let hex = |text: &str| u16::from_str_radix(text, 16).map_err(|_| ());
            let product = if product.is_empty() { None } else { Some(hex(product)?) };
            return Ok(Self::Id { vendor: hex(vendor)?, product });
        }
        match text {
            "any" => Ok(Self::Any),
            _ if text.starts_with('/') => Ok(Self::Path(text.into())),
            _ => Err(()),
        }
    }
}

impl Target {
    /// It in events and logs.
    #[must_use]
    pub fn shown(&self) -> PathBuf {
        match self {
            Self::Path(path) => path.clone(),
            Self::Name(name) => format!("name={name}").into(),
            Self::Id { vendor, product: Some(product) } => format!("id={vendor:04x}:{product:04x}").into(),
            Self::Id { vendor, product: None } => format!("id={vendor:04x}").into(),
            Self::Any => "any".into(),
        }
    }

    fn is(&self, keyboard: &Keyboard) -> bool {
        match self {
            Self::Path(path) => *path == keyboard.path,
            Self::Name(name) => keyboard.name.to_lowercase().contains(&name.to_lowercase()),
            Self::Id { vendor, product } => {
                *vendor == keyboard.vendor && product.is_none_or(|product| product == keyboard.product)
            }
            Self::Any => keyboard.is_reader_by_name(),
        }
    }
}

/// An input device with the keys that a code needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyboard {
    /// Its device.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// Its maker; 0 where it has none.
    pub vendor: u16,
    /// Its product.
    pub product: u16,
}

impl Keyboard {
    /// Whether its name says that it is a reader.
    #[must_use]
    pub fn is_reader_by_name(&self) -> bool {
        let name = self.name.to_lowercase();
        WORDS.iter().any(|word| name.contains(word))
    }
}

/// The keyboards of this machine, and what types like one, in the order of their numbers.
#[must_use]
pub fn keyboards() -> Vec<Keyboard> {
    keyboards_in(Path::new(DESCRIPTIONS))
}

fn keyboards_in(descriptions: &Path) -> Vec<Keyboard> {
    let Ok(entries) = std::fs::read_dir(descriptions) else { return Vec::new() };
    let numbers = entries.flatten().filter_map(|entry| {
        entry.file_name().to_str().and_then(|name| name.strip_prefix("event")?.parse::<u32>().ok())
    });
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    numbers.into_iter().take(DEVICES_MAX).filter_map(|number| keyboard(descriptions, number)).collect()
}

fn keyboard(descriptions: &Path, number: u32) -> Option<Keyboard> {
    let node = format!("event{number}");
    let device = descriptions.join(&node).join("device");
    let text = |file: &str| std::fs::read_to_string(device.join(file)).map(|text| text.trim().to_owned());
    let id = |file: &str| text(file).ok().and_then(|text| u16::from_str_radix(&text, 16).ok()).unwrap_or_default();
    let keys = text("capabilities/key").ok()?;
    // The last word has the keys from 0 up, 32 of them at least: 1, A, Enter.
    let keys = keys.split_whitespace().last().and_then(|word| u64::from_str_radix(word, 16).ok())?;
    let needed = (1 << 2) | (1 << 28) | (1 << 30);
    if keys & needed != needed {
        return None;
    }
    let name = text("name").unwrap_or_default();
    let path = Path::new(DEVICES).join(node);
    Some(Keyboard { path, name, vendor: id("id/vendor"), product: id("id/product") })
}

/// The device of the reader; `None`: it is not there.
pub fn find(target: &Target) -> Option<PathBuf> {
    match target {
        Target::Path(path) => Some(path.clone()),
        _ => find_among(target, keyboards()),
    }
}

fn find_among(target: &Target, keyboards: Vec<Keyboard>) -> Option<PathBuf> {
    let mut found = keyboards.into_iter().filter(|keyboard| target.is(keyboard));
    let first = found.next()?;
    if let Some(next) = found.next() {
        tracing::warn!(taken = %first.path.display(), left = %next.path.display(), "more than one reader of that name");
    }
    Some(first.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(folder: &Path, node: &str, name: &str, id: (&str, &str), keys: &str) {
        let device = folder.join(node).join("device");
        for (file, text) in [("name", name), ("id/vendor", id.0), ("id/product", id.1), ("capabilities/key", keys)] {
            let path = device.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("{text}\n")).unwrap();
        }
    }

    /// What a laptop with two readers has.
    fn machine() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let full = "1000000000007 ff800000000007ff febeffdfffefffff fffffffffffffffe";
        device(folder.path(), "event0", "Lid Switch", ("0000", "0005"), "0");
        device(folder.path(), "event2", "AT Translated Set 2 keyboard", ("0001", "0001"), full);
        device(folder.path(), "event10", "Symbol Bar Code Scanner", ("05e0", "1200"), full);
        device(
            folder.path(),
            "event9",
            "Honeywell Barcode Reader",
            ("0c2e", "0901"),
            "e080ffdf 1cfffff ffffffff fffffffe",
        );
        device(folder.path(), "event11", "Symbol Bar Code Scanner Consumer Control", ("05e0", "1200"), "3f 0 0 0");
        std::fs::create_dir_all(folder.path().join("mouse0")).unwrap();
        folder
    }

    #[test]
    fn keyboards_of_a_machine() {
        let machine = machine();
        let found = keyboards_in(machine.path());
        let shown: Vec<(&str, bool)> =
            found.iter().map(|k| (k.path.file_name().unwrap().to_str().unwrap(), k.is_reader_by_name())).collect();
        assert_eq!(shown, [("event2", false), ("event9", true), ("event10", true)]);
        assert_eq!(keyboards_in(&machine.path().join("none")), []);
    }

    #[test]
    fn by_name_and_id() {
        let machine = machine();
        for (target, expected) in [
            ("name=bar code SCANNER", Some("/dev/input/event10")),
            ("name=Honeywell", Some("/dev/input/event9")),
            ("name=Zebra", None),
            ("id=05e0:1200", Some("/dev/input/event10")),
            ("id=05E0", Some("/dev/input/event10")),
            ("id=05e0:1201", None),
            ("any", Some("/dev/input/event9")),
        ] {
            let parsed: Target = target.parse().unwrap();
            let found = find_among(&parsed, keyboards_in(machine.path()));
            assert_eq!(found, expected.map(PathBuf::from), "{target}");
        }
    }

    #[test]
    fn texts() {
        for text in ["/dev/input/by-id/usb-x-event-kbd", "name=A b", "id=05e0:1200", "id=0c2e", "any"] {
            assert_eq!(text.parse::<Target>().unwrap().shown().to_str(), Some(text));
        }
        for text in ["", "name=", "id=", "id=xyz", "id=05e0:zz", "event0"] {
            assert_eq!(text.parse::<Target>(), Err(()), "{text}");
        }
    }
}
