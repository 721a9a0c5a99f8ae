//! A refusal as the page explains it: what was scanned, what was needed, side by side.

use super::{goods, kind_word, number};
use crate::app::{Answer, App, Refusal as AnyRefusal, Refused};
use crate::view::{Question, Refusal, Thing};
use floorhand_domain::scan;
use floorhand_domain::workflow::{pick, refusal as goods_refusal, sign_in};

pub(super) fn refusal(app: &App) -> Option<Refusal> {
    match &app.answer {
        Answer::Refused(refused) if !refused.refusal.reason().asks() => Some(explain(app, refused)),
        _ => None,
    }
}

pub(super) fn question(app: &App) -> Option<Question> {
    let Answer::Refused(refused) = &app.answer else { return None };
    if !refused.refusal.reason().asks() {
        return None;
    }
    let told = explain(app, refused);
    Some(Question {
        reason: told.reason,
        scanned: told.scanned,
        needed: told.needed,
        number: told.number,
        name: told.name,
    })
}

fn explain(app: &App, refused: &Refused) -> Refusal {
    let mut told = Refusal {
        reason: refused.refusal.reason().code().to_owned(),
        scanned: thing("unknown", &refused.text),
        hint: refused.hint.to_owned(),
        ..Refusal::default()
    };
    match &refused.refusal {
        AnyRefusal::SignIn(inner) => sign_in(&mut told, inner),
        AnyRefusal::Work(inner) => work(&mut told, inner),
        AnyRefusal::Pick(inner) => pick(app, refused, &mut told, inner),
        AnyRefusal::Goods(inner) => of_goods(app, refused, &mut told, inner),
        AnyRefusal::DiskFull => told.scanned = Thing::default(),
    }
    told
}

fn thing(kind: &str, code: &str) -> Thing {
    Thing { kind: kind.to_owned(), code: code.to_owned(), goods: None }
}

fn general(told: &mut Refusal, refusal: &scan::Refusal) {
    match refusal {
        scan::Refusal::WrongKind { scanned, id, needed } => {
            told.scanned = thing(kind_word(*scanned), id);
            told.needed = thing(kind_word(*needed), "");
        }
        scan::Refusal::Ambiguous { readings } => {
            let side = |reading: &scan::Reading| thing(kind_word(reading.kind), &reading.id);
            told.scanned = readings.first().map(side).unwrap_or_default();
            told.needed = readings.get(1).map(side).unwrap_or_default();
        }
        scan::Refusal::UnknownCode | scan::Refusal::Checksum | scan::Refusal::BadRead | scan::Refusal::NotNow => {}
    }
}

fn sign_in(told: &mut Refusal, refusal: &sign_in::Refusal) {
    match refusal {
        sign_in::Refusal::Scan(inner) => general(told, inner),
        sign_in::Refusal::BadgeUnknown
        | sign_in::Refusal::GrantOld
        | sign_in::Refusal::Locked
        | sign_in::Refusal::NotAllowed => {}
        sign_in::Refusal::LockedOut { minutes } => {
            told.scanned = Thing::default();
            told.number = *minutes;
        }
        sign_in::Refusal::PinWrong { left } => {
            told.scanned = Thing::default();
            told.number = *left;
        }
    }
}

fn work(told: &mut Refusal, refusal: &crate::app::WorkRefusal) {
    use crate::app::WorkRefusal;
    match refusal {
        WorkRefusal::Scan(inner) => general(told, inner),
        WorkRefusal::TakeOver { task, holder } => {
            told.scanned = thing("order", task.as_str());
            told.name.clone_from(holder);
        }
        WorkRefusal::Gone { task } | WorkRefusal::NotAllowed { task } | WorkRefusal::CountSame { task } => {
            told.scanned = thing("order", task.as_str())
        }
        WorkRefusal::Claimed { task, holder } => {
            told.scanned = thing("order", task.as_str());
            told.name.clone_from(holder);
        }
    }
}

