//! Which elements need each other, and which exclude each other.
//!
//! Both are questions about one physical thing, not about one scan: a label may carry
//! the item in one code and the lot in another. A scan that lacks a partner is
//! incomplete, not wrong.

use crate::ai::{Ai, Alternatives};
use crate::element::Element;

/// What is missing from a set of elements, and what contradicts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Identifiers that need a partner which is not there.
    pub missing: Vec<Missing>,
    /// Pairs that exclude each other, each pair once.
    pub conflicts: Vec<(Ai, Ai)>,
    /// Identifiers with different values.
    pub differing: Vec<Ai>,
    /// Keys without their serial part beside a digital signature (AI 8030), which
    /// demands one.
    pub unserialised: Vec<Ai>,
}

/// An identifier without its partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The identifier that needs one.
    pub ai: Ai,
    /// The groups of which one would do.
    pub any_of: Alternatives,
}

impl Report {
    /// Nothing is missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.unserialised.is_empty()
    }

    /// Nothing contradicts, whatever further codes may say.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.conflicts.is_empty() && self.differing.is_empty()
    }
}

/// Evaluates all elements read from one physical thing.
///
/// ```
/// use floorhand_gs1::{association, element};
/// let lot = element::parse_bracketed("(10)LOT-42").unwrap();
/// let item = element::parse_bracketed("(01)09521234543213").unwrap();
/// assert!(!association::check(lot.iter()).is_complete());
/// assert!(association::check(lot.iter().chain(item.iter())).is_complete());
/// ```
pub fn check<'a>(elements: impl IntoIterator<Item = &'a Element>) -> Report {
    let mut report = Report::default();
    let mut seen: Vec<&Element> = Vec::new();
    for element in elements {
        match seen.iter().find(|own| own.ai == element.ai) {
            None => seen.push(element),
            Some(own) => {
                if own.value != element.value && !report.differing.contains(&own.ai) {
                    report.differing.push(own.ai);
                }
            }
        }
    }
    let present = |pattern: &str, except: Option<Ai>| {
        seen.iter().map(|element| element.ai).find(|ai| Some(*ai) != except && ai.fits(pattern))
    };
    for element in &seen {
        let Some(entry) = element.ai.entry() else {
            continue;
        };
        for any_of in entry.required {
            let satisfied = any_of.iter().any(|group| group.iter().all(|pattern| present(pattern, None).is_some()));
            if !satisfied {
                report.missing.push(Missing { ai: element.ai, any_of });
            }
        }
        for pattern in entry.excluded {
            // A pattern may name several identifiers that are there.
            for other in seen.iter().map(|own| own.ai).filter(|ai| *ai != element.ai && ai.fits(pattern)) {
                if !report.conflicts.iter().any(|pair| *pair == (other, element.ai) || *pair == (element.ai, other)) {
                    report.conflicts.push((element.ai, other));
                }
            }
        }
    }
    if present("8030", None).is_some() {
        // The serial part is optional in these keys, but a signature needs one.
        let bare = |element: &&&Element| match element.ai.as_str() {
            "253" | "255" => element.value.len() <= 13,
            "8003" => element.value.len() <= 14,
            _ => false,
        };
        report.unserialised = seen.iter().filter(bare).map(|element| element.ai).collect();
    }
    report
}
