//! Answers to exceptions: the first in the order of the core decides, later ones are kept as notes. Rows are added,
//! never changed.

use super::approved;
use super::effect::{Act, Effect, Stop};
use crate::attention::state::{ApprovalEvent, ApprovalState, ExceptionEvent};
use crate::attention::{self, By, Decided};
use crate::auth::Decider;
use crate::claim;
use crate::error::{Error, Result};
use crate::vals;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::OperatorId;
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::attention::{Answer, NOTE_CHARS_MAX};

/// `ExceptionAnswered`.
pub(super) async fn effect(act: &mut Act<'_>, fact: &Fact) -> Effect {
    let Fact::ExceptionAnswered { exception: id, answer, note, to } = fact else {
        return Err(Error::Stored("not an answer".to_owned()));
    };
    let refuse = |detail: String| Ok(Err(Stop::Reject(Reason::NotAllowed, detail)));
    let passes = answer == Answer::PassOn.as_str();
    let Some(answer) = Answer::parse(answer).filter(|_| passes != to.is_none()) else {
        return Ok(Err(Stop::Reject(Reason::BadFact, format!("answer {answer:?} does not read"))));
    };
    let warehouse = act.warehouse();
    let Some(exception) = attention::get(act.tx, warehouse, id).await? else {
        act.flag(Reason::UnknownReference, format!("exception:{id}"), "the exception is not known");
        return Ok(Ok(()));
    };
    let who = answerer(act, &fact.aggregate()).await?;
    let roles = approved::roles(act, &who).await?;
    let manager = roles.contains(&Role::Manager);
    let decides = manager || roles.contains(&Role::Supervisor);
    let own = exception.owner == who.as_str() && !who.is_none();
    if !decides && (!own || matches!(answer, Answer::Approve | Answer::Decline)) {
        return refuse(format!("{who} has no say about it"));
    }
    let note: String = note.chars().take(NOTE_CHARS_MAX).collect();
    let by = By { name: who.as_str(), operator: who.as_str(), note: &note };
    let approval = attention::approval_over(act.tx, warehouse, &exception.id).await?;
    let event = match answer {
        Answer::Approve | Answer::Decline => {
            let event = if answer == Answer::Approve { ApprovalEvent::Approved } else { ApprovalEvent::Declined };
            if let Some(approval) = &approval {
                let decider = Decider { name: who.0.clone(), operator: who.0.clone(), manager };
                let decided = attention::decide(act.tx, act.changes, approval, event, &decider, &note, act.now).await?;
                return match decided {
                    Decided::NotAllowed(why) => refuse(why.to_owned()),
                    Decided::Done | Decided::Late(_) => Ok(Ok(())),
                };
            }
            if attention::maker(act.tx, warehouse, &exception).await? == who.as_str() {
                return refuse(format!("{who} made the fact that it is about"));
            }
            if answer == Answer::Approve { ExceptionEvent::Approved } else { ExceptionEvent::Declined }
        }
        // What waits for a decision is not settled by words.
        Answer::Done if approval.is_some_and(|approval| approval.state == ApprovalState::Wanted) => {
            ExceptionEvent::Noted
        }
        Answer::Done => ExceptionEvent::Closed,
        Answer::PassOn => {
            if !claim::may_work(act.tx, warehouse, to.as_str(), act.now).await? {
                return Ok(Err(Stop::Reject(Reason::UnknownReference, format!("{to} does not work here"))));
            }
            ExceptionEvent::Reassigned
        }
    };
    attention::act(act.tx, act.changes, &exception, event, to.as_str(), by, act.now).await?;
    Ok(Ok(()))
}

/// Whoever answers: the supervisor who came by and allowed it at the station, in the fact before this one; else
/// whoever is signed in there.
async fn answerer(act: &Act<'_>, subject: &str) -> Result<OperatorId> {
    let (epoch, seq) = (act.epoch.cast_signed(), act.seq.cast_signed());
    let rows = act
        .tx
        .lock(
            "SELECT epoch, seq, by_operator FROM granted WHERE warehouse_id = $1 AND device = $2 AND subject = $3 \
             AND epoch = $4 AND seq = $5 AND used_seq = 0",
            vals![act.warehouse(), act.device, subject, epoch, seq - 1],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(act.operator.into()) };
    act.tx
        .execute(
            "UPDATE granted SET used_epoch = $5, used_seq = $6 \
             WHERE warehouse_id = $1 AND device = $2 AND epoch = $3 AND seq = $4",
            vals![act.warehouse(), act.device, row.i64("epoch")?, row.i64("seq")?, epoch, seq],
        )
        .await?;
    Ok(row.text("by_operator")?.into())
}
