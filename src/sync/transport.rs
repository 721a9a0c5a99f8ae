//! HTTP: the only file that speaks it.
//!
//! A thread of its own with a small runtime. Requests come in through a channel, every one is
//! answered once through a closure; what an answer means is the engine's affair. One request up and
//! one down run side by side. Tokens are fetched when they are needed and renewed when they are
//! refused; they live in memory only and are never logged.

use super::{NetAnswer, NetError, Request};
use crate::store::DeviceKey;
use floorhand_wire::enrol::{
    ClaimRequest, ClaimResponse, EnrolRequest, EnrolResponse, EpochResponse, NonceResponse, TokenRequest,
    TokenResponse, token_message,
};
use floorhand_wire::feed::{BootstrapResponse, PullResponse};
use floorhand_wire::problem::Problem;
use floorhand_wire::push::PushResponse;
use floorhand_wire::{HEADER_APP, HEADER_PROTOCOL, HEADER_SERVER_EPOCH, PROTOCOL};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};

/// Time to reach the core.
const CONNECT: Duration = Duration::from_secs(3);
/// Time for an answer.
const ANSWER: Duration = Duration::from_secs(15);
/// Time for a file to be taken; a photograph may have to crawl through a bad radio link.
const UPLOAD: Duration = Duration::from_secs(60);
/// Time for an answer beyond the wait of a long poll.
const POLL_SLACK: Duration = Duration::from_secs(10);
/// Bytes of an answer at the most.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Requests that may wait; the engine has two in flight and a few claims.
const REQUESTS_MAX: usize = 64;
/// Threads of the runtime.
const WORKERS: usize = 2;

/// Why the network thread cannot run.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The address is none.
    #[error("{0:?} is no address of a core, e.g. http://127.0.0.1:8080")]
    Address(String),
    /// No thread or no runtime.
    #[error("the network thread cannot start")]
    Thread(#[source] std::io::Error),
    /// The client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

/// The network thread.
#[derive(Debug)]
pub struct Transport {
    requests: mpsc::Sender<Request>,
}

impl Transport {
    /// Starts it.
    ///
    /// # Errors
    /// [`TransportError`].
    pub fn start(
        core_url: &str,
        device: &str,
        key: DeviceKey,
        answers: impl Fn(NetAnswer) + Send + Sync + 'static,
    ) -> Result<Self, TransportError> {
        let core = Arc::new(Core {
            client: client()?,
            base: base(core_url)?,
            device: device.to_owned(),
            key: Some(key),
            bearer: Mutex::new(None),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("network")
            .enable_all()
            .build()
            .map_err(TransportError::Thread)?;
        let (requests, mut inbox) = mpsc::channel::<Request>(REQUESTS_MAX);
        let answers = Arc::new(answers);
        std::thread::Builder::new()
            .name("network".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    while let Some(request) = inbox.recv().await {
                        let (core, answers) = (Arc::clone(&core), Arc::clone(&answers));
                        tokio::spawn(async move { answers(core.perform(request).await) });
                    }
                });
            })
            .map_err(TransportError::Thread)?;
        Ok(Self { requests })
    }

    /// Sends a request; its answer comes through the closure. With a full queue it is dropped, and
    /// the engine's own time-out tries again.
    pub fn send(&self, request: Request) {
        if self.requests.try_send(request).is_err() {
            tracing::warn!("a request found the network queue full");
        }
    }
}

struct Core {
    client: Client,
    base: String,
    device: String,
    key: Option<DeviceKey>,
    bearer: Mutex<Option<String>>,
}

fn client() -> Result<Client, TransportError> {
    // A second installation is refused, and the first one is what we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(TransportError::Client)
}

fn base(core_url: &str) -> Result<String, TransportError> {
    let url = core_url.trim_end_matches('/');
    if url.starts_with("http://") || url.starts_with("https://") {
        Ok(url.to_owned())
    } else {
        Err(TransportError::Address(core_url.to_owned()))
    }
}

