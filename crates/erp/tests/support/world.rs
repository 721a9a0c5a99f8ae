//! A core on a loopback port with a small warehouse, and devices that speak the protocol to it.
//! With `FLOORHAND_TEST_PG` set to a URL each world gets a PostgreSQL database of its own.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use floorhand_domain::fact::{Fact, Units};
use floorhand_domain::id::*;
use floorhand_domain::master::*;
use floorhand_domain::stock::{Move, Place, SUPPLIER, Status};
use floorhand_domain::task::{Line, Task};
use floorhand_erp::db::Db;
use floorhand_erp::feed::Changes;
use floorhand_erp::ledger::{self, Source};
use floorhand_erp::orders::{self, NewOrder};
use floorhand_erp::{Core, auth, enrol, entity, seed, server, vals, verify};
use floorhand_wire::chain::GENESIS;
use floorhand_wire::enrol::token_message;
use floorhand_wire::feed::{BootstrapResponse, PullResponse, Row, cursor, row_sum};
use floorhand_wire::push::{PushResponse, WireFact};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;

pub const WH: i64 = 1;

pub struct World {
    pub core: Core,
    pub addr: SocketAddr,
    pub dir: TempDir,
    stop: Option<oneshot::Sender<()>>,
    served: Option<tokio::task::JoinHandle<()>>,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Value,
}

/// One request on a connection of its own.
pub fn http(addr: SocketAddr, method: &str, path: &str, bearer: &str, body: Option<&str>) -> Answer {
    http_with(addr, method, path, bearer, body, "")
}

pub fn http_with(addr: SocketAddr, method: &str, path: &str, bearer: &str, body: Option<&str>, more: &str) -> Answer {
    try_http(addr, method, path, bearer, body, more).unwrap()
}

