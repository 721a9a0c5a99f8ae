//! A cart picked, cartons packed and loaded, and what comes back inspected, with the real programs and no core within
//! reach from the first scan to the last: what was done there must be in the books afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "black_box/kit.rs"]
#[allow(dead_code)]
mod kit;
#[path = "black_box_outbound/packed.rs"]
mod packed;
#[path = "black_box_outbound/returned.rs"]
mod returned;

use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{Printer, Scale, camera_of};
use kit::{Fact, Goods, Site, Station, number, play, rows, same, text};
use packed::{gone, load, pack, packed, relabel};
use serde_json::{Value, json};

/// Where the cart is set down, and where cartons stand.
const STAGE: &str = "STAGE-1";
const BENCH: &str = "PACK-01";

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Goods that the tests know to the gram.
struct Wares {
    cream: Goods,
    mug: Goods,
    shirt: Goods,
    lamp: Goods,
    vase: Goods,
}

/// Item, class and weight in grams, value in cents.
const ITEMS: [(&str, &str, i64, i64); 5] = [
    ("CREAM", "cosmetics", 200, 1_500),
    ("MUG", "general", 400, 900),
    ("SHIRT", "apparel", 300, 2_500),
    ("LAMP", "general", 1_180, 4_000),
    ("VASE", "general", 500, 1_200),
];

/// Place, item, lot and its date, units.
const STOCK: [(&str, &str, &str, &str, i64); 8] = [
    ("OB-1", "CREAM", "LA", "2027-06-30", 4),
    ("OB-1", "CREAM", "LB", "2027-06-30", 6),
    ("OB-1", "CREAM", "LC", "2028-06-30", 20),
    ("OB-2", "MUG", "", "", 5),
    ("OB-3", "SHIRT", "", "", 10),
    ("OB-3", "LAMP", "", "", 5),
    ("OB-4", "VASE", "", "", 6),
    ("OB-5", "VASE", "", "", 5),
];

impl Wares {
    /// Brings them into the site, in bins of their own at the beginning of the path.
    fn bring(site: &Site) -> Result<Self> {
        let bins: String = (1..=5).map(|n| format!("OB-{n},bin,A,{n}\n")).collect();
        site.import("locations", &format!("id,kind,zone,sequence\n{bins}"))?;
        let items: String = ITEMS
            .iter()
            .map(|(id, class, grams, value)| {
                let lots = *class == "cosmetics";
                format!("{id},{id},{class},{lots},{lots},{grams},{value}\n")
            })
            .collect();
        site.import("items", &format!("id,name,class,lot_tracked,expiry_tracked,weight_grams,value_minor\n{items}"))?;
        let goods: Vec<Goods> = (1..).zip(ITEMS).map(|(n, (item, ..))| labelled(n, item)).collect();
        let codes: String = goods.iter().map(|goods| format!("{},{}\n", goods.gtin, goods.item)).collect();
        site.import("barcodes", &format!("code,item\n{codes}"))?;
        let stock: String =
            STOCK.iter().map(|(at, item, lot, day, qty)| format!("{at},{item},{lot},{day},{qty}\n")).collect();
        site.import("stock", &format!("location,item,lot,expiry,qty\n{stock}"))?;
        let [cream, mug, shirt, lamp, vase] = <[Goods; 5]>::try_from(goods).ok().context("five items")?;
        Ok(Wares { cream, mug, shirt, lamp, vase })
    }

    /// The label of a cream: item, date and lot.
    fn lot(&self, lot: &str, date: &str) -> String {
        format!("]C101{}17{date}10{lot}", self.cream.gtin)
    }
}

/// A number that nothing of the demo has, of the prefix that GS1 keeps for demonstrations.
fn labelled(n: u32, item: &str) -> Goods {
    let body = format!("0952{n:09}");
    let gtin = format!("{body}{}", floorhand_gs1::check::digit(body.as_bytes()).unwrap_or(0));
    Goods { item: item.to_owned(), scan: format!("]E0{}", gtin.trim_start_matches('0')), gtin }
}

fn order(site: &Site, id: &str, release: &str, lines: &[(&Goods, i64)]) -> Result<()> {
    let lines: Vec<Value> = lines.iter().map(|(goods, qty)| json!({"item": goods.item, "qty": qty})).collect();
    site.post("/v1/orders", &json!({"id": id, "release": release, "country": "DE", "lines": lines})).map(drop)
}

