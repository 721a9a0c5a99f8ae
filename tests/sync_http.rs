//! The network thread and enrolment against a server of plain sockets that says what it is told to.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "store/kit.rs"]
mod kit;

use floorhand::enrol::{EnrolError, enrol};
use floorhand::store::{DeviceKey, Store, StoreError};
use floorhand::sync::transport::Transport;
use floorhand::sync::{NetAnswer, NetError, Request};
use floorhand_wire::push::PushRequest;
use kit::*;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// A request as it came: method and path, the token, the body.
#[derive(Debug, Clone)]
struct Asked {
    what: String,
    bearer: String,
    body: Value,
}

/// An answer: status line, content type, more headers, body.
struct Said(&'static str, &'static str, &'static str, String);

fn json_said(body: &Value) -> Said {
    Said("200 OK", "application/json", "", body.to_string())
}

fn problem(status: &'static str, code: &str) -> Said {
    Said(
        status,
        "application/problem+json",
        "",
        json!({"type": "t", "title": code, "status": 0, "code": code, "detail": "why"}).to_string(),
    )
}

struct Server {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// Serves each connection on a thread of its own until the test ends.
fn serve(say: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (say, log) = (Arc::new(say), Arc::clone(&asked));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (say, log) = (Arc::clone(&say), Arc::clone(&log));
            std::thread::spawn(move || while let Some(()) = exchange(stream.as_ref().unwrap(), &*say, &log) {});
        }
    });
    Server { url, asked }
}

fn exchange(mut stream: &TcpStream, say: &(impl Fn(&Asked) -> Said + ?Sized), log: &Mutex<Vec<Asked>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let what = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let (mut length, mut bearer) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim_end().to_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(n) = header.strip_prefix("content-length: ") {
            length = n.parse().unwrap();
        }
        if let Some(token) = header.strip_prefix("authorization: bearer ") {
            token.clone_into(&mut bearer);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let asked = Asked { what, bearer, body: serde_json::from_slice(&body).unwrap_or(Value::Null) };
    log.lock().unwrap().push(asked.clone());
    let Said(status, kind, more, body) = say(&asked);
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{more}\r\n", body.len());
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).ok()
}

/// What a core says to nonce and token; `None` for anything else.
fn signs_in(asked: &Asked, bearer: &str) -> Option<Said> {
    match asked.what.as_str() {
        "POST /v1/nonce" => Some(json_said(&json!({"nonce": "n-1"}))),
        "POST /v1/token" => {
            assert_eq!((asked.body["device"].as_str(), asked.body["nonce"].as_str()), (Some("d-1"), Some("n-1")));
            Some(json_said(&json!({"bearer": bearer, "expires_s": 1800, "scope": "full"})))
        }
        _ => None,
    }
}

fn start(url: &str) -> (Transport, Receiver<NetAnswer>) {
    let (say, heard) = sync_channel(16);
    let key = DeviceKey::from_seed([7; 32]);
    (Transport::start(url, "d-1", key, move |answer| say.send(answer).unwrap()).unwrap(), heard)
}

fn push() -> Request {
    Request::Push(PushRequest {
        device: "d-1".into(),
        epoch: 1,
        first_seq: 1,
        boot_id: BOOT.into(),
        sent_mono_ms: 1,
        facts: Vec::new(),
    })
}

fn pull() -> Request {
    Request::Pull { cursor: "wh:7=4".into(), server_epoch: "E 1".into(), limit: 10, wait_s: 25 }
}

