//! What scales answer, by the byte.

use super::*;

fn reading(digits: i64, decimals: u8, unit: Option<Unit>) -> Reading {
    Reading { weight: Some(Weight { digits, decimals, unit }), ..Reading::default() }
}

fn check(protocol: Protocol, bytes: &[u8], expected: &[Reply]) {
    let whole = Parser::new(protocol, None).push(bytes);
    assert_eq!(whole, expected, "{protocol:?} {:?}", bytes.escape_ascii().to_string());
    // Byte by byte the same, but that runs of noise may come in pieces.
    let mut parser = Parser::new(protocol, None);
    let mut single: Vec<Reply> = bytes.iter().flat_map(|byte| parser.push(&[*byte])).collect();
    single.dedup_by(|one, other| *one == Reply::Noise && *other == Reply::Noise);
    assert_eq!(single, expected, "{protocol:?} {:?} in single bytes", bytes.escape_ascii().to_string());
}

#[test]
fn case_56_toledo_8217() {
    let motion = Reading { motion: true, ..Reading::default() };
    let zero = Reading { zero: true, ..Reading::default() };
    check(
        Protocol::Toledo8217,
        &[0x02, 0x20, 0x31, 0x2E, 0x32, 0x33, 0x34, 0x0D],
        &[Reply::Reading(reading(1_234, 3, None))],
    );
    check(Protocol::Toledo8217, &[0x02, 0x3F, 0x41, 0x0D], &[Reply::Reading(motion)]);
    check(Protocol::Toledo8217, &[0x02, 0x3F, 0x50, 0x0D], &[Reply::Reading(zero)]);
    assert_eq!(motion.countable(), None);
    assert_eq!((zero.over, zero.under, zero.zero_lost, zero.fault), (false, false, false, false));
}

#[test]
fn case_57_nci() {
    let bytes = [0x0A, 0x30, 0x30, 0x30, 0x31, 0x2E, 0x32, 0x33, 0x6B, 0x67, 0x0D, 0x0A, 0x30, 0x30, 0x0D, 0x03];
    let expected = reading(123, 2, Some(Unit::Kilogram));
    check(Protocol::Nci, &bytes, &[Reply::Reading(expected)]);
    assert_eq!(expected.countable().and_then(|weight| weight.grams()), Some(1_230));
}

#[test]
fn toledo_8217() {
    let check = |bytes: &[u8], expected: &[Reply]| check(Protocol::Toledo8217, bytes, expected);
    let status = |change: fn(&mut Reading)| {
        let mut reading = Reading::default();
        change(&mut reading);
        Reply::Reading(reading)
    };
    check(b"\x02 1.250N\r", &[Reply::Reading(Reading { net: true, ..reading(1_250, 3, None) })]);
    check(b"\x02?\x42\r", &[status(|r| r.over = true)]);
    check(b"\x02?\x44\r", &[status(|r| r.under = true)]);
    check(b"\x02?\x48\r", &[status(|r| r.zero_lost = true)]);
    check(b"\x02?\x61\r", &[status(|r| (r.net, r.motion) = (true, true))]);
    // With the parity bit in it: bit 7 of each byte is dropped.
    check(b"\x82\xA01.234\x8D", &[Reply::Reading(reading(1_234, 3, None))]);
    check(b"\x02?\x01\r", &[Reply::Noise]);
    check(b"\x02\r", &[Reply::Noise]);
    check(b"\x02abc\r", &[Reply::Noise]);
    check(b"xyz\x02 1.000\r", &[Reply::Noise, Reply::Reading(reading(1_000, 3, None))]);
    // An answer that breaks off, and the next one.
    check(b"\x02 1.2\x02 1.250\r", &[Reply::Noise, Reply::Reading(reading(1_250, 3, None))]);
    check(
        b"\x02 1.000\r\x02 2.000\r",
        &[Reply::Reading(reading(1_000, 3, None)), Reply::Reading(reading(2_000, 3, None))],
    );
    check(b"\x02 1.00", &[]);
}

