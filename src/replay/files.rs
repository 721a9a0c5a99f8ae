//! The files of the log: so many, so large, the oldest removed.

use super::line::LINE_BYTES_MAX;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Bytes of a file at the most.
pub const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Files at the most.
pub const FILES_MAX: u64 = 4;
/// Bytes that wait to be written at the most.
const BUFFER_BYTES_MAX: usize = 64 * 1024;

/// How large a log may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file at the most.
    pub file_bytes: u64,
    /// Files at the most.
    pub files: u64,
    /// Bytes of a line at the most; twice as much must fit into a file.
    pub line_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: FILE_BYTES_MAX, files: FILES_MAX, line_bytes: LINE_BYTES_MAX }
    }
}

/// The file that is written, and how many there may be.
#[derive(Debug)]
pub(super) struct Files {
    dir: PathBuf,
    limits: Limits,
    number: u64,
    bytes: u64,
    out: BufWriter<File>,
}

impl Files {
    /// Goes on with the newest file in the folder, or makes the first.
    pub(super) fn open(dir: &Path, limits: Limits) -> io::Result<Self> {
        let number = segments(dir)?.last().map_or(0, |(number, _)| *number);
        let mut file = open(&path(dir, number))?;
        let mut bytes = file.metadata()?.len();
        let mut last = *b"\n";
        if bytes > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        let mut out = buffered(file);
        if last != *b"\n" {
            // What a power cut has cut off must not swallow the next line.
            out.write_all(b"\n")?;
            bytes += 1;
        }
        let files = Self { dir: dir.to_owned(), limits, number, bytes, out };
        files.remove_old()?;
        Ok(files)
    }

    /// Whether a line of so many bytes has room in this file.
    pub(super) fn takes(&self, bytes: usize) -> bool {
        self.bytes.saturating_add(length(bytes)) <= self.limits.file_bytes
    }

    /// Whether a line of so many bytes has room in any.
    pub(super) fn may_take(&self, bytes: usize) -> bool {
        bytes < self.limits.line_bytes
    }

    pub(super) fn write(&mut self, line: &str) -> io::Result<()> {
        self.out.write_all(line.as_bytes())?;
        self.out.write_all(b"\n")?;
        self.bytes = self.bytes.saturating_add(length(line.len()));
        Ok(())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Begins the next file.
    pub(super) fn next(&mut self) -> io::Result<()> {
        self.out.flush()?;
        self.number += 1;
        self.out = buffered(open(&path(&self.dir, self.number))?);
        self.bytes = 0;
        self.remove_old()
    }

    fn remove_old(&self) -> io::Result<()> {
        for (number, path) in segments(&self.dir)? {
            if number + self.limits.files <= self.number {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(1)
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path)
}

fn buffered(file: File) -> BufWriter<File> {
    BufWriter::with_capacity(BUFFER_BYTES_MAX, file)
}

fn path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("events.{number}.jsonl"))
}

/// The files of a log, oldest first, each with its number.
///
/// # Errors
/// When the folder cannot be read.
pub fn segments(dir: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("events.")?.strip_suffix(".jsonl"));
        found.extend(number.and_then(|number| number.parse().ok()).map(|number: u64| (number, entry.path())));
    }
    found.sort_unstable();
    Ok(found)
}
