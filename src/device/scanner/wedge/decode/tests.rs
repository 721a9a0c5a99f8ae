//! Recorded streams, and text typed on keyboards that do not exist.

use super::*;
use crate::device::scanner::wedge::replay::{self, Line};
use proptest::prelude::*;

fn config(layout: Layout, gs: Option<Substitute>) -> Config {
    Config { layout, gs, framing: Framing { idle_ms: 5_000, ..Framing::default() } }
}

fn us() -> Config {
    config(Layout::Us, None)
}

/// Codes as they are, incomplete ones in brackets.
fn shown(frames: &[Frame]) -> Vec<String> {
    let text = |Frame { raw, complete, .. }: &Frame| {
        let text = String::from_utf8_lossy(raw);
        let body = if raw.len() > 60 { format!("{} bytes", raw.len()) } else { text.replace(GS, "{GS}") };
        if *complete { body } else { format!("[{body}]") }
    };
    frames.iter().map(text).collect()
}

/// Plays a stream: time, code and value in a line, as recorded. Ticks come on time.
fn play(config: Config, stream: &str) -> Vec<String> {
    let (mut decoder, mut frames, mut last) = (Decoder::new(config), Vec::new(), 0);
    for line in stream.lines() {
        let Some(Line { at_ms, input }) = replay::line(line).unwrap() else { continue };
        if let Some(at) = decoder.deadline_ms().filter(|at| *at <= at_ms) {
            frames.extend(decoder.tick(at));
        }
        frames.extend(decoder.push(input, at_ms));
        if decoder.is_stale() {
            decoder.resync([], false);
        }
        last = at_ms;
    }
    frames.extend(decoder.tick(last + 5_000));
    assert_eq!(decoder.deadline_ms(), None);
    shown(&frames)
}

/// Keys by name, each pressed and released: `A` to `Z`, digits, names of [`code`]. `Ctrl+]` holds
/// the first while the others are pressed, one after the other.
fn stream(keys: &str) -> String {
    let mut lines = Vec::new();
    for (n, chord) in keys.split_whitespace().enumerate() {
        let mut event = |name: &str, value: i32| lines.push(format!("{} {} {value}\n{0} report", n * 10, code(name)));
        let parts: Vec<&str> = chord.split('+').collect();
        let (holds, taps) = if parts.len() > 1 { parts.split_at(1) } else { parts.split_at(0) };
        holds.iter().for_each(|name| event(name, 1));
        for name in taps {
            event(name, 1);
            event(name, 0);
        }
        holds.iter().for_each(|name| event(name, 0));
    }
    lines.join("\n")
}

fn code(name: &str) -> u16 {
    let other = match name {
        "Enter" => Some(28),
        "KpEnter" => Some(96),
        "Tab" => Some(15),
        "Ctrl" => Some(29),
        "Shift" => Some(42),
        "Alt" => Some(56),
        "AltGr" => Some(100),
        "Caps" => Some(58),
        "F5" => Some(63),
        "Right" => Some(106),
        _ => None,
    };
    let keypad = |digit: &str| (71..=82).find(|at| digit.parse().ok() == keymap::digit(*at)).unwrap();
    other.unwrap_or_else(|| match name.strip_prefix("Kp") {
        Some(digit) => keypad(digit),
        None => {
            let sign = name.to_lowercase().chars().next().unwrap();
            (1..58).find(|at| Layout::Us.character(*at, Level::Plain) == Some(sign)).unwrap()
        }
    })
}

#[track_caller]
fn check(config: Config, keys: &str, expected: &[&str]) {
    assert_eq!(play(config, &stream(keys)), expected, "{keys}");
}

#[test]
fn case_59_separators() {
    check(us(), "1 0 A B Ctrl+] 2 1 S N Enter", &["10ab{GS}21sn"]);
    check(us(), "1 0 A B Alt+0+2+9 2 1 S N Enter", &["10ab{GS}21sn"]);
    check(us(), "1 0 A B Alt+Kp0+Kp2+Kp9 2 1 S N Enter", &["10ab{GS}21sn"]);
    // On a German keyboard: by position, and by what is printed there.
    let de = || config(Layout::De, None);
    check(de(), "1 0 A B Ctrl+] 2 1 S N Enter", &["10ab{GS}21sn"]);
    check(de(), "1 Alt+Kp0+Kp2+Kp9 2 Alt+0+2+9 3 Enter", &["1{GS}2{GS}3"]);
    check(de(), "AltGr+9 C 1 AltGr+8 Enter", &["]c1["]);
}

