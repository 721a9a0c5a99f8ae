//! Shifts by chance: devices that do anything in any order over a network that loses replies and
//! repeats requests. Whatever they did, the books close and all of them see the same.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/world.rs"]
mod world;

use floorhand_domain::fact::{Fact, ShortReason, Units};
use floorhand_domain::task::{Line, LineState, Task};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use world::*;

/// Devices of a shift.
const DEVICES: usize = 3;
/// What each of them does.
const STEPS: usize = 200;

/// SplitMix64: the same shift for the same seed on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n.max(1)).unwrap()).unwrap()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }
}

struct Picker {
    device: Device,
    outbox: Vec<Value>,
    acked: usize,
    outcomes: BTreeMap<u64, Value>,
}

impl Picker {
    fn tasks(&self) -> Vec<Task> {
        let tasks = self
            .device
            .rows("task")
            .into_iter()
            .map(|row| serde_json::from_value::<Task>(row.clone()).unwrap())
            .filter(|task| task.kind == floorhand_domain::task::TaskKind::Pick);
        tasks.filter(|task| task.id.as_str() < "PT-S" || task.lines < 4).collect()
    }

    fn lines(&self, task: &Task) -> Vec<Line> {
        let lines =
            self.device.rows("line").into_iter().map(|row| serde_json::from_value::<Line>(row.clone()).unwrap());
        lines.filter(|line| line.task == task.id).collect()
    }

    fn totes(&self) -> Vec<String> {
        self.device
            .rows("handling-unit")
            .iter()
            .filter(|row| row["kind"] == "tote")
            .take(9)
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    }

    fn act(&mut self, chance: &mut Chance) {
        let tasks = self.tasks();
        let Some(task) = chance.pick(&tasks).cloned() else { return };
        let mut lines = self.lines(&task);
        if !chance.one_in(8) {
            lines.retain(|line| line.state == LineState::Open);
        }
        let totes = self.totes();
        let slot = chance.pick(&task.slots).cloned().unwrap();
        let tote = if slot.tote.is_none() || chance.one_in(4) {
            chance.pick(&totes).cloned().unwrap_or_default()
        } else {
            slot.tote.to_string()
        };
        let fact = match chance.below(20) {
            0..=1 => Fact::TaskClaimed { task: task.id },
            2 => Fact::TaskReleased { task: task.id },
            3..=4 => {
                Fact::ToteAssigned { task: task.id, slot: slot.slot, order: slot.order, tote: tote.as_str().into() }
            }
            5 => Fact::ToteClosed { task: task.id, slot: slot.slot, tote: tote.as_str().into() },
            6..=13 => {
                let Some(line) = chance.pick(&lines) else { return };
                let over = i64::try_from(chance.below(2)).unwrap();
                let qty = if line.serial.is_none() && !line.item.as_str().starts_with("EL") {
                    i64::try_from(chance.below(usize::try_from(line.open_qty()).unwrap()) + 1).unwrap()
                        + over * i64::from(chance.one_in(8))
                } else {
                    1
                };
                let at = if chance.one_in(15) { "A-01-11" } else { line.location.as_str() };
                Fact::Picked {
                    task: line.task.clone(),
                    line: line.id.clone(),
                    location: at.into(),
                    item: line.item.clone(),
                    tote: tote.as_str().into(),
                    units: vec![Units {
                        lot: line.lot.clone(),
                        serial: line.serial.clone(),
                        handling_unit: line.handling_unit.clone(),
                        qty,
                        grams: 0,
                    }],
                    typed: false,
                }
            }
            14 => {
                let Some(line) = chance.pick(&lines) else { return };
                let damaged = i64::from(chance.one_in(2));
                Fact::PickedShort {
                    task: line.task.clone(),
                    line: line.id.clone(),
                    location: line.location.clone(),
                    item: line.item.clone(),
                    qty: line.open_qty().max(1),
                    reason: if damaged > 0 { ShortReason::Damaged } else { ShortReason::NoneFound },
                    damaged,
                    lot: line.lot.clone(),
                    handling_unit: line.handling_unit.clone(),
                }
            }
            15..=16 => Fact::DroppedOff {
                task: task.id.clone(),
                location: if task.drop_off.is_none() { "PACK-01".into() } else { task.drop_off.clone() },
                totes: task.slots.iter().filter(|slot| !slot.tote.is_none()).map(|slot| slot.tote.clone()).collect(),
            },
            17..=18 => Fact::Undone { epoch: 1, seq: u64::try_from(chance.below(self.outbox.len()) + 1).unwrap() },
            _ => {
                let kind = ["Teleported", "Picked"][chance.below(2)];
                let agg = if chance.one_in(6) { format!("task:{}", task.id) } else { "stray".to_owned() };
                self.outbox.push(self.device.say_raw(kind, 1, &agg, json!({"what": 1})));
                return;
            }
        };
        self.outbox.push(self.device.say(&fact));
    }

    /// Pushes what is not acknowledged and, by chance, some of what is; by chance the reply is lost.
    fn push(&mut self, chance: &mut Chance) {
        let from = self.acked.saturating_sub(chance.below(4));
        let batch = &self.outbox[from..self.outbox.len().min(from + 30)];
        if batch.is_empty() {
            return;
        }
        let answer = self.device.push(batch);
        for outcome in &answer.outcomes {
            // Same outcome for ever.
            let now = serde_json::to_value(outcome).unwrap();
            let before = self.outcomes.entry(outcome.seq).or_insert_with(|| now.clone());
            assert_eq!(*before, now);
        }
        if !chance.one_in(4) {
            self.acked = usize::try_from(answer.acked_through.unwrap()).unwrap().max(self.acked);
        }
    }
}

async fn shift(seed: u64) {
    let world = World::demo(seed).await;
    let mut chance = Chance(seed);
    let mut pickers = Vec::new();
    for _ in 0..DEVICES {
        let mut device = world.enrol().await;
        device.pull();
        device.operator = device.rows("operator")[0]["id"].as_str().unwrap().to_owned();
        pickers.push(Picker { device, outbox: Vec::new(), acked: 0, outcomes: BTreeMap::new() });
    }
    for step in 0..STEPS * DEVICES {
        let n = chance.below(DEVICES);
        let picker = &mut pickers[n];
        picker.act(&mut chance);
        if chance.one_in(4) {
            picker.push(&mut chance);
        }
        if chance.one_in(6) {
            picker.device.pull_by(40);
        }
        if step % 90 == 89 {
            world.assert_clean().await;
        }
    }
    for picker in &mut pickers {
        while picker.acked < picker.outbox.len() {
            picker.push(&mut chance);
        }
    }
    let mut seen = Vec::new();
    for picker in &mut pickers {
        let page = picker.device.pull();
        assert_eq!(usize::try_from(page.applied.through).unwrap(), picker.outbox.len());
        let base: Vec<_> = picker
            .device
            .base
            .iter()
            .filter(|((stream, ..), _)| !stream.starts_with("dev:"))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        seen.push(base);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}: devices differ");
    world.assert_clean().await;
    let failed = world.number("SELECT COUNT(*) FROM parked WHERE code = 'FAILED'").await;
    assert_eq!(failed, 0, "seed {seed}: {}", world.text("SELECT detail FROM parked WHERE code = 'FAILED'").await);
    assert!(
        world.number("SELECT COUNT(*) FROM move WHERE reason = 'pick'").await > 20,
        "seed {seed}: nothing happened"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_happens_the_books_close() {
    let seeds = std::env::var("FLOORHAND_SHIFTS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    for seed in 1..=seeds {
        shift(seed).await;
    }
}
