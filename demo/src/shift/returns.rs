//! What comes back, at the dock terminal: goods for the shelf, goods for quarantine, a parcel that nobody announced,
//! one that never left; in the end something that left today.

use super::{Shift, tell};
use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{Judged, PATIENCE, wait_for};
use serde_json::{Value, json};

/// As it left: back to the shelf.
const RESTOCKED: &str = "RMA-5001";
/// The supplier's fault: quarantined.
const CLAIMED: &str = "RMA-5002";
/// Of an order that never left.
const NEVER_LEFT: &str = "RMA-5003";
/// An order that left, and of which nothing was announced.
const UNANNOUNCED: &str = "SO-9003";
/// By how many grams it is too light: its charger is missing.
const LIGHTER: i64 = 400;
/// What comes back of an order that left today.
const TODAY: &str = "RMA-TODAY-1";

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

impl Shift {
    /// Inspects what was announced and what was not.
    pub(super) fn returns(&mut self) -> Result<()> {
        for rma in [RESTOCKED, CLAIMED, NEVER_LEFT] {
            self.dock.robot.await_return(rma)?;
        }
        self.dock_picture("returns")?;
        self.dock.robot.open_return(RESTOCKED)?;
        self.dock_picture("return-item")?;
        self.dock.robot.inspect_on(&Judged::default())?;
        self.dock_picture("return-waits-for-refund")?;

        // The power goes with an answer given.
        self.dock.robot.open_return(CLAIMED)?;
        let judged = Judged { because: "defective".to_owned(), ..Judged::default() };
        for _ in 0..STEPS {
            let status = self.dock.robot.status()?;
            let answered = |status: &floorhand_demo::robot::Status| {
                status.entry.as_ref().is_some_and(|entry| entry.questions.iter().any(|one| one.yes.is_some()))
            };
            if status.step() == "return.inspect" && answered(&status) {
                break;
            }
            self.dock.robot.inspect_step(&status, &judged)?;
        }
        let after = self.dock.dies_and_comes_back()?;
        self.dock_picture("return-inspect")?;
        self.dock.robot.inspect_on(&judged)?;

        // It was never shipped, whatever was announced.
        self.dock.robot.open_return(NEVER_LEFT)?;
        let item = self.site.items.first().context("no items")?.clone();
        self.dock.robot.scan_wrong(&item, &["RET_NOT_SHIPPED"])?;
        self.dock_picture("return-not-shipped")?;
        self.dock.robot.act("finish")?;

        let light = Judged {
            no: vec!["complete".to_owned()],
            because: "changed-mind".to_owned(),
            lighter: LIGHTER,
            ..Judged::default()
        };
        self.dock.robot.open_return(UNANNOUNCED)?;
        self.dock.robot.inspect_on(&light)?;
        self.dock.drain()?;
        let returns = self.core.list("/v1/returns")?;
        let became = |order: &str| {
            let own = returns.iter().filter(|row| text(row, "order") == order);
            own.map(|row| text(row, "disposition").to_owned()).collect::<Vec<_>>()
        };
        let unannounced = became(UNANNOUNCED);
        ensure!(returns.iter().any(|row| text(row, "disposition") == "restock"), "nothing was restocked: {returns:?}");
        ensure!(!unannounced.is_empty(), "{UNANNOUNCED} did not come back: {returns:?}");
        tell(&format!(
            "Returns: {RESTOCKED} back to the shelf; {CLAIMED} quarantined for the supplier, with a kill -9 at {}; {NEVER_LEFT} refused, it never left; {UNANNOUNCED} unannounced and {LIGHTER} g too light: {}",
            after.step(),
            unannounced.join(", ")
        ));
        Ok(())
    }

    /// Something that was packed and loaded today comes back the same day.
    pub(super) fn comes_back(&mut self) -> Result<()> {
        let orders = self.core.list("/v1/orders?state=shipped")?;
        let today = orders.iter().filter(|order| !text(order, "id").starts_with("SO-9"));
        let units = |order: &Value| -> i64 {
            let lines = order.get("lines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            lines.iter().filter_map(|line| line.get("shipped")?.as_i64()).sum()
        };
        let order = today.min_by_key(|order| units(order)).context("no order left today")?;
        let (order, units) = (text(order, "id").to_owned(), units(order));
        let body = json!({"id": TODAY, "order": order, "reason": "changed-mind"});
        self.core.post("/v1/rmas", None, &body)?;
        self.dock.robot.await_return(TODAY)?;
        self.dock.robot.open_return(TODAY)?;
        self.dock.robot.inspect_on(&Judged::default())?;
        self.dock.drain()?;
        let refunds = wait_for("the refund", PATIENCE, || {
            let refunds = self.core.list("/v1/refunds")?;
            let own: Vec<Value> = refunds.into_iter().filter(|row| text(row, "order") == order).collect();
            Ok((!own.is_empty()).then_some(own))
        })?;
        let states: Vec<&str> = refunds.iter().map(|row| text(row, "state")).collect();
        tell(&format!("{order} left today and came back: {units} units inspected, refunds {}", states.join(", ")));
        Ok(())
    }
}

/// Steps to a moment of a return at the most.
const STEPS: usize = 40;
