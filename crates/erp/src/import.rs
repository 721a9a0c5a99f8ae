//! Master data and opening balances from CSV files, all or nothing per file.
//!
//! A file is read twice: once to find what is wrong with it, in a snapshot that locks nobody out,
//! and once to write it in one transaction. Both go in batches of `BATCH` rows through the same
//! checks, so that memory grows with a few bytes a row only (`seen`) and what another writer
//! changed in between is noticed.

mod barcodes;
mod columns;
mod csv;
mod fault;
mod input;
mod items;
mod locations;
mod seen;
mod stock;

pub use fault::{FAULTS_MAX, Fault, Faults, Reason};
pub use input::{INPUT_BYTES_MAX, Input};

use crate::clock;
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::push::rerun_parked;
use crate::vals;
use columns::{Cells, Column, Header};
use csv::{Next, Reader, Row};
use fault::Wrong;
use std::sync::{Mutex, PoisonError};

/// Rows of a file at the most.
pub const ROWS_MAX: u64 = 2_000_000;
/// Rows that are looked up, checked and written together.
const BATCH: usize = 500;
/// After so many rows are written, and then four times as many, the planner is told of them.
const LOOK_AGAIN: u64 = 1_000;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Items.
    Items,
    /// Locations.
    Locations,
    /// Barcodes of items that are there.
    Barcodes,
    /// Opening balances of items and locations that are there.
    Stock,
}

impl Kind {
    /// Its name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Locations => "locations",
            Self::Barcodes => "barcodes",
            Self::Stock => "stock",
        }
    }
}

/// How to import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Find faults only, write nothing.
    pub check: bool,
    /// The name of a stock import, which is done once. Empty = the hash of the file.
    pub id: String,
    /// Import stock although the same was imported before.
    pub again: bool,
}

/// How many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// In the file, the header not counted.
    pub read: u64,
    /// New or changed.
    pub written: u64,
    /// That were stored like this before.
    pub unchanged: u64,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is written, or would be without [`Options::check`].
    Done(Counts),
    /// Nothing was written.
    Refused(Faults),
    /// This stock was imported before; nothing was written.
    Before {
        /// The name of that import.
        id: String,
        /// When, in milliseconds since 1970.
        at_ms: i64,
    },
}

/// Imports a file.
///
/// # Errors
/// When the file cannot be read or changes meanwhile, or the database refuses.
pub async fn run(db: &Db, warehouse: i64, kind: Kind, input: &Input, options: &Options) -> Result<Outcome> {
    match kind {
        Kind::Items => import(db, warehouse, input, options, None, items::Items::default).await,
        Kind::Locations => import(db, warehouse, input, options, None, locations::Locations::default).await,
        Kind::Barcodes => {
            let outcome = import(db, warehouse, input, options, None, barcodes::Barcodes::default).await?;
            // Goods that wait for the name of their code. Also where every row was there before: an earlier import may
            // have ended between the two.
            if !options.check && matches!(outcome, Outcome::Done(_)) {
                rerun_parked(db).await?;
            }
            Ok(outcome)
        }
        Kind::Stock => {
            let hash = input.hash()?;
            let id = if options.id.is_empty() { hash.chars().take(32).collect() } else { options.id.clone() };
            let once = Once::new(&id, hash, options.again);
            import(db, warehouse, input, options, Some(&once), || stock::Stocks::new(&once.source)).await
        }
    }
}

/// A kind of file: its columns, and what is done with a batch of rows.
trait Table {
    /// What one row becomes.
    type Draft: 'static;

    fn columns() -> &'static [Column<Self::Draft>];

