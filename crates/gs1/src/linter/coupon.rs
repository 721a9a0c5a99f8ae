//! North American coupons: AIs 8110 and 8112 (GS1 US, *North American Coupon
//! Application Guideline Using GS1 DataBar Expanded Symbols*).
//!
//! A coupon is a string of digits; most fields are preceded by a digit that tells
//! their length.

use super::CouponFault::{BeforeStart, Excess, Invalid, Length, Missing, Truncated};
use super::CouponPart as Part;
use super::rules::digits;
use super::{CouponFault, LintError, LintKind, Linter, fault};
use std::ops::Range;

struct Digits<'a> {
    all: &'a [u8],
    at: usize,
}

fn fail(part: Part, what: CouponFault, span: Range<usize>) -> LintError {
    fault(LintKind::Coupon(part, what), span)
}

impl<'a> Digits<'a> {
    fn left(&self) -> usize {
        self.all.len() - self.at
    }

    /// What is left is at fault, or everything when nothing is left.
    fn rest(&self) -> Range<usize> {
        let from = if self.left() == 0 { 0 } else { self.at };
        from..self.all.len()
    }

    fn last_read(&self) -> Range<usize> {
        self.at - 1..self.at
    }

    fn digit(&mut self, part: Part) -> Result<u8, LintError> {
        let byte = self.all.get(self.at).ok_or_else(|| fail(part, Missing, self.rest()))?;
        self.at += 1;
        Ok(byte - b'0')
    }

    fn take(&mut self, part: Part, count: usize) -> Result<&'a [u8], LintError> {
        let taken = self.all.get(self.at..self.at + count).ok_or_else(|| fail(part, Truncated, self.rest()))?;
        self.at += count;
        Ok(taken)
    }

    /// A length digit within `allowed`, then that many digits and `more`.
    fn sized(&mut self, part: Part, allowed: std::ops::RangeInclusive<u8>, more: usize) -> Result<(), LintError> {
        let size = self.digit(part)?;
        if !allowed.contains(&size) {
            return Err(fail(part, Length, self.last_read()));
        }
        self.take(part, usize::from(size) + more).map(drop)
    }

    /// One digit out of a set.
    fn choice(&mut self, part: Part, allowed: &[u8]) -> Result<u8, LintError> {
        let value = self.digit(part)?;
        if allowed.contains(&value) { Ok(value) } else { Err(fail(part, Invalid, self.last_read())) }
    }

    /// Requirement, requirement code and family code of a purchase.
    fn purchase(&mut self, requirement: Part, code: Part, family: Part) -> Result<(), LintError> {
        self.sized(requirement, 1..=5, 0)?;
        self.choice(code, &[0, 1, 2, 3, 4, 9])?;
        self.take(family, 3).map(drop)
    }

    /// A company prefix of a further purchase; length digit 9 stands for none.
    fn further_prefix(&mut self, part: Part) -> Result<(), LintError> {
        if self.all.get(self.at) == Some(&b'9') {
            self.at += 1;
            return Ok(());
        }
        self.sized(part, 0..=6, 6)
    }

    fn date(&mut self, part: Part) -> Result<&'a [u8], LintError> {
        let from = self.at;
        let date = self.all.get(from..from + 6).ok_or_else(|| fail(part, Truncated, self.rest()))?;
        Linter::Yymmdd.check(date).map_err(|_| fail(part, Invalid, from..from + 6))?;
        self.at += 6;
        Ok(date)
    }

    fn end(&self) -> Result<(), LintError> {
        if self.left() == 0 { Ok(()) } else { Err(fail(Part::Whole, Excess, self.rest())) }
    }

    /// Takes the next digit when it is `tag`: the head of an optional field.
    fn tag(&mut self, tag: u8) -> bool {
        let found = self.all.get(self.at) == Some(&tag);
        if found {
            self.at += 1;
        }
        found
    }
}

/// The positive offer file coupon: format, funder, offer code, serial number.
pub(super) fn positive_offer(data: &[u8]) -> Result<(), LintError> {
    digits(data)?;
    let mut coupon = Digits { all: data, at: 0 };
    coupon.choice(Part::Format, &[0, 1])?;
    coupon.sized(Part::Funder, 0..=6, 6)?;
    coupon.take(Part::OfferCode, 6)?;
    coupon.sized(Part::SerialNumber, 0..=9, 6)?;
    coupon.end()
}

/// The coupon code: company prefix, offer, save value, first purchase, then optional
/// fields 1 to 6 and 9 in their sequence.
pub(super) fn code(data: &[u8]) -> Result<(), LintError> {
    digits(data)?;
    let mut coupon = Digits { all: data, at: 0 };
    coupon.sized(Part::CompanyPrefix, 0..=6, 6)?;
    coupon.take(Part::OfferCode, 6)?;
    coupon.sized(Part::SaveValue, 1..=5, 0)?;
    coupon.purchase(Part::FirstRequirement, Part::FirstCode, Part::FirstFamily)?;
    if coupon.tag(b'1') {
        coupon.choice(Part::AdditionalRules, &[0, 1, 2, 3])?;
        coupon.purchase(Part::SecondRequirement, Part::SecondCode, Part::SecondFamily)?;
        coupon.further_prefix(Part::SecondPrefix)?;
    }
    if coupon.tag(b'2') {
        coupon.purchase(Part::ThirdRequirement, Part::ThirdCode, Part::ThirdFamily)?;
        coupon.further_prefix(Part::ThirdPrefix)?;
    }
    let dates_from = coupon.at;
    let expires = if coupon.tag(b'3') { Some(coupon.date(Part::ExpirationDate)?) } else { None };
    let starts = if coupon.tag(b'4') { Some(coupon.date(Part::StartDate)?) } else { None };
    if let (Some(expires), Some(starts)) = (expires, starts)
        && expires < starts
    {
        return Err(fail(Part::ExpirationDate, BeforeStart, dates_from..coupon.at));
    }
    if coupon.tag(b'5') {
        coupon.sized(Part::SerialNumber, 0..=9, 6)?;
    }
    if coupon.tag(b'6') {
        coupon.sized(Part::Retailer, 1..=7, 6)?;
    }
    if coupon.tag(b'9') {
        coupon.choice(Part::SaveValueCode, &[0, 1, 2, 5, 6])?;
        coupon.choice(Part::AppliesTo, &[0, 1, 2])?;
        coupon.digit(Part::StoreCoupon)?;
        coupon.choice(Part::DontMultiply, &[0, 1])?;
    }
    coupon.end()
}
