//! Two devices that know nothing of each other, on one thing: what each of them did stands, and what does not
//! agree is said, on the device and in the core (workflows.md sections 2 and 5 to 7, sync.md section 7).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "black_box/kit.rs"]
#[allow(dead_code)]
mod kit;

use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{PATIENCE, wait_for};
use kit::{Site, Station, number, plain, play, rows, same, sscc, text, told};
use serde_json::json;

const DOCK: &str = "DOCK-1";

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn r14_m10_two_devices_on_one_delivery_and_on_one_pallet() {
    play(|site| {
        let goods = site.plain_goods()?;
        let [within, beyond] = goods.get(..2).context("too few items")? else { unreachable!() };
        site.order("PO-2", DOCK, &[(within, 100), (beyond, 100)])?;
        let bins = site.empty_bins()?;
        let [first, second] = bins.get(..2).context("too few bins")? else { unreachable!() };
        let (receiver, lead, pallet) = (site.person("Tomas")?, site.person("Noor")?, sscc(79));
        let mut a = site.station("D-01", "dock", &[])?;
        let mut b = site.station("H-02", "handheld", &[])?;
        a.line.cut();
        b.line.cut();

        // A: 40 of one on a pallet and 60 of the other; B: 50 and 60.
        a.sign_in(&receiver)?;
        a.scan("PO-2", "receive.item")?;
        a.count_in(within, 40)?;
        a.twice(&pallet, "NEW_HU?", "receive.item")?;
        a.count_in(beyond, 60)?;
        a.loose()?;
        a.close("more-to-come", "deliveries")?;
        b.sign_in(&lead)?;
        b.scan("PO-2", "receive.item")?;
        b.count_in(within, 50)?;
        b.loose()?;
        b.count_in(beyond, 60)?;
        b.loose()?;

        a.line.mend();
        a.drain()?;
        b.line.mend();
        b.drain()?;
        same(
            "A's receipt",
            &told(&site.facts(&a)?, &["Received", "ReceiptClosed"]),
            &owned(&["Received", "Received", "ReceiptClosed"]),
        )?;
        same(
            "B's receipt",
            &told(&site.facts(&b)?, &["Received"]),
            &owned(&["Received", "Received applied-flagged OVER_RECEIPT"]),
        )?;
        let delivery = site.core.get("/v1/deliveries/PO-2")?;
        let came: Vec<i64> = rows(&delivery, "content").iter().map(|line| number(line, "received")).collect();
        same("units received", &came, &vec![90, 120])?;
        // Nothing is trimmed; what is above 105 is held at once, and B's receipt is still open.
        for (goods, status, units) in [
            (within, "available", 40),
            (within, "in-transit", 50),
            (beyond, "available", 60),
            (beyond, "in-transit", 45),
            (beyond, "quarantined", 15),
        ] {
            same(&format!("{} {status}", goods.item), &site.units(goods, DOCK, status)?, &units)?;
        }
        let line = text(&rows(&delivery, "content")[1], "id").to_owned();
        let over = ("OVER_RECEIPT".to_owned(), format!("delivery-line:{line}"));
        same("the exceptions", &site.exceptions()?, &vec![over.clone()])?;
        a.attends(&[])?;
        b.attends(&["flagged OVER_RECEIPT Received"])?;

        // The line differs, so that all that B brought of it is held; of the other nothing is.
        b.close("more-to-come", "work-list")?;
        b.drain()?;
        let differs = ("RECEIPT_DIFF".to_owned(), format!("delivery-line:{line}"));
        same("the exceptions", &site.exceptions()?, &vec![over, differs])?;
        b.attends(&["flagged OVER_RECEIPT Received", "flagged RECEIPT_DIFF ReceiptClosed"])?;
        for (goods, status, units) in
            [(within, "available", 90), (beyond, "available", 60), (beyond, "quarantined", 60)]
        {
            same(&format!("{} {status}", goods.item), &site.units(goods, DOCK, status)?, &units)?;
        }
        one_pallet(site, (&mut a, first), (&mut b, second), &pallet)?;
        same("the pallet's goods", &site.units(within, first, "available")?, &40)?;
        site.verified()
    });
}

