//! Pairs of goods that come in, are moved and are counted.

use crate::matrix::Work::{Cancel, Count, Hold, Move, Receive};
use crate::{NONE, Pair};

pub const PAIRS: &[Pair] = &[
    Pair {
        name: "move-move: one handling unit, two places",
        of: [Move, Move],
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
        of: [Move, Move],
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
        of: [Move, Count],
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
        of: [Move, Receive],
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
        of: [Receive, Receive],
        before: &["po P-1 X 100"],
        first: &["receive P-1 X 40"],
        then: &["receive P-1 X 50"],
        stock: &[("DOCK-1", "X", "in-transit", 90)],
        asked: "receive",
        ..NONE
    },
    Pair {
        name: "receive-receive: above the limit together",
        of: [Receive, Receive],
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
        of: [Receive, Count],
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
        of: [Count, Receive],
        before: &["po P-1 Y 5", "plan DOCK-1"],
        first: &["start DOCK-1", "see DOCK-1 Y 5", "submit DOCK-1"],
        then: &["receive P-1 Y 5"],
        stock: &[("DOCK-1", "Y", "in-transit", 5), ("DOCK-1", "Y", "available", 0), ("LOSS", "Y", "available", 0)],
        asked: "count DOCK-1 1, receive",
        ..NONE
    },
    Pair {
        name: "count-count: two people count one shelf and agree with the book",
        of: [Count, Count],
        before: &["plan A1"],
        first: &["start A1", "see A1 X 10", "see A1 Y 5", "submit A1"],
        then: &["start A1", "see A1 X 10", "see A1 Y 5", "submit A1"],
        stock: &[("A1", "X", "available", 10), ("LOSS", "X", "available", 0)],
        ..NONE
    },
    Pair {
        name: "count-count: the second is the recount of the first",
        of: [Count, Count],
        before: &["plan A1"],
        first: &["start A1", "see A1 X 6", "see A1 Y 5", "submit A1"],
        then: &["start A1", "see A1 X 6", "see A1 Y 5", "submit A1"],
        then_told: "CountSubmitted VARIANCE",
        exceptions: "VARIANCE 1",
        stock: &[("A1", "X", "available", 10), ("LOSS", "X", "available", 0)],
        ..NONE
    },
    Pair {
        name: "count-move: counted without what was moved, before that is known",
        of: [Count, Move],
        before: &["plan A1"],
        first: &["start A1", "see A1 X 6", "see A1 Y 5", "submit A1"],
        then: &["move A1 A9 X 4"],
        stock: &[("A1", "X", "available", 6), ("A9", "X", "available", 4), ("LOSS", "X", "available", 0)],
        asked: "count A1 1",
        ..NONE
    },
    Pair {
        name: "receive-move: what came in is moved after its receipt is known",
        of: [Receive, Move],
        before: &["po P-1 Y 6"],
        first: &["receive P-1 Y 6", "shut P-1"],
        then: &["away DOCK-1 A2 Y 6"],
        stock: &[("A2", "Y", "available", 6), ("DOCK-1", "Y", "available", 0)],
        ..NONE
    },
    Pair {
        name: "move-cancel: the tote of a cancelled order is carried off",
        of: [Cancel, Move],
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1"],
        meanwhile: &["cancel S-1"],
        first: &["unit T1 PACK-01 A9"],
        stock: &[("A9", "X", "available", 2), ("PACK-01", "X", "allocated", 0), ("PACK-01", "X", "available", 0)],
        ..NONE
    },
    Pair {
        name: "move-hold: the tote of an order on hold is carried off",
        of: [Hold, Move],
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1"],
        meanwhile: &["hold S-1"],
        first: &["unit T1 PACK-01 A9"],
        first_told: "Moved ALLOCATED",
        exceptions: "ALLOCATED 1, PLACE_FORBIDDEN 1",
        stock: &[("A9", "X", "allocated", 2), ("PACK-01", "X", "allocated", 0)],
        asked: "pack PACK-01",
        ..NONE
    },
    Pair {
        name: "count-cancel: the bench is counted as it was booked, and its goods go back",
        of: [Cancel, Count],
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1", "plan PACK-01"],
        meanwhile: &["cancel S-1"],
        first: &["start PACK-01", "see PACK-01 X 2 T1", "submit PACK-01"],
        stock: &[("PACK-01", "X", "available", 2), ("LOSS", "X", "available", 0)],
        asked: "put-away PACK-01 X 2",
        ..NONE
    },
    Pair {
        name: "count-hold: the bench of an order on hold is counted short",
        of: [Hold, Count],
        before: &["order S-1 X 2", "pick S-1 1 T1 2", "drop S-1 T1", "plan PACK-01"],
        meanwhile: &["hold S-1"],
        first: &["start PACK-01", "see PACK-01 X 1 T1", "submit PACK-01"],
        stock: &[("PACK-01", "X", "allocated", 2), ("LOSS", "X", "allocated", 0)],
        asked: "count PACK-01 1, pack PACK-01",
        ..NONE
    },
    Pair {
        name: "receive-cancel: goods of a purchase order that was withdrawn",
        of: [Cancel, Receive],
        before: &["po P-1 X 5"],
        meanwhile: &["cancel P-1"],
        first: &["receive P-1 X 5", "shut P-1"],
        first_told: "Received UNPLANNED",
        exceptions: "UNPLANNED 1",
        stock: &[("DOCK-1", "X", "quarantined", 5), ("DOCK-1", "X", "available", 0)],
        asked: "put-away DOCK-1 X 5",
        ..NONE
    },
];
