//! The lines of the log.

use crate::app::{App, Found, Input, Now, Turn as AppTurn};
use crate::view::Look;
use floorhand_domain::fact::Fact;
use floorhand_domain::scan;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Version of the form of the lines.
pub const FORMAT: u32 = 1;
/// Bytes of a line at the most: a task of more than some 3,000 lines is not recorded.
pub const LINE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Signs of a digest: 64 bits, against accidents.
const DIGEST_SIGNS: usize = 16;

/// A line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line<'a> {
    /// The first line of a file, and of each run of the program.
    Start(Box<Start<'a>>),
    /// The app was changed otherwise than by a turn: this is what it was then.
    State(Box<Cow<'a, App>>),
    /// A turn.
    Turn(Box<Turn<'a>>),
}

/// Where a log starts from.
#[derive(Debug, Serialize, Deserialize)]
pub struct Start<'a> {
    /// [`FORMAT`].
    pub log: u32,
    /// The version of the program that wrote it.
    pub app: String,
    /// The time zone of the station. Empty = not known.
    #[serde(default)]
    pub zone: String,
    /// The app.
    pub state: Cow<'a, App>,
}

/// A turn: what went in, and what came out.
#[derive(Debug, Serialize, Deserialize)]
pub struct Turn<'a> {
    /// What the runner had changed since the turn before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Set>,
    /// The moment.
    pub now: Cow<'a, Now>,
    /// The input.
    #[serde(rename = "in")]
    pub input: Cow<'a, Input>,
    /// What the store found for it.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub found: Cow<'a, Found>,
    /// The facts that were recorded.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub facts: Cow<'a, [Fact]>,
    /// What the runner changed after it and before it was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Set>,
    /// Digest of what was to be stored.
    pub saved: String,
    /// Digest of what was shown.
    pub view: String,
}

fn is_nothing(found: &Found) -> bool {
    *found == Found::default()
}

fn is_empty(facts: &[Fact]) -> bool {
    facts.is_empty()
}

/// What the runner changes of the app beside turns.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Set {
    /// Work can go on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unblocked: bool,
    /// So many facts wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u32>,
    /// How the screen looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
}

impl Set {
    pub(super) fn apply(&self, app: &mut App) {
        if self.unblocked {
            app.blocked = None;
        }
        if let Some(waiting) = self.waiting {
            app.link.waiting = waiting;
        }
        if let Some(look) = &self.look {
            look.clone_into(&mut app.look);
        }
    }
}

/// A turn that is done again.
pub(super) fn again(app: App, mut input: Input, now: &Now, found: &Found) -> AppTurn {
    if let Input::Scan { scan, read } = &mut input
        && read.is_ok()
    {
        **read = scan::read_by(scan, &app.settings.scan);
    }
    app.update(input, now, found)
}

/// What is stored of an app.
pub(super) fn saved(app: &App) -> serde_json::Result<String> {
    serde_json::to_string(&app.saved())
}

/// A short name of a text.
pub(super) fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(DIGEST_SIGNS).collect()
}

/// The time zone of this machine, by which the view says when work is due. Empty = not known.
pub(super) fn zone() -> String {
    jiff::tz::TimeZone::system().iana_name().unwrap_or_default().to_owned()
}
