//! Runs the turns of a log again and compares.

use super::line::{FORMAT, Line, Start, Turn, again, digest, saved, zone};
use super::read::{Found, Lines, LogError};
use crate::app::{Answer, App, Input, Now, Turn as AppTurn};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Lines that tell what changed, at the most.
const CHANGES_MAX: usize = 40;

/// A turn that was run again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Played {
    /// Its number, from 1, over all files.
    pub turn: u64,
    /// The file.
    pub file: PathBuf,
    /// The line in it, from 1.
    pub line: u64,
    /// The moment.
    pub now: Now,
    /// The step that was asked.
    pub step: &'static str,
    /// What went in.
    pub input: Value,
    /// What came of it. Empty = nothing that is said.
    pub answer: String,
    /// What came out otherwise than it was written: `facts`, `state`, `view`.
    pub differs: Vec<&'static str>,
}

/// The first turn that came out otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Which.
    #[serde(flatten)]
    pub played: Played,
    /// What differs of it.
    pub parts: Vec<Part>,
}

/// A part that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// `facts`, `state`, `view`.
    pub what: &'static str,
    /// As it was written: facts in full, of the others a digest.
    pub written: Value,
    /// As it came out now, in full.
    pub made: Value,
    /// Facts: from what was written to what was made. Others: what the turn has changed now.
    pub changes: Vec<String>,
}

/// What a replay found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Turns that were run.
    pub turns: u64,
    /// Turns that came out otherwise.
    pub differing: u64,
    /// The first of them.
    pub first: Option<Difference>,
    /// Lines that were cut off.
    pub torn: u64,
    /// What else is to be known.
    pub notes: Vec<String>,
    /// The app at the end.
    pub end: Option<App>,
}

/// Runs the turns of these files again, in this sequence, up to turn `until`. `each` hears of every one.
///
/// # Errors
/// When a file cannot be read, with the line and why. A last line that was cut off is no fault.
pub fn replay(
    files: &[PathBuf],
    until: Option<u64>,
    each: &mut dyn FnMut(&Played) -> Result<(), LogError>,
) -> Result<Report, LogError> {
    let mut report = Report::default();
    for path in files {
        let mut lines = Lines::open(path)?;
        let mut fault: Option<LogError> = None;
        // Each file stands for itself.
        let mut app: Option<App> = None;
        while let Some(found) = lines.next()? {
            match (found, fault.take()) {
                (Found::Line(Line::Start(start)), cut_off) => {
                    report.torn += u64::from(cut_off.is_some());
                    report.starts(path, &start)?;
                    app = Some(start.state.into_owned());
                }
                (_, Some(fault)) => return Err(fault),
                (Found::Line(Line::State(state)), None) => app = Some(state.into_owned()),
                (Found::Line(Line::Turn(turn)), None) => {
                    let Some(before) = app.take() else { return Err(LogError::Empty { path: path.clone() }) };
                    let at = At { path, line: lines.number };
                    app = Some(report.play(&at, before, *turn, each)?);
                }
                (Found::Torn, None) => report.torn += 1,
                (Found::Fault(found), None) => fault = Some(found),
            }
            if until.is_some_and(|until| report.turns >= until) {
                report.end = app;
                return Ok(report);
            }
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
        report.end = Some(app.ok_or_else(|| LogError::Empty { path: path.clone() })?);
    }
    Ok(report)
}

struct At<'a> {
    path: &'a Path,
    line: u64,
}

