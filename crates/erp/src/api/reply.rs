//! Refusals as RFC 7807 problems, and request bodies read so that every fault becomes one.

use crate::error::{Error, problem, problem_response};
use crate::orders::Fault;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use floorhand_wire::problem::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Words about a fault in one `detail` at the most; all of them are in `errors`.
const DETAIL_FAULTS_MAX: usize = 3;

/// Why a request was not done.
#[derive(Debug)]
pub enum Refusal {
    /// As anywhere in the core.
    Core(Error),
    /// Fields of the body are wrong.
    Faults(Vec<Fault>),
}

/// A problem with the fields that are wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvalidBody {
    /// The problem.
    #[serde(flatten)]
    pub problem: Problem,
    /// Every field that is wrong, with the way out.
    pub errors: Vec<Fault>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::Core(error.into())
    }
}

impl Refusal {
    /// A problem with a stable code.
    pub fn problem(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self::Core(Error::problem(status, code, detail))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Core(error) => error.into_response(),
            Self::Faults(errors) => {
                let named = |fault: &Fault| {
                    if fault.field.is_empty() {
                        fault.message.clone()
                    } else {
                        format!("{}: {}", fault.field, fault.message)
                    }
                };
                let mut detail = errors.iter().take(DETAIL_FAULTS_MAX).map(named).collect::<Vec<_>>().join("; ");
                if errors.len() > DETAIL_FAULTS_MAX {
                    detail.push_str("; and more, see errors");
                }
                let problem = problem(422, "invalid", detail);
                let mut response = problem_response(&problem);
                if let Ok(body) = serde_json::to_vec(&InvalidBody { problem, errors }) {
                    response = (StatusCode::UNPROCESSABLE_ENTITY, body).into_response();
                    response
                        .headers_mut()
                        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
                }
                response
            }
        }
    }
}

/// A JSON body, whatever its declared type.
pub(super) struct Json(pub Value);

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection: BytesRejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::problem(413, "too_large", "The body is too large; send it in parts.")
            } else {
                Refusal::problem(400, "bad_body", "The body did not arrive whole; send it again.")
            }
        })?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Refusal::problem(400, "bad_json", format!("The body is not JSON: {error}.")))
    }
}

/// The identifier in a path.
pub(super) struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) if !id.contains('\0') => Ok(Self(id)),
            _ => Err(Error::problem(400, "bad_parameter", "The identifier in the path is not percent-encoded UTF-8.")),
        }
    }
}

/// For a path that nothing answers.
pub(super) async fn no_such_path(uri: Uri) -> Error {
    let path: String = uri.path().chars().take(200).collect();
    Error::problem(404, "not_found", format!("There is nothing at {path}; /openapi.json lists what there is."))
}

/// For a method that a path does not have.
pub(super) async fn no_such_method(uri: Uri) -> Error {
    let path: String = uri.path().chars().take(200).collect();
    Error::problem(
        405,
        "method_not_allowed",
        format!("{path} does not take this method; /openapi.json lists those it takes."),
    )
}
