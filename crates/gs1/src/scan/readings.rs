//! The readings of a scan, by symbology. Spans count from the start of the data.

use super::{Content, GtinScan, Note, Read};
use crate::association;
use crate::check;
use crate::digital_link::{self, Options};
use crate::element::{self, Elements, GS, Mode, Warning};
use crate::error::{Error, ErrorKind, LinkKind};
use crate::gtin::{Gtin, GtinError};
use crate::sscc::Sscc;
use crate::symbology::Symbology;

type Readings = Result<Vec<Content>, Error>;

pub(super) fn find(symbology: Option<Symbology>, data: &[u8], mode: Mode, out: &mut Read) -> Readings {
    let Some(symbology) = symbology else {
        return unidentified(data, mode, out);
    };
    if symbology.is_gs1() {
        return gs1(symbology, data, mode);
    }
    match (symbology.code(), symbology.modifier()) {
        ('E', '0') => ean_13(data, mode, out),
        ('E', '3') => ean_13_add_on(data),
        ('E', '4') => {
            let (digits, composite) = split_composite(data, mode)?;
            let scan = gtin_scan(digits, 8)?;
            Ok(vec![Content::Gtin(GtinScan { composite, ..scan })])
        }
        ('I', modifier) => Ok(itf(modifier, data, out)?),
        // "Other" and "no bar code" say nothing about the data.
        ('X' | 'Z', _) if mode == Mode::Lenient => unidentified(data, mode, out),
        _ if symbology.may_carry_link() => Ok(link(data, out).unwrap_or_else(|| vec![plain(out)])),
        _ => Ok(vec![plain(out)]),
    }
}

/// Spans of a note count from the start of the scan, like those of an error.
fn offset(out: &Read) -> usize {
    if out.symbology.is_some() { 3 } else { 0 }
}

fn plain(out: &Read) -> Content {
    Content::Plain(out.text.clone())
}

/// Parses and refuses what excludes each other: no further code can mend that.
fn elements(data: &[u8], mode: Mode) -> Result<Elements, Error> {
    consistent(element::parse(data, mode)?)
}

fn consistent(found: Elements) -> Result<Elements, Error> {
    let Some((one, other)) = association::conflict(&found.elements) else {
        return Ok(found);
    };
    let span = found.iter().find(|own| own.ai == one).map_or(0..0, |own| own.span.clone());
    Err(Error::new(ErrorKind::Conflict(one, other), span))
}

fn gs1(symbology: Symbology, data: &[u8], mode: Mode) -> Readings {
    if mode == Mode::Lenient
        && let Some(found) = bracketed(data)
    {
        return Ok(vec![Content::Elements(found?)]);
    }
    let parsed = elements(data, mode);
    if mode == Mode::Lenient && symbology == Symbology::GS1_DATABAR && data.len() == 14 && check::is_valid(data) {
        let mut with_ai = b"01".to_vec();
        with_ai.extend_from_slice(data);
        let mut bare = elements(&with_ai, Mode::Strict)?;
        bare.warnings.push(Warning::MissingGtinIdentifier);
        for element in &mut bare.elements {
            element.span = 0..data.len();
        }
        return Ok([Some(bare), parsed.ok()].into_iter().flatten().map(Content::Elements).collect());
    }
    parsed.map(|found| vec![Content::Elements(found)])
}

/// The readable form, when the data starts like one.
fn bracketed(data: &[u8]) -> Option<Result<Elements, Error>> {
    if !matches!(data, [b'(', b'0'..=b'9', b'0'..=b'9', ..]) {
        return None;
    }
    let mut found = match element::parse_bracketed(std::str::from_utf8(data).ok()?) {
        Ok(found) => found,
        Err(error) => return Some(Err(error)),
    };
    found.warnings.push(Warning::Bracketed);
    Some(consistent(found))
}

fn ascii(digits: &[u8]) -> String {
    String::from_utf8_lossy(digits).into_owned()
}

fn gtin_error(error: GtinError, len: usize) -> Error {
    match error {
        GtinError::Length | GtinError::NumberSystem => Error::new(ErrorKind::WrongLength, 0..len),
        GtinError::NotDigits => Error::new(ErrorKind::NotDigits, 0..len),
        GtinError::CheckDigit { expected, found } => {
            Error::new(ErrorKind::CheckDigit { expected, found }, len.saturating_sub(1)..len)
        }
    }
}

fn gtin_scan(data: &[u8], len: usize) -> Result<GtinScan, Error> {
    if data.is_empty() {
        return Err(Error::new(ErrorKind::Empty, 0..0));
    }
    if let Some(at) = data.iter().position(|byte| !byte.is_ascii_digit()) {
        return Err(Error::new(ErrorKind::NotDigits, at..at + 1));
    }
    if data.len() != len {
        return Err(Error::new(ErrorKind::WrongLength, 0..data.len()));
    }
    let digits = ascii(data);
    let gtin = Gtin::from_digits(&digits).map_err(|error| gtin_error(error, len))?;
    Ok(GtinScan { gtin, digits, add_on: None, composite: None })
}

