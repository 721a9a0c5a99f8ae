//! The second handheld puts away what came, with a power cut. The receiver counts, with another; somebody else
//! recounts, and a supervisor approves through the API.

use super::{Shift, tell};
use crate::site::wares;
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{PATIENCE, wait_for};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Places that are counted.
const PLACES: usize = 3;
/// Units that are not there, of those in the book: beyond what an operator may post.
const LOST: i64 = 3;
/// A place with fewer is not worth a count.
const UNITS: i64 = 12;

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

impl Shift {
    /// Begins to put away what was received.
    pub(super) fn begin_put_away(&mut self) -> Result<()> {
        self.second.sign_in()?;
        let tasks = wait_for("work to put away", PATIENCE, || {
            let tasks = self.put_aways()?;
            Ok((!tasks.is_empty()).then_some(tasks))
        })?;
        let task = tasks.first().context("nothing to put away")?;
        self.second.robot.open_task(task)?;
        let status = self.second.robot.status()?;
        self.second.robot.put_away_step(&status)?;
        self.second_picture("put-away")?;
        let after = self.second.dies_and_comes_back()?;
        tell(&format!("kill -9 in a put-away: the second handheld came back at {}", after.step()));
        Ok(())
    }

    /// Goes on until the task in hand is done.
    pub(super) fn end_put_away(&mut self) -> Result<()> {
        let begun = self.second.robot.status()?;
        let task = begun.task.clone().context("nothing is being put away")?;
        loop {
            let status = self.second.robot.status()?;
            if status.task.as_ref() != Some(&task) {
                return Ok(());
            }
            self.second.robot.put_away_step(&status)?;
        }
    }

    /// Puts away everything that waits.
    pub(super) fn put_away_rest(&mut self) -> Result<usize> {
        let tasks = self.put_aways()?;
        for task in &tasks {
            self.second.robot.put_away(task)?;
        }
        self.second.drain()?;
        Ok(tasks.len())
    }

    /// Counts planned places. At one of them goods are missing.
    pub(super) fn counts(&mut self) -> Result<()> {
        let truth = self.places()?;
        let places: Vec<String> = truth.keys().cloned().collect();
        let supervisor = self.core.token_of("supervisor")?;
        let plan = json!({"id": "demo-count-1", "locations": places});
        let planned = self.core.post("/v1/counts/plan", Some(&supervisor), &plan)?;
        let task = planned.pointer("/tasks/0").and_then(Value::as_str).context("nothing is planned")?.to_owned();

        // One unit is counted, then the power goes; what was counted is undone, and counted right.
        self.dock.robot.to_work()?;
        self.dock.robot.open_task(&task)?;
        self.dock.robot.do_next()?;
        let status = self.dock.robot.status()?;
        let place = status.expects.iter().find(|e| e.kind == "location").and_then(|e| e.codes.first()).cloned();
        let there = place.and_then(|place| truth.get(&place)?.first().cloned()).context("nothing to count")?;
        self.dock.robot.count_goods(&there.0, 1)?;
        self.dock_picture("count")?;
        self.dock.dies_and_comes_back()?;
        self.dock.robot.act("undo")?;
        self.dock.robot.count_on(&task, &truth)?;
        self.dock.drain()?;
        tell(&format!("{PLACES} places counted at the dock, the first with a kill -9 after a unit and an undo"));

        let again = wait_for("the recount", PATIENCE, || self.recount())?;
        self.dock.robot.to_work()?;
        wait_for("the recount to be refused to who counted", PATIENCE, || {
            let answer = self.dock.robot.scan(&again)?;
            std::thread::sleep(std::time::Duration::from_millis(500));
            ensure!(!answer.accepted, "{} counts their own count again", self.dock.robot.operator.name);
            Ok((answer.reason == "COUNT_SAME").then_some(()))
        })?;
        let first = self.dock.robot.operator.name.clone();
        self.second.robot.count(&again, &truth)?;
        self.second_picture("recounted")?;
        self.second.drain()?;
        let wanted = wait_for("the variance to wait for approval", PATIENCE, || {
            let rows = self.core.list("/v1/approvals?state=wanted&kind=VARIANCE")?;
            Ok(rows.first().map(|row| text(row, "id").to_owned()))
        })?;
        let ours = json!({"id": "demo-approval-1", "decision": "approve", "note": "looked for them, gone"});
        self.core.post(&format!("/v1/approvals/{wanted}"), Some(&supervisor), &ours)?;
        tell(&format!(
            "{LOST} units were missing: {} may not count again, {} found the same, a supervisor approved through the API",
            first, self.second.robot.operator.name
        ));
        Ok(())
    }

    /// The open recount.
    fn recount(&self) -> Result<Option<String>> {
        let tasks = self.core.list("/v1/tasks?kind=count")?;
        let found = tasks.iter().find(|task| {
            let lines = task.get("lines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            text(task, "state") == "open"
                && lines.iter().any(|line| line.pointer("/plan/round").and_then(Value::as_i64).unwrap_or(0) > 0)
        });
        Ok(found.map(|task| text(task, "id").to_owned()))
    }

    /// Places that nobody else has business at, and what is there: one item, all of the book, but at one of them.
    fn places(&self) -> Result<BTreeMap<String, Vec<(String, i64)>>> {
        let mut busy: BTreeSet<String> = BTreeSet::new();
        for task in self.core.list("/v1/tasks")? {
            for line in task.get("lines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
                busy.insert(text(line, "location").to_owned());
                busy.insert(line.pointer("/plan/to").and_then(Value::as_str).unwrap_or_default().to_owned());
            }
        }
        let mut by_place: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for row in self.core.list("/v1/stock")? {
            by_place.entry(text(&row, "location").to_owned()).or_default().push(row);
        }
        let wares = wares(&self.core)?;
        let mut truth = BTreeMap::new();
        for (place, rows) in by_place {
            let [row] = rows.as_slice() else { continue };
            let number = |name: &str| row.get(name).and_then(Value::as_i64).unwrap_or(0);
            let plain = ["lot", "serial", "handling_unit"].iter().all(|name| text(row, name).is_empty());
            let free = number("allocated") == 0 && !busy.contains(&place) && self.site.shelves.contains(&place);
            let Some(ware) = wares.get(text(row, "item")) else { continue };
            if plain && free && text(row, "status") == "available" && number("qty") >= UNITS && truth.len() < PLACES {
                let lost = if truth.len() == 1 { LOST } else { 0 };
                truth.insert(place, vec![(ware.code.clone(), number("qty") - lost)]);
            }
        }
        ensure!(truth.len() == PLACES, "only {} places can be counted in peace", truth.len());
        Ok(truth)
    }

    fn second_picture(&mut self, name: &str) -> Result<()> {
        self.pictures += 1;
        self.second.shot(self.pictures, name)
    }
}
