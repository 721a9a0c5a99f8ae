//! The ERP core as a process, and its read API.

use super::process::{Child, output};
use super::{Binaries, PATIENCE, SOON, wait_for};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Pages of one list at the most: a cursor that never ends is a fault of the core.
const PAGES_MAX: usize = 1_000;

/// The core: stopped, or serving on a port of the loopback that stays the same.
#[derive(Debug)]
pub struct Core {
    binary: PathBuf,
    data: PathBuf,
    log: PathBuf,
    port: u16,
    token: String,
    child: Option<Child>,
}

impl Core {
    /// Starts it and waits until it is healthy.
    ///
    /// # Errors
    /// When it does not get healthy.
    pub fn start(binaries: &Binaries, data: &Path, log: &Path) -> Result<Self> {
        // Chosen here, and not by the core, because a core that starts again has to be found again.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut core = Core {
            binary: binaries.core.clone(),
            data: data.to_owned(),
            log: log.to_owned(),
            port,
            token: String::new(),
            child: None,
        };
        core.restart()?;
        core.token = core.run(&["admin-token"])?.trim().to_owned();
        Ok(core)
    }

    /// Starts it again, on the same port.
    ///
    /// # Errors
    /// When it runs already or does not get healthy.
    pub fn restart(&mut self) -> Result<()> {
        if self.child.is_some() {
            bail!("the core runs already");
        }
        let listen = format!("127.0.0.1:{}", self.port);
        let mut command = Command::new(&self.binary);
        command.args(["serve", "--listen", &listen, "--data"]).arg(&self.data);
        let mut child = Child::start("the core", &command, &self.log)?;
        wait_for("the core to be healthy", PATIENCE, || {
            child.check()?;
            Ok(self.request("/healthz").ok())
        })
        .with_context(|| format!("its log: {}", self.log.display()))?;
        self.child = Some(child);
        Ok(())
    }

    /// Stops it as a service manager does.
    ///
    /// # Errors
    /// When it does not end.
    pub fn stop(&mut self) -> Result<()> {
        match self.child.take() {
            Some(child) => child.terminate().map(drop),
            None => Ok(()),
        }
    }

    /// Whether it has been started, and not stopped.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// Where devices find it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A code to enrol a device with.
    ///
    /// # Errors
    /// When the core gives none.
    pub fn enrol_code(&self, station: &str, profile: &str) -> Result<String> {
        let said = self.run(&["enrol-code", "--station", station, "--profile", profile])?;
        said.split_whitespace().last().map(str::to_owned).context("no enrolment code")
    }

    /// Checks the invariants of ledger and protocol.
    ///
    /// # Errors
    /// When one is broken; the account is in the error.
    pub fn verify(&self) -> Result<Value> {
        let said = self.run(&["verify", "--json"])?;
        serde_json::from_str(said.trim()).context("the account of verify cannot be read")
    }

    /// One page or object of the read API.
    ///
    /// # Errors
    /// When the core does not answer with 200 and JSON.
    pub fn get(&self, path: &str) -> Result<Value> {
        let text = self.request(path)?;
        serde_json::from_str(&text).with_context(|| format!("no JSON at {path}"))
    }

    /// All pages of a list.
    ///
    /// # Errors
    /// As [`Self::get`]; or the list has no end.
    pub fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut address = format!("{path}{joint}limit=500");
        for _ in 0..PAGES_MAX {
            let mut page = self.get(&address)?;
            let rows = page.get_mut("items").and_then(Value::as_array_mut).map(std::mem::take);
            all.extend(rows.with_context(|| format!("no list at {path}"))?);
            match page.get("next").and_then(Value::as_str) {
                Some(next) => address = format!("{path}{joint}limit=500&after={}", encoded(next)),
                None => return Ok(all),
            }
        }
        bail!("the list at {path} has no end")
    }

    /// Units of each item, in each place.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub fn stock(&self) -> Result<StockTotals> {
        StockTotals::of(&self.list("/v1/stock")?)
    }

    /// A token that decides as `supervisor` or `manager`.
    ///
    /// # Errors
    /// When the core gives none.
    pub fn token_of(&self, role: &str) -> Result<String> {
        Ok(self.run(&["admin-token", "--role", role])?.trim().to_owned())
    }

    /// Posts a request with a token of whoever asks; without one, with that of the command line.
    ///
    /// # Errors
    /// When the core does not answer with success and JSON.
    pub fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Result<Value> {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(20))).build().into();
        let request = agent
            .post(format!("{}{path}", self.url()))
            .header("authorization", format!("Bearer {}", token.unwrap_or(&self.token)))
            .header("content-type", "application/json");
        let mut response = request.send(body.to_string()).with_context(|| format!("POST {path} {body}"))?;
        let text = response.body_mut().with_config().limit(64 << 20).read_to_string()?;
        serde_json::from_str(&text).with_context(|| format!("no JSON at {path}"))
    }

    fn request(&self, path: &str) -> Result<String> {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(20))).build().into();
        let mut request = agent.get(format!("{}{path}", self.url()));
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        let mut response = request.call().with_context(|| format!("GET {path}"))?;
        let body = response.body_mut().with_config().limit(64 << 20).read_to_string();
        body.with_context(|| format!("GET {path}"))
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        output(Command::new(&self.binary).args(arguments).arg("--data").arg(&self.data), SOON)
    }
}

