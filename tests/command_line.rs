//! The commands as a script sees them: what they print, where, and the code they end with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const COMMANDS: [&str; 6] = ["enrol", "run", "status", "log", "parse", "replay"];
/// How long a command may take; most take milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct Said {
    code: i32,
    out: String,
    err: String,
}

fn floorhand(arguments: &[&str]) -> Said {
    finish(Command::new(env!("CARGO_BIN_EXE_floorhand")).args(arguments))
}

/// Runs a command to its end, for a bounded time.
fn finish(command: &mut Command) -> Said {
    let shown = format!("{command:?}");
    // No display: a `run` that gets so far fails there and opens no window.
    let command = command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("FLOORHAND_LOG");
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let read = |mut from: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut text = String::new();
            from.read_to_string(&mut text).map(|_| text)
        })
    };
    let out = read(Box::new(child.stdout.take().expect("its output")));
    let err = read(Box::new(child.stderr.take().expect("its errors")));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            panic!("took longer than {} s: {shown}", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let text = |thread: std::thread::JoinHandle<std::io::Result<String>>| thread.join().unwrap().expect("it is text");
    Said { code: status.code().unwrap_or(-1), out: text(out), err: text(err) }
}

/// Fails with one line on stderr, nothing on stdout, and these words.
#[track_caller]
fn fails(said: &Said, code: i32, words: &[&str]) {
    assert_eq!((said.code, said.out.as_str()), (code, ""), "{said:?}");
    let lines: Vec<&str> = said.err.lines().collect();
    assert_eq!(lines.len(), 1, "not one line: {said:?}");
    for word in words {
        assert!(said.err.contains(word), "{word:?} is missing: {said:?}");
    }
}

#[test]
fn help_is_one_line_a_flag() {
    let all = floorhand(&["--help"]);
    assert_eq!((all.code, all.err.as_str()), (0, ""));
    for command in COMMANDS {
        assert!(all.out.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))), "{all:?}");
        let help = floorhand(&[command, "--help"]);
        assert_eq!((help.code, help.err.as_str()), (0, ""), "{help:?}");
        let (first, rest) = help.out.split_once('\n').expect("more than a line");
        assert!(!first.is_empty(), "{command} does not say what it does");
        let options: Vec<&str> = rest.lines().skip_while(|line| *line != "Options:").skip(1).collect();
        assert!(options.len() > 1, "{command} has no options: {help:?}");
        for line in options {
            let line = line.trim_start();
            let words = line.split_once("  ").map_or("", |(_, words)| words.trim());
            assert!(line.starts_with('-') && !words.is_empty(), "{command} --help: {line:?} is no flag with its words");
        }
    }
    let run = floorhand(&["run", "--help"]).out;
    for word in ["--scanner", "--profile", "handheld, packing, dock", "dark, light", "--fullscreen"] {
        assert!(run.contains(word), "{word:?} is missing: {run}");
    }
    assert!(floorhand(&["--version"]).out.starts_with("floorhand "));
}

#[test]
fn wrong_arguments_are_one_line_and_2() {
    for (arguments, words) in [
        (&[][..], &["command", "run", "parse"][..]),
        (&["dance"], &["dance"]),
        (&["run"], &["--data"]),
        (&["run", "--data", "d", "--profile", "sofa"], &["sofa", "handheld"]),
        (&["run", "--data", "d", "--theme", "pink"], &["pink", "dark"]),
        (&["run", "--data"], &["--data"]),
        (&["status", "--json"], &["--data"]),
        (&["status", "--data", "d", "e"], &["'e'"]),
        (&["log", "--data", "d", "--fellow"], &["--fellow"]),
        (&["enrol", "--data", "d"], &["--core", "--code"]),
        (&["parse"], &["TEXT"]),
        (&["parse", "A", "B"], &["'B'"]),
    ] {
        let said = floorhand(arguments);
        fails(&said, 2, words);
        assert_eq!(said.err.matches("--help").count(), 1, "{said:?}");
    }
}

