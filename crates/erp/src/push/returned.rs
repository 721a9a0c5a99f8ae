//! What comes back.

use super::effect::{Act, Effect, Stop};
use floorhand_domain::fact::Fact;
use floorhand_domain::reason::Reason;

/// Waits for a core that knows it.
pub(super) async fn effect(_: &mut Act<'_>, fact: &Fact) -> Effect {
    Ok(Err(Stop::Park(Reason::UnknownType, format!("type {:?}", fact.kind()))))
}
