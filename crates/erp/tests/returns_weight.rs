//! The second witness of a return, and who may be a witness at all: weights (T11) and the role (workflows, section 8).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/desk.rs"]
mod desk;
#[path = "support/world.rs"]
mod world;

use bench::*;
use desk::*;
use floorhand_domain::master::{Item, ItemClass};
use floorhand_domain::reason::Reason;
use floorhand_domain::returns::{ChecklistAnswer, Disposition, Grade};
use floorhand_erp::entity;
use floorhand_erp::feed::Changes;
use world::*;

/// Five devices of 800 g each have left.
async fn shipped() -> (Desk, world::Device) {
    let desk = Desk::new().await;
    let item = Item {
        id: "E".into(),
        name: "E".to_owned(),
        class: ItemClass::Electronics,
        value_minor: 9_000,
        weight_grams: 800,
        ..Item::default()
    };
    let item = &item;
    desk.world()
        .db()
        .write(|tx| async move {
            let mut changes = Changes::new(WH);
            entity::put_item(&tx, &mut changes, item).await?;
            changes.publish(&tx).await
        })
        .await
        .unwrap();
    let mut device = desk.world().enrol().await;
    desk.ship(&mut device, "S-1", "E", &[("", "", 5)]).await;
    assert_eq!(device.tell(&photographed("p-1", "i-1", b"picture")), fine());
    (desk, device)
}

fn complete(yes: bool) -> Vec<ChecklistAnswer> {
    vec![ChecklistAnswer { question: "complete".to_owned(), yes }]
}

fn weighed(qty: i64, grams: i64) -> Back {
    Back { grams, answers: complete(true), photos: vec!["p-1".into()], ..Back::new("i-1", "S-1", "E", qty) }
}

/// So many units weigh so much, with all their parts: whether that is believed.
async fn check(qty: i64, grams: i64, fits: bool) {
    let (desk, mut device) = shipped().await;
    let (outcome, refund, status) = if fits {
        (fine(), released(9_000 * qty), "available")
    } else {
        (flagged("WEIGHT_DIFF"), held(9_000 * qty, "WEIGHT_DIFF"), "quarantined")
    };
    assert_eq!(device.tell(&weighed(qty, grams).fact()), outcome, "{qty} of {grams} g");
    assert_eq!(desk.refunds("S-1"), [refund], "{qty} of {grams} g");
    assert_eq!(desk.world().stock("A1", "E", status).await, qty);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t11_what_weighs_less_than_it_did_is_set_aside() {
    check(1, 520, false).await;
    // 3 percent of 800 are 24: 30 g are allowed at the least. Of five, 120 g.
    check(1, 770, true).await;
    check(1, 769, false).await;
    check(1, 831, false).await;
    check(5, 3_880, true).await;
    check(5, 3_879, false).await;
    // Not weighed.
    check(1, 0, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t11_a_missing_part_or_a_supervisor_explains_it() {
    let (desk, mut device) = shipped().await;
    let missing =
        Back { answers: complete(false), ..weighed(1, 520) }.graded(Grade::C, Disposition::Liquidate, QUARANTINE);
    assert_eq!(device.tell(&missing.fact()), fine());
    // Another question is no part.
    let broken = vec![ChecklistAnswer { question: "works".to_owned(), yes: false }];
    let broken = Back { answers: broken, ..weighed(1, 520) }.graded(Grade::D, Disposition::WriteOff, SCRAP);
    assert_eq!(device.tell(&broken.fact()), flagged("WEIGHT_DIFF"));
    let allowed = Back { because: vec![Reason::WeightDiff], ..weighed(1, 520) };
    assert_eq!(device.tell(&allowed.approved("o-sup", Reason::WeightDiff)), fine());
    assert_eq!(device.tell(&allowed.fact()), fine());
    assert_eq!(desk.bench.exceptions("WEIGHT_DIFF").await, 1);
    let (full, wait) = (released(9_000), held(9_000, "WEIGHT_DIFF"));
    assert_eq!(desk.refunds("S-1"), [full.clone(), wait, full]);
    desk.world().assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_somebody_without_the_role_inspected_stands_and_the_money_waits() {
    let (desk, mut device) = shipped().await;
    assert_eq!(device.tell(&weighed(1, 800).fact()), fine());
    desk.world().run("UPDATE operator SET roles = 'pick,pack' WHERE id = 'o-1'").await;
    assert_eq!(device.tell(&weighed(1, 800).fact()), flagged("NOT_ALLOWED"));
    assert_eq!(desk.refunds("S-1"), [released(9_000), held(9_000, "NOT_ALLOWED")]);
    let stock = async |status| desk.world().stock("A1", "E", status).await;
    assert_eq!((stock("available").await, stock("quarantined").await), (1, 1));
    assert_eq!(desk.returned(&mut device, "S-1"), 2);
    // What was done while the role was there is no matter of when it comes in: an ended access says so by itself.
    desk.world().run("UPDATE operator SET roles = 'returns', state = 'ended' WHERE id = 'o-1'").await;
    assert_eq!(device.tell(&weighed(1, 800).fact()), flagged("OPERATOR_ENDED"));
    assert_eq!(desk.refunds("S-1")[2], released(9_000));
    desk.world().assert_clean().await;
}
