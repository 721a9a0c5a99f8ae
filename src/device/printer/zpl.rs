//! Labels in ZPL II: text, Code 128 and GS1-128, with everything escaped that is not plain. Pure.
//!
//! Data never becomes a command: `^`, `~`, `_` and every byte outside printable ASCII are written as
//! `_hh` under `^FH_`; text is UTF-8 (`^CI28`). Symbols are built with ZPL's own invocation codes
//! (`>;` start C, `>:` start B, `>5` to C, `>6` to B, `>8` FNC1), so that what is encoded does not
//! depend on what a printer guesses.

use std::fmt::Write;

/// Longest text of one field.
pub const TEXT_BYTES_MAX: usize = 256;
/// Longest content of a symbol; GS1-128 allows 48 characters.
pub const SYMBOL_CHARS_MAX: usize = 48;
/// Fields on one label.
pub const FIELDS_MAX: usize = 64;
/// Largest label: width and height in dots.
pub const DOTS_MAX: u32 = 32_000;

const GS: u8 = 0x1D;

/// What cannot be put on a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Longer than [`TEXT_BYTES_MAX`] or [`SYMBOL_CHARS_MAX`].
    #[error("too long: {0}")]
    Long(usize),
    /// No content.
    #[error("empty")]
    Empty,
    /// A character that the symbol does not have.
    #[error("character {0:#04x} cannot be in the symbol")]
    Character(u8),
    /// More than [`FIELDS_MAX`].
    #[error("too many fields")]
    Fields,
    /// Outside the label, or a label larger than [`DOTS_MAX`].
    #[error("outside the label")]
    Place,
}

/// Where a field stands: the upper left corner, in dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
}

/// A label under construction. One dot is 1/8 mm at 203 dpi.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    width: u32,
    height: u32,
    fields: usize,
    body: String,
}

impl Label {
    /// An empty label of this size, in dots.
    ///
    /// # Errors
    /// [`LabelError::Place`] for a size of nothing or more than [`DOTS_MAX`].
    pub fn new(width: u32, height: u32) -> Result<Self, LabelError> {
        if ![width, height].iter().all(|dots| (1..=DOTS_MAX).contains(dots)) {
            return Err(LabelError::Place);
        }
        Ok(Label { width, height, fields: 0, body: String::new() })
    }

    /// Text of this height in the printer's scalable font.
    ///
    /// # Errors
    /// Text too long, a place outside, or too many fields.
    pub fn text(&mut self, place: Place, height: u32, text: &str) -> Result<&mut Self, LabelError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(LabelError::Long(text.len()));
        }
        self.field(place, &format!("^A0N,{height}"), &escape(text.as_bytes()))
    }

    /// A Code 128 symbol. `module` is the width of the thinnest bar, `height` that of the bars.
    ///
    /// # Errors
    /// Empty, too long, or not printable ASCII; a place outside, or too many fields.
    pub fn code_128(&mut self, place: Place, module: u32, height: u32, text: &str) -> Result<&mut Self, LabelError> {
        let data = invoke(text.as_bytes(), false)?;
        self.field(place, &format!("^BY{module}^BCN,{height},N,N,N,N"), &data)
    }

    /// A GS1-128 symbol of an element string without identifier; GS (0x1D) stands where a separator
    /// is needed.
    ///
    /// # Errors
    /// As for [`Label::code_128`].
    pub fn gs1_128(&mut self, place: Place, module: u32, height: u32, elements: &str) -> Result<&mut Self, LabelError> {
        let data = invoke(elements.as_bytes(), true)?;
        self.field(place, &format!("^BY{module}^BCN,{height},N,N,N,N"), &data)
    }

    /// The document: one label, printed once.
    #[must_use]
    pub fn finish(&self) -> Vec<u8> {
        format!("^XA^CI28^PW{}^LL{}^LH0,0{}^PQ1^XZ\n", self.width, self.height, self.body).into_bytes()
    }

    fn field(&mut self, place: Place, command: &str, data: &str) -> Result<&mut Self, LabelError> {
        if place.x >= self.width || place.y >= self.height {
            return Err(LabelError::Place);
        }
        if self.fields >= FIELDS_MAX {
            return Err(LabelError::Fields);
        }
        self.fields += 1;
        // Writing to a String cannot fail.
        let _ = write!(self.body, "^FO{},{}{command}^FH_^FD{data}^FS", place.x, place.y);
        Ok(self)
    }
}

