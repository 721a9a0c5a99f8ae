//! Labels of one unit add up in any order until the step is satisfied (workflows.md section 0.4).

use crate::id::ItemId;
use crate::scan::Label;

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
    })
}
