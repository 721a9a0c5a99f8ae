//! The scan a reader would send for given data: for tests, simulators and label checks.

use crate::element::{self, Elements, GS};
use crate::error::{Error, ErrorKind};
use crate::gtin::Gtin;

/// A symbol that carries data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the symbols")]
pub enum Carrier {
    Gs1_128,
    Qr,
    DataMatrix,
    DotCode,
    DataBarExpanded,
    DataBarOmni,
    DataBarLimited,
    Ean13,
    Ean8,
    UpcA,
    UpcE,
    Itf14,
}

/// Scan data with its AIM identifier.
///
/// `message` is an element string with `^` for FNC1 (`^01…`), digits, or, for the
/// two-dimensional symbols, any text; a text that starts with `^`, or with
/// backslashes before it, has one more backslash in front. `|^…` adds a composite
/// component to a linear symbol.
///
/// # Errors
/// When the message is invalid or the symbol cannot carry it.
///
/// ```
/// use floorhand_gs1::encode::{Carrier, scan_data};
/// assert_eq!(scan_data(Carrier::Qr, "^10ABC^99X").unwrap(), b"]Q310ABC\x1d99X");
/// assert_eq!(scan_data(Carrier::Ean13, "9521234543213").unwrap(), b"]E09521234543213");
/// ```
pub fn scan_data(carrier: Carrier, message: &str) -> Result<Vec<u8>, Error> {
    match carrier {
        Carrier::Qr => matrix(message, "]Q3", "]Q1"),
        Carrier::DataMatrix => matrix(message, "]d2", "]d1"),
        Carrier::DotCode => matrix(message, "]J1", "]J0"),
        Carrier::Itf14 => Ok(joined("]I1", gtin(message, 14)?.as_bytes())),
        linear => composed(linear, message),
    }
}

fn not_encodable(message: &str) -> Error {
    Error::new(ErrorKind::NotEncodable, 0..message.len())
}

fn joined(identifier: &str, data: &[u8]) -> Vec<u8> {
    [identifier.as_bytes(), data].concat()
}

fn matrix(message: &str, gs1: &str, other: &str) -> Result<Vec<u8>, Error> {
    if let Some(rest) = message.strip_prefix('^') {
        element::parse_caret(message)?;
        let data: Vec<u8> = rest.bytes().map(|byte| if byte == b'^' { GS } else { byte }).collect();
        return Ok(joined(gs1, &data));
    }
    let escaped = message.starts_with('\\') && message.trim_start_matches('\\').starts_with('^');
    let text = if escaped { message.strip_prefix('\\').unwrap_or(message) } else { message };
    Ok(joined(other, text.as_bytes()))
}

fn composed(carrier: Carrier, message: &str) -> Result<Vec<u8>, Error> {
    let (main, composite) = match message.split_once('|') {
        Some((main, composite)) => {
            let found = element::parse_caret(composite).map_err(|error| error.shifted(main.len() + 1))?;
            (main, Some(found))
        }
        None => (message, None),
    };
    let ean = |identifier: &str, digits: &str| {
        let mut out = joined(identifier, digits.as_bytes());
        if let Some(composite) = &composite {
            out.extend_from_slice(b"|]e0");
            out.extend_from_slice(&composite.to_raw());
        }
        out
    };
    Ok(match carrier {
        Carrier::Ean13 => ean("]E0", &gtin(main, 13)?),
        Carrier::Ean8 => ean("]E4", &gtin(main, 8)?),
        Carrier::UpcA => ean("]E0", &format!("0{}", gtin(main, 12)?)),
        Carrier::UpcE => {
            let digits = gtin(main, 12)?;
            let short = Gtin::from_digits(&digits).ok().and_then(|number| number.to_upc_e());
            short.ok_or_else(|| not_encodable(main))?;
            ean("]E0", &format!("0{digits}"))
        }
        Carrier::DataBarOmni | Carrier::DataBarLimited => {
            let digits = gtin(main, 14)?;
            // DataBar Limited has room for indicators 0 and 1 only.
            if carrier == Carrier::DataBarLimited && !digits.starts_with(['0', '1']) {
                return Err(not_encodable(main));
            }
            let mut all = element::parse_caret(&format!("^01{digits}"))?;
            append(&mut all, composite);
            joined("]e0", &all.to_raw())
        }
        _ => {
            let identifier = match (carrier, &composite) {
                (Carrier::Gs1_128, None) => "]C1",
                _ => "]e0",
            };
            let mut all = element::parse_caret(main)?;
            append(&mut all, composite);
            joined(identifier, &all.to_raw())
        }
    })
}

fn append(all: &mut Elements, more: Option<Elements>) {
    all.elements.extend(more.into_iter().flat_map(|own| own.elements));
}

/// The digits of a number given bare or as the one element `^01…`.
fn gtin(message: &str, len: usize) -> Result<String, Error> {
    let digits = match message.strip_prefix("^01") {
        Some(long) if long.len() == 14 => {
            let (zeros, digits) = long.split_at_checked(14 - len).unwrap_or(("x", long));
            if zeros.bytes().any(|byte| byte != b'0') {
                return Err(not_encodable(message));
            }
            digits
        }
        _ => message,
    };
    if digits.len() != len || Gtin::from_digits(digits).is_err() {
        return Err(not_encodable(message));
    }
    Ok(digits.to_owned())
}
