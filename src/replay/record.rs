//! Writes the log.

use super::files::{Files, Limits};
use super::line::{FORMAT, Line, Set, Start, Turn, again, digest, saved, zone};
use super::mask::{Mask, scrubbed};
use crate::app::{App, Found, Input, Now};
use crate::view::{Look, View};
use floorhand_domain::fact::Fact;
use std::borrow::Cow;
use std::io;
use std::path::Path;

/// What the runner changes of an app beside turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    blocked: bool,
    waiting: u32,
    look: Look,
}

impl Outside {
    /// Of this app.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self { blocked: app.blocked.is_some(), waiting: app.link.waiting, look: app.look.clone() }
    }

    /// What leads from here to there.
    fn to(&self, then: &Self) -> Option<Set> {
        let set = Set {
            unblocked: self.blocked && !then.blocked,
            waiting: (self.waiting != then.waiting).then_some(then.waiting),
            look: (self.look != then.look).then(|| then.look.clone()),
        };
        (set != Set::default()).then_some(set)
    }
}

/// A turn that was done and shown.
#[derive(Debug, Clone, Copy)]
pub struct Took<'a> {
    /// The app before it.
    pub before: &'a App,
    /// What went in.
    pub input: &'a Input,
    /// When.
    pub now: &'a Now,
    /// What the store found.
    pub found: &'a Found,
    /// The facts that it recorded.
    pub facts: &'a [Fact],
    /// The app as the turn had made it.
    pub made: &'a Outside,
    /// The app as it was shown.
    pub after: &'a App,
    /// What was shown.
    pub view: &'a View,
}

/// Writes the log of one run.
pub struct Recorder {
    files: Files,
    mask: Mask,
    /// The app after the last turn.
    last: App,
    /// The app as whoever reads the log knows it, where that is another one: masked, or without what is
    /// not written of it.
    known: Option<App>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Writes,
    /// The task is too large; the log starts anew behind it.
    Pauses,
    Failed,
}

impl Recorder {
    /// Goes on with the log in a folder, from this app. `key` masks codes, and is to be kept nowhere.
    ///
    /// # Errors
    /// When the file cannot be made or written.
    pub fn open(dir: &Path, limits: Limits, key: [u8; 32], app: &App) -> io::Result<Self> {
        let files = Files::open(dir, limits)?;
        let mut log = Self { files, mask: Mask::new(key), last: app.clone(), known: None, state: State::Writes };
        log.start(app)?;
        Ok(log)
    }

    /// Writes a turn. What goes wrong is told once, and then nothing more is written.
    pub fn turn(&mut self, took: &Took<'_>) {
        if self.state == State::Failed || self.state == State::Pauses && !took.after.task().is_none() {
            return;
        }
        let done = match self.state {
            State::Pauses => {
                self.last = took.after.clone();
                self.start(&scrubbed(took.after))
            }
            _ => self.write_turn(took),
        };
        self.note(done);
    }

    /// Writes what waits to be written.
    pub fn flush(&mut self) {
        if self.state != State::Failed {
            let done = self.files.flush();
            self.note(done);
        }
    }

    fn note(&mut self, done: io::Result<()>) {
        if let Err(error) = done {
            tracing::error!(%error, "the event log cannot be written; work goes on without it");
            self.state = State::Failed;
        }
    }

    fn write_turn(&mut self, took: &Took<'_>) -> io::Result<()> {
        let set = Outside::of(&self.last).to(&Outside::of(took.before));
        if let Some(set) = &set {
            set.apply(&mut self.last);
        }
        if self.last != *took.before {
            tracing::debug!("the app was changed beside its turns");
            self.state(took.before)?;
        }
        if self.state == State::Pauses {
            return Ok(());
        }
        let (mut line, mut known) = self.line(took, set.clone())?;
        if !self.files.takes(line.len()) {
            let mut app = self.known.take().unwrap_or_else(|| took.before.clone());
            set.iter().for_each(|set| set.apply(&mut app));
            self.last = took.before.clone();
            self.files.next()?;
            self.start(&app)?;
            if self.state == State::Pauses {
                return Ok(());
            }
            (line, known) = self.line(took, None)?;
        }
        if !self.fits(&line) {
            return Ok(());
        }
        self.files.write(&line)?;
        self.last = took.after.clone();
        self.known = known;
        match &self.known {
            Some(known) if known.saved() != took.after.saved() => self.state(took.after),
            _ => Ok(()),
        }
    }

    /// The line of a turn, and what whoever reads it then knows, where that is not the app itself.
    fn line(&self, took: &Took<'_>, before: Option<Set>) -> io::Result<(String, Option<App>)> {
        let after = took.made.to(&Outside::of(took.after));
        let masked = self.mask.of(took.before, took.input, took.found);
        if masked.is_none() && self.known.is_none() {
            let turn = Turn {
                before,
                now: Cow::Borrowed(took.now),
                input: Cow::Borrowed(took.input),
                found: Cow::Borrowed(took.found),
                facts: Cow::Borrowed(took.facts),
                after,
                saved: digest(&saved(took.after)?),
                view: digest(&serde_json::to_string(took.view)?),
            };
            return Ok((serde_json::to_string(&Line::Turn(Box::new(turn)))?, None));
        }
        let (input, found) = masked.unwrap_or_else(|| (took.input.clone(), took.found.clone()));
        let mut app = self.known.clone().unwrap_or_else(|| took.before.clone());
        before.iter().for_each(|set| set.apply(&mut app));
        let made = again(app, input.clone(), took.now, &found);
        let mut app = made.app;
        after.iter().for_each(|set| set.apply(&mut app));
        let turn = Turn {
            before,
            now: Cow::Borrowed(took.now),
            input: Cow::Owned(input),
            found: Cow::Owned(found),
            facts: Cow::Owned(made.facts),
            after,
            saved: digest(&saved(&app)?),
            view: digest(&serde_json::to_string(&crate::present::view(&app))?),
        };
        let line = serde_json::to_string(&Line::Turn(Box::new(turn)))?;
        Ok((line, (app != *took.after).then_some(app)))
    }

    /// Says where the log starts from.
    fn start(&mut self, app: &App) -> io::Result<()> {
        let state = Cow::Borrowed(app);
        let start = Start { log: FORMAT, app: env!("CARGO_PKG_VERSION").to_owned(), zone: zone(), state };
        let line = serde_json::to_string(&Line::Start(Box::new(start)))?;
        self.whole(&line)
    }

    /// Says what the app is, in the middle of a log.
    fn state(&mut self, app: &App) -> io::Result<()> {
        let app = scrubbed(app);
        let line = serde_json::to_string(&Line::State(Box::new(Cow::Borrowed(&app))))?;
        if !self.files.takes(line.len()) {
            return self.start(&app);
        }
        self.whole(&line)
    }

    /// Writes a whole app, and remembers what can be read back of it.
    fn whole(&mut self, line: &str) -> io::Result<()> {
        if !self.fits(line) {
            return Ok(());
        }
        if !self.files.takes(line.len()) {
            self.files.next()?;
        }
        self.files.write(line)?;
        let read = match serde_json::from_str(line)? {
            Line::Start(start) => start.state.into_owned(),
            Line::State(state) => state.into_owned(),
            Line::Turn(_) => return Ok(()),
        };
        self.known = (read != self.last).then_some(read);
        self.state = State::Writes;
        Ok(())
    }

    fn fits(&mut self, line: &str) -> bool {
        let fits = self.files.may_take(line.len());
        if !fits {
            tracing::warn!(bytes = line.len(), "a task is too large for the event log, which goes on behind it");
            self.state = State::Pauses;
        }
        fits
    }
}
