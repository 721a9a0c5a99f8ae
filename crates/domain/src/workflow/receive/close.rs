//! The end of a receipt.

use super::leave::Pending;
use super::{Exit, Receive, ReceiveStep};
use crate::fact::Fact;
use crate::inbound::DeliveryLineState;
use crate::workflow::refusal::Refusal;
use crate::workflow::{Accepted, Class, Next, Step, What};

impl Receive {
    /// Lines of which something is still awaited.
    #[must_use]
    pub fn open_lines(&self) -> i64 {
        let rows = self.lines.iter().zip(&self.received);
        let open = rows.filter(|(line, got)| line.state == DeliveryLineState::Open && line.ordered > **got);
        i64::try_from(open.count()).unwrap_or(i64::MAX)
    }

    /// Closes the receipt. Where lines are open and nothing more is to come, the button is pressed twice.
    pub(super) fn close(mut self, complete: bool, pending: Option<Pending>) -> ReceiveStep {
        // What is counted and not yet in a handling unit is finished or dropped first.
        if self.entry().is_some() {
            return self.not_now();
        }
        let open = self.open_lines();
        let asked = Pending::Close { complete };
        if complete && open > 0 && pending.as_ref() != Some(&asked) {
            self.pending = Some(asked);
            return self.refuse(Refusal::Partial { open });
        }
        let fact = Fact::ReceiptClosed { receipt: self.receipt.clone(), delivery: self.delivery_id(), complete };
        Step {
            next: Next::Finish(Exit::Closed),
            answer: Ok(Accepted::new(Class::TaskComplete, What::Closed, self.delivery_id().0)),
            facts: vec![fact],
        }
    }
}