/// The label of a handling unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitLabel<'a> {
    /// What it is, in large letters.
    pub title: &'a str,
    /// The code: element string of GS1 (see `gs1`), or plain.
    pub code: &'a str,
    /// The code as people read it, e.g. `(00) 1 2345…`.
    pub code_text: &'a str,
    /// Whether the code is an element string of GS1.
    pub gs1: bool,
    /// Lines below, at most four.
    pub lines: &'a [&'a str],
}

/// A label of 100 × 50 mm at 203 dpi for a tote, carton or pallet: title, symbol, code, lines.
///
/// # Errors
/// See [`LabelError`].
pub fn unit_label(unit: &UnitLabel<'_>) -> Result<Vec<u8>, LabelError> {
    let mut label = Label::new(800, 400)?;
    label.text(Place { x: 30, y: 20 }, 50, unit.title)?;
    let place = Place { x: 30, y: 85 };
    match unit.gs1 {
        true => label.gs1_128(place, 3, 130, unit.code)?,
        false => label.code_128(place, 3, 130, unit.code)?,
    };
    label.text(Place { x: 30, y: 225 }, 32, unit.code_text)?;
    if unit.lines.len() > 4 {
        return Err(LabelError::Fields);
    }
    for (line, y) in unit.lines.iter().zip([268, 300, 332, 364]) {
        label.text(Place { x: 30, y }, 28, line)?;
    }
    Ok(label.finish())
}

/// Field data under `^FH_`: what is not plain becomes `_hh`.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'^' | b'~' | b'_' | 0..=0x1F | 0x7F.. => {
                let _ = write!(text, "_{byte:02X}");
            }
            plain => text.push(char::from(*plain)),
        }
    }
    text
}

/// Code 128 by invocation codes: pairs of digits in subset C wherever four or more stand together,
/// everything else in B.
fn invoke(data: &[u8], gs1: bool) -> Result<String, LabelError> {
    if data.is_empty() {
        return Err(LabelError::Empty);
    }
    if data.len() > SYMBOL_CHARS_MAX {
        return Err(LabelError::Long(data.len()));
    }
    let mut text = String::new();
    let mut rest = data;
    let mut in_c = digits(rest) >= 4;
    text.push_str(if in_c { ">;" } else { ">:" });
    if gs1 {
        text.push_str(">8");
    }
    while let [byte, after @ ..] = rest {
        let run = digits(rest);
        if *byte == GS && gs1 {
            text.push_str(">8");
        } else if in_c && run >= 2 {
            if let [one, two, after @ ..] = rest {
                text.extend([char::from(*one), char::from(*two)]);
                rest = after;
            }
            continue;
        } else if in_c {
            text.push_str(">6");
            in_c = false;
            continue;
        } else if run >= 4 && run.is_multiple_of(2) {
            text.push_str(">5");
            in_c = true;
            continue;
        } else {
            match byte {
                b'>' => text.push_str(">0"),
                b'^' => text.push_str("><"),
                b'~' => text.push_str(">="),
                b'_' => text.push_str("_5F"),
                0x20..=0x7E => text.push(char::from(*byte)),
                other => return Err(LabelError::Character(*other)),
            }
        }
        rest = after;
    }
    Ok(text)
}

