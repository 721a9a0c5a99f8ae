//! Which workflows meet on the same stock: every pair of them has a row in each order in which the core can hear of
//! them, or a reason why it cannot have one.

use crate::Pair;
use crate::scene::work_of;
use std::collections::BTreeSet;

/// What changes stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    Pick,
    Pack,
    Receive,
    Move,
    Count,
    Return,
    /// The core withdraws an order, a purchase order or a return.
    Cancel,
    /// The core stops an order.
    Hold,
}

use Work::{Cancel, Count, Hold, Move, Pack, Pick, Receive, Return};

const ALL: [Work; 8] = [Pick, Pack, Receive, Move, Count, Return, Cancel, Hold];

impl Work {
    /// Whether the core does it: it is never offline, so that it is always the first to be known.
    fn is_core(self) -> bool {
        matches!(self, Cancel | Hold)
    }
}

/// Pairs that have no stock in common, and why.
const APART: &[([Work; 2], &str)] = &[
    ([Hold, Receive], "a hold stops what leaves; what comes in is of no customer's order"),
    ([Cancel, Cancel], "the core does both: one after the other, and neither offline"),
    ([Cancel, Hold], "the core does both: one after the other, and neither offline"),
    ([Hold, Hold], "the core does both: one after the other, and neither offline"),
];

/// Every pair, as the core hears of the two.
fn orders() -> Vec<[Work; 2]> {
    let all = ALL.into_iter().flat_map(|first| ALL.map(|then| [first, then]));
    all.filter(|[first, then]| !then.is_core() || (first.is_core() && first <= then)).collect()
}

/// What is wrong with the words of a row: they are those of its two workflows and of no other.
fn mislabelled(pair: &Pair) -> Option<String> {
    let works = |words: &[&str]| words.iter().map(|text| work_of(text)).collect::<BTreeSet<_>>();
    let only = |work: Work| BTreeSet::from([Some(work)]);
    let [first, then] = pair.of;
    let (a, b, core) = (works(pair.first), works(pair.then), works(pair.meanwhile));
    let fits = if first.is_core() {
        core == only(first) && a.union(&b).copied().collect::<BTreeSet<_>>() == only(then)
    } else {
        core.is_empty() && a == only(first) && b == only(then)
    };
    (!fits).then(|| format!("{}: its words are not those of {:?}", pair.name, pair.of))
}

/// Pairs without a row or a reason, and reasons and rows that are none.
fn faults(rows: &[&Pair], apart: &[([Work; 2], &str)]) -> Vec<String> {
    let mut faults: Vec<String> = rows.iter().filter_map(|pair| mislabelled(pair)).collect();
    let mut names = BTreeSet::new();
    for pair in rows {
        if !names.insert(pair.name) {
            faults.push(format!("two rows are called {:?}", pair.name));
        }
    }
    let swapped = rows.iter().filter(|pair| pair.either).map(|pair| [pair.of[1], pair.of[0]]);
    let shown: Vec<[Work; 2]> = rows.iter().map(|pair| pair.of).chain(swapped).collect();
    for of in orders() {
        let why = apart.iter().find(|(pair, why)| *pair == of && !why.is_empty());
        match (shown.contains(&of), why) {
            (false, None) => faults.push(format!("{of:?} has no row")),
            (true, Some(_)) => faults.push(format!("{of:?} has a row, and a reason to have none")),
            _ => {}
        }
    }
    let strange = apart.iter().filter(|(of, _)| !orders().contains(of));
    faults.extend(strange.map(|(of, _)| format!("{of:?} never happens")));
    faults
}

#[test]
fn every_pair_of_workflows_has_a_row_in_each_order() {
    let rows: Vec<&Pair> = crate::rows().collect();
    let found = faults(&rows, APART);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_pair_that_lacks_its_row_is_found() {
    let rows: Vec<&Pair> = crate::rows().collect();
    assert_eq!(orders().len(), 6 * 6 + 2 * 6 + 3);
    for of in orders() {
        let reversed = [of[1], of[0]];
        let without = |pair: &&&Pair| pair.of != of && !(pair.either && pair.of == reversed);
        let left: Vec<&Pair> = rows.iter().filter(without).copied().collect();
        let no_reason: Vec<_> = APART.iter().filter(|(pair, _)| *pair != of).copied().collect();
        let found = faults(&left, &no_reason);
        assert!(found.contains(&format!("{of:?} has no row")), "{of:?}: {found:?}");
        let reason = [(of, "none")];
        let twice = format!("{of:?} has a row, and a reason to have none");
        assert_eq!(faults(&rows, &reason).contains(&twice), left.len() < rows.len(), "{of:?}");
    }
}

#[test]
fn a_row_that_is_called_what_it_is_not_is_found() {
    for (of, meanwhile, first, then, fits) in [
        ([Pick, Count], &[][..], &["pick S-1 1 T1 3"][..], &["start A1"][..], true),
        ([Count, Pick], &[], &["pick S-1 1 T1 3"], &["start A1"], false),
        ([Pick, Count], &[], &["pick S-1 1 T1 3", "start A1"], &["start A1"], false),
        ([Pick, Count], &["hold S-1"], &["pick S-1 1 T1 3"], &["start A1"], false),
        ([Pick, Count], &[], &["pick S-1 1 T1 3"], &[], false),
        ([Hold, Pick], &["hold S-1"], &["pick S-1 1 T1 3"], &[], true),
        ([Hold, Pick], &["cancel S-1"], &["pick S-1 1 T1 3"], &[], false),
        ([Hold, Pick], &[], &["pick S-1 1 T1 3"], &[], false),
        ([Hold, Pick], &["hold S-1"], &["start A1"], &[], false),
    ] {
        let pair = Pair { name: "row", of, meanwhile, first, then, ..crate::NONE };
        assert_eq!(mislabelled(&pair).is_none(), fits, "{of:?} {meanwhile:?} {first:?} {then:?}");
    }
}
