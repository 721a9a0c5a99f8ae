//! Checks of what is stored against the invariants of ledger and protocol, in one snapshot.
//!
//! Nothing here trusts the code that wrote the data: balances are folded anew from the moves,
//! hashes anew from the bytes, sums anew from the rows.

mod counts;
mod facts;
mod inbound;
mod outbound;
mod returns;
mod stock;

use crate::db::{Db, Row, Tx};
use crate::error::Result;
use floorhand_wire::feed::row_sum;
use serde::Serialize;
use std::collections::BTreeMap;

/// Findings that a check names; the rest is only counted.
const FINDINGS_MAX: usize = 5;
/// Rows that are read at a time.
const PAGE: i64 = 5000;

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What is checked.
    pub name: String,
    /// Whether it holds.
    pub ok: bool,
    /// What was looked at, or what is wrong.
    pub detail: String,
}

/// All checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether all hold.
    pub ok: bool,
    /// Each of them.
    pub checks: Vec<Check>,
}

/// Collects what is wrong with one thing.
#[derive(Debug, Default)]
struct Findings {
    count: u64,
    first: Vec<String>,
    looked_at: u64,
}

impl Findings {
    fn add(&mut self, finding: impl Into<String>) {
        self.count += 1;
        if self.first.len() < FINDINGS_MAX {
            self.first.push(finding.into());
        }
    }

    fn check(self, name: &str) -> Check {
        let ok = self.count == 0;
        let detail = if ok {
            format!("{} looked at", self.looked_at)
        } else {
            format!("{} wrong: {}", self.count, self.first.join("; "))
        };
        Check { name: name.to_owned(), ok, detail }
    }
}

/// Runs every check.
///
/// # Errors
/// When the database cannot be read.
pub async fn run(db: &Db) -> Result<Report> {
    db.read(|tx| async move {
        let mut checks = Vec::new();
        checks.extend(facts::checks(&tx).await?);
        checks.extend(stock::checks(&tx).await?);
        checks.extend(inbound::checks(&tx).await?);
        checks.extend(outbound::checks(&tx).await?);
        checks.extend(returns::checks(&tx).await?);
        checks.extend(counts::checks(&tx).await?);
        checks.extend(feed_checks(&tx).await?);
        Ok(Report { ok: checks.iter().all(|check| check.ok), checks })
    })
    .await
}

/// Turns rows of "this is wrong" into a check.
fn all_wrong(name: &str, looked_at: u64, rows: &[Row], words: impl Fn(&Row) -> Result<String>) -> Result<Check> {
    let mut findings = Findings { looked_at, ..Findings::default() };
    for row in rows {
        findings.add(words(row)?);
    }
    Ok(findings.check(name))
}

async fn count(tx: &Tx, sql: &'static str) -> Result<u64> {
    tx.row(sql, &[]).await?.map_or(Ok(0), |row| row.u64("n"))
}

/// I8: the head is the highest position there is, positions are unique and from 1; and the count
/// and checksum that devices compare with theirs are those of the rows.
async fn feed_checks(tx: &Tx) -> Result<Vec<Check>> {
    #[derive(Default)]
    struct Seen {
        top: u64,
        rows: u64,
        live: u64,
        sum: u64,
        twice: bool,
    }
    let mut seen: BTreeMap<(i64, String), Seen> = BTreeMap::new();
    let (mut warehouse, mut stream, mut pos) = (-1, String::new(), 0);
    loop {
        let rows = tx
            .rows(
                "SELECT warehouse_id, stream, pos, kind, id, deleted FROM feed_row \
                 WHERE (warehouse_id, stream, pos) > ($1, $2, $3) ORDER BY warehouse_id, stream, pos LIMIT $4",
                crate::vals![warehouse, &stream, pos, PAGE],
            )
            .await?;
        for row in &rows {
            (warehouse, stream, pos) = (row.i64("warehouse_id")?, row.text("stream")?, row.i64("pos")?);
            let at = row.u64("pos")?;
            let entry = seen.entry((warehouse, stream.clone())).or_default();
            entry.twice |= at <= entry.top;
            entry.top = at;
            entry.rows += 1;
            if !row.flag("deleted")? {
                entry.live += 1;
                entry.sum = entry.sum.wrapping_add(row_sum(row.str("kind")?, row.str("id")?, at));
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    let mut positions = Findings::default();
    let mut sums = Findings::default();
    for head in tx.rows("SELECT warehouse_id, stream, pos, live, sum FROM stream_head", &[]).await? {
        let stream = head.text("stream")?;
        let rows = seen.remove(&(head.i64("warehouse_id")?, stream.clone())).unwrap_or_default();
        positions.looked_at += rows.rows;
        sums.looked_at += rows.live;
        let pos = head.u64("pos")?;
        if rows.twice || rows.top != pos || rows.rows > pos {
            positions.add(format!("{stream}: head {pos}, highest row {}, rows {}", rows.top, rows.rows));
        }
        if head.u64("live")? != rows.live || head.i64("sum")?.cast_unsigned() != rows.sum {
            sums.add(format!("{stream}: live {} and {}, sums differ or not", head.i64("live")?, rows.live));
        }
    }
    for ((_, stream), _) in seen {
        positions.add(format!("{stream}: rows without a head"));
    }
    for row in tx
        .rows(
            "SELECT m.id, m.pos FROM move m LEFT JOIN stream_head h ON h.warehouse_id = m.warehouse_id \
             AND h.stream = 'wh:' || CAST(m.warehouse_id AS TEXT) WHERE m.pos < 1 OR m.pos > COALESCE(h.pos, 0) LIMIT 20",
            &[],
        )
        .await?
    {
        positions.add(format!("move {} at {} is beyond the head", row.str("id")?, row.i64("pos")?));
    }
    Ok(vec![positions.check("I8 positions"), sums.check("I9 live and sum")])
}
