//! Random warehouses and what is done in them, and what a step may accept.

use crate::play::Play;
use crate::world::{SSCC, World};
use floorhand_domain::master::Fefo;
use floorhand_domain::stock::{Status, Stock};
use floorhand_domain::task::{PickMode, Slot};
use floorhand_domain::workflow::pick::{Pick, Stage};
use proptest::prelude::*;

/// Codes of every kind, right and wrong, whole and in parts.
pub const CODES: &[&str] = &[
    "X",
    "X6",
    "X12",
    "Y",
    "(01)X",
    "(01)X6",
    "(01)Y",
    "(01)X(10)ANY",
    "(01)X(17)200101",
    "V",
    "V6",
    "(01)V(10)L1",
    "(01)V(10)L2",
    "(10)L1",
    "(10)L2(17)270131",
    "(17)270131",
    "L1",
    "L2",
    "OLD",
    "(01)V(10)OLD",
    "S",
    "S6",
    "(01)S(21)N1",
    "(01)S(21)N2",
    "(21)N3",
    "N1",
    "N2",
    "N3",
    "N9",
    "(01)S(21)N9",
    "H1",
    "H2",
    "H5",
    SSCC,
    "(00)106141411234567897",
    "T1",
    "T2",
    "T3",
    "T4",
    "T8",
    "T9",
    "A1",
    "A2",
    "A7",
    "A9",
    "B1",
    "B2",
    "B3",
    "D1",
    "K1",
    "BADGE-OP1",
    "nonsense",
    "SAME",
    "]E05901234123450",
    "A\u{1}",
    "(91)LOC-A1",
    "10L1",
    "(01)V",
    "(01)S(10)L1",
    "C",
    "(01)C(3103)000750",
    "(01)C(3103)000100",
    "(01)C(30)2(3103)001500",
    "(01)V(10)L3",
    "(01)V(10)L9",
    "T-NEW",
];

pub const BUTTONS: &[&str] = &[
    "/type 1",
    "/type 3",
    "/type 6",
    "/type 8",
    "/type 12",
    "/type 0",
    "/skip",
    "/short",
    "/reason none",
    "/reason damaged",
    "/damaged 1",
    "/damaged 3",
    "/damaged 0",
    "/found",
    "/release",
    "/weigh 700",
    "/weigh 1500",
    "/weigh 9000",
    "/full",
    "/full",
    "/empty yes",
    "/empty no",
    "/urgent K9",
    "/cancel L1",
];

#[derive(Debug, Clone)]
pub enum Do {
    /// What leads on from here.
    Right(usize),
    Code(usize),
    Button(usize),
    Undo,
    Cut,
}

pub fn event() -> impl Strategy<Value = Do> {
    prop_oneof![
        6 => any::<usize>().prop_map(Do::Right),
        3 => (0..CODES.len()).prop_map(Do::Code),
        1 => (0..BUTTONS.len()).prop_map(Do::Button),
        1 => Just(Do::Undo),
        1 => Just(Do::Cut),
    ]
}

pub fn warehouse() -> impl Strategy<Value = World> {
    let line = (0..3usize, 0..5usize, 1..14i64, 1..4u8, 0..4usize);
    let stock = proptest::collection::vec(any::<bool>(), STOCK.len());
    let claims = proptest::collection::vec(any::<bool>(), CLAIMS.len());
    let site = (0..4usize, 0..3usize, any::<bool>(), any::<bool>(), any::<bool>());
    (proptest::collection::vec(line, 1..6), (stock, claims), any::<bool>(), any::<bool>(), site).prop_map(
        |(lines, (stock, claims), bare, share, (mode, fefo, swap, zero_check, apart))| {
            let mut world = World::new().code("SAME", "X").code("SAME", "Y");
            for (n, (place, item, qty, slot, names)) in lines.into_iter().enumerate() {
                let item = ["X", "Y", "V", "S", "C"][item];
                let names = match (item, names) {
                    ("V", 0) => " lot=L1",
                    ("V", 1) => " lot=OLD",
                    ("S", 0) => " serial=N2",
                    ("X" | "V", 2) => " hu=H1",
                    _ => "",
                };
                let qty = if names.contains("serial") { 1 } else { qty };
                world = world.line(&format!("L{n} {} {item} {qty} slot={slot}{names}", ["A1", "A2", "A7"][place]));
            }
            for (spec, there) in STOCK.iter().zip(stock) {
                if there {
                    world = world.stock(spec);
                }
            }
            for (spec, there) in CLAIMS.iter().zip(claims) {
                if there {
                    world = world.claim(spec);
                }
            }
            world.settings.share_tote = share;
            world.settings.zero_check = zero_check;
            world.settings.fefo = [Fefo::None, Fefo::Warn, Fefo::Force][fefo];
            (world.settings.substitute_lot, world.settings.substitute_unit) = (swap, swap);
            world.task.mode = [PickMode::Single, PickMode::Cluster, PickMode::Batch, PickMode::Zone][mode];
            if let (true, Some(slot)) = (apart, world.task.slots.first_mut()) {
                slot.drop_off = "D1".into();
            }
            if world.task.mode == PickMode::Batch {
                world = world.bare_cart();
                world.task.slots.insert(0, Slot::default());
            }
            if bare { world.bare_cart() } else { world }
        },
    )
}

