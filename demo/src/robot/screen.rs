//! A display of our own, a keyboard, and pictures of what is shown.

use super::process::{Child, output};
use super::{PATIENCE, SOON, wait_for};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::sync_channel;

/// Xvfb says one thing: its number.
const ANSWERS_MAX: usize = 1;

/// An X display: the one that is there, or Xvfb.
#[derive(Debug)]
pub struct Display {
    name: String,
    _server: Option<Child>,
}

impl Display {
    /// Starts Xvfb on a number that is free; Xvfb finds it.
    ///
    /// # Errors
    /// When there is no Xvfb or it does not start.
    pub fn virtual_of(width: u32, height: u32) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            &format!("{width}x{height}x24"),
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        let (server, stdout) = Child::piped("Xvfb", &command)?;
        let (send, number) = sync_channel(ANSWERS_MAX);
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = send.send(line);
        });
        let number = number.recv_timeout(SOON).context("Xvfb does not start")?;
        if number.trim().is_empty() {
            bail!("Xvfb does not start; packaging/setup.sh installs it");
        }
        Ok(Display { name: format!(":{}", number.trim()), _server: Some(server) })
    }

    /// `:1`
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a picture of everything.
    ///
    /// # Errors
    /// When `import` (ImageMagick) fails.
    pub fn shot(&self, path: &Path) -> Result<PathBuf> {
        let mut command = Command::new("import");
        command.env("DISPLAY", &self.name).args(["-silent", "-window", "root"]).arg(path);
        output(&mut command, SOON).context("no picture of the screen")?;
        Ok(path.to_owned())
    }

    /// Finds the window of a process and gives it the keyboard.
    ///
    /// # Errors
    /// When it has none in time.
    pub fn keyboard(&self, pid: u32) -> Result<Keyboard> {
        let find = || -> Result<Option<String>> {
            // It fails as long as there is no such window.
            let found = self.xdotool(&["search", "--onlyvisible", "--pid", &pid.to_string()]).unwrap_or_default();
            Ok(found.split_whitespace().last().map(str::to_owned))
        };
        let window = wait_for("the window", PATIENCE, find)?;
        let keyboard = Keyboard { display: self.name.clone(), window };
        keyboard.focus()?;
        Ok(keyboard)
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        xdotool(&self.name, arguments)
    }
}

/// Types into one window, and clicks in it.
#[derive(Debug, Clone)]
pub struct Keyboard {
    display: String,
    window: String,
}

impl Keyboard {
    /// Gives the window the keyboard: without a window manager nobody else does.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn focus(&self) -> Result<()> {
        self.xdotool(&["windowfocus", &self.window]).map(drop)
    }

    /// Presses keys one after the other, slowly enough to be a person.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn keys(&self, keys: &[&str]) -> Result<()> {
        self.focus()?;
        let mut arguments = vec!["key", "--clearmodifiers", "--delay", "160"];
        arguments.extend(keys);
        self.xdotool(&arguments).map(drop)
    }

    /// Types digits.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn digits(&self, digits: &str) -> Result<()> {
        let keys: Vec<String> = digits.chars().map(String::from).collect();
        self.keys(&keys.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Clicks at a point of the window.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn click(&self, x: u32, y: u32) -> Result<()> {
        self.xdotool(&["mousemove", "--window", &self.window, &x.to_string(), &y.to_string()])?;
        self.xdotool(&["click", "1"]).map(drop)
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        xdotool(&self.display, arguments)
    }
}

fn xdotool(display: &str, arguments: &[&str]) -> Result<String> {
    output(Command::new("xdotool").env("DISPLAY", display).args(arguments), SOON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_of_our_own_can_be_pictured_and_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let display = Display::virtual_of(320, 240).unwrap();
        let name = display.name().to_owned();
        let picture = display.shot(&folder.path().join("root.png")).unwrap();
        assert!(std::fs::metadata(picture).unwrap().len() > 100);
        drop(display);
        assert!(xdotool(&name, &["getdisplaygeometry"]).is_err());
    }
}