#[test]
fn substitutes() {
    let with = |gs| config(Layout::Us, Some(gs));
    check(with(Substitute::Character('|')), "1 Shift+\\ 2 Enter", &["1{GS}2"]);
    check(with(Substitute::Character('ä')), "1 Alt+0+2+2+8 2 Enter", &["1{GS}2"]);
    check(with(Substitute::Key(106)), "1 Right 2 Ctrl+] 3 Enter", &["1{GS}2{GS}3"]);
}

#[test]
fn alt_codes() {
    check(us(), "Alt+0+6+5 Alt+6+6 Alt+0+1+2+6 Enter", &["AB~"]);
    check(us(), "Alt+0+2+5+2 Enter", &["ü"]);
    // Ends and marks, too.
    check(us(), "A Alt+0+1+3 B Alt+0+0+9", &["a", "b"]);
    check(us(), "Alt+0+2 A Alt+0+3", &["a"]);
    // Alt by itself is nothing.
    check(us(), "A Alt B Enter", &["ab"]);
    // Unknown here, or not a number.
    for alt in ["Alt+2+5+2", "Alt+0+1+5+0", "Alt+9+9+9+9+9+9", "Alt+0+A+2", "Alt+F5"] {
        check(us(), &format!("A {alt} B Enter C Enter"), &["[a\u{1a}b]", "c"]);
    }
    check(us(), "A Alt+0+2+Enter B Enter", &["[a]", "[\u{1a}b]"]);
}

#[test]
fn shift_caps_and_control() {
    check(us(), "Shift+A+B C Shift+1 Enter", &["ABc!"]);
    check(us(), "Caps A Shift+B 1 Shift+2 Caps C Enter", &["Ab1@c"]);
    check(us(), "A Ctrl+A B Ctrl+M C Ctrl+I", &["a\u{1}b", "c"]);
    check(us(), "A Ctrl+1 Enter", &["[a\u{1a}]"]);
    // Keypad digits count as digits, whatever Num Lock says.
    check(us(), "Kp4 Kp7 Kp1 1 KpEnter", &["4711"]);
    check(config(Layout::De, None), "Z Y - [ ; Shift+2 AltGr+Q Enter", &["yzßüö\"@"]);
}

#[test]
fn ends() {
    check(us(), "A Enter B Tab C KpEnter Enter Enter", &["a", "b", "c"]);
    // Unfinished ones expire.
    check(us(), "A B", &["[ab]"]);
    assert_eq!(play(us(), "0 30 1\n4999 48 1\n5100 28 1"), ["ab"]);
    assert_eq!(play(us(), "0 30 1\n5000 48 1\n5100 28 1"), ["[a]", "b"]);
    let long = "A ".repeat(5_000);
    check(us(), &format!("{long} Enter B Enter"), &["[513 bytes]", "b"]);
    check(us(), &format!("{long} F5 Enter B Enter"), &["[513 bytes]", "b"]);
}

#[test]
fn what_cannot_be_read_is_not_guessed() {
    check(us(), "A F5 B Enter C Enter", &["[a\u{1a}b]", "c"]);
    check(us(), "F5 Enter", &["[\u{1a}]"]);
    check(us(), "A Right B Enter", &["[a\u{1a}b]"]);
    // Repeats are not typed, and a release without a press is nothing.
    assert_eq!(play(us(), "0 30 1\n1 30 2\n2 30 2\n3 30 0\n4 48 0\n5 28 1"), ["a"]);
}

#[test]
fn dropped_events_spoil_the_code() {
    let stream = "0 30 1\n0 report\n1 dropped\n1 48 1\n1 28 1\n1 report\n2 46 1\n3 28 1\n4 32 1\n5 28 1";
    assert_eq!(play(us(), stream), ["[a\u{1a}c]", "d"]);
    // Also when nothing was being typed: the head of a code may be among them.
    assert_eq!(play(us(), "0 dropped\n0 report\n1 30 1\n2 28 1"), ["[\u{1a}a]"]);
    assert_eq!(play(us(), "0 dropped\n0 report"), ["[\u{1a}]"]);
}

#[test]
fn keys_that_are_held_after_a_drop() {
    let mut decoder = Decoder::new(us());
    let (lost, key) = ([Input::Dropped, Input::Report], |code| Input::Key { code, value: 1 });
    let push = |decoder: &mut Decoder, input| decoder.push(input, 0).map(|frame| shown(&[frame]));
    lost.into_iter().for_each(|input| assert_eq!(push(&mut decoder, input), None));
    assert!(decoder.is_stale());
    decoder.resync([keymap::RIGHT_SHIFT], true);
    assert!(!decoder.is_stale());
    push(&mut decoder, key(30));
    push(&mut decoder, key(2));
    assert_eq!(push(&mut decoder, key(28)), Some(vec!["[\u{1a}a!]".into()]));
    // A half-seen Alt code means nothing.
    decoder.resync([keymap::LEFT_ALT], false);
    push(&mut decoder, key(2));
    push(&mut decoder, Input::Key { code: keymap::LEFT_ALT, value: 0 });
    assert_eq!(push(&mut decoder, key(28)), Some(vec!["[\u{1a}]".into()]));
}

