//! One view of every page and stage, for pictures and for the search by label.

#[path = "receiving.rs"]
pub mod receiving;

#[path = "outbound.rs"]
pub mod outbound;

use floorhand::view::*;

#[path = "stock.rs"]
pub mod stock;

/// Pages of picking that also have a picture of the smallest size.
pub const SMALL: &[&str] = &["02-work-list", "03-pick-location", "05-pick-quantity"];

/// A named view.
pub struct Sample {
    pub name: &'static str,
    pub view: View,
}

pub fn clock(hour: u8, minute: u8) -> Clock {
    Clock { hour, minute }
}

pub fn goods() -> Goods {
    Goods { name: "Linen shirt".into(), variant: "Navy".into(), size: "M".into(), picture: Picture::Apparel }
}

pub fn ask(code: &str, number: u32, text: &str) -> Ask {
    Ask { code: code.into(), number, text: text.into() }
}

pub fn strip() -> Strip {
    Strip {
        operator: "Mara K.".into(),
        station: "H-07".into(),
        link: Link::Online,
        waiting: 3,
        attention: 0,
        battery: Some(82),
        clock: clock(22, 47),
    }
}

pub fn accepted(what: &str, code: &str, name: &str) -> Band {
    Band::Accepted { what: what.into(), code: code.into(), name: name.into(), serial: 1 }
}

pub fn view(page: Page) -> View {
    View { look: Look::default(), strip: strip(), band: Band::None, refusal: None, question: None, page }
}

fn pick(ask: Ask, stage: PickStage) -> Page {
    let progress = Progress { done: 2, now: 3, total: 12, cart: String::new() };
    Page::Pick(PickView { progress, ask, stage })
}

fn no_goods() -> Goods {
    Goods { name: String::new(), variant: String::new(), size: String::new(), picture: Picture::None }
}

fn finder(ask: Ask, goods: Goods, quantity: u32, place: &str, seen: &str, why: &str) -> CameraView {
    let total = if ask.code == "badge" { 0 } else { 12 };
    CameraView {
        ask,
        goods,
        quantity,
        place: place.into(),
        progress: Progress { done: 2, now: 3, total, cart: String::new() },
        kind: if total > 0 { "pick".into() } else { String::new() },
        light: false,
        seen: seen.into(),
        why: why.into(),
    }
}

fn cells(codes: &[(&str, &str)]) -> Vec<PlateCell> {
    codes.iter().map(|(caption, text)| PlateCell { caption: (*caption).into(), text: (*text).into() }).collect()
}

fn location() -> Page {
    pick(
        ask("shelf", 0, ""),
        PickStage::Location {
            plate: Plate {
                code: "B-14-32".into(),
                cells: cells(&[("aisle", "B"), ("bay", "14"), ("shelf", "32")]),
                rack: Some(Rack { level: 3, levels: 5, place: 2, places: 4 }),
            },
            goods: goods(),
            quantity: 3,
        },
    )
}

fn plain_location(code: &str, parts: &[(&str, &str)]) -> Page {
    pick(
        ask("shelf", 0, ""),
        PickStage::Location {
            plate: Plate { code: code.into(), cells: cells(parts), rack: None },
            goods: Goods {
                name: "Noise-cancelling headphones Hush 2".into(),
                variant: String::new(),
                size: String::new(),
                picture: Picture::Electronics,
            },
            quantity: 12,
        },
    )
}

fn item() -> Page {
    pick(
        ask("item", 0, ""),
        PickStage::Item {
            goods: goods(),
            quantity: 3,
            lot: String::new(),
            tote: "T-0417".into(),
            place: "B-14-32".into(),
        },
    )
}

fn quantity(counted: u32, needed: u32, typed: &str, keypad: bool) -> Page {
    pick(
        ask(if typed.is_empty() { "next-item" } else { "type-quantity" }, 0, ""),
        PickStage::Quantity { goods: goods(), counted, needed, typed: typed.into(), keypad, ok: !typed.is_empty() },
    )
}

fn tote(slot: u32, state: ToteState, quantity: u32, tote: &str) -> ToteCell {
    ToteCell { slot, state, quantity, tote: tote.into() }
}