const STOCK: &[&str] = &[
    "A1 X 40",
    "A1 X 9 hu=H1",
    "A1 X 9 hu=H2",
    "A2 X 40",
    "A7 X 5 hu=106141411234567897",
    "A1 Y 40",
    "A2 Y 3 hu=T3",
    "A7 Y 40",
    "A1 V 9 lot=L1 exp=2027-01-31",
    "A1 V 9 lot=L2 exp=2027-02-28",
    "A1 V 9 lot=OLD exp=2026-06-14",
    "A2 V 40 lot=L1",
    "A7 V 9 lot=L1 hu=H1",
    "A7 V 9 lot=L2 hu=H2",
    "A1 S 1 serial=N1",
    "A1 S 1 serial=N2",
    "A2 S 1 serial=N3",
    "A7 S 1 serial=N2",
    "A9 W 5 lot=L1",
    "A9 X 4 hu=H5",
    "A1 C 40",
    "A2 C 3",
    "A9 V 4 lot=L3",
];

/// What other tasks are to take.
const CLAIMS: &[&str] =
    &["K8 A1 X 9 hu=H2", "K8 A1 X 2 hu=H1 picked=3", "K8 A1 V 9 lot=L1", "K8 A9 X 4 hu=H5", "K8 A7 V 9 hu=H1"];

/// Codes that could lead on from this step.
pub fn right(play: &Play, n: usize) -> String {
    let pick = play.pick.as_ref().unwrap();
    let line = pick.line().cloned().unwrap_or_default();
    let choose = |list: Vec<String>| match list.len() {
        0 => "/short".to_owned(),
        len => list[n % len].clone(),
    };
    match &pick.stage {
        Stage::Totes { .. } => choose(["T1", "T2", "T3", "T4"].map(String::from).to_vec()),
        Stage::NextTote { .. } => choose(["T1", "T2", "T3", "T4", "T-NEW"].map(String::from).to_vec()),
        Stage::Empty { .. } => choose(vec!["/empty yes".into(), "/empty no".into()]),
        Stage::Sort { hand, .. } if !hand.units.is_empty() => pick.tote_of(line.slot).0,
        Stage::Sort { .. } => choose(in_common(play)),
        Stage::DropOne { tote, .. } => {
            let left = pick.totes_left();
            match left.iter().find(|one| one.tote == *tote) {
                Some(one) => one.to.0.clone(),
                None => choose(left.iter().map(|one| one.tote.0.clone()).collect()),
            }
        }
        Stage::Location { .. } => line.location.0,
        Stage::Item { hand, .. } if hand.to_weigh.is_some() && n.is_multiple_of(2) => {
            format!("/weigh {}", 750 * hand.unweighed())
        }
        Stage::Item { hand, .. } => {
            let here: Vec<&Stock> = play
                .world
                .stock
                .iter()
                .filter(|s| s.location == line.location && s.item == line.item && s.qty > 0)
                .collect();
            let mut codes: Vec<String> = here
                .iter()
                .map(|s| match (s.lot.is_none(), s.serial.is_none()) {
                    (false, _) => format!("(01){}(10){}", line.item, s.lot),
                    (_, false) => format!("(01){}(21){}", line.item, s.serial),
                    _ => line.item.0.clone(),
                })
                .collect();
            codes.extend([line.item.0.clone(), format!("{}6", line.item)]);
            if hand.label.item.is_some() || !line.handling_unit.is_none() {
                codes.extend(here.iter().map(|s| s.handling_unit.0.clone()).filter(|unit| !unit.is_empty()));
                codes.push(line.location.0.clone());
            }
            if !hand.units.is_empty() {
                codes.push(pick.tote_of(pick.slot_of(&line)).0);
            }
            choose(codes)
        }
        Stage::Tote { .. } => pick.tote_of(pick.slot_of(&line)).0,
        Stage::Short { short: None, .. } => {
            choose(vec!["/reason none".into(), "/reason damaged".into(), "/found".into()])
        }
        Stage::Short { .. } => choose(vec![line.location.0, "/damaged 1".into()]),
        Stage::DropOff { .. } => choose(vec![place_of(pick), "B2".into()]),
    }
}

