//! The device app as a process, and what its store says.

use super::process::{Child, output};
use super::{Binaries, PATIENCE, SOON};
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An enrolled device: its folder, and the commands that read it.
#[derive(Debug, Clone)]
pub struct Device {
    binary: PathBuf,
    data: PathBuf,
}

impl Device {
    /// Enrols a device.
    ///
    /// # Errors
    /// When the core refuses or cannot be reached.
    pub fn enrol(binaries: &Binaries, data: &Path, core: &str, code: &str) -> Result<Self> {
        let device = Device { binary: binaries.app.clone(), data: data.to_owned() };
        let mut command = Command::new(&device.binary);
        // A code may begin with a hyphen.
        command.arg("enrol").arg("--data").arg(data).args(["--core", core]).arg(format!("--code={code}"));
        output(&mut command, PATIENCE)?;
        Ok(device)
    }

    /// Its folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What it is about, read from its store, whether the app runs or not.
    ///
    /// # Errors
    /// When the command fails or prints something else.
    pub fn status(&self) -> Result<Status> {
        let said = self.run("status")?;
        serde_json::from_str(said.trim()).with_context(|| format!("the status cannot be read: {said}"))
    }

    /// Every scan so far, oldest first.
    ///
    /// # Errors
    /// When the command fails or prints something else.
    pub fn log(&self) -> Result<Vec<LogEntry>> {
        let said = self.run("log")?;
        let lines = said.lines().filter(|line| !line.trim().is_empty());
        lines
            .map(|line| serde_json::from_str(line).with_context(|| format!("a line of the log cannot be read: {line}")))
            .collect()
    }

    fn run(&self, command: &str) -> Result<String> {
        output(Command::new(&self.binary).arg(command).arg("--data").arg(&self.data).arg("--json"), SOON)
    }
}

/// `floorhand status --json`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Status {
    /// Who is signed in; null: nobody.
    pub operator: Value,
    /// The task in hand.
    pub task: Option<TaskStatus>,
    /// Name of the step.
    pub step: Option<String>,
    /// What the step waits for, best first.
    pub expects: Vec<Expect>,
    /// Units of the line in hand.
    pub quantity: Option<Quantity>,
    /// The buttons of the step, and their keys.
    pub actions: Vec<Action>,
    /// What is known of the goods that are being received or inspected.
    pub entry: Option<Entry>,
    /// Facts on their way.
    pub outbox: Outbox,
    /// The connection.
    pub sync: Sync,
    /// Life of the store.
    pub epoch: u64,
    /// Last fact.
    pub seq: u64,
}

/// The task in hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TaskStatus {
    /// Its id.
    pub id: String,
    /// `pick`, …
    pub kind: String,
}

/// One kind of thing that a step accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Expect {
    /// `location`, `item`, `tote`, …
    pub kind: String,
    /// The codes that count as correct, best first.
    pub codes: Vec<String>,
}

/// A button of the step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Action {
    /// `close-delivery`, `no-pallet`, …
    pub name: String,
    /// The keys that press it, one after the other.
    pub keys: Vec<String>,
    /// What is still to be scanned or typed.
    pub then: String,
    /// The reason of the refusal that it answers.
    pub after: String,
}

/// Goods that are being received, or that came back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// What.
    pub item: String,
    /// Damaged units.
    pub damaged: i64,
    /// Photographs of them.
    pub photos: usize,
    /// The checklist of goods that came back.
    pub questions: Vec<Question>,
    /// Their grade.
    pub grade: Option<String>,
    /// Why they came back.
    pub reason: Option<String>,
    /// A photograph is due before it goes on.
    pub photo_needed: bool,
    /// What they weighed when they were shipped.
    pub expected_grams: i64,
    /// What becomes of them.
    pub disposition: Option<String>,
}

/// A question of a checklist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Question {
    /// Its code.
    pub code: String,
    /// The answer. `None` = not answered.
    pub yes: Option<bool>,
}

/// Units of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Quantity {
    /// In hand.
    pub done: i64,
    /// Asked for.
    pub needed: i64,
}

/// Facts on their way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Outbox {
    /// Not yet acknowledged.
    pub pending: u64,
    /// Waiting in the core.
    pub parked: u64,
    /// Refused by the core.
    pub rejected: u64,
}

