//! Pages that lie over the work: what a code is, and the approval of a supervisor.

#[cfg(doc)]
use super::Tap;
use super::{Amount, Goods, Paging};
use serde::Serialize;

/// What is this: anything may be scanned, nothing is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WhatIsView {
    /// What was read, printable. Empty: nothing yet.
    pub code: String,
    /// Everything that it means; empty after a scan: nothing here knows it.
    pub readings: Vec<Reading>,
    /// Index of the reading that is shown; [`Tap::Choose`] shows another one.
    pub shown: usize,
    /// Page of the rows of that reading. Rows that fit: [`super::TextSize::what_is_rows`].
    pub paging: Paging,
}

/// One thing that a code means.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// `item`, `shelf`, `pallet`, `tote`, `lot`, `serial`, `order`, `task`, `badge`, `drop`.
    pub kind: String,
    /// Its code, as printed; of a badge the operator's name.
    pub code: String,
    /// The item, where it is one or belongs to one.
    pub goods: Option<Goods>,
    /// What is known about it, the most important first; the first three are shown.
    pub facts: Vec<WhatFact>,
    /// One page of where it is, or what is in it.
    pub rows: Vec<WhatRow>,
}

/// One thing known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhatFact {
    /// `counts` (units that one scan of it counts), `total` (in stock), `place`, `inside` (box or pallet it is in),
    /// `expiry`, `best-before`, `status` (`good`, `quarantined`, `damaged`, `returned`, `blocked`), `lot`,
    /// `work` (`pick`, `put-away`, …), `lines`, `state` (`open`, `claimed`, `done`, `cancelled`), `holder`,
    /// `order`, `role` (`pick`, `stock`, …), `sku`.
    pub what: String,
    /// A code with words of its own (see above), or a number, date, code or name as it is shown.
    pub value: String,
}

/// Where goods are, or what is in a place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WhatRow {
    /// The item, short; empty where the reading is the item.
    pub goods: String,
    /// The location; empty where the reading is the location.
    pub place: String,
    /// The box or pallet. May be empty.
    pub pallet: String,
    /// The lot. May be empty.
    pub lot: String,
    /// How many.
    pub quantity: Amount,
    /// `quarantined`, `damaged`, `returned`, `blocked`. Empty: good.
    pub status: String,
}

/// A supervisor approves what an operator may not: badge, then PIN. [`Tap::Digit`], [`Tap::Backspace`],
/// [`Tap::NotMe`] (another badge), [`Tap::Back`] leaves without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApproveView {
    /// What is approved, by the reason code of its refusal: `ALLOCATED`, `CLAIMED`, `VARIANCE`, `RECEIPT_OVER`,
    /// `SHELF_LIFE`, `SERIAL_SEEN`, `WEIGHT_DIFF`, `LOCKED_OUT`, `TYPED` (a code typed by hand), `NOT_ALLOWED`.
    pub reason: String,
    /// The number in the sentence, as in the refusal.
    pub number: u32,
    /// The name in the sentence, as in the refusal; the code that was typed. Empty: none, or nobody may read it.
    pub name: String,
    /// Badge or PIN.
    pub stage: ApproveStage,
    /// Full name of the supervisor, once the badge is known.
    pub approver: String,
    /// Digits typed so far.
    pub digits: u8,
    /// Digits of a PIN.
    pub length: u8,
}

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ApproveStage {
    /// Waits for a supervisor's badge.
    Badge,
    /// Waits for the PIN.
    Pin,
}
