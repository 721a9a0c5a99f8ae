//! What both ways of playing need: a fresh warehouse, a core, an enrolled handheld, a reader.

use anyhow::{Context, Result, bail};
use floorhand_demo::robot::{Binaries, Core, Device, Reader, Seeded};
use std::path::{Path, PathBuf};

/// Says that a folder is ours, so that clearing it clears nothing else.
const MARK: &str = ".floorhand-demo";
/// What an earlier demo has left in it.
const LEFT_OVER: &[&str] = &["core", "device", "stations", "camera"];
const STATION: &str = "H-01";

/// An enrolled device and its reader.
pub struct Hands {
    /// The device.
    pub device: Device,
    /// Its reader, plugged in.
    pub reader: Reader,
}

/// Everything but the screen.
pub struct Stage {
    /// Where everything lies.
    pub folder: PathBuf,
    /// What the seed said.
    pub seeded: Seeded,
    /// The core, serving.
    pub core: Core,
    /// The handheld, enrolled.
    pub device: Device,
    /// Its reader, plugged in.
    pub reader: Reader,
}

impl Stage {
    /// Sets it up in `folder`, which is made or cleared.
    pub fn set_up(binaries: &Binaries, folder: &Path) -> Result<Self> {
        clear(folder)?;
        let seeded = Seeded::demo(binaries, &folder.join("core"), &[])?;
        let core = Core::start(binaries, &folder.join("core"), &folder.join("core.log"))?;
        let code = core.enrol_code(STATION, "handheld")?;
        let device = Device::enrol(binaries, &folder.join("device"), &core.url(), &code)?;
        let reader = Reader::plug(&folder.join("scanner"))?;
        Ok(Stage { folder: folder.to_owned(), seeded, core, device, reader })
    }

    /// Another station, enrolled.
    pub fn station(&self, binaries: &Binaries, station: &str, profile: &str) -> Result<Hands> {
        let folder = self.folder.join("stations").join(station);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let code = self.core.enrol_code(station, profile)?;
        let device = Device::enrol(binaries, &folder.join("device"), &self.core.url(), &code)?;
        let reader = Reader::plug(&folder.join("scanner"))?;
        Ok(Hands { device, reader })
    }
}

fn clear(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = &folder.canonicalize()?;
    let mark = folder.join(MARK);
    let ours = mark.is_file();
    for name in LEFT_OVER {
        let path = folder.join(name);
        if path.exists() && !ours {
            bail!("{} was not made by the demo; choose another --out", path.display());
        }
        if path.exists() {
            std::fs::remove_dir_all(&path).with_context(|| format!("cannot clear {}", path.display()))?;
        }
    }
    for entry in std::fs::read_dir(folder)?.flatten() {
        let old = entry.path().extension().is_some_and(|e| e == "log" || e == "png");
        if ours && old {
            std::fs::remove_file(entry.path()).with_context(|| format!("cannot clear {}", entry.path().display()))?;
        }
    }
    std::fs::write(&mark, "made by floorhand-demo, cleared by it\n")
        .with_context(|| format!("cannot write in {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clears_only_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("demo");
        clear(&place).unwrap();
        for name in ["core", "other"] {
            std::fs::create_dir(place.join(name)).unwrap();
        }
        clear(&place).unwrap();
        assert!(!place.join("core").exists() && place.join("other").exists());
        std::fs::create_dir(folder.path().join("core")).unwrap();
        assert!(clear(folder.path()).is_err());
        assert!(folder.path().join("core").exists());
    }
}
