//! At the bench, and at the dock: what is packed, weighed, labelled and loaded.

use super::kit::{self, Site, Station, number, rows, same, text};
use super::{BENCH, Wares, owned, story};
use anyhow::{Result, ensure};
use floorhand_demo::robot::{PATIENCE, wait_for};
use serde_json::{Value, json};

/// The dock of the carrier that the rules choose for these parcels.
const DOCK: &str = "DOCK-3";
/// Facts about the order that is held: its carton opened, five units, weighed, closed, printed, labelled, packed.
const HELD_FACTS: usize = 11;
/// What the carton weighs by itself, in grams.
const TARE: i64 = 120;

/// Three orders: one too heavy by what a supervisor accepts, one weighed again and left in part, one that is held.
/// Gives the labels of the cartons.
pub fn pack(site: &Site, kiosk: &mut Station, wares: &Wares) -> Result<Vec<String>> {
    let Wares { cream, mug, shirt, lamp, vase } = wares;
    let mut labels = Vec::new();
    kiosk.sign_in(&site.person("Greta")?)?;
    kiosk.scan("T-0001", "pack.carton")?;
    // K7, K2, K3, K6.
    kiosk.refused("CT-F", "CARTON_BAD")?;
    kiosk.scan("CT-S", "pack.verify")?;
    kiosk.refused(kit::UNKNOWN, "UNKNOWN_CODE")?;
    kiosk.refused(&lamp.scan, "NOT_IN_ORDER")?;
    kiosk.refused(&wares.lot("LA", "270630"), "WRONG_LOT")?;
    for _ in 0..4 {
        kiosk.scan(&wares.lot("LB", "270630"), "pack.verify")?;
    }
    kiosk.refused(&wares.lot("LB", "270630"), "QTY_OVER")?;
    kiosk.scan(&shirt.scan, "pack.verify")?;
    kiosk.scan(&shirt.scan, "pack.close")?;
    // K4, and K14: it is worth a photograph.
    kiosk.refused(&shirt.scan, "QTY_OVER")?;
    let close = kiosk.asked("command")?;
    let answer = kiosk.robot.scan(&close)?;
    same("the answer", &(answer.accepted, answer.reason.as_str()), &(false, "PHOTO_NEEDED"))?;
    kiosk.at("pack.photo")?;
    kiosk.photo()?;
    kiosk.at("pack.weigh")?;
    // K10: 46 g are one more than three percent of 1,520 g.
    let due = TARE + 4 * 200 + 2 * 300;
    same("the weight that is due", &kiosk.asked("weight")?, &due.to_string())?;
    kiosk.weighed_in_vain(due + 46)?;
    kiosk.approved_by(&site.person("Noor")?)?;
    label(kiosk, &mut labels, "pack.next")?;

    // K9: 30 g are taken of 820 g, 31 g are not; somebody takes the paper out.
    kiosk.scan("T-0002", "pack.carton")?;
    kiosk.scan("CT-S", "pack.verify")?;
    kiosk.scan(&shirt.scan, "pack.verify")?;
    kiosk.refused(&cream.scan, "NOT_IN_ORDER")?;
    kiosk.scan(&mug.scan, "pack.close")?;
    kiosk.scan(&close, "pack.weigh")?;
    let due = TARE + 300 + 400;
    kiosk.weighed_in_vain(due + 31)?;
    kiosk.weighed(due + 30, "pack.label")?;
    label(kiosk, &mut labels, "pack.finish")?;
    // K15: three mugs are missing.
    kiosk.twice(&kiosk.asked("command")?, "PARTIAL?", "pack.next")?;

    kiosk.scan("T-0003", "pack.carton")?;
    kiosk.scan("CT-S", "pack.verify")?;
    for _ in 0..3 {
        kiosk.scan(&shirt.scan, "pack.verify")?;
    }
    kiosk.scan(&vase.scan, "pack.verify")?;
    kiosk.scan(&vase.scan, "pack.close")?;
    kiosk.scan(&close, "pack.weigh")?;
    kiosk.weighed(TARE + 3 * 300 + 2 * 500, "pack.label")?;
    label(kiosk, &mut labels, "pack.next")?;
    Ok(labels)
}

/// The label comes out of the printer and goes on the carton; that of another carton does not.
fn label(kiosk: &mut Station, labels: &mut Vec<String>, after: &str) -> Result<()> {
    kiosk.until("the label to be printed", |status| status.action("print-again").is_some())?;
    let code = kiosk.asked("handling-unit")?;
    if let Some(other) = labels.last() {
        kiosk.refused(other, "WRONG_HU")?;
    }
    kiosk.scan(&code, after)?;
    labels.push(code);
    Ok(())
}

