//! Two benches, a picker and a supervisor do anything in any order: nothing is refused, and every book agrees.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/world.rs"]
mod world;

use bench::*;
use world::*;

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

async fn check(seed: u64) {
    let bench = Bench::new().await;
    let mut devices = [bench.world.enrol().await, bench.world.enrol().await];
    let mut chance = Chance(seed);
    let (task, lines) = bench.world.order("S-1", &[("X", 4), ("Y", 2)]).await;
    devices[0].tell(&assigned(&task, "T1"));
    let mut done: Vec<String> = Vec::new();
    for _ in 0..30 {
        let device = &mut devices[chance.below(2)];
        let (no, item) = chance.one(&[(1, "X"), (2, "Y")]);
        let (carton, tote) = (chance.one(&["C1", "C2"]), chance.one(&["T1", "T2", ""]));
        let qty = i64::try_from(chance.below(3)).unwrap() + 1;
        let fact = match chance.below(14) {
            0 | 1 => picked(&lines[chance.below(lines.len())], chance.one(&["T1", "T2"]), qty),
            2 => dropped(&task, &["T1", "T2"]),
            3 => opens("S-1", carton),
            4..=6 => packs("S-1", no, item, carton, tote, qty),
            7 | 8 => unpacks("S-1", no, item, carton, tote, qty),
            9 => closes("S-1", carton),
            10 => weighs("S-1", carton, 500, 0),
            11 => finishes("S-1", chance.below(2) == 0),
            12 => ships("S-1", carton),
            _ => {
                let action = chance.one(&["hold", "release", "hold", "release", "cancel"]);
                let status = bench.set("S-1", action).status;
                assert!(matches!(status, 200 | 409), "{action} after {done:?}");
                done.push(action.to_owned());
                continue;
            }
        };
        let told = device.tell(&fact);
        done.push(format!("{fact:?}"));
        assert!(told.0.starts_with("applied"), "{told:?} after {done:#?}");
    }
    let broken = bench.world.broken().await;
    assert!(broken.is_empty(), "seed {seed}: {broken:?} after {done:#?}");
    for device in &mut devices {
        device.pull();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_done_the_books_agree() {
    for seed in 1..=40 {
        check(seed).await;
    }
}
