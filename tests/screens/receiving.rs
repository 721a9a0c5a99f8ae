//! Views of the pages of receiving.

use super::{Sample, accepted, ask, clock, view};
use floorhand::view::*;

fn named(name: &str, variant: &str) -> Goods {
    Goods { name: name.into(), variant: variant.into(), size: String::new(), picture: Picture::Cosmetics }
}

fn pieces(units: u32) -> Amount {
    Amount { units, decimals: 0, unit: String::new() }
}

fn grams(units: u32) -> Amount {
    Amount { units, decimals: 3, unit: "kg".into() }
}

fn delivery(due: Clock, supplier: &str, order: &str, counts: (u32, u32), state: DeliveryState) -> DeliveryRow {
    DeliveryRow {
        due: Some(due),
        supplier: supplier.into(),
        order: order.into(),
        pallets: counts.0,
        lines: counts.1,
        state,
        door: String::new(),
        now: state == DeliveryState::Arrived,
    }
}

fn deliveries() -> DeliveriesView {
    DeliveriesView {
        choosing: false,
        day: Some(Day { year: 2026, month: 11, day: 21, weekday: 6 }),
        done: 1,
        total: 6,
        rows: vec![
            delivery(clock(6, 0), "Loom & Co", "PO-7719", (3, 9), DeliveryState::Done),
            delivery(clock(6, 30), "Vita Nord", "PO-7730", (2, 6), DeliveryState::Arrived),
            delivery(clock(6, 30), "Brightline Audio", "PO-7728", (4, 14), DeliveryState::Late { minutes: 22 }),
            delivery(clock(7, 30), "Halden Home", "PO-7733", (6, 21), DeliveryState::Due),
            delivery(clock(8, 15), "Kranz Leuchten", "PO-7735", (1, 4), DeliveryState::Due),
            delivery(clock(9, 0), "Returns truck", "RT-0318", (2, 38), DeliveryState::Due),
        ],
        paging: Paging::default(),
        now: Some(DoorPlate { door: "4".into(), supplier: "Vita Nord".into(), pallets: 2, lines: 6 }),
        ask: ask("delivery", 0, ""),
    }
}

fn line(name: &str, got: u32, expected: u32, state: LineState) -> ReceiveLine {
    ReceiveLine { goods: named(name, ""), got: pieces(got), expected: Some(pieces(expected)), state }
}

fn field(code: &str, state: FieldState, value: FieldValue) -> Field {
    Field { code: code.into(), state, value }
}

const DRY: Day = Day { year: 2028, month: 3, day: 14, weekday: 0 };

/// The fields of an item with lot and date, up to the one that is now.
fn fields(now: &str) -> Vec<Field> {
    let values = [
        ("lot", FieldValue::Code("L26-0917".into())),
        ("expiry", FieldValue::Date(DRY)),
        ("quantity", FieldValue::Amount(pieces(240))),
        ("condition", FieldValue::Good),
        ("pallet", FieldValue::None),
    ];
    let mut state = FieldState::Done;
    values
        .into_iter()
        .map(|(code, value)| {
            let here = code == now;
            if here {
                state = FieldState::Now;
            }
            let shown = if state == FieldState::Done { value } else { FieldValue::None };
            let row = field(code, state, shown);
            if here {
                state = FieldState::Next;
            }
            row
        })
        .collect()
}

fn receive(asked: Ask, stage: ReceiveStage) -> ReceiveView {
    let now = match &stage {
        ReceiveStage::Lot { .. } => "lot",
        ReceiveStage::Expiry { .. } => "expiry",
        ReceiveStage::Quantity { .. } => "quantity",
        ReceiveStage::Condition { .. } => "condition",
        ReceiveStage::Pallet { .. } => "pallet",
        _ => "",
    };
    let scan = stage == ReceiveStage::Scan;
    let third = if scan { LineState::Open } else { LineState::Now };
    ReceiveView {
        supplier: "Vita Nord".into(),
        order: "PO-7730".into(),
        done: 2,
        now: if scan { 0 } else { 3 },
        total: 6,
        lines: vec![
            line("Protein bars", 96, 96, LineState::Done),
            line("Hand cream", 168, 180, LineState::Short),
            line("Vitamin D3", 0, 240, third),
            line("Magnesium", 0, 120, LineState::Open),
            line("Lip balm", 0, 300, LineState::Open),
            line("Scented candle", 0, 504, LineState::Open),
        ],
        paging: Paging::default(),
        open: (!scan).then(|| OpenLine {
            goods: named("Vitamin D3 drops 30 ml", "Citrus"),
            code: "6409102200310".into(),
            expected: Some(pieces(240)),
            fields: if now.is_empty() { Vec::new() } else { fields(now) },
        }),
        repeat: None,
        ask: asked,
        stage,
    }
}

