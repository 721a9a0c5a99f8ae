//! A serial line: its settings, and how it is opened. Used by readers; scales have the same needs.

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{ControlModes, OptionalActions};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// Settings of a line. One stop bit, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Bits a second.
    pub baud: u32,
    /// Seven data bits, not eight.
    pub seven_bits: bool,
    /// Parity.
    pub parity: Parity,
    /// RTS and CTS say when the other side may send.
    pub rts_cts: bool,
}

/// Parity of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// No parity bit.
    None,
    /// Even.
    Even,
    /// Odd.
    Odd,
}

impl Settings {
    /// 9600 8N1, as readers are delivered.
    pub const READER: Self = Self { baud: 9_600, seven_bits: false, parity: Parity::None, rts_cts: false };

    /// The same with the mode written as `8N1`, `7E1`, `7O1` and so on; `None`: there is no such mode.
    #[must_use]
    pub fn with_mode(self, mode: &str) -> Option<Self> {
        let (bits, parity) = mode.strip_suffix('1')?.split_at_checked(1)?;
        let seven_bits = match bits {
            "7" => true,
            "8" => false,
            _ => return None,
        };
        let parity = match parity {
            "N" | "n" => Parity::None,
            "E" | "e" => Parity::Even,
            "O" | "o" => Parity::Odd,
            _ => return None,
        };
        Some(Self { seven_bits, parity, ..self })
    }
}

/// Opens the line for this program alone, without blocking, and sets it up. Settings that a line
/// refuses (a pty has no speed) are logged and left: what was opened can be read.
///
/// # Errors
/// [`Errno::NOTTY`] for what is no line, [`Errno::WOULDBLOCK`] where another program holds it, and
/// whatever open(2) says.
pub fn open(path: &Path, settings: &Settings) -> Result<OwnedFd, Errno> {
    // Without NONBLOCK opening waits for a carrier that readers do not give.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let tty = rustix::fs::open(path, flags, Mode::empty())?;
    if !rustix::termios::isatty(&tty) {
        return Err(Errno::NOTTY);
    }
    // The lock falls with the process, also with kill -9. TIOCEXCL would outlive it wherever
    // another program (a test, a terminal server) keeps the line open.
    rustix::fs::flock(&tty, FlockOperation::NonBlockingLockExclusive)?;
    if let Err(error) = set_up(&tty, settings) {
        tracing::warn!(path = %path.display(), %error, "line settings refused; read as it is");
    }
    Ok(tty)
}

fn set_up(tty: impl AsFd, settings: &Settings) -> Result<(), Errno> {
    let mut termios = rustix::termios::tcgetattr(&tty)?;
    termios.make_raw();
    let modes = &mut termios.control_modes;
    modes.remove(ControlModes::CSTOPB | ControlModes::PARENB | ControlModes::PARODD | ControlModes::CRTSCTS);
    modes.remove(ControlModes::CSIZE);
    modes.insert(ControlModes::CREAD | ControlModes::CLOCAL);
    modes.insert(if settings.seven_bits { ControlModes::CS7 } else { ControlModes::CS8 });
    match settings.parity {
        Parity::None => {}
        Parity::Even => modes.insert(ControlModes::PARENB),
        Parity::Odd => modes.insert(ControlModes::PARENB | ControlModes::PARODD),
    }
    modes.set(ControlModes::CRTSCTS, settings.rts_cts);
    // Bytes that came before keep: TCSANOW flushes nothing.
    rustix::termios::tcsetattr(&tty, OptionalActions::Now, &termios)?;
    termios.set_speed(settings.baud)?;
    rustix::termios::tcsetattr(&tty, OptionalActions::Now, &termios)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes() {
        let base = Settings::READER;
        let seven = |parity| Some(Settings { seven_bits: true, parity, ..base });
        for (mode, expected) in [
            ("8N1", Some(base)),
            ("7E1", seven(Parity::Even)),
            ("7o1", seven(Parity::Odd)),
            ("8N2", None),
            ("9N1", None),
            ("8X1", None),
            ("1", None),
            ("", None),
            ("ä1", None),
        ] {
            assert_eq!(base.with_mode(mode), expected, "{mode}");
        }
    }
}
