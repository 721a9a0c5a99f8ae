//! Views of put-away, move, count, What is this, approval, and of what stands around them.
#![allow(dead_code, reason = "each test takes a part of it")]

use super::{Sample, accepted, ask, cells, clock, goods, sheet, sign_in, thing, view};
use floorhand::view::*;

/// The pictures of a sample that belongs here; others are drawn in both themes.
pub fn pictures(name: &str) -> Option<&'static [&'static str]> {
    const ALL: &[&str] = &["-dark", "-light", "-130", "-160", "-de", "-left-hand", "-kiosk"];
    const WIDE: &[&str] = &["-dark", "-160", "-kiosk"];
    const SIZES: &[&str] = &["-dark", "-130", "-160", "-de"];
    const ONE: &[&str] = &["-dark"];
    Some(match name {
        "09-put-away" | "11-recount" => ALL,
        "10-count" | "18-what-is" | "01-unlock" => &["-dark", "-light", "-130", "-160", "-de", "-kiosk", "-small"],
        "10-count-typed" => &["-dark", "-130", "-160", "-left-hand", "-kiosk", "-kiosk-left", "-small"],
        "09-move-quantity"
        | "09-put-away-mixed"
        | "09-put-away-planned"
        | "09-put-away-refused"
        | "01-approve-badge"
        | "01-approve-pin" => WIDE,
        "09-put-away-barred" | "11-recount-list" | "02-work-list-kinds" => SIZES,
        "18-more-pages" | "01-unlock-refused" | "10-count-first" => &["-dark", "-160"],
        "09-put-away-source" | "10-count-location" | "10-count-nothing" | "18-what-is-empty" => &["-light", "-kiosk"],
        "09-move-scan-each"
        | "09-move-counted"
        | "09-put-away-question"
        | "09-put-away-empty-now"
        | "10-count-question" => ONE,
        "11-recount-first" | "18-what-is-shelf" | "18-what-is-task" | "18-what-is-unknown" => ONE,
        "02-work-list-deliveries" | "14-attention-stock" | "15-count-notice" => ONE,
        _ => return None,
    })
}

fn pieces(units: u32) -> Amount {
    Amount { units, ..Amount::default() }
}

fn kilograms(grams: u32) -> Amount {
    Amount { units: grams, decimals: 3, unit: "kg".into() }
}

fn towel() -> Goods {
    Goods { name: "Bath towel 70 × 140".into(), variant: "Sand".into(), size: String::new(), picture: Picture::Home }
}

fn cream() -> Goods {
    Goods {
        name: "Calming face cream with oat and rice".into(),
        variant: String::new(),
        size: "250 ml".into(),
        picture: Picture::Cosmetics,
    }
}

fn no_goods() -> Goods {
    Goods { name: String::new(), variant: String::new(), size: String::new(), picture: Picture::None }
}

fn sign(code: &str) -> Plate {
    let parts: Vec<&str> = code.split('-').collect();
    match parts.as_slice() {
        [aisle, bay, shelf] => Plate {
            code: code.into(),
            cells: cells(&[("aisle", aisle), ("bay", bay), ("shelf", shelf)]),
            rack: Some(Rack { level: 4, levels: 5, place: 1, places: 4 }),
        },
        _ => Plate { code: code.into(), ..Plate::default() },
    }
}

fn stock(kind: &str, total: u32, asked: &str, stage: StockStage) -> View {
    let progress = Progress { done: 1, now: 2, total, cart: String::new() };
    let progress = if total == 0 { Progress::default() } else { progress };
    view(Page::Stock(StockView { kind: kind.into(), progress, ask: ask(asked, 0, ""), stage }))
}

fn destination(plate: Plate, why: &str, status: &str, other: bool) -> StockStage {
    StockStage::Destination {
        plate,
        why: why.into(),
        other,
        goods: towel(),
        quantity: pieces(48),
        pallet: "340123450000471183".into(),
        status: status.into(),
    }
}