fn repeat(on: bool) -> Option<Repeat> {
    Some(Repeat { lot: "L26-0917".into(), expiry: Some(DRY), on })
}

fn expiry(parts: (&str, &str, &str), part: DatePart, life: Option<Life>) -> ReceiveStage {
    ReceiveStage::Expiry {
        day: parts.0.into(),
        month: parts.1.into(),
        year: parts.2.into(),
        part,
        life,
        ok: life.is_some_and(|life| life.enough),
    }
}

fn life(days: i32, enough: bool) -> Option<Life> {
    Some(Life { days, needs: 90, enough, no_day: false })
}

fn lot(typed: &str, keypad: bool) -> ReceiveView {
    let asked = if keypad { "type-lot" } else { "lot" };
    receive(ask(asked, 0, ""), ReceiveStage::Lot { typed: typed.into(), keypad, ok: !typed.is_empty() })
}

fn difference(kind: DifferenceKind, name: &str, counts: (u32, u32, u32)) -> Difference {
    Difference {
        kind,
        goods: named(name, ""),
        expected: (counts.0 > 0).then(|| pieces(counts.0)),
        got: pieces(counts.1),
        by: pieces(counts.2),
        photos: if kind == DifferenceKind::Damaged { 2 } else { 0 },
        place: if kind == DifferenceKind::Over { "Q-01".into() } else { String::new() },
        chosen: false,
    }
}

fn discrepancies(closing: Option<Closing>) -> DiscrepanciesView {
    let asked = if closing == Some(Closing::Unchosen) { "closing" } else { "badge-post" };
    DiscrepanciesView {
        supplier: "Vita Nord".into(),
        order: "PO-7730".into(),
        done: 6,
        total: 6,
        different: 3,
        rows: vec![
            difference(DifferenceKind::Short, "Hand cream 75 ml", (180, 168, 12)),
            difference(DifferenceKind::Over, "Lip balm", (300, 306, 6)),
            difference(DifferenceKind::Damaged, "Magnesium 90 tablets", (120, 120, 4)),
        ],
        paging: Paging::default(),
        matching: 3,
        matching_names: vec!["Bars".into(), "D3 drops".into(), "Candle".into()],
        folded: true,
        sums: Some(Sums { expected: 1440, got: 1434, shelf: 1424, quarantine: 10 }),
        closing,
        ask: ask(asked, 0, ""),
    }
}

fn photo(purpose: &str, still: bool, lost: bool) -> View {
    let known = purpose == "damaged";
    view(Page::Photo(PhotoView {
        purpose: purpose.into(),
        goods: named(if known { "Magnesium 90 tablets" } else { "" }, ""),
        taken: u32::from(known),
        still,
        light: false,
        lost,
    }))
}

fn unknown(part: &str, typed: &str) -> View {
    let codes = ["photo", "words", "quantity"];
    let now = codes.iter().position(|code| *code == part).unwrap_or_default();
    let value = |at: usize| match at {
        0 => FieldValue::Of { done: 1, total: 0 },
        _ => FieldValue::Code("Hand soap, refill".into()),
    };
    let fields = codes
        .iter()
        .enumerate()
        .map(|(at, code)| match at.cmp(&now) {
            std::cmp::Ordering::Less => field(code, FieldState::Done, value(at)),
            std::cmp::Ordering::Equal => field(code, FieldState::Now, FieldValue::None),
            std::cmp::Ordering::Greater => field(code, FieldState::Next, FieldValue::None),
        })
        .collect();
    let asked = match part {
        "photo" => "photo",
        "words" => "type-words",
        _ => "type-quantity",
    };
    view(Page::Unknown(UnknownView {
        raw: "4006381333931".into(),
        fields,
        typed: typed.into(),
        ok: !typed.is_empty(),
        ask: ask(asked, 0, ""),
    }))
}

/// The station of the pictures at a dock.
const DOCK: &str = "DOCK-4";

/// Makes it a view of a dock.
pub fn docked(view: &mut View) {
    view.strip.operator = "Jonas W.".into();
    view.strip.station = DOCK.into();
    view.strip.battery = None;
}

