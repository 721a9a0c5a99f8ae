//! The line between a station and the core.

use anyhow::{Context, Result};
use floorhand_demo::robot::SOON;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Connections through one line that are remembered, to be cut.
const LINKS_MAX: usize = 64;
/// What a pull says that may wait for news.
const LONG_POLL: &[u8] = b"wait=25";
/// Bytes that a line passes on at once.
const PIPE_BYTES: usize = 16 * 1024;

/// The line of a station to the core, which can be cut. What is cut is refused, as by a router without a way on.
pub struct Line {
    port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    core: SocketAddr,
    open: AtomicBool,
    /// What the core says is lost.
    deaf: AtomicBool,
    /// The device has asked the core to wait for news: it has every row there is.
    waits: AtomicBool,
    ended: AtomicBool,
    links: Mutex<Vec<TcpStream>>,
}

impl Line {
    pub(super) fn to(core: &str) -> Result<Self> {
        let core = core.strip_prefix("http://").context("no plain address")?.parse()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            core,
            open: AtomicBool::new(true),
            deaf: AtomicBool::new(false),
            waits: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            links: Mutex::default(),
        });
        let own = Arc::clone(&shared);
        let thread = std::thread::spawn(move || own.serve(&listener));
        Ok(Line { port, shared, thread: Some(thread) })
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether the device has every row of the core.
    pub fn is_caught_up(&self) -> bool {
        self.shared.waits.load(Ordering::SeqCst)
    }

    /// Cuts it, and everything that is under way on it.
    pub fn cut(&self) {
        self.shared.open.store(false, Ordering::SeqCst);
        self.shared.cut();
    }

    /// Mends it.
    pub fn mend(&self) {
        self.shared.deaf.store(false, Ordering::SeqCst);
        self.shared.open.store(true, Ordering::SeqCst);
    }

    /// Mends it up to the core; every answer is lost.
    pub fn mend_one_way(&self) {
        self.shared.deaf.store(true, Ordering::SeqCst);
        self.shared.open.store(true, Ordering::SeqCst);
    }
}

impl Shared {
    fn serve(self: &Arc<Self>, listener: &TcpListener) {
        while !self.ended.load(Ordering::SeqCst) {
            let Ok((near, _)) = listener.accept() else {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            if self.open.load(Ordering::SeqCst) {
                // A core that is not there is a line that is cut.
                let _ = self.join(near);
            }
        }
    }

    fn join(self: &Arc<Self>, near: TcpStream) -> std::io::Result<()> {
        near.set_nonblocking(false)?;
        let far = TcpStream::connect_timeout(&self.core, SOON)?;
        let (up, down) = ((near.try_clone()?, far.try_clone()?), (far.try_clone()?, near.try_clone()?));
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let surplus = links.len().saturating_sub(LINKS_MAX);
        links.drain(..surplus);
        links.extend([near, far]);
        let (own, other) = (Arc::clone(self), Arc::clone(self));
        std::thread::spawn(move || own.pump(up, false));
        std::thread::spawn(move || other.pump(down, true));
        Ok(())
    }

    fn pump(&self, (mut from, mut to): (TcpStream, TcpStream), down: bool) {
        let mut bytes = vec![0; PIPE_BYTES];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            if !down && bytes[..count].windows(LONG_POLL.len()).any(|part| part == LONG_POLL) {
                self.waits.store(true, Ordering::SeqCst);
            }
            let lost = down && self.deaf.load(Ordering::SeqCst);
            if lost || to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        for end in [from, to] {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    fn cut(&self) {
        for link in self.links.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = link.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.shared.cut();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
