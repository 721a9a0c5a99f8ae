//! What the page shows and `status` tells.

use crate::bench::Bench;
use crate::play::{Play, id};
use crate::verify::open;
use floorhand_domain::workflow::pack::Pack;

fn played(bench: Bench, events: &[&str]) -> Pack {
    let mut play = Play::new(bench);
    for event in events {
        play.event(event);
    }
    play.pack.unwrap()
}

fn rows(pack: &Pack) -> Vec<String> {
    let row = |row: &floorhand_domain::workflow::pack::Row<'_>| {
        let totes: Vec<&str> = row.totes.iter().map(|tote| tote.as_str()).collect();
        let (item, lot) = (&row.line.item, &row.lot);
        format!("{item} {}/{} {:?} {} {lot}", row.packed, row.asked, row.mark, totes.join(" "))
    };
    pack.checklist().iter().map(row).collect()
}

fn expects(pack: &Pack) -> Vec<String> {
    pack.expects().iter().map(|one| format!("{} {}", one.kind.as_str(), one.codes.join(" "))).collect()
}

fn wanted(pack: &Pack) -> Vec<String> {
    pack.wanted().iter().map(|one| format!("{} {} {} {}", one.item, one.lot, one.serial, one.qty)).collect()
}

fn bench() -> Bench {
    open(
        Bench::new()
            .line("P1 X 2")
            .line("P2 V 1 lot=L1")
            .line("P2 V 1 lot=L2 tote=T2")
            .line("P3 S 1 serial=N1")
            .line("P4 Y 1 ordered=2")
            .line("P5 W 0 ordered=1"),
    )
}

#[test]
fn the_checklist_keeps_its_order() {
    let pack = played(bench(), &["X", "N1", "Y"]);
    assert_eq!(
        rows(&pack),
        ["X 1/2 Started T1 ", "V 0/2 Open T1 T2 ", "S 1/1 Done  ", "Y 1/1 Short  ", "W 0/0 Open  "]
    );
    let pack = played(bench(), &["(01)V(10)L1"]);
    assert_eq!(rows(&pack)[1], "V 1/2 Started T2 L2");
}

#[test]
fn the_carton_shows_what_is_in_it() {
    let pack = played(bench(), &["X", "X", "(01)V(10)L1", "(01)V(10)L2", "N1"]);
    let shown: Vec<String> =
        pack.box_rows(&id("C1")).iter().map(|row| format!("{} {} {} g", row.item, row.qty, row.grams)).collect();
    assert_eq!(shown, ["X 2 200 g", "V 2 80 g", "S 1 300 g"]);
    assert_eq!(pack.expected_grams(&id("C1")), Some(680));
    assert_eq!(pack.expected_grams(&id("C9")), None);
    assert_eq!((pack.number_of(&id("C1")), pack.number_of(&id("C9"))), (1, 0));
}

#[test]
fn every_step_says_what_it_asks_for() {
    let two = || Bench::new().line("P1 X 1").line("P2 V 1 lot=L1");
    let at = |events: &[&str]| {
        let pack = played(two(), events);
        (pack.step_name(), expects(&pack), wanted(&pack))
    };
    let none = Vec::<String>::new();
    assert_eq!(at(&[]), ("pack.carton", vec!["carton-type BOX-M BOX-S".to_owned()], none.clone()));
    let goods = vec!["item ".to_owned(), "command CMD-close".to_owned()];
    assert_eq!(at(&["BOX-M"]), ("pack.verify", goods.clone(), vec!["X   1".to_owned(), "V L1  1".to_owned()]));
    assert_eq!(at(&["BOX-M", "X"]), ("pack.verify", goods, vec!["V L1  1".to_owned()]));
    let all = ["BOX-M", "X", "V", "/close", "/weigh 240"];
    assert_eq!(at(&all[..3]), ("pack.close", vec!["command CMD-close".to_owned()], none.clone()));
    assert_eq!(at(&all[..4]), ("pack.weigh", none.clone(), none.clone()));
    assert_eq!(at(&all), ("pack.label", vec!["handling-unit C1".to_owned()], none));
    assert_eq!(at(&["BOX-M", "X", "/out"]), ("pack.take-out", vec!["item ".to_owned()], vec!["X   1".to_owned()]));
}

#[test]
fn a_second_carton_has_the_second_suggestion() {
    let pack = played(bench(), &["X", "/close", "/weigh 200", "C1"]);
    assert_eq!(expects(&pack)[0], "carton-type BOX-S BOX-M");
}
