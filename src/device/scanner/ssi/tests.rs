//! A line to a reader, driven by hand.

use super::*;
use proptest::prelude::*;

const IDLE_MS: u64 = 150;

fn reader(opcode: u8, status: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![4 + data.len() as u8, opcode, 0, status];
    bytes.extend_from_slice(data);
    let sum: u32 = bytes.iter().map(|byte| u32::from(*byte)).sum();
    bytes.extend_from_slice(&(0x1_0000 - sum).to_be_bytes()[2..]);
    bytes
}

fn code(status: u8, text: &str) -> Vec<u8> {
    reader(DECODE_DATA, status, &[&[0x03], text.as_bytes()].concat())
}

fn spoilt(mut packet: Vec<u8>) -> Vec<u8> {
    packet[5] ^= 0x20;
    packet
}

/// What a line said: codes as they are, incomplete ones in brackets; sent packets by name.
fn drain(session: &mut Session, frames: Vec<Frame>, said: &mut Vec<String>) {
    for packet in session.outgoing() {
        said.push(match packet {
            packet if packet == ack() => "ack".into(),
            packet if packet == nak(NAK_RESEND) => "nak".into(),
            packet => format!("{packet:02X?}"),
        });
    }
    for Frame { raw, complete, .. } in frames {
        let body = if raw.len() > 60 { format!("{} bytes", raw.len()) } else { raw.escape_ascii().to_string() };
        said.push(if complete { body } else { format!("[{body}]") });
    }
}

/// Each read is (silence before it in ms, bytes); ticks come on time.
fn run(reads: &[(u64, Vec<u8>)]) -> Vec<String> {
    let (mut session, mut now, mut said) = (Session::new(IDLE_MS, 512), 1_000, Vec::new());
    let until = |session: &mut Session, to: u64, said: &mut Vec<String>| {
        while let Some(at) = session.deadline_ms().filter(|at| *at <= to) {
            let frames = session.tick(at);
            drain(session, frames, said);
        }
    };
    for (gap, bytes) in reads {
        now += gap;
        until(&mut session, now, &mut said);
        let frames = session.push(bytes, now);
        drain(&mut session, frames, &mut said);
    }
    until(&mut session, u64::MAX, &mut said);
    said
}

#[track_caller]
fn check(reads: &[(u64, Vec<u8>)], expected: &[&str]) {
    assert_eq!(run(reads), expected);
}

#[test]
fn codes() {
    check(&[(0, code(0, "A-01"))], &["ack", "]C0A-01"]);
    check(&[(0, [code(0, "A-01"), code(0, "A-02")].concat())], &["ack", "ack", "]C0A-01", "]C0A-02"]);
    // The same label twice is two scans.
    check(&[(0, code(0, "A")), (50, code(0, "A"))], &["ack", "]C0A", "ack", "]C0A"]);
    // Cut anywhere.
    let (head, tail) = (code(0, "A-01")[..5].to_vec(), code(0, "A-01")[5..].to_vec());
    check(&[(0, head), (149, tail)], &["ack", "]C0A-01"]);
    // Zeros wake, and mean nothing.
    check(&[(0, [vec![0, 0], code(0, "A-01"), vec![0]].concat())], &["ack", "]C0A-01"]);
}

#[test]
fn what_else_a_reader_says() {
    check(&[(0, reader(0xF6, 0, &[1]))], &["ack"]);
    check(&[(0, reader(ACK, 0, &[])), (0, reader(NAK, 0, &[NAK_RESEND]))], &[]);
    check(&[(0, reader(DECODE_DATA, 0, &[]))], &["ack"]);
    check(&[(0, reader(DECODE_DATA, 0, &[3]))], &["ack"]);
    // Our own packet, echoed.
    check(&[(0, beep(0))], &[]);
}

