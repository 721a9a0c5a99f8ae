//! What a scan is, as far as GS1, EAN and UPC go.

mod readings;

use crate::element::{Elements, MAX_INPUT_BYTES, Mode, Warning};
use crate::error::{Error, ErrorKind};
use crate::gtin::{Circulation, Gtin};
use crate::sscc::Sscc;
use crate::symbology::Symbology;
use crate::text::{escape, shown_as_is};
use std::fmt;

/// The outcome of [`read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The symbology, when the reader sent an AIM identifier.
    pub symbology: Option<Symbology>,
    /// What the scan may mean, the likeliest first. Empty exactly when `error` is set.
    ///
    /// A second reading is listed only where the bytes really allow both: what the
    /// step expects must decide, or the scan is to be refused.
    pub readings: Vec<Content>,
    /// Deviations that lenient reading accepted.
    pub warnings: Vec<Warning>,
    /// What the caller may want to tell.
    pub notes: Vec<Note>,
    /// Why the scan is no valid code of its symbology; the span counts bytes of the input.
    pub error: Option<Error>,
    /// The data without identifier and terminators, safe to show. Bytes that are not
    /// printable text are escaped (see [`crate::escape`]) and [`Note::NotText`] is set.
    pub text: String,
}

/// One meaning of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A GS1 element string or a Digital Link.
    Elements(Elements),
    /// A number in an EAN, UPC or ITF code, or digits that look like one.
    Gtin(GtinScan),
    /// 18 digits without AI 00, with a right check digit; never the first reading.
    Sscc(Sscc),
    /// Anything else; the same text as [`Read::text`].
    Plain(String),
}

/// A GTIN as it was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GtinScan {
    /// The number; look at [`Gtin::circulation`] before taking it for an item.
    pub gtin: Gtin,
    /// The digits as scanned, without add-on.
    pub digits: String,
    /// The two or five digits of an add-on symbol (`]E3`).
    pub add_on: Option<String>,
    /// The composite component that came along.
    pub composite: Option<Elements>,
}

/// Something worth knowing about a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The reader sent no AIM identifier, so that the symbology is unknown.
    NoIdentifier,
    /// As many digits as a GTIN has, but the check digit is wrong: perhaps a misread.
    LooksLikeGtinBadCheck,
    /// Eight digits may be an EAN-8 or a UPC-E; read as EAN-8.
    AmbiguousEightDigits,
    /// The number is restricted to a region or a company: not a GTIN.
    RestrictedCirculation(Circulation),
    /// The elements come from a Digital Link.
    DigitalLink,
    /// An ordinary web address; not a GS1 code.
    WebAddress,
    /// A web address with a GS1 key that breaks a rule of Digital Link.
    BrokenDigitalLink(Error),
    /// Without identifier, but begins like an element string and breaks a rule.
    BrokenElements(Error),
    /// The data is not printable text; it is shown escaped.
    NotText,
}

impl Note {
    /// A stable machine name, such as `no-identifier`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Note::NoIdentifier => "no-identifier",
            Note::LooksLikeGtinBadCheck => "looks-like-gtin",
            Note::AmbiguousEightDigits => "eight-digits",
            Note::RestrictedCirculation(_) => "restricted-circulation",
            Note::DigitalLink => "digital-link",
            Note::WebAddress => "web-address",
            Note::BrokenDigitalLink(_) => "broken-digital-link",
            Note::BrokenElements(_) => "broken-elements",
            Note::NotText => "not-text",
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::NoIdentifier => f.write_str("the reader sent no symbology identifier"),
            Note::LooksLikeGtinBadCheck => f.write_str("as long as a GTIN, but the check digit is wrong"),
            Note::AmbiguousEightDigits => f.write_str("eight digits may be an EAN-8 or a UPC-E"),
            Note::RestrictedCirculation(Circulation::Company) => f.write_str("a number for use within one company"),
            Note::RestrictedCirculation(_) => f.write_str("a number for use within a region"),
            Note::DigitalLink => f.write_str("a GS1 Digital Link"),
            Note::WebAddress => f.write_str("a web address, not a GS1 code"),
            Note::BrokenDigitalLink(error) => write!(f, "a web address with a GS1 key: {error}"),
            Note::BrokenElements(error) => write!(f, "begins like an element string: {error}"),
            Note::NotText => f.write_str("not printable text"),
        }
    }
}

