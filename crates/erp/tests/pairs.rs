//! Each pair of workflows on the same stock, from two devices that are offline: what the core makes of it. A row of the
//! table is one such pair; where the order of the two matters, it is two rows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/dock.rs"]
mod dock;
#[path = "support/stock.rs"]
mod stock;
#[path = "support/world.rs"]
mod world;

use bench::Bench;
use floorhand_domain::fact::{Fact, ShortReason};
use floorhand_domain::id::HandlingUnitId;
use floorhand_domain::master::{Location, LocationKind};
use floorhand_domain::stock::Status;
use floorhand_domain::task::{Line, Task};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use stock::Counting;
use world::{Device, picked};

/// Two devices that know the same and do not hear of each other.
///
/// Words: `order S-1 X 3`, `po P-1 X 10`, `plan A1`, `goods A9 X 5 [H1]`, `hold S-1`, `cancel S-1` are the core's; `claim
/// S-1`, `assign S-1 T1`, `pick S-1 1 T1 3 [A2]`, `short S-1 1 3`, `drop S-1 T1`, `move A1 A9 X 5`, `unit H1 A1 A9`,
/// `away DOCK-1 A2 X 5`, `start A1`, `see A1 X 9 [T1]`, `submit A1`, `receive P-1 X 5`, `shut P-1`, `open S-1 C1`, `pack
/// S-1 1 X C1 T1 2`, `close S-1 C1`, `finish S-1`, `ship S-1 C1` are facts.
#[derive(Default)]
struct Pair {
    name: &'static str,
    /// What both know.
    before: &'static [&'static str],
    /// Whether what both know was done by the one who sends last, and not by the other.
    begun_by_then: bool,
    /// What the core does while they are offline.
    meanwhile: &'static [&'static str],
    /// Who sends first.
    first: &'static [&'static str],
    /// Who sends then.
    then: &'static [&'static str],
    /// Facts of the first that are flagged, with their code.
    first_told: &'static str,
    /// Facts of the other that are.
    then_told: &'static str,
    /// Exceptions with how many.
    exceptions: &'static str,
    /// Units: location, item, status.
    stock: &'static [(&'static str, &'static str, &'static str, i64)],
    /// Open lines that somebody is asked to do, as kind, location, item, units.
    asked: &'static str,
}

