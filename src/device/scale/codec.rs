//! What scales are asked, and how they answer. Pure; any bytes may come.
//!
//! - **Toledo 8217**: `W` → `STX weight CR` (`N` after the weight: net), or `STX ? status CR`.
//! - **NCI** (SCP-01): `W CR` → `LF weight-unit CR LF status CR ETX`, or the status alone, or
//!   `LF ? CR ETX` to what it does not know.
//! - **MT-SICS** level 0: `SI CR LF` → `S S weight unit CR LF`, `S D …` moving, `S I`, `S +`, `S -`;
//!   `ES`, `EL`, `ET` to what it does not understand.

use super::Reading;
use super::weight::{Unit, Weight};

/// Longest answer; longer is noise.
pub const FRAME_BYTES_MAX: usize = 64;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const LF: u8 = 0x0A;
const CR: u8 = 0x0D;

/// What a scale speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Mettler Toledo 8217, also 8213: 7 data bits, even parity; no unit on the wire.
    Toledo8217,
    /// NCI, Avery Weigh-Tronix, Salter Brecknell.
    Nci,
    /// Mettler Toledo Standard Interface Command Set.
    MtSics,
}

/// What a scale is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Request {
    /// The weight as it is now.
    Weigh,
    /// Set to zero.
    Zero,
    /// Take what is on it as tare.
    Tare,
    /// Forget the tare.
    Clear,
}

/// What a scale answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// What it shows.
    Reading(Reading),
    /// Done: an answer without a reading.
    Done,
    /// It does not know the question, or cannot do it now.
    Refused,
    /// Bytes that are no answer.
    Noise,
}

impl Protocol {
    /// The protocol with this name in a configuration.
    #[must_use]
    pub fn parse(text: &str) -> Option<Protocol> {
        match text {
            "8217" => Some(Self::Toledo8217),
            "nci" => Some(Self::Nci),
            "mt-sics" => Some(Self::MtSics),
            _ => None,
        }
    }

    /// The bytes of a request; `None`: the protocol has none for it.
    #[must_use]
    pub fn request(self, request: Request) -> Option<&'static [u8]> {
        let bytes: &[u8] = match (self, request) {
            (Self::Toledo8217, Request::Weigh) => b"W",
            (Self::Toledo8217, Request::Zero) => b"Z",
            (Self::Toledo8217, Request::Tare) => b"T",
            (Self::Toledo8217, Request::Clear) => b"C",
            (Self::Nci, Request::Weigh) => b"W\r",
            (Self::Nci, Request::Zero) => b"Z\r",
            (Self::Nci, Request::Tare) => b"T\r",
            (Self::Nci, Request::Clear) => return None,
            // `S` would leave the scale silent until it is stable; here silence means that it is gone.
            (Self::MtSics, Request::Weigh) => b"SI\r\n",
            (Self::MtSics, Request::Zero) => b"Z\r\n",
            (Self::MtSics, Request::Tare) => b"T\r\n",
            (Self::MtSics, Request::Clear) => b"TAC\r\n",
        };
        Some(bytes)
    }

    fn parse_frame(self, frame: &[u8], unit: Option<Unit>) -> Reply {
        match self {
            Self::Toledo8217 => parse_8217(frame, unit),
            Self::Nci => parse_nci(frame, unit),
            Self::MtSics => parse_mt_sics(frame, unit),
        }
    }

    /// The byte that ends an answer.
    fn end(self) -> u8 {
        match self {
            Self::Toledo8217 => CR,
            Self::Nci => ETX,
            Self::MtSics => LF,
        }
    }

    /// Whether an answer begins with this byte.
    fn begins(self, byte: u8) -> bool {
        match self {
            Self::Toledo8217 => byte == STX,
            Self::Nci => byte == LF,
            Self::MtSics => byte.is_ascii_uppercase() || byte == b'@',
        }
    }
}