pub fn packed(site: &Site, kiosk: &mut Station, wares: &Wares, cartons: &[String]) -> Result<()> {
    let Wares { cream, mug, shirt, vase, .. } = wares;
    let facts = site.facts(kiosk)?;
    let hold = |kind: &str| format!("{kind} applied-flagged SHIP_HOLD");
    let mut should = owned(&[
        "SignedIn",
        "TaskClaimed",
        "CARTON_BAD",
        "CartonOpened",
        "UNKNOWN_CODE",
        "NOT_IN_ORDER",
        "WRONG_LOT",
        "Packed",
        "Packed",
        "Packed",
        "Packed",
        "QTY_OVER",
        "Packed",
        "Packed",
        "QTY_OVER",
        "PHOTO_NEEDED",
        "PhotoTaken",
        "Approved",
        "CartonWeighed",
        "CartonClosed",
        "LabelPrinted",
        "Labelled",
        "OrderPacked",
        "TaskClaimed",
        "CartonOpened",
        "Packed",
        "NOT_IN_ORDER",
        "Packed",
        "CartonWeighed",
        "CartonClosed",
        "LabelPrinted",
        "WRONG_HU",
        "Labelled",
        "PARTIAL?",
        "OrderPacked",
        "TaskClaimed",
    ]);
    should.push(hold("CartonOpened"));
    should.extend(std::iter::repeat_n(hold("Packed"), 5));
    should.extend([hold("CartonWeighed"), hold("CartonClosed"), hold("LabelPrinted"), "WRONG_HU".to_owned()]);
    should.extend([hold("Labelled"), hold("OrderPacked"), "UNKNOWN_CODE".to_owned()]);
    same("what became of the cartons", &story(&facts), &should)?;
    site.pictures(&facts, 1)?;
    site.order_is("OUT-1", "packed", &["packed", "packed"])?;
    site.order_is("OUT-2", "part-picked", &["part-picked", "packed"])?;
    site.order_is("OUT-3", "packed", &["packed", "packed"])?;
    site.holds(cream, &[("OB-1", "available", 26), (BENCH, "allocated", 4)])?;
    site.holds(mug, &[("OB-2", "available", 4), (BENCH, "allocated", 1)])?;
    site.holds(shirt, &[("OB-3", "available", 4), (BENCH, "allocated", 6)])?;
    site.holds(vase, &[("OB-4", "available", 6), ("OB-5", "available", 3), (BENCH, "allocated", 2)])?;
    // Nothing of the carts is at the stage any more, and nothing can be sold that could not before.
    for (goods, sums) in [(cream, (30, 20, 20)), (mug, (5, 4, 1)), (shirt, (10, 4, 4)), (vase, (11, 7, 7))] {
        same(&format!("physical, sellable and promised of {}", goods.item), &site.availability(goods)?, &sums)?;
    }
    // The carrier's numbers come after the labels of the bench; what is held gets none.
    wait_for("the carrier's numbers", PATIENCE, || {
        let all = shipments(site)?;
        Ok(all[..2].iter().all(|own| own.2 == "ours for now").then_some(()))
    })?;
    same("the shipments", &shipments(site)?, &sent([("packed", "labelled"), ("packed", "labelled")], "ours for now"))?;
    let held = site.core.get("/v1/orders/OUT-3")?;
    same("whether it is held", &held.get("held"), &Some(&json!(true)))?;
    same("the exceptions", &site.exceptions()?, &left_to_do(cartons))?;
    let told: Vec<String> = facts
        .iter()
        .filter(|fact| fact.outcome != "applied")
        .map(|fact| format!("flagged {} {}", fact.code, fact.kind))
        .collect();
    let mut told: Vec<&str> = told.iter().map(String::as_str).collect();
    told.sort_unstable();
    kiosk.attends(&told)
}

/// A supervisor looks at the weight, and at everything that was done about the order that is held.
fn left_to_do(cartons: &[String]) -> Vec<(String, String)> {
    let mut found = vec![("SHIP_HOLD".to_owned(), "order:OUT-3".to_owned()); HELD_FACTS];
    found.push(("WEIGHT_DIFF".to_owned(), format!("handling-unit:{}", cartons[0])));
    found
}