/// A reader of a common make, as evtest shows it: `]C1` by Shift and Ctrl, suffix Enter.
#[test]
fn a_recorded_stream() {
    assert_eq!(play(us(), include_str!("gs1_128_us.txt")), ["]C10109521234543213{GS}10L-42"]);
}

/// One way to type a character: with which Shift, on which key, with Caps Lock on or off.
fn typed(layout: Layout, character: char, way: usize, caps: bool) -> Vec<(u16, i32)> {
    let tap = |code: u16| vec![(code, 1), (code, 0)];
    let held = |holds: &[u16], taps: Vec<(u16, i32)>| {
        let down = holds.iter().map(|code| (*code, 1));
        let up = holds.iter().rev().map(|code| (*code, 0));
        down.chain(taps).chain(up).collect::<Vec<_>>()
    };
    let number = u32::from(character);
    if character == GS && way.is_multiple_of(3) {
        return held(&[[29, 97][way % 2]], tap(27));
    }
    if number < 32 || (way.is_multiple_of(5) && (number < 128 || (160..=255).contains(&number))) {
        let keys: Vec<u16> =
            format!("0{number:02}").bytes().map(|d| code(&format!("{}{}", ["", "Kp"][way % 2], d as char))).collect();
        return held(&[56], keys.into_iter().flat_map(tap).collect());
    }
    let reads =
        |code, level| if caps { layout.character_with_caps(code, level) } else { layout.character(code, level) };
    let levels = [Level::Plain, Level::Shift, Level::AltGr];
    let ways: Vec<(u16, Level)> = (1..=127)
        .flat_map(|code| levels.map(|level| (code, level)))
        .filter(|(code, level)| reads(*code, *level) == Some(character))
        .filter(|(_, level)| layout == Layout::De || *level != Level::AltGr)
        .collect();
    let (code, level) = ways[way % ways.len()];
    match level {
        Level::Plain => tap(code),
        Level::Shift => held(&[[42, 54][way % 2]], tap(code)),
        Level::AltGr if way.is_multiple_of(2) => held(&[100], tap(code)),
        Level::AltGr => held(&[29, 56], tap(code)),
    }
}

fn characters(layout: Layout) -> Vec<char> {
    let of = |level| (1..=127).filter_map(move |code| layout.character(code, level));
    let mut all: Vec<char> =
        [Level::Plain, Level::Shift, Level::AltGr].into_iter().flat_map(of).chain([GS, '\u{4}', '\u{1e}']).collect();
    all.sort_unstable();
    all.dedup();
    all
}

proptest! {
    #[test]
    fn any_text_typed_is_the_same_text(
        de in any::<bool>(),
        signs in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, prop::bool::weighted(0.1)), 1..40),
    ) {
        let layout = if de { Layout::De } else { Layout::Us };
        let all = characters(layout);
        let (mut decoder, mut caps, mut text, mut frames) = (Decoder::new(config(layout, None)), false, String::new(), Vec::new());
        for (sign, way, toggle) in signs {
            let character = all[sign.index(all.len())];
            let mut keys = if toggle { vec![(58, 1), (58, 0)] } else { Vec::new() };
            caps ^= toggle;
            keys.extend(typed(layout, character, way, caps));
            text.push(character);
            for (code, value) in keys {
                frames.extend(decoder.push(Input::Key { code, value }, 0));
            }
        }
        prop_assert_eq!(&frames, &[]);
        frames.extend(decoder.push(Input::Key { code: 28, value: 1 }, 1));
        prop_assert_eq!(frames, [Frame { raw: text.into_bytes(), complete: true, at_ms: 1 }]);
    }

    #[test]
    fn any_events_are_bounded(events in prop::collection::vec((0_u64..3_000, 0_u16..140, -1_i32..4), 0..700)) {
        let (mut decoder, mut now) = (Decoder::new(us()), 0);
        for (gap, code, value) in events {
            // Most gaps are none.
            now += gap.saturating_sub(2_900) * 60;
            let tick = decoder.tick(now);
            let input = match code {
                0 => Input::Dropped,
                1 => Input::Report,
                _ => Input::Key { code, value },
            };
            for frame in tick.into_iter().chain(decoder.push(input, now)) {
                prop_assert!(!frame.raw.is_empty() && frame.raw.len() <= 513);
            }
            prop_assert!(decoder.held.len() <= HELD_MAX);
        }
    }
}