/// M10: B moved the pallet to one bin, A to another, neither knowing; A syncs last.
fn one_pallet(
    site: &mut Site,
    (a, first): (&mut Station, &str),
    (b, second): (&mut Station, &str),
    pallet: &str,
) -> Result<()> {
    let asked = put_away_of(site, pallet)?.context("nobody is asked to put the pallet away")?;
    b.offered(&asked.0)?;
    a.line.cut();
    b.line.cut();
    b.move_whole(pallet, second, "work-list")?;
    a.move_whole(pallet, first, "deliveries")?;
    b.line.mend();
    b.drain()?;
    same("B's move", &told(&site.facts(b)?, &["Moved"]), &owned(&["Moved"]))?;
    let stands = |site: &Site| -> Result<Vec<String>> {
        let stock = site.core.list(&format!("/v1/stock?handling_unit={}", plain(pallet)))?;
        Ok(stock.iter().map(|row| text(row, "location").to_owned()).collect())
    };
    same("the pallet after B", &stands(site)?, &owned(&[second]))?;
    a.line.mend();
    a.drain()?;
    same("A's move", &told(&site.facts(a)?, &["Moved"]), &owned(&["Moved applied-flagged HU_ELSEWHERE"]))?;
    same("the pallet after A", &stands(site)?, &owned(&[first]))?;
    a.attends(&["flagged HU_ELSEWHERE Moved"])?;
    let found = ("HU_ELSEWHERE".to_owned(), format!("handling-unit:{}", plain(pallet)));
    ensure!(site.exceptions()?.contains(&found), "no exception {found:?}: {:?}", site.exceptions()?);
    same("the line that asked for it", &put_away_of(site, pallet)?.map(|(_, state)| state), &None)?;
    Ok(())
}

/// The task and state of the open line that asks for a handling unit to be put away.
fn put_away_of(site: &Site, pallet: &str) -> Result<Option<(String, String)>> {
    for task in site.core.list("/v1/tasks?kind=put-away")? {
        let own = rows(&task, "lines").iter().find(|line| text(line, "handling_unit") == plain(pallet));
        if let Some(line) = own.filter(|line| text(line, "state") == "open") {
            return Ok(Some((text(&task, "id").to_owned(), text(line, "state").to_owned())));
        }
    }
    Ok(None)
}