impl Read {
    /// The likeliest reading.
    #[must_use]
    pub fn content(&self) -> Option<&Content> {
        self.readings.first()
    }

    /// Whether the bytes allow several readings.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.readings.len() > 1
    }

    /// The elements, when the likeliest reading is an element string.
    #[must_use]
    pub fn elements(&self) -> Option<&Elements> {
        match self.content()? {
            Content::Elements(elements) => Some(elements),
            _ => None,
        }
    }

    /// The trade item number of the likeliest reading: the number itself or AI 01.
    #[must_use]
    pub fn gtin(&self) -> Option<Gtin> {
        match self.content()? {
            Content::Gtin(scan) => Some(scan.gtin),
            Content::Elements(elements) => elements.gtin(),
            _ => None,
        }
    }

    /// The text, when the likeliest reading is plain text.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match self.content()? {
            Content::Plain(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this note is set.
    #[must_use]
    pub fn has_note(&self, note: &Note) -> bool {
        self.notes.contains(note)
    }
}

/// Says what a scan is. Never fails to answer: a fault is in [`Read::error`].
///
/// With an identifier the symbology decides. Without one ([`Mode::Lenient`] only):
/// 8, 12, 13 or 14 digits with a right check digit are a GTIN; a web address is tried
/// as a Digital Link; data that is wholly an element string is one if it holds a
/// check digit or a separator, else that is the second reading after plain text.
///
/// In [`Mode::Strict`] the identifier is demanded and nothing deviant is accepted.
///
/// ```
/// use floorhand_gs1::{Content, Mode, read};
/// let scan = read(b"]C1010952123454321310LOT-42\x1d17271231", Mode::Lenient);
/// let label = scan.elements().unwrap();
/// assert_eq!(label.lot(), Some("LOT-42"));
/// assert_eq!(label.expiry(2026).unwrap().to_string(), "2027-12-31");
///
/// let misread = read(b"]E09521234543214", Mode::Lenient);
/// assert!(misread.error.unwrap().is_checksum());
///
/// assert_eq!(read(b"LOC-A-01\r\n", Mode::Lenient).plain(), Some("LOC-A-01"));
/// ```
#[must_use]
pub fn read(raw: &[u8], mode: Mode) -> Read {
    let (symbology, data) = Symbology::split(raw);
    let offset = raw.len() - data.len();
    let data = if mode == Mode::Lenient { without_terminator(data) } else { data };
    let shown = data.get(..data.len().min(MAX_INPUT_BYTES)).unwrap_or(data);
    let (text, notes) = match shown_as_is(shown) {
        Some(text) => (text.to_owned(), Vec::new()),
        None => (escape(shown), vec![Note::NotText]),
    };
    let mut out = Read { symbology, readings: Vec::new(), warnings: Vec::new(), notes, error: None, text };
    if symbology.is_none() {
        out.notes.push(Note::NoIdentifier);
    }
    let outcome = if data.len() > MAX_INPUT_BYTES {
        Err(Error::new(ErrorKind::InputTooLong, MAX_INPUT_BYTES..data.len()))
    } else if symbology.is_none() && mode == Mode::Strict {
        let kind = match raw.first() {
            None => ErrorKind::Empty,
            Some(b']') => ErrorKind::UnknownIdentifier,
            Some(_) => ErrorKind::NoIdentifier,
        };
        Err(Error::new(kind, 0..raw.len().min(3)))
    } else {
        readings::find(symbology, data, mode, &mut out)
    };
    match outcome {
        Ok(readings) => out.readings = readings,
        Err(error) => out.error = Some(error.shifted(offset)),
    }
    let restricted = out.readings.iter().find_map(|content| match content {
        Content::Gtin(scan) => Some(scan.gtin.circulation()).filter(|own| own.is_restricted()),
        _ => None,
    });
    out.notes.extend(restricted.map(Note::RestrictedCirculation));
    for reading in &out.readings {
        if let Content::Elements(elements) = reading {
            out.warnings.extend_from_slice(&elements.warnings);
        }
    }
    out
}

/// CR, LF, TAB and NUL at the end belong to the transport.
fn without_terminator(data: &[u8]) -> &[u8] {
    let end = data.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n' | b'\t' | 0)).map_or(0, |at| at + 1);
    data.get(..end).unwrap_or(data)
}
