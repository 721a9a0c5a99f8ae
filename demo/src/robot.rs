//! A robot that does what people and cables do to the real programs: it starts and stops the core,
//! kills the app, scans through a pty and types on a keyboard. It knows the programs only by their
//! commands, the read API and the screen; it links none of their code.
//!
//! Every wait has an end, every child is ended by its own id when its guard falls.

mod any;
mod app;
mod bench;
mod books;
mod camera;
mod core;
mod drive;
mod goods;
mod orders;
mod printer;
mod process;
mod reader;
mod returned;
mod scale;
mod screen;
mod seeded;

pub use any::Eyes;
pub use app::{Action, App, Device, Entry, Expect, LogEntry, Outbox, Quantity, Question, Status, Sync, TaskStatus};
pub use books::{Balance, Books, Line, Moved};
pub use camera::camera_of;
pub use core::{Core, StockTotals};
pub use drive::{Answer, Robot, Tally, as_sent, is_case};
pub use goods::{Goods, Onto};
pub use orders::{OrderBooks, OrderRow};
pub use printer::Printer;
pub use process::{Child, output};
pub use reader::{Reader, line};
pub use returned::Judged;
pub use scale::Scale;
pub use screen::{Display, Keyboard};
pub use seeded::{Operator, Seeded};

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a thing may take that takes a moment.
pub const SOON: Duration = Duration::from_secs(30);
/// How long a thing may take that needs a network, a window or a migration.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The programs under the robot's hands.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// `floorhand`.
    pub app: PathBuf,
    /// `floorhand-erp`.
    pub core: PathBuf,
}

impl Binaries {
    /// Those that lie beside this program.
    ///
    /// # Errors
    /// When one is not there.
    pub fn beside_this() -> Result<Self> {
        let this = std::env::current_exe().context("cannot tell where this program is")?;
        let folder = this.parent().context("this program is in no folder")?;
        // Tests run one folder deeper.
        let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
        let binaries = Binaries { app: folder.join("floorhand"), core: folder.join("floorhand-erp") };
        for path in [&binaries.app, &binaries.core] {
            if !path.is_file() {
                bail!("{} is missing; `make demo` builds it", path.display());
            }
        }
        Ok(binaries)
    }
}

/// Asks again and again until there is an answer, or the time is over.
///
/// # Errors
/// When the time is over, with `what` and the last error.
pub fn wait_for<T>(what: &str, at_most: Duration, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        let failed = match ask() {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if started.elapsed() >= at_most {
            let waited = format!("waited {} s for {what}", at_most.as_secs());
            return Err(match failed {
                Some(error) => error.context(waited),
                None => anyhow::Error::msg(waited),
            });
        }
        std::thread::sleep(Duration::from_millis(25));
    }
}
