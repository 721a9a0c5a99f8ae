//! Views of packing and returns.

use super::{Sample, accepted, ask, clock, view};
use floorhand::view::*;

/// Pictures of a sample of these pages: the name of a picture and what is different in it.
pub fn pictures(name: &str) -> Option<&'static [&'static str]> {
    const ALL: &[&str] = &["-kiosk", "-kiosk-light", "-kiosk-160", "-kiosk-de", "-kiosk-left-hand", "-dark", "-light"];
    const HAND: &[&str] = &["-dark", "-light", "-130", "-160", "-de", "-left-hand", "-kiosk", "-kiosk-light"];
    const BOTH: &[&str] = &["-kiosk", "-dark"];
    const WIDE: &[&str] = &["-kiosk"];
    Some(match name {
        "20-pack-verify" | "21-pack-weight" | "22-pack-label" => ALL,
        "12-returns-inspect" | "13-returns-put" => HAND,
        "12-returns-missing" | "12-returns-parts" => &["-dark", "-160"],
        "12-returns-lot" | "12-returns-quantity" | "12-returns-identity" | "12-returns-open" => BOTH,
        "12-returns-weigh" => &["-dark", "-kiosk-160"],
        "12-returns-choose" | "12-returns-not-shipped" | "13-returns-quarantine" => BOTH,
        "12-returns-reasons" => &["-dark"],
        "20-pack-carton" | "20-pack-weigh" => &["-kiosk", "-kiosk-de-160", "-dark"],
        "23-load" => &["-dark", "-light", "-160", "-de", "-left-hand"],
        "23-load-dock" => &["-dark"],
        "23-load-old-label" => &["-dark", "-light", "-160"],
        "22-pack-relabel" => &["-kiosk", "-kiosk-light", "-kiosk-160", "-kiosk-de-160"],
        "12-returns-weigh-empty" => &["-kiosk", "-dark"],
        "20-pack-wrong" | "20-pack-verified" | "20-pack-take-out" | "20-pack-photo" | "20-pack-choose" => WIDE,
        "21-pack-check" | "21-pack-heavy" | "22-pack-next" | "22-pack-missing" | "22-pack-finish" => WIDE,
        _ => return None,
    })
}

fn of(name: &str, variant: &str, size: &str, picture: Picture) -> Goods {
    Goods { name: name.into(), variant: variant.into(), size: size.into(), picture }
}

fn pieces(units: u32) -> Amount {
    Amount { units, decimals: 0, unit: String::new() }
}

fn row(goods: Goods, packed: u32, asked: u32, lot: &str) -> PackRow {
    let state = match packed {
        0 => LineState::Open,
        packed if packed < asked => LineState::Started,
        _ => LineState::Done,
    };
    PackRow { goods, packed: pieces(packed), asked: pieces(asked), lot: lot.into(), state }
}

fn headphones() -> Goods {
    of("Headphones Hush 2", "Black", "", Picture::Electronics)
}

fn candle() -> Goods {
    of("Scented candle", "Fig", "220 g", Picture::Home)
}

fn content(goods: Goods, units: u32, grams: u32) -> CartonRow {
    CartonRow { goods, units, grams, marked: false }
}

fn carton() -> CartonView {
    CartonView {
        number: 1,
        kind: "Box M".into(),
        rows: vec![
            content(of("Headphones Hush 2", "", "", Picture::Electronics), 1, 412),
            content(of("Stoneware mug", "Moss", "", Picture::Home), 2, 780),
            content(of("Scented candle", "Fig", "", Picture::Home), 1, 365),
        ],
        more: 0,
        units: 4,
        photos: 0,
        expected_grams: Some(1770),
        tolerance_grams: 53,
        scale_grams: Some(1772),
    }
}

/// The same with everything in it.
fn full() -> CartonView {
    let mut own = carton();
    own.rows[2] = content(of("Scented candle", "Fig", "", Picture::Home), 2, 730);
    own.rows.push(content(of("USB-C cable 2 m", "", "", Picture::Electronics), 1, 46));
    own.rows.push(content(of("Vitamin D3 drops", "", "", Picture::Cosmetics), 1, 68));
    CartonView { units: 7, expected_grams: Some(2290), scale_grams: None, tolerance_grams: 68, ..own }
}

fn queue() -> Queue {
    let order = |code: &str, urgent, due, units| QueueRow {
        code: code.into(),
        service: if urgent { "Express".into() } else { String::new() },
        urgent,
        due: Some(due),
        units,
        relabel: false,
    };
    Queue {
        orders: vec![
            order("T-0422", true, clock(15, 40), 3),
            order("T-0419", true, clock(15, 40), 2),
            order("T-0425", false, clock(17, 0), 6),
            order("T-0431", false, clock(17, 0), 4),
        ],
        waiting: 11,
        today: 84,
    }
}