#[test]
fn several_packets() {
    check(&[(0, code(2, "AB")), (1_000, code(2, "CD")), (1_000, code(0, "E"))], &["ack", "ack", "ack", "]C0ABCDE"]);
    // One came twice: its ACK was lost.
    check(&[(0, code(2, "AB")), (900, code(3, "AB")), (9, code(0, "E"))], &["ack", "ack", "ack", "]C0ABE"]);
    // The last one does not come.
    check(&[(0, code(2, "AB")), (9_000, code(0, "E"))], &["ack", "[AB]", "ack", "]C0E"]);
    // Of two codes.
    check(&[(0, code(2, "AB")), (0, reader(DECODE_DATA, 0, b"\x01CD"))], &["ack", "ack", "[ABCD]"]);
    let long = "x".repeat(200);
    let parts = [(0, code(2, &long)), (9, code(2, &long)), (9, code(0, &long)), (9, code(0, "A"))];
    check(&parts, &["ack", "ack", "ack", "[513 bytes]", "ack", "]C0A"]);
    // The identifier counts.
    let parts = |n: usize| [(0, code(2, &long)), (9, code(2, &long)), (9, code(0, &"x".repeat(n)))];
    check(&parts(109), &["ack", "ack", "ack", "512 bytes"]);
    check(&parts(110), &["ack", "ack", "ack", "[513 bytes]"]);
}

#[test]
fn broken_packets() {
    // Sent again, and whole.
    check(&[(0, spoilt(code(0, "A-01"))), (300, code(1, "A-01"))], &["nak", "ack", "]C0A-01"]);
    // Never whole.
    let bad = || spoilt(code(1, "A-01"));
    check(&[(0, bad()), (300, bad()), (300, bad())], &["nak", "nak", r"[\t\xf3\x00\x01\x03a-01\xfe1]"]);
    // Not sent again.
    check(&[(0, bad())], &["nak", r"[\t\xf3\x00\x01\x03a-01\xfe1]"]);
    // Half a packet, then silence.
    check(&[(0, code(0, "A-01")[..6].to_vec()), (400, code(1, "A-01"))], &["nak", "ack", "]C0A-01"]);
    // In the middle of a code: sent again, and not.
    check(&[(0, code(2, "AB")), (0, spoilt(code(0, "CD"))), (300, code(1, "CD"))], &["ack", "nak", "ack", "]C0ABCD"]);
    check(&[(0, code(2, "AB")), (0, spoilt(code(0, "CD")))], &["ack", "nak", "[AB]"]);
    // The next code is whole again.
    check(&[(0, bad()), (3_000, code(0, "B"))], &["nak", r"[\t\xf3\x00\x01\x03a-01\xfe1]", "ack", "]C0B"]);
}

#[test]
fn a_packet_inside_a_broken_one_is_no_packet() {
    let inside = String::from_utf8(code(0, "X").iter().map(|b| b & 0x7F).collect()).unwrap();
    let mut outer = code(0, &inside);
    outer[0] ^= 1;
    check(&[(0, [outer, code(0, "A")].concat()), (300, code(1, "A"))], &["nak", "ack", "]C0A"]);
    let mut glued = spoilt(code(0, "A"));
    glued.extend(code(0, "B"));
    check(&[(0, glued), (300, code(1, "B"))], &["nak", "ack", "]C0B"]);
}

#[test]
fn a_repetition_is_delivered_once() {
    check(&[(0, code(0, "A")), (900, code(1, "A"))], &["ack", "]C0A", "ack"]);
    check(&[(0, code(0, "A")), (900, code(1, "A")), (9, code(1, "A"))], &["ack", "]C0A", "ack", "ack"]);
    // Another code, or much later: its first try was lost.
    check(&[(0, code(0, "A")), (900, code(1, "B"))], &["ack", "]C0A", "ack", "]C0B"]);
    check(&[(0, code(0, "A")), (5_000, code(1, "A"))], &["ack", "]C0A", "ack", "]C0A"]);
    // The same label again, broken at the first try.
    let again = [(0, code(0, "A")), (100, spoilt(code(0, "A"))), (300, code(1, "A"))];
    check(&again, &["ack", "]C0A", "nak", "ack", "]C0A"]);
    // Noise was asked for again; the reader has nothing but what it sent before.
    let noise = [(0, code(0, "A")), (100, vec![0x03, 0x55]), (300, code(1, "A"))];
    check(&noise, &["ack", "]C0A", "nak", "ack"]);
}