/// Pushes once and says what came of it.
fn pushed(url: &str) -> Result<floorhand_wire::push::PushResponse, NetError> {
    let (transport, heard) = start(url);
    transport.send(push());
    match heard.recv_timeout(PATIENCE).unwrap() {
        NetAnswer::Push { epoch: 1, first_seq: 1, result } => result,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_is_fetched_with_the_key_and_renewed_when_it_is_refused() {
    let tokens = Mutex::new(0);
    let server = serve(move |asked| {
        if asked.what == "POST /v1/token" {
            *tokens.lock().unwrap() += 1;
        }
        let n = *tokens.lock().unwrap();
        if let Some(said) = signs_in(asked, &format!("token-{n}")) {
            return said;
        }
        if asked.bearer == "token-2" {
            json_said(&json!({"acked_through": 5}))
        } else {
            problem("401 Unauthorized", "unauthorised")
        }
    });
    let (transport, heard) = start(&server.url);
    for _ in 0..2 {
        transport.send(push());
        let NetAnswer::Push { result, .. } = heard.recv_timeout(PATIENCE).unwrap() else { panic!() };
        assert_eq!(result.unwrap().acked_through, Some(5));
    }
    let asked = server.asked.lock().unwrap();
    let what: Vec<&str> = asked.iter().map(|asked| asked.what.rsplit('/').next().unwrap()).collect();
    assert_eq!(what, ["nonce", "token", "push", "nonce", "token", "push", "push"]);
    // The signature is that of the key over context, device and nonce.
    let sig = DeviceKey::from_seed([7; 32]).sign(&floorhand_wire::enrol::token_message("d-1", "n-1"));
    assert_eq!(asked[1].body["sig"], sig);
}

#[test]
fn what_is_not_the_cores_json_is_not_the_core() {
    let cases = [
        Said("200 OK", "text/html", "", "<html>Welcome, please sign in</html>".into()),
        Said("302 Found", "text/html", "Location: http://portal.invalid/\r\n", String::new()),
        Said("200 OK", "application/json", "", "{\"acked_through\":".into()),
        Said("502 Bad Gateway", "text/plain", "", "upstream".into()),
    ];
    for said in cases {
        let name = format!("{} {} {}", said.0, said.1, said.3);
        let said = Mutex::new(Some(said));
        let server = serve(move |asked| {
            signs_in(asked, "t").unwrap_or_else(|| said.lock().unwrap().take().expect("asked once"))
        });
        let result = pushed(&server.url);
        assert!(matches!(result, Err(NetError::NotOurs(_))), "{name}: {result:?}");
    }
}

#[test]
fn refusals_keep_their_reason() {
    let server = serve(|asked| {
        signs_in(asked, "t").unwrap_or_else(|| {
            let body = json!({"type": "t", "title": "gap", "status": 409, "code": "gap", "expect_seq": 7});
            Said("409 Conflict", "application/problem+json", "", body.to_string())
        })
    });
    let Err(NetError::Problem(problem)) = pushed(&server.url) else { panic!() };
    assert_eq!((problem.status, problem.code.as_str(), problem.expect_seq), (409, "gap", Some(7)));
    let server = serve(|asked| {
        signs_in(asked, "t").unwrap_or_else(|| {
            let body = json!({"type": "t", "title": "busy", "status": 503, "code": "busy"}).to_string();
            Said("503 Service Unavailable", "application/problem+json", "Retry-After: 12\r\n", body)
        })
    });
    assert_eq!(pushed(&server.url), Err(NetError::Busy { retry_after_s: 12 }));
}

#[test]
fn a_photograph_is_taken_by_the_core_alone() {
    let said = |head: &'static str, more: &'static str| {
        let server =
            serve(move |asked| signs_in(asked, "t").unwrap_or_else(|| Said(head, "text/plain", more, String::new())));
        let (transport, heard) = start(&server.url);
        transport.send(Request::Photo { id: "p/1".into(), bytes: b"jpg".to_vec() });
        let NetAnswer::Photo { id, result } = heard.recv_timeout(PATIENCE).unwrap() else { panic!() };
        assert_eq!(id, "p/1");
        assert!(server.asked.lock().unwrap().iter().any(|asked| asked.what == "POST /v1/photos/p%2F1"));
        result
    };
    assert_eq!(said("204 No Content", "Floorhand-Server-Epoch: E1\r\n"), Ok(()));
    assert!(matches!(said("204 No Content", ""), Err(NetError::NotOurs(_))), "a portal");
    assert!(matches!(said("200 OK", "Floorhand-Server-Epoch: E1\r\n"), Err(NetError::NotOurs(_))));
}

#[test]
fn nobody_at_the_address_is_unreachable() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(matches!(pushed(&format!("http://{free}")), Err(NetError::Unreachable(_))));
}

#[test]
fn a_waiting_pull_holds_no_push_up() {
    let (go, wait) = sync_channel::<()>(1);
    let wait = Mutex::new(wait);
    let server = serve(move |asked| {
        if let Some(said) = signs_in(asked, "t") {
            return said;
        }
        if asked.what.starts_with("GET /v1/sync/pull") {
            // Held until the push has been answered.
            wait.lock().unwrap().recv_timeout(PATIENCE).unwrap();
            return problem("410 Gone", "must_resync");
        }
        json_said(&json!({"acked_through": 5}))
    });
    let (transport, heard) = start(&server.url);
    transport.send(pull());
    transport.send(push());
    assert!(matches!(heard.recv_timeout(PATIENCE).unwrap(), NetAnswer::Push { result: Ok(_), .. }));
    go.send(()).unwrap();
    let NetAnswer::Pull(result) = heard.recv_timeout(PATIENCE).unwrap() else { panic!() };
    assert!(matches!(*result, Err(NetError::Problem(problem)) if problem.code == "must_resync"));
    let asked = server.asked.lock().unwrap();
    assert!(
        asked.iter().any(|a| a.what == "GET /v1/sync/pull?limit=10&wait=25&cursor=wh%3A7%3D4&server_epoch=E%201"),
        "{asked:?}"
    );
}

fn enrolment(asked: &Asked) -> Said {
    assert_eq!(asked.what, "POST /v1/enrol");
    match asked.body["code"].as_str() {
        Some("good") => json_said(&json!({
            "device": "d-1", "epoch": asked.body["epoch"].as_u64().unwrap_or(1), "warehouse": 7, "station": "H-07",
            "profile": "handheld", "streams": ["global", "wh:7", "dev:d-1"], "server_epoch": "E1", "server_time": TIME,
        })),
        _ => problem("403 Forbidden", "bad_code"),
    }
}

#[test]
fn enrolment_makes_a_device_with_a_key_of_its_own() {
    let server = serve(enrolment);
    let dir = folder();
    let identity = enrol(dir.path(), &server.url, "good", false).unwrap();
    assert_eq!((identity.device.as_str(), identity.station.as_str(), identity.epoch), ("d-1", "H-07", 1));
    let store = Store::open_with(dir.path(), &options()).unwrap();
    assert_eq!(store.identity(), Some(&identity));
    let sent = server.asked.lock().unwrap()[0].body.clone();
    assert_eq!(sent["pubkey"], store.device_key().unwrap().public());
    assert_eq!(format!("{:?}", store.device_key().unwrap()), "DeviceKey(..)", "shown to nobody");
    assert!(sent.get("device").is_none());
}

#[test]
fn a_device_enrols_again_only_when_told_and_keeps_its_outbox() {
    let server = serve(enrolment);
    let dir = folder();
    let mut store = stocked(dir.path());
    commit(&mut store, vec![claimed(), picked("L1", 1)]);
    assert!(
        matches!(enrol(dir.path(), &server.url, "good", true), Err(EnrolError::Store(StoreError::Locked(_)))),
        "not beside the running app"
    );
    store.close().unwrap();
    let error = enrol(dir.path(), &server.url, "good", false).unwrap_err();
    assert!(error.to_string().contains("d-1") && error.to_string().contains("--again"), "{error}");
    assert!(server.asked.lock().unwrap().is_empty());
    enrol(dir.path(), &server.url, "good", true).unwrap();
    let sent = server.asked.lock().unwrap()[0].body.clone();
    assert_eq!((sent["device"].as_str(), sent["epoch"].as_u64()), (Some("d-1"), Some(1)));
    let store = Store::open_with(dir.path(), &options()).unwrap();
    assert_eq!((store.outbox_counts().unwrap().pending, store.head().next_seq), (2, 3));
    assert_eq!(store.identity().unwrap().core_url, server.url);
}

#[test]
fn an_enrolment_that_fails_says_why_and_leaves_no_device() {
    let html = serve(|_| Said("200 OK", "text/html", "", "<html>hotel</html>".into()));
    let strict = serve(enrolment);
    let free = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let cases = [
        (html.url.as_str(), "no Floorhand core"),
        (strict.url.as_str(), "refused the code"),
        (free.as_str(), "cannot be reached"),
        ("127.0.0.1:8080", "no address of a core"),
    ];
    for (url, words) in cases {
        let dir = folder();
        let error = enrol(dir.path(), url, "bad", false).unwrap_err().to_string();
        assert!(error.contains(words), "{url}: {error}");
        assert_eq!(Store::open_with(dir.path(), &options()).unwrap().identity(), None);
    }
}
