//! Facts up, state down. The engine ([`engine`]) decides and does no I/O of its own but through the store it
//! is handed; [`transport`] speaks HTTP on a thread of its own. `SPEC.md` beside this file lists states,
//! inputs and invariants with the tests that hold them.

pub mod engine;
mod lane;
pub mod transport;

pub use engine::Sync;

use floorhand_domain::fact::Fact;
use floorhand_wire::enrol::{ClaimResponse, EpochRequest, EpochResponse};
use floorhand_wire::feed::{BootstrapResponse, PullResponse};
use floorhand_wire::problem::Problem;
use floorhand_wire::push::{PushRequest, PushResponse};

/// Something to ask the core.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Facts up.
    Push(PushRequest),
    /// Deltas down.
    Pull {
        /// Where the device stands; empty = at the beginning.
        cursor: String,
        /// The core's state that this cursor belongs to.
        server_epoch: String,
        /// Rows at the most.
        limit: u32,
        /// Seconds the core may wait for something new.
        wait_s: u32,
    },
    /// A page of a whole stream.
    Bootstrap {
        /// The stream.
        stream: String,
        /// After this key; empty = from the beginning.
        after: String,
        /// Rows at the most.
        limit: u32,
    },
    /// A new epoch.
    Epoch(EpochRequest),
    /// A claim on a task.
    Claim {
        /// The task.
        task: String,
        /// Who will do it.
        operator: String,
        /// The request's own identity: a repeated one is one claim.
        id: String,
    },
    /// The file of a photograph whose fact was pushed.
    Photo {
        /// Which.
        id: String,
        /// The file.
        bytes: Vec<u8>,
    },
}

/// What the network made of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum NetAnswer {
    /// Of a push.
    Push {
        /// Its epoch.
        epoch: u64,
        /// Its first number.
        first_seq: u64,
        /// The answer.
        result: Result<PushResponse, NetError>,
    },
    /// Of a pull.
    Pull(Box<Result<PullResponse, NetError>>),
    /// Of a bootstrap.
    Bootstrap {
        /// The stream.
        stream: String,
        /// The key asked for.
        after: String,
        /// The answer.
        result: Box<Result<BootstrapResponse, NetError>>,
    },
    /// Of a new epoch.
    Epoch(Result<EpochResponse, NetError>),
    /// Of a claim.
    Claim {
        /// The task.
        task: String,
        /// The answer.
        result: Result<ClaimResponse, NetError>,
    },
    /// Of a photograph.
    Photo {
        /// Which.
        id: String,
        /// Whether the core has it.
        result: Result<(), NetError>,
    },
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NetError {
    /// The core cannot be reached.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// The core took too long; what was sent may have arrived.
    #[error("no answer in time")]
    TimedOut,
    /// Something answered that is not the core: a captive portal, a proxy's page.
    #[error("not the core's answer: {0}")]
    NotOurs(String),
    /// The core is busy.
    #[error("busy, again in {retry_after_s} s")]
    Busy {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// The core refused.
    #[error("{} ({}): {}", .0.title, .0.status, .0.detail)]
    Problem(Box<Problem>),
}

/// Something for the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The app has started.
    Start,
    /// Facts were committed.
    FactCommitted {
        /// Claims among them, to be asked for at once.
        claims: Vec<Claim>,
    },
    /// The network answered.
    Answer(NetAnswer),
    /// Something is due.
    Tick,
    /// A person wants it now.
    SyncNow,
    /// The network is back.
    LinkUp,
}

/// A claim that was recorded as a fact, to be asked for without waiting for the push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The task.
    pub task: String,
    /// Who.
    pub operator: String,
    /// The fact's identity.
    pub id: String,
}

/// What the engine wants done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SyncTurn {
    /// To be sent.
    pub requests: Vec<Request>,
    /// For the app.
    pub notices: Vec<Notice>,
    /// When to tick again.
    pub due_ms: Option<u64>,
}

/// The connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The core answered.
    Online,
    /// It did not.
    Offline,
    /// Facts are on their way.
    Sending,
}

/// What the app should know.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// The connection changed.
    Link(Link),
    /// Rows changed.
    BaseChanged(crate::store::Changes),
    /// Facts were acknowledged, or judged.
    OutcomesChanged,
    /// The core no longer knows this device.
    AccessEnded,
    /// The core wants a newer app; facts are still taken.
    TooOld,
    /// Somebody else holds the task.
    ClaimRefused {
        /// The task.
        task: String,
        /// Who.
        holder: String,
    },
    /// A stream is fetched anew.
    Resync {
        /// Which.
        stream: String,
    },
}

/// The claims among the facts of a commit.
#[must_use]
pub fn claims_of(commit: &crate::store::Commit) -> Vec<Claim> {
    commit
        .facts
        .iter()
        .zip(&commit.fact_ids)
        .filter_map(|(fact, id)| match fact {
            Fact::TaskClaimed { task } => {
                Some(Claim { task: task.0.clone(), operator: commit.operator.0.clone(), id: id.clone() })
            }
            _ => None,
        })
        .collect()
}
