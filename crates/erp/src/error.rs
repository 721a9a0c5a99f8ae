//! The one error type of the core. What a client did wrong is a [`Problem`]; all else is ours and
//! is told to the client without its detail.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use floorhand_wire::problem::Problem;

/// Result of everything in the core.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or is not there.
    #[error("database")]
    Sql(#[from] sqlx::Error),
    /// A row does not have the column, or not of that type.
    #[error("column {column} is not {wanted}")]
    Column {
        /// Index or name.
        column: String,
        /// The type asked for.
        wanted: &'static str,
    },
    /// A stored value does not read.
    #[error("stored value: {0}")]
    Stored(String),
    /// JSON of ours could not be written or read.
    #[error("JSON")]
    Json(#[from] serde_json::Error),
    /// A file or socket.
    #[error("{what}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// The linked SQLite is older than the first one without the WAL-reset fault.
    #[error("SQLite {0} is too old, 3.51.3 is needed")]
    SqliteVersion(String),
    /// The data were written by a newer program.
    #[error("the data have schema {found}, this program knows {known}")]
    SchemaNewer {
        /// In the data.
        found: i64,
        /// Known here.
        known: i64,
    },
    /// Every attempt met another writer.
    #[error("busy after {0} attempts")]
    Busy(u32),
    /// The client must do something else.
    #[error("{}: {}", .0.code, .0.detail)]
    Problem(Box<Problem>),
}

impl Error {
    /// A problem for the client with a stable code.
    #[must_use]
    pub fn problem(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self::Problem(Box::new(problem(status, code, detail)))
    }

    /// A closure for `map_err` on file and socket errors.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// Whether the same closure may succeed when it is run again: another writer was there first.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        match error {
            sqlx::Error::Database(error) => match error.code().as_deref() {
                // PostgreSQL: serialization failure, deadlock, lock timeout; CockroachDB answers 40001 too. A
                // unique key that another writer took meanwhile is found when the closure runs again.
                Some("40001" | "40P01" | "55P03" | "23505") => true,
                // SQLite: result codes whose low byte is BUSY (5) or LOCKED (6).
                Some(code) if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() => {
                    code.parse::<i64>().is_ok_and(|code| matches!(code & 0xff, 5 | 6))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the database itself is the trouble, so that no fact is to blame.
    #[must_use]
    pub fn is_database_down(&self) -> bool {
        match self {
            Self::Busy(_) => true,
            Self::Sql(error) => match error {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(error) => match error.code().as_deref() {
                    // No memory, interrupted, read-only file, I/O error, corruption, full disk.
                    Some(code) if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() => {
                        code.parse::<i64>().is_ok_and(|code| matches!(code & 0xff, 7 | 8 | 9 | 10 | 11 | 13 | 14 | 26))
                    }
                    // Connection, resources, operator intervention, system error.
                    Some(code) => ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)),
                    None => false,
                },
                _ => false,
            },
            _ => false,
        }
    }
}

/// A problem with its type and title derived from the code.
#[must_use]
pub fn problem(status: u16, code: &str, detail: impl Into<String>) -> Problem {
    Problem {
        kind: format!("https://floorhand.invalid/problems/{code}"),
        title: code.replace('_', " "),
        status,
        detail: detail.into(),
        code: code.to_owned(),
        ..Problem::default()
    }
}

/// The whole chain of an error in one line, for the place where it is logged.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = match self {
            Self::Problem(problem) => *problem,
            Self::Busy(_) => problem(503, "busy", "Too many writers at once; try again."),
            error if error.is_transient() || error.is_database_down() => {
                tracing::error!(error = chain(&error), "database not available");
                problem(503, "unavailable", "The database is not available; try again.")
            }
            error => {
                tracing::error!(error = chain(&error), "request failed");
                problem(500, "internal", "The core could not do this; its log says why.")
            }
        };
        problem_response(&problem)
    }
}

/// A problem as `application/problem+json`, with `Retry-After` where waiting helps.
#[must_use]
pub fn problem_response(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if matches!(problem.status, 429 | 503) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    if problem.status == 401 {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
