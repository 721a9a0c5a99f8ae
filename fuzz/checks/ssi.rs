//! What must hold for every stream of bytes from a Zebra reader. `super::ssi` is
//! `src/device/scanner/ssi.rs`, `super::frame` the file beside it.

use super::frame::Frame;
use super::ssi::{self, Session};

/// What a symbology identifier, and a UPC that is written as the EAN it is, add to a code at the most.
const ADDED_MAX: usize = 16;

/// Three bytes choose the set-up and the size of the pieces; the rest is the stream.
pub fn packets(data: &[u8]) {
    let [idle, limit, piece, stream @ ..] = data else { return };
    let (idle_ms, bytes_max) = (u64::from(*idle), usize::from(*limit) + 1);
    let pieces: Vec<&[u8]> = stream.chunks(usize::from(*piece) + 1).collect();
    let whole = run(idle_ms, bytes_max, &[stream], 0);
    assert_eq!(run(idle_ms, bytes_max, &pieces, 0), whole, "reads of other sizes give the same frames and answers");
    let slow = run(idle_ms, bytes_max, &pieces, idle_ms / 2);
    for (frames, answers) in [whole, slow, run(idle_ms, bytes_max, &pieces, ssi::RESPONSE_MS)] {
        for frame in &frames {
            assert!(!frame.raw.is_empty() && frame.raw.len() <= bytes_max.saturating_add(ADDED_MAX));
        }
        // A packet has six bytes at the least, and each has one answer at the most; so has silence.
        assert!(answers.len() <= stream.len() / 6 + pieces.len() + 1);
        answers.iter().for_each(|answer| packet(answer));
    }
}

/// Length and checksum of what is sent.
fn packet(bytes: &[u8]) {
    let length = bytes.first().copied().map_or(0, usize::from);
    assert_eq!(bytes.len(), length + 2, "{bytes:?}");
    let (head, checksum) = bytes.split_at(length);
    let sum = head.iter().fold(0_u16, |sum, byte| sum.wrapping_sub(u16::from(*byte)));
    assert_eq!(checksum, sum.to_be_bytes(), "{bytes:?}");
}

fn run(idle_ms: u64, bytes_max: usize, reads: &[&[u8]], gap_ms: u64) -> (Vec<Frame>, Vec<Vec<u8>>) {
    let mut session = Session::new(idle_ms, bytes_max);
    session.sends(&ssi::beep(ssi::BEEP_GOOD), 1_000);
    let (mut frames, mut answers, mut now) = (Vec::new(), Vec::new(), 1_000);
    for bytes in reads {
        now += gap_ms;
        if gap_ms > 0 {
            frames.extend(session.tick(now));
        }
        frames.extend(session.push(bytes, now));
        answers.extend(session.outgoing());
    }
    frames.extend(session.flush(now));
    answers.extend(session.outgoing());
    assert_eq!(session.deadline_ms(), None, "something is left");
    for frame in &mut frames {
        frame.at_ms = 0;
    }
    (frames, answers)
}