const PAIRS: &[Pair] = &[
    Pair {
        name: "pick-pick: one line of one task",
        before: &["order S-1 X 3"],
        first: &["claim S-1", "assign S-1 T1", "pick S-1 1 T1 3", "drop S-1 T1"],
        then: &["claim S-1", "assign S-1 T2", "pick S-1 1 T2 3", "drop S-1 T2"],
        then_told: "TaskClaimed CLAIM_LOST, ToteAssigned CLAIM_LOST, Picked OVER_PICK, DroppedOff CLAIM_LOST",
        exceptions: "CLAIM_LOST 3, OVER_PICK 1",
        stock: &[("A1", "X", "available", 4), ("PACK-01", "X", "allocated", 6), ("TRANSIT", "X", "allocated", 0)],
        asked: "pack PACK-01",
        ..NONE
    },
    Pair {
        name: "pick-pick: two orders, and one takes what was promised to the other",
        before: &["order S-1 X 10", "order S-2 X 4"],
        first: &["claim S-2", "assign S-2 T2", "pick S-2 1 T2 4 A1"],
        then: &["claim S-1", "assign S-1 T1", "pick S-1 1 T1 10", "drop S-1 T1"],
        first_told: "Picked NEG_STOCK",
        then_told: "Picked NEG_STOCK",
        exceptions: "NEG_STOCK 2",
        stock: &[("A1", "X", "available", -4), ("A2", "X", "available", 10)],
        asked: "count A1 X 1, pack PACK-01",
        ..NONE
    },
    Pair {
        name: "pick-pick: one finds nothing, the other took it",
        before: &["order S-1 Y 3", "order S-2 Y 2"],
        first: &["pick S-2 1 T2 2", "drop S-2 T2"],
        then: &["claim S-1", "short S-1 1 3"],
        stock: &[("A1", "Y", "available", 3), ("PACK-01", "Y", "allocated", 2)],
        asked: "count A1 Y 1, pack PACK-01",
        ..NONE
    },
    Pair {
        name: "pick-count: the pick came first, and what is counted is not what was booked",
        before: &["order S-1 X 3", "plan A1"],
        first: &["pick S-1 1 T1 3"],
        then: &["start A1", "see A1 X 7", "see A1 Y 5", "submit A1"],
        then_told: "CountSubmitted CONTESTED",
        exceptions: "CONTESTED 1",
        stock: &[("A1", "X", "available", 7), ("LOSS", "X", "available", 0)],
        asked: "count A1 1",
        ..NONE
    },
    Pair {
        name: "pick-count: counted before it was picked, as it was booked",
        before: &["order S-1 X 3", "plan A1"],
        first: &["pick S-1 1 T1 3"],
        then: &["start A1", "see A1 X 10", "see A1 Y 5", "submit A1"],
        stock: &[("A1", "X", "available", 7), ("LOSS", "X", "available", 0)],
        ..NONE
    },
    Pair {
        name: "pick-count: the count came first, its variance is counted again",
        before: &["order S-1 X 3", "plan A1"],
        first: &["start A1", "see A1 X 7", "see A1 Y 5", "submit A1"],
        then: &["pick S-1 1 T1 3"],
        stock: &[("A1", "X", "available", 7), ("LOSS", "X", "available", 0)],
        asked: "count A1 1",
        ..NONE
    },
    Pair {
        name: "pick-move: moved away before it was picked there",
        before: &["order S-1 X 3"],
        first: &["move A1 A9 X 9"],
        then: &["pick S-1 1 T1 3"],
        first_told: "Moved ALLOCATED",
        then_told: "Picked NEG_STOCK",
        exceptions: "ALLOCATED 1, NEG_STOCK 1",
        stock: &[("A1", "X", "available", -2), ("A9", "X", "available", 9)],
        asked: "count A1 X 1",
        ..NONE
    },
    Pair {
        name: "pick-move: picked, then more is moved than is left",
        before: &["order S-1 X 3"],
        first: &["pick S-1 1 T1 3"],
        then: &["move A1 A9 X 9"],
        then_told: "Moved NEG_STOCK",
        exceptions: "NEG_STOCK 1",
        stock: &[("A1", "X", "available", -2), ("A9", "X", "available", 9)],
        asked: "count A1 X 1",
        ..NONE
    },
    Pair {
        name: "pick-put-away: nothing found, and goods came to another shelf meanwhile",
        before: &["goods DOCK-1 Y 6", "order S-1 Y 5"],
        first: &["away DOCK-1 A2 Y 6"],
        then: &["claim S-1", "short S-1 1 5"],
        stock: &[("A1", "Y", "available", 5), ("A2", "Y", "available", 6)],
        asked: "count A1 Y 1, pick A2 Y 5",
        ..NONE
    },
    Pair {
        name: "pick-receive: nothing found, goods are at the dock only",
        before: &["po P-1 Y 6", "order S-1 Y 5"],
        first: &["receive P-1 Y 6", "shut P-1"],
        then: &["claim S-1", "short S-1 1 5"],
        stock: &[("A1", "Y", "available", 5), ("DOCK-1", "Y", "available", 6)],
        asked: "count A1 Y 1, put-away DOCK-1 Y 6",
        ..NONE
    },
    Pair {
        name: "pick-pack: the order is packed without what is still picked",
        before: &["order S-1 X 2 Y 1", "assign S-1 T1", "pick S-1 X T1 2", "drop S-1 T1"],
        first: &["open S-1 C1", "pack S-1 1 X C1 T1 2", "close S-1 C1", "finish S-1"],
        then: &["claim S-1", "assign S-1 T2", "pick S-1 Y T2 1", "drop S-1 T2"],
        stock: &[("PACK-01", "X", "allocated", 2), ("PACK-01", "Y", "allocated", 1)],
        asked: "pack PACK-01",
        ..NONE
    },
    Pair {
        name: "pick-cancel: picked and set down all the same",
        before: &["order S-1 X 3"],
        meanwhile: &["cancel S-1"],
        first: &["claim S-1", "assign S-1 T1", "pick S-1 1 T1 3", "drop S-1 T1"],
        then: &[],
        first_told: "TaskClaimed CLAIM_LOST, ToteAssigned CLAIM_LOST, Picked ORDER_CANCELLED",
        exceptions: "CLAIM_LOST 2, ORDER_CANCELLED 1",
        stock: &[("PACK-01", "X", "available", 3), ("PACK-01", "X", "allocated", 0)],
        asked: "put-away PACK-01 X 3",
        ..NONE
    },
    Pair {
        name: "pick-hold: picked and set down all the same",
        before: &["order S-1 X 3", "claim S-1", "assign S-1 T1", "pick S-1 1 T1 1"],
        meanwhile: &["hold S-1"],
        first: &["pick S-1 1 T1 2", "drop S-1 T1"],
        then: &[],
        first_told: "Picked SHIP_HOLD",
        exceptions: "SHIP_HOLD 1",
        stock: &[("PACK-01", "X", "allocated", 3)],
        ..NONE
    },
    Pair {
        name: "pack-pack: two benches, one order",
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1"],
        first: &["open S-1 C1", "pack S-1 1 X C1 T1 2", "close S-1 C1", "finish S-1"],
        then: &["open S-1 C2", "pack S-1 1 X C2 T1 2", "close S-1 C2", "finish S-1"],
        then_told: "Packed OVER_PACK",
        exceptions: "NEG_STOCK 1, OVER_PACK 1",
        stock: &[("PACK-01", "X", "allocated", 2)],
        asked: "count PACK-01 X 1",
        ..NONE
    },
    Pair {
        name: "pack-pack: two benches share an order, a tote each",
        before: &["order S-1 X 2 Y 2", "pick S-1 X T1 2", "pick S-1 Y T2 2", "drop S-1 T1 T2"],
        first: &["open S-1 C1", "pack S-1 1 X C1 T1 2", "close S-1 C1"],
        then: &["open S-1 C2", "pack S-1 2 Y C2 T2 2", "close S-1 C2", "finish S-1"],
        stock: &[("PACK-01", "X", "allocated", 2), ("PACK-01", "Y", "allocated", 2)],
        ..NONE
    },
    Pair {
        name: "pack-cancel: packed and labelled all the same",
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1"],
        meanwhile: &["cancel S-1"],
        first: &["open S-1 C1", "pack S-1 1 X C1 T1 2", "close S-1 C1", "finish S-1"],
        then: &[],
        first_told: "CartonOpened SHIP_HOLD, Packed SHIP_HOLD, CartonClosed SHIP_HOLD, OrderPacked SHIP_HOLD",
        exceptions: "SHIP_HOLD 4",
        stock: &[("PACK-01", "X", "available", 2), ("PACK-01", "X", "allocated", 0)],
        asked: "put-away PACK-01 X 2",
        ..NONE
    },
    Pair {
        name: "pack-hold: packed, and loaded all the same",
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1", "open S-1 C1", "pack S-1 1 X C1 T1 1"],
        meanwhile: &["hold S-1"],
        first: &["pack S-1 1 X C1 T1 1", "close S-1 C1"],
        then: &["ship S-1 C1"],
        first_told: "Packed SHIP_HOLD, CartonClosed SHIP_HOLD",
        then_told: "Shipped SHIP_HOLD",
        exceptions: "SHIP_HOLD 3",
        stock: &[("CUSTOMER", "X", "allocated", 2), ("PACK-01", "X", "allocated", 0)],
        asked: "pack PACK-01",
        ..NONE
    },
    Pair {
        name: "pack-ship: loaded by one before the other's last unit in it is known",
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1", "open S-1 C1", "pack S-1 1 X C1 T1 1"],
        first: &["ship S-1 C1"],
        then: &["pack S-1 1 X C1 T1 1", "close S-1 C1", "finish S-1"],
        first_told: "Shipped NOT_NOW",
        then_told: "Packed HU_ELSEWHERE",
        exceptions: "HU_ELSEWHERE 1, NOT_NOW 1",
        stock: &[("CUSTOMER", "X", "allocated", 2), ("PACK-01", "X", "allocated", 0)],
        ..NONE
    },
    Pair {
        name: "pack-ship: loaded by one before the other's taking out is known",
        before: &[
            "order S-1 X 2",
            "pick S-1 1 T1 2",
            "drop S-1 T1",
            "open S-1 C1",
            "pack S-1 1 X C1 T1 2",
            "close S-1 C1",
        ],
        first: &["ship S-1 C1"],
        then: &["unpack S-1 1 X C1 T1 1", "close S-1 C1"],
        then_told: "Unpacked HU_ELSEWHERE",
        exceptions: "HU_ELSEWHERE 1",
        stock: &[("CUSTOMER", "X", "allocated", 1), ("PACK-01", "X", "allocated", 1)],
        asked: "pack PACK-01",
        ..NONE
    },
    Pair {
        name: "pick-pack: packed before its pick is known",
        before: &["order S-1 X 2"],
        first: &["open S-1 C1", "pack S-1 1 X C1 T1 2", "close S-1 C1", "finish S-1"],
        then: &["claim S-1", "assign S-1 T1", "pick S-1 1 T1 2", "drop S-1 T1"],
        first_told: "Packed OVER_PACK",
        exceptions: "NEG_STOCK 1, OVER_PACK 1",
        stock: &[("PACK-01", "X", "allocated", 2), ("TRANSIT", "X", "allocated", 0), ("A1", "X", "available", 8)],
        asked: "count PACK-01 X 1",
        ..NONE
    },
    Pair {
        name: "pick-pack: packed before its tote was set down, by what is known",
        before: &["order S-1 X 2", "claim S-1", "assign S-1 T1", "pick S-1 1 T1 2"],
        first: &["drop S-1 T1"],
        then: &["open S-1 C1", "pack S-1 1 X C1 T1 2", "close S-1 C1", "finish S-1"],
        stock: &[("PACK-01", "X", "allocated", 2), ("TRANSIT", "X", "allocated", 0)],
        ..NONE
    },
    Pair {
        name: "pack-pick: the tote is at the bench, and its setting down comes after",
        before: &["order S-1 X 2", "claim S-1", "assign S-1 T1", "pick S-1 1 T1 2"],
        begun_by_then: true,
        first: &["open S-1 C1", "pack S-1 1 X C1 T1 2", "close S-1 C1", "finish S-1"],
        then: &["drop S-1 T1"],
        stock: &[("PACK-01", "X", "allocated", 2), ("TRANSIT", "X", "allocated", 0)],
        ..NONE
    },
    Pair {
        name: "pack-count: the bench is counted while it is packed",
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1", "plan PACK-01"],
        first: &["open S-1 C1", "pack S-1 1 X C1 T1 1"],
        then: &["start PACK-01", "see PACK-01 X 1 T1", "submit PACK-01"],
        then_told: "CountSubmitted CONTESTED",
        exceptions: "CONTESTED 1",
        stock: &[("PACK-01", "X", "allocated", 2), ("LOSS", "X", "allocated", 0)],
        asked: "count PACK-01 1, pack PACK-01",
        ..NONE
    },
    Pair {
        name: "pack-move: the tote was carried away, and is packed at the bench",
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1"],
        first: &["unit T1 PACK-01 A9"],
        then: &["open S-1 C1", "pack S-1 1 X C1 T1 2", "close S-1 C1", "finish S-1"],
        first_told: "Moved ALLOCATED",
        exceptions: "ALLOCATED 1, PLACE_FORBIDDEN 1",
        stock: &[("PACK-01", "X", "allocated", 2), ("A9", "X", "allocated", 0)],
        ..NONE
    },
    Pair {
        name: "pack-receive: the same item comes in",
        before: &["po P-1 X 5", "order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1"],
        first: &["receive P-1 X 5", "shut P-1"],
        then: &["open S-1 C1", "pack S-1 1 X C1 T1 2", "close S-1 C1", "finish S-1"],
        stock: &[("PACK-01", "X", "allocated", 2), ("DOCK-1", "X", "available", 5)],
        asked: "put-away DOCK-1 X 5",
        ..NONE
    },
    Pair {
        name: "move-move: one handling unit, two places",
        before: &["goods A1 Y 7 H1"],
        first: &["unit H1 A1 A2"],
        then: &["unit H1 A1 A9"],
        then_told: "Moved HU_ELSEWHERE",
        exceptions: "HU_ELSEWHERE 1",
        stock: &[("A9", "Y", "available", 7), ("A2", "Y", "available", 0)],
        ..NONE
    },
    Pair {
        name: "move-move: the same loose units",
        first: &["move A1 A9 X 8"],
        then: &["move A1 A3 X 8"],
        then_told: "Moved NEG_STOCK",
        exceptions: "NEG_STOCK 1",
        stock: &[("A1", "X", "available", -6), ("A9", "X", "available", 8), ("A3", "X", "available", 8)],
        asked: "count A1 X 1",
        ..NONE
    },
    Pair {
        name: "move-count: moved, and counted without it",
        before: &["plan A1"],
        first: &["move A1 A9 X 4"],
        then: &["start A1", "see A1 X 6", "see A1 Y 5", "submit A1"],
        then_told: "CountSubmitted CONTESTED",
        exceptions: "CONTESTED 1",
        stock: &[("A1", "X", "available", 6), ("A9", "X", "available", 4), ("LOSS", "X", "available", 0)],
        asked: "count A1 1",
        ..NONE
    },
    Pair {
        name: "move-receive: what came in is moved before its receipt is known",
        before: &["po P-1 Y 6"],
        first: &["away DOCK-1 A2 Y 6"],
        then: &["receive P-1 Y 6", "shut P-1"],
        first_told: "Moved NEG_STOCK",
        exceptions: "NEG_STOCK 1",
        stock: &[("A2", "Y", "available", 6), ("DOCK-1", "Y", "available", 0), ("DOCK-1", "Y", "in-transit", 0)],
        asked: "count DOCK-1 Y 1",
        ..NONE
    },
    Pair {
        name: "receive-receive: within the limit together",
        before: &["po P-1 X 100"],
        first: &["receive P-1 X 40"],
        then: &["receive P-1 X 50"],
        stock: &[("DOCK-1", "X", "in-transit", 90)],
        asked: "receive",
        ..NONE
    },
    Pair {
        name: "receive-receive: above the limit together",
        before: &["po P-1 X 100"],
        first: &["receive P-1 X 60"],
        then: &["receive P-1 X 50"],
        then_told: "Received OVER_RECEIPT",
        exceptions: "OVER_RECEIPT 1",
        stock: &[("DOCK-1", "X", "in-transit", 105), ("DOCK-1", "X", "quarantined", 5)],
        asked: "receive",
        ..NONE
    },
    Pair {
        name: "count-receive: received, and counted at the dock",
        before: &["po P-1 Y 5", "plan DOCK-1"],
        first: &["receive P-1 Y 5"],
        then: &["start DOCK-1", "see DOCK-1 Y 5", "submit DOCK-1"],
        then_told: "CountSubmitted CONTESTED",
        exceptions: "CONTESTED 1",
        stock: &[("DOCK-1", "Y", "in-transit", 5), ("DOCK-1", "Y", "available", 0), ("LOSS", "Y", "available", 0)],
        asked: "count DOCK-1 1, receive",
        ..NONE
    },
    Pair {
        name: "count-receive: counted before the receipt is known",
        before: &["po P-1 Y 5", "plan DOCK-1"],
        first: &["start DOCK-1", "see DOCK-1 Y 5", "submit DOCK-1"],
        then: &["receive P-1 Y 5"],
        stock: &[("DOCK-1", "Y", "in-transit", 5), ("DOCK-1", "Y", "available", 0), ("LOSS", "Y", "available", 0)],
        asked: "count DOCK-1 1, receive",
        ..NONE
    },
    Pair {
        name: "count-count: two people count one shelf and agree with the book",
        before: &["plan A1"],
        first: &["start A1", "see A1 X 10", "see A1 Y 5", "submit A1"],
        then: &["start A1", "see A1 X 10", "see A1 Y 5", "submit A1"],
        stock: &[("A1", "X", "available", 10), ("LOSS", "X", "available", 0)],
        ..NONE
    },
    Pair {
        name: "count-count: the second is the recount of the first",
        before: &["plan A1"],
        first: &["start A1", "see A1 X 6", "see A1 Y 5", "submit A1"],
        then: &["start A1", "see A1 X 6", "see A1 Y 5", "submit A1"],
        then_told: "CountSubmitted VARIANCE",
        exceptions: "VARIANCE 1",
        stock: &[("A1", "X", "available", 10), ("LOSS", "X", "available", 0)],
        ..NONE
    },
];

