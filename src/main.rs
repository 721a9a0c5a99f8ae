//! Arguments, wiring, orderly shutdown.

use anyhow::{Context, Result};
use floorhand::cli::{self, Command};
use floorhand::store::Store;
use floorhand::{check, clock, decode, enrol, parse, replay, start, status};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err((text, code)) => {
            let _ = if code == 0 { write!(std::io::stdout(), "{text}") } else { writeln!(std::io::stderr(), "{text}") };
            return ExitCode::from(u8::try_from(code).unwrap_or(2));
        }
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("FLOORHAND_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match command(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "floorhand: {error:#}");
            // 1 is said of logs that differ.
            if error.is::<replay::LogError>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn command(command: Command) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match command {
        Command::Enrol { data, core, code, again } => {
            let identity = enrol::enrol(&data, &core, &code, again)?;
            writeln!(
                out,
                "enrolled as {} ({}) of warehouse {}",
                identity.device, identity.station, identity.warehouse
            )?;
            Ok(())
        }
        Command::Run { data, profile, scanner, gpio, sound, printer, scale, theme, lang, fullscreen } => {
            drop(out);
            start::run(&start::Options { data, profile, scanner, gpio, sound, printer, scale, theme, lang, fullscreen })
        }
        Command::Status { data, json: _ } => {
            let store = Store::open_read_only(&data).with_context(|| format!("store in {}", data.display()))?;
            let today = clock::Clock::wall(&clock::System).date().to_string();
            writeln!(out, "{}", status::status(&store, &today)?)?;
            Ok(())
        }
        Command::Log { data, json: _, follow } => {
            let store = Store::open_read_only(&data).with_context(|| format!("store in {}", data.display()))?;
            start::log(&store, follow, &mut out)
        }
        Command::Doctor { json, scanner, gpio, sound, scale, printer } => {
            let named = check::Named { scanner, gpio, sound, scale, printer };
            check::doctor(&named, json, &mut out)
        }
        Command::Decode { json: _, formats, images } => decode::decode(&images, decode::formats(&formats)?, &mut out),
        Command::Parse { json: _, strict, text } => {
            let raw = floorhand_gs1::unescape(&text).unwrap_or_else(|| text.clone().into_bytes());
            let mode = if strict { floorhand_gs1::Mode::Strict } else { floorhand_gs1::Mode::Lenient };
            writeln!(out, "{}", parse::parse(&raw, mode))?;
            Ok(())
        }
        Command::Replay { until, print, json, files } => {
            replay::command(&files, &replay::Options { until, print, json }, &mut out)
        }
    }
}
