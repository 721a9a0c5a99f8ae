//! `floorhand-demo`: the whole of Floorhand on one machine.
//!
//! With a display it opens the screen of any of four stations and, beside it, a panel of codes to click on.
//! Without one, or with `--headless`, it plays a shift by itself under Xvfb and checks the books.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod panel;
mod shift;
mod site;
mod stage;

use anyhow::{Context, Result};
use clap::Parser;
use floorhand_demo::robot::Binaries;
use std::path::PathBuf;
use std::process::ExitCode;

/// Plays a shift on Floorhand, by hand beside a panel of barcodes or by itself.
#[derive(Debug, Parser)]
#[command(name = "floorhand-demo", version, about)]
struct Options {
    /// Plays by itself under Xvfb, also where there is a display
    #[arg(long)]
    headless: bool,
    /// Folder for everything it makes; by default `demo` in cargo's target folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Scans to play at least, with --headless
    #[arg(long, value_name = "N", default_value_t = 400)]
    scans: usize,
    /// Times the app is killed at any moment besides the one in mid-line, with --headless
    #[arg(long, value_name = "N", default_value_t = 0)]
    kills: usize,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("floorhand-demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let binaries = Binaries::beside_this()?;
    let folder = options.out.clone().map_or_else(usual_folder, Ok)?;
    let display =
        ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    if options.headless || !display {
        shift::play(&binaries, &folder, options.scans, options.kills)
    } else {
        panel::open(&binaries, &folder)
    }
}

/// `target/demo`, wherever cargo's target folder is.
fn usual_folder() -> Result<PathBuf> {
    if let Some(target) = std::env::var_os("CARGO_TARGET_DIR") {
        return Ok(PathBuf::from(target).join("demo"));
    }
    let this = std::env::current_exe().context("cannot tell where this program is")?;
    let target = this.parent().and_then(std::path::Path::parent).context("this program is in no target folder")?;
    Ok(target.join("demo"))
}
