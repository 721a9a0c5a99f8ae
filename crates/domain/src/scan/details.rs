//! What a label tells beside what it names.

use super::{DatePolicy, Rules};
use crate::master::IsoDate;
use floorhand_gs1::{Content, Elements, Read};
use serde::{Deserialize, Serialize};

/// What a label tells beside item, lot, serial number and expiry. A step that needs one of these
/// takes it from here; nothing of it decides what a scan means.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// AI 15.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_before: Option<IsoDate>,
    /// AI 11.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub produced: Option<IsoDate>,
    /// Net weight in grams: AIs 3100 to 3105, or a restricted number. Absent also where it is no
    /// whole number of grams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<u64>,
    /// The price in a restricted number, in hundredths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_cents: Option<u64>,
    /// AI 30: pieces of a variable-measure item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pieces: Option<u64>,
    /// AI 02: the GTIN of what a handling unit holds, as 14 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// AI 37: how many of these it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_count: Option<u64>,
    /// What is still missing for the label to be complete, as `(37) needs (00)`. Another label of
    /// the same thing may bring it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<String>,
}

impl Details {
    pub(super) fn of(read: &Read, rules: &Rules, year: u16) -> Self {
        let mut found = Self::default();
        match read.content() {
            Some(Content::Elements(elements)) => found.elements(elements, year),
            Some(Content::Gtin(scan)) => {
                if let Some(composite) = &scan.composite {
                    found.elements(composite, year);
                    // The linear part is the item that the component belongs to.
                    found.incomplete.clear();
                }
                if scan.gtin.circulation().is_restricted()
                    && let Some(divided) = rules.divided(&scan.gtin)
                {
                    found.weight_grams = divided.weight_grams;
                    found.price_cents = divided.price_cents;
                    found.pieces = divided.count;
                }
            }
            _ => {}
        }
        found
    }

    fn elements(&mut self, elements: &Elements, year: u16) {
        self.best_before = elements.best_before(year).map(|date| date.to_string());
        self.produced = elements.production_date(year).map(|date| date.to_string());
        self.weight_grams = net_grams(elements);
        self.pieces = elements.value("30").and_then(|count| count.parse().ok());
        self.content = elements.content_gtin().map(|gtin| gtin.as_str().to_owned());
        self.content_count = elements.value("37").and_then(|count| count.parse().ok());
        self.incomplete = elements.associations().missing.iter().map(ToString::to_string).collect();
    }
}

/// The net weight in grams (AIs 3100 to 3105), where it is a whole number of grams.
pub(super) fn net_grams(elements: &Elements) -> Option<u64> {
    let net = elements.measures().into_iter().find(|measure| (3100..=3105).contains(&number(measure.ai.as_str())));
    net.and_then(|measure| measure.grams())
}

fn number(ai: &str) -> u16 {
    ai.parse().unwrap_or(0)
}

/// The date after which the goods may not be used: AI 17, or the earlier of it and AI 15 where the
/// site takes a best-before date as strictly.
pub(super) fn blocking_date(elements: &Elements, rules: &Rules, year: u16) -> Option<IsoDate> {
    let expiry = elements.expiry(year);
    let best_before = elements.best_before(year).filter(|_| rules.best_before == DatePolicy::Block);
    expiry.into_iter().chain(best_before).min().map(|date| date.to_string())
}