/// The connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Sync {
    /// `online`, `offline`.
    pub state: String,
    /// When the core was last reached.
    pub last_ok: Option<String>,
}

impl Status {
    /// Whether the step waits for a kind of thing.
    #[must_use]
    pub fn asks(&self, kind: &str) -> bool {
        self.expects.iter().any(|expect| expect.kind == kind)
    }

    /// The kind and the best code of what the step waits for.
    #[must_use]
    pub fn best(&self) -> Option<(&str, &str)> {
        self.expects.iter().find_map(|expect| Some((expect.kind.as_str(), expect.codes.first()?.as_str())))
    }

    /// Whether a code is one of those that the step takes.
    #[must_use]
    pub fn offers(&self, code: &str) -> bool {
        self.expects.iter().any(|expect| expect.codes.iter().any(|own| own == code))
    }

    /// A button of the step.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// The name of the step.
    #[must_use]
    pub fn step(&self) -> &str {
        self.step.as_deref().unwrap_or("")
    }

    /// Everything that a restart must not change.
    #[must_use]
    pub fn place(&self) -> (&str, Option<&TaskStatus>, &[Expect], Option<Quantity>, u64, u64) {
        (self.step(), self.task.as_ref(), &self.expects, self.quantity, self.epoch, self.seq)
    }
}

/// A line of `floorhand log --json`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct LogEntry {
    /// What was read, printable.
    pub raw: String,
    /// `serial`, `wedge`, …
    pub source: String,
    /// The step it met.
    pub step: String,
    /// Whether it counted.
    pub accepted: bool,
    /// Why not.
    pub reason: Option<String>,
    /// The rest, as it came.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

/// The running app.
#[derive(Debug)]
pub struct App {
    child: Child,
}

impl App {
    /// Starts it on a display.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(
        device: &Device,
        reader: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
        log: &Path,
    ) -> Result<Self> {
        let mut command = Command::new(&device.binary);
        command.arg("run").arg("--data").arg(&device.data).arg("--scanner").arg(format!("serial:{}", reader.display()));
        command.args(arguments).envs(environment.iter().copied());
        Ok(App { child: Child::start("the app", &command, log)? })
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails when it has ended by itself.
    ///
    /// # Errors
    /// That it has.
    pub fn check(&mut self) -> Result<()> {
        self.child.check()
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_running(&mut self) -> bool {
        self.child.check().is_ok()
    }

    /// Asks it to end, and waits.
    ///
    /// # Errors
    /// When it does not.
    pub fn stop(self) -> Result<()> {
        self.child.terminate().map(drop)
    }

    /// Kills it (SIGKILL).
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill9(self) -> Result<()> {
        self.child.kill9()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_read_with_whatever_is_missing() {
        let text = r#"{"operator":null,"task":{"id":"t1","kind":"pick"},"step":"item","expects":[{"kind":"item","codes":["]E09521234543213","]I119521234543210"]}],
            "quantity":{"done":1,"needed":3},"outbox":{"pending":2,"parked":0,"rejected":0},"sync":{"state":"offline","last_ok":null},"epoch":1,"seq":7}"#;
        let status: Status = serde_json::from_str(text).unwrap();
        assert_eq!(status.best(), Some(("item", "]E09521234543213")));
        assert!(status.asks("item") && !status.asks("tote"));
        assert_eq!(status.quantity, Some(Quantity { done: 1, needed: 3 }));
        let empty: Status = serde_json::from_str("{}").unwrap();
        assert_eq!((empty.best(), empty.step()), (None, ""));
    }

    #[test]
    fn log_keeps_what_it_does_not_know() {
        let line = r#"{"at":"2026-01-01T00:00:00Z","raw":"]C1\\x1d","symbology":"gs1-128","source":"serial","step":"item","accepted":false,"reason":"WRONG_ITEM"}"#;
        let entry: LogEntry = serde_json::from_str(line).unwrap();
        assert_eq!((entry.accepted, entry.reason.as_deref()), (false, Some("WRONG_ITEM")));
        assert_eq!(entry.rest["symbology"], "gs1-128");
    }
}
