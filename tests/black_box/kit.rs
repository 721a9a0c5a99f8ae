//! A site for tests with the real programs: a core, stations with an app, a screen, a reader and a keyboard
//! each, and a line to the core that can be cut for each of them.
//!
//! Nothing here knows more than the commands, the API, the screen and the event log.

mod line;
mod station;

pub use station::Station;

use line::Line;

use anyhow::{Context, Result, bail, ensure};
use floorhand_demo::robot::{Binaries, Core, Device, Operator, PATIENCE, Reader, SOON, Seeded, output, wait_for};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

/// A code that nothing in the warehouse has.
pub const UNKNOWN: &str = "]C0NOBODY-KNOWS-THIS";
/// Lines of a log that are shown of a test that failed.
const LAST_LINES: usize = 25;

/// A warehouse with its core.
pub struct Site {
    pub core: Core,
    pub people: Seeded,
    pub folder: tempfile::TempDir,
    binaries: Binaries,
    token: String,
}

/// Sets a site up and plays on it; where that fails, the programs' last words are shown.
#[track_caller]
pub fn play(what: impl FnOnce(&mut Site) -> Result<()>) {
    let mut site = Site::open().unwrap_or_else(|error| panic!("the stage is not set: {error:#}"));
    if let Err(error) = what(&mut site) {
        let logs = std::fs::read_dir(site.folder.path()).into_iter().flatten().flatten().map(|entry| entry.path());
        for path in logs.filter(|path| path.extension().is_some_and(|ending| ending == "log")) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            let last = lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default();
            eprintln!("--- {}\n{}", path.display(), last.join("\n"));
        }
        panic!("{error:#}");
    }
}

impl Site {
    fn open() -> Result<Self> {
        let app = PathBuf::from(env!("CARGO_BIN_EXE_floorhand"));
        let core = app.with_file_name("floorhand-erp");
        ensure!(core.is_file(), "{} is missing; build it first: cargo build -p floorhand-erp", core.display());
        let binaries = Binaries { app, core };
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        let sizes = ["--orders", "0", "--items", "32", "--locations", "96"];
        let people = Seeded::demo(&binaries, &at("core"), &sizes)?;
        let core = Core::start(&binaries, &at("core"), &at("core.log"))?;
        let mut site = Site { core, people, folder, binaries, token: String::new() };
        site.token = site.token(&[])?;
        Ok(site)
    }