/// How many digits stand at the beginning.
fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a printer encodes for field data: `^FH_` first, then the invocation codes. FNC1 is GS.
    fn encoded(data: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = data.as_bytes();
        while let [first, after @ ..] = rest {
            if *first == b'_' {
                let hex = std::str::from_utf8(&after[..2]).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                rest = &after[2..];
            } else {
                assert!(!b"^~".contains(first) || *first == b'^' && bytes.last() == Some(&b'>'), "{data}");
                bytes.push(*first);
                rest = after;
            }
        }
        let (mut out, mut in_c, mut rest) = (Vec::new(), false, bytes.as_slice());
        while let [first, after @ ..] = rest {
            if *first != b'>' {
                let take = if in_c { 2 } else { 1 };
                assert!(!in_c || rest[..2].iter().all(u8::is_ascii_digit), "{data}");
                out.extend(&rest[..take]);
                rest = &rest[take..];
                continue;
            }
            match after[0] {
                b';' | b'5' => in_c = true,
                b':' | b'6' => in_c = false,
                b'8' => out.push(GS),
                b'0' if !in_c => out.push(b'>'),
                b'<' if !in_c => out.push(b'^'),
                b'=' if !in_c => out.push(b'~'),
                other => panic!("{other} in {data}"),
            }
            rest = &after[1..];
        }
        out
    }

    #[test]
    fn symbols_are_invoked() {
        for (data, gs1, expected) in [
            ("00123456789012345675", true, ">;>800123456789012345675"),
            ("0109521234543213\x1d10LOT-42", true, ">;>80109521234543213>810>6LOT-42"),
            ("T-0042", false, ">:T->50042"),
            ("12345", false, ">;1234>65"),
            ("A12345", false, ">:A1>52345"),
            ("123", false, ">:123"),
            ("a>b^c~d_e", false, ">:a>0b><c>=d_5Fe"),
        ] {
            assert_eq!(invoke(data.as_bytes(), gs1).as_deref(), Ok(expected), "{data}");
        }
        for (data, error) in [
            ("", LabelError::Empty),
            ("ä", LabelError::Character(0xC3)),
            ("a\x1db", LabelError::Character(GS)),
            ("a\nb", LabelError::Character(b'\n')),
            (&"7".repeat(49), LabelError::Long(49)),
        ] {
            assert_eq!(invoke(data.as_bytes(), false), Err(error), "{data}");
        }
    }

    #[test]
    fn data_never_becomes_a_command() {
        assert_eq!(escape("^XZ~JA_ä\n".as_bytes()), "_5EXZ_7EJA_5F_C3_A4_0A");
        let mut label = Label::new(400, 200).unwrap();
        label.text(Place { x: 1, y: 2 }, 30, "^FS^XZ~HS").unwrap();
        label.code_128(Place { x: 1, y: 40 }, 2, 60, "T~^>_1").unwrap();
        let text = String::from_utf8(label.finish()).unwrap();
        assert_eq!(
            text,
            "^XA^CI28^PW400^LL200^LH0,0^FO1,2^A0N,30^FH_^FD_5EFS_5EXZ_7EHS^FS\
             ^FO1,40^BY2^BCN,60,N,N,N,N^FH_^FD>:T>=><>0_5F1^FS^PQ1^XZ\n"
        );
    }

    #[test]
    fn limits_hold() {
        assert_eq!(Label::new(0, 10), Err(LabelError::Place));
        assert_eq!(Label::new(10, DOTS_MAX + 1), Err(LabelError::Place));
        let mut label = Label::new(100, 100).unwrap();
        assert_eq!(label.text(Place { x: 100, y: 0 }, 9, "x").err(), Some(LabelError::Place));
        assert_eq!(label.text(Place { x: 0, y: 0 }, 9, &"x".repeat(257)).err(), Some(LabelError::Long(257)));
        for _ in 0..FIELDS_MAX {
            label.text(Place { x: 0, y: 0 }, 9, "x").unwrap();
        }
        assert_eq!(label.text(Place { x: 0, y: 0 }, 9, "x").err(), Some(LabelError::Fields));
        let unit = UnitLabel { title: "Tote", code: "T-1", code_text: "T-1", gs1: false, lines: &["x"; 5] };
        assert_eq!(unit_label(&unit), Err(LabelError::Fields));
    }

    #[test]
    fn a_pallet_label() {
        let unit = UnitLabel {
            title: "Pallet 7",
            code: "00123456789012345675",
            code_text: "(00) 123456789012345675",
            gs1: true,
            lines: &["12 × Shirt, blue", "LOT-42"],
        };
        let text = String::from_utf8(unit_label(&unit).unwrap()).unwrap();
        assert!(
            text.contains("^FD>;>800123456789012345675^FS") && text.contains("^FD12 _C3_97 Shirt, blue^FS"),
            "{text}"
        );
    }

    proptest::proptest! {
        /// What is printed is what was given.
        #[test]
        fn symbols_say_what_was_given(data in "[ -~]{1,48}", digits in "[0-9A-C\x1d]{1,48}") {
            assert_eq!(encoded(&invoke(data.as_bytes(), false).unwrap()), data.as_bytes());
            let mut expected = vec![GS];
            expected.extend(digits.as_bytes());
            assert_eq!(encoded(&invoke(digits.as_bytes(), true).unwrap()), expected);
        }

        #[test]
        fn text_has_no_commands(text: String) {
            assert!(!escape(text.as_bytes()).contains(['^', '~']));
        }
    }
}