/// Fits the lists of a view to what its station shows.
pub fn cut(view: &mut View) {
    fn page<T>(rows: &mut Vec<T>, paging: &mut Paging, fit: u32, whole: u32) {
        if paging.pages < 2 && rows.len() > whole as usize {
            paging.pages = u32::try_from(rows.len()).unwrap_or_default().div_ceil(fit);
        }
        rows.truncate(if paging.pages > 1 { fit } else { whole } as usize);
    }
    let text = view.look.text;
    let profile = if view.strip.station == DOCK { Profile::Dock } else { Profile::Handheld };
    match &mut view.page {
        Page::Deliveries(of) => {
            let fit = text.delivery_rows(profile);
            page(&mut of.rows, &mut of.paging, fit, fit);
        }
        Page::Receive(of) => {
            let fit = text.receive_rows(profile);
            page(&mut of.lines, &mut of.paging, fit, fit + 1);
        }
        Page::Discrepancies(of) => {
            let fit = text.difference_rows(profile);
            page(&mut of.rows, &mut of.paging, fit, fit);
        }
        _ => {}
    }
}

/// Every page and stage of receiving.
pub fn samples(all: &mut Vec<Sample>) {
    let mut add = |name: &'static str, view: View| all.push(Sample { name, view });

    add("30-deliveries", view(Page::Deliveries(deliveries())));
    let mut choosing = deliveries();
    choosing.choosing = true;
    choosing.rows.drain(3..);
    choosing.rows.remove(0);
    choosing.now = None;
    choosing.ask = ask("choose-delivery", 0, "");
    add("30-deliveries-choose", view(Page::Deliveries(choosing)));
    let mut none = deliveries();
    none.rows.clear();
    none.now = None;
    (none.done, none.total) = (0, 0);
    add("30-deliveries-none", view(Page::Deliveries(none)));

    let mut scan = receive(ask("item", 0, ""), ReceiveStage::Scan);
    scan.repeat = repeat(false);
    add("31-receive-scan", view(Page::Receive(scan.clone())));
    let mut not_listed = view(Page::Receive(scan.clone()));
    not_listed.refusal = Some(Refusal {
        reason: "WRONG_ITEM".into(),
        scanned: Thing {
            kind: "item".into(),
            code: "5901234123549".into(),
            goods: Some(Goods { picture: Picture::Apparel, size: "M".into(), ..named("Linen shirt", "Navy") }),
        },
        needed: Thing { kind: "delivery".into(), code: "PO-7730".into(), goods: None },
        ..Refusal::default()
    });
    add("31-receive-not-on-delivery", not_listed);
    let mut announced = receive(
        ask("announced", 0, ""),
        ReceiveStage::Announced {
            pallet: "340123450000001236".into(),
            line: 1,
            lines: 3,
            quantity: pieces(240),
            lot: "L26-0917".into(),
            expiry: Some(DRY),
        },
    );
    announced.now = 3;
    let mut announced = view(Page::Receive(announced));
    announced.band = accepted("pallet", "340123450000001236", "");
    add("31-receive-announced", announced);
    add("31-receive-lot", view(Page::Receive(ReceiveView { repeat: repeat(true), ..lot("", false) })));
    add("31-receive-lot-typed", view(Page::Receive(lot("L26-09", true))));
    let date = |parts, part, life| receive(ask("type-date", 0, ""), expiry(parts, part, life));
    let mut whole = view(Page::Receive(date(("14", "03", "2028"), DatePart::Year, life(479, true))));
    whole.band = accepted("lot", "L26-0917", "");
    add("31-receive-expiry", whole);
    add("31-receive-expiry-typed", view(Page::Receive(date(("14", "0", ""), DatePart::Month, None))));
    add("31-receive-expiry-short", view(Page::Receive(date(("20", "01", "2027"), DatePart::Year, life(60, false)))));
    let mut old = view(Page::Receive(date(("20", "01", "2027"), DatePart::Year, life(60, false))));
    old.refusal = Some(Refusal {
        reason: "SHELF_LIFE".into(),
        scanned: Thing { kind: "expiry".into(), code: "2027-01-20".into(), goods: None },
        number: 60,
        name: "90".into(),
        ..Refusal::default()
    });
    add("31-receive-too-old", old);
    let mut serial = receive(
        ask("serial", 0, ""),
        ReceiveStage::Serial {
            done: 3,
            total: 12,
            last: "SN-88014423".into(),
            typed: String::new(),
            keypad: false,
            ok: false,
        },
    );
    if let Some(open) = &mut serial.open {
        open.goods = Goods { picture: Picture::Electronics, ..named("Noise-cancelling headphones Hush 2", "Graphite") };
        open.expected = Some(pieces(12));
        open.fields = vec![
            field("serial", FieldState::Now, FieldValue::Of { done: 3, total: 12 }),
            field("quantity", FieldState::Next, FieldValue::None),
            field("condition", FieldState::Next, FieldValue::None),
            field("pallet", FieldState::Next, FieldValue::None),
        ];
    }
    add("31-receive-serial", view(Page::Receive(serial)));
    let quantity = |asked: &str, counted: Amount, expected: Amount, typed: &str, cases| {
        let stage = ReceiveStage::Quantity {
            counted,
            expected: Some(expected),
            typed: typed.into(),
            keypad: true,
            cases,
            ok: true,
        };
        receive(ask(asked, 0, ""), stage)
    };
    let cases = Some(Cases { cases: 2, each: 48 });
    let mut counted = view(Page::Receive(quantity("next-item", pieces(96), pieces(240), "", cases)));
    counted.band = accepted("item", "16409102200317", "");
    add("31-receive-quantity", counted);
    let mut weighed = quantity("type-quantity", grams(0), grams(12_500), "12.4", None);
    if let Some(open) = &mut weighed.open {
        open.goods = named("Oat flakes, loose", "");
        open.expected = Some(grams(12_500));
    }
    add("31-receive-quantity-weighed", view(Page::Receive(weighed)));
    let condition = |asked: &str, damaged: Option<&str>, photos| {
        let stage = ReceiveStage::Condition {
            of: pieces(240),
            damaged: damaged.map(Into::into),
            photo_needed: damaged.is_some(),
            photos,
            ok: photos > 0,
        };
        receive(ask(asked, 0, ""), stage)
    };
    add("31-receive-condition", view(Page::Receive(condition("condition", None, 0))));
    add("31-receive-damaged", view(Page::Receive(condition("photo", Some("4"), 0))));
    add("31-receive-damaged-photos", view(Page::Receive(condition("type-damaged", Some("4"), 2))));
    let pallet = |asked: &str, last: &str, printed: &str| {
        let stage = ReceiveStage::Pallet { last: last.into(), printed: printed.into(), printer: true };
        receive(ask(asked, 0, ""), stage)
    };
    add("31-receive-pallet", view(Page::Receive(pallet("pallet-label", "P-0031", ""))));
    let mut new_label = view(Page::Receive(pallet("label", "", "P-0032")));
    new_label.question = Some(Question {
        reason: "NEW_HU?".into(),
        scanned: Thing { kind: "pallet".into(), code: "340123450000001243".into(), goods: None },
        ..Question::default()
    });
    add("31-receive-new-label", new_label);
    let mut left = view(Page::Receive(scan.clone()));
    left.band = Band::Notice { code: "label-left".into() };
    add("31-receive-label-left", left);
    let mut blind = receive(ask("item", 0, ""), ReceiveStage::Scan);
    blind.supplier.clear();
    blind.order.clear();
    blind.lines.truncate(1);
    blind.lines[0].expected = None;
    blind.lines[0].state = LineState::Started;
    (blind.done, blind.total) = (0, 0);
    add("31-receive-blind", view(Page::Receive(blind)));

    add("32-discrepancies", view(Page::Discrepancies(discrepancies(None))));
    let mut open = discrepancies(Some(Closing::Unchosen));
    open.done = 4;
    open.rows[1] = difference(DifferenceKind::Unexpected, "Linen shirt, Navy M", (0, 2, 2));
    open.rows[2] = difference(DifferenceKind::Unknown, "Hand soap, refill", (0, 6, 6));
    open.rows[0].chosen = true;
    open.different = 7;
    open.paging = Paging { page: 0, pages: 3 };
    add("32-discrepancies-closing", view(Page::Discrepancies(open)));

    add("33-photo", photo("damaged", false, false));
    add("33-photo-taken", photo("damaged", true, false));
    add("33-photo-lost", photo("unknown", false, true));
    add("34-unknown-photo", unknown("photo", ""));
    add("34-unknown-words", unknown("words", "HAND SOAP REFILL"));
    add("34-unknown-quantity", unknown("quantity", "6"));
    let mut problem = view(Page::Sheet(SheetView {
        kind: "problem".into(),
        rows: ["unexpected", "unknown-barcode", "damaged", "lead"]
            .iter()
            .map(|code| SheetRow {
                code: (*code).into(),
                disabled: false,
                reason: String::new(),
                asked: false,
                chosen: false,
                count: 0,
            })
            .collect(),
        paging: Paging::default(),
    }));
    problem.strip.waiting = 6;
    add("31-receive-problem", problem);
}
