//! The busiest hour: both pickers pick, the packer packs what they bring, and the receiver puts away and counts, all
//! at the same time.

use super::packing::pack_all;
use super::station::Station;
use super::{Shift, tell};
use anyhow::{Result, anyhow, ensure};
use floorhand_demo::robot::Robot;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tasks that the pickers do in this hour, each.
const TASKS: usize = 3;
/// Scans that another task brings at the least, picked and packed.
const A_TASK: usize = 20;

/// Who picks what: the first cart and a single order to the first, of the rest every other one.
pub(super) fn share(clusters: &[String], singles: &[String]) -> (Vec<String>, Vec<String>) {
    let mut both = (Vec::new(), Vec::new());
    let mixed = clusters.iter().take(1).chain(singles.iter().take(1));
    both.0.extend(mixed.cloned());
    for (n, task) in clusters.iter().skip(1).chain(singles.iter().skip(1)).enumerate() {
        if n % 2 == 0 { both.1.push(task.clone()) } else { both.0.push(task.clone()) }
    }
    both
}

impl Shift {
    /// Plays it until there are enough scans of everybody.
    pub(super) fn together(&mut self, scans: usize) -> Result<()> {
        let from = self.scans();
        let put_aways = self.put_aways()?;
        let more = scans.saturating_sub(from).div_ceil(2 * A_TASK).max(TASKS);
        self.second.robot.only_favourites = true;
        let picked = AtomicBool::new(false);
        let (picker, second, kiosk, dock) = (&mut self.picker, &mut self.second, &mut self.kiosk, &mut self.dock);
        let before = (picker.robot.tally.tasks_done, second.robot.tally.tasks_done);
        std::thread::scope(|scope| {
            let first = scope.spawn(|| pick(picker, more));
            let other = scope.spawn(|| pick(second, more));
            let packing = scope.spawn(|| pack_all(kiosk, &picked));
            let receiving = scope.spawn(|| put_away(&mut dock.robot, &put_aways));
            let done = [joined(first), joined(other)];
            // Also when a picker failed: the packer must come to an end.
            picked.store(true, Ordering::Relaxed);
            let all = [joined(packing), joined(receiving)];
            done.into_iter().chain(all).collect::<Result<Vec<()>>>()
        })?;
        self.drain()?;
        let tasks = (self.picker.robot.tally.tasks_done - before.0, self.second.robot.tally.tasks_done - before.1);
        ensure!(tasks.0 > 0 && tasks.1 > 0, "a picker had nothing to do");
        self.kiosk_picture("all-packed")?;
        tell(&format!(
            "All at once, {} scans: {} and {} pick tasks, {} orders packed so far, {} put away at the dock",
            self.scans() - from,
            tasks.0,
            tasks.1,
            self.kiosk.robot.tally.orders,
            put_aways.len()
        ));
        Ok(())
    }
}

fn joined(thread: std::thread::ScopedJoinHandle<'_, Result<()>>) -> Result<()> {
    thread.join().map_err(|_| anyhow!("the thread of a station panicked"))?
}

/// Picks the task in hand and so many more, as far as there are some.
fn pick(station: &mut Station, tasks: usize) -> Result<()> {
    let goal = station.robot.tally.tasks_done + tasks;
    let own = station.robot.favourites.clone();
    let name = format!("{tasks} tasks of the {}", station.name());
    station.until(&name, |status, tally| {
        let left = own.iter().any(|task| status.offers(task));
        status.task.is_none() && (tally.tasks_done >= goal || !left)
    })?;
    station.drain()
}

/// Puts away what came back and what else waits.
fn put_away(robot: &mut Robot, tasks: &[String]) -> Result<()> {
    for task in tasks {
        robot.to_work()?;
        robot.put_away(task)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_the_task_of_somebody_else() {
        let named = |kind: &str, n: usize| (1..=n).map(|n| format!("{kind}{n}")).collect::<Vec<_>>();
        let (own, others) = share(&named("c", 3), &named("s", 3));
        assert_eq!(own, ["c1", "s1", "c3", "s3"]);
        assert_eq!(others, ["c2", "s2"]);
        assert_eq!(share(&[], &[]), (vec![], vec![]));
    }
}
