//! The event log of the real program: killed at its work it leaves a log that is replayed to its end, and
//! the next start goes on with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{
    App, Binaries, Core, Device, Display, PATIENCE, Reader, Robot, SOON, Seeded, output, wait_for,
};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Steps to a moment of a test at the most.
const STEPS: usize = 200;
const KILLS: usize = 3;

fn start(device: &Device, reader: &Reader, display: &Display, folder: &Path) -> Result<App> {
    let environment = [("SLINT_BACKEND", "winit-software"), ("DISPLAY", display.name()), ("WAYLAND_DISPLAY", "")];
    App::start(device, reader.path(), &[], &environment, &folder.join("app.log"))
}

/// What `floorhand replay --json` says of the log of a device.
fn replayed(binaries: &Binaries, device: &Device) -> Result<Value> {
    let said = output(Command::new(&binaries.app).args(["replay", "--json"]).arg(device.data()), PATIENCE)?;
    serde_json::from_str(said.trim()).with_context(|| format!("no JSON: {said}"))
}

fn turns(told: &Value) -> u64 {
    told.get("turns").and_then(Value::as_u64).unwrap_or(0)
}

fn play(folder: &Path) -> Result<()> {
    let app = PathBuf::from(env!("CARGO_BIN_EXE_floorhand"));
    let core = app.with_file_name("floorhand-erp");
    ensure!(core.is_file(), "{} is missing; build it first: cargo build -p floorhand-erp", core.display());
    let binaries = Binaries { app, core };
    let at = |name: &str| folder.join(name);
    let seeded = Seeded::demo(&binaries, &at("core"), &["--orders", "6", "--items", "20", "--locations", "30"])?;
    let core = Core::start(&binaries, &at("core"), &at("core.log"))?;
    let device = Device::enrol(&binaries, &at("device"), &core.url(), &core.enrol_code("H-01", "handheld")?)?;
    let reader = Reader::plug(&at("scanner"))?;
    let display = Display::virtual_of(480, 800)?;
    let mut app = start(&device, &reader, &display, folder)?;
    let mut robot = Robot::new(device.clone(), reader, display.keyboard(app.id())?, seeded.picker()?.clone())?;
    wait_for("the first sync", PATIENCE, || Ok((robot.status()?.sync.state == "online").then_some(())))?;
    robot.drive_until("the work list", STEPS, |status, _| status.step() == "work-list" && status.best().is_some())?;
    let mut before = 0;
    for kill in 0..KILLS {
        let scans = robot.tally.scans;
        robot.drive_until("some scans", STEPS, |_, tally| tally.scans >= scans + 2 + kill)?;
        // What was done a moment ago may still be in the buffer; this much is not.
        wait_for("turns in the log", SOON, || Ok((turns(&replayed(&binaries, &device)?) > before).then_some(())))?;
        let moment = robot.scan_blindly()?.context("nothing to scan")?;
        app.kill9()?;
        let told = replayed(&binaries, &device).with_context(|| format!("after kill {}", kill + 1))?;
        ensure!(told.get("same") == Some(&Value::Bool(true)), "{told}");
        ensure!(turns(&told) > before, "kill {}: no turn more than {before}", kill + 1);
        before = turns(&told);
        app = start(&device, &robot.reader, &display, folder)?;
        robot.keyboard = display.keyboard(app.id())?;
        robot.catch_up(&moment)?;
    }
    let scans = robot.tally.scans;
    robot.drive_until("some scans", STEPS, |_, tally| tally.scans >= scans + 3)?;
    app.stop()?;
    // An app that ends in order has written all of it.
    let (told, status) = (replayed(&binaries, &device)?, robot.status()?);
    let step = told.get("step").and_then(Value::as_str);
    ensure!(step == Some(status.step()), "the log ends at {step:?}, the app at {}", status.step());
    let log = std::fs::read_to_string(device.data().join("events.0.jsonl"))?;
    let badge = serde_json::to_string(robot.operator.badge.as_bytes())?;
    for secret in [robot.operator.badge.as_str(), badge.trim_matches(['[', ']']), "$argon2"] {
        ensure!(!log.contains(secret), "{secret} is in the log");
    }
    Ok(())
}

#[test]
fn a_killed_app_leaves_a_log_that_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    if let Err(error) = play(folder.path()) {
        let said = std::fs::read_to_string(folder.path().join("app.log")).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        eprintln!("--- app.log\n{}", lines.get(lines.len().saturating_sub(30)..).unwrap_or_default().join("\n"));
        panic!("{error:#}");
    }
}
