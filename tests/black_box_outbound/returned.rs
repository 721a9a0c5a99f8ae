//! At the station of returns: what is refused, what is restocked, what is set aside, and what becomes of the money.

use super::kit::{Goods, Site, Station, number, play, rows, same, text};
use super::{BENCH, Wares, order, owned, story, unheard};
use anyhow::{Context, Result};
use floorhand_demo::robot::{Judged, PATIENCE, Scale, camera_of, wait_for};
use serde_json::{Value, json};

/// What is told of each row of a list, sorted.
fn told(site: &Site, list: &str, tell: impl Fn(&Value) -> String) -> Result<Vec<String>> {
    let mut found: Vec<String> = site.core.list(list)?.iter().map(tell).collect();
    found.sort();
    Ok(found)
}

#[test]
fn t01_t03_t04_t07_t11_t12_t15_t16_t17_what_comes_back() {
    play(|site| {
        let wares = Wares::bring(site)?;
        order(site, "OUT-8", "hold", &[(&wares.shirt, 1)])?;
        let line = json!({"item": "SHIRT", "qty": 1, "reason": "wrong-size"});
        site.post("/v1/rmas", &json!({"id": "RMA-NEVER", "order": "OUT-8", "lines": [line]}))?;
        let scale = Scale::plug(&site.folder.path().join("scale"))?;
        let camera = camera_of(&site.folder.path().join("camera"))?;
        let on_scale = scale.name();
        let kiosk = &mut site.station("P-01", "packing", &["--scanner", &camera, "--scale", &on_scale])?;
        kiosk.robot.scale = Some(scale);
        let goods = [site.goods("AP-0001-S")?, site.goods("CO-0001")?, site.goods("EL-0001")?];
        let before = goods.each_ref().map(|own| (site.stock_of(own).unwrap(), site.availability(own).unwrap()));
        let six = site.box_of(&goods[0])?;
        site.core.stop()?;
        kiosk.offline()?;
        let bin = inspect(site, kiosk, [&wares.shirt, &goods[1]], &six)?;
        unheard(kiosk, 0)?;
        site.core.restart()?;
        kiosk.drain()?;
        let facts = site.facts(kiosk)?;
        same(
            "what became of the returns",
            &story(&facts),
            &owned(&[
                "SignedIn",
                "ReturnOpened",
                "RET_NOT_SHIPPED",
                "ReturnOpened",
                "RET_NOT_SHIPPED",
                "RET_OVER",
                "RET_OVER",
                "PLACE_FORBIDDEN",
                "ReturnInspected",
                "ReturnInspected",
                "ReturnOpened",
                "RET_OVER",
                "ReturnOpened",
                "WRONG_LOT",
                "PhotoTaken",
                "PLACE_FORBIDDEN",
                "ReturnInspected",
                "ReturnOpened",
                "PhotoTaken",
                "ReturnInspected",
                "UNKNOWN_CODE",
            ]),
        )?;
        site.pictures(&facts, 2)?;
        // What each brought: place, status and units; what of it can be sold.
        let came: [(&[(&str, &str)], i64); 3] = [
            (&[(&bin, "available"), (BENCH, "available")], 2),
            (&[("QUAR-1", "quarantined")], 0),
            (&[("QUAR-1", "quarantined")], 0),
        ];
        for ((own, (mut stock, (physical, sellable, promised))), (places, sells)) in goods.iter().zip(before).zip(came)
        {
            for (place, status) in places {
                *stock.entry(((*place).to_owned(), (*status).to_owned())).or_default() += 1;
            }
            same(&format!("where {} is", own.item), &site.stock_of(own)?, &stock)?;
            let units = i64::try_from(places.len())?;
            same(
                &format!("physical, sellable and promised of {}", own.item),
                &site.availability(own)?,
                &(physical + units, sellable + sells, promised + sells),
            )?;
        }
        site.holds(&wares.shirt, &[("OB-3", "available", 10)])?;
        let asked: Vec<(String, i64)> = site
            .core
            .list("/v1/tasks?kind=put-away&state=open")?
            .iter()
            .flat_map(|task| rows(task, "lines"))
            .map(|line| (format!("{} {}", text(line, "location"), text(line, "item")), number(line, "qty")))
            .collect();
        same("what is to be put away", &asked, &vec![(format!("{BENCH} {}", goods[0].item), 1)])?;
        decided(site, &goods)?;
        same("the exceptions", &site.exceptions()?, &Vec::new())?;
        kiosk.attends(&[])?;
        wait_for("the device to hear of the money", PATIENCE, || {
            let said = kiosk.said()?;
            Ok((said.pointer("/entry/last/refund").and_then(Value::as_str) == Some("released")).then_some(()))
        })?;
        site.verified()
    });
}

