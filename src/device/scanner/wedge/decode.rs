//! From keys to codes. Pure: key events and times in, frames out.
//!
//! What a reader types is turned into the bytes that a serial reader would have sent; the same
//! [`Deframer`] cuts them. What cannot be read for sure is never guessed: a key that gives no
//! character, an Alt code that means nothing here, and every event that the kernel has dropped
//! leave the byte SUB (1A), which ASCII has for this, and the code is delivered as incomplete.
//!
//! The separator of GS1 (GS, 1D) comes as Ctrl+], as Alt+029, or as a substitute that the site has
//! chosen. Key repeat is ignored: a reader lets go of its keys.

use super::keymap::{self, Layout, Level};
use crate::device::scanner::frame::{Config as Framing, Deframer, Frame};
use std::collections::BTreeSet;

/// Longest Alt code that is followed; a longer one means nothing.
const ALT_DIGITS_MAX: u32 = 5;
/// Keys that can be held at a time; a keyboard has fewer, a broken one is not followed further.
const HELD_MAX: usize = 64;

const GS: char = '\u{1d}';
/// Stands where something was typed that could not be read.
const SUB: u8 = 0x1A;

/// What the kernel says about a reader's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A key (EV_KEY): value 1 pressed, 0 released, 2 repeated.
    Key {
        /// Which.
        code: u16,
        /// What happened to it.
        value: i32,
    },
    /// The kernel had no room for all events (SYN_DROPPED); up to the next [`Input::Report`] they
    /// are to be ignored.
    Dropped,
    /// What belongs together ends here (SYN_REPORT).
    Report,
}

/// How a reader types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Its layout.
    pub layout: Layout,
    /// What it types for GS, beside Ctrl+] and Alt+029.
    pub gs: Option<Substitute>,
    /// How codes are framed; Enter is CR.
    pub framing: Framing,
}

/// What stands for GS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Substitute {
    /// A character that its labels do not have.
    Character(char),
    /// A key that gives no character.
    Key(u16),
}

/// Turns keys into codes.
#[derive(Debug, Clone)]
pub struct Decoder {
    config: Config,
    deframer: Deframer,
    held: BTreeSet<u16>,
    caps: bool,
    alt: Option<AltCode>,
    /// Something in the code that is being typed could not be read.
    spoilt: bool,
    dropping: bool,
    stale: bool,
}

/// Digits typed while Alt is held.
#[derive(Debug, Clone, Copy, Default)]
struct AltCode {
    value: u32,
    digits: u32,
    starts_with_0: bool,
    wrong: bool,
}

