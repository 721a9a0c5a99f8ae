//! Parsing a typical four-element label, as a ratio to one naive pass over the same bytes that allocates the
//! same result; and that nothing else is allocated. One JSON line.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    missing_docs
)]

use floorhand_gs1::{Mode, element};
use std::hint::black_box;
use std::time::Instant;

const LABEL: &[u8] = b"010952123454321317281130102A4711\x1d21SN0042";
/// Where the values of the label lie.
const VALUES: [(&str, usize, usize); 4] = [("01", 2, 16), ("17", 18, 24), ("10", 26, 32), ("21", 35, 41)];
const ROUNDS: usize = 300;
const BATCH: usize = 500;

/// Looks at each byte once and makes the values.
fn naive(raw: &[u8]) -> Vec<(&'static str, String, std::ops::Range<usize>)> {
    let sum: u32 = raw.iter().map(|&byte| u32::from(byte)).sum();
    black_box(sum);
    let mut list = Vec::with_capacity(VALUES.len());
    for (ai, from, to) in VALUES {
        list.push((ai, std::str::from_utf8(&raw[from..to]).unwrap().to_owned(), from..to));
    }
    list
}

fn main() {
    let own = element::parse(LABEL, Mode::Strict).unwrap();
    let values: Vec<&str> = own.iter().map(|element| element.value.as_str()).collect();
    assert_eq!(values, naive(LABEL).iter().map(|(_, value, _)| value.as_str()).collect::<Vec<_>>());
    let own_allocations =
        allocation_counter::measure(|| drop(element::parse(black_box(LABEL), Mode::Strict))).count_total;
    let naive_allocations = allocation_counter::measure(|| drop(naive(black_box(LABEL)))).count_total;
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..BATCH).for_each(|_| drop(black_box(element::parse(black_box(LABEL), Mode::Strict))));
            let own = start.elapsed();
            let start = Instant::now();
            (0..BATCH).for_each(|_| drop(black_box(naive(black_box(LABEL)))));
            own.as_secs_f64() / start.elapsed().as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        r#"{{"bench":"gs1_parse","elements":4,"bytes":{},"p50_ratio":{:.2},"goal_p50":4.0,"allocations":{own_allocations},"naive_allocations":{naive_allocations},"to":"one naive pass over the same bytes that allocates the same result"}}"#,
        LABEL.len(),
        ratios[ROUNDS / 2],
    );
}
