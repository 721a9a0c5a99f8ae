//! A supervisor's decision backs one deed and no more than was asked (workflows, section 0.7; G17).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/dock.rs"]
mod dock;
#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use dock::{DOCK, Yard, applied, flagged, got_as, rejected};
use floorhand_domain::fact::Fact;
use floorhand_domain::master::Role;
use floorhand_domain::reason::Reason;
use floorhand_domain::stock::Status::{InTransit, Quarantined};
use stock::moving;

async fn yard() -> (Yard, world::Device) {
    let yard = Yard::new().await;
    yard.world.person("o-sup", &[Role::Supervisor]).await;
    yard.world.person("o-was", &[Role::Receive]).await;
    yard.order("PO-1", &[("X", 100), ("X", 100)]);
    let device = yard.world.enrol().await;
    (yard, device)
}

fn allowed(by: &str, decision: Reason, subject: &str, qty: i64) -> Fact {
    Fact::Approved { by: by.into(), decision, subject: subject.to_owned(), item: "X".into(), qty }
}

fn let_in(by: &str, decision: Reason, qty: i64) -> Fact {
    allowed(by, decision, "receipt:R-1", qty)
}

fn got(line: u32, qty: i64, decision: Reason) -> Fact {
    got_as("R-1", "PO-1", line, "X", &[(qty, InTransit)], &[decision])
}

/// S1 lets one entry in; S2, demoted meanwhile, the next.
async fn used_once(decision: Reason) {
    let (yard, mut device) = yard().await;
    assert_eq!(device.tell(&let_in("o-sup", decision, 5)), applied());
    assert_eq!(device.tell(&got(1, 5, decision)), applied());
    assert_eq!(device.tell(&let_in("o-was", decision, 5)), rejected("NOT_ALLOWED"));
    assert_eq!(device.tell(&got(1, 5, decision)), flagged(decision.code()), "S1 allowed another entry");
    assert_eq!(yard.docked("X").await, [10, 0, 0, 0]);
    // Another deed in between ends an entry, whatever it is.
    assert_eq!(device.tell(&let_in("o-sup", decision, 9)), applied());
    assert_eq!(device.tell(&got(1, 5, decision)), applied());
    assert_eq!(device.tell(&got_as("R-1", "PO-1", 1, "Y", &[(1, InTransit)], &[])), flagged("UNPLANNED"));
    assert_eq!(device.tell(&got(1, 1, decision)), flagged(decision.code()));
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g17_an_approval_of_an_entry_is_used_up_by_it() {
    for decision in [Reason::ShelfLife, Reason::SerialSeen] {
        used_once(decision).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g17_an_entry_for_several_lines_is_one_entry_up_to_what_was_allowed() {
    let (yard, mut device) = yard().await;
    assert_eq!(device.tell(&let_in("o-sup", Reason::ShelfLife, 5)), applied());
    assert_eq!(device.tell(&got(1, 3, Reason::ShelfLife)), applied());
    assert_eq!(device.tell(&got(2, 2, Reason::ShelfLife)), applied());
    assert_eq!(device.tell(&got(2, 1, Reason::ShelfLife)), flagged("SHELF_LIFE"), "five were allowed, not six");
    // At once more than was allowed.
    assert_eq!(device.tell(&let_in("o-sup", Reason::ShelfLife, 5)), applied());
    assert_eq!(device.tell(&got(2, 6, Reason::ShelfLife)), flagged("SHELF_LIFE"));
    yard.world.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r05_g17_more_above_the_order_than_was_allowed_is_not() {
    for (over, code) in [(2, "OVER_RECEIPT"), (3, "RECEIPT_OVER")] {
        let (yard, mut device) = yard().await;
        assert_eq!(device.tell(&let_in("o-sup", Reason::ReceiptOver, 2)), applied());
        let units = [(105, InTransit), (over, Quarantined)];
        assert_eq!(device.tell(&got_as("R-1", "PO-1", 1, "X", &units, &[Reason::ReceiptOver])), flagged(code));
        assert_eq!(yard.docked("X").await, [105, 0, over, 0]);
        yard.world.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g17_a_consent_to_move_promised_goods_covers_as_many_and_one_move() {
    let (yard, mut device) = yard().await;
    yard.world.order("S-1", &[("X", 10)]).await;
    let consent = |qty| allowed("o-sup", Reason::Allocated, "item:X", qty);
    // Given for two, and then for three; the hands took four.
    assert_eq!(device.tell(&consent(2)), applied());
    assert_eq!(device.tell(&consent(3)), applied());
    assert_eq!(device.tell(&moving("A1", "A9", "X", 4)), flagged("ALLOCATED"));
    // The last consent is the one that counts, and takes those before it along.
    assert_eq!(device.tell(&moving("A1", "A9", "X", 3)), applied());
    assert_eq!(device.tell(&moving("A1", "A9", "X", 2)), flagged("ALLOCATED"));
    assert_eq!(yard.world.stock(DOCK, "X", "available").await, 0);
    yard.world.assert_clean().await;
}