impl Decoder {
    /// One whose keys are all up.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let deframer = Deframer::new(config.framing.clone());
        let (held, alt) = (BTreeSet::new(), None);
        Decoder { config, deframer, held, caps: false, alt, spoilt: false, dropping: false, stale: false }
    }

    /// Takes an event that was read at `now_ms`.
    pub fn push(&mut self, input: Input, now_ms: u64) -> Option<Frame> {
        match input {
            Input::Dropped => {
                self.dropping = true;
                self.lost(now_ms)
            }
            Input::Report => {
                self.stale |= std::mem::take(&mut self.dropping);
                None
            }
            Input::Key { .. } if self.dropping => None,
            Input::Key { code, value: 0 } => self.up(code, now_ms),
            Input::Key { code, value: 1 } => self.down(code, now_ms),
            Input::Key { .. } => None,
        }
    }

    /// Whether events were dropped, so that the state of the keys must be asked for.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// The keys that are held, and Caps Lock, as the device has them now.
    pub fn resync(&mut self, held: impl IntoIterator<Item = u16>, caps: bool) {
        self.held = held.into_iter().take(HELD_MAX).collect();
        self.caps = caps;
        self.alt = self.is_alt().then_some(AltCode { wrong: true, ..AltCode::default() });
        self.stale = false;
    }

    /// Ends a code that has been silent for long enough; to be called at [`Self::deadline_ms`].
    pub fn tick(&mut self, now_ms: u64) -> Option<Frame> {
        let frame = self.deframer.tick(now_ms);
        self.judged(frame)
    }

    /// When to tick; `None`: nothing is held.
    #[must_use]
    pub fn deadline_ms(&self) -> Option<u64> {
        self.deframer.deadline_ms()
    }

    /// Ends what is held at once: the reader is gone.
    pub fn flush(&mut self, now_ms: u64) -> Option<Frame> {
        let frame = self.deframer.flush(now_ms);
        self.judged(frame)
    }

    fn down(&mut self, code: u16, now_ms: u64) -> Option<Frame> {
        if self.held.len() < HELD_MAX {
            self.held.insert(code);
        }
        match code {
            keymap::LEFT_ALT | keymap::RIGHT_ALT => {
                if self.is_alt() {
                    self.alt.get_or_insert_default();
                }
                None
            }
            keymap::CAPS_LOCK => {
                self.caps = !self.caps;
                None
            }
            keymap::LEFT_SHIFT
            | keymap::RIGHT_SHIFT
            | keymap::LEFT_CTRL
            | keymap::RIGHT_CTRL
            | keymap::NUM_LOCK
            | keymap::SCROLL_LOCK => None,
            keymap::ENTER | keymap::KEYPAD_ENTER | keymap::TAB => {
                if let Some(alt) = &mut self.alt {
                    // An Alt code that is not over: what it stands for is missing.
                    alt.wrong = true;
                    self.spoilt = true;
                }
                self.byte(if code == keymap::TAB { b'\t' } else { b'\r' }, now_ms)
            }
            _ => self.sign(code, now_ms),
        }
    }

    fn up(&mut self, code: u16, now_ms: u64) -> Option<Frame> {
        self.held.remove(&code);
        if self.is_alt() || !matches!(code, keymap::LEFT_ALT | keymap::RIGHT_ALT) {
            return None;
        }
        let alt = self.alt.take()?;
        if alt.digits == 0 && !alt.wrong {
            return None;
        }
        match alt.character() {
            Some(character) => self.character(character, now_ms),
            None => self.lost(now_ms),
        }
    }

    /// A key that should give a character.
    fn sign(&mut self, code: u16, now_ms: u64) -> Option<Frame> {
        if self.config.gs == Some(Substitute::Key(code)) {
            return self.character(GS, now_ms);
        }
        let alt_gr = self.is_alt_gr();
        if let Some(alt) = self.alt.as_mut().filter(|_| !alt_gr) {
            alt.key(code);
            return None;
        }
        let typed = if alt_gr {
            self.typed(code, Level::AltGr)
        } else if self.is_held(&[keymap::LEFT_CTRL, keymap::RIGHT_CTRL]) {
            self.control(code)
        } else {
            self.typed(code, self.level())
        };
        match typed {
            Some(character) => self.character(character, now_ms),
            None => self.lost(now_ms),
        }
    }

    fn typed(&self, code: u16, level: Level) -> Option<char> {
        let layout = self.config.layout;
        if self.caps { layout.character_with_caps(code, level) } else { layout.character(code, level) }
    }

    /// A key with Ctrl, as terminals have it: Ctrl+A is 01, Ctrl+] is 1D. Readers that are made for
    /// US keyboards press the key that has `]` there.
    fn control(&self, code: u16) -> Option<char> {
        if code == keymap::RIGHT_BRACE {
            return Some(GS);
        }
        let sign = self.config.layout.character(code, self.level())?.to_ascii_uppercase();
        let sign = u8::try_from(sign).ok().filter(|sign| (b'A'..=b'_').contains(sign))?;
        Some(char::from(sign & 0x1F))
    }

    fn character(&mut self, character: char, now_ms: u64) -> Option<Frame> {
        let gs = self.config.gs == Some(Substitute::Character(character));
        let mut bytes = [0; 4];
        let bytes = if gs { GS } else { character }.encode_utf8(&mut bytes).as_bytes();
        let mut frame = None;
        for &byte in bytes {
            // A character ends one code at the most.
            frame = frame.or(self.byte(byte, now_ms));
        }
        frame
    }

    fn byte(&mut self, byte: u8, now_ms: u64) -> Option<Frame> {
        let frames = self.deframer.push(&[byte], now_ms);
        self.judged(frames.into_iter().next())
    }

    /// Something was typed that could not be read.
    fn lost(&mut self, now_ms: u64) -> Option<Frame> {
        self.spoilt = true;
        self.byte(SUB, now_ms)
    }

    fn judged(&mut self, frame: Option<Frame>) -> Option<Frame> {
        let frame = frame.map(|frame| Frame { complete: frame.complete && !self.spoilt, ..frame });
        if frame.is_some() || self.deframer.deadline_ms().is_none() {
            self.spoilt = false;
        }
        frame
    }

    fn level(&self) -> Level {
        if self.is_held(&[keymap::LEFT_SHIFT, keymap::RIGHT_SHIFT]) { Level::Shift } else { Level::Plain }
    }

    /// AltGr; programs press left Ctrl and Alt for it.
    fn is_alt_gr(&self) -> bool {
        self.config.layout == Layout::De
            && (self.is_held(&[keymap::RIGHT_ALT])
                || (self.is_held(&[keymap::LEFT_ALT]) && self.is_held(&[keymap::LEFT_CTRL, keymap::RIGHT_CTRL])))
    }

    /// An Alt that takes digits.
    fn is_alt(&self) -> bool {
        !self.is_alt_gr() && self.is_held(&[keymap::LEFT_ALT, keymap::RIGHT_ALT])
    }

    fn is_held(&self, codes: &[u16]) -> bool {
        codes.iter().any(|code| self.held.contains(code))
    }
}

impl AltCode {
    fn key(&mut self, code: u16) {
        let Some(digit) = keymap::digit(code).filter(|_| self.digits < ALT_DIGITS_MAX) else {
            self.wrong = true;
            return;
        };
        self.starts_with_0 |= self.digits == 0 && digit == 0;
        self.value = self.value * 10 + digit;
        self.digits += 1;
    }

    /// ASCII, or with a zero in front what Windows has above it, as far as Unicode has the same
    /// there. Without the zero it would be the code page of some machine.
    fn character(self) -> Option<char> {
        let above = self.starts_with_0 && (160..=255).contains(&self.value);
        if self.wrong || !(self.value <= 127 || above) {
            return None;
        }
        char::from_u32(self.value)
    }
}

#[cfg(test)]
mod tests;