/// `|]e0` joins the composite component to an EAN or UPC.
fn split_composite(data: &[u8], mode: Mode) -> Result<(&[u8], Option<Elements>), Error> {
    let Some(bar) = data.iter().position(|byte| *byte == b'|') else {
        return Ok((data, None));
    };
    let (digits, rest) = data.split_at_checked(bar).unwrap_or((data, &[]));
    let Some(composite) = rest.strip_prefix(b"|]e0") else {
        return Err(Error::new(ErrorKind::NotDigits, bar..bar + 1));
    };
    let from = bar + 4;
    let mut found = elements(composite, mode).map_err(|error| error.shifted(from))?;
    for element in &mut found.elements {
        element.span = element.span.start + from..element.span.end + from;
    }
    Ok((digits, Some(found)))
}

fn ean_13(data: &[u8], mode: Mode, out: &mut Read) -> Readings {
    let (digits, composite) = split_composite(data, mode)?;
    let scan = match digits.len() {
        12 if mode == Mode::Lenient => {
            let scan = gtin_scan(digits, 12)?;
            out.warnings.push(Warning::PaddedUpcA);
            scan
        }
        8 if mode == Mode::Lenient && digits.iter().all(u8::is_ascii_digit) => {
            let text = ascii(digits);
            let gtin = Gtin::from_upc_e(&text).map_err(|error| gtin_error(error, 8))?;
            out.warnings.push(Warning::ExpandedUpcE);
            GtinScan { gtin, digits: text, add_on: None, composite: None }
        }
        _ => gtin_scan(digits, 13)?,
    };
    Ok(vec![Content::Gtin(GtinScan { composite, ..scan })])
}

fn ean_13_add_on(data: &[u8]) -> Readings {
    let (digits, add_on) = data.split_at_checked(13).unwrap_or((data, &[]));
    let scan = gtin_scan(digits, 13)?;
    if !matches!(add_on.len(), 2 | 5) {
        return Err(Error::new(ErrorKind::WrongLength, 0..data.len()));
    }
    if !add_on.iter().all(u8::is_ascii_digit) {
        return Err(Error::new(ErrorKind::NotDigits, 13..data.len()));
    }
    Ok(vec![Content::Gtin(GtinScan { add_on: Some(ascii(add_on)), ..scan })])
}

/// `]I1` promises a right check digit; without it 14 digits may still have one.
fn itf(modifier: char, data: &[u8], out: &mut Read) -> Readings {
    if data.len() != 14 {
        return Ok(vec![plain(out)]);
    }
    match gtin_scan(data, 14) {
        Ok(scan) => Ok(vec![Content::Gtin(scan)]),
        Err(error) if modifier == '1' => Err(error),
        Err(error) => {
            if error.is_checksum() {
                out.notes.push(Note::LooksLikeGtinBadCheck);
            }
            Ok(vec![plain(out)])
        }
    }
}

/// Readings of a web address; `None` when the data is none.
fn link(data: &[u8], out: &mut Read) -> Option<Vec<Content>> {
    let text = std::str::from_utf8(data).ok().filter(|text| digital_link::is_address(text))?;
    match digital_link::parse(text, &Options::default()).and_then(consistent) {
        Ok(found) => {
            out.notes.push(Note::DigitalLink);
            Some(vec![Content::Elements(found)])
        }
        Err(error) => {
            out.notes.push(Note::WebAddress);
            let no_key = ErrorKind::Link(LinkKind::NoKey);
            let no_host = ErrorKind::Link(LinkKind::Host);
            let character = ErrorKind::Link(LinkKind::Character);
            if ![no_key, no_host, character].contains(&error.kind) {
                let error = error.shifted(offset(out));
                out.notes.push(Note::BrokenDigitalLink(error));
            }
            Some(vec![plain(out)])
        }
    }
}

fn unidentified(data: &[u8], mode: Mode, out: &mut Read) -> Readings {
    if data.is_empty() {
        return Err(Error::new(ErrorKind::Empty, 0..0));
    }
    if let Some(readings) = link(data, out) {
        return Ok(readings);
    }
    if let Some(Ok(found)) = bracketed(data) {
        return Ok(vec![Content::Elements(found)]);
    }
    let parsed = elements(data, mode);
    if data.first() == Some(&GS) {
        return parsed.map(|found| vec![Content::Elements(found)]);
    }
    let mut readings = Vec::new();
    let all_digits = data.iter().all(u8::is_ascii_digit);
    if all_digits && matches!(data.len(), 8 | 12 | 13 | 14) {
        match gtin_scan(data, data.len()) {
            Ok(scan) => {
                if data.len() == 8 {
                    out.notes.push(Note::AmbiguousEightDigits);
                }
                readings.push(Content::Gtin(scan));
                readings.extend(parsed.ok().map(Content::Elements));
                return Ok(readings);
            }
            Err(_) => out.notes.push(Note::LooksLikeGtinBadCheck),
        }
    }
    match parsed {
        Ok(found) => {
            let checked = found.iter().any(|own| own.ai.entry().is_some_and(|entry| entry.has_check()));
            if checked || data.contains(&GS) {
                return Ok(vec![Content::Elements(found)]);
            }
            readings.push(plain(out));
            readings.push(Content::Elements(found));
        }
        Err(error) => {
            if data.contains(&GS) || error.is_checksum() {
                let error = error.shifted(offset(out));
                out.notes.push(Note::BrokenElements(error));
            }
            readings.push(plain(out));
        }
    }
    if data.len() == 18
        && let Ok(sscc) = Sscc::from_digits(&ascii(data))
    {
        readings.insert(1, Content::Sscc(sscc));
    }
    Ok(readings)
}
