//! `floorhand replay`: says what a replay found.

use super::play::{Played, Report, replay};
use super::read::LogError;
use super::segments;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// Signs of an input that are printed.
const INPUT_SIGNS: usize = 100;

/// What `replay` was told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The turn to stop after, and to show the view of.
    pub until: Option<u64>,
    /// Whether each turn is printed.
    pub print: bool,
    /// Whether in JSON.
    pub json: bool,
}

/// The replay made something else than the log says.
#[derive(Debug, thiserror::Error)]
#[error("{differing} of {turns} turns differ, the first is turn {first}")]
pub struct Differs {
    /// How many turns.
    pub differing: u64,
    /// Of how many.
    pub turns: u64,
    /// The first of them.
    pub first: u64,
}

/// Replays files, or the log in a folder, and prints what it found.
///
/// # Errors
/// [`Differs`], or [`LogError`] when it cannot be read.
pub fn command(paths: &[PathBuf], options: &Options, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let found = segments(path).map_err(LogError::file(path))?;
            if found.is_empty() {
                return Err(LogError::Empty { path: path.clone() }.into());
            }
            files.extend(found.into_iter().map(|(_, path)| path));
        } else {
            files.push(path.clone());
        }
    }
    let report = replay(&files, options.until, &mut |played| {
        if options.print {
            let line = if options.json { serde_json::to_string(played).unwrap_or_default() } else { line(played) };
            writeln!(out, "{line}").map_err(LogError::Output)?;
        }
        Ok(())
    })?;
    let text = if options.json { summary(&report, options).to_string() } else { page(&report, options) };
    writeln!(out, "{text}").map_err(LogError::Output)?;
    match &report.first {
        None => Ok(()),
        Some(first) => {
            Err(Differs { differing: report.differing, turns: report.turns, first: first.played.turn }.into())
        }
    }
}

fn summary(report: &Report, options: &Options) -> Value {
    let end = report.end.as_ref().filter(|_| options.until.is_some());
    json!({
        "same": report.first.is_none(),
        "turns": report.turns,
        "differing": report.differing,
        "torn": report.torn,
        "notes": report.notes,
        "first": report.first,
        "step": report.end.as_ref().map(|app| app.step_name()),
        "state": end.map(|app| app.saved()),
        "view": end.map(crate::present::view),
    })
}

fn page(report: &Report, options: &Options) -> String {
    let mut lines = report.notes.clone();
    if let Some(first) = &report.first {
        let (played, turn) = (&first.played, first.played.turn);
        lines.push(format!("turn {turn} differs ({}, line {})", played.file.display(), played.line));
        lines.push(line(played));
        lines.push(format!("  input {}", played.input));
        for part in &first.parts {
            lines.push(format!("  {} as written: {}", part.what, part.written));
            lines.push(format!("  {} as made now: {}", part.what, part.made));
            let heading = if part.what == "facts" { "from written to made" } else { "what the turn changed now" };
            lines.push(format!("  {}: {heading}", part.what));
            lines.extend(part.changes.iter().map(|change| format!("    {change}")));
        }
    }
    if options.until.is_some()
        && let Some(app) = &report.end
    {
        let pretty = |value| serde_json::to_string_pretty(&value).unwrap_or_default();
        lines.push(format!("at {}", app.step_name()));
        lines.push(format!("state {}", pretty(serde_json::to_value(app.saved()).unwrap_or_default())));
        lines.push(format!("view {}", pretty(serde_json::to_value(crate::present::view(app)).unwrap_or_default())));
    }
    if report.torn > 0 {
        lines.push(format!("{} lines were cut off, as by a power cut", report.torn));
    }
    if report.first.is_none() {
        lines.push(format!("{} turns, each the same", report.turns));
    }
    lines.join("\n")
}

/// A turn in one line.
fn line(played: &Played) -> String {
    let Played { turn, now, step, answer, differs, .. } = played;
    let input: String = input(&played.input).chars().take(INPUT_SIGNS).collect();
    let mut line = format!("{turn:>6}  {:02}:{:02}  {step:<15}  {input}", now.wall.hour, now.wall.minute);
    if !answer.is_empty() {
        line = format!("{line}  {answer}");
    }
    if !differs.is_empty() {
        line = format!("{line}  DIFFERS: {}", differs.join(", "));
    }
    line
}

/// The kind of an input and what is short of it.
fn input(input: &Value) -> String {
    let Some((kind, inner)) = input.as_object().and_then(|fields| fields.iter().next()) else {
        return input.as_str().unwrap_or_default().to_owned();
    };
    match inner.get("scan") {
        Some(scan) => {
            let bytes = scan.get("raw").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let raw: Vec<u8> = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            let source = scan.get("source").and_then(Value::as_str).unwrap_or_default();
            format!("{kind} {source} {}", floorhand_gs1::escape(&raw))
        }
        None if inner.is_array() => format!("{kind} ({})", inner.as_array().map_or(0, Vec::len)),
        None => format!("{kind} {inner}"),
    }
}