    /// Checks a batch and, where that is asked for and nothing is wrong so far, writes it.
    async fn batch(&mut self, pass: &mut Pass<'_, Self::Draft>, rows: &[Cells]) -> Result<()>;

    /// What remains to be checked or written behind the last row.
    async fn end(&mut self, _pass: &mut Pass<'_, Self::Draft>) -> Result<()> {
        Ok(())
    }
}

/// One reading of a file.
struct Pass<'a, D: 'static> {
    tx: &'a Tx,
    warehouse: i64,
    write: bool,
    header: Header<D>,
    faults: Faults,
    counts: Counts,
}

impl<D> Pass<'_, D> {
    fn fault(&mut self, line: u64, column: &str, reason: Reason, detail: impl Into<String>) {
        self.faults.add(line, column, Wrong::new(reason, detail));
    }

    /// The same thing is on an earlier line.
    fn twice(&mut self, line: u64, column: &str, first: u64) {
        self.fault(line, column, Reason::Twice, format!("it is on line {first} already"));
    }

    /// Whether the batch may be written.
    fn may_write(&self) -> bool {
        self.write && self.faults.is_empty()
    }
}

/// What was found in one reading.
enum Found {
    Good(Counts, String),
    Bad(Faults),
}

async fn import<T: Table>(
    db: &Db,
    warehouse: i64,
    input: &Input,
    options: &Options,
    once: Option<&Once>,
    table: impl Fn() -> T,
) -> Result<Outcome> {
    let table = &table;
    db.write(|tx| async move { tx.look_at_sizes().await }).await?;
    let looked = db
        .read(|tx| async move {
            if let Some(once) = once
                && let Some(before) = once.before(&tx, warehouse).await?
            {
                return Ok(Err(before));
            }
            read(&tx, warehouse, false, input, table()).await.map(Ok)
        })
        .await?;
    let (counts, hash) = match looked {
        Err(before) => return Ok(before),
        Ok(Found::Bad(faults)) => return Ok(Outcome::Refused(faults)),
        Ok(Found::Good(counts, hash)) => (counts, hash),
    };
    if options.check {
        return Ok(Outcome::Done(counts));
    }
    // Rolled back by an error; this is why.
    let refused: Mutex<Option<Outcome>> = Mutex::new(None);
    let (hash, refused) = (hash.as_str(), &refused);
    let refuse = |why: Outcome| {
        *refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        Error::problem(409, "refused", "nothing was imported")
    };
    let refuse = &refuse;
    let written = db
        .write(|tx| async move {
            tx.prepare_bulk().await?;
            if let Some(once) = once
                && let Some(before) = once.before(&tx, warehouse).await?
            {
                return Err(refuse(before));
            }
            match read(&tx, warehouse, true, input, table()).await? {
                Found::Good(_, found) if found != hash => {
                    Err(Error::problem(409, "changed", "the file changed while it was read; nothing was imported"))
                }
                Found::Good(counts, _) => {
                    if let Some(once) = once {
                        once.note(&tx, warehouse, counts).await?;
                    }
                    Ok(counts)
                }
                Found::Bad(faults) => Err(refuse(Outcome::Refused(faults))),
            }
        })
        .await;
    match (written, refused.lock().unwrap_or_else(PoisonError::into_inner).take()) {
        (Ok(counts), _) => Ok(Outcome::Done(counts)),
        (Err(_), Some(why)) => Ok(why),
        (Err(error), None) => Err(error),
    }
}