#[test]
fn a_folder_without_a_store_is_said_so_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, missing) = (folder.path().join("empty"), folder.path().join("missing"));
    std::fs::create_dir(&empty).unwrap();
    for dir in [&empty, &missing] {
        let dir = dir.to_str().unwrap();
        fails(&floorhand(&["status", "--data", dir, "--json"]), 1, &[dir, "nothing there", "enrol"]);
        fails(&floorhand(&["log", "--data", dir, "--json"]), 1, &[dir, "nothing there", "enrol"]);
        fails(&floorhand(&["run", "--data", dir]), 1, &[dir, "not enrolled", "floorhand enrol", "enrol-code"]);
    }
    assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0, "a store was made by looking");
    assert!(!missing.exists(), "a folder was made by looking");
    // A store that was never enrolled is one all the same.
    floorhand::store::Store::open(&empty).unwrap().close().unwrap();
    fails(&floorhand(&["run", "--data", empty.to_str().unwrap()]), 1, &["not enrolled", "floorhand enrol"]);
    // And a file that is none.
    let noise = folder.path().join("noise");
    std::fs::create_dir(&noise).unwrap();
    std::fs::write(noise.join(floorhand::store::DB_FILE), b"this is no database, and never was one\n".repeat(200))
        .unwrap();
    fails(&floorhand(&["status", "--data", noise.to_str().unwrap()]), 1, &["noise"]);
}

#[test]
fn run_says_what_is_wrong_with_its_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    fails(&floorhand(&["run", "--data", dir, "--lang", "xx"]), 1, &["xx", "en", "de"]);
    fails(&floorhand(&["run", "--data", dir, "--scanner", "parallel:/dev/lp0"]), 1, &["parallel", "serial:"]);
}

/// What `parse --json` prints.
fn parsed(text: &str, flags: &[&str]) -> Value {
    let said = floorhand(&[&["parse", "--json"], flags, &[text]].concat());
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert_eq!(said.out.lines().count(), 1, "{said:?}");
    let value: Value = serde_json::from_str(&said.out).expect("JSON");
    for key in ["symbology", "gs1", "meanings"] {
        assert!(value.get(key).is_some(), "no {key}: {value}");
    }
    for key in ["valid", "elements", "warnings", "error"] {
        assert!(value["gs1"].get(key).is_some(), "no gs1.{key}: {value}");
    }
    value
}

fn elements(value: &Value) -> String {
    let list = value["gs1"]["elements"].as_array().expect("elements");
    list.iter().map(|e| format!("({}){}", e["ai"].as_str().unwrap(), e["value"].as_str().unwrap())).collect()
}

#[test]
fn decode_waits_for_no_pipe_and_says_what_is_no_picture() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let pipe = path("pipe.png");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    std::fs::write(folder.path().join("empty.png"), b"").expect("a file");
    for (file, word) in [(pipe, "not a file"), (path("empty.png"), "picture"), (path("none.png"), "No such file")] {
        let said = floorhand(&["decode", "--json", &file]);
        let line: Value = serde_json::from_str(said.out.trim()).expect("one line of JSON");
        assert_eq!((said.code, line["codes"].as_array().map(Vec::len)), (1, Some(0)), "{said:?}");
        assert!(line["error"].as_str().is_some_and(|error| error.contains(word)), "{said:?}");
    }
}

#[test]
fn parse_says_what_a_code_cannot_be() {
    assert_eq!(parsed("]E02812345007501", &[])["meanings"][0]["kind"], "restricted");
    assert_eq!(parsed("]C1021234567890123137123", &[])["meanings"][0]["kind"], "elements");
    assert_eq!(parsed("(91)LOC-A-01-02", &[])["meanings"][0]["kind"], "location");
}

