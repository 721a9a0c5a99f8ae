//! What must hold for every stream of bytes from a serial reader. `super::frame` is
//! `src/device/scanner/frame.rs`.

use super::frame::{Config, Deframer, Ends, Frame};

/// Three bytes choose the set-up, a fourth the size of the pieces; the rest is the stream.
pub fn cuts(data: &[u8]) {
    let [marks, limit, idle, piece, stream @ ..] = data else { return };
    let config = Config {
        prefix: (marks & 32 > 0).then(|| b"~#".to_vec()),
        ends: Ends {
            cr: marks & 1 > 0,
            lf: marks & 2 > 0,
            crlf: marks & 4 > 0,
            tab: marks & 8 > 0,
            stx_etx: marks & 16 > 0,
            idle: marks & 64 > 0,
        },
        idle_ms: u64::from(*idle),
        bytes_max: usize::from(*limit) + 1,
    };
    let whole = run(&config, &[stream]);
    let pieces: Vec<&[u8]> = stream.chunks(usize::from(*piece) + 1).collect();
    assert_eq!(run(&config, &pieces), whole, "reads of other sizes give the same frames");
    let kept: usize = whole.iter().map(|frame| frame.raw.len()).sum();
    assert!(kept <= stream.len());
    for frame in &whole {
        assert!(!frame.raw.is_empty() && frame.raw.len() <= config.bytes_max + 1);
    }
    silence(&config, &pieces);
}

fn run(config: &Config, reads: &[&[u8]]) -> Vec<Frame> {
    let mut deframer = Deframer::new(config.clone());
    let mut frames = Vec::new();
    for bytes in reads {
        frames.extend(deframer.push(bytes, 1_000));
    }
    frames.extend(deframer.flush(1_000));
    assert_eq!(deframer.deadline_ms(), None, "something is left");
    frames
}

/// With silence between the reads nothing is left behind a tick, and nothing comes twice.
fn silence(config: &Config, reads: &[&[u8]]) {
    let mut deframer = Deframer::new(config.clone());
    let mut kept = 0;
    for (now, bytes) in (0..).map(|n| n * 1_000).zip(reads) {
        kept += deframer.push(bytes, now).iter().map(|frame| frame.raw.len()).sum::<usize>();
        if let Some(deadline) = deframer.deadline_ms() {
            assert!(deadline <= now + config.idle_ms);
            kept += deframer.tick(deadline).map_or(0, |frame| frame.raw.len());
            assert_eq!(deframer.deadline_ms(), None);
        }
    }
    assert!(kept <= reads.iter().map(|bytes| bytes.len()).sum());
}