#[test]
fn c12_c13_c15_w06_w08_two_devices_on_one_bin_and_on_one_task() {
    play(|site| {
        // The fullest two of one aisle are one task; two others are counted and emptied.
        let mut bins = site.simple_bins()?;
        let aisle = bins.first().and_then(|(bin, ..)| bin.chars().next()).context("no bin with one item")?;
        bins.sort_by_key(|(bin, ..)| !bin.starts_with(aisle));
        let [third, fourth, same_bin, other_bin] = bins.get(..4).context("too few bins")? else { unreachable!() };
        let free = site.empty_bins()?;
        let [free_one, free_two] = free.get(..2).context("too few bins")? else { unreachable!() };
        site.post("/v1/counts/plan", &json!({"id": "CP-6", "locations": [third.0, fourth.0]}))?;
        let task = site.open_counts()?.pop().context("no open count")?;
        let (counter, lead) = (site.person("Mara")?, site.person("Noor")?);
        let mut a = site.station("H-01", "handheld", &[])?;
        let mut b = site.station("H-02", "handheld", &[])?;
        a.sign_in(&counter)?;
        b.sign_in(&lead)?;
        a.offered(&task)?;
        b.offered(&task)?;
        a.line.cut();
        b.line.cut();

        // A counts what was there before B took three away, and in another bin what was there after.
        a.more("count-here")?;
        a.at("count.location")?;
        a.count_place(&same_bin.0, &same_bin.1, same_bin.2, "work-list")?;
        a.more("count-here")?;
        a.at("count.location")?;
        a.count_place(&other_bin.0, &other_bin.1, other_bin.2 - 3, "work-list")?;
        b.move_units(&same_bin.0, &same_bin.1, 3, free_one, "work-list")?;
        b.move_units(&other_bin.0, &other_bin.1, 3, free_two, "work-list")?;
        // Both start the same task and count its first place.
        let lines = site.core.get(&format!("/v1/tasks/{task}"))?;
        let mut planned: Vec<&serde_json::Value> = rows(&lines, "lines").iter().collect();
        planned.sort_by_key(|line| number(line, "seq"));
        let first = text(planned[0], "location").to_owned();
        let (bin, goods, units) = bins.iter().find(|(bin, ..)| *bin == first).context("no such bin")?;
        ensure!(*units >= 50, "{units} units are too few: one is more than 2 percent of them");
        a.scan(&task, "count.location")?;
        a.count_place(bin, goods, *units, "count.location")?;
        b.scan(&task, "count.location")?;
        b.count_place(bin, goods, *units - 1, "count.location")?;

        // W8, C15: what B did reaches the core, and every answer is lost; it is sent again and has its effect once.
        b.line.mend_one_way();
        let _ = b.robot.scan(kit::UNKNOWN)?;
        let known = |site: &Site| site.core.list(&format!("/v1/facts?device={}&type=Moved", b.id));
        wait_for("B's moves in the core", PATIENCE, || Ok((known(site)?.len() == 2).then_some(())))?;
        ensure!(b.status()?.outbox.pending > 0, "B was told");
        b.line.mend();
        b.drain()?;
        let done = site.facts(&b)?;
        same(
            "what became of B's facts",
            &told(&done, &["TaskOpened", "Moved", "TaskClaimed", "CountSubmitted"]),
            &owned(&["TaskOpened", "Moved", "TaskOpened", "Moved", "TaskClaimed", "CountSubmitted"]),
        )?;
        for fact in done.iter().filter(|fact| fact.kind == "TaskOpened") {
            let adopted = site.core.get(&format!("/v1/tasks/{}", text(&fact.body, "task")))?;
            same("a move that B opened", &(text(&adopted, "kind"), text(&adopted, "state")), &("move", "done"))?;
        }
        let moves = site.core.list("/v1/tasks?kind=move")?;
        same("moves adopted", &moves.len(), &2)?;

        a.line.mend();
        a.drain()?;
        let done = site.facts(&a)?;
        same(
            "what became of A's facts",
            &told(&done, &["TaskOpened", "TaskClaimed", "CountSubmitted"]),
            &owned(&[
                "TaskOpened",
                "CountSubmitted",
                "TaskOpened",
                "CountSubmitted applied-flagged CONTESTED",
                "TaskClaimed applied-flagged CLAIM_LOST",
                "CountSubmitted",
            ]),
        )?;
        // C13 and C12: nothing was posted in either bin, and the second is to be counted again.
        let counted = |bin: &str| -> Result<Vec<String>> {
            let counts = site.core.list(&format!("/v1/counts?location={bin}"))?;
            Ok(counts.iter().map(|count| text(count, "state").to_owned()).collect())
        };
        for ((bin, goods, booked), to, state) in [(same_bin, free_one, "matched"), (other_bin, free_two, "contested")] {
            same(&format!("{} left in {bin}", goods.item), &site.units(goods, bin, "available")?, &(booked - 3))?;
            same(&format!("{} in {to}", goods.item), &site.units(goods, to, "available")?, &3)?;
            same(&format!("the count of {bin}"), &counted(bin)?, &owned(&[state]))?;
        }
        let again = site.open_counts()?;
        let [again] = again.as_slice() else { anyhow::bail!("not one count is open: {again:?}") };
        let view = site.core.get(&format!("/v1/tasks/{again}"))?;
        same("the place of the recount", &text(&rows(&view, "lines")[0], "location"), &other_bin.0.as_str())?;
        // W6: both counts of the first place hold, and one unit was lost once; the task stays with B.
        let mut both = counted(bin)?;
        both.sort();
        same("the counts of the first place", &both, &owned(&["matched", "posted"]))?;
        same("units of the first place", &site.units(goods, bin, "available")?, &(*units - 1))?;
        let view = site.core.get(&format!("/v1/tasks/{task}"))?;
        same(
            "the holder of the task",
            &(text(&view, "state"), text(&view, "holder")),
            &("claimed", lead.badge.to_lowercase().as_str()),
        )?;
        let lost = ("CLAIM_LOST".to_owned(), format!("task:{task}"));
        let contested = ("CONTESTED".to_owned(), format!("{}|", other_bin.0));
        same("the exceptions", &site.exceptions()?, &vec![lost, contested])?;
        a.attends(&["flagged CLAIM_LOST TaskClaimed", "flagged CONTESTED CountSubmitted"])?;
        b.attends(&[])?;
        a.until("A to be given other work", |status| status.task.is_none())?;
        let (bin, goods, units) = bins
            .iter()
            .find(|(bin, ..)| *bin != first && (*bin == third.0 || *bin == fourth.0))
            .context("no such bin")?;
        b.count_place(bin, goods, *units, "work-list")?;
        b.drain()?;
        let view = site.core.get(&format!("/v1/tasks/{task}"))?;
        same("the task in the end", &text(&view, "state"), &"done")?;
        site.verified()
    });
}

