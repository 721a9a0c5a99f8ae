//! A printer made of a socket.

use super::queue::{JOBS_MAX, Printer, PrinterEvent, QueueFull};
use super::status::tests::answer;
use super::*;
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

/// What the stub does when it is asked.
#[derive(Debug, Clone)]
enum Does {
    Answers([u8; 6]),
    Half,
    Silent,
    Noise,
    Closes,
}

/// A printer that does one thing after the other, one each time it is asked, on one connection; returns
/// what it was sent beside questions.
fn stub(does: &[Does]) -> (Config, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // Only silence is waited out; an answer has all the time a busy machine needs.
    let waited_out = does.iter().any(|does| matches!(does, Does::Silent | Does::Half));
    let wait_ms = if waited_out { 1_000 } else { 10_000 };
    let does = does.to_vec();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut got: Vec<u8> = Vec::new();
        let mut buffer = [0; 1_024];
        let mut does = does.into_iter();
        loop {
            let count = stream.read(&mut buffer).unwrap_or(0);
            if count == 0 {
                return got;
            }
            got.extend(&buffer[..count]);
            while let Some(at) = got.windows(3).position(|window| window == status::QUESTION) {
                got.drain(at..at + 3);
                match does.next() {
                    Some(Does::Answers(flags)) => stream.write_all(&answer(flags)).unwrap(),
                    Some(Does::Half) => stream.write_all(&answer([0; 6])[..40]).unwrap(),
                    Some(Does::Noise) => stream.write_all(b"\x02HTTP\x03\x02/\x03\x021.1\x03").unwrap(),
                    Some(Does::Silent) => {}
                    Some(Does::Closes) | None => return got,
                }
            }
        }
    });
    (Config { host: "127.0.0.1".into(), port, wait_ms }, thread)
}

const READY: Does = Does::Answers([0; 6]);

fn check(does: &[Does], expected: Result<(), PrintError>, sent: &[u8]) {
    let (config, thread) = stub(does);
    assert_eq!(print(&config, b"^XA^XZ"), expected, "{does:?}");
    assert_eq!(thread.join().unwrap(), sent, "{does:?}");
}

#[test]
fn a_label_goes_only_to_a_printer_that_is_ready() {
    let label = b"^XA^XZ";
    let not = |state| Err(PrintError::NotReady(state));
    let doubtful = |state| Err(PrintError::Doubtful(state));
    check(&[READY, READY], Ok(()), label);
    check(&[READY, Does::Answers([0, 0, 1, 0, 0, 0])], Ok(()), label);
    check(&[Does::Answers([1, 0, 0, 0, 0, 0])], not(State::PaperOut), b"");
    check(&[Does::Answers([0, 1, 0, 0, 0, 0])], not(State::Paused), b"");
    check(&[Does::Answers([0, 0, 1, 0, 0, 0])], not(State::BufferFull), b"");
    check(&[Does::Answers([0, 0, 0, 0, 1, 0])], not(State::HeadOpen), b"");
    check(&[Does::Answers([0, 0, 0, 0, 0, 1])], not(State::RibbonOut), b"");
    check(&[Does::Silent], not(State::Silent), b"");
    check(&[Does::Half], not(State::Silent), b"");
    check(&[Does::Closes], not(State::Silent), b"");
    check(&[Does::Noise], not(State::Unreadable), b"");
    check(&[READY, Does::Silent], doubtful(State::Silent), label);
    check(&[READY, Does::Closes], doubtful(State::Silent), label);
    check(&[READY, Does::Answers([1, 0, 0, 0, 0, 0])], doubtful(State::PaperOut), label);
}

#[test]
fn nobody_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let config = Config { host: "127.0.0.1".into(), port, wait_ms: 300 };
    assert_eq!(ask(&config), (State::Unreachable, None));
    assert_eq!(print(&config, b"^XA^XZ"), Err(PrintError::NotReady(State::Unreachable)));
    assert_eq!(print(&config, b""), Err(PrintError::Size(0)));
    let large = vec![b'x'; DOCUMENT_BYTES_MAX + 1];
    assert_eq!(print(&config, &large), Err(PrintError::Size(large.len())));
}

/// A printer that reads no more: writing ends with its time.
#[test]
fn a_printer_that_stops_reading_is_full() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (held, _) = listener.accept().unwrap();
    let bytes = vec![b'x'; 64 * 1_024 * 1_024];
    assert_eq!(send(&mut stream, &bytes, Duration::from_millis(300)), Err(State::BufferFull));
    drop(held);
    assert_eq!(send(&mut stream, &bytes, Duration::from_secs(10)), Err(State::Unreachable));
}

#[test]
fn the_queue_says_what_became_of_each() {
    let (config, thread) = stub(&[READY, READY]);
    let (sender, events) = channel();
    let printer = Printer::start(config, Box::new(move |event| sender.send(event).unwrap())).unwrap();
    printer.print(1, b"^XA^XZ".to_vec()).unwrap();
    assert_eq!(events.recv(), Ok(PrinterEvent::Printed { job: 1 }));
    assert_eq!(thread.join().unwrap(), b"^XA^XZ");
    // The stub took one connection; now nobody listens.
    printer.print(2, b"^XA^XZ".to_vec()).unwrap();
    let error = PrintError::NotReady(State::Unreachable);
    assert_eq!(events.recv(), Ok(PrinterEvent::NotPrinted { job: 2, error }));
    printer.check().unwrap();
    assert_eq!(events.recv(), Ok(PrinterEvent::State(State::Unreachable)));
}

#[test]
fn the_queue_is_bounded() {
    let config = Config { host: "127.0.0.1".into(), port: 1, wait_ms: 300 };
    let (go, held) = channel::<()>();
    let printer = Printer::start(config, Box::new(move |_| assert!(held.recv().is_err()))).unwrap();
    let full = (0..).map(|job| printer.print(job, b"x".to_vec())).position(|queued| queued == Err(QueueFull)).unwrap();
    assert!((JOBS_MAX..=JOBS_MAX + 1).contains(&full), "{full}");
    drop(go);
    drop(printer);
}
