//! Numbered migrations, embedded. A landed one is never edited; a change is the next number.

use super::{Db, Tx};
use crate::clock;
use crate::error::{Error, Result};
use crate::vals;

/// Every migration in order; its number is its place, from 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_core.sql"),
    include_str!("../../migrations/0002_stock.sql"),
    include_str!("../../migrations/0003_inbound.sql"),
    include_str!("../../migrations/0004_counts.sql"),
    include_str!("../../migrations/0005_outbound.sql"),
    include_str!("../../migrations/0006_returns.sql"),
    include_str!("../../migrations/0007_returned.sql"),
    include_str!("../../migrations/0008_lookups.sql"),
    include_str!("../../migrations/0009_backups.sql"),
    include_str!("../../migrations/0010_labels.sql"),
];

/// The schema this program works with.
#[must_use]
pub fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

pub(super) async fn run(db: &Db) -> Result<()> {
    db.write(|tx| async move { run_in(&tx).await }).await
}

async fn run_in(tx: &Tx) -> Result<()> {
    tx.script(
        "CREATE TABLE IF NOT EXISTS schema_version (version {int} NOT NULL, applied_ms {int} NOT NULL, \
         PRIMARY KEY (version)) {strict};",
    )
    .await?;
    // Two cores that start at once on PostgreSQL: the second waits here and finds it done.
    if tx.engine() == super::Engine::Postgres {
        tx.script("LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE;").await?;
    }
    let found = tx
        .row("SELECT COALESCE(MAX(version), 0) AS version FROM schema_version", &[])
        .await?
        .map_or(Ok(0), |row| row.i64("version"))?;
    if found > newest() {
        return Err(Error::SchemaNewer { found, known: newest() });
    }
    for (number, sql) in (1i64..).zip(MIGRATIONS).filter(|(number, _)| *number > found) {
        tx.script(sql).await?;
        tx.execute("INSERT INTO schema_version (version, applied_ms) VALUES ($1, $2)", vals![number, clock::now_ms()])
            .await?;
        tracing::info!(number, "schema migrated");
    }
    Ok(())
}
