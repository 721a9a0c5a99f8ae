//! GS1 Digital Link: elements as a web address, and back.
//!
//! An address is only read, never opened. The rules are those of the *GS1 Digital
//! Link URI Syntax* standard: the rightmost primary key in the path counts, its
//! qualifiers follow in a defined sequence, everything else stands in the query.

use crate::ai::{Ai, Entry};
use crate::element::parse::{check_value, push};
use crate::element::{Element, Elements, MAX_INPUT_BYTES};
use crate::error::{Error, ErrorKind, LinkKind};
use crate::text::hex;
use std::fmt::Write as _;

/// The address used when none is given.
pub const DEFAULT_STEM: &str = "https://id.gs1.org";

/// What else is accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Accept AI 01 with 8, 12 or 13 digits and fill it up to 14.
    pub zero_suppressed_gtin: bool,
}

/// Whether a text starts like a web address: `http://` or `https://`, all lower or all
/// upper case.
#[must_use]
pub fn is_address(text: &str) -> bool {
    after_scheme(text).is_some()
}

fn after_scheme(text: &str) -> Option<&str> {
    ["http://", "https://", "HTTP://", "HTTPS://"].iter().find_map(|scheme| text.strip_prefix(scheme))
}

/// Reads a Digital Link.
///
/// # Errors
/// [`ErrorKind::Link`] with [`LinkKind::NoKey`] for an ordinary web address; any other
/// error for an address that has a key but breaks a rule. The span counts bytes of `uri`.
///
/// ```
/// use floorhand_gs1::digital_link::{self, Options};
/// let uri = "https://id.gs1.org/01/09521234543213/10/LOT-42?17=271231";
/// let label = digital_link::parse(uri, &Options::default()).unwrap();
/// assert_eq!(label.to_bracketed(), "(01)09521234543213(10)LOT-42(17)271231");
/// ```
pub fn parse(uri: &str, options: &Options) -> Result<Elements, Error> {
    let link = |kind, span| Error::new(ErrorKind::Link(kind), span);
    if uri.len() > MAX_INPUT_BYTES {
        return Err(Error::new(ErrorKind::InputTooLong, MAX_INPUT_BYTES..uri.len()));
    }
    let Some(rest) = after_scheme(uri) else {
        return Err(link(LinkKind::Scheme, 0..uri.len().min(8)));
    };
    if let Some(at) = uri.bytes().position(|byte| !is_uri_byte(byte)) {
        return Err(link(LinkKind::Character, at..at + 1));
    }
    // Everything is ASCII from here on.
    let start = uri.len() - rest.len();
    let rest = rest.split('#').next().unwrap_or(rest);
    let (front, query) = match rest.split_once('?') {
        Some((front, query)) => (front, Some((start + front.len() + 1, query))),
        None => (rest, None),
    };
    let Some((host, path)) = front.split_once('/') else {
        return Err(link(if front.is_empty() { LinkKind::Host } else { LinkKind::NoKey }, start..start + front.len()));
    };
    if host.is_empty() {
        return Err(link(LinkKind::Host, start..start + 1));
    }
    let path_start = start + host.len() + 1;
    let mut segments = with_offsets(path, '/', path_start);
    let trailing = segments.last().is_some_and(|(_, text)| text.is_empty());
    if trailing {
        segments.pop();
    }
    let Some((key_at, key, entry)) = find_key(&segments) else {
        return Err(link(LinkKind::NoKey, path_start..path_start + path.len()));
    };
    if trailing {
        let end = path_start + path.len();
        return Err(link(LinkKind::TrailingSlash, end.saturating_sub(1)..end));
    }
    let mut out = Elements::default();
    let mut in_path: Vec<Ai> = Vec::new();
    for pair in segments.get(key_at..).unwrap_or(&[]).chunks(2) {
        let [(ai_at, ai_text), (value_at, value)] = *pair else {
            continue;
        };
        let ai = if in_path.is_empty() { Some(key) } else { Ai::new(ai_text) };
        let sequence = || link(LinkKind::Qualifiers, ai_at..ai_at + ai_text.len());
        let ai = ai.ok_or_else(sequence)?;
        if !in_path.is_empty() {
            let qualifiers: Vec<Ai> = in_path.iter().skip(1).copied().chain([ai]).collect();
            if !is_sequence(entry, &qualifiers) {
                return Err(sequence());
            }
        }
        in_path.push(ai);
        add(&mut out, ai, value, value_at, ai_at, false, options)?;
    }
    if let Some((query_at, query)) = query {
        for (at, pair) in with_offsets(query, '&', query_at) {
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let span = at..at + name.len();
            let Some((ai, attribute)) = Ai::new(name).and_then(|ai| Some((ai, ai.entry()?))) else {
                return Err(Error::new(ErrorKind::UnknownAi, span));
            };
            if out.iter().any(|own| own.ai == ai) {
                return Err(link(LinkKind::Repeated(ai), span));
            }
            if fits_in_path(entry, &in_path, ai) {
                return Err(link(LinkKind::BelongsInPath(ai), span));
            }
            if !attribute.link_attribute {
                return Err(link(LinkKind::NotAnAttribute(ai), span));
            }
            add(&mut out, ai, value, at + name.len() + 1, at, true, options)?;
        }
    }
    Ok(out)
}

/// Parts of a text with their positions.
fn with_offsets(text: &str, separator: char, from: usize) -> Vec<(usize, &str)> {
    let mut at = from;
    text.split(separator)
        .map(|part| {
            let here = at;
            at += part.len() + 1;
            (here, part)
        })
        .collect()
}