const NONE: Pair = Pair {
    name: "",
    before: &[],
    begun_by_then: false,
    meanwhile: &[],
    first: &[],
    then: &[],
    first_told: "",
    then_told: "",
    exceptions: "",
    stock: &[],
    asked: "",
};

/// The world with what the words so far named.
struct Scene {
    bench: Bench,
    tasks: BTreeMap<String, (Task, Vec<Line>)>,
    /// Lines of count plans by location.
    plans: BTreeMap<String, Line>,
    who: &'static str,
}

impl Scene {
    async fn new() -> Self {
        let bench = Bench::new().await;
        let dock = Location { id: "DOCK-1".into(), kind: LocationKind::Dock, ..Location::default() };
        bench.world.place(dock).await;
        Self { bench, tasks: BTreeMap::new(), plans: BTreeMap::new(), who: "p" }
    }

    /// What the core does. `false` where it is a fact.
    async fn core(&mut self, words: &[&str]) -> bool {
        match words {
            ["order", id, goods @ ..] => {
                let lines: Vec<(&str, i64)> = goods.chunks(2).map(|pair| (pair[0], number(pair[1]))).collect();
                let made = self.bench.world.order(id, &lines).await;
                self.tasks.insert((*id).to_owned(), made);
            }
            ["po", id, item, qty] => {
                let lines = json!([{"item": item, "ordered": number(qty)}]);
                let body = json!({"id": id, "supplier": "Acme", "lines": lines});
                self.bench.must("POST", "/v1/purchase-orders", &body);
            }
            ["plan", at] => {
                let (_, lines) = self.bench.world.plan(&format!("p-{at}"), &[at]).await;
                self.plans.insert((*at).to_owned(), lines[0].clone());
            }
            ["goods", at, item, qty] => {
                self.bench.world.goods(at, item, "", "", Status::Available, number(qty)).await;
            }
            ["goods", at, item, qty, unit] => {
                self.bench.world.unit(unit, at, "").await;
                self.bench.world.goods(at, item, "", unit, Status::Available, number(qty)).await;
            }
            [action @ ("hold" | "cancel"), order] => {
                assert_eq!(self.bench.set(order, action).status, 200, "{words:?}");
            }
            _ => return false,
        }
        true
    }

