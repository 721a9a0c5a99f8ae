//! The robot's scale: MT-SICS on a line, with whatever the robot lays on it.

use super::line;
use anyhow::Result;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread::JoinHandle;

/// What is asked: the weight as it is now.
const QUESTION: &[u8] = b"SI\r\n";
/// Bytes of questions that are kept; more is noise.
const HELD_MAX: usize = 64;
/// How long nothing may be asked before it looks whether it was switched off.
const LOOK_NS: i64 = 100_000_000;

/// A scale that is no hardware. It stands still at once.
#[derive(Debug)]
pub struct Scale {
    path: PathBuf,
    grams: Arc<AtomicI64>,
    off: Arc<AtomicBool>,
    /// Kept open, so that the line survives the app.
    _slave: OwnedFd,
    player: Option<JoinHandle<()>>,
}

impl Scale {
    /// Plugs it in, with nothing on it: `path` becomes a link to its line.
    ///
    /// # Errors
    /// When the system has no pty or the link cannot be made.
    pub fn plug(path: &Path) -> Result<Self> {
        let (master, slave) = line(path)?;
        let (grams, off) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicBool::new(false)));
        let (laid, ended) = (Arc::clone(&grams), Arc::clone(&off));
        let player = std::thread::spawn(move || answer(&master, &laid, &ended));
        Ok(Scale { path: path.to_owned(), grams, off, _slave: slave, player: Some(player) })
    }

    /// As `--scale` names it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("scale:{},protocol=mt-sics", self.path.display())
    }

    /// Lays so many grams on it in place of what was there.
    pub fn lay(&self, grams: i64) {
        self.grams.store(grams, Ordering::Relaxed);
    }
}

impl Drop for Scale {
    fn drop(&mut self) {
        self.off.store(true, Ordering::Relaxed);
        if let Some(player) = self.player.take() {
            let _ = player.join();
        }
        // A link to a pty that is gone might later lead to somebody else's.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Answers every question until it is switched off.
fn answer(master: &OwnedFd, grams: &AtomicI64, off: &AtomicBool) {
    let mut held: Vec<u8> = Vec::new();
    let mut buffer = [0; HELD_MAX];
    while !off.load(Ordering::Relaxed) {
        let mut fds = [PollFd::new(master, PollFlags::IN)];
        let _ = poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: LOOK_NS }));
        let count = rustix::io::read(master, &mut buffer).unwrap_or(0);
        held.extend(buffer.iter().take(count));
        while let Some(at) = held.windows(QUESTION.len()).position(|part| part == QUESTION) {
            held.drain(..at + QUESTION.len());
            let said = format!("S S {} g\r\n", grams.load(Ordering::Relaxed));
            let _ = rustix::io::write(master, said.as_bytes());
        }
        if held.len() > HELD_MAX {
            held.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    #[test]
    fn it_says_what_lies_on_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scale");
        let scale = Scale::plug(&path).unwrap();
        let mut line = std::fs::File::options().read(true).write(true).open(&path).unwrap();
        for (grams, expected) in [(0, "S S 0 g\r\n"), (1_234, "S S 1234 g\r\n")] {
            scale.lay(grams);
            line.write_all(QUESTION).unwrap();
            let mut got = vec![0; expected.len()];
            line.read_exact(&mut got).unwrap();
            assert_eq!(String::from_utf8(got).unwrap(), expected);
        }
        drop(scale);
        assert!(path.symlink_metadata().is_err());
    }
}