/// Cuts what comes from a line into answers; holds at most [`FRAME_BYTES_MAX`] bytes.
#[derive(Debug, Clone)]
pub struct Parser {
    protocol: Protocol,
    unit: Option<Unit>,
    held: Vec<u8>,
    noise: bool,
}

impl Parser {
    /// With the unit of weights that are sent without one.
    #[must_use]
    pub fn new(protocol: Protocol, unit: Option<Unit>) -> Self {
        Parser { protocol, unit, held: Vec::new(), noise: false }
    }

    /// The answers that end in these bytes, in order. A run of noise is one [`Reply::Noise`].
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Reply> {
        let mut replies = Vec::new();
        for byte in bytes {
            // Parity, where the line is not set up for it.
            let byte = byte & 0x7F;
            if self.held.is_empty() {
                if self.protocol.begins(byte) {
                    self.held.push(byte);
                } else if !matches!(byte, CR | LF | ETX | 0) {
                    self.noise = true;
                }
                continue;
            }
            if byte == STX && self.protocol == Protocol::Toledo8217 {
                // The answer before never ended.
                self.noise = true;
                self.held.clear();
            }
            self.held.push(byte);
            let ended = byte == self.protocol.end();
            if !ended && self.held.len() < FRAME_BYTES_MAX {
                continue;
            }
            let frame = std::mem::take(&mut self.held);
            let reply = if ended { self.protocol.parse_frame(&frame, self.unit) } else { Reply::Noise };
            if reply == Reply::Noise {
                self.noise = true;
                continue;
            }
            if std::mem::take(&mut self.noise) {
                replies.push(Reply::Noise);
            }
            replies.push(reply);
        }
        if self.held.is_empty() && std::mem::take(&mut self.noise) {
            replies.push(Reply::Noise);
        }
        replies
    }

    /// Forgets half an answer; call before each request.
    pub fn clear(&mut self) {
        self.held.clear();
        self.noise = false;
    }
}

/// An answer of Toledo 8217, from STX to CR. The unit is not on the wire.
#[must_use]
pub fn parse_8217(frame: &[u8], unit: Option<Unit>) -> Reply {
    let Some(body) = frame.strip_prefix(&[STX]).and_then(|rest| rest.strip_suffix(&[CR])) else { return Reply::Noise };
    if let [b'?', status] = body {
        return status_8217(*status);
    }
    let (net, digits) = match body {
        [rest @ .., b'N' | b'n'] => (true, rest),
        rest => (false, rest),
    };
    match Weight::parse(digits, unit) {
        Some(weight) => Reply::Reading(Reading { weight: Some(weight), net, ..Reading::default() }),
        None => Reply::Noise,
    }
}

/// Status of Toledo 8217: bit 0 motion, 1 over capacity, 2 under zero, 3 outside the zero range,
/// 4 centre of zero, 5 net, 6 always one, 7 parity. Bits 4 and 5 are no errors.
fn status_8217(status: u8) -> Reply {
    if status & 0x40 == 0 {
        return Reply::Noise;
    }
    let bit = |bit: u8| status & (1 << bit) != 0;
    Reply::Reading(Reading {
        motion: bit(0),
        over: bit(1),
        under: bit(2),
        zero_lost: bit(3),
        zero: bit(4),
        net: bit(5),
        ..Reading::default()
    })
}

/// An answer of NCI, from LF to ETX.
#[must_use]
pub fn parse_nci(frame: &[u8], unit: Option<Unit>) -> Reply {
    let Some(body) = frame.strip_suffix(&[ETX]) else { return Reply::Noise };
    let mut lines = body.split(|byte| *byte == CR).filter(|line| !line.is_empty());
    let mut line = || lines.next().and_then(|line| line.strip_prefix(&[LF]));
    let (first, second) = (line(), line());
    if lines.next().is_some() {
        return Reply::Noise;
    }
    match (first, second) {
        (Some(b"?"), None) => Reply::Refused,
        (Some(status), None) => status_nci(status).map_or(Reply::Noise, Reply::Reading),
        (Some(weight), Some(status)) => {
            let Some(mut reading) = status_nci(status) else { return Reply::Noise };
            match weighed(weight, unit) {
                Some(weight) => reading.weight = Some(weight),
                None => match bars(weight) {
                    // Upper, lower or middle bars on the display.
                    Some(b'^') => reading.over = true,
                    Some(b'_') => reading.under = true,
                    Some(_) => reading.zero_lost = true,
                    None => return Reply::Noise,
                },
            }
            Reply::Reading(reading)
        }
        _ => Reply::Noise,
    }
}