    fn line(&self, order: &str, which: &str) -> Line {
        let lines = &self.tasks[order].1;
        match which.parse::<usize>() {
            Ok(n) => lines[n - 1].clone(),
            Err(_) => lines.iter().find(|line| line.item.as_str() == which).unwrap().clone(),
        }
    }

    fn counting(&self, at: &str) -> Counting {
        Counting::of(&format!("c-{at}-{}", self.who), &self.plans[at])
    }

    /// The facts that words stand for.
    fn facts(&self, words: &[&str]) -> Vec<Fact> {
        let task = |order: &str| &self.tasks[order].0;
        let receipt = |po: &str| format!("r-{po}-{}", self.who);
        vec![match words {
            ["claim", order] => world::claimed(task(order)),
            ["assign", order, tote] => world::assigned(task(order), tote),
            ["pick", order, line, tote, qty] => picked(&self.line(order, line), tote, number(qty)),
            ["pick", order, line, tote, qty, at] => world::picked_at(&self.line(order, line), at, tote, number(qty)),
            ["short", order, line, qty] => short(&self.line(order, line), number(qty)),
            ["drop", order, totes @ ..] => world::dropped(task(order), totes),
            ["move" | "away", from, to, item, qty] => stock::moving(from, to, item, number(qty)),
            ["unit", unit, from, to] => stock::moving_unit(unit, from, to),
            ["start", at] => self.counting(at).started(),
            ["see", at, item, qty, rest @ ..] => match self.counting(at).counted(item, number(qty)) {
                Fact::Counted { count, task, location, item, lot, serial, qty, typed, unexpected, .. } => {
                    let handling_unit = HandlingUnitId::from(rest.first().copied().unwrap_or_default());
                    Fact::Counted { count, task, location, item, lot, serial, handling_unit, qty, typed, unexpected }
                }
                other => other,
            },
            ["submit", at] => self.counting(at).submitted(),
            ["receive", po, item, qty] => {
                return vec![dock::opened(&receipt(po), po), dock::got(&receipt(po), po, 1, item, number(qty))];
            }
            ["shut", po] => dock::closed(&receipt(po), po, true),
            ["open", order, carton] => bench::opens(order, carton),
            ["pack", order, no, item, carton, tote, qty] => {
                bench::packs(order, number(no), item, carton, tote, number(qty))
            }
            ["unpack", order, no, item, carton, tote, qty] => {
                bench::unpacks(order, number(no), item, carton, tote, number(qty))
            }
            ["close", order, carton] => bench::closes(order, carton),
            ["finish", order] => bench::finishes(order, true),
            ["ship", order, carton] => bench::ships(order, carton),
            other => panic!("no such words: {other:?}"),
        }]
    }

