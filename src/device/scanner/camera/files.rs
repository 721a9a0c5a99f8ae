//! Picture files as a camera: one file, or those of a folder by name.

use super::frame::{Control, Frame, FrameSource, FrameStream};
use crate::device::scanner::mono_ms;
use rustix::io::Errno;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Files of a folder that are taken; further ones are left out.
pub const FILES_MAX: usize = 10_000;
/// The endings of names that are taken.
const ENDINGS: [&str; 11] = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "pnm", "pgm", "ppm", "tif", "tiff"];

/// Loads a picture. The error is text for the log.
pub type Loader = Arc<dyn Fn(&Path) -> Result<Frame, String> + Send + Sync>;

/// How the files are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Frames a second.
    pub rate: u32,
    /// Frames of each file: a code must be read in several.
    pub repeat: u32,
    /// Each pull of the trigger shows the next file, for as long as frames are wanted.
    pub by_trigger: bool,
    /// After the last file comes the first.
    pub again: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { rate: 15, repeat: 4, by_trigger: false, again: false }
    }
}

/// A file or a folder.
pub struct Files {
    path: PathBuf,
    pace: Pace,
    load: Loader,
}

impl Files {
    /// Nothing is looked at before it is opened.
    #[must_use]
    pub fn new(path: PathBuf, pace: Pace, load: Loader) -> Self {
        Files { path, pace, load }
    }
}

impl FrameSource for Files {
    fn open(&mut self) -> Result<(PathBuf, Box<dyn FrameStream>), Errno> {
        let files = list(&self.path).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        if files.is_empty() {
            return Err(Errno::NOENT);
        }
        let (pace, load) = (self.pace, Arc::clone(&self.load));
        let stream = Shown { files, pace, load, next: 0, shown: Frame::default(), left: 0, due_ms: 0 };
        Ok((self.path.clone(), Box::new(stream)))
    }
}

fn list(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.metadata()?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in path.read_dir()? {
        let file = entry?.path();
        let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        // A pipe would be waited for.
        if file.is_file() && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            files.push(file);
        }
    }
    files.sort_unstable();
    files.truncate(FILES_MAX);
    Ok(files)
}

/// The files, one after the other.
struct Shown {
    files: Vec<PathBuf>,
    pace: Pace,
    load: Loader,
    /// The file that comes next.
    next: usize,
    shown: Frame,
    /// Frames that are still to come of the one that is shown.
    left: u32,
    due_ms: u64,
}

impl Shown {
    /// Loads the next file that can be; those that cannot are said and passed over.
    fn turn(&mut self) {
        self.left = 0;
        // Once around at the most.
        for _ in 0..self.files.len() {
            if self.next >= self.files.len() && self.pace.again {
                self.next = 0;
            }
            let Some(file) = self.files.get(self.next) else { return };
            self.next += 1;
            match (self.load)(file) {
                Ok(frame) => {
                    self.shown = frame;
                    self.left = self.pace.repeat;
                    return;
                }
                Err(error) => tracing::warn!(file = %file.display(), error, "picture passed over"),
            }
        }
    }
}

impl FrameStream for Shown {
    fn next(&mut self, frame: &mut Frame, timeout: Duration) -> Result<bool, Errno> {
        if self.left == 0 && !self.pace.by_trigger {
            self.turn();
        }
        let wait = Duration::from_millis(self.due_ms.saturating_sub(mono_ms()));
        std::thread::sleep(wait.min(timeout));
        if self.left == 0 {
            std::thread::sleep(timeout.saturating_sub(wait));
            return Ok(false);
        }
        if wait > timeout {
            return Ok(false);
        }
        frame.clone_from(&self.shown);
        frame.at_mono_ms = mono_ms();
        self.due_ms = frame.at_mono_ms + 1_000 / u64::from(self.pace.rate.max(1));
        if !self.pace.by_trigger {
            self.left -= 1;
        }
        Ok(true)
    }

    fn set(&mut self, _: Control) -> bool {
        false
    }

    fn triggered(&mut self) {
        if self.pace.by_trigger {
            self.turn();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pictures of one pixel that say their name; `bad` cannot be loaded.
    fn loader() -> Loader {
        Arc::new(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().as_bytes();
            if name == b"bad" {
                return Err("bad".into());
            }
            Ok(Frame { data: vec![name[0]], width: 1, height: 1, at_mono_ms: 0 })
        })
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.png", "a.JPG", "bad.png", "z.txt", "c.tiff", "none"] {
            std::fs::write(folder.path().join(name), []).unwrap();
        }
        folder
    }

    /// The next frames, `.` for none.
    fn take(stream: &mut dyn FrameStream, count: usize) -> String {
        let mut frame = Frame::default();
        let mut one = || match stream.next(&mut frame, Duration::from_millis(20)) {
            Ok(true) => char::from(frame.data[0]),
            Ok(false) => '.',
            Err(error) => panic!("{error}"),
        };
        (0..count).map(|_| one()).collect()
    }

    #[test]
    fn by_name_each_some_times() {
        let folder = folder();
        let pace = Pace { rate: 1_000, repeat: 2, ..Pace::default() };
        let mut files = Files::new(folder.path().into(), pace, loader());
        let (path, mut stream) = files.open().unwrap();
        assert_eq!(path, folder.path());
        assert_eq!(take(&mut *stream, 8), "aabbcc..");
        let mut again = Files::new(folder.path().into(), Pace { again: true, ..pace }, loader());
        assert_eq!(take(&mut *again.open().unwrap().1, 8), "aabbccaa");
        let mut one = Files::new(folder.path().join("none"), pace, loader());
        assert_eq!(take(&mut *one.open().unwrap().1, 3), "nn.");
    }

    #[test]
    fn one_a_trigger() {
        let folder = folder();
        let pace = Pace { rate: 1_000, by_trigger: true, ..Pace::default() };
        let mut stream = Files::new(folder.path().into(), pace, loader()).open().unwrap().1;
        assert_eq!(take(&mut *stream, 2), "..");
        for expected in ["aaaaaaa", "bbbbbbb", "ccccccc", "......."] {
            stream.triggered();
            assert_eq!(take(&mut *stream, 7), expected);
        }
    }

    #[test]
    fn nothing_to_show() {
        let empty = tempfile::tempdir().unwrap();
        for path in [empty.path().into(), empty.path().join("none")] {
            assert_eq!(Files::new(path, Pace::default(), loader()).open().err(), Some(Errno::NOENT));
        }
    }
}