fn pack(asked: &str, stage: PackStage) -> PackView {
    PackView {
        order: "48213".into(),
        service: "Express".into(),
        urgent: true,
        due: Some(clock(15, 40)),
        tote: "T-0417".into(),
        left: 3,
        lines: vec![
            row(headphones(), 1, 1, ""),
            row(of("Stoneware mug 350 ml", "Moss", "", Picture::Home), 2, 2, ""),
            row(of("Scented candle 220 g", "Fig", "", Picture::Home), 1, 2, ""),
            row(of("USB-C cable 2 m", "Grey", "", Picture::Electronics), 0, 1, ""),
            row(of("Vitamin D3 drops 30 ml", "Citrus", "", Picture::Cosmetics), 0, 1, "L26-0917"),
        ],
        paging: Paging::default(),
        carton: Some(carton()),
        cartons: 1,
        queue: queue(),
        ask: ask(asked, 0, ""),
        stage,
    }
}

fn packed(asked: &str, stage: PackStage) -> PackView {
    let mut page = pack(asked, stage);
    for row in &mut page.lines {
        (row.packed, row.state) = (row.asked.clone(), LineState::Done);
    }
    PackView { left: 0, carton: Some(full()), ..page }
}

fn off(asked: &str, scale: u32, item: Option<Goods>) -> View {
    let stage = PackStage::Weigh {
        off: Some(WeightOff { expected_grams: 2290, scale_grams: scale, item_grams: 365, item: item.clone() }),
    };
    let mut page = packed(asked, stage);
    if let Some(own) = page.carton.as_mut().filter(|_| item.is_some()) {
        own.rows[2].marked = true;
    }
    let mut shown = view(Page::Pack(page));
    shown.refusal = Some(Refusal { reason: "WEIGHT_DIFF".into(), number: 365, ..Refusal::default() });
    shown
}

fn packing(all: &mut Vec<Sample>) {
    let mut add = |name, view: View| all.push(Sample { name, view });
    let mut verify = view(Page::Pack(pack("next-item", PackStage::Verify)));
    verify.band = accepted("item", "7310459002184", "");
    add("20-pack-verify", verify.clone());
    verify.band = Band::None;
    verify.refusal = Some(Refusal {
        reason: "NOT_IN_ORDER".into(),
        scanned: Thing {
            kind: "item".into(),
            code: "5901234123549".into(),
            goods: Some(of("Linen shirt", "Navy", "L", Picture::Apparel)),
        },
        ..Refusal::default()
    });
    add("20-pack-wrong", verify);
    let mut done = packed("close", PackStage::Verify);
    done.carton.as_mut().unwrap().scale_grams = Some(2287);
    add("20-pack-verified", view(Page::Pack(done)));
    let stage = PackStage::Carton {
        suggested: Some(CartonKind { name: "Box M".into(), inner_mm: [400, 300, 200] }),
        others: vec!["Box L".into(), "Bag S".into()],
        old: vec![OldCarton { number: 1, kind: "Box S".into(), units: 3, closed: false }],
    };
    let mut choose = pack("carton", stage);
    (choose.carton, choose.cartons) = (None, 1);
    add("20-pack-carton", view(Page::Pack(choose)));
    add("20-pack-take-out", view(Page::Pack(pack("take-out", PackStage::TakeOut))));
    add("20-pack-photo", view(Page::Pack(packed("photo", PackStage::Photo))));
    let mut weigh = packed("weigh", PackStage::Weigh { off: None });
    weigh.carton.as_mut().unwrap().scale_grams = Some(1210);
    add("20-pack-weigh", view(Page::Pack(weigh)));
    let mut several = pack("choose-order", PackStage::Choose);
    several.order.clear();
    several.carton = None;
    several.queue.orders.truncate(2);
    add("20-pack-choose", view(Page::Pack(several)));

    add("21-pack-weight", off("put-in", 1925, Some(candle())));
    add("21-pack-heavy", off("take-one-out", 2655, Some(candle())));
    add("21-pack-check", off("check-items", 2180, None));

    let label = |state, later| PackStage::Label { state, belt: "2".into(), later };
    let mut printed = view(Page::Pack(packed("carton-label", label(LabelState::Printed, false))));
    printed.band = accepted("closed", "48213", "");
    add("22-pack-label", printed);
    let mut missing = view(Page::Pack(packed("not-printed", label(LabelState::Missing, true))));
    missing.refusal = Some(Refusal { reason: "PRINT_FAILED".into(), ..Refusal::default() });
    add("22-pack-missing", missing);
    let mut next = pack("next-tote", PackStage::Next);
    next.order.clear();
    next.carton = None;
    let mut next = view(Page::Pack(next));
    next.band = accepted("packed", "48213", "");
    add("22-pack-next", next);
    let mut relabel = pack("next-tote", PackStage::Next);
    relabel.order.clear();
    relabel.carton = None;
    for (row, code) in relabel.queue.orders.iter_mut().zip(["C-4F3A90B1", "C-91D20C7E"]) {
        *row =
            QueueRow { code: code.into(), service: String::new(), urgent: false, due: None, units: 0, relabel: true };
    }
    add("22-pack-relabel", view(Page::Pack(relabel)));
    let mut finish = packed("finish", PackStage::Finish { open: 2 });
    finish.carton = None;
    add("22-pack-finish", view(Page::Pack(finish)));

    let mut load = view(Page::Load(LoadView { dock: "DOCK-3".into(), loaded: 4, ask: ask("next-carton", 0, "") }));
    load.band = accepted("shipped", "C-4F3A90B1", "");
    add("23-load", load);
    let mut old = view(Page::Load(LoadView { dock: "DOCK-3".into(), loaded: 4, ask: ask("next-carton", 0, "") }));
    old.refusal = Some(Refusal {
        reason: "LABEL_OLD".into(),
        scanned: Thing { kind: "carton".into(), code: "C-4F3A90B1".into(), goods: None },
        ..Refusal::default()
    });
    add("23-load-old-label", old);
    add("23-load-dock", view(Page::Load(LoadView { ask: ask("dock", 0, ""), ..LoadView::default() })));
}

