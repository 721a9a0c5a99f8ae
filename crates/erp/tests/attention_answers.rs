//! Answers that devices give to exceptions (workflows, section 9).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/world.rs"]
mod world;

use bench::*;
use desk::*;
use floorhand_domain::fact::Fact;
use floorhand_domain::reason::Reason;
use serde_json::{Value, json};
use world::*;

fn answers(exception: &str, answer: &str, note: &str, to: &str) -> Fact {
    Fact::ExceptionAnswered {
        exception: exception.to_owned(),
        answer: answer.to_owned(),
        note: note.to_owned(),
        to: to.into(),
    }
}

/// An exception over what `o-1` did, and its identifier.
async fn open(desk: &Desk, device: &mut Device, order: &str) -> String {
    desk.ship(device, order, "X", &[("", "", 1)]).await;
    assert_eq!(device.tell(&Back::new(order, order, "X", 2).fact()), flagged("OVER_RETURN"));
    let list = desk.bench.get("/v1/exceptions?kind=OVER_RETURN");
    list["items"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

fn assign(desk: &Desk, id: &str, owner: &str) {
    let body = json!({"id": uuid::Uuid::now_v7().to_string(), "resolution": "reassign", "owner": owner});
    desk.bench.must("POST", &format!("/v1/exceptions/{id}/resolve"), &body);
}

fn stands(desk: &Desk, id: &str) -> (String, String, Vec<(String, String)>) {
    let one: Value = desk.bench.get(&format!("/v1/exceptions/{id}"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let events = one["events"].as_array().unwrap();
    (
        text(&one["state"]),
        text(&one["resolution"]),
        events.iter().map(|event| (text(&event["event"]), text(&event["operator"]))).collect(),
    )
}

fn event(name: &str, operator: &str) -> (String, String) {
    (name.to_owned(), operator.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_it_was_given_to_settles_it_or_passes_it_on() {
    let desk = Desk::new().await;
    let (mut a, mut b) = (desk.world().enrol().await, desk.world().enrol().await);
    b.operator = "o-2".to_owned();
    let id = open(&desk, &mut a, "S-1").await;
    // Not theirs yet: nobody but the station that caused it even sees it.
    assert_eq!(b.tell(&answers(&id, "done", "looked", "")), rejected("NOT_ALLOWED"));
    b.pull();
    assert!(b.row("exception", &id).is_none());
    assign(&desk, &id, "o-2");
    b.pull();
    let row = b.row("exception", &id).unwrap().clone();
    assert_eq!(
        (row["owner"].as_str(), row["by"].as_str(), row["state"].as_str(), row["waits"].as_bool()),
        (Some("o-2"), Some("o-1"), Some("open"), None)
    );
    assert!(row["detail"].as_str().unwrap().contains("came"));
    // On, and back; to nobody, or to somebody who is not here, it cannot go.
    assert_eq!(b.tell(&answers(&id, "pass-on", "", "")), rejected("BAD_FACT"));
    assert_eq!(b.tell(&answers(&id, "pass-on", "", "o-old")), rejected("UNKNOWN_REFERENCE"));
    assert_eq!(b.tell(&answers(&id, "pass-on", "yours", "o-1")), fine());
    a.pull();
    assert_eq!(a.row("exception", &id).unwrap()["owner"], "o-1");
    assert_eq!(b.tell(&answers(&id, "done", "late", "")), rejected("NOT_ALLOWED"));
    // An owner without the role settles it, and decides nothing.
    assert_eq!(a.tell(&answers(&id, "approve", "", "")), rejected("NOT_ALLOWED"));
    assert_eq!(a.tell(&answers(&id, "done", "one was another customer's", "")), fine());
    a.pull();
    b.pull();
    assert_eq!(
        (&a.row("exception", &id).unwrap()["state"], &b.row("exception", &id).unwrap()["state"]),
        (&json!("closed"), &json!("closed"))
    );
    let (state, resolution, events) = stands(&desk, &id);
    assert_eq!((state.as_str(), resolution.as_str()), ("closed", "close"));
    assert_eq!(events, [event("reassign", ""), event("reassign", "o-2"), event("close", "o-1")]);
    assert_eq!(a.tell(&answers("no-such", "done", "", "")), flagged("UNKNOWN_REFERENCE"));
    assert_eq!(a.tell(&answers(&id, "shrug", "", "")), rejected("BAD_FACT"));
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn n04_of_two_supervisors_who_answer_offline_the_first_decides() {
    let desk = Desk::new().await;
    let (mut a, mut b) = (desk.world().enrol().await, desk.world().enrol().await);
    let id = open(&desk, &mut a, "S-1").await;
    (a.operator, b.operator) = ("o-sup".to_owned(), "o-man".to_owned());
    let first = b.say(&answers(&id, "decline", "not ours", ""));
    let second = a.say(&answers(&id, "approve", "fine by me", ""));
    assert!(b.push(&[first]).outcomes.is_empty());
    assert!(a.push(std::slice::from_ref(&second)).outcomes.is_empty());
    // Sent again, it is still one note.
    assert!(a.push(&[second]).outcomes.is_empty());
    let (state, resolution, events) = stands(&desk, &id);
    assert_eq!((state.as_str(), resolution.as_str()), ("closed", "decline"));
    assert_eq!(events, [event("decline", "o-man"), event("note", "o-sup")]);
    a.pull();
    assert_eq!(a.row("exception", &id).unwrap()["state"], "closed");
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_supervisor_who_comes_by_answers_at_the_station_of_another() {
    let desk = Desk::new().await;
    let (mut a, mut b) = (desk.world().enrol().await, desk.world().enrol().await);
    b.operator = "o-2".to_owned();
    let id = open(&desk, &mut a, "S-1").await;
    let allowed = |by: &str| Fact::Approved {
        by: by.into(),
        decision: Reason::OverReturn,
        subject: format!("exception:{id}"),
        item: "".into(),
        qty: 0,
    };
    // Without authority the decision is rejected, and so is what it stood for.
    assert_eq!(b.tell(&allowed("o-1")), rejected("NOT_ALLOWED"));
    assert_eq!(b.tell(&answers(&id, "approve", "", "")), rejected("NOT_ALLOWED"));
    assert_eq!(b.tell(&allowed("o-sup")), fine());
    assert_eq!(b.tell(&answers(&id, "approve", "", "")), fine());
    assert_eq!(stands(&desk, &id).2, [event("approve", "o-sup")]);
    // It counted once.
    let other = open(&desk, &mut a, "S-2").await;
    assert_eq!(b.tell(&answers(&other, "approve", "", "")), rejected("NOT_ALLOWED"));
    // Nobody decides about what they did themselves, whatever their role.
    a.operator = "o-sup".to_owned();
    assert_eq!(a.tell(&Back::new("i-9", "S-2", "X", 1).fact()), flagged("OVER_RETURN"));
    let list = desk.bench.get("/v1/exceptions?kind=OVER_RETURN");
    let own = list["items"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(a.tell(&answers(&own, "approve", "", "")), rejected("NOT_ALLOWED"));
    assert_eq!(a.tell(&answers(&other, "approve", "", "")), fine());
    desk.world().assert_clean().await;
}