/// Everything that a device wrote, in its order: what was refused by its reason alone, all else with what became of it.
fn story(facts: &[Fact]) -> Vec<String> {
    let of = |fact: &Fact| match fact.kind.as_str() {
        "ScanRefused" if fact.outcome == "applied" => text(&fact.body, "reason").to_owned(),
        _ => fact.told(),
    };
    facts.iter().map(of).collect()
}

/// All that was written since waits for a core.
fn unheard(station: &Station, since: u64) -> Result<()> {
    let status = station.status()?;
    let waits = status.outbox.pending > 0 && status.outbox.pending == status.seq - since;
    ensure!(status.sync.state == "offline" && waits, "a core was there: {status:?}");
    Ok(())
}

/// The one pick task of an order.
fn task_of(site: &Site, order: &str) -> Result<Value> {
    let order = site.core.get(&format!("/v1/orders/{order}"))?;
    let tasks = rows(&order, "tasks");
    let task = tasks.last().and_then(Value::as_str).context("no task")?;
    site.core.get(&format!("/v1/tasks/{task}"))
}

/// Place, lot, units asked for and picked, state of the lines of a task that are about an item.
fn lines_of(task: &Value, goods: &Goods) -> Vec<(String, String, i64, i64, String)> {
    let own = rows(task, "lines").iter().filter(|line| text(line, "item") == goods.item);
    let own = own.map(|line| {
        let named = |name| text(line, name).to_owned();
        (named("location"), named("lot"), number(line, "qty"), number(line, "picked"), named("state"))
    });
    let mut own: Vec<_> = own.collect();
    own.sort();
    own
}

fn line(at: &str, lot: &str, qty: i64, picked: i64, state: &str) -> (String, String, i64, i64, String) {
    (at.to_owned(), lot.to_owned(), qty, picked, state.to_owned())
}

#[test]
fn p02_p03_p04_p14_p23_p25_k02_k03_k04_k07_k09_k10_k13_k14_k18_k19_from_the_shelf_to_the_dock() {
    play(|site| {
        let wares = Wares::bring(site)?;
        let Wares { cream, mug, shirt, vase, .. } = &wares;
        order(site, "OUT-1", "hold", &[(cream, 4), (shirt, 2)])?;
        order(site, "OUT-2", "hold", &[(mug, 4), (shirt, 1)])?;
        order(site, "OUT-3", "hold", &[(shirt, 3), (vase, 2)])?;
        let orders = ["OUT-1", "OUT-2", "OUT-3"];
        site.post("/v1/releases", &json!({"id": "R-1", "mode": "cluster", "orders": orders}))?;
        // Somebody else is promised what is left of lot LB, and vases of the same bin.
        order(site, "OUT-9", "auto", &[(cream, 6), (vase, 2)])?;
        let cart = task_of(site, "OUT-1")?;
        same("the lot that is asked for", &lines_of(&cart, cream), &vec![line("OB-1", "LA", 4, 0, "open")])?;
        let anothers = task_of(site, "OUT-9")?;
        same("the other's lot", &lines_of(&anothers, cream), &vec![line("OB-1", "LB", 6, 0, "open")])?;
        let hand = &mut site.station("H-01", "handheld", &[])?;

        site.core.stop()?;
        hand.offline()?;
        pick(site, hand, &wares, &cart)?;
        unheard(hand, 0)?;
        site.core.restart()?;
        hand.drain()?;
        picked(site, hand, &wares)?;
        // P25: there are vases in another bin, and a line more for them.
        hand.offered(text(&cart, "id"))?;
        site.core.stop()?;
        hand.offline()?;
        let heard = hand.status()?.seq;
        pick_the_rest(hand, vase, text(&cart, "id"))?;
        unheard(hand, heard)?;
        site.core.restart()?;
        hand.drain()?;
        rest_picked(site, hand, &wares)?;

        let printer = Printer::switch_on()?;
        let scale = Scale::plug(&site.folder.path().join("scale"))?;
        let camera = camera_of(&site.folder.path().join("camera"))?;
        site.post("/v1/carton-types", &json!({"id": "CT-F", "inner_mm": [0, 0, 0], "carriers": ["SIM-FREIGHT"]}))?;
        let (at_printer, on_scale) = (printer.name(), scale.name());
        let with = ["--scanner", &camera, "--printer", &at_printer, "--scale", &on_scale];
        let kiosk = &mut site.station("P-01", "packing", &with)?;
        kiosk.robot.scale = Some(scale);
        kiosk.line.cut();
        kiosk.offline()?;
        // K18: the office stops an order, and the bench cannot know.
        site.post("/v1/orders/OUT-3/hold", &json!({"id": "h-1", "note": "paid with a stolen card"}))?;
        let cartons = pack(site, kiosk, &wares)?;
        same("labels printed", &printer.labels(), &3)?;
        unheard(kiosk, 0)?;
        kiosk.line.mend();
        kiosk.drain()?;
        packed(site, kiosk, &wares, &cartons)?;
        relabel(site, kiosk, &cartons)?;
        same("labels printed by now", &printer.labels(), &5)?;

        let dock = &mut site.station("H-02", "handheld", &[])?;
        site.core.stop()?;
        dock.offline()?;
        load(site, dock, &cartons)?;
        unheard(dock, 0)?;
        site.core.restart()?;
        dock.drain()?;
        gone(site, dock, &wares, &cartons)?;
        site.verified()
    });
}

