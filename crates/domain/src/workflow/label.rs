//! Labels of one unit add up in any order until the step is satisfied.

use crate::id::ItemId;
use crate::scan::{Kind, Label, Rules, weighed};
use floorhand_gs1::{Content, Mode};

/// Characters of a lot or a serial number at the most (GS1 General Specifications, AIs 10 and 21).
pub(crate) const NAME_CHARS_MAX: usize = 20;

/// The text behind the prefix that the site gives to a kind of thing, or all of it.
pub(crate) fn own_name<'a>(text: &'a str, kind: Kind, rules: &'a Rules) -> &'a str {
    rules.fitting(text).find(|(own, _)| *own == kind).map_or(text, |(_, code)| code)
}

/// Whether a text can be a name of its own: not an item's number, an element string or an address, whose
/// item nobody knows. Digits that also read as an EAN are none; a lot like that is typed.
pub(crate) fn is_name(text: &str, chars_max: usize) -> bool {
    let plain = || matches!(floorhand_gs1::read(text.as_bytes(), Mode::Lenient).content(), Some(Content::Plain(_)));
    !text.trim().is_empty() && text.chars().count() <= chars_max && !text.contains("://") && plain()
}

/// Adds the parts of a label to what was read of the same unit. An equal repeat is harmless. `item` is
/// what the step asks for, where it asks for one; a label that names none is taken to be of it.
///
/// # Errors
/// The two values that differ: the unit is to be read anew.
pub(crate) fn merge(first: &Label, second: &Label, item: Option<&ItemId>) -> Result<Label, (String, String)> {
    fn part<T: Clone + PartialEq + ToString>(a: Option<&T>, b: Option<&T>) -> Result<Option<T>, (String, String)> {
        match (a, b) {
            (Some(a), Some(b)) if a != b => Err((a.to_string(), b.to_string())),
            (a, b) => Ok(b.or(a).cloned()),
        }
    }
    Ok(Label {
        item: match item {
            Some(item) => Some(item.clone()),
            None => part(first.item.as_ref(), second.item.as_ref())?,
        },
        qty: match (second.item.is_some(), first.item.is_some()) {
            (true, _) => second.qty,
            (false, true) => first.qty,
            (false, false) => 1,
        },
        lot: part(first.lot.as_ref(), second.lot.as_ref())?,
        serial: part(first.serial.as_ref(), second.serial.as_ref())?,
        expiry: part(first.expiry.as_ref(), second.expiry.as_ref())?,
        grams: part(weighed(first).as_ref(), weighed(second).as_ref())?.unwrap_or(0),
    })
}
