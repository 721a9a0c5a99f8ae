//! The decoder on a thread of its own, with a time limit.
//!
//! A decoder that panics or does not come back costs its frame and no more: another takes its place.
//! A thread cannot be killed; one that is stuck is left alone, and there may be so many of them.

use super::frame::Frame;
use crate::device::decoder::{Decoder, Format, Formats, Read, Request};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// What one frame may take.
pub const LIMIT: Duration = Duration::from_millis(250);
/// Stuck threads at most; with so many the camera is given up until one comes back.
pub const ABANDONED_MAX: usize = 4;
/// Frames that a decoder has at once: the one it reads.
const JOBS_MAX: usize = 1;
/// Frames that are read with fewer formats after one was stuck: some seconds.
const REDUCED_FRAMES: u32 = 100;

/// Makes decoders.
pub type Factory = Arc<dyn Fn() -> Box<dyn Decoder> + Send + Sync>;

/// What became of a frame.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// It was read.
    Read(Vec<Read>),
    /// The decoder did not come back in time.
    Stuck,
    /// The decoder panicked.
    Panicked,
    /// There is no decoder: too many are stuck, or the machine gives no thread.
    None,
}

/// What has gone wrong so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Frames on which a decoder was stuck.
    pub stuck: u64,
    /// Frames on which one panicked.
    pub panicked: u64,
}

/// Reads frames within a time limit.
pub struct Worker {
    factory: Factory,
    limit: Duration,
    thread: Option<Thread>,
    abandoned: Vec<JoinHandle<()>>,
    counts: Counts,
    reduced: u32,
}

struct Thread {
    jobs: SyncSender<(Arc<Frame>, Request)>,
    results: Receiver<Option<Vec<Read>>>,
    handle: JoinHandle<()>,
}

impl Worker {
    /// One whose decoder is made when it is needed.
    #[must_use]
    pub fn new(factory: Factory, limit: Duration) -> Self {
        Worker { factory, limit, thread: None, abandoned: Vec::new(), counts: Counts::default(), reduced: 0 }
    }

    /// What has gone wrong so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether it has given up; asks again for threads that have come back since.
    pub fn is_broken(&mut self) -> bool {
        self.abandoned.retain(|handle| !handle.is_finished());
        self.abandoned.len() >= ABANDONED_MAX
    }

    /// Reads a frame.
    ///
    /// After a frame on which a decoder was stuck the formats are fewer for a while. Which of them
    /// was at fault is not known, so bars and matrices are left out in turn.
    pub fn decode(&mut self, frame: &Arc<Frame>, request: &Request) -> Outcome {
        let mut request = *request;
        if self.reduced > 0 {
            self.reduced -= 1;
            request.formats = reduce(request.formats, self.counts.stuck);
        }
        let Some(thread) = self.take_thread() else { return Outcome::None };
        if thread.jobs.send((Arc::clone(frame), request)).is_err() {
            return self.panicked();
        }
        match thread.results.recv_timeout(self.limit) {
            Ok(Some(reads)) => {
                self.thread = Some(thread);
                Outcome::Read(reads)
            }
            Ok(None) | Err(RecvTimeoutError::Disconnected) => self.panicked(),
            Err(RecvTimeoutError::Timeout) => {
                self.counts.stuck += 1;
                self.reduced = REDUCED_FRAMES;
                tracing::error!(stuck = self.counts.stuck, "a decoder does not come back from a frame; replaced");
                self.abandoned.push(thread.handle);
                Outcome::Stuck
            }
        }
    }

    fn panicked(&mut self) -> Outcome {
        self.counts.panicked += 1;
        tracing::error!(panicked = self.counts.panicked, "a decoder has panicked; replaced");
        Outcome::Panicked
    }

    fn take_thread(&mut self) -> Option<Thread> {
        if let Some(thread) = self.thread.take() {
            return Some(thread);
        }
        if self.is_broken() {
            return None;
        }
        let (jobs, frames) = sync_channel::<(Arc<Frame>, Request)>(JOBS_MAX);
        let (answer, results) = sync_channel(JOBS_MAX);
        let factory = Arc::clone(&self.factory);
        let work = move || {
            let Ok(mut decoder) = catch_unwind(AssertUnwindSafe(|| factory())) else { return };
            for (frame, request) in frames {
                let reads = catch_unwind(AssertUnwindSafe(|| decoder.decode(frame.luma(), &request))).ok();
                // The frame is free before it is said that it was read.
                drop(frame);
                let panicked = reads.is_none();
                if answer.send(reads).is_err() || panicked {
                    return;
                }
            }
        };
        match std::thread::Builder::new().name("camera-decode".into()).spawn(work) {
            Ok(handle) => Some(Thread { jobs, results, handle }),
            Err(error) => {
                tracing::error!(%error, "no thread for a decoder");
                None
            }
        }
    }
}