#[test]
fn parse_reads_what_scanning_md_lists() {
    for (number, text, symbology, expected) in [
        (1, r"]C1011231231231233310ABC123\x1d99TESTING", "gs1-128", "(01)12312312312333(10)ABC123(99)TESTING"),
        (2, r"]d2011231231231233310ABC123\x1D99TESTING", "gs1-datamatrix", "(01)12312312312333(10)ABC123(99)TESTING"),
        (6, "]E02112345678900", "ean-13", "(01)02112345678900"),
        (7, "]E402345673", "ean-8", "(01)00000002345673"),
        (9, "]Q1https://example.com/01/12312312312333?99=TEST", "qr", "(01)12312312312333(99)TEST"),
        (16, "]C100006141411234567890", "gs1-128", "(00)006141411234567890"),
        (
            20,
            r"]C101095212345432131727123110LOT-42\x1d21SN0001",
            "gs1-128",
            "(01)09521234543213(17)271231(10)LOT-42(21)SN0001",
        ),
        (33, "]C191LOC-A-01-02", "gs1-128", "(91)LOC-A-01-02"),
        (42, "]E00123601057072", "ean-13", "(01)00123601057072"),
        (45, "]I198765432109213", "itf-14", "(01)98765432109213"),
    ] {
        let value = parsed(text, &[]);
        assert_eq!(elements(&value), expected, "case {number}: {value}");
        assert_eq!(value["symbology"], symbology, "case {number}: {value}");
        assert_eq!(
            (&value["gs1"]["valid"], &value["gs1"]["error"]),
            (&Value::Bool(true), &Value::Null),
            "case {number}"
        );
        assert_ne!(value["meanings"].as_array().map(Vec::len), Some(0), "case {number}: {value}");
    }
    for (number, text, code) in [
        (4, "]C1", "empty"),
        (7, "]E402345674", "check-digit"),
        (16, "]C100006141411234567891", "check-digit"),
        (24, "]C1010952123454321317271300", "invalid-value"),
        (31, "]C1010952123454321310THISLOTISLONGERTHAN20CHARS", "value-too-long"),
        (32, "]C1891234", "unknown-ai"),
    ] {
        let value = parsed(text, &[]);
        assert_eq!(value["gs1"]["error"]["code"], code, "case {number}: {value}");
        assert_eq!((&value["gs1"]["valid"], elements(&value).as_str()), (&Value::Bool(false), ""), "case {number}");
        assert_eq!(value["meanings"], Value::Array(Vec::new()), "case {number}: {value}");
    }
    // Case 40: a plain address is text, and nobody asks the network about it.
    let plain = parsed("https://example.com/some/page?id=4", &[]);
    assert_eq!((&plain["gs1"]["valid"], &plain["meanings"][0]["kind"]), (&Value::Bool(false), &"text".into()));
    // A label of a unit names its parts.
    let unit = parsed(r"]C101095212345432131727123110LOT-42\x1d21SN0001", &[]);
    assert_eq!(unit["meanings"][0]["gtin"], "09521234543213");
    assert_eq!((&unit["meanings"][0]["lot"], &unit["meanings"][0]["serial"]), (&"LOT-42".into(), &"SN0001".into()));
}

#[test]
fn strict_refuses_what_readers_get_wrong() {
    for (text, code) in [
        ("ABC", "no-identifier"),
        ("]XX", "unknown-identifier"),
        ("]E0042100005264", "wrong-length"),
        (r"\x1d01940190976854571033650100138\x1d310200200415131018", "no-identifier"),
    ] {
        let strict = parsed(text, &["--strict"]);
        assert_eq!(strict["gs1"]["error"]["code"], code, "{text}: {strict}");
        assert_eq!(strict["meanings"], Value::Array(Vec::new()), "{text}: {strict}");
        let lenient = parsed(text, &[]);
        assert_eq!(lenient["gs1"]["error"], Value::Null, "{text}: {lenient}");
    }
    let warned = parsed("]E0042100005264", &[]);
    assert_eq!(warned["gs1"]["warnings"].as_array().map(Vec::len), Some(1), "{warned}");
    assert_eq!(elements(&warned), "(01)00042100005264");
    assert_eq!(parsed("]C10109521234543213", &["--strict"])["gs1"]["valid"], true);
}

#[test]
fn parse_takes_bytes_as_they_are_and_escaped() {
    let escaped = parsed(r"]C110A\x1d21B", &[]);
    assert_eq!(escaped, parsed("]C110A\u{1d}21B", &[]));
    assert_eq!(parsed(r"A\\B", &[])["meanings"][0]["text"], r"A\B");
    // Not an escape: taken as it is.
    assert_eq!(parsed(r"A\q", &[])["meanings"][0]["kind"], "text");
    assert_eq!(parsed(r"A\x1", &[])["meanings"][0]["kind"], "text");
    // Bytes that are no text do not get into the output as such.
    assert!(parsed(r"\xff\xfe", &[])["meanings"][0]["text"].as_str().is_some_and(|text| text.is_ascii()));
    // A code may begin with a hyphen.
    assert_eq!(parsed("-5", &[])["meanings"][0]["text"], "-5");
    assert_eq!(parsed("", &[])["gs1"]["error"]["code"], "empty");
}

/// A core that ends with the test.
struct Core {
    child: Child,
    binary: PathBuf,
    data: PathBuf,
    url: String,
}