/// The cart, with another lot than was asked for, one mug instead of four, and no vase.
fn pick(site: &Site, hand: &mut Station, wares: &Wares, cart: &Value) -> Result<()> {
    let Wares { cream, mug, shirt, lamp, vase } = wares;
    hand.sign_in(&site.person("Jonas")?)?;
    hand.scan(text(cart, "id"), "pick.totes")?;
    hand.scan("T-0001", "pick.totes")?;
    hand.scan("T-0002", "pick.totes")?;
    hand.scan("T-0003", "pick.location")?;
    // P2, P3, P4, P7, P13.
    hand.refused("OB-2", "WRONG_LOCATION")?;
    hand.refused(&cream.scan, "NEED_LOCATION")?;
    hand.scan("OB-1", "pick.item")?;
    hand.refused(&lamp.scan, "WRONG_ITEM")?;
    hand.refused(kit::UNKNOWN, "UNKNOWN_CODE")?;
    hand.refused(&cream.scan, "NEED_LOT")?;
    hand.refused(&wares.lot("LC", "280630"), "FEFO")?;
    // P14: the other lot, which is as old.
    let other = wares.lot("LB", "270630");
    hand.twice(&other, "SWAP?", "pick.quantity")?;
    hand.scan(&other, "pick.quantity")?;
    hand.scan(&other, "pick.quantity")?;
    hand.scan(&other, "pick.tote")?;
    // P20.
    hand.refused("T-0002", "TOTE_OTHER")?;
    hand.scan("T-0001", "pick.location")?;
    hand.scan("OB-2", "pick.item")?;
    hand.scan(&mug.scan, "pick.quantity")?;
    hand.robot.say_short()?;
    hand.robot.confirm_short()?;
    hand.at("pick.tote")?;
    hand.scan("T-0002", "pick.location")?;
    hand.scan("OB-3", "pick.item")?;
    for (units, tote, after) in [(2, "T-0001", "pick.item"), (1, "T-0002", "pick.item"), (3, "T-0003", "pick.location")]
    {
        for n in 1..=units {
            hand.scan(&shirt.scan, if n < units { "pick.quantity" } else { "pick.tote" })?;
        }
        hand.scan(tote, after)?;
    }
    // P23: not one of them.
    hand.scan("OB-4", "pick.item")?;
    hand.refused(&shirt.scan, "WRONG_ITEM")?;
    ensure!(hand.asked("item")? == vase.scan, "no vase is asked for");
    hand.robot.say_short()?;
    hand.robot.confirm_short()?;
    hand.at("pick.drop-off")?;
    hand.scan(STAGE, "work-list").map(drop)
}

