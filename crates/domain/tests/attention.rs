//! Needs attention (workflows.md section 9), as tables. Test names begin with the number of their case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/world.rs"]
mod world;

use floorhand_domain::fact::Fact;
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::workflow::attention::*;
use floorhand_domain::workflow::receive::Photo;
use floorhand_domain::workflow::refusal::Refusal;

fn who(operator: &str, role: Role) -> Who {
    Who { operator: operator.into(), roles: vec![role] }
}

fn refused(reason: Reason) -> Entry {
    Entry::Refused { raw: "4006381333931".to_owned(), reason, location: "A1".into() }
}

fn rejected(decided: bool) -> Entry {
    let decision = decided.then(|| Decision {
        decision: Reason::ShelfLife,
        subject: "receipt:R1".to_owned(),
        item: "X".into(),
        qty: 6,
    });
    Entry::Rejected { fact: "1/17".to_owned(), decision }
}

fn parked() -> Entry {
    Entry::Parked { fact: "1/18".to_owned() }
}

/// `owner`, `by`, whether somebody must allow something, the task.
fn exception(owner: &str, by: &str, waits: bool, task: &str) -> Entry {
    Entry::Exception {
        id: "E1".to_owned(),
        reason: Reason::Variance,
        owner: owner.into(),
        by: by.into(),
        task: task.into(),
        waits,
    }
}

fn all() -> Vec<Entry> {
    let mut all =
        vec![refused(Reason::UnknownCode), refused(Reason::WrongItem), rejected(true), rejected(false), parked()];
    for owner in ["", "OP1", "OP2"] {
        for by in ["", "OP1"] {
            for waits in [true, false] {
                for task in ["", "K1"] {
                    all.push(exception(owner, by, waits, task));
                }
            }
        }
    }
    all
}

fn with(note: &str, to: &str) -> With {
    With { note: note.to_owned(), to: to.into(), photo: None }
}

fn full() -> With {
    With { photo: Some(Photo { id: "P1".into(), hash: "0".repeat(64), bytes: 9 }), ..with("Seen", "OP2") }
}

#[test]
fn what_an_entry_offers() {
    use Action::*;
    let (op, sv) = (who("OP1", Role::Pick), who("OP1", Role::Supervisor));
    for (entry, who, offered) in [
        (refused(Reason::UnknownCode), &op, vec![Report]),
        (refused(Reason::WrongItem), &op, vec![]),
        (rejected(true), &op, vec![AskApproval, Dismiss]),
        (rejected(false), &sv, vec![Dismiss]),
        (parked(), &op, vec![AddNote, AddPhoto]),
        (parked(), &sv, vec![AddNote, AddPhoto]),
        (exception("OP1", "OP1", false, "K1"), &op, vec![OpenTask, Answer, PassOn]),
        (exception("OP1", "OP1", true, ""), &op, vec![Answer, PassOn]),
        (exception("OP2", "OP2", true, "K1"), &op, vec![]),
        (exception("", "OP2", true, ""), &sv, vec![Approve, Decline, Reassign]),
        (exception("OP1", "OP2", true, "K1"), &sv, vec![OpenTask, Answer, PassOn, Approve, Decline]),
        // C7: nobody decides about their own fact.
        (exception("", "OP1", true, ""), &sv, vec![Reassign]),
        (exception("", "OP2", false, ""), &sv, vec![Reassign]),
    ] {
        assert_eq!(actions(&entry, who), offered, "{entry:?} {who:?}");
    }
}

#[test]
fn the_facts_of_an_action() {
    let (op, sv) = (who("OP1", Role::Pick), who("SV1", Role::Supervisor));
    let mut told = Vec::new();
    for (entry, action, who, note, to) in [
        (refused(Reason::UnknownCode), Action::Report, &op, "", ""),
        (rejected(false), Action::Dismiss, &op, " Known ", ""),
        (rejected(true), Action::AskApproval, &sv, "", ""),
        (parked(), Action::AddNote, &op, "Blue box", ""),
        (parked(), Action::AddPhoto, &op, "", ""),
        (exception("OP1", "", false, "K1"), Action::OpenTask, &op, "", ""),
        (exception("OP1", "", false, ""), Action::Answer, &op, "Found at A2", ""),
        (exception("OP1", "", false, ""), Action::PassOn, &op, "", "OP2"),
        (exception("", "", true, ""), Action::Approve, &sv, "", ""),
        (exception("", "", true, ""), Action::Decline, &sv, "Count again", ""),
        (exception("OP2", "", true, ""), Action::Reassign, &sv, "", "OP3"),
    ] {
        let photo = full().photo.filter(|_| action == Action::AddPhoto);
        let done = act(&entry, action, who, &"OP1".into(), With { photo, ..with(note, to) }).unwrap();
        assert!(done.facts.iter().all(|fact| !matches!(fact, Fact::Undone { .. })));
        told.push((action, done.closes, done.open, done.facts));
    }
    insta::assert_json_snapshot!("attention_facts", told);
}

/// A supervisor at their own station needs no badge again.
#[test]
fn a_supervisor_who_is_signed_in() {
    let sv = who("SV1", Role::Supervisor);
    let done = act(&exception("", "OP1", true, ""), Action::Approve, &sv, &"SV1".into(), With::default()).unwrap();
    assert_eq!(done.facts.iter().map(Fact::kind).collect::<Vec<_>>(), ["ExceptionAnswered"]);
}

