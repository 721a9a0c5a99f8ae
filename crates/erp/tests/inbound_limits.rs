//! Who may let in how much more than was ordered, and where what was set aside is put (workflows, sections 0.7, 5, 6).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/dock.rs"]
mod dock;
#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use dock::*;
use floorhand_domain::fact::Fact;
use floorhand_domain::id::HandlingUnitId;
use floorhand_domain::master::{Location, Role};
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::Status::{self, Damaged, InTransit, Quarantined};
use floorhand_domain::task::TaskKind;

async fn yard() -> (Yard, world::Device) {
    let yard = Yard::new().await;
    yard.world.person("o-sup", &[Role::Supervisor]).await;
    yard.world.person("o-man", &[Role::Manager]).await;
    for (id, status, sequence) in [("Q1", Quarantined, 500), ("D1", Damaged, 510)] {
        yard.world.place(Location { id: id.into(), status, sequence, ..Location::default() }).await;
    }
    let device = yard.world.enrol().await;
    (yard, device)
}

/// Receives `qty` of 100 ordered in one go, allowed by somebody: its codes, all of them.
async fn check(by: &str, qty: i64, codes: &[&str]) {
    let (yard, mut device) = yard().await;
    yard.order("PO-1", &[("X", 100)]);
    let allowed = Fact::Approved {
        by: by.into(),
        decision: Reason::ReceiptOver,
        subject: "receipt:R-1".to_owned(),
        item: "X".into(),
        qty: qty - 105,
    };
    assert_eq!(device.tell(&allowed), applied());
    let units = [(105, InTransit), (qty - 105, Quarantined)];
    let over = got_as("R-1", "PO-1", 1, "X", &units, &[Reason::ReceiptOver]);
    assert_eq!(device.tell(&over), flagged(codes[0]), "{by} {qty}");
    for code in ["RECEIPT_OVER", "OVER_RECEIPT"] {
        let kind: &'static str = code;
        assert_eq!(yard.exceptions(kind).await, i64::from(codes.contains(&code)), "{by} {qty} {code}");
    }
    // What is there is there, whoever allowed it.
    assert_eq!(yard.docked("X").await, [105, 0, qty - 105, 0]);
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r05_a_supervisor_lets_in_a_fifth_more_and_a_manager_any() {
    check("o-sup", 106, &["OVER_RECEIPT"]).await;
    check("o-sup", 120, &["OVER_RECEIPT"]).await;
    check("o-sup", 121, &["RECEIPT_OVER", "OVER_RECEIPT"]).await;
    check("o-man", 121, &["OVER_RECEIPT"]).await;
    check("o-man", 300, &["OVER_RECEIPT"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r05_what_others_received_counts_against_the_limit_of_the_supervisor() {
    let (yard, mut device) = yard().await;
    let mut other = yard.world.enrol().await;
    yard.order("PO-1", &[("X", 100)]);
    assert_eq!(other.tell(&got("R-2", "PO-1", 1, "X", 100)), applied());
    let allowed = stock::approved("o-sup", Reason::ReceiptOver, "receipt:R-1");
    assert_eq!(device.tell(&allowed), applied());
    let more = |good: i64, aside: i64| {
        got_as("R-1", "PO-1", 1, "X", &[(good, InTransit), (aside, Quarantined)], &[Reason::ReceiptOver])
    };
    assert_eq!(device.tell(&more(5, 15)), flagged("OVER_RECEIPT"));
    assert_eq!(
        device.tell(&got_as("R-1", "PO-1", 1, "X", &[(1, Quarantined)], &[Reason::ReceiptOver])),
        flagged("RECEIPT_OVER")
    );
    yard.world.assert_clean().await;
}

/// The open put-away lines: what, how many, in which status, where to.
async fn planned(yard: &Yard) -> Vec<(String, i64, Status, String)> {
    let lines = yard.world.open_lines(TaskKind::PutAway).await;
    let mut told: Vec<_> =
        lines.into_iter().map(|line| (line.item.0.clone(), line.qty, line.plan.status, line.plan.to.0)).collect();
    told.sort();
    told
}

fn line(item: &str, qty: i64, status: Status, to: &str) -> (String, i64, Status, String) {
    (item.to_owned(), qty, status, to.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r06_r05_what_was_set_aside_is_put_away_where_it_belongs() {
    let (yard, mut device) = yard().await;
    yard.order("PO-1", &[("X", 10), ("Y", 100)]);
    device.tell(&got_as("R-1", "PO-1", 1, "X", &[(8, InTransit), (2, Damaged)], &[]));
    // The core finds the excess; the device knew of no other receipt.
    assert_eq!(device.tell(&got("R-1", "PO-1", 2, "Y", 107)), flagged("OVER_RECEIPT"));
    assert_eq!(yard.docked("Y").await, [105, 0, 2, 0]);
    assert_eq!(planned(&yard).await, [], "nothing is put away before the receipt is closed");
    device.tell(&closed("R-1", "PO-1", true));
    // Both lines differ, so both are held whole: what was set aside goes with what is held.
    assert_eq!(
        planned(&yard).await,
        [line("X", 2, Damaged, "D1"), line("X", 8, Quarantined, "Q1"), line("Y", 107, Quarantined, "Q1")]
    );
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r07_r20_what_nobody_asked_for_is_put_into_quarantine() {
    let (yard, mut device) = yard().await;
    yard.order("PO-1", &[("X", 10)]);
    device.tell(&got("R-1", "PO-1", 1, "X", 10));
    assert_eq!(
        device.tell(&got_as("R-1", "PO-1", 0, "Y", &[(3, Quarantined)], &[Reason::Unplanned])),
        flagged("UNPLANNED")
    );
    assert_eq!(device.tell(&closed("R-1", "PO-1", true)), applied());
    let before = planned(&yard).await;
    assert_eq!((before.len(), &before[1]), (2, &line("Y", 3, Quarantined, "Q1")));
    assert_eq!((before[0].0.as_str(), before[0].1, before[0].2), ("X", 10, Status::Available));
    // What is known only after the close has nobody else to plan it.
    assert_eq!(device.tell(&got("R-1", "PO-1", 1, "X", 1)), flagged("OVER_RECEIPT"));
    assert!(planned(&yard).await.contains(&line("X", 1, Quarantined, "Q1")));
    // Who did so already is not asked to.
    assert_eq!(device.tell(&closed("R-1", "PO-1", true)), applied());
    assert_eq!(planned(&yard).await.len(), 3);
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn damaged_goods_of_a_pallet_of_their_own_are_put_away_with_it() {
    let (yard, mut device) = yard().await;
    yard.order("PO-1", &[("X", 10)]);
    let on = |unit: &str, fact: Fact| match fact {
        Fact::Received {
            receipt, delivery, line, location, item, lot, expiry, units, because, photos, typed, ..
        } => Fact::Received {
            receipt,
            delivery,
            line,
            location,
            item,
            lot,
            expiry,
            units,
            handling_unit: HandlingUnitId::from(unit),
            new_unit: Some(floorhand_domain::master::HandlingUnitKind::Pallet),
            because,
            photos,
            typed,
        },
        other => other,
    };
    assert_eq!(device.tell(&on("P-1", got_as("R-1", "PO-1", 1, "X", &[(10, Damaged)], &[]))), applied());
    device.tell(&closed("R-1", "PO-1", true));
    assert_eq!(planned(&yard).await, [line("X", 10, Damaged, "D1")]);
    // Put away and used up, the pallet leaves the devices in time; while goods are on it, it stays.
    let lines = yard.world.open_lines(TaskKind::PutAway).await;
    assert_eq!(device.tell(&stock::for_line(stock::moving_unit("P-1", DOCK, "D1"), &lines[0])), applied());
    let later = floorhand_erp::clock::now_ms() + 3 * 24 * 3_600_000;
    floorhand_erp::sweep::emptied(yard.world.db(), later).await.unwrap();
    device.pull();
    assert!(device.row("handling-unit", "P-1").is_some());
    let out = match stock::moving("D1", "Q1", "X", 10) {
        Fact::Moved { task, line, unit, item, from, to, into, because, typed, .. } => Fact::Moved {
            task,
            line,
            unit,
            item,
            units: vec![floorhand_domain::fact::Units {
                handling_unit: "P-1".into(),
                qty: 10,
                ..floorhand_domain::fact::Units::default()
            }],
            status: Damaged,
            from,
            to,
            into,
            because,
            typed,
        },
        other => other,
    };
    device.tell(&out);
    floorhand_erp::sweep::emptied(yard.world.db(), later).await.unwrap();
    device.pull();
    assert!(device.row("handling-unit", "P-1").is_none());
    assert!(device.row("handling-unit", "T1").is_some(), "totes are used again");
    yard.world.assert_clean().await;
}