impl Core {
    async fn perform(&self, request: Request) -> NetAnswer {
        match request {
            Request::Push(push) => {
                let (epoch, first_seq) = (push.epoch, push.first_seq);
                let result = self.call::<_, PushResponse>(Method::POST, "/v1/sync/push", Some(&push), ANSWER).await;
                NetAnswer::Push { epoch, first_seq, result }
            }
            Request::Pull { cursor, server_epoch, limit, wait_s } => {
                let mut path = format!("/v1/sync/pull?limit={limit}&wait={wait_s}");
                if !cursor.is_empty() {
                    path.push_str("&cursor=");
                    path.push_str(&escaped(&cursor));
                    path.push_str("&server_epoch=");
                    path.push_str(&escaped(&server_epoch));
                }
                let time = POLL_SLACK + Duration::from_secs(u64::from(wait_s));
                NetAnswer::Pull(Box::new(self.call::<(), PullResponse>(Method::GET, &path, None, time).await))
            }
            Request::Bootstrap { stream, after, limit } => {
                let mut path = format!("/v1/sync/bootstrap?stream={}&limit={limit}", escaped(&stream));
                if !after.is_empty() {
                    path.push_str("&after=");
                    path.push_str(&escaped(&after));
                }
                let result = self.call::<(), BootstrapResponse>(Method::GET, &path, None, ANSWER).await;
                NetAnswer::Bootstrap { stream, after, result: Box::new(result) }
            }
            Request::Epoch(epoch) => {
                NetAnswer::Epoch(self.call::<_, EpochResponse>(Method::POST, "/v1/epoch", Some(&epoch), ANSWER).await)
            }
            Request::Claim { task, operator, id } => {
                let path = format!("/v1/tasks/{}/claim", escaped(&task));
                let body = ClaimRequest { operator, id };
                let result = self.call::<_, ClaimResponse>(Method::POST, &path, Some(&body), ANSWER).await;
                NetAnswer::Claim { task, result }
            }
            Request::Photo { id, bytes } => {
                let result = self.upload(&format!("/v1/photos/{}", escaped(&id)), bytes).await;
                NetAnswer::Photo { id, result }
            }
        }
    }

    /// One request with a token; a refused token is renewed once.
    async fn call<B: Serialize + std::marker::Sync, A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
        time: Duration,
    ) -> Result<A, NetError> {
        let bearer = self.token(None).await?;
        match self.once(method.clone(), path, body, time, Some(&bearer)).await {
            Err(NetError::Problem(problem)) if problem.status == StatusCode::UNAUTHORIZED.as_u16() => {
                let bearer = self.token(Some(&bearer)).await?;
                self.once(method, path, body, time, Some(&bearer)).await
            }
            other => other,
        }
    }

    /// Sends a file with a token; a refused token is renewed once. The core answers without a body.
    async fn upload(&self, path: &str, bytes: Vec<u8>) -> Result<(), NetError> {
        let mut bearer = self.token(None).await?;
        for again in [true, false] {
            let request = self.request(Method::POST, path, UPLOAD, Some(&bearer));
            let request = request.header(reqwest::header::CONTENT_TYPE, "application/octet-stream");
            let response = request.body(bytes.clone()).send().await.map_err(|error| unreachable(&error))?;
            // Anybody may answer with nothing; the core says who it is.
            let ours = response.headers().contains_key(HEADER_SERVER_EPOCH);
            if ours && response.status() == StatusCode::NO_CONTENT {
                return Ok(());
            }
            match read::<serde::de::IgnoredAny>(response).await {
                Ok(_) => return Err(NetError::NotOurs("a file was answered with something".to_owned())),
                Err(NetError::Problem(problem)) if again && problem.status == StatusCode::UNAUTHORIZED.as_u16() => {
                    bearer = self.token(Some(&bearer)).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(NetError::NotOurs("the new token was refused".to_owned()))
    }

    fn request(&self, method: Method, path: &str, time: Duration, bearer: Option<&str>) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .timeout(time)
            .header(HEADER_PROTOCOL, PROTOCOL.to_string())
            .header(HEADER_APP, env!("CARGO_PKG_VERSION"));
        match bearer {
            Some(bearer) => request.bearer_auth(bearer),
            None => request,
        }
    }

    async fn once<B: Serialize + std::marker::Sync, A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
        time: Duration,
        bearer: Option<&str>,
    ) -> Result<A, NetError> {
        let mut request = self.request(method, path, time, bearer);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        read(response).await
    }

    /// The token at hand, or a new one when there is none or `refused` was refused.
    async fn token(&self, refused: Option<&str>) -> Result<String, NetError> {
        let mut held = self.bearer.lock().await;
        if let Some(bearer) = held.as_ref().filter(|bearer| Some(bearer.as_str()) != refused) {
            return Ok(bearer.clone());
        }
        let Some(key) = &self.key else { return Err(NetError::NotOurs("no device key".to_owned())) };
        let nonce: NonceResponse = self.once(Method::POST, "/v1/nonce", None::<&()>, ANSWER, None).await?;
        let sig = key.sign(&token_message(&self.device, &nonce.nonce));
        let ask = TokenRequest { device: self.device.clone(), nonce: nonce.nonce, sig };
        let answer: TokenResponse = self.once(Method::POST, "/v1/token", Some(&ask), ANSWER, None).await?;
        *held = Some(answer.bearer.clone());
        Ok(answer.bearer)
    }
}