fn move_quantity(counted: Amount, most: Amount, typed: &str, keypad: bool) -> StockStage {
    let goods = if counted.decimals > 0 { cream() } else { towel() };
    StockStage::Quantity {
        goods,
        place: "D-22-41".into(),
        counted,
        most,
        typed: typed.into(),
        keypad,
        ok: !typed.is_empty(),
    }
}

fn row(goods: Goods, lot: &str, pallet: &str, counted: Amount) -> CountRow {
    CountRow { goods, lot: lot.into(), pallet: pallet.into(), counted }
}

fn contents(keypad: bool, typed: &str) -> CountContents {
    CountContents {
        last: Some(row(towel(), "", "", pieces(23))),
        rows: vec![
            row(cream(), "L2405-118", "340123450000471183", pieces(12)),
            row(goods(), "", "", kilograms(12_750)),
            row(towel(), "", "", pieces(1)),
            row(goods(), "", "", pieces(14)),
            row(cream(), "L2406-001", "", pieces(3)),
            row(goods(), "", "340123450000471190", pieces(120)),
        ],
        paging: Paging { page: 0, pages: 3 },
        typed: typed.into(),
        keypad,
        may_type: true,
        ok: typed.len() > 1,
    }
}

fn count(asked: &str, stage: CountStage) -> View {
    view(Page::Count(CountView {
        progress: Progress { done: 0, now: 1, total: 2, cart: String::new() },
        ask: ask(asked, 0, ""),
        place: "D-07-23".into(),
        only: None,
        stage,
    }))
}

fn again(why: &str, own: Option<Amount>, contents: CountContents) -> CountStage {
    CountStage::Again { why: why.into(), own, contents }
}

fn fact(what: &str, value: &str) -> WhatFact {
    WhatFact { what: what.into(), value: value.into() }
}

fn line(goods: &str, place: &str, lot: &str, pallet: &str, units: u32, status: &str) -> WhatRow {
    WhatRow {
        goods: goods.into(),
        place: place.into(),
        pallet: pallet.into(),
        lot: lot.into(),
        quantity: pieces(units),
        status: status.into(),
    }
}

fn reading(kind: &str, code: &str, goods: Option<Goods>, facts: Vec<WhatFact>, rows: Vec<WhatRow>) -> Reading {
    Reading { kind: kind.into(), code: code.into(), goods, facts, rows }
}

fn what_is(code: &str, readings: Vec<Reading>, pages: u32) -> View {
    view(Page::WhatIs(WhatIsView { code: code.into(), readings, shown: 0, paging: Paging { page: 0, pages } }))
}

fn approve(stage: ApproveStage, approver: &str) -> View {
    view(Page::Approve(ApproveView {
        reason: "ALLOCATED".into(),
        number: 0,
        name: "order 48177".into(),
        stage,
        approver: approver.into(),
        digits: 1,
        length: 4,
    }))
}

fn refused(mut view: View, reason: &str, scanned: Thing, needed: Thing, name: &str) -> View {
    view.refusal = Some(Refusal { reason: reason.into(), scanned, needed, name: name.into(), ..Refusal::default() });
    view
}

fn asked(mut view: View, reason: &str, scanned: Thing, needed: Thing) -> View {
    view.question = Some(Question { reason: reason.into(), scanned, needed, ..Question::default() });
    view
}

fn work(kind: &str, lines: u32, name: &str, state: &str) -> Work {
    Work {
        kind: kind.into(),
        lines,
        aisle: if state == "open" { "D".into() } else { String::new() },
        name: name.into(),
        due: None,
        state: state.into(),
        holder: if state == "stale" { "Jon P.".into() } else { String::new() },
        totes: 0,
    }
}

