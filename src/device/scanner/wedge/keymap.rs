//! What is printed on the keys: the US and the German layout, by the kernel's key codes
//! (`linux/input-event-codes.h`: position on the keyboard, whatever is printed there).
//!
//! Dead keys of the German layout (`^`, `´`, `` ` ``) are the plain character: a reader that waits
//! for a second key types a label as nobody prints it. Keys of the keypad are digits and signs
//! whatever Num Lock says: a reader has no use for arrows, and a digit must not get lost.

use std::str::FromStr;

/// Backspace.
pub const BACKSPACE: u16 = 14;
/// Tab.
pub const TAB: u16 = 15;
/// The key right of P and its neighbour: `]` and `}` on a US keyboard.
pub const RIGHT_BRACE: u16 = 27;
/// Enter.
pub const ENTER: u16 = 28;
/// Left Ctrl.
pub const LEFT_CTRL: u16 = 29;
/// Left Shift.
pub const LEFT_SHIFT: u16 = 42;
/// Right Shift.
pub const RIGHT_SHIFT: u16 = 54;
/// Left Alt.
pub const LEFT_ALT: u16 = 56;
/// Caps Lock.
pub const CAPS_LOCK: u16 = 58;
/// Num Lock.
pub const NUM_LOCK: u16 = 69;
/// Scroll Lock.
pub const SCROLL_LOCK: u16 = 70;
/// Enter on the keypad.
pub const KEYPAD_ENTER: u16 = 96;
/// Right Ctrl.
pub const RIGHT_CTRL: u16 = 97;
/// Right Alt; AltGr on a German keyboard.
pub const RIGHT_ALT: u16 = 100;

/// Layout that a reader is set up to type in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// United States, as readers are delivered.
    #[default]
    Us,
    /// Germany and Austria.
    De,
}

/// A layout that is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such layout (there are us, de)")]
pub struct UnknownLayout;

impl FromStr for Layout {
    type Err = UnknownLayout;

    fn from_str(text: &str) -> Result<Self, UnknownLayout> {
        match text {
            "us" => Ok(Self::Us),
            "de" => Ok(Self::De),
            _ => Err(UnknownLayout),
        }
    }
}

/// Which of the signs on a key is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The key alone.
    Plain,
    /// With Shift.
    Shift,
    /// With AltGr.
    AltGr,
}

/// Keys side by side from a first code on: plain, with Shift.
type Row = (u16, &'static str, &'static str);

const US: [Row; 6] = [
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (86, "<", ">"),
];

const DE: [Row; 6] = [
    (2, "1234567890ß´", "!\"§$%&/()=?`"),
    (16, "qwertzuiopü+", "QWERTZUIOPÜ*"),
    (30, "asdfghjklöä^", "ASDFGHJKLÖÄ°"),
    (43, "#yxcvbnm,.-", "'YXCVBNM;:_"),
    (57, " ", " "),
    (86, "<", ">"),
];

const DE_ALT_GR: [(u16, char); 12] = [
    (3, '²'),
    (4, '³'),
    (8, '{'),
    (9, '['),
    (10, ']'),
    (11, '}'),
    (12, '\\'),
    (16, '@'),
    (18, '€'),
    (27, '~'),
    (50, 'µ'),
    (86, '|'),
];

/// The keypad; its comma or point follows the layout.
const KEYPAD: [(u16, char); 17] = [
    (55, '*'),
    (71, '7'),
    (72, '8'),
    (73, '9'),
    (74, '-'),
    (75, '4'),
    (76, '5'),
    (77, '6'),
    (78, '+'),
    (79, '1'),
    (80, '2'),
    (81, '3'),
    (82, '0'),
    (98, '/'),
    (117, '='),
    (121, ','),
    (KEYPAD_POINT, '.'),
];
const KEYPAD_POINT: u16 = 83;

/// Keys by name, for substitutes of the separator.
const NAMED: [(&str, u16); 20] = [
    ("up", 103),
    ("left", 105),
    ("right", 106),
    ("down", 108),
    ("home", 102),
    ("end", 107),
    ("insert", 110),
    ("delete", 111),
    ("f1", 59),
    ("f2", 60),
    ("f3", 61),
    ("f4", 62),
    ("f5", 63),
    ("f6", 64),
    ("f7", 65),
    ("f8", 66),
    ("f9", 67),
    ("f10", 68),
    ("f11", 87),
    ("f12", 88),
];