fn picked(site: &Site, hand: &mut Station, wares: &Wares) -> Result<()> {
    let Wares { cream, mug, shirt, vase, .. } = wares;
    let facts = site.facts(hand)?;
    same(
        "what became of the cart",
        &story(&facts),
        &owned(&[
            "SignedIn",
            "TaskClaimed",
            "ToteAssigned",
            "ToteAssigned",
            "ToteAssigned",
            "WRONG_LOCATION",
            "NEED_LOCATION",
            "WRONG_ITEM",
            "UNKNOWN_CODE",
            "NEED_LOT",
            "FEFO",
            "SWAP?",
            "Substituted",
            "TOTE_OTHER",
            "Picked",
            "Picked",
            "PickedShort",
            "Picked",
            "Picked",
            "Picked",
            "WRONG_ITEM",
            "PickedShort",
            "DroppedOff",
            "UNKNOWN_CODE",
        ]),
    )?;
    let short: Vec<(&str, i64, &str)> = facts
        .iter()
        .filter(|fact| fact.kind == "PickedShort")
        .map(|fact| (text(&fact.body, "item"), number(&fact.body, "qty"), text(&fact.body, "reason")))
        .collect();
    same("what was short", &short, &vec![("MUG", 3, "none-found"), ("VASE", 2, "none-found")])?;
    // As long as a line of the cart is open, its orders are on the floor.
    site.order_is("OUT-1", "released", &["picked", "picked"])?;
    site.order_is("OUT-2", "released", &["part-picked", "picked"])?;
    site.order_is("OUT-3", "released", &["picked", "allocated"])?;
    site.order_is("OUT-9", "released", &["allocated", "allocated"])?;
    // What the other lost of lot LB is promised in lot LA; the vases that were promised to them stay theirs.
    let anothers = task_of(site, "OUT-9")?;
    same(
        "the other's creams",
        &lines_of(&anothers, cream),
        &vec![line("OB-1", "LA", 4, 0, "open"), line("OB-1", "LB", 2, 0, "open")],
    )?;
    same("the other's vases", &lines_of(&anothers, vase), &vec![line("OB-4", "", 2, 0, "open")])?;
    let cart = task_of(site, "OUT-3")?;
    same("the task of the cart", &text(&cart, "state"), &"claimed")?;
    same("the creams of the cart", &lines_of(&cart, cream), &vec![line("OB-1", "LB", 4, 4, "done")])?;
    same("the mugs of the cart", &lines_of(&cart, mug), &vec![line("OB-2", "", 4, 1, "short")])?;
    same(
        "the vases of the cart",
        &lines_of(&cart, vase),
        &vec![line("OB-4", "", 2, 0, "short"), line("OB-5", "", 2, 0, "open")],
    )?;
    site.holds(cream, &[("OB-1", "available", 26), (STAGE, "allocated", 4)])?;
    site.holds(mug, &[("OB-2", "available", 4), (STAGE, "allocated", 1)])?;
    site.holds(shirt, &[("OB-3", "available", 4), (STAGE, "allocated", 6)])?;
    site.holds(vase, &[("OB-4", "available", 6), ("OB-5", "available", 5)])?;
    // Three mugs are on backorder; six creams and four vases are promised.
    for (goods, sums) in [(cream, (30, 20, 20)), (mug, (5, 4, 1)), (shirt, (10, 4, 4)), (vase, (11, 7, 7))] {
        same(&format!("physical, sellable and promised of {}", goods.item), &site.availability(goods)?, &sums)?;
    }
    let mut counted = Vec::new();
    for task in site.open_counts()? {
        let task = site.core.get(&format!("/v1/tasks/{task}"))?;
        let own = rows(&task, "lines").iter();
        counted.extend(own.map(|line| format!("{} {}", text(line, "location"), text(line, "item"))));
    }
    counted.sort();
    same("what is to be counted", &counted, &owned(&["OB-2 MUG", "OB-4 VASE"]))?;
    same("the exceptions", &site.exceptions()?, &Vec::new())?;
    hand.attends(&[])
}

/// The line that came instead, into a tote of its own: the first ones stand at the stage.
fn pick_the_rest(hand: &mut Station, vase: &Goods, cart: &str) -> Result<()> {
    hand.scan(cart, "pick.totes")?;
    hand.scan("T-0004", "pick.location")?;
    hand.refused("OB-4", "WRONG_LOCATION")?;
    hand.scan("OB-5", "pick.item")?;
    hand.scan(&vase.scan, "pick.quantity")?;
    hand.scan(&vase.scan, "pick.tote")?;
    hand.scan("T-0004", "pick.drop-off")?;
    hand.scan(STAGE, "work-list").map(drop)
}

fn rest_picked(site: &Site, hand: &mut Station, wares: &Wares) -> Result<()> {
    let facts = site.facts(hand)?;
    let after = story(&facts).split_off(24);
    let rest = ["TaskClaimed", "ToteAssigned", "WRONG_LOCATION", "Picked", "DroppedOff", "UNKNOWN_CODE"];
    same("what became of the rest", &after, &owned(&rest))?;
    site.order_is("OUT-1", "picked", &["picked", "picked"])?;
    site.order_is("OUT-2", "part-picked", &["part-picked", "picked"])?;
    site.order_is("OUT-3", "picked", &["picked", "picked"])?;
    same("the task of the cart", &text(&task_of(site, "OUT-3")?, "state"), &"done")?;
    site.holds(&wares.vase, &[("OB-4", "available", 6), ("OB-5", "available", 3), (STAGE, "allocated", 2)])?;
    same("physical, sellable and promised", &site.availability(&wares.vase)?, &(11, 7, 7))?;
    hand.attends(&[])
}
