//! The parser: raw data and the bracketed form into elements.

use super::{Element, Elements, GS, MAX_ELEMENTS, MAX_INPUT_BYTES, MAX_VALUE_BYTES, Mode, Warning};
use crate::ai::{self, Ai, Entry};
use crate::error::{Error, ErrorKind};
use std::ops::Range;

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
    let mut out = Elements::default();
    let mut pieces = Pieces::new(data, separator, mode);
    while let Some(piece) = pieces.step(|warning| out.warnings.push(warning)) {
        let Piece { ai, value, span } = piece?;
        push(&mut out, Element { ai, value: value.to_owned(), span })?;
    }
    Ok(out)
}

/// One element where it lies in the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The identifier.
    pub ai: Ai,
    /// The value, byte for byte as read.
    pub value: &'a str,
    /// Where identifier and value stand in the data.
    pub span: Range<usize>,
}

/// The elements of raw data one after another, each checked, nothing copied. Made by [`pieces`].
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    data: &'a [u8],
    /// The data as text, up to the first byte that is none.
    text: &'a str,
    at: usize,
    separator: u8,
    mode: Mode,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Within,
    Ended,
}

/// Reads raw data like [`parse`], without allocating: for readers of labels who look at some
/// elements only, or keep them in a place of their own.
///
/// What [`parse`] asks of the elements together is not asked here: that repeats agree, and that
/// there are not more than [`MAX_ELEMENTS`]. Lenient deviations pass without a warning. After an
/// error nothing follows.
///
/// ```
/// use floorhand_gs1::{Mode, element};
/// let data = b"010952123454321310LOT-42\x1d17271231";
/// let lot = element::pieces(data, Mode::Strict).filter_map(Result::ok).find(|piece| piece.ai == "10");
/// assert_eq!(lot.unwrap().value, "LOT-42");
/// ```
pub fn pieces(data: &[u8], mode: Mode) -> Pieces<'_> {
    Pieces::new(data, GS, mode)
}

impl<'a> Pieces<'a> {
    fn new(data: &'a [u8], separator: u8, mode: Mode) -> Self {
        let text = match std::str::from_utf8(data) {
            Ok(text) => text,
            Err(error) => data.get(..error.valid_up_to()).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or(""),
        };
        Pieces { data, text, at: 0, separator, mode, state: State::Start }
    }

    /// The next element; deviations that were passed before or behind it are told to `note`.
    fn step(&mut self, mut note: impl FnMut(Warning)) -> Option<Result<Piece<'a>, Error>> {
        if self.state == State::Start {
            self.state = State::Within;
            if let Err(error) = self.start(&mut note) {
                self.state = State::Ended;
                return Some(Err(error));
            }
        }
        if self.state == State::Ended || self.at >= self.data.len() {
            return None;
        }
        let piece = self.next_piece();
        match piece {
            Ok(_) => self.pass_separator(&mut note),
            Err(_) => self.state = State::Ended,
        }
        Some(piece)
    }

    fn start(&mut self, note: &mut impl FnMut(Warning)) -> Result<(), Error> {
        limit(self.data)?;
        if self.mode == Mode::Lenient {
            self.at = self.data.iter().take_while(|byte| **byte == self.separator).count();
            if self.at > 0 {
                note(Warning::LeadingSeparator { at: 0 });
            }
        }
        if self.at == self.data.len() {
            return Err(Error::new(ErrorKind::Empty, 0..self.data.len()));
        }
        Ok(())
    }

    fn next_piece(&mut self) -> Result<Piece<'a>, Error> {
        let at = self.at;
        let rest = self.data.get(at..).unwrap_or(&[]);
        if rest.first() == Some(&self.separator) {
            return Err(Error::new(ErrorKind::UnexpectedSeparator, at..at + 1));
        }
        let Some((ai, entry)) = ai::leading(rest) else {
            let len = unknown_len(rest, self.separator);
            return Err(Error::new(ErrorKind::UnknownAi, at..self.data.len().min(at + len)));
        };
        let from = at + ai.as_bytes().len();
        let rest = self.data.get(from..).unwrap_or(&[]);
        let to_separator = rest.iter().position(|byte| *byte == self.separator).unwrap_or(rest.len());
        let len = if entry.fnc1_required { to_separator } else { to_separator.min(entry.max_len()) };
        check_entry(ai, entry, rest.get(..len).unwrap_or(rest)).map_err(|error| error.shifted(from))?;
        self.at = from + len;
        // Every character set is a part of ASCII, so that a value that passed is text.
        let value = self.text.get(from..self.at).unwrap_or("");
        Ok(Piece { ai, value, span: at..self.at })
    }

    /// The separator after an element; also accepted where none is needed.
    fn pass_separator(&mut self, note: &mut impl FnMut(Warning)) {
        if self.data.get(self.at) != Some(&self.separator) {
            return;
        }
        self.at += 1;
        if self.mode == Mode::Lenient {
            let rest = self.data.get(self.at..).unwrap_or(&[]);
            let more = rest.iter().take_while(|byte| **byte == self.separator).count();
            if more > 0 {
                note(Warning::RepeatedSeparator { at: self.at });
                self.at += more;
            }
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step(drop)
    }
}

impl std::iter::FusedIterator for Pieces<'_> {}

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
    match ai.entry() {
        Some(entry) => check_entry(ai, entry, value),
        None => Err(Error::new(ErrorKind::UnknownAi, 0..value.len())),
    }
}

fn check_entry(ai: Ai, entry: &Entry, value: &[u8]) -> Result<(), Error> {
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
