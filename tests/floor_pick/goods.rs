//! Which goods are taken: handling units, lots, dates, other stock, weights: P5–P7, P12–P19, P38.

use super::kit::world::SHIRT;
use super::*;
use floorhand_domain::master::Fefo;
use floorhand_domain::stock::Status;

fn lots() -> World {
    world().stock_of(lot("A-01", "L1", "2027-01-31", 5)).stock_of(lot("A-01", "L2", "2027-02-28", 5))
}

fn of_lot(lot: &str) -> Line {
    Line { lot: lot.into(), ..line("A-01", "VITAMIN", 2) }
}

fn of_unit(unit: &str, qty: i64) -> Line {
    Line { handling_unit: unit.into(), ..line("A-01", "SHIRT", qty) }
}

#[test]
fn p05_in_two_handling_units_one_must_be_named() {
    let world = pallet(pallet(world(), "H-1", "A-01", 5), "H-2", "A-01", 5);
    let mut floor = at_item(world, vec![line("A-01", "SHIRT", 2)]);
    floor.refused(SHIRT, "NEED_HU");
    floor.scan("H-1", "pick.item");
    floor = floor.restart();
    floor.scan(SHIRT, "pick.quantity");
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.recorded(&["Picked PT-1-1 SHIRT (2 in H-1) A-01 > T-1"]);
    assert_eq!(floor.here("A-01", "SHIRT"), ["3 available in H-1", "5 available in H-2"]);
}

#[test]
fn p06_loose_stock_elsewhere_disturbs_nothing() {
    let world = pallet(world(), "H-1", "A-01", 5).stock("B-01", "SHIRT", 9);
    let mut floor = at_item(world, vec![line("A-01", "SHIRT", 1)]);
    floor.scan(SHIRT, "pick.tote");
}

