//! The reader's end of the line: a pty that is plugged in, spoken through, listened to, pulled out.

use super::Result;
use anyhow::{Context, bail, ensure};
use floorhand_demo::robot::{SOON, line, wait_for};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Instant;

/// Bytes that the app may say unasked before that is a fault of its own.
const SAID_MAX: usize = 1 << 20;

pub struct Wire {
    master: OwnedFd,
    /// Kept open, so that the line survives the app, as a plugged-in reader does.
    slave: OwnedFd,
    said: Vec<u8>,
}

impl Wire {
    /// Plugs it in: `path` leads to a new pty from now on.
    pub fn plug(path: &Path) -> Result<Self> {
        let (master, slave) = line(path)?;
        Ok(Wire { master, slave, said: Vec::new() })
    }

    /// Sends bytes as they are. What the app says meanwhile is kept.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let (started, mut left) = (Instant::now(), bytes);
        while !left.is_empty() {
            match rustix::io::write(&self.master, left) {
                Ok(count) => left = left.get(count..).unwrap_or_default(),
                Err(Errno::AGAIN | Errno::INTR) => {
                    self.listen()?;
                    let mut fds = [PollFd::new(&self.master, PollFlags::OUT)];
                    poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 100_000_000 }))?;
                }
                Err(error) => return Err(error).context("the line is gone"),
            }
            ensure!(started.elapsed() < SOON, "the app has not read for {} s", SOON.as_secs());
        }
        self.listen()
    }

    /// Takes in what the app has said so far.
    pub fn listen(&mut self) -> Result<()> {
        let mut buffer = [0; 4_096];
        loop {
            match rustix::io::read(&self.master, &mut buffer) {
                Ok(0) | Err(Errno::AGAIN) => return Ok(()),
                Ok(count) => self.said.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error).context("the line is gone"),
            }
            if self.said.len() > SAID_MAX {
                bail!("the app talks without end");
            }
        }
    }

    /// What the app has said and nobody has taken yet.
    pub fn said(&self) -> &[u8] {
        &self.said
    }

    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.said)
    }

    /// Gives the app a read of no bytes, and waits until it has opened the line anew.
    pub fn empty_read(&mut self) -> Result<()> {
        // A line that takes ^D as its end gives one.
        let mut termios = tcgetattr(&self.slave)?;
        termios.local_modes.insert(LocalModes::ICANON);
        tcsetattr(&self.slave, OptionalActions::Now, &termios)?;
        self.send(b"\x04")?;
        wait_for("the app to open the line again", SOON, || {
            Ok((!tcgetattr(&self.slave)?.local_modes.contains(LocalModes::ICANON)).then_some(()))
        })
    }
}
