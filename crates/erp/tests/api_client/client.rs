//! A core of its own for one test, asked over real HTTP by a client of a few lines. With
//! `FLOORHAND_TEST_PG` set to a URL each core gets a PostgreSQL database of its own.
#![allow(dead_code)]

use floorhand_erp::seed::{self, Options, Summary};
use floorhand_erp::{Core, auth, entity::DEFAULT_WAREHOUSE, server, verify};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// What came back.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The problem, with what every problem has.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert!(problem["type"].as_str().unwrap().ends_with(code));
        assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty());
        problem
    }
}

/// Asks once over a connection of its own.
pub fn ask(address: SocketAddr, method: &str, path: &str, token: Option<&str>, body: Option<&str>) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    if let Some(token) = token {
        request.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    if let Some(body) = body {
        request.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    request.push_str(body.unwrap_or_default());
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_ascii_lowercase().contains("transfer-encoding"), "{head}");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A running core on a seeded directory.
pub struct Site {
    pub core: Core,
    pub address: SocketAddr,
    pub token: String,
    pub summary: Summary,
    pub runtime: Runtime,
    stop: Option<oneshot::Sender<()>>,
    _dir: tempfile::TempDir,
}

async fn postgres() -> Option<String> {
    let url = std::env::var("FLOORHAND_TEST_PG").ok()?;
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.unwrap();
    pool.close().await;
    let (base, _) = url.rsplit_once('/').unwrap();
    Some(format!("{base}/{name}"))
}

pub fn options() -> Options {
    Options::new("2026-11-21".parse().unwrap())
}

impl Site {
    /// The usual demo.
    pub fn demo() -> Self {
        // Far in the future, so that no lot is past its expiry when the clock of the machine says.
        Self::start(&Options { today: "2031-05-05".parse().unwrap(), ..options() })
    }

    pub fn start(options: &Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (core, summary, token, listener) = runtime.block_on(async {
            let url = postgres().await;
            let core = Core::open(dir.path(), url.as_deref()).await.unwrap();
            let summary = seed::demo(&core.db, options).await.unwrap();
            let token = auth::create_admin_token(&core.db, DEFAULT_WAREHOUSE, "test", "admin").await.unwrap();
            (core, summary, token, tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap())
        });
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = core.clone();
        runtime.spawn(async move {
            server::serve(serving, listener, async {
                let _ = stopped.await;
            })
            .await
            .unwrap();
        });
        Self { core, address, token, summary, runtime, stop: Some(stop), _dir: dir }
    }

    pub fn get(&self, path: &str) -> Answer {
        ask(self.address, "GET", path, Some(&self.token), None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        ask(self.address, "POST", path, Some(&self.token), Some(&body.to_string()))
    }

    /// Every row of a list, in pages of `limit`.
    pub fn all(&self, list: &str, limit: usize) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut after = String::new();
        loop {
            let sign = if list.contains('?') { '&' } else { '?' };
            let answer = self.get(&format!("{list}{sign}limit={limit}{after}"));
            assert_eq!(answer.status, 200, "{list}: {}", answer.body);
            let page = answer.json();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            rows.extend(items.iter().cloned());
            match page["next"].as_str() {
                Some(next) => {
                    assert_eq!(items.len(), limit);
                    after = format!("&after={next}");
                }
                None => return rows,
            }
        }
    }

    /// Fails where an invariant is broken.
    pub fn verify(&self) {
        let report = self.runtime.block_on(verify::run(&self.core.db)).unwrap();
        assert!(report.ok, "{report:#?}");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}
