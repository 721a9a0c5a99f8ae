//! Zebra's Simple Serial Interface: codes in packets with a checksum, each acknowledged.
//!
//! A packet is length (without checksum), opcode, source (0 reader, 4 host), status, data, and the
//! two's complement of the sum of all that in 16 bits, high byte first. Pure: bytes and times in;
//! frames and packets to send out. The reader must be set up to send its codes in packets (it is
//! delivered sending them raw) and to wait for ACK.
//!
//! What goes wrong:
//! - A packet that cannot be right, and all that follows it up to silence, is one broken message.
//!   Nothing inside it is taken for a packet: a label could hold one. It is answered by NAK, and the
//!   reader sends it again; after [`RETRIES`], or when nothing comes, what was seen is delivered as
//!   an incomplete scan.
//! - The reader sends a packet again because our ACK was lost: the same once more, marked as a
//!   repetition, is acknowledged and not delivered twice.
//! - The reader refuses a command by NAK: it is sent again, marked, [`RETRIES`] times. A command that
//!   is not answered at all is not repeated: it may have been heard, and one scan has one feedback.

mod kind;
mod packet;

pub use packet::{
    BEEP_ATTENTION, BEEP_BAD, BEEP_GOOD, NAK_BAD_CONTEXT, NAK_DENIED, NAK_RESEND, ack, beep, led_off, led_on, nak,
    scan_disable, scan_enable,
};

use super::frame::Frame;
use packet::{ACK, DECODE_DATA, NAK, Packet, Piece, Unpacker};
use std::mem;

/// How often a broken packet is asked for again, and a refused command sent again.
pub const RETRIES: u8 = 2;
/// How long the next packet may take, of a code in several packets or after a NAK: the reader's own
/// response time-out.
pub const RESPONSE_MS: u64 = 2_000;
/// How long after its ACK a repeated packet is known as one that was delivered.
pub const REPEAT_MS: u64 = 5_000;
/// What a host sends to wake a reader that sleeps; it then hears nothing for [`WAKE_PAUSE_MS`].
pub const WAKEUP: u8 = 0x00;
/// Pause after [`WAKEUP`].
pub const WAKE_PAUSE_MS: u64 = 10;

/// The packet of a code, unpacked.
struct Code {
    kind: u8,
    data: Vec<u8>,
    /// Too long, or its packets do not fit together.
    spoilt: bool,
    last_ms: u64,
}

/// The last packet that was acknowledged.
struct Taken {
    packet: Packet,
    at_ms: u64,
}

/// The last command that was sent.
struct Sent {
    bytes: Vec<u8>,
    retries: u8,
    at_ms: u64,
}

/// A broken message that was asked for again.
struct Asked {
    /// What was seen of it first.
    seen: Vec<u8>,
    naks: u8,
    at_ms: u64,
}

/// One line to a reader.
pub struct Session {
    bytes_max: usize,
    unpacker: Unpacker,
    code: Option<Code>,
    taken: Option<Taken>,
    sent: Option<Sent>,
    asked: Option<Asked>,
    out: Vec<Vec<u8>>,
}

impl Session {
    /// A fresh line: silence of `idle_ms` ends what is broken; a code has at most `bytes_max` bytes.
    #[must_use]
    pub fn new(idle_ms: u64, bytes_max: usize) -> Self {
        let unpacker = Unpacker::new(idle_ms);
        Session { bytes_max, unpacker, code: None, taken: None, sent: None, asked: None, out: Vec::new() }
    }

    /// Takes bytes that were read at `now_ms`.
    pub fn push(&mut self, bytes: &[u8], now_ms: u64) -> Vec<Frame> {
        let mut frames = Vec::new();
        for &byte in bytes {
            if let Some(packet) = self.unpacker.byte(byte, now_ms) {
                frames.extend(self.packet(packet, now_ms));
            }
        }
        frames
    }