    /// All that one device did while it was offline, sent at once. Returns what is flagged of it, and what was sent.
    fn send(&self, device: &mut Device, script: &[&str]) -> (String, Vec<Value>) {
        let facts: Vec<Fact> = script.iter().flat_map(|text| self.facts(&split(text))).collect();
        let said: Vec<Value> = facts.iter().map(|fact| device.say(fact)).collect();
        if said.is_empty() {
            return (String::new(), said);
        }
        let told: Vec<String> = device
            .push(&said)
            .outcomes
            .iter()
            .map(|outcome| {
                let n = said.iter().position(|fact| fact["seq"].as_u64() == Some(outcome.seq)).unwrap();
                let how = if outcome.outcome.as_str() == "applied-flagged" { "" } else { outcome.outcome.as_str() };
                format!("{} {how}{}", facts[n].kind(), outcome.code)
            })
            .collect();
        (told.join(", "), said)
    }

    async fn list(&self, sql: &'static str) -> String {
        let rows = self.bench.world.db().read(|tx| async move { tx.rows(sql, &[]).await }).await.unwrap();
        let words = |row: &floorhand_erp::db::Row| {
            let text = (0..9).map_while(|n: usize| row.text(n).ok()).filter(|word| !word.is_empty());
            text.collect::<Vec<_>>().join(" ")
        };
        rows.iter().map(words).collect::<Vec<_>>().join(", ")
    }
}

