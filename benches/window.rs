//! Start to first frame, resident memory and idle time of the app, as ratios to a bare Slint window built with
//! the same features, on the same virtual screen in the same run. One JSON line per figure.
//!
//! Needs the release builds of `floorhand`, `floorhand-erp` and the example `bare_window` (`make bench`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::panic,
    missing_docs
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const STARTS: usize = 7;
const IDLE: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that ends with its owner, by its own id.
struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let release = release();
    let (app, bare) = (release.join("floorhand"), release.join("examples/bare_window"));
    for program in [&app, &bare, &release.join("floorhand-erp")] {
        assert!(program.is_file(), "{} is not built; run `make bench`", program.display());
    }
    let (display, _screen) = screen();
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("device");
    let _core = enrolled(&release, dir.path(), &data);
    let of_app = || {
        let mut command = Command::new(&app);
        command.arg("run").arg("--data").arg(&data).env("FLOORHAND_LOG", "error");
        command
    };
    let of_bare = || Command::new(&bare);

    // The first start of each fills the disk cache and, of the app, the store.
    let _ = start(of_app(), &display);
    let _ = start(of_bare(), &display);
    let (mut app_ms, mut bare_ms) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        app_ms.push(start(of_app(), &display).0.as_secs_f64() * 1e3);
        bare_ms.push(start(of_bare(), &display).0.as_secs_f64() * 1e3);
    }
    println!(
        r#"{{"bench":"start_to_first_frame","ratio":{:.2},"goal":1.5,"app_ms":{:.0},"bare_ms":{:.0},"starts":{STARTS},"to":"a bare Slint window"}}"#,
        median(&mut app_ms) / median(&mut bare_ms),
        median(&mut app_ms),
        median(&mut bare_ms)
    );

    let (_, app) = start(of_app(), &display);
    let (_, bare) = start(of_bare(), &display);
    std::thread::sleep(Duration::from_secs(3));
    let (app_kb, bare_kb) = (resident_kb(app.0.id()), resident_kb(bare.0.id()));
    println!(
        r#"{{"bench":"resident_memory","ratio":{:.2},"app_mb":{:.1},"bare_mb":{:.1},"goal_mb":{:.1},"within":{},"to":"1.5 x a bare Slint window + 40 MB"}}"#,
        app_kb / bare_kb,
        app_kb / 1024.0,
        bare_kb / 1024.0,
        bare_kb * 1.5 / 1024.0 + 40.0,
        app_kb <= bare_kb * 1.5 + 40.0 * 1024.0
    );

    let before = (ticks(app.0.id()), ticks(bare.0.id()), switches(app.0.id()));
    std::thread::sleep(IDLE);
    let after = (ticks(app.0.id()), ticks(bare.0.id()), switches(app.0.id()));
    println!(
        r#"{{"bench":"idle_cpu","app_ticks":{},"bare_ticks":{},"app_wakeups":{},"seconds":{},"ticks_per_second":100,"goal":"no repaint, no polling"}}"#,
        after.0 - before.0,
        after.1 - before.1,
        after.2 - before.2,
        IDLE.as_secs()
    );
}

fn release() -> PathBuf {
    // target/release/deps/window-… → target/release
    let this = std::env::current_exe().unwrap();
    this.ancestors().nth(2).unwrap().to_owned()
}

fn screen() -> (String, Held) {
    let mut child = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "480x800x24", "-nolisten", "tcp", "-noreset"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb; packaging/setup.sh installs it");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (format!(":{}", line.trim()), Held(child))
}

fn output(command: &mut Command) -> String {
    let out = command.stderr(Stdio::null()).output().unwrap();
    assert!(out.status.success(), "{command:?} failed");
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

fn enrolled(release: &Path, dir: &Path, data: &Path) -> Held {
    let (erp, core) = (release.join("floorhand-erp"), dir.join("core"));
    output(Command::new(&erp).args(["seed", "demo", "--data"]).arg(&core));
    let mut child = Command::new(&erp)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&core)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.split_whitespace().last().unwrap().to_owned();
    let held = Held(child);
    let code = output(Command::new(&erp).args(["enrol-code", "--station", "H-01", "--data"]).arg(&core));
    output(
        Command::new(release.join("floorhand")).args(["enrol", "--core", &url, "--code", &code, "--data"]).arg(data),
    );
    held
}

/// Starts a program and waits until its window is on the screen with something in it.
fn start(mut command: Command, display: &str) -> (Duration, Held) {
    let began = Instant::now();
    let child = command
        .env("DISPLAY", display)
        .env_remove("WAYLAND_DISPLAY")
        .env("SLINT_BACKEND", "winit-software")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut held = Held(child);
    let id = held.0.id().to_string();
    while began.elapsed() < PATIENCE {
        if let Some(end) = held.0.try_wait().unwrap() {
            panic!("{command:?} ended without a window: {end}");
        }
        let found = Command::new("xdotool")
            .args(["search", "--onlyvisible", "--pid", &id])
            .env("DISPLAY", display)
            .stderr(Stdio::null())
            .output()
            .expect("xdotool; packaging/setup.sh installs it");
        if !found.stdout.is_empty() {
            return (began.elapsed(), held);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("no window after {PATIENCE:?}");
}

fn median(list: &mut [f64]) -> f64 {
    list.sort_by(f64::total_cmp);
    *list.get(list.len() / 2).unwrap()
}

fn resident_kb(id: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn ticks(id: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    fields.iter().skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum()
}

/// Times that any thread of the process was woken.
fn switches(id: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{id}/task")).unwrap();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("status")).ok())
        .filter_map(|text| {
            text.lines().find_map(|line| {
                line.strip_prefix("voluntary_ctxt_switches:").and_then(|n| n.trim().parse::<u64>().ok())
            })
        })
        .sum()
}
