//! Files and room: created for the owner only, a lock, a reserve, how much is free.

use super::StoreError;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Below this many bytes people are warned.
pub const WARN_BYTES: u64 = 200 * 1024 * 1024;
/// Below this many bytes nothing is downloaded.
pub const NO_DOWNLOADS_BYTES: u64 = 50 * 1024 * 1024;
/// Below this many bytes new work is refused.
pub const REFUSE_BYTES: u64 = 20 * 1024 * 1024;

const RESERVE_FILE: &str = "reserve";
const LOCK_FILE: &str = "lock";

/// How much room is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes free for this user.
    pub free_bytes: u64,
    /// What follows from it.
    pub level: SpaceLevel,
}

/// What follows from the room that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpaceLevel {
    /// Nothing.
    Plenty,
    /// People are warned.
    Warn,
    /// Nothing is downloaded.
    NoDownloads,
    /// New work is refused.
    Refuse,
}

impl SpaceLevel {
    /// The level of so many free bytes.
    #[must_use]
    pub fn of(free_bytes: u64) -> Self {
        match free_bytes {
            WARN_BYTES.. => Self::Plenty,
            NO_DOWNLOADS_BYTES.. => Self::Warn,
            REFUSE_BYTES.. => Self::NoDownloads,
            _ => Self::Refuse,
        }
    }
}

pub(super) fn space(dir: &Path) -> Result<Space, StoreError> {
    let stat = rustix::fs::statvfs(dir).map_err(|error| StoreError::io("asking for the free space")(error.into()))?;
    let free_bytes = stat.f_bavail.saturating_mul(stat.f_frsize);
    Ok(Space { free_bytes, level: SpaceLevel::of(free_bytes) })
}

/// Makes the directory, for its owner only.
pub(super) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    let say = |what: &str| format!("{what} {}", dir.display());
    if !dir.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(StoreError::io(say("making")))?;
    }
    let mode = fs::metadata(dir).map_err(StoreError::io(say("reading")))?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(StoreError::io(say("closing to others")))?;
    }
    Ok(())
}

/// Makes an empty file for its owner only, if there is none, and closes one that is open to others. SQLite gives its journals the same
/// permissions, so this comes before SQLite sees the file.
pub(super) fn make_file(path: &Path) -> Result<(), StoreError> {
    let say = || format!("making {}", path.display());
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(StoreError::io(say()))?;
    // A copy put back by hand may be open to others.
    if file.metadata().map_err(StoreError::io(say()))?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600)).map_err(StoreError::io(say()))?;
    }
    Ok(())
}

/// Writes a file for its owner only, whole or not at all.
pub(super) fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let new = path.with_extension("new");
    let say = || format!("writing {}", path.display());
    match fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::io(say())(error)),
        _ => {}
    }
    let mut file =
        OpenOptions::new().create_new(true).write(true).mode(0o600).open(&new).map_err(StoreError::io(say()))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(StoreError::io(say()))?;
    fs::rename(&new, path).map_err(StoreError::io(say()))?;
    if let Some(dir) = path.parent() {
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(StoreError::io(say()))?;
    }
    Ok(())
}

/// The right to write the store; held while the process lives. Its file says whether the last
/// holder stopped in good order.
pub(super) struct Lock {
    file: File,
    /// Whether the last holder did not stop in good order.
    pub(super) unclean: bool,
}

impl Lock {
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(LOCK_FILE);
        let say = || format!("locking {}", path.display());
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(StoreError::io(say()))?;
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(error) if error == rustix::io::Errno::WOULDBLOCK => return Err(StoreError::Locked(dir.to_owned())),
            Err(error) => return Err(StoreError::io(say())(error.into())),
        }
        let mut was = String::new();
        file.read_to_string(&mut was).map_err(StoreError::io(say()))?;
        Ok(Self { file, unclean: !was.is_empty() })
    }

    /// From now on a stop is unclean unless [`Self::clean`] was called.
    pub(super) fn running(&mut self) -> Result<(), StoreError> {
        self.set(b"running\n")
    }

    /// The stop was in good order.
    pub(super) fn clean(&mut self) -> Result<(), StoreError> {
        self.set(b"")
    }

    fn set(&mut self, words: &[u8]) -> Result<(), StoreError> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.rewind())
            .and_then(|()| self.file.write_all(words))
            .and_then(|()| self.file.sync_all())
            .map_err(StoreError::io("marking the store as running or stopped"))
    }
}

/// Sets room aside, if there is plenty.
pub(super) fn make_reserve(dir: &Path, bytes: u64) {
    let path = dir.join(RESERVE_FILE);
    if bytes == 0 || path.exists() || space(dir).is_ok_and(|space| space.level != SpaceLevel::Plenty) {
        return;
    }
    let made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path).and_then(|file| {
        match rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes) {
            Ok(()) => Ok(()),
            // A file system without fallocate: write it.
            Err(_) => std::io::copy(&mut std::io::repeat(0).take(bytes), &mut &file).map(drop),
        }
    });
    if let Err(error) = made {
        tracing::warn!(%error, "no room could be set aside");
        drop(fs::remove_file(&path));
    }
}

/// Gives the room back, so that acknowledgements and the end of the work in hand still fit.
pub(super) fn free_reserve(dir: &Path) {
    match fs::remove_file(dir.join(RESERVE_FILE)) {
        Ok(()) => tracing::error!("the disk is full: the reserve was given back"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => tracing::error!(%error, "the reserve could not be given back"),
    }
}

/// Writes a file for its owner only, so that it is whole or not there.
pub(super) fn put_file(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let fail = |what: &'static str| StoreError::io(what);
    if !dir.is_dir() {
        DirBuilder::new().mode(0o700).create(dir).map_err(fail("making a folder"))?;
    }
    let (part, whole) = (dir.join(format!("{name}.part")), dir.join(name));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .map_err(fail("making a file"))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail("writing a file"))?;
    fs::rename(&part, &whole).map_err(fail("naming a file"))?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(fail("keeping a file's name"))
}
