//! Exceptions, approvals, count plans and replenishment over HTTP: what is answered, refused, repeated.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use floorhand_domain::stock::Status;
use floorhand_domain::task::TaskKind;
use serde_json::{Value, json};
use stock::*;
use world::*;

fn code(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["code"].as_str().unwrap_or_default())
}

fn fields(answer: &Answer) -> Vec<&str> {
    let mut fields: Vec<&str> =
        answer.body["errors"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    fields
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exceptions_are_looked_at_given_away_and_closed() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    world.goods("A2", "Y", "", "", Status::Available, 1).await;
    assert_eq!(device.tell(&moving("A2", "A9", "Y", 3)), pair("applied-flagged", "NEG_STOCK"));
    assert_eq!(device.tell(&moving("A3", "A9", "Y", 3)), pair("applied-flagged", "NEG_STOCK"));
    let token = world.token("supervisor", "o-2").await;
    let all = world.get(&token, "/v1/exceptions?state=open&kind=NEG_STOCK");
    assert_eq!(all.body["items"].as_array().unwrap().len(), 2);
    let one = world.get(&token, "/v1/exceptions?subject=A2%7CY");
    assert_eq!(one.body["items"].as_array().unwrap().len(), 1);
    let first = world.get(&token, "/v1/exceptions?limit=1");
    let next = format!("/v1/exceptions?limit=1&after={}", first.body["next"].as_str().unwrap());
    assert_eq!(world.get(&token, &next).body["next"], Value::Null);
    let id = one.body["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/exceptions/{id}");
    let detail = world.get(&token, &path);
    assert_eq!((&detail.body["state"], &detail.body["approval"]), (&json!("open"), &Value::Null));
    let facts = detail.body["facts"].as_array().unwrap();
    assert_eq!((facts.len(), &facts[0]["type"], &facts[0]["body"]["from"]), (1, &json!("Moved"), &json!("A2")));

    let resolve = format!("{path}/resolve");
    let give = json!({"id": "r-1", "resolution": "reassign", "owner": "o-1", "note": "have a look"});
    let given = world.post(&token, &resolve, &give);
    assert_eq!((given.status, &given.body["owner"]), (200, &json!("o-1")), "{}", given.body);
    assert_eq!(world.post(&token, &resolve, &give).body, given.body);
    let asked = world.post(&token, &resolve, &json!({"id": "r-2", "resolution": "recount"}));
    assert_eq!(asked.status, 200, "{}", asked.body);
    // The book below zero asked for it already: one line asks.
    assert_eq!(world.open_lines(TaskKind::Count).await.len(), 2);
    let closed = world.post(&token, &resolve, &json!({"id": "r-3", "resolution": "close", "note": "found"}));
    assert_eq!((&closed.body["state"], &closed.body["resolution"]), (&json!("closed"), &json!("close")));
    // The first answer decides, the second is kept as a note.
    let late =
        world.post(&token, &resolve, &json!({"id": "r-4", "resolution": "reassign", "owner": "o-9", "note": "?"}));
    assert_eq!((&late.body["state"], &late.body["owner"]), (&json!("closed"), &json!("o-1")));
    let events: Vec<(&str, &str)> = late.body["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["event"].as_str().unwrap(), event["operator"].as_str().unwrap()))
        .collect();
    assert_eq!(events, [("reassign", "o-2"), ("recount", "o-2"), ("close", "o-2"), ("note", "o-2")]);
    device.pull();
    assert_eq!(device.row("exception", &id).unwrap()["state"], "closed");
    // Devices see it for two days more, those that are open for ever. What was somebody's is told to all of them.
    let now = floorhand_erp::clock::now_ms();
    for (hours, rows) in [(47, 3), (49, 1)] {
        floorhand_erp::sweep::exceptions(world.db(), now + hours * 3_600_000).await.unwrap();
        device.pull();
        assert_eq!(device.rows("exception").len(), rows, "{hours}");
    }
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_may_not_decide_is_refused() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    world.goods("A2", "Y", "", "", Status::Available, 1).await;
    device.tell(&moving("A2", "A9", "Y", 3));
    let id = world.text("SELECT id FROM exception").await;
    let resolve = format!("/v1/exceptions/{id}/resolve");
    let close = json!({"id": "r-1", "resolution": "close"});
    let (reader, clerk) = (world.token("read", "").await, world.token("clerk", "o-1").await);
    let writes = [
        (resolve.as_str(), close.clone()),
        ("/v1/approvals/none", json!({"id": "a-1", "decision": "approve"})),
        ("/v1/counts/plan", json!({"id": "p-1", "zone": "A"})),
        ("/v1/replenish", json!({"id": "m-1", "item": "X", "to": "A9", "qty": 1})),
    ];
    for (path, body) in &writes {
        assert_eq!(code(&world.post("wrong", path, body)), (401, "unauthorised"), "{path}");
        for token in [&reader, &clerk] {
            assert_eq!(code(&world.post(token, path, body)), (403, "not_allowed"), "{path}");
        }
        assert_eq!(http(world.addr, "POST", path, &device.bearer, Some("{}")).status, 401, "{path}");
    }
    for path in ["/v1/exceptions", "/v1/approvals", "/v1/counts"] {
        assert_eq!(world.get(&reader, path).status, 200, "{path}");
        assert_eq!(code(&world.get("wrong", path)), (401, "unauthorised"), "{path}");
        assert_eq!(code(&world.get(&reader, &format!("{path}?state=lost"))), (400, "bad_parameter"), "{path}");
        assert_eq!(code(&world.get(&reader, &format!("{path}?colour=red"))), (400, "bad_parameter"), "{path}");
    }
    let supervisor = world.token("supervisor", "").await;
    for path in ["/v1/exceptions/none", "/v1/counts/none"] {
        assert_eq!(code(&world.get(&supervisor, path)), (404, "not_found"), "{path}");
    }
    assert_eq!(code(&world.post(&supervisor, "/v1/exceptions/none/resolve", &close)), (404, "not_found"));
    assert_eq!(code(&world.post(&supervisor, writes[1].0, &writes[1].1)), (404, "not_found"));
    assert_eq!(world.number("SELECT COUNT(*) FROM exception_event").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn faults_name_their_fields() {
    let world = World::new().await;
    let mut device = world.enrol().await;
    device.tell(&moving("A2", "A9", "Y", 3));
    let id = world.text("SELECT id FROM exception").await;
    let token = world.token("manager", "").await;
    let resolve = format!("/v1/exceptions/{id}/resolve");
    let cases: &[(&str, Value, &[&str])] = &[
        (&resolve, json!({}), &["id", "resolution"]),
        (&resolve, json!({"id": "x", "resolution": "delete"}), &["resolution"]),
        (&resolve, json!({"id": "x", "resolution": "reassign"}), &["owner"]),
        (&resolve, json!({"id": "x", "resolution": "note"}), &["note"]),
        (&resolve, json!({"id": "x", "resolution": "close", "note": "n".repeat(1001)}), &["note"]),
        ("/v1/approvals/x", json!({"id": 7, "decision": "maybe"}), &["decision", "id"]),
        ("/v1/counts/plan", json!({"id": "x"}), &[""]),
        ("/v1/counts/plan", json!({"id": "x", "zone": "A", "abc": "A"}), &[""]),
        ("/v1/counts/plan", json!({"id": "x", "abc": "D"}), &["abc"]),
        ("/v1/counts/plan", json!({"id": "x", "locations": []}), &["locations"]),
        ("/v1/counts/plan", json!({"id": "x", "locations": ["A1", "NOPE", "TRANSIT"]}), &["locations", "locations"]),
        ("/v1/counts/plan", json!({"id": "x", "items": ["NOPE"]}), &["items"]),
        ("/v1/counts/plan", json!({"id": "x", "zone": "A", "per_task": 0}), &["per_task"]),
        ("/v1/replenish", json!({"qty": 0}), &["id", "item", "qty", "to"]),
        ("/v1/replenish", json!({"id": "x", "item": "NOPE", "to": "A9"}), &["item", "qty"]),
        ("/v1/replenish", json!({"id": "x", "item": "X", "to": "NOPE", "qty": 1}), &["to"]),
    ];
    for (path, body, expected) in cases {
        let answer = world.post(&token, path, body);
        assert_eq!(code(&answer), (422, "invalid"), "{path} {body}: {}", answer.body);
        assert_eq!(fields(&answer), *expected, "{path} {body}");
    }
    assert_eq!(http(world.addr, "POST", &resolve, &token, Some("{")).body["code"], "bad_json");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn plans_are_bounded_and_nobody_is_asked_twice() {
    let world = World::new().await;
    let token = world.token("supervisor", "").await;
    let plan = |id: &str, what: Value| {
        let mut body = what;
        body["id"] = json!(id);
        world.post(&token, "/v1/counts/plan", &body)
    };
    let zone = plan("p-1", json!({"zone": "A", "per_task": 3}));
    assert_eq!((zone.status, &zone.body["lines"], &zone.body["already"]), (200, &json!(4), &json!(0)));
    assert_eq!(zone.body["tasks"].as_array().unwrap().len(), 2);
    // The same again is the same plan; another one finds the places asked for.
    assert_eq!(plan("p-1", json!({"zone": "A", "per_task": 3})).body, zone.body);
    assert_eq!(code(&plan("p-1", json!({"zone": "B"}))), (409, "id_taken"));
    let again = plan("p-2", json!({"zone": "A"}));
    assert_eq!((&again.body["lines"], &again.body["already"]), (&json!(0), &json!(4)));
    let items = plan("p-3", json!({"items": ["X", "Z"]}));
    assert_eq!(items.body["lines"], 3);
    world.run("UPDATE item SET abc = 'A' WHERE id = 'Y'").await;
    let class = plan("p-4", json!({"abc": "A"}));
    assert_eq!((class.status, &class.body["lines"]), (200, &json!(1)));
    let lines = world.open_lines(TaskKind::Count).await;
    let mut got: Vec<_> =
        lines.iter().map(|line| (line.location.as_str(), line.item.as_str(), line.plan.trigger.as_str())).collect();
    got.sort_unstable();
    assert_eq!(
        got,
        [
            ("A1", "", "zone"),
            ("A1", "X", ""),
            ("A1", "Y", "abc"),
            ("A2", "", "zone"),
            ("A2", "X", ""),
            ("A3", "", "zone"),
            ("A3", "Z", ""),
            ("A9", "", "zone")
        ]
    );
    world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_decision_is_made_as_an_approval_and_nowhere_else() {
    let world = World::new().await;
    world.run("UPDATE setting SET v = replace(v, '\"recounts\":2', '\"recounts\":0')").await;
    let mut device = world.enrol().await;
    let (_, lines) = world.plan("p-1", &["A2"]).await;
    let count = Counting::of("c-1", &lines[0]);
    assert_eq!(count.run(&mut device, &[("X", 3)]), pair("applied-flagged", "VARIANCE"));
    let token = world.token("supervisor", "o-2").await;
    let id = world.text("SELECT id FROM exception").await;
    let resolve = format!("/v1/exceptions/{id}/resolve");
    let close = world.post(&token, &resolve, &json!({"id": "r-1", "resolution": "close"}));
    assert_eq!(code(&close), (409, "approval_wanted"));
    let detail = world.get(&token, &format!("/v1/exceptions/{id}"));
    let types: Vec<&str> =
        detail.body["facts"].as_array().unwrap().iter().map(|fact| fact["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["CountStarted", "Counted", "CountSubmitted"]);
    assert_eq!(detail.body["approval"]["state"], "wanted");
    let counts = world.get(&token, "/v1/counts?state=wanted&location=A2");
    assert_eq!(counts.body["items"][0]["id"], "c-1");
    let path = format!("/v1/approvals/{}", detail.body["approval"]["id"].as_str().unwrap());
    let yes = json!({"id": "a-1", "decision": "approve"});
    let done = world.post(&token, &path, &yes);
    assert_eq!((done.status, &done.body["decided_by"], &done.body["role"]), (200, &json!("o-2"), &json!("supervisor")));
    assert_eq!(world.post(&token, &path, &yes).body, done.body);
    assert_eq!(world.stock("A2", "X", "available").await, 3);
    assert_eq!(world.number("SELECT COUNT(*) FROM move WHERE reason = 'count'").await, 1);
    world.assert_clean().await;
}