fn cart() -> Cart {
    Cart {
        columns: 2,
        cells: vec![
            tote(1, ToteState::Quiet, 0, "T-0411"),
            tote(2, ToteState::Done, 1, "T-0412"),
            tote(3, ToteState::Quiet, 0, "T-0413"),
            tote(4, ToteState::Target, 2, "T-0414"),
            tote(5, ToteState::Next, 1, "T-0415"),
            tote(6, ToteState::Full, 0, "T-0416"),
        ],
    }
}

fn short(reason: &str, damaged: Option<&str>) -> Page {
    pick(
        ask("shelf-confirm", 0, ""),
        PickStage::Short {
            goods: goods(),
            found: 2,
            needed: 3,
            reason: reason.into(),
            damaged: damaged.map(Into::into),
            ok: damaged.is_some_and(|typed| !typed.is_empty()),
        },
    )
}

fn thing(kind: &str, code: &str) -> Thing {
    Thing { kind: kind.into(), code: code.into(), goods: None }
}

pub fn wrong_item() -> Refusal {
    let sized = |code: &str, size: &str| Thing {
        kind: "item".into(),
        code: code.into(),
        goods: Some(Goods { size: size.into(), ..goods() }),
    };
    Refusal {
        reason: "WRONG_ITEM".into(),
        scanned: sized("5901234123549", "L"),
        needed: sized("5901234123471", "M"),
        ..Refusal::default()
    }
}

/// Another article altogether, both with names of two lines.
fn other_item() -> View {
    let named = |name: &str, variant: &str, size: &str| Goods {
        name: name.into(),
        variant: variant.into(),
        size: size.into(),
        ..goods()
    };
    let side = |code: &str, goods: &Goods| Thing { kind: "item".into(), code: code.into(), goods: Some(goods.clone()) };
    let (scanned, needed) = (named("Crew T-shirt", "Black", "L"), named("Merino pullover", "Olive", "M"));
    let mut page = item();
    if let Page::Pick(PickView { stage: PickStage::Item { goods, .. }, .. }) = &mut page {
        goods.clone_from(&needed);
    }
    let mut refused = view(page);
    refused.refusal = Some(Refusal {
        reason: "WRONG_ITEM".into(),
        scanned: side("AP-0001-L", &scanned),
        needed: side("AP-0002-M", &needed),
        ..Refusal::default()
    });
    refused
}

fn work(lines: u32, aisle: &str, name: &str, due: Option<Clock>, state: &str) -> Work {
    Work {
        kind: "pick".into(),
        lines,
        aisle: aisle.into(),
        name: name.into(),
        due,
        state: state.into(),
        holder: if state == "left" { "Jon P.".into() } else { String::new() },
        totes: 1,
    }
}

fn work_list() -> Page {
    Page::WorkList(WorkListView {
        first: Some(work(12, "B", "48170", Some(clock(23, 30)), "open")),
        ask: ask("start", 0, ""),
        others: vec![
            work(4, "D", "48177", Some(clock(23, 45)), "open"),
            work(2, "A", "48201", None, "open"),
            work(6, "C", "48203", None, "left"),
        ],
        paging: Paging::default(),
        empty: NoWork::default(),
        deliveries: None,
    })
}

fn card(mark: &str, reason: &str, open: bool) -> AttentionCard {
    AttentionCard {
        mark: mark.into(),
        reason: reason.into(),
        at: clock(23, 51),
        kind: "pick".into(),
        quantity: 2,
        goods: "Desk lamp Arc".into(),
        place: "B-09-21".into(),
        order: "48198".into(),
        code: String::new(),
        open,
        ask: if open { ask("code", 0, "B-09-21") } else { Ask::default() },
        acts: false,
    }
}

fn scan(accepted: bool, code: &str, needed: &str, raw: &str) -> ScanRow {
    ScanRow { accepted, typed: false, code: code.into(), needed: needed.into(), raw: raw.into(), at: clock(22, 46) }
}

fn sheet(kind: &str, codes: &[&str]) -> Page {
    let rows = codes
        .iter()
        .map(|code| SheetRow {
            code: (*code).into(),
            disabled: *code == "skip" && kind == "more",
            reason: match *code {
                "skip" => "last-line".into(),
                "es" | "pl" | "uk" => "draft".into(),
                _ => String::new(),
            },
            asked: *code == "release",
            chosen: *code == "en",
            count: if *code == "attention" { 2 } else { 0 },
        })
        .collect();
    Page::Sheet(SheetView { kind: kind.into(), rows, paging: Paging::default() })
}

