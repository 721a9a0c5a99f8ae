//! Children: ended by their own id, whatever happens to this program's flow.

use super::{SOON, wait_for};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A child that does not outlive its guard.
#[derive(Debug)]
pub struct Child {
    name: String,
    child: std::process::Child,
}

impl Child {
    /// Starts it; what it says is appended to `log`.
    ///
    /// # Errors
    /// When it cannot be started or the log cannot be written.
    pub fn start(name: &str, command: &Command, log: &Path) -> Result<Self> {
        let mut command = mortal(command);
        let file = File::options()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("cannot write {}", log.display()))?;
        let errors = file.try_clone()?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Child { name: name.to_owned(), child })
    }

    /// Starts it with its output in our hands.
    pub(super) fn piped(name: &str, command: &Command) -> Result<(Self, std::process::ChildStdout)> {
        let mut command = mortal(command);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let stdout = child.stdout.take().context("a child without output")?;
        Ok((Child { name: name.to_owned(), child }, stdout))
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails when it has ended by itself.
    ///
    /// # Errors
    /// That it has.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("{} has ended by itself: {status}", self.name),
            None => Ok(()),
        }
    }

    /// Asks it to end (SIGTERM) and waits.
    ///
    /// # Errors
    /// When it does not end.
    pub fn terminate(mut self) -> Result<ExitStatus> {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
            && self.child.try_wait()?.is_none()
        {
            kill_process(pid, Signal::TERM)?;
        }
        let what = format!("{} to end", self.name);
        wait_for(&what, SOON, || Ok(self.child.try_wait()?))
    }

    /// Ends it at once, as a power cut does (SIGKILL).
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill9(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The same command, but the system ends it when the thread that started it is gone: no guard falls
/// when this program itself is killed. `setpriv` (util-linux) becomes the program, with its id.
fn mortal(command: &Command) -> Command {
    let mut mortal = Command::new("setpriv");
    mortal.args(["--pdeathsig", "TERM", "--"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => mortal.env(name, value),
            None => mortal.env_remove(name),
        };
    }
    mortal
}

/// Runs a command to its end and gives its output.
///
/// # Errors
/// When it cannot be started, takes too long or fails; its last words are in the error.
pub fn output(command: &mut Command, at_most: Duration) -> Result<String> {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {shown}"))?;
    let reading = |mut from: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = from.read_to_end(&mut bytes);
            bytes
        })
    };
    let stdout = reading(Box::new(child.stdout.take().context("a child without output")?));
    let stderr = reading(Box::new(child.stderr.take().context("a child without errors")?));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() >= at_most {
            let _ = child.kill();
            let _ = child.wait();
            bail!("took longer than {} s: {shown}", at_most.as_secs());
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let said = String::from_utf8_lossy(&stdout.join().unwrap_or_default()).into_owned();
    if !status.success() {
        let errors = stderr.join().unwrap_or_default();
        bail!("{status} from {shown}\n{}{}", said.trim(), String::from_utf8_lossy(&errors).trim());
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_bounded_and_tells_failures() {
        let sh = |text: &str| output(Command::new("sh").args(["-c", text]), Duration::from_secs(5));
        assert_eq!(sh("echo yes").unwrap(), "yes\n");
        assert!(sh("echo why >&2; exit 3").unwrap_err().to_string().contains("why"));
        let slow = output(Command::new("sleep").arg("20"), Duration::from_millis(50));
        assert!(slow.unwrap_err().to_string().contains("took longer"));
    }

    #[test]
    fn children_end_by_request_or_by_force() {
        let folder = tempfile::tempdir().unwrap();
        let sleeper = || Child::start("sleeper", Command::new("sleep").arg("60"), &folder.path().join("log")).unwrap();
        assert!(!sleeper().terminate().unwrap().success());
        sleeper().kill9().unwrap();
        let mut child = sleeper();
        child.check().unwrap();
        let id = child.id();
        drop(child);
        assert!(!Path::new(&format!("/proc/{id}")).exists());
    }
}
