//! The robot's hand scanner: the other end of a pty.

use super::SOON;
use anyhow::{Context, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::OptionalActions;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A line with two ends, the reader's and the app's: `path` becomes a link to the latter. Nothing is echoed or
/// changed while no app has it, and the reader's end does not wait.
///
/// # Errors
/// When the system has no pty or the link cannot be made.
pub fn line(path: &Path) -> Result<(OwnedFd, OwnedFd)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).context("no pty")?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname(&master, Vec::new())?.into_string().context("the name of the pty")?;
    let slave = rustix::fs::open(name.as_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let mut termios = rustix::termios::tcgetattr(&slave)?;
    termios.make_raw();
    rustix::termios::tcsetattr(&slave, OptionalActions::Now, &termios)?;
    rustix::fs::fcntl_setfl(&master, rustix::fs::fcntl_getfl(&master)? | OFlags::NONBLOCK)?;
    if path.symlink_metadata().is_ok() {
        std::fs::remove_file(path).with_context(|| format!("cannot replace {}", path.display()))?;
    }
    std::os::unix::fs::symlink(&name, path).with_context(|| format!("cannot link {}", path.display()))?;
    Ok((master, slave))
}

/// A serial reader that is no hardware. The app opens [`Reader::path`].
#[derive(Debug)]
pub struct Reader {
    master: OwnedFd,
    /// Kept open, so that the line survives the app, as a plugged-in reader does.
    _slave: OwnedFd,
    path: PathBuf,
}

impl Reader {
    /// Plugs it in: `path` becomes a link to the pty.
    ///
    /// # Errors
    /// When the system has no pty or the link cannot be made.
    pub fn plug(path: &Path) -> Result<Self> {
        let (master, slave) = line(path)?;
        Ok(Reader { master, _slave: slave, path: path.to_owned() })
    }

    /// What the app opens.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Scans a code: its bytes, then CR.
    ///
    /// # Errors
    /// When the app does not read.
    pub fn scan(&self, code: &str) -> Result<()> {
        self.raw(&[code.as_bytes(), b"\r"].concat())
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// When the app does not read.
    pub fn raw(&self, bytes: &[u8]) -> Result<()> {
        let started = Instant::now();
        let mut left = bytes;
        while !left.is_empty() {
            match rustix::io::write(&self.master, left) {
                Ok(count) => left = left.get(count..).unwrap_or_default(),
                Err(Errno::AGAIN | Errno::INTR) => {
                    let mut fds = [PollFd::new(&self.master, PollFlags::OUT)];
                    poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 100_000_000 }))?;
                }
                Err(error) => return Err(error).context("the reader's line is gone"),
            }
            if started.elapsed() > SOON {
                bail!("the app has not read from {} for {} s", self.path.display(), SOON.as_secs());
            }
        }
        Ok(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // A link to a pty that is gone might later lead to somebody else's.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn codes_arrive_as_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reader");
        let reader = Reader::plug(&path).unwrap();
        let mut line = std::fs::File::open(&path).unwrap();
        reader.scan("]C1010952123454321310AB\u{1d}21SN").unwrap();
        reader.raw(b"\x00\x03\x04half").unwrap();
        let expected = b"]C1010952123454321310AB\x1d21SN\r\x00\x03\x04half";
        let mut got = vec![0; expected.len()];
        line.read_exact(&mut got).unwrap();
        assert_eq!(got, expected);
        drop(reader);
        assert!(path.symlink_metadata().is_err());
    }
}