pub fn place_of(pick: &Pick) -> String {
    pick.totes_left().first().map_or_else(|| pick.task.drop_off.0.clone(), |one| one.to.0.clone())
}

/// Codes of what is in the common totes of a batch.
fn in_common(play: &Play) -> Vec<String> {
    let totes = play.pick.as_ref().unwrap().common_totes();
    let held = play.world.stock.iter().filter(|s| s.qty > 0 && totes.contains(&s.handling_unit));
    held.map(|s| match (s.lot.is_none(), s.serial.is_none()) {
        (false, _) => format!("(01){}(10){}", s.item, s.lot),
        (_, false) => format!("(01){}(21){}", s.item, s.serial),
        _ => s.item.0.clone(),
    })
    .collect()
}

/// Whether the step may accept the code, told without the code under test: by what is printed.
pub fn may_accept(play: &Play, before: &Pick, code: &str) -> bool {
    let world = &play.world;
    let line = before.line().cloned().unwrap_or_default();
    let slots = &before.task.slots;
    let code = code.strip_prefix("(91)LOC-").unwrap_or(code);
    let code = code.strip_prefix("(00)").unwrap_or(code);
    let on_cart = |tote: &str| slots.iter().any(|s| s.tote.as_str() == tote);
    let its_tote =
        before.tote_of(before.slot_of(&line)).as_str() == code || (world.settings.share_tote && on_cart(code));
    let places = ["A1", "A2", "A7", "A9", "B1", "B2", "B3", "D1"];
    match &before.stage {
        Stage::Totes { .. } | Stage::NextTote { .. } => ["T1", "T2", "T3", "T4", "T-NEW"].contains(&code),
        Stage::Empty { .. } => false,
        Stage::Sort { hand, .. } => (its_tote && !hand.units.is_empty()) || is_of_the_batch(before, code),
        Stage::DropOne { tote, .. } => {
            before.totes_left().iter().any(|one| one.tote.as_str() == code)
                || (!tote.is_none() && places[4..].contains(&code))
        }
        Stage::Location { .. } => code == line.location.as_str(),
        Stage::Item { hand, .. } => {
            if code == line.location.as_str() || (its_tote && !hand.units.is_empty()) {
                return true;
            }
            let here = || world.stock.iter().filter(|s| s.location == line.location && s.item == line.item);
            let swap = world.settings.substitute_unit;
            if here().any(|s| s.handling_unit.as_str() == code && !code.is_empty())
                || line.handling_unit.as_str() == code
            {
                return swap || line.handling_unit.is_none() || line.handling_unit.as_str() == code;
            }
            // A whole handling unit that is booked elsewhere.
            let held = |s: &&Stock| s.handling_unit.as_str() == code && s.item == line.item && s.qty > 0;
            if swap && world.stock.iter().any(|s| held(&s) && s.status == Status::Available) {
                return true;
            }
            let inner = code.strip_prefix("(01)").unwrap_or(code);
            let head = inner.split('(').next().unwrap();
            if [line.item.0.clone(), format!("{}6", line.item), format!("{}12", line.item)]
                .iter()
                .any(|own| own == head)
            {
                return true;
            }
            // A date completes the label of the item that was read before it.
            if code.starts_with("(17)") && hand.label.item.is_some() {
                return true;
            }
            // A lot or a serial of the item by itself.
            let part = code.strip_prefix("(21)").or(code.strip_prefix("(10)")).unwrap_or(code);
            let part = part.split('(').next().unwrap();
            let part = if code == "10L1" { "L1" } else { part };
            let named = !part.is_empty() && (line.lot.as_str() == part || line.serial.as_str() == part);
            named || here().any(|s| !part.is_empty() && (s.lot.as_str() == part || s.serial.as_str() == part))
        }
        Stage::Tote { .. } => its_tote,
        Stage::Short { short, .. } => short.is_some() && code == line.location.as_str(),
        Stage::DropOff { .. } => places[4..].contains(&code),
    }
}

/// Whether a code names an item that the task has, or a lot or serial number.
fn is_of_the_batch(pick: &Pick, code: &str) -> bool {
    let head = code.strip_prefix("(01)").unwrap_or(code);
    let item = pick.lines.iter().any(|line| head.starts_with(line.item.as_str()));
    item || ["L1", "L2", "OLD", "N1", "N2", "N3", "(10)", "(17)", "(21)", "10L1"]
        .iter()
        .any(|own| code.starts_with(own))
}