/// Next tote, tote taken up, weighing, sorting, tote by tote; and what can be done about an entry.
fn totes_of_a_pick(add: &mut impl FnMut(&'static str, View)) {
    let next = |cart, quantity| PickStage::NextTote { cart, full: "T-0417".into(), goods: goods(), quantity };
    let one = Cart { columns: 1, cells: vec![tote(1, ToteState::Target, 0, "")] };
    add("08-pick-next-tote", view(pick(ask("tote-empty", 0, ""), next(one, 2))));
    add("08-pick-next-tote-cart", view(pick(ask("tote-empty", 4, ""), next(cart(), 0))));
    let held = PickStage::TakeUp {
        tote: "T-0417".into(),
        place: "STG-02".into(),
        goods: vec!["Linen shirt".into(), "Stoneware mug".into()],
        units: 5,
    };
    add("08-pick-take-up", view(pick(ask("code", 0, "T-0417"), held)));
    let weigh =
        |typed: &str| PickStage::Weigh { goods: goods(), pieces: 3, typed: typed.into(), ok: !typed.is_empty() };
    add("05-pick-weigh", view(pick(ask("weigh", 0, ""), weigh(""))));
    add("05-pick-weigh-typed", view(pick(ask("type-weight", 0, ""), weigh("2.15"))));
    add("08-pick-sort", view(pick(ask("item", 0, ""), PickStage::Sort { left: 8, tote: "T-0404".into() })));
    let goes = |tote: &str, place: &str| ToteGoes { tote: tote.into(), place: place.into() };
    let totes = vec![goes("T-0417", "PACK-03"), goes("T-0418", "PACK-03"), goes("T-0422", "STG-02")];
    let none =
        PickStage::DropOne { tote: String::new(), place: String::new(), kind: "bench".into(), totes: totes.clone() };
    add("08-pick-drop-one", view(pick(ask("tote", 0, ""), none)));
    let brought = PickStage::DropOne { tote: "T-0422".into(), place: "STG-02".into(), kind: "staging".into(), totes };
    add("08-pick-drop-one-chosen", view(pick(ask("drop", 0, "STG-02"), brought)));
    let mut acts = card("flagged", "VARIANCE", true);
    (acts.ask, acts.acts) = (Ask::default(), true);
    let list = AttentionView {
        tab: AttentionTab::Refused,
        refused: 2,
        parked: 0,
        waiting: 0,
        cards: vec![acts, card("refused", "UNKNOWN_CODE", false)],
        paging: Paging::default(),
    };
    add("14-attention-acts", view(Page::Attention(list)));
    add("14-attention-entry", view(sheet("entry", &["open-task", "answer", "pass-on", "approve", "decline"])));
    let person = |name: &str| SheetRow {
        code: "person".into(),
        disabled: false,
        reason: name.into(),
        asked: false,
        chosen: false,
        count: 0,
    };
    let people = SheetView {
        kind: "people".into(),
        rows: vec![person("Deniz A."), person("Jonas T."), person("Olena K.")],
        paging: Paging::default(),
    };
    add("14-attention-people", view(Page::Sheet(people)));
    let note = TypeCodeView { ask: ask("note", 0, ""), typed: "BOX IS TORN".into(), ok: true };
    add("14-attention-note", view(Page::TypeCode(note)));
}

fn sign_in(stage: SignInStage, name: &str, digits: u8) -> View {
    let mut view = view(Page::SignIn(SignInView { stage, name: name.into(), digits, length: 4 }));
    view.strip.operator = String::new();
    view.strip.waiting = 0;
    view
}

/// Leaves as many rows of a list as fit in its size of words.
pub fn cut(view: &mut View) {
    receiving::cut(view);
    outbound::cut(view);
    let text = view.look.text;
    let wide = view.strip.station.starts_with("DOCK");
    match &mut view.page {
        Page::WorkList(page) => {
            page.others.truncate(text.work_rows() as usize - usize::from(page.deliveries.is_some()));
        }
        Page::Attention(page) => page.cards.truncate(text.attention_rows() as usize),
        Page::History(page) => page.rows.truncate(text.history_rows() as usize),
        Page::Sheet(page) if page.paging.pages > 1 => page.rows.truncate(text.sheet_rows() as usize),
        Page::WhatIs(page) => {
            page.readings.iter_mut().for_each(|one| one.rows.truncate(text.what_is_rows(wide) as usize));
        }
        Page::Count(CountView { stage: CountStage::Contents(found), .. }) => {
            found.rows.truncate(text.count_rows(false, wide) as usize);
        }
        Page::Count(CountView { stage: CountStage::Again { contents: found, .. }, .. }) => {
            found.rows.truncate(text.count_rows(true, wide) as usize);
        }
        _ => {}
    }
}

/// Every page and stage.
pub fn samples() -> Vec<Sample> {
    let mut all = Vec::new();
    receiving::samples(&mut all);
    let mut add = |name: &'static str, view: View| all.push(Sample { name, view });

    add("01-sign-in-badge", sign_in(SignInStage::Badge, "", 0));
    let mut pin = sign_in(SignInStage::Pin, "Mara Kowalska", 2);
    pin.band = accepted("badge", "", "Mara Kowalska");
    add("01-sign-in-pin", pin);
    let mut wrong = sign_in(SignInStage::Pin, "Mara Kowalska", 0);
    wrong.refusal = Some(Refusal { reason: "PIN_WRONG".into(), number: 4, ..Refusal::default() });
    add("01-sign-in-wrong-pin", wrong);
    add("01-sign-in-locked-out", sign_in(SignInStage::LockedOut { minutes: 14 }, "Mara Kowalska", 0));

    let mut list = view(work_list());
    list.strip.attention = 2;
    list.strip.waiting = 0;
    add("02-work-list", list);
    let mut empty = view(Page::WorkList(WorkListView {
        first: None,
        ask: Ask::default(),
        others: Vec::new(),
        paging: Paging::default(),
        empty: NoWork { next_release: Some(clock(23, 15)), synced_minutes_ago: Some(4) },
        deliveries: None,
    }));
    empty.band = accepted("task", "", "");
    add("02-work-list-empty", empty);
    let mut taken = view(work_list());
    taken.question = Some(Question {
        reason: "TAKE_OVER?".into(),
        scanned: thing("order", "48203"),
        name: "Jon P.".into(),
        ..Question::default()
    });
    add("02-work-list-take-over", taken);

    add("03-pick-location", view(location()));
    let mut after = view(location());
    after.band = accepted("tote", "T-0417", "");
    add("03-pick-location-band", after);
    add("03-pick-location-no-mask", view(plain_location("STAGE-07-EAST", &[])));
    add("03-pick-location-two", view(plain_location("K-104", &[("zone", "K"), ("place", "104")])));
    add(
        "03-pick-location-four",
        view(plain_location("AB-14-3-2", &[("aisle", "AB"), ("bay", "14"), ("level", "3"), ("place", "2")])),
    );
    let mut shelf = view(location());
    shelf.refusal = Some(Refusal {
        reason: "WRONG_LOCATION".into(),
        scanned: thing("shelf", "B-14-23"),
        needed: thing("shelf", "B-14-32"),
        name: "B-14-32".into(),
        ..Refusal::default()
    });
    add("06-pick-wrong-shelf", shelf);
    let mut several = view(location());
    several.refusal = Some(Refusal {
        reason: "AMBIGUOUS".into(),
        scanned: thing("shelf", "B-14-32"),
        needed: thing("shelf", "B-14-32 EAST"),
        ..Refusal::default()
    });
    add("06-pick-ambiguous", several);

    let mut at_item = view(item());
    at_item.band = accepted("shelf", "B-14-32", "");
    add("04-pick-item", at_item);
    let lot = Page::Pick(PickView {
        progress: Progress { done: 30, now: 31, total: 48, cart: String::new() },
        ask: ask("lot", 0, ""),
        stage: PickStage::Item {
            goods: Goods {
                name: "Calming face cream with oat and rice".into(),
                variant: String::new(),
                size: "250 ml".into(),
                picture: Picture::Cosmetics,
            },
            quantity: 24,
            lot: "L2405-118".into(),
            tote: "T-0417".into(),
            place: "B-14-32".into(),
        },
    });
    add("04-pick-item-lot", view(lot));
    let mut counted = view(quantity(2, 3, "", true));
    counted.band = accepted("item", "5901234123471", "");
    add("05-pick-quantity", counted);
    add("05-pick-quantity-typed", view(quantity(1, 48, "24", true)));
    add("05-pick-quantity-scan-each", view(quantity(1, 5, "", false)));
    let mut refused = view(item());
    refused.refusal = Some(wrong_item());
    add("06-pick-wrong-item", refused);
    add("06-pick-wrong-item-other", other_item());
    let mut many = view(quantity(2, 3, "", true));
    many.refusal = Some(Refusal {
        reason: "QTY_OVER".into(),
        scanned: thing("item", "5901234123471"),
        number: 1,
        ..Refusal::default()
    });
    add("06-pick-too-many", many);
    let mut unknown = view(item());
    unknown.refusal = Some(Refusal {
        reason: "UNKNOWN_CODE".into(),
        scanned: thing("unknown", "HTTPS://EXAMPLE.ORG/X7"),
        ..Refusal::default()
    });
    add("06-pick-unknown-code", unknown);
    let mut swap = view(item());
    swap.question = Some(Question {
        reason: "SWAP?".into(),
        scanned: thing("lot", "L2405-119"),
        needed: thing("lot", "L2405-118"),
        ..Question::default()
    });
    add("06-pick-swap-question", swap);

    add("07-pick-short", view(short("none-found", None)));
    add("07-pick-short-unchosen", view(short("", None)));
    add("07-pick-short-damaged", view(short("damaged", Some("1"))));

    let mut totes = Page::Pick(PickView {
        progress: Progress { done: 4, now: 5, total: 12, cart: "06".into() },
        ask: ask("tote", 4, ""),
        stage: PickStage::Tote { cart: cart(), goods: goods(), quantity: 2 },
    });
    let mut cluster = view(totes.clone());
    cluster.band = accepted("item", "", "Stoneware mug, Moss");
    add("08-pick-cluster-tote", cluster);
    let mut other = view(totes.clone());
    other.refusal = Some(Refusal {
        reason: "TOTE_OTHER".into(),
        scanned: thing("tote", "T-0411"),
        needed: thing("tote", "T-0414"),
        number: 4,
        ..Refusal::default()
    });
    add("08-pick-wrong-tote", other);
    if let Page::Pick(page) = &mut totes {
        page.ask = ask("tote-empty", 4, "");
        page.stage = PickStage::Totes { cart: cart() };
        page.progress = Progress { total: 12, ..Progress::default() };
    }
    add("08-pick-assign-totes", view(totes));
    let one = Cart { columns: 1, cells: vec![tote(1, ToteState::Target, 3, "T-0417")] };
    add("08-pick-assign-tote", view(pick(ask("tote-empty", 0, ""), PickStage::Totes { cart: one.clone() })));
    let mut single = view(pick(ask("tote", 0, "T-0417"), PickStage::Tote { cart: one, goods: goods(), quantity: 3 }));
    single.band = accepted("item", "5901234123471", "");
    add("08-pick-tote", single);
    add(
        "08-pick-empty-now",
        view(pick(Ask::default(), PickStage::EmptyNow { place: "B-14-32".into(), goods: goods() })),
    );
    let drop = PickStage::DropOff {
        place: "PACK-03".into(),
        kind: "bench".into(),
        totes: vec!["T-0417".into(), "T-0418".into()],
    };
    add("08-pick-drop-off", view(pick(ask("drop", 0, "PACK-03"), drop)));

    totes_of_a_pick(&mut add);

    let mut attention = view(Page::Attention(AttentionView {
        tab: AttentionTab::Refused,
        refused: 2,
        parked: 1,
        waiting: 14,
        cards: vec![card("flagged", "NEG_STOCK", true), card("refused", "ORDER_CANCELLED", false)],
        paging: Paging::default(),
    }));
    attention.strip.link = Link::Offline;
    attention.strip.waiting = 14;
    attention.strip.attention = 2;
    add("14-attention", attention);
    add(
        "14-attention-empty",
        view(Page::Attention(AttentionView {
            tab: AttentionTab::Parked,
            refused: 0,
            parked: 0,
            waiting: 0,
            cards: Vec::new(),
            paging: Paging::default(),
        })),
    );
    add(
        "14-attention-waiting",
        view(Page::Attention(AttentionView {
            tab: AttentionTab::Waiting,
            refused: 0,
            parked: 0,
            waiting: 14,
            cards: ["Picked", "PickedShort", "ToteAssigned", "SignedIn"]
                .iter()
                .map(|fact| card("waiting", fact, false))
                .collect(),
            paging: Paging { page: 1, pages: 4 },
        })),
    );

    let mut offline = view(location());
    offline.strip.link = Link::Offline;
    offline.strip.waiting = 14;
    offline.band = Band::Offline;
    add("15-pick-offline", offline);
    let mut notice = view(location());
    notice.strip.link = Link::Sending;
    notice.strip.battery = Some(12);
    notice.band = Band::Notice { code: "urgent-order".into() };
    add("15-pick-notice", notice);
    let mut past = view(item());
    past.band = Band::Notice { code: "best-before".into() };
    add("15-pick-best-before", past);

    let rows = || {
        let mut typed = scan(true, "tote", "", "T-0417");
        typed.typed = true;
        vec![
            scan(false, "WRONG_ITEM", "5901234123471", "5901234123549"),
            scan(true, "item", "", "5901234123471"),
            scan(true, "shelf", "", "B-14-32"),
            scan(false, "WRONG_LOCATION", "B-14-32", "B-14-23"),
            scan(true, "tote", "", "T-0417"),
            typed,
        ]
    };
    let history = |pages| {
        Page::History(HistoryView {
            refused_only: false,
            today: 214,
            refused: 4,
            rows: rows(),
            paging: Paging { page: 0, pages },
        })
    };
    add("16-history", view(history(1)));
    add("16-history-pages", view(history(36)));
    add("17-settings", view(Page::Settings(SettingsView { operator: "Mara K.".into() })));
    add("17-languages", view(sheet("language", &["en", "de", "es", "pl", "uk"])));
    add(
        "17-about",
        view(Page::About(AboutView {
            version: "0.1.0".into(),
            station: "H-07".into(),
            device: "7f3a91".into(),
            core: "https://erp.example:8443".into(),
            last_sync: Some(clock(22, 46)),
        })),
    );
    add("18-more", view(sheet("more", &["skip", "release", "history", "attention", "settings", "about", "sign-out"])));
    add("18-cant-scan", view(sheet("cant-scan", &["type", "again"])));
    add("18-problem", view(sheet("problem", &["short", "skip"])));
    let reader = |kind: &str, name: &str, feedback: &str, state: &str| ReaderRow {
        kind: kind.into(),
        name: name.into(),
        feedback: feedback.into(),
        state: state.into(),
    };
    add(
        "17-readers",
        view(Page::Readers(ReadersView {
            rows: vec![
                reader("serial", "/dev/ttyACM0", "honeywell-hostack", "ready"),
                reader("wedge", "/dev/input/event3", "", "denied"),
                reader("camera", "/dev/video0", "", "missing"),
            ],
        })),
    );
    add("18-camera", view(Page::Camera(finder(ask("item", 0, ""), goods(), 3, "", "", ""))));
    add("18-camera-again", view(Page::Camera(finder(ask("item", 0, ""), goods(), 3, "", "5901234123471", "again"))));
    add("18-camera-shelf", view(Page::Camera(finder(ask("shelf", 0, ""), no_goods(), 0, "B-14-32", "", ""))));
    add("18-camera-lost", view(Page::Camera(finder(ask("badge", 0, ""), no_goods(), 0, "", "", "lost"))));
    add(
        "18-camera-refused",
        View {
            refusal: Some(Refusal {
                reason: "WRONG_ITEM".into(),
                scanned: Thing {
                    kind: "item".into(),
                    code: "5901234123549".into(),
                    goods: Some(Goods { size: "S".into(), ..goods() }),
                },
                needed: Thing { kind: "item".into(), code: "5901234123471".into(), goods: Some(goods()) },
                ..Refusal::default()
            }),
            ..view(Page::Camera(finder(ask("item", 0, ""), goods(), 3, "", "", "")))
        },
    );
    add(
        "18-type-code",
        view(Page::TypeCode(TypeCodeView { ask: ask("shelf", 0, ""), typed: "B-14-3".into(), ok: true })),
    );
    for (name, code, detail) in
        [("19-storage-full", "DISK_FULL", "/var/lib/floorhand"), ("19-not-enrolled", "NOT_ENROLLED", "floorhand enrol")]
    {
        let mut blocked = view(Page::Block(BlockView { code: code.into(), detail: detail.into(), retry: true }));
        blocked.strip.battery = None;
        add(name, blocked);
    }
    stock::add(&mut all);
    outbound::add(&mut all);
    all
}