fn returns(asked: &str, stage: ReturnStage) -> ReturnsView {
    let line = |goods: Goods, here, expected, state| ReturnRow {
        goods,
        here: pieces(here),
        expected: pieces(expected),
        state,
    };
    let begun = !matches!(stage, ReturnStage::Open { .. } | ReturnStage::Identity);
    ReturnsView {
        number: if matches!(stage, ReturnStage::Open { .. }) { String::new() } else { "R-2291".into() },
        unannounced: false,
        withdrawn: false,
        done: 1,
        total: if matches!(stage, ReturnStage::Open { .. }) { 0 } else { 6 },
        lines: vec![
            line(of("Linen shirt", "Navy", "M", Picture::Apparel), 1, 1, LineState::Done),
            line(headphones(), 0, 2, LineState::Open),
            line(candle(), 0, 3, LineState::Open),
        ],
        paging: Paging::default(),
        open: begun.then(|| ReturnedGoods {
            goods: headphones(),
            code: String::new(),
            quantity: pieces(1),
            words: "No sound on the left".into(),
            unmatched: false,
        }),
        ask: ask(asked, 0, ""),
        stage,
    }
}

fn inspect(answers: [Option<bool>; 3], grade: &str, reason: &str, photos: u32) -> Inspect {
    let codes = ["complete", "clean", "works"];
    let best = if answers.contains(&Some(false)) { "C" } else { "A" };
    Inspect {
        parts: None,
        questions: codes.iter().zip(answers).map(|(code, yes)| AskedQuestion { code: (*code).into(), yes }).collect(),
        grades: ["A", "B", "C", "D"]
            .iter()
            .map(|code| GradeChoice { code: (*code).into(), allowed: *code >= best, chosen: *code == grade })
            .collect(),
        reason: reason.into(),
        photos,
        photo_needed: grade != "A",
        ok: !answers.contains(&None) && !reason.is_empty() && photos > 0,
    }
}

fn put(outcome: &str, bin: &str) -> ReturnStage {
    let choice =
        |code: &str, bin: &str, why: &str| OutcomeChoice { code: code.into(), bin: bin.into(), why: why.into() };
    let all = [
        choice("restock", "", "hygiene"),
        choice("refurbish", "RP-02", ""),
        choice("vendor-claim", "CB-01", ""),
        choice("liquidate", "SO-04", "role"),
        choice("write-off", "RC-01", ""),
        choice("quarantine", "Q-01", ""),
    ];
    ReturnStage::Put {
        grade: "C".into(),
        outcome: outcome.into(),
        bin: bin.into(),
        choices: all.into_iter().filter(|one| one.code != outcome).collect(),
    }
}

