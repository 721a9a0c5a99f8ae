//! What the seed said: people, stations, counts.

use super::{Binaries, PATIENCE, output};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::Path;
use std::process::Command;

/// The JSON object that `floorhand-erp seed demo` prints.
#[derive(Debug, Clone, Deserialize)]
pub struct Seeded {
    /// Who may sign in.
    pub operators: Vec<Operator>,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Operator {
    /// Name.
    pub name: String,
    /// What the badge says.
    pub badge: String,
    /// PIN.
    pub pin: String,
    /// What they may do.
    #[serde(default)]
    pub roles: Vec<String>,
}

impl Seeded {
    /// Seeds a fresh core.
    ///
    /// # Errors
    /// When the seed fails or prints something else.
    pub fn demo(binaries: &Binaries, data: &Path, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(&binaries.core);
        command.args(["seed", "demo", "--data"]).arg(data).args(arguments);
        let said = output(&mut command, PATIENCE)?;
        serde_json::from_str(said.trim()).context("the seed's account cannot be read")
    }

    /// Somebody who may pick.
    ///
    /// # Errors
    /// When nobody may.
    pub fn picker(&self) -> Result<&Operator> {
        self.operators
            .iter()
            .find(|o| o.roles.iter().any(|role| role == "pick"))
            .context("the seed has nobody who may pick")
    }

    /// Somebody with all of these roles, and with the fewest others.
    ///
    /// # Errors
    /// When nobody has them.
    pub fn with_roles(&self, roles: &[&str]) -> Result<&Operator> {
        let has = |one: &&Operator| roles.iter().all(|role| one.roles.iter().any(|own| own == role));
        let found = self.operators.iter().filter(has).min_by_key(|one| one.roles.len());
        found.with_context(|| format!("the seed has nobody with {roles:?}"))
    }

    /// A number of the account, `counts.orders` or `orders`.
    #[must_use]
    pub fn count(&self, name: &str) -> Option<u64> {
        let counts = self.rest.get("counts").and_then(|c| c.get(name));
        counts.or_else(|| self.rest.get(name)).and_then(serde_json::Value::as_u64)
    }
}
