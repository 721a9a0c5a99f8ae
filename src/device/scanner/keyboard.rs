//! Codes among keys: a reader that types into the window, told from a person by timing alone.
//!
//! This is the fallback for desktops. Pure: keys and times in; out come scans, and characters that
//! were typing after all. A scan is at least four printable characters, on average at most 35 ms
//! apart and never more than 100 ms, ended by Enter, Tab or 120 ms of silence;
//! what silence says is a matter of the readers ([`Silence`]).
//! Characters are held back until that is decided; a person's single key is held for one gap.

use std::mem;

/// The bounds between a reader and a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Printable characters of a scan, at least.
    pub chars_min: usize,
    /// Mean distance of its characters, at most.
    pub mean_gap_ms: u64,
    /// Any distance of its characters, at most.
    pub gap_ms_max: u64,
    /// Silence that ends it.
    pub idle_ms: u64,
    /// Bytes of a scan at the most.
    pub bytes_max: usize,
    /// What silence says about a scan.
    pub silence: Silence,
}

/// Whether a burst that silence has ended is a whole code or may be half of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// May be half: the readers here end with Enter or Tab.
    Breaks,
    /// Whole: the readers here end with nothing.
    Ends,
    /// Whole until a scan has ended with Enter or Tab; from then on it may be half. So a reader
    /// without suffix works as delivered, and a hiccup of another cannot cut a code in two.
    Learns,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            chars_min: 4,
            mean_gap_ms: 35,
            gap_ms_max: 100,
            idle_ms: 120,
            bytes_max: 512,
            silence: Silence::Learns,
        }
    }
}

/// A key that reached the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A printable character, or the separator 0x1D.
    Char(char),
    /// Enter.
    Enter,
    /// Tab.
    Tab,
}

impl Key {
    /// The key of a character: Ctrl+] is how readers type the GS1 separator. Other characters with
    /// Ctrl, and control characters, are no part of a code.
    #[must_use]
    pub fn of(character: char, ctrl: bool) -> Option<Self> {
        match character {
            '\u{1d}' => Some(Self::Char('\u{1d}')),
            ']' if ctrl => Some(Self::Char('\u{1d}')),
            '\r' | '\n' => Some(Self::Enter),
            '\t' => Some(Self::Tab),
            _ if ctrl || character.is_control() => None,
            _ => Some(Self::Char(character)),
        }
    }
}

/// What keys turned out to be, in the order they were pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keys {
    /// A reader. The key that ended it is part of it.
    Scan {
        /// Its bytes; one more than [`Limits::bytes_max`] when it was longer.
        raw: Vec<u8>,
        /// Ended as the readers here end a code, and not too long. `false`: perhaps half a code.
        complete: bool,
        /// Mean distance of its characters, for the log.
        mean_gap_ms: u64,
        /// When it ended.
        at_ms: u64,
    },
    /// A person, or too little to be a code.
    Typed(String),
    /// Enter, pressed by a person.
    Enter,
    /// Tab, pressed by a person.
    Tab,
}

/// Tells a reader from a person.
#[derive(Debug, Clone)]
pub struct Keyboard {
    limits: Limits,
    held: String,
    count: usize,
    printable: usize,
    first_ms: u64,
    last_ms: u64,
    run: Run,
    /// A scan has ended with Enter or Tab.
    ended_by_key: bool,
}

/// What the characters since the last end are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    Undecided,
    Typing,
    TooLong,
}

