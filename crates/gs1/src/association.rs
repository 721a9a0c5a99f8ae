//! Which elements need each other, and which exclude each other.
//!
//! Both are questions about one physical thing, not about one scan: a label may carry
//! the item in one code and the lot in another. A scan that lacks a partner is
//! incomplete, not wrong.

use crate::ai::{Ai, Alternatives};
use crate::element::{Element, Elements, MAX_ELEMENTS};
use crate::gtin::Gtin;
use std::fmt;

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

impl fmt::Display for Missing {
    /// `(37) needs (00)`; alternatives are joined by `or`, the parts of a group by `+`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}) needs ", self.ai)?;
        for (index, group) in self.any_of.iter().enumerate() {
            if index > 0 {
                f.write_str(" or ")?;
            }
            for (index, pattern) in group.iter().enumerate() {
                write!(f, "{}({pattern})", if index > 0 { "+" } else { "" })?;
            }
        }
        Ok(())
    }
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

/// The first two elements that exclude each other.
pub(crate) fn conflict(elements: &[Element]) -> Option<(Ai, Ai)> {
    elements.iter().find_map(|element| {
        let excluded = element.ai.entry()?.excluded;
        let other = |pattern: &&str| {
            elements.iter().map(|other| other.ai).find(|other| *other != element.ai && other.fits(pattern))
        };
        excluded.iter().find_map(other).map(|other| (element.ai, other))
    })
}

/// What all labels of one physical thing say together, in whatever sequence they are read.
///
/// An equal repeat is harmless. What contradicts is refused with both sides, and the unit stays
/// as it was.
///
/// ```
/// use floorhand_gs1::association::{Clash, Unit};
/// use floorhand_gs1::element::parse_bracketed;
/// let mut unit = Unit::default();
/// unit.add(&parse_bracketed("(10)LOT-42").unwrap()).unwrap();
/// assert!(!unit.report().is_complete());
/// unit.add(&parse_bracketed("(01)09521234543213").unwrap()).unwrap();
/// assert!(unit.report().is_complete());
/// let clash = unit.add(&parse_bracketed("(10)LOT-43").unwrap()).unwrap_err();
/// assert_eq!(clash.to_string(), "(10) is LOT-42 on one label and LOT-43 on another");
/// assert_eq!(unit.elements().lot(), Some("LOT-42"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    elements: Elements,
}

/// Why a label cannot be of the same thing as those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clash {
    /// An identifier has another value.
    Differs {
        /// The identifier.
        ai: Ai,
        /// The value that was read before.
        first: String,
        /// The value on this label.
        second: String,
    },
    /// Two identifiers exclude each other.
    Excludes {
        /// The identifier that excludes.
        one: Ai,
        /// The identifier that is excluded.
        other: Ai,
    },
    /// More than [`MAX_ELEMENTS`] elements.
    TooMany,
}

impl Unit {
    /// Adds what a label says.
    ///
    /// # Errors
    /// When it contradicts what was read before, or itself; nothing is added then.
    pub fn add(&mut self, label: &Elements) -> Result<(), Clash> {
        let before = self.elements.elements.len();
        let added = label.iter().try_for_each(|element| self.push(element.clone()));
        let outcome = added.and_then(|()| match conflict(&self.elements.elements) {
            Some((one, other)) => Err(Clash::Excludes { one, other }),
            None => Ok(()),
        });
        match outcome {
            Ok(()) => self.elements.warnings.extend_from_slice(&label.warnings),
            Err(_) => self.elements.elements.truncate(before),
        }
        outcome
    }

    /// Adds the number of an EAN, UPC or ITF code as AI 01.
    ///
    /// # Errors
    /// Like [`Unit::add`]. A restricted number is no trade item number: see [`Gtin::circulation`] before.
    pub fn add_gtin(&mut self, gtin: Gtin) -> Result<(), Clash> {
        let Some(ai) = Ai::new("01") else { return Ok(()) };
        let element = Element { ai, value: gtin.as_str().to_owned(), span: 0..14 };
        self.add(&Elements { elements: vec![element], warnings: Vec::new() })
    }

    fn push(&mut self, element: Element) -> Result<(), Clash> {
        match self.elements.iter().find(|own| own.ai == element.ai) {
            Some(own) if own.value != element.value => {
                Err(Clash::Differs { ai: own.ai, first: own.value.clone(), second: element.value })
            }
            Some(_) => Ok(()),
            None if self.elements.len() >= MAX_ELEMENTS => Err(Clash::TooMany),
            None => {
                self.elements.elements.push(element);
                Ok(())
            }
        }
    }

    /// All that the labels say, each identifier once, in the sequence of reading. Positions are
    /// those in the label that it was read from.
    #[must_use]
    pub fn elements(&self) -> &Elements {
        &self.elements
    }

    /// What is still missing.
    #[must_use]
    pub fn report(&self) -> Report {
        check(self.elements.iter())
    }

    /// Forgets all labels: the next one is of another thing.
    pub fn clear(&mut self) {
        self.elements = Elements::default();
    }
}

impl Clash {
    /// A stable machine name, such as `differs`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Clash::Differs { .. } => "differs",
            Clash::Excludes { .. } => "excludes",
            Clash::TooMany => "too-many-elements",
        }
    }
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Clash::Differs { ai, first, second } => write!(f, "({ai}) is {first} on one label and {second} on another"),
            Clash::Excludes { one, other } => write!(f, "({one}) excludes ({other})"),
            Clash::TooMany => f.write_str("too many elements"),
        }
    }
}

impl std::error::Error for Clash {}
