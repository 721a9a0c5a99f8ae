//! What is to be written to a line, without ever waiting for it.

use rustix::io::Errno;
use std::collections::VecDeque;

/// Messages that wait for the line; a further one is dropped. All that one read makes necessary fits: 512 codes
/// of one byte, each answered at once where 256 answers wait already, and those.
pub const MESSAGES_MAX: usize = 1_024;
/// How old a message may get before the line takes it. Later it would answer another scan.
pub const STALE_MS: u64 = 1_000;

/// Whole messages, in order. One that has been begun is finished.
#[derive(Debug, Default)]
pub struct Outgoing {
    messages: VecDeque<Message>,
    /// Bytes of the first that are written.
    begun: usize,
    /// The line takes nothing more: it is gone, and the reading will tell.
    broken: bool,
    dropping: bool,
}

#[derive(Debug)]
struct Message {
    bytes: Vec<u8>,
    at_ms: u64,
    pause_ms: u64,
}

impl Outgoing {
    /// Puts a message, after which the line rests for `pause_ms`.
    pub fn put(&mut self, bytes: Vec<u8>, pause_ms: u64, now_ms: u64) {
        if bytes.is_empty() || self.broken {
            return;
        }
        if self.messages.len() >= MESSAGES_MAX {
            return self.dropped();
        }
        self.messages.push_back(Message { bytes, at_ms: now_ms, pause_ms });
    }

    /// When there is something to write; it may be now or in the past.
    pub fn due_ms(&self) -> Option<u64> {
        self.messages.front().map(|message| message.at_ms)
    }

    /// Writes what the line takes.
    pub fn write(&mut self, mut write: impl FnMut(&[u8]) -> Result<usize, Errno>, now_ms: u64) {
        while let Some(message) = self.messages.front() {
            if message.at_ms > now_ms {
                return;
            }
            if self.begun == 0 && now_ms >= message.at_ms.saturating_add(STALE_MS) {
                self.messages.pop_front();
                self.dropped();
                continue;
            }
            match write(message.bytes.get(self.begun..).unwrap_or_default()) {
                Ok(count) => {
                    self.begun = self.begun.saturating_add(count);
                    if self.begun >= message.bytes.len() {
                        self.written(now_ms);
                    } else if count == 0 {
                        return;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(error) => {
                    tracing::debug!(%error, "a line takes no bytes");
                    self.messages.clear();
                    self.broken = true;
                    return;
                }
            }
        }
    }

    fn written(&mut self, now_ms: u64) {
        self.begun = 0;
        self.dropping = false;
        let pause_ms = self.messages.pop_front().map_or(0, |message| message.pause_ms);
        if pause_ms > 0 {
            let from_ms = now_ms.saturating_add(pause_ms);
            self.messages.iter_mut().for_each(|message| message.at_ms = message.at_ms.max(from_ms));
        }
    }

    /// Said once, until the line takes something again.
    fn dropped(&mut self) {
        if !self.dropping {
            tracing::warn!("a line takes no bytes: feedback is dropped");
            self.dropping = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, then no more.
    fn line(room: usize, taken: &mut Vec<u8>) -> impl FnMut(&[u8]) -> Result<usize, Errno> {
        let mut room = room;
        move |bytes| {
            let count = bytes.len().min(room);
            room -= count;
            taken.extend_from_slice(&bytes[..count]);
            if count == 0 { Err(Errno::AGAIN) } else { Ok(count) }
        }
    }

    #[test]
    fn in_order_and_whole() {
        let (mut out, mut taken) = (Outgoing::default(), Vec::new());
        out.put(b"abc".to_vec(), 0, 5);
        out.put(b"de".to_vec(), 0, 6);
        out.put(Vec::new(), 0, 6);
        out.write(line(2, &mut taken), 10);
        assert_eq!(out.due_ms(), Some(5));
        // What was begun is finished, however late; the next is stale by then.
        out.write(line(9, &mut taken), 2_000);
        assert_eq!((taken.as_slice(), out.due_ms()), (b"abc".as_slice(), None));
    }

    #[test]
    fn bounded() {
        let (mut out, mut taken) = (Outgoing::default(), Vec::new());
        for n in 0..2_000_u16 {
            out.put(n.to_be_bytes().to_vec(), 0, 0);
        }
        out.write(line(9_999, &mut taken), 0);
        assert_eq!(taken, (0..1_024_u16).flat_map(u16::to_be_bytes).collect::<Vec<u8>>());
    }

    #[test]
    fn pauses() {
        let (mut out, mut taken) = (Outgoing::default(), Vec::new());
        out.put(vec![0], 10, 100);
        out.put(b"a".to_vec(), 0, 100);
        out.write(line(9, &mut taken), 100);
        assert_eq!(out.due_ms(), Some(110));
        out.write(line(9, &mut taken), 109);
        out.write(line(9, &mut taken), 110);
        assert_eq!(taken, b"\0a");
    }

    #[test]
    fn a_line_that_is_gone_takes_nothing() {
        let mut out = Outgoing::default();
        out.put(b"a".to_vec(), 0, 0);
        out.write(|_| Err(Errno::IO), 0);
        out.put(b"b".to_vec(), 0, 0);
        assert_eq!(out.due_ms(), None);
    }
}