/// Two or more status bytes; bits 4 and 5 are always set, bit 6 of the second and later ones says
/// that another follows. First: 0 motion, 1 at zero, 2 and 3 memory. Second: 0 under, 1 over, 2 and 3
/// memory and calibration. Third: 2 net, 3 initial zero.
fn status_nci(status: &[u8]) -> Option<Reading> {
    let (first, second, more) = match status {
        [first, second, more @ ..] => (*first, *second, more),
        _ => return None,
    };
    if status.len() > 6 || status.iter().any(|byte| byte & 0x30 != 0x30) || first & 0x40 != 0 {
        return None;
    }
    // As many as announced: each but the last says that another follows.
    let announced = status.iter().skip(1).rev().enumerate().all(|(back, byte)| (byte & 0x40 != 0) == (back > 0));
    let third = more.first().copied().unwrap_or_default();
    announced.then_some(Reading {
        motion: first & 1 != 0,
        zero: first & 2 != 0,
        fault: first & 0xC != 0 || second & 0xC != 0,
        under: second & 1 != 0,
        over: second & 2 != 0,
        net: third & 4 != 0,
        zero_lost: third & 8 != 0,
        weight: None,
    })
}

/// The character that fills a display of bars.
fn bars(text: &[u8]) -> Option<u8> {
    let first = *text.first().filter(|byte| matches!(byte, b'^' | b'_' | b'-'))?;
    text.iter().all(|byte| *byte == first || *byte == b' ' || byte.is_ascii_lowercase()).then_some(first)
}

/// Digits and the letters after them. No letters: the unit is `unit`; letters that are no known unit:
/// none.
fn weighed(text: &[u8], unit: Option<Unit>) -> Option<Weight> {
    let text = text.trim_ascii();
    let letters = text.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (digits, name) = text.split_at_checked(text.len() - letters)?;
    Weight::parse(digits, if name.is_empty() { unit } else { Unit::parse(name) })
}

/// A line of MT-SICS, with its CR LF.
#[must_use]
pub fn parse_mt_sics(line: &[u8], unit: Option<Unit>) -> Reply {
    let Some(line) = line.strip_suffix(&[CR, LF]) else { return Reply::Noise };
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (command, status) = (words.next(), words.next());
    let (digits, name, more) = (words.next(), words.next(), words.next());
    match (command, status, digits, more) {
        (Some(b"ES" | b"EL" | b"ET"), None, ..) => Reply::Refused,
        (Some(b"S" | b"SI"), Some(b"+"), None, _) => Reply::Reading(Reading { over: true, ..Reading::default() }),
        (Some(b"S" | b"SI"), Some(b"-"), None, _) => Reply::Reading(Reading { under: true, ..Reading::default() }),
        (Some(b"S" | b"SI"), Some(flag @ (b"S" | b"D")), Some(digits), None) => {
            let unit = name.map_or(unit, Unit::parse);
            match Weight::parse(digits, unit) {
                Some(weight) => {
                    let motion = flag == b"D";
                    Reply::Reading(Reading { weight: Some(weight), motion, ..Reading::default() })
                }
                None => Reply::Noise,
            }
        }
        (Some(b"S" | b"SI" | b"Z" | b"T" | b"TAC"), Some(b"I" | b"L" | b"+" | b"-"), None, _) => Reply::Refused,
        (Some(b"Z" | b"T" | b"TAC"), Some(b"A" | b"S" | b"D"), _, None) => Reply::Done,
        _ => Reply::Noise,
    }
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
