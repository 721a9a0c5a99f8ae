//! The robot's label printer: it says that it is ready, and keeps what it was sent.

use anyhow::{Context, Result};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// The question how it is, of ZPL.
const QUESTION: &[u8] = b"~HS";
/// The answer of a printer that is ready.
const READY: &[u8] =
    b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";
/// Labels kept; further ones are printed and forgotten.
const LABELS_MAX: usize = 200;
/// Bytes of one label.
const LABEL_BYTES_MAX: usize = 64 * 1024;

/// A printer on a port of the loopback.
#[derive(Debug)]
pub struct Printer {
    port: u16,
    labels: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Printer {
    /// Switches it on; it stays on as long as this program runs.
    ///
    /// # Errors
    /// When there is no port.
    pub fn switch_on() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port for the printer")?;
        let port = listener.local_addr()?.port();
        let labels = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&labels);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(stream, &kept));
            }
        });
        Ok(Printer { port, labels })
    }

    /// As `--printer` names it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("zpl:127.0.0.1:{}", self.port)
    }

    /// Labels so far.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.labels.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// One connection: answers every question, and keeps what comes between two of them.
fn serve(mut stream: TcpStream, kept: &Mutex<Vec<Vec<u8>>>) {
    let mut got: Vec<u8> = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count) = stream.read(&mut buffer) {
        if count == 0 || got.len() > LABEL_BYTES_MAX {
            return;
        }
        got.extend(buffer.iter().take(count));
        while let Some(at) = got.windows(QUESTION.len()).position(|part| part == QUESTION) {
            let label: Vec<u8> = got.drain(..at + QUESTION.len()).take(at).collect();
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if !label.is_empty() && kept.len() < LABELS_MAX {
                kept.push(label);
            }
            drop(kept);
            if stream.write_all(READY).is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_and_keeps_labels() {
        let printer = Printer::switch_on().unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", printer.port)).unwrap();
        stream.write_all(b"~HS^XA^XZ~HS").unwrap();
        let mut answer = vec![0; 2 * READY.len()];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, [READY, READY].concat());
        assert_eq!(printer.labels(), 1);
    }
}
