//! The command line: the only place of the core that prints to standard output.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod import;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use floorhand_erp::db::Db;
use floorhand_erp::entity::DEFAULT_WAREHOUSE;
use floorhand_erp::seed::{self, Options};
use floorhand_erp::{Core, Error, auth, backup, enrol, server, vals, verify};
use jiff::civil::Date;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// The ERP core behind Floorhand: orders, stock, tasks, and the sync of the devices.
#[derive(Debug, Parser)]
#[command(name = "floorhand-erp", version, max_term_width = 0)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve devices and the read API until SIGTERM or SIGINT.
    Serve {
        #[command(flatten)]
        data: Data,
        /// Address to listen on; port 0 takes a free one.
        #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// Fill an empty database.
    Seed {
        #[command(subcommand)]
        what: Seed,
    },
    /// Print a token for the read API and for orders.
    AdminToken {
        #[command(flatten)]
        data: Data,
        /// Make a token that may only read.
        #[arg(long, conflicts_with = "role")]
        read_only: bool,
        /// What it decides as; without it the token may do everything.
        #[arg(long)]
        role: Option<TokenRole>,
        /// The operator it stands for, who decides nothing about their own facts.
        #[arg(long, value_name = "ID", default_value = "")]
        operator: String,
    },
    /// Print a code that enrols one device within 15 minutes.
    EnrolCode {
        #[command(flatten)]
        data: Data,
        /// Name of the station, e.g. H-01.
        #[arg(long, value_name = "NAME")]
        station: String,
        /// What the station is; by default what it is known as, else a handheld.
        #[arg(long)]
        profile: Option<Profile>,
    },
    /// Check the ledger and the protocol; exits 1 when an invariant is broken.
    Verify {
        #[command(flatten)]
        data: Data,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Copy the data of a core, which may run, and check the copy; devices may forget in time what it holds.
    ///
    /// The copy is a data directory: a core that is started on it is refilled by the devices. Data in PostgreSQL are
    /// backed up with its tools, and devices keep all that they sent.
    Backup {
        #[command(flatten)]
        data: Data,
        /// Directory of the copy; a new one.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Take in a CSV file, all or nothing; exits 1 with the list of faults.
    Import {
        #[command(subcommand)]
        what: import::Import,
    },
}

/// What to fill it with.
#[derive(Debug, Subcommand)]
pub enum Seed {
    /// A believable warehouse, the same for the same numbers; prints one JSON object.
    Demo {
        #[command(flatten)]
        data: Data,
        /// Orders.
        #[arg(long, value_name = "N", default_value_t = 40)]
        orders: usize,
        /// Items.
        #[arg(long, value_name = "N", default_value_t = 160)]
        items: usize,
        /// Bins.
        #[arg(long, value_name = "N", default_value_t = 240)]
        locations: usize,
        /// Chooses among the warehouses of that size.
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        /// Lines of one more order that is picked alone; 0 = no such order.
        #[arg(long, value_name = "N", default_value_t = 0)]
        long_order: usize,
        /// Day that expiry dates and cut-offs follow; by default today in UTC.
        #[arg(long, value_name = "YYYY-MM-DD")]
        today: Option<Date>,
    },
}

/// Where the data are.
#[derive(Debug, Args)]
pub struct Data {
    /// Directory of the data; made where there is none.
    #[arg(long = "data", value_name = "DIR")]
    dir: PathBuf,
    /// PostgreSQL instead of the SQLite file in the directory.
    #[arg(long, value_name = "postgres://…")]
    database_url: Option<String>,
}

/// What a station is. (Values without words of their own keep `--help` at one line a flag.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    Handheld,
    Packing,
    Dock,
}

/// What a token decides as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TokenRole {
    Supervisor,
    Manager,
}

impl Profile {
    fn as_str(self) -> &'static str {
        match self {
            Self::Handheld => "handheld",
            Self::Packing => "packing",
            Self::Dock => "dock",
        }
    }
}

/// Reads the arguments. Wrong ones are told in one line.
///
/// # Errors
/// The exit code, where there is nothing to run.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, ExitCode> {
    match Cli::try_parse_from(args) {
        Ok(cli) => Ok(cli.command),
        Err(error) if error.use_stderr() => {
            let text = error.to_string();
            let first: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
            let line =
                if text.starts_with("error:") { first.join(" ") } else { "error: a command is missing".to_owned() };
            eprintln!("{line} (try --help)");
            Err(ExitCode::from(2))
        }
        Err(help) => {
            print!("{help}");
            Err(ExitCode::SUCCESS)
        }
    }
}