#[test]
fn commands() {
    let refused = |session: &mut Session, cause, now| {
        session.push(&reader(NAK, 0, &[cause]), now);
        session.outgoing()
    };
    let mut session = Session::new(IDLE_MS, 512);
    session.sends(&beep(0), 0);
    for at in [10, 20] {
        assert_eq!(refused(&mut session, NAK_RESEND, at), [packet::repeated(&beep(0))]);
    }
    assert_eq!(refused(&mut session, NAK_RESEND, 30), Vec::<Vec<u8>>::new(), "twice is enough");
    for cause in [NAK_BAD_CONTEXT, NAK_DENIED] {
        session.sends(&beep(0), 0);
        assert_eq!(refused(&mut session, cause, 10), Vec::<Vec<u8>>::new());
    }
    session.sends(&beep(0), 0);
    session.push(&reader(ACK, 0, &[]), 5);
    assert_eq!(refused(&mut session, NAK_RESEND, 10), Vec::<Vec<u8>>::new(), "it was done");
    session.sends(&beep(0), 0);
    assert_eq!(refused(&mut session, NAK_RESEND, RESPONSE_MS), Vec::<Vec<u8>>::new(), "too late for its scan");
}

#[test]
fn the_line_goes_away() {
    let flushed = |bytes: &[u8]| {
        let mut session = Session::new(IDLE_MS, 512);
        let mut said = Vec::new();
        let mut frames = session.push(bytes, 0);
        frames.extend(session.flush(1));
        session.outgoing();
        drain(&mut session, frames, &mut said);
        assert_eq!(session.deadline_ms(), None);
        said
    };
    assert_eq!(flushed(&[]), Vec::<String>::new());
    assert_eq!(flushed(&code(0, "A")), ["]C0A"]);
    assert_eq!(flushed(&code(2, "A")), ["[A]"]);
    assert_eq!(flushed(&code(0, "A")[..5]), [r"[\x06\xf3\x00\x00\x03]"]);
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        3 => "[A-Z0-9]{1,20}".prop_map(|text| code(0, &text)),
        1 => "[A-Z0-9]{1,20}".prop_map(|text| code(2, &text)),
        1 => "[A-Z0-9]{1,20}".prop_map(|text| code(1, &text)),
        1 => "[A-Z0-9]{1,20}".prop_map(|text| spoilt(code(0, &text))),
        1 => prop::collection::vec(any::<u8>(), 1..300),
        1 => Just(reader(NAK, 0, &[NAK_RESEND])),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_split_says_the_same(bytes in stream(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let once = run(&[(0, bytes.clone())]);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        let reads: Vec<(u64, Vec<u8>)> = at.windows(2).map(|w| (0, bytes[w[0]..w[1]].to_vec())).collect();
        let (mut split, mut whole) = (run(&reads), once);
        // Codes and packets are drained in another rhythm.
        split.sort_unstable();
        whole.sort_unstable();
        prop_assert_eq!(split, whole);
    }

    #[test]
    fn noise_is_bounded_and_ends(reads in prop::collection::vec((0_u64..400, prop::collection::vec(any::<u8>(), 0..600)), 0..12)) {
        let said = run(&reads);
        let bytes: usize = reads.iter().map(|(_, bytes)| bytes.len()).sum();
        // Each message that is asked for again has taken silence and at least a byte.
        prop_assert!(said.len() <= 2 * bytes + 1);
    }

    /// Good packets with silence between them are codes, whatever was on the line before.
    #[test]
    fn a_whole_packet_after_silence_is_a_code(noise in prop::collection::vec(any::<u8>(), 0..600), text in "[A-Z0-9]{1,100}") {
        let said = run(&[(0, noise), (10_000, code(0, &text))]);
        let expected = if text.len() > 57 { format!("{} bytes", text.len() + 3) } else { format!("]C0{text}") };
        prop_assert_eq!(said.last(), Some(&expected));
    }
}
