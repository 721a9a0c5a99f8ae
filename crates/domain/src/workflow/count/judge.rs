//! What becomes of a variance. The core asks this function when a count is
//! submitted; the variance is posted, never the count.

use crate::master::Limits;
use serde::{Deserialize, Serialize};

/// What one count says of one kind of stock, and what the book had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Judged {
    /// Units counted.
    pub counted: i64,
    /// Units booked at the cursor of `CountStarted`, with the counting device's own earlier facts.
    pub book: i64,
    /// Value of one unit in minor units; 0 = unknown.
    pub value_minor: i64,
    /// Units that the count before found. `None` = it is the first.
    pub before: Option<i64>,
    /// How often it was counted again: 0 = this is the first count.
    pub round: u32,
    /// Whether a fact that was applied before this count changed the stock there after that cursor.
    pub touched: bool,
}

/// What becomes of a variance. Of several kinds of stock in one count the greatest decides where the
/// count can have one outcome only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// There is none.
    Nothing,
    /// It is posted.
    Post,
    /// A supervisor decides; nothing is posted before.
    Approve,
    /// It is counted again; nothing is posted.
    Recount,
    /// Somebody else moved the stock meanwhile: it is counted again, nothing is posted.
    Contested,
}

/// Judges one kind of stock. `recounts`: how often a place is counted again at the most.
#[must_use]
pub fn judge(judged: &Judged, limits: &Limits, recounts: u32) -> Verdict {
    let variance = i128::from(judged.counted) - i128::from(judged.book);
    if variance == 0 {
        return Verdict::Nothing;
    }
    if judged.touched {
        return Verdict::Contested;
    }
    let size = variance.abs();
    let units = size <= i128::from(limits.count_units);
    // Of an empty book there is no percentage.
    let percent = judged.book <= 0 || size * 100 <= i128::from(limits.count_percent) * i128::from(judged.book);
    let value = size * i128::from(judged.value_minor) <= i128::from(limits.count_value_minor);
    if units && percent && value {
        return Verdict::Post;
    }
    if judged.before == Some(judged.counted) || judged.round >= recounts {
        return Verdict::Approve;
    }
    Verdict::Recount
}
