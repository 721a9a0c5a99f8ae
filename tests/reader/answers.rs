//! What readers of each maker send, and what they are told, byte by byte as the manuals have it:
//! written down here anew, and not taken from the app.

use super::Result;
use anyhow::{Context, bail, ensure};
use floorhand_demo::robot::{LogEntry, as_sent};

/// A feedback profile of `--scanner serial:…,feedback=…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    HostAck,
    Ssi,
    Bel,
    Gryphon,
    /// Told nothing.
    Nobody,
}

/// What a reader hears about a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Good,
    Bad,
    /// Look at the screen: the app was not in time.
    Look,
}

/// Everything a reader heard, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub said: Vec<Said>,
    pub acks: usize,
    pub naks: usize,
}

impl Heard {
    pub fn count(&self, what: Said) -> usize {
        self.said.iter().filter(|said| **said == what).count()
    }
}

const DECODE_DATA: u8 = 0xF3;
/// Type of Code 128 in a packet.
const CODE_128: u8 = 0x03;
const READER: u8 = 0;
const HOST: u8 = 4;

impl Maker {
    pub fn name(self) -> &'static str {
        match self {
            Self::HostAck => "honeywell-hostack",
            Self::Ssi => "zebra-ssi",
            Self::Bel => "zebra-bel",
            Self::Gryphon => "datalogic-esc",
            Self::Nobody => "none",
        }
    }

    /// The bytes of a scan.
    pub fn scan(self, code: &str) -> Vec<u8> {
        let sent = as_sent(code);
        match self {
            Self::Ssi => packet(0, sent.strip_prefix("]C0").unwrap_or(&sent)),
            _ => format!("{sent}\r").into_bytes(),
        }
    }

    fn commands(self) -> &'static [(&'static [u8], Said)] {
        match self {
            Self::HostAck => {
                &[(b"\x1B\x37\x2C", Said::Good), (b"\x1B\x38\x2C", Said::Bad), (b"\x1B\x35\x2C", Said::Look)]
            }
            Self::Gryphon => &[
                (b"\x12\x1B\x5B\x33\x71\x0D", Said::Good),
                (b"\x12\x1B\x5B\x34\x71\x0D", Said::Bad),
                (b"\x12\x1B\x5B\x31\x71\x0D", Said::Look),
            ],
            // One tone for all that is not good.
            Self::Bel => &[(b"\x07", Said::Bad)],
            Self::Ssi | Self::Nobody => &[],
        }
    }

    /// Takes apart what was heard; anything else than whole commands is an error.
    pub fn heard(self, bytes: &[u8]) -> Result<Heard> {
        let (mut heard, mut left) = (Heard::default(), bytes);
        while !left.is_empty() {
            if self == Self::Ssi {
                left = heard.packet(left).with_context(|| format!("in {}", shown(bytes)))?;
                continue;
            }
            let found = self.commands().iter().find(|(command, _)| left.starts_with(command));
            let (command, said) =
                found.with_context(|| format!("{} in {} is no command", shown(left), shown(bytes)))?;
            heard.said.push(*said);
            left = left.get(command.len()..).unwrap_or_default();
        }
        Ok(heard)
    }

    /// Answers that must come for these scans, at the least: one each, where there is a command for it.
    pub fn answers_min(self, rows: &[LogEntry]) -> usize {
        match self {
            Self::HostAck | Self::Ssi | Self::Gryphon => rows.len(),
            Self::Bel => rows.iter().filter(|row| !row.accepted).count(),
            Self::Nobody => 0,
        }
    }

    /// One answer a scan, in their order: good for what was accepted, bad for what was refused; or
    /// "look at the screen" where the app was late.
    pub fn agrees(self, heard: &Heard, rows: &[LogEntry]) -> Result<()> {
        let said = &heard.said;
        match self {
            Self::HostAck | Self::Ssi | Self::Gryphon => {
                ensure!(said.len() == rows.len(), "{} scans were answered {} times", rows.len(), said.len());
                for (n, (said, row)) in said.iter().zip(rows).enumerate() {
                    let right = if row.accepted { Said::Good } else { Said::Bad };
                    ensure!([right, Said::Look].contains(said), "scan {n}, {row:?}, was answered {said:?}");
                }
            }
            // A late answer to a good scan is the same tone.
            Self::Bel => {
                let refused = self.answers_min(rows);
                ensure!((refused..=rows.len()).contains(&said.len()), "{refused} refused, {} tones", said.len());
            }
            Self::Nobody => ensure!(said.is_empty(), "a reader that is told nothing was told {said:?}"),
        }
        Ok(())
    }
}

impl Heard {
    /// Takes a packet of the Simple Serial Interface; what follows it is left.
    fn packet<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8]> {
        let length = bytes.first().copied().map_or(0, usize::from);
        let (body, rest) = bytes.split_at_checked(length).context("half a packet")?;
        let (sum, rest) = rest.split_at_checked(2).context("a packet without its checksum")?;
        ensure!(sum == checksum(body), "a wrong checksum");
        match body {
            [4, 0xD0, HOST, 0] => self.acks += 1,
            // Cause 1: send it again.
            [5, 0xD1, HOST, 0, 1] => self.naks += 1,
            [5, 0xE6, HOST, 0, 0] => self.said.push(Said::Good),
            [5, 0xE6, HOST, 0, 17] => self.said.push(Said::Bad),
            [5, 0xE6, HOST, 0, 6] => self.said.push(Said::Look),
            _ => bail!("the packet {}", shown(body)),
        }
        Ok(rest)
    }
}

/// A packet of a reader with a code in Code 128; bit 0 of the status marks one that is sent again.
pub fn packet(status: u8, text: &str) -> Vec<u8> {
    let length = u8::try_from(5 + text.len()).expect("a code that fits a packet");
    let mut bytes = vec![length, DECODE_DATA, READER, status, CODE_128];
    bytes.extend_from_slice(text.as_bytes());
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

fn checksum(body: &[u8]) -> [u8; 2] {
    body.iter().fold(0_u16, |sum, byte| sum.wrapping_sub(u16::from(*byte))).to_be_bytes()
}

pub fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_heard_is_taken_apart() {
    let one = |said| Heard { said: vec![said], ..Heard::default() };
    assert_eq!(Maker::HostAck.heard(b"\x1B7,").unwrap(), one(Said::Good));
    assert_eq!(Maker::Gryphon.heard(b"\x12\x1B[4q\r").unwrap(), one(Said::Bad));
    // Case 54 of the specification: an acknowledgement, and a beep.
    let case_54 = b"\x04\xD0\x04\x00\xFF\x28\x05\xE6\x04\x00\x00\xFF\x11";
    assert_eq!(Maker::Ssi.heard(case_54).unwrap(), Heard { acks: 1, ..one(Said::Good) });
    for (maker, bytes) in [
        (Maker::HostAck, b"\x1B7".as_slice()),
        (Maker::HostAck, b"\x1B9,"),
        (Maker::Nobody, b"\x07"),
        (Maker::Ssi, b"\x04\xD0\x04\x00\xFF\x29"),
        (Maker::Ssi, b"\x06"),
    ] {
        assert!(maker.heard(bytes).is_err(), "{}", shown(bytes));
    }
}