    /// A token of the API: `--role supervisor`, `--operator op-1006`.
    pub fn token(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.binaries.core);
        command.arg("admin-token").arg("--data").arg(self.folder.path().join("core")).args(arguments);
        Ok(output(&mut command, SOON)?.trim().to_owned())
    }

    /// Somebody by the beginning of their name.
    pub fn person(&self, name: &str) -> Result<Operator> {
        let found = self.people.operators.iter().find(|operator| operator.name.starts_with(name));
        found.cloned().with_context(|| format!("nobody is called {name}"))
    }

    /// A station, enrolled, running and in sync; nobody has signed in.
    pub fn station(&self, name: &str, profile: &str, arguments: &[&str]) -> Result<Station> {
        let at = |ending: &str| self.folder.path().join(format!("{name}{ending}"));
        let line = Line::to(&self.core.url())?;
        let code = self.core.enrol_code(name, profile)?;
        let device = Device::enrol(&self.binaries, &at("-data"), &line.url(), &code)?;
        let reader = Reader::plug(&at("-reader"))?;
        let mut station = Station::new(
            (device, reader, line),
            &self.binaries.app,
            (profile, arguments),
            at(".log"),
            self.person("Mara")?,
        )?;
        wait_for("the first sync", PATIENCE, || Ok(station.line.is_caught_up().then_some(())))?;
        station.until("the link", |status| status.sync.state == "online")?;
        let devices = self.core.list("/v1/devices")?;
        let own = devices.iter().find(|row| text(row, "station") == name).context("the core has no such device")?;
        text(own, "id").clone_into(&mut station.id);
        Ok(station)
    }

    /// Posts to the API as whoever may do everything.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let (status, answer) = self.post_as(&self.token, path, body)?;
        ensure!((200..300).contains(&status), "POST {path}: {status} {answer}");
        Ok(answer)
    }

    /// Posts to the API with a token; gives the status and the answer.
    pub fn post_as(&self, token: &str, path: &str, body: &Value) -> Result<(u16, Value)> {
        let url = self.core.url();
        let host = url.strip_prefix("http://").context("no plain address")?;
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(SOON))?;
        let body = body.to_string();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer of HTTP")?;
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        Ok((status, serde_json::from_str(body).unwrap_or(Value::Null)))
    }

    /// Imports master data.
    pub fn import(&self, what: &str, csv: &str) -> Result<()> {
        let file = self.folder.path().join(format!("{what}.csv"));
        std::fs::write(&file, csv)?;
        let mut command = Command::new(&self.binaries.core);
        command.args(["import", what, "--data"]).arg(self.folder.path().join("core")).arg(&file);
        output(&mut command, SOON).map(drop)
    }

    /// A purchase order with a delivery of its own of the same number.
    pub fn order(&self, id: &str, door: &str, lines: &[(&Goods, i64)]) -> Result<()> {
        let lines: Vec<Value> =
            lines.iter().map(|(goods, ordered)| json!({"item": goods.item, "ordered": ordered})).collect();
        self.post("/v1/purchase-orders", &json!({"id": id, "supplier": "Northway", "door": door, "lines": lines}))
            .map(drop)
    }

    /// Items that are kept by number alone.
    pub fn plain_goods(&self) -> Result<Vec<Goods>> {
        self.goods_of(|item| !flag(item, "lot_tracked") && !flag(item, "serial_tracked"))
    }

    /// Items that have lots with a date.
    pub fn goods_with_lots(&self) -> Result<Vec<Goods>> {
        self.goods_of(|item| flag(item, "lot_tracked"))
    }

    /// An item by its number.
    pub fn goods(&self, id: &str) -> Result<Goods> {
        self.goods_of(|item| text(item, "id") == id)?.pop().with_context(|| format!("no item {id}"))
    }

    fn goods_of(&self, which: impl Fn(&Value) -> bool) -> Result<Vec<Goods>> {
        let mut found = Vec::new();
        for item in self.core.list("/v1/items")?.iter().filter(|item| which(item)) {
            let each = rows(item, "barcodes").iter().find(|code| number(code, "qty") == 1);
            let gtin = each.map(|code| text(code, "code").to_owned()).unwrap_or_default();
            if let Some(ean) = gtin.strip_prefix('0').filter(|ean| !ean.starts_with('0')) {
                let scan = format!("]E0{ean}");
                found.push(Goods { item: text(item, "id").to_owned(), scan, gtin });
            }
        }
        Ok(found)
    }

    /// What the label of a box of an item reads as.
    pub fn box_of(&self, goods: &Goods) -> Result<String> {
        let items = self.core.list("/v1/items")?;
        let item = items.iter().find(|item| text(item, "id") == goods.item).context("no such item")?;
        let case = rows(item, "barcodes").iter().find(|code| number(code, "qty") > 1).context("it comes in no box")?;
        Ok(format!("]I1{}", text(case, "code")))
    }

    /// Bins to pick from that nothing stands in.
    pub fn empty_bins(&self) -> Result<Vec<String>> {
        let filled: BTreeSet<String> =
            self.core.list("/v1/stock")?.iter().map(|row| text(row, "location").to_owned()).collect();
        let bins = self.core.list("/v1/locations?kind=bin")?;
        let free = bins.iter().filter(|bin| text(bin, "zone") != "HOLD").map(|bin| text(bin, "code").to_owned());
        Ok(free.filter(|bin| !filled.contains(bin)).collect())
    }

    /// Bins with one kind of goods in them, loose and without lots, and how many units: the fullest first.
    pub fn simple_bins(&self) -> Result<Vec<(String, Goods, i64)>> {
        let plain = self.plain_goods()?;
        let mut bins: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
        for row in self.core.list("/v1/stock")? {
            let goods = (text(&row, "item").to_owned(), number(&row, "qty"));
            bins.entry(text(&row, "location").to_owned()).or_default().push(goods);
        }
        let mut found: Vec<(String, Goods, i64)> = bins
            .into_iter()
            .filter_map(|(bin, held)| match held.as_slice() {
                [(item, qty)] => plain.iter().find(|goods| goods.item == *item).map(|goods| (bin, goods.clone(), *qty)),
                _ => None,
            })
            .collect();
        found.sort_by_key(|(_, _, qty)| -qty);
        Ok(found)
    }

    /// Units by location and status, of one item.
    pub fn stock_of(&self, goods: &Goods) -> Result<BTreeMap<(String, String), i64>> {
        let mut found = BTreeMap::new();
        for row in self.core.list(&format!("/v1/stock?item={}", goods.item))? {
            let key = (text(&row, "location").to_owned(), text(&row, "status").to_owned());
            *found.entry(key).or_default() += number(&row, "qty");
        }
        found.retain(|_, qty| *qty != 0);
        Ok(found)
    }

    /// Physical, sellable, promised.
    pub fn availability(&self, goods: &Goods) -> Result<(i64, i64, i64)> {
        let rows = self.core.list(&format!("/v1/availability?item={}", goods.item))?;
        let row = rows.first().context("no such item")?;
        Ok((number(row, "physical"), number(row, "sellable"), number(row, "promised")))
    }

    /// The facts of a station in their order: type, outcome, code, body.
    pub fn facts(&self, station: &Station) -> Result<Vec<Fact>> {
        let mut facts: Vec<Fact> = self
            .core
            .list(&format!("/v1/facts?device={}", station.id))?
            .iter()
            .map(|row| Fact {
                seq: number(row, "seq"),
                kind: text(row, "type").to_owned(),
                outcome: text(row, "outcome").to_owned(),
                code: text(row, "code").to_owned(),
                operator: text(row, "operator").to_owned(),
                body: row.get("body").cloned().unwrap_or_default(),
            })
            .collect();
        facts.sort_by_key(|fact| fact.seq);
        let seqs: Vec<i64> = facts.iter().map(|fact| fact.seq).collect();
        let all: Vec<i64> = (1..=i64::try_from(station.status()?.seq)?).collect();
        ensure!(seqs == all, "the device wrote {all:?}, the core has {seqs:?}");
        Ok(facts)
    }

    /// The open count tasks.
    pub fn open_counts(&self) -> Result<Vec<String>> {
        let tasks = self.core.list("/v1/tasks?kind=count")?;
        let open = tasks.iter().filter(|task| text(task, "state") == "open");
        Ok(open.map(|task| text(task, "id").to_owned()).collect())
    }

    /// Units of an item at a place in a status.
    pub fn units(&self, goods: &Goods, place: &str, status: &str) -> Result<i64> {
        Ok(self.stock_of(goods)?.get(&(place.to_owned(), status.to_owned())).copied().unwrap_or(0))
    }

    /// Everything of an item in the building, by place and status; nothing else is there.
    pub fn holds(&self, goods: &Goods, places: &[(&str, &str, i64)]) -> Result<()> {
        let should = places.iter().map(|(at, status, qty)| (((*at).to_owned(), (*status).to_owned()), *qty)).collect();
        same(&format!("where {} is", goods.item), &self.stock_of(goods)?, &should)
    }

    /// Where an order and its lines stand.
    pub fn order_is(&self, id: &str, state: &str, lines: &[&str]) -> Result<()> {
        let order = self.core.get(&format!("/v1/orders/{id}"))?;
        let own: Vec<&str> = rows(&order, "lines").iter().map(|line| text(line, "state")).collect();
        same(&format!("{id} and its lines"), &(text(&order, "state"), own), &(state, lines.to_vec()))
    }

    /// Waits until the core has the pictures of these facts.
    pub fn pictures(&self, facts: &[Fact], number: usize) -> Result<()> {
        let taken: Vec<&str> =
            facts.iter().filter(|fact| fact.kind == "PhotoTaken").map(|fact| text(&fact.body, "hash")).collect();
        same("photographs", &taken.len(), &number)?;
        for hash in taken {
            let stored = self.folder.path().join("core/photos").join(hash);
            wait_for("the photograph in the core", PATIENCE, || Ok(stored.is_file().then_some(())))?;
        }
        Ok(())
    }

    /// Open exceptions: kind and subject, sorted.
    pub fn exceptions(&self) -> Result<Vec<(String, String)>> {
        let found = self.core.list("/v1/exceptions?state=open")?;
        let mut found: Vec<_> =
            found.iter().map(|row| (text(row, "kind").to_owned(), text(row, "subject").to_owned())).collect();
        found.sort();
        Ok(found)
    }

    /// The core's own account of its books is clean.
    pub fn verified(&self) -> Result<()> {
        let said = self.core.verify()?;
        ensure!(said.get("ok").and_then(Value::as_bool) != Some(false), "verify says no: {said}");
        Ok(())
    }
}