#[test]
fn what_an_action_needs() {
    let (op, sv) = (who("OP1", Role::Pick), who("SV1", Role::Supervisor));
    let missing = |what: &str| Refusal::MissingAnswer { what: what.to_owned() };
    for (entry, action, who, refusal) in [
        (rejected(false), Action::Dismiss, &op, missing("note")),
        (parked(), Action::AddNote, &op, missing("note")),
        (parked(), Action::AddPhoto, &op, missing("photo")),
        (exception("OP1", "", false, ""), Action::Answer, &op, missing("note")),
        (exception("OP1", "", false, ""), Action::PassOn, &op, missing("to")),
        (exception("", "", true, ""), Action::Decline, &sv, missing("note")),
        (exception("", "", true, ""), Action::Reassign, &sv, missing("to")),
        // Whoever asks does not decide, and only a supervisor does.
        (rejected(true), Action::AskApproval, &op, Refusal::NotAllowed),
        (exception("OP1", "", true, ""), Action::Approve, &op, Refusal::NotAllowed),
        (exception("OP2", "", true, ""), Action::Answer, &op, Refusal::NotAllowed),
    ] {
        assert_eq!(act(&entry, action, who, &"OP1".into(), With::default()), Err(refusal), "{entry:?} {action:?}");
    }
    let own = who("OP1", Role::Manager);
    let anew = act(&rejected(true), Action::AskApproval, &own, &"OP1".into(), With::default());
    assert_eq!(anew, Err(Refusal::NotAllowed));
}

const ACTIONS: [Action; 11] = [
    Action::Report,
    Action::Dismiss,
    Action::AskApproval,
    Action::AddNote,
    Action::AddPhoto,
    Action::OpenTask,
    Action::Answer,
    Action::PassOn,
    Action::Approve,
    Action::Decline,
    Action::Reassign,
];

/// Nothing that anybody can do about a parked fact undoes it or closes its entry; applied later, it leaves by
/// itself.
#[test]
fn n01_a_parked_fact_is_never_deleted() {
    for role in [Role::Pick, Role::Supervisor, Role::Manager] {
        for action in ACTIONS {
            let Ok(done) = act(&parked(), action, &who("OP1", role), &"OP1".into(), full()) else { continue };
            assert!(!done.closes, "{action:?}");
            for fact in &done.facts {
                assert!(matches!(fact, Fact::NoteAdded { .. } | Fact::PhotoTaken { .. }), "{fact:?}");
            }
        }
    }
    assert!(Came::Parked.is_listed());
    assert!(!Came::Applied.is_listed());
}

#[test]
fn n02_a_rejected_decision_is_dismissed_with_a_note() {
    let op = who("OP1", Role::Receive);
    let done = act(&rejected(true), Action::Dismiss, &op, &"OP1".into(), with("Left in quarantine", "")).unwrap();
    let note = Fact::NoteAdded { entry: "1/17".to_owned(), note: "Left in quarantine".to_owned() };
    assert_eq!((done.closes, done.facts), (true, vec![note]));
}

#[test]
fn n03_a_flagged_outcome_signals_once() {
    for (before, now, signals) in [
        (None, Came::Flagged, true),
        (Some(Came::Parked), Came::Flagged, true),
        (Some(Came::Flagged), Came::Flagged, false),
        (None, Came::Rejected, true),
        (Some(Came::Rejected), Came::Rejected, false),
        (None, Came::Applied, false),
        (Some(Came::Parked), Came::Applied, false),
        (None, Came::Parked, false),
    ] {
        assert_eq!(now.signals(before), signals, "{before:?} {now:?}");
    }
}

#[test]
fn n04_the_first_answer_decides() {
    use Answer::*;
    for (answers, first) in [
        (vec![], None),
        (vec![Approve, Decline], Some(0)),
        (vec![Decline, Approve], Some(0)),
        (vec![PassOn], None),
        (vec![PassOn, Done, Approve], Some(1)),
    ] {
        assert_eq!(decides(&answers), first, "{answers:?}");
    }
    for answer in Answer::ALL {
        assert_eq!(Answer::parse(answer.as_str()), Some(answer));
    }
    assert_eq!(Answer::parse("delete"), None);
}

/// The same code means something once it is bound.
#[test]
fn n05_a_reported_barcode_resolves_once_it_is_bound() {
    let world = world::World::new();
    let meant = |world: &world::World| world.meant("4006381333931", &"A1".into(), &"X".into()).unwrap().0;
    assert!(meant(&world).meanings.is_empty());
    let entry = refused(Reason::UnknownCode);
    let done = act(&entry, Action::Report, &who("OP1", Role::Pick), &"OP1".into(), With::default()).unwrap();
    let Fact::BarcodeReported { raw, .. } = &done.facts[0] else { panic!("{done:?}") };
    let bound = world.code(&format!("0{raw}"), "X");
    assert_eq!(meant(&bound).meanings.len(), 1);
}

#[test]
fn entries_as_they_are_stored() {
    let entries =
        [refused(Reason::UnknownCode), rejected(true), rejected(false), parked(), exception("OP1", "OP2", true, "K1")];
    for entry in &entries {
        let json = serde_json::to_string(entry).unwrap();
        assert_eq!(*entry, serde_json::from_str::<Entry>(&json).unwrap(), "{json}");
    }
    insta::assert_json_snapshot!("attention_entries", entries);
    insta::assert_json_snapshot!("attention_actions", ACTIONS);
}

/// What is offered can be done, and what is not offered cannot.
#[test]
fn what_is_offered_can_be_done() {
    let nobody = "OP9".into();
    for entry in all() {
        for role in [Role::Pick, Role::Supervisor, Role::Manager] {
            let who = who("OP1", role);
            let offered = actions(&entry, &who);
            for action in ACTIONS {
                let done = act(&entry, action, &who, &nobody, full());
                let asks = action == Action::AskApproval && role == Role::Pick;
                assert_eq!(done.is_ok(), offered.contains(&action) && !asks, "{entry:?} {who:?} {action:?}");
            }
        }
    }
}