impl Keyboard {
    /// Nothing pressed yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Keyboard {
            limits,
            held: String::new(),
            count: 0,
            printable: 0,
            first_ms: 0,
            last_ms: 0,
            run: Run::Undecided,
            ended_by_key: false,
        }
    }

    /// Takes a key pressed at `now_ms`.
    pub fn key(&mut self, key: Key, now_ms: u64) -> Vec<Keys> {
        let mut out: Vec<Keys> = self.tick(now_ms).into_iter().collect();
        match key {
            Key::Enter => out.extend(self.end(Keys::Enter, now_ms)),
            Key::Tab => out.extend(self.end(Keys::Tab, now_ms)),
            Key::Char(character) => {
                let gap = now_ms.saturating_sub(self.last_ms);
                if self.count > 0 && gap > self.limits.gap_ms_max && self.run != Run::TooLong {
                    out.extend(self.release());
                }
                out.extend(self.character(character, now_ms));
            }
        }
        out
    }

    /// Ends what has been silent for long enough; to be called at [`Self::deadline_ms`]. With
    /// `u64::MAX` it ends at once, because another key was pressed: a burst is then half a code.
    pub fn tick(&mut self, now_ms: u64) -> Option<Keys> {
        if now_ms < self.deadline_ms()? {
            return None;
        }
        let whole = match self.limits.silence {
            Silence::Breaks => false,
            Silence::Ends => true,
            Silence::Learns => !self.ended_by_key,
        };
        match self.run {
            Run::Undecided if self.is_scan() => Some(self.scan(whole && now_ms != u64::MAX, now_ms)),
            _ => self.release(),
        }
    }

    /// When to tick; `None`: nothing has been pressed.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        (self.count > 0).then(|| self.last_ms.saturating_add(self.limits.idle_ms))
    }

    /// Whether characters are held back. While they are, Tab ends a code and moves no focus.
    #[must_use]
    pub fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    fn character(&mut self, character: char, now_ms: u64) -> Option<Keys> {
        if self.count == 0 {
            self.first_ms = now_ms;
        }
        self.last_ms = now_ms;
        self.count += 1;
        match self.run {
            Run::TooLong => return None,
            Run::Typing => return Some(Keys::Typed(character.into())),
            Run::Undecided => self.held.push(character),
        }
        self.printable += usize::from(character != '\u{1d}');
        if self.held.len() > self.limits.bytes_max {
            let scan = self.scan(false, now_ms);
            // The rest of the burst belongs to it.
            (self.count, self.run) = (1, Run::TooLong);
            return Some(scan);
        }
        // Too slow for a reader, after twice as many characters as decide: a person who is fast.
        if self.count >= self.limits.chars_min.saturating_mul(2) && self.mean_gap_ms() > self.limits.mean_gap_ms {
            let typed = mem::take(&mut self.held);
            self.run = Run::Typing;
            return Some(Keys::Typed(typed));
        }
        None
    }

    fn end(&mut self, person: Keys, now_ms: u64) -> Vec<Keys> {
        match self.run {
            Run::TooLong => {
                self.reset();
                Vec::new()
            }
            Run::Undecided if self.is_scan() => {
                self.ended_by_key = true;
                vec![self.scan(true, now_ms)]
            }
            _ => self.release().into_iter().chain([person]).collect(),
        }
    }

    fn is_scan(&self) -> bool {
        self.printable >= self.limits.chars_min && self.mean_gap_ms() <= self.limits.mean_gap_ms
    }

    /// Rounded up, so that 35.1 is above 35.
    fn mean_gap_ms(&self) -> u64 {
        let gaps = u64::try_from(self.count.saturating_sub(1)).unwrap_or(u64::MAX);
        self.last_ms.saturating_sub(self.first_ms).div_ceil(gaps.max(1))
    }

    fn scan(&mut self, complete: bool, now_ms: u64) -> Keys {
        let mean_gap_ms = self.mean_gap_ms();
        let mut raw = mem::take(&mut self.held).into_bytes();
        raw.truncate(self.limits.bytes_max.saturating_add(1));
        self.reset();
        Keys::Scan { raw, complete, mean_gap_ms, at_ms: now_ms }
    }

    fn release(&mut self) -> Option<Keys> {
        let typed = mem::take(&mut self.held);
        self.reset();
        (!typed.is_empty()).then_some(Keys::Typed(typed))
    }

    fn reset(&mut self) {
        self.held.clear();
        (self.count, self.printable, self.run) = (0, 0, Run::Undecided);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each key is (silence before it in ms, sign): `\r` Enter, `\t` Tab. Ticks come on time.
    fn run_with(silence: Silence, keys: impl IntoIterator<Item = (u64, char)>) -> Vec<Keys> {
        let limits = Limits { silence, ..Limits::default() };
        let (mut keyboard, mut now, mut out) = (Keyboard::new(limits), 1_000, Vec::new());
        for (gap, sign) in keys {
            now += gap;
            if let Some(at) = keyboard.deadline_ms().filter(|at| *at <= now) {
                out.extend(keyboard.tick(at));
            }
            out.extend(keyboard.key(Key::of(sign, false).expect("a key"), now));
        }
        out.extend(keyboard.tick(now + 120));
        assert_eq!((keyboard.deadline_ms(), keyboard.is_holding()), (None, false));
        out
    }

    fn run(keys: impl IntoIterator<Item = (u64, char)>) -> Vec<Keys> {
        run_with(Silence::Breaks, keys)
    }

    fn shown(out: &[Keys]) -> Vec<String> {
        let text = |keys: &Keys| match keys {
            Keys::Scan { raw, complete: true, .. } => format!("scan {}", raw.escape_ascii()),
            Keys::Scan { raw, complete: false, .. } if raw.len() > 60 => format!("half of {} bytes", raw.len()),
            Keys::Scan { raw, complete: false, .. } => format!("half {}", raw.escape_ascii()),
            Keys::Typed(text) => format!("typed {text}"),
            Keys::Enter => "enter".into(),
            Keys::Tab => "tab".into(),
        };
        out.iter().map(text).collect()
    }

    fn evenly(text: &str, gap: u64) -> Vec<(u64, char)> {
        text.chars().map(|sign| (gap, sign)).collect()
    }

    #[track_caller]
    fn check(keys: Vec<(u64, char)>, expected: &[&str]) {
        assert_eq!(shown(&run(keys)), expected);
    }

    #[test]
    fn readers() {
        check(evenly("A-01\r", 10), &["scan A-01"]);
        check(evenly("A-01\t", 35), &["scan A-01"]);
        check(evenly("]C1010952123454321310AB\u{1d}21SN\r", 3), &["scan ]C1010952123454321310AB\\x1d21SN"]);
        check([evenly("A-01\r", 5), evenly("A-02\r", 5)].concat(), &["scan A-01", "scan A-02"]);
        check(evenly("A-01", 10), &["half A-01"]);
        // One hiccup, in the bounds.
        check(vec![(0, 'A'), (95, 'B'), (1, 'C'), (1, 'D'), (1, '\r')], &["scan ABCD"]);
    }

    #[test]
    fn ends() {
        let silent = |silence, keys: &[&str]| {
            let keys = keys.iter().flat_map(|keys| evenly(keys, 10).into_iter().chain([(150, '\r')]));
            let out = shown(&run_with(silence, keys));
            out.into_iter().filter(|keys| keys != "enter").collect::<Vec<_>>()
        };
        let codes = ["A-01", "A-02\t", "A-03\r", "A-04"];
        assert_eq!(silent(Silence::Breaks, &codes), ["half A-01", "scan A-02", "scan A-03", "half A-04"]);
        assert_eq!(silent(Silence::Ends, &codes), ["scan A-01", "scan A-02", "scan A-03", "scan A-04"]);
        // The reader that has a suffix is believed to have one.
        assert_eq!(silent(Silence::Learns, &codes), ["scan A-01", "scan A-02", "scan A-03", "half A-04"]);
        assert_eq!(silent(Silence::Learns, &["A-01", "A-02"]), ["scan A-01", "scan A-02"]);
        // A person's Enter teaches nothing, and three signs are no scan.
        assert_eq!(silent(Silence::Learns, &["7\r", "123", "A-01"]), ["typed 7", "typed 123", "scan A-01"]);
    }

    #[test]
    fn another_key_cuts_a_burst_off() {
        let mut keyboard = Keyboard::new(Limits::default());
        "A-01".chars().for_each(|sign| drop(keyboard.key(Key::Char(sign), 0)));
        assert_eq!(shown(&keyboard.tick(u64::MAX).into_iter().collect::<Vec<_>>()), ["half A-01"]);
    }

    #[test]
    fn people() {
        check(evenly("7", 0), &["typed 7"]);
        check(evenly("7\r", 40), &["typed 7", "enter"]);
        check(evenly("4711\r", 150), &["typed 4", "typed 7", "typed 1", "typed 1", "enter"]);
        check(evenly("4711\r", 60), &["typed 4711", "enter"]);
        check(evenly("\r\t", 10), &["enter", "tab"]);
        check(evenly("123\r", 5), &["typed 123", "enter"]);
        // Fast, and still a person: passes on at once after eight.
        check(evenly("ABCDEFGHIJ\r", 60), &["typed ABCDEFGH", "typed I", "typed J", "enter"]);
        // The separator is no printable character.
        check(evenly("\u{1d}AB\u{1d}\r", 5), &["typed \u{1d}AB\u{1d}", "enter"]);
    }

    #[test]
    fn bounds() {
        let spaced = |gaps: [u64; 4]| vec![(0, 'A'), (gaps[0], 'B'), (gaps[1], 'C'), (gaps[2], 'D'), (gaps[3], '\r')];
        check(spaced([35, 35, 35, 35]), &["scan ABCD"]);
        check(spaced([35, 35, 36, 1]), &["typed ABCD", "enter"]);
        check(spaced([1, 1, 100, 1]), &["scan ABCD"]);
        check(spaced([1, 1, 101, 1]), &["typed ABC", "typed D", "enter"]);
        check(spaced([1, 1, 1, 100]), &["scan ABCD"]);
        // The end key may take until silence would have ended it.
        check(spaced([1, 1, 1, 119]), &["scan ABCD"]);
        check(spaced([1, 1, 1, 120]), &["half ABCD", "enter"]);
        check(vec![(0, '1'), (500, 'A'), (5, 'B'), (5, 'C'), (5, 'D'), (5, '\r')], &["typed 1", "scan ABCD"]);
    }

    #[test]
    fn too_long_is_one_refused_scan() {
        check(evenly(&("x".repeat(5_000) + "\rA-01\r"), 1), &["half of 513 bytes", "scan A-01"]);
        let silent =
            [evenly(&"x".repeat(5_000), 1), vec![(130, 'A'), (1, '-'), (1, '0'), (1, '1'), (1, '\r')]].concat();
        check(silent, &["half of 513 bytes", "scan A-01"]);
    }

    #[test]
    fn keys_of_characters() {
        assert_eq!(Key::of(']', true), Some(Key::Char('\u{1d}')));
        assert_eq!(Key::of('\u{1d}', true), Some(Key::Char('\u{1d}')));
        assert_eq!(Key::of(']', false), Some(Key::Char(']')));
        assert_eq!(Key::of('c', true), None);
        assert_eq!(Key::of('\u{8}', false), None);
        assert_eq!(Key::of('\n', false), Some(Key::Enter));
    }

    proptest! {
        /// What is neither swallowed as too long nor a key that ended a scan comes out, in order.
        #[test]
        fn nothing_is_lost(keys in prop::collection::vec((0_u64..200, prop::sample::select(vec!['A', '7', '\r', '\t', '\u{1d}'])), 0..80)) {
            let pressed: String = keys.iter().map(|(_, c)| *c).filter(|c| !"\r\t".contains(*c)).collect();
            let out = run(keys);
            let mut seen = String::new();
            for keys in &out {
                match keys {
                    Keys::Scan { raw, .. } => seen.push_str(std::str::from_utf8(raw).unwrap()),
                    Keys::Typed(text) => seen.push_str(text),
                    Keys::Enter | Keys::Tab => {}
                }
            }
            prop_assert_eq!(seen, pressed);
        }
    }
}
