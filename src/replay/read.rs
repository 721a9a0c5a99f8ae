//! Reads the lines of a log.

use super::line::{FORMAT, LINE_BYTES_MAX, Line};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The file.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A line of it.
    #[error("{}, line {line}: {why}", path.display())]
    Line {
        /// In which file.
        path: PathBuf,
        /// Which, from 1.
        line: u64,
        /// Why.
        why: String,
    },
    /// There is no turn in it.
    #[error("{}: no event log", path.display())]
    Empty {
        /// Which.
        path: PathBuf,
    },
    /// What was found cannot be told.
    #[error("the output")]
    Output(#[source] io::Error),
}

impl LogError {
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// The lines of a file, one after the other.
pub(super) struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    /// The line that was read last, from 1.
    pub(super) number: u64,
}

/// A line as it was found.
pub(super) enum Found {
    Line(Line<'static>),
    /// It is the last one, and was cut off.
    Torn,
    /// It cannot be read; where a start follows, it was cut off.
    Fault(LogError),
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self, LogError> {
        let file = File::open(path).map_err(LogError::file(path))?;
        Ok(Self { path: path.to_owned(), reader: BufReader::new(file), number: 0 })
    }

    pub(super) fn next(&mut self) -> Result<Option<Found>, LogError> {
        let mut text = Vec::new();
        let limit = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        let read = (&mut self.reader).take(limit).read_until(b'\n', &mut text);
        if read.map_err(LogError::file(&self.path))? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let whole = text.ends_with(b"\n");
        match serde_json::from_slice(&text) {
            Ok(line) => Ok(Some(Found::Line(line))),
            Err(_) if !whole && text.len() <= LINE_BYTES_MAX => Ok(Some(Found::Torn)),
            Err(error) => match format(&text) {
                Some(found) if found != FORMAT => {
                    Err(self.fault(format!("of format {found}; this program knows {FORMAT}")))
                }
                // Each line is a text of its own, so that its line number says nothing.
                _ => Ok(Some(Found::Fault(self.fault(error.to_string().replace(" at line 1 column ", ", byte "))))),
            },
        }
    }

    fn fault(&self, why: String) -> LogError {
        LogError::Line { path: self.path.clone(), line: self.number, why }
    }
}

/// The format that a first line names, whatever else is in it.
fn format(text: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Head {
        start: Format,
    }
    #[derive(Deserialize)]
    struct Format {
        log: u32,
    }
    serde_json::from_slice::<Head>(text).ok().map(|head| head.start.log)
}
