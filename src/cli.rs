//! The command line: what each command takes, and what it prints.

use crate::view::Profile;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The warehouse floor: pick, pack, receive, put away, count, inspect returns.
#[derive(Debug, Parser)]
#[command(name = "floorhand", version, about, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes this machine a device of a warehouse
    Enrol {
        /// Folder of the store; made if it is not there
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Address of the core, e.g. http://127.0.0.1:8080
        #[arg(long, value_name = "URL")]
        core: String,
        /// Code from `floorhand-erp enrol-code`, valid 15 minutes, once
        #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
        code: String,
        /// Enrols a device anew that is enrolled already; its outbox is kept
        #[arg(long)]
        again: bool,
    },
    /// Opens the screen and works
    Run {
        /// Folder of the store
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Layout of the station: handheld, packing, dock; without it, what enrolment said
        #[arg(long, value_enum, hide_possible_values = true)]
        profile: Option<ProfileArg>,
        /// Reader, e.g. serial:/dev/ttyACM0, wedge:/dev/input/event3, camera:/dev/video0; may be given several times
        #[arg(long, value_name = "KIND:PATH")]
        scanner: Vec<String>,
        /// Lamps, buzzer, vibration and trigger, e.g. gpio:chip=gpiochip0,lamp-good=#17
        #[arg(long, value_name = "KIND:LINES")]
        gpio: Option<String>,
        /// Sounds, e.g. sound:volume=60,night=22:00-06:00, or sound:off
        #[arg(long, value_name = "sound:…", default_value = "sound:")]
        sound: String,
        /// Printer of labels, e.g. zpl:10.0.0.9 (port 9100)
        #[arg(long, value_name = "zpl:HOST")]
        printer: Option<String>,
        /// Scale, e.g. scale:/dev/ttyUSB1,protocol=mt-sics
        #[arg(long, value_name = "scale:PATH")]
        scale: Option<String>,
        /// Colours before anybody signs in: dark, light
        #[arg(long, value_enum, default_value = "dark", hide_possible_values = true)]
        theme: ThemeArg,
        /// Language before anybody signs in: en, de, es, pl, uk
        #[arg(long, value_name = "xx", default_value = "en")]
        lang: String,
        /// Takes the whole screen
        #[arg(long)]
        fullscreen: bool,
    },
    /// Prints what the step asks for and how sync stands, while the app runs
    Status {
        /// Folder of the store
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Prints JSON; there is no other form yet
        #[arg(long)]
        json: bool,
    },
    /// Prints every scan, accepted or refused, one a line
    Log {
        /// Folder of the store
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Prints JSON; there is no other form yet
        #[arg(long)]
        json: bool,
        /// Goes on with new scans until interrupted
        #[arg(long)]
        follow: bool,
    },
    /// Looks at readers, camera, lamps, sound, scale and printer, and says what to do
    Doctor {
        /// Prints JSON instead of a page
        #[arg(long)]
        json: bool,
        /// Reader as named to `run`; may be given several times
        #[arg(long, value_name = "KIND:PATH")]
        scanner: Vec<String>,
        /// Lamps, buzzer, vibration and trigger as named to `run`
        #[arg(long, value_name = "KIND:LINES")]
        gpio: Option<String>,
        /// Sounds as named to `run`
        #[arg(long, value_name = "sound:…")]
        sound: Option<String>,
        /// Scale, e.g. scale:/dev/ttyUSB1,protocol=mt-sics
        #[arg(long, value_name = "KIND:PATH")]
        scale: Option<String>,
        /// Label printer, e.g. zpl:192.0.2.7:9100
        #[arg(long, value_name = "KIND:ADDRESS")]
        printer: Option<String>,
    },
    /// Reads bar codes in picture files with the camera's decoder
    Decode {
        /// Prints JSON, one line a file; there is no other form yet
        #[arg(long)]
        json: bool,
        /// Formats to look for: names, warehouse, all; joined by commas
        #[arg(long, value_name = "NAMES", default_value = "all")]
        formats: String,
        /// Pictures, or folders of them
        #[arg(value_name = "IMAGE", required = true)]
        images: Vec<PathBuf>,
    },
    /// Prints what a scan means by itself
    Parse {
        /// Prints JSON; there is no other form yet
        #[arg(long)]
        json: bool,
        /// Refuses what readers in the field get wrong
        #[arg(long)]
        strict: bool,
        /// The scan; bytes may be escaped as \xNN
        #[arg(value_name = "TEXT", allow_hyphen_values = true)]
        text: String,
    },
    /// Runs the turns of an event log again and says where they differ
    Replay {
        /// Stops after this turn and prints the state and the view
        #[arg(long, value_name = "TURN", value_parser = clap::value_parser!(u64).range(1..))]
        until: Option<u64>,
        /// Prints each turn, one a line
        #[arg(long)]
        print: bool,
        /// Prints JSON
        #[arg(long)]
        json: bool,
        /// Files of a log in their sequence, or the folder of the store
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

/// Layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileArg {
    /// Held in one hand.
    Handheld,
    /// A packing kiosk.
    Packing,
    /// A dock terminal.
    Dock,
}

impl From<ProfileArg> for Profile {
    fn from(arg: ProfileArg) -> Self {
        match arg {
            ProfileArg::Handheld => Self::Handheld,
            ProfileArg::Packing => Self::Packing,
            ProfileArg::Dock => Self::Dock,
        }
    }
}

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeArg {
    /// Graphite.
    Dark,
    /// Daylight.
    Light,
}

/// The command line of this process.
///
/// # Errors
/// One line that says what is wrong, and the code to exit with.
pub fn parse() -> Result<Cli, (String, i32)> {
    Cli::try_parse().map_err(|error| {
        if !error.use_stderr() {
            return (error.to_string(), 0);
        }
        if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            let names = Cli::command().get_subcommands().map(|c| c.get_name().to_owned()).collect::<Vec<_>>();
            return (format!("error: a command is needed: {} (see --help)", names.join(", ")), 2);
        }
        let text = error.to_string();
        let end = |line: &&str| !line.starts_with("Usage") && !line.starts_with("For more information");
        let lines: Vec<&str> = text.lines().map(str::trim).take_while(end).collect();
        let line = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        (format!("{line} (see --help)"), 2)
    })
}
