//! `floorhand-erp import`: files in, faults out.

use super::{Data, open, plain};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use floorhand_erp::clock;
use floorhand_erp::entity::DEFAULT_WAREHOUSE;
use floorhand_erp::import::{self, Input, Kind, Options, Outcome};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Characters of the name of an import at the most.
const ID_CHARS_MAX: usize = 64;

/// What a file holds.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Items: new ones, and changes of those that are there.
    Items(From),
    /// Locations: new ones, and changes of those that are there.
    Locations(From),
    /// Barcodes of items that are there.
    Barcodes(From),
    /// Opening balances: adds to the stock that is there. The same file is taken once only.
    Stock {
        #[command(flatten)]
        from: From,
        /// Name of this import, which is done once; by default it follows from the content of the file.
        #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
        id: String,
        /// Import it although the same was imported before.
        #[arg(long)]
        again: bool,
    },
}

/// Which file.
#[derive(Debug, Args)]
pub struct From {
    #[command(flatten)]
    data: Data,
    /// CSV file with a header row; - = standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Find faults only, write nothing.
    #[arg(long)]
    check: bool,
}

/// Imports; faults go to standard error.
pub(super) async fn run(what: Import) -> Result<ExitCode> {
    let (kind, from, id, again) = match what {
        Import::Items(from) => (Kind::Items, from, String::new(), false),
        Import::Locations(from) => (Kind::Locations, from, String::new(), false),
        Import::Barcodes(from) => (Kind::Barcodes, from, String::new(), false),
        Import::Stock { from, id, again } => (Kind::Stock, from, id, again),
    };
    if id.chars().count() > ID_CHARS_MAX || id.chars().any(char::is_control) {
        bail!("the name of the import must have at most {ID_CHARS_MAX} characters");
    }
    let core = open(&from.data).await?;
    let input = if from.file == Path::new("-") {
        Input::spool(std::io::stdin().lock(), &from.data.dir)
    } else {
        Input::open(&from.file, &from.data.dir)
    };
    let options = Options { check: from.check, id, again };
    let outcome = import::run(&core.db, DEFAULT_WAREHOUSE, kind, &input.map_err(plain)?, &options).await;
    core.db.close().await;
    let (name, kind) = (from.file.display(), kind.as_str());
    match outcome.map_err(plain).with_context(|| format!("import {name}"))? {
        Outcome::Done(counts) if from.check => {
            println!("{kind}: {} rows read, no faults; nothing was written", counts.read);
            return Ok(ExitCode::SUCCESS);
        }
        Outcome::Done(counts) => {
            println!("{kind}: {} rows read, {} written, {} unchanged", counts.read, counts.written, counts.unchanged);
            return Ok(ExitCode::SUCCESS);
        }
        Outcome::Refused(faults) => {
            for fault in &faults.first {
                eprintln!("{name}:{fault}");
            }
            let told = u64::try_from(faults.first.len()).unwrap_or(u64::MAX);
            let more = if faults.total > told { format!(", the first {told} of them above") } else { String::new() };
            eprintln!("{name}: {} faults in {} rows{more}; nothing was written", faults.total, faults.rows);
        }
        Outcome::Before { id, at_ms } => {
            let at = clock::rfc3339(at_ms);
            eprintln!("{name}: imported before on {at} as {id}; nothing was written (--again imports it once more)");
        }
    }
    Ok(ExitCode::FAILURE)
}