/// Leaves out matrices and bars in turn, but never all there is.
fn reduce(formats: Formats, stuck: u64) -> Formats {
    let kept: Formats = formats.iter().filter(|format: &Format| format.is_linear() == (stuck % 2 == 1)).collect();
    if kept == Formats::NONE { formats } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::decoder::{Effort, Luma, Tier};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Condvar, Mutex};

    /// Long enough for a decoder that answers, whatever else the machine does.
    const GENEROUS: Duration = Duration::from_secs(20);
    const SHORT: Duration = Duration::from_millis(30);

    /// What the first pixel says: 1 hangs until released, 2 panics, others are read.
    struct Scripted(Arc<(Mutex<bool>, Condvar)>);

    impl Decoder for Scripted {
        fn decode(&mut self, luma: Luma<'_>, request: &Request) -> Vec<Read> {
            match luma.data[0] {
                1 => drop(self.0.1.wait_while(self.0.0.lock().unwrap(), |hangs| *hangs).unwrap()),
                2 => panic!("as scripted"),
                _ => {}
            }
            let content = request.formats.iter().map(|format| format as u8).collect();
            let corners = [(0.0, 0.0); 4];
            vec![Read { content, aim_id: "]C0", format: Format::Code128, tier: Tier::Linear, votes: 2, corners }]
        }
    }

    type Gate = Arc<(Mutex<bool>, Condvar)>;

    fn worker(limit: Duration) -> (Worker, Gate, Arc<AtomicUsize>) {
        let (gate, made) = (Gate::new((Mutex::new(true), Condvar::new())), Arc::new(AtomicUsize::new(0)));
        let (hang, count) = (Arc::clone(&gate), Arc::clone(&made));
        let factory: Factory = Arc::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
            Box::new(Scripted(Arc::clone(&hang)))
        });
        (Worker::new(factory, limit), gate, made)
    }

    fn frame(first: u8) -> Arc<Frame> {
        Arc::new(Frame { data: vec![first], width: 1, height: 1, at_mono_ms: 0 })
    }

    fn request() -> Request {
        Request { formats: [Format::Ean13, Format::Qr].into_iter().collect(), effort: Effort::Quick, aim: None }
    }

    fn formats(outcome: Outcome) -> Vec<u8> {
        match outcome {
            Outcome::Read(reads) => reads.into_iter().flat_map(|read| read.content).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_decoder_reads_all_frames() {
        let (mut worker, _, made) = worker(GENEROUS);
        for _ in 0..20 {
            assert_eq!(formats(worker.decode(&frame(0), &request())), [Format::Ean13 as u8, Format::Qr as u8]);
        }
        assert_eq!((made.load(Ordering::SeqCst), worker.counts()), (1, Counts::default()));
    }

    #[test]
    fn one_that_panics_is_replaced_and_counted() {
        let (mut worker, _, made) = worker(GENEROUS);
        for n in 1..=6 {
            assert_eq!(worker.decode(&frame(2), &request()), Outcome::Panicked);
            assert_eq!(formats(worker.decode(&frame(0), &request())).len(), 2);
            assert_eq!(worker.counts(), Counts { stuck: 0, panicked: n });
        }
        assert_eq!(made.load(Ordering::SeqCst), 7);
        assert!(!worker.is_broken());
    }

    #[test]
    fn a_factory_that_panics_is_no_end() {
        let works = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&works);
        let factory: Factory = Arc::new(move || {
            assert!(seen.load(Ordering::SeqCst), "as scripted");
            Box::new(Scripted(Arc::default()))
        });
        let mut worker = Worker::new(factory, GENEROUS);
        assert_eq!(worker.decode(&frame(0), &request()), Outcome::Panicked);
        works.store(true, Ordering::SeqCst);
        assert_eq!(formats(worker.decode(&frame(0), &request())).len(), 2);
    }

    #[test]
    fn stuck_ones_are_left_alone_up_to_a_number() {
        let (mut worker, gate, _) = worker(SHORT);
        for n in 1..=ABANDONED_MAX as u64 {
            assert!(!worker.is_broken());
            assert_eq!(worker.decode(&frame(1), &request()), Outcome::Stuck);
            assert_eq!(worker.counts(), Counts { stuck: n, panicked: 0 });
        }
        assert!(worker.is_broken());
        assert_eq!(worker.decode(&frame(0), &request()), Outcome::None);
        // They come back: so does the camera.
        *gate.0.lock().unwrap() = false;
        gate.1.notify_all();
        while worker.is_broken() {
            std::thread::yield_now();
        }
        worker.limit = GENEROUS;
        // Four were stuck: matrices alone.
        assert_eq!(formats(worker.decode(&frame(0), &request())), [Format::Qr as u8]);
        for _ in 1..REDUCED_FRAMES {
            worker.decode(&frame(0), &request());
        }
        assert_eq!(formats(worker.decode(&frame(0), &request())).len(), 2);
    }

    #[test]
    fn formats_are_left_out_in_turn() {
        let set = |formats: &[Format]| formats.iter().copied().collect::<Formats>();
        let both = set(&[Format::Ean13, Format::Qr]);
        for (formats, stuck, expected) in [
            (both, 1, set(&[Format::Ean13])),
            (both, 2, set(&[Format::Qr])),
            (both, 3, set(&[Format::Ean13])),
            (set(&[Format::Qr]), 1, set(&[Format::Qr])),
            (set(&[Format::Ean13]), 2, set(&[Format::Ean13])),
        ] {
            assert_eq!(reduce(formats, stuck), expected, "{stuck}");
        }
    }
}