impl Layout {
    /// The character that the key gives; `None`: it gives none.
    #[must_use]
    pub fn character(self, code: u16, level: Level) -> Option<char> {
        if let Some(character) = keypad(code) {
            let comma = self == Self::De && code == KEYPAD_POINT;
            return Some(if comma { ',' } else { character });
        }
        let rows = match self {
            Self::Us => &US,
            Self::De => &DE,
        };
        if level == Level::AltGr {
            return DE_ALT_GR.iter().find(|(at, _)| *at == code && self == Self::De).map(|(_, character)| *character);
        }
        rows.iter().find_map(|(first, plain, shift)| {
            let signs = if level == Level::Shift { shift } else { plain };
            signs.chars().nth(usize::from(code.checked_sub(*first)?))
        })
    }

    /// The same with Caps Lock on: letters change, other keys do not.
    #[must_use]
    pub fn character_with_caps(self, code: u16, level: Level) -> Option<char> {
        let other = match level {
            Level::Plain => Level::Shift,
            Level::Shift => Level::Plain,
            Level::AltGr => Level::AltGr,
        };
        let as_typed = self.character(code, level)?;
        let swapped = self.character(code, other)?;
        let letter = as_typed.is_alphabetic() && as_typed.to_lowercase().eq(swapped.to_lowercase());
        Some(if letter { swapped } else { as_typed })
    }
}

/// The sign on a key of the keypad.
fn keypad(code: u16) -> Option<char> {
    KEYPAD.iter().find(|(at, _)| *at == code).map(|(_, character)| *character)
}

/// The digit on a key, of either row or keypad.
#[must_use]
pub fn digit(code: u16) -> Option<u32> {
    Layout::Us.character(code, Level::Plain)?.to_digit(10)
}

/// The key of that name.
#[must_use]
pub fn named(name: &str) -> Option<u16> {
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(layout: Layout, codes: std::ops::RangeInclusive<u16>, level: Level) -> String {
        codes.filter_map(|code| layout.character(code, level)).collect()
    }

    #[test]
    fn rows() {
        let check = |layout, codes, plain: &str, shift: &str| {
            assert_eq!(row(layout, std::ops::RangeInclusive::clone(&codes), Level::Plain), plain);
            assert_eq!(row(layout, codes, Level::Shift), shift);
        };
        check(Layout::Us, 1..=14, "1234567890-=", "!@#$%^&*()_+");
        check(Layout::Us, 15..=28, "qwertyuiop[]", "QWERTYUIOP{}");
        check(Layout::Us, 29..=42, "asdfghjkl;'`", "ASDFGHJKL:\"~");
        check(Layout::Us, 43..=54, "\\zxcvbnm,./", "|ZXCVBNM<>?");
        check(Layout::De, 15..=28, "qwertzuiopü+", "QWERTZUIOPÜ*");
        assert_eq!(row(Layout::De, 1..=127, Level::AltGr), "²³{[]}\\@€~µ*789-456+1230,|/=,");
        assert_eq!(row(Layout::Us, 59..=127, Level::Plain), "789-456+1230.</=,");
    }

    /// Every printable ASCII character is on both keyboards, once outside the keypad.
    #[test]
    fn all_of_ascii() {
        for layout in [Layout::Us, Layout::De] {
            for character in ' '..='~' {
                let keys = (1..=255).filter(|code| keypad(*code).is_none() && *code != 86);
                let levels = [Level::Plain, Level::Shift, Level::AltGr];
                let on = |code| levels.into_iter().filter(move |l| layout.character(code, *l) == Some(character));
                let count = keys.flat_map(on).count();
                let shared = ['<', '>', '|', ' '].contains(&character);
                assert!(count == 1 || shared, "{layout:?} {character} {count}");
                assert!((1..=255).any(|code| on(code).next().is_some()), "{layout:?} {character}");
            }
        }
    }

    #[test]
    fn caps() {
        let caps = |code, level| Layout::De.character_with_caps(code, level).unwrap();
        assert_eq!((caps(30, Level::Plain), caps(30, Level::Shift)), ('A', 'a'));
        assert_eq!((caps(39, Level::Plain), caps(39, Level::Shift)), ('Ö', 'ö'));
        // Sharp s has no capital on its key; digits and signs have none at all.
        assert_eq!((caps(12, Level::Plain), caps(12, Level::Shift)), ('ß', '?'));
        assert_eq!((caps(2, Level::Plain), caps(2, Level::Shift)), ('1', '!'));
        assert_eq!(caps(16, Level::AltGr), '@');
    }

    #[test]
    fn digits_and_names() {
        assert_eq!([2, 10, 11, 71, 82].map(digit), [Some(1), Some(9), Some(0), Some(7), Some(0)]);
        assert_eq!([12, 30, 55, 0].map(digit), [None; 4]);
        assert_eq!((named("right"), named("f8"), named("a")), (Some(106), Some(66), None));
    }
}
