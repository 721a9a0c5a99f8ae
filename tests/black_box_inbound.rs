//! Goods in, put away and counted with the real programs and no core within reach: what was done there must be
//! in the books afterwards, to the unit and to the word.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "black_box/kit.rs"]
#[allow(dead_code)]
mod kit;

use anyhow::{Context, Result, ensure};
use floorhand_demo::robot::{Operator, PATIENCE, wait_for};
use kit::{Goods, Site, Station, number, plain, play, rows, same, sscc, text, told};
use serde_json::json;
use std::path::Path;

const DOCK: &str = "DOCK-1";

/// A folder with a picture in it, as a camera.
fn camera(folder: &Path) -> Result<String> {
    let pictures = folder.join("pictures");
    std::fs::create_dir_all(&pictures)?;
    let (width, height) = (320_u32, 240_u32);
    let mut encoder = png::Encoder::new(std::fs::File::create(pictures.join("dent.png"))?, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let grey: Vec<u8> = (0..width * height).map(|n| u8::try_from((n % width) / 2).unwrap_or(0)).collect();
    encoder.write_header()?.write_image_data(&grey)?;
    Ok(format!("camera:files:{},rate=5,again=yes", pictures.display()))
}

#[test]
fn r05_r06_r15_c05_c06_c07_without_a_core_from_the_first_scan_to_the_last() {
    play(|site| {
        let plain = site.plain_goods()?;
        let [over, damaged, good, short, loose] = plain.get(..5).context("too few items")? else { unreachable!() };
        site.order("PO-1", DOCK, &[(over, 100), (damaged, 10), (good, 12), (short, 12), (loose, 8)])?;
        let (bin, counted, booked) = site.simple_bins()?.first().cloned().context("no bin with one item")?;
        let free = site.empty_bins()?;
        let [free, near] = free.get(..2).context("no empty bins")? else { unreachable!() };
        site.post("/v1/counts/plan", &json!({"id": "CP-1", "locations": [bin]}))?;
        let task = site.open_counts()?.pop().context("no open count")?;
        let (receiver, counter, lead) = (site.person("Tomas")?, site.person("Mara")?, site.person("Noor")?);
        let pallet = sscc(77);
        let pictures = camera(site.folder.path())?;
        let mut dock = site.station("D-01", "dock", &["--scanner", &pictures])?;
        let mut hand = site.station("H-01", "handheld", &[])?;
        let all = [over, damaged, good, short, loose, &counted];
        let before = all.map(|goods| (site.stock_of(goods).unwrap(), site.availability(goods).unwrap()));

        site.core.stop()?;
        receive(&mut dock, [over, damaged, good, short, loose], &pallet, &receiver, &lead)?;
        put_away(&mut dock, [over, loose], &pallet, [free, near])?;
        let wrong = booked - 5;
        hand.sign_in(&counter)?;
        hand.scan(&task, "count.location")?;
        hand.count_place(&bin, &counted, wrong, "work-list")?;
        ensure!(dock.status()?.outbox.pending > 0 && hand.status()?.outbox.pending > 0, "nothing waits for the core");

        site.core.restart()?;
        dock.drain()?;
        hand.drain()?;
        let received = site.facts(&dock)?;
        same(
            "what became of the receipt",
            &told(&received, &["DeliveryOpened", "Approved", "PhotoTaken", "Received", "ReceiptClosed"]),
            &[
                "DeliveryOpened",
                "Approved",
                "Received applied-flagged OVER_RECEIPT",
                "PhotoTaken",
                "Received",
                "Received",
                "Received",
                "Received",
                "ReceiptClosed applied-flagged RECEIPT_DIFF",
            ]
            .map(str::to_owned)
            .to_vec(),
        )?;
        same(
            "what became of the put-away",
            &told(&received, &["TaskOpened", "Moved", "ZeroChecked"]),
            &["TaskOpened", "Moved", "TaskOpened", "Moved", "ZeroChecked", "TaskOpened", "Moved", "ZeroChecked"]
                .map(str::to_owned)
                .to_vec(),
        )?;
        let others = received.iter().filter(|fact| fact.outcome != "applied").count();
        same("facts with something to say", &others, &2)?;

        // Holds: what is above the limit, what is damaged, what is short, each with its whole line.
        for (goods, place, status, units) in [
            (over, "QUAR-1", "quarantined", 106),
            (damaged, DOCK, "quarantined", 8),
            (damaged, DOCK, "damaged", 2),
            (good, free.as_str(), "available", 12),
            (loose, near.as_str(), "available", 8),
            (short, DOCK, "quarantined", 10),
        ] {
            same(&format!("{} at {place}, {status}", goods.item), &site.units(goods, place, status)?, &units)?;
        }
        let sums = [
            (over, 106, 0, 100),
            (damaged, 10, 0, 10),
            (good, 12, 12, 12),
            (short, 10, 0, 12),
            (loose, 8, 8, 8),
            (&counted, 0, 0, 0),
        ];
        for ((goods, came, sells, awaited), (stock, (physical, sellable, promised))) in sums.into_iter().zip(&before) {
            let units: i64 = site.stock_of(goods)?.values().sum();
            same(&format!("units of {}", goods.item), &units, &(stock.values().sum::<i64>() + came))?;
            same(
                &format!("physical, sellable and promised of {}", goods.item),
                &site.availability(goods)?,
                &(physical + came, sellable + sells, promised - awaited + sells),
            )?;
        }
        // What was put away already is not asked for; what is held at the dock is, and what is damaged.
        let mut asked: Vec<String> = Vec::new();
        for task in site.core.list("/v1/tasks?kind=put-away")? {
            let open = rows(&task, "lines").iter().filter(|line| text(line, "state") == "open");
            asked.extend(open.map(|line| format!("{} {}", text(line, "item"), number(line, "qty"))));
        }
        asked.sort();
        let mut held = vec![format!("{} 8", damaged.item), format!("{} 2", damaged.item), format!("{} 10", short.item)];
        held.sort();
        same("what is to be put away", &asked, &held)?;
        // The picture itself follows its fact.
        let photo = received.iter().find(|fact| fact.kind == "PhotoTaken").context("no photograph")?;
        let (photo, hash) = (text(&photo.body, "photo"), text(&photo.body, "hash"));
        let stored = site.folder.path().join("core/photos").join(hash);
        wait_for("the photograph in the core", PATIENCE, || Ok(stored.is_file().then_some(())))?;
        ensure!(!site.folder.path().join(format!("D-01-data/photos/{photo}.jpg")).exists(), "it is kept twice");
        let line = |n: usize| format!("delivery-line:{}", delivery_line(site, "PO-1", n));
        let kind = |kind: &str, subject: String| (kind.to_owned(), subject);
        same(
            "the exceptions",
            &site.exceptions()?,
            &vec![
                kind("OVER_RECEIPT", line(1)),
                kind("RECEIPT_DIFF", line(1)),
                kind("RECEIPT_DIFF", line(2)),
                kind("RECEIPT_DIFF", line(4)),
            ],
        )?;
        // A device is told once of each fact.
        dock.attends(&["flagged OVER_RECEIPT Received", "flagged RECEIPT_DIFF ReceiptClosed"])?;
        let order = site.core.get("/v1/purchase-orders/PO-1")?;
        let states: Vec<&str> = rows(&order, "lines").iter().map(|line| text(line, "state")).collect();
        same("the lines of the order", &states, &vec!["differs", "differs", "received", "differs", "received"])?;

        recount(site, &mut hand, (&bin, &counted), booked, wrong)?;
        site.verified()
    });
}

fn receive(
    dock: &mut Station,
    [over, damaged, good, short, loose]: [&Goods; 5],
    pallet: &str,
    receiver: &Operator,
    lead: &Operator,
) -> Result<()> {
    dock.sign_in(receiver)?;
    dock.at("deliveries")?;
    dock.scan("PO-1", "receive.item")?;
    // R4: five percent above are taken, one more is not.
    dock.count_in(over, 105)?;
    dock.refused(&over.scan, "RECEIPT_OVER")?;
    dock.approved_by(lead)?;
    dock.until("the unit that was allowed", |status| status.quantity.is_some_and(|quantity| quantity.done == 106))?;
    dock.loose()?;
    // R6: two of ten are damaged; without a picture they go nowhere.
    dock.scan(&damaged.scan, "receive.quantity")?;
    dock.number(10)?;
    dock.at("receive.condition")?;
    dock.press("damaged")?;
    dock.number(2)?;
    dock.refused(pallet, "PHOTO_NEEDED")?;
    dock.photo()?;
    dock.press("next")?;
    dock.at("receive.unit")?;
    dock.loose()?;
    // R12: a label that nobody knows becomes a pallet.
    dock.count_in(good, 12)?;
    dock.twice(pallet, "NEW_HU?", "receive.item")?;
    // R15: two are missing, and nothing more is to come.
    dock.count_in(short, 10)?;
    dock.loose()?;
    dock.count_in(loose, 8)?;
    dock.loose()?;
    dock.close("final", "deliveries")
}

/// The pallet goes to a free bin, what is held to a place for such.
fn put_away(dock: &mut Station, [over, loose]: [&Goods; 2], pallet: &str, [free, near]: [&String; 2]) -> Result<()> {
    dock.move_whole(pallet, free, "deliveries")?;
    dock.more("move-this")?;
    dock.at("put-away.source")?;
    dock.scan(DOCK, "put-away.source")?;
    dock.scan(&over.scan, "put-away.quantity")?;
    dock.number(106)?;
    dock.at("put-away.destination")?;
    dock.refused(free, "PLACE_FORBIDDEN")?;
    dock.twice("QUAR-1", "PLACE?", "put-away.empty")?;
    dock.press("yes")?;
    dock.at("deliveries")?;
    dock.move_units(DOCK, loose, 8, near, "put-away.empty")?;
    dock.press("yes")?;
    dock.at("deliveries").map(drop)
}

fn delivery_line(site: &Site, delivery: &str, n: usize) -> String {
    let view = site.core.get(&format!("/v1/deliveries/{delivery}")).unwrap();
    text(&rows(&view, "content")[n - 1], "id").to_owned()
}

/// The count was wrong by far: somebody else counts again, without a core, and finds the same; nothing is
/// posted before a supervisor says so.
fn recount(site: &mut Site, hand: &mut Station, (bin, goods): (&str, &Goods), booked: i64, wrong: i64) -> Result<()> {
    let in_the_book = |site: &Site| site.units(goods, bin, "available");
    same(
        "what became of the count",
        &told(&site.facts(hand)?, &["CountSubmitted"]),
        &vec!["CountSubmitted".to_owned()],
    )?;
    same("the book after the count", &in_the_book(site)?, &booked)?;
    let counts = site.core.list("/v1/counts")?;
    same(
        "the states of the counts",
        &counts.iter().map(|row| text(row, "state")).collect::<Vec<_>>(),
        &vec!["recount"],
    )?;
    let again = site.open_counts()?.pop().context("no recount")?;
    hand.offered(&again)?;

    site.core.stop()?;
    hand.refused(&again, "COUNT_SAME")?;
    hand.sign_out()?;
    let lead = site.person("Noor")?;
    hand.sign_in(&lead)?;
    hand.scan(&again, "count.location")?;
    hand.count_place(bin, goods, wrong, "work-list")?;
    site.core.restart()?;
    hand.drain()?;
    same(
        "what became of the counts",
        &told(&site.facts(hand)?, &["CountSubmitted"]),
        &["CountSubmitted", "CountSubmitted applied-flagged VARIANCE"].map(str::to_owned).to_vec(),
    )?;
    same("the book before a decision", &in_the_book(site)?, &booked)?;
    hand.attends(&["flagged VARIANCE CountSubmitted"])?;

    let approvals = site.core.list("/v1/approvals?state=wanted")?;
    let [wanted] = approvals.as_slice() else { anyhow::bail!("not one approval is wanted: {approvals:?}") };
    let path = format!("/v1/approvals/{}", text(wanted, "id"));
    let own = site.token(&["--role", "supervisor", "--operator", &lead.badge.to_lowercase()])?;
    let (status, answer) = site.post_as(&own, &path, &json!({"id": "a-1", "decision": "approve"}))?;
    same("the answer to the counter", &(status, text(&answer, "code").to_owned()), &(403, "not_allowed".to_owned()))?;
    same("the book after a decision that is none", &in_the_book(site)?, &booked)?;
    let other = site.token(&["--role", "supervisor"])?;
    let (status, answer) = site.post_as(&other, &path, &json!({"id": "a-2", "decision": "approve"}))?;
    same("the answer to a supervisor", &(status, text(&answer, "state").to_owned()), &(200, "approved".to_owned()))?;
    same("the book after the decision", &in_the_book(site)?, &wrong)?;
    hand.attends(&[])
}

#[test]
fn r17_r12_m12_c14_power_cuts_at_every_step_lose_and_double_nothing() {
    play(|site| {
        let lots = site.goods_with_lots()?;
        let goods = lots.first().context("no item with lots")?;
        site.order("PO-3", DOCK, &[(goods, 12)])?;
        let (bin, counted, booked) = site.simple_bins()?.first().cloned().context("no bin with one item")?;
        let free = site.empty_bins()?.first().cloned().context("no empty bin")?;
        let mut hand = site.station("H-01", "handheld", &[])?;
        let (lead, pallet) = (site.person("Noor")?, sscc(78));
        hand.line.cut();
        hand.sign_in(&lead)?;
        hand.scan("PO-3", "receive.item")?;
        hand.power_cut()?;
        // R17: cut at every field.
        hand.scan(&goods.scan, "receive.lot")?;
        hand.power_cut()?;
        hand.press("keypad")?;
        hand.keys(&["l", "7", "Return"])?;
        hand.at("receive.expiry")?;
        hand.power_cut()?;
        hand.keys(&["3", "1", "1", "2", "2", "0", "2", "8", "Return"])?;
        hand.at("receive.quantity")?;
        hand.power_cut()?;
        hand.number(12)?;
        hand.at("receive.condition")?;
        let cut = hand.power_cut()?;
        same("the count", &cut.quantity.map(|quantity| quantity.done), &Some(12))?;
        hand.press("good")?;
        hand.at("receive.unit")?;
        // R12, G7: the question is gone with the power, and is asked anew.
        hand.refused(&pallet, "NEW_HU?")?;
        hand.power_cut()?;
        hand.twice(&pallet, "NEW_HU?", "receive.item")?;
        hand.power_cut()?;
        hand.press("close-delivery")?;
        let own = lead.badge.clone();
        hand.scan(&own, "work-list")?;
        // M12: cut when the destination was saved.
        hand.more("move-this")?;
        hand.at("put-away.source")?;
        hand.power_cut()?;
        hand.scan(&pallet, "put-away.destination")?;
        hand.power_cut()?;
        hand.refused(&free, "PLACE?")?;
        hand.power_cut()?;
        hand.twice(&free, "PLACE?", "work-list")?;
        hand.power_cut()?;
        // C14: cut after seven scans.
        hand.more("count-here")?;
        hand.at("count.location")?;
        hand.scan(&bin, "count.contents")?;
        for _ in 0..7 {
            hand.scan(&counted.scan, "count.contents")?;
        }
        hand.power_cut()?;
        hand.scan(&counted.scan, "count.contents")?;
        hand.press("keypad")?;
        let before = hand.status()?.seq;
        hand.number(booked - 7)?;
        hand.until("the number to be saved", |status| status.seq > before)?;
        hand.scan(&bin, "work-list")?;
        hand.power_cut()?;

        hand.line.mend();
        hand.drain()?;
        let facts = site.facts(&hand)?;
        let odd: Vec<String> = facts.iter().filter(|fact| fact.outcome != "applied").map(|fact| fact.told()).collect();
        same("facts with something to say", &odd, &Vec::new())?;
        let of = |kind: &str| facts.iter().filter(|fact| fact.kind == kind).collect::<Vec<_>>();
        for (kind, times) in [
            ("DeliveryOpened", 1),
            ("Received", 1),
            ("ReceiptClosed", 1),
            ("Moved", 1),
            ("TaskOpened", 2),
            ("Counted", 9),
            ("CountSubmitted", 1),
        ] {
            same(&format!("facts {kind}"), &of(kind).len(), &times)?;
        }
        let received = &of("Received")[0].body;
        same(
            "lot, date and pallet",
            &(text(received, "lot"), text(received, "expiry"), text(received, "handling_unit")),
            &("L7", "2028-12-31", plain(&pallet)),
        )?;
        let sum: i64 = of("Counted").iter().map(|fact| number(&fact.body, "qty")).sum();
        same("units counted", &sum, &booked)?;
        same("the goods in their bin", &site.units(goods, &free, "available")?, &12)?;
        same("the goods that were counted", &site.units(&counted, &bin, "available")?, &booked)?;
        same("exceptions", &site.exceptions()?, &Vec::new())?;
        hand.attends(&[])?;
        site.verified()
    });
}

#[test]
fn r18_r20_what_nobody_planned_is_held() {
    play(|site| {
        let plain = site.plain_goods()?;
        let [late, unasked] = plain.get(..2).context("too few items")? else { unreachable!() };
        site.order("PO-4", DOCK, &[(late, 12)])?;
        let receiver = site.person("Tomas")?;
        let mut dock = site.station("D-01", "dock", &[])?;
        dock.line.cut();
        site.post("/v1/purchase-orders/PO-4/close", &json!({}))?;
        dock.sign_in(&receiver)?;
        // R20: here the order is still open.
        dock.scan("PO-4", "receive.item")?;
        dock.count_in(late, 12)?;
        dock.loose()?;
        dock.press("close-delivery")?;
        let own = receiver.badge.clone();
        dock.scan(&own, "deliveries")?;
        // R18: nobody announced anything.
        dock.press("blind")?;
        dock.at("receive.item")?;
        dock.count_in(unasked, 7)?;
        dock.loose()?;
        dock.press("close-delivery")?;
        dock.scan(&own, "deliveries")?;

        dock.line.mend();
        dock.drain()?;
        let facts = site.facts(&dock)?;
        same(
            "what became of the receipts",
            &told(&facts, &["DeliveryOpened", "Received", "ReceiptClosed"]),
            &[
                "DeliveryOpened",
                "Received applied-flagged UNPLANNED",
                "ReceiptClosed",
                "DeliveryOpened",
                "Received applied-flagged UNPLANNED",
                "ReceiptClosed",
            ]
            .map(str::to_owned)
            .to_vec(),
        )?;
        for (goods, units) in [(late, 12), (unasked, 7)] {
            same(&format!("{} held", goods.item), &site.units(goods, DOCK, "quarantined")?, &units)?;
            same(&format!("{} to be sold", goods.item), &site.units(goods, DOCK, "available")?, &0)?;
        }
        let mut unplanned: Vec<_> =
            [late, unasked].map(|goods| ("UNPLANNED".to_owned(), format!("{DOCK}|{}", goods.item))).to_vec();
        unplanned.sort();
        same("the exceptions", &site.exceptions()?, &unplanned)?;
        dock.attends(&["flagged UNPLANNED Received", "flagged UNPLANNED Received"])?;
        site.verified()
    });
}
