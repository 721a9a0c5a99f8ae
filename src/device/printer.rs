//! Label printers that speak ZPL over TCP, port 9100.
//!
//! A label is sent only to a printer that says it is ready, and counts as printed only when the
//! printer still answers afterwards. A Zebra sends **no** reply while media or ribbon is out or the
//! head is open: silence means that it is not ready. The pure parts are [`status`] and [`zpl`].

pub mod config;
pub mod queue;
pub mod status;
pub mod zpl;

use super::scanner::mono_ms;
use config::Config;
use status::HostStatus;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;
/// Longest document that is sent: labels are a few kilobytes, a carrier's with its picture some tens.
pub const DOCUMENT_BYTES_MAX: usize = 512 * 1_024;
/// Bytes written at once, so that time is looked at between them.
const WRITE_BYTES: usize = 4_096;
/// How long the writing of one document may take in all.
pub const WRITE_MAX_MS: u64 = 10_000;
/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 4;

/// What a printer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It takes labels.
    Ready,
    /// No labels left.
    PaperOut,
    /// The head is up.
    HeadOpen,
    /// No ribbon left.
    RibbonOut,
    /// Somebody pressed pause, or it paused by itself.
    Paused,
    /// It has more to print than it can hold.
    BufferFull,
    /// Too hot, too cold, or its settings are lost.
    Fault,
    /// No connection: wrong address, switched off, no network.
    Unreachable,
    /// It takes the question and does not answer in time: paper or ribbon out, head open, or no printer.
    Silent,
    /// It answers, but not like a printer that speaks ZPL.
    Unreadable,
}

impl State {
    /// The name in events and findings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "printer-ready",
            Self::PaperOut => "printer-paper-out",
            Self::HeadOpen => "printer-head-open",
            Self::RibbonOut => "printer-ribbon-out",
            Self::Paused => "printer-paused",
            Self::BufferFull => "printer-buffer-full",
            Self::Fault => "printer-fault",
            Self::Unreachable => "printer-unreachable",
            Self::Silent => "printer-silent",
            Self::Unreadable => "printer-unreadable",
        }
    }
}

/// Why a label is not known to be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// More than [`DOCUMENT_BYTES_MAX`], or nothing. Nothing was sent.
    #[error("a document of {0} bytes is not sent")]
    Size(usize),
    /// The printer was not ready. Nothing was sent.
    #[error("the printer is not ready: {}", .0.as_str())]
    NotReady(State),
    /// It went wrong while or after sending: the label may be there, or half of it.
    #[error("the label was sent, but the printer says {}", .0.as_str())]
    Doubtful(State),
}

/// Asks a printer how it is. Takes at most the connection's and the answer's wait of `config`, after
/// its name is resolved.
#[must_use]
pub fn ask(config: &Config) -> (State, Option<HostStatus>) {
    match connect(config) {
        Some(mut stream) => ask_on(&mut stream, config),
        None => (State::Unreachable, None),
    }
}

/// Prints a document: asks, sends, asks again. Blocks; [`queue::Printer`] does it on a thread.
///
/// # Errors
/// See [`PrintError`]; only `Doubtful` may have put something on paper.
pub fn print(config: &Config, document: &[u8]) -> Result<(), PrintError> {
    if document.is_empty() || document.len() > DOCUMENT_BYTES_MAX {
        return Err(PrintError::Size(document.len()));
    }
    let mut stream = connect(config).ok_or(PrintError::NotReady(State::Unreachable))?;
    match ask_on(&mut stream, config) {
        (State::Ready, _) => {}
        (state, _) => return Err(PrintError::NotReady(state)),
    }
    send(&mut stream, document, Duration::from_millis(WRITE_MAX_MS)).map_err(PrintError::Doubtful)?;
    match ask_on(&mut stream, config) {
        // A full buffer takes no more, but has what was sent.
        (State::Ready | State::BufferFull, _) => Ok(()),
        (state, _) => Err(PrintError::Doubtful(state)),
    }
}

fn connect(config: &Config) -> Option<TcpStream> {
    let addresses = match (config.host.as_str(), config.port).to_socket_addrs() {
        Ok(addresses) => addresses,
        Err(error) => {
            tracing::debug!(host = config.host, %error, "the printer's name is not known");
            return None;
        }
    };
    let until_ms = mono_ms().saturating_add(config.wait_ms);
    for address in addresses.take(ADDRESSES_MAX) {
        let left = Duration::from_millis(until_ms.saturating_sub(mono_ms()));
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Some(stream),
            Err(error) => tracing::debug!(%address, %error, "no connection to the printer"),
        }
    }
    None
}

fn ask_on(stream: &mut TcpStream, config: &Config) -> (State, Option<HostStatus>) {
    let wait = Duration::from_millis(config.wait_ms);
    if let Err(state) = send(stream, status::QUESTION, wait) {
        return (state, None);
    }
    let until_ms = mono_ms().saturating_add(config.wait_ms);
    let mut held = Vec::new();
    let mut buffer = [0_u8; 512];
    loop {
        match status::parse(&held) {
            Ok(status) => return (status.state(), Some(status)),
            Err(status::Unparsed::Half) => {}
            Err(status::Unparsed::Noise) => return (State::Unreadable, None),
        }
        let left = Duration::from_millis(until_ms.saturating_sub(mono_ms()));
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return (State::Silent, None);
        }
        match stream.read(&mut buffer) {
            Ok(0) => return (State::Silent, None),
            Ok(count) => held.extend(buffer.iter().take(count)),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::debug!(%error, "no answer from the printer");
                return (State::Silent, None);
            }
        }
    }
}

fn send(stream: &mut TcpStream, bytes: &[u8], wait: Duration) -> Result<(), State> {
    let until_ms = mono_ms().saturating_add(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    for chunk in bytes.chunks(WRITE_BYTES) {
        let mut rest = chunk;
        while !rest.is_empty() {
            let left = Duration::from_millis(until_ms.saturating_sub(mono_ms()));
            // A printer that stops reading in the middle has no room.
            if left.is_zero() || stream.set_write_timeout(Some(left)).is_err() {
                return Err(State::BufferFull);
            }
            match stream.write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Err(State::BufferFull);
                }
                Err(error) => {
                    tracing::debug!(%error, "the printer has hung up");
                    return Err(State::Unreachable);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "printer/tests.rs"]
mod tests;
