//! Showing bytes as text, and back.

/// Bytes as text that is safe to show: printable text stays, everything else
/// becomes `\xNN`, a backslash is doubled.
///
/// Valid UTF-8 stays readable except for control characters.
///
/// ```
/// use floorhand_gs1::{escape, unescape};
/// assert_eq!(escape(b"10ABC\x1d21\\9"), r"10ABC\x1d21\\9");
/// assert_eq!(unescape(r"10ABC\x1d21\\9").unwrap(), b"10ABC\x1d21\\9");
/// ```
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let unusual = bytes.iter().filter(|byte| !is_plain(**byte)).count();
    let mut out = String::with_capacity(bytes.len() + 3 * unusual);
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(character) = rest.chars().next() {
            let plain = rest.bytes().take_while(|byte| is_plain(*byte)).count();
            let (front, behind) = rest.split_at_checked(plain.max(character.len_utf8())).unwrap_or((rest, ""));
            match character {
                _ if plain > 0 => out.push_str(front),
                '\\' => out.push_str("\\\\"),
                _ if is_shown(character) => out.push(character),
                _ => front.bytes().for_each(|byte| push_hex(&mut out, byte)),
            }
            rest = behind;
        }
        chunk.invalid().iter().for_each(|byte| push_hex(&mut out, *byte));
    }
    out
}

/// Printable ASCII but the backslash.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'\\'
}

/// The bytes an escaped text stands for; `None` when a backslash is followed by
/// anything but `\` or `x` and two hexadecimal digits.
#[must_use]
pub fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next()? {
            b'\\' => out.push(b'\\'),
            b'x' => out.push(16 * hex(bytes.next()?)? + hex(bytes.next()?)?),
            _ => return None,
        }
    }
    Some(out)
}

/// The bytes as text where they are valid UTF-8 that is all shown.
pub(crate) fn shown_as_is(bytes: &[u8]) -> Option<&str> {
    let ascii = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    std::str::from_utf8(bytes).ok().filter(|text| ascii || text.chars().all(is_shown))
}

/// Invisible characters that reorder or join text are escaped too: what is shown
/// must be what was scanned.
fn is_shown(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn push_hex(out: &mut String, byte: u8) {
    out.push_str("\\x");
    for nibble in [byte >> 4, byte & 15] {
        out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
    }
}

pub(crate) fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
