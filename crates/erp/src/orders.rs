//! Customer orders on their way to the floor: accepted ([`intake`]), promised stock ([`promise`],
//! by the pure rules of [`allocate`]), released as pick tasks ([`mod@release`]).

pub mod allocate;
pub mod displace;
pub mod follow;
pub mod intake;
pub mod promise;
pub mod release;
pub mod state;
pub(crate) mod sums;
pub mod waves;

pub use intake::{Accepted, Fault, NewLine, NewOrder, ReleaseMode, accept};
pub use promise::reallocate;
pub use release::{ReleaseRequest, Released, release, release_one, resume};
