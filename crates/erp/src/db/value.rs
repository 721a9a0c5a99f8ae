//! Values and rows as both drivers give and take them.

use crate::error::{Error, Result};
use sqlx::{Column, Row as _, TypeInfo, ValueRef};
use std::sync::Arc;

/// A value of a parameter or column. There is no NULL: columns hold none, and queries that could
/// make one say `COALESCE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Val {
    /// A whole number.
    I64(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<i64> for Val {
    fn from(value: i64) -> Self {
        Self::I64(value)
    }
}

impl From<bool> for Val {
    fn from(value: bool) -> Self {
        Self::I64(i64::from(value))
    }
}

macro_rules! small {
    ($($kind:ty),+) => {$(impl From<$kind> for Val {
        fn from(value: $kind) -> Self {
            Self::I64(i64::from(value))
        }
    })+};
}
small!(i32, u8, u16, u32);

impl From<&str> for Val {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Val {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Val {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Vec<u8>> for Val {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

macro_rules! ids {
    ($($id:ident),+) => {$(impl From<&floorhand_domain::id::$id> for Val {
        fn from(value: &floorhand_domain::id::$id) -> Self {
            Self::Text(value.0.clone())
        }
    })+};
}
ids!(
    ItemId,
    LocationId,
    HandlingUnitId,
    Lot,
    Serial,
    TaskId,
    LineId,
    OrderId,
    OrderLineId,
    OperatorId,
    DeviceId,
    PurchaseOrderId,
    DeliveryId,
    ReceiptId,
    CountId,
    PhotoId
);

ids!(CartonTypeId);

ids!(RmaId, InspectionId);

/// The parameters of a statement, each turned into a [`Val`].
#[macro_export]
macro_rules! vals {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Val::from($value)),*] };
}

/// A row of a result, detached from the driver.
#[derive(Debug, Clone)]
pub struct Row {
    names: Arc<[String]>,
    values: Vec<Val>,
}

/// A column by number (from 0) or by name.
pub trait Index {
    /// Its number.
    fn find(&self, names: &[String]) -> Option<usize>;
    /// For the error message.
    fn name(&self) -> String;
}

impl Index for usize {
    fn find(&self, names: &[String]) -> Option<usize> {
        (*self < names.len()).then_some(*self)
    }
    fn name(&self) -> String {
        self.to_string()
    }
}

impl Index for &str {
    fn find(&self, names: &[String]) -> Option<usize> {
        names.iter().position(|name| name == self)
    }
    fn name(&self) -> String {
        (*self).to_owned()
    }
}

impl Row {
    fn get(&self, column: &impl Index, wanted: &'static str) -> Result<&Val> {
        column
            .find(&self.names)
            .and_then(|n| self.values.get(n))
            .ok_or_else(|| Error::Column { column: column.name(), wanted })
    }

    /// A whole number.
    ///
    /// # Errors
    /// When there is no such column or it is not a number.
    pub fn i64(&self, column: impl Index) -> Result<i64> {
        match self.get(&column, "a number")? {
            Val::I64(value) => Ok(*value),
            _ => Err(Error::Column { column: column.name(), wanted: "a number" }),
        }
    }

    /// A whole number that cannot be below zero.
    ///
    /// # Errors
    /// When there is no such column, it is not a number, or it is below zero.
    pub fn u64(&self, column: impl Index) -> Result<u64> {
        let name = column.name();
        u64::try_from(self.i64(column)?).map_err(|_| Error::Column { column: name, wanted: "a number from 0" })
    }

    /// A flag stored as 0 or 1.
    ///
    /// # Errors
    /// As for [`Row::i64`].
    pub fn flag(&self, column: impl Index) -> Result<bool> {
        Ok(self.i64(column)? != 0)
    }

    /// Text.
    ///
    /// # Errors
    /// When there is no such column or it is not text.
    pub fn text(&self, column: impl Index) -> Result<String> {
        self.str(column).map(str::to_owned)
    }

    /// Text, borrowed.
    ///
    /// # Errors
    /// When there is no such column or it is not text.
    pub fn str(&self, column: impl Index) -> Result<&str> {
        match self.get(&column, "text")? {
            Val::Text(value) => Ok(value),
            _ => Err(Error::Column { column: column.name(), wanted: "text" }),
        }
    }

    /// Bytes.
    ///
    /// # Errors
    /// When there is no such column or it is not bytes.
    pub fn blob(&self, column: impl Index) -> Result<&[u8]> {
        match self.get(&column, "bytes")? {
            Val::Blob(value) => Ok(value),
            _ => Err(Error::Column { column: column.name(), wanted: "bytes" }),
        }
    }
}

fn null(column: &str) -> Error {
    Error::Column { column: column.to_owned(), wanted: "set (NULL; use COALESCE)" }
}

pub(super) fn from_sqlite(rows: &[sqlx::sqlite::SqliteRow]) -> Result<Vec<Row>> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let names: Arc<[String]> = first.columns().iter().map(|column| column.name().to_owned()).collect();
    rows.iter()
        .map(|row| {
            let values = (0..names.len())
                .map(|n| {
                    let raw = row.try_get_raw(n)?;
                    let name = names.get(n).map_or("", String::as_str);
                    if raw.is_null() {
                        return Err(null(name));
                    }
                    let kind = raw.type_info();
                    Ok(match kind.name() {
                        "INTEGER" | "BOOLEAN" => Val::I64(row.try_get_unchecked(n)?),
                        "BLOB" => Val::Blob(row.try_get_unchecked(n)?),
                        _ => Val::Text(row.try_get_unchecked(n)?),
                    })
                })
                .collect::<Result<Vec<Val>>>()?;
            Ok(Row { names: Arc::clone(&names), values })
        })
        .collect()
}

pub(super) fn from_postgres(rows: &[sqlx::postgres::PgRow]) -> Result<Vec<Row>> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let names: Arc<[String]> = first.columns().iter().map(|column| column.name().to_owned()).collect();
    rows.iter()
        .map(|row| {
            let values = (0..names.len())
                .map(|n| {
                    let raw = row.try_get_raw(n)?;
                    let name = names.get(n).map_or("", String::as_str);
                    if raw.is_null() {
                        return Err(null(name));
                    }
                    let kind = raw.type_info().name().to_owned();
                    Ok(match kind.as_str() {
                        "INT8" => Val::I64(row.try_get(n)?),
                        "INT4" => Val::I64(i64::from(row.try_get::<i32, _>(n)?)),
                        "BOOL" => Val::I64(i64::from(row.try_get::<bool, _>(n)?)),
                        "BYTEA" => Val::Blob(row.try_get(n)?),
                        "TEXT" | "VARCHAR" | "NAME" | "BPCHAR" | "UNKNOWN" => Val::Text(row.try_get(n)?),
                        _ => {
                            return Err(Error::Column {
                                column: name.to_owned(),
                                wanted: "BIGINT, TEXT or BYTEA (cast it)",
                            });
                        }
                    })
                })
                .collect::<Result<Vec<Val>>>()?;
            Ok(Row { names: Arc::clone(&names), values })
        })
        .collect()
}