fn number(text: &str) -> i64 {
    text.parse().unwrap()
}

fn split(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn short(line: &Line, qty: i64) -> Fact {
    Fact::PickedShort {
        task: line.task.clone(),
        line: line.id.clone(),
        location: line.location.clone(),
        item: line.item.clone(),
        qty,
        reason: ShortReason::NoneFound,
        damaged: 0,
        lot: line.lot.clone(),
        handling_unit: line.handling_unit.clone(),
    }
}

/// Runs a row and returns what is not as it says.
async fn run(pair: &Pair) -> Vec<String> {
    let mut scene = Scene::new().await;
    let (mut a, mut b) = (scene.bench.world.enrol().await, scene.bench.world.enrol().await);
    b.operator = "o-2".to_owned();
    for text in pair.before {
        let words = split(text);
        if !scene.core(&words).await {
            assert_eq!(
                scene.send(if pair.begun_by_then { &mut b } else { &mut a }, &[text]).0,
                "",
                "{}: {text}",
                pair.name
            );
        }
    }
    a.pull();
    b.pull();
    for text in pair.meanwhile {
        assert!(scene.core(&split(text)).await, "{text} is no deed of the core");
    }
    scene.who = "a";
    let (first, said_first) = scene.send(&mut a, pair.first);
    scene.who = "b";
    let (then, said_then) = scene.send(&mut b, pair.then);
    let exceptions = scene.list("SELECT kind, CAST(COUNT(*) AS TEXT) FROM exception GROUP BY kind ORDER BY kind").await;
    let asked = scene
        .list(
            "SELECT t.kind, CASE WHEN t.kind = 'pack' THEN t.drop_off ELSE COALESCE(l.location, '') END AS place, \
             COALESCE(l.item, '') AS item, COALESCE(CAST(l.qty - l.picked AS TEXT), '') AS qty FROM task t \
             LEFT JOIN task_line l ON l.task = t.id WHERE t.state IN ('open', 'claimed') \
             AND COALESCE(l.state, 'open') = 'open' ORDER BY 1, 2, 3",
        )
        .await;
    let mut faults = Vec::new();
    let mut same = |what: &str, got: &str, wanted: &str| {
        if got != wanted {
            faults.push(format!("{}: {what}: {got:?}, not {wanted:?}", pair.name));
        }
    };
    same("the first was told", &first, pair.first_told);
    same("the other was told", &then, pair.then_told);
    same("exceptions", &exceptions, pair.exceptions);
    same("asked", &asked, pair.asked);
    for (location, item, status, qty) in pair.stock {
        let got = scene.bench.world.stock(location, item, status).await;
        same(&format!("{location} {item} {status}"), &got.to_string(), &qty.to_string());
    }
    same("checks that fail", &scene.bench.world.broken().await.join(", "), "");
    // Sent again, nothing has a second effect.
    let moves = scene.list("SELECT CAST(COUNT(*) AS TEXT) FROM move").await;
    for (device, said) in [(&a, &said_first), (&b, &said_then)] {
        if !said.is_empty() {
            device.push(said);
        }
    }
    same("moves", &scene.list("SELECT CAST(COUNT(*) AS TEXT) FROM move").await, &moves);
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_devices_offline_on_the_same_stock() {
    let mut faults = Vec::new();
    for pair in PAIRS {
        faults.extend(run(pair).await);
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