/// The rightmost pair whose first half is a primary key, counted in pairs from the end.
fn find_key(segments: &[(usize, &str)]) -> Option<(usize, Ai, &'static Entry)> {
    let mut at = segments.len().checked_sub(2)?;
    loop {
        let found = segments.get(at).and_then(|(_, text)| Ai::new(text)).and_then(|ai| Some((ai, ai.entry()?)));
        if let Some((ai, entry)) = found
            && entry.link_key.is_some()
        {
            return Some((at, ai, entry));
        }
        at = at.checked_sub(2)?;
    }
}

/// Whether these qualifiers stand in the sequence of one of the key's alternatives.
fn is_sequence(key: &Entry, qualifiers: &[Ai]) -> bool {
    key.link_key.unwrap_or(&[]).iter().any(|alternative| {
        let mut left = alternative.iter();
        qualifiers.iter().all(|ai| left.any(|own| *ai == **own))
    })
}

/// Whether an identifier could be inserted among the qualifiers of the path.
fn fits_in_path(key: &Entry, in_path: &[Ai], ai: Ai) -> bool {
    let qualifiers: Vec<Ai> = in_path.iter().skip(1).copied().collect();
    (0..=qualifiers.len()).any(|at| {
        let mut with = qualifiers.clone();
        with.insert(at, ai);
        is_sequence(key, &with)
    })
}

fn add(
    out: &mut Elements,
    ai: Ai,
    encoded: &str,
    value_at: usize,
    start: usize,
    in_query: bool,
    options: &Options,
) -> Result<(), Error> {
    let span = value_at..value_at + encoded.len();
    let mut value =
        decode(encoded, in_query).ok_or_else(|| Error::new(ErrorKind::Link(LinkKind::Percent), span.clone()))?;
    if options.zero_suppressed_gtin && ai == "01" && matches!(value.len(), 8 | 12 | 13) {
        value.splice(0..0, std::iter::repeat_n(b'0', 14 - value.len()));
    }
    // Percent-encoding moves positions: the whole value is named as faulty then.
    let moved = value.len() != encoded.len();
    check_value(ai, &value).map_err(|error| if moved { Error { span, ..error } } else { error.shifted(value_at) })?;
    let value = String::from_utf8_lossy(&value).into_owned();
    push(out, Element { ai, value, span: start..value_at + encoded.len() })
}

fn decode(text: &str, in_query: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => 16 * hex(bytes.next()?)? + hex(bytes.next()?)?,
            b'+' if in_query => b' ',
            other => other,
        });
    }
    Some(out)
}

/// RFC 3986: unreserved, reserved and the percent sign.
fn is_uri_byte(byte: u8) -> bool {
    is_unreserved(byte) || b":/?#[]@!$&'()*+,;=%".contains(&byte)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Writes elements as a Digital Link below `stem` (without one: [`DEFAULT_STEM`]).
///
/// The first primary key among the elements becomes the key, with as many qualifiers
/// as one of its sequences takes; in the query, identifiers of predefined length
/// come first. Repeats are written once.
///
/// # Errors
/// When there is no key, or an element may stand neither in the path nor in the query.
///
/// ```
/// use floorhand_gs1::{digital_link, element};
/// let label = element::parse_bracketed("(01)09521234543213(21)A/1").unwrap();
/// let uri = digital_link::generate(&label, None).unwrap();
/// assert_eq!(uri, "https://id.gs1.org/01/09521234543213/21/A%2F1");
/// ```
pub fn generate(elements: &Elements, stem: Option<&str>) -> Result<String, Error> {
    let stem = stem.unwrap_or(DEFAULT_STEM);
    let link = |kind, span| Error::new(ErrorKind::Link(kind), span);
    if !is_address(stem) {
        return Err(link(LinkKind::Scheme, 0..0));
    }
    let mut distinct: Vec<&Element> = Vec::new();
    for element in elements {
        if !distinct.iter().any(|own| own.ai == element.ai) {
            distinct.push(element);
        }
    }
    let key = distinct.iter().find_map(|element| Some((*element, element.ai.entry()?.link_key?)));
    let Some((key, alternatives)) = key else {
        return Err(link(LinkKind::NoKey, 0..0));
    };
    let mut in_path: Vec<&Element> = Vec::new();
    for alternative in alternatives {
        let found: Vec<&Element> =
            alternative.iter().filter_map(|ai| distinct.iter().copied().find(|own| own.ai == **ai)).collect();
        if found.len() > in_path.len() {
            in_path = found;
        }
    }
    in_path.insert(0, key);
    let mut out = stem.trim_end_matches('/').to_owned();
    for element in &in_path {
        let _ = write!(out, "/{}/", element.ai);
        encode(&mut out, &element.value);
    }
    let mut rest: Vec<&Element> =
        distinct.into_iter().filter(|own| !in_path.iter().any(|other| other.ai == own.ai)).collect();
    rest.sort_by_key(|element| element.ai.entry().is_none_or(|entry| entry.fnc1_required));
    for (index, element) in rest.iter().enumerate() {
        if !element.ai.entry().is_some_and(|entry| entry.link_attribute) {
            return Err(link(LinkKind::NotAnAttribute(element.ai), element.span.clone()));
        }
        let _ = write!(out, "{}{}=", if index == 0 { '?' } else { '&' }, element.ai);
        encode(&mut out, &element.value);
    }
    Ok(out)
}

fn encode(out: &mut String, value: &str) {
    for byte in value.bytes() {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}