#[test]
fn p07_of_two_lots_one_must_be_named_a_single_one_is_taken() {
    let mut floor = at_item(lots(), vec![line("A-01", "VITAMIN", 2)]);
    floor.refused(&format!("(01){VITAMIN}"), "NEED_LOT");
    floor.scan("(10)L1", "pick.quantity");
    let world = world().stock_of(lot("A-01", "L1", "2027-01-31", 5));
    let mut floor = at_item(world, vec![line("A-01", "VITAMIN", 1)]);
    floor.scan(&format!("(01){VITAMIN}"), "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.recorded(&["Picked PT-1-1 VITAMIN (1 L1) A-01 > T-1"]);
}

#[test]
fn p12_what_is_past_its_date_is_never_taken() {
    let world = lots().stock_of(lot("A-01", "OLD", "2026-05-31", 5));
    let mut floor = at_item(world.clone(), vec![line("A-01", "VITAMIN", 2)]);
    floor.refused(&label("OLD"), "EXPIRED");
    let mut floor = at_item(world, vec![of_lot("L1")]);
    floor.refused(&label("OLD"), "EXPIRED");
    floor.refused(&label("OLD"), "EXPIRED");
    floor.scan(&label("L1"), "pick.quantity");
}

#[test]
fn p13_the_older_lot_comes_first() {
    let mut floor = at_item(lots(), vec![line("A-01", "VITAMIN", 2)]);
    floor.refused(&label("L2"), "FEFO");
    assert_eq!(floor.view().refusal.unwrap().name, "L1");
    floor.refused(&label("L2"), "FEFO");
    floor.scan(&label("L1"), "pick.quantity");
    let mut floor = at_item(lots().set(|settings| settings.fefo = Fefo::Warn), vec![line("A-01", "VITAMIN", 2)]);
    floor.refused(&label("L2"), "SWAP?");
    floor.scan(&label("L2"), "pick.quantity");
    floor.recorded(&["Substituted PT-1-1 (2) (2 L2)"]);
}

#[test]
fn p14_other_stock_is_taken_when_scanned_again() {
    let mut floor = at_item(lots().set(|settings| settings.fefo = Fefo::None), vec![of_lot("L1")]);
    floor.refused(&label("L2"), "SWAP?");
    // G7: a question does not outlast a power cut.
    floor = floor.restart();
    floor.refused(&label("L2"), "SWAP?");
    floor.scan(&label("L2"), "pick.quantity");
    floor = floor.restart();
    floor.scan(&label("L2"), "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.recorded(&["Substituted PT-1-1 (2 L1) (2 L2)", "Picked PT-1-1 VITAMIN (2 L2) A-01 > T-1"]);
    assert_eq!(floor.here("A-01", "VITAMIN"), ["5 available L1", "3 available L2"]);
}

#[test]
fn p15_the_planned_lot_drops_the_question() {
    let mut floor = at_item(lots().set(|settings| settings.fefo = Fefo::None), vec![of_lot("L1")]);
    floor.refused(&label("L2"), "SWAP?");
    floor.scan(&label("L1"), "pick.quantity");
    floor.refused(&label("L2"), "SWAP?");
    floor.scan(&label("L1"), "pick.tote");
    floor.recorded(&[]);
}

fn two_units(picked: i64) -> World {
    let (task, lines) = of_another(Line { handling_unit: "H-2".into(), picked, ..line("A-01", "SHIRT", 5) });
    pallet(pallet(world(), "H-1", "A-01", 5), "H-2", "A-01", 5).task_of(task, lines)
}

#[test]
fn p16_the_handling_unit_of_another_order_is_swapped() {
    let mut floor = at_item(two_units(0), vec![of_unit("H-1", 2)]);
    floor.refused("H-2", "SWAP?");
    floor.scan("H-2", "pick.item");
    floor.recorded(&["Substituted PT-1-1 (2 in H-1) (2 in H-2)"]);
    floor.scan(SHIRT, "pick.quantity");
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.recorded(&["Picked PT-1-1 SHIRT (2 in H-2) A-01 > T-1"]);
}

#[test]
fn p17_one_that_was_begun_is_not() {
    let mut floor = at_item(two_units(1), vec![of_unit("H-1", 2)]);
    floor.refused("H-2", "SWAP_PICKED");
    floor.refused("H-2", "SWAP_PICKED");
    floor.scan("H-1", "pick.item");
}

#[test]
fn p18_a_lot_that_is_booked_elsewhere_asks_for_a_count() {
    let world = lots().stock_of(lot("B-01", "XQ9", "2027-01-31", 5));
    let mut floor = at_item(world, vec![of_lot("L1")]);
    floor.read(&label("XQ9"));
    assert_eq!(floor.told(), "WRONG_LOT");
    floor.recorded(&["CountAsked A-01 VITAMIN XQ9"]);
    // Once is enough.
    floor.refused(&label("XQ9"), "WRONG_LOT");
    floor = floor.restart();
    floor.refused(&label("XQ9"), "WRONG_LOT");
    floor.scan(&label("L1"), "pick.quantity");
}

#[test]
fn p19_a_whole_handling_unit_booked_elsewhere_is_believed() {
    let world = pallet(pallet(world(), "H-1", "A-01", 5), "H-5", "B-01", 6);
    let mut floor = at_item(world, vec![of_unit("H-1", 2)]);
    floor.refused("H-5", "SWAP?");
    floor.scan("H-5", "pick.item");
    floor.recorded(&["Moved H-5 B-01 > A-01 SWAP?", "Substituted PT-1-1 (2 in H-1) (2 in H-5)"]);
    assert_eq!(floor.inside("H-5"), [("A-01".to_owned(), Status::Available, 6)]);
    floor.scan(SHIRT, "pick.quantity");
    floor.scan(SHIRT, "pick.tote");
    floor.scan("T-1", "pick.drop-off");
    floor.recorded(&["Picked PT-1-1 SHIRT (2 in H-5) A-01 > T-1"]);
    assert_eq!(floor.here("A-01", "SHIRT"), ["5 available in H-1", "4 available in H-5"]);
}

/// The GTIN of an item whose pieces differ in weight: 500 to 1,000 g.
const CHEESE: &str = "09521234000037";

fn cheese(world: World) -> World {
    let world = world.item("CHEESE", CHEESE, |item| (item.piece_min_grams, item.piece_max_grams) = (500, 1_000));
    world.stock("A-01", "CHEESE", 50)
}

#[test]
fn p38_a_label_says_one_piece_and_its_weight() {
    let lines = vec![line("A-01", "CHEESE", 2), of_slot(2, line("A-01", "CHEESE", 1))];
    let mut floor = opened(cheese(world()), head(2), lines);
    floor.scan("A-01", "pick.item");
    let piece = |grams: u32| format!("(01){CHEESE}(3103){grams:06}");
    floor.refused(&piece(1_001), "WEIGHT_OUT");
    floor.scan(&piece(750), "pick.quantity");
    floor = floor.restart();
    floor.scan(&piece(800), "pick.tote");
    floor.scan("T-1", "pick.item");
    floor.scan(&piece(600), "pick.tote");
    floor.scan("T-2", "pick.drop-off");
    floor.recorded(&["Picked PT-1-1 CHEESE (2 1550 g) A-01 > T-1", "Picked PT-1-2 CHEESE (1 600 g) A-01 > T-2"]);
}

#[test]
fn p38_pieces_without_a_weight_are_weighed() {
    let mut floor = at_item(cheese(world()), vec![line("A-01", "CHEESE", 3)]);
    let piece = format!("(01){CHEESE}");
    floor.scan(&piece, "pick.quantity");
    floor.refused("T-1", "MISSING_DATA");
    floor.scan(&piece, "pick.quantity");
    floor.scan(&piece, "pick.weight");
    let PickStage::Weigh { pieces, .. } = stage(&floor) else { panic!("{:?}", stage(&floor)) };
    assert_eq!(pieces, 3);
    // Typed in kilograms, where there is no scale.
    floor.number("0.7");
    assert_eq!((floor.told().as_str(), floor.step()), ("WEIGHT_OUT", "pick.weight"));
    floor.tap(Tap::Back);
    floor = floor.restart();
    floor.number("2.15");
    assert_eq!((floor.told().as_str(), floor.step()), ("", "pick.tote"));
    floor.scan("T-1", "pick.drop-off");
    floor.recorded(&["Picked PT-1-1 CHEESE (3 2150 g) A-01 > T-1"]);
}

#[test]
fn p38_the_scale_says_it_by_itself() {
    let mut floor = at_item(cheese(world()), vec![line("A-01", "CHEESE", 2)]);
    let piece = format!("(01){CHEESE}");
    floor.scan(&piece, "pick.quantity");
    floor.scan(&piece, "pick.weight");
    floor.weighs(1_400);
    assert_eq!((floor.told().as_str(), floor.step()), ("", "pick.tote"));
    // Nobody asked for another weight.
    floor.weighs(900);
    assert_eq!((floor.told().as_str(), floor.step()), ("", "pick.tote"));
    floor.scan("T-1", "pick.drop-off");
    floor.recorded(&["Picked PT-1-1 CHEESE (2 1400 g) A-01 > T-1"]);
}
