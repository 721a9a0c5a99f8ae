//! Packets: made, and found in a stream of bytes.

/// Source of a packet: the reader.
pub const READER: u8 = 0;
const HOST: u8 = 4;

pub const ACK: u8 = 0xD0;
pub const NAK: u8 = 0xD1;
pub const DECODE_DATA: u8 = 0xF3;
const BEEP: u8 = 0xE6;
const LED_ON: u8 = 0xE7;
const LED_OFF: u8 = 0xE8;
const SCAN_ENABLE: u8 = 0xE9;
const SCAN_DISABLE: u8 = 0xEA;

/// Cause of a NAK: the checksum was wrong, send it again.
pub const NAK_RESEND: u8 = 1;
/// Cause of a NAK: unexpected or unknown.
pub const NAK_BAD_CONTEXT: u8 = 2;
/// Cause of a NAK: the reader does not let its host do that.
pub const NAK_DENIED: u8 = 6;

/// Beep for a good scan: one, short and high.
pub const BEEP_GOOD: u8 = 0;
/// Beep for a refused scan: three, long and low.
pub const BEEP_BAD: u8 = 17;
/// Beep for "look at the screen": two, short and low.
pub const BEEP_ATTENTION: u8 = 6;

/// Status bit: this was sent before.
const REPETITION: u8 = 0b01;
/// Status bit: more packets of the same message follow.
const CONTINUES: u8 = 0b10;

/// Length, opcode, source, status.
const HEAD_BYTES: usize = 4;
const CHECKSUM_BYTES: usize = 2;
/// Bytes of a packet with its checksum, at the most: the length is one byte.
const PACKET_BYTES_MAX: usize = 255 + CHECKSUM_BYTES;

/// "I have it."
#[must_use]
pub fn ack() -> Vec<u8> {
    command(ACK, &[])
}

/// "I do not have it", with the cause.
#[must_use]
pub fn nak(cause: u8) -> Vec<u8> {
    command(NAK, &[cause])
}

/// Beeps: 0 to 4 one to five short high, 5 to 9 short low, 10 to 14 long high, 15 to 19 long low.
#[must_use]
pub fn beep(code: u8) -> Vec<u8> {
    command(BEEP, &[code])
}

/// Switches lamps on; bit 0 is the decode lamp.
#[must_use]
pub fn led_on(lamps: u8) -> Vec<u8> {
    command(LED_ON, &[lamps])
}

/// Switches lamps off.
#[must_use]
pub fn led_off(lamps: u8) -> Vec<u8> {
    command(LED_OFF, &[lamps])
}

/// Lets the reader read.
#[must_use]
pub fn scan_enable() -> Vec<u8> {
    command(SCAN_ENABLE, &[])
}

/// Lets the reader read no more.
#[must_use]
pub fn scan_disable() -> Vec<u8> {
    command(SCAN_DISABLE, &[])
}

/// A packet from the host; its data has a byte at the most.
fn command(opcode: u8, data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(HEAD_BYTES.saturating_add(data.len())).unwrap_or(u8::MAX);
    let mut bytes = vec![length, opcode, HOST, 0];
    bytes.extend_from_slice(data);
    closed(bytes)
}

/// The same packet, marked as sent before.
pub fn repeated(packet: &[u8]) -> Vec<u8> {
    let mut bytes = packet.to_vec();
    bytes.truncate(packet.len().saturating_sub(CHECKSUM_BYTES));
    if let Some(status) = bytes.get_mut(3) {
        *status |= REPETITION;
    }
    closed(bytes)
}

fn closed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend_from_slice(&checksum(&bytes).to_be_bytes());
    bytes
}

/// Two's complement of the sum, in 16 bits.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0_u16, |sum, byte| sum.wrapping_sub(u16::from(*byte)))
}

/// A packet whose checksum was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub opcode: u8,
    pub source: u8,
    status: u8,
    pub data: Vec<u8>,
}

impl Packet {
    pub fn is_repetition(&self) -> bool {
        self.status & REPETITION != 0
    }

    pub fn continues(&self) -> bool {
        self.status & CONTINUES != 0
    }

    /// The same message, whether sent before or not.
    pub fn is_same(&self, other: &Self) -> bool {
        let told = |packet: &Self| (packet.opcode, packet.source, packet.status & !REPETITION);
        told(self) == told(other) && self.data == other.data
    }
}

/// What was broken, up to silence; not empty.
pub struct Piece {
    pub bytes: Vec<u8>,
}

/// Finds packets. Holds one packet at the most.
pub struct Unpacker {
    idle_ms: u64,
    held: Vec<u8>,
    spoilt: bool,
    last_ms: u64,
}

impl Unpacker {
    pub fn new(idle_ms: u64) -> Self {
        Unpacker { idle_ms, held: Vec::new(), spoilt: false, last_ms: 0 }
    }

    pub fn byte(&mut self, byte: u8, now_ms: u64) -> Option<Packet> {
        if self.held.is_empty() && byte == super::WAKEUP {
            return None;
        }
        self.last_ms = now_ms;
        if self.held.len() < PACKET_BYTES_MAX {
            self.held.push(byte);
        }
        if self.spoilt {
            return None;
        }
        let length = self.held.first().copied().map_or(0, usize::from);
        if length < HEAD_BYTES {
            self.spoilt = true;
            return None;
        }
        if self.held.len() < length.saturating_add(CHECKSUM_BYTES) {
            return None;
        }
        match packet(&self.held, length) {
            Some(packet) => {
                self.held.clear();
                Some(packet)
            }
            None => {
                self.spoilt = true;
                None
            }
        }
    }

    pub fn tick(&mut self, now_ms: u64) -> Option<Piece> {
        if now_ms < self.deadline_ms()? {
            return None;
        }
        self.flush()
    }

    pub fn deadline_ms(&self) -> Option<u64> {
        (!self.held.is_empty()).then(|| self.last_ms.saturating_add(self.idle_ms))
    }

    pub fn flush(&mut self) -> Option<Piece> {
        self.spoilt = false;
        let bytes = std::mem::take(&mut self.held);
        (!bytes.is_empty()).then_some(Piece { bytes })
    }
}

fn packet(bytes: &[u8], length: usize) -> Option<Packet> {
    let (body, sum) = bytes.split_at_checked(length)?;
    if checksum(body).to_be_bytes() != sum {
        return None;
    }
    let (&[_, opcode, source, status], data) = body.split_first_chunk::<HEAD_BYTES>()?;
    Some(Packet { opcode, source, status, data: data.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let shown: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn case_54_and_the_other_commands() {
        check(&beep(0), "05 E6 04 00 00 FF 11");
        check(&ack(), "04 D0 04 00 FF 28");
        check(&nak(NAK_RESEND), "05 D1 04 00 01 FF 25");
        check(&led_on(1), "05 E7 04 00 01 FF 0F");
        check(&led_off(1), "05 E8 04 00 01 FF 0E");
        check(&scan_enable(), "04 E9 04 00 FF 0F");
        check(&scan_disable(), "04 EA 04 00 FF 0E");
        check(&repeated(&beep(0)), "05 E6 04 01 00 FF 10");
        check(&repeated(&repeated(&beep(0))), "05 E6 04 01 00 FF 10");
    }

    #[test]
    fn what_was_made_is_found() {
        let mut unpacker = Unpacker::new(150);
        let found: Vec<Packet> = beep(17).into_iter().filter_map(|byte| unpacker.byte(byte, 0)).collect();
        assert_eq!(found, [Packet { opcode: BEEP, source: HOST, status: 0, data: vec![17] }]);
        assert_eq!(unpacker.deadline_ms(), None);
    }
}