fn pick(app: &App, refused: &Refused, told: &mut Refusal, refusal: &pick::Refusal) {
    let with = |mut thing: Thing, item: Option<&floorhand_domain::master::Item>| {
        thing.goods = item.map(|item| goods(Some(item)));
        thing
    };
    match refusal {
        pick::Refusal::Scan(inner) => general(told, inner),
        pick::Refusal::NeedLocation { needed, scanned } => {
            told.scanned = with(thing("item", &code_or(&refused.text, scanned.as_str())), refused.scanned.as_ref());
            told.needed = thing("shelf", needed.as_str());
            told.name = needed.0.clone();
        }
        pick::Refusal::WrongLocation { scanned, needed } => {
            told.scanned = thing("shelf", scanned.as_str());
            told.needed = thing("shelf", needed.as_str());
            told.name = needed.0.clone();
        }
        pick::Refusal::WrongItem { scanned, needed } => {
            told.scanned = with(thing("item", scanned.as_str()), refused.scanned.as_ref());
            told.needed = with(thing("item", needed.as_str()), refused.needed.as_ref());
        }
        pick::Refusal::WrongLot { scanned, needed } => {
            told.scanned = thing("lot", scanned.as_str());
            if !needed.is_none() {
                told.needed = thing("lot", needed.as_str());
                told.name = needed.0.clone();
            }
        }
        pick::Refusal::WrongSerial { scanned, needed } => {
            told.scanned = thing("serial", scanned.as_str());
            if !needed.is_none() {
                told.needed = thing("serial", needed.as_str());
            }
        }
        pick::Refusal::SerialSeen { serial } => told.scanned = thing("serial", serial.as_str()),
        pick::Refusal::WrongHu { scanned } => told.scanned = thing("pallet", scanned.as_str()),
        pick::Refusal::NeedLot { item } => {
            told.scanned = thing("item", item.as_str());
            told.needed = thing("lot", "");
        }
        pick::Refusal::NeedHu { item } => {
            told.scanned = thing("item", item.as_str());
            told.needed = thing("pallet", "");
        }
        pick::Refusal::MissingData { field } => {
            told.scanned = thing("item", &refused.text);
            told.needed = thing(kind_word(*field), "");
            told.name = field.as_str().to_owned();
        }
        pick::Refusal::LabelClash { first, second } => {
            told.scanned = thing("label", second);
            told.needed = thing("label", first);
        }
        pick::Refusal::Expired { date } => {
            told.scanned = thing("item", &refused.text);
            told.name.clone_from(date);
        }
        pick::Refusal::QtyOver { open } => told.number = number(*open),
        pick::Refusal::QtyBad | pick::Refusal::ScanEach => told.scanned = Thing::default(),
        pick::Refusal::ToteOther { scanned, needed, slot } => {
            told.scanned = thing("tote", scanned.as_str());
            if !needed.is_none() {
                told.needed = thing("tote", needed.as_str());
                told.name = needed.0.clone();
            }
            let cart = matches!(&app.flow, crate::app::Flow::Pick(flow) if flow.pick.task.slots.len() > 1);
            told.number = if cart { u32::from(*slot) } else { 0 };
        }
        pick::Refusal::ToteNotEmpty { scanned } => told.scanned = thing("tote", scanned.as_str()),
        pick::Refusal::Place { scanned, needed } | pick::Refusal::PlaceForbidden { scanned, needed } => {
            told.scanned = thing("drop", scanned.as_str());
            told.needed = thing("drop", needed.as_str());
            told.name = needed.0.clone();
        }
        pick::Refusal::Swap { lot, handling_unit, needed_lot, needed_unit } => {
            let side = |lot: &floorhand_domain::id::Lot, unit: &floorhand_domain::id::HandlingUnitId| {
                if lot.is_none() { thing("pallet", unit.as_str()) } else { thing("lot", lot.as_str()) }
            };
            told.scanned = side(lot, handling_unit);
            told.needed = side(needed_lot, needed_unit);
        }
        pick::Refusal::SwapPicked { scanned } => told.scanned = thing("pallet", scanned.as_str()),
        pick::Refusal::Fefo { scanned, needed } => {
            told.scanned = thing("lot", scanned.as_str());
            told.needed = thing("lot", needed.as_str());
            told.name = needed.0.clone();
        }
        pick::Refusal::WeightOut { grams, .. } => {
            told.scanned = Thing::default();
            told.number = number(*grams);
        }
        pick::Refusal::OrderCancelled { order } => told.scanned = thing("order", order.as_str()),
    }
}

