//! A camera by the crate `nokhwa`, for those that Video4Linux alone does not do justice to.
//!
//! Its `frame_raw` waits for ever on a camera that has stalled, so it has a thread of its own, which
//! is left alone when it does not come back; what it panics on is caught there. It knows cameras by
//! number only, cannot read grey ones, and neither exposure nor light is set through it.

use super::config::Config;
use super::frame::{Control, Frame, FrameSource, FrameStream, Layout, Pixels};
use super::mailbox::Mailbox;
use crate::device::scanner::mono_ms;
use nokhwa::Camera;
use nokhwa::utils::{CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution};
use rustix::io::Errno;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Without a frame for so long the camera is taken as stalled.
const STALL_MS: u64 = 3_000;
/// Threads that may wait for ever; with so many the camera is not opened again.
const ABANDONED_MAX: usize = 4;
/// Damaged frames in a row after which the camera is given up.
const BAD_MAX: u32 = 30;

/// A camera at a path.
#[derive(Debug)]
pub struct Nokhwa {
    path: PathBuf,
    rate: u32,
    threads: Vec<JoinHandle<()>>,
}

impl Nokhwa {
    /// Nothing is opened yet.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Nokhwa { path: config.path.clone(), rate: config.pace.rate, threads: Vec::new() }
    }
}

impl FrameSource for Nokhwa {
    fn open(&mut self) -> Result<(PathBuf, Box<dyn FrameStream>), Errno> {
        self.threads.retain(|thread| !thread.is_finished());
        if self.threads.len() >= ABANDONED_MAX {
            return Err(Errno::TIMEDOUT);
        }
        let (index, rate) = (index(&self.path)?, self.rate);
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let work = move || {
            let ended = catch_unwind(AssertUnwindSafe(|| capture(index, rate, &theirs)));
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "camera"),
                Err(_) => tracing::error!("the camera's crate has panicked"),
            }
            theirs.ended.store(true, Ordering::SeqCst);
            theirs.mailbox.close();
        };
        let thread = std::thread::Builder::new().name("camera-nokhwa".into()).spawn(work);
        self.threads.push(thread.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::AGAIN))?);
        let waits_since_ms = mono_ms();
        Ok((self.path.clone(), Box::new(Open { shared, waits_since_ms })))
    }
}

/// The number of a camera, behind whatever links lead to it.
fn index(path: &Path) -> Result<u32, Errno> {
    let real = path.canonicalize().map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    let name = real.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.strip_prefix("video").and_then(|number| number.parse().ok()).ok_or(Errno::NODEV)
}

#[derive(Debug, Default)]
struct Shared {
    mailbox: Mailbox,
    stopped: AtomicBool,
    ended: AtomicBool,
}

fn capture(index: u32, rate: u32, shared: &Shared) -> Result<(), nokhwa::NokhwaError> {
    let wanted = CameraFormat::new(Resolution::new(1_280, 720), FrameFormat::YUYV, rate);
    let packings = [FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::MJPEG];
    let request = RequestedFormat::with_formats(RequestedFormatType::Closest(wanted), &packings);
    let mut camera = Camera::new(CameraIndex::Index(index), request)?;
    camera.open_stream()?;
    let got = camera.camera_format();
    tracing::info!(format = %got, "camera set up");
    let pixels = match got.format() {
        FrameFormat::YUYV => Pixels::Yuyv,
        FrameFormat::MJPEG => Pixels::Mjpeg,
        _ => Pixels::Grey,
    };
    let size = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
    // The distance between rows is not told; drivers for USB leave no gaps.
    let layout = Layout { pixels, width: size(got.width()), height: size(got.height()), stride: 0 };
    let (mut frame, mut bad) = (Frame::default(), 0);
    while !shared.stopped.load(Ordering::SeqCst) && bad < BAD_MAX {
        match frame.fill(&camera.frame_raw()?, &layout) {
            Ok(()) => {
                bad = 0;
                frame.at_mono_ms = mono_ms();
                frame = shared.mailbox.put(frame);
            }
            Err(error) => {
                bad += 1;
                tracing::debug!(%error, "frame passed over");
            }
        }
    }
    Ok(())
}

/// A camera whose thread runs.
struct Open {
    shared: Arc<Shared>,
    waits_since_ms: u64,
}

impl FrameStream for Open {
    fn next(&mut self, frame: &mut Frame, timeout: Duration) -> Result<bool, Errno> {
        if let Some(newest) = self.shared.mailbox.take(timeout) {
            self.shared.mailbox.give_back(std::mem::replace(frame, newest));
            self.waits_since_ms = mono_ms();
            return Ok(true);
        }
        if self.shared.ended.load(Ordering::SeqCst) {
            return Err(Errno::IO);
        }
        let stalled = mono_ms().saturating_sub(self.waits_since_ms) >= STALL_MS;
        if stalled { Err(Errno::TIMEDOUT) } else { Ok(false) }
    }

    fn set(&mut self, _: Control) -> bool {
        false
    }

    fn rest(&mut self) {
        // Its thread reads on; only the wait begins anew.
        self.waits_since_ms = mono_ms();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let folder = tempfile::tempdir().unwrap();
        let (camera, link) = (folder.path().join("video7"), folder.path().join("usb-camera"));
        assert_eq!(index(&camera), Err(Errno::NOENT));
        std::fs::write(&camera, []).unwrap();
        std::os::unix::fs::symlink(&camera, &link).unwrap();
        assert_eq!((index(&camera), index(&link)), (Ok(7), Ok(7)));
        assert_eq!(index(folder.path()), Err(Errno::NODEV));
    }

    #[test]
    fn no_camera() {
        let mut source = Nokhwa::new(&Config::new("/nowhere/video0"));
        assert_eq!(source.open().err(), Some(Errno::NOENT));
    }
}
