//! A real core on a loopback port, and lines to it that can be cut or lose what comes back.
#![allow(dead_code)]

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use floorhand_domain::id::TaskId;
use floorhand_domain::master::{
    Barcode, HandlingUnit, Item, Location, LocationKind, Operator, Role, Settings, TypedCodes, Unit,
};
use floorhand_domain::stock::{Move, Place, SUPPLIER, Status};
use floorhand_domain::task::Task;
use floorhand_erp::db::Tx;
use floorhand_erp::feed::Changes;
use floorhand_erp::ledger::{self, Source};
use floorhand_erp::orders::{self, NewOrder};
use floorhand_erp::{claim, clock, enrol, entity, server, vals, verify};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const WAREHOUSE: i64 = 1;
/// PIN of every operator.
pub const PIN: &str = "1111";

/// The core; it serves until the test ends.
pub struct Core {
    runtime: Runtime,
    core: floorhand_erp::Core,
    addr: SocketAddr,
    dir: TempDir,
}

impl Core {
    /// 20 shirts at A-01, 20 mugs at A-05, an empty bin A-03, totes T-1 to T-4, OP-1 and OP-2 who may do everything.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let (core, addr) = runtime.block_on(async {
            let core = floorhand_erp::Core::open(dir.path(), None).await.unwrap();
            core.db.write(|tx| async move { fill(&tx).await }).await.unwrap();
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let addr = listener.local_addr().unwrap();
            tokio::spawn(server::serve(core.clone(), listener, std::future::pending()));
            (core, addr)
        });
        Self { runtime, core, addr, dir }
    }

    /// Enrols a device whose store is in a new folder below, on a line of its own.
    pub fn device(&self, name: &str) -> (std::path::PathBuf, Line) {
        let code = self.runtime.block_on(enrol::create_code(&self.core.db, WAREHOUSE, name, "handheld")).unwrap();
        let line = Line::to(self.addr);
        let dir = self.dir.path().join(name);
        floorhand::enrol::enrol(&dir, &line.url, &code, false).unwrap();
        (dir, line)
    }

    /// Accepts and releases an order of (item, units).
    pub fn order(&self, id: &str, lines: &[(&str, i64)]) -> TaskId {
        let lines: Vec<Value> = lines.iter().map(|(item, qty)| json!({"item": item, "qty": qty})).collect();
        let order = NewOrder::read(&json!({"id": id, "lines": lines})).unwrap();
        let order = &order;
        let released = self.core.db.write(|tx| async move {
            let mut changes = Changes::new(WAREHOUSE);
            orders::accept(&tx, WAREHOUSE, order, 0).await?;
            let task = orders::release_one(&tx, &mut changes, &order.id, 0).await?;
            changes.publish(&tx).await?;
            Ok(task)
        });
        self.runtime.block_on(released).unwrap().unwrap()
    }

    /// Somebody new, or with other roles from now on.
    /// Who may type codes.
    pub fn typed_codes(&self, typed_codes: TypedCodes) {
        let written = self.core.db.write(|tx| async move {
            let mut changes = Changes::new(WAREHOUSE);
            entity::put_settings(&tx, &mut changes, &Settings { typed_codes, ..Settings::default() }).await?;
            changes.publish(&tx).await
        });
        self.runtime.block_on(written).unwrap();
    }

    pub fn person(&self, id: &str, roles: &[Role]) {
        let row = &operator(id, roles);
        let written = self.core.db.write(|tx| async move {
            let mut changes = Changes::new(WAREHOUSE);
            entity::put_operator(&tx, &mut changes, row).await?;
            changes.publish(&tx).await
        });
        self.runtime.block_on(written).unwrap();
    }

    pub fn end_operator(&self, id: &str) {
        let ended = self.core.db.write(|tx| async move {
            let mut changes = Changes::new(WAREHOUSE);
            entity::end_operator(&tx, &mut changes, &id.into()).await?;
            changes.publish(&tx).await
        });
        self.runtime.block_on(ended).unwrap();
    }

    /// Hours go by, and every lease ends.
    pub fn leases_end(&self) {
        let ended = claim::expire(&self.core.db, clock::now_ms() + 5 * 3_600_000);
        assert!(self.runtime.block_on(ended).unwrap() > 0);
    }

    pub fn task(&self, id: &TaskId) -> Task {
        let found = self.core.db.read(|tx| async move { entity::task(&tx, WAREHOUSE, id).await });
        self.runtime.block_on(found).unwrap().unwrap()
    }

    /// The facts in the order in which they were committed: device, type, outcome and its code, each by a colon.
    pub fn facts(&self) -> Vec<String> {
        let found = self.core.db.read(|tx| async move {
            let rows = tx
                .rows(
                    "SELECT d.station, f.type, f.outcome, f.code FROM fact_log f \
                     JOIN device d ON d.id = f.device ORDER BY f.received_at, f.device, f.epoch, f.seq",
                    &[],
                )
                .await?;
            rows.iter()
                .map(|row| {
                    Ok([row.text("station")?, row.text("type")?, row.text("outcome")?, row.text("code")?].join(":"))
                })
                .collect::<floorhand_erp::Result<Vec<_>>>()
        });
        self.runtime.block_on(found).unwrap()
    }

    /// The facts of a type among them.
    pub fn facts_of(&self, kind: &str) -> Vec<String> {
        self.facts().into_iter().filter(|fact| fact.split(':').nth(1) == Some(kind)).collect()
    }

    pub fn count(&self, sql: &'static str) -> i64 {
        let found = self.core.db.read(|tx| async move { tx.row(sql, &[]).await?.unwrap().i64(0) });
        self.runtime.block_on(found).unwrap()
    }

    /// Units of an item at a place, in any status.
    pub fn stock(&self, location: &str, item: &str) -> i64 {
        let found = self.core.db.read(|tx| async move {
            let sql =
                "SELECT CAST(COALESCE(SUM(qty), 0) AS BIGINT) AS n FROM balance WHERE location = $1 AND item = $2";
            tx.row(sql, vals![location, item]).await?.unwrap().i64(0)
        });
        self.runtime.block_on(found).unwrap()
    }

    pub fn assert_clean(&self) {
        let report = self.runtime.block_on(verify::run(&self.core.db)).unwrap();
        assert!(report.ok, "{report:#?}");
    }
}