/// Of receiving, moving, counting.
fn of_goods(app: &App, refused: &Refused, told: &mut Refusal, refusal: &goods_refusal::Refusal) {
    use goods_refusal::Refusal as Goods;
    let with = |mut thing: Thing, item: Option<&floorhand_domain::master::Item>| {
        thing.goods = item.map(|item| goods(Some(item)));
        thing
    };
    let place = |id: &floorhand_domain::id::LocationId| {
        if id.is_none() { Thing::default() } else { thing("shelf", id.as_str()) }
    };
    match refusal {
        Goods::Scan(inner) => general(told, inner),
        Goods::NeedLocation { needed } => {
            told.needed = if needed.is_none() { thing("shelf", "") } else { thing("shelf", needed.as_str()) };
            told.name = needed.0.clone();
        }
        Goods::WrongLocation { scanned, needed }
        | Goods::Place { scanned, needed }
        | Goods::PlaceForbidden { scanned, needed } => {
            told.scanned = thing("shelf", scanned.as_str());
            told.needed = place(needed);
            told.name = needed.0.clone();
        }
        Goods::PlaceFull { scanned, free } => {
            told.scanned = thing("shelf", scanned.as_str());
            told.number = number(*free);
        }
        Goods::PlaceMix { scanned, holds } => {
            told.scanned = thing("shelf", scanned.as_str());
            told.name = holds.0.clone();
        }
        Goods::WrongItem { scanned, needed } => {
            told.scanned = with(thing("item", scanned.as_str()), refused.scanned.as_ref());
            if !needed.is_none() {
                told.needed = with(thing("item", needed.as_str()), refused.needed.as_ref());
            } else if matches!(app.flow, crate::app::Flow::Receive(_)) {
                told.needed = thing("delivery", "");
            }
        }
        Goods::WrongLot { scanned, needed } => {
            told.scanned = thing("lot", scanned.as_str());
            if !needed.is_none() {
                told.needed = thing("lot", needed.as_str());
                told.name = needed.0.clone();
            }
        }
        Goods::WrongSerial { scanned, needed } => {
            told.scanned = thing("serial", scanned.as_str());
            if !needed.is_none() {
                told.needed = thing("serial", needed.as_str());
            }
        }
        Goods::SerialSeen { serial } => told.scanned = thing("serial", serial.as_str()),
        Goods::WrongHu { scanned, needed } => {
            told.scanned = thing("pallet", scanned.as_str());
            if !needed.is_none() {
                told.needed = thing("pallet", needed.as_str());
                told.name = needed.0.clone();
            }
        }
        Goods::NeedItem { location } => {
            told.scanned = thing("shelf", location.as_str());
            told.needed = thing("item", "");
        }
        Goods::NeedLot { item } => {
            told.scanned = with(thing("item", item.as_str()), refused.scanned.as_ref());
            told.needed = thing("lot", "");
        }
        Goods::NeedHu { item } => {
            told.scanned = with(thing("item", item.as_str()), refused.scanned.as_ref());
            told.needed = thing("pallet", "");
        }
        Goods::MissingData { field } => {
            told.scanned = thing("item", &refused.text);
            told.needed = thing(kind_word(*field), "");
            told.name = field.as_str().to_owned();
        }
        Goods::LabelClash { first, second } => {
            told.scanned = thing("label", second);
            told.needed = thing("label", first);
        }
        Goods::Expired { date } => {
            told.scanned = thing("item", &refused.text);
            told.name.clone_from(date);
        }
        Goods::ShelfLife { days, needed } => {
            told.number = number(*days);
            told.name = needed.to_string();
        }
        Goods::QtyOver { open } => told.number = number(*open),
        Goods::ReceiptOver { limit, received } => told.number = number(limit - received),
        Goods::QtyBad | Goods::ScanEach | Goods::PhotoNeeded | Goods::CountSame | Goods::NotAllowed => {
            told.scanned = Thing::default();
        }
        Goods::Gone { delivery } => told.scanned = thing("delivery", delivery.as_str()),
        Goods::NewHu { scanned } | Goods::HuRule { scanned } => told.scanned = thing("pallet", scanned.as_str()),
        Goods::Partial { open } | Goods::NotComplete { open } => {
            told.scanned = Thing::default();
            told.number = number(*open);
        }
        Goods::Allocated { item, promised } => {
            told.scanned = with(thing("item", item.as_str()), refused.scanned.as_ref());
            told.number = number(*promised);
        }
        Goods::BookShort { book } => told.number = number(*book),
        Goods::NotInOrder { scanned } => {
            told.scanned = with(thing("item", scanned.as_str()), refused.scanned.as_ref());
        }
        Goods::CartonBad { scanned, needed } => {
            told.scanned = thing("carton-type", scanned.as_str());
            if !needed.is_none() {
                told.needed = thing("carton-type", needed.as_str());
                told.name = needed.0.clone();
            }
        }
        Goods::CartonWeight { expected, measured, item, .. } => {
            told.scanned = Thing::default();
            told.number = number((measured - expected).abs());
            told.name = item.0.clone();
        }
        Goods::PrintFailed { label } | Goods::LabelOld { label } => told.scanned = thing("carton", label.as_str()),
        Goods::OrderHeld { order } | Goods::OrderCancelled { order } | Goods::OrderGone { order } => {
            told.scanned = thing("order", order.as_str());
            told.name = order.0.clone();
        }
        Goods::Unexpected { item } => {
            told.scanned = with(thing("item", item.as_str()), refused.scanned.as_ref());
        }
        Goods::GoneReturn { rma } => told.scanned = thing("return", rma.as_str()),
        Goods::RetNotShipped { scanned } => {
            told.scanned = with(thing("item", scanned), app.item_met(&scanned.as_str().into()));
        }
        Goods::RetOver { open } => told.number = number(*open),
        Goods::OtherLot { scanned, needed } => {
            told.scanned = thing("lot", scanned.as_str());
            if !needed.is_none() {
                told.needed = thing("lot", needed.as_str());
                told.name = needed.0.clone();
            }
        }
        Goods::WeightDiff { grams, expected } => {
            told.scanned = Thing::default();
            told.number = number((grams - expected).abs());
        }
        Goods::MissingAnswer { what } => {
            told.scanned = Thing::default();
            let kind = match what.as_str() {
                "reason" | "override" => "reason",
                "weight" => "weight",
                _ => "answer",
            };
            told.needed = thing(kind, "");
            told.name.clone_from(what);
        }
    }
}

fn code_or(text: &str, id: &str) -> String {
    if text.is_empty() { id.to_owned() } else { text.to_owned() }
}