/// What can be pressed on these pages: sample, label, what it says.
pub fn presses() -> Vec<(&'static str, &'static str, Tap)> {
    vec![
        ("01-unlock", "Not me", Tap::NotMe),
        ("01-unlock", "4", Tap::Digit(4)),
        ("01-approve-badge", "Back", Tap::Back),
        ("01-approve-pin", "Not me", Tap::NotMe),
        ("01-approve-pin", "7", Tap::Digit(7)),
        ("01-approve-pin", "Delete", Tap::Backspace),
        ("01-approve-pin", "Back", Tap::Back),
        ("02-work-list-kinds", "Count C-118, 2 lines, Take over from Jon P.", Tap::Choose(0)),
        ("02-work-list-kinds", "Refill R-7, 6 lines, Aisle D", Tap::Choose(1)),
        ("02-work-list-kinds", "Deliveries 6", Tap::OpenDeliveries),
        ("02-work-list-deliveries", "Deliveries 1", Tap::OpenDeliveries),
        ("09-put-away", "More", Tap::More),
        ("09-put-away", "Can’t scan", Tap::CantScan),
        ("09-put-away", "Other place", Tap::OtherPlace),
        ("09-put-away-barred", "Problem", Tap::Problem),
        ("09-put-away-source", "Problem", Tap::Problem),
        ("09-put-away-empty-now", "Yes", Tap::Yes),
        ("09-put-away-empty-now", "No", Tap::No),
        ("09-move-quantity", "7", Tap::Digit(7)),
        ("09-move-quantity", "Decimal point", Tap::Point),
        ("09-move-quantity", "Delete", Tap::Backspace),
        ("09-move-quantity", "OK", Tap::Ok),
        ("09-move-counted", "Move 3", Tap::OnlyHere),
        ("09-move-scan-each", "Only 14 here", Tap::OnlyHere),
        ("10-count", "Undo", Tap::Undo),
        ("10-count", "Finish", Tap::Finish),
        ("10-count", "Type number", Tap::Keypad),
        ("10-count", "Page down", Tap::PageDown),
        ("10-count-first", "Shelf empty", Tap::ShelfEmpty),
        ("10-count-nothing", "I found some", Tap::FoundIt),
        ("10-count-typed", "Scan each", Tap::Keypad),
        ("10-count-typed", "OK", Tap::Ok),
        ("10-count-question", "Finish", Tap::Finish),
        ("11-recount", "0", Tap::Digit(0)),
        ("11-recount-list", "Undo", Tap::Undo),
        ("11-recount-first", "Shelf empty", Tap::ShelfEmpty),
        ("18-what-is", "Also: Lot", Tap::Choose(1)),
        ("18-what-is", "Page down", Tap::PageDown),
        ("18-what-is", "Can’t scan", Tap::CantScan),
        ("18-what-is-shelf", "Back", Tap::Back),
        ("18-more-pages", "Count here", Tap::Choose(0)),
        ("18-more-pages", "What is this?", Tap::Choose(2)),
        ("18-more-pages", "Lock the station", Tap::Choose(5)),
        ("18-more-pages", "Page down", Tap::PageDown),
    ]
}

/// What is read out: sample, label.
pub const SPOKEN: &[(&str, &str)] = &[
    ("01-unlock", "Locked by Mara Kowalska. Type your PIN, 2 of 4 digits"),
    ("01-approve-badge", "Move stock that is promised to order 48177"),
    ("09-put-away", "Aisle D, Bay 22, Shelf 41, level 4, place 1. Scan the shelf"),
    ("09-put-away-question", "Other place. Scan it again to use it."),
    ("09-move-quantity", "12.7 counted, Calming face cream with oat and rice. Type how many"),
    ("10-count", "23 counted, Bath towel 70 × 140 · Sand. Scan the next item"),
    ("10-count", "Calming face cream with oat and rice · 250 ml. Lot L2405-118 · Label …471183. 12 "),
    ("10-count-nothing", "Shelf D-07-23, nothing here. Scan the shelf to confirm"),
    ("11-recount", "Count again. 23 does not match. 2, Bath towel 70 × 140 · Sand. Type how many"),
    ("18-what-is", "One scan counts 12"),
    ("18-what-is-task", "Held by Jon P."),
];