/// The shipments of the three orders: number, grams, whose label is on its carton, its state and its carton's.
type Sent = (String, i64, &'static str, String, String);

fn shipments(site: &Site) -> Result<Vec<Sent>> {
    let all = site.core.list("/v1/shipments")?;
    let own = all.iter().filter(|row| text(row, "order").starts_with("OUT-"));
    let of = |row: &Value| -> Result<Sent> {
        let [carton] = rows(row, "cartons") else { anyhow::bail!("not one carton: {row}") };
        let tracked = !text(carton, "tracking").is_empty();
        let label = carton.get("labelled_by_carrier") == Some(&json!(true));
        ensure!(tracked || !label, "a label without a number: {carton}");
        let label = match (tracked, label) {
            (false, _) => "ours",
            (true, false) => "ours for now",
            (true, true) => "the carrier's",
        };
        let named = |row, name| text(row, name).to_owned();
        Ok((named(row, "id"), number(carton, "grams"), label, named(row, "state"), named(carton, "state")))
    };
    let mut found = own.map(of).collect::<Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

/// The first two as they should be; the third is held at the bench.
fn sent(states: [(&str, &str); 2], label: &'static str) -> Vec<Sent> {
    let row = |n: usize, grams, label, (state, carton): (&str, &str)| {
        (format!("OUT-{n}-S1"), grams, label, state.to_owned(), carton.to_owned())
    };
    let [first, second] = states;
    vec![row(1, 1_566, label, first), row(2, 850, label, second), row(3, 2_020, "ours", ("packed", "labelled"))]
}

/// The carrier's labels go over our own: the cartons wait at the bench for them.
pub fn relabel(site: &Site, kiosk: &mut Station, cartons: &[String]) -> Result<()> {
    for carton in &cartons[..2] {
        kiosk.offered(carton)?;
        kiosk.scan(carton, "pack.label")?;
        kiosk.until("the label to be printed", |status| status.action("print-again").is_some())?;
        kiosk.scan(carton, "pack.next")?;
    }
    kiosk.drain()?;
    let should = sent([("packed", "labelled"), ("packed", "labelled")], "the carrier's");
    same("the shipments with their labels", &shipments(site)?, &should)
}

pub fn load(site: &Site, dock: &mut Station, cartons: &[String]) -> Result<()> {
    dock.sign_in(&site.person("Aylin")?)?;
    dock.more("load")?;
    dock.at("load.dock")?;
    dock.scan(DOCK, "load.carton")?;
    dock.scan(&cartons[0], "load.carton")?;
    // K19.
    dock.refused(&cartons[2], "ORDER_HELD")?;
    dock.scan(&cartons[1], "load.carton")?;
    dock.robot.act("done").map(drop)
}

pub fn gone(site: &Site, dock: &mut Station, wares: &Wares, cartons: &[String]) -> Result<()> {
    let Wares { cream, mug, shirt, vase, .. } = wares;
    let facts = site.facts(dock)?;
    let should = ["SignedIn", "Shipped", "ORDER_HELD", "Shipped", "UNKNOWN_CODE"];
    same("what became of the load", &story(&facts), &owned(&should))?;
    site.order_is("OUT-1", "shipped", &["shipped", "shipped"])?;
    site.order_is("OUT-2", "part-shipped", &["part-shipped", "shipped"])?;
    site.order_is("OUT-3", "packed", &["packed", "packed"])?;
    site.order_is("OUT-9", "released", &["allocated", "allocated"])?;
    same("the shipments", &shipments(site)?, &sent([("shipped", "shipped"), ("shipped", "shipped")], "the carrier's"))?;
    site.holds(cream, &[("OB-1", "available", 26)])?;
    site.holds(mug, &[("OB-2", "available", 4)])?;
    site.holds(shirt, &[("OB-3", "available", 4), (BENCH, "allocated", 3)])?;
    site.holds(vase, &[("OB-4", "available", 6), ("OB-5", "available", 3), (BENCH, "allocated", 2)])?;
    for (goods, sums) in [(cream, (26, 20, 20)), (mug, (4, 4, 1)), (shirt, (7, 4, 4)), (vase, (11, 7, 7))] {
        same(&format!("physical, sellable and promised of {}", goods.item), &site.availability(goods)?, &sums)?;
    }
    for (goods, units) in [(cream, 4), (mug, 1), (shirt, 3), (vase, 0)] {
        let there = site.core.list(&format!("/v1/stock?location=CUSTOMER&item={}", goods.item))?;
        let there: i64 = there.iter().map(|row| number(row, "qty")).sum();
        same(&format!("{} that left", goods.item), &there, &units)?;
    }
    same("the exceptions", &site.exceptions()?, &left_to_do(cartons))?;
    dock.attends(&[])
}
