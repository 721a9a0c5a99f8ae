//! The books in the end: the core's own invariants, and books of ours kept from its facts.

use super::{Before, Shift};
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{Balance, Books, Line, OrderBooks, OrderRow, Tally};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Shift {
    /// Checks and prints them.
    pub(super) fn settle(mut self, before: &Before) -> Result<()> {
        let verified = self.core.verify()?;
        let checks = verified.get("checks").and_then(Value::as_array).map_or(0, Vec::len);
        let good = verified.get("ok").and_then(Value::as_bool) == Some(true);
        ensure!(good && checks > 0, "verify says no: {verified}");
        let facts = self.core.list("/v1/facts")?;
        self.account(&facts)?;
        self.reconcile(&before.stock, &facts)?;
        self.orders(&before.orders, &facts)?;
        let tally = |of: fn(&Tally) -> i64| -> i64 { self.stations().iter().map(|one| of(&one.robot.tally)).sum() };
        for (kind, seen) in [("Picked", tally(|tally| tally.units)), ("Packed", tally(|tally| tally.packed))] {
            let units = units_of(&facts, kind);
            ensure!(units == seen, "{seen} units were {kind} by the robots, the core's facts say {units}");
        }
        println!(
            "verify: {checks} checks, all good; the books agree to the unit in every place and status, and for every order"
        );
        println!("Pictures, sheet and logs: {}", self.folder.display());
        self.core.stop()
    }

    fn account(&self, facts: &[Value]) -> Result<()> {
        println!();
        for station in self.stations() {
            let (name, tally) = (station.name(), &station.robot.tally);
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
        let sum = |of: fn(&Tally) -> usize| -> usize { self.stations().iter().map(|one| of(&one.robot.tally)).sum() };
        println!(
            "Pick carts of several totes done: {}; scans of boxes: {}; short lines: {}; orders packed: {}, labelled anew once the carrier answered: {}; units inspected that came back: {}",
            sum(|tally| tally.clusters_done),
            sum(|tally| tally.cases),
            sum(|tally| tally.shorts),
            self.kiosk.robot.tally.orders,
            self.kiosk.robot.tally.relabelled,
            self.dock.robot.tally.inspected
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
            "All units: {seeded} seeded {:+} received {:+} counted {:+} shipped {:+} returned = {is}; {}",
            by("received"),
            by("counted"),
            by("shipped"),
            by("returned"),
            statuses.join(", ")
        );
        for cause in ["picked", "set down", "packed", "moved", "closed"] {
            ensure!(by(cause) == 0, "{} units vanish while they are {cause}", by(cause));
        }
        let differ = books.differences(&stock)?;
        ensure!(differ.is_empty(), "the books differ (ours, the core's): {differ:?}");
        let known = seeded + by("received") + by("counted") + by("shipped") + by("returned");
        ensure!(is == known, "units were lost or found");
        Ok(())
    }

    /// Every order, and every unit of it.
    fn orders(&self, before: &[Value], facts: &[Value]) -> Result<()> {
        let mut books = OrderBooks::open(before, &self.core.list("/v1/tasks")?);
        for fact in facts {
            books.enter(fact)?;
        }
        let (returns, refunds) = (self.core.list("/v1/returns")?, self.core.list("/v1/refunds")?);
        let (rows, differ) = books.compare(&self.core.list("/v1/orders")?, &returns, &refunds);
        println!();
        let heads =
            ["ordered", "open", "picked", "packed", "shipped", "short", "back-o.", "cancel.", "return.", "refund."];
        let heads: Vec<String> = heads.iter().map(|head| format!("{head:>8}")).collect();
        println!("{:<11} {:<16}{} {:>9}", "order", "state", heads.concat(), "money");
        let mut all = OrderRow { id: "all".to_owned(), ..OrderRow::default() };
        for row in &rows {
            print_order(row);
            for (sum, own) in numbers_mut(&mut all).into_iter().zip(numbers(row)) {
                *sum += own;
            }
            all.refunded_minor += row.refunded_minor;
        }
        print_order(&all);
        ensure!(differ.is_empty(), "the books of orders differ: {differ:?}");
        let left = [("shipped", all.shipped), ("returned", all.returned), ("cancelled", all.cancelled)];
        for (what, units) in left {
            ensure!(units > 0, "nothing was {what}");
        }
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

fn numbers(row: &OrderRow) -> [i64; 10] {
    let OrderRow { ordered, open, picked, packed, shipped, short, backordered, cancelled, returned, refunded, .. } =
        row;
    [*ordered, *open, *picked, *packed, *shipped, *short, *backordered, *cancelled, *returned, *refunded]
}

fn numbers_mut(row: &mut OrderRow) -> [&mut i64; 10] {
    let OrderRow { ordered, open, picked, packed, shipped, short, backordered, cancelled, returned, refunded, .. } =
        row;
    [ordered, open, picked, packed, shipped, short, backordered, cancelled, returned, refunded]
}

fn print_order(row: &OrderRow) {
    let units: Vec<String> = numbers(row).iter().map(|units| format!("{units:>8}")).collect();
    let (money, cents) = (row.refunded_minor / 100, row.refunded_minor % 100);
    println!("{:<11} {:<16}{} {:>6}.{cents:02}", row.id, row.state, units.concat(), money);
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