async fn read<T: Table>(tx: &Tx, warehouse: i64, write: bool, input: &Input, mut table: T) -> Result<Found> {
    let mut reader = Reader::new(input.read()?).map_err(input::failed)?;
    let mut row = Row::default();
    let mut faults = Faults::default();
    let header = match next(&mut reader, &mut row, &mut faults, |_| "")? {
        Some(Some(cells)) => Header::read(T::columns(), &cells, &mut faults),
        Some(None) => None,
        None => {
            faults.add(1, "", Wrong::new(Reason::NoHeader, "the file is empty; its first row names the columns"));
            None
        }
    };
    let Some(header) = header else { return Ok(Found::Bad(faults)) };
    let mut pass = Pass { tx, warehouse, write, header, faults, counts: Counts::default() };
    let mut batch = Vec::with_capacity(BATCH);
    let mut look_again = LOOK_AGAIN;
    loop {
        let Pass { header, faults, .. } = &mut pass;
        let Some(cells) = next(&mut reader, &mut row, faults, |n| header.name(n))? else { break };
        pass.counts.read += 1;
        if pass.counts.read > ROWS_MAX {
            pass.fault(row.line, "", Reason::TooManyRows, format!("more than {ROWS_MAX} rows; split the file"));
            break;
        }
        let Some(cells) = cells else { continue };
        let (found, wanted) = (cells.cells.len(), pass.header.len());
        if found != wanted {
            let detail = format!("the header has {wanted} fields, this row has {found}");
            pass.fault(cells.line, "", Reason::FieldCount, detail);
            continue;
        }
        batch.push(cells);
        if batch.len() == BATCH {
            table.batch(&mut pass, &batch).await?;
            batch.clear();
            if write && pass.counts.read >= look_again {
                tx.look_at_sizes().await?;
                look_again *= 4;
            }
            if write && !pass.faults.is_empty() {
                break;
            }
        }
    }
    if !batch.is_empty() {
        table.batch(&mut pass, &batch).await?;
    }
    table.end(&mut pass).await?;
    let Pass { mut faults, counts, .. } = pass;
    if faults.is_empty() {
        return Ok(Found::Good(counts, reader.hash()));
    }
    faults.first.sort_by_key(|fault| fault.line);
    faults.rows = counts.read;
    Ok(Found::Bad(faults))
}

/// The next row; `Some(None)` where it was a fault.
fn next<'a, R: std::io::BufRead>(
    reader: &mut Reader<R>,
    row: &mut Row,
    faults: &mut Faults,
    name: impl Fn(usize) -> &'a str,
) -> Result<Option<Option<Cells>>> {
    let (line, field, wrong) = match reader.next(row).map_err(input::failed)? {
        Next::End => return Ok(None),
        Next::Broken(line, field, wrong) => (line, field, wrong),
        Next::Row => match row.cells() {
            Ok(cells) => return Ok(Some(Some(Cells { line: row.line, cells }))),
            Err(field) => (row.line, field, Wrong::new(Reason::NotUtf8, "the text is not UTF-8; save it as UTF-8")),
        },
    };
    faults.add(line, name(field), wrong);
    Ok(Some(None))
}

/// Kind of a stock import among the requests that are kept.
const REQUEST_KIND: &str = "import-stock";

/// What must not be imported twice by mistake.
struct Once {
    /// What its moves follow from.
    source: String,
    hash: String,
    again: bool,
}

impl Once {
    fn new(id: &str, hash: String, again: bool) -> Self {
        let more = if again { format!(":{}", uuid::Uuid::now_v7()) } else { String::new() };
        Self { source: format!("import:{id}{more}"), hash, again }
    }

    /// The import of this name or of these bytes that was done before.
    async fn before(&self, tx: &Tx, warehouse: i64) -> Result<Option<Outcome>> {
        if self.again {
            return Ok(None);
        }
        let row = tx
            .row(
                "SELECT id, created_ms FROM request_log WHERE warehouse_id = $1 AND kind = $2 \
                 AND (id = $3 OR body_hash = $4) ORDER BY created_ms DESC LIMIT 1",
                vals![warehouse, REQUEST_KIND, &self.source, &self.hash],
            )
            .await?;
        row.map(|row| {
            let id = row.str("id")?;
            let id = id.strip_prefix("import:").unwrap_or(id).to_owned();
            Ok(Outcome::Before { id, at_ms: row.i64("created_ms")? })
        })
        .transpose()
    }

    async fn note(&self, tx: &Tx, warehouse: i64, counts: Counts) -> Result<()> {
        tx.execute(
            "INSERT INTO request_log (warehouse_id, id, kind, body_hash, response, created_ms) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vals![
                warehouse,
                &self.source,
                REQUEST_KIND,
                &self.hash,
                format!("{{\"rows\":{}}}", counts.written),
                clock::now_ms()
            ],
        )
        .await
        .map(|_| ())
    }
}
