//! Several labels of one unit add up: the item on one, lot and date on the next.

use super::Label;

/// Two labels of one unit that disagree: what was read first, and what was read now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// What was read before.
    pub first: String,
    /// What this label says.
    pub second: String,
}

impl Label {
    /// What both labels say together, in any sequence. An equal repeat is harmless.
    ///
    /// # Errors
    /// [`Clash`] with the two values, where they disagree; byte for byte, as lots and serial numbers
    /// are compared.
    pub fn join(&self, next: &Label) -> Result<Label, Clash> {
        Ok(Label {
            item: one(self.item.as_ref(), next.item.as_ref())?,
            // The code that names the item tells how many there are.
            qty: match (next.item.is_some(), self.item.is_some()) {
                (true, _) => next.qty,
                (false, true) => self.qty,
                (false, false) => self.qty.max(next.qty),
            },
            lot: one(self.lot.as_ref(), next.lot.as_ref())?,
            serial: one(self.serial.as_ref(), next.serial.as_ref())?,
            expiry: one(self.expiry.as_ref(), next.expiry.as_ref())?,
            grams: one(weighed(self).as_ref(), weighed(next).as_ref())?.unwrap_or(0),
        })
    }

    /// Whether nothing was read yet.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.item.is_none() && self.lot.is_none() && self.serial.is_none() && self.expiry.is_none() && self.grams == 0
    }
}

pub(crate) fn weighed(label: &Label) -> Option<i64> {
    Some(label.grams).filter(|grams| *grams != 0)
}

fn one<T: Clone + PartialEq + ToString>(first: Option<&T>, second: Option<&T>) -> Result<Option<T>, Clash> {
    match (first, second) {
        (Some(first), Some(second)) if first != second => {
            Err(Clash { first: first.to_string(), second: second.to_string() })
        }
        (first, second) => Ok(second.or(first).cloned()),
    }
}
