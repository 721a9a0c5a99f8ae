//! The parser: raw data and the bracketed form into elements.

use super::{Element, Elements, GS, MAX_ELEMENTS, MAX_INPUT_BYTES, MAX_VALUE_BYTES, Mode, Warning};
use crate::ai::{self, Ai};
use crate::error::{Error, ErrorKind};

/// Reads the data of a GS1 symbol as the reader sends it: GS (0x1D) as separator, no
/// identifier and no separator in front.
///
/// # Errors
/// The first fault, with its bytes. Required and excluded partners are not looked
/// at: see [`crate::association`].
///
/// ```
/// use floorhand_gs1::{Mode, element};
/// let label = element::parse(b"010952123454321310LOT-42\x1d17271231", Mode::Strict).unwrap();
/// assert_eq!(label.to_bracketed(), "(01)09521234543213(10)LOT-42(17)271231");
/// ```
pub fn parse(data: &[u8], mode: Mode) -> Result<Elements, Error> {
    split(data, GS, mode)
}

/// Reads an element string with `^` for FNC1, the first one in front of everything.
///
/// # Errors
/// The first fault, with its bytes.
///
/// ```
/// use floorhand_gs1::element;
/// assert!(element::parse_caret("^0112345678901231").is_ok());
/// assert!(element::parse_caret("0112345678901231").is_err());
/// ```
pub fn parse_caret(text: &str) -> Result<Elements, Error> {
    match text.as_bytes().strip_prefix(b"^") {
        Some(rest) => split(rest, b'^', Mode::Strict).map(|found| shift(found, 1)).map_err(|error| error.shifted(1)),
        None if text.is_empty() => Err(Error::new(ErrorKind::Empty, 0..0)),
        None => Err(Error::new(ErrorKind::MissingFirstSeparator, 0..1)),
    }
}

fn shift(mut found: Elements, by: usize) -> Elements {
    for element in &mut found.elements {
        element.span = element.span.start + by..element.span.end + by;
    }
    found
}

fn split(data: &[u8], separator: u8, mode: Mode) -> Result<Elements, Error> {
    limit(data)?;
    let mut out = Elements::default();
    let mut at = 0;
    if mode == Mode::Lenient {
        while data.get(at) == Some(&separator) {
            at += 1;
        }
        if at > 0 {
            out.warnings.push(Warning::LeadingSeparator { at: 0 });
        }
    }
    if at == data.len() {
        return Err(Error::new(ErrorKind::Empty, 0..data.len()));
    }
    while at < data.len() {
        let rest = data.get(at..).unwrap_or(&[]);
        if rest.first() == Some(&separator) {
            return Err(Error::new(ErrorKind::UnexpectedSeparator, at..at + 1));
        }
        let Some((ai, entry)) = ai::leading(rest) else {
            return Err(Error::new(ErrorKind::UnknownAi, at..data.len().min(at + unknown_len(rest, separator))));
        };
        let from = at + ai.as_str().len();
        let rest = data.get(from..).unwrap_or(&[]);
        let to_separator = rest.iter().position(|byte| *byte == separator).unwrap_or(rest.len());
        let len = if entry.fnc1_required { to_separator } else { to_separator.min(entry.max_len()) };
        let value = rest.get(..len).unwrap_or(rest);
        check_value(ai, value).map_err(|error| error.shifted(from))?;
        let value = String::from_utf8_lossy(value).into_owned();
        push(&mut out, Element { ai, value, span: at..from + len })?;
        at = from + len;
        // The separator after this element; also accepted where none is needed.
        if data.get(at) == Some(&separator) {
            at += 1;
        }
        let more = data.get(at..).unwrap_or(&[]).iter().take_while(|byte| **byte == separator).count();
        if mode == Mode::Lenient && more > 0 {
            out.warnings.push(Warning::RepeatedSeparator { at });
            at += more;
        }
    }
    Ok(out)
}

/// Four bytes are shown of an identifier that does not exist, less where the data ends.
fn unknown_len(rest: &[u8], separator: u8) -> usize {
    rest.iter().take(4).take_while(|byte| **byte != separator).count().max(1)
}