/// The same for a core that may be gone at any moment.
pub fn try_http(
    addr: SocketAddr,
    method: &str,
    path: &str,
    bearer: &str,
    body: Option<&str>,
    more: &str,
) -> std::io::Result<Answer> {
    tokio::task::block_in_place(|| {
        let mut socket = TcpStream::connect(addr)?;
        socket.set_read_timeout(Some(Duration::from_secs(60)))?;
        let body = body.unwrap_or("");
        let auth = if bearer.is_empty() { String::new() } else { format!("Authorization: Bearer {bearer}\r\n") };
        write!(
            socket,
            "{method} {path} HTTP/1.1\r\nHost: core\r\nConnection: close\r\nContent-Type: application/json\r\n{auth}{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut raw = Vec::new();
        socket.read_to_end(&mut raw)?;
        let text = String::from_utf8(raw).map_err(std::io::Error::other)?;
        let (head, body) = text.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
        let status =
            head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(std::io::ErrorKind::InvalidData)?;
        let body = serde_json::from_str(body).unwrap_or(Value::Null);
        Ok(Answer { status, head: head.to_ascii_lowercase(), body })
    })
}

fn item(id: &str) -> Item {
    Item { id: id.into(), name: format!("Item {id}"), ..Item::default() }
}

fn location(id: &str, kind: LocationKind, sequence: i64) -> Location {
    Location { id: id.into(), code: format!("LOC:{id}"), kind, zone: "A".to_owned(), sequence, ..Location::default() }
}

impl World {
    /// Items X, Y and Z (serials); 10 X at A1, 10 X at A2, 5 Y at A1, Z1 and Z2 at A3; totes T1 to T4;
    /// operators o-1, o-2 and o-old, whose access has ended.
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = postgres().await;
        let core = Core::open(dir.path(), url.as_deref()).await.unwrap();
        core.db.write(|tx| async move { fill(&tx).await }).await.unwrap();
        let mut world = Self { core, addr: ([127, 0, 0, 1], 0).into(), dir, stop: None, served: None };
        world.start().await;
        world
    }

    /// The demo warehouse, small.
    pub async fn demo(seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = postgres().await;
        let core = Core::open(dir.path(), url.as_deref()).await.unwrap();
        let day = jiff::civil::date(2026, 11, 21);
        let options = seed::Options { items: 40, locations: 60, orders: 12, seed, ..seed::Options::new(day) };
        seed::demo(&core.db, &options).await.unwrap();
        let mut world = Self { core, addr: ([127, 0, 0, 1], 0).into(), dir, stop: None, served: None };
        world.start().await;
        world
    }

    pub async fn start(&mut self) {
        let listener = tokio::net::TcpListener::bind(self.addr).await.unwrap();
        self.addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let core = self.core.clone();
        self.served = Some(tokio::spawn(async move {
            server::serve(core, listener, async { drop(stopped.await) }).await.unwrap();
        }));
        self.stop = Some(stop);
    }

    pub async fn stop(&mut self) {
        drop(self.stop.take());
        self.served.take().unwrap().await.unwrap();
    }

    pub fn db(&self) -> &Db {
        &self.core.db
    }

    /// Accepts and releases an order; returns its task with its lines along the path.
    pub async fn order(&self, id: &str, lines: &[(&str, i64)]) -> (Task, Vec<Line>) {
        let lines: Vec<Value> = lines.iter().map(|(item, qty)| json!({"item": item, "qty": qty})).collect();
        let order = NewOrder::read(&json!({"id": id, "lines": lines})).unwrap();
        let order = &order;
        self.db()
            .write(|tx| async move {
                let mut changes = Changes::new(WH);
                orders::accept(&tx, WH, order, 0).await?;
                let task = orders::release_one(&tx, &mut changes, &order.id, 0).await?.unwrap();
                changes.publish(&tx).await?;
                Ok((entity::task(&tx, WH, &task).await?.unwrap(), entity::lines(&tx, WH, &task).await?))
            })
            .await
            .unwrap()
    }

    pub async fn lines(&self, task: &TaskId) -> Vec<Line> {
        self.db().read(|tx| async move { entity::lines(&tx, WH, task).await }).await.unwrap()
    }

    pub async fn task(&self, task: &TaskId) -> Task {
        self.db().read(|tx| async move { entity::task(&tx, WH, task).await }).await.unwrap().unwrap()
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        self.db().read(|tx| async move { tx.row(sql, &[]).await?.unwrap().i64(0) }).await.unwrap()
    }

    pub async fn text(&self, sql: &'static str) -> String {
        self.db()
            .read(|tx| async move { Ok(tx.row(sql, &[]).await?.map(|row| row.text(0).unwrap()).unwrap_or_default()) })
            .await
            .unwrap()
    }

    pub async fn run(&self, sql: &'static str) -> u64 {
        self.db().write(|tx| async move { tx.execute(sql, &[]).await }).await.unwrap()
    }

    /// Units at a place in a status, all lots and handling units together.
    pub async fn stock(&self, location: &str, item: &str, status: &str) -> i64 {
        self.db()
            .read(|tx| async move {
                tx.row(
                    "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS n FROM balance \
                     WHERE location = $1 AND item = $2 AND status = $3",
                    vals![location, item, status],
                )
                .await?
                .unwrap()
                .i64(0)
            })
            .await
            .unwrap()
    }

    pub async fn assert_clean(&self) {
        let report = verify::run(self.db()).await.unwrap();
        assert!(report.ok, "{report:#?}");
    }

    /// Names of the checks that fail.
    pub async fn broken(&self) -> Vec<String> {
        let report = verify::run(self.db()).await.unwrap();
        report.checks.into_iter().filter(|check| !check.ok).map(|check| check.name).collect()
    }

    pub async fn enrol(&self) -> Device {
        let code = enrol::create_code(self.db(), WH, "H-01", "handheld").await.unwrap();
        let mut device = Device::keyed(self.addr);
        device.enrol(&code);
        device.sign_on();
        device
    }

    pub async fn admin(&self) -> String {
        auth::create_admin_token(self.db(), WH, "test", "admin").await.unwrap()
    }
}

/// The warehouse of [`World::new`], for tests that run the core as a process of its own.
pub async fn fill_data_dir(dir: &std::path::Path) -> String {
    let core = Core::open(dir, None).await.unwrap();
    core.db.write(|tx| async move { fill(&tx).await }).await.unwrap();
    let code = enrol::create_code(&core.db, WH, "H-01", "handheld").await.unwrap();
    core.db.close().await;
    code
}