impl Report {
    fn starts(&mut self, path: &Path, start: &Start<'_>) -> Result<(), LogError> {
        if start.log != FORMAT {
            let why = format!("of format {}; this program knows {FORMAT}", start.log);
            return Err(LogError::Line { path: path.to_owned(), line: 1, why });
        }
        let this = env!("CARGO_PKG_VERSION");
        if start.app != this {
            self.note(format!("{}: written by version {}, this is {this}", path.display(), start.app));
        }
        let here = zone();
        if start.zone != here && !start.zone.is_empty() {
            self.note(format!(
                "{}: written in {}, this is {here}: the time when work is due may differ (TZ={} mends it)",
                path.display(),
                start.zone,
                start.zone
            ));
        }
        Ok(())
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn play(
        &mut self,
        at: &At<'_>,
        mut before: App,
        turn: Turn<'static>,
        each: &mut dyn FnMut(&Played) -> Result<(), LogError>,
    ) -> Result<App, LogError> {
        let broken = |error: serde_json::Error| LogError::Line {
            path: at.path.to_owned(),
            line: at.line,
            why: format!("what came out is no JSON: {error}"),
        };
        self.turns += 1;
        turn.before.iter().for_each(|set| set.apply(&mut before));
        let input = turn.input.into_owned();
        let told = serde_json::to_value(&input).map_err(broken)?;
        let made = again(before.clone(), input.clone(), &turn.now, &turn.found);
        let answer = answer(&before, &made, &input);
        let AppTurn { mut app, facts, .. } = made;
        turn.after.iter().for_each(|set| set.apply(&mut app));

        let state = saved(&app).map_err(broken)?;
        let view = serde_json::to_string(&crate::present::view(&app)).map_err(broken)?;
        let mut parts = Vec::new();
        if facts != *turn.facts {
            let (written, made) = (value(&turn.facts), value(&facts));
            let changes = changes(&written, &made);
            parts.push(Part { what: "facts", written, made, changes });
        }
        if digest(&state) != turn.saved {
            let made = value(&app.saved());
            let changes = changes(&value(&before.saved()), &made);
            parts.push(Part { what: "state", written: turn.saved.into(), made, changes });
        }
        if digest(&view) != turn.view {
            let made = value(&crate::present::view(&app));
            let changes = changes(&value(&crate::present::view(&before)), &made);
            parts.push(Part { what: "view", written: turn.view.into(), made, changes });
        }
        let played = Played {
            turn: self.turns,
            file: at.path.to_owned(),
            line: at.line,
            now: turn.now.into_owned(),
            step: before.step_name(),
            input: told,
            answer,
            differs: parts.iter().map(|part| part.what).collect(),
        };
        each(&played)?;
        if !parts.is_empty() {
            self.differing += 1;
            self.first.get_or_insert(Difference { played, parts });
        }
        Ok(app)
    }
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

/// What a person was told, in a few words.
fn answer(before: &App, turn: &AppTurn, input: &Input) -> String {
    let refused = match &turn.app.answer {
        Answer::Refused(refused) => Some(refused.refusal.reason().code()),
        _ => None,
    };
    let scan = matches!(input, Input::Scan { .. });
    match &turn.app.answer {
        Answer::Accepted { accepted, .. } if turn.app.answers != before.answers => {
            format!("accepted {} {}", accepted.what.as_str(), accepted.code)
        }
        Answer::Notice(code) if turn.app.answer != before.answer => format!("notice {code}"),
        _ if scan && turn.audit.as_ref().is_some_and(|audit| audit.accepted) => "accepted".to_owned(),
        answer => match refused.filter(|_| scan || *answer != before.answer) {
            Some(code) => format!("refused {code}"),
            None => String::new(),
        },
    }
}

/// What leads from one to the other, a line a value.
fn changes(from: &Value, to: &Value) -> Vec<String> {
    let (from, to) = (leaves(from), leaves(to));
    let mut lines = Vec::new();
    for path in from.keys().chain(to.keys().filter(|path| !from.contains_key(*path))) {
        let (old, new) = (from.get(path), to.get(path));
        if old != new {
            lines.extend(old.map(|old| format!("- {path} {old}")));
            lines.extend(new.map(|new| format!("+ {path} {new}")));
        }
    }
    let more = lines.len().saturating_sub(CHANGES_MAX);
    lines.truncate(CHANGES_MAX);
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines
}

/// The values without parts, each by its path.
fn leaves(value: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), value)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                open.extend(fields.iter().map(|(name, inner)| (format!("{path}/{name}"), inner)));
            }
            Value::Array(rows) if !rows.is_empty() => {
                open.extend(rows.iter().enumerate().map(|(n, inner)| (format!("{path}/{n}"), inner)));
            }
            leaf => {
                found.insert(path, leaf);
            }
        }
    }
    found
}