/// An item with what its label reads as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    pub item: String,
    pub scan: String,
    pub gtin: String,
}

/// A fact as the core has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    pub seq: i64,
    pub kind: String,
    pub outcome: String,
    pub code: String,
    pub operator: String,
    pub body: Value,
}

impl Fact {
    /// `Received`, or `Received applied-flagged OVER_RECEIPT`.
    pub fn told(&self) -> String {
        match self.outcome.as_str() {
            "applied" => self.kind.clone(),
            other => format!("{} {other} {}", self.kind, self.code),
        }
    }
}

/// What is told of the facts of some kinds, in their order.
pub fn told(facts: &[Fact], kinds: &[&str]) -> Vec<String> {
    facts.iter().filter(|fact| kinds.contains(&fact.kind.as_str())).map(Fact::told).collect()
}

/// A number of a handling unit as its label reads, of the prefix that GS1 keeps for demonstrations.
pub fn sscc(n: u32) -> String {
    let body = format!("3952{n:013}");
    let digit = floorhand_gs1::check::digit(body.as_bytes()).unwrap_or(0);
    format!("]C100{body}{digit}")
}

/// The same without what a reader puts before it.
pub fn plain(code: &str) -> &str {
    code.trim_start_matches("]C100")
}

/// A text of a row.
pub fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or("")
}

/// A number of a row.
pub fn number(row: &Value, name: &str) -> i64 {
    row.get(name).and_then(Value::as_i64).unwrap_or(0)
}

/// A list of a row.
pub fn rows<'a>(row: &'a Value, name: &str) -> &'a [Value] {
    row.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn flag(row: &Value, name: &str) -> bool {
    row.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// Fails with both, where they differ.
#[track_caller]
pub fn same<T: std::fmt::Debug + PartialEq>(what: &str, is: &T, should: &T) -> Result<()> {
    if is != should {
        bail!("{what} is {is:?}, not {should:?}");
    }
    Ok(())
}