fn operator(id: &str, roles: &[Role]) -> Operator {
    let salt = SaltString::encode_b64(b"salt of a test").unwrap();
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    Operator {
        id: id.into(),
        name: format!("Name of {id}"),
        badge_hash: floorhand_wire::badge_hash(WAREHOUSE, id),
        pin_phc: argon.hash_password(PIN.as_bytes(), &salt).unwrap().to_string(),
        roles: roles.to_vec(),
        valid_to_ms: 0,
        language: String::new(),
    }
}

async fn fill(tx: &Tx) -> floorhand_erp::Result<()> {
    let mut global = Changes::new(WAREHOUSE);
    for (id, code) in [("SHIRT", "09521234543213"), ("MUG", "MUG-BLUE")] {
        entity::put_item(tx, &mut global, &Item { id: id.into(), name: id.to_owned(), ..Item::default() }).await?;
        let barcode = Barcode { code: code.into(), item: id.into(), qty: 1, unit: Unit::Each };
        entity::put_barcode(tx, &mut global, &barcode).await?;
    }
    global.publish(tx).await?;
    let mut changes = Changes::new(WAREHOUSE);
    for (id, kind, sequence) in [
        ("A-01", LocationKind::Bin, 1),
        ("A-03", LocationKind::Bin, 3),
        ("A-05", LocationKind::Bin, 5),
        ("PACK-01", LocationKind::Pack, 90),
        ("TRANSIT", LocationKind::Transit, 99),
        ("SUPPLIER", LocationKind::Virtual, 99),
        ("CUSTOMER", LocationKind::Virtual, 99),
        ("LOSS", LocationKind::Virtual, 99),
    ] {
        let location = Location { id: id.into(), code: id.to_owned(), kind, sequence, ..Location::default() };
        entity::put_location(tx, &mut changes, &location).await?;
    }
    for id in ["T-1", "T-2", "T-3", "T-4"] {
        let tote = HandlingUnit { id: id.into(), location: "PACK-01".into(), ..HandlingUnit::default() };
        entity::put_handling_unit(tx, &mut changes, &tote).await?;
    }
    for id in ["OP-1", "OP-2"] {
        let roles = [Role::Pick, Role::Receive, Role::Stock, Role::Count];
        entity::put_operator(tx, &mut changes, &operator(id, &roles)).await?;
    }
    let settings = Settings { typed_codes: TypedCodes::Allowed, ..Settings::default() };
    entity::put_settings(tx, &mut changes, &settings).await?;
    let source = Source::Request("opening".to_owned());
    for (at, what) in [("A-01", "SHIRT"), ("A-05", "MUG")] {
        let place = |at: &str| Place { location: at.into(), handling_unit: "".into(), status: Status::Available };
        let (from, to) = (place(SUPPLIER), place(at));
        let opening = Move { item: what.into(), lot: "".into(), serial: "".into(), qty: 20, from, to };
        ledger::post(tx, &mut changes, &opening, "opening", &source).await?;
    }
    changes.publish(tx).await
}

/// How a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    Up,
    /// What is asked arrives; what is answered is lost.
    Deaf,
    Down,
}

#[derive(Debug)]
struct State {
    wire: Wire,
    open: Vec<TcpStream>,
    pushes: usize,
}

/// The network between one device and the core.
pub struct Line {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Line {
    fn to(core: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { wire: Wire::Up, open: Vec::new(), pushes: 0 }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                if shared.lock().unwrap().wire == Wire::Down {
                    continue;
                }
                let server = TcpStream::connect(core).unwrap();
                let ends = [client.try_clone().unwrap(), server.try_clone().unwrap()];
                shared.lock().unwrap().open.extend(ends);
                let (ask, answer) = (Arc::clone(&shared), Arc::clone(&shared));
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || copy(from, to, &ask, false));
                std::thread::spawn(move || copy(server, client, &answer, true));
            }
        });
        Self { url, state }
    }

    /// Changes the line; one that goes down cuts what is open.
    pub fn set(&self, wire: Wire) {
        let mut state = self.state.lock().unwrap();
        state.wire = wire;
        if wire == Wire::Down {
            for end in state.open.drain(..) {
                let _ = end.shutdown(Shutdown::Both);
            }
        }
    }

    /// Pushes that were asked for.
    pub fn pushes(&self) -> usize {
        self.state.lock().unwrap().pushes
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, state: &Mutex<State>, answer: bool) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(n) = from.read(&mut bytes) {
        let wire = {
            let mut state = state.lock().unwrap();
            let push = !answer && bytes[..n].windows(15).any(|part| part == b"/v1/sync/push H");
            state.pushes += usize::from(push);
            state.wire
        };
        let lost = wire == Wire::Down || (answer && wire == Wire::Deaf);
        if n == 0 || lost || to.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