/// Adds every view of these pages.
pub fn add(all: &mut Vec<Sample>) {
    let mut add = |name: &'static str, view: View| all.push(Sample { name, view });

    let mut away = stock("put-away", 4, "shelf", destination(sign("D-22-41"), "same-item", "", true));
    away.band = accepted("pallet", "340123450000471183", "");
    add("09-put-away", away.clone());
    add(
        "09-put-away-source",
        stock(
            "put-away",
            0,
            "pallet",
            StockStage::Source {
                plate: Plate::default(),
                place: String::new(),
                goods: None,
                quantity: pieces(0),
                pallet: String::new(),
            },
        ),
    );
    add(
        "09-put-away-planned",
        stock(
            "replenish",
            4,
            "source",
            StockStage::Source {
                plate: sign("D-22-41"),
                place: String::new(),
                goods: Some(cream()),
                quantity: kilograms(12_750),
                pallet: "340123450000471183".into(),
            },
        ),
    );
    add("09-put-away-barred", stock("move", 0, "new-shelf", destination(Plate::default(), "", "quarantined", false)));
    let mixed = StockStage::Destination {
        plate: sign("STAGE-07-EAST"),
        why: "empty".into(),
        other: true,
        goods: no_goods(),
        quantity: pieces(0),
        pallet: "340123450000471183".into(),
        status: "damaged".into(),
    };
    add("09-put-away-mixed", stock("put-away", 4, "shelf", mixed));
    add(
        "09-put-away-refused",
        refused(away.clone(), "PLACE_FULL", thing("shelf", "D-22-42"), thing("shelf", "D-22-41"), ""),
    );
    add("09-put-away-question", asked(away, "PLACE?", thing("shelf", "D-22-42"), thing("shelf", "D-22-41")));
    add("09-move-quantity", stock("move", 0, "type-quantity", move_quantity(kilograms(0), pieces(0), "12.7", true)));
    let mut part = stock("move", 0, "next-item", move_quantity(pieces(3), pieces(0), "", true));
    part.band = accepted("item", "", "Bath towel, Sand");
    add("09-move-counted", part);
    add("09-move-scan-each", stock("replenish", 4, "next-item", move_quantity(pieces(14), pieces(20), "", false)));
    let empty = StockStage::EmptyNow { place: "D-22-41".into(), goods: towel() };
    add("09-put-away-empty-now", stock("replenish", 4, "", empty));

    let mut counted = count("next-item", CountStage::Contents(contents(false, "")));
    counted.band = accepted("item", "", "Bath towel, Sand");
    add("10-count", counted.clone());
    let mut spot = count("shelf", CountStage::Location { plate: sign("D-07-23") });
    if let Page::Count(page) = &mut spot.page {
        page.only = Some(towel());
    }
    add("10-count-location", spot);
    let first = CountContents::default();
    add("10-count-first", count("item", CountStage::Contents(first.clone())));
    let mut typed = count("type-quantity", CountStage::Contents(contents(true, "23")));
    typed.band = accepted("item", "", "Bath towel, Sand");
    add("10-count-typed", typed);
    add("10-count-nothing", count("shelf-confirm", CountStage::Nothing));
    let unexpected =
        Thing { kind: "item".into(), code: "5901234123549".into(), goods: Some(Goods { size: "L".into(), ..goods() }) };
    add("10-count-question", asked(counted, "UNEXPECTED?", unexpected, Thing::default()));
    add("11-recount", count("type-quantity", again("no-match", Some(pieces(23)), contents(true, "2"))));
    add("11-recount-list", count("shelf-finish", again("moved", None, contents(false, ""))));
    add("11-recount-first", count("shelf", again("asked", None, first)));
    let mut notice = count("item", CountStage::Contents(CountContents::default()));
    notice.band = Band::Notice { code: "count-waiting".into() };
    add("15-count-notice", notice);

    let item = reading(
        "item",
        "5901234123471",
        Some(goods()),
        vec![fact("sku", "AP-0001-M"), fact("counts", "12"), fact("total", "1043")],
        vec![
            line("", "B-14-32", "", "", 31, ""),
            line("", "QUARANTINE-02", "L2405-118", "340123450000471183", 1000, "quarantined"),
            line("", "D-22-41", "L2405-118", "", 12, ""),
        ],
    );
    let lot = reading("lot", "L2405-118", Some(cream()), vec![fact("expiry", "2027-03-31")], Vec::new());
    add("18-what-is", what_is("5901234123471", vec![item, lot.clone()], 4));
    add("18-what-is-empty", what_is("", Vec::new(), 0));
    let shelf = reading(
        "shelf",
        "B-14-32",
        None,
        vec![fact("status", "blocked")],
        vec![
            line("Linen shirt, Navy, M", "", "", "", 31, ""),
            line("Bath towel 70 × 140, Sand", "", "", "340123450000471183", 48, "damaged"),
        ],
    );
    add("18-what-is-shelf", what_is("B-14-32", vec![shelf], 1));
    let task = vec![fact("work", "put-away"), fact("state", "claimed"), fact("holder", "Jon P.")];
    add("18-what-is-task", what_is("T-48177", vec![reading("task", "T-48177", None, task, Vec::new()), lot], 0));
    add("18-what-is-unknown", what_is("HTTPS://EXAMPLE.ORG/X7", Vec::new(), 0));

    add("01-approve-badge", approve(ApproveStage::Badge, ""));
    add("01-approve-pin", approve(ApproveStage::Pin, "Petra Lindqvist"));
    let mut unlock = sign_in(SignInStage::Unlock, "Mara Kowalska", 2);
    unlock.strip.operator = "Mara K.".into();
    add("01-unlock", unlock.clone());
    add("01-unlock-refused", refused(unlock, "LOCKED", Thing::default(), Thing::default(), ""));

    let list = |some: bool, deliveries: Option<u32>| WorkListView {
        first: some.then(|| work("put-away", 4, "48170", "open")),
        ask: ask("start", 0, ""),
        others: if some {
            vec![work("count", 2, "C-118", "stale"), work("replenish", 6, "R-7", "open")]
        } else {
            Vec::new()
        },
        paging: Paging::default(),
        empty: NoWork { next_release: Some(clock(23, 15)), synced_minutes_ago: Some(150) },
        deliveries,
    };
    add("02-work-list-kinds", view(Page::WorkList(list(true, Some(6)))));
    add("02-work-list-deliveries", view(Page::WorkList(list(false, Some(1)))));
    let rows = ["count-here", "move-this", "what-is", "deliveries", "undo", "lock", "release", "history"];
    let mut more = view(sheet("more", &rows));
    if let Page::Sheet(page) = &mut more.page {
        page.paging = Paging { page: 0, pages: 2 };
    }
    add("18-more-pages", more);
    let card = |reason: &str, mark: &str| AttentionCard {
        mark: mark.into(),
        reason: reason.into(),
        at: clock(22, 40),
        kind: "count".into(),
        quantity: 2,
        goods: "Bath towel".into(),
        place: "D-07-23".into(),
        order: String::new(),
        code: String::new(),
        open: reason == "CONTESTED",
        ask: Ask::default(),
        acts: reason == "CONTESTED",
    };
    add(
        "14-attention-stock",
        view(Page::Attention(AttentionView {
            tab: AttentionTab::Refused,
            refused: 3,
            parked: 0,
            waiting: 2,
            cards: vec![
                card("CONTESTED", "flagged"),
                card("HU_ELSEWHERE", "flagged"),
                card("CountSubmitted", "refused"),
            ],
            paging: Paging::default(),
        })),
    );
}