#[test]
fn w04_w05_m05_a_task_that_was_left_and_a_place_that_is_full() {
    play(|site| {
        site.import("locations", "id,kind,zone,capacity\nCAP-1,bin,A,5\n")?;
        let mut bins = site.simple_bins()?;
        let aisle = bins.first().and_then(|(bin, ..)| bin.chars().next()).context("no bin with one item")?;
        bins.sort_by_key(|(bin, ..)| !bin.starts_with(aisle));
        let [first, second, third, fourth] = bins.get(..4).context("too few bins")? else { unreachable!() };
        site.post("/v1/counts/plan", &json!({"id": "CP-7", "locations": [first.0, second.0]}))?;
        let task = site.open_counts()?.pop().context("no open count")?;
        let view = site.core.get(&format!("/v1/tasks/{task}"))?;
        let mut places: Vec<(i64, String)> =
            rows(&view, "lines").iter().map(|line| (number(line, "seq"), text(line, "location").to_owned())).collect();
        places.sort();
        let place = |n: usize| bins.iter().find(|(bin, ..)| *bin == places[n].1).context("no such bin");
        let (counter, lead) = (site.person("Mara")?, site.person("Noor")?);
        let mut a = site.station("H-01", "handheld", &[])?;
        let mut b = site.station("H-02", "handheld", &[])?;
        a.sign_in(&counter)?;
        b.sign_in(&lead)?;
        b.offered(&task)?;

        // B starts the task and signs out; the core hears of it. Then B comes back, where there is no network.
        b.scan(&task, "count.location")?;
        b.sign_out()?;
        b.until("the sign-out in the core", |status| status.outbox.pending == 0)?;
        b.line.cut();
        b.sign_in(&lead)?;
        b.move_units(&fourth.0, &fourth.1, 3, "CAP-1", "work-list")?;
        b.scan(&task, "count.location")?;
        let (bin, goods, units) = place(0)?;
        b.count_place(bin, goods, *units, "count.location")?;

        // W4: A takes it over, with B's open lines at B's step that was synced.
        wait_for("the task to be offered as left", PATIENCE, || {
            Ok((a.robot.scan(&task)?.reason == "TAKE_OVER?").then_some(()))
        })?;
        a.scan(&task, "count.location")?;
        a.count_place(bin, goods, *units, "count.location")?;
        let (bin, goods, units) = place(1)?;
        a.count_place(bin, goods, *units, "work-list")?;
        a.drain()?;
        let taken = &["TaskClaimed", "TaskTakenOver", "CountSubmitted"];
        same(
            "A's facts",
            &told(&site.facts(&a)?, taken),
            &owned(&["TaskTakenOver", "CountSubmitted", "CountSubmitted"]),
        )?;

        // M5: meanwhile both bring goods to a place for five; B's move is known last.
        a.move_units(&third.0, &third.1, 3, "CAP-1", "work-list")?;
        a.drain()?;
        same("A's move", &told(&site.facts(&a)?, &["Moved"]), &owned(&["Moved"]))?;
        b.line.mend();
        b.drain()?;
        let taken = &["TaskClaimed", "Moved", "CountSubmitted"];
        same(
            "B's facts",
            &told(&site.facts(&b)?, taken),
            &owned(&[
                "TaskClaimed",
                "Moved applied-flagged PLACE_FULL",
                "TaskClaimed applied-flagged CLAIM_LOST",
                "CountSubmitted",
            ]),
        )?;
        for (_, goods, _) in [third, fourth] {
            same(&format!("{} in CAP-1", goods.item), &site.units(goods, "CAP-1", "available")?, &3)?;
        }
        // W5: B's count was added to A's; the task is A's, and done.
        let counts = site.core.list(&format!("/v1/counts?location={}", place(0)?.0))?;
        same(
            "counts of the first place",
            &counts.iter().map(|count| text(count, "state")).collect(),
            &vec!["matched"; 2],
        )?;
        let view = site.core.get(&format!("/v1/tasks/{task}"))?;
        same("the task in the end", &text(&view, "state"), &"done")?;
        a.attends(&[])?;
        b.attends(&["flagged CLAIM_LOST TaskClaimed", "flagged PLACE_FULL Moved"])?;
        let kinds: Vec<String> = site.exceptions()?.into_iter().map(|(kind, _)| kind).collect();
        same("the exceptions", &kinds, &owned(&["CLAIM_LOST", "PLACE_FULL"]))?;
        b.until("B to be given other work", |status| status.task.is_none())?;
        site.verified()
    });
}