async fn fill(tx: &floorhand_erp::db::Tx) -> floorhand_erp::Result<()> {
    let mut global = Changes::new(WH);
    for id in ["X", "Y"] {
        entity::put_item(tx, &mut global, &item(id)).await?;
        let code = format!("0000000000{id}");
        entity::put_barcode(tx, &mut global, &Barcode { code, item: id.into(), qty: 1, unit: Unit::Each }).await?;
    }
    entity::put_item(tx, &mut global, &Item { serial_tracked: true, ..item("Z") }).await?;
    global.publish(tx).await?;

    let mut changes = Changes::new(WH);
    for (id, sequence) in [("A1", 10), ("A2", 20), ("A3", 30), ("A9", 90)] {
        entity::put_location(tx, &mut changes, &location(id, LocationKind::Bin, sequence)).await?;
    }
    entity::put_location(tx, &mut changes, &location("PACK-01", LocationKind::Pack, 900)).await?;
    entity::put_location(tx, &mut changes, &location("TRANSIT", LocationKind::Transit, 990)).await?;
    for id in ["SUPPLIER", "CUSTOMER", "LOSS"] {
        entity::put_location(tx, &mut changes, &location(id, LocationKind::Virtual, 999)).await?;
    }
    for id in ["T1", "T2", "T3", "T4"] {
        entity::put_handling_unit(tx, &mut changes, &HandlingUnit { id: id.into(), ..HandlingUnit::default() }).await?;
    }
    for (id, valid_to_ms) in [("o-1", 0), ("o-2", 0), ("o-old", 1)] {
        let operator = Operator {
            id: id.into(),
            name: id.to_owned(),
            badge_hash: floorhand_wire::badge_hash(WH, id),
            pin_phc: "$argon2id$test".to_owned(),
            roles: vec![Role::Pick],
            valid_to_ms,
            language: String::new(),
        };
        entity::put_operator(tx, &mut changes, &operator).await?;
    }
    entity::put_settings(tx, &mut changes, &Settings::default()).await?;
    let source = Source::Request("opening".to_owned());
    for (at, what, serial, qty) in
        [("A1", "X", "", 10), ("A2", "X", "", 10), ("A1", "Y", "", 5), ("A3", "Z", "Z1", 1), ("A3", "Z", "Z2", 1)]
    {
        let place = |at: &str| Place { location: at.into(), handling_unit: "".into(), status: Status::Available };
        let opening = Move {
            item: what.into(),
            lot: "".into(),
            serial: serial.into(),
            qty,
            from: place(SUPPLIER),
            to: place(at),
        };
        ledger::post(tx, &mut changes, &opening, "opening", &source).await?;
    }
    changes.publish(tx).await
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

/// A device as the protocol sees one.
#[derive(Clone)]
pub struct Device {
    pub addr: SocketAddr,
    pub key: SigningKey,
    pub id: String,
    pub bearer: String,
    pub operator: String,
    pub epoch: u64,
    pub next: u64,
    pub last: String,
    pub cursor: String,
    pub base: BTreeMap<(String, String, String), (u64, Value)>,
}

impl Device {
    pub fn keyed(addr: SocketAddr) -> Self {
        Self {
            addr,
            key: SigningKey::from_bytes(&rand::random()),
            id: String::new(),
            bearer: String::new(),
            operator: "o-1".to_owned(),
            epoch: 1,
            next: 1,
            last: GENESIS.to_owned(),
            cursor: String::new(),
            base: BTreeMap::new(),
        }
    }

    pub fn pubkey(&self) -> String {
        format!("ed25519:{}", URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()))
    }

    pub fn enrol(&mut self, code: &str) -> Value {
        let ask = json!({"code": code, "pubkey": self.pubkey(), "model": "test", "hw_serial": "1"});
        let answer = http(self.addr, "POST", "/v1/enrol", "", Some(&ask.to_string()));
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.id = answer.body["device"].as_str().unwrap().to_owned();
        self.epoch = answer.body["epoch"].as_u64().unwrap();
        answer.body
    }

    pub fn token(&self) -> Answer {
        let nonce = http(self.addr, "POST", "/v1/nonce", "", Some("{}")).body["nonce"].as_str().unwrap().to_owned();
        let sig = URL_SAFE_NO_PAD.encode(self.key.sign(&token_message(&self.id, &nonce)).to_bytes());
        let ask = json!({"device": self.id, "nonce": nonce, "sig": sig});
        http(self.addr, "POST", "/v1/token", "", Some(&ask.to_string()))
    }

    pub fn sign_on(&mut self) {
        let answer = self.token();
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.bearer = answer.body["bearer"].as_str().unwrap().to_owned();
    }

    /// A fact in the outbox: numbered, chained.
    pub fn say(&mut self, fact: &Fact) -> Value {
        let body = WireFact::body_of(fact).unwrap();
        self.say_raw(fact.kind(), fact.version(), &fact.aggregate(), body)
    }

    pub fn say_raw(&mut self, kind: &str, v: u32, agg: &str, body: Value) -> Value {
        let id = uuid::Uuid::now_v7().to_string();
        self.say_as(&id, kind, v, agg, body)
    }

    pub fn say_as(&mut self, id: &str, kind: &str, v: u32, agg: &str, body: Value) -> Value {
        let fact = WireFact {
            seq: self.next,
            id: id.to_owned(),
            kind: kind.to_owned(),
            v,
            operator: self.operator.clone(),
            signin: String::new(),
            mono_ms: 1000 + self.next,
            boot_id: "boot".to_owned(),
            wall: "2026-11-21T08:14:02Z".to_owned(),
            agg: agg.to_owned(),
            // The positions of the base that the device has, as it pulled them.
            base: cursor::decode(&self.cursor).unwrap_or_default(),
            body,
            was: None,
            allowed_by: Vec::new(),
            prev: String::new(),
            hash: String::new(),
        };
        let fact = fact.seal(&self.last).unwrap();
        self.last = fact.hash.clone();
        self.next += 1;
        serde_json::to_value(&fact).unwrap()
    }

    /// A fact that had the pair `epoch`, `seq` before it was re-numbered.
    pub fn say_was(&mut self, fact: &Fact, epoch: u64, seq: u64) -> Value {
        let before = self.last.clone();
        let mut wire: WireFact = serde_json::from_value(self.say(fact)).unwrap();
        wire.was = Some(floorhand_wire::push::Was { epoch, seq });
        let wire = wire.seal(&before).unwrap();
        self.last = wire.hash.clone();
        serde_json::to_value(&wire).unwrap()
    }

    pub fn push_raw(&self, facts: &[Value]) -> Answer {
        self.try_push(facts).unwrap()
    }

    pub fn try_push(&self, facts: &[Value]) -> std::io::Result<Answer> {
        let first = facts.first().and_then(|fact| fact["seq"].as_u64()).unwrap_or(self.next);
        let ask = json!({"device": self.id, "epoch": self.epoch, "first_seq": first, "boot_id": "boot",
            "sent_mono_ms": 1_000_000, "facts": facts});
        try_http(self.addr, "POST", "/v1/sync/push", &self.bearer, Some(&ask.to_string()), "")
    }

    pub fn push(&self, facts: &[Value]) -> PushResponse {
        let answer = self.push_raw(facts);
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_value(answer.body).unwrap()
    }

    /// Says one fact, pushes it, and returns its outcome and code; `applied` has no entry.
    pub fn tell(&mut self, fact: &Fact) -> (String, String) {
        let fact = self.say(fact);
        let answer = self.push(&[fact]);
        match answer.outcomes.first() {
            None => ("applied".to_owned(), String::new()),
            Some(outcome) => (outcome.outcome.as_str().to_owned(), outcome.code.clone()),
        }
    }

    pub fn pull_raw(&self, cursor: &str, limit: u32, wait: u32) -> Answer {
        http(self.addr, "GET", &format!("/v1/sync/pull?cursor={cursor}&limit={limit}&wait={wait}"), &self.bearer, None)
    }

    /// Pulls until complete and checks `live` and `sum` of each stream.
    pub fn pull(&mut self) -> PullResponse {
        self.pull_by(1000)
    }

    pub fn pull_by(&mut self, limit: u32) -> PullResponse {
        for _ in 0..10_000 {
            let answer = self.pull_raw(&self.cursor, limit, 0);
            assert_eq!(answer.status, 200, "{}", answer.body);
            let page: PullResponse = serde_json::from_value(answer.body).unwrap();
            for stream in &page.streams {
                let mut at = stream.from;
                for row in &stream.rows {
                    assert!(row.2 > at && row.2 <= stream.to);
                    at = row.2;
                    self.store(&stream.s, row);
                }
            }
            self.cursor = page.cursor.clone();
            if page.streams.iter().all(|stream| stream.complete) {
                self.check(&page);
                return page;
            }
        }
        panic!("never complete");
    }

    fn store(&mut self, stream: &str, Row(kind, id, pos, body): &Row) {
        let key = (stream.to_owned(), kind.clone(), id.clone());
        if body.is_null() {
            self.base.remove(&key);
        } else {
            self.base.insert(key, (*pos, body.clone()));
        }
    }

    fn check(&self, page: &PullResponse) {
        for stream in &page.streams {
            let own = self.base.iter().filter(|((s, ..), _)| *s == stream.s);
            let (mut live, mut sum) = (0, 0u64);
            for ((_, kind, id), (pos, _)) in own {
                live += 1;
                sum = sum.wrapping_add(row_sum(kind, id, *pos));
            }
            assert_eq!((live, format!("{sum:016x}")), (stream.live, stream.sum.clone()), "{}", stream.s);
        }
    }

    /// Fetches every stream by pages of `limit` and sets the cursor.
    pub fn bootstrap(&mut self, streams: &[String], limit: u32) -> usize {
        self.base.clear();
        let mut positions = BTreeMap::new();
        let mut pages = 0;
        for stream in streams {
            let mut after = String::new();
            loop {
                let path = format!("/v1/sync/bootstrap?stream={stream}&after={}&limit={limit}", escape(&after));
                let answer = http(self.addr, "GET", &path, &self.bearer, None);
                assert_eq!(answer.status, 200, "{}", answer.body);
                let page: BootstrapResponse = serde_json::from_value(answer.body).unwrap();
                pages += 1;
                positions.entry(stream.clone()).or_insert(page.pos);
                for row in &page.rows {
                    self.store(stream, row);
                }
                match page.after {
                    Some(next) => after = next,
                    None => break,
                }
            }
        }
        self.cursor = cursor::encode(&positions);
        pages
    }

    pub fn row(&self, kind: &str, id: &str) -> Option<&Value> {
        self.base.iter().find(|((_, k, i), _)| k == kind && i == id).map(|(_, (_, body))| body)
    }

    pub fn rows(&self, kind: &str) -> Vec<&Value> {
        self.base.iter().filter(|((_, k, _), _)| k == kind).map(|(_, (_, body))| body).collect()
    }

    pub fn claim(&self, task: &TaskId, operator: &str, id: &str) -> Answer {
        let ask = json!({"operator": operator, "id": id}).to_string();
        http(self.addr, "POST", &format!("/v1/tasks/{task}/claim"), &self.bearer, Some(&ask))
    }
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub fn picked(line: &Line, tote: &str, qty: i64) -> Fact {
    picked_at(line, line.location.as_str(), tote, qty)
}

pub fn picked_at(line: &Line, location: &str, tote: &str, qty: i64) -> Fact {
    Fact::Picked {
        task: line.task.clone(),
        line: line.id.clone(),
        location: location.into(),
        item: line.item.clone(),
        tote: tote.into(),
        units: vec![Units { qty, ..Units::default() }],
        typed: false,
    }
}

pub fn claimed(task: &Task) -> Fact {
    Fact::TaskClaimed { task: task.id.clone() }
}

pub fn assigned(task: &Task, tote: &str) -> Fact {
    Fact::ToteAssigned { task: task.id.clone(), slot: 1, order: task.slots[0].order.clone(), tote: tote.into() }
}

pub fn dropped(task: &Task, totes: &[&str]) -> Fact {
    Fact::DroppedOff {
        task: task.id.clone(),
        location: "PACK-01".into(),
        totes: totes.iter().map(|tote| HandlingUnitId::from(*tote)).collect(),
    }
}