    /// Ends what has been silent for long enough. To be called when [`Self::deadline_ms`] has passed
    /// and nothing can be read.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Frame> {
        let mut frames = Vec::new();
        if let Some(Piece { bytes }) = self.unpacker.tick(now_ms) {
            frames.extend(self.broken(bytes, now_ms));
        }
        if self.response_due_ms().is_some_and(|at| now_ms >= at) {
            frames.extend(self.give_up(now_ms));
        }
        frames
    }

    /// When to tick; `None`: nothing is held.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        [self.unpacker.deadline_ms(), self.response_due_ms()].into_iter().flatten().min()
    }

    /// Until when a packet is awaited: one that was asked for again, or the next of a code.
    fn response_due_ms(&self) -> Option<u64> {
        let code = self.code.as_ref().map(|code| code.last_ms);
        let since = self.asked.as_ref().map(|asked| asked.at_ms).or(code)?;
        Some(since.saturating_add(RESPONSE_MS))
    }

    /// Ends what is held at once: the line is gone.
    pub fn flush(&mut self, now_ms: u64) -> Option<Frame> {
        if let Some(Piece { bytes }) = self.unpacker.flush() {
            self.asked.get_or_insert(Asked { seen: bytes, naks: 0, at_ms: now_ms });
        }
        self.give_up(now_ms)
    }

    /// What is to be sent, in order.
    pub fn outgoing(&mut self) -> Vec<Vec<u8>> {
        mem::take(&mut self.out)
    }

    /// A command is sent at `now_ms`; kept for the case that the reader refuses it.
    pub fn sends(&mut self, bytes: &[u8], now_ms: u64) {
        self.sent = Some(Sent { bytes: bytes.to_vec(), retries: RETRIES, at_ms: now_ms });
    }

    fn packet(&mut self, packet: Packet, now_ms: u64) -> Option<Frame> {
        if packet.source != packet::READER {
            tracing::debug!(opcode = packet.opcode, source = packet.source, "packet that is not from a reader");
            return None;
        }
        match packet.opcode {
            ACK => {
                self.sent = None;
                None
            }
            NAK => {
                self.refused(packet.data.first().copied(), now_ms);
                None
            }
            DECODE_DATA => self.decoded(packet, now_ms),
            // Events, parameters and replies that nobody asked for are acknowledged, else they come again.
            opcode => {
                tracing::debug!(opcode, "packet of no interest");
                self.out.push(ack());
                None
            }
        }
    }

    fn decoded(&mut self, packet: Packet, now_ms: u64) -> Option<Frame> {
        self.out.push(ack());
        let again = packet.is_repetition()
            // What was asked for again and looked like a code is awaited, whatever was there before.
            && self.asked.as_ref().is_none_or(|asked| asked.seen.get(1) != Some(&DECODE_DATA))
            && self.taken.as_ref().is_some_and(|taken| {
                taken.packet.is_same(&packet) && now_ms < taken.at_ms.saturating_add(REPEAT_MS)
            });
        self.asked = None;
        if again {
            tracing::debug!("a packet came again after its ACK");
            return None;
        }
        self.taken = Some(Taken { packet: packet.clone(), at_ms: now_ms });
        let continues = packet.continues();
        let Some((&kind, data)) = packet.data.split_first() else {
            tracing::warn!("a packet of a code without its type");
            return if continues { None } else { self.end(false, now_ms) };
        };
        let code = self.code.get_or_insert(Code { kind, data: Vec::new(), spoilt: false, last_ms: now_ms });
        code.spoilt |= code.kind != kind;
        code.last_ms = now_ms;
        code.data.extend_from_slice(data);
        if code.data.len() > self.bytes_max {
            code.data.truncate(self.bytes_max.saturating_add(1));
            code.spoilt = true;
        }
        if continues { None } else { self.end(true, now_ms) }
    }

    /// The code that is held is over.
    fn end(&mut self, whole: bool, now_ms: u64) -> Option<Frame> {
        let Code { kind, data, spoilt, .. } = self.code.take()?;
        if data.is_empty() {
            return None;
        }
        let bytes = data.len();
        let mut raw = if whole && !spoilt { kind::with_identifier(kind, data) } else { data };
        let complete = whole && !spoilt && raw.len() <= self.bytes_max;
        raw.truncate(self.bytes_max.saturating_add(1));
        tracing::debug!(kind, bytes, complete, "code of a reader");
        Some(Frame { raw, complete, at_ms: now_ms })
    }

    fn broken(&mut self, bytes: Vec<u8>, now_ms: u64) -> Option<Frame> {
        let asked = self.asked.get_or_insert(Asked { seen: bytes, naks: 0, at_ms: now_ms });
        if asked.naks < RETRIES {
            asked.naks += 1;
            asked.at_ms = now_ms;
            self.out.push(nak(NAK_RESEND));
            return None;
        }
        self.give_up(now_ms)
    }

    /// The packet that is awaited does not come: what was seen is all there is.
    fn give_up(&mut self, now_ms: u64) -> Option<Frame> {
        let seen = self.asked.take().map(|asked| asked.seen);
        // What was broken may have been the next packet of a code; then its head stands for both.
        let code = self.end(false, now_ms);
        if code.is_some() {
            return code;
        }
        let mut raw = seen.filter(|seen| !seen.is_empty())?;
        tracing::warn!(bytes = raw.len(), "a broken message was given up");
        raw.truncate(self.bytes_max.saturating_add(1));
        Some(Frame { raw, complete: false, at_ms: now_ms })
    }

    fn refused(&mut self, cause: Option<u8>, now_ms: u64) {
        let Some(mut sent) = self.sent.take() else { return };
        if cause != Some(NAK_RESEND) {
            return tracing::warn!(?cause, "the reader refuses a command");
        }
        if sent.retries == 0 || now_ms >= sent.at_ms.saturating_add(RESPONSE_MS) {
            return tracing::warn!("the reader does not understand a command; given up");
        }
        sent.retries -= 1;
        self.out.push(packet::repeated(&sent.bytes));
        self.sent = Some(sent);
    }
}

#[cfg(test)]
mod tests;