/// An answer counts only when it is JSON of the form expected: a captive portal answers 200 too.
async fn read<A: DeserializeOwned>(mut response: Response) -> Result<A, NetError> {
    let status = response.status();
    let json = response
        .headers()
        .get(reqwest::header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json") || kind.starts_with("application/problem+json"));
    let retry_after_s = response
        .headers()
        .get(reqwest::header::RETRY_AFTER)
        .and_then(|after| after.to_str().ok())
        .and_then(|after| after.parse().ok());
    if !json {
        return Err(NetError::NotOurs(format!("status {status}, not JSON")));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(NetError::NotOurs(format!("an answer of more than {BODY_BYTES_MAX} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|error| NetError::NotOurs(format!("status {status}: {error}")));
    }
    let problem: Problem =
        serde_json::from_slice(&body).map_err(|error| NetError::NotOurs(format!("status {status}: {error}")))?;
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        return Err(NetError::Busy { retry_after_s: retry_after_s.unwrap_or(1) });
    }
    Err(NetError::Problem(Box::new(Problem { status: status.as_u16(), ..problem })))
}

fn unreachable(error: &reqwest::Error) -> NetError {
    if error.is_timeout() && !error.is_connect() {
        return NetError::TimedOut;
    }
    NetError::Unreachable(crate::runner::chain(error))
}

/// A value for a query or path: everything but unreserved characters as `%XX` (RFC 3986, 2.1).
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Asks the core to know this device. Blocks; for the command line.
///
/// # Errors
/// [`NetError`], or no runtime as [`NetError::Unreachable`].
pub fn enrol(core_url: &str, request: &EnrolRequest) -> Result<EnrolResponse, NetError> {
    let no = |error: &dyn std::error::Error| NetError::Unreachable(crate::runner::chain(error));
    let core = Core {
        client: client().map_err(|error| no(&error))?,
        base: base(core_url).map_err(|error| no(&error))?,
        device: String::new(),
        key: None,
        bearer: Mutex::new(None),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| no(&error))?;
    runtime.block_on(core.once(Method::POST, "/v1/enrol", Some(request), ANSWER, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_a_query() {
        assert_eq!(escaped("dev:d-1=4,wh:7=9"), "dev%3Ad-1%3D4%2Cwh%3A7%3D9");
        assert_eq!(escaped("stock,A|ä"), "stock%2CA%7C%C3%A4");
    }

    #[test]
    fn an_address_needs_its_scheme() {
        assert!(base("127.0.0.1:8080").is_err());
        assert_eq!(base("http://127.0.0.1:8080/").unwrap(), "http://127.0.0.1:8080");
    }
}