fn returning(all: &mut Vec<Sample>) {
    let mut add = |name, view: View| all.push(Sample { name, view });
    let last = ReturnDone { number: "R-2288".into(), units: 3, refund: "waiting".into() };
    let mut open = view(Page::Returns(returns("return", ReturnStage::Open { choices: Vec::new(), last: Some(last) })));
    open.band = accepted("return-done", "R-2288", "");
    add("12-returns-open", open);
    let choice = |number: &str, order: &str, units| ReturnChoice { number: number.into(), order: order.into(), units };
    let choices = vec![choice("R-2291", "48107", 6), choice("", "48052", 0)];
    add("12-returns-choose", view(Page::Returns(returns("choose-return", ReturnStage::Open { choices, last: None }))));
    let identity = view(Page::Returns(returns("returned-item", ReturnStage::Identity)));
    add("12-returns-identity", View { band: accepted("return", "R-2291", ""), ..identity.clone() });
    let refusal = Some(Refusal {
        reason: "RET_NOT_SHIPPED".into(),
        scanned: Thing { kind: "item".into(), code: "5901234123549".into(), goods: Some(candle()) },
        ..Refusal::default()
    });
    add("12-returns-not-shipped", View { refusal, ..identity });
    let lot = ReturnStage::Lot { typed: "L26-09".into(), keypad: true, ok: true };
    add("12-returns-lot", view(Page::Returns(returns("type-lot", lot))));
    let quantity = ReturnStage::Quantity { typed: String::new(), open: Some(pieces(2)), ok: true };
    add("12-returns-quantity", view(Page::Returns(returns("next-item", quantity))));
    let weigh = |typed: &str, scale_grams: Option<u32>| ReturnStage::Weigh {
        typed: typed.into(),
        keypad: scale_grams.is_none(),
        ok: !typed.is_empty(),
        scale_grams,
        expected_grams: Some(800),
    };
    add("12-returns-weigh", view(Page::Returns(returns("weigh", weigh("", Some(520))))));
    // The scale speaks, and nothing is on it.
    let empty = ReturnStage::Weigh {
        typed: String::new(),
        keypad: false,
        ok: false,
        scale_grams: None,
        expected_grams: Some(800),
    };
    add("12-returns-weigh-empty", view(Page::Returns(returns("weigh", empty))));
    add("12-returns-type-weight", view(Page::Returns(returns("type-weight", weigh("0.52", None)))));

    let form = inspect([Some(true), Some(true), Some(false)], "C", "defective", 2);
    add("12-returns-inspect", view(Page::Returns(returns("go-on", ReturnStage::Inspect(form)))));
    let form = inspect([Some(true), None, None], "A", "", 0);
    let mut missing = view(Page::Returns(returns("answer", ReturnStage::Inspect(form))));
    missing.refusal = Some(Refusal {
        reason: "MISSING_DATA".into(),
        needed: Thing { kind: "answer".into(), ..Thing::default() },
        ..Refusal::default()
    });
    add("12-returns-missing", missing);
    let mut form = inspect([None; 3], "A", "", 0);
    form.questions.truncate(1);
    form.grades.clear();
    form.parts = Some((520, 800));
    add("12-returns-parts", view(Page::Returns(returns("answer", ReturnStage::Inspect(form)))));
    let rows = ["changed-mind", "wrong-size", "not-as-described", "damaged-in-transit", "defective", "wrong-item"];
    let row = |code: &&str| SheetRow {
        code: (*code).into(),
        disabled: false,
        reason: String::new(),
        asked: false,
        chosen: *code == "defective",
        count: 0,
    };
    let sheet = SheetView {
        kind: "return-reason".into(),
        rows: rows.iter().map(row).collect(),
        paging: Paging { page: 0, pages: 2 },
    };
    add("12-returns-reasons", view(Page::Sheet(sheet)));

    let mut placed = view(Page::Returns(returns("bin", put("refurbish", "RP-02"))));
    placed.band = accepted("photo", "", "");
    add("13-returns-put", placed);
    let mut unmatched = returns("place", put("quarantine", ""));
    unmatched.open.as_mut().unwrap().unmatched = true;
    add("13-returns-quarantine", view(Page::Returns(unmatched)));
}

/// Packing and returns.
pub fn add(all: &mut Vec<Sample>) {
    packing(all);
    returning(all);
}

/// Leaves as many rows as fit in the size of words.
pub fn cut(view: &mut View) {
    let text = view.look.text;
    let profile = if view.strip.battery.is_none() { Profile::Packing } else { Profile::Handheld };
    let fit = |rows: u32| rows as usize;
    match &mut view.page {
        Page::Pack(page) => {
            let most = fit(text.pack_rows(profile));
            if page.lines.len() > most {
                page.lines.truncate(most);
                page.paging = Paging { page: 0, pages: 2 };
            }
            page.queue.orders.truncate(fit(text.queue_rows()));
            let Some(own) = &mut page.carton else { return };
            let most = fit(text.carton_rows());
            if own.rows.len() > most {
                own.more = u32::try_from(own.rows.len() + 1 - most).unwrap();
                let marked = own.rows.drain(most - 1..).find(|row| row.marked);
                if let Some(marked) = marked {
                    own.rows.pop();
                    own.rows.push(marked);
                }
            }
        }
        Page::Returns(page) => {
            let most = fit(text.return_rows(profile));
            if page.lines.len() > most {
                page.lines.truncate(most);
                page.paging = Paging { page: 0, pages: 2 };
            }
        }
        _ => {}
    }
}
