//! Returns and the order in which things become known: facts twice, two stations offline, references that come
//! late, a policy that changed meanwhile (workflows, section 8).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/world.rs"]
mod world;

use bench::*;
use desk::*;
use floorhand_domain::returns::{Disposition, Grade};
use serde_json::{Value, json};
use world::*;

fn renumbered(device: &mut Device, fact: &floorhand_domain::fact::Fact, id: &str) -> Value {
    let body = serde_json::to_value(fact).unwrap()["body"].clone();
    device.say_as(id, fact.kind(), fact.version(), &fact.aggregate(), body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t18_an_inspection_delivered_twice_is_one_refund() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 2)]).await;
    let id = uuid::Uuid::now_v7().to_string();
    let fact = Back::new("i-1", "S-1", "X", 1).fact();
    let batch = [renumbered(&mut device, &fact, &id)];
    assert!(device.push(&batch).outcomes.is_empty());
    // The answer was lost: the same batch again.
    assert!(device.push(&batch).outcomes.is_empty());
    // Re-numbered after a salvage: another number, the same fact.
    let copy = renumbered(&mut device, &fact, &id);
    assert!(device.push(&[copy]).outcomes.is_empty());
    assert_eq!(desk.refunds("S-1"), [released(1_000)]);
    assert_eq!(desk.world().stock("A1", "X", "available").await, 11);
    assert_eq!(desk.returned(&mut device, "S-1"), 1);
    assert_eq!(device.rows("refund").len(), 1);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t19_two_stations_offline_inspect_the_same_unit() {
    let desk = Desk::new().await;
    let (mut a, mut b) = (desk.world().enrol().await, desk.world().enrol().await);
    b.operator = "o-2".to_owned();
    desk.ship(&mut a, "S-1", "Z", &[("", "N1", 1)]).await;
    desk.announce("RMA-1", "S-1", 1);
    a.pull();
    b.pull();
    // Both without a network, both by what they know.
    let unit = |inspection: &str| Back {
        rma: "RMA-1".to_owned(),
        serial: "N1".to_owned(),
        ..Back::new(inspection, "S-1", "Z", 1)
    };
    let first = [a.say(&begins("i-a", "RMA-1", "S-1")), a.say(&unit("i-a").fact())];
    let second = [b.say(&begins("i-b", "RMA-1", "S-1")), b.say(&unit("i-b").fact())];
    assert!(b.push(&second).outcomes.is_empty());
    let late = a.push(&first);
    assert_eq!((late.outcomes.len(), late.outcomes[0].code.as_str()), (1, "OVER_RETURN"));
    assert_eq!(desk.refunds("S-1"), [released(5_000), refused("OVER_RETURN")]);
    // Each station sees its own: one the money, one why there is none.
    a.pull();
    b.pull();
    assert_eq!((&a.rows("refund")[0]["state"], &b.rows("refund")[0]["state"]), (&json!("refused"), &json!("released")));
    assert_eq!(a.rows("refund")[0]["reason"], "OVER_RETURN");
    assert!(a.rows("exception").iter().any(|row| row["kind"] == "OVER_RETURN"));
    assert_eq!(a.row("rma", "RMA-1").unwrap()["state"], "closed");
    assert_eq!(desk.world().stock("A1", "Z", "quarantined").await, 1);
    assert_eq!(desk.world().stock("A1", "Z", "available").await, 1);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_not_known_yet_is_waited_for_and_everything_of_the_return_with_it() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 3)]).await;
    // The core was restored, and the return is not announced again yet.
    let of_rma = Back { rma: "RMA-1".to_owned(), ..Back::new("i-1", "S-1", "X", 1) };
    assert_eq!(device.tell(&begins("i-1", "RMA-1", "S-1")), parked("UNKNOWN_REFERENCE"));
    assert_eq!(device.tell(&of_rma.fact()), parked("BEHIND"));
    // Others flow.
    assert_eq!(device.tell(&Back::new("i-2", "S-1", "X", 1).fact()), fine());
    // Nor is the order.
    let of_order = Back::new("i-3", "S-9", "Y", 1).graded(Grade::A, Disposition::Restock, "A1");
    assert_eq!(device.tell(&of_order.fact()), parked("UNKNOWN_REFERENCE"));
    assert_eq!(desk.refunds("S-1").len(), 1);
    desk.announce("RMA-1", "S-1", 1);
    device.pull();
    let outcomes: Vec<&Value> = device.rows("outcome");
    assert!(outcomes.iter().filter(|row| row["outcome"] == "applied").count() == 2, "{outcomes:?}");
    assert_eq!(desk.refunds("S-1"), [released(1_000), released(1_000)]);
    assert_eq!(desk.bench.get("/v1/rmas/RMA-1")["state"], "closed");
    // The order comes; what came back of it was not shipped, as far as anybody knows.
    desk.bench.must("POST", "/v1/orders", &json!({"id": "S-9", "lines": [{"item": "Y", "qty": 1}]}));
    device.pull();
    assert!(device.rows("outcome").iter().any(|row| row["code"] == "RET_NOT_SHIPPED"));
    assert_eq!(desk.refunds("S-9"), [refused("RET_NOT_SHIPPED")]);
    assert_eq!(desk.world().number("SELECT COUNT(*) FROM parked").await, 0);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_inspection_whose_beginning_comes_late_or_never_counts() {
    let desk = Desk::new().await;
    let (mut a, mut b) = (desk.world().enrol().await, desk.world().enrol().await);
    desk.ship(&mut a, "S-1", "X", &[("", "", 2)]).await;
    assert_eq!(b.tell(&Back::new("i-1", "S-1", "X", 1).fact()), fine());
    assert_eq!(a.tell(&begins("i-1", "", "S-1")), fine());
    assert_eq!(a.tell(&begins("i-1", "", "S-1")), fine());
    assert_eq!(desk.world().number("SELECT COUNT(*) FROM inspection").await, 1);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_return_cancelled_meanwhile_is_set_aside_and_its_money_decided_by_somebody() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 2)]).await;
    desk.announce("RMA-1", "S-1", 2);
    device.pull();
    let back = Back { rma: "RMA-1".to_owned(), ..Back::new("i-1", "S-1", "X", 1) };
    let offline = [device.say(&begins("i-1", "RMA-1", "S-1")), device.say(&back.fact())];
    let sup = desk.token("supervisor", "o-sup").await;
    let done = desk.post_as(&sup, "/v1/rmas/RMA-1/cancel", &json!({"id": "r-1", "note": "found it again"}));
    assert_eq!((done.status, done.body["state"].as_str()), (200, Some("cancelled")));
    let outcomes = device.push(&offline).outcomes;
    assert_eq!((outcomes.len(), outcomes[0].code.as_str()), (1, "UNPLANNED"));
    assert_eq!(desk.world().stock("A1", "X", "quarantined").await, 1);
    assert_eq!(desk.refunds("S-1"), [held(1_000, "UNPLANNED")]);
    device.pull();
    assert_eq!(device.row("rma", "RMA-1").unwrap()["state"], "cancelled");
    // Somebody lets the money go; the station learns it.
    let id = device.rows("refund")[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/refunds/{id}");
    let answer = desk.post_as(&sup, &path, &json!({"id": "d-1", "decision": "release", "note": "goodwill"}));
    assert_eq!((answer.status, answer.body["state"].as_str()), (200, Some("released")), "{}", answer.body);
    device.pull();
    assert_eq!(device.rows("refund")[0]["state"], "released");
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_station_that_was_offline_judges_by_the_policy_that_it_had() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "X", &[("", "", 3)]).await;
    let mut policy = desk.bench.get("/v1/return-policy");
    policy["rules"] = json!([{"grade": "A", "disposition": "liquidate"}]);
    desk.bench.must("PUT", "/v1/return-policy", &policy);
    // As new was to be restocked when it was inspected.
    assert_eq!(device.tell(&Back::new("i-1", "S-1", "X", 1).fact()), fine());
    // By the policy of now.
    let sold_off = Back::new("i-1", "S-1", "X", 1).graded(Grade::A, Disposition::Liquidate, QUARANTINE);
    assert_eq!(device.tell(&sold_off.fact()), fine());
    // After as long as a station lets somebody sign in without news, the old one counts no more.
    desk.world().run("UPDATE return_policy_past SET replaced_ms = replaced_ms - 8 * 24 * 3600000").await;
    assert_eq!(device.tell(&Back::new("i-2", "S-1", "X", 1).fact()), flagged("NOT_ALLOWED"));
    device.pull();
    assert_eq!(device.row("return-policy", "return-policy").unwrap()["rules"], policy["rules"]);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn goods_of_unknown_worth_are_paid_by_somebody_who_knows() {
    let desk = Desk::new().await;
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "W", &[("", "", 1)]).await;
    assert_eq!(device.tell(&Back::new("i-1", "S-1", "W", 1).fact()), fine());
    assert_eq!(desk.refunds("S-1"), [held(0, "MISSING_DATA")]);
    assert_eq!(desk.bench.exceptions("MISSING_DATA").await, 1);
    desk.world().assert_clean().await;
}
