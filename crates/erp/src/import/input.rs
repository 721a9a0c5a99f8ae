//! The file, which is read more than once.

use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Bytes of a file at the most.
pub const INPUT_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes that are read at once.
const BUFFER: usize = 64 * 1024;

/// A file, or what came from a pipe.
#[derive(Debug)]
pub struct Input {
    file: File,
}

impl Input {
    /// Opens a file. What is no regular file, as a pipe, is first written to `scratch`.
    ///
    /// # Errors
    /// When it cannot be read or is too long.
    pub fn open(path: &Path, scratch: &Path) -> Result<Self> {
        let file = File::open(path).map_err(Error::io(format!("open {}", path.display())))?;
        let meta = file.metadata().map_err(Error::io(format!("look at {}", path.display())))?;
        if !meta.is_file() {
            return Self::spool(file, scratch);
        }
        if meta.len() > INPUT_BYTES_MAX {
            return Err(too_long());
        }
        Ok(Self { file })
    }

    /// Writes what is read to a file in `scratch` that has no name, so that nothing is left of it
    /// however the program ends.
    ///
    /// # Errors
    /// When it cannot be read or written, or is too long.
    pub fn spool(from: impl Read, scratch: &Path) -> Result<Self> {
        let path = scratch.join(format!("import-{}.tmp", uuid::Uuid::now_v7()));
        let what = || format!("write {}", path.display());
        let mut file = OpenOptions::new()
            .create_new(true)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(Error::io(what()))?;
        std::fs::remove_file(&path).map_err(Error::io(what()))?;
        let written = std::io::copy(&mut from.take(INPUT_BYTES_MAX + 1), &mut file).map_err(Error::io(what()))?;
        if written > INPUT_BYTES_MAX {
            return Err(too_long());
        }
        file.flush().map_err(Error::io(what()))?;
        Ok(Self { file })
    }

    /// Reads it from the beginning.
    pub(super) fn read(&self) -> Result<BufReader<&File>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(BufReader::with_capacity(BUFFER, file))
    }

    /// BLAKE3 of its bytes, as hex digits.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn hash(&self) -> Result<String> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(self.read()?).map_err(failed)?;
        Ok(hasher.finalize().to_hex().to_string())
    }
}

/// An error while reading.
pub(super) fn failed(error: std::io::Error) -> Error {
    Error::Io { what: "read the file".to_owned(), source: error }
}

fn too_long() -> Error {
    Error::problem(413, "too_long", format!("the file has more than {INPUT_BYTES_MAX} bytes; split it"))
}
