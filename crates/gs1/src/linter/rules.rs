//! The rules themselves.

use super::lists;
use super::{LintError, LintKind, Linter, coupon, fault};
use crate::check;
use crate::date::days_in_month;
use crate::text::hex;
use std::ops::Range;

pub(super) fn check(rule: Linter, data: &[u8]) -> Result<(), LintError> {
    let len = data.len();
    let whole = |ok: bool, kind| if ok { Ok(()) } else { Err(fault(kind, 0..len)) };
    match rule {
        Linter::CsetNumeric => digits(data),
        Linter::Cset82 => each(data, LintKind::NotInSet82, check::is_in_set_82),
        Linter::Cset39 => {
            each(data, LintKind::NotInSet39, |byte| matches!(byte, b'#' | b'-' | b'/' | b'0'..=b'9' | b'A'..=b'Z'))
        }
        Linter::Cset64 => base64(data),
        Linter::Csum => csum(data),
        Linter::CsumAlpha => csum_alpha(data),
        Linter::GcpPos1 => prefix(data, 0),
        Linter::GcpPos2 => prefix(data, 1),
        Linter::Yymmd0 => date(data, 2, true),
        Linter::Yymmdd => date(data, 2, false),
        Linter::Yyyymmd0 => date(data, 4, true),
        Linter::Yyyymmdd => date(data, 4, false),
        Linter::Hh => two_digits(data, 23, [LintKind::HourTooShort, LintKind::HourTooLong, LintKind::IllegalHour]),
        Linter::Mi => {
            two_digits(data, 59, [LintKind::MinuteTooShort, LintKind::MinuteTooLong, LintKind::IllegalMinute])
        }
        Linter::Ss => {
            two_digits(data, 59, [LintKind::SecondTooShort, LintKind::SecondTooLong, LintKind::IllegalSecond])
        }
        Linter::Hhmi => hour_minute(data),
        Linter::Zero => whole(data.iter().all(|byte| *byte == b'0'), LintKind::NotZero),
        Linter::NonZero => {
            digits(data)?;
            whole(data.iter().any(|byte| *byte != b'0'), LintKind::ZeroValue)
        }
        Linter::NoZeroPrefix => {
            digits(data)?;
            if data.first() == Some(&b'0') { Err(fault(LintKind::ZeroPrefix, 0..1)) } else { Ok(()) }
        }
        Linter::PieceOfTotal => piece_of_total(data),
        Linter::PosInSeqSlash => position(data),
        Linter::YesNo => whole(matches!(data, b"0" | b"1"), LintKind::NotZeroOrOne),
        Linter::Hyphen => each(data, LintKind::NotHyphen, |byte| byte == b'-'),
        Linter::Iso3166 => whole(lists::is_country(data), LintKind::NotIso3166),
        Linter::Iso3166Or999 => whole(data == b"999" || lists::is_country(data), LintKind::NotIso3166Or999),
        Linter::Iso3166Alpha2 => whole(lists::is_country_alpha2(data), LintKind::NotIso3166Alpha2),
        Linter::Iso4217 => whole(lists::is_currency(data), LintKind::NotIso4217),
        Linter::Iso5218 => whole(matches!(data, b"0" | b"1" | b"2" | b"9"), LintKind::InvalidSex),
        Linter::PercentEncoded => percent(data),
        Linter::Winding => whole(matches!(data, b"0" | b"1" | b"9"), LintKind::InvalidWinding),
        Linter::Iban => iban(data),
        Linter::Latitude => angle(data, 1_800_000_000, LintKind::LatitudeLength, LintKind::InvalidLatitude),
        Linter::Longitude => angle(data, 3_600_000_000, LintKind::LongitudeLength, LintKind::InvalidLongitude),
        Linter::MediaType => {
            let known = matches!(data, [b'0', b'1'..=b'9'] | b"10" | [b'8' | b'9', b'0'..=b'9']);
            whole(known, LintKind::InvalidMediaType)
        }
        Linter::PackageType => whole(lists::is_package_type(data), LintKind::InvalidPackageType),
        Linter::ImporterIndex => {
            let known = matches!(data, [b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z']);
            whole(known, LintKind::InvalidImporterIndex)
        }
        Linter::HasNonDigit => whole(!data.iter().all(u8::is_ascii_digit), LintKind::OnlyDigits),
        Linter::CouponCode => coupon::code(data),
        Linter::CouponPosOffer => coupon::positive_offer(data),
    }
}

/// The first byte that does not fit is the fault.
fn each(data: &[u8], kind: LintKind, fits: impl Fn(u8) -> bool) -> Result<(), LintError> {
    match data.iter().position(|byte| !fits(*byte)) {
        Some(at) => Err(fault(kind, at..at + 1)),
        None => Ok(()),
    }
}

pub(super) fn digits(data: &[u8]) -> Result<(), LintError> {
    each(data, LintKind::NonDigit, |byte| byte.is_ascii_digit())
}

/// A number of at most 18 digits; the caller has checked that they are digits.
fn number(data: &[u8]) -> u64 {
    data.iter().fold(0, |sum, byte| sum * 10 + u64::from(byte.wrapping_sub(b'0')))
}

fn base64(data: &[u8]) -> Result<(), LintError> {
    let padding = data.iter().rev().take_while(|byte| **byte == b'=').count();
    let text = data.get(..data.len() - padding).unwrap_or(data);
    each(text, LintKind::NotInSet64, |byte| matches!(byte, b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'))?;
    // The reference fills up to a multiple of three, not of four as RFC 4648 does.
    let right = padding == 0 || (padding < 3 && data.len().is_multiple_of(3));
    if right { Ok(()) } else { Err(fault(LintKind::Padding64, text.len()..data.len())) }
}

fn csum(data: &[u8]) -> Result<(), LintError> {
    digits(data)?;
    match data.split_last() {
        Some((last, body)) if !body.is_empty() => {
            let right = check::of_digits(body) == last & 15;
            if right { Ok(()) } else { Err(fault(LintKind::IncorrectCheckDigit, body.len()..data.len())) }
        }
        _ => Err(fault(LintKind::TooShortForCheckDigit, 0..data.len())),
    }
}

fn csum_alpha(data: &[u8]) -> Result<(), LintError> {
    let Some((body, own)) = data.len().checked_sub(2).and_then(|at| data.split_at_checked(at)) else {
        return Err(fault(LintKind::TooShortForCheckPair, 0..data.len()));
    };
    check(Linter::Cset82, body)?;
    match check::pair(body) {
        Some(pair) if pair == own => Ok(()),
        _ => Err(fault(LintKind::IncorrectCheckPair, body.len()..data.len())),
    }
}

/// At least four digits from `from`: the shortest company prefix.
fn prefix(data: &[u8], from: usize) -> Result<(), LintError> {
    let rest = data.get(from..).unwrap_or(&[]);
    match rest.get(..4) {
        None => Err(fault(LintKind::TooShortForPrefix, 0..data.len())),
        Some(four) if four.iter().all(u8::is_ascii_digit) => Ok(()),
        Some(_) => Err(fault(LintKind::InvalidPrefix, from..data.len())),
    }
}

fn date(data: &[u8], year_digits: usize, day_zero: bool) -> Result<(), LintError> {
    let want = year_digits + 4;
    if data.len() < want {
        return Err(fault(LintKind::DateTooShort, 0..data.len()));
    }
    if data.len() > want {
        return Err(fault(LintKind::DateTooLong, 0..data.len()));
    }
    digits(data)?;
    let part = |range: Range<usize>| number(data.get(range).unwrap_or(&[]));
    // Two digits alone do not tell the century; 2000 has the same leap years as YY.
    let year = if year_digits == 2 { 2000 + part(0..2) } else { part(0..4) };
    let month = u8::try_from(part(year_digits..year_digits + 2)).unwrap_or(0);
    let last = days_in_month(u16::try_from(year).unwrap_or(0), month);
    if last == 0 {
        return Err(fault(LintKind::IllegalMonth, year_digits..year_digits + 2));
    }
    let day = part(year_digits + 2..want);
    if day > u64::from(last) || (day == 0 && !day_zero) {
        return Err(fault(LintKind::IllegalDay, year_digits + 2..want));
    }
    Ok(())
}

fn two_digits(data: &[u8], max: u64, [short, long, illegal]: [LintKind; 3]) -> Result<(), LintError> {
    match data.len() {
        0 | 1 => Err(fault(short, 0..data.len())),
        2 => {
            digits(data)?;
            if number(data) > max { Err(fault(illegal, 0..2)) } else { Ok(()) }
        }
        _ => Err(fault(long, 0..data.len())),
    }
}

fn hour_minute(data: &[u8]) -> Result<(), LintError> {
    match data {
        [h1, h2, m1, m2] => {
            digits(data)?;
            check(Linter::Hh, &[*h1, *h2])?;
            check(Linter::Mi, &[*m1, *m2]).map_err(|error| fault(error.kind, 2..4))
        }
        [_, _, _, _, ..] => Err(fault(LintKind::HourMinuteTooLong, 0..data.len())),
        _ => Err(fault(LintKind::HourMinuteTooShort, 0..data.len())),
    }
}

fn piece_of_total(data: &[u8]) -> Result<(), LintError> {
    let half = data.len() / 2;
    if data.is_empty() || data.len() != 2 * half {
        return Err(fault(LintKind::PieceLength, 0..data.len()));
    }
    digits(data)?;
    let (piece, total) = data.split_at_checked(half).unwrap_or((data, &[]));
    if piece.iter().all(|byte| *byte == b'0') {
        return Err(fault(LintKind::ZeroPiece, 0..half));
    }
    if total.iter().all(|byte| *byte == b'0') {
        return Err(fault(LintKind::ZeroTotal, half..data.len()));
    }
    // Equally long digits compare like numbers.
    if piece > total { Err(fault(LintKind::PieceExceedsTotal, 0..data.len())) } else { Ok(()) }
}

fn position(data: &[u8]) -> Result<(), LintError> {
    let malformed = || fault(LintKind::SequenceMalformed, 0..data.len());
    let slash = data.iter().position(|byte| *byte == b'/').ok_or_else(malformed)?;
    let (position, rest) = data.split_at_checked(slash).ok_or_else(malformed)?;
    let end = rest.get(1..).unwrap_or(&[]);
    if position.is_empty() || end.is_empty() || digits(position).is_err() || digits(end).is_err() {
        return Err(malformed());
    }
    if position.first() == Some(&b'0') {
        return Err(fault(LintKind::ZeroPrefix, 0..slash));
    }
    if end.first() == Some(&b'0') {
        return Err(fault(LintKind::ZeroPrefix, slash + 1..data.len()));
    }
    if (position.len(), position) > (end.len(), end) {
        return Err(fault(LintKind::PositionExceedsEnd, 0..data.len()));
    }
    Ok(())
}

fn percent(data: &[u8]) -> Result<(), LintError> {
    let mut at = 0;
    while let Some(byte) = data.get(at) {
        if *byte != b'%' {
            at += 1;
            continue;
        }
        let digits = data.get(at + 1..at + 3).unwrap_or(&[]);
        if digits.len() < 2 || digits.iter().any(|byte| hex(*byte).is_none()) {
            return Err(fault(LintKind::InvalidPercent, at..data.len().min(at + 3)));
        }
        at += 3;
    }
    Ok(())
}

/// ISO 13616: country, two check digits, account; the number made of account,
/// country and check digits (letters as 10 to 35) leaves 1 when divided by 97.
fn iban(data: &[u8]) -> Result<(), LintError> {
    if data.len() <= 10 {
        return Err(fault(LintKind::IbanTooShort, 0..data.len()));
    }
    if data.len() > 34 {
        return Err(fault(LintKind::IbanTooLong, 0..data.len()));
    }
    each(data, LintKind::IbanCharacter, |byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())?;
    let (head, account) = data.split_at_checked(4).unwrap_or((data, &[]));
    if !lists::is_country_alpha2(head.get(..2).unwrap_or(&[])) {
        return Err(fault(LintKind::IbanCountry, 0..2));
    }
    let rest = account.iter().chain(head).fold(0u32, |rest, byte| {
        let value = char::from(*byte).to_digit(36).unwrap_or(0);
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    });
    let check_digits = head.get(2..4).unwrap_or(&[]);
    let checked = check_digits.iter().all(u8::is_ascii_digit) && (2..=98).contains(&number(check_digits));
    if rest == 1 && checked { Ok(()) } else { Err(fault(LintKind::IbanChecksum, 2..4)) }
}

fn angle(data: &[u8], max: u64, length: LintKind, range: LintKind) -> Result<(), LintError> {
    if data.len() != 10 {
        return Err(fault(length, 0..data.len()));
    }
    digits(data)?;
    if number(data) > max { Err(fault(range, 0..data.len())) } else { Ok(()) }
}
