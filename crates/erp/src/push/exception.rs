//! Exceptions: what a supervisor must look at.

use crate::clock;
use crate::db::Tx;
use crate::error::Result;
use crate::feed::Changes;
use crate::vals;
use floorhand_wire::device_stream;
use floorhand_wire::feed::{ExceptionRow, kind};

/// The fact that caused it.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) device: &'a str,
    pub(crate) epoch: u64,
    pub(crate) seq: u64,
    /// Its type.
    pub(crate) kind: &'a str,
}

/// What it is about.
#[derive(Debug)]
pub(crate) struct About<'a> {
    /// Reason code.
    pub(crate) kind: &'a str,
    /// The thing, e.g. `location|item` or a task.
    pub(crate) subject: &'a str,
    /// Words for the supervisor.
    pub(crate) detail: &'a str,
}

/// An identifier for an exception.
pub(crate) fn new_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// Opens an exception and returns its reference. With `tell` the device that caused it sees it.
pub(crate) async fn open(
    tx: &Tx,
    changes: &mut Changes,
    source: &Source<'_>,
    about: &About<'_>,
    now: i64,
    tell: bool,
) -> Result<String> {
    open_as(new_id(), tx, changes, source, about, now, tell).await
}

/// Opens an exception under an identifier from [`new_id`].
pub(crate) async fn open_as(
    id: String,
    tx: &Tx,
    changes: &mut Changes,
    source: &Source<'_>,
    about: &About<'_>,
    now: i64,
    tell: bool,
) -> Result<String> {
    tx.execute(
        "INSERT INTO exception (warehouse_id, id, kind, fact_device, fact_epoch, fact_seq, fact_type, subject, detail, \
         at_ms, state, owner, resolution) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', '', '')",
        vals![
            changes.warehouse(),
            &id,
            about.kind,
            source.device,
            source.epoch.cast_signed(),
            source.seq.cast_signed(),
            source.kind,
            about.subject,
            about.detail,
            now
        ],
    )
    .await?;
    if tell {
        let row = ExceptionRow {
            id: id.clone(),
            kind: about.kind.to_owned(),
            state: "open".to_owned(),
            epoch: source.epoch,
            seq: source.seq,
            fact: source.kind.to_owned(),
            subject: about.subject.to_owned(),
            at: clock::rfc3339(now),
            owner: String::new(),
            by: String::new(),
            detail: about.detail.to_owned(),
            task: String::new(),
            waits: false,
        };
        changes.put(&device_stream(source.device), kind::EXCEPTION, &id, &row)?;
    }
    Ok(format!("exc/{id}"))
}
