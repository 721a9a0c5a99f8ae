//! The books in the end: the core's own invariants, and books of ours kept from its facts.

use super::Shift;
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{Balance, Books, Line};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Shift {
    /// Checks and prints them.
    pub(super) fn settle(mut self, before: &[Value]) -> Result<()> {
        let verified = self.core.verify()?;
        let checks = verified.get("checks").and_then(Value::as_array).map_or(0, Vec::len);
        let good = verified.get("ok").and_then(Value::as_bool) == Some(true);
        ensure!(good && checks > 0, "verify says no: {verified}");
        let facts = self.core.list("/v1/facts")?;
        self.account(&facts)?;
        self.reconcile(before, &facts)?;
        let picked = units_of(&facts, "Picked");
        let units = self.picker.robot.tally.units;
        ensure!(picked == units, "{units} units were put into totes, the core's facts say {picked}");
        println!("verify: {checks} checks, all good; the books agree to the unit in every place and status");
        println!("Pictures, sheet and logs: {}", self.folder.display());
        self.core.stop()
    }

    fn account(&self, facts: &[Value]) -> Result<()> {
        println!();
        for (name, robot) in
            [("picking", &self.picker.robot), ("dock", &self.dock.robot), ("stock", &self.second.robot)]
        {
            let tally = &robot.tally;
            let refused: usize = tally.refused.values().sum();
            let reasons: Vec<String> =
                tally.refused.iter().map(|(reason, count)| format!("{count} × {reason}")).collect();
            println!(
                "Scans, {name}: {} sent; {} accepted, {refused} refused ({})",
                tally.scans,
                tally.accepted,
                reasons.join(", ")
            );
        }
        println!("Scans in all: {}", self.scans());
        let tally = &self.picker.robot.tally;
        println!(
            "Pick tasks done: {}, of them {} on carts of several totes; units into totes: {}; scans of boxes: {}; short lines: {}",
            tally.tasks_done, tally.clusters_done, tally.units, tally.cases, tally.shorts
        );
        let mut kinds = BTreeMap::<&str, usize>::new();
        for fact in facts {
            *kinds.entry(fact.get("type").and_then(Value::as_str).unwrap_or("?")).or_default() += 1;
        }
        println!(
            "Facts in the core: {} ({})",
            facts.len(),
            kinds.iter().map(|(kind, n)| format!("{n} {kind}")).collect::<Vec<_>>().join(", ")
        );
        let orders = self.core.list("/v1/orders")?;
        let picked = orders
            .iter()
            .filter(|order| order.get("state").and_then(Value::as_str).is_some_and(|s| s.contains("picked")))
            .count();
        println!("Orders picked, wholly or in part: {picked} of {}", orders.len());
        let open = self.core.list("/v1/exceptions")?;
        let mut codes = BTreeMap::<&str, usize>::new();
        for row in &open {
            *codes.entry(row.get("kind").and_then(Value::as_str).unwrap_or("?")).or_default() += 1;
        }
        let codes: Vec<String> = codes.iter().map(|(code, n)| format!("{n} {code}")).collect();
        println!("Exceptions: {}", codes.join(", "));
        Ok(())
    }

    /// Every unit by place and status: what was there, what each kind of deed changed, what is there.
    fn reconcile(&self, before: &[Value], facts: &[Value]) -> Result<()> {
        let mut books = Books::open(before)?;
        let lines = self.delivery_lines(facts)?;
        for fact in facts {
            books.enter(fact, &lines)?;
        }
        for count in self.core.list("/v1/counts?state=posted")? {
            let id = count.get("id").and_then(Value::as_str).context("a count without id")?;
            books.enter_count(&self.core.get(&format!("/v1/counts/{id}"))?)?;
        }
        let stock = self.core.list("/v1/stock")?;
        let rows = books.compare(&stock)?;
        println!();
        println!("{:<11} {:<12} {:>7}   {:<42} {:>7} {:>7}", "place", "status", "seeded", "since then", "should", "is");
        for Balance { place, status, seeded, moved, should, is } in &rows {
            let told: Vec<String> = moved.iter().map(|(cause, qty)| format!("{qty:+} {cause}")).collect();
            println!("{place:<11} {status:<12} {seeded:>7}   {:<42} {should:>7} {is:>7}", told.join(", "));
        }
        let by = |cause: &str| rows.iter().filter_map(|row| row.moved.get(cause)).sum::<i64>();
        let seeded: i64 = before.iter().filter_map(|row| row.get("qty")?.as_i64()).sum();
        let is: i64 = stock.iter().filter_map(|row| row.get("qty")?.as_i64()).sum();
        let statuses: Vec<String> = books.by_status().iter().map(|(status, qty)| format!("{qty} {status}")).collect();
        println!(
            "All units: {seeded} seeded {:+} received {:+} counted = {is}; {}",
            by("received"),
            by("counted"),
            statuses.join(", ")
        );
        for cause in ["picked", "set down", "moved", "closed"] {
            ensure!(by(cause) == 0, "{} units vanish while they are {cause}", by(cause));
        }
        let differ = books.differences(&stock)?;
        ensure!(differ.is_empty(), "the books differ (ours, the core's): {differ:?}");
        ensure!(is == seeded + by("received") + by("counted"), "units were lost or found");
        Ok(())
    }

    /// The lines of every delivery that was received, as the core has them.
    fn delivery_lines(&self, facts: &[Value]) -> Result<BTreeMap<String, Line>> {
        let of = |fact: &Value| fact.pointer("/body/delivery").and_then(Value::as_str).map(str::to_owned);
        let deliveries: BTreeSet<String> = facts.iter().filter_map(of).filter(|id| !id.is_empty()).collect();
        let mut lines = BTreeMap::new();
        for id in deliveries {
            let told = self.core.get(&format!("/v1/deliveries/{id}"))?;
            let rows = told.get("content").and_then(Value::as_array);
            for row in rows.with_context(|| format!("no lines in {told}"))? {
                let number = |name: &str| row.get(name).and_then(Value::as_i64).unwrap_or(0);
                let id = row.get("id").and_then(Value::as_str).context("a line without id")?;
                lines.insert(id.to_owned(), Line { ordered: number("ordered"), limit: number("limit") });
            }
        }
        Ok(lines)
    }
}

fn units_of(facts: &[Value], kind: &str) -> i64 {
    let units = |fact: &Value| -> i64 {
        let units = fact.pointer("/body/units").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        units.iter().filter_map(|unit| unit.get("qty")?.as_i64()).sum()
    };
    facts
        .iter()
        .filter(|fact| fact.get("type").and_then(Value::as_str) == Some(kind))
        .filter(|fact| fact.get("undone").and_then(Value::as_bool) != Some(true))
        .map(units)
        .sum()
}