/// Units by item and by place, added up from the rows of `/v1/stock`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockTotals {
    /// Of each item, everywhere.
    pub by_item: BTreeMap<String, i64>,
    /// In each location, of every item.
    pub by_location: BTreeMap<String, i64>,
}

impl StockTotals {
    fn of(rows: &[Value]) -> Result<Self> {
        let mut totals = StockTotals::default();
        for row in rows {
            let text = |name: &str| {
                row.get(name).and_then(Value::as_str).with_context(|| format!("stock without {name}: {row}"))
            };
            let qty = row.get("qty").and_then(Value::as_i64).with_context(|| format!("stock without qty: {row}"))?;
            *totals.by_item.entry(text("item")?.to_owned()).or_default() += qty;
            *totals.by_location.entry(text("location")?.to_owned()).or_default() += qty;
        }
        Ok(totals)
    }

    /// All units.
    #[must_use]
    pub fn units(&self) -> i64 {
        self.by_item.values().sum()
    }

    /// Locations whose sum differs: (location, before, after).
    #[must_use]
    pub fn moved(&self, after: &Self) -> Vec<(String, i64, i64)> {
        differences(&self.by_location, &after.by_location)
    }

    /// Items whose sum differs: (item, before, after).
    #[must_use]
    pub fn lost_or_found(&self, after: &Self) -> Vec<(String, i64, i64)> {
        differences(&self.by_item, &after.by_item)
    }
}

fn differences(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> Vec<(String, i64, i64)> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let sums = |name: &String| (before.get(name).copied().unwrap_or(0), after.get(name).copied().unwrap_or(0));
    names
        .into_iter()
        .map(|name| (name.clone(), sums(name)))
        .filter(|(_, (was, is))| was != is)
        .map(|(name, (was, is))| (name, was, is))
        .collect()
}

/// Cursors are opaque; whatever is in one gets into an address unchanged.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn totals_and_what_moved() {
        let rows = |a, b| {
            [
                json!({"item": "X", "location": "A1", "qty": a}),
                json!({"item": "X", "location": "T", "qty": b}),
                json!({"item": "Y", "location": "A1", "qty": 3}),
            ]
        };
        let (before, after) = (StockTotals::of(&rows(5, 0)).unwrap(), StockTotals::of(&rows(3, 2)).unwrap());
        assert_eq!((before.units(), after.units()), (8, 8));
        assert_eq!(before.moved(&after), [("A1".into(), 8, 6), ("T".into(), 0, 2)]);
        assert_eq!(before.lost_or_found(&after), []);
        let lost = StockTotals::of(&rows(3, 1)).unwrap();
        assert_eq!(before.lost_or_found(&lost), [("X".into(), 5, 4)]);
        assert!(StockTotals::of(&[json!({"item": "X", "qty": 1})]).is_err());
    }

    #[test]
    fn cursors_pass_addresses() {
        assert_eq!(encoded("stock,A 01|ü"), "stock%2CA%2001%7C%C3%BC");
    }
}