/// Reads the bracketed form, `(01)…(10)…`; `\(` is a bracket inside a value.
///
/// Each value must satisfy its own identifier before anything is joined.
///
/// # Errors
/// The first fault, with its bytes.
///
/// ```
/// use floorhand_gs1::element;
/// let label = element::parse_bracketed(r"(10)12345\(11)991225").unwrap();
/// assert_eq!(label.value("10"), Some("12345(11)991225"));
/// ```
pub fn parse_bracketed(text: &str) -> Result<Elements, Error> {
    let data = text.as_bytes();
    limit(data)?;
    if data.is_empty() {
        return Err(Error::new(ErrorKind::Empty, 0..0));
    }
    let mut out = Elements::default();
    let mut at = 0;
    while at < data.len() {
        let start = at;
        if data.get(at) != Some(&b'(') {
            return Err(Error::new(ErrorKind::Brackets, at..at + 1));
        }
        let inside = data.get(at + 1..).unwrap_or(&[]);
        let Some(close) = inside.iter().take(5).position(|byte| *byte == b')') else {
            return Err(Error::new(ErrorKind::Brackets, at..data.len().min(at + 6)));
        };
        let ai = inside.get(..close).and_then(Ai::from_bytes).filter(|ai| ai.entry().is_some());
        let Some(ai) = ai else {
            return Err(Error::new(ErrorKind::UnknownAi, at + 1..at + 1 + close));
        };
        at += close + 2;
        let from = at;
        let mut value = Vec::new();
        // The source position of each byte of the value, and of its end.
        let mut places = Vec::new();
        while let Some(byte) = data.get(at) {
            match byte {
                b'(' => break,
                b'\\' if data.get(at + 1) == Some(&b'(') => {
                    places.push(at);
                    value.push(b'(');
                    at += 2;
                }
                other => {
                    places.push(at);
                    value.push(*other);
                    at += 1;
                }
            }
        }
        places.push(at);
        let place = |index: usize| places.get(index).copied().unwrap_or(from);
        check_value(ai, &value)
            .map_err(|error| Error { span: place(error.span.start)..place(error.span.end), ..error })?;
        let value = String::from_utf8_lossy(&value).into_owned();
        push(&mut out, Element { ai, value, span: start..at })?;
    }
    Ok(out)
}

fn limit(data: &[u8]) -> Result<(), Error> {
    if data.len() > MAX_INPUT_BYTES {
        return Err(Error::new(ErrorKind::InputTooLong, MAX_INPUT_BYTES..data.len()));
    }
    Ok(())
}

/// Adds an element; a repeat must have the same value.
pub(crate) fn push(out: &mut Elements, element: Element) -> Result<(), Error> {
    if out.elements.iter().any(|own| own.ai == element.ai && own.value != element.value) {
        return Err(Error::new(ErrorKind::DifferingRepeat(element.ai), element.span));
    }
    if out.elements.len() >= MAX_ELEMENTS {
        return Err(Error::new(ErrorKind::TooManyElements, element.span));
    }
    out.elements.push(element);
    Ok(())
}

/// Checks a value against the components of its identifier. Spans count from the
/// start of the value.
pub(crate) fn check_value(ai: Ai, value: &[u8]) -> Result<(), Error> {
    let Some(entry) = ai.entry() else {
        return Err(Error::new(ErrorKind::UnknownAi, 0..value.len()));
    };
    if value.len() > MAX_VALUE_BYTES {
        return Err(Error::new(ErrorKind::TooLong(ai), MAX_VALUE_BYTES..value.len()));
    }
    let mut at = 0;
    for part in entry.components {
        let rest = value.get(at..).unwrap_or(&[]);
        if part.optional && rest.is_empty() {
            break;
        }
        let data = rest.get(..usize::from(part.max)).unwrap_or(rest);
        // A foreign character tells more than a wrong length.
        let invalid = |rule, error: crate::linter::LintError| {
            Error::new(ErrorKind::Invalid(ai, rule, error.kind), at + error.span.start..at + error.span.end)
        };
        let set = part.set.linter();
        set.check(data).map_err(|error| invalid(set, error))?;
        if data.len() < usize::from(part.min) {
            return Err(Error::new(ErrorKind::TooShort(ai), at..value.len()));
        }
        for rule in part.linters {
            rule.check(data).map_err(|error| invalid(*rule, error))?;
        }
        at += data.len();
    }
    if at < value.len() {
        return Err(Error::new(ErrorKind::TooLong(ai), at..value.len()));
    }
    Ok(())
}