/// The money, the claim against the supplier, and where each announced return stands.
fn decided(site: &Site, goods: &[Goods; 3]) -> Result<()> {
    let money = told(site, "/v1/refunds", |row| {
        let (units, cents) = (number(row, "qty"), number(row, "amount_minor"));
        format!("{} {units} {cents} {}{}", text(row, "order"), text(row, "state"), text(row, "reason"))
    })?;
    let should =
        ["SO-9001 1 2495 released", "SO-9001 1 2495 released", "SO-9002 1 1890 released", "SO-9003 1 8900 released"];
    same("the refunds", &money, &owned(&should))?;
    let claims = site.core.list("/v1/vendor-claims")?;
    let [claim] = claims.as_slice() else { anyhow::bail!("not one claim: {claims:?}") };
    same(
        "the claim",
        &(text(claim, "item"), number(claim, "qty"), number(claim, "amount_minor"), text(claim, "reason")),
        &(goods[1].item.as_str(), 1, 1_890, "defective"),
    )?;
    same("the state of the claim", &text(claim, "state"), &"open")?;
    for (rma, state, lines) in
        [("RMA-NEVER", "open", [(1, 0, 0)]), ("RMA-5001", "closed", [(2, 2, 0)]), ("RMA-5002", "closed", [(1, 1, 0)])]
    {
        let view = site.core.get(&format!("/v1/rmas/{rma}"))?;
        let own = rows(&view, "lines").iter();
        let own: Vec<(i64, i64, i64)> =
            own.map(|line| (number(line, "qty"), number(line, "came"), number(line, "open"))).collect();
        same(&format!("{rma}: announced, come and open"), &(text(&view, "state"), own), &(state, lines.to_vec()))?;
    }
    let became = told(site, "/v1/returns", |row| {
        ["order", "grade", "reason", "disposition"].map(|name| text(row, name)).join(" ")
    })?;
    let should = [
        "SO-9001 A wrong-size restock",
        "SO-9001 A wrong-size restock",
        "SO-9002 C defective vendor-claim",
        "SO-9003 C changed-mind liquidate",
    ];
    same("what became of the goods", &became, &owned(&should))
}

/// One that is refused, one restocked, one for the supplier, one without its charger. Gives the bin of the second.
fn inspect(site: &Site, kiosk: &mut Station, [shirt, cream]: [&Goods; 2], six: &str) -> Result<String> {
    kiosk.sign_in(&site.person("Greta")?)?;
    kiosk.robot.to_returns()?;
    // T3: nothing of its order ever left.
    kiosk.scan("RMA-NEVER", "return.item")?;
    kiosk.refused(&shirt.scan, "RET_NOT_SHIPPED")?;
    kiosk.robot.act("finish")?;
    ended(kiosk, "RMA-NEVER", 0, "none")?;

    // T1, T7: two are announced, six come in a box.
    kiosk.scan("RMA-5001", "return.item")?;
    let one = kiosk.asked("item")?;
    kiosk.refused(&shirt.scan, "RET_NOT_SHIPPED")?;
    kiosk.refused(six, "RET_OVER")?;
    let open = kiosk.scan(&one, "return.quantity")?.quantity.map(|quantity| (quantity.done, quantity.needed));
    same("units of it", &open, &Some((1, 2)))?;
    kiosk.refused(six, "RET_OVER")?;
    kiosk.robot.act("next")?;
    judge(kiosk, &Judged::default(), "restock")?;
    let bin = kiosk.asked("location")?;
    kiosk.refused("QUAR-1", "PLACE_FORBIDDEN")?;
    kiosk.scan(&bin, "return.item")?;
    // The second one is left at the bench.
    kiosk.scan(&one, "return.inspect")?;
    judge(kiosk, &Judged::default(), "restock")?;
    kiosk.scan(BENCH, "returns")?;
    ended(kiosk, "RMA-5001", 2, "waiting")?;
    // Nothing more can come, though no core has heard of it.
    kiosk.scan("RMA-5001", "return.item")?;
    kiosk.refused(&one, "RET_OVER")?;
    kiosk.robot.act("finish")?;
    ended(kiosk, "RMA-5001", 0, "none")?;

    kiosk.scan("RMA-5002", "return.item")?;
    let own = kiosk.asked("item")?;
    // T8: another lot was never shipped with it.
    kiosk.refused(&format!("]C101{}10OTHER", cream.gtin), "WRONG_LOT")?;
    kiosk.scan(&own, "return.inspect")?;
    judge(kiosk, &Judged { no: vec!["clean".to_owned()], ..Judged::default() }, "vendor-claim")?;
    kiosk.refused(&bin, "PLACE_FORBIDDEN")?;
    kiosk.scan("QUAR-1", "returns")?;
    ended(kiosk, "RMA-5002", 1, "waiting")?;

    // T4: nobody announced it, its number tells the order. T11, T12: something is missing.
    kiosk.scan("R90030001", "return.weigh")?;
    kiosk.weighed(100, "return.parts")?;
    let light = Judged { no: vec!["complete".to_owned()], because: "changed-mind".to_owned(), ..Judged::default() };
    judge(kiosk, &light, "liquidate")?;
    let said = kiosk.said()?;
    same("the grades that are left", &said.pointer("/entry/grades"), &Some(&json!(["C", "D"])))?;
    kiosk.scan("QUAR-1", "returns")?;
    ended(kiosk, "SO-9003", 1, "waiting")?;
    Ok(bin)
}

/// What is found out about the goods, up to their place.
fn judge(kiosk: &mut Station, judged: &Judged, becomes: &str) -> Result<()> {
    for _ in 0..20 {
        let status = kiosk.status()?;
        if status.step() == "return.put" {
            let outcome = status.entry.and_then(|entry| entry.disposition);
            return same("what becomes of it", &outcome.as_deref(), &Some(becomes));
        }
        kiosk.robot.inspect_step(&status, judged)?;
    }
    anyhow::bail!("it is not judged at {:?}", kiosk.status()?)
}

/// The return that ended last: its number, units, and what is known of the money.
fn ended(kiosk: &mut Station, number_of: &str, units: i64, refund: &str) -> Result<()> {
    kiosk.at("returns")?;
    let said = kiosk.said()?;
    let last = said.pointer("/entry/last").context("no return ended")?;
    let is = (text(last, "number"), number(last, "units"), text(last, "refund"));
    same("the return that ended", &is, &(number_of, units, refund))
}