impl Drop for Core {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Core {
    fn start(folder: &Path) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_floorhand")).with_file_name("floorhand-erp");
        assert!(binary.is_file(), "{} is missing; build it first: cargo build -p floorhand-erp", binary.display());
        let data = folder.join("core");
        let seed = ["seed", "demo", "--orders", "2", "--items", "12", "--locations", "12"];
        let seeded = finish(Command::new(&binary).args(seed).arg("--data").arg(&data));
        assert_eq!(seeded.code, 0, "{seeded:?}");
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let listen = format!("127.0.0.1:{port}");
        let mut command = Command::new(&binary);
        command.args(["serve", "--listen", &listen, "--data"]).arg(&data);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let core = Self { child, binary, data, url: format!("http://{listen}") };
        let started = Instant::now();
        while std::net::TcpStream::connect(&listen).is_err() {
            assert!(started.elapsed() < PATIENCE, "the core does not listen on {listen}");
            std::thread::sleep(Duration::from_millis(20));
        }
        core
    }

    fn code(&self) -> String {
        let said =
            finish(Command::new(&self.binary).args(["enrol-code", "--station", "H-01", "--data"]).arg(&self.data));
        assert_eq!(said.code, 0, "{said:?}");
        said.out.split_whitespace().last().expect("a code").to_owned()
    }

    fn enrol(&self, device: &Path, code: &str, more: &[&str]) -> Said {
        let code = format!("--code={code}");
        let arguments = ["enrol", "--data", device.to_str().unwrap(), "--core", &self.url, &code];
        floorhand(&[&arguments[..], more].concat())
    }
}

#[test]
fn enrolment_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let core = Core::start(folder.path());
    let device = folder.path().join("device");
    let dir = device.to_str().unwrap();

    let wrong = core.enrol(&device, "NO-SUCH-CODE", &[]);
    fails(&wrong, 1, &["code", "enrol-code"]);
    fails(&floorhand(&["run", "--data", dir]), 1, &["not enrolled"]);

    let code = core.code();
    let done = core.enrol(&device, &code, &[]);
    assert_eq!((done.code, done.out.lines().count()), (0, 1), "{done:?}");
    assert!(done.out.contains("H-01"), "{done:?}");

    // Before the first start nobody is signed in, and nothing was scanned.
    let status = floorhand(&["status", "--data", dir, "--json"]);
    assert_eq!((status.code, status.err.as_str(), status.out.lines().count()), (0, "", 1), "{status:?}");
    let status: Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!((&status["step"], &status["expects"][0]["kind"]), (&"sign-in.badge".into(), &"badge".into()));
    assert_eq!((&status["operator"], &status["task"], &status["seq"]), (&Value::Null, &Value::Null, &0.into()));
    assert_eq!((&status["sync"]["state"], &status["outbox"]["pending"]), (&"offline".into(), &0.into()));
    let log = floorhand(&["log", "--data", dir, "--json"]);
    assert_eq!((log.code, log.out.as_str(), log.err.as_str()), (0, "", ""));

    // Twice is a mistake, unless it is said; a code is good once.
    fails(&core.enrol(&device, &core.code(), &[]), 1, &["already", "--again"]);
    fails(&core.enrol(&folder.path().join("other"), &code, &[]), 1, &["code", "enrol-code"]);
    let again = core.enrol(&device, &core.code(), &["--again"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(again.out, done.out, "enrolled anew, it is another device");
}

#[test]
fn enrolment_against_what_is_no_core() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("device");
    let dir = device.to_str().unwrap();
    // The sign-in page of a network answers everything with 200.
    let portal = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", portal.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in portal.incoming().take(8) {
            let Ok(mut stream) = stream else { return };
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            let page = "<!doctype html><title>Welcome</title><p>Please accept our terms.";
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    fails(&floorhand(&["enrol", "--data", dir, "--core", &url, "--code", "A"]), 1, &[&url, "no Floorhand core"]);

    let nobody = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let url = format!("http://{nobody}");
    fails(&floorhand(&["enrol", "--data", dir, "--core", &url, "--code", "A"]), 1, &[&url, "cannot be reached"]);

    fails(&floorhand(&["enrol", "--data", dir, "--core", "127.0.0.1:1", "--code", "A"]), 1, &["127.0.0.1:1"]);
    fails(&floorhand(&["run", "--data", dir]), 1, &["not enrolled"]);
}