/// Does what was asked for.
///
/// # Errors
/// With the chain of what failed.
pub async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Serve { data, listen } => serve(&data, listen).await?,
        Command::Seed { what: Seed::Demo { data, orders, items, locations, seed, long_order, today } } => {
            let today = today.unwrap_or_else(|| jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date());
            let options = Options { items, locations, orders, long_order, seed, today };
            let core = open(&data).await?;
            let summary = seed::demo(&core.db, &options).await.map_err(plain).context("seed the demo")?;
            core.db.close().await;
            println!("{}", serde_json::to_string(&summary)?);
        }
        Command::AdminToken { data, read_only, role, operator } => {
            let core = open(&data).await?;
            let role = match role {
                _ if read_only => "read",
                Some(TokenRole::Supervisor) => "supervisor",
                Some(TokenRole::Manager) => "manager",
                None => "admin",
            };
            let token =
                auth::create_operator_token(&core.db, DEFAULT_WAREHOUSE, "command line", role, &operator).await?;
            core.db.close().await;
            println!("{token}");
        }
        Command::EnrolCode { data, station, profile } => {
            if station.is_empty() || station.len() > 40 || station.chars().any(char::is_control) {
                bail!("the name of the station must have 1 to 40 characters");
            }
            let core = open(&data).await?;
            let profile = match profile {
                Some(profile) => profile.as_str().to_owned(),
                None => known_profile(&core.db, &station).await?,
            };
            let code = enrol::create_code(&core.db, DEFAULT_WAREHOUSE, &station, &profile).await?;
            core.db.close().await;
            println!("{code}");
        }
        Command::Verify { data, json } => {
            let core = open(&data).await?;
            let report = verify::run(&core.db).await.context("verify")?;
            core.db.close().await;
            if json {
                println!("{}", serde_json::to_string(&report)?);
            } else {
                for check in &report.checks {
                    println!("{} {}: {}", if check.ok { "ok    " } else { "BROKEN" }, check.name, check.detail);
                }
            }
            if !report.ok {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Backup { data, to } => {
            let core = open(&data).await?;
            let report = backup::run(&core.db, &data.dir, &to).await;
            core.db.close().await;
            let report = report.map_err(plain).context("back up")?;
            let broken: Vec<&verify::Check> = report.checks.iter().filter(|check| !check.ok).collect();
            for check in &broken {
                eprintln!("BROKEN {}: {}", check.name, check.detail);
            }
            if !broken.is_empty() {
                eprintln!("{}: the copy is not sound; it counts for nothing", to.display());
                return Ok(ExitCode::FAILURE);
            }
            println!("{}: {} checks, all hold", to.display(), report.checks.len());
        }
        Command::Import { what } => return import::run(what).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(data: &Data) -> Result<Core> {
    let url = data.database_url.as_deref();
    Core::open(&data.dir, url).await.with_context(|| match url {
        Some(_) => "open the database".to_owned(),
        None => format!("open the data in {}", data.dir.display()),
    })
}

/// What is wrong in words, where the core has words for it.
fn plain(error: Error) -> anyhow::Error {
    match error {
        Error::Problem(problem) => anyhow::anyhow!(problem.detail),
        other => other.into(),
    }
}

async fn known_profile(db: &Db, station: &str) -> Result<String> {
    let row = db
        .read(|tx| async move {
            tx.row(
                "SELECT profile FROM station WHERE warehouse_id = $1 AND name = $2",
                vals![DEFAULT_WAREHOUSE, station],
            )
            .await
        })
        .await?;
    Ok(row.map_or_else(|| Ok(Profile::Handheld.as_str().to_owned()), |row| row.text("profile"))?)
}

async fn serve(data: &Data, listen: SocketAddr) -> Result<()> {
    // Before anything else, so that no signal is lost while the database opens.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let core = open(data).await?;
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("listen on {listen}"))?;
    let address = listener.local_addr()?;
    println!("listening on http://{address}");
    tracing::info!(%address, "listening on http://{address}");
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM, finishing"),
            _ = interrupt.recv() => tracing::info!("SIGINT, finishing"),
        }
    };
    let db = core.db.clone();
    server::serve(core, listener, stop).await.context("serve")?;
    db.close().await;
    tracing::info!("closed");
    Ok(())
}
