//! What must hold for every sequence of key events from a reader that types. `super::decode` and
//! `super::keymap` are in `src/device/scanner/wedge/`, `super::frame` beside it.

use super::decode::{Config, Decoder, Input, Substitute};
use super::frame::{Config as Framing, Frame};
use super::keymap::Layout;

/// What one key can add to a code: a character of UTF-8.
const KEY_BYTES_MAX: usize = 4;

/// The first byte chooses the set-up, the second the limit; then two bytes an event: the key, and
/// what happens to it with the time before it.
pub fn keys(data: &[u8]) {
    let [set_up, limit, events @ ..] = data else { return };
    let config = Config {
        layout: if set_up & 1 > 0 { Layout::De } else { Layout::Us },
        gs: match set_up >> 1 & 3 {
            1 => Some(Substitute::Character('~')),
            2 => Some(Substitute::Key(108)),
            3 => Some(Substitute::Character('Ä')),
            _ => None,
        },
        framing: Framing { bytes_max: usize::from(*limit) + 1, ..Framing::default() },
    };
    let frames = run(&config, events);
    assert_eq!(run(&config, events), frames);
    let typed = KEY_BYTES_MAX * events.len();
    assert!(frames.iter().map(|frame| frame.raw.len()).sum::<usize>() <= typed);
    for frame in &frames {
        assert!(!frame.raw.is_empty() && frame.raw.len() <= config.framing.bytes_max + 1);
    }
}

fn run(config: &Config, events: &[u8]) -> Vec<Frame> {
    let mut decoder = Decoder::new(config.clone());
    let (mut frames, mut now) = (Vec::new(), 1_000);
    for event in events.chunks_exact(2) {
        let [key, what] = event else { continue };
        now += u64::from(what >> 4) * 20;
        if decoder.deadline_ms().is_some_and(|at| at <= now) {
            frames.extend(decoder.tick(now));
            assert!(decoder.deadline_ms().is_none_or(|at| at > now));
        }
        let code = u16::from(*key);
        let input = match what & 7 {
            0 => Input::Key { code, value: 0 },
            1 => Input::Key { code, value: 1 },
            2 => Input::Key { code, value: 2 },
            3 => Input::Dropped,
            4 => Input::Report,
            5 => Input::Key { code: code << 8 | code, value: i32::from(*key) - 128 },
            6 => {
                decoder.resync([code, code + 1], key & 1 > 0);
                assert!(!decoder.is_stale());
                continue;
            }
            // A key pressed and let go, as readers send most.
            _ => {
                frames.extend(decoder.push(Input::Key { code, value: 1 }, now));
                Input::Key { code, value: 0 }
            }
        };
        frames.extend(decoder.push(input, now));
    }
    frames.extend(decoder.flush(now));
    assert_eq!(decoder.deadline_ms(), None, "something is left");
    frames
}
