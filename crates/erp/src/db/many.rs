//! Statements for many rows at once: a part in braces stands for a list as long as need be.

use super::{Row, Tx, Val};
use crate::error::{Error, Result};

/// Rows of one statement where there are many. More are slower: SQLite looks for the name of each
/// parameter among all of them.
pub(crate) const ROWS_AT_ONCE: usize = 25;

impl Tx {
    /// Gets ready to write very many rows; the first thing of such a transaction.
    pub(crate) async fn prepare_bulk(&self) -> Result<()> {
        self.script(self.engine.bulk()).await
    }

    /// Tells the planner how large the tables have become.
    pub(crate) async fn look_at_sizes(&self) -> Result<()> {
        match self.engine.look_at_sizes() {
            "" => Ok(()),
            sql => self.script(sql).await,
        }
    }

    /// Runs a statement whose part in braces is repeated for every row, in parentheses, with its
    /// question marks numbered behind the fixed parameters: `VALUES {$1, ?, ?}` becomes
    /// `VALUES ($1, $2, $3), ($1, $4, $5)`. `rows` holds the values of all rows one after another;
    /// with none nothing is run.
    ///
    /// # Errors
    /// As for [`Tx::execute`].
    pub(crate) async fn execute_many(&self, sql: &str, fixed: &[Val], rows: &[Val]) -> Result<u64> {
        let mut changed = 0;
        for rows in rows.chunks(width(sql)? * ROWS_AT_ONCE) {
            changed += self.execute_made(repeat(sql, fixed.len(), rows.len())?, &[fixed, rows].concat()).await?;
        }
        Ok(changed)
    }

    /// [`Tx::execute_many`] for a query; the rows come in no certain order.
    ///
    /// # Errors
    /// As for [`Tx::rows`].
    pub(crate) async fn rows_many(&self, sql: &str, fixed: &[Val], rows: &[Val]) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        for rows in rows.chunks(width(sql)? * ROWS_AT_ONCE) {
            found.extend(self.rows_made(repeat(sql, fixed.len(), rows.len())?, &[fixed, rows].concat()).await?);
        }
        Ok(found)
    }
}

/// What stands before, in and behind the braces.
fn parts(sql: &str) -> Result<(&str, &str, &str)> {
    let parts = sql.split_once('{').and_then(|(before, rest)| {
        let (row, after) = rest.split_once('}')?;
        row.contains('?').then_some((before, row, after))
    });
    parts.ok_or_else(|| Error::Stored(format!("no list in {sql}")))
}

/// Values of one row.
fn width(sql: &str) -> Result<usize> {
    parts(sql).map(|(_, row, _)| row.matches('?').count())
}

/// The statement for that many values behind `fixed` others.
fn repeat(sql: &str, fixed: usize, values: usize) -> Result<String> {
    let (before, row, after) = parts(sql)?;
    let width = width(sql)?;
    let mut text = String::with_capacity(sql.len() + values * 8);
    text.push_str(before);
    let mut number = fixed;
    for n in 0..values / width {
        text.push_str(if n == 0 { "(" } else { ", (" });
        for (n, part) in row.split('?').enumerate() {
            if n > 0 {
                number += 1;
                text.push_str(&format!("${number}"));
            }
            text.push_str(part);
        }
        text.push(')');
    }
    text.push_str(after);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_grow_with_the_rows() {
        let sql = "INSERT INTO t (w, a, b, c) VALUES {$1, ?, ?, 0} ON CONFLICT DO NOTHING";
        assert_eq!(width(sql).unwrap(), 2);
        assert_eq!(
            repeat(sql, 1, 4).unwrap(),
            "INSERT INTO t (w, a, b, c) VALUES ($1, $2, $3, 0), ($1, $4, $5, 0) ON CONFLICT DO NOTHING"
        );
        assert_eq!(repeat("a IN (VALUES {?})", 0, 2).unwrap(), "a IN (VALUES ($1), ($2))");
        assert!(width("SELECT 1").is_err());
    }
}