#[test]
fn nci() {
    let check = |bytes: &[u8], expected: &[Reply]| check(Protocol::Nci, bytes, expected);
    let pounds = reading(123, 2, Some(Unit::Pound));
    check(b"\n0001.23lb\r\n10\r\x03", &[Reply::Reading(Reading { motion: true, ..pounds })]);
    check(b"\n0000.00lb\r\n20\r\x03", &[Reply::Reading(Reading { zero: true, ..reading(0, 2, Some(Unit::Pound)) })]);
    // A third status byte, announced by bit 6 of the second.
    check(b"\n0001.23lb\r\n0p4\r\x03", &[Reply::Reading(Reading { net: true, ..pounds })]);
    check(b"\n0001.23lb\r\n0p\r\x03", &[Reply::Noise]);
    check(b"\n0001.23lb\r\n000\r\x03", &[Reply::Noise]);
    check(b"\n^^^^^^lb\r\n02\r\x03", &[Reply::Reading(Reading { over: true, ..Reading::default() })]);
    check(b"\n______\r\n01\r\x03", &[Reply::Reading(Reading { under: true, ..Reading::default() })]);
    check(b"\n- - - -\r\n00\r\x03", &[Reply::Reading(Reading { zero_lost: true, ..Reading::default() })]);
    check(b"\n02\r\x03", &[Reply::Reading(Reading { over: true, ..Reading::default() })]);
    check(b"\n40\r\x03", &[Reply::Reading(Reading { fault: true, ..Reading::default() })]);
    check(b"\n?\r\x03", &[Reply::Refused]);
    check(b"\n 0.50 \r\n00\r\x03", &[Reply::Reading(reading(50, 2, None))]);
    check(b"\n0.50st\r\n00\r\x03", &[Reply::Reading(reading(50, 2, None))]);
    check(b"\n1lb 2.3oz\r\n00\r\x03", &[Reply::Noise]);
    check(b"\n\r\x03", &[Reply::Noise]);
    assert_eq!(reading(50, 2, None).countable(), None, "no unit, no weight");
}

#[test]
fn mt_sics() {
    let check = |bytes: &[u8], expected: &[Reply]| check(Protocol::MtSics, bytes, expected);
    let hundred = reading(10_000, 2, Some(Unit::Gram));
    check(b"S S     100.00 g\r\n", &[Reply::Reading(hundred)]);
    check(b"S D     100.00 g\r\n", &[Reply::Reading(Reading { motion: true, ..hundred })]);
    check(b"S S      -0.02 kg\r\n", &[Reply::Reading(reading(-2, 2, Some(Unit::Kilogram)))]);
    check(b"S +\r\n", &[Reply::Reading(Reading { over: true, ..Reading::default() })]);
    check(b"S -\r\n", &[Reply::Reading(Reading { under: true, ..Reading::default() })]);
    check(b"S I\r\n", &[Reply::Refused]);
    check(b"ES\r\n", &[Reply::Refused]);
    check(b"Z A\r\n", &[Reply::Done]);
    check(b"T S 12.0 g\r\n", &[Reply::Done]);
    check(b"Z +\r\n", &[Reply::Refused]);
    check(b"S S 12.0 g more\r\n", &[Reply::Noise]);
    check(b"S S 1x2 g\r\n", &[Reply::Noise]);
    check(b"S S\r\n", &[Reply::Noise]);
    check(b"S S 1.0 g\n", &[Reply::Noise]);
    assert_eq!(reading(-2, 2, Some(Unit::Kilogram)).countable(), None, "less than nothing");
}

#[test]
fn requests() {
    assert_eq!(Protocol::Toledo8217.request(Request::Weigh), Some(b"W".as_slice()));
    assert_eq!(Protocol::Nci.request(Request::Weigh), Some(b"W\r".as_slice()));
    assert_eq!(Protocol::MtSics.request(Request::Weigh), Some(b"SI\r\n".as_slice()));
    assert_eq!(Protocol::Nci.request(Request::Clear), None);
}

proptest::proptest! {
    /// Any bytes, cut anywhere: no panic, no more answers than bytes, no more held than allowed.
    #[test]
    fn anything_may_come(pieces: Vec<Vec<u8>>) {
        for protocol in [Protocol::Toledo8217, Protocol::Nci, Protocol::MtSics] {
            let mut parser = Parser::new(protocol, Some(Unit::Gram));
            for piece in &pieces {
                assert!(parser.push(piece).len() <= piece.len() + 1);
                assert!(parser.held.len() < FRAME_BYTES_MAX);
            }
        }
    }
}
